#include "main/input.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { PIECE = 65536 };

/* A byte order mark is no part of what is said. */
static void cut(struct lf_buf *b, size_t at, size_t n)
{
    b->len -= n;
    memmove(b->ptr + at, b->ptr + at + n, b->len - at);
}

enum lf_code lf_input_read(const char *name, struct lf_buf *out, struct lf_err *e)
{
    bool standard = lf_view_is(lf_view_of(name), "-");
    FILE *f = standard ? stdin : fopen(name, "rb");
    enum lf_code rc = LF_OK;
    char piece[PIECE];
    size_t got, began = out->len;

    if (!f)
        return lf_err_set(e, errno == ENOENT ? LF_NOT_FOUND : LF_IO, "%s: %s", name, strerror(errno));
    while (!out->over && (got = fread(piece, 1, sizeof piece, f)) > 0)
        lf_buf_put(out, (lf_view){ piece, got });
    if (ferror(f))
        rc = lf_err_set(e, LF_IO, "%s: %s", name, strerror(errno));
    else if (out->over)
        rc = lf_err_set(e, LF_TOO_BIG, "%s: more than %zu bytes", name, out->max);
    else if (lf_view_starts(lf_view_from(lf_buf_view(out), began), LF_V("\xef\xbb\xbf")))
        cut(out, began, 3);
    if (!standard)
        fclose(f);
    return rc;
}
