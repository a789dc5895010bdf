#include "engine/time_part.h"

/* n digits at `at`, or -1. */
static int number(lf_view t, size_t at, size_t n)
{
    int v = 0;

    if (t.len < at + n)
        return -1;
    for (size_t i = at; i < at + n; i++) {
        if (t.ptr[i] < '0' || t.ptr[i] > '9')
            return -1;
        v = v * 10 + (t.ptr[i] - '0');
    }
    return v;
}

static bool leap(int y)
{
    return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
}

/* Weekday of January 1st, Monday = 0 (Gauss). */
static int first_weekday(int y)
{
    int k = y - 1;

    return (k + k / 4 - k / 100 + k / 400) % 7;
}

static int weeks_of(int y)
{
    int w = first_weekday(y);

    return w == 3 || (w == 2 && leap(y)) ? 53 : 52;
}

static int iso_week(int y, int m, int d)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int day = d, weekday, week;

    if (y < 1 || m < 1 || m > 12 || d < 1 || d > days[m - 1] + (m == 2 && leap(y)))
        return -1;
    for (int i = 1; i < m; i++)
        day += days[i - 1] + (i == 2 && leap(y));
    weekday = (first_weekday(y) + day - 1) % 7;
    week = (day - 1 - weekday + 10) / 7; /* the week of its Thursday */
    if (week < 1)
        return y > 1 ? weeks_of(y - 1) : 52; /* a year 0 would have had 52 */
    return week > weeks_of(y) ? 1 : week;
}

int lf_time_part(lf_view t, enum lf_time_part part)
{
    int year = number(t, 0, 4), month = number(t, 5, 2), day = number(t, 8, 2), hour = -1, minute = -1;

    if (year < 0 || month < 0 || day < 0 || t.ptr[4] != '-' || t.ptr[7] != '-')
        return -1;
    if (t.len > 10) {
        hour = number(t, 11, 2);
        minute = number(t, 14, 2);
        if ((t.ptr[10] != 'T' && t.ptr[10] != ' ') || hour < 0 || minute < 0 || t.ptr[13] != ':')
            return -1;
    }
    switch (part) {
    case LF_PART_MINUTE:
        return minute;
    case LF_PART_HOUR:
        return hour;
    case LF_PART_DAY:
        return day;
    case LF_PART_WEEK:
        return iso_week(year, month, day);
    case LF_PART_MONTH:
        return month;
    case LF_PART_YEAR:
        return year;
    }
    return -1;
}
