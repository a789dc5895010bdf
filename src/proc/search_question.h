/* The search worker's questions: what a node above asks, put to the archive (isac/question.h).
 *
 * One at a time, behind people's searches, in slices, with the same reader and engine as everything
 * else that asks the archive.  The cost limits hold here: bytes of records looked through, and time
 * spent.  What goes back to the core is numbers: how many events, when first and last, the same for
 * each value that was asked for, and sentences about the question; nothing that an event held. */
#ifndef LF_PROC_SEARCH_QUESTION_H
#define LF_PROC_SEARCH_QUESTION_H

#include "engine/pipeline.h"
#include "proc/worker.h"

struct lf_asking;

/* NULL: it could not be begun, and the core was told why. */
struct lf_asking *lf_asking_begin(struct lf_worker *w, const char *data, const struct lf_pipelines *p,
                                  lf_view order);
/* A slice; false: done, and the core was told (QUESTION_NEWS). */
bool lf_asking_step(struct lf_asking *q, struct lf_worker *w);
uint64_t lf_asking_number(const struct lf_asking *q);
void lf_asking_end(struct lf_asking *q);

#endif
