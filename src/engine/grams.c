#include "engine/grams_priv.h"

#include "base/err.h"
#include "engine/caseless.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

struct hunt {
    struct lf_grams *g;
    lf_view text;
    size_t budget; /* bytes that may still be compared in vain */
    bool stop;
    uint32_t some[64]; /* texts found, so that their marks can be taken back; more: all are */
    size_t nsome;
    bool (*found)(void *ctx, unsigned number);
    void *ctx;
};

static bool known(const struct lf_grams *g, uint32_t text)
{
    return g->seen[text / 64] >> (text % 64) & 1u;
}

static void give_up(struct hunt *h)
{
    h->budget = 0;
    h->stop = true;
}

/* The text, of which what is at `at` stands `inside` bytes from its front. */
static void try_text(struct hunt *h, uint32_t number, size_t inside, size_t at)
{
    struct lf_grams *g = h->g;
    lf_view want = g->texts[number];
    size_t cost = ENTRY_COST;

    if (h->budget < want.len + cost) {
        give_up(h);
        return;
    }
    if (at >= inside && h->text.len - (at - inside) >= want.len && !known(g, number)) {
        if (lf_caseless_same(h->text.ptr + (at - inside), want.ptr, want.len)) {
            g->seen[number / 64] |= (uint64_t)1 << (number % 64);
            if (h->nsome < sizeof h->some / sizeof *h->some)
                h->some[h->nsome] = number;
            h->nsome++;
            if (!h->found(h->ctx, number)) {
                h->stop = true;
                return;
            }
        }
        cost += want.len;
    }
    h->budget -= cost;
}

/* The texts that have the gram which stands at `at`. */
static void compare(struct hunt *h, const struct book *b, size_t at)
{
    uint32_t gram = gram_at(h->text.ptr + at);
    size_t i = hash(gram) >> b->shift;

    while (b->entries[i].n && b->entries[i].gram != gram)
        i = (i + 1) & b->mask;
    for (uint32_t k = 0; k < b->entries[i].n && !h->stop; k++) {
        const struct has *w = &b->has[b->entries[i].first + k];

        if (h->budget <= ENTRY_COST) {
            give_up(h);
            return;
        }
        h->budget -= ENTRY_COST;
        if (at >= w->at && h->text.len - (at - w->at) >= w->len &&
            gram_at(h->text.ptr + (at - w->at) + w->at_other) == w->other)
            try_text(h, w->text, w->at, at);
    }
}

/* Bit 0: the gram may be one of the set's. */
static inline uint32_t asked(const uint32_t *table, unsigned shift, const char *p)
{
    uint32_t h = hash(gram_at(p)), place = h >> shift, word = table[place >> 5];

    return word >> (place & 31u) & word >> (second(h) & 31u);
}

/* Written out for each step, so that the places are constants. */
static inline __attribute__((always_inline)) void look_by(struct hunt *h, const size_t step)
{
    const struct book *book = &h->g->stepped;
    const uint32_t *table = book->table;
    const unsigned shift = 32 - book->bits;
    const size_t n = h->text.len;
    const char *p = h->text.ptr;
    size_t i = 0;

    for (; i + (RUN - 1) * step + GRAM <= n; i += RUN * step) {
        uint32_t any = asked(table, shift, p + i);

        for (size_t k = 1; k < RUN; k++)
            any |= asked(table, shift, p + i + k * step);
        if (__builtin_expect(!(any & 1u), 1))
            continue;
        for (size_t k = 0; k < RUN; k++)
            if (asked(table, shift, p + i + k * step) & 1u) {
                compare(h, book, i + k * step);
                if (h->stop)
                    return;
            }
    }
    for (; i + GRAM <= n; i += step)
        if (asked(table, shift, p + i) & 1u) {
            compare(h, book, i);
            if (h->stop)
                return;
        }
}

static inline __attribute__((always_inline)) void look_each(struct hunt *h)
{
    static_assert(LF_GRAMS_LEAST - GRAM + 1 == 4 && STEP_MOST == 8, "each step has its case");
    switch (h->g->step) {
    case 4:
        look_by(h, 4);
        break;
    case 5:
        look_by(h, 5);
        break;
    case 6:
        look_by(h, 6);
        break;
    case 7:
        look_by(h, 7);
        break;
    default:
        look_by(h, 8);
        break;
    }
}

#if defined(__x86_64__)
__attribute__((target("bmi2"))) static void look_bmi2(struct hunt *h)
{
    look_each(h);
}
#endif

static void look_plain(struct hunt *h)
{
    look_each(h);
}

#if defined(__x86_64__)
#define AVX512 __attribute__((target("avx512f,avx512bw")))

struct tables {
    __m512i words[4];
};

/* A bit for each of so many bytes, at most 64. */
static inline uint64_t lowest(size_t n)
{
    return n < 64 ? ((uint64_t)1 << n) - 1 : UINT64_MAX;
}

AVX512 static inline __m512i words_at(const uint32_t *p)
{
    return _mm512_loadu_si512((const void *)p);
}

/* A bit for each of the sixteen places whose gram may be one of the set's.  What stands above
 * the five bits by which a word is chosen and a bit of it turned down is not looked at. */
AVX512 static inline __mmask16 maybe(const struct tables *t, __m512i v)
{
    __m512i h = _mm512_mullo_epi32(_mm512_or_si512(v, _mm512_set1_epi32(0x20202020)),
                                   _mm512_set1_epi32((int)0x9e3779b1u));
    __m512i upper = _mm512_srli_epi32(h, 27), middle = _mm512_srli_epi32(h, 17);
    __m512i x = _mm512_permutex2var_epi32(t->words[0], upper, t->words[1]);
    __m512i y = _mm512_permutex2var_epi32(t->words[2], middle, t->words[3]);

    /* Shifts are what takes the time, so one serves twice and the lowest bits as they are. */
    x = _mm512_rorv_epi32(x, middle);
    y = _mm512_rorv_epi32(y, h);
    return _mm512_test_epi32_mask(_mm512_and_si512(x, y), _mm512_set1_epi32(1));
}

static void compare_some(struct hunt *h, size_t from, uint32_t some)
{
    for (; some && !h->stop; some &= some - 1) {
        size_t at = from + WIDE_STEP * (size_t)(unsigned)__builtin_ctz(some);

        if (asked(h->g->stepped.table, 32 - h->g->stepped.bits, h->text.ptr + at) & 1u)
            compare(h, &h->g->stepped, at);
    }
}

AVX512 static void look_wide(struct hunt *h)
{
    const struct lf_grams *g = h->g;
    struct tables t = { { words_at(g->words[0]), words_at(g->words[0] + 16), words_at(g->words[1]),
                          words_at(g->words[1] + 16) } };
    const char *p = h->text.ptr;
    size_t i = 0, n = h->text.len;

    for (; i + 128 <= n; i += 128) {
        uint32_t some = maybe(&t, _mm512_loadu_si512((const void *)(p + i))) |
                        (uint32_t)maybe(&t, _mm512_loadu_si512((const void *)(p + i + 64))) << 16;

        if (__builtin_expect(some == 0, 1))
            continue;
        compare_some(h, i, some);
        if (h->stop)
            return;
    }
    for (; i + GRAM <= n && !h->stop; i += 64) {
        size_t left = n - i < 64 ? n - i : 64;
        __m512i v = _mm512_maskz_loadu_epi8(lowest(left), p + i);

        compare_some(h, i, maybe(&t, v) & (0xffffu >> (16 - left / GRAM)));
    }
}

#define VBMI2 __attribute__((target("avx512f,avx512bw,avx512vbmi2,bmi,bmi2,popcnt")))

VBMI2 static inline __m512i four_times(const uint8_t *table)
{
    return _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(const void *)table));
}

/* A bit for each of 64 bytes that is an anchor; one above 127 is none. */
VBMI2 static inline uint64_t anchors_in(__m512i low, __m512i high, __m512i v)
{
    __m512i upper = _mm512_and_si512(_mm512_srli_epi16(v, 4), _mm512_set1_epi8(15));

    return _mm512_test_epi8_mask(_mm512_shuffle_epi8(low, v), _mm512_shuffle_epi8(high, upper));
}

/* Appends the places of the bits, from `base` on: without a branch for each, which would be foretold
 * wrongly.  Writes up to BLOCK of them and says how many count. */
VBMI2 static inline size_t note_places(uint16_t *to, uint64_t bits, size_t base)
{
    static const uint8_t each[BLOCK] = { 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                                         16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
                                         32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47,
                                         48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63 };
    __m512i at = _mm512_maskz_compress_epi8(bits, _mm512_loadu_si512((const void *)each));
    __m512i from = _mm512_set1_epi16((short)base);
    size_t n = (size_t)__builtin_popcountll(bits);

    _mm512_storeu_si512((void *)to, _mm512_add_epi16(_mm512_cvtepu8_epi16(_mm512_castsi512_si256(at)), from));
    if (__builtin_expect(n > BLOCK / 2, 0))
        _mm512_storeu_si512((void *)(to + BLOCK / 2),
                            _mm512_add_epi16(_mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(at, 1)), from));
    return n;
}

/* The grams on one side of the places, `side` bytes from each. */
static inline __attribute__((always_inline)) void look_beside(struct hunt *h, size_t from, uint16_t *at,
                                                              size_t n, const int side)
{
    const struct book *book = &h->g->anchors.book;
    const unsigned shift = 32 - book->bits;
    const char *p = h->text.ptr + from + side;

    if (n == 0)
        return;
    for (size_t k = n; k % RUN != 0; k++)
        at[k] = at[n - 1];
    for (size_t i = 0; i < n; i += RUN) {
        uint32_t any = 0;

        for (size_t k = 0; k < RUN; k++)
            any |= asked(book->table, shift, p + at[i + k]);
        if (__builtin_expect(!(any & 1u), 1))
            continue;
        for (size_t k = i; k < i + RUN && k < n; k++)
            if (asked(book->table, shift, p + at[k]) & 1u) {
                compare(h, book, (size_t)(p + at[k] - h->text.ptr));
                if (h->stop)
                    return;
            }
    }
}

/* The grams beside the anchors of a stretch that were noted. */
static inline __attribute__((always_inline)) void look_beside_all(struct hunt *h, size_t from, uint16_t *at,
                                                                  size_t n)
{
    const struct anchors *a = &h->g->anchors;
    size_t first = 0;

    while (first < n && from + at[first] < GRAM)
        first++;
    if (a->before)
        look_beside(h, from, at + first, n - first, -GRAM);
    while (n > 0 && from + at[n - 1] + 1 + GRAM > h->text.len)
        n--;
    if (a->behind && !h->stop)
        look_beside(h, from, at, n, 1);
}

/* How many anchors there were. */
VBMI2 static size_t look_at_anchors64(struct hunt *h)
{
    const struct anchors *a = &h->g->anchors;
    const __m512i low = four_times(a->low), high = four_times(a->high);
    const size_t len = h->text.len;
    uint16_t at[STRETCH + BLOCK];
    size_t met = 0;

    for (size_t from = 0; from < len && !h->stop; from += STRETCH) {
        size_t end = len - from < STRETCH ? len - from : STRETCH, n = 0;

        for (size_t i = 0; i < end; i += BLOCK) {
            __mmask64 here = lowest(end - i);
            __m512i v = _mm512_maskz_loadu_epi8(here, h->text.ptr + from + i);

            n += note_places(at + n, anchors_in(low, high, v) & here, i);
        }
        met += n;
        look_beside_all(h, from, at, n);
    }
    return met;
}

#define AVX2 __attribute__((target("avx2,bmi,popcnt")))

AVX2 static inline __m256i twice(const uint8_t *table)
{
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)table));
}

/* Not 0 at each of 32 places that is an anchor. */
AVX2 static inline __m256i told_in(__m256i low, __m256i high, const char *p)
{
    __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i upper = _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(15));

    return _mm256_and_si256(_mm256_shuffle_epi8(low, v), _mm256_shuffle_epi8(high, upper));
}

AVX2 static inline uint32_t places_in(__m256i told)
{
    return ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(told, _mm256_setzero_si256()));
}

/* Bits by place in 64 bytes. */
AVX2 static inline uint64_t anchors_in32(__m256i low, __m256i high, const char *p)
{
    __m256i x = told_in(low, high, p), y = told_in(low, high, p + BLOCK / 2), any = _mm256_or_si256(x, y);

    if (__builtin_expect(_mm256_testz_si256(any, any), 1))
        return 0;
    return places_in(x) | (uint64_t)places_in(y) << (BLOCK / 2);
}

/* As note_places, by a few at a time, of which what is too many is written over by the next. */
AVX2 static inline size_t note_each(uint16_t *to, uint64_t bits, size_t base)
{
    size_t n = (size_t)__builtin_popcountll(bits);

    for (size_t k = 0; k < n; k += RUN)
        for (size_t i = 0; i < RUN; i++) {
            to[k + i] = (uint16_t)(base + _tzcnt_u64(bits));
            bits &= bits - 1;
        }
    return n;
}

AVX2 static size_t look_at_anchors32(struct hunt *h)
{
    const struct anchors *a = &h->g->anchors;
    const __m256i low = twice(a->low), high = twice(a->high);
    const size_t len = h->text.len;
    uint16_t at[STRETCH + BLOCK];
    size_t met = 0;

    for (size_t from = 0; from < len && !h->stop; from += STRETCH) {
        size_t end = len - from < STRETCH ? len - from : STRETCH, n = 0, i = 0;
        const char *p = h->text.ptr + from;
        char tail[BLOCK] = { 0 };

        for (; i + BLOCK <= end; i += BLOCK) {
            uint64_t some = anchors_in32(low, high, p + i);

            if (some)
                n += note_each(at + n, some, i);
        }
        memcpy(tail, p + i, end - i);
        n += note_each(at + n, anchors_in32(low, high, tail) & lowest(end - i), i);
        met += n;
        look_beside_all(h, from, at, n);
    }
    return met;
}

static size_t look_at_anchors(struct hunt *h)
{
    return h->g->vbmi2 ? look_at_anchors64(h) : look_at_anchors32(h);
}
#endif

/* How many pairs there were. */
static size_t look_at_pairs(struct hunt *h)
{
    const struct lf_pairs *p = h->g->pairs;
    const struct lf_pairs_text *t;
    size_t met = 0;

    for (size_t at = 0; !h->stop && (at = lf_pairs_next(p, h->text, at)) < h->text.len; at++, met++)
        for (size_t i = 0; !h->stop && (t = lf_pairs_text_of(p, h->text.ptr + at, i)); i++)
            try_text(h, t->text, t->at, at);
    return met;
}

static bool sign_met(void *ctx, uint32_t number, size_t inside, size_t at)
{
    struct hunt *h = ctx;

    try_text(h, h->g->apart ? h->g->apart[number] : number, inside, at);
    return !h->stop;
}

/* Whether they are the faster way: as few as there were in the texts before. */
static bool few(struct crowd *c)
{
    if (c->lately <= c->most)
        return true;
    c->passed = (c->passed + 1) % CROWD_AGAIN;
    return c->passed == 0;
}

static void count(struct crowd *c, size_t met, size_t len)
{
    if (met == 0 && c->lately == 0)
        return;
    c->lately = (c->lately * 7 + (unsigned)(met * BLOCK * CROWD_ONE / len)) / 8;
}

static void look(struct hunt *h)
{
    struct lf_grams *g = h->g;
    bool long_one = h->text.len >= ANCHORS_TEXT;

    if (g->pairs && long_one && few(&g->crowded)) {
        count(&g->crowded, look_at_pairs(h), h->text.len);
        return;
    }
    if (g->signs && g->apart) {
        (void)lf_signs_scan(g->signs, h->text, sign_met, h);
        if (h->stop)
            return;
    } else if (g->signs && few(&g->crowded)) {
        count(&g->crowded, lf_signs_scan(g->signs, h->text, sign_met, h), h->text.len);
        return;
    }
#if defined(__x86_64__)
    if (g->anchors.book.table && long_one && few(&g->anchors.crowd))
        count(&g->anchors.crowd, look_at_anchors(h), h->text.len);
    else if (g->wide)
        look_wide(h);
    else if (g->bmi2)
        look_bmi2(h);
    else
        look_plain(h);
#else
    look_plain(h);
#endif
}

bool lf_grams_scan(struct lf_grams *g, lf_view text, bool (*found)(void *ctx, unsigned number), void *ctx)
{
    struct hunt h;

    /* `some` is left as it is. */
    h.g = g;
    h.text = text;
    h.budget = 64 * text.len + 4096;
    h.stop = false;
    h.nsome = 0;
    h.found = found;
    h.ctx = ctx;
    look(&h);
    if (h.nsome > sizeof h.some / sizeof *h.some)
        memset(g->seen, 0, (g->n + 63) / 64 * sizeof *g->seen);
    else
        for (size_t i = 0; i < h.nsome; i++)
            g->seen[h.some[i] / 64] = 0;
    return h.budget > 0;
}
