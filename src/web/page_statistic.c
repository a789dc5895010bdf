/* Statistics of incidents as a page to read and to print: charts made here, a table beside each, and every
 * number opens its cases. */
#include "cert/report.h"
#include "web/page_priv.h"
#include "web/statistic_text.h"

enum { LABEL = 250, BAR = 320, LINE = 24 /* of a chart, in its units */ };

static int64_t of(const struct lf_statistic_row *row)
{
    return row->axis == LF_AXIS_CLOCK ? row->late : row->cases;
}

static void put_chart(struct rq *r, struct lf_buf *b, const struct lf_statistic_row *rows, size_t n)
{
    int64_t most = 1;

    for (size_t i = 0; i < n; i++)
        most = of(&rows[i]) > most ? of(&rows[i]) : most;
    lf_html(b,
            "<svg class=\"chart\" role=\"img\" width=\"%\" height=\"%\" viewBox=\"0 0 % %\"><title>%</title>",
            V(number(r, LABEL + BAR + 70)), V(number(r, (int64_t)n * LINE)), V(number(r, LABEL + BAR + 70)),
            V(number(r, (int64_t)n * LINE)), T(STATISTIC_CHART));
    for (size_t i = 0; i < n; i++) {
        int64_t y = (int64_t)i * LINE, wide = of(&rows[i]) * BAR / most;
        lf_view label = lf_view_first(statistic_label(r, &rows[i]), 60);

        while (label.len && !lf_view_is_utf8(label))
            label.len--; /* no character is cut */
        lf_html(b,
                "<text x=\"%\" y=\"%\" text-anchor=\"end\">%</text><rect x=\"%\" y=\"%\" width=\"%\" "
                "height=\"16\"/><text x=\"%\" y=\"%\">%</text>",
                V(number(r, LABEL - 8)), V(number(r, y + 17)), V(label), V(number(r, LABEL)),
                V(number(r, y + 4)), V(number(r, wide)), V(number(r, LABEL + wide + 6)), V(number(r, y + 17)),
                V(number(r, of(&rows[i]))));
    }
    LF_PUT(b, "</svg>");
}

static lf_view hours(const struct rq *r, int64_t seconds)
{
    long long minutes = seconds / 60;

    return lf_arena_printf(r->t->a, "%lld:%02lld", minutes / 60, minutes % 60);
}

lf_view statistic_took_text(const struct rq *r, const struct lf_statistic_row *row, int k, bool other)
{
    struct lf_text_value v[] = { { "mean", hours(r, row->sum_s[k] / row->n[k]) },
                                 { "median", hours(r, row->median_s[k]) },
                                 { "p90", hours(r, row->p90_s[k]) } };

    return lf_text_fill(r->t->a, other ? LF_T_STATISTIC_MEAN : LF_T_STATISTIC_TOOK, r->lang, v,
                        other ? 1 : 3);
}

static void put_number(struct rq *r, struct lf_buf *b, const struct lf_statistic_span *span,
                       const struct lf_statistic_row *row, enum lf_statistic_measure m, enum lf_text label,
                       bool other)
{
    int64_t n = lf_statistic_number(row, m);

    lf_html(b, "<td class=\"num\" data-label=\"%\"><span>", V(text(r, label)));
    if (span)
        lf_html(b, "<a href=\"/incidents?%\">%</a>", V(lf_statistic_query(r->t->a, span, row, m)),
                V(number(r, n)));
    else
        lf_html(b, "%", V(number(r, n)));
    if (n && m >= LF_MEASURE_REPORT && m <= LF_MEASURE_CONTROL)
        lf_html(b, "<br><small>%</small>", V(statistic_took_text(r, row, (int)m - LF_MEASURE_REPORT, other)));
    LF_PUT(b, "</span></td>");
}

static const enum lf_text measures[] = { LF_T_STATISTIC_CASES, LF_T_STATISTIC_REPORTED,
                                         LF_T_STATISTIC_REVIEWED, LF_T_STATISTIC_CONTROLLED,
                                         LF_T_STATISTIC_LATE };
enum lf_text statistic_axis_text(enum lf_statistic_axis axis)
{
    static const enum lf_text titles[LF_AXES] = { LF_T_STATISTIC_ALL,      LF_T_STATISTIC_BY_MONTH,
                                                  LF_T_STATISTIC_BY_WEEK,  LF_T_STATISTIC_BY_SECTOR,
                                                  LF_T_STATISTIC_BY_LEVEL, LF_T_STATISTIC_BY_CLASS,
                                                  LF_T_STATISTIC_BY_CLOCK, LF_T_STATISTIC_BY_RSIT,
                                                  LF_T_STATISTIC_BY_TYPE,  LF_T_STATISTIC_BY_VITAL };

    return titles[axis];
}

enum lf_text statistic_with_text(const struct lf_statistic *s, size_t i)
{
    if (s->others[i].with == LF_WITH_YEAR_BEFORE)
        return LF_T_STATISTIC_YEAR_BEFORE;
    return s->span.week    ? LF_T_STATISTIC_WEEK_BEFORE
           : s->span.month ? LF_T_STATISTIC_MONTH_BEFORE
                           : LF_T_STATISTIC_YEAR_BEFORE;
}

static void put_heads(struct rq *r, struct lf_buf *b, enum lf_text title, size_t first)
{
    lf_html(b,
            "<table class=\"rows\"><caption class=\"unseen\">%</caption><thead><tr><th scope=\"col\">%</th>",
            V(text(r, title)), V(text(r, title)));
    for (size_t m = first; m < sizeof measures / sizeof *measures; m++)
        lf_html(b, "<th scope=\"col\" class=\"num\">%</th>", V(text(r, measures[m])));
    LF_PUT(b, "</tr></thead><tbody>");
}

/* `span` NULL: numbers that open no list.  `more`: what stands below the label, or nothing. */
static void put_line(struct rq *r, struct lf_buf *b, const struct lf_statistic_span *span,
                     const struct lf_statistic_row *row, enum lf_text title, lf_view label, lf_view more,
                     bool other)
{
    size_t first = row->axis == LF_AXIS_CLOCK ? LF_MEASURE_LATE : LF_MEASURE_CASES;

    lf_html(b, "<tr><th scope=\"row\" data-label=\"%\"><span>%", V(text(r, title)), V(label));
    if (more.len)
        lf_html(b, "<br><small>%</small>", V(more));
    LF_PUT(b, "</span></th>");
    for (size_t m = first; m < sizeof measures / sizeof *measures; m++)
        put_number(r, b, span, row, (enum lf_statistic_measure)m, measures[m], other);
    LF_PUT(b, "</tr>");
}

static void put_table(struct rq *r, struct lf_buf *b, const struct lf_statistic_span *span,
                      const struct lf_statistic_row *rows, size_t n)
{
    enum lf_text title = statistic_axis_text(rows->axis);

    put_heads(r, b, title, rows->axis == LF_AXIS_CLOCK ? LF_MEASURE_LATE : LF_MEASURE_CASES);
    for (size_t i = 0; i < n; i++)
        put_line(r, b, span, &rows[i], title, statistic_label(r, &rows[i]), LF_V(""), false);
    LF_PUT(b, "</tbody></table>");
}

static void put_axis(struct rq *r, struct lf_buf *b, const struct lf_statistic_span *span,
                     enum lf_statistic_axis axis, const struct lf_statistic_row *rows, size_t n)
{
    bool many = axis == LF_AXIS_WEEK && n > 6;

    if (!n && (axis == LF_AXIS_MONTH || axis == LF_AXIS_WEEK))
        return; /* of a week */
    lf_html(b, "<section class=\"panel\"><h2>%</h2>", V(text(r, statistic_axis_text(axis))));
    if (!n) {
        lf_html(b, "<p class=\"empty\">%</p></section>",
                V(text(r, axis == LF_AXIS_CLOCK ? LF_T_STATISTIC_NONE_LATE : LF_T_NO_INCIDENTS)));
        return;
    }
    if (axis != LF_AXIS_ALL)
        put_chart(r, b, rows, n);
    if (many)
        lf_html(b, "<details><summary>%</summary>", T(STATISTIC_NUMBERS));
    put_table(r, b, span, rows, n);
    if (many)
        LF_PUT(b, "</details>");
    LF_PUT(b, "</section>");
}

static void put_compared(struct rq *r, struct lf_buf *b, const struct lf_statistic *s)
{
    bool part = false;

    lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(STATISTIC_COMPARED));
    put_heads(r, b, LF_T_STATISTIC_COMPARED, LF_MEASURE_CASES);
    put_line(r, b, &s->span, &s->rows[0], LF_T_STATISTIC_COMPARED, statistic_span_text(r, &s->span),
             statistic_days_text(r, &s->span), false);
    for (size_t i = 0; i < s->nothers; i++) {
        const struct lf_statistic_other *x = &s->others[i];

        put_line(r, b, &x->span, &x->row, LF_T_STATISTIC_COMPARED, text(r, statistic_with_text(s, i)),
                 statistic_days_text(r, &x->span), true);
        part = part || x->part;
    }
    lf_html(b, "</tbody></table><p class=\"hint\">%</p></section>",
            V(part ? text(r, LF_T_STATISTIC_SO_FAR) : LF_V("")));
}

static void put_time_form(struct rq *r, struct lf_buf *b, lf_view key)
{
    lf_html(b,
            "<section class=\"panel\"><form class=\"stack wide\" method=\"get\" action=\"/statistics\"><div "
            "class=\"row\"><p><label for=\"s-time\">%</label><input id=\"s-time\" name=\"time\" value=\"%\" "
            "maxlength=\"40\" autocomplete=\"off\" "
            "aria-describedby=\"s-hint\"></p><p><button>%</button></p></div><p "
            "id=\"s-hint\" class=\"hint\">%</p></form><p class=\"quiet\">%<br>%</p></section>",
            T(STATISTIC_TIME), V(key), T(STATISTIC_SHOW), T(STATISTIC_TIME_HINT), T(STATISTIC_LEAD),
            T(STATISTIC_MEAN_NOTE));
}

const struct lf_statistic_row *statistic_rows_of(const struct lf_statistic_row *rows, size_t n,
                                                 enum lf_statistic_axis axis, size_t *nof)
{
    size_t from = 0, to;

    while (from < n && rows[from].axis != axis)
        from++;
    for (to = from; to < n && rows[to].axis == axis; to++)
        ;
    *nof = to - from;
    return rows + from;
}

void put_statistic_rows(struct rq *r, struct lf_buf *b, const struct lf_statistic_row *rows, size_t n)
{
    for (enum lf_statistic_axis axis = LF_AXIS_ALL; axis < LF_AXES; axis++) {
        size_t nof;
        const struct lf_statistic_row *of = statistic_rows_of(rows, n, axis, &nof);

        if (axis != LF_AXIS_MONTH && axis != LF_AXIS_WEEK)
            put_axis(r, b, NULL, axis, of, nof);
    }
}

static void say_row(const struct lf_form *form, struct lf_statistic_row *row)
{
    const char *name = row->axis == LF_AXIS_CLASS   ? "category"
                       : row->axis == LF_AXIS_VITAL ? "vital_functions"
                                                    : "rsit";
    const struct lf_form_field *f = lf_form_field(form, lf_view_of(name));
    lf_view type = row->name, class;

    if (row->axis == LF_AXIS_TYPE)
        (void)lf_view_split(&type, ':', &class);
    for (size_t i = 0; f && i < f->nchoices; i++) {
        const struct lf_form_choice *c = &f->choices[i];

        if (row->axis == LF_AXIS_RSIT ? !lf_view_eq(c->rsit, row->name) : !lf_view_eq(c->id, type))
            continue;
        row->zh = row->axis == LF_AXIS_RSIT ? c->group.zh : c->say.zh;
        row->en = row->axis == LF_AXIS_RSIT ? c->group.en : c->say.en;
        return;
    }
}

/* Classes, types and vital functions in the words of the report form. */
enum lf_code statistic_say_classes(struct rq *r, struct lf_statistic *s)
{
    struct lf_form form;

    LF_TRY(lf_report_form(r->t, &form, r->e));
    for (size_t i = 0; i < s->n; i++) {
        enum lf_statistic_axis axis = s->rows[i].axis;

        if (axis == LF_AXIS_CLASS || axis == LF_AXIS_RSIT || axis == LF_AXIS_TYPE || axis == LF_AXIS_VITAL)
            say_row(&form, &s->rows[i]);
    }
    return LF_OK;
}

enum lf_code page_statistics(struct rq *r)
{
    struct lf_statistic_span span;
    struct lf_statistic s;
    struct lf_buf b;
    lf_view key;

    LF_TRY(statistic_time(r, &span));
    LF_TRY(lf_statistic_read(r->t, &span, &s, r->e));
    LF_TRY(statistic_say_classes(r, &s));
    key = lf_statistic_span_key(r->t->a, &span);
    begin_page(r, &b, text(r, LF_T_STATISTICS), "/incidents");
    lf_html(&b,
            "<div class=\"head\"><h1>%　%</h1><p><a "
            "href=\"/api/v1/statistics?format=pdf&amp;time=%\">PDF</a> · <a "
            "href=\"/api/v1/statistics?format=xlsx&amp;time=%\">XLSX</a> · <a "
            "href=\"/api/v1/statistics?format=csv&amp;time=%\">CSV</a> · % <a "
            "href=\"/api/v1/statistics/open?format=xlsx&amp;time=%\">XLSX</a> · <a "
            "href=\"/api/v1/statistics/open?format=csv&amp;time=%\">CSV</a> · <a "
            "href=\"/publications\">%</a></p></div>",
            T(STATISTICS), V(statistic_span_text(r, &span)), V(key), V(key), V(key), T(STATISTIC_PUBLISH),
            V(key), V(key), T(OPEN_PUBLICATIONS));
    if (of_node(r))
        lf_html(&b, "<p><a href=\"/ops-reviews\">%</a></p>", T(OPS_REVIEWS));
    put_time_form(r, &b, key);
    for (enum lf_statistic_axis axis = LF_AXIS_ALL; axis < LF_AXES; axis++) {
        size_t n;
        const struct lf_statistic_row *rows = statistic_rows_of(s.rows, s.n, axis, &n);

        put_axis(r, &b, &s.span, axis, rows, n);
        if (axis == LF_AXIS_ALL)
            put_compared(r, &b, &s);
    }
    PUT_TRY(&b, put_joined(r, &b));
    return end_page(r, &b, 200);
}
