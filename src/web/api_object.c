/* Stored STIX objects: searched, one by one, and what is around one. */
#include "fmt/uri.h"
#include "isac/object_graph.h"
#include "web/api_priv.h"

enum { ANSWER_MOST = 32 << 20 };

static const char *const fields[] = { "q",         "value", "name",       "type", "source", "marking",
                                      "technique", "ref",   "collection", "from", "to" };

enum lf_code object_query_of(struct rq *r, struct lf_object_query *out)
{
    lf_view from = lf_view_trim(query(r, "from")), to = lf_view_trim(query(r, "to"));
    struct lf_object_query q = {
        .words = lf_view_trim(query(r, "q")),
        .value = lf_view_trim(query(r, "value")),
        .name = lf_view_trim(query(r, "name")),
        .type = lf_view_trim(query(r, "type")),
        .source = lf_view_trim(query(r, "source")),
        .marking = lf_view_trim(query(r, "marking")),
        .technique = lf_view_trim(query(r, "technique")),
        .ref = lf_view_trim(query(r, "ref")),
        .collection = lf_view_trim(query(r, "collection")),
    };

    if (from.len)
        LF_TRY(lf_alert_when(r->t, from, false, &q.from, r->e));
    if (to.len)
        LF_TRY(lf_alert_when(r->t, to, true, &q.to, r->e));
    *out = q;
    return LF_OK;
}

lf_view object_query_link(struct rq *r)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 64 << 10);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        lf_view v = lf_view_trim(query(r, fields[i]));

        if (!v.len)
            continue;
        lf_buf_printf(&b, "&%s=", fields[i]);
        lf_uri_encode(&b, v);
    }
    out = lf_arena_copy(r->t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static void put_version(struct lf_json_w *w, const struct lf_object *o)
{
    char text[LF_TIME_TEXT];

    if (o->version_at)
        lf_json_put_str(w, "version", lf_stix_micro(o->version_at, text));
    lf_json_put_str(w, "added", lf_stix_micro(o->added, text));
}

enum lf_code api_objects(struct rq *r)
{
    const struct lf_object_hit *hits;
    struct lf_object_query q;
    struct lf_page page;
    lf_view next;
    bool behind;
    struct out o;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(object_query_of(r, &q));
    LF_TRY(lf_object_search(r->t, &q, &page, &n, &hits, &next, &behind, r->e));
    begin_most(&o, ANSWER_MOST);
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < n; i++) {
        const struct lf_json *tree;

        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "id", hits[i].o.id);
        lf_json_put_str(&o.w, "type", hits[i].o.type);
        if (lf_json_parse(r->t->a, hits[i].o.json, NULL, &tree, NULL) == LF_OK)
            put_text(&o.w, "name", lf_json_str(tree, "name"));
        put_version(&o.w, &hits[i].o);
        lf_json_put_str(&o.w, "collection", hits[i].collection);
        put_text(&o.w, "alias", hits[i].alias);
        lf_json_put_raw(&o.w, "object", hits[i].o.json);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    put_text(&o.w, "next", next);
    if (behind) /* so much was handed in just now */
        lf_json_put_bool(&o.w, "behind", true);
    return end(r, &o, 200);
}

enum lf_code api_object(struct rq *r)
{
    const struct lf_object_version *v;
    struct out o;
    size_t n;

    LF_TRY(lf_object_versions(r->t, r->id, &n, &v, r->e));
    begin_most(&o, ANSWER_MOST);
    lf_json_put_str(&o.w, "id", v[0].o.id);
    lf_json_put_raw(&o.w, "object", v[0].o.json);
    lf_json_begin(&o.w, "versions", '[');
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        put_version(&o.w, &v[i].o);
        lf_json_put_str(&o.w, "collection", v[i].collection);
        put_text(&o.w, "alias", v[i].alias);
        put_text(&o.w, "peer", v[i].origin);
        put_text(&o.w, "by", v[i].author);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    return end(r, &o, 200);
}

enum lf_code object_graph_of(struct rq *r, lf_view id, struct lf_graph *out)
{
    lf_view depth = query(r, "depth"), limit = query(r, "limit");
    uint64_t d = 1, n = LF_GRAPH_USUAL;

    if (depth.len && (!lf_view_u64(depth, &d) || d > LF_GRAPH_DEPTH))
        return lf_err_set(r->e, LF_BAD_INPUT, "depth is a number from 0 to %d", LF_GRAPH_DEPTH);
    if (limit.len && (!lf_view_u64(limit, &n) || n < 1 || n > LF_GRAPH_NODES))
        return lf_err_set(r->e, LF_BAD_INPUT, "limit is a number from 1 to %d", LF_GRAPH_NODES);
    return lf_object_graph(r->t, id, (unsigned)d, (size_t)n, out, r->e);
}

enum lf_code api_object_graph(struct rq *r)
{
    struct lf_graph g;
    struct out o;

    LF_TRY(object_graph_of(r, r->id, &g));
    begin(&o);
    lf_json_begin(&o.w, "nodes", '[');
    for (size_t i = 0; i < g.n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "id", g.nodes[i].id);
        lf_json_put_str(&o.w, "type", g.nodes[i].type);
        put_text(&o.w, "name", lf_view_first(g.nodes[i].name, 4096));
        lf_json_put_int(&o.w, "depth", (int64_t)g.nodes[i].depth);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    lf_json_begin(&o.w, "edges", '[');
    for (size_t i = 0; i < g.nedges; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "from", g.nodes[g.edges[i].from].id);
        lf_json_put_str(&o.w, "to", g.nodes[g.edges[i].to].id);
        lf_json_put_str(&o.w, "label", lf_view_first(g.edges[i].label, 256));
        put_text(&o.w, "via", g.edges[i].via);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    lf_json_put_bool(&o.w, "cut", g.cut);
    return end(r, &o, 200);
}
