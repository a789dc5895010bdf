/* The JSON API's handlers: each reads its question, asks one service, writes what
 * it said.  Lists are {"items":[…],"next":"…"}; next is absent at the end. */
#include "cert/incident.h"
#include "ident/account.h"
#include "ident/audit.h"
#include "ident/session.h"
#include "ident/token.h"
#include "ident/totp.h"
#include "isac/arrival.h"
#include "isac/indicator.h"
#include "isac/link.h"
#include "isac/peer.h"
#include "shield/block.h"
#include "soc/alert_work.h"
#include "web/alert_filter.h"
#include "web/api_priv.h"

/* ---- the node ---- */

enum lf_code api_healthz(struct rq *r)
{
    answer(r, 200, "text/plain; charset=utf-8", LF_V("ok\n"));
    return LF_OK;
}

enum lf_code api_openapi(struct rq *r)
{
    struct lf_buf b;

    lf_buf_init(&b, JSON_MOST);
    openapi_write(&b);
    return answer_json(r, 200, &b);
}

static lf_view workers(struct rq *r)
{
    lf_view v = r->w->parts.health ? r->w->parts.health(r->w->parts.ctx, r->t->a) : LF_V("{}");

    return v.len ? v : LF_V("{}");
}

enum lf_code api_health(struct rq *r)
{
    struct out o;

    begin(&o);
    lf_json_put_str(&o.w, "name", r->t->self->name);
    lf_json_put_str(&o.w, "node", r->t->self->node);
    lf_json_put_str(&o.w, "tier", r->t->self->tier);
    lf_json_put_cstr(&o.w, "version", LF_VERSION);
    lf_json_put_raw(&o.w, "workers", workers(r));
    return end(r, &o, 200);
}

static void gauge(struct lf_buf *b, const char *name, const char *help, int64_t v)
{
    lf_buf_printf(b, "# HELP lianfang_%s %s\n# TYPE lianfang_%s gauge\nlianfang_%s %lld\n", name, help, name,
                  name, (long long)v);
}

static bool is_metric_name(lf_view v)
{
    for (size_t i = 0; i < v.len; i++)
        if (!((v.ptr[i] >= 'a' && v.ptr[i] <= 'z') || (v.ptr[i] >= '0' && v.ptr[i] <= '9') ||
              v.ptr[i] == '_'))
            return false;
    return v.len > 0;
}

/* A label's value, escaped as the exposition format has it. */
static void put_label(struct lf_buf *b, lf_view v)
{
    for (size_t i = 0; i < v.len; i++) {
        if (v.ptr[i] == '\n') {
            LF_PUT(b, "\\n");
            continue;
        }
        if (v.ptr[i] == '"' || v.ptr[i] == '\\')
            lf_buf_byte(b, '\\');
        lf_buf_byte(b, v.ptr[i]);
    }
}

static void put_sender_metrics(struct lf_buf *b, const struct lf_json *senders)
{
    static const struct {
        const char *name, *help;
    } counters[] = { { "received", "Records taken." },
                     { "malformed", "Records that were not understood and kept as they came." },
                     { "dropped", "Records that could not be taken." } };

    for (size_t k = 0; k < sizeof counters / sizeof *counters; k++) {
        lf_buf_printf(b, "# HELP lianfang_sender_%s_total %s\n# TYPE lianfang_sender_%s_total counter\n",
                      counters[k].name, counters[k].help, counters[k].name);
        for (size_t i = 0; i < lf_json_count(senders); i++) {
            const struct lf_json *s = lf_json_item(senders, i);

            lf_buf_printf(b, "lianfang_sender_%s_total{sender=\"", counters[k].name);
            put_label(b, lf_json_str(s, "name"));
            LF_PUT(b, "\",via=\"");
            put_label(b, lf_json_str(s, "via"));
            lf_buf_printf(b, "\"} %.*s\n",
                          LF_FMT(lf_json_text(lf_json_get(s, lf_view_of(counters[k].name)))));
        }
    }
}

enum lf_code api_metrics(struct rq *r)
{
    struct lf_incident_counts c = { 0 };
    int64_t open = 0, fresh = 0, names = 0, over = 0;
    const struct lf_json *all = NULL;
    struct lf_buf b;
    enum lf_code rc;

    LF_TRY(lf_alert_counts(r->t, &open, &fresh, r->e));
    LF_TRY(lf_incident_count(r->t, &c, r->e));
    LF_TRY(lf_block_count(r->t, &names, r->e));
    LF_TRY(lf_arrival_over_sum(r->t, &over, r->e));
    LF_TRY(lf_json_parse(r->t->a, workers(r), NULL, &all, r->e));
    lf_buf_init(&b, 1 << 20);
    gauge(&b, "alerts_open", "Alerts that are not closed.", open);
    gauge(&b, "alerts_new", "Alerts nobody has taken in hand.", fresh);
    gauge(&b, "incidents", "Incidents.", c.all);
    gauge(&b, "incidents_open", "Incidents that are not closed.", c.open);
    gauge(&b, "incidents_report_clock_running", "Incidents whose first-report clock runs.", c.c1_running);
    gauge(&b, "incidents_report_clock_breached", "Incidents whose first report was late.", c.c1_breached);
    gauge(&b, "blocked_names", "Names in the block zone.", names);
    gauge(&b, "member_reports_not_taken",
          "Members' reports beyond what the second line takes in an hour, of eight days.", over);
    lf_buf_printf(&b, "# HELP lianfang_worker Counters of the workers.\n# TYPE lianfang_worker untyped\n");
    for (size_t i = 0; i < lf_json_count(all); i++) {
        const struct lf_json *one = lf_json_member(all, i);
        lf_view worker = lf_json_key(all, i);

        for (size_t k = 0; is_metric_name(worker) && k < lf_json_count(one); k++) {
            const struct lf_json *v = lf_json_member(one, k);

            if (lf_json_kind(one) == LF_JSON_OBJECT && lf_json_kind(v) == LF_JSON_NUMBER &&
                is_metric_name(lf_json_key(one, k)))
                lf_buf_printf(&b, "lianfang_worker{worker=\"%.*s\",counter=\"%.*s\"} %.*s\n", LF_FMT(worker),
                              LF_FMT(lf_json_key(one, k)), LF_FMT(lf_json_text(v)));
        }
    }
    put_sender_metrics(&b, lf_json_get(lf_json_get(all, LF_V("intake")), LF_V("senders")));
    rc = lf_buf_done(&b, r->e);
    if (rc == LF_OK)
        answer(r, 200, "text/plain; version=0.0.4; charset=utf-8", lf_arena_copy(r->t->a, lf_buf_view(&b)));
    lf_buf_clear(&b);
    return rc;
}

/* ---- who ---- */

enum lf_code api_login(struct rq *r)
{
    lf_view user, password, totp = field(r, "totp"), token;
    struct out o;

    LF_TRY(need(r, "user", &user));
    LF_TRY(need(r, "password", &password));
    LF_TRY(lf_login(r->t, r->w->parts.ident, user, password, totp.ptr ? totp : LF_V(""), r->in->remote,
                    &token, r->e));
    set_cookie(r, "__Host-lf", token, "SameSite=Strict");
    begin(&o);
    lf_json_put_str(&o.w, "csrf", lf_csrf_token(r->t->a, token));
    lf_json_put_str(&o.w, "account", r->t->scope.account);
    lf_json_put_str(&o.w, "roles", lf_roles_text(r->t->a, r->t->scope.roles));
    return end(r, &o, 201);
}

enum lf_code api_logout(struct rq *r)
{
    if (r->session.len)
        LF_TRY(lf_logout(r->t, r->session, r->e));
    set_cookie(r, "__Host-lf", LF_V(""), "SameSite=Strict; Max-Age=0");
    return answer_empty(r, 204);
}

enum lf_code api_me(struct rq *r)
{
    struct lf_account me;
    struct out o;

    begin(&o);
    lf_json_put_str(&o.w, "account", r->t->scope.account);
    lf_json_put_str(&o.w, "organisation", r->t->scope.org);
    lf_json_put_str(&o.w, "roles", lf_roles_text(r->t->a, r->t->scope.roles));
    if (lf_account_get(r->t, r->t->scope.account, &me, NULL) == LF_OK) {
        lf_json_put_str(&o.w, "name", me.name);
        put_text(&o.w, "display", me.display);
        lf_json_put_bool(&o.w, "totp", me.totp);
    }
    if (r->session.len)
        lf_json_put_str(&o.w, "csrf", lf_csrf_token(r->t->a, r->session));
    return end(r, &o, 200);
}

enum lf_code api_password(struct rq *r)
{
    lf_view old, fresh;

    LF_TRY(need_session(r));
    LF_TRY(need(r, "old", &old));
    LF_TRY(need(r, "new", &fresh));
    LF_TRY(lf_account_set_password(r->t, r->w->parts.ident, r->t->scope.account, old, fresh, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_totp(struct rq *r)
{
    lf_view code = field(r, "code"), uri, secret;
    struct out o;

    LF_TRY(need_session(r));
    if (code.ptr) {
        LF_TRY(lf_totp_confirm(r->t, r->w->parts.ident, code, r->e));
        return answer_empty(r, 204);
    }
    LF_TRY(lf_totp_enrol(r->t, &uri, &secret, r->e));
    begin(&o);
    lf_json_put_str(&o.w, "uri", uri);
    lf_json_put_str(&o.w, "secret", secret);
    return end(r, &o, 200);
}

/* ---- alerts ---- */

enum lf_code api_alerts(struct rq *r)
{
    struct lf_alert_filter filter;
    lf_view next = { NULL, 0 };
    struct lf_alert *items;
    struct lf_page page;
    struct out o;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(alert_filter_of(r, false, &filter));
    LF_TRY(lf_alert_list(r->t, &filter, &page, &items, &n, &next, r->e));
    begin(&o);
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < n; i++)
        lf_alert_json(&o.w, &items[i]);
    return end_list(r, &o, next);
}

enum lf_code api_alert(struct rq *r)
{
    struct lf_alert_event *events;
    struct lf_alert alert;
    struct lf_page page;
    lf_view next = { NULL, 0 };
    struct out o;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_alert_get(r->t, r->id, &alert, r->e));
    LF_TRY(lf_alert_events(r->t, r->id, &page, &events, &n, &next, r->e));
    lf_buf_init(&o.b, JSON_MOST);
    o.w = lf_json_w(&o.b);
    lf_json_open(&o.w, '{');
    {
        struct lf_buf one;
        struct lf_json_w w;

        lf_buf_init(&one, 65536);
        w = lf_json_w(&one);
        lf_alert_json(&w, &alert);
        lf_json_put_raw(&o.w, "alert", lf_arena_copy(r->t->a, lf_buf_view(&one)));
        lf_buf_clear(&one);
    }
    lf_json_begin(&o.w, "evidence", '[');
    for (size_t i = 0; i < n; i++) {
        const struct lf_alert_event *v = &events[i];

        lf_json_open(&o.w, '{');
        lf_json_put_int(&o.w, "position", (int64_t)v->position);
        put_time(&o.w, "happened", v->happened);
        put_time(&o.w, "recorded", v->recorded);
        lf_json_put_str(&o.w, "sender", v->sender);
        if (v->event.len)
            lf_json_put_raw(&o.w, "event", v->event);
        if (v->observables.len)
            lf_json_put_raw(&o.w, "observables", v->observables);
        if (put_behind(r, &o.w, alert.id, v->event) != LF_OK) {
            lf_buf_clear(&o.b);
            return r->e->code;
        }
        if (v->second_sender.ptr) {
            lf_json_begin(&o.w, "second", '{');
            lf_json_put_str(&o.w, "sender", v->second_sender);
            put_time(&o.w, "happened", v->second_happened);
            if (v->second_event.len)
                lf_json_put_raw(&o.w, "event", v->second_event);
            lf_json_close(&o.w);
        }
        lf_json_close(&o.w);
    }
    return end_list(r, &o, next);
}

enum lf_code api_alert_acknowledge(struct rq *r)
{
    LF_TRY(lf_alert_acknowledge(r->t, r->id, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_alert_close(struct rq *r)
{
    lf_view note = field(r, "note");
    enum lf_verdict verdict;

    LF_TRY(alert_verdict(r, &verdict));
    LF_TRY(lf_alert_close_as(r->t, r->id, verdict, note.ptr ? note : LF_V(""), r->e));
    return answer_empty(r, 204);
}

/* ---- incidents ---- */

static void put_incident(struct lf_json_w *w, const struct lf_incident *i)
{
    lf_json_open(w, '{');
    lf_json_put_str(w, "id", i->id);
    lf_json_put_str(w, "title", i->title);
    lf_json_put_str(w, "review", i->review);
    lf_json_put_str(w, "handling", i->handling);
    lf_json_put_int(w, "level", i->level);
    lf_json_put_str(w, "node", i->node);
    put_text(w, "peer", i->peer);
    put_text(w, "alert", i->alert);
    put_time(w, "aware_at", i->aware_at);
    put_time(w, "reported_at", i->reported_at);
    put_time(w, "received_at", i->received_at);
    put_time(w, "updated", i->updated);
    lf_json_put_bool(w, "exercise", i->exercise);
    lf_json_put_int(w, "events", i->events);
    lf_json_begin(w, "c1", '{');
    lf_json_put_cstr(w, "state", lf_clock_state_name(i->c1.state));
    put_time(w, "start", i->c1.start);
    put_time(w, "due", i->c1.due);
    put_time(w, "ended", i->c1.ended);
    lf_json_put_int(w, "percent", i->c1.percent);
    lf_json_put_int(w, "warned", i->c1.warned);
    lf_json_put_int(w, "late_s", i->c1.late_s);
    lf_json_close(w);
    lf_json_close(w);
}

enum lf_code api_incidents(struct rq *r)
{
    lf_view review = query(r, "review"), handling = query(r, "handling");
    struct lf_incident_filter filter = { review, handling, lf_view_is(query(r, "clock"), "running") };
    struct lf_incident_page list;
    struct lf_page page;
    struct out o;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_incident_list(r->t, &filter, &page, &list, r->e));
    begin(&o);
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < list.n; i++)
        put_incident(&o.w, &list.items[i]);
    return end_list(r, &o, list.next);
}

enum lf_code api_incident(struct rq *r)
{
    struct lf_incident_full full;
    struct out o;
    struct lf_buf one;
    struct lf_json_w w;

    LF_TRY(lf_incident_get(r->t, r->id, &full, r->e));
    lf_buf_init(&one, 65536);
    w = lf_json_w(&one);
    put_incident(&w, &full.row);
    begin(&o);
    lf_json_put_raw(&o.w, "incident", lf_buf_view(&one));
    lf_buf_clear(&one);
    put_text(&o.w, "description", full.state.description);
    lf_json_put_bool(&o.w, "corroborated", full.state.corroborated);
    put_text(&o.w, "merged_into", full.state.merged_into);
    if (full.clocks.len)
        lf_json_put_raw(&o.w, "clocks", full.clocks);
    lf_json_begin(&o.w, "events", '[');
    for (size_t i = 0; i < full.nevents; i++)
        lf_json_put_raw(&o.w, NULL, full.events[i]->json);
    lf_json_close(&o.w);
    return end(r, &o, 200);
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

/* ---- intelligence ---- */

enum lf_code api_policy(struct rq *r)
{
    struct lf_policy p;
    struct out o;

    LF_TRY(lf_policy_get(r->t, &p, r->e));
    if (p.id.len == 0)
        return lf_err_set(r->e, LF_NOT_FOUND, "no standing policy is signed");
    begin(&o);
    lf_json_put_str(&o.w, "id", p.id);
    lf_json_put_str(&o.w, "signed_by", p.signed_by);
    put_time(&o.w, "signed_at", p.signed_at);
    lf_json_put_raw(&o.w, "policy", p.json);
    return end(r, &o, 200);
}

enum lf_code api_policy_sign(struct rq *r)
{
    lf_view id;

    if (!r->json)
        return lf_err_set(r->e, LF_BAD_INPUT, "send the policy as a JSON object");
    LF_TRY(lf_policy_sign(r->t, r->in->body, &id, r->e));
    return say_id(r, 201, id);
}

/* ---- blocks ---- */

enum lf_code api_blocks(struct rq *r)
{
    lf_view next = { NULL, 0 };
    struct lf_block *items;
    struct lf_page page;
    struct out o;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_block_list(r->t, !lf_view_is(query(r, "all"), "true"), &page, &items, &n, &next, r->e));
    begin(&o);
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "id", items[i].id);
        lf_json_put_str(&o.w, "value", items[i].value);
        lf_json_put_str(&o.w, "indicator", items[i].indicator);
        lf_json_put_cstr(&o.w, "state", lf_block_state_name(items[i].state));
        lf_json_put_bool(&o.w, "provisional", items[i].provisional);
        put_time(&o.w, "created", items[i].created);
        put_time(&o.w, "changed", items[i].changed);
        put_time(&o.w, "expires", items[i].expires);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, next);
}

enum lf_code api_allow(struct rq *r)
{
    lf_view next = { NULL, 0 };
    struct lf_allow *items;
    struct lf_page page;
    struct out o;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_allow_list(r->t, &page, &items, &n, &next, r->e));
    begin(&o);
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "value", items[i].value);
        put_text(&o.w, "reason", items[i].reason);
        put_time(&o.w, "created", items[i].created);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, next);
}

enum lf_code api_allow_add(struct rq *r)
{
    lf_view value, reason = field(r, "reason");
    size_t withdrawn = 0;
    struct out o;

    LF_TRY(need(r, "value", &value));
    LF_TRY(lf_allow_add(r->t, value, reason.ptr ? reason : LF_V(""), &withdrawn, r->e));
    begin(&o);
    lf_json_put_int(&o.w, "withdrawn", (int64_t)withdrawn);
    return end(r, &o, 201);
}

enum lf_code api_allow_del(struct rq *r)
{
    LF_TRY(lf_allow_del(r->t, r->id, r->e));
    return answer_empty(r, 204);
}

/* ---- peers ---- */

static const char *peer_state(enum lf_peer_state s)
{
    return s == LF_PEER_JOINING ? "joining" : s == LF_PEER_ACTIVE ? "active" : "suspended";
}

static void put_peer(struct lf_json_w *w, const struct lf_peer *p)
{
    lf_json_put_str(w, "id", p->id);
    lf_json_put_cstr(w, "kind", p->kind == LF_PEER_CHILD ? "child" : "parent");
    lf_json_put_cstr(w, "state", peer_state(p->state));
    put_text(w, "node", p->node);
    put_text(w, "name", p->name);
    put_text(w, "tier", p->tier);
    put_text(w, "url", p->url);
    put_time(w, "created", p->created);
    put_time(w, "seen", p->seen);
}

enum lf_code api_peers(struct rq *r)
{
    const struct lf_peer *items;
    struct out o;
    size_t n;

    LF_TRY(lf_peer_list(r->t, &n, &items, r->e));
    begin(&o);
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        put_peer(&o.w, &items[i]);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}

enum lf_code api_invite(struct rq *r)
{
    lf_view token;
    struct out o;

    LF_TRY(lf_peer_invite(r->t, r->w->parts.peer_url, r->w->parts.peer_pin, &token, r->e));
    begin(&o);
    lf_json_put_str(&o.w, "token", token);
    return end(r, &o, 201);
}

enum lf_code api_peer_suspend(struct rq *r)
{
    LF_TRY(lf_peer_suspend(r->t, r->id, true, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_peer_resume(struct rq *r)
{
    LF_TRY(lf_peer_suspend(r->t, r->id, false, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_parent(struct rq *r)
{
    struct lf_link_state link = { 0 };
    struct lf_peer p;
    struct out o;

    LF_TRY(lf_peer_parent(r->t, &p, r->e));
    if (r->w->parts.link)
        LF_TRY(lf_link_look(r->w->parts.link, r->t, &link, r->e));
    begin(&o);
    put_peer(&o.w, &p);
    lf_json_put_int(&o.w, "outbox", link.outbox);
    lf_json_put_int(&o.w, "failures", link.failures);
    return end(r, &o, 200);
}

enum lf_code api_join(struct rq *r)
{
    lf_view token;

    LF_TRY(need(r, "token", &token));
    LF_TRY(lf_parent_join(r->t, lf_view_trim(token), r->e));
    return answer_empty(r, 202);
}

/* ---- accounts ---- */

enum lf_code api_users(struct rq *r)
{
    struct lf_account_list list;
    struct lf_page page;
    struct out o;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_account_list(r->t, &page, &list, r->e));
    begin(&o);
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < list.count; i++) {
        const struct lf_account *a = &list.item[i];

        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "id", a->id);
        lf_json_put_str(&o.w, "name", a->name);
        put_text(&o.w, "display", a->display);
        lf_json_put_str(&o.w, "roles", lf_roles_text(r->t->a, a->roles));
        lf_json_put_bool(&o.w, "disabled", a->disabled);
        lf_json_put_bool(&o.w, "totp", a->totp);
        put_time(&o.w, "created", a->created);
        put_time(&o.w, "seen", a->seen);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, list.next);
}

enum lf_code api_user_add(struct rq *r)
{
    lf_view name, password, roles_text, display = field(r, "display"), id;
    unsigned roles;

    LF_TRY(need(r, "name", &name));
    LF_TRY(need(r, "password", &password));
    LF_TRY(need(r, "roles", &roles_text));
    LF_TRY(lf_roles_parse(roles_text, &roles, r->e));
    LF_TRY(lf_account_create(r->t, name, display.ptr ? display : name, password, roles, &id, r->e));
    return say_id(r, 201, id);
}

enum lf_code api_user_roles(struct rq *r)
{
    lf_view text;
    unsigned roles;

    LF_TRY(need(r, "roles", &text));
    LF_TRY(lf_roles_parse(text, &roles, r->e));
    LF_TRY(lf_account_set_roles(r->t, r->w->parts.ident, r->id, roles, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_user_password(struct rq *r)
{
    lf_view password;

    LF_TRY(need(r, "password", &password));
    LF_TRY(lf_account_set_password(r->t, r->w->parts.ident, r->id, LF_V(""), password, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_user_disable(struct rq *r)
{
    LF_TRY(lf_account_disable(r->t, r->w->parts.ident, r->id, true, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_user_enable(struct rq *r)
{
    LF_TRY(lf_account_disable(r->t, r->w->parts.ident, r->id, false, r->e));
    return answer_empty(r, 204);
}

/* Whose tokens: the account named (by name or id), else the caller's own.  The
 * operator at the local door is no account and must name one. */
static enum lf_code token_account(struct rq *r, lf_view named, lf_view *id)
{
    struct lf_account account;

    if (!named.len && r->in->door == LF_DOOR_LOCAL)
        return lf_err_set(r->e, LF_BAD_INPUT, "say for which account, by its name: account");
    *id = named.len ? named : r->t->scope.account;
    if (named.len && lf_account_find(r->t, named, &account, NULL) == LF_OK)
        *id = account.id;
    return LF_OK;
}

enum lf_code api_tokens(struct rq *r)
{
    lf_view account;
    struct lf_token_list list;
    struct lf_page page;
    struct out o;

    LF_TRY(page_of(r, &page));
    LF_TRY(token_account(r, query(r, "account"), &account));
    LF_TRY(lf_token_list(r->t, account, &page, &list, r->e));
    begin(&o);
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < list.count; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "id", list.item[i].id);
        lf_json_put_str(&o.w, "account", list.item[i].account);
        lf_json_put_str(&o.w, "label", list.item[i].label);
        lf_json_put_str(&o.w, "roles", lf_roles_text(r->t->a, list.item[i].roles));
        put_time(&o.w, "created", list.item[i].created);
        put_time(&o.w, "expires", list.item[i].expires);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, list.next);
}

enum lf_code api_token_add(struct rq *r)
{
    lf_view label, roles_text, account, id, token;
    int64_t days = 0;
    unsigned roles;
    struct out o;

    LF_TRY(need(r, "label", &label));
    LF_TRY(need(r, "roles", &roles_text));
    LF_TRY(lf_roles_parse(roles_text, &roles, r->e));
    if (lf_json_get(r->json, LF_V("days")) &&
        (!lf_json_int(r->json, "days", &days) || days < 1 || days > 3660))
        return lf_err_set(r->e, LF_BAD_INPUT, "days is a number from 1 to 3660");
    LF_TRY(token_account(r, field(r, "account"), &account));
    LF_TRY(lf_token_create(r->t, account, label, roles, days ? lf_now(r->t->env) + days * LF_DAY : 0, &id,
                           &token, r->e));
    begin(&o);
    lf_json_put_str(&o.w, "id", id);
    lf_json_put_str(&o.w, "token", token);
    return end(r, &o, 201);
}

enum lf_code api_token_del(struct rq *r)
{
    LF_TRY(lf_token_revoke(r->t, r->id, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_audit(struct rq *r)
{
    struct lf_audit_list list;
    struct lf_page page;
    struct out o;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_audit_list(r->t, &page, &list, r->e));
    begin(&o);
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < list.count; i++) {
        const struct lf_audit_entry *a = &list.item[i];

        lf_json_open(&o.w, '{');
        lf_json_put_int(&o.w, "seq", a->seq);
        put_time(&o.w, "time", a->time);
        lf_json_put_str(&o.w, "account", a->account);
        lf_json_put_str(&o.w, "action", a->action);
        put_text(&o.w, "subject", a->subject);
        if (a->detail.len)
            lf_json_put_raw(&o.w, "detail", a->detail);
        lf_json_put_str(&o.w, "hash", a->hash);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, list.next);
}
