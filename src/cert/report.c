#include "cert/report.h"

#include "cert/incident_priv.h"
#include "engine/level.h"
#include "model/vital.h"

enum { BODY_BYTES = 48 << 10 };

/* Fields that have a place of their own in an event's body. */
static const struct {
    const char *field, *body;
} own[] = {
    { "title", "title" },       { "description", "description" }, { "impact", "impact" },
    { "measures", "measures" }, { "happened_at", "happened" },    { "category", "category" },
    { "tlp", "tlp" },
};
#define COUNT(x) (sizeof(x) / sizeof(x)[0])

static const char *body_name(lf_view field)
{
    for (size_t i = 0; i < COUNT(own); i++)
        if (lf_view_is(field, own[i].field))
            return own[i].body;
    return NULL;
}

enum lf_form_stage lf_report_final(int level)
{
    return level >= 3 ? LF_STAGE_FINAL_MAJOR : LF_STAGE_FINAL;
}

enum lf_code lf_report_level(struct lf_task *t, const struct lf_json *values, lf_view *judged, int *level,
                             struct lf_err *e)
{
    const struct lf_json *answers = lf_form_answers(t->a, values, t->scope.account);
    struct lf_buf b;
    enum lf_code rc;

    *judged = (lf_view){ 0 };
    *level = 0;
    if (!answers)
        return LF_OK;
    lf_buf_init(&b, BODY_BYTES);
    rc = lf_level_judge(t->a, answers, &b, level, e);
    if (rc == LF_OK)
        *judged = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return rc;
}

/* The title a report has when none was given: its class, as the form words it. */
static lf_view title_of(const struct lf_form *f, const struct lf_json *values)
{
    lf_view title = lf_view_trim(lf_json_str(values, "title"));
    const struct lf_form_field *x = lf_form_field(f, LF_V("category"));
    const struct lf_form_choice *c = x ? lf_form_choice(x, lf_json_str(values, "category")) : NULL;

    return title.len || !c ? title : c->say.zh;
}

/* A field that stands in the event's own fields. */
static bool elsewhere(lf_view field)
{
    return body_name(field) || lf_view_is(field, "aware_at") || lf_view_is(field, "exercise");
}

static void put_values(struct lf_task *t, struct lf_json_w *w, const struct lf_form *f,
                       const struct lf_json *values)
{
    lf_json_begin(w, "form", '{');
    for (size_t i = 0; i < f->nfields; i++) {
        const struct lf_json *v = lf_json_get(values, f->fields[i].id);

        if (lf_view_is(f->fields[i].id, "vital") && lf_vital_of(lf_json_get(values, LF_V("vital_functions"))))
            v = lf_json_new_word(t->a, LF_JSON_TRUE); /* which ones: so there is one */
        if (v && !elsewhere(f->fields[i].id))
            lf_json_put(w, lf_arena_cstr(t->a, f->fields[i].id), v);
    }
    lf_json_close(w);
}

static void put_some(struct lf_json_w *w, const char *key, lf_view v)
{
    if (v.len)
        lf_json_put_str(w, key, v);
}

static enum lf_code text_of(struct lf_task *t, struct lf_buf *b, lf_view *out, struct lf_err *e)
{
    enum lf_code rc = lf_buf_done(b, e);

    if (rc == LF_OK)
        *out = lf_arena_copy(t->a, lf_buf_view(b));
    lf_buf_clear(b);
    return rc == LF_OK ? LF_OK
                       : lf_err_set(e, LF_TOO_BIG, "a report has at most %d KiB of text; shorten it",
                                    BODY_BYTES >> 10);
}

static enum lf_code first(struct lf_task *t, const struct lf_form *f, const struct lf_report *r,
                          lf_view *incident, struct lf_err *e)
{
    static const char *const as_is[] = { "description", "impact",   "measures", "happened_at",
                                         "category",    "aware_at", "tlp" };
    const struct lf_json *answers = lf_form_answers(t->a, r->values, t->scope.account);
    lf_view reason = lf_view_trim(lf_json_str(r->values, "late_reason")), text;
    struct lf_json_w w;
    struct lf_buf b;

    lf_buf_init(&b, BODY_BYTES);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "title", title_of(f, r->values));
    for (size_t i = 0; i < COUNT(as_is); i++)
        put_some(&w, as_is[i], lf_json_str(r->values, as_is[i]));
    if (answers)
        lf_json_put(&w, "answers", answers);
    lf_json_put_cstr(&w, "channel", r->behalf ? "other" : "platform");
    put_some(&w, "reason", reason);
    put_some(&w, "alert", r->alert);
    lf_json_put_cstr(&w, "stage", "first");
    if (!lf_view_is(lf_json_str(r->values, "exercise"), "none"))
        put_some(&w, "exercise", lf_json_str(r->values, "exercise"));
    put_values(t, &w, f, r->values);
    lf_json_close(&w);
    LF_TRY(text_of(t, &b, &text, e));
    return lf_incident_report(t, text, incident, e);
}

/* An act without content but when it happened. */
static enum lf_code happened(struct lf_task *t, const struct lf_report *r, const char *kind, struct lf_err *e)
{
    lf_view at = lf_json_str(r->values, "status_at"), text, event;
    struct lf_json_w w;
    struct lf_buf b;

    lf_buf_init(&b, BODY_BYTES);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    put_some(&w, "occurred_at", at);
    lf_json_close(&w);
    LF_TRY(text_of(t, &b, &text, e));
    return lf_incident_event_add(t, r->incident, lf_view_of(kind), text, &event, e);
}

static enum lf_code later(struct lf_task *t, const struct lf_form *f, const struct lf_report *r,
                          const char *kind, struct lf_err *e)
{
    lf_view judged = { 0 }, text, event;
    struct lf_json_w w;
    struct lf_buf b;
    int level = 0;

    if (r->stage == LF_STAGE_EDIT)
        LF_TRY(lf_report_level(t, r->values, &judged, &level, e));
    lf_buf_init(&b, BODY_BYTES);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "stage", lf_form_stage_name(r->stage));
    for (size_t i = 0; i < COUNT(own); i++) {
        const struct lf_json *v = lf_json_get(r->values, lf_view_of(own[i].field));

        if (v && lf_json_kind(v) == LF_JSON_STRING)
            lf_json_put(&w, own[i].body, v);
    }
    if (level > 0)
        lf_json_put_int(&w, "level", level);
    if (judged.len)
        lf_json_put_raw(&w, "judged", judged);
    put_values(t, &w, f, r->values);
    if (r->base)
        lf_json_put(&w, "base", r->base);
    lf_json_close(&w);
    LF_TRY(text_of(t, &b, &text, e));
    return lf_incident_event_add(t, r->incident, lf_view_of(kind), text, &event, e);
}

static enum lf_code follow(struct lf_task *t, const struct lf_form *f, const struct lf_report *r,
                           enum lf_handling now, struct lf_err *e)
{
    lf_view status = lf_json_str(r->values, "status");

    LF_TRY(later(t, f, r, "followed_up", e));
    if (lf_view_is(status, "controlled") && now == LF_HANDLING_RESPONDING)
        return happened(t, r, "controlled", e);
    if (lf_view_is(status, "recovered") && now < LF_HANDLING_RECOVERED)
        return happened(t, r, "recovered", e);
    return LF_OK;
}

enum lf_code lf_report_send(struct lf_task *t, const struct lf_report *r, lf_view *incident, struct lf_err *e)
{
    unsigned stages = 1u << r->stage | (r->behalf ? 1u << LF_STAGE_BEHALF : 0);
    struct lf_incident_full x;
    struct lf_form f;

    LF_TRY(lf_report_form(t, &f, e));
    LF_TRY(lf_form_check(&f, stages, r->values, lf_now(t->env), e));
    if (r->stage == LF_STAGE_FIRST)
        return first(t, &f, r, incident, e);
    LF_TRY(lf_incident_get(t, r->incident, &x, e));
    *incident = r->incident;
    if (r->stage == LF_STAGE_EDIT)
        return later(t, &f, r, "supplemented", e);
    if (r->stage == LF_STAGE_FOLLOW)
        return follow(t, &f, r, x.state.handling, e);
    if (r->stage == LF_STAGE_FINAL && lf_report_final(x.state.level) == LF_STAGE_FINAL_MAJOR)
        return lf_err_set(
            e, LF_UNACCEPTED,
            "第 3、4 級事件須填長式結報。An incident of level 3 or 4 wants the long final report");
    /* What the final report says of the recovery is said, if nobody had said it before. */
    if (x.state.handling < LF_HANDLING_CONTROLLED)
        LF_TRY(happened(t, r, "recovered", e));
    return later(t, &f, r, "final_submitted", e);
}

/* ---- put together again ---- */

static bool counts(enum lf_incident_outcome o)
{
    return o != LF_OUTCOME_REFUSED && o != LF_OUTCOME_VOID && o != LF_OUTCOME_UNDONE;
}

static bool by_reporter(const struct lf_incident_event *ev)
{
    return lf_view_is(ev->by, "reporter") || lf_view_is(ev->by, "system");
}

/* A follow-up's own text is an entry beside the first description, not another of it. */
static bool describes(const struct lf_incident_event *ev, lf_view field)
{
    return lf_view_is(ev->kind, "aware") || lf_view_is(ev->kind, "reported") ||
           lf_view_is(ev->kind, "supplemented") || lf_view_is(field, "impact") ||
           lf_view_is(field, "measures");
}

const struct lf_json *report_answer(const struct lf_incident_full *x, lf_view field)
{
    const char *name = body_name(field);

    for (size_t i = x->nevents; i-- > 0;) {
        const struct lf_incident_event *ev = x->events[i];
        const struct lf_json *v;

        if (!by_reporter(ev) || !counts((enum lf_incident_outcome)x->state.outcomes[i]) ||
            (name && !describes(ev, field)))
            continue;
        v = name ? lf_json_get(ev->body, lf_view_of(name))
                 : lf_json_get(lf_json_get(ev->body, LF_V("form")), field);
        if (v)
            return v;
    }
    return NULL;
}

lf_view lf_report_rsit(struct lf_task *t, const struct lf_form *f, const struct lf_incident_full *x)
{
    const struct lf_form_field *classes = lf_form_field(f, LF_V("category")),
                               *types = lf_form_field(f, LF_V("rsit"));
    const struct lf_form_choice *c = classes ? lf_form_choice(classes, x->row.category) : NULL;
    lf_view type = x->state.rsit.len ? x->state.rsit : c ? c->rsit : LF_V("");

    c = types && type.len ? lf_form_choice(types, type) : NULL;
    return c ? lf_arena_printf(t->a, "%.*s:%.*s", LF_FMT(c->rsit), LF_FMT(c->id)) : LF_V("");
}

enum lf_code report_rsit_keep(struct lf_task *t, const struct incident_kept *k,
                              const struct lf_incident_state *s, lf_view *of, lf_view *rsit, struct lf_err *e)
{
    struct lf_incident_full full = { .row.category = s->category, .state = *s };
    struct lf_form f;

    *of = s->category.len || s->rsit.len
              ? lf_arena_printf(t->a, "%.*s\n%.*s", LF_FMT(s->category), LF_FMT(s->rsit))
              : LF_V("");
    *rsit = k->row.rsit;
    if (lf_view_eq(*of, k->rsit_of))
        return LF_OK;
    LF_TRY(lf_report_form(t, &f, e));
    *rsit = lf_report_rsit(t, &f, &full);
    return LF_OK;
}

enum lf_code report_rsit_known(struct lf_task *t, lf_view type, struct lf_err *e)
{
    const struct lf_form_field *types;
    struct lf_form f;

    LF_TRY(lf_report_form(t, &f, e));
    types = lf_form_field(&f, LF_V("rsit"));
    if (!types || !lf_form_choice(types, type))
        return lf_err_set(
            e, LF_UNACCEPTED,
            "「%.*s」不是通報單上的國際參考分類（規則 分類）。\"%.*s\" is no type of the reference taxonomy "
            "that the form has (rule class)",
            LF_FMT(lf_view_first(type, 60)), LF_FMT(lf_view_first(type, 60)));
    return LF_OK;
}

enum lf_code report_vital_known(const struct lf_json *list, struct lf_err *e)
{
    for (size_t i = 0; i < lf_json_items(list); i++) {
        lf_view name = lf_json_text(lf_json_item(list, i));
        unsigned set = lf_vital_set(name);

        if (!set || (set & (set - 1))) /* "necessities" asks for several and says not which */
            return lf_err_set(e, LF_UNACCEPTED,
                              "「%.*s」不是必須維持正常運作之體系的代碼，如 government、necessities:water。"
                              "\"%.*s\" is no vital function, such as government or necessities:water",
                              LF_FMT(lf_view_first(name, 60)), LF_FMT(lf_view_first(name, 60)));
    }
    return LF_OK;
}

lf_view lf_report_vital(struct lf_task *t, const struct lf_form *f, unsigned set, bool zh)
{
    const struct lf_form_field *x = lf_form_field(f, LF_V("vital_functions"));

    return x && set ? lf_form_text(t->a, x, lf_vital_list(t->a, set), zh) : LF_V("");
}

const struct lf_json *lf_report_values(struct lf_task *t, const struct lf_form *f,
                                       const struct lf_incident_full *x)
{
    lf_view *keys = LF_NEW(t->a, lf_view, f->nfields + 1);
    const struct lf_json **values = LF_NEW(t->a, const struct lf_json *, f->nfields + 1);
    char *text = LF_NEW(t->a, char, LF_TIME_TEXT);
    size_t n = 0;

    for (size_t i = 0; i < f->nfields; i++) {
        const struct lf_json *v = report_answer(x, f->fields[i].id);

        if (lf_view_is(f->fields[i].id, "aware_at"))
            v = x->state.aware_at ? lf_json_new_string(t->a, lf_time_milli(x->state.aware_at, text)) : NULL;
        if (lf_view_is(f->fields[i].id, "vital_functions") && x->state.vital_rank)
            v = lf_vital_list(t->a, x->state.vital);
        if (!v)
            continue;
        keys[n] = f->fields[i].id;
        values[n++] = v;
    }
    return lf_json_new_object(t->a, n, keys, values);
}
