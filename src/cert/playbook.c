#include "cert/playbook.h"

#include "cert/incident_priv.h"
#include "cert/playbook_priv.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "model/role.h"
#include "model/text_file.h"
#include "store/query_playbook.h"

extern const char playbook_tw_2026[];
extern const size_t playbook_tw_2026_len;

enum { ALL = 3 * LF_PLAYBOOKS };

struct gather {
    struct lf_arena *a;
    struct lf_playbook_version *items;
    size_t n, cap;
};

static struct lf_playbook_version *more(struct gather *g)
{
    g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *g->items);
    g->items[g->n] = (struct lf_playbook_version){ 0 };
    return &g->items[g->n++];
}

/* ---- those in force ---- */

/* Replaces the one of its id, or is added; without steps none of that id holds. */
static size_t take(struct lf_playbook *list, size_t n, const struct lf_playbook *p)
{
    size_t at = 0;

    while (at < n && !lf_view_eq(list[at].id, p->id))
        at++;
    if (!p->nsteps && at < n)
        memmove(&list[at], &list[at + 1], (n - at - 1) * sizeof *list);
    if (!p->nsteps)
        return at < n ? n - 1 : n;
    list[at] = *p;
    return at == n ? n + 1 : n;
}

static enum lf_code on_own(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_playbook_version *v = more(g);

    (void)e;
    v->id = lf_arena_copy(g->a, lf_row_text(r, 0));
    v->json = lf_arena_copy(g->a, lf_row_text(r, 1));
    return LF_OK;
}

static enum lf_code take_read(struct lf_task *t, lf_view json, struct lf_playbook *list, size_t *have,
                              struct lf_err *e)
{
    const struct lf_playbook *read;
    size_t n;

    LF_TRY(lf_playbook_read(t->a, json, &n, &read, e));
    for (size_t i = 0; i < n; i++)
        *have = take(list, *have, &read[i]);
    return LF_OK;
}

enum lf_code lf_playbook_list(struct lf_task *t, size_t *n, const struct lf_playbook **out, struct lf_err *e)
{
    struct lf_playbook *list = LF_NEW(t->a, struct lf_playbook, ALL);
    struct lf_task node = lf_node_task(t);
    struct gather g = { .a = t->a };
    const lf_view *files;
    size_t have = 0, nfiles;

    LF_TRY(incident_need_reader(t, e));
    LF_TRY(take_read(t, (lf_view){ playbook_tw_2026, playbook_tw_2026_len }, list, &have, e));
    LF_TRY(lf_db_texts(t->db, &node.scope, &lf_q_playbook_files, LF_ARGS(LF_INT(LF_PLAYBOOKS)), t->a,
                       LF_PLAYBOOKS, &nfiles, &files, e));
    for (size_t i = 0; i < nfiles; i++)
        LF_TRY(take_read(t, files[i], list, &have, e));
    LF_TRY(
        lf_db_run(t->db, &t->scope, &lf_q_playbook_list, LF_ARGS(LF_INT(LF_PLAYBOOKS)), on_own, &g, NULL, e));
    for (size_t i = 0; i < g.n; i++) {
        struct lf_playbook own = { .id = g.items[i].id };
        const struct lf_playbook *read;
        size_t one;

        if (g.items[i].json.len) {
            LF_TRY(lf_playbook_read(t->a, g.items[i].json, &one, &read, e));
            own = read[0];
        }
        own.own = true;
        have = take(list, have, &own);
    }
    *n = have;
    *out = list;
    return LF_OK;
}

/* ---- of files ---- */

static enum lf_code take_file(struct lf_task *own, const struct lf_text_file *file, lf_view *ids, size_t *n,
                              struct lf_err *e)
{
    const struct lf_playbook *read;
    const struct lf_json *v;
    size_t have;

    LF_TRY(lf_playbook_read(own->a, file->text, &have, &read, e));
    LF_TRY(lf_json_parse(own->a, file->text, NULL, &v, e));
    for (size_t i = 0; i < have; i++) {
        lf_view one;

        for (size_t k = 0; k < *n; k++)
            if (lf_view_eq(ids[k], read[i].id))
                return lf_err_set(e, LF_BAD_INPUT, "playbook: %.*s is in another file too", LF_FMT(ids[k]));
        if (*n == LF_PLAYBOOKS)
            return lf_err_set(e, LF_TOO_BIG, "playbook: the files have more than %d together", LF_PLAYBOOKS);
        LF_TRY(playbook_alone(own->a, "lianfang-playbook/1", "playbooks",
                              lf_json_item(lf_json_get(v, LF_V("playbooks")), i), &one, e));
        LF_TRY(
            lf_db_exec(own->db, &own->scope, &lf_q_playbook_file_add, LF_ARGS(LF_INT(*n), LF_TEXT(one)), e));
        ids[(*n)++] = read[i].id;
    }
    return LF_OK;
}

enum lf_code lf_playbook_take(struct lf_task *t, const struct lf_text_file *files, size_t n, struct lf_err *e)
{
    lf_view ids[LF_PLAYBOOKS];
    struct lf_task own = lf_node_task(t);
    size_t have = 0;

    LF_TRY(lf_db_exec(t->db, &own.scope, &lf_q_playbook_files_clear, LF_NO_ARGS, e));
    for (size_t i = 0; i < n; i++)
        if (take_file(&own, &files[i], ids, &have, e) != LF_OK)
            return lf_err_at(e, "%.*s", LF_FMT(files[i].name));
    return LF_OK;
}

/* ---- the organisation's own ---- */

static const struct playbook_texts texts = {
    .noun = "playbook",
    .versions = &lf_q_playbook_versions,
    .add = &lf_q_playbook_version_add,
    .last = &lf_q_playbook_last,
    .audits = { "playbook.write", "playbook.set", "playbook.retire", "playbook.remove" },
};

enum lf_code lf_playbook_history(struct lf_task *t, lf_view id, size_t *n,
                                 const struct lf_playbook_version **out, struct lf_err *e)
{
    LF_TRY(lf_ident_need(t, LF_ROLE_ADMIN, e));
    return playbook_versions(t, &texts, id, n, out, e);
}

enum lf_code lf_playbook_last(struct lf_task *t, size_t *n, const struct lf_playbook_version **out,
                              struct lf_err *e)
{
    LF_TRY(lf_ident_need(t, LF_ROLE_ADMIN, e));
    return playbook_newest(t, &texts, n, out, e);
}

/* Its history as far as it goes, and that nobody was faster. */
static enum lf_code look(struct lf_task *t, lf_view id, int64_t seen, bool any, size_t *n,
                         const struct lf_playbook_version **out, struct lf_err *e)
{
    LF_TRY(lf_ident_need(t, LF_ROLE_ADMIN, e));
    return playbook_look(t, &texts, id, seen, any, n, out, e);
}

static enum lf_code put_in_force(struct lf_task *t, lf_view id, lf_view json, struct lf_err *e)
{
    return lf_db_exec(t->db, &t->scope, &lf_q_playbook_put,
                      LF_ARGS(LF_TEXT(id), text_arg(json), LF_INT(lf_now(t->env))), e);
}

/* A text as it may be kept: one playbook of this id, whose articles there are. */
static enum lf_code ok(struct lf_task *t, lf_view id, lf_view json, struct lf_err *e)
{
    const struct lf_playbook *read;
    int64_t others;
    size_t n;

    LF_TRY(lf_playbook_read(t->a, json, &n, &read, e));
    if (n != 1 || !lf_view_eq(read->id, id))
        return lf_err_set(e, LF_BAD_INPUT, "playbook: send one playbook, with the id it is sent to");
    LF_TRY(playbook_articles(t, "playbook", read->steps, read->nsteps, e));
    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_playbook_ids, LF_ARGS(LF_TEXT(id)), &others, e));
    if (others >= LF_PLAYBOOKS)
        return lf_err_set(e, LF_TOO_MANY, "playbook: an organisation has at most %d of its own",
                          LF_PLAYBOOKS);
    return LF_OK;
}

enum lf_code lf_playbook_write(struct lf_task *t, lf_view id, int64_t seen, lf_view json, struct lf_err *e)
{
    const struct lf_playbook_version *was;
    size_t n;

    LF_TRY(look(t, id, seen, false, &n, &was, e));
    LF_TRY(ok(t, id, json, e));
    return playbook_version_add(t, &texts, id, n, was, LF_PLAYBOOK_WRITE, json, e);
}

enum lf_code lf_playbook_act(struct lf_task *t, lf_view id, int64_t seen, enum lf_playbook_act act,
                             struct lf_err *e)
{
    const struct lf_playbook_version *was;
    lf_view json = { 0 };
    size_t n;

    LF_TRY(look(t, id, seen, !seen, &n, &was, e));
    if (act == LF_PLAYBOOK_PUBLISH)
        LF_TRY(playbook_written(&texts, id, was, n, &json, e));
    if (act == LF_PLAYBOOK_RETIRE) {
        const struct lf_playbook *list;
        size_t have, at = 0;

        LF_TRY(lf_playbook_list(t, &have, &list, e));
        while (at < have && !lf_view_eq(list[at].id, id))
            at++;
        if (at == have)
            return lf_err_set(e, LF_CONFLICT, "playbook: none with the id %.*s is in force",
                              LF_FMT(lf_view_first(id, LF_PLAYBOOK_ID)));
    }
    if (act == LF_PLAYBOOK_PUBLISH)
        LF_TRY(ok(t, id, json, e));
    LF_TRY(put_in_force(t, id, json, e));
    return playbook_version_add(t, &texts, id, n, was, act, json, e);
}

enum lf_code lf_playbook_put(struct lf_task *t, lf_view id, lf_view json, struct lf_err *e)
{
    const struct lf_playbook_version *was;
    size_t n;

    LF_TRY(look(t, id, 0, true, &n, &was, e));
    LF_TRY(ok(t, id, json, e));
    LF_TRY(put_in_force(t, id, json, e));
    return playbook_version_add(t, &texts, id, n, was, LF_PLAYBOOK_PUBLISH, json, e);
}

enum lf_code lf_playbook_remove(struct lf_task *t, lf_view id, struct lf_err *e)
{
    const struct lf_playbook_version *was;
    int64_t changed;
    size_t n;

    LF_TRY(look(t, id, 0, true, &n, &was, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_playbook_remove, LF_ARGS(LF_TEXT(id)), NULL, NULL, &changed, e));
    if (!changed)
        return lf_err_set(e, LF_NOT_FOUND, "playbook: the organisation has none of its own with the id %.*s",
                          LF_FMT(lf_view_first(id, 80)));
    return playbook_version_add(t, &texts, id, n, was, LF_PLAYBOOK_REMOVE, LF_V(""), e);
}

/* ---- on an incident ---- */

static lf_view origin_of(struct lf_task *t, const struct lf_playbook *p, const struct lf_playbook_step *s)
{
    return lf_arena_printf(t->a, "%.*s/%.*s", LF_FMT(p->id), LF_FMT(s->id));
}

static bool is_there(const struct lf_incident_task *tasks, size_t n, lf_view origin)
{
    for (size_t i = 0; i < n; i++)
        if (lf_view_eq(tasks[i].origin, origin))
            return true;
    return false;
}

enum lf_code lf_playbook_of(struct lf_task *t, lf_view incident, size_t *n,
                            const struct lf_playbook_fit **out, struct lf_err *e)
{
    const struct lf_incident_task *tasks;
    const struct lf_playbook *list;
    struct lf_playbook_fit *fits;
    struct incident_kept kept;
    size_t ntasks;

    LF_TRY(lf_incident_task_of(t, incident, &ntasks, &tasks, e));
    LF_TRY(incident_find_own(t, incident, &kept, e));
    LF_TRY(lf_playbook_list(t, n, &list, e));
    fits = LF_NEW(t->a, struct lf_playbook_fit, *n + 1);
    for (size_t i = 0; i < *n; i++) {
        fits[i].playbook = &list[i];
        fits[i].suggested = lf_playbook_fits(&list[i], kept.row.category, kept.row.level);
        for (size_t k = 0; k < list[i].nsteps; k++)
            fits[i].applied += is_there(tasks, ntasks, origin_of(t, &list[i], &list[i].steps[k]));
    }
    *out = fits;
    return LF_OK;
}

/* From applying also where no awareness is recorded. */
static lf_time due_of(const struct lf_playbook_step *s, lf_time aware, lf_time now)
{
    return s->due ? (s->from_applied || !aware ? now : aware) + s->due : 0;
}

enum lf_code playbook_make_tasks(struct lf_task *t, const struct playbook_made *x, size_t *added,
                                 struct lf_err *e)
{
    const struct lf_incident_task *tasks;
    size_t ntasks, made = 0;

    LF_TRY(lf_incident_task_of(t, x->incident, &ntasks, &tasks, e));
    for (size_t i = 0; i < x->n; i++) {
        const struct lf_playbook_step *s = &x->steps[i];
        lf_view words = x->english ? s->en : s->zh;
        struct lf_incident_task task = {
            .incident = x->incident,
            .origin = lf_arena_printf(t->a, "%.*s/%.*s", LF_FMT(x->origin), LF_FMT(s->id)),
            .phase = s->phase,
            .title = x->name.len ? lf_arena_printf(t->a, "【%.*s】%.*s", LF_FMT(x->name), LF_FMT(words))
                                 : words,
            .detail = s->who.len ? lf_arena_printf(t->a, x->english ? "Done by: %.*s" : "執行者：%.*s",
                                                   LF_FMT(s->who))
                                 : LF_V(""),
            .due = due_of(s, x->aware, x->applied)
        };
        lf_view ignored;

        if (s->phase == LF_PHASE_PREPARE || is_there(tasks, ntasks, task.origin))
            continue;
        LF_TRY(lf_incident_task_add(t, &task, &ignored, e));
        made++;
    }
    *added = made;
    return LF_OK;
}

enum lf_code lf_playbook_apply(struct lf_task *t, lf_view incident, lf_view id, bool english, size_t *added,
                               struct lf_err *e)
{
    const struct lf_playbook *list, *p = NULL;
    struct playbook_made made = { .incident = incident, .english = english, .applied = lf_now(t->env) };
    struct incident_kept kept;
    size_t n;

    LF_TRY(lf_playbook_list(t, &n, &list, e));
    for (size_t i = 0; i < n; i++)
        if (lf_view_eq(list[i].id, id))
            p = &list[i];
    if (!p)
        return lf_err_set(e, LF_BAD_INPUT, "playbook: there is none with the id %.*s",
                          LF_FMT(lf_view_first(id, 80)));
    LF_TRY(incident_find_own(t, incident, &kept, e));
    made.origin = p->id;
    made.steps = p->steps;
    made.n = p->nsteps;
    made.aware = kept.row.aware_at;
    return playbook_make_tasks(t, &made, added, e);
}

const struct lf_playbook_step *lf_playbook_step(const struct lf_playbook *list, size_t n, lf_view origin)
{
    size_t cut = lf_view_find_byte(origin, '/');

    for (size_t i = 0; cut != SIZE_MAX && i < n; i++)
        for (size_t k = 0; lf_view_eq(list[i].id, lf_view_first(origin, cut)) && k < list[i].nsteps; k++)
            if (lf_view_eq(list[i].steps[k].id, lf_view_from(origin, cut + 1)))
                return &list[i].steps[k];
    return NULL;
}

enum lf_code lf_playbook_refit(struct lf_task *t, lf_view incident, lf_time was, lf_time aware,
                               struct lf_err *e)
{
    struct lf_task own = *t;
    const struct lf_incident_task *tasks;
    const struct lf_playbook *list;
    size_t n, ntasks;

    /* Whoever corrected it, another node too; alone, as a person's roles beside it have no TLP:RED. */
    own.scope.roles = LF_ROLE_SYSTEM;
    LF_TRY(lf_incident_task_of(&own, incident, &ntasks, &tasks, e));
    if (!ntasks)
        return LF_OK;
    LF_TRY(lf_playbook_list(&own, &n, &list, e));
    for (size_t i = 0; i < ntasks; i++) {
        const struct lf_playbook_step *s = lf_playbook_step(list, n, tasks[i].origin);
        struct lf_task_change c = { .phase = -1,
                                    .state = -1,
                                    .set_due = true,
                                    .note = LF_V(
                                        "知悉時間更正，期限隨之調整 The time of awareness was corrected, "
                                        "and the date with it") };

        /* A date that a person gave it is his. */
        if (!s || s->from_applied || tasks[i].ended || tasks[i].entries >= LF_TASK_ENTRIES ||
            tasks[i].due != due_of(s, was, was))
            continue;
        c.due = due_of(s, aware, aware);
        if (c.due && c.due != tasks[i].due)
            LF_TRY(lf_incident_task_change(&own, tasks[i].id, &c, e));
    }
    t->effects |= own.effects;
    return LF_OK;
}
