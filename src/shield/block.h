/* Block: which names this node blocks, why, and until when.
 *
 * A name is blocked for an indicator.  Several indicators may name the same
 * domain: it stays in the zone until the last of them was withdrawn or expired.
 * Safety first: what is on the allow list (or lies under or above a name on it),
 * a bare top-level domain, and what everybody needs (shield/never_block.h) is
 * never blocked; the refusal says which and why.  So does what a warning list has, unless a
 * person decided otherwise (isac/warning.h).  Allowing a name withdraws, at
 * once, the blocks it contradicts.
 *
 * The zone holds the topmost blocked names only: each blocks all under it, and a
 * name under another would make a hole in that one's wildcard (RFC 4592, 2.2.1).
 *
 * Each change of what the zone holds gets the next number of the zone; its low 32
 * bits are the zone's DNS serial.  The core sends the dns worker what is new
 * after the commit (LF_FX_ZONE).  The zone holds the blocks of the node's own
 * organisation: pass a task whose scope is that. */
#ifndef LF_SHIELD_BLOCK_H
#define LF_SHIELD_BLOCK_H

#include "base/time.h"
#include "model/observable.h"
#include "model/page.h"
#include "shield/zone_message.h"
#include "store/task.h"

enum lf_block_state { LF_BLOCK_ACTIVE, LF_BLOCK_WITHDRAWN, LF_BLOCK_EXPIRED };
const char *lf_block_state_name(enum lf_block_state s); /* "active", "withdrawn", "expired" */

struct lf_block {
    lf_view id;
    lf_view value;     /* lower-case, no final dot */
    lf_view indicator; /* STIX id of the indicator, or what a person gave as the reason */
    enum lf_block_state state;
    bool provisional;
    lf_time created, changed;
    lf_time expires; /* 0 = never */
};

/* Blocks a domain for an indicator.  Doing it again for the same indicator renews
 * expiry and provisional and is no second block.  LF_BAD_INPUT: not a domain;
 * LF_UNACCEPTED: must not be blocked, the text says why; LF_FORBIDDEN: needs
 * analyst, reviewer or the system.  `out` may be NULL.  expires 0 = never. */
enum lf_code lf_block_add(struct lf_task *t, lf_view value, lf_view indicator, bool provisional,
                          lf_time expires, struct lf_block *out, struct lf_err *e) LF_MUST;
/* Takes back all blocks of an indicator; none is LF_OK with *n = 0 (n may be NULL). */
enum lf_code lf_block_withdraw(struct lf_task *t, lf_view indicator, size_t *n, struct lf_err *e) LF_MUST;
/* Ends what has expired by the task's clock; the core calls it now and then. */
enum lf_code lf_block_expire(struct lf_task *t, size_t *n, struct lf_err *e) LF_MUST;
/* When the next block expires; 0 = none will. */
enum lf_code lf_block_next_expiry(struct lf_task *t, lf_time *out, struct lf_err *e) LF_MUST;
/* Newest first; `active_only` leaves the ended ones out, and so does what the asker may not have
 * (isac/rights.h). */
enum lf_code lf_block_list(struct lf_task *t, bool active_only, const struct lf_page *page,
                           struct lf_block **out, size_t *n, lf_view *next, struct lf_err *e) LF_MUST;
/* LF_NOT_FOUND when no active block names exactly this value. */
enum lf_code lf_block_find(struct lf_task *t, lf_view value, struct lf_block *out, struct lf_err *e) LF_MUST;
/* Names blocked; those under another blocked name count too.  Of at most LF_BLOCK_FEW blocks those that the
 * asker may have (isac/rights.h); of more all, rounded down to two digits so that no single one shows.  The
 * node itself is given all. */
enum { LF_BLOCK_FEW = 500 };
enum lf_code lf_block_count(struct lf_task *t, int64_t *names, struct lf_err *e) LF_MUST;
/* Whether a value of this kind can be blocked at all: names only, today. */
static inline bool lf_block_can(enum lf_observable_kind kind)
{
    return kind == LF_OBS_DOMAIN;
}
/* Would this domain be refused?  LF_OK, or the code and text lf_block_add would give. */
enum lf_code lf_block_check(struct lf_task *t, lf_view value, struct lf_err *e) LF_MUST;

struct lf_allow {
    lf_view value;
    lf_view reason;
    lf_time created;
};
/* Allows a domain and all under it; *withdrawn (may be NULL): blocks ended by it that the asker may have.
 * Adding again replaces the reason.  The node's own names are put here at start. */
enum lf_code lf_allow_add(struct lf_task *t, lf_view value, lf_view reason, size_t *withdrawn,
                          struct lf_err *e) LF_MUST;
enum lf_code lf_allow_del(struct lf_task *t, lf_view value, struct lf_err *e) LF_MUST; /* LF_NOT_FOUND */
enum lf_code lf_allow_list(struct lf_task *t, const struct lf_page *page, struct lf_allow **out, size_t *n,
                           lf_view *next, struct lf_err *e) LF_MUST;

/* For the core, after the commit.  The zone's number; 1 when nothing was ever blocked. */
enum lf_code lf_zone_number(struct lf_task *t, int64_t *out, struct lf_err *e) LF_MUST;
/* Sends the whole zone as ZONE_FULL payloads; *number (may be NULL) what was sent. */
enum lf_code lf_zone_snapshot(struct lf_task *t, lf_view zone, lf_zone_send_fn send, void *ctx,
                              int64_t *number, struct lf_err *e) LF_MUST;
/* Sends what changed after `since` as ZONE_DELTA payloads (nothing when nothing
 * did).  LF_NOT_FOUND: so long ago that it is no longer known; send a snapshot. */
enum lf_code lf_zone_changes(struct lf_task *t, lf_view zone, int64_t since, lf_zone_send_fn send, void *ctx,
                             int64_t *number, struct lf_err *e) LF_MUST;

#endif
