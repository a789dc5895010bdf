/* Counting what statistics ask for: the facts of the time are read once, and everything is reckoned from
 * them. */
#include "base/map.h"
#include "cert/incident_priv.h"
#include "cert/statistic_priv.h"
#include "cert/unit.h"
#include "fmt/uri.h"
#include "model/vital.h"
#include "store/query_statistic.h"

enum {
    FACTS = 1000000, /* incidents of one statistic */
    ROWS = 2000,
    CLOCKS = 100,
    SECTORS = 16,
    LEVELS = 5,
    WEEKS = 54,
    MEASURES = 3,
    NO_ROW = ROWS
};

const char *lf_statistic_axis_name(enum lf_statistic_axis axis)
{
    static const char *const names[LF_AXES] = { "all",   "month", "week", "sector",    "level",
                                                "class", "clock", "rsit", "rsit-type", "vital" };

    return names[axis];
}

struct fact {
    int32_t took_s[MEASURES];     /* -1: it did not come to it */
    uint16_t rows[LF_AXIS_VITAL]; /* of each axis the one it counts in, or NO_ROW; of a clock none */
    uint16_t vital;               /* functions it affects: bits */
};

struct counting {
    struct lf_task *t;
    const struct lf_statistic_span *span; /* NULL: of a set, which has neither months nor weeks */
    lf_time now;
    struct lf_statistic_row *rows;
    size_t n;
    uint16_t all, months[12], weeks[WEEKS], sectors[SECTORS], levels[LEVELS],
        vitals[LF_VITALS + 1 /* none */];
    int64_t monday; /* of the first week */
    lf_time month_ends[11];
    struct lf_map classes, clocks, rsits, types; /* name -> row */
    size_t nclocks;
    struct fact *facts;
    size_t nfacts, room;
    bool was_late; /* the fact that was taken last */
};

static enum lf_code too_many(struct lf_err *e)
{
    return lf_err_set(e, LF_TOO_BIG,
                      "there are too many cases, or different classes or clocks of them, to show together; "
                      "ask for a month or a week");
}

/* NO_ROW: there are too many. */
static uint16_t add_row(struct counting *x, enum lf_statistic_axis axis, int64_t number, lf_view name)
{
    if (x->n == ROWS)
        return NO_ROW;
    x->rows[x->n] = (struct lf_statistic_row){ .axis = axis, .number = (int)number, .name = name };
    return (uint16_t)x->n++;
}

static uint16_t row_named(struct counting *x, struct lf_map *map, enum lf_statistic_axis axis, lf_view name)
{
    uint64_t at;
    lf_view own;

    if (lf_map_get(map, name, &at))
        return (uint16_t)at;
    own = lf_arena_copy(x->t->a, name);
    at = add_row(x, axis, 0, own);
    if (at != NO_ROW)
        lf_map_set(map, own, at);
    return (uint16_t)at;
}

static void begin_times(struct counting *x)
{
    const struct lf_statistic_span *s = x->span;

    for (int m = 0; m < 12; m++)
        x->months[m] = s->week || (s->month && s->month != m + 1)
                           ? NO_ROW
                           : add_row(x, LF_AXIS_MONTH, s->year * 100 + m + 1, LF_V(""));
    for (int m = 1; m < 12; m++) {
        struct lf_civil next = { .year = s->year, .month = m + 1, .day = 1 };

        x->month_ends[m - 1] = lf_time_of(&next) - LF_TAIPEI;
    }
    x->monday = lf_statistic_monday(lf_taipei_day(s->begin));
    for (int w = 0; w < WEEKS; w++) {
        int64_t day = x->monday + (int64_t)7 * w;

        x->weeks[w] = s->week || lf_taipei_begin(day) >= s->end ? NO_ROW
                                                                : add_row(x, LF_AXIS_WEEK, day, LF_V(""));
    }
}

/* Rows that are there with 0 too. */
static void begin_rows(struct counting *x)
{
    x->all = add_row(x, LF_AXIS_ALL, 0, LF_V(""));
    for (int m = 0; m < 12; m++)
        x->months[m] = NO_ROW;
    for (int w = 0; w < WEEKS; w++)
        x->weeks[w] = NO_ROW;
    if (x->span)
        begin_times(x);
    for (int i = 0; i < SECTORS; i++)
        x->sectors[i] = NO_ROW;
    x->levels[0] = NO_ROW;
    for (int level = 1; level < LEVELS; level++)
        x->levels[level] = add_row(x, LF_AXIS_LEVEL, level, LF_V(""));
    for (int i = 0; i <= LF_VITALS; i++)
        x->vitals[i] = NO_ROW;
}

static uint16_t kept_row(struct counting *x, uint16_t *at, enum lf_statistic_axis axis, int64_t number)
{
    if (*at == NO_ROW)
        *at = add_row(x, axis, number, LF_V(""));
    return *at;
}

/* The clocks of one case that were stopped late. */
static bool count_clocks(struct counting *x, lf_view list)
{
    lf_view clock;

    while (statistic_next_clock(&list, &clock)) {
        uint16_t at = row_named(x, &x->clocks, LF_AXIS_CLOCK, clock);

        if (at == NO_ROW)
            return false;
        x->rows[at].late++;
    }
    return true;
}

/* Of the twelve in whose year it lies; a week's rows have no month. */
static uint16_t month_row(const struct counting *x, lf_time at)
{
    int m = 0;

    while (m < 11 && at >= x->month_ends[m])
        m++;
    return x->months[m];
}

static void count_in(struct counting *x, const struct fact *f, uint16_t at, bool late)
{
    struct lf_statistic_row *row = &x->rows[at];

    if (at == NO_ROW)
        return;
    row->cases++;
    row->late += late;
    for (int k = 0; k < MEASURES; k++)
        if (f->took_s[k] >= 0) {
            row->n[k]++;
            row->sum_s[k] += f->took_s[k];
        }
}

/* Whether a case of these functions counts in the row of the `i`th; the last is that of none. */
static bool of_vital(uint16_t vital, int i)
{
    return i == LF_VITALS ? !vital : vital >> i & 1;
}

static void count_vitals(struct counting *x, const struct fact *f, bool late)
{
    for (int i = 0; i <= LF_VITALS; i++) {
        if (!of_vital(f->vital, i))
            continue;
        if (x->vitals[i] == NO_ROW)
            x->vitals[i] = add_row(x, LF_AXIS_VITAL, i, lf_view_of(lf_vital_name((size_t)i)));
        count_in(x, f, x->vitals[i], late);
    }
}

static lf_view rsit_class(lf_view rsit)
{
    lf_view class;

    return lf_view_split(&rsit, ':', &class) ? class : rsit;
}

/* aware_at, sector, level, category, report_s, review_s, control_s, late_from, late_clocks, rsit, vital */
static enum lf_code take_fact(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct counting *x = ctx;
    int64_t week = x->span ? (lf_taipei_day(lf_row_int(r, 0)) - x->monday) / 7 : 0, sector = lf_row_int(r, 1),
            level = lf_row_int(r, 2);
    bool late = lf_row_int(r, 7) < x->now;
    struct fact *f;

    if (x->nfacts == FACTS)
        return too_many(e);
    if (week < 0 || week >= WEEKS || sector < 0 || sector >= SECTORS || level < 0 || level >= LEVELS)
        LF_BUG("statistic: a fact of week %d, sector %d, level %d", (int)week, (int)sector, (int)level);
    x->facts = lf_arena_grow(x->t->a, x->facts, x->nfacts, &x->room, sizeof *x->facts);
    f = &x->facts[x->nfacts++];
    x->was_late = late;
    f->rows[LF_AXIS_ALL] = x->all;
    f->rows[LF_AXIS_MONTH] = month_row(x, lf_row_int(r, 0));
    f->rows[LF_AXIS_WEEK] = x->weeks[week];
    f->rows[LF_AXIS_SECTOR] = kept_row(x, &x->sectors[sector], LF_AXIS_SECTOR, sector);
    f->rows[LF_AXIS_LEVEL] = kept_row(x, &x->levels[level], LF_AXIS_LEVEL, level);
    f->rows[LF_AXIS_CLASS] = row_named(x, &x->classes, LF_AXIS_CLASS, lf_row_text(r, 3));
    f->rows[LF_AXIS_CLOCK] = NO_ROW;
    f->rows[LF_AXIS_RSIT] = row_named(x, &x->rsits, LF_AXIS_RSIT, rsit_class(lf_row_text(r, 9)));
    f->rows[LF_AXIS_TYPE] = row_named(x, &x->types, LF_AXIS_TYPE, lf_row_text(r, 9));
    f->vital = (uint16_t)(lf_row_int(r, 10) & ((1 << LF_VITALS) - 1));
    if (x->n == ROWS)
        return too_many(e);
    for (int k = 0; k < MEASURES; k++) {
        int64_t s = lf_row_int(r, 4 + k);

        f->took_s[k] = s < 0 ? -1 : s > INT32_MAX ? INT32_MAX : (int32_t)s;
    }
    for (int a = 0; a < LF_AXIS_VITAL; a++)
        count_in(x, f, f->rows[a], late);
    count_vitals(x, f, late);
    if (x->n == ROWS)
        return too_many(e);
    return late && !count_clocks(x, lf_row_text(r, 8)) ? too_many(e) : LF_OK;
}

/* ---- the middle and the ninth tenth ---- */

/* The rank from 0 of the value at or below which so many of a hundred lie: nearest rank. */
static size_t rank_of(size_t n, size_t percent)
{
    return (n * percent + 99) / 100 - 1;
}

/* Places of facts in the order of what the measure took: by its digits of 11 bits, the lowest first, which
 * costs the same whatever they are.  Those that are 0 of all are passed over.  The result is in one of the
 * two. */
static uint32_t *in_order(const struct counting *x, int k, uint32_t *order, uint32_t *other, size_t n)
{
    enum { BITS = 11, DIGITS = 1 << BITS };
    uint32_t all = 0;

    for (size_t i = 0; i < n; i++)
        all |= (uint32_t)x->facts[order[i]].took_s[k];
    for (unsigned shift = 0; shift < 32 && all >> shift; shift += BITS) {
        size_t places[DIGITS + 1] = { 0 };
        uint32_t *swap = order;

        for (size_t i = 0; i < n; i++)
            places[((uint32_t)x->facts[order[i]].took_s[k] >> shift & (DIGITS - 1)) + 1]++;
        for (size_t d = 0; d < DIGITS; d++)
            places[d + 1] += places[d];
        for (size_t i = 0; i < n; i++)
            other[places[(uint32_t)x->facts[order[i]].took_s[k] >> shift & (DIGITS - 1)]++] = order[i];
        order = other;
        other = swap;
    }
    return order;
}

struct ranks {
    size_t half, ninety, seen;
};

static void rank_in(struct counting *x, int k, struct ranks *ranks, uint16_t at, int32_t took_s)
{
    struct ranks *r = &ranks[at];

    if (at == NO_ROW)
        return;
    if (r->seen == r->half)
        x->rows[at].median_s[k] = took_s;
    if (r->seen == r->ninety)
        x->rows[at].p90_s[k] = took_s;
    r->seen++;
}

/* Going through all in order, each row meets its middle and its ninth tenth. */
static void put_ranks(struct counting *x, int k, uint32_t *order, uint32_t *other, struct ranks *ranks)
{
    size_t n = 0;

    for (size_t i = 0; i < x->n; i++)
        if (x->rows[i].n[k])
            ranks[i] = (struct ranks){ rank_of((size_t)x->rows[i].n[k], 50),
                                       rank_of((size_t)x->rows[i].n[k], 90), 0 };
    for (size_t i = 0; i < x->nfacts; i++)
        if (x->facts[i].took_s[k] >= 0)
            order[n++] = (uint32_t)i;
    order = in_order(x, k, order, other, n);
    for (size_t i = 0; i < n; i++) {
        const struct fact *f = &x->facts[order[i]];

        for (int a = 0; a < LF_AXIS_VITAL; a++)
            rank_in(x, k, ranks, f->rows[a], f->took_s[k]);
        for (int v = 0; v <= LF_VITALS; v++)
            if (of_vital(f->vital, v))
                rank_in(x, k, ranks, x->vitals[v], f->took_s[k]);
    }
}

/* ---- clocks that ran out and still run ---- */

static enum lf_code take_running(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct counting *x = ctx;
    uint16_t at = row_named(x, &x->clocks, LF_AXIS_CLOCK, lf_row_text(r, 0));

    if (at == NO_ROW || ++x->nclocks > CLOCKS)
        return too_many(e);
    x->rows[at].late += lf_row_int(r, 1);
    return LF_OK;
}

struct naming {
    struct lf_arena *a;
    struct lf_statistic_row *row;
};

static enum lf_code take_name(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct naming *x = ctx;

    (void)e;
    x->row->zh = lf_arena_copy(x->a, lf_row_text(r, 0));
    x->row->en = lf_arena_copy(x->a, lf_row_text(r, 1));
    return LF_OK;
}

static enum lf_code name_clocks(struct counting *x, struct lf_err *e)
{
    for (size_t i = 0; i < x->n; i++)
        if (x->rows[i].axis == LF_AXIS_CLOCK)
            LF_TRY(lf_db_run(x->t->db, &x->t->scope, &lf_q_statistic_clock, LF_ARGS(LF_TEXT(x->rows[i].name)),
                             take_name, &(struct naming){ .a = x->t->a, .row = &x->rows[i] }, NULL, e));
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

static lf_time whole_now(const struct lf_task *t)
{
    return lf_now(t->env) / LF_SECOND * LF_SECOND; /* clocks count whole seconds */
}

/* What is reckoned of facts that were all taken. */
static enum lf_code reckon(struct counting *x, struct lf_err *e)
{
    uint32_t *order = LF_NEW(x->t->a, uint32_t, x->nfacts + 1),
             *other = LF_NEW(x->t->a, uint32_t, x->nfacts + 1);
    struct ranks *ranks = LF_NEW(x->t->a, struct ranks, ROWS + 1); /* and one for what has no row */

    for (int k = 0; k < MEASURES; k++)
        put_ranks(x, k, order, other, ranks);
    return name_clocks(x, e);
}

static enum lf_code count(struct counting *x, struct lf_err *e)
{
    begin_rows(x);
    LF_TRY(lf_db_run(x->t->db, &x->t->scope, &lf_q_statistic_facts,
                     LF_ARGS(LF_INT(x->span->begin), LF_INT(x->span->end), LF_INT(FACTS + 1)), take_fact, x,
                     NULL, e));
    LF_TRY(
        lf_db_run(x->t->db, &x->t->scope, &lf_q_statistic_running,
                  LF_ARGS(LF_INT(x->now), LF_INT(x->span->begin), LF_INT(x->span->end), LF_INT(CLOCKS + 1)),
                  take_running, x, NULL, e));
    return reckon(x, e);
}

static enum lf_code count_set(struct counting *x, const lf_view *ids, size_t n, int sector,
                              struct lf_statistic_each *each, struct lf_err *e)
{
    begin_rows(x);
    for (size_t i = 0; i < n; i++) {
        size_t before = x->nfacts;

        LF_TRY(lf_db_run(x->t->db, &x->t->scope, &lf_q_statistic_fact,
                         LF_ARGS(LF_TEXT(ids[i]), LF_INT(sector - 1)), take_fact, x, NULL, e));
        each[i].counted = x->nfacts > before;
        each[i].late = each[i].counted && x->was_late;
        x->nclocks = 0;
        if (each[i].counted)
            LF_TRY(lf_db_run(x->t->db, &x->t->scope, &lf_q_statistic_running_one,
                             LF_ARGS(LF_TEXT(ids[i]), LF_INT(x->now)), take_running, x, NULL, e));
    }
    return reckon(x, e);
}

/* ---- beside other times ---- */

static enum lf_code take_total(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct lf_statistic_row *row = ctx;

    (void)e;
    row->cases = lf_row_int(r, 0);
    for (int k = 0; k < MEASURES; k++) {
        row->n[k] = lf_row_int(r, 1 + 2 * k);
        row->sum_s[k] = lf_row_int(r, 2 + 2 * k);
    }
    row->late = lf_row_int(r, 7);
    return LF_OK;
}

/* As many days of it as have gone by of the time that is asked for. */
static enum lf_code compare(struct lf_task *t, struct lf_statistic *s, enum lf_statistic_with with,
                            struct lf_statistic_span other, struct lf_err *e)
{
    int64_t today = lf_taipei_day(lf_now(t->env));
    lf_time so_far = lf_taipei_begin(today + 1) - s->span.begin;
    struct lf_statistic_other *x = &s->others[s->nothers++];

    *x = (struct lf_statistic_other){ .with = with, .span = other };
    if (lf_taipei_begin(today) >= s->span.begin && so_far < s->span.end - s->span.begin &&
        other.begin + so_far < other.end) {
        x->span.end = other.begin + so_far;
        x->part = true;
    }
    return lf_db_run(t->db, &t->scope, &lf_q_statistic_total,
                     LF_ARGS(LF_INT(whole_now(t)), LF_INT(x->span.begin), LF_INT(x->span.end)), take_total,
                     &x->row, NULL, e);
}

static struct counting begin_count(struct lf_task *t, const struct lf_statistic_span *span)
{
    struct counting x = {
        .t = t, .span = span, .now = whole_now(t), .rows = LF_NEW(t->a, struct lf_statistic_row, ROWS + 1)
    };

    lf_map_init(&x.classes, (uint64_t)x.now);
    lf_map_init(&x.clocks, (uint64_t)x.now);
    lf_map_init(&x.rsits, (uint64_t)x.now);
    lf_map_init(&x.types, (uint64_t)x.now);
    return x;
}

/* `rc`: how counting went. */
static enum lf_code end_count(struct counting *x, enum lf_code rc)
{
    lf_map_clear(&x->classes);
    lf_map_clear(&x->clocks);
    lf_map_clear(&x->rsits);
    lf_map_clear(&x->types);
    if (rc == LF_OK)
        qsort(x->rows, x->n, sizeof *x->rows, by_axis);
    return rc;
}

enum lf_code lf_statistic_read(struct lf_task *t, const struct lf_statistic_span *span,
                               struct lf_statistic *out, struct lf_err *e)
{
    struct lf_statistic_span other;
    struct lf_statistic s = { .span = *span };
    struct counting x;

    LF_TRY(incident_need_reader(t, e));
    x = begin_count(t, span);
    LF_TRY(end_count(&x, count(&x, e)));
    s.rows = x.rows;
    s.n = x.n;
    if (lf_statistic_span_before(span, &other))
        LF_TRY(compare(t, &s, LF_WITH_BEFORE, other, e));
    if (lf_statistic_span_year_before(span, &other))
        LF_TRY(compare(t, &s, LF_WITH_YEAR_BEFORE, other, e));
    *out = s;
    return LF_OK;
}

enum lf_code lf_statistic_of(struct lf_task *t, const lf_view *ids, size_t n, int sector,
                             struct lf_statistic_each *each, struct lf_statistic *out, struct lf_err *e)
{
    struct counting x;

    LF_TRY(incident_need_reader(t, e));
    x = begin_count(t, NULL);
    LF_TRY(end_count(&x, count_set(&x, ids, n, sector, each, e)));
    *out = (struct lf_statistic){ .n = x.n, .rows = x.rows };
    return LF_OK;
}

int64_t lf_statistic_number(const struct lf_statistic_row *row, enum lf_statistic_measure m)
{
    return m == LF_MEASURE_CASES  ? row->cases
           : m == LF_MEASURE_LATE ? row->late
                                  : row->n[m - LF_MEASURE_REPORT];
}

lf_view lf_statistic_row_key(struct lf_arena *a, const struct lf_statistic_row *row)
{
    int year, week;

    switch (row->axis) {
    case LF_AXIS_WEEK:
        lf_statistic_week(row->number, &year, &week);
        return lf_arena_printf(a, "%04d-W%02d", year, week);
    case LF_AXIS_MONTH:
        return lf_arena_printf(a, "%04d-%02d", row->number / 100, row->number % 100);
    case LF_AXIS_SECTOR:
        return lf_view_of(lf_unit_attribute_name((enum lf_unit_attribute)row->number));
    case LF_AXIS_LEVEL:
        return row->number ? lf_arena_printf(a, "%d", row->number) : LF_V("");
    default:
        return row->name;
    }
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
    if (row->axis == LF_AXIS_WEEK) {
        lf_time monday = lf_taipei_begin(row->number), next = lf_taipei_begin(row->number + 7);

        whole.begin = monday > span->begin ? monday : span->begin;
        whole.end = next < span->end ? next : span->end;
    } else if (row->axis == LF_AXIS_MONTH && !span->month) {
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
    } else if (row->axis == LF_AXIS_RSIT || row->axis == LF_AXIS_TYPE || row->axis == LF_AXIS_VITAL) {
        lf_buf_put(&b, row->axis == LF_AXIS_VITAL ? LF_V("&vital=") : LF_V("&rsit="));
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
