/* What the files of incidents share: a row with what only this room looks at. */
#ifndef LF_CERT_INCIDENT_PRIV_H
#define LF_CERT_INCIDENT_PRIV_H

#include "cert/incident.h"

struct incident_kept {
    struct lf_incident row;
    lf_view rsit_of;   /* what row.rsit was reckoned of */
    int64_t text_mark; /* of the words it is found by */
    bool rising;       /* the tier above follows it: each event of it goes up */
    lf_time created;
    bool there;
};

/* Which of an enum's names it is. */
static inline bool name_number(const char *const *names, size_t n, lf_view name, int *out)
{
    size_t at;

    if (!lf_view_among(name, names, n, &at))
        return false;
    *out = (int)at;
    return true;
}

/* FORBIDDEN unless the scope has one of the roles; `what` is the subject of the sentence. */
enum lf_code incident_need(const struct lf_task *t, unsigned roles, const char *what,
                           struct lf_err *e) LF_MUST;
enum lf_code incident_need_reader(const struct lf_task *t, struct lf_err *e) LF_MUST;
/* The strictest TLP that the scope may have of an incident; the node's own work has all. */
int incident_clears(const struct lf_task *t);
/* The node's own work, which nobody reads. */
bool incident_of_node(const struct lf_task *t);
/* The account, to be held against an incident's author. */
lf_view incident_reader(const struct lf_task *t);
/* Both as arguments of a list: "(tlp <= :tlp OR author = :reader)". */
#define CLEARED(t) LF_INT(incident_clears(t)), LF_TEXT(incident_reader(t))
/* Its title where people of any role, a mail or another record have it: empty of what is TLP:RED. */
static inline lf_view incident_title_told(enum lf_tlp tlp, lf_view title)
{
    return tlp == LF_TLP_RED ? LF_V("") : lf_view_some(title);
}
/* The row that query `q` gives for `id`; `there` is false when it gives none, or one that its marking keeps
 * from the scope. */
enum lf_code incident_find(struct lf_task *t, const struct lf_query *q, lf_view id, struct incident_kept *out,
                           struct lf_err *e) LF_MUST;
/* One that the scope may see, else NOT_FOUND. */
enum lf_code incident_find_own(struct lf_task *t, lf_view id, struct incident_kept *out,
                               struct lf_err *e) LF_MUST;

/* Of the scope's organisation what was reported, newest first; `waiting`: what nobody has reviewed. */
enum lf_code incident_reported_list(struct lf_task *t, bool waiting, const struct lf_page *page,
                                    struct lf_incident_page *out, struct lf_err *e) LF_MUST;

/* report.c: what it is by the reference taxonomy now, and of what class and choice that was reckoned: the
 * form is read only where these are others than before. */
enum lf_code report_rsit_keep(struct lf_task *t, const struct incident_kept *k,
                              const struct lf_incident_state *s, lf_view *of, lf_view *rsit,
                              struct lf_err *e) LF_MUST;
/* report.c: the newest answer to a field that counts; NULL: there is none. */
const struct lf_json *report_answer(const struct lf_incident_full *x, lf_view field);
/* LF_UNACCEPTED: the form has no such type. */
enum lf_code report_rsit_known(struct lf_task *t, lf_view type, struct lf_err *e) LF_MUST;
/* LF_UNACCEPTED: one of the list is no vital function. */
enum lf_code report_vital_known(const struct lf_json *list, struct lf_err *e) LF_MUST;

/* The events of an incident in this node's scope, in any order, and what they add up to. */
struct incident_events {
    struct lf_task *t;
    size_t n, room;
    struct lf_incident_event *ev;
    lf_time *received;                      /* when it came from another node; 0 = of this one */
    struct lf_incident_state state;         /* all 0 when there are none */
    const struct lf_incident_event **order; /* state.nevents, as applied */
};
enum lf_code incident_load(struct lf_task *t, lf_view incident, struct incident_events *x,
                           struct lf_err *e) LF_MUST;
/* One more, of which nothing is copied. */
enum lf_code incident_append(struct incident_events *x, const struct lf_incident_event *ev, lf_time received,
                             struct lf_err *e) LF_MUST;
/* What every clock of the rules in force says at a moment.  LF_NOT_FOUND: none is in force, or
 * nobody has recorded awareness here. */
enum lf_code incident_judge(struct lf_task *t, const struct incident_events *x, lf_time at,
                            struct lf_clock_result *out, struct lf_err *e) LF_MUST;
/* The first-report clock of a judgement: the first instance of it. */
struct lf_clock_row incident_first_report(const struct lf_clock_result *r);
/* What was written into `b` as a tree; `b` is cleared. */
enum lf_code incident_parse_back(struct lf_task *t, struct lf_buf *b, const struct lf_json **out,
                                 struct lf_err *e) LF_MUST;

/* exercise_take.c: an event that a child hands in is of no exercise, or of one that it takes part in.
 * LF_FORBIDDEN else. */
enum lf_code exercise_may_come(struct lf_task *t, const struct lf_incident_peer *from,
                               const struct lf_incident_event *ev, struct lf_err *e) LF_MUST;
/* exercise_take.c: how many times as fast the exercise of that incident runs; 1 where that is not known. */
enum lf_code exercise_speed(struct lf_task *t, lf_view incident, int *speed, struct lf_err *e) LF_MUST;
/* A new incident of this id, with its awareness and nothing else. */
enum lf_code incident_old(struct lf_task *t, lf_view id, lf_time aware, const struct lf_json *body,
                          struct lf_err *e) LF_MUST;
/* lf_incident_event_add() for every kind. */
enum lf_code incident_act(struct lf_task *t, lf_view incident, lf_view kind, lf_view body, lf_view *event,
                          struct lf_err *e) LF_MUST;

/* incident_extension.c: whether what is asked extends a running clock, with everybody's consent. */
enum lf_code incident_extension_moves(struct lf_task *t, lf_view incident, const struct lf_json *body,
                                      struct lf_err *e) LF_MUST;
/* incident_signer.c: whether the key in the event is the node's.  A peer speaks for itself with the key
 * pinned at enrolment; for others in its direction of the tree it vouches, and what it vouched for first
 * stays. */
enum lf_code incident_check_signer(struct lf_task *t, const struct lf_incident_peer *peer,
                                   const struct lf_incident_event *ev, struct lf_err *e) LF_MUST;

/* incident_export.c: when it happened, as the newest report says; 0: nobody has said. */
lf_time incident_happened(const struct lf_incident_full *x);
/* incident_export.c: what was observed, each once. */
size_t incident_observables(struct lf_task *t, const struct lf_incident_full *x,
                            const struct lf_observable **out);

/* evidence.c: whether that file of the incident (its event) is an item of evidence. */
bool incident_is_evidence(struct lf_task *t, const struct lf_incident_full *x, lf_view file);

/* notice_incident.c: who must know of an event that was just kept; `before` is the row before it. */
enum lf_code incident_notices(struct lf_task *t, const struct incident_kept *before,
                              const struct lf_incident_state *s, const struct lf_incident_event *ev,
                              struct lf_err *e) LF_MUST;

/* referral_duty.c: what the answers ask to be referred, after an event was kept. */
enum lf_code referral_duty_settle(struct lf_task *t, const struct incident_kept *k,
                                  const struct incident_events *x, struct lf_err *e) LF_MUST;

/* Gives the first report of an incident the next number of the year, in its body. */
enum lf_code incident_number(struct lf_task *t, const struct incident_events *x, const struct lf_json **body,
                             struct lf_err *e) LF_MUST;

/* The words of a text, at most `most`, small letters; with `parts` also what they are made of:
 * that is kept, the plain words are asked for. */
size_t incident_terms(struct lf_arena *a, lf_view text, bool parts, lf_view *terms, size_t most);

/* Which rows of the table are in that state, by stage (1 running or overdue, 2 missed, 0 others) and due
 * time. */
void deadline_bounds(enum lf_deadline_state s, lf_time now, int *stage, lf_time *from, lf_time *to);

/* SQL text that is never NULL: an empty view may have no pointer. */
static inline struct lf_arg text_arg(lf_view v)
{
    return LF_TEXT(v.ptr ? v : LF_V(""));
}

#endif
