/* Saved searches in the console: a click asks again; a form keeps what was asked. */
#include "fmt/uri.h"
#include "soc/saved_search.h"
#include "web/page_priv.h"

static lf_view again(struct rq *r, const struct lf_saved_search *s)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 64 << 10);
    LF_PUT(&b, "/search?q=");
    lf_uri_encode(&b, s->query);
    if (s->from.len) {
        LF_PUT(&b, "&from=");
        lf_uri_encode(&b, s->from);
    }
    if (s->to.len) {
        LF_PUT(&b, "&to=");
        lf_uri_encode(&b, s->to);
    }
    out = lf_arena_copy(r->t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static lf_view span(struct rq *r, lf_time t)
{
    static const struct {
        lf_time one;
        char unit;
    } units[] = { { LF_DAY, 'd' }, { LF_HOUR, 'h' }, { LF_MINUTE, 'm' }, { LF_SECOND, 's' } };

    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (t % units[i].one == 0)
            return lf_arena_printf(r->t->a, "%lld%c", (long long)(t / units[i].one), units[i].unit);
    return LF_V("");
}

static void put_clock(struct rq *r, struct lf_buf *b, const struct lf_saved_search *s)
{
    if (s->every)
        lf_html(b, "<br><small>%", V(fill1(r, LF_T_SAVED_EVERY, "span", span(r, s->every))));
    if (s->every && s->more_than >= 0)
        lf_html(b, " · %", V(fill1(r, LF_T_SAVED_MORE, "n", number(r, s->more_than))));
    if (s->every && s->fewer_than >= 0)
        lf_html(b, " · %", V(fill1(r, LF_T_SAVED_FEWER, "n", number(r, s->fewer_than))));
    if (s->every)
        LF_PUT(b, "</small>");
    if (s->ran) {
        LF_PUT(b, "<br><small>");
        put_when(r, b, s->ran);
        if (s->results >= 0)
            lf_html(b, " — %", V(fill1(r, LF_T_SAVED_RESULTS, "n", number(r, s->results))));
        LF_PUT(b, "</small>");
    }
    if (s->trouble.len)
        lf_html(b, "<br><small lang=\"en\">! %</small>", V(s->trouble));
}

enum lf_code put_saved_searches(struct rq *r, struct lf_buf *b)
{
    const struct lf_page page = { .limit = LF_PAGE_MOST };
    struct lf_saved_search *items;
    lf_view next;
    size_t n;

    LF_TRY(lf_saved_search_list(r->t, &page, &items, &n, &next, r->e));
    if (n == 0)
        return LF_OK;
    lf_html(b, "<section class=\"panel\"><h2>%</h2><ul class=\"plain\">", T(SAVED));
    for (size_t i = 0; i < n; i++) {
        const struct lf_saved_search *s = &items[i];

        lf_html(b, "<li class=\"wrap\"><a href=\"%\">%</a>%<br><small><code>%</code></small>", V(again(r, s)),
                V(s->name), LF_RAW(LF_V(" ")), V(lf_view_first(s->query, 300)));
        if (s->shared)
            lf_html(b, " <small>%</small>", T(SAVED_SHARED));
        put_clock(r, b, s);
        if (lf_saved_search_mine(r->t, s))
            put_button(r, b, path2(r, "/search/saved/", s->id, "/remove"), LF_T_SAVED_REMOVE, "second small");
        LF_PUT(b, "</li>");
    }
    LF_PUT(b, "</ul></section>");
    return LF_OK;
}

static void put_choice(struct rq *r, struct lf_buf *b)
{
    static const struct {
        const char *every;
        enum lf_text word;
    } spans[] = { { "", LF_T_SAVED_NEVER }, { "5m", LF_T_SAVED_5M }, { "15m", LF_T_SAVED_15M },
                  { "1h", LF_T_SAVED_1H },  { "6h", LF_T_SAVED_6H }, { "1d", LF_T_SAVED_1D } };

    lf_html(b, "<p><label for=\"s-every\">%</label><select id=\"s-every\" name=\"every\">", T(SAVED_CLOCK));
    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++)
        lf_html(b, "<option value=\"%\">%</option>", LF_HC(spans[i].every), V(text(r, spans[i].word)));
    LF_PUT(b, "</select></p>");
}

void put_save_form(struct rq *r, struct lf_buf *b, lf_view q, lf_view from, lf_view to)
{
    lf_html(b,
            "<section class=\"panel\"><details><summary>%</summary><form class=\"stack\" method=\"post\" "
            "action=\"/search/saved\">",
            T(SAVED_SAVE));
    put_csrf(r, b);
    lf_html(
        b,
        "<input type=\"hidden\" name=\"query\" value=\"%\"><input type=\"hidden\" name=\"from\" value=\"%\">"
        "<input type=\"hidden\" name=\"to\" value=\"%\"><p><label for=\"s-name\">%</label><input "
        "id=\"s-name\" "
        "name=\"name\" required maxlength=\"60\"></p><p><label><input type=\"checkbox\" name=\"shared\" "
        "value=\"yes\">%</label></p>",
        V(q), V(from), V(to), T(NAME), T(SAVED_SHARE));
    put_choice(r, b);
    lf_html(
        b,
        "<p><label for=\"s-more\">%</label><input id=\"s-more\" name=\"more_than\" inputmode=\"numeric\" "
        "maxlength=\"10\"></p><p><label for=\"s-fewer\">%</label><input id=\"s-fewer\" name=\"fewer_than\" "
        "inputmode=\"numeric\" maxlength=\"10\"></p><p class=\"hint\">%</p><p><button>%</button></p></form>"
        "</details></section>",
        T(SAVED_IF_MORE), T(SAVED_IF_FEWER), T(SAVED_HINT), T(SAVED_KEEP));
}

enum lf_code page_saved_search_add(struct rq *r)
{
    lf_view id;

    LF_TRY(saved_search_put(r, LF_V(""), &id));
    return redirect(r, LF_V("/search?done=1"));
}

enum lf_code page_saved_search_remove(struct rq *r)
{
    LF_TRY(lf_saved_search_remove(r->t, r->id, r->e));
    return redirect(r, LF_V("/search?done=1"));
}
