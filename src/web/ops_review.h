/* Operations reviews and their improvements, for page and API: what the query, form or body says; the review
 * or improvement is r->id. */
#ifndef LF_WEB_OPS_REVIEW_H
#define LF_WEB_OPS_REVIEW_H

#include "cert/ops_review.h"
#include "web/web_priv.h"

enum lf_code improvement_filter(struct rq *r, struct lf_improvement_filter *out) LF_MUST;
enum lf_code ops_review_add(struct rq *r, lf_view *id) LF_MUST;
enum lf_code ops_review_change(struct rq *r) LF_MUST; /* state closed: closes it */
enum lf_code improvement_add(struct rq *r, lf_view *id) LF_MUST;
enum lf_code improvement_change(struct rq *r) LF_MUST;
/* The page that shows what it came from; empty where the source is free. */
lf_view improvement_source_path(struct rq *r, const struct lf_improvement *x);

#endif
