/* Scenario (演練腳本): a data file that says what is told to whom during an exercise, when, and what is
 * expected.
 *
 *   {"format": "lianfang-scenario/1", "id": "hospital-ransomware", "kind": "reporting",
 *    "zh": "…", "en": "…", "about_zh": "…", "about_en": "…",
 *    "groups": [{"id": "hospital", "zh": "醫院", "en": "Hospitals"}],
 *    "injects": [{"id": "screens", "at": "0m", "to": ["hospital"], "zh": "…", "en": "…", "tell_zh": "…",
 * "tell_en": "…", "expect": "report", "within": "1h", "points": 20}]}
 *
 * at: after the start, in the time of the exercise (minutes, hours, days; its speed shortens it), in order.
 * to: "all", groups of the document, or names or OIDs of organisations that take part.  expect, within and
 * points go together; without them it is only told.  of: the inject whose report is looked at, for review,
 * control and task.  task: the step of a playbook that is to be done, "web/keep".  A member that is not named
 * here is an error.  Pure. */
#ifndef LF_CERT_SCENARIO_H
#define LF_CERT_SCENARIO_H

#include "cert/exercise.h"

enum {
    LF_SCENARIO_BYTES = 256 << 10,
    LF_SCENARIO_ID = 40,
    LF_SCENARIO_GROUPS = 16,
    LF_SCENARIO_INJECTS = 100,
    LF_SCENARIO_TO = 40,
    LF_SCENARIO_TITLE = 200, /* bytes */
    LF_SCENARIO_ABOUT = 2000,
    LF_SCENARIO_TELL = 600, /* what a notice carries */
    LF_SCENARIO_POINTS = 100,
    LF_SCENARIO_DAYS = 31
};

/* The numbers are kept in databases. */
enum lf_expect {
    LF_EXPECT_NOTHING,
    LF_EXPECT_REPORT,  /* an incident of the exercise is reported */
    LF_EXPECT_REVIEW,  /* … is reviewed */
    LF_EXPECT_CONTROL, /* … is under control */
    LF_EXPECT_TASK,    /* a task of it is done */
    LF_EXPECT_ANSWER,  /* who was called answers the call */
    LF_EXPECT_SHARE,   /* a notice or indicator is handed in: the conductor judges it */
    LF_EXPECT_OTHER,   /* what the text says: the conductor judges it */
    LF_EXPECTS
};
const char *lf_expect_name(enum lf_expect x); /* "", "report", … */

struct lf_scenario_inject {
    lf_view id, zh, en, tell_zh, tell_en;
    lf_time at;
    size_t nto;
    const lf_view *to;
    enum lf_expect expect;
    lf_time within; /* in the time of the exercise; 0: nothing is expected */
    lf_view of, task;
    int points;
};
struct lf_scenario_group {
    lf_view id, zh, en;
};
struct lf_scenario {
    lf_view id, zh, en, about_zh, about_en;
    enum lf_exercise_kind kind;
    size_t ngroups, ninjects;
    const struct lf_scenario_group *groups;
    const struct lf_scenario_inject *injects; /* in the order of `at` */
};

/* Reads a document whole or says in one sentence what is wrong, on which line, and how to mend it. */
enum lf_code lf_scenario_read(struct lf_arena *a, lf_view json, struct lf_scenario *out,
                              struct lf_err *e) LF_MUST;
/* How many groups it has with that id: 0 or 1; *at: which. */
bool lf_scenario_group(const struct lf_scenario *s, lf_view id, size_t *at);

/* Delivered ones (rules/scenario), as they were written. */
enum { LF_SCENARIOS = 2 };
lf_view lf_scenario_delivered(size_t i);

#endif
