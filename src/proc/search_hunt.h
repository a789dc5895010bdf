/* The search worker's hunts: what became an indicator, asked of the archive (isac/hunt.h).
 *
 * One at a time, behind people's searches, in slices.  Bounds: HUNT_DAYS back, HUNT_TEXT
 * bytes of records looked through, 4,096 indicators counted.  Where all of a few values are such
 * as stand in a record's text as they are, blocks without any of them are passed over unread.
 * From the newest events to the oldest; with STIX patterns among them, which are about what
 * follows what, from the oldest of the bounds on. */
#ifndef LF_PROC_SEARCH_HUNT_H
#define LF_PROC_SEARCH_HUNT_H

#include "engine/pipeline.h"
#include "proc/worker.h"

struct lf_hunting;

/* HUNT: u64 number, u64 time before which events were recorded, lf_indicator_entry ….  NULL: it was none. */
struct lf_hunting *lf_hunting_begin(struct lf_worker *w, const char *data, const struct lf_pipelines *p,
                                    lf_view order);
/* A slice; false: done, and the core was told (HUNT_NEWS). */
bool lf_hunting_step(struct lf_hunting *h, struct lf_worker *w);
void lf_hunting_end(struct lf_hunting *h);

#endif
