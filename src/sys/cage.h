/* Cage: what a worker can still ask of the kernel once it has started.
 *
 * Two walls.  seccomp: an allow-list of system calls made of the groups the
 * worker's row in the table names; what only an attacker would call (exec,
 * ptrace, other processes' memory, modules, mounts, namespaces, bpf) kills the
 * process, anything else unlisted is refused with EPERM.  landlock: the file
 * trees the parent named, nothing else; and no TCP bind, and TCP connect only
 * where the row allows.  A kernel without landlock, or with an older one, is told
 * in the status, which node health shows; seccomp is not optional. */
#ifndef LF_SYS_CAGE_H
#define LF_SYS_CAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum lf_cage_right {
    LF_CAGE_READ = 1,  /* open for reading, list */
    LF_CAGE_WRITE = 2, /* and create, write, rename, unlink inside */
};

struct lf_cage_path {
    const char *path; /* a directory or a file; one that is absent is passed over */
    unsigned rights;
};

enum lf_cage_call {
    LF_CAGE_FILES = 1 << 0,   /* open, stat, unlink, rename, fsync, locks: within the trees */
    LF_CAGE_ACCEPT = 1 << 1,  /* accept on handed listeners */
    LF_CAGE_CONNECT = 1 << 2, /* make IPv4/IPv6/Unix sockets and connect */
    LF_CAGE_THREADS = 1 << 3, /* libraries that start threads, and work beside the loop */
    LF_CAGE_WATCH = 1 << 4,   /* inotify, for followed log files */
    LF_CAGE_LOOK = 1 << 5,    /* open for reading, stat, list: nothing that changes a file */
};

struct lf_cage_row {
    const char *worker;
    unsigned calls;          /* enum lf_cage_call */
    const char *const *read; /* fixed trees beside those the parent names; NULL-ended */
};

struct lf_cage_status {
    bool seccomp;
    int landlock; /* ABI version in force; 0 = the kernel has none */
    bool network; /* landlock also holds TCP (ABI 4) */
};

/* NULL for an unknown worker. */
const struct lf_cage_row *lf_cage_row(const char *worker);
/* `connect`: this worker may connect although its row does not say so (the core,
 * when its database is PostgreSQL).  There is no way out again. */
enum lf_code lf_cage_enter(const char *worker, const struct lf_cage_path *paths, size_t npaths, bool connect,
                           struct lf_cage_status *status, struct lf_err *e) LF_MUST;

#endif
