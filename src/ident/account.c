#include "ident/account.h"

#include <sodium.h>

#include "ident/audit.h"
#include "ident/ident_priv.h"
#include "ident/organisation.h"
#include "store/query_ident.h"
#include "store/query_lost_factor.h"

enum { HASH_KEY = 32 };

static_assert(LF_PASSWORD_HASH == crypto_pwhash_argon2id_STRBYTES, "room for libsodium's text");

bool lf_password_ok(lf_view hash, lf_view password)
{
    char text[LF_PASSWORD_HASH] = { 0 };

    if (hash.len >= sizeof text || password.len > LF_PASSWORD_MOST)
        return false;
    if (hash.len)
        memcpy(text, hash.ptr, hash.len);
    return crypto_pwhash_argon2id_str_verify(text, password.ptr ? password.ptr : "", password.len) == 0;
}

static void print_hash(const unsigned char salt[crypto_pwhash_argon2id_SALTBYTES],
                       const unsigned char key[HASH_KEY], char out[LF_PASSWORD_HASH])
{
    char salt64[sodium_base64_ENCODED_LEN(crypto_pwhash_argon2id_SALTBYTES,
                                          sodium_base64_VARIANT_ORIGINAL_NO_PADDING)];
    char key64[sodium_base64_ENCODED_LEN(HASH_KEY, sodium_base64_VARIANT_ORIGINAL_NO_PADDING)];

    sodium_bin2base64(salt64, sizeof salt64, salt, crypto_pwhash_argon2id_SALTBYTES,
                      sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    sodium_bin2base64(key64, sizeof key64, key, HASH_KEY, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    snprintf(out, LF_PASSWORD_HASH, "$argon2id$v=19$m=%d,t=%d,p=1$%s$%s", LF_PASSWORD_MEM / 1024,
             LF_PASSWORD_OPS, salt64, key64);
}

/* libsodium's own str() takes its salt from the kernel; ours comes from env, so
 * that a simulated node is the same at each run.  The text is the usual one. */
enum lf_code lf_password_hash(const struct lf_env *env, lf_view password, char out[LF_PASSWORD_HASH],
                              struct lf_err *e)
{
    unsigned char salt[crypto_pwhash_argon2id_SALTBYTES], key[HASH_KEY];

    if (password.len > LF_PASSWORD_MOST)
        return lf_err_set(e, LF_BAD_INPUT, "the password is longer than %d bytes", LF_PASSWORD_MOST);
    lf_random(env, salt, sizeof salt);
    if (crypto_pwhash_argon2id(key, sizeof key, password.ptr ? password.ptr : "", password.len, salt,
                               LF_PASSWORD_OPS, LF_PASSWORD_MEM, crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0)
        return lf_err_set(e, LF_AWAY, "no memory to hash a password (%d bytes)", LF_PASSWORD_MEM);
    print_hash(salt, key, out);
    lf_wipe(key, sizeof key);
    return LF_OK;
}

void lf_password_nobody(const struct lf_env *env, char out[LF_PASSWORD_HASH])
{
    unsigned char salt[crypto_pwhash_argon2id_SALTBYTES], key[HASH_KEY];

    lf_random(env, salt, sizeof salt);
    lf_random(env, key, sizeof key);
    print_hash(salt, key, out);
}

enum lf_code lf_password_check(lf_view name, lf_view password, struct lf_err *e)
{
    size_t chars = 0;

    if (!lf_view_is_utf8(password) || password.len > LF_PASSWORD_MOST)
        return lf_err_set(e, LF_UNACCEPTED, "the password must be UTF-8 text of at most %d bytes",
                          LF_PASSWORD_MOST);
    for (size_t i = 0; i < password.len; i++)
        chars += ((unsigned char)password.ptr[i] & 0xc0) != 0x80;
    if (chars < LF_PASSWORD_LEAST)
        return lf_err_set(e, LF_UNACCEPTED, "the password has %zu characters; take at least %d", chars,
                          LF_PASSWORD_LEAST);
    if (lf_view_eq_nocase(name, password))
        return lf_err_set(e, LF_UNACCEPTED, "the password is the account's name; take another");
    return LF_OK;
}

static bool name_ok(lf_view name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

        if (!word && (i == 0 || !strchr("._-@", c) || !c))
            return false;
    }
    return name.len >= 1 && name.len <= LF_ACCOUNT_NAME;
}

struct gather {
    struct lf_arena *a;
    struct lf_account *item;
    size_t count, room;
};

static enum lf_code take_account(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    if (g->count < g->room)
        g->item[g->count++] = (struct lf_account){ .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
                                                   .org = lf_arena_copy(g->a, lf_row_text(r, 1)),
                                                   .name = lf_arena_copy(g->a, lf_row_text(r, 2)),
                                                   .display = lf_arena_copy(g->a, lf_row_text(r, 3)),
                                                   .roles = (unsigned)lf_row_int(r, 4) & LF_ROLES_PERSON,
                                                   .disabled = lf_row_int(r, 5) != 0,
                                                   .totp = lf_row_int(r, 6) != 0,
                                                   .created = lf_row_int(r, 7),
                                                   .seen = lf_row_int(r, 8) };
    return LF_OK;
}

/* One account the caller may see: its own, or as an administrator. */
static enum lf_code one(struct lf_task *t, const struct lf_query *q, lf_view key, struct lf_account *out,
                        struct lf_err *e)
{
    struct lf_account found = { 0 };
    struct gather g = { t->a, &found, 0, 1 };
    struct lf_scope scope;

    LF_TRY(lf_db_run(t->db, &t->scope, q, LF_ARGS(LF_TEXT(key)), take_account, &g, NULL, e));
    if (!g.count)
        return lf_err_set(e, LF_NOT_FOUND, "there is no such account");
    if (!lf_view_eq(found.id, t->scope.account)) {
        LF_TRY(lf_ident_need(t, LF_ROLE_ADMIN, e));
        LF_TRY(lf_ident_reach(t, found.org, &scope, e));
    }
    *out = found;
    return LF_OK;
}

enum lf_code lf_account_get(struct lf_task *t, lf_view id, struct lf_account *out, struct lf_err *e)
{
    return one(t, &lf_q_account_by_id, id, out, e);
}

enum lf_code lf_account_find(struct lf_task *t, lf_view name, struct lf_account *out, struct lf_err *e)
{
    return one(t, &lf_q_account_by_name, name, out, e);
}

enum lf_code lf_account_named(struct lf_task *t, lf_view given, struct lf_account *out, struct lf_err *e)
{
    if (lf_account_get(t, given, out, NULL) != LF_OK && lf_account_find(t, given, out, NULL) != LF_OK)
        return lf_err_set(e, LF_NOT_FOUND, "no account \"%.*s\"", LF_FMT(lf_view_first(given, 80)));
    return LF_OK;
}

enum lf_code lf_account_colleague(struct lf_task *t, lf_view given, struct lf_account *out, struct lf_err *e)
{
    struct lf_account found = { 0 };
    struct gather g = { t->a, &found, 0, 1 };

    LF_TRY(lf_ident_need(
        t, LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER | LF_ROLE_READER, e));
    LF_TRY(
        lf_db_run(t->db, &t->scope, &lf_q_account_by_id, LF_ARGS(LF_TEXT(given)), take_account, &g, NULL, e));
    if (!g.count)
        LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_account_by_name, LF_ARGS(LF_TEXT(given)), take_account, &g,
                         NULL, e));
    if (!g.count ||
        !(lf_view_eq(found.org, t->scope.org) || (t->scope.serving && lf_view_eq(found.org, t->self->org))))
        return lf_err_set(e, LF_NOT_FOUND, "there is no such account");
    *out = found;
    return LF_OK;
}

/* An organisation of this node that the caller manages the accounts of. */
static enum lf_code within(struct lf_task *t, lf_view org, struct lf_scope *out, struct lf_err *e)
{
    struct lf_organisation is;

    LF_TRY(lf_ident_need(t, LF_ROLE_ADMIN, e));
    *out = t->scope;
    if (!org.len || lf_view_eq(org, t->scope.org))
        return LF_OK;
    LF_TRY(lf_organisation_get(t, org, &is, e));
    return lf_ident_reach(t, is.id, out, e);
}

enum lf_code lf_account_list(struct lf_task *t, lf_view org, const struct lf_page *page,
                             struct lf_account_list *out, struct lf_err *e)
{
    struct lf_scope scope;
    size_t most = lf_page_rows(page);
    struct gather g = { t->a, LF_NEW(t->a, struct lf_account, most + 1), 0, most + 1 };

    LF_TRY(within(t, org, &scope, e));
    LF_TRY(lf_db_run(t->db, &scope, &lf_q_account_page,
                     LF_ARGS(LF_TEXT(page ? page->after : (lf_view){ 0 }), LF_INT(most + 1)), take_account,
                     &g, NULL, e));
    *out = (struct lf_account_list){ .item = g.item, .count = g.count };
    if (g.count > most) {
        out->count = most;
        out->next = g.item[most - 1].name;
    }
    return LF_OK;
}

static enum lf_code roles_ok(unsigned roles, struct lf_err *e)
{
    if (!roles || (roles & ~(unsigned)LF_ROLES_PERSON))
        return lf_err_set(e, LF_UNACCEPTED, "an account has at least one of the roles people can have");
    return LF_OK;
}

enum lf_code lf_account_create(struct lf_task *t, lf_view org, lf_view name, lf_view display,
                               lf_view password, unsigned roles, lf_view *id, struct lf_err *e)
{
    char hash[LF_PASSWORD_HASH];
    struct lf_scope scope;
    lf_view new_id;
    enum lf_code rc;

    LF_TRY(within(t, org, &scope, e));
    LF_TRY(roles_ok(roles, e));
    if (!name_ok(name))
        return lf_err_set(e, LF_BAD_INPUT,
                          "an account's name is 1 to %d of a-z 0-9 . _ - @ and begins with a letter or digit",
                          LF_ACCOUNT_NAME);
    if (display.len > 200)
        return lf_err_set(e, LF_BAD_INPUT, "the name to display is longer than 200 bytes");
    LF_TRY(lf_password_check(name, password, e));
    LF_TRY(lf_password_hash(t->env, password, hash, e));
    new_id = lf_uuid_new(t->env, t->a);
    rc = lf_db_exec(t->db, &scope, &lf_q_account_insert,
                    LF_ARGS(LF_TEXT(new_id), LF_TEXT(name), LF_TEXT(display.len ? display : name),
                            LF_TEXT(lf_view_of(hash)), LF_INT(roles), LF_INT(lf_now(t->env))),
                    e);
    if (rc == LF_CONFLICT)
        return lf_err_set(e, rc, "there is an account %.*s already; names are unique on a node",
                          LF_FMT(name));
    if (rc != LF_OK)
        return lf_err_at(e, "account %.*s", LF_FMT(name));
    LF_TRY(lf_audit_add(t, LF_V("account.create"), new_id,
                        lf_arena_printf(t->a, "{\"name\":\"%.*s\",\"roles\":\"%.*s\"}", LF_FMT(name),
                                        LF_FMT(lf_roles_text(t->a, roles))),
                        e));
    *id = new_id;
    return LF_OK;
}

struct secret {
    struct lf_arena *a;
    lf_view hash;
};

static enum lf_code take_secret(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct secret *s = ctx;

    (void)e;
    s->hash = lf_arena_copy(s->a, lf_row_text(r, 0));
    return LF_OK;
}

/* Whatever was remembered of the account ends with the change; its log senders
 * may have changed with it. */
static enum lf_code changed(struct lf_task *t, struct lf_ident *ident, lf_view id, bool sessions,
                            struct lf_err *e)
{
    lf_ident_forget(ident, id);
    t->effects |= LF_FX_TOKENS;
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_lost_clear, LF_ARGS(LF_TEXT(id)), e));
    if (sessions)
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_session_delete_account, LF_ARGS(LF_TEXT(id)), e));
    return LF_OK;
}

enum lf_code lf_account_set_password(struct lf_task *t, struct lf_ident *ident, lf_view id, lf_view old,
                                     lf_view password, struct lf_err *e)
{
    struct lf_account account;
    struct lf_scope scope = t->scope;
    struct secret s = { .a = t->a };
    char hash[LF_PASSWORD_HASH];

    LF_TRY(lf_account_get(t, id, &account, e));
    scope.org = account.org;
    if (lf_view_eq(id, t->scope.account)) {
        if (lf_ident_blocked(ident, 'i', id))
            return lf_err_set(e, LF_TOO_MANY, "too many wrong passwords; wait half a minute and try again");
        LF_TRY(
            lf_db_run(t->db, &scope, &lf_q_account_secret, LF_ARGS(LF_TEXT(id)), take_secret, &s, NULL, e));
        if (!lf_password_ok(s.hash, old)) {
            lf_ident_failed(ident, 'i', id);
            return lf_err_set(e, LF_FORBIDDEN, "the old password is not right");
        }
    }
    LF_TRY(lf_password_check(account.name, password, e));
    LF_TRY(lf_password_hash(t->env, password, hash, e));
    LF_TRY(lf_db_exec(t->db, &scope, &lf_q_account_set_password,
                      LF_ARGS(LF_TEXT(lf_view_of(hash)), LF_TEXT(id)), e));
    LF_TRY(changed(t, ident, id, true, e));
    return lf_audit_add(t, LF_V("account.set_password"), id, (lf_view){ 0 }, e);
}

/* Before an administrator loses the role or is disabled: somebody must be left. */
static enum lf_code not_the_last(struct lf_task *t, const struct lf_account *account, struct lf_err *e)
{
    int64_t others;

    if (!(account->roles & LF_ROLE_ADMIN) || !t->self || !lf_view_eq(account->org, t->self->org))
        return LF_OK;
    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_account_admins,
                     LF_ARGS(LF_TEXT(t->self->org), LF_TEXT(account->id)), &others, e));
    if (others == 0)
        return lf_err_set(e, LF_UNACCEPTED, "%.*s is the last administrator of this node; make another first",
                          LF_FMT(account->name));
    return LF_OK;
}

enum lf_code lf_account_set_roles(struct lf_task *t, struct lf_ident *ident, lf_view id, unsigned roles,
                                  struct lf_err *e)
{
    struct lf_account account;
    struct lf_scope scope = t->scope;

    LF_TRY(lf_ident_need(t, LF_ROLE_ADMIN, e));
    LF_TRY(roles_ok(roles, e));
    LF_TRY(lf_account_get(t, id, &account, e));
    scope.org = account.org;
    if (!(roles & LF_ROLE_ADMIN))
        LF_TRY(not_the_last(t, &account, e));
    LF_TRY(lf_db_exec(t->db, &scope, &lf_q_account_set_roles, LF_ARGS(LF_INT(roles), LF_TEXT(id)), e));
    LF_TRY(changed(t, ident, id, false, e));
    return lf_audit_add(t, LF_V("account.set_roles"), id,
                        lf_arena_printf(t->a, "{\"roles\":\"%.*s\"}", LF_FMT(lf_roles_text(t->a, roles))), e);
}

enum lf_code lf_account_disable(struct lf_task *t, struct lf_ident *ident, lf_view id, bool disabled,
                                struct lf_err *e)
{
    struct lf_account account;
    struct lf_scope scope = t->scope;

    LF_TRY(lf_ident_need(t, LF_ROLE_ADMIN, e));
    LF_TRY(lf_account_get(t, id, &account, e));
    scope.org = account.org;
    if (disabled)
        LF_TRY(not_the_last(t, &account, e));
    LF_TRY(lf_db_exec(t->db, &scope, &lf_q_account_set_disabled, LF_ARGS(LF_INT(disabled), LF_TEXT(id)), e));
    LF_TRY(changed(t, ident, id, disabled, e));
    return lf_audit_add(t, disabled ? LF_V("account.disable") : LF_V("account.enable"), id, (lf_view){ 0 },
                        e);
}
