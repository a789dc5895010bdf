/* Fiber: a function on a stack of its own, which stops in its midst and goes on later where it was.
 *
 * It runs only while lf_fiber_resume does, on the same thread: nothing runs at once, and a run of a seed is
 * the same again.  For work that is a walk over a whole document and would be a tangle as a table of states
 * (docs/adr/0046). */
#ifndef LF_SYS_FIBER_H
#define LF_SYS_FIBER_H

#include <stdbool.h>

struct lf_fiber;

/* Nothing runs yet.  The stack has 8 MiB, of which what is not touched takes no memory. */
struct lf_fiber *lf_fiber_create(void (*run)(void *ctx), void *ctx);
/* Until it rests or ends; true: it has ended. */
bool lf_fiber_resume(struct lf_fiber *f);
/* Of the function itself: back to who resumed it.  False: the fiber is being destroyed, and the function is
 * to let go of what it has and return; it rests no more. */
bool lf_fiber_rest(struct lf_fiber *f);
/* What has begun and not ended is told to end. */
void lf_fiber_destroy(struct lf_fiber *f);

#endif
