/* Peers: invitations, enrolment, and who stands behind a pinned key.
 *
 * Parent:  lf_peer_invite → text → (child's operator) → lf_peer_enrol → ACTIVE
 * Child:   lf_parent_join → JOINING → lf_link_next sends the enrolment →
 *          lf_parent_joined → ACTIVE
 * A lost answer is harmless: the same node with the same keys may enrol again
 * with its token until it runs out, and is given the same answer. */
#ifndef LF_ISAC_PEER_H
#define LF_ISAC_PEER_H

#include "http/message.h"
#include "isac/protocol.h"
#include "model/peer.h"
#include "model/role.h"
#include "store/task.h"

#define LF_INVITE_LIFE (24 * LF_HOUR)
#define LF_API_ROOT "/taxii2/root/"

/* Needs ADMIN.  `url` is our peer door ("https://host:port"), `pin` that of its TLS
 * key.  *text is "lf1." and base64url; it is shown once and kept only as a hash. */
enum lf_code lf_peer_invite(struct lf_task *t, lf_view url, const uint8_t pin[LF_SHA256], lf_view *text,
                            struct lf_err *e) LF_MUST;
/* POST /federation/enrol on the peer door.  LF_OK: resp is filled. */
enum lf_code lf_peer_enrol(struct lf_task *t, const struct lf_http_request *req,
                           struct lf_http_response *resp, struct lf_err *e) LF_MUST;

/* The scope of a request on the peer door; LF_UNAUTHENTIC for a key nobody enrolled
 * with, LF_FORBIDDEN for a suspended peer. */
enum lf_code lf_peer_by_pin(struct lf_task *t, const uint8_t pin[LF_SHA256], struct lf_scope *scope,
                            struct lf_err *e) LF_MUST;
enum lf_code lf_peer_get(struct lf_task *t, lf_view id, struct lf_peer *out, struct lf_err *e) LF_MUST;
enum lf_code lf_peer_list(struct lf_task *t, size_t *n, const struct lf_peer **out, struct lf_err *e) LF_MUST;
/* The parent; LF_NOT_FOUND when there is none. */
enum lf_code lf_peer_parent(struct lf_task *t, struct lf_peer *out, struct lf_err *e) LF_MUST;
/* Needs ADMIN.  The child is gone for good: what it gave stands until it
 * ends or a person withdraws our copy of it, and it is let in again only with a new invitation, then with
 * whatever keys it has. */
enum lf_code lf_peer_retire(struct lf_task *t, lf_view id, struct lf_err *e) LF_MUST;
/* What a peer shows of itself: the text of its header, and, of a child, up to where it has read. */
enum lf_code lf_peer_met(struct lf_task *t, lf_view id, lf_view protocol, lf_time read_to,
                         struct lf_err *e) LF_MUST;
/* How long a child may have been without what is there for it; 0: it has all. */
enum lf_code lf_peer_lag(struct lf_task *t, const struct lf_peer *p, lf_time *lag, struct lf_err *e) LF_MUST;
/* Needs ADMIN. */
enum lf_code lf_peer_suspend(struct lf_task *t, lf_view id, bool suspended, struct lf_err *e) LF_MUST;

/* Needs ADMIN.  Reads the invitation and keeps it; LF_FX_PEERS is noted and the link
 * does the rest.  A node has one parent: LF_CONFLICT when it has one already. */
enum lf_code lf_parent_join(struct lf_task *t, lf_view text, struct lf_err *e) LF_MUST;
/* Needs ADMIN.  The same for a node that has a parent: it leaves that one.  What waits to go up
 * goes to the new one, which is given all that was given to the old one; what that one gave
 * goes on standing and is the new one's to renew and revoke.  A refused invitation leaves
 * everything as it was. */
enum lf_code lf_parent_move(struct lf_task *t, lf_view text, struct lf_err *e) LF_MUST;
/* For isac/link.c: the signed body to send, and what to do with the answer. */
enum lf_code lf_parent_join_body(struct lf_task *t, const struct lf_peer *p, lf_view *body,
                                 struct lf_err *e) LF_MUST;
enum lf_code lf_parent_joined(struct lf_task *t, const struct lf_peer *p, lf_view body,
                              struct lf_err *e) LF_MUST;
/* The token was refused for good: forgets the joining row. */
enum lf_code lf_parent_join_failed(struct lf_task *t, const struct lf_peer *p, lf_view why,
                                   struct lf_err *e) LF_MUST;

#endif
