/* Chain: a node's audit trail is bounded by the node above, which countersigns its head.
 *
 * Once a minute a child shows the number and hash of its last entry (ident/audit.h), signed; nothing of what
 * the entries say.  The parent signs them with its own time, notes how far the child's clock is from its own,
 * and keeps one a child and hour for 400 days and the last one; the child keeps what it was given.
 *
 * With each signature the parent asks for two hashes that the child must show the next time: of the entry
 * signed last, and of one signed in an hour drawn at random.  A trail that is shorter than before, or has
 * another hash at an entry that was signed, has been rewritten: the chain is `broken`, nothing more is
 * signed, the parent's log (LF2305), audit trail (peer.chain) and API say so, until an administrator there
 * accepts the trail as it is.
 *
 *   child                                parent
 *   seq, hash, asked: [hashes] ───────▶  other entries asked for than shown: says which
 *                              ◀───────  { "ask": [seq, seq] }
 *   the same, with those       ───────▶  compares
 *                              ◀───────  { "ask": […], "countersigned": { child, seq, hash, time … } }
 *
 * An administrator who keeps the old trail to show it, and another to live with, is found by comparing the
 * trail that he lives with: lf_chain_verify() walks it and holds it against what the parent signed. */
#ifndef LF_ISAC_CHAIN_H
#define LF_ISAC_CHAIN_H

#include "http/message.h"
#include "model/peer.h"
#include "store/task.h"

#define LF_CHAIN_EACH LF_MINUTE
#define LF_CHAIN_PATH "/federation/chain"
enum { LF_CHAIN_ASKS = 2, LF_CHAIN_BODY = 4096 };

/* ---- the child's side ---- */

/* What to send to the parent; `ask`: what it asked for (0: nothing). */
enum lf_code lf_chain_body(struct lf_task *t, const int64_t ask[LF_CHAIN_ASKS], lf_view *body,
                           struct lf_err *e) LF_MUST;
/* Its answer.  *signed_: our head was countersigned and that is kept; false: it asks for other entries. */
enum lf_code lf_chain_answered(struct lf_task *t, const struct lf_peer *parent, lf_view body,
                               int64_t ask[LF_CHAIN_ASKS], bool *signed_, struct lf_err *e) LF_MUST;

/* ---- the parent's side ---- */

/* POST /federation/chain of an enrolled child, whose scope the task has.  LF_OK: resp is filled. */
enum lf_code lf_chain_receive(struct lf_task *t, lf_view body, struct lf_http_response *resp,
                              struct lf_err *e) LF_MUST;
/* Needs ADMIN: the child's trail is believed again as it is now. */
enum lf_code lf_chain_accept(struct lf_task *t, lf_view peer, struct lf_err *e) LF_MUST;

/* ---- either side: what was countersigned with this peer ---- */

struct lf_chain_state {
    int64_t seq;    /* of the last; 0: none was */
    lf_time at;     /* by the parent's clock */
    lf_time skew;   /* the child's clock less the parent's */
    lf_view broken; /* why; empty: it is not */
};
enum lf_code lf_chain_look(struct lf_task *t, lf_view peer, struct lf_chain_state *out,
                           struct lf_err *e) LF_MUST;
/* At a parent: how many children's chains are broken. */
enum lf_code lf_chain_broken(struct lf_task *t, int64_t *n, struct lf_err *e) LF_MUST;
/* The kept ones, oldest first, as a JSON array of "countersigned" objects.  ADMIN or REVIEWER. */
enum lf_code lf_chain_heads(struct lf_task *t, lf_view peer, lf_view *json, struct lf_err *e) LF_MUST;

/* Walks this node's own trail and holds it against `heads` (an array as lf_chain_heads gives it at the
 * parent; NULL: what this node was given).  LF_CONFLICT says what does not fit.  ADMIN or REVIEWER. */
struct lf_chain_verdict {
    int64_t entries, heads; /* walked, compared */
};
struct lf_json;
enum lf_code lf_chain_verify(struct lf_task *t, const struct lf_json *heads, struct lf_chain_verdict *out,
                             struct lf_err *e) LF_MUST;

#endif
