/* The page of the tenants: small organisations whose people work on this node. */
#include "ident/organisation.h"
#include "web/page_priv.h"
#include "web/tenant.h"

static enum lf_code list_page(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    struct lf_organisation_page list;
    struct lf_page page;
    struct lf_buf b;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_organisation_list(r->t, &page, &list, r->e));
    begin_page(r, &b, text(r, LF_T_TENANTS), "/people");
    lf_html(&b, "<p><a href=\"/people\">%</a></p><div class=\"head\"><h1>%</h1><p>%</p></div>", T(NAV_PEOPLE),
            T(TENANTS), T(TENANTS_LEAD));
    if (status != 200)
        put_refusal(r, &b, why);
    LF_PUT(&b, "<div class=\"two\"><section class=\"panel\">");
    if (!list.n)
        lf_html(&b, "<p class=\"empty\">%</p>", T(TENANTS_NONE));
    else
        lf_html(&b,
                "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
                "scope=\"col\">OID</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
                "scope=\"col\">%</th></tr></thead><tbody>",
                T(TENANTS), T(UNIT_NAME), T(TENANT_OPEN), T(TENANT_ACCOUNTS), T(TENANT_SINCE));
    for (size_t i = 0; i < list.n; i++) {
        const struct lf_organisation *x = &list.items[i];

        lf_html(&b,
                "<tr><td class=\"wrap\" data-label=\"%\"><span>%</span></td><td class=\"wrap\" "
                "data-label=\"OID\"><span>%</span></td><td data-label=\"%\"><span><a "
                "href=\"/people?tenant=%\">%</a></span></td><td data-label=\"%\">%</td><td data-label=\"%\">",
                T(UNIT_NAME), V(x->name), V(x->oid), T(TENANT_OPEN), V(x->id), V(number(r, x->open)),
                T(TENANT_ACCOUNTS), V(number(r, x->accounts)), T(TENANT_SINCE));
        put_when(r, &b, x->created);
        lf_html(&b, "</td></tr>");
    }
    if (list.n)
        LF_PUT(&b, "</tbody></table>");
    put_next(r, &b, list.next);
    lf_html(&b,
            "</section><section class=\"panel\"><h2>%</h2><form class=\"stack\" method=\"post\" "
            "action=\"/tenants\">",
            T(TENANT_NEW));
    put_csrf(r, &b);
    lf_html(&b,
            "<p><label for=\"tn-name\">%</label><input id=\"tn-name\" name=\"name\" value=\"%\" required "
            "maxlength=\"66\" aria-describedby=\"tn-hint\"><span class=\"hint\" id=\"tn-hint\">%</span></p>"
            "<p><label for=\"tn-oid\">OID</label><input id=\"tn-oid\" name=\"oid\" value=\"%\" "
            "inputmode=\"decimal\" maxlength=\"200\"></p><p><button>%</button></p></form></section></div>",
            T(UNIT_NAME), V(lf_view_some(field(r, "name"))), T(TENANT_HINT), V(lf_view_some(field(r, "oid"))),
            T(TENANT_ADD));
    return end_page(r, &b, status);
}

enum lf_code page_tenants(struct rq *r)
{
    return list_page(r, 200);
}

enum lf_code page_tenant_add(struct rq *r)
{
    lf_view id;
    enum lf_code rc = tenant_add(r, &id);

    return rc == LF_OK ? redirect(r, path2(r, "/people?tenant=", id, "&done=1"))
                       : page_again(r, rc, list_page);
}
