/* The JSON API's part on points of exercises. */
#include "fmt/csv.h"
#include "web/api_priv.h"
#include "web/exercise.h"

static void put_one(struct lf_json_w *w, const struct lf_inject_score *s)
{
    lf_json_open(w, '{');
    lf_json_put_str(w, "inject", s->inject->said->id);
    lf_json_put_cstr(w, "expect", lf_expect_name(s->inject->said->expect));
    lf_json_put_cstr(w, "mark", lf_inject_mark_name(s->mark));
    lf_json_put_int(w, "points", s->points);
    lf_json_put_int(w, "most", s->inject->said->points);
    lf_json_put_time(w, "told", s->inject->delivered);
    lf_json_put_time(w, "until", s->inject->until);
    lf_json_put_time(w, "done", s->done);
    put_text(w, "incident", s->own ? s->incident : LF_V(""));
    put_text(w, "why", s->why);
    put_text(w, "by", s->by);
    lf_json_close(w);
}

static enum lf_code csv(struct rq *r, const struct lf_inject_scores *list, size_t n)
{
    static const char *const head[] = { "unit",   "name", "inject", "zh",    "en",   "expect",   "mark",
                                        "points", "most", "told",   "until", "done", "incident", "why" };
    enum { CELLS = sizeof head / sizeof *head };
    struct lf_buf b;

    lf_buf_init(&b, JSON_MOST);
    LF_PUT(&b, "\xef\xbb\xbf");
    for (size_t k = 0; k < CELLS; k++)
        lf_csv_put(&b, lf_view_of(head[k]), k + 1 == CELLS);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < list[i].n; k++) {
            const struct lf_inject_score *s = &list[i].items[k];
            const struct lf_scenario_inject *said = s->inject->said;
            char told[LF_TIME_TEXT], until[LF_TIME_TEXT], done[LF_TIME_TEXT];
            lf_view cells[CELLS] = { list[i].who->unit,
                                     list[i].who->name,
                                     said->id,
                                     said->zh,
                                     said->en,
                                     lf_view_of(lf_expect_name(said->expect)),
                                     lf_view_of(lf_inject_mark_name(s->mark)),
                                     lf_arena_printf(r->t->a, "%d", s->points),
                                     lf_arena_printf(r->t->a, "%d", said->points),
                                     lf_time_milli(s->inject->delivered, told),
                                     lf_time_milli(s->inject->until, until),
                                     s->done ? lf_time_milli(s->done, done) : LF_V(""),
                                     s->own ? s->incident : LF_V(""),
                                     s->why };

            for (size_t c = 0; c < CELLS; c++)
                lf_csv_put(&b, lf_csv_clean(r->t->a, lf_view_some(cells[c])), c + 1 == CELLS);
        }
    return answer_csv(r, LF_V("exercise-score"), &b);
}

enum lf_code api_inject_scores(struct rq *r)
{
    const struct lf_inject_scores *list;
    struct out o;
    bool as_csv;
    size_t n;

    LF_TRY(format_of(r, &as_csv));
    LF_TRY(lf_inject_scores(r->t, r->id, &n, &list, r->e));
    if (as_csv)
        return csv(r, list, n);
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "unit", list[i].who->unit);
        lf_json_put_str(&o.w, "name", list[i].who->name);
        lf_json_put_int(&o.w, "points", list[i].points);
        lf_json_put_int(&o.w, "most", list[i].most);
        lf_json_put_int(&o.w, "to_judge", (int64_t)list[i].to_judge);
        lf_json_begin(&o.w, "injects", '[');
        for (size_t k = 0; k < list[i].n; k++)
            put_one(&o.w, &list[i].items[k]);
        lf_json_close(&o.w);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}

enum lf_code exercise_judge(struct rq *r)
{
    lf_view said = lf_view_trim(lf_view_some(field(r, "points"))), inject, unit;
    int64_t points = -1;

    LF_TRY(need(r, "inject", &inject));
    LF_TRY(need(r, "unit", &unit));
    if ((said.len && (!lf_view_i64(said, &points) || points < 0 || points > LF_SCENARIO_POINTS)) ||
        (!said.len && r->json && lf_json_get(r->json, LF_V("points")) &&
         (!lf_json_int(r->json, "points", &points) || points < 0 || points > LF_SCENARIO_POINTS)))
        return lf_err_set(r->e, LF_BAD_INPUT, "exercise: points are a whole number from 0 to %d",
                          LF_SCENARIO_POINTS);
    return lf_inject_judge(r->t, r->id, inject, unit, (int)points, lf_view_some(field(r, "why")), r->e);
}

enum lf_code api_inject_judge(struct rq *r)
{
    LF_TRY(exercise_judge(r));
    return answer_empty(r, 204);
}
