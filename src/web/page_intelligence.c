/* Pages of intelligence and of what it blocks: indicators, blocks, allow list. */
#include "fmt/uri.h"
#include "isac/indicator.h"
#include "isac/present.h"
#include "isac/sighting.h"
#include "isac/warning.h"
#include "shield/block.h"
#include "web/page_priv.h"

static const enum lf_text kinds[LF_OBS_KINDS] = {
    [LF_OBS_DOMAIN] = LF_T_OBS_DOMAIN, [LF_OBS_IPV4] = LF_T_OBS_IPV4,       [LF_OBS_IPV6] = LF_T_OBS_IPV6,
    [LF_OBS_URL] = LF_T_OBS_URL,       [LF_OBS_SHA256] = LF_T_OBS_SHA256,   [LF_OBS_NET4] = LF_T_OBS_NET4,
    [LF_OBS_NET6] = LF_T_OBS_NET6,     [LF_OBS_MD5] = LF_T_OBS_MD5,         [LF_OBS_SHA1] = LF_T_OBS_SHA1,
    [LF_OBS_SHA512] = LF_T_OBS_SHA512, [LF_OBS_EMAIL] = LF_T_OBS_EMAIL,     [LF_OBS_JA3] = LF_T_OBS_JA3,
    [LF_OBS_JA4] = LF_T_OBS_JA4,       [LF_OBS_PATTERN] = LF_T_OBS_PATTERN,
};

lf_view indicator_kind_text(const struct rq *r, enum lf_observable_kind kind)
{
    return text(r, kinds[kind]);
}

void put_indicator_state(struct rq *r, struct lf_buf *b, lf_view s)
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

/* A warning list keeps it back: whoever lets it out says why. */
void put_release_warned(struct rq *r, struct lf_buf *b, lf_view id)
{
    lf_html(b, "<details><summary>%</summary><form class=\"stack\" method=\"post\" action=\"%\">",
            T(RELEASE_WARNED), V(path2(r, "/indicators/", id, "/release")));
    put_csrf(r, b);
    lf_html(b,
            "<p><label for=\"w-%\">%</label><input id=\"w-%\" name=\"reason\" required maxlength=\"300\"></p>"
            "<p><button class=\"small\">%</button></p></form></details>",
            V(id), T(REASON), V(id), T(RELEASE));
}

lf_view url_text(struct rq *r, lf_view v)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 64 << 10);
    lf_uri_encode(&b, v);
    out = lf_arena_copy(r->t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

/* ---- what of them is asked for ---- */

static const char *const asked[] = { "q", "kind", "state", "from", "to" };

static lf_view filter_link(struct rq *r)
{
    lf_view out = LF_V("");

    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
        if (query(r, asked[i]).len)
            out = lf_arena_printf(r->t->a, "%.*s&%s=%.*s", LF_FMT(out), asked[i],
                                  LF_FMT(url_text(r, query(r, asked[i]))));
    return out;
}

static void put_option(struct lf_buf *b, const char *value, lf_view word, lf_view chosen)
{
    lf_html(b, "<option value=\"%\"%>%</option>", LF_HC(value),
            LF_RAW(lf_view_is(chosen, value) ? LF_V(" selected") : LF_V("")), V(word));
}

static void put_asked(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label)
{
    lf_html(b,
            "<p><label for=\"f-%\">%</label><input id=\"f-%\" name=\"%\" value=\"%\" maxlength=\"200\" "
            "autocomplete=\"off\" autocapitalize=\"none\" spellcheck=\"false\"></p>",
            LF_HC(name), V(text(r, label)), LF_HC(name), LF_HC(name), V(lf_view_some(query(r, name))));
}

static void put_filter(struct rq *r, struct lf_buf *b)
{
    static const struct {
        const char *state;
        enum lf_text word;
    } states[] = { { "draft", LF_T_I_DRAFT },     { "provisional", LF_T_I_PROVISIONAL },
                   { "active", LF_T_I_ACTIVE },   { "waiting", LF_T_I_WAITING },
                   { "revoked", LF_T_I_REVOKED }, { "expired", LF_T_I_EXPIRED } };
    lf_view kind = lf_view_some(query(r, "kind")), state = lf_view_some(query(r, "state"));

    LF_PUT(b, "<section class=\"panel\"><form class=\"stack wide\" method=\"get\" action=\"/indicators\" "
              "role=\"search\"><div class=\"row\">");
    put_asked(r, b, "q", LF_T_I_PART);
    lf_html(b, "<p><label for=\"f-kind\">%</label><select id=\"f-kind\" name=\"kind\">", T(INDICATOR_KIND));
    put_option(b, "", text(r, LF_T_O_ANY), kind);
    for (size_t i = 0; i < LF_OBS_KINDS; i++)
        put_option(b, lf_observable_kind_name((enum lf_observable_kind)i), text(r, kinds[i]), kind);
    lf_html(b, "</select></p><p><label for=\"f-state\">%</label><select id=\"f-state\" name=\"state\">",
            T(STATE));
    put_option(b, "", text(r, LF_T_O_ANY), state);
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        put_option(b, states[i].state, text(r, states[i].word), state);
    LF_PUT(b, "</select></p>");
    put_asked(r, b, "from", LF_T_I_FROM);
    put_asked(r, b, "to", LF_T_SEARCH_TO);
    lf_html(b, "<p><button>%</button></p></div><p class=\"hint\">%</p></form></section>", T(ALERTS_FIND),
            T(SEARCH_TIME_HINT));
}

enum lf_code page_indicators(struct rq *r)
{
    struct lf_indicator_filter filter;
    struct lf_indicator_page list;
    struct lf_sighting_row *seen;
    struct lf_present *sure;
    lf_view *warned;
    struct lf_page page;
    struct lf_buf b;

    LF_TRY(page_of(r, &page));
    LF_TRY(indicator_filter(r, &filter));
    LF_TRY(lf_indicator_seek(r->t, &filter, &page, &list, r->e));
    sure = LF_NEW(r->t->a, struct lf_present, list.n + 1);
    seen = LF_NEW(r->t->a, struct lf_sighting_row, list.n + 1);
    warned = LF_NEW(r->t->a, lf_view, list.n + 1);
    for (size_t i = 0; i < list.n; i++) {
        LF_TRY(lf_sighting_get(r->t, list.items[i].id, &seen[i], r->e));
        LF_TRY(lf_warning_of(r->t, list.items[i].kind, list.items[i].value, &warned[i], r->e));
        LF_TRY(lf_present_of(r->t, &list.items[i], &sure[i], r->e));
    }
    begin_page(r, &b, text(r, LF_T_NAV_INDICATORS), "/indicators");
    lf_html(&b, "<h1>%</h1>", T(NAV_INDICATORS));
    LF_PUT(&b, "<p>");
    if (may(r, JUDGE))
        lf_html(&b, "<a href=\"/feeds\">%</a> · ", T(FEEDS_LINK));
    lf_html(&b,
            "<a href=\"/digests\">%</a> · <a href=\"/objects?type=indicator\">%</a> · <a "
            "href=\"/stations\">%</a></p>",
            T(DIGESTS_LINK), T(I_ALL_STORED), T(STATIONS));
    put_filter(r, &b);
    lf_html(&b, "%<section class=\"panel\">", LF_RAW(may(r, JUDGE) ? LF_V("<div class=\"two\">") : LF_V("")));
    if (list.n == 0)
        lf_html(&b, "<p class=\"empty\" role=\"status\">%</p>",
                V(text(r, filter.asked ? LF_T_I_NONE_LIKE : LF_T_NO_INDICATORS)));
    else
        lf_html(
            &b,
            "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th>"
            "<th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th>"
            "<th scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
            T(INDICATORS_CAPTION), T(VALUE), T(STATE), T(O_CONFIDENCE), T(EVIDENCE_COUNT), T(ORIGIN),
            T(VALID_UNTIL), T(ACT));
    for (size_t i = 0; i < list.n; i++) {
        const struct lf_indicator_row *x = &list.items[i];
        bool live = lf_view_is(x->state, "active") || lf_view_is(x->state, "provisional");
        lf_html(&b, "<tr><td class=\"wrap\" data-label=\"%\"><a href=\"%\"><code>%</code></a><br><small>%",
                T(VALUE), V(path2(r, "/indicators/", x->id, "")), V(x->value),
                V(indicator_kind_text(r, x->kind)));
        if (!lf_block_can(x->kind))
            lf_html(&b, " · %", T(LOOKED_FOR_ONLY));
        lf_html(&b, "</small>");
        if (seen[i].count) {
            lf_html(&b, "<br><small>% % · ", T(SIGHTINGS), V(number(r, seen[i].count)));
            put_when(r, &b, seen[i].last);
            lf_html(&b, "</small>");
        }
        if (warned[i].len)
            lf_html(&b, "<br><small>%</small>", V(fill1(r, LF_T_WARNED, "list", warned[i])));
        lf_html(&b, "</td><td data-label=\"%\">", T(STATE));
        put_indicator_state(r, &b, x->state);
        lf_html(&b,
                "</td><td class=\"num\" data-label=\"%\">%</td><td class=\"num\" data-label=\"%\">%</td><td "
                "data-label=\"%\">%</td><td data-label=\"%\">",
                T(O_CONFIDENCE), V(number(r, sure[i].now.confidence)), T(EVIDENCE_COUNT),
                V(number(r, x->evidence)), T(ORIGIN),
                V(text(r, x->origin.len ? LF_T_ORIGIN_PEER : LF_T_ORIGIN_OWN)), T(VALID_UNTIL));
        put_when(r, &b, x->valid_until);
        lf_html(&b, "</td><td data-label=\"%\"><span>", T(ACT));
        if (may(r, JUDGE) && !x->origin.len && live)
            put_button(r, &b, path2(r, "/indicators/", x->id, "/withdraw"), LF_T_WITHDRAW, "second small");
        if (may(r, JUDGE) && warned[i].len && (live || lf_view_is(x->state, "draft")))
            put_release_warned(r, &b, x->id);
        else if (may(r, JUDGE) && !x->origin.len && !lf_view_is(x->state, "active") &&
                 (live || lf_view_is(x->state, "draft")))
            put_button(r, &b, path2(r, "/indicators/", x->id, "/release"), LF_T_RELEASE, "small");
        lf_html(&b, "</span></td></tr>");
    }
    if (list.n)
        lf_html(&b, "</tbody></table>");
    put_next_with(r, &b, lf_arena_cstr(r->t->a, filter_link(r)), list.next);
    lf_html(&b, "</section>");
    if (may(r, JUDGE)) {
        lf_html(&b,
                "<section class=\"panel\"><h2>%</h2><p class=\"quiet\">%</p><form class=\"stack\" "
                "method=\"post\" action=\"/indicators\">",
                T(INDICATOR_NEW), T(INDICATOR_LEAD));
        put_csrf(r, &b);
        lf_html(&b,
                "<p><label for=\"value\">%</label><input id=\"value\" name=\"value\" required "
                "maxlength=\"16384\" autocapitalize=\"none\" autocomplete=\"off\"></p>"
                "<p><label for=\"kind\">%</label><select id=\"kind\" name=\"kind\">"
                "<option value=\"auto\">%</option>",
                T(VALUE), T(INDICATOR_KIND), T(OBS_AUTO));
        for (size_t i = 0; i < LF_OBS_KINDS; i++)
            lf_html(&b, "<option value=\"%\">%</option>",
                    LF_HC(lf_observable_kind_name((enum lf_observable_kind)i)), V(text(r, kinds[i])));
        lf_html(&b,
                "</select></p><p><label><input type=\"checkbox\" name=\"release\" value=\"1\">%</label></p>"
                "<p><button>%</button></p></form></section></div>",
                T(INDICATOR_AT_ONCE), T(INDICATOR_ADD));
    }
    return end_page(r, &b, 200);
}

enum lf_code page_indicator_add(struct rq *r)
{
    struct added made;

    LF_TRY(indicator_add(r, field(r, "release").ptr != NULL, &made));
    return redirect(r, LF_V("/indicators?done=1"));
}

enum lf_code page_indicator_release(struct rq *r)
{
    LF_TRY(indicator_release(r, r->id));
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
