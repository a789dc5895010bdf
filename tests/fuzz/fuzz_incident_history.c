/* Any history of an incident, acts of three nodes in any order that saw any of the others: it folds, to the
 * same state however the events come and however often; and as long as each carries what its kind needs, the
 * clocks can reckon with it.
 *
 * Six bytes an event: node and role, kind, body, minutes later, and which earlier ones it saw. */
#include "cert/incident_priv.h"
#include "engine/clock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

extern const char clock_tw_2026[];
extern const size_t clock_tw_2026_len;

enum { MOST = 48, PIECE = 6 };

static const char *const kinds[] = { "aware",
                                     "aware_corrected",
                                     "reported",
                                     "supplemented",
                                     "received_by_reviewer",
                                     "returned",
                                     "reviewed",
                                     "forwarded",
                                     "not_incident",
                                     "reopened",
                                     "controlled",
                                     "recovered",
                                     "final_submitted",
                                     "final_returned",
                                     "closed",
                                     "follow_up_done",
                                     "measure_planned",
                                     "measure_done",
                                     "measure_verified",
                                     "level_changed",
                                     "followed_up",
                                     "support_requested",
                                     "obstacle_begins",
                                     "obstacle_ends",
                                     "extended",
                                     "absorbed",
                                     "merged",
                                     "unmerged",
                                     "answered",
                                     "of_a_later_version" };
static const char *const roles[] = { "reporter", "system", "reviewer", "national", "supporter" };
static const char *const tiers[] = { "provider", "sector", "nation" };
static const char *const bodies[] = {
    "{}",
    "{\"level\":1}",
    "{\"level\":2,\"title\":\"a\"}",
    "{\"level\":3,\"grounds\":\"g\",\"reason\":\"r\",\"description\":\"b\"}",
    "{\"level\":4,\"reason\":\"r\",\"exercise\":true}",
    "{\"reason\":\"r\",\"grounds\":\"g\"}",
    "{\"reason\":\"r\",\"channel\":\"other\",\"level\":2}",
    "{\"clock\":\"C5\",\"until\":\"2026-09-01T00:00:00Z\",\"consent\":[\"reviewer\",\"national\"]}",
    "{\"into\":\"incident--44444444-4444-4444-8444-444444444444\",\"same_agency\":true,\"reason\":\"r\"}",
    ("{\"incident\":\"incident--44444444-4444-4444-8444-444444444444\",\"aware_at\":\"2026-03-01T00:00:00Z\","
     "\"same_agency\":true,\"level\":3,\"reason\":\"r\"}"),
    "{\"measure\":\"m1\",\"what\":\"w\",\"owner\":\"o\",\"due\":\"2026-05-01\"}",
    "{\"measure\":\"m1\"}",
    "{\"base\":[]}",
    "{\"description\":\"c\",\"base\":[\"incident-event--00000000-0000-4000-8000-000000000000\"]}",
    "{\"occurred_at\":\"2026-03-01T00:00:00Z\",\"reason\":\"r\"}",
    "{\"until\":\"2027-01-01T00:00:00Z\",\"reason\":\"r\"}",
};

#define COUNT(x) (sizeof(x) / sizeof(x)[0])

static struct lf_incident_event event_of(struct lf_arena *a, const uint8_t *p, size_t n, size_t node,
                                         struct lf_incident_event *before)
{
    lf_view *parents = LF_NEW(a, lf_view, MOST);
    const char *body;
    struct lf_incident_event ev = {
        .id = lf_arena_printf(a, "incident-event--00000000-0000-4000-8000-%012zu", n),
        .incident = LF_V("incident--33333333-3333-4333-8333-333333333333"),
        .node = lf_arena_printf(a, "identity--0000000%zu-0000-4000-8000-000000000000", node),
        .org = LF_V("55555555-5555-4555-8555-555555555555"),
        .tier = lf_view_of(tiers[node]),
        .sequence = 1,
        .kind = lf_view_of(kinds[p[1] % COUNT(kinds)]),
        .by = lf_view_of(roles[p[0] / 3 % COUNT(roles)]),
        .parents = parents,
        .recorded = (n ? before[n - 1].recorded : 1772413200000000) + ((lf_time)p[3] - 20) * LF_MINUTE,
    };

    body = bodies[p[2] % COUNT(bodies)];
    ev.occurred = ev.recorded - (lf_time)(p[2] >> 4) * LF_MINUTE;
    LF_ASSERT(lf_json_parse(a, lf_view_of(body), NULL, &ev.body, NULL) == LF_OK);
    for (size_t i = 0; i < n; i++) {
        if (lf_view_eq(before[i].node, ev.node) && before[i].sequence >= ev.sequence)
            ev.sequence = before[i].sequence + 1;
        /* the last eight by their bit, and any by its place: also one that comes later */
        if (n - i <= 8 && p[4] >> (n - i - 1) & 1)
            parents[ev.nparents++] = before[i].id;
    }
    if (p[5] < MOST && n != p[5])
        parents[ev.nparents++] = lf_arena_printf(a, "incident-event--00000000-0000-4000-8000-%012u", p[5]);
    return ev;
}

static void same(const struct lf_incident_state *x, const struct lf_incident_state *y)
{
    LF_ASSERT(x->nevents == y->nevents && x->review == y->review && x->handling == y->handling);
    LF_ASSERT(x->level == y->level && x->level_rank == y->level_rank && x->aware_at == y->aware_at);
    LF_ASSERT(x->reported_at == y->reported_at && x->exercise == y->exercise && x->refused == y->refused);
    LF_ASSERT(x->conflicts == y->conflicts && x->nrivals == y->nrivals && x->nmeasures == y->nmeasures);
    LF_ASSERT(lf_view_eq(x->title, y->title) && lf_view_eq(x->description, y->description));
    LF_ASSERT(lf_view_eq(x->merged_into, y->merged_into) && x->nheads == y->nheads);
    LF_ASSERT(memcmp(x->outcomes, y->outcomes, x->nevents) == 0);
}

static void judge(struct lf_arena *a, const struct lf_incident_state *s,
                  const struct lf_incident_event *const *order, lf_time *received)
{
    const struct lf_json *rules, *history;
    struct lf_clock_result r;
    struct lf_err e = { 0 };
    enum lf_code rc;
    struct lf_buf b;

    lf_buf_init(&b, 1 << 20);
    lf_incident_history(a, &b, s, order, received, LF_V("provider"));
    LF_ASSERT(lf_json_parse(a, lf_buf_view(&b), NULL, &history, NULL) == LF_OK);
    LF_ASSERT(lf_json_parse(a, (lf_view){ clock_tw_2026, clock_tw_2026_len }, NULL, &rules, NULL) == LF_OK);
    rc = lf_clock_judge(a, rules, history, 1772413200000000 + 40 * LF_DAY, &r, &e);
    LF_ASSERT(rc == LF_OK || rc == LF_NOT_FOUND);
    lf_buf_clear(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lf_arena a = { 0 };
    struct lf_incident_event *ev = LF_NEW(&a, struct lf_incident_event, MOST),
                             *back = LF_NEW(&a, struct lf_incident_event, 2 * MOST);
    const struct lf_incident_event **order = LF_NEW(&a, const struct lf_incident_event *, 2 * MOST);
    lf_time *received = LF_NEW(&a, lf_time, MOST);
    struct lf_incident_state s, again;
    size_t n = 0;

    for (; size >= PIECE && n < MOST; data += PIECE, size -= PIECE) {
        ev[n] = event_of(&a, data, n, data[0] % 3, ev);
        n += lf_incident_content(&ev[n], NULL) == LF_OK; /* else no node keeps it */
    }
    if (n) {
        for (size_t i = 0; i < n; i++)
            back[i] = back[n + i] = ev[n - 1 - i];
        LF_ASSERT(lf_incident_fold(&a, back, 2 * n, &again, order, NULL) == LF_OK);
        LF_ASSERT(lf_incident_fold(&a, ev, n, &s, order, NULL) == LF_OK);
        same(&s, &again);
        judge(&a, &s, order, received);
    }
    lf_arena_clear(&a);
    return 0;
}
