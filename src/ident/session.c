#include "ident/session.h"

#include "ident/audit.h"
#include "ident/ident_priv.h"
#include "ident/recovery.h"
#include "ident/totp.h"
#include "store/query_ident.h"

/* A request a minute marks the session as used, not each: reading a page should
 * not cost a write. */
#define MARK_EVERY LF_MINUTE

static lf_view hash_of(lf_view token, uint8_t out[LF_SHA256])
{
    lf_sha256(token, out);
    return (lf_view){ (const char *)out, LF_SHA256 };
}

/* The code of now, which then is never taken again, or a recovery code. */
static enum lf_code second_factor(struct lf_task *t, const struct lf_login_row *row, lf_view code,
                                  bool *right, struct lf_err *e)
{
    uint64_t step = lf_totp_match(row->totp_secret, code, lf_now(t->env), row->totp_last);
    int64_t changed = 0;

    *right = false;
    if (!step)
        return lf_recovery_use(t, row->id, code, right, e);
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_account_set_totp_last, LF_ARGS(LF_INT(step), LF_TEXT(row->id)),
                     NULL, NULL, &changed, e));
    *right = changed == 1;
    return LF_OK;
}

enum lf_code lf_ident_session_open(struct lf_task *t, lf_view *token, struct lf_err *e)
{
    lf_view me = t->scope.account;
    lf_time now = lf_now(t->env);
    uint8_t raw[32], hash[LF_SHA256];

    lf_random(t->env, raw, sizeof raw);
    *token = lf_base64url(t->a, raw, sizeof raw);
    lf_wipe(raw, sizeof raw);
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_session_insert,
                      LF_ARGS(LF_BLOB(hash_of(*token, hash)), LF_TEXT(me), LF_INT(now), LF_INT(now)), e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_account_set_seen, LF_ARGS(LF_INT(now), LF_TEXT(me)), e));
    return lf_audit_add(t, LF_V("account.login"), me, (lf_view){ 0 }, e);
}

enum lf_code lf_login(struct lf_task *t, struct lf_ident *ident, lf_view name, lf_view password, lf_view totp,
                      lf_view remote, lf_view *session_token, struct lf_err *e)
{
    struct lf_login_row row;
    struct lf_scope before = t->scope;
    enum lf_code rc;

    LF_TRY(lf_ident_password(t, ident, name, password, remote, &row, e));
    t->scope = (struct lf_scope){ .org = row.org, .account = row.id, .roles = row.roles };
    if (row.totp_on) {
        bool right;

        rc = second_factor(t, &row, totp, &right, e);
        if (rc == LF_OK && !right) {
            lf_ident_failed(ident, 'a', name);
            lf_ident_failed(ident, 'r', remote);
            rc = lf_ident_unknown(e);
        }
        if (rc != LF_OK)
            goto no;
    }
    rc = lf_ident_session_open(t, session_token, e);
    if (rc != LF_OK)
        goto no;
    lf_ident_passed(ident, 'a', name);
    return LF_OK;
no:
    t->scope = before;
    return rc;
}

struct session {
    struct lf_arena *a;
    bool found, disabled;
    lf_time created, used;
    struct lf_scope scope;
};

static enum lf_code take_session(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct session *s = ctx;

    (void)e;
    s->found = true;
    s->created = lf_row_int(r, 1);
    s->used = lf_row_int(r, 2);
    s->disabled = lf_row_int(r, 5) != 0;
    s->scope = (struct lf_scope){ .account = lf_arena_copy(s->a, lf_row_text(r, 0)),
                                  .org = lf_arena_copy(s->a, lf_row_text(r, 3)),
                                  .roles = (unsigned)lf_row_int(r, 4) & LF_ROLES_PERSON };
    return LF_OK;
}

enum lf_code lf_session_use(struct lf_task *t, lf_view token, struct lf_err *e)
{
    struct session s = { .a = t->a };
    lf_time now = lf_now(t->env);
    uint8_t hash[LF_SHA256];

    if (token.len == LF_SESSION_TOKEN)
        LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_session_get, LF_ARGS(LF_BLOB(hash_of(token, hash))),
                         take_session, &s, NULL, e));
    if (!s.found || s.disabled || now - s.used > LF_SESSION_IDLE || now - s.created > LF_SESSION_MOST)
        return lf_err_set(e, LF_UNAUTHENTIC, "the session has ended; log in again");
    if (now - s.used >= MARK_EVERY)
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_session_touch,
                          LF_ARGS(LF_INT(now), LF_BLOB(((lf_view){ (const char *)hash, sizeof hash }))), e));
    t->scope = s.scope;
    return LF_OK;
}

enum lf_code lf_logout(struct lf_task *t, lf_view token, struct lf_err *e)
{
    uint8_t hash[LF_SHA256];

    return lf_db_exec(t->db, &t->scope, &lf_q_session_delete, LF_ARGS(LF_BLOB(hash_of(token, hash))), e);
}

enum lf_code lf_session_sweep(struct lf_task *t, struct lf_err *e)
{
    lf_time now = lf_now(t->env);

    return lf_db_exec(t->db, &t->scope, &lf_q_session_sweep,
                      LF_ARGS(LF_INT(now - LF_SESSION_IDLE), LF_INT(now - LF_SESSION_MOST)), e);
}

lf_view lf_csrf_token(struct lf_arena *a, lf_view session_token)
{
    uint8_t mac[LF_SHA256];

    lf_hmac_sha256(session_token, LF_V("lianfang csrf"), mac);
    return lf_base64url(a, mac, sizeof mac);
}

bool lf_csrf_ok(lf_view session_token, lf_view csrf)
{
    struct lf_arena a = { .block_size = 256 };
    bool ok = session_token.len == LF_SESSION_TOKEN &&
              lf_equal_secret(lf_csrf_token(&a, session_token), csrf);

    lf_arena_clear(&a);
    return ok;
}
