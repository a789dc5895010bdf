/* The dns worker: primary of the response policy zones, for the resolvers.
 *
 * Handed: sockets "dns.udp" and "dns.tcp" on one port.  Told by the core:
 * ZONE_FULL and ZONE_DELTA (shield/zone_message.h).  Until a zone's first full
 * copy has come it answers SERVFAIL, so that a secondary keeps what it has.
 *
 * Settings, JSON, unknown members refused (shield/zone.h reads them):
 *
 *   { "zone": "rpz.lianfang",              or "zones": ["hot.rpz.lianfang", …]
 *     "secondaries": [ { "address": "192.0.2.7", "port": 53, "tsig": null },
 *                      { "address": "192.0.2.8", "port": 53, "tsig": "bind-key" } ],
 *     "keys": [ { "name": "bind-key", "algorithm": "hmac-sha256", "secret": "base64" } ],
 *     "allow": [ "127.0.0.0/8", { "net": "192.0.2.0/24", "tsig": "bind-key" } ] }
 *
 * Each secondary is sent NOTIFY and may transfer; `allow` may transfer but is not
 * notified.  Where an entry names a key, the request must be signed with it; when
 * several entries cover an address, one that is satisfied is enough.
 *
 * BIND builds a whole policy zone anew at each IXFR: with very many names serve
 * two zones, a small one that changes often and a bulk one that seldom does.  The
 * worker serves several; the core fills one.
 *
 * Limits: 256 TCP connections, 8 from one address beyond loopback, 10 s of
 * silence, 120 s for a transfer that makes no headway to its end. */
#ifndef LF_PROC_DNS_H
#define LF_PROC_DNS_H

#include "sys/env.h"
#include "sys/loop.h"

struct lf_zone_server;

/* The part with sockets, without the worker around it: the worker, the test
 * driver and the benchmark run the same.  Descriptors stay the caller's. */
struct lf_dns_service;
enum lf_code lf_dns_service_create(struct lf_loop *loop, const struct lf_env *env, int udp, int tcp,
                                   struct lf_zone_server *zones, struct lf_dns_service **out,
                                   struct lf_err *e) LF_MUST;
void lf_dns_service_destroy(struct lf_dns_service *s);
/* Zones changed: send what NOTIFY is due, now. */
void lf_dns_service_notify(struct lf_dns_service *s);

struct lf_dns_counts {
    uint64_t queries, transfers, refused, notifies;
    size_t connections;
};
struct lf_dns_counts lf_dns_service_counts(const struct lf_dns_service *s);

#endif
