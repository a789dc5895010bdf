/* Lost factor: who has the password but lost the second factor is let in by another person's consent.
 *
 *   asked ──approved──▶ approved ──entered──▶ (gone: the second factor is off, its recovery codes too)
 *     ├──refused──▶ refused     └── LF_LOST_APPROVED passes ──▶ gone
 *     └── LF_LOST_ASKED passes ──▶ gone
 *
 * One of an account at a time; a new one takes the place of the one before.  Asking costs the right password
 * and is counted like signing in.  The browser that asked keeps a secret and shows a number of six digits;
 * who approves has the person say that number, by telephone or across the desk: it tells this request from
 * one that a thief of the password made.  Consent is an administrator's, or a reviewer's who has every role
 * that the account has; never one's own, and never a token's.  All of it is audited. */
#ifndef LF_IDENT_LOST_FACTOR_H
#define LF_IDENT_LOST_FACTOR_H

#include "ident/ident.h"

enum { LF_LOST_REASON = 300 /* bytes */, LF_LOST_SECRET = 43, LF_LOST_MOST = 100 /* in a list */ };
#define LF_LOST_ASKED (30 * LF_MINUTE)
#define LF_LOST_APPROVED (15 * LF_MINUTE)
#define LF_LOST_AGAIN LF_MINUTE /* not asked anew within it */

/* The numbers are kept in databases. */
enum lf_lost_state { LF_LOST_WAITING, LF_LOST_GRANTED, LF_LOST_REFUSED };
const char *lf_lost_state_name(enum lf_lost_state s); /* "asked", "approved", "refused" */

struct lf_lost {
    lf_view id, account, name, display;
    lf_view number; /* six digits, as the browser that asked shows it */
    lf_view reason, remote;
    enum lf_lost_state state;
    lf_time made, until;
    lf_view approver; /* who approved or refused; empty: nobody yet */
};

/* *secret: what the browser keeps.  LF_UNAUTHENTIC and LF_TOO_MANY as lf_login(); LF_CONFLICT: the account
 * has no second factor to lose. */
enum lf_code lf_lost_ask(struct lf_task *t, struct lf_ident *ident, lf_view name, lf_view password,
                         lf_view reason, lf_view remote, struct lf_lost *out, lf_view *secret,
                         struct lf_err *e) LF_MUST;
/* How the browser's own stands; LF_NOT_FOUND: it is gone. */
enum lf_code lf_lost_of(struct lf_task *t, lf_view secret, struct lf_lost *out, struct lf_err *e) LF_MUST;
/* A session for who asked, once it is approved: LF_CONFLICT before.  The second factor is off from then on.
 */
enum lf_code lf_lost_enter(struct lf_task *t, lf_view secret, lf_view *session_token,
                           struct lf_err *e) LF_MUST;

/* Those of the caller's organisation that wait, newest first; administrators and reviewers. */
enum lf_code lf_lost_list(struct lf_task *t, size_t *n, const struct lf_lost **out, struct lf_err *e) LF_MUST;
/* LF_FORBIDDEN: one's own, or of somebody with a role that the caller lacks; LF_CONFLICT: it does not wait.
 */
enum lf_code lf_lost_decide(struct lf_task *t, lf_view id, bool approve, struct lf_err *e) LF_MUST;

#endif
