/* Making a set of texts: which grams, anchors and pairs they are known by. */
#include <stdlib.h>

#include "base/err.h"
#include "engine/grams_priv.h"

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
#define USUAL 1e9 /* more than four of the most usual letters together, and some texts */

struct maker {
    struct lf_usual_grams usual;
    uint16_t used[1 << USED_BITS]; /* texts of the set that have a gram, by hash */
};

static inline uint16_t *used(struct maker *m, const char *p)
{
    return &m->used[hash(gram_at(p)) >> (32 - USED_BITS)];
}

/* How often the gram is thought to be seen, and to how many texts it leads.  One of the usual words is seen
 * whatever its bytes are elsewhere. */
static double usual_of(struct maker *m, const char *p)
{
    double product = 1;

    for (size_t k = 0; k < GRAM; k++)
        product *= lf_usual_byte((unsigned char)p[k]);
    return (lf_usual_gram(&m->usual, p) ? USUAL : product) * (16 + *used(m, p));
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

static bool encodes(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Letters and digits are all usual where something is encoded. */
static unsigned usual_anchor(int c)
{
    unsigned u = lf_usual_byte((unsigned char)c);

    return encodes(c) && u < ENCODED_USUAL ? ENCODED_USUAL : u;
}

/* Few bytes, each as seldom as can be for the texts that it is in (a greedy cover), so that each text
 * has one.  False when there are none that few.  Where a few texts may be left over (their `told` is false)
 * none is a letter or digit. */
static bool choose_anchors(struct anchors *a, const lf_view *texts, size_t n, size_t over, bool *told)
{
    bool *covered = told ? told : zeroed(n, sizeof *covered);
    size_t left = n;
    unsigned usual = 0;

    while (left > over && usual <= ANCHORS_USUAL) {
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
            if (in[c] > 0 && !(over > 0 && encodes(c)) &&
                (best < 0 || in[c] * usual_anchor(best) > in[best] * usual_anchor(c)))
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
    if (!told)
        free(covered);
    return left <= over && usual <= ANCHORS_USUAL;
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

static size_t shortest_of(const lf_view *texts, size_t n)
{
    size_t shortest = SIZE_MAX;

    for (size_t i = 0; i < n; i++)
        if (texts[i].len < shortest)
            shortest = texts[i].len;
    return shortest;
}

/* Few texts have signs.  Of many those have them that have no punctuation which is in nearly all of the
 * others: letters are poor anchors.  Gives how many these others are, behind one another in `left` with their
 * numbers. */
static size_t make_signs(struct lf_grams *g, const struct maker *m, lf_view *left, uint32_t *number)
{
    size_t n = g->n, nleft = 0, napart = 0;
    bool *covered = zeroed(n, sizeof *covered);
    lf_view *apart = zeroed(n, sizeof *apart);
    uint32_t *numbers = zeroed(n, sizeof *numbers);
    bool some = n > LF_SIGNS_MOST && blocks_at_once() &&
                choose_anchors(&g->anchors, g->texts, n, APART_MOST, covered);

    for (size_t i = 0; i < n; i++)
        if (some && covered[i] && g->texts[i].len >= LF_GRAMS_LEAST) {
            left[nleft] = g->texts[i];
            number[nleft++] = (uint32_t)i;
        } else {
            apart[napart] = g->texts[i];
            numbers[napart++] = (uint32_t)i;
        }
    if (!g->wide && napart > 0 && napart <= LF_SIGNS_MOST)
        g->signs = lf_signs_create(apart, napart, &m->usual);
    free(covered);
    free(apart);
    if (g->signs && nleft > 0) {
        g->apart = numbers;
        return nleft;
    }
    free(numbers);
    memset(&g->anchors, 0, sizeof g->anchors);
    for (size_t i = 0; i < n; i++) {
        left[i] = g->texts[i];
        number[i] = (uint32_t)i;
    }
    return n;
}

static void make_stepped(struct lf_grams *g, struct maker *m, const lf_view *texts, const uint32_t *number,
                         size_t n)
{
    size_t shortest = shortest_of(texts, n), nchosen;
    struct chosen *chosen;

    g->step = g->wide ? WIDE_STEP
                      : (unsigned)(shortest - GRAM + 1 < STEP_MOST ? shortest - GRAM + 1 : STEP_MOST);
    chosen = zeroed(n * g->step, sizeof *chosen);
    nchosen = choose(m, texts, n, g->step, chosen);
    for (size_t i = 0; i < nchosen; i++) {
        uint32_t h = hash(chosen[i].gram);

        chosen[i].text = number[chosen[i].text];
        g->words[0][h >> 27] |= 1u << (h >> 17 & 31u);
        g->words[1][h >> 17 & 31u] |= 1u << (h & 31u);
    }
    make_book(&g->stepped, g->texts, chosen, nchosen);
    if (g->apart || (!g->wide && blocks_at_once() && choose_anchors(&g->anchors, texts, n, 0, NULL))) {
        choose_beside(m, &g->anchors, texts, n, chosen);
        for (size_t i = 0; i < n; i++)
            chosen[i].text = number[i];
        make_book(&g->anchors.book, g->texts, chosen, n);
        g->anchors.crowd.most = CROWD_ONE * CROWD_STEPS / g->step;
    }
    free(chosen);
}

struct lf_grams *lf_grams_create(const lf_view *texts, size_t n)
{
    struct lf_grams *g = zeroed(1, sizeof *g);
    lf_view *left;
    uint32_t *number;
    struct maker *m;

    LF_ASSERT(n > 0 && n < UINT32_MAX / STEP_MOST && shortest_of(texts, n) >= LF_GRAMS_SHORT);
    g->texts = texts;
    g->n = n;
#if defined(__x86_64__)
    g->bmi2 = __builtin_cpu_supports("bmi2");
#endif
    g->vbmi2 = compressed_at_once();
    g->wide = n <= WIDE_MOST && sixteen_at_once();
    g->seen = zeroed((n + 63) / 64, sizeof *g->seen);
    g->pairs = n <= WIDE_MOST ? lf_pairs_create(texts, n) : NULL;
    g->crowded.most = g->pairs ? PAIRS_CROWD : SIGNS_CROWD;
    left = zeroed(n, sizeof *left);
    number = zeroed(n, sizeof *number);
    m = maker_new(texts, n);
    n = make_signs(g, m, left, number);
    if (shortest_of(left, n) >= LF_GRAMS_LEAST) {
        make_stepped(g, m, left, number, n);
    } else {
        lf_grams_destroy(g);
        g = NULL;
    }
    free(m);
    free(left);
    free(number);
    return g;
}

void lf_grams_destroy(struct lf_grams *g)
{
    if (!g)
        return;
    clear_book(&g->stepped);
    clear_book(&g->anchors.book);
    lf_pairs_destroy(g->pairs);
    lf_signs_destroy(g->signs);
    free(g->apart);
    free(g->seen);
    free(g);
}

size_t lf_grams_bytes(const struct lf_grams *g)
{
    return g ? sizeof *g + book_bytes(&g->stepped) + book_bytes(&g->anchors.book) + lf_pairs_bytes(g->pairs) +
                   lf_signs_bytes(g->signs) + (g->n + 63) / 64 * sizeof *g->seen
             : 0;
}
