/* Loop: one thread, epoll, timers, signals.  Every worker is one such loop.
 *
 * A round is: wait; call what is ready; fire due timers; call the round hook
 * (the core commits its group there); run what was deferred (channels send
 * there, after the commit).  Callbacks may add and remove anything, themselves
 * included.  Watches, timers and deferrals are held by their users, zeroed
 * before first use, and removed before their memory goes away. */
#ifndef LF_SYS_LOOP_H
#define LF_SYS_LOOP_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/time.h"

struct lf_loop;

struct lf_watch {
    int fd;
    /* Either may be NULL.  Errors and hang-ups call both: reading or writing
     * then tells what it was. */
    void (*readable)(void *ctx);
    void (*writable)(void *ctx);
    void *ctx;
    struct lf_loop *loop; /* the loop's: NULL when not watched */
    unsigned events;      /* the loop's */
};

struct lf_timer {
    void (*fire)(void *ctx);
    void *ctx;
    lf_time at;  /* the loop's: monotonic tick, microseconds */
    size_t slot; /* the loop's: place in the heap + 1; 0 = not set */
};

struct lf_defer {
    void (*run)(void *ctx);
    void *ctx;
    struct lf_defer *next; /* the loop's */
    bool queued;           /* the loop's */
};

enum lf_code lf_loop_create(struct lf_loop **out, struct lf_err *e) LF_MUST;
void lf_loop_destroy(struct lf_loop *loop);
/* Runs until lf_loop_stop(). */
enum lf_code lf_loop_run(struct lf_loop *loop, struct lf_err *e) LF_MUST;
/* One round, waiting at most `wait` microseconds (0 = do not wait, -1 = for as
 * long as it takes); for tests and for libraries with loops of their own. */
enum lf_code lf_loop_once(struct lf_loop *loop, lf_time wait, struct lf_err *e) LF_MUST;
/* The round that is under way is finished first. */
void lf_loop_stop(struct lf_loop *loop);
/* The monotonic tick at which this round began (cheap: no system call). */
lf_time lf_loop_tick(const struct lf_loop *loop);

/* Begins or changes: which of readable/writable are wanted now.  fd and the
 * callbacks are set by the caller.  Asking for what already is costs nothing. */
enum lf_code lf_watch_set(struct lf_loop *loop, struct lf_watch *w, bool read, bool write,
                          struct lf_err *e) LF_MUST;
/* Does not close the descriptor.  Harmless when not watched. */
void lf_watch_stop(struct lf_watch *w);

/* Fires once at the monotonic tick `at`; setting again moves it. */
void lf_timer_set(struct lf_loop *loop, struct lf_timer *t, lf_time at);
/* The same, `delay` microseconds from now. */
void lf_timer_in(struct lf_loop *loop, struct lf_timer *t, lf_time delay);
void lf_timer_stop(struct lf_loop *loop, struct lf_timer *t);

/* Called at the end of each round, before deferrals; one hook per loop. */
void lf_loop_on_round_end(struct lf_loop *loop, void (*hook)(void *ctx), void *ctx);
/* Runs `d` once at the end of this round (or of the next, when outside one). */
void lf_loop_defer(struct lf_loop *loop, struct lf_defer *d);
void lf_loop_undefer(struct lf_loop *loop, struct lf_defer *d);

/* Blocks the signals for this thread and gives each to `got` from the loop. */
enum lf_code lf_loop_signals(struct lf_loop *loop, const int *signals, size_t n,
                             void (*got)(void *ctx, int signal), void *ctx, struct lf_err *e) LF_MUST;

#endif
