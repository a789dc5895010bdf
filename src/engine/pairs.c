#include "engine/pairs.h"

#include <stdlib.h>

#include "base/err.h"
#include "engine/usual.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum {
    LETTERS = 8,
    SEEN_MOST = 3000, /* how usual pairs may be together, in millionths of places: each ends the quick way */
    ASCII = 128,
    BLOCK = 64,
    TEXT_MOST = 256, /* bytes of a text that are looked at for its pair */
};

struct lf_pairs {
    uint8_t first[ASCII], second[ASCII]; /* bit by pair: the byte is its first, its second */
    size_t n;                            /* pairs */
    size_t from[LF_PAIRS_MOST + 1];      /* of `texts`, by pair */
    struct lf_pairs_text *texts;
    size_t ntexts;
};

struct pair {
    unsigned char a, b;
};

static bool at_once(void)
{
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vbmi");
#else
    return false;
#endif
}

static size_t pairs_in(lf_view t)
{
    return t.len < 2 ? 0 : (t.len < TEXT_MOST ? t.len : TEXT_MOST) - 1;
}

static struct pair pair_at(lf_view t, size_t i)
{
    return (struct pair){ (unsigned char)t.ptr[i], (unsigned char)t.ptr[i + 1] };
}

/* Where the pair stands in the text, or pairs_in. */
static size_t place(lf_view t, struct pair p)
{
    size_t i = 0;

    while (i < pairs_in(t) && (pair_at(t, i).a != p.a || pair_at(t, i).b != p.b))
        i++;
    return i;
}

static bool letter(unsigned char c)
{
    return c >= 'a' && c <= 'z';
}

/* Letters keep company: that a pair of them is in a word is what makes it usual. */
static unsigned usual(struct pair p)
{
    unsigned chance = lf_usual_byte(p.a) * lf_usual_byte(p.b);

    return letter(p.a) && letter(p.b) ? chance * LETTERS : chance;
}

/* Of those in texts not yet `covered` the one that is the most seldom for the texts it is in. */
static bool best_pair(const lf_view *texts, size_t n, const bool *covered, struct pair *best)
{
    size_t in_best = 0;

    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; !covered[i] && k < pairs_in(texts[i]); k++) {
            struct pair p = pair_at(texts[i], k);
            size_t in = 0;

            if (p.a >= ASCII || p.b >= ASCII)
                continue;
            for (size_t o = 0; o < n; o++)
                in += !covered[o] && place(texts[o], p) < pairs_in(texts[o]);
            if (in_best == 0 || (size_t)usual(p) * in_best < (size_t)usual(*best) * in) {
                *best = p;
                in_best = in;
            }
        }
    return in_best > 0;
}

static void put_byte(uint8_t *table, unsigned char c, uint8_t bit)
{
    table[c] |= bit;
    if (letter(c))
        table[c - 'a' + 'A'] |= bit;
}

static bool choose(struct lf_pairs *p, const lf_view *texts, size_t n, bool *covered)
{
    unsigned seen = 0;
    struct pair best;

    while (p->ntexts < n) {
        if (p->n == LF_PAIRS_MOST || !best_pair(texts, n, covered, &best))
            return false;
        seen += usual(best);
        if (seen > SEEN_MOST)
            return false;
        put_byte(p->first, best.a, (uint8_t)(1u << p->n));
        put_byte(p->second, best.b, (uint8_t)(1u << p->n));
        for (size_t i = 0; i < n; i++) {
            size_t at = place(texts[i], best);

            if (covered[i] || at == pairs_in(texts[i]))
                continue;
            covered[i] = true;
            p->texts[p->ntexts++] = (struct lf_pairs_text){ (uint32_t)i, (uint32_t)at };
        }
        p->from[++p->n] = p->ntexts;
    }
    return true;
}

struct lf_pairs *lf_pairs_create(const lf_view *texts, size_t n)
{
    struct lf_pairs *p;
    bool *covered;

    if (!at_once())
        return NULL;
    p = calloc(1, sizeof *p);
    covered = calloc(n, sizeof *covered);
    if (p)
        p->texts = calloc(n, sizeof *p->texts);
    if (!p || !covered || !p->texts)
        LF_BUG("no memory for the pairs of %zu texts", n);
    if (!choose(p, texts, n, covered)) {
        lf_pairs_destroy(p);
        p = NULL;
    }
    free(covered);
    return p;
}

void lf_pairs_destroy(struct lf_pairs *p)
{
    if (!p)
        return;
    free(p->texts);
    free(p);
}

size_t lf_pairs_bytes(const struct lf_pairs *p)
{
    return p ? sizeof *p + p->ntexts * sizeof *p->texts : 0;
}

static inline uint8_t pair_bits(const struct lf_pairs *p, const char *at)
{
    return p->first[(unsigned char)at[0] % ASCII] & p->second[(unsigned char)at[1] % ASCII];
}

const struct lf_pairs_text *lf_pairs_text_of(const struct lf_pairs *p, const char *at, size_t i)
{
    for (unsigned bits = pair_bits(p, at); bits; bits &= bits - 1) {
        size_t pair = (size_t)__builtin_ctz(bits), n = p->from[pair + 1] - p->from[pair];

        if (i < n)
            return &p->texts[p->from[pair] + i];
        i -= n;
    }
    return NULL;
}

#if defined(__x86_64__)
#define VBMI __attribute__((target("avx512f,avx512bw,avx512vbmi,bmi")))

VBMI static inline __m512i load(const void *p)
{
    return _mm512_loadu_si512(p);
}

VBMI static size_t next64(const struct lf_pairs *p, lf_view text, size_t i)
{
    const __m512i first[] = { load(p->first), load(p->first + 64) };
    const __m512i second[] = { load(p->second), load(p->second + 64) };

    for (; i + BLOCK < text.len; i += BLOCK) {
        __m512i a = _mm512_permutex2var_epi8(first[0], load(text.ptr + i), first[1]);
        __m512i b = _mm512_permutex2var_epi8(second[0], load(text.ptr + i + 1), second[1]);
        uint64_t some = _mm512_test_epi8_mask(a, b);

        if (__builtin_expect(some != 0, 0))
            return i + (size_t)__builtin_ctzll(some);
    }
    if (i + 1 < text.len) {
        __mmask64 here = ((uint64_t)1 << (text.len - i - 1)) - 1; /* at most 63 places have one behind them */
        __m512i a = _mm512_maskz_loadu_epi8(here, text.ptr + i);
        __m512i b = _mm512_maskz_loadu_epi8(here, text.ptr + i + 1);
        uint64_t some;

        a = _mm512_permutex2var_epi8(first[0], a, first[1]);
        b = _mm512_permutex2var_epi8(second[0], b, second[1]);
        some = _mm512_test_epi8_mask(a, b) & here;
        if (some)
            return i + (size_t)__builtin_ctzll(some);
    }
    return text.len;
}

#endif

size_t lf_pairs_next(const struct lf_pairs *p, lf_view text, size_t from)
{
#if defined(__x86_64__)
    return next64(p, text, from);
#else
    /* There are none (at_once). */
    (void)p;
    (void)from;
    return text.len;
#endif
}
