/* Lists of incidents and of their legal clocks, and what of them is asked for: forms that need no script. */
#include "cert/analysis.h"
#include "cert/deadline.h"
#include "cert/inbox.h"
#include "cert/report.h"
#include "web/incident_filter.h"
#include "web/page_priv.h"
#include "web/report_field.h"

/* In words, with its time: never by colour alone. */
void put_deadline(struct rq *r, struct lf_buf *b, const struct lf_deadline *d)
{
    int64_t late = d->left_s < 0 ? -d->left_s : 0;

    if (!d->id.len) {
        badge(b, "", "–", text(r, LF_T_CLOCK_NONE_RUNS));
        return;
    }
    if (d->state == LF_DEADLINE_RUNNING)
        badge(b, d->percent >= 80 ? "bad" : "warn", "◷",
              clock_span(r, d->left_s, LF_T_CLOCK_LEFT, LF_T_CLOCK_LEFT_HOURS));
    else if (d->state == LF_DEADLINE_OTHER)
        badge(b, "good", "✓", text(r, LF_T_CLOCK_DONE));
    else
        badge(b, "bad", "!", clock_span(r, late + 59, LF_T_CLOCK_LATE, LF_T_CLOCK_LATE_HOURS));
    lf_html(b, "<br><span class=\"quiet\">% % · % ", V(d->clock), V(r->lang == LF_LANG_ZH ? d->zh : d->en),
            T(CLOCK_DUE));
    put_when_zone(r, b, d->due);
    LF_PUT(b, "</span>");
}

/* The type of the reference taxonomy in words, with its class and type as they are asked for. */
static void put_rsit(struct rq *r, struct lf_buf *b, const struct lf_form_field *types, lf_view rsit)
{
    lf_view type = rsit, class;
    const struct lf_form_choice *c;

    if (!rsit.len) {
        lf_html(b, "<span class=\"quiet\">%</span>", T(RSIT_NONE));
        return;
    }
    (void)lf_view_split(&type, ':', &class);
    c = types ? lf_form_choice(types, type) : NULL;
    if (c)
        lf_html(b, "%<br>", V(r->lang == LF_LANG_ZH ? c->say.zh : c->say.en));
    lf_html(b, "<a class=\"quiet\" href=\"/incidents?rsit=%\">%</a>", V(url_text(r, class)), V(class));
}

enum lf_code put_incident_table(struct rq *r, struct lf_buf *b, const struct lf_incident_page *list)
{
    const struct lf_form_field *types;
    const struct lf_form *form;

    if (list->n == 0) {
        lf_html(b, "<p class=\"empty\">%</p>", T(NO_INCIDENTS));
        return LF_OK;
    }
    LF_TRY(report_form_of(r, &form));
    types = lf_form_field(form, LF_V("rsit"));
    lf_html(b,
            "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th>"
            "<th scope=\"col\">%</th><th scope=\"col\">RSIT</th><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
            T(INCIDENTS_CAPTION), T(LEVEL), T(INCIDENT), T(AWARE_AT), T(CLOCK_NEXT), T(STATE));
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
        LF_PUT(b, "</span></td><td data-label=\"RSIT\"><span>");
        put_rsit(r, b, types, x->rsit);
        lf_html(b, "</span></td><td data-label=\"%\">", T(AWARE_AT));
        put_when(r, b, x->aware_at);
        lf_html(b, "</td><td data-label=\"%\"><span>", T(CLOCK_NEXT));
        put_deadline(r, b, &x->nearest);
        lf_html(b,
                "</span></td><td class=\"short\" data-label=\"%\"><span>%<br><span "
                "class=\"quiet\">%</span></span></td></tr>",
                T(STATE), V(named(r, x->review)), V(named(r, x->handling)));
    }
    lf_html(b, "</tbody></table>");
    return LF_OK;
}

void put_deadline_table(struct rq *r, struct lf_buf *b, const struct lf_deadline_page *list)
{
    lf_html(b,
            "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th>"
            "<th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
            T(CLOCKS_CAPTION), T(CLOCK_ONE), T(INCIDENT), T(LEVEL), T(CLOCK_WHO));
    for (size_t i = 0; i < list->n; i++) {
        const struct lf_deadline *d = &list->items[i];

        lf_html(b, "<tr><td data-label=\"%\"><span>", T(CLOCK_ONE));
        put_deadline(r, b, d);
        lf_html(b, "</span></td><td class=\"wrap\" data-label=\"%\"><span><a href=\"%\">%</a>", T(INCIDENT),
                V(path2(r, "/incidents/", d->incident, "")),
                V(d->title.len ? title_text(r, d->title) : d->incident));
        if (d->exercise) {
            LF_PUT(b, " ");
            badge(b, "info", "◇", text(r, LF_T_EXERCISE));
        }
        lf_html(b, "</span></td><td data-label=\"%\">", T(LEVEL));
        put_incident_level(r, b, d->level);
        lf_html(b, "</td><td data-label=\"%\">%</td></tr>", T(CLOCK_WHO), V(role_word(r, d->who)));
    }
    LF_PUT(b, "</tbody></table>");
}

/* ---- what is asked for ---- */

static const struct filter_choice clock_states[] = { { "", LF_T_LEVEL_ANY },
                                                     { "running", LF_T_CLOCK_S_RUNNING },
                                                     { "overdue", LF_T_CLOCK_S_OVERDUE },
                                                     { "missed", LF_T_CLOCK_S_MISSED } };
static const struct filter_choice reviews[] = { { "", LF_T_LEVEL_ANY },
                                                { "draft", LF_T_R_DRAFT },
                                                { "reported", LF_T_R_REPORTED },
                                                { "returned", LF_T_R_RETURNED },
                                                { "confirmed", LF_T_R_CONFIRMED },
                                                { "forwarded", LF_T_R_FORWARDED },
                                                { "not_incident", LF_T_R_NOT_INCIDENT } };
static const struct filter_choice handlings[] = { { "", LF_T_LEVEL_ANY },
                                                  { "responding", LF_T_H_RESPONDING },
                                                  { "controlled", LF_T_H_CONTROLLED },
                                                  { "recovered", LF_T_H_RECOVERED },
                                                  { "final", LF_T_H_FINAL },
                                                  { "closed", LF_T_H_CLOSED },
                                                  { "follow_up_done", LF_T_H_FOLLOW_UP_DONE } };

static void put_level_choice(struct rq *r, struct lf_buf *b)
{
    lf_html(b,
            "<p><label for=\"f-level\">%</label><select id=\"f-level\" name=\"level\"><option "
            "value=\"\">%</option>",
            T(LEVEL), T(LEVEL_ANY));
    for (int i = 1; i <= 4; i++)
        lf_html(b, "<option value=\"%\"%>%</option>", V(number(r, i)),
                LF_RAW(lf_view_of(lf_view_eq(query(r, "level"), number(r, i)) ? " selected" : "")),
                V(fill1(r, LF_T_LEVEL_N, "n", number(r, i))));
    LF_PUT(b, "</select></p>");
}

static void put_refused(struct rq *r, struct lf_buf *b)
{
    lf_html(b, "<p class=\"say bad\" role=\"alert\"><span aria-hidden=\"true\">!</span> ");
    put_detail(r, b, lf_view_of(r->e->text));
    LF_PUT(b, "</p>");
}

/* The classes of the reference taxonomy, in the words of the form. */
static enum lf_code put_rsit_choice(struct rq *r, struct lf_buf *b)
{
    lf_view asked = query(r, "rsit"), last = LF_V("");
    const struct lf_form_field *types;
    const struct lf_form *form;
    bool found = !asked.len;

    LF_TRY(report_form_of(r, &form));
    types = lf_form_field(form, LF_V("rsit"));
    lf_html(
        b,
        "<p><label for=\"f-rsit\">%</label><select id=\"f-rsit\" name=\"rsit\"><option value=\"\">%</option>",
        T(RSIT_CLASS), T(LEVEL_ANY));
    for (size_t i = 0; types && i < types->nchoices; i++) {
        const struct lf_form_choice *c = &types->choices[i];
        bool same = lf_view_eq(c->rsit, asked);

        if (lf_view_eq(c->rsit, last))
            continue;
        last = c->rsit;
        found |= same;
        lf_html(b, "<option value=\"%\"%>%</option>", V(c->rsit), LF_RAW(same ? LF_V(" selected") : LF_V("")),
                V(r->lang == LF_LANG_ZH ? c->group.zh : c->group.en));
    }
    if (!found) /* a single type or what has none, from a link */
        lf_html(b, "<option value=\"%\" selected>%</option>", V(asked),
                V(lf_view_is(asked, "-") ? text(r, LF_T_STATISTIC_UNKNOWN) : asked));
    LF_PUT(b, "</select></p>");
    return LF_OK;
}

static void put_vital_option(struct rq *r, struct lf_buf *b, lf_view name, lf_view say)
{
    lf_html(b, "<option value=\"%\"%>%</option>", V(name),
            LF_RAW(lf_view_eq(query(r, "vital"), name) ? LF_V(" selected") : LF_V("")), V(say));
}

/* The vital functions, in the words of the form, and all the daily necessities together. */
static enum lf_code put_vital_choice(struct rq *r, struct lf_buf *b)
{
    const struct lf_form_field *x;
    const struct lf_form *form;

    LF_TRY(report_form_of(r, &form));
    x = lf_form_field(form, LF_V("vital_functions"));
    lf_html(b,
            "<p><label for=\"f-vital\">%</label><select id=\"f-vital\" name=\"vital\"><option "
            "value=\"\">%</option>",
            T(VITAL), T(LEVEL_ANY));
    if (lf_view_is(query(r, "vital"), "-")) /* from a number of a statistic */
        put_vital_option(r, b, LF_V("-"), text(r, LF_T_STATISTIC_NO_VITAL));
    put_vital_option(r, b, LF_V("any"), text(r, LF_T_VITAL_ANY));
    put_vital_option(r, b, LF_V("necessities"), text(r, LF_T_VITAL_NECESSITIES));
    for (size_t i = 0; x && i < x->nchoices; i++)
        put_vital_option(r, b, x->choices[i].id, form_words(r, x->choices[i].say));
    LF_PUT(b, "</select></p>");
    return LF_OK;
}

static enum lf_code put_form(struct rq *r, struct lf_buf *b)
{
    static const char *const more[] = { "review", "handling", "category", "from",
                                        "to",     "which",    "rsit",     "vital" };

    LF_PUT(b, "<section class=\"panel\"><form class=\"stack wide\" method=\"get\" action=\"/incidents\" "
              "role=\"search\"><div class=\"row\">");
    put_filter_input(r, b, "q", LF_T_ALERTS_WORDS, " maxlength=\"400\" aria-describedby=\"f-qh\"");
    put_level_choice(r, b);
    put_filter_choice(r, b, "clock", LF_T_CLOCK_ONE, clock_states, sizeof clock_states / sizeof *clock_states,
                      query(r, "clock"));
    lf_html(
        b, "<p><button>%</button></p></div><p id=\"f-qh\" class=\"hint\">%</p><details%><summary>%</summary>",
        T(ALERTS_FIND), T(INCIDENTS_WORDS_HINT),
        LF_RAW(lf_view_of(filter_asked(r, more, sizeof more / sizeof *more) ? " open" : "")),
        T(INCIDENTS_MORE));
    LF_PUT(b, "<div class=\"row\">");
    put_filter_choice(r, b, "review", LF_T_REVIEW, reviews, sizeof reviews / sizeof *reviews,
                      query(r, "review"));
    put_filter_choice(r, b, "handling", LF_T_HANDLING, handlings, sizeof handlings / sizeof *handlings,
                      query(r, "handling"));
    put_filter_input(r, b, "category", LF_T_INCIDENT_CLASS, " maxlength=\"64\"");
    LF_TRY(put_rsit_choice(r, b));
    LF_TRY(put_vital_choice(r, b));
    LF_PUT(b, "</div><div class=\"row\">");
    put_filter_input(r, b, "from", LF_T_AWARE_FROM, " type=\"date\"");
    put_filter_input(r, b, "to", LF_T_AWARE_TO, " type=\"date\"");
    put_filter_input(r, b, "which", LF_T_CLOCK_ID, " maxlength=\"20\"");
    LF_PUT(b, "</div></details></form></section>");
    return LF_OK;
}

/* What the list shows, all pages of it, as a file. */
static void put_exports(struct rq *r, struct lf_buf *b)
{
    static const char *const formats[][2] = { { "xlsx", "XLSX" },
                                              { "csv", "CSV" },
                                              { "json", "JSON" },
                                              { "stix", "STIX 2.1" },
                                              { "iodef", "IODEF 2.0" } };

    lf_html(b, "<p>% ", T(EXPORT_AS));
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        lf_view asked = query_again(r, incident_filter_fields, INCIDENT_FILTER_FIELDS);
        lf_view to =
            lf_arena_printf(r->t->a, "/api/v1/incident-export?format=%s%.*s", formats[i][0], LF_FMT(asked));

        lf_html(b, "<a href=\"%\" download>%</a> ", V(to), LF_HC(formats[i][1]));
    }
    LF_PUT(b, "</p>");
    if (lf_analysis_may_write(r->t))
        lf_html(b, "<p><a href=\"/analyses/new?%\">%</a></p>", V(incident_filter_text(r)), T(AN_OF_LIST));
}

enum lf_code page_incidents(struct rq *r)
{
    struct lf_incident_filter filter = { 0 };
    struct lf_incident_page list = { 0 };
    bool open = lf_view_is(query(r, "open"), "1");
    enum lf_text title = open ? LF_T_CARD_INCIDENTS : LF_T_NAV_INCIDENTS;
    struct lf_page page;
    struct lf_buf b;
    enum lf_code rc;

    LF_TRY(page_of(r, &page));
    rc = incident_filter_of(r, &filter);
    if (rc == LF_OK)
        rc = lf_incident_list(r->t, &filter, &page, &list, r->e);
    if (rc != LF_OK && rc != LF_BAD_INPUT)
        return rc;
    begin_page(r, &b, text(r, title), "/incidents");
    lf_html(&b, "<div class=\"head\"><h1>%</h1>", V(text(r, title)));
    if (filter_asked(r, incident_filter_fields, INCIDENT_FILTER_FIELDS))
        lf_html(&b, "<p><a href=\"/incidents\">%</a></p>", T(ALL_INCIDENTS));
    lf_html(&b,
            "<p><a href=\"/clocks\">%</a> · <a href=\"/flow\">%</a> · <a href=\"/statistics\">%</a> · <a "
            "href=\"/referrals\">%</a> · <a href=\"/articles\">%</a> · <a href=\"/analyses\">%</a>",
            T(CLOCKS), T(FLOW), T(STATISTICS), T(REFERRALS), T(KB), T(AN));
    if (of_node(r))
        lf_html(&b, " · <a href=\"/statements\">%</a>", T(STATEMENTS));
    LF_PUT(&b, "</p>");
    if (may(r, HANDLE)) {
        int64_t waiting = 0;

        PUT_TRY(&b, lf_inbox_count(r->t, &waiting, r->e));
        lf_html(&b, "<p><a href=\"/mail?state=waiting\">%</a></p>",
                V(fill1(r, LF_T_INBOX_COUNT, "n", number(r, waiting))));
    }
    if (may(r, TRIAGE))
        lf_html(&b, "<p><a href=\"/incidents/import\">%</a></p>", T(IMPORT_OLD));
    if (may(r, REPORT))
        lf_html(&b, "<p><a class=\"button\" href=\"/incidents/new\">%</a></p>", T(REPORT_NEW));
    LF_PUT(&b, "</div>");
    PUT_TRY(&b, put_form(r, &b));
    LF_PUT(&b, "<section class=\"panel\">");
    if (filter.counted)
        lf_html(&b, "<p class=\"quiet\">%</p>", T(STATISTIC_CASES_NOTE));
    if (rc != LF_OK)
        put_refused(r, &b);
    else
        PUT_TRY(&b, put_incident_table(r, &b, &list));
    LF_PUT(&b, "</section>");
    if (rc == LF_OK && list.n)
        put_exports(r, &b);
    put_next_with(r, &b,
                  lf_arena_cstr(r->t->a, query_again(r, incident_filter_fields, INCIDENT_FILTER_FIELDS)),
                  list.next);
    return end_page(r, &b, rc == LF_OK ? 200 : 400);
}

enum lf_code page_clocks(struct rq *r)
{
    static const char *const asked[] = { "state", "clock", "level", "exercise" };
    struct lf_deadline_filter filter = { 0 };
    struct lf_deadline_page list = { 0 };
    struct lf_page page;
    struct lf_buf b;
    enum lf_code rc;

    LF_TRY(page_of(r, &page));
    rc = deadline_filter_of(r, &filter);
    if (rc == LF_OK)
        rc = lf_deadline_board(r->t, &filter, &page, &list, r->e);
    if (rc != LF_OK && rc != LF_BAD_INPUT)
        return rc;
    begin_page(r, &b, text(r, LF_T_CLOCKS), "/incidents");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p><a href=\"/incidents\">%</a></p></div>", T(CLOCKS),
            T(ALL_INCIDENTS));
    LF_PUT(&b, "<section class=\"panel\"><form class=\"stack wide\" method=\"get\" action=\"/clocks\" "
               "role=\"search\"><div class=\"row\">");
    put_filter_choice(r, &b, "state", LF_T_STATE, clock_states, sizeof clock_states / sizeof *clock_states,
                      query(r, "state"));
    put_filter_input(r, &b, "clock", LF_T_CLOCK_ID, " maxlength=\"20\"");
    put_level_choice(r, &b);
    lf_html(&b,
            "<p><label><input type=\"checkbox\" name=\"exercise\" value=\"1\"%>%</label></p>"
            "<p><button>%</button></p></div></form></section><section class=\"panel\">",
            LF_RAW(lf_view_of(filter.exercise ? " checked" : "")), T(EXERCISE), T(ALERTS_FIND));
    if (rc != LF_OK)
        put_refused(r, &b);
    else if (list.n)
        put_deadline_table(r, &b, &list);
    else
        lf_html(&b, "<p class=\"empty\">%</p>", T(BOARD_EMPTY));
    LF_PUT(&b, "</section>");
    put_next_with(r, &b, lf_arena_cstr(r->t->a, query_again(r, asked, sizeof asked / sizeof *asked)),
                  list.next);
    return end_page(r, &b, rc == LF_OK ? 200 : 400);
}
