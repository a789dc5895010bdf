#include "isac/object_graph.h"

#include "base/map.h"
#include "fmt/stix.h"

enum { HIDDEN = LF_GRAPH_NODES + 1 };

struct graph {
    struct lf_task *t;
    struct lf_object_reader *reader;
    struct lf_graph *g;
    struct lf_map known; /* id -> place in nodes, or HIDDEN */
    size_t most, looks, bytes, edges_cap;
};

struct ref {
    lf_view label, id;
};
struct refs {
    struct lf_arena *a;
    struct ref *v;
    size_t n, cap;
};

/* "sighting_of_ref" and "object_refs" without their ends. */
static bool label_of(lf_view key, lf_view *out)
{
    size_t tail = lf_view_ends(key, LF_V("_refs")) ? 5 : lf_view_ends(key, LF_V("_ref")) ? 4 : 0;

    *out = lf_view_first(key, key.len - tail);
    return tail && !lf_view_is(key, "object_marking_refs") && !lf_view_is(key, "marking_ref");
}

static void refs_of(struct refs *r, lf_view key, const struct lf_json *v, int depth)
{
    lf_view label;

    if (depth > 32 || r->n > LF_GRAPH_REFS)
        return;
    if (lf_json_kind(v) == LF_JSON_STRING && label_of(key, &label) && lf_stix_id_ok(lf_json_text(v), NULL)) {
        r->v = lf_arena_grow(r->a, r->v, r->n, &r->cap, sizeof *r->v);
        r->v[r->n++] = (struct ref){ label, lf_json_text(v) };
    }
    for (size_t i = 0; i < lf_json_size(v); i++)
        if (lf_json_kind(v) == LF_JSON_ARRAY)
            refs_of(r, key, lf_json_item(v, i), depth + 1);
        else
            refs_of(r, lf_json_key(v, i), lf_json_member(v, i), depth + 1);
}

static lf_view name_of(const struct lf_json *object)
{
    static const char *const names[] = {
        "name", "value", "path", "display_name", "subject", "user_id", "key"
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        lf_view v = lf_json_str(object, names[i]);

        if (v.len)
            return v;
    }
    return LF_V("");
}

static enum lf_code add_node(struct graph *g, const struct lf_object_hit *h, unsigned depth, size_t *place,
                             struct lf_err *e)
{
    struct lf_graph_node *n = &g->g->nodes[g->g->n];

    *n = (struct lf_graph_node){ .id = h->o.id, .type = h->o.type, .depth = depth };
    LF_TRY(lf_json_parse(g->t->a, h->o.json, NULL, &n->object, e));
    n->name = name_of(n->object);
    *place = g->g->n++;
    lf_map_set(&g->known, n->id, *place);
    return LF_OK;
}

static bool spent(const struct graph *g)
{
    return g->looks >= LF_GRAPH_LOOKS || g->bytes >= LF_GRAPH_BYTES;
}

/* The place of an object, which becomes a node when there is room; HIDDEN: none. */
static enum lf_code place_of(struct graph *g, lf_view id, const struct lf_object_hit *had, unsigned depth,
                             size_t *place, struct lf_err *e)
{
    struct lf_object_hit h;
    bool found = had != NULL;
    uint64_t at;

    *place = HIDDEN;
    if (lf_map_get(&g->known, id, &at)) {
        *place = (size_t)at;
        return LF_OK;
    }
    if (!had) {
        if (spent(g)) {
            g->g->cut = true;
            return LF_OK;
        }
        LF_TRY(lf_object_last(g->reader, id, &h, &found, e));
        g->looks++;
        g->bytes += found ? h.o.json.len : 0;
    }
    if (!found) {
        lf_map_set(&g->known, lf_arena_copy(g->t->a, id), HIDDEN);
        return LF_OK;
    }
    if (g->g->n == g->most) {
        g->g->cut = true;
        return LF_OK;
    }
    return add_node(g, had ? had : &h, depth, place, e);
}

static void add_edge(struct graph *g, size_t from, size_t to, lf_view label, lf_view via)
{
    struct lf_graph *o = g->g;

    if (from == HIDDEN || to == HIDDEN)
        return;
    for (size_t i = 0; i < o->nedges; i++)
        if (o->edges[i].from == from && o->edges[i].to == to && lf_view_eq(o->edges[i].label, label) &&
            lf_view_eq(o->edges[i].via, via))
            return;
    if (o->nedges == LF_GRAPH_EDGES) {
        o->cut = true;
        return;
    }
    o->edges = lf_arena_grow(g->t->a, o->edges, o->nedges, &g->edges_cap, sizeof *o->edges);
    o->edges[o->nedges++] = (struct lf_graph_edge){ from, to, label, via };
}

static enum lf_code outward(struct graph *g, size_t at, struct lf_err *e)
{
    struct refs r = { .a = g->t->a };
    unsigned depth = g->g->nodes[at].depth + 1;

    refs_of(&r, LF_V(""), g->g->nodes[at].object, 0);
    g->g->cut |= r.n > LF_GRAPH_REFS;
    for (size_t i = 0; i < r.n && i < LF_GRAPH_REFS; i++) {
        size_t to;

        LF_TRY(place_of(g, r.v[i].id, NULL, depth, &to, e));
        add_edge(g, at, to, r.v[i].label, LF_V(""));
    }
    return LF_OK;
}

/* A relationship that names the node at one of its ends. */
static enum lf_code related(struct graph *g, size_t at, const struct lf_object_hit *h,
                            const struct lf_json *tree, struct lf_err *e)
{
    lf_view me = g->g->nodes[at].id, source = lf_json_str(tree, "source_ref"),
            target = lf_json_str(tree, "target_ref");
    bool ours = lf_view_eq(source, me);
    size_t other;

    LF_TRY(place_of(g, ours ? target : source, NULL, g->g->nodes[at].depth + 1, &other, e));
    add_edge(g, ours ? at : other, ours ? other : at, lf_json_str(tree, "relationship_type"), h->o.id);
    return LF_OK;
}

static enum lf_code inward(struct graph *g, size_t at, struct lf_err *e)
{
    lf_view me = g->g->nodes[at].id;
    const struct lf_object_hit *h;
    bool more;
    size_t n;

    if (spent(g)) {
        g->g->cut = true;
        return LF_OK;
    }
    LF_TRY(lf_object_referrers(g->reader, me, LF_GRAPH_AROUND, &n, &h, &more, e));
    g->g->cut |= more;
    g->looks += n;
    for (size_t i = 0; i < n; i++)
        g->bytes += h[i].o.json.len;
    for (size_t i = 0; i < n; i++) {
        struct refs r = { .a = g->t->a };
        const struct lf_json *tree;
        uint64_t known = HIDDEN;
        size_t from;

        LF_TRY(lf_json_parse(g->t->a, h[i].o.json, NULL, &tree, e));
        if (lf_view_is(h[i].o.type, "relationship") &&
            (lf_view_eq(lf_json_str(tree, "source_ref"), me) ||
             lf_view_eq(lf_json_str(tree, "target_ref"), me)) &&
            (!lf_map_get(&g->known, h[i].o.id, &known) || known == HIDDEN)) {
            LF_TRY(related(g, at, &h[i], tree, e));
            continue;
        }
        LF_TRY(place_of(g, h[i].o.id, &h[i], g->g->nodes[at].depth + 1, &from, e));
        refs_of(&r, LF_V(""), tree, 0);
        for (size_t k = 0; k < r.n; k++)
            if (lf_view_eq(r.v[k].id, me))
                add_edge(g, from, at, r.v[k].label, LF_V(""));
    }
    return LF_OK;
}

enum lf_code lf_object_graph(struct lf_task *t, lf_view id, unsigned depth, size_t nodes,
                             struct lf_graph *out, struct lf_err *e)
{
    struct graph g = { .t = t, .g = out, .most = nodes ? nodes : LF_GRAPH_USUAL };
    enum lf_code rc;
    size_t place;

    if (depth > LF_GRAPH_DEPTH || g.most > LF_GRAPH_NODES)
        return lf_err_set(e, LF_BAD_INPUT, "a graph is at most %d deep and has at most %d nodes",
                          LF_GRAPH_DEPTH, LF_GRAPH_NODES);
    *out = (struct lf_graph){ .nodes = LF_NEW(t->a, struct lf_graph_node, g.most) };
    LF_TRY(lf_object_reader_open(t, &g.reader, e));
    lf_map_init(&g.known, 0x67726170);
    rc = place_of(&g, id, NULL, 0, &place, e);
    if (rc == LF_OK && place == HIDDEN)
        rc = lf_err_set(e, LF_NOT_FOUND, "no object of this id is there for you");
    for (size_t i = 0; rc == LF_OK && i < out->n && out->nodes[i].depth < depth; i++) {
        rc = outward(&g, i, e);
        if (rc == LF_OK)
            rc = inward(&g, i, e);
    }
    lf_map_clear(&g.known);
    return rc;
}
