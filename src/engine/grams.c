#include "engine/grams.h"

#include <stdlib.h>

#include "base/err.h"
#include "engine/caseless.h"
#include "engine/usual.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum {
    GRAM = LF_USUAL_GRAM,
    STEP_MOST = 8, /* a larger one saves little and wants more grams of each text */
    AT_MOST = 255, /* place of a gram in its text: long texts are known by their fronts */
    BITS_LEAST = 11,
    BITS_MOST = 17, /* of the table, as a power of two: it stays in the first cache */
    SPARSE = 6,     /* bits of the table for a gram, as a power of two; two of them are its own */
    RUN = 8,        /* places asked before looking at the answers */
    ENTRY_COST = 8, /* bytes of the budget for each text that has a gram which was seen */
    /* Sixteen places at once, where the machine can: a step of four, and a table that stays in registers. */
    WIDE_STEP = 4,
    WIDE_MOST = 32, /* texts */
    WORDS = 32,     /* of such a table */
};

struct entry {               /* of the hash table: a gram and those that have it */
    uint32_t gram, first, n; /* n 0: free */
};
struct has { /* a text that has a gram */
    uint32_t text, at;
};

struct lf_grams {
    const lf_view *texts;
    size_t n;
    unsigned step, bits;
    bool wide, bmi2;          /* what this machine can */
    uint32_t words[2][WORDS]; /* of a wide one: a bit in each by parts of the hash */
    uint32_t *table;          /* of others: two bits of one word by hash */
    struct entry *entries;
    size_t mask;
    unsigned shift; /* what is left of a hash by it is a place among the entries */
    struct has *has;
    size_t nhas;
    uint64_t *seen; /* texts found in the text at hand */
};

/* Capitals are as small letters.  Other bytes that this makes one are told apart when texts are
 * compared. */
static inline uint32_t gram_at(const char *p)
{
    uint32_t w;

    memcpy(&w, p, GRAM);
    return w | 0x20202020u;
}

static inline uint32_t hash(uint32_t gram)
{
    return gram * 0x9e3779b1u;
}

/* The second bit of a gram in its word; the first is by the hash's upper part, as the word is. */
static inline uint32_t second(uint32_t h)
{
    return h >> 9;
}

/* ---- making ---- */

struct chosen {
    uint32_t gram, text, at;
};

enum { USED_BITS = 14 };

struct maker {
    struct lf_usual_grams usual;
    uint16_t used[1 << USED_BITS]; /* texts of the set that have a gram, by hash */
};

static inline uint16_t *used(struct maker *m, const char *p)
{
    return &m->used[hash(gram_at(p)) >> (32 - USED_BITS)];
}

/* How often the gram is thought to be seen, and to how many texts it leads. */
static double usual_of(struct maker *m, const char *p)
{
    double product = lf_usual_gram(&m->usual, p) ? 1000 : 1;

    for (size_t k = 0; k < GRAM; k++)
        product *= lf_usual_byte((unsigned char)p[k]);
    return product * (16 + *used(m, p));
}

static size_t last_place(lf_view t)
{
    size_t last = t.len - GRAM;

    return last < AT_MOST ? last : AT_MOST;
}

static size_t choose(const lf_view *texts, size_t n, unsigned step, struct chosen *out)
{
    struct maker *m = calloc(1, sizeof *m);
    size_t nout = 0;

    if (!m)
        LF_BUG("no memory for grams");
    lf_usual_grams_fill(&m->usual);
    for (size_t i = 0; i < n; i++)
        for (size_t at = 0; at <= last_place(texts[i]); at++)
            if (*used(m, texts[i].ptr + at) < UINT16_MAX)
                ++*used(m, texts[i].ptr + at);
    for (size_t i = 0; i < n; i++)
        for (unsigned r = 0; r < step; r++) {
            size_t best = r;
            double least = usual_of(m, texts[i].ptr + r);

            for (size_t at = r + step; at <= last_place(texts[i]); at += step) {
                double u = usual_of(m, texts[i].ptr + at);

                if (u < least) {
                    least = u;
                    best = at;
                }
            }
            out[nout++] = (struct chosen){ gram_at(texts[i].ptr + best), (uint32_t)i, (uint32_t)best };
        }
    free(m);
    return nout;
}

static int by_gram(const void *x, const void *y)
{
    const struct chosen *a = x, *b = y;

    if (a->gram != b->gram)
        return a->gram < b->gram ? -1 : 1;
    if (a->text != b->text)
        return a->text < b->text ? -1 : 1;
    return a->at < b->at ? -1 : a->at > b->at;
}

static void *zeroed(size_t n, size_t size)
{
    void *p = calloc(n, size);

    if (!p)
        LF_BUG("no memory for %zu grams", n);
    return p;
}

static void put_entry(struct lf_grams *g, uint32_t gram, size_t first, size_t n)
{
    uint32_t h = hash(gram);
    size_t i = h >> g->shift;

    g->table[h >> (32 - g->bits) >> 5] |= 1u << (h >> (32 - g->bits) & 31u) | 1u << (second(h) & 31u);
    g->words[0][h >> 27] |= 1u << (h >> 22 & 31u);
    g->words[1][h >> 17 & 31u] |= 1u << (h >> 12 & 31u);
    while (g->entries[i].n)
        i = (i + 1) & g->mask;
    g->entries[i] = (struct entry){ gram, (uint32_t)first, (uint32_t)n };
}

static bool sixteen_at_once(void)
{
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw");
#else
    return false;
#endif
}

struct lf_grams *lf_grams_create(const lf_view *texts, size_t n)
{
    struct lf_grams *g = zeroed(1, sizeof *g);
    size_t shortest = SIZE_MAX, nchosen, different = 0;
    struct chosen *chosen;

    LF_ASSERT(n > 0 && n < UINT32_MAX / STEP_MOST);
    for (size_t i = 0; i < n; i++)
        if (texts[i].len < shortest)
            shortest = texts[i].len;
    LF_ASSERT(shortest >= LF_GRAMS_LEAST);
    g->texts = texts;
    g->n = n;
#if defined(__x86_64__)
    g->bmi2 = __builtin_cpu_supports("bmi2");
#endif
    g->wide = n <= WIDE_MOST && sixteen_at_once();
    g->step = g->wide ? WIDE_STEP
                      : (unsigned)(shortest - GRAM + 1 < STEP_MOST ? shortest - GRAM + 1 : STEP_MOST);
    chosen = zeroed(n * g->step, sizeof *chosen);
    nchosen = choose(texts, n, g->step, chosen);
    qsort(chosen, nchosen, sizeof *chosen, by_gram);
    for (size_t i = 0; i < nchosen; i++)
        different += i == 0 || chosen[i].gram != chosen[i - 1].gram;
    for (g->bits = BITS_LEAST; g->bits < BITS_MOST && (size_t)1 << g->bits < different << SPARSE;)
        g->bits++;
    g->shift = 29;
    for (g->mask = 7; g->mask < different * 2; g->shift--)
        g->mask = g->mask * 2 + 1;
    g->table = zeroed(((size_t)1 << g->bits) / 32, sizeof *g->table);
    g->entries = zeroed(g->mask + 1, sizeof *g->entries);
    g->has = zeroed(nchosen, sizeof *g->has);
    g->seen = zeroed((n + 63) / 64, sizeof *g->seen);
    for (size_t i = 0, to; i < nchosen; i = to) {
        for (to = i; to < nchosen && chosen[to].gram == chosen[i].gram; to++)
            g->has[g->nhas++] = (struct has){ chosen[to].text, chosen[to].at };
        put_entry(g, chosen[i].gram, i, to - i);
    }
    free(chosen);
    return g;
}

void lf_grams_destroy(struct lf_grams *g)
{
    if (!g)
        return;
    free(g->table);
    free(g->entries);
    free(g->has);
    free(g->seen);
    free(g);
}

size_t lf_grams_bytes(const struct lf_grams *g)
{
    return g ? sizeof *g + ((size_t)1 << g->bits) / 8 + (g->mask + 1) * sizeof *g->entries +
                   g->nhas * sizeof *g->has + (g->n + 63) / 64 * sizeof *g->seen
             : 0;
}

/* ---- looking ---- */

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

/* The texts that have the gram which stands at `at`. */
static void compare(struct hunt *h, size_t at)
{
    struct lf_grams *g = h->g;
    uint32_t gram = gram_at(h->text.ptr + at);
    size_t i = hash(gram) >> g->shift;

    while (g->entries[i].n && g->entries[i].gram != gram)
        i = (i + 1) & g->mask;
    for (uint32_t k = 0; k < g->entries[i].n; k++) {
        const struct has *w = &g->has[g->entries[i].first + k];
        lf_view want = g->texts[w->text];
        size_t cost = ENTRY_COST;

        if (h->budget < want.len + cost) {
            h->budget = 0;
            h->stop = true;
            return;
        }
        if (at >= w->at && h->text.len - (at - w->at) >= want.len && !known(g, w->text)) {
            if (lf_caseless_same(h->text.ptr + (at - w->at), want.ptr, want.len)) {
                g->seen[w->text / 64] |= (uint64_t)1 << (w->text % 64);
                if (h->nsome < sizeof h->some / sizeof *h->some)
                    h->some[h->nsome] = w->text;
                h->nsome++;
                if (!h->found(h->ctx, w->text)) {
                    h->stop = true;
                    return;
                }
            }
            cost += want.len;
        }
        h->budget -= cost;
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
    const uint32_t *table = h->g->table;
    const unsigned shift = 32 - h->g->bits;
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
                compare(h, i + k * step);
                if (h->stop)
                    return;
            }
    }
    for (; i + GRAM <= n; i += step)
        if (asked(table, shift, p + i) & 1u) {
            compare(h, i);
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
    __m512i x = _mm512_permutex2var_epi32(t->words[0], _mm512_srli_epi32(h, 27), t->words[1]);
    __m512i y = _mm512_permutex2var_epi32(t->words[2], _mm512_srli_epi32(h, 17), t->words[3]);

    x = _mm512_rorv_epi32(x, _mm512_srli_epi32(h, 22));
    y = _mm512_rorv_epi32(y, _mm512_srli_epi32(h, 12));
    return _mm512_test_epi32_mask(_mm512_and_si512(x, y), _mm512_set1_epi32(1));
}

static void compare_some(struct hunt *h, size_t from, uint32_t some)
{
    for (; some && !h->stop; some &= some - 1) {
        size_t at = from + WIDE_STEP * (size_t)(unsigned)__builtin_ctz(some);

        if (asked(h->g->table, 32 - h->g->bits, h->text.ptr + at) & 1u)
            compare(h, at);
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
        __m512i v = _mm512_maskz_loadu_epi8(UINT64_MAX >> (64 - left), p + i);

        compare_some(h, i, maybe(&t, v) & (0xffffu >> (16 - left / GRAM)));
    }
}
#endif

static void look(struct hunt *h)
{
#if defined(__x86_64__)
    if (h->g->wide)
        look_wide(h);
    else if (h->g->bmi2)
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
