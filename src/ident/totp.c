#include "ident/totp.h"

#include <openssl/hmac.h>

#include "ident/audit.h"
#include "ident/ident_priv.h"
#include "ident/recovery.h"
#include "store/query_ident.h"
#include "store/query_lost_factor.h"

uint32_t lf_totp_code(lf_view secret, uint64_t step, int digits)
{
    static const uint32_t powers[] = { 1000000, 10000000, 100000000 };
    unsigned char counter[8], md[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    size_t at;
    uint32_t n;

    LF_ASSERT(digits >= 6 && digits <= 8);
    for (int i = 7; i >= 0; i--, step >>= 8)
        counter[i] = (unsigned char)(step & 0xff);
    if (!HMAC(EVP_sha1(), secret.ptr ? secret.ptr : "", (int)secret.len, counter, sizeof counter, md, &len) ||
        len != 20)
        LF_BUG("OpenSSL has no HMAC-SHA-1");
    at = md[19] & 15; /* RFC 4226, 5.3: dynamic truncation */
    n = (uint32_t)(md[at] & 0x7f) << 24 | (uint32_t)md[at + 1] << 16 | (uint32_t)md[at + 2] << 8 | md[at + 3];
    return n % powers[digits - 6];
}

uint64_t lf_totp_match(lf_view secret, lf_view text, lf_time now, uint64_t last)
{
    uint64_t given, found = 0, step = (uint64_t)(now / LF_SECOND / LF_TOTP_STEP);

    if (text.len != LF_TOTP_DIGITS || !lf_view_u64(text, &given) || step == 0)
        return 0;
    for (uint64_t s = step - 1; s <= step + 1; s++)
        if (lf_totp_code(secret, s, LF_TOTP_DIGITS) == given && s > last)
            found = s;
    return found;
}

lf_view lf_base32(struct lf_arena *a, lf_view in)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    char *out = lf_arena_alloc(a, in.len / 5 * 8 + 9, 1);
    size_t n = 0;
    uint32_t bits = 0;
    int have = 0;

    for (size_t i = 0; i < in.len; i++) {
        bits = (bits << 8 | (unsigned char)in.ptr[i]) & 0xffff;
        for (have += 8; have >= 5; have -= 5)
            out[n++] = alphabet[bits >> (have - 5) & 31];
    }
    if (have)
        out[n++] = alphabet[bits << (5 - have) & 31];
    return (lf_view){ out, n };
}

struct secret {
    struct lf_arena *a;
    bool found, on;
    lf_view secret;
    uint64_t last;
};

static enum lf_code take_secret(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct secret *s = ctx;

    (void)e;
    s->found = true;
    s->secret = lf_arena_copy(s->a, lf_row_blob(r, 1));
    s->on = lf_row_int(r, 2) != 0;
    s->last = (uint64_t)lf_row_int(r, 3);
    return LF_OK;
}

static enum lf_code load(struct lf_task *t, lf_view id, struct secret *s, struct lf_err *e)
{
    *s = (struct secret){ .a = t->a };
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_account_secret, LF_ARGS(LF_TEXT(id)), take_secret, s, NULL, e));
    if (!s->found)
        return lf_err_set(e, LF_NOT_FOUND, "there is no such account");
    return LF_OK;
}

static lf_view percent(struct lf_arena *a, lf_view v)
{
    static const char hex[] = "0123456789ABCDEF";
    char *out = lf_arena_alloc(a, lf_arena_mul(v.len, 3) + 1, 1);
    size_t n = 0;

    for (size_t i = 0; i < v.len; i++) {
        unsigned char c = (unsigned char)v.ptr[i];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
            c == '.' || c == '_') {
            out[n++] = (char)c;
        } else {
            out[n++] = '%';
            out[n++] = hex[c >> 4];
            out[n++] = hex[c & 15];
        }
    }
    return (lf_view){ out, n };
}

enum lf_code lf_totp_enrol(struct lf_task *t, lf_view *uri, lf_view *secret, struct lf_err *e)
{
    struct lf_account account;
    struct secret s;
    uint8_t raw[LF_TOTP_SECRET];
    lf_view text, issuer = percent(t->a, t->self->name);

    LF_TRY(lf_account_get(t, t->scope.account, &account, e));
    LF_TRY(load(t, account.id, &s, e));
    if (s.on)
        return lf_err_set(e, LF_CONFLICT, "the account has a second factor already; disable it first");
    lf_random(t->env, raw, sizeof raw);
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_account_set_totp,
                      LF_ARGS(LF_BLOB(((lf_view){ (const char *)raw, sizeof raw })), LF_INT(0), LF_INT(0),
                              LF_TEXT(account.id)),
                      e));
    text = lf_base32(t->a, (lf_view){ (const char *)raw, sizeof raw });
    lf_wipe(raw, sizeof raw);
    *uri = lf_arena_printf(
        t->a, "otpauth://totp/%.*s:%.*s?secret=%.*s&issuer=%.*s&algorithm=SHA1&digits=%d&period=%d",
        LF_FMT(issuer), LF_FMT(percent(t->a, account.name)), LF_FMT(text), LF_FMT(issuer), LF_TOTP_DIGITS,
        LF_TOTP_STEP);
    *secret = text;
    return LF_OK;
}

/* A code of the caller's own, with its failures counted. */
static enum lf_code match(struct lf_task *t, struct lf_ident *ident, lf_view id, const struct secret *s,
                          lf_view code, uint64_t *step, struct lf_err *e)
{
    if (lf_ident_blocked(ident, 'i', id))
        return lf_err_set(e, LF_TOO_MANY, "too many wrong codes; wait half a minute and try again");
    *step = lf_totp_match(s->secret, code, lf_now(t->env), s->last);
    if (*step)
        return LF_OK;
    lf_ident_failed(ident, 'i', id);
    return lf_err_set(
        e, LF_UNACCEPTED,
        "the code is not right; set the clock of the device that shows it and take the next code");
}

enum lf_code lf_totp_confirm(struct lf_task *t, struct lf_ident *ident, lf_view code, struct lf_err *e)
{
    struct secret s;
    uint64_t step;

    LF_TRY(load(t, t->scope.account, &s, e));
    if (s.on || !s.secret.len)
        return lf_err_set(e, LF_CONFLICT, "no second factor is waiting to be confirmed");
    LF_TRY(match(t, ident, t->scope.account, &s, code, &step, e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_account_set_totp,
                      LF_ARGS(LF_BLOB(s.secret), LF_INT(1), LF_INT(step), LF_TEXT(t->scope.account)), e));
    lf_ident_forget(ident, t->scope.account); /* Basic is no longer enough */
    return lf_audit_add(t, LF_V("account.totp_on"), t->scope.account, (lf_view){ 0 }, e);
}

enum lf_code lf_totp_prove(struct lf_task *t, struct lf_ident *ident, lf_view code, struct lf_err *e)
{
    lf_view me = t->scope.account;
    struct secret s;
    uint64_t step;
    bool used;

    LF_TRY(load(t, me, &s, e));
    if (!s.on)
        return lf_err_set(e, LF_CONFLICT, "the account has no second factor; turn it on first");
    code = lf_view_trim(code);
    if (code.len > LF_TOTP_DIGITS && !lf_ident_blocked(ident, 'i', me)) {
        LF_TRY(lf_recovery_use(t, me, code, &used, e));
        if (used)
            return LF_OK;
    }
    LF_TRY(match(t, ident, me, &s, code, &step, e));
    return lf_db_exec(t->db, &t->scope, &lf_q_account_set_totp_last, LF_ARGS(LF_INT(step), LF_TEXT(me)), e);
}

enum lf_code lf_totp_disable(struct lf_task *t, struct lf_ident *ident, lf_view given, lf_view code,
                             struct lf_err *e)
{
    struct lf_account account;
    struct lf_scope scope = t->scope;

    LF_TRY(lf_account_named(t, given, &account, e));
    if (!account.totp)
        return lf_err_set(e, LF_CONFLICT, "the account has no second factor that is on");
    if (lf_view_eq(account.id, t->scope.account))
        LF_TRY(lf_totp_prove(t, ident, code, e));
    scope.org = account.org;
    LF_TRY(lf_db_exec(t->db, &scope, &lf_q_account_set_totp,
                      LF_ARGS(LF_NULL, LF_INT(0), LF_INT(0), LF_TEXT(account.id)), e));
    LF_TRY(lf_recovery_clear(t, &scope, account.id, e));
    /* Whose consent was for this factor takes off no later one. */
    LF_TRY(lf_db_exec(t->db, &scope, &lf_q_lost_clear, LF_ARGS(LF_TEXT(account.id)), e));
    return lf_audit_add(t, LF_V("account.totp_off"), account.id, (lf_view){ 0 }, e);
}
