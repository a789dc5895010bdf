/* The JSON API's part on alerts: the list, one of them, what people do with them (owner, comments,
 * verdict, history, merging), and what is behind a correlation. */
#include "ident/account.h"
#include "isac/national_ticket.h"
#include "isac/present.h"
#include "soc/alert_work.h"
#include "web/alert_filter.h"
#include "web/api_priv.h"

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
    begin_list(&o, JSON_MOST);
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
        lf_json_put_time(&o.w, "happened", v->happened);
        lf_json_put_time(&o.w, "recorded", v->recorded);
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
            lf_json_put_time(&o.w, "happened", v->second_happened);
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

enum lf_code alert_judged(struct rq *r)
{
    int64_t n[LF_VERDICTS];
    lf_view rule;

    LF_TRY(lf_alert_tally(r->t, r->id, &rule, n, r->e)); /* also who may not have the indicator judges it */
    if (!lf_view_starts(rule, LF_V("indicator--")))
        return LF_OK;
    return lf_present_judged(r->t, rule, n[LF_VERDICT_TRUE], n[LF_VERDICT_FALSE], r->e);
}

enum lf_code api_alert_close(struct rq *r)
{
    lf_view note = field(r, "note");
    enum lf_verdict verdict;

    LF_TRY(alert_verdict(r, &verdict));
    LF_TRY(lf_alert_close_as(r->t, r->id, verdict, note.ptr ? note : LF_V(""), r->e));
    LF_TRY(alert_judged(r));
    return answer_empty(r, 204);
}

enum lf_code alert_owner(struct rq *r, lf_view *out)
{
    lf_view owner = field(r, "owner");
    struct lf_account who;

    if (owner.ptr && !owner.len) { /* nobody's */
        *out = LF_V("");
        return LF_OK;
    }
    if (!owner.ptr || lf_view_is(owner, "me")) {
        if (lf_account_get(r->t, r->t->scope.account, &who, NULL) != LF_OK)
            return lf_err_set(r->e, LF_BAD_INPUT, "alert: name the owner; whoever asks has no account here");
    } else if (lf_account_colleague(r->t, owner, &who, NULL) != LF_OK || !lf_view_eq(who.name, owner)) {
        return lf_err_set(r->e, LF_BAD_INPUT, "alert: there is no account \"%.*s\"", LF_FMT(owner));
    }
    if (who.disabled)
        return lf_err_set(r->e, LF_BAD_INPUT, "alert: the account \"%.*s\" is shut out", LF_FMT(who.name));
    *out = who.name;
    return LF_OK;
}

enum lf_code alert_verdict(struct rq *r, enum lf_verdict *out)
{
    lf_view v = field(r, "verdict");

    *out = LF_VERDICT_NONE;
    if (v.len && !lf_verdict_parse(v, out))
        return lf_err_set(r->e, LF_BAD_INPUT,
                          "verdict is true_positive, false_positive or benign, not \"%.*s\"", LF_FMT(v));
    return LF_OK;
}

enum lf_code api_alert_assign(struct rq *r)
{
    lf_view owner;

    LF_TRY(alert_owner(r, &owner));
    LF_TRY(lf_alert_assign(r->t, r->id, owner, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_alert_comment(struct rq *r)
{
    lf_view note;

    LF_TRY(need(r, "note", &note));
    LF_TRY(lf_alert_comment(r->t, r->id, note, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_alert_judge(struct rq *r)
{
    enum lf_verdict verdict;
    lf_view said;

    LF_TRY(need(r, "verdict", &said));
    LF_TRY(alert_verdict(r, &verdict));
    LF_TRY(lf_alert_judge(r->t, r->id, verdict, r->e));
    LF_TRY(alert_judged(r));
    return answer_empty(r, 204);
}

enum lf_code api_alert_merge(struct rq *r)
{
    lf_view into;

    LF_TRY(need(r, "into", &into));
    LF_TRY(lf_alert_merge(r->t, r->id, into, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_alert_unmerge(struct rq *r)
{
    lf_view from;

    LF_TRY(lf_alert_unmerge(r->t, r->id, &from, r->e));
    return answer_empty(r, 204);
}

/* For the national joint monitoring: a file, which a person sends or hands in. */
enum lf_code api_alert_ticket(struct rq *r)
{
    lf_view class = lf_view_some(query(r, "class"));
    enum lf_ticket_class of = LF_TICKET_UNCLEAR;
    struct lf_alert alert;
    enum lf_code rc;
    struct lf_buf b;

    if (class.len)
        LF_TRY(lf_ticket_class_of(class, &of, r->e));
    LF_TRY(lf_alert_get(r->t, r->id, &alert, r->e));
    lf_buf_init(&b, JSON_MOST);
    rc = lf_national_ticket(r->t, &alert, of, &b, r->e);
    if (rc == LF_OK)
        answer_file(r, "application/xml",
                    lf_arena_printf(r->t->a, "ticket-%llu.xml", (unsigned long long)alert.number),
                    lf_arena_copy(r->t->a, lf_buf_view(&b)));
    lf_buf_clear(&b);
    return rc;
}

enum lf_code api_alert_history(struct rq *r)
{
    struct lf_alert_work *items;
    struct lf_page page;
    struct out o;
    lf_view next;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_alert_history(r->t, r->id, &page, &items, &n, &next, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        struct lf_account who;

        lf_json_open(&o.w, '{');
        lf_json_put_int(&o.w, "seq", items[i].seq);
        lf_json_put_time(&o.w, "at", items[i].at);
        lf_json_put_str(&o.w, "account", items[i].account);
        if (lf_account_colleague(r->t, items[i].account, &who, NULL) == LF_OK)
            lf_json_put_str(&o.w, "name", who.name);
        lf_json_put_cstr(&o.w, "act", lf_alert_act_name(items[i].act));
        put_text(&o.w, "note", items[i].note);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, next);
}

/* ---- what a correlation was made of ---- */

size_t correlation_groups(struct rq *r, lf_view event, const struct lf_json **out)
{
    const struct lf_json *doc;
    struct lf_err e;

    *out = NULL;
    if (!event.len || lf_json_parse(r->t->a, event, NULL, &doc, &e) != LF_OK)
        return 0;
    *out = lf_json_get(doc, LF_V("lianfang.correlation"));
    return *out && lf_json_kind(*out) == LF_JSON_ARRAY ? lf_json_items(*out) : 0;
}

lf_view correlation_query(struct rq *r, const struct lf_json *group)
{
    const struct lf_json *events = lf_json_get(group, LF_V("events"));
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 8000);
    for (size_t i = 0; i < lf_json_items(events); i++) {
        if (i)
            LF_PUT(&b, " OR ");
        LF_PUT(&b, "_position=");
        lf_buf_put(&b, lf_json_text(lf_json_item(events, i)));
    }
    out = b.over ? LF_V("") : lf_arena_copy(r->t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

/* What the correlations it is over were made of, each with the question that finds its events. */
static void put_made_of(struct rq *r, struct lf_json_w *w, const struct lf_json *made)
{
    if (lf_json_items(made) == 0)
        return;
    lf_json_begin(w, "made_of", '[');
    for (size_t i = 0; i < lf_json_items(made); i++) {
        const struct lf_json *one = lf_json_item(made, i);

        lf_json_open(w, '{');
        for (size_t k = 0; k < lf_json_members(one); k++) {
            struct lf_buf b;

            lf_buf_init(&b, LF_FINDING_RAW);
            lf_json_write(&b, lf_json_member(one, k));
            lf_json_put_raw(w, lf_arena_cstr(r->t->a, lf_json_key(one, k)), lf_buf_view(&b));
            lf_buf_clear(&b);
        }
        put_text(w, "query", correlation_query(r, one));
        lf_json_close(w);
    }
    lf_json_close(w);
}

enum lf_code put_behind(struct rq *r, struct lf_json_w *w, lf_view alert, lf_view event)
{
    const struct lf_json *groups;
    size_t n = correlation_groups(r, event, &groups);

    if (n == 0)
        return LF_OK;
    lf_json_begin(w, "behind", '[');
    for (size_t i = 0; i < n; i++) {
        const struct lf_json *events = lf_json_get(lf_json_item(groups, i), LF_V("events"));

        lf_json_open(w, '{');
        put_text(w, "query", correlation_query(r, lf_json_item(groups, i)));
        lf_json_begin(w, "events", '[');
        for (size_t k = 0; k < lf_json_items(events); k++) {
            struct lf_alert_behind *b;
            uint64_t position = 0;
            size_t m = 0;

            if (!lf_view_u64(lf_json_text(lf_json_item(events, k)), &position))
                continue;
            LF_TRY(lf_alert_of_event(r->t, position, alert, &b, &m, r->e));
            lf_json_open(w, '{');
            lf_json_put_int(w, "position", (int64_t)position);
            lf_json_begin(w, "alerts", '[');
            for (size_t j = 0; j < m; j++) {
                lf_json_open(w, '{');
                lf_json_put_str(w, "id", b[j].id);
                lf_json_put_str(w, "rule", b[j].rule);
                lf_json_put_str(w, "title", b[j].title);
                lf_json_close(w);
            }
            lf_json_close(w);
            lf_json_close(w);
        }
        lf_json_close(w);
        put_made_of(r, w, lf_json_get(lf_json_item(groups, i), LF_V("made_of")));
        lf_json_close(w);
    }
    lf_json_close(w);
    return LF_OK;
}
