/* Evidence: did another source see the same name?
 *
 * Bounded memory of names that senders' DNS queries carried, and of findings
 * that wait for such a query.  Either order works: a finding that comes second
 * gets its second_* fields at once; one that came first is given again, now with
 * them, when the query comes.  "Another" is another sender than the finding's
 * own, so one machine that lies in its own log confirms nothing.  The name that
 * was confirmed becomes the finding's first observable.
 *
 * The window (120 s) is held in event time and in arrival time both: a forged
 * or skewed clock can neither stretch nor hurry it. */
#ifndef LF_ENGINE_EVIDENCE_H
#define LF_ENGINE_EVIDENCE_H

#include "engine/event.h"
#include "model/finding.h"

struct lf_evidence;

struct lf_evidence_limits {
    size_t names;         /* remembered queries; 0 = 65,536 */
    size_t waiting;       /* findings that wait; 0 = 4,096 */
    size_t waiting_bytes; /* of those; 0 = 16 MiB */
    lf_time window;       /* 0 = 120 s */
};

struct lf_evidence *lf_evidence_create(const struct lf_evidence_limits *limits, uint64_t seed);
void lf_evidence_destroy(struct lf_evidence *ev);

/* Every event goes here, before its own findings are asked about.  Gives the
 * findings that this event corroborates, in `a`. */
size_t lf_evidence_see(struct lf_evidence *ev, struct lf_arena *a, const struct lf_event *event,
                       struct lf_finding **late);
/* True and second_* filled (in `a`) when a query was seen before; else the finding
 * waits, if it names a domain. */
bool lf_evidence_ask(struct lf_evidence *ev, struct lf_arena *a, struct lf_finding *f);
/* Forgotten for want of room, so that the loss is shown. */
uint64_t lf_evidence_dropped(const struct lf_evidence *ev);

#endif
