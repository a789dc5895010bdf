/* What playbooks and recovery procedures of systems share: steps as they are read, and the versions of a
 * text, so that of two people who write at once neither loses his. */
#ifndef LF_CERT_PLAYBOOK_PRIV_H
#define LF_CERT_PLAYBOOK_PRIV_H

#include "cert/playbook.h"
#include "fmt/json.h"
#include "store/db.h"

/* ---- reading (playbook_read.c); LF_BAD_INPUT says of which noun, where, and what it should be ---- */

struct playbook_steps {
    const char *noun;
    size_t words;  /* most bytes of a step's text */
    bool recovery; /* times run from when the system went down, and the phase may be left out */
};
enum lf_code playbook_id(const char *noun, const struct lf_json *v, lf_view where, lf_view *out,
                         struct lf_err *e) LF_MUST;
/* Both languages, each on one line. */
enum lf_code playbook_words(const char *noun, const struct lf_json *v, lf_view where, size_t most,
                            lf_view *zh, lf_view *en, struct lf_err *e) LF_MUST;
/* The member `name`, "30m", "72h" or "30d". */
enum lf_code playbook_span(const char *noun, const char *name, const struct lf_json *v, lf_view where,
                           lf_time *out, struct lf_err *e) LF_MUST;
/* The member "steps" of `v`, whose id is `id`. */
enum lf_code playbook_steps(struct lf_arena *a, const struct playbook_steps *of, const struct lf_json *v,
                            lf_view id, size_t *n, const struct lf_playbook_step **out,
                            struct lf_err *e) LF_MUST;

/* ---- versions (playbook_version.c) ---- */

struct playbook_texts {
    const char *noun;
    const struct lf_query *versions, *add, *last;
    const char *audits[LF_PLAYBOOK_ACTS];
};
/* Newest first, at most LF_PLAYBOOK_VERSIONS. */
enum lf_code playbook_versions(struct lf_task *t, const struct playbook_texts *of, lf_view id, size_t *n,
                               const struct lf_playbook_version **out, struct lf_err *e) LF_MUST;
/* The same, and that nobody was faster than who saw version `seen`; `any`: whatever there is. */
enum lf_code playbook_look(struct lf_task *t, const struct playbook_texts *of, lf_view id, int64_t seen,
                           bool any, size_t *n, const struct lf_playbook_version **out,
                           struct lf_err *e) LF_MUST;
/* The text that was written last; LF_CONFLICT: none was. */
enum lf_code playbook_written(const struct playbook_texts *of, lf_view id,
                              const struct lf_playbook_version *list, size_t n, lf_view *json,
                              struct lf_err *e) LF_MUST;
/* One more behind the newest of the `n` at `was`; audited. */
enum lf_code playbook_version_add(struct lf_task *t, const struct playbook_texts *of, lf_view id, size_t n,
                                  const struct lf_playbook_version *was, enum lf_playbook_act act,
                                  lf_view json, struct lf_err *e) LF_MUST;
/* The newest of each, without its text. */
enum lf_code playbook_newest(struct lf_task *t, const struct playbook_texts *of, size_t *n,
                             const struct lf_playbook_version **out, struct lf_err *e) LF_MUST;
/* A document of that format with one member of its list. */
enum lf_code playbook_alone(struct lf_arena *a, const char *format, const char *list,
                            const struct lf_json *one, lf_view *out, struct lf_err *e) LF_MUST;
/* Each article that a step names is there. */
enum lf_code playbook_articles(struct lf_task *t, const char *noun, const struct lf_playbook_step *steps,
                               size_t n, struct lf_err *e) LF_MUST;

/* ---- on an incident (playbook.c) ---- */

/* Its steps become tasks, those of preparation and those that are there already do not. */
struct playbook_made {
    lf_view incident, origin; /* origin: what stands before "/STEP" */
    lf_view name;             /* stands before each title; empty: none */
    const struct lf_playbook_step *steps;
    size_t n;
    lf_time aware, applied; /* what times run from; aware 0: from applied too */
    bool english;
};
enum lf_code playbook_make_tasks(struct lf_task *t, const struct playbook_made *x, size_t *added,
                                 struct lf_err *e) LF_MUST;

#endif
