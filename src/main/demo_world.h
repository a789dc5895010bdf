/* Demo world: everything of the demonstration that is not the node: directories,
 * resolvers (unbound and BIND, real ones), the name server that stands for the
 * Internet, the weak web site, the prober.  All on 127.0.0.1, each in the
 * demonstration's own directory, each ended by its process id. */
#ifndef LF_MAIN_DEMO_WORLD_H
#define LF_MAIN_DEMO_WORLD_H

#include "base/arena.h"
#include "base/err.h"
#include "base/time.h"
#include "main/client.h"
#include "main/process.h"

enum { LF_DEMO_NODES = 7, LF_DEMO_MEMBERS = 4 };

struct lf_demo_node {
    const char *id;   /* directory name: "nation", "sector-a", "provider-1" */
    const char *name; /* as people call it */
    const char *tier;
    int parent; /* index, -1 = none */
    int member; /* 0–3 for a provider, else -1 */
    struct lf_process process;
    struct lf_client client;
    lf_view syslog_udp, dns, peer;
    unsigned dns_port;
};

struct lf_demo_resolver {
    bool bind; /* else unbound */
    unsigned port;
    char tsig[64]; /* base64 secret, BIND only */
    struct lf_process process;
};

struct lf_demo {
    struct lf_arena a;
    char dir[256];
    const char *self; /* path of this program */
    struct lf_demo_node nodes[LF_DEMO_NODES];
    struct lf_demo_resolver resolvers[LF_DEMO_MEMBERS];
    struct lf_process authority, web, cgi;
    unsigned authority_port, web_port;
};

enum lf_code lf_demo_open(struct lf_demo *d, struct lf_err *e) LF_MUST;
/* Ends every process and removes the directory. */
void lf_demo_close(struct lf_demo *d);
/* In this order. */
enum lf_code lf_demo_start_nodes(struct lf_demo *d, struct lf_err *e) LF_MUST;
enum lf_code lf_demo_start_resolvers(struct lf_demo *d, struct lf_err *e) LF_MUST;
enum lf_code lf_demo_start_web(struct lf_demo *d, struct lf_err *e) LF_MUST;

/* Sends the one request of the attack (or any other) and waits for the answer. */
enum lf_code lf_demo_get(struct lf_demo *d, lf_view path_and_query, int *status, struct lf_err *e) LF_MUST;
/* A line to a node's syslog, as a stranger could send it. */
enum lf_code lf_demo_forge(const struct lf_demo_node *n, lf_view line, struct lf_err *e) LF_MUST;

/* The independent prober: a process of its own that asks all four resolvers for a
 * name, again and again (every 2 ms), until each has said that it does not exist
 * or `limit` ms are over; then asks each for the benign name. */
struct lf_demo_probe {
    pid_t pid;
    int out;
};
struct lf_demo_proof {
    bool answered_before[LF_DEMO_MEMBERS]; /* the bad name resolved at first */
    lf_time blocked_at[LF_DEMO_MEMBERS];   /* wall clock; 0 = never */
    bool benign_ok[LF_DEMO_MEMBERS];       /* the benign name resolved at the end */
};
/* `watch` true: for a name that must NOT be blocked, look on for the whole limit. */
enum lf_code lf_demo_probe_start(struct lf_demo *d, struct lf_demo_probe *p, const char *bad,
                                 const char *benign, int limit, bool watch, struct lf_err *e) LF_MUST;
/* Waits until it has asked every resolver once. */
enum lf_code lf_demo_probe_ready(struct lf_demo_probe *p, struct lf_err *e) LF_MUST;
enum lf_code lf_demo_probe_result(struct lf_demo_probe *p, struct lf_demo_proof *out,
                                  struct lf_err *e) LF_MUST;

#endif
