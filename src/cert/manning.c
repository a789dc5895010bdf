#include "cert/manning.h"

#include "cert/document_priv.h"
#include "cert/duty.h"
#include "cert/incident_priv.h"
#include "cert/notice_priv.h"
#include "cert/people_priv.h"
#include "ident/audit.h"
#include "ident/node.h"
#include "store/query_manning.h"

struct gather {
    struct lf_arena *a;
    struct lf_manning *items;
    size_t n, cap;
};

static enum lf_code on_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *g->items);
    g->items[g->n++] = (struct lf_manning){ .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
                                            .who = (enum lf_who)lf_row_int(r, 1),
                                            .place = (int)lf_row_int(r, 2),
                                            .contact = lf_arena_copy(g->a, lf_row_text(r, 3)),
                                            .name = lf_arena_copy(g->a, lf_row_text(r, 4)),
                                            .incident = lf_arena_copy(g->a, lf_row_text(r, 5)),
                                            .title = lf_arena_copy(g->a, lf_row_text(r, 6)),
                                            .arrived = lf_row_int(r, 7),
                                            .arrived_by = lf_arena_copy(g->a, lf_row_text(r, 8)),
                                            .left = lf_row_int(r, 9),
                                            .left_by = lf_arena_copy(g->a, lf_row_text(r, 10)),
                                            .note = lf_arena_copy(g->a, lf_row_text(r, 11)),
                                            .corrections = lf_row_int(r, 12),
                                            .entered = lf_row_int(r, 13) };
    return LF_OK;
}

static enum lf_code may_enter(struct lf_task *t, struct lf_err *e)
{
    LF_TRY(people_of_node(t, e));
    return incident_need(t, LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER,
                         "manning the response centre", e);
}

static enum lf_code time_ok(struct lf_task *t, lf_time at, struct lf_err *e)
{
    lf_time now = lf_now(t->env);

    if (at > now)
        return lf_err_set(e, LF_BAD_INPUT, "manning: people come and go at a time that is past, not to come");
    return at >= now - LF_MANNING_LATE ? LF_OK
                                       : lf_err_set(e, LF_BAD_INPUT, "manning: it is entered within %d days",
                                                    (int)(LF_MANNING_LATE / LF_DAY));
}

static enum lf_code audit(struct lf_task *t, lf_view action, const struct lf_manning *m, struct lf_err *e)
{
    struct lf_audit_note n;

    lf_audit_open(&n);
    lf_json_put_str(&n.w, "manning", m->id);
    lf_json_put_str(&n.w, "name", m->name);
    return lf_audit_close(&n, t, action, lf_post_name(t->a, m->who, m->place), e);
}

enum lf_code lf_manning_arrive(struct lf_task *t, enum lf_who who, int place, const struct lf_manning_new *n,
                               lf_view *id, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct lf_manning m = { .id = lf_uuid_new(t->env, t->a),
                            .who = who,
                            .place = place,
                            .incident = lf_view_some(lf_view_trim(n->incident)),
                            .title = LF_V(""),
                            .arrived = n->at ? n->at : lf_now(t->env),
                            .note = lf_view_some(lf_view_trim(n->note)) };
    struct incident_kept kept;
    struct lf_contact c;
    int64_t made = 0;

    LF_TRY(may_enter(t, e));
    LF_TRY(people_post(who, place, e));
    LF_TRY(document_text("manning", "note", m.note, 0, LF_MANNING_NOTE, e));
    LF_TRY(time_ok(t, m.arrived, e));
    LF_TRY(people_contact(t, n->contact, &c, e));
    m.name = c.name;
    if (m.incident.len) {
        LF_TRY(incident_find_own(t, m.incident, &kept, e));
        m.title = incident_title_told(kept.row.tlp, kept.row.title);
    }
    LF_TRY(lf_db_run(t->db, &node, &lf_q_manning_add,
                     LF_ARGS(LF_TEXT(m.id), LF_INT(who), LF_INT(place), LF_TEXT(c.id), LF_TEXT(m.name),
                             LF_TEXT(m.incident), LF_TEXT(m.title), LF_INT(m.arrived),
                             LF_TEXT(t->scope.account), LF_TEXT(m.note)),
                     NULL, NULL, &made, e));
    if (!made)
        return lf_err_set(e, LF_CONFLICT, "manning: this person is there already for this post");
    *id = m.id;
    return audit(t, LF_V("manning.arrive"), &m, e);
}

static enum lf_code load(struct lf_task *t, const struct lf_query *q, lf_view id, struct lf_manning *out,
                         struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = { .a = t->a };

    LF_TRY(lf_db_run(t->db, &node, q, LF_ARGS(LF_TEXT(id)), on_row, &g, NULL, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "manning: there is no such entry");
    *out = g.items[0];
    return LF_OK;
}

enum lf_code lf_manning_leave(struct lf_task *t, lf_view id, lf_time at, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct lf_manning m;
    int64_t changed = 0;

    LF_TRY(may_enter(t, e));
    LF_TRY(load(t, &lf_q_manning_get, id, &m, e));
    at = at ? at : lf_now(t->env);
    LF_TRY(time_ok(t, at, e));
    /* People write times to the minute. */
    if (at / LF_MINUTE < m.arrived / LF_MINUTE)
        return lf_err_set(e, LF_BAD_INPUT, "manning: nobody leaves before he came");
    LF_TRY(lf_db_run(t->db, &node, &lf_q_manning_leave,
                     LF_ARGS(LF_INT(at), LF_TEXT(t->scope.account), LF_TEXT(id)), NULL, NULL, &changed, e));
    if (!changed)
        return lf_err_set(e, LF_CONFLICT, "manning: this person has left already");
    return audit(t, LF_V("manning.leave"), &m, e);
}

enum lf_code lf_manning_correct(struct lf_task *t, lf_view id, lf_time arrived, lf_time left, lf_view reason,
                                struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct lf_manning m;
    int64_t made = 0;

    LF_TRY(may_enter(t, e));
    LF_TRY(load(t, &lf_q_manning_get, id, &m, e));
    reason = lf_view_some(lf_view_trim(reason));
    LF_TRY(document_text("manning", "reason", reason, 1, LF_MANNING_NOTE, e));
    if (left && !m.left)
        return lf_err_set(e, LF_BAD_INPUT, "manning: this person is there still; enter that he left");
    if ((!arrived || arrived == m.arrived) && (!left || left == m.left))
        return lf_err_set(e, LF_BAD_INPUT, "manning: that is what stands there already");
    if (arrived)
        LF_TRY(time_ok(t, arrived, e));
    if (left)
        LF_TRY(time_ok(t, left, e));
    m.arrived = arrived ? arrived : m.arrived;
    m.left = left ? left : m.left;
    if (m.left && m.left / LF_MINUTE < m.arrived / LF_MINUTE)
        return lf_err_set(e, LF_BAD_INPUT, "manning: nobody leaves before he came");
    if (m.corrections >= LF_MANNING_CORRECTIONS)
        return lf_err_set(e, LF_TOO_MANY, "manning: an entry is corrected at most %d times",
                          LF_MANNING_CORRECTIONS);
    LF_TRY(lf_db_run(t->db, &node, &lf_q_manning_correct,
                     LF_ARGS(LF_TEXT(id), LF_INT(m.corrections + 1), LF_INT(m.arrived), LF_INT(m.left),
                             LF_TEXT(reason), LF_INT(lf_now(t->env)), LF_TEXT(t->scope.account)),
                     NULL, NULL, &made, e));
    if (!made)
        return lf_err_set(e, LF_CONFLICT, "manning: somebody corrected it meanwhile; see how it stands now");
    return audit(t, LF_V("manning.correct"), &m, e);
}

struct corrections {
    struct lf_arena *a;
    struct lf_manning_correction *v;
    size_t n, cap;
};

static enum lf_code on_correction(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct corrections *g = ctx;

    (void)e;
    g->v = lf_arena_grow(g->a, g->v, g->n, &g->cap, sizeof *g->v);
    g->v[g->n++] = (struct lf_manning_correction){ .arrived = lf_row_int(r, 1),
                                                   .left = lf_row_int(r, 2),
                                                   .reason = lf_arena_copy(g->a, lf_row_text(r, 3)),
                                                   .at = lf_row_int(r, 4),
                                                   .account = lf_arena_copy(g->a, lf_row_text(r, 5)) };
    return LF_OK;
}

enum lf_code lf_manning_corrections(struct lf_task *t, lf_view id, struct lf_manning *was, size_t *n,
                                    const struct lf_manning_correction **out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct corrections g = { .a = t->a };

    LF_TRY(people_of_node(t, e));
    LF_TRY(load(t, &lf_q_manning_first, id, was, e));
    LF_TRY(lf_db_run(t->db, &node, &lf_q_manning_corrections,
                     LF_ARGS(LF_TEXT(id), LF_INT(LF_MANNING_CORRECTIONS)), on_correction, &g, NULL, e));
    *n = g.n;
    *out = g.v;
    return LF_OK;
}

static enum lf_code on_called(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *g->items);
    g->items[g->n++] = (struct lf_manning){ .who = (enum lf_who)lf_row_int(r, 0),
                                            .place = (int)lf_row_int(r, 1),
                                            .contact = lf_arena_copy(g->a, lf_row_text(r, 2)),
                                            .name = lf_arena_copy(g->a, lf_row_text(r, 3)) };
    return LF_OK;
}

enum lf_code lf_manning_called(struct lf_task *t, lf_view incident, size_t *n, const struct lf_manning **out,
                               struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = { .a = t->a };

    LF_TRY(people_of_node(t, e));
    LF_TRY(lf_db_run(t->db, &node, &lf_q_manning_called,
                     LF_ARGS(LF_TEXT(incident), LF_INT(LF_NOTICE_CONVENE), LF_INT(LF_NOTICE_GROUP_CALLED),
                             LF_INT(LF_MANNING_THERE)),
                     on_called, &g, NULL, e));
    *n = g.n;
    *out = g.items;
    return LF_OK;
}

enum lf_code lf_manning_list(struct lf_task *t, lf_view incident, const struct lf_page *page,
                             struct lf_manning_page *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    size_t most = lf_page_rows(page), nargs = 0;
    lf_view at = LF_V(""), id = LF_V("");
    struct gather g = { .a = t->a };
    int64_t before = INT64_MAX;
    struct lf_arg args[4];

    LF_TRY(people_of_node(t, e));
    if (!lf_page_pair_of(page ? page->after : LF_V(""), &at, &id) || (at.len && !lf_view_i64(at, &before)))
        return lf_err_set(e, LF_BAD_INPUT, "\"after\" is not what a list gave");
    if (incident.len)
        args[nargs++] = LF_TEXT(incident);
    args[nargs++] = LF_INT(before);
    args[nargs++] = LF_TEXT(lf_view_some(id));
    args[nargs++] = LF_INT(most + 1);
    LF_TRY(lf_db_run(t->db, &node, incident.len ? &lf_q_manning_of : &lf_q_manning_list, args, nargs, on_row,
                     &g, NULL, e));
    *out = (struct lf_manning_page){ .n = g.n > most ? most : g.n, .items = g.items };
    if (g.n > most)
        out->next = lf_page_pair(t->a, lf_arena_printf(t->a, "%lld", (long long)g.items[most - 1].entered),
                                 g.items[most - 1].id);
    return LF_OK;
}

enum lf_code lf_manning_there(struct lf_task *t, struct lf_manning_page *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = { .a = t->a };

    LF_TRY(people_of_node(t, e));
    LF_TRY(
        lf_db_run(t->db, &node, &lf_q_manning_there, LF_ARGS(LF_INT(LF_MANNING_THERE)), on_row, &g, NULL, e));
    *out = (struct lf_manning_page){ .n = g.n, .items = g.items };
    return LF_OK;
}
