#include "cert/draft.h"

#include "cert/incident_priv.h"
#include "model/role.h"
#include "store/query_report.h"

static enum lf_code may(const struct lf_task *t, struct lf_err *e)
{
    return incident_need(t, LF_ROLE_REPORTER | LF_ROLE_ANALYST, "a draft of a report", e);
}

enum lf_code lf_draft_save(struct lf_task *t, const struct lf_draft *d, struct lf_err *e)
{
    int64_t others = 0, changed = 0;

    LF_TRY(may(t, e));
    if (!lf_uuid_ok(d->id))
        return lf_err_set(e, LF_BAD_INPUT, "draft: its id is a UUID");
    if (lf_form_stage_of(d->stage) >= LF_STAGE_BEHALF && !lf_view_is(d->stage, "behalf"))
        return lf_err_set(e, LF_BAD_INPUT, "draft: no such report");
    if (d->values.len > LF_DRAFT_BYTES || d->title.len > 600 || d->incident.len > 80 || d->alert.len > 80 ||
        d->mail.len > 80 || d->base.len > LF_DRAFT_BASE)
        return lf_err_set(e, LF_TOO_BIG, "a draft has at most %d KiB", LF_DRAFT_BYTES >> 10);
    if (!lf_view_is_text(d->title, 0, 600))
        return lf_err_set(e, LF_BAD_INPUT, "draft: its title is no text");
    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_report_draft_count,
                     LF_ARGS(LF_TEXT(t->scope.account), LF_TEXT(d->id)), &others, e));
    if (others >= LF_DRAFTS)
        return lf_err_set(e, LF_UNACCEPTED, "you have %d drafts; send or remove one first", LF_DRAFTS);
    LF_TRY(
        lf_db_run(t->db, &t->scope, &lf_q_report_draft_save,
                  LF_ARGS(LF_TEXT(d->id), LF_TEXT(t->scope.account), text_arg(d->stage),
                          text_arg(d->incident), text_arg(d->title), text_arg(d->values), text_arg(d->alert),
                          text_arg(d->mail), text_arg(d->base), LF_INT(lf_now(t->env))),
                  NULL, NULL, &changed, e));
    return changed ? LF_OK : lf_err_set(e, LF_NOT_FOUND, "no draft of yours has this id");
}

lf_view lf_draft_title(const struct lf_json *values)
{
    lf_view title = lf_view_trim(lf_json_str(values, "title"));

    return title.len ? lf_utf8_first(title, 600)
                     : lf_view_trim(lf_utf8_first(lf_json_str(values, "description"), 60));
}

struct gather {
    struct lf_arena *a;
    struct lf_draft *items;
    size_t n;
};

static enum lf_code on_draft(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    if (g->n < LF_DRAFTS)
        g->items[g->n++] = (struct lf_draft){ .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
                                              .stage = lf_arena_copy(g->a, lf_row_text(r, 1)),
                                              .incident = lf_arena_copy(g->a, lf_row_text(r, 2)),
                                              .title = lf_arena_copy(g->a, lf_row_text(r, 3)),
                                              .values = lf_arena_copy(g->a, lf_row_text(r, 4)),
                                              .alert = lf_arena_copy(g->a, lf_row_text(r, 5)),
                                              .mail = lf_arena_copy(g->a, lf_row_text(r, 6)),
                                              .base = lf_arena_copy(g->a, lf_row_text(r, 7)),
                                              .updated = lf_row_int(r, 8) };
    return LF_OK;
}

enum lf_code lf_draft_get(struct lf_task *t, lf_view id, struct lf_draft *out, struct lf_err *e)
{
    struct lf_draft one[LF_DRAFTS];
    struct gather g = { t->a, one, 0 };

    LF_TRY(may(t, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_report_draft_get,
                     LF_ARGS(LF_TEXT(t->scope.account), text_arg(lf_view_first(id, 64))), on_draft, &g, NULL,
                     e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "no draft of yours has this id");
    *out = one[0];
    return LF_OK;
}

enum lf_code lf_draft_list(struct lf_task *t, struct lf_draft **out, size_t *n, struct lf_err *e)
{
    struct gather g = { t->a, LF_NEW(t->a, struct lf_draft, LF_DRAFTS), 0 };

    LF_TRY(may(t, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_report_draft_list, LF_ARGS(LF_TEXT(t->scope.account)), on_draft,
                     &g, NULL, e));
    *out = g.items;
    *n = g.n;
    return LF_OK;
}

enum lf_code lf_draft_remove(struct lf_task *t, lf_view id, struct lf_err *e)
{
    LF_TRY(may(t, e));
    return lf_db_exec(t->db, &t->scope, &lf_q_report_draft_remove,
                      LF_ARGS(LF_TEXT(t->scope.account), text_arg(lf_view_first(id, 64))), e);
}
