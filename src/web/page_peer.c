/* The page of peers: links, invitations, joining. */
#include "web/page_priv.h"

/* A node has one parent: it joins one, or moves from it to another. */
static void put_join(struct rq *r, struct lf_buf *b, bool below)
{
    lf_html(b, "<section class=\"panel\"><h2>%</h2>", V(text(r, below ? LF_T_L_MOVE : LF_T_JOIN)));
    if (below)
        lf_html(b, "<p class=\"quiet\">%</p>", T(L_MOVE_LEAD));
    lf_html(b, "<form class=\"stack\" method=\"post\" action=\"%\">",
            LF_HC(below ? "/parent/move" : "/parent"));
    put_csrf(r, b);
    lf_html(b,
            "<p><label for=\"token\">%</label><textarea id=\"token\" name=\"token\" required "
            "autocomplete=\"off\"></textarea></p><p><button>%</button></p></form></section>",
            T(JOIN_TOKEN), V(text(r, below ? LF_T_L_MOVE_DO : LF_T_JOIN_DO)));
}

static void put_transfer(struct rq *r, struct lf_buf *b)
{
    lf_html(
        b,
        "<section class=\"panel\" id=\"transfer\"><h2>%</h2><p class=\"quiet\">%</p><form class=\"stack\" "
        "method=\"post\" action=\"/transfers\" enctype=\"multipart/form-data\">",
        T(F_TRANSFER), T(F_TAKE_LEAD));
    put_csrf(r, b);
    lf_html(b,
            "<p><label for=\"file\">%</label><input id=\"file\" name=\"file\" type=\"file\" required></p>"
            "<p><button>%</button></p></form></section>",
            T(F_FILE), T(F_TAKE));
}

static void put_key(struct rq *r, struct lf_buf *b)
{
    lf_html(b, "<section class=\"panel\"><h2>%</h2><details><summary>%</summary><p>%</p>", T(L_KEYS),
            T(L_ROTATE), T(L_ROTATE_LEAD));
    put_button(r, b, LF_V("/keys"), LF_T_L_ROTATE, "second");
    lf_html(b, "</details></section>");
}

static enum lf_code peers_page(struct rq *r, lf_view token)
{
    const struct lf_peer *items;
    enum lf_code rc;
    struct lf_buf b;
    bool below = false;
    lf_time *lag;
    size_t n;

    LF_TRY(lf_peer_list(r->t, &n, &items, r->e));
    lag = LF_NEW(r->t->a, lf_time, n + 1);
    for (size_t i = 0; i < n; i++) {
        LF_TRY(lf_peer_lag(r->t, &items[i], &lag[i], r->e));
        below |= items[i].kind == LF_PEER_PARENT && items[i].state == LF_PEER_ACTIVE;
    }
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
                "<th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
                "scope=\"col\">%</th></tr></thead><tbody>",
                T(PEERS_CAPTION), T(NAME), T(TIER), T(STATE), T(LAST_SEEN), T(L_LAG), T(L_CHAIN));
    for (size_t i = 0; i < n; i++) {
        lf_html(&b,
                "<tr><td class=\"wrap\" data-label=\"%\"><span><a href=\"%\">%</a> <span "
                "class=\"quiet\">%</span></span></td><td data-label=\"%\">%"
                "</td><td data-label=\"%\"><span>",
                T(NAME), V(path2(r, "/peers/", items[i].id, "")),
                V(items[i].name.len ? items[i].name : items[i].url),
                V(text(r, items[i].kind == LF_PEER_PARENT ? LF_T_PEER_PARENT : LF_T_PEER_CHILD)), T(TIER),
                V(tier_text(r, items[i].tier)), T(STATE));
        put_peer_state(r, &b, items[i].state);
        lf_html(&b, "</span></td><td data-label=\"%\">", T(LAST_SEEN));
        put_when(r, &b, items[i].seen);
        lf_html(&b, "</td><td data-label=\"%\">", T(L_LAG));
        put_lag(r, &b, &items[i], lag[i]);
        lf_html(&b, "</td><td data-label=\"%\">", T(L_CHAIN));
        rc = put_chain_badge(r, &b, &items[i]);
        if (rc != LF_OK) {
            lf_buf_clear(&b);
            return rc;
        }
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
        lf_html(&b, "</section>");
        put_join(r, &b, below);
        put_transfer(r, &b);
        put_key(r, &b);
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
