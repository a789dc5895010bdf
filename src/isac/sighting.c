#include "isac/sighting.h"

#include "ident/ident.h"
#include "ident/node.h"
#include "isac/present.h"
#include "isac/watch.h"
#include "store/query_sighting.h"

uint8_t lf_indicator_confidence(bool provisional)
{
    return provisional ? 60 : 85; /* a person looked at the other */
}

enum lf_code lf_sighting_add(struct lf_task *t, const struct lf_indicator_sighting *s, struct lf_err *e)
{
    struct lf_scope scope = lf_node_rows(t);
    lf_time now = lf_now(t->env);
    int64_t changed = 0;

    LF_TRY(lf_db_run(t->db, &scope, &lf_q_sighting_add,
                     LF_ARGS(LF_TEXT(s->indicator), LF_TEXT(s->value), LF_TEXT(s->list),
                             LF_INT((int64_t)s->count), LF_INT(s->first < now ? s->first : now),
                             LF_INT(s->last < now ? s->last : now), LF_INT((int64_t)s->position)),
                     NULL, NULL, &changed, e));
    if (changed)
        LF_TRY(lf_present_seen(t, s->indicator, e));
    /* Told again; and what a warning list has too is nobody else's business. */
    if (!changed || s->list.len)
        return LF_OK;
    return lf_db_exec(t->db, &scope, &lf_q_sighting_window_add,
                      LF_ARGS(LF_TEXT(s->indicator), LF_INT(now), LF_INT(now - LF_HOUR),
                              LF_INT(LF_SIGHTING_LATER), LF_INT(LF_SIGHTING_SOON), LF_TEXT(s->value),
                              LF_INT((int64_t)s->count), LF_INT(s->first), LF_INT(s->last)),
                      e);
}

enum lf_code lf_sighting_place(struct lf_task *t, uint64_t *position, struct lf_err *e)
{
    struct lf_scope scope = lf_node_rows(t);
    int64_t at = 0;
    enum lf_code rc = lf_db_int(t->db, &scope, &lf_q_sighting_place_get, LF_NO_ARGS, &at, e);

    if (rc != LF_OK && rc != LF_NOT_FOUND)
        return rc;
    *position = (uint64_t)at;
    return LF_OK;
}

enum lf_code lf_sighting_placed(struct lf_task *t, uint64_t position, struct lf_err *e)
{
    struct lf_scope scope = lf_node_rows(t);

    return lf_db_exec(t->db, &scope, &lf_q_sighting_place_set, LF_ARGS(LF_INT((int64_t)position)), e);
}

struct got {
    struct lf_arena *a;
    struct lf_sighting_row *row;
};

static enum lf_code take_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct got *g = ctx;

    (void)e;
    *g->row = (struct lf_sighting_row){
        .indicator = lf_arena_copy(g->a, lf_row_text(r, 0)),
        .value = lf_arena_copy(g->a, lf_row_text(r, 1)),
        .list = lf_arena_copy(g->a, lf_row_text(r, 2)),
        .count = lf_row_int(r, 3),
        .first = lf_row_int(r, 4),
        .last = lf_row_int(r, 5),
    };
    return LF_OK;
}

static enum lf_code row_of(struct lf_task *t, const struct lf_query *q, lf_view indicator,
                           struct lf_sighting_row *out, struct lf_err *e)
{
    struct lf_scope scope = lf_node_rows(t);
    struct got g = { t->a, out };

    *out = (struct lf_sighting_row){ .indicator = indicator };
    return lf_db_run(t->db, &scope, q, LF_ARGS(LF_TEXT(indicator)), take_row, &g, NULL, e);
}

enum lf_code lf_sighting_get(struct lf_task *t, lf_view indicator, struct lf_sighting_row *out,
                             struct lf_err *e)
{
    return row_of(t, &lf_q_sighting_get, indicator, out, e);
}

enum lf_code lf_sighting_archive(struct lf_task *t, lf_view indicator, struct lf_sighting_row *out,
                                 struct lf_err *e)
{
    return row_of(t, &lf_q_sighting_archive_get, indicator, out, e);
}

struct members {
    struct lf_arena *a;
    struct lf_sighting_member *x;
    size_t n;
};

static enum lf_code take_member(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct members *m = ctx;

    (void)e;
    m->x[m->n++] = (struct lf_sighting_member){
        .peer = lf_arena_copy(m->a, lf_row_text(r, 0)),
        .node = lf_arena_copy(m->a, lf_row_text(r, 1)),
        .name = lf_arena_copy(m->a, lf_row_text(r, 2)),
        .count = lf_row_int(r, 3),
        .first = lf_row_int(r, 4),
        .last = lf_row_int(r, 5),
    };
    return LF_OK;
}

enum lf_code lf_sighting_members(struct lf_task *t, lf_view indicator, size_t *n,
                                 const struct lf_sighting_member **out, struct lf_err *e)
{
    struct lf_scope scope = lf_node_rows(t);
    struct members m = { t->a, LF_NEW(t->a, struct lf_sighting_member, LF_SIGHTING_MEMBERS), 0 };

    LF_TRY(lf_db_run(t->db, &scope, &lf_q_sighting_member_list,
                     LF_ARGS(LF_TEXT(indicator), LF_INT(LF_SIGHTING_MEMBERS)), take_member, &m, NULL, e));
    *n = m.n;
    *out = m.x;
    return LF_OK;
}

static enum lf_code take_sum(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct lf_sighting_sum *s = ctx;

    (void)e;
    *s = (struct lf_sighting_sum){ lf_row_int(r, 0), lf_row_int(r, 1), lf_row_int(r, 2), lf_row_int(r, 3) };
    return LF_OK;
}

enum lf_code lf_sighting_sum(struct lf_task *t, lf_view indicator, struct lf_sighting_sum *out,
                             struct lf_err *e)
{
    struct lf_scope scope = lf_node_rows(t);

    *out = (struct lf_sighting_sum){ 0 };
    return lf_db_run(t->db, &scope, &lf_q_sighting_member_sum, LF_ARGS(LF_TEXT(indicator)), take_sum, out,
                     NULL, e);
}

struct standing {
    struct lf_arena *a;
    struct lf_indicator_entry *x;
    size_t n;
    struct lf_indicator_place last;
};

static enum lf_code take_standing(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct standing *s = ctx;
    bool provisional = lf_view_is(lf_row_text(r, 4), "provisional");

    (void)e;
    s->last.origin = lf_arena_copy(s->a, lf_row_text(r, 0));
    s->last.id = lf_arena_copy(s->a, lf_row_text(r, 1));
    s->x[s->n++] = (struct lf_indicator_entry){
        .op = LF_INDICATOR_ADD,
        .id = s->last.id,
        .kind = (enum lf_observable_kind)lf_row_int(r, 2),
        .value = lf_arena_copy(s->a, lf_row_text(r, 3)),
        .provisional = provisional,
        .confidence = lf_indicator_confidence(provisional),
        .expires = lf_row_int(r, 5),
    };
    return LF_OK;
}

enum lf_code lf_indicator_standing(struct lf_task *t, const struct lf_indicator_place *after, size_t most,
                                   struct lf_indicator_place *last, size_t *n,
                                   const struct lf_indicator_entry **out, struct lf_err *e)
{
    struct lf_scope scope = lf_node_rows(t);
    struct standing s = { .a = t->a, .x = LF_NEW(t->a, struct lf_indicator_entry, most + 1), .last = *after };
    const struct lf_indicator_entry *more;
    size_t nmore;

    if (!after->watched)
        LF_TRY(lf_db_run(t->db, &scope, &lf_q_indicator_standing,
                         LF_ARGS(LF_TEXT(after->origin), LF_TEXT(after->id), LF_INT((int64_t)most)),
                         take_standing, &s, NULL, e));
    if (s.n < most) {
        lf_view from = after->watched ? after->id : LF_V("");

        LF_TRY(lf_watch_standing(t, from, most - s.n, &nmore, &more, &from, e));
        if (nmore)
            memcpy(&s.x[s.n], more, nmore * sizeof *more);
        s.n += nmore;
        s.last = (struct lf_indicator_place){ LF_V(""), from, true };
    }
    *last = s.last;
    *n = s.n;
    *out = s.x;
    return LF_OK;
}
