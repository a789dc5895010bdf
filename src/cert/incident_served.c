#include "cert/incident_served.h"

#include "cert/incident_priv.h"
#include "ident/node.h"
#include "ident/organisation.h"
#include "model/role.h"
#include "store/query_incident.h"

/* Does this node's own organisation review for others? */
static bool reviews(const struct lf_task *t)
{
    return !lf_view_is(t->self->tier, "provider");
}

static bool of_staff(const struct lf_task *t)
{
    return lf_view_eq(t->scope.org, t->self->org) && !t->scope.serving && !incident_of_node(t) &&
           !(t->scope.roles & LF_ROLE_PEER);
}

bool lf_incident_served(const struct lf_task *t, const struct lf_incident *row)
{
    return !row->peer.len && reviews(t) && !lf_view_eq(row->org, t->self->org);
}

enum lf_code lf_incident_serve(struct lf_task *t, lf_view incident, struct lf_err *e)
{
    struct incident_kept k;

    if (!of_staff(t) || !reviews(t))
        return LF_OK;
    LF_TRY(incident_find(t, &lf_q_incident_anywhere, incident, &k, e));
    if (!k.there || !k.row.reported_at || !lf_incident_served(t, &k.row))
        return LF_OK;
    t->scope.org = k.row.org;
    t->scope.serving = true;
    return LF_OK;
}

/* The caller's scope within the rows of a tenant that he reviews for. */
static enum lf_code within(struct lf_task *t, lf_view tenant, struct lf_task *out, struct lf_err *e)
{
    struct lf_task node = lf_node_task(t);
    struct lf_organisation is;

    LF_TRY(incident_need_reader(t, e));
    if (!of_staff(t) || !reviews(t) || lf_view_eq(tenant, t->self->org))
        return lf_err_set(e, LF_NOT_FOUND, "there is no such organisation");
    LF_TRY(lf_organisation_get(&node, tenant, &is, e));
    *out = *t;
    out->scope.org = is.id;
    out->scope.serving = true;
    return LF_OK;
}

enum lf_code lf_incident_served_list(struct lf_task *t, lf_view tenant, bool waiting,
                                     const struct lf_page *page, struct lf_incident_page *out,
                                     struct lf_err *e)
{
    struct lf_task in;

    LF_TRY(within(t, tenant, &in, e));
    return incident_reported_list(&in, waiting, page, out, e);
}

enum lf_code lf_incident_waiting_count(struct lf_task *t, lf_view tenant, int64_t *n, struct lf_err *e)
{
    struct lf_task in;

    LF_TRY(within(t, tenant, &in, e));
    return lf_db_int(in.db, &in.scope, &lf_q_incident_waiting_count, LF_ARGS(CLEARED(&in)), n, e);
}
