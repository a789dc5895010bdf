/* Tiers: a provider, a sector and a nation take the same incidents through their lives twice, in peace and
 * with a link cut or a node killed at every step, and are compared.
 *
 * What is done is drawn from the seed before anything happens: one or two incidents go through draft, report,
 * return, level changes, corrections of awareness, review, handling, final report, release and reopening.
 * Each act has its time and the acts that its author must have seen; a step cut off from what it needs waits.
 * Before each step fate cuts a link (one way or both, for seconds or for several steps) or kills a node (at
 * once or at its n-th write); both are mended again.
 *
 * Promised, as docs/simulation.md says: all three hold the same events and fold them alike, both runs end in
 * the same state, every act is there once, what runs from awareness is the same to the second, what runs
 * from a receipt begins when the link let it, and no clock moved by more than the events it hangs on. */
#ifndef LF_MAIN_TIERS_H
#define LF_MAIN_TIERS_H

#include "main/federation.h"

struct lf_tiers;

struct lf_tiers_result {
    struct lf_federation_result
        f; /* counts of the run with faults; the hash is over the final states of it */
    uint64_t incidents, acts, waited; /* waited: acts that could not be done at their time */
    lf_time late;                     /* the receipt that the faults held up longest */
};

/* Three joined nodes, made once: runs begin with copies of their disks. */
enum lf_code lf_tiers_create(struct lf_tiers **out, struct lf_err *e) LF_MUST;
void lf_tiers_destroy(struct lf_tiers *t);

/* Of the options seed, verbose and forgetful count (the last in the run with faults). */
void lf_tiers_run(const struct lf_tiers *t, const struct lf_federation_options *o,
                  struct lf_tiers_result *out);

#endif
