/* News at the desk in the console: all of it, one item and what can be done with it, and what came of it. */
#include "web/news.h"

#include "ident/node.h"
#include "isac/feed.h"
#include "isac/partner.h"
#include "web/page_priv.h"

static const struct filter_choice states[] = {
    { "open", LF_T_NW_OPEN },       { "new", LF_T_NW_NEW },         { "assessed", LF_T_NW_ASSESSED },
    { "watched", LF_T_NW_WATCHED }, { "dropped", LF_T_NW_DROPPED }, { "drafted", LF_T_NW_DRAFTED },
    { "warned", LF_T_NW_WARNED },
};
static const enum lf_text state_texts[LF_NEWS_STATES] = { LF_T_NW_NEW,     LF_T_NW_ASSESSED, LF_T_NW_WATCHED,
                                                          LF_T_NW_DROPPED, LF_T_NW_DRAFTED,  LF_T_NW_WARNED };
static const struct filter_choice severities[] = { { "low", LF_T_LEVEL_LOW },
                                                   { "medium", LF_T_LEVEL_MEDIUM },
                                                   { "high", LF_T_LEVEL_HIGH },
                                                   { "critical", LF_T_LEVEL_CRITICAL } };
static const struct filter_choice degrees[LF_NEWS_DEGREES] = { { "low", LF_T_NW_LOW },
                                                               { "medium", LF_T_NW_MEDIUM },
                                                               { "high", LF_T_NW_HIGH } };
static const struct filter_choice relevances[LF_NEWS_RELEVANCES] = { { "none", LF_T_NW_NOT_OURS },
                                                                     { "indirect", LF_T_NW_INDIRECT },
                                                                     { "direct", LF_T_NW_DIRECT } };
static const enum lf_text acts[LF_NEWS_ACTS] = { LF_T_NW_H_ASSESS, LF_T_NW_H_DROP,   LF_T_NW_H_WATCH,
                                                 LF_T_NW_H_DRAFT,  LF_T_NW_H_REOPEN, LF_T_NW_H_NOTE };

static void put_state(struct rq *r, struct lf_buf *b, const struct lf_news *x)
{
    static const struct {
        const char *tone, *sign;
    } looks[LF_NEWS_STATES] = { { "warn", "○" }, { "info", "◷" }, { "info", "◌" },
                                { "", "–" },     { "info", "✎" }, { "good", "✓" } };

    badge(b, looks[x->state].tone, looks[x->state].sign, text(r, state_texts[x->state]));
    if (x->overdue) {
        LF_PUT(b, " ");
        badge(b, "bad", "!", text(r, LF_T_NW_OVERDUE));
    }
    if (x->given_up) {
        LF_PUT(b, " ");
        badge(b, "warn", "–", text(r, LF_T_NW_GIVEN_UP));
    }
    if (x->exploited) {
        LF_PUT(b, " ");
        badge(b, "bad", "●", text(r, LF_T_NW_EXPLOITED));
    }
    if (x->grown) {
        LF_PUT(b, " ");
        badge(b, "warn", "+", text(r, LF_T_NW_GROWN));
    }
}

static lf_view severity_text(struct rq *r, const struct lf_news *x)
{
    return x->severity ? advisory_word(r, lf_view_of(lf_news_severity_name(x->severity)))
                       : text(r, LF_T_NW_UNJUDGED);
}

/* ---- all ---- */

static void put_table(struct rq *r, struct lf_buf *b, const struct lf_news *list, size_t n)
{
    if (!n) {
        lf_html(b, "<p class=\"empty\">%</p>", T(NW_NONE));
        return;
    }
    lf_html(b,
            "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th></tr></thead><tbody>",
            T(NW_CAPTION), T(NW_TITLE), T(STATE), T(ADV_SEVERITY), T(NW_SOURCES), T(NW_CAME));
    for (size_t i = 0; i < n; i++) {
        const struct lf_news *x = &list[i];

        lf_html(b,
                "<tr><td class=\"wrap\" data-label=\"%\"><span><a href=\"%\">%</a><br><small>%</small></span>"
                "</td><td data-label=\"%\"><span>",
                T(NW_TITLE), V(path2(r, "/news/", x->id, "")), V(x->title), V(lf_utf8_first(x->cves, 200)),
                T(STATE));
        put_state(r, b, x);
        lf_html(b,
                "</span></td><td data-label=\"%\">%</td><td class=\"num\" data-label=\"%\">%</td><td "
                "data-label=\"%\">",
                T(ADV_SEVERITY), V(severity_text(r, x)), T(NW_SOURCES), V(number(r, x->sources)), T(NW_CAME));
        put_when(r, b, x->came);
        LF_PUT(b, "</td></tr>");
    }
    LF_PUT(b, "</tbody></table>");
}

static void put_choice(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label,
                       const struct filter_choice *of, size_t n)
{
    struct filter_choice *all = LF_NEW(r->t->a, struct filter_choice, n + 1);

    all[0] = (struct filter_choice){ "", LF_T_LEVEL_ANY };
    memcpy(all + 1, of, n * sizeof *of);
    put_filter_choice(r, b, name, label, all, n + 1, lf_view_some(query(r, name)));
}

/* Feeds by name, and people. */
static enum lf_code put_sources(struct rq *r, struct lf_buf *b, lf_view chosen)
{
    struct lf_task own = lf_node_task(r->t);
    struct lf_feed *list;
    size_t n;

    LF_TRY(lf_feed_list(&own, &n, &list, r->e));
    lf_html(b,
            "<p><label for=\"f-source\">%</label><select id=\"f-source\" name=\"source\"><option "
            "value=\"\">%</option><option value=\"-\"%>%</option>",
            T(NW_SOURCE), T(LEVEL_ANY), LF_RAW(lf_view_is(chosen, "-") ? LF_V(" selected") : LF_V("")),
            T(NW_BY_HAND));
    for (size_t i = 0; i < n; i++)
        lf_html(b, "<option value=\"%\"%>%</option>", V(list[i].id),
                LF_RAW(lf_view_eq(chosen, list[i].id) ? LF_V(" selected") : LF_V("")), V(list[i].name));
    LF_PUT(b, "</select></p>");
    return LF_OK;
}

static const char *const asked[] = { "q",   "state", "severity", "source",  "first", "cve",      "country",
                                     "did", "from",  "to",       "overdue", "grown", "exploited" };

static enum lf_code put_filter(struct rq *r, struct lf_buf *b, const struct lf_news_filter *f)
{
    static const struct filter_choice where[] = { { LF_PARTNER_HOME, LF_T_PT_HOME },
                                                  { "foreign", LF_T_PT_FOREIGN } },
                                      late[] = { { "1", LF_T_NW_OVERDUE } },
                                      grown[] = { { "1", LF_T_NW_GROWN } },
                                      used[] = { { "1", LF_T_NW_EXPLOITED } };
    static const char *const more[] = { "source", "cve", "country", "from", "to", "grown", "exploited" };

    LF_PUT(b,
           "<form class=\"stack wide\" method=\"get\" action=\"/news\" role=\"search\"><div class=\"row\">");
    put_filter_input(r, b, "q", LF_T_ALERTS_WORDS, " maxlength=\"66\"");
    put_choice(r, b, "state", LF_T_STATE, states, sizeof states / sizeof *states);
    put_choice(r, b, "severity", LF_T_NW_LEAST, severities, 4);
    put_choice(r, b, "overdue", LF_T_NW_TERM, late, 1);
    lf_html(b, "<p><button>%</button></p></div><details%><summary>%</summary><div class=\"row\">",
            T(ALERTS_FIND),
            LF_RAW(lf_view_of(filter_asked(r, more, sizeof more / sizeof *more) ? " open" : "")), T(NW_MORE));
    LF_TRY(put_sources(r, b, f->feed));
    put_choice(r, b, "country", LF_T_PT_COUNTRY, where, 2);
    put_filter_input(r, b, "cve", LF_T_NW_CVE, " maxlength=\"24\"");
    put_filter_input(r, b, "from", LF_T_NW_FROM, " type=\"date\"");
    put_filter_input(r, b, "to", LF_T_NW_TO, " type=\"date\"");
    put_choice(r, b, "grown", LF_T_NW_FURTHER, grown, 1);
    put_choice(r, b, "exploited", LF_T_NW_USED, used, 1);
    LF_PUT(b, "</div></details></form>");
    return LF_OK;
}

/* A page has several forms with fields of one name: what was typed belongs into the form that has `act`. */
static lf_view typed(struct rq *r, const char *act, const char *name, lf_view now)
{
    bool mine = act ? lf_view_is(field(r, "act"), act) : field(r, "title").ptr != NULL;

    return mine && field(r, name).ptr ? field(r, name) : lf_view_some(now);
}

static void put_input(struct rq *r, struct lf_buf *b, const char *act, const char *name, enum lf_text label,
                      const char *more)
{
    lf_html(b, "<p><label for=\"n-%-%\">%</label><input id=\"n-%-%\" name=\"%\" value=\"%\"%></p>",
            LF_HC(act ? act : "add"), LF_HC(name), V(text(r, label)), LF_HC(act ? act : "add"), LF_HC(name),
            LF_HC(name), V(typed(r, act, name, LF_V(""))), LF_RAW(lf_view_of(more)));
}

static void put_area(struct rq *r, struct lf_buf *b, const char *act, const char *name, enum lf_text label,
                     lf_view now, const char *more)
{
    lf_html(b,
            "<p><label for=\"n-%-%\">%</label><textarea id=\"n-%-%\" name=\"%\" rows=\"4\"%>%</textarea></p>",
            LF_HC(act ? act : "add"), LF_HC(name), V(text(r, label)), LF_HC(act ? act : "add"), LF_HC(name),
            LF_HC(name), LF_RAW(lf_view_of(more)), V(typed(r, act, name, now)));
}

static void put_select(struct rq *r, struct lf_buf *b, const char *act, const char *name, enum lf_text label,
                       const struct filter_choice *of, size_t n, lf_view now)
{
    lf_view chosen = typed(r, act, name, now);

    lf_html(b, "<p><label for=\"n-%-%\">%</label><select id=\"n-%-%\" name=\"%\">", LF_HC(act ? act : "add"),
            LF_HC(name), V(text(r, label)), LF_HC(act ? act : "add"), LF_HC(name), LF_HC(name));
    for (size_t i = 0; i < n; i++)
        lf_html(b, "<option value=\"%\"%>%</option>", LF_HC(of[i].value),
                LF_RAW(lf_view_is(chosen, of[i].value) ? LF_V(" selected") : LF_V("")),
                V(text(r, of[i].text)));
    LF_PUT(b, "</select></p>");
}

static void put_add(struct rq *r, struct lf_buf *b, bool open)
{
    struct filter_choice tlps[LF_TLP_RED + 1] = { { "", LF_T_NW_TLP_NONE } };

    for (int i = LF_TLP_CLEAR; i <= LF_TLP_RED; i++)
        tlps[i] = (struct filter_choice){ lf_tlp_name((enum lf_tlp)i), incident_tlp_text((enum lf_tlp)i) };
    lf_html(b,
            "<section class=\"panel\"><details%><summary>%</summary><form class=\"stack\" method=\"post\" "
            "action=\"/news\">",
            LF_RAW(lf_view_of(open ? " open" : "")), T(NW_ADD));
    put_csrf(r, b);
    put_input(r, b, NULL, "title", LF_T_NW_TITLE, " required maxlength=\"100\"");
    put_input(r, b, NULL, "source", LF_T_NW_SOURCE_NAME, " required maxlength=\"66\"");
    put_input(r, b, NULL, "link", LF_T_NW_LINK, " type=\"url\" maxlength=\"2000\"");
    put_area(r, b, NULL, "summary", LF_T_NW_SUMMARY, LF_V(""), " maxlength=\"2600\"");
    put_input(r, b, NULL, "cve", LF_T_NW_CVES, " maxlength=\"500\"");
    put_input(r, b, NULL, "country", LF_T_PT_COUNTRY, " maxlength=\"2\" pattern=\"[A-Z]{2}\"");
    put_input(r, b, NULL, "published", LF_T_NW_PUBLISHED, " type=\"datetime-local\"");
    put_select(r, b, NULL, "tlp", LF_T_ADV_TLP, tlps, LF_TLP_RED + 1, LF_V(""));
    lf_html(b, "<p><button>%</button></p></form></details></section>", T(NW_ADD));
}

static enum lf_code list_page(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text)), next, again;
    const struct lf_news *list;
    struct lf_news_filter f;
    struct lf_page page;
    enum lf_code rc;
    struct lf_buf b;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(news_filter(r, &f));
    LF_TRY(lf_news_list(r->t, &f, &page, &n, &list, &next, r->e));
    again = query_again(r, asked, sizeof asked / sizeof *asked);
    begin_page(r, &b, text(r, LF_T_NEWS), "/news");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p><p><a href=\"/news-counts\">%</a>",
            T(NEWS), T(NW_LEAD), T(NW_COUNTS));
    if (may(r, JUDGE))
        lf_html(&b, " · <a href=\"/feeds\">%</a>", T(NW_FEEDS));
    LF_PUT(&b, "</p></div>");
    if (status != 200)
        put_refusal(r, &b, why);
    LF_PUT(&b, "<section class=\"panel\">");
    rc = put_filter(r, &b, &f);
    if (rc != LF_OK) {
        lf_buf_clear(&b);
        return rc;
    }
    lf_html(&b, "<p>% <a href=\"%\" download>CSV</a></p>", T(EXPORT_AS),
            V(lf_arena_printf(r->t->a, "/api/v1/news?format=csv%.*s", LF_FMT(again))));
    put_table(r, &b, list, n);
    put_next_with(r, &b, lf_arena_cstr(r->t->a, again), next);
    LF_PUT(&b, "</section>");
    if (may(r, JUDGE))
        put_add(r, &b, status != 200);
    return end_page(r, &b, status);
}

enum lf_code page_news_list(struct rq *r)
{
    return list_page(r, 200);
}

enum lf_code page_news_add(struct rq *r)
{
    bool joined;
    lf_view id;
    enum lf_code rc = news_add(r, &id, &joined);

    return rc == LF_OK ? redirect(r, path2(r, "/news/", id, "?done=1")) : page_again(r, rc, list_page);
}

/* ---- one ---- */

static void put_fact(struct rq *r, struct lf_buf *b, enum lf_text label, lf_view v)
{
    if (v.len)
        lf_html(b, "<dt>%</dt><dd class=\"lines wrap\">%</dd>", V(text(r, label)), V(v));
}

static void put_moment(struct rq *r, struct lf_buf *b, enum lf_text label, lf_time at)
{
    if (!at)
        return;
    lf_html(b, "<dt>%</dt><dd>", V(text(r, label)));
    put_when_zone(r, b, at);
    LF_PUT(b, "</dd>");
}

/* Each id leads to the stored vulnerabilities of that name. */
static void put_cves(struct rq *r, struct lf_buf *b, lf_view cves)
{
    lf_view one;

    if (!cves.len)
        return;
    lf_html(b, "<dt>%</dt><dd class=\"wrap\">", T(NW_CVES));
    while (lf_view_split(&cves, ' ', &one))
        lf_html(b, "<a href=\"/objects?type=vulnerability&amp;q=%\">%</a> ", V(one), V(one));
    LF_PUT(b, "</dd>");
}

static lf_view sector_words(struct rq *r, lf_view sectors)
{
    struct lf_buf b;
    lf_view one, out;

    lf_buf_init(&b, 4096);
    while (lf_view_split(&sectors, ' ', &one)) {
        if (b.len)
            lf_buf_put(&b, lf_view_of(r->lang == LF_LANG_EN ? ", " : "、"));
        lf_buf_put(&b, advisory_word(r, one));
    }
    out = lf_arena_copy(r->t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static void put_judgement(struct rq *r, struct lf_buf *b, const struct lf_news *x)
{
    if (!x->severity)
        return;
    lf_html(b, "<section class=\"panel\"><h2>%</h2><dl class=\"facts\">", T(NW_JUDGEMENT));
    put_fact(r, b, LF_T_ADV_SEVERITY, severity_text(r, x));
    put_fact(r, b, LF_T_NW_LIKELIHOOD, text(r, degrees[x->likelihood].text));
    put_fact(r, b, LF_T_NW_IMPACT, text(r, degrees[x->impact].text));
    put_fact(r, b, LF_T_NW_RELEVANCE, text(r, relevances[x->relevance].text));
    if (x->sectors.len)
        put_fact(r, b, LF_T_MEMBER_SECTORS, sector_words(r, x->sectors));
    put_fact(r, b, LF_T_NW_JUDGEMENT, x->judgement);
    put_fact(r, b, LF_T_NW_ASSESSOR, account_name(r, x->assessor));
    put_moment(r, b, LF_T_NW_ASSESSED_AT, x->assessed);
    LF_PUT(b, "</dl></section>");
}

static void put_facts(struct rq *r, struct lf_buf *b, const struct lf_news *x)
{
    LF_PUT(b, "<section class=\"panel\">");
    if (x->summary.len)
        lf_html(b, "<p class=\"lines wrap\">%</p>", V(x->summary));
    LF_PUT(b, "<dl class=\"facts\">");
    put_cves(r, b, x->cves);
    put_moment(r, b, LF_T_NW_PUBLISHED, x->published);
    put_moment(r, b, LF_T_NW_CAME, x->came);
    if (x->author.len)
        put_fact(r, b, LF_T_NW_ENTERED, account_name(r, x->author));
    lf_html(b, "<dt>TLP</dt><dd>%</dd>", V(text(r, x->tlp ? incident_tlp_text(x->tlp) : LF_T_NW_TLP_NONE)));
    put_fact(r, b, LF_T_NW_REASON, x->reason);
    put_moment(r, b, LF_T_NW_UNTIL, x->watch);
    if (x->advisory.len)
        lf_html(b, "<dt>%</dt><dd class=\"wrap\"><a href=\"%\">%</a></dd>", T(NW_ADVISORY),
                V(path2(r, "/advisories/", x->advisory, "")), V(x->advisory));
    put_moment(r, b, LF_T_NW_WARNED_AT, x->warned);
    if (x->warned)
        put_fact(r, b, LF_T_NW_TOOK, duration(r, x->took / LF_SECOND));
    LF_PUT(b, "</dl></section>");
}

static void put_from(struct rq *r, struct lf_buf *b, const struct lf_news_source *list, size_t n)
{
    lf_html(b, "<section class=\"panel\"><h2>%</h2><ol class=\"line\">", T(NW_SOURCES));
    for (size_t i = 0; i < n; i++) {
        const struct lf_news_source *s = &list[i];

        lf_html(b, "<li><p class=\"wrap\"><strong>%</strong> <small>%</small></p><p class=\"wrap\">",
                V(s->name), V(s->country));
        if (s->link.len)
            lf_html(b, "<a href=\"%\" rel=\"noreferrer noopener\">%</a>", V(s->link), V(s->title));
        else
            lf_html(b, "%", V(s->title));
        if (s->object.len)
            lf_html(b, "<br><a href=\"%\"><small>%</small></a>", V(path2(r, "/objects/", s->object, "")),
                    V(s->object));
        LF_PUT(b, "</p><p class=\"quiet\">");
        put_when_zone(r, b, s->published);
        if (s->changed) {
            lf_html(b, " · % ", T(NW_CHANGED));
            put_when(r, b, s->changed);
        }
        LF_PUT(b, "</p></li>");
    }
    LF_PUT(b, "</ol></section>");
}

static void put_said(struct rq *r, struct lf_buf *b, const struct lf_news_entry *y)
{
    const struct lf_json *v;
    struct lf_err no = { 0 };
    lf_time until;
    lf_view s;

    if (!y->detail.len || lf_json_parse(r->t->a, y->detail, NULL, &v, &no) != LF_OK)
        return;
    s = lf_json_str(v, "severity");
    if (s.len)
        lf_html(b, "<p>% %</p>", T(ADV_SEVERITY), V(advisory_word(r, s)));
    if (lf_time_parse(lf_json_str(v, "until"), &until, NULL) == LF_OK) {
        lf_html(b, "<p>% ", T(NW_UNTIL));
        put_when_zone(r, b, until);
        LF_PUT(b, "</p>");
    }
    s = lf_json_str(v, "advisory");
    if (s.len)
        lf_html(b, "<p class=\"wrap\"><a href=\"%\">%</a></p>", V(path2(r, "/advisories/", s, "")), V(s));
}

static void put_history(struct rq *r, struct lf_buf *b, const struct lf_news_entry *list, size_t n)
{
    if (!n)
        return;
    lf_html(b, "<section class=\"panel\"><h2>%</h2><ol class=\"line\">", T(HISTORY));
    for (size_t i = 0; i < n; i++) {
        lf_html(b, "<li><p><strong>%</strong></p>", V(text(r, acts[list[i].act])));
        put_said(r, b, &list[i]);
        if (list[i].body.len)
            lf_html(b, "<p class=\"lines wrap\">%</p>", V(list[i].body));
        lf_html(b, "<p class=\"quiet\">% ", V(account_name(r, list[i].account)));
        put_when_zone(r, b, list[i].at);
        LF_PUT(b, "</p></li>");
    }
    LF_PUT(b, "</ol></section>");
}

/* `base` is the history as it is shown here: who was overtaken sees what the other did, and his own text. */
static void begin_act(struct rq *r, struct lf_buf *b, const struct lf_news *x, const char *act,
                      enum lf_text label, bool open)
{
    lf_html(b, "<details%><summary>%</summary><form class=\"stack\" method=\"post\" action=\"%\">",
            LF_RAW(lf_view_of(open || lf_view_is(field(r, "act"), act) ? " open" : "")), V(text(r, label)),
            V(path2(r, "/news/", x->id, "")));
    put_csrf(r, b);
    lf_html(b,
            "<input type=\"hidden\" name=\"act\" value=\"%\"><input type=\"hidden\" name=\"base\" "
            "value=\"%\">",
            LF_HC(act), V(lf_arena_printf(r->t->a, "%lld", (long long)x->entries)));
}

static void end_act(struct rq *r, struct lf_buf *b, enum lf_text label)
{
    lf_html(b, "<p><button>%</button></p></form></details>", V(text(r, label)));
}

static void put_sectors(struct rq *r, struct lf_buf *b, const struct lf_news *x)
{
    lf_view rest = lf_view_of(lf_advisory_fields[lf_advisory_field(LF_V("sectors"))].choices), one;
    bool again = lf_view_is(field(r, "act"), "assess");

    lf_html(b, "<fieldset><legend>%</legend>", T(MEMBER_SECTORS));
    while (lf_view_split(&rest, ' ', &one)) {
        lf_view name = lf_arena_printf(r->t->a, "sectors_%.*s", LF_FMT(one)), now = x->sectors, k;
        bool on = again && field(r, lf_arena_cstr(r->t->a, name)).len;

        while (!again && !on && lf_view_split(&now, ' ', &k))
            on = lf_view_eq(k, one);
        lf_html(b, "<label><input type=\"checkbox\" name=\"%\" value=\"1\"%>%</label>", V(name),
                LF_RAW(on ? LF_V(" checked") : LF_V("")), V(advisory_word(r, one)));
    }
    LF_PUT(b, "</fieldset>");
}

static void put_assess(struct rq *r, struct lf_buf *b, const struct lf_news *x)
{
    begin_act(r, b, x, "assess", LF_T_NW_ASSESS, x->state == LF_NEWS_NEW);
    lf_html(b, "<p class=\"hint\">%</p>", T(NW_MATRIX));
    put_select(r, b, "assess", "relevance", LF_T_NW_RELEVANCE, relevances, LF_NEWS_RELEVANCES,
               lf_view_of(x->severity ? lf_news_relevance_name(x->relevance) : "direct"));
    put_select(r, b, "assess", "likelihood", LF_T_NW_LIKELIHOOD, degrees, LF_NEWS_DEGREES,
               lf_view_of(lf_news_degree_name(x->severity ? x->likelihood : LF_NEWS_MEDIUM)));
    put_select(r, b, "assess", "impact", LF_T_NW_IMPACT, degrees, LF_NEWS_DEGREES,
               lf_view_of(lf_news_degree_name(x->severity ? x->impact : LF_NEWS_MEDIUM)));
    put_sectors(r, b, x);
    put_area(r, b, "assess", "text", LF_T_NW_JUDGEMENT, x->judgement, " required maxlength=\"1300\"");
    end_act(r, b, LF_T_NW_ASSESS);
}

static void put_draft(struct rq *r, struct lf_buf *b, const struct lf_news *x)
{
    static const struct filter_choice kinds[] = { { "EWA", LF_T_ADV_EWA }, { "ANA", LF_T_ADV_ANA } };

    begin_act(r, b, x, "draft", LF_T_NW_DRAFT, x->state == LF_NEWS_ASSESSED);
    lf_html(b, "<p class=\"hint\">%</p>", T(NW_DRAFT_HINT));
    put_select(r, b, "draft", "kind", LF_T_NW_KIND, kinds, 2, LF_V("EWA"));
    put_input(r, b, "draft", "reply_by", LF_T_NW_REPLY_BY, " type=\"datetime-local\"");
    end_act(r, b, LF_T_NW_DRAFT);
}

static void put_text_act(struct rq *r, struct lf_buf *b, const struct lf_news *x, const char *act,
                         enum lf_text label, enum lf_text what)
{
    begin_act(r, b, x, act, label, false);
    put_area(r, b, act, "text", what, LF_V(""), " required maxlength=\"1300\"");
    end_act(r, b, label);
}

static void put_acts(struct rq *r, struct lf_buf *b, const struct lf_news *x)
{
    bool drafted = (x->state == LF_NEWS_DRAFTED && !x->given_up) || x->state == LF_NEWS_WARNED;

    lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(ACT));
    put_assess(r, b, x);
    if (!drafted && x->severity)
        put_draft(r, b, x);
    if (!drafted) {
        begin_act(r, b, x, "watch", LF_T_NW_WATCH, false);
        put_input(r, b, "watch", "until", LF_T_NW_UNTIL, " type=\"datetime-local\" required");
        put_area(r, b, "watch", "text", LF_T_NW_REASON, LF_V(""), " maxlength=\"1300\"");
        end_act(r, b, LF_T_NW_WATCH);
        if (x->state != LF_NEWS_DROPPED)
            put_text_act(r, b, x, "drop", LF_T_NW_DROP, LF_T_NW_REASON);
        if (x->state != LF_NEWS_NEW && x->state != LF_NEWS_ASSESSED)
            put_text_act(r, b, x, "reopen", LF_T_NW_REOPEN, LF_T_NW_REASON);
    }
    put_text_act(r, b, x, "note", LF_T_NW_NOTE, LF_T_NW_NOTE);
    LF_PUT(b, "</section>");
}

static enum lf_code show(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    const struct lf_news_source *sources;
    const struct lf_news_entry *entries;
    size_t n, nentries;
    struct lf_news x;
    struct lf_buf b;

    LF_TRY(lf_news_get(r->t, r->id, &x, r->e));
    LF_TRY(lf_news_sources(r->t, x.id, &n, &sources, r->e));
    LF_TRY(lf_news_history(r->t, x.id, &nentries, &entries, r->e));
    begin_page(r, &b, x.title, "/news");
    lf_html(&b, "<div class=\"head\"><h1 class=\"wrap\">%</h1><p>", V(x.title));
    put_state(r, &b, &x);
    lf_html(&b, "</p><p><a href=\"/news\">%</a></p></div>", T(NEWS));
    if (status != 200)
        put_refusal(r, &b, why);
    LF_PUT(&b, "<div class=\"two\"><div>");
    put_facts(r, &b, &x);
    put_judgement(r, &b, &x);
    put_from(r, &b, sources, n);
    put_history(r, &b, entries, nentries);
    LF_PUT(&b, "</div><div>");
    if (may(r, JUDGE))
        put_acts(r, &b, &x);
    LF_PUT(&b, "</div></div>");
    return end_page(r, &b, status);
}

enum lf_code page_news(struct rq *r)
{
    return show(r, 200);
}

enum lf_code page_news_act(struct rq *r)
{
    lf_view advisory;
    enum lf_code rc = news_act(r, &advisory);

    if (rc != LF_OK)
        return page_again(r, rc, show);
    return redirect(r, advisory.len ? path2(r, "/advisories/", advisory, "/edit")
                                    : path2(r, "/news/", r->id, "?done=1"));
}

/* ---- what came of it ---- */

static void put_number(struct rq *r, struct lf_buf *b, enum lf_text label, lf_view bounds, const char *more,
                       int64_t n)
{
    lf_html(b, "<td class=\"num\" data-label=\"%\"><a href=\"%\">%</a></td>", V(text(r, label)),
            V(lf_arena_printf(r->t->a, "/news?%.*s%s", LF_FMT(bounds), more)), V(number(r, n)));
}

/* `bounds`: what the list is asked so that it has what is counted. */
static void put_count(struct rq *r, struct lf_buf *b, lf_view name, lf_view bounds,
                      const struct lf_news_count *c)
{
    lf_html(b, "<tr><th scope=\"row\" class=\"wrap\">%</th>", V(name));
    put_number(r, b, LF_T_NW_N_CAME, bounds, "", c->came);
    put_number(r, b, LF_T_NW_N_ASSESSED, bounds, "&did=assessed", c->assessed);
    put_number(r, b, LF_T_NW_DROPPED, bounds, "&state=dropped", c->dropped);
    put_number(r, b, LF_T_NW_N_WARNED, bounds, "&did=warned", c->warned);
    lf_html(b, "<td data-label=\"%\">%</td><td class=\"num\" data-label=\"%\">%</td></tr>", T(NW_MEDIAN),
            V(c->warned ? duration(r, c->took / LF_SECOND) : text(r, LF_T_NONE)), T(NW_PAST),
            V(number(r, c->past)));
}

static void begin_counts(struct rq *r, struct lf_buf *b, enum lf_text caption, enum lf_text first)
{
    lf_html(b,
            "<section class=\"panel\"><table class=\"rows\"><caption>%</caption><thead><tr><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
            V(text(r, caption)), V(text(r, first)), T(NW_N_CAME), T(NW_N_ASSESSED), T(NW_DROPPED),
            T(NW_N_WARNED), T(NW_MEDIAN), T(NW_PAST));
}

/* The first and the last day of a month, or of a year (month 0), as a query. */
static lf_view days_of(struct rq *r, int year, int month)
{
    static const int length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    int last = month ? length[month - 1] + (month == 2 && leap) : 31;

    return lf_arena_printf(r->t->a, "from=%04d-%02d-01&to=%04d-%02d-%02d", year, month ? month : 1, year,
                           month ? month : 12, last);
}

static lf_view period_text(struct rq *r, const struct lf_news_count *c)
{
    int year = r->roc ? c->year - 1911 : c->year;

    return c->month ? lf_arena_printf(r->t->a, "%d-%02d", year, c->month)
                    : lf_arena_printf(r->t->a, "%d", year);
}

static void put_periods(struct rq *r, struct lf_buf *b, const struct lf_news_counts *c, int year)
{
    begin_counts(r, b, year ? LF_T_NW_BY_MONTH : LF_T_NW_BY_YEAR, year ? LF_T_NW_MONTH : LF_T_JOINED_YEAR);
    for (size_t i = 0; i < c->n; i++)
        put_count(r, b, period_text(r, &c->periods[i]), days_of(r, c->periods[i].year, c->periods[i].month),
                  &c->periods[i]);
    LF_PUT(b, "</tbody></table>");
    if (!year && c->n) {
        lf_html(b, "<p>%", T(NW_BY_MONTH));
        for (size_t i = 0; i < c->n; i++)
            lf_html(b, " <a href=\"/news-counts?year=%\">%</a>",
                    V(lf_arena_printf(r->t->a, "%d", c->periods[i].year)), V(period_text(r, &c->periods[i])));
        LF_PUT(b, "</p>");
    } else if (year) {
        lf_html(b, "<p><a href=\"/news-counts\">%</a></p>", T(NW_BY_YEAR));
    }
    LF_PUT(b, "</section>");
}

static lf_view source_text(struct rq *r, const struct lf_news_count *c)
{
    lf_view name = !c->feed.len ? text(r, LF_T_NW_BY_HAND) : c->name.len ? c->name : c->feed;

    return c->country.len ? lf_arena_printf(r->t->a, "%.*s (%.*s)", LF_FMT(name), LF_FMT(c->country)) : name;
}

static void put_by_source(struct rq *r, struct lf_buf *b, const struct lf_news_counts *c, int year)
{
    lf_view bounds = year ? days_of(r, year, 0) : LF_V("");

    begin_counts(r, b, LF_T_NW_BY_COUNTRY, LF_T_NW_WHERE);
    put_count(r, b, text(r, LF_T_PT_HOME),
              lf_arena_printf(r->t->a, "country=" LF_PARTNER_HOME "&%.*s", LF_FMT(bounds)), &c->home);
    put_count(r, b, text(r, LF_T_PT_FOREIGN),
              lf_arena_printf(r->t->a, "country=foreign&%.*s", LF_FMT(bounds)), &c->foreign);
    put_count(r, b, text(r, LF_T_NW_ALL), bounds, &c->all);
    LF_PUT(b, "</tbody></table></section>");
    begin_counts(r, b, LF_T_NW_BY_SOURCE, LF_T_NW_SOURCE);
    for (size_t i = 0; i < c->nsources; i++)
        put_count(r, b, source_text(r, &c->sources[i]),
                  lf_arena_printf(r->t->a, "source=%.*s&first=1&%.*s",
                                  LF_FMT(c->sources[i].feed.len ? c->sources[i].feed : LF_V("-")),
                                  LF_FMT(bounds)),
                  &c->sources[i]);
    LF_PUT(b, "</tbody></table></section>");
}

enum lf_code page_news_counts(struct rq *r)
{
    struct lf_news_counts c;
    struct lf_buf b;
    int year;

    LF_TRY(news_year(r, &year));
    LF_TRY(lf_news_count(r->t, year, &c, r->e));
    begin_page(r, &b, text(r, LF_T_NW_COUNTS), "/news");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p><p><a href=\"/news\">%</a></p></div>",
            T(NW_COUNTS), T(NW_COUNTS_LEAD), T(NEWS));
    put_periods(r, &b, &c, year);
    put_by_source(r, &b, &c, year);
    return end_page(r, &b, 200);
}
