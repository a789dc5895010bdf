/* Feedback: what others say of an indicator, as objects that are handed in: opinions and sightings.
 *
 * Whoever speaks (an account, a feed, a peer) has one voice: the last of its opinions.  A sighting with a
 * count of 0 or an opinion of (strongly-)disagree is a false positive.  Peers' sightings are counted where
 * they are received (isac/sighting.h), not here.  A revoked opinion is none, nor is one that
 * was deleted from every collection. */
#ifndef LF_ISAC_FEEDBACK_H
#define LF_ISAC_FEEDBACK_H

#include "fmt/stix.h"
#include "store/task.h"

enum {
    LF_FEEDBACK_REFS = 100,  /* indicators of one opinion */
    LF_FEEDBACK_EACH = 1000, /* objects of one voice about one indicator; more are not counted */
    LF_FEEDBACK_LOOK = 10000 /* looked at for one indicator */
};

/* An object that was new; what is neither opinion nor sighting is passed over. */
enum lf_code lf_feedback_take(struct lf_task *t, lf_view origin, lf_view maker, const struct lf_stix *s,
                              struct lf_err *e) LF_MUST;

/* After a version of an object was deleted. */
enum lf_code lf_feedback_gone(struct lf_task *t, lf_view id, struct lf_err *e) LF_MUST;

struct lf_feedback {
    int64_t agree, disagree; /* voices */
    int64_t saw;             /* voices that saw it */
    lf_time last;            /* … and when last, never later than now; 0: never */
};
enum lf_code lf_feedback_of(struct lf_task *t, lf_view indicator, struct lf_feedback *out,
                            struct lf_err *e) LF_MUST;

#endif
