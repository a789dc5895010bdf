/* Exercise (演練): a drill that is planned, run and reported on, and that incidents are made for.
 *
 *   planned ──start──▶ running ──end──▶ ended ──result report──▶ (handed in)
 *      └───cancel──────────┴──▶ cancelled
 *
 * An incident of an exercise names it at birth, in the signed event that makes it (model/incident.h), with
 * the two things every node judges it by: `speed`, how many times as fast its clocks run, and `reach`, the
 * highest tier that takes part; nothing of it goes above.  Neither can change once it runs.
 *
 * It goes down the links to those that take part (cert/exercise_part.h), where it stands under the same id;
 * there it is answered, its incidents are made and a result report is handed in, but who conducts it alone
 * plans, starts and ends it.  Who takes part are organisations of the contact network (cert/unit.h). */
#ifndef LF_CERT_EXERCISE_H
#define LF_CERT_EXERCISE_H

#include "model/incident.h"
#include "model/page.h"
#include "store/task.h"

/* The numbers are kept in databases. */
enum lf_exercise_kind {
    LF_EXERCISE_REPORTING,      /* a sector's reporting and response drill 領域通報應變演練 */
    LF_EXERCISE_CROSS_SECTOR,   /* critical infrastructure, across sectors 跨領域演練 */
    LF_EXERCISE_ATTACK_DEFENCE, /* 大規模網路攻防演練 */
    LF_EXERCISE_PUBLIC_SERVICE, /* attacks on systems that serve the public */
    LF_EXERCISE_SOCIAL,         /* social engineering 社交工程演練 */
    LF_EXERCISE_TELECOM         /* 電信事業應變演練 */
};
enum lf_exercise_state { LF_EXERCISE_PLANNED, LF_EXERCISE_RUNNING, LF_EXERCISE_ENDED, LF_EXERCISE_CANCELLED };
enum {
    LF_EXERCISE_KINDS = 6,
    LF_EXERCISE_STATES = 4,
    LF_EXERCISE_AIM = 4000,     /* bytes */
    LF_EXERCISE_REPORT = 20000, /* bytes */
    LF_EXERCISE_MEMBERS = 500,
    LF_EXERCISES_GUEST = 100,
    LF_EXERCISES_RUNNING = 20 /* at once, that an incident may name */
};
const char *lf_exercise_kind_name(enum lf_exercise_kind k);   /* "reporting" … */
const char *lf_exercise_state_name(enum lf_exercise_state s); /* "planned" … */
bool lf_exercise_kind_parse(lf_view name, enum lf_exercise_kind *out);
bool lf_exercise_state_parse(lf_view name, enum lf_exercise_state *out);

enum lf_part_answer { LF_PART_ASKED, LF_PART_ACKNOWLEDGED, LF_PART_DECLINED };

struct lf_exercise {
    lf_view id;
    int64_t number;
    enum lf_exercise_kind kind;
    enum lf_exercise_state state;
    lf_view name, aim;            /* aim: what it is to show; may be empty */
    int speed;                    /* 1 to LF_EXERCISE_SPEED */
    lf_view reach;                /* tier: of who conducts it */
    lf_time begins, ends;         /* as planned */
    lf_time began, ended;         /* as it was; 0: not yet */
    lf_time report_due, reported; /* due 0: a month after its end; reported 0: not handed in */
    lf_view report, account;
    lf_time created, changed;
    bool late; /* the result report is due and not there */
    /* Of one that is not conducted here: */
    lf_view origin;         /* the peer above that it came from; */
    lf_view conductor_name; /* empty: this node's */
    bool whole;             /* all below this node take part */
    bool guest;             /* the node's, and this tenant takes part in it */
    enum lf_part_answer answer;
    lf_time answered;
    lf_view why;
};
struct lf_exercise_member {
    lf_view unit, name; /* the name as it was then */
    bool below;         /* with all below it */
};

/* Who takes part: names or OIDs of organisations; of `branches` with all below them. */
struct lf_exercise_members {
    const lf_view *names, *branches;
    size_t n, nbranches;
};
/* A planned one.  name, kind, begins and ends are needed; speed 0: 1; reach empty: this node's tier, which is
 * all it may be: who stands above conducts what reaches it.  By an ANALYST, REVIEWER or ADMIN, as all that
 * changes one; audited. */
enum lf_code lf_exercise_add(struct lf_task *t, const struct lf_exercise *in,
                             const struct lf_exercise_members *who, lf_view *id, struct lf_err *e) LF_MUST;
/* The whole of it anew, as long as it is planned. */
enum lf_code lf_exercise_change(struct lf_task *t, const struct lf_exercise *in,
                                const struct lf_exercise_members *who, struct lf_err *e) LF_MUST;
/* Start, end or cancel it; LF_FORBIDDEN: it is conducted elsewhere, unless that node is not the one above any
 * more, then it is ended here.  With the end the result report is due, a month later when no day was given.
 */
enum lf_code lf_exercise_move(struct lf_task *t, lf_view id, enum lf_exercise_state to,
                              struct lf_err *e) LF_MUST;
/* Hands in the result report of one that ended, this organisation's own where it is conducted elsewhere;
 * again replaces its text, not when it was handed in. */
enum lf_code lf_exercise_report(struct lf_task *t, lf_view id, lf_view text, struct lf_err *e) LF_MUST;

enum lf_code lf_exercise_get(struct lf_task *t, lf_view id, struct lf_exercise *out,
                             struct lf_err *e) LF_MUST;
enum lf_code lf_exercise_members(struct lf_task *t, lf_view id, size_t *n,
                                 const struct lf_exercise_member **out, struct lf_err *e) LF_MUST;
/* state -1: any; late: only where the result report is overdue.  Newest first. */
enum lf_code lf_exercise_list(struct lf_task *t, int state, bool late, const struct lf_page *page, size_t *n,
                              const struct lf_exercise **out, lf_view *next, struct lf_err *e) LF_MUST;
/* Those of the node that a tenant takes part in, newest first, at most LF_EXERCISES_GUEST; none for others.
 */
enum lf_code lf_exercise_guest(struct lf_task *t, size_t *n, const struct lf_exercise **out,
                               struct lf_err *e) LF_MUST;
/* How many result reports are overdue. */
enum lf_code lf_exercise_late(struct lf_task *t, int64_t *n, struct lf_err *e) LF_MUST;

/* Those that an incident of the task's organisation may name now: its own, and those of the node in which
 * it takes part; at most LF_EXERCISES_RUNNING. */
enum lf_code lf_exercise_running(struct lf_task *t, size_t *n, const struct lf_exercise **out,
                                 struct lf_err *e) LF_MUST;
/* One of them; LF_UNACCEPTED: it is none of them. */
enum lf_code lf_exercise_named(struct lf_task *t, lf_view id, struct lf_exercise *out,
                               struct lf_err *e) LF_MUST;
/* That which a report's form names ("exercise": its id); id empty: none, it is real. */
enum lf_code lf_exercise_of_form(struct lf_task *t, const struct lf_json *form,
                                 struct lf_incident_exercise *out, struct lf_err *e) LF_MUST;

/* How a clock of a case stands against its (faster) limit; the numbers stand in sql/query/exercise.sql. */
enum lf_exercise_stands {
    LF_EXERCISE_ANY,
    LF_EXERCISE_IN_TIME,  /* stopped in time */
    LF_EXERCISE_TOO_LATE, /* stopped too late, or not yet and past its limit */
    LF_EXERCISE_OPEN      /* runs, within its limit */
};
enum { LF_EXERCISE_STANDS = 4, LF_EXERCISE_SHEET = 5000 /* rows */ };
const char *lf_exercise_stands_name(enum lf_exercise_stands s); /* "", "in-time", "late", "running" */
bool lf_exercise_stands_parse(lf_view name, enum lf_exercise_stands *out);

/* The sheet of an exercise: what each that reported made of each clock, in cases. */
struct lf_exercise_score {
    lf_view by, name; /* the child it came from, and what it is called; empty: this node */
    lf_view clock, zh, en;
    int64_t cases[LF_EXERCISE_STANDS]; /* by how it stands; [LF_EXERCISE_ANY] is not used */
};
/* LF_TOO_BIG: more than LF_EXERCISE_SHEET; nothing is cut off without a word. */
enum lf_code lf_exercise_sheet(struct lf_task *t, lf_view id, size_t *n, const struct lf_exercise_score **out,
                               struct lf_err *e) LF_MUST;

#endif
