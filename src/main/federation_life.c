/* What the people, the attackers and fate do in the simulated federation. */
#include <stdio.h>
#include <stdlib.h>

#include "cert/incident.h"
#include "fmt/json.h"
#include "isac/indicator.h"
#include "isac/peer.h"
#include "main/federation_priv.h"
#include "proc/messages.h"
#include "soc/alert.h"

enum { BODY = 1024, STEPS = 30 };

static uint64_t below(struct fed *w, uint64_t n)
{
    return lf_sim_below(w->sim, n);
}

static void id_of(char *out, size_t size, lf_view id)
{
    (void)snprintf(out, size, "%.*s", LF_FMT(id));
}

/* ---- operators: they join the nodes and sign the policies --------------------------- */

struct stand {
    bool parent, joining, policy;
};

static enum lf_code look_stand(void *ctx, struct lf_task *t, struct lf_err *e)
{
    struct stand *s = ctx;
    struct lf_policy policy;
    struct lf_peer parent;
    enum lf_code rc = lf_peer_parent(t, &parent, e);

    if (rc != LF_OK && rc != LF_NOT_FOUND)
        return rc;
    s->parent = rc == LF_OK && parent.state == LF_PEER_ACTIVE;
    s->joining = rc == LF_OK && parent.state == LF_PEER_JOINING;
    LF_TRY(lf_policy_get(t, &policy, e));
    s->policy = policy.id.len > 0;
    return LF_OK;
}

void fed_operators(struct fed *w)
{
    for (unsigned i = 0; i < w->n && !w->over; i++) {
        struct fed_node *n = &w->node[i];
        struct stand s = { 0 };

        if ((n->joined || n->parent < 0) && n->policy)
            continue;
        if (!fed_look(n, look_stand, &s))
            continue;
        n->joined = s.parent;
        n->policy = s.policy;
        if (!s.policy)
            fed_ask_of(n, FED_POLICY, "POST", LF_V("/api/v1/policies"),
                       LF_V("{\"kinds\":[\"domain-name\"],\"min_evidence\":2,\"max_life_hours\":72,"
                            "\"allow\":[\"gov.tw\"],\"min_level\":\"high\",\"auto_report\":true,"
                            "\"tlp\":\"amber\"}"),
                       NULL, 0);
        if (n->parent >= 0 && !s.parent && !s.joining)
            fed_ask_of(&w->node[n->parent], FED_INVITE, "POST", LF_V("/api/v1/peers/invitations"), LF_V(""),
                       NULL, i);
    }
}

bool fed_settled(struct fed *w)
{
    for (unsigned i = 0; i < w->n; i++)
        if ((w->node[i].parent >= 0 && !w->node[i].joined) || !w->node[i].policy)
            return false;
    return true;
}

/* ---- what people were told -------------------------------------------------------------- */

static void tell(struct fed *w, enum fed_act act, unsigned node, const char *subject, lf_view id)
{
    struct fed_told *x;

    if (w->ntold == w->told_room) {
        w->told_room = w->told_room ? w->told_room * 2 : 256;
        w->told = realloc(w->told, lf_arena_mul(w->told_room, sizeof *w->told));
        LF_ASSERT(w->told);
    }
    x = &w->told[w->ntold++];
    *x = (struct fed_told){ .act = act, .node = node };
    (void)snprintf(x->subject, sizeof x->subject, "%s", subject);
    id_of(x->id, sizeof x->id, id);
}

void fed_answered(struct fed *w, struct fed_ask *a, int status, lf_view body)
{
    static const char *const names[] = { "look",  "invite",    "join",    "policy",   "report",
                                         "event", "indicator", "release", "withdraw", "allow",
                                         "alert", "judge",     "keys",    "step" };
    struct lf_arena arena = { 0 };
    const struct lf_json *v = NULL;
    lf_view id = { "", 0 };

    fed_say(w, "node %u: %s %s: %d %.*s", a->node, names[a->act], a->subject, status,
            status >= 400 ? (int)body.len : 0, body.ptr ? body.ptr : "");
    if (a->act == FED_STEP) {
        w->stepped(w, a, status, body);
        return;
    }
    if (status / 100 != 2) {
        w->r->refused++;
        if (status == 500 && w->node[a->node].core && !lf_simdisk_crashed(w->node[a->node].disk))
            fed_broke(w, "node %u answered %s %s with 500: %.*s", a->node, names[a->act], a->subject,
                      LF_FMT(body));
        lf_arena_clear(&arena);
        return;
    }
    if (body.len && lf_json_parse(&arena, body, NULL, &v, NULL) == LF_OK)
        id = lf_json_str(v, "id");
    if (!id.ptr)
        id = LF_V("");
    switch (a->act) {
    case FED_INVITE: /* carried to the child by hand */
        fed_carry(&w->node[a->child], (lf_time)below(w, 3 * (uint64_t)LF_SECOND), lf_json_str(v, "token"));
        break;
    case FED_REPORT:
        w->r->reports++;
        tell(w, a->act, a->node, a->subject, id);
        break;
    case FED_EVENT:
        w->r->events++;
        tell(w, a->act, a->node, a->subject, id);
        break;
    case FED_INDICATOR:
    case FED_RELEASE:
    case FED_WITHDRAW:
        tell(w, a->act, a->node, a->subject, id);
        break;
    default:
        break;
    }
    lf_arena_clear(&arena);
}

/* ---- people ------------------------------------------------------------------------------- */

static unsigned a_domain(struct fed *w)
{
    struct fed_domain *d;

    if (w->ndomains && below(w, 5) < 2)
        return (unsigned)below(w, w->ndomains);
    if (w->ndomains == w->domain_room) {
        w->domain_room = w->domain_room ? w->domain_room * 2 : 64;
        w->domain = realloc(w->domain, lf_arena_mul(w->domain_room, sizeof *w->domain));
        LF_ASSERT(w->domain);
    }
    d = &w->domain[w->ndomains];
    *d = (struct fed_domain){ 0 };
    (void)snprintf(d->name, sizeof d->name, "c2-%08x.test", (unsigned)(lf_sim_bits(w->sim) & 0xffffffff));
    return w->ndomains++;
}

static struct fed_node *a_member(struct fed *w)
{
    for (int i = 0; i < 20; i++) {
        struct fed_node *n = &w->node[below(w, w->n)];

        if (n->tier == FED_PROVIDER || below(w, 8) == 0)
            return n;
    }
    return &w->node[w->n - 1];
}

static void attack(struct fed *w)
{
    struct fed_node *n = a_member(w);
    unsigned domain = a_domain(w), host = (unsigned)below(w, 4);
    bool high = below(w, 6) != 0, second = below(w, 2) == 0;
    unsigned times = 1 + (unsigned)below(w, below(w, 8) == 0 ? 40 : 3);

    for (unsigned i = 0; i < times; i++) {
        bool late = below(w, 3) == 0;

        fed_find(n, domain, host, high, second && !late);
        if (second && late)
            fed_find_second(n, (lf_time)below(w, 100 * (uint64_t)LF_SECOND));
    }
}

/* Findings at a node in trouble.  Not before all have joined: what was shared by a
 * node that had no parent stays its own (see known-gaps.md). */
static void storm(struct fed_node *n)
{
    unsigned domain;

    if (!fed_settled(n->w))
        return;
    domain = a_domain(n->w);
    for (unsigned i = 1 + (unsigned)below(n->w, 4); i; i--)
        fed_find(n, domain, (unsigned)below(n->w, 4), true, below(n->w, 2) != 0);
}

static void report(struct fed *w)
{
    struct fed_node *n = a_member(w);
    char body[BODY];
    uint64_t a = lf_sim_bits(w->sim), b = lf_sim_bits(w->sim);

    /* The title names the case by a number nobody else may ever see. */
    (void)snprintf(
        body, sizeof body, "{\"title\":\"case %08x-%04x-4%03x-8%03x-%012llx\",\"level\":%d,\"draft\":%s}",
        (unsigned)(a >> 32), (unsigned)(a & 0xffff), (unsigned)(a >> 16 & 0xfff), (unsigned)(b >> 48 & 0xfff),
        (unsigned long long)(b & 0xffffffffffff), 1 + (int)below(w, 4), below(w, 5) == 0 ? "true" : "false");
    fed_ask_of(n, FED_REPORT, "POST", LF_V("/api/v1/incidents"), lf_view_of(body), NULL, 0);
}

struct pick {
    struct fed *w;
    bool found, ours;
    char id[FED_ID];
};

static enum lf_code pick_incident(void *ctx, struct lf_task *t, struct lf_err *e)
{
    struct pick *p = ctx;
    struct lf_incident_page page;

    LF_TRY(lf_incident_list(t, NULL, &(struct lf_page){ .limit = 20 }, &page, e));
    if (!page.n)
        return LF_OK;
    {
        const struct lf_incident *i = &page.items[below(p->w, page.n)];

        p->found = true;
        p->ours = i->peer.len == 0;
        id_of(p->id, sizeof p->id, i->id);
    }
    return LF_OK;
}

static void incident_event(struct fed *w)
{
    static const char *const own[] = { "supplemented",      "controlled",      "recovered", "final_submitted",
                                       "level_changed",     "followed_up",     "reported",  "reopened",
                                       "support_requested", "aware_corrected", "controlled" };
    static const char *const above[] = { "reviewed",       "reviewed",      "reviewed",     "returned",
                                         "final_returned", "level_changed", "answered",     "closed",
                                         "not_incident",   "reopened",      "support_given" };
    struct fed_node *n = &w->node[below(w, w->n)];
    struct pick p = { .w = w };
    char path[BODY], body[BODY];

    if (!fed_look(n, pick_incident, &p) || !p.found)
        return;
    (void)snprintf(path, sizeof path, "/api/v1/incidents/%s/events", p.id);
    (void)snprintf(body, sizeof body, "{\"kind\":\"%s\",\"body\":{\"reason\":\"as seen\"%s%d%s}}",
                   p.ours ? own[below(w, sizeof own / sizeof *own)]
                          : above[below(w, sizeof above / sizeof *above)],
                   below(w, 4) == 0 ? ",\"level\":" : ",\"n\":", 1 + (int)below(w, 4), "");
    fed_ask_of(n, FED_EVENT, "POST", lf_view_of(path), lf_view_of(body), p.id, 0);
}

static void indicator(struct fed *w)
{
    struct fed_node *n = &w->node[below(w, w->n)];
    unsigned domain = a_domain(w);
    char body[BODY];

    w->domain[domain].judged = true;
    (void)snprintf(body, sizeof body, "{\"value\":\"%s\",\"release\":%s}", w->domain[domain].name,
                   below(w, 2) ? "true" : "false");
    fed_ask_of(n, FED_INDICATOR, "POST", LF_V("/api/v1/indicators"), lf_view_of(body), NULL, 0);
}

static enum lf_code pick_indicator(void *ctx, struct lf_task *t, struct lf_err *e)
{
    struct pick *p = ctx;
    struct lf_indicator_page page;

    LF_TRY(lf_indicator_list(t, &(struct lf_page){ .limit = 20 }, &page, e));
    if (!page.n)
        return LF_OK;
    {
        const struct lf_indicator_row *i = &page.items[below(p->w, page.n)];

        p->found = true;
        p->ours = i->origin.len == 0 && i->derived_from.len == 0;
        id_of(p->id, sizeof p->id, i->id);
        for (unsigned d = 0; d < p->w->ndomains; d++)
            if (lf_view_is(i->value, p->w->domain[d].name))
                p->w->domain[d].judged = true;
    }
    return LF_OK;
}

static void judge(struct fed *w)
{
    struct fed_node *n = &w->node[below(w, w->n)];
    struct pick p = { .w = w };
    bool withdraw = below(w, 2) == 0;
    char path[BODY];

    if (!fed_look(n, pick_indicator, &p) || !p.found)
        return;
    (void)snprintf(path, sizeof path, "/api/v1/indicators/%s/%s", p.id, withdraw ? "withdraw" : "release");
    /* What another node gave stays that node's: its next version may say otherwise. */
    fed_ask_of(n,
               !p.ours    ? FED_JUDGE
               : withdraw ? FED_WITHDRAW
                          : FED_RELEASE,
               "POST", lf_view_of(path), LF_V(""), p.id, 0);
}

static void allow(struct fed *w)
{
    struct fed_node *n = &w->node[below(w, w->n)];
    struct fed_domain *d;
    char text[BODY];

    if (!w->ndomains)
        return;
    d = &w->domain[below(w, w->ndomains)];
    d->allowed |= (uint64_t)1 << n->id;
    if (below(w, 3)) {
        (void)snprintf(text, sizeof text, "{\"value\":\"%s\",\"reason\":\"ours\"}", d->name);
        fed_ask_of(n, FED_ALLOW, "POST", LF_V("/api/v1/allow"), lf_view_of(text), d->name, 0);
    } else {
        (void)snprintf(text, sizeof text, "/api/v1/allow/%s", d->name);
        fed_ask_of(n, FED_ALLOW, "DELETE", lf_view_of(text), LF_V(""), d->name, 0);
    }
}

static enum lf_code pick_alert(void *ctx, struct lf_task *t, struct lf_err *e)
{
    struct pick *p = ctx;
    struct lf_alert *items;
    lf_view next;
    size_t n;

    LF_TRY(lf_alert_list(t, &(struct lf_alert_filter){ .open_only = true }, &(struct lf_page){ .limit = 20 },
                         &items, &n, &next, e));
    if (n) {
        p->found = true;
        id_of(p->id, sizeof p->id, items[below(p->w, n)].id);
    }
    return LF_OK;
}

static void triage(struct fed *w)
{
    struct fed_node *n = a_member(w);
    struct pick p = { .w = w };
    char path[BODY];

    if (!fed_look(n, pick_alert, &p) || !p.found)
        return;
    (void)snprintf(path, sizeof path, "/api/v1/alerts/%s/%s", p.id, below(w, 2) ? "close" : "acknowledge");
    fed_ask_of(n, FED_ALERT, "POST", lf_view_of(path), LF_V(""), p.id, 0);
}

static void look(struct fed *w)
{
    static const char *const paths[] = { "/api/v1/incidents", "/api/v1/indicators", "/metrics",
                                         "/api/v1/parent",    "/incidents",         "/blocks" };

    fed_ask_of(&w->node[below(w, w->n)], FED_LOOK, "GET",
               lf_view_of(paths[below(w, sizeof paths / sizeof *paths)]), LF_V(""), NULL, 0);
}

/* ---- fate --------------------------------------------------------------------------------- */

static lf_time a_while(struct fed *w)
{
    if (below(w, 6) == 0)
        return (lf_time)below(w, 20 * (uint64_t)LF_MINUTE);
    return (lf_time)below(w, 40 * (uint64_t)LF_SECOND);
}

static void fate(struct fed *w)
{
    static const enum lf_worker_id workers[] = { LF_WORKER_FRONT, LF_WORKER_RELAY, LF_WORKER_DNS,
                                                 LF_WORKER_INTAKE };
    struct fed_node *n = &w->node[below(w, w->n)];
    lf_time now = lf_sim_tick(w->sim), until;

    switch (below(w, 10)) {
    case 0:
    case 1:
        fed_crash(n, "all at once");
        break;
    case 2:
    case 3:
        fed_say(w, "node %u will die at a write", n->id);
        lf_simdisk_crash_at(n->disk, 1 + below(w, below(w, 2) ? 8 : 60));
        break;
    case 4:
        fed_say(w, "node %u: its disk is full", n->id);
        w->r->full++;
        lf_simdisk_limit(n->disk, lf_simdisk_used(n->disk) + 1 + below(w, 30000));
        n->room_at = now + a_while(w) + LF_SECOND;
        storm(n);
        break;
    case 5:
    case 6:
    case 7:
        if (n->parent < 0 || n == w->apart)
            break;
        until = now + a_while(w);
        w->r->cuts++;
        fed_say(w, "the link of node %u is cut for %.1f s", n->id, (double)(until - now) / 1e6);
        if (below(w, 3) != 0)
            n->cut_out = until;
        if (below(w, 3) != 0 || n->cut_out != until)
            n->cut_in = until;
        break;
    case 8:
        fed_worker_restart(n, workers[below(w, sizeof workers / sizeof *workers)]);
        break;
    default:
        w->r->steps++;
        n->view.skew += (lf_time)below(w, 6 * (uint64_t)LF_SECOND) - 3 * LF_SECOND;
        fed_say(w, "node %u: its clock steps, now off by %.3f s", n->id, (double)n->view.skew / 1e6);
        break;
    }
}

static void room_again(struct fed *w)
{
    for (unsigned i = 0; i < w->n; i++) {
        struct fed_node *n = &w->node[i];

        if (n->room_at && n->room_at <= lf_sim_tick(w->sim)) {
            fed_say(w, "node %u: its disk has room again", n->id);
            n->room_at = 0;
            lf_simdisk_limit(n->disk, 0);
            if (below(w, 2))
                storm(n);
        }
    }
}

/* ---- days ----------------------------------------------------------------------------------- */

/* A node makes a new signing key; what it signs goes on being believed everywhere, or the
 * others would not come to hold what it reports. */
static void rotate(struct fed *w)
{
    fed_ask_of(&w->node[below(w, w->n)], FED_KEYS, "POST", LF_V("/api/v1/keys"), LF_V("{\"sign\":\"true\"}"),
               NULL, 0);
}

/* Both sides of the cut are written to, and either dies now and then. */
static void apart(struct fed *w)
{
    struct fed_node *side = below(w, 2) ? w->apart : &w->node[w->apart->parent];

    if (below(w, 3))
        storm(side);
    if (below(w, 20) == 0)
        fed_crash(side, "beside the cut");
    else if (below(w, 20) == 0)
        lf_simdisk_crash_at(side->disk, 1 + below(w, 8));
}

static void step(struct fed *w)
{
    uint64_t what = below(w, 100);

    room_again(w);
    if (w->apart)
        apart(w);
    if (what < 26)
        attack(w);
    else if (what < 36)
        report(w);
    else if (what < 58)
        incident_event(w);
    else if (what < 62)
        indicator(w);
    else if (what < 70)
        judge(w);
    else if (what < 72)
        allow(w);
    else if (what < 76)
        triage(w);
    else if (what < 78)
        look(w);
    else if (w->faults)
        fate(w);
    if (below(w, 60) == 0)
        rotate(w);
    if (below(w, 40) == 0)
        (void)fed_check_running(&w->node[below(w, w->n)]);
    fed_operators(w);
    fed_let(w, below(w, 3) == 0 ? (lf_time)below(w, 100 * (uint64_t)LF_MSEC)
                                : (lf_time)below(w, 9 * (uint64_t)LF_SECOND));
}

static void rise(struct fed *w)
{
    bool calm = below(w, 2) == 0;

    w->faults = !calm;
    for (unsigned i = 0; i < w->n; i++)
        fed_start_in(&w->node[i], (lf_time)below(w, 3 * (uint64_t)LF_SECOND));
    fed_let(w, 4 * LF_SECOND);
    for (int i = 0; !w->over && !fed_settled(w); i++) {
        fed_operators(w);
        room_again(w);
        if (i == 100)
            w->faults = false;
        if (i == 1000)
            fed_broke(w, "the nodes did not all find their parents and policies in 50 minutes");
        if (w->faults && below(w, 2) == 0)
            fate(w);
        fed_let(w, 3 * LF_SECOND);
    }
    w->faults = true;
}

void fed_live(struct fed *w)
{
    lf_time end = lf_sim_tick(w->sim) + w->o.length;

    rise(w);
    if (w->o.cut && w->n > 1) {
        w->apart = &w->node[1 + below(w, w->n - 1)];
        w->apart->cut_in = w->apart->cut_out = LF_TIME_MAX;
        w->r->cuts++;
        fed_say(w, "the link of node %u is cut until all faults stop", w->apart->id);
    }
    while (!w->over) {
        lf_time now, rest;

        for (int i = 0; i < STEPS && !w->over; i++)
            step(w);
        fed_let(w, (lf_time)below(w, 90 * (uint64_t)LF_SECOND));
        now = lf_sim_tick(w->sim);
        if (now >= end || w->over)
            return;
        /* The quiet hours: nobody does anything, so nothing need happen. */
        rest = LF_HOUR + (lf_time)below(w, 2 * (uint64_t)LF_HOUR);
        if (rest > end - now)
            rest = end - now;
        w->asleep_until = now + rest;
        fed_let(w, rest);
        room_again(w);
    }
}
