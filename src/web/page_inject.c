/* The scenario of an exercise in the console: taken, prepared, and how its injects stand. */
#include "web/exercise.h"
#include "web/page_priv.h"

static lf_view in_language(const struct rq *r, lf_view zh, lf_view en)
{
    return r->lang == LF_LANG_ZH ? zh : en;
}

static void put_inject_state(struct rq *r, struct lf_buf *b, enum lf_inject_state s)
{
    static const struct {
        const char *tone, *sign;
        enum lf_text text;
    } looks[LF_INJECT_STATES] = { { "info", "◷", LF_T_INJECT_WAITING },
                                  { "warn", "‖", LF_T_INJECT_HELD },
                                  { "good", "✓", LF_T_INJECT_DELIVERED },
                                  { "", "–", LF_T_INJECT_DROPPED } };

    badge(b, looks[s].tone, looks[s].sign, text(r, looks[s].text));
}

lf_view exercise_expect_text(const struct rq *r, enum lf_expect x)
{
    static const enum lf_text texts[LF_EXPECTS] = { LF_T_NONE,          LF_T_EXPECT_REPORT,
                                                    LF_T_EXPECT_REVIEW, LF_T_EXPECT_CONTROL,
                                                    LF_T_EXPECT_TASK,   LF_T_EXPECT_ANSWER,
                                                    LF_T_EXPECT_SHARE,  LF_T_EXPECT_OTHER };

    return text(r, texts[x]);
}

/* "1 h 30 min" as the reader's language writes it; in the exercise's own time. */
static lf_view span_text(struct rq *r, lf_time t)
{
    struct lf_text_value v[] = { { "h", number(r, t / LF_HOUR) },
                                 { "m", number(r, t % LF_HOUR / LF_MINUTE) } };

    return lf_text_fill(r->t->a, LF_T_INJECT_SPAN, r->lang, v, 2);
}

static void put_act(struct rq *r, struct lf_buf *b, lf_view exercise, const struct lf_inject *x,
                    const char *act, enum lf_text label)
{
    struct lf_text_value v[] = { { "act", text(r, label) },
                                 { "task", in_language(r, x->said->zh, x->said->en) } };

    lf_html(b, "<form class=\"inline\" method=\"post\" action=\"%\">",
            V(path2(r, "/exercises/", exercise, "/injects")));
    put_csrf(r, b);
    lf_html(b,
            "<input type=\"hidden\" name=\"inject\" value=\"%\"><button class=\"second small\" name=\"act\" "
            "value=\"%\" aria-label=\"%\">%</button></form> ",
            V(x->said->id), LF_HC(act), V(lf_text_fill(r->t->a, LF_T_TASK_NAMED, r->lang, v, 2)),
            V(text(r, label)));
}

static void put_acts(struct rq *r, struct lf_buf *b, const struct lf_exercise *x, const struct lf_inject *one)
{
    if (x->state != LF_EXERCISE_RUNNING || !may(r, JUDGE) || one->state > LF_INJECT_HELD)
        return;
    put_act(r, b, x->id, one, "release", LF_T_INJECT_RELEASE);
    if (one->state == LF_INJECT_WAITING)
        put_act(r, b, x->id, one, "hold", LF_T_INJECT_HOLD);
    else
        put_act(r, b, x->id, one, "resume", LF_T_INJECT_RESUME);
    put_act(r, b, x->id, one, "drop", LF_T_INJECT_DROP);
}

static void put_when_told(struct rq *r, struct lf_buf *b, const struct lf_inject *x)
{
    if (x->delivered)
        put_when(r, b, x->delivered);
    else if (x->due && x->state == LF_INJECT_WAITING)
        put_when(r, b, x->due);
    else
        lf_html(b, "%", V(fill1(r, LF_T_INJECT_AT, "span", span_text(r, x->said->at))));
}

static void put_inject(struct rq *r, struct lf_buf *b, const struct lf_exercise *x,
                       const struct lf_inject *one)
{
    const struct lf_scenario_inject *s = one->said;

    lf_html(b, "<tr id=\"inject-%\"><td class=\"wrap\" data-label=\"%\"><span>", V(s->id), T(INJECT_WHEN));
    put_when_told(r, b, one);
    lf_html(b, "</span></td><td class=\"wrap\" data-label=\"%\"><div><strong>%</strong><br>%<br>",
            T(INJECT_WHAT), V(in_language(r, s->zh, s->en)), V(in_language(r, s->tell_zh, s->tell_en)));
    put_acts(r, b, x, one);
    lf_html(b, "</div></td><td class=\"wrap\" data-label=\"%\"><span>", T(INJECT_TO));
    for (size_t i = 0; i < one->nto; i++) {
        if (i)
            LF_PUT(b, "<br>");
        lf_html(b, "%", V(one->to[i].name));
    }
    if (!one->nto)
        lf_html(b, "%", T(INJECT_NOBODY));
    lf_html(b, "</span></td><td class=\"wrap\" data-label=\"%\"><span>%", T(INJECT_EXPECTED),
            V(exercise_expect_text(r, s->expect)));
    if (s->expect) {
        struct lf_text_value v[] = { { "span", span_text(r, s->within) }, { "n", number(r, s->points) } };

        lf_html(b, "<br>%", V(lf_text_fill(r->t->a, LF_T_INJECT_WITHIN, r->lang, v, 2)));
    }
    lf_html(b, "</span></td><td data-label=\"%\"><span>", T(STATE));
    put_inject_state(r, b, one->state);
    LF_PUT(b, "</span></td></tr>");
}

/* Who is in each group: to be said as long as it is planned. */
static void put_script_groups(struct rq *r, struct lf_buf *b, lf_view exercise, const struct lf_script *s)
{
    for (size_t i = 0; i < s->scenario.ngroups; i++) {
        const struct lf_scenario_group *g = &s->scenario.groups[i];

        lf_html(b, "<form class=\"stack\" method=\"post\" action=\"%\">",
                V(path2(r, "/exercises/", exercise, "/groups")));
        put_csrf(r, b);
        lf_html(b,
                "<input type=\"hidden\" name=\"group\" value=\"%\"><p><label for=\"g-%\">%</label><textarea "
                "id=\"g-%\" name=\"participants\" rows=\"3\" aria-describedby=\"g-hint\">%</textarea></p>"
                "<p><button class=\"second\">%</button></p></form>",
                V(g->id), V(g->id), V(fill1(r, LF_T_INJECT_GROUP, "name", in_language(r, g->zh, g->en))),
                V(g->id), V(exercise_names(r, s->group[i], s->ngroup[i], "\n")),
                V(fill1(r, LF_T_INJECT_GROUP_KEEP, "name", in_language(r, g->zh, g->en))));
    }
    if (s->scenario.ngroups)
        lf_html(b, "<p class=\"hint\" id=\"g-hint\">%</p>", T(INJECT_GROUP_HINT));
}

static enum lf_code put_take(struct rq *r, struct lf_buf *b, lf_view exercise)
{
    lf_html(
        b,
        "<section class=\"panel\"><h2>%</h2><p class=\"quiet\">%</p><form class=\"stack\" method=\"post\" "
        "action=\"%\">",
        T(SCENARIO), T(SCENARIO_LEAD), V(path2(r, "/exercises/", exercise, "/scenario")));
    put_csrf(r, b);
    lf_html(b,
            "<p><label for=\"s-scenario\">%</label><select id=\"s-scenario\" name=\"scenario\"><option "
            "value=\"\">%</option>",
            T(SCENARIO_DELIVERED), T(SCENARIO_OWN_CHOICE));
    for (size_t i = 0; i < LF_SCENARIOS; i++) {
        struct lf_scenario s;

        LF_TRY(lf_scenario_read(r->t->a, lf_scenario_delivered(i), &s, r->e));
        lf_html(b, "<option value=\"%\"%>%</option>", V(s.id),
                LF_RAW(lf_view_eq(s.id, lf_view_some(field(r, "scenario"))) ? LF_V(" selected") : LF_V("")),
                V(in_language(r, s.zh, s.en)));
    }
    lf_html(
        b,
        "</select></p><p><label for=\"s-document\">%</label><textarea id=\"s-document\" name=\"document\" "
        "rows=\"4\" aria-describedby=\"s-hint\">%</textarea><span class=\"hint\" id=\"s-hint\">%</span></p>"
        "<p><label for=\"s-language\">%</label><select id=\"s-language\" name=\"language\"><option "
        "value=\"zh\">中文</option><option "
        "value=\"en\">English</option></select></p><p><button>%</button></p>"
        "</form></section>",
        T(SCENARIO_OWN), V(lf_view_some(field(r, "document"))), T(SCENARIO_OWN_HINT), T(SCENARIO_LANGUAGE),
        T(SCENARIO_TAKE));
    return LF_OK;
}

enum lf_code put_script(struct rq *r, struct lf_buf *b, const struct lf_exercise *x)
{
    struct lf_script s;

    LF_TRY(lf_script_get(r->t, x->id, &s, r->e));
    if (!s.there)
        return x->state == LF_EXERCISE_PLANNED && may(r, JUDGE) ? put_take(r, b, x->id) : LF_OK;
    lf_html(b, "<section class=\"panel\" id=\"scenario\"><h2>%</h2><p><strong>%</strong></p>", T(SCENARIO),
            V(in_language(r, s.scenario.zh, s.scenario.en)));
    if (s.whole)
        lf_html(b, "<p class=\"wrap\">%</p>", V(in_language(r, s.scenario.about_zh, s.scenario.about_en)));
    else
        lf_html(b, "<p class=\"quiet\">%</p>", T(SCENARIO_TOLD_ONLY));
    lf_html(b,
            "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th></tr></thead><tbody>",
            T(INJECT_CAPTION), T(INJECT_WHEN), T(INJECT_WHAT), T(INJECT_TO), T(INJECT_EXPECTED), T(STATE));
    for (size_t i = 0; i < s.n; i++)
        put_inject(r, b, x, &s.injects[i]);
    LF_PUT(b, "</tbody></table>");
    if (x->began && may(r, JUDGE))
        lf_html(b, "<p><a href=\"%\">%</a></p>", V(path2(r, "/exercises/", x->id, "/score")), T(SCORE_OPEN));
    if (x->state == LF_EXERCISE_PLANNED && may(r, JUDGE))
        put_script_groups(r, b, x->id, &s);
    LF_PUT(b, "</section>");
    return LF_OK;
}

enum lf_code page_scenario_take(struct rq *r)
{
    return exercise_done(r, exercise_scenario_take(r));
}

enum lf_code page_exercise_group(struct rq *r)
{
    return exercise_done(r, exercise_group_set(r));
}

enum lf_code page_inject_act(struct rq *r)
{
    return exercise_done(r, exercise_inject_act(r));
}
