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

size_t report_office(const struct rq *r, struct report_office_line out[REPORT_OFFICE])
{
    static const struct lf_office unsaid;
    const struct lf_office *o = r->w->parts.office ? r->w->parts.office : &unsaid;
    const struct report_office_line all[REPORT_OFFICE] = { { LF_T_OFFICE_NAME, o->name },
                                                           { LF_T_OFFICE_TELEPHONE, o->telephone },
                                                           { LF_T_OFFICE_FAX, o->fax },
                                                           { LF_T_OFFICE_EMAIL, o->email },
                                                           { LF_T_OFFICE_ADDRESS, o->address } };
    size_t n = 0;

    for (size_t i = 0; i < REPORT_OFFICE; i++)
        if (all[i].value.len)
            out[n++] = all[i];
    return n;
}

lf_view report_paper_title(const struct rq *r, const struct lf_form *f)
{
    lf_view office = r->w->parts.office ? r->w->parts.office->name : LF_V("");
    const struct lf_text_value names[] = { { "office", office }, { "form", form_words(r, f->say) } };

    return office.len ? lf_text_fill(r->t->a, LF_T_OFFICE_FORM, r->lang, names, 2) : names[1].value;
}

static void put_office(struct rq *r, struct lf_buf *b)
{
    struct report_office_line lines[REPORT_OFFICE];
    size_t n = report_office(r, lines);

    if (!n)
        return;
    LF_PUT(b, "<table class=\"sheet office\"><tbody>");
    for (size_t i = 0; i < n; i++)
        lf_html(b, "<tr><th scope=\"row\">%</th><td class=\"wrap\">%</td></tr>", V(text(r, lines[i].name)),
                V(lines[i].value));
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
    begin_page(r, &b, report_paper_title(r, &f), "/incidents");
    lf_html(&b, "<div class=\"paper\"><h1>%</h1><p class=\"no-print hint\">%</p>",
            V(report_paper_title(r, &f)), V(text(r, x ? LF_T_PRINT_HINT : LF_T_PRINT_BLANK_HINT)));
    put_office(r, &b);
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
