#include "web/stream.h"

struct stream *stream_create(const struct rq *r)
{
    struct stream *s = calloc(1, sizeof *s);

    if (!s)
        LF_BUG("out of memory for a stream");
    s->id = r->in->id;
    s->org = lf_arena_copy(&s->a, r->t->scope.org);
    s->account = lf_arena_copy(&s->a, r->t->scope.account);
    return s;
}

void stream_destroy(struct stream *s)
{
    if (!s)
        return;
    if (s->let_go)
        s->let_go(s->ctx);
    lf_arena_clear(&s->a);
    free(s);
}

enum lf_code stream_keep(struct rq *r, struct stream *s)
{
    for (size_t i = 0; i < STREAMS; i++)
        if (!r->w->streams[i]) {
            r->w->streams[i] = s;
            return LF_OK;
        }
    return lf_err_set(r->e, LF_TOO_MANY,
                      "%d large answers are being sent; ask again when one of them is over", STREAMS);
}

enum lf_code stream_find(struct rq *r, struct stream **out)
{
    for (size_t i = 0; i < STREAMS; i++) {
        struct stream *s = r->w->streams[i];

        if (s && s->id == r->in->more && lf_view_eq(s->org, r->t->scope.org) &&
            lf_view_eq(s->account, r->t->scope.account)) {
            *out = s;
            return LF_OK;
        }
    }
    return lf_err_set(r->e, LF_AWAY, "this answer was broken off; ask for it anew");
}

void stream_take(struct rq *r, struct stream *s)
{
    for (size_t i = 0; i < STREAMS; i++)
        if (r->w->streams[i] == s)
            r->w->streams[i] = NULL;
}

bool stream_rests(const struct rq *r, lf_time began, size_t bytes)
{
    return bytes >= PIECE || lf_tick(r->t->env) >= began + PIECE_TIME;
}

void lf_web_gone(struct lf_web *w, uint64_t id)
{
    for (size_t i = 0; i < STREAMS; i++)
        if (w->streams[i] && (!id || w->streams[i]->id == id)) {
            stream_destroy(w->streams[i]);
            w->streams[i] = NULL;
        }
}
