/* The JSON API's part on organisations that joined, and the page's panel of them. */
#include "isac/joined.h"
#include "web/api_priv.h"
#include "web/page_priv.h"

enum lf_code api_statistics_joined(struct rq *r)
{
    const struct lf_joined_year *years;
    const struct lf_joined *list;
    size_t n, nyears;
    struct out o;

    LF_TRY(lf_joined_list(r->t, &n, &list, &nyears, &years, r->e));
    begin(&o);
    lf_json_begin(&o.w, "years", '[');
    for (size_t i = 0; i < nyears; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_int(&o.w, "year", years[i].year);
        lf_json_put_int(&o.w, "joined", years[i].came);
        lf_json_put_int(&o.w, "all", years[i].all);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "name", list[i].name);
        lf_json_put_time(&o.w, "since", list[i].since);
        lf_json_put_bool(&o.w, "node", list[i].node);
        lf_json_put_bool(&o.w, "left", list[i].left);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    return end(r, &o, 200);
}

static void put_list(struct rq *r, struct lf_buf *b, const struct lf_joined *list, size_t n)
{
    lf_html(b, "<details><summary>%</summary><ul>", T(JOINED_LIST));
    for (size_t i = 0; i < n; i++) {
        lf_html(b, "<li class=\"wrap\">% ", V(list[i].name));
        put_when(r, b, list[i].since);
        LF_PUT(b, " ");
        badge(b, "", "◇", text(r, list[i].node ? LF_T_JOINED_NODE : LF_T_JOINED_TENANT));
        if (list[i].left) {
            LF_PUT(b, " ");
            badge(b, "", "–", text(r, LF_T_JOINED_LEFT));
        }
        LF_PUT(b, "</li>");
    }
    LF_PUT(b, "</ul></details>");
}

enum lf_code put_joined(struct rq *r, struct lf_buf *b)
{
    const struct lf_joined_year *years;
    const struct lf_joined *list;
    size_t n, nyears;

    if (!of_node(r))
        return LF_OK;
    LF_TRY(lf_joined_list(r->t, &n, &list, &nyears, &years, r->e));
    lf_html(b,
            "<section class=\"panel\" id=\"joined\"><h2>%</h2><p class=\"quiet\">%</p><table "
            "class=\"rows\"><caption class=\"unseen\">%</caption><thead><tr><th scope=\"col\">%</th><th "
            "scope=\"col\" class=\"num\">%</th><th scope=\"col\" class=\"num\">%</th></tr></thead><tbody>",
            T(JOINED), T(JOINED_LEAD), T(JOINED), T(JOINED_YEAR), T(JOINED_CAME), T(JOINED_ALL));
    for (size_t i = 0; i < nyears; i++)
        lf_html(b,
                "<tr><th scope=\"row\" data-label=\"%\">%</th><td class=\"num\" data-label=\"%\">%</td><td "
                "class=\"num\" data-label=\"%\">%</td></tr>",
                T(JOINED_YEAR), V(number(r, r->roc ? years[i].year - 1911 : years[i].year)), T(JOINED_CAME),
                V(number(r, years[i].came)), T(JOINED_ALL), V(number(r, years[i].all)));
    LF_PUT(b, "</tbody></table>");
    if (n)
        put_list(r, b, list, n);
    LF_PUT(b, "</section>");
    return LF_OK;
}
