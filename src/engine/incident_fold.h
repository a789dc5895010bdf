/* Incident fold: the state that a set of events adds up to.
 *
 * Pure and deterministic: the same set gives the same state, in whatever order
 * and however often the events came.  Events are ordered causally (an event
 * after all its parents that are held), and where causality says nothing by
 * (recorded, node, sequence, id).  Then each is tried against two transition
 * tables, one for each track; an act that the tables refuse changes nothing and
 * is counted.  Handling never waits for review.
 *
 *   review    draft → reported ⇄ returned → confirmed → forwarded | not_incident
 *   handling  responding → controlled → recovered → final → closed
 *
 * Acts that did not see one another are settled as the incident model says:
 * return ∥ edit: the edit answers the return; confirmation ∥ the nation's own:
 * the nation's stands; merge ∥ close: close stands; level: nation before
 * reviewer before reporter, then the later. */
#ifndef LF_ENGINE_INCIDENT_FOLD_H
#define LF_ENGINE_INCIDENT_FOLD_H

#include "model/incident.h"

enum lf_review {
    LF_REVIEW_DRAFT,
    LF_REVIEW_REPORTED,
    LF_REVIEW_RETURNED,
    LF_REVIEW_CONFIRMED,
    LF_REVIEW_FORWARDED,
    LF_REVIEW_NOT_INCIDENT
};
enum lf_handling {
    LF_HANDLING_RESPONDING,
    LF_HANDLING_CONTROLLED,
    LF_HANDLING_RECOVERED,
    LF_HANDLING_FINAL,
    LF_HANDLING_CLOSED
};

const char *lf_review_name(enum lf_review r);     /* "draft", "reported", …, "not_incident" */
const char *lf_handling_name(enum lf_handling h); /* "responding", …, "closed" */

struct lf_incident_state {
    lf_view incident;
    lf_view org;  /* of the first event */
    lf_view node; /* origin: node of the first event */
    lf_view tier; /* its tier */
    enum lf_review review;
    enum lf_handling handling;
    int level;      /* 1–4, 0 = none stated yet */
    int level_rank; /* 1 reporter or system, 2 reviewer, 3 nation: who holds it */
    lf_view title, description, alert;
    lf_time aware_at;    /* 0 = no awareness recorded */
    lf_time reported_at; /* first report as its node recorded it; 0 = none */
    lf_time first, last; /* recording of the first and last event in order */
    bool exercise;       /* set by the first event, immutable */
    bool corroborated;   /* two independent sources saw it */
    lf_view merged_into; /* incident id; empty = not merged */
    size_t nevents;      /* different ones */
    size_t refused;      /* had no effect: not allowed there, or by whom */
    size_t conflicts;    /* concurrent acts that were settled by rule */
    size_t missing;      /* parents named but not held */
    size_t nheads;       /* newest events: the parents of the next */
    const lf_view *heads;
};

/* `order`, when not NULL, gets n pointers (nevents used): the events as they were applied.
 * More than LF_INCIDENT_EVENTS different events, none, or events of different
 * incidents: LF_BAD_INPUT. */
enum lf_code lf_incident_fold(struct lf_arena *a, const struct lf_incident_event *events, size_t n,
                              struct lf_incident_state *out, const struct lf_incident_event **order,
                              struct lf_err *e) LF_MUST;

/* Whether `by` may do `kind` in this state; the error is one sentence naming the
 * rule that forbids it (LF_FORBIDDEN: not this role; LF_CONFLICT: not in this state;
 * LF_UNACCEPTED: an unknown kind). */
enum lf_code lf_incident_may(const struct lf_incident_state *s, lf_view kind, lf_view by,
                             struct lf_err *e) LF_MUST;

/* Whether an event carries what its kind needs (a level change its level, a return
 * its reason …); LF_UNACCEPTED with one sentence.  Checked before an event is kept,
 * so that one bad event cannot spoil the clocks of a whole history. */
enum lf_code lf_incident_content(const struct lf_incident_event *ev, struct lf_err *e) LF_MUST;

/* The history of engine/clock.h (a JSON array) out of events in any order.
 * received[i] is when this node, of tier `tier`, took event i from another node; 0 =
 * it is of this tier itself.  An event counts as recorded no earlier than those its
 * node had seen: a clock that was set wrong cannot put an effect before its cause, and
 * every tier judges the same. */
void lf_incident_history(struct lf_arena *a, struct lf_buf *b, const struct lf_incident_event *const *events,
                         const lf_time *received, size_t n, lf_view tier);

/* Whether a node of this tier may speak in this role: a provider cannot review. */
bool lf_incident_role_fits(lf_view tier, lf_view by);

#endif
