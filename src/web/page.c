/* The console: server-rendered pages that need no script.
 *
 * Every list links to what is behind a row; every state has its word; times are
 * Taipei's and say so.  A form answers with 303 to the page that shows the result. */
#include "ident/session.h"
#include "isac/indicator.h"
#include "isac/link.h"
#include "shield/block.h"
#include "web/alert_filter.h"
#include "web/page_priv.h"
#include "web/refusal.h"
#include "web/tenant.h"

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

/* Taipei's time (UTC+8, no summer time), by the calendar the reader chose. */
lf_view when_text(const struct rq *r, lf_time t)
{
    struct lf_civil c = lf_civil_of(t + LF_TAIPEI);

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
    { "/", LF_T_NAV_OVERVIEW, SEE },
    { "/alerts", LF_T_NAV_ALERTS, SEE },
    { "/incidents", LF_T_NAV_INCIDENTS, SEE },
    { "/tasks", LF_T_NAV_TASKS, SEE },
    { "/inquiries", LF_T_INQUIRIES, SEE },
    { "/exercises", LF_T_NAV_EXERCISES, SEE },
    { "/notices", LF_T_NAV_NOTICES, SEE },
    { "/contacts", LF_T_NAV_CONTACTS, SEE },
    { "/rosters", LF_T_NAV_ROSTERS, SEE },
    { "/indicators", LF_T_NAV_INDICATORS, SEE },
    { "/objects", LF_T_NAV_OBJECTS, SEE },
    { "/news", LF_T_NEWS, SEE },
    { "/advisories", LF_T_NAV_ADVISORIES, SEE },
    { "/bulletins", LF_T_NAV_BULLETINS, SEE },
    { "/search", LF_T_NAV_SEARCH, JUDGE },
    { "/questions", LF_T_NAV_QUESTIONS, JUDGE },
    { "/blocks", LF_T_NAV_BLOCKS, SEE },
    { "/peers", LF_T_NAV_PEERS, SEE },
    { "/policy", LF_T_NAV_POLICY, SEE },
    { "/devices", LF_T_NAV_DEVICES, SEE },
    { "/health", LF_T_NAV_HEALTH, SEE },
    { "/people", LF_T_NAV_PEOPLE, MANAGE },
    { "/tokens", LF_T_NAV_TOKENS, PERSON },
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
            if (may(r, menu[i].roles) && (of_node(r) || tenant_may(lf_view_of(menu[i].href), false)))
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

/* The rules of an incident say it in both languages, Chinese first: the reader's half.  ptr NULL: there is no
 * other than the English. */
static lf_view sentence_in(const struct rq *r, lf_view v)
{
    lf_view stop = LF_V("。");

    for (size_t i = 0; v.len && (unsigned char)v.ptr[0] >= 0x80 && i + stop.len < v.len; i++)
        if (lf_view_starts(lf_view_from(v, i), stop) && (unsigned char)v.ptr[i + stop.len] < 0x80)
            return r->lang == LF_LANG_EN ? lf_view_from(v, i + stop.len) : lf_view_first(v, i + stop.len);
    return r->lang == LF_LANG_EN ? (lf_view){ NULL, 0 } : lf_refusal_text(r->t->a, v);
}

void put_detail(struct rq *r, struct lf_buf *b, lf_view english)
{
    lf_view said = sentence_in(r, english);

    if (said.ptr)
        lf_html(b, "<p class=\"wrap\">%</p>", V(said));
    else
        lf_html(b, "<p>%</p><pre lang=\"en\" tabindex=\"0\">%</pre>", T(DETAIL), V(english));
}

void put_refusal(struct rq *r, struct lf_buf *b, lf_view english)
{
    LF_PUT(b, "<div class=\"say bad\" role=\"alert\">");
    put_detail(r, b, english);
    LF_PUT(b, "</div>");
}

void page_problem(struct rq *r, enum lf_code code)
{
    lf_view detail = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    struct lf_err kept = *r->e;
    struct lf_buf b;

    begin_page(r, &b, text(r, LF_T_PROBLEM), "");
    lf_html(&b, "<h1>%</h1><p class=\"say bad\" role=\"alert\"><span aria-hidden=\"true\">!</span> %</p>",
            T(PROBLEM), V(text(r, code_text[code])));
    if (code != LF_IO && code != LF_NOT_FOUND)
        put_detail(r, &b, detail);
    lf_html(&b, "<p><a href=\"/\">%</a></p>", T(BACK_HOME));
    if (end_page(r, &b, lf_code_http(code)) != LF_OK)
        problem(r, code);
    *r->e = kept;
}

/* `more`: what else the query says, so that paging keeps the filter. */
void put_next_with(struct rq *r, struct lf_buf *b, const char *more, lf_view next)
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

void put_alert_state(struct rq *r, struct lf_buf *b, enum lf_alert_state s)
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
        "<input id=\"totp\" name=\"totp\" autocomplete=\"one-time-code\" autocapitalize=\"characters\" "
        "maxlength=\"24\" aria-describedby=\"totp-hint\"><span class=\"hint\" id=\"totp-hint\">%</span></p>"
        "<p><button>%</button></p></form><p><a href=\"/login/lost\">%</a></p></div>",
        T(ACCOUNT), V(user), T(PASSWORD), T(TOTP_CODE), T(TOTP_HINT), T(LOGIN), T(LOST_LINK));
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

void put_peer_state(struct rq *r, struct lf_buf *b, enum lf_peer_state s)
{
    if (s == LF_PEER_ACTIVE)
        badge(b, "good", "✓", text(r, LF_T_PEER_ACTIVE));
    else if (s == LF_PEER_JOINING)
        badge(b, "warn", "…", text(r, LF_T_PEER_JOINING));
    else if (s == LF_PEER_SUSPENDED)
        badge(b, "bad", "×", text(r, LF_T_PEER_SUSPENDED));
    else
        badge(b, "", "–", text(r, s == LF_PEER_LEFT ? LF_T_PEER_LEFT : LF_T_PEER_RETIRED));
}

enum lf_code put_parent(struct rq *r, struct lf_buf *b)
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

/* Titles of rules that come with the program. */
static const enum lf_text rules[] = { LF_T_RULE_MEMBER_FLOOD,      LF_T_RULE_WEB_RESOLVER,
                                      LF_T_RULE_SSH_ROOT,          LF_T_RULE_DEVICE_DROPPED,
                                      LF_T_RULE_DEVICE_MALFORMED,  LF_T_RULE_DEVICE_QUIET,
                                      LF_T_RULE_DEVICE_UNREADABLE, LF_T_RULE_DEVICE_UNWRITABLE,
                                      LF_T_RULE_SECOND_SOURCE,     LF_T_RULE_SECOND_MALWARE,
                                      LF_T_RULE_SECOND_FILE,       LF_T_RULE_SECOND_DOMAIN,
                                      LF_T_RULE_SECOND_CAMPAIGN };

/* The delivered rules, whose titles alerts and incidents carry, have words in both
 * languages; others speak as they were written. */
lf_view title_text(const struct rq *r, lf_view title)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (lf_view_eq(title, lf_text(rules[i], LF_LANG_EN)))
            return text(r, rules[i]);
    return title;
}

lf_view alert_title(const struct rq *r, const struct lf_alert *a)
{
    return a->withheld ? text(r, LF_T_ALERT_WITHHELD) : title_text(r, a->title);
}

lf_view titles_with(struct rq *r, lf_view word)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 8192);
    for (size_t i = 0; word.len && i < sizeof rules / sizeof *rules; i++)
        if (lf_view_find(lf_text(rules[i], LF_LANG_ZH), word) != SIZE_MAX) {
            if (!b.len)
                LF_PUT(&b, "|");
            lf_buf_put(&b, lf_text(rules[i], LF_LANG_EN));
            LF_PUT(&b, "|");
        }
    out = b.over ? LF_V("") : lf_arena_copy(r->t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

/* How the node stands to its parent, and what it shares by itself. */
static enum lf_code put_standing(struct rq *r, struct lf_buf *b)
{
    struct lf_policy policy;

    lf_html(b, "<div><section class=\"panel\"><h2>%</h2>", T(PARENT));
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
    lf_html(b, "<p><a href=\"/policy\">%</a></p></section></div>", T(POLICY_SEE));
    return LF_OK;
}

static enum lf_code overview_body(struct rq *r, struct lf_buf *b)
{
    const struct lf_page page = { .limit = 6 };
    struct lf_incident_counts c = { 0 };
    struct lf_deadline_counts clocks = { 0 };
    struct lf_deadline_page board;
    struct lf_incident_page latest;
    struct lf_alert_filter filter = { .open_only = true };
    struct lf_alert *alerts;
    lf_view next;
    int64_t open = 0, fresh = 0, names = 0;
    size_t n;

    LF_TRY(lf_alert_counts(r->t, &open, &fresh, r->e));
    LF_TRY(lf_incident_count(r->t, &c, r->e));
    LF_TRY(lf_block_count(r->t, &names, r->e));
    LF_TRY(lf_deadline_count(r->t, &clocks, r->e));
    LF_TRY(lf_deadline_board(r->t, NULL, &page, &board, r->e));
    LF_TRY(lf_incident_list(r->t, NULL, &page, &latest, r->e));
    LF_TRY(lf_alert_list(r->t, &filter, &page, &alerts, &n, &next, r->e));
    lf_html(b, "<div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p></div><ul class=\"cards\">",
            T(NAV_OVERVIEW), V(tier_text(r, r->t->self->tier)));
    put_card(r, b, "/alerts?new=1", LF_T_CARD_NEW, fresh, LF_T_CARD_NEW_NOTE, fresh > 0);
    put_card(r, b, "/incidents?open=1", LF_T_CARD_INCIDENTS, c.open, LF_T_CARD_INCIDENTS_NOTE, false);
    put_card(r, b, "/clocks?state=running", LF_T_CARD_CLOCK, clocks.running, LF_T_CARD_CLOCK_NOTE,
             clocks.running > 0);
    put_card(r, b, "/clocks?state=overdue", LF_T_CARD_LATE, clocks.overdue, LF_T_CARD_LATE_NOTE,
             clocks.overdue > 0);
    if (of_node(r))
        put_card(r, b, "/blocks", LF_T_CARD_BLOCKS, names, LF_T_CARD_BLOCKS_NOTE, false);
    lf_html(b, "</ul><div class=\"two\"><div><section class=\"panel\"><h2>%</h2>", T(BOARD));
    if (board.n)
        put_deadline_table(r, b, &board);
    else
        lf_html(b, "<p class=\"empty\"><span aria-hidden=\"true\">✓</span> %</p>", T(BOARD_EMPTY));
    lf_html(b, "</section><section class=\"panel\"><h2>%</h2>", T(LATEST_INCIDENTS));
    LF_TRY(put_incident_table(r, b, &latest));
    lf_html(b, "</section><section class=\"panel\"><h2>%</h2>", T(LATEST_ALERTS));
    put_alert_table(r, b, alerts, n);
    LF_PUT(b, "</section></div>");
    if (of_node(r))
        LF_TRY(put_standing(r, b));
    LF_PUT(b, "</div>");
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

enum lf_code page_again(struct rq *r, enum lf_code rc, enum lf_code (*page)(struct rq *r, int status))
{
    struct lf_err kept = *r->e;

    if (rc != LF_BAD_INPUT && rc != LF_UNACCEPTED && rc != LF_CONFLICT && rc != LF_TOO_MANY)
        return rc;
    LF_TRY(page(r, lf_code_http(rc)));
    *r->e = kept;
    return rc;
}
