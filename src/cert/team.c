#include "cert/team.h"

#include "cert/document_priv.h"
#include "cert/duty.h"
#include "cert/incident_priv.h"
#include "cert/incident_task.h"
#include "cert/manning.h"
#include "cert/people_priv.h"
#include "cert/team_priv.h"
#include "ident/account.h"
#include "ident/audit.h"
#include "ident/node.h"
#include "store/query_team.h"

static const char *const states[] = { "calling", "assembled", "recovering", "ended", "cancelled" };
static const char *const call_states[] = { "waiting", "comes", "declines", "spare", "home" };

static_assert(sizeof states / sizeof *states == LF_TEAM_STATES, "each state has its word");
static_assert(sizeof call_states / sizeof *call_states == LF_TEAM_CALL_STATES, "each state has its word");

const char *lf_team_state_name(enum lf_team_state s)
{
    return states[s];
}

const char *lf_team_call_state_name(enum lf_team_call_state s)
{
    return call_states[s];
}

bool lf_team_state_parse(lf_view name, enum lf_team_state *out)
{
    size_t at;
    bool found = lf_view_among(name, states, LF_TEAM_STATES, &at);

    if (found)
        *out = (enum lf_team_state)at;
    return found;
}

bool lf_team_call_state_parse(lf_view name, enum lf_team_call_state *out)
{
    size_t at;
    bool found = lf_view_among(name, call_states, LF_TEAM_CALL_STATES, &at);

    if (found)
        *out = (enum lf_team_call_state)at;
    return found;
}

enum lf_code lf_team_needs(lf_view words, int needs[LF_SKILLS], struct lf_err *e)
{
    int got[LF_SKILLS] = { 0 };
    int64_t all = 0;
    lf_view one;

    while (lf_view_split(&words, ',', &one)) {
        lf_view skill = LF_V(""), rest = lf_view_trim(one);
        enum lf_skill s;
        int64_t n;

        if (!rest.len)
            continue;
        if (!lf_view_split(&rest, ':', &skill) || !lf_skill_parse(lf_view_trim(skill), &s) || !rest.ptr ||
            !lf_view_i64(lf_view_trim(rest), &n) || n < 1 || n > LF_TEAM_WANTED || got[s])
            return lf_err_set(e, LF_BAD_INPUT,
                              "team: needs are skills with how many, each once, as \"forensics:2,law:1\"");
        got[s] = (int)n;
        all += n;
    }
    if (all < 1 || all > LF_TEAM_WANTED)
        return lf_err_set(e, LF_BAD_INPUT, "team: it has 1 to %d people", LF_TEAM_WANTED);
    memcpy(needs, got, sizeof got);
    return LF_OK;
}

static unsigned wanted(const int needs[LF_SKILLS])
{
    unsigned bits = 0;

    for (int s = 0; s < LF_SKILLS; s++)
        bits |= needs[s] ? 1U << s : 0;
    return bits;
}

static lf_view needs_said(struct lf_arena *a, const int needs[LF_SKILLS])
{
    lf_view out = LF_V("");

    for (enum lf_skill s = LF_SKILL_FORENSICS; s < LF_SKILLS; s++)
        if (needs[s])
            out = lf_arena_printf(a, "%.*s%s%s:%d", LF_FMT(out), out.len ? "," : "", lf_skill_name(s),
                                  needs[s]);
    return out;
}

/* ---- rows ---- */

struct teams {
    struct lf_arena *a;
    struct lf_team *v;
    size_t n, cap;
};

static enum lf_code on_team(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct teams *g = ctx;
    struct lf_team *x;

    g->v = lf_arena_grow(g->a, g->v, g->n, &g->cap, sizeof *g->v);
    x = &g->v[g->n++];
    *x = (struct lf_team){ .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
                           .incident = lf_arena_copy(g->a, lf_row_text(r, 1)),
                           .exercise = (int)lf_row_int(r, 2),
                           .title = lf_arena_copy(g->a, lf_row_text(r, 3)),
                           .needs_said = lf_arena_copy(g->a, lf_row_text(r, 4)),
                           .place = lf_arena_copy(g->a, lf_row_text(r, 5)),
                           .begins = lf_row_int(r, 6),
                           .answer_by = lf_row_int(r, 7),
                           .who = (enum lf_who)lf_row_int(r, 8),
                           .seat = (int)lf_row_int(r, 9),
                           .rest = lf_row_int(r, 10),
                           .state = (enum lf_team_state)lf_row_int(r, 11),
                           .moves = lf_row_int(r, 12),
                           .note = lf_arena_copy(g->a, lf_row_text(r, 13)),
                           .made = lf_row_int(r, 14),
                           .made_by = lf_arena_copy(g->a, lf_row_text(r, 15)),
                           .changed = lf_row_int(r, 16) };
    return lf_team_needs(x->needs_said, x->needs, e);
}

struct calls {
    struct lf_arena *a;
    struct lf_team_call *v;
    size_t n, cap;
};

static enum lf_code on_call(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct calls *g = ctx;

    (void)e;
    g->v = lf_arena_grow(g->a, g->v, g->n, &g->cap, sizeof *g->v);
    g->v[g->n++] = (struct lf_team_call){ .contact = lf_arena_copy(g->a, lf_row_text(r, 0)),
                                          .name = lf_arena_copy(g->a, lf_row_text(r, 1)),
                                          .unit = lf_arena_copy(g->a, lf_row_text(r, 2)),
                                          .skills = (unsigned)lf_row_int(r, 3),
                                          .skill = (int)lf_row_int(r, 4),
                                          .state = (enum lf_team_call_state)lf_row_int(r, 5),
                                          .eta = lf_row_int(r, 6),
                                          .said = lf_row_int(r, 7),
                                          .said_by = lf_arena_copy(g->a, lf_row_text(r, 8)),
                                          .manning = lf_arena_copy(g->a, lf_row_text(r, 9)),
                                          .released = lf_row_int(r, 10),
                                          .handback = lf_arena_copy(g->a, lf_row_text(r, 11)),
                                          .queued = lf_row_int(r, 12) == TEAM_CALL,
                                          .arrived = lf_row_int(r, 13),
                                          .left = lf_row_int(r, 14),
                                          .tasks = lf_row_int(r, 15) };
    return LF_OK;
}

enum lf_code team_load(struct lf_task *t, lf_view id, struct lf_team *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct teams g = { .a = t->a };

    LF_TRY(lf_db_run(t->db, &node, &lf_q_team_get, LF_ARGS(LF_TEXT(id)), on_team, &g, NULL, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "team: there is no such team");
    *out = g.v[0];
    return LF_OK;
}

enum lf_code team_call_load(struct lf_task *t, lf_view id, lf_view contact, struct lf_team_call *out,
                            struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct calls g = { .a = t->a };

    LF_TRY(lf_db_run(t->db, &node, &lf_q_team_call_get, LF_ARGS(LF_TEXT(id), LF_TEXT(contact)), on_call, &g,
                     NULL, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "team: this person was not called to it");
    *out = g.v[0];
    return LF_OK;
}

struct counting {
    struct lf_team_counts *out;
};

static enum lf_code on_count(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct lf_team_counts *c = ((struct counting *)ctx)->out;
    int64_t state = lf_row_int(r, 0), skill = lf_row_int(r, 1), n = lf_row_int(r, 2);

    (void)e;
    c->states[state] += n;
    c->queued += lf_row_int(r, 3);
    if (state == LF_TEAM_COMES && skill >= 0)
        c->filled[skill] += n;
    return LF_OK;
}

enum lf_code lf_team_get(struct lf_task *t, lf_view id, struct lf_team *out, struct lf_team_counts *counts,
                         struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct counting c = { counts };

    LF_TRY(people_of_node(t, e));
    LF_TRY(team_load(t, id, out, e));
    *counts = (struct lf_team_counts){ 0 };
    return lf_db_run(t->db, &node, &lf_q_team_call_counts, LF_ARGS(LF_TEXT(id)), on_count, &c, NULL, e);
}

enum lf_code lf_team_list(struct lf_task *t, lf_view incident, const struct lf_page *page,
                          struct lf_team_page *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct teams g = { .a = t->a };
    size_t most = lf_page_rows(page);
    lf_view made = LF_V(""), id = LF_V("");
    int64_t before = INT64_MAX;

    LF_TRY(people_of_node(t, e));
    if (!lf_page_pair_of(page ? page->after : LF_V(""), &made, &id) ||
        (made.len && !lf_view_i64(made, &before)))
        return lf_err_set(e, LF_BAD_INPUT, "\"after\" is not what a list gave");
    LF_TRY(lf_db_run(
        t->db, &node, &lf_q_team_list,
        LF_ARGS(LF_INT(before), LF_TEXT(lf_view_some(id)), LF_TEXT(lf_view_some(incident)), LF_INT(most + 1)),
        on_team, &g, NULL, e));
    *out = (struct lf_team_page){ .n = g.n > most ? most : g.n, .items = g.v };
    if (g.n > most)
        out->next = lf_page_pair(t->a, lf_arena_printf(t->a, "%lld", (long long)g.v[most - 1].made),
                                 g.v[most - 1].id);
    return LF_OK;
}

enum lf_code lf_team_call_list(struct lf_task *t, lf_view id, int state, const struct lf_page *page,
                               struct lf_team_calls *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct calls g = { .a = t->a };
    size_t most = lf_page_rows(page);
    lf_view name, contact;
    struct lf_team x;

    LF_TRY(people_of_node(t, e));
    LF_TRY(team_load(t, id, &x, e));
    if (!lf_page_pair_of(page ? page->after : LF_V(""), &name, &contact))
        return lf_err_set(e, LF_BAD_INPUT, "\"after\" is not what a list gave");
    LF_TRY(lf_db_run(t->db, &node, &lf_q_team_call_list,
                     LF_ARGS(LF_TEXT(id), LF_TEXT(lf_view_some(name)), LF_TEXT(lf_view_some(contact)),
                             LF_INT(state), LF_INT(most + 1)),
                     on_call, &g, NULL, e));
    *out = (struct lf_team_calls){ .n = g.n > most ? most : g.n, .items = g.v };
    if (g.n > most)
        out->next = lf_page_pair(t->a, g.v[most - 1].name, g.v[most - 1].contact);
    return LF_OK;
}

/* ---- calling ---- */

enum lf_code team_may(struct lf_task *t, struct lf_err *e)
{
    LF_TRY(people_of_node(t, e));
    return incident_need(t, LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REVIEWER, "calling a team together", e);
}

enum lf_code team_audit(struct lf_task *t, lf_view action, lf_view team, const char *what, lf_view value,
                        struct lf_err *e)
{
    struct lf_audit_note n;

    lf_audit_open(&n);
    if (what)
        lf_json_put_str(&n.w, what, value);
    return lf_audit_close(&n, t, action, team, e);
}

static enum lf_code queue(struct lf_task *t, lf_view id, const int needs[LF_SKILLS], int64_t *called,
                          struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);

    t->effects |= LF_FX_NOTICE;
    return lf_db_run(t->db, &node, &lf_q_team_queue,
                     LF_ARGS(LF_TEXT(id), LF_INT(lf_now(t->env)), LF_INT(wanted(needs))), NULL, NULL, called,
                     e);
}

static enum lf_code check(struct lf_task *t, struct lf_team *x, struct lf_err *e)
{
    lf_time now = lf_now(t->env);

    LF_TRY(lf_team_needs(x->needs_said, x->needs, e));
    x->needs_said = needs_said(t->a, x->needs);
    LF_TRY(document_text("team", "title", x->title, 1, LF_TEAM_TITLE, e));
    LF_TRY(document_text("team", "place", x->place, 1, LF_TEAM_TITLE, e));
    LF_TRY(people_post(x->who, x->seat, e));
    if (x->begins < now || x->begins > now + 365 * LF_DAY)
        return lf_err_set(e, LF_BAD_INPUT, "team: begins is a time to come, within a year");
    if (!x->answer_by)
        x->answer_by = x->begins;
    if (x->answer_by < now || x->answer_by > x->begins)
        return lf_err_set(e, LF_BAD_INPUT, "team: answer_by is a time to come, before it begins");
    if (x->rest < 0 || x->rest > LF_TEAM_REST)
        return lf_err_set(e, LF_BAD_INPUT, "team: rest is 0 to %d hours", LF_TEAM_REST);
    return LF_OK;
}

enum lf_code lf_team_add(struct lf_task *t, const struct lf_team *in, lf_view *id, size_t *called,
                         struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct lf_team x = *in;
    struct incident_kept kept;
    int64_t n;

    LF_TRY(team_may(t, e));
    x.incident = lf_view_some(lf_view_trim(in->incident));
    LF_TRY(check(t, &x, e));
    x.exercise = 0;
    if (x.incident.len) {
        LF_TRY(incident_find_own(t, x.incident, &kept, e));
        if (kept.row.exercise)
            LF_TRY(exercise_speed(t, x.incident, &x.exercise, e));
    }
    LF_TRY(lf_db_int(t->db, &node, &lf_q_team_open_count, LF_NO_ARGS, &n, e));
    if (n >= LF_TEAMS_OPEN)
        return lf_err_set(e, LF_TOO_MANY, "team: at most %d are open at once; end one first", LF_TEAMS_OPEN);
    x.id = lf_uuid_new(t->env, t->a);
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_team_add,
                      LF_ARGS(LF_TEXT(x.id), LF_TEXT(x.incident), LF_INT(x.exercise), LF_TEXT(x.title),
                              LF_TEXT(x.needs_said), LF_TEXT(x.place), LF_INT(x.begins), LF_INT(x.answer_by),
                              LF_INT(x.who), LF_INT(x.seat), LF_INT(x.rest), LF_INT(lf_now(t->env)),
                              LF_TEXT(t->scope.account)),
                      e));
    LF_TRY(queue(t, x.id, x.needs, &n, e));
    if (!n)
        return lf_err_set(e, LF_UNACCEPTED,
                          "team: nobody on the roster with these skills is available, rested and free");
    *id = x.id;
    *called = (size_t)n;
    return team_audit(t, LF_V("team.add"), x.id, "called", lf_arena_printf(t->a, "%lld", (long long)n), e);
}

enum lf_code team_set(struct lf_task *t, lf_view id, enum lf_team_state to, lf_view note, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);

    t->effects |= LF_FX_NOTICE;
    return lf_db_exec(t->db, &node, &lf_q_team_state,
                      LF_ARGS(LF_INT(to), LF_TEXT(lf_view_some(note)), LF_INT(lf_now(t->env)), LF_TEXT(id)),
                      e);
}

static enum lf_code tell(struct lf_task *t, lf_view id, enum team_todo todo, enum lf_team_call_state a,
                         enum lf_team_call_state b, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);

    return lf_db_exec(t->db, &node, &lf_q_team_tell, LF_ARGS(LF_INT(todo), LF_TEXT(id), LF_INT(a), LF_INT(b)),
                      e);
}

enum lf_code team_enough(struct lf_task *t, lf_view id, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);

    LF_TRY(lf_db_exec(t->db, &node, &lf_q_team_unqueue, LF_ARGS(LF_TEXT(id)), e));
    return tell(t, id, TEAM_FULL, LF_TEAM_WAITING, LF_TEAM_SPARE, e);
}

/* ---- what becomes of it ---- */

bool lf_team_may_move(enum lf_team_state from, enum lf_team_state to)
{
    switch (to) {
    case LF_TEAM_CALLING:
    case LF_TEAM_CANCELLED:
        return from <= LF_TEAM_ASSEMBLED;
    case LF_TEAM_ASSEMBLED:
        return from == LF_TEAM_CALLING;
    case LF_TEAM_RECOVERING:
        return from <= LF_TEAM_ASSEMBLED;
    case LF_TEAM_ENDED:
        return from <= LF_TEAM_RECOVERING;
    default:
        return false;
    }
}

static enum lf_code cancel(struct lf_task *t, lf_view id, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    int64_t there;

    LF_TRY(lf_db_int(t->db, &node, &lf_q_team_there, LF_ARGS(LF_TEXT(id)), &there, e));
    if (there)
        return lf_err_set(e, LF_CONFLICT, "team: somebody of it has come; let each hand back, then end it");
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_team_unqueue, LF_ARGS(LF_TEXT(id)), e));
    LF_TRY(tell(t, id, TEAM_OFF, LF_TEAM_WAITING, LF_TEAM_SPARE, e));
    LF_TRY(tell(t, id, TEAM_OFF, LF_TEAM_COMES, LF_TEAM_COMES, e));
    return lf_db_exec(t->db, &node, &lf_q_team_release_all, LF_ARGS(LF_INT(lf_now(t->env)), LF_TEXT(id)), e);
}

enum lf_code lf_team_move(struct lf_task *t, lf_view id, enum lf_team_state to, lf_view note,
                          struct lf_err *e)
{
    struct lf_team_counts n;
    struct lf_team x;
    int64_t called;

    LF_TRY(team_may(t, e));
    LF_TRY(lf_team_get(t, id, &x, &n, e));
    note = lf_view_some(lf_view_trim(note));
    if (!lf_team_may_move(x.state, to))
        return lf_err_set(e, LF_CONFLICT, "team: it is %s, and cannot be %s from there", states[x.state],
                          states[to]);
    LF_TRY(document_text("team", "note", note, to >= LF_TEAM_RECOVERING ? 1 : 0, LF_TEAM_NOTE, e));
    if (to == LF_TEAM_ENDED && n.states[LF_TEAM_COMES])
        return lf_err_set(e, LF_CONFLICT, "team: %lld of its people have not handed back",
                          (long long)n.states[LF_TEAM_COMES]);
    if (to == LF_TEAM_CALLING)
        LF_TRY(queue(t, id, x.needs, &called, e));
    else if (to == LF_TEAM_CANCELLED)
        LF_TRY(cancel(t, id, e));
    else if (x.state == LF_TEAM_CALLING)
        LF_TRY(team_enough(t, id, e));
    if (to == LF_TEAM_RECOVERING)
        LF_TRY(tell(t, id, TEAM_RECOVER, LF_TEAM_COMES, LF_TEAM_COMES, e));
    LF_TRY(team_set(t, id, to, note, e));
    return team_audit(t, LF_V("team.state"), id, "state", lf_view_of(states[to]), e);
}

/* ---- who is there ---- */

/* Of a team that is not over, somebody who comes. */
static enum lf_code of_it(struct lf_task *t, lf_view id, lf_view contact, struct lf_team *x,
                          struct lf_team_call *c, struct lf_err *e)
{
    LF_TRY(team_may(t, e));
    LF_TRY(team_load(t, id, x, e));
    LF_TRY(team_call_load(t, id, contact, c, e));
    if (x->state > LF_TEAM_RECOVERING)
        return lf_err_set(e, LF_CONFLICT, "team: it is over");
    return c->state == LF_TEAM_COMES
               ? LF_OK
               : lf_err_set(e, LF_CONFLICT, "team: this person is not on it; enter first that he comes");
}

enum lf_code lf_team_arrive(struct lf_task *t, lf_view id, lf_view contact, lf_time at, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct lf_manning_new m = { .contact = contact, .at = at };
    struct lf_team_call c;
    struct lf_team x;
    lf_view manning;

    LF_TRY(of_it(t, id, contact, &x, &c, e));
    m.incident = x.incident;
    LF_TRY(lf_manning_arrive(t, x.who, x.seat, &m, &manning, e));
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_team_call_arrive,
                      LF_ARGS(LF_TEXT(manning), LF_TEXT(id), LF_TEXT(contact)), e));
    return team_audit(t, LF_V("team.arrive"), id, "name", c.name, e);
}

enum lf_code lf_team_release(struct lf_task *t, lf_view id, lf_view contact, lf_view handback,
                             struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    lf_time now = lf_now(t->env);
    struct lf_team_call c;
    struct lf_team x;

    LF_TRY(of_it(t, id, contact, &x, &c, e));
    handback = lf_view_some(lf_view_trim(handback));
    if (c.tasks)
        return lf_err_set(e, LF_CONFLICT, "team: %lld of his tasks are open; end them or take them off first",
                          (long long)c.tasks);
    LF_TRY(document_text("team", "handback", handback, c.arrived ? 1 : 0, LF_TEAM_NOTE, e));
    if (c.arrived && !c.left)
        LF_TRY(lf_manning_leave(t, c.manning, 0, e));
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_team_call_release,
                      LF_ARGS(LF_INT(now), LF_TEXT(handback), LF_TEXT(id), LF_TEXT(contact)), e));
    if (c.arrived && x.rest)
        LF_TRY(lf_db_exec(t->db, &node, &lf_q_team_rest,
                          LF_ARGS(LF_INT(now + x.rest * LF_HOUR), LF_TEXT(contact)), e));
    return team_audit(t, LF_V("team.release"), id, "name", c.name, e);
}

enum lf_code lf_team_task(struct lf_task *t, lf_view id, lf_view contact, lf_view title, int phase,
                          lf_time due, lf_view *task, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct lf_incident_task in = { .title = title, .phase = (enum lf_task_phase)phase, .due = due };
    struct lf_team_call c;
    struct lf_contact who;
    struct lf_account account;
    struct lf_team x;

    LF_TRY(of_it(t, id, contact, &x, &c, e));
    if (!x.incident.len)
        return lf_err_set(e, LF_CONFLICT, "team: it is of no incident, so there are no tasks of one");
    in.incident = x.incident;
    in.assignee = LF_V("");
    in.origin = LF_V("");
    in.detail = lf_arena_printf(t->a, "%.*s (%.*s)", LF_FMT(c.name), LF_FMT(c.unit));
    if (people_contact(t, contact, &who, NULL) == LF_OK && who.account.len &&
        lf_account_get(t, who.account, &account, NULL) == LF_OK &&
        lf_incident_task_owner(t, account.name, NULL) == LF_OK)
        in.assignee = account.name;
    LF_TRY(lf_incident_task_add(t, &in, task, e));
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_team_task_add,
                      LF_ARGS(LF_TEXT(id), LF_TEXT(contact), LF_TEXT(*task)), e));
    return team_audit(t, LF_V("team.task"), id, "task", *task, e);
}
