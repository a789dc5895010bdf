#include "base/time.h"

#include <stdio.h>

/* Days since 1970-01-01 of a civil date and back: Howard Hinnant's algorithms
 * ("chrono-Compatible Low-Level Date Algorithms"), restricted to years >= 1970. */
static int64_t days_of(int y, int m, int d)
{
    int64_t yy = m <= 2 ? y - 1 : y;
    int64_t era = yy / 400;
    int64_t yoe = yy - era * 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

    return era * 146097 + doe - 719468;
}

struct lf_civil lf_civil_of(lf_time t)
{
    int64_t day = t / LF_DAY;
    int64_t rest = t % LF_DAY;
    struct lf_civil c;
    int64_t z, era, doe, yoe, doy, mp;

    if (rest < 0) {
        rest += LF_DAY;
        day--;
    }
    z = day + 719468;
    era = (z >= 0 ? z : z - 146096) / 146097;
    doe = z - era * 146097;
    yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    mp = (5 * doy + 2) / 153;
    c.day = (int)(doy - (153 * mp + 2) / 5 + 1);
    c.month = (int)(mp < 10 ? mp + 3 : mp - 9);
    c.year = (int)(yoe + era * 400 + (c.month <= 2));
    c.hour = (int)(rest / LF_HOUR);
    c.minute = (int)(rest / LF_MINUTE % 60);
    c.second = (int)(rest / LF_SECOND % 60);
    c.micro = (int)(rest % LF_SECOND);
    c.weekday = (int)(((day + 4) % 7 + 7) % 7);
    return c;
}

lf_time lf_time_of(const struct lf_civil *c)
{
    return days_of(c->year, c->month, c->day) * LF_DAY + c->hour * LF_HOUR + c->minute * LF_MINUTE +
           c->second * LF_SECOND + c->micro;
}

static int month_days(int y, int m)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

    return m == 2 && leap ? 29 : days[m - 1];
}

bool lf_civil_ok(const struct lf_civil *c)
{
    return c->year >= 1970 && c->year <= 2199 && c->month >= 1 && c->month <= 12 && c->day >= 1 &&
           c->day <= month_days(c->year, c->month) && c->hour >= 0 && c->hour <= 23 && c->minute >= 0 &&
           c->minute <= 59 && c->second >= 0 && c->second <= 59 && c->micro >= 0 && c->micro <= 999999;
}

/* Exactly n digits at `at`, or -1. */
static int digits(lf_view v, size_t at, size_t n)
{
    int out = 0;

    if (v.len < at + n)
        return -1;
    for (size_t i = at; i < at + n; i++) {
        if (v.ptr[i] < '0' || v.ptr[i] > '9')
            return -1;
        out = out * 10 + (v.ptr[i] - '0');
    }
    return out;
}

enum lf_code lf_time_parse(lf_view v, lf_time *out, struct lf_err *e)
{
    struct lf_civil c = {
        .year = digits(v, 0, 4),
        .month = digits(v, 5, 2),
        .day = digits(v, 8, 2),
        .hour = digits(v, 11, 2),
        .minute = digits(v, 14, 2),
        .second = digits(v, 17, 2),
    };
    size_t at = 19;
    lf_time shift = 0;

    if (v.len < 20 || c.year < 0 || c.month < 0 || c.day < 0 || c.hour < 0 || c.minute < 0 || c.second < 0 ||
        v.ptr[4] != '-' || v.ptr[7] != '-' || (v.ptr[10] | 0x20) != 't' || v.ptr[13] != ':' ||
        v.ptr[16] != ':')
        return lf_err_set(e, LF_BAD_INPUT, "time \"%.*s\": write it as 2026-11-21T02:48:16Z (RFC 3339)",
                          LF_FMT(v));
    if (!lf_civil_ok(&c))
        return lf_err_set(e, LF_BAD_INPUT, "time \"%.*s\": there is no such moment", LF_FMT(v));

    if (v.ptr[at] == '.') {
        int scale = 100000;
        size_t from = ++at;

        for (; at < v.len && v.ptr[at] >= '0' && v.ptr[at] <= '9'; at++, scale /= 10)
            c.micro += (v.ptr[at] - '0') * scale;
        if (at == from || at - from > 9)
            return lf_err_set(e, LF_BAD_INPUT, "time \"%.*s\": a fraction has 1 to 9 digits", LF_FMT(v));
    }
    if (at + 1 == v.len && (v.ptr[at] | 0x20) == 'z') {
        shift = 0;
    } else if (at + 6 == v.len && (v.ptr[at] == '+' || v.ptr[at] == '-') && v.ptr[at + 3] == ':' &&
               digits(v, at + 1, 2) >= 0 && digits(v, at + 1, 2) <= 23 && digits(v, at + 4, 2) >= 0 &&
               digits(v, at + 4, 2) <= 59) {
        shift = digits(v, at + 1, 2) * LF_HOUR + digits(v, at + 4, 2) * LF_MINUTE;
        if (v.ptr[at] == '-')
            shift = -shift;
    } else {
        return lf_err_set(e, LF_BAD_INPUT, "time \"%.*s\": ends with Z or an offset like +08:00", LF_FMT(v));
    }
    *out = lf_time_of(&c) - shift;
    return LF_OK;
}

static char *put_digits(char *p, int n, int width)
{
    for (int i = width; i > 0; n /= 10)
        p[--i] = (char)('0' + n % 10);
    return p + width;
}

static lf_view text_of(lf_time t, char out[LF_TIME_TEXT], int fraction)
{
    struct lf_civil c = lf_civil_of(t < 0 ? 0 : t > LF_TIME_MAX ? LF_TIME_MAX : t);
    char *p = out;

    /* Each event has some: printf took a tenth of the time an event takes. */
    p = put_digits(p, c.year, 4);
    *p++ = '-';
    p = put_digits(p, c.month, 2);
    *p++ = '-';
    p = put_digits(p, c.day, 2);
    *p++ = 'T';
    p = put_digits(p, c.hour, 2);
    *p++ = ':';
    p = put_digits(p, c.minute, 2);
    *p++ = ':';
    p = put_digits(p, c.second, 2);
    if (fraction)
        *p++ = '.';
    if (fraction == 6)
        p = put_digits(p, c.micro, 6);
    if (fraction == 3)
        p = put_digits(p, c.micro / 1000, 3);
    *p++ = 'Z';
    *p = '\0';
    return (lf_view){ out, (size_t)(p - out) };
}

lf_view lf_time_micro(lf_time t, char out[LF_TIME_TEXT])
{
    return text_of(t, out, 6);
}

lf_view lf_time_milli(lf_time t, char out[LF_TIME_TEXT])
{
    return text_of(t, out, 3);
}

lf_view lf_time_whole(lf_time t, char out[LF_TIME_TEXT])
{
    return text_of(t, out, 0);
}

lf_view lf_time_mail(lf_time t, char out[LF_TIME_TEXT])
{
    static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct lf_civil c = lf_civil_of(t);
    char *p = out;

    memcpy(p, days + (size_t)c.weekday * 3, 3);
    memcpy(p + 3, ", ", 2);
    p = put_digits(p + 5, c.day, 2);
    *p++ = ' ';
    memcpy(p, months + (size_t)(c.month - 1) * 3, 3);
    p[3] = ' ';
    p = put_digits(p + 4, c.year, 4);
    *p++ = ' ';
    p = put_digits(p, c.hour, 2);
    *p++ = ':';
    p = put_digits(p, c.minute, 2);
    *p++ = ':';
    p = put_digits(p, c.second, 2);
    memcpy(p, " +0000", 7);
    return (lf_view){ out, (size_t)(p - out) + 6 };
}
