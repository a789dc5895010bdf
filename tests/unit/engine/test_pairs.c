#include "engine/pairs.h"

#include <stdlib.h>
#include <strings.h>

#include "lf_test.h"

static uint64_t x = 0x9e3779b97f4a7c15u;

static unsigned roll(unsigned n)
{
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return (unsigned)(x >> 33) % n;
}

static const lf_view texts[] = { LF_VIEW("lsadump::"), LF_VIEW("sekurlsa::"), LF_VIEW("eo.oe.kiwi"),
                                 LF_VIEW("mimidrv.sys") };
enum { TEXTS = sizeof texts / sizeof *texts };

/* Whether one of the texts' pairs may stand there by what lf_pairs_text_of says. */
static bool said(const struct lf_pairs *p, lf_view text, size_t at)
{
    return lf_pairs_text_of(p, text.ptr + at, 0) != NULL;
}

/* Texts end where their memory does, which the sanitizer watches. */
static void each_text_is_among_those_of_a_place_that_is_told(void)
{
    struct lf_pairs *p = lf_pairs_create(texts, TEXTS);
    unsigned told = 0;

    if (!p) {
        printf("# this machine has no such look-up\n");
        return;
    }
    for (unsigned round = 0; round < 4000; round++) {
        size_t n = roll(4) ? roll(200) : roll(2000), put = SIZE_MAX, which = roll(TEXTS), from = 0;
        char *t = malloc(n ? n : 1);
        lf_view text = { t, n };
        bool met = false;

        if (!t)
            abort();
        for (size_t i = 0; i < n; i++)
            t[i] = "abdeklmo.:wiKIW"[roll(15)];
        if (n >= texts[which].len) {
            put = roll((unsigned)(n - texts[which].len + 1));
            for (size_t i = 0; i < texts[which].len; i++) {
                char c = texts[which].ptr[i];

                t[put + i] = c >= 'a' && c <= 'z' && roll(2) ? (char)(c - 32) : c;
            }
        }
        for (size_t at = 0; (at = lf_pairs_next(p, text, at)) < n; at++) {
            const struct lf_pairs_text *w;

            CHECK(at + 1 < n && said(p, text, at), "nothing is at %zu of %zu", at, n);
            for (; from < at; from++)
                CHECK(!said(p, text, from), "%zu of %zu was passed over", from, n);
            from = at + 1;
            for (size_t i = 0; (w = lf_pairs_text_of(p, t + at, i)); i++)
                met |= w->text == which && put != SIZE_MAX && at == put + w->at;
            told++;
        }
        for (; from + 1 < n; from++)
            CHECK(!said(p, text, from), "%zu of %zu was passed over at the end", from, n);
        CHECK(put == SIZE_MAX || met, "\"%.*s\" at %zu of %zu was not told", LF_FMT(texts[which]), put, n);
        free(t);
    }
    CHECK(told > 10000, "%u places", told);
    lf_pairs_destroy(p);
}

static void texts_without_seldom_pairs_have_none(void)
{
    static const lf_view usual[] = { LF_VIEW("there"), LF_VIEW("is"),   LF_VIEW("nothing"), LF_VIEW("in"),
                                     LF_VIEW("them"),  LF_VIEW("that"), LF_VIEW("tells") };
    static const lf_view beyond[] = { LF_VIEW("\xe8\xad\xa6\xe5\xa0\xb1") };

    CHECK(!lf_pairs_create(usual, sizeof usual / sizeof *usual), "letters keep company");
    CHECK(!lf_pairs_create(beyond, 1), "bytes beyond ASCII are no pairs");
}

int main(void)
{
    RUN(each_text_is_among_those_of_a_place_that_is_told);
    RUN(texts_without_seldom_pairs_have_none);
    DONE();
}
