#include "cert/statistic.h"
#include "soc/device.h"

enum { FIRST_YEAR = 1990, LAST_YEAR = 2199, THURSDAY = 3 /* days from Monday */ };

static int64_t day_of(int year, int month, int day)
{
    struct lf_civil c = { .year = year, .month = month, .day = day };

    return lf_time_of(&c) / LF_DAY; /* days have no zone */
}

static struct lf_statistic_span days(int64_t from, int64_t to)
{
    return (struct lf_statistic_span){ .begin = lf_taipei_begin(from), .end = lf_taipei_begin(to) };
}

static struct lf_statistic_span year_of(int year)
{
    struct lf_statistic_span s = days(day_of(year, 1, 1), day_of(year + 1, 1, 1));

    s.year = year;
    return s;
}

static struct lf_statistic_span month_of(int year, int month)
{
    bool last = month == 12;
    struct lf_statistic_span s = days(day_of(year, month, 1), day_of(year + last, last ? 1 : month + 1, 1));

    s.year = year;
    s.month = month;
    return s;
}

int64_t lf_statistic_monday(int64_t day)
{
    return day - (day + THURSDAY) % 7; /* 1970-01-01 was a Thursday */
}

void lf_statistic_week(int64_t monday, int *year, int *week)
{
    struct lf_civil c = lf_civil_of((monday + THURSDAY) * LF_DAY);

    *year = c.year; /* that of its Thursday, as ISO 8601 has it */
    *week = (int)((monday + THURSDAY - day_of(c.year, 1, 1)) / 7) + 1;
}

static struct lf_statistic_span week_from(int64_t monday)
{
    struct lf_statistic_span s = days(monday, monday + 7);

    lf_statistic_week(monday, &s.year, &s.week);
    return s;
}

/* False: that year has no such week. */
static bool week_of(int year, int64_t week, struct lf_statistic_span *out)
{
    if (week < 1 || week > 53)
        return false;
    *out = week_from(lf_statistic_monday(day_of(year, 1, 4)) + 7 * (week - 1));
    return out->year == year;
}

struct lf_statistic_span lf_statistic_span_of(lf_time at)
{
    return year_of(lf_civil_of(at + LF_TAIPEI).year);
}

struct lf_statistic_span lf_statistic_span_at(enum lf_period kind, lf_time at)
{
    struct lf_civil c = lf_civil_of(at + LF_TAIPEI);

    return kind == LF_PERIOD_WEEK    ? week_from(lf_statistic_monday(lf_taipei_day(at)))
           : kind == LF_PERIOD_MONTH ? month_of(c.year, c.month)
                                     : year_of(c.year);
}

enum lf_period lf_statistic_span_kind(const struct lf_statistic_span *s)
{
    return s->week ? LF_PERIOD_WEEK : s->month ? LF_PERIOD_MONTH : LF_PERIOD_YEAR;
}

lf_view lf_statistic_span_key(struct lf_arena *a, const struct lf_statistic_span *s)
{
    return s->week    ? lf_arena_printf(a, "%04d-W%02d", s->year, s->week)
           : s->month ? lf_arena_printf(a, "%04d-%02d", s->year, s->month)
                      : lf_arena_printf(a, "%04d", s->year);
}

bool lf_statistic_span_before(const struct lf_statistic_span *s, struct lf_statistic_span *out)
{
    *out = s->week     ? week_from(lf_taipei_day(s->begin) - 7)
           : !s->month ? year_of(s->year - 1)
                       : month_of(s->year - (s->month == 1), s->month == 1 ? 12 : s->month - 1);
    return out->year >= FIRST_YEAR;
}

bool lf_statistic_span_year_before(const struct lf_statistic_span *s, struct lf_statistic_span *out)
{
    if (s->year <= FIRST_YEAR || (!s->month && !s->week))
        return false; /* of a year it is the one before */
    if (s->week)
        return week_of(s->year - 1, s->week, out) || week_of(s->year - 1, s->week - 1, out);
    *out = month_of(s->year - 1, s->month);
    return true;
}

/* "115-W47", "2026-W47", "115年第47週": false when it says no week at all. */
static bool take_week(lf_view in, lf_view *year, lf_view *week)
{
    static const char *const marks[] = { "-W", "-w", "年第" };

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t at = lf_view_find(in, lf_view_of(marks[i]));

        if (at == SIZE_MAX)
            continue;
        *year = lf_view_first(in, at);
        *week = lf_view_from(in, at + lf_view_of(marks[i]).len);
        if (lf_view_ends(*week, LF_V("週")))
            week->len -= LF_V("週").len;
        return true;
    }
    return false;
}

static bool year_said(lf_view text, int64_t *year)
{
    if (text.len > 4 || !lf_view_i64(text, year))
        return false;
    *year += *year < 1000 ? 1911 : 0;
    return true;
}

enum lf_code lf_statistic_span_parse(lf_view text, struct lf_statistic_span *out, struct lf_err *e)
{
    lf_view in = lf_view_trim(text), y, w;
    struct lf_device_month m;
    int64_t year, week = 0;

    if (lf_view_starts(in, LF_V("民國")))
        in = lf_view_from(in, LF_V("民國").len);
    if (lf_view_ends(in, LF_V("年")))
        in.len -= LF_V("年").len;
    in = lf_view_trim(in);
    y = in;
    if (take_week(in, &y, &w) && (w.len > 2 || !lf_view_i64(w, &week) || week < 1))
        return lf_err_set(e, LF_BAD_INPUT, "\"%.*s\": a week is written 115-W47 or 2026-W47, from 1 to 53",
                          LF_FMT(lf_view_first(text, 40)));
    if (year_said(y, &year)) {
        if (year < FIRST_YEAR || year > LAST_YEAR)
            return lf_err_set(e, LF_BAD_INPUT,
                              "a year from 1990 to 2199, or of the Republic from 79, is wanted");
        if (!week)
            *out = year_of((int)year);
        else if (!week_of((int)year, week, out))
            return lf_err_set(e, LF_BAD_INPUT, "%d has no week %d; its last is 52", (int)year, (int)week);
        return LF_OK;
    }
    if (week || lf_device_month_parse(text, &m, NULL) != LF_OK)
        return lf_err_set(e, LF_BAD_INPUT,
                          "\"%.*s\" is no year (115, 2026), no month (115-11, 2026-11) and no week (115-W47, "
                          "2026-W47); say one of them",
                          LF_FMT(lf_view_first(text, 40)));
    *out = month_of(m.year, m.month);
    return LF_OK;
}
