/* Where the server of a domain is, by SRV record: the relay asks resolvers by UDP, one after the other, each
 * twice and for two seconds. */
#ifndef LF_PROC_RELAY_SRV_H
#define LF_PROC_RELAY_SRV_H

#include "fmt/dns.h"
#include "proc/worker.h"
#include "sys/net.h"

enum { RELAY_RESOLVERS = 3 };

struct relay_resolvers {
    size_t n;
    struct lf_addr at[RELAY_RESOLVERS];
};

/* Of "host:port", or, when it is empty, those of /etc/resolv.conf. */
void relay_resolvers_find(lf_view setting, struct relay_resolvers *out);

/* A question under way.  Held by whoever asks, and stopped before it goes away. */
struct relay_srv {
    struct lf_worker *w;
    struct relay_resolvers resolvers;
    struct lf_watch watch;
    struct lf_timer timer;
    struct lf_dns_name name;
    uint16_t id;
    unsigned tries;
    /* Called once, from the loop; why->code is LF_OK or LF_AWAY.  found: in the order they are to be tried;
     * none if the domain has no such record. */
    void (*done)(void *ctx, const struct lf_err *why);
    void *ctx;
    struct lf_dns_srv found[LF_DNS_SRVS];
    size_t nfound;
};
/* `w`, `name`, `resolvers`, `done` and `ctx` are set. */
void relay_srv_ask(struct relay_srv *q);
void relay_srv_stop(struct relay_srv *q);

#endif
