/* The JSON API's part on people who lost the second factor. */
#include "ident/lost_factor.h"

#include "web/api_priv.h"

enum lf_code api_lost_list(struct rq *r)
{
    const struct lf_lost *list;
    struct out o;
    size_t n;

    LF_TRY(lf_lost_list(r->t, &n, &list, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "id", list[i].id);
        lf_json_put_str(&o.w, "account", list[i].account);
        lf_json_put_str(&o.w, "name", list[i].name);
        lf_json_put_str(&o.w, "number", list[i].number);
        lf_json_put_str(&o.w, "reason", list[i].reason);
        put_text(&o.w, "from", list[i].remote);
        lf_json_put_time(&o.w, "made", list[i].made);
        lf_json_put_time(&o.w, "until", list[i].until);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}

static enum lf_code decide(struct rq *r, bool approve)
{
    LF_TRY(need_session(r));
    LF_TRY(lf_lost_decide(r->t, r->id, approve, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_lost_approve(struct rq *r)
{
    return decide(r, true);
}

enum lf_code api_lost_refuse(struct rq *r)
{
    return decide(r, false);
}
