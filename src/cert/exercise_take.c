/* What comes over links: exercises and injects from the node above, answers from below. */
#include "cert/exercise_part_priv.h"

#include "cert/incident_priv.h"
#include "ident/audit.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "model/role.h"
#include "store/query_exercise_part.h"

/* ---- from the node above ---- */

static enum lf_code on_known(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct part_known *k = ctx;

    (void)e;
    *k = (struct part_known){ .a = k->a,
                              .there = true,
                              .origin = lf_arena_copy(k->a, lf_row_text(r, 0)),
                              .conductor = lf_arena_copy(k->a, lf_row_text(r, 1)),
                              .source = lf_row_int(r, 2),
                              .state = (enum lf_exercise_state)lf_row_int(r, 3),
                              .speed = (int)lf_row_int(r, 4),
                              .told = lf_row_int(r, 5),
                              .path = lf_arena_copy(k->a, lf_row_text(r, 6)),
                              .version = lf_row_int(r, 7),
                              .dropped = lf_row_int(r, 8) != 0 };
    return LF_OK;
}

enum lf_code part_known_of(struct lf_task *t, lf_view id, struct part_known *k, struct lf_err *e)
{
    *k = (struct part_known){ .a = t->a };
    return lf_db_run(t->db, &t->scope, &lf_q_part_known, LF_ARGS(LF_TEXT(id)), on_known, k, NULL, e);
}

static enum lf_code from_above(const struct lf_task *t, const struct lf_incident_peer *from, lf_view by,
                               lf_view member, struct lf_err *e)
{
    if (!from->is_parent)
        return lf_err_set(e, LF_FORBIDDEN, "exercise: only a node above conducts one, and %.*s lies below",
                          LF_FMT(from->node));
    if (!lf_view_eq(by, from->node))
        return lf_err_set(e, LF_FORBIDDEN, "exercise: %.*s passes on what %.*s says without saying so",
                          LF_FMT(from->node), LF_FMT(by));
    if (!lf_view_eq(member, t->self->node))
        return lf_err_set(e, LF_FORBIDDEN, "exercise: it is for %.*s, not for this node", LF_FMT(member));
    return LF_OK;
}

static lf_view path_text(struct lf_arena *a, const struct lf_drill *d)
{
    lf_view out = d->path[0];

    for (size_t i = 1; i < d->npath; i++)
        out = lf_arena_printf(a, "%.*s %.*s", LF_FMT(out), LF_FMT(d->path[i]));
    return out;
}

/* The same id from another node: only who was left may be followed, in the same exercise. */
static enum lf_code may_replace(struct lf_task *t, const struct part_known *k,
                                const struct lf_incident_peer *from, const struct lf_drill *d,
                                struct lf_err *e)
{
    bool above = false;

    if (k->origin.len && lf_view_eq(k->origin, from->id))
        return LF_OK;
    if (k->origin.len)
        LF_TRY(exercise_above(t, k->origin, &above, e));
    if (!k->origin.len || above || !lf_view_eq(k->conductor, d->conductor))
        return lf_err_set(e, LF_CONFLICT, "exercise: another node conducts one of this id");
    return LF_OK;
}

static enum lf_code check_record(struct lf_task *t, const struct lf_incident_peer *from,
                                 const struct lf_drill *d, enum lf_exercise_kind *kind,
                                 enum lf_exercise_state *state, struct lf_err *e)
{
    LF_TRY(from_above(t, from, d->head.by, d->member, e));
    for (size_t i = 0; i < d->npath; i++)
        if (lf_view_eq(d->path[i], t->self->node))
            return lf_err_set(e, LF_FORBIDDEN, "exercise: it went through this node before");
    if (lf_tier_height(d->conductor_tier) < lf_tier_height(from->tier) ||
        (d->npath == 1 && !lf_view_eq(d->conductor_tier, from->tier)))
        return lf_err_set(e, LF_FORBIDDEN, "exercise: a %.*s does not stand above the %.*s that passed it on",
                          LF_FMT(d->conductor_tier), LF_FMT(from->tier));
    if (!lf_exercise_kind_parse(d->kind, kind) || !lf_exercise_state_parse(d->state, state))
        return lf_err_set(e, LF_UNACCEPTED, "exercise: its kind or state is none that is known here");
    if (d->ends <= d->begins)
        return lf_err_set(e, LF_UNACCEPTED, "exercise: it ends after it begins");
    return LF_OK;
}

enum lf_code lf_exercise_receive(struct lf_task *t, const struct lf_incident_peer *from,
                                 const struct lf_drill *d, struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    struct lf_exercise x = { .id = d->head.exercise, .name = d->name };
    lf_time now = lf_now(t->env);
    enum lf_exercise_state state;
    enum lf_exercise_kind kind;
    struct part_known k;
    int64_t above;

    LF_TRY(lf_ident_need(t, LF_ROLE_PEER, e));
    LF_TRY(check_record(&own, from, d, &kind, &state, e));
    LF_TRY(part_known_of(&own, x.id, &k, e));
    if (k.there) {
        LF_TRY(may_replace(&own, &k, from, d, e));
        if (lf_view_eq(k.origin, from->id) && d->head.modified <= k.source)
            return LF_OK; /* the same again, or what was said before */
        if (state < k.state && !k.dropped)
            return lf_err_set(e, LF_UNACCEPTED, "exercise: it is %s here and does not become %.*s again",
                              lf_exercise_state_name(k.state), LF_FMT(d->state));
        LF_TRY(lf_db_exec(own.db, &own.scope, &lf_q_part_take_again,
                          LF_ARGS(LF_INT(kind), LF_INT(state), LF_TEXT(d->name), LF_TEXT(d->aim),
                                  LF_INT(d->speed), LF_INT(d->begins), LF_INT(d->ends), LF_INT(d->began),
                                  LF_INT(d->ended), LF_INT(d->report_due), LF_INT(now), LF_TEXT(from->id),
                                  LF_TEXT(path_text(t->a, d)), LF_INT(d->whole), LF_INT(d->head.modified),
                                  LF_INT(d->dropped), LF_TEXT(x.id)),
                          e));
    } else {
        if (state > LF_EXERCISE_RUNNING)
            return LF_OK; /* it was over before it came here */
        LF_TRY(lf_db_int(own.db, &own.scope, &lf_q_part_above, LF_NO_ARGS, &above, e));
        if (above >= LF_EXERCISES_ABOVE)
            return lf_err_set(e, LF_TOO_MANY, "exercise: %d that came from above are planned or run already",
                              LF_EXERCISES_ABOVE);
        LF_TRY(lf_db_exec(own.db, &own.scope, &lf_q_part_take,
                          LF_ARGS(LF_TEXT(x.id), LF_INT(kind), LF_INT(state), LF_TEXT(d->name),
                                  LF_TEXT(d->aim), LF_INT(d->speed), LF_INT(lf_tier_height(d->reach)),
                                  LF_INT(d->begins), LF_INT(d->ends), LF_INT(d->began), LF_INT(d->ended),
                                  LF_INT(d->report_due), LF_INT(now), LF_TEXT(from->id),
                                  LF_TEXT(d->conductor), LF_TEXT(d->conductor_name),
                                  LF_TEXT(path_text(t->a, d)), LF_INT(d->whole), LF_INT(d->head.modified)),
                          e));
    }
    x.state = state;
    x.aim = d->aim;
    if (!k.there || state != k.state) {
        LF_TRY(part_notice(&own, &x, LF_NOTICE_EXERCISE, lf_exercise_state_name(state), LF_V(""), d->aim, e));
        LF_TRY(exercise_tell(&own, &x, e));
        LF_TRY(lf_audit_add(&own, LF_V("exercise.received"), x.id,
                            lf_arena_printf(t->a, "{\"node\":\"%.*s\",\"state\":\"%s\"}",
                                            LF_FMT(d->conductor), lf_exercise_state_name(state)),
                            e));
    }
    t->effects |= own.effects | LF_FX_OUTBOX;
    return LF_OK;
}

/* Tells one here; what it says of a link that was cut stands behind its text. */
static enum lf_code tell_here(struct lf_task *t, const struct lf_exercise_told *x, lf_view dest, int speed,
                              struct lf_err *e)
{
    lf_view tell = x->english ? x->tell_en : x->tell_zh;
    lf_view org = lf_view_starts(dest, LF_V("tenant:")) ? lf_view_from(dest, 7) : LF_V("");

    if (x->received > x->told + PART_LATE)
        tell = lf_arena_printf(t->a,
                               x->english ? "%.*s (This comes late: the link was cut when it was told.)"
                                          : "%.*s（因連線中斷，本狀況較發布時間晚送達。）",
                               LF_FMT(tell));
    return lf_notice_raise(
        t,
        &(struct lf_notice_new){ .kind = LF_NOTICE_INJECT,
                                 .key = inject_key(t, x->exercise, x->inject, dest),
                                 .subject = x->exercise,
                                 .title = x->english ? x->en : x->zh,
                                 .detail = tell,
                                 .path = lf_arena_printf(t->a, "/exercises/%.*s", LF_FMT(x->exercise)),
                                 .about = org,
                                 .exercise = speed,
                                 .due = x->until },
        NULL, e);
}

enum lf_code lf_exercise_inject_receive(struct lf_task *t, const struct lf_incident_peer *from,
                                        const struct lf_drill_inject *d, struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    struct lf_exercise_told x = { .exercise = d->head.exercise,
                                  .inject = d->inject,
                                  .zh = d->zh,
                                  .en = d->en,
                                  .tell_zh = d->tell_zh,
                                  .tell_en = d->tell_en,
                                  .english = d->english,
                                  .expect = d->expect,
                                  .task = d->task,
                                  .points = d->points,
                                  .told = d->told,
                                  .until = d->until,
                                  .received = lf_now(t->env),
                                  .whole = d->whole };
    struct part_ids to = { .a = t->a };
    struct part_known k;
    int64_t told;

    LF_TRY(lf_ident_need(t, LF_ROLE_PEER, e));
    LF_TRY(from_above(&own, from, d->head.by, d->member, e));
    LF_TRY(part_known_of(&own, x.exercise, &k, e));
    if (!k.there || !lf_view_eq(k.origin, from->id))
        return lf_err_set(e, LF_FORBIDDEN, "exercise: an inject of one that did not come from %.*s",
                          LF_FMT(from->node));
    if (k.state == LF_EXERCISE_PLANNED || k.state == LF_EXERCISE_CANCELLED)
        return lf_err_set(e, LF_CONFLICT, "exercise: an inject of one that is %s",
                          lf_exercise_state_name(k.state));
    LF_TRY(lf_db_int(own.db, &own.scope, &lf_q_part_told_count,
                     LF_ARGS(LF_TEXT(x.exercise), LF_TEXT(x.inject)), &told, e));
    if (told >= LF_EXERCISE_TOLD)
        return lf_err_set(e, LF_TOO_MANY, "exercise: %d of its injects were told here already",
                          LF_EXERCISE_TOLD);
    LF_TRY(part_keep_told(&own, &x, LF_V("here"), e));
    LF_TRY(tell_here(&own, &x, LF_V("here"), k.speed, e));
    if (d->whole)
        LF_TRY(lf_db_run(own.db, &own.scope, &lf_q_part_told_below, LF_ARGS(LF_TEXT(x.exercise)), part_on_id,
                         &to, NULL, e));
    for (size_t i = 0; i < to.n; i++) {
        LF_TRY(part_keep_told(&own, &x, to.items[i], e));
        if (lf_view_starts(to.items[i], LF_V("tenant:")))
            LF_TRY(tell_here(&own, &x, to.items[i], k.speed, e));
    }
    t->effects |= own.effects | LF_FX_OUTBOX;
    return LF_OK;
}

/* ---- from below ---- */

enum lf_code lf_exercise_answered(struct lf_task *t, const struct lf_incident_peer *from,
                                  const struct lf_drill_answer *d, struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    bool itself = lf_view_eq(d->node, from->node);
    int64_t asked, changed = 0;
    enum lf_part_answer answer;

    LF_TRY(lf_ident_need(t, LF_ROLE_PEER, e));
    if (from->is_parent || !lf_view_eq(d->head.by, from->node))
        return lf_err_set(e, LF_FORBIDDEN, "exercise: a node answers the node above it, in its own name");
    if (lf_view_eq(d->node, t->self->node) ||
        (itself ? !lf_view_eq(d->tier, from->tier) : lf_tier_height(d->tier) >= lf_tier_height(from->tier)))
        return lf_err_set(e, LF_FORBIDDEN, "exercise: %.*s does not lie below %.*s", LF_FMT(d->node),
                          LF_FMT(from->node));
    if (!part_answer_parse(d->answer, &answer))
        return lf_err_set(e, LF_UNACCEPTED, "exercise: an answer is asked, acknowledged or declined");
    LF_TRY(lf_db_int(own.db, &own.scope, &lf_q_part_child,
                     LF_ARGS(LF_TEXT(d->head.exercise), LF_TEXT(from->id)), &asked, e));
    if (!asked)
        return lf_err_set(e, LF_FORBIDDEN, "exercise: %.*s takes no part in it", LF_FMT(from->node));
    LF_TRY(lf_db_int(own.db, &own.scope, &lf_q_part_elsewhere,
                     LF_ARGS(LF_TEXT(d->head.exercise), LF_TEXT(d->node), LF_TEXT(from->id)), &asked, e));
    if (asked)
        return lf_err_set(e, LF_FORBIDDEN, "exercise: %.*s lies elsewhere in the tree", LF_FMT(d->node));
    LF_TRY(lf_db_int(own.db, &own.scope, &lf_q_part_below,
                     LF_ARGS(LF_TEXT(d->head.exercise), LF_TEXT(from->id), LF_TEXT(d->node)), &asked, e));
    if (asked >= LF_EXERCISE_BELOW)
        return lf_err_set(e, LF_TOO_MANY, "exercise: %.*s speaks for %d nodes already", LF_FMT(from->node),
                          LF_EXERCISE_BELOW);
    LF_TRY(lf_db_run(own.db, &own.scope, &lf_q_part_said,
                     LF_ARGS(LF_TEXT(d->head.exercise), LF_TEXT(d->node), LF_TEXT(from->id), LF_TEXT(d->name),
                             LF_TEXT(d->tier), LF_INT(answer), LF_INT(d->answered), LF_TEXT(d->why),
                             LF_INT(d->reported), LF_TEXT(d->report), LF_INT(d->head.modified)),
                     NULL, NULL, &changed, e));
    if (!changed)
        return LF_OK; /* older, or the same again */
    LF_TRY(lf_db_exec(own.db, &own.scope, &lf_q_part_done_clear,
                      LF_ARGS(LF_TEXT(d->head.exercise), LF_TEXT(d->node)), e));
    for (size_t i = 0; i < d->ndone; i++)
        LF_TRY(lf_db_exec(own.db, &own.scope, &lf_q_part_done_add,
                          LF_ARGS(LF_TEXT(d->head.exercise), LF_TEXT(d->node), LF_TEXT(from->id),
                                  LF_TEXT(d->done[i].incident), LF_TEXT(d->done[i].step),
                                  LF_INT(d->done[i].ended)),
                          e));
    LF_TRY(lf_audit_add(&own, LF_V("exercise.answered"), d->head.exercise,
                        lf_arena_printf(t->a, "{\"node\":\"%.*s\",\"answer\":\"%s\",\"reported\":%s}",
                                        LF_FMT(d->node), lf_part_answer_name(answer),
                                        d->reported ? "true" : "false"),
                        e));
    t->effects |= own.effects | LF_FX_OUTBOX;
    return LF_OK;
}

enum lf_code exercise_may_come(struct lf_task *t, const struct lf_incident_peer *from,
                               const struct lf_incident_event *ev, struct lf_err *e)
{
    struct lf_incident_exercise x;
    int64_t known = 0;

    if (!lf_json_bool(ev->body, "exercise", false))
        return LF_OK;
    if (lf_incident_exercise_read(ev->body, &x) && x.id.len)
        LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_part_child, LF_ARGS(LF_TEXT(x.id), LF_TEXT(from->id)),
                         &known, e));
    return known
               ? LF_OK
               : lf_err_set(e, LF_FORBIDDEN,
                            "%.*s: it is of an exercise that this node and %.*s do not take part in together",
                            LF_FMT(ev->id), LF_FMT(from->node));
}

enum lf_code exercise_speed(struct lf_task *t, lf_view incident, int *speed, struct lf_err *e)
{
    int64_t n;

    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_part_speed, LF_ARGS(LF_TEXT(incident)), &n, e));
    *speed = n > 1 ? (int)n : 1;
    return LF_OK;
}

enum lf_code lf_exercise_greet(struct lf_task *t, struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);

    return lf_db_exec(own.db, &own.scope, &lf_q_part_greet, LF_NO_ARGS, e);
}
