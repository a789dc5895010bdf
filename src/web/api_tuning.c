/* What this centre decided about rules, and what those on trial found. */
#include "soc/tuning.h"
#include "web/api_priv.h"

static enum lf_code seconds(struct rq *r, const char *name, lf_time *out)
{
    lf_view v = field(r, name);
    int64_t n;

    if (!v.len)
        return LF_OK;
    if (!lf_view_i64(v, &n) || n < 0 || n > LF_TUNING_SPAN_MOST / LF_SECOND)
        return lf_err_set(r->e, LF_BAD_INPUT, "%s is a number of seconds from 0 to %lld", name,
                          (long long)(LF_TUNING_SPAN_MOST / LF_SECOND));
    *out = n * LF_SECOND;
    return LF_OK;
}

enum lf_code tuning_set(struct rq *r, lf_view rule, struct lf_tuning *out)
{
    struct lf_tuning in = { .rule = rule, .group = LF_TUNING_GROUP, .per_hour = LF_TUNING_PER_HOUR };
    lf_view state = field(r, "state"), level = field(r, "level"), until = field(r, "until"),
            days = field(r, "days"), per_hour = field(r, "per_hour");
    int64_t n;

    LF_TRY(need(r, "note", &in.note));
    if (state.len && !lf_rule_state_parse(state, &in.state))
        return lf_err_set(r->e, LF_BAD_INPUT, "state is live, draft, test or retired, not \"%.*s\"",
                          LF_FMT(state));
    in.has_level = level.len > 0;
    if (in.has_level && !lf_level_parse(level, &in.level))
        return lf_err_set(r->e, LF_BAD_INPUT,
                          "level is informational, low, medium, high or critical, not \"%.*s\"",
                          LF_FMT(level));
    LF_TRY(seconds(r, "group_s", &in.group));
    LF_TRY(seconds(r, "suppress_s", &in.suppress));
    if (per_hour.len && !lf_view_i64(per_hour, &in.per_hour))
        return lf_err_set(r->e, LF_BAD_INPUT, "per_hour is a whole number, not \"%.*s\"", LF_FMT(per_hour));
    if (until.len)
        LF_TRY(lf_time_parse(until, &in.until, r->e));
    if (days.len) {
        if (!lf_view_i64(days, &n) || n < 0 || n > 3650)
            return lf_err_set(r->e, LF_BAD_INPUT, "days is from 0 (for good) to 3650, not \"%.*s\"",
                              LF_FMT(days));
        in.until = n ? lf_now(r->t->env) + n * LF_DAY : 0;
    }
    LF_TRY(lf_tuning_set(r->t, &in, r->e));
    in.account = r->t->scope.account;
    in.changed = lf_now(r->t->env);
    *out = in;
    return LF_OK;
}

enum lf_code api_tunings(struct rq *r)
{
    struct lf_tuning *items;
    struct lf_page page;
    struct out o;
    lf_view next;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_tuning_list(r->t, &page, &items, &n, &next, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++)
        lf_tuning_json(&o.w, &items[i]);
    return end_list(r, &o, next);
}

static enum lf_code answer_tuning(struct rq *r, const struct lf_tuning *one)
{
    struct lf_buf b;
    struct lf_json_w w;

    lf_buf_init(&b, JSON_MOST);
    w = lf_json_w(&b);
    lf_tuning_json(&w, one);
    return answer_json(r, 200, &b);
}

enum lf_code api_tuning(struct rq *r)
{
    struct lf_tuning one;

    LF_TRY(lf_tuning_get(r->t, r->id, &one, r->e));
    return answer_tuning(r, &one);
}

/* With what was said, not what is read again: that would tell of a rule that is withheld. */
enum lf_code api_tuning_set(struct rq *r)
{
    struct lf_tuning now;

    LF_TRY(tuning_set(r, r->id, &now));
    return answer_tuning(r, &now);
}

enum lf_code api_tuning_clear(struct rq *r)
{
    LF_TRY(lf_tuning_clear(r->t, r->id, r->e));
    return answer_empty(r, 204);
}

lf_view day_text(const struct rq *r, lf_time begin)
{
    char *text = lf_arena_alloc(r->t->a, LF_TIME_TEXT, 1);

    return lf_view_first(lf_time_milli(begin + LF_TAIPEI, text), 10);
}

enum lf_code api_tuning_hits(struct rq *r)
{
    struct lf_rule_day days[LF_RULE_DAYS];
    struct lf_rule_hit *items;
    struct lf_page page;
    struct out o;
    lf_view next;
    size_t n, ndays;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_rule_days(r->t, r->id, days, &ndays, r->e));
    LF_TRY(lf_rule_hits(r->t, r->id, &page, &items, &n, &next, r->e));
    begin(&o);
    lf_json_begin(&o.w, "days", '[');
    for (size_t i = 0; i < ndays; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "day", day_text(r, days[i].begin));
        lf_json_put_int(&o.w, "hits", days[i].hits);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_int(&o.w, "position", (int64_t)items[i].position);
        lf_json_put_time(&o.w, "happened", items[i].happened);
        lf_json_put_time(&o.w, "recorded", items[i].recorded);
        put_text(&o.w, "host", items[i].host);
        lf_json_put_str(&o.w, "sender", items[i].sender);
        if (items[i].event.len)
            lf_json_put_raw(&o.w, "event", items[i].event);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, next);
}
