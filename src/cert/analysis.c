#include "cert/analysis.h"

#include "cert/analysis_priv.h"
#include "cert/incident_priv.h"
#include "cert/written_act.h"
#include "ident/audit.h"
#include "ident/ident.h"
#include "model/role.h"
#include "store/query_analysis.h"

enum { FORM_BYTES = 256 << 10 };

bool lf_analysis_may_write(const struct lf_task *t)
{
    return written_writer(t);
}

const char *lf_advice_state_name(enum lf_advice_state s)
{
    static const char *const names[LF_ADVICE_STATES] = { "open", "done", "verified" };

    return names[s];
}

/* ---- forms ---- */

static lf_view write_form(struct lf_task *t, const struct lf_analysis_form *f)
{
    struct lf_json_w w;
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, FORM_BYTES);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "title", f->title);
    lf_json_put_str(&w, "filter", f->filter);
    lf_json_put_str(&w, "findings", f->findings);
    lf_json_put_str(&w, "evaluation", f->evaluation);
    lf_json_put_int(&w, "taken", f->taken);
    lf_json_begin(&w, "advice", '[');
    for (size_t i = 0; i < f->nadvice; i++) {
        lf_json_open(&w, '{');
        lf_json_put_int(&w, "id", f->advice[i].id);
        lf_json_put_str(&w, "what", f->advice[i].what);
        lf_json_put_str(&w, "owner", f->advice[i].owner);
        lf_json_put_int(&w, "day", lf_taipei_day(f->advice[i].due));
        lf_json_close(&w);
    }
    lf_json_close(&w);
    lf_json_close(&w);
    out = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static enum lf_code read_form(struct lf_arena *a, lf_view text, struct lf_analysis_form *out,
                              struct lf_err *e)
{
    const struct lf_json *v = NULL, *list;

    if (!text.len)
        return LF_OK;
    LF_TRY(lf_json_parse(a, text, NULL, &v, e));
    out->title = lf_view_some(lf_json_str(v, "title"));
    out->filter = lf_view_some(lf_json_str(v, "filter"));
    out->findings = lf_view_some(lf_json_str(v, "findings"));
    out->evaluation = lf_view_some(lf_json_str(v, "evaluation"));
    if (!lf_json_int(v, "taken", &out->taken))
        return lf_err_set(e, LF_IO, "analysis: a form without its facts");
    list = lf_json_get(v, LF_V("advice"));
    out->nadvice = lf_json_items(list);
    out->advice = LF_NEW(a, struct lf_analysis_advice, out->nadvice + 1);
    for (size_t i = 0; i < out->nadvice; i++) {
        const struct lf_json *one = lf_json_item(list, i);
        int64_t day = 0;

        out->advice[i] = (struct lf_analysis_advice){ .what = lf_view_some(lf_json_str(one, "what")),
                                                      .owner = lf_view_some(lf_json_str(one, "owner")) };
        if (!lf_json_int(one, "id", &out->advice[i].id) || !lf_json_int(one, "day", &day))
            return lf_err_set(e, LF_IO, "analysis: a recommendation without its id or day");
        out->advice[i].due = lf_taipei_begin(day);
    }
    return LF_OK;
}

/* Which of the fields does not fit, by name; NULL: all do. */
static const char *unfit(const struct lf_analysis_form *f)
{
    if (!lf_view_is_text(f->title, 1, LF_ANALYSIS_LINE))
        return "title";
    if (!lf_view_is_text(f->findings, 0, LF_ANALYSIS_TEXT))
        return "findings";
    return lf_view_is_text(f->evaluation, 0, LF_ANALYSIS_TEXT) ? NULL : "evaluation";
}

static enum lf_code check(struct lf_analysis_form *f, struct lf_err *e)
{
    const char *bad;

    f->title = lf_view_trim(lf_view_some(f->title));
    f->findings = lf_view_trim(lf_view_some(f->findings));
    f->evaluation = lf_view_trim(lf_view_some(f->evaluation));
    bad = unfit(f);
    if (bad)
        return lf_err_set(e, LF_BAD_INPUT, "analysis: %s has %d to %d bytes", bad, *bad == 't',
                          *bad == 't' ? LF_ANALYSIS_LINE : LF_ANALYSIS_TEXT);
    if (f->nadvice > LF_ANALYSIS_ADVICE)
        return lf_err_set(e, LF_BAD_INPUT, "analysis: at most %d recommendations", LF_ANALYSIS_ADVICE);
    for (size_t i = 0; i < f->nadvice; i++) {
        struct lf_analysis_advice *a = &f->advice[i];

        a->what = lf_view_trim(lf_view_some(a->what));
        a->owner = lf_view_trim(lf_view_some(a->owner));
        if (!lf_view_is_text(a->what, 1, LF_ANALYSIS_NOTE) ||
            !lf_view_is_text(a->owner, 1, LF_ANALYSIS_LINE) || a->due <= 0)
            return lf_err_set(e, LF_BAD_INPUT,
                              "analysis: each recommendation says what is to be done, who sees to it and by "
                              "which day");
    }
    return LF_OK;
}

static const struct lf_analysis_advice *advice_of(const struct lf_analysis_form *f, size_t n, int64_t id)
{
    for (size_t i = 0; i < n; i++)
        if (f->advice[i].id == id)
            return &f->advice[i];
    return NULL;
}

/* Those that are there keep their id; a new one gets one that none had before.  What is verified stays as it
 * is. */
static enum lf_code name_advice(const struct lf_analysis *x, struct lf_analysis_form *f, struct lf_err *e)
{
    for (size_t i = 0; i < f->nadvice; i++) {
        struct lf_analysis_advice *a = &f->advice[i];
        const struct lf_analysis_advice *was = advice_of(&x->form, x->form.nadvice, a->id);

        if (a->id && (!was || advice_of(f, i, a->id)))
            return lf_err_set(e, LF_BAD_INPUT, "analysis: there is no recommendation %lld", (long long)a->id);
        if (a->id && was->state == LF_ADVICE_VERIFIED &&
            (!lf_view_eq(was->what, a->what) || !lf_view_eq(was->owner, a->owner) || was->due != a->due))
            return lf_err_set(e, LF_CONFLICT,
                              "analysis: a recommendation that is verified is not changed any more");
        if (!a->id)
            a->id = (x->row.entries + 1) * 100 + (int64_t)i + 1;
    }
    return LF_OK;
}

/* ---- rows ---- */

struct gather {
    struct lf_task *t;
    struct lf_analysis *items;
    size_t n, cap;
};

static enum lf_code on_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_arena *a = g->t->a;
    struct lf_analysis x = { .row = written_row(a, r) };

    LF_TRY(read_form(a, lf_arena_copy(a, lf_row_text(r, 3)), &x.form, e));
    LF_TRY(read_form(a, lf_arena_copy(a, lf_row_text(r, 4)), &x.shown, e));
    g->items = lf_arena_grow(a, g->items, g->n, &g->cap, sizeof *g->items);
    g->items[g->n++] = x;
    return LF_OK;
}

struct fares {
    struct lf_task *t;
    struct lf_analysis *x;
};

static void fare(struct lf_task *t, struct lf_analysis_form *f, const struct lf_row *r)
{
    for (size_t i = 0; i < f->nadvice; i++)
        if (f->advice[i].id == lf_row_int(r, 0)) {
            f->advice[i].state = (enum lf_advice_state)lf_row_int(r, 1);
            f->advice[i].at = lf_row_int(r, 2);
            f->advice[i].account = lf_arena_copy(t->a, lf_row_text(r, 3));
            f->advice[i].note = lf_arena_copy(t->a, lf_row_text(r, 4));
        }
}

static enum lf_code on_advice(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    const struct fares *x = ctx;

    (void)e;
    fare(x->t, &x->x->form, r);
    fare(x->t, &x->x->shown, r);
    return LF_OK;
}

static size_t late(struct lf_task *t, struct lf_analysis_form *f)
{
    size_t n = 0;

    for (size_t i = 0; i < f->nadvice; i++) {
        struct lf_analysis_advice *a = &f->advice[i];

        a->overdue = a->state == LF_ADVICE_OPEN && lf_now(t->env) >= a->due + LF_DAY;
        n += a->overdue;
    }
    return n;
}

static enum lf_code with_advice(struct lf_task *t, struct lf_analysis *x, struct lf_err *e)
{
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_analysis_advice_list, LF_ARGS(LF_TEXT(x->row.id)), on_advice,
                     &(struct fares){ .t = t, .x = x }, NULL, e));
    late(t, &x->form);
    x->overdue = late(t, &x->shown);
    return LF_OK;
}

static void for_reader(const struct lf_task *t, struct lf_analysis *x)
{
    if (lf_analysis_may_write(t))
        return;
    x->form = x->shown;
    x->row.state = LF_WRITTEN_PUBLISHED;
    x->row.note = LF_V("");
}

static enum lf_code find(struct lf_task *t, lf_view id, struct lf_analysis *out, struct lf_err *e)
{
    struct gather g = { .t = t };

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_analysis_get, LF_ARGS(LF_TEXT(lf_view_some(id))), on_row, &g,
                     NULL, e));
    if (!g.n || (!lf_analysis_may_write(t) && !g.items[0].shown.title.len))
        return lf_err_set(e, LF_NOT_FOUND, "analysis: there is no report %.*s",
                          LF_FMT(lf_view_first(id, 60)));
    *out = g.items[0];
    return LF_OK;
}

enum lf_code lf_analysis_get(struct lf_task *t, lf_view id, struct lf_analysis *out, struct lf_err *e)
{
    LF_TRY(incident_need_reader(t, e));
    LF_TRY(find(t, id, out, e));
    LF_TRY(with_advice(t, out, e));
    for_reader(t, out);
    return LF_OK;
}

enum lf_code lf_analysis_list(struct lf_task *t, int state, const struct lf_page *page, size_t *n,
                              const struct lf_analysis **out, lf_view *next, struct lf_err *e)
{
    bool writes = lf_analysis_may_write(t);
    size_t limit = lf_page_rows(page);
    struct gather g = { .t = t };
    int64_t before = INT64_MAX;

    LF_TRY(incident_need_reader(t, e));
    if (page->after.len && !lf_view_i64(page->after, &before))
        return lf_err_set(e, LF_BAD_INPUT, "after is not a place this list gave; begin without it");
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_analysis_list,
                     LF_ARGS(LF_INT(before), LF_INT(writes ? state : -1), LF_INT(!writes), LF_INT(limit + 1)),
                     on_row, &g, NULL, e));
    *n = g.n > limit ? limit : g.n;
    for (size_t i = 0; i < *n; i++) {
        LF_TRY(with_advice(t, &g.items[i], e));
        for_reader(t, &g.items[i]);
    }
    *out = g.items;
    *next = g.n > limit ? lf_arena_printf(t->a, "%lld", (long long)g.items[limit - 1].row.seq) : LF_V("");
    return LF_OK;
}

struct entries {
    struct lf_arena *a;
    struct lf_analysis_entry *items;
    size_t n, cap;
};

static enum lf_code on_entry(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct entries *g = ctx;
    struct lf_analysis_entry x = { .entry = written_entry(g->a, r) };

    LF_TRY(read_form(g->a, lf_arena_copy(g->a, lf_row_text(r, 5)), &x.form, e));
    g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *g->items);
    g->items[g->n++] = x;
    return LF_OK;
}

enum lf_code lf_analysis_history(struct lf_task *t, lf_view id, size_t *n,
                                 const struct lf_analysis_entry **out, struct lf_err *e)
{
    struct entries g = { .a = t->a };
    struct lf_analysis x;

    LF_TRY(written_need_writer(t, e));
    LF_TRY(find(t, id, &x, e));
    LF_TRY(
        lf_db_run(t->db, &t->scope, &lf_q_analysis_event_list, LF_ARGS(LF_TEXT(id)), on_entry, &g, NULL, e));
    *n = g.n;
    *out = g.items;
    return LF_OK;
}

/* ---- writing ---- */

static enum lf_code keep(struct lf_task *t, struct lf_analysis *x, enum lf_written_act act, struct lf_err *e)
{
    struct lf_written_row *w = &x->row;
    lf_view form = write_form(t, &x->form);

    w->entries++;
    w->changed = lf_now(t->env);
    LF_TRY(
        lf_db_exec(t->db, &t->scope, &lf_q_analysis_update,
                   LF_ARGS(LF_INT(w->state), LF_TEXT(form),
                           LF_TEXT(x->shown.title.len ? write_form(t, &x->shown) : LF_V("")),
                           LF_INT(w->version), text_arg(w->author), text_arg(w->reviewer), text_arg(w->note),
                           LF_INT(w->entries), LF_INT(w->changed), LF_INT(w->published), LF_TEXT(w->id)),
                   e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_analysis_event_add,
                      LF_ARGS(LF_TEXT(w->id), LF_INT(w->entries), LF_INT(w->changed),
                              text_arg(t->scope.account), LF_INT(act), text_arg(w->note),
                              LF_TEXT(act == LF_WRITTEN_WRITE ? form : LF_V(""))),
                      e));
    return lf_audit_add(t, lf_arena_printf(t->a, "analysis.%s", lf_written_act_name(act)), w->id, LF_V("{}"),
                        e);
}

static enum lf_code look(struct lf_task *t, struct lf_analysis *x, const struct lf_incident_filter *f,
                         struct lf_err *e)
{
    lf_view facts;

    LF_TRY(analysis_take(t, f, &facts, e));
    x->form.taken = x->row.entries + 1;
    return lf_db_exec(t->db, &t->scope, &lf_q_analysis_facts_put,
                      LF_ARGS(LF_TEXT(x->row.id), LF_INT(x->form.taken), LF_TEXT(facts)), e);
}

enum lf_code lf_analysis_add(struct lf_task *t, lf_view title, lf_view filter,
                             const struct lf_incident_filter *f, lf_view *id, struct lf_err *e)
{
    struct lf_analysis x = { .row = { .author = t->scope.account },
                             .form = { .title = title, .filter = lf_view_some(filter) } };

    LF_TRY(written_need_writer(t, e));
    LF_TRY(check(&x.form, e));
    if (!lf_view_is_text(x.form.filter, 0, LF_ANALYSIS_FILTER))
        return lf_err_set(e, LF_BAD_INPUT, "analysis: filter has at most %d bytes", LF_ANALYSIS_FILTER);
    x.row.id = lf_uuid_new(t->env, t->a);
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_analysis_insert,
                      LF_ARGS(LF_TEXT(x.row.id), LF_INT(lf_now(t->env))), e));
    LF_TRY(look(t, &x, f, e));
    LF_TRY(keep(t, &x, LF_WRITTEN_WRITE, e));
    *id = x.row.id;
    return LF_OK;
}

static enum lf_code step(struct lf_task *t, lf_view id, const struct written_act *a, struct lf_analysis *x,
                         struct lf_err *e)
{
    struct written_act act = *a;

    LF_TRY(written_need_writer(t, e));
    LF_TRY(find(t, id, x, e));
    act.noun = "analysis";
    act.out = x->shown.title.len > 0;
    return written_do(t, &act, &x->row, e);
}

enum lf_code lf_analysis_write(struct lf_task *t, lf_view id, int64_t seen,
                               const struct lf_analysis_form *form, struct lf_err *e)
{
    const struct written_act act = { .act = LF_WRITTEN_WRITE, .seen = seen };
    struct lf_analysis_form own = *form;
    struct lf_analysis x;

    LF_TRY(step(t, id, &act, &x, e));
    LF_TRY(with_advice(t, &x, e));
    LF_TRY(check(&own, e));
    LF_TRY(name_advice(&x, &own, e));
    own.filter = x.form.filter;
    own.taken = x.form.taken;
    x.form = own;
    return keep(t, &x, act.act, e);
}

enum lf_code lf_analysis_refresh(struct lf_task *t, lf_view id, int64_t seen,
                                 const struct lf_incident_filter *f, struct lf_err *e)
{
    const struct written_act act = { .act = LF_WRITTEN_WRITE, .seen = seen };
    struct lf_analysis x;

    LF_TRY(step(t, id, &act, &x, e));
    LF_TRY(look(t, &x, f, e));
    return keep(t, &x, act.act, e);
}

enum lf_code lf_analysis_act(struct lf_task *t, lf_view id, int64_t seen, enum lf_written_act act,
                             lf_view note, struct lf_err *e)
{
    struct lf_analysis x;

    LF_TRY(step(t, id, &(struct written_act){ .act = act, .seen = seen, .note = note }, &x, e));
    if (act == LF_WRITTEN_SUBMIT && (!x.form.findings.len || !x.form.evaluation.len))
        return lf_err_set(e, LF_BAD_INPUT,
                          "analysis: write findings and evaluation before it goes to review");
    if (act == LF_WRITTEN_PUBLISH)
        x.shown = x.form;
    if (act == LF_WRITTEN_WITHDRAW)
        x.shown = (struct lf_analysis_form){ 0 };
    return keep(t, &x, act, e);
}

/* ---- what becomes of the recommendations ---- */

static enum lf_code may_follow(struct lf_task *t, const struct lf_analysis_advice *a, enum lf_advice_state to,
                               struct lf_err *e)
{
    static const enum lf_advice_state from[LF_ADVICE_STATES] = { [LF_ADVICE_OPEN] = LF_ADVICE_DONE,
                                                                 [LF_ADVICE_DONE] = LF_ADVICE_OPEN,
                                                                 [LF_ADVICE_VERIFIED] = LF_ADVICE_DONE };

    if (a->state != from[to])
        return lf_err_set(e, LF_CONFLICT, "analysis: the recommendation is %s and becomes not %s",
                          lf_advice_state_name(a->state), lf_advice_state_name(to));
    if (to != LF_ADVICE_DONE)
        LF_TRY(lf_ident_need(t, LF_ROLE_REVIEWER, e));
    return to == LF_ADVICE_VERIFIED && lf_view_eq(a->account, t->scope.account)
               ? lf_err_set(e, LF_FORBIDDEN,
                            "analysis: who said that it is done does not verify it; another reviewer does")
               : LF_OK;
}

enum lf_code lf_analysis_follow(struct lf_task *t, lf_view id, int64_t advice, enum lf_advice_state to,
                                lf_view note, struct lf_err *e)
{
    const struct lf_analysis_advice *a;
    struct lf_analysis x;

    LF_TRY(written_need_writer(t, e));
    LF_TRY(find(t, id, &x, e));
    LF_TRY(with_advice(t, &x, e));
    a = advice_of(&x.shown, x.shown.nadvice, advice);
    if (!a)
        return lf_err_set(e, LF_NOT_FOUND, "analysis: what is out has no recommendation %lld",
                          (long long)advice);
    LF_TRY(may_follow(t, a, to, e));
    note = lf_view_trim(lf_view_some(note));
    if (!lf_view_is_text(note, to != LF_ADVICE_VERIFIED, LF_ANALYSIS_NOTE))
        return lf_err_set(e, LF_BAD_INPUT, "analysis: say what was done, or why, in at most %d bytes",
                          LF_ANALYSIS_NOTE);
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_analysis_advice_put,
                      LF_ARGS(LF_TEXT(x.row.id), LF_INT(advice), LF_INT(to), LF_INT(lf_now(t->env)),
                              text_arg(t->scope.account), text_arg(note)),
                      e));
    return lf_audit_add(t, lf_arena_printf(t->a, "analysis.advice_%s", lf_advice_state_name(to)), x.row.id,
                        lf_arena_printf(t->a, "{\"advice\":%lld}", (long long)advice), e);
}
