#include "engine/regex.h"

#include "base/buf.h"
#include "lf_test.h"

static uint64_t x = 0x9e3779b97f4a7c15u;

static unsigned roll(unsigned n)
{
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return (unsigned)(x >> 33) % n;
}

/* What the expression means: compiled for UTF-8. */
struct reference {
    hs_database_t *db; /* NULL: it does not compile */
    hs_scratch_t *scratch;
};

static struct reference reference(const char *regex, unsigned flags)
{
    struct reference r = { 0 };
    hs_compile_error_t *err = NULL;

    if (hs_compile(regex, flags | HS_FLAG_UTF8 | HS_FLAG_ALLOWEMPTY | HS_FLAG_SINGLEMATCH, lf_regex_mode(),
                   NULL, &r.db, &err) != HS_SUCCESS)
        r.db = NULL;
    hs_free_compile_error(err);
    CHECK(!r.db || hs_alloc_scratch(r.db, &r.scratch) == HS_SUCCESS, "scratch");
    return r;
}

static bool means(const struct reference *r, lf_view text)
{
    return lf_regex_scan(r->db, text, r->scratch);
}

static bool ascii(lf_view t)
{
    for (size_t i = 0; i < t.len; i++)
        if ((unsigned char)t.ptr[i] >= 0x80)
            return false;
    return true;
}

static const char *const items[] = {
    "a",     "k",      "S",    ".",           "\\w",          "\\W",          "\\d",
    "\\s",   "\\b",    "[^a]", "[a-k]",       "[^\\w]",       "(a|.)",        "(?:k.)",
    "x",     "\\x41",  "\\.",  "[[:alpha:]]", "[[:^digit:]]", "\xe4\xb8\xad", "[\xc3\xa4-\xc3\xbc]",
    "(?i)k", "(?i:s)", "\\S"
};
static const char *const counts[] = { "", "", "", "", "?", "*", "+", "{2}", "{1,3}", "{2,}" };
static const char *const chars[] = { "a",
                                     "k",
                                     "K",
                                     "s",
                                     "S",
                                     "A",
                                     ".",
                                     " ",
                                     "1",
                                     "\n",
                                     "\xc3\xa4",
                                     "\xe4\xb8\xad",
                                     "\xe2\x84\xaa",
                                     "\xc5\xbf",
                                     "\xf0\x9f\x98\x80",
                                     "\xc4\xb0" };

static void each_text_gets_the_answer_of_the_utf8_expression(void)
{
    hs_scratch_t *scratch = NULL;
    unsigned asked = 0, held = 0;

    for (unsigned i = 0; i < 150; i++) {
        static const unsigned flags[] = { 0, HS_FLAG_CASELESS, HS_FLAG_DOTALL,
                                          HS_FLAG_MULTILINE | HS_FLAG_CASELESS };
        unsigned flag = flags[roll(4)];
        struct lf_regex *r = NULL;
        struct lf_arena a = { 0 };
        struct lf_err e = { 0 };
        struct lf_buf b;
        const char *regex;
        struct reference ref;

        lf_buf_init(&b, 4096);
        if (roll(4) == 0)
            lf_buf_byte(&b, '^');
        for (unsigned k = 1 + roll(4); k > 0; k--)
            lf_buf_printf(&b, "%s%s", items[roll(sizeof items / sizeof *items)], counts[roll(10)]);
        if (roll(4) == 0)
            lf_buf_byte(&b, '$');
        regex = lf_arena_cstr(&a, lf_buf_view(&b));
        ref = reference(regex, flag);
        CHECK((lf_regex_create(lf_view_of(regex), flag, &scratch, &r, &e) == LF_OK) == (ref.db != NULL),
              "%s: %s", regex, e.text);
        for (unsigned k = 0; r && ref.db && k < 60; k++) {
            bool want, got;

            lf_buf_reset(&b);
            for (unsigned n = roll(7); n > 0; n--)
                lf_buf_printf(&b, "%s", chars[roll(sizeof chars / sizeof *chars)]);
            want = means(&ref, lf_buf_view(&b));
            got = lf_regex_holds(r, &a, lf_buf_view(&b), ascii(lf_buf_view(&b)), &scratch);
            CHECK(got == want, "\"%s\" (flags %u) in \"%.*s\": %d", regex, flag, LF_FMT(lf_buf_view(&b)),
                  got);
            asked++;
            held += want;
        }
        hs_free_database(ref.db);
        hs_free_scratch(ref.scratch);
        lf_regex_destroy(r);
        lf_buf_clear(&b);
        lf_arena_clear(&a);
    }
    CHECK(held > 500 && asked > held + 500, "%u of %u held", held, asked);
    hs_free_scratch(scratch);
}

static const char *const words[] = {
    "cmd", "/c",   "ps.",  "(a|bc)", "(?:-x|no+)",  ".+",  ".*",     ".{0,3}",  "-f",     "\\\\",
    "\"",  "\\s+", "\\w",  "[^x]",   "(?:cmd|/c)?", "`",   "(ab)+",  "[a-c ]",  "(?s:.)", "$",
    "^",   "\\n",  "\\W",  "\\$",    "\\{",         "a|b", "|",      "(?i)",    "\\bno",  "(?:\\{c\\}){2,}",
    "\\.", "b?",   "c{2}", "[\\s]",  "\\s",         "\\t", "\\r\\n", "\\n\\n+", "\\n{2}", "\\D"
};
static const char *const pieces[] = { "cmd", "CMD", "/c", "ps.", "psx", "a",  "bc", "-x",  "no",
                                      "NOO", "-f",  "\\", "\"",  " ",   "\n", "\n", "`",   "ab",
                                      "x",   "{c}", "$",  ".",   "b",   "cc", "\t", "\r\n" };

/* Expressions that need parts, of texts that have some of them, here and there in lines. */
static void an_expression_is_asked_wherever_its_parts_may_stand(void)
{
    hs_scratch_t *scratch = NULL;
    unsigned asked = 0, held = 0;

    for (unsigned i = 0; i < 1500; i++) {
        static const unsigned flags[] = { 0, HS_FLAG_CASELESS, HS_FLAG_DOTALL, HS_FLAG_MULTILINE };
        unsigned flag = flags[roll(4)];
        struct lf_regex *r = NULL;
        struct lf_arena a = { 0 };
        struct lf_err e = { 0 };
        struct lf_buf b;
        const char *regex;
        struct reference ref;

        lf_buf_init(&b, 1 << 16);
        for (unsigned k = 1 + roll(6); k > 0; k--)
            lf_buf_printf(&b, "%s", words[roll(sizeof words / sizeof *words)]);
        regex = lf_arena_cstr(&a, lf_buf_view(&b));
        ref = reference(regex, flag);
        CHECK((lf_regex_create(lf_view_of(regex), flag, &scratch, &r, &e) == LF_OK) == (ref.db != NULL),
              "%s: %s", regex, e.text);
        for (unsigned k = 0; r && ref.db && k < 60; k++) {
            bool want, got;

            lf_buf_reset(&b);
            for (unsigned n = roll(k % 10 == 0 ? 1500 : 25); n > 0; n--)
                lf_buf_printf(&b, "%s", pieces[roll(sizeof pieces / sizeof *pieces)]);
            if (k % 3 == 0)
                lf_buf_printf(&b, "%s", chars[roll(sizeof chars / sizeof *chars)]);
            want = means(&ref, lf_buf_view(&b));
            got = lf_regex_holds(r, &a, lf_buf_view(&b), ascii(lf_buf_view(&b)), &scratch);
            CHECK(got == want, "\"%s\" (flags %u) in \"%.*s\": %d", regex, flag, LF_FMT(lf_buf_view(&b)),
                  got);
            asked++;
            held += want;
        }
        hs_free_database(ref.db);
        hs_free_scratch(ref.scratch);
        lf_regex_destroy(r);
        lf_buf_clear(&b);
        lf_arena_clear(&a);
    }
    CHECK(held > 5000 && asked > held + 5000, "%u of %u held", held, asked);
    hs_free_scratch(scratch);
}

/* Vectorscan with AVX-512 misses what stands behind the first 64 bytes of a block. */
static void a_match_is_found_wherever_it_stands(void)
{
    static const char *const expressions[] = { "\\{",          "\\{.*",   "\\{c?", "(?i)\\{",  "\\{+",
                                               "(?:^|\\W)\\{", "\\{|\\}", "[{]",   "\\{{1,3}", "\\.?\\{" };
    hs_scratch_t *scratch = NULL;
    char text[4200];

    memset(text, '.', sizeof text);
    for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++) {
        struct lf_regex *r = NULL;
        struct lf_arena a = { 0 };
        struct lf_err e = { 0 };
        size_t missed = 0;

        CHECK_OK(lf_regex_create(lf_view_of(expressions[i]), 0, &scratch, &r, &e), &e);
        for (size_t n = 1; n < sizeof text; n += n < 200 ? 1 : 1999)
            for (size_t at = 0; at < n; at++) {
                text[at] = '{';
                missed += !lf_regex_holds(r, &a, (lf_view){ text, n }, true, &scratch);
                text[at] = '.';
                lf_arena_reset(&a);
            }
        CHECK(missed == 0, "%s: %zu places", expressions[i], missed);
        lf_regex_destroy(r);
        lf_arena_clear(&a);
    }
    hs_free_scratch(scratch);
}

static void what_cannot_be_served_says_why(void)
{
    static const char *const bad[] = { "(", "(?=x)y", "(a)\\1", "[", "a{5000}{5000}" };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        hs_scratch_t *scratch = NULL;
        struct lf_regex *r = NULL;
        struct lf_err e = { 0 };

        CHECK(lf_regex_create(lf_view_of(bad[i]), 0, &scratch, &r, &e) == LF_BAD_INPUT && e.text[0], "%s",
              bad[i]);
        hs_free_scratch(scratch);
    }
}

int main(void)
{
    RUN(each_text_gets_the_answer_of_the_utf8_expression);
    RUN(a_match_is_found_wherever_it_stands);
    RUN(an_expression_is_asked_wherever_its_parts_may_stand);
    RUN(what_cannot_be_served_says_why);
    DONE();
}
