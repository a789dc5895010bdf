/* Keys: a node replaces its signing key or its TLS keys, or moves below another parent, and
 * those that trust it follow.
 *
 * It says so in one STIX object of our extension, `node-key`:
 *
 *   { "type":"node-key", …, "created_by_ref":NODE, "key":NEW, "previous":OLD,
 *     "client_pin":HEX, "server_pin":HEX, "moved_to":NODE,
 *     "proof":…, "signature":… }                   keys and signatures URL-safe base64
 *
 * "signature" is by the previous key, over the RFC 8785 bytes of all but itself; "proof" by the
 * new one, over all but both: nobody announces a key that is not his, for a node that is not
 * him.  A node that lost its key can say nothing: it is retired and invited again.
 *
 * The statement goes up before anything else in the outbox (isac/link.c) and into each child's
 * inbox in the transaction that made the key, so that it is everywhere before what is signed
 * with the new key.  Tiers pass it on as it is: up what comes from below, down what comes from
 * above.  What was signed with the old key holds for LF_KEY_OVERLAP; so does the old TLS key of
 * a parent, while a child's ends when its new one was first seen.
 *
 *   rotate ─▶ statement ─▶ each peer: audited, new key pinned, old one ending */
#ifndef LF_ISAC_KEYS_H
#define LF_ISAC_KEYS_H

#include "model/peer.h"
#include "store/task.h"

#define LF_KEY_OVERLAP (30 * LF_DAY)

/* Needs ADMIN.  With `sign` a new signing key is made and used from the commit on
 * (LF_FX_KEYS); pins of TLS keys that will be used are hex, or empty. */
enum lf_code lf_keys_rotate(struct lf_task *t, bool sign, lf_view client_pin, lf_view server_pin,
                            struct lf_err *e) LF_MUST;
/* Says below whom this node lies now; for isac/peer.c. */
enum lf_code lf_keys_moved(struct lf_task *t, lf_view parent_node, struct lf_err *e) LF_MUST;
/* A statement that a peer handed in or passed on.  LF_UNAUTHENTIC, LF_FORBIDDEN: nothing changes. */
enum lf_code lf_keys_receive(struct lf_task *t, const struct lf_peer *from, lf_view json,
                             struct lf_err *e) LF_MUST;
/* Ends what has overlapped long enough. */
enum lf_code lf_keys_turn(struct lf_task *t, struct lf_err *e) LF_MUST;

#endif
