/* Recovery procedures (災害復原程序) of named systems: how one that is down comes back, in which order, by
 * whom, and within which time; what it depends on, where its backups lie, and what is done meanwhile.
 *
 * Written as drafts, put in force and retired, each text kept (as a playbook's, cert/playbook.h):
 *
 *   written ──publish──▶ in force ──retire──▶ retired
 *      ▲                    │                    │     what is in force stays so while another draft is
 * written └────── write ───────┴────────────────────┘
 *
 * One is put in force only when those it needs are, no one needs itself, and no way of needs is longer than
 * LF_RECOVERY_DEPTH; it is retired when none in force needs it.
 *
 * It is rehearsed: each rehearsal is a row of its own, and one that did not fail moves the day it is due
 * again. What is due is told once (LF_NOTICE_RECOVERY, cert/overdue.h).
 *
 * An incident calls for one: those it needs come first, and the steps of all become tasks of the incident
 * (cert/incident_task.h) whose times run from when the system went down.  When it went down and was back is
 * recorded, and held against the RTO that held when it was called for.  Calling for it again adds only what
 * is missing.
 *
 *   {"format": "lianfang-recovery/1", "recoveries": [{"id", "zh", "en", "asset", "owner", "rto": "4h", "rpo":
 * "24h", "every": "365d", "needs": ["dns"], "backup", "workaround", "steps": [{"id", "phase", "zh", "en",
 * "due", "who", "article"}]}]}
 *
 * asset, every, needs, backup, workaround and, of steps, all but id, zh and en may be left out.  A member
 * that is not named here is an error.  Times are minutes, hours or days, at most a year.  Names and steps are
 * short, as both stand in the title of a task. */
#ifndef LF_CERT_RECOVERY_H
#define LF_CERT_RECOVERY_H

#include "cert/playbook.h"

enum {
    LF_RECOVERY_BYTES = 1 << 20, /* of a document */
    LF_RECOVERIES = 64,          /* of a document, and of an organisation */
    LF_RECOVERY_NAME = 60,       /* bytes; with a step's words a task's title */
    LF_RECOVERY_STEP = 130,
    LF_RECOVERY_TEXT = 2000, /* bytes of backup, and of workaround */
    LF_RECOVERY_NEEDS = 16,
    LF_RECOVERY_DEPTH = 8,
    LF_RECOVERY_TRIALS = 200, /* that are shown */
    LF_RECOVERY_RUNS = 64,    /* of an incident */
};
#define LF_RECOVERY_EVERY (365 * LF_DAY)

struct lf_recovery {
    lf_view id, zh, en;
    lf_view asset; /* of the node's list (soc/asset.h); empty: it is none */
    lf_view owner; /* who is asked, and how */
    lf_time rto;   /* how long it may be down */
    lf_time rpo;   /* how much of what was entered may be lost; 0: none */
    lf_time every; /* how often it is rehearsed */
    size_t nneeds, nsteps;
    const lf_view *needs;
    lf_view backup, workaround; /* may be empty */
    const struct lf_playbook_step *steps;
    /* of one in force */
    lf_view json; /* the document it is in alone */
    int64_t version;
    lf_time since, held, due; /* held 0: never rehearsed well */
    bool overdue;             /* to be rehearsed, as of now */
};
/* The numbers are kept in databases. */
enum lf_recovery_result { LF_RECOVERY_PASSED, LF_RECOVERY_PARTLY, LF_RECOVERY_FAILED, LF_RECOVERY_RESULTS };
const char *lf_recovery_result_name(enum lf_recovery_result r); /* "passed", "partly", "failed" */
bool lf_recovery_result_parse(lf_view name, enum lf_recovery_result *r);
struct lf_recovery_trial {
    int64_t number;
    lf_time held;
    enum lf_recovery_result result;
    lf_time took;  /* 0: not measured */
    lf_time rto;   /* that held then */
    bool restored; /* from the backup */
    lf_view note, account;
    lf_time at, withdrawn; /* withdrawn 0: it counts */
};
struct lf_recovery_run {
    lf_view recovery, zh, en;
    int64_t place, version;
    lf_time rto, rpo, began, down, back; /* down 0: not said to have been down; back 0: not yet */
    lf_time lasted;                      /* until now where it is not back; 0: it was not down */
    bool late;                           /* longer than rto */
    size_t tasks, ended;                 /* of its steps */
    lf_view account;
};
/* How one in force stands to an incident. */
struct lf_recovery_fit {
    const struct lf_recovery *recovery;
    bool suggested; /* of level 3 or 4, and the incident speaks of the system or its asset */
    bool called;
};
struct lf_recovery_counts {
    int64_t down, still,
        late; /* systems that were down in real incidents, are so now, and longer than bearable */
};

/* Pure: reads a document whole or says what is wrong where. */
enum lf_code lf_recovery_read(struct lf_arena *a, lf_view json, size_t *n, const struct lf_recovery **out,
                              struct lf_err *e) LF_MUST;
/* Pure: the one of that id and all it needs, each behind what it needs; `order` has room for n.
 * LF_CONFLICT: one of them is not among the n, needs itself, or the way is longer than LF_RECOVERY_DEPTH. */
enum lf_code lf_recovery_order(const struct lf_recovery *list, size_t n, lf_view id, size_t *nout,
                               size_t *order, struct lf_err *e) LF_MUST;

/* Those in force, by id.  Who may see incidents. */
enum lf_code lf_recovery_list(struct lf_task *t, size_t *n, const struct lf_recovery **out,
                              struct lf_err *e) LF_MUST;
/* All in force as one document, which lf_recovery_import() takes. */
enum lf_code lf_recovery_export(struct lf_task *t, lf_view *out, struct lf_err *e) LF_MUST;

/* ADMIN, audited.  `seen`: the version that its author had before him (0: there was none); LF_CONFLICT: there
 * is a newer one. */
enum lf_code lf_recovery_write(struct lf_task *t, lf_view id, int64_t seen, lf_view json,
                               struct lf_err *e) LF_MUST;
/* Each of a document becomes a draft, all or none; one whose last text is the same already is passed over. */
enum lf_code lf_recovery_import(struct lf_task *t, lf_view json, size_t *drafts, struct lf_err *e) LF_MUST;
/* LF_PLAYBOOK_PUBLISH or LF_PLAYBOOK_RETIRE; `seen` 0: whatever there is. */
enum lf_code lf_recovery_act(struct lf_task *t, lf_view id, int64_t seen, enum lf_playbook_act act,
                             struct lf_err *e) LF_MUST;
/* Newest first; LF_NOT_FOUND: none of this id was ever written. */
enum lf_code lf_recovery_history(struct lf_task *t, lf_view id, size_t *n,
                                 const struct lf_playbook_version **out, struct lf_err *e) LF_MUST;
enum lf_code lf_recovery_last(struct lf_task *t, size_t *n, const struct lf_playbook_version **out,
                              struct lf_err *e) LF_MUST;

/* ADMIN or ANALYST, audited; of one in force.  held, result, took, restored and note of `in` count. */
enum lf_code lf_recovery_trial_add(struct lf_task *t, lf_view id, const struct lf_recovery_trial *in,
                                   struct lf_err *e) LF_MUST;
/* One recorded by mistake counts no more. */
enum lf_code lf_recovery_trial_withdraw(struct lf_task *t, lf_view id, int64_t number,
                                        struct lf_err *e) LF_MUST;
/* Newest first.  Who may see incidents. */
enum lf_code lf_recovery_trials(struct lf_task *t, lf_view id, size_t *n,
                                const struct lf_recovery_trial **out, struct lf_err *e) LF_MUST;
/* Of incidents that whoever asks may see. */
enum lf_code lf_recovery_count(struct lf_task *t, lf_view id, struct lf_recovery_counts *out,
                               struct lf_err *e) LF_MUST;

/* Of an incident that whoever asks may see: those in force, and those it called for in their order. */
enum lf_code lf_recovery_of(struct lf_task *t, lf_view incident, size_t *nfits,
                            const struct lf_recovery_fit **fits, size_t *nruns,
                            const struct lf_recovery_run **runs, struct lf_err *e) LF_MUST;
/* ANALYST, REPORTER or REVIEWER, audited.  The system went down at `down`; 0: now.  *added: tasks. */
enum lf_code lf_recovery_call(struct lf_task *t, lf_view incident, lf_view id, lf_time down, bool english,
                              size_t *added, struct lf_err *e) LF_MUST;
/* When one that was called for went down (0: it did not) and was back (0: not yet). */
enum lf_code lf_recovery_times(struct lf_task *t, lf_view incident, lf_view id, lf_time down, lf_time back,
                               struct lf_err *e) LF_MUST;

#endif
