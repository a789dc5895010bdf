/* A link, as people see it: how it stands, what was countersigned, what it leaves out or changes, and files
 * for networks that are cut off. */
#include "isac/chain.h"
#include "isac/keys.h"
#include "isac/link.h"
#include "isac/transfer.h"
#include "isac/transform.h"
#include "web/page_priv.h"

enum { HEADS = 24 };

static enum lf_code finish(struct rq *r, struct lf_buf *b, enum lf_code rc)
{
    if (rc == LF_OK)
        return end_page(r, b, 200);
    lf_buf_clear(b);
    return rc;
}

static lf_view peer_path(struct rq *r, lf_view id, const char *rest)
{
    return path2(r, "/peers/", id, rest);
}

/* ---- how it stands ---- */

void put_lag(struct rq *r, struct lf_buf *b, const struct lf_peer *p, lf_time lag)
{
    if (p->kind != LF_PEER_CHILD || p->state == LF_PEER_RETIRED)
        lf_html(b, "<span class=\"quiet\">%</span>", T(L_NO_LAG));
    else if (lag < LF_SECOND)
        badge(b, "good", "✓", text(r, LF_T_L_HAS_ALL));
    else
        badge(b, "warn", "◷", fill1(r, LF_T_L_BEHIND, "n", number(r, lag / LF_SECOND)));
}

enum lf_code put_chain_badge(struct rq *r, struct lf_buf *b, const struct lf_peer *p)
{
    struct lf_chain_state c;

    LF_TRY(lf_chain_look(r->t, p->id, &c, r->e));
    if (c.broken.len)
        badge(b, "bad", "!", text(r, LF_T_L_CHAIN_BROKEN));
    else if (c.seq)
        badge(b, "good", "✓", text(r, LF_T_L_CHAIN_FITS));
    else
        lf_html(b, "<span class=\"quiet\">%</span>", T(L_CHAIN_NONE));
    return LF_OK;
}

static enum lf_code put_facts(struct rq *r, struct lf_buf *b, const struct lf_peer *p)
{
    struct lf_link_state link = { 0 };
    lf_view lacks = lf_protocol_lacks(r->t->a, p);
    lf_time lag;

    LF_TRY(lf_peer_lag(r->t, p, &lag, r->e));
    lf_html(b, "<section class=\"panel\"><h2>%</h2><dl class=\"facts\"><dt>%</dt><dd>", T(L_STANDS),
            T(STATE));
    put_peer_state(r, b, p->state);
    lf_html(b, "</dd><dt>%</dt><dd>", T(LAST_SEEN));
    put_when_zone(r, b, p->seen);
    if (p->kind == LF_PEER_CHILD) {
        lf_html(b, "</dd><dt>%</dt><dd>", T(L_LAG));
        put_lag(r, b, p, lag);
    } else if (r->w->parts.link && p->state != LF_PEER_LEFT) {
        LF_TRY(lf_link_look(r->w->parts.link, r->t, &link, r->e));
        lf_html(b, "</dd><dt>%</dt><dd>%</dd><dt>%</dt><dd>", T(OUTBOX), V(number(r, link.outbox)),
                T(L_FAILURES));
        if (link.failures)
            badge(b, "warn", "!", fill1(r, LF_T_LINK_FAILING, "n", number(r, link.failures)));
        else
            lf_html(b, "%", V(number(r, 0)));
    }
    lf_html(b, "</dd><dt>%</dt><dd>%</dd><dt>%</dt><dd><code>%</code></dd>", T(TIER),
            V(tier_text(r, p->tier)), T(L_NODE), V(p->node));
    if (p->url.len)
        lf_html(b, "<dt>%</dt><dd><code>%</code></dd>", T(L_URL), V(p->url));
    lf_html(b, "<dt>%</dt><dd>", T(L_SINCE));
    put_when_zone(r, b, p->created);
    lf_html(b, "</dd><dt>%</dt><dd>%", T(L_PROTOCOL),
            V(p->version ? number(r, p->version) : text(r, LF_T_L_PROTOCOL_UNSAID)));
    if (lacks.len)
        lf_html(b, "<br><span lang=\"en\">%</span>", V(lacks));
    if (p->next_pin.len)
        lf_html(b, "</dd><dt>%</dt><dd class=\"wrap\"><code>%</code>", T(L_NEXT_PIN), V(p->next_pin));
    lf_html(b, "</dd></dl></section>");
    return LF_OK;
}

/* ---- the audit trail that was countersigned ---- */

static enum lf_code put_heads(struct rq *r, struct lf_buf *b, const struct lf_peer *p)
{
    const struct lf_json *heads;
    lf_view json;
    size_t n;

    LF_TRY(lf_chain_heads(r->t, p->id, &json, r->e));
    LF_TRY(lf_json_parse(r->t->a, json, NULL, &heads, r->e));
    n = lf_json_items(heads);
    if (!n)
        return LF_OK;
    lf_html(b,
            "<details><summary>%</summary><table class=\"rows\"><caption>%</caption><thead><tr><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
            V(fill1(r, LF_T_L_HEADS, "n", number(r, (int64_t)n))), T(L_HEADS_CAPTION), T(L_SIGNED_AT),
            T(L_ENTRY), T(L_HASH));
    for (size_t i = 0; i < n && i < HEADS; i++) {
        const struct lf_json *h = lf_json_item(heads, n - 1 - i);
        int64_t seq = 0;
        lf_time at = 0;

        (void)lf_json_int(h, "seq", &seq);
        if (lf_time_parse(lf_json_str(h, "time"), &at, NULL) != LF_OK)
            continue;
        lf_html(b, "<tr><td data-label=\"%\">", T(L_SIGNED_AT));
        put_when(r, b, at);
        lf_html(b,
                "</td><td class=\"num\" data-label=\"%\">%</td><td class=\"wrap\" "
                "data-label=\"%\"><code>%</code></td></tr>",
                T(L_ENTRY), V(number(r, seq)), T(L_HASH), V(lf_json_str(h, "hash")));
    }
    lf_html(b, "</tbody></table><p><a href=\"%\">%</a></p></details>",
            V(path2(r, "/api/v1/peers/", p->id, "/chain")), T(L_HEADS_ALL));
    return LF_OK;
}

static enum lf_code put_chain(struct rq *r, struct lf_buf *b, const struct lf_peer *p)
{
    struct lf_chain_state c;

    LF_TRY(lf_chain_look(r->t, p->id, &c, r->e));
    lf_html(b, "<section class=\"panel\" id=\"chain\"><h2>%</h2><p class=\"quiet\">%</p>", T(L_CHAIN),
            V(text(r, p->kind == LF_PEER_CHILD ? LF_T_L_CHAIN_CHILD : LF_T_L_CHAIN_PARENT)));
    lf_html(b, "<p>");
    LF_TRY(put_chain_badge(r, b, p));
    lf_html(b, "</p>");
    if (c.seq) {
        lf_html(b, "<dl class=\"facts\"><dt>%</dt><dd>", T(L_SIGNED_AT));
        put_when_zone(r, b, c.at);
        lf_html(b, "</dd><dt>%</dt><dd>%</dd><dt>%</dt><dd>%</dd></dl>", T(L_ENTRY), V(number(r, c.seq)),
                T(L_SKEW), V(fill1(r, LF_T_L_MS, "n", number(r, c.skew / LF_MSEC))));
    }
    if (c.broken.len) {
        lf_html(b,
                "<p class=\"say bad\" role=\"alert\"><span aria-hidden=\"true\">!</span> <span "
                "lang=\"en\">%</span></p>",
                V(c.broken));
        if (may(r, MANAGE)) {
            lf_html(b, "<p>%</p>", T(L_ACCEPT_LEAD));
            put_button(r, b, peer_path(r, p->id, "/chain/accept"), LF_T_L_ACCEPT, "second");
        }
    }
    if (may(r, AUDIT))
        LF_TRY(put_heads(r, b, p));
    lf_html(b, "</section>");
    return LF_OK;
}

/* ---- rules of the link ---- */

static const struct {
    const char *act;
    enum lf_text word;
} acts[] = { { "withhold", LF_T_X_WITHHOLD },
             { "remove", LF_T_X_REMOVE },
             { "replace", LF_T_X_REPLACE },
             { "generalise", LF_T_X_GENERALISE },
             { "mark", LF_T_X_MARK } };
enum { ACTS = sizeof acts / sizeof *acts };

static const struct {
    const char *to;
    enum lf_text word;
} spans[] = {
    { "hour", LF_T_X_HOUR }, { "day", LF_T_X_DAY }, { "month", LF_T_X_MONTH }, { "year", LF_T_X_YEAR }
};
enum { SPANS = sizeof spans / sizeof *spans };

static void put_words(struct rq *r, struct lf_buf *b, const struct lf_json *list, enum lf_text all)
{
    if (!lf_json_items(list))
        lf_html(b, "<span class=\"quiet\">%</span>", V(text(r, all)));
    for (size_t i = 0; i < lf_json_items(list); i++)
        lf_html(b, "<code>%</code> ", V(lf_json_text(lf_json_item(list, i))));
}

static void put_becomes(struct rq *r, struct lf_buf *b, const struct lf_json *rule)
{
    lf_view to = lf_json_str(rule, "to"), value = lf_json_str(rule, "value"),
            mark = lf_json_str(rule, "marking");

    for (size_t i = 0; i < SPANS; i++)
        if (lf_view_is(to, spans[i].to)) {
            lf_html(b, "%", V(text(r, spans[i].word)));
            return;
        }
    lf_html(b, "<span class=\"wrap\">%</span>", V(to.len ? to : value.len ? value : mark));
}

static void put_rule(struct rq *r, struct lf_buf *b, const struct lf_peer *p,
                     const struct lf_transform_set *s, const struct lf_json *rule, size_t at)
{
    lf_view act = lf_json_str(rule, "do"), word = act;

    for (size_t i = 0; i < ACTS; i++)
        if (lf_view_is(act, acts[i].act))
            word = text(r, acts[i].word);
    lf_html(b, "<tr><td data-label=\"%\">%</td><td data-label=\"%\"><span class=\"wrap\">", T(X_DO), V(word),
            T(X_TYPES));
    put_words(r, b, lf_json_get(rule, LF_V("types")), LF_T_X_ALL_TYPES);
    lf_html(b, "</span></td><td data-label=\"%\"><span class=\"wrap\">", T(X_MARKINGS));
    put_words(r, b, lf_json_get(rule, LF_V("markings")), LF_T_X_ANY_MARKING);
    lf_html(b,
            "</span></td><td data-label=\"%\"><code>%</code></td><td class=\"wrap\" data-label=\"%\"><span>",
            T(X_PROPERTY), V(lf_json_str(rule, "property")), T(X_BECOMES));
    put_becomes(r, b, rule);
    lf_html(b, "</span></td>");
    if (may(r, MANAGE)) {
        lf_html(b, "<td data-label=\"%\"><form class=\"inline\" method=\"post\" action=\"%\">", T(X_END),
                V(peer_path(r, p->id, "/rules/remove")));
        put_csrf(r, b);
        lf_html(b,
                "<input type=\"hidden\" name=\"number\" value=\"%\"><input type=\"hidden\" name=\"at\" "
                "value=\"%\"><button class=\"second small\">%</button></form></td>",
                V(number(r, s->number)), V(number(r, (int64_t)at)), T(X_END_DO));
    }
    lf_html(b, "</tr>");
}

static void put_field(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label, enum lf_text hint)
{
    lf_html(b,
            "<p><label for=\"x-%\">%</label><input id=\"x-%\" name=\"%\" autocomplete=\"off\" "
            "autocapitalize=\"none\" spellcheck=\"false\" aria-describedby=\"x-%-hint\"><span class=\"hint\" "
            "id=\"x-%-hint\">%</span></p>",
            LF_HC(name), V(text(r, label)), LF_HC(name), LF_HC(name), LF_HC(name), LF_HC(name),
            V(text(r, hint)));
}

static void put_rule_form(struct rq *r, struct lf_buf *b, const struct lf_peer *p,
                          const struct lf_transform_set *s)
{
    static const char *const tlps[] = { "clear", "green", "amber", "amber+strict", "red" };

    lf_html(b, "<details><summary>%</summary><form class=\"stack\" method=\"post\" action=\"%\">", T(X_ADD),
            V(peer_path(r, p->id, "/rules")));
    put_csrf(r, b);
    lf_html(b,
            "<input type=\"hidden\" name=\"number\" value=\"%\"><p><label for=\"x-do\">%</label><select "
            "id=\"x-do\" name=\"do\">",
            V(number(r, s->number)), T(X_DO));
    for (size_t i = 0; i < ACTS; i++)
        lf_html(b, "<option value=\"%\">%</option>", LF_HC(acts[i].act), V(text(r, acts[i].word)));
    lf_html(b, "</select></p>");
    put_field(r, b, "types", LF_T_X_TYPES, LF_T_X_TYPES_HINT);
    put_field(r, b, "markings", LF_T_X_MARKINGS, LF_T_X_MARKINGS_HINT);
    put_field(r, b, "property", LF_T_X_PROPERTY, LF_T_X_PROPERTY_HINT);
    put_field(r, b, "value", LF_T_X_VALUE, LF_T_X_VALUE_HINT);
    lf_html(b,
            "<p><label for=\"x-to\">%</label><select id=\"x-to\" name=\"to\"><option value=\"\">%</option>",
            T(X_TO), T(NONE));
    for (size_t i = 0; i < SPANS; i++)
        lf_html(b, "<option value=\"%\">%</option>", LF_HC(spans[i].to), V(text(r, spans[i].word)));
    for (unsigned bits = 8; bits <= 64; bits += 8)
        lf_html(b, "<option>%</option>", V(lf_arena_printf(r->t->a, "/%u", bits)));
    lf_html(b,
            "</select></p><p><label for=\"x-marking\">%</label><select id=\"x-marking\" "
            "name=\"marking\"><option value=\"\">%</option>",
            T(X_MARKING), T(NONE));
    for (size_t i = 0; i < sizeof tlps / sizeof *tlps; i++)
        lf_html(b, "<option value=\"%\">TLP:%</option>", LF_HC(tlps[i]), LF_HC(tlps[i]));
    lf_html(b, "</select></p><p><button>%</button></p></form></details>", T(X_ADD_DO));
}

static enum lf_code put_rules(struct rq *r, struct lf_buf *b, const struct lf_peer *p)
{
    const struct lf_json *rules;
    struct lf_transform_set s;
    size_t n;

    LF_TRY(lf_transform_get(r->t, p->id, &s, r->e));
    LF_TRY(lf_json_parse(r->t->a, s.json, NULL, &rules, r->e));
    n = lf_json_items(rules);
    lf_html(b, "<section class=\"panel\" id=\"rules\"><h2>%</h2><p class=\"quiet\">%</p>", T(X_RULES),
            T(X_LEAD));
    if (!n)
        lf_html(b, "<p class=\"empty\">%</p>", T(X_NONE));
    else
        lf_html(b,
                "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
                "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
                "scope=\"col\">%</th>",
                T(X_CAPTION), T(X_DO), T(X_TYPES), T(X_MARKINGS), T(X_PROPERTY), T(X_BECOMES));
    if (n && may(r, MANAGE))
        lf_html(b, "<th scope=\"col\">%</th>", T(X_END));
    if (n)
        lf_html(b, "</tr></thead><tbody>");
    for (size_t i = 0; i < n; i++)
        put_rule(r, b, p, &s, lf_json_item(rules, i), i);
    if (n)
        lf_html(b, "</tbody></table>");
    if (s.number) {
        lf_html(b, "<p class=\"quiet\">% ", V(fill1(r, LF_T_X_SET_BY, "who", account_name(r, s.by))));
        put_when_zone(r, b, s.at);
        lf_html(b, "</p>");
    }
    if (may(r, MANAGE))
        put_rule_form(r, b, p, &s);
    lf_html(b, "</section>");
    return LF_OK;
}

/* ---- what an administrator does with it ---- */

static void put_confirmed(struct rq *r, struct lf_buf *b, lf_view action, enum lf_text open,
                          enum lf_text lead, enum lf_text button)
{
    lf_html(b, "<details><summary>%</summary><p>%</p>", V(text(r, open)), V(text(r, lead)));
    put_button(r, b, action, button, "second");
    lf_html(b, "</details>");
}

static void put_acts(struct rq *r, struct lf_buf *b, const struct lf_peer *p)
{
    bool child = p->kind == LF_PEER_CHILD;

    if (!may(r, MANAGE) || p->state == LF_PEER_LEFT || p->state == LF_PEER_RETIRED)
        return;
    lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(L_ACTS));
    if (child && p->state == LF_PEER_SUSPENDED)
        put_button(r, b, peer_path(r, p->id, "/resume"), LF_T_L_RESUME, "");
    else if (child && p->state == LF_PEER_ACTIVE)
        put_confirmed(r, b, peer_path(r, p->id, "/suspend"), LF_T_L_SUSPEND, LF_T_L_SUSPEND_LEAD,
                      LF_T_L_SUSPEND);
    if (child)
        put_confirmed(r, b, peer_path(r, p->id, "/retire"), LF_T_L_RETIRE, LF_T_L_RETIRE_LEAD, LF_T_L_RETIRE);
    if (p->state == LF_PEER_ACTIVE) {
        lf_html(b, "<h3>%</h3><p class=\"quiet\">%</p>", T(F_TRANSFER), T(F_MAKE_LEAD));
        put_button(r, b, peer_path(r, p->id, "/transfer"), LF_T_F_MAKE, "");
        lf_html(b, "<p><a href=\"/peers#transfer\">%</a></p>", T(F_TAKE_LINK));
    }
    lf_html(b, "</section>");
}

static enum lf_code body(struct rq *r, struct lf_buf *b, const struct lf_peer *p)
{
    lf_html(b, "<h1>%</h1><p class=\"quiet\">%</p><div class=\"two\"><div>",
            V(p->name.len ? p->name : p->url),
            V(text(r, p->kind == LF_PEER_PARENT ? LF_T_PEER_PARENT : LF_T_PEER_CHILD)));
    LF_TRY(put_facts(r, b, p));
    LF_TRY(put_chain(r, b, p));
    lf_html(b, "</div><div>");
    put_acts(r, b, p);
    lf_html(b, "</div></div>");
    return put_rules(r, b, p);
}

enum lf_code page_peer(struct rq *r)
{
    struct lf_peer p;
    struct lf_buf b;

    LF_TRY(lf_peer_get(r->t, r->id, &p, r->e));
    begin_page(r, &b, p.name.len ? p.name : p.url, "/peers");
    return finish(r, &b, body(r, &b, &p));
}

/* ---- forms ---- */

static enum lf_code back(struct rq *r, const char *where)
{
    return redirect(r, peer_path(r, r->id, where));
}

enum lf_code page_peer_suspend(struct rq *r)
{
    LF_TRY(lf_peer_suspend(r->t, r->id, true, r->e));
    return back(r, "?done=1");
}

enum lf_code page_peer_resume(struct rq *r)
{
    LF_TRY(lf_peer_suspend(r->t, r->id, false, r->e));
    return back(r, "?done=1");
}

enum lf_code page_peer_retire(struct rq *r)
{
    LF_TRY(lf_peer_retire(r->t, r->id, r->e));
    return back(r, "?done=1");
}

enum lf_code page_chain_accept(struct rq *r)
{
    LF_TRY(lf_chain_accept(r->t, r->id, r->e));
    return back(r, "?done=1#chain");
}

enum lf_code page_move(struct rq *r)
{
    lf_view token;

    LF_TRY(need(r, "token", &token));
    LF_TRY(lf_parent_move(r->t, lf_view_trim(token), r->e));
    return redirect(r, LF_V("/peers?done=1"));
}

enum lf_code page_keys_rotate(struct rq *r)
{
    LF_TRY(lf_keys_rotate(r->t, true, LF_V(""), LF_V(""), r->e));
    return redirect(r, LF_V("/peers?done=1"));
}

static void put_list(struct lf_json_w *w, const char *name, lf_view words)
{
    lf_view one;

    if (!lf_view_trim(words).len)
        return;
    lf_json_begin(w, name, '[');
    while (words.len && lf_view_split(&words, ' ', &one))
        if (one.len)
            lf_json_put_str(w, NULL, one);
    lf_json_close(w);
}

/* The rule of the form, with what belongs to what it does. */
static void put_new_rule(struct rq *r, struct lf_json_w *w)
{
    static const struct {
        const char *act, *with[2];
    } parts[] = { { "remove", { "property", NULL } },
                  { "replace", { "property", "value" } },
                  { "generalise", { "property", "to" } },
                  { "mark", { "marking", NULL } } };
    lf_view act = lf_view_some(field(r, "do"));

    lf_json_open(w, '{');
    lf_json_put_str(w, "do", act);
    put_list(w, "types", lf_view_some(field(r, "types")));
    put_list(w, "markings", lf_view_some(field(r, "markings")));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        for (size_t k = 0; k < 2 && lf_view_is(act, parts[i].act); k++)
            if (parts[i].with[k])
                lf_json_put_str(w, parts[i].with[k], lf_view_trim(lf_view_some(field(r, parts[i].with[k]))));
    lf_json_close(w);
}

/* The rules as they are without the one at `without`, and with that of the form. */
static enum lf_code change_rules(struct rq *r, size_t without, bool with)
{
    const struct lf_json *was, *now;
    struct lf_transform_set s;
    struct lf_json_w w;
    struct lf_buf b;
    enum lf_code rc;
    lf_view json;
    int64_t seen;

    LF_TRY(lf_transform_get(r->t, r->id, &s, r->e));
    if (!lf_view_i64(lf_view_some(field(r, "number")), &seen) || seen != s.number)
        return lf_err_set(r->e, LF_CONFLICT, "somebody else changed the rules of this link meanwhile");
    LF_TRY(lf_json_parse(r->t->a, s.json, NULL, &was, r->e));
    lf_buf_init(&b, 2 * LF_TRANSFORM_BYTES);
    w = lf_json_w(&b);
    lf_json_open(&w, '[');
    for (size_t i = 0; i < lf_json_items(was); i++)
        if (i != without)
            lf_json_put(&w, NULL, lf_json_item(was, i));
    if (with)
        put_new_rule(r, &w);
    lf_json_close(&w);
    rc = lf_buf_done(&b, r->e);
    json = lf_arena_copy(r->t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    LF_TRY(rc);
    LF_TRY(lf_json_parse(r->t->a, json, NULL, &now, r->e));
    LF_TRY(lf_transform_set(r->t, r->id, now, r->e));
    return back(r, "?done=1#rules");
}

enum lf_code page_rule_add(struct rq *r)
{
    return change_rules(r, SIZE_MAX, true);
}

enum lf_code page_rule_remove(struct rq *r)
{
    int64_t at;

    if (!lf_view_i64(lf_view_some(field(r, "at")), &at) || at < 0)
        return lf_err_set(r->e, LF_BAD_INPUT, "\"at\" is missing or empty; send it as text");
    return change_rules(r, (size_t)at, false);
}

/* ---- files ---- */

enum lf_code page_transfer_make(struct rq *r)
{
    struct lf_transfer_made made;
    struct lf_peer p;

    LF_TRY(lf_peer_get(r->t, r->id, &p, r->e));
    LF_TRY(lf_transfer_export(r->t, p.kind == LF_PEER_PARENT ? LF_V("parent") : p.id, -1, &made, r->e));
    answer(r, 200, "application/x-ndjson", made.text);
    lf_http_add(r->out, "Content-Disposition",
                lf_arena_printf(r->t->a, "attachment; filename=\"lianfang-transfer-%lld.ndjson\"",
                                (long long)made.number));
    return LF_OK;
}

static void put_refused(struct rq *r, struct lf_buf *b, enum lf_text label, const struct lf_json *list)
{
    if (!lf_json_items(list))
        return;
    lf_html(b, "<h3>%</h3><ul class=\"plain-list\">", V(text(r, label)));
    for (size_t i = 0; i < lf_json_items(list); i++)
        lf_html(b, "<li class=\"wrap\"><code>%</code><br><small lang=\"en\">%</small></li>",
                V(lf_json_str(lf_json_item(list, i), "id")),
                V(lf_json_str(lf_json_item(list, i), "message")));
    lf_html(b, "</ul>");
}

enum lf_code page_transfer_take(struct rq *r)
{
    const struct lf_json *refused = NULL;
    struct lf_transfer_taken taken;
    struct lf_multipart_part file;
    struct lf_buf b;

    LF_TRY(need_file(r, "file", &file));
    LF_TRY(lf_transfer_import(r->t, file.body, &taken, r->e));
    LF_TRY(lf_json_parse(r->t->a, taken.refused, NULL, &refused, r->e));
    begin_page(r, &b, text(r, LF_T_F_TAKEN), "/peers");
    lf_html(&b, "<h1>%</h1>", T(F_TAKEN));
    if (taken.already)
        lf_html(&b, "<p class=\"say info\" role=\"status\"><span aria-hidden=\"true\">○</span> %</p>",
                T(F_ALREADY));
    lf_html(&b,
            "<section class=\"panel\"><dl class=\"facts\"><dt>%</dt><dd>%</dd><dt>%</dt><dd>%</dd><dt>%</dt>"
            "<dd>%</dd><dt>%</dt><dd>%</dd></dl>",
            T(F_FROM), V(taken.from), T(F_NUMBER), V(number(r, taken.number)), T(F_OBJECTS),
            V(number(r, (int64_t)taken.objects)), T(F_TOOK), V(number(r, (int64_t)taken.taken)));
    put_refused(r, &b, LF_T_F_REFUSED, refused);
    put_refused(r, &b, LF_T_F_REFUSED_THERE, taken.theirs);
    lf_html(&b, "</section><p><a href=\"/peers\">%</a></p>", T(F_BACK));
    return end_page(r, &b, 200);
}
