/* The JSON API's part on organisations that joined and on seminars by year, and the page's panel of them. */
#include "cert/seminar.h"
#include "isac/joined.h"
#include "web/api_priv.h"
#include "web/page_priv.h"

/* Organisations that joined and seminars that were held, by year: from whichever was first. */
struct year {
    struct lf_joined_year joined;
    struct lf_seminar_year seminars;
};

static enum lf_code read_years(struct rq *r, size_t *n, const struct lf_joined **list, size_t *nyears,
                               struct year **out)
{
    const struct lf_joined_year *joined;
    const struct lf_seminar_year *held;
    size_t njoined, before, skip;

    LF_TRY(lf_joined_list(r->t, n, list, &njoined, &joined, r->e));
    LF_TRY(lf_seminar_years(r->t, joined[0].year, nyears, &held, r->e));
    /* Both end with this year. */
    before = *nyears > njoined ? *nyears - njoined : 0;
    skip = njoined > *nyears ? njoined - *nyears : 0;
    *out = LF_NEW(r->t->a, struct year, *nyears);
    for (size_t i = 0; i < *nyears; i++) {
        (*out)[i] = (struct year){ .seminars = held[i], .joined = { .year = held[i].year } };
        if (i >= before)
            (*out)[i].joined = joined[i - before + skip];
    }
    return LF_OK;
}

enum lf_code api_statistics_joined(struct rq *r)
{
    const struct lf_joined *list;
    struct year *years;
    size_t n, nyears;
    struct out o;

    LF_TRY(read_years(r, &n, &list, &nyears, &years));
    begin(&o);
    lf_json_begin(&o.w, "years", '[');
    for (size_t i = 0; i < nyears; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_int(&o.w, "year", years[i].joined.year);
        lf_json_put_int(&o.w, "joined", years[i].joined.came);
        lf_json_put_int(&o.w, "all", years[i].joined.all);
        lf_json_put_int(&o.w, "seminars", years[i].seminars.held);
        lf_json_put_int(&o.w, "seminar_organisations", years[i].seminars.came);
        lf_json_put_int(&o.w, "seminar_people", years[i].seminars.people);
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

static lf_view year_text(struct rq *r, int year)
{
    return number(r, r->roc ? year - 1911 : year);
}

/* Those of one year, which its number opens. */
static void put_list(struct rq *r, struct lf_buf *b, const struct year *y, const struct lf_joined *list)
{
    lf_html(b, "<details id=\"joined-%\"><summary>%</summary><ul>", V(number(r, y->joined.year)),
            V(fill1(r, LF_T_JOINED_LIST, "year", year_text(r, y->joined.year))));
    for (int64_t i = y->joined.all - y->joined.came; i < y->joined.all; i++) {
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

/* Of a year with a link to what `to` finds of it; 0 opens nothing. */
static void put_count(struct rq *r, struct lf_buf *b, enum lf_text label, int64_t n, const char *to, int year)
{
    lf_html(b, "<td class=\"num\" data-label=\"%\">", V(text(r, label)));
    if (n)
        lf_html(b, "<a href=\"%\">%</a></td>", V(lf_arena_printf(r->t->a, "%s%d", to, year)),
                V(number(r, n)));
    else
        lf_html(b, "%</td>", V(number(r, n)));
}

static void put_year(struct rq *r, struct lf_buf *b, const struct year *y)
{
    int year = y->joined.year;

    lf_html(b, "<tr><th scope=\"row\" data-label=\"%\">%</th>", T(JOINED_YEAR), V(year_text(r, year)));
    put_count(r, b, LF_T_JOINED_CAME, y->joined.came, "#joined-", year);
    lf_html(b, "<td class=\"num\" data-label=\"%\">%</td>", T(JOINED_ALL), V(number(r, y->joined.all)));
    put_count(r, b, LF_T_SEM_BY_YEAR, y->seminars.held, "/seminars?state=held&year=", year);
    put_count(r, b, LF_T_SEM_CAME, y->seminars.came, "/seminars/parts?year=", year);
    put_count(r, b, LF_T_SEM_PEOPLE, y->seminars.people, "/seminars/parts?year=", year);
    LF_PUT(b, "</tr>");
}

enum lf_code put_joined(struct rq *r, struct lf_buf *b)
{
    static const enum lf_text heads[] = { LF_T_JOINED_CAME, LF_T_JOINED_ALL, LF_T_SEM_BY_YEAR, LF_T_SEM_CAME,
                                          LF_T_SEM_PEOPLE };
    const struct lf_joined *list;
    struct year *years;
    size_t n, nyears;

    if (!of_node(r))
        return LF_OK;
    LF_TRY(read_years(r, &n, &list, &nyears, &years));
    lf_html(b,
            "<section class=\"panel\" id=\"joined\"><h2>%</h2><p class=\"quiet\">%</p><p><a "
            "href=\"/seminars\">%</a></p><table class=\"rows\"><caption "
            "class=\"unseen\">%</caption><thead><tr><th scope=\"col\">%</th>",
            T(JOINED), T(JOINED_LEAD), T(SEMINARS), T(JOINED), T(JOINED_YEAR));
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        lf_html(b, "<th scope=\"col\" class=\"num\">%</th>", V(text(r, heads[i])));
    LF_PUT(b, "</tr></thead><tbody>");
    for (size_t i = 0; i < nyears; i++)
        put_year(r, b, &years[i]);
    LF_PUT(b, "</tbody></table>");
    for (size_t i = 0; i < nyears; i++)
        if (years[i].joined.came)
            put_list(r, b, &years[i], list);
    LF_PUT(b, "</section>");
    return LF_OK;
}
