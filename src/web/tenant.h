/* What the API's and the page's doors on tenants share.  Private to web. */
#ifndef LF_WEB_TENANT_H
#define LF_WEB_TENANT_H

#include "cert/incident.h"
#include "web/web_priv.h"

struct lf_json_w;

/* An incident as lists of the API show it (api_incident.c). */
void put_incident(struct lf_json_w *w, const struct lf_incident *i);

/* Is this path open to people of a tenant, beside what their roles allow (web/tenant.def)? */
bool tenant_may(lf_view path, bool writes);
/* From the fields name, oid and attribute. */
enum lf_code tenant_add(struct rq *r, lf_view *id) LF_MUST;

#endif
