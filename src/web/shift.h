/* Of shift logs and handovers, for page and API: what the query asks for, and what the form or body says; the
 * post is r->id. */
#ifndef LF_WEB_SHIFT_H
#define LF_WEB_SHIFT_H

#include "cert/shift_log.h"
#include "web/web_priv.h"

enum lf_code shift_log_asked(struct rq *r, const struct lf_page *page, struct lf_shift_page *out) LF_MUST;
enum lf_code shift_log_add(struct rq *r, lf_view *id) LF_MUST;
/* Who wrote it, by name. */
lf_view shift_writer(struct rq *r, const struct lf_shift_entry *x);

#endif
