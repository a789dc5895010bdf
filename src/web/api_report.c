/* The JSON API's part on report forms. */
#include "cert/draft.h"
#include "web/api_priv.h"

static void put_words(struct lf_json_w *w, struct lf_form_words v)
{
    lf_json_put_str(w, "zh", v.zh);
    lf_json_put_str(w, "en", v.en);
}

static void put_stages(struct lf_json_w *w, const char *key, unsigned stages)
{
    lf_json_begin(w, key, '[');
    for (unsigned s = 0; s < LF_STAGES; s++)
        if (stages & (1u << s))
            lf_json_put_cstr(w, NULL, lf_form_stage_name((enum lf_form_stage)s));
    lf_json_close(w);
}

static void put_form_field(struct rq *r, struct lf_json_w *w, const struct lf_form *f,
                           const struct lf_form_field *x)
{
    static const char *const types[] = { "line", "text", "time", "choice", "choices", "number", "yesno" };

    lf_json_open(w, '{');
    lf_json_put_str(w, "id", x->id);
    lf_json_put_str(w, "step", f->steps[x->step].id);
    lf_json_put_cstr(w, "type", types[x->type]);
    put_words(w, x->say);
    put_stages(w, "stages", x->stages);
    put_stages(w, "required", x->required);
    lf_json_put_int(w, "most", x->most);
    lf_json_put_bool(w, "added", x->added);
    lf_json_begin(w, "papers", '{');
    for (size_t i = 0; i < f->npapers; i++)
        if (x->place[i].len)
            lf_json_put_str(w, lf_arena_cstr(r->t->a, f->papers[i].id), x->place[i]);
    lf_json_close(w);
    if (x->nchoices) {
        lf_json_begin(w, "choices", '[');
        for (size_t i = 0; i < x->nchoices; i++) {
            lf_json_open(w, '{');
            lf_json_put_str(w, "id", x->choices[i].id);
            put_words(w, x->choices[i].say);
            put_text(w, "rsit", x->choices[i].rsit);
            lf_json_close(w);
        }
        lf_json_close(w);
    }
    lf_json_close(w);
}

enum lf_code api_report_form(struct rq *r)
{
    struct lf_form f;
    struct out o;

    LF_TRY(lf_report_form(r->t, &f, r->e));
    begin(&o);
    lf_json_put_str(&o.w, "id", f.id);
    put_words(&o.w, f.say);
    lf_json_begin(&o.w, "steps", '[');
    for (size_t i = 0; i < f.nsteps; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "id", f.steps[i].id);
        put_words(&o.w, f.steps[i].say);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    lf_json_begin(&o.w, "fields", '[');
    for (size_t i = 0; i < f.nfields; i++)
        put_form_field(r, &o.w, &f, &f.fields[i]);
    lf_json_close(&o.w);
    return end(r, &o, 200);
}

/* The newest values of each field, and the level they come to. */
enum lf_code api_report_values(struct rq *r)
{
    struct lf_incident_full x;
    const struct lf_json *values;
    struct lf_form f;
    struct out o;

    LF_TRY(lf_incident_get(r->t, r->id, &x, r->e));
    LF_TRY(lf_report_form(r->t, &f, r->e));
    values = lf_report_values(r->t, &f, &x);
    begin(&o);
    lf_json_put_str(&o.w, "incident", r->id);
    put_text(&o.w, "number", lf_report_number(&x));
    lf_json_put(&o.w, "values", values);
    return end(r, &o, 200);
}

enum lf_code api_report_send(struct rq *r)
{
    lf_view stage = field(r, "stage"), id;
    struct lf_report report = { .incident = lf_view_some(field(r, "incident")),
                                .behalf = lf_json_bool(r->json, "behalf", false),
                                .alert = lf_view_some(field(r, "alert")),
                                .base = lf_json_get(r->json, LF_V("base")),
                                .values = lf_json_get(r->json, LF_V("values")) };

    report.stage = stage.len ? lf_form_stage_of(stage) : LF_STAGE_FIRST;
    if (report.stage >= LF_STAGE_BEHALF)
        return lf_err_set(r->e, LF_BAD_INPUT, "stage is first, edit, follow, final or final_major");
    if ((report.stage == LF_STAGE_FIRST) == (report.incident.len > 0))
        return lf_err_set(r->e, LF_BAD_INPUT, "a first report names no incident; any later one does");
    LF_TRY(lf_report_send(r->t, &report, &id, r->e));
    return say_id(r, 201, id);
}

enum lf_code api_report_addition(struct rq *r)
{
    if (!r->json)
        return lf_err_set(r->e, LF_BAD_INPUT, "send the addition as a JSON object, format lianfang-form/1");
    LF_TRY(lf_report_addition_put(r->t, r->id, r->in->body, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_report_addition_remove(struct rq *r)
{
    LF_TRY(lf_report_addition_remove(r->t, r->id, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_drafts(struct rq *r)
{
    struct lf_draft *d;
    struct out o;
    size_t n;

    LF_TRY(lf_draft_list(r->t, &d, &n, r->e));
    begin(&o);
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "id", d[i].id);
        lf_json_put_str(&o.w, "stage", d[i].stage);
        put_text(&o.w, "incident", d[i].incident);
        put_text(&o.w, "title", d[i].title);
        lf_json_put_time(&o.w, "updated", d[i].updated);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    return end(r, &o, 200);
}
