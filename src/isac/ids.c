#include "isac/ids.h"

#include <stdlib.h>

#include "store/query_intelligence.h"

/* A key sets BITS bits of one block of 64 bytes, so that a look is one line of memory.  Levels: one for what
 * was stored at the start, and another, half as large as all before it, whenever the last has its share. */
enum { WORDS = 8, BITS = 6, PER_BLOCK = 42, LEVELS = 24, TURN = 8192, LEAST = 1024 /* blocks */ };

struct level {
    uint64_t *words;
    uint64_t blocks, left; /* keys it still takes */
};

struct lf_ids {
    struct level v[LEVELS];
    unsigned n;
    uint64_t blocks, most; /* of all levels; bytes that they may have */
    bool begun, full;
    int64_t old, from; /* where reading goes on: the young first, for they move to the old, never back */
    bool whole;
};

struct lf_ids *lf_ids_create(uint64_t most)
{
    struct lf_ids *ids = calloc(1, sizeof *ids);

    LF_ASSERT(ids);
    ids->most = most;
    ids->from = INT64_MIN;
    return ids;
}

void lf_ids_destroy(struct lf_ids *ids)
{
    if (!ids)
        return;
    for (unsigned i = 0; i < ids->n; i++)
        free(ids->v[i].words);
    free(ids);
}

static uint64_t *block_of(const struct level *l, int64_t key)
{
    return l->words + WORDS * ((((uint64_t)key >> 32) * l->blocks) >> 32);
}

/* The key is a keyed hash already; this spreads it anew, for bits that do not follow the block. */
static uint64_t bits_of(int64_t key)
{
    uint64_t x = (uint64_t)key;

    x = (x ^ (x >> 31)) * UINT64_C(0x9e3779b97f4a7c15);
    return x ^ (x >> 29);
}

static void set(const struct level *l, int64_t key)
{
    uint64_t *b = block_of(l, key), bits = bits_of(key);

    for (int i = 0; i < BITS; i++, bits >>= 9)
        b[bits >> 6 & 7] |= UINT64_C(1) << (bits & 63);
}

static bool has(const struct level *l, int64_t key)
{
    const uint64_t *b = block_of(l, key);
    uint64_t bits = bits_of(key);

    for (int i = 0; i < BITS; i++, bits >>= 9)
        if (!(b[bits >> 6 & 7] >> (bits & 63) & 1))
            return false;
    return true;
}

static void give_up(struct lf_ids *ids)
{
    for (unsigned i = 0; i < ids->n; i++)
        free(ids->v[i].words);
    ids->n = 0;
    ids->full = true;
}

static void grow(struct lf_ids *ids, uint64_t keys)
{
    struct level *l = &ids->v[ids->n];
    uint64_t blocks = keys / PER_BLOCK < ids->blocks / 2 ? ids->blocks / 2 : keys / PER_BLOCK;

    if (blocks < LEAST)
        blocks = LEAST;
    if (ids->n == LEVELS || (ids->blocks + blocks) * WORDS * 8 > ids->most) {
        give_up(ids);
        return;
    }
    *l = (struct level){ .blocks = blocks, .left = blocks * PER_BLOCK };
    l->words = aligned_alloc(WORDS * 8, blocks * WORDS * 8);
    LF_ASSERT(l->words);
    memset(l->words, 0, blocks * WORDS * 8);
    ids->blocks += blocks;
    ids->n++;
}

void lf_ids_add(struct lf_ids *ids, int64_t key)
{
    if (!ids || ids->full)
        return;
    if (!ids->n || !ids->v[ids->n - 1].left)
        grow(ids, 0);
    if (ids->full)
        return;
    ids->v[ids->n - 1].left--;
    set(&ids->v[ids->n - 1], key);
}

bool lf_ids_maybe(const struct lf_ids *ids, int64_t key)
{
    bool maybe = !ids || !ids->whole || ids->full;

    for (unsigned i = 0; !maybe && i < ids->n; i++)
        maybe = has(&ids->v[i], key);
    return maybe;
}

struct reading {
    struct lf_ids *ids;
    int64_t last;
    size_t n;
};

static enum lf_code take_key(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct reading *x = ctx;

    (void)e;
    x->last = lf_row_int(r, 0);
    x->n++;
    lf_ids_add(x->ids, x->last);
    return LF_OK;
}

enum lf_code lf_ids_turn(struct lf_task *t, bool *more, struct lf_err *e)
{
    struct reading x = { .ids = t->ids };
    struct lf_ids *ids = t->ids;
    int64_t part;

    *more = false;
    if (!ids || ids->whole || ids->full)
        return LF_OK;
    if (!ids->begun) {
        /* Keys lie evenly: those of a 1024th are enough to know how many there are. */
        LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_id_count, LF_ARGS(LF_INT(0), LF_INT(INT64_MAX >> 9)), &part,
                         e));
        grow(ids, ((uint64_t)part << 10) + ((uint64_t)part << 7));
        ids->begun = true;
    }
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_id_keys,
                     LF_ARGS(LF_INT(ids->old), LF_INT(ids->from), LF_INT(TURN)), take_key, &x, NULL, e));
    if (x.n == TURN && x.last < INT64_MAX) {
        ids->from = x.last + 1;
    } else if (!ids->old) {
        ids->old = 1;
        ids->from = INT64_MIN;
    } else {
        ids->whole = true;
    }
    *more = !ids->whole && !ids->full;
    return LF_OK;
}
