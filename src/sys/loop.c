#include "sys/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64 };

struct lf_loop {
    int epoll, signalfd;
    bool stop;
    lf_time tick;
    struct lf_timer **heap; /* smallest `at` first */
    size_t ntimers, cap;
    struct lf_defer *first, **last;
    void (*round_end)(void *ctx);
    void *round_ctx;
    void (*signal)(void *ctx, int signal);
    void *signal_ctx;
    struct lf_watch signal_watch;
    /* The batch being handed out: a watch that is stopped by another's callback
     * is struck from it, so that no callback comes for memory that went away. */
    struct epoll_event batch[BATCH];
    int nbatch, at;
};

static lf_time monotonic(void)
{
    struct timespec ts;

    if (clock_gettime(CLOCK_MONOTONIC, &ts) != 0)
        LF_BUG("clock_gettime: %s", strerror(errno));
    return (lf_time)ts.tv_sec * LF_SECOND + ts.tv_nsec / 1000;
}

enum lf_code lf_loop_create(struct lf_loop **out, struct lf_err *e)
{
    struct lf_loop *loop;
    int fd = epoll_create1(EPOLL_CLOEXEC);

    if (fd < 0)
        return lf_err_set(e, LF_IO, "epoll_create1: %s", strerror(errno));
    loop = calloc(1, sizeof *loop);
    LF_ASSERT(loop);
    loop->epoll = fd;
    loop->signalfd = -1;
    loop->last = &loop->first;
    loop->tick = monotonic();
    *out = loop;
    return LF_OK;
}

void lf_loop_destroy(struct lf_loop *loop)
{
    if (!loop)
        return;
    if (loop->signalfd >= 0)
        close(loop->signalfd);
    close(loop->epoll);
    free(loop->heap);
    free(loop);
}

void lf_loop_stop(struct lf_loop *loop)
{
    loop->stop = true;
}

lf_time lf_loop_tick(const struct lf_loop *loop)
{
    return loop->tick;
}

/* Watches. */

enum lf_code lf_watch_set(struct lf_loop *loop, struct lf_watch *w, bool read, bool write, struct lf_err *e)
{
    unsigned events = (read ? EPOLLIN | EPOLLRDHUP : 0u) | (write ? (unsigned)EPOLLOUT : 0u);
    struct epoll_event ev = { .events = events, .data.ptr = w };

    if (w->loop && w->events == events)
        return LF_OK;
    if (epoll_ctl(loop->epoll, w->loop ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, w->fd, &ev) != 0)
        return lf_err_set(e, LF_IO, "epoll_ctl on descriptor %d: %s", w->fd, strerror(errno));
    w->loop = loop;
    w->events = events;
    return LF_OK;
}

void lf_watch_stop(struct lf_watch *w)
{
    struct lf_loop *loop = w->loop;

    if (!loop)
        return;
    /* Fails only when the descriptor was closed first, and then it is gone. */
    (void)epoll_ctl(loop->epoll, EPOLL_CTL_DEL, w->fd, NULL);
    for (int i = loop->at; i < loop->nbatch; i++) {
        if (loop->batch[i].data.ptr == w)
            loop->batch[i].data.ptr = NULL;
    }
    w->loop = NULL;
    w->events = 0;
}

/* Timers: a binary heap of pointers; each timer knows its place. */

static void heap_put(struct lf_loop *loop, size_t i, struct lf_timer *t)
{
    loop->heap[i] = t;
    t->slot = i + 1;
}

static void heap_up(struct lf_loop *loop, size_t i, struct lf_timer *t)
{
    while (i > 0 && loop->heap[(i - 1) / 2]->at > t->at) {
        heap_put(loop, i, loop->heap[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
    heap_put(loop, i, t);
}

static void heap_down(struct lf_loop *loop, size_t i, struct lf_timer *t)
{
    for (;;) {
        size_t child = 2 * i + 1;

        if (child >= loop->ntimers)
            break;
        if (child + 1 < loop->ntimers && loop->heap[child + 1]->at < loop->heap[child]->at)
            child++;
        if (loop->heap[child]->at >= t->at)
            break;
        heap_put(loop, i, loop->heap[child]);
        i = child;
    }
    heap_put(loop, i, t);
}

void lf_timer_stop(struct lf_loop *loop, struct lf_timer *t)
{
    size_t i;
    struct lf_timer *tail;

    if (!t->slot)
        return;
    i = t->slot - 1;
    LF_ASSERT(i < loop->ntimers && loop->heap[i] == t);
    t->slot = 0;
    tail = loop->heap[--loop->ntimers];
    if (tail == t)
        return;
    if (i > 0 && loop->heap[(i - 1) / 2]->at > tail->at)
        heap_up(loop, i, tail);
    else
        heap_down(loop, i, tail);
}

void lf_timer_set(struct lf_loop *loop, struct lf_timer *t, lf_time at)
{
    lf_timer_stop(loop, t);
    if (loop->ntimers == loop->cap) {
        loop->cap = loop->cap ? 2 * loop->cap : 16;
        loop->heap = reallocarray(loop->heap, loop->cap, sizeof(struct lf_timer *));
        LF_ASSERT(loop->heap);
    }
    t->at = at;
    heap_up(loop, loop->ntimers++, t);
}

void lf_timer_in(struct lf_loop *loop, struct lf_timer *t, lf_time delay)
{
    lf_timer_set(loop, t, monotonic() + delay);
}

/* Ends of rounds. */

void lf_loop_on_round_end(struct lf_loop *loop, void (*hook)(void *ctx), void *ctx)
{
    loop->round_end = hook;
    loop->round_ctx = ctx;
}

void lf_loop_defer(struct lf_loop *loop, struct lf_defer *d)
{
    if (d->queued)
        return;
    d->queued = true;
    d->next = NULL;
    *loop->last = d;
    loop->last = &d->next;
}

void lf_loop_undefer(struct lf_loop *loop, struct lf_defer *d)
{
    struct lf_defer **at = &loop->first;

    if (!d->queued)
        return;
    while (*at != d) {
        LF_ASSERT(*at);
        at = &(*at)->next;
    }
    *at = d->next;
    if (loop->last == &d->next)
        loop->last = at;
    d->queued = false;
}

static void run_deferred(struct lf_loop *loop)
{
    /* One that defers again is served in the same round; a channel does so only
     * when it could not write, and then it waits for epoll instead. */
    while (loop->first) {
        struct lf_defer *d = loop->first;

        lf_loop_undefer(loop, d);
        d->run(d->ctx);
    }
}

/* Signals. */

static void signal_readable(void *ctx)
{
    struct lf_loop *loop = ctx;
    struct signalfd_siginfo si;

    while (read(loop->signalfd, &si, sizeof si) == (ssize_t)sizeof si)
        loop->signal(loop->signal_ctx, (int)si.ssi_signo);
}

enum lf_code lf_loop_signals(struct lf_loop *loop, const int *signals, size_t n,
                             void (*got)(void *ctx, int signal), void *ctx, struct lf_err *e)
{
    sigset_t set;

    LF_ASSERT(loop->signalfd < 0);
    sigemptyset(&set);
    for (size_t i = 0; i < n; i++)
        sigaddset(&set, signals[i]);
    if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0)
        return lf_err_set(e, LF_IO, "pthread_sigmask failed");
    loop->signalfd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (loop->signalfd < 0)
        return lf_err_set(e, LF_IO, "signalfd: %s", strerror(errno));
    loop->signal = got;
    loop->signal_ctx = ctx;
    loop->signal_watch = (struct lf_watch){ .fd = loop->signalfd, .readable = signal_readable, .ctx = loop };
    return lf_watch_set(loop, &loop->signal_watch, true, false, e);
}

/* The round. */

static int wait_for(struct lf_loop *loop, lf_time wait)
{
    struct timespec ts;
    int n;

    if (loop->first)
        wait = 0; /* deferred outside a round */
    if (loop->ntimers) {
        lf_time left = loop->heap[0]->at - monotonic();

        left = left < 0 ? 0 : left;
        if (wait < 0 || left < wait)
            wait = left;
    }
    if (wait >= 0)
        ts = (struct timespec){ .tv_sec = wait / LF_SECOND, .tv_nsec = wait % LF_SECOND * 1000 };
    n = epoll_pwait2(loop->epoll, loop->batch, BATCH, wait < 0 ? NULL : &ts, NULL);
    if (n < 0 && errno == ENOSYS) /* before Linux 5.11 */
        n = epoll_wait(loop->epoll, loop->batch, BATCH,
                       wait < 0         ? -1
                       : wait > LF_HOUR ? 3600000
                                        : (int)((wait + 999) / 1000));
    return n;
}

enum lf_code lf_loop_once(struct lf_loop *loop, lf_time wait, struct lf_err *e)
{
    int n = wait_for(loop, wait);
    size_t due;

    if (n < 0 && errno != EINTR)
        return lf_err_set(e, LF_IO, "epoll_wait: %s", strerror(errno));
    loop->tick = monotonic();
    loop->nbatch = n < 0 ? 0 : n;
    for (loop->at = 0; loop->at < loop->nbatch; loop->at++) {
        struct epoll_event *ev = &loop->batch[loop->at];
        struct lf_watch *w = ev->data.ptr;
        bool broken = ev->events & (EPOLLERR | EPOLLHUP);

        if (w && w->readable && (w->events & EPOLLIN) && (broken || (ev->events & (EPOLLIN | EPOLLRDHUP))))
            w->readable(w->ctx);
        w = ev->data.ptr; /* NULL when readable() stopped it */
        if (w && w->writable && (w->events & EPOLLOUT) && (broken || (ev->events & EPOLLOUT)))
            w->writable(w->ctx);
        w = ev->data.ptr;
        /* A hang-up is reported whether wanted or not; a watch that wants nothing
         * (paused) would spin.  It hears of it once and is then left alone. */
        if (w && broken && !w->events)
            lf_watch_stop(w);
    }
    loop->nbatch = 0;

    /* Timers set from here on wait for the next round, or a timer that sets
     * itself to now would starve the descriptors. */
    due = loop->ntimers;
    while (due-- > 0 && loop->ntimers && loop->heap[0]->at <= loop->tick) {
        struct lf_timer *t = loop->heap[0];

        lf_timer_stop(loop, t);
        t->fire(t->ctx);
    }
    if (loop->round_end)
        loop->round_end(loop->round_ctx);
    run_deferred(loop);
    return LF_OK;
}

enum lf_code lf_loop_run(struct lf_loop *loop, struct lf_err *e)
{
    while (!loop->stop)
        LF_TRY(lf_loop_once(loop, -1, e));
    loop->stop = false;
    return LF_OK;
}
