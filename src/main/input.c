#include "main/input.h"

#include <errno.h>
#include <stdio.h>

enum { PIECE = 65536 };

enum lf_code lf_input_read(const char *name, struct lf_buf *out, struct lf_err *e)
{
    bool standard = lf_view_is(lf_view_of(name), "-");
    FILE *f = standard ? stdin : fopen(name, "rb");
    enum lf_code rc = LF_OK;
    char piece[PIECE];
    size_t got;

    if (!f)
        return lf_err_set(e, errno == ENOENT ? LF_NOT_FOUND : LF_IO, "%s: %s", name, strerror(errno));
    while (!out->over && (got = fread(piece, 1, sizeof piece, f)) > 0)
        lf_buf_put(out, (lf_view){ piece, got });
    if (ferror(f))
        rc = lf_err_set(e, LF_IO, "%s: %s", name, strerror(errno));
    else if (out->over)
        rc = lf_err_set(e, LF_TOO_BIG, "%s: more than %zu bytes", name, out->max);
    if (!standard)
        fclose(f);
    return rc;
}
