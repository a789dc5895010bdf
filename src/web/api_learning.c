/* What is usual here: learnt when a person asks, in force when a person accepts it. */
#include "soc/learning.h"

#include "web/api_priv.h"
#include "web/rule_priv.h"

enum lf_code learning(struct rq *r, struct lf_learning **out)
{
    *out = r->w->parts.learning;
    return *out ? LF_OK : lf_err_set(r->e, LF_AWAY, "nothing can be learnt on this node");
}

enum lf_code learning_start(struct rq *r)
{
    struct lf_learning *l;
    lf_view from, to = lf_view_some(field(r, "to"));

    LF_TRY(learning(r, &l));
    LF_TRY(need(r, "from", &from));
    return lf_learning_start(l, r->t, lf_view_trim(from), lf_view_trim(to), r->e);
}

enum lf_code learning_accept(struct rq *r)
{
    struct lf_learning *l;
    lf_view note, keep = field(r, "keep");

    LF_TRY(learning(r, &l));
    LF_TRY(need(r, "note", &note));
    if (keep.len && !lf_view_is(keep, "1") && !lf_view_is(keep, "0"))
        return lf_err_set(r->e, LF_BAD_INPUT, "keep is 1 (what is gone stays in the lists) or 0");
    return lf_learning_accept(l, r->t, lf_view_is(keep, "1"), note, r->e);
}

enum lf_code learning_drop(struct rq *r)
{
    struct lf_learning *l;

    LF_TRY(learning(r, &l));
    return lf_learning_drop(l, r->t, r->e);
}

enum lf_code api_learning(struct rq *r)
{
    struct lf_learning_view v;
    struct lf_learning *l;
    struct out o;

    LF_TRY(learning(r, &l));
    LF_TRY(lf_learning_get(l, r->t, &v, r->e));
    begin_most(&o, 48 << 20);
    lf_json_put_cstr(&o.w, "state", lf_learning_state_name(v.state));
    lf_json_put_int(&o.w, "learnable", (int64_t)v.learnable);
    if (v.state != LF_LEARNING_NONE) {
        lf_json_put_time(&o.w, "from", v.from);
        lf_json_put_time(&o.w, "to", v.to);
        lf_json_put_time(&o.w, "created", v.created);
        lf_json_put_str(&o.w, "account", v.account);
        put_text(&o.w, "error", v.error);
        lf_json_put_int(&o.w, "events", (int64_t)v.events);
        lf_json_put_int(&o.w, "blocks", (int64_t)v.blocks);
        lf_json_put_int(&o.w, "blocks_done", (int64_t)v.blocks_done);
        lf_json_put_int(&o.w, "left_out", (int64_t)v.left_out);
    }
    if (v.state == LF_LEARNING_DRAFT || v.state == LF_LEARNING_ACCEPTED) {
        lf_json_put_int(&o.w, "new", (int64_t)v.nnew);
        lf_json_put_int(&o.w, "gone", (int64_t)v.ngone);
        lf_json_begin(&o.w, "values", '[');
        for (size_t i = 0; i < v.n; i++) {
            lf_json_open(&o.w, '{');
            lf_json_put_str(&o.w, "list", v.values[i].name);
            lf_json_put_str(&o.w, "value", v.values[i].text);
            lf_json_put_int(&o.w, "seen", (int64_t)v.values[i].seen);
            lf_json_put_cstr(&o.w, "is", !v.values[i].seen ? "gone" : v.values[i].is_new ? "new" : "same");
            lf_json_close(&o.w);
        }
        lf_json_close(&o.w);
    }
    return end(r, &o, 200);
}

enum lf_code api_learning_start(struct rq *r)
{
    LF_TRY(learning_start(r));
    return api_learning(r);
}

enum lf_code api_learning_accept(struct rq *r)
{
    LF_TRY(learning_accept(r));
    return answer_empty(r, 204);
}

enum lf_code api_learning_drop(struct rq *r)
{
    LF_TRY(learning_drop(r));
    return answer_empty(r, 204);
}
