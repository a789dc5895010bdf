/* What exercises and their injects do for each other. */
#ifndef LF_CERT_INJECT_PRIV_H
#define LF_CERT_INJECT_PRIV_H

#include "cert/inject.h"

/* May exercises, and what they found, be read, by the account's role?  And changed? */
enum lf_code exercise_see(const struct lf_task *t, struct lf_err *e) LF_MUST;
enum lf_code exercise_need(const struct lf_task *t, struct lf_err *e) LF_MUST;
/* One that this organisation conducts; LF_FORBIDDEN: it takes part only. */
enum lf_code exercise_conducted(struct lf_task *t, lf_view id, struct lf_exercise *out,
                                struct lf_err *e) LF_MUST;
enum lf_code exercise_keep_members(struct lf_task *t, lf_view id, const struct lf_exercise_members *who,
                                   struct lf_err *e) LF_MUST;
/* Is that peer the node above, as things stand? */
enum lf_code exercise_above(struct lf_task *t, lf_view peer, bool *above, struct lf_err *e) LF_MUST;
/* It changed: tenants that take part are told, nodes below will be. */
enum lf_code exercise_tell(struct lf_task *t, const struct lf_exercise *x, struct lf_err *e) LF_MUST;
/* A tenant's result report of one of the node's. */
enum lf_code exercise_report_guest(struct lf_task *t, const struct lf_exercise *x, lf_view text,
                                   struct lf_err *e) LF_MUST;
/* An inject was told to one that takes part by a tenancy or a node of its own; *far: a node, which tells its
 * people itself. */
enum lf_code exercise_told_add(struct lf_task *t, const struct lf_exercise *x, const struct lf_inject *one,
                               bool english, const struct lf_exercise_member *to, bool *far,
                               struct lf_err *e) LF_MUST;
/* As long as that lasts in the exercise. */
lf_time exercise_span(const struct lf_exercise *x, lf_time t);

/* With the start, of `x` as it is from now on: each inject has its time.  LF_CONFLICT: one would be told to
 * nobody. */
enum lf_code script_begin(struct lf_task *t, const struct lf_exercise *x, struct lf_err *e) LF_MUST;
/* With the end: what was not told never will be. */
enum lf_code script_end(struct lf_task *t, lf_view exercise, struct lf_err *e) LF_MUST;
/* The key of the notice by which one was told. */
lf_view inject_key(struct lf_task *t, lf_view exercise, lf_view inject, lf_view unit);

#endif
