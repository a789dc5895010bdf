#include "cert/handover.h"

#include "cert/document_priv.h"
#include "cert/duty.h"
#include "cert/people_priv.h"
#include "ident/audit.h"
#include "ident/node.h"
#include "store/query_handover.h"

enum { ID = 64, TURN = 32 };

struct gather {
    struct lf_arena *a;
    struct lf_handover *items;
    size_t n, cap;
};

static enum lf_code on_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *g->items);
    g->items[g->n++] = (struct lf_handover){ .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
                                             .who = (enum lf_who)lf_row_int(r, 1),
                                             .place = (int)lf_row_int(r, 2),
                                             .at = lf_row_int(r, 3),
                                             .account = lf_arena_copy(g->a, lf_row_text(r, 4)),
                                             .name = lf_arena_copy(g->a, lf_row_text(r, 5)),
                                             .text = lf_arena_copy(g->a, lf_row_text(r, 6)),
                                             .matters = lf_arena_copy(g->a, lf_row_text(r, 7)),
                                             .due = lf_row_int(r, 8),
                                             .told = lf_row_int(r, 9),
                                             .confirmed = lf_row_int(r, 10),
                                             .confirmed_by = lf_arena_copy(g->a, lf_row_text(r, 11)),
                                             .confirmed_name = lf_arena_copy(g->a, lf_row_text(r, 12)),
                                             .remark = lf_arena_copy(g->a, lf_row_text(r, 13)) };
    return LF_OK;
}

static enum lf_code load(struct lf_task *t, lf_view id, struct gather *g, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);

    *g = (struct gather){ .a = t->a };
    return lf_db_run(t->db, &node, &lf_q_handover_get, LF_ARGS(LF_TEXT(id)), on_row, g, NULL, e);
}

enum lf_code lf_handover_get(struct lf_task *t, lf_view id, struct lf_handover *out, struct lf_err *e)
{
    struct gather g;

    LF_TRY(people_of_node(t, e));
    LF_TRY(load(t, id, &g, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "handover: there is no such handover");
    *out = g.items[0];
    return LF_OK;
}

enum lf_code lf_handover_list(struct lf_task *t, enum lf_who who, int place, const struct lf_page *page,
                              struct lf_handover_page *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    size_t most = lf_page_rows(page);
    lf_view at = LF_V(""), id = LF_V("");
    struct gather g = { .a = t->a };
    int64_t before = INT64_MAX;

    LF_TRY(people_of_node(t, e));
    LF_TRY(people_post(who, place, e));
    if (!lf_page_pair_of(page ? page->after : LF_V(""), &at, &id) || (at.len && !lf_view_i64(at, &before)))
        return lf_err_set(e, LF_BAD_INPUT, "\"after\" is not what a list gave");
    LF_TRY(lf_db_run(
        t->db, &node, &lf_q_handover_list,
        LF_ARGS(LF_INT(who), LF_INT(place), LF_INT(before), LF_TEXT(lf_view_some(id)), LF_INT(most + 1)),
        on_row, &g, NULL, e));
    *out = (struct lf_handover_page){ .n = g.n > most ? most : g.n, .items = g.items };
    if (g.n > most)
        out->next = lf_page_pair(t->a, lf_arena_printf(t->a, "%lld", (long long)g.items[most - 1].at),
                                 g.items[most - 1].id);
    return LF_OK;
}

enum lf_code lf_handover_waiting(struct lf_task *t, enum lf_who who, int place, int64_t *n, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);

    LF_TRY(people_of_node(t, e));
    return lf_db_int(t->db, &node, &lf_q_handover_waiting, LF_ARGS(LF_INT(who), LF_INT(place)), n, e);
}

/* ---- acts ---- */

/* Who has a shift near now, or keeps the network. */
static enum lf_code near(struct lf_task *t, enum lf_who who, int place, lf_time from, lf_time until,
                         const char *why, lf_view *name, struct lf_err *e)
{
    struct lf_err kept = { 0 };

    LF_TRY(people_has_shift(t, who, place, from, until, name, e));
    if (name->len || people_need(t, LF_V(""), &kept) == LF_OK)
        return LF_OK;
    return lf_err_set(e, LF_FORBIDDEN, "%s", why);
}

static enum lf_code audit(struct lf_task *t, lf_view action, enum lf_who who, int place, lf_view id,
                          struct lf_err *e)
{
    t->effects |= LF_FX_ROSTER;
    return lf_audit_add(t, action, lf_post_name(t->a, who, place),
                        lf_arena_printf(t->a, "{\"handover\":\"%.*s\"}", LF_FMT(id)), e);
}

enum lf_code lf_handover_give(struct lf_task *t, enum lf_who who, int place, const struct lf_handover_new *n,
                              lf_view *id, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    lf_view text = lf_view_some(lf_view_trim(n->text)), name, matters, key;
    int64_t minutes = n->minutes ? n->minutes : LF_HANDOVER_MINUTES;
    lf_time now = lf_now(t->env);
    struct gather g;

    LF_TRY(people_of_node(t, e));
    LF_TRY(people_post(who, place, e));
    LF_TRY(document_text("handover", "text", text, 0, LF_HANDOVER_TEXT, e));
    if (minutes < 1 || minutes > LF_HANDOVER_MINUTES_MOST)
        return lf_err_set(e, LF_BAD_INPUT, "handover: it is confirmed within 1 to %d minutes",
                          LF_HANDOVER_MINUTES_MOST);
    if (n->id.len && !document_is_id(n->id, ID))
        return lf_err_set(e, LF_BAD_INPUT, "handover: \"id\" is 1 to %d of a-z 0-9 - _", ID);
    LF_TRY(near(t, who, place, now - LF_HANDOVER_NEAR, now + 1,
                "handover: it is given by who has or had the shift, or by an administrator or a reviewer",
                &name, e));
    key = n->id.len ? n->id : lf_uuid_new(t->env, t->a);
    LF_TRY(load(t, key, &g, e));
    if (g.n && (g.items[0].who != who || g.items[0].place != place ||
                !lf_view_eq(g.items[0].account, t->scope.account) || !lf_view_eq(g.items[0].text, text)))
        return lf_err_set(e, LF_CONFLICT, "handover: another handover has this id");
    *id = key;
    if (g.n)
        return LF_OK;
    LF_TRY(lf_handover_matters(t, &matters, e));
    LF_TRY(
        lf_db_exec(t->db, &node, &lf_q_handover_add,
                   LF_ARGS(LF_TEXT(key), LF_INT(who), LF_INT(place), LF_INT(now), LF_TEXT(t->scope.account),
                           LF_TEXT(name), LF_TEXT(text), LF_TEXT(matters), LF_INT(now + minutes * LF_MINUTE)),
                   e));
    return audit(t, LF_V("handover.give"), who, place, key, e);
}

enum lf_code lf_handover_confirm(struct lf_task *t, lf_view id, lf_view remark, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    lf_time now = lf_now(t->env);
    struct lf_handover h;
    int64_t changed = 0;
    lf_view name;

    LF_TRY(lf_handover_get(t, id, &h, e));
    remark = lf_view_some(lf_view_trim(remark));
    LF_TRY(document_text("handover", "remark", remark, 0, LF_HANDOVER_TEXT, e));
    if (lf_view_eq(h.account, t->scope.account))
        return lf_err_set(e, LF_FORBIDDEN, "handover: who hands over does not confirm it; the next one does");
    LF_TRY(near(
        t, h.who, h.place, now, now + LF_HANDOVER_NEAR,
        "handover: it is confirmed by who has the shift now or next, or by an administrator or a reviewer",
        &name, e));
    if (h.confirmed && lf_view_eq(h.confirmed_by, t->scope.account))
        return LF_OK;
    LF_TRY(lf_db_run(
        t->db, &node, &lf_q_handover_confirm,
        LF_ARGS(LF_INT(now), LF_TEXT(t->scope.account), LF_TEXT(name), LF_TEXT(remark), LF_TEXT(id)), NULL,
        NULL, &changed, e));
    if (!changed)
        return lf_err_set(e, LF_CONFLICT, "handover: somebody else has confirmed it");
    return audit(t, LF_V("handover.confirm"), h.who, h.place, id, e);
}

/* ---- the core's side ---- */

enum lf_code lf_handover_turn(struct lf_task *t, lf_time *next, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = { .a = t->a };
    lf_time now = lf_now(t->env);

    LF_TRY(lf_db_run(t->db, &node, &lf_q_handover_late, LF_ARGS(LF_INT(now), LF_INT(TURN)), on_row, &g, NULL,
                     e));
    for (size_t i = 0; i < g.n; i++) {
        const struct lf_handover *h = &g.items[i];
        struct people_tell p = { .kind = LF_NOTICE_HANDOVER,
                                 .who = h->who,
                                 .place = h->place,
                                 .key = lf_arena_printf(t->a, "handover/%.*s", LF_FMT(h->id)),
                                 .path = lf_arena_printf(t->a, "/handovers/%.*s", LF_FMT(h->id)),
                                 .from = h->at,
                                 .name = h->name };

        LF_TRY(people_tell_owners(t, &p, e));
        LF_TRY(lf_db_exec(t->db, &node, &lf_q_handover_told, LF_ARGS(LF_INT(now), LF_TEXT(h->id)), e));
    }
    return lf_db_int(t->db, &node, &lf_q_handover_next, LF_NO_ARGS, next, e);
}
