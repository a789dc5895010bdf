/* Members of the national exchange. */
#include "isac/national.h"
#include "web/api_priv.h"

enum lf_code api_nationals(struct rq *r)
{
    const struct lf_national_member *m;
    struct out o;
    size_t n;

    LF_TRY(lf_national_list(r->t, &n, &m, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "account", m[i].account);
        lf_json_put_str(&o.w, "code", m[i].code);
        lf_json_put_str(&o.w, "pin", m[i].pin);
        put_text(&o.w, "addresses", m[i].addresses);
        lf_json_put_str(&o.w, "inbox", m[i].inbox);
        lf_json_put_str(&o.w, "outbox", m[i].outbox);
        if (m[i].read_to >= 0)
            lf_json_put_time(&o.w, "read_to", m[i].read_to);
        lf_json_put_time(&o.w, "met_at", m[i].met);
        lf_json_put_int(&o.w, "taken", m[i].taken);
        lf_json_put_int(&o.w, "refused", m[i].refused);
        lf_json_put_int(&o.w, "given", m[i].given);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}

enum lf_code api_national_put(struct rq *r)
{
    struct lf_national_member m = { .account = r->id,
                                    .addresses = lf_view_some(field(r, "addresses")),
                                    .inbox = lf_view_some(field(r, "inbox")),
                                    .outbox = lf_view_some(field(r, "outbox")) };

    LF_TRY(need(r, "code", &m.code));
    LF_TRY(need(r, "pin", &m.pin));
    LF_TRY(lf_national_put(r->t, &m, r->e));
    return api_nationals(r);
}

enum lf_code api_national_remove(struct rq *r)
{
    LF_TRY(lf_national_remove(r->t, r->id, r->e));
    return answer_empty(r, 204);
}
