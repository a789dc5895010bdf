/* The page of assets: the list, one added or changed, a file of many. */
#include "soc/asset.h"

#include "fmt/uri.h"
#include "web/page_priv.h"

static void put_weights(struct rq *r, struct lf_buf *b, int now)
{
    static const enum lf_text words[] = { LF_T_WEIGHT_1, LF_T_WEIGHT_2, LF_T_WEIGHT_3, LF_T_WEIGHT_4,
                                          LF_T_WEIGHT_5 };

    for (int i = LF_ASSET_HEAVIEST; i > 0; i--)
        lf_html(b, "<option value=\"%\"%>%</option>", V(number(r, i)),
                LF_RAW(lf_view_of(i == now ? " selected" : "")), V(text(r, words[i - 1])));
}

lf_view asset_link(struct rq *r, lf_view name)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 4096);
    LF_PUT(&b, "/assets?name=");
    lf_uri_encode(&b, name);
    LF_PUT(&b, "#edit");
    out = lf_arena_copy(r->t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static void put_remove(struct rq *r, struct lf_buf *b, lf_view name)
{
    LF_PUT(b, "<form method=\"post\" action=\"/assets/remove\">");
    put_csrf(r, b);
    lf_html(b, "<input type=\"hidden\" name=\"name\" value=\"%\"><button class=\"second\">%</button></form>",
            V(name), T(ASSET_REMOVE));
}

enum lf_code page_assets(struct rq *r)
{
    struct lf_asset *items, edited = { .weight = LF_ASSET_USUAL };
    struct lf_page page;
    struct lf_buf b;
    lf_view next, name = query(r, "name");
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_asset_list(r->t, &page, &items, &n, &next, r->e));
    if (name.len)
        LF_TRY(lf_asset_get(r->t, name, &edited, r->e));
    begin_page(r, &b, text(r, LF_T_ASSETS), "/alerts");
    lf_html(&b, "<h1>%</h1><p>%</p><section class=\"panel\">", T(ASSETS), T(ASSETS_HELP));
    if (n == 0)
        lf_html(&b, "<p class=\"empty\">%</p>", T(NO_ASSETS));
    else
        lf_html(&b,
                "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
                "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th>"
                "</tr></thead><tbody>",
                T(ASSETS), T(ASSET_NAME), T(ASSET_ADDRESSES), T(ASSET_OWNER), T(ASSET_WEIGHT), T(ACT));
    for (size_t i = 0; i < n; i++) {
        lf_html(&b,
                "<tr><td class=\"wrap\" data-label=\"%\"><a href=\"%\">%</a></td><td class=\"wrap\" "
                "data-label=\"%\"><code>%</code></td><td class=\"wrap\" data-label=\"%\">%</td>"
                "<td class=\"num\" data-label=\"%\">%</td><td data-label=\"%\">",
                T(ASSET_NAME), V(asset_link(r, items[i].name)), V(items[i].name), T(ASSET_ADDRESSES),
                V(items[i].addresses.len ? items[i].addresses : text(r, LF_T_NONE)), T(ASSET_OWNER),
                V(items[i].owner.len ? items[i].owner : text(r, LF_T_NONE)), T(ASSET_WEIGHT),
                V(number(r, items[i].weight)), T(ACT));
        if (may(r, TRIAGE))
            put_remove(r, &b, items[i].name);
        LF_PUT(&b, "</td></tr>");
    }
    if (n)
        LF_PUT(&b, "</tbody></table>");
    LF_PUT(&b, "</section>");
    put_next(r, &b, next);
    if (may(r, TRIAGE)) {
        lf_html(&b,
                "<div class=\"two\"><section class=\"panel\" id=\"edit\"><h2>%</h2><form class=\"stack\" "
                "method=\"post\" action=\"/assets\">",
                V(text(r, edited.name.len ? LF_T_ASSET_EDIT : LF_T_ASSET_ADD)));
        put_csrf(r, &b);
        lf_html(&b,
                "<p><label for=\"name\">%</label><input id=\"name\" name=\"name\" required maxlength=\"255\" "
                "value=\"%\"></p><p><label for=\"addresses\">%</label><input id=\"addresses\" "
                "name=\"addresses\" maxlength=\"2000\" value=\"%\" aria-describedby=\"ah\"></p><p id=\"ah\" "
                "class=\"hint\">%</p><p><label for=\"owner\">%</label><input id=\"owner\" name=\"owner\" "
                "maxlength=\"160\" value=\"%\"></p>",
                T(ASSET_NAME), V(edited.name), T(ASSET_ADDRESSES), V(edited.addresses),
                T(ASSET_ADDRESSES_HINT), T(ASSET_OWNER), V(edited.owner));
        lf_html(&b, "<p><label for=\"weight\">%</label><select id=\"weight\" name=\"weight\">",
                T(ASSET_WEIGHT));
        put_weights(r, &b, edited.weight);
        lf_html(&b,
                "</select></p><p><label for=\"anote\">%</label><input id=\"anote\" name=\"note\" "
                "maxlength=\"160\" value=\"%\"></p><p><button>%</button></p></form></section>",
                T(ASSET_NOTE), V(edited.note), T(ASSET_KEEP));
        lf_html(&b,
                "<section class=\"panel\"><h2>%</h2><form class=\"stack\" method=\"post\" "
                "action=\"/assets/import\">",
                T(ASSET_IMPORT));
        put_csrf(r, &b);
        lf_html(&b,
                "<p id=\"ch\" class=\"hint\">%</p><p><label for=\"csv\">CSV</label><textarea id=\"csv\" "
                "name=\"csv\" rows=\"8\" required spellcheck=\"false\" aria-describedby=\"ch\" "
                "placeholder=\"name,addresses,owner,weight\"></textarea></p><p><button "
                "class=\"second\">%</button></p></form></section></div>",
                T(ASSET_IMPORT_HINT), T(ASSET_IMPORT));
    }
    return end_page(r, &b, 200);
}

enum lf_code page_asset_set(struct rq *r)
{
    return do_named(r, "name", asset_set, "/assets?done=1");
}

static enum lf_code remove_one(struct rq *r, lf_view name)
{
    return lf_asset_remove(r->t, name, r->e);
}

enum lf_code page_asset_remove(struct rq *r)
{
    return do_named(r, "name", remove_one, "/assets?done=1");
}

static enum lf_code import(struct rq *r, lf_view csv)
{
    size_t n;

    return lf_asset_import(r->t, csv, &n, r->e);
}

enum lf_code page_asset_import(struct rq *r)
{
    return do_named(r, "csv", import, "/assets?done=1");
}
