/* The search worker learns what is usual (soc/learning.h): one reading of the archive at a time,
 * behind people's searches, in slices. */
#ifndef LF_PROC_SEARCH_LEARN_H
#define LF_PROC_SEARCH_LEARN_H

#include "engine/pipeline.h"
#include "proc/worker.h"

struct lf_learner;

/* LEARN: lf_learning_order.  NULL: it only stops one, or will not do, and the core was told. */
struct lf_learner *lf_learner_begin(struct lf_worker *w, const char *data, const struct lf_pipelines *p,
                                    lf_view order);
/* A slice; false: done, and the core was told (LEARN_NEWS). */
bool lf_learner_step(struct lf_learner *l, struct lf_worker *w);
void lf_learner_end(struct lf_learner *l);

#endif
