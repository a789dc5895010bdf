/* One's own account: password and second factor. */
#include <qrencode.h>

#include "ident/account.h"
#include "ident/recovery.h"
#include "ident/totp.h"
#include "web/page_priv.h"

static void put_qr(struct lf_buf *b, const char *uri, lf_view label)
{
    QRcode *qr = QRcode_encodeString(uri, 0, QR_ECLEVEL_M, QR_MODE_8, 1);

    if (!qr)
        return;
    lf_buf_printf(
        b, "<svg class=\"qr\" role=\"img\" viewBox=\"-4 -4 %d %d\" shape-rendering=\"crispEdges\"><title>",
        qr->width + 8, qr->width + 8);
    lf_html_escape(b, label);
    LF_PUT(b, "</title><path fill=\"#000\" d=\"");
    for (int y = 0; y < qr->width; y++)
        for (int x = 0; x < qr->width; x++)
            if (qr->data[y * qr->width + x] & 1)
                lf_buf_printf(b, "M%d %dh1v1h-1z", x, y);
    LF_PUT(b, "\"/></svg>");
    QRcode_free(qr);
}

static void put_password(struct rq *r, struct lf_buf *b)
{
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><p class=\"quiet\">%</p><form class=\"stack\" "
            "method=\"post\" action=\"/me/password\">",
            T(PASSWORD_CHANGE), T(PASSWORD_LEAD));
    put_csrf(r, b);
    lf_html(b,
            "<p><label for=\"old\">%</label><input id=\"old\" name=\"old\" type=\"password\" required "
            "autocomplete=\"current-password\"></p><p><label for=\"new\">%</label><input id=\"new\" "
            "name=\"new\" type=\"password\" required minlength=\"12\" autocomplete=\"new-password\" "
            "aria-describedby=\"new-hint\"><span class=\"hint\" id=\"new-hint\">%</span></p>"
            "<p><label for=\"again\">%</label><input id=\"again\" name=\"again\" type=\"password\" required "
            "minlength=\"12\" autocomplete=\"new-password\"></p><p><button>%</button></p></form></section>",
            T(PASSWORD_OLD), T(PASSWORD_NEW), T(PASSWORD_HINT), T(PASSWORD_AGAIN), T(PASSWORD_CHANGE));
}

/* A form that wants a code of the second factor, or a recovery code. */
static void put_proved(struct rq *r, struct lf_buf *b, const char *action, enum lf_text label,
                       enum lf_text lead, lf_view note)
{
    lf_html(b, "<form class=\"stack\" method=\"post\" action=\"/me/%\"><p>%</p>", LF_HC(action),
            V(text(r, lead)));
    put_csrf(r, b);
    if (note.len)
        lf_html(b, "<p class=\"quiet\">%</p>", V(note));
    lf_html(
        b,
        "<p><label for=\"%-code\">%</label><input id=\"%-code\" name=\"code\" autocomplete=\"one-time-code\" "
        "autocapitalize=\"characters\" maxlength=\"24\" required></p><p><button "
        "class=\"second\">%</button></p></form>",
        LF_HC(action), T(TOTP_OR_RECOVERY), LF_HC(action), V(text(r, label)));
}

static enum lf_code put_second_factor(struct rq *r, struct lf_buf *b)
{
    int64_t left;

    LF_TRY(lf_recovery_left(r->t, &left, r->e));
    badge(b, "good", "✓", text(r, LF_T_TOTP_ON));
    lf_html(b, "<h3>%</h3>", T(RECOVERY));
    put_proved(r, b, "recovery-codes", LF_T_RECOVERY_MAKE, LF_T_RECOVERY_LEAD,
               left ? fill1(r, LF_T_RECOVERY_LEFT, "n", number(r, left)) : text(r, LF_T_RECOVERY_NONE));
    lf_html(b, "<h3>%</h3>", T(TOTP_TURN_OFF));
    put_proved(r, b, "totp-off", LF_T_TOTP_TURN_OFF, LF_T_TOTP_OFF_LEAD, LF_V(""));
    return LF_OK;
}

static enum lf_code me_page(struct rq *r, lf_view uri, lf_view secret)
{
    struct lf_account me = { 0 };
    struct lf_buf b;
    bool known = lf_account_get(r->t, r->t->scope.account, &me, NULL) == LF_OK;

    begin_page(r, &b, text(r, LF_T_NAV_ME), "/me");
    lf_html(&b, "<h1>%</h1><section class=\"panel\"><dl class=\"facts\"><dt>%</dt><dd>%</dd><dt>%</dt><dd>",
            T(NAV_ME), T(ACCOUNT), V(known ? me.name : r->t->scope.account), T(ROLES));
    put_roles(r, &b, r->t->scope.roles);
    lf_html(&b, "</dd></dl></section><section class=\"panel\"><h2>%</h2>", T(TOTP));
    if (secret.len) {
        lf_html(&b, "<p>%</p>", T(TOTP_SCAN));
        put_qr(&b, lf_arena_cstr(r->t->a, uri), text(r, LF_T_TOTP_QR));
        lf_html(&b,
                "<p>% <code class=\"token\">%</code></p><form class=\"stack\" method=\"post\" "
                "action=\"/me/totp\">",
                T(TOTP_TYPE), V(secret));
        put_csrf(r, &b);
        lf_html(
            &b,
            "<p><label for=\"code\">%</label><input id=\"code\" name=\"code\" inputmode=\"numeric\" "
            "autocomplete=\"one-time-code\" maxlength=\"6\" required></p><p><button>%</button></p></form>",
            T(TOTP_CODE), T(TOTP_CONFIRM));
    } else if (known && me.totp) {
        PUT_TRY(&b, put_second_factor(r, &b));
    } else {
        lf_html(&b, "<p>%</p>", T(TOTP_LEAD));
        put_button(r, &b, LF_V("/me/totp"), LF_T_TOTP_BEGIN, "");
    }
    lf_html(&b, "</section>");
    if (!secret.len && known)
        put_password(r, &b);
    lf_html(&b, "<p><a href=\"/tokens\">%</a></p>", T(MY_TOKENS));
    return end_page(r, &b, 200);
}

enum lf_code page_me(struct rq *r)
{
    return me_page(r, LF_V(""), LF_V(""));
}

enum lf_code page_totp(struct rq *r)
{
    lf_view code = field(r, "code"), uri, secret;

    LF_TRY(need_session(r));
    if (code.ptr) {
        LF_TRY(lf_totp_confirm(r->t, r->w->parts.ident, lf_view_trim(code), r->e));
        return redirect(r, LF_V("/me?done=1"));
    }
    LF_TRY(lf_totp_enrol(r->t, &uri, &secret, r->e));
    return me_page(r, uri, secret);
}

enum lf_code page_totp_off(struct rq *r)
{
    lf_view code;

    LF_TRY(need_session(r));
    LF_TRY(need(r, "code", &code));
    LF_TRY(lf_totp_disable(r->t, r->w->parts.ident, r->t->scope.account, code, r->e));
    return redirect(r, LF_V("/me?done=1"));
}

/* Shown this once: a sheet to print. */
enum lf_code page_recovery(struct rq *r)
{
    lf_view code, codes[LF_RECOVERY_CODES];
    struct lf_buf b;

    LF_TRY(need_session(r));
    LF_TRY(need(r, "code", &code));
    LF_TRY(lf_recovery_make(r->t, r->w->parts.ident, code, codes, r->e));
    begin_page(r, &b, text(r, LF_T_RECOVERY), "/me");
    lf_html(&b,
            "<section class=\"panel\"><h1>%</h1><p class=\"say\" role=\"status\">%</p><dl "
            "class=\"facts\"><dt>%</dt>"
            "<dd>%</dd><dt>%</dt><dd>",
            T(RECOVERY), T(RECOVERY_PRINT), T(NAME), V(r->t->self->name), T(RECOVERY_MADE));
    put_when(r, &b, lf_now(r->t->env));
    LF_PUT(&b, "</dd></dl><ol>");
    for (size_t i = 0; i < LF_RECOVERY_CODES; i++)
        lf_html(&b, "<li><code class=\"token\">%</code></li>", V(codes[i]));
    lf_html(&b, "</ol><p>%</p><p><a href=\"/me\">%</a></p></section>", T(RECOVERY_HOW), T(NAV_ME));
    return end_page(r, &b, 200);
}

/* The password ends every session of the account, this one too: sign in again. */
enum lf_code page_password(struct rq *r)
{
    lf_view old, fresh, again;

    LF_TRY(need(r, "old", &old));
    LF_TRY(need(r, "new", &fresh));
    LF_TRY(need(r, "again", &again));
    if (!lf_view_eq(fresh, again))
        return lf_err_set(r->e, LF_BAD_INPUT, "the two new passwords differ; type the same one twice");
    LF_TRY(lf_account_set_password(r->t, r->w->parts.ident, r->t->scope.account, old, fresh, r->e));
    set_cookie(r, "__Host-lf", LF_V(""), "SameSite=Strict; Max-Age=0");
    return redirect(r, LF_V("/login?done=1"));
}
