/* The JSON API's part on the tasks of incidents. */
#include "cert/incident_task.h"
#include "ident/account.h"
#include "web/api_priv.h"

static void put_row(struct lf_json_w *w, const struct lf_incident_task *x)
{
    lf_json_put_str(w, "id", x->id);
    lf_json_put_str(w, "incident", x->incident);
    lf_json_put_str(w, "incident_title", x->incident_title);
    lf_json_put_bool(w, "exercise", x->exercise);
    lf_json_put_int(w, "number", x->number);
    put_text(w, "origin", x->origin);
    lf_json_put_cstr(w, "phase", lf_task_phase_name(x->phase));
    lf_json_put_cstr(w, "state", lf_task_state_name(x->state));
    lf_json_put_str(w, "title", x->title);
    put_text(w, "detail", x->detail);
    put_text(w, "assignee", x->assignee);
    lf_json_put_time(w, "due", x->due);
    lf_json_put_bool(w, "overdue", x->overdue);
    lf_json_put_time(w, "added", x->added);
    lf_json_put_time(w, "ended", x->ended);
    lf_json_put_str(w, "by", x->account);
    lf_json_put_int(w, "entries", x->entries);
}

static enum lf_code answer_list(struct rq *r, const struct lf_incident_task *list, size_t n, lf_view next)
{
    struct out o;

    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        put_row(&o.w, &list[i]);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, next);
}

/* ---- what is asked ---- */

lf_view own_name(struct rq *r)
{
    struct lf_account me;

    return lf_account_get(r->t, r->t->scope.account, &me, NULL) == LF_OK ? me.name : LF_V("");
}

/* "me" is whoever asks. */
static enum lf_code whom(struct rq *r, lf_view given, lf_view *out)
{
    *out = lf_view_is(given, "me") ? own_name(r) : lf_view_some(given);
    if (lf_view_is(given, "me") && !out->len)
        return lf_err_set(r->e, LF_BAD_INPUT, "task: name the assignee; whoever asks has no account here");
    return LF_OK;
}

enum lf_code incident_task_filter(struct rq *r, struct lf_task_filter *out)
{
    lf_view state = query(r, "state"), by = query(r, "assignee");

    *out = (struct lf_task_filter){ .by = by.len > 0 };
    if (lf_view_is(by, "-"))
        out->assignee = LF_V("");
    else
        LF_TRY(whom(r, by, &out->assignee));
    if (lf_view_is(state, "overdue"))
        out->which = LF_TASKS_OVERDUE;
    else if (lf_view_is(state, "ended"))
        out->which = LF_TASKS_ENDED;
    else if (state.len && !lf_view_is(state, "open"))
        return lf_err_set(r->e, LF_BAD_INPUT, "state is open, overdue or ended");
    return LF_OK;
}

static enum lf_code phase_of(struct rq *r, int *out)
{
    lf_view given = lf_view_some(field(r, "phase"));

    return !given.len || lf_task_phase_parse(given, out)
               ? LF_OK
               : lf_err_set(r->e, LF_BAD_INPUT,
                            "phase is prepare, report, contain, investigate, recover or improve");
}

enum lf_code incident_task_add(struct rq *r, lf_view *id)
{
    struct lf_incident_task x = { .incident = r->id,
                                  .title = lf_view_some(field(r, "title")),
                                  .detail = lf_view_some(field(r, "detail")) };
    int phase = LF_PHASE_CONTAIN;

    LF_TRY(phase_of(r, &phase));
    x.phase = (enum lf_task_phase)phase;
    LF_TRY(whom(r, lf_view_trim(lf_view_some(field(r, "assignee"))), &x.assignee));
    LF_TRY(moment_field(r, "due", &x.due));
    return lf_incident_task_add(r->t, &x, id, r->e);
}

static enum lf_code base_of(struct rq *r, int64_t *out)
{
    lf_view given = r->json ? LF_V("") : lf_view_some(field(r, "base"));
    bool fits = r->json ? !lf_json_get(r->json, LF_V("base")) || lf_json_int(r->json, "base", out)
                        : !given.len || lf_view_i64(given, out);

    return fits
               ? LF_OK
               : lf_err_set(r->e, LF_BAD_INPUT, "base is the number of entries of the log that one has seen");
}

enum lf_code incident_task_change(struct rq *r)
{
    struct lf_task_change c = { .title = field(r, "title"),
                                .phase = -1,
                                .state = -1,
                                .set_due = field(r, "due").ptr != NULL,
                                .note = field(r, "note") };
    lf_view state = lf_view_some(field(r, "state"));

    if (state.len && !lf_task_state_parse(state, &c.state))
        return lf_err_set(r->e, LF_BAD_INPUT, "state is waiting, in_progress, done or cancelled");
    LF_TRY(phase_of(r, &c.phase));
    if (field(r, "assignee").ptr)
        LF_TRY(whom(r, lf_view_trim(field(r, "assignee")), &c.assignee));
    LF_TRY(moment_field(r, "due", &c.due));
    LF_TRY(base_of(r, &c.base));
    return lf_incident_task_change(r->t, r->id, &c, r->e);
}

/* ---- answers ---- */

enum lf_code api_incident_tasks(struct rq *r)
{
    const struct lf_incident_task *list;
    size_t n;

    LF_TRY(lf_incident_task_of(r->t, r->id, &n, &list, r->e));
    return answer_list(r, list, n, LF_V(""));
}

enum lf_code api_tasks(struct rq *r)
{
    const struct lf_incident_task *list;
    struct lf_task_filter filter;
    struct lf_page page;
    lf_view next;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(incident_task_filter(r, &filter));
    LF_TRY(lf_incident_task_list(r->t, &filter, &page, &n, &list, &next, r->e));
    return answer_list(r, list, n, next);
}

enum lf_code api_task_counts(struct rq *r)
{
    struct lf_task_counts c;
    struct out o;

    LF_TRY(lf_incident_task_count(r->t, own_name(r), &c, r->e));
    begin(&o);
    lf_json_put_int(&o.w, "open", c.open);
    lf_json_put_int(&o.w, "overdue", c.overdue);
    lf_json_put_int(&o.w, "nobodys", c.nobodys);
    lf_json_put_int(&o.w, "mine", c.mine);
    lf_json_put_int(&o.w, "mine_overdue", c.mine_overdue);
    lf_json_put_int(&o.w, "at_most", LF_TASK_COUNTED);
    return end(r, &o, 200);
}

enum lf_code api_task(struct rq *r)
{
    const struct lf_task_entry *entries;
    struct lf_incident_task x;
    struct out o;
    size_t n;

    LF_TRY(lf_incident_task_get(r->t, r->id, &x, &n, &entries, r->e));
    begin(&o);
    put_row(&o.w, &x);
    lf_json_begin(&o.w, "log", '[');
    for (size_t i = 0; i < n; i++) {
        struct lf_account who;

        lf_json_open(&o.w, '{');
        lf_json_put_time(&o.w, "at", entries[i].at);
        lf_json_put_str(&o.w, "by", entries[i].account);
        if (lf_account_colleague(r->t, entries[i].account, &who, NULL) == LF_OK)
            lf_json_put_str(&o.w, "name", who.name);
        lf_json_put_cstr(&o.w, "phase", lf_task_phase_name(entries[i].phase));
        lf_json_put_cstr(&o.w, "state", lf_task_state_name(entries[i].state));
        lf_json_put_str(&o.w, "title", entries[i].title);
        put_text(&o.w, "assignee", entries[i].assignee);
        lf_json_put_time(&o.w, "due", entries[i].due);
        put_text(&o.w, "note", entries[i].note);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    return end(r, &o, 200);
}

enum lf_code api_incident_task_add(struct rq *r)
{
    lf_view id;

    LF_TRY(incident_task_add(r, &id));
    return say_id(r, 201, id);
}

enum lf_code api_task_change(struct rq *r)
{
    LF_TRY(incident_task_change(r));
    return answer_empty(r, 204);
}
