#include "engine/moment.h"

/* A clock that is off by whole quarters of an hour, within what zones differ by, is
 * another zone's. */
lf_time lf_moment_zoneless(lf_time t, lf_time recorded)
{
    lf_time diff = recorded - t, step = 15 * LF_MINUTE, zones;

    if (recorded == 0 || diff > 15 * LF_HOUR || diff < -15 * LF_HOUR)
        return t;
    zones = (diff >= 0 ? diff + step / 2 : diff - step / 2) / step;
    return t + zones * step;
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A number of `least` to `most` digits off the front. */
static bool take_digits(lf_view *in, size_t least, size_t most, int *out)
{
    size_t n = 0;
    int v = 0;

    while (n < in->len && n < most && digit(in->ptr[n]))
        v = v * 10 + (in->ptr[n++] - '0');
    if (n < least)
        return false;
    *in = lf_view_from(*in, n);
    *out = v;
    return true;
}

static bool take_byte(lf_view *in, const char *any)
{
    for (; in->len > 0 && *any; any++)
        if (in->ptr[0] == *any) {
            *in = lf_view_from(*in, 1);
            return true;
        }
    return false;
}

static bool take_month(lf_view *in, int *out)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";

    for (int i = 0; in->len >= 3 && i < 12; i++)
        if (lf_view_eq_nocase((lf_view){ names + i * 3, 3 }, lf_view_first(*in, 3))) {
            *in = lf_view_from(*in, 3);
            *out = i + 1;
            return true;
        }
    return false;
}

static void skip_blanks(lf_view *in)
{
    while (in->len > 0 && in->ptr[0] == ' ')
        *in = lf_view_from(*in, 1);
}

struct moment {
    struct lf_civil at;
    int zone; /* in minutes */
    bool zoned;
};

/* HH:MM:SS[.f] and a zone, to the end of the text. */
static bool clock_and_zone(lf_view in, struct moment *m)
{
    if (!take_digits(&in, 1, 2, &m->at.hour) || !take_byte(&in, ":") ||
        !take_digits(&in, 2, 2, &m->at.minute))
        return false;
    if (take_byte(&in, ":") && !take_digits(&in, 2, 2, &m->at.second))
        return false;
    if (in.len > 1 && (in.ptr[0] == '.' || in.ptr[0] == ',') && digit(in.ptr[1])) {
        int scale = 100000;

        for (in = lf_view_from(in, 1); in.len > 0 && digit(in.ptr[0]); in = lf_view_from(in, 1)) {
            m->at.micro += (in.ptr[0] - '0') * scale;
            scale /= 10;
        }
    }
    skip_blanks(&in);
    if (in.len > 0 && (in.ptr[0] == '+' || in.ptr[0] == '-')) {
        bool minus = in.ptr[0] == '-';
        int h = 0, min = 0;

        in = lf_view_from(in, 1);
        if (!take_digits(&in, 2, 2, &h))
            return false;
        (void)take_byte(&in, ":");
        if (in.len > 0 && !take_digits(&in, 2, 2, &min))
            return false;
        if (h > 15 || min > 59)
            return false;
        m->zone = (h * 60 + min) * (minus ? -1 : 1);
        m->zoned = true;
    } else if (lf_view_eq_nocase(in, LF_V("Z")) || lf_view_eq_nocase(in, LF_V("UTC")) ||
               lf_view_eq_nocase(in, LF_V("GMT"))) {
        m->zoned = true;
        in.len = 0;
    }
    return in.len == 0;
}

static bool of_parts(const struct moment *m, lf_time *out)
{
    if (!lf_civil_ok(&m->at))
        return false;
    *out = lf_time_of(&m->at) - (lf_time)m->zone * LF_MINUTE;
    return true;
}

/* In the last year in which it is at most a week after it was recorded: a log is of what was, and a
 * sender's clock may be ahead. */
static bool of_no_year(struct moment *m, lf_time recorded, lf_time *out)
{
    lf_time at;

    if (recorded <= 0) { /* nothing to go by: their order is right at least */
        m->at.year = 1970;
        return of_parts(m, out);
    }
    m->at.year = lf_civil_of(recorded).year + 1;
    for (int i = 0; i < 3; i++, m->at.year--)
        if (of_parts(m, &at) && at <= recorded + 7 * LF_DAY) {
            *out = at;
            return true;
        }
    return false;
}

/* Seconds, or a thousand, million, thousand million times as many. */
static bool of_number(lf_view in, lf_time *out)
{
    uint64_t whole, part = 0;
    size_t dot = lf_view_find_byte(in, '.');
    lf_view head = lf_view_first(in, dot == SIZE_MAX ? in.len : dot);
    lf_time unit;

    if (head.len < 9 || head.len > 19 || !lf_view_u64(head, &whole))
        return false;
    unit = head.len <= 11 ? LF_SECOND : head.len <= 14 ? LF_MSEC : head.len <= 17 ? 1 : 0;
    if (dot != SIZE_MAX) {
        lf_view f = lf_view_first(lf_view_from(in, dot + 1), 6);
        lf_view rest = lf_view_from(in, dot + 1);

        for (size_t i = 0; i < rest.len; i++)
            if (!digit(rest.ptr[i]))
                return false;
        if (f.len > 0 && !lf_view_u64(f, &part))
            return false;
        for (size_t i = f.len; i < 6; i++)
            part *= 10;
        part = unit == LF_SECOND ? part : unit == LF_MSEC ? part / 1000 : 0;
    }
    if (unit == 0) {
        whole /= 1000;
        unit = 1;
    }
    if (whole > (uint64_t)(LF_TIME_MAX / unit))
        return false;
    *out = (lf_time)whole * unit + (lf_time)part;
    return *out <= LF_TIME_MAX;
}

bool lf_moment_parse(lf_view text, lf_time recorded, lf_time *out)
{
    struct moment m = { 0 };
    lf_view in;
    lf_time t;

    if (text.len < 8 || text.len > 64 || memchr(text.ptr, 0, text.len))
        return false;
    if (lf_time_parse(text, out, NULL) == LF_OK)
        return true;
    if (of_number(text, out))
        return true;
    in = lf_view_trim(text);
    if (in.len > 5 && digit(in.ptr[0]) && (in.ptr[4] == '-' || in.ptr[4] == '/')) {
        if (!take_digits(&in, 4, 4, &m.at.year) || !take_byte(&in, "-/") ||
            !take_digits(&in, 1, 2, &m.at.month) || !take_byte(&in, "-/") ||
            !take_digits(&in, 1, 2, &m.at.day) || !take_byte(&in, "Tt "))
            return false;
        skip_blanks(&in);
    } else if (in.len > 0 && digit(in.ptr[0])) { /* 21/Nov/2026:05:00:00 +0800, 21-Nov-2026 05:00:00 */
        if (!take_digits(&in, 1, 2, &m.at.day) || !take_byte(&in, "-/ ") || !take_month(&in, &m.at.month) ||
            !take_byte(&in, "-/ ") || !take_digits(&in, 4, 4, &m.at.year) || !take_byte(&in, ": "))
            return false;
        skip_blanks(&in);
    } else {
        /* [Mon, ]Nov 21 [2026[,]] 05:00:00[.123][ +0800][ 2026] */
        lf_view tail;
        size_t n;

        if (!take_month(&in, &m.at.month) || !take_byte(&in, " ")) {
            in = lf_view_trim(text);
            if (in.len < 8)
                return false;
            in = lf_view_from(in, 3);
            (void)take_byte(&in, ",");
            skip_blanks(&in);
            if (in.len > 0 && digit(in.ptr[0])) /* Mon, 21 Nov 2026 05:00:00 GMT */
                return lf_moment_parse(in, recorded, out);
            if (!take_month(&in, &m.at.month) || !take_byte(&in, " "))
                return false;
        }
        skip_blanks(&in);
        if (!take_digits(&in, 1, 2, &m.at.day) || !take_byte(&in, ", "))
            return false;
        skip_blanks(&in);
        tail = in;
        if (take_digits(&tail, 4, 4, &m.at.year) && tail.len > 0 &&
            (tail.ptr[0] == ' ' || tail.ptr[0] == ',')) {
            in = lf_view_from(tail, 1);
            skip_blanks(&in);
        } else {
            m.at.year = 0;
        }
        /* ctime's year behind the clock */
        n = in.len;
        if (m.at.year == 0 && n > 5 && in.ptr[n - 5] == ' ') {
            tail = lf_view_from(in, n - 4);
            if (take_digits(&tail, 4, 4, &m.at.year))
                in.len = n - 5;
        }
    }
    if (!clock_and_zone(in, &m))
        return false;
    if (m.at.year == 0 ? !of_no_year(&m, recorded, &t) : !of_parts(&m, &t))
        return false;
    *out = m.zoned ? t : lf_moment_zoneless(t, recorded);
    return true;
}

bool lf_moment_json(const struct lf_json *v, lf_time recorded, lf_time *out)
{
    enum lf_json_kind kind = lf_json_kind(v);

    return (kind == LF_JSON_STRING || kind == LF_JSON_NUMBER) &&
           lf_moment_parse(lf_json_text(v), recorded, out);
}
