#include "isac/sighting.h"

#include "ident/ident.h"
#include "isac/watch.h"

static struct lf_scope node_scope(const struct lf_task *t)
{
    return (struct lf_scope){ t->self->org, t->scope.account, t->scope.roles };
}

uint8_t lf_indicator_confidence(bool provisional)
{
    return provisional ? 60 : 85; /* a person looked at the other */
}

enum lf_code lf_sighting_add(struct lf_task *t, const struct lf_indicator_sighting *s, struct lf_err *e)
{
    struct lf_scope scope = node_scope(t);

    return lf_db_exec(t->db, &scope, LF_Q_SIGHTING_ADD,
                      LF_ARGS(LF_TEXT(s->indicator), LF_TEXT(s->value), LF_TEXT(s->list),
                              LF_INT((int64_t)s->count), LF_INT(s->first), LF_INT(s->last),
                              LF_INT((int64_t)s->position)),
                      e);
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

enum lf_code lf_sighting_get(struct lf_task *t, lf_view indicator, struct lf_sighting_row *out,
                             struct lf_err *e)
{
    struct lf_scope scope = node_scope(t);
    struct got g = { t->a, out };

    *out = (struct lf_sighting_row){ .indicator = indicator };
    return lf_db_run(t->db, &scope, LF_Q_SIGHTING_GET, LF_ARGS(LF_TEXT(indicator)), take_row, &g, NULL, e);
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
    struct lf_scope scope = node_scope(t);
    struct standing s = { .a = t->a, .x = LF_NEW(t->a, struct lf_indicator_entry, most + 1), .last = *after };
    const struct lf_indicator_entry *more;
    size_t nmore;

    if (!after->watched)
        LF_TRY(lf_db_run(t->db, &scope, LF_Q_INDICATOR_STANDING,
                         LF_ARGS(LF_TEXT(after->origin), LF_TEXT(after->id), LF_INT((int64_t)most)),
                         take_standing, &s, NULL, e));
    if (s.n < most) {
        lf_view from = after->watched ? after->id : LF_V("");

        LF_TRY(lf_watch_standing(t, from, most - s.n, &nmore, &more, e));
        if (nmore)
            memcpy(&s.x[s.n], more, nmore * sizeof *more);
        s.n += nmore;
        s.last = (struct lf_indicator_place){ LF_V(""), nmore ? more[nmore - 1].id : from, true };
    }
    *last = s.last;
    *n = s.n;
    *out = s.x;
    return LF_OK;
}
