/* Ident: what the core keeps in memory about who is who.
 *
 * A login or a Basic credential costs an argon2id (about 12 ms, 19 MiB).  Basic
 * clients send it with every request, so a verified one is remembered for
 * LF_IDENT_REMEMBER under HMAC(credential) with a key that lives only in this
 * object: nothing here can be turned back into a password, and a memory image
 * alone is no use without the same process.  Failures are counted per account
 * and per remote address, in tables of fixed size: an attacker who comes from
 * everywhere evicts only the oldest counters.
 *
 * Made by the core and handed in; one per node.  Lost at restart, harmlessly. */
#ifndef LF_IDENT_IDENT_H
#define LF_IDENT_IDENT_H

#include "store/task.h"

struct lf_ident;

#define LF_IDENT_REMEMBER (5 * LF_MINUTE)

enum {
    LF_IDENT_CACHE = 256,       /* remembered Basic credentials */
    LF_IDENT_THROTTLE = 1024,   /* accounts and addresses counted */
    LF_IDENT_ACCOUNT_TRIES = 8, /* wrong answers for one account name, then wait */
    LF_IDENT_REMOTE_TRIES = 40, /* from one address (an office behind one) */
};
/* One try comes back each this long, so a locked out person waits, not calls. */
#define LF_IDENT_TRY_BACK (30 * LF_SECOND)

struct lf_ident *lf_ident_create(const struct lf_env *env);
void lf_ident_destroy(struct lf_ident *ident);

/* Fills t->scope from what an API client sends.  Unknown, revoked, expired and
 * disabled all give LF_UNAUTHENTIC with the same text; too many failures give
 * LF_TOO_MANY.  `remote` is the address text, for throttling. */
enum lf_code lf_ident_bearer(struct lf_task *t, struct lf_ident *ident, lf_view token, lf_view remote,
                             struct lf_err *e) LF_MUST;
/* By the key that a client proved to have when it connected (ident/token.h). */
enum lf_code lf_ident_certificate(struct lf_task *t, const uint8_t pin[LF_SHA256], struct lf_err *e) LF_MUST;
/* An account with a second factor cannot use Basic (it would bypass it): it makes
 * an API token instead. */
enum lf_code lf_ident_basic(struct lf_task *t, struct lf_ident *ident, lf_view user, lf_view password,
                            lf_view remote, struct lf_err *e) LF_MUST;

/* LF_FORBIDDEN unless the scope has one of the roles (or is the system). */
enum lf_code lf_ident_need(const struct lf_task *t, unsigned roles, struct lf_err *e) LF_MUST;

/* Role names as written in the API and on the command line: "admin", "analyst",
 * "reporter", "reviewer", "reader", "share", "sender".  PEER and SYSTEM are never
 * given to an account. */
const char *lf_role_name(unsigned bit);
/* "admin,analyst" (blanks allowed around commas). */
enum lf_code lf_roles_parse(lf_view text, unsigned *out, struct lf_err *e) LF_MUST;
lf_view lf_roles_text(struct lf_arena *a, unsigned roles);

#endif
