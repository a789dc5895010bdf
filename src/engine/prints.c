#include "engine/prints.h"

#include <stdlib.h>

#include "base/err.h"
#include "engine/caseless.h"
#include "engine/usual.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum {
    BUCKETS = 8, /* a bit each */
    PRINT = 4,   /* bytes of a fingerprint */
    WIDEST = 32, /* places looked up at once at most */
};

struct lf_prints {
    unsigned char low[PRINT][16], high[PRINT][16];
    uint64_t bucket[BUCKETS]; /* texts in it */
    const lf_view *texts;
    size_t n;
    uint32_t print[LF_PRINTS_MOST], mask[LF_PRINTS_MOST]; /* the bytes that stand for it, without case */
    uint8_t at[LF_PRINTS_MOST];                           /* where in the text they stand */
    int places;                                           /* that this machine looks up at once */
    bool masked; /* it can, and what is left of a text without a copy */
};

/* The least usual four bytes of a text. */
size_t lf_prints_place(lf_view t)
{
    size_t best = 0, least = SIZE_MAX;

    for (size_t i = 0; i + PRINT <= t.len && i < UINT8_MAX; i++) {
        size_t product = 1;

        for (size_t k = 0; k < PRINT; k++)
            product *= lf_usual_byte((unsigned char)t.ptr[i + k]);
        if (product < least) {
            least = product;
            best = i;
        }
    }
    return best;
}

/* Texts while buckets are being chosen: bit n of low and high for each byte with that half. */
struct crowd {
    uint16_t low[PRINT], high[PRINT];
    uint64_t texts; /* 0: gone into another */
    float places;   /* a guess of the share of places at which its bytes agree */
};

struct halves { /* how usual each byte is */
    float of[16][16];
};

static void guess(struct crowd *c, const struct halves *usual_of)
{
    c->places = 1;
    for (size_t k = 0; k < PRINT; k++) {
        float sum = 0;

        for (unsigned high = c->high[k]; high; high &= high - 1)
            for (unsigned low = c->low[k]; low; low &= low - 1)
                sum += usual_of->of[__builtin_ctz(high)][__builtin_ctz(low)];
        c->places *= sum / 1000;
    }
}

static void put_byte(struct crowd *c, size_t k, unsigned char byte)
{
    c->low[k] |= (uint16_t)(1u << (byte & 15));
    c->high[k] |= (uint16_t)(1u << (byte >> 4));
}

static struct crowd crowd_of(lf_view text, size_t at, unsigned number)
{
    struct crowd c = { .texts = (uint64_t)1 << number };

    for (size_t k = 0; k < PRINT; k++) {
        unsigned char byte;

        if (at + k >= text.len) { /* a short one: any byte */
            c.low[k] = c.high[k] = 0xffff;
            continue;
        }
        byte = (unsigned char)text.ptr[at + k];
        put_byte(&c, k, byte);
        if (byte >= 'a' && byte <= 'z')
            put_byte(&c, k, (unsigned char)(byte & ~0x20));
    }
    return c;
}

static struct crowd together(const struct crowd *x, const struct crowd *y, const struct halves *usual_of)
{
    struct crowd c = { .texts = x->texts | y->texts };

    for (size_t k = 0; k < PRINT; k++) {
        c.low[k] = x->low[k] | y->low[k];
        c.high[k] = x->high[k] | y->high[k];
    }
    guess(&c, usual_of);
    return c;
}

/* As many crowds as there are buckets, by putting together two at a time that agree at the fewest
 * places more. */
static void gather(struct crowd *crowds, size_t n)
{
    struct halves usual_of;
    float(*more)[LF_PRINTS_MOST] = calloc(n, sizeof *more);

    if (!more)
        LF_BUG("no memory for %zu fingerprints", n);
    for (unsigned c = 0; c < 256; c++)
        usual_of.of[c >> 4][c & 15] = (float)lf_usual_byte((unsigned char)c);
    for (size_t i = 0; i < n; i++) {
        guess(&crowds[i], &usual_of);
        for (size_t k = 0; k < i; k++)
            more[i][k] = together(&crowds[i], &crowds[k], &usual_of).places - crowds[i].places -
                         crowds[k].places;
    }
    for (size_t left = n; left > BUCKETS; left--) {
        size_t bi = 0, bk = 0;

        for (size_t i = 1; i < n; i++)
            for (size_t k = 0; crowds[i].texts && k < i; k++)
                if (crowds[k].texts && (bi == 0 || more[i][k] < more[bi][bk])) {
                    bi = i;
                    bk = k;
                }
        crowds[bi] = together(&crowds[bi], &crowds[bk], &usual_of);
        crowds[bk].texts = 0;
        for (size_t k = 0; k < n; k++) {
            size_t x = k < bi ? bi : k, y = k < bi ? k : bi;

            if (k != bi && crowds[k].texts)
                more[x][y] = together(&crowds[x], &crowds[y], &usual_of).places - crowds[x].places -
                             crowds[y].places;
        }
    }
    free(more);
}

static void put_print(struct lf_prints *p, size_t i)
{
    unsigned char print[PRINT] = { 0 }, mask[PRINT] = { 0 };

    for (size_t k = 0; k < PRINT && p->at[i] + k < p->texts[i].len; k++) {
        print[k] = (unsigned char)p->texts[i].ptr[p->at[i] + k];
        mask[k] = print[k] >= 'a' && print[k] <= 'z' ? 0xdf : 0xff;
        print[k] &= mask[k];
    }
    memcpy(&p->print[i], print, PRINT);
    memcpy(&p->mask[i], mask, PRINT);
}

static int places_at_once(void)
{
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx2") ? 32 : __builtin_cpu_supports("ssse3") ? 16 : 1;
#else
    return 1;
#endif
}

static bool masked_at_once(void)
{
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl");
#else
    return false;
#endif
}

struct lf_prints *lf_prints_create(const lf_view *texts, size_t n, const uint8_t *at)
{
    struct lf_prints *p = calloc(1, sizeof *p);
    struct crowd crowds[LF_PRINTS_MOST];
    size_t bucket = 0;

    LF_ASSERT(n > 0 && n <= LF_PRINTS_MOST);
    if (!p)
        LF_BUG("no memory for fingerprints");
    p->texts = texts;
    p->n = n;
    p->places = places_at_once();
    p->masked = masked_at_once();
    for (size_t i = 0; i < n; i++) {
        p->at[i] = at ? at[i] : (uint8_t)lf_prints_place(texts[i]);
        crowds[i] = crowd_of(texts[i], p->at[i], (unsigned)i);
        put_print(p, i);
    }
    gather(crowds, n);
    for (size_t i = 0; i < n; i++) {
        if (!crowds[i].texts)
            continue;
        p->bucket[bucket] = crowds[i].texts;
        for (size_t k = 0; k < PRINT; k++)
            for (unsigned half = 0; half < 16; half++) {
                p->low[k][half] |= (uint8_t)((crowds[i].low[k] >> half & 1u) << bucket);
                p->high[k][half] |= (uint8_t)((crowds[i].high[k] >> half & 1u) << bucket);
            }
        bucket++;
    }
    return p;
}

void lf_prints_destroy(struct lf_prints *p)
{
    free(p);
}

size_t lf_prints_bytes(const struct lf_prints *p)
{
    return p ? sizeof *p : 0;
}

/* ---- looking ---- */

struct hunt {
    const struct lf_prints *p;
    lf_view text;
    uint64_t left;
    size_t budget; /* bytes that may still be compared in vain */
    bool stop;
    enum lf_prints_then (*found)(void *ctx, unsigned number, size_t at);
    void *ctx;
};

/* Texts of the buckets whose fingerprint is at `at`. */
static void compare(struct hunt *h, size_t at, unsigned buckets)
{
    uint32_t here = 0;

    if (h->text.len - at >= PRINT)
        memcpy(&here, h->text.ptr + at, PRINT);
    else
        memcpy(&here, h->text.ptr + at, h->text.len - at);
    for (; buckets; buckets &= buckets - 1) {
        uint64_t in = h->p->bucket[__builtin_ctz(buckets)] & h->left;

        for (; in; in &= in - 1) {
            unsigned i = (unsigned)__builtin_ctzll(in);
            lf_view want = h->p->texts[i];
            size_t before = h->p->at[i];

            if ((here & h->p->mask[i]) != h->p->print[i] || at < before ||
                h->text.len - (at - before) < want.len)
                continue;
            if (!lf_caseless_same(h->text.ptr + (at - before), want.ptr, want.len)) {
                if (h->budget < want.len) {
                    h->budget = 0;
                    h->stop = true;
                    return;
                }
                h->budget -= want.len;
                continue;
            }
            switch (h->found(h->ctx, i, at - before)) {
            case LF_PRINTS_MORE:
                break;
            case LF_PRINTS_ENOUGH:
                h->left &= ~((uint64_t)1 << i);
                h->stop = h->left == 0;
                break;
            case LF_PRINTS_STOP:
                h->stop = true;
                return;
            }
        }
    }
}

static void scan_one_by_one(struct hunt *h)
{
    const struct lf_prints *p = h->p;

    for (size_t i = 0; i < h->text.len && !h->stop; i++) {
        unsigned all = 0xff;

        for (size_t k = 0; k < PRINT; k++) {
            unsigned char c = i + k < h->text.len ? (unsigned char)h->text.ptr[i + k] : 0;

            all &= p->low[k][c & 15] & p->high[k][c >> 4];
        }
        if (all)
            compare(h, i, all);
    }
}

#if defined(__x86_64__)
/* Both forms do the same: whole blocks where PRINT - 1 more bytes can be read, then what is left with
 * zeros behind it, which is less than a block and PRINT - 1. */

#define SSSE3 __attribute__((target("ssse3")))
#define AVX2 __attribute__((target("avx2")))

#define AVX512 __attribute__((target("avx2,avx512f,avx512bw,avx512vl")))

static void compare_all(struct hunt *h, size_t at, uint32_t some, const unsigned char *buckets, size_t places)
{
    for (; some && !h->stop; some &= some - 1) {
        unsigned i = (unsigned)__builtin_ctz(some);

        if (i < places)
            compare(h, at + i, buckets[i]);
    }
}

SSSE3 static inline __m128i load16(const void *p)
{
    return _mm_loadu_si128((const __m128i *)p);
}

SSSE3 static inline void look16(struct hunt *h, const char *p, size_t at, size_t places)
{
    const struct lf_prints *t = h->p;
    const __m128i half = _mm_set1_epi8(15);
    __m128i all = _mm_set1_epi8(-1);
    unsigned char buckets[16];
    uint32_t some;

    for (size_t k = 0; k < PRINT; k++) {
        __m128i v = load16(p + k);
        __m128i low = _mm_shuffle_epi8(load16(t->low[k]), _mm_and_si128(v, half));
        __m128i high = _mm_shuffle_epi8(load16(t->high[k]), _mm_and_si128(_mm_srli_epi16(v, 4), half));

        all = _mm_and_si128(all, _mm_and_si128(low, high));
    }
    some = ~(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(all, _mm_setzero_si128())) & 0xffffu;
    if (__builtin_expect(some == 0, 1))
        return;
    _mm_storeu_si128((__m128i *)(void *)buckets, all);
    compare_all(h, at, some, buckets, places);
}

SSSE3 static void scan16(struct hunt *h)
{
    char tail[WIDEST + 16] = { 0 };
    size_t i = 0, n = h->text.len, rest;

    for (; i + 16 + PRINT - 1 <= n && !h->stop; i += 16)
        look16(h, h->text.ptr + i, i, 16);
    if (h->stop)
        return;
    rest = n - i;
    memcpy(tail, h->text.ptr + i, rest);
    look16(h, tail, i, rest);
    if (rest > 16 && !h->stop)
        look16(h, tail + 16, i + 16, rest - 16);
}

AVX2 static inline __m256i load32(const void *p)
{
    return _mm256_loadu_si256((const __m256i *)p);
}

AVX2 static inline __m256i both(const unsigned char *table)
{
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)table));
}

struct tables {
    __m256i low[PRINT], high[PRINT];
};

AVX2 static inline struct tables tables_of(const struct lf_prints *p)
{
    static_assert(PRINT == 4, "the rows are written out");
    return (struct tables){ { both(p->low[0]), both(p->low[1]), both(p->low[2]), both(p->low[3]) },
                            { both(p->high[0]), both(p->high[1]), both(p->high[2]), both(p->high[3]) } };
}

AVX2 static inline __m256i row32(const struct tables *t, size_t k, __m256i v)
{
    const __m256i half = _mm256_set1_epi8(15);
    __m256i high = _mm256_and_si256(_mm256_srli_epi16(v, 4), half);

    return _mm256_and_si256(_mm256_shuffle_epi8(t->low[k], _mm256_and_si256(v, half)),
                            _mm256_shuffle_epi8(t->high[k], high));
}

AVX2 static inline void look_rows(struct hunt *h, __m256i all, size_t at, size_t places)
{
    unsigned char buckets[32];
    uint32_t some;

    some = ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(all, _mm256_setzero_si256()));
    if (__builtin_expect(some == 0, 1))
        return;
    _mm256_storeu_si256((__m256i *)(void *)buckets, all);
    compare_all(h, at, some, buckets, places);
}

AVX2 static inline void look32(struct hunt *h, const struct tables *t, const char *p, size_t at,
                               size_t places)
{
    /* Written out, so that the tables stay in registers. */
    look_rows(h,
              _mm256_and_si256(_mm256_and_si256(row32(t, 0, load32(p)), row32(t, 1, load32(p + 1))),
                               _mm256_and_si256(row32(t, 2, load32(p + 2)), row32(t, 3, load32(p + 3)))),
              at, places);
}

AVX2 static void scan32(struct hunt *h)
{
    char tail[2 * WIDEST + 16];
    size_t i = 0, n = h->text.len, rest;
    struct tables t = tables_of(h->p);

    for (; i + 32 + PRINT - 1 <= n && !h->stop; i += 32)
        look32(h, &t, h->text.ptr + i, i, 32);
    if (h->stop)
        return;
    rest = n - i;
    _mm256_storeu_si256((__m256i *)(void *)tail, _mm256_setzero_si256());
    _mm256_storeu_si256((__m256i *)(void *)(tail + 32), _mm256_setzero_si256());
    memcpy(tail, h->text.ptr + i, rest);
    look32(h, &t, tail, i, rest);
    if (rest > 32 && !h->stop)
        look32(h, &t, tail + 32, i + 32, rest - 32);
}

/* `left` bytes, zeros behind them. */
AVX512 static inline __m256i first32(const char *p, size_t left)
{
    return _mm256_maskz_loadu_epi8(left < 32 ? ((__mmask32)1 << left) - 1 : UINT32_MAX, p);
}

/* What is left is read without a copy, so that short texts, which most values are, cost little. */
AVX512 static void scan32_masked(struct hunt *h)
{
    size_t i = 0, n = h->text.len;
    struct tables t = tables_of(h->p);

    for (; i + 32 + PRINT - 1 <= n && !h->stop; i += 32)
        look32(h, &t, h->text.ptr + i, i, 32);
    for (; i < n && !h->stop; i += 32) {
        const char *p = h->text.ptr + i;
        size_t left = n - i;
        __m256i a = row32(&t, 0, first32(p, left)), b = row32(&t, 1, first32(p + 1, left - 1));
        __m256i c = row32(&t, 2, left > 2 ? first32(p + 2, left - 2) : _mm256_setzero_si256());
        __m256i d = row32(&t, 3, left > 3 ? first32(p + 3, left - 3) : _mm256_setzero_si256());

        look_rows(h, _mm256_and_si256(_mm256_and_si256(a, b), _mm256_and_si256(c, d)), i,
                  left < 32 ? left : 32);
    }
}
#endif

bool lf_prints_scan(const struct lf_prints *p, lf_view text, uint64_t *left,
                    enum lf_prints_then (*found)(void *ctx, unsigned number, size_t at), void *ctx)
{
    struct hunt h = { .p = p, .text = text, .left = *left, .found = found, .ctx = ctx };

    h.budget = 64 * text.len + 4096;
    if (text.len == 0)
        return true;
#if defined(__x86_64__)
    if (p->places == 32 && p->masked)
        scan32_masked(&h);
    else if (p->places == 32)
        scan32(&h);
    else if (p->places == 16)
        scan16(&h);
    else
        scan_one_by_one(&h);
#else
    scan_one_by_one(&h);
#endif
    *left = h.left;
    return h.budget > 0;
}
