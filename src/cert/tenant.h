/* Tenant: a small organisation whose people work on this node: an organisation with accounts here
 * (ident/organisation.h), and its place in the contact network (cert/unit.h). */
#ifndef LF_CERT_TENANT_H
#define LF_CERT_TENANT_H

#include "cert/unit.h"

/* Both, in one act, by an ADMIN of the node's own organisation: where the contact network has it by this OID
 * or name it becomes the tenant's, else it is entered.  LF_CONFLICT: that one is another tenant's, this
 * node's own, or has a node of its own; or what lf_organisation_create says.  `attribute`: of one that is
 * entered. */
enum lf_code lf_tenant_add(struct lf_task *t, lf_view name, lf_view oid, enum lf_unit_attribute attribute,
                           lf_view *id, struct lf_err *e) LF_MUST;

#endif
