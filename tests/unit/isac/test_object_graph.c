#include "isac/object_graph.h"

#include "node.h"

#define RED "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"

static void open_world(struct node *d, uint64_t seed, lf_view *c)
{
    struct lf_err e = { 0 };

    node_open(d, "sector", "sector", seed);
    CHECK_OK(lf_db_begin(d->db, &e), &e);
    CHECK_OK(lf_collection_create(&d->t, LF_V("one"), LF_V("one"), LF_V("share"), LF_V("share"), c, &e), &e);
    *c = lf_arena_copy(&d->life, *c);
    node_task(d, LF_ROLE_ANALYST, LF_V("ana"));
}

static void post(struct node *d, lf_view c, const char *type, unsigned n, const char *more)
{
    struct lf_err e = { 0 };
    struct lf_stix s;
    bool fresh;
    lf_view json =
        lf_arena_printf(&d->arena,
                        "{\"type\":\"%s\",\"spec_version\":\"2.1\",\"id\":\"%s--00000000-0000-4000-8000-"
                        "%012u\",\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:"
                        "00.000Z\"%s}",
                        type, type, n, more);

    CHECK_OK(lf_stix_read(&d->arena, json, &s, &e), &e);
    CHECK_OK(lf_object_post(&d->t, c, &s, json, &fresh, &e), &e);
}

#define ID(type, n) type "--00000000-0000-4000-8000-00000000000" n

static void relate(struct node *d, lf_view c, unsigned n, const char *from, const char *to, const char *more)
{
    post(d, c, "relationship", n,
         lf_arena_printf(&d->arena,
                         ",\"relationship_type\":\"uses\",\"source_ref\":\"%s\",\"target_ref\":\"%s\"%s%c",
                         from, to, more, 0)
             .ptr);
}

/* "malware1>tool2:uses", sorted by how they were met. */
static const char *edges(struct node *d, const char *root, unsigned depth, size_t nodes, bool *cut)
{
    char *out = lf_arena_zalloc(&d->arena, 4096, 1);
    struct lf_err e = { 0 };
    struct lf_graph g;
    size_t len = 0;

    CHECK_OK(lf_object_graph(&d->t, lf_view_of(root), depth, nodes, &g, &e), &e);
    *cut = g.cut;
    for (size_t i = 0; i < g.nedges && len < 4000; i++) {
        const struct lf_graph_node *a = &g.nodes[g.edges[i].from], *b = &g.nodes[g.edges[i].to];

        len += (size_t)snprintf(out + len, 4096 - len, "%s%.*s%c>%.*s%c:%.*s", len ? " " : "",
                                LF_FMT(a->type), a->id.ptr[a->id.len - 1], LF_FMT(b->type),
                                b->id.ptr[b->id.len - 1], LF_FMT(g.edges[i].label));
    }
    return out;
}

static void is(const char *got, const char *want)
{
    CHECK(strcmp(got, want) == 0, "\"%s\", not \"%s\"", got, want);
}

static void what_is_around_an_object_is_found_both_ways(void)
{
    struct node d;
    lf_view c = { 0 };
    bool cut;

    open_world(&d, 1, &c);
    post(&d, c, "identity", 1, ",\"name\":\"who\",\"created_by_ref\":\"" ID("identity", "1") "\"");
    post(&d, c, "malware", 2,
         ",\"name\":\"m\",\"is_family\":false,\"created_by_ref\":\"" ID("identity", "1") "\"");
    post(&d, c, "tool", 3, ",\"name\":\"t\"");
    post(&d, c, "campaign", 4, ",\"name\":\"c\"");
    relate(&d, c, 5, ID("malware", "2"), ID("tool", "3"), "");
    relate(&d, c, 6, ID("campaign", "4"), ID("malware", "2"), "");
    post(&d, c, "report", 7,
         ",\"name\":\"r\",\"published\":\"2026-01-01T00:00:00Z\",\"object_refs\":[\"" ID(
             "malware", "2") "\",\"" ID("malware", "9") "\"]");
    post(&d, c, "sighting", 8, ",\"sighting_of_ref\":\"" ID("malware", "2") "\"");
    is(edges(&d, ID("malware", "2"), 0, 0, &cut), "");
    is(edges(&d, ID("malware", "2"), 1, 0, &cut),
       "malware2>identity1:created_by sighting8>malware2:sighting_of report7>malware2:object "
       "campaign4>malware2:uses malware2>tool3:uses");
    CHECK(!cut, "nothing was left out");
    is(edges(&d, ID("tool", "3"), 1, 0, &cut), "malware2>tool3:uses");
    is(edges(&d, ID("tool", "3"), 2, 2, &cut), "malware2>tool3:uses");
    CHECK(cut, "there was no room for more");
    is(edges(&d, ID("relationship", "5"), 1, 0, &cut),
       "relationship5>malware2:source relationship5>tool3:target");
    node_close(&d);
}

static void what_one_may_not_have_has_no_edge(void)
{
    static const char red[] = ",\"object_marking_refs\":[\"" RED "\"]";
    struct node d;
    struct lf_err e = { 0 };
    struct lf_graph g;
    lf_view c = { 0 };
    bool cut;

    open_world(&d, 2, &c);
    post(&d, c, "tool", 1, ",\"name\":\"a\"");
    post(&d, c, "tool", 2, ",\"name\":\"b\"");
    post(&d, c, "tool", 3, lf_arena_printf(&d.arena, ",\"name\":\"c\"%s%c", red, 0).ptr);
    relate(&d, c, 4, ID("tool", "1"), ID("tool", "2"), red); /* hidden itself */
    relate(&d, c, 5, ID("tool", "1"), ID("tool", "3"), "");  /* its end is */
    is(edges(&d, ID("tool", "1"), 1, 0, &cut), "tool1>tool3:uses tool1>tool2:uses");
    node_task(&d, LF_ROLE_SHARE, LF_V("program"));
    is(edges(&d, ID("tool", "1"), 2, 0, &cut), "");
    CHECK(!cut, "and nothing says that there is more");
    CHECK(lf_object_graph(&d.t, LF_V(ID("tool", "3")), 1, 0, &g, &e) == LF_NOT_FOUND,
          "nor is there one of it");
    node_close(&d);
}

static void a_hub_is_cut_and_says_so(void)
{
    struct node d;
    struct lf_err e = { 0 };
    struct lf_graph g;
    lf_view c = { 0 };

    open_world(&d, 3, &c);
    post(&d, c, "identity", 1, ",\"name\":\"hub\"");
    for (unsigned i = 10; i < 10 + 2 * LF_GRAPH_AROUND; i++)
        post(&d, c, "tool", i, ",\"name\":\"x\",\"created_by_ref\":\"" ID("identity", "1") "\"");
    CHECK_OK(lf_object_graph(&d.t, LF_V(ID("identity", "1")), 1, LF_GRAPH_NODES, &g, &e), &e);
    CHECK(g.cut && g.n == 1 + LF_GRAPH_AROUND && g.nedges == LF_GRAPH_AROUND, "%zu nodes, %zu edges", g.n,
          g.nedges);
    CHECK_OK(lf_object_graph(&d.t, LF_V(ID("identity", "1")), 4, 10, &g, &e), &e);
    CHECK(g.cut && g.n == 10, "%zu nodes", g.n);
    CHECK(lf_object_graph(&d.t, LF_V(ID("identity", "1")), 5, 10, &g, &e) == LF_BAD_INPUT, "too deep");
    node_close(&d);
}

static void long_texts_are_cut_and_it_says_so(void)
{
    enum { LONG = 700000, NOTES = 40 };
    struct node d;
    lf_view c = { 0 };
    struct lf_err e = { 0 };
    struct lf_graph g;
    char *text = malloc(LONG + 200);

    open_world(&d, 5, &c);
    post(&d, c, "malware", 1, ",\"name\":\"m\",\"is_family\":false");
    for (unsigned i = 0; text && i < NOTES; i++) {
        size_t n =
            (size_t)snprintf(text, 200, ",\"object_refs\":[\"" ID("malware", "1") "\"],\"content\":\"");

        memset(text + n, 'x', LONG);
        memcpy(text + n + LONG, "\"", 2);
        node_task(&d, LF_ROLE_ANALYST, LF_V("ana"));
        post(&d, c, "note", 10 + i, text);
    }
    CHECK_OK(lf_object_graph(&d.t, LF_V(ID("malware", "1")), 1, 0, &g, &e), &e);
    CHECK(g.n > 1 && g.nedges > 0, "what is around it is shown");
    CHECK_OK(lf_object_graph(&d.t, LF_V(ID("malware", "1")), 3, 0, &g, &e), &e);
    CHECK(g.cut, "28 MB of texts are more than a graph reads");
    free(text);
    node_close(&d);
}

int main(void)
{
    lf_crypto_init();
    RUN(what_is_around_an_object_is_found_both_ways);
    RUN(what_one_may_not_have_has_no_edge);
    RUN(a_hub_is_cut_and_says_so);
    RUN(long_texts_are_cut_and_it_says_so);
    DONE();
}
