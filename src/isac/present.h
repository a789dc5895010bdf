/* Present: how sure an indicator is now (model/confidence.h), and what hangs on it.
 *
 * Age counts from when its last version came to this node, or from its last sighting: no author's clock makes
 * it old or young.  What people judged of its alerts is told by lf_present_judged.
 *
 *   alerts   the level of a hit is that of the confidence now, not of what its author once wrote
 *   blocks   below the standing policy's min_confidence (1 where it says none) a block is held back, and the
 *            value goes on being looked for; it is blocked again when sightings or judgements lift it
 *   the end  faded (age 0) an indicator is over, in the engine and in the zone: within a second when some
 *            thousands are due together, as `expired` or `over` (isac/indicator.h, isac/watch.h)
 *
 * Each row knows when to look again, so a second's work is what is due. */
#ifndef LF_ISAC_PRESENT_H
#define LF_ISAC_PRESENT_H

#include "isac/indicator.h"
#include "model/confidence.h"

struct lf_present {
    struct lf_confidence of; /* what it is reckoned from */
    struct lf_confidence_now now;
};
/* Of a row as lf_indicator_get and lf_indicator_list give it. */
enum lf_code lf_present_of(struct lf_task *t, const struct lf_indicator_row *row, struct lf_present *out,
                           struct lf_err *e) LF_MUST;
/* By id, whatever its markings, of several origins the surest.  LF_NOT_FOUND: nothing of this id is looked
 * for here. */
enum lf_code lf_present_find(struct lf_task *t, lf_view id, struct lf_present *out, struct lf_err *e) LF_MUST;

/* So many of its alerts people called right and wrong, all told.  What hangs on it follows within a second.
 */
enum lf_code lf_present_judged(struct lf_task *t, lf_view id, int64_t right, int64_t wrong,
                               struct lf_err *e) LF_MUST;
/* It was seen: one whose block is held back is looked at again. */
enum lf_code lf_present_seen(struct lf_task *t, lf_view id, struct lf_err *e) LF_MUST;

#endif
