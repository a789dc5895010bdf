/* A tenant's incidents at the node that serves it.
 *
 * A small agency whose people work on a sector's node reports to that sector: the node's own people receive
 * and review what it reported, as they do for a node below, and the tier above hears of it by the same
 * rules.  A draft is the tenant's alone.  At a provider's node tenants are reviewed by the tier above, as
 * the node itself. */
#ifndef LF_CERT_INCIDENT_SERVED_H
#define LF_CERT_INCIDENT_SERVED_H

#include "cert/incident.h"

/* Is it a tenant's that this node's own people review? */
bool lf_incident_served(const struct lf_task *t, const struct lf_incident *row);
/* Before something is done with an incident: one of the node's own people, to whom it is a tenant's that was
 * reported, goes on within the tenant's rows for the rest of the task.  Else nothing changes, and whether he
 * may have it is asked as ever. */
enum lf_code lf_incident_serve(struct lf_task *t, lf_view incident, struct lf_err *e) LF_MUST;

/* What a tenant reported, newest first; `waiting`: what is not reviewed yet alone.  By the node's own people
 * who see incidents; LF_NOT_FOUND: no tenant of a node that reviews. */
enum lf_code lf_incident_served_list(struct lf_task *t, lf_view tenant, bool waiting,
                                     const struct lf_page *page, struct lf_incident_page *out,
                                     struct lf_err *e) LF_MUST;
/* How many of those wait, at most 1,000. */
enum lf_code lf_incident_waiting_count(struct lf_task *t, lf_view tenant, int64_t *n,
                                       struct lf_err *e) LF_MUST;

#endif
