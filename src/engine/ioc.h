/* Ioc: a set of indicator values that every observable of every event is asked of.
 *
 * Ten million values and more, each in at most 64 bytes all told (measured by
 * `lianfang bench ioc`).  A value is kept as a keyed hash of 122 bits and 24 bytes of
 * what the indicator says; its text is not kept.
 *
 *   value ─lf_observable_bytes─▶ bytes ─keyed hash─▶ segment ─▶ 64-bit Bloom word ─▶ open addressing
 *
 * The hash is two polynomials over the bytes modulo 2^61-1 at secret random points, so
 * that for two different values of up to 2,048 bytes the chance of one hash is below
 * (294 / 2^61)^2 = 2^-105 whoever chose them (Carter, Wegman 1979); with ten million values loaded a
 * foreign value is taken for one of them with a chance below 2^-82.
 *
 * Changes are live with the call that makes them: the set is 4,096 small tables, and a
 * change touches one of them; one that is full is made anew alone (some thousand
 * entries, microseconds), so nothing is ever rebuilt as a whole and memory never
 * doubles.  One thread at a time; pointers to records hold until the next change.
 *
 * A network is a value of its own kind.  Which prefix lengths can cover an address is
 * known for each /16 (IPv4) or hashed /32 (IPv6), so only those are looked up.
 *
 * Allow lists and warning lists are sets of the same kind (engine/warninglist.h). */
#ifndef LF_ENGINE_IOC_H
#define LF_ENGINE_IOC_H

#include "base/arena.h"
#include "base/err.h"
#include "base/view.h"
#include "model/observable.h"

enum {
    LF_IOC_LABELS = 8,      /* parents of a name that are asked about, from the name up */
    LF_IOC_MOST = 200000000 /* entries of one set */
};

enum {
    LF_IOC_SUBDOMAINS = 1, /* of a name: names under it are hits too */
    LF_IOC_PROVISIONAL = 2 /* shared at machine speed, not yet seen by a person */
};

/* What is kept of an indicator. */
struct lf_ioc {
    uint8_t id[16];     /* the UUID of its STIX id */
    uint32_t expires;   /* seconds since 1970; 0 = none.  The set does not look at it: ask lf_ioc_live */
    uint8_t confidence; /* 0-100 */
    uint8_t flags;
    uint16_t list; /* the caller's: which list or origin */
};

struct lf_ioc_key {
    uint64_t a, b;
};

struct lf_ioc_set;

/* The seed makes the hash's secret; random where values come from outside. */
struct lf_ioc_set *lf_ioc_set_create(const uint64_t seed[4]);
void lf_ioc_set_destroy(struct lf_ioc_set *s);
/* Room for n entries at once, so that loading them grows nothing. */
void lf_ioc_set_reserve(struct lf_ioc_set *s, size_t n);
size_t lf_ioc_set_count(const struct lf_ioc_set *s);
/* Counts up with each value that comes in: what was not found stays so while it is the same. */
uint64_t lf_ioc_set_changes(const struct lf_ioc_set *s);
size_t lf_ioc_set_bytes(const struct lf_ioc_set *s); /* all told */

/* Adds, or replaces the entry of the same value and id.  LF_BAD_INPUT when the value is
 * none, LF_FULL past LF_IOC_MOST. */
enum lf_code lf_ioc_add(struct lf_ioc_set *s, enum lf_observable_kind kind, lf_view value,
                        const struct lf_ioc *what, struct lf_err *e) LF_MUST;
/* False when there is no such entry. */
bool lf_ioc_remove(struct lf_ioc_set *s, enum lf_observable_kind kind, lf_view value, const uint8_t id[16]);

/* A stored value's hash, from its canonical bytes. */
struct lf_ioc_key lf_ioc_hash(const struct lf_ioc_set *s, enum lf_observable_kind kind, const void *p,
                              size_t n);
/* Looks up n keys side by side, which hides the memory's latency: out[i] is one entry
 * of the key, or NULL.  Gives how many were found. */
size_t lf_ioc_find(const struct lf_ioc_set *s, const struct lf_ioc_key *keys, size_t n,
                   const struct lf_ioc **out);
/* Further entries of the same value after `last`; NULL when there is none. */
const struct lf_ioc *lf_ioc_next(const struct lf_ioc_set *s, struct lf_ioc_key key,
                                 const struct lf_ioc *last);

/* Keys under which an observed value may be known: itself, the networks around an
 * address, the parents of a name.  exact[i]: the value itself, not only what lies under
 * it.  `bytes` as of lf_observable_bytes, `own` their hash; at most LF_IOC_KEYS, the own
 * first.  Parents that no entry can be are left out. */
enum { LF_IOC_KEYS = 40 };
size_t lf_ioc_keys(const struct lf_ioc_set *s, enum lf_observable_kind kind, const char *bytes, size_t n,
                   struct lf_ioc_key own, struct lf_ioc_key out[LF_IOC_KEYS], bool exact[LF_IOC_KEYS]);
/* Asks memory for what lf_ioc_find will read of these keys, and does not wait. */
void lf_ioc_fetch(const struct lf_ioc_set *s, const struct lf_ioc_key *keys, size_t n);
/* Whether any entry can be a hit of a value of this kind. */
bool lf_ioc_asks(const struct lf_ioc_set *s, enum lf_observable_kind kind);
/* All of it for one value, for those in no haste: the entry of most confidence that
 * covers it now, or NULL. */
const struct lf_ioc *lf_ioc_covers(const struct lf_ioc_set *s, enum lf_observable_kind kind, lf_view value,
                                   uint32_t now);

static inline bool lf_ioc_live(const struct lf_ioc *i, uint32_t now)
{
    return i->expires == 0 || i->expires > now;
}
/* Does an entry found under a parent's key count? */
static inline bool lf_ioc_counts(const struct lf_ioc *i, bool exact, uint32_t now)
{
    return (exact || (i->flags & LF_IOC_SUBDOMAINS)) && lf_ioc_live(i, now);
}

#endif
