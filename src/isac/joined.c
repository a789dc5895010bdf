#include "isac/joined.h"

#include "cert/unit.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "ident/organisation.h"
#include "isac/peer.h"

struct gather {
    struct lf_task *t;
    size_t npeers, n, cap;
    const struct lf_peer *peers;
    bool *named; /* of a peer: an organisation of the contact network has it */
    struct lf_joined *items;
};

static enum lf_code add(struct gather *g, struct lf_joined one, struct lf_err *e)
{
    if (g->n == LF_JOINED_MOST)
        return lf_err_set(e, LF_TOO_BIG, "joined: more than %d organisations are here", LF_JOINED_MOST);
    g->items = lf_arena_grow(g->t->a, g->items, g->n, &g->cap, sizeof *g->items);
    g->items[g->n++] = one;
    return LF_OK;
}

static bool is_member(const struct lf_peer *p)
{
    return p->kind == LF_PEER_CHILD && p->state != LF_PEER_JOINING;
}

static enum lf_code take_unit(struct gather *g, const struct lf_unit *u, struct lf_err *e)
{
    struct lf_task node = lf_node_task(g->t);
    struct lf_joined one = { .name = u->name };

    if (u->tenant.len && !lf_view_eq(u->tenant, g->t->self->org)) {
        struct lf_organisation org;
        enum lf_code rc = lf_organisation_get(&node, u->tenant, &org, e);

        if (rc != LF_OK && rc != LF_NOT_FOUND)
            return rc;
        one.since = rc == LF_OK ? org.created : 0;
    }
    for (size_t i = 0; i < g->npeers; i++) {
        const struct lf_peer *p = &g->peers[i];

        if (!is_member(p) || !lf_view_eq(p->id, u->peer))
            continue;
        g->named[i] = true;
        one.node = true;
        one.left = p->state == LF_PEER_RETIRED && !one.since;
        if (!one.since || p->created < one.since)
            one.since = p->created;
    }
    return one.since ? add(g, one, e) : LF_OK;
}

static enum lf_code take_all(struct gather *g, struct lf_err *e)
{
    struct lf_unit_page list = { 0 };

    do {
        LF_TRY(lf_unit_list(g->t, LF_V(""), 0, &(struct lf_page){ .after = list.next, .limit = LF_PAGE_MOST },
                            &list, e));
        for (size_t i = 0; i < list.n; i++)
            LF_TRY(take_unit(g, &list.items[i], e));
    } while (list.next.len);
    for (size_t i = 0; i < g->npeers; i++) {
        const struct lf_peer *p = &g->peers[i];

        if (is_member(p) && !g->named[i])
            LF_TRY(add(
                g,
                (struct lf_joined){
                    .name = p->name, .since = p->created, .node = true, .left = p->state == LF_PEER_RETIRED },
                e));
    }
    return LF_OK;
}

static int by_time(const void *x, const void *y)
{
    const struct lf_joined *a = x, *b = y;

    if (a->since != b->since)
        return a->since < b->since ? -1 : 1;
    return lf_view_cmp(a->name, b->name);
}

static int year_of(lf_time at)
{
    return lf_civil_of(at + LF_TAIPEI).year;
}

enum lf_code lf_joined_list(struct lf_task *t, size_t *n, const struct lf_joined **out, size_t *nyears,
                            const struct lf_joined_year **years, struct lf_err *e)
{
    int now = year_of(lf_now(t->env)), first = now;
    struct gather g = { .t = t };
    struct lf_joined_year *of;

    LF_TRY(lf_ident_need(t,
                         LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER |
                             LF_ROLE_READER | LF_ROLE_SYSTEM,
                         e));
    if (!lf_view_eq(t->scope.org, t->self->org))
        return lf_err_set(e, LF_FORBIDDEN, "joined: who is on this node is for its own people");
    LF_TRY(lf_peer_list(t, &g.npeers, &g.peers, e));
    g.named = LF_NEW(t->a, bool, g.npeers + 1);
    LF_TRY(take_all(&g, e));
    if (g.n) {
        qsort(g.items, g.n, sizeof *g.items, by_time);
        first = year_of(g.items[0].since) < now ? year_of(g.items[0].since) : now;
    }
    *nyears = (size_t)(now - first) + 1;
    of = LF_NEW(t->a, struct lf_joined_year, *nyears);
    for (size_t y = 0; y < *nyears; y++)
        of[y] = (struct lf_joined_year){ .year = first + (int)y };
    for (size_t i = 0; i < g.n; i++) {
        size_t y = year_of(g.items[i].since) <= now ? (size_t)(year_of(g.items[i].since) - first)
                                                    : *nyears - 1;

        of[y].came++;
    }
    for (size_t y = 0; y < *nyears; y++)
        of[y].all = of[y].came + (y ? of[y - 1].all : 0);
    *years = of;
    *n = g.n;
    *out = g.items;
    return LF_OK;
}
