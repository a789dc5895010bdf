/* The page of an account's tokens. */
#include "ident/account.h"
#include "ident/token.h"
#include "web/page_priv.h"

/* For the administrator: a certificate in place of a text (ident/token.h). */
static void put_certificate(struct rq *r, struct lf_buf *b)
{
    lf_html(b,
            "<details><summary>%</summary><p><label for=\"certificate\">%</label><textarea "
            "id=\"certificate\" name=\"certificate\" rows=\"6\" spellcheck=\"false\" autocapitalize=\"none\" "
            "aria-describedby=\"certificate-hint\"></textarea><span class=\"hint\" "
            "id=\"certificate-hint\">%</span></p></details>",
            T(TOKEN_BY_CERTIFICATE), T(TOKEN_CERTIFICATE), T(TOKEN_CERTIFICATE_HINT));
}

static void put_token_form(struct rq *r, struct lf_buf *b, const struct lf_account *owner)
{
    static const char *const days[] = { "90", "365", "" };
    static const enum lf_text spans[] = { LF_T_DAYS_90, LF_T_DAYS_365, LF_T_DAYS_NONE };

    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><p class=\"quiet\">%</p><form class=\"stack\" "
            "method=\"post\" action=\"/tokens\">",
            T(TOKEN_NEW), T(TOKEN_LEAD));
    put_csrf(r, b);
    lf_html(b,
            "<input type=\"hidden\" name=\"account\" value=\"%\"><p><label for=\"label\">%</label><input "
            "id=\"label\" name=\"label\" required maxlength=\"120\" autocomplete=\"off\" "
            "aria-describedby=\"label-hint\"><span class=\"hint\" id=\"label-hint\">%</span></p>"
            "<p><label for=\"days\">%</label><select id=\"days\" name=\"days\">",
            V(owner->id), T(TOKEN_LABEL), T(TOKEN_LABEL_HINT), T(VALID_UNTIL));
    for (size_t i = 0; i < 3; i++)
        lf_html(b, "<option value=\"%\">%</option>", LF_HC(days[i]), V(text(r, spans[i])));
    lf_html(b, "</select></p><fieldset><legend>%</legend>", T(TOKEN_MAY));
    put_role_boxes(r, b, owner->roles, LF_ROLE_SENDER);
    LF_PUT(b, "</fieldset>");
    if (may(r, LF_ROLE_ADMIN))
        put_certificate(r, b);
    lf_html(b, "<p><button>%</button></p></form></section>", T(TOKEN_MAKE));
}

static enum lf_code tokens_page(struct rq *r, lf_view account, lf_view token)
{
    struct lf_account owner;
    struct lf_token_list list;
    struct lf_page page;
    struct lf_buf b;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_account_get(r->t, account, &owner, r->e));
    LF_TRY(lf_token_list(r->t, owner.id, &page, &list, r->e));
    begin_page(r, &b, text(r, LF_T_NAV_TOKENS), "/tokens");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p></div>", T(NAV_TOKENS),
            V(fill1(r, LF_T_TOKENS_OF, "account", owner.name)));
    if (token.len)
        lf_html(&b,
                "<section class=\"panel\" role=\"status\"><h2>%</h2><p>%</p><pre class=\"token\" "
                "tabindex=\"0\">%</pre><p class=\"quiet\">%</p></section>",
                T(TOKEN_MADE), T(TOKEN_ONCE), V(token), T(TOKEN_USE));
    lf_html(&b, "<div class=\"two\"><section class=\"panel\">");
    if (list.count == 0)
        lf_html(&b, "<p class=\"empty\">%</p>", T(NO_TOKENS));
    else
        lf_html(&b,
                "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
                "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
                "scope=\"col\">%</th></tr></thead><tbody>",
                T(TOKENS_CAPTION), T(TOKEN_LABEL), T(TOKEN_MAY), T(CREATED), T(VALID_UNTIL), T(ACT));
    for (size_t i = 0; i < list.count; i++) {
        const struct lf_token *x = &list.item[i];

        lf_html(&b, "<tr><td class=\"wrap\" data-label=\"%\"><span>%", T(TOKEN_LABEL), V(x->label));
        if (x->pin.len)
            lf_html(&b, "<br><small class=\"quiet\">%<br><code>%</code></small>", T(TOKEN_PIN), V(x->pin));
        lf_html(&b, "</span></td><td data-label=\"%\"><span>", T(TOKEN_MAY));
        put_roles(r, &b, x->roles);
        lf_html(&b, "</span></td><td data-label=\"%\">", T(CREATED));
        put_when(r, &b, x->created);
        lf_html(&b, "</td><td data-label=\"%\">", T(VALID_UNTIL));
        if (x->expires)
            put_when(r, &b, x->expires);
        else
            lf_html(&b, "<span class=\"quiet\">%</span>", T(DAYS_NONE));
        lf_html(&b, "</td><td data-label=\"%\"><span>", T(ACT));
        put_button(r, &b, path2(r, "/tokens/", x->id, "/revoke"), LF_T_REVOKE, "second small");
        lf_html(&b, "</span></td></tr>");
    }
    if (list.count)
        lf_html(&b, "</tbody></table>");
    put_next(r, &b, list.next);
    lf_html(&b, "</section>");
    put_token_form(r, &b, &owner);
    lf_html(&b, "</div>");
    return end_page(r, &b, 200);
}

enum lf_code page_tokens(struct rq *r)
{
    lf_view account = query(r, "account");

    return tokens_page(r, account.len ? account : r->t->scope.account, LF_V(""));
}

enum lf_code page_token_add(struct rq *r)
{
    lf_view label, days = field(r, "days"), account = field(r, "account"), id, token,
                   certificate = lf_view_trim(lf_view_some(field(r, "certificate")));
    lf_time expires;
    unsigned roles = checked_roles(r);
    uint64_t n = 0;

    LF_TRY(need_session(r));
    LF_TRY(need(r, "label", &label));
    if (!roles)
        return lf_err_set(r->e, LF_BAD_INPUT, "choose what the token may do");
    if (days.ptr && days.len && (!lf_view_u64(days, &n) || n < 1 || n > 3660))
        return lf_err_set(r->e, LF_BAD_INPUT, "days is a number from 1 to 3660");
    if (!account.len)
        account = r->t->scope.account;
    expires = n ? lf_now(r->t->env) + (lf_time)n * LF_DAY : 0;
    if (certificate.len) {
        LF_TRY(lf_token_bind(r->t, account, lf_view_trim(label), roles, expires, certificate, &id, r->e));
        return tokens_page(r, account, LF_V(""));
    }
    LF_TRY(lf_token_create(r->t, account, lf_view_trim(label), roles, expires, &id, &token, r->e));
    return tokens_page(r, account, token);
}

enum lf_code page_token_del(struct rq *r)
{
    LF_TRY(lf_token_revoke(r->t, r->id, r->e));
    return redirect(r, LF_V("/tokens?done=1"));
}
