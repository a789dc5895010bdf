#include "isac/watch.h"

#include "fmt/json.h"
#include "ident/node.h"
#include "isac/entry.h"
#include "isac/object.h"
#include "isac/rights.h"
#include "isac/sighting.h"
#include "model/confidence.h"
#include "model/indicator.h"
#include "store/query_present.h"
#include "store/query_watch.h"

enum { TURN = 10000 };

static void tell(struct lf_task *t, const struct lf_watch_row *r, enum lf_indicator_op op)
{
    if (t->news)
        lf_indicator_entry_pack(t->news, &(struct lf_indicator_entry){ .op = op,
                                                                       .kind = r->kind,
                                                                       .id = r->id,
                                                                       .value = r->value,
                                                                       .confidence = (uint8_t)r->confidence,
                                                                       .expires = r->valid_until });
}

struct got {
    struct lf_arena *a;
    struct lf_watch_row *row;
    bool there;
};

static enum lf_code take_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct got *g = ctx;

    (void)e;
    g->there = true;
    g->row->version = lf_row_int(r, 0);
    g->row->kind = (enum lf_observable_kind)lf_row_int(r, 1);
    g->row->value = lf_arena_copy(g->a, lf_row_text(r, 2));
    g->row->valid_from = lf_row_int(r, 3);
    g->row->valid_until = lf_row_int(r, 4);
    g->row->confidence = lf_row_int(r, 5);
    g->row->state = (enum lf_watch_state)lf_row_int(r, 6);
    g->row->seq = lf_row_int(r, 7);
    g->row->since = lf_row_int(r, 8) - lf_confidence_life(g->row->kind);
    return LF_OK;
}

static enum lf_code find(struct lf_task *t, lf_view id, struct got *g, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);

    *g->row = (struct lf_watch_row){ .id = id };
    return lf_db_run(t->db, &s, &lf_q_watch_get, LF_ARGS(LF_INT(lf_entry_key(t, id)), LF_TEXT(id)), take_row,
                     g, NULL, e);
}

enum lf_code lf_watch_get(struct lf_task *t, lf_view id, struct lf_watch_row *out, struct lf_err *e)
{
    struct got g = { .a = t->a, .row = out };

    LF_TRY(find(t, id, &g, e));
    return g.there ? LF_OK : lf_err_set(e, LF_NOT_FOUND, "no indicator %.*s", LF_FMT(id));
}

static enum lf_code put(struct lf_task *t, const struct lf_watch_row *r, bool there, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);

    if (there)
        return lf_db_exec(t->db, &s, &lf_q_watch_set,
                          LF_ARGS(LF_INT(r->version), LF_INT(r->kind), LF_TEXT(r->value),
                                  LF_INT(r->valid_from), LF_INT(r->valid_until), LF_INT(r->confidence),
                                  LF_INT(r->state), LF_INT(r->since + lf_confidence_life(r->kind)),
                                  LF_INT(r->seq)),
                          e);
    return lf_db_exec(t->db, &s, &lf_q_watch_add,
                      LF_ARGS(LF_INT(r->seq), LF_TEXT(r->id), LF_INT(r->version), LF_INT(r->kind),
                              LF_TEXT(r->value), LF_INT(r->valid_from), LF_INT(r->valid_until),
                              LF_INT(r->confidence), LF_INT(r->state),
                              LF_INT(r->since + lf_confidence_life(r->kind))),
                      e);
}

/* ---- what is kept back ---- */

/* Whether a version says a value that no other node is to be told of; `in`: what it says, NULL: nothing that
 * can be looked for. */
static enum lf_code secret(struct lf_task *t, const struct lf_stix *s, lf_view author,
                           const struct lf_indicator *in, bool *is, struct lf_err *e)
{
    enum lf_tlp tlp = LF_TLP_NONE;
    bool closed = false;

    if (in && !s->revoked)
        LF_TRY(lf_rights_strictest(t, LF_V(""), author, s->tree, &tlp, &closed, e));
    *is = closed || tlp > LF_TLP_AMBER;
    return LF_OK;
}

static bool asked_for(struct lf_task *t, const struct lf_stix *s, struct lf_indicator *in)
{
    struct lf_err why;

    return lf_indicator_of(t->a, s, in, &why) == LF_OK && lf_observable_ok(in->kind, in->value);
}

static enum lf_code keep_put(struct lf_task *t, const struct lf_stix *s, lf_view author,
                             const struct lf_indicator *in, struct lf_err *e)
{
    struct lf_scope scope = lf_node_rows(t);
    lf_view reversed = in->kind == LF_OBS_DOMAIN ? lf_observable_reversed(t->a, in->value) : LF_V("");

    return lf_db_exec(t->db, &scope, &lf_q_kept_put,
                      LF_ARGS(LF_TEXT(s->id), LF_TEXT(author), LF_INT(s->version_at), LF_INT(in->kind),
                              LF_TEXT(in->value), LF_TEXT(reversed)),
                      e);
}

/* A value that no other node is to be told of is kept back from their questions (isac/question_hidden.c), for
 * as long as its author's last version says so. */
static enum lf_code keep(struct lf_task *t, const struct lf_stix *s, const struct lf_indicator *in, bool met,
                         struct lf_err *e)
{
    struct lf_scope scope = lf_node_rows(t);
    lf_view author = lf_rights_author(t, LF_V(""));
    int64_t newer = 0;
    bool is;

    LF_TRY(secret(t, s, author, in, &is, e));
    if (met)
        LF_TRY(lf_db_int(
            t->db, &scope, &lf_q_kept_newer,
            LF_ARGS(LF_INT(lf_entry_key(t, s->id)), LF_TEXT(s->id), LF_INT(s->version_at), LF_TEXT(author)),
            &newer, e));
    if (newer) /* an older version come late */
        return LF_OK;
    if (is)
        return keep_put(t, s, author, in, e);
    return met ? lf_db_exec(t->db, &scope, &lf_q_kept_end,
                            LF_ARGS(LF_TEXT(s->id), LF_TEXT(author), LF_INT(s->version_at)), e)
               : LF_OK;
}

struct last {
    lf_view json, author;
};

struct lasts {
    struct lf_arena *a;
    struct last *v;
    size_t n, cap;
};

static enum lf_code take_last(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct lasts *l = ctx;

    (void)e;
    l->v = lf_arena_grow(l->a, l->v, l->n, &l->cap, sizeof *l->v);
    l->v[l->n++] =
        (struct last){ lf_arena_copy(l->a, lf_row_text(r, 0)), lf_arena_copy(l->a, lf_row_text(r, 1)) };
    return LF_OK;
}

/* After versions of an id were deleted: what the last ones that are left say. */
static enum lf_code keep_again(struct lf_task *t, lf_view id, struct lf_err *e)
{
    struct lf_scope scope = lf_node_rows(t);
    struct lasts l = { .a = t->a };

    LF_TRY(lf_db_run(t->db, &scope, &lf_q_kept_last,
                     LF_ARGS(LF_INT(lf_entry_key(t, id)), LF_TEXT(id), LF_INT(TURN)), take_last, &l, NULL,
                     e));
    LF_TRY(lf_db_exec(t->db, &scope, &lf_q_kept_drop, LF_ARGS(LF_TEXT(id)), e));
    for (size_t i = 0; i < l.n; i++) {
        struct lf_indicator in;
        struct lf_stix s;
        bool is;

        if (lf_stix_read(t->a, l.v[i].json, &s, NULL) != LF_OK)
            continue;
        LF_TRY(secret(t, &s, l.v[i].author, asked_for(t, &s, &in) ? &in : NULL, &is, e));
        if (is)
            LF_TRY(keep_put(t, &s, l.v[i].author, &in, e));
    }
    return LF_OK;
}

/* ---- what is looked for ---- */

enum lf_code lf_watch_post(struct lf_task *t, const struct lf_stix *s, int64_t seq, bool met,
                           struct lf_err *e)
{
    lf_time now = lf_now(t->env);
    struct lf_watch_row old, r;
    struct got g = { .a = t->a, .row = &old };
    struct lf_indicator in;
    struct lf_clearance c;
    bool asked;

    if (!lf_view_is(s->type, "indicator"))
        return LF_OK;
    asked = asked_for(t, s, &in);
    LF_TRY(keep(t, s, asked ? &in : NULL, met, e));
    old = (struct lf_watch_row){ .id = s->id };
    if (met)
        LF_TRY(find(t, s->id, &g, e));
    if (g.there && s->version_at <= old.version)
        return LF_OK; /* an older version come late */
    asked = asked && !s->revoked;
    if (asked) {
        /* A hit is an alert, which all our people see: what is not for all of them makes none. */
        LF_TRY(lf_rights_object(lf_rights_of_people(t), LF_V(""), lf_rights_author(t, LF_V("")), s->tree, &c,
                                e));
        asked = c.release == LF_RELEASE_WHOLE;
    }
    if (!asked && !g.there)
        return LF_OK;
    r = old;
    if (!g.there)
        r.seq = seq;
    r.version = s->version_at;
    r.since = now;
    r.state = LF_WATCH_OVER;
    if (asked) {
        int64_t sure;

        r.kind = in.kind;
        r.value = in.value;
        r.valid_from = in.valid_from;
        r.valid_until = in.valid_until;
        r.confidence = LF_WATCH_CONFIDENCE;
        if (lf_json_int(s->tree, "confidence", &sure) && sure >= 0 && sure <= 100)
            r.confidence = sure;
        r.state = in.valid_until && in.valid_until <= now ? LF_WATCH_OVER
                  : in.valid_from > now                   ? LF_WATCH_WAITING
                                                          : LF_WATCH_LIVE;
    }
    if (g.there && old.state == LF_WATCH_LIVE &&
        (r.state != LF_WATCH_LIVE || old.kind != r.kind || !lf_view_eq(old.value, r.value)))
        tell(t, &old, LF_INDICATOR_REMOVE);
    if (r.state == LF_WATCH_LIVE)
        tell(t, &r, LF_INDICATOR_ADD);
    return put(t, &r, g.there, e);
}

enum lf_code lf_watch_deleting(struct lf_task *t, lf_view id, struct lf_watch_row *out, struct lf_err *e)
{
    struct got g = { .a = t->a, .row = out };

    return find(t, id, &g, e);
}

/* The objects of the row's id that are left. */
struct left {
    const struct lf_watch_row *row;
    bool hangs;   /* the one it hangs on is among them */
    int64_t some; /* another of them; 0: none */
};

static enum lf_code take_left(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct left *l = ctx;

    (void)e;
    if (lf_view_eq(lf_row_text(r, 1), l->row->id)) {
        l->hangs |= lf_row_int(r, 0) == l->row->seq;
        l->some = lf_row_int(r, 0);
    }
    return LF_OK;
}

enum lf_code lf_watch_deleted(struct lf_task *t, const struct lf_watch_row *r, struct lf_err *e)
{
    struct lf_scope scope = lf_node_rows(t);
    struct left l = { .row = r };
    bool known;

    if (!lf_view_starts(r->id, LF_V("indicator--")))
        return LF_OK;
    LF_TRY(keep_again(t, r->id, e));
    if (!r->seq)
        return LF_OK;
    LF_TRY(lf_db_run(t->db, &scope, &lf_q_watch_objects, LF_ARGS(LF_INT(lf_entry_key(t, r->id))), take_left,
                     &l, NULL, e));
    known = l.some != 0;
    if (known)
        LF_TRY(lf_object_anywhere(t, r->id, &known, e));
    if (known)
        return l.hangs
                   ? LF_OK
                   : lf_db_exec(t->db, &scope, &lf_q_watch_hang, LF_ARGS(LF_INT(l.some), LF_INT(r->seq)), e);
    if (r->state == LF_WATCH_LIVE)
        tell(t, r, LF_INDICATOR_REMOVE);
    return lf_db_exec(t->db, &scope, &lf_q_watch_drop, LF_ARGS(LF_INT(r->seq)), e);
}

struct list {
    struct lf_arena *a;
    struct lf_indicator_entry *x;
    int64_t *seq;   /* of each */
    lf_time *fades; /* of each, when asked for */
    size_t n;
};

static enum lf_code take_entry(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct list *l = ctx;

    (void)e;
    l->seq[l->n] = lf_row_int(r, 5);
    if (l->fades)
        l->fades[l->n] = lf_row_int(r, 6);
    l->x[l->n++] = (struct lf_indicator_entry){
        .op = LF_INDICATOR_ADD,
        .id = lf_arena_copy(l->a, lf_row_text(r, 0)),
        .kind = (enum lf_observable_kind)lf_row_int(r, 1),
        .value = lf_arena_copy(l->a, lf_row_text(r, 2)),
        .expires = lf_row_int(r, 3),
        .confidence = (uint8_t)lf_row_int(r, 4),
    };
    return LF_OK;
}

static enum lf_code due(struct lf_task *t, const struct lf_query *q, enum lf_watch_state next,
                        enum lf_indicator_op op, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);
    struct list l = { .a = t->a };
    lf_time now = lf_now(t->env);

    l.x = LF_NEW(t->a, struct lf_indicator_entry, TURN);
    l.seq = LF_NEW(t->a, int64_t, TURN);
    LF_TRY(lf_db_run(t->db, &s, q, LF_ARGS(LF_INT(now), LF_INT(TURN)), take_entry, &l, NULL, e));
    for (size_t i = 0; i < l.n; i++) {
        l.x[i].op = op;
        if (t->news)
            lf_indicator_entry_pack(t->news, &l.x[i]);
        LF_TRY(lf_db_exec(t->db, &s, &lf_q_watch_state, LF_ARGS(LF_INT(next), LF_INT(l.seq[i])), e));
    }
    return LF_OK;
}

/* When it was last seen here or by a member; 0: never. */
static enum lf_code last_seen(struct lf_task *t, lf_view id, lf_time *out, struct lf_err *e)
{
    struct lf_sighting_row own;
    struct lf_sighting_sum sum;

    LF_TRY(lf_sighting_get(t, id, &own, e));
    LF_TRY(lf_sighting_sum(t, id, &sum, e));
    *out = own.count ? own.last : 0;
    if (sum.members && sum.last > *out)
        *out = sum.last;
    return LF_OK;
}

/* Those whose time since they came is used up: seen since, they stay; else they are over. */
static enum lf_code fade(struct lf_task *t, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);
    struct list l = { .a = t->a };
    lf_time now = lf_now(t->env);

    l.x = LF_NEW(t->a, struct lf_indicator_entry, TURN);
    l.seq = LF_NEW(t->a, int64_t, TURN);
    l.fades = LF_NEW(t->a, lf_time, TURN);
    LF_TRY(lf_db_run(t->db, &s, &lf_q_watch_fading, LF_ARGS(LF_INT(now), LF_INT(TURN)), take_entry, &l, NULL,
                     e));
    for (size_t i = 0; i < l.n; i++) {
        lf_time life = lf_confidence_life(l.x[i].kind), seen;

        LF_TRY(last_seen(t, l.x[i].id, &seen, e));
        if (!l.fades[i]) /* stored by a release that did not reckon: as if it came now */
            seen = now;
        if (seen + life > now) {
            LF_TRY(
                lf_db_exec(t->db, &s, &lf_q_watch_fades, LF_ARGS(LF_INT(seen + life), LF_INT(l.seq[i])), e));
            continue;
        }
        l.x[i].op = LF_INDICATOR_REMOVE;
        if (t->news)
            lf_indicator_entry_pack(t->news, &l.x[i]);
        LF_TRY(lf_db_exec(t->db, &s, &lf_q_watch_state, LF_ARGS(LF_INT(LF_WATCH_OVER), LF_INT(l.seq[i])), e));
    }
    return LF_OK;
}

enum lf_code lf_watch_turn(struct lf_task *t, struct lf_err *e)
{
    LF_TRY(due(t, &lf_q_watch_begins, LF_WATCH_LIVE, LF_INDICATOR_ADD, e));
    LF_TRY(due(t, &lf_q_watch_ends, LF_WATCH_OVER, LF_INDICATOR_REMOVE, e));
    return fade(t, e);
}

enum lf_code lf_watch_standing(struct lf_task *t, lf_view after, size_t most, size_t *n,
                               const struct lf_indicator_entry **out, lf_view *last, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);
    struct list l = { .a = t->a,
                      .x = LF_NEW(t->a, struct lf_indicator_entry, most + 1),
                      .seq = LF_NEW(t->a, int64_t, most + 1) };
    uint64_t from = 0;

    if (after.len && !lf_view_u64(after, &from))
        return lf_err_set(e, LF_BAD_INPUT, "\"%.*s\" is no place among indicators", LF_FMT(after));
    LF_TRY(lf_db_run(t->db, &s, &lf_q_watch_standing, LF_ARGS(LF_INT((int64_t)from), LF_INT((int64_t)most)),
                     take_entry, &l, NULL, e));
    *last = l.n ? lf_arena_printf(t->a, "%lld", (long long)l.seq[l.n - 1]) : after;
    *n = l.n;
    *out = l.x;
    return LF_OK;
}
