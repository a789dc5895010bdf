/* Feeds that speak TAXII 1.1 with a centre of the national exchange: "taxii1" polls it, "taxii1-push" sends
 * what is published here to its inbox.  The node's own certificate is shown to the feed's server.
 *
 * The mapping says, a line each: `collection = NAME` (to poll, or of the inbox; members unless said).  An
 * address whose path has "discovery" in it is asked for its services first.
 *
 * What came from a centre is never sent to one: its reports carry the label national:id.  A reply (FBI) to
 * such a report goes to the server it came from, whatever the collection: it lies in none. */
#include "fmt/taxii1.h"
#include "ident/node.h"
#include "isac/advisory.h"
#include "isac/feed_priv.h"
#include "isac/format_national.h"
#include "model/observable.h"

/* What is asked about and answered with a word is short, and read at once; what brings content is read in
 * slices. */
enum { EVENTS = 20000, SHORT = 256 << 10 };

static enum lf_code read_short(struct feed_slot *s, lf_view body, struct lf_taxii1 *m, struct lf_err *e)
{
    if (body.len > SHORT)
        return lf_err_set(e, LF_TOO_BIG, "the answer is larger than %d KiB, and brings no content",
                          SHORT >> 10);
    return lf_taxii1_read(&s->doc, body, NULL, m, e);
}

bool feed_taxii1(lf_view format)
{
    return lf_view_is(format, "taxii1") || lf_view_is(format, "taxii1-push");
}

bool feed_taxii1_discovers(const struct feed_slot *s)
{
    return feed_taxii1(s->feed.format) && lf_view_find(s->feed.url, LF_V("discovery")) != SIZE_MAX;
}

lf_view feed_setting(const struct lf_feed *f, const char *name, const char *otherwise)
{
    lf_view rest = f->mapping, line;

    while (rest.len && lf_view_split(&rest, '\n', &line)) {
        size_t eq = lf_view_find_byte(line, '=');

        if (eq != SIZE_MAX && lf_view_is(lf_view_trim(lf_view_first(line, eq)), name))
            return lf_view_trim(lf_view_from(line, eq + 1));
    }
    return lf_view_of(otherwise);
}

static lf_view message_id(struct lf_task *t)
{
    uint64_t n;

    lf_random(t->env, &n, sizeof n);
    return lf_arena_printf(t->a, "%llu", (unsigned long long)(n >> 1));
}

/* ---- questions ---- */

static void poll(struct lf_task *t, const struct feed_slot *s, struct lf_buf *b)
{
    const struct lf_feed *f = &s->feed;
    size_t bar = lf_view_find_byte(f->position, '|');
    lf_view after = lf_view_first(f->position, bar),
            rest = bar == SIZE_MAX ? LF_V("") : lf_view_from(f->position, bar + 1), part;
    struct lf_xml_w w = lf_xml_w(b);

    if (rest.len && lf_view_split(&rest, ' ', &part) && rest.len) { /* "part id" */
        lf_taxii1_open(&w, LF_TAXII1_POLL_FULFILLMENT, message_id(t), LF_V(""));
        lf_xml_put(&w, "collection_name", feed_setting(f, "collection", "members"));
        lf_xml_put(&w, "result_id", rest);
        lf_xml_put(&w, "result_part_number", part);
        lf_xml_close(&w);
        return;
    }
    lf_taxii1_open(&w, LF_TAXII1_POLL_REQUEST, message_id(t), LF_V(""));
    lf_xml_put(&w, "collection_name", feed_setting(f, "collection", "members"));
    if (after.len)
        lf_xml_leaf(&w, "t:Exclusive_Begin_Timestamp", after);
    lf_xml_open(&w, "t:Poll_Parameters");
    lf_xml_put(&w, "allow_asynch", LF_V("false"));
    lf_xml_leaf(&w, "t:Response_Type", LF_V("FULL"));
    lf_xml_close(&w);
    lf_xml_close(&w);
}

static enum lf_code rights_of(struct lf_task *own, const struct feed_slot *s, struct lf_collection *c,
                              struct lf_rights **rights, enum lf_tlp *most, struct lf_err *e)
{
    *most = LF_TLP_GREEN;
    if (s->feed.tlp.len && !lf_tlp_parse(s->feed.tlp, most))
        return lf_err_set(e, LF_BAD_INPUT, "no TLP \"%.*s\"", LF_FMT(s->feed.tlp));
    LF_TRY(lf_collection_find(own, s->feed.collection, c, e));
    return lf_rights_open(own, c->readers, rights, e);
}

static bool from_a_centre(const struct lf_json *report)
{
    const struct lf_json *labels = lf_json_get(report, LF_V("labels"));

    for (size_t i = 0; lf_json_kind(labels) == LF_JSON_ARRAY && i < lf_json_items(labels); i++)
        if (lf_view_starts(lf_json_text(lf_json_item(labels, i)), LF_V("national:id=")))
            return true;
    return false;
}

static void add_part(struct feed_slot *s, lf_view id)
{
    s->parts = lf_arena_grow(&s->a, s->parts, s->nparts, &s->capparts, sizeof *s->parts);
    s->parts[s->nparts++] =
        (struct feed_part){ .name = lf_arena_copy(&s->a, id), .url = s->feed.url, .stamp = LF_V("") };
}

/* Whether a feed of the same server gave the object. */
static enum lf_code came_from(struct lf_task *own, const struct feed_slot *s, lf_view object, bool *is,
                              struct lf_err *e)
{
    struct lf_provenance *v;
    struct lf_err none = { 0 };
    size_t n = 0;
    enum lf_code rc = lf_feed_provenance(own, object, &n, &v, &none);

    *is = false;
    if (rc != LF_OK && rc != LF_NOT_FOUND) {
        *e = none;
        return rc;
    }
    for (size_t i = 0; i < n && !*is; i++)
        *is = lf_view_eq_nocase(lf_url_host(v[i].url), lf_url_host(s->feed.url));
    return LF_OK;
}

/* Our replies that came out after `after`, to what the feed's server gave us; *last: the newest of them. */
static enum lf_code add_replies(struct lf_task *t, struct feed_slot *s, enum lf_tlp most, lf_time after,
                                lf_time *last, struct lf_err *e)
{
    struct lf_task node = lf_node_task(t), own = feed_task(t, s);
    struct lf_page page = { .limit = 200 };
    const struct lf_advisory_row *r;
    struct lf_advisory_row whole;
    struct lf_advisory_form form;
    lf_view next = LF_V("1");
    size_t n, seen = 0;
    bool is;

    while (next.len && seen < EVENTS) {
        LF_TRY(lf_advisory_list(&node, LF_ADVISORY_FBI, LF_ADVISORY_PUBLISHED, LF_V(""), &page, &n, &r, &next,
                                e));
        for (size_t i = 0; i < n && s->nparts < LF_FEED_PARTS; i++) {
            seen++;
            if (r[i].origin.len || r[i].exercise || r[i].tlp > most || r[i].version <= after)
                continue;
            LF_TRY(lf_advisory_get(&node, r[i].id, &whole, e)); /* a list has no forms */
            LF_TRY(lf_advisory_form_of(&node, &whole, &form, e));
            LF_TRY(came_from(&own, s, lf_advisory_text(&form, "reply_to"), &is, e));
            if (!is)
                continue;
            add_part(s, r[i].id);
            *last = r[i].version > *last ? r[i].version : *last;
        }
        page.after = next;
    }
    return LF_OK;
}

enum lf_code feed_taxii1_list(struct lf_task *t, struct feed_slot *s, struct lf_err *e)
{
    struct lf_task own = feed_task(t, s);
    struct lf_object_filter *f = LF_NEW(t->a, struct lf_object_filter, 1);
    struct lf_collection c;
    const struct lf_object *o;
    enum lf_tlp most, tlp;
    char text[LF_TIME_TEXT];
    size_t n, seen = 0;
    lf_time since, last, replied;
    bool more = true, closed;

    *f = (struct lf_object_filter){
        .after = -1, .limit = 500, .bodies = true, .bytes = 8 << 20, .v_last = true, .ntype = 1
    };
    f->type[0] = LF_V("report");
    LF_TRY(rights_of(&own, s, &c, &f->rights, &most, e));
    if (!s->by_hand && s->feed.position.len)
        LF_TRY(lf_time_parse(s->feed.position, &f->after, e));
    since = last = replied = f->after;
    LF_TRY(add_replies(t, s, most, since, &replied, e));
    s->position = s->feed.position;
    while (more && s->nparts < LF_FEED_PARTS && seen < EVENTS) {
        LF_TRY(lf_object_list(&own, c.id, f, &n, &o, &more, e));
        for (size_t i = 0; i < n; i++) {
            const struct lf_json_limits deep = { .bytes = UINT32_MAX, .depth = 512 };
            enum lf_advisory_kind kind;
            const struct lf_json *tree;

            seen++;
            if (lf_json_parse(t->a, o[i].json, &deep, &tree, NULL) != LF_OK || !national_kind(tree, &kind) ||
                lf_json_bool(tree, "revoked", false) || from_a_centre(tree))
                continue;
            LF_TRY(lf_rights_strictest(&own, LF_V(""), own.scope.account, tree, &tlp, &closed, e));
            if (closed || tlp > most)
                continue;
            add_part(s, o[i].id);
        }
        if (!n)
            break;
        last = f->after = o[n - 1].added;
    }
    if (!more && replied > last) /* what is left of the collection comes first */
        last = replied;
    if (last > since)
        s->position = lf_arena_copy(&s->a, lf_time_micro(last, text));
    return LF_OK;
}

/* A reply lies in no collection. */
static enum lf_code reply(struct lf_task *t, lf_view id, const struct lf_object **out, struct lf_err *e)
{
    struct lf_task node = lf_node_task(t);
    struct lf_object *o = LF_NEW(t->a, struct lf_object, 1);
    struct lf_advisory_row r;
    enum lf_code rc = lf_advisory_get(&node, id, &r, e);

    if (rc == LF_NOT_FOUND || (rc == LF_OK && r.state != LF_ADVISORY_PUBLISHED))
        return lf_err_set(e, LF_BAD_INPUT, "the report is not there any more");
    *o = (struct lf_object){ .id = r.id, .json = r.json, .added = r.version };
    *out = o;
    return rc;
}

static enum lf_code inbox(struct lf_task *t, struct feed_slot *s, struct lf_buf *b, struct lf_err *e)
{
    struct lf_task own = feed_task(t, s);
    struct lf_object_filter *f = LF_NEW(t->a, struct lf_object_filter, 1);
    lf_view to = feed_setting(&s->feed, "collection", "");
    struct lf_collection c;
    const struct lf_object *o;
    struct lf_xml_w w = lf_xml_w(b);
    enum lf_tlp most;
    bool more, is;
    size_t n;

    *f = (struct lf_object_filter){
        .after = -1, .limit = 1, .bodies = true, .v_last = true, .nid = 1, .id = { s->parts[s->part].name }
    };
    LF_TRY(rights_of(&own, s, &c, &f->rights, &most, e));
    LF_TRY(lf_object_list(&own, c.id, f, &n, &o, &more, e));
    if (!n)
        LF_TRY(reply(t, s->parts[s->part].name, &o, e));
    lf_taxii1_open(&w, LF_TAXII1_INBOX, message_id(t), LF_V(""));
    if (to.len)
        lf_xml_leaf(&w, "t:Destination_Collection_Name", to);
    lf_xml_leaf(&w, "t:Record_Count", LF_V("1"));
    lf_xml_raw(&w, LF_V(""));
    LF_TRY(lf_national_block(&own, &c, f->rights, o, b, &is, e));
    lf_xml_close(&w);
    return is ? LF_OK : lf_err_set(e, LF_BAD_INPUT, "the national format cannot say this report");
}

enum lf_code feed_taxii1_body(struct lf_task *t, struct feed_slot *s, lf_view *body, struct lf_err *e)
{
    enum lf_code rc = LF_OK;
    struct lf_xml_w w;
    struct lf_buf b;

    lf_buf_init(&b, LF_CALL_BODY);
    w = lf_xml_w(&b);
    if (s->want == WANT_INDEX) {
        lf_taxii1_open(&w, LF_TAXII1_DISCOVERY_REQUEST, message_id(t), LF_V(""));
        lf_xml_close(&w);
    } else if (s->want == WANT_PART) {
        rc = inbox(t, s, &b, e);
    } else {
        poll(t, s, &b);
    }
    if (rc == LF_OK)
        rc = lf_buf_done(&b, e);
    if (rc == LF_OK)
        *body = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return rc;
}

/* ---- answers ---- */

/* "the centre answered FAILURE 0203: …" */
static enum lf_code refused(const struct lf_taxii1 *m, struct lf_err *e)
{
    lf_view code = LF_VIEW("");

    for (size_t i = 0; i < m->ndetails; i++)
        if (lf_view_is(m->details[i].name, "RESULT_CODE"))
            code = m->details[i].value;
    return lf_err_set(e, LF_UNACCEPTED, "the centre answered %.*s %.*s: %.*s",
                      LF_FMT(lf_view_first(m->status, 60)), LF_FMT(lf_view_first(code, 20)),
                      LF_FMT(lf_view_first(m->message, 200)));
}

enum lf_code feed_taxii1_service(struct feed_slot *s, lf_view body, lf_view *address, struct lf_err *e)
{
    const char *type = feed_pushes(s->feed.format) ? "INBOX" : "POLL";
    struct lf_taxii1 m;

    LF_TRY(read_short(s, body, &m, e));
    if (m.kind == LF_TAXII1_STATUS)
        return refused(&m, e);
    for (size_t i = 0; m.kind == LF_TAXII1_DISCOVERY_RESPONSE && i < m.nservices; i++)
        if (lf_view_is(m.services[i].type, type) && m.services[i].usable && m.services[i].address.len) {
            *address = feed_resolve(&s->a, s->url, lf_arena_copy(&s->a, m.services[i].address));
            return LF_OK;
        }
    return lf_err_set(e, LF_BAD_INPUT, "discovery names no %s service that speaks TAXII 1.1", type);
}

enum lf_code feed_taxii1_read(struct feed_slot *s, lf_view body, const struct lf_format_use *use,
                              const struct lf_exchange *to, struct lf_err *e)
{
    char text[LF_TIME_TEXT];
    struct lf_taxii1 m;

    LF_TRY(lf_taxii1_read(&s->doc, body, to->rest, &m, e));
    if (m.kind == LF_TAXII1_STATUS)
        return refused(&m, e);
    if (m.kind != LF_TAXII1_POLL_RESPONSE)
        return lf_err_set(e, LF_BAD_INPUT, "the answer is no Poll_Response");
    for (size_t i = 0; i < m.nblocks; i++) {
        const struct lf_xml *root = m.blocks[i].content;
        struct national_item item;
        struct lf_err why = { 0 };
        enum lf_code rc = LF_OK;

        if (!root) /* escaped instead of in place */
            rc = lf_xml_parse(&s->doc, lf_view_trim(m.blocks[i].text), to->rest, &root, &why);
        if (rc == LF_OK)
            rc = national_is(root) ? national_read(root, false, use, to, &item, &why)
                                   : format_stix1_tree(root, use, to, &why);
        if (rc == LF_TOO_BIG || rc == LF_AWAY || rc == LF_IO || rc == LF_FULL) {
            *e = why;
            return rc;
        }
        if (rc != LF_OK) { /* one that cannot be read does not keep the others */
            s->refused++;
            feed_note(s, lf_arena_printf(&s->doc, "content block %zu", i + 1), lf_view_of(why.text));
        }
    }
    s->more = m.more && m.result.len;
    if (s->more)
        s->next_page = lf_arena_printf(&s->a, "%llu %.*s", (unsigned long long)m.part + 1, LF_FMT(m.result));
    else
        s->next_page = LF_V("");
    s->position = m.has_end ? lf_arena_copy(&s->a, lf_time_micro(m.end, text)) : LF_V("");
    return LF_OK;
}

enum lf_code feed_taxii1_pushed(struct feed_slot *s, lf_view body, enum feed_taxii1_fate *fate,
                                struct lf_err *e)
{
    struct lf_taxii1 m;

    *fate = TAXII1_LATER;
    LF_TRY(read_short(s, body, &m, e));
    if (m.kind != LF_TAXII1_STATUS)
        return lf_err_set(e, LF_BAD_INPUT, "the answer is no Status_Message");
    (void)refused(&m, e);
    for (size_t i = 0; i < m.ndetails; i++)
        if (lf_view_is(m.details[i].name, "RESULT_CODE") &&
            lf_view_is(m.details[i].value, LF_NATIONAL_SAYS_AGAIN)) {
            *fate = TAXII1_KNOWN;
            return LF_OK;
        }
    if (lf_view_is(m.status, "SUCCESS")) {
        *fate = TAXII1_TAKEN;
        return LF_OK;
    }
    for (size_t i = 0; i < m.ndetails; i++)
        if (lf_view_is(m.details[i].name, "RESULT_CODE") && lf_view_starts(m.details[i].value, LF_V("03")))
            *fate = TAXII1_REFUSED;
    return LF_OK;
}
