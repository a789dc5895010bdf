#include "cert/tenant.h"

#include "ident/organisation.h"

enum lf_code lf_tenant_add(struct lf_task *t, lf_view name, lf_view oid, enum lf_unit_attribute attribute,
                           lf_view *id, struct lf_err *e)
{
    struct lf_unit u = { .name = name, .oid = oid, .attribute = attribute };
    struct lf_unit known;
    enum lf_code rc;

    LF_TRY(lf_organisation_create(t, name, oid, id, e));
    rc = lf_unit_find(t, oid, name, &known, &(struct lf_err){ 0 });
    if (rc == LF_OK) {
        if (known.tenant.len || known.peer.len)
            return lf_err_set(e, LF_CONFLICT,
                              "%.*s is in the contact network as a tenant or with a node of its own already",
                              LF_FMT(known.name));
        u = known;
    } else if (rc != LF_NOT_FOUND) {
        return lf_err_set(e, rc, "the contact network could not be asked for %.*s", LF_FMT(name));
    }
    u.tenant = *id;
    return lf_unit_put(t, &u, NULL, e);
}
