/* What the files of recovery procedures in the console share. */
#ifndef LF_WEB_RECOVERY_H
#define LF_WEB_RECOVERY_H

#include "cert/recovery.h"
#include "web/web_priv.h"

lf_view recovery_name(const struct rq *r, lf_view zh, lf_view en);
lf_view recovery_span(struct rq *r, lf_time span);                 /* "4 hours" */
lf_view recovery_needs(struct rq *r, const struct lf_recovery *p); /* ids, a blank between */
void put_recovery(struct rq *r, struct lf_buf *b, const struct lf_recovery *p);
/* The text that was written last. */
enum lf_code recovery_written(struct rq *r, const struct lf_playbook_version *v, size_t n,
                              const struct lf_recovery **out) LF_MUST;
/* A rehearsal as the request has it is recorded (api_recovery.c). */
enum lf_code recovery_trial_asked(struct rq *r) LF_MUST;

#endif
