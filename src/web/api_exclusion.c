/* Where rules are to raise nothing: what verdicts propose, and what people decided. */
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
    begin(&o);
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < n; i++)
        lf_exclusion_json(&o.w, &items[i]);
    return end_list(r, &o, next);
}

enum lf_code api_exclusion_proposals(struct rq *r)
{
    struct lf_exclusion_proposal *items;
    struct out o;
    size_t n;

    LF_TRY(lf_exclusion_proposals(r->t, &items, &n, r->e));
    begin(&o);
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "rule", items[i].rule);
        lf_json_put_str(&o.w, "host", items[i].host);
        lf_json_put_str(&o.w, "title", items[i].title);
        lf_json_put_int(&o.w, "verdicts", items[i].verdicts);
        put_time(&o.w, "last", items[i].last);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
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
