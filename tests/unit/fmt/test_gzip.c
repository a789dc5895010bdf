#include "fmt/gzip.h"

#include "lf_test.h"

static struct lf_err e;

static void what_is_packed_is_unpacked(void)
{
    struct lf_buf packed, out;
    char text[10000];

    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)(i * i >> 3);
    lf_buf_init(&packed, 1 << 20);
    lf_buf_init(&out, sizeof text);
    lf_gzip_deflate((lf_view){ text, sizeof text }, &packed);
    CHECK_OK(lf_gzip_inflate(lf_buf_view(&packed), &out, &e), &e);
    CHECK_VIEW(lf_buf_view(&out), ((lf_view){ text, sizeof text }));

    /* One byte less of room, one byte less of input, one bit flipped. */
    lf_buf_clear(&out);
    out.max = sizeof text - 1;
    CHECK_CODE(lf_gzip_inflate(lf_buf_view(&packed), &out, &e), LF_TOO_BIG);
    CHECK(out.len == 0, "kept %zu", out.len);
    lf_buf_clear(&out);
    out.max = sizeof text;
    CHECK_CODE(lf_gzip_inflate(lf_view_first(lf_buf_view(&packed), packed.len - 1), &out, &e), LF_BAD_INPUT);
    packed.ptr[packed.len - 6] ^= 1;
    CHECK_CODE(lf_gzip_inflate(lf_buf_view(&packed), &out, &e), LF_BAD_INPUT);
    lf_buf_clear(&packed);
    lf_buf_clear(&out);
}

static void members_follow_one_another(void)
{
    struct lf_buf packed, out;

    lf_buf_init(&packed, 1 << 16);
    lf_buf_init(&out, 100);
    LF_PUT(&out, "0");
    lf_gzip_deflate(LF_V("one"), &packed);
    lf_gzip_deflate(LF_V(""), &packed);
    lf_gzip_deflate(LF_V("two"), &packed);
    CHECK_OK(lf_gzip_inflate(lf_buf_view(&packed), &out, &e), &e);
    CHECK_VIEW(lf_buf_view(&out), LF_V("0onetwo"));
    LF_PUT(&packed, "junk");
    CHECK_CODE(lf_gzip_inflate(lf_buf_view(&packed), &out, &e), LF_BAD_INPUT);
    CHECK_CODE(lf_gzip_inflate(LF_V(""), &out, &e), LF_BAD_INPUT);
    CHECK_CODE(lf_gzip_inflate(LF_V("not gzip"), &out, &e), LF_BAD_INPUT);
    lf_buf_clear(&packed);
    lf_buf_clear(&out);
}

int main(void)
{
    RUN(what_is_packed_is_unpacked);
    RUN(members_follow_one_another);
    DONE();
}
