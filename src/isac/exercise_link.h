/* Exercises over links: what cert has to say of them (cert/exercise_part.h) as signed objects
 * (model/drill.h), into the inbox of the child it is for, or into the outbox; and what comes, held against
 * the peer's key. */
#ifndef LF_ISAC_EXERCISE_LINK_H
#define LF_ISAC_EXERCISE_LINK_H

#include "model/peer.h"
#include "store/task.h"

/* Is that the type of one of them? */
bool lf_exercise_word(lf_view type);
/* LF_UNAUTHENTIC, LF_FORBIDDEN, LF_UNACCEPTED, LF_CONFLICT with the sentence: nothing changes. */
enum lf_code lf_exercise_take(struct lf_task *t, const struct lf_peer *from, lf_view type, lf_view json,
                              struct lf_err *e) LF_MUST;
/* What waits goes on its way, in the node's own task. */
enum lf_code lf_exercise_link(struct lf_task *t, struct lf_err *e) LF_MUST;

#endif
