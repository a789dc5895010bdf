/* Analysis reports in the console: all of them, a new one of the set that the list of incidents shows, one
 * with its numbers, cases and recommendations, and its form. */
#include "web/analysis.h"

#include "cert/report.h"
#include "web/incident_filter.h"
#include "web/statistic_text.h"
#include "web/written.h"

enum { EMPTY = 3 /* recommendations that the form offers besides */ };

/* ---- words ---- */

enum lf_code analysis_choice(struct rq *r, const char *field, lf_view choice, lf_view *out)
{
    const struct lf_form_field *of;
    const struct lf_form_choice *c;
    const struct lf_form *form;

    LF_TRY(report_form_of(r, &form));
    of = lf_form_field(form, lf_view_of(field));
    c = of && choice.len ? lf_form_choice(of, choice) : NULL;
    *out = !c ? choice : r->lang == LF_LANG_ZH ? c->say.zh : c->say.en;
    return LF_OK;
}

lf_view analysis_filter_words(struct rq *r, lf_view filter)
{
    static const struct {
        const char *name;
        enum lf_text label;
    } labels[] = { { "q", LF_T_ALERTS_WORDS },
                   { "level", LF_T_LEVEL },
                   { "from", LF_T_AWARE_FROM },
                   { "to", LF_T_AWARE_TO },
                   { "category", LF_T_INCIDENT_CLASS },
                   { "rsit", LF_T_RSIT_CLASS },
                   { "sector", LF_T_STATISTIC_BY_SECTOR },
                   { "review", LF_T_REVIEW },
                   { "handling", LF_T_HANDLING } };
    lf_view out = LF_V("");

    for (size_t i = 0; i < INCIDENT_FILTER_FIELDS; i++) {
        lf_view v = lf_http_field(r->t->a, filter, incident_filter_fields[i], NULL),
                label = lf_view_of(incident_filter_fields[i]);

        for (size_t k = 0; k < sizeof labels / sizeof *labels; k++)
            if (lf_view_is(label, labels[k].name))
                label = text(r, labels[k].label);
        if (v.len && !lf_view_is(label, "counted"))
            out = lf_arena_printf(r->t->a, "%.*s%s%.*s %.*s", LF_FMT(out), out.len ? "　" : "", LF_FMT(label),
                                  LF_FMT(v));
    }
    return out.len ? out : text(r, LF_T_AN_FILTER_ALL);
}

static lf_view case_name(struct rq *r, const struct lf_analysis_case *c)
{
    return c->number.len ? c->number : title_text(r, c->title);
}

lf_view analysis_repeat_cases(struct rq *r, const struct lf_analysis_facts *f,
                              const struct lf_analysis_repeat *x)
{
    lf_view out = LF_V("");

    for (size_t i = 0; i < x->n; i++)
        out = lf_arena_printf(r->t->a, "%.*s%s%.*s", LF_FMT(out), i ? ", " : "",
                              LF_FMT(case_name(r, &f->cases[x->cases[i]])));
    return out;
}

enum lf_text analysis_kind_text(enum lf_analysis_kind k)
{
    static const enum lf_text words[LF_REPEATS_KINDS] = { LF_T_AN_REPEATS_CAUSE, LF_T_AN_REPEATS_AGENCY,
                                                          LF_T_AN_REPEATS_OBSERVABLE };

    return words[k];
}

enum lf_text analysis_advice_text(const struct lf_analysis_advice *a)
{
    static const enum lf_text words[LF_ADVICE_STATES] = { LF_T_AN_ADVICE_OPEN, LF_T_AN_ADVICE_DONE,
                                                          LF_T_AN_ADVICE_VERIFIED };

    return a->overdue ? LF_T_AN_ADVICE_LATE : words[a->state];
}

/* ---- all of them ---- */

static void put_table(struct rq *r, struct lf_buf *b, const struct lf_analysis *list, size_t n)
{
    if (!n) {
        lf_html(b, "<p class=\"empty\">%</p>", T(AN_NONE));
        return;
    }
    lf_html(b,
            "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\" "
            "class=\"num\">%</th></tr></thead><tbody>",
            T(AN_CAPTION), T(KB_TITLE), T(STATE), T(KB_PUBLISHED_AT), T(AN_OVERDUE));
    for (size_t i = 0; i < n; i++) {
        lf_html(b,
                "<tr><td class=\"wrap\" data-label=\"%\"><a href=\"%\">%</a></td><td data-label=\"%\"><span>",
                T(KB_TITLE), V(path2(r, "/analyses/", list[i].row.id, "")), V(list[i].form.title), T(STATE));
        put_written_state(r, b, &list[i].row);
        lf_html(b, "</span></td><td data-label=\"%\"><span>", T(KB_PUBLISHED_AT));
        if (list[i].row.published)
            put_when(r, b, list[i].row.published);
        lf_html(b, "</span></td><td class=\"num\" data-label=\"%\">%</td></tr>", T(AN_OVERDUE),
                V(number(r, (int64_t)list[i].overdue)));
    }
    LF_PUT(b, "</tbody></table>");
}

enum lf_code page_analyses(struct rq *r)
{
    static const char *const asked[] = { "state" };
    const struct lf_analysis *list;
    struct lf_page page;
    struct lf_buf b;
    lf_view next;
    int state;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(written_state(r, &state));
    LF_TRY(lf_analysis_list(r->t, state, &page, &n, &list, &next, r->e));
    begin_page(r, &b, text(r, LF_T_AN), "/incidents");
    lf_html(&b,
            "<div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p><p><a href=\"/incidents\">%</a></p></div>",
            T(AN), T(AN_LEAD), T(ALL_INCIDENTS));
    if (lf_analysis_may_write(r->t)) {
        LF_PUT(&b, "<section class=\"panel\"><form class=\"stack wide\" method=\"get\" action=\"/analyses\" "
                   "role=\"search\"><div class=\"row\">");
        put_written_filter(r, &b);
        lf_html(&b, "<p><button>%</button></p></div></form></section>", T(ALERTS_FIND));
    }
    LF_PUT(&b, "<section class=\"panel\">");
    put_table(r, &b, list, n);
    LF_PUT(&b, "</section>");
    put_next_with(r, &b, lf_arena_cstr(r->t->a, query_again(r, asked, 1)), next);
    return end_page(r, &b, 200);
}

/* ---- a new one ---- */

static enum lf_code new_sheet(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    lf_view filter = field(r, "filter"), title = field(r, "title");
    struct lf_buf b;

    filter = filter.ptr ? filter : incident_filter_text(r);
    begin_page(r, &b, text(r, LF_T_AN_NEW), "/incidents");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p></div>", T(AN_NEW), T(AN_LEAD));
    if (status != 200)
        put_refusal(r, &b, why);
    lf_html(&b,
            "<section class=\"panel\"><dl class=\"facts\"><dt>%</dt><dd class=\"wrap\"><a "
            "href=\"/incidents?%\">%</a></dd></dl><form class=\"stack\" method=\"post\" "
            "action=\"/analyses/new\">",
            T(AN_FILTER), V(filter), V(analysis_filter_words(r, filter)));
    put_csrf(r, &b);
    lf_html(&b,
            "<input type=\"hidden\" name=\"filter\" value=\"%\"><p><label for=\"title\">%</label><input "
            "id=\"title\" name=\"title\" value=\"%\" maxlength=\"100\" required "
            "aria-describedby=\"an-hint\"></p><p id=\"an-hint\" class=\"hint\">%</p><p><button>%</button></p>"
            "</form></section>",
            V(filter), T(KB_TITLE), V(title.ptr ? title : text(r, LF_T_AN_TITLE_USUAL)), T(AN_NEW_HINT),
            T(AN_BEGIN));
    return end_page(r, &b, status);
}

enum lf_code page_analysis_new(struct rq *r)
{
    return new_sheet(r, 200);
}

enum lf_code page_analysis_add(struct rq *r)
{
    enum lf_code rc;
    lf_view id;

    rc = analysis_add(r, &id);
    return rc == LF_OK ? redirect(r, path2(r, "/analyses/", id, "?done=1")) : page_again(r, rc, new_sheet);
}

/* ---- one ---- */

static void put_written(struct rq *r, struct lf_buf *b, const struct lf_analysis_form *f)
{
    if (f->findings.len)
        lf_html(b, "<section class=\"panel\"><h2>%</h2><p class=\"lines wrap\">%</p></section>",
                T(AN_FINDINGS), V(f->findings));
    if (f->evaluation.len)
        lf_html(b, "<section class=\"panel\"><h2>%</h2><p class=\"lines wrap\">%</p></section>",
                T(AN_EVALUATION), V(f->evaluation));
}

static void put_follow(struct rq *r, struct lf_buf *b, const struct lf_analysis_advice *a,
                       enum lf_advice_state to, enum lf_text label)
{
    lf_html(b, "<details><summary>%</summary><form class=\"stack\" method=\"post\" action=\"%\">",
            V(text(r, label)), V(path2(r, "/analyses/", r->id, "/follow")));
    put_csrf(r, b);
    lf_html(b,
            "<input type=\"hidden\" name=\"advice\" value=\"%\"><input type=\"hidden\" name=\"state\" "
            "value=\"%\"><p><label>%<textarea name=\"note\" rows=\"2\" maxlength=\"600\"%></textarea></label>"
            "</p><p><button class=\"second\">%</button></p></form></details>",
            V(number(r, a->id)), LF_HC(lf_advice_state_name(to)), T(AN_NOTE),
            LF_RAW(to == LF_ADVICE_VERIFIED ? LF_V("") : LF_V(" required")), V(text(r, label)));
}

static void put_advice_acts(struct rq *r, struct lf_buf *b, const struct lf_analysis_advice *a)
{
    if (!lf_analysis_may_write(r->t))
        return;
    if (a->state == LF_ADVICE_OPEN)
        put_follow(r, b, a, LF_ADVICE_DONE, LF_T_AN_ADVICE_DO);
    if (a->state != LF_ADVICE_DONE || !may(r, SIGN))
        return;
    if (!lf_view_eq(a->account, r->t->scope.account))
        put_follow(r, b, a, LF_ADVICE_VERIFIED, LF_T_AN_ADVICE_VERIFY);
    put_follow(r, b, a, LF_ADVICE_OPEN, LF_T_AN_ADVICE_REOPEN);
}

static void put_advice(struct rq *r, struct lf_buf *b, const struct lf_analysis_form *f, bool out)
{
    static const char *const tones[LF_ADVICE_STATES] = { "", "info", "good" },
                             *const signs[LF_ADVICE_STATES] = { "○", "◷", "✓" };

    lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(AN_ADVICE));
    if (!f->nadvice) {
        lf_html(b, "<p class=\"empty\">%</p></section>", T(AN_ADVICE_NONE));
        return;
    }
    lf_html(
        b,
        "<table class=\"rows\"><caption class=\"unseen\">%</caption><thead><tr><th scope=\"col\">%</th><th "
        "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
        T(AN_ADVICE), T(AN_ADVICE_WHAT), T(AN_ADVICE_OWNER), T(AN_ADVICE_DUE), T(STATE));
    for (size_t i = 0; i < f->nadvice; i++) {
        const struct lf_analysis_advice *a = &f->advice[i];

        lf_html(
            b,
            "<tr><td class=\"wrap\" data-label=\"%\"><span class=\"lines\">%</span></td><td class=\"wrap\" "
            "data-label=\"%\">%</td><td data-label=\"%\">%</td><td data-label=\"%\"><div>",
            T(AN_ADVICE_WHAT), V(a->what), T(AN_ADVICE_OWNER), V(a->owner), T(AN_ADVICE_DUE),
            V(day_text(r, a->due)), T(STATE));
        badge(b, a->overdue ? "bad" : tones[a->state], a->overdue ? "!" : signs[a->state],
              text(r, analysis_advice_text(a)));
        if (a->at) {
            lf_html(b, "<p class=\"quiet\">% ", V(account_name(r, a->account)));
            put_when(r, b, a->at);
            lf_html(b, "</p><p class=\"wrap\">%</p>", V(a->note));
        }
        if (out)
            put_advice_acts(r, b, a);
        LF_PUT(b, "</div></td></tr>");
    }
    LF_PUT(b, "</tbody></table></section>");
}

static enum lf_code put_case(struct rq *r, struct lf_buf *b, const struct lf_analysis_case *c)
{
    lf_view class, cause;

    LF_TRY(analysis_choice(r, "category", c->category, &class));
    LF_TRY(analysis_choice(r, "cause", c->cause, &cause));
    if (c->said.len)
        cause = lf_arena_printf(r->t->a, "%.*s%s%.*s", LF_FMT(cause), cause.len ? "\n" : "", LF_FMT(c->said));
    lf_html(b, "<tr><td class=\"wrap\" data-label=\"%\"><span><a href=\"%\">%</a><br>%<br>", T(INCIDENT),
            V(path2(r, "/incidents/", c->id, "")), V(case_name(r, c)), V(title_text(r, c->title)));
    put_incident_level(r, b, c->level);
    if (c->late) {
        LF_PUT(b, " ");
        badge(b, "bad", "!", text(r, LF_T_AN_LATE));
    }
    lf_html(b, "</span></td><td data-label=\"%\"><span>", T(AWARE_AT));
    put_when(r, b, c->aware);
    lf_html(b,
            "</span></td><td class=\"wrap\" data-label=\"%\">%</td><td class=\"wrap\" data-label=\"%\"><span "
            "class=\"lines\">%</span></td><td class=\"wrap\" data-label=\"%\"><span "
            "class=\"lines\">%</span></td></tr>",
            T(INCIDENT_CLASS), V(class), T(AN_CAUSE), V(cause), T(AN_MEASURES), V(c->measures));
    return LF_OK;
}

static enum lf_code put_cases(struct rq *r, struct lf_buf *b, const struct lf_analysis_facts *f)
{
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><table class=\"rows\"><caption "
            "class=\"unseen\">%</caption><thead><tr><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
            T(AN_CASES), T(AN_CASES), T(INCIDENT), T(AWARE_AT), T(INCIDENT_CLASS), T(AN_CAUSE),
            T(AN_MEASURES));
    for (size_t i = 0; i < f->ncases; i++)
        LF_TRY(put_case(r, b, &f->cases[i]));
    LF_PUT(b, "</tbody></table>");
    if (f->hidden)
        lf_html(b, "<p class=\"hint\">%</p>",
                V(fill1(r, LF_T_AN_HIDDEN, "n", number(r, (int64_t)f->hidden))));
    LF_PUT(b, "</section>");
    return LF_OK;
}

static enum lf_code put_repeats(struct rq *r, struct lf_buf *b, const struct lf_analysis_facts *f)
{
    lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(AN_REPEATS));
    if (!f->nrepeats) {
        lf_html(b, "<p class=\"empty\">%</p></section>", T(AN_REPEATS_NONE));
        return LF_OK;
    }
    lf_html(
        b,
        "<table class=\"rows\"><caption class=\"unseen\">%</caption><thead><tr><th scope=\"col\">%</th><th "
        "scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
        T(AN_REPEATS), T(AN_REPEAT_KIND), T(AN_REPEAT_VALUE), T(AN_REPEAT_CASES));
    for (size_t i = 0; i < f->nrepeats; i++) {
        const struct lf_analysis_repeat *x = &f->repeats[i];
        lf_view value = x->value;

        if (x->kind == LF_REPEATS_CAUSE)
            LF_TRY(analysis_choice(r, "cause", value, &value));
        lf_html(b,
                "<tr><td data-label=\"%\">%</td><td class=\"wrap\" data-label=\"%\">%</td><td class=\"wrap\" "
                "data-label=\"%\"><span>%（%）</span></td></tr>",
                T(AN_REPEAT_KIND), V(text(r, analysis_kind_text(x->kind))), T(AN_REPEAT_VALUE), V(value),
                T(AN_REPEAT_CASES), V(number(r, (int64_t)x->n)), V(analysis_repeat_cases(r, f, x)));
    }
    LF_PUT(b, "</tbody></table></section>");
    return LF_OK;
}

static void put_facts(struct rq *r, struct lf_buf *b, const struct lf_analysis *x,
                      const struct lf_analysis_facts *f)
{
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><dl class=\"facts\"><dt>%</dt><dd class=\"wrap\"><a "
            "href=\"/incidents?%\">%</a></dd><dt>%</dt><dd>",
            T(FACTS), T(AN_FILTER), V(x->form.filter), V(analysis_filter_words(r, x->form.filter)),
            T(AN_LOOKED));
    put_when(r, b, f->at);
    LF_PUT(b, "</dd>");
    if (x->row.published) {
        lf_html(b, "<dt>%</dt><dd>", T(KB_PUBLISHED_AT));
        put_when(r, b, x->row.published);
        LF_PUT(b, "</dd>");
    }
    LF_PUT(b, "</dl></section>");
}

static void put_acts(struct rq *r, struct lf_buf *b, const struct lf_analysis *x)
{
    bool out = x->shown.title.len > 0;
    enum lf_written ignored;

    if (!lf_analysis_may_write(r->t))
        return;
    lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(ACT));
    put_written_acts(r, b, "/analyses/", &x->row, out, LF_T_AN_EDIT);
    if (lf_written_next(x->row.state, LF_WRITTEN_WRITE, &ignored))
        put_written_button(r, b, "/analyses/", "/refresh", LF_T_AN_REFRESH, x->row.entries);
    if (out)
        put_written_button(r, b, "/analyses/", "/advisory", LF_T_AN_ADVISE, x->row.entries);
    LF_PUT(b, "</section>");
}

static enum lf_code put_history(struct rq *r, struct lf_buf *b)
{
    const struct lf_analysis_entry *list;
    size_t n;

    if (!lf_analysis_may_write(r->t))
        return LF_OK;
    LF_TRY(lf_analysis_history(r->t, r->id, &n, &list, r->e));
    lf_html(b, "<section class=\"panel\"><h2>%</h2><ol class=\"line\">", T(KB_HISTORY));
    for (size_t i = 0; i < n; i++) {
        LF_PUT(b, "<li>");
        put_written_entry(r, b, &list[i].entry);
        if (list[i].form.title.len)
            lf_html(b,
                    "<details><summary>%</summary><p class=\"wrap\"><strong>%</strong></p><p class=\"lines "
                    "wrap\">%</p><p class=\"lines wrap\">%</p></details>",
                    T(KB_AS_WRITTEN), V(list[i].form.title), V(list[i].form.findings),
                    V(list[i].form.evaluation));
        LF_PUT(b, "</li>");
    }
    LF_PUT(b, "</ol></section>");
    return LF_OK;
}

static enum lf_code put_body(struct rq *r, struct lf_buf *b, const struct lf_analysis *x)
{
    struct lf_analysis_facts f;
    struct lf_statistic s;

    LF_TRY(lf_analysis_facts(r->t, x, &x->form, &f, r->e));
    s = (struct lf_statistic){ .n = f.nrows, .rows = f.rows };
    LF_TRY(statistic_say_classes(r, &s));
    LF_PUT(b, "<div class=\"two\"><div>");
    put_written(r, b, &x->form);
    put_advice(r, b, &x->form, x->row.state == LF_WRITTEN_PUBLISHED);
    if (x->row.state != LF_WRITTEN_PUBLISHED && x->shown.title.len) {
        lf_html(b, "<details><summary>%</summary>", T(KB_STILL_OUT));
        put_written(r, b, &x->shown);
        put_advice(r, b, &x->shown, true);
        LF_PUT(b, "</details>");
    }
    LF_PUT(b, "</div><div>");
    put_facts(r, b, x, &f);
    put_acts(r, b, x);
    LF_TRY(put_history(r, b));
    LF_PUT(b, "</div></div>");
    LF_TRY(put_repeats(r, b, &f));
    LF_TRY(put_cases(r, b, &f));
    lf_html(b, "<p class=\"quiet\">%</p>", T(STATISTIC_MEAN_NOTE));
    put_statistic_rows(r, b, f.rows, f.nrows);
    return LF_OK;
}

static enum lf_code show(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    struct lf_analysis x;
    struct lf_buf b;

    LF_TRY(lf_analysis_get(r->t, r->id, &x, r->e));
    begin_page(r, &b, x.form.title, "/incidents");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p>", V(x.form.title));
    put_written_state(r, &b, &x.row);
    lf_html(&b, "</p><p><a href=\"/analyses\">%</a> · <a href=\"%\">PDF</a></p></div>", T(AN),
            V(path2(r, "/api/v1/analyses/", x.row.id, "?format=pdf")));
    if (status != 200)
        put_refusal(r, &b, why);
    PUT_TRY(&b, put_body(r, &b, &x));
    return end_page(r, &b, status);
}

enum lf_code page_analysis(struct rq *r)
{
    return show(r, 200);
}

static enum lf_code done(struct rq *r, enum lf_code rc)
{
    return rc == LF_OK ? redirect(r, path2(r, "/analyses/", r->id, "?done=1")) : page_again(r, rc, show);
}

enum lf_code page_analysis_refresh(struct rq *r)
{
    return done(r, analysis_refresh(r));
}

enum lf_code page_analysis_submit(struct rq *r)
{
    return done(r, analysis_act(r, LF_WRITTEN_SUBMIT));
}

enum lf_code page_analysis_return(struct rq *r)
{
    return done(r, analysis_act(r, LF_WRITTEN_RETURN));
}

enum lf_code page_analysis_publish(struct rq *r)
{
    return done(r, analysis_act(r, LF_WRITTEN_PUBLISH));
}

enum lf_code page_analysis_withdraw(struct rq *r)
{
    return done(r, analysis_act(r, LF_WRITTEN_WITHDRAW));
}

enum lf_code page_analysis_follow(struct rq *r)
{
    return done(r, analysis_follow(r));
}

enum lf_code page_analysis_advise(struct rq *r)
{
    lf_view id;
    enum lf_code rc = analysis_advise(r, &id);

    return rc == LF_OK ? redirect(r, path2(r, "/advisories/", id, "?done=1")) : page_again(r, rc, show);
}

/* ---- writing ---- */

static lf_view of_row(struct rq *r, const char *name, size_t i)
{
    return field(r, lf_arena_cstr(r->t->a, lf_arena_printf(r->t->a, "%s_%zu", name, i)));
}

/* What was typed of a recommendation, else as it is. */
static lf_view typed(struct rq *r, const char *name, size_t i, lf_view now)
{
    lf_view v = of_row(r, name, i);

    return v.ptr ? v : now;
}

static void put_advice_row(struct rq *r, struct lf_buf *b, const struct lf_analysis_advice *a, size_t i)
{
    lf_view at = number(r, (int64_t)i);

    lf_html(b,
            "<fieldset><legend>%</legend><input type=\"hidden\" name=\"id_%\" value=\"%\"><p><label "
            "for=\"what_%\">%</label><textarea id=\"what_%\" name=\"what_%\" rows=\"2\" "
            "maxlength=\"600\">%</textarea></p>",
            V(fill1(r, LF_T_AN_ADVICE_N, "n", number(r, (int64_t)i + 1))), V(at), V(number(r, a ? a->id : 0)),
            V(at), T(AN_ADVICE_WHAT), V(at), V(at), V(typed(r, "what", i, a ? a->what : LF_V(""))));
    lf_html(b,
            "<div class=\"row\"><p><label for=\"owner_%\">%</label><input id=\"owner_%\" name=\"owner_%\" "
            "value=\"%\" maxlength=\"100\"></p><p><label for=\"due_%\">%</label><input id=\"due_%\" "
            "name=\"due_%\" type=\"date\" value=\"%\"></p></div></fieldset>",
            V(at), T(AN_ADVICE_OWNER), V(at), V(at), V(typed(r, "owner", i, a ? a->owner : LF_V(""))), V(at),
            T(AN_ADVICE_DUE), V(at), V(at), V(typed(r, "due", i, a ? day_text(r, a->due) : LF_V(""))));
}

static void put_area(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label, lf_view now)
{
    lf_view v = field(r, name);

    lf_html(b,
            "<p><label for=\"%\">%</label><textarea id=\"%\" name=\"%\" rows=\"8\" "
            "maxlength=\"%\">%</textarea></p>",
            LF_HC(name), V(text(r, label)), LF_HC(name), LF_HC(name), V(number(r, LF_ANALYSIS_TEXT / 3)),
            V(v.ptr ? v : now));
}

static enum lf_code edit_sheet(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text)), title = field(r, "title");
    struct lf_analysis x;
    struct lf_buf b;
    size_t rows;

    LF_TRY(lf_analysis_get(r->t, r->id, &x, r->e));
    rows = x.form.nadvice + EMPTY < LF_ANALYSIS_ADVICE ? x.form.nadvice + EMPTY : LF_ANALYSIS_ADVICE;
    begin_page(r, &b, text(r, LF_T_AN_EDIT), "/incidents");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p><a href=\"%\">%</a></p></div>", T(AN_EDIT),
            V(path2(r, "/analyses/", x.row.id, "")), V(x.form.title));
    if (status != 200)
        put_refusal(r, &b, why);
    if (status == 409) { /* what the other wrote stands beside what he typed */
        lf_html(&b, "<details open><summary>%</summary>", T(KB_NOW));
        put_written(r, &b, &x.form);
        put_advice(r, &b, &x.form, false);
        LF_PUT(&b, "</details>");
    }
    lf_html(&b, "<section class=\"panel\"><form class=\"stack\" method=\"post\" action=\"%\">",
            V(path2(r, "/analyses/", r->id, "/edit")));
    put_csrf(r, &b);
    put_written_seen(r, &b, x.row.entries);
    lf_html(
        &b,
        "<p><label for=\"title\">%</label><input id=\"title\" name=\"title\" value=\"%\" maxlength=\"100\" "
        "required></p>",
        T(KB_TITLE), V(title.ptr ? title : x.form.title));
    put_area(r, &b, "findings", LF_T_AN_FINDINGS, x.form.findings);
    put_area(r, &b, "evaluation", LF_T_AN_EVALUATION, x.form.evaluation);
    lf_html(&b, "<h2>%</h2><p class=\"hint\">%</p>", T(AN_ADVICE), T(AN_ADVICE_HINT));
    for (size_t i = 0; i < rows; i++)
        put_advice_row(r, &b, i < x.form.nadvice ? &x.form.advice[i] : NULL, i);
    lf_html(&b, "<p><button>%</button></p></form></section>", T(AN_SAVE));
    return end_page(r, &b, status);
}

enum lf_code page_analysis_edit(struct rq *r)
{
    return edit_sheet(r, 200);
}

static enum lf_code read_rows(struct rq *r, struct lf_analysis_form *f)
{
    f->advice = LF_NEW(r->t->a, struct lf_analysis_advice, LF_ANALYSIS_ADVICE);
    for (size_t i = 0; i < LF_ANALYSIS_ADVICE; i++) {
        lf_view what = of_row(r, "what", i), id = lf_view_some(of_row(r, "id", i));
        struct lf_analysis_advice *a = &f->advice[f->nadvice];

        if (!lf_view_trim(lf_view_some(what)).len)
            continue;
        *a = (struct lf_analysis_advice){ .what = what, .owner = of_row(r, "owner", i) };
        if (id.len && !lf_view_i64(id, &a->id))
            return lf_err_set(r->e, LF_BAD_INPUT, "analysis: a recommendation's id is a number");
        LF_TRY(analysis_day(r, of_row(r, "due", i), &a->due));
        f->nadvice++;
    }
    return LF_OK;
}

static enum lf_code write_it(struct rq *r)
{
    struct lf_analysis_form f = { .findings = lf_view_some(field(r, "findings")),
                                  .evaluation = lf_view_some(field(r, "evaluation")) };
    int64_t seen;

    LF_TRY(need(r, "title", &f.title));
    LF_TRY(whole_field(r, "entries", &seen));
    LF_TRY(read_rows(r, &f));
    return lf_analysis_write(r->t, r->id, seen, &f, r->e);
}

enum lf_code page_analysis_write(struct rq *r)
{
    enum lf_code rc = write_it(r);

    return rc == LF_OK ? redirect(r, path2(r, "/analyses/", r->id, "?done=1"))
                       : page_again(r, rc, edit_sheet);
}
