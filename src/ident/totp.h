/* TOTP (RFC 6238): the second factor of a login.
 *
 * SHA-1, 30 s, 6 digits, as every authenticator application does by default.  The
 * code of one step before and after is taken for skew; a step that was used once
 * is never taken again, so a code read over a shoulder is worth nothing.
 *
 *   off --enrol--> waiting --confirm(right code)--> on --disable--> off */
#ifndef LF_IDENT_TOTP_H
#define LF_IDENT_TOTP_H

#include "ident/ident.h"

enum { LF_TOTP_SECRET = 20, LF_TOTP_STEP = 30, LF_TOTP_DIGITS = 6 };

/* RFC 4226 with a counter; `digits` 6 to 8. */
uint32_t lf_totp_code(lf_view secret, uint64_t step, int digits);
/* The step (> last) within ±1 of `now` whose code `text` is, or 0. */
uint64_t lf_totp_match(lf_view secret, lf_view text, lf_time now, uint64_t last);
/* RFC 4648 base32 without padding. */
lf_view lf_base32(struct lf_arena *a, lf_view in);

/* For the caller's own account.  The secret as otpauth:// URI for a QR code, and
 * as base32 text for typing.  Enrolling again before confirming makes a new one. */
enum lf_code lf_totp_enrol(struct lf_task *t, lf_view *uri, lf_view *secret, struct lf_err *e) LF_MUST;
enum lf_code lf_totp_confirm(struct lf_task *t, struct lf_ident *ident, lf_view code,
                             struct lf_err *e) LF_MUST;
/* That the caller, whose second factor is on, has it: a code of the authenticator, which is never taken
 * again, or a recovery code (ident/recovery.h), which is used up. */
enum lf_code lf_totp_prove(struct lf_task *t, struct lf_ident *ident, lf_view code, struct lf_err *e) LF_MUST;
/* `account` is an id or a name.  One's own, proved by a code; another's by ADMIN (a lost telephone), `code`
 * not looked at.  Its recovery codes go with it. */
enum lf_code lf_totp_disable(struct lf_task *t, struct lf_ident *ident, lf_view account, lf_view code,
                             struct lf_err *e) LF_MUST;

#endif
