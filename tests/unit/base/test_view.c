#include "base/view.h"

#include "lf_test.h"

static void split_gives_empty_parts_and_then_ends(void)
{
    lf_view in = LF_V("a,,b"), part;
    const char *want[] = { "a", "", "b" };
    size_t n = 0;

    while (lf_view_split(&in, ',', &part) && n < 3)
        CHECK_VIEW(part, lf_view_of(want[n++]));
    CHECK(n == 3, "%zu parts", n);
    CHECK(!lf_view_split(&in, ',', &part), "goes on past the end");
}

static const struct {
    const char *name, *in;
    bool ok;
    uint64_t want;
} numbers[] = {
    { "largest", "18446744073709551615", true, UINT64_MAX },
    { "one past the largest", "18446744073709551616", false, 0 },
    { "empty", "", false, 0 },
    { "sign", "+1", false, 0 },
    { "blank", " 1", false, 0 },
    { "leading zeros", "007", true, 7 },
};

static void a_number_is_taken_whole_or_not_at_all(void)
{
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        uint64_t n = 42;
        bool ok = lf_view_u64(lf_view_of(numbers[i].in), &n);
        CHECK(ok == numbers[i].ok && n == (ok ? numbers[i].want : 42), "%s", numbers[i].name);
    }
}

static const struct {
    const char *name;
    lf_view in;
    bool ok;
} utf8[] = {
    { "Chinese", LF_VIEW("聯防"), true },
    { "highest code point", LF_VIEW("\xf4\x8f\xbf\xbf"), true },
    { "past the highest", LF_VIEW("\xf4\x90\x80\x80"), false },
    { "surrogate", LF_VIEW("\xed\xa0\x80"), false },
    { "just below the surrogates", LF_VIEW("\xed\x9f\xbf"), true },
    { "overlong slash", LF_VIEW("\xc0\xaf"), false },
    { "overlong of three", LF_VIEW("\xe0\x9f\xbf"), false },
    { "overlong of four", LF_VIEW("\xf0\x8f\xbf\xbf"), false },
    { "cut", LF_VIEW("\xe8\x81"), false },
    { "lone continuation", LF_VIEW("\x80"), false },
    { "NUL is a character", LF_VIEW("a\0b"), true },
};

static void only_strict_utf8_passes(void)
{
    for (size_t i = 0; i < sizeof utf8 / sizeof *utf8; i++)
        CHECK(lf_view_is_utf8(utf8[i].in) == utf8[i].ok, "%s", utf8[i].name);
}

static void text_is_utf8_within_bounds_and_without_nul(void)
{
    CHECK(lf_view_is_text(LF_V("聯防"), 6, 6), "just so long");
    CHECK(!lf_view_is_text(LF_V("聯防"), 7, 9), "too short");
    CHECK(!lf_view_is_text(LF_V("聯防"), 0, 5), "too long");
    CHECK(!lf_view_is_text(LF_V("a\0b"), 0, 9), "NUL");
    CHECK(!lf_view_is_text(LF_V("a\xe8"), 0, 9), "no UTF-8");
    CHECK(lf_view_is_text((lf_view){ NULL, 0 }, 0, 9), "nothing");
    CHECK(!lf_view_is_text((lf_view){ NULL, 0 }, 1, 9), "nothing where something is asked");
}

static void white_space_of_any_script_is_blank_and_nothing_else_is(void)
{
    static const char *const blank[] = { "", " \t\r\n\v\f", "\xe3\x80\x80 \xe3\x80\x80", "\xc2\xa0",
                                         "\xe2\x80\x80\xe2\x80\x8a\xe2\x80\xa8" };
    static const char *const not_blank[] = { " x",       "\xe3\x80\x81", "\xe2\x80\x8b",
                                             "\xe3\x80", "\xe2\x80",     "\xe3\x80\x80\xe5\x9b\xa0" };

    for (size_t i = 0; i < sizeof blank / sizeof *blank; i++)
        CHECK(lf_view_blank(lf_view_of(blank[i])), "blank %zu", i);
    for (size_t i = 0; i < sizeof not_blank / sizeof *not_blank; i++)
        CHECK(!lf_view_blank(lf_view_of(not_blank[i])), "not blank %zu", i);
}

static void find_does_not_look_past_the_end(void)
{
    lf_view v = { "abcabc", 3 };

    CHECK(lf_view_find(v, LF_V("c")) == 2, "c");
    CHECK(lf_view_find(v, LF_V("ca")) == SIZE_MAX, "found past the end");
    CHECK(lf_view_find(v, LF_V("")) == 0, "empty needle");
    CHECK(lf_view_eq_nocase(LF_V("Content-Type"), LF_V("content-type")), "ASCII case");
}

int main(void)
{
    RUN(split_gives_empty_parts_and_then_ends);
    RUN(a_number_is_taken_whole_or_not_at_all);
    RUN(only_strict_utf8_passes);
    RUN(text_is_utf8_within_bounds_and_without_nul);
    RUN(white_space_of_any_script_is_blank_and_nothing_else_is);
    RUN(find_does_not_look_past_the_end);
    DONE();
}
