/* Weaknesses that exercises found, for page and API alike. */
#ifndef LF_WEB_WEAKNESS_H
#define LF_WEB_WEAKNESS_H

#include "cert/weakness.h"

struct lf_buf;
struct rq;

/* What the query asks of the list. */
enum lf_code weakness_filter(struct rq *r, struct lf_weakness_filter *out) LF_MUST;
/* A new one of the exercise of the path, as the form or body says. */
enum lf_code weakness_add(struct rq *r, lf_view *id) LF_MUST;
/* "weaknesses" of a result report: a list of such bodies, all of them or none. */
enum lf_code weakness_add_all(struct rq *r) LF_MUST;
enum lf_code weakness_change(struct rq *r) LF_MUST;
enum lf_code weakness_check(struct rq *r) LF_MUST;
/* On the exercise's page: those that it found, the form for another, and those of earlier ones that are still
 * open. */
enum lf_code put_exercise_weaknesses(struct rq *r, struct lf_buf *b, const struct lf_exercise *x) LF_MUST;

#endif
