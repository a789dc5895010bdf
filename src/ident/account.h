/* Account: a person (or a program) with a name and a password on this node.
 *
 * The table account is written here only.  Rights: ADMIN manages the accounts of
 * its own organisation; an administrator of the node's own organisation those of
 * any.  Everyone may change their own password.
 *
 * Passwords are argon2id (RFC 9106) with LF_PASSWORD_OPS passes over
 * LF_PASSWORD_MEM: about 12 ms, kept as the usual "$argon2id$v=19$…" text. */
#ifndef LF_IDENT_ACCOUNT_H
#define LF_IDENT_ACCOUNT_H

#include "ident/ident.h"
#include "model/page.h"
#include "model/role.h"

enum {
    LF_PASSWORD_OPS = 2,
    LF_PASSWORD_MEM = 19 * 1024 * 1024,
    LF_PASSWORD_LEAST = 12,  /* characters */
    LF_PASSWORD_MOST = 1024, /* bytes: hashing work is bounded before it starts */
    LF_PASSWORD_HASH = 128,
    LF_ACCOUNT_NAME = 64,
};

struct lf_account {
    lf_view id, org, name, display;
    unsigned roles;
    bool disabled, totp;   /* totp: a confirmed second factor is asked for */
    lf_time created, seen; /* seen: last login, 0 = never */
};

struct lf_account_list {
    struct lf_account *item;
    size_t count;
    lf_view next; /* empty: no more */
};

/* Pure: the expensive part, so that it can be run off the core's loop. */
bool lf_password_ok(lf_view hash, lf_view password);
enum lf_code lf_password_hash(const struct lf_env *env, lf_view password, char out[LF_PASSWORD_HASH],
                              struct lf_err *e) LF_MUST;
/* A hash that is of no password and costs as much to check as one that is. */
void lf_password_nobody(const struct lf_env *env, char out[LF_PASSWORD_HASH]);
/* The rule for new ones, in one sentence when broken. */
enum lf_code lf_password_check(lf_view name, lf_view password, struct lf_err *e) LF_MUST;

/* `org` empty: the caller's own; an administrator of the node makes those of a tenant too
 * (ident/organisation.h).  Names are unique on the node: lower-case letters, digits and
 * . _ - @, starting with a letter or digit.  Gives the account's id. */
enum lf_code lf_account_create(struct lf_task *t, lf_view org, lf_view name, lf_view display,
                               lf_view password, unsigned roles, lf_view *id, struct lf_err *e) LF_MUST;
/* Ends the account's sessions and forgets its remembered credentials.  One's own
 * needs the old one (`old` is looked at only then). */
enum lf_code lf_account_set_password(struct lf_task *t, struct lf_ident *ident, lf_view id, lf_view old,
                                     lf_view password, struct lf_err *e) LF_MUST;
enum lf_code lf_account_set_roles(struct lf_task *t, struct lf_ident *ident, lf_view id, unsigned roles,
                                  struct lf_err *e) LF_MUST;
/* The last enabled administrator of the node cannot be disabled. */
enum lf_code lf_account_disable(struct lf_task *t, struct lf_ident *ident, lf_view id, bool disabled,
                                struct lf_err *e) LF_MUST;
enum lf_code lf_account_get(struct lf_task *t, lf_view id, struct lf_account *out, struct lf_err *e) LF_MUST;
enum lf_code lf_account_find(struct lf_task *t, lf_view name, struct lf_account *out,
                             struct lf_err *e) LF_MUST;
/* By its id or, if there is none, by its name. */
enum lf_code lf_account_named(struct lf_task *t, lf_view given, struct lf_account *out,
                              struct lf_err *e) LF_MUST;
/* Somebody of the caller's own organisation, by id or name: whoever works there may know who a colleague is.
 */
enum lf_code lf_account_colleague(struct lf_task *t, lf_view given, struct lf_account *out,
                                  struct lf_err *e) LF_MUST;
/* By name; `org` as above. */
enum lf_code lf_account_list(struct lf_task *t, lf_view org, const struct lf_page *page,
                             struct lf_account_list *out, struct lf_err *e) LF_MUST;

#endif
