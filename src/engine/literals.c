#include "engine/literals.h"

#include <stdlib.h>

#include "engine/caseless.h"

enum { FEW = 3 }; /* so many are found faster one by one */

struct lf_literals {
    const lf_view *texts;
    size_t n, shortest;
    hs_database_t *db; /* NULL: few */
};

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
    if (n > FEW) {
        const char **text = calloc(n, sizeof *text);
        unsigned *flags = calloc(n, sizeof *flags), *ids = calloc(n, sizeof *ids);
        size_t *lens = calloc(n, sizeof *lens);
        hs_compile_error_t *err = NULL;

        if (!text || !flags || !ids || !lens)
            LF_BUG("no memory for %zu literals", n);
        for (size_t i = 0; i < n; i++) {
            text[i] = texts[i].ptr;
            lens[i] = texts[i].len;
            flags[i] = HS_FLAG_CASELESS | HS_FLAG_SINGLEMATCH;
            ids[i] = (unsigned)i;
        }
        if (hs_compile_lit_multi(text, flags, ids, lens, (unsigned)n, HS_MODE_BLOCK, NULL, &l->db, &err) !=
            HS_SUCCESS)
            rc = lf_err_set(e, LF_TOO_BIG, "%zu literals of rules do not compile: %s", n,
                            err ? err->message : "no reason given");
        else if (hs_alloc_scratch(l->db, scratch) != HS_SUCCESS)
            LF_BUG("no memory for the scratch of %zu literals", n);
        hs_free_compile_error(err);
        free((void *)(uintptr_t)text);
        free(flags);
        free(ids);
        free(lens);
    }
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

void lf_literals_scan(const struct lf_literals *l, lf_view text, hs_scratch_t *scratch,
                      void (*found)(void *ctx, unsigned literal), void *ctx)
{
    struct scan s = { found, ctx };
    hs_error_t rc;

    if (text.len < l->shortest)
        return;
    if (!l->db) {
        for (size_t i = 0; i < l->n; i++)
            if (lf_caseless_find(text, l->texts[i]) != SIZE_MAX)
                found(ctx, (unsigned)i);
        return;
    }
    LF_ASSERT(text.len <= UINT32_MAX);
    rc = hs_scan(l->db, text.ptr, (unsigned)text.len, 0, scratch, on_match, &s);
    if (rc != HS_SUCCESS)
        LF_BUG("hs_scan gave %d", (int)rc);
}

size_t lf_literals_bytes(const struct lf_literals *l)
{
    size_t n = 0;

    if (l && l->db && hs_database_size(l->db, &n) != HS_SUCCESS)
        n = 0;
    return n;
}
