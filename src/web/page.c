/* The console: server-rendered pages that need no script.
 *
 * Every list links to what is behind a row; every state has its word; times are
 * Taipei's and say so.  A form answers with 303 to the page that shows the result. */
#include "cert/incident.h"
#include "ident/account.h"
#include "ident/session.h"
#include "isac/indicator.h"
#include "isac/link.h"
#include "isac/peer.h"
#include "shield/block.h"
#include "soc/alert.h"
#include "web/page_priv.h"

enum { PAGE_MOST = 4 << 20 };

lf_view text(const struct rq *r, enum lf_text key)
{
    return lf_text(key, r->lang);
}

lf_view number(const struct rq *r, int64_t n)
{
    return lf_arena_printf(r->t->a, "%lld", (long long)n);
}

lf_view fill1(const struct rq *r, enum lf_text key, const char *name, lf_view value)
{
    return lf_text_fill(r->t->a, key, r->lang, &(struct lf_text_value){ name, value }, 1);
}

/* ---- pieces ---- */

/* Taipei's time (UTC+8, no summer time), by the calendar the reader chose. */
static lf_view when_text(const struct rq *r, lf_time t)
{
    struct lf_civil c = lf_civil_of(t + 8 * LF_HOUR);

    if (!r->roc)
        return lf_arena_printf(r->t->a, "%04d-%02d-%02d %02d:%02d:%02d", c.year, c.month, c.day, c.hour,
                               c.minute, c.second);
    if (r->lang == LF_LANG_EN)
        return lf_arena_printf(r->t->a, "ROC %d-%02d-%02d %02d:%02d:%02d", c.year - 1911, c.month, c.day,
                               c.hour, c.minute, c.second);
    return lf_arena_printf(r->t->a, "民國%d年%d月%d日 %02d:%02d:%02d", c.year - 1911, c.month, c.day, c.hour,
                           c.minute, c.second);
}

void put_when(struct rq *r, struct lf_buf *b, lf_time t)
{
    char iso[LF_TIME_TEXT];

    if (t)
        lf_html(b, "<time datetime=\"%\">%</time>", V(lf_time_milli(t, iso)), V(when_text(r, t)));
    else
        lf_html(b, "<span class=\"quiet\">%</span>", T(NONE));
}

void put_when_zone(struct rq *r, struct lf_buf *b, lf_time t)
{
    put_when(r, b, t);
    if (t)
        lf_html(b, " <span class=\"quiet\">UTC+8</span>");
}

void badge(struct lf_buf *b, const char *tone, const char *sign, lf_view word)
{
    lf_html(b, "<span class=\"badge %\"><span aria-hidden=\"true\">%</span> %</span>", LF_HC(tone),
            LF_HC(sign), V(word));
}

static const struct {
    const char *href;
    enum lf_text label;
    unsigned roles;
} menu[] = {
    { "/", LF_T_NAV_OVERVIEW, SEE },           { "/alerts", LF_T_NAV_ALERTS, SEE },
    { "/incidents", LF_T_NAV_INCIDENTS, SEE }, { "/indicators", LF_T_NAV_INDICATORS, SEE },
    { "/blocks", LF_T_NAV_BLOCKS, SEE },       { "/peers", LF_T_NAV_PEERS, SEE },
    { "/policy", LF_T_NAV_POLICY, SEE },       { "/health", LF_T_NAV_HEALTH, SEE },
    { "/people", LF_T_NAV_PEOPLE, MANAGE },    { "/tokens", LF_T_NAV_TOKENS, PERSON },
    { "/audit", LF_T_NAV_AUDIT, AUDIT },
};

void put_csrf(struct rq *r, struct lf_buf *b)
{
    if (r->session.len)
        lf_html(b, "<input type=\"hidden\" name=\"csrf\" value=\"%\">",
                V(lf_csrf_token(r->t->a, r->session)));
}

static void put_preferences(struct rq *r, struct lf_buf *b)
{
    bool dark = lf_view_is(r->theme, "dark");

    lf_html(b, "<form class=\"prefs\" method=\"post\" action=\"/preferences\">");
    put_csrf(r, b);
    lf_html(
        b, "<input type=\"hidden\" name=\"back\" value=\"%\">",
        V(lf_view_is(r->in->method, "GET") || lf_view_is(r->in->method, "HEAD") ? r->in->path : LF_V("/")));
    lf_html(b, "<button name=\"lang\" value=\"%\" lang=\"%\">%</button>",
            LF_HC(r->lang == LF_LANG_EN ? "zh" : "en"), LF_HC(r->lang == LF_LANG_EN ? "zh-Hant-TW" : "en"),
            LF_HC(r->lang == LF_LANG_EN ? "中文" : "English"));
    lf_html(b, "<button name=\"theme\" value=\"%\">%</button>", LF_HC(dark ? "light" : "dark"),
            V(text(r, dark ? LF_T_THEME_LIGHT : LF_T_THEME_DARK)));
    lf_html(b, "<button name=\"era\" value=\"%\">%</button></form>", LF_HC(r->roc ? "ce" : "roc"),
            V(text(r, r->roc ? LF_T_ERA_CE : LF_T_ERA_ROC)));
}

void begin_page(struct rq *r, struct lf_buf *b, lf_view title, const char *current)
{
    bool inside = may(r, SEE) && r->t->scope.account.len > 0;

    lf_buf_init(b, PAGE_MOST);
    lf_html(b,
            "<!doctype html>\n<html lang=\"%\" data-theme=\"%\"><head><meta charset=\"utf-8\">"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>%</title>"
            "<link rel=\"stylesheet\" href=\"/console.css?v=%\"><link rel=\"icon\" href=\"/icon.svg\"></head>"
            "<body><a class=\"skip\" href=\"#main\">%</a>",
            LF_HC(r->lang == LF_LANG_EN ? "en" : "zh-Hant-TW"), V(r->theme),
            V(fill1(r, LF_T_TITLE, "page", title)), LF_HC(LF_VERSION), T(SKIP));
    lf_html(b,
            "<header class=\"top\"><div class=\"in\"><a class=\"mark\" href=\"/\"><img src=\"/icon.svg\" "
            "alt=\"\">% <small>%</small></a><span class=\"grow\"></span>",
            T(PRODUCT), V(r->t->self->name));
    put_preferences(r, b);
    if (inside && r->session.len) {
        lf_html(b, "<a href=\"/me\">%</a><form class=\"prefs\" method=\"post\" action=\"/logout\">",
                T(NAV_ME));
        put_csrf(r, b);
        lf_html(b, "<button>%</button></form>", T(LOGOUT));
    }
    lf_html(b, "</div></header>");
    if (inside) {
        lf_html(b, "<nav class=\"main\" aria-label=\"%\"><ul>", T(NAV));
        for (size_t i = 0; i < sizeof menu / sizeof *menu; i++)
            if (may(r, menu[i].roles))
                lf_html(b, "<li><a href=\"%\"%>%</a></li>", LF_HC(menu[i].href),
                        LF_RAW(strcmp(menu[i].href, current) ? LF_V("") : LF_V(" aria-current=\"page\"")),
                        V(text(r, menu[i].label)));
        lf_html(b, "</ul></nav>");
    }
    lf_html(b, "<main id=\"main\" tabindex=\"-1\">");
    if (lf_view_is(query(r, "done"), "1"))
        lf_html(b, "<p class=\"say good\" role=\"status\"><span aria-hidden=\"true\">✓</span> %</p>",
                T(DONE));
}

enum lf_code end_page(struct rq *r, struct lf_buf *b, int status)
{
    enum lf_code rc;

    lf_html(b, "</main><footer><div class=\"in\">%</div></footer></body></html>\n", T(FOOTER));
    rc = lf_buf_done(b, r->e);
    if (rc == LF_OK)
        answer(r, status, "text/html; charset=utf-8", lf_arena_copy(r->t->a, lf_buf_view(b)));
    lf_buf_clear(b);
    return rc;
}

static const enum lf_text code_text[LF_CODE_COUNT] = {
    [LF_BAD_INPUT] = LF_T_E_BAD_INPUT,
    [LF_UNAUTHENTIC] = LF_T_E_UNAUTHENTIC,
    [LF_FORBIDDEN] = LF_T_E_FORBIDDEN,
    [LF_NOT_FOUND] = LF_T_E_NOT_FOUND,
    [LF_CONFLICT] = LF_T_E_CONFLICT,
    [LF_TOO_BIG] = LF_T_E_TOO_BIG,
    [LF_UNACCEPTED] = LF_T_E_UNACCEPTED,
    [LF_TOO_MANY] = LF_T_E_TOO_MANY,
    [LF_IO] = LF_T_E_IO,
    [LF_FULL] = LF_T_E_FULL,
    [LF_AWAY] = LF_T_E_AWAY,
};

void page_problem(struct rq *r, enum lf_code code)
{
    lf_view detail = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    struct lf_err kept = *r->e;
    struct lf_buf b;

    begin_page(r, &b, text(r, LF_T_PROBLEM), "");
    lf_html(&b, "<h1>%</h1><p class=\"say bad\" role=\"alert\"><span aria-hidden=\"true\">!</span> %</p>",
            T(PROBLEM), V(text(r, code_text[code])));
    if (code != LF_IO && code != LF_NOT_FOUND)
        lf_html(&b, "<p>%</p><pre lang=\"en\" tabindex=\"0\">%</pre>", T(DETAIL), V(detail));
    lf_html(&b, "<p><a href=\"/\">%</a></p>", T(BACK_HOME));
    if (end_page(r, &b, lf_code_http(code)) != LF_OK)
        problem(r, code);
    *r->e = kept;
}

/* `more`: what else the query says, so that paging keeps the filter. */
static void put_next_with(struct rq *r, struct lf_buf *b, const char *more, lf_view next)
{
    if (next.len)
        lf_html(b, "<p><a class=\"button\" href=\"?after=%\">%</a></p>",
                V(lf_arena_printf(r->t->a, "%.*s%s", LF_FMT(next), more)), T(OLDER));
}

void put_next(struct rq *r, struct lf_buf *b, lf_view next)
{
    put_next_with(r, b, "", next);
}

/* A one-button form. */
void put_button(struct rq *r, struct lf_buf *b, lf_view action, enum lf_text label, const char *class)
{
    lf_html(b, "<form class=\"inline\" method=\"post\" action=\"%\">", V(action));
    put_csrf(r, b);
    lf_html(b, "<button class=\"%\">%</button></form>", LF_HC(class), V(text(r, label)));
}

lf_view path2(const struct rq *r, const char *first, lf_view id, const char *last)
{
    return lf_arena_printf(r->t->a, "%s%.*s%s", first, LF_FMT(id), last);
}

void put_level(struct rq *r, struct lf_buf *b, enum lf_level level)
{
    static const struct {
        const char *tone, *sign;
        enum lf_text word;
    } row[] = {
        [LF_LEVEL_INFO] = { "", "○", LF_T_LEVEL_INFO },
        [LF_LEVEL_LOW] = { "info", "▽", LF_T_LEVEL_LOW },
        [LF_LEVEL_MEDIUM] = { "warn", "◇", LF_T_LEVEL_MEDIUM },
        [LF_LEVEL_HIGH] = { "bad", "△", LF_T_LEVEL_HIGH },
        [LF_LEVEL_CRITICAL] = { "bad", "▲", LF_T_LEVEL_CRITICAL },
    };

    badge(b, row[level].tone, row[level].sign, text(r, row[level].word));
}

static void put_alert_state(struct rq *r, struct lf_buf *b, enum lf_alert_state s)
{
    if (s == LF_ALERT_NEW)
        badge(b, "bad", "●", text(r, LF_T_ALERT_NEW));
    else if (s == LF_ALERT_ACKNOWLEDGED)
        badge(b, "info", "◐", text(r, LF_T_ALERT_ACKNOWLEDGED));
    else
        badge(b, "", "✓", text(r, LF_T_ALERT_CLOSED));
}

/* ---- files, sign-in, preferences ---- */

static enum lf_code file(struct rq *r, const char *type, const char *bytes, size_t n)
{
    answer(r, 200, type, (lf_view){ bytes, n });
    lf_http_add(r->out, "Cache-Control", LF_V("public, max-age=3600"));
    return LF_OK;
}

enum lf_code page_css(struct rq *r)
{
    return file(r, "text/css; charset=utf-8", ui_console_css, ui_console_css_len);
}

enum lf_code page_icon(struct rq *r)
{
    return file(r, "image/svg+xml", ui_icon_svg, ui_icon_svg_len);
}

static enum lf_code login_form(struct rq *r, int status, lf_view user, enum lf_text why)
{
    struct lf_buf b;

    begin_page(r, &b, text(r, LF_T_LOGIN), "");
    lf_html(&b, "<div class=\"panel login\"><h1>%</h1>", T(LOGIN));
    if (status != 200)
        lf_html(&b, "<p class=\"say bad\" role=\"alert\"><span aria-hidden=\"true\">!</span> %</p>",
                V(text(r, why)));
    lf_html(
        &b,
        "<form class=\"stack\" method=\"post\" action=\"/login\"><p><label for=\"user\">%</label>"
        "<input id=\"user\" name=\"user\" autocomplete=\"username\" autocapitalize=\"none\" required "
        "value=\"%\"></p><p><label for=\"password\">%</label><input id=\"password\" name=\"password\" "
        "type=\"password\" autocomplete=\"current-password\" required></p><p><label for=\"totp\">%</label>"
        "<input id=\"totp\" name=\"totp\" inputmode=\"numeric\" autocomplete=\"one-time-code\" "
        "maxlength=\"6\" aria-describedby=\"totp-hint\"><span class=\"hint\" id=\"totp-hint\">%</span></p>"
        "<p><button>%</button></p></form></div>",
        T(ACCOUNT), V(user), T(PASSWORD), T(TOTP_CODE), T(TOTP_HINT), T(LOGIN));
    return end_page(r, &b, status);
}

enum lf_code page_login(struct rq *r)
{
    return login_form(r, 200, LF_V(""), LF_T_LOGIN);
}

enum lf_code page_login_do(struct rq *r)
{
    lf_view user = field(r, "user"), password = field(r, "password"), totp = field(r, "totp"), token;
    enum lf_code rc;

    if (!user.ptr || !password.ptr)
        return login_form(r, 400, LF_V(""), LF_T_E_BAD_INPUT);
    rc = lf_login(r->t, r->w->parts.ident, user, password, totp.ptr ? totp : LF_V(""), r->in->remote, &token,
                  r->e);
    if (rc == LF_UNAUTHENTIC || rc == LF_TOO_MANY) {
        struct lf_err kept = *r->e;

        LF_TRY(login_form(r, lf_code_http(rc), user, rc == LF_TOO_MANY ? LF_T_E_TOO_MANY : LF_T_LOGIN_WRONG));
        *r->e = kept;
        return LF_OK;
    }
    if (rc != LF_OK)
        return rc;
    set_cookie(r, "__Host-lf", token, "SameSite=Strict");
    return redirect(r, LF_V("/"));
}

enum lf_code page_logout(struct rq *r)
{
    if (r->session.len)
        LF_TRY(lf_logout(r->t, r->session, r->e));
    set_cookie(r, "__Host-lf", LF_V(""), "SameSite=Strict; Max-Age=0");
    return redirect(r, LF_V("/login"));
}

enum lf_code page_preferences(struct rq *r)
{
    static const char *const names[][4] = { { "lang", "lf-lang", "zh", "en" },
                                            { "theme", "lf-theme", "light", "dark" },
                                            { "era", "lf-era", "ce", "roc" } };
    lf_view back = field(r, "back"), id;
    bool known = false;

    for (size_t i = 0; i < 3; i++) {
        lf_view v = field(r, names[i][0]);

        for (size_t k = 2; v.ptr && k < 4; k++)
            if (lf_view_is(v, names[i][k]))
                set_cookie(r, names[i][1], v, "SameSite=Lax; Max-Age=31536000");
    }
    /* Only to a page of ours. */
    for (size_t i = 0; i < nroutes && !known; i++)
        known = routes[i].kind == PAGE && strcmp(routes[i].method, "GET") == 0 &&
                route_match(routes[i].path, back.ptr ? back : LF_V(""), &id);
    return redirect(r, known ? back : LF_V("/"));
}

/* ---- overview ---- */

static void put_card(struct rq *r, struct lf_buf *b, const char *href, enum lf_text label, int64_t n,
                     enum lf_text note, bool hot)
{
    lf_html(b, "<li><a class=\"%\" href=\"%\">%<b>%</b><small>%</small></a></li>", LF_HC(hot ? "hot" : ""),
            LF_HC(href), V(text(r, label)), V(number(r, n)), V(text(r, note)));
}

lf_view tier_text(const struct rq *r, lf_view tier)
{
    if (lf_view_is(tier, "nation"))
        return text(r, LF_T_TIER_NATION);
    if (lf_view_is(tier, "sector"))
        return text(r, LF_T_TIER_SECTOR);
    return lf_view_is(tier, "provider") ? text(r, LF_T_TIER_PROVIDER) : tier;
}

static void put_peer_state(struct rq *r, struct lf_buf *b, enum lf_peer_state s)
{
    if (s == LF_PEER_ACTIVE)
        badge(b, "good", "✓", text(r, LF_T_PEER_ACTIVE));
    else if (s == LF_PEER_JOINING)
        badge(b, "warn", "…", text(r, LF_T_PEER_JOINING));
    else
        badge(b, "bad", "×", text(r, LF_T_PEER_SUSPENDED));
}

static enum lf_code put_parent(struct rq *r, struct lf_buf *b)
{
    struct lf_link_state link = { 0 };
    struct lf_peer p;
    enum lf_code rc = lf_peer_parent(r->t, &p, r->e);

    if (rc == LF_NOT_FOUND) {
        lf_html(b, "<p class=\"quiet\">%</p>", T(NO_PARENT));
        return LF_OK;
    }
    LF_TRY(rc);
    if (r->w->parts.link)
        LF_TRY(lf_link_look(r->w->parts.link, r->t, &link, r->e));
    lf_html(b, "<dl class=\"facts\"><dt>%</dt><dd>%</dd><dt>%</dt><dd>", T(NAME),
            V(p.name.len ? p.name : p.url), T(STATE));
    put_peer_state(r, b, p.state);
    if (link.failures) {
        LF_PUT(b, " ");
        badge(b, "warn", "!", fill1(r, LF_T_LINK_FAILING, "n", number(r, link.failures)));
    }
    lf_html(b, "</dd><dt>%</dt><dd>%</dd><dt>%</dt><dd>", T(OUTBOX), V(number(r, link.outbox)), T(LAST_SEEN));
    put_when_zone(r, b, p.seen);
    lf_html(b, "</dd></dl>");
    return LF_OK;
}

/* The delivered rules, whose titles alerts and incidents carry, have words in both
 * languages; others speak as they were written. */
static lf_view title_text(const struct rq *r, lf_view title)
{
    static const enum lf_text rules[] = { LF_T_RULE_WEB_RESOLVER, LF_T_RULE_SSH_ROOT };

    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (lf_view_eq(title, lf_text(rules[i], LF_LANG_EN)))
            return text(r, rules[i]);
    return title;
}

static void put_incident_table(struct rq *r, struct lf_buf *b, const struct lf_incident_page *list);
static void put_alert_table(struct rq *r, struct lf_buf *b, const struct lf_alert *items, size_t n);

static enum lf_code overview_body(struct rq *r, struct lf_buf *b)
{
    const struct lf_page page = { .limit = 6 };
    struct lf_incident_counts c = { 0 };
    struct lf_policy policy;
    struct lf_incident_page board, latest;
    struct lf_alert_filter filter = { .open_only = true };
    struct lf_alert *alerts;
    lf_view next;
    int64_t open = 0, fresh = 0, names = 0;
    size_t n;

    LF_TRY(lf_alert_counts(r->t, &open, &fresh, r->e));
    LF_TRY(lf_incident_count(r->t, &c, r->e));
    LF_TRY(lf_block_count(r->t, &names, r->e));
    LF_TRY(lf_incident_board(r->t, &page, &board, r->e));
    LF_TRY(lf_incident_list(r->t, NULL, &page, &latest, r->e));
    LF_TRY(lf_alert_list(r->t, &filter, &page, &alerts, &n, &next, r->e));
    lf_html(b, "<div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p></div><ul class=\"cards\">",
            T(NAV_OVERVIEW), V(tier_text(r, r->t->self->tier)));
    put_card(r, b, "/alerts?new=1", LF_T_CARD_NEW, fresh, LF_T_CARD_NEW_NOTE, fresh > 0);
    put_card(r, b, "/incidents?open=1", LF_T_CARD_INCIDENTS, c.open, LF_T_CARD_INCIDENTS_NOTE, false);
    put_card(r, b, "/incidents?clock=running", LF_T_CARD_CLOCK, c.c1_running, LF_T_CARD_CLOCK_NOTE,
             c.c1_running > 0);
    put_card(r, b, "/incidents?clock=late", LF_T_CARD_LATE, c.c1_breached, LF_T_CARD_LATE_NOTE,
             c.c1_breached > 0);
    put_card(r, b, "/blocks", LF_T_CARD_BLOCKS, names, LF_T_CARD_BLOCKS_NOTE, false);
    lf_html(b, "</ul><div class=\"two\"><div><section class=\"panel\"><h2>%</h2>", T(BOARD));
    if (board.n)
        put_incident_table(r, b, &board);
    else
        lf_html(b, "<p class=\"empty\"><span aria-hidden=\"true\">✓</span> %</p>", T(BOARD_EMPTY));
    lf_html(b, "</section><section class=\"panel\"><h2>%</h2>", T(LATEST_INCIDENTS));
    put_incident_table(r, b, &latest);
    lf_html(b, "</section><section class=\"panel\"><h2>%</h2>", T(LATEST_ALERTS));
    put_alert_table(r, b, alerts, n);
    lf_html(b, "</section></div><div><section class=\"panel\"><h2>%</h2>", T(PARENT));
    LF_TRY(put_parent(r, b));
    lf_html(b, "</section><section class=\"panel\"><h2>%</h2>", T(NAV_POLICY));
    LF_TRY(lf_policy_get(r->t, &policy, r->e));
    if (policy.id.len) {
        badge(b, "good", "✓", text(r, LF_T_POLICY_STANDS));
        lf_html(b, "<p class=\"quiet\">% ", T(SIGNED_AT));
        put_when_zone(r, b, policy.signed_at);
        lf_html(b, "</p>");
    } else {
        badge(b, "warn", "!", text(r, LF_T_POLICY_NONE));
        lf_html(b, "<p class=\"quiet\">%</p>", T(POLICY_NONE_LEAD));
    }
    lf_html(b, "<p><a href=\"/policy\">%</a></p></section></div></div>", T(POLICY_SEE));
    return LF_OK;
}

enum lf_code page_overview(struct rq *r)
{
    struct lf_buf b;
    enum lf_code rc;

    begin_page(r, &b, text(r, LF_T_NAV_OVERVIEW), "/");
    rc = overview_body(r, &b);
    if (rc == LF_OK)
        return end_page(r, &b, 200);
    lf_buf_clear(&b);
    return rc;
}

/* ---- alerts ---- */

static void put_alert_table(struct rq *r, struct lf_buf *b, const struct lf_alert *items, size_t n)
{
    if (n == 0) {
        lf_html(b, "<p class=\"empty\">%</p>", T(NO_ALERTS));
        return;
    }
    lf_html(b,
            "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th>"
            "<th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th>"
            "<th scope=\"col\">%</th></tr></thead><tbody>",
            T(ALERTS_CAPTION), T(LEVEL), T(ALERT), T(HOST), T(COUNT), T(LAST), T(STATE));
    for (size_t i = 0; i < n; i++) {
        const struct lf_alert *a = &items[i];

        lf_html(b, "<tr><td data-label=\"%\">", T(LEVEL));
        put_level(r, b, a->level);
        lf_html(b, "</td><td class=\"wrap\" data-label=\"%\"><span><a href=\"%\">%</a>", T(ALERT),
                V(path2(r, "/alerts/", a->id, "")), V(title_text(r, a->title)));
        if (a->has_observable)
            lf_html(b, "<br><code>%</code>", V(a->observable));
        lf_html(b,
                "</span></td><td data-label=\"%\">%</td><td class=\"num\" data-label=\"%\">%</td><td "
                "data-label=\"%\">",
                T(HOST), V(a->host.len ? a->host : text(r, LF_T_NONE)), T(COUNT), V(number(r, a->count)),
                T(LAST));
        put_when(r, b, a->last);
        lf_html(b, "</td><td data-label=\"%\"><span>", T(STATE));
        put_alert_state(r, b, a->state);
        if (a->corroborated) {
            LF_PUT(b, " ");
            badge(b, "good", "＋", text(r, LF_T_CORROBORATED));
        }
        lf_html(b, "</span></td></tr>");
    }
    lf_html(b, "</tbody></table>");
}

enum lf_code page_alerts(struct rq *r)
{
    struct lf_alert_filter filter = { .open_only = !lf_view_is(query(r, "all"), "1") };
    bool fresh = lf_view_is(query(r, "new"), "1");
    struct lf_alert *items;
    struct lf_page page;
    lf_view next = { NULL, 0 };
    struct lf_buf b;
    size_t n, k = 0;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_alert_list(r->t, &filter, &page, &items, &n, &next, r->e));
    for (size_t i = 0; i < n; i++)
        if (!fresh || items[i].state == LF_ALERT_NEW)
            items[k++] = items[i];
    n = k;
    begin_page(r, &b, text(r, LF_T_NAV_ALERTS), "/alerts");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p><a href=\"%\">%</a></p></div><section class=\"panel\">",
            T(NAV_ALERTS), LF_HC(filter.open_only ? "/alerts?all=1" : "/alerts"),
            V(text(r, filter.open_only ? LF_T_SHOW_ALL : LF_T_SHOW_OPEN)));
    put_alert_table(r, &b, items, n);
    lf_html(&b, "</section>");
    put_next_with(r, &b, fresh ? "&new=1" : filter.open_only ? "" : "&all=1", next);
    return end_page(r, &b, 200);
}

/* The line as the device wrote it; what was made of it is one step away. */
static void put_event_text(struct rq *r, struct lf_buf *b, lf_view event)
{
    const struct lf_json *doc = NULL;
    lf_view message = LF_V("");

    if (lf_json_parse(r->t->a, event, NULL, &doc, NULL) == LF_OK)
        message = lf_json_str(doc, "message");
    if (message.len)
        lf_html(
            b,
            "<pre tabindex=\"0\">%</pre><details><summary>%</summary><pre tabindex=\"0\">%</pre></details>",
            V(message), T(EVENT_FIELDS), V(event));
    else
        lf_html(b, "<pre tabindex=\"0\">%</pre>", V(event));
}

static void put_evidence(struct rq *r, struct lf_buf *b, const struct lf_alert_event *v)
{
    lf_html(b, "<li><p>");
    put_when_zone(r, b, v->happened);
    lf_html(b, " — %</p>", V(fill1(r, LF_T_SEEN_BY, "sender", v->sender)));
    put_event_text(r, b, v->event);
    if (v->second_sender.ptr) {
        lf_html(b, "<p>");
        badge(b, "good", "＋", text(r, LF_T_SECOND));
        LF_PUT(b, " ");
        put_when_zone(r, b, v->second_happened);
        lf_html(b, " — %</p>", V(fill1(r, LF_T_SEEN_BY, "sender", v->second_sender)));
        put_event_text(r, b, v->second_event);
    }
    lf_html(b, "</li>");
}

enum lf_code page_alert(struct rq *r)
{
    struct lf_alert_event *events;
    struct lf_alert a;
    struct lf_page page;
    lf_view next = { NULL, 0 };
    struct lf_buf b;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_alert_get(r->t, r->id, &a, r->e));
    LF_TRY(lf_alert_events(r->t, r->id, &page, &events, &n, &next, r->e));
    begin_page(r, &b, title_text(r, a.title), "/alerts");
    lf_html(&b, "<h1>%</h1><div class=\"two\"><section class=\"panel\"><h2>%</h2><ol class=\"line\">",
            V(title_text(r, a.title)), T(EVIDENCE));
    for (size_t i = 0; i < n; i++)
        put_evidence(r, &b, &events[i]);
    lf_html(&b, "</ol>");
    put_next(r, &b, next);
    lf_html(&b, "</section><div><section class=\"panel\"><h2>%</h2><dl class=\"facts\"><dt>%</dt><dd>",
            T(FACTS), T(STATE));
    put_alert_state(r, &b, a.state);
    lf_html(&b, "</dd><dt>%</dt><dd>", T(LEVEL));
    put_level(r, &b, a.level);
    lf_html(&b, "</dd><dt>%</dt><dd>%</dd><dt>%</dt><dd>%</dd><dt>%</dt><dd>%</dd><dt>%</dt><dd>", T(HOST),
            V(a.host.len ? a.host : text(r, LF_T_NONE)), T(OBSERVABLE),
            V(a.has_observable ? a.observable : text(r, LF_T_NONE)), T(COUNT), V(number(r, a.count)),
            T(FIRST));
    put_when_zone(r, &b, a.first);
    lf_html(&b, "</dd><dt>%</dt><dd>", T(LAST));
    put_when_zone(r, &b, a.last);
    lf_html(&b, "</dd><dt>%</dt><dd>%</dd><dt>%</dt><dd><code>%</code></dd></dl></section>", T(SOURCES),
            V(text(r, a.corroborated ? LF_T_CORROBORATED_LONG : LF_T_NOT_CORROBORATED)), T(RULE), V(a.rule));
    if (may(r, TRIAGE) && a.state != LF_ALERT_CLOSED) {
        lf_html(&b, "<section class=\"panel\"><h2>%</h2>", T(ACT));
        if (a.state == LF_ALERT_NEW)
            put_button(r, &b, path2(r, "/alerts/", a.id, "/acknowledge"), LF_T_ACKNOWLEDGE, "");
        lf_html(&b, "<form class=\"stack\" method=\"post\" action=\"%\">",
                V(path2(r, "/alerts/", a.id, "/close")));
        put_csrf(r, &b);
        lf_html(&b,
                "<p><label for=\"note\">%</label><textarea id=\"note\" name=\"note\" "
                "maxlength=\"2000\"></textarea>"
                "</p><p><button class=\"second\">%</button></p></form></section>",
                T(CLOSE_NOTE), T(CLOSE));
    } else if (a.note.len) {
        lf_html(&b, "<section class=\"panel\"><h2>%</h2><p class=\"wrap\">%</p></section>", T(CLOSE_NOTE),
                V(a.note));
    }
    lf_html(&b, "</div></div>");
    return end_page(r, &b, 200);
}

enum lf_code page_alert_acknowledge(struct rq *r)
{
    LF_TRY(lf_alert_acknowledge(r->t, r->id, r->e));
    return redirect(r, path2(r, "/alerts/", r->id, "?done=1"));
}

enum lf_code page_alert_close(struct rq *r)
{
    lf_view note = field(r, "note");

    LF_TRY(lf_alert_close(r->t, r->id, note.ptr ? note : LF_V(""), r->e));
    return redirect(r, path2(r, "/alerts/", r->id, "?done=1"));
}

/* ---- incidents ---- */

static lf_view named(const struct rq *r, lf_view name)
{
    static const struct {
        const char *name;
        enum lf_text text;
    } words[] = {
        { "draft", LF_T_R_DRAFT },
        { "reported", LF_T_R_REPORTED },
        { "returned", LF_T_R_RETURNED },
        { "confirmed", LF_T_R_CONFIRMED },
        { "forwarded", LF_T_R_FORWARDED },
        { "not_incident", LF_T_R_NOT_INCIDENT },
        { "responding", LF_T_H_RESPONDING },
        { "controlled", LF_T_H_CONTROLLED },
        { "recovered", LF_T_H_RECOVERED },
        { "final", LF_T_H_FINAL },
        { "closed", LF_T_H_CLOSED },
        { "aware", LF_T_K_AWARE },
        { "received_by_reviewer", LF_T_K_RECEIVED },
        { "level_changed", LF_T_K_LEVEL },
        { "final_submitted", LF_T_K_FINAL },
        { "supplemented", LF_T_K_SUPPLEMENT },
        { "followed_up", LF_T_K_FOLLOWED },
        { "reviewed", LF_T_K_REVIEWED },
        { "merged", LF_T_K_MERGED },
        { "aware_corrected", LF_T_K_CORRECTED },
        { "reopened", LF_T_K_REOPENED },
        { "final_returned", LF_T_K_FINAL_RETURNED },
        { "extended", LF_T_K_EXTENDED },
        { "absorbed", LF_T_K_ABSORBED },
        { "unmerged", LF_T_K_UNMERGED },
        { "obstacle_begins", LF_T_K_OBSTACLE_BEGINS },
        { "obstacle_ends", LF_T_K_OBSTACLE_ENDS },
        { "answered", LF_T_K_ANSWERED },
        { "support_requested", LF_T_K_SUPPORT_REQUESTED },
        { "support_given", LF_T_K_SUPPORT_GIVEN },
        { "provisional", LF_T_I_PROVISIONAL },
        { "active", LF_T_I_ACTIVE },
        { "revoked", LF_T_I_REVOKED },
        { "expired", LF_T_I_EXPIRED },
        { "withdrawn", LF_T_I_WITHDRAWN },
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (lf_view_is(name, words[i].name))
            return text(r, words[i].text);
    return name;
}

static void put_incident_level(struct rq *r, struct lf_buf *b, int level)
{
    if (level < 1 || level > 4)
        badge(b, "", "–", text(r, LF_T_LEVEL_UNSTATED));
    else
        badge(b,
              level >= 3   ? "bad"
              : level == 2 ? "warn"
                           : "info",
              level >= 3   ? "▲"
              : level == 2 ? "◇"
                           : "▽",
              fill1(r, LF_T_LEVEL_N, "n", number(r, level)));
}

/* In words, with its time: never by colour alone. */
static void put_clock(struct rq *r, struct lf_buf *b, const struct lf_incident_clock *c)
{
    int64_t left_min = c->due ? (c->due - lf_now(r->t->env)) / LF_MINUTE : 0;

    if (c->state == LF_CLOCK_RUNNING)
        badge(b, c->warned >= 80 ? "bad" : "warn", "◷",
              fill1(r, LF_T_CLOCK_LEFT, "n", number(r, left_min > 0 ? left_min : 0)));
    else if (c->state == LF_CLOCK_MET)
        badge(b, "good", "✓", text(r, LF_T_CLOCK_MET));
    else if (c->state == LF_CLOCK_BREACHED)
        badge(b, "bad", "!", fill1(r, LF_T_CLOCK_LATE, "n", number(r, (c->late_s + 59) / 60)));
    else if (c->state == LF_CLOCK_CANCELLED)
        badge(b, "", "–", text(r, LF_T_CLOCK_CANCELLED));
    else
        badge(b, "", "–", text(r, LF_T_CLOCK_NONE));
    if (c->due) {
        lf_html(b, "<br><span class=\"quiet\">% ", T(CLOCK_DUE));
        put_when_zone(r, b, c->due);
        lf_html(b, "</span>");
    }
}

/* Minutes below two hours, hours above. */
static lf_view span(const struct rq *r, int64_t seconds, enum lf_text minutes, enum lf_text hours)
{
    return seconds < 7200 ? fill1(r, minutes, "n", number(r, seconds / 60))
                          : fill1(r, hours, "n", number(r, seconds / 3600));
}

static void put_clock_row(struct rq *r, struct lf_buf *b, const struct lf_clock_row *c)
{
    int64_t left = (c->due - lf_now(r->t->env)) / LF_SECOND;
    lf_view state = lf_view_of(c->state);

    lf_html(b, "<dt>%</dt><dd>", V(r->lang == LF_LANG_ZH ? c->zh : c->en));
    if (lf_view_is(state, "breached"))
        badge(b, "bad", "!", span(r, c->late_s + 59, LF_T_CLOCK_LATE, LF_T_CLOCK_LATE_HOURS));
    else if (lf_view_is(state, "met"))
        badge(b, "good", "✓", text(r, LF_T_CLOCK_DONE));
    else if (lf_view_is(state, "cancelled"))
        badge(b, "", "–", text(r, LF_T_CLOCK_CANCELLED));
    else if (c->due)
        badge(b, "warn", "◷", span(r, left > 0 ? left : 0, LF_T_CLOCK_LEFT, LF_T_CLOCK_LEFT_HOURS));
    else
        badge(b, "", "–", text(r, LF_T_CLOCK_NO_LIMIT));
    if (c->due) {
        lf_html(b, "<br><span class=\"quiet\">% ", T(CLOCK_DUE));
        put_when_zone(r, b, c->due);
        lf_html(b, "</span>");
    }
    lf_html(b, "</dd>");
}

static void put_incident_table(struct rq *r, struct lf_buf *b, const struct lf_incident_page *list)
{
    if (list->n == 0) {
        lf_html(b, "<p class=\"empty\">%</p>", T(NO_INCIDENTS));
        return;
    }
    lf_html(b,
            "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th>"
            "<th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th>"
            "</tr></thead><tbody>",
            T(INCIDENTS_CAPTION), T(LEVEL), T(INCIDENT), T(AWARE_AT), T(CLOCK), T(STATE));
    for (size_t i = 0; i < list->n; i++) {
        const struct lf_incident *x = &list->items[i];

        lf_html(b, "<tr><td data-label=\"%\">", T(LEVEL));
        put_incident_level(r, b, x->level);
        lf_html(b, "</td><td class=\"wrap\" data-label=\"%\"><span><a href=\"%\">%</a>", T(INCIDENT),
                V(path2(r, "/incidents/", x->id, "")), V(x->title.len ? title_text(r, x->title) : x->id));
        if (x->exercise) {
            LF_PUT(b, " ");
            badge(b, "info", "◇", text(r, LF_T_EXERCISE));
        }
        lf_html(b, "</span></td><td data-label=\"%\">", T(AWARE_AT));
        put_when(r, b, x->aware_at);
        lf_html(b, "</td><td data-label=\"%\"><span>", T(CLOCK));
        put_clock(r, b, &x->c1);
        lf_html(b,
                "</span></td><td class=\"short\" data-label=\"%\"><span>%<br><span "
                "class=\"quiet\">%</span></span></td></tr>",
                T(STATE), V(named(r, x->review)), V(named(r, x->handling)));
    }
    lf_html(b, "</tbody></table>");
}

/* What the numbers of the overview count, so that each opens just that. */
static bool counted(const struct rq *r, const struct lf_incident *x)
{
    lf_view clock = query(r, "clock");

    if (lf_view_is(clock, "running"))
        return !x->exercise && x->c1.state == LF_CLOCK_RUNNING;
    if (lf_view_is(clock, "late"))
        return !x->exercise && x->c1.state == LF_CLOCK_BREACHED;
    return !lf_view_is(query(r, "open"), "1") ||
           (!x->exercise && !lf_view_is(x->handling, "closed") && !lf_view_is(x->review, "not_incident"));
}

enum lf_code page_incidents(struct rq *r)
{
    lf_view clock = query(r, "clock");
    bool late = lf_view_is(clock, "late"), running = lf_view_is(clock, "running");
    bool open = lf_view_is(query(r, "open"), "1");
    enum lf_text title = late      ? LF_T_CARD_LATE
                         : running ? LF_T_CARD_CLOCK
                         : open    ? LF_T_CARD_INCIDENTS
                                   : LF_T_NAV_INCIDENTS;
    struct lf_incident_page list;
    struct lf_incident *kept;
    struct lf_page page;
    struct lf_buf b;
    size_t n = 0;

    LF_TRY(page_of(r, &page));
    if (late || running)
        LF_TRY(lf_incident_board(r->t, &page, &list, r->e));
    else
        LF_TRY(lf_incident_list(r->t, NULL, &page, &list, r->e));
    kept = LF_NEW(r->t->a, struct lf_incident, list.n + 1);
    for (size_t i = 0; i < list.n; i++)
        if (counted(r, &list.items[i]))
            kept[n++] = list.items[i];
    list.items = kept;
    list.n = n;
    begin_page(r, &b, text(r, title), "/incidents");
    lf_html(&b, "<div class=\"head\"><h1>%</h1>", V(text(r, title)));
    if (title != LF_T_NAV_INCIDENTS)
        lf_html(&b, "<p><a href=\"/incidents\">%</a></p>", T(ALL_INCIDENTS));
    if (may(r, REPORT))
        lf_html(&b, "<p><a class=\"button\" href=\"/incidents/new\">%</a></p>", T(REPORT_NEW));
    lf_html(&b, "</div><section class=\"panel\">");
    put_incident_table(r, &b, &list);
    lf_html(&b, "</section>");
    put_next_with(r, &b,
                  late      ? "&clock=late"
                  : running ? "&clock=running"
                  : open    ? "&open=1"
                            : "",
                  list.next);
    return end_page(r, &b, 200);
}

static enum lf_code report_form(struct rq *r, int status, lf_view title, lf_view description)
{
    struct lf_buf b;

    begin_page(r, &b, text(r, LF_T_REPORT_NEW), "/incidents");
    lf_html(&b, "<h1>%</h1><section class=\"panel\">", T(REPORT_NEW));
    if (status != 200)
        lf_html(&b,
                "<p class=\"say bad\" role=\"alert\"><span aria-hidden=\"true\">!</span> %</p><pre "
                "lang=\"en\" tabindex=\"0\">%</pre>",
                T(E_BAD_INPUT), LF_HC(r->e->text));
    lf_html(&b, "<p>%</p><form class=\"stack\" method=\"post\" action=\"/incidents/new\">", T(REPORT_LEAD));
    put_csrf(r, &b);
    lf_html(&b,
            "<p><label for=\"title\">%</label><input id=\"title\" name=\"title\" required maxlength=\"200\" "
            "value=\"%\"></p><p><label for=\"description\">%</label><textarea id=\"description\" "
            "name=\"description\" maxlength=\"8000\">%</textarea></p>",
            T(REPORT_TITLE), V(title), T(REPORT_DESCRIPTION), V(description));
    lf_html(&b,
            "<p><label for=\"impact\">%</label><textarea id=\"impact\" name=\"impact\" maxlength=\"4000\">%"
            "</textarea></p><p><label for=\"measures\">%</label><textarea id=\"measures\" name=\"measures\" "
            "maxlength=\"4000\">%</textarea></p>",
            T(REPORT_IMPACT), V(field(r, "impact")), T(REPORT_MEASURES), V(field(r, "measures")));
    lf_html(&b,
            "<p><label for=\"happened\">%</label><input id=\"happened\" name=\"happened\" "
            "type=\"datetime-local\" step=\"1\" value=\"%\" aria-describedby=\"happened-hint\">"
            "<span class=\"hint\" id=\"happened-hint\">%</span></p>",
            T(REPORT_HAPPENED), V(field(r, "happened")), T(REPORT_HAPPENED_HINT));
    lf_html(
        &b,
        "<p><label for=\"aware\">%</label><input id=\"aware\" name=\"aware\" type=\"datetime-local\" "
        "step=\"1\" aria-describedby=\"aware-hint\"><span class=\"hint\" id=\"aware-hint\">%</span></p>"
        "<p><label for=\"level\">%</label><select id=\"level\" name=\"level\"><option value=\"\">%</option>",
        T(AWARE_AT), T(AWARE_HINT), T(LEVEL), T(LEVEL_UNSTATED));
    for (int i = 1; i <= 4; i++)
        lf_html(&b, "<option value=\"%\">%</option>", V(number(r, i)),
                V(fill1(r, LF_T_LEVEL_N, "n", number(r, i))));
    lf_html(&b,
            "</select></p><p><label><input type=\"checkbox\" name=\"exercise\" value=\"1\">%</label></p>"
            "<p><button>%</button></p></form></section>",
            T(EXERCISE_LONG), T(REPORT_SEND));
    return end_page(r, &b, status);
}

enum lf_code page_report(struct rq *r)
{
    return report_form(r, 200, LF_V(""), LF_V(""));
}

/* "2026-11-21T10:48" or with seconds, of Taipei, as a browser sends it. */
static enum lf_code local_time(struct rq *r, lf_view v, lf_view *out)
{
    lf_view whole = lf_arena_printf(r->t->a, "%.*s%s+08:00", LF_FMT(v), v.len == 16 ? ":00" : "");
    char *text_out = LF_NEW(r->t->a, char, LF_TIME_TEXT);
    lf_time t;

    LF_TRY(lf_time_parse(whole, &t, r->e));
    *out = lf_time_milli(t, text_out);
    return LF_OK;
}

static enum lf_code report(struct rq *r, lf_view title, lf_view *id)
{
    lf_view description = field(r, "description"), aware = field(r, "aware"), level = field(r, "level"), form;
    lf_view happened = field(r, "happened"), impact = field(r, "impact"), measures = field(r, "measures");
    uint64_t n = 0;
    struct lf_json_w w;
    struct lf_buf b;

    if (aware.ptr && aware.len)
        LF_TRY(local_time(r, aware, &aware));
    if (happened.ptr && happened.len)
        LF_TRY(local_time(r, happened, &happened));
    lf_buf_init(&b, 1 << 17);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "title", title);
    if (description.ptr && description.len)
        lf_json_put_str(&w, "description", description);
    if (impact.ptr && impact.len)
        lf_json_put_str(&w, "impact", impact);
    if (measures.ptr && measures.len)
        lf_json_put_str(&w, "measures", measures);
    if (happened.ptr && happened.len)
        lf_json_put_str(&w, "happened_at", happened);
    if (aware.ptr && aware.len)
        lf_json_put_str(&w, "aware_at", aware);
    if (level.ptr && lf_view_u64(level, &n))
        lf_json_put_int(&w, "level", (int64_t)n);
    if (field(r, "exercise").ptr)
        lf_json_put_bool(&w, "exercise", true);
    lf_json_close(&w);
    form = lf_arena_copy(r->t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return lf_incident_report(r->t, form, id, r->e);
}

enum lf_code page_report_do(struct rq *r)
{
    lf_view title = field(r, "title"), description = field(r, "description"), id;
    enum lf_code rc;

    rc = need(r, "title", &title);
    if (rc == LF_OK)
        rc = report(r, title, &id);
    if (rc == LF_OK)
        return redirect(r, path2(r, "/incidents/", id, "?done=1"));
    /* What the person typed is not lost; the code undoes the task. */
    if (rc == LF_BAD_INPUT || rc == LF_UNACCEPTED) {
        struct lf_err kept = *r->e;

        LF_TRY(report_form(r, lf_code_http(rc), title, description));
        *r->e = kept;
    }
    return rc;
}

static lf_view role_word(const struct rq *r, lf_view by)
{
    if (lf_view_is(by, "reporter"))
        return text(r, LF_T_BY_REPORTER);
    if (lf_view_is(by, "reviewer"))
        return text(r, LF_T_BY_REVIEWER);
    if (lf_view_is(by, "national"))
        return text(r, LF_T_BY_NATIONAL);
    return lf_view_is(by, "system") ? text(r, LF_T_BY_SYSTEM) : by;
}

static void put_event(struct rq *r, struct lf_buf *b, const struct lf_incident_event *ev)
{
    struct lf_text_value who[] = { { "role", role_word(r, ev->by) }, { "tier", tier_text(r, ev->tier) } };
    lf_view note = lf_json_str(ev->body, "description"), reason = lf_json_str(ev->body, "reason");
    lf_view impact = lf_json_str(ev->body, "impact"), measures = lf_json_str(ev->body, "measures");
    lf_time happened;

    lf_html(b, "<li><p><strong>%</strong> <span class=\"quiet\">%</span></p><p>", V(named(r, ev->kind)),
            V(lf_text_fill(r->t->a, LF_T_EVENT_BY, r->lang, who, 2)));
    put_when_zone(r, b, ev->recorded);
    lf_html(b, "</p>");
    if (lf_incident_event_level(ev)) {
        lf_html(b, "<p>");
        put_incident_level(r, b, lf_incident_event_level(ev));
        lf_html(b, "</p>");
    }
    if (ev->recorded - ev->occurred >= LF_SECOND) {
        lf_html(b, "<p class=\"quiet\">% ", T(EVENT_OCCURRED));
        put_when_zone(r, b, ev->occurred);
        lf_html(b, "</p>");
    }
    if (lf_time_parse(lf_json_str(ev->body, "happened"), &happened, NULL) == LF_OK) {
        lf_html(b, "<p class=\"quiet\">% ", T(REPORT_HAPPENED));
        put_when_zone(r, b, happened);
        lf_html(b, "</p>");
    }
    if (note.len)
        lf_html(b, "<p class=\"wrap\">%</p>", V(note));
    if (impact.len)
        lf_html(b, "<p class=\"wrap\"><span class=\"quiet\">%</span><br>%</p>", T(REPORT_IMPACT), V(impact));
    if (measures.len)
        lf_html(b, "<p class=\"wrap\"><span class=\"quiet\">%</span><br>%</p>", T(REPORT_MEASURES),
                V(measures));
    if (reason.len)
        lf_html(b, "<p class=\"wrap\">%</p>", V(reason));
    lf_html(b, "<details><summary>%</summary><pre tabindex=\"0\">%</pre></details></li>", T(SIGNED),
            V(ev->json));
}

static void put_acts(struct rq *r, struct lf_buf *b, const struct lf_incident_state *s)
{
    static const struct {
        const char *kind;
        enum lf_text label;
    } acts[] = {
        { "reported", LF_T_DO_REPORT },     { "supplemented", LF_T_DO_SUPPLEMENT },
        { "followed_up", LF_T_DO_FOLLOW },  { "controlled", LF_T_DO_CONTROLLED },
        { "recovered", LF_T_DO_RECOVERED }, { "final_submitted", LF_T_DO_FINAL },
        { "reviewed", LF_T_DO_CONFIRM },    { "returned", LF_T_DO_RETURN },
        { "closed", LF_T_DO_CLOSE },
    };
    static const char *const by[] = { "reporter", "reviewer", "national" };

    lf_html(b, "<section class=\"panel\"><h2>%</h2><form class=\"stack\" method=\"post\" action=\"%\">",
            T(ACT), V(path2(r, "/incidents/", s->incident, "/events")));
    put_csrf(r, b);
    lf_html(b, "<p><label for=\"kind\">%</label><select id=\"kind\" name=\"kind\">", T(ACT_KIND));
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
        bool can = false;

        /* A second first report is allowed by the rules and of no use to a person. */
        if (i == 0 && s->review != LF_REVIEW_DRAFT && s->review != LF_REVIEW_RETURNED)
            continue;
        for (size_t k = 0; k < 3; k++)
            can = can || (lf_incident_role_fits(r->t->self->tier, lf_view_of(by[k])) &&
                          lf_incident_may(s, lf_view_of(acts[i].kind), lf_view_of(by[k]), NULL) == LF_OK);
        if (can)
            lf_html(b, "<option value=\"%\">%</option>", LF_HC(acts[i].kind), V(text(r, acts[i].label)));
    }
    lf_html(b,
            "</select></p><p><label for=\"reason\">%</label><textarea id=\"reason\" name=\"reason\" "
            "maxlength=\"4000\"></textarea></p><p><button>%</button></p></form></section>",
            T(ACT_NOTE), T(ACT_RECORD));
}

enum lf_code page_incident(struct rq *r)
{
    struct lf_incident_full x;
    struct lf_buf b;

    LF_TRY(lf_incident_get(r->t, r->id, &x, r->e));
    begin_page(r, &b, title_text(r, x.row.title), "/incidents");
    lf_html(&b, "<h1>% ", V(x.row.title.len ? title_text(r, x.row.title) : x.row.id));
    put_incident_level(r, &b, x.row.level);
    lf_html(&b, "</h1><div class=\"two\"><div>");
    if (x.state.description.len)
        lf_html(&b, "<section class=\"panel\"><h2>%</h2><p class=\"wrap\">%</p></section>",
                T(REPORT_DESCRIPTION), V(x.state.description));
    lf_html(&b, "<section class=\"panel\"><h2>%</h2><ol class=\"line\">", T(TIMELINE));
    for (size_t i = 0; i < x.nevents; i++)
        put_event(r, &b, x.events[i]);
    lf_html(&b, "</ol></section></div><div><section class=\"panel\"><h2>%</h2>", T(CLOCK));
    put_clock(r, &b, &x.row.c1);
    if (x.nrows) {
        lf_html(&b, "<h3>%</h3><dl class=\"facts\">", T(CLOCKS));
        for (size_t i = 0; i < x.nrows; i++)
            put_clock_row(r, &b, &x.rows[i]);
        lf_html(&b, "</dl>");
    }
    lf_html(&b,
            "</section><section class=\"panel\"><h2>%</h2><dl class=\"facts\"><dt>%</dt><dd>%</dd><dt>%</dt>"
            "<dd>%</dd><dt>%</dt><dd>",
            T(FACTS), T(REVIEW), V(named(r, x.row.review)), T(HANDLING), V(named(r, x.row.handling)),
            T(AWARE_AT));
    put_when_zone(r, &b, x.row.aware_at);
    lf_html(&b, "</dd><dt>%</dt><dd>", T(REPORTED_AT));
    put_when_zone(r, &b, x.row.reported_at);
    lf_html(&b, "</dd><dt>%</dt><dd>", T(RECEIVED_AT));
    if (x.row.received_at)
        put_when_zone(r, &b, x.row.received_at);
    else
        lf_html(&b, "%", T(NOT_RECEIVED));
    lf_html(&b, "</dd>");
    if (x.row.alert.len || x.state.corroborated)
        lf_html(&b, "<dt>%</dt><dd>%</dd>", T(SOURCES),
                V(text(r, x.state.corroborated ? LF_T_CORROBORATED_LONG : LF_T_NOT_CORROBORATED)));
    if (x.row.alert.len)
        lf_html(&b, "<dt>%</dt><dd><a href=\"%\">%</a></dd>", T(ALERT),
                V(path2(r, "/alerts/", x.row.alert, "")), T(SEE_ALERT));
    lf_html(&b, "</dl></section>");
    if (may(r, ACT))
        put_acts(r, &b, &x.state);
    lf_html(&b, "</div></div>");
    return end_page(r, &b, 200);
}

enum lf_code page_incident_event(struct rq *r)
{
    lf_view kind, reason = field(r, "reason"), event, body;
    struct lf_json_w w;
    struct lf_buf b;

    LF_TRY(need(r, "kind", &kind));
    lf_buf_init(&b, 65536);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    if (reason.ptr && reason.len)
        lf_json_put_str(&w, lf_view_is(kind, "returned") ? "reason" : "description", reason);
    lf_json_close(&w);
    body = lf_arena_copy(r->t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    LF_TRY(lf_incident_event_add(r->t, r->id, kind, body, &event, r->e));
    return redirect(r, path2(r, "/incidents/", r->id, "?done=1"));
}

/* ---- intelligence ---- */

static void put_indicator_state(struct rq *r, struct lf_buf *b, lf_view s)
{
    if (lf_view_is(s, "active"))
        badge(b, "good", "✓", named(r, s));
    else if (lf_view_is(s, "provisional"))
        badge(b, "warn", "◷", named(r, s));
    else if (lf_view_is(s, "draft"))
        badge(b, "info", "○", text(r, LF_T_I_DRAFT));
    else
        badge(b, "", "–", named(r, s));
}

enum lf_code page_indicators(struct rq *r)
{
    struct lf_indicator_page list;
    struct lf_page page;
    struct lf_buf b;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_indicator_list(r->t, &page, &list, r->e));
    begin_page(r, &b, text(r, LF_T_NAV_INDICATORS), "/indicators");
    lf_html(&b, "<h1>%</h1>%<section class=\"panel\">", T(NAV_INDICATORS),
            LF_RAW(may(r, JUDGE) ? LF_V("<div class=\"two\">") : LF_V("")));
    if (list.n == 0)
        lf_html(&b, "<p class=\"empty\">%</p>", T(NO_INDICATORS));
    else
        lf_html(
            &b,
            "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th>"
            "<th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th>"
            "<th scope=\"col\">%</th></tr></thead><tbody>",
            T(INDICATORS_CAPTION), T(VALUE), T(STATE), T(EVIDENCE_COUNT), T(ORIGIN), T(VALID_UNTIL), T(ACT));
    for (size_t i = 0; i < list.n; i++) {
        const struct lf_indicator_row *x = &list.items[i];
        bool live = lf_view_is(x->state, "active") || lf_view_is(x->state, "provisional");

        lf_html(&b, "<tr><td class=\"wrap\" data-label=\"%\"><code>%</code></td><td data-label=\"%\">",
                T(VALUE), V(x->value), T(STATE));
        put_indicator_state(r, &b, x->state);
        lf_html(
            &b,
            "</td><td class=\"num\" data-label=\"%\">%</td><td data-label=\"%\">%</td><td data-label=\"%\">",
            T(EVIDENCE_COUNT), V(number(r, x->evidence)), T(ORIGIN),
            V(text(r, x->origin.len ? LF_T_ORIGIN_PEER : LF_T_ORIGIN_OWN)), T(VALID_UNTIL));
        put_when(r, &b, x->valid_until);
        lf_html(&b, "</td><td data-label=\"%\"><span>", T(ACT));
        if (may(r, JUDGE) && !x->origin.len && live)
            put_button(r, &b, path2(r, "/indicators/", x->id, "/withdraw"), LF_T_WITHDRAW, "second small");
        if (may(r, JUDGE) && !x->origin.len && !lf_view_is(x->state, "active") &&
            (live || lf_view_is(x->state, "draft")))
            put_button(r, &b, path2(r, "/indicators/", x->id, "/release"), LF_T_RELEASE, "small");
        lf_html(&b, "</span></td></tr>");
    }
    if (list.n)
        lf_html(&b, "</tbody></table>");
    put_next(r, &b, list.next);
    lf_html(&b, "</section>");
    if (may(r, JUDGE)) {
        lf_html(&b,
                "<section class=\"panel\"><h2>%</h2><p class=\"quiet\">%</p><form class=\"stack\" "
                "method=\"post\" action=\"/indicators\">",
                T(INDICATOR_NEW), T(INDICATOR_LEAD));
        put_csrf(r, &b);
        lf_html(&b,
                "<p><label for=\"value\">%</label><input id=\"value\" name=\"value\" required "
                "maxlength=\"253\" autocapitalize=\"none\" autocomplete=\"off\"></p><p><label><input "
                "type=\"checkbox\" name=\"release\" value=\"1\">%</label></p><p><button>%</button></p>"
                "</form></section></div>",
                T(NAME_DOMAIN), T(INDICATOR_AT_ONCE), T(INDICATOR_ADD));
    }
    return end_page(r, &b, 200);
}

enum lf_code page_indicator_add(struct rq *r)
{
    lf_view value, id;

    LF_TRY(need(r, "value", &value));
    LF_TRY(indicator_add(r, lf_view_trim(value), field(r, "release").ptr != NULL, &id));
    return redirect(r, LF_V("/indicators?done=1"));
}

enum lf_code page_indicator_release(struct rq *r)
{
    LF_TRY(lf_indicator_release(r->t, r->id, r->e));
    return redirect(r, LF_V("/indicators?done=1"));
}

enum lf_code page_indicator_withdraw(struct rq *r)
{
    LF_TRY(lf_indicator_withdraw(r->t, r->id, r->e));
    return redirect(r, LF_V("/indicators?done=1"));
}

static void put_allow(struct rq *r, struct lf_buf *b, const struct lf_allow *items, size_t n)
{
    if (n)
        lf_html(
            b,
            "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th scope=\"col\">%"
            "</th><th scope=\"col\">%</th></tr></thead><tbody>",
            T(ALLOW_CAPTION), T(VALUE), T(REASON), T(ACT));
    for (size_t i = 0; i < n; i++) {
        lf_html(
            b,
            "<tr><td class=\"wrap\" data-label=\"%\"><code>%</code></td><td class=\"wrap\" data-label=\"%\">%"
            "</td><td data-label=\"%\"><span>",
            T(VALUE), V(items[i].value), T(REASON), V(items[i].reason), T(ACT));
        if (may(r, JUDGE)) {
            lf_html(b, "<form method=\"post\" action=\"/allow/remove\">");
            put_csrf(r, b);
            lf_html(b,
                    "<input type=\"hidden\" name=\"value\" value=\"%\"><button class=\"second "
                    "small\">%</button></form>",
                    V(items[i].value), T(REMOVE));
        }
        lf_html(b, "</span></td></tr>");
    }
    if (n)
        lf_html(b, "</tbody></table>");
}

static void put_blocks(struct rq *r, struct lf_buf *b, const struct lf_block *items, size_t n)
{
    if (n == 0) {
        lf_html(b, "<p class=\"empty\">%</p>", T(NO_BLOCKS));
        return;
    }
    lf_html(b,
            "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th>"
            "<th scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
            T(BLOCKS_CAPTION), T(VALUE), T(STATE), T(SINCE), T(VALID_UNTIL));
    for (size_t i = 0; i < n; i++) {
        lf_html(b, "<tr><td class=\"wrap\" data-label=\"%\"><code>%</code></td><td data-label=\"%\">",
                T(VALUE), V(items[i].value), T(STATE));
        if (items[i].provisional)
            badge(b, "warn", "◷", text(r, LF_T_I_PROVISIONAL));
        else
            badge(b, "good", "✓", text(r, LF_T_BLOCKED));
        lf_html(b, "</td><td data-label=\"%\">", T(SINCE));
        put_when(r, b, items[i].created);
        lf_html(b, "</td><td data-label=\"%\">", T(VALID_UNTIL));
        put_when(r, b, items[i].expires);
        lf_html(b, "</td></tr>");
    }
    lf_html(b, "</tbody></table>");
}

enum lf_code page_blocks(struct rq *r)
{
    const struct lf_page first = { .limit = 200 };
    lf_view next = { NULL, 0 }, more = { NULL, 0 };
    struct lf_allow *allowed;
    struct lf_block *items;
    struct lf_page page;
    struct lf_buf b;
    size_t n, m;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_block_list(r->t, true, &page, &items, &n, &next, r->e));
    LF_TRY(lf_allow_list(r->t, &first, &allowed, &m, &more, r->e));
    begin_page(r, &b, text(r, LF_T_NAV_BLOCKS), "/blocks");
    lf_html(&b, "<h1>%</h1><div class=\"two\"><div><section class=\"panel\"><h2>%</h2>", T(NAV_BLOCKS),
            T(BLOCKED_NAMES));
    put_blocks(r, &b, items, n);
    lf_html(&b, "</section>");
    put_next(r, &b, next);
    lf_html(&b, "</div><section class=\"panel\"><h2>%</h2><p class=\"quiet\">%</p>", T(ALLOW), T(ALLOW_LEAD));
    if (may(r, JUDGE)) {
        lf_html(&b, "<form class=\"stack\" method=\"post\" action=\"/allow\">");
        put_csrf(r, &b);
        lf_html(&b,
                "<p><label for=\"value\">%</label><input id=\"value\" name=\"value\" required "
                "maxlength=\"253\"></p>"
                "<p><label for=\"reason\">%</label><input id=\"reason\" name=\"reason\" required "
                "maxlength=\"500\"></p>"
                "<p><button>%</button></p></form>",
                T(NAME_DOMAIN), T(REASON), T(ALLOW_ADD));
    }
    put_allow(r, &b, allowed, m);
    lf_html(&b, "</section></div>");
    return end_page(r, &b, 200);
}

enum lf_code page_allow_add(struct rq *r)
{
    lf_view value, reason = field(r, "reason");

    LF_TRY(need(r, "value", &value));
    LF_TRY(lf_allow_add(r->t, lf_view_trim(value), reason.ptr ? reason : LF_V(""), NULL, r->e));
    return redirect(r, LF_V("/blocks?done=1"));
}

enum lf_code page_allow_del(struct rq *r)
{
    lf_view value;

    LF_TRY(need(r, "value", &value));
    LF_TRY(lf_allow_del(r->t, value, r->e));
    return redirect(r, LF_V("/blocks?done=1"));
}

/* ---- peers ---- */

static enum lf_code peers_page(struct rq *r, lf_view token)
{
    const struct lf_peer *items;
    enum lf_code rc;
    struct lf_buf b;
    size_t n;

    LF_TRY(lf_peer_list(r->t, &n, &items, r->e));
    begin_page(r, &b, text(r, LF_T_NAV_PEERS), "/peers");
    lf_html(&b, "<h1>%</h1>", T(NAV_PEERS));
    if (token.len)
        lf_html(&b,
                "<section class=\"panel\" role=\"status\"><h2>%</h2><p>%</p><pre class=\"token\" "
                "tabindex=\"0\">%</pre></section>",
                T(INVITED), T(INVITED_LEAD), V(token));
    lf_html(&b, "<div class=\"two\"><section class=\"panel\"><h2>%</h2>", T(PEERS));
    if (n == 0)
        lf_html(&b, "<p class=\"empty\">%</p>", T(NO_PEERS));
    else
        lf_html(&b,
                "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
                "scope=\"col\">%</th>"
                "<th scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
                T(PEERS_CAPTION), T(NAME), T(TIER), T(STATE), T(LAST_SEEN));
    for (size_t i = 0; i < n; i++) {
        lf_html(&b,
                "<tr><td class=\"wrap\" data-label=\"%\"><span>% <span "
                "class=\"quiet\">%</span></span></td><td data-label=\"%\">%"
                "</td><td data-label=\"%\"><span>",
                T(NAME), V(items[i].name.len ? items[i].name : items[i].url),
                V(text(r, items[i].kind == LF_PEER_PARENT ? LF_T_PEER_PARENT : LF_T_PEER_CHILD)), T(TIER),
                V(tier_text(r, items[i].tier)), T(STATE));
        put_peer_state(r, &b, items[i].state);
        lf_html(&b, "</span></td><td data-label=\"%\">", T(LAST_SEEN));
        put_when(r, &b, items[i].seen);
        lf_html(&b, "</td></tr>");
    }
    if (n)
        lf_html(&b, "</tbody></table>");
    lf_html(&b, "</section><div><section class=\"panel\"><h2>%</h2>", T(PARENT));
    rc = put_parent(r, &b);
    if (rc != LF_OK) {
        lf_buf_clear(&b);
        return rc;
    }
    lf_html(&b, "</section>");
    if (may(r, MANAGE)) {
        lf_html(&b, "<section class=\"panel\"><h2>%</h2>", T(INVITE));
        if (lf_view_is(r->t->self->tier, "provider")) {
            lf_html(&b, "<p class=\"quiet\">%</p>", T(INVITE_LOWEST));
        } else {
            lf_html(&b, "<p class=\"quiet\">%</p>", T(INVITE_LEAD));
            put_button(r, &b, LF_V("/peers/invitations"), LF_T_INVITE_DO, "");
        }
        lf_html(&b,
                "</section><section class=\"panel\"><h2>%</h2><form class=\"stack\" method=\"post\" "
                "action=\"/parent\">",
                T(JOIN));
        put_csrf(r, &b);
        lf_html(&b,
                "<p><label for=\"token\">%</label><textarea id=\"token\" name=\"token\" required "
                "autocomplete=\"off\"></textarea></p><p><button>%</button></p></form></section>",
                T(JOIN_TOKEN), T(JOIN_DO));
    }
    lf_html(&b, "</div></div>");
    return end_page(r, &b, 200);
}

enum lf_code page_peers(struct rq *r)
{
    return peers_page(r, LF_V(""));
}

enum lf_code page_invite(struct rq *r)
{
    lf_view token;

    LF_TRY(lf_peer_invite(r->t, r->w->parts.peer_url, r->w->parts.peer_pin, &token, r->e));
    return peers_page(r, token);
}

enum lf_code page_join(struct rq *r)
{
    lf_view token;

    LF_TRY(need(r, "token", &token));
    LF_TRY(lf_parent_join(r->t, lf_view_trim(token), r->e));
    return redirect(r, LF_V("/peers?done=1"));
}
