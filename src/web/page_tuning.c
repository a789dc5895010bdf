/* Pages of tunings: deciding about an alert's rule, and what was decided. */
#include "fmt/uri.h"
#include "soc/alert_work.h"
#include "soc/tuning.h"
#include "web/page_priv.h"

static const struct {
    enum lf_rule_state state;
    enum lf_text text;
} states[] = { { LF_RULE_LIVE, LF_T_RULE_LIVE },
               { LF_RULE_TEST, LF_T_RULE_TEST },
               { LF_RULE_DRAFT, LF_T_RULE_DRAFT },
               { LF_RULE_RETIRED, LF_T_RULE_RETIRED } };
static const enum lf_text levels[] = { LF_T_LEVEL_INFO, LF_T_LEVEL_LOW, LF_T_LEVEL_MEDIUM, LF_T_LEVEL_HIGH,
                                       LF_T_LEVEL_CRITICAL };

struct span {
    lf_time span;
    enum lf_text text;
};
static const struct span groups[] = { { 0, LF_T_SPAN_NONE },          { LF_HOUR, LF_T_SPAN_HOUR },
                                      { 4 * LF_HOUR, LF_T_SPAN_4H },  { LF_DAY, LF_T_SPAN_DAY },
                                      { 7 * LF_DAY, LF_T_SPAN_WEEK }, { 0 } };
static const struct span until[] = { { 0, LF_T_FOR_GOOD },           { LF_DAY, LF_T_SPAN_DAY },
                                     { 7 * LF_DAY, LF_T_SPAN_WEEK }, { 30 * LF_DAY, LF_T_SPAN_MONTH },
                                     { 90 * LF_DAY, LF_T_SPAN_90D }, { 0 } };

static lf_view state_text(struct rq *r, enum lf_rule_state s)
{
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (states[i].state == s)
            return text(r, states[i].text);
    return LF_V("?");
}

/* The choices, in `unit`s; one that was set by the API and is none of them is added. */
static void put_spans(struct rq *r, struct lf_buf *b, const struct span *from, lf_time unit, lf_time now)
{
    bool listed = false;

    for (size_t i = 0; i == 0 || from[i].span; i++) {
        lf_html(b, "<option value=\"%\"",
                V(lf_arena_printf(r->t->a, "%lld", (long long)(from[i].span / unit))));
        if (from[i].span == now) {
            LF_PUT(b, " selected");
            listed = true;
        }
        lf_html(b, ">%</option>", V(text(r, from[i].text)));
    }
    if (!listed)
        lf_html(b, "<option value=\"%\" selected>%</option>",
                V(lf_arena_printf(r->t->a, "%lld", (long long)(now / unit))),
                V(fill1(r, LF_T_SPAN_SECONDS, "n", number(r, now / LF_SECOND))));
}

/* How its closed alerts were judged: what says most of whether to keep a rule. */
static enum lf_code put_verdicts_of(struct rq *r, struct lf_buf *b, lf_view rule)
{
    int64_t n[LF_VERDICTS];

    LF_TRY(lf_alert_verdicts(r->t, rule, n, r->e));
    if (n[LF_VERDICT_TRUE] + n[LF_VERDICT_FALSE] + n[LF_VERDICT_BENIGN] > 0)
        lf_html(
            b, "<p>%</p>",
            V(lf_text_fill(r->t->a, LF_T_VERDICTS_OF_RULE, r->lang,
                           (const struct lf_text_value[]){ { "yes", number(r, n[LF_VERDICT_TRUE]) },
                                                           { "no", number(r, n[LF_VERDICT_FALSE]) },
                                                           { "benign", number(r, n[LF_VERDICT_BENIGN]) } },
                           3)));
    return LF_OK;
}

/* What is decided, to be decided otherwise. */
static void put_tuning_form(struct rq *r, struct lf_buf *b, const struct lf_tuning *t, lf_view action)
{
    lf_html(b, "<details><summary>%</summary><form class=\"stack\" method=\"post\" action=\"%\">",
            T(TUNE_OPEN), V(action));
    put_csrf(r, b);
    lf_html(b, "<p>%</p><p><label for=\"state\">%</label><select id=\"state\" name=\"state\">",
            T(TUNING_HELP), T(STATE));
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        lf_html(b, "<option value=\"%\"", LF_HC(lf_rule_state_name(states[i].state)));
        if (states[i].state == t->state)
            LF_PUT(b, " selected");
        lf_html(b, ">%</option>", V(text(r, states[i].text)));
    }
    lf_html(b,
            "</select></p><p><label for=\"tlevel\">%</label><select id=\"tlevel\" name=\"level\">"
            "<option value=\"\">%</option>",
            T(LEVEL), T(LEVEL_OF_RULE));
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        lf_html(b, "<option value=\"%\"", LF_HC(lf_level_name((enum lf_level)i)));
        if (t->has_level && t->level == (enum lf_level)i)
            LF_PUT(b, " selected");
        lf_html(b, ">%</option>", V(text(r, levels[i])));
    }
    lf_html(b, "</select></p><p><label for=\"group\">%</label><select id=\"group\" name=\"group_s\">",
            T(GROUP_SPAN));
    put_spans(r, b, groups, LF_SECOND, t->group);
    lf_html(b,
            "</select></p><p><label for=\"suppress\">%</label><select id=\"suppress\" name=\"suppress_s\">",
            T(SUPPRESS_SPAN));
    put_spans(r, b, groups, LF_SECOND, t->suppress);
    lf_html(
        b,
        "</select></p><p><label for=\"rate\">%</label><input id=\"rate\" name=\"per_hour\" type=\"number\" "
        "min=\"0\" max=\"1000000\" value=\"%\"></p><p><label for=\"until\">%</label>"
        "<select id=\"until\" name=\"days\">",
        T(PER_HOUR), V(lf_arena_printf(r->t->a, "%lld", (long long)t->per_hour)), T(TUNING_UNTIL));
    put_spans(r, b, until, LF_DAY, 0);
    lf_html(b,
            "</select></p><p><label for=\"why\">%</label><textarea id=\"why\" name=\"note\" required "
            "maxlength=\"600\"></textarea></p><p><button "
            "class=\"second\">%</button></p></form></details>",
            T(TUNING_NOTE), T(TUNE));
}

enum lf_code put_tuning(struct rq *r, struct lf_buf *b, const struct lf_alert *a)
{
    struct lf_tuning t;

    LF_TRY(lf_tuning_get(r->t, a->rule, &t, r->e));
    lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(TUNING));
    if (t.changed) {
        lf_html(b, "<p class=\"wrap\">%</p>", V(fill1(r, LF_T_TUNING_WHY, "note", t.note)));
    }
    if (t.kept_back)
        lf_html(b, "<p><a href=\"/tunings\">%</a></p>",
                V(fill1(r, LF_T_KEPT_BACK_N, "n", number(r, t.kept_back))));
    LF_TRY(put_verdicts_of(r, b, a->rule));
    if (!may(r, TRIAGE)) {
        lf_html(b, "<p>%</p></section>", V(state_text(r, t.state)));
        return LF_OK;
    }
    put_tuning_form(r, b, &t, path2(r, "/alerts/", a->id, "/tune"));
    LF_PUT(b, "</section>");
    return LF_OK;
}

enum lf_code page_alert_tune(struct rq *r)
{
    struct lf_tuning now;
    struct lf_alert a;

    LF_TRY(lf_alert_get(r->t, r->id, &a, r->e));
    if (a.withheld)
        return lf_err_set(r->e, LF_FORBIDDEN,
                          "the marking of the indicator that was hit keeps it from you: nothing is decided "
                          "about it by who may not know it");
    LF_TRY(tuning_set(r, a.rule, &now));
    return redirect(r, path2(r, "/alerts/", r->id, "?done=1"));
}

static lf_view rule_path(struct rq *r, lf_view rule)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 4096);
    LF_PUT(&b, "/tunings/");
    lf_uri_encode(&b, rule);
    out = b.over ? LF_V("/tunings") : lf_arena_copy(r->t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

enum lf_code page_tunings(struct rq *r)
{
    struct lf_tuning *items;
    struct lf_page page;
    struct lf_buf b;
    lf_view next;
    enum lf_code rc;
    size_t n;

    if (query(r, "rule").len)
        return redirect(r, rule_path(r, lf_view_trim(query(r, "rule"))));
    LF_TRY(page_of(r, &page));
    LF_TRY(lf_tuning_list(r->t, &page, &items, &n, &next, r->e));
    begin_page(r, &b, text(r, LF_T_TUNINGS), "/alerts");
    lf_html(
        &b,
        "<h1>%</h1><p>% <a href=\"/rules\">%</a> · <a href=\"/coverage\">%</a> · <a "
        "href=\"/learning\">%</a></p><section "
        "class=\"panel\"><form class=\"stack wide\" method=\"get\" "
        "action=\"/tunings\"><div class=\"row\"><p><label for=\"rule\">%</label><input id=\"rule\" "
        "name=\"rule\" "
        "required maxlength=\"200\" autocomplete=\"off\" spellcheck=\"false\" aria-describedby=\"rh\"></p>"
        "<p><button>%</button></p></div><p id=\"rh\" class=\"hint\">%</p></form></section>"
        "<section class=\"panel\">",
        T(TUNINGS), T(TUNINGS_HELP), T(RULES), T(COVERAGE), T(LEARNING), T(RULE_ID), T(RULE_OPEN),
        T(RULE_OPEN_HINT));
    if (n == 0)
        lf_html(&b, "<p class=\"empty\">%</p>", T(NO_TUNINGS));
    else
        lf_html(&b,
                "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
                "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th>"
                "<th scope=\"col\">%</th></tr></thead><tbody>",
                T(TUNINGS), T(RULE), T(STATE), T(LEVEL), T(TUNING_NOTE), T(KEPT_BACK), T(ACT));
    for (size_t i = 0; i < n; i++) {
        const struct lf_tuning *t = &items[i];

        lf_html(&b,
                "<tr><td class=\"wrap\" data-label=\"%\"><a href=\"%\"><code>%</code></a></td><td "
                "data-label=\"%\">%</td>",
                T(RULE), V(rule_path(r, t->rule)), V(t->rule), T(STATE), V(state_text(r, t->state)));
        lf_html(&b, "<td data-label=\"%\">", T(LEVEL));
        if (t->has_level)
            put_level(r, &b, t->level);
        else
            lf_html(&b, "%", T(LEVEL_OF_RULE));
        lf_html(&b, "</td><td class=\"wrap\" data-label=\"%\"><span>%", T(TUNING_NOTE),
                V(t->note.len ? t->note : text(r, LF_T_NONE)));
        if (t->until) {
            LF_PUT(&b, "<br>");
            lf_html(&b, "% ", T(TUNING_UNTIL));
            put_when(r, &b, t->until);
        }
        lf_html(&b, "</span></td><td class=\"num\" data-label=\"%\">%</td><td data-label=\"%\">",
                T(KEPT_BACK), V(number(r, t->kept_back)), T(ACT));
        if (may(r, TRIAGE))
            put_button(r, &b, path2(r, "", rule_path(r, t->rule), "/clear"), LF_T_TUNING_CLEAR, "second");
        LF_PUT(&b, "</td></tr>");
    }
    if (n)
        LF_PUT(&b, "</tbody></table>");
    LF_PUT(&b, "</section>");
    put_next(r, &b, next);
    rc = put_exclusions(r, &b);
    if (rc != LF_OK) {
        lf_buf_clear(&b);
        return rc;
    }
    return end_page(r, &b, 200);
}

/* What it would have meant to have it live. */
static void put_days(struct rq *r, struct lf_buf *b, const struct lf_rule_day *days, size_t n)
{
    if (n == 0)
        return;
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><table class=\"rows\"><caption>%</caption><thead><tr>"
            "<th scope=\"col\">%</th><th scope=\"col\" class=\"num\">%</th></tr></thead><tbody>",
            T(RULE_DAYS), T(RULE_DAYS_HELP), T(DAY), T(COUNT));
    for (size_t i = 0; i < n; i++)
        lf_html(b, "<tr><td data-label=\"%\">%</td><td class=\"num\" data-label=\"%\">%</td></tr>", T(DAY),
                V(day_text(r, days[i].begin)), T(COUNT), V(number(r, days[i].hits)));
    LF_PUT(b, "</tbody></table></section>");
}

enum lf_code page_tuning(struct rq *r)
{
    struct lf_rule_day days[LF_RULE_DAYS];
    struct lf_rule_hit *hits;
    struct lf_tuning t;
    struct lf_page page;
    struct lf_buf b;
    lf_view next;
    enum lf_code rc;
    size_t n, ndays;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_tuning_get(r->t, r->id, &t, r->e));
    LF_TRY(lf_rule_hits(r->t, r->id, &page, &hits, &n, &next, r->e));
    LF_TRY(lf_rule_days(r->t, r->id, days, &ndays, r->e));
    begin_page(r, &b, text(r, LF_T_TUNING), "/alerts");
    lf_html(&b,
            "<h1>%</h1><section class=\"panel\"><dl class=\"facts\"><dt>%</dt><dd><code>%</code></dd>"
            "<dt>%</dt><dd>%</dd><dt>%</dt><dd>%</dd><dt>%</dt><dd>%</dd></dl>",
            T(TUNING), T(RULE), V(t.rule), T(STATE), V(state_text(r, t.state)), T(TUNING_NOTE),
            V(t.note.len ? t.note : text(r, LF_T_NONE)), T(KEPT_BACK), V(number(r, t.kept_back)));
    rc = put_verdicts_of(r, &b, t.rule);
    if (rc != LF_OK) {
        lf_buf_clear(&b);
        return rc;
    }
    if (may(r, TRIAGE))
        put_tuning_form(r, &b, &t, path2(r, "", rule_path(r, t.rule), "/set"));
    LF_PUT(&b, "</section>");
    put_days(r, &b, days, ndays);
    lf_html(&b, "<section class=\"panel\"><h2>%</h2><p class=\"hint\">%</p>", T(RULE_HITS),
            V(fill1(r, LF_T_RULE_HITS_HELP, "n", number(r, LF_RULE_HITS))));
    if (n == 0)
        lf_html(&b, "<p class=\"empty\">%</p>", T(NO_RULE_HITS));
    else
        LF_PUT(&b, "<ol class=\"line\">");
    for (size_t i = 0; i < n; i++) {
        LF_PUT(&b, "<li><p>");
        put_when_zone(r, &b, hits[i].happened);
        lf_html(&b, " — %</p><pre tabindex=\"0\">%</pre></li>",
                V(fill1(r, LF_T_SEEN_BY, "sender", hits[i].sender)), V(hits[i].event));
    }
    if (n)
        LF_PUT(&b, "</ol>");
    LF_PUT(&b, "</section>");
    put_next(r, &b, next);
    return end_page(r, &b, 200);
}

enum lf_code page_tuning_clear(struct rq *r)
{
    LF_TRY(lf_tuning_clear(r->t, r->id, r->e));
    return redirect(r, LF_V("/tunings?done=1"));
}

enum lf_code page_tuning_set(struct rq *r)
{
    struct lf_tuning now;

    LF_TRY(tuning_set(r, r->id, &now));
    return redirect(r, path2(r, "", rule_path(r, r->id), "?done=1"));
}
