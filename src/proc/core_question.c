/* Questions from above on their way to the search worker, and what was found on its way back. */
#include "bus/channel.h"
#include "isac/question.h"
#include "proc/core_priv.h"

enum lf_code lf_core_tell_question(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e)
{
    struct lf_question_order order;
    bool wanted = false, found;
    struct lf_buf b;

    (void)arg;
    c->question_waits = false;
    if (!c->up[LF_WORKER_SEARCH])
        return LF_OK;
    lf_buf_init(&b, LF_FRAME_MAX);
    if (c->asking) {
        LF_TRY(lf_question_wanted(t, c->asking, &wanted, e));
        if (!wanted) {
            lf_buf_u64(&b, (uint64_t)c->asking);
            lf_core_hold(c, LF_WORKER_SEARCH, LF_MSG_QUESTION_CANCEL, lf_buf_view(&b));
            lf_buf_reset(&b);
            c->asking = 0;
        }
    }
    if (!c->asking) {
        enum lf_code rc = lf_question_next(t, &order, &found, e);

        if (rc == LF_OK && found) {
            lf_question_order_pack(&b, &order);
            lf_core_hold(c, LF_WORKER_SEARCH, LF_MSG_QUESTION, lf_buf_view(&b));
            c->asking = (int64_t)order.number;
        }
        if (rc != LF_OK) {
            lf_buf_clear(&b);
            return rc;
        }
    }
    lf_buf_clear(&b);
    return LF_OK;
}

enum lf_code lf_core_take_question(struct lf_core *c, struct lf_task *t, const void *packed, struct lf_err *e)
{
    struct lf_question_result r;

    LF_TRY(lf_question_result_unpack(t->a, *(const lf_view *)packed, &r, e));
    if (!c->asking || r.number != (uint64_t)c->asking)
        return LF_OK; /* of an earlier life, or stopped meanwhile */
    LF_TRY(lf_question_ran(t, &r, e));
    c->asking = 0;
    return LF_OK;
}
