/* The page of the event archive: a question, how far it is, what was found.  Each
 * number and value is the question of what is behind it. */
#include "fmt/uri.h"
#include "soc/searches.h"
#include "web/page_priv.h"

enum { HITS_SHOWN = 100, FIELDS_SHOWN = 60, BARS = 60 };
static const lf_time patience = 1500 * LF_MSEC; /* a short search is shown whole at once */

/* ---- links ---- */

static void put_field(struct lf_buf *b, const char *name, lf_view v)
{
    if (!v.len)
        return;
    lf_buf_printf(b, "%s%s=", b->len > strlen("/search") ? "&" : "?", name);
    lf_uri_encode(b, v);
}

static lf_view link_of(const struct rq *r, lf_view q, lf_view from, lf_view to, lf_view show)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 64 << 10);
    LF_PUT(&b, "/search");
    put_field(&b, "q", q);
    put_field(&b, "from", from);
    put_field(&b, "to", to);
    put_field(&b, "show", show);
    out = lf_arena_copy(r->t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

/* A bound as a link carries it; empty: open. */
static lf_view time_link(const struct rq *r, lf_time t)
{
    char *text = lf_arena_alloc(r->t->a, LF_TIME_TEXT, 1);

    return t > INT64_MIN && t < INT64_MAX ? lf_time_micro(t, text) : LF_V("");
}

/* ---- the form ---- */

static void put_input(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label, lf_view value,
                      const char *more)
{
    lf_html(b,
            "<p><label for=\"%\">%</label><input id=\"%\" name=\"%\" value=\"%\" autocomplete=\"off\" "
            "spellcheck=\"false\"%></p>",
            LF_HC(name), V(text(r, label)), LF_HC(name), LF_HC(name), V(value), LF_RAW(lf_view_of(more)));
}

static void put_form(struct rq *r, struct lf_buf *b, lf_view q, lf_view from, lf_view to)
{
    lf_html(b, "<section class=\"panel\"><form class=\"stack wide\" method=\"get\" action=\"/search\" "
               "role=\"search\">");
    put_input(r, b, "q", LF_T_SEARCH_QUERY, q, " maxlength=\"8000\" aria-describedby=\"q-hint\"");
    lf_html(b, "<p id=\"q-hint\" class=\"hint\">%</p><div class=\"row\">", T(SEARCH_HINT));
    put_input(r, b, "from", LF_T_SEARCH_FROM, from, " maxlength=\"60\" aria-describedby=\"time-hint\"");
    put_input(r, b, "to", LF_T_SEARCH_TO, to, " maxlength=\"60\" aria-describedby=\"time-hint\"");
    lf_html(b, "<p><button>%</button></p></div><p id=\"time-hint\" class=\"hint\">%</p></form></section>",
            T(SEARCH_DO), T(SEARCH_TIME_HINT));
}

/* ---- how far it is ---- */

static lf_view fill(struct rq *r, enum lf_text key, const struct lf_text_value *values, size_t n)
{
    return lf_text_fill(r->t->a, key, r->lang, values, n);
}

static void put_state(struct rq *r, struct lf_buf *b, const struct lf_search_view *v, lf_view here)
{
    const struct lf_search_progress *p = &v->progress;
    struct lf_text_value values[] = {
        { "done", number(r, (int64_t)p->blocks_done) },
        { "blocks", number(r, (int64_t)p->blocks) },
        { "mb", number(r, (int64_t)(p->text / 1000000)) },
        { "found", number(r, (int64_t)p->matched) },
    };
    static const enum lf_text words[] = {
        [LF_SEARCH_RUNNING] = LF_T_SEARCH_RUNNING,
        [LF_SEARCH_DONE] = LF_T_SEARCH_ENDED,
        [LF_SEARCH_CANCELLED] = LF_T_SEARCH_CANCELLED,
        [LF_SEARCH_FAILED] = LF_T_SEARCH_FAILED,
    };
    static const char *const tones[] = {
        [LF_SEARCH_RUNNING] = "info",
        [LF_SEARCH_DONE] = "good",
        [LF_SEARCH_CANCELLED] = "warn",
        [LF_SEARCH_FAILED] = "bad",
    };
    static const char *const signs[] = { "◐", "✓", "–", "!" };

    lf_html(b,
            "<section class=\"panel\" aria-labelledby=\"state\"><h2 id=\"state\">%</h2><p role=\"status\">",
            T(SEARCH_PROGRESS));
    badge(b, tones[v->state], signs[v->state], text(r, words[v->state]));
    lf_html(b, " %</p>", V(fill(r, LF_T_SEARCH_COUNTS, values, sizeof values / sizeof *values)));
    if (v->state == LF_SEARCH_RUNNING) {
        lf_html(b, "<p><progress max=\"%\" value=\"%\" aria-label=\"%\"></progress></p><p>",
                V(number(r, (int64_t)(p->blocks ? p->blocks : 1))), V(number(r, (int64_t)p->blocks_done)),
                T(SEARCH_PROGRESS));
        lf_html(b, "<a class=\"button\" href=\"%\">%</a></p>", V(here), T(SEARCH_REFRESH));
        put_button(r, b, path2(r, "/search/", v->id, "/cancel"), LF_T_SEARCH_CANCEL, "second");
    }
    if (v->error.len)
        lf_html(b,
                "<p class=\"say bad\" role=\"alert\"><span aria-hidden=\"true\">!</span> "
                "<span lang=\"en\">%</span></p>",
                V(v->error));
    if (p->damaged)
        lf_html(b,
                "<p class=\"say warn\"><span aria-hidden=\"true\">!</span> % <span lang=\"en\">%</span></p>",
                V(fill1(r, LF_T_SEARCH_DAMAGED, "n", number(r, (int64_t)p->damaged))), V(v->damage));
    if (v->full)
        lf_html(b, "<p class=\"say warn\"><span aria-hidden=\"true\">!</span> %</p>", T(SEARCH_LIMITED));
    lf_html(b, "</section>");
}

/* ---- tables ---- */

static bool is_key(const struct lf_json *row, size_t i)
{
    return lf_json_kind(lf_json_member(row, i)) != LF_JSON_NUMBER;
}

static int64_t largest(const struct lf_json *rows, size_t column)
{
    int64_t most = 0, n;

    for (size_t i = 0; i < lf_json_items(rows); i++)
        if (lf_view_i64(lf_json_text(lf_json_member(lf_json_item(rows, i), column)), &n) && n > most)
            most = n;
    return most;
}

static void put_row(struct rq *r, struct lf_buf *b, const struct lf_search_view *v,
                    const struct lf_json *columns, const struct lf_json *row, int64_t most)
{
    lf_time from, to, at;
    lf_view q = lf_search_narrow(r->t->a, v, columns, row, &from, &to);
    lf_view behind = link_of(r, q, time_link(r, from), time_link(r, to), LF_V(""));
    size_t n = lf_json_items(columns);

    lf_html(b, "<tr>");
    for (size_t i = 0; i < n; i++) {
        const struct lf_json *cell = i < lf_json_members(row) ? lf_json_member(row, i) : NULL;
        lf_view name = lf_json_text(lf_json_item(columns, i)), shown = lf_json_text(cell);
        bool figure = cell && !is_key(row, i);

        lf_html(b, "<td class=\"%\" data-label=\"%\">", LF_HC(figure ? "num" : "wrap"), V(name));
        if (lf_view_is(name, "_time") && lf_time_parse(shown, &at, NULL) == LF_OK)
            put_when(r, b, at);
        else if (figure)
            lf_html(b, "<a href=\"%\">%</a>", V(behind), V(shown));
        else
            lf_html(b, "%", V(shown.len ? shown : text(r, LF_T_NONE)));
        lf_html(b, "</td>");
    }
    if (most > 0) {
        lf_view last = lf_json_text(lf_json_member(row, n - 1));

        lf_html(b, "<td data-label=\"\"><meter max=\"%\" value=\"%\" aria-label=\"%\"></meter></td>",
                V(number(r, most)), V(last), V(last));
    }
    lf_html(b, "</tr>");
}

static void put_table(struct rq *r, struct lf_buf *b, const struct lf_search_view *v)
{
    const struct lf_json *t, *columns, *rows;
    lf_view note;
    int64_t most = 0, left_out = 0;
    size_t n;

    if (!v->table.len || lf_json_parse(r->t->a, v->table, NULL, &t, NULL) != LF_OK)
        return;
    columns = lf_json_get(t, LF_V("columns"));
    rows = lf_json_get(t, LF_V("rows"));
    note = lf_json_str(t, "note");
    (void)lf_json_int(t, "rows_left_out", &left_out);
    n = lf_json_items(columns);
    if (n > 0 && lf_json_items(rows) > 1)
        most = largest(rows, n - 1);
    lf_html(b,
            "<section class=\"panel\"><div class=\"scroll\"><table "
            "class=\"rows\"><caption>%</caption><thead><tr>",
            T(SEARCH_TABLE));
    for (size_t i = 0; i < n; i++)
        lf_html(b, "<th scope=\"col\">%</th>", V(lf_json_text(lf_json_item(columns, i))));
    if (most > 0)
        lf_html(b, "<th scope=\"col\">%</th>", T(SEARCH_SHARE));
    lf_html(b, "</tr></thead><tbody>");
    for (size_t i = 0; i < lf_json_items(rows) && i < 1000; i++)
        put_row(r, b, v, columns, lf_json_item(rows, i), most);
    lf_html(b, "</tbody></table></div>");
    if (lf_json_items(rows) > 1000)
        left_out += (int64_t)lf_json_items(rows) - 1000;
    if (left_out)
        lf_html(b, "<p>%</p>", V(fill1(r, LF_T_SEARCH_ROWS_LEFT, "n", number(r, left_out))));
    if (note.len)
        lf_html(b, "<p class=\"say warn\" lang=\"en\"><span aria-hidden=\"true\">!</span> %</p>", V(note));
    lf_html(b, "</section>");
}

/* ---- events ---- */

/* The event's values by their names, nested ones with a dot. */
static void put_values(struct rq *r, struct lf_buf *b, const struct lf_search_view *v, lf_view prefix,
                       const struct lf_json *o, size_t *left, unsigned depth)
{
    for (size_t i = 0; i < lf_json_members(o) && *left; i++) {
        const struct lf_json *x = lf_json_member(o, i);
        enum lf_json_kind kind = lf_json_kind(x);
        lf_view key = lf_json_key(o, i), name, value;

        name = prefix.len ? lf_arena_printf(r->t->a, "%.*s.%.*s", LF_FMT(prefix), LF_FMT(key)) : key;
        if (kind == LF_JSON_OBJECT) {
            if (depth < 8)
                put_values(r, b, v, name, x, left, depth + 1);
            continue;
        }
        if (kind == LF_JSON_NULL)
            continue;
        (*left)--;
        lf_html(b, "<dt>%</dt><dd>", V(name));
        for (size_t k = 0; k < (kind == LF_JSON_ARRAY ? lf_json_items(x) : 1); k++) {
            const struct lf_json *one = kind == LF_JSON_ARRAY ? lf_json_item(x, k) : x;

            value = lf_json_text(one);
            if (lf_json_kind(one) == LF_JSON_OBJECT || lf_json_kind(one) == LF_JSON_ARRAY)
                continue;
            if (value.len > 0 && value.len <= 512)
                lf_html(b, "%<a href=\"%\">%</a>", LF_HC(k ? ", " : ""),
                        V(link_of(r, lf_search_with(r->t->a, v->query, name, value), v->from_text, v->to_text,
                                  LF_V(""))),
                        V(value));
            else
                lf_html(b, "% ", V(lf_view_first(value, 4096)));
        }
        lf_html(b, "</dd>");
    }
}

static void put_hit(struct rq *r, struct lf_buf *b, const struct lf_search_view *v, lf_view json)
{
    const struct lf_json *h, *event;
    size_t left = FIELDS_SHOWN;
    lf_view host, raw;
    lf_time at = 0;

    if (lf_json_parse(r->t->a, json, &(struct lf_json_limits){ .depth = 512 }, &h, NULL) != LF_OK)
        return;
    event = lf_json_get(h, LF_V("event"));
    host = lf_json_str(h, "host");
    raw = lf_json_str(h, "raw");
    if (!host.len)
        host = lf_json_str(h, "sender");
    (void)!lf_time_parse(lf_json_str(h, "time"), &at, NULL);
    lf_html(b, "<li><p>");
    put_when_zone(r, b, at);
    lf_html(b, " — %</p><pre tabindex=\"0\">%</pre><details><summary>%</summary><dl class=\"facts\">",
            V(host.len ? host : text(r, LF_T_NONE)), V(lf_view_first(raw, 4096)), T(EVENT_FIELDS));
    put_values(r, b, v, LF_V(""), event, &left, 0);
    lf_html(b, "</dl></details></li>");
}

static void put_events(struct rq *r, struct lf_buf *b, const struct lf_search_view *v)
{
    lf_view show = query(r, "show");
    uint64_t from = 0;
    size_t to;

    if (show.ptr && (!lf_view_u64(show, &from) || from > v->nhits))
        from = 0;
    to = v->nhits - from > HITS_SHOWN ? (size_t)from + HITS_SHOWN : v->nhits;
    lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(SEARCH_EVENTS));
    if (v->nhits == 0)
        lf_html(b, "<p class=\"empty\">%</p>",
                V(text(r, v->state == LF_SEARCH_RUNNING ? LF_T_SEARCH_NOTHING_YET : LF_T_SEARCH_NOTHING)));
    lf_html(b, "<ol class=\"line\">");
    for (size_t i = (size_t)from; i < to; i++)
        put_hit(r, b, v, v->hits[i]);
    lf_html(b, "</ol>");
    if (to < v->nhits)
        lf_html(b, "<p><a class=\"button\" href=\"%\">%</a></p>",
                V(link_of(r, v->query, v->from_text, v->to_text, number(r, (int64_t)to))), T(SEARCH_MORE));
    lf_html(b, "</section>");
}

/* The next questions: over time, and the top values of a field. */
static void put_next_questions(struct rq *r, struct lf_buf *b, const struct lf_search_view *v)
{
    static const char *const usual[] = { "_host",     "_sender", "_source",          "source.ip",
                                         "user.name", "EventID", "dns.question.name" };
    static const struct {
        const char *pipe;
        enum lf_text text;
    } spans[] = { { "timechart span=1m", LF_T_SEARCH_BY_MINUTE },
                  { "timechart span=1h", LF_T_SEARCH_BY_HOUR },
                  { "timechart span=1d", LF_T_SEARCH_BY_DAY } };

    lf_html(b, "<section class=\"panel\"><h2>%</h2><ul class=\"plain-list\">", T(SEARCH_OVER_TIME));
    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++)
        lf_html(b, "<li><a href=\"%\">%</a></li>",
                V(link_of(r, lf_search_piped(r->t->a, v->query, spans[i].pipe, LF_V("")), v->from_text,
                          v->to_text, LF_V(""))),
                V(text(r, spans[i].text)));
    lf_html(b, "</ul><h2>%</h2><ul class=\"plain-list\">", T(SEARCH_TOP));
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        lf_html(b, "<li><a href=\"%\"><code>%</code></a></li>",
                V(link_of(r, lf_search_piped(r->t->a, v->query, "top 10", lf_view_of(usual[i])), v->from_text,
                          v->to_text, LF_V(""))),
                LF_HC(usual[i]));
    lf_html(b,
            "</ul><form class=\"stack\" method=\"get\" action=\"/search\"><input type=\"hidden\" name=\"q\" "
            "value=\"%\"><input type=\"hidden\" name=\"from\" value=\"%\"><input type=\"hidden\" "
            "name=\"to\" value=\"%\"><p><label for=\"top\">%</label><input id=\"top\" name=\"top\" required "
            "maxlength=\"256\" autocomplete=\"off\" spellcheck=\"false\"></p><p><button "
            "class=\"second\">%</button></p></form></section>",
            V(v->query), V(v->from_text), V(v->to_text), T(SEARCH_FIELD), T(SEARCH_TOP));
}

/* ---- the page ---- */

static enum lf_code found_or_started(struct rq *r, lf_view q, lf_view from, lf_view to,
                                     struct lf_search_view *v)
{
    struct lf_searches *d = r->w->parts.searches;
    lf_view id;

    if (!d)
        return lf_err_set(r->e, LF_AWAY, "this node has no search worker");
    if (lf_searches_find(d, r->t, q, from, to, v, r->e) == LF_OK)
        return LF_OK;
    LF_TRY(lf_searches_start(d, r->t, q, from, to, 0, false, &id, r->e));
    return lf_searches_get(d, r->t, id, v, r->e);
}

static lf_view given(const struct rq *r, const char *name)
{
    lf_view v = query(r, name);

    return v.ptr ? lf_view_trim(v) : LF_V("");
}

static void put_export(struct rq *r, struct lf_buf *b, const struct lf_search_view *v)
{
    if (v->state == LF_SEARCH_RUNNING || (!v->nhits && !v->table.len))
        return;
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><p><a href=\"%?format=csv\">CSV</a> · <a "
            "href=\"%?format=json\">JSON</a></p></section>",
            T(SEARCH_EXPORT), V(path2(r, "/api/v1/searches/", v->id, "/export")),
            V(path2(r, "/api/v1/searches/", v->id, "/export")));
}

enum lf_code page_search(struct rq *r)
{
    lf_view q = given(r, "q"), from = given(r, "from"), to = given(r, "to"), top = given(r, "top");
    lf_time now = lf_tick(r->t->env);
    struct lf_search_view v = { 0 };
    struct lf_err why = { 0 };
    struct lf_buf b;
    enum lf_code rc = LF_OK;

    if (q.len && top.len)
        return redirect(r, link_of(r, lf_search_piped(r->t->a, q, "top 10", top), from, to, LF_V("")));
    if (q.len) {
        rc = found_or_started(r, q, from, to, &v);
        if (rc != LF_OK && rc != LF_BAD_INPUT)
            return rc;
        why = *r->e;
        if (rc == LF_OK && v.state == LF_SEARCH_RUNNING && (!r->waited || now < r->waited)) {
            r->out->wait_until = r->waited ? r->waited : now + patience;
            r->out->wait_search = true;
            return LF_OK;
        }
    }
    begin_page(r, &b, text(r, LF_T_NAV_SEARCH), "/search");
    lf_html(&b, "<h1>%</h1>", T(NAV_SEARCH));
    put_form(r, &b, q, from, to);
    if (!q.len) {
        enum lf_code listed = put_saved_searches(r, &b);

        if (listed != LF_OK) {
            lf_buf_clear(&b);
            return listed;
        }
    }
    if (rc != LF_OK)
        lf_html(&b,
                "<p class=\"say bad\" role=\"alert\"><span aria-hidden=\"true\">!</span> % <span "
                "lang=\"en\">%</span></p>",
                T(SEARCH_BAD), V(lf_arena_copy(r->t->a, lf_view_of(why.text))));
    if (v.id.len) {
        put_state(r, &b, &v, link_of(r, q, from, to, LF_V("")));
        lf_html(&b, "<div class=\"two\"><div>");
        if (v.table.len)
            put_table(r, &b, &v);
        else
            put_events(r, &b, &v);
        lf_html(&b, "</div><div>");
        put_next_questions(r, &b, &v);
        put_export(r, &b, &v);
        put_save_form(r, &b, q, from, to);
        lf_html(&b, "</div></div>");
    }
    lf_html(&b, "<p><a href=\"/holds\">%</a></p>", T(HOLDS));
    r->e->code = LF_OK;
    return end_page(r, &b, rc == LF_OK ? 200 : 400);
}

enum lf_code page_search_cancel(struct rq *r)
{
    struct lf_searches *d = r->w->parts.searches;
    struct lf_search_view v;

    if (!d)
        return lf_err_set(r->e, LF_AWAY, "this node has no search worker");
    LF_TRY(lf_searches_get(d, r->t, r->id, &v, r->e));
    LF_TRY(lf_searches_cancel(d, r->t, r->id, r->e));
    return redirect(r, link_of(r, v.query, v.from_text, v.to_text, LF_V("")));
}
