/* Who takes part in an exercise, in the console: what each said, this organisation's answer, and what it was
 * told. */
#include "web/exercise.h"
#include "web/page_priv.h"

static void put_answer(struct rq *r, struct lf_buf *b, enum lf_part_answer a)
{
    static const struct {
        const char *tone, *sign;
        enum lf_text text;
    } looks[] = { { "info", "◷", LF_T_EXE_ASKED },
                  { "good", "✓", LF_T_EXE_ACKNOWLEDGED },
                  { "bad", "✕", LF_T_EXE_DECLINED } };

    badge(b, looks[a].tone, looks[a].sign, text(r, looks[a].text));
}

static void put_part(struct rq *r, struct lf_buf *b, const struct lf_exercise_part *p)
{
    lf_html(b, "<tr><td class=\"wrap\" data-label=\"%\"><span>", T(EXE_PARTICIPANT));
    if (p->unit.len)
        lf_html(b, "<a href=\"%\">%</a>", V(path2(r, "/contacts/", p->unit, "")), V(p->name));
    else
        lf_html(b, "%", V(p->name));
    if (p->whole)
        lf_html(b, "<br>%", T(EXE_WITH_BELOW));
    if (p->below)
        lf_html(b, "<br>%", T(EXE_LIES_BELOW));
    lf_html(b, "</span></td><td class=\"wrap\" data-label=\"%\"><span>", T(EXE_ANSWER));
    if (!p->tenant.len && !p->peer.len) {
        lf_html(b, "%", T(EXE_CALLED_ONLY));
    } else {
        put_answer(r, b, p->answer);
        if (p->answered) {
            LF_PUT(b, " ");
            put_when(r, b, p->answered);
        } else if (!p->sent && !p->below) {
            lf_html(b, " %", T(EXE_NOT_SENT));
        }
        if (p->why.len)
            lf_html(b, "<br>%", V(p->why));
    }
    lf_html(b, "</span></td><td class=\"wrap\" data-label=\"%\"><span>", T(EXE_REPORT));
    if (p->reported) {
        badge(b, "good", "✓", text(r, LF_T_EXE_REPORTED));
        LF_PUT(b, " ");
        put_when(r, b, p->reported);
        lf_html(b, "<details><summary>%</summary><p class=\"lines wrap\">%</p></details>", T(EXE_REPORT_READ),
                V(p->report));
    } else if (p->late) {
        badge(b, "bad", "!", text(r, LF_T_EXE_LATE));
    }
    LF_PUT(b, "</span></td></tr>");
}

enum lf_code put_exercise_parts(struct rq *r, struct lf_buf *b, const struct lf_exercise *x)
{
    const struct lf_exercise_part *list;
    size_t n;

    if (x->guest)
        return LF_OK;
    LF_TRY(lf_exercise_parts(r->t, x->id, &n, &list, r->e));
    lf_html(b, "<section class=\"panel\" id=\"parts\"><h2>%</h2>", T(EXE_PARTICIPANTS));
    if (!n) {
        lf_html(b, "<p class=\"empty\">%</p></section>", T(NONE));
        return LF_OK;
    }
    lf_html(b,
            "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
            T(EXE_PARTS_CAPTION), T(EXE_PARTICIPANT), T(EXE_ANSWER), T(EXE_REPORT));
    for (size_t i = 0; i < n; i++)
        put_part(r, b, &list[i]);
    LF_PUT(b, "</tbody></table></section>");
    return LF_OK;
}

void put_exercise_answer(struct rq *r, struct lf_buf *b, const struct lf_exercise *x, lf_view members,
                         lf_view branches)
{
    lf_html(b, "<section class=\"panel\" id=\"answer\"><h2>%</h2><p>", T(EXE_OUR_ANSWER));
    put_answer(r, b, x->answer);
    if (x->answered) {
        LF_PUT(b, " ");
        put_when(r, b, x->answered);
    }
    LF_PUT(b, "</p>");
    if (x->why.len)
        lf_html(b, "<p class=\"wrap\">%</p>", V(x->why));
    if (x->state <= LF_EXERCISE_RUNNING && (may(r, JUDGE) || (x->guest && may(r, ACT)))) {
        lf_html(b, "<form class=\"stack\" method=\"post\" action=\"%\">",
                V(path2(r, "/exercises/", x->id, "/answer")));
        put_csrf(r, b);
        lf_html(b,
                "<p><label for=\"x-why\">%</label><input id=\"x-why\" name=\"why\" "
                "maxlength=\"200\"></p><p><button "
                "name=\"answer\" value=\"acknowledged\">%</button> <button class=\"second\" name=\"answer\" "
                "value=\"declined\">%</button></p></form>",
                T(EXE_WHY), T(EXE_ACKNOWLEDGE), T(EXE_DECLINE));
    }
    LF_PUT(b, "</section>");
    if (x->guest || x->state > LF_EXERCISE_RUNNING || !may(r, JUDGE))
        return;
    lf_html(
        b,
        "<section class=\"panel\"><details><summary>%</summary><p class=\"quiet\">%</p><form class=\"stack\" "
        "method=\"post\" action=\"%\">",
        T(EXE_BRING), V(text(r, x->whole ? LF_T_EXE_BRING_WHOLE : LF_T_EXE_BRING_HINT)),
        V(path2(r, "/exercises/", x->id, "/participants")));
    put_csrf(r, b);
    put_exercise_names(r, b, members, branches);
    lf_html(b, "<p><button>%</button></p></form></details></section>", T(EXE_BRING));
}

enum lf_code put_exercise_told(struct rq *r, struct lf_buf *b, const struct lf_exercise *x)
{
    const struct lf_exercise_told *list;
    size_t n;

    LF_TRY(lf_exercise_told(r->t, x->id, &n, &list, r->e));
    if (!x->origin.len && !x->guest)
        return LF_OK;
    lf_html(b, "<section class=\"panel\" id=\"told\"><h2>%</h2>", T(EXE_TOLD));
    if (!n)
        lf_html(b, "<p class=\"empty\">%</p>", T(EXE_TOLD_NOTHING));
    for (size_t i = 0; i < n; i++) {
        bool zh = r->lang == LF_LANG_ZH;

        lf_html(b, "<h3>%</h3><p class=\"lines wrap\">%</p><p class=\"quiet\">",
                V(zh ? list[i].zh : list[i].en), V(zh ? list[i].tell_zh : list[i].tell_en));
        put_when_zone(r, b, list[i].told);
        if (list[i].late) {
            LF_PUT(b, " ");
            badge(b, "warn", "!", text(r, LF_T_EXE_TOLD_LATE));
            LF_PUT(b, " ");
            put_when_zone(r, b, list[i].received);
        }
        LF_PUT(b, "</p>");
        if (list[i].until) {
            enum lf_expect k = LF_EXPECT_NOTHING;

            while (k < LF_EXPECTS - 1 && !lf_view_is(list[i].expect, lf_expect_name(k)))
                k++;
            lf_html(b, "<p>%", V(exercise_expect_text(r, k)));
            if (list[i].task.len)
                lf_html(b, " <code>%</code>", V(list[i].task));
            lf_html(b, "<br>% ", T(EXE_TOLD_UNTIL));
            put_when_zone(r, b, list[i].until);
            LF_PUT(b, "</p>");
        }
    }
    LF_PUT(b, "</section>");
    return LF_OK;
}

enum lf_code page_exercise_answer(struct rq *r)
{
    return exercise_done(r, exercise_answer(r));
}

enum lf_code page_exercise_bring(struct rq *r)
{
    return exercise_done(r, exercise_bring(r));
}
