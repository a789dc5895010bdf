#include "soc/device_fact.h"

#include "fmt/json.h"
#include "ident/audit.h"
#include "model/role.h"
#include "soc/device.h"
#include "soc/import.h"
#include "store/query_device.h"

static enum lf_code may(const struct lf_task *t, bool change, struct lf_err *e)
{
    unsigned roles = LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_SYSTEM;

    if (!change)
        roles |= LF_ROLE_REPORTER | LF_ROLE_REVIEWER | LF_ROLE_READER;
    if (t->scope.roles & roles)
        return LF_OK;
    return lf_err_set(e, LF_FORBIDDEN, "device: this account may not %s devices", change ? "change" : "see");
}

enum lf_code lf_device_quiet_parse(lf_view text, lf_time *out, struct lf_err *e)
{
    static const struct {
        char unit;
        lf_time one;
    } units[] = { { 's', LF_SECOND }, { 'm', LF_MINUTE }, { 'h', LF_HOUR }, { 'd', LF_DAY } };
    lf_view v = lf_view_trim(text);
    lf_time one = LF_SECOND;
    int64_t n;

    if (v.len == 0) {
        *out = LF_DEVICE_QUIET_USUAL;
        return LF_OK;
    }
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (v.len > 1 && (v.ptr[v.len - 1] | 0x20) == units[i].unit) {
            one = units[i].one;
            v = lf_view_trim(lf_view_first(v, v.len - 1));
            break;
        }
    if (!lf_view_i64(v, &n) || n < 0 || n > LF_DEVICE_QUIET_MOST / one)
        return lf_err_set(
            e, LF_BAD_INPUT,
            "quiet_after: \"%.*s\" is no time such as 900 (seconds), 15m, 24h or 7d, at most %lld "
            "days; 0: its silence is never told; empty: as its rhythm and the settings say",
            LF_FMT(lf_view_first(text, 60)), (long long)(LF_DEVICE_QUIET_MOST / LF_DAY));
    *out = n * one;
    return LF_OK;
}

enum lf_code lf_device_expected_parse(lf_view text, bool *out, struct lf_err *e)
{
    static const char *const yes[] = { "yes", "true", "1", "y", "是", "on" };
    static const char *const no[] = { "", "no", "false", "0", "n", "否", "off" };
    lf_view v = lf_view_trim(text);

    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (lf_view_eq_nocase(v, lf_view_of(yes[i]))) {
            *out = true;
            return LF_OK;
        }
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (lf_view_eq_nocase(v, lf_view_of(no[i]))) {
            *out = false;
            return LF_OK;
        }
    return lf_err_set(e, LF_BAD_INPUT, "expected: \"%.*s\" is neither yes nor no",
                      LF_FMT(lf_view_first(text, 60)));
}

/* ---- reading ---- */

struct gather {
    struct lf_arena *a;
    struct lf_device_fact *out;
    size_t n;
};

static enum lf_code on_fact(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    g->n++;
    *g->out = (struct lf_device_fact){ .name = lf_arena_copy(g->a, lf_row_text(r, 0)),
                                       .title = lf_arena_copy(g->a, lf_row_text(r, 1)),
                                       .kind = lf_arena_copy(g->a, lf_row_text(r, 2)),
                                       .owner = lf_arena_copy(g->a, lf_row_text(r, 3)),
                                       .site = lf_arena_copy(g->a, lf_row_text(r, 4)),
                                       .quiet_after = lf_row_int(r, 5),
                                       .expected = lf_row_int(r, 6) != 0,
                                       .changed = lf_row_int(r, 7),
                                       .account = lf_arena_copy(g->a, lf_row_text(r, 8)) };
    return LF_OK;
}

enum lf_code lf_device_fact_get(struct lf_task *t, lf_view name, struct lf_device_fact *out, struct lf_err *e)
{
    struct gather g = { .a = t->a, .out = out };

    LF_TRY(may(t, false, e));
    if (lf_view_is_text(name, 1, LF_DEVICE_NAME))
        LF_TRY(
            lf_db_run(t->db, &t->scope, &lf_q_device_fact_get, LF_ARGS(LF_TEXT(name)), on_fact, &g, NULL, e));
    if (g.n == 0)
        return lf_err_set(e, LF_NOT_FOUND, "device: nothing was said of \"%.*s\"",
                          LF_FMT(lf_view_first(name, LF_DEVICE_NAME)));
    return LF_OK;
}

/* ---- writing ---- */

static enum lf_code put(struct lf_task *t, const struct lf_device_fact *in, struct lf_err *e)
{
    const lf_view texts[] = { in->title, in->kind, in->owner, in->site };

    if (!lf_view_is_text(in->name, 1, LF_DEVICE_NAME))
        return lf_err_set(e, LF_BAD_INPUT, "device: a name is text of 1 to %d bytes", LF_DEVICE_NAME);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!lf_view_is_text(texts[i], 0, LF_DEVICE_FACT_TEXT))
            return lf_err_set(e, LF_BAD_INPUT,
                              "device: title, kind, owner and site are text of at most %d bytes each",
                              LF_DEVICE_FACT_TEXT);
    if (in->quiet_after < LF_DEVICE_QUIET_USUAL || in->quiet_after > LF_DEVICE_QUIET_MOST)
        return lf_err_set(e, LF_BAD_INPUT, "device: quiet_after is from 0 to %lld days",
                          (long long)(LF_DEVICE_QUIET_MOST / LF_DAY));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_device_fact_put,
                      LF_ARGS(LF_TEXT(in->name), LF_TEXT(lf_view_some(in->title)),
                              LF_TEXT(lf_view_some(in->kind)), LF_TEXT(lf_view_some(in->owner)),
                              LF_TEXT(lf_view_some(in->site)), LF_INT(in->quiet_after), LF_INT(in->expected),
                              LF_INT(lf_now(t->env)), LF_TEXT(t->scope.account)),
                      e));
    return lf_device_judge(t, in->name, in->expected, e);
}

static enum lf_code room(struct lf_task *t, struct lf_err *e)
{
    int64_t n;

    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_device_fact_count, LF_NO_ARGS, &n, e));
    if (n > LF_DEVICE_FACTS_MOST)
        return lf_err_set(e, LF_TOO_BIG, "device: something was said of more than %d devices",
                          LF_DEVICE_FACTS_MOST);
    return LF_OK;
}

enum lf_code lf_device_fact_set(struct lf_task *t, const struct lf_device_fact *in, struct lf_err *e)
{
    struct lf_audit_note n;

    LF_TRY(may(t, true, e));
    LF_TRY(put(t, in, e));
    LF_TRY(room(t, e));
    lf_audit_open(&n);
    if (in->kind.len)
        lf_json_put_str(&n.w, "kind", in->kind);
    if (in->owner.len)
        lf_json_put_str(&n.w, "owner", in->owner);
    if (in->site.len)
        lf_json_put_str(&n.w, "site", in->site);
    if (in->quiet_after >= 0)
        lf_json_put_int(&n.w, "quiet_after_s", in->quiet_after / LF_SECOND);
    lf_json_put_bool(&n.w, "expected", in->expected);
    return lf_audit_close(&n, t, LF_V("device.set"), in->name, e);
}

enum lf_code lf_device_fact_remove(struct lf_task *t, lf_view name, struct lf_err *e)
{
    struct lf_device_fact was;

    LF_TRY(may(t, true, e));
    LF_TRY(lf_device_fact_get(t, name, &was, e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_device_fact_delete, LF_ARGS(LF_TEXT(name)), e));
    LF_TRY(lf_device_judge(t, name, false, e));
    return lf_audit_add(t, LF_V("device.clear"), name, LF_V("{}"), e);
}

/* ---- CSV ---- */

static enum lf_code take_row(void *ctx, struct lf_task *t, const lf_view cell[LF_IMPORT_COLUMNS],
                             struct lf_err *e)
{
    struct lf_device_fact one = {
        .name = cell[0], .title = cell[1], .kind = cell[2], .owner = cell[3], .site = cell[4]
    };

    (void)ctx;
    LF_TRY(lf_device_quiet_parse(cell[5], &one.quiet_after, e));
    LF_TRY(lf_device_expected_parse(cell[6], &one.expected, e));
    return put(t, &one, e);
}

enum lf_code lf_device_fact_import(struct lf_task *t, lf_view csv, size_t *out, struct lf_err *e)
{
    static const struct lf_import devices = {
        .noun = "device",
        .bytes = LF_DEVICE_FACT_CSV,
        .rows = LF_DEVICE_FACTS_MOST,
        .columns = { { "name", NULL },
                     { "title", NULL },
                     { "kind", NULL },
                     { "owner", NULL },
                     { "site", NULL },
                     { "quiet_after", NULL },
                     { "expected", NULL } },
        .take = take_row,
    };
    size_t rows;

    LF_TRY(may(t, true, e));
    LF_TRY(lf_import_csv(t, &devices, csv, &rows, e));
    LF_TRY(room(t, e));
    *out = rows;
    return lf_audit_add(t, LF_V("device.import"), LF_V("csv"),
                        lf_arena_printf(t->a, "{\"devices\":%zu}", rows), e);
}
