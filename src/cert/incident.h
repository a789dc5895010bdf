/* Incidents: awareness, report, review, and their way up and down the tree.
 *
 * An incident is a set of signed events (model/incident.h); the tables hold the
 * events and, for lists, the state they fold to.  Every change is an event of
 * this node, signed with its key; what other nodes recorded comes in through
 * lf_incident_event_receive() and is never altered.
 *
 * Who may do what: the tables of engine/incident_fold.h.  The role in which an
 * account acts follows from its rights and this node's tier: reporter at the
 * node of origin, reviewer at a tier above it, national at the nation.
 *
 * Each carries a TLP (docs/adr/0053): an incident that its TLP keeps from the scope is not there, in lists,
 * by its id and for acts; its author has it.  It goes the way of the law all the same.
 *
 * Which events travel: a provider pushes an incident up from its report on; a
 * sector passes it to the nation when it is level 3–4, confirmed, or
 * corroborated under the standing policy; what a tier above does goes down to
 * the child the incident came from.  isac carries: it reads
 * lf_incident_outgoing_list(), pushes, and acknowledges. */
#ifndef LF_CERT_INCIDENT_H
#define LF_CERT_INCIDENT_H

#include "cert/deadline.h"
#include "cert/exercise.h"
#include "engine/incident_fold.h"
#include "model/finding.h"
#include "model/marking.h"
#include "model/page.h"
#include "store/task.h"

/* What of an alert makes an incident. */
struct lf_incident_alert {
    lf_view id; /* of the alert: opening twice gives the same incident */
    lf_view title;
    lf_view host;
    enum lf_level level;
    bool corroborated; /* a second, independent source saw it */
    lf_time happened;  /* the attack, by the event's own time */
    lf_time recorded;  /* when the corroborated alert was recorded: awareness */
    size_t nobservables;
    const struct lf_observable *observables;
};

enum lf_clock_state { LF_CLOCK_NONE, LF_CLOCK_RUNNING, LF_CLOCK_MET, LF_CLOCK_BREACHED, LF_CLOCK_CANCELLED };
const char *lf_clock_state_name(enum lf_clock_state s); /* "not_started", "running", "met", … */

/* The first-report clock (C1 of rules/clock/tw-2026.json) as of now: what the clock
 * engine said when the last event came, read against the time; never a timer. */
struct lf_incident_clock {
    enum lf_clock_state state;
    lf_time start;
    lf_time due;    /* 0 = none */
    lf_time ended;  /* 0 = still running */
    int percent;    /* of the limit used, 0–100; past it 100 */
    int warned;     /* highest warning passed: 0, 50 or 80 */
    int64_t late_s; /* seconds past due, at the end or now */
};

struct lf_incident {
    lf_view id, org; /* org: the tenant of this node whose row it is */
    lf_view node;    /* origin */
    lf_view peer;    /* the child it came from; empty = our own */
    lf_view title, alert;
    lf_view category;         /* of the newest report; empty = none given */
    lf_view rsit;             /* "intrusions:system-compromise"; empty = none known */
    unsigned vital;           /* functions it affects (model/vital.h) */
    enum lf_tlp tlp;          /* as its reporter says; NONE = nothing, which is handled as AMBER */
    lf_view author;           /* the account here that opened it; empty = another node, or no person */
    lf_view review, handling; /* names */
    int level;                /* 0 = not stated */
    lf_time aware_at, reported_at, updated;
    lf_time received_at; /* the reviewer's first receipt, by the reviewer's clock; 0 = none came here */
    struct lf_incident_clock c1;
    struct lf_deadline
        nearest; /* in lists and of one that is opened: the clock due first; id empty = none runs */
    bool exercise;
    int64_t events;
};

struct lf_incident_page {
    size_t n;
    const struct lf_incident *items;
    lf_view next; /* empty = no more */
};

struct lf_incident_full {
    struct lf_incident row;
    struct lf_incident_state state;
    size_t nevents;
    const struct lf_incident_event *const *events; /* as applied */
    lf_view clocks; /* all clocks: JSON of engine/clock.h as of now; empty when no set is in force */
    size_t nrows;   /* the same, those that have begun */
    const struct lf_clock_row *rows;
};

struct lf_incident_filter {
    lf_view review, handling;           /* empty = any */
    enum lf_deadline_state clock_state; /* only where a clock is in it: running, overdue or missed */
    lf_view clock;                      /* that clock; empty = any */
    bool active;                        /* only what is no exercise, not closed and not dropped */
    int level;                          /* 0 = any */
    lf_view category;                   /* empty = any */
    lf_view rsit;                       /* a class of the reference taxonomy, or "class:type"; empty = any */
    int64_t vital;                      /* affects one of this set (model/vital.h); 0 = any, and none */
    lf_time from, to;                   /* awareness: from <= it < to; 0 = unbounded */
    lf_view words;                      /* all of them in title, description or report number; empty = any */
    /* Those that name it; empty = any.  With it go `by` (id of the child it came from, "-": this node's own;
     * empty = any) and, both or neither, clock and `stands`: what a number of its sheet counts. */
    lf_view exercise, by;
    enum lf_exercise_stands stands;
    /* What a statistic counts (cert/statistic.h): no exercise, newest awareness first; goes with level (-1:
     * none stated), category ("-": none given), rsit ("-": none known), vital (-1: none), times, states and
     * the three below, which go with nothing else. */
    bool counted;
    int sector;   /* 1 + attribute of the organisation (cert/unit.h); 0 = any */
    int took;     /* lf_statistic_measure: only what was reported, reviewed, brought under control; 0 = any */
    lf_view late; /* only where that clock is late or was, "any": whichever; empty = any */
};

/* Needs analyst or system.  Records `aware` (awareness: alert->recorded) and, with
 * a policy's name, `reported` by the system under that policy.  The same alert
 * again gives the same incident and records nothing. */
enum lf_code lf_incident_open_from_alert(struct lf_task *t, const struct lf_incident_alert *alert,
                                         lf_view policy, lf_view *incident, struct lf_err *e) LF_MUST;

/* A person's report; `form` is a JSON object: title (needed), description,
 * impact (scope and loss), measures (taken so far), happened_at and
 * aware_at (RFC 3339, not in the future; aware_at absent = now), level 1–4 or answers (the
 * object of engine/level.h), channel ("platform", or "other" with reason),
 * exercise (id of one that runs and that the organisation takes part in, cert/exercise.h; for good),
 * draft (true: record awareness only); what a tier above compares between members:
 * category, observables [{"type","value"}], malware and techniques (texts or lists of them); form: what
 * cert/report.h keeps. */
enum lf_code lf_incident_report(struct lf_task *t, lf_view form, lf_view *incident, struct lf_err *e) LF_MUST;

/* In which role the account acts upon the incident: "reporter", "reviewer", "national", "supporter" or
 * "system"; empty: in none. */
lf_view lf_incident_role(const struct lf_task *t, const struct lf_incident *row);

/* Any further act.  `body` is a JSON object or empty; "occurred_at" in it is when it
 * happened (not in the future).  Refusals name the rule. */
enum lf_code lf_incident_event_add(struct lf_task *t, lf_view incident, lf_view kind, lf_view body,
                                   lf_view *event, struct lf_err *e) LF_MUST;

/* The authenticated peer an event came from. */
struct lf_incident_peer {
    lf_view id;   /* our row of the peer: destination of what goes back down */
    lf_view node; /* "identity--<uuid>" */
    lf_view tier;
    uint8_t key[LF_SIGN_PUBLIC]; /* its pinned signing key */
    bool is_parent;              /* else a child */
};

/* A node replaced its signing key (hex both); the caller has verified the statement.  What
 * `via` passed on is held against the new one from here on, and against the old one until
 * `until`.  LF_FORBIDDEN: the node lies elsewhere in the tree; LF_UNAUTHENTIC: it was first
 * vouched for with another key.  `moved`: it says that it lies below `via` from now on, and so
 * do its incidents. */
enum lf_code lf_incident_key_changed(struct lf_task *t, lf_view node, lf_view via, lf_view old, lf_view key,
                                     lf_time until, bool moved, struct lf_err *e) LF_MUST;
/* All that went up goes up again: there is another parent. */
enum lf_code lf_incident_outgoing_again(struct lf_task *t, struct lf_err *e) LF_MUST;

/* Takes an `incident-event` object that arrived.  Verifies the signature with the
 * peer's key, or, for an event that the peer passed on, with the key first vouched
 * for by that peer for that node.  A child can speak only of incidents of its own
 * subtree and in roles of its tier.  The same event again is LF_OK with *fresh
 * false; another content under a known id is LF_CONFLICT.  When this node is the reporter's
 * reviewer it records `received_by_reviewer`: the receipt. */
enum lf_code lf_incident_event_receive(struct lf_task *t, const struct lf_incident_peer *peer, lf_view stix,
                                       bool *fresh, struct lf_err *e) LF_MUST;

/* Judges some incidents anew that other rules were in force for (cert/clock_rules.h), as the node.
 * *more: there are further ones. */
enum lf_code lf_incident_judge_turn(struct lf_task *t, bool *more, struct lf_err *e) LF_MUST;

/* Newest first. */
enum lf_code lf_incident_list(struct lf_task *t, const struct lf_incident_filter *filter,
                              const struct lf_page *page, struct lf_incident_page *out,
                              struct lf_err *e) LF_MUST;
/* What is written on what is made of it; AMBER where nobody has said. */
enum lf_tlp lf_incident_label(const struct lf_incident *i);
/* The rule set whose clocks count for it, by the law and the day of its awareness; NULL: the one in force
 * here today.  An object without clocks where none is. */
enum lf_code lf_incident_clock_set(struct lf_task *t, const struct lf_incident_full *x,
                                   const struct lf_json **out, struct lf_err *e) LF_MUST;
enum lf_code lf_incident_get(struct lf_task *t, lf_view id, struct lf_incident_full *out,
                             struct lf_err *e) LF_MUST;
/* For metrics: incidents, and those whose first-report clock runs or ran out. */
struct lf_incident_counts {
    int64_t all, open, c1_running, c1_breached;
};
enum lf_code lf_incident_count(struct lf_task *t, struct lf_incident_counts *out, struct lf_err *e) LF_MUST;

/* What an incident at this node is marked, whichever tenant's it is, for the node's own work; LF_TLP_NONE:
 * nobody has said, or there is none. */
enum lf_code lf_incident_marked(struct lf_task *t, lf_view incident, enum lf_tlp *out,
                                struct lf_err *e) LF_MUST;

/* The receipt for an incident: the reviewer's signed `received_by_reviewer` event
 * as JSON (LF_NOT_FOUND when none has come). */
enum lf_code lf_incident_receipt(struct lf_task *t, lf_view incident, lf_view *json,
                                 struct lf_err *e) LF_MUST;

/* What is to be carried.  dest "up" is the parent, otherwise a child's peer id.
 * Oldest first, only what is not acknowledged; LF_FX_OUTBOX is noted when something was added. */
struct lf_incident_outgoing {
    int64_t seq;
    lf_view event; /* id */
    lf_view json;
};
enum lf_code lf_incident_outgoing_list(struct lf_task *t, lf_view dest, size_t limit, size_t *n,
                                       const struct lf_incident_outgoing **items, struct lf_err *e) LF_MUST;
/* The first child after `after` (empty: of all) that something waits for; LF_NOT_FOUND: none is left. */
enum lf_code lf_incident_outgoing_next(struct lf_task *t, lf_view after, lf_view *dest,
                                       struct lf_err *e) LF_MUST;
/* Everything for `dest` up to and with `seq` has been taken by it. */
enum lf_code lf_incident_outgoing_ack(struct lf_task *t, lf_view dest, int64_t seq, struct lf_err *e) LF_MUST;

/* The full reading of one event by id, for those it concerns. */
enum lf_code lf_incident_event_get(struct lf_task *t, lf_view id, lf_view *json, struct lf_err *e) LF_MUST;

#endif
