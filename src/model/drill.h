/* Drill: what goes between nodes of an exercise (演練; cert/exercise.h), as three signed STIX objects of our
 * extension, each signed over the RFC 8785 bytes of all but "signature":
 *
 *   { "type":"exercise", "created_by_ref":WHO SAYS IT, "for":NODE, "exercise":UUID, "conductor":NODE,
 *     "conductor_name", "conductor_tier", "path":[CONDUCTOR … WHO SAYS IT], "name", "aim", "kind", "state",
 *     "speed", "reach", "whole", "dropped", "begins", "ends", "began", "ended", "report_due" }       down,
 * one a member { "type":"exercise-inject", "for", "exercise", "inject", "whole", "zh", "en", "tell_zh",
 * "tell_en", "english", "expect", "points", "task", "told", "until" }                             down, at
 * its time { "type":"exercise-answer", "exercise", "node", "name", "tier", "answer", "answered", "why",
 * "reported", "report", "done":[{"incident","step","ended"}] }                                     up
 *
 * Each node signs what it passes on: who gets it trusts the node above it, whose key it has pinned, for who
 * conducts the exercise, and no other (docs/adr/0050).  Reading is total: sizes are held against the limits
 * below first, and what is wrong is said in one sentence.  Views lie in the text that was read. */
#ifndef LF_MODEL_DRILL_H
#define LF_MODEL_DRILL_H

#include "base/crypto.h"
#include "base/time.h"
#include "fmt/json.h"

enum {
    LF_DRILL_BYTES = 128 << 10, /* of one object */
    LF_DRILL_PATH = 8,          /* nodes from the conductor to the last that passed it on */
    LF_DRILL_NAME = 200,        /* bytes: of an exercise, a node, an inject's title */
    LF_DRILL_AIM = 4000,
    LF_DRILL_TELL = 600,
    LF_DRILL_WHY = 600,
    LF_DRILL_REPORT = 20000,
    LF_DRILL_DONE = 200, /* told of by one node */
    LF_DRILL_STEP = 120
};

struct lf_drill_head {
    lf_view id, by;            /* of the object; "identity--…" of the node that says it */
    lf_time created, modified; /* whole milliseconds */
    lf_view exercise;          /* UUID */
    const struct lf_json *tree;
};

struct lf_drill {
    struct lf_drill_head head;
    lf_view member; /* "for": the node that takes part */
    lf_view conductor, conductor_name, conductor_tier;
    lf_view path[LF_DRILL_PATH];
    size_t npath;
    lf_view name, aim, kind, state, reach;
    int speed;
    bool whole;   /* with all below the member */
    bool dropped; /* the member takes part no more; its state is cancelled */
    lf_time begins, ends, began, ended, report_due; /* 0: not yet, or not said */
};
enum lf_code lf_drill_write(struct lf_arena *a, const struct lf_drill *d,
                            const uint8_t secret[LF_SIGN_SECRET], lf_view *json, struct lf_err *e) LF_MUST;
enum lf_code lf_drill_read(struct lf_arena *a, lf_view json, struct lf_drill *out, struct lf_err *e) LF_MUST;

struct lf_drill_inject {
    struct lf_drill_head head;
    lf_view member, inject;
    lf_view zh, en, tell_zh, tell_en;
    lf_view expect, task; /* may be empty */
    int points;
    bool english, whole;
    lf_time told, until; /* until 0: nothing is expected */
};
enum lf_code lf_drill_inject_write(struct lf_arena *a, const struct lf_drill_inject *d,
                                   const uint8_t secret[LF_SIGN_SECRET], lf_view *json,
                                   struct lf_err *e) LF_MUST;
enum lf_code lf_drill_inject_read(struct lf_arena *a, lf_view json, struct lf_drill_inject *out,
                                  struct lf_err *e) LF_MUST;

struct lf_drill_done {
    lf_view incident; /* empty: `step` is an inject whose notice was answered; else a step of its playbook */
    lf_view step;
    lf_time ended;
};
struct lf_drill_answer {
    struct lf_drill_head head;
    lf_view node, name, tier; /* who answers: who says it, or one that lies below it */
    lf_view answer;           /* "asked", "acknowledged", "declined" */
    lf_time answered;
    lf_view why;
    lf_time reported; /* 0: no result report yet */
    lf_view report;
    size_t ndone;
    const struct lf_drill_done *done;
};
enum lf_code lf_drill_answer_write(struct lf_arena *a, const struct lf_drill_answer *d,
                                   const uint8_t secret[LF_SIGN_SECRET], lf_view *json,
                                   struct lf_err *e) LF_MUST;
enum lf_code lf_drill_answer_read(struct lf_arena *a, lf_view json, struct lf_drill_answer *out,
                                  struct lf_err *e) LF_MUST;

#endif
