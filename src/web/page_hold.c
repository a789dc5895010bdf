/* Legal holds in the console: what is kept from removal, since when, why and how much. */
#include "soc/hold.h"

#include "web/page_priv.h"

static void put_input(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label, const char *more)
{
    lf_html(b,
            "<p><label for=\"h-%\">%</label><input id=\"h-%\" name=\"%\" autocomplete=\"off\" "
            "spellcheck=\"false\"%></p>",
            LF_HC(name), V(text(r, label)), LF_HC(name), LF_HC(name), LF_RAW(lf_view_of(more)));
}

static void put_form(struct rq *r, struct lf_buf *b)
{
    lf_html(b, "<section class=\"panel\"><h2>%</h2><form class=\"stack\" method=\"post\" action=\"/holds\">",
            T(HOLD_NEW));
    put_csrf(r, b);
    put_input(r, b, "name", LF_T_NAME, " required maxlength=\"200\"");
    put_input(r, b, "from", LF_T_SEARCH_FROM, " required placeholder=\"2026-11-01T00:00:00+08:00\"");
    put_input(r, b, "to", LF_T_HOLD_TO, " placeholder=\"2026-11-30T23:59:59+08:00\"");
    put_input(r, b, "sender", LF_T_HOLD_SENDER, " maxlength=\"1000\"");
    lf_html(b,
            "<p><label for=\"h-reason\">%</label><textarea id=\"h-reason\" name=\"reason\" required "
            "maxlength=\"600\"></textarea></p><p><button>%</button></p></form></section>",
            T(HOLD_REASON), T(HOLD_SET));
}

static void put_span(struct rq *r, struct lf_buf *b, const struct lf_hold *h)
{
    put_when(r, b, h->from);
    LF_PUT(b, " – ");
    if (h->to)
        put_when(r, b, h->to);
    else
        lf_html(b, "%", T(HOLD_NO_END));
}

static void put_hold(struct rq *r, struct lf_buf *b, const struct lf_hold *h, size_t nth)
{
    int64_t blocks, bytes;
    lf_view n = number(r, (int64_t)nth);

    lf_html(b, "<section class=\"panel\"><h2>% ", V(h->name));
    badge(b, h->lifted ? "warn" : "good", h->lifted ? "–" : "✓",
          text(r, h->lifted ? LF_T_HOLD_LIFTED : LF_T_IN_FORCE));
    lf_html(b, "</h2><dl class=\"facts\"><dt>%</dt><dd>", T(HOLD_SPAN));
    put_span(r, b, h);
    lf_html(b, "</dd><dt>%</dt><dd>%</dd><dt>%</dt><dd class=\"wrap\">%</dd><dt>%</dt><dd>% ", T(HOLD_SENDER),
            V(h->sender.len ? h->sender : text(r, LF_T_HOLD_ANY)), T(HOLD_REASON), V(h->reason), T(HOLD_BY),
            V(account_name(r, h->account)));
    put_when(r, b, h->made);
    LF_PUT(b, "</dd>");
    if (h->lifted) {
        lf_html(b, "<dt>%</dt><dd class=\"wrap\">% ", T(HOLD_LIFTED), V(account_name(r, h->lifted_by)));
        put_when(r, b, h->lifted);
        lf_html(b, "<br>%</dd></dl></section>", V(h->lifted_why));
        return;
    }
    if (hold_size(r, h->id, &blocks, &bytes))
        lf_html(b, "<dt>%</dt><dd>% (% MiB)</dd>", T(HOLD_BLOCKS), V(number(r, blocks)),
                V(number(r, (bytes + (1 << 20) - 1) >> 20)));
    LF_PUT(b, "</dl>");
    if (may(r, AUDIT)) {
        lf_html(b, "<details><summary>%</summary><form class=\"stack\" method=\"post\" action=\"%\">",
                T(HOLD_LIFT), V(path2(r, "/holds/", h->id, "/lift")));
        put_csrf(r, b);
        lf_html(
            b,
            "<p><label for=\"lw%\">%</label><textarea id=\"lw%\" name=\"reason\" required "
            "maxlength=\"600\"></textarea></p><p><button class=\"second\">%</button></p></form></details>",
            V(n), T(HOLD_REASON), V(n), T(HOLD_LIFT));
    }
    LF_PUT(b, "</section>");
}

enum lf_code page_holds(struct rq *r)
{
    struct lf_hold *items;
    struct lf_page page;
    struct lf_buf b;
    lf_view next;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_hold_list(r->t, &page, &items, &n, &next, r->e));
    begin_page(r, &b, text(r, LF_T_HOLDS), "/search");
    lf_html(&b, "<h1>%</h1><p class=\"hint\">%</p>", T(HOLDS), T(HOLDS_HELP));
    put_form(r, &b);
    if (!n)
        lf_html(&b, "<p class=\"empty\">%</p>", T(HOLDS_NONE));
    for (size_t i = 0; i < n; i++)
        put_hold(r, &b, &items[i], i);
    put_next(r, &b, next);
    return end_page(r, &b, 200);
}

enum lf_code page_hold_set(struct rq *r)
{
    lf_view id;

    LF_TRY(hold_set(r, &id));
    return redirect(r, LF_V("/holds"));
}

enum lf_code page_hold_lift(struct rq *r)
{
    lf_view why;

    LF_TRY(need(r, "reason", &why));
    LF_TRY(lf_hold_lift(r->t, r->id, why, r->e));
    return redirect(r, LF_V("/holds"));
}
