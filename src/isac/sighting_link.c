/* Sightings between nodes: ours up, members' taken in and passed on. */
#include "base/crypto.h"
#include "fmt/json.h"
#include "fmt/stix_check.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "isac/indicator.h"
#include "isac/link.h"
#include "isac/present.h"
#include "isac/sighting.h"
#include "model/indicator.h"
#include "model/marking.h"
#include "store/query_sighting.h"

enum {
    TURN = 500,
    OBJECT = 65536,
    COUNT_MOST = 999999999, /* STIX 2.1, 5.2 */
};

/* The same for the same words, and to nobody without the node's key a sign of what they were. */
static lf_view keyed_id(struct lf_task *t, const char *type, lf_view words)
{
    uint8_t mac[LF_SHA256];

    lf_hmac_sha256((lf_view){ (const char *)t->self->redact_key, sizeof t->self->redact_key }, words, mac);
    return lf_arena_printf(t->a, "%s--%.*s", type, LF_FMT(lf_uuid4(t->a, mac)));
}

struct telling {
    lf_view id, of, tlp, value;
    enum lf_observable_kind kind;
    int64_t count;
    lf_time version, created, first, last;
    bool archive, disclose;
};

static void begin(struct lf_json_w *w, const char *type, lf_view id)
{
    lf_json_open(w, '{');
    lf_json_put_cstr(w, "type", type);
    lf_json_put_cstr(w, "spec_version", "2.1");
    lf_json_put_str(w, "id", id);
}

static void put_marking(struct lf_json_w *w, lf_view tlp)
{
    lf_view id = lf_indicator_tlp_id(tlp);

    if (!id.len)
        return;
    lf_json_begin(w, "object_marking_refs", '[');
    lf_json_put_str(w, NULL, id);
    lf_json_close(w);
}

static enum lf_code send(struct lf_task *t, struct lf_buf *b, lf_view id, lf_time version, struct lf_err *e)
{
    enum lf_code rc = lf_buf_done(b, e);

    if (rc == LF_OK)
        rc = lf_link_send(t, id, version, lf_arena_copy(t->a, lf_buf_view(b)), e);
    lf_buf_clear(b);
    return rc;
}

static void put_times(struct lf_json_w *w, lf_time created, lf_time modified)
{
    char time[LF_TIME_TEXT];

    lf_json_put_str(w, "created", lf_time_milli(created, time));
    lf_json_put_str(w, "modified", lf_time_milli(modified, time));
}

/* The value as a cyber-observable, which has the deterministic id of the standard, and the
 * observed-data around it.  *data is empty when the kind has no object of its own. */
static enum lf_code send_observed(struct lf_task *t, const struct telling *x, lf_view *data, struct lf_err *e)
{
    lf_view sco = lf_observable_sco(t->a, x->kind, x->value), id;
    const struct lf_json *tree;
    char time[LF_TIME_TEXT];
    struct lf_json_w w;
    struct lf_buf b;

    *data = LF_V("");
    if (!sco.len)
        return LF_OK;
    LF_TRY(lf_json_parse(t->a, sco, NULL, &tree, e));
    id = lf_json_str(tree, "id");
    LF_TRY(lf_link_send(t, id, 0, sco, e));
    *data = keyed_id(t, "observed-data", x->id);
    lf_buf_init(&b, OBJECT);
    w = lf_json_w(&b);
    begin(&w, "observed-data", *data);
    lf_json_put_str(&w, "created_by_ref", t->self->node);
    put_times(&w, x->created, x->version);
    lf_json_put_str(&w, "first_observed", lf_time_milli(x->first, time));
    lf_json_put_str(&w, "last_observed", lf_time_milli(x->last, time));
    lf_json_put_int(&w, "number_observed", x->count < 1 ? 1 : x->count);
    lf_json_begin(&w, "object_refs", '[');
    lf_json_put_str(&w, NULL, id);
    lf_json_close(&w);
    put_marking(&w, x->tlp);
    lf_json_close(&w);
    return send(t, &b, *data, x->version, e);
}

static enum lf_code send_sighting(struct lf_task *t, struct telling *x, struct lf_err *e)
{
    lf_view data = LF_V("");
    char time[LF_TIME_TEXT];
    struct lf_json_w w;
    struct lf_buf b;

    x->first = x->first < 0 ? 0 : x->first;
    x->last = x->last < x->first ? x->first : x->last;
    x->count = x->count > COUNT_MOST ? COUNT_MOST : x->count;
    if (x->disclose)
        LF_TRY(send_observed(t, x, &data, e));
    lf_buf_init(&b, OBJECT);
    w = lf_json_w(&b);
    begin(&w, "sighting", x->id);
    lf_json_put_str(&w, "created_by_ref", t->self->node);
    put_times(&w, x->created, x->version);
    if (x->archive)
        lf_json_put_cstr(&w, "description", "found in the archive");
    lf_json_put_str(&w, "first_seen", lf_time_milli(x->first, time));
    lf_json_put_str(&w, "last_seen", lf_time_milli(x->last, time));
    lf_json_put_int(&w, "count", x->count);
    lf_json_put_str(&w, "sighting_of_ref", x->of);
    if (data.len) {
        lf_json_begin(&w, "observed_data_refs", '[');
        lf_json_put_str(&w, NULL, data);
        lf_json_close(&w);
    }
    lf_json_begin(&w, "where_sighted_refs", '[');
    lf_json_put_str(&w, NULL, t->self->node);
    lf_json_close(&w);
    put_marking(&w, x->tlp);
    lf_json_close(&w);
    return send(t, &b, x->id, x->version, e);
}

/* Fills in of which indicator the node above is told, if of any. */
static enum lf_code aim(struct lf_task *t, lf_view indicator, struct telling *x, bool *known,
                        struct lf_err *e)
{
    struct lf_indicator_above above;
    struct lf_policy policy;
    enum lf_tlp tlp = LF_TLP_NONE;

    LF_TRY(lf_indicator_above(t, indicator, &above, e));
    /* What is stricter than AMBER is not told of, neither by what was seen of it (docs/adr/0027). */
    (void)lf_tlp_parse(above.tlp, &tlp);
    *known = above.id.len > 0 && tlp <= LF_TLP_AMBER;
    if (!*known)
        return LF_OK;
    x->of = above.id;
    x->tlp = above.tlp;
    x->kind = above.kind;
    LF_TRY(lf_policy_get(t, &policy, e));
    x->disclose = policy.id.len && policy.observed;
    return LF_OK;
}

struct window {
    lf_view indicator, value;
    lf_time start, due, first, last;
    int64_t count;
};

struct windows {
    struct lf_arena *a;
    struct window *x;
    size_t n;
};

static enum lf_code take_window(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct windows *w = ctx;

    (void)e;
    w->x[w->n++] = (struct window){
        .indicator = lf_arena_copy(w->a, lf_row_text(r, 0)),
        .start = lf_row_int(r, 1),
        .due = lf_row_int(r, 2),
        .value = lf_arena_copy(w->a, lf_row_text(r, 3)),
        .count = lf_row_int(r, 4),
        .first = lf_row_int(r, 5),
        .last = lf_row_int(r, 6),
    };
    return LF_OK;
}

enum lf_code lf_sighting_turn(struct lf_task *t, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);
    struct windows all = { .a = t->a, .x = LF_NEW(t->a, struct window, TURN) };
    lf_time now = lf_now(t->env);

    LF_TRY(lf_db_run(t->db, &s, &lf_q_sighting_window_list, LF_ARGS(LF_INT(now), LF_INT(TURN)), take_window,
                     &all, NULL, e));
    for (size_t i = 0; i < all.n; i++) {
        const struct window *v = &all.x[i];
        struct telling x = { .value = v->value,
                             .count = v->count,
                             .created = v->due - v->due % LF_MSEC,
                             .version = v->due - v->due % LF_MSEC,
                             .first = v->first,
                             .last = v->last };
        bool known;

        LF_TRY(aim(t, v->indicator, &x, &known, e));
        if (known) {
            x.id = keyed_id(t, "sighting",
                            lf_arena_printf(t->a, "%.*s\n%lld", LF_FMT(v->indicator), (long long)v->start));
            LF_TRY(send_sighting(t, &x, e));
            LF_TRY(
                lf_db_exec(t->db, &s, &lf_q_sighting_told, LF_ARGS(LF_TEXT(v->indicator), LF_INT(now)), e));
        }
        LF_TRY(lf_db_exec(t->db, &s, &lf_q_sighting_window_drop, LF_ARGS(LF_TEXT(v->indicator)), e));
    }
    return LF_OK;
}

enum lf_code lf_sighting_found(struct lf_task *t, const struct lf_indicator_sighting *f, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);
    lf_time now = lf_now(t->env) / LF_MSEC * LF_MSEC;
    struct lf_sighting_row before = { .count = 0 };
    struct telling x = {
        .value = f->value, .count = (int64_t)f->count, .version = now, .first = f->first, .last = f->last
    };
    bool known;

    LF_TRY(lf_sighting_archive(t, f->indicator, &before, e));
    LF_TRY(lf_db_exec(t->db, &s, &lf_q_sighting_archive_put,
                      LF_ARGS(LF_TEXT(f->indicator), LF_TEXT(f->value), LF_INT((int64_t)f->count),
                              LF_INT(f->first), LF_INT(f->last), LF_INT(now)),
                      e));
    if (before.count == (int64_t)f->count && before.first == f->first && before.last == f->last)
        return LF_OK;
    LF_TRY(aim(t, f->indicator, &x, &known, e));
    if (!known)
        return LF_OK;
    x.archive = true;
    x.id = keyed_id(t, "sighting", lf_arena_printf(t->a, "%.*s\narchive", LF_FMT(f->indicator)));
    /* Of its versions all have the same time of birth: that of the first event found.  Another
     * first event gives another, which STIX would rather not have; nobody decides by it. */
    x.created = f->first < 0 || f->first > now ? now : f->first - f->first % LF_MSEC;
    return send_sighting(t, &x, e);
}

/* ---- from members -------------------------------------------------------------------- */

static bool only(const struct lf_json *refs, lf_view node)
{
    for (size_t i = 0; i < lf_json_items(refs); i++)
        if (!lf_view_eq(lf_json_text(lf_json_item(refs, i)), node))
            return false;
    return true;
}

static enum lf_code time_of(const struct lf_stix *s, const char *name, lf_time usual, lf_time *out,
                            struct lf_err *e)
{
    lf_view text = lf_json_str(s->tree, name);

    *out = usual;
    return text.ptr ? lf_stix_time(text, out, e) : LF_OK;
}

enum lf_code lf_sighting_receive(struct lf_task *t, const struct lf_peer *from, lf_view json,
                                 struct lf_err *e)
{
    struct lf_scope scope = lf_node_rows(t);
    struct telling x = { 0 };
    const struct lf_json *refs;
    lf_time now = lf_now(t->env);
    int64_t count = 1;
    struct lf_stix s;
    lf_view of;
    bool known;

    LF_TRY(lf_ident_need(t, LF_ROLE_PEER | LF_ROLE_SYSTEM, e));
    LF_TRY(lf_stix_read(t->a, json, &s, e));
    if (from->kind != LF_PEER_CHILD)
        return LF_OK; /* kept in its collection */
    of = lf_json_str(s.tree, "sighting_of_ref");
    refs = lf_json_get(s.tree, LF_V("where_sighted_refs"));
    if (!lf_view_eq(s.created_by, from->node) || (refs && !only(refs, from->node)))
        return lf_err_set(e, LF_FORBIDDEN,
                          "%.*s: a node tells of its own sightings; what its members saw it "
                          "makes its own first",
                          LF_FMT(s.id));
    if (lf_json_get(s.tree, LF_V("count")) &&
        (!lf_json_int(s.tree, "count", &count) || count < 0 || count > COUNT_MOST))
        return lf_err_set(e, LF_UNACCEPTED, "%.*s: count is 0 to %d", LF_FMT(s.id), COUNT_MOST);
    LF_TRY(time_of(&s, "first_seen", s.version_at, &x.first, e));
    LF_TRY(time_of(&s, "last_seen", x.first, &x.last, e));
    if (!lf_view_starts(of, LF_V("indicator--")) || s.revoked)
        count = 0;
    LF_TRY(lf_db_exec(t->db, &scope, &lf_q_sighting_member_put,
                      LF_ARGS(LF_TEXT(of), LF_TEXT(s.id), LF_TEXT(from->id), LF_INT(s.version_at),
                              LF_INT(count), LF_INT(x.first < now ? x.first : now),
                              LF_INT(x.last < now ? x.last : now)), /* a clock ahead keeps nothing young */
                      e));
    LF_TRY(lf_present_seen(t, of, e));
    LF_TRY(aim(t, of, &x, &known, e));
    if (!known)
        return LF_OK;
    x.disclose = false; /* it is not ours to tell */
    x.id = keyed_id(t, "sighting", lf_arena_printf(t->a, "%.*s\n%.*s", LF_FMT(from->id), LF_FMT(s.id)));
    x.count = count;
    x.version = s.version_at;
    LF_TRY(lf_stix_time(lf_json_str(s.tree, "created"), &x.created, e));
    x.archive = lf_view_is(lf_json_str(s.tree, "description"), "found in the archive");
    return send_sighting(t, &x, e);
}
