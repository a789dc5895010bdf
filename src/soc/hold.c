#include "soc/hold.h"

#include "base/buf.h"
#include "fmt/json.h"
#include "ident/audit.h"
#include "model/role.h"
#include "store/query_hold.h"

enum { LOOK, SET, LIFT };

static enum lf_code may(const struct lf_task *t, int act, struct lf_err *e)
{
    static const char *const acts[] = { "see legal holds", "set a legal hold", "lift a legal hold" };
    unsigned roles = LF_ROLE_ADMIN | LF_ROLE_SYSTEM | LF_ROLE_REVIEWER;

    if (act != LIFT)
        roles |= LF_ROLE_ANALYST;
    if (t->scope.roles & roles)
        return LF_OK;
    return lf_err_set(e, LF_FORBIDDEN, "hold: this account may not %s", acts[act]);
}

/* ---- reading ---- */

struct gather {
    struct lf_arena *a;
    struct lf_hold *items;
    size_t n, max;
};

static enum lf_code on_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    if (g->n < g->max)
        g->items[g->n++] = (struct lf_hold){
            .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
            .name = lf_arena_copy(g->a, lf_row_text(r, 1)),
            .reason = lf_arena_copy(g->a, lf_row_text(r, 2)),
            .from = lf_row_int(r, 3),
            .to = lf_row_int(r, 4),
            .sender = lf_arena_copy(g->a, lf_row_text(r, 5)),
            .account = lf_arena_copy(g->a, lf_row_text(r, 6)),
            .made = lf_row_int(r, 7),
            .lifted = lf_row_int(r, 8),
            .lifted_by = lf_arena_copy(g->a, lf_row_text(r, 9)),
            .lifted_why = lf_arena_copy(g->a, lf_row_text(r, 10)),
        };
    return LF_OK;
}

enum lf_code lf_hold_in_force(struct lf_task *t, struct lf_hold **out, size_t *n, struct lf_err *e)
{
    struct gather g = { .a = t->a, .items = LF_NEW(t->a, struct lf_hold, LF_HOLDS), .max = LF_HOLDS };

    LF_TRY(may(t, LOOK, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_hold_in_force, LF_ARGS(LF_INT(LF_HOLDS)), on_row, &g, NULL, e));
    *out = g.items;
    *n = g.n;
    return LF_OK;
}

/* "MADE:ID": where the next page goes on. */
static bool key_of(lf_view after, int64_t *made, lf_view *id)
{
    lf_view rest = after, digits;

    *made = INT64_MAX;
    *id = LF_V("");
    if (!after.len)
        return true;
    if (!lf_view_split(&rest, ':', &digits) || !lf_view_i64(digits, made) || !lf_view_is_utf8(rest))
        return false;
    *id = lf_view_some(rest);
    return true;
}

enum lf_code lf_hold_list(struct lf_task *t, const struct lf_page *page, struct lf_hold **out, size_t *n,
                          lf_view *next, struct lf_err *e)
{
    size_t limit = lf_page_rows(page);
    struct gather g = { .a = t->a };
    int64_t made;
    lf_view id;

    g.max = limit + 1;
    g.items = LF_NEW(t->a, struct lf_hold, g.max);
    LF_TRY(may(t, LOOK, e));
    if (!key_of(page ? page->after : LF_V(""), &made, &id))
        return lf_err_set(e, LF_BAD_INPUT, "hold: that is no place in a list; give \"next\" as it came");
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_hold_list, LF_ARGS(LF_INT(made), LF_TEXT(id), LF_INT(g.max)),
                     on_row, &g, NULL, e));
    *out = g.items;
    *n = g.n > limit ? limit : g.n;
    *next = g.n > limit ? lf_arena_printf(t->a, "%lld:%.*s", (long long)g.items[limit - 1].made,
                                          LF_FMT(g.items[limit - 1].id))
                        : LF_V("");
    return LF_OK;
}

/* ---- deciding ---- */

static enum lf_code audit(struct lf_task *t, const struct lf_hold *h, const char *action, struct lf_err *e)
{
    struct lf_json_w w;
    struct lf_buf b;
    lf_view detail;

    lf_buf_init(&b, 64 << 10);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_hold_json(&w, h);
    lf_json_close(&w);
    detail = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return lf_audit_add(t, lf_view_of(action), h->id, detail, e);
}

enum lf_code lf_hold_set(struct lf_task *t, const struct lf_hold *in, lf_view *id, struct lf_err *e)
{
    struct lf_hold h = *in, *others;
    size_t n;

    LF_TRY(may(t, SET, e));
    if (!lf_view_is_text(h.name, 1, LF_HOLD_NAME))
        return lf_err_set(e, LF_BAD_INPUT, "hold: a name is text of 1 to %d bytes", LF_HOLD_NAME);
    if (!lf_view_is_text(h.reason, 1, LF_HOLD_REASON))
        return lf_err_set(e, LF_BAD_INPUT, "hold: say why in a reason of 1 to %d bytes", LF_HOLD_REASON);
    if (!lf_view_is_text(h.sender, 0, LF_HOLD_SENDER))
        return lf_err_set(e, LF_BAD_INPUT, "hold: a sender is text of at most %d bytes", LF_HOLD_SENDER);
    if (h.from < 0 || h.from > LF_TIME_MAX || h.to < 0 || h.to > LF_TIME_MAX || (h.to && h.to < h.from))
        return lf_err_set(e, LF_BAD_INPUT, "hold: \"to\" is not before \"from\"; left out: no end");
    LF_TRY(lf_hold_in_force(t, &others, &n, e));
    if (n == LF_HOLDS)
        return lf_err_set(e, LF_CONFLICT, "hold: %d are in force; lift one that is done with", LF_HOLDS);
    for (size_t i = 0; i < n; i++)
        if (lf_view_eq(others[i].name, h.name))
            return lf_err_set(e, LF_CONFLICT, "hold: one named \"%.*s\" is in force; give another name",
                              LF_FMT(h.name));
    h.id = lf_uuid_new(t->env, t->a);
    h.account = t->scope.account;
    h.made = lf_now(t->env);
    h.lifted = 0;
    LF_TRY(
        lf_db_exec(t->db, &t->scope, &lf_q_hold_put,
                   LF_ARGS(LF_TEXT(h.id), LF_TEXT(h.name), LF_TEXT(h.reason), LF_INT(h.from), LF_INT(h.to),
                           LF_TEXT(lf_view_some(h.sender)), LF_TEXT(lf_view_some(h.account)), LF_INT(h.made)),
                   e));
    LF_TRY(audit(t, &h, "hold.set", e));
    t->effects |= LF_FX_HOLDS;
    *id = h.id;
    return LF_OK;
}

enum lf_code lf_hold_lift(struct lf_task *t, lf_view id, lf_view why, struct lf_err *e)
{
    struct lf_hold *others, *h = NULL;
    size_t n;

    LF_TRY(may(t, LIFT, e));
    if (!lf_view_is_text(why, 1, LF_HOLD_REASON))
        return lf_err_set(e, LF_BAD_INPUT, "hold: say in a reason of 1 to %d bytes why it is lifted",
                          LF_HOLD_REASON);
    LF_TRY(lf_hold_in_force(t, &others, &n, e));
    for (size_t i = 0; i < n; i++)
        if (lf_view_eq(others[i].id, id) || lf_view_eq(others[i].name, id))
            h = &others[i];
    if (!h)
        return lf_err_set(e, LF_NOT_FOUND, "hold: none in force is \"%.*s\"; give its id or name",
                          LF_FMT(lf_view_first(id, 100)));
    h->lifted = lf_now(t->env);
    h->lifted_by = t->scope.account;
    h->lifted_why = why;
    LF_TRY(lf_db_exec(
        t->db, &t->scope, &lf_q_hold_lift,
        LF_ARGS(LF_INT(h->lifted), LF_TEXT(lf_view_some(h->lifted_by)), LF_TEXT(why), LF_TEXT(h->id)), e));
    LF_TRY(audit(t, h, "hold.lift", e));
    t->effects |= LF_FX_HOLDS;
    return LF_OK;
}

/* ---- in other forms ---- */

void lf_hold_json(struct lf_json_w *w, const struct lf_hold *h)
{
    char text[LF_TIME_TEXT];

    lf_json_put_str(w, "id", h->id);
    lf_json_put_str(w, "name", h->name);
    lf_json_put_str(w, "reason", h->reason);
    lf_json_put_str(w, "from", lf_time_milli(h->from, text));
    if (h->to)
        lf_json_put_str(w, "to", lf_time_milli(h->to, text));
    if (h->sender.len)
        lf_json_put_str(w, "sender", h->sender);
    lf_json_put_str(w, "by", lf_view_some(h->account));
    lf_json_put_str(w, "set", lf_time_milli(h->made, text));
    lf_json_put_bool(w, "in_force", h->lifted == 0);
    if (h->lifted) {
        lf_json_put_str(w, "lifted", lf_time_milli(h->lifted, text));
        lf_json_put_str(w, "lifted_by", lf_view_some(h->lifted_by));
        lf_json_put_str(w, "lifted_why", lf_view_some(h->lifted_why));
    }
}
