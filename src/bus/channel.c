#include "bus/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* READ_STEP: what one readiness takes at most before others have their turn.
 * FDS: descriptors on their way in one direction. */
enum { READ_FIRST = 16 << 10, READ_STEP = 1 << 20, KEEP = 256 << 10, FDS = 64 };

struct fd_mark {
    uint64_t at; /* byte of the whole outgoing stream it travels with */
    int fd;
};

struct lf_channel {
    struct lf_loop *loop;
    struct lf_watch watch;
    struct lf_defer flush, resume;
    struct lf_channel_hooks hooks;
    bool descriptors, paused, was_full, write_broken, closed, dead, offended;
    unsigned busy; /* hooks under way: destroy waits for them */

    char *in;
    size_t in_len, in_cap;
    size_t accepted; /* whole size of the frame at the front of `in`, once it was accepted; or 0 */
    int in_fds[FDS];
    size_t nin_fds;

    char *out;
    size_t out_at, out_len, out_cap; /* queued: out[out_at .. out_len) */
    uint64_t sent;
    struct fd_mark out_fds[FDS];
    size_t nout_fds;
};

static uint32_t read_u32(const char *p)
{
    const uint8_t *b = (const uint8_t *)p;

    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static unsigned read_u16(const char *p)
{
    const uint8_t *b = (const uint8_t *)p;

    return (unsigned)b[0] << 8 | b[1];
}

enum lf_code lf_frame_take(lf_view *in, size_t max, bool *whole, unsigned *type, lf_view *payload,
                           struct lf_err *e)
{
    size_t size;

    if (in->len < LF_FRAME_HEAD) {
        *whole = false;
        return LF_OK;
    }
    size = read_u32(in->ptr);
    if (size > max)
        return lf_err_set(e, LF_TOO_BIG, "frame of %zu bytes is over the ceiling of %zu", size, max);
    if (in->len - LF_FRAME_HEAD < size) {
        *whole = false;
        return LF_OK;
    }
    *whole = true;
    *type = read_u16(in->ptr + 4);
    *payload = (lf_view){ in->ptr + LF_FRAME_HEAD, size };
    *in = lf_view_from(*in, LF_FRAME_HEAD + size);
    return LF_OK;
}

/* Life. */

static void free_now(struct lf_channel *c)
{
    free(c->in);
    free(c->out);
    free(c);
}

static void drop_fds(struct lf_channel *c)
{
    for (size_t i = 0; i < c->nin_fds; i++)
        close(c->in_fds[i]);
    for (size_t i = 0; i < c->nout_fds; i++)
        close(c->out_fds[i].fd);
    c->nin_fds = c->nout_fds = 0;
}

static void stop(struct lf_channel *c)
{
    lf_watch_stop(&c->watch);
    lf_loop_undefer(c->loop, &c->flush);
    lf_loop_undefer(c->loop, &c->resume);
}

void lf_channel_destroy(struct lf_channel *c)
{
    if (!c || c->dead)
        return;
    stop(c);
    drop_fds(c);
    close(c->watch.fd);
    c->dead = true;
    if (c->busy == 0)
        free_now(c);
}

/* Hooks may destroy the channel; these two stand around every call of one. */
static void enter(struct lf_channel *c)
{
    c->busy++;
}

static void leave(struct lf_channel *c)
{
    if (--c->busy == 0 && c->dead)
        free_now(c);
}

static void end(struct lf_channel *c, const char *why)
{
    if (c->closed || c->dead)
        return;
    c->closed = true;
    stop(c);
    c->hooks.closed(c->hooks.ctx, why);
}

/* Reading. */

/* Hands out the whole frames in `in`.  False when the conversation ended. */
static bool take_frames(struct lf_channel *c)
{
    size_t at = 0;

    while (!c->paused && c->in_len - at >= LF_FRAME_HEAD) {
        const char *head = c->in + at;
        size_t size = read_u32(head);
        unsigned wire = read_u16(head + 4), type = wire & ~(unsigned)LF_FRAME_FD;
        bool carries = wire & LF_FRAME_FD;
        int fd = -1;

        if (!c->accepted) {
            if (size > LF_FRAME_MAX || (carries && !c->descriptors) ||
                !c->hooks.accept(c->hooks.ctx, type, size)) {
                c->offended = true;
                end(c, "sent a message that is not allowed");
                return false;
            }
            c->accepted = LF_FRAME_HEAD + size;
        }
        if (c->in_len - at < c->accepted)
            break;
        if (carries) {
            if (c->nin_fds == 0) {
                c->offended = true;
                end(c, "promised a descriptor and sent none");
                return false;
            }
            fd = c->in_fds[0];
            memmove(c->in_fds, c->in_fds + 1, --c->nin_fds * sizeof(int));
        }
        at += c->accepted;
        c->accepted = 0;
        c->hooks.frame(c->hooks.ctx, type, (lf_view){ head + LF_FRAME_HEAD, size }, fd);
        if (c->dead || c->closed)
            return false;
    }
    if (at) {
        c->in_len -= at;
        memmove(c->in, c->in + at, c->in_len);
    }
    /* A large frame's buffer is given back once it is quiet again. */
    if (c->in_len == 0 && c->in_cap > KEEP) {
        free(c->in);
        c->in = NULL;
        c->in_cap = 0;
    }
    return true;
}

static void make_room(struct lf_channel *c)
{
    size_t want = c->in_cap ? c->in_cap : READ_FIRST;

    if (c->accepted > want)
        want = c->accepted; /* its size was checked against the ceiling */
    else if (c->in_len == c->in_cap)
        want = c->in_cap ? 2 * c->in_cap : READ_FIRST;
    if (want == c->in_cap)
        return;
    c->in = realloc(c->in, want);
    LF_ASSERT(c->in);
    c->in_cap = want;
}

static ssize_t receive(struct lf_channel *c)
{
    union {
        char space[CMSG_SPACE(FDS * sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec iov = { c->in + c->in_len, c->in_cap - c->in_len };
    struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
    ssize_t n;

    if (!c->descriptors)
        return recv(c->watch.fd, iov.iov_base, iov.iov_len, MSG_DONTWAIT);
    msg.msg_control = control.space;
    msg.msg_controllen = sizeof control.space;
    n = recvmsg(c->watch.fd, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (n < 0)
        return n;
    for (struct cmsghdr *h = CMSG_FIRSTHDR(&msg); h; h = CMSG_NXTHDR(&msg, h)) {
        size_t got = (h->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        int fds[FDS];

        if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS)
            continue;
        memcpy(fds, CMSG_DATA(h), got * sizeof(int));
        for (size_t i = 0; i < got; i++) {
            if (c->nin_fds < FDS)
                c->in_fds[c->nin_fds++] = fds[i];
            else
                close(fds[i]);
        }
    }
    return n;
}

static void readable(void *ctx)
{
    struct lf_channel *c = ctx;
    size_t total = 0;

    enter(c);
    while (!c->paused && total < READ_STEP) {
        size_t space;
        ssize_t n;

        make_room(c);
        space = c->in_cap - c->in_len;
        n = receive(c);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            break;
        if (n <= 0) {
            end(c, n == 0 ? "closed" : strerror(errno));
            break;
        }
        c->in_len += (size_t)n;
        total += (size_t)n;
        if (!take_frames(c) || (size_t)n < space)
            break;
    }
    leave(c);
}

/* Frames that were already read when the pause began. */
static void resume(void *ctx)
{
    struct lf_channel *c = ctx;

    enter(c);
    (void)take_frames(c);
    leave(c);
}

/* Which events are wanted.  epoll_ctl fails only when memory does. */
static void want(struct lf_channel *c)
{
    struct lf_err e;

    if (c->closed || c->dead)
        return;
    if (lf_watch_set(c->loop, &c->watch, !c->paused, c->out_len > c->out_at && !c->flush.queued, &e) != LF_OK)
        LF_BUG("channel: %s", e.text);
}

void lf_channel_pause(struct lf_channel *c, bool paused)
{
    if (c->paused == paused || c->closed || c->dead)
        return;
    c->paused = paused;
    if (!paused && c->in_len)
        lf_loop_defer(c->loop, &c->resume);
    want(c);
}

/* Writing. */

static ssize_t push(struct lf_channel *c)
{
    union {
        char space[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = { { 0 } };
    struct iovec iov = { c->out + c->out_at, c->out_len - c->out_at };
    struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
    size_t next = 0;
    ssize_t n;

    /* A descriptor goes with the first byte of its frame, and no two with one
     * call: what is written at once ends where the next one begins. */
    if (c->nout_fds && c->out_fds[0].at == c->sent) {
        struct cmsghdr *h;

        msg.msg_control = control.space;
        msg.msg_controllen = sizeof control.space;
        h = CMSG_FIRSTHDR(&msg);
        h->cmsg_level = SOL_SOCKET;
        h->cmsg_type = SCM_RIGHTS;
        h->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(h), &c->out_fds[0].fd, sizeof(int));
        next = 1;
    }
    if (c->nout_fds > next && c->out_fds[next].at - c->sent < iov.iov_len)
        iov.iov_len = (size_t)(c->out_fds[next].at - c->sent);
    n = sendmsg(c->watch.fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n > 0 && next) {
        close(c->out_fds[0].fd);
        memmove(c->out_fds, c->out_fds + 1, --c->nout_fds * sizeof *c->out_fds);
    }
    return n;
}

static void write_out(void *ctx)
{
    struct lf_channel *c = ctx;

    while (c->out_at < c->out_len && !c->write_broken) {
        ssize_t n = push(c);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            break;
        if (n < 0) {
            /* The far side is gone.  What it said before may still wait to be
             * read: the reading side finds the end and tells. */
            c->write_broken = true;
            break;
        }
        c->out_at += (size_t)n;
        c->sent += (uint64_t)n;
    }
    if (c->out_at == c->out_len || c->write_broken) {
        c->out_at = c->out_len = 0;
        if (c->out_cap > KEEP) {
            free(c->out);
            c->out = NULL;
            c->out_cap = 0;
        }
    }
    want(c);
    if (c->was_full && lf_channel_queued(c) < LF_CHANNEL_HIGH / 2) {
        c->was_full = false;
        if (c->hooks.drained && !c->closed) {
            enter(c);
            c->hooks.drained(c->hooks.ctx);
            leave(c);
        }
    }
}

void lf_channel_flush(struct lf_channel *c)
{
    if (c->closed || c->dead)
        return;
    lf_loop_undefer(c->loop, &c->flush);
    write_out(c);
}

static char *out_space(struct lf_channel *c, size_t n)
{
    if (c->out_at && c->out_cap - c->out_len < n) {
        memmove(c->out, c->out + c->out_at, c->out_len - c->out_at);
        c->out_len -= c->out_at;
        c->out_at = 0;
    }
    if (c->out_cap - c->out_len < n) {
        size_t cap = c->out_cap ? c->out_cap : 4096;

        while (cap - c->out_len < n)
            cap *= 2;
        c->out = realloc(c->out, cap);
        LF_ASSERT(c->out);
        c->out_cap = cap;
    }
    c->out_len += n;
    return c->out + c->out_len - n;
}

static enum lf_code queue(struct lf_channel *c, unsigned type, lf_view payload, int fd, struct lf_err *e)
{
    size_t queued = lf_channel_queued(c);
    uint32_t n = (uint32_t)payload.len;
    char *at;

    if (payload.len > LF_FRAME_MAX)
        return lf_err_set(e, LF_TOO_BIG, "message of %zu bytes is over the ceiling of %d", payload.len,
                          LF_FRAME_MAX);
    if (c->closed || c->dead || c->write_broken)
        return lf_err_set(e, LF_AWAY, "the far side of the channel is gone");
    if (queued + LF_FRAME_HEAD + payload.len > LF_CHANNEL_HARD)
        return lf_err_set(e, LF_FULL, "%zu bytes wait for the far side of the channel already", queued);
    if (fd >= 0) {
        int copy;

        if (!c->descriptors || c->nout_fds == FDS)
            return lf_err_set(e, LF_FULL, "no more descriptors fit into the channel");
        copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
        if (copy < 0)
            return lf_err_set(e, LF_IO, "dup: %s", strerror(errno));
        c->out_fds[c->nout_fds++] = (struct fd_mark){ c->sent + queued, copy };
        type |= LF_FRAME_FD;
    }
    at = out_space(c, LF_FRAME_HEAD + payload.len);
    at[0] = (char)(n >> 24);
    at[1] = (char)(n >> 16);
    at[2] = (char)(n >> 8);
    at[3] = (char)n;
    at[4] = (char)(type >> 8);
    at[5] = (char)type;
    if (payload.len)
        memcpy(at + LF_FRAME_HEAD, payload.ptr, payload.len);
    if (lf_channel_full(c))
        c->was_full = true;
    /* While the socket is full epoll says when to go on. */
    if (!(c->watch.events & EPOLLOUT))
        lf_loop_defer(c->loop, &c->flush);
    return LF_OK;
}

enum lf_code lf_channel_send(struct lf_channel *c, unsigned type, lf_view payload, struct lf_err *e)
{
    LF_ASSERT(type < LF_FRAME_FD);
    return queue(c, type, payload, -1, e);
}

enum lf_code lf_channel_send_fd(struct lf_channel *c, unsigned type, lf_view payload, int fd,
                                struct lf_err *e)
{
    LF_ASSERT(type < LF_FRAME_FD && fd >= 0);
    return queue(c, type, payload, fd, e);
}

bool lf_channel_offended(const struct lf_channel *c)
{
    return c->offended;
}

bool lf_channel_full(const struct lf_channel *c)
{
    return lf_channel_queued(c) >= LF_CHANNEL_HIGH;
}

size_t lf_channel_queued(const struct lf_channel *c)
{
    return c->out_len - c->out_at;
}

enum lf_code lf_channel_create(struct lf_loop *loop, int fd, bool descriptors,
                               const struct lf_channel_hooks *hooks, struct lf_channel **out,
                               struct lf_err *e)
{
    struct lf_channel *c = calloc(1, sizeof *c);
    enum lf_code rc;

    LF_ASSERT(c);
    c->loop = loop;
    c->hooks = *hooks;
    c->descriptors = descriptors;
    c->watch = (struct lf_watch){ .fd = fd, .readable = readable, .writable = write_out, .ctx = c };
    c->flush = (struct lf_defer){ .run = write_out, .ctx = c };
    c->resume = (struct lf_defer){ .run = resume, .ctx = c };
    rc = lf_watch_set(loop, &c->watch, true, false, e);
    if (rc != LF_OK) {
        close(fd);
        free(c);
        return rc;
    }
    *out = c;
    return LF_OK;
}

enum lf_code lf_channel_pair(int ends[2], struct lf_err *e)
{
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
        return lf_err_set(e, LF_IO, "socketpair: %s", strerror(errno));
    return LF_OK;
}
