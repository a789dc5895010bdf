/* Playbooks (應變程序): what is done for an incident of a class and level, in order and with times.
 *
 * Delivered ones are part of the program (rules/playbook/tw-2026.json): one for levels 1 and 2, one for 3 and
 * 4, one for each of the five classes of the report form.  Files that the node reads when it starts add to
 * them, an organisation adds its own; one takes the place of one before it of the same id.  Own ones are
 * written as drafts, put in force and retired, and every text of them stays in their history:
 *
 *   written ──publish──▶ in force ──retire──▶ retired: none of this id holds, not a delivered one either
 *      ▲                    │                    │
 *      └───── write ────────┴────────────────────┘        what is in force stays so while another draft is
 * written
 *
 * Applying one to an incident makes its steps tasks (cert/incident_task.h), due so long after awareness or
 * after applying; applying it again adds only what is missing.  When the time of awareness is corrected, open
 * tasks that are due as their step says are due anew.  Steps of preparation are to be done before there is an
 * incident: they are shown and become no tasks.
 *
 *   {"format": "lianfang-playbook/1", "playbooks": [{"id", "zh", "en", "classes": ["web"], "levels": [1, 2],
 *    "steps": [{"id", "phase", "zh", "en", "due": "1h", "from": "aware", "who": TEXT,
 *      "article": UUID}]}]}
 *
 * Without classes or levels: of every one.  due: minutes, hours or days ("30m", "72h", "30d"), left out when
 * there is none; from: aware or applied; who: does it, in words, which its task says; article: of the
 * knowledge base, which tells more.  A member that is not named here is an error. */
#ifndef LF_CERT_PLAYBOOK_H
#define LF_CERT_PLAYBOOK_H

#include "cert/incident_task.h"
#include "model/text_file.h"

enum {
    LF_PLAYBOOK_BYTES = 64 << 10, /* of a document */
    LF_PLAYBOOK_STEPS = 60,
    LF_PLAYBOOKS = 64, /* of a document, and of an organisation's own */
    LF_PLAYBOOK_ID = 40,
    LF_PLAYBOOK_VERSIONS = 200, /* that are shown */
    LF_PLAYBOOK_DAYS = 366,     /* the longest time of a step */
    LF_PLAYBOOK_WHO = 200,      /* bytes */
};

struct lf_playbook_step {
    lf_view id, zh, en;
    enum lf_task_phase phase;
    lf_time due; /* after awareness or applying; 0: none */
    bool from_applied;
    lf_view who;     /* does it, in words; empty: nobody is named */
    lf_view article; /* UUID; empty: none */
};
struct lf_playbook {
    lf_view id, zh, en;
    size_t nclasses, nsteps;
    const lf_view *classes; /* "web": also "web_defaced"; none: every class */
    unsigned levels;        /* bit 1 << level; 0: every level */
    const struct lf_playbook_step *steps;
    bool own;
};
/* The numbers are kept in databases. */
enum lf_playbook_act {
    LF_PLAYBOOK_WRITE,
    LF_PLAYBOOK_PUBLISH,
    LF_PLAYBOOK_RETIRE,
    LF_PLAYBOOK_REMOVE, /* what is delivered holds again */
    LF_PLAYBOOK_ACTS
};
/* A step in the history of one of the organisation's own. */
struct lf_playbook_version {
    lf_view id;
    int64_t version; /* from 1 */
    enum lf_playbook_act act;
    lf_view json, account; /* json empty: the act wrote nothing */
    lf_time at;
};
/* How one stands to an incident. */
struct lf_playbook_fit {
    const struct lf_playbook *playbook;
    bool suggested; /* for the class and level as they are now */
    size_t applied; /* of its steps that are tasks of the incident */
};

/* Pure: reads a document whole or says what is wrong where. */
enum lf_code lf_playbook_read(struct lf_arena *a, lf_view json, size_t *n, const struct lf_playbook **out,
                              struct lf_err *e) LF_MUST;
/* Whether it is for incidents of that class (empty: none given yet) and level (0: none). */
bool lf_playbook_fits(const struct lf_playbook *p, lf_view category, int level);

/* Those in force: delivered, of files and own ones, in the order of the documents. */
enum lf_code lf_playbook_list(struct lf_task *t, size_t *n, const struct lf_playbook **out,
                              struct lf_err *e) LF_MUST;
/* ADMIN, audited.  `json` is a document with one playbook, whose id is `id`; tasks that were made stay.
 * `seen`: the version that its author had before him (0: there was none); LF_CONFLICT: there is a newer one.
 */
enum lf_code lf_playbook_write(struct lf_task *t, lf_view id, int64_t seen, lf_view json,
                               struct lf_err *e) LF_MUST;
/* The text that was written last comes in force, or none does.  `seen` as above; 0: whatever there is. */
enum lf_code lf_playbook_act(struct lf_task *t, lf_view id, int64_t seen, enum lf_playbook_act act,
                             struct lf_err *e) LF_MUST;
/* Written and published in one, whatever was there. */
enum lf_code lf_playbook_put(struct lf_task *t, lf_view id, lf_view json, struct lf_err *e) LF_MUST;
enum lf_code lf_playbook_remove(struct lf_task *t, lf_view id, struct lf_err *e) LF_MUST;
/* Newest first, at most LF_PLAYBOOK_VERSIONS; none: it is not the organisation's own. */
enum lf_code lf_playbook_history(struct lf_task *t, lf_view id, size_t *n,
                                 const struct lf_playbook_version **out, struct lf_err *e) LF_MUST;
/* The last step of each of the organisation's own, without its text. */
enum lf_code lf_playbook_last(struct lf_task *t, size_t *n, const struct lf_playbook_version **out,
                              struct lf_err *e) LF_MUST;

/* As the node: those of files, all or none.  LF_BAD_INPUT says in which file what is wrong. */
enum lf_code lf_playbook_take(struct lf_task *t, const struct lf_text_file *files, size_t n,
                              struct lf_err *e) LF_MUST;

/* The step that a task came from (its `origin`); NULL: none in force. */
const struct lf_playbook_step *lf_playbook_step(const struct lf_playbook *list, size_t n, lf_view origin);
/* Awareness was recorded as `was` and is now `aware`: tasks are due anew. */
enum lf_code lf_playbook_refit(struct lf_task *t, lf_view incident, lf_time was, lf_time aware,
                               struct lf_err *e) LF_MUST;

enum lf_code lf_playbook_of(struct lf_task *t, lf_view incident, size_t *n,
                            const struct lf_playbook_fit **out, struct lf_err *e) LF_MUST;
/* Its steps become tasks, in English or Chinese; *added: how many were not there. */
enum lf_code lf_playbook_apply(struct lf_task *t, lf_view incident, lf_view id, bool english, size_t *added,
                               struct lf_err *e) LF_MUST;

#endif
