/* The knowledge base in the console: what is out, one article with what may be done to it, its form, and what
 * is like an incident. */
#include "cert/article.h"
#include "cert/report.h"

#include "web/written.h"

static const enum lf_text labels[LF_ARTICLE_FIELDS] = {
    LF_T_KB_TITLE,      LF_T_INCIDENT_CLASS, LF_T_KB_RSIT,     LF_T_LEVEL,
    LF_T_KB_TECHNIQUES, LF_T_KB_TAGS,        LF_T_KB_HAPPENED, LF_T_KB_CAUSE,
    LF_T_KB_MEASURES,   LF_T_KB_INDICATORS,  LF_T_KB_LESSONS,
};
static enum lf_code class_word(struct rq *r, lf_view category, lf_view *out)
{
    const struct lf_form_field *classes;
    const struct lf_form_choice *c;
    const struct lf_form *form;

    LF_TRY(report_form_of(r, &form));
    classes = lf_form_field(form, LF_V("category"));
    c = classes && category.len ? lf_form_choice(classes, category) : NULL;
    *out = !c ? category : r->lang == LF_LANG_ZH ? c->say.zh : c->say.en;
    return LF_OK;
}

/* ---- all of them ---- */

static enum lf_code put_table(struct rq *r, struct lf_buf *b, const struct lf_article *list, size_t n)
{
    if (!n) {
        lf_html(b, "<p class=\"empty\">%</p>", T(KB_NONE));
        return LF_OK;
    }
    lf_html(b,
            "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th>"
            "<th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
            T(KB_CAPTION), T(KB_TITLE), T(INCIDENT_CLASS), T(KB_TECHNIQUES), T(KB_TAGS), T(STATE));
    for (size_t i = 0; i < n; i++) {
        const lf_view *v = list[i].form.v;
        lf_view class;

        LF_TRY(class_word(r, v[LF_ARTICLE_CATEGORY], &class));
        lf_html(b,
                "<tr><td class=\"wrap\" data-label=\"%\"><a href=\"%\">%</a></td><td class=\"wrap\" "
                "data-label=\"%\">%</td>"
                "<td class=\"wrap\" data-label=\"%\">%</td><td class=\"wrap\" data-label=\"%\">%</td><td "
                "data-label=\"%\"><span>",
                T(KB_TITLE), V(path2(r, "/articles/", list[i].row.id, "")), V(v[LF_ARTICLE_TITLE]),
                T(INCIDENT_CLASS), V(class), T(KB_TECHNIQUES), V(v[LF_ARTICLE_TECHNIQUES]), T(KB_TAGS),
                V(v[LF_ARTICLE_TAGS]), T(STATE));
        put_written_state(r, b, &list[i].row);
        LF_PUT(b, "</span></td></tr>");
    }
    LF_PUT(b, "</tbody></table>");
    return LF_OK;
}

enum lf_code page_articles(struct rq *r)
{
    static const char *const asked[] = { "q", "category", "technique", "tag", "state", "incident" };
    const struct lf_article *list;
    struct lf_article_filter f;
    struct lf_page page;
    struct lf_buf b;
    lf_view next;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(article_filter(r, &f));
    LF_TRY(lf_article_list(r->t, &f, &page, &n, &list, &next, r->e));
    begin_page(r, &b, text(r, LF_T_KB), "/incidents");
    lf_html(&b,
            "<div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p></div><section class=\"panel\"><form "
            "class=\"stack "
            "wide\" method=\"get\" action=\"/articles\" role=\"search\"><div class=\"row\">",
            T(KB), T(KB_LEAD));
    put_filter_input(r, &b, "q", LF_T_ALERTS_WORDS, " maxlength=\"400\"");
    put_filter_input(r, &b, "technique", LF_T_KB_TECHNIQUE, " maxlength=\"9\"");
    put_filter_input(r, &b, "tag", LF_T_KB_TAG, " maxlength=\"60\"");
    put_filter_input(r, &b, "category", LF_T_INCIDENT_CLASS, " maxlength=\"64\"");
    if (lf_article_may_write(r->t))
        put_written_filter(r, &b);
    lf_html(&b, "<p><button>%</button></p></div></form></section><section class=\"panel\">", T(ALERTS_FIND));
    PUT_TRY(&b, put_table(r, &b, list, n));
    LF_PUT(&b, "</section>");
    put_next_with(r, &b, lf_arena_cstr(r->t->a, query_again(r, asked, sizeof asked / sizeof *asked)), next);
    return end_page(r, &b, 200);
}

/* ---- one ---- */

static void put_text_of(struct rq *r, struct lf_buf *b, const struct lf_article_form *f)
{
    for (size_t i = LF_ARTICLE_HAPPENED; i < LF_ARTICLE_FIELDS; i++)
        if (f->v[i].len)
            lf_html(b, "<section class=\"panel\"><h2>%</h2><p class=\"lines wrap\">%</p></section>",
                    V(text(r, labels[i])), V(f->v[i]));
}

static enum lf_code put_facts(struct rq *r, struct lf_buf *b, const struct lf_article *x)
{
    const lf_view *v = x->form.v;
    lf_view class;

    LF_TRY(class_word(r, v[LF_ARTICLE_CATEGORY], &class));
    lf_html(b, "<section class=\"panel\"><h2>%</h2><dl class=\"facts\">", T(FACTS));
    if (class.len)
        lf_html(b, "<dt>%</dt><dd class=\"wrap\"><a href=\"/articles?category=%\">%</a></dd>",
                T(INCIDENT_CLASS), V(url_text(r, v[LF_ARTICLE_CATEGORY])), V(class));
    for (size_t i = LF_ARTICLE_RSIT; i <= LF_ARTICLE_TAGS; i++)
        if (v[i].len)
            lf_html(b, "<dt>%</dt><dd class=\"wrap\">%</dd>", V(text(r, labels[i])), V(v[i]));
    if (x->row.published) {
        lf_html(b, "<dt>%</dt><dd>", T(KB_PUBLISHED_AT));
        put_when(r, b, x->row.published);
        LF_PUT(b, "</dd>");
    }
    if (x->incident.len)
        lf_html(b, "<dt>%</dt><dd><a href=\"%\">%</a></dd>", T(INCIDENT),
                V(path2(r, "/incidents/", x->incident, "")), T(KB_CASE));
    LF_PUT(b, "</dl></section>");
    return LF_OK;
}

static void put_article_acts(struct rq *r, struct lf_buf *b, const struct lf_article *x)
{
    if (!lf_article_may_write(r->t))
        return;
    lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(ACT));
    put_written_acts(r, b, "/articles/", &x->row, x->shown.v[LF_ARTICLE_TITLE].len > 0, LF_T_KB_EDIT);
    LF_PUT(b, "</section>");
}

static void put_written(struct rq *r, struct lf_buf *b, const struct lf_article_form *f)
{
    LF_PUT(b, "<dl>");
    for (size_t i = 0; i < LF_ARTICLE_FIELDS; i++)
        if (f->v[i].len)
            lf_html(b, "<dt>%</dt><dd class=\"lines wrap\">%</dd>", V(text(r, labels[i])), V(f->v[i]));
    LF_PUT(b, "</dl>");
}

static enum lf_code put_history(struct rq *r, struct lf_buf *b)
{
    const struct lf_article_entry *list;
    size_t n;

    if (!lf_article_may_write(r->t))
        return LF_OK;
    LF_TRY(lf_article_history(r->t, r->id, &n, &list, r->e));
    lf_html(b, "<section class=\"panel\"><h2>%</h2><ol class=\"line\">", T(KB_HISTORY));
    for (size_t i = 0; i < n; i++) {
        LF_PUT(b, "<li>");
        put_written_entry(r, b, &list[i].entry);
        if (list[i].form.v[LF_ARTICLE_TITLE].len) {
            lf_html(b, "<details><summary>%</summary>", T(KB_AS_WRITTEN));
            put_written(r, b, &list[i].form);
            LF_PUT(b, "</details>");
        }
        LF_PUT(b, "</li>");
    }
    LF_PUT(b, "</ol></section>");
    return LF_OK;
}

static enum lf_code show(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    struct lf_article x;
    struct lf_buf b;

    LF_TRY(lf_article_get(r->t, r->id, &x, r->e));
    begin_page(r, &b, x.form.v[LF_ARTICLE_TITLE], "/incidents");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p>", V(x.form.v[LF_ARTICLE_TITLE]));
    put_written_state(r, &b, &x.row);
    lf_html(&b, "</p><p><a href=\"/articles\">%</a></p></div>", T(KB));
    if (status != 200)
        put_refusal(r, &b, why);
    LF_PUT(&b, "<div class=\"two\"><div>");
    put_text_of(r, &b, &x.form);
    if (x.row.state != LF_WRITTEN_PUBLISHED && x.shown.v[LF_ARTICLE_TITLE].len) {
        lf_html(&b, "<details><summary>%</summary>", T(KB_STILL_OUT));
        put_text_of(r, &b, &x.shown);
        LF_PUT(&b, "</details>");
    }
    LF_PUT(&b, "</div><div>");
    PUT_TRY(&b, put_facts(r, &b, &x));
    put_article_acts(r, &b, &x);
    PUT_TRY(&b, put_history(r, &b));
    LF_PUT(&b, "</div></div>");
    return end_page(r, &b, status);
}

enum lf_code page_article(struct rq *r)
{
    return show(r, 200);
}

static enum lf_code do_act(struct rq *r, enum lf_written_act act)
{
    enum lf_code rc;
    int64_t seen;

    LF_TRY(whole_field(r, "entries", &seen));
    rc = lf_article_act(r->t, r->id, seen, act, field(r, "note"), r->e);
    return rc == LF_OK ? redirect(r, path2(r, "/articles/", r->id, "?done=1")) : page_again(r, rc, show);
}

enum lf_code page_article_submit(struct rq *r)
{
    return do_act(r, LF_WRITTEN_SUBMIT);
}

enum lf_code page_article_return(struct rq *r)
{
    return do_act(r, LF_WRITTEN_RETURN);
}

enum lf_code page_article_publish(struct rq *r)
{
    return do_act(r, LF_WRITTEN_PUBLISH);
}

enum lf_code page_article_withdraw(struct rq *r)
{
    return do_act(r, LF_WRITTEN_WITHDRAW);
}

/* ---- writing ---- */

/* Of that many bytes: of Chinese a third; where there is more already, it is of letters. */
static int64_t characters(lf_view now, int64_t bytes)
{
    int64_t n = 0;

    for (size_t i = 0; i < now.len; i++)
        n += ((unsigned char)now.ptr[i] & 0xc0) != 0x80;
    return n > bytes / 3 ? bytes : bytes / 3;
}

static void put_form(struct rq *r, struct lf_buf *b, const char *place, const struct lf_article_form *f,
                     int64_t entries)
{
    lf_html(b, "<section class=\"panel\"><form class=\"stack\" method=\"post\" action=\"%\">",
            V(path2(r, place, r->id, entries ? "/edit" : "/article")));
    put_csrf(r, b);
    if (entries)
        put_written_seen(r, b, entries);
    for (size_t i = 0; i < LF_ARTICLE_FIELDS; i++) {
        const char *name = lf_article_field_name((enum lf_article_field)i);

        lf_html(b, "<p><label for=\"%\">%</label>", LF_HC(name), V(text(r, labels[i])));
        if (i < LF_ARTICLE_HAPPENED)
            lf_html(b, "<input id=\"%\" name=\"%\" value=\"%\" maxlength=\"%\"%></p>", LF_HC(name),
                    LF_HC(name), V(f->v[i]), V(number(r, characters(f->v[i], LF_ARTICLE_LINE))),
                    LF_RAW(i == LF_ARTICLE_TITLE ? LF_V(" required") : LF_V("")));
        else
            lf_html(b, "<textarea id=\"%\" name=\"%\" rows=\"6\" maxlength=\"%\">%</textarea></p>",
                    LF_HC(name), LF_HC(name), V(number(r, characters(f->v[i], LF_ARTICLE_TEXT))), V(f->v[i]));
    }
    lf_html(b, "<p><button>%</button></p></form></section>", T(KB_SAVE));
}

static enum lf_code put_sheet(struct rq *r, int status, const char *place, struct lf_article_form *f,
                              int64_t entries)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    struct lf_article_form now = *f;
    struct lf_buf b;

    article_fields(r, f);
    begin_page(r, &b, text(r, entries ? LF_T_KB_EDIT : LF_T_KB_NEW), "/incidents");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p></div>",
            V(text(r, entries ? LF_T_KB_EDIT : LF_T_KB_NEW)), T(KB_NEW_LEAD));
    if (status != 200)
        put_refusal(r, &b, why);
    if (status == 409 && entries) { /* what the other wrote stands beside what he typed */
        lf_html(&b, "<details open><summary>%</summary>", T(KB_NOW));
        put_written(r, &b, &now);
        LF_PUT(&b, "</details>");
    }
    put_form(r, &b, place, f, entries);
    return end_page(r, &b, status);
}

static enum lf_code new_sheet(struct rq *r, int status)
{
    struct lf_article_form f;
    struct lf_err why = *r->e;

    LF_TRY(lf_article_prefill(r->t, r->id, r->lang == LF_LANG_EN, &f, r->e));
    *r->e = why;
    return put_sheet(r, status, "/incidents/", &f, 0);
}

enum lf_code page_article_new(struct rq *r)
{
    return new_sheet(r, 200);
}

enum lf_code page_article_add(struct rq *r)
{
    struct lf_article_form f = { 0 };
    enum lf_code rc;
    lf_view id;

    article_fields(r, &f);
    rc = lf_article_add(r->t, r->id, &f, &id, r->e);
    return rc == LF_OK ? redirect(r, path2(r, "/articles/", id, "?done=1")) : page_again(r, rc, new_sheet);
}

static enum lf_code edit_sheet(struct rq *r, int status)
{
    struct lf_article x;
    struct lf_err why = *r->e;

    LF_TRY(lf_article_get(r->t, r->id, &x, r->e));
    *r->e = why;
    return put_sheet(r, status, "/articles/", &x.form, x.row.entries);
}

enum lf_code page_article_edit(struct rq *r)
{
    return edit_sheet(r, 200);
}

enum lf_code page_article_write(struct rq *r)
{
    struct lf_article_form f = { 0 };
    enum lf_code rc;
    int64_t seen;

    article_fields(r, &f);
    LF_TRY(whole_field(r, "entries", &seen));
    rc = lf_article_write(r->t, r->id, seen, &f, r->e);
    return rc == LF_OK ? redirect(r, path2(r, "/articles/", r->id, "?done=1"))
                       : page_again(r, rc, edit_sheet);
}

/* ---- on the page of an incident ---- */

enum lf_code put_incident_articles(struct rq *r, struct lf_buf *b, const struct lf_incident_full *x)
{
    bool closed = x->state.handling >= LF_HANDLING_CLOSED;
    const struct lf_article *list;
    struct lf_incident_page cases;
    size_t n;

    /* What is suggested is beside the matter: without it the incident is shown all the same. */
    if (lf_article_alike(r->t, x, &n, &list, r->e) != LF_OK)
        n = 0;
    if (lf_incident_alike(r->t, x, &cases, r->e) != LF_OK)
        cases.n = 0;
    *r->e = (struct lf_err){ 0 };
    lf_html(b, "<section class=\"panel\" id=\"articles\"><h2>%</h2>", T(KB));
    if (!n && !cases.n)
        lf_html(b, "<p>%</p>", T(KB_NOTHING_ALIKE));
    if (n) {
        lf_html(b, "<h3>%</h3><ul>", T(KB_ALIKE));
        for (size_t i = 0; i < n; i++)
            lf_html(b, "<li class=\"wrap\"><a href=\"%\">%</a></li>",
                    V(path2(r, "/articles/", list[i].row.id, "")), V(list[i].shown.v[LF_ARTICLE_TITLE]));
        LF_PUT(b, "</ul>");
    }
    if (cases.n) {
        lf_html(b, "<h3>%</h3><ul>", T(KB_ALIKE_CASES));
        for (size_t i = 0; i < cases.n; i++) {
            lf_html(b, "<li class=\"wrap\"><a href=\"%\">%</a> ",
                    V(path2(r, "/incidents/", cases.items[i].id, "")),
                    V(title_text(r, cases.items[i].title)));
            put_incident_level(r, b, cases.items[i].level);
            LF_PUT(b, "</li>");
        }
        LF_PUT(b, "</ul>");
    }
    if (closed && lf_article_may_write(r->t))
        lf_html(b, "<p><a href=\"%\">%</a></p>", V(path2(r, "/incidents/", x->row.id, "/article")),
                T(KB_NEW));
    lf_html(b, "<p><a href=\"/articles\">%</a></p></section>", T(KB_ALL));
    return LF_OK;
}
