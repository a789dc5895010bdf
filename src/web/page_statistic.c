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

static lf_view mean_text(const struct rq *r, int64_t sum_s, int64_t n)
{
    long long minutes = sum_s / n / 60;

    return lf_arena_printf(r->t->a, "%lld:%02lld", minutes / 60, minutes % 60);
}

static void put_number(struct rq *r, struct lf_buf *b, const struct lf_statistic *s,
                       const struct lf_statistic_row *row, enum lf_statistic_measure m, enum lf_text label)
{
    int64_t n = lf_statistic_number(row, m);

    lf_html(b, "<td class=\"num\" data-label=\"%\"><span><a href=\"/incidents?%\">%</a>", V(text(r, label)),
            V(lf_statistic_query(r->t->a, &s->span, row, m)), V(number(r, n)));
    if (n && m >= LF_MEASURE_REPORT && m <= LF_MEASURE_CONTROL)
        lf_html(b, "<br><small>%</small>",
                V(fill1(r, LF_T_STATISTIC_MEAN, "time", mean_text(r, row->sum_s[m - LF_MEASURE_REPORT], n))));
    LF_PUT(b, "</span></td>");
}

static const enum lf_text measures[] = { LF_T_STATISTIC_CASES, LF_T_STATISTIC_REPORTED,
                                         LF_T_STATISTIC_REVIEWED, LF_T_STATISTIC_CONTROLLED,
                                         LF_T_STATISTIC_LATE };
static const enum lf_text titles[LF_AXES] = { LF_T_STATISTIC_ALL,       LF_T_STATISTIC_BY_MONTH,
                                              LF_T_STATISTIC_BY_SECTOR, LF_T_STATISTIC_BY_LEVEL,
                                              LF_T_STATISTIC_BY_CLASS,  LF_T_STATISTIC_BY_CLOCK };

static void put_axis(struct rq *r, struct lf_buf *b, const struct lf_statistic *s,
                     enum lf_statistic_axis axis, const struct lf_statistic_row *rows, size_t n)
{
    size_t first = axis == LF_AXIS_CLOCK ? LF_MEASURE_LATE : LF_MEASURE_CASES;

    lf_html(b, "<section class=\"panel\"><h2>%</h2>", V(text(r, titles[axis])));
    if (!n) {
        lf_html(b, "<p class=\"empty\">%</p></section>",
                V(text(r, axis == LF_AXIS_CLOCK ? LF_T_STATISTIC_NONE_LATE : LF_T_NO_INCIDENTS)));
        return;
    }
    if (axis != LF_AXIS_ALL)
        put_chart(r, b, rows, n);
    lf_html(b,
            "<table class=\"rows\"><caption class=\"unseen\">%</caption><thead><tr><th scope=\"col\">%</th>",
            V(text(r, titles[axis])), V(text(r, titles[axis])));
    for (size_t m = first; m < sizeof measures / sizeof *measures; m++)
        lf_html(b, "<th scope=\"col\" class=\"num\">%</th>", V(text(r, measures[m])));
    LF_PUT(b, "</tr></thead><tbody>");
    for (size_t i = 0; i < n; i++) {
        lf_html(b, "<tr><th scope=\"row\" data-label=\"%\">%</th>", V(text(r, titles[axis])),
                V(statistic_label(r, &rows[i])));
        for (size_t m = first; m < sizeof measures / sizeof *measures; m++)
            put_number(r, b, s, &rows[i], (enum lf_statistic_measure)m, measures[m]);
        LF_PUT(b, "</tr>");
    }
    LF_PUT(b, "</tbody></table></section>");
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

/* Classes in the words of the report form. */
static enum lf_code say_classes(struct rq *r, struct lf_statistic *s)
{
    const struct lf_form_field *classes;
    struct lf_form form;

    LF_TRY(lf_report_form(r->t, &form, r->e));
    classes = lf_form_field(&form, LF_V("category"));
    for (size_t i = 0; classes && i < s->n; i++) {
        struct lf_statistic_row *row = &s->rows[i];
        const struct lf_form_choice *c = row->axis == LF_AXIS_CLASS ? lf_form_choice(classes, row->name)
                                                                    : NULL;

        if (c)
            row->zh = c->say.zh, row->en = c->say.en;
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
    LF_TRY(say_classes(r, &s));
    key = statistic_span_key(r, &span);
    begin_page(r, &b, text(r, LF_T_STATISTICS), "/incidents");
    lf_html(&b,
            "<div class=\"head\"><h1>%　%</h1><p><a "
            "href=\"/api/v1/statistics?format=csv&amp;time=%\">CSV</a> · <a "
            "href=\"/api/v1/statistics/open?format=csv&amp;time=%\">%</a></p></div>",
            T(STATISTICS), V(statistic_span_text(r, &span)), V(key), V(key), T(STATISTIC_PUBLISH));
    put_time_form(r, &b, key);
    for (enum lf_statistic_axis axis = LF_AXIS_ALL; axis < LF_AXES; axis++) {
        size_t from = 0, to;

        while (from < s.n && s.rows[from].axis != axis)
            from++;
        for (to = from; to < s.n && s.rows[to].axis == axis; to++)
            ;
        put_axis(r, &b, &s, axis, s.rows + from, to - from);
    }
    return end_page(r, &b, 200);
}
