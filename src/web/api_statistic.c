/* Statistics of incidents as JSON and CSV, for the node's people and to be published. */
#include "cert/unit.h"
#include "fmt/csv.h"
#include "fmt/xlsx.h"
#include "web/api_priv.h"
#include "web/page_priv.h"
#include "web/paper.h"
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

static lf_view week_text(const struct rq *r, int year, int week, lf_time begin)
{
    struct lf_civil c = lf_civil_of(begin + LF_TAIPEI);

    if (r->lang == LF_LANG_EN)
        return lf_arena_printf(r->t->a, "%04d-W%02d (from %04d-%02d-%02d)", year, week, c.year, c.month,
                               c.day);
    return lf_arena_printf(r->t->a, "民國%d年第%d週（%d月%d日起）", year - 1911, week, c.month, c.day);
}

lf_view statistic_days_text(const struct rq *r, const struct lf_statistic_span *span)
{
    struct lf_civil from = lf_civil_of(span->begin + LF_TAIPEI), to = lf_civil_of(span->end - 1 + LF_TAIPEI);

    return lf_arena_printf(
        r->t->a, r->lang == LF_LANG_EN ? "%04d-%02d-%02d to %04d-%02d-%02d" : "%d.%d.%d 至 %d.%d.%d",
        from.year - (r->lang == LF_LANG_EN ? 0 : 1911), from.month, from.day,
        to.year - (r->lang == LF_LANG_EN ? 0 : 1911), to.month, to.day);
}

lf_view statistic_span_text(const struct rq *r, const struct lf_statistic_span *span)
{
    if (span->week)
        return week_text(r, span->year, span->week, span->begin);
    if (span->month)
        return month_text(r, span->year, span->month);
    if (r->lang == LF_LANG_EN)
        return lf_arena_printf(r->t->a, "%04d (ROC %d)", span->year, span->year - 1911);
    return lf_arena_printf(r->t->a, "民國%d年", span->year - 1911);
}

lf_view statistic_label(const struct rq *r, const struct lf_statistic_row *row)
{
    static const enum lf_text sectors[] = { LF_T_STATISTIC_UNKNOWN,   LF_T_UNIT_DEFENCE,
                                            LF_T_UNIT_ADMINISTRATION, LF_T_UNIT_ACADEMIA,
                                            LF_T_UNIT_ENTERPRISE_1,   LF_T_UNIT_ENTERPRISE_2,
                                            LF_T_UNIT_ENTERPRISE_3,   LF_T_UNIT_ENTERPRISE_4 };

    int year, week;

    switch (row->axis) {
    case LF_AXIS_WEEK:
        lf_statistic_week(row->number, &year, &week);
        return week_text(r, year, week, lf_taipei_begin(row->number));
    case LF_AXIS_MONTH:
        return month_text(r, row->number / 100, row->number % 100);
    case LF_AXIS_SECTOR:
        return text(r, sectors[row->number]);
    case LF_AXIS_LEVEL:
        return row->number ? fill1(r, LF_T_LEVEL_N, "n", number(r, row->number))
                           : text(r, LF_T_STATISTIC_UNKNOWN);
    case LF_AXIS_VITAL:
        if (!row->name.len)
            return text(r, LF_T_STATISTIC_NO_VITAL);
        /* fall through */
    case LF_AXIS_CLASS:
    case LF_AXIS_RSIT:
    case LF_AXIS_TYPE:
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

enum { TIMES = 3 };
static const struct {
    const char *name, *times[TIMES]; /* mean, median, nine tenths */
} measures[] = { { "cases", { NULL } },
                 { "reported", { "report_mean_s", "report_median_s", "report_p90_s" } },
                 { "reviewed", { "review_mean_s", "review_median_s", "review_p90_s" } },
                 { "controlled", { "control_mean_s", "control_median_s", "control_p90_s" } },
                 { "late", { NULL } } };
enum { MEASURES = sizeof measures / sizeof *measures };

/* How long it took, if it came to it; a total of another time has a mean alone. */
static bool took(const struct lf_statistic_row *row, size_t m, size_t which, bool other, int64_t *out)
{
    size_t k = m - LF_MEASURE_REPORT;

    if (m < LF_MEASURE_REPORT || m > LF_MEASURE_CONTROL || !row->n[k] || (other && which))
        return false;
    *out = which == 0 ? row->sum_s[k] / row->n[k] : which == 1 ? row->median_s[k] : row->p90_s[k];
    return true;
}

/* Whether a row has that number: of a clock only how many are late. */
static bool has(const struct lf_statistic_row *row, size_t m)
{
    return row->axis != LF_AXIS_CLOCK || m == LF_MEASURE_LATE;
}

static void put_numbers(struct rq *r, struct lf_json_w *w, const struct lf_statistic_span *span,
                        const struct lf_statistic_row *row, bool other)
{
    for (size_t m = 0; m < MEASURES; m++) {
        int64_t s;

        if (has(row, m))
            lf_json_put_int(w, measures[m].name, lf_statistic_number(row, (enum lf_statistic_measure)m));
        for (size_t k = 0; k < TIMES; k++)
            if (took(row, m, k, other, &s))
                lf_json_put_int(w, measures[m].times[k], s);
    }
    lf_json_begin(w, "lists", '{');
    for (size_t m = 0; m < MEASURES; m++)
        if (has(row, m))
            lf_json_put_str(w, measures[m].name,
                            lf_arena_printf(r->t->a, "/api/v1/incidents?%.*s",
                                            LF_FMT(lf_statistic_query(r->t->a, span, row,
                                                                      (enum lf_statistic_measure)m))));
    lf_json_close(w);
}

static void put_row(struct rq *r, struct lf_json_w *w, const struct lf_statistic *s,
                    const struct lf_statistic_row *row)
{
    lf_json_open(w, '{');
    lf_json_put_cstr(w, "by", lf_statistic_axis_name(row->axis));
    lf_json_put_str(w, "key", lf_statistic_row_key(r->t->a, row));
    put_numbers(r, w, &s->span, row, false);
    lf_json_close(w);
}

static void put_span(struct rq *r, struct lf_json_w *w, const struct lf_statistic_span *span)
{
    lf_json_put_str(w, "time", lf_statistic_span_key(r->t->a, span));
    lf_json_put_int(w, "year_roc", span->year - 1911);
    lf_json_put_time(w, "begin", span->begin);
    lf_json_put_time(w, "end", span->end);
}

static void put_others(struct rq *r, struct lf_json_w *w, const struct lf_statistic *s)
{
    lf_json_begin(w, "compared", '[');
    for (size_t i = 0; i < s->nothers; i++) {
        const struct lf_statistic_other *x = &s->others[i];

        lf_json_open(w, '{');
        lf_json_put_cstr(w, "with", x->with == LF_WITH_BEFORE ? "before" : "year-before");
        put_span(r, w, &x->span);
        lf_json_put_bool(w, "part", x->part);
        put_numbers(r, w, &x->span, &x->row, true);
        lf_json_close(w);
    }
    lf_json_close(w);
}

static lf_view file_name(struct rq *r, const char *name, const struct lf_statistic_span *span)
{
    return lf_arena_printf(r->t->a, "%s-%.*s", name, LF_FMT(lf_statistic_span_key(r->t->a, span)));
}

static enum lf_code end_csv(struct rq *r, struct lf_buf *b, const char *name,
                            const struct lf_statistic_span *span)
{
    return answer_csv(r, file_name(r, name, span), b);
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
        for (size_t k = 0; k < TIMES && measures[m].times[k]; k++)
            lf_csv_put(&b, lf_view_of(measures[m].times[k]), false);
    }
    for (size_t i = 0; i < s->n; i++) {
        const struct lf_statistic_row *row = &s->rows[i];

        lf_csv_put(&b, lf_view_of(lf_statistic_axis_name(row->axis)), false);
        lf_csv_put(&b, lf_statistic_row_key(r->t->a, row), false);
        for (size_t m = 0; m < MEASURES; m++) {
            int64_t n = has(row, m) ? lf_statistic_number(row, (enum lf_statistic_measure)m) : 0;

            lf_csv_put(&b, has(row, m) ? number(r, n) : LF_V(""), m + 1 == MEASURES);
            for (size_t k = 0; k < TIMES && measures[m].times[k]; k++)
                lf_csv_put(&b, took(row, m, k, false, &n) ? number(r, n) : LF_V(""), false);
        }
    }
    return end_csv(r, &b, "incidents", &s->span);
}

/* ---- XLSX ---- */

static const enum lf_text heads[MEASURES][1 + TIMES] = {
    { LF_T_STATISTIC_CASES },
    { LF_T_STATISTIC_REPORTED, LF_T_SHEET_REPORT_MEAN, LF_T_SHEET_REPORT_MEDIAN, LF_T_SHEET_REPORT_P90 },
    { LF_T_STATISTIC_REVIEWED, LF_T_SHEET_REVIEW_MEAN, LF_T_SHEET_REVIEW_MEDIAN, LF_T_SHEET_REVIEW_P90 },
    { LF_T_STATISTIC_CONTROLLED, LF_T_SHEET_CONTROL_MEAN, LF_T_SHEET_CONTROL_MEDIAN, LF_T_SHEET_CONTROL_P90 },
    { LF_T_STATISTIC_LATE },
};
enum { COLUMNS = 2 + MEASURES + 3 * TIMES };

static void begin_sheet(struct rq *r, struct lf_xlsx *x, enum lf_text name, enum lf_text first,
                        enum lf_text second)
{
    struct lf_xlsx_column columns[COLUMNS] = { { text(r, first), 20 }, { text(r, second), 32 } };
    size_t n = 2;

    for (size_t m = 0; m < MEASURES; m++) {
        columns[n++] = (struct lf_xlsx_column){ text(r, heads[m][0]), 10 };
        for (size_t k = 0; k < TIMES && measures[m].times[k]; k++)
            columns[n++] = (struct lf_xlsx_column){ text(r, heads[m][1 + k]), 14 };
    }
    lf_xlsx_sheet(x, text(r, name), columns, n);
}

static void put_sheet_row(struct rq *r, struct lf_xlsx *x, lf_view first, lf_view second,
                          const struct lf_statistic_row *row, bool other)
{
    lf_xlsx_text(x, lf_csv_clean(r->t->a, first));
    lf_xlsx_text(x, lf_csv_clean(r->t->a, second));
    for (size_t m = 0; m < MEASURES; m++) {
        int64_t s;

        if (has(row, m))
            lf_xlsx_int(x, lf_statistic_number(row, (enum lf_statistic_measure)m));
        else
            lf_xlsx_none(x);
        for (size_t k = 0; k < TIMES && measures[m].times[k]; k++)
            if (took(row, m, k, other, &s))
                lf_xlsx_span(x, s);
            else
                lf_xlsx_none(x);
    }
    lf_xlsx_row(x);
}

static enum lf_code xlsx(struct rq *r, const struct lf_statistic *s)
{
    struct lf_xlsx *x;
    struct lf_buf b;

    lf_buf_init(&b, LF_STATISTIC_FILE);
    x = lf_xlsx_create(&b, LF_STATISTIC_FILE);
    begin_sheet(r, x, LF_T_STATISTICS, LF_T_SHEET_BY, LF_T_SHEET_KEY);
    for (size_t i = 0; i < s->n; i++)
        put_sheet_row(r, x, text(r, statistic_axis_text(s->rows[i].axis)), statistic_label(r, &s->rows[i]),
                      &s->rows[i], false);
    begin_sheet(r, x, LF_T_STATISTIC_COMPARED, LF_T_STATISTIC_COMPARED, LF_T_SHEET_DAYS);
    put_sheet_row(r, x, statistic_span_text(r, &s->span), statistic_days_text(r, &s->span), &s->rows[0],
                  false);
    for (size_t i = 0; i < s->nothers; i++)
        put_sheet_row(r, x, text(r, statistic_with_text(s, i)), statistic_days_text(r, &s->others[i].span),
                      &s->others[i].row, true);
    return answer_xlsx(r, file_name(r, "incidents", &s->span), x, &b, LF_OK);
}

/* What is asked for, and in which form. */
enum form { AS_JSON, AS_CSV, AS_XLSX };

static enum lf_code asked(struct rq *r, struct lf_statistic *s, enum form *form)
{
    lf_view format = query(r, "format");
    struct lf_statistic_span span;

    if (format.len && !lf_view_is(format, "csv") && !lf_view_is(format, "xlsx") &&
        !lf_view_is(format, "json"))
        return lf_err_set(r->e, LF_BAD_INPUT, "format is json, csv or xlsx");
    *form = lf_view_is(format, "csv") ? AS_CSV : lf_view_is(format, "xlsx") ? AS_XLSX : AS_JSON;
    LF_TRY(statistic_time(r, &span));
    LF_TRY(lf_statistic_read(r->t, &span, s, r->e));
    return *form == AS_XLSX ? statistic_say_classes(r, s) : LF_OK;
}

enum lf_code api_statistics(struct rq *r)
{
    struct lf_statistic s;
    enum form form;
    struct out o;

    if (lf_view_is(query(r, "format"), "pdf"))
        return paper_statistic(r);
    LF_TRY(asked(r, &s, &form));
    if (form == AS_CSV)
        return csv(r, &s);
    if (form == AS_XLSX)
        return xlsx(r, &s);
    begin(&o);
    put_span(r, &o.w, &s.span);
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < s.n; i++)
        put_row(r, &o.w, &s, &s.rows[i]);
    lf_json_close(&o.w);
    put_others(r, &o.w, &s);
    return end(r, &o, 200);
}

/* ---- to be published ---- */

static const char rule_zh[] =
    "少於 5 件的數字不公布；為使其無法由總數推算，並隱去同表中次小者，至少兩格且合計 5 "
    "件以上；細類在其大類內隱去，有體系隱去時一併隱去未影響者。演練不計。";
static const char rule_en[] = "Numbers below 5 are withheld, and with them the next smallest of the same "
                              "table, at least two cells of at least 5 "
                              "together, so that no total tells them; types are withheld within their class, "
                              "and with a vital function the number of those that affect none. Exercises are "
                              "not counted.";

static enum lf_code open_csv(struct rq *r, const struct lf_statistic *s, const bool *hidden)
{
    struct lf_buf b;

    begin_csv(&b);
    lf_csv_put(&b, LF_V("by"), false);
    lf_csv_put(&b, LF_V("key"), false);
    lf_csv_put(&b, LF_V("cases"), true);
    for (size_t i = 0; i < s->n; i++) {
        if (!lf_statistic_open(&s->rows[i]))
            continue;
        lf_csv_put(&b, lf_view_of(lf_statistic_axis_name(s->rows[i].axis)), false);
        lf_csv_put(&b, lf_statistic_row_key(r->t->a, &s->rows[i]), false);
        lf_csv_put(&b, hidden[i] ? LF_V("*") : number(r, s->rows[i].cases), true);
    }
    return end_csv(r, &b, "open-data", &s->span);
}

static enum lf_code open_xlsx(struct rq *r, const struct lf_statistic *s, const bool *hidden)
{
    const struct lf_xlsx_column columns[] = { { text(r, LF_T_SHEET_BY), 20 },
                                              { text(r, LF_T_SHEET_KEY), 32 },
                                              { text(r, LF_T_STATISTIC_CASES), 10 } };
    const struct lf_xlsx_column rule = { text(r, LF_T_SHEET_RULE), 80 };
    struct lf_xlsx *x;
    struct lf_buf b;

    lf_buf_init(&b, LF_STATISTIC_FILE);
    x = lf_xlsx_create(&b, LF_STATISTIC_FILE);
    lf_xlsx_sheet(x, text(r, LF_T_SHEET_OPEN), columns, 3);
    for (size_t i = 0; i < s->n; i++) {
        if (!lf_statistic_open(&s->rows[i]))
            continue;
        lf_xlsx_text(x, text(r, statistic_axis_text(s->rows[i].axis)));
        lf_xlsx_text(x, lf_csv_clean(r->t->a, statistic_label(r, &s->rows[i])));
        if (hidden[i])
            lf_xlsx_text(x, LF_V("*"));
        else
            lf_xlsx_int(x, s->rows[i].cases);
        lf_xlsx_row(x);
    }
    lf_xlsx_sheet(x, text(r, LF_T_SHEET_RULE), &rule, 1);
    lf_xlsx_text(x, statistic_span_text(r, &s->span));
    lf_xlsx_row(x);
    lf_xlsx_text(x, lf_view_of(r->lang == LF_LANG_EN ? rule_en : rule_zh));
    lf_xlsx_row(x);
    return answer_xlsx(r, file_name(r, "open-data", &s->span), x, &b, LF_OK);
}

enum lf_code api_statistics_open(struct rq *r)
{
    struct lf_statistic s;
    enum form form;
    struct out o;
    bool *hidden;

    LF_TRY(asked(r, &s, &form));
    hidden = LF_NEW(r->t->a, bool, s.n + 1);
    lf_statistic_withhold_rows(r->t->a, s.rows, s.n, hidden);
    if (form == AS_CSV)
        return open_csv(r, &s, hidden);
    if (form == AS_XLSX)
        return open_xlsx(r, &s, hidden);
    begin(&o);
    put_span(r, &o.w, &s.span);
    lf_json_put_cstr(&o.w, "rule_zh", rule_zh);
    lf_json_put_cstr(&o.w, "rule_en", rule_en);
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < s.n; i++) {
        if (!lf_statistic_open(&s.rows[i]))
            continue;
        lf_json_open(&o.w, '{');
        lf_json_put_cstr(&o.w, "by", lf_statistic_axis_name(s.rows[i].axis));
        lf_json_put_str(&o.w, "key", lf_statistic_row_key(r->t->a, &s.rows[i]));
        if (hidden[i])
            lf_json_put_null(&o.w, "cases");
        else
            lf_json_put_int(&o.w, "cases", s.rows[i].cases);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    return end(r, &o, 200);
}
