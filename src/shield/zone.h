/* Zone: a response policy zone in memory, and the primary that serves it, as a
 * state machine over bytes: no socket, no clock of its own.
 *
 * A blocked name is held once and written twice, as `name CNAME .` and
 * `*.name CNAME .`: NXDOMAIN for it and everything under it.  Names lie one after
 * the other in one block of memory (about 30 bytes a name with the index), which
 * is also the order in which AXFR sends them.
 *
 * A change is kept in a bounded journal, from which IXFR (RFC 1995) is answered;
 * a secondary that is further behind gets the whole zone (AXFR, RFC 5936).  A
 * transfer sees the zone as it was when it began: what is removed meanwhile stays
 * in memory until the last transfer that needs it has ended.
 *
 * A change is told at once to each secondary by NOTIFY (RFC 1996) and again with
 * growing pauses until it answers.
 *
 * Who may ask: an address in a secondary's entry or under `allow`.  An entry that
 * names a key needs the request signed with it (TSIG); others are refused, and
 * strangers are told nothing but REFUSED. */
#ifndef LF_SHIELD_ZONE_H
#define LF_SHIELD_ZONE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/time.h"
#include "fmt/dns.h"

enum {
    LF_ZONE_NAMES_MOST = 8000000,
    LF_ZONE_MESSAGE = 60000,       /* a transfer's messages are packed to about this */
    LF_ZONE_JOURNAL = 4 * 1048576, /* bytes of names remembered for IXFR */
    LF_ZONE_SECONDARIES = 64,
    LF_ZONE_KEYS = 64,
    LF_ZONE_ALLOW = 64,
    LF_ZONE_ZONES = 8,
};

struct lf_zone;
struct lf_zone_limits {
    size_t names;   /* 0 = LF_ZONE_NAMES_MOST */
    size_t journal; /* bytes; 0 = LF_ZONE_JOURNAL */
    uint64_t seed;  /* of the index's hash; random, because names come from outside */
};
enum lf_code lf_zone_create(lf_view origin, const struct lf_zone_limits *limits, struct lf_zone **out,
                            struct lf_err *e) LF_MUST;
void lf_zone_destroy(struct lf_zone *z);

/* Replaces all by an empty zone; fill with lf_zone_add, then lf_zone_publish.
 * Until published the zone answers as before. */
enum lf_code lf_zone_begin_full(struct lf_zone *z, struct lf_err *e) LF_MUST;
/* Opens a change on the published zone; add and delete, then publish. */
enum lf_code lf_zone_begin_change(struct lf_zone *z, struct lf_err *e) LF_MUST;
/* A domain's text.  Adding what is there or removing what is not changes nothing. */
enum lf_code lf_zone_add(struct lf_zone *z, lf_view domain, struct lf_err *e) LF_MUST;
enum lf_code lf_zone_del(struct lf_zone *z, lf_view domain, struct lf_err *e) LF_MUST;
/* The new serial must be after the one served (RFC 1982) for a change. */
enum lf_code lf_zone_publish(struct lf_zone *z, uint32_t serial, struct lf_err *e) LF_MUST;
bool lf_zone_published(const struct lf_zone *z);
uint32_t lf_zone_serial(const struct lf_zone *z);
size_t lf_zone_count(const struct lf_zone *z);
size_t lf_zone_bytes(const struct lf_zone *z); /* of memory held */
bool lf_zone_has(const struct lf_zone *z, lf_view domain);

/* An address and port: IPv4 is held as ::ffff:a.b.c.d. */
struct lf_zone_peer {
    uint8_t ip[16];
    uint16_t port;
};
bool lf_zone_peer_parse(lf_view address, uint16_t port, struct lf_zone_peer *out);

struct lf_zone_server;
struct lf_zone_transfer;

/* `config` is the dns worker's JSON (proc/dns.h).  Refuses what it does not know. */
enum lf_code lf_zone_server_create(lf_view config, uint64_t seed, struct lf_zone_server **out,
                                   struct lf_err *e) LF_MUST;
void lf_zone_server_destroy(struct lf_zone_server *s);
struct lf_zone *lf_zone_server_zone(struct lf_zone_server *s, lf_view origin); /* or NULL */
size_t lf_zone_server_count(const struct lf_zone_server *s);
struct lf_zone *lf_zone_server_nth(struct lf_zone_server *s, size_t i);
/* A ZONE_FULL or ZONE_DELTA message of the core (shield/zone_message.h).  When it
 * completes a change, NOTIFY is due at once.  LF_CONFLICT: a delta that does not
 * follow the serial served; ask the core for the whole zone. */
enum lf_code lf_zone_server_apply(struct lf_zone_server *s, bool full, lf_view payload,
                                  struct lf_err *e) LF_MUST;
/* Marks NOTIFY due for a zone changed directly (tests, benchmarks). */
void lf_zone_server_changed(struct lf_zone_server *s, const struct lf_zone *z);

/* Answers one request.  Appends one message to `out` (nothing when it deserves no
 * answer: a response, a fragment); over TCP *more (never over UDP) may get a
 * transfer whose further messages lf_zone_transfer_next() gives.  Messages have no
 * TCP length prefix.  `now` is wall time, for TSIG. */
void lf_zone_answer(struct lf_zone_server *s, const struct lf_zone_peer *from, bool tcp, lf_view msg,
                    lf_time now, struct lf_buf *out, struct lf_zone_transfer **more);
/* Appends the next message; false when there was none left, and `out` is as before. */
bool lf_zone_transfer_next(struct lf_zone_transfer *t, lf_time now, struct lf_buf *out);
void lf_zone_transfer_destroy(struct lf_zone_transfer *t);

/* NOTIFY: appends the next due message and says to whom; false when none is due. */
bool lf_zone_notify_next(struct lf_zone_server *s, lf_time tick, lf_time now, uint16_t id, struct lf_buf *out,
                         struct lf_zone_peer *to);
/* When the next one is due on the monotonic clock; -1 = none waits. */
lf_time lf_zone_notify_due(const struct lf_zone_server *s);
/* How many secondaries have not yet confirmed the newest serial. */
size_t lf_zone_notify_waiting(const struct lf_zone_server *s);

#endif
