#include "ident/token.h"

#include "ident/account.h"
#include "ident/audit.h"
#include "ident/ident_priv.h"
#include "ident/seed.h"
#include "store/query_ident.h"
#include "sys/tls.h"

static bool label_ok(lf_view label)
{
    for (size_t i = 0; i < label.len; i++)
        if ((unsigned char)label.ptr[i] < 0x20 || label.ptr[i] == 0x7f)
            return false;
    return label.len >= 1 && label.len <= LF_TOKEN_LABEL && lf_view_is_utf8(label);
}

static enum lf_code keep_token(struct lf_task *t, lf_view account_id, lf_view label, unsigned roles,
                               lf_time expires, lf_view text, lf_view pin, lf_view *id, struct lf_err *e)
{
    struct lf_account account;
    struct lf_scope scope = t->scope;
    uint8_t hash[LF_SHA256];
    lf_view new_id;
    enum lf_code rc;

    LF_TRY(lf_account_get(t, account_id, &account, e));
    scope.org = account.org;
    if (!label_ok(label))
        return lf_err_set(e, LF_BAD_INPUT, "a token's label is 1 to %d bytes of printable text",
                          LF_TOKEN_LABEL);
    /* A token that may read must not make one that may do all its account may. */
    if (!roles || (roles & ~account.roles) ||
        (!(t->scope.roles & (LF_ROLE_ADMIN | LF_ROLE_SYSTEM)) && (roles & ~t->scope.roles)))
        return lf_err_set(e, LF_FORBIDDEN, "a token can have only roles of its account that you use now");
    if (expires && expires <= lf_now(t->env))
        return lf_err_set(e, LF_BAD_INPUT, "the token's end lies in the past");
    lf_sha256(text, hash);
    new_id = lf_uuid_new(t->env, t->a);
    rc = lf_db_exec(t->db, &scope, &lf_q_token_insert,
                    LF_ARGS(LF_TEXT(new_id), LF_TEXT(account.id), LF_TEXT(label),
                            LF_BLOB(((lf_view){ (const char *)hash, sizeof hash })), LF_INT(roles),
                            LF_INT(lf_now(t->env)), LF_INT(expires), LF_TEXT(pin)),
                    e);
    if (rc == LF_CONFLICT)
        return lf_err_set(e, rc, "there is a token \"%.*s\" already; give another label, or revoke it first",
                          LF_FMT(label));
    if (rc != LF_OK)
        return lf_err_at(e, "token \"%.*s\"", LF_FMT(label));
    if (roles & LF_ROLE_SENDER)
        t->effects |= LF_FX_TOKENS;
    LF_TRY(lf_audit_add(t, LF_V("token.create"), new_id,
                        lf_arena_printf(t->a, "{\"account\":\"%.*s\",\"roles\":\"%.*s\"}", LF_FMT(account.id),
                                        LF_FMT(lf_roles_text(t->a, roles))),
                        e));
    *id = new_id;
    return LF_OK;
}

enum lf_code lf_token_create(struct lf_task *t, lf_view account_id, lf_view label, unsigned roles,
                             lf_time expires, lf_view *id, lf_view *token, struct lf_err *e)
{
    uint8_t raw[32];
    lf_view text;

    lf_random(t->env, raw, sizeof raw);
    text = lf_arena_printf(t->a, "lfp_%.*s", LF_FMT(lf_base64url(t->a, raw, sizeof raw)));
    lf_wipe(raw, sizeof raw);
    LF_TRY(keep_token(t, account_id, label, roles, expires, text, LF_V(""), id, e));
    *token = text;
    return LF_OK;
}

enum lf_code lf_token_bind(struct lf_task *t, lf_view account_id, lf_view label, unsigned roles,
                           lf_time expires, lf_view cert_pem, lf_view *id, struct lf_err *e)
{
    uint8_t pin[LF_TLS_PIN], hash[LF_SHA256];
    lf_view text, holder;
    enum lf_code rc;
    lf_time until;

    /* Who binds it need not have the key: of a stranger's certificate he would make that stranger's programs
     * act for his account. */
    LF_TRY(lf_ident_need(t, LF_ROLE_ADMIN, e));
    if (roles & LF_ROLE_SENDER)
        return lf_err_set(e, LF_BAD_INPUT,
                          "a certificate cannot have the role sender; log senders use tokens");
    if (lf_tls_pin_pem(cert_pem, pin, NULL) != LF_OK || lf_tls_until(cert_pem, &until, NULL) != LF_OK)
        return lf_err_set(e, LF_BAD_INPUT,
                          "this is no certificate in PEM; send the certificate, not its key");
    if (until <= lf_now(t->env))
        return lf_err_set(e, LF_BAD_INPUT, "the certificate has ended");
    text = ident_key_text(t->a, pin);
    lf_sha256(text, hash);
    rc = lf_db_text(t->db, &t->scope, &lf_q_token_by_hash,
                    LF_ARGS(LF_BLOB(((lf_view){ (const char *)hash, sizeof hash }))), t->a, &holder, e);
    if (rc == LF_OK)
        return lf_err_set(e, LF_CONFLICT, "the key of this certificate opens an account already");
    if (rc != LF_NOT_FOUND)
        return rc;
    return keep_token(t, account_id, label, roles, expires && expires < until ? expires : until, text,
                      lf_hex(t->a, pin, sizeof pin), id, e);
}

enum lf_code lf_seed_token(struct lf_task *t, lf_view account, lf_view label, unsigned roles, lf_view token,
                           struct lf_err *e)
{
    lf_view id;

    LF_TRY(lf_ident_need(t, LF_ROLE_SYSTEM, e));
    if (token.len != LF_TOKEN_TEXT || !lf_view_starts(token, LF_V("lfp_")))
        return lf_err_set(e, LF_BAD_INPUT, "a token is lfp_ and %d characters", LF_TOKEN_TEXT - 4);
    return keep_token(t, account, label, roles, 0, token, LF_V(""), &id, e);
}

struct gather {
    struct lf_arena *a;
    struct lf_token *item;
    size_t count, room;
};

static enum lf_code take_token(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    if (g->count < g->room)
        g->item[g->count++] = (struct lf_token){ .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
                                                 .account = lf_arena_copy(g->a, lf_row_text(r, 1)),
                                                 .label = lf_arena_copy(g->a, lf_row_text(r, 2)),
                                                 .roles = (unsigned)lf_row_int(r, 3),
                                                 .created = lf_row_int(r, 4),
                                                 .expires = lf_row_int(r, 5),
                                                 .pin = lf_arena_copy(g->a, lf_row_text(r, 6)) };
    return LF_OK;
}

enum lf_code lf_token_list(struct lf_task *t, lf_view account_id, const struct lf_page *page,
                           struct lf_token_list *out, struct lf_err *e)
{
    size_t most = lf_page_rows(page);
    struct gather g = { t->a, LF_NEW(t->a, struct lf_token, most + 1), 0, most + 1 };
    struct lf_account account;
    struct lf_scope scope = t->scope;

    LF_TRY(lf_account_get(t, account_id, &account, e));
    scope.org = account.org;
    LF_TRY(lf_db_run(
        t->db, &scope, &lf_q_token_page,
        LF_ARGS(LF_TEXT(account.id), LF_TEXT(page ? page->after : (lf_view){ 0 }), LF_INT(most + 1)),
        take_token, &g, NULL, e));
    *out = (struct lf_token_list){ .item = g.item, .count = g.count };
    if (g.count > most) {
        out->count = most;
        out->next = g.item[most - 1].id;
    }
    return LF_OK;
}

struct owner {
    struct lf_arena *a;
    lf_view account;
    unsigned roles;
};

static enum lf_code take_owner(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct owner *o = ctx;

    (void)e;
    o->account = lf_arena_copy(o->a, lf_row_text(r, 0));
    o->roles = (unsigned)lf_row_int(r, 1);
    return LF_OK;
}

/* Of the caller's organisation (t->scope.org). */
enum lf_code lf_token_revoke(struct lf_task *t, lf_view id, struct lf_err *e)
{
    struct owner o = { .a = t->a };

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_token_by_id, LF_ARGS(LF_TEXT(id)), take_owner, &o, NULL, e));
    if (!o.account.ptr)
        return lf_err_set(e, LF_NOT_FOUND, "there is no such token");
    if (!lf_view_eq(o.account, t->scope.account))
        LF_TRY(lf_ident_need(t, LF_ROLE_ADMIN, e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_token_delete, LF_ARGS(LF_TEXT(id)), e));
    if (o.roles & LF_ROLE_SENDER)
        t->effects |= LF_FX_TOKENS;
    return lf_audit_add(t, LF_V("token.revoke"), id, (lf_view){ 0 }, e);
}

struct senders {
    struct lf_arena *a;
    struct lf_sender *item;
    size_t count, room, rows;
    lf_time now;
    lf_view after;
};

static enum lf_code take_sender(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct senders *s = ctx;
    lf_view hash = lf_row_blob(r, 2);
    int64_t roles = lf_row_int(r, 3) & lf_row_int(r, 4);
    lf_time expires = lf_row_int(r, 5);

    s->rows++;
    s->after = lf_arena_copy(s->a, lf_row_text(r, 0));
    if (!(roles & LF_ROLE_SENDER) || (expires && expires <= s->now) || hash.len != LF_SHA256)
        return LF_OK;
    if (s->count == LF_SENDERS_MOST)
        return lf_err_set(e, LF_TOO_BIG, "more than %d tokens with the role sender; revoke unused ones",
                          LF_SENDERS_MOST);
    s->item = lf_arena_grow(s->a, s->item, s->count, &s->room, sizeof *s->item);
    s->item[s->count].name = lf_arena_copy(s->a, lf_row_text(r, 1));
    memcpy(s->item[s->count++].hash, hash.ptr, LF_SHA256);
    return LF_OK;
}

enum lf_code lf_sender_list(struct lf_task *t, struct lf_sender_list *out, struct lf_err *e)
{
    struct senders s = { .a = t->a, .now = lf_now(t->env) };

    do {
        s.rows = 0;
        LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_sender_page, LF_ARGS(LF_TEXT(s.after), LF_INT(LF_PAGE_MOST)),
                         take_sender, &s, NULL, e));
    } while (s.rows == LF_PAGE_MOST);
    *out = (struct lf_sender_list){ .item = s.item, .count = s.count };
    return LF_OK;
}
