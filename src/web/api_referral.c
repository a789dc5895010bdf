/* The JSON API's part on referrals: who outside was told of an incident, and what came back. */
#include "cert/referral_duty.h"

#include "web/api_priv.h"

static void put_row(struct lf_json_w *w, const struct lf_referral *x)
{
    lf_json_put_str(w, "id", x->id);
    lf_json_put_str(w, "incident", x->incident);
    lf_json_put_int(w, "number", x->number);
    lf_json_put_cstr(w, "kind", lf_referral_kind_name(x->kind));
    lf_json_put_cstr(w, "state", lf_referral_state_name(x->state));
    lf_json_put_bool(w, "exercise", x->exercise);
    lf_json_put_str(w, "recipient", x->recipient);
    put_text(w, "way", x->way);
    put_text(w, "reference", x->reference);
    lf_json_put_str(w, "text", x->body);
    lf_json_put_time(w, "sent", x->sent);
    lf_json_put_time(w, "due", x->due);
    lf_json_put_time(w, "recorded", x->recorded);
    lf_json_put_str(w, "by", x->account);
    put_text(w, "source", x->source);
    if (x->port)
        lf_json_put_int(w, "port", x->port);
    lf_json_put_time(w, "seen", x->seen);
    put_text(w, "mail", x->mail);
    lf_json_put_time(w, "answered", x->answered);
    lf_json_put_time(w, "closed", x->closed);
}

enum lf_code referral_list(struct rq *r, lf_view incident, size_t *n, const struct lf_referral **out,
                           lf_view *next)
{
    struct lf_page page;
    int state = -1;

    LF_TRY(page_of(r, &page));
    if (query(r, "state").len && !lf_referral_state_parse(query(r, "state"), &state))
        return lf_err_set(r->e, LF_BAD_INPUT, "state is open, sent, overdue, answered or closed");
    return lf_referral_list(r->t, incident, state, &page, n, out, next, r->e);
}

static enum lf_code list_of(struct rq *r, lf_view incident)
{
    const struct lf_referral *list;
    struct out o;
    lf_view next;
    size_t n;

    LF_TRY(referral_list(r, incident, &n, &list, &next));
    begin(&o);
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        put_row(&o.w, &list[i]);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, next);
}

enum lf_code api_referrals(struct rq *r)
{
    return list_of(r, LF_V(""));
}

enum lf_code api_incident_referrals(struct rq *r)
{
    return list_of(r, r->id);
}

enum lf_code api_referral(struct rq *r)
{
    const struct lf_referral_answer *answers;
    struct lf_referral x;
    struct out o;
    size_t n;

    LF_TRY(lf_referral_get(r->t, r->id, &x, &n, &answers, r->e));
    begin(&o);
    put_row(&o.w, &x);
    lf_json_begin(&o.w, "answers", '[');
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_time(&o.w, "at", answers[i].at);
        lf_json_put_str(&o.w, "by", answers[i].account);
        lf_json_put_str(&o.w, "text", answers[i].body);
        lf_json_put_time(&o.w, "came", answers[i].came);
        put_text(&o.w, "done", answers[i].done);
        lf_json_put_bool(&o.w, "closed", answers[i].closed);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    return end(r, &o, 200);
}

enum lf_code port_of(struct rq *r, lf_view typed, int *port)
{
    int64_t number = 0;

    if (typed.len && (!lf_view_i64(typed, &number) || number < 1 || number > 65535))
        return lf_err_set(r->e, LF_BAD_INPUT, "network: a port is 1 to 65535");
    *port = (int)number;
    return LF_OK;
}

enum lf_code referral_add(struct rq *r, lf_view incident, lf_view *id)
{
    struct lf_referral x = { .incident = incident,
                             .recipient = lf_view_some(field(r, "recipient")),
                             .way = lf_view_trim(lf_view_some(field(r, "way"))),
                             .reference = lf_view_trim(lf_view_some(field(r, "reference"))),
                             .body = lf_view_some(field(r, "text")),
                             .source = lf_view_some(field(r, "source")),
                             .mail = lf_view_trim(lf_view_some(field(r, "mail"))) };
    lf_view typed = lf_view_trim(lf_view_some(field(r, "port")));

    if (!lf_referral_kind_parse(lf_view_some(field(r, "kind")), &x.kind))
        return lf_err_set(r->e, LF_BAD_INPUT,
                          "kind is prosecutor, police, disaster, operator, partner or support");
    LF_TRY(port_of(r, typed, &x.port));
    LF_TRY(moment_field(r, "seen", &x.seen));
    LF_TRY(moment_field(r, "sent", &x.sent));
    LF_TRY(moment_field(r, "due", &x.due));
    return lf_referral_add(r->t, &x, id, r->e);
}

enum lf_code referral_answer(struct rq *r)
{
    struct lf_referral_answer in = { .body = lf_view_some(field(r, "text")),
                                     .done = lf_view_some(field(r, "done")) };

    in.closed = r->json ? lf_json_bool(r->json, "close", false) : field(r, "close").ptr != NULL;
    LF_TRY(moment_field(r, "came", &in.came));
    return lf_referral_answer(r->t, r->id, &in, r->e);
}

enum lf_code referral_due(struct rq *r)
{
    lf_time due;

    LF_TRY(moment_field(r, "due", &due));
    return lf_referral_due(r->t, r->id, due, r->e);
}

enum lf_code api_referral_due(struct rq *r)
{
    LF_TRY(referral_due(r));
    return answer_empty(r, 204);
}

enum lf_code api_referral_add(struct rq *r)
{
    lf_view id;

    LF_TRY(referral_add(r, r->id, &id));
    return say_id(r, 201, id);
}

enum lf_code api_referral_answer(struct rq *r)
{
    LF_TRY(referral_answer(r));
    return answer_empty(r, 204);
}

/* ---- what the answers of a report ask for ---- */

static void put_duty(struct lf_json_w *w, const struct lf_referral_duty *d)
{
    lf_json_open(w, '{');
    lf_json_put_str(w, "id", d->id);
    lf_json_put_str(w, "incident", d->incident);
    lf_json_put_int(w, "number", d->number);
    lf_json_put_str(w, "rule", d->rule);
    lf_json_put_cstr(w, "state", lf_referral_duty_state_name(d->state));
    lf_json_begin(w, "kinds", '[');
    for (unsigned k = 0; k < LF_REFERRAL_KINDS; k++)
        if (d->kinds & 1u << k)
            lf_json_put_cstr(w, NULL, lf_referral_kind_name((enum lf_referral_kind)k));
    lf_json_close(w);
    lf_json_put_str(w, "zh", d->zh);
    lf_json_put_str(w, "en", d->en);
    lf_json_put_bool(w, "exercise", d->exercise);
    lf_json_put_time(w, "since", d->since);
    lf_json_put_time(w, "due", d->due);
    lf_json_put_time(w, "done", d->done);
    lf_json_put_time(w, "lapsed", d->lapsed);
    lf_json_put_time(w, "decided", d->decided);
    put_text(w, "by", d->account);
    put_text(w, "grounds", d->grounds);
    lf_json_close(w);
}

enum lf_code api_referral_duties(struct rq *r)
{
    const struct lf_referral_duty *list;
    struct lf_page page;
    struct out o;
    lf_view next;
    int state = -1;
    size_t n;

    LF_TRY(page_of(r, &page));
    if (query(r, "state").len && !lf_referral_duty_state_parse(query(r, "state"), &state))
        return lf_err_set(r->e, LF_BAD_INPUT,
                          "state is open, overdue, done, waived, lapsed, suggested or standing");
    LF_TRY(lf_referral_duty_list(r->t, lf_view_some(query(r, "incident")), state, &page, &n, &list, &next,
                                 r->e));
    begin(&o);
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < n; i++)
        put_duty(&o.w, &list[i]);
    return end_list(r, &o, next);
}

enum lf_code api_referral_waive(struct rq *r)
{
    LF_TRY(lf_referral_duty_waive(r->t, r->id, lf_view_some(field(r, "grounds")), r->e));
    return answer_empty(r, 204);
}
