#include "engine/literals.h"

#include <stdlib.h>

#include "engine/caseless.h"
#include "engine/grams.h"
#include "engine/prints.h"

enum {
    PACKED = 48,       /* so many at most are looked for by fingerprints */
    WORTH_A_PASS = 12, /* long ones that are looked for apart from the short */
};

struct lf_literals {
    const lf_view *texts;
    size_t n, shortest;
    struct lf_prints *prints; /* a few */
    hs_database_t *db;        /* both NULL: one */
    /* The same in two parts, which is faster but for texts made to be slow; NULL: not done. */
    struct lf_grams *grams;   /* the long ones */
    struct lf_literals *rest; /* NULL: none is short */
    lf_view *parted;          /* the long ones and behind them the others */
    unsigned *number;         /* of each of them here */
    size_t nlong;
};

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

/* Where enough are long. */
static enum lf_code part(struct lf_literals *l, hs_scratch_t **scratch, struct lf_err *e)
{
    size_t n = 0, some = 0;

    for (size_t i = 0; i < l->n; i++) {
        n += l->texts[i].len >= LF_GRAMS_LEAST;
        some += l->texts[i].len >= LF_GRAMS_SHORT;
    }
    /* Many short ones need Vectorscan, which then finds the long ones in the same pass. */
    if (l->n < 2 || l->n - n > PACKED || n < (n == l->n ? 1 : WORTH_A_PASS))
        return LF_OK;
    l->parted = calloc(l->n, sizeof *l->parted);
    l->number = calloc(l->n, sizeof *l->number);
    if (!l->parted || !l->number)
        LF_BUG("no memory for %zu literals", l->n);
    for (size_t i = 0, at[] = { 0, n, some }; i < l->n; i++) {
        size_t len = l->texts[i].len, *to = &at[len >= LF_GRAMS_LEAST ? 0 : len >= LF_GRAMS_SHORT ? 1 : 2];

        l->parted[*to] = l->texts[i];
        l->number[(*to)++] = (unsigned)i;
    }
    if (some > n && (l->grams = lf_grams_create(l->parted, some)) != NULL)
        n = some;
    else
        l->grams = lf_grams_create(l->parted, n);
    l->nlong = n;
    return n < l->n ? lf_literals_create(l->parted + n, l->n - n, scratch, &l->rest, e) : LF_OK;
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
    if (n > 1 && n <= PACKED)
        l->prints = lf_prints_create(texts, n, NULL);
    else if (n > 1)
        rc = compile(l, scratch, e);
    if (rc == LF_OK)
        rc = part(l, scratch, e);
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
    lf_prints_destroy(l->prints);
    lf_grams_destroy(l->grams);
    lf_literals_destroy(l->rest);
    free(l->parted);
    free(l->number);
    free(l);
}

struct scan {
    void (*found)(void *ctx, unsigned literal);
    void *ctx;
    const unsigned *number; /* of a part's literals in the whole */
};

static bool long_one(void *ctx, unsigned number)
{
    const struct scan *s = ctx;

    s->found(s->ctx, s->number[number]);
    return true;
}

static void short_one(void *ctx, unsigned number)
{
    const struct scan *s = ctx;

    s->found(s->ctx, s->number[number]);
}

static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *ctx)
{
    struct scan *s = ctx;

    (void)from;
    (void)to;
    (void)flags;
    s->found(s->ctx, id);
    return 0;
}

static enum lf_prints_then once(void *ctx, unsigned number, size_t at)
{
    struct scan *s = ctx;

    (void)at;
    s->found(s->ctx, number);
    return LF_PRINTS_ENOUGH;
}

void lf_literals_scan(const struct lf_literals *l, lf_view text, hs_scratch_t *scratch,
                      void (*found)(void *ctx, unsigned literal), void *ctx)
{
    struct scan s = { found, ctx, l->number };
    struct lf_arena slow = { 0 };
    hs_error_t rc;

    if (text.len < l->shortest)
        return;
    if (l->grams) {
        bool all = lf_grams_scan(l->grams, text, long_one, &s);

        s.number += l->nlong;
        if (all && l->rest)
            lf_literals_scan(l->rest, text, scratch, short_one, &s);
        if (all)
            return;
    }
    if (l->prints) {
        uint64_t left = ((uint64_t)1 << l->n) - 1;

        if (lf_prints_scan(l->prints, text, &left, once, &s))
            return;
        /* A text made to be nearly there at every place: one after another, in linear time. */
        for (; left; left &= left - 1) {
            unsigned i = (unsigned)__builtin_ctzll(left);

            if (lf_text_contains(&slow, text, l->texts[i], true))
                found(ctx, i);
        }
        lf_arena_clear(&slow);
        return;
    }
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
    return l ? n + lf_prints_bytes(l->prints) + lf_grams_bytes(l->grams) + lf_literals_bytes(l->rest) : 0;
}
