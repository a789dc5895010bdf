#include "base/map.h"

#include <stdlib.h>

struct lf_map_slot {
    uint64_t hash, value;
    lf_view key; /* ptr NULL: free; len SIZE_MAX: tombstone */
};

#define ROTL(x, b) (((x) << (b)) | ((x) >> (64 - (b))))

static void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[1] = ROTL(v[1], 13);
    v[1] ^= v[0];
    v[0] = ROTL(v[0], 32);
    v[2] += v[3];
    v[3] = ROTL(v[3], 16);
    v[3] ^= v[2];
    v[0] += v[3];
    v[3] = ROTL(v[3], 21);
    v[3] ^= v[0];
    v[2] += v[1];
    v[1] = ROTL(v[1], 17);
    v[1] ^= v[2];
    v[2] = ROTL(v[2], 32);
}

uint64_t lf_siphash(const uint64_t key[2], lf_view in)
{
    uint64_t v[4] = { key[0] ^ 0x736f6d6570736575u, key[1] ^ 0x646f72616e646f6du,
                      key[0] ^ 0x6c7967656e657261u, key[1] ^ 0x7465646279746573u };
    uint64_t last = (uint64_t)in.len << 56;
    size_t i = 0;

    for (; i + 8 <= in.len; i += 8) {
        uint64_t m;
        memcpy(&m, in.ptr + i, 8);
        v[3] ^= m;
        sip_round(v);
        sip_round(v);
        v[0] ^= m;
    }
    for (size_t k = 0; i + k < in.len; k++)
        last |= (uint64_t)(unsigned char)in.ptr[i + k] << (8 * k);
    v[3] ^= last;
    sip_round(v);
    sip_round(v);
    v[0] ^= last;
    v[2] ^= 0xff;
    for (int r = 0; r < 4; r++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

void lf_map_init(struct lf_map *m, uint64_t seed)
{
    *m = (struct lf_map){ .key = { seed, seed * 0x9e3779b97f4a7c15u + 1 } };
}

void lf_map_clear(struct lf_map *m)
{
    if (!m)
        return;
    free(m->slots);
    m->slots = NULL;
    m->cap = m->count = m->used = 0;
}

/* The slot of the key, or the first place where it could go, or NULL. */
static struct lf_map_slot *find(const struct lf_map *m, uint64_t hash, lf_view key, bool *found)
{
    struct lf_map_slot *room = NULL;

    *found = false;
    if (!m->cap)
        return NULL;
    for (size_t i = hash & (m->cap - 1);; i = (i + 1) & (m->cap - 1)) {
        struct lf_map_slot *s = &m->slots[i];

        if (!s->key.ptr)
            return room ? room : s;
        if (s->key.len == SIZE_MAX) {
            if (!room)
                room = s;
        } else if (s->hash == hash && lf_view_eq(s->key, key)) {
            *found = true;
            return s;
        }
    }
}

static void grow(struct lf_map *m)
{
    struct lf_map old = *m;
    bool found;

    m->cap = !old.cap ? 16 : old.count * 4 > old.cap ? old.cap * 2 : old.cap;
    m->slots = calloc(m->cap, sizeof *m->slots);
    if (!m->slots)
        LF_BUG("out of memory for a map of %zu slots", m->cap);
    m->used = m->count;
    for (size_t i = 0; i < old.cap; i++)
        if (old.slots[i].key.ptr && old.slots[i].key.len != SIZE_MAX)
            *find(m, old.slots[i].hash, old.slots[i].key, &found) = old.slots[i];
    free(old.slots);
}

void lf_map_set(struct lf_map *m, lf_view key, uint64_t value)
{
    uint64_t hash = lf_siphash(m->key, key);
    struct lf_map_slot *s;
    bool found;

    if (!key.ptr)
        key.ptr = "";
    if ((m->used + 1) * 2 > m->cap)
        grow(m);
    s = find(m, hash, key, &found);
    if (!found) {
        m->count++;
        m->used += !s->key.ptr;
        s->key = key;
        s->hash = hash;
    }
    s->value = value;
}

bool lf_map_get(const struct lf_map *m, lf_view key, uint64_t *out)
{
    bool found;
    struct lf_map_slot *s = find(m, lf_siphash(m->key, key), key, &found);

    if (found)
        *out = s->value;
    return found;
}

bool lf_map_del(struct lf_map *m, lf_view key)
{
    bool found;
    struct lf_map_slot *s = find(m, lf_siphash(m->key, key), key, &found);

    if (found) {
        s->key = (lf_view){ "", SIZE_MAX };
        m->count--;
    }
    return found;
}

bool lf_map_next(const struct lf_map *m, size_t *at, lf_view *key, uint64_t *value)
{
    for (; *at < m->cap; (*at)++) {
        const struct lf_map_slot *s = &m->slots[*at];

        if (s->key.ptr && s->key.len != SIZE_MAX) {
            *key = s->key;
            *value = s->value;
            (*at)++;
            return true;
        }
    }
    return false;
}
