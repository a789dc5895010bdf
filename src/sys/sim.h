/* Sim: the simulated form of time, chance and waiting.
 *
 * One seed gives one run: nothing here looks at the kernel.  Time is a number that
 * jumps to the next thing due; chance is a counter-mode mix of the seed; what is
 * due at the same moment runs in the order it was asked for.  Used by
 * `lianfang simulate`, which runs many nodes in one process. */
#ifndef LF_SYS_SIM_H
#define LF_SYS_SIM_H

#include "sys/env.h"

struct lf_sim;

/* What runs at its time.  `arg` is owned by whoever gave it. */
typedef void (*lf_sim_fn)(void *ctx, void *arg);

struct lf_sim *lf_sim_create(uint64_t seed, lf_time wall);
void lf_sim_destroy(struct lf_sim *s); /* things still due are dropped; `arg`s are not freed */

lf_time lf_sim_tick(const struct lf_sim *s);
/* Uniform below n (n > 0); true once in n. */
uint64_t lf_sim_below(struct lf_sim *s, uint64_t n);
bool lf_sim_one_in(struct lf_sim *s, uint64_t n);
uint64_t lf_sim_bits(struct lf_sim *s);

/* Runs fn at the tick `at` (at once when that has passed). */
void lf_sim_at(struct lf_sim *s, lf_time at, lf_sim_fn fn, void *ctx, void *arg);
/* Runs the next thing due, at most at `until`; false when there is none. */
bool lf_sim_step(struct lf_sim *s, lf_time until);
size_t lf_sim_due(const struct lf_sim *s);

/* A node's own view: its wall clock is off by `skew`, its chance is its own
 * stream, so that what one node draws does not depend on what others do. */
struct lf_sim_view {
    struct lf_sim *sim;
    lf_time skew;
    uint64_t stream, drawn;
};
void lf_sim_env(struct lf_sim_view *v, struct lf_log *log, struct lf_env *env);

#endif
