#include "fmt/syslog.h"

/* Devices in the field send "<034>" and "<192>".  The first only looks odd: the
 * number is right, so we take it.  The second names a facility that does not
 * exist, and guessing would file the event under the wrong severity, so we
 * refuse it and let the caller keep the line as raw text.
 *
 * On failure `in` and `out` are untouched: the caller may try another format. */
enum lf_code lf_syslog_take_pri(lf_view *in, struct lf_syslog_pri *out, struct lf_err *e)
{
    size_t i = 1;
    unsigned n = 0;

    if (in->len < 3 || in->ptr[0] != '<')
        return lf_err_set(e, LF_BAD_INPUT, "syslog: no <PRI> at start of line");

    for (; i < in->len && i <= 3 && in->ptr[i] >= '0' && in->ptr[i] <= '9'; i++)
        n = n * 10 + (unsigned)(in->ptr[i] - '0');

    if (i == 1 || i == in->len || in->ptr[i] != '>')
        return lf_err_set(e, LF_BAD_INPUT, "syslog: <PRI> is not 1-3 digits");
    if (n > 191)
        return lf_err_set(e, LF_BAD_INPUT, "syslog: PRI %u is above 191", n);

    *out = (struct lf_syslog_pri){ .facility = n / 8, .severity = n % 8 };
    *in = (lf_view){ in->ptr + i + 1, in->len - i - 1 };
    return LF_OK;
}

/* The text before the next blank, and the blank, off the front. */
static lf_view word(lf_view *in)
{
    size_t n = 0;
    lf_view w;

    while (n < in->len && in->ptr[n] != ' ')
        n++;
    w = lf_view_first(*in, n);
    *in = lf_view_from(*in, n < in->len ? n + 1 : n);
    return w;
}

static lf_view or_empty(lf_view v)
{
    return lf_view_is(v, "-") ? (lf_view){ "", 0 } : v;
}

/* ---- RFC 5424 ---- */

/* name="value" off the front; the escapes \" \\ \] undone. */
static bool take_param(struct lf_arena *a, lf_view *in, lf_view *name, lf_view *value)
{
    size_t eq = 0, i;
    bool escaped = false;

    while (eq < in->len && in->ptr[eq] != '=' && in->ptr[eq] != ' ' && in->ptr[eq] != ']' &&
           in->ptr[eq] != '"')
        eq++;
    if (eq == 0 || eq + 1 >= in->len || in->ptr[eq] != '=' || in->ptr[eq + 1] != '"')
        return false;
    *name = lf_view_first(*in, eq);
    for (i = eq + 2; i < in->len && in->ptr[i] != '"'; i++)
        if (in->ptr[i] == '\\' && i + 1 < in->len) {
            escaped = true;
            i++;
        }
    if (i >= in->len)
        return false;
    *value = (lf_view){ in->ptr + eq + 2, i - eq - 2 };
    *in = lf_view_from(*in, i + 1);
    if (escaped) {
        char *to = lf_arena_alloc(a, value->len, 1);
        size_t n = 0;
        for (i = 0; i < value->len; i++) {
            char c = value->ptr[i];
            /* A backslash before anything else is an ordinary one (section 6.3.3). */
            if (c == '\\' && i + 1 < value->len &&
                (value->ptr[i + 1] == '"' || value->ptr[i + 1] == '\\' || value->ptr[i + 1] == ']'))
                c = value->ptr[++i];
            to[n++] = c;
        }
        *value = (lf_view){ to, n };
    }
    return true;
}

static bool take_elements(struct lf_arena *a, lf_view *in, struct lf_syslog *s)
{
    while (in->len && in->ptr[0] == '[') {
        size_t n = 1;
        lf_view id;

        while (n < in->len && in->ptr[n] != ' ' && in->ptr[n] != ']' && in->ptr[n] != '=' &&
               in->ptr[n] != '"')
            n++;
        if (n == 1 || n >= in->len || (in->ptr[n] != ' ' && in->ptr[n] != ']'))
            return false;
        id = (lf_view){ in->ptr + 1, n - 1 };
        *in = lf_view_from(*in, n);
        while (in->len && in->ptr[0] == ' ') {
            lf_view name, value;
            *in = lf_view_from(*in, 1);
            if (in->len && in->ptr[0] == ']')
                break; /* a blank before the bracket: seen in the field, harmless */
            if (!take_param(a, in, &name, &value))
                return false;
            if (s->nparams < LF_SYSLOG_PARAMS)
                s->params[s->nparams++] = (struct lf_syslog_param){ id, name, value };
        }
        if (!in->len || in->ptr[0] != ']')
            return false;
        *in = lf_view_from(*in, 1);
    }
    return true;
}

static enum lf_code parse_5424(struct lf_arena *a, lf_view in, struct lf_syslog *s, struct lf_err *e)
{
    lf_view time = word(&in);

    s->version = 1;
    if (!lf_view_is(time, "-")) {
        if (lf_time_parse(time, &s->time, NULL) != LF_OK)
            return lf_err_set(e, LF_BAD_INPUT, "syslog: \"%.*s\" is no time of RFC 5424",
                              LF_FMT(lf_view_first(time, 40)));
        s->has_time = true;
    }
    s->host = or_empty(word(&in));
    s->app = or_empty(word(&in));
    s->pid = or_empty(word(&in));
    s->msgid = or_empty(word(&in));
    if (in.len && in.ptr[0] == '-') {
        in = lf_view_from(in, 1);
    } else if (!in.len || in.ptr[0] != '[' || !take_elements(a, &in, s)) {
        return lf_err_set(e, LF_BAD_INPUT, "syslog: the structured data is not as RFC 5424 has it");
    }
    if (in.len && in.ptr[0] != ' ')
        return lf_err_set(e, LF_BAD_INPUT, "syslog: no blank before the message");
    in = lf_view_from(in, 1);
    if (lf_view_starts(in, LF_V("\xef\xbb\xbf")))
        in = lf_view_from(in, 3);
    s->message = in;
    return LF_OK;
}

/* ---- RFC 3164 ---- */

static bool two(const char *p, int least, int most, int *out)
{
    int tens = p[0] == ' ' ? 0 : p[0] - '0', ones = p[1] - '0';

    if (tens < 0 || tens > 9 || ones < 0 || ones > 9)
        return false;
    *out = tens * 10 + ones;
    return *out >= least && *out <= most;
}

/* How far ahead of ours a sender's clock may be before its date is one of last year. */
enum { AHEAD_DAYS = 7 };

/* The last year in which this day lies no further ahead than that; one that came before the last but one
 * is none that a log of today names. */
static bool last_of(struct lf_civil *c, lf_time now, lf_time *out)
{
    lf_time last = now + AHEAD_DAYS * LF_DAY, t;
    int year;

    if (now <= 0) { /* nothing to go by: their order is right at least; 29 February is 1 March */
        c->year = 1970;
        *out = lf_time_of(c);
        return c->day <= 29 || lf_civil_of(*out).day == c->day;
    }
    /* Nearly always it is this year, and near.  Which one that is need not be exact: a time less than
     * half a year ago is the last there is. */
    c->year = (int)(1970 + now / LF_DAY * 400 / 146097);
    if ((c->day <= 28 || (c->day <= 30 && c->month != 2)) && c->year >= 1970 && c->year <= 2199) {
        t = lf_time_of(c);
        if (t <= last && now - t < 180 * LF_DAY) {
            *out = t;
            return true;
        }
    }
    year = lf_civil_of(now).year;
    for (c->year = year + 1; c->year >= year - 1; c->year--) {
        struct lf_civil back;

        if (c->year < 1970 || c->year > 2199)
            continue;
        t = lf_time_of(c);
        back = lf_civil_of(t);
        if (back.day != c->day || back.month != c->month || t > last)
            continue; /* also 29 February of another year */
        *out = t;
        return true;
    }
    return false;
}

/* The year that Cisco's firewalls write between the day and the hour: " 2026" off the front. */
static int take_year(lf_view *in)
{
    int century, rest;

    if (in->len < 5 || in->ptr[0] != ' ' || in->ptr[1] == ' ' || in->ptr[3] == ' ' ||
        !two(in->ptr + 1, 19, 21, &century) || !two(in->ptr + 3, 0, 99, &rest))
        return 0;
    *in = lf_view_from(*in, 5);
    return century * 100 + rest;
}

/* "Nov 21 02:48:16" at the front, also with a year behind the day ("Nov 21 2026 02:48:16") or parts of a
 * second (".123"). */
static bool take_bsd_time(lf_view *in, lf_time now, lf_time *out)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct lf_civil c = { 0 }, back;
    lf_view rest = *in;
    const char *p = in->ptr;
    lf_time part = 0, unit = 100 * LF_MSEC;
    int year;

    if (in->len < 15 || p[3] != ' ')
        return false;
    for (int m = 0; m < 12; m++)
        if (memcmp(p, months + m * 3, 3) == 0)
            c.month = m + 1;
    if (!c.month || !two(p + 4, 1, 31, &c.day))
        return false;
    rest = lf_view_from(rest, 6);
    year = rest.ptr[3] == ':' ? 0 : take_year(&rest);
    p = rest.ptr;
    if (rest.len < 9 || p[0] != ' ' || p[3] != ':' || p[6] != ':' || !two(p + 1, 0, 23, &c.hour) ||
        !two(p + 4, 0, 59, &c.minute) || !two(p + 7, 0, 59, &c.second))
        return false;
    rest = lf_view_from(rest, 9);
    if (rest.len > 1 && rest.ptr[0] == '.' && rest.ptr[1] >= '0' && rest.ptr[1] <= '9')
        for (rest = lf_view_from(rest, 1); rest.len && rest.ptr[0] >= '0' && rest.ptr[0] <= '9';
             rest = lf_view_from(rest, 1), unit /= 10)
            part += (rest.ptr[0] - '0') * unit;
    if (rest.len && rest.ptr[0] != ' ' && rest.ptr[0] != ':')
        return false;
    if (year) {
        c.year = year;
        *out = lf_time_of(&c);
        back = lf_civil_of(*out);
        if (back.day != c.day || back.month != c.month)
            return false;
    } else if (!last_of(&c, now, out)) {
        return false;
    }
    *out += part;
    *in = lf_view_from(rest, rest.len ? 1 : 0);
    return true;
}

/* Letters, digits and -_./()@ as bits of the two halves of ASCII. */
static bool tag_char(char c)
{
    static const uint64_t in[2] = { 0x03ffe30000000000u, 0x07fffffe87ffffffu };

    return !(c & 0x80) && (in[(unsigned char)c >> 6] >> ((unsigned char)c & 63) & 1);
}

static bool is_number(lf_view v)
{
    size_t n = 0;

    while (n < v.len && v.ptr[n] >= '0' && v.ptr[n] <= '9')
        n++;
    return n == v.len;
}

/* Whether a word looks as an IPv6 address does, whose first part would be taken for a program's name. */
static bool is_ipv6(lf_view w)
{
    size_t colons = 0;

    for (size_t i = 0; i < w.len; i++) {
        char c = w.ptr[i];
        if (c == ':')
            colons++;
        else if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == '.'))
            return false;
    }
    return colons >= 2 && w.len <= 45 && (w.ptr[w.len - 1] != ':' || w.ptr[w.len - 2] == ':');
}

/* "su[12]: " or "kernel: " off the front. */
static bool take_tag(lf_view *in, struct lf_syslog *s)
{
    size_t n = 0, end;
    lf_view pid = { "", 0 };

    while (n < in->len && n < 64 && tag_char(in->ptr[n]))
        n++;
    if (n == 0 || n >= in->len)
        return false;
    end = n;
    if (in->ptr[end] == '[') {
        size_t close = end + 1;
        while (close < in->len && close < end + 64 && in->ptr[close] != ']' && in->ptr[close] != ' ')
            close++;
        if (close >= in->len || in->ptr[close] != ']')
            return false;
        pid = (lf_view){ in->ptr + end + 1, close - end - 1 };
        end = close + 1;
    }
    if (end >= in->len || in->ptr[end] != ':')
        return false;
    s->app = lf_view_first(*in, n);
    s->pid = pid;
    if (is_number(s->app) || lf_view_is(s->app, "@cee"))
        s->app = (lf_view){ "", 0 }; /* Cisco's count of messages; what says that JSON follows */
    *in = lf_view_from(*in, end + 1);
    if (in->len && in->ptr[0] == ' ')
        *in = lf_view_from(*in, 1);
    return true;
}

static void parse_3164(lf_view in, lf_time now, struct lf_syslog *s)
{
    lf_view rest = in, host;

    s->has_time = take_bsd_time(&rest, now, &s->time);
    if (!s->has_time) {
        /* Modern senders put an RFC 3339 time in the old form's place. */
        lf_view try = rest, time = word(&try);
        if (lf_time_parse(time, &s->time, NULL) == LF_OK) {
            s->has_time = true;
            rest = try;
        }
    }
    if (s->has_time) {
        lf_view try = rest, first = rest;
        /* Some send no host name: then the tag stands here already. */
        if (is_ipv6(word(&first)) || !take_tag(&try, s)) {
            host = word(&try);
            if (host.len && host.len <= 255) {
                s->host = host;
                rest = try;
                if (lf_view_starts(try, LF_V(": ")))
                    rest = lf_view_from(try, 2); /* "fw1 : %ASA-…" */
                else if (take_tag(&try, s))
                    rest = try;
            }
        } else {
            rest = try;
        }
    } else {
        lf_view try = rest;
        if (take_tag(&try, s))
            rest = try;
    }
    s->message = rest;
}

enum lf_code lf_syslog_parse(struct lf_arena *a, lf_view line, lf_time now, struct lf_syslog *out,
                             struct lf_err *e)
{
    static const lf_view none = LF_VIEW("");
    struct lf_syslog_pri pri;
    lf_view in = line;

    LF_TRY(lf_syslog_take_pri(&in, &pri, e));
    /* Not the parameters: they are three kilobytes, and nparams says how many there are. */
    out->version = 0;
    out->pri = pri;
    out->has_time = false;
    out->time = 0;
    out->host = out->app = out->pid = out->msgid = out->message = none;
    out->nparams = 0;
    if (in.len >= 2 && in.ptr[0] == '1' && in.ptr[1] == ' ')
        return parse_5424(a, lf_view_from(in, 2), out, e);
    parse_3164(in, now, out);
    return LF_OK;
}

/* ---- framing ---- */

enum lf_code lf_syslog_frame(lf_view *in, size_t max, bool *whole, lf_view *frame, struct lf_err *e)
{
    lf_view rest = *in;
    size_t n = 0, count = 0, end;

    *whole = false;
    while (rest.len && (rest.ptr[0] == '\n' || rest.ptr[0] == '\r' || rest.ptr[0] == '\0'))
        rest = lf_view_from(rest, 1); /* empty lines say nothing */
    *in = rest;
    if (!rest.len)
        return LF_OK;

    if (rest.ptr[0] >= '1' && rest.ptr[0] <= '9') {
        while (n < rest.len && n < 10 && rest.ptr[n] >= '0' && rest.ptr[n] <= '9')
            count = count * 10 + (size_t)(rest.ptr[n++] - '0');
        if (n == rest.len)
            return LF_OK;
        if (rest.ptr[n] == ' ') {
            if (count > max)
                return lf_err_set(e, LF_BAD_INPUT, "syslog: a frame of %zu bytes is over the limit of %zu",
                                  count, max);
            if (rest.len - n - 1 < count)
                return LF_OK;
            *frame = (lf_view){ rest.ptr + n + 1, count };
            /* Some count the line's end, some do not. */
            while (frame->len && (frame->ptr[frame->len - 1] == '\n' || frame->ptr[frame->len - 1] == '\r'))
                frame->len--;
            *in = lf_view_from(rest, n + 1 + count);
            *whole = true;
            return LF_OK;
        }
        if (n == 10)
            return lf_err_set(e, LF_BAD_INPUT, "syslog: a count of more than nine digits");
        /* A number that no blank follows begins an ordinary line. */
    }

    {
        size_t most = rest.len <= max ? rest.len : max + 1;
        const char *lf = memchr(rest.ptr, '\n', most), *nul;

        end = lf ? (size_t)(lf - rest.ptr) : most;
        nul = memchr(rest.ptr, '\0', end);
        if (nul)
            end = (size_t)(nul - rest.ptr);
    }
    if (end == rest.len && end <= max)
        return LF_OK;
    if (end > max) {
        *frame = lf_view_first(rest, max);
        *in = lf_view_from(rest, max);
    } else {
        *frame = lf_view_first(rest, end);
        *in = lf_view_from(rest, end + 1);
        if (frame->len && frame->ptr[frame->len - 1] == '\r')
            frame->len--;
    }
    *whole = true;
    return LF_OK;
}
