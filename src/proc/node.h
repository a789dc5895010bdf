/* Node: from settings to running workers.
 *
 * Makes the data directory and the TLS keys at first start, writes each worker's
 * boot settings (JSON, documented in proc/<worker>.h), and runs the parent.
 *
 *   DATA/core/node.db   state (SQLite; not with PostgreSQL)
 *   DATA/events/        event journal
 *   DATA/tls/           server.key, server.crt (front), client.key, client.crt (relay)
 *   DATA/local.sock     the operator's door
 *
 * As root each worker runs under its own uid and owns its own directory
 * (proc/parent.h); one that could not reach it keeps uid 0 without any capability. */
#ifndef LF_PROC_NODE_H
#define LF_PROC_NODE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "proc/config.h"

/* What is in force once the node answers; views live until lf_node_run returns. */
struct lf_node_addresses {
    lf_view https, peer;                             /* "https://127.0.0.1:8443" */
    lf_view syslog_udp, syslog_tcp, syslog_tls, dns; /* host:port */
    lf_view relp, relp_tls;                          /* the same; empty when not served */
    lf_view certificate;                             /* path of the PEM file that clients may trust */
    lf_view local;                                   /* path of the operator's socket */
    lf_view password; /* of the first administrator, if this is the first start */
};

struct lf_node_options {
    const struct lf_config *config;
    const char *config_path; /* read again on SIGHUP; NULL = none */
    const struct lf_log *log;
    lf_view only; /* workers to run, joined by commas; empty = all */
    bool stop_with_stdin;
    lf_view seed; /* JSON for the core's first start (proc/core.h); empty = none */
    void (*ready)(void *ctx, const struct lf_node_addresses *at);
    void *ctx;
};

enum lf_code lf_node_run(const struct lf_node_options *o, struct lf_err *e) LF_MUST;

#endif
