/* Quotas of members, and what of them is used. */
#include "isac/quota.h"
#include "web/api_priv.h"

static void put_use(struct lf_json_w *w, const char *name, const struct lf_quota_use *u)
{
    lf_json_begin(w, name, '{');
    lf_json_put_int(w, "requests", u->requests);
    lf_json_put_int(w, "objects", u->objects);
    lf_json_put_int(w, "bytes", u->bytes);
    lf_json_close(w);
}

enum lf_code api_quotas(struct rq *r)
{
    const struct lf_quota_row *rows;
    struct out o;
    size_t n;

    LF_TRY(lf_quota_list(r->w->quota, r->t, &n, &rows, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "member", rows[i].member);
        lf_json_put_bool(&o.w, "own", rows[i].own);
        put_use(&o.w, "limit", &rows[i].limit);
        if (i)
            put_use(&o.w, "used", &rows[i].used);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}

static enum lf_code amount(struct rq *r, const char *name, int64_t *out)
{
    lf_view v = field(r, name);

    if (!v.ptr && lf_json_int(r->json, name, out))
        return LF_OK;
    if (v.len && !lf_view_i64(v, out))
        return lf_err_set(r->e, LF_BAD_INPUT, "%s is a number, 0 for none", name);
    return LF_OK;
}

enum lf_code quota_set(struct rq *r, lf_view member)
{
    struct lf_quota_use limit = { 0 };

    LF_TRY(amount(r, "requests", &limit.requests));
    LF_TRY(amount(r, "objects", &limit.objects));
    LF_TRY(amount(r, "bytes", &limit.bytes));
    return lf_quota_set(r->t, member, &limit, false, r->e);
}

enum lf_code api_quota_set(struct rq *r)
{
    LF_TRY(quota_set(r, r->id));
    return api_quotas(r);
}

enum lf_code api_quota_forget(struct rq *r)
{
    const struct lf_quota_use none = { 0 };

    LF_TRY(lf_quota_set(r->t, r->id, &none, true, r->e));
    return answer_empty(r, 204);
}
