/* The zone's memory.  What is sent from it is shield/zone_server.c. */
#include "shield/zone.h"

#include "base/map.h"
#include "shield/zone_priv.h"

/* A record of the name block: u8 length, u8 dead, u32 serial at which it died,
 * then the name's labels without root, relative to the zone. */
enum { DELETED = 1 };

struct lf_zone_names *lf_zone_names_create(uint64_t seed)
{
    struct lf_zone_names *n = calloc(1, sizeof *n);

    if (!n)
        LF_BUG("out of memory");
    n->refs = 1;
    n->key[0] = seed;
    n->key[1] = ~seed;
    n->len = 2; /* so that no record has the offset of an empty or a deleted slot */
    return n;
}

void lf_zone_names_release(struct lf_zone_names *n)
{
    if (!n || --n->refs)
        return;
    free(n->mem);
    free(n->slot);
    free(n);
}

static uint64_t hash(const struct lf_zone_names *n, const uint8_t *wire, size_t len)
{
    return lf_siphash(n->key, (lf_view){ (const char *)wire, len });
}

static uint32_t *find(const struct lf_zone_names *n, const uint8_t *wire, size_t len)
{
    uint32_t *gap = NULL;

    if (!n->nslots)
        return NULL;
    for (size_t i = (size_t)hash(n, wire, len) & (n->nslots - 1);; i = (i + 1) & (n->nslots - 1)) {
        uint32_t at = n->slot[i];

        if (at == 0)
            return gap ? gap : &n->slot[i];
        if (at == DELETED)
            gap = gap ? gap : &n->slot[i];
        else if (n->mem[at] == len && memcmp(n->mem + at + LF_ZONE_RECORD, wire, len) == 0)
            return &n->slot[i];
    }
}

static void rehash(struct lf_zone_names *n)
{
    uint32_t *old = n->slot;
    size_t had = n->nslots;

    /* At most three quarters full; doubling only when live names need it. */
    n->nslots = 64;
    while (n->nslots * 3 / 4 < n->count + n->count / 2 + 1)
        n->nslots *= 2;
    n->slot = calloc(n->nslots, sizeof *n->slot);
    if (!n->slot)
        LF_BUG("out of memory");
    n->used = n->count;
    for (size_t i = 0; i < had; i++)
        if (old[i] > DELETED)
            *find(n, n->mem + old[i] + LF_ZONE_RECORD, n->mem[old[i]]) = old[i];
    free(old);
}

bool lf_zone_names_has(const struct lf_zone_names *n, const uint8_t *wire, size_t len)
{
    const uint32_t *s = find(n, wire, len);

    return s && *s > DELETED;
}

static bool names_add(struct lf_zone_names *n, const uint8_t *wire, size_t len)
{
    uint32_t *s;

    if (n->used + 1 > n->nslots * 3 / 4)
        rehash(n);
    s = find(n, wire, len);
    if (*s > DELETED)
        return false;
    if (n->cap - n->len < LF_ZONE_RECORD + len || !n->mem) {
        n->cap = n->cap ? n->cap + n->cap / 2 : 4096;
        n->mem = realloc(n->mem, n->cap);
        if (!n->mem)
            LF_BUG("out of memory");
    }
    n->used += *s == 0;
    *s = (uint32_t)n->len;
    memset(n->mem + n->len, 0, LF_ZONE_RECORD);
    n->mem[n->len] = (uint8_t)len;
    memcpy(n->mem + n->len + LF_ZONE_RECORD, wire, len);
    n->len += LF_ZONE_RECORD + len;
    n->count++;
    return true;
}

static bool names_del(struct lf_zone_names *n, const uint8_t *wire, size_t len, uint32_t serial)
{
    uint32_t *s = find(n, wire, len);

    if (!s || *s <= DELETED)
        return false;
    n->mem[*s + 1] = 1;
    memcpy(n->mem + *s + 2, &serial, sizeof serial);
    n->dead += LF_ZONE_RECORD + len;
    *s = DELETED;
    n->count--;
    return true;
}

enum lf_code lf_zone_create(lf_view origin, const struct lf_zone_limits *limits, struct lf_zone **out,
                            struct lf_err *e)
{
    struct lf_dns_name name;
    struct lf_zone *z;

    LF_TRY(lf_dns_name_parse(origin, &name, e));
    if (name.len < 2 || name.len > 128)
        return lf_err_set(e, LF_BAD_INPUT, "zone %.*s: a zone's name has 1 to 126 octets", LF_FMT(origin));
    z = calloc(1, sizeof *z);
    if (!z)
        LF_BUG("out of memory");
    z->origin = name;
    if (limits)
        z->limits = *limits;
    if (!z->limits.names)
        z->limits.names = LF_ZONE_NAMES_MOST;
    if (!z->limits.journal)
        z->limits.journal = LF_ZONE_JOURNAL;
    *out = z;
    return LF_OK;
}

void lf_zone_change_release(struct lf_zone_change *c)
{
    while (c && --c->refs == 0) {
        struct lf_zone_change *next = c->next;

        free(c);
        c = next; /* whose reference was held by the one just freed */
    }
}

static void journal_drop(struct lf_zone *z)
{
    struct lf_zone_change *c = z->ring[z->head];

    z->head = (z->head + 1) & (z->ring_size - 1);
    z->changes--;
    z->journal_bytes -= sizeof *c + c->len;
    lf_zone_change_release(c);
}

void lf_zone_destroy(struct lf_zone *z)
{
    if (!z)
        return;
    while (z->changes)
        journal_drop(z);
    free(z->ring);
    lf_zone_names_release(z->names);
    lf_zone_names_release(z->building);
    lf_buf_clear(&z->pending);
    free(z);
}

enum lf_code lf_zone_begin_full(struct lf_zone *z, struct lf_err *e)
{
    (void)e;
    lf_zone_names_release(z->building);
    lf_buf_clear(&z->pending);
    z->building = lf_zone_names_create(z->limits.seed);
    z->open = LF_ZONE_OPEN_FULL;
    return LF_OK;
}

enum lf_code lf_zone_begin_change(struct lf_zone *z, struct lf_err *e)
{
    if (!z->names)
        return lf_err_set(e, LF_CONFLICT, "zone: a change before the first whole zone");
    lf_zone_names_release(z->building);
    z->building = NULL;
    lf_buf_clear(&z->pending);
    lf_buf_init(&z->pending, 256u << 20);
    z->open = LF_ZONE_OPEN_CHANGE;
    return LF_OK;
}

/* `wire`: the labels without root; room for "*." and the zone's name is kept. */
static enum lf_code relative(const struct lf_zone *z, lf_view domain, struct lf_dns_name *out,
                             struct lf_err *e)
{
    LF_TRY(lf_dns_name_parse(domain, out, e));
    if (out->len < 2)
        return lf_err_set(e, LF_BAD_INPUT, "zone: the root cannot be blocked");
    out->len--;
    if ((size_t)out->len + 2 + z->origin.len > LF_DNS_NAME_MAX)
        return lf_err_set(e, LF_TOO_BIG, "zone: a name too long to stand under the zone's own");
    return LF_OK;
}

enum lf_code lf_zone_add(struct lf_zone *z, lf_view domain, struct lf_err *e)
{
    struct lf_dns_name n;

    LF_TRY(relative(z, domain, &n, e));
    if (z->open == LF_ZONE_OPEN_FULL) {
        if (z->building->count >= z->limits.names || z->building->len > UINT32_MAX - 1024)
            return lf_err_set(e, LF_TOO_BIG, "zone: more than %zu names", z->limits.names);
        (void)names_add(z->building, n.wire, n.len);
        return LF_OK;
    }
    if (z->open != LF_ZONE_OPEN_CHANGE)
        return lf_err_set(e, LF_CONFLICT, "zone: no change is open");
    lf_buf_byte(&z->pending, 1);
    lf_buf_byte(&z->pending, (char)n.len);
    lf_buf_put(&z->pending, (lf_view){ (const char *)n.wire, n.len });
    return lf_buf_done(&z->pending, e);
}

enum lf_code lf_zone_del(struct lf_zone *z, lf_view domain, struct lf_err *e)
{
    struct lf_dns_name n;

    LF_TRY(relative(z, domain, &n, e));
    if (z->open != LF_ZONE_OPEN_CHANGE)
        return lf_err_set(e, LF_CONFLICT, "zone: no change is open");
    lf_buf_byte(&z->pending, 0);
    lf_buf_byte(&z->pending, (char)n.len);
    lf_buf_put(&z->pending, (lf_view){ (const char *)n.wire, n.len });
    return lf_buf_done(&z->pending, e);
}

/* Rewrites the name block without its dead when they are the greater part and
 * nobody is sending from it. */
static void compact(struct lf_zone *z)
{
    struct lf_zone_names *old = z->names, *n;

    if (old->refs > 1 || old->dead < 65536 || old->dead < old->len / 2)
        return;
    n = lf_zone_names_create(z->limits.seed);
    for (size_t at = 2; at < old->len; at += LF_ZONE_RECORD + old->mem[at])
        if (!old->mem[at + 1])
            (void)names_add(n, old->mem + at + LF_ZONE_RECORD, old->mem[at]);
    lf_zone_names_release(old);
    z->names = n;
}

static void journal_put(struct lf_zone *z, struct lf_zone_change *c)
{
    if (z->changes == z->ring_size) {
        size_t size = z->ring_size ? z->ring_size * 2 : 64;
        struct lf_zone_change **ring = calloc(size, sizeof(struct lf_zone_change *));

        if (!ring)
            LF_BUG("out of memory");
        for (size_t i = 0; i < z->changes; i++)
            ring[i] = z->ring[(z->head + i) & (z->ring_size - 1)];
        free(z->ring);
        z->ring = ring;
        z->ring_size = size;
        z->head = 0;
    }
    if (z->changes) {
        z->ring[(z->head + z->changes - 1) & (z->ring_size - 1)]->next = c;
        c->refs++;
    }
    c->total = z->journal_total += c->len;
    z->ring[(z->head + z->changes++) & (z->ring_size - 1)] = c;
    z->journal_bytes += sizeof *c + c->len;
    while (z->changes && z->journal_bytes > z->limits.journal)
        journal_drop(z);
}

static enum lf_code apply(struct lf_zone *z, uint32_t serial, struct lf_err *e)
{
    const uint8_t *p = (const uint8_t *)z->pending.ptr;
    struct lf_zone_change *c;
    struct lf_map last;
    size_t adds = 0;

    /* Of several operations on one name only the last counts: the secondary must
     * not be told to delete what it never had. */
    lf_map_init(&last, z->limits.seed);
    for (size_t at = 0; at < z->pending.len; at += 2u + p[at + 1]) {
        lf_map_set(&last, (lf_view){ (const char *)p + at + 2, p[at + 1] }, at);
        adds += p[at];
    }
    if (z->names->count + adds > z->limits.names || z->names->len + z->pending.len * 4 > UINT32_MAX - 1024) {
        lf_map_clear(&last);
        return lf_err_set(e, LF_TOO_BIG, "zone: more than %zu names", z->limits.names);
    }
    c = calloc(1, sizeof *c + z->pending.len + 1);
    if (!c)
        LF_BUG("out of memory");
    for (uint8_t op = 0; op <= 1; op++) {
        for (size_t at = 0; at < z->pending.len; at += 2u + p[at + 1]) {
            const uint8_t *wire = p + at + 2;
            size_t len = p[at + 1];
            uint64_t newest;

            if (p[at] != op || !lf_map_get(&last, (lf_view){ (const char *)wire, len }, &newest) ||
                newest != at)
                continue;
            if (op ? !names_add(z->names, wire, len) : !names_del(z->names, wire, len, serial))
                continue;
            c->bytes[c->len++] = (uint8_t)len;
            memcpy(c->bytes + c->len, wire, len);
            c->len += len;
        }
        if (op == 0)
            c->dels = c->len;
    }
    lf_map_clear(&last);
    c->refs = 1;
    c->from = z->serial;
    c->to = serial;
    journal_put(z, c);
    return LF_OK;
}

enum lf_code lf_zone_publish(struct lf_zone *z, uint32_t serial, struct lf_err *e)
{
    enum lf_code rc = LF_OK;

    if (z->open == LF_ZONE_OPEN_FULL) {
        while (z->changes)
            journal_drop(z);
        lf_zone_names_release(z->names);
        z->names = z->building;
        z->building = NULL;
    } else if (z->open == LF_ZONE_OPEN_CHANGE) {
        if (!lf_dns_serial_before(z->serial, serial))
            rc = lf_err_set(e, LF_CONFLICT, "zone: serial %u does not follow %u", serial, z->serial);
        else
            rc = apply(z, serial, e);
        lf_buf_clear(&z->pending);
    } else {
        return lf_err_set(e, LF_CONFLICT, "zone: no change is open");
    }
    z->open = LF_ZONE_CLOSED;
    if (rc != LF_OK)
        return rc;
    z->serial = serial;
    compact(z);
    return LF_OK;
}

bool lf_zone_published(const struct lf_zone *z)
{
    return z->names != NULL;
}

uint32_t lf_zone_serial(const struct lf_zone *z)
{
    return z->serial;
}

size_t lf_zone_count(const struct lf_zone *z)
{
    return z->names ? z->names->count : 0;
}

size_t lf_zone_bytes(const struct lf_zone *z)
{
    size_t n = sizeof *z + z->journal_bytes + z->ring_size * sizeof(struct lf_zone_change *);

    return z->names ? n + z->names->cap + z->names->nslots * sizeof(uint32_t) : n;
}

bool lf_zone_has(const struct lf_zone *z, lf_view domain)
{
    struct lf_dns_name n;

    return z->names && relative(z, domain, &n, NULL) == LF_OK && lf_zone_names_has(z->names, n.wire, n.len);
}

const struct lf_zone_change *lf_zone_since(const struct lf_zone *z, uint32_t serial)
{
    uint64_t bytes = 0;

    /* From the newest backwards: a secondary is usually one change behind. */
    for (size_t i = z->changes; i-- > 0;) {
        const struct lf_zone_change *c = z->ring[(z->head + i) & (z->ring_size - 1)];

        bytes += c->len + 40;
        if (c->from == serial)
            return bytes > 4096 && bytes > z->names->len ? NULL : c; /* the whole zone is less */
    }
    return NULL;
}
