/* What is published of statistics, for the node's people: publish, correct, withdraw, and how often it is
 * read. */
#include "web/open.h"
#include "web/page_priv.h"
#include "web/publication.h"
#include "web/statistic_text.h"

void put_publication_rows(struct rq *r, struct lf_buf *b, const struct lf_statistic *s, const bool *hidden)
{
    for (size_t from = 0, to; from < s->n; from = to) {
        enum lf_text title = statistic_axis_text(s->rows[from].axis);

        for (to = from; to < s->n && s->rows[to].axis == s->rows[from].axis; to++)
            ;
        lf_html(b,
                "<section class=\"panel\"><h2>%</h2><table class=\"rows\"><caption "
                "class=\"unseen\">%</caption><thead><tr><th scope=\"col\">%</th><th scope=\"col\" "
                "class=\"num\">%</th></tr></thead><tbody>",
                V(text(r, title)), V(text(r, title)), T(SHEET_KEY), T(STATISTIC_CASES));
        for (size_t i = from; i < to; i++)
            lf_html(b,
                    "<tr><th scope=\"row\" data-label=\"%\"><span>%</span></th><td class=\"num\" "
                    "data-label=\"%\"><span>%</span></td></tr>",
                    T(SHEET_KEY), V(statistic_label(r, &s->rows[i])), T(STATISTIC_CASES),
                    V(hidden[i] ? text(r, LF_T_OPEN_WITHHELD) : number(r, s->rows[i].cases)));
        LF_PUT(b, "</tbody></table></section>");
    }
}

static void put_publish_form(struct rq *r, struct lf_buf *b)
{
    lf_html(
        b,
        "<section class=\"panel\"><h2>%</h2><form class=\"stack\" method=\"post\" action=\"/publications\">",
        T(OPEN_PUBLISH));
    put_csrf(r, b);
    lf_html(
        b,
        "<p><label for=\"p-time\">%</label><input id=\"p-time\" name=\"time\" required maxlength=\"40\" "
        "autocomplete=\"off\" value=\"%\" aria-describedby=\"p-time-h\"><span class=\"hint\" "
        "id=\"p-time-h\">%</span></p><p><label for=\"p-reason\">%</label><input id=\"p-reason\" "
        "name=\"reason\" value=\"%\" aria-describedby=\"p-reason-h\"><span class=\"hint\" "
        "id=\"p-reason-h\">%</span></p><p><button>%</button></p></form><p class=\"quiet\">%</p></section>",
        T(STATISTIC_TIME), V(lf_view_some(field(r, "time"))), T(STATISTIC_TIME_HINT), T(OPEN_REASON),
        V(lf_view_some(field(r, "reason"))), T(OPEN_REASON_HINT), T(OPEN_PUBLISH), T(OPEN_RULE));
}

static void put_state(struct rq *r, struct lf_buf *b, const struct lf_publication *p)
{
    if (p->withdrawn)
        badge(b, "warn", "!", text(r, LF_T_OPEN_WITHDRAWN));
    else
        lf_html(b, "%", V(fill1(r, LF_T_OPEN_VERSION, "n", number(r, p->version))));
}

static void put_withdraw(struct rq *r, struct lf_buf *b, const struct lf_publication *p)
{
    lf_html(b, "<details><summary>%</summary><form class=\"stack\" method=\"post\" action=\"%\">",
            T(OPEN_WITHDRAW), V(path2(r, "/publications/", p->period, "/withdraw")));
    put_csrf(r, b);
    lf_html(b,
            "<p><label for=\"w-%\">%</label><input id=\"w-%\" name=\"reason\" required></p><p><button "
            "class=\"second\">%</button></p></form></details>",
            V(p->period), T(OPEN_REASON), V(p->period), T(OPEN_WITHDRAW));
}

static void put_items(struct rq *r, struct lf_buf *b, const struct lf_publication *list, size_t n)
{
    lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(OPEN_ITEMS));
    if (!n) {
        lf_html(b, "<p class=\"empty\">%</p></section>", T(OPEN_NONE));
        return;
    }
    lf_html(
        b,
        "<table class=\"rows\"><caption class=\"unseen\">%</caption><thead><tr><th scope=\"col\">%</th><th "
        "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\" class=\"num\">%</th><th "
        "scope=\"col\">%</th></tr></thead><tbody>",
        T(OPEN_ITEMS), T(OPEN_ITEM), T(STATE), T(KB_PUBLISHED_AT), T(OPEN_RECORDS), T(OPEN_REASON));
    for (size_t i = 0; i < n; i++) {
        const struct lf_publication *p = &list[i];

        lf_html(b, "<tr><th scope=\"row\" data-label=\"%\"><span><a href=\"%\">%</a></span></th>",
                T(OPEN_ITEM), V(path2(r, "/publications/", p->period, "")), V(publication_title(r, p)));
        lf_html(b, "<td data-label=\"%\"><span>", T(STATE));
        put_state(r, b, p);
        lf_html(b, "</span></td><td data-label=\"%\"><span>", T(KB_PUBLISHED_AT));
        put_when(r, b, p->at);
        lf_html(b,
                "</span></td><td class=\"num\" data-label=\"%\"><span>%</span></td><td class=\"wrap\" "
                "data-label=\"%\"><span>%</span></td></tr>",
                T(OPEN_RECORDS), V(number(r, p->records)), T(OPEN_REASON), V(p->reason));
    }
    LF_PUT(b, "</tbody></table></section>");
}

static void put_uses(struct rq *r, struct lf_buf *b, const struct lf_publication_count *counts, size_t n)
{
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><p class=\"quiet\">% <a "
            "href=\"/api/v1/publications/counts?format=csv\">CSV</a></p>",
            T(OPEN_USES), T(OPEN_USES_LEAD));
    if (!n) {
        lf_html(b, "<p class=\"empty\">%</p></section>", T(OPEN_USES_NONE));
        return;
    }
    lf_html(
        b,
        "<table class=\"rows\"><caption class=\"unseen\">%</caption><thead><tr><th scope=\"col\">%</th><th "
        "scope=\"col\">%</th><th scope=\"col\" class=\"num\">%</th><th scope=\"col\" "
        "class=\"num\">CSV</th><th scope=\"col\" class=\"num\">JSON</th></tr></thead><tbody>",
        T(OPEN_USES), T(OPEN_ITEM), T(OPEN_DAY), T(OPEN_VIEWS));
    for (size_t i = 0; i < n; i++) {
        struct lf_civil c = lf_civil_of((counts[i].day < 0 ? 0 : counts[i].day) * LF_DAY);

        lf_html(b,
                "<tr><th scope=\"row\" data-label=\"%\"><span>%</span></th><td "
                "data-label=\"%\"><span>%</span></td><td class=\"num\" "
                "data-label=\"%\"><span>%</span></td><td class=\"num\" data-label=\"CSV\"><span>%</span></td>"
                "<td class=\"num\" data-label=\"JSON\"><span>%</span></td></tr>",
                T(OPEN_ITEM), V(counts[i].period.len ? counts[i].period : text(r, LF_T_OPEN_LIST)),
                T(OPEN_DAY),
                V(counts[i].day < 0 ? text(r, LF_T_OPEN_ALL_DAYS)
                                    : lf_arena_printf(r->t->a, "%04d-%02d-%02d", c.year, c.month, c.day)),
                T(OPEN_VIEWS), V(number(r, counts[i].n[LF_USE_PAGE])), V(number(r, counts[i].n[LF_USE_CSV])),
                V(number(r, counts[i].n[LF_USE_JSON])));
    }
    LF_PUT(b, "</tbody></table></section>");
}

static enum lf_code publications(struct rq *r, int status)
{
    bool open = open_is(r);
    const struct lf_publication_count *counts;
    const struct lf_publication *list;
    size_t n, ncounts;
    struct lf_buf b;

    LF_TRY(lf_publication_counts(r->w->uses, r->t, lf_taipei_day(lf_now(r->t->env)) - 31, &ncounts, &counts,
                                 status == 200 ? r->e : &(struct lf_err){ 0 }));
    LF_TRY(lf_publication_list(r->t, &n, &list, status == 200 ? r->e : &(struct lf_err){ 0 }));
    begin_page(r, &b, text(r, LF_T_OPEN_PUBLICATIONS), "/incidents");
    lf_html(&b, "<h1>%</h1>", T(OPEN_PUBLICATIONS));
    if (status != 200)
        put_refusal(r, &b, lf_view_of(r->e->text));
    if (open)
        lf_html(&b, "<p>% <a href=\"/open\">/open</a></p>", T(OPEN_IS_ON));
    else
        lf_html(&b, "<p class=\"say\">%</p>", T(OPEN_IS_OFF));
    put_items(r, &b, list, n);
    if (may(r, SIGN_MANAGE))
        put_publish_form(r, &b);
    put_uses(r, &b, counts, ncounts);
    return end_page(r, &b, status);
}

enum lf_code page_publications(struct rq *r)
{
    return publications(r, 200);
}

enum lf_code page_publication_add(struct rq *r)
{
    struct lf_publication p;
    enum lf_code rc = publication_add(r, &p);

    return rc == LF_OK ? redirect(r, LF_V("/publications?done=1")) : page_again(r, rc, publications);
}

static enum lf_code publication(struct rq *r, int status)
{
    struct lf_err own = { 0 }, *e = status == 200 ? r->e : &own;
    const struct lf_publication *all;
    const struct lf_json *body;
    struct lf_statistic s;
    const bool *hidden;
    struct lf_buf b;
    size_t n;

    if (!of_node(r))
        return lf_err_set(e, LF_FORBIDDEN, "publication: these are for the node's own people");
    LF_TRY(lf_publication_get(r->t, r->id, &n, &all, e));
    LF_TRY(publication_rows(r, &all[0], &s, &hidden, &body));
    begin_page(r, &b, publication_title(r, &all[0]), "/incidents");
    lf_html(&b, "<p><a href=\"/publications\">%</a></p><h1>%</h1>", T(OPEN_PUBLICATIONS),
            V(publication_title(r, &all[0])));
    if (status != 200)
        put_refusal(r, &b, lf_view_of(r->e->text));
    lf_html(&b, "<section class=\"panel\"><h2>%</h2><ul>", T(OPEN_VERSIONS));
    for (size_t i = 0; i < n; i++) {
        LF_PUT(&b, "<li>");
        put_state(r, &b, &all[i]);
        LF_PUT(&b, "　");
        put_when(r, &b, all[i].at);
        lf_html(&b, "　<span class=\"wrap\">%</span></li>", V(all[i].reason));
    }
    LF_PUT(&b, "</ul>");
    if (may(r, SIGN_MANAGE) && !all[0].withdrawn)
        put_withdraw(r, &b, &all[0]);
    LF_PUT(&b, "</section>");
    put_publication_rows(r, &b, &s, hidden);
    return end_page(r, &b, status);
}

enum lf_code page_publication(struct rq *r)
{
    return publication(r, 200);
}

enum lf_code page_publication_withdraw(struct rq *r)
{
    enum lf_code rc = publication_withdraw(r);

    return rc == LF_OK ? redirect(r, LF_V("/publications?done=1")) : page_again(r, rc, publication);
}
