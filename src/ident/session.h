/* Session: a browser that has logged in.
 *
 * The token is 256 random bits (base64url, LF_SESSION_TOKEN characters); the
 * table keeps only its SHA-256.  A session ends after LF_SESSION_IDLE without a
 * request, after LF_SESSION_MOST in any case, at logout, and when the account's
 * password or state changes.  Put the token in a cookie `__Host-lf`; HttpOnly;
 * Secure; SameSite=Strict.
 *
 *   (nothing) --lf_login--> open --idle, age, lf_logout, password--> gone */
#ifndef LF_IDENT_SESSION_H
#define LF_IDENT_SESSION_H

#include "ident/ident.h"

#define LF_SESSION_IDLE (30 * LF_MINUTE)
#define LF_SESSION_MOST (12 * LF_HOUR)
enum { LF_SESSION_TOKEN = 43 };

/* An unknown name, a wrong password, a wrong, missing or used code and a disabled
 * account give the same LF_UNAUTHENTIC after the same work.  Too many failures of
 * this name or from `remote`: LF_TOO_MANY.  `totp` may be empty when the account
 * has no second factor; a recovery code (ident/recovery.h) stands in for it once.  On success t->scope is the
 * account's. */
enum lf_code lf_login(struct lf_task *t, struct lf_ident *ident, lf_view name, lf_view password, lf_view totp,
                      lf_view remote, lf_view *session_token, struct lf_err *e) LF_MUST;
/* Fills t->scope from a session token; LF_UNAUTHENTIC when it is not open. */
enum lf_code lf_session_use(struct lf_task *t, lf_view token, struct lf_err *e) LF_MUST;
/* Ends it; unknown tokens are fine. */
enum lf_code lf_logout(struct lf_task *t, lf_view token, struct lf_err *e) LF_MUST;
/* Removes ended ones; the core calls it now and then. */
enum lf_code lf_session_sweep(struct lf_task *t, struct lf_err *e) LF_MUST;

/* What each form carries in "csrf": derived from the token, so nothing is kept. */
lf_view lf_csrf_token(struct lf_arena *a, lf_view session_token);
bool lf_csrf_ok(lf_view session_token, lf_view csrf);

#endif
