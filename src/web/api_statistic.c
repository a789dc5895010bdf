/* Statistics of incidents as JSON and CSV, for the node's people and to be published. */
#include "cert/unit.h"
#include "fmt/csv.h"
#include "web/api_priv.h"
#include "web/page_priv.h"
#include "web/statistic_text.h"

enum { LF_STATISTIC_FILE = 4 << 20 };

enum lf_code statistic_time(struct rq *r, struct lf_statistic_span *out)
{
    lf_view asked = query(r, "time");

    if (lf_view_trim(asked).len)
        return lf_statistic_span_parse(asked, out, r->e);
    *out = lf_statistic_span_of(lf_now(r->t->env));
    return LF_OK;
}

static lf_view month_text(const struct rq *r, int year, int month)
{
    if (r->lang == LF_LANG_EN)
        return lf_arena_printf(r->t->a, "%04d-%02d (ROC %d-%02d)", year, month, year - 1911, month);
    return lf_arena_printf(r->t->a, "民國%d年%d月", year - 1911, month);
}

lf_view statistic_span_text(const struct rq *r, const struct lf_statistic_span *span)
{
    if (span->month)
        return month_text(r, span->year, span->month);
    if (r->lang == LF_LANG_EN)
        return lf_arena_printf(r->t->a, "%04d (ROC %d)", span->year, span->year - 1911);
    return lf_arena_printf(r->t->a, "民國%d年", span->year - 1911);
}

lf_view statistic_span_key(const struct rq *r, const struct lf_statistic_span *span)
{
    return span->month ? lf_arena_printf(r->t->a, "%04d-%02d", span->year, span->month)
                       : lf_arena_printf(r->t->a, "%04d", span->year);
}

lf_view statistic_label(const struct rq *r, const struct lf_statistic_row *row)
{
    static const enum lf_text sectors[] = { LF_T_STATISTIC_UNKNOWN,   LF_T_UNIT_DEFENCE,
                                            LF_T_UNIT_ADMINISTRATION, LF_T_UNIT_ACADEMIA,
                                            LF_T_UNIT_ENTERPRISE_1,   LF_T_UNIT_ENTERPRISE_2,
                                            LF_T_UNIT_ENTERPRISE_3,   LF_T_UNIT_ENTERPRISE_4 };

    switch (row->axis) {
    case LF_AXIS_MONTH:
        return month_text(r, row->number / 100, row->number % 100);
    case LF_AXIS_SECTOR:
        return text(r, sectors[row->number]);
    case LF_AXIS_LEVEL:
        return row->number ? fill1(r, LF_T_LEVEL_N, "n", number(r, row->number))
                           : text(r, LF_T_STATISTIC_UNKNOWN);
    case LF_AXIS_CLASS:
        if (row->zh.len)
            return r->lang == LF_LANG_ZH ? row->zh : row->en;
        return row->name.len ? named(r, row->name) : text(r, LF_T_STATISTIC_UNKNOWN);
    case LF_AXIS_CLOCK:
        return lf_arena_printf(r->t->a, "%.*s %.*s", LF_FMT(row->name),
                               LF_FMT(r->lang == LF_LANG_ZH ? row->zh : row->en));
    default:
        return text(r, LF_T_STATISTIC_ALL);
    }
}

/* A row's key as data has it: "2026-03", "enterprise-1", "2", "web", "C1"; empty: not stated. */
static lf_view key_of(const struct rq *r, const struct lf_statistic_row *row)
{
    switch (row->axis) {
    case LF_AXIS_MONTH:
        return lf_arena_printf(r->t->a, "%04d-%02d", row->number / 100, row->number % 100);
    case LF_AXIS_SECTOR:
        return lf_view_of(lf_unit_attribute_name((enum lf_unit_attribute)row->number));
    case LF_AXIS_LEVEL:
        return row->number ? number(r, row->number) : LF_V("");
    default:
        return row->name;
    }
}

static const struct {
    const char *name, *mean;
} measures[] = { { "cases", NULL },
                 { "reported", "report_mean_s" },
                 { "reviewed", "review_mean_s" },
                 { "controlled", "control_mean_s" },
                 { "late", NULL } };
enum { MEASURES = sizeof measures / sizeof *measures };

/* Whether a row has that number: of a clock only how many are late. */
static bool has(const struct lf_statistic_row *row, size_t m)
{
    return row->axis != LF_AXIS_CLOCK || m == LF_MEASURE_LATE;
}

static void put_row(struct rq *r, struct lf_json_w *w, const struct lf_statistic *s,
                    const struct lf_statistic_row *row)
{
    lf_json_open(w, '{');
    lf_json_put_cstr(w, "by", lf_statistic_axis_name(row->axis));
    lf_json_put_str(w, "key", key_of(r, row));
    for (size_t m = 0; m < MEASURES; m++) {
        int64_t n = has(row, m) ? lf_statistic_number(row, (enum lf_statistic_measure)m) : 0;

        if (has(row, m))
            lf_json_put_int(w, measures[m].name, n);
        if (measures[m].mean && n)
            lf_json_put_int(w, measures[m].mean, row->sum_s[m - LF_MEASURE_REPORT] / n);
    }
    lf_json_begin(w, "lists", '{');
    for (size_t m = 0; m < MEASURES; m++)
        if (has(row, m))
            lf_json_put_str(w, measures[m].name,
                            lf_arena_printf(r->t->a, "/api/v1/incidents?%.*s",
                                            LF_FMT(lf_statistic_query(r->t->a, &s->span, row,
                                                                      (enum lf_statistic_measure)m))));
    lf_json_close(w);
    lf_json_close(w);
}

static void put_span(struct rq *r, struct lf_json_w *w, const struct lf_statistic_span *span)
{
    lf_json_put_str(w, "time", statistic_span_key(r, span));
    lf_json_put_int(w, "year_roc", span->year - 1911);
    put_time(w, "begin", span->begin);
    put_time(w, "end", span->end);
}

static enum lf_code end_csv(struct rq *r, struct lf_buf *b, const char *name,
                            const struct lf_statistic_span *span)
{
    return answer_csv(r, lf_arena_printf(r->t->a, "%s-%.*s", name, LF_FMT(statistic_span_key(r, span))), b);
}

static void begin_csv(struct lf_buf *b)
{
    lf_buf_init(b, LF_STATISTIC_FILE);
    LF_PUT(b, "\xef\xbb\xbf");
}

static enum lf_code csv(struct rq *r, const struct lf_statistic *s)
{
    struct lf_buf b;

    begin_csv(&b);
    lf_csv_put(&b, LF_V("by"), false);
    lf_csv_put(&b, LF_V("key"), false);
    for (size_t m = 0; m < MEASURES; m++) {
        lf_csv_put(&b, lf_view_of(measures[m].name), m + 1 == MEASURES);
        if (measures[m].mean)
            lf_csv_put(&b, lf_view_of(measures[m].mean), false);
    }
    for (size_t i = 0; i < s->n; i++) {
        const struct lf_statistic_row *row = &s->rows[i];

        lf_csv_put(&b, lf_view_of(lf_statistic_axis_name(row->axis)), false);
        lf_csv_put(&b, key_of(r, row), false);
        for (size_t m = 0; m < MEASURES; m++) {
            int64_t n = has(row, m) ? lf_statistic_number(row, (enum lf_statistic_measure)m) : 0;

            lf_csv_put(&b, has(row, m) ? number(r, n) : LF_V(""), m + 1 == MEASURES);
            if (measures[m].mean)
                lf_csv_put(&b, n ? number(r, row->sum_s[m - LF_MEASURE_REPORT] / n) : LF_V(""), false);
        }
    }
    return end_csv(r, &b, "incidents", &s->span);
}

/* What is asked for, and in which form. */
static enum lf_code asked(struct rq *r, struct lf_statistic *s, bool *as_csv)
{
    lf_view format = query(r, "format");
    struct lf_statistic_span span;

    if (format.len && !lf_view_is(format, "csv") && !lf_view_is(format, "json"))
        return lf_err_set(r->e, LF_BAD_INPUT, "format is json or csv");
    *as_csv = lf_view_is(format, "csv");
    LF_TRY(statistic_time(r, &span));
    return lf_statistic_read(r->t, &span, s, r->e);
}

enum lf_code api_statistics(struct rq *r)
{
    struct lf_statistic s;
    struct out o;
    bool as_csv;

    LF_TRY(asked(r, &s, &as_csv));
    if (as_csv)
        return csv(r, &s);
    begin(&o);
    put_span(r, &o.w, &s.span);
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < s.n; i++)
        put_row(r, &o.w, &s, &s.rows[i]);
    lf_json_close(&o.w);
    return end(r, &o, 200);
}

/* ---- to be published ---- */

static const char rule_zh[] =
    "少於 5 件的數字不公布；為使其無法由總數推算，並隱去同表中次小者，至少兩格且合計 5 件以上。演練不計。";
static const char rule_en[] = "Numbers below 5 are withheld, and with them the next smallest of the same "
                              "table, at least two cells of at least 5 "
                              "together, so that no total tells them. Exercises are not counted.";

/* Of each row whether its number of cases is withheld; clocks are not published. */
static bool *withheld(struct rq *r, const struct lf_statistic *s)
{
    bool *hidden = LF_NEW(r->t->a, bool, s->n + 1);
    int64_t *cells = LF_NEW(r->t->a, int64_t, s->n + 1);

    for (size_t i = 0; i < s->n; i++)
        cells[i] = s->rows[i].cases;
    for (size_t from = 0, to; from < s->n; from = to) {
        for (to = from; to < s->n && s->rows[to].axis == s->rows[from].axis; to++)
            ;
        lf_statistic_withhold(cells + from, to - from, hidden + from);
    }
    return hidden;
}

enum lf_code api_statistics_open(struct rq *r)
{
    struct lf_statistic s;
    struct lf_buf b;
    struct out o;
    bool as_csv, *hidden;

    LF_TRY(asked(r, &s, &as_csv));
    hidden = withheld(r, &s);
    if (as_csv) {
        begin_csv(&b);
        lf_csv_put(&b, LF_V("by"), false);
        lf_csv_put(&b, LF_V("key"), false);
        lf_csv_put(&b, LF_V("cases"), true);
        for (size_t i = 0; i < s.n && s.rows[i].axis != LF_AXIS_CLOCK; i++) {
            lf_csv_put(&b, lf_view_of(lf_statistic_axis_name(s.rows[i].axis)), false);
            lf_csv_put(&b, key_of(r, &s.rows[i]), false);
            lf_csv_put(&b, hidden[i] ? LF_V("*") : number(r, s.rows[i].cases), true);
        }
        return end_csv(r, &b, "open-data", &s.span);
    }
    begin(&o);
    put_span(r, &o.w, &s.span);
    lf_json_put_cstr(&o.w, "rule_zh", rule_zh);
    lf_json_put_cstr(&o.w, "rule_en", rule_en);
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < s.n && s.rows[i].axis != LF_AXIS_CLOCK; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_cstr(&o.w, "by", lf_statistic_axis_name(s.rows[i].axis));
        lf_json_put_str(&o.w, "key", key_of(r, &s.rows[i]));
        if (hidden[i])
            lf_json_put_null(&o.w, "cases");
        else
            lf_json_put_int(&o.w, "cases", s.rows[i].cases);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    return end(r, &o, 200);
}
