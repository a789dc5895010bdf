/* Parent: opens the sockets, starts the workers, joins them by channels, starts
 * again what dies, stops everything cleanly.  It parses nothing from outside. */
#ifndef LF_PROC_PARENT_H
#define LF_PROC_PARENT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "proc/messages.h"
#include "sys/net.h"

enum lf_parent_kind { LF_PARENT_TCP, LF_PARENT_UDP, LF_PARENT_BOTH /* "<name>.udp" and "<name>.tcp" */ };

struct lf_parent_socket {
    enum lf_worker_id worker; /* who gets it */
    const char *name;
    enum lf_parent_kind kind;
    lf_view address;     /* sys/net.h; port 0 = a free one */
    const char *setting; /* "[dns] listen": named in the sentence when it cannot be had */
};

struct lf_parent_key {
    enum lf_worker_id worker;
    const char *name;
    lf_view secret;
};

struct lf_parent_path { /* a tree this worker may open: sys/cage.h */
    enum lf_worker_id worker;
    const char *path;
    unsigned rights; /* enum lf_cage_right */
};

struct lf_parent_bound {
    const char *name;
    struct lf_addr address;
};

struct lf_parent_options {
    const struct lf_log *log;
    unsigned only; /* bit 1u << id per worker to run; 0 = all */
    const struct lf_parent_socket *sockets;
    size_t nsockets;
    const struct lf_parent_key *keys;
    size_t nkeys;
    const struct lf_parent_path *paths;
    size_t npaths;
    bool core_connects; /* the database is PostgreSQL */
    /* The node's directory, holding the workers' own trees: as root it is made
     * passable (0711), and each tree with LF_CAGE_WRITE is given to its worker. */
    const char *data;
    unsigned uid_base; /* as root, worker n runs as uid_base + n; 0 = 60900 */
    bool keep_uid;     /* as root, do not change uids */
    bool stop_when_stdin_closes;
    bool stdin_to_intake; /* standard input is a log source: handed over as "stdin" */
    lf_time stop_limit;   /* how long a stopping worker may take; 0 = 10 s */

    void *ctx;
    /* The sockets are open, nothing runs yet: fill in each worker's opaque
     * settings (at most LF_BOOT_MAX bytes, living until lf_parent_run returns). */
    enum lf_code (*settings)(void *ctx, const struct lf_parent_bound *bound, size_t n,
                             lf_view boot[LF_WORKER_COUNT], struct lf_err *e);
    /* All workers are ready. */
    void (*on_ready)(void *ctx, const struct lf_parent_bound *bound, size_t n);
    /* SIGHUP: new settings for the workers; those left alone keep theirs and are
     * told to read their files again.  A failure is logged and changes nothing.
     * May be NULL. */
    enum lf_code (*reload)(void *ctx, lf_view boot[LF_WORKER_COUNT], struct lf_err *e);
};

enum { LF_BOOT_MAX = 1 << 20 };

/* Returns when the node has stopped: LF_OK after SIGTERM, SIGINT, a closed
 * standard input or STOP_NODE; otherwise why it could not start. */
enum lf_code lf_parent_run(const struct lf_parent_options *o, struct lf_err *e) LF_MUST;

#endif
