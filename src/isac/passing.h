/* Passing on: what a person writes out of this node (the letter of a referral) held against the markings of
 * what is known here of the same value.
 *
 * A value is free where this node has an indicator of its own for it (its logs saw it, or one of its people
 * entered it), and where nothing that the writer may have says it: then it is the writer's own knowledge, and
 * refusing would tell of what is hidden.  Else the mildest marking with which it is known holds: what is
 * written is labelled no milder, and what is stricter than AMBER, for a group or of an unknown marking goes
 * to no other organisation (docs/adr/0027). */
#ifndef LF_ISAC_PASSING_H
#define LF_ISAC_PASSING_H

#include "model/marking.h"
#include "store/task.h"

/* `text`: an address, name or URL; of a URL its host counts too.  LF_CONFLICT names the value, the marking
 * and what to do. */
enum lf_code lf_passing_check(struct lf_task *t, lf_view text, enum lf_tlp label, struct lf_err *e) LF_MUST;

#endif
