/* The page of an alert with its evidence; acknowledging and closing. */
#include "soc/alert_work.h"
#include "web/page_priv.h"

/* The line as the device wrote it; what was made of it is one step away. */
static void put_event_text(struct rq *r, struct lf_buf *b, lf_view event)
{
    const struct lf_json *doc = NULL;
    lf_view message = LF_V("");

    if (lf_json_parse(r->t->a, event, NULL, &doc, NULL) == LF_OK)
        message = lf_json_str(doc, "message");
    if (message.len)
        lf_html(
            b,
            "<pre tabindex=\"0\">%</pre><details><summary>%</summary><pre tabindex=\"0\">%</pre></details>",
            V(message), T(EVENT_FIELDS), V(event));
    else
        lf_html(b, "<pre tabindex=\"0\">%</pre>", V(event));
}

static enum lf_code put_evidence(struct rq *r, struct lf_buf *b, const struct lf_alert *a,
                                 const struct lf_alert_event *v)
{
    lf_html(b, "<li><p>");
    put_when_zone(r, b, v->happened);
    lf_html(b, " — %</p>", V(fill1(r, LF_T_SEEN_BY, "sender", v->sender)));
    LF_TRY(put_correlation(r, b, a->id, v->event));
    put_event_text(r, b, v->event);
    if (v->second_sender.ptr) {
        lf_html(b, "<p>");
        badge(b, "good", "＋", text(r, LF_T_SECOND));
        LF_PUT(b, " ");
        put_when_zone(r, b, v->second_happened);
        lf_html(b, " — %</p>", V(fill1(r, LF_T_SEEN_BY, "sender", v->second_sender)));
        put_event_text(r, b, v->second_event);
    }
    lf_html(b, "</li>");
    return LF_OK;
}

/* Why the level is not the rule's own. */
static void put_grounds(struct rq *r, struct lf_buf *b, const struct lf_alert *a)
{
    static const enum lf_text grounds[] = { LF_T_GROUND_TUNING, LF_T_GROUND_HOST_UP, LF_T_GROUND_HOST_DOWN,
                                            LF_T_GROUND_INTELLIGENCE };

    for (size_t i = 0; i < sizeof grounds / sizeof *grounds; i++)
        if (a->grounds & 1u << i)
            lf_html(b, "<br>%", V(text(r, grounds[i])));
    if (a->asset.len)
        lf_html(b, "<br><a href=\"%\">%</a>", V(asset_link(r, a->asset)),
                V(fill1(r, LF_T_GROUND_ASSET, "name", a->asset)));
}

enum lf_code page_alert(struct rq *r)
{
    struct lf_alert_event *events;
    struct lf_alert a;
    struct lf_page page;
    lf_view next = { NULL, 0 };
    struct lf_buf b;
    enum lf_code rc;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_alert_get(r->t, r->id, &a, r->e));
    LF_TRY(lf_alert_events(r->t, r->id, &page, &events, &n, &next, r->e));
    begin_page(r, &b, alert_title(r, &a), "/alerts");
    lf_html(&b, "<h1>%</h1><div class=\"two\"><section class=\"panel\"><h2>%</h2>", V(alert_title(r, &a)),
            T(EVIDENCE));
    if (a.withheld)
        lf_html(&b, "<p>%</p>", T(ALERT_WITHHELD_LEAD));
    LF_PUT(&b, "<ol class=\"line\">");
    for (size_t i = 0; i < n; i++)
        if ((rc = put_evidence(r, &b, &a, &events[i])) != LF_OK) {
            lf_buf_clear(&b);
            return rc;
        }
    lf_html(&b, "</ol>");
    put_next(r, &b, next);
    lf_html(&b, "</section><div><section class=\"panel\"><h2>%</h2><dl class=\"facts\"><dt>%</dt><dd>",
            T(FACTS), T(STATE));
    put_alert_state(r, &b, a.state);
    if (a.state == LF_ALERT_CLOSED && !a.merged_into.len)
        lf_html(&b, " %", V(verdict_text(r, a.verdict)));
    if (a.merged_into.len)
        lf_html(&b, "<br><a href=\"%\">%</a>", V(path2(r, "/alerts/", a.merged_into, "")), T(MERGED_INTO));
    lf_html(&b, "</dd><dt>%</dt><dd>%</dd><dt>%</dt><dd>", T(OWNER),
            V(a.owner.len ? a.owner : text(r, LF_T_NOBODY)), T(LEVEL));
    put_level(r, &b, a.level);
    put_grounds(r, &b, &a);
    lf_html(&b, "</dd><dt>%</dt><dd>%</dd><dt>%</dt><dd>%</dd><dt>%</dt><dd>%</dd><dt>%</dt><dd>", T(HOST),
            V(a.host.len ? a.host : text(r, LF_T_NONE)), T(OBSERVABLE),
            V(a.has_observable ? a.observable : text(r, LF_T_NONE)), T(COUNT), V(number(r, a.count)),
            T(FIRST));
    put_when_zone(r, &b, a.first);
    lf_html(&b, "</dd><dt>%</dt><dd>", T(LAST));
    put_when_zone(r, &b, a.last);
    lf_html(&b, "</dd><dt>%</dt><dd>%</dd><dt>%</dt><dd><code>%</code></dd></dl></section>", T(SOURCES),
            V(text(r, a.corroborated ? LF_T_CORROBORATED_LONG : LF_T_NOT_CORROBORATED)), T(RULE),
            V(a.withheld ? text(r, LF_T_NONE) : a.rule));
    if (may(r, REPORT))
        lf_html(&b, "<p><a class=\"button\" href=\"/incidents/new?alert=%\">%</a></p>", V(a.id),
                T(REPORT_THIS));
    if (!a.withheld)
        lf_html(&b, "<p><a href=\"/api/v1/alerts/%/ticket\">%</a></p>", V(a.id), T(ALERT_TICKET));
    put_alert_acts(r, &b, &a);
    rc = a.withheld ? LF_OK : put_exclusion(r, &b, &a);
    if (rc == LF_OK)
        rc = put_alert_history(r, &b, &a);
    if (rc == LF_OK && !a.withheld)
        rc = put_tuning(r, &b, &a);
    if (rc != LF_OK) {
        lf_buf_clear(&b);
        return rc;
    }
    lf_html(&b, "</div></div>");
    return end_page(r, &b, 200);
}

enum lf_code page_alert_acknowledge(struct rq *r)
{
    LF_TRY(lf_alert_acknowledge(r->t, r->id, r->e));
    return redirect(r, path2(r, "/alerts/", r->id, "?done=1"));
}

enum lf_code page_alert_close(struct rq *r)
{
    lf_view note = field(r, "note");
    enum lf_verdict verdict;

    LF_TRY(alert_verdict(r, &verdict));
    LF_TRY(lf_alert_close_as(r->t, r->id, verdict, note.ptr ? note : LF_V(""), r->e));
    LF_TRY(alert_judged(r));
    return redirect(r, path2(r, "/alerts/", r->id, "?done=1"));
}
