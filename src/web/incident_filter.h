/* Incident filter: what of incidents and of their clocks is asked for, by the query of the pages and of the
 * API alike; what each means is said in cert/incident.h, cert/deadline.h and the manual. */
#ifndef LF_WEB_INCIDENT_FILTER_H
#define LF_WEB_INCIDENT_FILTER_H

#include "cert/incident.h"

struct rq;
/* LF_BAD_INPUT with the reason. */
enum lf_code incident_filter_of(struct rq *r, struct lf_incident_filter *out) LF_MUST;
enum lf_code deadline_filter_of(struct rq *r, struct lf_deadline_filter *out) LF_MUST;

#endif
