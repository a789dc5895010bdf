/* What shield is to do: the queue that indicator.c fills and the core drains. */
#include "ident/node.h"
#include "isac/indicator.h"
#include "store/query_intelligence.h"

struct actions {
    struct lf_arena *a;
    struct lf_indicator_action *x;
    size_t n;
};

static enum lf_code take_action(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct actions *x = ctx;

    (void)e;
    x->x[x->n++] = (struct lf_indicator_action){
        .seq = lf_row_int(r, 0),
        .indicator = lf_arena_copy(x->a, lf_row_text(r, 1)),
        .kind = (enum lf_observable_kind)lf_row_int(r, 2),
        .value = lf_arena_copy(x->a, lf_row_text(r, 3)),
        .block = lf_row_int(r, 4) == 1,
        .watch = lf_row_int(r, 4) == 2,
        .provisional = lf_row_int(r, 5) != 0,
        .expires = lf_row_int(r, 6),
    };
    return LF_OK;
}

enum lf_code lf_indicator_actions(struct lf_task *t, int64_t after, size_t limit, size_t *n,
                                  const struct lf_indicator_action **out, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);
    struct actions x = { .a = t->a, .x = LF_NEW(t->a, struct lf_indicator_action, limit + 1) };

    LF_TRY(lf_db_run(t->db, &s, &lf_q_action_list, LF_ARGS(LF_INT(after), LF_INT(limit)), take_action, &x,
                     NULL, e));
    *n = x.n;
    *out = x.x;
    return LF_OK;
}

enum lf_code lf_indicator_acted(struct lf_task *t, int64_t seq, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);

    return lf_db_exec(t->db, &s, &lf_q_action_drop, LF_ARGS(LF_INT(seq)), e);
}
