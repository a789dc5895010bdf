/* Map: text -> 64-bit value, open addressing, keyed SipHash so that names from
 * outside cannot be chosen to collide.
 *
 * Keys are borrowed: the caller keeps their bytes alive as long as the map (an
 * arena of the same lifetime).  Held by the caller: init/clear. */
#ifndef LF_BASE_MAP_H
#define LF_BASE_MAP_H

#include "base/err.h"
#include "base/view.h"

struct lf_map_slot;

struct lf_map {
    struct lf_map_slot *slots;
    size_t cap, count, used; /* used counts tombstones too */
    uint64_t key[2];
};

/* `seed` should be random where keys come from outside; any number otherwise. */
void lf_map_init(struct lf_map *m, uint64_t seed);
void lf_map_clear(struct lf_map *m);
/* Sets or replaces. */
void lf_map_set(struct lf_map *m, lf_view key, uint64_t value);
bool lf_map_get(const struct lf_map *m, lf_view key, uint64_t *out);
bool lf_map_del(struct lf_map *m, lf_view key);
/* Walks all entries in no order: start with *at = 0.  The map must not change. */
bool lf_map_next(const struct lf_map *m, size_t *at, lf_view *key, uint64_t *value);

static inline void lf_map_set_ptr(struct lf_map *m, lf_view key, void *p)
{
    lf_map_set(m, key, (uint64_t)(uintptr_t)p);
}

static inline void *lf_map_get_ptr(const struct lf_map *m, lf_view key)
{
    uint64_t v;

    return lf_map_get(m, key, &v) ? (void *)(uintptr_t)v : NULL;
}

/* SipHash-2-4 (Aumasson, Bernstein 2012). */
uint64_t lf_siphash(const uint64_t key[2], lf_view v);

#endif
