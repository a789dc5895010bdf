/* Recovery codes: what lets somebody in who has lost the second factor (a telephone, at the worst hour).
 *
 * Ten codes of 80 random bits, as base32 in groups of four ("K7QF-2MZA-…").  They are shown once, to be
 * printed and kept apart from the telephone; the table has only what is derived from each.  A code stands in
 * for one code of the authenticator and is gone with that.  New ones make the old worthless; so does turning
 * the second factor off. */
#ifndef LF_IDENT_RECOVERY_H
#define LF_IDENT_RECOVERY_H

#include "ident/ident.h"

enum { LF_RECOVERY_CODES = 10, LF_RECOVERY_BYTES = 10, LF_RECOVERY_TEXT = 16 /* letters, without hyphens */ };

/* For the caller's own account, whose second factor is on; `code` proves it (ident/totp.h).  Audited. */
enum lf_code lf_recovery_make(struct lf_task *t, struct lf_ident *ident, lf_view code,
                              lf_view codes[LF_RECOVERY_CODES], struct lf_err *e) LF_MUST;
/* How many are left to the caller. */
enum lf_code lf_recovery_left(struct lf_task *t, int64_t *n, struct lf_err *e) LF_MUST;

/* For ident: *used when `typed` (blanks, hyphens and case do not matter) was one of the account, which it is
 * no longer; audited.  The account is of t->scope.org. */
enum lf_code lf_recovery_use(struct lf_task *t, lf_view account, lf_view typed, bool *used,
                             struct lf_err *e) LF_MUST;
enum lf_code lf_recovery_clear(struct lf_task *t, const struct lf_scope *scope, lf_view account,
                               struct lf_err *e) LF_MUST;

#endif
