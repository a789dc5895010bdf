/* Matching: which rules are for an event by its log sources, and those of them that
 * hold. */
#include <stdlib.h>

#include "engine/rule_index.h"
#include "engine/shape.h"

bool lf_tree_holds(struct lf_at *m, struct lf_node *n)
{
    uint32_t now = m->rs->now, *kept;
    bool holds = false;

    switch (n->kind) {
    case LF_NODE_PRED:
        kept = &m->rs->answered[n->pred->number];
        if (*kept >> 1 != now)
            *kept = now << 1 | (uint32_t)lf_pred_asked(m, n->pred);
        return *kept & 1u;
    case LF_NODE_NOT:
        return !lf_tree_holds(m, n->kids[0]);
    case LF_NODE_AND:
    case LF_NODE_OR:
        break;
    }
    /* Kept, because a condition may name the same part thousands of times. */
    if (n->answered >> 1 == now)
        return n->answered & 1u;
    holds = n->kind == LF_NODE_AND;
    for (size_t i = 0; i < n->nkids && holds == (n->kind == LF_NODE_AND); i++)
        holds = lf_tree_holds(m, n->kids[i]);
    n->answered = now << 1 | (uint32_t)holds;
    return holds;
}

/* ---- log sources ---- */

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

/* Groups that an event's sources reach: each source with each choice of its three
 * parts left out, but not all. */
enum {
    GROUPS_MOST = LF_EVENT_SOURCES * 7,
    ROUTES = 512,
    PIPELINES = 256,
    ROUTE_TEXT = 176,
    NAME_MOST = 4 * 256
};

struct route {
    uint32_t groups[GROUPS_MOST];
    size_t n;
};

/* What was found for the last events' sources.  One place for each hash: whatever
 * senders write into a source's name, no more memory is used. */
struct lf_route_cache {
    struct {
        char text[ROUTE_TEXT];
        size_t len;
        struct route route;
    } at[ROUTES];
    struct {
        const struct lf_pipeline *pipeline; /* of rs->pipelines */
        struct route route;
    } by[PIPELINES];
};

static lf_view source_name(char *to, size_t room, lf_view c, lf_view p, lf_view s)
{
    int n;

    /* No rule's part is longer (rule_load.c). */
    if (c.len > 256 || p.len > 256 || s.len > 256)
        return (lf_view){ NULL, 0 };
    n = snprintf(to, room, "%zu,%zu,%zu,", c.len, p.len, s.len);
    for (const lf_view *v = (const lf_view[]){ c, p, s }, *end = v + 3; v < end; v++)
        if (v->len > 0) {
            memcpy(to + n, v->ptr, v->len);
            n += (int)v->len;
        }
    return (lf_view){ to, (size_t)n };
}

static void find_route(const struct lf_ruleset *rs, const struct lf_event *ev, struct route *r)
{
    const lf_view none = { "", 0 };
    char text[NAME_MOST];

    r->n = 0;
    for (size_t i = 0; i < ev->nsources; i++)
        for (unsigned parts = 1; parts < 8; parts++) {
            const struct lf_logsource *s = &ev->sources[i];
            lf_view name;
            uint64_t group;
            bool twice = false;

            if (((parts & 1) && s->category.len == 0) || ((parts & 2) && s->product.len == 0) ||
                ((parts & 4) && s->service.len == 0))
                continue;
            name = source_name(text, sizeof text, parts & 1 ? s->category : none,
                               parts & 2 ? s->product : none, parts & 4 ? s->service : none);
            if (!name.ptr || !lf_map_get(&rs->group_of, name, &group))
                continue;
            for (size_t k = 0; k < r->n; k++)
                twice = twice || r->groups[k] == group;
            if (!twice)
                r->groups[r->n++] = (uint32_t)group;
        }
}

static const struct route *route_by_sources(struct lf_ruleset *rs, const struct lf_event *ev,
                                            struct route *own)
{
    char text[ROUTE_TEXT] = { 0 };
    size_t n = 0;
    uint64_t hash = 0;

    for (size_t i = 0; i < ev->nsources; i++) {
        const lf_view parts[] = { ev->sources[i].category, ev->sources[i].product, ev->sources[i].service };

        for (size_t k = 0; k < 3; k++) {
            if (n + parts[k].len + 1 > sizeof text) {
                find_route(rs, ev, own);
                return own;
            }
            text[n++] = (char)parts[k].len;
            if (parts[k].len > 0)
                memcpy(text + n, parts[k].ptr, parts[k].len);
            n += parts[k].len;
        }
    }
    for (size_t i = 0; i < n; i += 8) {
        uint64_t w = 0;

        memcpy(&w, text + i, n - i < 8 ? n - i : 8);
        hash = (hash ^ w) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 29;
    }
    hash = hash >> 40 & (ROUTES - 1);
    if (rs->routes->at[hash].len != n || memcmp(rs->routes->at[hash].text, text, n) != 0) {
        find_route(rs, ev, &rs->routes->at[hash].route);
        memcpy(rs->routes->at[hash].text, text, n);
        rs->routes->at[hash].len = n;
    }
    return &rs->routes->at[hash].route;
}

/* An event mostly has the sources its pipeline gave it, and these never change. */
static const struct route *route_of(struct lf_ruleset *rs, const struct lf_event *ev, struct route *own)
{
    const struct lf_pipeline *p = ev->pipeline;
    const struct route *r;

    if (!p || p->nsources != ev->nsources ||
        memcmp(p->sources, ev->sources, p->nsources * sizeof *p->sources) != 0)
        return route_by_sources(rs, ev, own);
    if (rs->routes->by[p->number % PIPELINES].pipeline != p) {
        r = route_by_sources(rs, ev, own);
        rs->routes->by[p->number % PIPELINES].pipeline = p;
        rs->routes->by[p->number % PIPELINES].route = *r;
    }
    return &rs->routes->by[p->number % PIPELINES].route;
}

/* ---- a ruleset's working parts ---- */

static void number_preds(struct lf_ruleset *rs, struct lf_node *n)
{
    if (n->seen == rs->seen)
        return;
    n->seen = rs->seen;
    if (n->kind == LF_NODE_PRED)
        rs->preds[n->pred->number] = n->pred;
    for (size_t i = 0; i < n->nkids; i++)
        number_preds(rs, n->kids[i]);
}

/* Some were refused after they had joined their group. */
static size_t loaded(const struct lf_ruleset *rs, unsigned *rules, size_t n)
{
    size_t m = 0;

    for (size_t i = 0; i < n; i++)
        if (rs->roots[rules[i]])
            rules[m++] = rules[i];
    return m;
}

enum lf_code lf_ruleset_finish(struct lf_ruleset *rs, struct lf_err *e)
{
    rs->preds = LF_NEW(&rs->a, const struct lf_pred *, rs->npreds ? rs->npreds : 1);
    rs->slots = LF_NEW(&rs->a, struct lf_slot, rs->nfields);
    rs->nfound = rs->nfields / 64 + 1;
    rs->found = LF_NEW(&rs->a, uint64_t, rs->nfound);
    rs->laid = LF_NEW(&rs->a, struct lf_laid *, LF_SHAPES);
    rs->answered = LF_NEW(&rs->a, uint32_t, rs->npreds ? rs->npreds : 1);
    rs->routes = LF_NEW(&rs->a, struct lf_route_cache, 1);
    for (size_t i = 0; i < ROUTES; i++)
        rs->routes->at[i].len = SIZE_MAX; /* nothing is kept yet */
    rs->indexes = LF_NEW(&rs->a, struct lf_index *, rs->ngroups ? rs->ngroups : 1);
    lf_map_init(&rs->group_of, 4);
    rs->seen++;
    for (size_t i = 0; i < rs->nrules; i++)
        if (rs->roots[i])
            number_preds(rs, rs->roots[i]);
    rs->keys = lf_keys_create(rs, NULL);
    lf_sets_make(rs);
    for (size_t i = 0; i < rs->ngroups; i++) {
        const struct lf_logsource *s = &rs->groups[i].source;
        char text[NAME_MOST];
        lf_view name = source_name(text, sizeof text, s->category, s->product, s->service);

        LF_ASSERT(name.ptr);
        lf_map_set(&rs->group_of, lf_arena_copy(&rs->a, name), i);
        rs->groups[i].n = loaded(rs, rs->groups[i].rules, rs->groups[i].n);
        LF_TRY(lf_index_create(rs, rs->groups[i].rules, rs->groups[i].n, &rs->indexes[i], e));
    }
    return LF_OK;
}

static void forget_aliases(struct lf_ruleset *rs)
{
    for (size_t i = 0; i < rs->naliased; i++)
        lf_keys_destroy(rs->aliased[i]);
    free((void *)rs->aliased);
    rs->aliased = NULL;
    rs->naliased = 0;
    lf_laid_forget(rs);
    lf_pipelines_drop(rs->pipelines);
    rs->pipelines = NULL;
    if (rs->routes)
        memset(rs->routes->by, 0, sizeof rs->routes->by);
}

/* The names that count for the event: with its pipeline's aliases when it is routed. */
static const struct lf_keys *keys_of(struct lf_ruleset *rs, const struct lf_event *ev, bool route)
{
    const struct lf_pipeline *p = ev->pipeline;
    unsigned at;

    if (!route || !p)
        return rs->keys;
    if (p->set != rs->pipelines) {
        forget_aliases(rs);
        rs->naliased = lf_aliases_count(p->set);
        rs->aliased = calloc(rs->naliased ? rs->naliased : 1, sizeof *rs->aliased);
        if (!rs->aliased)
            LF_BUG("no memory for names of fields");
        rs->pipelines = lf_pipelines_keep(p->set);
    }
    at = lf_aliases_number(p->aliases);
    if (!rs->aliased[at])
        rs->aliased[at] = lf_keys_create(rs, p->aliases);
    return rs->aliased[at];
}

void lf_ruleset_unfinish(struct lf_ruleset *rs)
{
    forget_aliases(rs);
    for (size_t i = 0; rs->indexes && i < rs->ngroups; i++)
        lf_index_destroy(rs->indexes[i]);
    lf_index_destroy(rs->all);
    lf_sets_clear(rs);
    for (size_t i = 0; rs->laid && i < LF_SHAPES; i++)
        free(rs->laid[i]);
    lf_keys_destroy(rs->keys);
    lf_map_clear(&rs->group_of);
    free(rs->bound);
}

/* Stamps begin anew, which they do after two thousand million events. */
static void forget(struct lf_ruleset *rs, struct lf_node *n)
{
    if (n->seen == rs->seen)
        return;
    n->seen = rs->seen;
    n->answered = 0;
    for (size_t i = 0; i < n->nkids; i++)
        forget(rs, n->kids[i]);
}

static void next_event(struct lf_ruleset *rs)
{
    if (rs->now == UINT32_MAX >> 1) {
        memset(rs->slots, 0, rs->nfields * sizeof *rs->slots);
        memset(rs->answered, 0, rs->npreds * sizeof *rs->answered);
        memset(rs->bound, 0, rs->nbound * sizeof *rs->bound);
        lf_sets_forget(rs);
        rs->seen++;
        for (size_t i = 0; i < rs->nrules; i++)
            if (rs->roots[i])
                forget(rs, rs->roots[i]);
        rs->now = 0;
    }
    rs->now++;
}

/* Without routing all rules are tried: one index of all, so that each field is
 * looked at once. */
static struct lf_index *all_rules(struct lf_ruleset *rs)
{
    struct lf_err e = { 0 };
    unsigned *rules;
    size_t n = 0;

    if (rs->all)
        return rs->all;
    rules = calloc(rs->nrules ? rs->nrules : 1, sizeof *rules);
    if (!rules)
        LF_BUG("no memory for %zu rules", rs->nrules);
    for (size_t i = 0; i < rs->nrules; i++)
        if (rs->roots[i])
            rules[n++] = (unsigned)i;
    /* The same texts have compiled once, in their groups. */
    if (lf_index_create(rs, rules, n, &rs->all, &e) != LF_OK)
        LF_BUG("%s", e.text);
    free(rules);
    return rs->all;
}

static int by_number(const void *x, const void *y)
{
    const unsigned *a = x, *b = y;

    return *a < *b ? -1 : *a > *b;
}

/* Rules by number, in their order. */
static size_t told(const struct lf_ruleset *rs, struct lf_arena *a, struct lf_hits *found,
                   const struct lf_rule *const **hits)
{
    const struct lf_rule **out;

    *hits = NULL;
    if (found->n == 0)
        return 0;
    if (found->n > 1)
        qsort(found->rule, found->n, sizeof *found->rule, by_number);
    out = LF_NEW(a, const struct lf_rule *, found->n);
    for (size_t i = 0; i < found->n; i++)
        out[i] = &rs->rules[found->rule[i]];
    *hits = out;
    return found->n;
}

void lf_fields_begin(struct lf_at *m, const struct lf_event *ev)
{
    /* What was read as it is, without routing, has no pipeline. */
    m->keys = keys_of(m->rs, ev, true);
    m->doc = ev->doc;
    m->shape = ev->shape;
    next_event(m->rs);
    lf_fields_lay_out(m);
}

size_t lf_ruleset_match(struct lf_ruleset *rs, struct lf_arena *a, const struct lf_event *ev, bool route,
                        const struct lf_rule *const **hits)
{
    struct lf_at m = {
        .rs = rs, .a = a, .doc = ev->doc, .shape = ev->shape, .json = ev->json, .line = ev->line
    };
    struct lf_hits found = { 0 };
    struct route own;

    if (rs->delta)
        return lf_delta_match(rs, a, ev, route, hits);
    m.keys = keys_of(rs, ev, route);
    next_event(rs);
    if (route) {
        const struct route *r = route_of(rs, ev, &own);

        for (size_t i = 0; i < r->n; i++)
            lf_index_match(rs->indexes[r->groups[i]], &m, &found);
    } else {
        lf_index_match(all_rules(rs), &m, &found);
    }
    return told(rs, a, &found, hits);
}

size_t lf_ruleset_match_named(struct lf_ruleset *rs, struct lf_arena *a, const struct lf_event *ev,
                              const unsigned **rules)
{
    struct lf_at m = { .rs = rs, .a = a };
    struct lf_hits found = { 0 };

    lf_fields_begin(&m, ev);
    lf_index_match(rs->ngroups == 1 ? rs->indexes[0] : all_rules(rs), &m, &found);
    if (found.n > 1)
        qsort(found.rule, found.n, sizeof *found.rule, by_number);
    *rules = found.rule;
    return found.n;
}

size_t lf_ruleset_match_slowly(struct lf_ruleset *rs, struct lf_arena *a, const struct lf_event *ev,
                               bool route, const struct lf_rule *const **hits)
{
    struct lf_at m = { .rs = rs, .a = a, .keys = keys_of(rs, ev, route), .doc = ev->doc };
    struct lf_hits found = { 0 };

    next_event(rs);
    lf_fields_lay_out(&m);
    for (size_t i = 0; i < rs->nrules; i++)
        if (rs->roots[i] && (!route || lf_logsource_holds(&rs->rules[i].source, ev)) &&
            lf_tree_holds(&m, rs->roots[i])) {
            found.rule = lf_arena_grow(a, found.rule, found.n, &found.cap, sizeof *found.rule);
            found.rule[found.n++] = (unsigned)i;
        }
    return told(rs, a, &found, hits);
}
