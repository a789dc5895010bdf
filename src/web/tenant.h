/* What the API's and the page's doors on tenants share.  Private to web. */
#ifndef LF_WEB_TENANT_H
#define LF_WEB_TENANT_H

#include "web/web_priv.h"

/* Is this path open to people of a tenant, beside what their roles allow (web/tenant.def)? */
bool tenant_may(lf_view path, bool writes);
/* From the fields name, oid and attribute. */
enum lf_code tenant_add(struct rq *r, lf_view *id) LF_MUST;

#endif
