#include "soc/tuning.h"

#include "fmt/json.h"
#include "ident/audit.h"
#include "model/role.h"
#include "soc/withheld.h"
#include "store/query_tuning.h"

enum { RULE_MOST = 200 };

static const char *const states[] = { "live", "draft", "test", "retired" };

const char *lf_rule_state_name(enum lf_rule_state s)
{
    return (size_t)s < sizeof states / sizeof *states ? states[s] : "?";
}

bool lf_rule_state_parse(lf_view text, enum lf_rule_state *out)
{
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (lf_view_is(text, states[i])) {
            *out = (enum lf_rule_state)i;
            return true;
        }
    return false;
}

static enum lf_code may(const struct lf_task *t, bool change, struct lf_err *e)
{
    unsigned roles = LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_SYSTEM;

    if (!change)
        roles |= LF_ROLE_REPORTER | LF_ROLE_REVIEWER | LF_ROLE_READER;
    if (t->scope.roles & roles)
        return LF_OK;
    return lf_err_set(e, LF_FORBIDDEN, "tuning: this account may not %s what was decided about rules",
                      change ? "change" : "see");
}

/* ---- rules ---- */

struct gather {
    struct lf_arena *a;
    struct lf_tuning *items;
    struct lf_rule_hit *hits;
    size_t n, max;
};

static struct lf_tuning usual(lf_view rule)
{
    return (struct lf_tuning){ .rule = rule,
                               .group = LF_TUNING_GROUP,
                               .per_hour = LF_TUNING_PER_HOUR,
                               .note = LF_V(""),
                               .account = LF_V("") };
}

static enum lf_code on_tuning(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    if (g->n < g->max)
        g->items[g->n++] = (struct lf_tuning){
            .rule = lf_arena_copy(g->a, lf_row_text(r, 0)),
            .state = (enum lf_rule_state)lf_row_int(r, 1),
            .has_level = !lf_row_null(r, 2),
            .level = lf_row_null(r, 2) ? LF_LEVEL_INFO : (enum lf_level)lf_row_int(r, 2),
            .group = lf_row_int(r, 3),
            .suppress = lf_row_int(r, 4),
            .per_hour = lf_row_int(r, 5),
            .until = lf_row_int(r, 6),
            .note = lf_arena_copy(g->a, lf_row_text(r, 7)),
            .account = lf_arena_copy(g->a, lf_row_text(r, 8)),
            .changed = lf_row_int(r, 9),
            .kept_back = lf_row_int(r, 10),
            .kept_back_last = lf_row_int(r, 11),
        };
    return LF_OK;
}

/* What somebody decided himself he has, though the indicator is kept from him, and not what it kept back. */
static bool shown(const struct lf_task *t, bool hidden, struct lf_tuning *x)
{
    if (hidden)
        x->kept_back = x->kept_back_last = 0;
    return !hidden || (x->account.len && lf_view_eq(x->account, t->scope.account));
}

enum lf_code lf_tuning_get(struct lf_task *t, lf_view rule, struct lf_tuning *out, struct lf_err *e)
{
    struct lf_tuning one = usual(rule);
    struct gather g = { .a = t->a, .items = &one, .max = 1 };
    struct lf_withheld w = { 0 };
    bool hidden;

    LF_TRY(may(t, false, e));
    LF_TRY(lf_withheld(&w, t, rule, &hidden, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_tuning_get, LF_ARGS(LF_TEXT(rule)), on_tuning, &g, NULL, e));
    if (!shown(t, hidden, &one))
        one = usual(rule); /* as of a rule about which nothing was decided */
    *out = one;
    if (one.until && one.until <= lf_now(t->env)) {
        *out = usual(rule);
        out->kept_back = one.kept_back;
        out->kept_back_last = one.kept_back_last;
    }
    return LF_OK;
}

static enum lf_code check(const struct lf_tuning *in, struct lf_err *e)
{
    if (!lf_view_is_text(in->rule, 1, RULE_MOST))
        return lf_err_set(e, LF_BAD_INPUT, "tuning: a rule's id is text of 1 to %d bytes", RULE_MOST);
    if (in->group < 0 || in->group > LF_TUNING_SPAN_MOST || in->suppress < 0 ||
        in->suppress > LF_TUNING_SPAN_MOST)
        return lf_err_set(e, LF_BAD_INPUT, "tuning: grouping and suppression last from 0 seconds to 90 days");
    if (in->per_hour < 0 || in->per_hour > LF_TUNING_PER_HOUR)
        return lf_err_set(e, LF_BAD_INPUT, "tuning: new alerts in an hour are from 0 to %d",
                          LF_TUNING_PER_HOUR);
    if (in->until < 0 || in->until > LF_TIME_MAX)
        return lf_err_set(e, LF_BAD_INPUT, "tuning: \"until\" is no time this node can keep");
    if (!lf_view_is_text(in->note, 1, LF_TUNING_NOTE))
        return lf_err_set(e, LF_BAD_INPUT, "tuning: say why in a note of 1 to %d bytes", LF_TUNING_NOTE);
    return LF_OK;
}

static enum lf_code audit(struct lf_task *t, const char *action, const struct lf_tuning *in, struct lf_err *e)
{
    struct lf_buf b;
    struct lf_json_w w;
    lf_view detail;

    lf_buf_init(&b, 8 * LF_TUNING_NOTE);
    w = lf_json_w(&b);
    lf_tuning_json(&w, in);
    detail = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return lf_audit_add(t, lf_view_of(action), in->rule, detail, e);
}

static enum lf_code forget_hits(struct lf_task *t, lf_view rule, struct lf_err *e)
{
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_rule_hit_day_clear, LF_ARGS(LF_TEXT(rule)), e));
    return lf_db_exec(t->db, &t->scope, &lf_q_rule_hit_clear, LF_ARGS(LF_TEXT(rule)), e);
}

enum lf_code lf_tuning_set(struct lf_task *t, const struct lf_tuning *in, struct lf_err *e)
{
    struct lf_tuning now = *in;

    LF_TRY(may(t, true, e));
    LF_TRY(check(in, e));
    now.account = t->scope.account;
    now.changed = lf_now(t->env);
    now.kept_back = 0;
    now.kept_back_last = 0;
    LF_TRY(
        lf_db_exec(t->db, &t->scope, &lf_q_tuning_put,
                   LF_ARGS(LF_TEXT(in->rule), LF_INT(in->state), in->has_level ? LF_INT(in->level) : LF_NULL,
                           LF_INT(in->group), LF_INT(in->suppress), LF_INT(in->per_hour), LF_INT(in->until),
                           LF_TEXT(in->note), LF_TEXT(t->scope.account), LF_INT(now.changed)),
                   e));
    if (in->state == LF_RULE_LIVE || in->state == LF_RULE_RETIRED)
        LF_TRY(forget_hits(t, in->rule, e));
    return audit(t, "tuning.set", &now, e);
}

enum lf_code lf_tuning_clear(struct lf_task *t, lf_view rule, struct lf_err *e)
{
    struct lf_withheld w = { 0 };
    struct lf_tuning was;
    int64_t changed = 0;
    bool hidden;

    LF_TRY(may(t, true, e));
    LF_TRY(lf_withheld(&w, t, rule, &hidden, e));
    LF_TRY(lf_tuning_get(t, rule, &was, e));
    if (shown(t, hidden, &was))
        LF_TRY(
            lf_db_run(t->db, &t->scope, &lf_q_tuning_clear, LF_ARGS(LF_TEXT(rule)), NULL, NULL, &changed, e));
    if (changed == 0)
        return lf_err_set(e, LF_NOT_FOUND, "tuning: nothing was decided about the rule \"%.*s\"",
                          LF_FMT(rule));
    LF_TRY(forget_hits(t, rule, e));
    return audit(t, "tuning.clear", &was, e);
}

enum lf_code lf_tuning_list(struct lf_task *t, const struct lf_page *page, struct lf_tuning **out, size_t *n,
                            lf_view *next, struct lf_err *e)
{
    size_t limit = lf_page_rows(page), kept = 0;
    struct gather g = { .a = t->a, .items = LF_NEW(t->a, struct lf_tuning, limit + 1), .max = limit + 1 };
    struct lf_tuning *items = LF_NEW(t->a, struct lf_tuning, limit + 1);
    lf_view after = page && page->after.ptr ? page->after : LF_V("");
    struct lf_withheld w = { 0 };

    LF_TRY(may(t, false, e));
    do { /* those of an indicator are for who may have it; a page is full all the same */
        g.n = 0;
        LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_tuning_list, LF_ARGS(LF_TEXT(after), LF_INT(limit + 1)),
                         on_tuning, &g, NULL, e));
        for (size_t i = 0; i < g.n && kept <= limit; i++) {
            bool hidden;

            items[kept] = g.items[i];
            after = g.items[i].rule;
            LF_TRY(lf_withheld(&w, t, after, &hidden, e));
            kept += shown(t, hidden, &items[kept]);
        }
    } while (g.n == g.max && kept <= limit);
    *out = items;
    *n = kept > limit ? limit : kept;
    *next = kept > limit ? items[limit - 1].rule : LF_V("");
    return LF_OK;
}

enum lf_code lf_tuning_keep_back(struct lf_task *t, const struct lf_tuning *tuning,
                                 const struct lf_finding *f, struct lf_err *e)
{
    bool trial = tuning->state == LF_RULE_DRAFT || tuning->state == LF_RULE_TEST;
    int64_t counted = 0;

    if (trial) {
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_rule_hit_add,
                          LF_ARGS(LF_TEXT(f->rule), LF_INT(f->position), LF_INT(f->happened),
                                  LF_INT(f->recorded), LF_TEXT(lf_view_some(f->host)),
                                  LF_TEXT(lf_view_some(f->sender)), LF_TEXT(lf_view_some(f->event))),
                          e));
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_rule_hit_trim,
                          LF_ARGS(LF_TEXT(f->rule), LF_INT(LF_RULE_HITS)), e));
    }
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_tuning_keep_back,
                     LF_ARGS(LF_TEXT(f->rule), LF_INT(LF_TUNING_GROUP), LF_INT(LF_TUNING_PER_HOUR),
                             LF_INT(f->happened), LF_INT(f->position)),
                     NULL, NULL, &counted, e));
    if (!counted || !trial)
        return LF_OK;
    /* An event's own time is its sender's to choose: what says it comes from tomorrow is counted
     * today, and only the newest days are kept. */
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_rule_hit_day_add,
                      LF_ARGS(LF_TEXT(f->rule),
                              LF_INT(lf_taipei_day(f->happened < f->recorded ? f->happened : f->recorded))),
                      e));
    return lf_db_exec(t->db, &t->scope, &lf_q_rule_hit_day_trim,
                      LF_ARGS(LF_TEXT(f->rule), LF_INT(LF_RULE_DAYS)), e);
}

/* ---- hits of rules on trial ---- */

static enum lf_code on_hit(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    if (g->n < g->max)
        g->hits[g->n++] = (struct lf_rule_hit){ .position = (uint64_t)lf_row_int(r, 0),
                                                .happened = lf_row_int(r, 1),
                                                .recorded = lf_row_int(r, 2),
                                                .host = lf_arena_copy(g->a, lf_row_text(r, 3)),
                                                .sender = lf_arena_copy(g->a, lf_row_text(r, 4)),
                                                .event = lf_arena_copy(g->a, lf_row_text(r, 5)) };
    return LF_OK;
}

enum lf_code lf_rule_hits(struct lf_task *t, lf_view rule, const struct lf_page *page,
                          struct lf_rule_hit **out, size_t *n, lf_view *next, struct lf_err *e)
{
    size_t limit = lf_page_rows(page);
    struct gather g = { .a = t->a, .hits = LF_NEW(t->a, struct lf_rule_hit, limit + 1), .max = limit + 1 };
    struct lf_withheld w = { 0 };
    int64_t before = INT64_MAX;
    bool hidden;

    LF_TRY(may(t, false, e));
    if (page && page->after.len && (!lf_view_i64(page->after, &before) || before < 0))
        return lf_err_set(e, LF_BAD_INPUT, "tuning: \"%.*s\" is no place in a list; give \"next\" as it came",
                          LF_FMT(page->after));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_rule_hit_list,
                     LF_ARGS(LF_TEXT(rule), LF_INT(before), LF_INT(limit + 1)), on_hit, &g, NULL, e));
    LF_TRY(lf_withheld(&w, t, rule, &hidden, e));
    if (hidden)
        g.n = 0;
    *out = g.hits;
    *n = g.n > limit ? limit : g.n;
    *next = g.n > limit ? lf_arena_printf(t->a, "%llu", (unsigned long long)g.hits[limit - 1].position)
                        : (lf_view){ "", 0 };
    return LF_OK;
}

struct days {
    struct lf_rule_day *items;
    size_t n;
};

static enum lf_code on_day(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct days *d = ctx;

    (void)e;
    if (d->n < LF_RULE_DAYS)
        d->items[d->n++] = (struct lf_rule_day){ lf_taipei_begin(lf_row_int(r, 0)), lf_row_int(r, 1) };
    return LF_OK;
}

enum lf_code lf_rule_days(struct lf_task *t, lf_view rule, struct lf_rule_day out[LF_RULE_DAYS], size_t *n,
                          struct lf_err *e)
{
    struct days d = { .items = out };
    struct lf_withheld w = { 0 };
    bool hidden;

    LF_TRY(may(t, false, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_rule_hit_day_list, LF_ARGS(LF_TEXT(rule), LF_INT(LF_RULE_DAYS)),
                     on_day, &d, NULL, e));
    LF_TRY(lf_withheld(&w, t, rule, &hidden, e));
    *n = hidden ? 0 : d.n;
    return LF_OK;
}

/* ---- severity ---- */

enum lf_level lf_severity(enum lf_level rule, const struct lf_tuning *tuning, int asset, bool known,
                          unsigned *grounds)
{
    int level = (int)rule;

    *grounds = 0;
    if (tuning->has_level) {
        level = (int)tuning->level;
        *grounds |= LF_GROUND_TUNING;
    }
    if (asset)
        *grounds |= asset > 0 ? LF_GROUND_HOST_UP : LF_GROUND_HOST_DOWN;
    if (known)
        *grounds |= LF_GROUND_INTELLIGENCE;
    level += asset + known;
    return level < LF_LEVEL_INFO       ? LF_LEVEL_INFO
           : level > LF_LEVEL_CRITICAL ? LF_LEVEL_CRITICAL
                                       : (enum lf_level)level;
}

/* ---- as JSON ---- */

void lf_tuning_json(struct lf_json_w *w, const struct lf_tuning *t)
{
    char text[LF_TIME_TEXT];

    lf_json_open(w, '{');
    lf_json_put_str(w, "rule", t->rule);
    lf_json_put_cstr(w, "state", lf_rule_state_name(t->state));
    if (t->has_level)
        lf_json_put_cstr(w, "level", lf_level_name(t->level));
    lf_json_put_int(w, "group_s", t->group / LF_SECOND);
    lf_json_put_int(w, "suppress_s", t->suppress / LF_SECOND);
    lf_json_put_int(w, "per_hour", t->per_hour);
    if (t->until)
        lf_json_put_str(w, "until", lf_time_milli(t->until, text));
    lf_json_put_str(w, "note", t->note);
    lf_json_put_str(w, "by", t->account);
    if (t->changed)
        lf_json_put_str(w, "changed", lf_time_milli(t->changed, text));
    lf_json_put_int(w, "kept_back", t->kept_back);
    if (t->kept_back_last)
        lf_json_put_str(w, "kept_back_last", lf_time_milli(t->kept_back_last, text));
    lf_json_close(w);
}
