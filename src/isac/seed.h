/* What a new node starts with: its collections.  No policy is signed: nothing is
 * shared by itself until a reviewer signs one. */
#ifndef LF_ISAC_SEED_H
#define LF_ISAC_SEED_H

#include "store/task.h"

/* `members`, `up` and `library`, and the extension definition in `members`.  Again is harmless. */
enum lf_code lf_isac_seed(struct lf_task *t, struct lf_err *e) LF_MUST;
/* The four of a throwaway node: rw, ro, wo, none; ids in this order, used when given. */
enum lf_code lf_isac_seed_throwaway(struct lf_task *t, lf_view ids[4], struct lf_err *e) LF_MUST;

#endif
