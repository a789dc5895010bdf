/* Where rules are to raise nothing: what verdicts propose, and what people decided. */
#include "ident/account.h"
#include "soc/exclusion.h"
#include "web/api_priv.h"

enum lf_code exclusion_set(struct rq *r, lf_view rule, lf_view host)
{
    lf_view note, until = field(r, "until"), days = field(r, "days");
    lf_time end = 0;
    int64_t n;

    LF_TRY(need(r, "note", &note));
    if (until.len)
        LF_TRY(lf_time_parse(until, &end, r->e));
    if (days.len) {
        if (!lf_view_i64(days, &n) || n < 0 || n > 3650)
            return lf_err_set(r->e, LF_BAD_INPUT, "days is from 0 (for good) to 3650, not \"%.*s\"",
                              LF_FMT(days));
        end = n ? lf_now(r->t->env) + n * LF_DAY : 0;
    }
    return lf_exclusion_set(r->t, rule, host, end, note, r->e);
}

enum lf_code api_exclusions(struct rq *r)
{
    struct lf_exclusion *items;
    struct lf_page page;
    struct out o;
    lf_view next;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_exclusion_list(r->t, &page, &items, &n, &next, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++)
        lf_exclusion_json(&o.w, &items[i]);
    return end_list(r, &o, next);
}

static enum lf_code put_proposals(struct rq *r, struct lf_json_w *w, const char *name, bool disputed)
{
    struct lf_exclusion_proposal *items;
    size_t n;

    LF_TRY(lf_exclusion_proposals(r->t, disputed, &items, &n, r->e));
    lf_json_begin(w, name, '[');
    for (size_t i = 0; i < n; i++) {
        struct lf_exclusion_verdict *v;
        size_t m;

        LF_TRY(lf_exclusion_verdicts(r->t, items[i].rule, items[i].host, &v, &m, r->e));
        lf_json_open(w, '{');
        lf_json_put_str(w, "rule", items[i].rule);
        lf_json_put_str(w, "host", items[i].host);
        lf_json_put_str(w, "title", items[i].title);
        lf_json_put_int(w, "verdicts", items[i].verdicts);
        lf_json_put_int(w, "people", items[i].people);
        lf_json_put_int(w, "against", items[i].against);
        lf_json_put_time(w, "last", items[i].last);
        lf_json_begin(w, "alerts", '[');
        for (size_t k = 0; k < m; k++) {
            struct lf_account who;

            lf_json_open(w, '{');
            lf_json_put_str(w, "id", v[k].alert);
            lf_json_put_int(w, "number", v[k].number);
            lf_json_put_cstr(w, "verdict", lf_verdict_name(v[k].wrong ? LF_VERDICT_FALSE : LF_VERDICT_TRUE));
            lf_json_put_str(w, "by", v[k].account);
            if (lf_account_get(r->t, v[k].account, &who, NULL) == LF_OK)
                lf_json_put_str(w, "name", who.name);
            lf_json_put_time(w, "at", v[k].at);
            lf_json_close(w);
        }
        lf_json_close(w);
        lf_json_close(w);
    }
    lf_json_close(w);
    return LF_OK;
}

enum lf_code api_exclusion_proposals(struct rq *r)
{
    enum lf_code rc;
    struct out o;

    begin(&o);
    rc = put_proposals(r, &o.w, "items", false);
    if (rc == LF_OK)
        rc = put_proposals(r, &o.w, "disputed", true);
    if (rc != LF_OK) {
        lf_buf_clear(&o.b);
        return rc;
    }
    return end(r, &o, 200);
}

enum lf_code api_exclusion_set(struct rq *r)
{
    lf_view rule, host = field(r, "host");

    LF_TRY(need(r, "rule", &rule));
    LF_TRY(exclusion_set(r, rule, host));
    return answer_empty(r, 204);
}

enum lf_code api_exclusion_end(struct rq *r)
{
    lf_view rule, host = field(r, "host"), note = field(r, "note");

    LF_TRY(need(r, "rule", &rule));
    LF_TRY(lf_exclusion_end(r->t, rule, host, note, r->e));
    return answer_empty(r, 204);
}
