/* An incident's events as this node holds them, what they fold to, and what its clocks say. */
#include "cert/clock_rules.h"
#include "cert/incident_priv.h"
#include "store/query_incident.h"

enum { HISTORY_BYTES = 64 << 20 };

/* rules/clock/tw-2026.json, embedded by the build: what counts before any rules were taken. */
extern const char clock_tw_2026[];
extern const size_t clock_tw_2026_len;

static void more_room(struct incident_events *x)
{
    size_t room = x->room ? x->room * 2 : 16;
    struct lf_incident_event *ev = LF_NEW(x->t->a, struct lf_incident_event, room);
    lf_time *received = LF_NEW(x->t->a, lf_time, room);

    if (x->n) {
        memcpy(ev, x->ev, x->n * sizeof *ev);
        memcpy(received, x->received, x->n * sizeof *received);
    }
    x->ev = ev, x->received = received, x->room = room;
}

static enum lf_code take_event(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct incident_events *x = ctx;

    if (x->n == x->room)
        more_room(x);
    LF_TRY(lf_incident_event_stored(x->t->a, lf_row_text(r, 0), &x->ev[x->n], e));
    x->received[x->n++] = lf_row_int(r, 1);
    return LF_OK;
}

static enum lf_code fold(struct incident_events *x, struct lf_err *e)
{
    x->order = LF_NEW(x->t->a, const struct lf_incident_event *, x->n + 1);
    return x->n ? lf_incident_fold(x->t->a, x->ev, x->n, &x->state, x->order, e) : LF_OK;
}

enum lf_code incident_load(struct lf_task *t, lf_view incident, struct incident_events *x, struct lf_err *e)
{
    *x = (struct incident_events){ .t = t };
    if (lf_db_run(t->db, &t->scope, &lf_q_incident_event_all, LF_ARGS(LF_TEXT(incident)), take_event, x, NULL,
                  e) != LF_OK)
        return lf_err_at(e, "events of %.*s", LF_FMT(incident));
    return fold(x, e);
}

enum lf_code incident_append(struct incident_events *x, const struct lf_incident_event *ev, lf_time received,
                             struct lf_err *e)
{
    if (x->n == x->room)
        more_room(x);
    x->ev[x->n] = *ev;
    x->received[x->n++] = received;
    return fold(x, e);
}

enum lf_code incident_parse_back(struct lf_task *t, struct lf_buf *b, const struct lf_json **out,
                                 struct lf_err *e)
{
    enum lf_code rc = lf_buf_done(b, e);

    if (rc == LF_OK)
        rc = lf_json_parse(t->a, lf_arena_copy(t->a, lf_buf_view(b)), NULL, out, e);
    lf_buf_clear(b);
    return rc;
}

/* By the regime that the node of origin recorded with the awareness, else by this node's own: also where no
 * set here is of that regime, for other clocks are better than none. */
static lf_view regime_of(const struct lf_incident_event *const *order, size_t n)
{
    lf_view regime = { 0 };

    for (size_t i = 0; i < n && !regime.len; i++)
        if (lf_view_is(order[i]->kind, "aware"))
            regime = lf_json_str(order[i]->body, "regime");
    return regime;
}

/* Of a regime, or of the node's where that is empty or not here. */
static enum lf_code rules_of(struct lf_task *t, lf_view regime, const struct lf_json **out, struct lf_err *e)
{
    struct lf_clock_rules_now now;

    LF_TRY(lf_clock_rules_now(t, &now, e));
    if (!now.mark)
        return lf_json_parse(t->a, (lf_view){ clock_tw_2026, clock_tw_2026_len }, NULL, out, e);
    if (regime.len && !lf_view_eq(regime, now.regime)) {
        enum lf_code rc = lf_clock_rules_of(t, regime, out, e);

        if (rc != LF_NOT_FOUND)
            return rc;
    }
    return lf_clock_rules_of(t, now.regime, out, e);
}

enum lf_code lf_incident_clock_set(struct lf_task *t, const struct lf_incident_full *x,
                                   const struct lf_json **out, struct lf_err *e)
{
    const struct lf_json *rules, *set;

    LF_TRY(rules_of(t, x ? regime_of(x->events, x->nevents) : LF_V(""), &rules, e));
    set = lf_clock_set_at(rules, x && x->row.aware_at ? x->row.aware_at : lf_now(t->env));
    *out = set ? set : lf_json_new_object(t->a, 0, NULL, NULL);
    return LF_OK;
}

enum lf_code incident_judge(struct lf_task *t, const struct incident_events *x, lf_time at,
                            struct lf_clock_result *out, struct lf_err *e)
{
    lf_time *received = LF_NEW(t->a, lf_time, x->n + 1);
    const struct lf_json *rules, *history;
    struct lf_buf b;

    /* What another system kept is no duty of ours until a person reports it. */
    if (x->state.imported && x->state.review == LF_REVIEW_DRAFT)
        return lf_err_set(e, LF_NOT_FOUND, "an old case has no clocks");
    for (size_t i = 0; i < x->state.nevents; i++)
        received[i] = x->received[x->order[i] - x->ev];
    LF_TRY(rules_of(t, regime_of(x->order, x->state.nevents), &rules, e));
    lf_buf_init(&b, HISTORY_BYTES);
    lf_incident_history(t->a, &b, &x->state, x->order, received, t->self->tier);
    LF_TRY(incident_parse_back(t, &b, &history, e));
    return lf_clock_judge_at(t->a, rules, history, at, x->n ? x->state.exercise_of.speed : 1, out, e);
}

struct lf_clock_row incident_first_report(const struct lf_clock_result *r)
{
    for (size_t i = 0; i < lf_clock_rows(r); i++) {
        struct lf_clock_row row = lf_clock_row(r, i);

        if (lf_view_is(row.clock, "C1"))
            return row;
    }
    return (struct lf_clock_row){ 0 };
}
