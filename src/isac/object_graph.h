/* Graph: what is around an object, as far as one may have it.
 *
 * From one object outwards, breadth first: what it refers to (any *_ref and *_refs but markings, and so
 * created_by_ref, object_refs, sighting_of_ref …) and what refers to it.  A relationship is an edge between
 * its two ends, not a node, unless it is where one begins or another object names it.
 *
 * Each object passes isac/object_search.h.  An edge to what the reader may not have does not exist, in no
 * list and no count; neither does one to what is not stored, and the two cannot be told apart.
 *
 * Bounded: nodes, edges, LF_GRAPH_AROUND referrers and LF_GRAPH_REFS references of one node, and
 * LF_GRAPH_LOOKS objects looked up in all, LF_GRAPH_BYTES of their texts.  `cut` says that a bound was met.
 */
#ifndef LF_ISAC_OBJECT_GRAPH_H
#define LF_ISAC_OBJECT_GRAPH_H

#include "isac/object_search.h"

enum {
    LF_GRAPH_DEPTH = 4,
    LF_GRAPH_NODES = 500,
    LF_GRAPH_USUAL = 100,
    LF_GRAPH_EDGES = 2000,
    LF_GRAPH_AROUND = 50,
    LF_GRAPH_REFS = 500,
    LF_GRAPH_LOOKS = 4000,
    LF_GRAPH_BYTES = 16 << 20, /* and one node's referrers more */
};

struct lf_graph_node {
    lf_view id, type, name; /* name empty: it has none */
    unsigned depth;
    const struct lf_json *object;
};
struct lf_graph_edge {
    size_t from, to;
    lf_view label; /* relationship_type; or the property without "_ref" */
    lf_view via;   /* the relationship; empty: a property */
};
struct lf_graph {
    struct lf_graph_node *nodes;
    size_t n;
    struct lf_graph_edge *edges;
    size_t nedges;
    bool cut;
};
/* depth at most LF_GRAPH_DEPTH, nodes at most LF_GRAPH_NODES (0: usual).  In the task's arena.  LF_NOT_FOUND.
 */
enum lf_code lf_object_graph(struct lf_task *t, lf_view id, unsigned depth, size_t nodes,
                             struct lf_graph *out, struct lf_err *e) LF_MUST;

#endif
