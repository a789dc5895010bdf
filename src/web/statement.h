/* Statements (cert/statement.h), for page and API alike, and for the door without an account. */
#ifndef LF_WEB_STATEMENT_H
#define LF_WEB_STATEMENT_H

#include "cert/statement.h"

struct lf_buf;
struct rq;

/* What the form or body has, over what is there. */
void statement_fields(const struct rq *r, struct lf_statement_form *f);
/* A new one as the form or body says. */
enum lf_code statement_add(struct rq *r, lf_view *id) LF_MUST;
/* What is done with r->id. */
enum lf_code statement_act(struct rq *r, enum lf_written_act act) LF_MUST;
/* On the incident's page: those that are about it. */
enum lf_code put_incident_statements(struct rq *r, struct lf_buf *b, const struct lf_incident *x) LF_MUST;

#endif
