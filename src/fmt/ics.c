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

const char *lf_ics_method_name(enum lf_ics_method m)
{
    static const char *const names[] = { "PUBLISH", "REQUEST", "CANCEL" };

    return names[m];
}

void lf_ics_begin(struct lf_buf *b, enum lf_ics_method method, lf_view name)
{
    lf_buf_printf(b, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//lianfang//node//EN\r\nMETHOD:%s\r\n",
                  lf_ics_method_name(method));
    text_line(b, LF_V("X-WR-CALNAME"), name);
}

/* A parameter's value stands in quotation marks: all but these and control characters may be in it. */
static void put_quoted(struct line *l, lf_view v)
{
    put(l, "\"", 1);
    for (size_t i = 0; i < v.len;) {
        size_t n = (unsigned char)v.ptr[i] < 0x80 ? 1 : lf_utf8_len(v.ptr[i]);

        if (n == 0 || i + n > v.len || !lf_view_is_utf8((lf_view){ v.ptr + i, n })) {
            put(l, "?", 1);
            n = 1;
        } else if ((unsigned char)v.ptr[i] < 0x20 || v.ptr[i] == '"' || v.ptr[i] == 0x7f)
            put(l, " ", 1);
        else
            put(l, v.ptr + i, n);
        i += n;
    }
    put(l, "\"", 1);
}

/* A URI as it is, without what would end the line. */
static void put_uri(struct line *l, lf_view v)
{
    for (size_t i = 0; i < v.len; i++)
        if ((unsigned char)v.ptr[i] > 0x20 && (unsigned char)v.ptr[i] < 0x7f)
            put(l, v.ptr + i, 1);
}

static void person_line(struct lf_buf *b, lf_view name, const struct lf_ics_person *p, lf_view more)
{
    struct line l = { .b = b };

    put_plain(&l, name);
    put_plain(&l, LF_V(";CN="));
    put_quoted(&l, p->name);
    if (p->sent_by.len) {
        put_plain(&l, LF_V(";SENT-BY="));
        put_quoted(&l, p->sent_by);
    }
    put_plain(&l, more);
    put_plain(&l, LF_V(":"));
    put_uri(&l, p->uri);
    lf_buf_put(b, LF_V("\r\n"));
}

static void uri_line(struct lf_buf *b, lf_view name, lf_view v)
{
    struct line l = { .b = b };

    put_plain(&l, name);
    put_uri(&l, v);
    lf_buf_put(b, LF_V("\r\n"));
}

void lf_ics_event(struct lf_buf *b, const struct lf_ics_event *ev)
{
    LF_PUT(b, "BEGIN:VEVENT\r\n");
    text_line(b, LF_V("UID"), ev->uid);
    lf_buf_printf(b, "SEQUENCE:%lld\r\n", (long long)ev->sequence);
    time_line(b, "DTSTAMP", ev->stamp);
    time_line(b, "DTSTART", ev->from);
    time_line(b, "DTEND", ev->until);
    text_line(b, LF_V("SUMMARY"), ev->summary);
    if (ev->description.len)
        text_line(b, LF_V("DESCRIPTION"), ev->description);
    if (ev->place.len)
        text_line(b, LF_V("LOCATION"), ev->place);
    if (ev->url.len)
        uri_line(b, LF_V("URL:"), ev->url);
    if (ev->organizer.uri.len)
        person_line(b, LF_V("ORGANIZER"), &ev->organizer, LF_V(""));
    for (size_t i = 0; i < ev->nguests; i++)
        person_line(b, LF_V("ATTENDEE"), &ev->guests[i],
                    ev->cancelled || ev->withdrawn ? LF_V("") : LF_V(";PARTSTAT=NEEDS-ACTION;RSVP=TRUE"));
    if (ev->cancelled)
        LF_PUT(b, "STATUS:CANCELLED\r\n");
    LF_PUT(b, "END:VEVENT\r\n");
}

void lf_ics_end(struct lf_buf *b)
{
    LF_PUT(b, "END:VCALENDAR\r\n");
}
