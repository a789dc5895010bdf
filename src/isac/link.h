/* Link: a child's connection to its parent, and what it carries.
 *
 * What must not be lost (cursors, outbox) is in the store.  What is in struct
 * lf_link (calls under way, back-off) may be lost at any time: after a restart the
 * same cursor asks again and the same outbox is sent again, and both sides take an
 * object they know as nothing new.
 *
 *   idle ──lf_link_next──▶ calling ──lf_link_result──▶ idle
 *                                     │ failed
 *                                     ▼
 *                         resting until not_before (1 s … 60 s, with jitter)
 *                                     │ lf_link_wake, or time
 *                                     ▼
 *                                    idle
 *
 * Pulling: one waiting poll per collection that is ours to read; the cursor moves
 * in the transaction that took the objects.  Pushing: the outbox in batches; an
 * entry leaves it when the parent's status says how it fared.  Of what a parent calls pending the status is
 * asked for (TAXII 2.1, 4.3); it is posted again when the parent does not know it any more. */
#ifndef LF_ISAC_LINK_H
#define LF_ISAC_LINK_H

#include "http/call.h"
#include "isac/peer.h"
#include "store/task.h"

enum { LF_LINK_SLOTS = 8, LF_LINK_BATCH = 100, LF_LINK_WAIT_S = 25 };

struct lf_link;
struct lf_link *lf_link_create(void);
void lf_link_destroy(struct lf_link *l);

/* Calls to start now, in t->a.  Call it in a task of its own at start, after a
 * commit with LF_FX_OUTBOX or LF_FX_PEERS, after lf_link_result, and at *again
 * (tick; 0 = no need).  It also carries what cert has for children into their
 * collections (LF_FX_COLLECTION is then noted). */
enum lf_code lf_link_next(struct lf_link *l, struct lf_task *t, const struct lf_call **calls, size_t *n,
                          lf_time *again, struct lf_err *e) LF_MUST;
/* The answer to one.  An unknown id is LF_OK: it was forgotten.  LF_IO and LF_FULL
 * mean that nothing was taken; the call will be made again. */
enum lf_code lf_link_result(struct lf_link *l, struct lf_task *t, const struct lf_call_result *r,
                            struct lf_err *e) LF_MUST;
/* Ends all resting: something new happened, or the network came back. */
void lf_link_wake(struct lf_link *l);
/* Forgets calls under way: the relay was started again. */
void lf_link_forget(struct lf_link *l);

/* Puts an object of ours into the outbox (kept until the parent took it).  Nothing happens
 * without a parent, nor with what its markings keep from it (isac/rights.h). */
enum lf_code lf_link_send(struct lf_task *t, lf_view id, lf_time version, lf_view json,
                          struct lf_err *e) LF_MUST;
/* An object that came from an authenticated peer goes to the service it is for.
 * What no service wants is kept only in its collection. */
enum lf_code lf_link_take(struct lf_task *t, const struct lf_peer *from, lf_view type, lf_view json,
                          struct lf_err *e) LF_MUST;

/* For the console: how the link stands. */
struct lf_link_state {
    bool has_parent;
    int64_t outbox;
    unsigned failures; /* in a row, of the worst slot */
};
enum lf_code lf_link_look(const struct lf_link *l, struct lf_task *t, struct lf_link_state *out,
                          struct lf_err *e) LF_MUST;

#endif
