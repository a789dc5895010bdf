/* The simulated intake, as proc/intake.c: the journal is on disk, findings are sent in
 * its order, what was sent and not confirmed is sent again after a while, or from the
 * checkpoint on when the core asks for it. */
#include <stdio.h>
#include <stdlib.h>

#include "main/federation_priv.h"
#include "model/finding.h"
#include "proc/messages.h"

#define CONFIRM_AFTER (15 * LF_SECOND)

static void intake_due(struct fed_node *n)
{
    if (n->intake_due || !n->intake_ready)
        return;
    n->intake_due = true;
    fed_due(n->w, LF_MSEC, FED_DUE_INTAKE, n->id, (lf_view){ NULL, 0 });
}

static size_t cursor_at(const struct fed_node *n, uint64_t position)
{
    size_t i = 0;

    while (i < n->nfindings && n->findings[i].trigger < position)
        i++;
    return i;
}

void fed_intake_resume(struct fed_node *n, uint64_t position)
{
    struct fed_happening *h;
    lf_time warm;
    char raw[8];

    n->cursor = cursor_at(n, position);
    n->resume = position;
    n->kept = position;
    n->nout = 0;
    n->intake_ready = true;
    h = fed_due(n->w, LF_MSEC, FED_DUE_TO_CORE, n->id, fed_u64(position, raw));
    h->from = LF_WORKER_INTAKE;
    h->type = LF_MSG_RESUMED;
    /* Two minutes before, so that second evidence is found again. */
    if (n->nfindings) {
        warm = n->findings[n->cursor < n->nfindings ? n->cursor : n->nfindings - 1].recorded -
               130 * LF_SECOND;
        while (n->cursor && n->findings[n->cursor - 1].recorded >= warm)
            n->cursor--;
    }
    fed_say(n->w, "node %u: its intake goes on from %llu", n->id, (unsigned long long)position);
    intake_due(n);
}

void fed_intake_kept(struct fed_node *n, uint64_t position)
{
    size_t drop = 0;

    if (position > n->kept)
        n->kept = position;
    n->progress = lf_sim_tick(n->w->sim);
    for (size_t i = n->nout; i > 0 && !drop; i--)
        if (n->out[i - 1] == position)
            drop = i;
    if (!drop)
        while (drop < n->nout && n->out[drop] <= position)
            drop++;
    n->nout -= drop;
    memmove(n->out, n->out + drop, n->nout * sizeof *n->out);
    intake_due(n);
}

static void pack_finding(struct fed_node *n, const struct fed_finding *x, struct lf_buf *b)
{
    char rule[40], host[32], event[160];
    struct lf_finding f = { .position = x->position,
                            .happened = x->recorded - LF_SECOND,
                            .recorded = x->recorded,
                            .sender = LF_V("web"),
                            .title = LF_V("Command injected into a web request"),
                            .level = x->high ? LF_LEVEL_HIGH : LF_LEVEL_MEDIUM,
                            .nobservables = 1 };

    (void)snprintf(rule, sizeof rule, "5d3a1e10-0000-4000-8000-%012u", x->host % 3);
    (void)snprintf(host, sizeof host, "host-%u", x->host);
    (void)snprintf(event, sizeof event, "{\"host\":\"%s\",\"domain\":\"%s\",\"position\":%llu}", host,
                   n->w->domain[x->domain].name, (unsigned long long)x->position);
    f.rule = lf_view_of(rule);
    f.host = lf_view_of(host);
    f.event = lf_view_of(event);
    f.observables[0] = (struct lf_observable){ LF_OBS_DOMAIN, lf_view_of(n->w->domain[x->domain].name) };
    if (x->second) {
        f.second_sender = LF_V("resolver");
        f.second_event = f.event;
        f.second_happened = x->recorded;
    }
    lf_finding_pack(b, &f);
}

void fed_intake_send(struct fed_node *n)
{
    struct fed *w = n->w;

    n->intake_due = false;
    for (; n->intake_ready && n->cursor < n->nfindings && n->nout < FED_OUT; n->cursor++) {
        const struct fed_finding *x = &n->findings[n->cursor];
        struct fed_happening *h;
        struct lf_buf b;

        if (x->position < n->resume && !x->second)
            continue;
        lf_buf_init(&b, 65536);
        pack_finding(n, x, &b);
        h = fed_due(w, LF_MSEC, FED_DUE_TO_CORE, n->id, lf_buf_view(&b));
        h->from = LF_WORKER_INTAKE;
        h->type = LF_MSG_FINDING;
        lf_buf_clear(&b);
        if (!n->nout) {
            n->progress = lf_sim_tick(w->sim);
            fed_due(w, CONFIRM_AFTER, FED_DUE_CONFIRM, n->id, (lf_view){ NULL, 0 });
        }
        n->out[n->nout++] = x->position;
    }
}

void fed_intake_send_again(struct fed_node *n)
{
    struct fed *w = n->w;
    lf_time rest = n->progress + CONFIRM_AFTER - lf_sim_tick(w->sim);
    uint64_t from = UINT64_MAX;

    if (!n->nout || !n->intake_ready)
        return;
    if (rest > 0) {
        fed_due(w, rest, FED_DUE_CONFIRM, n->id, (lf_view){ NULL, 0 });
        return;
    }
    for (size_t i = 0; i < n->nout; i++)
        if (n->out[i] < from)
            from = n->out[i];
    if (cursor_at(n, from) < n->cursor)
        n->cursor = cursor_at(n, from);
    fed_say(w, "node %u: its intake sends %zu again", n->id, n->nout);
    n->nout = 0;
    intake_due(n);
}

void fed_intake_add(struct fed_node *n, struct fed_finding x)
{
    if (n->nfindings == n->findings_room) {
        n->findings_room = n->findings_room ? n->findings_room * 2 : 64;
        n->findings = realloc(n->findings, lf_arena_mul(n->findings_room, sizeof *n->findings));
        LF_ASSERT(n->findings);
    }
    n->journal += 1 + lf_sim_below(n->w->sim, 20);
    x.trigger = n->journal;
    if (!x.position)
        x.position = n->journal;
    x.recorded = lf_now(&n->env);
    n->findings[n->nfindings++] = x;
    n->w->r->findings++;
    intake_due(n);
}

void fed_find(struct fed_node *n, unsigned domain, unsigned host, bool high, bool second)
{
    fed_intake_add(n, (struct fed_finding){ .domain = domain, .host = host, .high = high, .second = second });
}

void fed_find_second(struct fed_node *n, lf_time in)
{
    fed_due(n->w, in, FED_DUE_SECOND, n->id, (lf_view){ NULL, 0 })->n = n->nfindings - 1;
}

void fed_carry(struct fed_node *child, lf_time in, lf_view token)
{
    fed_due(child->w, in, FED_DUE_CARRY, child->id, token);
}
