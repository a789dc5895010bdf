/* Statements to the public in the console: all of them, one with what may be done to it, and its form. */
#include "web/open.h"
#include "web/statement.h"
#include "web/written.h"

enum { ON_INCIDENT = 20 };

/* What is withdrawn has no title for who may not see drafts. */
static lf_view title_of(struct rq *r, const struct lf_statement *x)
{
    return x->form.title.len ? x->form.title : fill1(r, LF_T_STATEMENT_NUMBER, "n", number(r, x->number));
}

/* ---- all of them ---- */

static void put_table(struct rq *r, struct lf_buf *b, const struct lf_statement *list, size_t n)
{
    if (!n) {
        lf_html(b, "<p class=\"empty\">%</p>", T(STATEMENTS_NONE));
        return;
    }
    lf_html(
        b,
        "<table class=\"rows\"><caption class=\"unseen\">%</caption><thead><tr><th scope=\"col\">%</th><th "
        "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
        T(STATEMENTS), T(KB_TITLE), T(STATE), T(STATEMENT_NUMBER_HEAD), T(STATEMENT_RELEASED));
    for (size_t i = 0; i < n; i++) {
        lf_html(b, "<tr><th scope=\"row\" class=\"wrap\" data-label=\"%\"><span><a href=\"%\">%</a> ",
                T(KB_TITLE), V(path2(r, "/statements/", list[i].row.id, "")), V(title_of(r, &list[i])));
        if (list[i].exercise)
            badge(b, "info", "◇", text(r, LF_T_EXERCISE));
        lf_html(b, "</span></th><td data-label=\"%\"><span>", T(STATE));
        put_written_state(r, b, &list[i].row);
        lf_html(b, "</span></td><td data-label=\"%\"><span>%</span></td><td data-label=\"%\"><span>",
                T(STATEMENT_NUMBER_HEAD), V(list[i].number ? number(r, list[i].number) : LF_V("")),
                T(STATEMENT_RELEASED));
        if (list[i].row.published)
            put_when(r, b, list[i].row.published);
        LF_PUT(b, "</span></td></tr>");
    }
    LF_PUT(b, "</tbody></table>");
}

/* Who may release now; empty where it is another, or nobody. */
static enum lf_code put_speaker(struct rq *r, struct lf_buf *b, struct lf_statement_speaker *out)
{
    LF_TRY(lf_statement_speaker(r->t, out, r->e));
    if (!out->name.len)
        lf_html(b, "<p class=\"say\">%</p>", T(STATEMENT_NOBODY));
    else if (!out->deputy)
        lf_html(b, "<p class=\"say\">%</p>", V(fill1(r, LF_T_STATEMENT_NO_DEPUTY, "who", out->name)));
    else
        lf_html(b, "<p>%</p>", V(fill1(r, LF_T_STATEMENT_SPEAKER, "who", out->name)));
    return LF_OK;
}

enum lf_code page_statements(struct rq *r)
{
    static const char *const asked[] = { "state", "incident" };
    struct lf_statement_speaker speaker;
    const struct lf_statement *list;
    struct lf_page page;
    struct lf_buf b;
    lf_view next;
    int state;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(written_state(r, &state));
    LF_TRY(lf_statement_list(r->t, state, lf_view_some(query(r, "incident")), &page, &n, &list, &next, r->e));
    begin_page(r, &b, text(r, LF_T_STATEMENTS), "/incidents");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p>", T(STATEMENTS), T(STATEMENTS_LEAD));
    if (open_is(r))
        lf_html(&b, "<p>% <a href=\"/open/statements\">/open/statements</a></p></div>", T(OPEN_IS_ON));
    else
        lf_html(&b, "<p>%</p></div>", T(OPEN_IS_OFF));
    PUT_TRY(&b, put_speaker(r, &b, &speaker));
    if (lf_statement_may_write(r->t)) {
        lf_html(&b,
                "<p><a class=\"button\" href=\"/statements/new\">%</a></p><section class=\"panel\"><form "
                "class=\"stack wide\" method=\"get\" action=\"/statements\" role=\"search\"><div "
                "class=\"row\">",
                T(STATEMENT_NEW));
        put_written_filter(r, &b);
        lf_html(&b, "<p><button>%</button></p></div></form></section>", T(ALERTS_FIND));
    }
    LF_PUT(&b, "<section class=\"panel\">");
    put_table(r, &b, list, n);
    LF_PUT(&b, "</section>");
    put_next_with(r, &b, lf_arena_cstr(r->t->a, query_again(r, asked, sizeof asked / sizeof *asked)), next);
    return end_page(r, &b, 200);
}

/* ---- one ---- */

static void put_text_of(struct lf_buf *b, const struct lf_statement_form *f)
{
    lf_html(b, "<section class=\"panel\"><h2>%</h2><p class=\"lines wrap\">%</p></section>", V(f->title),
            V(f->text));
}

static void put_facts(struct rq *r, struct lf_buf *b, const struct lf_statement *x)
{
    lf_html(b, "<section class=\"panel\"><h2>%</h2><dl class=\"facts\">", T(FACTS));
    if (x->number) {
        lf_html(b, "<dt>%</dt><dd>", T(STATEMENT_NUMBER_HEAD));
        if (open_is(r))
            lf_html(b, "<a href=\"%\">%</a></dd>", V(path2(r, "/open/statements/", number(r, x->number), "")),
                    V(number(r, x->number)));
        else
            lf_html(b, "%</dd>", V(number(r, x->number)));
    }
    if (x->row.published) {
        lf_html(b, "<dt>%</dt><dd>", T(STATEMENT_RELEASED));
        put_when(r, b, x->row.published);
        LF_PUT(b, "</dd>");
    }
    if (x->form.reason.len)
        lf_html(b, "<dt>%</dt><dd class=\"wrap\">%</dd>", T(STATEMENT_REASON), V(x->form.reason));
    if (x->form.named)
        lf_html(b, "<dt>%</dt><dd>%</dd>", T(STATEMENT_VICTIM), T(STATEMENT_NAMED));
    if (x->incident.len)
        lf_html(b, "<dt>%</dt><dd><a href=\"%\">%</a></dd>", T(INCIDENT),
                V(path2(r, "/incidents/", x->incident, "")), T(KB_CASE));
    LF_PUT(b, "</dl></section>");
}

static enum lf_code put_acts(struct rq *r, struct lf_buf *b, const struct lf_statement *x)
{
    bool writes = lf_statement_may_write(r->t), out = x->shown.title.len > 0;
    struct lf_statement_speaker speaker;

    lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(ACT));
    LF_TRY(put_speaker(r, b, &speaker));
    put_written_offer(r, b, "/statements/", &x->row,
                      &(struct written_offer){ .writes = writes,
                                               .submits = writes,
                                               .returns = speaker.self || may(r, SIGN),
                                               .publishes = speaker.self,
                                               .withdraws = speaker.self || (writes && !out),
                                               .edit = LF_T_STATEMENT_EDIT,
                                               .revise = LF_T_STATEMENT_CORRECT,
                                               .publish = LF_T_STATEMENT_RELEASE,
                                               .withdraw = LF_T_OPEN_WITHDRAW,
                                               .out = "/release" });
    LF_PUT(b, "</section>");
    return LF_OK;
}

static enum lf_code put_history(struct rq *r, struct lf_buf *b)
{
    const struct lf_statement_entry *list;
    struct lf_err own = { 0 };
    size_t n;

    if (lf_statement_history(r->t, r->id, &n, &list, &own) != LF_OK)
        return LF_OK; /* who only reads has what is out */
    lf_html(b, "<section class=\"panel\"><h2>%</h2><ol class=\"line\">", T(KB_HISTORY));
    for (size_t i = 0; i < n; i++) {
        LF_PUT(b, "<li>");
        put_written_entry(r, b, &list[i].entry);
        if (list[i].form.title.len)
            lf_html(b,
                    "<details><summary>%</summary><p class=\"wrap\"><strong>%</strong></p><p class=\"lines "
                    "wrap\">%</p><p class=\"wrap\">%</p></details>",
                    T(KB_AS_WRITTEN), V(list[i].form.title), V(list[i].form.text), V(list[i].form.reason));
        LF_PUT(b, "</li>");
    }
    LF_PUT(b, "</ol></section>");
    return LF_OK;
}

static enum lf_code show(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    struct lf_statement x;
    struct lf_buf b;

    LF_TRY(lf_statement_get(r->t, r->id, &x, r->e));
    begin_page(r, &b, title_of(r, &x), "/incidents");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p>", V(title_of(r, &x)));
    put_written_state(r, &b, &x.row);
    if (x.exercise) {
        LF_PUT(&b, " ");
        badge(&b, "info", "◇", text(r, LF_T_EXERCISE));
    }
    lf_html(&b, "</p><p><a href=\"/statements\">%</a></p></div>", T(STATEMENTS));
    if (status != 200)
        put_refusal(r, &b, why);
    if (x.exercise)
        lf_html(&b, "<p class=\"say\">%</p>", T(STATEMENT_EXERCISE));
    LF_PUT(&b, "<div class=\"two\"><div>");
    if (x.form.title.len)
        put_text_of(&b, &x.form);
    if (x.row.state != LF_WRITTEN_PUBLISHED && x.shown.title.len) {
        lf_html(&b, "<details><summary>%</summary>", T(KB_STILL_OUT));
        put_text_of(&b, &x.shown);
        LF_PUT(&b, "</details>");
    }
    LF_PUT(&b, "</div><div>");
    put_facts(r, &b, &x);
    PUT_TRY(&b, put_acts(r, &b, &x));
    PUT_TRY(&b, put_history(r, &b));
    LF_PUT(&b, "</div></div>");
    return end_page(r, &b, status);
}

enum lf_code page_statement(struct rq *r)
{
    return show(r, 200);
}

static enum lf_code do_act(struct rq *r, enum lf_written_act act)
{
    enum lf_code rc = statement_act(r, act);

    return rc == LF_OK ? redirect(r, path2(r, "/statements/", r->id, "?done=1")) : page_again(r, rc, show);
}

enum lf_code page_statement_submit(struct rq *r)
{
    return do_act(r, LF_WRITTEN_SUBMIT);
}

enum lf_code page_statement_return(struct rq *r)
{
    return do_act(r, LF_WRITTEN_RETURN);
}

enum lf_code page_statement_release(struct rq *r)
{
    return do_act(r, LF_WRITTEN_PUBLISH);
}

enum lf_code page_statement_withdraw(struct rq *r)
{
    return do_act(r, LF_WRITTEN_WITHDRAW);
}

/* ---- writing ---- */

static void put_box(struct rq *r, struct lf_buf *b, const char *name, bool on, enum lf_text label)
{
    lf_html(b, "<p><label><input type=\"checkbox\" name=\"%\" value=\"1\"%> %</label></p>", LF_HC(name),
            LF_RAW(on ? LF_V(" checked") : LF_V("")), V(text(r, label)));
}

static void put_form(struct rq *r, struct lf_buf *b, const struct lf_statement *x)
{
    bool old = x->row.id.len > 0;

    lf_html(b, "<section class=\"panel\"><form class=\"stack\" method=\"post\" action=\"%\">",
            V(old ? path2(r, "/statements/", x->row.id, "/edit") : LF_V("/statements")));
    put_csrf(r, b);
    if (old)
        put_written_seen(r, b, x->row.entries);
    else if (x->incident.len)
        lf_html(b, "<input type=\"hidden\" name=\"incident\" value=\"%\">", V(x->incident));
    lf_html(b,
            "<p><label for=\"title\">%</label><input id=\"title\" name=\"title\" required maxlength=\"%\" "
            "value=\"%\"></p><p><label for=\"text\">%</label><textarea id=\"text\" name=\"text\" rows=\"14\" "
            "maxlength=\"%\">%</textarea></p>",
            T(KB_TITLE), V(number(r, LF_STATEMENT_LINE)), V(x->form.title), T(STATEMENT_TEXT),
            V(number(r, LF_STATEMENT_TEXT)), V(x->form.text));
    if (x->first)
        lf_html(b,
                "<p><label for=\"reason\">%</label><textarea id=\"reason\" name=\"reason\" rows=\"3\" "
                "required maxlength=\"600\" aria-describedby=\"reason-h\">%</textarea><span class=\"hint\" "
                "id=\"reason-h\">%</span></p>",
                T(STATEMENT_REASON), V(x->form.reason), T(STATEMENT_REASON_HINT));
    put_box(r, b, "named", x->form.named, LF_T_STATEMENT_NAMED);
    if (!old && !x->exercise)
        put_box(r, b, "exercise", field(r, "exercise").len > 0, LF_T_STATEMENT_IS_EXERCISE);
    lf_html(b, "<p><button>%</button></p></form></section>", T(KB_SAVE));
}

static enum lf_code put_sheet(struct rq *r, int status, lf_view why, struct lf_statement *x)
{
    enum lf_text title = !x->row.id.len ? LF_T_STATEMENT_NEW
                         : x->first     ? LF_T_STATEMENT_CORRECT
                                        : LF_T_STATEMENT_EDIT;
    struct lf_statement_form now = x->form;
    struct lf_buf b;

    if (status != 200)
        statement_fields(r, &x->form);
    begin_page(r, &b, text(r, title), "/incidents");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p></div>", V(text(r, title)),
            T(STATEMENT_NEW_LEAD));
    if (status != 200)
        put_refusal(r, &b, why);
    if (x->exercise)
        lf_html(&b, "<p class=\"say\">%</p>", T(STATEMENT_EXERCISE));
    if (status == 409 && x->row.id.len) { /* what the other wrote stands beside what he typed */
        lf_html(&b, "<details open><summary>%</summary>", T(KB_NOW));
        put_text_of(&b, &now);
        LF_PUT(&b, "</details>");
    }
    put_form(r, &b, x);
    return end_page(r, &b, status);
}

static enum lf_code new_sheet(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    lf_view asked = status == 200 ? query(r, "incident") : field(r, "incident");
    struct lf_statement x = { .incident = lf_view_some(asked) };
    struct lf_incident_full about;

    if (x.incident.len) {
        LF_TRY(lf_incident_get(r->t, x.incident, &about, r->e));
        x.exercise = about.row.exercise;
    }
    return put_sheet(r, status, why, &x);
}

enum lf_code page_statement_new(struct rq *r)
{
    return new_sheet(r, 200);
}

enum lf_code page_statement_add(struct rq *r)
{
    lf_view id;
    enum lf_code rc = statement_add(r, &id);

    return rc == LF_OK ? redirect(r, path2(r, "/statements/", id, "?done=1")) : page_again(r, rc, new_sheet);
}

static enum lf_code edit_sheet(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    struct lf_statement x;

    LF_TRY(lf_statement_get(r->t, r->id, &x, r->e));
    return put_sheet(r, status, why, &x);
}

enum lf_code page_statement_edit(struct rq *r)
{
    return edit_sheet(r, 200);
}

enum lf_code page_statement_write(struct rq *r)
{
    struct lf_statement_form f = { 0 };
    enum lf_code rc;
    int64_t seen;

    statement_fields(r, &f);
    LF_TRY(whole_field(r, "entries", &seen));
    rc = lf_statement_write(r->t, r->id, seen, &f, r->e);
    return rc == LF_OK ? redirect(r, path2(r, "/statements/", r->id, "?done=1"))
                       : page_again(r, rc, edit_sheet);
}

/* ---- on the page of an incident ---- */

enum lf_code put_incident_statements(struct rq *r, struct lf_buf *b, const struct lf_incident *x)
{
    struct lf_page few = { .limit = ON_INCIDENT };
    const struct lf_statement *list;
    lf_view next;
    size_t n;

    LF_TRY(lf_statement_list(r->t, -1, x->id, &few, &n, &list, &next, r->e));
    lf_html(b, "<section class=\"panel no-print\" id=\"statements\"><h2>%</h2>", T(STATEMENTS));
    put_table(r, b, list, n);
    if (next.len)
        lf_html(b, "<p><a href=\"/statements?incident=%\">%</a></p>", V(x->id), T(STATEMENTS));
    if (lf_statement_may_write(r->t) && x->tlp != LF_TLP_RED)
        lf_html(b, "<p><a href=\"/statements/new?incident=%\">%</a></p>", V(x->id), T(STATEMENT_NEW));
    LF_PUT(b, "</section>");
    return LF_OK;
}
