#include "cert/inject_score.h"

#include "base/map.h"
#include "cert/document_priv.h"
#include "cert/inject_priv.h"
#include "cert/unit.h"
#include "ident/audit.h"
#include "ident/node.h"
#include "store/query_inject_score.h"

static const char *const marks[LF_MARKS] = { "running", "in_time", "late", "missed", "to_judge", "judged" };

const char *lf_inject_mark_name(enum lf_inject_mark m)
{
    return marks[m];
}

/* ---- what there is ---- */

enum { NONE = UINT32_MAX };

/* A reported case; times 0: not so far. */
struct seen {
    lf_view org, peer, id;
    lf_time reported, reviewed, controlled;
    lf_time came;  /* here, by this node's clock */
    uint32_t next; /* of the same participant */
    bool taken;    /* it counts for a report inject */
};
struct person_mark {
    int points;
    lf_view why, by;
};
struct side {
    struct lf_exercise_member member;
    lf_view tenant, peer; /* neither: it reports by telephone */
    uint32_t first, last; /* cases, in the order of reporting */
    bool speaks;          /* its node says what is done there */
    bool shared;          /* another stands for the same node or tenant: whose a case is cannot be told */
};

struct reckoning {
    struct lf_task *t;
    struct lf_exercise x;
    struct lf_script script;
    lf_time until; /* what is done later does not count */
    struct side *sides;
    size_t nsides, room_sides;
    struct seen *cases;
    size_t ncases, room_cases;
    struct person_mark *given;
    size_t ngiven, room_given;
    size_t nrest;          /* tasks and answers */
    struct lf_map by_side; /* unit, "t/<tenant>", "p/<peer>" or "p/" -> side */
    struct lf_map ended;   /* "<incident>/<step>", and a notice's key -> when */
    struct lf_map judged;  /* notice's key -> given */
    uint32_t *match;       /* [inject * nsides + side]: the case that counts for it */
};

static enum lf_code too_many(struct lf_err *e)
{
    return lf_err_set(e, LF_TOO_BIG,
                      "exercise: more than %d cases, tasks or answers: its points are not reckoned",
                      LF_INJECT_SCORE_CASES);
}

static lf_view key2(struct lf_arena *a, const char *begin, lf_view v)
{
    return lf_arena_printf(a, "%s%.*s", begin, LF_FMT(v));
}

static enum lf_code on_side(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct reckoning *k = ctx;
    struct lf_arena *a = k->t->a;
    struct side *s;
    uint64_t other;
    lf_view key;

    (void)e;
    k->sides = lf_arena_grow(a, k->sides, k->nsides, &k->room_sides, sizeof *k->sides);
    s = &k->sides[k->nsides];
    *s = (struct side){ .member = { .unit = lf_arena_copy(a, lf_row_text(r, 0)) },
                        .tenant = lf_arena_copy(a, lf_row_text(r, 1)),
                        .peer = lf_arena_copy(a, lf_row_text(r, 2)),
                        .speaks = lf_row_int(r, 3) > 0,
                        .first = NONE,
                        .last = NONE };
    lf_map_set(&k->by_side, s->member.unit, k->nsides);
    key = lf_view_eq(s->tenant, k->t->scope.org) ? LF_V("p/") /* the organisation itself */
          : s->tenant.len                        ? key2(a, "t/", s->tenant)
          : s->peer.len                          ? key2(a, "p/", s->peer)
                                                 : LF_V("");
    if (key.len && lf_map_get(&k->by_side, key, &other))
        s->shared = k->sides[other].shared = true;
    else if (key.len)
        lf_map_set(&k->by_side, key, k->nsides);
    k->nsides++;
    return LF_OK;
}

/* org, peer, id, aware_at, reported_at, review_s, control_s, received_at */
static enum lf_code on_case(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct reckoning *k = ctx;
    struct lf_arena *a = k->t->a;
    int64_t review = lf_row_int(r, 5), control = lf_row_int(r, 6);
    struct seen *c;
    struct side *s;
    uint64_t at;
    bool own = lf_view_eq(lf_row_text(r, 0), k->t->scope.org);

    if (k->ncases == LF_INJECT_SCORE_CASES)
        return too_many(e);
    if (lf_row_int(r, 4) > k->until)
        return LF_OK;
    if (!lf_map_get(&k->by_side, own ? key2(a, "p/", lf_row_text(r, 1)) : key2(a, "t/", lf_row_text(r, 0)),
                    &at))
        return LF_OK; /* of somebody who takes no part any more */
    s = &k->sides[at];
    k->cases = lf_arena_grow(a, k->cases, k->ncases, &k->room_cases, sizeof *k->cases);
    c = &k->cases[k->ncases];
    *c = (struct seen){ .org = lf_arena_copy(a, lf_row_text(r, 0)),
                        .peer = lf_arena_copy(a, lf_row_text(r, 1)),
                        .id = lf_arena_copy(a, lf_row_text(r, 2)),
                        .reported = lf_row_int(r, 4),
                        .reviewed = review < 0 ? 0 : lf_row_int(r, 4) + review * LF_SECOND,
                        .controlled = control < 0 ? 0 : lf_row_int(r, 3) + control * LF_SECOND,
                        .came = lf_row_int(r, 7) ? lf_row_int(r, 7) : lf_row_int(r, 4),
                        .next = NONE };
    if (s->first == NONE)
        s->first = (uint32_t)k->ncases;
    else
        k->cases[s->last].next = (uint32_t)k->ncases;
    s->last = (uint32_t)k->ncases++;
    return LF_OK;
}

static enum lf_code on_task(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct reckoning *k = ctx;

    if (k->nrest++ == LF_INJECT_SCORE_CASES)
        return too_many(e);
    lf_map_set(&k->ended,
               lf_arena_printf(k->t->a, "%.*s/%.*s", LF_FMT(lf_row_text(r, 0)), LF_FMT(lf_row_text(r, 1))),
               (uint64_t)lf_row_int(r, 2));
    return LF_OK;
}

static enum lf_code on_answer(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct reckoning *k = ctx;

    if (k->nrest++ == LF_INJECT_SCORE_CASES)
        return too_many(e);
    lf_map_set(&k->ended, lf_arena_copy(k->t->a, lf_row_text(r, 0)), (uint64_t)lf_row_int(r, 1));
    return LF_OK;
}

/* via, incident, step, ended, whether the child itself said it */
static enum lf_code on_said(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct reckoning *k = ctx;
    struct lf_arena *a = k->t->a;
    uint64_t at;

    if (k->nrest++ == LF_INJECT_SCORE_CASES)
        return too_many(e);
    if (lf_row_text(r, 1).len)
        lf_map_set(&k->ended,
                   lf_arena_printf(a, "%.*s/%.*s", LF_FMT(lf_row_text(r, 1)), LF_FMT(lf_row_text(r, 2))),
                   (uint64_t)lf_row_int(r, 3));
    else if (lf_row_int(r, 4) && lf_map_get(&k->by_side, key2(a, "p/", lf_row_text(r, 0)), &at))
        lf_map_set(&k->ended, inject_key(k->t, k->x.id, lf_row_text(r, 2), k->sides[at].member.unit),
                   (uint64_t)lf_row_int(r, 3));
    return LF_OK;
}

static enum lf_code on_mark(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct reckoning *k = ctx;
    struct lf_arena *a = k->t->a;

    (void)e;
    k->given = lf_arena_grow(a, k->given, k->ngiven, &k->room_given, sizeof *k->given);
    k->given[k->ngiven] = (struct person_mark){ .points = (int)lf_row_int(r, 2),
                                                .why = lf_arena_copy(a, lf_row_text(r, 3)),
                                                .by = lf_arena_copy(a, lf_row_text(r, 4)) };
    lf_map_set(&k->judged, inject_key(k->t, k->x.id, lf_row_text(r, 0), lf_row_text(r, 1)), k->ngiven++);
    return LF_OK;
}

static enum lf_code gather(struct reckoning *k, struct lf_err *e)
{
    struct lf_task *t = k->t;
    struct lf_scope node = lf_node_rows(t);
    const struct lf_arg at[] = { LF_TEXT(node.org), LF_TEXT(k->x.id),
                                 LF_INT(lf_view_eq(t->scope.org, t->self->org)),
                                 LF_INT(LF_INJECT_SCORE_CASES + 1) };

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_inject_score_unit, LF_ARGS(LF_TEXT(k->x.id), LF_TEXT(node.org)),
                     on_side, k, NULL, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_inject_score_case, at, 4, on_case, k, NULL, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_inject_score_task, at, 4, on_task, k, NULL, e));
    LF_TRY(lf_db_run(t->db, &node, &lf_q_inject_score_answer,
                     LF_ARGS(LF_TEXT(k->x.id), LF_INT(LF_INJECT_SCORE_CASES + 1)), on_answer, k, NULL, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_inject_score_said,
                     LF_ARGS(LF_TEXT(k->x.id), LF_INT(LF_INJECT_SCORE_CASES + 1)), on_said, k, NULL, e));
    return lf_db_run(t->db, &t->scope, &lf_q_inject_score_mark, LF_ARGS(LF_TEXT(k->x.id)), on_mark, k, NULL,
                     e);
}

/* ---- reckoning ---- */

static bool side_of(const struct reckoning *k, lf_view unit, size_t *at)
{
    uint64_t n;

    if (!lf_map_get(&k->by_side, unit, &n))
        return false; /* it left the contact network */
    *at = (size_t)n;
    return true;
}

static void match_reports(struct reckoning *k)
{
    for (size_t i = 0; i < k->script.n; i++) {
        const struct lf_inject *x = &k->script.injects[i];

        if (!x->delivered || x->said->expect != LF_EXPECT_REPORT)
            continue;
        for (size_t m = 0; m < x->nto; m++) {
            size_t at;
            uint32_t c;

            if (!side_of(k, x->to[m].unit, &at))
                continue;
            c = k->sides[at].first;
            while (c != NONE && (k->cases[c].taken || k->cases[c].came < x->delivered))
                c = k->cases[c].next;
            k->match[i * k->nsides + at] = c;
            if (c != NONE)
                k->cases[c].taken = true;
        }
    }
}

/* When what is expected was done to that case; 0: not. */
static lf_time done_to(const struct reckoning *k, const struct lf_scenario_inject *said, const struct seen *c)
{
    uint64_t at;

    switch (said->expect) {
    case LF_EXPECT_REPORT:
        return c->reported;
    case LF_EXPECT_REVIEW:
        return c->reviewed;
    case LF_EXPECT_CONTROL:
        return c->controlled;
    default:
        return lf_map_get(&k->ended, lf_arena_printf(k->t->a, "%.*s/%.*s", LF_FMT(c->id), LF_FMT(said->task)),
                          &at)
                   ? (lf_time)at
                   : 0;
    }
}

/* Which inject's report is looked at. */
static size_t looked_at(const struct reckoning *k, size_t i)
{
    lf_view of = k->script.injects[i].said->of;

    for (size_t j = 0; of.len && j < k->script.n; j++)
        if (lf_view_eq(k->script.injects[j].said->id, of))
            return j;
    return i;
}

static bool told_to(const struct lf_inject *x, lf_view unit)
{
    for (size_t m = 0; m < x->nto; m++)
        if (lf_view_eq(x->to[m].unit, unit))
            return true;
    return false;
}

/* By the participant's own report, where one was expected of it. */
static void done_of_reports(const struct reckoning *k, size_t i, size_t side, struct lf_inject_score *s)
{
    size_t j = looked_at(k, i);
    const uint32_t *of = &k->match[j * k->nsides];
    const struct lf_scenario_inject *said = k->script.injects[i].said;
    bool own = told_to(&k->script.injects[j], k->sides[side].member.unit);
    size_t n = 0;

    if (own && (k->sides[side].shared || (!k->sides[side].tenant.len && !k->sides[side].peer.len))) {
        s->mark = LF_MARK_TO_JUDGE; /* nothing of it comes here by itself, or not as its own */
        return;
    }

    for (size_t m = own ? side : 0; m < (own ? side + 1 : k->nsides); m++) {
        const struct seen *c = of[m] == NONE ? NULL : &k->cases[of[m]];
        lf_time at = c ? done_to(k, said, c) : 0;

        if (!c)
            continue;
        if (said->expect == LF_EXPECT_TASK && c->peer.len && !k->sides[m].speaks) {
            s->mark = LF_MARK_TO_JUDGE;
            return;
        }
        s->incident = n++ ? LF_V("") : c->id;
        s->own = lf_view_eq(c->org, k->t->scope.org);
        if (!at || at > k->until) {
            s->done = 0;
            return;
        }
        if (at > s->done)
            s->done = at;
    }
}

static void mark(const struct reckoning *k, struct lf_inject_score *s)
{
    const struct lf_inject *x = s->inject;

    if (s->mark == LF_MARK_TO_JUDGE)
        return;
    if (s->done && s->done <= x->until) {
        s->mark = LF_MARK_IN_TIME;
        s->points = x->said->points;
    } else if (s->done) {
        s->mark = LF_MARK_LATE;
        s->points = x->said->points / 2;
    } else if (k->x.state == LF_EXERCISE_RUNNING && lf_now(k->t->env) <= x->until) {
        s->mark = LF_MARK_RUNNING;
    } else {
        s->mark = LF_MARK_MISSED;
    }
}

static struct lf_inject_score score_of(const struct reckoning *k, size_t i, size_t side)
{
    const struct lf_inject *x = &k->script.injects[i];
    struct lf_inject_score s = { .inject = x };
    lf_view key = inject_key(k->t, k->x.id, x->said->id, k->sides[side].member.unit);
    uint64_t at;

    if (x->said->expect == LF_EXPECT_SHARE || x->said->expect == LF_EXPECT_OTHER)
        s.mark = LF_MARK_TO_JUDGE;
    else if (x->said->expect == LF_EXPECT_ANSWER)
        s.done = lf_map_get(&k->ended, key, &at) && (lf_time)at <= k->until ? (lf_time)at : 0;
    else
        done_of_reports(k, i, side, &s);
    mark(k, &s);
    if (lf_map_get(&k->judged, key, &at)) {
        s.mark = LF_MARK_JUDGED;
        s.points = k->given[at].points;
        s.why = k->given[at].why;
        s.by = k->given[at].by;
    }
    return s;
}

static void reckon(struct reckoning *k, size_t *n, const struct lf_inject_scores **out)
{
    struct lf_inject_scores *list = LF_NEW(k->t->a, struct lf_inject_scores, k->nsides + 1);
    struct lf_inject_score **items = LF_NEW(k->t->a, struct lf_inject_score *, k->nsides + 1);

    for (size_t i = 0; i < k->script.n; i++) {
        const struct lf_inject *x = &k->script.injects[i];

        for (size_t m = 0; x->delivered && x->said->expect && m < x->nto; m++) {
            struct lf_inject_score *s;
            size_t at;

            if (!side_of(k, x->to[m].unit, &at))
                continue;
            if (!items[at])
                items[at] = LF_NEW(k->t->a, struct lf_inject_score, k->script.n);
            s = &items[at][list[at].n++];
            *s = score_of(k, i, at);
            list[at].who = &x->to[m];
            list[at].points += s->points;
            list[at].most += x->said->points;
            list[at].to_judge += s->mark == LF_MARK_TO_JUDGE;
        }
    }
    *n = 0;
    for (size_t i = 0; i < k->nsides; i++)
        if (list[i].n) {
            list[i].items = items[i];
            list[(*n)++] = list[i];
        }
    *out = list;
}

static enum lf_code prepare(struct reckoning *k, lf_view exercise, struct lf_err *e)
{
    LF_TRY(exercise_conducted(k->t, exercise, &k->x, e));
    LF_TRY(lf_script_get(k->t, exercise, &k->script, e));
    if (!k->script.there)
        return lf_err_set(e, LF_NOT_FOUND, "the exercise has no scenario");
    k->until = k->x.ended ? k->x.ended : LF_TIME_MAX;
    return LF_OK;
}

enum lf_code lf_inject_scores(struct lf_task *t, lf_view exercise, size_t *n,
                              const struct lf_inject_scores **out, struct lf_err *e)
{
    struct reckoning k = { .t = t };
    enum lf_code rc;

    LF_TRY(prepare(&k, exercise, e));
    lf_map_init(&k.by_side, (uint64_t)lf_now(t->env));
    lf_map_init(&k.ended, (uint64_t)lf_now(t->env));
    lf_map_init(&k.judged, (uint64_t)lf_now(t->env));
    rc = gather(&k, e);
    if (rc == LF_OK) {
        k.match = LF_NEW(t->a, uint32_t, k.script.n * k.nsides + 1);
        memset(k.match, 0xff, (k.script.n * k.nsides + 1) * sizeof *k.match); /* NONE */
        match_reports(&k);
        reckon(&k, n, out);
    }
    lf_map_clear(&k.by_side);
    lf_map_clear(&k.ended);
    lf_map_clear(&k.judged);
    return rc;
}

/* ---- a person's points ---- */

static const struct lf_inject *told(const struct reckoning *k, lf_view inject)
{
    for (size_t i = 0; i < k->script.n; i++)
        if (lf_view_eq(k->script.injects[i].said->id, inject))
            return &k->script.injects[i];
    return NULL;
}

static const struct lf_exercise_member *whom(struct lf_task *t, const struct lf_inject *x, lf_view unit)
{
    struct lf_err none = { 0 };
    struct lf_unit u;

    if (lf_unit_find(t, unit, unit, &u, &none) == LF_OK)
        unit = u.id;
    for (size_t i = 0; i < x->nto; i++)
        if (lf_view_eq(x->to[i].unit, unit))
            return &x->to[i];
    return NULL;
}

static enum lf_code may_judge(const struct reckoning *k, const struct lf_inject *x, lf_view inject,
                              struct lf_err *e)
{
    if (!x)
        return lf_err_set(e, LF_NOT_FOUND, "exercise: its scenario has no inject \"%.*s\"",
                          LF_FMT(lf_view_first(inject, LF_SCENARIO_ID)));
    if (!x->delivered || !x->said->expect)
        return lf_err_set(e, LF_CONFLICT,
                          "exercise: points are for injects that were told and expect something");
    if (k->x.state != LF_EXERCISE_RUNNING && k->x.state != LF_EXERCISE_ENDED)
        return lf_err_set(e, LF_CONFLICT, "exercise: points are given while it runs, or after its end");
    if (k->x.reported)
        return lf_err_set(e, LF_CONFLICT, "exercise: its result report is handed in; the points stand");
    return LF_OK;
}

enum lf_code lf_inject_judge(struct lf_task *t, lf_view exercise, lf_view inject, lf_view unit, int points,
                             lf_view why, struct lf_err *e)
{
    struct reckoning k = { .t = t };
    const struct lf_exercise_member *to;
    const struct lf_inject *x;
    struct lf_audit_note n;
    int64_t gone = 0;

    LF_TRY(prepare(&k, exercise, e));
    x = told(&k, inject);
    LF_TRY(may_judge(&k, x, inject, e));
    to = whom(t, x, unit);
    if (!to)
        return lf_err_set(e, LF_UNACCEPTED, "exercise: the inject was not told to \"%.*s\"",
                          LF_FMT(lf_view_first(unit, 120)));
    if (points > x->said->points)
        return lf_err_set(e, LF_BAD_INPUT, "exercise: points are a whole number from 0 to %d",
                          x->said->points);
    why = lf_view_trim(why);
    if (points >= 0) {
        LF_TRY(document_text("exercise", "why", why, 1, LF_MARK_WHY, e));
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_inject_score_mark_set,
                          LF_ARGS(LF_TEXT(exercise), LF_TEXT(inject), LF_TEXT(to->unit), LF_INT(points),
                                  LF_TEXT(why), LF_TEXT(t->scope.account), LF_INT(lf_now(t->env))),
                          e));
    } else {
        LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_inject_score_mark_clear,
                         LF_ARGS(LF_TEXT(exercise), LF_TEXT(inject), LF_TEXT(to->unit)), NULL, NULL, &gone,
                         e));
        if (!gone)
            return lf_err_set(e, LF_CONFLICT, "exercise: nobody gave other points there");
    }
    lf_audit_open(&n);
    lf_json_put_str(&n.w, "inject", inject);
    lf_json_put_str(&n.w, "unit", to->unit);
    if (points >= 0) {
        lf_json_put_int(&n.w, "points", points);
        lf_json_put_str(&n.w, "why", why);
    }
    return lf_audit_close(&n, t, LF_V("inject.judged"), exercise, e);
}
