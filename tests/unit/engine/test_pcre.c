#include "engine/pcre.h"

#include "lf_test.h"

static const struct {
    const char *expression, *text;
    bool want;
} rows[] = {
    { "", "", true },
    { "", "x", true },
    { "abc", "xxabcxx", true },
    { "^abc", "xabc", false },
    { "abc$", "abc\n", true },
    { "abc\\z", "abc\n", false },
    { "(?m)^b$", "a\nb\nc", true },
    { "a.c", "a\nc", true },
    { "(?-s)a.c", "a\nc", false },
    { "a|b|c", "c", true },
    { "^(a|ab)(c|bcd)$", "abcd", true },
    { "^(?>a|ab)(c|d)$", "abc", false },
    { "^a*ab$", "aaab", true },
    { "^a*+ab$", "aaab", false },
    { "^a++b$", "aaab", true },
    { "^.*?b", "aab", true },
    { "^a{2,3}$", "aaaa", false },
    { "^a{2,3}$", "aaa", true },
    { "^a{2}$", "aa", true },
    { "^a{,3}$", "a{,3}", true },
    { "^(?:a|b){3,}$", "abab", true },
    { "(?=a)b", "ab", false },
    { "(?=.*\\d)(?=.*[a-z])^.{3,}$", "a1b", true },
    { "^(?!.*evil)", "an evil text", false },
    { "(?<=a)b", "ab", true },
    { "(?<!a)b", "ab", false },
    { "(?<=ab|c)d", "cd", true },
    { "(?<=\xc3\xa9)x", "\xc3\xa9x", true },
    { "(a+)-\\1", "aa-aa", true },
    { "^(a+)-\\1$", "aa-a", false },
    { "(?<w>b+)a\\k<w>", "bbabb", true },
    { "(?P<w>b+)a(?P=w)", "bbabb", true },
    { "(x)\\g{-1}", "xx", true },
    { "(x)\\g1", "xx", true },
    { "(?:(a)|b)\\1", "b", false }, /* a group that took nothing is nowhere */
    { "(?i)STRASSE", "strasse", true },
    { "(?i)\xc3\x89", "\xc3\xa9", true },
    { "a(?i:B)c", "abC", false },
    { "(?x) a  b # and so on", "ab", true },
    { "\\Qa.b\\E", "axb", false },
    { "[^\\d\\s]+", "12 ", false },
    { "[]a]", "]", true },
    { "[a\\-z]", "b", false },
    { "[[:alpha:]_]+$", "ab_", true },
    { "[\\x{4e00}-\\x{9fff}]", "\xe8\xb3\x87", true },
    { "^.$", "\xe8\xb3\x87", true },
    { "\\bword\\b", "a word.", true },
    { "\\Bord", "word", true },
    { "(?:)*x", "x", true },
    { "(?:a?)*b", "aab", true },
    { "(a?b?\?)*c", "ababc", true },
    { "(?#why)a", "a", true },
    { "\\x41\\102\\t", "AB\t", true },
    { "^(a(?1)?b)$", "aabb", true },
    { "^(a(?1)?b)$", "aab", false },
    { "^(a)?(?(1)b|c)$", "c", true },
    { "^(a)?(?(1)b|c)$", "b", false },
    { "\\p{Han}\\X", "\xe8\xb3\x87\xe5\xae\x89", true },
    { "(?|a(b)|c(d))\\1$", "cdd", true },
};

static void an_expression_means_what_pcre_says(void)
{
    struct lf_arena a = { 0 };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct lf_pcre *b;
        struct lf_err e = { 0 };
        int64_t steps = 100000;

        CHECK(lf_pcre_create(&a, lf_view_of(rows[i].expression), false, &b, &e) == LF_OK, "%s: %s",
              rows[i].expression, e.text);
        CHECK(lf_pcre_holds(b, lf_view_of(rows[i].text), &steps) == rows[i].want && steps >= 0, "%s on %s",
              rows[i].expression, rows[i].text);
    }
    lf_arena_clear(&a);
}

static void what_is_not_understood_is_refused(void)
{
    static const char *const bad[] = {
        "(",     ")",      "[a",   "a**",         "*a",  "\\",        "(?<n>a)\\k<m>", "(a)\\2", "a{3,2}",
        "[z-a]", "(?<n>a", "(?=a", "\\x{110000}", "\\C", "(?(1)a|b)", "a{99999999}",   "(?<na)",
    };
    struct lf_arena a = { 0 };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const struct lf_pcre *b;
        struct lf_err e = { 0 };

        CHECK(lf_pcre_create(&a, lf_view_of(bad[i]), false, &b, &e) == LF_UNACCEPTED && e.text[0], "%s",
              bad[i]);
    }
    lf_arena_clear(&a);
}

static void octets_are_octets(void)
{
    struct lf_arena a = { 0 };
    const struct lf_pcre *b;
    int64_t steps = 1000;
    struct lf_err e = { 0 };

    CHECK_OK(lf_pcre_create(&a, LF_V("(?<=\xff)..\\z"), true, &b, &e), &e);
    CHECK(lf_pcre_holds(b, LF_V("\xff\xe8\xb3"), &steps), "two octets");
    CHECK(!lf_pcre_holds(b, LF_V("\xff\xe8\xb3\x87"), &steps), "three");
    lf_arena_clear(&a);
}

static void an_expression_that_never_ends_is_given_up(void)
{
    static const char *const hard[] = { "^(a+)+$", "^(?=(a|aa)+$)a", "^(.*)*\\1\\d", "^((a*)*)*$" };
    struct lf_arena a = { 0 };

    for (size_t i = 0; i < sizeof hard / sizeof *hard; i++) {
        const struct lf_pcre *b;
        int64_t steps = 200000;
        struct lf_err e = { 0 };

        CHECK_OK(lf_pcre_create(&a, lf_view_of(hard[i]), false, &b, &e), &e);
        CHECK(!lf_pcre_holds(b, LF_V("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"), &steps), "%s",
              hard[i]);
        CHECK(steps < 0, "%s ended with %lld left", hard[i], (long long)steps);
    }
    lf_arena_clear(&a);
}

int main(void)
{
    RUN(an_expression_means_what_pcre_says);
    RUN(what_is_not_understood_is_refused);
    RUN(octets_are_octets);
    RUN(an_expression_that_never_ends_is_given_up);
    DONE();
}
