#include "engine/literals.h"

#include <strings.h>

#include "base/arena.h"
#include "engine/caseless.h"
#include "lf_test.h"

static uint64_t x = 0x9e3779b97f4a7c15u;

static unsigned roll(unsigned n)
{
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return (unsigned)(x >> 33) % n;
}

static lf_view made(struct lf_arena *a, size_t n, const char *letters)
{
    char *t = lf_arena_alloc(a, n ? n : 1, 1);

    for (size_t i = 0; i < n; i++)
        t[i] = letters[roll((unsigned)strlen(letters))];
    return (lf_view){ t, n };
}

struct heard {
    bool found[400];
    size_t n;
};

static void found(void *ctx, unsigned literal)
{
    struct heard *h = ctx;

    CHECK(literal < h->n, "literal %u of %zu", literal, h->n);
    h->found[literal] = true;
}

static bool there(lf_view text, lf_view literal)
{
    for (size_t i = 0; i + literal.len <= text.len; i++)
        if (strncasecmp(text.ptr + i, literal.ptr, literal.len) == 0)
            return true;
    return false;
}

/* Sets of every size, so that each way of looking is taken; texts end where their memory
 * does, which the sanitizer watches. */
static void each_literal_is_found_where_it_is_and_nowhere_else(void)
{
    static const size_t sizes[] = { 1, 2, 3, 4, 8, 9, 40, 48, 49, 300 };
    hs_scratch_t *scratch = NULL;
    unsigned hits = 0, misses = 0;

    for (unsigned round = 0; round < 60; round++) {
        size_t n = sizes[round % (sizeof sizes / sizeof *sizes)];
        struct lf_arena a = { 0 };
        lf_view texts[400];
        struct lf_literals *l;
        struct lf_err e = { 0 };

        for (size_t i = 0; i < n; i++)
            texts[i] = made(&a, 1 + roll(round % 3 ? 4 : 30), round % 2 ? "ab-:" : "abcdefgk\\.: \xc3\xa4");
        CHECK_OK(lf_literals_create(texts, n, &scratch, &l, &e), &e);
        for (unsigned k = 0; k < 150; k++) {
            size_t len = roll(k % 5 ? 40 : 300);
            char *own = malloc(len ? len : 1);
            lf_view text = made(&a, len, round % 2 ? "aAbB-:" : "aAbBcCdDeEfFgGkK\\.: \xc3\xa4");
            struct heard h = { .n = n };

            if (len > 0)
                memcpy(own, text.ptr, len);
            if (roll(2) && len > 0) { /* one of them is put in, at the very end half of the time */
                lf_view t = texts[roll((unsigned)n)];

                if (t.len <= len)
                    memcpy(own + (roll(2) ? len - t.len : roll((unsigned)(len - t.len + 1))), t.ptr, t.len);
            }
            text.ptr = own;
            lf_literals_scan(l, text, scratch, found, &h);
            for (size_t i = 0; i < n; i++) {
                bool want = there(text, texts[i]);

                CHECK(h.found[i] == want, "\"%.*s\" in \"%.*s\" (of %zu): %d", LF_FMT(texts[i]), LF_FMT(text),
                      n, h.found[i]);
                hits += want;
                misses += !want;
            }
            free(own);
        }
        lf_literals_destroy(l);
        lf_arena_clear(&a);
    }
    hs_free_scratch(scratch);
    CHECK(hits > 10000 && misses > 10000, "%u found, %u not", hits, misses);
}

/* Long literals of few letters, so that one's grams are another's: those that must be told
 * apart, and texts that use up what may be compared in vain. */
static void long_literals_are_told_apart(void)
{
    static const size_t sizes[] = { 1, 2, 5, 32, 33, 100, 399 };
    hs_scratch_t *scratch = NULL;
    unsigned hits = 0, misses = 0;

    for (unsigned round = 0; round < 84; round++) {
        size_t n = sizes[round % (sizeof sizes / sizeof *sizes)], least = 7 + roll(7);
        const char *letters = round % 3 == 0 ? "a" : round % 3 == 1 ? "ab" : "abcdefghij:\\.";
        struct lf_arena a = { 0 };
        lf_view texts[400];
        struct lf_literals *l;
        struct lf_err e = { 0 };

        for (size_t i = 0; i < n; i++) {
            texts[i] = made(&a, least + roll(round % 2 ? 3 : 110), letters);
            if (round % 3 == 0) /* nearly there at every place of a row of "a" */
                ((char *)(uintptr_t)texts[i].ptr)[roll((unsigned)texts[i].len)] = (char)('a' + roll(3));
        }
        CHECK_OK(lf_literals_create(texts, n, &scratch, &l, &e), &e);
        for (unsigned k = 0; k < 40; k++) {
            size_t len = roll(k % 4 ? 150 : 3000);
            char *own = malloc(len ? len : 1);
            lf_view text = made(&a, len, round % 3 == 0 ? "aA" : round % 3 == 1 ? "aAbB" : "AbcdefghijJ:\\.");
            struct heard h = { .n = n };

            if (len > 0)
                memcpy(own, text.ptr, len);
            for (unsigned in = roll(3); in > 0; in--) {
                lf_view t = texts[roll((unsigned)n)];

                if (t.len <= len)
                    memcpy(own + (roll(3) ? roll((unsigned)(len - t.len + 1)) : len - t.len), t.ptr, t.len);
            }
            text.ptr = own;
            lf_literals_scan(l, text, scratch, found, &h);
            for (size_t i = 0; i < n; i++) {
                bool want = there(text, texts[i]);

                CHECK(h.found[i] == want, "\"%.*s\" in \"%.*s\" (of %zu): %d", LF_FMT(texts[i]), LF_FMT(text),
                      n, h.found[i]);
                hits += want;
                misses += !want;
            }
            free(own);
        }
        lf_literals_destroy(l);
        lf_arena_clear(&a);
    }
    hs_free_scratch(scratch);
    CHECK(hits > 10000 && misses > 10000, "%u found, %u not", hits, misses);
}

/* Longer texts, in which those that have a rare byte each are known by what stands beside it: at every
 * border of what is noted at once, at both ends, and in texts of nothing but such bytes.  Of many texts a few
 * have none, or are short. */
static void long_texts_are_looked_through_beside_rare_bytes(void)
{
    enum { APART = 20 };
    static const size_t sizes[] = { 33, 60, 400 };
    static const char *const usual[] = { "abcdeABCDE", "abcdeABCDE-.", "-.=a", "kwxzjvKWXZJV" };
    hs_scratch_t *scratch = NULL;
    unsigned hits = 0, misses = 0;

    for (unsigned round = 0; round < 27; round++) {
        size_t n = sizes[round % 3];
        struct lf_arena a = { 0 };
        lf_view texts[400];
        struct lf_literals *l;
        struct lf_err e = { 0 };

        for (size_t i = 0; i < n; i++) {
            if (n > 64 && i < APART) {
                texts[i] = made(&a, (i % 2 ? 4 : 7) + roll(3), "kwxzjv");
                continue;
            }
            texts[i] = made(&a, 7 + roll(round % 2 ? 3 : 30), "abcde");
            ((char *)(uintptr_t)texts[i].ptr)[roll((unsigned)texts[i].len)] = "-.="[roll(3)];
        }
        CHECK_OK(lf_literals_create(texts, n, &scratch, &l, &e), &e);
        for (unsigned k = 0; k < 60; k++) {
            size_t len = k % 3 ? 100 + roll(200) : 4000 + roll(5000);
            char *own = malloc(len);
            lf_view text = made(&a, len, usual[k / 4 % 4]);
            struct heard h = { .n = n };

            memcpy(own, text.ptr, len);
            for (unsigned in = roll(4); in > 0; in--) {
                lf_view t = texts[roll(roll(2) ? (unsigned)n : APART)];
                size_t border = len > 4200 ? 4096 : 128, before = roll((unsigned)t.len + 1);

                if (t.len > len || border > len - t.len)
                    continue;
                memcpy(own + (in == 1   ? len - t.len
                              : in == 2 ? 0
                              : roll(2) ? border - before
                                        : roll((unsigned)(len - t.len + 1))),
                       t.ptr, t.len);
            }
            text.ptr = own;
            lf_literals_scan(l, text, scratch, found, &h);
            for (size_t i = 0; i < n; i++) {
                bool want = there(text, texts[i]);

                CHECK(h.found[i] == want, "\"%.*s\" in %zu bytes (of %zu): %d", LF_FMT(texts[i]), len, n,
                      h.found[i]);
                hits += want;
                misses += !want;
            }
            free(own);
        }
        lf_literals_destroy(l);
        lf_arena_clear(&a);
    }
    hs_free_scratch(scratch);
    CHECK(hits > 2000 && misses > 10000, "%u found, %u not", hits, misses);
}

static void caseless_search_is_that_of_folded_texts(void)
{
    for (unsigned k = 0; k < 20000; k++) {
        struct lf_arena a = { 0 };
        size_t len = roll(k % 8 ? 70 : 400);
        char *own = malloc(len ? len : 1), folded[400];
        lf_view text = made(&a, len, "aAbBzZ[@`{_1"), want = made(&a, roll(k % 2 ? 4 : 40), "abz[@`{_1");
        bool holds;

        if (len > 0)
            memcpy(own, text.ptr, len);
        text.ptr = own;
        if (roll(2) && want.len <= len && want.len > 0)
            memcpy(own + (len - want.len), want.ptr, want.len);
        lf_caseless_fold(folded, own, len);
        holds = lf_view_find((lf_view){ folded, len }, want) != SIZE_MAX;
        CHECK(lf_caseless_find(text, want) == lf_view_find((lf_view){ folded, len }, want),
              "\"%.*s\" in \"%.*s\"", LF_FMT(want), LF_FMT(text));
        CHECK(lf_caseless_eq(text, want) == lf_view_eq((lf_view){ folded, len }, want), "equal");
        CHECK(lf_caseless_starts(text, want) == lf_view_starts((lf_view){ folded, len }, want), "starts");
        CHECK(lf_caseless_ends(text, want) == lf_view_ends((lf_view){ folded, len }, want), "ends");
        CHECK(!lf_caseless_ends(text, want) || holds, "an ending is there");
        free(own);
        lf_arena_clear(&a);
    }
    for (size_t n = 0; n < 70; n++)
        for (size_t at = 0; at <= n; at++) {
            char text[70];

            memset(text, 'x', sizeof text);
            if (at < n)
                text[at] = '\x80';
            CHECK(lf_is_ascii((lf_view){ text, n }) == (at == n), "%zu of %zu", at, n);
        }
}

int main(void)
{
    RUN(each_literal_is_found_where_it_is_and_nowhere_else);
    RUN(long_literals_are_told_apart);
    RUN(long_texts_are_looked_through_beside_rare_bytes);
    RUN(caseless_search_is_that_of_folded_texts);
    DONE();
}
