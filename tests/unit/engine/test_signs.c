#include "engine/signs.h"

#include <stdlib.h>

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

static const lf_view texts[] = { LF_VIEW("lsadump::"),  LF_VIEW("sekurlsa::"),
                                 LF_VIEW("eo.oe.kiwi"), LF_VIEW("mimidrv.sys"),
                                 LF_VIEW("kiwi"),       LF_VIEW("::dmp"),
                                 LF_VIEW(" -w 1"),      LF_VIEW("\xe8\xad\xa6\\drv") };
enum { TEXTS = sizeof texts / sizeof *texts };

struct told {
    lf_view text;
    bool of[TEXTS];
    unsigned left; /* places after which enough is known */
};

static bool met(void *ctx, uint32_t number, size_t inside, size_t at)
{
    struct told *t = ctx;

    CHECK(t->left > 0, "told after enough was said");
    CHECK(number < TEXTS && inside + LF_SIGN <= texts[number].len, "%u has no sign at %zu", number, inside);
    if (at + LF_SIGN <= t->text.len) /* what is told behind the end is for who asks to see */
        CHECK(memcmp(texts[number].ptr + inside, t->text.ptr + at, LF_SIGN) == 0 ||
                  lf_caseless_same(t->text.ptr + at, texts[number].ptr + inside, LF_SIGN) ||
                  texts[number].ptr[inside] < 'a',
              "\"%.*s\" is not at %zu", LF_FMT(texts[number]), at);
    if (at >= inside && at - inside + texts[number].len <= t->text.len &&
        lf_caseless_same(t->text.ptr + at - inside, texts[number].ptr, texts[number].len))
        t->of[number] = true;
    return --t->left > 0;
}

/* Texts end where their memory does, which the sanitizer watches. */
static void each_text_is_told_where_it_stands(const struct lf_signs *s)
{
    unsigned told = 0;

    for (unsigned round = 0; round < 8000; round++) {
        size_t n = roll(4) ? roll(140) : roll(2000);
        char *own = malloc(n ? n : 1);
        struct told t = { .text = { own, n }, .left = UINT32_MAX };
        unsigned which = roll(TEXTS);

        if (!own)
            abort();
        for (size_t i = 0; i < n; i++)
            own[i] = "abdeklmpsu.: -wi1KIW\\"[roll(21)];
        if (n >= texts[which].len) {
            size_t put = roll((unsigned)(n - texts[which].len + 1));

            for (size_t i = 0; i < texts[which].len; i++) {
                char c = texts[which].ptr[i];

                own[put + i] = c >= 'a' && c <= 'z' && roll(2) ? (char)(c - 32) : c;
            }
        }
        (void)lf_signs_scan(s, t.text, met, &t);
        for (unsigned k = 0; k < TEXTS; k++) {
            bool there = lf_caseless_find(t.text, texts[k]) != SIZE_MAX;

            CHECK(t.of[k] == there, "\"%.*s\" in %zu bytes", LF_FMT(texts[k]), n);
            told += there;
        }
        free(own);
    }
    CHECK(told > 6000, "%u told", told);
}

static void nothing_is_told_after_enough_was_said(const struct lf_signs *s)
{
    lf_view text =
        LF_VIEW("kiwi kiwi kiwi lsadump:: sekurlsa:: mimidrv.sys eo.oe.kiwi and kiwi and kiwi again");
    struct told t = { .text = text, .left = 2 };

    (void)lf_signs_scan(s, text, met, &t);
    CHECK(t.left == 0, "%u", t.left);
}

static void signs_are_told_where_the_machine_can(void)
{
    struct lf_usual_grams *usual = calloc(1, sizeof *usual);
    struct lf_signs *s;

    if (!usual)
        abort();
    lf_usual_grams_fill(usual);
    s = lf_signs_create(texts, TEXTS, usual);
    if (s) {
        each_text_is_told_where_it_stands(s);
        nothing_is_told_after_enough_was_said(s);
    } else {
        printf("# this machine has no such look-up\n");
    }
    lf_signs_destroy(s);
    free(usual);
}

static void texts_beyond_ascii_have_no_signs(void)
{
    static const lf_view beyond[] = { LF_VIEW("\xe8\xad\xa6\xe5\xa0\xb1") };
    struct lf_usual_grams *usual = calloc(1, sizeof *usual);

    if (!usual)
        abort();
    lf_usual_grams_fill(usual);
    CHECK(!lf_signs_create(beyond, 1, usual), "no four bytes are ASCII");
    free(usual);
}

int main(void)
{
    RUN(signs_are_told_where_the_machine_can);
    RUN(texts_beyond_ascii_have_no_signs);
    DONE();
}
