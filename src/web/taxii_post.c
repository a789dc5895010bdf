/* POST of an envelope: each object fares alone, and the status says how. */
#include "fmt/stix.h"
#include "ident/audit.h"
#include "isac/link.h"
#include "isac/peer.h"
#include "isac/quota.h"
#include "isac/watch.h"
#include "store/query_intelligence.h"
#include "web/taxii_priv.h"

enum {
    OBJECTS_MOST = 65536, /* of one envelope: the status names every one */
    MESSAGES_MOST = 1000, /* reasons given; after that only ids */
    STATUS_BYTES = 32 << 20,
};

struct post {
    struct taxii *x;
    bool peer;
    struct lf_peer from;
    lf_view origin;
    lf_time now;
    size_t n; /* objects in the envelope */
    struct lf_object_batch *batch;
    struct lf_buf good, bad; /* members of the two lists */
    size_t ngood, nbad;
    size_t nmalformed; /* of the bad: no STIX at all */
    lf_view first;     /* why the first of the bad was refused, as the envelope has them */
    size_t first_at;
};

static void detail(struct lf_buf *b, size_t n, lf_view id, lf_view version, lf_view message)
{
    struct lf_json_w w = lf_json_w(b);
    char text[LF_TIME_TEXT];

    if (n)
        lf_buf_byte(b, ',');
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "id", id);
    lf_json_put_str(&w, "version", version.len ? version : lf_stix_micro(0, text));
    if (message.len)
        lf_json_put_str(&w, "message", message);
    lf_json_close(&w);
}

/* An object that is refused is named by what it says of itself, as far as it goes. */
static void refused(struct post *p, const struct lf_json *o, size_t at, const char *why)
{
    lf_view id = lf_json_str(o, "id");
    lf_view version = lf_json_str(o, "modified");
    lf_time when;

    if (!lf_stix_id_ok(id, NULL)) /* cut: a status of nothing but such ids stays in its bounds */
        id = lf_view_first(id, 32);
    if (!id.len)
        id = lf_arena_printf(p->x->t->a, "objects[%zu]", at);
    if (lf_stix_time(version, &when, NULL) != LF_OK) {
        version = lf_json_str(o, "created");
        if (lf_stix_time(version, &when, NULL) != LF_OK)
            version = LF_V("");
    }
    detail(&p->bad, p->nbad, id, version, p->nbad < MESSAGES_MOST ? lf_view_of(why) : LF_V(""));
    if (!p->nbad++ || at < p->first_at) {
        p->first = lf_arena_copy(p->x->t->a, lf_view_of(why));
        p->first_at = at;
    }
}

/* What a service refuses leaves nothing behind.  An account's object is refused before anything of it
 * is written; a node's is in a savepoint of its own, of which there cannot be ten thousand: SQLite
 * looks through all that the request changed at the end of each. */
static enum lf_code keep(struct post *p, const struct lf_stix *s, lf_view json, size_t at, struct lf_err *e)
{
    struct lf_task *t = p->x->t;
    unsigned effects = t->effects;
    size_t news = t->news ? t->news->len : 0;
    bool fresh = false;
    enum lf_code rc;

    if (!p->peer) {
        rc = p->batch ? LF_OK : lf_object_batch_open(t, p->x->c.id, p->n, &p->batch, e);
        if (rc == LF_OK) {
            lf_object_batch_place(p->batch, at);
            rc = lf_object_batch_post(t, p->batch, s, json, &fresh, e);
        }
        if (rc == LF_OK && fresh)
            rc = lf_watch_post(t, s, lf_object_batch_seq(p->batch), lf_object_batch_met(p->batch), e);
        /* Anything else came after writing had begun. */
        return rc == LF_OK || rc == LF_UNACCEPTED || taxii_ours(rc) ? rc : LF_IO;
    }
    rc = lf_db_save(t->db, e);
    if (rc != LF_OK)
        return taxii_ours(rc) ? rc : LF_IO;
    /* What a node passes on is as its origin made it, and held to what it handed in before (isac/object.c).
     */
    rc = lf_object_add(t, p->x->c.id, p->origin, s, json, &fresh, e);
    if (rc == LF_OK && fresh)
        rc = lf_link_take(t, &p->from, s->type, json, e);
    if (rc == LF_OK)
        return lf_db_release(t->db, e);
    lf_db_undo(t->db);
    t->effects = effects;
    if (t->news)
        t->news->len = news;
    return rc;
}

static enum lf_code one(struct post *p, const struct lf_json *o, size_t at)
{
    struct lf_err why = { 0 };
    struct lf_stix s;
    struct lf_buf b;
    enum lf_code rc;
    lf_view json;

    if (lf_json_kind(o) != LF_JSON_OBJECT) {
        refused(p, NULL, at, "a STIX object is a JSON object");
        p->nmalformed++;
        return LF_OK;
    }
    lf_buf_init(&b, LF_STIX_OBJECT_BYTES);
    lf_json_write(&b, o);
    if (lf_buf_done(&b, NULL) != LF_OK) {
        lf_buf_clear(&b);
        refused(p, o, at, "the object is larger than 1 MiB");
        p->nmalformed++;
        return LF_OK;
    }
    json = lf_arena_copy(p->x->t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    if (lf_stix_of(o, &s, &why) != LF_OK) {
        refused(p, o, at, why.text);
        p->nmalformed++;
        return LF_OK;
    }
    rc = keep(p, &s, json, at, &why);
    if (taxii_ours(rc)) {
        *p->x->e = why;
        return rc;
    }
    if (rc != LF_OK) {
        refused(p, o, at, why.text);
        return LF_OK;
    }
    detail(&p->good, p->ngood++, s.id, s.version, LF_V(""));
    return LF_OK;
}

static void put_list(struct lf_buf *b, const char *name, size_t n, const struct lf_buf *items)
{
    lf_buf_printf(b, ",\"%s_count\":%zu", name, n);
    if (!n) /* TAXII has no empty lists */
        return;
    lf_buf_printf(b, ",\"%s\":[", name[0] == 's' ? "successes" : "failures");
    lf_buf_put(b, lf_buf_view(items));
    lf_buf_byte(b, ']');
}

static enum lf_code settle(struct post *p)
{
    struct taxii *x = p->x;
    struct lf_task *t = x->t;
    lf_view id = lf_uuid_new(t->env, t->a);
    char now[LF_TIME_TEXT];
    struct lf_buf b;

    LF_TRY(lf_buf_done(&p->good, x->e));
    LF_TRY(lf_buf_done(&p->bad, x->e));
    lf_buf_init(&b, 2 * (size_t)STATUS_BYTES);
    (void)lf_time_micro(p->now, now);
    lf_buf_printf(&b,
                  "{\"id\":\"%.*s\",\"status\":\"complete\",\"request_timestamp\":\"%s\",\"total_count\":%zu",
                  LF_FMT(id), now, p->ngood + p->nbad);
    put_list(&b, "success", p->ngood, &p->good);
    put_list(&b, "failure", p->nbad, &p->bad);
    LF_PUT(&b, ",\"pending_count\":0}");
    LF_TRY(taxii_answer(x, 202, &b));
    if (p->peer)
        lf_http_add(x->out, LF_PROTOCOL_HEADER, lf_protocol_text());
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_taxii_status_prune, LF_ARGS(LF_INT(p->now - TAXII_STATUS_LIFE)),
                      x->e));
    /* Nodes send all day and sign what they send; what people do is written down. */
    if (!p->peer)
        LF_TRY(lf_audit_add(t, LF_V("taxii.post"), x->c.id,
                            lf_arena_printf(t->a, "{\"status\":\"%.*s\",\"taken\":%zu,\"refused\":%zu}",
                                            LF_FMT(id), p->ngood, p->nbad),
                            x->e));
    return lf_db_exec(t->db, &t->scope, &lf_q_taxii_status_add,
                      LF_ARGS(LF_TEXT(id), LF_TEXT(t->scope.account), LF_INT(p->now), LF_TEXT(x->out->body)),
                      x->e);
}

/* Moves past one character that must stand there, and the blanks around it. */
static bool past(lf_view *in, char c)
{
    *in = lf_view_trim(*in);
    if (!in->len || in->ptr[0] != c)
        return false;
    *in = lf_view_trim(lf_view_from(*in, 1));
    return true;
}

/* The text of the envelope's list, found in a body that is JSON. */
static enum lf_code list_text(struct post *p, const struct lf_json_limits *limits, lf_view *out)
{
    lf_view in = p->x->in->body;
    const struct lf_json *v;

    (void)past(&in, '{');
    do {
        bool found;

        LF_TRY(lf_json_take(p->x->t->a, &in, limits, &v, p->x->e));
        found = lf_view_is(lf_json_text(v), "objects");
        (void)past(&in, ':');
        if (found) {
            *out = in;
            return LF_OK;
        }
        LF_TRY(lf_json_take(p->x->t->a, &in, limits, &v, p->x->e));
    } while (past(&in, ','));
    return lf_err_set(p->x->e, LF_BAD_INPUT, "the envelope has no objects");
}

/* Half a surrogate pair, a key twice, nesting too deep: each spoils the object it is in, and those
 * beside it are read from their own text. */
static enum lf_code each_alone(struct post *p, const struct lf_json_limits *lenient)
{
    const struct lf_json_limits strict = { .bytes = LF_TAXII_CONTENT, .unique = true };
    const struct lf_json *tree;
    lf_view in;

    LF_TRY(list_text(p, lenient, &in));
    (void)past(&in, '[');
    for (size_t i = 0; i == 0 || past(&in, ','); i++) {
        lf_view whole = in;
        const struct lf_json *o;
        struct lf_err why = { 0 };

        LF_TRY(lf_json_take(p->x->t->a, &in, lenient, &o, p->x->e));
        whole.len -= in.len;
        if (lf_json_parse(p->x->t->a, whole, &strict, &tree, &why) == LF_OK) {
            LF_TRY(one(p, tree, i));
        } else {
            refused(p, o, i, why.text);
            p->nmalformed++;
        }
    }
    return LF_OK;
}

/* What an account hands in lies by type (docs/adr/0059) and is read in the order it came. */
static enum lf_code each_by_type(struct post *p, const struct lf_json *list)
{
    lf_view *types = LF_NEW(p->x->t->a, lf_view, p->n);
    const size_t *order;

    for (size_t i = 0; i < p->n; i++)
        types[i] = lf_json_str(lf_json_item(list, i), "type");
    order = lf_object_order(p->x->t->a, types, p->n);
    for (size_t i = 0; i < p->n; i++)
        LF_TRY(one(p, lf_json_item(list, order[i]), order[i]));
    return LF_OK;
}

static enum lf_code each(struct post *p, const struct lf_json *list, const struct lf_json_limits *alone)
{
    if (alone)
        LF_TRY(each_alone(p, alone));
    else if (!p->peer)
        LF_TRY(each_by_type(p, list));
    for (size_t i = 0; !alone && p->peer && i < p->n; i++)
        LF_TRY(one(p, lf_json_item(list, i), i));
    /* A client that sends only what is no STIX is told so at once.  A node is
     * always given a status: its outbox goes by that. */
    if (!p->peer && p->nmalformed == lf_json_items(list))
        return taxii_refuse(p->x, 422, "none of the objects is acceptable STIX 2.1; the first: %.*s",
                            LF_FMT(p->first));
    return settle(p);
}

enum lf_code taxii_post(struct taxii *x)
{
    const struct lf_json_limits limits = { .bytes = LF_TAXII_CONTENT, .unique = true };
    const struct lf_json_limits lenient = { .bytes = LF_TAXII_CONTENT, .depth = 512, .halves = true };
    const lf_view prefix = LF_VIEW("peer:");
    struct lf_task *t = x->t;
    struct post p = { .x = x, .now = lf_now(t->env), .origin = { "", 0 } };
    const struct lf_json *tree, *list;
    size_t lists = 0;
    const char *what = "";
    bool alone = false;
    lf_time over;
    lf_view coding;
    enum lf_code rc;

    LF_TRY(taxii_collection(x));
    if (!x->c.can_write)
        return lf_err_set(x->e, LF_FORBIDDEN, "you may not write to this collection");
    if (!taxii_type_ok(taxii_header(x, "content-type")))
        return taxii_refuse(x, 415, "send an envelope as Content-Type: " TAXII_TYPE);
    coding = lf_view_trim(taxii_header(x, "content-encoding"));
    if (coding.len && !lf_view_eq_nocase(coding, LF_V("identity")))
        return taxii_refuse(x, 415, "send the body without Content-Encoding");
    if (x->in->body.len > LF_TAXII_CONTENT)
        return taxii_refuse(x, 413, "the body is larger than %d bytes", LF_TAXII_CONTENT);
    if (lf_json_parse(t->a, x->in->body, &limits, &tree, x->e) != LF_OK) {
        alone = lf_json_parse(t->a, x->in->body, &lenient, &tree, NULL) == LF_OK;
        if (!alone)
            return taxii_refuse(x, 400, "the body is not JSON: %s", x->e->text);
    }
    list = lf_json_get(tree, LF_V("objects"));
    for (size_t i = 0; lf_json_kind(tree) == LF_JSON_OBJECT && i < lf_json_members(tree); i++)
        lists += lf_view_is(lf_json_key(tree, i), "objects");
    if (lists > 1)
        return taxii_refuse(x, 400, "the envelope has \"objects\" twice");
    if (lf_json_kind(tree) != LF_JSON_OBJECT || lf_json_kind(list) != LF_JSON_ARRAY || !lf_json_items(list))
        return taxii_refuse(x, 422, "the body is no envelope: {\"objects\":[…]} with one object or more");
    if (lf_json_str(tree, "type").ptr)
        return taxii_refuse(x, 422, "a bundle is no envelope; send {\"objects\":[…]} with what is in it");
    if (lf_json_items(list) > OBJECTS_MOST)
        return taxii_refuse(x, 422, "an envelope has at most %d objects", OBJECTS_MOST);
    if (t->scope.roles & LF_ROLE_PEER) {
        p.peer = true;
        p.origin = lf_view_from(t->scope.account, prefix.len);
        LF_TRY(lf_peer_get(t, p.origin, &p.from, x->e));
    }
    p.n = lf_json_items(list);
    LF_TRY(lf_quota_take(t, (int64_t)p.n, (int64_t)x->in->body.len, &over, &what, x->e));
    if (over) {
        lf_taxii_over_quota(t, x->out, what, over);
        return LF_OK;
    }
    lf_buf_init(&p.good, STATUS_BYTES);
    lf_buf_init(&p.bad, STATUS_BYTES);
    rc = each(&p, list, alone ? &lenient : NULL);
    lf_buf_clear(&p.good);
    lf_buf_clear(&p.bad);
    return rc;
}
