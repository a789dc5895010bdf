/* The times people write on a command line or in a form. */
#include "engine/query.h"

#include <stdio.h>

static bool take_number(lf_view *v, size_t most, int *out)
{
    size_t n = 0;

    *out = 0;
    while (n < v->len && n < most && v->ptr[n] >= '0' && v->ptr[n] <= '9')
        *out = *out * 10 + (v->ptr[n++] - '0');
    *v = lf_view_from(*v, n);
    return n > 0;
}

static bool take_text(lf_view *v, const char *text)
{
    if (!lf_view_starts(*v, lf_view_of(text)))
        return false;
    *v = lf_view_from(*v, strlen(text));
    return true;
}

/* -24h: before now. */
static bool relative(lf_view v, lf_time now, lf_time *out)
{
    static const struct {
        const char *unit;
        lf_time time;
    } units[] = {
        { "s", LF_SECOND }, { "m", LF_MINUTE }, { "h", LF_HOUR }, { "d", LF_DAY }, { "w", 7 * LF_DAY }
    };
    uint64_t n;

    if (v.len < 3 || v.ptr[0] != '-' || !lf_view_u64((lf_view){ v.ptr + 1, v.len - 2 }, &n) || n > 1000000)
        return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (v.ptr[v.len - 1] == units[i].unit[0]) {
            *out = now - (lf_time)n * units[i].time;
            return true;
        }
    return false;
}

/* 2026-11-20, 2026/11/20, 115-11-20, 115.11.20, 民國115年11月20日 */
static bool take_day(lf_view *v, int *year, int *month, int *day)
{
    lf_view from = *v;
    char sep;

    if (take_text(v, "民國")) {
        *v = lf_view_trim(*v);
        if (!take_number(v, 3, year) || !take_text(v, "年") || !take_number(v, 2, month) ||
            !take_text(v, "月") || !take_number(v, 2, day) || !take_text(v, "日"))
            return false;
        *year += 1911;
        return true;
    }
    if (!take_number(v, 4, year) || v->len == 0)
        return false;
    sep = v->ptr[0];
    if (from.len - v->len <= 3)
        *year += 1911; /* of the Republic */
    else if (from.len - v->len != 4)
        return false;
    if (sep != '-' && sep != '/' && sep != '.')
        return false;
    *v = lf_view_from(*v, 1);
    if (!take_number(v, 2, month) || v->len == 0 || v->ptr[0] != sep)
        return false;
    *v = lf_view_from(*v, 1);
    return take_number(v, 2, day);
}

enum lf_code lf_query_time(lf_view text, lf_time now, bool ends, lf_time *out, struct lf_err *e)
{
    lf_view v = lf_view_trim(text);
    int year, month, day, hour = 0, minute = 0, second = 0;
    char iso[64];
    lf_time t;

    if (lf_view_is(v, "now")) {
        *out = now;
        return LF_OK;
    }
    if (relative(v, now, out) || lf_time_parse(v, out, NULL) == LF_OK)
        return LF_OK;
    if (!take_day(&v, &year, &month, &day))
        goto bad;
    v = lf_view_trim(v);
    if (v.len > 0 && v.ptr[0] == 'T')
        v = lf_view_from(v, 1);
    snprintf(iso, sizeof iso, "%04d-%02d-%02dT00:00:00+08:00", year, month, day);
    if (lf_time_parse(lf_view_of(iso), &t, NULL) != LF_OK)
        goto bad;
    if (v.len == 0) {
        *out = ends ? t + LF_DAY : t;
        return LF_OK;
    }
    if (!take_number(&v, 2, &hour) || !take_text(&v, ":") || !take_number(&v, 2, &minute) ||
        (take_text(&v, ":") && !take_number(&v, 2, &second)))
        goto bad;
    /* What is left is a zone, or nothing: then it is Taipei's. */
    v = lf_view_trim(v);
    if (v.len > 6)
        goto bad;
    snprintf(iso, sizeof iso, "%04d-%02d-%02dT%02d:%02d:%02d%.*s", year, month, day, hour, minute, second,
             v.len ? (int)v.len : 6, v.len ? v.ptr : "+08:00");
    if (lf_time_parse(lf_view_of(iso), out, NULL) == LF_OK)
        return LF_OK;
bad:
    return lf_err_set(e, LF_BAD_INPUT,
                      "\"%.*s\" is no time; write 2026-11-20, 115-11-20, 2026-11-20T08:00:00+08:00, now or "
                      "-24h (s, m, h, d, w)",
                      LF_FMT(lf_view_first(text, 60)));
}
