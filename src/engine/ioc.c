#include "engine/ioc.h"

#include <stdlib.h>

enum {
    SEGMENT_BITS = 12,
    SEGMENTS = 1 << SEGMENT_BITS,
    CELLS = 1 << 16, /* of prefix lengths in use */
    BATCH = 32,
    PER_WORD = 5 /* slots to a Bloom word of 64 bits: 12.8 bits each */
};

#define M61 ((UINT64_C(1) << 61) - 1)

/* One block of memory: Bloom words, hashes, records, `cap` of each (words: fewer).
 * A hash of 0,0 is a free slot. */
struct segment {
    uint64_t *mem;
    uint32_t n, cap;
};

struct lf_ioc_set {
    struct segment seg[SEGMENTS];
    uint64_t point[2], mask[2]; /* where the polynomials are evaluated; what is added */
    size_t count, bytes;
    uint64_t changes;
    /* Prefix lengths that some network of a cell has; bits stay when networks go. */
    uint32_t *lengths4;      /* by the first 16 bits; bit n: length n, 1-32 */
    uint64_t (*lengths6)[2]; /* by a hash of the first 32 bits */
    uint64_t wide6[2];       /* lengths below 32 */
    bool zero4, zero6;       /* 0.0.0.0/0, ::/0 */
    /* What lookups need not be made for: kinds without entries, names of so many labels
     * that there is none; bits of labels stay when names go. */
    size_t kinds[LF_OBS_KINDS];
    uint32_t labels; /* bit n: some name has n labels; 31: as many or more */
};

/* ---- hashing ---- */

static inline uint64_t step61(uint64_t h, uint64_t w, uint64_t k)
{
    __uint128_t p = (__uint128_t)(h + w) * k;

    return ((uint64_t)p & M61) + (uint64_t)(p >> 61); /* below 2^63.5; reduced at the end */
}

static inline uint64_t mix(uint64_t x)
{
    x ^= x >> 33;
    x *= UINT64_C(0xff51afd7ed558ccd);
    x ^= x >> 33;
    x *= UINT64_C(0xc4ceb9fe1a85ec53);
    return x ^ x >> 33;
}

static inline uint64_t reduce(uint64_t h)
{
    h = (h & M61) + (h >> 61);
    return h >= M61 ? h - M61 : h;
}

/* 1 to 7 bytes, the first lowest. */
static inline uint64_t tail(const unsigned char *p, size_t n)
{
    uint32_t a, b;

    if (n < 4)
        return p[0] | (uint64_t)p[n / 2] << (8 * (n / 2)) | (uint64_t)p[n - 1] << (8 * (n - 1));
    memcpy(&a, p, 4);
    memcpy(&b, p + n - 4, 4);
    return a | (uint64_t)b << (8 * (n - 4));
}

/* Seven bytes a step, so that each is below 2^61-1; the length and kind come first, so
 * that no value is another's beginning. */
struct lf_ioc_key lf_ioc_hash(const struct lf_ioc_set *s, enum lf_observable_kind kind, const void *at,
                              size_t n)
{
    const unsigned char *p = at;
    uint64_t first = (uint64_t)kind << 32 | n;
    uint64_t x = step61(s->mask[0], first, s->point[0]), y = step61(s->mask[1], first, s->point[1]);
    struct lf_ioc_key key;

    for (; n >= 8; n -= 7, p += 7) {
        uint64_t w;

        memcpy(&w, p, 8);
        w &= (UINT64_C(1) << 56) - 1;
        x = step61(x, w, s->point[0]);
        y = step61(y, w, s->point[1]);
    }
    if (n) {
        uint64_t w = tail(p, n);

        x = step61(x, w, s->point[0]);
        y = step61(y, w, s->point[1]);
    }
    key.a = mix(reduce(x) ^ s->mask[0]);
    key.b = mix(reduce(y) ^ s->mask[1]);
    if (!(key.a | key.b))
        key.b = 1;
    return key;
}

static inline uint32_t range(uint32_t x, uint32_t n)
{
    return (uint32_t)((uint64_t)x * n >> 32);
}

static inline size_t words_of(uint32_t cap)
{
    return cap / PER_WORD + 1;
}

static inline uint64_t *slots_of(const struct segment *g)
{
    return g->mem + words_of(g->cap);
}

static inline struct lf_ioc *records_of(const struct segment *g)
{
    return (struct lf_ioc *)(slots_of(g) + 2 * (size_t)g->cap);
}

static inline size_t segment_bytes(uint32_t cap)
{
    return cap ? words_of(cap) * 8 + (size_t)cap * (16 + sizeof(struct lf_ioc)) : 0;
}

static inline uint32_t home(const struct lf_ioc_key *k, uint32_t cap)
{
    return range((uint32_t)(k->a >> (32 - SEGMENT_BITS)), cap);
}

static inline uint64_t *word_of(const struct segment *g, const struct lf_ioc_key *k)
{
    return &g->mem[range((uint32_t)(k->b >> 32), (uint32_t)words_of(g->cap))];
}

static inline uint64_t bits_of(const struct lf_ioc_key *k)
{
    return UINT64_C(1) << (k->b & 63) | UINT64_C(1) << (k->b >> 6 & 63) | UINT64_C(1) << (k->b >> 12 & 63) |
           UINT64_C(1) << (k->b >> 18 & 63);
}

static inline unsigned segment_no(const struct lf_ioc_key *k)
{
    return (unsigned)(k->a >> (64 - SEGMENT_BITS));
}

/* ---- making ---- */

struct lf_ioc_set *lf_ioc_set_create(const uint64_t seed[4])
{
    struct lf_ioc_set *s = calloc(1, sizeof *s);

    if (!s)
        LF_BUG("out of memory for a set of indicators");
    for (int i = 0; i < 2; i++) {
        /* Never 0 or 1: the sum would forget the order. */
        s->point[i] = mix(seed[i] + 0x9e3779b97f4a7c15u) % (M61 - 2) + 2;
        s->mask[i] = mix(seed[2 + i] ^ 0xd1b54a32d192ed03u) % M61;
    }
    s->bytes = sizeof *s;
    return s;
}

void lf_ioc_set_destroy(struct lf_ioc_set *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < SEGMENTS; i++)
        free(s->seg[i].mem);
    free(s->lengths4);
    free(s->lengths6);
    free(s);
}

size_t lf_ioc_set_count(const struct lf_ioc_set *s)
{
    return s->count;
}

uint64_t lf_ioc_set_changes(const struct lf_ioc_set *s)
{
    return s->changes;
}

size_t lf_ioc_set_bytes(const struct lf_ioc_set *s)
{
    return s->bytes;
}

static void put(struct segment *g, const struct lf_ioc_key *k, const struct lf_ioc *what)
{
    uint64_t *slots = slots_of(g);
    uint32_t i = home(k, g->cap);

    while (slots[2 * i] | slots[2 * i + 1])
        i = i + 1 == g->cap ? 0 : i + 1;
    slots[2 * i] = k->a;
    slots[2 * i + 1] = k->b;
    records_of(g)[i] = *what;
    *word_of(g, k) |= bits_of(k);
    g->n++;
}

static void resize(struct lf_ioc_set *s, struct segment *g, uint32_t cap)
{
    struct segment made = { .mem = calloc(1, segment_bytes(cap)), .cap = cap };
    uint64_t *slots = g->cap ? slots_of(g) : NULL;

    LF_ASSERT(cap > 0);
    if (!made.mem)
        LF_BUG("out of memory for %u indicators", cap);
    for (uint32_t i = 0; i < g->cap; i++) {
        struct lf_ioc_key k = { slots[2 * i], slots[2 * i + 1] };

        if (k.a | k.b)
            put(&made, &k, &records_of(g)[i]);
    }
    s->bytes = s->bytes - segment_bytes(g->cap) + segment_bytes(cap);
    free(g->mem);
    *g = made;
}

/* A slot in 1.18 is filled at most, one in 1.47 at least after growing. */
static bool crowded(uint32_t n, uint32_t cap)
{
    return (uint64_t)n * 20 > (uint64_t)cap * 17;
}

static uint32_t room_for(size_t n)
{
    return (uint32_t)(n * 25 / 17 + 4);
}

void lf_ioc_set_reserve(struct lf_ioc_set *s, size_t n)
{
    size_t each = n / SEGMENTS, spread = 0;

    if (n > LF_IOC_MOST)
        n = LF_IOC_MOST;
    /* Hashes spread as chance has it: four times the square root covers it. */
    while (spread * spread < each)
        spread++;
    for (size_t i = 0; n >= SEGMENTS && i < SEGMENTS; i++) {
        uint32_t cap = (uint32_t)((each + 4 * spread) * 20 / 17 + 2);

        if (s->seg[i].cap < cap)
            resize(s, &s->seg[i], cap);
    }
}

/* ---- the lengths of networks ---- */

static unsigned cell6(const struct lf_ioc_set *s, const unsigned char raw[16])
{
    uint32_t w;

    memcpy(&w, raw, 4);
    return (unsigned)(mix(w ^ s->mask[0]) >> 48);
}

static void note_length(struct lf_ioc_set *s, enum lf_observable_kind kind, const unsigned char *raw,
                        unsigned bits)
{
    if (kind == LF_OBS_NET4) {
        unsigned cell = (unsigned)raw[0] << 8 | raw[1], last = cell;

        if (bits == 0) {
            s->zero4 = true;
            return;
        }
        if (!s->lengths4) {
            s->lengths4 = calloc(CELLS, sizeof *s->lengths4);
            if (!s->lengths4)
                LF_BUG("out of memory for networks");
            s->bytes += CELLS * sizeof *s->lengths4;
        }
        if (bits < 16)
            last = cell + (1u << (16 - bits)) - 1;
        for (; cell <= last; cell++)
            s->lengths4[cell] |= 1u << (bits - 1);
        return;
    }
    if (bits == 0) {
        s->zero6 = true;
    } else if (bits < 32) {
        s->wide6[0] |= UINT64_C(1) << (bits - 1);
    } else {
        if (!s->lengths6) {
            s->lengths6 = calloc(CELLS, sizeof *s->lengths6);
            if (!s->lengths6)
                LF_BUG("out of memory for networks");
            s->bytes += CELLS * sizeof *s->lengths6;
        }
        s->lengths6[cell6(s, raw)][(bits - 1) / 64] |= UINT64_C(1) << ((bits - 1) % 64);
    }
}

static uint32_t label_bit(unsigned labels)
{
    return 1u << (labels < 31 ? labels : 31);
}

static void note_labels(struct lf_ioc_set *s, const char *bytes, size_t n)
{
    unsigned labels = 1;

    for (size_t i = 0; i < n; i++)
        labels += bytes[i] == '.';
    s->labels |= label_bit(labels);
}

/* ---- changing ---- */

/* The slot of this value and id, or cap. */
static uint32_t where(const struct segment *g, const struct lf_ioc_key *k, const uint8_t id[16])
{
    const uint64_t *slots;

    if (!g->cap)
        return 0;
    slots = slots_of(g);
    for (uint32_t i = home(k, g->cap); slots[2 * i] | slots[2 * i + 1]; i = i + 1 == g->cap ? 0 : i + 1)
        if (slots[2 * i] == k->a && slots[2 * i + 1] == k->b && memcmp(records_of(g)[i].id, id, 16) == 0)
            return i;
    return g->cap;
}

enum lf_code lf_ioc_add(struct lf_ioc_set *s, enum lf_observable_kind kind, lf_view value,
                        const struct lf_ioc *what, struct lf_err *e)
{
    char bytes[LF_OBSERVABLE_BYTES];
    struct lf_ioc_key k;
    struct segment *g;
    uint32_t at;
    size_t n;

    if (!lf_observable_bytes(kind, value, bytes, &n))
        return lf_err_set(e, LF_BAD_INPUT, "\"%.*s\" is no %s", LF_FMT(lf_view_first(value, 100)),
                          lf_observable_kind_name(kind));
    s->changes++;
    k = lf_ioc_hash(s, kind, bytes, n);
    g = &s->seg[segment_no(&k)];
    at = where(g, &k, what->id);
    if (at < g->cap) {
        records_of(g)[at] = *what;
        return LF_OK;
    }
    if (s->count >= LF_IOC_MOST)
        return lf_err_set(e, LF_FULL, "the set has %zu indicators, which is the most", s->count);
    if (crowded(g->n + 1, g->cap))
        resize(s, g, room_for(g->n + 1));
    put(g, &k, what);
    s->count++;
    s->kinds[kind]++;
    if (kind == LF_OBS_DOMAIN)
        note_labels(s, bytes, n);
    if (kind == LF_OBS_NET4 || kind == LF_OBS_NET6)
        note_length(s, kind, (const unsigned char *)bytes, (unsigned char)bytes[n - 1]);
    return LF_OK;
}

/* Closes the gap by moving back what would no longer be found across it (Knuth,
 * algorithm 6.4 R), so that no tombstones gather.  The Bloom word keeps its bits until
 * the segment is made anew. */
static void take_out(struct segment *g, uint32_t i)
{
    uint64_t *slots = slots_of(g);
    struct lf_ioc *records = records_of(g);
    uint32_t gap = i;

    for (;;) {
        struct lf_ioc_key k;
        uint32_t from;

        i = i + 1 == g->cap ? 0 : i + 1;
        k = (struct lf_ioc_key){ slots[2 * i], slots[2 * i + 1] };
        if (!(k.a | k.b))
            break;
        from = home(&k, g->cap);
        /* It stays when its home lies cyclically behind the gap. */
        if (gap <= i ? (gap < from && from <= i) : (gap < from || from <= i))
            continue;
        slots[2 * gap] = k.a;
        slots[2 * gap + 1] = k.b;
        records[gap] = records[i];
        gap = i;
    }
    slots[2 * gap] = slots[2 * gap + 1] = 0;
    g->n--;
}

bool lf_ioc_remove(struct lf_ioc_set *s, enum lf_observable_kind kind, lf_view value, const uint8_t id[16])
{
    char bytes[LF_OBSERVABLE_BYTES];
    struct lf_ioc_key k;
    struct segment *g;
    uint32_t at;
    size_t n;

    if (!lf_observable_bytes(kind, value, bytes, &n))
        return false;
    k = lf_ioc_hash(s, kind, bytes, n);
    g = &s->seg[segment_no(&k)];
    at = where(g, &k, id);
    if (at >= g->cap)
        return false;
    take_out(g, at);
    s->count--;
    s->kinds[kind]--;
    /* What shrank to a third gives its memory back, and its stale Bloom bits. */
    if (g->cap > 64 && (uint64_t)g->n * 3 < g->cap)
        resize(s, g, room_for(g->n));
    return true;
}

/* ---- finding ---- */

static const struct lf_ioc *look(const struct segment *g, const struct lf_ioc_key *k)
{
    const uint64_t *slots = slots_of(g);

    for (uint32_t i = home(k, g->cap); slots[2 * i] | slots[2 * i + 1]; i = i + 1 == g->cap ? 0 : i + 1)
        if (slots[2 * i] == k->a && slots[2 * i + 1] == k->b)
            return &records_of(g)[i];
    return NULL;
}

void lf_ioc_fetch(const struct lf_ioc_set *s, const struct lf_ioc_key *keys, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct segment *g = &s->seg[segment_no(&keys[i])];

        if (g->cap)
            __builtin_prefetch(word_of(g, &keys[i]));
    }
}

bool lf_ioc_asks(const struct lf_ioc_set *s, enum lf_observable_kind kind)
{
    return s->kinds[kind] || (kind == LF_OBS_IPV4 && s->kinds[LF_OBS_NET4]) ||
           (kind == LF_OBS_IPV6 && s->kinds[LF_OBS_NET6]);
}

size_t lf_ioc_find(const struct lf_ioc_set *s, const struct lf_ioc_key *keys, size_t n,
                   const struct lf_ioc **out)
{
    size_t found = 0;

    while (n) {
        size_t m = n < BATCH ? n : BATCH, left = 0;
        uint8_t maybe[BATCH] = { 0 };

        lf_ioc_fetch(s, keys, m);
        for (size_t i = 0; i < m; i++) {
            const struct segment *g = &s->seg[segment_no(&keys[i])];
            uint64_t bits = bits_of(&keys[i]);

            out[i] = NULL;
            if (g->cap && (*word_of(g, &keys[i]) & bits) == bits) {
                __builtin_prefetch(&slots_of(g)[2 * (size_t)home(&keys[i], g->cap)]);
                maybe[left++] = (uint8_t)i;
            }
        }
        for (size_t i = 0; i < left; i++) {
            const struct lf_ioc_key *k = &keys[maybe[i]];

            out[maybe[i]] = look(&s->seg[segment_no(k)], k);
            found += out[maybe[i]] != NULL;
        }
        keys += m;
        out += m;
        n -= m;
    }
    return found;
}

const struct lf_ioc *lf_ioc_next(const struct lf_ioc_set *s, struct lf_ioc_key key, const struct lf_ioc *last)
{
    const struct segment *g = &s->seg[segment_no(&key)];
    const uint64_t *slots = slots_of(g);
    uint32_t i = (uint32_t)(last - records_of(g));

    for (;;) {
        i = i + 1 == g->cap ? 0 : i + 1;
        if (!(slots[2 * i] | slots[2 * i + 1]))
            return NULL;
        if (slots[2 * i] == key.a && slots[2 * i + 1] == key.b)
            return &records_of(g)[i];
    }
}

static void mask_to(unsigned char *raw, size_t n, unsigned bits)
{
    for (size_t i = 0; i < n; i++) {
        unsigned keep = bits >= 8 * (i + 1) ? 8 : bits > 8 * i ? bits - (unsigned)(8 * i) : 0;

        raw[i] &= (unsigned char)(0xff00u >> keep);
    }
}

static size_t net_keys(const struct lf_ioc_set *s, enum lf_observable_kind kind, const char *bytes, size_t n,
                       const uint64_t lengths[2], bool zero, struct lf_ioc_key *out, size_t room)
{
    unsigned char raw[17];
    size_t k = 0;

    memcpy(raw, bytes, n);
    /* Longest first, so that masking goes on from what is masked already. */
    for (int half = 1; half >= 0; half--) {
        uint64_t left = lengths[half];

        while (left && k < room) {
            unsigned bit = 63 - (unsigned)__builtin_clzll(left), bits = (unsigned)half * 64 + bit + 1;

            left &= ~(UINT64_C(1) << bit);
            mask_to(raw, n, bits);
            raw[n] = (unsigned char)bits;
            out[k++] = lf_ioc_hash(s, kind, raw, n + 1);
        }
    }
    if (zero && k < room) {
        memset(raw, 0, sizeof raw);
        out[k++] = lf_ioc_hash(s, kind, raw, n + 1);
    }
    return k;
}

/* The parents of a name, and with them its own key when some name has as many labels. */
static size_t name_keys(const struct lf_ioc_set *s, const char *bytes, size_t n,
                        struct lf_ioc_key out[LF_IOC_KEYS], bool exact[LF_IOC_KEYS])
{
    uint8_t starts[LF_IOC_LABELS] = { 0 };
    const char *p = bytes, *end = bytes + n;
    unsigned labels = 1, known = 1;
    size_t k = 1;

    while ((p = memchr(p, '.', (size_t)(end - p))) != NULL) {
        p++;
        if (known < LF_IOC_LABELS)
            starts[known++] = (uint8_t)(p - bytes); /* a name has at most 253 bytes */
        labels++;
    }
    for (unsigned i = 1; i < known; i++)
        if (s->labels & label_bit(labels - i)) {
            exact[k] = false;
            out[k++] = lf_ioc_hash(s, LF_OBS_DOMAIN, bytes + starts[i], n - starts[i]);
        }
    return k;
}

size_t lf_ioc_keys(const struct lf_ioc_set *s, enum lf_observable_kind kind, const char *bytes, size_t n,
                   struct lf_ioc_key own, struct lf_ioc_key out[LF_IOC_KEYS], bool exact[LF_IOC_KEYS])
{
    size_t k = 1;

    out[0] = own;
    exact[0] = true;
    if (kind == LF_OBS_IPV4 && n == 4) {
        uint64_t lengths[2] = { 0, 0 };

        if (s->lengths4)
            lengths[0] = s->lengths4[(unsigned)(unsigned char)bytes[0] << 8 | (unsigned char)bytes[1]];
        if (lengths[0] || s->zero4)
            k += net_keys(s, LF_OBS_NET4, bytes, 4, lengths, s->zero4, out + 1, LF_IOC_KEYS - 1);
        memset(exact + 1, 1, k - 1);
    } else if (kind == LF_OBS_IPV6 && n == 16) {
        uint64_t lengths[2] = { s->wide6[0], s->wide6[1] };

        if (s->lengths6) {
            unsigned cell = cell6(s, (const unsigned char *)bytes);

            lengths[0] |= s->lengths6[cell][0];
            lengths[1] |= s->lengths6[cell][1];
        }
        if (lengths[0] || lengths[1] || s->zero6)
            k += net_keys(s, LF_OBS_NET6, bytes, 16, lengths, s->zero6, out + 1, LF_IOC_KEYS - 1);
        memset(exact + 1, 1, k - 1);
    } else if (kind == LF_OBS_DOMAIN) {
        k = name_keys(s, bytes, n, out, exact);
    }
    return k;
}

const struct lf_ioc *lf_ioc_covers(const struct lf_ioc_set *s, enum lf_observable_kind kind, lf_view value,
                                   uint32_t now)
{
    struct lf_ioc_key keys[LF_IOC_KEYS];
    const struct lf_ioc *found[LF_IOC_KEYS], *best = NULL;
    bool exact[LF_IOC_KEYS];
    char bytes[LF_OBSERVABLE_BYTES];
    size_t n, k;

    if (!lf_observable_bytes(kind, value, bytes, &n))
        return NULL;
    k = lf_ioc_keys(s, kind, bytes, n, lf_ioc_hash(s, kind, bytes, n), keys, exact);
    if (!lf_ioc_find(s, keys, k, found))
        return NULL;
    for (size_t i = 0; i < k; i++)
        for (const struct lf_ioc *x = found[i]; x; x = lf_ioc_next(s, keys[i], x))
            if (lf_ioc_counts(x, exact[i], now) && (!best || x->confidence > best->confidence))
                best = x;
    return best;
}
