/* Months in the zones that rule sets may name. */
#include "engine/clock_priv.h"

/* Days since 1970 of the n-th (from 0; -1 the last) Sunday of a month. */
static int64_t sunday(int year, int month, int nth)
{
    struct lf_civil c = { .year = year, .month = month, .day = 1 };
    int64_t first = lf_time_of(&c) / LF_DAY, day;

    day = first + (7 - lf_civil_of(first * LF_DAY).weekday) % 7;
    if (nth >= 0)
        return day + 7 * nth;
    for (;;) {
        if (lf_civil_of((day + 7) * LF_DAY).month != month)
            return day;
        day += 7;
    }
}

bool lf_clock_zone(lf_view tz, int64_t t, int64_t *standard, int64_t *now)
{
    int year = lf_civil_of(t * LF_SECOND).year;
    int64_t from = 0, to = 0;

    if (lf_view_is(tz, "Asia/Taipei"))
        *standard = 8 * 3600;
    else if (lf_view_is(tz, "UTC"))
        *standard = 0;
    else if (lf_view_is(tz, "Europe/Brussels")) {
        *standard = 3600;
        from = sunday(year, 3, -1) * 86400 + 3600, to = sunday(year, 10, -1) * 86400 + 3600;
    } else if (lf_view_is(tz, "America/New_York")) {
        *standard = -5 * 3600;
        from = sunday(year, 3, 1) * 86400 + 7 * 3600, to = sunday(year, 11, 0) * 86400 + 6 * 3600;
    } else {
        return false;
    }
    *now = *standard + (t >= from && t < to ? 3600 : 0);
    return true;
}

bool lf_clock_zone_known(lf_view tz)
{
    int64_t standard, now;

    return lf_clock_zone(tz, 0, &standard, &now);
}

int64_t lf_clock_wall(lf_view tz, int64_t wall)
{
    int64_t standard = 0, now = 0, summer;

    (void)lf_clock_zone(tz, wall, &standard, &now);
    summer = wall - standard - 3600;
    (void)lf_clock_zone(tz, summer, &standard, &now);
    return now == standard + 3600 ? summer : wall - standard;
}

int64_t lf_clock_add_months(lf_view tz, int64_t t, int64_t months)
{
    int64_t standard = 0, off = 0;
    struct lf_civil c;
    int64_t m;

    (void)lf_clock_zone(tz, t, &standard, &off);
    c = lf_civil_of((t + off) * LF_SECOND);
    m = c.year * 12 + c.month - 1 + months;
    c.year = (int)(m / 12), c.month = (int)(m % 12) + 1;
    for (;; c.day--) { /* clamp to the last of the month */
        struct lf_civil first = { .year = c.year, .month = c.month, .day = 1 };

        if (lf_civil_of(lf_time_of(&first) + (c.day - 1) * LF_DAY).month == c.month)
            break;
    }
    return lf_clock_wall(tz, lf_time_of(&c) / LF_SECOND);
}
