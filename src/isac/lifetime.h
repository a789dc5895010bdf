/* Lifetime: how long stored objects of a type stay in collections, as a policy of the node.
 *
 *   days      an object goes when its last version came so long ago (0: never)
 *   old_days  a version that a later one has replaced goes so long after it came (0: never)
 *
 * Both reckon from date_added, which no creator can choose.  What goes, goes as TAXII's DELETE does it: out
 * of the collection with its copies, out of what events are asked of, and the object itself with the last
 * collection that had it.  Without a policy nothing goes.  That an indicator's time is over or that it was
 * revoked ends the looking for it whatever is said here (isac/watch.h, isac/indicator.h). */
#ifndef LF_ISAC_LIFETIME_H
#define LF_ISAC_LIFETIME_H

#include "store/task.h"

enum { LF_LIFETIME_TYPES = 200, LF_LIFETIME_DAYS = 36500 };

struct lf_lifetime {
    lf_view type;
    int64_t days, old_days;
};
enum lf_code lf_lifetime_list(struct lf_task *t, size_t *n, const struct lf_lifetime **out,
                              struct lf_err *e) LF_MUST;
/* Needs ADMIN; audited.  LF_BAD_INPUT: no type of STIX, a number out of range, too many types. */
enum lf_code lf_lifetime_set(struct lf_task *t, const struct lf_lifetime *l, struct lf_err *e) LF_MUST;
enum lf_code lf_lifetime_forget(struct lf_task *t, lf_view type, struct lf_err *e) LF_MUST;
/* Removes what is due in one collection, the next one each second; at most some hundred versions. */
enum lf_code lf_lifetime_turn(struct lf_task *t, struct lf_err *e) LF_MUST;

#endif
