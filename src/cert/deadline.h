/* Deadline: an instance of a legal clock of an incident, as the table keeps it for boards, lists and counts.
 *
 * The clock engine judges an incident's whole history when an event settles; what it says of each
 * instance is a row here, so that a look costs what it shows and not what is stored.  What
 * the time alone changes follows from the row: running, overdue, how much is left.  So does what is
 * to be announced: `next_at` of a row is the next moment at which a warning falls due or the time has
 * run out, and lf_deadline_turn() announces what has fallen, each part of each due time once.
 * Nothing hangs on a timer: what fell while the node was down is announced when it is up again. */
#ifndef LF_CERT_DEADLINE_H
#define LF_CERT_DEADLINE_H

#include "engine/clock.h"
#include "model/page.h"
#include "store/task.h"

enum lf_deadline_state {
    LF_DEADLINE_ANY,
    LF_DEADLINE_RUNNING, /* towards its due time */
    LF_DEADLINE_OVERDUE, /* past it, and not stopped */
    LF_DEADLINE_MISSED,  /* stopped, after it */
    LF_DEADLINE_OTHER    /* met, cancelled, or without a limit */
};
const char *
lf_deadline_state_name(enum lf_deadline_state s); /* "", "running", "overdue", "missed", "other" */
/* By name; false: it names none. */
bool lf_deadline_state_of(lf_view name, enum lf_deadline_state *out);

struct lf_deadline {
    lf_view incident, title, category;
    int level;                    /* of the incident; 0 = none stated */
    lf_view id, clock, rule, who; /* "C4#1", "C4", "C4a" (empty: none), "reporter" */
    lf_view ruleset, zh, en;      /* the clock's names */
    lf_time started, due, ended;  /* 0 = none */
    enum lf_deadline_state state; /* now */
    bool dropped, exercise;
    int64_t left_s; /* to the due time, below 0 past it; of one that ended, at its end */
    int percent;    /* of the time used, 0-100 */
    int warned;     /* the highest part announced; 100: that it ran out; 0: none */
};

struct lf_deadline_page {
    size_t n;
    const struct lf_deadline *items;
    lf_view next; /* empty = no more */
};

struct lf_deadline_filter {
    enum lf_deadline_state state; /* ANY: what runs or is overdue */
    lf_view clock;                /* empty = any */
    int level;                    /* 0 = any */
    bool exercise;                /* those of exercises, and no others */
};

/* By due time, soonest (or longest overdue) first.  LF_FORBIDDEN: may not read incidents. */
enum lf_code lf_deadline_board(struct lf_task *t, const struct lf_deadline_filter *filter,
                               const struct lf_page *page, struct lf_deadline_page *out,
                               struct lf_err *e) LF_MUST;

/* Of the clocks of all incidents that are no exercise. */
struct lf_deadline_counts {
    int64_t running, overdue, missed;
};
enum lf_code lf_deadline_count(struct lf_task *t, struct lf_deadline_counts *out, struct lf_err *e) LF_MUST;

/* The running or overdue one of an incident that is due first; `out->id` is empty when there is none. */
enum lf_code lf_deadline_nearest(struct lf_task *t, lf_view incident, struct lf_deadline *out,
                                 struct lf_err *e) LF_MUST;

/* What was announced of an incident's clocks, oldest first, 1000 at most. */
struct lf_deadline_notice {
    lf_view id;   /* of the instance */
    int percent;  /* 100 = its time had run out */
    lf_time due;  /* as it was then */
    lf_time fell; /* when it was to be announced */
    lf_time at;   /* when it was */
};
enum lf_code lf_deadline_notices(struct lf_task *t, lf_view incident, size_t *n,
                                 const struct lf_deadline_notice **items, struct lf_err *e) LF_MUST;

/* Keeps what was judged of an incident (NULL: nothing, no set is in force); only what changed is written. */
enum lf_code lf_deadline_settle(struct lf_task *t, lf_view incident, const struct lf_clock_result *judged,
                                int level, bool exercise, struct lf_err *e) LF_MUST;

/* Announces what has fallen, some at a time, as the node.  *next: when to call again; LF_TIME_MAX = not
 * before an event settles. */
enum lf_code lf_deadline_turn(struct lf_task *t, lf_time *next, struct lf_err *e) LF_MUST;

#endif
