/* MISP's API under /misp/.  Authentication is done; t->scope says who asks. */
#ifndef LF_WEB_MISP_H
#define LF_WEB_MISP_H

#include "web/web_priv.h"

/* Refusals are answers; what is returned as an error is for misp_problem() to tell. */
enum lf_code misp_handle(struct rq *r) LF_MUST;
void misp_problem(struct rq *r, int status, lf_view why);

#endif
