#include "cert/playbook.h"

#include "cert/incident_priv.h"
#include "ident/audit.h"
#include "ident/ident.h"
#include "model/role.h"
#include "store/query_playbook.h"

extern const char playbook_tw_2026[];
extern const size_t playbook_tw_2026_len;

/* Replaces the one of its id, or is added. */
static size_t take(struct lf_playbook *list, size_t n, const struct lf_playbook *p)
{
    size_t at = 0;

    while (at < n && !lf_view_eq(list[at].id, p->id))
        at++;
    list[at] = *p;
    return at == n ? n + 1 : n;
}

enum lf_code lf_playbook_list(struct lf_task *t, size_t *n, const struct lf_playbook **out, struct lf_err *e)
{
    struct lf_playbook *list = LF_NEW(t->a, struct lf_playbook, 2 * LF_PLAYBOOKS);
    const struct lf_playbook *read;
    const lf_view *own;
    size_t have = 0, nread, nown;

    LF_TRY(incident_need_reader(t, e));
    LF_TRY(lf_playbook_read(t->a, (lf_view){ playbook_tw_2026, playbook_tw_2026_len }, &nread, &read, e));
    for (size_t i = 0; i < nread; i++)
        have = take(list, have, &read[i]);
    LF_TRY(lf_db_texts(t->db, &t->scope, &lf_q_playbook_list, LF_ARGS(LF_INT(LF_PLAYBOOKS)), t->a,
                       LF_PLAYBOOKS, &nown, &own, e));
    for (size_t i = 0; i < nown; i++) {
        struct lf_playbook p;

        LF_TRY(lf_playbook_read(t->a, own[i], &nread, &read, e));
        p = read[0];
        p.own = true;
        have = take(list, have, &p);
    }
    *n = have;
    *out = list;
    return LF_OK;
}

enum lf_code lf_playbook_put(struct lf_task *t, lf_view id, lf_view json, struct lf_err *e)
{
    const struct lf_playbook *read;
    int64_t others;
    size_t n;

    LF_TRY(lf_ident_need(t, LF_ROLE_ADMIN, e));
    LF_TRY(lf_playbook_read(t->a, json, &n, &read, e));
    if (n != 1 || !lf_view_eq(read->id, id))
        return lf_err_set(e, LF_BAD_INPUT, "playbook: send one playbook, with the id it is sent to");
    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_playbook_count, LF_ARGS(LF_TEXT(id)), &others, e));
    if (others >= LF_PLAYBOOKS)
        return lf_err_set(e, LF_TOO_MANY, "playbook: an organisation has at most %d of its own",
                          LF_PLAYBOOKS);
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_playbook_put,
                      LF_ARGS(LF_TEXT(id), LF_TEXT(json), LF_INT(lf_now(t->env))), e));
    return lf_audit_add(t, LF_V("playbook.set"), id, (lf_view){ 0 }, e);
}

enum lf_code lf_playbook_remove(struct lf_task *t, lf_view id, struct lf_err *e)
{
    int64_t changed;

    LF_TRY(lf_ident_need(t, LF_ROLE_ADMIN, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_playbook_remove, LF_ARGS(LF_TEXT(id)), NULL, NULL, &changed, e));
    if (!changed)
        return lf_err_set(e, LF_NOT_FOUND, "playbook: the organisation has none of its own with the id %.*s",
                          LF_FMT(lf_view_first(id, 80)));
    return lf_audit_add(t, LF_V("playbook.remove"), id, (lf_view){ 0 }, e);
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

enum lf_code lf_playbook_apply(struct lf_task *t, lf_view incident, lf_view id, bool english, size_t *added,
                               struct lf_err *e)
{
    const struct lf_playbook *list, *p = NULL;
    const struct lf_incident_task *tasks;
    struct incident_kept kept;
    size_t n, ntasks, made = 0;

    LF_TRY(lf_playbook_list(t, &n, &list, e));
    for (size_t i = 0; i < n; i++)
        if (lf_view_eq(list[i].id, id))
            p = &list[i];
    if (!p)
        return lf_err_set(e, LF_BAD_INPUT, "playbook: there is none with the id %.*s",
                          LF_FMT(lf_view_first(id, 80)));
    LF_TRY(lf_incident_task_of(t, incident, &ntasks, &tasks, e));
    LF_TRY(incident_find_own(t, incident, &kept, e));
    for (size_t i = 0; i < p->nsteps; i++) {
        const struct lf_playbook_step *s = &p->steps[i];
        struct lf_incident_task task = { .incident = incident,
                                         .origin = origin_of(t, p, s),
                                         .phase = s->phase,
                                         .title = english ? s->en : s->zh,
                                         .due = due_of(s, kept.row.aware_at, lf_now(t->env)) };
        lf_view ignored;

        if (s->phase == LF_PHASE_PREPARE || is_there(tasks, ntasks, task.origin))
            continue;
        LF_TRY(lf_incident_task_add(t, &task, &ignored, e));
        made++;
    }
    *added = made;
    return LF_OK;
}
