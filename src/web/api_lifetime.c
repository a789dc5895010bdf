/* How long stored objects of a type are kept. */
#include "isac/lifetime.h"
#include "web/api_priv.h"

enum lf_code api_lifetimes(struct rq *r)
{
    const struct lf_lifetime *l;
    struct out o;
    size_t n;

    LF_TRY(lf_lifetime_list(r->t, &n, &l, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "type", l[i].type);
        lf_json_put_int(&o.w, "days", l[i].days);
        lf_json_put_int(&o.w, "old_days", l[i].old_days);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}

static enum lf_code days_of(struct rq *r, const char *name, int64_t *out)
{
    lf_view v = field(r, name);

    if (!v.ptr && lf_json_int(r->json, name, out))
        return LF_OK;
    if (v.len && !lf_view_i64(v, out))
        return lf_err_set(r->e, LF_BAD_INPUT, "%s is a number of days, 0 for ever", name);
    return LF_OK;
}

enum lf_code lifetime_set(struct rq *r, lf_view type)
{
    struct lf_lifetime l = { .type = type };

    LF_TRY(days_of(r, "days", &l.days));
    LF_TRY(days_of(r, "old_days", &l.old_days));
    return lf_lifetime_set(r->t, &l, r->e);
}

enum lf_code api_lifetime_set(struct rq *r)
{
    LF_TRY(lifetime_set(r, r->id));
    return api_lifetimes(r);
}

enum lf_code api_lifetime_forget(struct rq *r)
{
    LF_TRY(lf_lifetime_forget(r->t, r->id, r->e));
    return answer_empty(r, 204);
}
