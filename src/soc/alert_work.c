#include "soc/alert_work.h"

#include "fmt/json.h"
#include "ident/audit.h"
#include "model/role.h"
#include "soc/alert_priv.h"
#include "soc/withheld.h"
#include "store/query_alert.h"

static const char *const acts[] = { "",      "acknowledge", "assign",  "comment", "close",
                                    "merge", "merged",      "verdict", "unmerge", "unmerged" };

const char *lf_alert_act_name(enum lf_alert_act act)
{
    return (size_t)act < sizeof acts / sizeof *acts ? acts[act] : "?";
}

static enum lf_code may_work(const struct lf_task *t, struct lf_err *e)
{
    if (t->scope.roles & (LF_ROLE_ADMIN | LF_ROLE_ANALYST))
        return LF_OK;
    return lf_err_set(e, LF_FORBIDDEN, "alert: this account may not handle alerts");
}

enum lf_code alert_note(struct lf_task *t, lf_view id, enum lf_alert_act act, lf_view note, struct lf_err *e)
{
    int64_t seq;

    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_alert_work_next, LF_ARGS(LF_TEXT(id)), &seq, e));
    if (seq > LF_ALERT_HISTORY && act != LF_ACT_CLOSE && act != LF_ACT_MERGED && act != LF_ACT_UNMERGE &&
        act != LF_ACT_UNMERGED)
        return lf_err_set(e, LF_TOO_BIG,
                          "alert: %d things were done with it already; close it, and go on with another",
                          LF_ALERT_HISTORY);
    return lf_db_exec(t->db, &t->scope, &lf_q_alert_work_add,
                      LF_ARGS(LF_TEXT(id), LF_INT(seq), LF_INT(lf_now(t->env)), LF_TEXT(t->scope.account),
                              LF_INT(act), LF_TEXT(note.len ? note : LF_V(""))),
                      e);
}

static enum lf_code audit(struct lf_task *t, const char *action, lf_view id, const char *key, lf_view value,
                          struct lf_err *e)
{
    struct lf_buf b;
    struct lf_json_w w;
    lf_view detail;

    lf_buf_init(&b, LF_AUDIT_DETAIL * 2);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_str(&w, key, value);
    lf_json_close(&w);
    detail = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    t->effects |= LF_FX_ALERT;
    return lf_audit_add(t, lf_view_of(action), id, detail, e);
}

enum lf_code lf_alert_assign(struct lf_task *t, lf_view id, lf_view owner, struct lf_err *e)
{
    struct lf_alert alert;
    int64_t changed = 0;

    LF_TRY(may_work(t, e));
    LF_TRY(lf_alert_get(t, id, &alert, e));
    if (!lf_view_is_text(owner, 0, LF_ALERT_OWNER))
        return lf_err_set(e, LF_BAD_INPUT, "alert: an owner is an account's name");
    if (alert.state == LF_ALERT_CLOSED)
        return lf_err_set(e, LF_CONFLICT, "alert: \"%.*s\" is closed", LF_FMT(id));
    owner = owner.len ? owner : LF_V("");
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_alert_set_owner, LF_ARGS(LF_TEXT(owner), LF_TEXT(id)), NULL,
                     NULL, &changed, e));
    if (changed == 0)
        return lf_err_set(e, LF_CONFLICT, "alert: it is %s%.*s%s already", owner.len ? "\"" : "nobody's",
                          LF_FMT(owner), owner.len ? "\"'s" : "");
    LF_TRY(alert_note(t, id, LF_ACT_ASSIGN, owner, e));
    return audit(t, "alert.assign", id, "owner", owner, e);
}

enum lf_code lf_alert_comment(struct lf_task *t, lf_view id, lf_view note, struct lf_err *e)
{
    struct lf_alert alert;

    LF_TRY(may_work(t, e));
    LF_TRY(lf_alert_get(t, id, &alert, e));
    if (!lf_view_is_text(note, 1, LF_ALERT_NOTE))
        return lf_err_set(e, LF_BAD_INPUT, "alert: a comment is text of 1 to %d bytes", LF_ALERT_NOTE);
    LF_TRY(alert_note(t, id, LF_ACT_COMMENT, note, e));
    return audit(t, "alert.comment", id, "note", note, e);
}

enum lf_code lf_alert_judge(struct lf_task *t, lf_view id, enum lf_verdict verdict, struct lf_err *e)
{
    struct lf_alert alert;
    int64_t changed = 0;

    LF_TRY(may_work(t, e));
    LF_TRY(lf_alert_get(t, id, &alert, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_alert_set_verdict,
                     LF_ARGS(LF_INT(verdict), LF_TEXT(t->scope.account), LF_TEXT(id)), NULL, NULL, &changed,
                     e));
    if (changed == 0)
        return lf_err_set(e, LF_CONFLICT,
                          alert.state == LF_ALERT_CLOSED
                              ? "alert: it was judged so already"
                              : "alert: an open alert is judged when it is closed");
    LF_TRY(alert_note(t, id, LF_ACT_VERDICT, lf_view_of(lf_verdict_name(verdict)), e));
    return audit(t, "alert.judge", id, "verdict", lf_view_of(lf_verdict_name(verdict)), e);
}

/* Merging writes what the one says into the other. */
static enum lf_code may_join(const struct lf_alert *a, const struct lf_alert *b, struct lf_err *e)
{
    if (!a->withheld && !b->withheld)
        return LF_OK;
    return lf_err_set(e, LF_FORBIDDEN,
                      "alert: the marking of the indicator that was hit keeps it from you; who may have it "
                      "merges the alert and takes it out again");
}

enum lf_code lf_alert_merge(struct lf_task *t, lf_view id, lf_view into, struct lf_err *e)
{
    struct lf_alert from, to;

    LF_TRY(may_work(t, e));
    LF_TRY(lf_alert_get(t, id, &from, e));
    LF_TRY(lf_alert_get(t, into, &to, e));
    if (lf_view_eq(from.id, to.id))
        return lf_err_set(e, LF_BAD_INPUT, "alert: an alert cannot be merged into itself");
    LF_TRY(may_join(&from, &to, e));
    if (from.state == LF_ALERT_CLOSED || to.state == LF_ALERT_CLOSED)
        return lf_err_set(e, LF_CONFLICT, "alert: %s is closed; only open alerts are merged",
                          from.state == LF_ALERT_CLOSED ? "the one" : "the other");
    LF_TRY(
        lf_db_exec(t->db, &t->scope, &lf_q_alert_merge_into, LF_ARGS(LF_TEXT(to.id), LF_TEXT(from.id)), e));
    LF_TRY(
        lf_db_exec(t->db, &t->scope, &lf_q_alert_merge_events, LF_ARGS(LF_TEXT(to.id), LF_TEXT(from.id)), e));
    LF_TRY(
        lf_db_exec(t->db, &t->scope, &lf_q_alert_merge_from, LF_ARGS(LF_TEXT(to.id), LF_TEXT(from.id)), e));
    LF_TRY(alert_set_state(t, from.id, LF_ALERT_CLOSED, LF_VERDICT_NONE, LF_V(""), NULL, e));
    LF_TRY(alert_note(t, from.id, LF_ACT_MERGED, to.id, e));
    LF_TRY(alert_note(t, to.id, LF_ACT_MERGE, from.id, e));
    return audit(t, "alert.merge", from.id, "into", to.id, e);
}

enum lf_code lf_alert_unmerge(struct lf_task *t, lf_view id, lf_view *from, struct lf_err *e)
{
    struct lf_alert alert, into;

    LF_TRY(may_work(t, e));
    LF_TRY(lf_alert_get(t, id, &alert, e));
    if (alert.merged_into.len == 0)
        return lf_err_set(e, LF_CONFLICT, "alert: \"%.*s\" is not merged into another", LF_FMT(id));
    LF_TRY(lf_alert_get(t, alert.merged_into, &into, e));
    LF_TRY(may_join(&alert, &into, e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_alert_unmerge_events,
                      LF_ARGS(LF_TEXT(alert.id), LF_TEXT(alert.merged_into)), e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_alert_reopen, LF_ARGS(LF_TEXT(alert.id)), e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_alert_recount, LF_ARGS(LF_TEXT(alert.id)), e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_alert_recount, LF_ARGS(LF_TEXT(alert.merged_into)), e));
    LF_TRY(alert_note(t, alert.id, LF_ACT_UNMERGED, alert.merged_into, e));
    LF_TRY(alert_note(t, alert.merged_into, LF_ACT_UNMERGE, alert.id, e));
    *from = alert.merged_into;
    return audit(t, "alert.unmerge", alert.id, "from", alert.merged_into, e);
}

/* ---- reading ---- */

struct gather {
    struct lf_arena *a;
    struct lf_alert_work *work;
    struct lf_alert_behind *behind;
    lf_view *own; /* of each of `behind` the rule that raised it */
    int64_t *counts;
    size_t n, max;
};

static enum lf_code on_work(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    if (g->n < g->max)
        g->work[g->n++] = (struct lf_alert_work){ .seq = lf_row_int(r, 0),
                                                  .at = lf_row_int(r, 1),
                                                  .account = lf_arena_copy(g->a, lf_row_text(r, 2)),
                                                  .act = (enum lf_alert_act)lf_row_int(r, 3),
                                                  .note = lf_arena_copy(g->a, lf_row_text(r, 4)) };
    return LF_OK;
}

/* A closing's note is "verdict", "verdict: what was said", or what was said alone. */
static lf_view verdict_alone(lf_view note)
{
    size_t colon = lf_view_find_byte(note, ':');
    lf_view word = colon == SIZE_MAX ? note : lf_view_first(note, colon);
    enum lf_verdict v;

    return lf_verdict_parse(word, &v) ? word : LF_V("");
}

/* What people wrote of a withheld alert may name what it does not show. */
static void keep_words_back(struct lf_alert_work *w)
{
    if (w->act == LF_ACT_COMMENT)
        w->note = LF_V("");
    else if (w->act == LF_ACT_CLOSE)
        w->note = verdict_alone(w->note);
}

enum lf_code lf_alert_history(struct lf_task *t, lf_view id, const struct lf_page *page,
                              struct lf_alert_work **out, size_t *n, lf_view *next, struct lf_err *e)
{
    size_t limit = lf_page_rows(page);
    struct gather g = { .a = t->a };
    struct lf_alert alert;
    int64_t after = 0;

    g.max = limit + 1;
    g.work = LF_NEW(t->a, struct lf_alert_work, g.max);
    LF_TRY(lf_alert_get(t, id, &alert, e));
    if (page && page->after.len && (!lf_view_i64(page->after, &after) || after < 0))
        return lf_err_set(e, LF_BAD_INPUT, "alert: \"%.*s\" is no place in a list; give \"next\" as it came",
                          LF_FMT(page->after));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_alert_work_list,
                     LF_ARGS(LF_TEXT(id), LF_INT(after), LF_INT(g.max)), on_work, &g, NULL, e));
    for (size_t i = 0; alert.withheld && i < g.n; i++)
        keep_words_back(&g.work[i]);
    *out = g.work;
    *n = g.n > limit ? limit : g.n;
    *next = g.n > limit ? lf_arena_printf(t->a, "%lld", (long long)g.work[limit - 1].seq)
                        : (lf_view){ "", 0 };
    return LF_OK;
}

static enum lf_code on_behind(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    if (g->n == g->max)
        return LF_OK;
    g->own[g->n] = lf_arena_copy(g->a, lf_row_text(r, 4));
    g->behind[g->n++] = (struct lf_alert_behind){ .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
                                                  .number = (uint64_t)lf_row_int(r, 1),
                                                  .title = lf_arena_copy(g->a, lf_row_text(r, 2)),
                                                  .rule = lf_arena_copy(g->a, lf_row_text(r, 3)) };
    return LF_OK;
}

enum lf_code lf_alert_of_event(struct lf_task *t, uint64_t position, lf_view without,
                               struct lf_alert_behind **out, size_t *n, struct lf_err *e)
{
    enum { LOOK = 64 }; /* the statement's limit: some may be withheld */
    struct gather g = { .a = t->a,
                        .behind = LF_NEW(t->a, struct lf_alert_behind, LOOK),
                        .own = LF_NEW(t->a, lf_view, LOOK),
                        .max = LOOK };
    struct lf_withheld w = { 0 };
    size_t kept = 0;

    LF_TRY(alert_may_see(t, e));
    if (position <= INT64_MAX)
        LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_alert_of_event, LF_ARGS(LF_INT(position), LF_TEXT(without)),
                         on_behind, &g, NULL, e));
    for (size_t i = 0; i < g.n && kept < LF_ALERT_BEHIND; i++) {
        bool hidden, own;

        LF_TRY(lf_withheld(&w, t, g.behind[i].rule, &hidden, e));
        LF_TRY(lf_withheld(&w, t, g.own[i], &own, e));
        if (!hidden && !own)
            g.behind[kept++] = g.behind[i];
    }
    *out = g.behind;
    *n = kept;
    return LF_OK;
}

static enum lf_code on_verdict(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    int64_t v = lf_row_int(r, 0);

    (void)e;
    if (v >= 0 && v < LF_VERDICTS)
        g->counts[v] = lf_row_int(r, 1);
    return LF_OK;
}

enum lf_code lf_alert_verdicts(struct lf_task *t, lf_view rule, int64_t out[LF_VERDICTS], struct lf_err *e)
{
    struct gather g = { .counts = out };
    struct lf_withheld w = { 0 };
    bool hidden;

    LF_TRY(alert_may_see(t, e));
    memset(out, 0, LF_VERDICTS * sizeof *out);
    LF_TRY(lf_withheld(&w, t, rule, &hidden, e));
    if (hidden)
        return LF_OK;
    return lf_db_run(t->db, &t->scope, &lf_q_alert_rule_verdicts, LF_ARGS(LF_TEXT(rule)), on_verdict, &g,
                     NULL, e);
}

enum lf_code lf_alert_tally(struct lf_task *t, lf_view id, lf_view *rule, int64_t out[LF_VERDICTS],
                            struct lf_err *e)
{
    struct gather g = { .counts = out };
    struct lf_alert alert;

    LF_TRY(may_work(t, e));
    LF_TRY(alert_kept(t, id, &alert, e));
    memset(out, 0, LF_VERDICTS * sizeof *out);
    *rule = alert.rule;
    return lf_db_run(t->db, &t->scope, &lf_q_alert_rule_verdicts, LF_ARGS(LF_TEXT(alert.rule)), on_verdict,
                     &g, NULL, e);
}
