/* Statistic: how many incidents became known in a week, a month or a year, and how soon they were reported,
 * reviewed and brought under control; by month, week, sector, level, class, missed clock, type of the
 * reference taxonomy (RSIT) and vital function; beside the time before.
 *
 * Exercises (演練) are never counted.  What is counted of an incident is a row of its own, written when an
 * event settles; a statistic reads those of its time.  Every number opens its cases: lf_statistic_query() is
 * the query of the list of incidents (lf_incident_filter with `counted`) whose length is the number. */
#ifndef LF_CERT_STATISTIC_H
#define LF_CERT_STATISTIC_H

#include "cert/incident.h"

struct lf_statistic_span {
    int year, month, week; /* Gregorian; month and week 0: the whole year.  A week is that of ISO 8601 */
    lf_time begin, end;    /* of Taipei */
};

/* A year ("2026", of the Republic "115", "民國115年"), a month of one ("115-11", "2026-11",
 * "民國115年11月") or a week ("115-W47", "2026-W47", "民國115年第47週"). */
enum lf_code lf_statistic_span_parse(lf_view text, struct lf_statistic_span *out, struct lf_err *e) LF_MUST;
/* The year in which `at` lies; the week, month or year. */
struct lf_statistic_span lf_statistic_span_of(lf_time at);
enum lf_period { LF_PERIOD_WEEK, LF_PERIOD_MONTH, LF_PERIOD_YEAR, LF_PERIODS }; /* the numbers are kept */
struct lf_statistic_span lf_statistic_span_at(enum lf_period kind, lf_time at);
enum lf_period lf_statistic_span_kind(const struct lf_statistic_span *s);
/* "2026", "2026-03", "2026-W10". */
lf_view lf_statistic_span_key(struct lf_arena *a, const struct lf_statistic_span *s);
/* The week, month or year before it; the same week or month a year before (week 53 of a year that has none:
 * the last).  False: there is none. */
bool lf_statistic_span_before(const struct lf_statistic_span *s, struct lf_statistic_span *out);
bool lf_statistic_span_year_before(const struct lf_statistic_span *s, struct lf_statistic_span *out);
/* Days are those of Taipei from 1970-01-01: the Monday of a day's week, and which week it is. */
int64_t lf_statistic_monday(int64_t day);
void lf_statistic_week(int64_t monday, int *year, int *week);

enum lf_statistic_axis {
    LF_AXIS_ALL,
    LF_AXIS_MONTH,  /* of a year or month */
    LF_AXIS_WEEK,   /* …as far as it lies in it */
    LF_AXIS_SECTOR, /* attribute of the organisation (cert/unit.h) */
    LF_AXIS_LEVEL,  /* 0: none stated */
    LF_AXIS_CLASS,
    LF_AXIS_CLOCK, /* only `late` is counted */
    LF_AXIS_RSIT,  /* class of the reference taxonomy; empty: none known */
    LF_AXIS_TYPE,  /* "class:type" of it */
    LF_AXIS_VITAL, /* vital function: a case counts in each that it affects, or in that of none */
    LF_AXES        /* new ones come last: numbers are kept in findings (cert/analysis.h) */
};
const char *lf_statistic_axis_name(enum lf_statistic_axis axis); /* "all", "month", … */

enum lf_statistic_measure {
    LF_MEASURE_CASES,
    LF_MEASURE_REPORT,
    LF_MEASURE_REVIEW,
    LF_MEASURE_CONTROL,
    LF_MEASURE_LATE
};

struct lf_statistic_row {
    enum lf_statistic_axis axis;
    int number;     /* month (202603), Monday of a week, sector, level */
    lf_view name;   /* class (empty: none given), clock, RSIT, vital function (empty: none) */
    lf_view zh, en; /* of a clock; of the others who shows it may set them */
    int64_t cases, late;
    int64_t n[3],
        sum_s[3]; /* reported after awareness, reviewed after the report, under control after awareness */
    int64_t median_s[3], p90_s[3]; /* of those n: half, nine of ten took no longer (nearest rank) */
};

/* The same of another time, as a total without median_s and p90_s. */
enum lf_statistic_with { LF_WITH_BEFORE, LF_WITH_YEAR_BEFORE };
struct lf_statistic_other {
    enum lf_statistic_with with;
    struct lf_statistic_span span; /* `part`: cut to as many days as have gone by of the time asked for */
    bool part;
    struct lf_statistic_row row;
};

struct lf_statistic {
    struct lf_statistic_span span;
    size_t n;
    struct lf_statistic_row *rows; /* by axis, in each by its key; months and weeks all, with 0 too */
    size_t nothers;
    struct lf_statistic_other others[2];
};

/* For who may read incidents; of his tenant.  LF_TOO_BIG: more than a million cases, or more different
 * classes than can be shown. */
enum lf_code lf_statistic_read(struct lf_task *t, const struct lf_statistic_span *span,
                               struct lf_statistic *out, struct lf_err *e) LF_MUST;
/* The same of these incidents, whenever they became known: without months, weeks and other times.  sector: as
 * in lf_incident_filter.  each[i] says how `ids[i]` counts; no exercise does, nor one of another sector. */
struct lf_statistic_each {
    bool counted, late;
};
enum lf_code lf_statistic_of(struct lf_task *t, const lf_view *ids, size_t n, int sector,
                             struct lf_statistic_each *each, struct lf_statistic *out,
                             struct lf_err *e) LF_MUST;
/* A row's key as data has it: "2026-03", "2026-W10", "enterprise-1", "2", "web", "C1"; empty: not stated. */
lf_view lf_statistic_row_key(struct lf_arena *a, const struct lf_statistic_row *row);
int64_t lf_statistic_number(const struct lf_statistic_row *row, enum lf_statistic_measure m);
/* "counted=1&from=…": what opens the cases of a number. */
lf_view lf_statistic_query(struct lf_arena *a, const struct lf_statistic_span *span,
                           const struct lf_statistic_row *row, enum lf_statistic_measure m);

/* What may be published: cells of fewer than LF_STATISTIC_LEAST cases are withheld (true in `hidden`), and
 * with them the smallest others, until those withheld are at least two and LF_STATISTIC_LEAST cases together,
 * so that no total tells them.  Cells of 0 are shown. */
enum { LF_STATISTIC_LEAST = 5 };
void lf_statistic_withhold(const int64_t *cells, size_t n, bool *hidden);
/* The same for the rows of a statistic.  Types are withheld within their class, all of them where the class
 * is; with a vital function how many affect none.  Not open are weeks, which lie across months, clocks, and
 * classes of the form, which with RSIT would tell of the same cases twice (ADR 65). */
bool lf_statistic_open(const struct lf_statistic_row *row);
void lf_statistic_withhold_rows(struct lf_arena *a, const struct lf_statistic_row *rows, size_t n,
                                bool *hidden);

/* Keeps what is counted of an incident, whose row is as before the events that came.  `judged` NULL: no
 * clock.  rsit: what it is by the reference taxonomy. */
enum lf_code lf_statistic_settle(struct lf_task *t, const struct lf_incident *row,
                                 const struct lf_incident_state *s,
                                 const struct lf_incident_event *const *order,
                                 const struct lf_clock_result *judged, lf_view rsit,
                                 struct lf_err *e) LF_MUST;
/* The contact network says something else of the sector of this peer, or of this tenant. */
enum lf_code lf_statistic_sector(struct lf_task *t, lf_view peer, lf_view tenant, struct lf_err *e) LF_MUST;

#endif
