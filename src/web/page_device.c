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

/* As lf_device_quiet_parse reads it. */
static lf_view quiet_text(const struct rq *r, lf_time t)
{
    static const struct {
        lf_time one;
        char unit;
    } units[] = { { LF_DAY, 'd' }, { LF_HOUR, 'h' }, { LF_MINUTE, 'm' } };

    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (t && t % units[i].one == 0)
            return lf_arena_printf(r->t->a, "%lld%c", (long long)(t / units[i].one), units[i].unit);
    return lf_arena_printf(r->t->a, "%lld", (long long)(t / LF_SECOND));
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

static void put_device_state(struct rq *r, struct lf_buf *b, bool heard, bool quiet)
{
    if (quiet)
        badge(b, "bad", "!", text(r, heard ? LF_T_DEVICE_IS_QUIET : LF_T_DEVICE_MISSED));
    else if (heard)
        badge(b, "good", "✓", text(r, LF_T_DEVICE_SPEAKS));
    else
        badge(b, "info", "○", text(r, LF_T_DEVICE_WAITED));
}

static lf_view list_link(struct rq *r, lf_view name)
{
    return lf_arena_printf(r->t->a, "/devices/list?name=%.*s#edit", LF_FMT(encoded(r->t->a, name)));
}

/* What it is: called, by its source's name, kind, and how it comes. */
static void put_what(struct rq *r, struct lf_buf *b, lf_view name, enum lf_device_via via, lf_view relay,
                     const struct lf_device_fact *f, bool link)
{
    lf_html(b, "<td class=\"wrap\" data-label=\"%\"><span>", T(DEVICE));
    if (f->title.len)
        lf_html(b, "<b>%</b><br>", V(f->title));
    if (link)
        lf_html(b, "<a href=\"%\">%</a>", V(list_link(r, name)), V(name));
    else
        lf_html(b, "%", V(name));
    LF_PUT(b, "<br><small>");
    if (f->kind.len)
        lf_html(b, "% · ", V(f->kind));
    if (relay.len)
        lf_html(b, "%</small></span></td>", V(fill1(r, LF_T_DEVICE_VIA_RELAY, "relay", relay)));
    else
        lf_html(b, "%</small></span></td>", via == LF_VIA_UNKNOWN ? T(NONE) : LF_HC(lf_device_via_name(via)));
    lf_html(b, "<td class=\"wrap\" data-label=\"%\"><span>%", T(DEVICE_OWNER_SITE),
            V(f->owner.len || f->site.len ? f->owner : text(r, LF_T_NONE)));
    if (f->site.len)
        lf_html(b, "<br><small>%</small>", V(f->site));
    LF_PUT(b, "</span></td>");
}

/* Few columns: the sheet is to fit a page of paper. */
static void put_device(struct rq *r, struct lf_buf *b, const struct lf_device_row *d)
{
    LF_PUT(b, "<tr>");
    put_what(r, b, d->name, d->via, d->relay, &d->fact, false);
    lf_html(b, "<td data-label=\"%\"><span>", T(DEVICE_HEARD));
    if (d->last) {
        put_when(r, b, d->first);
        LF_PUT(b, "<br>");
        put_when(r, b, d->last);
    } else {
        lf_html(b, "%", T(DEVICE_NEVER));
    }
    lf_html(b,
            "</span></td><td class=\"num\" data-label=\"%\"><span>%<br><small>%</small></span></td>"
            "<td class=\"num\" data-label=\"%\">%</td><td class=\"num\" data-label=\"%\">%</td>"
            "<td class=\"num\" data-label=\"%\"><span>%",
            T(DEVICE_RECEIVED), V(number(r, d->received)),
            V(d->days ? fill1(r, LF_T_DEVICE_A_DAY, "n", number(r, lf_device_daily(d))) : LF_V("")),
            T(W_DROPPED), V(number(r, d->dropped)), T(W_MALFORMED), V(number(r, d->malformed)),
            T(DEVICE_QUIET), V(number(r, d->quiets)));
    if (d->quiets)
        lf_html(b, "<br>%", V(span(r, d->quiet_time)));
    lf_html(b, "</span></td><td class=\"num\" data-label=\"%\">%</td><td data-label=\"%\">",
            T(DEVICE_AVAILABLE),
            V(d->available < 0 ? text(r, LF_T_NONE) : device_percent(r->t->a, d->available)), T(STATE));
    put_device_state(r, b, d->last > 0, d->quiet_now);
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
            "href=\"/api/v1/devices/status?format=csv&month=%\">CSV</a> · <a "
            "href=\"/devices/list\">%</a></p></div>"
            "<section class=\"panel\"><dl "
            "class=\"facts\"><dt>%</dt><dd>%</dd><dt>%</dt><dd>%（%）</dd><dt>%</dt><dd>",
            T(DEVICE_SHEET), V(month_path(r, month.begin - LF_DAY)), T(DEVICE_MONTH_BEFORE),
            V(month_path(r, month.end)), T(DEVICE_MONTH_AFTER),
            V(lf_arena_printf(r->t->a, "%04d-%02d", month.year, month.month)), T(DEVICE_LIST),
            T(DEVICE_MONTH), V(month_text(r, &month)), T(NAME), V(r->t->self->name),
            V(tier_text(r, r->t->self->tier)), T(DEVICE_MADE));
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
            { LF_T_DEVICE, false },         { LF_T_DEVICE_OWNER_SITE, false }, { LF_T_DEVICE_HEARD, false },
            { LF_T_DEVICE_RECEIVED, true }, { LF_T_W_DROPPED, true },          { LF_T_W_MALFORMED, true },
            { LF_T_DEVICE_QUIET, true },    { LF_T_DEVICE_AVAILABLE, true },   { LF_T_STATE, false },
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

/* ---- the list, and what people say of each ---- */

static void put_allowed(struct rq *r, struct lf_buf *b, lf_time t)
{
    if (t == LF_DEVICE_QUIET_USUAL)
        lf_html(b, "%", T(DEVICE_ALLOWED_USUAL));
    else if (t == 0)
        lf_html(b, "%", T(DEVICE_ALLOWED_EVER));
    else
        lf_html(b, "%", V(quiet_text(r, t)));
}

static void put_listed(struct rq *r, struct lf_buf *b, const struct lf_device *d)
{
    LF_PUT(b, "<tr>");
    put_what(r, b, d->name, d->via, d->relay, &d->fact, true);
    lf_html(b, "<td data-label=\"%\">", T(DEVICE_LAST));
    if (d->last)
        put_when(r, b, d->last);
    else
        lf_html(b, "%", T(DEVICE_NEVER));
    lf_html(b, "</td><td data-label=\"%\"><span>", T(DEVICE_ALLOWED));
    put_allowed(r, b, d->fact.quiet_after);
    lf_html(b, "</span></td><td data-label=\"%\">%</td><td data-label=\"%\">", T(DEVICE_EXPECTED),
            V(text(r, d->fact.expected ? LF_T_YES : LF_T_NO)), T(STATE));
    put_device_state(r, b, d->last > 0, d->quiet != 0);
    LF_PUT(b, "</td></tr>");
}

static void put_input(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label, lf_view value,
                      const char *more)
{
    lf_html(b,
            "<p><label for=\"d-%\">%</label><input id=\"d-%\" name=\"%\" maxlength=\"80\" value=\"%\"%></p>",
            LF_HC(name), V(text(r, label)), LF_HC(name), LF_HC(name), V(value), LF_RAW(lf_view_of(more)));
}

static void put_forms(struct rq *r, struct lf_buf *b, const struct lf_device_fact *f)
{
    lf_html(b,
            "<div class=\"two\"><section class=\"panel\" id=\"edit\"><h2>%</h2><form class=\"stack\" "
            "method=\"post\" action=\"/devices/list\">",
            T(DEVICE_EDIT));
    put_csrf(r, b);
    lf_html(b,
            "<p><label for=\"d-name\">%</label><input id=\"d-name\" name=\"name\" required maxlength=\"200\" "
            "value=\"%\" aria-describedby=\"dn\"></p><p id=\"dn\" class=\"hint\">%</p>",
            T(DEVICE), V(f->name), T(DEVICE_NAME_HINT));
    put_input(r, b, "title", LF_T_DEVICE_TITLE, f->title, "");
    put_input(r, b, "kind", LF_T_DEVICE_KIND, f->kind, "");
    put_input(r, b, "owner", LF_T_DEVICE_OWNER, f->owner, "");
    put_input(r, b, "site", LF_T_DEVICE_SITE, f->site, "");
    put_input(r, b, "quiet_after", LF_T_DEVICE_ALLOWED,
              f->quiet_after == LF_DEVICE_QUIET_USUAL ? LF_V("") : quiet_text(r, f->quiet_after),
              " aria-describedby=\"dq\"");
    lf_html(b,
            "<p id=\"dq\" class=\"hint\">%</p><p><label><input type=\"checkbox\" name=\"expected\" "
            "value=\"yes\"%>%</label></p><p><button>%</button></p></form>",
            T(DEVICE_ALLOWED_HINT), LF_RAW(lf_view_of(f->expected ? " checked" : "")), T(DEVICE_EXPECTED),
            T(DEVICE_KEEP));
    if (f->changed) {
        LF_PUT(b, "<form method=\"post\" action=\"/devices/remove\">");
        put_csrf(r, b);
        lf_html(b,
                "<input type=\"hidden\" name=\"name\" value=\"%\"><button class=\"second\">%</button></form>",
                V(f->name), T(DEVICE_REMOVE));
    }
    lf_html(b,
            "</section><section class=\"panel\"><h2>%</h2><form class=\"stack\" method=\"post\" "
            "action=\"/devices/import\">",
            T(DEVICE_IMPORT));
    put_csrf(r, b);
    lf_html(
        b,
        "<p id=\"dc\" class=\"hint\">%</p><p><label for=\"csv\">CSV</label><textarea id=\"csv\" name=\"csv\" "
        "rows=\"8\" required spellcheck=\"false\" aria-describedby=\"dc\" "
        "placeholder=\"name,title,kind,owner,site,quiet_after,expected\"></textarea></p><p><button "
        "class=\"second\">%</button></p></form></section></div>",
        T(DEVICE_IMPORT_HINT), T(DEVICE_IMPORT));
}

enum lf_code page_device_list(struct rq *r)
{
    static const enum lf_text columns[] = { LF_T_DEVICE,         LF_T_DEVICE_OWNER_SITE, LF_T_DEVICE_LAST,
                                            LF_T_DEVICE_ALLOWED, LF_T_DEVICE_EXPECTED,   LF_T_STATE };
    struct lf_device_fact edited = { .quiet_after = LF_DEVICE_QUIET_USUAL };
    lf_view next, name = query(r, "name");
    struct lf_device *items;
    struct lf_err none;
    struct lf_page page;
    enum lf_code rc;
    struct lf_buf b;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_device_list(r->t, &page, &items, &n, &next, r->e));
    if (name.len) {
        rc = lf_device_fact_get(r->t, name, &edited, &none);
        if (rc == LF_NOT_FOUND)
            edited.name = lf_view_is_utf8(name) ? name : LF_V("");
        else if (rc != LF_OK)
            return lf_err_set(r->e, rc, "%s", none.text);
    }
    begin_page(r, &b, text(r, LF_T_DEVICE_LIST), "/devices");
    lf_html(&b,
            "<div class=\"head\"><h1>%</h1><p><a href=\"/devices\">%</a></p></div><p>%</p><section "
            "class=\"panel\">",
            T(DEVICE_LIST), T(DEVICE_SHEET), T(DEVICE_LIST_LEAD));
    if (n == 0) {
        lf_html(&b, "<p class=\"empty\">%</p>", T(DEVICE_NO_LIST));
    } else {
        lf_html(&b, "<table class=\"rows\"><caption>%</caption><thead><tr>", T(DEVICE_LIST));
        for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
            lf_html(&b, "<th scope=\"col\">%</th>", V(text(r, columns[i])));
        LF_PUT(&b, "</tr></thead><tbody>");
        for (size_t i = 0; i < n; i++)
            put_listed(r, &b, &items[i]);
        LF_PUT(&b, "</tbody></table>");
    }
    LF_PUT(&b, "</section>");
    if (next.len)
        lf_html(&b, "<p><a class=\"button\" href=\"/devices/list?after=%\">%</a></p>",
                V(encoded(r->t->a, next)), T(DEVICE_MORE));
    if (may(r, TRIAGE))
        put_forms(r, &b, &edited);
    return end_page(r, &b, 200);
}

enum lf_code page_device_set(struct rq *r)
{
    return do_named(r, "name", device_set, "/devices/list?done=1");
}

static enum lf_code remove_one(struct rq *r, lf_view name)
{
    return lf_device_fact_remove(r->t, name, r->e);
}

enum lf_code page_device_remove(struct rq *r)
{
    return do_named(r, "name", remove_one, "/devices/list?done=1");
}

static enum lf_code import(struct rq *r, lf_view csv)
{
    size_t n;

    return lf_device_fact_import(r->t, csv, &n, r->e);
}

enum lf_code page_device_import(struct rq *r)
{
    return do_named(r, "csv", import, "/devices/list?done=1");
}
