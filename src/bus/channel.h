/* Channel: framed messages over a Unix stream socket pair, between two workers.
 *
 * A frame is u32 length of the payload, u16 type (both big-endian), payload.  The
 * top bit of the type says that one descriptor travels with the frame; only
 * channels made with `descriptors` take such frames.  What the far side sends is
 * treated as hostile: a frame over the ceiling, or one that `accept` refuses,
 * ends the conversation.
 *
 * Sending queues; the queue leaves in one write at the end of the loop's round.
 * Above the high-water mark lf_channel_full() is true and the sender should stop
 * taking in work until `drained` is called; nothing is dropped before the hard
 * limit, where lf_channel_send() fails with LF_FULL and queues nothing. */
#ifndef LF_BUS_CHANNEL_H
#define LF_BUS_CHANNEL_H

#include "base/buf.h"
#include "base/err.h"
#include "base/view.h"
#include "sys/loop.h"

enum {
    LF_FRAME_HEAD = 6,
    LF_FRAME_FD = 0x8000,        /* in the type: a descriptor travels along */
    LF_FRAME_MAX = 48 << 20,     /* ceiling of any payload */
    LF_CHANNEL_HIGH = 4 << 20,   /* back-pressure begins */
    LF_CHANNEL_HARD = 128 << 20, /* refused */
};

struct lf_channel;

struct lf_channel_hooks {
    /* Before the payload is read: may a frame of this type and size come? */
    bool (*accept)(void *ctx, unsigned type, size_t size);
    /* `payload` is valid during the call; `fd` is -1 or now the callee's. */
    void (*frame)(void *ctx, unsigned type, lf_view payload, int fd);
    /* The far side closed, or was cut off (`why`).  Called once, from the loop;
     * the callee may destroy the channel inside. */
    void (*closed)(void *ctx, const char *why);
    void (*drained)(void *ctx); /* may be NULL */
    void *ctx;
};

/* Takes `fd` (also when it fails). */
enum lf_code lf_channel_create(struct lf_loop *loop, int fd, bool descriptors,
                               const struct lf_channel_hooks *hooks, struct lf_channel **out,
                               struct lf_err *e) LF_MUST;
/* What is queued is lost; NULL is harmless.  May be called inside a hook. */
void lf_channel_destroy(struct lf_channel *c);
enum lf_code lf_channel_send(struct lf_channel *c, unsigned type, lf_view payload, struct lf_err *e) LF_MUST;
/* `fd` is duplicated: the caller keeps its own. */
enum lf_code lf_channel_send_fd(struct lf_channel *c, unsigned type, lf_view payload, int fd,
                                struct lf_err *e) LF_MUST;
/* Did it end because the far side broke the rules? */
bool lf_channel_offended(const struct lf_channel *c);
bool lf_channel_full(const struct lf_channel *c);
size_t lf_channel_queued(const struct lf_channel *c);
/* Stops and resumes reading: back-pressure towards the far side. */
void lf_channel_pause(struct lf_channel *c, bool paused);
/* Writes what it can now instead of at the end of the round. */
void lf_channel_flush(struct lf_channel *c);
/* Two connected ends, non-blocking, close-on-exec. */
enum lf_code lf_channel_pair(int ends[2], struct lf_err *e) LF_MUST;

/* The pure part, for tests and fuzzing: takes one whole frame off the front of
 * *in.  LF_OK with *whole false: more bytes are needed.  LF_TOO_BIG: over `max`. */
enum lf_code lf_frame_take(lf_view *in, size_t max, bool *whole, unsigned *type, lf_view *payload,
                           struct lf_err *e) LF_MUST;

#endif
