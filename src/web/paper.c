#include "web/paper.h"

#include "cert/report.h"
#include "fmt/pdf.h"
#include "web/analysis.h"
#include "web/page_step.h"
#include "web/recovery.h"
#include "web/report_field.h"
#include "web/statistic_text.h"
#include "web/written.h"

enum { PAPER_BYTES = 8 << 20 };

/* ---- any of them ---- */

static enum lf_code open_paper(struct rq *r, lf_view title, struct lf_buf *b, struct lf_pdf **out)
{
    lf_time now = lf_now(r->t->env);
    const struct lf_text_value made[] = { { "node", r->t->self->name }, { "when", when_text(r, now) } };
    const struct lf_pdf_about about = { .title = title,
                                        .author = r->t->self->name,
                                        .foot = lf_text_fill(r->t->a, LF_T_PAPER_FOOT, r->lang, made, 2),
                                        .made = now };

    if (!r->w->parts.font)
        return lf_err_set(r->e, LF_AWAY,
                          "this node has no font to make a PDF with; install fonts-noto-cjk, or name a font "
                          "in [pdf] font, and start it again");
    lf_buf_init(b, PAPER_BYTES);
    *out = lf_pdf_create(r->w->parts.font, &about, b);
    return LF_OK;
}

/* `rc`: how it went so far.  Both are done with. */
static enum lf_code send_paper(struct rq *r, lf_view name, struct lf_pdf *p, struct lf_buf *b)
{
    enum lf_code rc = lf_pdf_close(p, r->e);

    if (rc == LF_OK)
        answer_file(r, "application/pdf", lf_arena_printf(r->t->a, "%.*s.pdf", LF_FMT(name)),
                    lf_arena_copy(r->t->a, lf_buf_view(b)));
    lf_buf_clear(b);
    return rc;
}

static const struct lf_pdf_column pair[] = { { .share = 0.32 }, { .share = 0.68 } };

static void put_pair(struct lf_pdf *p, lf_view name, lf_view value)
{
    lf_pdf_row(p, (lf_view[]){ name, value });
}

static lf_view when_zone(struct rq *r, lf_time at)
{
    return lf_arena_printf(r->t->a, "%.*s UTC+8", LF_FMT(when_text(r, at)));
}

/* ---- an incident ---- */

static void put_step(struct rq *r, struct lf_pdf *p, const struct lf_form *f, size_t step,
                     const struct lf_json *values)
{
    bool any = false;

    for (size_t i = 0; i < f->nfields; i++) {
        const struct lf_form_field *x = &f->fields[i];
        lf_view said = lf_form_text(r->t->a, x, lf_json_get(values, x->id), r->lang == LF_LANG_ZH);
        lf_time at;

        if (x->step != step || !said.len)
            continue;
        if (!any) {
            lf_pdf_heading(p, form_words(r, f->steps[step].say));
            lf_pdf_table(p, pair, 2);
        }
        any = true;
        if (x->type == LF_FORM_TIME && lf_time_parse(said, &at, NULL) == LF_OK)
            said = when_zone(r, at);
        put_pair(p, form_words(r, x->say), said);
    }
}

static void put_office(struct rq *r, struct lf_pdf *p)
{
    struct report_office_line lines[REPORT_OFFICE];
    size_t n = report_office(r, lines);

    if (n)
        lf_pdf_table(p, pair, 2);
    for (size_t i = 0; i < n; i++)
        put_pair(p, text(r, lines[i].name), lines[i].value);
}

static void put_top(struct rq *r, struct lf_pdf *p, const struct lf_incident_full *x)
{
    lf_view level = x->row.level >= 1 && x->row.level <= 4
                        ? fill1(r, LF_T_LEVEL_N, "n", number(r, x->row.level))
                        : text(r, LF_T_LEVEL_UNSTATED);
    lf_view drill = x->state.exercise_of.name;

    if (x->state.exercise)
        lf_pdf_text(p, drill.len ? fill1(r, LF_T_EXE_BANNER, "name", drill) : text(r, LF_T_EXE_BANNER_PLAIN));
    lf_pdf_table(p, pair, 2);
    put_pair(p, text(r, LF_T_REPORT_NUMBER), lf_report_number(x));
    put_pair(p, text(r, LF_T_INCIDENT), x->row.id);
    put_pair(p, text(r, LF_T_SHEET_TITLE), title_text(r, x->row.title));
    put_pair(p, text(r, LF_T_LEVEL), level);
    put_pair(p, text(r, LF_T_SHEET_REVIEW), named(r, x->row.review));
    put_pair(p, text(r, LF_T_SHEET_HANDLING), named(r, x->row.handling));
}

enum lf_code paper_incident(struct rq *r, const struct lf_incident_full *x)
{
    const struct lf_json *values;
    struct lf_form f;
    struct lf_pdf *p;
    struct lf_buf b;

    LF_TRY(lf_report_form(r->t, &f, r->e));
    values = lf_report_values(r->t, &f, x);
    LF_TRY(open_paper(r, report_paper_title(r, &f), &b, &p));
    lf_pdf_title(p, report_paper_title(r, &f));
    put_office(r, p);
    put_top(r, p, x);
    for (size_t i = 0; i < f.nsteps; i++)
        put_step(r, p, &f, i, values);
    lf_pdf_text(p, LF_V(" "));
    lf_pdf_text(p, lf_arena_printf(r->t->a, "%.*s＿＿＿＿＿＿＿＿　%.*s＿＿＿＿＿＿＿＿",
                                   LF_FMT(text(r, LF_T_PRINT_SIGNED)), LF_FMT(text(r, LF_T_PRINT_DATE))));
    return send_paper(r, x->row.id, p, &b);
}

/* ---- recovery procedures ---- */

static void put_recovery_paper(struct rq *r, struct lf_pdf *p, const struct lf_recovery *x)
{
    const struct lf_pdf_column columns[] = { { text(r, LF_T_PB_PLACE), 0.08, true },
                                             { text(r, LF_T_PB_STEPS), 0.52, false },
                                             { text(r, LF_T_PB_DUE), 0.2, false },
                                             { text(r, LF_T_PB_WHO), 0.2, false } };
    const struct {
        enum lf_text name;
        lf_view value;
    } facts[] = { { LF_T_RC_RTO, recovery_span(r, x->rto) },
                  { LF_T_RC_RPO, x->rpo ? recovery_span(r, x->rpo) : LF_V("") },
                  { LF_T_RC_OWNER, x->owner },
                  { LF_T_RC_ASSET, x->asset },
                  { LF_T_RC_NEEDS, recovery_needs(r, x) },
                  { LF_T_RC_BACKUP, x->backup },
                  { LF_T_RC_WORKAROUND, x->workaround },
                  { LF_T_RC_TRIALS, x->held ? day_text(r, x->held) : text(r, LF_T_RC_NEVER) } };

    lf_pdf_heading(
        p, lf_arena_printf(r->t->a, "%.*s (%.*s)", LF_FMT(recovery_name(r, x->zh, x->en)), LF_FMT(x->id)));
    lf_pdf_table(p, pair, 2);
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        if (facts[i].value.len)
            put_pair(p, text(r, facts[i].name), facts[i].value);
    lf_pdf_table(p, columns, 4);
    for (size_t i = 0; i < x->nsteps; i++) {
        const struct lf_playbook_step *s = &x->steps[i];
        const lf_view cells[] = { number(r, (int64_t)i + 1), recovery_name(r, s->zh, s->en),
                                  step_limit(r, s, true), s->who };

        lf_pdf_row(p, cells);
    }
}

enum lf_code paper_recoveries(struct rq *r)
{
    const struct lf_recovery *list;
    struct lf_pdf *p;
    struct lf_buf b;
    size_t n;

    LF_TRY(lf_recovery_list(r->t, &n, &list, r->e));
    LF_TRY(open_paper(r, text(r, LF_T_RECOVERIES), &b, &p));
    lf_pdf_title(p, text(r, LF_T_RECOVERIES));
    lf_pdf_text(p, text(r, n ? LF_T_RC_KEEP : LF_T_RC_NONE));
    for (size_t i = 0; i < n; i++)
        put_recovery_paper(r, p, &list[i]);
    return send_paper(r, LF_V("recoveries"), p, &b);
}

/* ---- a statistic ---- */

enum { MEASURES = LF_MEASURE_LATE + 1 };
static const enum lf_text measures[MEASURES] = { LF_T_STATISTIC_CASES, LF_T_STATISTIC_REPORTED,
                                                 LF_T_STATISTIC_REVIEWED, LF_T_STATISTIC_CONTROLLED,
                                                 LF_T_STATISTIC_LATE };

static void put_chart(struct rq *r, struct lf_pdf *p, const struct lf_statistic_row *rows, size_t n)
{
    const lf_view series[LF_PDF_SERIES] = { text(r, LF_T_PAPER_IN_TIME), text(r, LF_T_STATISTIC_LATE) };
    struct lf_pdf_bar *bars = LF_NEW(r->t->a, struct lf_pdf_bar, n);
    bool clock = rows->axis == LF_AXIS_CLOCK;

    for (size_t i = 0; i < n; i++) {
        bars[i].label = statistic_label(r, &rows[i]);
        bars[i].value[0] = clock ? rows[i].late : rows[i].cases - rows[i].late;
        bars[i].value[1] = clock ? 0 : rows[i].late;
    }
    lf_pdf_bars(p, clock ? &series[1] : series, clock ? 1 : 2, bars, n);
}

static void put_head(struct rq *r, struct lf_pdf *p, lf_view title, bool clock)
{
    struct lf_pdf_column columns[1 + MEASURES] = { { title, clock ? 0.8 : 0.22, false } };

    for (size_t m = 0; m < MEASURES; m++)
        columns[1 + m] = (struct lf_pdf_column){ text(r, measures[m]),
                                                 m == LF_MEASURE_CASES || m == LF_MEASURE_LATE ? 0.09 : 0.2,
                                                 true };
    if (clock)
        columns[1] = (struct lf_pdf_column){ text(r, measures[LF_MEASURE_LATE]), 0.2, true };
    lf_pdf_table(p, columns, clock ? 2 : 1 + MEASURES);
}

static void put_row(struct rq *r, struct lf_pdf *p, lf_view label, const struct lf_statistic_row *row,
                    bool other)
{
    lf_view cells[1 + MEASURES] = { label };

    for (size_t m = 0; m < MEASURES; m++) {
        int64_t n = lf_statistic_number(row, (enum lf_statistic_measure)m);

        cells[1 + m] = number(r, n);
        if (n && m >= LF_MEASURE_REPORT && m <= LF_MEASURE_CONTROL)
            cells[1 + m] =
                lf_arena_printf(r->t->a, "%lld\n%.*s", (long long)n,
                                LF_FMT(statistic_took_text(r, row, (int)m - LF_MEASURE_REPORT, other)));
    }
    if (row->axis == LF_AXIS_CLOCK)
        cells[1] = cells[1 + LF_MEASURE_LATE];
    lf_pdf_row(p, cells);
}

static void put_axis(struct rq *r, struct lf_pdf *p, enum lf_statistic_axis axis,
                     const struct lf_statistic_row *rows, size_t n)
{
    lf_view title = text(r, statistic_axis_text(axis));

    if (!n && (axis == LF_AXIS_MONTH || axis == LF_AXIS_WEEK))
        return; /* of a week */
    lf_pdf_heading(p, title);
    if (!n) {
        lf_pdf_text(p, text(r, axis == LF_AXIS_CLOCK ? LF_T_STATISTIC_NONE_LATE : LF_T_NO_INCIDENTS));
        return;
    }
    put_chart(r, p, rows, n);
    put_head(r, p, title, axis == LF_AXIS_CLOCK);
    for (size_t i = 0; i < n; i++)
        put_row(r, p, statistic_label(r, &rows[i]), &rows[i], false);
}

static void put_compared(struct rq *r, struct lf_pdf *p, const struct lf_statistic *s)
{
    bool part = false;

    if (!s->nothers)
        return;
    lf_pdf_heading(p, text(r, LF_T_STATISTIC_COMPARED));
    put_head(r, p, text(r, LF_T_STATISTIC_COMPARED), false);
    put_row(r, p, statistic_span_text(r, &s->span), &s->rows[0], false);
    for (size_t i = 0; i < s->nothers; i++) {
        put_row(r, p,
                lf_arena_printf(r->t->a, "%.*s\n%.*s", LF_FMT(text(r, statistic_with_text(s, i))),
                                LF_FMT(statistic_days_text(r, &s->others[i].span))),
                &s->others[i].row, true);
        part = part || s->others[i].part;
    }
    if (part)
        lf_pdf_text(p, text(r, LF_T_STATISTIC_SO_FAR));
}

enum lf_code paper_statistic(struct rq *r)
{
    struct lf_statistic_span span;
    struct lf_statistic s;
    struct lf_pdf *p;
    struct lf_buf b;
    lf_view title;
    size_t i = 0;

    LF_TRY(statistic_time(r, &span));
    LF_TRY(lf_statistic_read(r->t, &span, &s, r->e));
    LF_TRY(statistic_say_classes(r, &s));
    title = lf_arena_printf(r->t->a, "%.*s　%.*s", LF_FMT(text(r, LF_T_STATISTICS)),
                            LF_FMT(statistic_span_text(r, &span)));
    LF_TRY(open_paper(r, title, &b, &p));
    lf_pdf_title(p, title);
    lf_pdf_text(p, lf_arena_printf(r->t->a, "%.*s（UTC+8）", LF_FMT(statistic_days_text(r, &span))));
    lf_pdf_text(p, text(r, LF_T_PAPER_STATISTIC_LEAD));
    lf_pdf_text(p, text(r, LF_T_STATISTIC_MEAN_NOTE));
    for (int axis = 0; axis < LF_AXES; axis++) {
        size_t from = i;

        while (i < s.n && s.rows[i].axis == (enum lf_statistic_axis)axis)
            i++;
        put_axis(r, p, (enum lf_statistic_axis)axis, &s.rows[from], i - from);
        if (axis == LF_AXIS_ALL)
            put_compared(r, p, &s);
    }
    return send_paper(
        r, lf_arena_printf(r->t->a, "statistics-%.*s", LF_FMT(lf_statistic_span_key(r->t->a, &span))), p, &b);
}

/* ---- an analysis report ---- */

static enum lf_code put_cases(struct rq *r, struct lf_pdf *p, const struct lf_analysis_facts *f)
{
    const struct lf_pdf_column columns[] = { { text(r, LF_T_INCIDENT), 0.22, false },
                                             { text(r, LF_T_AWARE_AT), 0.14, false },
                                             { text(r, LF_T_INCIDENT_CLASS), 0.14, false },
                                             { text(r, LF_T_AN_CAUSE), 0.2, false },
                                             { text(r, LF_T_AN_MEASURES), 0.3, false } };

    lf_pdf_heading(p, text(r, LF_T_AN_CASES));
    lf_pdf_table(p, columns, 5);
    for (size_t i = 0; i < f->ncases; i++) {
        const struct lf_analysis_case *c = &f->cases[i];
        lf_view cells[5], class, cause;

        LF_TRY(analysis_choice(r, "category", c->category, &class));
        LF_TRY(analysis_choice(r, "cause", c->cause, &cause));
        cells[0] = lf_arena_printf(r->t->a, "%.*s%s%.*s\n%.*s%s%.*s", LF_FMT(c->number),
                                   c->number.len ? "\n" : "", LF_FMT(title_text(r, c->title)),
                                   LF_FMT(c->level ? fill1(r, LF_T_LEVEL_N, "n", number(r, c->level))
                                                   : text(r, LF_T_LEVEL_UNSTATED)),
                                   c->late ? "　" : "", LF_FMT(c->late ? text(r, LF_T_AN_LATE) : LF_V("")));
        cells[1] = when_text(r, c->aware);
        cells[2] = class;
        cells[3] = lf_arena_printf(r->t->a, "%.*s%s%.*s", LF_FMT(cause), cause.len && c->said.len ? "\n" : "",
                                   LF_FMT(c->said));
        cells[4] = c->measures;
        lf_pdf_row(p, cells);
    }
    if (f->hidden)
        lf_pdf_text(p, fill1(r, LF_T_AN_HIDDEN, "n", number(r, (int64_t)f->hidden)));
    return LF_OK;
}

static enum lf_code put_repeats(struct rq *r, struct lf_pdf *p, const struct lf_analysis_facts *f)
{
    const struct lf_pdf_column columns[] = { { text(r, LF_T_AN_REPEAT_KIND), 0.14, false },
                                             { text(r, LF_T_AN_REPEAT_VALUE), 0.4, false },
                                             { text(r, LF_T_AN_REPEAT_CASES), 0.46, false } };

    lf_pdf_heading(p, text(r, LF_T_AN_REPEATS));
    if (!f->nrepeats) {
        lf_pdf_text(p, text(r, LF_T_AN_REPEATS_NONE));
        return LF_OK;
    }
    lf_pdf_table(p, columns, 3);
    for (size_t i = 0; i < f->nrepeats; i++) {
        const struct lf_analysis_repeat *x = &f->repeats[i];
        lf_view value = x->value;

        if (x->kind == LF_REPEATS_CAUSE)
            LF_TRY(analysis_choice(r, "cause", value, &value));
        lf_pdf_row(
            p, (lf_view[]){ text(r, analysis_kind_text(x->kind)), value, analysis_repeat_cases(r, f, x) });
    }
    return LF_OK;
}

static void put_advice(struct rq *r, struct lf_pdf *p, const struct lf_analysis_form *form)
{
    const struct lf_pdf_column columns[] = { { text(r, LF_T_AN_ADVICE_WHAT), 0.5, false },
                                             { text(r, LF_T_AN_ADVICE_OWNER), 0.2, false },
                                             { text(r, LF_T_AN_ADVICE_DUE), 0.15, false },
                                             { text(r, LF_T_STATE), 0.15, false } };

    lf_pdf_heading(p, text(r, LF_T_AN_ADVICE));
    if (!form->nadvice) {
        lf_pdf_text(p, text(r, LF_T_AN_ADVICE_NONE));
        return;
    }
    lf_pdf_table(p, columns, 4);
    for (size_t i = 0; i < form->nadvice; i++) {
        const struct lf_analysis_advice *a = &form->advice[i];

        lf_pdf_row(p,
                   (lf_view[]){ a->what, a->owner, day_text(r, a->due), text(r, analysis_advice_text(a)) });
    }
}

static enum lf_code put_analysis(struct rq *r, struct lf_pdf *p, const struct lf_analysis *x,
                                 const struct lf_analysis_facts *f)
{
    lf_pdf_title(p, x->form.title);
    lf_pdf_table(p, pair, 2);
    put_pair(p, text(r, LF_T_STATE), text(r, written_text(x->row.state)));
    put_pair(p, text(r, LF_T_AN_FILTER), analysis_filter_words(r, x->form.filter));
    put_pair(p, text(r, LF_T_AN_LOOKED), when_zone(r, f->at));
    if (x->row.published)
        put_pair(p, text(r, LF_T_KB_PUBLISHED_AT), when_zone(r, x->row.published));
    lf_pdf_heading(p, text(r, LF_T_AN_FINDINGS));
    lf_pdf_text(p, x->form.findings);
    lf_pdf_heading(p, text(r, LF_T_AN_EVALUATION));
    lf_pdf_text(p, x->form.evaluation);
    put_advice(r, p, &x->form);
    LF_TRY(put_repeats(r, p, f));
    LF_TRY(put_cases(r, p, f));
    lf_pdf_text(p, text(r, LF_T_STATISTIC_MEAN_NOTE));
    for (enum lf_statistic_axis axis = LF_AXIS_ALL; axis < LF_AXES; axis++) {
        size_t n;
        const struct lf_statistic_row *rows = statistic_rows_of(f->rows, f->nrows, axis, &n);

        put_axis(r, p, axis, rows, n);
    }
    return LF_OK;
}

enum lf_code paper_analysis(struct rq *r, const struct lf_analysis *x)
{
    struct lf_analysis_facts f;
    struct lf_statistic s;
    enum lf_code rc;
    struct lf_pdf *p;
    struct lf_buf b;

    LF_TRY(lf_analysis_facts(r->t, x, &x->form, &f, r->e));
    s = (struct lf_statistic){ .n = f.nrows, .rows = f.rows };
    LF_TRY(statistic_say_classes(r, &s));
    LF_TRY(open_paper(r, x->form.title, &b, &p));
    rc = put_analysis(r, p, x, &f);
    if (rc == LF_OK)
        return send_paper(r, lf_arena_printf(r->t->a, "analysis-%.*s", LF_FMT(x->row.id)), p, &b);
    if (lf_pdf_close(p, NULL) != LF_OK)
        rc = rc == LF_OK ? LF_IO : rc; /* only freed */
    lf_buf_clear(&b);
    return rc;
}
