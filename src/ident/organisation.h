/* Organisation: one whose people have accounts on this node: the node's own, made with it
 * (ident/node.h), and tenants, small ones that need no node of their own.
 *
 * Every row that belongs to somebody has the organisation it belongs to, and what people of one write and
 * see is theirs alone; what the node's own people see of a tenant's each room says.  A tenant is never
 * removed, as its records stay: its accounts are shut out.  The table organisation is written here and, for
 * the node's own, in ident/node.c. */
#ifndef LF_IDENT_ORGANISATION_H
#define LF_IDENT_ORGANISATION_H

#include "model/page.h"
#include "store/task.h"

enum { LF_ORGANISATION_NAME = 200, LF_ORGANISATION_OID = 200, LF_TENANTS_MOST = 10000 };

struct lf_organisation {
    lf_view id, name, oid, parent; /* oid: the government's organisation identifier; empty if none */
    lf_time created;
    int64_t accounts, open; /* of a list: how many it has, and of them those not shut out */
};
struct lf_organisation_page {
    size_t n;
    const struct lf_organisation *items;
    lf_view next; /* empty: no more */
};

/* A tenant, by an ADMIN of the node's own organisation.  LF_CONFLICT: another has the name or the OID;
 * LF_TOO_MANY: LF_TENANTS_MOST.  Audited. */
enum lf_code lf_organisation_create(struct lf_task *t, lf_view name, lf_view oid, lf_view *id,
                                    struct lf_err *e) LF_MUST;
/* Another name or OID of a tenant; the same rights and refusals.  The node's own is named by the settings. */
enum lf_code lf_organisation_set(struct lf_task *t, lf_view id, lf_view name, lf_view oid,
                                 struct lf_err *e) LF_MUST;
/* One's own, or as one of the node's own people any. */
enum lf_code lf_organisation_get(struct lf_task *t, lf_view id, struct lf_organisation *out,
                                 struct lf_err *e) LF_MUST;
/* The tenants, by name; by the node's own people. */
enum lf_code lf_organisation_list(struct lf_task *t, const struct lf_page *page,
                                  struct lf_organisation_page *out, struct lf_err *e) LF_MUST;

#endif
