#include "ident/ident.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/map.h"

#include "ident/ident_priv.h"
#include "store/query_ident.h"

enum { ID_ROOM = 40, WAYS = 4 };

struct remembered {
    uint8_t mac[LF_SHA256];
    char account[ID_ROOM], org[ID_ROOM]; /* NUL-terminated; empty account = free */
    unsigned roles;
    lf_time until; /* tick */
};

struct counter {
    uint64_t who; /* 0 = free */
    unsigned count;
    lf_time at; /* tick of the last change */
};

struct lf_ident {
    const struct lf_env *env;
    uint8_t key[32];
    uint64_t sip[2];
    char nobody[LF_PASSWORD_HASH]; /* checked for unknown names, so that they cost the same */
    struct remembered cache[LF_IDENT_CACHE];
    struct counter counters[LF_IDENT_THROTTLE]; /* sets of WAYS; the stalest of a set gives way */
};

struct lf_ident *lf_ident_create(const struct lf_env *env)
{
    struct lf_ident *ident = calloc(1, sizeof *ident);

    LF_ASSERT(ident);
    ident->env = env;
    lf_random(env, ident->key, sizeof ident->key);
    lf_random(env, ident->sip, sizeof ident->sip);
    lf_password_nobody(env, ident->nobody);
    return ident;
}

void lf_ident_destroy(struct lf_ident *ident)
{
    if (!ident)
        return;
    lf_wipe(ident, sizeof *ident);
    free(ident);
}

/* ---- failures ---- */

static uint64_t who_of(const struct lf_ident *ident, char kind, lf_view who)
{
    char text[128];
    size_t n = who.len < sizeof text - 1 ? who.len : sizeof text - 1;
    uint64_t h;

    text[0] = kind;
    if (n)
        memcpy(text + 1, who.ptr, n);
    h = lf_siphash(ident->sip, (lf_view){ text, n + 1 });
    return h ? h : 1;
}

/* The counter of `who` with what time gave back taken off; NULL if there is none
 * and `make` is false. */
static struct counter *counter_of(struct lf_ident *ident, char kind, lf_view who, bool make)
{
    uint64_t h = who_of(ident, kind, who);
    struct counter *set = &ident->counters[h % (LF_IDENT_THROTTLE / WAYS) * WAYS], *old = set;
    lf_time now = lf_tick(ident->env);

    for (int i = 0; i < WAYS; i++) {
        struct counter *c = &set[i];

        if (c->who == h) {
            lf_time back = (now - c->at) / LF_IDENT_TRY_BACK;
            c->count = back >= (lf_time)c->count ? 0 : c->count - (unsigned)back;
            c->at += back * LF_IDENT_TRY_BACK;
            return c;
        }
        if (!c->who || (old->who && c->at < old->at))
            old = c;
    }
    if (!make)
        return NULL;
    *old = (struct counter){ .who = h, .at = now };
    return old;
}

static unsigned limit_of(char kind)
{
    return kind == 'r' ? LF_IDENT_REMOTE_TRIES : LF_IDENT_ACCOUNT_TRIES;
}

bool lf_ident_blocked(struct lf_ident *ident, char kind, lf_view who)
{
    const struct counter *c = who.len ? counter_of(ident, kind, who, false) : NULL;

    return c && c->count >= limit_of(kind);
}

void lf_ident_failed(struct lf_ident *ident, char kind, lf_view who)
{
    struct counter *c = who.len ? counter_of(ident, kind, who, true) : NULL;

    if (!c)
        return;
    if (c->count == 0)
        c->at = lf_tick(ident->env);
    if (c->count < limit_of(kind))
        c->count++;
}

void lf_ident_passed(struct lf_ident *ident, char kind, lf_view who)
{
    struct counter *c = who.len ? counter_of(ident, kind, who, false) : NULL;

    if (c)
        *c = (struct counter){ 0 };
}

/* ---- remembered credentials ---- */

/* Length before each part: "ab","c" and "a","bc" are different credentials. */
static void mac_of(const struct lf_ident *ident, lf_view user, lf_view password, uint8_t mac[LF_SHA256])
{
    struct lf_buf b;

    lf_buf_init(&b, 8192);
    lf_buf_u32(&b, (uint32_t)user.len);
    lf_buf_put(&b, user);
    lf_buf_put(&b, password);
    lf_hmac_sha256((lf_view){ (const char *)ident->key, sizeof ident->key }, lf_buf_view(&b), mac);
    if (b.ptr)
        lf_wipe(b.ptr, b.len);
    lf_buf_clear(&b);
}

static struct remembered *remembered_of(struct lf_ident *ident, const uint8_t mac[LF_SHA256])
{
    lf_time now = lf_tick(ident->env);

    for (size_t i = 0; i < LF_IDENT_CACHE; i++) {
        struct remembered *r = &ident->cache[i];
        if (r->account[0] && r->until <= now)
            lf_wipe(r, sizeof *r);
        if (r->account[0] && memcmp(r->mac, mac, LF_SHA256) == 0)
            return r;
    }
    return NULL;
}

static void remember(struct lf_ident *ident, const uint8_t mac[LF_SHA256], const struct lf_login_row *row)
{
    struct remembered *r = &ident->cache[0];

    if (row->id.len >= ID_ROOM || row->org.len >= ID_ROOM)
        return;
    for (size_t i = 1; i < LF_IDENT_CACHE && r->account[0]; i++)
        if (!ident->cache[i].account[0] || ident->cache[i].until < r->until)
            r = &ident->cache[i];
    lf_wipe(r, sizeof *r);
    memcpy(r->mac, mac, LF_SHA256);
    memcpy(r->account, row->id.ptr, row->id.len);
    memcpy(r->org, row->org.ptr, row->org.len);
    r->roles = row->roles;
    r->until = lf_tick(ident->env) + LF_IDENT_REMEMBER;
}

void lf_ident_forget(struct lf_ident *ident, lf_view account)
{
    for (size_t i = 0; ident && i < LF_IDENT_CACHE; i++)
        if (lf_view_is(account, ident->cache[i].account))
            lf_wipe(&ident->cache[i], sizeof ident->cache[i]);
}

/* ---- who is it ---- */

enum lf_code lf_ident_unknown(struct lf_err *e)
{
    return lf_err_set(e, LF_UNAUTHENTIC, "name, password, code or token is not right");
}

struct find {
    struct lf_arena *a;
    struct lf_login_row *row;
};

static enum lf_code take_login(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct find *f = ctx;

    (void)e;
    *f->row = (struct lf_login_row){ .found = true,
                                     .id = lf_arena_copy(f->a, lf_row_text(r, 0)),
                                     .org = lf_arena_copy(f->a, lf_row_text(r, 1)),
                                     .hash = lf_arena_copy(f->a, lf_row_text(r, 2)),
                                     .roles = (unsigned)lf_row_int(r, 3) & LF_ROLES_PERSON,
                                     .disabled = lf_row_int(r, 4) != 0,
                                     .totp_on = lf_row_int(r, 5) != 0,
                                     .totp_secret = lf_arena_copy(f->a, lf_row_blob(r, 6)),
                                     .totp_last = (uint64_t)lf_row_int(r, 7) };
    return LF_OK;
}

enum lf_code lf_ident_password(struct lf_task *t, struct lf_ident *ident, lf_view name, lf_view password,
                               lf_view remote, struct lf_login_row *out, struct lf_err *e)
{
    struct lf_login_row row = { 0 };
    struct find f = { t->a, &row };
    bool right;

    if (lf_ident_blocked(ident, 'a', name) || lf_ident_blocked(ident, 'r', remote))
        return lf_err_set(e, LF_TOO_MANY, "too many wrong logins; wait half a minute and try again");
    /* What cannot be a name or a password is not looked for; the work is the same. */
    if (name.len <= LF_ACCOUNT_NAME && lf_view_is_utf8(name) && lf_view_find_byte(name, '\0') == SIZE_MAX)
        LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_account_login, LF_ARGS(LF_TEXT(name)), take_login, &f, NULL,
                         e));
    right = lf_password_ok(row.found ? row.hash : lf_view_of(ident->nobody), password);
    if (!right || !row.found || row.disabled) {
        lf_ident_failed(ident, 'a', name);
        lf_ident_failed(ident, 'r', remote);
        return lf_ident_unknown(e);
    }
    *out = row;
    return LF_OK;
}

enum lf_code lf_ident_basic(struct lf_task *t, struct lf_ident *ident, lf_view user, lf_view password,
                            lf_view remote, struct lf_err *e)
{
    uint8_t mac[LF_SHA256];
    const struct remembered *r;
    struct lf_login_row row;

    if (user.len > LF_ACCOUNT_NAME || password.len > LF_PASSWORD_MOST)
        return lf_ident_unknown(e);
    mac_of(ident, user, password, mac);
    r = remembered_of(ident, mac);
    if (r) {
        t->scope = (struct lf_scope){ .org = lf_arena_copy(t->a, lf_view_of(r->org)),
                                      .account = lf_arena_copy(t->a, lf_view_of(r->account)),
                                      .roles = r->roles };
        return LF_OK;
    }
    LF_TRY(lf_ident_password(t, ident, user, password, remote, &row, e));
    if (row.totp_on)
        return lf_ident_unknown(e);
    lf_ident_passed(ident, 'a', user);
    remember(ident, mac, &row);
    t->scope = (struct lf_scope){ .org = row.org, .account = row.id, .roles = row.roles };
    return LF_OK;
}

struct bearer {
    struct lf_arena *a;
    lf_time now;
    bool good;
    struct lf_scope scope;
};

static enum lf_code take_bearer(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct bearer *b = ctx;
    lf_time expires = lf_row_int(r, 2);

    (void)e;
    b->good = lf_row_int(r, 5) == 0 && (!expires || expires > b->now);
    b->scope =
        (struct lf_scope){ .org = lf_arena_copy(b->a, lf_row_text(r, 3)),
                           .account = lf_arena_copy(b->a, lf_row_text(r, 0)),
                           .roles = (unsigned)(lf_row_int(r, 1) & lf_row_int(r, 4)) & LF_ROLES_PERSON };
    return LF_OK;
}

lf_view ident_key_text(struct lf_arena *a, const uint8_t pin[LF_SHA256])
{
    return lf_arena_printf(a, "key:%.*s", LF_FMT(lf_hex(a, pin, LF_SHA256)));
}

/* What bears this text, or a key that it stands for. */
static enum lf_code find_bearer(struct lf_task *t, lf_view text, struct bearer *b, struct lf_err *e)
{
    uint8_t hash[LF_SHA256];

    *b = (struct bearer){ .a = t->a, .now = lf_now(t->env) };
    lf_sha256(text, hash);
    return lf_db_run(t->db, &t->scope, &lf_q_token_by_hash,
                     LF_ARGS(LF_BLOB(((lf_view){ (const char *)hash, sizeof hash }))), take_bearer, b, NULL,
                     e);
}

enum lf_code lf_ident_certificate(struct lf_task *t, const uint8_t pin[LF_SHA256], struct lf_err *e)
{
    struct bearer b;

    LF_TRY(find_bearer(t, ident_key_text(t->a, pin), &b, e));
    if (!b.good)
        return lf_err_set(e, LF_UNAUTHENTIC, "no member and no account is known by this key");
    t->scope = b.scope;
    return LF_OK;
}

/* A right token is always let in, however many wrong ones came from its address:
 * it cannot be guessed, and a neighbour behind the same address must not shut a
 * log sender out.  Looking one up is one index read. */
enum lf_code lf_ident_bearer(struct lf_task *t, struct lf_ident *ident, lf_view token, lf_view remote,
                             struct lf_err *e)
{
    struct bearer b = { 0 };

    if (token.len <= 256 && lf_view_starts(token, LF_V("lfp_")))
        LF_TRY(find_bearer(t, token, &b, e));
    if (b.good) {
        t->scope = b.scope;
        return LF_OK;
    }
    if (lf_ident_blocked(ident, 'r', remote))
        return lf_err_set(e, LF_TOO_MANY, "too many wrong logins; wait half a minute and try again");
    lf_ident_failed(ident, 'r', remote);
    return lf_ident_unknown(e);
}

enum lf_code lf_ident_need(const struct lf_task *t, unsigned roles, struct lf_err *e)
{
    char names[120] = "";
    size_t n = 0;

    if (t->scope.roles & (roles | LF_ROLE_SYSTEM))
        return LF_OK;
    for (unsigned bit = 1; bit && bit <= LF_ROLE_SENDER; bit <<= 1)
        if (roles & bit)
            n += (size_t)snprintf(names + n, sizeof names - n, "%s%s", n ? " or " : "", lf_role_name(bit));
    return lf_err_set(e, LF_FORBIDDEN, "this needs the role %s", names[0] ? names : "of the node itself");
}

enum lf_code lf_ident_reach(const struct lf_task *t, lf_view org, struct lf_scope *out, struct lf_err *e)
{
    bool system = t->scope.roles & LF_ROLE_SYSTEM;
    bool node_admin = (t->scope.roles & LF_ROLE_ADMIN) && t->self && lf_view_eq(t->scope.org, t->self->org);

    if (!system && !node_admin && !lf_view_eq(org, t->scope.org))
        return lf_err_set(e, LF_NOT_FOUND, "there is no such account");
    *out = t->scope;
    out->org = org;
    return LF_OK;
}

/* ---- roles as text ---- */

static const struct {
    unsigned bit;
    const char *name;
} role_names[] = {
    { LF_ROLE_ADMIN, "admin" },       { LF_ROLE_ANALYST, "analyst" }, { LF_ROLE_REPORTER, "reporter" },
    { LF_ROLE_REVIEWER, "reviewer" }, { LF_ROLE_READER, "reader" },   { LF_ROLE_SHARE, "share" },
    { LF_ROLE_SENDER, "sender" },
};

const char *lf_role_name(unsigned bit)
{
    for (size_t i = 0; i < sizeof role_names / sizeof *role_names; i++)
        if (role_names[i].bit == bit)
            return role_names[i].name;
    return bit == LF_ROLE_PEER ? "peer" : bit == LF_ROLE_SYSTEM ? "system" : "";
}

enum lf_code lf_roles_parse(lf_view text, unsigned *out, struct lf_err *e)
{
    unsigned roles = 0;
    lf_view word;

    while (lf_view_split(&text, ',', &word)) {
        bool known = false;

        word = lf_view_trim(word);
        for (size_t i = 0; i < sizeof role_names / sizeof *role_names; i++)
            if (lf_view_is(word, role_names[i].name)) {
                roles |= role_names[i].bit;
                known = true;
            }
        if (!known)
            return lf_err_set(
                e, LF_BAD_INPUT,
                "roles: \"%.*s\" is none of admin, analyst, reporter, reviewer, reader, share, sender",
                (int)(word.len > 40 ? 40 : word.len), word.ptr ? word.ptr : "");
    }
    if (!roles)
        return lf_err_set(e, LF_BAD_INPUT, "roles: name at least one");
    *out = roles;
    return LF_OK;
}

lf_view lf_roles_text(struct lf_arena *a, unsigned roles)
{
    lf_view out = { "", 0 };

    for (size_t i = 0; i < sizeof role_names / sizeof *role_names; i++)
        if (roles & role_names[i].bit)
            out = lf_arena_printf(a, "%.*s%s%s", LF_FMT(out), out.len ? "," : "", role_names[i].name);
    return out;
}
