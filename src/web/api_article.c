/* The JSON API's part on articles of the knowledge base. */
#include "cert/article.h"

#include "web/api_priv.h"
#include "web/written.h"

enum lf_code article_filter(struct rq *r, struct lf_article_filter *out)
{
    struct lf_article_filter f = { .words = lf_view_some(query(r, "q")),
                                   .category = lf_view_some(query(r, "category")),
                                   .technique = lf_view_some(query(r, "technique")),
                                   .tag = lf_view_some(query(r, "tag")),
                                   .incident = lf_view_some(query(r, "incident")) };

    LF_TRY(written_state(r, &f.state));
    *out = f;
    return LF_OK;
}

void article_fields(const struct rq *r, struct lf_article_form *f)
{
    for (size_t i = 0; i < LF_ARTICLE_FIELDS; i++) {
        lf_view v = field(r, lf_article_field_name((enum lf_article_field)i));

        if (v.ptr)
            f->v[i] = v;
    }
}

static void put_form(struct lf_json_w *w, const struct lf_article_form *f)
{
    for (size_t i = 0; i < LF_ARTICLE_FIELDS; i++)
        put_text(w, lf_article_field_name((enum lf_article_field)i), f->v[i]);
}

static void put_members(struct lf_json_w *w, const struct lf_article *x, bool whole)
{
    put_written_members(w, &x->row);
    put_text(w, "incident", x->incident);
    if (whole) {
        put_form(w, &x->form);
    } else {
        put_text(w, "title", x->form.v[LF_ARTICLE_TITLE]);
        put_text(w, "category", x->form.v[LF_ARTICLE_CATEGORY]);
        put_text(w, "techniques", x->form.v[LF_ARTICLE_TECHNIQUES]);
        put_text(w, "tags", x->form.v[LF_ARTICLE_TAGS]);
    }
}

enum lf_code api_articles(struct rq *r)
{
    struct lf_article_filter f;
    const struct lf_article *list;
    struct lf_page page;
    struct out o;
    lf_view next;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(article_filter(r, &f));
    LF_TRY(lf_article_list(r->t, &f, &page, &n, &list, &next, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        put_members(&o.w, &list[i], false);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, next);
}

enum lf_code api_article(struct rq *r)
{
    struct lf_article x;
    struct out o;

    LF_TRY(lf_article_get(r->t, r->id, &x, r->e));
    begin(&o);
    put_members(&o.w, &x, true);
    if (x.row.state != LF_WRITTEN_PUBLISHED && x.shown.v[LF_ARTICLE_TITLE].len) {
        lf_json_begin(&o.w, "out", '{');
        put_form(&o.w, &x.shown);
        lf_json_close(&o.w);
    }
    return end(r, &o, 200);
}

enum lf_code api_article_history(struct rq *r)
{
    const struct lf_article_entry *list;
    struct out o;
    size_t n;

    LF_TRY(lf_article_history(r->t, r->id, &n, &list, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        put_written_entry_members(&o.w, &list[i].entry);
        put_form(&o.w, &list[i].form);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}

enum lf_code api_article_prefill(struct rq *r)
{
    struct lf_article_form f;
    struct out o;

    LF_TRY(lf_article_prefill(r->t, r->id, lf_view_is(query(r, "language"), "en"), &f, r->e));
    begin(&o);
    put_form(&o.w, &f);
    return end(r, &o, 200);
}

enum lf_code api_article_add(struct rq *r)
{
    struct lf_article_form f;
    lf_view id;

    LF_TRY(lf_article_prefill(r->t, r->id, lf_view_is(field(r, "language"), "en"), &f, r->e));
    article_fields(r, &f);
    LF_TRY(lf_article_add(r->t, r->id, &f, &id, r->e));
    return say_id(r, 201, id);
}

enum lf_code api_article_write(struct rq *r)
{
    struct lf_article x;
    int64_t seen;

    LF_TRY(lf_article_get(r->t, r->id, &x, r->e));
    LF_TRY(whole_field(r, "entries", &seen));
    article_fields(r, &x.form);
    LF_TRY(lf_article_write(r->t, r->id, seen ? seen : x.row.entries, &x.form, r->e));
    return answer_empty(r, 204);
}

static enum lf_code act(struct rq *r, enum lf_written_act what)
{
    int64_t seen;

    LF_TRY(whole_field(r, "entries", &seen));
    LF_TRY(lf_article_act(r->t, r->id, seen, what, field(r, "note"), r->e));
    return answer_empty(r, 204);
}

enum lf_code api_article_submit(struct rq *r)
{
    return act(r, LF_WRITTEN_SUBMIT);
}

enum lf_code api_article_return(struct rq *r)
{
    return act(r, LF_WRITTEN_RETURN);
}

enum lf_code api_article_publish(struct rq *r)
{
    return act(r, LF_WRITTEN_PUBLISH);
}

enum lf_code api_article_withdraw(struct rq *r)
{
    return act(r, LF_WRITTEN_WITHDRAW);
}

enum lf_code api_incident_alike(struct rq *r)
{
    const struct lf_article *list;
    struct lf_incident_page cases;
    struct lf_incident_full x;
    struct out o;
    size_t n;

    LF_TRY(lf_incident_get(r->t, r->id, &x, r->e));
    LF_TRY(lf_article_alike(r->t, &x, &n, &list, r->e));
    LF_TRY(lf_incident_alike(r->t, &x, &cases, r->e));
    begin(&o);
    lf_json_begin(&o.w, "articles", '[');
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "id", list[i].row.id);
        lf_json_put_str(&o.w, "title", list[i].shown.v[LF_ARTICLE_TITLE]);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    lf_json_begin(&o.w, "cases", '[');
    for (size_t i = 0; i < cases.n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "id", cases.items[i].id);
        lf_json_put_str(&o.w, "title", cases.items[i].title);
        lf_json_put_int(&o.w, "level", cases.items[i].level);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    return end(r, &o, 200);
}
