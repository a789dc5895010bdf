#include "engine/signs.h"

#include <stdlib.h>

#include "base/err.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum {
    BUCKETS = 8, /* a bit each */
    HALVES = 16, /* values of half a byte */
    ASCII = 128,
    BLOCK = 32,
    INSIDE_MOST = 64, /* places of a text at which its sign may be */
    ROUNDS = 3,       /* in which each sign is chosen anew, the others being as they are */
};
#define USUAL 0.01f      /* what a sign costs that is in one of the words of all logs */
#define CHANCE_MOST .01f /* of a place to be told in usual text */

struct sign {
    uint32_t gram, text; /* its bytes, capitals as small letters; whose it is */
    uint32_t at;
};

struct lf_signs {
    uint8_t row[LF_SIGN][HALVES]; /* buckets by the lower half of the byte at each place */
    uint32_t from[BUCKETS + 1];   /* of `signs`, by bucket */
    struct sign signs[];
};

static bool at_once(void)
{
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi");
#else
    return false;
#endif
}

/* ---- choosing ---- */

struct bucket {
    uint16_t halves[LF_SIGN]; /* bit by half: a sign has it there */
    float share[LF_SIGN];     /* of usual bytes that have one of them */
};

struct chooser {
    const lf_view *texts;
    size_t n;
    const struct lf_usual_grams *usual;
    float share[HALVES];
    struct bucket buckets[BUCKETS];
    struct {
        unsigned bucket;
        uint32_t at;
    } of[LF_SIGNS_MOST];
};

static void fill_shares(struct chooser *c)
{
    float sum = 0;

    for (int b = 0; b < ASCII; b++)
        sum += (float)lf_usual_byte((unsigned char)b);
    for (int b = 0; b < ASCII; b++)
        c->share[b % HALVES] += (float)lf_usual_byte((unsigned char)b) / sum;
}

static float chance_of(const struct bucket *b)
{
    return b->share[0] * b->share[1] * b->share[2] * b->share[3];
}

static struct bucket with(const struct chooser *c, const struct bucket *b, const char *sign)
{
    struct bucket out = *b;

    for (size_t k = 0; k < LF_SIGN; k++) {
        unsigned half = (unsigned char)sign[k] % HALVES;

        if (out.halves[k] >> half & 1u)
            continue;
        out.halves[k] |= (uint16_t)(1u << half);
        out.share[k] += c->share[half];
    }
    return out;
}

static bool all_ascii(const char *sign)
{
    unsigned char any = 0;

    for (size_t k = 0; k < LF_SIGN; k++)
        any |= (unsigned char)sign[k];
    return any < ASCII;
}

/* Where the text's sign makes the fewest places be told that are not told yet; false: nowhere. */
static bool put(struct chooser *c, size_t i)
{
    lf_view t = c->texts[i];
    float least = 0;
    bool any = false;

    for (size_t at = 0; at + LF_SIGN <= t.len && at < INSIDE_MOST; at++) {
        float cost = lf_usual_gram(c->usual, t.ptr + at) ? USUAL : 0;

        if (!all_ascii(t.ptr + at))
            continue;
        for (unsigned b = 0; b < BUCKETS; b++) {
            struct bucket more = with(c, &c->buckets[b], t.ptr + at);
            float u = cost + chance_of(&more) - chance_of(&c->buckets[b]);

            if (any && u >= least)
                continue;
            any = true;
            least = u;
            c->of[i].bucket = b;
            c->of[i].at = (uint32_t)at;
        }
    }
    if (any)
        c->buckets[c->of[i].bucket] = with(c, &c->buckets[c->of[i].bucket], t.ptr + c->of[i].at);
    return any;
}

static void take(struct chooser *c, size_t i)
{
    struct bucket *b = &c->buckets[c->of[i].bucket];

    *b = (struct bucket){ 0 };
    for (size_t k = 0; k < c->n; k++)
        if (k != i && c->of[k].bucket == c->of[i].bucket)
            *b = with(c, b, c->texts[k].ptr + c->of[k].at);
}

/* False when they are no use. */
static bool choose(struct chooser *c)
{
    float sum = 0;

    fill_shares(c);
    for (size_t i = 0; i < c->n; i++)
        if (!put(c, i))
            return false;
    for (unsigned round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < c->n; i++) {
            take(c, i);
            (void)put(c, i);
        }
    for (size_t b = 0; b < BUCKETS; b++)
        sum += chance_of(&c->buckets[b]);
    return sum <= CHANCE_MOST;
}

static inline uint32_t gram_at(const char *p)
{
    uint32_t w;

    memcpy(&w, p, LF_SIGN);
    return w | 0x20202020u;
}

struct lf_signs *lf_signs_create(const lf_view *texts, size_t n, const struct lf_usual_grams *usual)
{
    struct chooser c = { .texts = texts, .n = n, .usual = usual };
    struct lf_signs *s;
    uint32_t at = 0;

    LF_ASSERT(n > 0 && n <= LF_SIGNS_MOST);
    if (!at_once() || !choose(&c))
        return NULL;
    s = calloc(1, sizeof *s + n * sizeof *s->signs);
    if (!s)
        LF_BUG("no memory for the signs of %zu texts", n);
    for (unsigned b = 0; b < BUCKETS; b++) {
        for (size_t k = 0; k < LF_SIGN; k++)
            for (unsigned half = 0; half < HALVES; half++)
                s->row[k][half] |= (uint8_t)((c.buckets[b].halves[k] >> half & 1u) << b);
        for (size_t i = 0; i < n; i++)
            if (c.of[i].bucket == b)
                s->signs[at++] = (struct sign){ gram_at(texts[i].ptr + c.of[i].at), (uint32_t)i, c.of[i].at };
        s->from[b + 1] = at;
    }
    return s;
}

void lf_signs_destroy(struct lf_signs *s)
{
    free(s);
}

size_t lf_signs_bytes(const struct lf_signs *s)
{
    return s ? sizeof *s + s->from[BUCKETS] * sizeof *s->signs : 0;
}

/* ---- looking ---- */

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2,bmi")))

struct hunt {
    const struct lf_signs *s;
    size_t places;
    bool stop;
    bool (*met)(void *ctx, uint32_t number, size_t inside, size_t at);
    void *ctx;
};

/* The four bytes at p, which is `at` in what is looked through. */
static void compare(struct hunt *h, unsigned buckets, const char *p, size_t at)
{
    uint32_t gram = gram_at(p);

    h->places++;
    for (; buckets; buckets &= buckets - 1) {
        unsigned b = (unsigned)__builtin_ctz(buckets);

        for (uint32_t i = h->s->from[b]; i < h->s->from[b + 1]; i++)
            if (h->s->signs[i].gram == gram && !h->met(h->ctx, h->s->signs[i].text, h->s->signs[i].at, at)) {
                h->stop = true;
                return;
            }
    }
}

struct rows {
    __m256i at[LF_SIGN];
};

AVX2 static inline __m256i row(const uint8_t *table)
{
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)table));
}

/* Not 0 at each of 32 places that is told; LF_SIGN - 1 more bytes are read. */
AVX2 static inline __m256i told_at(const struct rows *r, const char *p)
{
    static_assert(LF_SIGN == 4, "the rows are written out");
    __m256i a = _mm256_shuffle_epi8(r->at[0], _mm256_loadu_si256((const void *)p));
    __m256i b = _mm256_shuffle_epi8(r->at[1], _mm256_loadu_si256((const void *)(p + 1)));
    __m256i c = _mm256_shuffle_epi8(r->at[2], _mm256_loadu_si256((const void *)(p + 2)));
    __m256i d = _mm256_shuffle_epi8(r->at[3], _mm256_loadu_si256((const void *)(p + 3)));

    return _mm256_and_si256(_mm256_and_si256(a, b), _mm256_and_si256(c, d));
}

AVX2 static __attribute__((noinline)) void compare_all(struct hunt *h, __m256i told, const char *p, size_t at)
{
    unsigned char buckets[BLOCK];
    uint32_t some = ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(told, _mm256_setzero_si256()));

    _mm256_storeu_si256((__m256i *)(void *)buckets, told);
    for (; some && !h->stop; some &= some - 1) {
        unsigned i = (unsigned)__builtin_ctz(some);

        compare(h, buckets[i], p + i, at + i);
    }
}

AVX2 static inline void look(struct hunt *h, const struct rows *r, const char *p, size_t at)
{
    __m256i told = told_at(r, p);

    if (__builtin_expect(!_mm256_testz_si256(told, told), 0))
        compare_all(h, told, p, at);
}

AVX2 static void look_through(struct hunt *h, lf_view text)
{
    const struct rows r = { { row(h->s->row[0]), row(h->s->row[1]), row(h->s->row[2]), row(h->s->row[3]) } };
    const size_t whole = BLOCK + LF_SIGN - 1;
    size_t i = 0;

    if (text.len < whole) {
        char all[2 * BLOCK] = { 0 };

        memcpy(all, text.ptr, text.len);
        look(h, &r, all, 0);
        return;
    }
    for (; i + BLOCK + whole <= text.len && !h->stop; i += 2 * BLOCK) {
        __m256i a = told_at(&r, text.ptr + i), b = told_at(&r, text.ptr + i + BLOCK);
        __m256i any = _mm256_or_si256(a, b);

        if (__builtin_expect(_mm256_testz_si256(any, any), 1))
            continue;
        compare_all(h, a, text.ptr + i, i);
        compare_all(h, b, text.ptr + i + BLOCK, i + BLOCK);
    }
    if (i + whole <= text.len && !h->stop) {
        look(h, &r, text.ptr + i, i);
        i += BLOCK;
    }
    /* What is left, with places before it that were looked at already. */
    if (i + LF_SIGN <= text.len && !h->stop)
        look(h, &r, text.ptr + text.len - whole, text.len - whole);
}
#endif

size_t lf_signs_scan(const struct lf_signs *s, lf_view text,
                     bool (*met)(void *ctx, uint32_t number, size_t inside, size_t at), void *ctx)
{
#if defined(__x86_64__)
    struct hunt h = { .s = s, .met = met, .ctx = ctx };

    if (text.len >= LF_SIGN)
        look_through(&h, text);
    return h.places;
#else
    /* There are none (at_once). */
    (void)s;
    (void)text;
    (void)met;
    (void)ctx;
    return 0;
#endif
}
