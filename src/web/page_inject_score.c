/* Points of an exercise in the console: of each that takes part, inject by inject, and where a person judges.
 */
#include "web/exercise.h"
#include "web/page_priv.h"

static void put_mark(struct rq *r, struct lf_buf *b, const struct lf_inject_score *s)
{
    static const struct {
        const char *tone, *sign;
        enum lf_text text;
    } looks[LF_MARKS] = { { "info", "◷", LF_T_MARK_RUNNING },  { "good", "✓", LF_T_MARK_IN_TIME },
                          { "warn", "◔", LF_T_MARK_LATE },     { "bad", "✗", LF_T_MARK_MISSED },
                          { "warn", "?", LF_T_MARK_TO_JUDGE }, { "info", "✎", LF_T_MARK_JUDGED } };

    badge(b, looks[s->mark].tone, looks[s->mark].sign, text(r, looks[s->mark].text));
}

static lf_view title_of(const struct rq *r, const struct lf_inject_score *s)
{
    return r->lang == LF_LANG_ZH ? s->inject->said->zh : s->inject->said->en;
}

static lf_view points_text(struct rq *r, int points, int most)
{
    struct lf_text_value v[] = { { "n", number(r, points) }, { "most", number(r, most) } };

    return lf_text_fill(r->t->a, LF_T_SCORE_OF, r->lang, v, 2);
}

static void put_judge(struct rq *r, struct lf_buf *b, const struct lf_exercise_member *who,
                      const struct lf_inject_score *s)
{
    lf_view id = lf_arena_printf(r->t->a, "%.*s-%.*s", LF_FMT(s->inject->said->id), LF_FMT(who->unit));
    struct lf_text_value v[] = { { "inject", title_of(r, s) }, { "who", who->name } };
    bool this = lf_view_eq(lf_view_some(field(r, "inject")), s->inject->said->id) &&
                lf_view_eq(lf_view_some(field(r, "unit")), who->unit); /* refused: what was typed stands */

    lf_html(b, "<details%><summary>%</summary><form class=\"stack\" method=\"post\" action=\"%\">",
            LF_RAW(this ? LF_V(" open") : LF_V("")), V(lf_text_fill(r->t->a, LF_T_MARK_GIVE, r->lang, v, 2)),
            V(path2(r, "/exercises/", r->id, "/score")));
    put_csrf(r, b);
    lf_html(b,
            "<input type=\"hidden\" name=\"inject\" value=\"%\"><input type=\"hidden\" name=\"unit\" "
            "value=\"%\"><p><label for=\"p-%\">%</label><input id=\"p-%\" name=\"points\" type=\"number\" "
            "min=\"0\" "
            "max=\"%\" value=\"%\" required></p>",
            V(s->inject->said->id), V(who->unit), V(id),
            V(fill1(r, LF_T_MARK_POINTS, "n", number(r, s->inject->said->points))), V(id),
            V(number(r, s->inject->said->points)),
            V(this                        ? lf_view_some(field(r, "points"))
              : s->mark == LF_MARK_JUDGED ? number(r, s->points)
                                          : LF_V("")));
    lf_html(b,
            "<p><label for=\"w-%\">%</label><textarea id=\"w-%\" name=\"why\" rows=\"2\" "
            "required maxlength=\"330\">%</textarea></p><p><button>%</button></p></form>",
            V(id), T(MARK_WHY), V(id), V(this ? lf_view_some(field(r, "why")) : s->why), T(MARK_KEEP));
    if (s->mark == LF_MARK_JUDGED) {
        lf_html(b, "<form method=\"post\" action=\"%\">", V(path2(r, "/exercises/", r->id, "/score")));
        put_csrf(r, b);
        lf_html(b,
                "<input type=\"hidden\" name=\"inject\" value=\"%\"><input type=\"hidden\" name=\"unit\" "
                "value=\"%\"><p><button class=\"second\">%</button></p></form>",
                V(s->inject->said->id), V(who->unit), T(MARK_BACK));
    }
    LF_PUT(b, "</details>");
}

static void put_row(struct rq *r, struct lf_buf *b, const struct lf_exercise_member *who,
                    const struct lf_inject_score *s, bool open)
{
    lf_html(b, "<tr><td class=\"wrap\" data-label=\"%\"><div><strong>%</strong><br>%", T(INJECT_WHAT),
            V(title_of(r, s)), V(exercise_expect_text(r, s->inject->said->expect)));
    if (s->mark == LF_MARK_JUDGED) {
        struct lf_text_value v[] = { { "by", account_name(r, s->by) }, { "why", s->why } };

        lf_html(b, "<br><span class=\"quiet\">%</span>",
                V(lf_text_fill(r->t->a, LF_T_MARK_BY, r->lang, v, 2)));
    }
    if (open)
        put_judge(r, b, who, s);
    lf_html(b, "</div></td><td data-label=\"%\"><span>", T(SCORE_UNTIL));
    put_when(r, b, s->inject->until);
    lf_html(b, "</span></td><td data-label=\"%\"><span>", T(SCORE_DONE));
    if (s->done)
        put_when(r, b, s->done);
    lf_html(b, "</span></td><td data-label=\"%\">", T(SCORE_CASE));
    if (s->incident.len && s->own)
        lf_html(b, "<a href=\"%\">%</a>", V(path2(r, "/incidents/", s->incident, "")), T(SCORE_CASE_OPEN));
    lf_html(b, "</td><td data-label=\"%\">", T(STATE));
    put_mark(r, b, s);
    lf_html(b, "</td><td class=\"num\" data-label=\"%\">%</td></tr>", T(SCORE_POINTS),
            V(points_text(r, s->points, s->inject->said->points)));
}

static void put_who(struct rq *r, struct lf_buf *b, const struct lf_inject_scores *x, bool open)
{
    lf_html(b,
            "<section class=\"panel\" id=\"u-%\"><h2>%</h2><table "
            "class=\"rows\"><caption>%</caption><thead><tr><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
            V(x->who->unit), V(x->who->name), V(points_text(r, x->points, x->most)), T(INJECT_WHAT),
            T(SCORE_UNTIL), T(SCORE_DONE), T(SCORE_CASE), T(STATE), T(SCORE_POINTS));
    for (size_t i = 0; i < x->n; i++)
        put_row(r, b, x->who, &x->items[i], open);
    LF_PUT(b, "</tbody></table></section>");
}

static enum lf_code score_page(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    const struct lf_inject_scores *list;
    struct lf_exercise x;
    struct lf_buf b;
    size_t n;

    LF_TRY(lf_exercise_get(r->t, r->id, &x, r->e));
    LF_TRY(lf_inject_scores(r->t, r->id, &n, &list, r->e));
    begin_page(r, &b, text(r, LF_T_SCORE), "/exercises");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p><a href=\"%\">%</a></p></div>", T(SCORE),
            V(path2(r, "/exercises/", x.id, "")), V(x.name));
    if (status != 200)
        put_refusal(r, &b, why);
    lf_html(&b, "<section class=\"panel\"><p>%</p>", T(SCORE_LEAD));
    if (!n)
        lf_html(&b, "<p class=\"empty\">%</p>", T(SCORE_NONE));
    else
        lf_html(&b,
                "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
                "scope=\"col\">%</th><th "
                "scope=\"col\">%</th></tr></thead><tbody>",
                T(SCORE_CAPTION), T(SCORE_WHO), T(SCORE_POINTS), T(SCORE_TO_JUDGE));
    for (size_t i = 0; i < n; i++)
        lf_html(&b,
                "<tr><td class=\"wrap\" data-label=\"%\"><a href=\"#u-%\">%</a></td><td class=\"num\" "
                "data-label=\"%\">%</td><td class=\"num\" data-label=\"%\">%</td></tr>",
                T(SCORE_WHO), V(list[i].who->unit), V(list[i].who->name), T(SCORE_POINTS),
                V(points_text(r, list[i].points, list[i].most)), T(SCORE_TO_JUDGE),
                V(number(r, (int64_t)list[i].to_judge)));
    if (n)
        lf_html(&b,
                "</tbody></table><p><a href=\"/api/v1/exercises/%/score?format=csv\" download>CSV</a></p>",
                V(x.id));
    LF_PUT(&b, "</section>");
    for (size_t i = 0; i < n; i++)
        put_who(r, &b, &list[i],
                !x.reported && (x.state == LF_EXERCISE_RUNNING || x.state == LF_EXERCISE_ENDED));
    return end_page(r, &b, status);
}

enum lf_code page_inject_scores(struct rq *r)
{
    return score_page(r, 200);
}

enum lf_code page_inject_judge(struct rq *r)
{
    enum lf_code rc = exercise_judge(r);

    return rc == LF_OK ? redirect(r, path2(r, "/exercises/", r->id, "/score?done=1"))
                       : page_again(r, rc, score_page);
}
