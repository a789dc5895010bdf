#include "fmt/gzip.h"

#include <limits.h>
#include <zlib.h>

enum { CHUNK = 65536 };

static enum lf_code inflate_all(z_stream *z, struct lf_buf *out, struct lf_err *e)
{
    for (;;) {
        size_t room = out->max - out->len, n = room < CHUNK ? room : CHUNK;
        unsigned char past = 0;
        char *to = n ? lf_buf_space(out, n) : NULL;
        int rc;

        /* At the ceiling one byte more tells whether the text ends just there. */
        z->next_out = to ? (unsigned char *)to : &past;
        z->avail_out = n ? (uInt)n : 1;
        rc = inflate(z, Z_NO_FLUSH);
        if (!n && z->avail_out == 0)
            return lf_err_set(e, LF_TOO_BIG, "gzip: inflates to more than %zu bytes", out->max);
        if (n)
            out->len -= z->avail_out;
        if (rc == Z_STREAM_END) {
            if (z->avail_in == 0)
                return LF_OK;
            if (inflateReset(z) != Z_OK)
                LF_BUG("inflateReset");
            continue; /* another member */
        }
        if (rc == Z_BUF_ERROR || (rc == Z_OK && z->avail_in == 0 && z->avail_out != 0))
            return lf_err_set(e, LF_BAD_INPUT, "gzip: the text is cut short");
        if (rc == Z_MEM_ERROR)
            LF_BUG("out of memory for inflate");
        if (rc != Z_OK)
            return lf_err_set(e, LF_BAD_INPUT, "gzip: %s", z->msg ? z->msg : "not readable");
    }
}

enum lf_code lf_gzip_inflate(lf_view in, struct lf_buf *out, struct lf_err *e)
{
    z_stream z = { 0 };
    size_t had = out->len;
    enum lf_code rc;

    if (!in.len)
        return lf_err_set(e, LF_BAD_INPUT, "gzip: the text is empty");
    if (in.len > UINT_MAX)
        return lf_err_set(e, LF_TOO_BIG, "gzip: more than %u bytes", UINT_MAX);
    z.next_in = (unsigned char *)(uintptr_t)in.ptr;
    z.avail_in = (uInt)in.len;
    if (inflateInit2(&z, 15 + 32) != Z_OK) /* gzip or zlib, told by the head */
        LF_BUG("out of memory for inflate");
    rc = inflate_all(&z, out, e);
    inflateEnd(&z);
    if (rc != LF_OK)
        out->len = had;
    return rc;
}

/* `window` as zlib's deflateInit2 takes it: its size, and which head and sum stand around. */
static void deflate_all(lf_view in, int window, struct lf_buf *out)
{
    z_stream z = { .next_in = (unsigned char *)(uintptr_t)(in.ptr ? in.ptr : ""), .avail_in = (uInt)in.len };
    size_t bound;
    char *to;

    LF_ASSERT(in.len <= UINT_MAX / 2);
    if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        LF_BUG("out of memory for deflate");
    bound = deflateBound(&z, in.len);
    to = lf_buf_space(out, bound);
    if (to) {
        z.next_out = (unsigned char *)to;
        z.avail_out = (uInt)bound;
        if (deflate(&z, Z_FINISH) != Z_STREAM_END)
            LF_BUG("deflate did not end within its own bound");
        out->len -= z.avail_out;
    }
    deflateEnd(&z);
}

void lf_gzip_deflate(lf_view in, struct lf_buf *out)
{
    deflate_all(in, 15 + 16, out);
}

void lf_gzip_deflate_bare(lf_view in, struct lf_buf *out)
{
    deflate_all(in, -15, out);
}
