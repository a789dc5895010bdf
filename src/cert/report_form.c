/* The form in force, what sectors add to it, and the numbers reports are given. */
#include "cert/exercise.h"
#include "cert/incident_priv.h"
#include "cert/report.h"
#include "ident/audit.h"
#include "model/role.h"
#include "store/query_incident.h"
#include "store/query_report.h"

/* rules/form/tw-2026.json, embedded by the build. */
extern const char form_tw_2026[];
extern const size_t form_tw_2026_len;

enum { ADDITIONS = 32, NAME_BYTES = 48 };

struct additions {
    struct lf_arena *a;
    size_t n;
    lf_view name[ADDITIONS], json[ADDITIONS];
};

static enum lf_code on_addition(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct additions *x = ctx;

    (void)e;
    if (x->n < ADDITIONS) {
        x->name[x->n] = lf_arena_copy(x->a, lf_row_text(r, 0));
        x->json[x->n++] = lf_arena_copy(x->a, lf_row_text(r, 1));
    }
    return LF_OK;
}

/* The delivered form and all additions but the one of this name. */
static enum lf_code form_without(struct lf_task *t, lf_view name, struct additions *x, struct lf_form *out,
                                 struct lf_err *e)
{
    *x = (struct additions){ .a = t->a };
    LF_TRY(lf_form_load(t->a, (lf_view){ form_tw_2026, form_tw_2026_len }, out, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_report_addition_all, LF_NO_ARGS, on_addition, x, NULL, e));
    for (size_t i = 0; i < x->n; i++)
        if (!lf_view_eq(x->name[i], name) && lf_form_extend(t->a, out, x->json[i], e) != LF_OK)
            return lf_err_at(e, "the addition %.*s", LF_FMT(x->name[i]));
    return LF_OK;
}

/* The exercises that run now are choices of the field "exercise". */
static enum lf_code put_exercises(struct lf_task *t, struct lf_form *f, struct lf_err *e)
{
    const struct lf_exercise *list;
    struct lf_form_choice *choices;
    size_t n, at = 0;

    while (at < f->nfields && !lf_view_is(f->fields[at].id, "exercise"))
        at++;
    if (at == f->nfields)
        return LF_OK;
    LF_TRY(lf_exercise_running(t, &n, &list, e));
    choices = LF_NEW(t->a, struct lf_form_choice, f->fields[at].nchoices + n);
    for (size_t i = 0; i < f->fields[at].nchoices; i++)
        choices[i] = f->fields[at].choices[i];
    for (size_t i = 0; i < n; i++)
        choices[f->fields[at].nchoices++] =
            (struct lf_form_choice){ .id = list[i].id, .say = { list[i].name, list[i].name } };
    f->fields[at].choices = choices;
    return LF_OK;
}

enum lf_code lf_report_form(struct lf_task *t, struct lf_form *out, struct lf_err *e)
{
    struct additions x;

    LF_TRY(form_without(t, LF_V(""), &x, out, e));
    return put_exercises(t, out, e);
}

enum lf_code lf_report_addition_put(struct lf_task *t, lf_view name, lf_view json, struct lf_err *e)
{
    struct additions x;
    struct lf_form f;

    LF_TRY(incident_need(t, LF_ROLE_ADMIN, "changing the report form", e));
    if (!lf_view_is_text(name, 1, NAME_BYTES))
        return lf_err_set(e, LF_BAD_INPUT, "an addition has a name of 1 to %d bytes", NAME_BYTES);
    LF_TRY(form_without(t, name, &x, &f, e));
    if (x.n == ADDITIONS)
        return lf_err_set(e, LF_UNACCEPTED, "the form has %d additions already", ADDITIONS);
    LF_TRY(lf_form_extend(t->a, &f, json, e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_report_addition_put,
                      LF_ARGS(LF_TEXT(name), LF_TEXT(json), LF_INT(lf_now(t->env))), e));
    return lf_audit_add(t, LF_V("report.form"), name, LF_V("{}"), e);
}

enum lf_code lf_report_addition_remove(struct lf_task *t, lf_view name, struct lf_err *e)
{
    int64_t changed = 0;

    LF_TRY(incident_need(t, LF_ROLE_ADMIN, "changing the report form", e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_report_addition_remove,
                     LF_ARGS(LF_TEXT(lf_view_first(name, 64))), NULL, NULL, &changed, e));
    if (!changed)
        return lf_err_set(e, LF_NOT_FOUND, "the form has no addition of this name");
    return lf_audit_add(t, LF_V("report.form"), name, LF_V("{\"removed\":true}"), e);
}

/* ---- numbers ---- */

enum lf_code incident_number(struct lf_task *t, const struct incident_events *x, const struct lf_json **body,
                             struct lf_err *e)
{
    bool exercise = x->n ? x->state.exercise : lf_json_bool(*body, "exercise", false);
    int year = lf_civil_of(lf_now(t->env) + LF_TAIPEI).year;
    size_t n = lf_json_members(*body);
    lf_view *keys = LF_NEW(t->a, lf_view, n + 1), text;
    const struct lf_json **values = LF_NEW(t->a, const struct lf_json *, n + 1);
    int64_t serial = 0;

    for (size_t i = 0; i < x->n; i++)
        if (lf_view_is(x->ev[i].kind, "reported") && lf_json_str(x->ev[i].body, "number").len)
            return LF_OK;
    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_report_serial_next, LF_ARGS(LF_INT(year), LF_INT(exercise)),
                     &serial, e));
    text = lf_arena_printf(t->a, "%s%d-%06lld", exercise ? "EX-" : "", year, (long long)serial);
    n = 0;
    for (size_t i = 0; i < lf_json_members(*body); i++) {
        if (lf_view_is(lf_json_key(*body, i), "number"))
            continue;
        keys[n] = lf_json_key(*body, i);
        values[n++] = lf_json_member(*body, i);
    }
    keys[n] = LF_V("number");
    values[n++] = lf_json_new_string(t->a, text);
    *body = lf_json_new_object(t->a, n, keys, values);
    return LF_OK;
}

lf_view lf_report_number(const struct lf_incident_full *x)
{
    for (size_t i = 0; i < x->nevents; i++)
        if (lf_view_is(x->events[i]->kind, "reported") && lf_json_str(x->events[i]->body, "number").len)
            return lf_json_str(x->events[i]->body, "number");
    return LF_V("");
}

enum lf_code lf_report_of_alert(struct lf_task *t, lf_view alert, lf_view *incident, struct lf_err *e)
{
    return lf_db_text(t->db, &t->scope, &lf_q_incident_by_alert, LF_ARGS(LF_TEXT(alert)), t->a, incident, e);
}
