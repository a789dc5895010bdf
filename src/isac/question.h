/* Questions: a node asks the archives below it, and answers what the node above it asks.
 *
 *   people ── ask ──▶ our inboxes for children ── pull ──▶ receive ─┬─ policy ─▶ QUEUED ─▶ RUNNING ─┐
 *                                                                   ├─▶ WAITING ── decide ──┘       │
 *                                                                   ├─▶ REFUSED          ANSWERED, PARTLY
 *                                                                   └─▶ on to the children          │
 *   answered ◀── outbox of the child ◀── one answer, told anew as those below it come in ◀──────────┘
 *
 * The question's shape, limits and signatures are model/question.h.  Only the node above asks, by
 * its authenticated link and the key that is pinned for it; a question that it passes on carries the
 * asker's own, signed.  What this node answers is decided by a policy that a reviewer signed; without
 * one a person is asked each time.  What leaves is a count, perhaps when first and last, perhaps the
 * same for each value that the question itself named: never an event, nor a value that an event had
 * and the question did not.  An event with a value that is asked for and that this node knows as an
 * indicator stricter than AMBER, or with a name below one, is as if it were not there (docs/adr/0027),
 * whether a list, a pattern or a rule names it; it costs the same.
 *
 * Asked once and answered once: a question is known by its id and an answer by question and child;
 * the same again changes nothing.  Everything is in the store before it is said, so after a crash at
 * any point the same question is run again, and the answer it gives is the next version of the same
 * object.  An expired or withdrawn one is not run, and one that runs is stopped.
 *
 * Who asked what, who consented and what was told is in the audit trail of both sides. */
#ifndef LF_ISAC_QUESTION_H
#define LF_ISAC_QUESTION_H

#include "model/peer.h"
#include "model/question.h"
#include "store/task.h"

enum {
    LF_QUESTION_TRIES = 5,   /* runs of one that were begun and had no end: a worker or the node went down */
    LF_QUESTIONS_OPEN = 1000 /* not done at a time; more are refused */
};

/* What may be told of a run. */
enum lf_question_disclose { LF_DISCLOSE_COUNT, LF_DISCLOSE_TIMES, LF_DISCLOSE_VALUES, LF_DISCLOSES };

struct lf_question_policy {
    lf_view id, json, signed_by; /* empty: none was signed; what holds then is the struct's rest */
    lf_time signed_at;
    const lf_view *askers; /* "tier:nation", "identity--…"; none: any node above */
    size_t naskers;
    unsigned kinds;     /* bits 1 << enum lf_question_kind that are answered at all, */
    unsigned automatic; /* and without a person */
    int64_t most_bytes, most_seconds, most_days;
    enum lf_question_disclose disclose;
    int64_t floor; /* 1 … floor - 1 is told as "fewer than floor"; 0, 1: as it is */
    bool named;    /* nodes above the parent learn who it is */
};
enum lf_code lf_question_policy_get(struct lf_task *t, struct lf_question_policy *out,
                                    struct lf_err *e) LF_MUST;
/* Needs REVIEWER. */
enum lf_code lf_question_policy_sign(struct lf_task *t, lf_view json, lf_view *id, struct lf_err *e) LF_MUST;
void lf_question_policy_json(struct lf_json_w *w, const struct lf_question_policy *p);

/* ---- people ---- */

/* Needs ANALYST, REVIEWER or ADMIN.  id, asker, times of making and zero limits are filled in; values are
 * brought into the form that is compared.  The own archive is asked too when it is in the audience. */
enum lf_code lf_question_ask(struct lf_task *t, const struct lf_question *in, lf_view *id,
                             struct lf_err *e) LF_MUST;
/* The same people; nothing is run any more, what was answered stays. */
enum lf_code lf_question_withdraw(struct lf_task *t, lf_view id, struct lf_err *e) LF_MUST;
/* Needs REVIEWER or ADMIN: a question that waits is run, or refused with a reason; one that runs can be
 * refused too and is stopped. */
enum lf_code lf_question_decide(struct lf_task *t, lf_view id, bool accept, lf_view reason,
                                struct lf_err *e) LF_MUST;

struct lf_question_row {
    lf_view id, name, asker, asker_name, asker_tier;
    int64_t seq;
    lf_view origin; /* the parent; empty: ours */
    enum lf_question_kind kind;
    lf_time created, expires, received;
    enum lf_answer_state state; /* of our own archive */
    lf_view reason, decided_by;
    lf_time decided;
    bool due;
    lf_time told;
    lf_view object, json, result, answer;
};
/* Newest first; `before` 0: from the newest. */
enum lf_code lf_question_list(struct lf_task *t, int64_t before, size_t most, size_t *n,
                              struct lf_question_row **out, struct lf_err *e) LF_MUST;

struct lf_question_view {
    struct lf_question_row row;
    struct lf_question_way way;
    struct lf_answer_part own;  /* what was found here, whole */
    struct lf_answer_part told; /* what of it is told; both are empty until it was run */
    struct lf_answer_part *members;
    size_t nmembers;
    /* Of all, our own archive too. */
    struct lf_question_sum {
        int64_t asked, open, answered, refused, seen; /* nodes; seen: that found it, or fewer than a floor */
        int64_t count;
        bool at_least; /* some told less than they know, or are not done */
        lf_time first, last;
    } sum;
};
enum lf_code lf_question_get(struct lf_task *t, lf_view id, struct lf_question_view *out,
                             struct lf_err *e) LF_MUST;

/* ---- links ---- */

/* From the node above.  LF_FORBIDDEN, LF_UNAUTHENTIC, LF_UNACCEPTED with the sentence: nothing changes. */
enum lf_code lf_question_receive(struct lf_task *t, const struct lf_peer *from, lf_view json,
                                 struct lf_err *e) LF_MUST;
/* A child's answer. */
enum lf_code lf_question_answered(struct lf_task *t, const struct lf_peer *from, lf_view json,
                                  struct lf_err *e) LF_MUST;
/* A child that came or came back: what is still asked is asked of it too. */
enum lf_code lf_question_greet(struct lf_task *t, lf_view peer, struct lf_err *e) LF_MUST;
/* Ends what expired and tells the node above what changed. */
enum lf_code lf_question_turn(struct lf_task *t, struct lf_err *e) LF_MUST;

/* ---- the core ---- */

/* The next to be run (LF_FX_QUESTION was noted); *found false: none.  It counts as running from here on, and
 * is given again until it has a result, LF_QUESTION_TRIES times; then it is refused with that sentence. */
enum lf_code lf_question_next(struct lf_task *t, struct lf_question_order *order, bool *found,
                              struct lf_err *e) LF_MUST;
/* Is the one that runs still wanted? */
enum lf_code lf_question_wanted(struct lf_task *t, int64_t number, bool *wanted, struct lf_err *e) LF_MUST;
enum lf_code lf_question_ran(struct lf_task *t, const struct lf_question_result *r, struct lf_err *e) LF_MUST;

#endif
