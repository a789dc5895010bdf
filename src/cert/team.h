/* Team (資安應變小組): people of the roster (cert/responder.h) called together for an incident or a drill.
 *
 *   calling ◀─────────▶ assembled   enough have said yes, or it is said to be enough; back: again, or one of
 *      │                    │         it does not come and nobody is spare
 *      └────┬───────────────┘
 *           ├──▶ recovering: the response is over, those who came help to restore
 *           ├──▶ ended: each has handed back
 *           └──▶ cancelled, while nobody is there
 *
 *   a call:  waiting ──▶ comes | declines | spare (he would, but nobody like him is wanted any more)
 *            comes ──hands back──▶ home, and rests
 *
 * All that fit are called at once, each by a notice of his own (LF_NOTICE_TEAM) with a signed link that
 * answers once; who comes is counted for a skill that is still wanted, and people who have several are moved
 * to another one where that makes room.  When all are there the rest are told.  What is to be told stands in
 * the tables and is told some at a time by the core's turn: each once, over a kill -9.
 *
 * Who came and left is manning (cert/manning.h), what is to be done tasks of the incident
 * (cert/incident_task.h).  Nobody hands back while a task of his is open; who came rests afterwards and is
 * not called before.  By an administrator, analyst or reviewer; one's own answer also by the account that is
 * the contact.  For this node's own people; each act is audited. */
#ifndef LF_CERT_TEAM_H
#define LF_CERT_TEAM_H

#include "cert/responder.h"
#include "engine/matrix.h"

/* The numbers are kept in databases. */
enum lf_team_state {
    LF_TEAM_CALLING,
    LF_TEAM_ASSEMBLED,
    LF_TEAM_RECOVERING,
    LF_TEAM_ENDED,
    LF_TEAM_CANCELLED,
    LF_TEAM_STATES
};
enum lf_team_call_state {
    LF_TEAM_WAITING,
    LF_TEAM_COMES,
    LF_TEAM_DECLINES,
    LF_TEAM_SPARE,
    LF_TEAM_HOME,
    LF_TEAM_CALL_STATES
};
enum {
    LF_TEAM_WANTED = 1000, /* people of one team */
    LF_TEAMS_OPEN = 20,
    LF_TEAM_TITLE = 200, /* bytes; of the place too */
    LF_TEAM_NOTE = 2000,
    LF_TEAM_REST = 14 * 24 /* hours */
};
const char *lf_team_state_name(enum lf_team_state s); /* "calling", "assembled", "recovering", "ended", … */
bool lf_team_state_parse(lf_view name, enum lf_team_state *out);
const char *lf_team_call_state_name(enum lf_team_call_state s); /* "waiting", "comes", "declines", … */
bool lf_team_call_state_parse(lf_view name, enum lf_team_call_state *out);

/* "forensics:2,law:1"; a number of 1 to LF_TEAM_WANTED for each skill once, and that many together. */
enum lf_code lf_team_needs(lf_view words, int needs[LF_SKILLS], struct lf_err *e) LF_MUST;

struct lf_team {
    lf_view id, incident; /* incident empty: of none */
    int exercise;         /* 0: it is real; else how many times as fast it runs */
    lf_view title, needs_said, place;
    int needs[LF_SKILLS];
    lf_time begins, answer_by;
    enum lf_who who; /* the post of the response centre that they man */
    int seat;
    int64_t rest; /* hours */
    enum lf_team_state state;
    int64_t moves;
    lf_view note; /* of the last move */
    lf_time made, changed;
    lf_view made_by;
};
struct lf_team_call {
    lf_view contact, name, unit; /* name and unit as they were then */
    unsigned skills;
    int skill; /* what he is counted for; -1: nothing */
    enum lf_team_call_state state;
    bool queued; /* will be called in a moment */
    lf_time eta, said;
    lf_view said_by;
    lf_view manning; /* empty: has not come */
    lf_time arrived, left, released;
    lf_view handback;
    int64_t tasks; /* open ones */
};
struct lf_team_counts {
    int64_t states[LF_TEAM_CALL_STATES], queued;
    int64_t filled[LF_SKILLS];
};

/* title, needs_said, place, begins, answer_by (0: begins), who, seat, rest and incident of `in`.
 * LF_UNACCEPTED: nobody on the roster fits.  *called: how many are. */
enum lf_code lf_team_add(struct lf_task *t, const struct lf_team *in, lf_view *id, size_t *called,
                         struct lf_err *e) LF_MUST;
/* calling (again: also those who fit by now), assembled (it is enough), recovering, ended or cancelled; the
 * last three with a note.  LF_CONFLICT: from this state it is not, or somebody has not handed back, or is
 * there. */
enum lf_code lf_team_move(struct lf_task *t, lf_view id, enum lf_team_state to, lf_view note,
                          struct lf_err *e) LF_MUST;
bool lf_team_may_move(enum lf_team_state from, enum lf_team_state to);
/* eta 0: when it begins.  Said again it counts anew, until he has come.  *out: what that made of it. */
enum lf_code lf_team_answer(struct lf_task *t, lf_view id, lf_view contact, bool comes, lf_time eta,
                            enum lf_team_call_state *out, struct lf_err *e) LF_MUST;
/* He came, and is manned; at 0: now. */
enum lf_code lf_team_arrive(struct lf_task *t, lf_view id, lf_view contact, lf_time at,
                            struct lf_err *e) LF_MUST;
/* He goes home: what he handed over, to whom (may be empty of who never came).  LF_CONFLICT: tasks are open.
 */
enum lf_code lf_team_release(struct lf_task *t, lf_view id, lf_view contact, lf_view handback,
                             struct lf_err *e) LF_MUST;
/* A task of the team's incident for him: his account's, or, where he has none, nobody's with his name in it.
 * phase: enum lf_task_phase. */
enum lf_code lf_team_task(struct lf_task *t, lf_view id, lf_view contact, lf_view title, int phase,
                          lf_time due, lf_view *task, struct lf_err *e) LF_MUST;

enum lf_code lf_team_get(struct lf_task *t, lf_view id, struct lf_team *out, struct lf_team_counts *counts,
                         struct lf_err *e) LF_MUST;
struct lf_team_page {
    size_t n;
    const struct lf_team *items;
    lf_view next;
};
/* Newest first; incident empty: all. */
enum lf_code lf_team_list(struct lf_task *t, lf_view incident, const struct lf_page *page,
                          struct lf_team_page *out, struct lf_err *e) LF_MUST;
struct lf_team_calls {
    size_t n;
    const struct lf_team_call *items;
    lf_view next;
};
/* By name; state -1: any. */
enum lf_code lf_team_call_list(struct lf_task *t, lf_view id, int state, const struct lf_page *page,
                               struct lf_team_calls *out, struct lf_err *e) LF_MUST;

/* By who has the link that was sent to him; nobody need be logged in.  LF_NOT_FOUND: none of ours, or of no
 * team.  It answers once: LF_CONFLICT. */
enum lf_code lf_team_link_read(struct lf_task *t, lf_view link, struct lf_team *team,
                               struct lf_team_call *call, struct lf_err *e) LF_MUST;
enum lf_code lf_team_link_answer(struct lf_task *t, lf_view link, bool comes, lf_time eta,
                                 struct lf_err *e) LF_MUST;

/* The core's side: raises some of the notices that are due.  *more: there are others. */
enum lf_code lf_team_turn(struct lf_task *t, bool *more, struct lf_err *e) LF_MUST;

#endif
