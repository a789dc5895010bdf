/* Weaknesses that exercises found, in the console: all of them, one with its history, and the panels of an
 * exercise's page. */
#include "web/weakness.h"

#include "cert/incident_task.h"
#include "web/exercise.h"
#include "web/page_priv.h"

enum { ON_EXERCISE = 100, EARLIER = 20, LATER = 50 };

static const struct filter_choice kinds[LF_WEAKNESS_KINDS] = {
    { "patching", LF_T_WK_PATCHING },   { "configuration", LF_T_WK_CONFIGURATION },
    { "access", LF_T_WK_ACCESS },       { "application", LF_T_WK_APPLICATION },
    { "network", LF_T_WK_NETWORK },     { "monitoring", LF_T_WK_MONITORING },
    { "reporting", LF_T_WK_REPORTING }, { "response", LF_T_WK_RESPONSE },
    { "recovery", LF_T_WK_RECOVERY },   { "awareness", LF_T_WK_AWARENESS },
    { "supplier", LF_T_WK_SUPPLIER },   { "other", LF_T_WK_OTHER }
};
static const struct filter_choice severities[LF_WEAKNESS_SEVERITIES] = { { "low", LF_T_LEVEL_LOW },
                                                                         { "medium", LF_T_LEVEL_MEDIUM },
                                                                         { "high", LF_T_LEVEL_HIGH },
                                                                         { "critical",
                                                                           LF_T_LEVEL_CRITICAL } };
static const struct filter_choice states[LF_WEAKNESS_STATES] = { { "open", LF_T_WK_OPEN },
                                                                 { "mended", LF_T_WK_MENDED },
                                                                 { "accepted", LF_T_WK_ACCEPTED } };
static const struct filter_choice outcomes[LF_WEAKNESS_OUTCOMES] = { { "unchecked", LF_T_WK_UNCHECKED },
                                                                     { "confirmed", LF_T_WK_CONFIRMED },
                                                                     { "recurred", LF_T_WK_RECURRED } };

static lf_view words_of(const struct rq *r, const struct filter_choice *of, int at)
{
    return text(r, of[at].text);
}

static void put_state(struct rq *r, struct lf_buf *b, const struct lf_weakness *x)
{
    static const struct {
        const char *tone, *sign;
    } looks[LF_WEAKNESS_STATES] = { { "warn", "○" }, { "good", "✓" }, { "", "–" } };

    badge(b, looks[x->state].tone, looks[x->state].sign, words_of(r, states, (int)x->state));
    if (x->overdue) {
        LF_PUT(b, " ");
        badge(b, "bad", "!", text(r, LF_T_WK_OVERDUE));
    }
    if (x->outcome != LF_WEAKNESS_UNCHECKED) {
        LF_PUT(b, " ");
        if (x->outcome == LF_WEAKNESS_CONFIRMED)
            badge(b, "good", "✓", text(r, LF_T_WK_CONFIRMED));
        else
            badge(b, "bad", "↻", text(r, LF_T_WK_RECURRED));
    }
}

static void put_severity(struct rq *r, struct lf_buf *b, int severity)
{
    static const char *const tones[LF_WEAKNESS_SEVERITIES] = { "", "info", "warn", "bad" };
    static const char *const signs[LF_WEAKNESS_SEVERITIES] = { "▁", "▃", "▅", "▇" };

    badge(b, tones[severity], signs[severity], words_of(r, severities, severity));
}

static lf_view unit_text(const struct rq *r, const struct lf_weakness *x)
{
    return x->unit_name.len ? x->unit_name : text(r, LF_T_WK_OURSELVES);
}

/* ---- tables ---- */

static void put_table(struct rq *r, struct lf_buf *b, const struct lf_weakness *list, size_t n,
                      enum lf_text caption)
{
    if (!n) {
        lf_html(b, "<p class=\"empty\">%</p>", T(WK_NONE));
        return;
    }
    lf_html(b,
            "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th></tr></thead><tbody>",
            V(text(r, caption)), T(WK_WHAT), T(WK_KIND), T(WK_SEVERITY), T(STATE), T(WK_WHERE), T(TASK_DUE));
    for (size_t i = 0; i < n; i++) {
        const struct lf_weakness *x = &list[i];

        lf_html(
            b,
            "<tr><td class=\"wrap\" data-label=\"%\"><a href=\"%\">%</a></td><td data-label=\"%\">%</td><td "
            "data-label=\"%\">",
            T(WK_WHAT), V(path2(r, "/weaknesses/", x->id, "")), V(x->title), T(WK_KIND),
            V(words_of(r, kinds, (int)x->kind)), T(WK_SEVERITY));
        put_severity(r, b, x->severity);
        lf_html(b, "</td><td data-label=\"%\"><span>", T(STATE));
        put_state(r, b, x);
        lf_html(b,
                "</span></td><td class=\"wrap\" data-label=\"%\"><span>%<br><small><a "
                "href=\"%\">%</a></small></span></td><td data-label=\"%\"><span>",
                T(WK_WHERE), V(unit_text(r, x)), V(path2(r, "/exercises/", x->exercise, "")),
                V(x->exercise_name), T(TASK_DUE));
        put_when(r, b, x->due);
        if (x->owner.len)
            lf_html(b, "<br><small>%</small>", V(x->owner));
        LF_PUT(b, "</span></td></tr>");
    }
    LF_PUT(b, "</tbody></table>");
}

static void put_number(struct rq *r, struct lf_buf *b, enum lf_text label, int kind, const char *more,
                       int64_t n)
{
    lf_html(b, "<td class=\"num\" data-label=\"%\"><a href=\"%\">%</a></td>", V(text(r, label)),
            V(lf_arena_printf(r->t->a, "/weaknesses?kind=%s%s", kinds[kind].value, more)), V(number(r, n)));
}

/* What is found again and again: each number opens its weaknesses. */
static void put_patterns(struct rq *r, struct lf_buf *b, const struct lf_weakness_pattern *list, size_t n)
{
    static const enum lf_text heads[] = { LF_T_WK_KIND,   LF_T_WK_FOUND,     LF_T_WK_EXERCISES,
                                          LF_T_WK_UNITS,  LF_T_WK_OPEN,      LF_T_WK_OVERDUE,
                                          LF_T_WK_MENDED, LF_T_WK_CONFIRMED, LF_T_WK_ACCEPTED };

    if (!n)
        return;
    lf_html(b, "<section class=\"panel\"><h2>%</h2><table class=\"rows\"><caption>%</caption><thead><tr>",
            T(WK_PATTERNS), T(WK_PATTERNS_CAPTION));
    for (size_t k = 0; k < sizeof heads / sizeof *heads; k++)
        lf_html(b, "<th scope=\"col\">%</th>", V(text(r, heads[k])));
    LF_PUT(b, "</tr></thead><tbody>");
    for (size_t i = 0; i < n; i++) {
        const struct lf_weakness_pattern *p = &list[i];
        int k = (int)p->kind;

        lf_html(b, "<tr><td class=\"wrap\" data-label=\"%\">%</td>", T(WK_KIND), V(words_of(r, kinds, k)));
        put_number(r, b, LF_T_WK_FOUND, k, "", p->all);
        lf_html(b, "<td class=\"num\" data-label=\"%\">%</td><td class=\"num\" data-label=\"%\">%</td>",
                T(WK_EXERCISES), V(number(r, p->exercises)), T(WK_UNITS), V(number(r, p->units)));
        put_number(r, b, LF_T_WK_OPEN, k, "&state=open", p->open);
        put_number(r, b, LF_T_WK_OVERDUE, k, "&overdue=1", p->overdue);
        put_number(r, b, LF_T_WK_MENDED, k, "&state=mended", p->mended);
        put_number(r, b, LF_T_WK_CONFIRMED, k, "&state=mended&checked=confirmed", p->confirmed);
        put_number(r, b, LF_T_WK_ACCEPTED, k, "&state=accepted", p->accepted);
        LF_PUT(b, "</tr>");
    }
    LF_PUT(b, "</tbody></table></section>");
}

/* ---- all ---- */

static void put_card(struct rq *r, struct lf_buf *b, const char *to, int64_t n, enum lf_text label, bool hot)
{
    lf_html(b, "<li><a%href=\"%\"><b>%</b><small>%</small></a></li>",
            LF_RAW(hot && n ? LF_V(" class=\"hot\" ") : LF_V(" ")), LF_HC(to), V(number(r, n)),
            V(text(r, label)));
}

static void put_cards(struct rq *r, struct lf_buf *b, const struct lf_weakness_pattern *list, size_t n)
{
    int64_t open = 0, overdue = 0, unchecked = 0, accepted = 0;

    for (size_t i = 0; i < n; i++) {
        open += list[i].open;
        overdue += list[i].overdue;
        unchecked += list[i].mended - list[i].confirmed;
        accepted += list[i].accepted;
    }
    LF_PUT(b, "<ul class=\"cards\">");
    put_card(r, b, "/weaknesses?state=open", open, LF_T_WK_OPEN, false);
    put_card(r, b, "/weaknesses?overdue=1", overdue, LF_T_WK_OVERDUE, true);
    put_card(r, b, "/weaknesses?state=mended&checked=unchecked", unchecked, LF_T_WK_TO_CHECK, false);
    put_card(r, b, "/weaknesses?state=accepted", accepted, LF_T_WK_ACCEPTED, false);
    LF_PUT(b, "</ul>");
}

/* `of` with "any" before it. */
static void put_choice(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label,
                       const struct filter_choice *of, size_t n)
{
    struct filter_choice *all = LF_NEW(r->t->a, struct filter_choice, n + 1);

    all[0] = (struct filter_choice){ "", LF_T_LEVEL_ANY };
    memcpy(all + 1, of, n * sizeof *of);
    put_filter_choice(r, b, name, label, all, n + 1, lf_view_some(query(r, name)));
}

static const char *const asked[] = { "q",     "state",   "kind",     "severity", "checked",
                                     "owner", "overdue", "exercise", "unit",     "earlier" };

static enum lf_code put_filter(struct rq *r, struct lf_buf *b)
{
    static const struct filter_choice late[] = { { "", LF_T_LEVEL_ANY }, { "1", LF_T_WK_OVERDUE } };
    static const char *const more[] = { "kind", "severity", "checked", "owner", "exercise", "unit" };
    const struct lf_exercise *list, *guests;
    struct lf_page page = { .limit = LATER };
    size_t n, nguests;
    lf_view next;

    LF_TRY(lf_exercise_list(r->t, -1, false, &page, &n, &list, &next, r->e));
    LF_TRY(lf_exercise_guest(r->t, &nguests, &guests, r->e));
    LF_PUT(b, "<form class=\"stack wide\" method=\"get\" action=\"/weaknesses\" role=\"search\"><div "
              "class=\"row\">");
    put_filter_input(r, b, "q", LF_T_ALERTS_WORDS, " maxlength=\"200\"");
    put_choice(r, b, "state", LF_T_STATE, states, LF_WEAKNESS_STATES);
    put_filter_choice(r, b, "overdue", LF_T_TASK_DUE, late, 2, lf_view_some(query(r, "overdue")));
    lf_html(b, "<p><button>%</button></p></div><details%><summary>%</summary><div class=\"row\">",
            T(ALERTS_FIND),
            LF_RAW(lf_view_of(filter_asked(r, more, sizeof more / sizeof *more) ? " open" : "")), T(WK_MORE));
    put_choice(r, b, "kind", LF_T_WK_KIND, kinds, LF_WEAKNESS_KINDS);
    put_choice(r, b, "severity", LF_T_WK_SEVERITY, severities, LF_WEAKNESS_SEVERITIES);
    put_choice(r, b, "checked", LF_T_WK_CHECK, outcomes, LF_WEAKNESS_OUTCOMES);
    LF_PUT(b, "</div><div class=\"row\">");
    lf_html(b,
            "<p><label for=\"f-exercise\">%</label><select id=\"f-exercise\" name=\"exercise\"><option "
            "value=\"\">%</option>",
            T(EXERCISES), T(LEVEL_ANY));
    for (size_t i = 0; i < n + nguests; i++) {
        const struct lf_exercise *x = i < n ? &list[i] : &guests[i - n];

        lf_html(b, "<option value=\"%\"%>%</option>", V(x->id),
                LF_RAW(lf_view_of(lf_view_eq(x->id, query(r, "exercise")) ? " selected" : "")), V(x->name));
    }
    LF_PUT(b, "</select></p>");
    put_filter_input(r, b, "unit", LF_T_WK_WHERE, " maxlength=\"66\"");
    put_filter_input(r, b, "owner", LF_T_OWNER, " maxlength=\"64\"");
    LF_PUT(b, "</div></details></form>");
    return LF_OK;
}

enum lf_code page_weaknesses(struct rq *r)
{
    const struct lf_weakness_pattern *patterns;
    const struct lf_weakness *list;
    struct lf_weakness_filter f;
    struct lf_page page;
    size_t n, npatterns;
    lf_view next, again;
    struct lf_buf b;

    LF_TRY(page_of(r, &page));
    LF_TRY(weakness_filter(r, &f));
    LF_TRY(lf_weakness_list(r->t, &f, &page, &n, &list, &next, r->e));
    LF_TRY(lf_weakness_patterns(r->t, &npatterns, &patterns, r->e));
    again = query_again(r, asked, sizeof asked / sizeof *asked);
    begin_page(r, &b, text(r, LF_T_WEAKNESSES), "/exercises");
    lf_html(&b,
            "<div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p><p><a href=\"/exercises\">%</a></p></div>",
            T(WEAKNESSES), T(WK_LEAD), T(EXERCISES));
    put_cards(r, &b, patterns, npatterns);
    LF_PUT(&b, "<section class=\"panel\">");
    PUT_TRY(&b, put_filter(r, &b));
    lf_html(&b, "<p>% <a href=\"%\" download>CSV</a> <a href=\"%\" download>JSON</a></p>", T(EXPORT_AS),
            V(lf_arena_printf(r->t->a, "/api/v1/weaknesses?format=csv%.*s", LF_FMT(again))),
            V(lf_arena_printf(r->t->a, "/api/v1/weaknesses?limit=1000%.*s", LF_FMT(again))));
    put_table(r, &b, list, n, LF_T_WK_CAPTION);
    put_next_with(r, &b, lf_arena_cstr(r->t->a, again), next);
    LF_PUT(&b, "</section>");
    put_patterns(r, &b, patterns, npatterns);
    return end_page(r, &b, 200);
}

/* ---- forms ---- */

static lf_view typed(struct rq *r, const char *name, lf_view now)
{
    return field(r, name).ptr ? field(r, name) : lf_view_some(now);
}

static void put_select(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label,
                       const struct filter_choice *of, size_t n, int now)
{
    lf_view chosen = typed(r, name, lf_view_of(of[now].value));

    lf_html(b, "<p><label for=\"w-%\">%</label><select id=\"w-%\" name=\"%\">", LF_HC(name),
            V(text(r, label)), LF_HC(name), LF_HC(name));
    for (size_t i = 0; i < n; i++)
        lf_html(b, "<option value=\"%\"%>%</option>", LF_HC(of[i].value),
                LF_RAW(lf_view_of(lf_view_is(chosen, of[i].value) ? " selected" : "")),
                V(text(r, of[i].text)));
    LF_PUT(b, "</select></p>");
}

static void put_input(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label, lf_view now,
                      const char *more)
{
    lf_html(b, "<p><label for=\"w-%\">%</label><input id=\"w-%\" name=\"%\" value=\"%\"%></p>", LF_HC(name),
            V(text(r, label)), LF_HC(name), LF_HC(name), V(typed(r, name, now)), LF_RAW(lf_view_of(more)));
}

static void put_area(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label, lf_view now)
{
    lf_html(b,
            "<p><label for=\"w-%\">%</label><textarea id=\"w-%\" name=\"%\" rows=\"3\" "
            "maxlength=\"1300\">%</textarea></p>",
            LF_HC(name), V(text(r, label)), LF_HC(name), LF_HC(name), V(typed(r, name, now)));
}

/* What both forms ask; `x` as it stands, or all 0 for a new one. */
static void put_fields(struct rq *r, struct lf_buf *b, const struct lf_weakness *x)
{
    put_input(r, b, "title", LF_T_WK_WHAT, x->title, " required maxlength=\"66\"");
    put_select(r, b, "kind", LF_T_WK_KIND, kinds, LF_WEAKNESS_KINDS, (int)x->kind);
    put_select(r, b, "severity", LF_T_WK_SEVERITY, severities, LF_WEAKNESS_SEVERITIES, x->severity);
    if (!x->id.len)
        put_input(r, b, "unit", LF_T_WK_WHERE, LF_V(""), " maxlength=\"66\" aria-describedby=\"w-unit-h\"");
    if (!x->id.len)
        lf_html(b, "<p class=\"hint\" id=\"w-unit-h\">%</p>", T(WK_WHERE_HINT));
    put_area(r, b, "method", LF_T_WK_METHOD, x->method);
    put_area(r, b, "detail", LF_T_WK_DETAIL, x->detail);
    put_area(r, b, "measure", LF_T_WK_MEASURE, x->measure);
    put_input(r, b, "owner", LF_T_OWNER, x->owner,
              " maxlength=\"64\" spellcheck=\"false\" autocapitalize=\"none\" "
              "aria-describedby=\"w-owner-h\"");
    lf_html(b, "<p class=\"hint\" id=\"w-owner-h\">%</p>", T(OWNER_HINT));
    put_input(r, b, "due", LF_T_TASK_DUE, moment_shown(r, x->due, true),
              " type=\"datetime-local\" step=\"1\"");
}

static void begin_form(struct rq *r, struct lf_buf *b, lf_view to, int64_t base)
{
    lf_html(b, "<form class=\"stack\" method=\"post\" action=\"%\">", V(to));
    put_csrf(r, b);
    if (base)
        lf_html(b, "<input type=\"hidden\" name=\"base\" value=\"%\">", V(number(r, base)));
}

static void put_note(struct rq *r, struct lf_buf *b, const char *id, enum lf_text hint)
{
    lf_html(b,
            "<p><label for=\"%\">%</label><textarea id=\"%\" name=\"note\" rows=\"3\" maxlength=\"1300\" "
            "aria-describedby=\"%-h\">%</textarea><span class=\"hint\" id=\"%-h\">%</span></p>",
            LF_HC(id), T(TASK_NOTE), LF_HC(id), LF_HC(id), V(lf_view_some(field(r, "note"))), LF_HC(id),
            V(text(r, hint)));
}

/* ---- one ---- */

static void put_change(struct lf_buf *b, lf_view sentence)
{
    lf_html(b, "<p class=\"wrap\">%</p>", V(sentence));
}

static void put_text_change(struct rq *r, struct lf_buf *b, enum lf_text label, lf_view was, lf_view is)
{
    if (lf_view_eq(was, is))
        return;
    lf_html(b, "<p class=\"lines wrap\">%</p>",
            V(fill1(r, label, "text", is.len ? is : text(r, LF_T_WK_NOTHING))));
}

/* What an entry changed of the one before. */
static void put_entry(struct rq *r, struct lf_buf *b, const struct lf_weakness_entry *was,
                      const struct lf_weakness_entry *x)
{
    static const struct lf_weakness_entry none;

    LF_PUT(b, "<li>");
    if (!was)
        put_change(b, text(r, LF_T_WK_RECORDED));
    if (x->outcome == LF_WEAKNESS_CONFIRMED)
        put_change(b, fill1(r, LF_T_WK_CONFIRMED_IN, "name", x->exercise_name));
    if (x->outcome == LF_WEAKNESS_RECURRED)
        put_change(b, fill1(r, LF_T_WK_RECURRED_IN, "name", x->exercise_name));
    if (was && was->state != x->state)
        put_change(b, fill1(r, LF_T_TASK_TO_STATE, "state", words_of(r, states, (int)x->state)));
    if (was && was->kind != x->kind)
        put_change(b, fill1(r, LF_T_WK_TO_KIND, "text", words_of(r, kinds, (int)x->kind)));
    if (was && was->severity != x->severity)
        put_change(b, fill1(r, LF_T_WK_TO_SEVERITY, "text", words_of(r, severities, x->severity)));
    if (was && !lf_view_eq(was->title, x->title))
        put_change(b, fill1(r, LF_T_TASK_TO_TITLE, "title", x->title));
    was = was ? was : &none;
    put_text_change(r, b, LF_T_WK_TO_METHOD, was->method, x->method);
    put_text_change(r, b, LF_T_WK_TO_DETAIL, was->detail, x->detail);
    put_text_change(r, b, LF_T_WK_TO_MEASURE, was->measure, x->measure);
    if (!lf_view_eq(was->owner, x->owner))
        put_change(b, x->owner.len ? fill1(r, LF_T_TASK_TO_WHOM, "who", x->owner)
                                   : text(r, LF_T_TASK_TO_NOBODY));
    if (was->due != x->due && !x->due)
        put_change(b, text(r, LF_T_TASK_NO_DUE));
    if (was->due != x->due && x->due) {
        lf_html(b, "<p>% ", T(TASK_TO_DUE));
        put_when_zone(r, b, x->due);
        LF_PUT(b, "</p>");
    }
    if (x->note.len)
        lf_html(b, "<p class=\"lines wrap\">%</p>", V(x->note));
    lf_html(b, "<p class=\"quiet\">% ",
            V(!x->account.len ? text(r, LF_T_WK_BY_CENTRE)
              : x->foreign    ? text(r, LF_T_WK_BY_UNIT)
                              : account_name(r, x->account)));
    put_when_zone(r, b, x->at);
    LF_PUT(b, "</p></li>");
}

static void put_fact(struct rq *r, struct lf_buf *b, enum lf_text label, lf_view v)
{
    if (v.len)
        lf_html(b, "<dt>%</dt><dd class=\"lines wrap\">%</dd>", V(text(r, label)), V(v));
}

static void put_facts(struct rq *r, struct lf_buf *b, const struct lf_weakness *x)
{
    lf_html(b, "<dl class=\"facts\"><dt>%</dt><dd><a href=\"%\">%</a></dd>", T(EXERCISE),
            V(path2(r, "/exercises/", x->exercise, "")), V(x->exercise_name));
    put_fact(r, b, LF_T_WK_WHERE, unit_text(r, x));
    put_fact(r, b, LF_T_WK_KIND, words_of(r, kinds, (int)x->kind));
    lf_html(b, "<dt>%</dt><dd>", T(WK_SEVERITY));
    put_severity(r, b, x->severity);
    LF_PUT(b, "</dd>");
    put_fact(r, b, LF_T_WK_METHOD, x->method);
    put_fact(r, b, LF_T_WK_DETAIL, x->detail);
    put_fact(r, b, LF_T_WK_MEASURE, x->measure);
    if (!x->guest)
        put_fact(r, b, LF_T_OWNER, x->owner.len ? x->owner : text(r, LF_T_NOBODY));
    lf_html(b, "<dt>%</dt><dd>", T(TASK_DUE));
    put_when_zone(r, b, x->due);
    LF_PUT(b, "</dd>");
    put_fact(r, b, LF_T_WK_REASON, x->reason);
    if (x->checked) {
        lf_html(b, "<dt>%</dt><dd><a href=\"%\">%</a> ", T(WK_CHECKED_LAST),
                V(path2(r, "/exercises/", x->checked_in, "")), V(x->checked_name));
        put_when_zone(r, b, x->checked);
        LF_PUT(b, "</dd>");
    }
    if (x->recurred)
        put_fact(r, b, LF_T_WK_TIMES_RECURRED, number(r, x->recurred));
    LF_PUT(b, "</dl>");
}

static void put_change_form(struct rq *r, struct lf_buf *b, const struct lf_weakness *x)
{
    lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(TASK_UPDATE));
    begin_form(r, b, path2(r, "/weaknesses/", x->id, ""), x->entries);
    put_note(r, b, "w-note", LF_T_WK_NOTE_HINT);
    if (!x->guest)
        put_select(r, b, "state", LF_T_STATE, states, LF_WEAKNESS_STATES, (int)x->state);
    else if (x->state == LF_WEAKNESS_OPEN)
        put_select(r, b, "state", LF_T_STATE, states, 2, LF_WEAKNESS_OPEN);
    if (!x->guest) {
        lf_html(b, "<details><summary>%</summary>", T(WK_CHANGE));
        put_fields(r, b, x);
        LF_PUT(b, "</details>");
    }
    lf_html(b, "<p><button>%</button></p></form></section>", T(TASK_UPDATE));
}

/* Later exercises that have begun, to choose from. */
static enum lf_code put_check_form(struct rq *r, struct lf_buf *b, const struct lf_weakness *x)
{
    struct lf_page page = { .limit = LATER };
    const struct lf_exercise *list, *guests;
    lf_view next, chosen = lf_view_some(field(r, "exercise"));
    size_t n, nguests, fit = 0;

    LF_TRY(lf_exercise_list(r->t, -1, false, &page, &n, &list, &next, r->e));
    LF_TRY(lf_exercise_guest(r->t, &nguests, &guests, r->e));
    lf_html(b, "<section class=\"panel\"><h2>%</h2><p class=\"quiet\">%</p>", T(WK_CHECK_DO),
            T(WK_CHECK_LEAD));
    for (size_t i = 0; i < n + nguests; i++) {
        const struct lf_exercise *y = i < n ? &list[i] : &guests[i - n];

        if (!y->began || y->began <= x->began || lf_view_eq(y->id, x->exercise))
            continue;
        if (!fit++) {
            begin_form(r, b, path2(r, "/weaknesses/", x->id, "/checks"), x->entries);
            lf_html(b, "<p><label for=\"w-in\">%</label><select id=\"w-in\" name=\"exercise\">",
                    T(WK_CHECKED_IN));
        }
        lf_html(b, "<option value=\"%\"%>%</option>", V(y->id),
                LF_RAW(lf_view_of(lf_view_eq(chosen, y->id) ? " selected" : "")), V(y->name));
    }
    if (!fit) {
        lf_html(b, "<p class=\"empty\">%</p></section>", T(WK_CHECK_NONE));
        return LF_OK;
    }
    LF_PUT(b, "</select></p>");
    put_select(r, b, "outcome", LF_T_WK_OUTCOME, outcomes + 1, LF_WEAKNESS_OUTCOMES - 1, 0);
    put_note(r, b, "w-check-note", LF_T_WK_CHECK_HINT);
    lf_html(b, "<p><button>%</button></p></form></section>", T(WK_CHECK_DO));
    return LF_OK;
}

static enum lf_code show(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    const struct lf_weakness_entry *entries;
    struct lf_weakness x;
    struct lf_buf b;
    size_t n;

    LF_TRY(lf_weakness_get(r->t, r->id, &x, &n, &entries, r->e));
    begin_page(r, &b, x.title, "/exercises");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p>", V(x.title));
    put_state(r, &b, &x);
    lf_html(&b, "</p><p><a href=\"/weaknesses\">%</a></p></div>", T(WEAKNESSES));
    if (status != 200)
        put_refusal(r, &b, why);
    LF_PUT(&b, "<div class=\"two\"><div><section class=\"panel\">");
    put_facts(r, &b, &x);
    lf_html(&b, "</section><section class=\"panel\"><h2>%</h2><ol class=\"line\">", T(HISTORY));
    for (size_t i = 0; i < n; i++)
        put_entry(r, &b, i ? &entries[i - 1] : NULL, &entries[i]);
    LF_PUT(&b, "</ol></section></div><div>");
    if (may(r, ACT)) {
        put_change_form(r, &b, &x);
        if (!x.guest)
            PUT_TRY(&b, put_check_form(r, &b, &x));
    }
    LF_PUT(&b, "</div></div>");
    return end_page(r, &b, status);
}

enum lf_code page_weakness(struct rq *r)
{
    return show(r, 200);
}

static enum lf_code done(struct rq *r, enum lf_code rc)
{
    return rc == LF_OK ? redirect(r, path2(r, "/weaknesses/", r->id, "?done=1")) : page_again(r, rc, show);
}

enum lf_code page_weakness_change(struct rq *r)
{
    return done(r, weakness_change(r));
}

enum lf_code page_weakness_check(struct rq *r)
{
    return done(r, weakness_check(r));
}

/* ---- on the exercise's page ---- */

enum lf_code put_exercise_weaknesses(struct rq *r, struct lf_buf *b, const struct lf_exercise *x)
{
    struct lf_weakness_filter found = lf_weakness_any(), earlier = lf_weakness_any();
    struct lf_page few = { .limit = EARLIER }, most = { .limit = ON_EXERCISE };
    static const struct lf_weakness none = { .severity = LF_WEAKNESS_MEDIUM };
    const struct lf_weakness *list, *before;
    lf_view next, more;
    size_t n, nbefore;

    found.exercise = x->id;
    earlier.earlier = x->id;
    earlier.state = LF_WEAKNESS_OPEN;
    LF_TRY(lf_weakness_list(r->t, &found, &most, &n, &list, &next, r->e));
    LF_TRY(lf_weakness_list(r->t, &earlier, &few, &nbefore, &before, &more, r->e));
    if (n || x->state == LF_EXERCISE_RUNNING || x->state == LF_EXERCISE_ENDED) {
        lf_html(b, "<section class=\"panel\" id=\"weaknesses\"><h2>%</h2>", T(WK_OF_EXERCISE));
        put_table(r, b, list, n, LF_T_WK_CAPTION);
        lf_html(b, "<p><a href=\"/weaknesses?exercise=%\">%</a></p>", V(x->id), T(WK_ALL));
        if ((may(r, JUDGE) || (x->guest && may(r, ACT))) &&
            (x->state == LF_EXERCISE_RUNNING || x->state == LF_EXERCISE_ENDED)) {
            lf_html(b, "<details%><summary>%</summary>",
                    LF_RAW(lf_view_of(field(r, "title").ptr ? " open" : "")), T(WK_ADD));
            begin_form(r, b, path2(r, "/exercises/", x->id, "/weaknesses"), 0);
            put_fields(r, b, &none);
            lf_html(b, "<p><button>%</button></p></form></details>", T(WK_ADD));
        }
        LF_PUT(b, "</section>");
    }
    if (nbefore) {
        lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(WK_EARLIER));
        put_table(r, b, before, nbefore, LF_T_WK_EARLIER_CAPTION);
        lf_html(b, "<p><a href=\"/weaknesses?state=open&amp;earlier=%\">%</a></p></section>", V(x->id),
                T(WK_ALL));
    }
    return LF_OK;
}

enum lf_code page_weakness_add(struct rq *r)
{
    lf_view id;

    return exercise_done(r, weakness_add(r, &id));
}
