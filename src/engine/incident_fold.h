/* Incident fold: the state that a set of events adds up to.
 *
 * Pure and deterministic: the same set gives the same state, in whatever order
 * and however often the events came.  Events are ordered causally (an event
 * after all its parents that are held, and after what its own node recorded before), and
 * where causality says nothing by (recorded, node, sequence, id).  Then each is tried against
 * two transition tables, one for each track; an act that the tables refuse changes nothing.
 * Handling never waits for review.
 *
 *   review    draft → reported ⇄ returned → confirmed → forwarded | not_incident
 *   handling  responding → controlled → recovered → final → closed → follow_up_done
 *
 * What an event SAW: its parents, what its node recorded before, and all that those saw.  An
 * event with `base` in its body (the newest events its author had on screen) saw those
 * instead: so two people at one node can act at once.  Acts that did not see one another are
 * settled as the incident model says; docs/manual/incidents.md has the table. */
#ifndef LF_ENGINE_INCIDENT_FOLD_H
#define LF_ENGINE_INCIDENT_FOLD_H

#include "model/incident.h"
#include "model/marking.h"

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
    LF_HANDLING_CLOSED,
    LF_HANDLING_FOLLOW_UP_DONE
};

/* What became of an event. */
enum lf_incident_outcome {
    LF_OUTCOME_APPLIED,
    LF_OUTCOME_REFUSED,   /* the tables forbid it there, or to that role; or it lacks what it needs */
    LF_OUTCOME_OUTRANKED, /* the act counts, its word on level or awareness does not */
    LF_OUTCOME_ANSWERED,  /* a return that an edit, unseen, had answered already */
    LF_OUTCOME_OPINION,   /* a review beside the nation's own: kept as opinion */
    LF_OUTCOME_VOID,      /* a merge of what was ended meanwhile */
    LF_OUTCOME_UNDONE,    /* a merge that was undone */
    LF_OUTCOME_ENTRY,     /* of one who had not seen the end: its text is kept, nothing moves */
    LF_OUTCOME_UNKNOWN,   /* a kind of a later version */
};
const char *lf_incident_outcome_name(enum lf_incident_outcome o); /* "applied", "refused", … */

/* A follow-up measure 改善措施. */
struct lf_incident_measure {
    lf_view id, what, owner, due; /* due: a date YYYY-MM-DD; owner and due may be empty yet */
    bool done, verified;
};

/* One of several texts of one field that were written without seeing each other; they stand
 * until someone who saw them all writes the field again. */
struct lf_incident_rival {
    const char *field; /* "title", "description", "impact", "measures" */
    lf_view text;
    lf_view event; /* id */
};

const char *lf_review_name(enum lf_review r);     /* "draft", "reported", …, "not_incident" */
const char *lf_handling_name(enum lf_handling h); /* "responding", …, "follow_up_done" */

struct lf_incident_state {
    lf_view incident;
    lf_view org;  /* of the first event */
    lf_view node; /* origin: node of the first event */
    lf_view tier; /* its tier */
    enum lf_review review;
    enum lf_handling handling;
    int level;      /* 1–4, 0 = none stated yet */
    int level_rank; /* 1 reporter or system, 2 reviewer, 3 nation: who holds it */
    lf_view title, description, impact, measures_taken, alert;
    lf_view category; /* as the last report or supplement gives it, first 64 bytes */
    /* The type of ENISA's reference taxonomy that somebody chose: the reporter in a report, or who corrected
     * it; of those of the highest rank (nation, reviewer, reporter) the last.  Empty: as the class says. */
    lf_view rsit;
    int rsit_rank; /* who holds it, as level_rank; 0 = nobody chose */
    /* The vital functions it affects (model/vital.h): as the reporter says in a report or who corrected it
     * (`vital_corrected`); of those of the highest rank the last. */
    unsigned vital;
    int vital_rank; /* 0 = nobody said */
    /* TLP, as the newest report, supplement or `marked` of the reporter says; of several that did not see one
     * another the strictest.  Who reviews can make it stricter and not milder.  A word that is no TLP: RED.
     */
    enum lf_tlp tlp;                         /* NONE = nobody has said */
    lf_time aware_at;                        /* 0 = no awareness recorded */
    lf_time reported_at;                     /* first report as its node recorded it; 0 = none */
    lf_time first, last;                     /* recording of the first and last event in order */
    bool exercise;                           /* set by the first event, immutable */
    struct lf_incident_exercise exercise_of; /* the same */
    bool imported;                           /* the first event says it is an old case of another system */
    bool corroborated;                       /* two independent sources saw it */
    lf_view merged_into;                     /* incident id; empty = not merged */
    bool merged_same;                        /* of the identical agency: the parent carries the duty on */
    size_t nmeasures;
    const struct lf_incident_measure *measures; /* in the order they were planned */
    size_t nrivals;
    const struct lf_incident_rival *rivals; /* of each field the shown one last */
    size_t nevents;                         /* different ones */
    size_t refused;                         /* had no effect: not allowed there, or by whom */
    size_t conflicts;                       /* concurrent acts that were settled by rule */
    size_t missing;                         /* parents named but not held */
    size_t nheads;                          /* newest events: the parents of the next */
    const lf_view *heads;
    const uint8_t *outcomes; /* enum lf_incident_outcome of each, in the order they were applied */
};

/* `order`, when not NULL, gets n pointers (nevents used): the events as they were applied.
 * More than LF_INCIDENT_EVENTS different events, none, or events of different
 * incidents: LF_BAD_INPUT. */
enum lf_code lf_incident_fold(struct lf_arena *a, const struct lf_incident_event *events, size_t n,
                              struct lf_incident_state *out, const struct lf_incident_event **order,
                              struct lf_err *e) LF_MUST;

/* Whether `by` may do `kind` in this state, leaving aside what it must carry; the error is a
 * sentence in zh-TW and one in English, both naming the rule that forbids it (LF_FORBIDDEN: not
 * this role; LF_CONFLICT: not in this state; LF_UNACCEPTED: an unknown kind). */
enum lf_code lf_incident_may(const struct lf_incident_state *s, lf_view kind, lf_view by,
                             struct lf_err *e) LF_MUST;

/* One line of the transition tables, for who draws them; roles are bits. */
enum { LF_BY_REPORTER = 1, LF_BY_SYSTEM = 2, LF_BY_REVIEWER = 4, LF_BY_NATION = 8 };
struct lf_incident_arrow {
    const char *kind;
    bool handling;           /* of 應變; false: of 審核 */
    unsigned from;           /* states, bits 1 << enum lf_handling or lf_review */
    int to;                  /* the state it leads to; -1: none other */
    unsigned who, who_major; /* who may at level 1 and 2 (or none stated), and at 3 and 4 */
    int needs;               /* of 應變: the state that 審核 must be in; -1: any */
};
/* False: past the last. */
bool lf_incident_arrow(size_t i, struct lf_incident_arrow *out);

/* Whether an event carries what its kind needs (a level change its level, a return
 * its reason …); LF_UNACCEPTED with one sentence.  Checked before an event is kept,
 * so that one bad event cannot spoil the clocks of a whole history. */
enum lf_code lf_incident_content(const struct lf_incident_event *ev, struct lf_err *e) LF_MUST;

/* The whole question: role and state, what the kind needs, and what the state asks of it
 * besides (a re-review its grounds, a close an owner and a date for every measure …). */
enum lf_code lf_incident_allows(const struct lf_incident_state *s, const struct lf_incident_event *ev,
                                struct lf_err *e) LF_MUST;

/* Whether the kind writes text that stands beside another's written at the same time: a
 * report, a supplement, an entry. */
bool lf_incident_writes_text(lf_view kind);

/* The history of engine/clock.h (a JSON array) out of `s` and its events in the order they were
 * applied.  received[i] is when this node, of tier `tier`, took event i from another node; 0 =
 * it is of this tier itself.  What the fold refused or undid is left out: clocks and state
 * agree, and an undone merge gives the clocks back.  An event counts as recorded no earlier
 * than its parents: a clock that was set wrong cannot put an effect before its cause, and
 * every tier judges the same; nor as received before them, where much that was held up came at once. */
void lf_incident_history(struct lf_arena *a, struct lf_buf *b, const struct lf_incident_state *s,
                         const struct lf_incident_event *const *order, const lf_time *received, lf_view tier);

/* Whether a node of this tier may speak in this role: a provider cannot review. */
bool lf_incident_role_fits(lf_view tier, lf_view by);

#endif
