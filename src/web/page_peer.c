/* The page of peers: links, invitations, joining. */
#include "web/page_priv.h"

static enum lf_code peers_page(struct rq *r, lf_view token)
{
    const struct lf_peer *items;
    enum lf_code rc;
    struct lf_buf b;
    size_t n;

    LF_TRY(lf_peer_list(r->t, &n, &items, r->e));
    begin_page(r, &b, text(r, LF_T_NAV_PEERS), "/peers");
    lf_html(&b, "<h1>%</h1>", T(NAV_PEERS));
    if (token.len)
        lf_html(&b,
                "<section class=\"panel\" role=\"status\"><h2>%</h2><p>%</p><pre class=\"token\" "
                "tabindex=\"0\">%</pre></section>",
                T(INVITED), T(INVITED_LEAD), V(token));
    lf_html(&b, "<div class=\"two\"><section class=\"panel\"><h2>%</h2>", T(PEERS));
    if (n == 0)
        lf_html(&b, "<p class=\"empty\">%</p>", T(NO_PEERS));
    else
        lf_html(&b,
                "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
                "scope=\"col\">%</th>"
                "<th scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
                T(PEERS_CAPTION), T(NAME), T(TIER), T(STATE), T(LAST_SEEN));
    for (size_t i = 0; i < n; i++) {
        lf_html(&b,
                "<tr><td class=\"wrap\" data-label=\"%\"><span>% <span "
                "class=\"quiet\">%</span></span></td><td data-label=\"%\">%"
                "</td><td data-label=\"%\"><span>",
                T(NAME), V(items[i].name.len ? items[i].name : items[i].url),
                V(text(r, items[i].kind == LF_PEER_PARENT ? LF_T_PEER_PARENT : LF_T_PEER_CHILD)), T(TIER),
                V(tier_text(r, items[i].tier)), T(STATE));
        put_peer_state(r, &b, items[i].state);
        lf_html(&b, "</span></td><td data-label=\"%\">", T(LAST_SEEN));
        put_when(r, &b, items[i].seen);
        lf_html(&b, "</td></tr>");
    }
    if (n)
        lf_html(&b, "</tbody></table>");
    lf_html(&b, "</section><div><section class=\"panel\"><h2>%</h2>", T(PARENT));
    rc = put_parent(r, &b);
    if (rc != LF_OK) {
        lf_buf_clear(&b);
        return rc;
    }
    lf_html(&b, "</section>");
    if (may(r, JUDGE))
        rc = put_groups(r, &b, items, n);
    if (rc != LF_OK) {
        lf_buf_clear(&b);
        return rc;
    }
    if (may(r, MANAGE)) {
        lf_html(&b, "<section class=\"panel\"><h2>%</h2>", T(INVITE));
        if (lf_view_is(r->t->self->tier, "provider")) {
            lf_html(&b, "<p class=\"quiet\">%</p>", T(INVITE_LOWEST));
        } else {
            lf_html(&b, "<p class=\"quiet\">%</p>", T(INVITE_LEAD));
            put_button(r, &b, LF_V("/peers/invitations"), LF_T_INVITE_DO, "");
        }
        lf_html(&b,
                "</section><section class=\"panel\"><h2>%</h2><form class=\"stack\" method=\"post\" "
                "action=\"/parent\">",
                T(JOIN));
        put_csrf(r, &b);
        lf_html(&b,
                "<p><label for=\"token\">%</label><textarea id=\"token\" name=\"token\" required "
                "autocomplete=\"off\"></textarea></p><p><button>%</button></p></form></section>",
                T(JOIN_TOKEN), T(JOIN_DO));
    }
    lf_html(&b, "</div></div>");
    return end_page(r, &b, 200);
}

enum lf_code page_peers(struct rq *r)
{
    return peers_page(r, LF_V(""));
}

enum lf_code page_invite(struct rq *r)
{
    lf_view token;

    LF_TRY(lf_peer_invite(r->t, r->w->parts.peer_url, r->w->parts.peer_pin, &token, r->e));
    return peers_page(r, token);
}

enum lf_code page_join(struct rq *r)
{
    lf_view token;

    LF_TRY(need(r, "token", &token));
    LF_TRY(lf_parent_join(r->t, lf_view_trim(token), r->e));
    return redirect(r, LF_V("/peers?done=1"));
}
