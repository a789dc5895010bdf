#include "cert/recovery.h"

#include "cert/document_priv.h"
#include "cert/incident_priv.h"
#include "cert/playbook_priv.h"
#include "ident/audit.h"
#include "ident/ident.h"
#include "model/role.h"
#include "soc/asset.h"
#include "store/query_recovery_procedure.h"

static const char *const results[LF_RECOVERY_RESULTS] = { "passed", "partly", "failed" };

const char *lf_recovery_result_name(enum lf_recovery_result r)
{
    return results[r];
}

bool lf_recovery_result_parse(lf_view name, enum lf_recovery_result *r)
{
    int n;

    if (!name_number(results, LF_RECOVERY_RESULTS, name, &n))
        return false;
    *r = (enum lf_recovery_result)n;
    return true;
}

/* ---- those in force ---- */

struct gather {
    struct lf_arena *a;
    lf_time now;
    void *items;
    size_t n, cap;
};

static enum lf_code on_one(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_recovery *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);
    lf_view json = lf_arena_copy(g->a, lf_row_text(r, 1));
    const struct lf_recovery *read;
    size_t one;

    LF_TRY(lf_recovery_read(g->a, json, &one, &read, e));
    list[g->n] = read[0];
    list[g->n].json = json;
    list[g->n].since = lf_row_int(r, 2);
    list[g->n].version = lf_row_int(r, 3);
    list[g->n].held = lf_row_int(r, 4);
    list[g->n].due = lf_row_int(r, 5);
    list[g->n].overdue = list[g->n].due < g->now;
    g->n++;
    return LF_OK;
}

enum lf_code lf_recovery_list(struct lf_task *t, size_t *n, const struct lf_recovery **out, struct lf_err *e)
{
    struct gather g = { .a = t->a, .now = lf_now(t->env) };

    LF_TRY(incident_need_reader(t, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_recovery_procedure_list, LF_ARGS(LF_INT(LF_RECOVERIES)), on_one,
                     &g, NULL, e));
    *n = g.n;
    *out = g.items;
    return LF_OK;
}

enum lf_code lf_recovery_export(struct lf_task *t, lf_view *out, struct lf_err *e)
{
    const struct lf_recovery *list;
    const struct lf_json *v;
    enum lf_code rc;
    struct lf_buf b;
    size_t n;

    LF_TRY(lf_recovery_list(t, &n, &list, e));
    lf_buf_init(&b, LF_RECOVERIES * LF_PLAYBOOK_BYTES);
    LF_PUT(&b, "{\"format\":\"lianfang-recovery/1\",\"recoveries\":[");
    for (size_t i = 0; i < n; i++) {
        rc = lf_json_parse(t->a, list[i].json, NULL, &v, e);
        if (rc != LF_OK) {
            lf_buf_clear(&b);
            return rc;
        }
        if (i)
            LF_PUT(&b, ",");
        lf_json_write(&b, lf_json_item(lf_json_get(v, LF_V("recoveries")), 0));
    }
    LF_PUT(&b, "]}\n");
    rc = lf_buf_done(&b, e);
    *out = rc == LF_OK ? lf_arena_copy(t->a, lf_buf_view(&b)) : LF_V("");
    lf_buf_clear(&b);
    return rc;
}

/* ---- texts ---- */

static const struct playbook_texts texts = {
    .noun = "recovery",
    .versions = &lf_q_recovery_versions,
    .add = &lf_q_recovery_version_add,
    .last = &lf_q_recovery_last,
    .audits = { "recovery.write", "recovery.publish", "recovery.retire", "recovery.retire" },
};

enum lf_code lf_recovery_history(struct lf_task *t, lf_view id, size_t *n,
                                 const struct lf_playbook_version **out, struct lf_err *e)
{
    LF_TRY(lf_ident_need(t, LF_ROLE_ADMIN, e));
    LF_TRY(playbook_versions(t, &texts, id, n, out, e));
    return *n ? LF_OK
              : lf_err_set(e, LF_NOT_FOUND, "recovery: there is no procedure %.*s",
                           LF_FMT(lf_view_first(id, LF_PLAYBOOK_ID)));
}

enum lf_code lf_recovery_last(struct lf_task *t, size_t *n, const struct lf_playbook_version **out,
                              struct lf_err *e)
{
    LF_TRY(lf_ident_need(t, LF_ROLE_ADMIN, e));
    return playbook_newest(t, &texts, n, out, e);
}

/* One as it may be kept: of this id, whose articles and asset there are. */
static enum lf_code ok(struct lf_task *t, lf_view id, lf_view json, const struct lf_recovery **out,
                       struct lf_err *e)
{
    struct lf_asset asset;
    int64_t others;
    size_t n;

    LF_TRY(lf_recovery_read(t->a, json, &n, out, e));
    if (n != 1 || !lf_view_eq((*out)->id, id))
        return lf_err_set(e, LF_BAD_INPUT, "recovery: send one procedure, with the id it is sent to");
    if (json.len > LF_PLAYBOOK_BYTES)
        return lf_err_set(e, LF_TOO_BIG, "recovery: one procedure has at most %d bytes", LF_PLAYBOOK_BYTES);
    LF_TRY(playbook_articles(t, "recovery", (*out)->steps, (*out)->nsteps, e));
    if ((*out)->asset.len && lf_asset_get(t, (*out)->asset, &asset, NULL) != LF_OK)
        return lf_err_set(
            e, LF_BAD_INPUT,
            "recovery: the asset of %.*s is not on the list of assets; put it there, or leave it out",
            LF_FMT(id));
    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_recovery_ids, LF_ARGS(LF_TEXT(id)), &others, e));
    if (others >= LF_RECOVERIES)
        return lf_err_set(e, LF_TOO_MANY, "recovery: an organisation has at most %d procedures",
                          LF_RECOVERIES);
    return LF_OK;
}

enum lf_code lf_recovery_write(struct lf_task *t, lf_view id, int64_t seen, lf_view json, struct lf_err *e)
{
    const struct lf_playbook_version *was;
    const struct lf_recovery *read;
    size_t n;

    LF_TRY(lf_ident_need(t, LF_ROLE_ADMIN, e));
    LF_TRY(playbook_look(t, &texts, id, seen, false, &n, &was, e));
    LF_TRY(ok(t, id, json, &read, e));
    return playbook_version_add(t, &texts, id, n, was, LF_PLAYBOOK_WRITE, json, e);
}

enum lf_code lf_recovery_import(struct lf_task *t, lf_view json, size_t *drafts, struct lf_err *e)
{
    const struct lf_recovery *read, *one;
    const struct lf_json *v;
    size_t n, made = 0;

    LF_TRY(lf_ident_need(t, LF_ROLE_ADMIN, e));
    LF_TRY(lf_recovery_read(t->a, json, &n, &read, e));
    LF_TRY(lf_json_parse(t->a, json, NULL, &v, e));
    for (size_t i = 0; i < n; i++) {
        const struct lf_playbook_version *was;
        lf_view alone, last = { 0 };
        size_t nwas;

        LF_TRY(playbook_alone(t->a, "lianfang-recovery/1", "recoveries",
                              lf_json_item(lf_json_get(v, LF_V("recoveries")), i), &alone, e));
        LF_TRY(ok(t, read[i].id, alone, &one, e));
        LF_TRY(playbook_versions(t, &texts, read[i].id, &nwas, &was, e));
        if (nwas && playbook_written(&texts, read[i].id, was, nwas, &last, NULL) == LF_OK &&
            lf_view_eq(last, alone))
            continue;
        LF_TRY(playbook_version_add(t, &texts, read[i].id, nwas, was, LF_PLAYBOOK_WRITE, alone, e));
        made++;
    }
    *drafts = made;
    return LF_OK;
}

/* With `one` in the place of what is in force of its id, nothing needs itself, what is not there, or too
 * much. */
static enum lf_code needs_fit(struct lf_task *t, const struct lf_recovery *one, const struct lf_recovery *now,
                              size_t n, struct lf_err *e)
{
    struct lf_recovery *list = LF_NEW(t->a, struct lf_recovery, n + 1);
    size_t order[LF_RECOVERIES + 1], nout, at = 0;

    for (size_t i = 0; i < n; i++)
        list[i] = now[i];
    while (at < n && !lf_view_eq(list[at].id, one->id))
        at++;
    list[at] = *one;
    n = at == n ? n + 1 : n;
    for (size_t i = 0; i < n; i++)
        LF_TRY(lf_recovery_order(list, n, list[i].id, &nout, order, e));
    return LF_OK;
}

static enum lf_code publish(struct lf_task *t, lf_view id, lf_view json, int64_t version,
                            const struct lf_recovery *now, size_t n, struct lf_err *e)
{
    const struct lf_recovery *read, *was = NULL;
    lf_time at = lf_now(t->env), since;
    int64_t held;

    LF_TRY(ok(t, id, json, &read, e));
    LF_TRY(needs_fit(t, read, now, n, e));
    for (size_t i = 0; i < n; i++)
        if (lf_view_eq(now[i].id, id))
            was = &now[i];
    since = was ? was->since : at;
    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_recovery_trial_held, LF_ARGS(LF_TEXT(id)), &held, e));
    return lf_db_exec(t->db, &t->scope, &lf_q_recovery_procedure_put,
                      LF_ARGS(LF_TEXT(id), LF_TEXT(json), LF_INT(since), LF_INT(version), LF_INT(read->every),
                              LF_INT(held), LF_INT((held ? held : since) + read->every)),
                      e);
}

static enum lf_code retire(struct lf_task *t, lf_view id, const struct lf_recovery *now, size_t n,
                           struct lf_err *e)
{
    int64_t gone;

    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < now[i].nneeds; k++)
            if (lf_view_eq(now[i].needs[k], id))
                return lf_err_set(
                    e, LF_CONFLICT,
                    "recovery: %.*s, which is in force, needs %.*s; change or retire that first",
                    LF_FMT(now[i].id), LF_FMT(id));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_recovery_procedure_drop, LF_ARGS(LF_TEXT(id)), NULL, NULL, &gone,
                     e));
    return gone ? LF_OK
                : lf_err_set(e, LF_CONFLICT, "recovery: none with the id %.*s is in force", LF_FMT(id));
}

enum lf_code lf_recovery_act(struct lf_task *t, lf_view id, int64_t seen, enum lf_playbook_act act,
                             struct lf_err *e)
{
    const struct lf_playbook_version *was;
    const struct lf_recovery *now;
    lf_view json = { 0 };
    size_t n, nnow;

    LF_TRY(lf_recovery_history(t, id, &n, &was, e));
    LF_TRY(playbook_look(t, &texts, id, seen, !seen, &n, &was, e));
    LF_TRY(lf_recovery_list(t, &nnow, &now, e));
    if (act == LF_PLAYBOOK_RETIRE) {
        LF_TRY(retire(t, id, now, nnow, e));
    } else {
        LF_TRY(playbook_written(&texts, id, was, n, &json, e));
        LF_TRY(publish(t, id, json, was->version + 1, now, nnow, e));
    }
    return playbook_version_add(t, &texts, id, n, was, act, json, e);
}

/* ---- rehearsals ---- */

static enum lf_code on_trial(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_recovery_trial *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);

    (void)e;
    list[g->n++] = (struct lf_recovery_trial){
        .number = lf_row_int(r, 0),
        .held = lf_row_int(r, 1),
        .result = (enum lf_recovery_result)lf_row_int(r, 2),
        .took = lf_row_int(r, 3),
        .rto = lf_row_int(r, 4),
        .restored = lf_row_int(r, 5) != 0,
        .note = lf_arena_copy(g->a, lf_row_text(r, 6)),
        .account = lf_arena_copy(g->a, lf_row_text(r, 7)),
        .at = lf_row_int(r, 8),
        .withdrawn = lf_row_int(r, 9),
    };
    return LF_OK;
}

enum lf_code lf_recovery_trials(struct lf_task *t, lf_view id, size_t *n,
                                const struct lf_recovery_trial **out, struct lf_err *e)
{
    struct gather g = { .a = t->a };

    LF_TRY(incident_need_reader(t, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_recovery_trials,
                     LF_ARGS(LF_TEXT(id), LF_INT(LF_RECOVERY_TRIALS)), on_trial, &g, NULL, e));
    *n = g.n;
    *out = g.items;
    return LF_OK;
}

/* The day it is due again follows the rehearsals that count. */
static enum lf_code settle(struct lf_task *t, lf_view id, const char *audit, int64_t number, struct lf_err *e)
{
    int64_t held;

    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_recovery_trial_held, LF_ARGS(LF_TEXT(id)), &held, e));
    LF_TRY(
        lf_db_exec(t->db, &t->scope, &lf_q_recovery_procedure_held, LF_ARGS(LF_INT(held), LF_TEXT(id)), e));
    return lf_audit_add(t, lf_view_of(audit), id,
                        lf_arena_printf(t->a, "{\"number\":%lld}", (long long)number), e);
}

enum lf_code lf_recovery_trial_add(struct lf_task *t, lf_view id, const struct lf_recovery_trial *in,
                                   struct lf_err *e)
{
    const struct lf_recovery_trial *was;
    const struct lf_recovery *list;
    lf_time now = lf_now(t->env);
    size_t n, at = 0, nwas;

    LF_TRY(lf_ident_need(t, LF_ROLE_ADMIN | LF_ROLE_ANALYST, e));
    LF_TRY(lf_recovery_list(t, &n, &list, e));
    while (at < n && !lf_view_eq(list[at].id, id))
        at++;
    if (at == n)
        return lf_err_set(e, LF_NOT_FOUND, "recovery: none with the id %.*s is in force",
                          LF_FMT(lf_view_first(id, LF_PLAYBOOK_ID)));
    if (in->held <= 0 || in->held > now)
        return lf_err_set(e, LF_BAD_INPUT, "recovery: say when it was rehearsed, a time that has been");
    if (in->took < 0 || in->took > LF_PLAYBOOK_DAYS * LF_DAY)
        return lf_err_set(e, LF_BAD_INPUT, "recovery: a rehearsal takes at most %d days", LF_PLAYBOOK_DAYS);
    LF_TRY(document_text("recovery", "the note on a rehearsal", in->note, 0, LF_RECOVERY_TEXT, e));
    LF_TRY(lf_recovery_trials(t, id, &nwas, &was, e));
    LF_TRY(
        lf_db_exec(t->db, &t->scope, &lf_q_recovery_trial_add,
                   LF_ARGS(LF_TEXT(id), LF_INT(nwas ? was->number + 1 : 1), LF_INT(in->held),
                           LF_INT(in->result), LF_INT(in->took), LF_INT(list[at].rto), LF_INT(in->restored),
                           text_arg(in->note), LF_TEXT(t->scope.account), LF_INT(now)),
                   e));
    return settle(t, id, "recovery.rehearse", nwas ? was->number + 1 : 1, e);
}

enum lf_code lf_recovery_trial_withdraw(struct lf_task *t, lf_view id, int64_t number, struct lf_err *e)
{
    int64_t changed;

    LF_TRY(lf_ident_need(t, LF_ROLE_ADMIN | LF_ROLE_ANALYST, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_recovery_trial_withdraw,
                     LF_ARGS(LF_INT(lf_now(t->env)), LF_TEXT(id), LF_INT(number)), NULL, NULL, &changed, e));
    if (!changed)
        return lf_err_set(e, LF_NOT_FOUND, "recovery: there is no rehearsal %lld of %.*s that counts",
                          (long long)number, LF_FMT(lf_view_first(id, LF_PLAYBOOK_ID)));
    return settle(t, id, "recovery.withdraw", number, e);
}
