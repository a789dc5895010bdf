/* Playbooks (應變程序): what is done for an incident of a class and level, in order and with times.
 *
 * Delivered ones are part of the program (rules/playbook/tw-2026.json): one for levels 1 and 2, one for 3 and
 * 4, one for each of the five classes of the report form.  An organisation adds its own, which take the place
 * of delivered ones of the same id.  Applying one to an incident makes its steps tasks
 * (cert/incident_task.h), due so long after awareness or after applying; applying it again adds only what is
 * missing.  Steps of preparation are to be done before there is an incident: they are shown and become no
 * tasks.
 *
 *   {"format": "lianfang-playbook/1", "playbooks": [{"id", "zh", "en", "classes": ["web"], "levels": [1, 2],
 *    "steps": [{"id", "phase", "zh", "en", "due": "1h", "from": "aware"}]}]}
 *
 * Without classes or levels: of every one.  due: minutes, hours or days ("30m", "72h", "30d"), left out when
 * there is none; from: aware or applied.  A member that is not named here is an error. */
#ifndef LF_CERT_PLAYBOOK_H
#define LF_CERT_PLAYBOOK_H

#include "cert/incident_task.h"

enum {
    LF_PLAYBOOK_BYTES = 64 << 10, /* of a document */
    LF_PLAYBOOK_STEPS = 60,
    LF_PLAYBOOKS = 64, /* of a document, and of an organisation's own */
    LF_PLAYBOOK_ID = 40,
};

struct lf_playbook_step {
    lf_view id, zh, en;
    enum lf_task_phase phase;
    lf_time due; /* after awareness or applying; 0: none */
    bool from_applied;
};
struct lf_playbook {
    lf_view id, zh, en;
    size_t nclasses, nsteps;
    const lf_view *classes; /* "web": also "web_defaced"; none: every class */
    unsigned levels;        /* bit 1 << level; 0: every level */
    const struct lf_playbook_step *steps;
    bool own;
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

/* Delivered and own ones, by id in the order of the documents. */
enum lf_code lf_playbook_list(struct lf_task *t, size_t *n, const struct lf_playbook **out,
                              struct lf_err *e) LF_MUST;
/* A document with one playbook, whose id is `id`; ADMIN, audited.  It holds from now on; tasks that were made
 * stay. */
enum lf_code lf_playbook_put(struct lf_task *t, lf_view id, lf_view json, struct lf_err *e) LF_MUST;
enum lf_code lf_playbook_remove(struct lf_task *t, lf_view id, struct lf_err *e) LF_MUST;

enum lf_code lf_playbook_of(struct lf_task *t, lf_view incident, size_t *n,
                            const struct lf_playbook_fit **out, struct lf_err *e) LF_MUST;
/* Its steps become tasks, in English or Chinese; *added: how many were not there. */
enum lf_code lf_playbook_apply(struct lf_task *t, lf_view incident, lf_view id, bool english, size_t *added,
                               struct lf_err *e) LF_MUST;

#endif
