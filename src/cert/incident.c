#include "base/fnv.h"
#include "cert/clock_rules.h"
#include "cert/exercise.h"
#include "cert/incident_priv.h"
#include "cert/incident_served.h"
#include "cert/playbook.h"
#include "cert/statistic.h"
#include "cert/tally.h"

#include "engine/level.h"
#include "ident/audit.h"
#include "ident/node.h"
#include "model/role.h"
#include "store/query_deadline.h"
#include "store/query_incident.h"

enum { FORM_BYTES = 48 * 1024, TITLE_BYTES = 512, WORDS = 256 /* of one incident */ };

static enum lf_code send_to(struct lf_task *t, lf_view dest, lf_view event, struct lf_err *e)
{
    LF_TRY(
        lf_db_exec(t->db, &t->scope, &lf_q_incident_outgoing_add, LF_ARGS(LF_TEXT(dest), LF_TEXT(event)), e));
    t->effects |= LF_FX_OUTBOX;
    return LF_OK;
}

/* Whether the tier above is entitled to this incident, as things stand now. */
static bool rises(const struct lf_task *t, const struct incident_kept *k, const struct lf_incident_state *s)
{
    if (lf_view_is(t->self->tier, "nation"))
        return false;
    /* An exercise ends at the highest tier that takes part in it. */
    if (s->exercise && lf_tier_height(s->exercise_of.reach) <= lf_tier_height(t->self->tier))
        return false;
    if (!k->row.peer.len && !lf_incident_served(t, &k->row))
        return s->review != LF_REVIEW_DRAFT;
    return s->level >= 3 || s->corroborated || s->review == LF_REVIEW_CONFIRMED ||
           s->review == LF_REVIEW_FORWARDED;
}

/* That a text is another one, with enough certainty to leave its words alone. */
static int64_t mark_of(lf_view number, lf_view title, lf_view text)
{
    return (int64_t)(lf_fnv(lf_fnv_field(lf_fnv_field(LF_FNV, number), title), text) >> 1);
}

static bool is_among(lf_view term, const lf_view *terms, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (lf_view_eq(terms[i], term))
            return true;
    return false;
}

/* The words it is found by, where its text is another one: *all of them, with a blank between, stand in its
 * row, so that those that went are known. */
static enum lf_code keep_words(struct lf_task *t, const struct incident_kept *k, lf_view number,
                               const struct lf_incident_state *s, lf_view *all, struct lf_err *e)
{
    lf_view *terms = LF_NEW(t->a, lf_view, WORDS), *old = LF_NEW(t->a, lf_view, WORDS), were = { 0 }, one;
    size_t n, nold = 0, len = 0;
    char *text;

    if (k->text_mark)
        LF_TRY(
            lf_db_text(t->db, &t->scope, &lf_q_incident_terms, LF_ARGS(LF_TEXT(k->row.id)), t->a, &were, e));
    while (nold < WORDS && lf_view_split(&were, ' ', &one))
        if (one.len)
            old[nold++] = one;
    n = incident_terms(
        t->a,
        lf_arena_printf(t->a, "%.*s %.*s %.*s", LF_FMT(number), LF_FMT(s->title), LF_FMT(s->description)),
        true, terms, WORDS);
    for (size_t i = 0; i < nold; i++)
        if (!is_among(old[i], terms, n))
            LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_incident_term_drop,
                              LF_ARGS(LF_TEXT(old[i]), LF_INT(k->created), LF_TEXT(k->row.id)), e));
    for (size_t i = 0; i < n; i++) {
        len += terms[i].len + 1;
        if (!is_among(terms[i], old, nold))
            LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_incident_term_add,
                              LF_ARGS(LF_TEXT(terms[i]), LF_INT(k->created), LF_TEXT(k->row.id)), e));
    }
    text = LF_NEW(t->a, char, len + 1);
    *all = (lf_view){ text, 0 };
    for (size_t i = 0; i < n; i++) {
        if (i)
            text[all->len++] = ' ';
        memcpy(text + all->len, terms[i].ptr, terms[i].len);
        all->len += terms[i].len;
    }
    return LF_OK;
}

/* The row of an incident and its clocks anew, from all its events. */
static enum lf_code refresh(struct lf_task *t, struct incident_kept *k, const struct incident_events *x,
                            struct lf_err *e)
{
    const struct lf_incident_event *const *order = x->order;
    const struct lf_incident_state *s = &x->state;
    lf_time now = lf_now(t->env), at = now, received = 0;
    lf_view number = LF_V(""), words = LF_V("");
    struct lf_clock_rules_now rules;
    struct lf_clock_result judged;
    struct lf_clock_row c1 = { 0 };
    struct lf_tally tally = { 0 };
    lf_view rsit, rsit_of;
    bool met, dropped;
    enum lf_code rc;
    int64_t mark;

    for (size_t i = 0; i < s->nevents; i++) {
        /* Also what a node recorded whose clock is ahead of ours. */
        if (order[i]->recorded > at)
            at = order[i]->recorded;
        if (lf_view_is(order[i]->kind, "received_by_reviewer") &&
            (!received || order[i]->recorded < received))
            received = order[i]->recorded;
        if (!number.len && lf_view_is(order[i]->kind, "reported"))
            number = lf_view_some(lf_json_str(order[i]->body, "number"));
    }
    rc = incident_judge(t, x, at, &judged, e);
    if (rc == LF_OK)
        c1 = incident_first_report(&judged);
    else if (rc != LF_NOT_FOUND) /* an event that the clocks cannot reckon with is not kept */
        return lf_err_at(e, "the clocks of %.*s", LF_FMT(k->row.id));
    dropped = c1.stopped && lf_view_is(lf_view_of(c1.state), "cancelled");
    met = !c1.due || (c1.stopped && !c1.late_s);
    if (k->row.events) /* a new one counts for nothing yet */
        LF_TRY(lf_tally_before(t, k->row.id, &tally, e));
    LF_TRY(lf_deadline_settle(t, k->row.id, rc == LF_OK ? &judged : NULL, s->level, s->exercise, e));
    LF_TRY(report_rsit_keep(t, k, s, &rsit_of, &rsit, e));
    LF_TRY(lf_statistic_settle(t, &k->row, s, order, rc == LF_OK ? &judged : NULL, rsit, e));
    LF_TRY(lf_clock_rules_now(t, &rules, e));
    k->rising = k->rising || rises(t, k, s);
    mark = mark_of(number, s->title, s->description);
    if (mark != k->text_mark)
        LF_TRY(keep_words(t, k, number, s, &words, e));
    LF_TRY(lf_db_exec(
        t->db, &t->scope, &lf_q_incident_update,
        LF_ARGS(text_arg(s->title), text_arg(s->alert), LF_TEXT(lf_view_of(lf_review_name(s->review))),
                LF_TEXT(lf_view_of(lf_handling_name(s->handling))), LF_INT(s->level), LF_INT(s->exercise),
                text_arg(s->exercise_of.id),
                LF_INT(s->exercise ? lf_tier_height(s->exercise_of.reach) : lf_tier_height(LF_V("nation"))),
                LF_INT(s->aware_at), LF_INT(s->reported_at), LF_INT(received), LF_INT(c1.started),
                LF_INT(c1.due), LF_INT(c1.stopped), LF_INT(dropped), LF_INT(met), LF_INT(k->rising),
                LF_INT((int64_t)s->nevents), text_arg(s->category), LF_INT(mark),
                LF_INT(mark != k->text_mark), LF_TEXT(words), LF_INT(rules.mark), LF_INT(s->tlp),
                text_arg(rsit), text_arg(rsit_of), LF_INT(s->vital), LF_INT(now), LF_TEXT(k->row.id)),
        e));
    k->row.rsit = rsit;
    k->rsit_of = rsit_of;
    k->row.vital = s->vital;
    LF_TRY(lf_tally_after(t, k->row.id, &tally, e));
    k->text_mark = mark;
    k->row.events = (int64_t)s->nevents;
    return LF_OK;
}

/* After an event was kept: the row anew, and the event on its way.  `x` holds it, and `ev` is the newest;
 * `from` is the peer that brought it: nothing goes back to where it came from. */
static enum lf_code settle(struct lf_task *t, struct incident_kept *k, const struct incident_events *x,
                           const struct lf_incident_event *ev, lf_view from, bool from_parent,
                           struct lf_err *e)
{
    lf_time aware = k->row.aware_at;
    bool rising = k->rising;

    LF_TRY(refresh(t, k, x, e));
    if (aware && x->state.aware_at && aware != x->state.aware_at)
        LF_TRY(lf_playbook_refit(t, ev->incident, aware, x->state.aware_at, e));
    /* What lay here while the tier above had no business with it goes first. */
    if (k->rising && !rising) {
        for (size_t i = 0; i < x->state.nevents; i++)
            LF_TRY(send_to(t, LF_V("up"), x->order[i]->id, e));
    } else if (k->rising && !from_parent) {
        LF_TRY(send_to(t, LF_V("up"), ev->id, e));
    }
    if (k->row.peer.len && !lf_view_eq(k->row.peer, from))
        LF_TRY(send_to(t, k->row.peer, ev->id, e));
    t->effects |= LF_FX_INCIDENT;
    LF_TRY(referral_duty_settle(t, k, x, e));
    return incident_notices(t, k, &x->state, ev, e);
}

static enum lf_code keep(struct lf_task *t, const struct lf_incident_event *ev, lf_time received,
                         struct lf_err *e)
{
    return lf_db_exec(t->db, &t->scope, &lf_q_incident_event_insert,
                      LF_ARGS(LF_TEXT(ev->id), LF_TEXT(ev->incident), LF_TEXT(ev->node), LF_INT(ev->sequence),
                              LF_TEXT(ev->kind), LF_INT(ev->recorded), LF_INT(received), LF_TEXT(ev->json)),
                      e);
}

/* The author saw another state than stands now, which `base` says.  Who writes a text keeps it
 * beside the other; who decides looks again first. */
static enum lf_code incident_unseen(struct lf_task *t, const struct incident_events *x,
                                    struct lf_incident_event *ev, struct lf_err *e)
{
    const struct lf_json *base = lf_json_get(ev->body, LF_V("base"));
    size_t unseen = 0, n = 0;
    lf_view *keys, last = { 0 };
    const struct lf_json **values;

    if (!base)
        return LF_OK;
    for (size_t i = 0; i < x->state.nheads; i++) {
        bool there = false;

        for (size_t k = 0; k < lf_json_items(base); k++)
            there |= lf_view_eq(lf_json_text(lf_json_item(base, k)), x->state.heads[i]);
        unseen += !there;
    }
    if (unseen && !lf_incident_writes_text(ev->kind)) {
        last = x->order[x->state.nevents - 1]->kind;
        return lf_err_set(
            e, LF_CONFLICT,
            "案件已有您尚未看到的更新（最新：%.*s），請看過後再決定；您輸入的文字未遺失（規則 "
            "同時操作）。The "
            "incident has changed since you looked (newest: %.*s); look again, then decide (rule "
            "concurrent acts)",
            LF_FMT(last), LF_FMT(last));
    }
    if (unseen)
        return LF_OK;
    /* All was seen: the parents say it, in fewer words. */
    keys = LF_NEW(t->a, lf_view, lf_json_members(ev->body) + 1);
    values = LF_NEW(t->a, const struct lf_json *, lf_json_members(ev->body) + 1);
    for (size_t i = 0; i < lf_json_members(ev->body); i++) {
        if (lf_view_is(lf_json_key(ev->body, i), "base"))
            continue;
        keys[n] = lf_json_key(ev->body, i);
        values[n++] = lf_json_member(ev->body, i);
    }
    ev->body = lf_json_new_object(t->a, n, keys, values);
    return LF_OK;
}

/* What this node says of who may have it: a TLP by its name, and of who reviews none that is milder. */
static enum lf_code marking_ok(const struct lf_incident_state *s, const struct lf_incident_event *ev,
                               struct lf_err *e)
{
    const struct lf_json *said = lf_json_get(ev->body, LF_V("tlp"));
    bool marks = lf_view_is(ev->kind, "marked");
    enum lf_tlp tlp = LF_TLP_NONE;

    if ((said || marks) && !lf_tlp_parse(lf_json_text(said), &tlp))
        return lf_err_set(
            e, LF_UNACCEPTED,
            "tlp：clear、green、amber、amber+strict 或 red（規則 TLP）。tlp is clear, green, amber, "
            "amber+strict or red (rule TLP)");
    if (marks && !lf_view_is(ev->by, "reporter") && tlp < s->tlp)
        return lf_err_set(e, LF_FORBIDDEN,
                          "通報者標示 %s，審核者只能改為更嚴（規則 TLP）。Its reporter marked it %s; who "
                          "reviews can only mark "
                          "it more strictly (rule TLP)",
                          lf_tlp_label(s->tlp), lf_tlp_label(s->tlp));
    return LF_OK;
}

/* An act of this node's own. */
struct act {
    const char *kind, *by;
    lf_time occurred; /* 0: now */
    const struct lf_json *body;
};

/* Signs an act after everything that is held, and keeps it: in the store and in `x`, whose last event it is.
 * The rows that follow from it are left to settle(). */
static enum lf_code add(struct lf_task *t, struct incident_kept *k, struct incident_events *x,
                        const struct act *act, struct lf_err *e)
{
    struct lf_incident_event ev = { .incident = k->row.id,
                                    .node = t->self->node,
                                    .tier = t->self->tier,
                                    .org = t->scope.org,
                                    .sequence = 1,
                                    .kind = lf_view_of(act->kind),
                                    .by = lf_view_of(act->by),
                                    .account = t->scope.account,
                                    .recorded = lf_now(t->env),
                                    .body = act->body };
    const struct lf_incident_state *s = &x->state;
    enum lf_code rc;

    ev.occurred = act->occurred && act->occurred < ev.recorded ? act->occurred : ev.recorded;
    LF_TRY(marking_ok(s, &ev, e));
    if (x->n >= LF_INCIDENT_EVENTS)
        return lf_err_set(e, LF_TOO_BIG, "%.*s has %d events already, the most there may be",
                          LF_FMT(k->row.id), LF_INCIDENT_EVENTS);
    if (x->n) {
        ev.org = s->org;
        ev.parents = s->heads;
        ev.nparents = s->nheads;
        for (size_t i = 0; i < x->n; i++)
            if (lf_view_eq(x->ev[i].node, ev.node) && x->ev[i].sequence >= ev.sequence)
                ev.sequence = x->ev[i].sequence + 1;
    }
    rc = lf_incident_allows(s, &ev, e);
    /* What stands against it came while its author had another state before him: that is what to tell him. */
    if (rc == LF_OK || rc == LF_CONFLICT || rc == LF_FORBIDDEN)
        LF_TRY(incident_unseen(t, x, &ev, e));
    if (rc != LF_OK)
        return rc;
    if (lf_view_is(ev.kind, "reported") && !k->row.peer.len)
        LF_TRY(incident_number(t, x, &ev.body, e));
    ev.id = lf_arena_printf(t->a, "incident-event--%.*s", LF_FMT(lf_uuid_new(t->env, t->a)));
    LF_TRY(lf_incident_event_sign(t->a, &ev, t->self->sign_public, t->self->sign_secret, e));
    LF_TRY(keep(t, &ev, 0, e));
    LF_TRY(incident_append(x, &ev, 0, e));
    return lf_audit_add(t, lf_arena_printf(t->a, "incident.%s", act->kind), ev.incident,
                        lf_arena_printf(t->a, "{\"event\":\"%.*s\",\"by\":\"%s\"}", LF_FMT(ev.id), act->by),
                        e);
}

static enum lf_code record_upon(struct lf_task *t, struct incident_kept *k, struct incident_events *x,
                                const struct act *act, lf_view *id, struct lf_err *e);

/* The receipt is the reviewer's signed word for the report `id`; the review clock starts with it. */
static enum lf_code receipt(struct lf_task *t, struct incident_kept *k, struct incident_events *x, lf_view id,
                            struct lf_err *e)
{
    lf_view keys[] = { LF_VIEW("report") };
    const struct lf_json *values[] = { lf_json_new_string(t->a, id) };

    if (lf_incident_may(&x->state, LF_V("received_by_reviewer"), LF_V("system"), NULL) != LF_OK)
        return LF_OK;
    return record_upon(
        t, k, x,
        &(struct act){ "received_by_reviewer", "system", 0, lf_json_new_object(t->a, 1, keys, values) }, NULL,
        e);
}

/* A tenant's report has come to its reviewer when it is made. */
static enum lf_code receipt_for_tenant(struct lf_task *t, struct incident_kept *k, struct incident_events *x,
                                       struct lf_err *e)
{
    const struct lf_incident_event *last = &x->ev[x->n - 1];

    if (!lf_view_is(last->kind, "reported") || !lf_incident_served(t, &k->row))
        return LF_OK;
    return receipt(t, k, x, last->id, e);
}

/* This node records an act of its own in an incident whose events are `x`. */
static enum lf_code record_upon(struct lf_task *t, struct incident_kept *k, struct incident_events *x,
                                const struct act *act, lf_view *id, struct lf_err *e)
{
    LF_TRY(add(t, k, x, act, e));
    LF_TRY(settle(t, k, x, &x->ev[x->n - 1], (lf_view){ 0 }, false, e));
    if (id)
        *id = x->ev[x->n - 1].id;
    /* At the nation there is nobody left to forward a review to. */
    if (strcmp(act->kind, "reviewed") == 0 && lf_view_is(t->self->tier, "nation"))
        return record_upon(t, k, x, &(struct act){ "forwarded", "system", 0, NULL }, NULL, e);
    return receipt_for_tenant(t, k, x, e);
}

static enum lf_code record(struct lf_task *t, struct incident_kept *k, const char *kind, const char *by,
                           lf_time occurred, const struct lf_json *body, lf_view *id, struct lf_err *e)
{
    struct incident_events x;

    LF_TRY(incident_load(t, k->row.id, &x, e));
    return record_upon(t, k, &x, &(struct act){ kind, by, occurred, body }, id, e);
}

/* The first acts of a new incident, one after the other in the same moment: what follows from them is worked
 * out once, from all. */
static enum lf_code record_first(struct lf_task *t, struct incident_kept *k, const struct act *acts, size_t n,
                                 struct lf_err *e)
{
    struct incident_events x = { .t = t };

    for (size_t i = 0; i < n; i++)
        LF_TRY(add(t, k, &x, &acts[i], e));
    LF_TRY(settle(t, k, &x, &x.ev[x.n - 1], (lf_view){ 0 }, false, e));
    return receipt_for_tenant(t, k, &x, e);
}

static enum lf_code create(struct lf_task *t, lf_view id, lf_view node, lf_view peer,
                           struct incident_kept *out, struct lf_err *e)
{
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_incident_insert,
                      LF_ARGS(LF_TEXT(id), LF_TEXT(node), LF_TEXT(peer), LF_INT(lf_now(t->env)),
                              text_arg(peer.len || incident_of_node(t) ? LF_V("") : t->scope.account)),
                      e));
    return incident_find_own(t, id, out, e);
}

static enum lf_code begin(struct lf_task *t, struct incident_kept *out, struct lf_err *e)
{
    return create(t, lf_arena_printf(t->a, "incident--%.*s", LF_FMT(lf_uuid_new(t->env, t->a))),
                  t->self->node, LF_V(""), out, e);
}

/* Is what the caller reports reviewed at this node?  The tiers above are told with the report. */
static bool is_served(const struct lf_task *t)
{
    return lf_incident_served(t, &(struct lf_incident){ .org = t->scope.org });
}

/* ---- from an alert ---- */

static enum lf_code alert_body(struct lf_task *t, const struct lf_incident_alert *al, lf_view policy,
                               bool report, const struct lf_json **out, struct lf_err *e)
{
    char text[LF_TIME_TEXT];
    struct lf_clock_rules_now rules;
    struct lf_buf b;
    struct lf_json_w w;

    LF_TRY(lf_clock_rules_now(t, &rules, e));
    lf_buf_init(&b, FORM_BYTES);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "title", lf_view_first(al->title, TITLE_BYTES));
    lf_json_put_str(&w, "alert", al->id);
    lf_json_put_str(&w, "severity", lf_view_of(lf_level_name(al->level)));
    if (al->host.len)
        lf_json_put_str(&w, "host", lf_view_first(al->host, TITLE_BYTES));
    lf_json_put_str(&w, "happened", lf_time_micro(al->happened, text));
    lf_json_put_bool(&w, "corroborated", al->corroborated);
    lf_json_put_str(&w, "regime", rules.regime);
    if (is_served(t))
        lf_json_put_bool(&w, "served", true);
    if (al->nobservables) {
        lf_json_begin(&w, "observables", '[');
        for (size_t i = 0; i < al->nobservables && i < LF_FINDING_OBSERVABLES; i++) {
            lf_json_open(&w, '{');
            lf_json_put_cstr(&w, "type", lf_observable_kind_name(al->observables[i].kind));
            lf_json_put_str(&w, "value", lf_view_first(al->observables[i].value, 2048));
            lf_json_close(&w);
        }
        lf_json_close(&w);
    }
    if (report) {
        /* A machine does not know what the system is for: the lowest level that is
         * not trifling, until a person says otherwise. */
        lf_json_put_int(&w, "level", al->level >= LF_LEVEL_HIGH ? 2 : 1);
        lf_json_put_cstr(&w, "channel", "platform");
        lf_json_put_str(&w, "policy", policy);
    }
    lf_json_close(&w);
    return incident_parse_back(t, &b, out, e);
}

enum lf_code lf_incident_open_from_alert(struct lf_task *t, const struct lf_incident_alert *alert,
                                         lf_view policy, lf_view *incident, struct lf_err *e)
{
    struct act acts[2];
    struct incident_kept k;
    lf_view id;
    enum lf_code rc;

    LF_TRY(incident_need(t, LF_ROLE_ANALYST, "opening an incident", e));
    if (!alert->id.len)
        return lf_err_set(e, LF_BAD_INPUT, "incident: the alert has no id");
    rc = lf_db_text(t->db, &t->scope, &lf_q_incident_by_alert, LF_ARGS(LF_TEXT(alert->id)), t->a, &id, e);
    if (rc == LF_OK) {
        *incident = id;
        return LF_OK;
    }
    if (rc != LF_NOT_FOUND)
        return rc;
    LF_TRY(begin(t, &k, e));
    acts[0] = (struct act){ "aware", "system", alert->recorded, NULL };
    acts[1] = (struct act){ "reported", "system", 0, NULL };
    LF_TRY(alert_body(t, alert, policy, false, &acts[0].body, e));
    if (policy.len)
        LF_TRY(alert_body(t, alert, policy, true, &acts[1].body, e));
    LF_TRY(record_first(t, &k, acts, policy.len ? 2 : 1, e));
    *incident = k.row.id;
    return LF_OK;
}

/* ---- a person's report ---- */

static enum lf_code parse_form(struct lf_task *t, lf_view form, const struct lf_json **out, struct lf_err *e)
{
    if (lf_json_parse(t->a, lf_arena_copy(t->a, lf_view_first(form, FORM_BYTES + 1)),
                      &(struct lf_json_limits){ .bytes = FORM_BYTES, .depth = 16, .unique = true }, out,
                      e) != LF_OK)
        return lf_err_at(e, "incident form");
    if (lf_json_kind(*out) != LF_JSON_OBJECT)
        return lf_err_set(e, LF_BAD_INPUT, "incident form: not a JSON object");
    return LF_OK;
}

static enum lf_code past_time(struct lf_task *t, const struct lf_json *form, const char *key, lf_time *out,
                              struct lf_err *e)
{
    const struct lf_json *v = lf_json_get(form, lf_view_of(key));
    lf_time when;

    if (!v)
        return LF_OK;
    if (lf_time_parse(lf_json_str(form, key), &when, e) != LF_OK)
        return lf_err_at(e, "%s", key);
    if (when > lf_now(t->env))
        return lf_err_set(e, LF_UNACCEPTED, "%s lies in the future; give the time it became known", key);
    *out = when;
    return LF_OK;
}

/* The form's own words, and the level its answers give, with the grounds. */
static enum lf_code report_body(struct lf_task *t, const struct lf_json *form, const struct lf_json **out,
                                struct lf_err *e)
{
    static const char *const copied[] = { "title",      "description", "impact",   "measures",    "channel",
                                          "reason",     "stage",       "category", "observables", "malware",
                                          "techniques", "form",        "alert",    "tlp" };
    lf_time happened = 0;
    char text[LF_TIME_TEXT];
    const struct lf_json *answers = lf_json_get(form, LF_V("answers")), *v;
    struct lf_clock_rules_now rules;
    struct lf_incident_exercise exercise;
    enum lf_code rc = LF_OK;
    int level = 0;
    struct lf_buf b, judged;
    struct lf_json_w w;

    LF_TRY(past_time(t, form, "happened_at", &happened, e));
    LF_TRY(lf_exercise_of_form(t, form, &exercise, e));
    LF_TRY(lf_clock_rules_now(t, &rules, e));
    lf_buf_init(&b, FORM_BYTES * 2);
    lf_buf_init(&judged, FORM_BYTES);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    for (size_t i = 0; i < sizeof copied / sizeof copied[0]; i++)
        if ((v = lf_json_get(form, lf_view_of(copied[i]))) != NULL)
            lf_json_put(&w, copied[i], v);
    lf_json_put_str(&w, "regime", rules.regime);
    if (is_served(t))
        lf_json_put_bool(&w, "served", true);
    lf_incident_exercise_write(&w, &exercise);
    if (happened)
        lf_json_put_str(&w, "happened", lf_time_micro(happened, text));
    if (answers) {
        rc = lf_level_judge(t->a, answers, &judged, &level, e);
        if (rc == LF_OK && level > 0)
            lf_json_put_int(&w, "level", level);
        if (rc == LF_OK)
            lf_json_put_raw(&w, "judged", lf_buf_view(&judged));
    } else if ((v = lf_json_get(form, LF_V("level"))) != NULL) {
        lf_json_put(&w, "level", v);
    }
    lf_json_close(&w);
    lf_buf_clear(&judged);
    if (rc != LF_OK) {
        lf_buf_clear(&b);
        return rc;
    }
    return incident_parse_back(t, &b, out, e);
}

enum lf_code lf_incident_report(struct lf_task *t, lf_view form_text, lf_view *incident, struct lf_err *e)
{
    const struct lf_json *form, *body;
    lf_time aware = 0;
    lf_view title;
    struct incident_kept k;

    LF_TRY(incident_need(t, LF_ROLE_REPORTER | LF_ROLE_ANALYST, "reporting an incident", e));
    LF_TRY(parse_form(t, form_text, &form, e));
    title = lf_view_trim(lf_json_str(form, "title"));
    if (!title.len || title.len > TITLE_BYTES)
        return lf_err_set(e, LF_BAD_INPUT, "incident form: title is needed, at most %d bytes", TITLE_BYTES);
    LF_TRY(past_time(t, form, "aware_at", &aware, e));
    LF_TRY(report_body(t, form, &body, e));
    LF_TRY(begin(t, &k, e));
    LF_TRY(record_first(
        t, &k,
        (const struct act[]){ { "aware", "reporter", aware, body }, { "reported", "reporter", 0, body } },
        lf_json_bool(form, "draft", false) ? 1 : 2, e));
    *incident = k.row.id;
    return LF_OK;
}

enum lf_code incident_old(struct lf_task *t, lf_view id, lf_time aware, const struct lf_json *body,
                          struct lf_err *e)
{
    struct incident_kept k;

    LF_TRY(create(t, id, t->self->node, LF_V(""), &k, e));
    return record_first(t, &k, &(struct act){ "aware", "reporter", aware, body }, 1, e);
}

/* ---- further acts ---- */

lf_view lf_incident_role(const struct lf_task *t, const struct lf_incident *row)
{
    unsigned have = t->scope.roles;
    bool ours = row->peer.len == 0 && !t->scope.serving;

    if (!ours && (have & LF_ROLE_REVIEWER))
        return lf_view_is(t->self->tier, "nation") ? LF_V("national") : LF_V("reviewer");
    if (!ours && (have & (LF_ROLE_ANALYST | LF_ROLE_REPORTER)))
        return LF_V("supporter");
    if (ours && (have & (LF_ROLE_REPORTER | LF_ROLE_ANALYST | LF_ROLE_REVIEWER)))
        return LF_V("reporter");
    return have & LF_ROLE_SYSTEM ? LF_V("system") : LF_V("");
}

/* ---- merging: one act, an event in each of the two ---- */

static enum lf_code other_incident(struct lf_task *t, lf_view id, struct incident_kept *out, struct lf_err *e)
{
    LF_TRY(incident_find(t, &lf_q_incident_get, id, out, e));
    if (!out->there)
        return lf_err_set(
            e, LF_NOT_FOUND,
            "本節點沒有案件 %.*s（規則 併案）。There is no incident %.*s at this node to merge into (rule "
            "merge)",
            LF_FMT(lf_view_first(id, 60)), LF_FMT(lf_view_first(id, 60)));
    return LF_OK;
}

static enum lf_code merge(struct lf_task *t, struct incident_kept *child, bool together, const char *by,
                          lf_time occurred, const struct lf_json *body, lf_view *event, struct lf_err *e)
{
    struct incident_events of_child, of_parent;
    const struct lf_json *ours, *theirs, *v;
    char text[LF_TIME_TEXT];
    struct incident_kept parent;
    struct lf_json_w w;
    struct lf_buf b;
    lf_view into, reason = lf_json_str(body, "reason");
    unsigned effects = t->effects;
    enum lf_code rc;
    bool same;

    LF_TRY(incident_load(t, child->row.id, &of_child, e));
    into = together ? lf_view_trim(lf_json_str(body, "into")) : of_child.state.merged_into;
    if (together && !into.len)
        return lf_err_set(e, LF_UNACCEPTED, "\"merged\" needs into: the incident it is merged into");
    if (!into.len) /* the tables refuse it, and say why */
        return record_upon(t, child, &of_child, &(struct act){ "unmerged", by, occurred, body }, event, e);
    if (lf_view_eq(into, child->row.id))
        return lf_err_set(
            e, LF_CONFLICT,
            "案件不能併入自己（規則 併案）。An incident is not merged into itself (rule merge)");
    LF_TRY(other_incident(t, into, &parent, e));
    LF_TRY(incident_load(t, into, &of_parent, e));
    if (of_child.state.exercise != of_parent.state.exercise ||
        !lf_view_eq(of_child.state.exercise_of.id, of_parent.state.exercise_of.id))
        return lf_err_set(
            e, LF_CONFLICT,
            "演練案件只能與同一演練的案件併案（規則 演練）。What is of an exercise is merged only "
            "with what is of the same exercise (rule exercise)");
    if (together && lf_view_eq(of_parent.state.merged_into, child->row.id))
        return lf_err_set(e, LF_CONFLICT,
                          "對方已併入本案（規則 併案）。That incident is merged into this one (rule merge)");
    v = lf_json_get(body, LF_V("same_agency"));
    same = v ? lf_json_bool(body, "same_agency", false)
             : lf_view_eq(of_child.state.org, of_parent.state.org) &&
                   lf_view_eq(of_child.state.node, of_parent.state.node);
    lf_buf_init(&b, FORM_BYTES);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "into", into);
    if (together)
        lf_json_put_bool(&w, "same_agency", same);
    if (reason.len)
        lf_json_put_str(&w, "reason", reason);
    if ((v = lf_json_get(body, LF_V("base"))) != NULL)
        lf_json_put(&w, "base", v);
    lf_json_close(&w);
    LF_TRY(incident_parse_back(t, &b, &ours, e));
    lf_buf_init(&b, FORM_BYTES);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "incident", child->row.id);
    if (together) {
        lf_json_put_str(
            &w, "aware_at",
            lf_time_micro(of_child.state.aware_at ? of_child.state.aware_at : lf_now(t->env), text));
        if (of_child.state.level)
            lf_json_put_int(&w, "level", of_child.state.level);
        lf_json_put_bool(&w, "same_agency", same);
    }
    lf_json_close(&w);
    LF_TRY(incident_parse_back(t, &b, &theirs, e));
    /* Both or neither: of one that is refused nothing is left, nor shown. */
    LF_TRY(lf_db_save(t->db, e));
    rc = record_upon(t, child, &of_child,
                     &(struct act){ together ? "merged" : "unmerged", by, occurred, ours }, event, e);
    if (rc == LF_OK)
        rc = record_upon(t, &parent, &of_parent,
                         &(struct act){ together ? "absorbed" : "unabsorbed", by, 0, theirs }, NULL, e);
    if (rc == LF_OK)
        return lf_db_release(t->db, e);
    lf_db_undo(t->db);
    t->effects = effects;
    return rc;
}

enum lf_code lf_incident_event_add(struct lf_task *t, lf_view incident, lf_view kind, lf_view body_text,
                                   lf_view *event, struct lf_err *e)
{
    /* The bytes and the word on them are kept together or not at all (incident_file.c). */
    if (lf_view_starts(kind, LF_V("file_")))
        return lf_err_set(
            e, LF_UNACCEPTED,
            "附件請以上傳檔案的方式加入或移除。Files are added and removed as files, not by an act");
    /* Whether it is the next link of the chain is looked at there (evidence.c). */
    if (lf_view_starts(kind, LF_V("evidence_")))
        return lf_err_set(e, LF_UNACCEPTED,
                          "證物請於證物清單登錄與移交。Evidence is added and handed over in the list of "
                          "evidence, not by an act");
    return incident_act(t, incident, kind, body_text, event, e);
}

enum lf_code incident_act(struct lf_task *t, lf_view incident, lf_view kind, lf_view body_text,
                          lf_view *event, struct lf_err *e)
{
    const struct lf_json *body = NULL;
    lf_time occurred = 0;
    const char *by;
    struct incident_kept k;
    lf_view role;

    LF_TRY(incident_find_own(t, incident, &k, e));
    role = lf_incident_role(t, &k.row);
    if (!role.len)
        return lf_err_set(e, LF_FORBIDDEN,
                          "acting upon an incident needs the role reporter, analyst or reviewer");
    by = lf_arena_cstr(t->a, role);
    if (body_text.len) {
        LF_TRY(parse_form(t, body_text, &body, e));
        LF_TRY(past_time(t, body, "occurred_at", &occurred, e));
    }
    if (lf_view_is(kind, "merged") || lf_view_is(kind, "unmerged"))
        return merge(t, &k, lf_view_is(kind, "merged"), by, occurred, body, event, e);
    if (lf_view_is(kind, "classified") && lf_json_str(body, "rsit").len)
        LF_TRY(report_rsit_known(t, lf_json_str(body, "rsit"), e));
    if (lf_view_is(kind, "vital_corrected"))
        LF_TRY(report_vital_known(lf_json_get(body, LF_V("vital_functions")), e));
    if (lf_view_is(kind, "extended"))
        LF_TRY(incident_extension_moves(t, incident, body, e));
    return record(t, &k, lf_arena_cstr(t->a, lf_view_first(kind, 64)), by, occurred, body, event, e);
}

/* ---- from another node ---- */

/* A report of its node's tenant, as that node said when it was made. */
static bool served_below(const struct incident_events *x)
{
    for (size_t i = 0; i < x->n; i++)
        if (lf_json_bool(x->ev[i].body, "served", false))
            return true;
    return false;
}

static enum lf_code receive(struct lf_task *t, const struct lf_incident_peer *peer,
                            const struct lf_incident_event *ev, bool *fresh, struct lf_err *e)
{
    struct incident_events x;
    struct incident_kept k;
    lf_view known;
    enum lf_code rc;
    lf_time now = lf_now(t->env);

    rc = lf_db_text(t->db, &t->scope, &lf_q_incident_event_known, LF_ARGS(LF_TEXT(ev->id)), t->a, &known, e);
    if (rc == LF_OK) {
        if (!lf_view_eq(known, ev->json))
            return lf_err_set(e, LF_CONFLICT, "%.*s is known with other content", LF_FMT(ev->id));
        *fresh = false;
        return LF_OK;
    }
    if (rc != LF_NOT_FOUND)
        return rc;
    if (lf_view_eq(ev->node, t->self->node))
        return lf_err_set(e, LF_UNAUTHENTIC, "%.*s claims to be ours and is not", LF_FMT(ev->id));
    LF_TRY(incident_check_signer(t, peer, ev, e));
    LF_TRY(lf_incident_content(ev, e));
    if (!peer->is_parent)
        LF_TRY(exercise_may_come(t, peer, ev, e));
    LF_TRY(incident_find(t, &lf_q_incident_anywhere, ev->incident, &k, e));
    if (!k.there) {
        if (peer->is_parent)
            return lf_err_set(e, LF_NOT_FOUND, "%.*s: no incident %.*s here", LF_FMT(ev->id),
                              LF_FMT(ev->incident));
        LF_TRY(create(t, ev->incident, ev->node, peer->id, &k, e));
    } else if (!peer->is_parent && !lf_view_eq(k.row.peer, peer->id)) {
        return lf_err_set(e, LF_FORBIDDEN, "%.*s: the incident is not of that part of the tree",
                          LF_FMT(ev->id));
    }
    if (k.row.events >= LF_INCIDENT_EVENTS)
        return lf_err_set(e, LF_TOO_BIG, "%.*s has %d events already, the most there may be",
                          LF_FMT(k.row.id), LF_INCIDENT_EVENTS);
    t->scope.org = k.row.org; /* a tenant's incident lies with the tenant */
    LF_TRY(keep(t, ev, now, e));
    LF_TRY(incident_load(t, ev->incident, &x, e));
    LF_TRY(settle(t, &k, &x, ev, peer->id, peer->is_parent, e));
    LF_TRY(lf_audit_add(t, LF_V("incident.receive"), ev->incident,
                        lf_arena_printf(t->a, "{\"event\":\"%.*s\",\"kind\":\"%.*s\",\"peer\":\"%.*s\"}",
                                        LF_FMT(ev->id), LF_FMT(ev->kind), LF_FMT(peer->id)),
                        e));
    *fresh = true;
    if (!peer->is_parent && lf_view_is(ev->kind, "reported") && lf_view_eq(ev->node, peer->node) &&
        !served_below(&x)) /* else that node has received it itself */
        return receipt(t, &k, &x, ev->id, e);
    return LF_OK;
}

enum lf_code lf_incident_event_receive(struct lf_task *t, const struct lf_incident_peer *peer, lf_view stix,
                                       bool *fresh, struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    struct lf_incident_event ev;
    bool new_one = false;
    enum lf_code rc;

    LF_TRY(incident_need(t, LF_ROLE_PEER, "handing in an incident event", e));
    LF_TRY(lf_incident_event_read(t->a, stix, &ev, e));
    rc = receive(&own, peer, &ev, &new_one, e);
    t->effects |= own.effects;
    if (rc == LF_OK)
        *fresh = new_one;
    return rc;
}

/* ---- other rules ---- */

enum { REJUDGED = 50 /* in one turn */ };

struct unjudged {
    struct lf_arena *a;
    lf_view org[REJUDGED], id[REJUDGED];
    size_t n;
};

static enum lf_code take_unjudged(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct unjudged *x = ctx;

    (void)e;
    if (x->n < REJUDGED) {
        x->org[x->n] = lf_arena_copy(x->a, lf_row_text(r, 0));
        x->id[x->n++] = lf_arena_copy(x->a, lf_row_text(r, 1));
    }
    return LF_OK;
}

enum lf_code lf_incident_judge_turn(struct lf_task *t, bool *more, struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    struct unjudged x = { .a = t->a };
    struct lf_clock_rules_now rules;

    LF_TRY(lf_clock_rules_now(t, &rules, e));
    LF_TRY(lf_db_run(t->db, &own.scope, &lf_q_deadline_unjudged,
                     LF_ARGS(LF_INT(rules.mark), LF_INT(REJUDGED)), take_unjudged, &x, NULL, e));
    for (size_t i = 0; i < x.n; i++) {
        struct incident_events events;
        struct incident_kept k;
        enum lf_code rc;

        own.scope.org = x.org[i];
        LF_TRY(incident_find_own(&own, x.id[i], &k, e));
        LF_TRY(incident_load(&own, x.id[i], &events, e));
        /* Rules under which a history cannot be judged take nothing from it: it stays as it was.  What
         * the store could not do is undone with the turn. */
        rc = refresh(&own, &k, &events, e);
        if (rc == LF_IO || rc == LF_FULL || rc == LF_AWAY)
            return rc;
        if (rc != LF_OK)
            LF_TRY(lf_db_exec(t->db, &own.scope, &lf_q_deadline_judged,
                              LF_ARGS(LF_INT(rules.mark), LF_TEXT(x.id[i])), e));
    }
    t->effects |= own.effects;
    *more = x.n == REJUDGED;
    return LF_OK;
}

/* ---- on the way out ---- */

enum lf_code lf_incident_outgoing_again(struct lf_task *t, struct lf_err *e)
{
    return lf_db_exec(t->db, &t->scope, &lf_q_incident_outgoing_again, LF_ARGS(LF_TEXT(LF_V("up"))), e);
}

struct reviewed {
    struct lf_task *t;
    lf_view ids[64];
    size_t n;
};

static enum lf_code take_reviewed(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct reviewed *x = ctx;

    (void)e;
    if (x->n < sizeof x->ids / sizeof x->ids[0])
        x->ids[x->n++] = lf_arena_copy(x->t->a, lf_row_text(r, 0));
    return LF_OK;
}

enum lf_code lf_incident_outgoing_ack(struct lf_task *t, lf_view dest, int64_t seq, struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    struct reviewed x = { .t = t };

    LF_TRY(incident_need(t, LF_ROLE_PEER, "carrying incident events", e));
    if (lf_view_is(dest, "up"))
        LF_TRY(lf_db_run(t->db, &own.scope, &lf_q_incident_outgoing_reviewed,
                         LF_ARGS(LF_TEXT(dest), LF_INT(seq)), take_reviewed, &x, NULL, e));
    LF_TRY(lf_db_exec(t->db, &own.scope, &lf_q_incident_outgoing_ack,
                      LF_ARGS(LF_INT(lf_now(t->env)), LF_TEXT(dest), LF_INT(seq)), e));
    /* The tier above has the result of a review: it is forwarded (C3), as of now. */
    for (size_t i = 0; i < x.n; i++) {
        struct incident_kept k;

        LF_TRY(incident_find(&own, &lf_q_incident_anywhere, x.ids[i], &k, e));
        if (!k.there || !k.row.peer.len || !lf_view_is(k.row.review, "confirmed"))
            continue;
        own.scope.org = k.row.org;
        LF_TRY(record(&own, &k, "forwarded", "system", 0, NULL, NULL, e));
    }
    t->effects |= own.effects;
    return LF_OK;
}
