#include "main/records.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/envelope.h"
#include "fmt/evtx.h"
#include "fmt/winxml.h"

#define INPUT_MOST ((size_t)8 << 30)
enum { PIECE = 1 << 20, WAITS_FOR_LITTLE = 64 << 10 };

/* A file as far as it was read: b.ptr[taken..b.len) is still to be looked at. */
struct input {
    const char *path;
    int fd;
    struct lf_buf b;
    size_t taken, lines; /* behind the last line's end that is in b */
    bool last;           /* nothing comes any more */
};

static enum lf_code more(struct input *in, struct lf_err *e)
{
    char *room;
    ssize_t n;

    if (in->taken > 0) {
        lf_buf_consume(&in->b, in->taken);
        in->lines -= in->taken < in->lines ? in->taken : in->lines;
        in->taken = 0;
    }
    room = lf_buf_space(&in->b, PIECE);
    if (!room)
        return lf_err_set(e, LF_TOO_BIG, "%s: a line or value of more than %zu bytes", in->path, INPUT_MOST);
    do
        n = read(in->fd, room, PIECE);
    while (n < 0 && errno == EINTR);
    in->b.len -= PIECE - (n > 0 ? (size_t)n : 0);
    if (n < 0)
        return lf_err_set(e, LF_IO, "%s: %s", in->path, strerror(errno));
    in->last = n == 0;
    if (n > 0) {
        const char *end = memrchr(room, '\n', (size_t)n);

        if (end)
            in->lines = (size_t)(end + 1 - in->b.ptr);
    }
    return LF_OK;
}

/* Whole lines, at the end also one that is not ended. */
static lf_view ready(const struct input *in)
{
    size_t end = in->last ? in->b.len : in->lines;

    return (lf_view){ in->b.ptr + in->taken, end > in->taken ? end - in->taken : 0 };
}

/* What waited for this record, or (at the end) for one that never came. */
static void held(struct lf_records *r, bool end)
{
    struct lf_event ev;

    while (r->route && lf_normalise_held(r->normaliser, r->a, end ? LF_TIME_MAX : 0, &ev))
        r->each(r->ctx, &ev);
}

/* `bytes`: as it stands in the file, where that is known. */
static void one_value(struct lf_records *r, const struct lf_json *doc, lf_view bytes)
{
    struct lf_event ev = { .doc = doc, .position = r->records };
    struct lf_record rec = { .bytes = bytes, .sender = r->file, .position = r->records };

    if (r->route)
        lf_normalise_json(r->normaliser, r->a, doc, &rec, &ev);
    /* What was XML or binary has no JSON. */
    if (ev.doc == doc && bytes.ptr && bytes.len > 0 && bytes.ptr[0] == '{')
        ev.json = bytes;
    if (!ev.held)
        r->each(r->ctx, &ev);
    held(r, false);
    r->records++;
    lf_arena_reset(r->a);
}

static void one_line(struct lf_records *r, lf_view line)
{
    struct lf_event ev;
    struct lf_record rec = {
        .bytes = line, .format = r->format, .sender = r->file, .position = r->records, .charset = r->charset
    };

    lf_normalise(r->normaliser, r->a, &rec, &ev);
    r->bad += ev.raw;
    if (!ev.held)
        r->each(r->ctx, &ev);
    held(r, false);
    r->records++;
    lf_arena_reset(r->a);
}

static const struct lf_json *whole_value(struct lf_arena *a, lf_view text)
{
    const struct lf_json_limits limits = { .bytes = SIZE_MAX, .depth = 512 };
    const struct lf_json *doc;

    return lf_json_parse(a, text, &limits, &doc, NULL) == LF_OK ? doc : NULL;
}

/* A document of many events is that many records (a record taken as it is stays one); false: it is none. */
static bool envelope(struct lf_records *r, lf_view bytes)
{
    struct lf_arena a = { 0 };
    struct lf_envelope env;
    bool is = lf_envelope_open(lf_normaliser_pipelines(r->normaliser), &a, bytes, &env);

    for (size_t i = 0; is && i < env.n; i++) {
        const struct lf_json *doc = whole_value(r->a, env.events[i]);

        if (doc)
            one_value(r, doc, env.events[i]);
    }
    lf_arena_clear(&a);
    return is;
}

/* Blanks, and the separator of JSON text sequences (RFC 7464). */
static lf_view skip_blank(lf_view v)
{
    size_t i = 0;

    while (
        v.ptr && i < v.len &&
        (v.ptr[i] == ' ' || v.ptr[i] == '\t' || v.ptr[i] == '\r' || v.ptr[i] == '\n' || v.ptr[i] == '\x1e'))
        i++;
    return lf_view_from(v, i);
}

/* Where in its file a row of values is. */
struct place {
    bool begun, arrays; /* arrays: the file begins with one, so the items of arrays are its records */
    bool open, after;   /* within an array; behind an item of it */
};

/* Looks at the values of whole lines and gives back what is left: the beginning of a
 * value whose end is still to come.
 *
 * What is no value is passed over to the line's end and counts as a record, so that
 * the ordinals after it stay those of the file. */
static lf_view values(struct lf_records *r, struct place *at, const char *path, lf_view in, bool last)
{
    const struct lf_json_limits limits = {
        .bytes = SIZE_MAX, .depth = 512, .halves = true, .goes_on = !last
    };

    for (in = skip_blank(in); in.len > 0; in = skip_blank(in)) {
        const struct lf_json *doc;
        lf_view from = in;
        struct lf_err e = { 0 };
        enum lf_code rc;

        if (!at->begun)
            at->arrays = in.ptr[0] == '[';
        at->begun = true;
        if (at->arrays && in.ptr[0] == (at->open ? ']' : '[')) {
            at->open = !at->open;
            at->after = false;
            in = lf_view_from(in, 1);
            continue;
        }
        if (at->after && in.ptr[0] == ',') {
            at->after = false;
            in = lf_view_from(in, 1);
            continue;
        }
        rc = lf_json_take(r->a, &in, &limits, &doc, &e);
        if (rc == LF_OK) {
            lf_view bytes = { from.ptr, (size_t)(in.ptr - from.ptr) };

            if (!r->route || !envelope(r, bytes))
                one_value(r, doc, bytes);
            at->after = at->open;
            continue;
        }
        lf_arena_reset(r->a);
        if (rc == LF_NOT_FOUND)
            return from;
        if (r->bad++ == 0)
            fprintf(stderr, "%s: %s: record %llu: %s\n", r->command, path, (unsigned long long)r->records,
                    e.text);
        r->records++;
        at->after = false;

        size_t end = lf_view_find_byte(from, '\n');

        in = lf_view_from(from, end == SIZE_MAX ? from.len : end + 1);
    }
    if (last && at->open)
        fprintf(stderr, "%s: %s: the array is not closed\n", r->command, path);
    return in;
}

static void lines(struct lf_records *r, lf_view in)
{
    lf_view line;

    while (in.len > 0) {
        size_t end = lf_view_find_byte(in, '\n');

        line = lf_view_first(in, end == SIZE_MAX ? in.len : end);
        in = lf_view_from(in, end == SIZE_MAX ? in.len : end + 1);
        if (line.ptr && line.len > 0 && line.ptr[line.len - 1] == '\r')
            line.len--;
        if (line.len > 0)
            one_line(r, line);
        else
            r->records++;
    }
}

/* A damaged record counts as one and is told with its place. */
static enum lf_code evtx(struct lf_records *r, const char *path, lf_view in, struct lf_err *e)
{
    struct lf_evtx x;
    struct lf_evtx_record one;
    struct lf_err why = { 0 };
    enum lf_code rc;

    if (lf_evtx_open(&x, in, e) != LF_OK)
        return lf_err_at(e, "%s", path);
    while ((rc = lf_evtx_next(&x, r->a, &one, &why)) != LF_NOT_FOUND) {
        if (rc == LF_OK) {
            one_value(r, one.doc, (lf_view){ NULL, 0 });
            continue;
        }
        if (r->bad++ == 0)
            fprintf(stderr, "%s: %s: record %llu: %s\n", r->command, path, (unsigned long long)r->records,
                    why.text);
        r->records++;
        lf_arena_reset(r->a);
    }
    return LF_OK;
}

/* What the first bytes say.  Of UTF-16 a line's end is two bytes, and one of them may
 * be half of a character. */
static enum lf_charset charset_of(const struct lf_records *r, lf_view in)
{
    if (r->charset == LF_CHARSET_AUTO && in.len >= 2 &&
        (lf_view_starts(in, LF_V("\xff\xfe")) || lf_view_starts(in, LF_V("\xfe\xff"))))
        return in.ptr[0] == (char)0xff ? LF_CHARSET_UTF16LE : LF_CHARSET_UTF16BE;
    return r->charset;
}

/* Events as XML one behind another, or all in <Events>: values may hold line breaks.  Gives back
 * what is left, as values() does. */
static lf_view xml_events(struct lf_records *r, const char *path, lf_view in, bool last)
{
    for (;;) {
        const struct lf_json *doc;
        struct lf_err why = { 0 };
        size_t at = lf_view_find(in, LF_V("<Event"));
        lf_view from;

        if (at == SIZE_MAX)
            return lf_view_from(in, in.len > 5 && !last ? in.len - 5 : in.len);
        from = in = lf_view_from(in, at);
        if (!last && lf_view_find(in, LF_V("</Event>")) == SIZE_MAX && in.len < LF_WINXML_BYTES)
            return in;
        if (!lf_winxml_is(in)) { /* <Events>, <EventData> of one that was damaged */
            in = lf_view_from(in, 6);
        } else if (lf_winxml_take(r->a, &in, &doc, &why) == LF_OK) {
            one_value(r, doc, (lf_view){ from.ptr, (size_t)(in.ptr - from.ptr) });
        } else {
            if (r->bad++ == 0)
                fprintf(stderr, "%s: %s: record %llu: %s\n", r->command, path, (unsigned long long)r->records,
                        why.text);
            r->records++;
            lf_arena_reset(r->a);
            in = lf_view_from(in, 6);
        }
    }
}

/* A file of events as XML: what stands behind the declaration and <Events>. */
static bool xml_begins(lf_view in)
{
    size_t at;

    if (lf_view_starts(in, LF_V("<?xml")) && (at = lf_view_find(in, LF_V("?>"))) != SIZE_MAX)
        in = skip_blank(lf_view_from(in, at + 2));
    if (lf_view_starts(in, LF_V("<Events")) && (at = lf_view_find_byte(in, '>')) != SIZE_MAX)
        in = skip_blank(lf_view_from(in, at + 1));
    return lf_winxml_is(in);
}

enum shape { UNKNOWN, VALUES, LINES, XML };

/* A BIND or unbound line may begin with '[' too, JSON never with "[1". */
static enum shape shape_of(const struct lf_records *r, lf_view in, bool last)
{
    if (!r->route || r->format == LF_FORMAT_JSON)
        return VALUES;
    if (r->format != LF_FORMAT_AUTO)
        return LINES;
    in = skip_blank(in);
    if (in.len > 0 && in.ptr[0] == '[') {
        in = skip_blank(lf_view_from(in, 1));
        if (in.len > 0)
            return strchr("{]", in.ptr[0]) && in.ptr[0] ? VALUES : LINES;
    } else if (in.len > 0) {
        return in.ptr[0] == '{' ? VALUES : xml_begins(in) ? XML : LINES;
    }
    return last ? LINES : UNKNOWN;
}

static enum lf_code text(struct lf_records *r, struct input *in, struct lf_err *e)
{
    enum shape shape = UNKNOWN;
    struct place at = { 0 };
    size_t wait = 0; /* bytes that a value was not whole in */

    for (;;) {
        lf_view now = ready(in), left;

        if (shape == UNKNOWN)
            shape = shape_of(r, now, in->last);
        /* A large value is tried again when it has doubled, so that the work stays in
         * proportion to the bytes. */
        if (shape == LINES) {
            lines(r, now);
            in->taken += now.len;
        } else if (in->last || now.len / 2 >= wait || now.len < WAITS_FOR_LITTLE) {
            left = shape == XML      ? xml_events(r, in->path, now, in->last)
                   : shape == VALUES ? values(r, &at, in->path, now, in->last)
                                     : now;
            in->taken += now.len - left.len;
            wait = left.len;
        }
        if (in->last)
            return LF_OK;
        if (r->pause)
            r->pause(r->ctx);
        LF_TRY(more(in, e));
    }
}

static enum lf_code read_with(struct lf_records *r, const char *path, struct lf_err *e)
{
    struct input in = { .path = path,
                        .fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC) };
    struct lf_arena utf8 = { 0 };
    enum lf_charset charset = LF_CHARSET_AUTO;
    enum lf_code rc = LF_OK;

    r->records = r->bad = 0;
    r->file = lf_view_of(path);
    if (in.fd < 0)
        return lf_err_set(e, LF_IO, "%s: %s", path, strerror(errno));
    lf_buf_init(&in.b, INPUT_MOST);
    while (rc == LF_OK && !in.last && in.b.len < 8) /* what EVTX begins with */
        rc = more(&in, e);
    if (rc == LF_OK) {
        bool logged = lf_evtx_is(lf_buf_view(&in.b));

        charset = charset_of(r, lf_buf_view(&in.b));
        if (logged || charset == LF_CHARSET_UTF16LE || charset == LF_CHARSET_UTF16BE)
            while (rc == LF_OK && !in.last)
                rc = more(&in, e);
        if (rc == LF_OK && logged) {
            rc = evtx(r, path, lf_buf_view(&in.b), e);
        } else if (rc == LF_OK) {
            if (charset == LF_CHARSET_UTF16LE || charset == LF_CHARSET_UTF16BE) {
                lf_view all = lf_charset_utf8(&utf8, lf_buf_view(&in.b), charset);

                lf_buf_reset(&in.b);
                lf_buf_put(&in.b, all);
                lf_arena_clear(&utf8);
            }
            if (lf_view_starts(lf_buf_view(&in.b), LF_V("\xef\xbb\xbf")))
                in.taken = 3;
            rc = text(r, &in, e);
        }
        held(r, true);
        lf_arena_reset(r->a);
        if (r->bad > 1)
            fprintf(stderr, "%s: %s: %llu records were not understood\n", r->command, path,
                    (unsigned long long)r->bad);
    }
    if (in.fd != STDIN_FILENO)
        close(in.fd);
    lf_buf_clear(&in.b);
    return rc;
}

enum lf_code lf_records_read(struct lf_records *r, const char *path, struct lf_err *e)
{
    struct lf_pipelines *ps;
    enum lf_code rc;

    if (!r->route || r->normaliser)
        return read_with(r, path, e);
    LF_TRY(lf_pipelines_build(NULL, 0, &ps, e));
    r->normaliser = lf_normaliser_create(ps);
    lf_pipelines_drop(ps);
    rc = read_with(r, path, e);
    lf_normaliser_destroy(r->normaliser);
    r->normaliser = NULL;
    return rc;
}
