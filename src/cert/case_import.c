#include "cert/case_import_priv.h"
#include "cert/incident_priv.h"
#include "fmt/csv.h"
#include "ident/audit.h"
#include "store/query_case_import.h"

const char *lf_case_import_state_name(enum lf_case_import_state s)
{
    static const char *const names[LF_CASE_IMPORT_STATES] = { "reading", "taking", "done", "stopped",
                                                              "failed" };

    return names[s];
}

/* ---- rows ---- */

struct gather {
    struct lf_arena *a;
    struct lf_case_import *items;
    size_t n, cap;
};

static enum lf_code on_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *g->items);
    g->items[g->n++] = (struct lf_case_import){
        .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
        .name = lf_arena_copy(g->a, lf_row_text(r, 1)),
        .format = lf_arena_copy(g->a, lf_row_text(r, 2)),
        .mapping = lf_arena_copy(g->a, lf_row_text(r, 3)),
        .dry = lf_row_int(r, 4) != 0,
        .state = (enum lf_case_import_state)lf_row_int(r, 5),
        .account = lf_arena_copy(g->a, lf_row_text(r, 6)),
        .created = lf_row_int(r, 7),
        .ended = lf_row_int(r, 8),
        .size = lf_row_int(r, 9),
        .total = lf_row_int(r, 10),
        .place = lf_row_int(r, 11),
        .made = lf_row_int(r, 12),
        .already = lf_row_int(r, 13),
        .refused = lf_row_int(r, 14),
        .lost = lf_row_int(r, 15),
        .trouble = lf_arena_copy(g->a, lf_row_text(r, 16)),
    };
    return LF_OK;
}

enum lf_code case_import_row(struct lf_task *t, lf_view id, struct lf_case_import *out, struct lf_err *e)
{
    struct gather g = { .a = t->a };

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_case_import_get, LF_ARGS(LF_TEXT(id)), on_row, &g, NULL, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "there is no import %.*s", LF_FMT(lf_view_first(id, 80)));
    *out = g.items[0];
    return LF_OK;
}

static enum lf_code audit(struct lf_task *t, const char *action, const struct lf_case_import *x,
                          struct lf_err *e)
{
    struct lf_audit_note n;

    lf_audit_open(&n);
    lf_json_put_str(&n.w, "format", x->format);
    lf_json_put_str(&n.w, "name", x->name);
    lf_json_put_bool(&n.w, "dry", x->dry);
    lf_json_put_cstr(&n.w, "state", lf_case_import_state_name(x->state));
    lf_json_put_int(&n.w, "made", x->made);
    lf_json_put_int(&n.w, "already", x->already);
    lf_json_put_int(&n.w, "refused", x->refused);
    lf_json_put_int(&n.w, "lost", x->lost);
    return lf_audit_close(&n, t, lf_view_of(action), x->id, e);
}

enum lf_code case_import_set(struct lf_task *t, struct lf_case_import *x, struct lf_err *e)
{
    bool over = case_import_over(x);

    x->ended = over ? lf_now(t->env) : 0;
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_case_import_set,
                      LF_ARGS(LF_INT(x->dry), LF_INT(x->state), LF_INT(x->ended), LF_INT(x->total),
                              LF_INT(x->place), LF_INT(x->made), LF_INT(x->already), LF_INT(x->refused),
                              LF_INT(x->lost), text_arg(lf_csv_clean(t->a, lf_view_some(x->trouble))),
                              LF_TEXT(x->account), LF_TEXT(x->id)),
                      e));
    if (!over)
        return LF_OK;
    if (!x->dry || x->state != LF_CASE_IMPORT_DONE)
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_case_import_file_drop, LF_ARGS(LF_TEXT(x->id)), e));
    return audit(t, "incident.import.over", x, e);
}

enum lf_code case_import_note(struct lf_task *t, lf_view id, bool lost, int64_t n, lf_view where,
                              lf_view value, lf_view why, struct lf_err *e)
{
    /* Bytes of the file stand in all three: a note is kept whatever they are. */
    where = lf_csv_clean(t->a, where);
    value = lf_csv_clean(t->a, lf_view_some(value));
    why = lf_csv_clean(t->a, why);
    return lf_db_exec(
        t->db, &t->scope, &lf_q_case_import_note_add,
        LF_ARGS(LF_TEXT(id), LF_INT(lost), LF_INT(n), LF_TEXT(where), text_arg(value), LF_TEXT(why)), e);
}

/* ---- what people do ---- */

/* The oldest that are over make room for one more. */
static enum lf_code make_room(struct lf_task *t, struct lf_err *e)
{
    struct gather g = { .a = t->a };

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_case_import_list, LF_ARGS(LF_INT(2 * LF_CASE_IMPORTS)), on_row,
                     &g, NULL, e));
    for (size_t i = LF_CASE_IMPORTS - 1; i < g.n; i++) {
        lf_view id = g.items[i].id;

        if (!case_import_over(&g.items[i]))
            continue;
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_case_import_file_drop, LF_ARGS(LF_TEXT(id)), e));
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_case_import_notes_drop, LF_ARGS(LF_TEXT(id)), e));
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_case_import_drop, LF_ARGS(LF_TEXT(id)), e));
    }
    return LF_OK;
}

static enum lf_code too_many(struct lf_task *t, struct lf_err *e)
{
    int64_t running;

    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_case_import_running, LF_NO_ARGS, &running, e));
    return running < LF_CASE_IMPORTS_RUNNING
               ? LF_OK
               : lf_err_set(e, LF_TOO_MANY,
                            "%d files of old cases are being taken; wait until one is over, or stop one",
                            LF_CASE_IMPORTS_RUNNING);
}

enum lf_code lf_case_import_start(struct lf_task *t, const struct lf_case_import *in, lf_view text,
                                  lf_view *id, struct lf_err *e)
{
    static const char *const formats[] = { "csv", "thehive", "iris" };
    struct lf_case_import x = { .created = lf_now(t->env),
                                .size = (int64_t)text.len,
                                .dry = in->dry,
                                .format = in->format,
                                .mapping = lf_view_some(in->mapping),
                                .name = lf_utf8_first(lf_view_some(in->name), LF_CASE_IMPORT_NAME),
                                .account = t->scope.account };
    size_t at;

    LF_TRY(lf_old_need(t, e));
    if (!lf_view_among(in->format, formats, sizeof formats / sizeof *formats, &at))
        return lf_err_set(e, LF_BAD_INPUT, "old cases are read from csv, thehive or iris; format names one");
    if (!text.len || text.len > LF_OLD_CASE_BYTES)
        return lf_err_set(e, text.len ? LF_TOO_BIG : LF_BAD_INPUT,
                          "a file of old cases has 1 byte to %d MiB; give a larger one in parts",
                          LF_OLD_CASE_BYTES >> 20);
    if (!lf_view_is_text(x.mapping, 0, 2000) || !lf_view_is_text(x.name, 0, LF_CASE_IMPORT_NAME))
        return lf_err_set(e, LF_BAD_INPUT,
                          "the mapping is a text of at most 2000 bytes, the name of the "
                          "file one without control characters");
    LF_TRY(too_many(t, e));
    LF_TRY(make_room(t, e));
    x.id = lf_uuid_new(t->env, t->a);
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_case_import_add,
                      LF_ARGS(LF_TEXT(x.id), text_arg(x.name), LF_TEXT(x.format), text_arg(x.mapping),
                              LF_INT(x.dry), LF_TEXT(x.account), LF_INT(x.created), LF_INT(x.size)),
                      e));
    LF_TRY(
        lf_db_exec(t->db, &t->scope, &lf_q_case_import_file_add, LF_ARGS(LF_TEXT(x.id), LF_BLOB(text)), e));
    LF_TRY(audit(t, "incident.import.start", &x, e));
    t->effects |= LF_FX_CASES;
    *id = x.id;
    return LF_OK;
}

enum lf_code lf_case_import_get(struct lf_task *t, lf_view id, struct lf_case_import *out, struct lf_err *e)
{
    LF_TRY(lf_old_need(t, e));
    return case_import_row(t, id, out, e);
}

enum lf_code lf_case_import_list(struct lf_task *t, size_t *n, const struct lf_case_import **out,
                                 struct lf_err *e)
{
    struct gather g = { .a = t->a };

    LF_TRY(lf_old_need(t, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_case_import_list, LF_ARGS(LF_INT(LF_CASE_IMPORTS)), on_row, &g,
                     NULL, e));
    *n = g.n;
    *out = g.items;
    return LF_OK;
}

struct notes {
    struct lf_arena *a;
    struct lf_case_import_note *items;
    size_t n, cap;
};

static enum lf_code on_note(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct notes *g = ctx;

    (void)e;
    g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *g->items);
    g->items[g->n++] = (struct lf_case_import_note){ lf_row_int(r, 0) != 0,
                                                     lf_arena_copy(g->a, lf_row_text(r, 1)),
                                                     lf_arena_copy(g->a, lf_row_text(r, 2)),
                                                     lf_arena_copy(g->a, lf_row_text(r, 3)) };
    return LF_OK;
}

enum lf_code lf_case_import_notes(struct lf_task *t, lf_view id, size_t *n,
                                  const struct lf_case_import_note **out, struct lf_err *e)
{
    struct notes g = { .a = t->a };

    LF_TRY(lf_old_need(t, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_case_import_notes,
                     LF_ARGS(LF_TEXT(id), LF_INT(2 * LF_OLD_LOSSES)), on_note, &g, NULL, e));
    *n = g.n;
    *out = g.items;
    return LF_OK;
}

enum lf_code lf_case_import_stop(struct lf_task *t, lf_view id, struct lf_err *e)
{
    struct lf_case_import x;

    LF_TRY(lf_case_import_get(t, id, &x, e));
    if (case_import_over(&x))
        return lf_err_set(e, LF_CONFLICT, "the import is over: %s", lf_case_import_state_name(x.state));
    x.state = LF_CASE_IMPORT_STOPPED;
    t->effects |= LF_FX_CASES; /* another may have its turn */
    return case_import_set(t, &x, e);
}

enum lf_code lf_case_import_take(struct lf_task *t, lf_view id, struct lf_err *e)
{
    struct lf_case_import x;

    LF_TRY(lf_case_import_get(t, id, &x, e));
    if (!x.dry || x.state != LF_CASE_IMPORT_DONE)
        return lf_err_set(e, LF_CONFLICT, "only a preview that is done can be taken");
    LF_TRY(too_many(t, e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_case_import_notes_drop, LF_ARGS(LF_TEXT(id)), e));
    x.dry = false;
    x.account = t->scope.account; /* whom the incidents name */
    x.state = LF_CASE_IMPORT_READING;
    x.total = x.place = x.made = x.already = x.refused = x.lost = 0;
    t->effects |= LF_FX_CASES;
    LF_TRY(audit(t, "incident.import.start", &x, e));
    return case_import_set(t, &x, e);
}
