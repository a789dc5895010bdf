/* The scenario of an exercise: its copy, its groups, and what stands of its injects. */
#include "cert/inject.h"

#include "cert/inject_priv.h"
#include "cert/unit.h"
#include "ident/audit.h"
#include "model/role.h"
#include "store/query_inject.h"

static const char *const states[LF_INJECT_STATES] = { "waiting", "held", "delivered", "dropped" };

const char *lf_inject_state_name(enum lf_inject_state s)
{
    return states[s];
}

/* ---- reading ---- */

struct copy {
    struct lf_arena *a;
    lf_view json;
    bool there, english;
    lf_time taken;
};

static enum lf_code on_copy(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct copy *c = ctx;

    (void)e;
    *c = (struct copy){ c->a, lf_arena_copy(c->a, lf_row_text(r, 0)), true, lf_row_int(r, 1) != 0,
                        lf_row_int(r, 2) };
    return LF_OK;
}

struct rows {
    struct lf_arena *a;
    const struct lf_scenario *s;
    struct lf_inject *items;
    size_t n;
};

static enum lf_code on_inject(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct rows *g = ctx;
    const struct lf_scenario_inject *said;

    (void)e;
    if (g->n == g->s->ninjects)
        return LF_OK;
    said = &g->s->injects[g->n];
    LF_ASSERT(lf_view_eq(said->id, lf_row_text(r, 0)));
    g->items[g->n++] = (struct lf_inject){ .said = said,
                                           .state = (enum lf_inject_state)lf_row_int(r, 1),
                                           .due = lf_row_int(r, 2),
                                           .delivered = lf_row_int(r, 3),
                                           .account = lf_arena_copy(g->a, lf_row_text(r, 4)) };
    return LF_OK;
}

/* Who takes part, and who of them is in each group. */
struct people {
    struct lf_arena *a;
    const struct lf_scenario *s;
    const struct lf_exercise_member *all;
    size_t n;
    size_t *ngroup;
    struct lf_exercise_member **group;
};

static enum lf_code on_group(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct people *p = ctx;
    size_t at;

    (void)e;
    if (!lf_scenario_group(p->s, lf_row_text(r, 0), &at))
        return LF_OK;
    for (size_t i = 0; i < p->n; i++)
        if (lf_view_eq(p->all[i].unit, lf_row_text(r, 1)))
            p->group[at][p->ngroup[at]++] = p->all[i];
    return LF_OK;
}

static enum lf_code people_of(struct lf_task *t, lf_view exercise, const struct lf_scenario *s,
                              struct people *p, struct lf_err *e)
{
    *p = (struct people){ .a = t->a, .s = s };
    LF_TRY(lf_exercise_members(t, exercise, &p->n, &p->all, e));
    p->ngroup = LF_NEW(t->a, size_t, s->ngroups + 1);
    p->group = LF_NEW(t->a, struct lf_exercise_member *, s->ngroups + 1);
    for (size_t i = 0; i < s->ngroups; i++)
        p->group[i] = LF_NEW(t->a, struct lf_exercise_member, p->n + 1);
    return lf_db_run(t->db, &t->scope, &lf_q_inject_group_list, LF_ARGS(LF_TEXT(exercise)), on_group, p, NULL,
                     e);
}

/* One word of "to": who that is, of those that take part. */
static size_t who(struct lf_task *t, const struct people *p, lf_view to,
                  const struct lf_exercise_member **out)
{
    struct lf_err none = { 0 };
    struct lf_unit u;
    size_t at;

    if (lf_view_is(to, "all")) {
        *out = p->all;
        return p->n;
    }
    if (lf_scenario_group(p->s, to, &at)) {
        *out = p->group[at];
        return p->ngroup[at];
    }
    if (lf_unit_find(t, to, to, &u, &none) == LF_OK)
        for (size_t i = 0; i < p->n; i++)
            if (lf_view_eq(p->all[i].unit, u.id)) {
                *out = &p->all[i];
                return 1;
            }
    return 0;
}

static void address(struct lf_task *t, const struct people *p, struct lf_inject *x)
{
    struct lf_exercise_member *to = LF_NEW(t->a, struct lf_exercise_member, p->n + 1);

    for (size_t i = 0; i < x->said->nto; i++) {
        const struct lf_exercise_member *some = NULL;
        size_t n = who(t, p, x->said->to[i], &some);

        for (size_t k = 0; k < n; k++) {
            bool had = false;

            for (size_t m = 0; m < x->nto && !had; m++)
                had = lf_view_eq(to[m].unit, some[k].unit);
            if (!had)
                to[x->nto++] = some[k];
        }
    }
    x->to = to;
}

enum lf_code lf_script_get(struct lf_task *t, lf_view exercise, struct lf_script *out, struct lf_err *e)
{
    struct copy c = { .a = t->a };
    struct rows g = { .a = t->a };
    struct lf_exercise x;
    struct people p;

    *out = (struct lf_script){ 0 };
    LF_TRY(lf_exercise_get(t, exercise, &x, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_inject_scenario_get, LF_ARGS(LF_TEXT(exercise)), on_copy, &c,
                     NULL, e));
    if (!c.there)
        return LF_OK;
    LF_TRY(lf_scenario_read(t->a, c.json, &out->scenario, e));
    g.s = &out->scenario;
    g.items = LF_NEW(t->a, struct lf_inject, out->scenario.ninjects);
    LF_TRY(
        lf_db_run(t->db, &t->scope, &lf_q_inject_list, LF_ARGS(LF_TEXT(exercise)), on_inject, &g, NULL, e));
    LF_TRY(people_of(t, exercise, &out->scenario, &p, e));
    for (size_t i = 0; i < g.n; i++) {
        struct lf_inject *one = &g.items[i];

        address(t, &p, one);
        if (one->delivered && one->said->within)
            one->until = one->delivered + exercise_span(&x, one->said->within);
    }
    out->there = true;
    out->english = c.english;
    out->taken = c.taken;
    out->whole = (t->scope.roles & LF_ROLE_SYSTEM) || exercise_need(t, &(struct lf_err){ 0 }) == LF_OK;
    for (size_t i = 0; i < g.n; i++)
        if (out->whole || g.items[i].state == LF_INJECT_DELIVERED)
            g.items[out->n++] = g.items[i];
    out->injects = g.items;
    out->ngroup = p.ngroup;
    out->group = (const struct lf_exercise_member *const *)p.group;
    return LF_OK;
}

/* ---- preparing ---- */

static enum lf_code planned(struct lf_task *t, lf_view exercise, struct lf_err *e)
{
    struct lf_exercise x;

    LF_TRY(exercise_conducted(t, exercise, &x, e));
    return x.state == LF_EXERCISE_PLANNED
               ? LF_OK
               : lf_err_set(e, LF_CONFLICT,
                            "exercise: its scenario is prepared only as long as it is planned");
}

enum lf_code lf_script_take(struct lf_task *t, lf_view exercise, lf_view json, bool english, struct lf_err *e)
{
    struct lf_scenario s;
    enum lf_code rc;

    LF_TRY(planned(t, exercise, e));
    LF_TRY(lf_scenario_read(t->a, json, &s, e));
    rc = lf_db_exec(t->db, &t->scope, &lf_q_inject_scenario_add,
                    LF_ARGS(LF_TEXT(exercise), LF_TEXT(json), LF_INT(english), LF_INT(lf_now(t->env))), e);
    if (rc == LF_CONFLICT)
        return lf_err_set(e, LF_CONFLICT,
                          "exercise: it has a scenario already; plan another for another one");
    LF_TRY(rc);
    for (size_t i = 0; i < s.ninjects; i++)
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_inject_add,
                          LF_ARGS(LF_TEXT(exercise), LF_INT(i), LF_TEXT(s.injects[i].id)), e));
    return lf_audit_add(t, LF_V("exercise.scenario"), exercise,
                        lf_arena_printf(t->a, "{\"scenario\":\"%.*s\"}", LF_FMT(s.id)), e);
}

enum lf_code lf_script_group(struct lf_task *t, lf_view exercise, lf_view group, const lf_view *members,
                             size_t n, struct lf_err *e)
{
    struct lf_script s;
    struct people p;
    size_t at;

    LF_TRY(planned(t, exercise, e));
    LF_TRY(lf_script_get(t, exercise, &s, e));
    if (!lf_scenario_group(&s.scenario, group, &at))
        return lf_err_set(e, LF_BAD_INPUT, "exercise: its scenario has no group \"%.*s\"",
                          LF_FMT(lf_view_first(group, LF_SCENARIO_ID)));
    LF_TRY(people_of(t, exercise, &s.scenario, &p, e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_inject_group_clear, LF_ARGS(LF_TEXT(exercise), LF_TEXT(group)),
                      e));
    for (size_t i = 0; i < n; i++) {
        const struct lf_exercise_member *one = NULL;
        lf_view said = lf_view_trim(members[i]);
        enum lf_code rc;

        if (lf_view_is(said, "all") || lf_scenario_group(&s.scenario, said, &at) || !who(t, &p, said, &one))
            return lf_err_set(e, LF_UNACCEPTED, "exercise: \"%.*s\" does not take part; add it there first",
                              LF_FMT(lf_view_first(said, 120)));
        rc = lf_db_exec(t->db, &t->scope, &lf_q_inject_group_add,
                        LF_ARGS(LF_TEXT(exercise), LF_TEXT(group), LF_TEXT(one->unit)), e);
        if (rc == LF_CONFLICT)
            return lf_err_set(e, LF_BAD_INPUT, "exercise: \"%.*s\" is in the group twice", LF_FMT(one->name));
        LF_TRY(rc);
    }
    return lf_audit_add(t, LF_V("exercise.group"), exercise,
                        lf_arena_printf(t->a, "{\"group\":\"%.*s\"}", LF_FMT(group)), e);
}

enum lf_code script_begin(struct lf_task *t, const struct lf_exercise *x, struct lf_err *e)
{
    struct lf_script s;

    LF_TRY(lf_script_get(t, x->id, &s, e));
    for (size_t i = 0; i < s.n; i++) {
        const struct lf_scenario_inject *said = s.injects[i].said;

        if (!s.injects[i].nto)
            return lf_err_set(
                e, LF_CONFLICT,
                "exercise: inject \"%.*s\" would be told to nobody; say who takes part and who is "
                "in its groups",
                LF_FMT(said->id));
        LF_TRY(lf_db_exec(
            t->db, &t->scope, &lf_q_inject_begin,
            LF_ARGS(LF_INT(x->began + exercise_span(x, said->at)), LF_TEXT(x->id), LF_TEXT(said->id)), e));
    }
    t->effects |= s.there ? LF_FX_NOTICE : 0;
    return LF_OK;
}

enum lf_code script_end(struct lf_task *t, lf_view exercise, struct lf_err *e)
{
    return lf_db_exec(t->db, &t->scope, &lf_q_inject_drop_rest, LF_ARGS(LF_TEXT(exercise)), e);
}
