/* Who takes part: what they are told, and what they say. */
#include "cert/exercise_part.h"

#include "cert/document_priv.h"
#include "cert/incident_priv.h"
#include "cert/inject_priv.h"
#include "cert/notice.h"
#include "cert/unit.h"
#include "ident/audit.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "model/role.h"
#include "store/query_exercise_part.h"

enum { TURN = 20 };
#define LATE LF_MINUTE /* an inject that comes so long after it was told was held up by the link */

static const char *const answers[] = { "asked", "acknowledged", "declined" };

const char *lf_part_answer_name(enum lf_part_answer a)
{
    return answers[a];
}

static lf_view tenant_key(struct lf_arena *a, lf_view org)
{
    return lf_arena_printf(a, "tenant:%.*s", LF_FMT(org));
}

/* ---- rows ---- */

struct gather {
    struct lf_arena *a;
    void *items;
    size_t n, cap;
    lf_time due; /* of the result reports; 0: not due */
};

static enum lf_code on_part(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_exercise_part *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);
    struct lf_exercise_part p = { .unit = lf_arena_copy(g->a, lf_row_text(r, 0)),
                                  .name = lf_arena_copy(g->a, lf_row_text(r, 1)),
                                  .tenant = lf_arena_copy(g->a, lf_row_text(r, 2)),
                                  .peer = lf_arena_copy(g->a, lf_row_text(r, 3)),
                                  .whole = lf_row_int(r, 4) != 0,
                                  .node = lf_arena_copy(g->a, lf_row_text(r, 5)),
                                  .tier = lf_arena_copy(g->a, lf_row_text(r, 6)),
                                  .answer = (enum lf_part_answer)lf_row_int(r, 8),
                                  .answered = lf_row_int(r, 9),
                                  .why = lf_arena_copy(g->a, lf_row_text(r, 10)),
                                  .reported = lf_row_int(r, 11),
                                  .report = lf_arena_copy(g->a, lf_row_text(r, 12)) };

    (void)e;
    p.sent = p.tenant.len || (p.peer.len && lf_row_int(r, 7) > 0);
    p.below = !p.unit.len && p.peer.len && !lf_row_int(r, 7);
    p.late = g->due && !p.reported && (p.tenant.len || p.peer.len) && p.answer != LF_PART_DECLINED;
    list[g->n++] = p;
    return LF_OK;
}

enum lf_code lf_exercise_parts(struct lf_task *t, lf_view id, size_t *n, const struct lf_exercise_part **out,
                               struct lf_err *e)
{
    struct gather named = { .a = t->a }, others = { .a = t->a };
    struct lf_exercise_part *all;
    const struct lf_exercise_part *a, *b;
    struct lf_exercise x;

    LF_TRY(lf_exercise_get(t, id, &x, e));
    *n = 0;
    *out = NULL;
    if (x.guest)
        return LF_OK;
    if (x.state == LF_EXERCISE_ENDED && x.report_due && x.report_due < lf_now(t->env))
        named.due = others.due = x.report_due;
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_part_list, LF_ARGS(LF_TEXT(lf_node_rows(t).org), LF_TEXT(id)),
                     on_part, &named, NULL, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_part_others, LF_ARGS(LF_TEXT(id)), on_part, &others, NULL, e));
    all = LF_NEW(t->a, struct lf_exercise_part, named.n + others.n + 1);
    a = named.items;
    b = others.items;
    for (size_t i = 0; i < named.n; i++) {
        all[(*n)++] = a[i];
        for (size_t k = 0; k < others.n && a[i].peer.len; k++)
            if (b[k].below && lf_view_eq(b[k].peer, a[i].peer))
                all[(*n)++] = b[k];
    }
    for (size_t k = 0; k < others.n; k++) {
        bool had = false;

        for (size_t i = 0; i < named.n && !had; i++)
            had = b[k].below && lf_view_eq(b[k].peer, a[i].peer);
        if (!had)
            all[(*n)++] = b[k];
    }
    if (exercise_need(t, &(struct lf_err){ 0 }) != LF_OK && !(t->scope.roles & LF_ROLE_SYSTEM))
        for (size_t i = 0; i < *n; i++) /* what they wrote is for who conducts it */
            all[i].why = all[i].report = LF_V("");
    *out = all;
    return LF_OK;
}

/* ---- telling ---- */

static enum lf_code notice(struct lf_task *t, const struct lf_exercise *x, enum lf_notice_kind kind,
                           const char *what, lf_view about, lf_view detail, struct lf_err *e)
{
    return lf_notice_raise(
        t,
        &(struct lf_notice_new){
            .kind = kind,
            .key = lf_arena_printf(t->a, "%.*s/%s/%.*s", LF_FMT(x->id), what, LF_FMT(about)),
            .subject = x->id,
            .title = x->name,
            .detail = detail,
            .path = lf_arena_printf(t->a, "/exercises/%.*s", LF_FMT(x->id)),
            .about = about,
            .exercise = true },
        NULL, e);
}

enum lf_code exercise_tell(struct lf_task *t, const struct lf_exercise *x, struct lf_err *e)
{
    struct gather g = { .a = t->a };
    const struct lf_exercise_part *list;

    t->effects |= LF_FX_OUTBOX;
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_part_list, LF_ARGS(LF_TEXT(lf_node_rows(t).org), LF_TEXT(x->id)),
                     on_part, &g, NULL, e));
    list = g.items;
    for (size_t i = 0; i < g.n; i++)
        if (list[i].tenant.len && !lf_view_eq(list[i].tenant, t->scope.org))
            LF_TRY(notice(t, x, LF_NOTICE_EXERCISE, lf_exercise_state_name(x->state), list[i].tenant, x->aim,
                          e));
    return LF_OK;
}

enum lf_code exercise_above(struct lf_task *t, lf_view peer, bool *above, struct lf_err *e)
{
    int64_t n;

    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_part_parent, LF_ARGS(LF_TEXT(peer)), &n, e));
    *above = n > 0;
    return LF_OK;
}

/* ---- answers and reports of this organisation ---- */

/* What the tenant is called. */
static enum lf_code name_of(struct lf_task *t, lf_view *out, struct lf_err *e)
{
    struct lf_organisation o;
    struct lf_err none = { 0 };
    enum lf_code rc = lf_organisation_get(t, t->scope.org, &o, &none);

    if (rc != LF_OK && rc != LF_NOT_FOUND)
        return lf_err_set(e, rc, "%s", none.text);
    *out = rc == LF_OK ? o.name : t->scope.org;
    return LF_OK;
}

enum lf_code exercise_report_guest(struct lf_task *t, const struct lf_exercise *x, lf_view text,
                                   struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    lf_view name;

    if (x->state != LF_EXERCISE_ENDED)
        return lf_err_set(e, LF_CONFLICT, "exercise: its result report is handed in once it has ended");
    LF_TRY(name_of(t, &name, e));
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_part_report_tenant,
                      LF_ARGS(LF_TEXT(x->id), LF_TEXT(tenant_key(t->a, t->scope.org)), LF_TEXT(name),
                              LF_INT(lf_now(t->env)), LF_TEXT(text)),
                      e));
    return lf_audit_add(t, LF_V("exercise.report"), x->id, LF_V("{}"), e);
}

enum lf_code lf_exercise_answer(struct lf_task *t, lf_view id, bool accept, lf_view why, struct lf_err *e)
{
    enum lf_part_answer answer = accept ? LF_PART_ACKNOWLEDGED : LF_PART_DECLINED;
    struct lf_scope node = lf_node_rows(t);
    struct lf_exercise x;
    struct lf_audit_note n;
    lf_view name;
    int64_t changed = 0;

    LF_TRY(lf_exercise_get(t, id, &x, e));
    LF_TRY(lf_ident_need(
        t, LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REVIEWER | (x.guest ? (unsigned)LF_ROLE_REPORTER : 0),
        e));
    why = lf_view_some(lf_view_trim(why));
    LF_TRY(document_text("exercise", "why", why, 0, LF_DRILL_WHY, e));
    if (!x.origin.len && !x.guest)
        return lf_err_set(e, LF_CONFLICT, "exercise: it is conducted here; only who takes part answers");
    if (x.state > LF_EXERCISE_RUNNING)
        return lf_err_set(e, LF_CONFLICT, "exercise: it is %s; there is nothing left to answer",
                          lf_exercise_state_name(x.state));
    if (x.guest) {
        LF_TRY(name_of(t, &name, e));
        LF_TRY(lf_db_exec(t->db, &node, &lf_q_part_answer_tenant,
                          LF_ARGS(LF_TEXT(id), LF_TEXT(tenant_key(t->a, t->scope.org)), LF_TEXT(name),
                                  LF_INT(answer), LF_INT(lf_now(t->env)), LF_TEXT(why)),
                          e));
    } else {
        LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_part_answer,
                         LF_ARGS(LF_INT(answer), LF_INT(lf_now(t->env)), LF_TEXT(why), LF_TEXT(id)), NULL,
                         NULL, &changed, e));
        if (!changed)
            return lf_err_set(e, LF_CONFLICT, "exercise: there is nothing to answer");
        t->effects |= LF_FX_OUTBOX;
    }
    lf_audit_open(&n);
    lf_json_put_cstr(&n.w, "answer", answers[answer]);
    if (why.len)
        lf_json_put_str(&n.w, "why", why);
    return lf_audit_close(&n, t, LF_V("exercise.answer"), id, e);
}

enum lf_code lf_exercise_bring(struct lf_task *t, lf_view id, const struct lf_exercise_members *who,
                               struct lf_err *e)
{
    struct lf_exercise x;

    LF_TRY(exercise_need(t, e));
    LF_TRY(lf_exercise_get(t, id, &x, e));
    if (!x.origin.len || x.guest)
        return lf_err_set(
            e, LF_CONFLICT,
            "exercise: a node that takes part says here whom of its own it brings; who conducts "
            "it changes it as long as it is planned");
    if (x.state > LF_EXERCISE_RUNNING)
        return lf_err_set(e, LF_CONFLICT, "exercise: it is over; nobody else is brought");
    LF_TRY(exercise_keep_members(t, id, who, e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_part_changed, LF_ARGS(LF_INT(lf_now(t->env)), LF_TEXT(id)), e));
    LF_TRY(exercise_tell(t, &x, e));
    return lf_audit_add(t, LF_V("exercise.change"), id, LF_V("{}"), e);
}

/* ---- injects that were told here ---- */

static enum lf_code on_told(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_exercise_told *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);
    struct lf_exercise_told x = { .exercise = lf_arena_copy(g->a, lf_row_text(r, 0)),
                                  .inject = lf_arena_copy(g->a, lf_row_text(r, 1)),
                                  .dest = lf_arena_copy(g->a, lf_row_text(r, 2)),
                                  .zh = lf_arena_copy(g->a, lf_row_text(r, 3)),
                                  .en = lf_arena_copy(g->a, lf_row_text(r, 4)),
                                  .tell_zh = lf_arena_copy(g->a, lf_row_text(r, 5)),
                                  .tell_en = lf_arena_copy(g->a, lf_row_text(r, 6)),
                                  .english = lf_row_int(r, 7) != 0,
                                  .expect = lf_arena_copy(g->a, lf_row_text(r, 8)),
                                  .task = lf_arena_copy(g->a, lf_row_text(r, 9)),
                                  .points = (int)lf_row_int(r, 10),
                                  .told = lf_row_int(r, 11),
                                  .until = lf_row_int(r, 12),
                                  .received = lf_row_int(r, 13),
                                  .whole = lf_row_int(r, 14) != 0 };

    (void)e;
    x.late = x.received > x.told + LATE;
    list[g->n++] = x;
    return LF_OK;
}

enum lf_code lf_exercise_told(struct lf_task *t, lf_view id, size_t *n, const struct lf_exercise_told **out,
                              struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = { .a = t->a };
    struct lf_exercise x;

    LF_TRY(lf_exercise_get(t, id, &x, e));
    *n = 0;
    *out = NULL;
    if (!x.origin.len && !x.guest)
        return LF_OK;
    LF_TRY(lf_db_run(t->db, &node, &lf_q_part_told_list,
                     LF_ARGS(LF_TEXT(id), LF_TEXT(x.guest ? tenant_key(t->a, t->scope.org) : LF_V("here"))),
                     on_told, &g, NULL, e));
    *n = g.n;
    *out = g.items;
    return LF_OK;
}

static enum lf_code keep_told(struct lf_task *t, const struct lf_exercise_told *x, lf_view dest,
                              struct lf_err *e)
{
    return lf_db_exec(t->db, &t->scope, &lf_q_part_told_add,
                      LF_ARGS(LF_TEXT(x->exercise), LF_TEXT(x->inject), LF_TEXT(dest), LF_TEXT(x->zh),
                              LF_TEXT(x->en), LF_TEXT(x->tell_zh), LF_TEXT(x->tell_en), LF_INT(x->english),
                              LF_TEXT(x->expect), LF_TEXT(x->task), LF_INT(x->points), LF_INT(x->told),
                              LF_INT(x->until), LF_INT(x->received), LF_INT(x->whole)),
                      e);
}

enum lf_code exercise_told_add(struct lf_task *t, const struct lf_exercise *x, const struct lf_inject *one,
                               bool english, const struct lf_exercise_member *to, bool *far, struct lf_err *e)
{
    const struct lf_scenario_inject *said = one->said;
    lf_time now = lf_now(t->env);
    struct lf_exercise_told told = { .exercise = x->id,
                                     .inject = said->id,
                                     .zh = said->zh,
                                     .en = said->en,
                                     .tell_zh = said->tell_zh,
                                     .tell_en = said->tell_en,
                                     .english = english,
                                     .expect = lf_view_of(lf_expect_name(said->expect)),
                                     .task = lf_view_some(said->task),
                                     .points = said->points,
                                     .told = now,
                                     .until = said->within ? now + exercise_span(x, said->within) : 0,
                                     .received = now,
                                     .whole = to->below };
    struct lf_scope node = lf_node_rows(t);
    int64_t known = 0;
    struct lf_unit u;

    *far = false;
    if (!lf_view_eq(t->scope.org, node.org)) /* a tenant's own exercise stays with it */
        return LF_OK;
    LF_TRY(lf_unit_get(t, to->unit, &u, e));
    if (u.tenant.len)
        return lf_view_eq(u.tenant, node.org) ? LF_OK : keep_told(t, &told, tenant_key(t->a, u.tenant), e);
    if (!u.peer.len)
        return LF_OK;
    LF_TRY(
        lf_db_int(t->db, &t->scope, &lf_q_part_child, LF_ARGS(LF_TEXT(x->id), LF_TEXT(u.peer)), &known, e));
    if (!known) /* its node was never reached: its contacts are called from here */
        return LF_OK;
    *far = true;
    t->effects |= LF_FX_OUTBOX;
    return keep_told(t, &told, u.peer, e);
}

/* ---- from the node above ---- */

struct known {
    struct lf_arena *a;
    bool there;
    lf_view origin, conductor, path;
    int64_t source, told, version;
    enum lf_exercise_state state;
    int speed;
};

static enum lf_code on_known(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct known *k = ctx;

    (void)e;
    *k = (struct known){ .a = k->a,
                         .there = true,
                         .origin = lf_arena_copy(k->a, lf_row_text(r, 0)),
                         .conductor = lf_arena_copy(k->a, lf_row_text(r, 1)),
                         .source = lf_row_int(r, 2),
                         .state = (enum lf_exercise_state)lf_row_int(r, 3),
                         .speed = (int)lf_row_int(r, 4),
                         .told = lf_row_int(r, 5),
                         .path = lf_arena_copy(k->a, lf_row_text(r, 6)),
                         .version = lf_row_int(r, 7) };
    return LF_OK;
}

static enum lf_code known_of(struct lf_task *t, lf_view id, struct known *k, struct lf_err *e)
{
    *k = (struct known){ .a = t->a };
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
static enum lf_code may_replace(struct lf_task *t, const struct known *k, const struct lf_incident_peer *from,
                                const struct lf_drill *d, struct lf_err *e)
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
    struct known k;

    LF_TRY(lf_ident_need(t, LF_ROLE_PEER, e));
    LF_TRY(check_record(&own, from, d, &kind, &state, e));
    LF_TRY(known_of(&own, x.id, &k, e));
    if (k.there) {
        LF_TRY(may_replace(&own, &k, from, d, e));
        if (lf_view_eq(k.origin, from->id) && d->head.modified <= k.source)
            return LF_OK; /* the same again, or what was said before */
        if (state < k.state)
            return lf_err_set(e, LF_UNACCEPTED, "exercise: it is %s here and does not become %.*s again",
                              lf_exercise_state_name(k.state), LF_FMT(d->state));
        LF_TRY(lf_db_exec(own.db, &own.scope, &lf_q_part_take_again,
                          LF_ARGS(LF_INT(kind), LF_INT(state), LF_TEXT(d->name), LF_TEXT(d->aim),
                                  LF_INT(d->speed), LF_INT(d->begins), LF_INT(d->ends), LF_INT(d->began),
                                  LF_INT(d->ended), LF_INT(d->report_due), LF_INT(now), LF_TEXT(from->id),
                                  LF_TEXT(path_text(t->a, d)), LF_INT(d->whole), LF_INT(d->head.modified),
                                  LF_TEXT(x.id)),
                          e));
    } else {
        if (state > LF_EXERCISE_RUNNING)
            return LF_OK; /* it was over before it came here */
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
        LF_TRY(notice(&own, &x, LF_NOTICE_EXERCISE, lf_exercise_state_name(state), LF_V(""), d->aim, e));
        LF_TRY(exercise_tell(&own, &x, e));
        LF_TRY(lf_audit_add(&own, LF_V("exercise.received"), x.id,
                            lf_arena_printf(t->a, "{\"node\":\"%.*s\",\"state\":\"%s\"}",
                                            LF_FMT(d->conductor), lf_exercise_state_name(state)),
                            e));
    }
    t->effects |= own.effects | LF_FX_OUTBOX;
    return LF_OK;
}

struct dests {
    struct lf_arena *a;
    lf_view *items;
    size_t n, cap;
};

static enum lf_code on_dest(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct dests *d = ctx;

    (void)e;
    d->items = lf_arena_grow(d->a, d->items, d->n, &d->cap, sizeof *d->items);
    d->items[d->n++] = lf_arena_copy(d->a, lf_row_text(r, 0));
    return LF_OK;
}

/* Tells one here; what it says of a link that was cut stands behind its text. */
static enum lf_code tell_here(struct lf_task *t, const struct lf_exercise_told *x, lf_view dest, int speed,
                              struct lf_err *e)
{
    lf_view tell = x->english ? x->tell_en : x->tell_zh;
    lf_view org = lf_view_starts(dest, LF_V("tenant:")) ? lf_view_from(dest, 7) : LF_V("");

    if (x->received > x->told + LATE)
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
    struct dests to = { .a = t->a };
    struct known k;

    LF_TRY(lf_ident_need(t, LF_ROLE_PEER, e));
    LF_TRY(from_above(&own, from, d->head.by, d->member, e));
    LF_TRY(known_of(&own, x.exercise, &k, e));
    if (!k.there || !lf_view_eq(k.origin, from->id))
        return lf_err_set(e, LF_FORBIDDEN, "exercise: an inject of one that did not come from %.*s",
                          LF_FMT(from->node));
    if (k.state == LF_EXERCISE_PLANNED || k.state == LF_EXERCISE_CANCELLED)
        return lf_err_set(e, LF_CONFLICT, "exercise: an inject of one that is %s",
                          lf_exercise_state_name(k.state));
    LF_TRY(keep_told(&own, &x, LF_V("here"), e));
    LF_TRY(tell_here(&own, &x, LF_V("here"), k.speed, e));
    if (d->whole)
        LF_TRY(lf_db_run(own.db, &own.scope, &lf_q_part_told_below, LF_ARGS(LF_TEXT(x.exercise)), on_dest,
                         &to, NULL, e));
    for (size_t i = 0; i < to.n; i++) {
        LF_TRY(keep_told(&own, &x, to.items[i], e));
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
    size_t answer;

    LF_TRY(lf_ident_need(t, LF_ROLE_PEER, e));
    if (from->is_parent || !lf_view_eq(d->head.by, from->node))
        return lf_err_set(e, LF_FORBIDDEN, "exercise: a node answers the node above it, in its own name");
    if (lf_view_eq(d->node, t->self->node) ||
        (itself ? !lf_view_eq(d->tier, from->tier) : lf_tier_height(d->tier) >= lf_tier_height(from->tier)))
        return lf_err_set(e, LF_FORBIDDEN, "exercise: %.*s does not lie below %.*s", LF_FMT(d->node),
                          LF_FMT(from->node));
    if (!lf_view_among(d->answer, answers, sizeof answers / sizeof *answers, &answer))
        return lf_err_set(e, LF_UNACCEPTED, "exercise: an answer is asked, acknowledged or declined");
    LF_TRY(lf_db_int(own.db, &own.scope, &lf_q_part_child,
                     LF_ARGS(LF_TEXT(d->head.exercise), LF_TEXT(from->id)), &asked, e));
    if (!asked)
        return lf_err_set(e, LF_FORBIDDEN, "exercise: %.*s takes no part in it", LF_FMT(from->node));
    LF_TRY(lf_db_int(own.db, &own.scope, &lf_q_part_elsewhere,
                     LF_ARGS(LF_TEXT(d->head.exercise), LF_TEXT(d->node), LF_TEXT(from->id)), &asked, e));
    if (asked)
        return lf_err_set(e, LF_FORBIDDEN, "exercise: %.*s lies elsewhere in the tree", LF_FMT(d->node));
    LF_TRY(lf_db_run(own.db, &own.scope, &lf_q_part_said,
                     LF_ARGS(LF_TEXT(d->head.exercise), LF_TEXT(d->node), LF_TEXT(from->id), LF_TEXT(d->name),
                             LF_TEXT(d->tier), LF_INT((int64_t)answer), LF_INT(d->answered), LF_TEXT(d->why),
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
                                        LF_FMT(d->node), answers[answer], d->reported ? "true" : "false"),
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

/* ---- carrying ---- */

static lf_time ms(lf_time at)
{
    return at - at % LF_MSEC;
}

static enum lf_code ids(struct lf_task *t, const struct lf_query *q, const struct lf_arg *args, size_t nargs,
                        struct dests *out, struct lf_err *e)
{
    *out = (struct dests){ .a = t->a };
    return lf_db_run(t->db, &t->scope, q, args, nargs, on_dest, out, NULL, e);
}

struct child {
    lf_view peer, node, name, tier;
    bool wanted, whole, gone;
    int64_t carried;
};

static enum lf_code on_child(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
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

/* What goes down of an exercise: as it stands here, in this node's name. */
static void record_of(const struct lf_task *t, const struct lf_exercise *x, const struct known *k,
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
    struct gather g = { .a = t->a };
    const struct child *list;
    struct lf_exercise x;
    struct known k;

    LF_TRY(lf_exercise_get(t, id, &x, e));
    LF_TRY(known_of(t, id, &k, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_part_children, LF_ARGS(LF_TEXT(id)), on_child, &g, NULL, e));
    list = g.items;
    for (size_t i = 0; i < g.n; i++) {
        bool goes = list[i].wanted &&
                    (list[i].carried ? list[i].carried < k.version : x.state <= LF_EXERCISE_RUNNING);
        bool leaves = !list[i].wanted && list[i].carried && !list[i].gone;
        struct lf_drill d;

        if (!goes && !leaves)
            continue;
        record_of(t, &x, &k, &d);
        d.member = list[i].node;
        d.whole = list[i].whole && goes;
        if (leaves)
            d.state = lf_view_of(lf_exercise_state_name(LF_EXERCISE_CANCELLED));
        LF_TRY(c->record(c->ctx, list[i].peer, &d, e));
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
    struct gather g = { .a = t->a };
    const struct lf_exercise_told *list;

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_part_told_waiting, LF_ARGS(LF_INT(TURN * TURN)), on_told, &g,
                     NULL, e));
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

        LF_TRY(c->inject(c->ctx, x->dest, &d, e));
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_part_told_carried,
                          LF_ARGS(LF_TEXT(x->exercise), LF_TEXT(x->inject), LF_TEXT(x->dest)), e));
    }
    if (g.n == TURN * TURN)
        t->effects |= LF_FX_OUTBOX; /* again */
    return LF_OK;
}

static enum lf_code on_done(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_drill_done *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);

    (void)e;
    list[g->n++] = (struct lf_drill_done){ lf_arena_copy(g->a, lf_row_text(r, 0)),
                                           lf_arena_copy(g->a, lf_row_text(r, 1)), lf_row_int(r, 2) };
    return LF_OK;
}

static enum lf_code done_here(struct lf_task *t, lf_view id, struct gather *g, struct lf_err *e)
{
    *g = (struct gather){ .a = t->a };
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
    struct gather done;
    struct known k;
    lf_time at;
    bool above;

    LF_TRY(lf_exercise_get(t, id, &x, e));
    LF_TRY(known_of(t, id, &k, e));
    LF_TRY(exercise_above(t, k.origin, &above, e));
    LF_TRY(done_here(t, id, &done, e));
    at = later(lf_now(t->env), k.told);
    d = (struct lf_drill_answer){
        .head = { .by = t->self->node, .created = ms(x.created), .modified = at, .exercise = id },
        .node = t->self->node,
        .name = t->self->name,
        .tier = t->self->tier,
        .answer = lf_view_of(answers[x.answer]),
        .answered = ms(x.answered),
        .why = x.why,
        .reported = ms(x.reported),
        .report = x.report,
        .ndone = done.n,
        .done = done.items
    };
    if (above)
        LF_TRY(c->answer(c->ctx, &d, e));
    return lf_db_exec(t->db, &t->scope, &lf_q_part_up_told, LF_ARGS(LF_INT(at), LF_TEXT(id)), e);
}

struct other {
    lf_view id, node, name, tier, why, report;
    enum lf_part_answer answer;
    lf_time answered, reported, told;
};

static enum lf_code on_other(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
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
    struct gather g = { .a = t->a };
    const struct other *list;

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_part_up_others, LF_ARGS(LF_INT(TURN * TURN)), on_other, &g, NULL,
                     e));
    list = g.items;
    for (size_t i = 0; i < g.n; i++) {
        const struct other *o = &list[i];
        struct gather done = { .a = t->a };
        lf_time at = later(lf_now(t->env), o->told);
        struct lf_drill_answer d;
        struct known k;
        bool above;

        LF_TRY(known_of(t, o->id, &k, e));
        LF_TRY(exercise_above(t, k.origin, &above, e));
        LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_part_done_of,
                         LF_ARGS(LF_TEXT(o->id), LF_TEXT(o->node), LF_INT(LF_DRILL_DONE)), on_done, &done,
                         NULL, e));
        d = (struct lf_drill_answer){
            .head = { .by = t->self->node, .created = at, .modified = at, .exercise = o->id },
            .node = o->node,
            .name = o->name,
            .tier = o->tier,
            .answer = lf_view_of(answers[o->answer]),
            .answered = o->answered,
            .why = o->why,
            .reported = o->reported,
            .report = o->report,
            .ndone = done.n,
            .done = done.items
        };
        if (above)
            LF_TRY(c->answer(c->ctx, &d, e));
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_part_up_other_told,
                          LF_ARGS(LF_INT(at), LF_TEXT(o->id), LF_TEXT(o->node)), e));
    }
    if (g.n == TURN * TURN)
        t->effects |= LF_FX_OUTBOX;
    return LF_OK;
}

enum lf_code lf_exercise_carry(struct lf_task *t, const struct lf_exercise_carrier *c, struct lf_err *e)
{
    struct dests d;

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
    struct gather *g = ctx;
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
    struct gather done;
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
        names = names.len ? lf_arena_printf(t->a, "%.*s, %.*s", LF_FMT(lf_view_first(names, 1500)),
                                            LF_FMT(parts[i].name))
                          : parts[i].name;
        if (parts[i].tenant.len)
            LF_TRY(notice(t, &x, LF_NOTICE_EXERCISE_LATE, "late", parts[i].tenant, LF_V(""), e));
    }
    if (names.len)
        LF_TRY(notice(t, &x, LF_NOTICE_EXERCISE_LATE, "late", LF_V(""), names, e));
    return lf_db_exec(t->db, &t->scope, &lf_q_part_late_said, LF_ARGS(LF_TEXT(id)), e);
}

enum lf_code lf_exercise_turn(struct lf_task *t, struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    struct gather g = { .a = t->a };
    lf_time now = lf_now(t->env);
    const lf_view *taking;
    struct dests d;

    LF_TRY(lf_db_run(own.db, &own.scope, &lf_q_part_taking, LF_ARGS(LF_INT(now - LF_DAY), LF_INT(TURN)),
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
