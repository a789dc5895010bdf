/* The monthly device status sheet (監控設備狀況單) as a page to read and to print. */
#include "fmt/uri.h"
#include "soc/device.h"
#include "web/page_priv.h"

static lf_view month_text(const struct rq *r, const struct lf_device_month *m)
{
    if (r->lang == LF_LANG_EN)
        return lf_arena_printf(r->t->a, "%04d-%02d (ROC %d-%02d)", m->year, m->month, m->year - 1911,
                               m->month);
    return lf_arena_printf(r->t->a, "民國%d年%d月（%04d-%02d）", m->year - 1911, m->month, m->year, m->month);
}

static lf_view month_path(const struct rq *r, lf_time at)
{
    struct lf_device_month m;

    lf_device_month_of(at, &m);
    return lf_arena_printf(r->t->a, "/devices?month=%04d-%02d", m.year, m.month);
}

static lf_view span(const struct rq *r, lf_time t)
{
    long long minutes = t / LF_MINUTE;

    return t ? lf_arena_printf(r->t->a, "%lld:%02lld", minutes / 60, minutes % 60) : text(r, LF_T_NONE);
}

static lf_view encoded(struct lf_arena *a, lf_view v)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 3 * LF_DEVICE_NAME);
    lf_uri_encode(&b, v);
    out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

/* Few columns: the sheet is to fit a page of paper. */
static void put_device(struct rq *r, struct lf_buf *b, const struct lf_device_row *d)
{
    lf_html(b,
            "<tr><td class=\"wrap\" data-label=\"%\"><span>%<br><small>%</small></span></td><td "
            "data-label=\"%\"><span>",
            T(DEVICE), V(d->name), LF_HC(lf_device_via_name(d->via)), T(DEVICE_HEARD));
    put_when(r, b, d->first);
    LF_PUT(b, "<br>");
    put_when(r, b, d->last);
    lf_html(b,
            "</span></td><td class=\"num\" data-label=\"%\">%</td><td class=\"num\" data-label=\"%\">%</td>"
            "<td class=\"num\" data-label=\"%\">%</td><td class=\"num\" data-label=\"%\"><span>%",
            T(W_RECEIVED), V(number(r, d->received)), T(W_DROPPED), V(number(r, d->dropped)), T(W_MALFORMED),
            V(number(r, d->malformed)), T(DEVICE_QUIET), V(number(r, d->quiets)));
    if (d->quiets)
        lf_html(b, "<br>%", V(span(r, d->quiet_time)));
    lf_html(b, "</span></td><td class=\"num\" data-label=\"%\">%</td><td data-label=\"%\">",
            T(DEVICE_AVAILABLE),
            V(d->available < 0 ? text(r, LF_T_NONE) : device_percent(r->t->a, d->available)), T(STATE));
    if (d->quiet_now)
        badge(b, "bad", "!", text(r, LF_T_DEVICE_IS_QUIET));
    else
        badge(b, "good", "✓", text(r, LF_T_DEVICE_SPEAKS));
    lf_html(b, "</td></tr>");
}

enum lf_code page_devices(struct rq *r)
{
    struct lf_device_month month;
    struct lf_device_row *rows;
    struct lf_page page;
    struct lf_buf b;
    lf_view next;
    size_t n;

    LF_TRY(device_month(r, &month));
    LF_TRY(page_of(r, &page));
    LF_TRY(lf_device_sheet(r->t, &month, &page, &rows, &n, &next, r->e));
    begin_page(r, &b, text(r, LF_T_DEVICE_SHEET), "/devices");
    lf_html(&b,
            "<div class=\"head\"><h1>%</h1><p><a href=\"%\">%</a> · <a href=\"%\">%</a> · <a "
            "href=\"/api/v1/devices/status?format=csv&month=%\">CSV</a></p></div>"
            "<section class=\"panel\"><dl "
            "class=\"facts\"><dt>%</dt><dd>%</dd><dt>%</dt><dd>%（%）</dd><dt>%</dt><dd>",
            T(DEVICE_SHEET), V(month_path(r, month.begin - LF_DAY)), T(DEVICE_MONTH_BEFORE),
            V(month_path(r, month.end)), T(DEVICE_MONTH_AFTER),
            V(lf_arena_printf(r->t->a, "%04d-%02d", month.year, month.month)), T(DEVICE_MONTH),
            V(month_text(r, &month)), T(NAME), V(r->t->self->name), V(tier_text(r, r->t->self->tier)),
            T(DEVICE_MADE));
    put_when_zone(r, &b, lf_now(r->t->env));
    lf_html(&b, "</dd></dl><p class=\"quiet\">%</p>", T(DEVICE_LEAD));
    if (lf_now(r->t->env) < month.end)
        lf_html(&b, "<p class=\"quiet\">%</p>", T(DEVICE_NOT_OVER));
    if (n == 0) {
        lf_html(&b, "<p class=\"empty\">%</p></section>", T(DEVICE_NONE));
        return end_page(r, &b, 200);
    }
    lf_html(&b, "<table class=\"rows\"><caption>%</caption><thead><tr>", T(DEVICE_SHEET));
    {
        static const struct {
            enum lf_text word;
            bool num;
        } columns[] = {
            { LF_T_DEVICE, false },          { LF_T_DEVICE_HEARD, false }, { LF_T_W_RECEIVED, true },
            { LF_T_W_DROPPED, true },        { LF_T_W_MALFORMED, true },   { LF_T_DEVICE_QUIET, true },
            { LF_T_DEVICE_AVAILABLE, true }, { LF_T_STATE, false },
        };

        for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
            lf_html(&b, "<th scope=\"col\" class=\"%\">%</th>", LF_HC(columns[i].num ? "num" : ""),
                    V(text(r, columns[i].word)));
    }
    lf_html(&b, "</tr></thead><tbody>");
    for (size_t i = 0; i < n; i++)
        put_device(r, &b, &rows[i]);
    lf_html(&b, "</tbody></table></section>");
    if (next.len)
        lf_html(&b, "<p><a class=\"button\" href=\"/devices?month=%&after=%\">%</a></p>",
                V(lf_arena_printf(r->t->a, "%04d-%02d", month.year, month.month)), V(encoded(r->t->a, next)),
                T(DEVICE_MORE));
    return end_page(r, &b, 200);
}
