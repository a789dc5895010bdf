/* Tasks of an incident: what is to be done, by whom and until when, and what came of it.
 *
 *   waiting ◀──▶ in_progress ──▶ done
 *      └──────────────┴────────▶ cancelled       either of the two last may be opened again
 *
 * They are working notes of the centre that handles the incident: rows of this node, not signed events, and
 * they go to no other node (docs/adr/0043-tasks-stay-here.md).  Whatever is done to one is an entry of its
 * log: who, when, how it stood from then on, and a note.  Entries are never changed, tasks never removed.
 *
 * Whoever is given one by another is told (LF_NOTICE_TASK), as the contact that his account is.  Who is shut
 * out of the node keeps none that is open: it is nobody's from then on, and its log says so.
 *
 * A list or count reads an index from one end: what it costs does not grow with the number of tasks. */
#ifndef LF_CERT_INCIDENT_TASK_H
#define LF_CERT_INCIDENT_TASK_H

#include "cert/incident.h"

/* The numbers are kept in databases. */
enum lf_task_phase {
    LF_PHASE_PREPARE, /* before: what must be ready */
    LF_PHASE_REPORT,
    LF_PHASE_CONTAIN, /* damage control */
    LF_PHASE_INVESTIGATE,
    LF_PHASE_RECOVER,
    LF_PHASE_IMPROVE /* after */
};
enum lf_task_state { LF_TASK_WAITING, LF_TASK_IN_PROGRESS, LF_TASK_DONE, LF_TASK_CANCELLED };
enum {
    LF_TASK_PHASES = 6,
    LF_TASK_STATES = 4,
    LF_TASK_TITLE = 200, /* bytes */
    LF_TASK_TEXT = 4000, /* bytes of the detail, and of a note */
    LF_INCIDENT_TASKS = 500,
    LF_TASK_ENTRIES = 500,
    LF_TASK_COUNTED = 10000, /* a count goes no further and then means "at least" */
};
const char *lf_task_phase_name(enum lf_task_phase p); /* "prepare", "report", … */
const char *lf_task_state_name(enum lf_task_state s); /* "waiting", "in_progress", … */
bool lf_task_phase_parse(lf_view name, int *p);
bool lf_task_state_parse(lf_view name, int *s);

struct lf_incident_task {
    lf_view id, incident, incident_title;
    bool exercise; /* its incident is one */
    int64_t number;
    lf_view origin; /* the step of a playbook it came from; empty: a person added it */
    enum lf_task_phase phase;
    enum lf_task_state state;
    lf_view title, detail;
    lf_view assignee;     /* an account's name; empty: nobody */
    lf_time due;          /* 0 = none */
    bool overdue;         /* as of now */
    lf_time added, ended; /* ended 0: open */
    int64_t entries;
    lf_view account; /* that added it */
};
/* How it stood from `at` on. */
struct lf_task_entry {
    lf_time at;
    lf_view account, title, assignee, note;
    enum lf_task_phase phase;
    enum lf_task_state state;
    lf_time due;
};
struct lf_task_change {
    lf_view title, assignee; /* ptr NULL: as it is; assignee empty: nobody */
    int phase, state;        /* -1: as it is */
    bool set_due;
    lf_time due; /* 0: none */
    lf_view note;
    int64_t base; /* entries of the log that whoever changes it has seen; 0: whatever they are */
};

/* LF_BAD_INPUT: no account of the organisation by that name may see incidents; empty: nobody, fine. */
enum lf_code lf_incident_task_owner(struct lf_task *t, lf_view name, struct lf_err *e) LF_MUST;
/* incident, phase, title, detail, assignee, due and origin of `in` count; the assignee is an account of the
 * organisation.  ANALYST, REPORTER or REVIEWER, of an incident they may see; audited.  LF_CONFLICT: the
 * incident has a task of this origin. */
enum lf_code lf_incident_task_add(struct lf_task *t, const struct lf_incident_task *in, lf_view *id,
                                  struct lf_err *e) LF_MUST;
/* LF_CONFLICT: the log has grown since `base`, and more than a note is wanted. */
enum lf_code lf_incident_task_change(struct lf_task *t, lf_view id, const struct lf_task_change *c,
                                     struct lf_err *e) LF_MUST;
enum lf_code lf_incident_task_get(struct lf_task *t, lf_view id, struct lf_incident_task *out, size_t *n,
                                  const struct lf_task_entry **entries, struct lf_err *e) LF_MUST;

/* The account is shut out: its open tasks are nobody's.  By an administrator, of the organisation `org`. */
enum lf_code lf_incident_task_release(struct lf_task *t, lf_view org, lf_view account_name,
                                      struct lf_err *e) LF_MUST;

/* Those of one incident, by phase, then by the time they are due. */
enum lf_code lf_incident_task_of(struct lf_task *t, lf_view incident, size_t *n,
                                 const struct lf_incident_task **out, struct lf_err *e) LF_MUST;

enum lf_task_which { LF_TASKS_OPEN, LF_TASKS_OVERDUE, LF_TASKS_ENDED };
struct lf_task_filter {
    enum lf_task_which which;
    bool by; /* only the assignee's; empty: those that are nobody's */
    lf_view assignee;
};
/* Of all incidents: open ones as they are due, ended ones newest first. */
enum lf_code lf_incident_task_list(struct lf_task *t, const struct lf_task_filter *f,
                                   const struct lf_page *page, size_t *n, const struct lf_incident_task **out,
                                   lf_view *next, struct lf_err *e) LF_MUST;
/* Of open ones; `mine` those of this account's name.  Each at most LF_TASK_COUNTED. */
struct lf_task_counts {
    int64_t open, overdue, nobodys, mine, mine_overdue;
};
enum lf_code lf_incident_task_count(struct lf_task *t, lf_view me, struct lf_task_counts *out,
                                    struct lf_err *e) LF_MUST;

#endif
