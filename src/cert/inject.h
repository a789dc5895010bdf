/* Inject (演練狀況): one thing that is told during an exercise, as its scenario (cert/scenario.h) says.
 *
 *   waiting ──its time, or released──▶ delivered
 *     ▲ │ hold                            ▲
 *  resume ▼ ──────────released────────────┘
 *   held         waiting, held ──drop, or the exercise ends──▶ dropped
 *
 * A planned exercise takes a scenario once, as a copy of its own.  From its start each inject has a time by
 * the wall clock, in the store; the core looks at it as at clocks, so a restart neither loses nor repeats
 * one. Being delivered and the notices to those it is for (under a key of their own) are one transaction. */
#ifndef LF_CERT_INJECT_H
#define LF_CERT_INJECT_H

#include "cert/scenario.h"

/* The numbers are kept in databases. */
enum lf_inject_state { LF_INJECT_WAITING, LF_INJECT_HELD, LF_INJECT_DELIVERED, LF_INJECT_DROPPED };
enum { LF_INJECT_STATES = 4 };
const char *lf_inject_state_name(enum lf_inject_state s); /* "waiting" … */

struct lf_inject {
    const struct lf_scenario_inject *said;
    enum lf_inject_state state;
    lf_time due, delivered,
        until;       /* until: what is expected is due then; each 0: not yet, or nothing is expected */
    lf_view account; /* who released, held or dropped it; empty: nobody */
    size_t nto;
    const struct lf_exercise_member *to; /* who takes part and is told */
};
/* The scenario of an exercise and how it stands. */
struct lf_script {
    bool there; /* else all is 0 */
    struct lf_scenario scenario;
    bool english; /* what is told is told in English */
    lf_time taken;
    size_t n;
    const struct lf_inject *injects; /* all, for who may change the exercise; others see what was told */
    bool whole;                      /* all of them */
    const size_t *ngroup;            /* of scenario.groups: how many are in it, and who */
    const struct lf_exercise_member *const *group;
};
enum lf_code lf_script_get(struct lf_task *t, lf_view exercise, struct lf_script *out,
                           struct lf_err *e) LF_MUST;

/* A planned exercise takes the document.  By who may change the exercise, as all below; audited. LF_CONFLICT:
 * it has one already, or is not planned. */
enum lf_code lf_script_take(struct lf_task *t, lf_view exercise, lf_view json, bool english,
                            struct lf_err *e) LF_MUST;
/* Who of those that take part is in a group: names or OIDs; instead of who was. */
enum lf_code lf_script_group(struct lf_task *t, lf_view exercise, lf_view group, const lf_view *members,
                             size_t n, struct lf_err *e) LF_MUST;

/* Of one that runs: told now, kept back, back to its time, never told. */
enum lf_inject_act { LF_INJECT_RELEASE, LF_INJECT_HOLD, LF_INJECT_RESUME, LF_INJECT_DROP };
bool lf_inject_act_parse(lf_view name, enum lf_inject_act *out); /* "release", "hold", "resume", "drop" */
enum lf_code lf_inject_act(struct lf_task *t, lf_view exercise, lf_view inject, enum lf_inject_act act,
                           struct lf_err *e) LF_MUST;

/* The core's side: delivers what is due.  *next: when the next is (wall clock), 0: none. */
enum lf_code lf_inject_turn(struct lf_task *t, lf_time *next, struct lf_err *e) LF_MUST;

#endif
