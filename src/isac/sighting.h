/* Sightings: how often, when first and when last an indicator was seen in our own events.
 *
 * The intake counts and tells every second.  What it tells again after a crash is known by
 * the archive's position and not counted twice, but for what lay between two tellings. */
#ifndef LF_ISAC_SIGHTING_H
#define LF_ISAC_SIGHTING_H

#include "model/sighting.h"
#include "store/task.h"

struct lf_sighting_row {
    lf_view indicator, value, list; /* of the last hit */
    int64_t count;                  /* 0: never sighted */
    lf_time first, last;
};

enum lf_code lf_sighting_add(struct lf_task *t, const struct lf_indicator_sighting *s,
                             struct lf_err *e) LF_MUST;
enum lf_code lf_sighting_get(struct lf_task *t, lf_view indicator, struct lf_sighting_row *out,
                             struct lf_err *e) LF_MUST;

/* Standing indicators that events are to be asked of, in order after a place (zero at
 * first), those that accounts handed in (isac/watch.h) last; *n below `most`: these were the
 * last. */
struct lf_indicator_place {
    lf_view origin, id;
    bool watched; /* behind all others */
};
enum lf_code lf_indicator_standing(struct lf_task *t, const struct lf_indicator_place *after, size_t most,
                                   struct lf_indicator_place *last, size_t *n,
                                   const struct lf_indicator_entry **out, struct lf_err *e) LF_MUST;
/* What is told of an indicator of this state: how sure it is. */
uint8_t lf_indicator_confidence(bool provisional);

#endif
