/* Spawn: starts this same program again as a worker.
 *
 * The child has exactly the descriptors it is given (and 0 = /dev/null, 1 and 2
 * = our standard error), dies when its parent dies, can gain no privileges, dumps
 * no core, and, when started as root, has lost every capability and runs under
 * its own uid. */
#ifndef LF_SYS_SPAWN_H
#define LF_SYS_SPAWN_H

#include <sys/types.h>

#include "base/err.h"

enum { LF_SPAWN_CONTROL = 3 }; /* where a worker finds its control channel */

struct lf_spawn {
    const char *name; /* run as `lianfang worker <name>` */
    int control;      /* becomes descriptor 3 */
    uid_t uid;        /* used only when we are root; 0 = keep the uid, lose the capabilities */
    gid_t gid;
    gid_t groups[8]; /* beside it, for what only a group may read */
    size_t ngroups;
};

enum lf_code lf_spawn(const struct lf_spawn *s, pid_t *pid, struct lf_err *e) LF_MUST;

#endif
