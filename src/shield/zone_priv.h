/* What zone.c and zone_server.c share. */
#ifndef LF_SHIELD_ZONE_PRIV_H
#define LF_SHIELD_ZONE_PRIV_H

#include "shield/zone.h"

enum { LF_ZONE_RECORD = 6 };

/* Names of a zone.  Counted: the zone holds one reference, each transfer one. */
struct lf_zone_names {
    uint8_t *mem; /* records, in order of addition */
    size_t len, cap;
    uint32_t *slot; /* index: offsets into mem */
    size_t nslots, used, count, dead;
    uint64_t key[2];
    unsigned refs;
};

/* One change, as IXFR tells it.  Counted: the journal holds one reference, the
 * change before it one, each transfer that has it yet to send one; so a transfer
 * keeps alive all that comes after, and no more. */
struct lf_zone_change {
    struct lf_zone_change *next;
    unsigned refs;
    uint32_t from, to;
    uint64_t total;
    size_t dels, len; /* bytes[0..dels) were removed, [dels..len) added; u8 length + labels */
    uint8_t bytes[];
};

enum lf_zone_open { LF_ZONE_CLOSED, LF_ZONE_OPEN_FULL, LF_ZONE_OPEN_CHANGE };

struct lf_zone {
    struct lf_dns_name origin;
    struct lf_zone_limits limits;
    struct lf_zone_names *names;    /* NULL until the first whole zone */
    struct lf_zone_names *building; /* the next whole zone */
    struct lf_buf pending;          /* the open change: u8 add, u8 length, labels */
    enum lf_zone_open open;
    uint32_t serial;
    struct lf_zone_change **ring;
    size_t ring_size, head, changes, journal_bytes;
    uint64_t journal_total;
    /* The message series that is coming in. */
    bool taking, taking_full;
    uint32_t taking_from, taking_to;
};

struct lf_zone_names *lf_zone_names_create(uint64_t seed);
void lf_zone_names_release(struct lf_zone_names *n);
bool lf_zone_names_has(const struct lf_zone_names *n, const uint8_t *wire, size_t len);
void lf_zone_change_release(struct lf_zone_change *c);
/* The change that leads on from `serial`, or NULL: send the whole zone. */
const struct lf_zone_change *lf_zone_since(const struct lf_zone *z, uint32_t serial);

#endif
