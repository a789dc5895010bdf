/* Streams: answers that are made and sent piece by piece, each in a task of its own, so that neither their
 * size nor their client's pace costs anybody else anything.
 *
 *   first request  ──more──▶ open ──more──▶ open … ──whole──▶ let go
 *                              └── client left, front gone, a piece failed, what was to be kept was not ──▶
 * let go
 *
 * A stream is its asker's alone: who shows other credentials for the next piece, or none, ends it.  Each
 * piece asks for rights anew.  Nothing is kept over a restart: the client sees its answer break off. */
#ifndef LF_WEB_STREAM_H
#define LF_WEB_STREAM_H

#include "base/arena.h"
#include "web/web_priv.h"

enum {
    PIECE = 256 << 10, /* about so many bytes; answers that fit one are no streams */
};
#define PIECE_TIME (15 * LF_MSEC)

struct stream {
    uint64_t id; /* of the first request */
    lf_view org, account;
    struct lf_arena a; /* of the whole answer */
    void *ctx;
    void (*let_go)(void *ctx);
};

/* For a first request; the caller puts ctx and let_go in.  Not known to anybody until it is kept. */
struct stream *stream_create(const struct rq *r);
void stream_destroy(struct stream *s);
/* LF_TOO_MANY: STREAMS are open; it stays the caller's. */
enum lf_code stream_keep(struct rq *r, struct stream *s) LF_MUST;
/* The one whose next piece is asked for; it stays the web's. */
enum lf_code stream_find(struct rq *r, struct stream **out) LF_MUST;
/* … and is the caller's again. */
void stream_take(struct rq *r, struct stream *s);
/* Whether this piece is enough. */
bool stream_rests(const struct rq *r, lf_time began, size_t bytes);

#endif
