#include "base/unpack.h"

#include <string.h>

#include "base/buf.h"
#include "lf_test.h"

static void what_was_packed_comes_apart_again(void)
{
    struct lf_buf b;
    struct lf_unpack u;
    lf_view v;

    lf_buf_init(&b, 100);
    lf_buf_u64(&b, 0x0102030405060708u);
    lf_buf_u16(&b, 3);
    LF_PUT(&b, "abc");
    lf_buf_u32(&b, 2);
    LF_PUT(&b, "xy");
    lf_buf_byte(&b, (char)0xff);
    lf_buf_u64(&b, 5);
    u = lf_unpack_begin(lf_buf_view(&b));
    CHECK(lf_unpack_uint(&u, 8) == 0x0102030405060708u, "eight bytes, the first the greatest");
    v = lf_unpack_text(&u, 2, 1, 3, NULL);
    CHECK(lf_view_eq(v, LF_V("abc")), "text");
    v = lf_unpack_block(&u, 4);
    CHECK(lf_view_eq(v, LF_V("xy")), "block");
    CHECK(lf_unpack_uint(&u, 1) == 0xff, "one byte has no sign");
    CHECK(lf_unpack_time(&u) == 5, "time");
    lf_unpack_end(&u);
    CHECK(!u.bad, "%s", u.bad);
    lf_buf_clear(&b);
}

static void a_message_cut_anywhere_gives_nothing_and_says_so(void)
{
    static const char whole[] = "\0\0\0\4abcd\1\2";

    for (size_t n = 0; n < sizeof whole - 1; n++) {
        struct lf_unpack u = lf_unpack_begin((lf_view){ whole, n });

        (void)lf_unpack_block(&u, 4);
        (void)lf_unpack_uint(&u, 2);
        CHECK(u.bad && strcmp(u.bad, "it ends too soon") == 0, "cut after %zu bytes: %s", n,
              u.bad ? u.bad : "sound");
        CHECK(lf_unpack_uint(&u, 1) == 0 && lf_unpack_bytes(&u, 0).len == 0, "after the fault");
    }
}

static void the_first_fault_stays(void)
{
    struct lf_unpack u = lf_unpack_begin(LF_V("\xff\xff\xff\xff\xff\xff\xff\xff"));

    (void)lf_unpack_time(&u);
    (void)lf_unpack_uint(&u, 8);
    lf_unpack_end(&u);
    lf_unpack_fail(&u, "later");
    CHECK(u.bad && strcmp(u.bad, "a time is outside 1970-2199") == 0, "%s", u.bad ? u.bad : "sound");
}

static void text_that_a_database_cannot_keep_is_refused(void)
{
    static const struct {
        lf_view in;
        const char *why;
    } t[] = {
        { LF_VIEW("\0\1\xff"), "a text is not UTF-8 without NUL" },
        { LF_VIEW("\0\2a\0"), "a text is not UTF-8 without NUL" },
        { LF_VIEW("\0\0"), "a text is empty or too long" },
        { LF_VIEW("\0\5abcde"), "a text is empty or too long" },
        { LF_VIEW("\0\4abc"), "a text is empty or too long" },
    };

    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct lf_unpack u = lf_unpack_begin(t[i].in), own = u;

        (void)lf_unpack_text(&u, 2, 1, 4, NULL);
        CHECK(u.bad && strcmp(u.bad, t[i].why) == 0, "%zu: %s", i, u.bad ? u.bad : "sound");
        (void)lf_unpack_text(&own, 2, 1, 4, "the name");
        CHECK(own.bad && strcmp(own.bad, "the name") == 0, "%zu: %s", i, own.bad ? own.bad : "sound");
    }
}

static void a_count_is_what_a_database_can_keep(void)
{
    struct lf_unpack good = lf_unpack_begin(LF_V("\x7f\xff\xff\xff\xff\xff\xff\xff"));
    struct lf_unpack past = lf_unpack_begin(LF_V("\x80\0\0\0\0\0\0\0"));

    CHECK(lf_unpack_count(&good) == INT64_MAX && !good.bad, "the greatest");
    (void)lf_unpack_count(&past);
    CHECK(past.bad, "one more");
}
int main(void)
{
    RUN(what_was_packed_comes_apart_again);
    RUN(a_message_cut_anywhere_gives_nothing_and_says_so);
    RUN(the_first_fault_stays);
    RUN(text_that_a_database_cannot_keep_is_refused);
    RUN(a_count_is_what_a_database_can_keep);
    DONE();
}
