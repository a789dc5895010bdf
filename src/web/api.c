/* The JSON API's part on the node itself: is it there, what does it offer, how is it.  As in all
 * of api_*.c, a handler reads its question, asks one service and writes what it said.  Lists are
 * {"items":[…],"next":"…"}; next is absent at the end. */
#include "cert/incident.h"
#include "ident/account.h"
#include "isac/arrival.h"
#include "isac/chain.h"
#include "isac/link.h"
#include "shield/block.h"
#include "web/api_priv.h"

void put_by(struct rq *r, struct lf_json_w *w, lf_view account)
{
    struct lf_account who;

    if (lf_account_colleague(r->t, account, &who, NULL) == LF_OK)
        lf_json_put_str(w, "by", who.name);
}

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
        for (size_t i = 0; i < lf_json_items(senders); i++) {
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
    struct lf_link_state link = { 0 };
    const struct lf_peer *peers;
    size_t npeers;
    lf_time worst = 0;
    int64_t open = 0, fresh = 0, names = 0, over = 0, broken = 0;
    const struct lf_json *all = NULL;
    struct lf_buf b;
    enum lf_code rc;

    LF_TRY(lf_alert_counts(r->t, &open, &fresh, r->e));
    LF_TRY(lf_incident_count(r->t, &c, r->e));
    LF_TRY(lf_block_count(r->t, &names, r->e));
    LF_TRY(lf_arrival_over_sum(r->t, &over, r->e));
    if (r->w->parts.link)
        LF_TRY(lf_link_look(r->w->parts.link, r->t, &link, r->e));
    LF_TRY(lf_chain_broken(r->t, &broken, r->e));
    LF_TRY(lf_peer_list(r->t, &npeers, &peers, r->e));
    for (size_t i = 0; i < npeers; i++) {
        lf_time lag;

        LF_TRY(lf_peer_lag(r->t, &peers[i], &lag, r->e));
        worst = lag > worst ? lag : worst;
    }
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
    for (size_t i = 0; i < lf_json_members(all); i++) {
        const struct lf_json *one = lf_json_member(all, i);
        lf_view worker = lf_json_key(all, i);

        for (size_t k = 0; is_metric_name(worker) && k < lf_json_members(one); k++) {
            const struct lf_json *v = lf_json_member(one, k);

            if (lf_json_kind(one) == LF_JSON_OBJECT && lf_json_kind(v) == LF_JSON_NUMBER &&
                is_metric_name(lf_json_key(one, k)))
                lf_buf_printf(&b, "lianfang_worker{worker=\"%.*s\",counter=\"%.*s\"} %.*s\n", LF_FMT(worker),
                              LF_FMT(lf_json_key(one, k)), LF_FMT(lf_json_text(v)));
        }
    }
    gauge(&b, "link_outbox", "What waits to go to the node above.", link.outbox);
    gauge(&b, "link_failures", "Calls to the node above that failed in a row.", link.failures);
    gauge(&b, "members_lag_seconds",
          "How long a member may have been without what is there for it; the worst.", worst / LF_SECOND);
    gauge(&b, "members_chain_broken", "Members whose audit trail is not the one that was countersigned.",
          broken);
    put_sender_metrics(&b, lf_json_get(lf_json_get(all, LF_V("intake")), LF_V("senders")));
    rc = lf_buf_done(&b, r->e);
    if (rc == LF_OK)
        answer(r, 200, "text/plain; version=0.0.4; charset=utf-8", lf_arena_copy(r->t->a, lf_buf_view(&b)));
    lf_buf_clear(&b);
    return rc;
}
