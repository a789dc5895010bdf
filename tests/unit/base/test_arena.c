#include "base/arena.h"
#include "base/buf.h"

#include <stdint.h>

#include "lf_test.h"

static void objects_are_zeroed_aligned_and_apart(void)
{
    struct lf_arena a = { .block_size = 128 };
    char *before = NULL;

    for (size_t i = 1; i < 500; i++) {
        uint64_t *p = LF_NEW(&a, uint64_t, i % 7 + 1);
        CHECK((uintptr_t)p % _Alignof(uint64_t) == 0, "misaligned");
        CHECK(*p == 0, "not zeroed");
        memset(p, 0xff, sizeof *p * (i % 7 + 1));
        before = (char *)p;
    }
    CHECK(before != NULL, "nothing came");
    lf_arena_clear(&a);
    CHECK(lf_arena_bytes(&a) == 0, "kept memory");
}

static void reset_keeps_one_block_so_a_warm_loop_allocates_nothing(void)
{
    struct lf_arena a = { 0 };
    size_t first;

    lf_arena_alloc(&a, 100, 1);
    first = lf_arena_bytes(&a);
    for (int i = 0; i < 100; i++) {
        lf_arena_alloc(&a, 60000, 8);
        lf_arena_alloc(&a, 60000, 8);
        lf_arena_reset(&a);
        CHECK(lf_arena_bytes(&a) == first, "round %d holds %zu", i, lf_arena_bytes(&a));
    }
    lf_arena_clear(&a);
}

static void printf_and_cstr_end_with_nul_outside_the_view(void)
{
    struct lf_arena a = { 0 };
    lf_view v = lf_arena_printf(&a, "%d-%s", 7, "x");

    CHECK_VIEW(v, LF_V("7-x"));
    CHECK(strlen(lf_arena_cstr(&a, v)) == 3, "no NUL");
    lf_arena_clear(&a);
}

static void a_buf_never_grows_past_its_ceiling_and_says_so(void)
{
    struct lf_buf b;
    struct lf_err e = { 0 };

    lf_buf_init(&b, 10);
    LF_PUT(&b, "12345");
    lf_buf_printf(&b, "%d", 67890);
    CHECK_OK(lf_buf_done(&b, &e), &e);
    CHECK_VIEW(lf_buf_view(&b), LF_V("1234567890"));
    lf_buf_byte(&b, 'x');
    CHECK_CODE(lf_buf_done(&b, &e), LF_TOO_BIG);
    CHECK(b.len == 10 && b.cap <= 10, "grew to %zu", b.cap);
    lf_buf_clear(&b);
}

static void a_long_printf_is_not_cut(void)
{
    struct lf_buf b;
    char text[3000];

    memset(text, 'y', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    lf_buf_init(&b, 100000);
    lf_buf_printf(&b, "<%s>", text);
    CHECK(b.len == sizeof text + 1 && b.ptr[b.len - 1] == '>', "%zu bytes", b.len);
    lf_buf_consume(&b, b.len - 1);
    CHECK_VIEW(lf_buf_view(&b), LF_V(">"));
    lf_buf_clear(&b);
}

int main(void)
{
    RUN(objects_are_zeroed_aligned_and_apart);
    RUN(reset_keeps_one_block_so_a_warm_loop_allocates_nothing);
    RUN(printf_and_cstr_end_with_nul_outside_the_view);
    RUN(a_buf_never_grows_past_its_ceiling_and_says_so);
    RUN(a_long_printf_is_not_cut);
    DONE();
}
