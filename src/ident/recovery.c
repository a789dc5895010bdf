#include "ident/recovery.h"

#include "ident/audit.h"
#include "ident/totp.h"
#include "store/query_recovery.h"

/* What is kept of a code.  It has 80 random bits: nothing slower than a hash is wanted. */
static lf_view kept(lf_view account, lf_view code, uint8_t out[LF_SHA256])
{
    lf_hmac_sha256(account, code, out);
    return (lf_view){ (const char *)out, LF_SHA256 };
}

/* As it is kept: capitals without what people put between; false: no code is written so. */
static bool plain(lf_view typed, char out[LF_RECOVERY_TEXT])
{
    size_t n = 0;

    for (size_t i = 0; i < typed.len; i++) {
        char c = typed.ptr[i];

        if (c == '-' || c == ' ')
            continue;
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        if (n == LF_RECOVERY_TEXT || !((c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7')))
            return false;
        out[n++] = c;
    }
    return n == LF_RECOVERY_TEXT;
}

static lf_view in_fours(struct lf_arena *a, lf_view code)
{
    return lf_arena_printf(a, "%.4s-%.4s-%.4s-%.4s", code.ptr, code.ptr + 4, code.ptr + 8, code.ptr + 12);
}

enum lf_code lf_recovery_clear(struct lf_task *t, const struct lf_scope *scope, lf_view account,
                               struct lf_err *e)
{
    return lf_db_exec(t->db, scope, &lf_q_recovery_clear, LF_ARGS(LF_TEXT(account)), e);
}

enum lf_code lf_recovery_make(struct lf_task *t, struct lf_ident *ident, lf_view code,
                              lf_view codes[LF_RECOVERY_CODES], struct lf_err *e)
{
    uint8_t raw[LF_RECOVERY_BYTES], hash[LF_SHA256];
    lf_view me = t->scope.account;

    LF_TRY(lf_totp_prove(t, ident, code, e));
    LF_TRY(lf_recovery_clear(t, &t->scope, me, e));
    for (size_t i = 0; i < LF_RECOVERY_CODES; i++) {
        lf_view text;

        lf_random(t->env, raw, sizeof raw);
        text = lf_base32(t->a, (lf_view){ (const char *)raw, sizeof raw });
        LF_ASSERT(text.len == LF_RECOVERY_TEXT);
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_recovery_add,
                          LF_ARGS(LF_TEXT(me), LF_BLOB(kept(me, text, hash))), e));
        codes[i] = in_fours(t->a, text);
    }
    lf_wipe(raw, sizeof raw);
    return lf_audit_add(t, LF_V("account.recovery_made"), me, (lf_view){ 0 }, e);
}

enum lf_code lf_recovery_left(struct lf_task *t, int64_t *n, struct lf_err *e)
{
    return lf_db_int(t->db, &t->scope, &lf_q_recovery_left, LF_ARGS(LF_TEXT(t->scope.account)), n, e);
}

enum lf_code lf_recovery_use(struct lf_task *t, lf_view account, lf_view typed, bool *used, struct lf_err *e)
{
    char text[LF_RECOVERY_TEXT];
    uint8_t hash[LF_SHA256];
    int64_t gone = 0;

    *used = false;
    if (!plain(typed, text))
        return LF_OK;
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_recovery_use,
                     LF_ARGS(LF_TEXT(account), LF_BLOB(kept(account, (lf_view){ text, sizeof text }, hash))),
                     NULL, NULL, &gone, e));
    *used = gone == 1;
    return *used ? lf_audit_add(t, LF_V("account.recovery_used"), account, (lf_view){ 0 }, e) : LF_OK;
}
