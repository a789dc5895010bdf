/* The report form as a sheet for the printer: an incident's, or a blank one to be filled in by hand. */
#include "cert/report.h"
#include "web/page_priv.h"
#include "web/report_field.h"

enum { FIRST = 1u << LF_STAGE_FIRST | 1u << LF_STAGE_BEHALF };

/* What a hand fills in: boxes to tick, or room to write. */
static void put_room(struct rq *r, struct lf_buf *b, const struct lf_form_field *f)
{
    if (f->type == LF_FORM_YESNO) {
        lf_html(b, "<td>☐ % ☐ %</td>", T(YES), T(NO));
        return;
    }
    if (!f->nchoices) {
        lf_html(b, "<td class=\"room%\"></td>", LF_HC(f->type == LF_FORM_LONG ? " long" : ""));
        return;
    }
    LF_PUT(b, "<td>");
    for (size_t i = 0; i < f->nchoices; i++)
        lf_html(b, "<span class=\"tick\">☐ %</span> ", V(form_words(r, f->choices[i].say)));
    LF_PUT(b, "</td>");
}

static void put_value(struct rq *r, struct lf_buf *b, const struct lf_form_field *f, lf_view said)
{
    lf_time at;

    LF_PUT(b, "<td class=\"wrap\">");
    if (f->type == LF_FORM_TIME && lf_time_parse(said, &at, NULL) == LF_OK)
        put_when_zone(r, b, at);
    else
        lf_html(b, "%", V(said));
    LF_PUT(b, "</td>");
}

/* One step of the form; `values` NULL: blank. */
static void put_step(struct rq *r, struct lf_buf *b, const struct lf_form *f, size_t step,
                     const struct lf_json *values)
{
    bool any = false;

    for (size_t i = 0; i < f->nfields; i++) {
        const struct lf_form_field *x = &f->fields[i];
        lf_view said = lf_form_text(r->t->a, x, lf_json_get(values, x->id), r->lang == LF_LANG_ZH);

        if (x->step != step || (values ? !said.len : !(x->stages & FIRST)))
            continue;
        if (!any)
            lf_html(b, "<h2>%</h2><table class=\"sheet\"><tbody>", V(form_words(r, f->steps[step].say)));
        any = true;
        lf_html(b, "<tr><th scope=\"row\">% %</th>", V(form_words(r, x->say)),
                LF_HC(!values && (x->required & 1u << LF_STAGE_FIRST) ? "*" : ""));
        if (values)
            put_value(r, b, x, said);
        else
            put_room(r, b, x);
        LF_PUT(b, "</tr>");
    }
    if (any)
        LF_PUT(b, "</tbody></table>");
}

static enum lf_code sheet(struct rq *r, const struct lf_incident_full *x)
{
    const struct lf_json *values = NULL;
    struct lf_form f;
    struct lf_buf b;

    LF_TRY(lf_report_form(r->t, &f, r->e));
    if (x)
        values = lf_report_values(r->t, &f, x);
    begin_page(r, &b, form_words(r, f.say), "/incidents");
    lf_html(&b, "<div class=\"paper\"><h1>%</h1><p class=\"no-print hint\">%</p>", V(form_words(r, f.say)),
            V(text(r, x ? LF_T_PRINT_HINT : LF_T_PRINT_BLANK_HINT)));
    if (x && x->state.exercise)
        put_exercise_banner(r, &b, &x->state.exercise_of);
    lf_html(&b, "<p>% <strong>%</strong></p>", T(REPORT_NUMBER),
            V(x ? lf_report_number(x) : LF_V("＿＿＿＿＿＿")));
    if (x) {
        lf_html(&b, "<p>%: % · %: ", T(INCIDENT), V(x->row.id), T(LEVEL));
        put_incident_level(r, &b, x->row.level);
        LF_PUT(&b, "</p>");
    }
    for (size_t i = 0; i < f.nsteps; i++)
        put_step(r, &b, &f, i, values);
    lf_html(&b, "<p class=\"signs\">%＿＿＿＿＿＿＿＿ %＿＿＿＿＿＿＿＿</p></div>", T(PRINT_SIGNED),
            T(PRINT_DATE));
    return end_page(r, &b, 200);
}

enum lf_code page_report_blank(struct rq *r)
{
    return sheet(r, NULL);
}

enum lf_code page_incident_print(struct rq *r)
{
    struct lf_incident_full x;

    LF_TRY(lf_incident_get(r->t, r->id, &x, r->e));
    return sheet(r, &x);
}
