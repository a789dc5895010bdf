/* The JSON API's part on statements to the public, and what its pages share with it. */
#include "web/api_priv.h"
#include "web/open.h"
#include "web/statement.h"
#include "web/written.h"

static bool flag(const struct rq *r, const char *name, bool now)
{
    return r->json ? lf_json_bool(r->json, name, now) : field(r, name).len > 0;
}

void statement_fields(const struct rq *r, struct lf_statement_form *f)
{
    const struct {
        const char *name;
        lf_view *to;
    } texts[] = { { "title", &f->title }, { "text", &f->text }, { "reason", &f->reason } };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (field(r, texts[i].name).ptr)
            *texts[i].to = field(r, texts[i].name);
    f->named = flag(r, "named", f->named);
}

enum lf_code statement_add(struct rq *r, lf_view *id)
{
    struct lf_statement_form f = { 0 };

    statement_fields(r, &f);
    return lf_statement_add(r->t, field(r, "incident"), flag(r, "exercise", false), &f, id, r->e);
}

enum lf_code statement_act(struct rq *r, enum lf_written_act act)
{
    int64_t seen;

    LF_TRY(whole_field(r, "entries", &seen));
    return lf_statement_act(r->t, r->id, seen, act, field(r, "note"), open_is(r), r->e);
}

static void put_form(struct lf_json_w *w, const struct lf_statement_form *f)
{
    put_text(w, "title", f->title);
    put_text(w, "text", f->text);
    put_text(w, "reason", f->reason);
    lf_json_put_bool(w, "named", f->named);
}

static void put_members(struct lf_json_w *w, const struct lf_statement *x, bool whole)
{
    put_written_members(w, &x->row);
    put_text(w, "incident", x->incident);
    lf_json_put_bool(w, "exercise", x->exercise);
    lf_json_put_int(w, "number", x->number);
    lf_json_put_time(w, "first_published_at", x->first);
    if (whole)
        put_form(w, &x->form);
    else
        put_text(w, "title", x->form.title);
}

enum lf_code api_statements(struct rq *r)
{
    struct lf_statement_speaker speaker;
    const struct lf_statement *list;
    struct lf_page page;
    struct out o;
    lf_view next;
    int state;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(written_state(r, &state));
    LF_TRY(lf_statement_list(r->t, state, lf_view_some(query(r, "incident")), &page, &n, &list, &next, r->e));
    LF_TRY(lf_statement_speaker(r->t, &speaker, r->e));
    begin(&o);
    lf_json_put_bool(&o.w, "open", open_is(r));
    lf_json_begin(&o.w, "speaker", '{');
    put_text(&o.w, "name", speaker.name);
    lf_json_put_bool(&o.w, "deputy", speaker.deputy);
    lf_json_put_bool(&o.w, "self", speaker.self);
    lf_json_close(&o.w);
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        put_members(&o.w, &list[i], false);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, next);
}

enum lf_code api_statement(struct rq *r)
{
    struct lf_statement x;
    struct out o;

    LF_TRY(lf_statement_get(r->t, r->id, &x, r->e));
    begin(&o);
    put_members(&o.w, &x, true);
    if (x.row.state != LF_WRITTEN_PUBLISHED && x.shown.title.len) {
        lf_json_begin(&o.w, "out", '{');
        put_form(&o.w, &x.shown);
        lf_json_close(&o.w);
    }
    return end(r, &o, 200);
}

enum lf_code api_statement_history(struct rq *r)
{
    const struct lf_statement_entry *list;
    struct out o;
    size_t n;

    LF_TRY(lf_statement_history(r->t, r->id, &n, &list, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        put_written_entry_members(&o.w, &list[i].entry);
        if (list[i].form.title.len)
            put_form(&o.w, &list[i].form);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}

enum lf_code api_statement_add(struct rq *r)
{
    lf_view id;

    LF_TRY(statement_add(r, &id));
    return say_id(r, 201, id);
}

enum lf_code api_statement_write(struct rq *r)
{
    struct lf_statement x;
    int64_t seen;

    LF_TRY(lf_statement_get(r->t, r->id, &x, r->e));
    LF_TRY(whole_field(r, "entries", &seen));
    statement_fields(r, &x.form);
    LF_TRY(lf_statement_write(r->t, r->id, seen ? seen : x.row.entries, &x.form, r->e));
    return answer_empty(r, 204);
}

static enum lf_code act(struct rq *r, enum lf_written_act what)
{
    LF_TRY(statement_act(r, what));
    return answer_empty(r, 204);
}

enum lf_code api_statement_submit(struct rq *r)
{
    return act(r, LF_WRITTEN_SUBMIT);
}

enum lf_code api_statement_return(struct rq *r)
{
    return act(r, LF_WRITTEN_RETURN);
}

enum lf_code api_statement_release(struct rq *r)
{
    return act(r, LF_WRITTEN_PUBLISH);
}

enum lf_code api_statement_withdraw(struct rq *r)
{
    return act(r, LF_WRITTEN_WITHDRAW);
}
