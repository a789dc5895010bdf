#include "engine/literals.h"

#include <stdlib.h>

#include "engine/caseless.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum {
    FEW = 3,     /* without shuffles so many are found faster one by one */
    PACKED = 48, /* so many at most are looked for by fingerprints */
    BUCKETS = 8, /* a bit each */
    PRINT = 3,   /* bytes of a fingerprint */
};

#if defined(__x86_64__)
#define HAVE_PACKED 1
/* Vectorscan, without which no rules are loaded, wants SSE4.2: it is there. */
#define PACKED_TARGET __attribute__((target("sse4.2")))
#else
#define HAVE_PACKED 0
#endif

/* Fingerprints (the "Teddy" of Geoff Langdale in Hyperscan, here with one row of
 * three bytes): each literal is in a bucket and has three bytes that stand for it.
 * For each of the three, and each half of a byte, a table says which buckets it may be of;
 * sixteen places at once are looked up by a shuffle, and where all six agree the
 * bucket's literals are compared. */
struct packed {
    unsigned char low[PRINT][16], high[PRINT][16];
    uint8_t at[PACKED];       /* where in the literal its three bytes stand */
    uint64_t bucket[BUCKETS]; /* literals in it */
};

struct lf_literals {
    const lf_view *texts;
    size_t n, shortest;
    struct packed *packed;
    hs_database_t *db; /* both NULL: few */
};

/* How usual a byte is in paths, commands and logs; 1 = seldom. */
static unsigned usual(unsigned char c)
{
    if (c == ' ' || (c && strchr("eaiotnsrlc", c)))
        return 8;
    if ((c >= '0' && c <= '9') || (c && strchr("dmupwhfgby\\.-/", c)))
        return 5;
    return c >= 'a' && c <= 'z' ? 3 : c >= 0x80 ? 2 : 1;
}

/* The least usual three bytes of a literal. */
static size_t print_of(lf_view t)
{
    size_t best = 0, least = SIZE_MAX;

    for (size_t i = 0; i + PRINT <= t.len && i < UINT8_MAX; i++) {
        size_t sum = 1;

        for (size_t k = 0; k < PRINT; k++)
            sum *= usual((unsigned char)t.ptr[i + k]);
        if (sum < least) {
            least = sum;
            best = i;
        }
    }
    return best;
}

static void pack_byte(struct packed *p, size_t k, unsigned char c, uint8_t bit)
{
    p->low[k][c & 15] |= bit;
    p->high[k][c >> 4] |= bit;
}

static void pack(struct lf_literals *l)
{
    struct packed *p = calloc(1, sizeof *p);
    struct {
        unsigned char print[PRINT];
        unsigned literal;
    } order[PACKED], t;

    if (!p)
        LF_BUG("no memory for fingerprints");
    for (size_t i = 0; i < l->n; i++) {
        p->at[i] = (uint8_t)print_of(l->texts[i]);
        order[i].literal = (unsigned)i;
        for (size_t k = 0; k < PRINT; k++)
            order[i].print[k] = p->at[i] + k < l->texts[i].len ? (unsigned char)l->texts[i].ptr[p->at[i] + k]
                                                               : 0;
    }
    /* Like ones share a bucket, so that each bucket holds for few bytes. */
    for (size_t i = 1; i < l->n; i++)
        for (size_t k = i; k > 0 && memcmp(order[k].print, order[k - 1].print, PRINT) < 0; k--) {
            t = order[k];
            order[k] = order[k - 1];
            order[k - 1] = t;
        }
    for (size_t i = 0; i < l->n; i++) {
        unsigned literal = order[i].literal;
        unsigned bucket = (unsigned)(i * BUCKETS / l->n);
        uint8_t bit = (uint8_t)(1u << bucket);

        p->bucket[bucket] |= (uint64_t)1 << literal;
        for (size_t k = 0; k < PRINT; k++) {
            unsigned char c = order[i].print[k];

            if (p->at[literal] + k >= l->texts[literal].len) { /* a short one: any byte */
                for (unsigned any = 0; any < 16; any++) {
                    p->low[k][any] |= bit;
                    p->high[k][any] |= bit;
                }
                continue;
            }
            pack_byte(p, k, c, bit);
            if (c >= 'a' && c <= 'z')
                pack_byte(p, k, (unsigned char)(c & ~0x20), bit);
        }
    }
    l->packed = p;
}

static enum lf_code compile(struct lf_literals *l, hs_scratch_t **scratch, struct lf_err *e)
{
    const char **text = calloc(l->n, sizeof *text);
    unsigned *flags = calloc(l->n, sizeof *flags), *ids = calloc(l->n, sizeof *ids);
    size_t *lens = calloc(l->n, sizeof *lens);
    hs_compile_error_t *err = NULL;
    enum lf_code rc = LF_OK;

    if (!text || !flags || !ids || !lens)
        LF_BUG("no memory for %zu literals", l->n);
    for (size_t i = 0; i < l->n; i++) {
        text[i] = l->texts[i].ptr;
        lens[i] = l->texts[i].len;
        flags[i] = HS_FLAG_CASELESS | HS_FLAG_SINGLEMATCH;
        ids[i] = (unsigned)i;
    }
    if (hs_compile_lit_multi(text, flags, ids, lens, (unsigned)l->n, HS_MODE_BLOCK, NULL, &l->db, &err) !=
        HS_SUCCESS)
        rc = lf_err_set(e, LF_TOO_BIG, "%zu literals of rules do not compile: %s", l->n,
                        err ? err->message : "no reason given");
    else if (hs_alloc_scratch(l->db, scratch) != HS_SUCCESS)
        LF_BUG("no memory for the scratch of %zu literals", l->n);
    hs_free_compile_error(err);
    free((void *)(uintptr_t)text);
    free(flags);
    free(ids);
    free(lens);
    return rc;
}

enum lf_code lf_literals_create(const lf_view *texts, size_t n, hs_scratch_t **scratch,
                                struct lf_literals **out, struct lf_err *e)
{
    struct lf_literals *l = calloc(1, sizeof *l);
    enum lf_code rc = LF_OK;

    if (!l)
        LF_BUG("no memory for a set of literals");
    *l = (struct lf_literals){ .texts = texts, .n = n, .shortest = SIZE_MAX };
    for (size_t i = 0; i < n; i++)
        if (texts[i].len < l->shortest)
            l->shortest = texts[i].len;
    if (HAVE_PACKED && n > 1 && n <= PACKED)
        pack(l);
    else if (n > FEW)
        rc = compile(l, scratch, e);
    if (rc != LF_OK) {
        lf_literals_destroy(l);
        return rc;
    }
    *out = l;
    return LF_OK;
}

void lf_literals_destroy(struct lf_literals *l)
{
    if (!l)
        return;
    hs_free_database(l->db);
    free(l->packed);
    free(l);
}

struct scan {
    void (*found)(void *ctx, unsigned literal);
    void *ctx;
};

static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *ctx)
{
    struct scan *s = ctx;

    (void)from;
    (void)to;
    (void)flags;
    s->found(s->ctx, id);
    return 0;
}

#if HAVE_PACKED
struct hunt {
    const struct lf_literals *l;
    lf_view text;
    uint64_t left; /* literals not found yet: each is told once */
    size_t budget; /* bytes that may still be compared in vain */
    struct scan *s;
};

/* Literals of the buckets whose fingerprint is at `at`. */
static void compare(struct hunt *h, size_t at, unsigned buckets)
{
    for (; buckets; buckets &= buckets - 1) {
        uint64_t in = h->l->packed->bucket[__builtin_ctz(buckets)] & h->left;

        for (; in; in &= in - 1) {
            unsigned i = (unsigned)__builtin_ctzll(in);
            lf_view want = h->l->texts[i];
            size_t before = h->l->packed->at[i];

            if (at < before || h->text.len - (at - before) < want.len)
                continue;
            if (!lf_caseless_same(h->text.ptr + (at - before), want.ptr, want.len)) {
                h->budget -= want.len < h->budget ? want.len : h->budget;
                continue;
            }
            h->left &= ~((uint64_t)1 << i);
            h->s->found(h->s->ctx, i);
        }
    }
}

PACKED_TARGET static inline __m128i load(const void *p)
{
    return _mm_loadu_si128((const __m128i *)p);
}

/* Buckets by place for sixteen places from p on, of which PRINT - 1 more bytes are read. */
PACKED_TARGET static inline __m128i prints(const struct packed *t, const char *p)
{
    const __m128i half = _mm_set1_epi8(15);
    __m128i all = _mm_set1_epi8(-1);

    for (size_t k = 0; k < PRINT; k++) {
        __m128i v = load(p + k);
        __m128i low = _mm_shuffle_epi8(load(t->low[k]), _mm_and_si128(v, half));
        __m128i high = _mm_shuffle_epi8(load(t->high[k]), _mm_and_si128(_mm_srli_epi16(v, 4), half));

        all = _mm_and_si128(all, _mm_and_si128(low, high));
    }
    return all;
}

PACKED_TARGET static inline void look(struct hunt *h, const char *p, size_t at, size_t places)
{
    __m128i all = prints(h->l->packed, p);
    unsigned none = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(all, _mm_setzero_si128()));
    unsigned some = ~none & 0xffffu;
    unsigned char buckets[16];

    if (__builtin_expect(some == 0, 1))
        return;
    _mm_storeu_si128((__m128i *)(void *)buckets, all);
    for (; some; some &= some - 1) {
        unsigned i = (unsigned)__builtin_ctz(some);

        if (i < places)
            compare(h, at + i, buckets[i]);
    }
}

PACKED_TARGET static void scan_packed(struct hunt *h)
{
    char tail[16 + PRINT - 1 + 16] = { 0 };
    size_t i = 0, n = h->text.len;

    for (; i + 16 + PRINT - 1 <= n && h->budget; i += 16)
        look(h, h->text.ptr + i, i, 16);
    /* What is left, with zeros behind it; two rounds at most. */
    for (; i < n && h->budget; i += 16) {
        size_t rest = n - i < sizeof tail ? n - i : sizeof tail;

        memset(tail, 0, sizeof tail);
        memcpy(tail, h->text.ptr + i, rest);
        look(h, tail, i, rest < 16 ? rest : 16);
    }
}
#endif

void lf_literals_scan(const struct lf_literals *l, lf_view text, hs_scratch_t *scratch,
                      void (*found)(void *ctx, unsigned literal), void *ctx)
{
    struct scan s = { found, ctx };
    struct lf_arena slow = { 0 };
    hs_error_t rc;

    if (text.len < l->shortest)
        return;
#if HAVE_PACKED
    if (l->packed) {
        struct hunt h = {
            .l = l, .text = text, .left = ((uint64_t)1 << l->n) - 1, .budget = 64 * text.len + 4096, .s = &s
        };

        scan_packed(&h);
        /* A text made to be nearly there at every place: one after another, in linear time. */
        for (uint64_t in = h.budget ? 0 : h.left; in; in &= in - 1) {
            unsigned i = (unsigned)__builtin_ctzll(in);

            if (lf_text_contains(&slow, text, l->texts[i], true))
                found(ctx, i);
        }
        lf_arena_clear(&slow);
        return;
    }
#endif
    if (!l->db) {
        for (size_t i = 0; i < l->n; i++)
            if (lf_text_contains(&slow, text, l->texts[i], true))
                found(ctx, (unsigned)i);
        lf_arena_clear(&slow);
        return;
    }
    LF_ASSERT(text.len <= UINT32_MAX);
    rc = hs_scan(l->db, text.ptr, (unsigned)text.len, 0, scratch, on_match, &s);
    if (rc != HS_SUCCESS)
        LF_BUG("hs_scan gave %d", (int)rc);
}

size_t lf_literals_shortest(const struct lf_literals *l)
{
    return l->shortest;
}

size_t lf_literals_bytes(const struct lf_literals *l)
{
    size_t n = 0;

    if (l && l->db && hs_database_size(l->db, &n) != HS_SUCCESS)
        n = 0;
    return n + (l && l->packed ? sizeof *l->packed : 0);
}
