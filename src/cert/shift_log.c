#include "cert/shift_log.h"

#include "base/crypto.h"
#include "cert/document_priv.h"
#include "cert/duty.h"
#include "cert/incident_priv.h"
#include "cert/people_priv.h"
#include "ident/audit.h"
#include "ident/node.h"
#include "store/query_shift_log.h"

struct gather {
    struct lf_arena *a;
    struct lf_shift_entry *items;
    size_t n, cap;
};

static enum lf_code on_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *g->items);
    g->items[g->n++] = (struct lf_shift_entry){ .number = lf_row_int(r, 0),
                                                .id = lf_arena_copy(g->a, lf_row_text(r, 1)),
                                                .at = lf_row_int(r, 2),
                                                .recorded = lf_row_int(r, 3),
                                                .account = lf_arena_copy(g->a, lf_row_text(r, 4)),
                                                .name = lf_arena_copy(g->a, lf_row_text(r, 5)),
                                                .incident = lf_arena_copy(g->a, lf_row_text(r, 6)),
                                                .title = lf_arena_copy(g->a, lf_row_text(r, 7)),
                                                .corrects = lf_row_int(r, 8),
                                                .text = lf_arena_copy(g->a, lf_row_text(r, 9)),
                                                .corrected = lf_row_int(r, 10) };
    return LF_OK;
}

/* *name: his who had the shift at `at`; empty: he has it now, or keeps the network. */
static enum lf_code may_write(struct lf_task *t, enum lf_who who, int place, lf_time at, lf_view *name,
                              struct lf_err *e)
{
    lf_time now = lf_now(t->env);
    lf_view present;
    struct lf_err why = { 0 };

    LF_TRY(people_has_shift(t, who, place, at, at + 1, name, e));
    LF_TRY(people_has_shift(t, who, place, now, now + 1, &present, e));
    if (name->len || present.len || people_need(t, LF_V(""), &why) == LF_OK)
        return LF_OK;
    return lf_err_set(e, LF_FORBIDDEN,
                      "shift log: it is written by who is on duty, or by an administrator or a reviewer");
}

static enum lf_code entry_ok(struct lf_task *t, enum lf_who who, int place, const struct lf_shift_entry *x,
                             struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    int64_t has;

    LF_TRY(document_text("shift log", "text", x->text, 1, LF_SHIFT_TEXT, e));
    if (!document_is_id(x->id, LF_SHIFT_ID))
        return lf_err_set(e, LF_BAD_INPUT, "shift log: \"id\" is 1 to %d of a-z 0-9 - _", LF_SHIFT_ID);
    if (x->at > x->recorded)
        return lf_err_set(e, LF_BAD_INPUT,
                          "shift log: what is written down has happened; this time is to come");
    if (x->at < x->recorded - LF_SHIFT_LATE)
        return lf_err_set(e, LF_BAD_INPUT, "shift log: it is written down within %d days",
                          (int)(LF_SHIFT_LATE / LF_DAY));
    if (!x->corrects)
        return LF_OK;
    LF_TRY(lf_db_int(t->db, &node, &lf_q_shift_log_has,
                     LF_ARGS(LF_INT(who), LF_INT(place), LF_INT(x->corrects)), &has, e));
    return has ? LF_OK : lf_err_set(e, LF_BAD_INPUT, "shift log: there is no such entry to correct");
}

/* Said again, perhaps because the answer was lost: it is there. */
static enum lf_code there(struct lf_task *t, enum lf_who who, int place, const struct lf_shift_entry *x,
                          bool *is, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = { .a = t->a };

    LF_TRY(lf_db_run(t->db, &node, &lf_q_shift_log_get, LF_ARGS(LF_TEXT(x->id), LF_INT(who), LF_INT(place)),
                     on_row, &g, NULL, e));
    *is = g.n > 0;
    if (!g.n || (lf_view_eq(g.items[0].text, x->text) && lf_view_eq(g.items[0].account, x->account)))
        return LF_OK;
    return lf_err_set(e, LF_CONFLICT, "shift log: another entry has this id");
}

static enum lf_code audit(struct lf_task *t, enum lf_who who, int place, const struct lf_shift_entry *x,
                          struct lf_err *e)
{
    struct lf_audit_note n;
    uint8_t sum[LF_SHA256];

    lf_sha256(x->text, sum);
    lf_audit_open(&n);
    lf_json_put_str(&n.w, "entry", x->id);
    if (x->corrects)
        lf_json_put_int(&n.w, "corrects", x->corrects);
    lf_json_put_str(&n.w, "sha256", lf_hex(t->a, sum, sizeof sum));
    return lf_audit_close(&n, t, LF_V("shift.log"), lf_post_name(t->a, who, place), e);
}

enum lf_code lf_shift_log_add(struct lf_task *t, enum lf_who who, int place, const struct lf_shift_new *n,
                              lf_view *id, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    lf_time now = lf_now(t->env);
    struct lf_shift_entry x = { .id = n->id.len ? n->id : lf_uuid_new(t->env, t->a),
                                .at = n->at ? n->at : now,
                                .recorded = now,
                                .account = t->scope.account,
                                .incident = lf_view_some(lf_view_trim(n->incident)),
                                .title = LF_V(""),
                                .corrects = n->corrects,
                                .text = lf_view_trim(n->text) };
    struct incident_kept kept;
    bool is;

    LF_TRY(people_of_node(t, e));
    LF_TRY(people_post(who, place, e));
    LF_TRY(entry_ok(t, who, place, &x, e));
    LF_TRY(may_write(t, who, place, x.at, &x.name, e));
    LF_TRY(there(t, who, place, &x, &is, e));
    *id = x.id;
    if (is)
        return LF_OK;
    if (x.incident.len) {
        LF_TRY(incident_find_own(t, x.incident, &kept, e));
        x.title = incident_title_told(kept.row.tlp, kept.row.title);
    }
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_shift_log_add,
                      LF_ARGS(LF_INT(who), LF_INT(place), LF_TEXT(x.id), LF_INT(x.at), LF_INT(x.recorded),
                              LF_TEXT(x.account), LF_TEXT(x.name), LF_TEXT(x.incident), LF_TEXT(x.title),
                              LF_INT(x.corrects), LF_TEXT(x.text)),
                      e));
    return audit(t, who, place, &x, e);
}

/* `after` is "TIME:NUMBER". */
static enum lf_code place_in(lf_view after, int64_t *at, int64_t *seq, struct lf_err *e)
{
    lf_view first;

    if (!after.len ||
        (lf_view_split(&after, ':', &first) && lf_view_i64(first, at) && lf_view_i64(after, seq)))
        return LF_OK;
    return lf_err_set(e, LF_BAD_INPUT, "\"after\" is not what a list gave");
}

enum lf_code lf_shift_log_list(struct lf_task *t, enum lf_who who, int place, lf_time from, lf_time until,
                               const struct lf_page *page, struct lf_shift_page *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    size_t most = lf_page_rows(page);
    struct gather g = { .a = t->a };
    int64_t at = until, seq = 0;

    LF_TRY(people_of_node(t, e));
    LF_TRY(people_post(who, place, e));
    LF_TRY(place_in(page ? page->after : LF_V(""), &at, &seq, e));
    LF_TRY(lf_db_run(
        t->db, &node, &lf_q_shift_log_list,
        LF_ARGS(LF_INT(who), LF_INT(place), LF_INT(from), LF_INT(at), LF_INT(seq), LF_INT(most + 1)), on_row,
        &g, NULL, e));
    *out = (struct lf_shift_page){ .n = g.n > most ? most : g.n, .items = g.items };
    if (g.n > most)
        out->next = lf_arena_printf(t->a, "%lld:%lld", (long long)g.items[most - 1].at,
                                    (long long)g.items[most - 1].number);
    return LF_OK;
}
