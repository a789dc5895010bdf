/* Federation: many nodes in one process, on simulated time, network and disk.
 *
 * Each node is a proc/core.h on its own disk (store/simdisk.h) and its own clock;
 * what it says is interpreted here as its neighbours would: calls travel over
 * links that are slow and get cut, answers come back or are lost, findings are
 * sent again until they are kept, the zone's mirror is built from what the dns
 * worker is told.  Operators, reporters, reviewers and log sources act at random,
 * faults happen at random, and one seed gives one run: nothing looks at the kernel.
 *
 * At the end faults stop, all nodes are started, and once all is quiet the
 * promises of federation_check.c must hold. */
#ifndef LF_MAIN_FEDERATION_H
#define LF_MAIN_FEDERATION_H

#include "base/crypto.h"
#include "base/time.h"

enum { LF_FEDERATION_NODES = 64, LF_FEDERATION_WHY = 900 };

struct lf_federation_options {
    uint64_t seed;
    unsigned nodes; /* 1 to LF_FEDERATION_NODES */
    lf_time length; /* simulated, before the faults stop */
    bool verbose;   /* a line for each thing that happens, on standard error */
    /* One link is cut, both ways, from when all have joined until the faults stop, while people write
     * on either side of it and either node dies again and again. */
    bool cut;
    bool forgetful; /* for the tests: some machines come back with an empty disk, which no promise survives */
};

struct lf_federation_result {
    bool ok;
    char broken[LF_FEDERATION_WHY]; /* which promise, one sentence */
    uint64_t happenings, calls, lost, cuts, crashes, at_write, full, restarts, steps;
    uint64_t findings, alerts, reports, events, indicators, blocks, refused, unknown;
    uint8_t hash[LF_SHA256]; /* over all final states */
};

void lf_federation_run(const struct lf_federation_options *o, struct lf_federation_result *out);

#endif
