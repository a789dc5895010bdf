/* The JSON API's part on tenants: organisations whose people work on this node. */
#include "cert/incident_served.h"
#include "cert/tenant.h"
#include "ident/organisation.h"
#include "web/api_priv.h"
#include "web/tenant.h"

enum lf_code tenant_add(struct rq *r, lf_view *id)
{
    lf_view name, attribute = lf_view_some(field(r, "attribute"));
    enum lf_unit_attribute is = LF_UNIT_NONE;

    LF_TRY(need(r, "name", &name));
    if (attribute.len && !lf_unit_attribute_parse(attribute, &is))
        return lf_err_set(r->e, LF_BAD_INPUT,
                          "\"attribute\" is defence, administration, academia or enterprise-1 to -4");
    return lf_tenant_add(r->t, lf_view_trim(name), lf_view_trim(field(r, "oid")), is, id, r->e);
}

enum lf_code api_tenants(struct rq *r)
{
    struct lf_organisation_page list;
    struct lf_page page;
    int64_t waiting;
    struct out o;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_organisation_list(r->t, &page, &list, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < list.n; i++) {
        const struct lf_organisation *x = &list.items[i];

        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "id", x->id);
        lf_json_put_str(&o.w, "name", x->name);
        put_text(&o.w, "oid", x->oid);
        if (lf_incident_waiting_count(r->t, x->id, &waiting, &(struct lf_err){ 0 }) == LF_OK)
            lf_json_put_int(&o.w, "waiting", waiting);
        lf_json_put_int(&o.w, "accounts", x->accounts);
        lf_json_put_int(&o.w, "open", x->open);
        lf_json_put_time(&o.w, "created", x->created);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, list.next);
}

enum lf_code api_tenant_incidents(struct rq *r)
{
    struct lf_incident_page list;
    struct lf_page page;
    struct out o;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_incident_served_list(r->t, r->id, lf_view_is(query(r, "waiting"), "1"), &page, &list, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < list.n; i++)
        put_incident(&o.w, &list.items[i]);
    return end_list(r, &o, list.next);
}

enum lf_code api_tenant_add(struct rq *r)
{
    lf_view id;

    LF_TRY(tenant_add(r, &id));
    return say_id(r, 201, id);
}

enum lf_code api_tenant_set(struct rq *r)
{
    lf_view name = field(r, "name"), oid = field(r, "oid");
    struct lf_organisation x;

    LF_TRY(lf_organisation_get(r->t, r->id, &x, r->e));
    LF_TRY(lf_organisation_set(r->t, r->id, name.ptr ? lf_view_trim(name) : x.name,
                               oid.ptr ? lf_view_trim(oid) : x.oid, r->e));
    return answer_empty(r, 204);
}
