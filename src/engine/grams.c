#include "engine/grams.h"

#include <stdlib.h>

#include "base/err.h"
#include "engine/caseless.h"
#include "engine/pairs.h"
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
    WIDE_MOST = 32, /* texts; so many may have pairs, too */
    WORDS = 32,     /* of such a table */
    /* Anchors: how usual they may be together, in thousandths of a text's bytes, to be tried at all. */
    ANCHORS_USUAL = 250,
    ENCODED_USUAL = 40,
    BLOCK = 64,         /* bytes in which they are sought at once */
    ANCHORS_TEXT = 128, /* bytes of a text from which on they are sought */
    STRETCH = 4096,     /* bytes whose anchors are noted before they are looked at */
    /* A text in so many is looked at by them also when there are too many, so that it is noticed when
     * there no longer are. */
    CROWD_AGAIN = 256,
    CROWD_STEPS = 32, /* by a step of one; of a longer step less */
    CROWD_ONE = 64,   /* what a crowd counts in: so much is one anchor in each block */
    PAIRS_CROWD = 16, /* of pairs: one in four blocks */
};

struct entry {               /* of the hash table: a gram and those that have it */
    uint32_t gram, first, n; /* n 0: free */
};
struct has { /* a text that has a gram */
    uint32_t text;
    uint32_t other;        /* another gram of it */
    uint16_t at, at_other; /* where in the text they stand */
    uint16_t len;          /* of the text, as far as that says */
};

struct book { /* grams, and whose they are */
    unsigned bits;
    uint32_t *table; /* two bits of one word by hash */
    struct entry *entries;
    size_t mask;
    unsigned shift; /* what is left of a hash by it is a place among the entries */
    struct has *has;
    size_t nhas;
};

struct crowd {                     /* of what a text is looked at by */
    unsigned lately, most, passed; /* how many there were lately, may be; texts since it was asked */
};

struct anchors {
    struct book book;          /* table NULL: no few bytes are in all texts */
    uint8_t low[16], high[16]; /* a byte is one when those of its halves have a bit in common */
    bool before, behind;       /* some text is known by the gram that ends, begins beside one */
    struct crowd crowd;
};

struct lf_grams {
    const lf_view *texts;
    size_t n;
    unsigned step;
    bool wide, bmi2, vbmi2;   /* what this machine can */
    uint32_t words[2][WORDS]; /* of a wide one: a bit in each by parts of the hash */
    struct book stepped;
    struct anchors anchors;
    struct lf_pairs *pairs; /* of a few texts; NULL: it has none */
    struct crowd crowded;   /* of pairs */
    uint64_t *seen;         /* texts found in the text at hand */
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

static void *zeroed(size_t n, size_t size)
{
    void *p = calloc(n, size);

    if (!p)
        LF_BUG("no memory for %zu grams", n);
    return p;
}

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

static struct maker *maker_new(const lf_view *texts, size_t n)
{
    struct maker *m = zeroed(1, sizeof *m);

    lf_usual_grams_fill(&m->usual);
    for (size_t i = 0; i < n; i++)
        for (size_t at = 0; at <= last_place(texts[i]); at++)
            if (*used(m, texts[i].ptr + at) < UINT16_MAX)
                ++*used(m, texts[i].ptr + at);
    return m;
}

static size_t choose(struct maker *m, const lf_view *texts, size_t n, unsigned step, struct chosen *out)
{
    size_t nout = 0;

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

static void put_entry(struct book *b, uint32_t gram, size_t first, size_t n)
{
    uint32_t h = hash(gram);
    size_t i = h >> b->shift;

    b->table[h >> (32 - b->bits) >> 5] |= 1u << (h >> (32 - b->bits) & 31u) | 1u << (second(h) & 31u);
    while (b->entries[i].n)
        i = (i + 1) & b->mask;
    b->entries[i] = (struct entry){ gram, (uint32_t)first, (uint32_t)n };
}

/* The gram at the end that lies further from the chosen one: mostly the text is not there, and this tells so
 * without a look at it. */
static struct has has_of(const struct chosen *c, lf_view text)
{
    size_t len = text.len < UINT16_MAX ? text.len : UINT16_MAX;
    size_t other = c->at * 2 < len ? len - GRAM : 0;

    return (struct has){ .text = c->text,
                         .other = gram_at(text.ptr + other),
                         .at = (uint16_t)c->at,
                         .at_other = (uint16_t)other,
                         .len = (uint16_t)len };
}

static void make_book(struct book *b, const lf_view *texts, struct chosen *chosen, size_t n)
{
    size_t different = 0;

    qsort(chosen, n, sizeof *chosen, by_gram);
    for (size_t i = 0; i < n; i++)
        different += i == 0 || chosen[i].gram != chosen[i - 1].gram;
    for (b->bits = BITS_LEAST; b->bits < BITS_MOST && (size_t)1 << b->bits < different << SPARSE;)
        b->bits++;
    b->shift = 29;
    for (b->mask = 7; b->mask < different * 2; b->shift--)
        b->mask = b->mask * 2 + 1;
    b->table = zeroed(((size_t)1 << b->bits) / 32, sizeof *b->table);
    b->entries = zeroed(b->mask + 1, sizeof *b->entries);
    b->has = zeroed(n, sizeof *b->has);
    for (size_t i = 0, to; i < n; i = to) {
        for (to = i; to < n && chosen[to].gram == chosen[i].gram; to++)
            b->has[b->nhas++] = has_of(&chosen[to], texts[chosen[to].text]);
        put_entry(b, chosen[i].gram, i, to - i);
    }
}

static void clear_book(struct book *b)
{
    free(b->table);
    free(b->entries);
    free(b->has);
}

static size_t book_bytes(const struct book *b)
{
    return b->table
               ? ((size_t)1 << b->bits) / 8 + (b->mask + 1) * sizeof *b->entries + b->nhas * sizeof *b->has
               : 0;
}

static bool sixteen_at_once(void)
{
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw");
#else
    return false;
#endif
}

/* Whether the text can be known by the anchor at `at`: four bytes stand on one side of it. */
static bool has_room(lf_view t, size_t at)
{
    return at >= GRAM || at + 1 + GRAM <= t.len;
}

static bool is_anchor(const struct anchors *a, char c)
{
    unsigned char b = (unsigned char)c;

    return a->low[b & 15] & a->high[b >> 4];
}

static void add_anchor(struct anchors *a, unsigned char c)
{
    a->high[c >> 4] |= (uint8_t)(1u << (c >> 4));
    a->low[c & 15] |= (uint8_t)(1u << (c >> 4));
}

/* Letters and digits are all usual where something is encoded. */
static unsigned usual_anchor(int c)
{
    unsigned u = lf_usual_byte((unsigned char)c);
    bool encodes = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

    return encodes && u < ENCODED_USUAL ? ENCODED_USUAL : u;
}

/* Few bytes, each as seldom as can be for the texts that it is in (a greedy cover), so that each text
 * has one.  False when there are none that few. */
static bool choose_anchors(struct anchors *a, const lf_view *texts, size_t n)
{
    bool *covered = zeroed(n, sizeof *covered);
    size_t left = n;
    unsigned usual = 0;

    while (left > 0 && usual <= ANCHORS_USUAL) {
        size_t in[128] = { 0 };
        int best = -1;

        for (size_t i = 0; i < n; i++) {
            uint64_t met[2] = { 0 };

            for (size_t at = 0; at < texts[i].len && at <= AT_MOST && !covered[i]; at++) {
                unsigned char c = (unsigned char)texts[i].ptr[at];

                if (c >= 128 || met[c / 64] >> (c % 64) & 1u || !has_room(texts[i], at))
                    continue;
                met[c / 64] |= (uint64_t)1 << (c % 64);
                in[c]++;
            }
        }
        for (int c = 0; c < 128; c++)
            if (in[c] > 0 && (best < 0 || in[c] * usual_anchor(best) > in[best] * usual_anchor(c)))
                best = c;
        if (best < 0)
            break;
        usual += usual_anchor(best);
        add_anchor(a, (unsigned char)best);
        if (best >= 'a' && best <= 'z')
            add_anchor(a, (unsigned char)(best - 'a' + 'A'));
        for (size_t i = 0; i < n; i++)
            for (size_t at = 0; at < texts[i].len && at <= AT_MOST && !covered[i]; at++)
                if (texts[i].ptr[at] == best && has_room(texts[i], at)) {
                    covered[i] = true;
                    left--;
                }
    }
    free(covered);
    return left == 0 && usual <= ANCHORS_USUAL;
}

/* Of each text the least usual gram beside an anchor. */
static void choose_beside(struct maker *m, struct anchors *a, const lf_view *texts, size_t n,
                          struct chosen *out)
{
    for (size_t i = 0; i < n; i++) {
        lf_view t = texts[i];
        double least = 0;
        size_t best = SIZE_MAX;
        bool before = false;

        for (size_t at = 0; at < t.len && at <= AT_MOST; at++) {
            if (!is_anchor(a, t.ptr[at]))
                continue;
            for (int side = 0; side < 2; side++) {
                size_t from = side ? at + 1 : at - GRAM;
                double u;

                if (side ? from + GRAM > t.len : at < GRAM)
                    continue;
                u = usual_of(m, t.ptr + from);
                if (best == SIZE_MAX || u < least) {
                    best = from;
                    least = u;
                    before = !side;
                }
            }
        }
        LF_ASSERT(best != SIZE_MAX);
        a->before |= before;
        a->behind |= !before;
        out[i] = (struct chosen){ gram_at(t.ptr + best), (uint32_t)i, (uint32_t)best };
    }
}

static bool compressed_at_once(void)
{
#if defined(__x86_64__)
    return sixteen_at_once() && __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("popcnt");
#else
    return false;
#endif
}

static bool blocks_at_once(void)
{
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("popcnt");
#else
    return false;
#endif
}

struct lf_grams *lf_grams_create(const lf_view *texts, size_t n)
{
    struct lf_grams *g = zeroed(1, sizeof *g);
    size_t shortest = SIZE_MAX, nchosen;
    struct chosen *chosen;
    struct maker *m;

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
    g->vbmi2 = compressed_at_once();
    g->wide = n <= WIDE_MOST && sixteen_at_once();
    g->step = g->wide ? WIDE_STEP
                      : (unsigned)(shortest - GRAM + 1 < STEP_MOST ? shortest - GRAM + 1 : STEP_MOST);
    g->seen = zeroed((n + 63) / 64, sizeof *g->seen);
    chosen = zeroed(n * g->step, sizeof *chosen);
    m = maker_new(texts, n);
    nchosen = choose(m, texts, n, g->step, chosen);
    make_book(&g->stepped, texts, chosen, nchosen);
    for (size_t i = 0; i < nchosen; i++) {
        uint32_t h = hash(chosen[i].gram);

        g->words[0][h >> 27] |= 1u << (h >> 17 & 31u);
        g->words[1][h >> 17 & 31u] |= 1u << (h & 31u);
    }
    if (!g->wide && blocks_at_once() && choose_anchors(&g->anchors, texts, n)) {
        choose_beside(m, &g->anchors, texts, n, chosen);
        make_book(&g->anchors.book, texts, chosen, n);
        g->anchors.crowd.most = CROWD_ONE * CROWD_STEPS / g->step;
    }
    if (n <= WIDE_MOST)
        g->pairs = lf_pairs_create(texts, n);
    g->crowded.most = PAIRS_CROWD;
    free(m);
    free(chosen);
    return g;
}

void lf_grams_destroy(struct lf_grams *g)
{
    if (!g)
        return;
    clear_book(&g->stepped);
    clear_book(&g->anchors.book);
    lf_pairs_destroy(g->pairs);
    free(g->seen);
    free(g);
}

size_t lf_grams_bytes(const struct lf_grams *g)
{
    return g ? sizeof *g + book_bytes(&g->stepped) + book_bytes(&g->anchors.book) + lf_pairs_bytes(g->pairs) +
                   (g->n + 63) / 64 * sizeof *g->seen
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

AVX2 static inline uint32_t anchors_in32(__m256i low, __m256i high, const char *p)
{
    __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i upper = _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(15));
    __m256i both = _mm256_and_si256(_mm256_shuffle_epi8(low, v), _mm256_shuffle_epi8(high, upper));

    return ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(both, _mm256_setzero_si256()));
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

        for (; i + BLOCK <= end; i += BLOCK)
            n += note_each(
                at + n, anchors_in32(low, high, p + i) | (uint64_t)anchors_in32(low, high, p + i + 32) << 32,
                i);
        memcpy(tail, p + i, end - i);
        n += note_each(at + n,
                       (anchors_in32(low, high, tail) | (uint64_t)anchors_in32(low, high, tail + 32) << 32) &
                           lowest(end - i),
                       i);
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

/* Whether they are the faster way: as few as there were in the texts before. */
static bool few(struct crowd *c, size_t len)
{
    if (len < ANCHORS_TEXT)
        return false;
    if (c->lately <= c->most)
        return true;
    c->passed = (c->passed + 1) % CROWD_AGAIN;
    return c->passed == 0;
}

static void count(struct crowd *c, size_t met, size_t len)
{
    c->lately = (c->lately * 7 + (unsigned)(met * BLOCK * CROWD_ONE / len)) / 8;
}

static void look(struct hunt *h)
{
    if (h->g->pairs && few(&h->g->crowded, h->text.len)) {
        count(&h->g->crowded, look_at_pairs(h), h->text.len);
        return;
    }
#if defined(__x86_64__)
    if (h->g->anchors.book.table && few(&h->g->anchors.crowd, h->text.len))
        count(&h->g->anchors.crowd, look_at_anchors(h), h->text.len);
    else if (h->g->wide)
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
