/* What comes from outside at enrolment, read strictly: the text an operator pastes
 * and the body a stranger posts.  Pure, so that they can be fuzzed. */
#ifndef LF_ISAC_PEER_PRIV_H
#define LF_ISAC_PEER_PRIV_H

#include "isac/peer.h"

enum { LF_INVITE_TEXT = 2048, LF_INVITE_SECRET = 32, LF_ENROL_BODY = 16384, LF_PEER_NAME = 200 };

struct lf_invitation {
    lf_view url; /* "https://host:port" */
    uint8_t pin[LF_SHA256];
    lf_view id;
    uint8_t secret[LF_INVITE_SECRET];
};
lf_view lf_invitation_write(struct lf_arena *a, const struct lf_invitation *i);
enum lf_code lf_invitation_read(struct lf_arena *a, lf_view text, struct lf_invitation *out,
                                struct lf_err *e) LF_MUST;

struct lf_enrolment {
    lf_view invitation; /* its id */
    uint8_t secret[LF_INVITE_SECRET];
    lf_view node, name, tier;
    uint8_t key[LF_SIGN_PUBLIC];
};
/* Signed with `sign_secret`, whose public half is in `n->key`. */
enum lf_code lf_enrolment_write(struct lf_arena *a, const struct lf_enrolment *n,
                                const uint8_t sign_secret[LF_SIGN_SECRET], lf_view *body,
                                struct lf_err *e) LF_MUST;
/* LF_UNAUTHENTIC when the signature is not that of the key in it. */
enum lf_code lf_enrolment_read(struct lf_arena *a, lf_view body, struct lf_enrolment *out,
                               struct lf_err *e) LF_MUST;

/* What the parent answers: fills node, name, tier, key, api_root and collections. */
enum lf_code lf_enrolled_read(struct lf_arena *a, lf_view body, struct lf_peer *out,
                              struct lf_err *e) LF_MUST;

#endif
