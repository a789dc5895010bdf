/* How injects are told: at their time by the core, or when who conducts the exercise says so. */
#include "cert/inject_priv.h"
#include "cert/notice.h"
#include "cert/unit.h"
#include "ident/audit.h"
#include "ident/node.h"
#include "store/query_inject.h"

enum { TURN = 32 };

bool lf_inject_act_parse(lf_view name, enum lf_inject_act *out)
{
    static const char *const acts[] = { "release", "hold", "resume", "drop" };
    size_t at;

    if (!lf_view_among(name, acts, sizeof acts / sizeof *acts, &at))
        return false;
    *out = (enum lf_inject_act)at;
    return true;
}

lf_view inject_key(struct lf_task *t, lf_view exercise, lf_view inject, lf_view unit)
{
    return lf_arena_printf(t->a, "%.*s/%.*s/%.*s", LF_FMT(exercise), LF_FMT(inject), LF_FMT(unit));
}

/* What it says goes to one that takes part; one that left the contact network meanwhile is not told. */
static enum lf_code tell(struct lf_task *t, const struct lf_exercise *x, const struct lf_script *s,
                         const struct lf_inject *one, const struct lf_exercise_member *to, struct lf_err *e)
{
    const struct lf_scenario_inject *said = one->said;
    struct lf_unit u;
    enum lf_code rc = lf_unit_get(t, to->unit, &u, e);
    bool far = false;

    if (rc != LF_OK)
        return rc == LF_NOT_FOUND ? LF_OK : rc;
    LF_TRY(exercise_told_add(t, x, one, s->english, to, &far, e));
    if (far)
        return LF_OK;
    return lf_notice_raise(
        t,
        &(struct lf_notice_new){ .kind = LF_NOTICE_INJECT,
                                 .key = inject_key(t, x->id, said->id, to->unit),
                                 .subject = x->id,
                                 .title = s->english ? said->en : said->zh,
                                 .detail = s->english ? said->tell_en : said->tell_zh,
                                 .path = lf_arena_printf(t->a, "/exercises/%.*s", LF_FMT(x->id)),
                                 .about = u.tenant.len ? u.tenant : u.id,
                                 .exercise = x->speed,
                                 .due = said->within ? lf_now(t->env) + exercise_span(x, said->within) : 0 },
        NULL, e);
}

static enum lf_code set(struct lf_task *t, lf_view exercise, lf_view inject, enum lf_inject_state to,
                        lf_view account, struct lf_err *e)
{
    int64_t changed = 0;

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_inject_set,
                     LF_ARGS(LF_INT(to), LF_INT(to == LF_INJECT_DELIVERED ? lf_now(t->env) : 0),
                             LF_TEXT(account), LF_TEXT(exercise), LF_TEXT(inject)),
                     NULL, NULL, &changed, e));
    if (!changed)
        return lf_err_set(e, LF_CONFLICT,
                          "exercise: inject \"%.*s\" is not waiting any more, or is so already",
                          LF_FMT(inject));
    return lf_audit_add(t, lf_arena_printf(t->a, "inject.%s", lf_inject_state_name(to)), exercise,
                        lf_arena_printf(t->a, "{\"inject\":\"%.*s\"}", LF_FMT(inject)), e);
}

/* It is told in the transaction in which it becomes so. */
static enum lf_code deliver(struct lf_task *t, const struct lf_exercise *x, const struct lf_script *s,
                            const struct lf_inject *one, lf_view account, struct lf_err *e)
{
    LF_TRY(set(t, x->id, one->said->id, LF_INJECT_DELIVERED, account, e));
    for (size_t i = 0; i < one->nto; i++)
        LF_TRY(tell(t, x, s, one, &one->to[i], e));
    return LF_OK;
}

static enum lf_code find(struct lf_task *t, lf_view exercise, lf_view inject, struct lf_exercise *x,
                         struct lf_script *s, const struct lf_inject **out, struct lf_err *e)
{
    LF_TRY(lf_exercise_get(t, exercise, x, e));
    LF_TRY(lf_script_get(t, exercise, s, e));
    for (size_t i = 0; i < s->n; i++)
        if (lf_view_eq(s->injects[i].said->id, inject)) {
            *out = &s->injects[i];
            return LF_OK;
        }
    return lf_err_set(e, LF_NOT_FOUND, "exercise: its scenario has no inject \"%.*s\"",
                      LF_FMT(lf_view_first(inject, LF_SCENARIO_ID)));
}

enum lf_code lf_inject_act(struct lf_task *t, lf_view exercise, lf_view inject, enum lf_inject_act act,
                           struct lf_err *e)
{
    const struct lf_inject *one;
    struct lf_exercise x;
    struct lf_script s;

    LF_TRY(exercise_conducted(t, exercise, &x, e));
    LF_TRY(find(t, exercise, inject, &x, &s, &one, e));
    if (x.state != LF_EXERCISE_RUNNING)
        return lf_err_set(e, LF_CONFLICT, "exercise: injects are released and held while it runs");
    if (act == LF_INJECT_RELEASE)
        return deliver(t, &x, &s, one, t->scope.account, e);
    t->effects |= LF_FX_NOTICE; /* what is back to a time that has passed is told at once */
    return set(t, exercise, inject,
               act == LF_INJECT_HOLD     ? LF_INJECT_HELD
               : act == LF_INJECT_RESUME ? LF_INJECT_WAITING
                                         : LF_INJECT_DROPPED,
               t->scope.account, e);
}

/* ---- the core's side ---- */

struct due {
    lf_view org, exercise, inject;
};
struct dues {
    struct lf_arena *a;
    struct due items[TURN];
    size_t n;
};

static enum lf_code on_due(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct dues *d = ctx;

    (void)e;
    d->items[d->n++] = (struct due){ lf_arena_copy(d->a, lf_row_text(r, 0)),
                                     lf_arena_copy(d->a, lf_row_text(r, 1)),
                                     lf_arena_copy(d->a, lf_row_text(r, 2)) };
    return LF_OK;
}

enum lf_code lf_inject_turn(struct lf_task *t, lf_time *next, struct lf_err *e)
{
    struct dues *d = LF_NEW(t->a, struct dues, 1);
    struct lf_task own = lf_node_task(t);

    d->a = t->a;
    LF_TRY(lf_db_run(t->db, &own.scope, &lf_q_inject_due, LF_ARGS(LF_INT(lf_now(t->env)), LF_INT(TURN)),
                     on_due, d, NULL, e));
    for (size_t i = 0; i < d->n; i++) {
        const struct lf_inject *one;
        struct lf_exercise x;
        struct lf_script s;

        own.scope.org = d->items[i].org;
        LF_TRY(find(&own, d->items[i].exercise, d->items[i].inject, &x, &s, &one, e));
        LF_TRY(deliver(&own, &x, &s, one, LF_V(""), e));
    }
    t->effects |= own.effects;
    return lf_db_int(t->db, &own.scope, &lf_q_inject_soonest, LF_NO_ARGS, next, e);
}
