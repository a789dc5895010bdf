#include "cert/incident_task.h"

#include "cert/document_priv.h"
#include "cert/incident_priv.h"
#include "cert/notice_priv.h"
#include "ident/account.h"
#include "ident/audit.h"
#include "model/role.h"
#include "store/query_incident_task.h"

#define NEVER INT64_MAX /* the due time of what has none: after all others */

static const char *const phases[LF_TASK_PHASES] = { "prepare",     "report",  "contain",
                                                    "investigate", "recover", "improve" };
static const char *const states[LF_TASK_STATES] = { "waiting", "in_progress", "done", "cancelled" };

const char *lf_task_phase_name(enum lf_task_phase p)
{
    return phases[p];
}

const char *lf_task_state_name(enum lf_task_state s)
{
    return states[s];
}

bool lf_task_phase_parse(lf_view name, int *p)
{
    return name_number(phases, LF_TASK_PHASES, name, p);
}

bool lf_task_state_parse(lf_view name, int *s)
{
    return name_number(states, LF_TASK_STATES, name, s);
}

static bool is_end(enum lf_task_state state)
{
    return state == LF_TASK_DONE || state == LF_TASK_CANCELLED;
}

/* ---- rows ---- */

struct gather {
    struct lf_arena *a;
    lf_time now;
    void *items;
    size_t n, cap;
};

static lf_time due_of(const struct lf_row *r, int col)
{
    return lf_row_int(r, col) == NEVER ? 0 : lf_row_int(r, col);
}

static int64_t due_kept(lf_time due)
{
    return due ? due : NEVER;
}

static enum lf_code on_task(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_incident_task *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);
    struct lf_incident_task *x = &list[g->n++];

    (void)e;
    *x = (struct lf_incident_task){
        .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
        .incident = lf_arena_copy(g->a, lf_row_text(r, 1)),
        .incident_title = lf_arena_copy(g->a, lf_row_text(r, 2)),
        .exercise = lf_row_int(r, 3) != 0,
        .number = lf_row_int(r, 4),
        .origin = lf_arena_copy(g->a, lf_row_text(r, 5)),
        .phase = (enum lf_task_phase)lf_row_int(r, 6),
        .state = (enum lf_task_state)lf_row_int(r, 7),
        .title = lf_arena_copy(g->a, lf_row_text(r, 8)),
        .detail = lf_arena_copy(g->a, lf_row_text(r, 9)),
        .assignee = lf_arena_copy(g->a, lf_row_text(r, 10)),
        .due = due_of(r, 11),
        .added = lf_row_int(r, 12),
        .ended = lf_row_int(r, 13),
        .entries = lf_row_int(r, 14),
        .account = lf_arena_copy(g->a, lf_row_text(r, 15)),
    };
    x->overdue = x->due && !x->ended && x->due < g->now;
    return LF_OK;
}

static enum lf_code on_entry(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_task_entry *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);

    (void)e;
    list[g->n++] = (struct lf_task_entry){
        .at = lf_row_int(r, 0),
        .account = lf_arena_copy(g->a, lf_row_text(r, 1)),
        .phase = (enum lf_task_phase)lf_row_int(r, 2),
        .state = (enum lf_task_state)lf_row_int(r, 3),
        .title = lf_arena_copy(g->a, lf_row_text(r, 4)),
        .assignee = lf_arena_copy(g->a, lf_row_text(r, 5)),
        .due = due_of(r, 6),
        .note = lf_arena_copy(g->a, lf_row_text(r, 7)),
    };
    return LF_OK;
}

static struct gather gathering(struct lf_task *t)
{
    return (struct gather){ .a = t->a, .now = lf_now(t->env) };
}

/* ---- reading ---- */

static enum lf_code find(struct lf_task *t, lf_view id, struct lf_incident_task *out, struct lf_err *e)
{
    struct gather g = gathering(t);

    LF_TRY(incident_need_reader(t, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_incident_task_get, LF_ARGS(LF_TEXT(id), CLEARED(t)), on_task, &g,
                     NULL, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "there is no task %.*s", LF_FMT(lf_view_first(id, 80)));
    *out = *(struct lf_incident_task *)g.items;
    return LF_OK;
}

enum lf_code lf_incident_task_get(struct lf_task *t, lf_view id, struct lf_incident_task *out, size_t *n,
                                  const struct lf_task_entry **entries, struct lf_err *e)
{
    struct gather g = gathering(t);

    LF_TRY(find(t, id, out, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_incident_task_entry_list,
                     LF_ARGS(LF_TEXT(id), LF_INT(LF_TASK_ENTRIES)), on_entry, &g, NULL, e));
    *n = g.n;
    *entries = g.items;
    return LF_OK;
}

enum lf_code lf_incident_task_of(struct lf_task *t, lf_view incident, size_t *n,
                                 const struct lf_incident_task **out, struct lf_err *e)
{
    struct gather g = gathering(t);
    struct incident_kept kept;

    LF_TRY(incident_need_reader(t, e));
    LF_TRY(incident_find_own(t, incident, &kept, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_incident_task_of,
                     LF_ARGS(LF_TEXT(incident), LF_INT(LF_INCIDENT_TASKS)), on_task, &g, NULL, e));
    *n = g.n;
    *out = g.items;
    return LF_OK;
}

/* `after` is "TIME:NUMBER". */
static enum lf_code place_of(lf_view after, int64_t *time, int64_t *number, struct lf_err *e)
{
    lf_view first;

    if (!after.len ||
        (lf_view_split(&after, ':', &first) && lf_view_i64(first, time) && lf_view_i64(after, number)))
        return LF_OK;
    return lf_err_set(e, LF_BAD_INPUT, "task: that is no place in a list; give \"next\" as it came");
}

/* Of the open ones those are overdue that were due by then. */
static lf_time until(enum lf_task_which which, lf_time now)
{
    return which == LF_TASKS_OVERDUE ? now - 1 : NEVER;
}

enum lf_code lf_incident_task_list(struct lf_task *t, const struct lf_task_filter *f,
                                   const struct lf_page *page, size_t *n, const struct lf_incident_task **out,
                                   lf_view *next, struct lf_err *e)
{
    bool ended = f->which == LF_TASKS_ENDED;
    int64_t time = ended ? NEVER : 0, number = ended ? NEVER : 0;
    size_t limit = lf_page_rows(page), nargs = 0;
    struct gather g = gathering(t);
    const struct lf_query *q;
    const struct lf_incident_task *last;
    struct lf_arg args[7];

    LF_TRY(incident_need_reader(t, e));
    LF_TRY(place_of(page->after, &time, &number, e));
    if (f->by)
        args[nargs++] = text_arg(f->assignee);
    args[nargs++] = LF_INT(time);
    args[nargs++] = LF_INT(number);
    if (!ended)
        args[nargs++] = LF_INT(until(f->which, g.now));
    args[nargs++] = LF_INT(incident_clears(t));
    args[nargs++] = LF_TEXT(incident_reader(t));
    args[nargs++] = LF_INT(limit + 1);
    if (ended)
        q = f->by ? &lf_q_incident_task_ended_by : &lf_q_incident_task_ended;
    else
        q = f->by ? &lf_q_incident_task_open_by : &lf_q_incident_task_open;
    LF_TRY(lf_db_run(t->db, &t->scope, q, args, nargs, on_task, &g, NULL, e));
    *n = g.n > limit ? limit : g.n;
    *out = g.items;
    *next = LF_V("");
    if (g.n > limit) {
        last = &(*out)[limit - 1];
        *next = lf_arena_printf(t->a, "%lld:%lld", (long long)(ended ? last->ended : due_kept(last->due)),
                                (long long)last->number);
    }
    return LF_OK;
}

static enum lf_code count(struct lf_task *t, const lf_view *by, lf_time by_when, int64_t *out,
                          struct lf_err *e)
{
    return by ? lf_db_int(t->db, &t->scope, &lf_q_incident_task_count_by,
                          LF_ARGS(text_arg(*by), LF_INT(by_when), CLEARED(t), LF_INT(LF_TASK_COUNTED)), out,
                          e)
              : lf_db_int(t->db, &t->scope, &lf_q_incident_task_count,
                          LF_ARGS(LF_INT(by_when), CLEARED(t), LF_INT(LF_TASK_COUNTED)), out, e);
}

enum lf_code lf_incident_task_count(struct lf_task *t, lf_view me, struct lf_task_counts *out,
                                    struct lf_err *e)
{
    lf_time late = until(LF_TASKS_OVERDUE, lf_now(t->env));
    lf_view nobody = LF_V("");
    struct lf_task_counts c = { 0 };

    LF_TRY(incident_need_reader(t, e));
    LF_TRY(count(t, NULL, NEVER, &c.open, e));
    LF_TRY(count(t, NULL, late, &c.overdue, e));
    LF_TRY(count(t, &nobody, NEVER, &c.nobodys, e));
    if (me.len) {
        LF_TRY(count(t, &me, NEVER, &c.mine, e));
        LF_TRY(count(t, &me, late, &c.mine_overdue, e));
    }
    *out = c;
    return LF_OK;
}

/* ---- acts ---- */

static enum lf_code may_act(struct lf_task *t, struct lf_err *e)
{
    return incident_need(t, LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER,
                         "working at an incident", e);
}

/* Whom a task is given to can see it. */
enum lf_code lf_incident_task_owner(struct lf_task *t, lf_view name, struct lf_err *e)
{
    static const unsigned sees = LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER |
                                 LF_ROLE_READER;
    struct lf_account who;

    if (!name.len)
        return LF_OK;
    if (lf_account_colleague(t, name, &who, NULL) != LF_OK || !lf_view_eq(who.name, name) || who.disabled)
        return lf_err_set(e, LF_BAD_INPUT, "task: there is no account \"%.*s\"",
                          LF_FMT(lf_view_first(name, 64)));
    return who.roles & sees
               ? LF_OK
               : lf_err_set(e, LF_BAD_INPUT, "task: \"%.*s\" may not see incidents", LF_FMT(name));
}

static enum lf_code ok(struct lf_task *t, const struct lf_incident_task *x, struct lf_err *e)
{
    LF_TRY(document_text("task", "title", x->title, 1, LF_TASK_TITLE, e));
    LF_TRY(document_text("task", "detail", x->detail, 0, LF_TASK_TEXT, e));
    return lf_incident_task_owner(t, x->assignee, e);
}

static enum lf_code add_entry(struct lf_task *t, const struct lf_incident_task *x, lf_view note,
                              struct lf_err *e)
{
    return lf_db_exec(t->db, &t->scope, &lf_q_incident_task_entry_add,
                      LF_ARGS(LF_TEXT(x->id), LF_INT(x->entries), LF_INT(lf_now(t->env)),
                              LF_TEXT(t->scope.account), LF_INT(x->phase), LF_INT(x->state),
                              LF_TEXT(x->title), LF_TEXT(x->assignee), LF_INT(due_kept(x->due)),
                              LF_TEXT(note)),
                      e);
}

static enum lf_code audit(struct lf_task *t, lf_view action, const struct lf_incident_task *x,
                          struct lf_err *e)
{
    struct lf_audit_note n;

    lf_audit_open(&n);
    lf_json_put_str(&n.w, "task", x->id);
    lf_json_put_cstr(&n.w, "state", states[x->state]);
    return lf_audit_close(&n, t, action, x->incident, e);
}

/* Is this contact one of the task's organisation?  The node's own stand also where there is no account. */
static enum lf_code is_ours(struct lf_task *t, lf_view contact, bool *ours, struct lf_err *e)
{
    struct lf_contact c;
    struct lf_unit u;

    LF_TRY(people_contact(t, contact, &c, e));
    LF_TRY(lf_unit_get(t, c.unit, &u, e));
    *ours = lf_view_eq(u.tenant, t->scope.org) || (!u.tenant.len && lf_view_eq(t->scope.org, t->self->org));
    return LF_OK;
}

/* Whose it is from now on, unless he gave it to himself.  What it says is of the node's own tasks alone: all
 * people of the node read its notices. */
static enum lf_code tell(struct lf_task *t, const struct lf_incident_task *x,
                         const struct incident_kept *kept, struct lf_err *e)
{
    struct lf_account who;
    const lf_view *contacts;
    bool own = lf_view_eq(t->scope.org, t->self->org), ours;
    size_t n;

    if (!x->assignee.len)
        return LF_OK;
    LF_TRY(lf_account_colleague(t, x->assignee, &who, e));
    if (lf_view_eq(who.id, t->scope.account))
        return LF_OK;
    LF_TRY(people_of_account(t, who.id, &n, &contacts, e));
    for (size_t i = 0; i < n; i++) {
        struct lf_notice_new one = { .kind = LF_NOTICE_TASK,
                                     .key = lf_arena_printf(t->a, "task/%.*s/%lld/%.*s", LF_FMT(x->id),
                                                            (long long)x->entries, LF_FMT(contacts[i])),
                                     .subject = x->incident,
                                     .title = own ? x->title : LF_V(""),
                                     .detail = own ? incident_title_told(kept->row.tlp, kept->row.title)
                                                   : LF_V(""),
                                     .path = lf_arena_printf(t->a, "/tasks/%.*s", LF_FMT(x->id)),
                                     .about = contacts[i],
                                     .level = kept->row.level,
                                     .exercise = kept->row.exercise,
                                     .due = x->due };

        LF_TRY(is_ours(t, contacts[i], &ours, e));
        if (ours)
            LF_TRY(lf_notice_raise(t, &one, NULL, e));
    }
    return LF_OK;
}

enum lf_code lf_incident_task_release(struct lf_task *t, lf_view org, lf_view account_name, struct lf_err *e)
{
    struct lf_scope scope = t->scope;

    LF_TRY(incident_need(t, LF_ROLE_ADMIN, "releasing an account's tasks", e));
    if (!lf_view_eq(org, t->scope.org) && !lf_view_eq(t->scope.org, t->self->org))
        return lf_err_set(e, LF_FORBIDDEN, "task: that account is another organisation's");
    scope.org = org;
    LF_TRY(lf_db_exec(
        t->db, &scope, &lf_q_incident_task_release_entries,
        LF_ARGS(LF_INT(lf_now(t->env)), LF_TEXT(t->scope.account),
                LF_TEXT(lf_arena_printf(t->a, "帳號已停用 account disabled: %.*s", LF_FMT(account_name))),
                LF_TEXT(account_name)),
        e));
    return lf_db_exec(t->db, &scope, &lf_q_incident_task_release, LF_ARGS(LF_TEXT(account_name)), e);
}

enum lf_code lf_incident_task_add(struct lf_task *t, const struct lf_incident_task *in, lf_view *id,
                                  struct lf_err *e)
{
    struct lf_incident_task x = *in;
    struct incident_kept kept;
    int64_t have;

    LF_TRY(may_act(t, e));
    x.title = lf_view_trim(x.title);
    x.detail = lf_view_some(lf_view_trim(x.detail));
    x.assignee = lf_view_some(x.assignee);
    x.origin = lf_view_some(x.origin);
    x.state = LF_TASK_WAITING;
    x.entries = 1;
    LF_TRY(ok(t, &x, e));
    LF_TRY(incident_find_own(t, x.incident, &kept, e));
    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_incident_task_count_of, LF_ARGS(LF_TEXT(x.incident)), &have, e));
    if (have >= LF_INCIDENT_TASKS)
        return lf_err_set(e, LF_TOO_MANY, "task: an incident has at most %d tasks", LF_INCIDENT_TASKS);
    x.id = lf_uuid_new(t->env, t->a);
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_incident_task_add,
                      LF_ARGS(LF_TEXT(x.id), LF_TEXT(x.incident), LF_TEXT(x.origin), LF_INT(x.phase),
                              LF_INT(x.state), LF_TEXT(x.title), LF_TEXT(x.detail), LF_TEXT(x.assignee),
                              LF_INT(due_kept(x.due)), LF_INT(lf_now(t->env)), LF_TEXT(t->scope.account)),
                      e));
    LF_TRY(add_entry(t, &x, LF_V(""), e));
    LF_TRY(tell(t, &x, &kept, e));
    *id = x.id;
    return audit(t, LF_V("task.add"), &x, e);
}

/* What stands after the change; *changed: something other than the note. */
static struct lf_incident_task changed_task(const struct lf_incident_task *x, const struct lf_task_change *c,
                                            lf_time now, bool *changed)
{
    struct lf_incident_task y = *x;

    if (c->title.ptr)
        y.title = lf_view_trim(c->title);
    if (c->assignee.ptr)
        y.assignee = c->assignee;
    if (c->phase >= 0)
        y.phase = (enum lf_task_phase)c->phase;
    if (c->state >= 0)
        y.state = (enum lf_task_state)c->state;
    if (c->set_due)
        y.due = c->due;
    if (y.state != x->state)
        y.ended = is_end(y.state) ? now : 0;
    *changed = !lf_view_eq(x->title, y.title) || !lf_view_eq(x->assignee, y.assignee) ||
               x->phase != y.phase || x->state != y.state || x->due != y.due;
    return y;
}

enum lf_code lf_incident_task_change(struct lf_task *t, lf_view id, const struct lf_task_change *c,
                                     struct lf_err *e)
{
    lf_view note = lf_view_some(lf_view_trim(c->note));
    struct lf_incident_task x, y;
    bool changed;

    LF_TRY(may_act(t, e));
    LF_TRY(find(t, id, &x, e));
    y = changed_task(&x, c, lf_now(t->env), &changed);
    LF_TRY(document_text("task", "note", note, 0, LF_TASK_TEXT, e));
    LF_TRY(document_text("task", "title", y.title, 1, LF_TASK_TITLE, e));
    if (!lf_view_eq(x.assignee, y.assignee)) /* one that left may keep what is over */
        LF_TRY(lf_incident_task_owner(t, y.assignee, e));
    if (!changed && !note.len)
        return lf_err_set(e, LF_BAD_INPUT, "task: nothing of it changes, and there is no note");
    if (changed && c->base && c->base != x.entries)
        return lf_err_set(e, LF_CONFLICT, "task: somebody changed it meanwhile; see how it stands now");
    if (x.entries >= LF_TASK_ENTRIES)
        return lf_err_set(e, LF_TOO_MANY, "task: its log has %d entries; add another task", LF_TASK_ENTRIES);
    y.entries = x.entries + 1;
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_incident_task_set,
                      LF_ARGS(LF_INT(y.phase), LF_INT(y.state), LF_TEXT(y.title), LF_TEXT(y.assignee),
                              LF_INT(due_kept(y.due)), LF_INT(y.ended), LF_INT(y.entries), LF_TEXT(id)),
                      e));
    LF_TRY(add_entry(t, &y, note, e));
    if (!lf_view_eq(x.assignee, y.assignee) && !y.ended) {
        struct incident_kept kept;

        LF_TRY(incident_find_own(t, y.incident, &kept, e));
        LF_TRY(tell(t, &y, &kept, e));
    }
    return audit(t, LF_V("task.change"), &y, e);
}
