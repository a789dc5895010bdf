/* Inquiries, for page and API alike. */
#ifndef LF_WEB_INQUIRY_H
#define LF_WEB_INQUIRY_H

#include "cert/inquiry.h"

struct lf_buf;
struct rq;

/* What the query asks of the list. */
enum lf_code inquiry_filter(struct rq *r, struct lf_inquiry_filter *out) LF_MUST;
/* A new one as the form or body says: with a name, for somebody else. */
enum lf_code inquiry_ask(struct rq *r, lf_view *id) LF_MUST;
/* What is done with r->id; `draft`: of a report that was made of it, else empty. */
enum lf_code inquiry_act(struct rq *r, lf_view *draft) LF_MUST;
/* On the incident's page: those that are about it. */
enum lf_code put_incident_inquiries(struct rq *r, struct lf_buf *b, lf_view incident) LF_MUST;

#endif
