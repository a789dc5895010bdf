/* The promises a federation must keep, whatever happened to it. */
#include <stdio.h>
#include <stdlib.h>

#include "cert/incident.h"
#include "ident/audit.h"
#include "isac/chain.h"
#include "isac/indicator.h"
#include "isac/peer.h"
#include "main/federation_priv.h"
#include "shield/block.h"
#include "soc/alert.h"

enum { PAGE = 500, UUID = 36 };

/* What one node holds, in the check's arena. */
struct held {
    struct fed_node *n;
    struct lf_arena *a;
    lf_view node, org, parent; /* parent: our id of it as a peer */
    size_t nincidents, nalerts, nindicators;
    struct lf_incident_full *incidents;
    struct lf_alert *alerts;
    struct alert_events {
        struct lf_alert_event *items;
        size_t n;
    } * events;
    struct lf_indicator_row *indicators;
    struct lf_map incident; /* id → index + 1 */
    struct lf_map blocked, snapshot;
    int64_t serial;
    struct lf_audit_head audit;
    struct lf_err why;
};

struct check {
    struct fed *w;
    struct lf_arena a;
    struct held *held;
};

static bool bad(struct fed *w, const char *fmt, ...) LF_PRINTF(2, 3);
static bool bad(struct fed *w, const char *fmt, ...)
{
    char text[LF_FEDERATION_WHY];
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    fed_broke(w, "%s", text);
    return false;
}

/* ---- gathering ------------------------------------------------------------------------ */

static void *grown(struct lf_arena *a, void *old, size_t n, size_t more, size_t size)
{
    char *p = lf_arena_alloc(a, lf_arena_mul(n + more + 1, size), 16);

    if (n)
        memcpy(p, old, n * size);
    return p;
}

static enum lf_code gather_incidents(struct held *h, struct lf_task *t, struct lf_err *e)
{
    struct lf_page at = { .limit = PAGE };

    do {
        struct lf_incident_page page;

        LF_TRY(lf_incident_list(t, NULL, &at, &page, e));
        h->incidents = grown(h->a, h->incidents, h->nincidents, page.n, sizeof *h->incidents);
        for (size_t i = 0; i < page.n; i++) {
            struct lf_incident_full *full = &h->incidents[h->nincidents];

            LF_TRY(lf_incident_get(t, page.items[i].id, full, e));
            lf_map_set(&h->incident, full->row.id, ++h->nincidents);
        }
        at.after = page.next;
    } while (at.after.len);
    return LF_OK;
}

static enum lf_code gather_alerts(struct held *h, struct lf_task *t, struct lf_err *e)
{
    struct lf_page at = { .limit = PAGE };

    do {
        struct lf_alert *items;
        size_t n;
        lf_view next;

        LF_TRY(lf_alert_list(t, NULL, &at, &items, &n, &next, e));
        h->alerts = grown(h->a, h->alerts, h->nalerts, n, sizeof *h->alerts);
        h->events = grown(h->a, h->events, h->nalerts, n, sizeof *h->events);
        for (size_t i = 0; i < n; i++) {
            struct lf_page in = { .limit = LF_PAGE_MOST };
            struct alert_events *v = &h->events[h->nalerts];

            h->alerts[h->nalerts++] = items[i];
            LF_TRY(lf_alert_events(t, items[i].id, &in, &v->items, &v->n, &in.after, e));
        }
        at.after = next;
    } while (at.after.len);
    return LF_OK;
}

static enum lf_code gather_indicators(struct held *h, struct lf_task *t, struct lf_err *e)
{
    struct lf_page at = { .limit = PAGE };

    do {
        struct lf_indicator_page page;

        LF_TRY(lf_indicator_list(t, &at, &page, e));
        h->indicators = grown(h->a, h->indicators, h->nindicators, page.n, sizeof *h->indicators);
        if (page.n)
            memcpy(h->indicators + h->nindicators, page.items, page.n * sizeof *page.items);
        h->nindicators += page.n;
        at.after = page.next;
    } while (at.after.len);
    return LF_OK;
}

static enum lf_code on_zone(void *ctx, bool full, lf_view payload, struct lf_err *e)
{
    struct held *h = ctx;
    struct lf_zone_message m;
    enum lf_zone_op op;
    lf_view name;

    (void)full;
    LF_TRY(lf_zone_message_read(lf_arena_copy(h->a, payload), &m, e));
    while (lf_zone_message_next(&m, &op, &name))
        lf_map_set(&h->snapshot, name, 1);
    return LF_OK;
}

static enum lf_code gather(void *ctx, struct lf_task *t, struct lf_err *e)
{
    struct held *h = ctx;
    struct lf_peer up;
    enum lf_code rc;

    h->node = lf_arena_copy(h->a, lf_view_from(t->self->node, sizeof "identity--" - 1));
    h->org = lf_arena_copy(h->a, t->self->org);
    rc = lf_peer_parent(t, &up, e);
    if (rc != LF_OK && rc != LF_NOT_FOUND)
        return rc;
    h->parent = rc == LF_OK ? up.id : LF_V("-");
    LF_TRY(gather_incidents(h, t, e));
    LF_TRY(gather_alerts(h, t, e));
    LF_TRY(gather_indicators(h, t, e));
    LF_TRY(lf_zone_snapshot(t, LF_V("rpz.lianfang"), on_zone, h, &h->serial, e));
    for (unsigned i = 0; i < h->n->w->ndomains; i++) {
        lf_view name = lf_arena_copy(h->a, lf_view_of(h->n->w->domain[i].name));
        struct lf_block b;

        rc = lf_block_find(t, name, &b, e);
        if (rc == LF_OK)
            lf_map_set(&h->blocked, name, 1);
        else if (rc != LF_NOT_FOUND)
            return rc;
    }
    return LF_OK;
}

static enum lf_code prove(void *ctx, struct lf_task *t, struct lf_err *e)
{
    struct held *h = ctx;

    struct lf_chain_verdict v;
    int64_t broken;

    LF_TRY(lf_db_verify(t->db, e));
    LF_TRY(lf_audit_verify(t, &h->audit, e));
    LF_TRY(lf_chain_verify(t, NULL, &v, e));
    LF_TRY(lf_chain_broken(t, &broken, e));
    return broken ? lf_err_set(e, LF_CONFLICT, "%lld children have another trail than was countersigned",
                               (long long)broken)
                  : LF_OK;
}

static bool take(struct check *c, struct held *h, bool whole)
{
    struct lf_err e = { 0 };

    lf_map_init(&h->incident, 1);
    lf_map_init(&h->blocked, 1);
    lf_map_init(&h->snapshot, 1);
    h->a = &c->a;
    if (lf_core_task(h->n->core, &c->a, gather, h, &e) != LF_OK)
        return e.code != LF_FULL && bad(c->w, "node %u cannot be read: %s", h->n->id, e.text);
    if (whole && lf_core_task(h->n->core, &c->a, prove, h, &e) != LF_OK)
        return bad(c->w, "node %u does not prove: %s", h->n->id, e.text);
    return true;
}

static void drop(struct held *h)
{
    lf_map_clear(&h->incident);
    lf_map_clear(&h->blocked);
    lf_map_clear(&h->snapshot);
}

static const struct lf_incident_full *incident_at(const struct held *h, lf_view id)
{
    uint64_t i;

    return lf_map_get(&h->incident, id, &i) ? &h->incidents[i - 1] : NULL;
}

static const struct lf_incident_event *event_in(const struct lf_incident_full *i, lf_view id)
{
    for (size_t k = 0; k < i->nevents; k++)
        if (lf_view_eq(i->events[k]->id, id))
            return i->events[k];
    return NULL;
}

/* ---- nothing acknowledged lost ----------------------------------------------------------- */

static const struct lf_indicator_row *indicator_at(const struct held *h, lf_view id)
{
    for (size_t i = 0; i < h->nindicators; i++)
        if (h->indicators[i].origin.len == 0 && lf_view_eq(h->indicators[i].id, id))
            return &h->indicators[i];
    return NULL;
}

static bool nothing_told_is_lost(struct check *c)
{
    for (size_t i = 0; i < c->w->ntold; i++) {
        const struct fed_told *x = &c->w->told[i];
        const struct held *h = &c->held[x->node];
        lf_view subject = lf_view_of(x->subject), id = lf_view_of(x->id);
        const struct lf_incident_full *full;
        const struct lf_indicator_row *row;

        switch (x->act) {
        case FED_REPORT:
            full = incident_at(h, id);
            if (!full || full->nevents == 0)
                return bad(c->w, "node %u acknowledged the report of %s and has no such incident", x->node,
                           x->id);
            break;
        case FED_EVENT:
            full = incident_at(h, subject);
            if (!full || !event_in(full, id))
                return bad(c->w, "node %u acknowledged %s of %s and has it no more", x->node, x->id,
                           x->subject);
            break;
        case FED_INDICATOR:
            if (!indicator_at(h, id))
                return bad(c->w, "node %u acknowledged %s and has no such indicator", x->node, x->id);
            break;
        case FED_RELEASE:
        case FED_WITHDRAW:
            row = indicator_at(h, subject);
            if (!row || lf_view_is(row->state, "draft") ||
                (x->act == FED_WITHDRAW && !lf_view_is(row->state, "revoked")))
                return bad(c->w, "node %u acknowledged to %s %s, which is %.*s", x->node,
                           x->act == FED_WITHDRAW ? "withdraw" : "release", x->subject,
                           LF_FMT(row ? row->state : LF_V("gone")));
            break;
        default:
            break;
        }
    }
    return true;
}

/* ---- findings: once each, in one alert ----------------------------------------------------- */

static bool alerts_count(struct check *c, const struct held *h)
{
    struct lf_map seen;
    bool ok = true;

    lf_map_init(&seen, 1);
    for (size_t i = 0; i < h->nalerts && ok; i++) {
        bool second = false;

        if (h->alerts[i].count != (int64_t)h->events[i].n)
            ok = bad(c->w, "node %u: alert %.*s counts %lld findings and has %zu", h->n->id,
                     LF_FMT(h->alerts[i].id), (long long)h->alerts[i].count, h->events[i].n);
        for (size_t k = 0; k < h->events[i].n && ok; k++) {
            const struct lf_alert_event *v = &h->events[i].items[k];
            /* What the second line found is known by position and rule, as all is; of the
             * world's own findings each event has one. */
            lf_view key = lf_arena_printf(&c->a, v->position >> 62 ? "%llu %.*s" : "%llu",
                                          (unsigned long long)v->position, LF_FMT(v->rule));
            uint64_t was;

            second |= v->second_sender.ptr != NULL;
            if (lf_map_get(&seen, key, &was))
                ok = bad(c->w, "node %u: the finding at %.*s lies in two alerts", h->n->id, LF_FMT(key));
            lf_map_set(&seen, key, v->second_sender.ptr ? 2 : 1);
        }
        if (ok && second != h->alerts[i].corroborated)
            ok = bad(c->w, "node %u: alert %.*s is %s although its findings say otherwise", h->n->id,
                     LF_FMT(h->alerts[i].id), second ? "not corroborated" : "corroborated");
    }
    for (size_t i = 0; i < h->n->nfindings && ok && !c->w->faults; i++) {
        const struct fed_finding *f = &h->n->findings[i];
        uint64_t was = 0;

        if (!lf_map_get(&seen, lf_arena_printf(&c->a, "%llu", (unsigned long long)f->position), &was))
            ok = bad(c->w, "node %u: the finding at %llu is in no alert (the intake was told up to %llu)",
                     h->n->id, (unsigned long long)f->position, (unsigned long long)h->n->kept);
        else if (f->second && was != 2)
            ok = bad(c->w, "node %u: the second evidence of the finding at %llu is lost", h->n->id,
                     (unsigned long long)f->position);
    }
    lf_map_clear(&seen);
    return ok;
}

/* ---- intelligence ------------------------------------------------------------------------------ */

static bool derived_once(struct check *c, const struct held *h)
{
    struct lf_map seen;
    bool ok = true;

    lf_map_init(&seen, 1);
    for (size_t i = 0; i < h->nindicators && ok; i++) {
        const struct lf_indicator_row *r = &h->indicators[i];
        uint64_t was;

        if (r->origin.len || !r->derived_from.len)
            continue;
        if (lf_map_get(&seen, r->derived_from, &was))
            ok = bad(c->w, "node %u derived two indicators from %.*s", h->n->id, LF_FMT(r->derived_from));
        lf_map_set(&seen, r->derived_from, 1);
    }
    lf_map_clear(&seen);
    return ok;
}

static bool standing(const struct lf_indicator_row *r)
{
    return lf_view_is(r->state, "provisional") || lf_view_is(r->state, "active");
}

static const struct lf_indicator_row *from_at(const struct held *h, bool parent, lf_view id)
{
    for (size_t i = 0; i < h->nindicators; i++) {
        const struct lf_indicator_row *r = &h->indicators[i];

        if (r->origin.len && lf_view_eq(r->origin, h->parent) == parent && lf_view_eq(r->id, id))
            return r;
    }
    return NULL;
}

static bool stands_for(const struct held *h, lf_view value, bool ours, bool parents, bool childs)
{
    for (size_t i = 0; i < h->nindicators; i++) {
        const struct lf_indicator_row *r = &h->indicators[i];
        bool up = r->origin.len && lf_view_eq(r->origin, h->parent);

        if (standing(r) && lf_view_eq(r->value, value) &&
            ((ours && !r->origin.len) || (parents && up) || (childs && r->origin.len && !up)))
            return true;
    }
    return false;
}

/* What a node shares, the node above has, and what stands there has not been
 * taken back below; then the same downwards.  Each link by itself: what people in
 * between decided is respected, and a chain of links that hold holds. */
static bool shared_up(struct check *c, const struct held *low)
{
    const struct held *up = &c->held[low->n->parent];

    for (size_t i = 0; i < low->nindicators; i++) {
        const struct lf_indicator_row *r = &low->indicators[i], *there;

        if (r->origin.len)
            continue;
        there = from_at(up, false, r->id);
        if (standing(r) && (!there || (!standing(there) && !lf_view_is(there->state, "draft"))))
            return bad(c->w, "%.*s (%.*s) stands at node %u and is %.*s at node %u above", LF_FMT(r->id),
                       LF_FMT(r->value), low->n->id, LF_FMT(there ? there->state : LF_V("unknown")),
                       up->n->id);
        if (there && !standing(r) && standing(there))
            return bad(c->w, "%.*s (%.*s) is %.*s at node %u and still stands at node %u above",
                       LF_FMT(r->id), LF_FMT(r->value), LF_FMT(r->state), low->n->id, up->n->id);
    }
    return true;
}

static bool shared_down(struct check *c, const struct held *up, const struct held *low)
{
    for (size_t i = 0; i < up->nindicators; i++) {
        const struct lf_indicator_row *r = &up->indicators[i];
        bool child = r->origin.len && !lf_view_eq(r->origin, up->parent);

        if (standing(r) && !stands_for(low, r->value, false, true, false) &&
            (!child || !lf_view_is(r->state, "draft")))
            return bad(c->w, "%.*s (%.*s) stands at node %u and does not reach node %u below", LF_FMT(r->id),
                       LF_FMT(r->value), up->n->id, low->n->id);
    }
    for (size_t i = 0; i < low->nindicators; i++) {
        const struct lf_indicator_row *r = &low->indicators[i];

        if (!r->origin.len || !lf_view_eq(r->origin, low->parent) || !standing(r))
            continue;
        for (size_t k = 0; k < up->nindicators; k++)
            if (lf_view_eq(up->indicators[k].id, r->id) && standing(&up->indicators[k]))
                goto found;
        return bad(c->w, "%.*s (%.*s) stands at node %u although node %u above took it back", LF_FMT(r->id),
                   LF_FMT(r->value), low->n->id, up->n->id);
    found:;
    }
    return true;
}

/* A value is blocked at a node while something there stands for it. */
static bool blocks_fit(struct check *c, const struct held *h)
{
    struct fed *w = c->w;

    for (unsigned d = 0; d < w->ndomains; d++) {
        lf_view name = lf_view_of(w->domain[d].name);
        bool wanted = false;
        uint64_t one;

        for (size_t k = 0; k < h->nindicators; k++) {
            const struct lf_indicator_row *r = &h->indicators[k];

            wanted |= lf_view_eq(r->value, name) && standing(r) && (r->origin.len || !r->derived_from.len);
        }
        if (lf_map_get(&h->blocked, name, &one) && !wanted)
            return bad(w, "%s is blocked at node %u and nothing there stands for it", w->domain[d].name,
                       h->n->id);
        if (wanted && !lf_map_get(&h->blocked, name, &one) && !(w->domain[d].allowed >> h->n->id & 1))
            return bad(w, "%s is not blocked at node %u although an indicator there stands",
                       w->domain[d].name, h->n->id);
    }
    return true;
}

/* Blocked everywhere while it stands at a node that found it; nowhere when it
 * stands at none. */
static bool zones_fit(struct check *c)
{
    struct fed *w = c->w;

    for (unsigned d = 0; d < w->ndomains; d++) {
        lf_view name = lf_view_of(w->domain[d].name);
        bool soon = false;
        int owner = -1;

        for (unsigned i = 0; i < w->n; i++)
            for (size_t k = 0; k < c->held[i].nindicators; k++) {
                const struct lf_indicator_row *r = &c->held[i].indicators[k];

                if (!lf_view_eq(r->value, name))
                    continue;
                /* Ended or about to, by one clock and not yet by another. */
                soon |= r->valid_until && r->valid_until < lf_now(&w->node[i].env) + LF_HOUR;
                if (!r->origin.len && !r->derived_from.len && standing(r))
                    owner = (int)i;
            }
        for (unsigned i = 0; i < w->n && !soon; i++) {
            uint64_t one;
            bool blocked = lf_map_get(&c->held[i].blocked, name, &one);

            if (blocked && owner < 0)
                return bad(w, "%s is blocked at node %u although no node stands by it", w->domain[d].name, i);
            if (!blocked && owner >= 0 && !w->domain[d].allowed && !w->domain[d].judged)
                return bad(w, "%s stands at node %d and is not blocked at node %u", w->domain[d].name, owner,
                           i);
        }
        if (soon)
            continue;
        for (unsigned i = 0; i < w->n; i++)
            if (stands_for(&c->held[i], name, false, false, true) &&
                !stands_for(&c->held[i], name, true, false, false))
                return bad(w, "%s stands for a child of node %u, which shares nothing for it",
                           w->domain[d].name, i);
    }
    for (unsigned i = 0; i < w->n; i++) {
        const struct held *h = &c->held[i];

        if (!blocks_fit(c, h))
            return false;
        if (h->n->parent >= 0 && (!shared_up(c, h) || !shared_down(c, &c->held[h->n->parent], h)))
            return false;
    }
    return true;
}

static bool mirror_fits(struct check *c, const struct held *h)
{
    struct fed_node *n = h->n;
    lf_view name;
    uint64_t one;

    if (!n->zone_known || n->zone_partly)
        return bad(c->w, "node %u: its dns worker was never told its zone whole", n->id);
    for (size_t at = 0; lf_map_next(&h->snapshot, &at, &name, &one);)
        if (!lf_map_get(&n->zone, name, &one))
            return bad(c->w, "node %u: its dns worker does not serve %.*s", n->id, LF_FMT(name));
    if (n->zone.count != h->snapshot.count || n->serial != (uint32_t)h->serial)
        return bad(c->w, "node %u: its dns worker serves %zu names at %u, the node blocks %zu at %lld", n->id,
                   n->zone.count, n->serial, h->snapshot.count, (long long)h->serial);
    if (h->blocked.count != h->snapshot.count)
        return bad(c->w, "node %u: %zu names are blocked, its zone holds %zu", n->id, h->blocked.count,
                   h->snapshot.count);
    return true;
}

/* ---- incidents ------------------------------------------------------------------------------------ */

static bool once(struct check *c, const struct held *h)
{
    for (size_t i = 0; i < h->nincidents; i++) {
        const struct lf_incident_full *full = &h->incidents[i];

        for (size_t k = 0; k < full->nevents; k++)
            for (size_t m = k + 1; m < full->nevents; m++) {
                const struct lf_incident_event *x = full->events[k], *y = full->events[m];

                if (lf_view_eq(x->id, y->id) || (x->sequence == y->sequence && lf_view_eq(x->node, y->node)))
                    return bad(c->w, "node %u holds two events of %.*s with number %lld of one node",
                               h->n->id, LF_FMT(full->row.id), (long long)x->sequence);
            }
    }
    return true;
}

/* For the one who looks for the reason. */
static void tell_history(struct fed *w, const struct held *h, const struct lf_incident_full *i)
{
    fed_say(w, "node %u holds of %.*s, in the order of the fold:", h->n->id, LF_FMT(i->row.id));
    for (size_t k = 0; k < i->nevents && w->o.verbose; k++)
        fed_say(w, "  %.*s", LF_FMT(i->events[k]->json));
    fed_say(w, "  clocks %.*s", LF_FMT(i->clocks));
}

/* Whether it was ever the nation's business. */
static bool grounds(const struct lf_incident_full *i)
{
    if (i->state.corroborated || i->state.level >= 3)
        return true;
    for (size_t k = 0; k < i->nevents; k++)
        if (lf_incident_event_level(i->events[k]) >= 3 || lf_view_is(i->events[k]->kind, "reviewed") ||
            lf_view_is(i->events[k]->kind, "forwarded"))
            return true;
    return false;
}

static bool clock_differs(const struct lf_incident_full *i, const struct lf_incident_full *k)
{
    return i->row.c1.due != k->row.c1.due || i->row.c1.ended != k->row.c1.ended ||
           (i->row.c1.ended && i->row.c1.state != k->row.c1.state);
}

static bool state_differs(const struct lf_incident_full *i, const struct lf_incident_full *k)
{
    return i->state.review != k->state.review || i->state.handling != k->state.handling ||
           i->state.level != k->state.level || i->state.aware_at != k->state.aware_at ||
           i->state.reported_at != k->state.reported_at || !lf_view_eq(i->state.title, k->state.title) ||
           !lf_view_eq(i->row.review, k->row.review) || !lf_view_eq(i->row.handling, k->row.handling) ||
           i->row.level != k->row.level || i->state.refused != k->state.refused;
}

static bool alike(struct check *c, const struct held *x, const struct held *y,
                  const struct lf_incident_full *i, const struct lf_incident_full *k)
{
    lf_view id = i->row.id;

    for (int turn = 0; turn < 2; turn++) {
        const struct lf_incident_full *from = turn ? k : i, *to = turn ? i : k;

        for (size_t m = 0; m < from->nevents; m++)
            if (!event_in(to, from->events[m]->id))
                return bad(c->w, "node %u holds %.*s \"%.*s\" of %.*s and node %u does not",
                           turn ? y->n->id : x->n->id, LF_FMT(from->events[m]->id),
                           LF_FMT(from->events[m]->kind), LF_FMT(id), turn ? x->n->id : y->n->id);
    }
    if (state_differs(i, k) || clock_differs(i, k)) {
        tell_history(c->w, x, i);
        tell_history(c->w, y, k);
    }
    if (state_differs(i, k))
        return bad(c->w, "%.*s is %.*s, %.*s, level %d at node %u and %.*s, %.*s, level %d at node %u",
                   LF_FMT(id), LF_FMT(i->row.review), LF_FMT(i->row.handling), i->row.level, x->n->id,
                   LF_FMT(k->row.review), LF_FMT(k->row.handling), k->row.level, y->n->id);
    if (clock_differs(i, k))
        return bad(c->w,
                   "the first-report clock of %.*s is %s (due %lld, ended %lld) at node %u and %s (%lld, "
                   "%lld) at node %u",
                   LF_FMT(id), lf_clock_state_name(i->row.c1.state), (long long)i->row.c1.due,
                   (long long)i->row.c1.ended, x->n->id, lf_clock_state_name(k->row.c1.state),
                   (long long)k->row.c1.due, (long long)k->row.c1.ended, y->n->id);
    return true;
}

/* Follows one incident of node `h` up the tree. */
static bool goes_up(struct check *c, const struct held *h, const struct lf_incident_full *i)
{
    struct fed *w = c->w;
    const struct held *at = h;
    const struct lf_incident_full *here = i;
    uint64_t holders = (uint64_t)1 << h->n->id;

    while (at->n->parent >= 0) {
        const struct held *up = &c->held[at->n->parent];
        const struct lf_incident_full *there = incident_at(up, i->row.id);
        bool must, may;

        if (at == h) {
            must = may = here->state.review != LF_REVIEW_DRAFT;
        } else {
            must = here->state.level >= 3 || here->state.corroborated ||
                   here->state.review == LF_REVIEW_CONFIRMED || here->state.review == LF_REVIEW_FORWARDED;
            may = grounds(here);
        }
        if (must && !there)
            return bad(w, "%.*s (%.*s, level %d) of node %u is not at node %u", LF_FMT(i->row.id),
                       LF_FMT(i->row.review), i->row.level, h->n->id, up->n->id);
        if (there && !may)
            return bad(w, "%.*s (%.*s) of node %u is at node %u, which has no business with it",
                       LF_FMT(i->row.id), LF_FMT(i->row.review), h->n->id, up->n->id);
        if (!there)
            break;
        if (!alike(c, at, up, here, there))
            return false;
        holders |= (uint64_t)1 << up->n->id;
        at = up;
        here = there;
    }
    for (unsigned k = 0; k < w->n; k++)
        if (!(holders >> k & 1) && incident_at(&c->held[k], i->row.id))
            return bad(w, "%.*s of node %u is at node %u, which must not see it", LF_FMT(i->row.id), h->n->id,
                       k);
    return true;
}

static bool incidents_fit(struct check *c)
{
    for (unsigned k = 0; k < c->w->n; k++) {
        const struct held *h = &c->held[k];

        for (size_t i = 0; i < h->nincidents; i++)
            if (!h->incidents[i].row.peer.len && !goes_up(c, h, &h->incidents[i]))
                return false;
    }
    return true;
}

/* ---- nothing seen by who may not --------------------------------------------------------------------- */

struct hunt {
    struct check *c;
    struct fed_node *on;
    struct lf_map secret; /* UUID → node it belongs to + 1 */
    bool ok;
};

/* Its own, and those above it, may know what is a node's. */
static bool may_know(const struct fed *w, const struct fed_node *who, unsigned whose)
{
    for (int at = (int)whose; at >= 0; at = w->node[at].parent)
        if (at == (int)who->id)
            return true;
    return false;
}

static lf_view uuid_in(lf_view text)
{
    return text.len >= UUID ? lf_view_from(text, text.len - UUID) : LF_V("");
}

static void hide(struct hunt *x, lf_view text, unsigned whose)
{
    lf_view id = uuid_in(text);

    if (lf_uuid_ok(id))
        lf_map_set(&x->secret, id, whose + 1);
}

static void look_at(void *ctx, const char *file, lf_view bytes)
{
    struct hunt *x = ctx;
    struct fed *w = x->c->w;
    (void)file;
    const char *p = bytes.ptr, *end = bytes.ptr + bytes.len;

    while (x->ok && (size_t)(end - p) >= UUID && (p = memchr(p, '-', (size_t)(end - p))) != NULL) {
        const char *at = p - 8;
        uint64_t whose;

        p++;
        if (at < bytes.ptr || end - at < UUID || at[13] != '-' || at[18] != '-' || at[23] != '-')
            continue;
        if (lf_map_get(&x->secret, (lf_view){ at, UUID }, &whose) && !may_know(w, x->on, (unsigned)whose - 1))
            x->ok = bad(w, "the disk of node %u holds %.36s, which is node %u's own", x->on->id, at,
                        (unsigned)whose - 1);
    }
    for (unsigned i = 0; i < w->n && x->ok; i++) {
        const struct fed_node *n = &w->node[i];
        bool below_us = n->parent == (int)x->on->id, above_us = x->on->parent == (int)i;

        if (i == x->on->id || below_us || above_us)
            continue;
        if (bytes.len && memmem(bytes.ptr, bytes.len, n->name, strlen(n->name)))
            x->ok = bad(w, "the disk of node %u names %s", x->on->id, n->name);
    }
}

static bool nothing_leaks(struct check *c, struct fed_node *only)
{
    struct fed *w = c->w;
    struct hunt x = { .c = c, .ok = true };

    lf_map_init(&x.secret, 1);
    for (unsigned i = 0; i < w->n; i++) {
        const struct held *h = &c->held[i];
        lf_view org = h->org;

        if (!h->n)
            continue;
        if (w->node[i].tier == FED_PROVIDER) {
            hide(&x, h->node, i);
            hide(&x, org, i);
        }
        for (size_t k = 0; k < h->nalerts; k++)
            hide(&x, h->alerts[k].id, i);
        for (size_t k = 0; k < h->nincidents; k++) {
            const struct lf_incident_full *full = &h->incidents[k];

            if (full->row.peer.len)
                continue;
            hide(&x, full->row.id, i);
            hide(&x, full->state.title, i);
            for (size_t m = 0; m < full->nevents; m++)
                hide(&x, full->events[m]->id, i);
        }
    }
    for (unsigned i = 0; i < w->n && x.ok; i++) {
        x.on = &w->node[i];
        if (!only || only == x.on)
            lf_simdisk_each(x.on->disk, look_at, &x);
    }
    lf_map_clear(&x.secret);
    return x.ok;
}

/* ---- all together ----------------------------------------------------------------------------------------
 */

static void end_state(struct check *c)
{
    struct lf_federation_result *r = c->w->r;
    struct lf_buf b;

    lf_buf_init(&b, 64 << 20);
    r->alerts = r->indicators = r->blocks = 0;
    for (unsigned i = 0; i < c->w->n; i++) {
        const struct held *h = &c->held[i];

        for (size_t k = 0; k < h->nincidents; k++)
            lf_buf_printf(&b, "%.*s %d %d %d %zu %lld %lld\n", LF_FMT(h->incidents[k].row.id),
                          h->incidents[k].state.review, h->incidents[k].state.handling,
                          h->incidents[k].state.level, h->incidents[k].nevents,
                          (long long)h->incidents[k].row.c1.due, (long long)h->incidents[k].row.c1.ended);
        for (size_t k = 0; k < h->nalerts; k++)
            lf_buf_printf(&b, "%.*s %lld\n", LF_FMT(h->alerts[k].id), (long long)h->alerts[k].count);
        for (size_t k = 0; k < h->nindicators; k++)
            lf_buf_printf(&b, "%.*s %.*s\n", LF_FMT(h->indicators[k].id), LF_FMT(h->indicators[k].state));
        for (unsigned d = 0; d < c->w->ndomains; d++) {
            uint64_t one;

            if (lf_map_get(&h->blocked, lf_view_of(c->w->domain[d].name), &one))
                lf_buf_printf(&b, "%s\n", c->w->domain[d].name);
        }
        lf_buf_put(&b, (lf_view){ (const char *)h->audit.hash, sizeof h->audit.hash });
        r->alerts += h->nalerts;
        r->indicators += h->nindicators;
        r->blocks += h->blocked.count;
    }
    lf_sha256(lf_buf_view(&b), r->hash);
    lf_buf_clear(&b);
}

bool fed_check_all(struct fed *w)
{
    struct check c = { .w = w };
    bool ok = true;

    c.held = LF_NEW(&c.a, struct held, w->n);
    for (unsigned i = 0; i < w->n && ok; i++) {
        c.held[i].n = &w->node[i];
        if (!w->node[i].core) {
            ok = bad(w, "node %u is not up", i);
            c.held[i].n = NULL;
        } else {
            ok = take(&c, &c.held[i], true);
        }
    }
    ok = ok && nothing_told_is_lost(&c);
    for (unsigned i = 0; i < w->n && ok; i++)
        ok = alerts_count(&c, &c.held[i]) && derived_once(&c, &c.held[i]) && once(&c, &c.held[i]) &&
             mirror_fits(&c, &c.held[i]);
    ok = ok && incidents_fit(&c) && zones_fit(&c) && nothing_leaks(&c, NULL);
    if (ok)
        end_state(&c);
    for (unsigned i = 0; i < w->n; i++)
        if (c.held[i].n)
            drop(&c.held[i]);
    lf_arena_clear(&c.a);
    return ok;
}

/* In the midst of it: what must hold at every moment. */
bool fed_check_running(struct fed_node *n)
{
    struct fed *w = n->w;
    struct check c = { .w = w };
    bool ok = true;

    if (!n->core)
        return true;
    c.held = LF_NEW(&c.a, struct held, w->n);
    for (unsigned i = 0; i < w->n && ok; i++)
        if (w->node[i].core) {
            c.held[i].n = &w->node[i];
            ok = take(&c, &c.held[i], false);
        }
    ok = ok && alerts_count(&c, &c.held[n->id]) && derived_once(&c, &c.held[n->id]) &&
         once(&c, &c.held[n->id]) && nothing_leaks(&c, n);
    for (unsigned i = 0; i < w->n; i++)
        if (c.held[i].n)
            drop(&c.held[i]);
    lf_arena_clear(&c.a);
    return ok;
}
