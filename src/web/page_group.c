/* Sharing groups, as a part of the page of peers. */
#include "isac/group.h"

#include "web/page_priv.h"

/* A member in the words of the page: a node by its name, where we know it. */
static lf_view member_text(struct rq *r, lf_view member, const struct lf_peer *peers, size_t n)
{
    const lf_view tier = LF_VIEW("tier:");

    if (lf_view_is(member, "self"))
        return text(r, LF_T_GROUP_SELF);
    if (lf_view_is(member, "children"))
        return text(r, LF_T_GROUP_CHILDREN);
    if (lf_view_starts(member, tier))
        return fill1(r, LF_T_GROUP_TIER, "tier", tier_text(r, lf_view_from(member, tier.len)));
    for (size_t i = 0; i < n; i++)
        if (lf_view_eq(member, peers[i].node) && peers[i].name.len)
            return peers[i].name;
    return member;
}

static void put_choice(struct rq *r, struct lf_buf *b, lf_view member, const struct lf_peer *peers, size_t n)
{
    lf_html(b, "<option value=\"%\">%</option>", V(member), V(member_text(r, member, peers, n)));
}

static void put_group(struct rq *r, struct lf_buf *b, const struct lf_group *g, const struct lf_peer *peers,
                      size_t n)
{
    static const char *const words[] = { "self", "children", "tier:provider", "tier:sector", "tier:nation" };

    lf_html(b, "<h3>%</h3><p class=\"quiet wrap\"><code>%</code></p>", V(g->name), V(g->marking));
    if (!g->nmembers)
        lf_html(b, "<p class=\"empty\">%</p>", T(GROUP_EMPTY));
    else
        lf_html(b, "<ul>");
    for (size_t i = 0; i < g->nmembers; i++) {
        lf_html(b, "<li><span class=\"wrap\">%</span> ", V(member_text(r, g->members[i], peers, n)));
        if (may(r, ADMIN_ | LF_ROLE_REVIEWER)) {
            lf_html(b, "<form method=\"post\" action=\"%\">",
                    V(path2(r, "/groups/", g->id, "/members/remove")));
            put_csrf(r, b);
            lf_html(b,
                    "<input type=\"hidden\" name=\"member\" value=\"%\"><button class=\"second "
                    "small\">%</button></form>",
                    V(g->members[i]), T(REMOVE));
        }
        lf_html(b, "</li>");
    }
    if (g->nmembers)
        lf_html(b, "</ul>");
    if (!may(r, ADMIN_ | LF_ROLE_REVIEWER))
        return;
    lf_html(b, "<form class=\"stack\" method=\"post\" action=\"%\">",
            V(path2(r, "/groups/", g->id, "/members")));
    put_csrf(r, b);
    lf_html(b, "<p><label for=\"m-%\">%</label><select id=\"m-%\" name=\"member\">", V(g->id),
            T(GROUP_MEMBER), V(g->id));
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        put_choice(r, b, lf_view_of(words[i]), peers, n);
    for (size_t i = 0; i < n; i++)
        if (peers[i].node.len)
            put_choice(r, b, peers[i].node, peers, n);
    lf_html(b, "</select></p><p><button class=\"small\">%</button></p></form>", T(GROUP_MEMBER_ADD));
    put_button(r, b, path2(r, "/groups/", g->id, "/delete"), LF_T_GROUP_DELETE, "second small");
}

enum lf_code put_groups(struct rq *r, struct lf_buf *b, const struct lf_peer *peers, size_t npeers)
{
    const struct lf_group *items;
    size_t n;

    LF_TRY(lf_group_list(r->t, &n, &items, r->e));
    lf_html(b, "<section class=\"panel\" id=\"groups\"><h2>%</h2><p class=\"quiet\">%</p>", T(GROUPS),
            T(GROUPS_LEAD));
    for (size_t i = 0; i < n; i++)
        put_group(r, b, &items[i], peers, npeers);
    if (!n)
        lf_html(b, "<p class=\"empty\">%</p>", T(NO_GROUPS));
    if (may(r, ADMIN_ | LF_ROLE_REVIEWER)) {
        lf_html(b, "<form class=\"stack\" method=\"post\" action=\"/groups\">");
        put_csrf(r, b);
        lf_html(b,
                "<p><label for=\"group\">%</label><input id=\"group\" name=\"name\" required "
                "maxlength=\"200\"></p><p><button>%</button></p></form>",
                T(GROUP_NAME), T(GROUP_ADD));
    }
    lf_html(b, "</section>");
    return LF_OK;
}

enum lf_code page_group_add(struct rq *r)
{
    lf_view name, id;

    LF_TRY(need(r, "name", &name));
    LF_TRY(lf_group_create(r->t, name, &id, r->e));
    return redirect(r, LF_V("/peers?done=1#groups"));
}

enum lf_code page_group_delete(struct rq *r)
{
    LF_TRY(lf_group_delete(r->t, r->id, r->e));
    return redirect(r, LF_V("/peers?done=1#groups"));
}

enum lf_code page_group_member(struct rq *r)
{
    lf_view member;

    LF_TRY(need(r, "member", &member));
    LF_TRY(lf_group_add(r->t, r->id, member, r->e));
    return redirect(r, LF_V("/peers?done=1#groups"));
}

enum lf_code page_group_remove(struct rq *r)
{
    lf_view member;

    LF_TRY(need(r, "member", &member));
    LF_TRY(lf_group_remove(r->t, r->id, member, r->e));
    return redirect(r, LF_V("/peers?done=1#groups"));
}
