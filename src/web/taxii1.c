#include "web/taxii1.h"

#include <stdio.h>

#include "fmt/taxii1.h"
#include "ident/audit.h"
#include "isac/national.h"

enum { WALK = 16, COUNT_PAGES = 20, ANSWER = 30 << 20 };
#define UNREAD "unread:"

struct t1 {
    struct rq *r;
    struct lf_task *t;
    struct lf_national_member member;
    struct lf_taxii1 in;
    lf_view id; /* of the answer */
};

/* ---- answers ---- */

static lf_view number(struct lf_task *t)
{
    uint64_t n;

    lf_random(t->env, &n, sizeof n);
    return lf_arena_printf(t->a, "%llu", (unsigned long long)(n >> 1));
}

static enum lf_code reply(struct t1 *x, int status, struct lf_buf *b)
{
    struct lf_http_response *out = x->r->out;
    enum lf_code rc = lf_buf_done(b, x->r->e);

    if (rc == LF_OK) {
        out->status = status;
        out->nheaders = 0;
        out->body = lf_arena_copy(x->t->a, lf_buf_view(b));
        lf_http_add(out, "Content-Type", LF_V("application/xml"));
        lf_http_add(out, "X-TAXII-Content-Type", LF_V(LF_TAXII1_CONTENT));
        lf_http_add(out, "X-TAXII-Protocol", LF_V(LF_TAXII1_PROTOCOL));
        lf_http_add(out, "X-TAXII-Services", LF_V(LF_TAXII1_SERVICES));
    }
    lf_buf_clear(b);
    return rc;
}

static enum lf_code status(struct t1 *x, int http, const char *type, const char *code, lf_view message)
{
    struct lf_buf b;

    lf_buf_init(&b, 1 << 20);
    lf_taxii1_status(&b, x->id, x->in.id, type, lf_view_of(code), LF_V(""), message);
    return reply(x, http, &b);
}

static enum lf_code bad(struct t1 *x, const char *type, const char *code, const char *message)
{
    return status(x, 200, type, code, lf_view_of(message));
}

/* A status with one detail that the specification names. */
static enum lf_code with_detail(struct t1 *x, const char *type, const char *name, lf_view value,
                                const char *why)
{
    struct lf_xml_w w;
    struct lf_buf b;

    lf_buf_init(&b, 1 << 20);
    w = lf_xml_w(&b);
    lf_taxii1_open(&w, LF_TAXII1_STATUS, x->id, x->in.id);
    lf_xml_put(&w, "status_type", lf_view_of(type));
    lf_xml_open(&w, "t:Status_Detail");
    lf_xml_open(&w, "t:Detail");
    lf_xml_put(&w, "name", lf_view_of(name));
    lf_xml_say(&w, value);
    lf_xml_close(&w);
    lf_xml_close(&w);
    lf_xml_leaf(&w, "t:Message", lf_view_of(why));
    lf_xml_close(&w);
    return reply(x, 200, &b);
}

/* ---- what there is ---- */

static lf_view address(struct t1 *x, const char *service)
{
    lf_view base = x->r->w->parts.peer_url;

    while (lf_view_ends(base, LF_V("/")))
        base.len--;
    return lf_arena_printf(x->t->a, "%.*s/taxii1/%s/", LF_FMT(base), service);
}

static void binding(struct lf_xml_w *w)
{
    lf_xml_open(w, "t:Content_Binding");
    lf_xml_put(w, "binding_id", LF_V(LF_TAXII1_STIX12));
    lf_xml_close(w);
}

static void contact(struct t1 *x, struct lf_xml_w *w, const char *service)
{
    lf_xml_leaf(w, "t:Protocol_Binding", LF_V(LF_TAXII1_PROTOCOL));
    lf_xml_leaf(w, "t:Address", address(x, service));
    lf_xml_leaf(w, "t:Message_Binding", LF_V(LF_TAXII1_CONTENT));
}

static enum lf_code discovery(struct t1 *x)
{
    static const struct {
        const char *type, *path;
        bool content;
    } all[] = { { "DISCOVERY", "discovery", false },
                { "COLLECTION_MANAGEMENT", "collections", false },
                { "INBOX", "inbox", true },
                { "POLL", "poll", false } };
    struct lf_xml_w w;
    struct lf_buf b;

    lf_buf_init(&b, 1 << 20);
    w = lf_xml_w(&b);
    lf_taxii1_open(&w, LF_TAXII1_DISCOVERY_RESPONSE, x->id, x->in.id);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        lf_xml_open(&w, "t:Service_Instance");
        lf_xml_put(&w, "service_type", lf_view_of(all[i].type));
        lf_xml_put(&w, "service_version", LF_V(LF_TAXII1_SERVICES));
        lf_xml_put(&w, "available", LF_V("true"));
        contact(x, &w, all[i].path);
        if (all[i].content)
            binding(&w);
        lf_xml_close(&w);
    }
    lf_xml_close(&w);
    return reply(x, 200, &b);
}

static lf_view name_of(const struct lf_collection *c)
{
    return c->alias.len ? c->alias : c->id;
}

static enum lf_code collections(struct t1 *x)
{
    struct lf_collection box[2];
    struct lf_xml_w w;
    struct lf_buf b;
    bool readable;

    readable = lf_collection_get(x->t, x->member.outbox, &box[0], x->r->e) == LF_OK && box[0].can_read;
    LF_TRY(lf_collection_find(x->t, x->member.inbox, &box[1], x->r->e));
    lf_buf_init(&b, 1 << 20);
    w = lf_xml_w(&b);
    lf_taxii1_open(&w, LF_TAXII1_COLLECTION_RESPONSE, x->id, x->in.id);
    for (int i = 0; i < (readable ? 2 : 0); i++) {
        lf_view name = name_of(&box[0]);

        lf_xml_open(&w, "t:Collection");
        lf_xml_put(&w, "collection_name", i ? lf_arena_printf(x->t->a, UNREAD "%.*s", LF_FMT(name)) : name);
        lf_xml_put(&w, "collection_type", i ? LF_V("DATA_SET") : LF_V("DATA_FEED"));
        lf_xml_put(&w, "available", LF_V("true"));
        lf_xml_leaf(&w, "t:Description", i ? LF_V("what this account has not polled yet") : box[0].title);
        binding(&w);
        lf_xml_open(&w, "t:Polling_Service");
        contact(x, &w, "poll");
        lf_xml_close(&w);
        lf_xml_close(&w);
    }
    if (box[1].can_write) {
        lf_xml_open(&w, "t:Collection");
        lf_xml_put(&w, "collection_name",
                   readable && lf_view_eq(box[0].id, box[1].id)
                       ? lf_arena_printf(x->t->a, "inbox:%.*s", LF_FMT(name_of(&box[1])))
                       : name_of(&box[1]));
        lf_xml_put(&w, "collection_type", LF_V("DATA_FEED"));
        lf_xml_put(&w, "available", LF_V("true"));
        lf_xml_leaf(&w, "t:Description", box[1].title);
        binding(&w);
        lf_xml_open(&w, "t:Receiving_Inbox_Service");
        contact(x, &w, "inbox");
        binding(&w);
        lf_xml_close(&w);
        lf_xml_close(&w);
    }
    lf_xml_close(&w);
    return reply(x, 200, &b);
}

/* ---- poll ---- */

static bool stix12(lf_view id)
{
    return lf_view_is(id, LF_TAXII1_STIX12);
}

/* The collection a poll names; *unread. */
static bool outbox(struct t1 *x, struct lf_collection *c, bool *unread)
{
    lf_view name = x->in.collection;

    *unread = lf_view_starts(name, LF_V(UNREAD));
    if (*unread)
        name = lf_view_from(name, strlen(UNREAD));
    return lf_collection_get(x->t, x->member.outbox, c, NULL) == LF_OK && c->can_read &&
           (lf_view_eq(name, c->id) || (c->alias.len && lf_view_eq(name, c->alias)));
}

struct range {
    lf_time after, end; /* exclusive; inclusive */
    bool has_begin;
    uint64_t part;
};

static lf_view result_id(struct t1 *x, const struct range *a, lf_time next)
{
    return lf_arena_printf(x->t->a, "urn:lianfang:result:%llx:%llx:%llx:%llx",
                           (unsigned long long)a->part + 1, (unsigned long long)next + 1,
                           (unsigned long long)a->end, (unsigned long long)(a->has_begin ? 1 : 0));
}

static bool hex(lf_view *in, uint64_t *out)
{
    lf_view one;

    *out = 0;
    if (!lf_view_split(in, ':', &one) || !one.len || one.len > 15)
        return false;
    for (size_t i = 0; i < one.len; i++) {
        char c = one.ptr[i];

        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
        *out = *out << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return true;
}

static bool read_result(lf_view id, struct range *a)
{
    lf_view prefix = LF_VIEW("urn:lianfang:result:"), rest = lf_view_from(id, prefix.len);
    uint64_t after, end, begin;

    if (!lf_view_starts(id, prefix) || !hex(&rest, &a->part) || !hex(&rest, &after) || !hex(&rest, &end) ||
        !hex(&rest, &begin) || rest.len || after > (uint64_t)LF_TIME_MAX || end > (uint64_t)LF_TIME_MAX)
        return false;
    a->after = (lf_time)after - 1;
    a->end = (lf_time)end;
    a->has_begin = begin != 0;
    return true;
}

static void head(struct t1 *x, struct lf_xml_w *w, bool unread, const struct range *a, lf_time begin,
                 bool more, lf_time next)
{
    char text[LF_TIME_TEXT];

    lf_taxii1_open(w, LF_TAXII1_POLL_RESPONSE, x->id, x->in.id);
    lf_xml_put(w, "collection_name", x->in.collection);
    lf_xml_put(w, "more", more ? LF_V("true") : LF_V("false"));
    if (more || a->part > 1)
        lf_xml_put(w, "result_id", result_id(x, a, next));
    lf_xml_put(w, "result_part_number", lf_arena_printf(x->t->a, "%llu", (unsigned long long)a->part));
    if (unread)
        return;
    if (a->has_begin && begin >= 0)
        lf_xml_leaf(w, "t:Exclusive_Begin_Timestamp", lf_time_micro(begin, text));
    lf_xml_leaf(w, "t:Inclusive_End_Timestamp", lf_time_micro(a->end, text));
}

static enum lf_code count(struct t1 *x, const struct lf_collection *c, struct range *a, bool unread)
{
    lf_time begin = a->after, last;
    size_t n, total = 0;
    bool more = true;
    struct lf_xml_w w;
    struct lf_buf b;

    for (int i = 0; more && i < COUNT_PAGES; i++) {
        LF_TRY(lf_national_page(x->t, c, a->after, a->end, NULL, &n, &last, &more, x->r->e));
        total += n;
        a->after = last;
    }
    lf_buf_init(&b, 1 << 20);
    w = lf_xml_w(&b);
    head(x, &w, unread, a, begin, false, 0);
    lf_xml_open(&w, "t:Record_Count");
    if (more)
        lf_xml_put(&w, "partial_count", LF_V("true"));
    lf_xml_say(&w, lf_arena_printf(x->t->a, "%zu", total));
    lf_xml_close(&w);
    lf_xml_close(&w);
    return reply(x, 200, &b);
}

static enum lf_code give(struct t1 *x, const struct lf_collection *c, struct range *a, bool unread)
{
    struct lf_buf blocks, b;
    struct lf_xml_w w;
    lf_time last;
    enum lf_code rc;
    bool more;
    size_t n;

    lf_buf_init(&blocks, ANSWER);
    rc = lf_national_page(x->t, c, a->after, a->end, &blocks, &n, &last, &more, x->r->e);
    if (rc == LF_OK && blocks.over)
        rc = lf_err_set(x->r->e, LF_TOO_BIG, "one item is larger than an answer may be");
    if (rc == LF_OK)
        rc = lf_national_did(x->t, &x->member, 0, 0, (int64_t)n, unread ? (more ? last : a->end) : -1,
                             x->r->e);
    if (rc != LF_OK) {
        lf_buf_clear(&blocks);
        return rc;
    }
    lf_buf_init(&b, ANSWER + (1 << 20));
    w = lf_xml_w(&b);
    /* What is unread has no parts: the next poll goes on. */
    head(x, &w, unread, a, a->after, more && !unread, last);
    if (!more || unread) {
        if (a->part == 1 || unread)
            lf_xml_leaf(&w, "t:Record_Count", lf_arena_printf(x->t->a, "%zu", n));
    }
    if (more && unread)
        lf_xml_leaf(&w, "t:Message", LF_V("there is more: poll again"));
    lf_xml_raw(&w, lf_buf_view(&blocks));
    lf_buf_clear(&blocks);
    lf_xml_close(&w);
    return reply(x, 200, &b);
}

static enum lf_code poll(struct t1 *x)
{
    struct range a = { .after = -1, .part = 1 };
    lf_time now = lf_now(x->t->env);
    struct lf_collection c;
    bool unread, wanted = !x->in.nbindings;

    if (!outbox(x, &c, &unread))
        return bad(x, "NOT_FOUND", LF_NATIONAL_SAYS_PERMISSION,
                   "there is no such collection for this account");
    if (x->in.subscription.len || !x->in.collection.len)
        return bad(x, "NOT_FOUND", LF_NATIONAL_SAYS_EMPTY,
                   "there is no such subscription: poll with Poll_Parameters");
    if (x->in.has_query)
        return bad(x, "UNSUPPORTED_QUERY", "", "queries are not taken");
    for (size_t i = 0; i < x->in.nbindings; i++)
        wanted |= stix12(x->in.bindings[i]);
    if (!wanted)
        return with_detail(x, "UNSUPPORTED_CONTENT", "SUPPORTED_CONTENT", LF_V(LF_TAXII1_STIX12),
                           "STIX 1.2 is what there is");
    if (unread && (x->in.has_begin || x->in.has_end))
        return bad(x, "FAILURE", LF_NATIONAL_SAYS_TIME, "what is unread has no range of time");
    if ((x->in.has_begin && x->in.has_end && x->in.begin >= x->in.end) ||
        (x->in.has_begin && x->in.begin > now))
        return bad(x, "FAILURE", LF_NATIONAL_SAYS_TIME, "the range of time is empty, or lies in the future");
    a.has_begin = x->in.has_begin;
    if (a.has_begin)
        a.after = x->in.begin;
    if (unread)
        a.after = x->member.read_to;
    /* The clock may be behind the last object's time: that is what a client goes on from. */
    a.end = c.last_added > now ? c.last_added : now;
    if (c.last_added < a.end)
        a.end = c.last_added > a.after ? c.last_added : a.after > 0 ? a.after : 0;
    if (x->in.has_end && x->in.end < a.end)
        a.end = x->in.end;
    if (x->in.count_only)
        return count(x, &c, &a, unread);
    return give(x, &c, &a, unread);
}

static enum lf_code no_part(struct t1 *x, uint64_t most)
{
    return with_detail(x, "INVALID_RESPONSE_PART", "MAX_PART_NUMBER",
                       lf_arena_printf(x->t->a, "%llu", (unsigned long long)most),
                       "the result has no such part; go on from the last one");
}

static enum lf_code fulfil(struct t1 *x)
{
    struct lf_collection c;
    struct range a;
    bool unread, more;
    lf_time last;
    size_t n;

    if (!outbox(x, &c, &unread) || unread || !read_result(x->in.result, &a))
        return bad(x, "NOT_FOUND", LF_NATIONAL_SAYS_COUNT, "there is no such result");
    if (x->in.part < a.part || x->in.part - a.part > WALK)
        return no_part(x, a.part);
    for (more = true; a.part < x->in.part; a.part++) { /* a client that keeps the first id */
        struct lf_buf b;
        enum lf_code rc;

        lf_buf_init(&b, ANSWER);
        rc = lf_national_page(x->t, &c, a.after, a.end, &b, &n, &last, &more, x->r->e);
        lf_buf_clear(&b);
        LF_TRY(rc);
        a.after = last;
        /* Clients ask for the part behind the last one to learn that there is none. */
        if (!more && a.part + 1 < x->in.part)
            return no_part(x, a.part);
    }
    return give(x, &c, &a, false);
}

/* ---- inbox ---- */

static bool destined(struct t1 *x)
{
    struct lf_collection c;

    if (lf_collection_find(x->t, x->member.inbox, &c, NULL) != LF_OK)
        return false;
    for (size_t i = 0; i < x->in.ndestinations; i++) {
        lf_view d = x->in.destinations[i];

        if (lf_view_starts(d, LF_V("inbox:")))
            d = lf_view_from(d, 6);
        if (!lf_view_eq(d, c.id) && !lf_view_eq(d, c.alias))
            return false;
    }
    return true;
}

static enum lf_code take_block(struct t1 *x, const struct lf_taxii1_block *b, struct lf_national_said *said)
{
    const struct lf_xml *root = b->content;
    struct lf_err why = { 0 };

    *said = (struct lf_national_said){ .code = LF_NATIONAL_SAYS_FORMAT, .id = LF_V(""), .why = LF_V("") };
    if (!stix12(b->binding)) {
        said->why = LF_V("the content binding is not STIX 1.2");
        return LF_OK;
    }
    if (!root && lf_view_trim(b->text).len && /* escaped instead of in place */
        lf_xml_parse(x->t->a, lf_view_trim(b->text), NULL, &root, &why) != LF_OK) {
        said->why = lf_arena_copy(x->t->a, lf_view_of(why.text));
        return LF_OK;
    }
    if (!root) {
        said->code = LF_NATIONAL_SAYS_EMPTY;
        said->why = LF_V("the content block is empty");
        return LF_OK;
    }
    return lf_national_take(x->t, &x->member, root, said, x->r->e);
}

static enum lf_code inbox(struct t1 *x)
{
    int64_t taken = 0, refused = 0;
    struct lf_national_said *said;
    struct lf_xml_w w;
    struct lf_buf b;

    if (!x->in.nblocks)
        return bad(x, "FAILURE", LF_NATIONAL_SAYS_EMPTY, "the message has no content");
    if (x->in.has_count && !x->in.partial && x->in.count != x->in.nblocks)
        return bad(x, "FAILURE", LF_NATIONAL_SAYS_COUNT, "Record_Count is not the number of content blocks");
    if (!destined(x)) {
        struct lf_collection c;

        LF_TRY(lf_collection_find(x->t, x->member.inbox, &c, x->r->e));
        return with_detail(x, "DESTINATION_COLLECTION_ERROR", "ACCEPTABLE_DESTINATION", name_of(&c),
                           "this account sends to another collection");
    }
    said = LF_NEW(x->t->a, struct lf_national_said, x->in.nblocks);
    for (size_t i = 0; i < x->in.nblocks; i++) {
        LF_TRY(take_block(x, &x->in.blocks[i], &said[i]));
        if (strcmp(said[i].code, LF_NATIONAL_SAYS_TAKEN) == 0)
            taken++;
        else
            refused++;
    }
    LF_TRY(lf_national_did(x->t, &x->member, taken, refused, 0, -1, x->r->e));
    LF_TRY(lf_audit_add(
        x->t, LF_V("national.inbox"), x->member.code,
        lf_arena_printf(x->t->a, "{\"taken\":%lld,\"refused\":%lld}", (long long)taken, (long long)refused),
        x->r->e));
    lf_buf_init(&b, 4 << 20);
    w = lf_xml_w(&b);
    lf_taxii1_open(&w, LF_TAXII1_STATUS, x->id, x->in.id);
    lf_xml_put(&w, "status_type", refused ? LF_V("FAILURE") : LF_V("SUCCESS"));
    lf_xml_open(&w, "t:Status_Detail");
    for (size_t i = 0; i < x->in.nblocks; i++) {
        const char *const names[] = { "RESULT_CODE", "ITEM", "REASON" };
        lf_view values[] = { lf_view_of(said[i].code), said[i].id, said[i].why };

        for (size_t k = 0; k < 3; k++) {
            if (!values[k].len)
                continue;
            lf_xml_open(&w, "t:Detail");
            lf_xml_put(&w, "name", lf_view_of(names[k]));
            lf_xml_say(&w, values[k]);
            lf_xml_close(&w);
        }
    }
    lf_xml_close(&w);
    for (size_t i = 0; i < x->in.nblocks; i++)
        if (said[i].why.len) {
            lf_xml_leaf(&w, "t:Message", said[i].why);
            break;
        }
    lf_xml_close(&w);
    return reply(x, 200, &b);
}

/* ---- requests ---- */

static enum lf_code serve(struct t1 *x)
{
    static const struct {
        const char *path;
        unsigned kinds;
    } services[] = {
        { "/taxii1/discovery", 0 },
        { "/taxii1/collections", 1u << LF_TAXII1_COLLECTION_REQUEST },
        { "/taxii1/inbox", 1u << LF_TAXII1_INBOX },
        { "/taxii1/poll", 1u << LF_TAXII1_POLL_REQUEST | 1u << LF_TAXII1_POLL_FULFILLMENT },
    };
    lf_view path = x->r->in->path, type = lf_http_get(x->r->in, "x-taxii-content-type"), accept;
    struct lf_err why = { 0 };
    unsigned kinds = 0;
    bool there = false;
    enum lf_code rc;

    while (path.len > 1 && lf_view_ends(path, LF_V("/")))
        path.len--;
    for (size_t i = 0; i < sizeof services / sizeof *services; i++)
        if (lf_view_is(path, services[i].path)) {
            there = true;
            kinds = services[i].kinds;
        }
    if (!there)
        return status(x, 404, "NOT_FOUND", "", LF_V("there is no service at this address"));
    if (!lf_view_is(x->r->in->method, "POST")) {
        LF_TRY(status(x, 405, "BAD_MESSAGE", "", LF_V("TAXII 1.1 messages are sent by POST")));
        lf_http_add(x->r->out, "Allow", LF_V("POST"));
        return LF_OK;
    }
    if (!lf_view_is(lf_view_trim(type), LF_TAXII1_CONTENT))
        return with_detail(x, type.len ? "UNSUPPORTED_MESSAGE" : "BAD_MESSAGE", "SUPPORTED_BINDING",
                           LF_V(LF_TAXII1_CONTENT),
                           "X-TAXII-Content-Type says another message binding, or none");
    accept = lf_http_get(x->r->in, "x-taxii-accept");
    if (accept.len && !lf_view_is(lf_view_trim(accept), LF_TAXII1_CONTENT))
        return with_detail(x, "UNSUPPORTED_MESSAGE", "SUPPORTED_BINDING", LF_V(LF_TAXII1_CONTENT),
                           "X-TAXII-Accept wants another message binding");
    if (x->r->in->body.len > LF_TAXII1_MESSAGE)
        return status(x, 200, "FAILURE", LF_NATIONAL_SAYS_SIZE, LF_V("the message is larger than 14 MiB"));
    rc = lf_taxii1_read(x->t->a, x->r->in->body, NULL, &x->in, &why);
    if (rc == LF_UNACCEPTED)
        return with_detail(x, "UNSUPPORTED_MESSAGE", "SUPPORTED_BINDING", LF_V(LF_TAXII1_CONTENT), why.text);
    if (rc != LF_OK)
        return bad(x, "BAD_MESSAGE", rc == LF_TOO_BIG ? LF_NATIONAL_SAYS_SIZE : LF_NATIONAL_SAYS_FORMAT,
                   lf_arena_cstr(x->t->a, lf_view_of(why.text)));
    if (x->in.kind == LF_TAXII1_DISCOVERY_REQUEST)
        return discovery(x);
    if (!(kinds & 1u << x->in.kind))
        return bad(x, "BAD_MESSAGE", "", "this service does not take this message");
    switch (x->in.kind) {
    case LF_TAXII1_COLLECTION_REQUEST:
        return collections(x);
    case LF_TAXII1_POLL_REQUEST:
        return poll(x);
    case LF_TAXII1_POLL_FULFILLMENT:
        return fulfil(x);
    default:
        return inbox(x);
    }
}

static enum lf_code unauthorised(struct t1 *x, enum lf_code rc)
{
    if (rc == LF_TOO_MANY || rc == LF_AWAY)
        return with_detail(x, "RETRY", "ESTIMATED_WAIT", LF_V("30"), "too many wrong answers: wait");
    if (rc != LF_UNAUTHENTIC)
        return rc;
    LF_TRY(status(x, 401, "UNAUTHORIZED", LF_NATIONAL_SAYS_ACCOUNT,
                  LF_V("an account is needed: Basic or bearer")));
    lf_http_add(x->r->out, "WWW-Authenticate", LF_V("Basic realm=\"lianfang\", charset=\"UTF-8\""));
    return LF_OK;
}

enum lf_code taxii1_handle(struct rq *r, enum lf_code rc)
{
    struct t1 x = { .r = r, .t = r->t, .in = { .id = LF_VIEW("") } };
    struct lf_err why = { 0 };
    const char *code = "";

    x.id = number(r->t);
    if (rc != LF_OK) {
        rc = unauthorised(&x, rc);
    } else if (r->in->door != LF_DOOR_PEER || !r->in->has_pin) {
        rc = bad(&x, "UNAUTHORIZED", LF_NATIONAL_SAYS_CERTIFICATE,
                 "come to the peer address, with a client certificate");
    } else {
        rc = lf_national_enter(r->t, r->in->peer_pin, r->in->remote, &x.member, &code, &why);
        if (rc == LF_FORBIDDEN)
            rc = status(&x, 200,
                        strcmp(code, LF_NATIONAL_SAYS_ACCOUNT) == 0 ||
                                strcmp(code, LF_NATIONAL_SAYS_CERTIFICATE) == 0
                            ? "UNAUTHORIZED"
                            : "DENIED",
                        code, lf_view_of(why.text));
        else if (rc == LF_OK)
            rc = serve(&x);
        else
            *r->e = why;
    }
    if (rc == LF_OK)
        return LF_OK;
    /* What was begun is undone by the caller; the client is told to come again. */
    r->out->nheaders = 0;
    if (bad(&x, "FAILURE", rc == LF_TOO_BIG ? LF_NATIONAL_SAYS_SIZE : "",
            rc == LF_IO || rc == LF_FULL || rc == LF_AWAY
                ? "the node failed at this; its log says why"
                : lf_arena_cstr(r->t->a, lf_view_of(r->e->text))) != LF_OK)
        r->out->status = 500;
    return rc;
}
