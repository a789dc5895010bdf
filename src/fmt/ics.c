#include "fmt/ics.h"

enum { LINE = 75 };

struct line {
    struct lf_buf *b;
    size_t n; /* octets of the line so far */
};

/* Whole characters only; a fold is CR LF and a blank, which counts. */
static void put(struct line *l, const char *p, size_t n)
{
    if (l->n + n > LINE) {
        lf_buf_put(l->b, LF_V("\r\n "));
        l->n = 1;
    }
    lf_buf_put(l->b, (lf_view){ p, n });
    l->n += n;
}

static void put_plain(struct line *l, lf_view v)
{
    for (size_t i = 0; i < v.len; i++)
        put(l, v.ptr + i, 1);
}

static void put_text(struct line *l, lf_view v)
{
    for (size_t i = 0; i < v.len;) {
        unsigned char c = (unsigned char)v.ptr[i];
        size_t n = c < 0x80 ? 1 : lf_utf8_len(v.ptr[i]);

        if (c == '\r' && i + 1 < v.len && v.ptr[i + 1] == '\n') {
            i++; /* one line's end */
            continue;
        }
        if (n == 0 || i + n > v.len || !lf_view_is_utf8((lf_view){ v.ptr + i, n })) {
            put(l, "?", 1);
            i++;
            continue;
        }
        if (c == '\n' || c == '\r')
            put(l, "\\n", 2);
        else if (c == '\\' || c == ';' || c == ',')
            put(l, (char[]){ '\\', (char)c }, 2);
        else if (c < 0x20 || c == 0x7f)
            put(l, " ", 1);
        else
            put(l, v.ptr + i, n);
        i += n;
    }
}

static void text_line(struct lf_buf *b, lf_view name, lf_view v)
{
    struct line l = { .b = b };

    put_plain(&l, name);
    put_plain(&l, LF_V(":"));
    put_text(&l, v);
    lf_buf_put(b, LF_V("\r\n"));
}

static void time_line(struct lf_buf *b, const char *name, lf_time t)
{
    struct lf_civil c = lf_civil_of(t);

    lf_buf_printf(b, "%s:%04d%02d%02dT%02d%02d%02dZ\r\n", name, c.year, c.month, c.day, c.hour, c.minute,
                  c.second);
}

void lf_ics_begin(struct lf_buf *b, lf_view name)
{
    LF_PUT(b, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//lianfang//node//EN\r\nMETHOD:PUBLISH\r\n");
    text_line(b, LF_V("X-WR-CALNAME"), name);
}

void lf_ics_event(struct lf_buf *b, const struct lf_ics_event *ev)
{
    LF_PUT(b, "BEGIN:VEVENT\r\n");
    text_line(b, LF_V("UID"), ev->uid);
    time_line(b, "DTSTAMP", ev->stamp);
    time_line(b, "DTSTART", ev->from);
    time_line(b, "DTEND", ev->until);
    text_line(b, LF_V("SUMMARY"), ev->summary);
    if (ev->description.len)
        text_line(b, LF_V("DESCRIPTION"), ev->description);
    LF_PUT(b, "END:VEVENT\r\n");
}

void lf_ics_end(struct lf_buf *b)
{
    LF_PUT(b, "END:VCALENDAR\r\n");
}
