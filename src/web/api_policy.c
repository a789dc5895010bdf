/* The JSON API's part on the standing policy. */
#include "isac/indicator.h"
#include "web/api_priv.h"

enum lf_code api_policy(struct rq *r)
{
    struct lf_policy p;
    struct out o;

    LF_TRY(lf_policy_get(r->t, &p, r->e));
    if (p.id.len == 0)
        return lf_err_set(r->e, LF_NOT_FOUND, "no standing policy is signed");
    begin(&o);
    lf_json_put_str(&o.w, "id", p.id);
    lf_json_put_str(&o.w, "signed_by", p.signed_by);
    lf_json_put_time(&o.w, "signed_at", p.signed_at);
    lf_json_put_raw(&o.w, "policy", p.json);
    return end(r, &o, 200);
}

enum lf_code api_policy_sign(struct rq *r)
{
    lf_view id;

    if (!r->json)
        return lf_err_set(r->e, LF_BAD_INPUT, "send the policy as a JSON object");
    LF_TRY(lf_policy_sign(r->t, r->in->body, &id, r->e));
    return say_id(r, 201, id);
}
