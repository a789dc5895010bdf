#include "base/unpack.h"

#include <string.h>

#include "base/err.h"

static const char short_of[] = "it ends too soon";

void lf_unpack_fail(struct lf_unpack *u, const char *why)
{
    if (!u->bad)
        u->bad = why;
}

lf_view lf_unpack_bytes(struct lf_unpack *u, uint64_t n)
{
    lf_view v = { "", 0 };

    if (!u->bad && n > u->left.len)
        u->bad = short_of;
    if (u->bad)
        return v;
    v = lf_view_first(u->left, (size_t)n);
    u->left = lf_view_from(u->left, (size_t)n);
    return v;
}

uint64_t lf_unpack_uint(struct lf_unpack *u, size_t bytes)
{
    lf_view v = lf_unpack_bytes(u, bytes);
    uint64_t n = 0;

    LF_ASSERT(bytes >= 1 && bytes <= 8);
    for (size_t i = 0; i < v.len; i++)
        n = n << 8 | (unsigned char)v.ptr[i];
    return n;
}

uint64_t lf_unpack_count(struct lf_unpack *u)
{
    uint64_t n = lf_unpack_uint(u, 8);

    if (n > INT64_MAX)
        lf_unpack_fail(u, "a counter is past what a database can keep");
    return n;
}

lf_time lf_unpack_time(struct lf_unpack *u)
{
    uint64_t n = lf_unpack_uint(u, 8);

    if (n > (uint64_t)LF_TIME_MAX)
        lf_unpack_fail(u, "a time is outside 1970-2199");
    return (lf_time)n;
}

lf_view lf_unpack_block(struct lf_unpack *u, size_t bytes)
{
    return lf_unpack_bytes(u, lf_unpack_uint(u, bytes));
}

lf_view lf_unpack_text(struct lf_unpack *u, size_t bytes, size_t least, size_t most, const char *why)
{
    uint64_t n = lf_unpack_uint(u, bytes);
    lf_view v;

    if (!u->bad && (n < least || n > most || n > u->left.len))
        u->bad = why ? why : "a text is empty or too long";
    v = lf_unpack_bytes(u, n);
    if (!u->bad && !lf_view_is_text(v, least, most))
        u->bad = why ? why : "a text is not UTF-8 without NUL";
    return v;
}

void lf_unpack_end(struct lf_unpack *u)
{
    if (u->left.len)
        lf_unpack_fail(u, "something follows its end");
}
