/* Bench node: a node of its own on a SQLite database in a temporary directory, for benchmarks that ask one
 * part of it in one process; and the options such a benchmark has. */
#ifndef LF_MAIN_BENCH_NODE_H
#define LF_MAIN_BENCH_NODE_H

#include <stdint.h>

#include "base/log.h"
#include "store/task.h"

struct lf_bench_node {
    struct lf_arena life, a; /* of the whole run; of one task: its user resets it */
    struct lf_env env;
    struct lf_log log;
    struct lf_identity self;
    struct lf_task t;
};

/* What `lianfang bench NAME` may be told: how many are stored, and where they stay. */
struct lf_bench_count {
    const char *name, *usage, *option;
    uint64_t least, most, n; /* n: as it stands without the option */
    bool keeps;              /* takes --data DIR too */
    const char *data;        /* what it says; NULL: a directory that is removed after */
};
/* Reads the arguments.  False: the program ends with *status, and what there is to say was said. */
bool lf_bench_count(int argc, char **argv, struct lf_bench_count *c, int *status);

/* Runs it on a node in c->data, or on a new one; gives the program's exit status. */
typedef enum lf_code (*lf_bench_run)(struct lf_bench_node *n, void *ctx, struct lf_err *e);
int lf_bench_on_node(const struct lf_bench_count *c, lf_bench_run run, void *ctx);

#endif
