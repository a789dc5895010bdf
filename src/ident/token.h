/* Token: what a program signs in with for an account: "lfp_" and 256 random bits, or a certificate of its
 * own.
 *
 * The text is shown once when made; the table keeps only its SHA-256.  It has a label and a
 * subset of its account's roles (looked at again at each use, so a role taken
 * from the account is taken from its tokens), and may have an end.  Tokens with
 * role SENDER are what log shippers use; they are handed to the intake worker.
 *
 * A certificate opens the account to who has its private key, by mutual TLS at the door of the nodes, for
 * TAXII alone (docs/adr/0039).  It is known by its public key, whoever signed it, and ends when it says so
 * itself at the latest. */
#ifndef LF_IDENT_TOKEN_H
#define LF_IDENT_TOKEN_H

#include "ident/ident.h"
#include "model/page.h"

enum { LF_TOKEN_LABEL = 120, LF_TOKEN_TEXT = 47, LF_SENDERS_MOST = 10000 };

struct lf_token {
    lf_view id, account, label;
    unsigned roles;
    lf_time created, expires; /* 0 = no end */
    lf_view pin;              /* of a certificate: hex, as sys/tls.h says; else empty */
};

struct lf_token_list {
    struct lf_token *item;
    size_t count;
    lf_view next;
};

struct lf_sender {
    lf_view name; /* the token's label: what findings call the source */
    uint8_t hash[LF_SHA256];
};

struct lf_sender_list {
    struct lf_sender *item;
    size_t count;
};

/* For the caller's own account, or for any account of its organisation by ADMIN.
 * Labels are unique in the organisation: they name log senders, and second
 * evidence counts different names.  Notes LF_FX_TOKENS when SENDER is among the
 * roles. */
enum lf_code lf_token_create(struct lf_task *t, lf_view account, lf_view label, unsigned roles,
                             lf_time expires, lf_view *id, lf_view *token, struct lf_err *e) LF_MUST;
/* The same for the first certificate of a text in PEM, by ADMIN alone.  LF_BAD_INPUT: it is none, has ended,
 * or SENDER is among the roles; LF_CONFLICT: its key opens an account already. */
enum lf_code lf_token_bind(struct lf_task *t, lf_view account, lf_view label, unsigned roles, lf_time expires,
                           lf_view cert_pem, lf_view *id, struct lf_err *e) LF_MUST;
enum lf_code lf_token_list(struct lf_task *t, lf_view account, const struct lf_page *page,
                           struct lf_token_list *out, struct lf_err *e) LF_MUST;
enum lf_code lf_token_revoke(struct lf_task *t, lf_view id, struct lf_err *e) LF_MUST;

/* All senders of the node, for the TOKENS message (whole; at most LF_SENDERS_MOST). */
enum lf_code lf_sender_list(struct lf_task *t, struct lf_sender_list *out, struct lf_err *e) LF_MUST;

#endif
