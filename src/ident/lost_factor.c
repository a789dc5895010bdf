#include "ident/lost_factor.h"

#include "ident/audit.h"
#include "ident/ident_priv.h"
#include "ident/recovery.h"
#include "store/query_ident.h"
#include "store/query_lost_factor.h"

const char *lf_lost_state_name(enum lf_lost_state s)
{
    static const char *const names[] = { "asked", "approved", "refused" };

    return names[s];
}

struct row {
    struct lf_lost lost;
    lf_view org;
    unsigned roles;
    bool disabled;
};

struct gather {
    struct lf_arena *a;
    struct row *items;
    size_t n, cap;
};

static enum lf_code on_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *g->items);
    g->items[g->n++] = (struct row){ .lost = { .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
                                               .account = lf_arena_copy(g->a, lf_row_text(r, 1)),
                                               .name = lf_arena_copy(g->a, lf_row_text(r, 2)),
                                               .display = lf_arena_copy(g->a, lf_row_text(r, 3)),
                                               .number = lf_arena_copy(g->a, lf_row_text(r, 4)),
                                               .reason = lf_arena_copy(g->a, lf_row_text(r, 5)),
                                               .remote = lf_arena_copy(g->a, lf_row_text(r, 6)),
                                               .state = (enum lf_lost_state)lf_row_int(r, 7),
                                               .made = lf_row_int(r, 8),
                                               .until = lf_row_int(r, 9),
                                               .approver = lf_arena_copy(g->a, lf_row_text(r, 10)) },
                                     .org = lf_arena_copy(g->a, lf_row_text(r, 11)),
                                     .roles = (unsigned)lf_row_int(r, 12),
                                     .disabled = lf_row_int(r, 13) != 0 };
    return LF_OK;
}

static lf_view kept(lf_view secret, uint8_t out[LF_SHA256])
{
    lf_sha256(secret, out);
    return (lf_view){ (const char *)out, LF_SHA256 };
}

/* ---- who lost it ---- */

/* In the account's scope. */
static enum lf_code put(struct lf_task *t, const struct lf_login_row *who, lf_view reason, lf_view remote,
                        struct lf_lost *out, lf_view *secret, struct lf_err *e)
{
    lf_time now = lf_now(t->env);
    uint8_t raw[32], hash[LF_SHA256];
    uint32_t n;
    int64_t made;

    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_lost_made, LF_ARGS(LF_TEXT(who->id)), &made, e));
    if (made && made <= now && now - made < LF_LOST_AGAIN)
        return lf_err_set(e, LF_TOO_MANY, "it was asked a moment ago; wait a minute");
    lf_random(t->env, raw, sizeof raw);
    memcpy(&n, raw, sizeof n);
    lf_random(t->env, raw, sizeof raw); /* nothing of the secret is in the number */
    *secret = lf_base64url(t->a, raw, sizeof raw);
    lf_wipe(raw, sizeof raw);
    *out = (struct lf_lost){ .id = lf_uuid_new(t->env, t->a),
                             .account = who->id,
                             .number = lf_arena_printf(t->a, "%06u", n % 1000000),
                             .reason = reason,
                             .remote = remote,
                             .made = now,
                             .until = now + LF_LOST_ASKED };
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_lost_put,
                      LF_ARGS(LF_TEXT(out->account), LF_TEXT(out->id), LF_BLOB(kept(*secret, hash)),
                              LF_TEXT(out->number), LF_TEXT(out->reason), LF_TEXT(out->remote),
                              LF_INT(out->made), LF_INT(out->until)),
                      e));
    return lf_audit_add(t, LF_V("account.factor_lost"), who->id, (lf_view){ 0 }, e);
}

enum lf_code lf_lost_ask(struct lf_task *t, struct lf_ident *ident, lf_view name, lf_view password,
                         lf_view reason, lf_view remote, struct lf_lost *out, lf_view *secret,
                         struct lf_err *e)
{
    struct lf_scope before = t->scope;
    struct lf_login_row row;
    enum lf_code rc;

    LF_TRY(lf_ident_password(t, ident, name, password, remote, &row, e));
    if (!row.totp_on)
        return lf_err_set(e, LF_CONFLICT, "the account has no second factor; sign in without a code");
    reason = lf_view_trim(reason);
    if (!lf_view_is_text(reason, 1, LF_LOST_REASON))
        return lf_err_set(e, LF_BAD_INPUT, "say in 1 to %d bytes what happened and how you are reached",
                          LF_LOST_REASON);
    t->scope = (struct lf_scope){ .org = row.org, .account = row.id, .roles = row.roles };
    rc = put(t, &row, reason, lf_view_some(remote), out, secret, e);
    out->name = name;
    t->scope = before;
    return rc;
}

static enum lf_code of_secret(struct lf_task *t, lf_view secret, struct row *out, struct lf_err *e)
{
    struct gather g = { .a = t->a };
    uint8_t hash[LF_SHA256];

    if (secret.len == LF_LOST_SECRET)
        LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_lost_by_secret,
                         LF_ARGS(LF_BLOB(kept(secret, hash)), LF_INT(lf_now(t->env))), on_row, &g, NULL, e));
    if (!g.n || g.items[0].disabled)
        return lf_err_set(e, LF_NOT_FOUND, "nothing is asked for by this browser any more; ask again");
    *out = g.items[0];
    return LF_OK;
}

enum lf_code lf_lost_of(struct lf_task *t, lf_view secret, struct lf_lost *out, struct lf_err *e)
{
    struct row row;

    LF_TRY(of_secret(t, secret, &row, e));
    *out = row.lost;
    return LF_OK;
}

/* In the account's scope: the factor goes, a session comes. */
static enum lf_code let_in(struct lf_task *t, const struct row *row, lf_view *session_token, struct lf_err *e)
{
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_account_set_totp,
                      LF_ARGS(LF_NULL, LF_INT(0), LF_INT(0), LF_TEXT(row->lost.account)), e));
    LF_TRY(lf_recovery_clear(t, &t->scope, row->lost.account, e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_lost_clear, LF_ARGS(LF_TEXT(row->lost.account)), e));
    LF_TRY(lf_audit_add(t, LF_V("account.totp_off"), row->lost.account,
                        lf_arena_printf(t->a, "{\"approver\":\"%.*s\"}", LF_FMT(row->lost.approver)), e));
    return lf_ident_session_open(t, session_token, e);
}

enum lf_code lf_lost_enter(struct lf_task *t, lf_view secret, lf_view *session_token, struct lf_err *e)
{
    struct lf_scope before = t->scope;
    struct row row;
    enum lf_code rc;

    LF_TRY(of_secret(t, secret, &row, e));
    if (row.lost.state != LF_LOST_GRANTED)
        return lf_err_set(e, LF_CONFLICT, "nobody has approved it yet");
    t->scope = (struct lf_scope){ .org = row.org,
                                  .account = row.lost.account,
                                  .roles = row.roles & LF_ROLES_PERSON };
    rc = let_in(t, &row, session_token, e);
    if (rc != LF_OK)
        t->scope = before;
    return rc;
}

/* ---- who consents ---- */

static enum lf_code may_decide(const struct lf_task *t, struct lf_err *e)
{
    return lf_ident_need(t, LF_ROLE_ADMIN | LF_ROLE_REVIEWER, e);
}

enum lf_code lf_lost_list(struct lf_task *t, size_t *n, const struct lf_lost **out, struct lf_err *e)
{
    struct gather g = { .a = t->a };
    struct lf_lost *list;

    LF_TRY(may_decide(t, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_lost_list, LF_ARGS(LF_INT(lf_now(t->env)), LF_INT(LF_LOST_MOST)),
                     on_row, &g, NULL, e));
    list = LF_NEW(t->a, struct lf_lost, g.n + 1);
    for (size_t i = 0; i < g.n; i++)
        list[i] = g.items[i].lost;
    *n = g.n;
    *out = list;
    return LF_OK;
}

enum lf_code lf_lost_decide(struct lf_task *t, lf_view id, bool approve, struct lf_err *e)
{
    struct gather g = { .a = t->a };
    lf_time now = lf_now(t->env);
    int64_t changed = 0;
    const struct row *row;

    LF_TRY(may_decide(t, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_lost_by_id, LF_ARGS(LF_TEXT(id), LF_INT(now)), on_row, &g, NULL,
                     e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "nobody asks for that any more");
    row = &g.items[0];
    if (lf_view_eq(row->lost.account, t->scope.account))
        return lf_err_set(e, LF_FORBIDDEN, "nobody approves his own: another person does");
    if (!(t->scope.roles & LF_ROLE_ADMIN) && (row->roles & ~t->scope.roles))
        return lf_err_set(e, LF_FORBIDDEN,
                          "the account has a role that you do not have: an administrator decides");
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_lost_decide,
                     LF_ARGS(LF_INT(approve ? LF_LOST_GRANTED : LF_LOST_REFUSED),
                             LF_INT(approve ? now + LF_LOST_APPROVED : row->lost.until),
                             LF_TEXT(t->scope.account), LF_TEXT(id)),
                     NULL, NULL, &changed, e));
    if (!changed)
        return lf_err_set(e, LF_CONFLICT, "somebody has decided it already");
    return lf_audit_add(t,
                        approve ? LF_V("account.factor_lost_approved") : LF_V("account.factor_lost_refused"),
                        row->lost.account, (lf_view){ 0 }, e);
}
