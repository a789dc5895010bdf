/* The JSON API's part on accounts. */
#include "cert/incident_task.h"
#include "ident/account.h"
#include "ident/totp.h"
#include "web/api_priv.h"

enum lf_code api_users(struct rq *r)
{
    struct lf_account_list list;
    struct lf_page page;
    struct out o;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_account_list(r->t, lf_view_some(query(r, "tenant")), &page, &list, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < list.count; i++) {
        const struct lf_account *a = &list.item[i];

        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "id", a->id);
        lf_json_put_str(&o.w, "name", a->name);
        put_text(&o.w, "display", a->display);
        lf_json_put_str(&o.w, "roles", lf_roles_text(r->t->a, a->roles));
        lf_json_put_bool(&o.w, "disabled", a->disabled);
        lf_json_put_bool(&o.w, "totp", a->totp);
        lf_json_put_time(&o.w, "created", a->created);
        lf_json_put_time(&o.w, "seen", a->seen);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, list.next);
}

/* Without a password one of 160 random bits is made, and said in this answer alone. */
enum lf_code api_user_add(struct rq *r)
{
    lf_view name, roles_text, given = field(r, "password"), password = given, display = field(r, "display"),
                              id;
    uint8_t raw[20];
    unsigned roles;
    struct out o;

    LF_TRY(need(r, "name", &name));
    LF_TRY(need(r, "roles", &roles_text));
    LF_TRY(lf_roles_parse(roles_text, &roles, r->e));
    if (!given.ptr) {
        lf_random(r->t->env, raw, sizeof raw);
        password = lf_base64url(r->t->a, raw, sizeof raw);
        lf_wipe(raw, sizeof raw);
    }
    LF_TRY(lf_account_create(r->t, lf_view_some(field(r, "tenant")), name, display.ptr ? display : name,
                             password, roles, &id, r->e));
    begin(&o);
    lf_json_put_str(&o.w, "id", id);
    if (!given.ptr) {
        lf_json_put_str(&o.w, "name", name);
        lf_json_put_str(&o.w, "roles", lf_roles_text(r->t->a, roles));
        lf_json_put_str(&o.w, "password", password);
    }
    return end(r, &o, 201);
}

enum lf_code api_user_roles(struct rq *r)
{
    lf_view text;
    unsigned roles;

    LF_TRY(need(r, "roles", &text));
    LF_TRY(lf_roles_parse(text, &roles, r->e));
    LF_TRY(lf_account_set_roles(r->t, r->w->parts.ident, r->id, roles, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_user_password(struct rq *r)
{
    lf_view password;

    LF_TRY(need(r, "password", &password));
    LF_TRY(lf_account_set_password(r->t, r->w->parts.ident, r->id, LF_V(""), password, r->e));
    return answer_empty(r, 204);
}

enum lf_code account_shut_out(struct rq *r, lf_view id)
{
    struct lf_account who;

    LF_TRY(lf_account_disable(r->t, r->w->parts.ident, id, true, r->e));
    LF_TRY(lf_account_get(r->t, id, &who, r->e));
    return lf_incident_task_release(r->t, who.org, who.name, r->e);
}

enum lf_code api_user_disable(struct rq *r)
{
    LF_TRY(account_shut_out(r, r->id));
    return answer_empty(r, 204);
}

/* A lost telephone: whoever may shut people out may let them in without it. */
enum lf_code api_user_totp_off(struct rq *r)
{
    lf_view own = field(r, "code");

    LF_TRY(lf_totp_disable(r->t, r->w->parts.ident, r->id, lf_view_some(own), r->e));
    return answer_empty(r, 204);
}

enum lf_code api_user_enable(struct rq *r)
{
    LF_TRY(lf_account_disable(r->t, r->w->parts.ident, r->id, false, r->e));
    return answer_empty(r, 204);
}
