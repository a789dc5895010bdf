#include "cert/exercise.h"

#include "cert/document_priv.h"
#include "cert/inject_priv.h"
#include "cert/unit.h"
#include "ident/audit.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "model/role.h"
#include "store/query_exercise.h"

static const char *const kinds[LF_EXERCISE_KINDS] = { "reporting",          "cross-sector",
                                                      "attack-defence",     "public-service",
                                                      "social-engineering", "telecom" };
static const char *const states[LF_EXERCISE_STATES] = { "planned", "running", "ended", "cancelled" };
static const char *const tiers[] = { "", "provider", "sector", "nation" };

const char *lf_exercise_kind_name(enum lf_exercise_kind k)
{
    return kinds[k];
}

const char *lf_exercise_state_name(enum lf_exercise_state s)
{
    return states[s];
}

bool lf_exercise_kind_parse(lf_view name, enum lf_exercise_kind *out)
{
    size_t at;

    if (!lf_view_among(name, kinds, LF_EXERCISE_KINDS, &at))
        return false;
    *out = (enum lf_exercise_kind)at;
    return true;
}

bool lf_exercise_state_parse(lf_view name, enum lf_exercise_state *out)
{
    size_t at;

    if (!lf_view_among(name, states, LF_EXERCISE_STATES, &at))
        return false;
    *out = (enum lf_exercise_state)at;
    return true;
}

/* ---- rows ---- */

struct gather {
    struct lf_arena *a;
    void *items;
    size_t n, cap;
};

static enum lf_code on_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_exercise *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);

    (void)e;
    list[g->n++] = (struct lf_exercise){
        .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
        .number = lf_row_int(r, 1),
        .kind = (enum lf_exercise_kind)lf_row_int(r, 2),
        .state = (enum lf_exercise_state)lf_row_int(r, 3),
        .name = lf_arena_copy(g->a, lf_row_text(r, 4)),
        .aim = lf_arena_copy(g->a, lf_row_text(r, 5)),
        .speed = (int)lf_row_int(r, 6),
        .reach = lf_view_of(tiers[lf_row_int(r, 7) & 3]),
        .begins = lf_row_int(r, 8),
        .ends = lf_row_int(r, 9),
        .began = lf_row_int(r, 10),
        .ended = lf_row_int(r, 11),
        .report_due = lf_row_int(r, 12),
        .reported = lf_row_int(r, 13),
        .report = lf_arena_copy(g->a, lf_row_text(r, 14)),
        .account = lf_arena_copy(g->a, lf_row_text(r, 15)),
        .created = lf_row_int(r, 16),
        .changed = lf_row_int(r, 17),
        .late = lf_row_int(r, 18) != 0,
        .origin = lf_arena_copy(g->a, lf_row_text(r, 19)),
        .conductor_name = lf_arena_copy(g->a, lf_row_text(r, 20)),
        .whole = lf_row_int(r, 21) != 0,
        .answer = (enum lf_part_answer)lf_row_int(r, 22),
        .answered = lf_row_int(r, 23),
        .why = lf_arena_copy(g->a, lf_row_text(r, 24)),
    };
    return LF_OK;
}

static enum lf_code on_member(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_exercise_member *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);

    (void)e;
    list[g->n++] = (struct lf_exercise_member){ lf_arena_copy(g->a, lf_row_text(r, 0)),
                                                lf_arena_copy(g->a, lf_row_text(r, 1)),
                                                lf_row_int(r, 2) != 0 };
    return LF_OK;
}

enum lf_code exercise_see(const struct lf_task *t, struct lf_err *e)
{
    return lf_ident_need(t,
                         LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER |
                             LF_ROLE_READER | LF_ROLE_SYSTEM,
                         e);
}

enum lf_code exercise_need(const struct lf_task *t, struct lf_err *e)
{
    return lf_ident_need(t, LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REVIEWER, e);
}

/* The node's own that a tenant takes part in: what it may know of them. */
static enum lf_code guests(struct lf_task *t, lf_view id, int64_t most, struct gather *g, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct lf_exercise *list;

    if (lf_view_eq(t->scope.org, t->self->org))
        return LF_OK;
    LF_TRY(lf_db_run(t->db, &node, &lf_q_exercise_guest_get,
                     LF_ARGS(LF_INT(lf_now(t->env)), LF_TEXT(t->scope.org), LF_TEXT(id), LF_INT(most)),
                     on_row, g, NULL, e));
    list = g->items;
    for (size_t i = 0; i < g->n; i++) {
        list[i].guest = true;
        list[i].conductor_name = list[i].conductor_name.len ? list[i].conductor_name : t->self->name;
    }
    return LF_OK;
}

enum lf_code lf_exercise_get(struct lf_task *t, lf_view id, struct lf_exercise *out, struct lf_err *e)
{
    struct gather g = { .a = t->a };

    LF_TRY(exercise_see(t, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_exercise_get, LF_ARGS(LF_INT(lf_now(t->env)), LF_TEXT(id)),
                     on_row, &g, NULL, e));
    if (!g.n)
        LF_TRY(guests(t, id, 1, &g, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "there is no exercise %.*s", LF_FMT(lf_view_first(id, 80)));
    *out = *(struct lf_exercise *)g.items;
    return LF_OK;
}

enum lf_code exercise_conducted(struct lf_task *t, lf_view id, struct lf_exercise *out, struct lf_err *e)
{
    LF_TRY(exercise_need(t, e));
    LF_TRY(lf_exercise_get(t, id, out, e));
    if (out->origin.len || out->guest)
        return lf_err_set(e, LF_FORBIDDEN,
                          "exercise: it is conducted elsewhere; only who conducts it changes it");
    return LF_OK;
}

enum lf_code lf_exercise_guest(struct lf_task *t, size_t *n, const struct lf_exercise **out, struct lf_err *e)
{
    struct gather g = { .a = t->a };

    LF_TRY(exercise_see(t, e));
    LF_TRY(guests(t, LF_V(""), LF_EXERCISES_GUEST, &g, e));
    *n = g.n;
    *out = g.items;
    return LF_OK;
}

enum lf_code lf_exercise_members(struct lf_task *t, lf_view id, size_t *n,
                                 const struct lf_exercise_member **out, struct lf_err *e)
{
    struct gather g = { .a = t->a };

    LF_TRY(exercise_see(t, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_exercise_member_list, LF_ARGS(LF_TEXT(id)), on_member, &g, NULL,
                     e));
    *n = g.n;
    *out = g.items;
    return LF_OK;
}

enum lf_code lf_exercise_list(struct lf_task *t, int state, bool late, const struct lf_page *page, size_t *n,
                              const struct lf_exercise **out, lf_view *next, struct lf_err *e)
{
    struct gather g = { .a = t->a };
    size_t limit = lf_page_rows(page);
    int64_t before = INT64_MAX;

    LF_TRY(exercise_see(t, e));
    if (page && page->after.len && !lf_view_i64(page->after, &before))
        return lf_err_set(e, LF_BAD_INPUT, "exercise: that is no place in a list; give \"next\" as it came");
    LF_TRY(lf_db_run(
        t->db, &t->scope, &lf_q_exercise_list,
        LF_ARGS(LF_INT(lf_now(t->env)), LF_INT(before), LF_INT(state), LF_INT(late), LF_INT(limit + 1)),
        on_row, &g, NULL, e));
    *n = g.n > limit ? limit : g.n;
    *out = g.items;
    *next = g.n > limit ? lf_arena_printf(t->a, "%lld", (long long)(*out)[limit - 1].number) : LF_V("");
    return LF_OK;
}

enum lf_code lf_exercise_late(struct lf_task *t, int64_t *n, struct lf_err *e)
{
    LF_TRY(exercise_see(t, e));
    return lf_db_int(t->db, &t->scope, &lf_q_exercise_late, LF_ARGS(LF_INT(lf_now(t->env))), n, e);
}

enum lf_code lf_exercise_running(struct lf_task *t, size_t *n, const struct lf_exercise **out,
                                 struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = { .a = t->a };

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_exercise_running,
                     LF_ARGS(LF_TEXT(LF_V("")), LF_INT(LF_EXERCISES_RUNNING)), on_row, &g, NULL, e));
    if (!lf_view_eq(t->scope.org, t->self->org))
        LF_TRY(lf_db_run(t->db, &node, &lf_q_exercise_running,
                         LF_ARGS(LF_TEXT(t->scope.org), LF_INT(LF_EXERCISES_RUNNING)), on_row, &g, NULL, e));
    *n = g.n < LF_EXERCISES_RUNNING ? g.n : LF_EXERCISES_RUNNING;
    *out = g.items;
    return LF_OK;
}

enum lf_code lf_exercise_named(struct lf_task *t, lf_view id, struct lf_exercise *out, struct lf_err *e)
{
    const struct lf_exercise *list;
    size_t n;

    LF_TRY(lf_exercise_running(t, &n, &list, e));
    for (size_t i = 0; i < n; i++)
        if (lf_view_eq(list[i].id, id)) {
            *out = list[i];
            return LF_OK;
        }
    return lf_err_set(e, LF_UNACCEPTED,
                      "exercise: %.*s is no exercise that runs and that you take part in; start it first",
                      LF_FMT(lf_view_first(id, 80)));
}

enum lf_code lf_exercise_of_form(struct lf_task *t, const struct lf_json *form,
                                 struct lf_incident_exercise *out, struct lf_err *e)
{
    const struct lf_json *v = lf_json_get(form, LF_V("exercise"));
    struct lf_exercise x;

    *out = (struct lf_incident_exercise){ .speed = 1 };
    if (!v || lf_json_kind(v) == LF_JSON_FALSE || lf_json_kind(v) == LF_JSON_NULL)
        return LF_OK;
    if (lf_json_kind(v) != LF_JSON_STRING)
        return lf_err_set(e, LF_UNACCEPTED,
                          "exercise is the id of an exercise that runs; /api/v1/exercises lists them");
    if (!lf_json_text(v).len)
        return LF_OK;
    LF_TRY(lf_exercise_named(t, lf_json_text(v), &x, e));
    *out = (struct lf_incident_exercise){ x.id, x.name, x.speed, x.reach };
    return LF_OK;
}

/* ---- the sheet ---- */

static const char *const stands_names[LF_EXERCISE_STANDS] = { "", "in-time", "late", "running" };

const char *lf_exercise_stands_name(enum lf_exercise_stands s)
{
    return stands_names[s];
}

bool lf_exercise_stands_parse(lf_view name, enum lf_exercise_stands *out)
{
    size_t at;

    if (!lf_view_among(name, stands_names, LF_EXERCISE_STANDS, &at))
        return false;
    *out = (enum lf_exercise_stands)at;
    return true;
}

static enum lf_code on_score(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_exercise_score *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);

    (void)e;
    list[g->n++] = (struct lf_exercise_score){
        .by = lf_arena_copy(g->a, lf_row_text(r, 0)),
        .name = lf_arena_copy(g->a, lf_row_text(r, 1)),
        .clock = lf_arena_copy(g->a, lf_row_text(r, 2)),
        .zh = lf_arena_copy(g->a, lf_row_text(r, 3)),
        .en = lf_arena_copy(g->a, lf_row_text(r, 4)),
        .cases = { 0, lf_row_int(r, 5), lf_row_int(r, 6), lf_row_int(r, 7) },
    };
    return LF_OK;
}

enum lf_code lf_exercise_sheet(struct lf_task *t, lf_view id, size_t *n, const struct lf_exercise_score **out,
                               struct lf_err *e)
{
    lf_time now = lf_now(t->env) / LF_SECOND * LF_SECOND; /* clocks count whole seconds */
    struct gather g = { .a = t->a };

    LF_TRY(exercise_see(t, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_exercise_sheet,
                     LF_ARGS(LF_INT(now), LF_TEXT(id), LF_INT(LF_EXERCISE_SHEET + 1)), on_score, &g, NULL,
                     e));
    if (g.n > LF_EXERCISE_SHEET)
        return lf_err_set(e, LF_TOO_BIG, "exercise: its sheet would have more than %d rows",
                          LF_EXERCISE_SHEET);
    *n = g.n;
    *out = g.items;
    return LF_OK;
}

/* ---- acts ---- */

/* What is not said is filled in. */
static enum lf_code ready(struct lf_task *t, const struct lf_exercise *in, struct lf_exercise *out,
                          struct lf_err *e)
{
    struct lf_exercise x = *in;

    x.name = lf_view_trim(x.name);
    x.aim = lf_view_some(lf_view_trim(x.aim));
    x.speed = x.speed ? x.speed : 1;
    x.reach = x.reach.len ? x.reach : t->self->tier;
    LF_TRY(document_text("exercise", "name", x.name, 1, LF_EXERCISE_NAME, e));
    LF_TRY(document_text("exercise", "aim", x.aim, 0, LF_EXERCISE_AIM, e));
    if (x.speed < 1 || x.speed > LF_EXERCISE_SPEED)
        return lf_err_set(e, LF_BAD_INPUT, "exercise: speed is a whole number from 1 to %d",
                          LF_EXERCISE_SPEED);
    if (!lf_view_eq(x.reach, t->self->tier))
        return lf_err_set(
            e, LF_BAD_INPUT,
            "exercise: reach is this node's own tier, %.*s; who stands above conducts what reaches it",
            LF_FMT(t->self->tier));
    if (!x.begins || x.ends <= x.begins)
        return lf_err_set(e, LF_BAD_INPUT, "exercise: it begins, and ends after that");
    if (x.report_due && x.report_due <= x.begins)
        return lf_err_set(e, LF_BAD_INPUT, "exercise: its result report is due after it begins");
    *out = x;
    return LF_OK;
}

/* Names or OIDs of the contact network, after `seq` others. */
static enum lf_code keep_some(struct lf_task *t, lf_view id, const lf_view *members, size_t n, bool below,
                              size_t *seq, struct lf_err *e)
{
    enum lf_code rc = LF_OK;

    for (size_t i = 0; i < n && rc == LF_OK; i++) {
        lf_view said = lf_view_trim(members[i]);
        struct lf_unit u;

        if (!said.len || lf_unit_find(t, said, said, &u, e) != LF_OK)
            return lf_err_set(e, LF_UNACCEPTED,
                              "exercise: \"%.*s\" is no organisation of the contact network; add it there",
                              LF_FMT(lf_view_first(said, 120)));
        if (below && !u.peer.len)
            return lf_err_set(e, LF_UNACCEPTED,
                              "exercise: \"%.*s\" has no node of its own; nothing lies below it",
                              LF_FMT(u.name));
        rc = lf_db_exec(t->db, &t->scope, &lf_q_exercise_member_add,
                        LF_ARGS(LF_TEXT(id), LF_INT(*seq), LF_TEXT(u.id), LF_TEXT(u.name), LF_INT(below)), e);
        (*seq)++;
        if (rc == LF_CONFLICT)
            rc = lf_err_set(e, LF_BAD_INPUT, "exercise: \"%.*s\" takes part twice", LF_FMT(u.name));
    }
    return rc;
}

enum lf_code exercise_keep_members(struct lf_task *t, lf_view id, const struct lf_exercise_members *who,
                                   struct lf_err *e)
{
    size_t seq = 0;

    if (who->n + who->nbranches > LF_EXERCISE_MEMBERS)
        return lf_err_set(e, LF_TOO_MANY, "exercise: at most %d organisations take part",
                          LF_EXERCISE_MEMBERS);
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_exercise_member_clear, LF_ARGS(LF_TEXT(id)), e));
    LF_TRY(keep_some(t, id, who->names, who->n, false, &seq, e));
    return keep_some(t, id, who->branches, who->nbranches, true, &seq, e);
}

enum lf_code lf_exercise_add(struct lf_task *t, const struct lf_exercise *in,
                             const struct lf_exercise_members *who, lf_view *id, struct lf_err *e)
{
    struct lf_exercise x;

    LF_TRY(exercise_need(t, e));
    LF_TRY(ready(t, in, &x, e));
    x.id = lf_uuid_new(t->env, t->a);
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_exercise_add,
                      LF_ARGS(LF_TEXT(x.id), LF_INT(x.kind), LF_TEXT(x.name), LF_TEXT(x.aim), LF_INT(x.speed),
                              LF_INT(lf_tier_height(x.reach)), LF_INT(x.begins), LF_INT(x.ends),
                              LF_INT(x.report_due), LF_TEXT(t->scope.account), LF_INT(lf_now(t->env))),
                      e));
    LF_TRY(exercise_keep_members(t, x.id, who, e));
    LF_TRY(exercise_tell(t, &x, e));
    *id = x.id;
    return lf_audit_add(t, LF_V("exercise.add"), x.id, LF_V("{}"), e);
}

enum lf_code lf_exercise_change(struct lf_task *t, const struct lf_exercise *in,
                                const struct lf_exercise_members *who, struct lf_err *e)
{
    struct lf_exercise x, before;
    int64_t changed = 0;

    LF_TRY(exercise_conducted(t, in->id, &before, e));
    LF_TRY(ready(t, in, &x, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_exercise_set,
                     LF_ARGS(LF_INT(x.kind), LF_TEXT(x.name), LF_TEXT(x.aim), LF_INT(x.speed),
                             LF_INT(lf_tier_height(x.reach)), LF_INT(x.begins), LF_INT(x.ends),
                             LF_INT(x.report_due), LF_INT(lf_now(t->env)), LF_TEXT(x.id)),
                     NULL, NULL, &changed, e));
    if (!changed)
        return lf_err_set(e, LF_CONFLICT, "exercise: it is changed only as long as it is planned");
    LF_TRY(exercise_keep_members(t, x.id, who, e));
    LF_TRY(exercise_tell(t, &x, e));
    return lf_audit_add(t, LF_V("exercise.change"), x.id, LF_V("{}"), e);
}

lf_time exercise_span(const struct lf_exercise *x, lf_time t)
{
    return (t + x->speed - 1) / x->speed;
}

/* The same hour of the same day a month on, in Taipei, or of that month's last day. */
static lf_time month_after(lf_time at)
{
    struct lf_civil c = lf_civil_of(at + LF_TAIPEI);

    c.year += c.month == 12;
    c.month = c.month % 12 + 1;
    while (!lf_civil_ok(&c))
        c.day--;
    return lf_time_of(&c) - LF_TAIPEI;
}

/* One that came from a node which is not the one above any more is nobody's to end but this node's. */
static enum lf_code may_move(struct lf_task *t, const struct lf_exercise *x, enum lf_exercise_state to,
                             struct lf_err *e)
{
    struct lf_exercise again;
    bool above;

    if (!x->origin.len || x->guest || to < LF_EXERCISE_ENDED)
        return exercise_conducted(t, x->id, &again, e);
    LF_TRY(exercise_above(t, x->origin, &above, e));
    return above ? exercise_conducted(t, x->id, &again, e) : LF_OK;
}

enum lf_code lf_exercise_move(struct lf_task *t, lf_view id, enum lf_exercise_state to, struct lf_err *e)
{
    lf_time now = lf_now(t->env);
    struct lf_exercise x;
    bool fits;

    LF_TRY(exercise_need(t, e));
    LF_TRY(lf_exercise_get(t, id, &x, e));
    LF_TRY(may_move(t, &x, to, e));
    fits = to == LF_EXERCISE_RUNNING     ? x.state == LF_EXERCISE_PLANNED
           : to == LF_EXERCISE_ENDED     ? x.state == LF_EXERCISE_RUNNING
           : to == LF_EXERCISE_CANCELLED ? x.state <= LF_EXERCISE_RUNNING
                                         : false;
    if (!fits)
        return lf_err_set(e, LF_CONFLICT, "exercise: it is %s and cannot become %s", states[x.state],
                          states[to]);
    if (to == LF_EXERCISE_RUNNING)
        x.began = now;
    else
        x.ended = now;
    if (to == LF_EXERCISE_ENDED && !x.report_due)
        x.report_due = month_after(now);
    LF_TRY(to == LF_EXERCISE_RUNNING ? script_begin(t, &x, e) : script_end(t, id, e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_exercise_move,
                      LF_ARGS(LF_INT(to), LF_INT(x.began), LF_INT(x.ended), LF_INT(x.report_due), LF_INT(now),
                              LF_TEXT(id), LF_INT(x.state)),
                      e));
    x.state = to;
    LF_TRY(exercise_tell(t, &x, e));
    return lf_audit_add(t, lf_arena_printf(t->a, "exercise.%s", states[to]), id, LF_V("{}"), e);
}

enum lf_code lf_exercise_report(struct lf_task *t, lf_view id, lf_view text, struct lf_err *e)
{
    struct lf_exercise x;
    int64_t changed = 0;

    LF_TRY(lf_exercise_get(t, id, &x, e));
    if (!x.guest || lf_ident_need(t, LF_ROLE_REPORTER, &(struct lf_err){ 0 }) != LF_OK)
        LF_TRY(exercise_need(t, e));
    text = lf_view_trim(text);
    LF_TRY(document_text("exercise", "report", text, 1, LF_EXERCISE_REPORT, e));
    if (x.guest)
        return exercise_report_guest(t, &x, text, e);
    t->effects |= x.origin.len ? LF_FX_OUTBOX : 0;
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_exercise_report,
                     LF_ARGS(LF_TEXT(text), LF_INT(lf_now(t->env)), LF_TEXT(id)), NULL, NULL, &changed, e));
    if (!changed)
        return lf_err_set(e, LF_CONFLICT, "exercise: its result report is handed in once it has ended");
    return lf_audit_add(t, LF_V("exercise.report"), id, LF_V("{}"), e);
}
