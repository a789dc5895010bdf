/* The JSON API's part on playbooks. */
#include "cert/playbook.h"

#include "web/api_priv.h"

void put_json_steps(struct rq *r, struct lf_json_w *w, const struct lf_playbook_step *steps, size_t n,
                    bool recovery)
{
    lf_json_begin(w, "steps", '[');
    for (size_t i = 0; i < n; i++) {
        const struct lf_playbook_step *s = &steps[i];

        lf_json_open(w, '{');
        lf_json_put_str(w, "id", s->id);
        lf_json_put_cstr(w, "phase", lf_task_phase_name(s->phase));
        lf_json_put_str(w, "zh", s->zh);
        lf_json_put_str(w, "en", s->en);
        if (s->due) {
            lf_json_put_str(w, "due", lf_arena_printf(r->t->a, "%lldm", (long long)(s->due / LF_MINUTE)));
            if (!recovery)
                lf_json_put_cstr(w, "from", s->from_applied ? "applied" : "aware");
        }
        put_text(w, "who", s->who);
        put_text(w, "article", s->article);
        lf_json_close(w);
    }
    lf_json_close(w);
}

static void put_playbook(struct rq *r, struct lf_json_w *w, const struct lf_playbook *p)
{
    lf_json_put_str(w, "id", p->id);
    lf_json_put_str(w, "zh", p->zh);
    lf_json_put_str(w, "en", p->en);
    lf_json_put_bool(w, "own", p->own);
    if (p->nclasses) {
        lf_json_begin(w, "classes", '[');
        for (size_t i = 0; i < p->nclasses; i++)
            lf_json_put_str(w, NULL, p->classes[i]);
        lf_json_close(w);
    }
    if (p->levels) {
        lf_json_begin(w, "levels", '[');
        for (int level = 1; level <= 4; level++)
            if (p->levels & (1u << level))
                lf_json_put_int(w, NULL, level);
        lf_json_close(w);
    }
    put_json_steps(r, w, p->steps, p->nsteps, false);
}

enum lf_code api_playbooks(struct rq *r)
{
    const struct lf_playbook *list;
    struct out o;
    size_t n;

    LF_TRY(lf_playbook_list(r->t, &n, &list, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        put_playbook(r, &o.w, &list[i]);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}

enum lf_code api_playbook_put(struct rq *r)
{
    LF_TRY(lf_playbook_put(r->t, r->id, r->in->body, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_playbook_write(struct rq *r)
{
    int64_t seen;

    if (!lf_view_i64(lf_view_some(query(r, "seen")), &seen) || seen < 0)
        return lf_err_set(r->e, LF_BAD_INPUT,
                          "seen is the version that the draft's author saw, 0 when there was none");
    LF_TRY(lf_playbook_write(r->t, r->id, seen, r->in->body, r->e));
    return answer_empty(r, 204);
}

static enum lf_code act(struct rq *r, enum lf_playbook_act what)
{
    int64_t seen;

    LF_TRY(whole_field(r, "seen", &seen));
    LF_TRY(lf_playbook_act(r->t, r->id, seen, what, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_playbook_publish(struct rq *r)
{
    return act(r, LF_PLAYBOOK_PUBLISH);
}

enum lf_code api_playbook_retire(struct rq *r)
{
    return act(r, LF_PLAYBOOK_RETIRE);
}

enum lf_code say_versions(struct rq *r, const struct lf_playbook_version *list, size_t n)
{
    static const char *const acts[LF_PLAYBOOK_ACTS] = { "write", "publish", "retire", "remove" };
    struct out o;

    begin_list(&o, 4 * JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_int(&o.w, "version", list[i].version);
        lf_json_put_cstr(&o.w, "act", acts[list[i].act]);
        lf_json_put_time(&o.w, "at", list[i].at);
        lf_json_put_str(&o.w, "by", list[i].account);
        if (list[i].json.len)
            lf_json_put_raw(&o.w, "document", list[i].json);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}

enum lf_code api_playbook_history(struct rq *r)
{
    const struct lf_playbook_version *list;
    size_t n;

    LF_TRY(lf_playbook_history(r->t, r->id, &n, &list, r->e));
    return say_versions(r, list, n);
}

enum lf_code api_playbook_remove(struct rq *r)
{
    LF_TRY(lf_playbook_remove(r->t, r->id, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_incident_playbooks(struct rq *r)
{
    const struct lf_playbook_fit *list;
    struct out o;
    size_t n;

    LF_TRY(lf_playbook_of(r->t, r->id, &n, &list, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "id", list[i].playbook->id);
        lf_json_put_str(&o.w, "zh", list[i].playbook->zh);
        lf_json_put_str(&o.w, "en", list[i].playbook->en);
        lf_json_put_bool(&o.w, "suggested", list[i].suggested);
        lf_json_put_int(&o.w, "applied", (int64_t)list[i].applied);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}

enum lf_code api_playbook_apply(struct rq *r)
{
    lf_view id, language = lf_view_some(field(r, "language"));
    struct out o;
    size_t added;

    LF_TRY(need(r, "playbook", &id));
    if (language.len && !lf_view_is(language, "zh") && !lf_view_is(language, "en"))
        return lf_err_set(r->e, LF_BAD_INPUT, "language is zh or en");
    LF_TRY(lf_playbook_apply(r->t, r->id, id, lf_view_is(language, "en"), &added, r->e));
    begin(&o);
    lf_json_put_int(&o.w, "added", (int64_t)added);
    return end(r, &o, 200);
}
