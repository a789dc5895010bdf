/* How often what is published is read: a few counters in memory, kept as rows now and then. */
#include <stdlib.h>

#include "cert/publication.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "model/role.h"
#include "store/query_publication.h"

enum { SLOTS = 256, PERIOD = 12, ROWS = 20000 };

struct slot {
    char period[PERIOD];
    size_t len;
    int64_t day, n[LF_PUBLICATION_USES];
};
struct lf_publication_uses {
    struct slot slot[SLOTS];
    size_t n;
    lf_time since; /* the first that waits, by the tick */
};

struct lf_publication_uses *lf_publication_uses_create(void)
{
    struct lf_publication_uses *u = calloc(1, sizeof *u);

    LF_ASSERT(u);
    return u;
}

void lf_publication_uses_destroy(struct lf_publication_uses *u)
{
    free(u);
}

enum lf_code lf_publication_uses_keep(struct lf_publication_uses *u, struct lf_task *t, bool now,
                                      struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);

    if (!u->n || (!now && lf_tick(t->env) - u->since < LF_MINUTE))
        return LF_OK;
    /* Its day, and all days: who looks at the sum does not walk over years. */
    for (; u->n; u->n--) {
        const struct slot *s = &u->slot[u->n - 1];
        const int64_t days[] = { s->day, -1 };

        for (size_t i = 0; i < 2; i++)
            LF_TRY(lf_db_exec(t->db, &node, &lf_q_publication_count,
                              LF_ARGS(LF_INT(days[i]), LF_TEXT(((lf_view){ s->period, s->len })),
                                      LF_INT(s->n[LF_USE_PAGE]), LF_INT(s->n[LF_USE_CSV]),
                                      LF_INT(s->n[LF_USE_JSON])),
                              e));
    }
    return LF_OK;
}

enum lf_code lf_publication_used(struct lf_publication_uses *u, struct lf_task *t, lf_view period,
                                 enum lf_publication_use what, struct lf_err *e)
{
    int64_t day = lf_taipei_day(lf_now(t->env));
    size_t i = 0;

    if (period.len > PERIOD)
        return LF_OK; /* no period is */
    LF_TRY(lf_publication_uses_keep(u, t, u->n == SLOTS, e));
    while (i < u->n &&
           !(u->slot[i].day == day && lf_view_eq((lf_view){ u->slot[i].period, u->slot[i].len }, period)))
        i++;
    if (i == u->n) {
        if (!u->n)
            u->since = lf_tick(t->env);
        u->slot[u->n++] = (struct slot){ .len = period.len, .day = day };
        if (period.len)
            memcpy(u->slot[i].period, period.ptr, period.len);
    }
    u->slot[i].n[what]++;
    return LF_OK;
}

struct counts {
    struct lf_arena *a;
    struct lf_publication_count *v;
    size_t n, cap;
};

static enum lf_code on_count(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct counts *x = ctx;
    struct lf_publication_count c = { .day = lf_row_int(r, 0),
                                      .period = lf_arena_copy(x->a, lf_row_text(r, 1)) };

    (void)e;
    for (int i = 0; i < LF_PUBLICATION_USES; i++)
        c.n[i] = lf_row_int(r, 2 + i);
    x->v = lf_arena_grow(x->a, x->v, x->n, &x->cap, sizeof *x->v);
    x->v[x->n++] = c;
    return LF_OK;
}

enum lf_code lf_publication_counts(struct lf_publication_uses *u, struct lf_task *t, int64_t from, size_t *n,
                                   const struct lf_publication_count **out, struct lf_err *e)
{
    struct counts x = { .a = t->a };

    LF_TRY(lf_ident_need(t,
                         LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER |
                             LF_ROLE_READER | LF_ROLE_SYSTEM,
                         e));
    if (!lf_view_eq(t->scope.org, t->self->org))
        return lf_err_set(e, LF_FORBIDDEN, "publication: these are for the node's own people");
    LF_TRY(lf_publication_uses_keep(u, t, true, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_publication_counts_all, LF_ARGS(LF_INT(ROWS)), on_count, &x,
                     NULL, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_publication_counts_day, LF_ARGS(LF_INT(from), LF_INT(ROWS)),
                     on_count, &x, NULL, e));
    *n = x.n;
    *out = x.v;
    return LF_OK;
}
