/* Who takes part, what it was told here, and what this organisation says of it. */
#include "cert/exercise_part_priv.h"

#include "cert/document_priv.h"
#include "cert/notice.h"
#include "cert/unit.h"
#include "ident/audit.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "ident/organisation.h"
#include "model/role.h"
#include "store/query_exercise_part.h"

static const char *const answers[] = { "asked", "acknowledged", "declined" };

const char *lf_part_answer_name(enum lf_part_answer a)
{
    return answers[a];
}

bool part_answer_parse(lf_view name, enum lf_part_answer *out)
{
    size_t at;

    if (!lf_view_among(name, answers, sizeof answers / sizeof *answers, &at))
        return false;
    *out = (enum lf_part_answer)at;
    return true;
}

static lf_view tenant_key(struct lf_arena *a, lf_view org)
{
    return lf_arena_printf(a, "tenant:%.*s", LF_FMT(org));
}

/* ---- rows ---- */

enum lf_code part_on_id(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct part_ids *d = ctx;

    (void)e;
    d->items = lf_arena_grow(d->a, d->items, d->n, &d->cap, sizeof *d->items);
    d->items[d->n++] = lf_arena_copy(d->a, lf_row_text(r, 0));
    return LF_OK;
}

static enum lf_code on_part(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct part_rows *g = ctx;
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
    struct part_rows named = { .a = t->a }, others = { .a = t->a };
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

enum lf_code part_notice(struct lf_task *t, const struct lf_exercise *x, enum lf_notice_kind kind,
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
    struct part_rows g = { .a = t->a };
    const struct lf_exercise_part *list;

    t->effects |= LF_FX_OUTBOX;
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_part_list, LF_ARGS(LF_TEXT(lf_node_rows(t).org), LF_TEXT(x->id)),
                     on_part, &g, NULL, e));
    list = g.items;
    for (size_t i = 0; i < g.n; i++)
        if (list[i].tenant.len && !lf_view_eq(list[i].tenant, t->scope.org))
            LF_TRY(part_notice(t, x, LF_NOTICE_EXERCISE, lf_exercise_state_name(x->state), list[i].tenant,
                               x->aim, e));
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

enum lf_code part_on_told(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct part_rows *g = ctx;
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
    x.late = x.received > x.told + PART_LATE;
    list[g->n++] = x;
    return LF_OK;
}

enum lf_code lf_exercise_told(struct lf_task *t, lf_view id, size_t *n, const struct lf_exercise_told **out,
                              struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct part_rows g = { .a = t->a };
    struct lf_exercise x;

    LF_TRY(lf_exercise_get(t, id, &x, e));
    *n = 0;
    *out = NULL;
    if (!x.origin.len && !x.guest)
        return LF_OK;
    LF_TRY(lf_db_run(t->db, &node, &lf_q_part_told_list,
                     LF_ARGS(LF_TEXT(id), LF_TEXT(x.guest ? tenant_key(t->a, t->scope.org) : LF_V("here"))),
                     part_on_told, &g, NULL, e));
    *n = g.n;
    *out = g.items;
    return LF_OK;
}

enum lf_code part_keep_told(struct lf_task *t, const struct lf_exercise_told *x, lf_view dest,
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
        return lf_view_eq(u.tenant, node.org) ? LF_OK
                                              : part_keep_told(t, &told, tenant_key(t->a, u.tenant), e);
    if (!u.peer.len)
        return LF_OK;
    LF_TRY(
        lf_db_int(t->db, &t->scope, &lf_q_part_child, LF_ARGS(LF_TEXT(x->id), LF_TEXT(u.peer)), &known, e));
    if (!known) /* its node was never reached: its contacts are called from here */
        return LF_OK;
    *far = true;
    t->effects |= LF_FX_OUTBOX;
    return part_keep_told(t, &told, u.peer, e);
}
