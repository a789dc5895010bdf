#include "main/records.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fmt/evtx.h"

#define INPUT_MOST ((size_t)8 << 30)

static enum lf_code slurp(const char *path, struct lf_buf *b, struct lf_err *e)
{
    int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    enum lf_code rc = LF_OK;
    ssize_t n;

    if (fd < 0)
        return lf_err_set(e, LF_IO, "%s: %s", path, strerror(errno));
    for (;;) {
        char *room = lf_buf_space(b, 1 << 16);

        if (!room) {
            rc = lf_err_set(e, LF_TOO_BIG, "%s: more than %zu bytes", path, INPUT_MOST);
            break;
        }
        n = read(fd, room, 1 << 16);
        b->len -= (1u << 16) - (n > 0 ? (size_t)n : 0);
        if (n == 0)
            break;
        if (n < 0 && errno != EINTR) {
            rc = lf_err_set(e, LF_IO, "%s: %s", path, strerror(errno));
            break;
        }
    }
    if (fd != STDIN_FILENO)
        close(fd);
    return rc;
}

static void one_value(struct lf_records *r, const struct lf_json *doc)
{
    struct lf_event ev = { .doc = doc, .position = r->records };
    struct lf_record rec = { .sender = r->file, .position = r->records };

    if (r->route)
        lf_normalise_json(r->normaliser, r->a, doc, &rec, &ev);
    r->each(r->ctx, &ev);
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
    r->each(r->ctx, &ev);
    r->records++;
    lf_arena_reset(r->a);
}

static lf_view skip_blank(lf_view v)
{
    size_t i = 0;

    while (i < v.len && (v.ptr[i] == ' ' || v.ptr[i] == '\t' || v.ptr[i] == '\r' || v.ptr[i] == '\n'))
        i++;
    return lf_view_from(v, i);
}

/* What is no value is passed over to the line's end and counts as a record, so
 * that the ordinals after it stay those of the file. */
static void values(struct lf_records *r, const char *path, lf_view in)
{
    const struct lf_json_limits limits = { .bytes = SIZE_MAX, .depth = 512 };
    bool array = false;

    in = skip_blank(in);
    if (in.len > 0 && in.ptr[0] == '[') {
        array = true;
        in = skip_blank(lf_view_from(in, 1));
    }
    while (in.len > 0) {
        const struct lf_json *doc;
        lf_view from = in;
        struct lf_err e = { 0 };

        if (array && in.ptr[0] == ']') {
            in = skip_blank(lf_view_from(in, 1));
            if (in.len > 0)
                fprintf(stderr, "%s: %s: something follows the array; it is not looked at\n", r->command,
                        path);
            return;
        }
        if (lf_json_take(r->a, &in, &limits, &doc, &e) == LF_OK) {
            one_value(r, doc);
            in = skip_blank(in);
            if (array && in.len > 0 && in.ptr[0] == ',')
                in = skip_blank(lf_view_from(in, 1));
            continue;
        }
        if (r->bad++ == 0)
            fprintf(stderr, "%s: %s: record %llu: %s\n", r->command, path, (unsigned long long)r->records,
                    e.text);
        r->records++;
        lf_arena_reset(r->a);

        size_t end = lf_view_find_byte(from, '\n');

        in = end == SIZE_MAX ? (lf_view){ from.ptr, 0 } : skip_blank(lf_view_from(from, end + 1));
    }
    if (array)
        fprintf(stderr, "%s: %s: the array is not closed\n", r->command, path);
}

static void lines(struct lf_records *r, lf_view in)
{
    lf_view line;

    while (lf_view_split(&in, '\n', &line)) {
        if (line.len > 0 && line.ptr[line.len - 1] == '\r')
            line.len--;
        if (line.len > 0)
            one_line(r, line);
        else if (in.ptr)
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
            one_value(r, one.doc);
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

/* Of UTF-16 a line's end is two bytes, and one of them may be half of a character. */
static lf_view whole(const struct lf_records *r, struct lf_arena *a, lf_view in)
{
    enum lf_charset c = r->charset;

    if (!r->route)
        return in;
    if (c == LF_CHARSET_AUTO && in.len >= 2 &&
        (lf_view_starts(in, LF_V("\xff\xfe")) || lf_view_starts(in, LF_V("\xfe\xff"))))
        c = in.ptr[0] == (char)0xff ? LF_CHARSET_UTF16LE : LF_CHARSET_UTF16BE;
    return c == LF_CHARSET_UTF16LE || c == LF_CHARSET_UTF16BE ? lf_charset_utf8(a, in, c) : in;
}

static enum lf_code read_with(struct lf_records *r, const char *path, struct lf_err *e)
{
    struct lf_arena utf8 = { 0 };
    struct lf_buf in;
    lf_view text;
    enum lf_code rc;

    r->records = r->bad = 0;
    r->file = lf_view_of(path);
    lf_buf_init(&in, INPUT_MOST);
    rc = slurp(path, &in, e);
    if (rc == LF_OK) {
        lf_view all = whole(r, &utf8, lf_buf_view(&in));

        text = skip_blank(all);
        /* A BIND or unbound line may begin with '[' too, JSON never with "[1". */
        if (lf_evtx_is(lf_buf_view(&in)))
            rc = evtx(r, path, lf_buf_view(&in), e);
        else if (!r->route || r->format == LF_FORMAT_JSON ||
                 (r->format == LF_FORMAT_AUTO && text.len > 0 &&
                  (text.ptr[0] == '{' || (text.ptr[0] == '[' && skip_blank(lf_view_from(text, 1)).len > 0 &&
                                          strchr("{]", skip_blank(lf_view_from(text, 1)).ptr[0])))))
            values(r, path, all);
        else
            lines(r, all);
        if (r->bad > 1)
            fprintf(stderr, "%s: %s: %llu records were not understood\n", r->command, path,
                    (unsigned long long)r->bad);
    }
    lf_arena_clear(&utf8);
    lf_buf_clear(&in);
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
