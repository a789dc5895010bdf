/* The JSON API's part on scenarios of exercises and their injects. */
#include "web/exercise.h"

#include "web/api_priv.h"

static void put_minutes(struct rq *r, struct lf_json_w *w, const char *key, lf_time t)
{
    lf_json_put_str(w, key, lf_arena_printf(r->t->a, "%lldm", (long long)(t / LF_MINUTE)));
}

/* What the document says of it. */
static void put_said(struct rq *r, struct lf_json_w *w, const struct lf_scenario_inject *x)
{
    lf_json_put_str(w, "id", x->id);
    put_minutes(r, w, "at", x->at);
    lf_json_put_str(w, "zh", x->zh);
    lf_json_put_str(w, "en", x->en);
    lf_json_put_str(w, "tell_zh", x->tell_zh);
    lf_json_put_str(w, "tell_en", x->tell_en);
    lf_json_begin(w, "to", '[');
    for (size_t i = 0; i < x->nto; i++)
        lf_json_put_str(w, NULL, x->to[i]);
    lf_json_close(w);
    if (!x->expect)
        return;
    lf_json_put_cstr(w, "expect", lf_expect_name(x->expect));
    put_minutes(r, w, "within", x->within);
    lf_json_put_int(w, "points", x->points);
    put_text(w, "of", x->of);
    put_text(w, "task", x->task);
}

static void put_members(struct lf_json_w *w, const char *key, const struct lf_exercise_member *list, size_t n)
{
    lf_json_begin(w, key, '[');
    for (size_t i = 0; i < n; i++) {
        lf_json_open(w, '{');
        lf_json_put_str(w, "unit", list[i].unit);
        lf_json_put_str(w, "name", list[i].name);
        lf_json_close(w);
    }
    lf_json_close(w);
}

static void put_head(struct lf_json_w *w, const struct lf_scenario *s)
{
    lf_json_put_str(w, "id", s->id);
    lf_json_put_cstr(w, "kind", lf_exercise_kind_name(s->kind));
    lf_json_put_str(w, "zh", s->zh);
    lf_json_put_str(w, "en", s->en);
}

static void put_group(struct lf_json_w *w, const struct lf_scenario_group *g)
{
    lf_json_open(w, '{');
    lf_json_put_str(w, "id", g->id);
    lf_json_put_str(w, "zh", g->zh);
    lf_json_put_str(w, "en", g->en);
}

enum lf_code api_scenarios(struct rq *r)
{
    struct out o;

    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < LF_SCENARIOS; i++) {
        struct lf_scenario s;

        PUT_TRY(&o.b, lf_scenario_read(r->t->a, lf_scenario_delivered(i), &s, r->e));
        lf_json_open(&o.w, '{');
        put_head(&o.w, &s);
        lf_json_put_str(&o.w, "about_zh", s.about_zh);
        lf_json_put_str(&o.w, "about_en", s.about_en);
        lf_json_begin(&o.w, "groups", '[');
        for (size_t k = 0; k < s.ngroups; k++) {
            put_group(&o.w, &s.groups[k]);
            lf_json_close(&o.w);
        }
        lf_json_close(&o.w);
        lf_json_begin(&o.w, "injects", '[');
        for (size_t k = 0; k < s.ninjects; k++) {
            lf_json_open(&o.w, '{');
            put_said(r, &o.w, &s.injects[k]);
            lf_json_close(&o.w);
        }
        lf_json_close(&o.w);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}

enum lf_code api_exercise_scenario(struct rq *r)
{
    struct lf_script s;
    struct out o;

    LF_TRY(lf_script_get(r->t, r->id, &s, r->e));
    if (!s.there)
        return lf_err_set(r->e, LF_NOT_FOUND, "the exercise has no scenario");
    begin(&o);
    put_head(&o.w, &s.scenario);
    lf_json_put_cstr(&o.w, "language", s.english ? "en" : "zh");
    lf_json_put_time(&o.w, "taken", s.taken);
    lf_json_begin(&o.w, "groups", '[');
    for (size_t i = 0; i < s.scenario.ngroups; i++) {
        put_group(&o.w, &s.scenario.groups[i]);
        put_members(&o.w, "participants", s.group[i], s.ngroup[i]);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < s.n; i++) {
        const struct lf_inject *x = &s.injects[i];

        lf_json_open(&o.w, '{');
        put_said(r, &o.w, x->said);
        lf_json_put_cstr(&o.w, "state", lf_inject_state_name(x->state));
        lf_json_put_time(&o.w, "due", x->due);
        lf_json_put_time(&o.w, "delivered", x->delivered);
        lf_json_put_time(&o.w, "until", x->until);
        put_text(&o.w, "by", x->account);
        put_members(&o.w, "told", x->to, x->nto);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}

/* ---- in ---- */

/* The delivered one of that id. */
static enum lf_code delivered(struct rq *r, lf_view id, lf_view *json)
{
    for (size_t i = 0; i < LF_SCENARIOS; i++) {
        struct lf_scenario s;

        LF_TRY(lf_scenario_read(r->t->a, lf_scenario_delivered(i), &s, r->e));
        if (lf_view_eq(s.id, id)) {
            *json = lf_scenario_delivered(i);
            return LF_OK;
        }
    }
    return lf_err_set(r->e, LF_BAD_INPUT, "exercise: no scenario with the id \"%.*s\" is delivered",
                      LF_FMT(lf_view_first(id, LF_SCENARIO_ID)));
}

enum lf_code exercise_scenario_take(struct rq *r)
{
    lf_view id = lf_view_some(field(r, "scenario")), json = lf_view_some(field(r, "document")),
            language = lf_view_some(field(r, "language"));

    if (language.len && !lf_view_is(language, "zh") && !lf_view_is(language, "en"))
        return lf_err_set(r->e, LF_BAD_INPUT, "language is zh or en");
    if ((id.len > 0) == (lf_view_trim(json).len > 0))
        return lf_err_set(r->e, LF_BAD_INPUT,
                          "exercise: give \"scenario\", the id of a delivered one, or \"document\"");
    if (id.len)
        LF_TRY(delivered(r, id, &json));
    return lf_script_take(r->t, r->id, json, lf_view_is(language, "en"), r->e);
}

enum lf_code exercise_group_set(struct rq *r)
{
    const lf_view *members;
    lf_view group;
    size_t n;

    LF_TRY(need(r, "group", &group));
    n = exercise_participants(r, &members);
    return lf_script_group(r->t, r->id, group, members, n, r->e);
}

enum lf_code exercise_inject_act(struct rq *r)
{
    enum lf_inject_act act;
    lf_view inject;

    LF_TRY(need(r, "inject", &inject));
    if (!lf_inject_act_parse(lf_view_some(field(r, "act")), &act))
        return lf_err_set(r->e, LF_BAD_INPUT, "act is release, hold, resume or drop");
    return lf_inject_act(r->t, r->id, inject, act, r->e);
}

enum lf_code api_scenario_take(struct rq *r)
{
    LF_TRY(exercise_scenario_take(r));
    return answer_empty(r, 204);
}

enum lf_code api_exercise_group(struct rq *r)
{
    LF_TRY(exercise_group_set(r));
    return answer_empty(r, 204);
}

enum lf_code api_inject_act(struct rq *r)
{
    LF_TRY(exercise_inject_act(r));
    return answer_empty(r, 204);
}
