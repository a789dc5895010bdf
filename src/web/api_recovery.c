/* The JSON API's part on recovery procedures of systems. */
#include "cert/recovery.h"

#include "web/api_priv.h"
#include "web/paper.h"
#include "web/recovery.h"

static lf_view minutes(struct rq *r, lf_time span)
{
    return lf_arena_printf(r->t->a, "%lldm", (long long)(span / LF_MINUTE));
}

static enum lf_code put_one(struct rq *r, struct lf_json_w *w, const struct lf_recovery *p)
{
    struct lf_recovery_counts c;

    LF_TRY(lf_recovery_count(r->t, p->id, &c, r->e));
    lf_json_open(w, '{');
    lf_json_put_str(w, "id", p->id);
    lf_json_put_str(w, "zh", p->zh);
    lf_json_put_str(w, "en", p->en);
    put_text(w, "asset", p->asset);
    lf_json_put_str(w, "owner", p->owner);
    lf_json_put_str(w, "rto", minutes(r, p->rto));
    if (p->rpo)
        lf_json_put_str(w, "rpo", minutes(r, p->rpo));
    lf_json_put_str(w, "every", minutes(r, p->every));
    lf_json_begin(w, "needs", '[');
    for (size_t i = 0; i < p->nneeds; i++)
        lf_json_put_str(w, NULL, p->needs[i]);
    lf_json_close(w);
    put_text(w, "backup", p->backup);
    put_text(w, "workaround", p->workaround);
    lf_json_put_int(w, "version", p->version);
    lf_json_put_time(w, "since", p->since);
    if (p->held)
        lf_json_put_time(w, "rehearsed", p->held);
    lf_json_put_time(w, "due", p->due);
    lf_json_put_bool(w, "overdue", p->overdue);
    lf_json_begin(w, "counts", '{');
    lf_json_put_int(w, "down", c.down);
    lf_json_put_int(w, "still", c.still);
    lf_json_put_int(w, "late", c.late);
    lf_json_close(w);
    put_json_steps(r, w, p->steps, p->nsteps, true);
    lf_json_close(w);
    return LF_OK;
}

enum lf_code api_recoveries(struct rq *r)
{
    bool overdue = lf_view_is(lf_view_some(query(r, "overdue")), "1");
    const struct lf_recovery *list;
    struct out o;
    size_t n;

    LF_TRY(lf_recovery_list(r->t, &n, &list, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++)
        if (!overdue || list[i].overdue)
            PUT_TRY(&o.b, put_one(r, &o.w, &list[i]));
    return end_list(r, &o, LF_V(""));
}

enum lf_code api_recovery_file(struct rq *r)
{
    lf_view format = lf_view_some(query(r, "format")), json;

    if (lf_view_is(format, "pdf"))
        return paper_recoveries(r);
    if (format.len && !lf_view_is(format, "json"))
        return lf_err_set(r->e, LF_BAD_INPUT, "format is json or pdf");
    LF_TRY(lf_recovery_export(r->t, &json, r->e));
    answer_file(r, "application/json", LF_V("recoveries.json"), json);
    return LF_OK;
}

enum lf_code api_recovery_import(struct rq *r)
{
    struct out o;
    size_t drafts;

    LF_TRY(lf_recovery_import(r->t, r->in->body, &drafts, r->e));
    begin(&o);
    lf_json_put_int(&o.w, "drafts", (int64_t)drafts);
    return end(r, &o, 200);
}

enum lf_code api_recovery_write(struct rq *r)
{
    int64_t seen;

    if (!lf_view_i64(lf_view_some(query(r, "seen")), &seen) || seen < 0)
        return lf_err_set(r->e, LF_BAD_INPUT,
                          "seen is the version that the draft's author saw, 0 when there was none");
    LF_TRY(lf_recovery_write(r->t, r->id, seen, r->in->body, r->e));
    return answer_empty(r, 204);
}

static enum lf_code act(struct rq *r, enum lf_playbook_act what)
{
    int64_t seen;

    LF_TRY(whole_field(r, "seen", &seen));
    LF_TRY(lf_recovery_act(r->t, r->id, seen, what, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_recovery_publish(struct rq *r)
{
    return act(r, LF_PLAYBOOK_PUBLISH);
}

enum lf_code api_recovery_retire(struct rq *r)
{
    return act(r, LF_PLAYBOOK_RETIRE);
}

enum lf_code api_recovery_history(struct rq *r)
{
    const struct lf_playbook_version *list;
    size_t n;

    LF_TRY(lf_recovery_history(r->t, r->id, &n, &list, r->e));
    return say_versions(r, list, n);
}

enum lf_code api_recovery_trials(struct rq *r)
{
    const struct lf_recovery_trial *list;
    struct out o;
    size_t n;

    LF_TRY(lf_recovery_trials(r->t, r->id, &n, &list, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_int(&o.w, "number", list[i].number);
        lf_json_put_time(&o.w, "held", list[i].held);
        lf_json_put_cstr(&o.w, "result", lf_recovery_result_name(list[i].result));
        if (list[i].took)
            lf_json_put_int(&o.w, "took_minutes", list[i].took / LF_MINUTE);
        lf_json_put_str(&o.w, "rto", minutes(r, list[i].rto));
        lf_json_put_bool(&o.w, "late", list[i].took > list[i].rto);
        lf_json_put_bool(&o.w, "restored", list[i].restored);
        put_text(&o.w, "note", list[i].note);
        lf_json_put_str(&o.w, "by", list[i].account);
        lf_json_put_bool(&o.w, "withdrawn", list[i].withdrawn != 0);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}

enum lf_code recovery_trial_asked(struct rq *r)
{
    lf_view result, restored = lf_view_some(field(r, "restored"));
    struct lf_recovery_trial x = { .note = lf_view_some(field(r, "note")) };
    int64_t took;

    LF_TRY(need(r, "result", &result));
    if (!lf_recovery_result_parse(result, &x.result))
        return lf_err_set(r->e, LF_BAD_INPUT, "result is passed, partly or failed");
    LF_TRY(moment_field(r, "held", &x.held));
    LF_TRY(whole_field(r, "took_minutes", &took));
    x.took = took < 0 || took > LF_PLAYBOOK_DAYS * 1440 ? -1 : took * LF_MINUTE;
    x.restored = lf_view_is(restored, "1") || lf_view_is(restored, "yes");
    return lf_recovery_trial_add(r->t, r->id, &x, r->e);
}

enum lf_code api_recovery_trial(struct rq *r)
{
    LF_TRY(recovery_trial_asked(r));
    return answer_empty(r, 204);
}

enum lf_code api_recovery_withdraw(struct rq *r)
{
    int64_t number;

    LF_TRY(whole_field(r, "number", &number));
    LF_TRY(lf_recovery_trial_withdraw(r->t, r->id, number, r->e));
    return answer_empty(r, 204);
}

/* ---- of an incident ---- */

static void put_run(struct lf_json_w *w, const struct lf_recovery_run *x)
{
    lf_json_begin(w, "run", '{');
    lf_json_put_int(w, "place", x->place);
    lf_json_put_int(w, "version", x->version);
    lf_json_put_time(w, "called", x->began);
    if (x->down) {
        lf_json_put_time(w, "down", x->down);
        if (x->back)
            lf_json_put_time(w, "back", x->back);
        lf_json_put_int(w, "down_minutes", x->lasted / LF_MINUTE);
        lf_json_put_bool(w, "late", x->late);
    }
    lf_json_put_int(w, "rto_minutes", x->rto / LF_MINUTE);
    lf_json_put_int(w, "tasks", (int64_t)x->tasks);
    lf_json_put_int(w, "ended", (int64_t)x->ended);
    lf_json_close(w);
}

enum lf_code api_incident_recoveries(struct rq *r)
{
    const struct lf_recovery_fit *fits;
    const struct lf_recovery_run *runs;
    size_t nfits, nruns;
    struct out o;

    LF_TRY(lf_recovery_of(r->t, r->id, &nfits, &fits, &nruns, &runs, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < nruns; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "id", runs[i].recovery);
        lf_json_put_str(&o.w, "zh", runs[i].zh);
        lf_json_put_str(&o.w, "en", runs[i].en);
        lf_json_put_bool(&o.w, "called", true);
        put_run(&o.w, &runs[i]);
        lf_json_close(&o.w);
    }
    for (size_t i = 0; i < nfits; i++) {
        if (fits[i].called)
            continue;
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "id", fits[i].recovery->id);
        lf_json_put_str(&o.w, "zh", fits[i].recovery->zh);
        lf_json_put_str(&o.w, "en", fits[i].recovery->en);
        lf_json_put_bool(&o.w, "called", false);
        lf_json_put_bool(&o.w, "suggested", fits[i].suggested);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}

enum lf_code api_recovery_call(struct rq *r)
{
    lf_view id, language = lf_view_some(field(r, "language"));
    lf_time down;
    struct out o;
    size_t added;

    LF_TRY(need(r, "recovery", &id));
    if (language.len && !lf_view_is(language, "zh") && !lf_view_is(language, "en"))
        return lf_err_set(r->e, LF_BAD_INPUT, "language is zh or en");
    LF_TRY(moment_field(r, "down", &down));
    LF_TRY(lf_recovery_call(r->t, r->id, id, down, lf_view_is(language, "en"), &added, r->e));
    begin(&o);
    lf_json_put_int(&o.w, "added", (int64_t)added);
    return end(r, &o, 200);
}

enum lf_code api_recovery_times(struct rq *r)
{
    lf_view id;
    lf_time down, back;

    LF_TRY(need(r, "recovery", &id));
    LF_TRY(moment_field(r, "down", &down));
    LF_TRY(moment_field(r, "back", &back));
    LF_TRY(lf_recovery_times(r->t, r->id, id, down, back, r->e));
    return answer_empty(r, 204);
}
