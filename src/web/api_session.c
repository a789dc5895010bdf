/* The JSON API's part on who is asking: signing in and out, one's own account. */
#include "ident/account.h"
#include "ident/recovery.h"
#include "ident/session.h"
#include "ident/totp.h"
#include "web/api_priv.h"

enum lf_code api_login(struct rq *r)
{
    lf_view user, password, totp = field(r, "totp"), token;
    struct out o;

    LF_TRY(need(r, "user", &user));
    LF_TRY(need(r, "password", &password));
    LF_TRY(lf_login(r->t, r->w->parts.ident, user, password, totp.ptr ? totp : LF_V(""), r->in->remote,
                    &token, r->e));
    set_cookie(r, "__Host-lf", token, "SameSite=Strict");
    begin(&o);
    lf_json_put_str(&o.w, "csrf", lf_csrf_token(r->t->a, token));
    lf_json_put_str(&o.w, "account", r->t->scope.account);
    lf_json_put_str(&o.w, "roles", lf_roles_text(r->t->a, r->t->scope.roles));
    return end(r, &o, 201);
}

enum lf_code api_logout(struct rq *r)
{
    if (r->session.len)
        LF_TRY(lf_logout(r->t, r->session, r->e));
    set_cookie(r, "__Host-lf", LF_V(""), "SameSite=Strict; Max-Age=0");
    return answer_empty(r, 204);
}

enum lf_code api_me(struct rq *r)
{
    struct lf_account me;
    int64_t left = 0;
    struct out o;
    bool known = lf_account_get(r->t, r->t->scope.account, &me, NULL) == LF_OK;

    if (known)
        LF_TRY(lf_recovery_left(r->t, &left, r->e));
    begin(&o);
    lf_json_put_str(&o.w, "account", r->t->scope.account);
    lf_json_put_str(&o.w, "organisation", r->t->scope.org);
    lf_json_put_str(&o.w, "roles", lf_roles_text(r->t->a, r->t->scope.roles));
    if (known) {
        lf_json_put_str(&o.w, "name", me.name);
        put_text(&o.w, "display", me.display);
        lf_json_put_bool(&o.w, "totp", me.totp);
        if (me.totp)
            lf_json_put_int(&o.w, "recovery_codes", left);
    }
    if (r->session.len)
        lf_json_put_str(&o.w, "csrf", lf_csrf_token(r->t->a, r->session));
    return end(r, &o, 200);
}

enum lf_code api_password(struct rq *r)
{
    lf_view old, fresh;

    LF_TRY(need_session(r));
    LF_TRY(need(r, "old", &old));
    LF_TRY(need(r, "new", &fresh));
    LF_TRY(lf_account_set_password(r->t, r->w->parts.ident, r->t->scope.account, old, fresh, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_totp(struct rq *r)
{
    lf_view code = field(r, "code"), uri, secret;
    struct out o;

    LF_TRY(need_session(r));
    if (code.ptr) {
        LF_TRY(lf_totp_confirm(r->t, r->w->parts.ident, code, r->e));
        return answer_empty(r, 204);
    }
    LF_TRY(lf_totp_enrol(r->t, &uri, &secret, r->e));
    begin(&o);
    lf_json_put_str(&o.w, "uri", uri);
    lf_json_put_str(&o.w, "secret", secret);
    return end(r, &o, 200);
}

enum lf_code api_totp_off(struct rq *r)
{
    lf_view code;

    LF_TRY(need_session(r));
    LF_TRY(need(r, "code", &code));
    LF_TRY(lf_totp_disable(r->t, r->w->parts.ident, r->t->scope.account, code, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_recovery(struct rq *r)
{
    lf_view code, codes[LF_RECOVERY_CODES];
    struct out o;

    LF_TRY(need_session(r));
    LF_TRY(need(r, "code", &code));
    LF_TRY(lf_recovery_make(r->t, r->w->parts.ident, code, codes, r->e));
    begin(&o);
    lf_json_begin(&o.w, "codes", '[');
    for (size_t i = 0; i < LF_RECOVERY_CODES; i++)
        lf_json_put_str(&o.w, NULL, codes[i]);
    lf_json_close(&o.w);
    return end(r, &o, 200);
}
