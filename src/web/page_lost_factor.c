/* Letting in who lost the second factor: asking at the sign-in page, and another person's consent. */
#include "cert/notice.h"
#include "ident/lost_factor.h"
#include "ident/node.h"

#include "web/page_priv.h"

#define COOKIE "__Host-lf-lost"

static void put_ask(struct rq *r, struct lf_buf *b)
{
    lf_html(
        b,
        "<p>%</p><form class=\"stack\" method=\"post\" action=\"/login/lost\"><p><label "
        "for=\"user\">%</label>"
        "<input id=\"user\" name=\"user\" autocomplete=\"username\" autocapitalize=\"none\" required "
        "value=\"%\"></p><p><label for=\"password\">%</label><input id=\"password\" name=\"password\" "
        "type=\"password\" autocomplete=\"current-password\" required></p><p><label for=\"reason\">%</label>"
        "<input id=\"reason\" name=\"reason\" required maxlength=\"90\" value=\"%\"></p>"
        "<p><button>%</button> <a href=\"/login\">%</a></p></form>",
        T(LOST_LEAD), T(ACCOUNT), V(lf_view_some(field(r, "user"))), T(PASSWORD), T(LOST_REASON),
        V(lf_view_some(field(r, "reason"))), T(LOST_ASK), T(LOGIN));
}

/* What the browser that asked is shown: the number to say, and the way in once it is approved. */
static void put_asked(struct rq *r, struct lf_buf *b, const struct lf_lost *x)
{
    static const enum lf_text says[] = { LF_T_LOST_WAITING, LF_T_LOST_APPROVED, LF_T_LOST_REFUSED };

    lf_html(b, "<p>% <strong class=\"code\">% %</strong></p><p role=\"status\">%</p>", T(LOST_NUMBER),
            V(lf_view_first(x->number, 3)), V(lf_view_from(x->number, 3)), V(text(r, says[x->state])));
    lf_html(b, "<p class=\"quiet\">% ", T(LOST_UNTIL));
    put_when_zone(r, b, x->until);
    LF_PUT(b, "</p>");
    if (x->state == LF_LOST_REFUSED) {
        put_ask(r, b);
        return;
    }
    lf_html(b,
            "<form class=\"stack\" method=\"post\" action=\"/login/lost/enter\"><p><button>%</button> <a "
            "href=\"/login/lost\">%</a></p></form>",
            T(LOST_ENTER), T(LOST_LOOK));
}

static enum lf_code show(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    struct lf_lost x;
    struct lf_buf b;
    bool asked = lf_lost_of(r->t, cookie(r, COOKIE), &x, NULL) == LF_OK;

    begin_page(r, &b, text(r, LF_T_LOST), "");
    lf_html(&b, "<div class=\"panel login\"><h1>%</h1>", T(LOST));
    if (status != 200)
        put_refusal(r, &b, why);
    if (asked)
        put_asked(r, &b, &x);
    else
        put_ask(r, &b);
    LF_PUT(&b, "</div>");
    return end_page(r, &b, status);
}

enum lf_code page_lost(struct rq *r)
{
    return show(r, 200);
}

/* Those who may consent are told in the same step. */
static enum lf_code tell(struct rq *r, const struct lf_lost *x)
{
    struct lf_task own = lf_node_task(r->t);
    struct lf_notice_new n = { .kind = LF_NOTICE_SECOND_FACTOR,
                               .key = lf_arena_printf(r->t->a, "lost/%.*s", LF_FMT(x->id)),
                               .subject = x->id,
                               .title = x->name,
                               .detail = x->reason,
                               .path = LF_V("/lost-factors"),
                               .about = LF_V(""),
                               .due = x->until };

    LF_TRY(lf_notice_raise(&own, &n, NULL, r->e));
    r->t->effects |= own.effects;
    return LF_OK;
}

enum lf_code page_lost_ask(struct rq *r)
{
    struct lf_lost x;
    lf_view secret;
    enum lf_code rc = lf_lost_ask(r->t, r->w->parts.ident, lf_view_some(field(r, "user")),
                                  lf_view_some(field(r, "password")), lf_view_some(field(r, "reason")),
                                  r->in->remote, &x, &secret, r->e);

    if (rc == LF_OK)
        rc = tell(r, &x);
    if (rc == LF_UNAUTHENTIC) {
        struct lf_err kept = *r->e;

        LF_TRY(show(r, lf_code_http(rc)));
        *r->e = kept;
        return LF_OK; /* the failure is counted */
    }
    if (rc != LF_OK)
        return page_again(r, rc, show);
    set_cookie(r, COOKIE, secret, "SameSite=Strict; Max-Age=1800");
    return redirect(r, LF_V("/login/lost"));
}

enum lf_code page_lost_enter(struct rq *r)
{
    lf_view token;
    enum lf_code rc = lf_lost_enter(r->t, cookie(r, COOKIE), &token, r->e);

    if (rc != LF_OK)
        return page_again(r, rc == LF_NOT_FOUND ? LF_CONFLICT : rc, show);
    set_cookie(r, COOKIE, LF_V(""), "SameSite=Strict; Max-Age=0");
    set_cookie(r, "__Host-lf", token, "SameSite=Strict");
    return redirect(r, LF_V("/me"));
}

/* ---- who consents ---- */

static enum lf_code list_page(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    const struct lf_lost *list;
    struct lf_buf b;
    size_t n;

    LF_TRY(lf_lost_list(r->t, &n, &list, r->e));
    begin_page(r, &b, text(r, LF_T_LOST_LIST), "");
    lf_html(&b, "<div class=\"head\"><h1>%</h1></div><section class=\"panel\"><p>%</p>", T(LOST_LIST),
            T(LOST_LIST_LEAD));
    if (status != 200)
        put_refusal(r, &b, why);
    if (!n)
        lf_html(&b, "<p class=\"empty\">%</p>", T(LOST_NONE));
    for (size_t i = 0; i < n; i++) {
        const struct lf_lost *x = &list[i];

        lf_html(&b,
                "<section class=\"panel\"><h2>% <span class=\"quiet\">%</span></h2><dl "
                "class=\"facts\"><dt>%</dt><dd "
                "class=\"wrap\">%</dd><dt>%</dt><dd><strong class=\"code\">% %</strong></dd><dt>%</dt><dd>",
                V(x->display.len ? x->display : x->name), V(x->name), T(LOST_REASON), V(x->reason),
                T(LOST_NUMBER), V(lf_view_first(x->number, 3)), V(lf_view_from(x->number, 3)), T(LOST_MADE));
        put_when_zone(r, &b, x->made);
        lf_html(&b, " <span class=\"quiet\">%</span></dd></dl><p>", V(x->remote));
        put_button(r, &b, path2(r, "/lost-factors/", x->id, "/approve"), LF_T_LOST_APPROVE, "");
        LF_PUT(&b, " ");
        put_button(r, &b, path2(r, "/lost-factors/", x->id, "/refuse"), LF_T_LOST_REFUSE, "second");
        LF_PUT(&b, "</p></section>");
    }
    LF_PUT(&b, "</section>");
    return end_page(r, &b, status);
}

enum lf_code page_lost_list(struct rq *r)
{
    return list_page(r, 200);
}

static enum lf_code decide(struct rq *r, bool approve)
{
    enum lf_code rc = need_session(r);

    if (rc == LF_OK)
        rc = lf_lost_decide(r->t, r->id, approve, r->e);
    if (rc == LF_OK)
        return redirect(r, LF_V("/lost-factors?done=1"));
    return page_again(r, rc == LF_NOT_FOUND ? LF_CONFLICT : rc, list_page);
}

enum lf_code page_lost_approve(struct rq *r)
{
    return decide(r, true);
}

enum lf_code page_lost_refuse(struct rq *r)
{
    return decide(r, false);
}
