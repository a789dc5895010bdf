#include "soc/exclusion.h"

#include "fmt/json.h"
#include "ident/audit.h"
#include "model/role.h"
#include "soc/withheld.h"
#include "store/query_exclusion.h"

enum { TEXT_MOST = 256, NOTE_MOST = 2000 };

static enum lf_code may(const struct lf_task *t, bool change, struct lf_err *e)
{
    unsigned roles = LF_ROLE_ADMIN | LF_ROLE_ANALYST;

    if (!change)
        roles |= LF_ROLE_SYSTEM | LF_ROLE_REPORTER | LF_ROLE_REVIEWER | LF_ROLE_READER;
    if (t->scope.roles & roles)
        return LF_OK;
    return lf_err_set(e, LF_FORBIDDEN, "exclusion: this account may not %s where rules raise nothing",
                      change ? "change" : "see");
}

/* ---- reading ---- */

struct gather {
    struct lf_arena *a;
    lf_time now;
    struct lf_exclusion *items;
    struct lf_exclusion_proposal *proposals;
    struct lf_exclusion_verdict *verdicts;
    size_t n, max;
};

static enum lf_code on_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    lf_time until = lf_row_int(r, 3);

    (void)e;
    if (g->n < g->max)
        g->items[g->n++] = (struct lf_exclusion){
            .rule = lf_arena_copy(g->a, lf_row_text(r, 0)),
            .host = lf_arena_copy(g->a, lf_row_text(r, 1)),
            .in_force = lf_row_int(r, 2) == 1 && (until == 0 || until > g->now),
            .until = until,
            .note = lf_arena_copy(g->a, lf_row_text(r, 4)),
            .account = lf_arena_copy(g->a, lf_row_text(r, 5)),
            .changed = lf_row_int(r, 6),
            .kept_back = lf_row_int(r, 7),
            .kept_back_last = lf_row_int(r, 8),
        };
    return LF_OK;
}

/* What somebody decided himself he has, though the indicator is kept from him, and not what it kept back. */
static bool shown(const struct lf_task *t, bool hidden, struct lf_exclusion *x)
{
    if (hidden)
        x->kept_back = x->kept_back_last = 0;
    return !hidden || (x->account.len && lf_view_eq(x->account, t->scope.account));
}

enum lf_code lf_exclusion_get(struct lf_task *t, lf_view rule, lf_view host, struct lf_exclusion *out,
                              struct lf_err *e)
{
    struct lf_exclusion one;
    struct gather g = { .a = t->a, .now = lf_now(t->env), .items = &one, .max = 1 };
    struct lf_withheld w = { 0 };
    bool hidden;

    LF_TRY(may(t, false, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_exclusion_get,
                     LF_ARGS(LF_TEXT(rule), LF_TEXT(lf_view_some(host))), on_row, &g, NULL, e));
    LF_TRY(lf_withheld(&w, t, rule, &hidden, e));
    if (g.n == 0 || !shown(t, hidden, &one))
        return lf_err_set(e, LF_NOT_FOUND,
                          "exclusion: nothing was decided about the rule \"%.*s\" at \"%.*s\"", LF_FMT(rule),
                          LF_FMT(host));
    *out = one;
    return LF_OK;
}

enum lf_code lf_exclusion_list(struct lf_task *t, const struct lf_page *page, struct lf_exclusion **out,
                               size_t *n, lf_view *next, struct lf_err *e)
{
    size_t limit = lf_page_rows(page), kept = 0;
    struct gather g = { .a = t->a, .now = lf_now(t->env) };
    struct lf_withheld w = { 0 };
    struct lf_exclusion *items;
    lf_view rule, host;

    g.max = limit + 1;
    g.items = LF_NEW(t->a, struct lf_exclusion, g.max);
    items = LF_NEW(t->a, struct lf_exclusion, g.max);
    LF_TRY(may(t, false, e));
    if (!lf_page_pair_of(page ? page->after : LF_V(""), &rule, &host))
        return lf_err_set(e, LF_BAD_INPUT, "exclusion: that is no place in a list; give \"next\" as it came");
    do { /* those about an indicator are for who may have it; a page is full all the same */
        g.n = 0;
        LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_exclusion_list,
                         LF_ARGS(LF_TEXT(rule), LF_TEXT(host), LF_INT(g.max)), on_row, &g, NULL, e));
        for (size_t i = 0; i < g.n && kept <= limit; i++) {
            bool hidden;

            items[kept] = g.items[i];
            rule = g.items[i].rule;
            host = g.items[i].host;
            LF_TRY(lf_withheld(&w, t, rule, &hidden, e));
            kept += shown(t, hidden, &items[kept]);
        }
    } while (g.n == g.max && kept <= limit);
    *out = items;
    *n = kept > limit ? limit : kept;
    *next = kept > limit ? lf_page_pair(t->a, items[limit - 1].rule, items[limit - 1].host) : LF_V("");
    return LF_OK;
}

static enum lf_code on_proposal(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    if (g->n < g->max)
        g->proposals[g->n++] = (struct lf_exclusion_proposal){
            .rule = lf_arena_copy(g->a, lf_row_text(r, 0)),
            .host = lf_arena_copy(g->a, lf_row_text(r, 1)),
            .title = lf_arena_copy(g->a, lf_row_text(r, 2)),
            .verdicts = lf_row_int(r, 3),
            .last = lf_row_int(r, 4),
            .people = lf_row_int(r, 5),
            .against = lf_row_int(r, 6),
        };
    return LF_OK;
}

static enum lf_code on_verdict(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    if (g->n < g->max)
        g->verdicts[g->n++] = (struct lf_exclusion_verdict){
            .alert = lf_arena_copy(g->a, lf_row_text(r, 0)),
            .number = lf_row_int(r, 1),
            .wrong = lf_row_int(r, 2) == 2,
            .account = lf_arena_copy(g->a, lf_row_text(r, 3)),
            .at = lf_row_int(r, 4),
        };
    return LF_OK;
}

enum lf_code lf_exclusion_verdicts(struct lf_task *t, lf_view rule, lf_view host,
                                   struct lf_exclusion_verdict **out, size_t *n, struct lf_err *e)
{
    struct gather g = { .a = t->a,
                        .verdicts = LF_NEW(t->a, struct lf_exclusion_verdict, LF_EXCLUSION_VERDICTS),
                        .max = LF_EXCLUSION_VERDICTS };
    struct lf_withheld w = { 0 };
    bool hidden;

    LF_TRY(may(t, false, e));
    LF_TRY(lf_withheld(&w, t, rule, &hidden, e));
    if (hidden)
        g.max = 0;
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_exclusion_verdicts,
                     LF_ARGS(LF_TEXT(rule), LF_TEXT(lf_view_some(host)),
                             LF_INT(lf_now(t->env) - LF_EXCLUSION_LOOK), LF_INT(g.max)),
                     on_verdict, &g, NULL, e));
    *out = g.verdicts;
    *n = g.n;
    return LF_OK;
}

enum lf_code lf_exclusion_proposals(struct lf_task *t, bool disputed, struct lf_exclusion_proposal **out,
                                    size_t *n, struct lf_err *e)
{
    struct gather g = { .a = t->a,
                        .proposals = LF_NEW(t->a, struct lf_exclusion_proposal, LF_EXCLUSION_PROPOSALS),
                        .max = LF_EXCLUSION_PROPOSALS };
    lf_time now = lf_now(t->env);
    struct lf_withheld w = { 0 };
    struct lf_exclusion_proposal *items = LF_NEW(t->a, struct lf_exclusion_proposal, LF_EXCLUSION_PROPOSALS);
    size_t kept = 0;
    int64_t skip = 0;

    LF_TRY(may(t, false, e));
    do { /* those about an indicator are for who may have it, and take nobody else's place */
        g.n = 0;
        LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_exclusion_proposals,
                         LF_ARGS(LF_INT(now - LF_EXCLUSION_LOOK), LF_INT(now), LF_INT(disputed),
                                 LF_INT(g.max), LF_INT(skip)),
                         on_proposal, &g, NULL, e));
        skip += (int64_t)g.n;
        for (size_t i = 0; i < g.n && kept < LF_EXCLUSION_PROPOSALS; i++) {
            bool hidden;

            LF_TRY(lf_withheld(&w, t, g.proposals[i].rule, &hidden, e));
            if (!hidden)
                items[kept++] = g.proposals[i];
        }
    } while (g.n == g.max && kept < LF_EXCLUSION_PROPOSALS);
    *out = items;
    *n = kept;
    return LF_OK;
}

/* ---- deciding ---- */

static enum lf_code put(struct lf_task *t, const struct lf_exclusion *x, const char *action, struct lf_err *e)
{
    struct lf_buf b;
    struct lf_json_w w;
    lf_view detail;

    LF_TRY(may(t, true, e));
    if (!lf_view_is_text(x->rule, 1, TEXT_MOST) || !lf_view_is_text(x->host, 0, TEXT_MOST))
        return lf_err_set(e, LF_BAD_INPUT,
                          "exclusion: a rule's id is text of 1 to %d bytes, a host of at most as many",
                          TEXT_MOST);
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_exclusion_put,
                      LF_ARGS(LF_TEXT(x->rule), LF_TEXT(lf_view_some(x->host)), LF_INT(x->in_force),
                              LF_INT(x->until), LF_TEXT(lf_view_some(x->note)), LF_TEXT(t->scope.account),
                              LF_INT(x->changed)),
                      e));
    lf_buf_init(&b, 16 * NOTE_MOST);
    w = lf_json_w(&b);
    lf_exclusion_json(&w, x);
    detail = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return lf_audit_add(t, lf_view_of(action), x->rule, detail, e);
}

enum lf_code lf_exclusion_set(struct lf_task *t, lf_view rule, lf_view host, lf_time until, lf_view note,
                              struct lf_err *e)
{
    lf_time now = lf_now(t->env);
    const struct lf_exclusion x = { .rule = rule,
                                    .host = host,
                                    .in_force = true,
                                    .until = until,
                                    .note = note,
                                    .account = t->scope.account,
                                    .changed = now };

    if (!lf_view_is_text(note, 1, NOTE_MOST))
        return lf_err_set(e, LF_BAD_INPUT, "exclusion: say why in a note of 1 to %d bytes", NOTE_MOST);
    if (until && (until <= now || until > LF_TIME_MAX))
        return lf_err_set(e, LF_BAD_INPUT, "exclusion: \"until\" is a time to come");
    return put(t, &x, "exclusion.set", e);
}

enum lf_code lf_exclusion_end(struct lf_task *t, lf_view rule, lf_view host, lf_view note, struct lf_err *e)
{
    const struct lf_exclusion x = {
        .rule = rule, .host = host, .note = note, .account = t->scope.account, .changed = lf_now(t->env)
    };

    if (!lf_view_is_text(note, 0, NOTE_MOST))
        return lf_err_set(e, LF_BAD_INPUT, "exclusion: a note is text of at most %d bytes", NOTE_MOST);
    return put(t, &x, "exclusion.end", e);
}

enum lf_code lf_exclusion_keeps_back(struct lf_task *t, const struct lf_finding *f, bool *kept,
                                     struct lf_err *e)
{
    int64_t n;

    *kept = false;
    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_exclusion_in_force,
                     LF_ARGS(LF_TEXT(f->rule), LF_TEXT(lf_view_some(f->host)), LF_INT(lf_now(t->env))), &n,
                     e));
    if (n == 0)
        return LF_OK;
    *kept = true;
    return lf_db_exec(
        t->db, &t->scope, &lf_q_exclusion_keep_back,
        LF_ARGS(LF_INT(f->happened), LF_INT(f->position), LF_TEXT(f->rule), LF_TEXT(lf_view_some(f->host))),
        e);
}

void lf_exclusion_json(struct lf_json_w *w, const struct lf_exclusion *x)
{
    char text[LF_TIME_TEXT];

    lf_json_open(w, '{');
    lf_json_put_str(w, "rule", x->rule);
    lf_json_put_str(w, "host", lf_view_some(x->host));
    lf_json_put_bool(w, "in_force", x->in_force);
    if (x->until)
        lf_json_put_str(w, "until", lf_time_milli(x->until, text));
    lf_json_put_str(w, "note", lf_view_some(x->note));
    lf_json_put_str(w, "by", lf_view_some(x->account));
    lf_json_put_str(w, "changed", lf_time_milli(x->changed, text));
    lf_json_put_int(w, "kept_back", x->kept_back);
    if (x->kept_back_last)
        lf_json_put_str(w, "kept_back_last", lf_time_milli(x->kept_back_last, text));
    lf_json_close(w);
}
