#include "cert/statistic.h"

#include "cert/incident_priv.h"
#include "cert/unit.h"
#include "fmt/uri.h"
#include "ident/node.h"
#include "soc/device.h"
#include "store/query_statistic.h"

enum { CELLS = 20000, ROWS = 2000, CLOCKS = 100, NEVER = -1 };

/* ---- the time ---- */

static struct lf_statistic_span year_of(int year)
{
    struct lf_civil from = { .year = year, .month = 1, .day = 1 },
                    to = { .year = year + 1, .month = 1, .day = 1 };

    return (struct lf_statistic_span){ .year = year,
                                       .begin = lf_time_of(&from) - LF_TAIPEI,
                                       .end = lf_time_of(&to) - LF_TAIPEI };
}

struct lf_statistic_span lf_statistic_span_of(lf_time at)
{
    return year_of(lf_civil_of(at + LF_TAIPEI).year);
}

enum lf_code lf_statistic_span_parse(lf_view text, struct lf_statistic_span *out, struct lf_err *e)
{
    lf_view in = lf_view_trim(text);
    struct lf_device_month m;
    int64_t year;

    if (lf_view_starts(in, LF_V("民國")))
        in = lf_view_from(in, LF_V("民國").len);
    if (lf_view_ends(in, LF_V("年")))
        in.len -= LF_V("年").len;
    in = lf_view_trim(in);
    if (in.len <= 4 && lf_view_i64(in, &year)) {
        year += year < 1000 ? 1911 : 0;
        if (year < 1990 || year > 2199)
            return lf_err_set(e, LF_BAD_INPUT,
                              "a year from 1990 to 2199, or of the Republic from 79, is wanted");
        *out = year_of((int)year);
        return LF_OK;
    }
    if (lf_device_month_parse(text, &m, NULL) != LF_OK)
        return lf_err_set(e, LF_BAD_INPUT,
                          "\"%.*s\" is no year (115, 2026) and no month (115-11, 2026-11); say one of them",
                          LF_FMT(lf_view_first(text, 40)));
    *out = (struct lf_statistic_span){ .year = m.year, .month = m.month, .begin = m.begin, .end = m.end };
    return LF_OK;
}

/* ---- what is counted of one incident ---- */

struct fact {
    int64_t month, sector, report_s, review_s, control_s;
    lf_time late_from;
};

static int64_t seconds(lf_time from, lf_time to)
{
    return !from || !to ? NEVER : to > from ? (to - from) / LF_SECOND : 0;
}

static void times_of(struct fact *f, const struct lf_incident_state *s,
                     const struct lf_incident_event *const *order)
{
    lf_time reviewed = 0, controlled = 0;

    for (size_t i = 0; i < s->nevents; i++) {
        const struct lf_incident_event *ev = order[i];

        if (s->outcomes[i] != LF_OUTCOME_APPLIED && s->outcomes[i] != LF_OUTCOME_OUTRANKED)
            continue;
        if (!reviewed && lf_view_is(ev->kind, "reviewed"))
            reviewed = ev->recorded;
        if (!controlled && (lf_view_is(ev->kind, "controlled") || lf_view_is(ev->kind, "recovered")))
            controlled = ev->occurred;
    }
    f->report_s = seconds(s->aware_at, s->reported_at);
    f->review_s = seconds(s->reported_at, reviewed);
    f->control_s = seconds(s->aware_at, controlled);
}

static lf_time late_from(const struct lf_clock_result *judged)
{
    lf_time from = LF_TIME_MAX;

    for (size_t i = 0; judged && i < lf_clock_rows(judged); i++) {
        struct lf_clock_row c = lf_clock_row(judged, i);

        if (c.due && c.stopped && c.late_s)
            return 0;
        if (c.due && !c.stopped && c.due < from)
            from = c.due;
    }
    return from;
}

/* Of the organisation as the contact network has it; 0: not known. */
static enum lf_code sector_of(struct lf_task *t, lf_view peer, lf_view tenant, int64_t *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    enum lf_code rc =
        lf_db_int(t->db, &node, &lf_q_statistic_sector, LF_ARGS(text_arg(peer), text_arg(tenant)), out, e);

    if (rc == LF_NOT_FOUND)
        *out = 0;
    return rc == LF_NOT_FOUND ? LF_OK : rc;
}

enum lf_code lf_statistic_settle(struct lf_task *t, const struct lf_incident *row,
                                 const struct lf_incident_state *s,
                                 const struct lf_incident_event *const *order,
                                 const struct lf_clock_result *judged, struct lf_err *e)
{
    struct lf_civil c = lf_civil_of(s->aware_at + LF_TAIPEI);
    struct fact f = { .month = c.year * 100 + c.month, .late_from = late_from(judged) };
    int64_t same;

    LF_TRY(sector_of(t, row->peer, t->scope.org, &f.sector, e));
    times_of(&f, s, order);
    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_statistic_same,
                     LF_ARGS(LF_TEXT(row->id), LF_INT(s->exercise), LF_INT(s->aware_at), text_arg(row->peer),
                             LF_INT(f.sector), LF_INT(s->level), text_arg(s->category), LF_INT(f.report_s),
                             LF_INT(f.review_s), LF_INT(f.control_s), LF_INT(f.late_from)),
                     &same, e));
    if (same)
        return LF_OK;
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_statistic_forget, LF_ARGS(LF_TEXT(row->id)), e));
    return lf_db_exec(t->db, &t->scope, &lf_q_statistic_put,
                      LF_ARGS(LF_INT(s->exercise), LF_INT(s->aware_at), LF_TEXT(row->id), LF_INT(f.month),
                              text_arg(row->peer), LF_INT(f.sector), LF_INT(s->level), text_arg(s->category),
                              LF_INT(f.report_s), LF_INT(f.review_s), LF_INT(f.control_s),
                              LF_INT(f.late_from)),
                      e);
}

enum lf_code lf_statistic_sector(struct lf_task *t, lf_view peer, lf_view tenant, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    int64_t sector;

    if (peer.len) {
        LF_TRY(sector_of(t, peer, LF_V(""), &sector, e));
        LF_TRY(lf_db_exec(t->db, &node, &lf_q_statistic_sector_of_peer,
                          LF_ARGS(LF_INT(sector), LF_TEXT(peer)), e));
    }
    if (tenant.len) {
        LF_TRY(sector_of(t, LF_V(""), tenant, &sector, e));
        LF_TRY(lf_db_exec(t->db, &node, &lf_q_statistic_sector_of_tenant,
                          LF_ARGS(LF_INT(sector), LF_TEXT(tenant)), e));
    }
    return LF_OK;
}

/* ---- counting ---- */

const char *lf_statistic_axis_name(enum lf_statistic_axis axis)
{
    static const char *const names[LF_AXES] = { "all", "month", "sector", "level", "class", "clock" };

    return names[axis];
}

struct counting {
    struct lf_task *t;
    struct lf_statistic_row *rows;
    size_t n, cells, clocks;
};

static struct lf_statistic_row *row_for(struct counting *x, enum lf_statistic_axis axis, int number,
                                        lf_view name)
{
    struct lf_statistic_row *r;

    for (size_t i = 0; i < x->n; i++) {
        r = &x->rows[i];
        if (r->axis == axis && r->number == number && lf_view_eq(r->name, name))
            return r;
    }
    if (x->n == ROWS)
        return NULL;
    r = &x->rows[x->n++];
    *r = (struct lf_statistic_row){ .axis = axis, .number = number, .name = lf_arena_copy(x->t->a, name) };
    return r;
}

static enum lf_code too_many(struct lf_err *e)
{
    return lf_err_set(e, LF_TOO_BIG,
                      "there are too many different classes or clocks to show together; ask for a month");
}

static enum lf_code take_cell(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct counting *x = ctx;
    struct lf_statistic_row *to[] = { row_for(x, LF_AXIS_ALL, 0, LF_V("")),
                                      row_for(x, LF_AXIS_MONTH, (int)lf_row_int(r, 0), LF_V("")),
                                      row_for(x, LF_AXIS_SECTOR, (int)lf_row_int(r, 1), LF_V("")),
                                      row_for(x, LF_AXIS_LEVEL, (int)lf_row_int(r, 2), LF_V("")),
                                      row_for(x, LF_AXIS_CLASS, 0, lf_row_text(r, 3)) };

    x->cells++;
    for (size_t i = 0; i < sizeof to / sizeof *to; i++) {
        if (!to[i] || x->cells > CELLS)
            return too_many(e);
        to[i]->cases += lf_row_int(r, 4);
        for (int k = 0; k < 3; k++) {
            to[i]->n[k] += lf_row_int(r, 5 + 2 * k);
            to[i]->sum_s[k] += lf_row_int(r, 6 + 2 * k);
        }
        to[i]->late += lf_row_int(r, 11);
    }
    return LF_OK;
}

static enum lf_code take_clock(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct counting *x = ctx;
    struct lf_statistic_row *row = row_for(x, LF_AXIS_CLOCK, 0, lf_row_text(r, 0));

    if (!row || ++x->clocks > CLOCKS)
        return too_many(e);
    row->zh = lf_arena_copy(x->t->a, lf_row_text(r, 1));
    row->en = lf_arena_copy(x->t->a, lf_row_text(r, 2));
    row->late = lf_row_int(r, 3);
    return LF_OK;
}

static int by_axis(const void *x, const void *y)
{
    const struct lf_statistic_row *a = x, *b = y;

    if (a->axis != b->axis)
        return a->axis < b->axis ? -1 : 1;
    if (a->number != b->number)
        return a->number < b->number ? -1 : 1;
    return lf_view_cmp(a->name, b->name);
}

enum lf_code lf_statistic_read(struct lf_task *t, const struct lf_statistic_span *span,
                               struct lf_statistic *out, struct lf_err *e)
{
    struct counting x = { .t = t, .rows = LF_NEW(t->a, struct lf_statistic_row, ROWS) };
    lf_time now = lf_now(t->env) / LF_SECOND * LF_SECOND; /* clocks count whole seconds */

    LF_TRY(incident_need_reader(t, e));
    (void)row_for(&x, LF_AXIS_ALL, 0, LF_V(""));
    for (int m = span->month ? span->month : 1; m <= (span->month ? span->month : 12); m++)
        (void)row_for(&x, LF_AXIS_MONTH, span->year * 100 + m, LF_V(""));
    for (int level = 1; level <= 4; level++)
        (void)row_for(&x, LF_AXIS_LEVEL, level, LF_V(""));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_statistic_cube,
                     LF_ARGS(LF_INT(now), LF_INT(span->begin), LF_INT(span->end), LF_INT(CELLS + 1)),
                     take_cell, &x, NULL, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_statistic_late,
                     LF_ARGS(LF_INT(span->begin), LF_INT(span->end), LF_INT(now), LF_INT(CLOCKS + 1)),
                     take_clock, &x, NULL, e));
    qsort(x.rows, x.n, sizeof *x.rows, by_axis);
    *out = (struct lf_statistic){ .span = *span, .n = x.n, .rows = x.rows };
    return LF_OK;
}

int64_t lf_statistic_number(const struct lf_statistic_row *row, enum lf_statistic_measure m)
{
    return m == LF_MEASURE_CASES  ? row->cases
           : m == LF_MEASURE_LATE ? row->late
                                  : row->n[m - LF_MEASURE_REPORT];
}

/* ---- opening the cases of a number ---- */

static void put_days(struct lf_buf *b, lf_time begin, lf_time end)
{
    struct lf_civil from = lf_civil_of(begin + LF_TAIPEI), to = lf_civil_of(end - LF_SECOND + LF_TAIPEI);

    lf_buf_printf(b, "counted=1&from=%04d-%02d-%02d&to=%04d-%02d-%02d", from.year, from.month, from.day,
                  to.year, to.month, to.day);
}

lf_view lf_statistic_query(struct lf_arena *a, const struct lf_statistic_span *span,
                           const struct lf_statistic_row *row, enum lf_statistic_measure m)
{
    static const char *const took[] = { "", "&took=report", "&took=review", "&took=control", "" };
    struct lf_statistic_span whole = *span;
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 1000);
    if (row->axis == LF_AXIS_MONTH && !span->month) {
        char text[16];
        struct lf_err e;

        snprintf(text, sizeof text, "%04d-%02d", row->number / 100, row->number % 100);
        if (lf_statistic_span_parse(lf_view_of(text), &whole, &e) != LF_OK)
            LF_BUG("statistic: month %d", row->number);
    }
    put_days(&b, whole.begin, whole.end);
    if (row->axis == LF_AXIS_SECTOR)
        lf_buf_printf(&b, "&sector=%s",
                      row->number ? lf_unit_attribute_name((enum lf_unit_attribute)row->number) : "-");
    else if (row->axis == LF_AXIS_LEVEL)
        lf_buf_printf(&b, row->number ? "&level=%d" : "&level=-", row->number);
    else if (row->axis == LF_AXIS_CLASS) {
        LF_PUT(&b, "&category=");
        lf_uri_encode(&b, row->name.len ? row->name : LF_V("-"));
    }
    lf_buf_put(&b, lf_view_of(took[m]));
    if (m == LF_MEASURE_LATE) {
        LF_PUT(&b, "&late=");
        lf_uri_encode(&b, row->axis == LF_AXIS_CLOCK ? row->name : LF_V("any"));
    }
    out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

/* ---- what may be published ---- */

void lf_statistic_withhold(const int64_t *cells, size_t n, bool *hidden)
{
    int64_t together = 0;
    size_t count = 0;

    for (size_t i = 0; i < n; i++) {
        hidden[i] = cells[i] > 0 && cells[i] < LF_STATISTIC_LEAST;
        together += hidden[i] ? cells[i] : 0;
        count += hidden[i];
    }
    while (count && (count < 2 || together < LF_STATISTIC_LEAST)) {
        size_t least = n;

        for (size_t i = 0; i < n; i++)
            if (!hidden[i] && cells[i] > 0 && (least == n || cells[i] < cells[least]))
                least = i;
        if (least == n)
            return; /* all of them are withheld: so is the total */
        hidden[least] = true;
        together += cells[least];
        count++;
    }
}
