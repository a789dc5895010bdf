/* Pages of the rules in force: which techniques of ATT&CK they look for, by what was decided about
 * each, and the rules themselves. */
#include "fmt/uri.h"
#include "web/page_priv.h"
#include "web/rule_priv.h"

static const struct {
    enum lf_rule_state state;
    enum lf_text text;
} states[] = { { LF_RULE_LIVE, LF_T_STATE_LIVE },
               { LF_RULE_TEST, LF_T_STATE_TEST },
               { LF_RULE_DRAFT, LF_T_STATE_DRAFT },
               { LF_RULE_RETIRED, LF_T_STATE_RETIRED } };

static const struct {
    const char *show;
    enum lf_text text;
} shows[] = { { "covered", LF_T_COVER_COVERED },
              { "live", LF_T_COVER_LIVE },
              { "trial", LF_T_COVER_TRIAL },
              { "retired", LF_T_COVER_RETIRED },
              { "none", LF_T_COVER_NONE } };

static const struct {
    const char *tactic;
    enum lf_text text;
} tactics[] = {
    { "reconnaissance", LF_T_TACTIC_RECONNAISSANCE }, { "resource-development", LF_T_TACTIC_RESOURCES },
    { "initial-access", LF_T_TACTIC_INITIAL },        { "execution", LF_T_TACTIC_EXECUTION },
    { "persistence", LF_T_TACTIC_PERSISTENCE },       { "privilege-escalation", LF_T_TACTIC_PRIVILEGE },
    { "defense-evasion", LF_T_TACTIC_EVASION },       { "credential-access", LF_T_TACTIC_CREDENTIAL },
    { "discovery", LF_T_TACTIC_DISCOVERY },           { "lateral-movement", LF_T_TACTIC_LATERAL },
    { "collection", LF_T_TACTIC_COLLECTION },         { "command-and-control", LF_T_TACTIC_COMMAND },
    { "exfiltration", LF_T_TACTIC_EXFILTRATION },     { "impact", LF_T_TACTIC_IMPACT },
};

/* One that the table has and we do not is called as ATT&CK does. */
static lf_view tactic_text(struct rq *r, lf_view tactic)
{
    for (size_t i = 0; i < sizeof tactics / sizeof *tactics; i++)
        if (lf_view_is(tactic, tactics[i].tactic))
            return text(r, tactics[i].text);
    return tactic;
}

static lf_view state_text(struct rq *r, enum lf_rule_state s)
{
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (states[i].state == s)
            return text(r, states[i].text);
    return LF_V("?");
}

/* A number that opens what is behind it; none opens nothing. */
static void put_count(struct rq *r, struct lf_buf *b, lf_view label, size_t n, lf_view to)
{
    lf_html(b, "<td class=\"num\" data-label=\"%\">", V(label));
    if (n)
        lf_html(b, "<a href=\"%\">%</a>", V(to), V(number(r, (int64_t)n)));
    else
        lf_html(b, "<span class=\"quiet\">0</span>");
    LF_PUT(b, "</td>");
}

static lf_view rules_link(struct rq *r, lf_view technique, enum lf_rule_state s)
{
    return technique.len ? lf_arena_printf(r->t->a, "/rules?technique=%.*s&state=%s", LF_FMT(technique),
                                           lf_rule_state_name(s))
                         : lf_arena_printf(r->t->a, "/rules?state=%s", lf_rule_state_name(s));
}

static void put_tactics(struct rq *r, struct lf_buf *b, const struct lf_coverage *c)
{
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><table class=\"rows\"><caption>%</caption><thead><tr>"
            "<th scope=\"col\">%</th><th scope=\"col\" class=\"num\">%</th>",
            T(TACTICS), T(TACTICS_HELP), T(TACTIC), T(TECHNIQUES));
    for (size_t i = 1; i < sizeof shows / sizeof *shows; i++)
        lf_html(b, "<th scope=\"col\" class=\"num\">%</th>", V(text(r, shows[i].text)));
    LF_PUT(b, "</tr></thead><tbody>");
    for (size_t i = 0; i < c->ntactics; i++) {
        const struct lf_tactic_cover *x = &c->tactics[i];
        const size_t n[] = { x->live, x->trial, x->retired, x->none };

        lf_html(b, "<tr><td data-label=\"%\"><a href=\"/coverage?tactic=%\">%</a></td>", T(TACTIC),
                V(x->tactic), V(tactic_text(r, x->tactic)));
        lf_html(b, "<td class=\"num\" data-label=\"%\">%</td>", T(TECHNIQUES),
                V(number(r, (int64_t)x->techniques)));
        for (size_t k = 0; k < sizeof n / sizeof *n; k++)
            put_count(r, b, text(r, shows[k + 1].text), n[k],
                      lf_arena_printf(r->t->a, "/coverage?tactic=%.*s&show=%s#techniques", LF_FMT(x->tactic),
                                      shows[k + 1].show));
        LF_PUT(b, "</tr>");
    }
    LF_PUT(b, "</tbody></table></section>");
}

static void put_choice(struct rq *r, struct lf_buf *b, const struct coverage_ask *ask)
{
    lf_html(b,
            "<form class=\"stack wide\" method=\"get\" action=\"/coverage#techniques\"><div class=\"row\"><p>"
            "<label for=\"tactic\">%</label><select id=\"tactic\" name=\"tactic\"><option value=\"\">%"
            "</option>",
            T(TACTIC), T(ALL));
    for (size_t i = 0; i < ask->all.ntactics; i++) {
        lf_view name = ask->all.tactics[i].tactic;

        lf_html(b, "<option value=\"%\"%>%</option>", V(name),
                LF_RAW(lf_view_of(lf_view_eq(name, ask->tactic) ? " selected" : "")),
                V(tactic_text(r, name)));
    }
    lf_html(b, "</select></p><p><label for=\"show\">%</label><select id=\"show\" name=\"show\">", T(SHOW));
    for (size_t i = 0; i < sizeof shows / sizeof *shows; i++)
        lf_html(b, "<option value=\"%\"%>%</option>", LF_HC(shows[i].show),
                LF_RAW(lf_view_of(lf_view_is(ask->show, shows[i].show) ? " selected" : "")),
                V(text(r, shows[i].text)));
    lf_html(b, "</select></p><p><button>%</button></p></div></form>", T(SHOW));
}

static void put_techniques(struct rq *r, struct lf_buf *b, const struct coverage_ask *ask)
{
    size_t n = 0;

    lf_html(b, "<section class=\"panel\" id=\"techniques\"><h2>%</h2>", T(TECHNIQUES));
    put_choice(r, b, ask);
    for (size_t i = 0; i < ask->all.ntechniques; i++) {
        const struct lf_technique_cover *c = &ask->all.techniques[i];

        if (!coverage_shows(ask, c))
            continue;
        if (!n++) {
            lf_html(b,
                    "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th>"
                    "<th scope=\"col\">%</th>",
                    T(TECHNIQUES_HELP), T(TECHNIQUE), T(NAME));
            for (size_t k = 0; k < sizeof states / sizeof *states; k++)
                lf_html(b, "<th scope=\"col\" class=\"num\">%</th>", V(text(r, states[k].text)));
            LF_PUT(b, "</tr></thead><tbody>");
        }
        lf_html(b, "<tr><td data-label=\"%\"><code>%</code></td><td class=\"wrap\" data-label=\"%\">%</td>",
                T(TECHNIQUE), V(c->technique->id), T(NAME), V(c->technique->name));
        for (size_t k = 0; k < sizeof states / sizeof *states; k++)
            put_count(r, b, text(r, states[k].text), c->rules[states[k].state],
                      rules_link(r, c->technique->id, states[k].state));
        LF_PUT(b, "</tr>");
    }
    if (n)
        LF_PUT(b, "</tbody></table>");
    else
        lf_html(b, "<p class=\"empty\">%</p>", T(NO_TECHNIQUES));
    LF_PUT(b, "</section>");
}

enum lf_code page_coverage(struct rq *r)
{
    struct coverage_ask ask;
    struct lf_buf b;

    LF_TRY(coverage_ask(r, &ask));
    if (!ask.show.len)
        ask.show = LF_V("covered");
    begin_page(r, &b, text(r, LF_T_COVERAGE), "/alerts");
    lf_html(&b, "<h1>%</h1><p>%</p><ul class=\"cards\">", T(COVERAGE), T(COVERAGE_HELP));
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        lf_html(&b, "<li><a href=\"%\"><b>%</b> %</a></li>", V(rules_link(r, LF_V(""), states[i].state)),
                V(number(r, (int64_t)ask.all.rules[states[i].state])), V(text(r, states[i].text)));
    }
    lf_html(&b, "</ul><p class=\"hint\">%</p>",
            V(fill1(r, LF_T_RULES_TAGGED, "n", number(r, (int64_t)ask.all.tagged))));
    if (ask.all.unlisted)
        lf_html(&b, "<p class=\"hint\">%</p>",
                V(fill1(r, LF_T_RULES_UNLISTED, "n", number(r, (int64_t)ask.all.unlisted))));
    put_tactics(r, &b, &ask.all);
    put_techniques(r, &b, &ask);
    return end_page(r, &b, 200);
}

/* ---- rules ---- */

static void put_rule_form(struct rq *r, struct lf_buf *b, const struct lf_rule_ask *ask)
{
    lf_html(
        b,
        "<section class=\"panel\"><form class=\"stack wide\" method=\"get\" action=\"/rules\"><div "
        "class=\"row\"><p><label for=\"q\">%</label><input id=\"q\" name=\"q\" value=\"%\" maxlength=\"200\" "
        "autocomplete=\"off\" spellcheck=\"false\"></p><p><label for=\"technique\">%</label><input "
        "id=\"technique\" name=\"technique\" value=\"%\" maxlength=\"16\" placeholder=\"T1059\" "
        "autocomplete=\"off\"></p><p><label for=\"state\">%</label><select id=\"state\" name=\"state\">"
        "<option value=\"\">%</option>",
        T(RULE_WORDS), V(ask->words), T(TECHNIQUE), V(ask->technique), T(STATE), T(ALL));
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        lf_html(b, "<option value=\"%\"%>%</option>", LF_HC(lf_rule_state_name(states[i].state)),
                LF_RAW(lf_view_of(ask->has_state && ask->state == states[i].state ? " selected" : "")),
                V(text(r, states[i].text)));
    lf_html(b, "</select></p><p><button>%</button></p></div></form></section>", T(SHOW));
}

static void put_rule_row(struct rq *r, struct lf_buf *b, const struct lf_rule_row *row)
{
    lf_view rest = row->rule.techniques, id;
    struct lf_buf link;

    lf_buf_init(&link, 4096);
    LF_PUT(&link, "/tunings/");
    lf_uri_encode(&link, row->rule.id);
    lf_html(b,
            "<tr><td class=\"wrap\" data-label=\"%\"><a href=\"%\">%</a><br><span "
            "class=\"quiet\">%</span></td><td data-label=\"%\">",
            T(RULE), V(lf_buf_view(&link)), V(title_text(r, row->rule.title)), V(row->rule.file), T(LEVEL));
    lf_buf_clear(&link);
    put_level(r, b, row->rule.level);
    lf_html(b, "</td><td data-label=\"%\">%</td><td class=\"wrap\" data-label=\"%\"><span>", T(STATE),
            V(state_text(r, row->state)), T(TECHNIQUES));
    while (lf_view_split(&rest, ' ', &id))
        lf_html(b, "<code>%</code> ", V(id));
    LF_PUT(b, "</span></td></tr>");
}

enum lf_code page_rules(struct rq *r)
{
    struct lf_rulebook *book;
    struct lf_rule_row *rows;
    struct lf_rule_ask ask;
    struct lf_page page;
    struct lf_buf b, more;
    lf_view next;
    size_t n;

    LF_TRY(rule_ask(r, &ask));
    LF_TRY(page_of(r, &page));
    LF_TRY(rulebook(r, &book));
    LF_TRY(lf_rulebook_list(book, r->t, &ask, &page, &rows, &n, &next, r->e));
    begin_page(r, &b, text(r, LF_T_RULES), "/alerts");
    lf_html(&b, "<h1>%</h1><p>% <a href=\"/coverage\">%</a></p>", T(RULES), T(RULES_HELP), T(COVERAGE));
    put_rule_form(r, &b, &ask);
    LF_PUT(&b, "<section class=\"panel\">");
    if (n == 0)
        lf_html(&b, "<p class=\"empty\">%</p>", T(NO_RULES));
    else
        lf_html(&b,
                "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
                "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
                T(RULES), T(RULE), T(LEVEL), T(STATE), T(TECHNIQUES));
    for (size_t i = 0; i < n; i++)
        put_rule_row(r, &b, &rows[i]);
    if (n)
        LF_PUT(&b, "</tbody></table>");
    LF_PUT(&b, "</section>");
    lf_buf_init(&more, 16384);
    LF_PUT(&more, "?after=");
    lf_uri_encode(&more, next);
    LF_PUT(&more, "&q=");
    lf_uri_encode(&more, ask.words);
    LF_PUT(&more, "&technique=");
    lf_uri_encode(&more, ask.technique);
    if (ask.has_state)
        lf_buf_printf(&more, "&state=%s", lf_rule_state_name(ask.state));
    if (next.len)
        lf_html(&b, "<p><a class=\"button\" href=\"%\">%</a></p>", V(lf_buf_view(&more)), T(MORE));
    lf_buf_clear(&more);
    return end_page(r, &b, 200);
}
