/* The door without an account: what was published of statistics, as pages and files.  Everything else of the
 * node stays behind the other doors; with the setting off there is nothing here. */
#include "fmt/csv.h"
#include "isac/quota.h"
#include "web/api_priv.h"
#include "web/open.h"
#include "web/page_priv.h"
#include "web/publication.h"

enum { BURST = 400, EACH_SECOND = 100 /* of all who ask together */ };

bool open_is(const struct rq *r)
{
    return r->w->parts.publication && r->w->parts.publication->open;
}

enum lf_code open_enter(struct rq *r)
{
    lf_time tick = lf_tick(r->t->env), wait = 0;
    struct lf_web *w = r->w;
    int64_t more;

    if (!open_is(r))
        return lf_err_set(r->e, LF_NOT_FOUND, "there is nothing at this path");
    more = (tick - w->open_at) / (LF_SECOND / EACH_SECOND);
    if (more > 0 || !w->open_at) {
        w->open_left = !w->open_at || w->open_left + more > BURST ? BURST : w->open_left + (int)more;
        w->open_at = tick;
    }
    if (!r->t->scope.account.len) /* as TAXII's readers without an account */
        LF_TRY(lf_quota_request(w->quota, r->t, &wait, r->e));
    if (wait || !w->open_left)
        return lf_err_set(r->e, LF_TOO_MANY, "too many ask for open data at once; ask again a little later");
    w->open_left--;
    return LF_OK;
}

void open_conditional(struct rq *r, bool file)
{
    lf_view asked = lf_http_get(r->in, "if-none-match"), one, tag;
    uint8_t sum[LF_SHA256];

    lf_sha256(r->out->body, sum);
    tag = lf_arena_printf(r->t->a, "\"%.*s\"", LF_FMT(lf_hex(r->t->a, sum, 16)));
    lf_http_add(r->out, "ETag", tag);
    lf_http_add(r->out, "Cache-Control", file ? LF_V("public, max-age=60") : LF_V("private, no-cache"));
    if (file) {
        lf_http_add(r->out, "Access-Control-Allow-Origin", LF_V("*"));
        lf_http_add(r->out, "Cross-Origin-Resource-Policy", LF_V("cross-origin"));
    }
    while (lf_view_split(&asked, ',', &one)) {
        one = lf_view_trim(one);
        if (lf_view_starts(one, LF_V("W/")))
            one = lf_view_from(one, 2);
        if (lf_view_eq(one, tag) || lf_view_is(one, "*")) {
            r->out->status = 304;
            r->out->body = LF_V("");
            return;
        }
    }
}

/* Counts what was given, and only that. */
static enum lf_code give(struct rq *r, enum lf_code rc, lf_view period, enum lf_publication_use what)
{
    LF_TRY(rc);
    if (r->out->status == 200)
        open_conditional(r, what != LF_USE_PAGE);
    if (r->out->status != 200 || !lf_view_is(r->in->method, "GET"))
        return LF_OK;
    return lf_publication_used(r->w->uses, r->t, period, what, r->e);
}

/* ---- the list ---- */

static void put_facts(struct rq *r, struct lf_buf *b, const struct lf_publication *p)
{
    lf_view licence = r->w->parts.publication->licence;

    lf_html(b, "<dl class=\"facts\"><dt>%</dt><dd>%</dd><dt>%</dt><dd>", T(OPEN_PUBLISHER),
            V(r->t->self->name), T(KB_PUBLISHED_AT));
    put_when_zone(r, b, p->at);
    lf_html(b, "</dd><dt>%</dt><dd>%</dd><dt>%</dt><dd>%</dd><dt>%</dt><dd>%</dd>", T(OPEN_FREQUENCY),
            V(text(r, publication_frequency(p))), T(OPEN_VERSION_HEAD), V(number(r, p->version)),
            T(OPEN_RECORDS), V(number(r, p->records)));
    lf_html(b, "<dt>%</dt><dd class=\"wrap\">%</dd></dl>", T(OPEN_LICENCE),
            V(licence.len ? licence : text(r, LF_T_STATISTIC_UNKNOWN)));
}

static void put_links(struct rq *r, struct lf_buf *b, const struct lf_publication *p)
{
    if (!p->withdrawn)
        lf_html(b, "<a href=\"%\">CSV</a> · ", V(path2(r, "/open/", p->period, ".csv")));
    lf_html(b, "<a href=\"%\">JSON</a>", V(path2(r, "/open/", p->period, ".json")));
}

static enum lf_code list_page(struct rq *r)
{
    const struct lf_publication *list;
    struct lf_buf b;
    size_t n;

    LF_TRY(lf_publication_list(r->t, &n, &list, r->e));
    begin_page(r, &b, text(r, LF_T_OPEN_TITLE), "");
    lf_html(&b,
            "<h1>%</h1><p>% <a href=\"/open/index.json\">JSON</a></p><p><a "
            "href=\"/open/statements\">%</a></p>",
            T(OPEN_TITLE), T(OPEN_LEAD), T(STATEMENTS));
    if (!n) {
        lf_html(&b, "<p class=\"empty\">%</p>", T(OPEN_NONE));
        return end_page(r, &b, 200);
    }
    lf_html(
        &b,
        "<table class=\"rows\"><caption class=\"unseen\">%</caption><thead><tr><th scope=\"col\">%</th><th "
        "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\" class=\"num\">%</th><th "
        "scope=\"col\">%</th></tr></thead><tbody>",
        T(OPEN_TITLE), T(OPEN_ITEM), T(OPEN_VERSION_HEAD), T(KB_PUBLISHED_AT), T(OPEN_RECORDS),
        T(OPEN_FILES));
    for (size_t i = 0; i < n; i++) {
        const struct lf_publication *p = &list[i];

        lf_html(&b,
                "<tr><th scope=\"row\" data-label=\"%\"><span><a href=\"%\">%</a></span></th><td "
                "data-label=\"%\"><span>%</span></td><td data-label=\"%\"><span>",
                T(OPEN_ITEM), V(path2(r, "/open/", p->period, "")), V(publication_title(r, p)),
                T(OPEN_VERSION_HEAD), V(p->withdrawn ? text(r, LF_T_OPEN_WITHDRAWN) : number(r, p->version)),
                T(KB_PUBLISHED_AT));
        put_when(r, &b, p->at);
        lf_html(&b,
                "</span></td><td class=\"num\" data-label=\"%\"><span>%</span></td><td "
                "data-label=\"%\"><span>",
                T(OPEN_RECORDS), V(number(r, p->records)), T(OPEN_FILES));
        put_links(r, &b, p);
        LF_PUT(&b, "</span></td></tr>");
    }
    LF_PUT(&b, "</tbody></table>");
    return end_page(r, &b, 200);
}

enum lf_code page_open(struct rq *r)
{
    LF_TRY(open_enter(r));
    return give(r, list_page(r), LF_V(""), LF_USE_PAGE);
}

static enum lf_code list_json(struct rq *r)
{
    const struct lf_publication *list;
    struct out o;
    size_t n;

    LF_TRY(lf_publication_list(r->t, &n, &list, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        publication_put(r, &o.w, &list[i]);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}

enum lf_code page_open_index(struct rq *r)
{
    LF_TRY(open_enter(r));
    return give(r, list_json(r), LF_V(""), LF_USE_JSON);
}

/* ---- one of them ---- */

static enum lf_code item_page(struct rq *r, const struct lf_publication *all, size_t n)
{
    const struct lf_publication *p = &all[0];
    const struct lf_json *body;
    struct lf_statistic s;
    const bool *hidden;
    struct lf_buf b;

    LF_TRY(publication_rows(r, p, &s, &hidden, &body));
    begin_page(r, &b, publication_title(r, p), "");
    lf_html(&b, "<p><a href=\"/open\">%</a></p><div class=\"head\"><h1>%</h1><p>", T(OPEN_TITLE),
            V(publication_title(r, p)));
    put_links(r, &b, p);
    LF_PUT(&b, "</p></div>");
    if (p->withdrawn)
        lf_html(&b, "<p class=\"say\">% <span class=\"wrap\">%</span></p>", T(OPEN_WITHDRAWN_LEAD),
                V(p->reason));
    LF_PUT(&b, "<section class=\"panel\">");
    put_facts(r, &b, p);
    if (n > 1) {
        lf_html(&b, "<h2>%</h2><ul>", T(OPEN_VERSIONS));
        for (size_t i = 0; i < n; i++) {
            lf_html(&b, "<li>%　",
                    V(all[i].withdrawn ? text(r, LF_T_OPEN_WITHDRAWN)
                                       : fill1(r, LF_T_OPEN_VERSION, "n", number(r, all[i].version))));
            put_when(r, &b, all[i].at);
            lf_html(&b, "　<span class=\"wrap\">%</span></li>", V(all[i].reason));
        }
        LF_PUT(&b, "</ul>");
    }
    if (body)
        lf_html(&b, "<p class=\"hint\">%</p>",
                V(lf_view_some(lf_json_str(body, r->lang == LF_LANG_EN ? "rule_en" : "rule_zh"))));
    LF_PUT(&b, "</section>");
    put_publication_rows(r, &b, &s, hidden);
    return end_page(r, &b, 200);
}

static enum lf_code item_csv(struct rq *r, const struct lf_publication *p)
{
    const struct lf_json *body;
    struct lf_statistic s;
    const bool *hidden;
    struct lf_buf b;

    if (p->withdrawn) {
        answer(r, 410, "text/plain; charset=utf-8",
               lf_arena_printf(r->t->a, "%.*s\n%.*s\n%.*s\n",
                               LF_FMT(lf_text(LF_T_OPEN_WITHDRAWN_LEAD, LF_LANG_ZH)),
                               LF_FMT(lf_text(LF_T_OPEN_WITHDRAWN_LEAD, LF_LANG_EN)), LF_FMT(p->reason)));
        return LF_OK;
    }
    LF_TRY(publication_rows(r, p, &s, &hidden, &body));
    lf_buf_init(&b, 1 << 20);
    LF_PUT(&b, "\xef\xbb\xbf"
               "by,key,cases\r\n");
    for (size_t i = 0; i < s.n; i++) {
        lf_csv_put(&b, lf_view_of(lf_statistic_axis_name(s.rows[i].axis)), false);
        lf_csv_put(&b, lf_statistic_row_key(r->t->a, &s.rows[i]), false);
        lf_csv_put(&b, hidden[i] ? LF_V("*") : number(r, s.rows[i].cases), true);
    }
    return answer_csv(r, path2(r, "open-data-", p->period, ""), &b);
}

static bool take_ending(lf_view *in, lf_view ending)
{
    if (!lf_view_ends(*in, ending))
        return false;
    in->len -= ending.len;
    return true;
}

enum lf_code page_open_item(struct rq *r)
{
    const struct lf_publication *all;
    lf_view period = r->id;
    enum lf_publication_use what = take_ending(&period, LF_V(".csv"))    ? LF_USE_CSV
                                   : take_ending(&period, LF_V(".json")) ? LF_USE_JSON
                                                                         : LF_USE_PAGE;
    enum lf_code rc;
    size_t n;

    LF_TRY(open_enter(r));
    if (period.len > 12 || !lf_view_is_utf8(period))
        return lf_err_set(r->e, LF_NOT_FOUND, "nothing of this period was published");
    LF_TRY(lf_publication_get(r->t, period, &n, &all, r->e));
    rc = what == LF_USE_CSV    ? item_csv(r, &all[0])
         : what == LF_USE_JSON ? publication_json(r, all, n)
                               : item_page(r, all, n);
    return give(r, rc, all[0].period, what);
}
