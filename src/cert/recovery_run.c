/* Recovery procedures that an incident calls for: their tasks, and how long each system was down. */
#include "cert/incident_priv.h"
#include "cert/playbook_priv.h"
#include "cert/recovery.h"
#include "engine/fold.h"
#include "ident/audit.h"
#include "model/role.h"
#include "soc/asset.h"
#include "store/query_recovery_procedure.h"

enum { LOOKED_AT = 32 /* observables of an incident */, SERIOUS = 3 };

/* ---- those it called for ---- */

struct gather {
    struct lf_arena *a;
    lf_time now;
    struct lf_recovery_run *items;
    size_t n, cap;
};

static enum lf_code on_run(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_recovery_run *x;

    (void)e;
    g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *g->items);
    x = &g->items[g->n++];
    *x = (struct lf_recovery_run){ .recovery = lf_arena_copy(g->a, lf_row_text(r, 0)),
                                   .place = lf_row_int(r, 1),
                                   .version = lf_row_int(r, 2),
                                   .zh = lf_arena_copy(g->a, lf_row_text(r, 3)),
                                   .en = lf_arena_copy(g->a, lf_row_text(r, 4)),
                                   .rto = lf_row_int(r, 5),
                                   .rpo = lf_row_int(r, 6),
                                   .began = lf_row_int(r, 7),
                                   .down = lf_row_int(r, 8),
                                   .back = lf_row_int(r, 9),
                                   .account = lf_arena_copy(g->a, lf_row_text(r, 10)) };
    x->lasted = x->down ? (x->back ? x->back : g->now) - x->down : 0;
    x->late = x->lasted > x->rto;
    return LF_OK;
}

static enum lf_code runs_of(struct lf_task *t, lf_view incident, size_t *n, struct lf_recovery_run **out,
                            struct lf_err *e)
{
    struct gather g = { .a = t->a, .now = lf_now(t->env) };

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_recovery_run_of,
                     LF_ARGS(LF_TEXT(incident), LF_INT(LF_RECOVERY_RUNS)), on_run, &g, NULL, e));
    *n = g.n;
    *out = g.items;
    return LF_OK;
}

static struct lf_recovery_run *run_of(struct lf_recovery_run *runs, size_t n, lf_view id)
{
    for (size_t i = 0; i < n; i++)
        if (lf_view_eq(runs[i].recovery, id))
            return &runs[i];
    return NULL;
}

static enum lf_code count_tasks(struct lf_task *t, lf_view incident, struct lf_recovery_run *runs, size_t n,
                                struct lf_err *e)
{
    const struct lf_incident_task *tasks;
    size_t ntasks;

    LF_TRY(lf_incident_task_of(t, incident, &ntasks, &tasks, e));
    for (size_t i = 0; i < n; i++) {
        lf_view origin = lf_arena_printf(t->a, "recovery/%.*s/", LF_FMT(runs[i].recovery));

        for (size_t k = 0; k < ntasks; k++)
            if (lf_view_starts(tasks[k].origin, origin)) {
                runs[i].tasks++;
                runs[i].ended += tasks[k].ended != 0;
            }
    }
    return LF_OK;
}

/* ---- those of its systems ---- */

/* What an incident says of where it happened. */
struct said {
    lf_view words[4];
    size_t nassets;
    lf_view assets[LOOKED_AT];
};

static enum lf_code said_of(struct lf_task *t, const struct lf_incident_full *x, struct said *s,
                            struct lf_err *e)
{
    static const char *const fields[] = { "description", "host_ip", "domain" };
    const struct lf_observable *list;
    size_t n = incident_observables(t, x, &list);

    s->words[0] = lf_fold(t->a, x->row.title);
    for (size_t i = 0; i < 3; i++) {
        const struct lf_json *v = report_answer(x, lf_view_of(fields[i]));

        s->words[i + 1] = lf_json_kind(v) == LF_JSON_STRING ? lf_fold(t->a, lf_json_text(v)) : LF_V("");
    }
    for (size_t i = 0; i < n + 2 && s->nassets < LOOKED_AT; i++) {
        struct lf_finding f = { .host = i < n ? list[i].value : s->words[i - n + 2] };
        struct lf_asset asset;

        if (!f.host.len)
            continue;
        LF_TRY(lf_asset_of(t, &f, &asset, e));
        if (asset.name.len)
            s->assets[s->nassets++] = lf_fold(t->a, asset.name);
    }
    return LF_OK;
}

static bool speaks_of(struct lf_task *t, const struct said *s, lf_view name, bool asset)
{
    lf_view folded = lf_fold(t->a, name);

    if (folded.len < 2)
        return false;
    for (size_t i = 0; i < 4; i++)
        if (lf_view_find(s->words[i], folded) != SIZE_MAX)
            return true;
    for (size_t i = 0; asset && i < s->nassets; i++)
        if (lf_view_eq(s->assets[i], folded))
            return true;
    return false;
}

enum lf_code lf_recovery_of(struct lf_task *t, lf_view incident, size_t *nfits,
                            const struct lf_recovery_fit **fits, size_t *nruns,
                            const struct lf_recovery_run **out, struct lf_err *e)
{
    struct lf_recovery_run *runs;
    const struct lf_recovery *list;
    struct lf_incident_full x;
    struct lf_recovery_fit *all;
    struct incident_kept kept;
    struct said said = { 0 };
    size_t n;

    LF_TRY(incident_find_own(t, incident, &kept, e));
    LF_TRY(lf_recovery_list(t, &n, &list, e));
    LF_TRY(runs_of(t, incident, nruns, &runs, e));
    LF_TRY(count_tasks(t, incident, runs, *nruns, e));
    if (kept.row.level >= SERIOUS && n) {
        LF_TRY(lf_incident_get(t, incident, &x, e));
        LF_TRY(said_of(t, &x, &said, e));
    }
    all = LF_NEW(t->a, struct lf_recovery_fit, n + 1);
    for (size_t i = 0; i < n; i++)
        all[i] = (struct lf_recovery_fit){
            .recovery = &list[i],
            .called = run_of(runs, *nruns, list[i].id) != NULL,
            .suggested = kept.row.level >= SERIOUS &&
                         (speaks_of(t, &said, list[i].asset, true) ||
                          speaks_of(t, &said, list[i].zh, false) || speaks_of(t, &said, list[i].en, false)),
        };
    *nfits = n;
    *fits = all;
    *out = runs;
    return LF_OK;
}

/* ---- acts ---- */

static enum lf_code may_act(struct lf_task *t, struct lf_err *e)
{
    return incident_need(t, LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER,
                         "calling for a recovery procedure", e);
}

static enum lf_code times_ok(struct lf_task *t, lf_time down, lf_time back, struct lf_err *e)
{
    lf_time now = lf_now(t->env);

    if (down < 0 || back < 0 || down > now || back > now || (back && back < down))
        return lf_err_set(e, LF_BAD_INPUT,
                          "recovery: a system went down, and was back after that, at times that have been");
    return back && !down ? lf_err_set(e, LF_BAD_INPUT, "recovery: what is back was down; say since when")
                         : LF_OK;
}

enum lf_code lf_recovery_call(struct lf_task *t, lf_view incident, lf_view id, lf_time down, bool english,
                              size_t *added, struct lf_err *e)
{
    lf_time now = lf_now(t->env), since = down ? down : now;
    struct lf_recovery_run *runs;
    const struct lf_recovery *list;
    struct incident_kept kept;
    size_t n, nruns, norder, order[LF_RECOVERIES + 1], made = 0;
    int64_t place = 0;

    LF_TRY(may_act(t, e));
    LF_TRY(incident_find_own(t, incident, &kept, e));
    LF_TRY(times_ok(t, since, 0, e));
    LF_TRY(lf_recovery_list(t, &n, &list, e));
    LF_TRY(lf_recovery_order(list, n, id, &norder, order, e));
    LF_TRY(runs_of(t, incident, &nruns, &runs, e));
    for (size_t i = 0; i < nruns; i++)
        place = runs[i].place >= place ? runs[i].place + 1 : place;
    for (size_t i = 0; i < norder; i++) {
        const struct lf_recovery *p = &list[order[i]];
        const struct lf_recovery_run *was = run_of(runs, nruns, p->id);
        bool itself = lf_view_eq(p->id, id);
        struct playbook_made m = { .incident = incident,
                                   .origin = lf_arena_printf(t->a, "recovery/%.*s", LF_FMT(p->id)),
                                   .name = english ? p->en : p->zh,
                                   .steps = p->steps,
                                   .n = p->nsteps,
                                   .aware = since,
                                   .applied = since,
                                   .english = english };
        size_t some;

        if (!was && nruns + i >= LF_RECOVERY_RUNS)
            return lf_err_set(e, LF_TOO_MANY, "recovery: an incident calls for at most %d", LF_RECOVERY_RUNS);
        /* What it needs may be running: that it was down is for a person to say. */
        if (!was)
            LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_recovery_run_add,
                              LF_ARGS(LF_TEXT(incident), LF_TEXT(p->id), LF_INT(place), LF_INT(p->version),
                                      LF_TEXT(p->zh), LF_TEXT(p->en), LF_INT(p->rto), LF_INT(p->rpo),
                                      LF_INT(now), LF_INT(itself ? since : 0), LF_TEXT(t->scope.account)),
                              e));
        else if (itself && !was->down)
            LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_recovery_run_times,
                              LF_ARGS(LF_INT(since), LF_INT(0), LF_TEXT(incident), LF_TEXT(p->id)), e));
        place += !was;
        LF_TRY(playbook_make_tasks(t, &m, &some, e));
        made += some;
    }
    *added = made;
    return lf_audit_add(t, LF_V("recovery.call"), incident,
                        lf_arena_printf(t->a, "{\"recovery\":\"%.*s\"}", LF_FMT(id)), e);
}

enum lf_code lf_recovery_times(struct lf_task *t, lf_view incident, lf_view id, lf_time down, lf_time back,
                               struct lf_err *e)
{
    struct lf_recovery_run *runs;
    struct incident_kept kept;
    size_t n;

    LF_TRY(may_act(t, e));
    LF_TRY(incident_find_own(t, incident, &kept, e));
    LF_TRY(runs_of(t, incident, &n, &runs, e));
    if (!run_of(runs, n, id))
        return lf_err_set(e, LF_NOT_FOUND, "recovery: the incident did not call for %.*s",
                          LF_FMT(lf_view_first(id, LF_PLAYBOOK_ID)));
    LF_TRY(times_ok(t, down, back, e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_recovery_run_times,
                      LF_ARGS(LF_INT(down), LF_INT(back), LF_TEXT(incident), LF_TEXT(id)), e));
    return lf_audit_add(t, LF_V("recovery.times"), incident,
                        lf_arena_printf(t->a, "{\"recovery\":\"%.*s\",\"down\":%lld,\"back\":%lld}",
                                        LF_FMT(id), (long long)down, (long long)back),
                        e);
}

static enum lf_code on_counts(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct lf_recovery_counts *out = ctx;

    (void)e;
    *out = (struct lf_recovery_counts){ lf_row_int(r, 0), lf_row_int(r, 1), lf_row_int(r, 2) };
    return LF_OK;
}

enum lf_code lf_recovery_count(struct lf_task *t, lf_view id, struct lf_recovery_counts *out,
                               struct lf_err *e)
{
    LF_TRY(incident_need_reader(t, e));
    *out = (struct lf_recovery_counts){ 0 };
    return lf_db_run(t->db, &t->scope, &lf_q_recovery_run_count,
                     LF_ARGS(LF_INT(lf_now(t->env)), LF_TEXT(id), CLEARED(t)), on_counts, out, NULL, e);
}
