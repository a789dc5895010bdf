#include "cert/ops_review.h"

#include "cert/document_priv.h"
#include "cert/incident_priv.h"
#include "cert/incident_task.h"
#include "cert/people_priv.h"
#include "ident/audit.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "model/role.h"
#include "store/query_ops_review.h"

static const char *const review_states[LF_OPS_REVIEW_STATES] = { "draft", "closed" };
static const char *const areas[LF_IMPROVEMENT_AREAS] = { "sharing", "reporting", "tracking", "process",
                                                         "platform" };
static const char *const sources[LF_IMPROVEMENT_SOURCES] = { "free", "news", "incident", "exercise",
                                                             "review" };
static const char *const states[LF_IMPROVEMENT_STATES] = { "open", "done", "dropped" };

const char *lf_ops_review_state_name(enum lf_ops_review_state s)
{
    return review_states[s];
}

const char *lf_improvement_area_name(enum lf_improvement_area a)
{
    return areas[a];
}

const char *lf_improvement_source_name(enum lf_improvement_source s)
{
    return sources[s];
}

const char *lf_improvement_state_name(enum lf_improvement_state s)
{
    return states[s];
}

static bool among(lf_view name, const char *const *names, size_t n, int *out)
{
    size_t at;

    if (!lf_view_among(name, names, n, &at))
        return false;
    *out = (int)at;
    return true;
}

bool lf_improvement_area_parse(lf_view name, int *out)
{
    return among(name, areas, LF_IMPROVEMENT_AREAS, out);
}

bool lf_improvement_source_parse(lf_view name, int *out)
{
    return among(name, sources, LF_IMPROVEMENT_SOURCES, out);
}

bool lf_improvement_state_parse(lf_view name, int *out)
{
    return among(name, states, LF_IMPROVEMENT_STATES, out);
}

/* ---- rows ---- */

struct gather {
    struct lf_arena *a;
    lf_time now;
    void *items;
    size_t n, cap;
};

static struct gather gathering(const struct lf_task *t)
{
    return (struct gather){ .a = t->a, .now = lf_now(t->env) };
}

static lf_view copied(const struct gather *g, const struct lf_row *r, int column)
{
    return lf_arena_copy(g->a, lf_row_text(r, column));
}

static enum lf_code on_review(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_ops_review *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);

    (void)e;
    list[g->n++] = (struct lf_ops_review){ .id = copied(g, r, 0),
                                           .title = copied(g, r, 1),
                                           .since = lf_row_int(r, 2),
                                           .until = lf_row_int(r, 3),
                                           .summary = copied(g, r, 4),
                                           .state = (enum lf_ops_review_state)lf_row_int(r, 5),
                                           .made = lf_row_int(r, 6),
                                           .by = copied(g, r, 7),
                                           .closed = lf_row_int(r, 8),
                                           .closed_by = copied(g, r, 9),
                                           .all = lf_row_int(r, 10),
                                           .open = lf_row_int(r, 11),
                                           .late = lf_row_int(r, 12) };
    return LF_OK;
}

static enum lf_code on_improvement(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_improvement *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);
    struct lf_improvement *x = &list[g->n++];

    (void)e;
    *x = (struct lf_improvement){ .id = copied(g, r, 0),
                                  .review = copied(g, r, 1),
                                  .review_title = copied(g, r, 2),
                                  .area = (enum lf_improvement_area)lf_row_int(r, 3),
                                  .finding = copied(g, r, 4),
                                  .source = (enum lf_improvement_source)lf_row_int(r, 5),
                                  .ref = copied(g, r, 6),
                                  .measure = copied(g, r, 7),
                                  .owner = copied(g, r, 8),
                                  .due = lf_row_int(r, 9),
                                  .state = (enum lf_improvement_state)lf_row_int(r, 10),
                                  .reason = copied(g, r, 11),
                                  .ended = lf_row_int(r, 12),
                                  .made = lf_row_int(r, 13) };
    x->late = x->state == LF_IMPROVEMENT_OPEN && x->due && x->due < g->now;
    return LF_OK;
}

/* Where a list goes on: the moment and the id of its last row. */
static enum lf_code place_of(const struct lf_page *page, int64_t *before, lf_view *last, struct lf_err *e)
{
    lf_view at = LF_V(""), id = LF_V("");

    *before = INT64_MAX;
    if (!lf_page_pair_of(page ? page->after : LF_V(""), &at, &id) || (at.len && !lf_view_i64(at, before)))
        return lf_err_set(e, LF_BAD_INPUT, "\"after\" is not what a list gave");
    *last = lf_view_some(id);
    return LF_OK;
}

static lf_view next_of(struct lf_task *t, lf_time at, lf_view id)
{
    return lf_page_pair(t->a, lf_arena_printf(t->a, "%lld", (long long)at), id);
}

/* ---- reading ---- */

enum lf_code lf_ops_review_get(struct lf_task *t, lf_view id, struct lf_ops_review *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = gathering(t);

    LF_TRY(people_of_node(t, e));
    LF_TRY(lf_db_run(t->db, &node, &lf_q_ops_review_get, LF_ARGS(LF_INT(g.now), LF_TEXT(id)), on_review, &g,
                     NULL, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "there is no operations review %.*s",
                          LF_FMT(lf_view_first(id, 80)));
    *out = *(struct lf_ops_review *)g.items;
    return LF_OK;
}

enum lf_code lf_ops_review_list(struct lf_task *t, const struct lf_page *page, size_t *n,
                                const struct lf_ops_review **out, lf_view *next, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    size_t most = lf_page_rows(page);
    struct gather g = gathering(t);
    const struct lf_ops_review *list;
    int64_t before;
    lf_view last;

    LF_TRY(people_of_node(t, e));
    LF_TRY(place_of(page, &before, &last, e));
    LF_TRY(lf_db_run(t->db, &node, &lf_q_ops_review_list,
                     LF_ARGS(LF_INT(g.now), LF_INT(before), LF_TEXT(last), LF_INT(most + 1)), on_review, &g,
                     NULL, e));
    list = g.items;
    *n = g.n > most ? most : g.n;
    *out = list;
    *next = g.n > most ? next_of(t, list[most - 1].until, list[most - 1].id) : LF_V("");
    return LF_OK;
}

enum lf_code lf_improvement_get(struct lf_task *t, lf_view id, struct lf_improvement *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = gathering(t);

    LF_TRY(people_of_node(t, e));
    LF_TRY(lf_db_run(t->db, &node, &lf_q_improvement_get, LF_ARGS(LF_TEXT(id)), on_improvement, &g, NULL, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "there is no improvement %.*s", LF_FMT(lf_view_first(id, 80)));
    *out = *(struct lf_improvement *)g.items;
    return LF_OK;
}

enum lf_code lf_improvement_list(struct lf_task *t, const struct lf_improvement_filter *f,
                                 const struct lf_page *page, size_t *n, const struct lf_improvement **out,
                                 lf_view *next, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct lf_ops_review of = { .until = 0 };
    size_t most = lf_page_rows(page);
    struct gather g = gathering(t);
    const struct lf_improvement *list;
    int64_t before;
    lf_view last;

    LF_TRY(people_of_node(t, e));
    LF_TRY(place_of(page, &before, &last, e));
    if (f->earlier.len)
        LF_TRY(lf_ops_review_get(t, f->earlier, &of, e));
    LF_TRY(lf_db_run(t->db, &node, &lf_q_improvement_list,
                     LF_ARGS(LF_INT(f->state), LF_INT(f->area), LF_INT(f->late), LF_INT(g.now),
                             LF_TEXT(lf_view_some(f->review)), LF_TEXT(lf_view_some(f->earlier)),
                             LF_INT(of.until), LF_INT(before), LF_TEXT(last), LF_INT(most + 1)),
                     on_improvement, &g, NULL, e));
    list = g.items;
    *n = g.n > most ? most : g.n;
    *out = list;
    *next = g.n > most ? next_of(t, list[most - 1].made, list[most - 1].id) : LF_V("");
    return LF_OK;
}

/* ---- acts ---- */

static enum lf_code may_act(struct lf_task *t, struct lf_err *e)
{
    LF_TRY(people_of_node(t, e));
    return incident_need(t, LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REVIEWER, "keeping operations reviews",
                         e);
}

static lf_view trimmed(lf_view v)
{
    return lf_view_some(lf_view_trim(v));
}

static enum lf_code fit(const struct lf_ops_review *x, struct lf_err *e)
{
    if (!document_is_line(x->title, LF_OPS_REVIEW_TITLE))
        return lf_err_set(e, LF_BAD_INPUT, "operations review: title is one line of 1 to %d bytes",
                          LF_OPS_REVIEW_TITLE);
    return document_text("operations review", "summary", x->summary, 0, LF_OPS_REVIEW_TEXT, e);
}

static enum lf_code audit(struct lf_task *t, lf_view action, const struct lf_ops_review *x, struct lf_err *e)
{
    struct lf_audit_note n;

    lf_audit_open(&n);
    lf_json_put_str(&n.w, "title", x->title);
    return lf_audit_close(&n, t, action, x->id, e);
}

static enum lf_code audit_improvement(struct lf_task *t, lf_view action, const struct lf_improvement *x,
                                      struct lf_err *e)
{
    struct lf_audit_note n;

    lf_audit_open(&n);
    lf_json_put_str(&n.w, "review", x->review);
    lf_json_put_cstr(&n.w, "state", states[x->state]);
    lf_json_put_str(&n.w, "owner", x->owner);
    lf_json_put_time(&n.w, "due", x->due);
    lf_json_put_str(&n.w, "measure", lf_utf8_first(x->measure, LF_OPS_REVIEW_TITLE));
    lf_json_put_str(&n.w, "reason", lf_utf8_first(x->reason, LF_OPS_REVIEW_TITLE));
    return lf_audit_close(&n, t, action, x->id, e);
}

enum lf_code lf_ops_review_add(struct lf_task *t, const struct lf_ops_review *in, lf_view *id,
                               struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct lf_ops_review x = *in;

    LF_TRY(may_act(t, e));
    x.title = trimmed(x.title);
    x.summary = trimmed(x.summary);
    LF_TRY(fit(&x, e));
    if (!x.since || x.until <= x.since)
        return lf_err_set(e, LF_BAD_INPUT, "operations review: the period ends after it begins; say both");
    x.id = lf_uuid_new(t->env, t->a);
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_ops_review_add,
                      LF_ARGS(LF_TEXT(x.id), LF_TEXT(x.title), LF_INT(x.since), LF_INT(x.until),
                              LF_TEXT(x.summary), LF_INT(lf_now(t->env)), LF_TEXT(t->scope.account)),
                      e));
    *id = x.id;
    return audit(t, LF_V("ops_review.add"), &x, e);
}

static enum lf_code draft(struct lf_task *t, lf_view id, struct lf_ops_review *out, struct lf_err *e)
{
    LF_TRY(may_act(t, e));
    LF_TRY(lf_ops_review_get(t, id, out, e));
    return out->state == LF_OPS_REVIEW_DRAFT
               ? LF_OK
               : lf_err_set(e, LF_CONFLICT, "operations review: it is closed; begin another one");
}

enum lf_code lf_ops_review_change(struct lf_task *t, lf_view id, lf_view title, lf_view summary,
                                  struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct lf_ops_review x;

    LF_TRY(draft(t, id, &x, e));
    if (title.ptr)
        x.title = trimmed(title);
    if (summary.ptr)
        x.summary = trimmed(summary);
    LF_TRY(fit(&x, e));
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_ops_review_set,
                      LF_ARGS(LF_TEXT(x.title), LF_TEXT(x.summary), LF_TEXT(x.id)), e));
    return audit(t, LF_V("ops_review.change"), &x, e);
}

enum lf_code lf_ops_review_close(struct lf_task *t, lf_view id, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct lf_ops_review x;

    LF_TRY(draft(t, id, &x, e));
    if (lf_ident_need(t, LF_ROLE_REVIEWER | LF_ROLE_ADMIN, &(struct lf_err){ 0 }) != LF_OK)
        return lf_err_set(e, LF_FORBIDDEN, "operations review: a reviewer or an administrator closes one");
    if (!x.summary.len)
        return lf_err_set(e, LF_CONFLICT, "operations review: write the summary before it is closed");
    if (x.until > lf_now(t->env))
        return lf_err_set(e, LF_CONFLICT, "operations review: its period is not over yet");
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_ops_review_close,
                      LF_ARGS(LF_INT(lf_now(t->env)), LF_TEXT(t->scope.account), LF_TEXT(x.id)), e));
    return audit(t, LF_V("ops_review.close"), &x, e);
}

static enum lf_code fit_improvement(const struct lf_improvement *x, struct lf_err *e)
{
    LF_TRY(document_text("operations review", "finding", x->finding, 1, LF_OPS_REVIEW_TEXT, e));
    LF_TRY(document_text("operations review", "measure", x->measure, 0, LF_OPS_REVIEW_TEXT, e));
    LF_TRY(document_text("operations review", "reason", x->reason, 0, LF_OPS_REVIEW_TEXT, e));
    if (x->source == LF_IMPROVEMENT_FREE ? x->ref.len : !x->ref.len)
        return lf_err_set(e, LF_BAD_INPUT, "operations review: say the source together with its ref");
    return LF_OK;
}

enum lf_code lf_improvement_add(struct lf_task *t, const struct lf_improvement *in, lf_view *id,
                                struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct lf_improvement x = *in;
    struct lf_ops_review of;

    LF_TRY(draft(t, x.review, &of, e));
    x.finding = trimmed(x.finding);
    x.measure = trimmed(x.measure);
    x.owner = trimmed(x.owner);
    x.ref = trimmed(x.ref);
    x.reason = LF_V("");
    x.state = LF_IMPROVEMENT_OPEN;
    LF_TRY(fit_improvement(&x, e));
    LF_TRY(lf_incident_task_owner(t, x.owner, e));
    if (x.source == LF_IMPROVEMENT_REVIEW && lf_view_eq(x.ref, x.review))
        return lf_err_set(e, LF_BAD_INPUT, "operations review: as a source name another review");
    if (of.all >= LF_OPS_REVIEW_IMPROVEMENTS)
        return lf_err_set(e, LF_TOO_MANY, "operations review: it has at most %d improvements",
                          LF_OPS_REVIEW_IMPROVEMENTS);
    x.id = lf_uuid_new(t->env, t->a);
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_improvement_add,
                      LF_ARGS(LF_TEXT(x.id), LF_TEXT(of.id), LF_INT(x.area), LF_TEXT(x.finding),
                              LF_INT(x.source), LF_TEXT(x.ref), LF_TEXT(x.measure), LF_TEXT(x.owner),
                              LF_INT(x.due), LF_INT(lf_now(t->env))),
                      e));
    *id = x.id;
    return audit_improvement(t, LF_V("improvement.add"), &x, e);
}

enum lf_code lf_improvement_change(struct lf_task *t, lf_view id, const struct lf_improvement_change *c,
                                   struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    lf_view reason = trimmed(c->reason);
    struct lf_improvement was, x;
    bool turns;

    LF_TRY(may_act(t, e));
    LF_TRY(lf_improvement_get(t, id, &was, e));
    x = was;
    x.measure = c->measure.ptr ? trimmed(c->measure) : x.measure;
    x.owner = c->owner.ptr ? trimmed(c->owner) : x.owner;
    x.due = c->set_due ? c->due : x.due;
    x.state = c->state >= 0 ? (enum lf_improvement_state)c->state : x.state;
    turns = x.state != was.state;
    if (turns && x.state != LF_IMPROVEMENT_DONE && !reason.len)
        return lf_err_set(e, LF_BAD_INPUT, "operations review: say why it is dropped, or opened again");
    if (turns || reason.len)
        x.reason = reason;
    if (turns)
        x.ended = x.state == LF_IMPROVEMENT_OPEN ? 0 : lf_now(t->env);
    LF_TRY(fit_improvement(&x, e));
    if (!lf_view_eq(x.owner, was.owner)) /* one that left may keep what is over */
        LF_TRY(lf_incident_task_owner(t, x.owner, e));
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_improvement_set,
                      LF_ARGS(LF_TEXT(x.measure), LF_TEXT(x.owner), LF_INT(x.due), LF_INT(x.state),
                              LF_TEXT(x.reason), LF_INT(x.ended), LF_TEXT(x.id)),
                      e));
    return audit_improvement(t, LF_V("improvement.change"), &x, e);
}
