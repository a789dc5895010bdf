/* Mail of social-engineering drills in the console, and the two pages for those who got it. */
#include "web/exercise.h"
#include "web/lure.h"
#include "web/page_priv.h"

static void put_open_form(struct rq *r, struct lf_buf *b, const struct lf_exercise *x, const char *path)
{
    lf_html(b, "<form class=\"stack\" method=\"post\" action=\"%\">",
            V(path2(r, "/exercises/", x->id, path)));
    put_csrf(r, b);
}

static void put_line(struct lf_buf *b, const char *name, lf_view label, const char *type, lf_view now)
{
    lf_html(b, "<p><label for=\"l-%\">%</label><input id=\"l-%\" name=\"%\" type=\"%\" value=\"%\"></p>",
            LF_HC(name), V(label), LF_HC(name), LF_HC(name), LF_HC(type), V(now));
}

static void put_counts(struct rq *r, struct lf_buf *b, const struct lf_lure_count *list, size_t n)
{
    lf_html(b,
            "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
            T(LURE_CAPTION), T(EXE_PARTICIPANT), T(LURE_PEOPLE), T(LURE_SENT), T(LURE_OPENED),
            T(LURE_REPORTED));
    for (size_t i = 0; i < n; i++)
        lf_html(b,
                "<tr><td class=\"wrap\" data-label=\"%\">%</td><td class=\"num\" data-label=\"%\">%</td><td "
                "class=\"num\" "
                "data-label=\"%\">%</td><td class=\"num\" data-label=\"%\">%</td><td class=\"num\" "
                "data-label=\"%\">%</td></tr>",
                T(EXE_PARTICIPANT), V(list[i].name), T(LURE_PEOPLE), V(number(r, list[i].people)),
                T(LURE_SENT), V(number(r, list[i].sent)), T(LURE_OPENED),
                V(list[i].few ? text(r, LF_T_LURE_FEW) : number(r, list[i].opened)), T(LURE_REPORTED),
                V(list[i].few ? text(r, LF_T_LURE_FEW) : number(r, list[i].reported)));
    LF_PUT(b, "</tbody></table>");
}

static enum lf_code put_consents(struct rq *r, struct lf_buf *b, const struct lf_exercise *x)
{
    const struct lf_lure_consent *list;
    size_t n;

    LF_TRY(lf_lure_consent_list(r->t, &n, &list, r->e));
    lf_html(b, "<details><summary>%</summary><p class=\"quiet\">%</p><ul class=\"plain-list\">",
            T(LURE_CONSENTS), T(LURE_CONSENTS_LEAD));
    for (size_t i = 0; i < n; i++) {
        lf_html(b, "<li class=\"wrap\"><code>%</code> % (%)", V(list[i].domain), V(list[i].name),
                V(list[i].person));
        put_open_form(r, b, x, "/lure/consent");
        lf_html(b,
                "<button class=\"second\" name=\"withdrawn\" value=\"%\" aria-label=\"% "
                "%\">%</button></form></li>",
                V(list[i].domain), T(LURE_CONSENT_REMOVE), V(list[i].domain), T(LURE_CONSENT_REMOVE));
    }
    LF_PUT(b, "</ul>");
    put_open_form(r, b, x, "/lure/consent");
    put_line(b, "unit", text(r, LF_T_LURE_UNIT), "text", LF_V(""));
    put_line(b, "domain", text(r, LF_T_LURE_DOMAIN), "text", LF_V(""));
    put_line(b, "person", text(r, LF_T_LURE_PERSON), "text", LF_V(""));
    lf_html(b, "<p><button class=\"second\">%</button></p></form></details>", T(LURE_CONSENT_KEEP));
    return LF_OK;
}

static void put_prepare(struct rq *r, struct lf_buf *b, const struct lf_exercise *x, const struct lf_lure *l)
{
    put_open_form(r, b, x, "/lure");
    lf_html(b,
            "<p><label for=\"l-template\">%</label><select id=\"l-template\" name=\"template\"><option "
            "value=\"\">%</option>",
            T(LURE_TEMPLATE), T(LURE_OWN));
    for (size_t i = 0; i < LF_LURE_TEMPLATES; i++) {
        const struct lf_lure_template *m = lf_lure_template(i);

        lf_html(b, "<option value=\"%\">%</option>", LF_HC(m->id),
                LF_HC(r->lang == LF_LANG_ZH ? m->subject_zh : m->subject_en));
    }
    lf_html(b,
            "</select></p><p><label for=\"l-language\">%</label><select id=\"l-language\" "
            "name=\"language\"><option "
            "value=\"zh\">中文</option><option value=\"en\"%>English</option></select></p>",
            T(SCENARIO_LANGUAGE), LF_RAW(l->english ? LF_V(" selected") : LF_V("")));
    put_line(b, "subject", text(r, LF_T_LURE_SUBJECT), "text", l->subject);
    lf_html(b,
            "<p><label for=\"l-body\">%</label><textarea id=\"l-body\" name=\"body\" rows=\"6\" "
            "aria-describedby=\"l-body-h\">%</textarea><span class=\"hint\" id=\"l-body-h\">%</span></p>",
            T(LURE_BODY), V(l->body), T(LURE_BODY_HINT));
    put_line(b, "per_hour", text(r, LF_T_LURE_PER_HOUR), "number", number(r, l->there ? l->per_hour : 60));
    put_line(b, "keep_days", text(r, LF_T_LURE_KEEP_DAYS), "number", number(r, l->there ? l->keep_days : 30));
    lf_html(b, "<p><button class=\"second\">%</button></p></form>", T(LURE_KEEP));
    put_open_form(r, b, x, "/lure/people");
    lf_html(
        b,
        "<p><label for=\"l-csv\">%</label><textarea id=\"l-csv\" name=\"csv\" rows=\"4\" "
        "aria-describedby=\"l-csv-h\"></textarea><span class=\"hint\" id=\"l-csv-h\">%</span></p><p><button "
        "class=\"second\">%</button></p></form>",
        T(LURE_CSV), T(LURE_CSV_HINT), T(LURE_CSV_KEEP));
}

enum lf_code put_lure(struct rq *r, struct lf_buf *b, const struct lf_exercise *x)
{
    static const enum lf_text words[LF_LURE_STATES] = { LF_T_LURE_PREPARED, LF_T_LURE_SENDING,
                                                        LF_T_LURE_STOPPED };
    const struct lf_lure_count *list;
    struct lf_lure l;
    size_t n;

    if (x->kind != LF_EXERCISE_SOCIAL || x->origin.len || x->guest || !may(r, JUDGE) ||
        !lf_view_eq(r->t->scope.org, r->t->self->org))
        return LF_OK;
    LF_TRY(lf_lure_get(r->t, x->id, &l, &n, &list, r->e));
    lf_html(b, "<section class=\"panel\" id=\"lure\"><h2>%</h2><p class=\"quiet\">%</p>", T(LURE),
            T(LURE_LEAD));
    if (l.there)
        lf_html(b, "<p>% <strong>%</strong></p>", V(text(r, words[l.state])), V(l.subject));
    if (l.erased)
        lf_html(b, "<p class=\"quiet\">%</p>", T(LURE_ERASED));
    if (n)
        put_counts(r, b, list, n);
    if (l.state == LF_LURE_SENDING ||
        (l.state == LF_LURE_PREPARED && l.there && n && x->state == LF_EXERCISE_RUNNING)) {
        bool begin = l.state == LF_LURE_PREPARED;

        put_open_form(r, b, x, "/lure/state");
        lf_html(b, "<p><button name=\"state\" value=\"%\">%</button></p></form>",
                LF_HC(begin ? "sending" : "stopped"), V(text(r, begin ? LF_T_LURE_START : LF_T_LURE_STOP)));
    }
    if (l.state == LF_LURE_PREPARED && x->state <= LF_EXERCISE_RUNNING)
        put_prepare(r, b, x, &l);
    if (l.state != LF_LURE_STOPPED && x->state <= LF_EXERCISE_RUNNING)
        LF_TRY(put_consents(r, b, x));
    LF_PUT(b, "</section>");
    return LF_OK;
}

enum lf_code page_lure_set(struct rq *r)
{
    return exercise_done(r, lure_set(r));
}

enum lf_code page_lure_people(struct rq *r)
{
    size_t n;

    return exercise_done(r, lf_lure_people(r->t, r->id, lf_view_some(field(r, "csv")), &n, r->e));
}

enum lf_code page_lure_move(struct rq *r)
{
    return exercise_done(r, lure_move(r));
}

enum lf_code page_lure_consent(struct rq *r)
{
    lf_view withdrawn = lf_view_some(field(r, "withdrawn"));

    return exercise_done(r, withdrawn.len ? lf_lure_consent_remove(r->t, withdrawn, r->e) : lure_consent(r));
}

/* ---- who got it ---- */

static enum lf_code lesson(struct rq *r, bool reported)
{
    struct lf_buf b;

    begin_page(r, &b, text(r, LF_T_LURE_LESSON), "");
    lf_html(&b, "<h1>%</h1><section class=\"panel\">",
            V(text(r, reported ? LF_T_LURE_REPORT : LF_T_LURE_LESSON)));
    if (reported) {
        lf_html(&b, "<p class=\"good\" role=\"status\">%</p>", T(LURE_THANKS));
    } else {
        lf_html(&b, "<p>%</p><ul><li>%</li><li>%</li><li>%</li></ul><p>%</p>", T(LURE_LESSON_1),
                T(LURE_LESSON_2), T(LURE_LESSON_3), T(LURE_LESSON_4), T(LURE_LESSON_5));
    }
    LF_PUT(&b, "</section>");
    return end_page(r, &b, 200);
}

enum lf_code page_lure_opened(struct rq *r)
{
    LF_TRY(lf_lure_opened(r->t, r->id, r->e));
    return lesson(r, false);
}

enum lf_code page_suspicious(struct rq *r)
{
    struct lf_buf b;

    begin_page(r, &b, text(r, LF_T_LURE_REPORT), "");
    lf_html(&b,
            "<h1>%</h1><section class=\"panel\"><p>%</p><form class=\"stack\" method=\"post\" "
            "action=\"/suspicious-mail\">",
            T(LURE_REPORT), T(LURE_REPORT_LEAD));
    put_csrf(r, &b);
    lf_html(&b,
            "<p><label for=\"l-link\">%</label><input id=\"l-link\" name=\"link\" required "
            "maxlength=\"2000\"></p><p><button>%</button></p></form></section>",
            T(LURE_REPORT_LINK), T(LURE_REPORT_SEND));
    return end_page(r, &b, 200);
}

enum lf_code page_suspicious_do(struct rq *r)
{
    LF_TRY(lf_lure_reported(r->t, lf_view_some(field(r, "link")), r->e));
    return lesson(r, true);
}
