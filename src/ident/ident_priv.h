/* What ident's files tell each other.  Private to ident. */
#ifndef LF_IDENT_IDENT_PRIV_H
#define LF_IDENT_IDENT_PRIV_H

#include "ident/account.h"
#include "ident/ident.h"
#include "model/page.h"

enum {
    LF_ROLES_PERSON = LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER | LF_ROLE_READER |
                      LF_ROLE_SHARE | LF_ROLE_SENDER
};

/* An ADMIN of the node's own organisation, or its own work. */
enum lf_code ident_of_node(const struct lf_task *t, struct lf_err *e) LF_MUST;
/* What a node or an organisation may be called. */
enum lf_code ident_name_ok(lf_view name, struct lf_err *e) LF_MUST;
/* Failures are counted under a kind ('a' account name, 'r' remote, 'i' account id). */
bool lf_ident_blocked(struct lf_ident *ident, char kind, lf_view who);
void lf_ident_failed(struct lf_ident *ident, char kind, lf_view who);
void lf_ident_passed(struct lf_ident *ident, char kind, lf_view who);
/* Remembered credentials of the account are forgotten. */
void lf_ident_forget(struct lf_ident *ident, lf_view account);

/* What stands for a key where a token's secret text would; no bearer can send it ("lfp_" begins his). */
lf_view ident_key_text(struct lf_arena *a, const uint8_t pin[LF_SHA256]);

/* The one answer to everyone we do not know. */
enum lf_code lf_ident_unknown(struct lf_err *e);

struct lf_login_row {
    bool found;
    lf_view id, org, hash, totp_secret;
    unsigned roles;
    bool disabled, totp_on;
    uint64_t totp_last;
};
/* Looks the name up and checks the password: the same work for unknown names.
 * LF_OK only when all is right but the second factor, which is the caller's. */
enum lf_code lf_ident_password(struct lf_task *t, struct lf_ident *ident, lf_view name, lf_view password,
                               lf_view remote, struct lf_login_row *out, struct lf_err *e) LF_MUST;

/* A session of the scope's account, all of whose proofs were given; audited. */
enum lf_code lf_ident_session_open(struct lf_task *t, lf_view *token, struct lf_err *e) LF_MUST;

/* The scope in which the caller may act on something of `org`: its own, or any for
 * the node's own administrators.  LF_NOT_FOUND otherwise, so that nothing is said
 * about other organisations. */
enum lf_code lf_ident_reach(const struct lf_task *t, lf_view org, struct lf_scope *out,
                            struct lf_err *e) LF_MUST;

#endif
