#include "isac/hunt.h"

#include "base/crypto.h"
#include "ident/node.h"
#include "model/sighting.h"
#include "store/query_sighting.h"

enum lf_code lf_hunt_add(struct lf_task *t, lf_view news, size_t *passed, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);
    struct lf_indicator_entry x;
    struct lf_buf b;
    enum lf_code rc = LF_OK;

    *passed = 0;
    lf_buf_init(&b, 2 * LF_HUNT_BYTES);
    while (news.len && lf_indicator_entry_take(&news, &x)) {
        if (x.op != LF_INDICATOR_ADD)
            continue;
        if (b.len > LF_HUNT_BYTES / 2)
            ++*passed;
        else
            lf_indicator_entry_pack(&b, &x);
    }
    if (b.len)
        rc = lf_db_exec(t->db, &s, &lf_q_hunt_add,
                        LF_ARGS(LF_INT(lf_now(t->env)), LF_TEXT(lf_base64(t->a, b.ptr, b.len))), e);
    lf_buf_clear(&b);
    return rc;
}

struct gather {
    struct lf_arena *a;
    struct lf_hunt *out;
    struct lf_buf b;
    bool full;
};

static enum lf_code take(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    lf_view raw;

    if (g->full || lf_unbase64(g->a, lf_row_text(r, 2), &raw, e) != LF_OK)
        return LF_OK; /* a damaged row goes with its neighbours */
    if (g->b.len && g->b.len + raw.len > LF_HUNT_BYTES) {
        g->full = true;
        return LF_OK;
    }
    lf_buf_put(&g->b, raw);
    g->out->seq = lf_row_int(r, 0);
    if (!g->out->at || lf_row_int(r, 1) > g->out->at)
        g->out->at = lf_row_int(r, 1);
    return LF_OK;
}

enum lf_code lf_hunt_next(struct lf_task *t, struct lf_hunt *out, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);
    struct gather g = { .a = t->a, .out = out };
    enum lf_code rc;

    *out = (struct lf_hunt){ 0 };
    lf_buf_init(&g.b, 4 * LF_HUNT_BYTES);
    rc = lf_db_run(t->db, &s, &lf_q_hunt_next, LF_NO_ARGS, take, &g, NULL, e);
    out->entries = lf_arena_copy(t->a, lf_buf_view(&g.b));
    lf_buf_clear(&g.b);
    return rc;
}

enum lf_code lf_hunt_done(struct lf_task *t, int64_t seq, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);

    return lf_db_exec(t->db, &s, &lf_q_hunt_drop, LF_ARGS(LF_INT(seq)), e);
}
