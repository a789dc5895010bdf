/* The JSON API's part on mail of social-engineering drills, and what page and API share. */
#include "web/lure.h"

#include "web/api_priv.h"

static int count_field(struct rq *r, const char *name, int otherwise)
{
    int64_t n = otherwise;

    if (r->json && lf_json_get(r->json, lf_view_of(name)))
        return lf_json_int(r->json, name, &n) && n >= 0 && n < 100000 ? (int)n : -1;
    if (!r->json && lf_view_some(field(r, name)).len && !lf_view_i64(field(r, name), &n))
        return -1;
    return n >= 0 && n < 100000 ? (int)n : -1;
}

enum lf_code lure_set(struct rq *r)
{
    lf_view template = lf_view_some(field(r, "template"));
    struct lf_lure x = { .subject = lf_view_some(field(r, "subject")),
                         .body = lf_view_some(field(r, "body")),
                         .english = lf_view_is(lf_view_some(field(r, "language")), "en"),
                         .per_hour = count_field(r, "per_hour", 60),
                         .keep_days = count_field(r, "keep_days", 30) };
    bool found = !template.len;

    for (size_t i = 0; template.len && i < LF_LURE_TEMPLATES; i++) {
        const struct lf_lure_template *m = lf_lure_template(i);

        if (!lf_view_is(template, m->id))
            continue;
        found = true;
        x.subject = lf_view_of(x.english ? m->subject_en : m->subject_zh);
        x.body = lf_view_of(x.english ? m->body_en : m->body_zh);
    }
    if (!found)
        return lf_err_set(r->e, LF_BAD_INPUT, "lure: template is parcel, password or allowance, or left out");
    return lf_lure_set(r->t, r->id, &x, r->e);
}

enum lf_code lure_move(struct rq *r)
{
    lf_view to = lf_view_some(field(r, "state"));

    if (lf_view_is(to, "sending"))
        return lf_lure_start(r->t, r->id, r->w->parts.mail, r->e);
    if (lf_view_is(to, "stopped"))
        return lf_lure_stop(r->t, r->id, r->e);
    return lf_err_set(r->e, LF_BAD_INPUT, "lure: state is sending or stopped");
}

enum lf_code lure_consent(struct rq *r)
{
    struct lf_lure_consent c = { .unit = lf_view_some(field(r, "unit")),
                                 .domain = lf_view_some(field(r, "domain")),
                                 .person = lf_view_some(field(r, "person")) };

    return lf_lure_consent_set(r->t, &c, r->e);
}

enum lf_code api_lure(struct rq *r)
{
    const struct lf_lure_count *list;
    struct lf_lure x;
    struct out o;
    size_t n;

    LF_TRY(lf_lure_get(r->t, r->id, &x, &n, &list, r->e));
    begin(&o);
    if (x.there) {
        lf_json_put_cstr(&o.w, "state", lf_lure_state_name(x.state));
        lf_json_put_str(&o.w, "subject", x.subject);
        lf_json_put_str(&o.w, "body", x.body);
        lf_json_put_cstr(&o.w, "language", x.english ? "en" : "zh");
        lf_json_put_int(&o.w, "per_hour", x.per_hour);
        lf_json_put_int(&o.w, "keep_days", x.keep_days);
        lf_json_put_time(&o.w, "started", x.started);
        lf_json_put_time(&o.w, "stopped", x.stopped);
        lf_json_put_time(&o.w, "erased", x.erased);
    }
    lf_json_begin(&o.w, "units", '[');
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "unit", list[i].unit);
        lf_json_put_str(&o.w, "name", list[i].name);
        lf_json_put_int(&o.w, "people", list[i].people);
        lf_json_put_int(&o.w, "sent", list[i].sent);
        lf_json_put_bool(&o.w, "withheld", list[i].few);
        if (!list[i].few) {
            lf_json_put_int(&o.w, "opened", list[i].opened);
            lf_json_put_int(&o.w, "reported", list[i].reported);
        }
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    return end(r, &o, 200);
}

enum lf_code api_lure_set(struct rq *r)
{
    LF_TRY(lure_set(r));
    return answer_empty(r, 204);
}

enum lf_code api_lure_people(struct rq *r)
{
    lf_view csv;
    size_t n;
    struct out o;

    LF_TRY(need(r, "csv", &csv));
    LF_TRY(lf_lure_people(r->t, r->id, csv, &n, r->e));
    begin(&o);
    lf_json_put_int(&o.w, "people", (int64_t)n);
    return end(r, &o, 200);
}

enum lf_code api_lure_move(struct rq *r)
{
    LF_TRY(lure_move(r));
    return answer_empty(r, 204);
}

enum lf_code api_lure_consents(struct rq *r)
{
    const struct lf_lure_consent *list;
    struct out o;
    size_t n;

    LF_TRY(lf_lure_consent_list(r->t, &n, &list, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "domain", list[i].domain);
        lf_json_put_str(&o.w, "unit", list[i].unit);
        lf_json_put_str(&o.w, "name", list[i].name);
        lf_json_put_str(&o.w, "person", list[i].person);
        lf_json_put_str(&o.w, "by", list[i].account);
        lf_json_put_time(&o.w, "at", list[i].at);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}

enum lf_code api_lure_consent(struct rq *r)
{
    LF_TRY(lure_consent(r));
    return answer_empty(r, 204);
}

enum lf_code api_lure_consent_remove(struct rq *r)
{
    LF_TRY(lf_lure_consent_remove(r->t, r->id, r->e));
    return answer_empty(r, 204);
}
