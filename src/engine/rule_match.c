/* Matching: rules' trees over predicates whose answers are kept for the event. */
#include "engine/rule_priv.h"

static bool node_holds(struct lf_at *m, const struct lf_node *n)
{
    uint32_t *kept;

    switch (n->kind) {
    case LF_NODE_AND:
        for (size_t i = 0; i < n->nkids; i++)
            if (!node_holds(m, n->kids[i]))
                return false;
        return true;
    case LF_NODE_OR:
        for (size_t i = 0; i < n->nkids; i++)
            if (node_holds(m, n->kids[i]))
                return true;
        return false;
    case LF_NODE_NOT:
        return !node_holds(m, n->kids[0]);
    case LF_NODE_PRED:
        break;
    }
    kept = &m->rs->answered[n->pred->number];
    if (*kept >> 1 != m->rs->now)
        *kept = m->rs->now << 1 | (uint32_t)lf_pred_holds(m, n->pred);
    return *kept & 1u;
}

static bool source_holds(const struct lf_logsource *rule, const struct lf_logsource *ev)
{
    return (rule->category.len == 0 || lf_view_eq(rule->category, ev->category)) &&
           (rule->product.len == 0 || lf_view_eq(rule->product, ev->product)) &&
           (rule->service.len == 0 || lf_view_eq(rule->service, ev->service));
}

bool lf_logsource_holds(const struct lf_logsource *rule, const struct lf_event *ev)
{
    if (rule->category.len + rule->product.len + rule->service.len == 0)
        return false;
    for (size_t i = 0; i < ev->nsources; i++)
        if (source_holds(rule, &ev->sources[i]))
            return true;
    return false;
}

void lf_event_add_source(struct lf_event *ev, lf_view category, lf_view product, lf_view service)
{
    if (ev->nsources < LF_EVENT_SOURCES)
        ev->sources[ev->nsources++] = (struct lf_logsource){ category, product, service };
}

static int by_number(const void *x, const void *y)
{
    const struct lf_rule *const *a = x, *const *b = y;

    return (*a)->number < (*b)->number ? -1 : (*a)->number > (*b)->number;
}

size_t lf_ruleset_match(struct lf_ruleset *rs, struct lf_arena *a, const struct lf_event *ev, bool route,
                        const struct lf_rule *const **hits)
{
    struct lf_at m = { .rs = rs, .a = a, .doc = ev->doc };
    const struct lf_rule **out = NULL;
    size_t n = 0, cap = 0;

    *hits = NULL;
    if (rs->now == UINT32_MAX >> 1) {
        memset(rs->slots, 0, rs->nfields * sizeof *rs->slots);
        memset(rs->answered, 0, rs->npreds * sizeof *rs->answered);
        rs->now = 0;
    }
    rs->now++;
    lf_fields_lay_out(&m);
    for (size_t i = 0; i < rs->ngroups; i++) {
        const struct lf_group *g = &rs->groups[i];

        if (route && !lf_logsource_holds(&g->source, ev))
            continue;
        for (size_t k = 0; k < g->n; k++)
            if (node_holds(&m, rs->roots[g->rules[k]])) {
                out = (const struct lf_rule **)lf_arena_grow(a, (void *)(uintptr_t)out, n, &cap, sizeof *out);
                out[n++] = &rs->rules[g->rules[k]];
            }
    }
    if (n > 1)
        qsort((void *)(uintptr_t)out, n, sizeof *out, by_number);
    *hits = out;
    return n;
}
