/* Who takes part in an exercise (cert/exercise.h) over links, and what they say of it.
 *
 * Who conducts it names organisations of its contact network: tenants, children with a node of their own,
 * alone or with all below them, and who is only called.  It goes down to those children and nobody else, as
 * a signed record (model/drill.h); one that is to bring all below it passes it on.
 *
 *   asked ──acknowledges──▶ acknowledged ◀──▶ declined      with the time, until it has ended
 *
 * What a member says goes up to whom it came from, and each node passes on what those below it say: answer,
 * result report, what its injects expected and was done there.  Known by exercise and node, and by the time
 * it was said: the same again, or something older, changes nothing.
 *
 * Only the node above starts an exercise for a member.  Nothing of one goes to a node that it did not come
 * from, also when the node has another parent by now; and what a child hands in for one that it takes no part
 * in is refused.  Signatures are isac's to hold against keys (isac/exercise_link.h). */
#ifndef LF_CERT_EXERCISE_PART_H
#define LF_CERT_EXERCISE_PART_H

#include "cert/exercise.h"
#include "cert/incident.h"
#include "model/drill.h"

enum {
    LF_EXERCISES_ABOVE = 100, /* of the node above, planned or running */
    LF_EXERCISE_TOLD = 200,   /* injects of one that came from above */
    LF_EXERCISE_BELOW = 2000  /* nodes that one child speaks for, itself among them */
};
const char *lf_part_answer_name(enum lf_part_answer a); /* "asked", "acknowledged", "declined" */

struct lf_exercise_part {
    lf_view unit, name;         /* unit: of the contact network; empty: it lies below one, or all take part */
    lf_view tenant, peer, node; /* how it is reached; none: it is only called */
    lf_view tier;
    bool whole; /* with all below it */
    bool sent;  /* the record is where its node, or its people, find it */
    bool below; /* of the peer, which passed its word on */
    enum lf_part_answer answer;
    lf_time answered; /* 0: not yet */
    lf_view why;      /* as it said */
    lf_time reported; /* its result report; 0: not handed in */
    lf_view report;
    bool late; /* that is due and not there */
};
/* In the order in which they were named, each with those below it behind it; what they
 * wrote is for who may change one. */
enum lf_code lf_exercise_parts(struct lf_task *t, lf_view id, size_t *n, const struct lf_exercise_part **out,
                               struct lf_err *e) LF_MUST;
/* This organisation takes part, or does not; `why` may be empty.  Of one that it does not conduct and that
 * has not ended.  By an ANALYST, REVIEWER or ADMIN, a tenant's REPORTER too; audited. */
enum lf_code lf_exercise_answer(struct lf_task *t, lf_view id, bool accept, lf_view why,
                                struct lf_err *e) LF_MUST;
/* Whom of its own the member of an exercise brings: names or OIDs, and those with all below them. */
enum lf_code lf_exercise_bring(struct lf_task *t, lf_view id, const struct lf_exercise_members *who,
                               struct lf_err *e) LF_MUST;

/* What this organisation was told by who conducts one; never what is still to come. */
struct lf_exercise_told {
    lf_view exercise, inject, dest;
    lf_view zh, en, tell_zh, tell_en, expect, task;
    int points;
    bool english, whole;
    lf_time told, until, received; /* until 0: nothing is expected */
    bool late;                     /* it came more than a minute after it was told: the link was cut */
};
enum lf_code lf_exercise_told(struct lf_task *t, lf_view id, size_t *n, const struct lf_exercise_told **out,
                              struct lf_err *e) LF_MUST;

/* ---- links ---- */

/* From an authenticated peer; the signature was held against its key.  LF_FORBIDDEN, LF_UNACCEPTED,
 * LF_CONFLICT with the sentence: nothing changes. */
enum lf_code lf_exercise_receive(struct lf_task *t, const struct lf_incident_peer *from,
                                 const struct lf_drill *d, struct lf_err *e) LF_MUST;
enum lf_code lf_exercise_inject_receive(struct lf_task *t, const struct lf_incident_peer *from,
                                        const struct lf_drill_inject *d, struct lf_err *e) LF_MUST;
enum lf_code lf_exercise_answered(struct lf_task *t, const struct lf_incident_peer *from,
                                  const struct lf_drill_answer *d, struct lf_err *e) LF_MUST;
/* A child came or came back. */
enum lf_code lf_exercise_greet(struct lf_task *t, struct lf_err *e) LF_MUST;

/* What waits for a child: the record or an inject, all but its own id, in the node's task.  `give` puts it
 * into the child's inbox; what it gave is noted in the same transaction. */
struct lf_exercise_carrier {
    void *ctx;
    enum lf_code (*record)(void *ctx, lf_view peer, struct lf_drill *d, struct lf_err *e);
    enum lf_code (*inject)(void *ctx, lf_view peer, struct lf_drill_inject *d, struct lf_err *e);
    enum lf_code (*answer)(void *ctx, struct lf_drill_answer *d, struct lf_err *e); /* to the node above */
};
enum lf_code lf_exercise_carry(struct lf_task *t, const struct lf_exercise_carrier *c,
                               struct lf_err *e) LF_MUST;
/* Looks what was done here that the node above is to be told, and whose result reports are overdue. */
enum lf_code lf_exercise_turn(struct lf_task *t, struct lf_err *e) LF_MUST;

#endif
