/* The page of the accounts: who there is, and what each may do. */
#include "ident/account.h"
#include "ident/organisation.h"
#include "ident/totp.h"
#include "web/page_priv.h"

lf_view account_name(struct rq *r, lf_view id)
{
    struct lf_account a;

    if (lf_view_is(id, "system"))
        return text(r, LF_T_BY_SYSTEM);
    return lf_account_colleague(r->t, id, &a, NULL) == LF_OK ? a.name : id;
}

enum lf_code page_people(struct rq *r)
{
    lf_view tenant = lf_view_some(query(r, "tenant"));
    struct lf_organisation of = { 0 };
    struct lf_account_list list;
    struct lf_page page;
    struct lf_buf b;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_account_list(r->t, tenant, &page, &list, r->e));
    if (tenant.len)
        LF_TRY(lf_organisation_get(r->t, tenant, &of, r->e));
    begin_page(r, &b, text(r, LF_T_NAV_PEOPLE), "/people");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p><a href=\"/lost-factors\">%</a>",
            of.id.len ? V(of.name) : T(NAV_PEOPLE), T(LOST_LIST));
    if (lf_view_eq(r->t->scope.org, r->t->self->org))
        lf_html(&b, " · <a href=\"/tenants\">%</a>", T(TENANTS));
    lf_html(&b,
            "</p></div><div class=\"two\"><section "
            "class=\"panel\"><table "
            "class=\"rows\"><caption>%</caption><thead><tr>"
            "<th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
            of.id.len ? T(TENANT_CAPTION) : T(PEOPLE_CAPTION), T(ACCOUNT), T(ROLES), T(TOTP), T(LAST_LOGIN),
            T(ACT));
    for (size_t i = 0; i < list.count; i++) {
        const struct lf_account *a = &list.item[i];

        lf_html(&b,
                "<tr><td class=\"wrap\" data-label=\"%\"><span>%<br><span "
                "class=\"quiet\">%</span></span></td><td data-label=\"%\"><span>",
                T(ACCOUNT), V(a->name), V(a->display), T(ROLES));
        put_roles(r, &b, a->roles);
        lf_html(&b, "</span></td><td data-label=\"%\"><span>", T(TOTP));
        if (a->disabled)
            badge(&b, "bad", "×", text(r, LF_T_DISABLED));
        else if (a->totp)
            badge(&b, "good", "✓", text(r, LF_T_TOTP_ON));
        else
            badge(&b, "warn", "!", text(r, LF_T_TOTP_OFF));
        lf_html(&b, "</span></td><td data-label=\"%\">", T(LAST_LOGIN));
        put_when(r, &b, a->seen);
        lf_html(&b, "</td><td data-label=\"%\"><span><a href=\"/tokens?account=%\">%</a>", T(ACT), V(a->id),
                T(NAV_TOKENS));
        if (!lf_view_eq(a->id, r->t->scope.account)) {
            LF_PUT(&b, " ");
            put_button(r, &b, path2(r, "/people/", a->id, a->disabled ? "/enable" : "/disable"),
                       a->disabled ? LF_T_ENABLE : LF_T_DISABLE, "second small");
            if (a->totp) {
                LF_PUT(&b, " ");
                put_button(r, &b, path2(r, "/people/", a->id, "/totp-off"), LF_T_TOTP_TAKE_OFF,
                           "second small");
            }
        }
        lf_html(&b, "</span></td></tr>");
    }
    lf_html(&b, "</tbody></table>");
    put_next_with(
        r, &b,
        tenant.len ? lf_arena_cstr(r->t->a, lf_arena_printf(r->t->a, "&tenant=%.*s", LF_FMT(tenant))) : "",
        list.next);
    lf_html(&b,
            "</section><section class=\"panel\"><h2>%</h2><form class=\"stack\" method=\"post\" "
            "action=\"/people\">",
            T(PERSON_NEW));
    put_csrf(r, &b);
    if (of.id.len)
        lf_html(&b, "<input type=\"hidden\" name=\"tenant\" value=\"%\">", V(of.id));
    lf_html(&b,
            "<p><label for=\"name\">%</label><input id=\"name\" name=\"name\" required maxlength=\"64\" "
            "autocomplete=\"off\"></p>"
            "<p><label for=\"display\">%</label><input id=\"display\" name=\"display\" maxlength=\"64\"></p>"
            "<p><label for=\"password\">%</label><input id=\"password\" name=\"password\" type=\"password\" "
            "required "
            "minlength=\"12\" autocomplete=\"new-password\" aria-describedby=\"pw-hint\"><span "
            "class=\"hint\" id=\"pw-hint\">%</span></p>"
            "<fieldset><legend>%</legend>",
            T(ACCOUNT), T(DISPLAY), T(PASSWORD), T(PASSWORD_HINT), T(ROLES));
    put_role_boxes(r, &b, ~0u, 0);
    lf_html(&b, "</fieldset><p><button>%</button></p></form></section></div>", T(PERSON_ADD));
    return end_page(r, &b, 200);
}

enum lf_code page_people_add(struct rq *r)
{
    lf_view name, password, display = field(r, "display"), tenant = lf_view_some(field(r, "tenant")), id;
    unsigned roles = checked_roles(r);

    LF_TRY(need(r, "name", &name));
    LF_TRY(need(r, "password", &password));
    if (!roles)
        return lf_err_set(r->e, LF_BAD_INPUT, "choose at least one role");
    LF_TRY(lf_account_create(r->t, tenant, lf_view_trim(name), display.ptr && display.len ? display : name,
                             password, roles, &id, r->e));
    return redirect(r, tenant.len ? path2(r, "/people?tenant=", tenant, "&done=1") : LF_V("/people?done=1"));
}

enum lf_code page_person_disable(struct rq *r)
{
    LF_TRY(account_shut_out(r, r->id));
    return redirect(r, LF_V("/people?done=1"));
}

enum lf_code page_person_enable(struct rq *r)
{
    LF_TRY(lf_account_disable(r->t, r->w->parts.ident, r->id, false, r->e));
    return redirect(r, LF_V("/people?done=1"));
}

enum lf_code page_person_totp_off(struct rq *r)
{
    if (lf_view_eq(r->id, r->t->scope.account)) /* one's own is turned off at /me, by a code */
        return redirect(r, LF_V("/me"));
    LF_TRY(lf_totp_disable(r->t, r->w->parts.ident, r->id, LF_V(""), r->e));
    return redirect(r, LF_V("/people?done=1"));
}
