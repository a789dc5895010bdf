/* What goes over links: records and injects to those below, answers to the node above; and the clock. */
/* Log code: LF2313 what an exercise has for a node could not be given to it. */
#include "cert/exercise_part_priv.h"

#include "ident/node.h"
#include "store/query_exercise_part.h"

enum { TURN = 20, TAKING = 2 * LF_EXERCISES_ABOVE };

static lf_time ms(lf_time at)
{
    return at - at % LF_MSEC;
}

static enum lf_code ids(struct lf_task *t, const struct lf_query *q, const struct lf_arg *args, size_t nargs,
                        struct part_ids *out, struct lf_err *e)
{
    *out = (struct part_ids){ .a = t->a };
    return lf_db_run(t->db, &t->scope, q, args, nargs, part_on_id, out, NULL, e);
}

struct child {
    lf_view peer, node, name, tier;
    bool wanted, whole, gone;
    int64_t carried;
};

static enum lf_code on_child(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct part_rows *g = ctx;
    struct child *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);

    (void)e;
    list[g->n++] = (struct child){ .peer = lf_arena_copy(g->a, lf_row_text(r, 0)),
                                   .node = lf_arena_copy(g->a, lf_row_text(r, 1)),
                                   .name = lf_arena_copy(g->a, lf_row_text(r, 2)),
                                   .tier = lf_arena_copy(g->a, lf_row_text(r, 3)),
                                   .wanted = lf_row_int(r, 4) != 0,
                                   .whole = lf_row_int(r, 5) != 0,
                                   .carried = lf_row_int(r, 6),
                                   .gone = lf_row_int(r, 7) != 0 };
    return LF_OK;
}

/* What does not go to one is passed over and said, and never holds up what waits for others; *gave: it went.
 * Not so where the machine is at fault. */
static enum lf_code given(struct lf_task *t, lf_view exercise, lf_view whom, enum lf_code rc, bool *gave,
                          struct lf_err *e)
{
    char a[80], b[200], c[600];

    *gave = rc == LF_OK;
    if (rc == LF_OK || rc == LF_IO || rc == LF_FULL || rc == LF_AWAY)
        return rc;
    lf_log(t->env->log, LF_LOG_WARN, "LF2313", "exercise=%s for=%s why=%s",
           lf_log_text(exercise, a, sizeof a), lf_log_text(whom, b, sizeof b),
           lf_log_text(lf_view_of(e->text), c, sizeof c));
    *e = (struct lf_err){ 0 };
    return LF_OK;
}

/* What goes down of an exercise: as it stands here, in this node's name. */
static void record_of(const struct lf_task *t, const struct lf_exercise *x, const struct part_known *k,
                      struct lf_drill *d)
{
    lf_view rest = k->path, one;

    *d = (struct lf_drill){ .head = { .by = t->self->node,
                                      .created = ms(x->created),
                                      .modified = ms(k->version),
                                      .exercise = x->id },
                            .conductor = k->conductor.len ? k->conductor : t->self->node,
                            .conductor_name = x->conductor_name.len ? x->conductor_name : t->self->name,
                            .conductor_tier = x->reach,
                            .name = x->name,
                            .aim = x->aim,
                            .kind = lf_view_of(lf_exercise_kind_name(x->kind)),
                            .state = lf_view_of(lf_exercise_state_name(x->state)),
                            .reach = x->reach,
                            .speed = x->speed,
                            .begins = ms(x->begins),
                            .ends = ms(x->ends),
                            .began = ms(x->began),
                            .ended = ms(x->ended),
                            .report_due = ms(x->report_due) };
    if (d->head.modified < d->head.created)
        d->head.modified = d->head.created;
    while (rest.len && d->npath < LF_DRILL_PATH - 1 && lf_view_split(&rest, ' ', &one))
        d->path[d->npath++] = one;
    d->path[d->npath++] = t->self->node;
}

static enum lf_code carry_one(struct lf_task *t, lf_view id, const struct lf_exercise_carrier *c,
                              struct lf_err *e)
{
    struct part_rows g = { .a = t->a };
    const struct child *list;
    struct lf_exercise x;
    struct part_known k;

    LF_TRY(lf_exercise_get(t, id, &x, e));
    LF_TRY(part_known_of(t, id, &k, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_part_children, LF_ARGS(LF_TEXT(id)), on_child, &g, NULL, e));
    list = g.items;
    for (size_t i = 0; i < g.n; i++) {
        bool goes = list[i].wanted &&
                    (list[i].carried ? list[i].carried < k.version : x.state <= LF_EXERCISE_RUNNING);
        bool leaves = !list[i].wanted && list[i].carried && !list[i].gone;
        struct lf_drill d;
        bool gave;

        if (!goes && !leaves)
            continue;
        record_of(t, &x, &k, &d);
        d.member = list[i].node;
        d.whole = list[i].whole && goes;
        d.dropped = leaves || k.dropped;
        if (leaves)
            d.state = lf_view_of(lf_exercise_state_name(LF_EXERCISE_CANCELLED));
        LF_TRY(given(t, id, list[i].peer, c->record(c->ctx, list[i].peer, &d, e), &gave, e));
        if (!gave)
            continue; /* with the next change, or when it comes back */
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_part_carried,
                          LF_ARGS(LF_TEXT(id), LF_TEXT(list[i].node), LF_TEXT(list[i].peer),
                                  LF_TEXT(list[i].name), LF_TEXT(list[i].tier), LF_INT(k.version),
                                  LF_INT(leaves)),
                          e));
    }
    return lf_db_exec(t->db, &t->scope, &lf_q_part_settled, LF_ARGS(LF_TEXT(id)), e);
}

static enum lf_code carry_injects(struct lf_task *t, const struct lf_exercise_carrier *c, struct lf_err *e)
{
    struct part_rows g = { .a = t->a };
    const struct lf_exercise_told *list;

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_part_told_waiting, LF_ARGS(LF_INT(TURN * TURN)), part_on_told,
                     &g, NULL, e));
    list = g.items;
    for (size_t i = 0; i < g.n; i++) {
        const struct lf_exercise_told *x = &list[i];
        struct lf_drill_inject d = { .head = { .by = t->self->node,
                                               .created = ms(x->received),
                                               .modified = ms(x->received),
                                               .exercise = x->exercise },
                                     .inject = x->inject,
                                     .zh = x->zh,
                                     .en = x->en,
                                     .tell_zh = x->tell_zh,
                                     .tell_en = x->tell_en,
                                     .expect = x->expect,
                                     .task = x->task,
                                     .points = x->points,
                                     .english = x->english,
                                     .whole = x->whole,
                                     .told = ms(x->told),
                                     .until = ms(x->until) };

        bool gave;

        LF_TRY(given(t, x->exercise, x->dest, c->inject(c->ctx, x->dest, &d, e), &gave, e));
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_part_told_carried,
                          LF_ARGS(LF_TEXT(x->exercise), LF_TEXT(x->inject), LF_TEXT(x->dest)), e));
    }
    if (g.n == TURN * TURN)
        t->effects |= LF_FX_OUTBOX; /* again */
    return LF_OK;
}

static enum lf_code on_done(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct part_rows *g = ctx;
    struct lf_drill_done *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);

    (void)e;
    list[g->n++] = (struct lf_drill_done){ lf_arena_copy(g->a, lf_row_text(r, 0)),
                                           lf_arena_copy(g->a, lf_row_text(r, 1)), lf_row_int(r, 2) };
    return LF_OK;
}

static enum lf_code done_here(struct lf_task *t, lf_view id, struct part_rows *g, struct lf_err *e)
{
    *g = (struct part_rows){ .a = t->a };
    return lf_db_run(t->db, &t->scope, &lf_q_part_done_here, LF_ARGS(LF_TEXT(id), LF_INT(LF_DRILL_DONE)),
                     on_done, g, NULL, e);
}

static lf_time later(lf_time now, lf_time told)
{
    return ms(now) > told ? ms(now) : told + LF_MSEC;
}

/* This node's own word. */
static enum lf_code carry_answer(struct lf_task *t, lf_view id, const struct lf_exercise_carrier *c,
                                 struct lf_err *e)
{
    struct lf_drill_answer d;
    struct lf_exercise x;
    struct part_rows done;
    struct part_known k;
    lf_time at;
    bool above, gave;

    LF_TRY(lf_exercise_get(t, id, &x, e));
    LF_TRY(part_known_of(t, id, &k, e));
    LF_TRY(exercise_above(t, k.origin, &above, e));
    LF_TRY(done_here(t, id, &done, e));
    at = later(lf_now(t->env), k.told);
    d = (struct lf_drill_answer){
        .head = { .by = t->self->node, .created = ms(x.created), .modified = at, .exercise = id },
        .node = t->self->node,
        .name = t->self->name,
        .tier = t->self->tier,
        .answer = lf_view_of(lf_part_answer_name(x.answer)),
        .answered = ms(x.answered),
        .why = x.why,
        .reported = ms(x.reported),
        .report = x.report,
        .ndone = done.n,
        .done = done.items
    };
    if (above)
        LF_TRY(given(t, id, LF_V("up"), c->answer(c->ctx, &d, e), &gave, e));
    return lf_db_exec(t->db, &t->scope, &lf_q_part_up_told, LF_ARGS(LF_INT(at), LF_TEXT(id)), e);
}

struct other {
    lf_view id, node, name, tier, why, report;
    enum lf_part_answer answer;
    lf_time answered, reported, told;
};

static enum lf_code on_other(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct part_rows *g = ctx;
    struct other *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);

    (void)e;
    list[g->n++] = (struct other){ .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
                                   .node = lf_arena_copy(g->a, lf_row_text(r, 1)),
                                   .name = lf_arena_copy(g->a, lf_row_text(r, 2)),
                                   .tier = lf_arena_copy(g->a, lf_row_text(r, 3)),
                                   .answer = (enum lf_part_answer)lf_row_int(r, 4),
                                   .answered = lf_row_int(r, 5),
                                   .why = lf_arena_copy(g->a, lf_row_text(r, 6)),
                                   .reported = lf_row_int(r, 7),
                                   .report = lf_arena_copy(g->a, lf_row_text(r, 8)),
                                   .told = lf_row_int(r, 9) };
    return LF_OK;
}

/* What those below said goes on. */
static enum lf_code carry_others(struct lf_task *t, const struct lf_exercise_carrier *c, struct lf_err *e)
{
    struct part_rows g = { .a = t->a };
    const struct other *list;

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_part_up_others, LF_ARGS(LF_INT(TURN * TURN)), on_other, &g, NULL,
                     e));
    list = g.items;
    for (size_t i = 0; i < g.n; i++) {
        const struct other *o = &list[i];
        struct part_rows done = { .a = t->a };
        lf_time at = later(lf_now(t->env), o->told);
        struct lf_drill_answer d;
        struct part_known k;
        bool above, gave;

        LF_TRY(part_known_of(t, o->id, &k, e));
        LF_TRY(exercise_above(t, k.origin, &above, e));
        LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_part_done_of,
                         LF_ARGS(LF_TEXT(o->id), LF_TEXT(o->node), LF_INT(LF_DRILL_DONE)), on_done, &done,
                         NULL, e));
        d = (struct lf_drill_answer){
            .head = { .by = t->self->node, .created = at, .modified = at, .exercise = o->id },
            .node = o->node,
            .name = o->name,
            .tier = o->tier,
            .answer = lf_view_of(lf_part_answer_name(o->answer)),
            .answered = o->answered,
            .why = o->why,
            .reported = o->reported,
            .report = o->report,
            .ndone = done.n,
            .done = done.items
        };
        if (above)
            LF_TRY(given(t, o->id, LF_V("up"), c->answer(c->ctx, &d, e), &gave, e));
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_part_up_other_told,
                          LF_ARGS(LF_INT(at), LF_TEXT(o->id), LF_TEXT(o->node)), e));
    }
    if (g.n == TURN * TURN)
        t->effects |= LF_FX_OUTBOX;
    return LF_OK;
}

enum lf_code lf_exercise_carry(struct lf_task *t, const struct lf_exercise_carrier *c, struct lf_err *e)
{
    struct part_ids d;

    LF_TRY(ids(t, &lf_q_part_fresh, LF_ARGS(LF_INT(TURN)), &d, e));
    for (size_t i = 0; i < d.n; i++)
        LF_TRY(carry_one(t, d.items[i], c, e));
    if (d.n == TURN)
        t->effects |= LF_FX_OUTBOX;
    LF_TRY(carry_injects(t, c, e));
    LF_TRY(ids(t, &lf_q_part_up, LF_ARGS(LF_INT(TURN)), &d, e));
    for (size_t i = 0; i < d.n; i++)
        LF_TRY(carry_answer(t, d.items[i], c, e));
    return carry_others(t, c, e);
}

/* ---- the clock ---- */

static enum lf_code on_taking(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct part_rows *g = ctx;
    lf_view *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, 2 * sizeof *list);

    (void)e;
    list[2 * g->n] = lf_arena_copy(g->a, lf_row_text(r, 0));
    list[2 * g->n + 1] = lf_arena_copy(g->a, lf_row_text(r, 1));
    g->n++;
    return LF_OK;
}

/* The node above is told when another step or answer is there. */
static enum lf_code look(struct lf_task *t, lf_view id, lf_view mark, struct lf_err *e)
{
    const struct lf_drill_done *list;
    struct part_rows done;
    lf_time sum = 0;
    lf_view now;

    LF_TRY(done_here(t, id, &done, e));
    list = done.items;
    for (size_t i = 0; i < done.n; i++)
        sum += list[i].ended / LF_MSEC;
    now = done.n ? lf_arena_printf(t->a, "%zu/%lld", done.n, (long long)sum) : LF_V("");
    if (lf_view_eq(now, mark))
        return LF_OK;
    t->effects |= LF_FX_OUTBOX;
    return lf_db_exec(t->db, &t->scope, &lf_q_part_done_mark, LF_ARGS(LF_TEXT(now), LF_TEXT(id)), e);
}

/* The result reports of an exercise are due: who owes one is said, once. */
static enum lf_code late(struct lf_task *t, lf_view id, struct lf_err *e)
{
    const struct lf_exercise_part *parts;
    lf_view names = LF_V("");
    struct lf_exercise x;
    size_t n;

    LF_TRY(lf_exercise_get(t, id, &x, e));
    LF_TRY(lf_exercise_parts(t, id, &n, &parts, e));
    if (!x.reported)
        names = t->self->name;
    for (size_t i = 0; i < n; i++) {
        if (!parts[i].late)
            continue;
        names = names.len ? lf_arena_printf(t->a, "%.*s, %.*s", LF_FMT(lf_utf8_first(names, 1500)),
                                            LF_FMT(parts[i].name))
                          : parts[i].name;
        if (parts[i].tenant.len)
            LF_TRY(part_notice(t, &x, LF_NOTICE_EXERCISE_LATE, "late", parts[i].tenant, LF_V(""), e));
    }
    if (names.len)
        LF_TRY(part_notice(t, &x, LF_NOTICE_EXERCISE_LATE, "late", LF_V(""), names, e));
    return lf_db_exec(t->db, &t->scope, &lf_q_part_late_said, LF_ARGS(LF_TEXT(id)), e);
}

enum lf_code lf_exercise_turn(struct lf_task *t, struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    struct part_rows g = { .a = t->a };
    lf_time now = lf_now(t->env);
    const lf_view *taking;
    struct part_ids d;

    LF_TRY(lf_db_run(own.db, &own.scope, &lf_q_part_taking, LF_ARGS(LF_INT(now - LF_DAY), LF_INT(TAKING)),
                     on_taking, &g, NULL, e));
    taking = g.items;
    for (size_t i = 0; i < g.n; i++)
        LF_TRY(look(&own, taking[2 * i], taking[2 * i + 1], e));
    LF_TRY(ids(&own, &lf_q_part_late, LF_ARGS(LF_INT(now), LF_INT(TURN)), &d, e));
    for (size_t i = 0; i < d.n; i++)
        LF_TRY(late(&own, d.items[i], e));
    t->effects |= own.effects;
    return LF_OK;
}
