/* Indicators: from alerts, from peers, and out again under a standing policy.
 *
 * Authority follows the authenticated origin.  An indicator is kept per origin:
 * what a peer gave only that peer can renew or revoke.  A value is blocked while
 * at least one indicator for it stands; the table indicator_action tells shield,
 * in order, what to do.
 *
 *   draft ──release──▶ active ─┐
 *   provisional ──release──▶ active ──withdraw / revoked by its origin──▶ revoked
 *   provisional, active ──valid_until passed, or faded (isac/present.h)──▶ expired
 *   of a peer, before its valid_from: waiting ──▶ provisional, active, or draft
 *
 * From a child, within our policy: we derive our own, anonymised (id = keyed hash
 * of the source's, no name of the member), publish it to our members and our
 * parent.  From the parent: taken as it is and passed on to our members.  A value
 * that we publish already is not published again: no loops.
 *
 * Markings hold besides (isac/rights.h): a copy is marked no milder than its source, and of
 * what is stricter than AMBER, or for a group, there is none; what is not for all of our people
 * waits as a draft for one of those whom it is for; lists and pages show what the asker may have. */
#ifndef LF_ISAC_INDICATOR_H
#define LF_ISAC_INDICATOR_H

#include "model/indicator.h"
#include "model/page.h"
#include "model/peer.h"
#include "store/task.h"

/* What a reviewer signs.  As JSON: {"kinds":["domain-name"], "min_evidence":2,
 * "max_life_hours":72, "min_confidence":30, "allow":["gov.tw"], "min_level":"high", "auto_report":true,
 * "tlp":"amber"}.  A name under an allowed one is allowed too.  Below min_confidence (isac/present.h) nothing
 * is blocked, whoever gave it. */
struct lf_policy {
    lf_view id;     /* UUID; empty = there is none signed: nothing goes out by itself */
    unsigned kinds; /* bit per enum lf_observable_kind */
    int64_t min_evidence, max_life_hours, min_confidence;
    enum lf_level min_level;
    bool auto_report;
    bool observed; /* "disclose": ["observed-data"]: values seen go along with sightings */
    lf_view tlp;
    size_t nallow;
    const lf_view *allow;
    lf_view json, signed_by;
    lf_time signed_at;
};
/* Needs REVIEWER.  Signed with the node's key together with who and when. */
enum lf_code lf_policy_sign(struct lf_task *t, lf_view json, lf_view *id, struct lf_err *e) LF_MUST;
/* The standing one; id is empty when there is none or its signature does not hold. */
enum lf_code lf_policy_get(struct lf_task *t, struct lf_policy *out, struct lf_err *e) LF_MUST;

struct lf_indicator_alert {
    enum lf_observable_kind kind;
    lf_view value;
    int64_t evidence; /* independent senders that saw it */
    enum lf_level level;
    lf_view alert, incident; /* ids */
    lf_time happened;
};
/* Provisional and shared when within the policy, else a draft.  The same value
 * again, while one of ours stands, gives that one.  A draft whose evidence has
 * since become enough goes out. */
enum lf_code lf_indicator_from_alert(struct lf_task *t, const struct lf_indicator_alert *alert, lf_view *id,
                                     bool *shared, struct lf_err *e) LF_MUST;
enum lf_code lf_indicator_receive(struct lf_task *t, const struct lf_peer *from, lf_view json,
                                  struct lf_err *e) LF_MUST;
/* Our own, by a person (ANALYST or REVIEWER): everywhere in one step. */
enum lf_code lf_indicator_withdraw(struct lf_task *t, lf_view id, struct lf_err *e) LF_MUST;
/* A person looked at it: a draft goes out, a provisional one stays for good. */
enum lf_code lf_indicator_release(struct lf_task *t, lf_view id, struct lf_err *e) LF_MUST;
/* The same for a value that a warning list keeps back (isac/warning.h), with the reason why;
 * one that stands already, as a parent's may, is blocked now. */
enum lf_code lf_indicator_release_warned(struct lf_task *t, lf_view id, lf_view reason,
                                         struct lf_err *e) LF_MUST;
/* Ends what has outlived itself and begins what has waited for its valid_from; *next is when to come again (0
 * = nothing waits). */
enum lf_code lf_indicator_expire(struct lf_task *t, lf_time *next, struct lf_err *e) LF_MUST;

/* What one peer gave is another's from here on: this node has another parent. */
enum lf_code lf_indicator_rehome(struct lf_task *t, lf_view from, lf_view to, struct lf_err *e) LF_MUST;
/* Puts all of ours that stand and are shared into the outbox: a node that joins a
 * parent brings what it had shared before. */
enum lf_code lf_indicator_offer(struct lf_task *t, struct lf_err *e) LF_MUST;

struct lf_indicator_row {
    lf_view id, origin; /* origin: peer id, empty = ours */
    enum lf_observable_kind kind;
    lf_view value;
    /* "draft", "waiting" (for its valid_from), "provisional", "active", "revoked", "expired"; of an
     * account's (isac/watch.h) "waiting", "watched", "over". */
    lf_view state;
    int64_t evidence;
    lf_view alert, incident, derived_from;
    lf_time created, modified, valid_until;
    lf_time since; /* its last version came */
    bool held;     /* its block is held back: it is too little sure (isac/present.h) */
    lf_view json;
};
struct lf_indicator_page {
    size_t n;
    const struct lf_indicator_row *items;
    lf_view next;
};
/* Newest first. */
enum lf_code lf_indicator_list(struct lf_task *t, const struct lf_page *page, struct lf_indicator_page *out,
                               struct lf_err *e) LF_MUST;
/* The same of those that fit; a page is full while there are any.  All of them are looked through: a part of
 * a value that none has costs a walk over all. */
struct lf_indicator_filter {
    int kind;         /* enum lf_observable_kind; -1: any */
    lf_view part;     /* of the value, in either case; empty: any; at most LF_INDICATOR_PART bytes */
    lf_view state;    /* empty: any */
    lf_time from, to; /* from <= modified < to; 0 is open */
    bool asked;       /* for who shows it: anything is asked for */
};
enum { LF_INDICATOR_PART = 512 };
enum lf_code lf_indicator_seek(struct lf_task *t, const struct lf_indicator_filter *f,
                               const struct lf_page *page, struct lf_indicator_page *out,
                               struct lf_err *e) LF_MUST;
enum lf_code lf_indicator_get(struct lf_task *t, lf_view id, struct lf_indicator_row *out,
                              struct lf_err *e) LF_MUST;

/* The indicator that stands at the node above for one of ours here, by id; id is empty when it
 * knows of none: no parent, not published, or the parent's own of the same value is told of
 * instead. */
struct lf_indicator_above {
    lf_view id, tlp;
    enum lf_observable_kind kind;
};
enum lf_code lf_indicator_above(struct lf_task *t, lf_view id, struct lf_indicator_above *out,
                                struct lf_err *e) LF_MUST;

/* Whether there is an indicator of this id and the scope may have none of it: what lf_task.hides asks. */
enum lf_code lf_indicator_hidden(struct lf_task *t, lf_view id, bool *hidden, struct lf_err *e) LF_MUST;
/* The same of all that were ever kept of this value, in whatever state: each of them is kept from the scope.
 */
enum lf_code lf_indicator_value_hidden(struct lf_task *t, const struct lf_observable *o, bool *hidden,
                                       struct lf_err *e) LF_MUST;
/* Whether there is an indicator of this id that is not for all people of this node, whoever asks. */
enum lf_code lf_indicator_closed(struct lf_task *t, lf_view id, bool *closed, struct lf_err *e) LF_MUST;

/* Does an indicator that others gave us stand for this observable, one that all people of this node may have?
 * (An alert's level, which all of them see, must not tell of another.) */
enum lf_code lf_indicator_known(struct lf_task *t, const struct lf_observable *o, bool *known,
                                struct lf_err *e) LF_MUST;

/* What shield is to do, oldest first, after `seq`.  The core drains it in the same
 * task: shield may know isac, isac not shield. */
struct lf_indicator_action {
    int64_t seq;
    lf_view indicator;
    enum lf_observable_kind kind;
    lf_view value;
    bool block; /* false: unblock */
    bool watch; /* but go on looking for it */
    bool provisional;
    lf_time expires; /* 0 = none */
};
enum lf_code lf_indicator_actions(struct lf_task *t, int64_t after, size_t limit, size_t *n,
                                  const struct lf_indicator_action **out, struct lf_err *e) LF_MUST;
/* Everything up to and with `seq` was done. */
enum lf_code lf_indicator_acted(struct lf_task *t, int64_t seq, struct lf_err *e) LF_MUST;

#endif
