/* Pages about the node itself and who uses it: health, accounts, one's own account,
 * tokens, the standing policy, the audit trail. */
#include <qrencode.h>

#include "ident/account.h"
#include "ident/audit.h"
#include "ident/token.h"
#include "ident/totp.h"
#include "isac/indicator.h"
#include "web/page_priv.h"

/* ---- health ---- */

static const struct {
    const char *key;
    enum lf_text text;
} health_words[] = {
    { "up_s", LF_T_W_UP },
    { "cpu_ms", LF_T_W_CPU },
    { "peak_rss_kb", LF_T_W_MEMORY },
    { "seccomp", LF_T_W_SECCOMP },
    { "landlock", LF_T_W_LANDLOCK },
    { "waiting_polls", LF_T_W_POLLS },
    { "calls_open", LF_T_W_CALLS_OPEN },
    { "calls_done", LF_T_W_CALLS_DONE },
    { "calls_failed", LF_T_W_CALLS_FAILED },
    { "queries", LF_T_W_QUERIES },
    { "transfers", LF_T_W_TRANSFERS },
    { "notifies", LF_T_W_NOTIFIES },
    { "names", LF_T_W_NAMES },
    { "serial", LF_T_W_SERIAL },
    { "unconfirmed", LF_T_W_UNCONFIRMED },
    { "received", LF_T_W_RECEIVED },
    { "malformed", LF_T_W_MALFORMED },
    { "dropped", LF_T_W_DROPPED },
    { "journal_bytes", LF_T_W_JOURNAL },
    { "journal_stuck", LF_T_W_STUCK },
    { "archive_blocks", LF_T_W_ARCHIVE_BLOCKS },
    { "archive_unsealed", LF_T_W_ARCHIVE_UNSEALED },
    { "archive_damaged", LF_T_W_ARCHIVE_DAMAGED },
    { "archive_removed", LF_T_W_ARCHIVE_REMOVED },
    { "detection_lag", LF_T_W_LAG },
    { "findings", LF_T_W_FINDINGS },
    { "damaged", LF_T_W_DAMAGED },
    { "rules", LF_T_W_RULES },
    { "rules_refused", LF_T_W_RULES_REFUSED },
    { "rules_delta_files", LF_T_W_RULES_DELTA },
    { "rules_compiling", LF_T_W_RULES_COMPILING },
    { "evidence_dropped", LF_T_W_EVIDENCE_DROPPED },
    { "connections", LF_T_W_CONNECTIONS },
    { "connections_refused", LF_T_W_CONNECTIONS_REFUSED },
    { "connections_lost_step", LF_T_W_LOST_STEP },
    { "handshakes_failed", LF_T_W_HANDSHAKES },
    { "udp_kernel_drops", LF_T_W_UDP_DROPS },
    { "paused", LF_T_W_PAUSED },
    { "relp_answered", LF_T_W_RELP },
    { "udp_buffer", LF_T_W_UDP_BUFFER },
    { "unmatched", LF_T_W_UNMATCHED },
    { "searches_running", LF_T_W_SEARCHES },
    { "searches_done", LF_T_W_SEARCHES_DONE },
    { "indicators", LF_T_W_INDICATORS },
    { "indicators_whole", LF_T_W_INDICATORS_WHOLE },
    { "indicator_bytes", LF_T_W_INDICATOR_BYTES },
    { "indicator_hits", LF_T_W_INDICATOR_HITS },
    { "warning_entries", LF_T_W_WARNING_ENTRIES },
    { "sightings_lost", LF_T_W_SIGHTINGS_LOST },
    { "followed", LF_T_W_FOLLOWED },
    { "followed_open", LF_T_W_FOLLOWED_OPEN },
    { "waiting", LF_T_W_WAITING },
    { "requests", LF_T_W_REQUESTS },
    { "refused", LF_T_W_REFUSED },
    { "unavailable", LF_T_W_UNAVAILABLE },
    { "departed", LF_T_W_DEPARTED },
    { "cut", LF_T_W_CUT },
};

/* These are for programs, or are said better elsewhere on the page. */
static bool is_for_programs(lf_view key)
{
    static const char *const names[] = { "worker", "pid", "landlock_network", "journal_next",
                                         "journal_first" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (lf_view_is(key, names[i]))
            return true;
    return false;
}

/* What must be zero on a healthy node. */
static bool is_loss(lf_view key)
{
    static const char *const names[] = { "dropped",          "damaged",          "archive_damaged",
                                         "evidence_dropped", "udp_kernel_drops", "rules_refused" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (lf_view_is(key, names[i]))
            return true;
    return false;
}

static lf_view duration(const struct rq *r, int64_t s)
{
    if (s < 120)
        return fill1(r, LF_T_SECONDS, "n", number(r, s));
    if (s < 7200)
        return fill1(r, LF_T_MINUTES, "n", number(r, s / 60));
    return s < 172800 ? fill1(r, LF_T_HOURS, "n", number(r, s / 3600))
                      : fill1(r, LF_T_DAYS, "n", number(r, s / 86400));
}

static void put_counter(struct rq *r, struct lf_buf *b, lf_view key, const struct lf_json *one)
{
    const struct lf_json *v = lf_json_get(one, key);
    char name[64];
    int64_t n = 0;
    bool on;

    (void)snprintf(name, sizeof name, "%.*s", LF_FMT(lf_view_first(key, sizeof name - 1)));
    (void)lf_json_int(one, name, &n); /* stays 0 for what is no number */
    on = lf_json_bool(one, name, false);
    if (is_loss(key) && n > 0)
        badge(b, "bad", "!", number(r, n));
    else if (lf_view_is(key, "journal_stuck") || lf_view_is(key, "paused"))
        badge(b, on ? "bad" : "good", on ? "!" : "✓", text(r, on ? LF_T_YES : LF_T_NO));
    else if (lf_view_is(key, "seccomp") || lf_view_is(key, "landlock"))
        badge(b, on || n > 0 ? "good" : "warn", on || n > 0 ? "✓" : "!",
              text(r, on || n > 0 ? LF_T_IN_FORCE : LF_T_NOT_IN_FORCE));
    else if (lf_json_kind(v) == LF_JSON_TRUE || lf_json_kind(v) == LF_JSON_FALSE)
        lf_html(b, "%", V(text(r, on ? LF_T_YES : LF_T_NO)));
    else if (lf_view_is(key, "up_s"))
        lf_html(b, "%", V(duration(r, n)));
    else if (lf_view_is(key, "peak_rss_kb"))
        lf_html(b, "% MiB", V(number(r, n / 1024)));
    else if (lf_view_is(key, "journal_bytes"))
        lf_html(b, "% KiB", V(number(r, n / 1024)));
    else if (lf_view_is(key, "cpu_ms"))
        lf_html(b, "% ms", V(number(r, n)));
    else
        lf_html(b, "%", V(lf_json_text(v)));
}

static void put_senders(struct rq *r, struct lf_buf *b, const struct lf_json *senders)
{
    lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(SENDERS));
    if (lf_json_count(senders) == 0) {
        lf_html(b, "<p class=\"empty\">%</p></section>", T(NO_SENDERS));
        return;
    }
    lf_html(b,
            "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th scope=\"col\" "
            "class=\"num\">%</th><th scope=\"col\" class=\"num\">%</th><th scope=\"col\" "
            "class=\"num\">%</th></tr></thead><tbody>",
            T(SENDERS_CAPTION), T(NAME), T(W_RECEIVED), T(W_MALFORMED), T(W_DROPPED));
    for (size_t i = 0; i < lf_json_count(senders); i++) {
        const struct lf_json *s = lf_json_item(senders, i);
        static const char *const names[] = { "received", "malformed", "dropped" };
        static const enum lf_text labels[] = { LF_T_W_RECEIVED, LF_T_W_MALFORMED, LF_T_W_DROPPED };

        lf_html(b, "<tr><td class=\"wrap\" data-label=\"%\">%</td>", T(NAME), V(lf_json_str(s, "name")));
        for (size_t k = 0; k < 3; k++)
            lf_html(b, "<td class=\"num\" data-label=\"%\">%</td>", V(text(r, labels[k])),
                    V(lf_json_text(lf_json_get(s, lf_view_of(names[k])))));
        lf_html(b, "</tr>");
    }
    lf_html(b, "</tbody></table></section>");
}

static lf_view worker_name(const struct rq *r, lf_view name)
{
    static const struct {
        const char *name;
        enum lf_text text;
    } words[] = { { "parent", LF_T_WORKER_PARENT }, { "core", LF_T_WORKER_CORE },
                  { "front", LF_T_WORKER_FRONT },   { "intake", LF_T_WORKER_INTAKE },
                  { "search", LF_T_WORKER_SEARCH }, { "relay", LF_T_WORKER_RELAY },
                  { "dns", LF_T_WORKER_DNS } };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (lf_view_is(name, words[i].name))
            return text(r, words[i].text);
    return name;
}

static void put_worker(struct rq *r, struct lf_buf *b, lf_view name, const struct lf_json *one)
{
    lf_html(b, "<section class=\"panel\"><h2>%</h2><dl class=\"facts counters\">", V(worker_name(r, name)));
    for (size_t k = 0; k < lf_json_count(one) && lf_json_kind(one) == LF_JSON_OBJECT; k++) {
        lf_view key = lf_json_key(one, k), label = key;
        enum lf_json_kind kind = lf_json_kind(lf_json_member(one, k));

        if (is_for_programs(key) || kind == LF_JSON_ARRAY || kind == LF_JSON_OBJECT)
            continue;
        for (size_t i = 0; i < sizeof health_words / sizeof *health_words; i++)
            if (lf_view_is(key, health_words[i].key))
                label = text(r, health_words[i].text);
        lf_html(b, "<dt>%</dt><dd>", V(label));
        put_counter(r, b, key, one);
        lf_html(b, "</dd>");
    }
    lf_html(b, "</dl></section>");
}

enum lf_code page_health(struct rq *r)
{
    lf_view said = r->w->parts.health ? r->w->parts.health(r->w->parts.ctx, r->t->a) : LF_V("{}");
    const struct lf_json *all = NULL;
    struct lf_buf b;

    LF_TRY(lf_json_parse(r->t->a, said.len ? said : LF_V("{}"), NULL, &all, r->e));
    begin_page(r, &b, text(r, LF_T_NAV_HEALTH), "/health");
    lf_html(&b,
            "<h1>%</h1><section class=\"panel\"><dl "
            "class=\"facts\"><dt>%</dt><dd>%</dd><dt>%</dt><dd>%</dd><dt>%</dt><dd>"
            "<code>%</code></dd><dt>%</dt><dd>%</dd></dl></section>",
            T(NAV_HEALTH), T(NAME), V(r->t->self->name), T(TIER), V(tier_text(r, r->t->self->tier)),
            T(NODE_ID), V(r->t->self->node), T(VERSION), LF_HC(LF_VERSION));
    put_senders(r, &b, lf_json_get(lf_json_get(all, LF_V("intake")), LF_V("senders")));
    lf_html(&b, "<div class=\"tiles\">");
    for (size_t i = 0; i < lf_json_count(all); i++)
        put_worker(r, &b, lf_json_key(all, i), lf_json_member(all, i));
    lf_html(&b, "</div>");
    if (lf_json_count(all) == 0)
        lf_html(&b, "<p class=\"empty\">%</p>", T(NO_HEALTH));
    return end_page(r, &b, 200);
}

/* ---- people ---- */

static const struct {
    unsigned bit;
    enum lf_text text;
} role_words[] = {
    { LF_ROLE_ADMIN, LF_T_ROLE_ADMIN },       { LF_ROLE_ANALYST, LF_T_ROLE_ANALYST },
    { LF_ROLE_REPORTER, LF_T_ROLE_REPORTER }, { LF_ROLE_REVIEWER, LF_T_ROLE_REVIEWER },
    { LF_ROLE_READER, LF_T_ROLE_READER },     { LF_ROLE_SHARE, LF_T_ROLE_SHARE },
    { LF_ROLE_SENDER, LF_T_ROLE_SENDER },
};
enum { NROLES = sizeof role_words / sizeof *role_words };

static void put_roles(struct rq *r, struct lf_buf *b, unsigned roles)
{
    for (size_t i = 0; i < NROLES; i++)
        if (roles & role_words[i].bit)
            lf_html(b, "<span class=\"badge\">%</span> ", V(text(r, role_words[i].text)));
}

static unsigned checked_roles(const struct rq *r)
{
    unsigned roles = 0;

    for (size_t i = 0; i < NROLES; i++) {
        char key[32];

        (void)snprintf(key, sizeof key, "role_%s", lf_role_name(role_words[i].bit));
        if (field(r, key).ptr)
            roles |= role_words[i].bit;
    }
    return roles;
}

enum lf_code page_people(struct rq *r)
{
    struct lf_account_list list;
    struct lf_page page;
    struct lf_buf b;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_account_list(r->t, &page, &list, r->e));
    begin_page(r, &b, text(r, LF_T_NAV_PEOPLE), "/people");
    lf_html(&b,
            "<h1>%</h1><div class=\"two\"><section class=\"panel\"><table "
            "class=\"rows\"><caption>%</caption><thead><tr>"
            "<th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
            T(NAV_PEOPLE), T(PEOPLE_CAPTION), T(ACCOUNT), T(ROLES), T(TOTP), T(LAST_LOGIN), T(ACT));
    for (size_t i = 0; i < list.count; i++) {
        const struct lf_account *a = &list.item[i];

        lf_html(&b,
                "<tr><td class=\"wrap\" data-label=\"%\"><span>%<br><span "
                "class=\"quiet\">%</span></span></td><td data-label=\"%\"><span>",
                T(ACCOUNT), V(a->name), V(a->display), T(ROLES));
        put_roles(r, &b, a->roles);
        lf_html(&b, "</span></td><td data-label=\"%\"><span>", T(TOTP));
        if (a->disabled)
            badge(&b, "bad", "×", text(r, LF_T_DISABLED));
        else if (a->totp)
            badge(&b, "good", "✓", text(r, LF_T_TOTP_ON));
        else
            badge(&b, "warn", "!", text(r, LF_T_TOTP_OFF));
        lf_html(&b, "</span></td><td data-label=\"%\">", T(LAST_LOGIN));
        put_when(r, &b, a->seen);
        lf_html(&b, "</td><td data-label=\"%\"><span><a href=\"/tokens?account=%\">%</a>", T(ACT), V(a->id),
                T(NAV_TOKENS));
        if (!lf_view_eq(a->id, r->t->scope.account)) {
            LF_PUT(&b, " ");
            put_button(r, &b, path2(r, "/people/", a->id, a->disabled ? "/enable" : "/disable"),
                       a->disabled ? LF_T_ENABLE : LF_T_DISABLE, "second small");
        }
        lf_html(&b, "</span></td></tr>");
    }
    lf_html(&b, "</tbody></table>");
    put_next(r, &b, list.next);
    lf_html(&b,
            "</section><section class=\"panel\"><h2>%</h2><form class=\"stack\" method=\"post\" "
            "action=\"/people\">",
            T(PERSON_NEW));
    put_csrf(r, &b);
    lf_html(&b,
            "<p><label for=\"name\">%</label><input id=\"name\" name=\"name\" required maxlength=\"64\" "
            "autocomplete=\"off\"></p>"
            "<p><label for=\"display\">%</label><input id=\"display\" name=\"display\" maxlength=\"64\"></p>"
            "<p><label for=\"password\">%</label><input id=\"password\" name=\"password\" type=\"password\" "
            "required "
            "minlength=\"12\" autocomplete=\"new-password\" aria-describedby=\"pw-hint\"><span "
            "class=\"hint\" id=\"pw-hint\">%</span></p>"
            "<fieldset><legend>%</legend>",
            T(ACCOUNT), T(DISPLAY), T(PASSWORD), T(PASSWORD_HINT), T(ROLES));
    for (size_t i = 0; i < NROLES; i++)
        lf_html(&b, "<label><input type=\"checkbox\" name=\"role_%\" value=\"1\">%</label>",
                LF_HC(lf_role_name(role_words[i].bit)), V(text(r, role_words[i].text)));
    lf_html(&b, "</fieldset><p><button>%</button></p></form></section></div>", T(PERSON_ADD));
    return end_page(r, &b, 200);
}

enum lf_code page_people_add(struct rq *r)
{
    lf_view name, password, display = field(r, "display"), id;
    unsigned roles = checked_roles(r);

    LF_TRY(need(r, "name", &name));
    LF_TRY(need(r, "password", &password));
    if (!roles)
        return lf_err_set(r->e, LF_BAD_INPUT, "choose at least one role");
    LF_TRY(lf_account_create(r->t, lf_view_trim(name), display.ptr && display.len ? display : name, password,
                             roles, &id, r->e));
    return redirect(r, LF_V("/people?done=1"));
}

enum lf_code page_person_disable(struct rq *r)
{
    LF_TRY(lf_account_disable(r->t, r->w->parts.ident, r->id, true, r->e));
    return redirect(r, LF_V("/people?done=1"));
}

enum lf_code page_person_enable(struct rq *r)
{
    LF_TRY(lf_account_disable(r->t, r->w->parts.ident, r->id, false, r->e));
    return redirect(r, LF_V("/people?done=1"));
}

/* ---- one's own account ---- */

static void put_qr(struct lf_buf *b, const char *uri, lf_view label)
{
    QRcode *qr = QRcode_encodeString(uri, 0, QR_ECLEVEL_M, QR_MODE_8, 1);

    if (!qr)
        return;
    lf_buf_printf(
        b, "<svg class=\"qr\" role=\"img\" viewBox=\"-4 -4 %d %d\" shape-rendering=\"crispEdges\"><title>",
        qr->width + 8, qr->width + 8);
    lf_html_escape(b, label);
    LF_PUT(b, "</title><path fill=\"#000\" d=\"");
    for (int y = 0; y < qr->width; y++)
        for (int x = 0; x < qr->width; x++)
            if (qr->data[y * qr->width + x] & 1)
                lf_buf_printf(b, "M%d %dh1v1h-1z", x, y);
    LF_PUT(b, "\"/></svg>");
    QRcode_free(qr);
}

static void put_password(struct rq *r, struct lf_buf *b)
{
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><p class=\"quiet\">%</p><form class=\"stack\" "
            "method=\"post\" action=\"/me/password\">",
            T(PASSWORD_CHANGE), T(PASSWORD_LEAD));
    put_csrf(r, b);
    lf_html(b,
            "<p><label for=\"old\">%</label><input id=\"old\" name=\"old\" type=\"password\" required "
            "autocomplete=\"current-password\"></p><p><label for=\"new\">%</label><input id=\"new\" "
            "name=\"new\" type=\"password\" required minlength=\"12\" autocomplete=\"new-password\" "
            "aria-describedby=\"new-hint\"><span class=\"hint\" id=\"new-hint\">%</span></p>"
            "<p><label for=\"again\">%</label><input id=\"again\" name=\"again\" type=\"password\" required "
            "minlength=\"12\" autocomplete=\"new-password\"></p><p><button>%</button></p></form></section>",
            T(PASSWORD_OLD), T(PASSWORD_NEW), T(PASSWORD_HINT), T(PASSWORD_AGAIN), T(PASSWORD_CHANGE));
}

static enum lf_code me_page(struct rq *r, lf_view uri, lf_view secret)
{
    struct lf_account me = { 0 };
    struct lf_buf b;
    bool known = lf_account_get(r->t, r->t->scope.account, &me, NULL) == LF_OK;

    begin_page(r, &b, text(r, LF_T_NAV_ME), "/me");
    lf_html(&b, "<h1>%</h1><section class=\"panel\"><dl class=\"facts\"><dt>%</dt><dd>%</dd><dt>%</dt><dd>",
            T(NAV_ME), T(ACCOUNT), V(known ? me.name : r->t->scope.account), T(ROLES));
    put_roles(r, &b, r->t->scope.roles);
    lf_html(&b, "</dd></dl></section><section class=\"panel\"><h2>%</h2>", T(TOTP));
    if (secret.len) {
        lf_html(&b, "<p>%</p>", T(TOTP_SCAN));
        put_qr(&b, lf_arena_cstr(r->t->a, uri), text(r, LF_T_TOTP_QR));
        lf_html(&b,
                "<p>% <code class=\"token\">%</code></p><form class=\"stack\" method=\"post\" "
                "action=\"/me/totp\">",
                T(TOTP_TYPE), V(secret));
        put_csrf(r, &b);
        lf_html(
            &b,
            "<p><label for=\"code\">%</label><input id=\"code\" name=\"code\" inputmode=\"numeric\" "
            "autocomplete=\"one-time-code\" maxlength=\"6\" required></p><p><button>%</button></p></form>",
            T(TOTP_CODE), T(TOTP_CONFIRM));
    } else if (known && me.totp) {
        badge(&b, "good", "✓", text(r, LF_T_TOTP_ON));
    } else {
        lf_html(&b, "<p>%</p>", T(TOTP_LEAD));
        put_button(r, &b, LF_V("/me/totp"), LF_T_TOTP_BEGIN, "");
    }
    lf_html(&b, "</section>");
    if (!secret.len && known)
        put_password(r, &b);
    lf_html(&b, "<p><a href=\"/tokens\">%</a></p>", T(MY_TOKENS));
    return end_page(r, &b, 200);
}

enum lf_code page_me(struct rq *r)
{
    return me_page(r, LF_V(""), LF_V(""));
}

enum lf_code page_totp(struct rq *r)
{
    lf_view code = field(r, "code"), uri, secret;

    LF_TRY(need_session(r));
    if (code.ptr) {
        LF_TRY(lf_totp_confirm(r->t, r->w->parts.ident, lf_view_trim(code), r->e));
        return redirect(r, LF_V("/me?done=1"));
    }
    LF_TRY(lf_totp_enrol(r->t, &uri, &secret, r->e));
    return me_page(r, uri, secret);
}

/* The password ends every session of the account, this one too: sign in again. */
enum lf_code page_password(struct rq *r)
{
    lf_view old, fresh, again;

    LF_TRY(need(r, "old", &old));
    LF_TRY(need(r, "new", &fresh));
    LF_TRY(need(r, "again", &again));
    if (!lf_view_eq(fresh, again))
        return lf_err_set(r->e, LF_BAD_INPUT, "the two new passwords differ; type the same one twice");
    LF_TRY(lf_account_set_password(r->t, r->w->parts.ident, r->t->scope.account, old, fresh, r->e));
    set_cookie(r, "__Host-lf", LF_V(""), "SameSite=Strict; Max-Age=0");
    return redirect(r, LF_V("/login?done=1"));
}

/* ---- tokens ---- */

static void put_token_form(struct rq *r, struct lf_buf *b, const struct lf_account *owner)
{
    static const char *const days[] = { "90", "365", "" };
    static const enum lf_text spans[] = { LF_T_DAYS_90, LF_T_DAYS_365, LF_T_DAYS_NONE };

    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><p class=\"quiet\">%</p><form class=\"stack\" "
            "method=\"post\" action=\"/tokens\">",
            T(TOKEN_NEW), T(TOKEN_LEAD));
    put_csrf(r, b);
    lf_html(b,
            "<input type=\"hidden\" name=\"account\" value=\"%\"><p><label for=\"label\">%</label><input "
            "id=\"label\" name=\"label\" required maxlength=\"120\" autocomplete=\"off\" "
            "aria-describedby=\"label-hint\"><span class=\"hint\" id=\"label-hint\">%</span></p>"
            "<p><label for=\"days\">%</label><select id=\"days\" name=\"days\">",
            V(owner->id), T(TOKEN_LABEL), T(TOKEN_LABEL_HINT), T(VALID_UNTIL));
    for (size_t i = 0; i < 3; i++)
        lf_html(b, "<option value=\"%\">%</option>", LF_HC(days[i]), V(text(r, spans[i])));
    lf_html(b, "</select></p><fieldset><legend>%</legend>", T(TOKEN_MAY));
    for (size_t i = NROLES; i-- > 0;) /* log senders first: what most tokens are for */
        if (owner->roles & role_words[i].bit)
            lf_html(b, "<label><input type=\"checkbox\" name=\"role_%\" value=\"1\"%>%</label>",
                    LF_HC(lf_role_name(role_words[i].bit)),
                    LF_RAW(role_words[i].bit == LF_ROLE_SENDER ? LF_V(" checked") : LF_V("")),
                    V(text(r, role_words[i].text)));
    lf_html(b, "</fieldset><p><button>%</button></p></form></section>", T(TOKEN_MAKE));
}

static enum lf_code tokens_page(struct rq *r, lf_view account, lf_view token)
{
    struct lf_account owner;
    struct lf_token_list list;
    struct lf_page page;
    struct lf_buf b;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_account_get(r->t, account, &owner, r->e));
    LF_TRY(lf_token_list(r->t, owner.id, &page, &list, r->e));
    begin_page(r, &b, text(r, LF_T_NAV_TOKENS), "/tokens");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p></div>", T(NAV_TOKENS),
            V(fill1(r, LF_T_TOKENS_OF, "account", owner.name)));
    if (token.len)
        lf_html(&b,
                "<section class=\"panel\" role=\"status\"><h2>%</h2><p>%</p><pre class=\"token\" "
                "tabindex=\"0\">%</pre><p class=\"quiet\">%</p></section>",
                T(TOKEN_MADE), T(TOKEN_ONCE), V(token), T(TOKEN_USE));
    lf_html(&b, "<div class=\"two\"><section class=\"panel\">");
    if (list.count == 0)
        lf_html(&b, "<p class=\"empty\">%</p>", T(NO_TOKENS));
    else
        lf_html(&b,
                "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
                "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
                "scope=\"col\">%</th></tr></thead><tbody>",
                T(TOKENS_CAPTION), T(TOKEN_LABEL), T(TOKEN_MAY), T(CREATED), T(VALID_UNTIL), T(ACT));
    for (size_t i = 0; i < list.count; i++) {
        const struct lf_token *x = &list.item[i];

        lf_html(&b, "<tr><td class=\"wrap\" data-label=\"%\">%</td><td data-label=\"%\"><span>",
                T(TOKEN_LABEL), V(x->label), T(TOKEN_MAY));
        put_roles(r, &b, x->roles);
        lf_html(&b, "</span></td><td data-label=\"%\">", T(CREATED));
        put_when(r, &b, x->created);
        lf_html(&b, "</td><td data-label=\"%\">", T(VALID_UNTIL));
        if (x->expires)
            put_when(r, &b, x->expires);
        else
            lf_html(&b, "<span class=\"quiet\">%</span>", T(DAYS_NONE));
        lf_html(&b, "</td><td data-label=\"%\"><span>", T(ACT));
        put_button(r, &b, path2(r, "/tokens/", x->id, "/revoke"), LF_T_REVOKE, "second small");
        lf_html(&b, "</span></td></tr>");
    }
    if (list.count)
        lf_html(&b, "</tbody></table>");
    put_next(r, &b, list.next);
    lf_html(&b, "</section>");
    put_token_form(r, &b, &owner);
    lf_html(&b, "</div>");
    return end_page(r, &b, 200);
}

enum lf_code page_tokens(struct rq *r)
{
    lf_view account = query(r, "account");

    return tokens_page(r, account.len ? account : r->t->scope.account, LF_V(""));
}

enum lf_code page_token_add(struct rq *r)
{
    lf_view label, days = field(r, "days"), account = field(r, "account"), id, token;
    unsigned roles = checked_roles(r);
    uint64_t n = 0;

    LF_TRY(need_session(r));
    LF_TRY(need(r, "label", &label));
    if (!roles)
        return lf_err_set(r->e, LF_BAD_INPUT, "choose what the token may do");
    if (days.ptr && days.len && (!lf_view_u64(days, &n) || n < 1 || n > 3660))
        return lf_err_set(r->e, LF_BAD_INPUT, "days is a number from 1 to 3660");
    if (!account.len)
        account = r->t->scope.account;
    LF_TRY(lf_token_create(r->t, account, lf_view_trim(label), roles,
                           n ? lf_now(r->t->env) + (lf_time)n * LF_DAY : 0, &id, &token, r->e));
    return tokens_page(r, account, token);
}

enum lf_code page_token_del(struct rq *r)
{
    LF_TRY(lf_token_revoke(r->t, r->id, r->e));
    return redirect(r, LF_V("/tokens?done=1"));
}

/* ---- the standing policy ---- */

static lf_view account_name(struct rq *r, lf_view id)
{
    struct lf_account a;

    if (lf_view_is(id, "system"))
        return text(r, LF_T_BY_SYSTEM);
    return lf_account_get(r->t, id, &a, NULL) == LF_OK ? a.name : id;
}

/* In whole sentences what the policy lets out: what is signed must be understood. */
static void put_policy(struct rq *r, struct lf_buf *b, const struct lf_policy *p)
{
    struct lf_text_value v[] = { { "n", number(r, p->min_evidence) },
                                 { "hours", number(r, p->max_life_hours) } };

    lf_html(b, "<h2>%</h2><ul class=\"plain-list\"><li>%</li><li>%</li><li>%", T(POLICY_SAYS),
            V(lf_text_fill(r->t->a, LF_T_POLICY_EVIDENCE, r->lang, v, 2)),
            V(lf_text_fill(r->t->a, LF_T_POLICY_LIFE, r->lang, v, 2)), T(POLICY_LEVEL));
    LF_PUT(b, " ");
    put_level(r, b, p->min_level);
    lf_html(b, "</li><li>%</li>", V(text(r, p->auto_report ? LF_T_POLICY_REPORTS : LF_T_POLICY_NO_REPORTS)));
    if (p->tlp.len)
        lf_html(b, "<li>%</li>",
                V(fill1(r, LF_T_POLICY_TLP, "tlp", lf_arena_printf(r->t->a, "TLP:%.*s", LF_FMT(p->tlp)))));
    lf_html(b, "<li>%</li></ul>", T(POLICY_REDACTED));
    if (p->nallow) {
        lf_html(b, "<p>%</p><p>", T(POLICY_ALLOWS));
        for (size_t i = 0; i < p->nallow; i++)
            lf_html(b, "<code class=\"badge\">%</code> ", V(p->allow[i]));
        lf_html(b, "</p>");
    }
    lf_html(b, "<dl class=\"facts\"><dt>%</dt><dd>%</dd><dt>%</dt><dd>", T(SIGNED_BY),
            V(account_name(r, p->signed_by)), T(SIGNED_AT));
    put_when_zone(r, b, p->signed_at);
    lf_html(b, "</dd><dt>%</dt><dd><code>%</code></dd></dl>", T(POLICY_ID), V(p->id));
}

static void put_policy_form(struct rq *r, struct lf_buf *b, const struct lf_policy *p)
{
    static const char *const tlps[] = { "amber", "amber+strict", "green", "clear", "red" };
    static const struct {
        enum lf_level level;
        enum lf_text text;
    } levels[] = { { LF_LEVEL_CRITICAL, LF_T_LEVEL_CRITICAL },
                   { LF_LEVEL_HIGH, LF_T_LEVEL_HIGH },
                   { LF_LEVEL_MEDIUM, LF_T_LEVEL_MEDIUM } };
    bool have = p->id.len > 0;
    enum lf_level level = have ? p->min_level : LF_LEVEL_HIGH;
    lf_view tlp = have ? p->tlp : LF_V("amber");

    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><p class=\"quiet\">%</p><form class=\"stack\" "
            "method=\"post\" action=\"/policy\">",
            V(text(r, have ? LF_T_POLICY_REPLACE : LF_T_POLICY_SIGN)), T(POLICY_SIGN_LEAD));
    put_csrf(r, b);
    lf_html(b,
            "<p><label for=\"evidence\">%</label><input id=\"evidence\" name=\"evidence\" type=\"number\" "
            "min=\"2\" max=\"100\" required value=\"%\" aria-describedby=\"evidence-hint\"><span "
            "class=\"hint\" id=\"evidence-hint\">%</span></p>"
            "<p><label for=\"life\">%</label><input id=\"life\" name=\"life\" type=\"number\" min=\"1\" "
            "max=\"720\" required value=\"%\"></p><p><label for=\"level\">%</label><select id=\"level\" "
            "name=\"level\">",
            T(POLICY_MIN), V(number(r, have ? p->min_evidence : 2)), T(POLICY_MIN_HINT), T(POLICY_HOURS),
            V(number(r, have ? p->max_life_hours : 72)), T(POLICY_MIN_LEVEL));
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        lf_html(b, "<option value=\"%\"%>%</option>", LF_HC(lf_level_name(levels[i].level)),
                LF_RAW(levels[i].level == level ? LF_V(" selected") : LF_V("")), V(text(r, levels[i].text)));
    lf_html(b, "</select></p><p><label for=\"tlp\">%</label><select id=\"tlp\" name=\"tlp\">",
            T(POLICY_MARK));
    for (size_t i = 0; i < sizeof tlps / sizeof *tlps; i++)
        lf_html(b, "<option value=\"%\"%>TLP:%</option>", LF_HC(tlps[i]),
                LF_RAW(lf_view_is(tlp, tlps[i]) ? LF_V(" selected") : LF_V("")), LF_HC(tlps[i]));
    lf_html(b,
            "</select></p><p><label for=\"allow\">%</label><textarea id=\"allow\" name=\"allow\" "
            "spellcheck=\"false\" aria-describedby=\"allow-hint\">",
            T(POLICY_ALLOW));
    for (size_t i = 0; have && i < p->nallow; i++)
        lf_html(b, "%\n", V(p->allow[i]));
    lf_html(b,
            "</textarea><span class=\"hint\" id=\"allow-hint\">%</span></p><p><label><input "
            "type=\"checkbox\" name=\"report\" value=\"1\"%>%</label></p><p><button>%</button></p></form>"
            "</section>",
            T(POLICY_ALLOW_HINT), LF_RAW(!have || p->auto_report ? LF_V(" checked") : LF_V("")),
            T(POLICY_REPORT), T(POLICY_SIGN_DO));
}

enum lf_code page_policy(struct rq *r)
{
    struct lf_policy p;
    struct lf_buf b;

    LF_TRY(lf_policy_get(r->t, &p, r->e));
    begin_page(r, &b, text(r, LF_T_NAV_POLICY), "/policy");
    lf_html(&b, "<h1>%</h1><p>%</p><div class=\"two\"><section class=\"panel\">", T(NAV_POLICY),
            T(POLICY_LEAD));
    if (p.id.len)
        put_policy(r, &b, &p);
    else
        lf_html(&b, "<h2>%</h2><p>%</p>", T(POLICY_NONE), T(POLICY_NONE_LEAD));
    lf_html(&b, "</section>");
    if (may(r, SIGN))
        put_policy_form(r, &b, &p);
    lf_html(&b, "</div>");
    return end_page(r, &b, 200);
}

enum lf_code page_policy_sign(struct rq *r)
{
    lf_view evidence, life, level, tlp, allow = field(r, "allow"), name, form, id;
    uint64_t n = 0, hours = 0;
    struct lf_json_w w;
    struct lf_buf b;
    enum lf_code rc;

    LF_TRY(need(r, "evidence", &evidence));
    LF_TRY(need(r, "life", &life));
    LF_TRY(need(r, "level", &level));
    LF_TRY(need(r, "tlp", &tlp));
    if (!lf_view_u64(lf_view_trim(evidence), &n) || !lf_view_u64(lf_view_trim(life), &hours) || n > 1000000 ||
        hours > 1000000)
        return lf_err_set(r->e, LF_BAD_INPUT, "evidence and hours are whole numbers");
    lf_buf_init(&b, 1 << 18);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_begin(&w, "kinds", '[');
    lf_json_put_cstr(&w, NULL, lf_observable_kind_name(LF_OBS_DOMAIN));
    lf_json_close(&w);
    lf_json_put_int(&w, "min_evidence", (int64_t)n);
    lf_json_put_int(&w, "max_life_hours", (int64_t)hours);
    lf_json_begin(&w, "allow", '[');
    while (lf_view_split(&allow, '\n', &name)) {
        name = lf_view_trim(name);
        if (name.len)
            lf_json_put_str(&w, NULL, name);
    }
    lf_json_close(&w);
    lf_json_put_str(&w, "min_level", level);
    lf_json_put_bool(&w, "auto_report", field(r, "report").ptr != NULL);
    lf_json_put_str(&w, "tlp", tlp);
    lf_json_close(&w);
    rc = lf_buf_done(&b, r->e);
    form = lf_arena_copy(r->t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    LF_TRY(rc);
    LF_TRY(lf_policy_sign(r->t, form, &id, r->e));
    return redirect(r, LF_V("/policy?done=1"));
}

/* ---- the audit trail ---- */

static const struct {
    const char *action;
    enum lf_text text;
} action_words[] = {
    { "node.create", LF_T_A_NODE_CREATE },
    { "account.create", LF_T_A_ACCOUNT_CREATE },
    { "account.login", LF_T_A_LOGIN },
    { "account.disable", LF_T_A_ACCOUNT_DISABLE },
    { "account.enable", LF_T_A_ACCOUNT_ENABLE },
    { "account.set_password", LF_T_A_PASSWORD },
    { "account.set_roles", LF_T_A_ROLES },
    { "account.totp_on", LF_T_A_TOTP_ON },
    { "account.totp_off", LF_T_A_TOTP_OFF },
    { "token.create", LF_T_A_TOKEN_CREATE },
    { "token.revoke", LF_T_A_TOKEN_REVOKE },
    { "alert.acknowledge", LF_T_A_ALERT_ACK },
    { "search.start", LF_T_A_SEARCH_START },
    { "search.cancel", LF_T_A_SEARCH_CANCEL },
    { "alert.close", LF_T_A_ALERT_CLOSE },
    { "tuning.set", LF_T_A_TUNING_SET },
    { "tuning.clear", LF_T_A_TUNING_CLEAR },
    { "exclusion.set", LF_T_A_EXCLUSION_SET },
    { "exclusion.end", LF_T_A_EXCLUSION_END },
    { "asset.set", LF_T_A_ASSET_SET },
    { "asset.remove", LF_T_A_ASSET_REMOVE },
    { "asset.import", LF_T_A_ASSET_IMPORT },
    { "alert.assign", LF_T_A_ALERT_ASSIGN },
    { "alert.comment", LF_T_A_ALERT_COMMENT },
    { "alert.merge", LF_T_A_ALERT_MERGE },
    { "alert.unmerge", LF_T_A_ALERT_UNMERGE },
    { "alert.judge", LF_T_A_ALERT_JUDGE },
    { "alert.raise", LF_T_A_ALERT_RAISE },
    { "incident.receive", LF_T_A_INCIDENT_RECEIVE },
    { "indicator.share", LF_T_A_SHARE },
    { "indicator.release", LF_T_A_RELEASE },
    { "indicator.withdraw", LF_T_A_WITHDRAW },
    { "policy.sign", LF_T_A_POLICY },
    { "block.add", LF_T_A_BLOCK },
    { "block.expire", LF_T_A_BLOCK_EXPIRE },
    { "block.withdraw", LF_T_A_BLOCK_WITHDRAW },
    { "node.rename", LF_T_A_NODE_RENAME },
    { "taxii.delete", LF_T_A_TAXII_DELETE },
    { "allow.add", LF_T_A_ALLOW_ADD },
    { "allow.del", LF_T_A_ALLOW_DEL },
    { "peer.invite", LF_T_A_INVITE },
    { "peer.enrol", LF_T_A_ENROL },
    { "peer.suspend", LF_T_A_SUSPEND },
    { "peer.resume", LF_T_A_RESUME },
    { "parent.join", LF_T_A_JOIN },
    { "parent.joined", LF_T_A_JOINED },
    { "parent.refused", LF_T_A_JOIN_REFUSED },
    { "organisation.create", LF_T_A_ORGANISATION },
};

static lf_view action_text(const struct rq *r, lf_view action)
{
    for (size_t i = 0; i < sizeof action_words / sizeof *action_words; i++)
        if (lf_view_is(action, action_words[i].action))
            return text(r, action_words[i].text);
    if (lf_view_starts(action, LF_V("incident.")))
        return text(r, LF_T_A_INCIDENT);
    return action;
}

static void put_subject(struct rq *r, struct lf_buf *b, const struct lf_audit_entry *a)
{
    const char *to = lf_view_starts(a->subject, LF_V("incident--")) ? "/incidents/"
                     : lf_view_starts(a->action, LF_V("alert."))    ? "/alerts/"
                                                                    : NULL;

    if (lf_view_starts(a->action, LF_V("account.")))
        lf_html(b, "%", V(account_name(r, a->subject)));
    else if (to)
        lf_html(b, "<a href=\"%\"><code>%</code></a>", V(path2(r, to, a->subject, "")), V(a->subject));
    else
        lf_html(b, "<code>%</code>", V(a->subject));
}

enum lf_code page_audit(struct rq *r)
{
    struct lf_audit_list list;
    struct lf_page page;
    struct lf_buf b;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_audit_list(r->t, &page, &list, r->e));
    begin_page(r, &b, text(r, LF_T_NAV_AUDIT), "/audit");
    lf_html(&b,
            "<h1>%</h1><p class=\"quiet\">%</p><section class=\"panel\"><table "
            "class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\" class=\"num\">%</th><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th></tr></thead><tbody>",
            T(NAV_AUDIT), T(AUDIT_LEAD), T(AUDIT_CAPTION), T(NUMBER), T(TIME), T(WHO), T(ACTION), T(SUBJECT),
            T(PROOF));
    for (size_t i = 0; i < list.count; i++) {
        const struct lf_audit_entry *a = &list.item[i];

        lf_html(&b, "<tr><td class=\"num\" data-label=\"%\">%</td><td data-label=\"%\">", T(NUMBER),
                V(number(r, a->seq)), T(TIME));
        put_when(r, &b, a->time);
        lf_html(&b, "</td><td class=\"short\" data-label=\"%\">%</td><td data-label=\"%\">%</td>", T(WHO),
                V(account_name(r, a->account)), T(ACTION), V(action_text(r, a->action)));
        lf_html(&b, "<td class=\"wrap\" data-label=\"%\"><span>", T(SUBJECT));
        put_subject(r, &b, a);
        if (a->detail.len > 2)
            lf_html(&b, "<br><code class=\"quiet\">%</code>", V(a->detail));
        lf_html(&b, "</span></td><td data-label=\"%\"><code>%…</code></td></tr>", T(PROOF),
                V(lf_view_first(a->hash, 12)));
    }
    lf_html(&b, "</tbody></table></section>");
    put_next(r, &b, list.next);
    return end_page(r, &b, 200);
}
