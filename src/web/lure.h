/* Mail of social-engineering drills, for page and API alike. */
#ifndef LF_WEB_LURE_H
#define LF_WEB_LURE_H

#include "cert/lure.h"

struct lf_buf;
struct rq;

/* "template" with "language", or "subject" and "body"; "per_hour", "keep_days". */
enum lf_code lure_set(struct rq *r) LF_MUST;
enum lf_code lure_move(struct rq *r) LF_MUST;    /* "state" */
enum lf_code lure_consent(struct rq *r) LF_MUST; /* "unit", "domain", "person" */
/* The panel on the exercise's page; nothing for another kind, or for who does not conduct it. */
enum lf_code put_lure(struct rq *r, struct lf_buf *b, const struct lf_exercise *x) LF_MUST;

#endif
