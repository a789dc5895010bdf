/* Secrets of feeds in the store: sealed with the key that lies beside the database (docs/adr/0057). */
#include "base/crypto.h"
#include "isac/feed_priv.h"
#include "store/query_feed.h"

lf_view feed_secret_seal(struct lf_task *t, lf_view id, lf_view secret)
{
    uint8_t nonce[LF_SECRET_NONCE];

    if (!secret.len || !t->secrets)
        return lf_view_some(secret);
    lf_random(t->env, nonce, sizeof nonce);
    return lf_secret_seal(t->a, t->secrets, nonce, id, secret);
}

void feed_secret_open(const struct lf_task *t, struct lf_arena *a, struct lf_feed *f)
{
    f->locked = false;
    if (!lf_secret_sealed(f->secret))
        return;
    f->locked = !t->secrets || lf_secret_open(a, t->secrets, f->id, f->secret, &f->secret, NULL) != LF_OK;
    if (f->locked)
        f->secret = LF_V("");
}

struct plain {
    struct lf_arena *a;
    lf_view *id, *secret;
    size_t n, cap;
};

static enum lf_code take_plain(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct plain *p = ctx;
    size_t cap = p->cap;

    (void)e;
    p->id = lf_arena_grow(p->a, p->id, p->n, &p->cap, sizeof *p->id);
    p->secret = lf_arena_grow(p->a, p->secret, p->n, &cap, sizeof *p->secret);
    p->id[p->n] = lf_arena_copy(p->a, lf_row_text(r, 0));
    p->secret[p->n++] = lf_arena_copy(p->a, lf_row_text(r, 1));
    return LF_OK;
}

enum lf_code lf_feed_seal(struct lf_task *t, struct lf_err *e)
{
    struct plain p = { .a = t->a };

    if (!t->secrets)
        return LF_OK;
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_feed_secrets, LF_NO_ARGS, take_plain, &p, NULL, e));
    for (size_t i = 0; i < p.n; i++)
        if (!lf_secret_sealed(p.secret[i]))
            LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_feed_secret_set,
                              LF_ARGS(LF_TEXT(feed_secret_seal(t, p.id[i], p.secret[i])), LF_TEXT(p.id[i])),
                              e));
    return LF_OK;
}
