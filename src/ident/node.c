#include "ident/node.h"

#include "ident/audit.h"
#include "ident/ident_priv.h"
#include "store/query_ident.h"

struct lf_scope lf_node_scope(const struct lf_identity *self)
{
    return (struct lf_scope){ .org = self->org, .account = LF_VIEW("system"), .roles = LF_ROLE_SYSTEM };
}

struct lf_task lf_node_task(const struct lf_task *t)
{
    struct lf_task own = *t;

    own.scope = lf_node_scope(t->self);
    own.effects = 0;
    return own;
}

struct lf_scope lf_node_rows(const struct lf_task *t)
{
    return (struct lf_scope){ .org = t->self->org, .account = t->scope.account, .roles = t->scope.roles };
}

static enum lf_code put(struct lf_db *db, const char *key, lf_view value, struct lf_err *e)
{
    return lf_db_exec(db, NULL, &lf_q_setting_set, LF_ARGS(LF_TEXT(lf_view_of(key)), LF_TEXT(value)), e);
}

static enum lf_code get(struct lf_db *db, struct lf_arena *a, const char *key, lf_view *out, struct lf_err *e)
{
    if (lf_db_text(db, NULL, &lf_q_setting_get, LF_ARGS(LF_TEXT(lf_view_of(key))), a, out, e) == LF_OK)
        return LF_OK;
    return lf_err_at(e, "setting %s", key);
}

static enum lf_code tier_ok(lf_view tier, struct lf_err *e)
{
    if (lf_view_is(tier, "provider") || lf_view_is(tier, "sector") || lf_view_is(tier, "nation"))
        return LF_OK;
    return lf_err_set(e, LF_BAD_INPUT, "tier \"%.*s\" is none of provider, sector, nation", LF_FMT(tier));
}

/* `node` is written last: whoever finds it finds the others. */
static enum lf_code make(struct lf_db *db, const struct lf_env *env, struct lf_arena *a, lf_view name,
                         lf_view tier, struct lf_err *e)
{
    uint8_t seed[LF_SIGN_SEED], redact[32];
    lf_view org = lf_uuid_new(env, a);
    enum lf_code rc;

    LF_TRY(ident_name_ok(name, e));
    LF_TRY(tier_ok(tier, e));
    lf_random(env, seed, sizeof seed);
    lf_random(env, redact, sizeof redact);
    rc = lf_db_exec(db, NULL, &lf_q_organisation_insert,
                    LF_ARGS(LF_TEXT(org), LF_TEXT(name), LF_TEXT(LF_V("")), LF_NULL, LF_INT(lf_now(env))), e);
    if (rc == LF_OK)
        rc = put(db, "ident.org", org, e);
    if (rc == LF_OK)
        rc = put(db, "ident.name", name, e);
    if (rc == LF_OK)
        rc = put(db, "ident.tier", tier, e);
    if (rc == LF_OK)
        rc = put(db, "ident.seed", lf_hex(a, seed, sizeof seed), e);
    if (rc == LF_OK)
        rc = put(db, "ident.redact", lf_hex(a, redact, sizeof redact), e);
    if (rc == LF_OK)
        rc = put(db, "ident.node", lf_arena_printf(a, "identity--%.*s", LF_FMT(lf_uuid_new(env, a))), e);
    lf_wipe(seed, sizeof seed);
    lf_wipe(redact, sizeof redact);
    return rc;
}

static enum lf_code load(struct lf_db *db, struct lf_arena *a, struct lf_identity *out, struct lf_err *e)
{
    struct lf_identity id = { 0 };
    uint8_t seed[LF_SIGN_SEED];
    lf_view text;

    LF_TRY(get(db, a, "ident.node", &id.node, e));
    LF_TRY(get(db, a, "ident.org", &id.org, e));
    LF_TRY(get(db, a, "ident.name", &id.name, e));
    LF_TRY(get(db, a, "ident.tier", &id.tier, e));
    LF_TRY(get(db, a, "ident.redact", &text, e));
    LF_TRY(lf_unhex(text, id.redact_key, sizeof id.redact_key, e));
    LF_TRY(get(db, a, "ident.seed", &text, e));
    LF_TRY(lf_unhex(text, seed, sizeof seed, e));
    lf_sign_keys(seed, id.sign_public, id.sign_secret);
    lf_wipe(seed, sizeof seed);
    *out = id;
    return LF_OK;
}

static enum lf_code load_or_make(struct lf_db *db, const struct lf_env *env, struct lf_arena *a, lf_view name,
                                 lf_view tier, struct lf_identity *out, struct lf_err *e)
{
    struct lf_identity id;
    enum lf_code rc = load(db, a, &id, e);
    bool made = rc == LF_NOT_FOUND, renamed = false;

    if (made) {
        LF_TRY(make(db, env, a, name, tier, e));
        rc = load(db, a, &id, e);
    }
    if (rc != LF_OK)
        return lf_err_at(e, "identity of the node");
    if (tier.len && !lf_view_eq(tier, id.tier))
        return lf_err_set(e, LF_CONFLICT,
                          "this node was made as tier %.*s, not %.*s; use its own data directory",
                          LF_FMT(id.tier), LF_FMT(tier));
    if (name.len && !lf_view_eq(name, id.name)) {
        LF_TRY(ident_name_ok(name, e));
        LF_TRY(put(db, "ident.name", name, e));
        LF_TRY(lf_db_exec(db, NULL, &lf_q_organisation_rename, LF_ARGS(LF_TEXT(name), LF_TEXT(id.org)), e));
        id.name = lf_arena_copy(a, name);
        renamed = true;
    }
    if (made || renamed) {
        struct lf_task t = { .a = a, .env = env, .db = db, .self = &id, .scope = lf_node_scope(&id) };
        LF_TRY(
            lf_audit_add(&t, made ? LF_V("node.create") : LF_V("node.rename"), id.node, (lf_view){ 0 }, e));
    }
    *out = id;
    return LF_OK;
}

enum lf_code lf_node_load_or_create(struct lf_db *db, const struct lf_env *env, struct lf_arena *a,
                                    lf_view name, lf_view tier, struct lf_identity *out, struct lf_err *e)
{
    bool own = !lf_db_in_transaction(db);
    struct lf_identity id;
    enum lf_code rc;

    if (own)
        LF_TRY(lf_db_begin(db, e));
    rc = load_or_make(db, env, a, name, tier, &id, e);
    if (own && rc == LF_OK)
        rc = lf_db_commit(db, e);
    else if (own)
        lf_db_rollback(db);
    if (rc == LF_OK)
        *out = id;
    return rc;
}

/* ---- keys ---- */

/* "HEX until;" for each key that was ours. */
static enum lf_code old_keys(struct lf_task *t, lf_view *out, struct lf_err *e)
{
    enum lf_code rc =
        lf_db_text(t->db, NULL, &lf_q_setting_get, LF_ARGS(LF_TEXT(LF_V("ident.old_keys"))), t->a, out, e);

    if (rc == LF_NOT_FOUND)
        *out = LF_V("");
    return rc == LF_NOT_FOUND ? LF_OK : rc;
}

enum lf_code lf_node_key_set(struct lf_task *t, const uint8_t seed[LF_SIGN_SEED], struct lf_err *e)
{
    lf_view old;

    LF_TRY(lf_ident_need(t, LF_ROLE_SYSTEM, e));
    LF_TRY(old_keys(t, &old, e));
    LF_TRY(put(t->db, "ident.old_keys",
               lf_arena_printf(t->a, "%.*s%.*s %lld;", LF_FMT(old),
                               LF_FMT(lf_hex(t->a, t->self->sign_public, LF_SIGN_PUBLIC)),
                               (long long)lf_now(t->env)),
               e));
    return put(t->db, "ident.seed", lf_hex(t->a, seed, LF_SIGN_SEED), e);
}

enum lf_code lf_node_key_was(struct lf_task *t, const uint8_t key[LF_SIGN_PUBLIC], lf_time signed_at,
                             bool *was, struct lf_err *e)
{
    lf_view hex = lf_hex(t->a, key, LF_SIGN_PUBLIC), old, one, name;
    int64_t until;

    *was = memcmp(key, t->self->sign_public, LF_SIGN_PUBLIC) == 0;
    if (*was)
        return LF_OK;
    LF_TRY(old_keys(t, &old, e));
    while (lf_view_split(&old, ';', &one))
        if (lf_view_split(&one, ' ', &name) && lf_view_eq(name, hex) && lf_view_i64(one, &until) &&
            signed_at <= until)
            *was = true;
    return LF_OK;
}

/* ---- settings ---- */

/* The identity's keys lie in the same table and are never handed out by name. */
static enum lf_code key_ok(lf_view key, struct lf_err *e)
{
    if (key.len >= 3 && key.len <= 120 && !lf_view_starts(key, LF_V("ident.")))
        return LF_OK;
    return lf_err_set(e, LF_FORBIDDEN, "\"%.*s\" is no setting of a room", (int)(key.len > 40 ? 40 : key.len),
                      key.ptr ? key.ptr : "");
}

enum lf_code lf_setting_get(struct lf_task *t, lf_view key, lf_view *value, struct lf_err *e)
{
    LF_TRY(ident_of_node(t, e));
    LF_TRY(key_ok(key, e));
    return lf_db_text(t->db, &t->scope, &lf_q_setting_get, LF_ARGS(LF_TEXT(key)), t->a, value, e);
}

enum lf_code lf_setting_set(struct lf_task *t, lf_view key, lf_view value, struct lf_err *e)
{
    LF_TRY(ident_of_node(t, e));
    LF_TRY(key_ok(key, e));
    if (value.len > 65536)
        return lf_err_set(e, LF_TOO_BIG, "setting %.*s: %zu bytes, more than 65536", LF_FMT(key), value.len);
    return lf_db_exec(t->db, &t->scope, &lf_q_setting_set, LF_ARGS(LF_TEXT(key), LF_TEXT(value)), e);
}
