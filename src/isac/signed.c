#include "isac/signed.h"

#include "base/crypto.h"
#include "ident/node.h"

/* What is signed: the text together with who signed it and when. */
static lf_view signed_text(struct lf_arena *a, const char *kind, const struct lf_signed *s)
{
    /* Whole, whatever its length: LF_FMT would cut it. */
    return lf_arena_printf(a, "%s\n%.*s\n%.*s\n%lld\n%.*s", kind, LF_FMT(s->id), LF_FMT(s->by),
                           (long long)s->at, (int)s->json.len, s->json.ptr);
}

enum lf_code lf_signed_add(struct lf_task *t, const struct lf_query *add, const char *kind, lf_view json,
                           lf_view *id, struct lf_err *e)
{
    struct lf_signed s = { lf_uuid_new(t->env, t->a), json, t->scope.account, lf_now(t->env) };
    uint8_t sig[LF_SIGNATURE];

    lf_sign(t->self->sign_secret, signed_text(t->a, kind, &s), sig);
    *id = s.id;
    return lf_db_exec(t->db, &t->scope, add,
                      LF_ARGS(LF_TEXT(s.id), LF_TEXT(json), LF_TEXT(s.by), LF_INT(s.at),
                              LF_TEXT(lf_base64url(t->a, t->self->sign_public, LF_SIGN_PUBLIC)),
                              LF_TEXT(lf_base64url(t->a, sig, sizeof sig))),
                      e);
}

struct last {
    struct lf_arena *a;
    struct lf_signed s;
    lf_view key, signature;
};

static enum lf_code take_last(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct last *l = ctx;

    (void)e;
    l->s.id = lf_arena_copy(l->a, lf_row_text(r, 0));
    l->s.json = lf_arena_copy(l->a, lf_row_text(r, 1));
    l->s.by = lf_arena_copy(l->a, lf_row_text(r, 2));
    l->s.at = lf_row_int(r, 3);
    l->key = lf_arena_copy(l->a, lf_row_text(r, 4));
    l->signature = lf_arena_copy(l->a, lf_row_text(r, 5));
    return LF_OK;
}

enum lf_code lf_signed_last(struct lf_task *t, const struct lf_scope *scope, const struct lf_query *last,
                            const char *kind, struct lf_signed *out, bool *holds, struct lf_err *e)
{
    struct last l = { .a = t->a };
    bool known = false;
    lf_view sig, key;

    LF_TRY(lf_db_run(t->db, scope, last, LF_NO_ARGS, take_last, &l, NULL, e));
    *out = l.s;
    *holds = false;
    if (!l.s.id.len)
        return LF_OK;
    if (lf_unbase64(t->a, l.key, &key, NULL) == LF_OK && key.len == LF_SIGN_PUBLIC)
        LF_TRY(lf_node_key_was(t, (const uint8_t *)key.ptr, l.s.at, &known, e));
    *holds = known && lf_unbase64(t->a, l.signature, &sig, NULL) == LF_OK && sig.len == LF_SIGNATURE &&
             lf_sign_ok((const uint8_t *)key.ptr, signed_text(t->a, kind, &l.s), (const uint8_t *)sig.ptr);
    return LF_OK;
}
