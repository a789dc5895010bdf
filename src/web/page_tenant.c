/* The pages of the tenants, small organisations whose people work on this node, and of what each reported. */
#include "cert/incident_served.h"
#include "ident/organisation.h"
#include "web/page_priv.h"
#include "web/tenant.h"

static void put_row(struct rq *r, struct lf_buf *b, const struct lf_organisation *x)
{
    struct lf_err none = { 0 };
    int64_t waiting = 0;
    bool reviewed = lf_incident_waiting_count(r->t, x->id, &waiting, &none) == LF_OK;

    lf_html(b, "<tr><td class=\"wrap\" data-label=\"%\"><span>", T(UNIT_NAME));
    if (reviewed)
        lf_html(b, "<a href=\"/tenants/%\">%</a>", V(x->id), V(x->name));
    else
        lf_html(b, "%", V(x->name));
    lf_html(
        b, "</span></td><td class=\"wrap\" data-label=\"OID\"><span>%</span></td><td data-label=\"%\"><span>",
        V(x->oid), T(TENANT_WAITING));
    if (reviewed)
        lf_html(b, "<a href=\"/tenants/%?waiting=1\">%</a>", V(x->id), V(number(r, waiting)));
    else
        LF_PUT(b, "–");
    lf_html(b, "</span></td><td data-label=\"%\"><span>", T(TENANT_OPEN));
    if (may(r, MANAGE))
        lf_html(b, "<a href=\"/people?tenant=%\">%</a>", V(x->id), V(number(r, x->open)));
    else
        lf_html(b, "%", V(number(r, x->open)));
    lf_html(b, "</span></td><td data-label=\"%\">", T(TENANT_SINCE));
    put_when(r, b, x->created);
    lf_html(b, "</td></tr>");
}

static void put_form(struct rq *r, struct lf_buf *b)
{
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><form class=\"stack\" method=\"post\" action=\"/tenants\">",
            T(TENANT_NEW));
    put_csrf(r, b);
    lf_html(b,
            "<p><label for=\"tn-name\">%</label><input id=\"tn-name\" name=\"name\" value=\"%\" required "
            "maxlength=\"66\" aria-describedby=\"tn-hint\"><span class=\"hint\" id=\"tn-hint\">%</span></p>"
            "<p><label for=\"tn-oid\">OID</label><input id=\"tn-oid\" name=\"oid\" value=\"%\" "
            "inputmode=\"decimal\" maxlength=\"200\"></p><p><button>%</button></p></form></section>",
            T(UNIT_NAME), V(lf_view_some(field(r, "name"))), T(TENANT_HINT), V(lf_view_some(field(r, "oid"))),
            T(TENANT_ADD));
}

static enum lf_code list_page(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    struct lf_organisation_page list;
    struct lf_page page;
    struct lf_buf b;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_organisation_list(r->t, &page, &list, r->e));
    begin_page(r, &b, text(r, LF_T_TENANTS), "/contacts");
    lf_html(&b,
            "<div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p><p><a href=\"/contacts\">%</a></p></div>",
            T(TENANTS), T(TENANTS_LEAD), T(CONTACTS));
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
                T(TENANTS), T(UNIT_NAME), T(TENANT_WAITING), T(TENANT_OPEN), T(TENANT_SINCE));
    for (size_t i = 0; i < list.n; i++)
        put_row(r, &b, &list.items[i]);
    if (list.n)
        LF_PUT(&b, "</tbody></table>");
    put_next(r, &b, list.next);
    LF_PUT(&b, "</section>");
    if (may(r, MANAGE))
        put_form(r, &b);
    LF_PUT(&b, "</div>");
    return end_page(r, &b, status);
}

enum lf_code page_tenants(struct rq *r)
{
    return list_page(r, 200);
}

enum lf_code page_tenant(struct rq *r)
{
    bool waiting = lf_view_is(query(r, "waiting"), "1");
    struct lf_incident_page list;
    struct lf_organisation x;
    struct lf_page page;
    struct lf_buf b;
    enum lf_code rc;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_organisation_get(r->t, r->id, &x, r->e));
    LF_TRY(lf_incident_served_list(r->t, x.id, waiting, &page, &list, r->e));
    begin_page(r, &b, x.name, "/contacts");
    lf_html(&b,
            "<p><a href=\"/tenants\">%</a></p><div class=\"head\"><h1>%</h1><p>% <a "
            "href=\"%\">%</a></p></div><section class=\"panel\">",
            T(TENANTS), V(x.name), waiting ? T(TENANT_WAITING_LEAD) : T(TENANT_REPORTED_LEAD),
            V(path2(r, "/tenants/", x.id, waiting ? "" : "?waiting=1")),
            waiting ? T(TENANT_REPORTED_ALL) : T(TENANT_WAITING_ONLY));
    rc = put_incident_table(r, &b, &list);
    put_next_with(r, &b, waiting ? "&waiting=1" : "", list.next);
    LF_PUT(&b, "</section>");
    if (rc != LF_OK) {
        lf_buf_clear(&b);
        return rc;
    }
    return end_page(r, &b, 200);
}

enum lf_code page_tenant_add(struct rq *r)
{
    lf_view id;
    enum lf_code rc = tenant_add(r, &id);

    return rc == LF_OK ? redirect(r, path2(r, "/people?tenant=", id, "&done=1"))
                       : page_again(r, rc, list_page);
}
