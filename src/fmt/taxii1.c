#include "fmt/taxii1.h"

static const char *const kinds[LF_TAXII1_KINDS] = {
    "Discovery_Request",
    "Discovery_Response",
    "Collection_Information_Request",
    "Collection_Information_Response",
    "Subscription_Management_Request",
    "Subscription_Management_Response",
    "Poll_Request",
    "Poll_Response",
    "Poll_Fulfillment",
    "Inbox_Message",
    "Status_Message",
};

const char *lf_taxii1_kind_name(enum lf_taxii1_kind k)
{
    return kinds[k];
}

enum lf_code lf_taxii1_time(lf_view text, lf_time *out, struct lf_err *e)
{
    size_t dot = lf_view_find_byte(text, '.'), n = 0;

    while (dot != SIZE_MAX && dot + 1 + n < text.len && text.ptr[dot + 1 + n] >= '0' &&
           text.ptr[dot + 1 + n] <= '9')
        n++;
    if (n > 6 || lf_time_parse(text, out, NULL) != LF_OK || lf_view_find_byte(text, 't') != SIZE_MAX ||
        lf_view_find_byte(text, 'z') != SIZE_MAX)
        return lf_err_set(e, LF_BAD_INPUT,
                          "TAXII 1.1: \"%.*s\" is no time; write it as 2026-11-21T02:48:16.123456Z",
                          LF_FMT(lf_view_first(text, 60)));
    return LF_OK;
}

/* ---- reading ---- */

static bool ours(const struct lf_xml *x)
{
    return lf_view_is(x->space, LF_TAXII1_NS);
}

/* The next of that name and TAXII's namespace, x itself included. */
static const struct lf_xml *next(const struct lf_xml *x, const char *name)
{
    while (x && (!lf_view_is(x->name, name) || !ours(x)))
        x = x->next;
    return x;
}

static const struct lf_xml *child(const struct lf_xml *x, const char *name)
{
    return x ? next(x->first, name) : NULL;
}

static enum lf_code name_of(const struct lf_xml *x, const char *attribute, bool needed, lf_view *out,
                            struct lf_err *e)
{
    lf_view v = lf_view_trim(lf_view_some(lf_xml_attr(x, attribute)));

    if (!v.len && needed)
        return lf_err_set(e, LF_BAD_INPUT, "TAXII 1.1: %.*s needs %s", LF_FMT(x->name), attribute);
    if (v.len > LF_TAXII1_NAME)
        return lf_err_set(e, LF_BAD_INPUT, "TAXII 1.1: %s of %.*s is longer than %d bytes", attribute,
                          LF_FMT(x->name), LF_TAXII1_NAME);
    *out = v;
    return LF_OK;
}

static enum lf_code flag(const struct lf_xml *x, const char *attribute, bool otherwise, bool *out,
                         struct lf_err *e)
{
    lf_view v = lf_xml_attr(x, attribute);

    *out = otherwise;
    if (!v.ptr)
        return LF_OK;
    v = lf_view_trim(v);
    if (lf_view_is(v, "true") || lf_view_is(v, "1"))
        *out = true;
    else if (lf_view_is(v, "false") || lf_view_is(v, "0"))
        *out = false;
    else
        return lf_err_set(e, LF_BAD_INPUT, "TAXII 1.1: %s is true or false", attribute);
    return LF_OK;
}

static enum lf_code time_in(const struct lf_xml *x, const char *name, bool *has, lf_time *out,
                            struct lf_err *e)
{
    const struct lf_xml *k = child(x, name);

    *has = k != NULL;
    return k ? lf_taxii1_time(lf_view_trim(k->text), out, e) : LF_OK;
}

static enum lf_code texts(struct lf_arena *a, const struct lf_xml *x, const char *name, const char *attribute,
                          size_t *n, lf_view **out, struct lf_err *e)
{
    *out = LF_NEW(a, lf_view, LF_TAXII1_LIST);
    for (const struct lf_xml *k = child(x, name); k; k = next(k->next, name)) {
        lf_view v;

        if (*n == LF_TAXII1_LIST)
            return lf_err_set(e, LF_TOO_BIG, "TAXII 1.1: more than %d %s", LF_TAXII1_LIST, name);
        if (attribute) {
            LF_TRY(name_of(k, attribute, true, &v, e));
        } else {
            v = lf_view_trim(k->text);
            if (!v.len || v.len > LF_TAXII1_NAME)
                return lf_err_set(e, LF_BAD_INPUT, "TAXII 1.1: %s is empty or too long", name);
        }
        (*out)[(*n)++] = v;
    }
    return LF_OK;
}

static enum lf_code count(const struct lf_xml *x, struct lf_taxii1 *m, struct lf_err *e)
{
    const struct lf_xml *k = child(x, "Record_Count");

    m->has_count = k != NULL;
    if (!k)
        return LF_OK;
    if (!lf_view_u64(lf_view_trim(k->text), &m->count))
        return lf_err_set(e, LF_BAD_INPUT, "TAXII 1.1: Record_Count is a number");
    return flag(k, "partial_count", false, &m->partial, e);
}

static enum lf_code blocks(struct lf_arena *a, const struct lf_xml *x, struct lf_taxii1 *m, struct lf_err *e)
{
    size_t cap = 0;

    for (const struct lf_xml *k = child(x, "Content_Block"); k; k = next(k->next, "Content_Block")) {
        const struct lf_xml *binding = child(k, "Content_Binding"), *content = child(k, "Content");
        struct lf_taxii1_block b = { 0 };
        bool has;

        if (m->nblocks == LF_TAXII1_BLOCKS)
            return lf_err_set(e, LF_TOO_BIG, "TAXII 1.1: more than %d content blocks", LF_TAXII1_BLOCKS);
        if (!binding || !content)
            return lf_err_set(e, LF_BAD_INPUT,
                              "TAXII 1.1: a content block has a Content_Binding and a Content (line %zu)",
                              k->line);
        LF_TRY(name_of(binding, "binding_id", true, &b.binding, e));
        LF_TRY(time_in(k, "Timestamp_Label", &has, &b.label, e));
        b.content = content->first;
        b.text = content->text;
        m->blocks = lf_arena_grow(a, m->blocks, m->nblocks, &cap, sizeof *m->blocks);
        m->blocks[m->nblocks++] = b;
    }
    return LF_OK;
}

static enum lf_code poll(struct lf_arena *a, const struct lf_xml *x, struct lf_taxii1 *m, struct lf_err *e)
{
    const struct lf_xml *sub = child(x, "Subscription_ID"), *how = child(x, "Poll_Parameters");
    lf_view type;

    LF_TRY(name_of(x, "collection_name", true, &m->collection, e));
    LF_TRY(time_in(x, "Exclusive_Begin_Timestamp", &m->has_begin, &m->begin, e));
    LF_TRY(time_in(x, "Inclusive_End_Timestamp", &m->has_end, &m->end, e));
    if (!sub == !how)
        return lf_err_set(e, LF_BAD_INPUT,
                          "TAXII 1.1: a Poll_Request has either a Subscription_ID or Poll_Parameters");
    if (sub) {
        m->subscription = lf_view_first(lf_view_trim(sub->text), LF_TAXII1_NAME);
        return LF_OK;
    }
    type = lf_xml_text(how, "Response_Type");
    if (type.len && !lf_view_is(type, "FULL") && !lf_view_is(type, "COUNT_ONLY"))
        return lf_err_set(e, LF_BAD_INPUT, "TAXII 1.1: Response_Type is FULL or COUNT_ONLY");
    m->count_only = lf_view_is(type, "COUNT_ONLY");
    m->has_query = child(how, "Query") != NULL;
    return texts(a, how, "Content_Binding", "binding_id", &m->nbindings, &m->bindings, e);
}

static enum lf_code part(const struct lf_xml *x, struct lf_taxii1 *m, bool needed, struct lf_err *e)
{
    lf_view number = lf_xml_attr(x, "result_part_number");

    LF_TRY(name_of(x, "collection_name", true, &m->collection, e));
    LF_TRY(name_of(x, "result_id", needed, &m->result, e));
    m->part = 1;
    if (number.ptr && (!lf_view_u64(lf_view_trim(number), &m->part) || !m->part))
        return lf_err_set(e, LF_BAD_INPUT, "TAXII 1.1: result_part_number is a number from 1");
    return LF_OK;
}

static enum lf_code services(struct lf_arena *a, const struct lf_xml *x, struct lf_taxii1 *m,
                             struct lf_err *e)
{
    m->services = LF_NEW(a, struct lf_taxii1_service, LF_TAXII1_LIST);
    for (const struct lf_xml *k = child(x, "Service_Instance"); k && m->nservices < LF_TAXII1_LIST;
         k = next(k->next, "Service_Instance")) {
        struct lf_taxii1_service *s = &m->services[m->nservices++];
        bool there;

        LF_TRY(name_of(k, "service_type", true, &s->type, e));
        LF_TRY(flag(k, "available", true, &there, e));
        s->address = lf_view_some(lf_xml_text(k, "Address"));
        for (const struct lf_xml *b = child(k, "Message_Binding"); b; b = next(b->next, "Message_Binding"))
            s->usable |= there && lf_view_is(lf_view_trim(b->text), LF_TAXII1_CONTENT);
    }
    return LF_OK;
}

static enum lf_code details(struct lf_arena *a, const struct lf_xml *x, struct lf_taxii1 *m, struct lf_err *e)
{
    LF_TRY(name_of(x, "status_type", true, &m->status, e));
    m->details = LF_NEW(a, struct lf_taxii1_detail, LF_TAXII1_LIST);
    for (const struct lf_xml *k = child(child(x, "Status_Detail"), "Detail");
         k && m->ndetails < LF_TAXII1_LIST; k = next(k->next, "Detail")) {
        LF_TRY(name_of(k, "name", true, &m->details[m->ndetails].name, e));
        m->details[m->ndetails++].value = lf_view_trim(k->text);
    }
    return LF_OK;
}

static enum lf_code body(struct lf_arena *a, const struct lf_xml *x, struct lf_taxii1 *m, struct lf_err *e)
{
    switch (m->kind) {
    case LF_TAXII1_POLL_REQUEST:
        return poll(a, x, m, e);
    case LF_TAXII1_POLL_FULFILLMENT:
        return part(x, m, true, e);
    case LF_TAXII1_POLL_RESPONSE:
        LF_TRY(part(x, m, false, e));
        LF_TRY(flag(x, "more", false, &m->more, e));
        LF_TRY(time_in(x, "Exclusive_Begin_Timestamp", &m->has_begin, &m->begin, e));
        LF_TRY(time_in(x, "Inclusive_End_Timestamp", &m->has_end, &m->end, e));
        LF_TRY(count(x, m, e));
        return blocks(a, x, m, e);
    case LF_TAXII1_INBOX:
        LF_TRY(texts(a, x, "Destination_Collection_Name", NULL, &m->ndestinations, &m->destinations, e));
        LF_TRY(count(x, m, e));
        return blocks(a, x, m, e);
    case LF_TAXII1_DISCOVERY_RESPONSE:
        return services(a, x, m, e);
    case LF_TAXII1_STATUS:
        return details(a, x, m, e);
    default:
        return LF_OK;
    }
}

enum lf_code lf_taxii1_read(struct lf_arena *a, lf_view text, const struct lf_rest *rest,
                            struct lf_taxii1 *out, struct lf_err *e)
{
    struct lf_taxii1 m = { .kind = LF_TAXII1_KINDS };
    const struct lf_xml *root;
    bool answer;

    if (text.len > LF_XML_BYTES)
        return lf_err_set(e, LF_TOO_BIG, "TAXII 1.1: the message is larger than %d MiB", LF_XML_BYTES >> 20);
    LF_TRY(lf_xml_parse(a, text, rest, &root, e));
    for (size_t i = 0; i < LF_TAXII1_KINDS; i++)
        if (lf_view_is(root->name, kinds[i]))
            m.kind = (enum lf_taxii1_kind)i;
    if (!ours(root))
        return lf_err_set(e, LF_UNACCEPTED,
                          "TAXII 1.1: the message is of another namespace than " LF_TAXII1_NS);
    if (m.kind == LF_TAXII1_KINDS)
        return lf_err_set(e, LF_BAD_INPUT, "TAXII 1.1: there is no message \"%.*s\"",
                          LF_FMT(lf_view_first(root->name, 60)));
    answer = m.kind == LF_TAXII1_STATUS || m.kind == LF_TAXII1_DISCOVERY_RESPONSE ||
             m.kind == LF_TAXII1_COLLECTION_RESPONSE || m.kind == LF_TAXII1_SUBSCRIPTION_RESPONSE ||
             m.kind == LF_TAXII1_POLL_RESPONSE;
    LF_TRY(name_of(root, "message_id", true, &m.id, e));
    LF_TRY(name_of(root, "in_response_to", answer, &m.in_response_to, e));
    m.message = lf_view_some(lf_xml_text(root, "Message"));
    LF_TRY(body(a, root, &m, e));
    *out = m;
    return LF_OK;
}

/* ---- writing ---- */

void lf_taxii1_open(struct lf_xml_w *w, enum lf_taxii1_kind k, lf_view id, lf_view in_response_to)
{
    static const char *const names[LF_TAXII1_KINDS] = {
        "t:Discovery_Request",
        "t:Discovery_Response",
        "t:Collection_Information_Request",
        "t:Collection_Information_Response",
        "t:Subscription_Management_Request",
        "t:Subscription_Management_Response",
        "t:Poll_Request",
        "t:Poll_Response",
        "t:Poll_Fulfillment",
        "t:Inbox_Message",
        "t:Status_Message",
    };

    LF_PUT(w->b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    lf_xml_open(w, names[k]);
    lf_xml_put(w, "xmlns:t", LF_V(LF_TAXII1_NS));
    lf_xml_put(w, "message_id", id);
    if (!in_response_to.len && k == LF_TAXII1_STATUS)
        in_response_to = LF_V("0"); /* what it answers could not be read */
    if (in_response_to.len)
        lf_xml_put(w, "in_response_to", in_response_to);
}

static void detail(struct lf_xml_w *w, const char *name, lf_view value)
{
    if (!value.len)
        return;
    lf_xml_open(w, "t:Detail");
    lf_xml_put(w, "name", lf_view_of(name));
    lf_xml_say(w, value);
    lf_xml_close(w);
}

void lf_taxii1_status(struct lf_buf *b, lf_view id, lf_view in_response_to, const char *status, lf_view code,
                      lf_view about, lf_view message)
{
    struct lf_xml_w w = lf_xml_w(b);

    lf_taxii1_open(&w, LF_TAXII1_STATUS, id, in_response_to);
    lf_xml_put(&w, "status_type", lf_view_of(status));
    if (code.len || about.len) {
        lf_xml_open(&w, "t:Status_Detail");
        detail(&w, "RESULT_CODE", code);
        detail(&w, "ITEM", about);
        lf_xml_close(&w);
    }
    if (message.len)
        lf_xml_leaf(&w, "t:Message", message);
    lf_xml_close(&w);
}
