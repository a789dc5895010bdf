/* What exercises and their injects do for each other. */
#ifndef LF_CERT_INJECT_PRIV_H
#define LF_CERT_INJECT_PRIV_H

#include "cert/inject.h"

/* May exercises be changed, by the account's role? */
enum lf_code exercise_need(const struct lf_task *t, struct lf_err *e) LF_MUST;
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
