/* What was said in public, at the door without an account: pages, and a JSON Feed (jsonfeed.org, 1.1). */
#include "web/api_priv.h"
#include "web/open.h"
#include "web/page_priv.h"
#include "web/statement.h"

enum { FEED_MOST = 4 << 20 };

/* What is taken back is not said again: it keeps its number, and why. */
static bool is_back(const struct lf_statement *x)
{
    return x->row.state == LF_WRITTEN_WITHDRAWN;
}

static lf_time at_of(const struct lf_statement *x)
{
    return is_back(x) ? x->row.changed : x->row.published;
}

static lf_view title_of(const struct rq *r, const struct lf_statement *x)
{
    return is_back(x) ? fill1(r, LF_T_STATEMENT_NUMBER, "n", number(r, x->number)) : x->shown.title;
}

static enum lf_code before_of(struct rq *r, int64_t *out)
{
    lf_view asked = lf_view_some(query(r, "before"));

    *out = 0;
    return !asked.len || (lf_view_i64(asked, out) && *out > 0)
               ? LF_OK
               : lf_err_set(r->e, LF_BAD_INPUT, "before is a number that this list gave; begin without it");
}

static enum lf_code list_of(struct rq *r, size_t *n, const struct lf_statement **list, int64_t *next)
{
    int64_t before;

    LF_TRY(open_enter(r));
    LF_TRY(before_of(r, &before));
    return lf_statement_open_list(r->t, before, n, list, next, r->e);
}

/* ---- pages ---- */

static void put_mark(struct rq *r, struct lf_buf *b, const struct lf_statement *x)
{
    if (is_back(x))
        badge(b, "warn", "!", text(r, LF_T_OPEN_WITHDRAWN));
    else if (x->row.version > 1)
        badge(b, "info", "№", fill1(r, LF_T_STATEMENT_CORRECTED, "n", number(r, x->row.version)));
}

enum lf_code page_open_statements(struct rq *r)
{
    const struct lf_statement *list;
    struct lf_buf b;
    int64_t next;
    size_t n;

    LF_TRY(list_of(r, &n, &list, &next));
    begin_page(r, &b, text(r, LF_T_STATEMENTS), "");
    lf_html(&b, "<h1>%</h1><p>% <a href=\"/open/statements.json\">JSON Feed</a></p>", T(STATEMENTS),
            V(fill1(r, LF_T_STATEMENTS_OPEN_LEAD, "who", r->t->self->name)));
    if (!n)
        lf_html(&b, "<p class=\"empty\">%</p>", T(STATEMENTS_NONE));
    if (n)
        lf_html(&b,
                "<table class=\"rows\"><caption class=\"unseen\">%</caption><thead><tr><th "
                "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
                T(STATEMENTS), T(STATEMENT_NUMBER_HEAD), T(KB_TITLE), T(STATEMENT_RELEASED));
    for (size_t i = 0; i < n; i++) {
        lf_html(&b,
                "<tr><td data-label=\"%\"><span>%</span></td><th scope=\"row\" class=\"wrap\" "
                "data-label=\"%\"><span><a href=\"%\">%</a> ",
                T(STATEMENT_NUMBER_HEAD), V(number(r, list[i].number)), T(KB_TITLE),
                V(path2(r, "/open/statements/", number(r, list[i].number), "")), V(title_of(r, &list[i])));
        put_mark(r, &b, &list[i]);
        lf_html(&b, "</span></th><td data-label=\"%\"><span>", T(STATEMENT_RELEASED));
        put_when(r, &b, list[i].first);
        LF_PUT(&b, "</span></td></tr>");
    }
    if (n)
        LF_PUT(&b, "</tbody></table>");
    if (next)
        lf_html(&b, "<p><a rel=\"next\" href=\"/open/statements?before=%\">%</a></p>", V(number(r, next)),
                T(OLDER));
    lf_html(&b, "<p><a href=\"/open\">%</a></p>", T(OPEN_TITLE));
    LF_TRY(end_page(r, &b, 200));
    open_conditional(r, false);
    return LF_OK;
}

static void put_versions(struct rq *r, struct lf_buf *b, const struct lf_written_entry *v, size_t n)
{
    static const enum lf_text words[LF_WRITTEN_ACTS] = {
        [LF_WRITTEN_PUBLISH] = LF_T_STATEMENT_DID_RELEASE, [LF_WRITTEN_WITHDRAW] = LF_T_OPEN_WITHDRAWN
    };

    lf_html(b, "<section class=\"panel\"><h2>%</h2><ul>", T(OPEN_VERSIONS));
    for (size_t i = 0; i < n; i++) {
        bool corrected = v[i].act == LF_WRITTEN_PUBLISH && i + 1 < n;

        lf_html(b, "<li>%　", V(text(r, corrected ? LF_T_STATEMENT_DID_CORRECT : words[v[i].act])));
        put_when_zone(r, b, v[i].at);
        lf_html(b, "　<span class=\"wrap\">%</span></li>", V(v[i].note));
    }
    LF_PUT(b, "</ul></section>");
}

enum lf_code page_open_statement(struct rq *r)
{
    const struct lf_written_entry *versions;
    struct lf_statement x;
    struct lf_buf b;
    int64_t n = 0;
    size_t nversions;

    LF_TRY(open_enter(r));
    if (!lf_view_i64(r->id, &n))
        n = 0;
    LF_TRY(lf_statement_open_get(r->t, n, &x, &nversions, &versions, r->e));
    begin_page(r, &b, title_of(r, &x), "");
    lf_html(&b, "<p><a href=\"/open/statements\">%</a></p><div class=\"head\"><h1>%</h1><p>", T(STATEMENTS),
            V(title_of(r, &x)));
    put_mark(r, &b, &x);
    LF_PUT(&b, "</p></div>");
    if (is_back(&x))
        lf_html(&b, "<p class=\"say\">% <span class=\"wrap\">%</span></p>", T(STATEMENT_BACK_LEAD),
                V(x.row.note));
    else
        lf_html(&b, "<section class=\"panel\"><p class=\"lines wrap\">%</p></section>", V(x.shown.text));
    lf_html(&b, "<section class=\"panel\"><dl class=\"facts\"><dt>%</dt><dd>%</dd><dt>%</dt><dd>%</dd>",
            T(STATEMENT_BY), V(r->t->self->name), T(STATEMENT_NUMBER_HEAD), V(number(r, x.number)));
    lf_html(&b, "<dt>%</dt><dd>", T(STATEMENT_RELEASED));
    put_when_zone(r, &b, x.first);
    LF_PUT(&b, "</dd></dl></section>");
    if (nversions > 1)
        put_versions(r, &b, versions, nversions);
    LF_TRY(end_page(r, &b, 200));
    open_conditional(r, false);
    return LF_OK;
}

/* ---- the file ---- */

static lf_view address(const struct rq *r, const char *path, int64_t n)
{
    lf_view base = r->w->parts.url;

    return n ? lf_arena_printf(r->t->a, "%.*s%s%lld", LF_FMT(base), path, (long long)n)
             : lf_arena_printf(r->t->a, "%.*s%s", LF_FMT(base), path);
}

static void put_item(struct rq *r, struct lf_json_w *w, const struct lf_statement *x)
{
    lf_json_open(w, '{');
    lf_json_put_str(w, "id", lf_arena_printf(r->t->a, "urn:uuid:%.*s", LF_FMT(x->row.id)));
    lf_json_put_str(w, "url", address(r, "/open/statements/", x->number));
    lf_json_put_str(w, "title", title_of(r, x));
    lf_json_put_str(w, "content_text", is_back(x) ? x->row.note : x->shown.text);
    lf_json_put_time(w, "date_published", x->first);
    lf_json_put_time(w, "date_modified", at_of(x));
    lf_json_begin(w, "_lianfang", '{');
    lf_json_put_int(w, "number", x->number);
    lf_json_put_int(w, "version", x->row.version);
    lf_json_put_bool(w, "withdrawn", is_back(x));
    put_text(w, "reason", is_back(x) ? x->row.note : x->shown.reason);
    lf_json_close(w);
    lf_json_close(w);
}

enum lf_code page_open_statement_feed(struct rq *r)
{
    const struct lf_statement *list;
    struct rq zh = *r;
    enum lf_code rc;
    struct out o;
    int64_t next;
    size_t n;

    LF_TRY(list_of(r, &n, &list, &next));
    zh.lang = LF_LANG_ZH; /* one file for everybody */
    begin_most(&o, FEED_MOST);
    lf_json_put_cstr(&o.w, "version", "https://jsonfeed.org/version/1.1");
    lf_json_put_str(
        &o.w, "title",
        lf_arena_printf(r->t->a, "%.*s　%.*s", LF_FMT(r->t->self->name), LF_FMT(text(&zh, LF_T_STATEMENTS))));
    lf_json_put_cstr(&o.w, "language", "zh-TW");
    lf_json_put_str(&o.w, "home_page_url", address(r, "/open/statements", 0));
    lf_json_put_str(&o.w, "feed_url", address(r, "/open/statements.json", 0));
    if (next)
        lf_json_put_str(&o.w, "next_url", address(r, "/open/statements.json?before=", next));
    lf_json_begin(&o.w, "authors", '[');
    lf_json_open(&o.w, '{');
    lf_json_put_str(&o.w, "name", r->t->self->name);
    lf_json_close(&o.w);
    lf_json_close(&o.w);
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < n; i++)
        put_item(&zh, &o.w, &list[i]);
    lf_json_close(&o.w);
    lf_json_close(&o.w);
    rc = lf_buf_done(&o.b, r->e);
    if (rc == LF_OK) {
        answer(r, 200, "application/feed+json", lf_arena_copy(r->t->a, lf_buf_view(&o.b)));
        open_conditional(r, true);
    }
    lf_buf_clear(&o.b);
    return rc;
}
