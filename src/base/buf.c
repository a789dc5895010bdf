#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void lf_buf_init(struct lf_buf *b, size_t max)
{
    *b = (struct lf_buf){ .max = max };
}

void lf_buf_clear(struct lf_buf *b)
{
    if (!b)
        return;
    free(b->ptr);
    *b = (struct lf_buf){ .max = b->max };
}

void lf_buf_reset(struct lf_buf *b)
{
    b->len = 0;
    b->over = false;
}

char *lf_buf_space(struct lf_buf *b, size_t n)
{
    if (b->over || n > b->max || b->len > b->max - n) {
        b->over = true;
        return NULL;
    }
    if (b->len + n > b->cap) {
        size_t cap = b->cap ? b->cap : 256;
        char *p;

        while (cap < b->len + n)
            cap = cap > SIZE_MAX / 2 ? b->len + n : cap * 2;
        if (cap > b->max)
            cap = b->max;
        p = realloc(b->ptr, cap);
        if (!p)
            LF_BUG("out of memory for %zu bytes", cap);
        b->ptr = p;
        b->cap = cap;
    }
    b->len += n;
    return b->ptr + b->len - n;
}

void lf_buf_put(struct lf_buf *b, lf_view v)
{
    char *p = v.len ? lf_buf_space(b, v.len) : NULL;

    if (p)
        memcpy(p, v.ptr, v.len);
}

void lf_buf_byte(struct lf_buf *b, char c)
{
    char *p = lf_buf_space(b, 1);

    if (p)
        *p = c;
}

void lf_buf_printf(struct lf_buf *b, const char *fmt, ...)
{
    char small[512];
    va_list ap, again;
    int n;

    va_start(ap, fmt);
    va_copy(again, ap);
    n = vsnprintf(small, sizeof small, fmt, ap);
    va_end(ap);
    LF_ASSERT(n >= 0);
    if ((size_t)n < sizeof small) {
        lf_buf_put(b, (lf_view){ small, (size_t)n });
    } else {
        /* vsnprintf writes a NUL after the text: make room for it, give it back. */
        char *p = lf_buf_space(b, (size_t)n + 1);
        if (p) {
            vsnprintf(p, (size_t)n + 1, fmt, again);
            b->len--;
        }
    }
    va_end(again);
}

void lf_buf_u16(struct lf_buf *b, uint16_t v)
{
    char raw[2] = { (char)(v >> 8), (char)v };

    lf_buf_put(b, (lf_view){ raw, sizeof raw });
}

void lf_buf_u32(struct lf_buf *b, uint32_t v)
{
    lf_buf_u16(b, (uint16_t)(v >> 16));
    lf_buf_u16(b, (uint16_t)v);
}

void lf_buf_u64(struct lf_buf *b, uint64_t v)
{
    lf_buf_u32(b, (uint32_t)(v >> 32));
    lf_buf_u32(b, (uint32_t)v);
}

void lf_buf_consume(struct lf_buf *b, size_t n)
{
    LF_ASSERT(n <= b->len);
    b->len -= n;
    if (b->len)
        memmove(b->ptr, b->ptr + n, b->len);
}

enum lf_code lf_buf_done(const struct lf_buf *b, struct lf_err *e)
{
    if (b->over)
        return lf_err_set(e, LF_TOO_BIG, "output is over its ceiling of %zu bytes", b->max);
    return LF_OK;
}
