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

/* ---- drafts ---- */

static void put_draft(struct lf_json_w *w, const struct lf_draft *d)
{
    bool behalf = lf_view_is(d->stage, lf_form_stage_name(LF_STAGE_BEHALF));

    lf_json_put_str(w, "id", d->id);
    lf_json_put_str(w, "stage", behalf ? lf_view_of(lf_form_stage_name(LF_STAGE_FIRST)) : d->stage);
    if (behalf)
        lf_json_put_bool(w, "behalf", true);
    put_text(w, "incident", d->incident);
    put_text(w, "title", d->title);
    put_text(w, "alert", d->alert);
    put_text(w, "mail", d->mail);
    lf_json_put_time(w, "updated", d->updated);
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
        put_draft(&o.w, &d[i]);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    return end(r, &o, 200);
}

enum lf_code api_draft(struct rq *r)
{
    struct lf_draft d;
    struct out o;
    lf_view one;

    LF_TRY(lf_draft_get(r->t, r->id, &d, r->e));
    begin(&o);
    put_draft(&o.w, &d);
    if (d.base.len) {
        lf_json_begin(&o.w, "base", '[');
        while (lf_view_split(&d.base, ' ', &one))
            lf_json_put_str(&o.w, NULL, one);
        lf_json_close(&o.w);
    }
    lf_json_put_raw(&o.w, "values", d.values);
    return end(r, &o, 200);
}

/* The list of ids as one text with blanks between. */
static enum lf_code base_text(struct rq *r, lf_view *out)
{
    const struct lf_json *list = lf_json_get(r->json, LF_V("base"));
    lf_view text = LF_V("");

    for (size_t i = 0; i < lf_json_items(list); i++) {
        lf_view id = lf_json_text(lf_json_item(list, i));

        if (i >= 64 || !id.len || id.len > 80 || lf_view_find_byte(id, ' ') != SIZE_MAX)
            return lf_err_set(r->e, LF_BAD_INPUT, "draft: base is a list of at most 64 ids of events");
        text = i ? lf_arena_printf(r->t->a, "%.*s %.*s", LF_FMT(text), (int)id.len, id.ptr) : id;
    }
    *out = text;
    return LF_OK;
}

static enum lf_code save(struct rq *r, lf_view id)
{
    const struct lf_json *values = lf_json_get(r->json, LF_V("values"));
    bool behalf = lf_json_bool(r->json, "behalf", false);
    lf_view stage = field(r, "stage");
    struct lf_draft d = { .id = id,
                          .stage = stage.len ? stage : lf_view_of(lf_form_stage_name(LF_STAGE_FIRST)),
                          .incident = lf_view_some(field(r, "incident")),
                          .title = lf_view_some(lf_draft_title(values)),
                          .alert = lf_view_some(field(r, "alert")),
                          .mail = lf_view_some(field(r, "mail")) };
    bool first = lf_form_stage_of(d.stage) == LF_STAGE_FIRST;
    struct lf_buf b;
    enum lf_code rc;

    if (lf_form_stage_of(d.stage) >= LF_STAGE_BEHALF)
        return lf_err_set(r->e, LF_BAD_INPUT, "stage is first, edit, follow, final or final_major");
    if (first == (d.incident.len > 0) || (behalf && !first))
        return lf_err_set(r->e, LF_BAD_INPUT, "a first report names no incident; any later one does");
    if (lf_json_kind(values) != LF_JSON_OBJECT)
        return lf_err_set(r->e, LF_BAD_INPUT,
                          "draft: values is an object: field of the form to what was typed");
    LF_TRY(base_text(r, &d.base));
    if (behalf)
        d.stage = lf_view_of(lf_form_stage_name(LF_STAGE_BEHALF));
    lf_buf_init(&b, 1 << 20);
    lf_json_write(&b, values);
    d.values = lf_buf_view(&b);
    rc = lf_buf_done(&b, r->e);
    if (rc == LF_OK)
        rc = lf_draft_save(r->t, &d, r->e);
    lf_buf_clear(&b);
    return rc;
}

enum lf_code api_draft_add(struct rq *r)
{
    lf_view id = lf_uuid_new(r->t->env, r->t->a);

    LF_TRY(save(r, id));
    return say_id(r, 201, id);
}

enum lf_code api_draft_put(struct rq *r)
{
    LF_TRY(save(r, r->id));
    return answer_empty(r, 204);
}

enum lf_code api_draft_remove(struct rq *r)
{
    LF_TRY(lf_draft_remove(r->t, r->id, r->e));
    return answer_empty(r, 204);
}
