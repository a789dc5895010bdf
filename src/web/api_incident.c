/* The JSON API's part on incidents. */
#include "cert/incident.h"
#include "cert/report.h"
#include "model/vital.h"
#include "web/api_priv.h"
#include "web/incident_filter.h"
#include "web/tenant.h"

static void put_deadline(struct lf_json_w *w, const struct lf_deadline *d)
{
    lf_json_put_str(w, "id", d->id);
    lf_json_put_str(w, "clock", d->clock);
    lf_json_put_str(w, "zh", d->zh);
    lf_json_put_str(w, "en", d->en);
    lf_json_put_str(w, "who", d->who);
    put_text(w, "rule", d->rule);
    lf_json_put_str(w, "ruleset", d->ruleset);
    lf_json_put_cstr(w, "state", lf_deadline_state_name(d->state));
    lf_json_put_time(w, "started_at", d->started);
    lf_json_put_time(w, "due_at", d->due);
    lf_json_put_time(w, "ended_at", d->ended);
    lf_json_put_int(w, "left_s", d->left_s);
    lf_json_put_int(w, "percent", d->percent);
    lf_json_put_int(w, "warned", d->warned);
}

static void put_members(struct lf_json_w *w, const struct lf_incident *i)
{
    lf_json_put_str(w, "id", i->id);
    lf_json_put_str(w, "title", i->title);
    lf_json_put_str(w, "review", i->review);
    lf_json_put_str(w, "handling", i->handling);
    lf_json_put_int(w, "level", i->level);
    lf_json_put_str(w, "node", i->node);
    put_text(w, "peer", i->peer);
    put_text(w, "alert", i->alert);
    put_text(w, "category", i->category);
    put_text(w, "rsit", i->rsit);
    if (i->vital) {
        lf_json_begin(w, "vital_functions", '[');
        for (size_t k = 0; k < LF_VITALS; k++)
            if (i->vital & 1u << k)
                lf_json_put_cstr(w, NULL, lf_vital_name(k));
        lf_json_close(w);
    }
    lf_json_put_cstr(w, "tlp", lf_tlp_name(lf_incident_label(i)));
    lf_json_put_time(w, "aware_at", i->aware_at);
    lf_json_put_time(w, "reported_at", i->reported_at);
    lf_json_put_time(w, "received_at", i->received_at);
    lf_json_put_time(w, "updated", i->updated);
    lf_json_put_bool(w, "exercise", i->exercise);
    lf_json_put_int(w, "events", i->events);
    if (i->nearest.id.len) {
        lf_json_begin(w, "nearest", '{');
        put_deadline(w, &i->nearest);
        lf_json_close(w);
    }
    lf_json_begin(w, "c1", '{');
    lf_json_put_cstr(w, "state", lf_clock_state_name(i->c1.state));
    lf_json_put_time(w, "start", i->c1.start);
    lf_json_put_time(w, "due", i->c1.due);
    lf_json_put_time(w, "ended", i->c1.ended);
    lf_json_put_int(w, "percent", i->c1.percent);
    lf_json_put_int(w, "warned", i->c1.warned);
    lf_json_put_int(w, "late_s", i->c1.late_s);
    lf_json_close(w);
}

void put_incident(struct lf_json_w *w, const struct lf_incident *i)
{
    lf_json_open(w, '{');
    put_members(w, i);
    lf_json_close(w);
}

enum lf_code api_clocks(struct rq *r)
{
    struct lf_deadline_filter filter;
    struct lf_deadline_counts counts;
    struct lf_deadline_page list;
    struct lf_page page;
    struct out o;

    LF_TRY(page_of(r, &page));
    LF_TRY(deadline_filter_of(r, &filter));
    LF_TRY(lf_deadline_board(r->t, &filter, &page, &list, r->e));
    LF_TRY(lf_deadline_count(r->t, &counts, r->e));
    begin(&o);
    lf_json_put_int(&o.w, "running", counts.running);
    lf_json_put_int(&o.w, "overdue", counts.overdue);
    lf_json_put_int(&o.w, "missed", counts.missed);
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < list.n; i++) {
        const struct lf_deadline *d = &list.items[i];

        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "incident", d->incident);
        lf_json_put_str(&o.w, "title", d->title);
        lf_json_put_int(&o.w, "level", d->level);
        put_text(&o.w, "category", d->category);
        lf_json_put_bool(&o.w, "exercise", d->exercise);
        put_deadline(&o.w, d);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, list.next);
}

enum lf_code api_incidents(struct rq *r)
{
    struct lf_incident_filter filter;
    struct lf_incident_page list;
    struct lf_page page;
    struct out o;

    LF_TRY(page_of(r, &page));
    LF_TRY(incident_filter_of(r, &filter));
    LF_TRY(lf_incident_list(r->t, &filter, &page, &list, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < list.n; i++)
        put_incident(&o.w, &list.items[i]);
    return end_list(r, &o, list.next);
}

enum lf_code report_form_of(struct rq *r, const struct lf_form **out)
{
    struct lf_form *form;

    if (!r->form_kept) {
        form = LF_NEW(r->t->a, struct lf_form, 1);
        LF_TRY(lf_report_form(r->t, form, r->e));
        r->form_kept = form;
    }
    *out = r->form_kept;
    return LF_OK;
}

enum lf_code incident_json(struct rq *r, struct lf_json_w *w, const struct lf_incident_full *full)
{
    const struct lf_deadline_notice *told;
    struct lf_incident row = full->row;
    const struct lf_form *form;
    size_t ntold;

    LF_TRY(report_form_of(r, &form));
    LF_TRY(lf_deadline_notices(r->t, full->row.id, &ntold, &told, r->e));
    lf_json_open(w, '{');
    lf_json_begin(w, "incident", '{');
    row.rsit = lf_report_rsit(r->t, form, full); /* also of one that nothing happened to since rows have it */
    put_members(w, &row);
    lf_json_close(w);
    if (full->state.exercise_of.id.len) {
        const struct lf_incident_exercise *x = &full->state.exercise_of;

        lf_json_begin(w, "exercise_of", '{');
        lf_json_put_str(w, "id", x->id);
        lf_json_put_str(w, "name", x->name);
        lf_json_put_int(w, "speed", x->speed);
        lf_json_put_str(w, "reach", x->reach);
        lf_json_close(w);
    }
    put_text(w, "rsit", row.rsit);
    put_text(w, "description", full->state.description);
    lf_json_put_bool(w, "corroborated", full->state.corroborated);
    put_text(w, "merged_into", full->state.merged_into);
    lf_json_put_bool(w, "merged_same_agency", full->state.merged_same);
    if (full->clocks.len)
        lf_json_put_raw(w, "clocks", full->clocks);
    lf_json_begin(w, "announced", '[');
    for (size_t i = 0; i < ntold; i++) {
        lf_json_open(w, '{');
        lf_json_put_str(w, "clock", told[i].id);
        lf_json_put_int(w, "percent", told[i].percent);
        lf_json_put_time(w, "due_at", told[i].due);
        lf_json_put_time(w, "fell_at", told[i].fell);
        lf_json_put_time(w, "at", told[i].at);
        lf_json_close(w);
    }
    lf_json_close(w);
    lf_json_begin(w, "measures", '[');
    for (size_t i = 0; i < full->state.nmeasures; i++) {
        const struct lf_incident_measure *m = &full->state.measures[i];

        lf_json_open(w, '{');
        lf_json_put_str(w, "measure", m->id);
        put_text(w, "what", m->what);
        put_text(w, "owner", m->owner);
        put_text(w, "due", m->due);
        lf_json_put_bool(w, "done", m->done);
        lf_json_put_bool(w, "verified", m->verified);
        lf_json_close(w);
    }
    lf_json_close(w);
    lf_json_begin(w, "rivals", '[');
    for (size_t i = 0; i < full->state.nrivals; i++) {
        lf_json_open(w, '{');
        lf_json_put_cstr(w, "field", full->state.rivals[i].field);
        lf_json_put_str(w, "text", full->state.rivals[i].text);
        lf_json_put_str(w, "event", full->state.rivals[i].event);
        lf_json_close(w);
    }
    lf_json_close(w);
    lf_json_begin(w, "heads", '[');
    for (size_t i = 0; i < full->state.nheads; i++)
        lf_json_put_str(w, NULL, full->state.heads[i]);
    lf_json_close(w);
    lf_json_begin(w, "outcomes", '[');
    for (size_t i = 0; i < full->nevents; i++)
        lf_json_put_cstr(w, NULL,
                         lf_incident_outcome_name((enum lf_incident_outcome)full->state.outcomes[i]));
    lf_json_close(w);
    lf_json_begin(w, "events", '[');
    for (size_t i = 0; i < full->nevents; i++)
        lf_json_put_raw(w, NULL, full->events[i]->json);
    lf_json_close(w);
    lf_json_close(w);
    return LF_OK;
}

enum lf_code api_incident(struct rq *r)
{
    struct lf_incident_full full;
    enum lf_code rc;
    struct lf_json_w w;
    struct lf_buf b;

    LF_TRY(lf_incident_get(r->t, r->id, &full, r->e));
    lf_buf_init(&b, JSON_MOST);
    w = lf_json_w(&b);
    rc = incident_json(r, &w, &full);
    if (rc == LF_OK)
        return answer_json(r, 200, &b);
    lf_buf_clear(&b);
    return rc;
}

enum lf_code api_incident_receipt(struct rq *r)
{
    lf_view json;

    LF_TRY(lf_incident_receipt(r->t, r->id, &json, r->e));
    answer(r, 200, "application/json", json);
    return LF_OK;
}

enum lf_code api_incident_report(struct rq *r)
{
    lf_view id;

    if (!r->json)
        return lf_err_set(r->e, LF_BAD_INPUT, "send the report as a JSON object with at least \"title\"");
    LF_TRY(lf_incident_report(r->t, r->in->body, &id, r->e));
    return say_id(r, 201, id);
}

enum lf_code api_incident_event(struct rq *r)
{
    const struct lf_json *body = lf_json_get(r->json, LF_V("body"));
    lf_view kind, id;
    struct lf_buf b;
    enum lf_code rc;

    LF_TRY(need(r, "kind", &kind));
    if (body && lf_json_kind(body) != LF_JSON_OBJECT)
        return lf_err_set(r->e, LF_BAD_INPUT, "\"body\" is not a JSON object");
    lf_buf_init(&b, 1 << 20);
    if (body)
        lf_json_write(&b, body);
    rc = lf_buf_done(&b, r->e);
    if (rc == LF_OK)
        rc = lf_incident_event_add(r->t, r->id, kind, lf_arena_copy(r->t->a, lf_buf_view(&b)), &id, r->e);
    lf_buf_clear(&b);
    return rc == LF_OK ? say_id(r, 201, id) : rc;
}
