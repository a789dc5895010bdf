/* The JSON API's part on tokens. */
#include "ident/account.h"
#include "ident/token.h"
#include "web/api_priv.h"

/* Whose tokens: the account named (by name or id), else the caller's own.  The
 * operator at the local door is no account and must name one. */
static enum lf_code token_account(struct rq *r, lf_view named, lf_view *id)
{
    struct lf_account account;

    if (!named.len && r->in->door == LF_DOOR_LOCAL)
        return lf_err_set(r->e, LF_BAD_INPUT, "say for which account, by its name: account");
    *id = named.len ? named : r->t->scope.account;
    if (named.len && lf_account_find(r->t, named, &account, NULL) == LF_OK)
        *id = account.id;
    return LF_OK;
}

enum lf_code api_tokens(struct rq *r)
{
    lf_view account;
    struct lf_token_list list;
    struct lf_page page;
    struct out o;

    LF_TRY(page_of(r, &page));
    LF_TRY(token_account(r, query(r, "account"), &account));
    LF_TRY(lf_token_list(r->t, account, &page, &list, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < list.count; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "id", list.item[i].id);
        lf_json_put_str(&o.w, "account", list.item[i].account);
        lf_json_put_str(&o.w, "label", list.item[i].label);
        lf_json_put_str(&o.w, "roles", lf_roles_text(r->t->a, list.item[i].roles));
        lf_json_put_time(&o.w, "created", list.item[i].created);
        lf_json_put_time(&o.w, "expires", list.item[i].expires);
        if (list.item[i].pin.len)
            lf_json_put_str(&o.w, "key", list.item[i].pin);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, list.next);
}

enum lf_code api_token_add(struct rq *r)
{
    lf_view label, roles_text, account, id, token, certificate = field(r, "certificate");
    lf_time expires;
    int64_t days = 0;
    unsigned roles;
    struct out o;

    LF_TRY(need(r, "label", &label));
    LF_TRY(need(r, "roles", &roles_text));
    LF_TRY(lf_roles_parse(roles_text, &roles, r->e));
    if (lf_json_get(r->json, LF_V("days")) &&
        (!lf_json_int(r->json, "days", &days) || days < 1 || days > 3660))
        return lf_err_set(r->e, LF_BAD_INPUT, "days is a number from 1 to 3660");
    LF_TRY(token_account(r, field(r, "account"), &account));
    expires = days ? lf_now(r->t->env) + days * LF_DAY : 0;
    if (certificate.ptr) {
        LF_TRY(lf_token_bind(r->t, account, label, roles, expires, certificate, &id, r->e));
        return say_id(r, 201, id);
    }
    LF_TRY(lf_token_create(r->t, account, label, roles, expires, &id, &token, r->e));
    begin(&o);
    lf_json_put_str(&o.w, "id", id);
    lf_json_put_str(&o.w, "token", token);
    return end(r, &o, 201);
}

enum lf_code api_token_del(struct rq *r)
{
    LF_TRY(lf_token_revoke(r->t, r->id, r->e));
    return answer_empty(r, 204);
}
