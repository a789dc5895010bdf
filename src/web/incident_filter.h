/* Incident filter: what of incidents and of their clocks is asked for, by the query of the pages and of the
 * API alike; what each means is said in cert/incident.h, cert/deadline.h and the manual. */
#ifndef LF_WEB_INCIDENT_FILTER_H
#define LF_WEB_INCIDENT_FILTER_H

#include "cert/incident.h"

struct rq;
/* The fields of the query that say it. */
enum { INCIDENT_FILTER_FIELDS = 19 };
extern const char *const incident_filter_fields[INCIDENT_FILTER_FIELDS];
/* The same as a list's address has them, "from=2026-01-01&level=3"; and back.  LF_BAD_INPUT as below. */
lf_view incident_filter_text(struct rq *r);
enum lf_code incident_filter_read(struct rq *r, lf_view text, struct lf_incident_filter *out) LF_MUST;
/* LF_BAD_INPUT with the reason. */
enum lf_code incident_filter_of(struct rq *r, struct lf_incident_filter *out) LF_MUST;
enum lf_code deadline_filter_of(struct rq *r, struct lf_deadline_filter *out) LF_MUST;

#endif
