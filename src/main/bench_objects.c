/* lianfang bench objects [--objects N]: stored objects found by what they say, in one process on a SQLite of
 * its own.  Rows: storing them, taking them into the index, and each kind of question at twenty places, asked
 * twice (the second counts: what a disk takes the first time is the disk's).  Times are of the processor, and
 * the longest one by the clock.  One JSON object a row. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "isac/object_graph.h"
#include "main/bench.h"
#include "main/bench_node.h"
#include "main/input.h"

enum { CHUNK = 10000, OBJECT = 1024, PLACES = 20 };

struct bench {
    struct lf_bench_node *n;
    lf_view collection;
    uint64_t objects;
};

/* Of twenty objects eighteen are indicators, one is malware and one a relationship; every tenth is RED. */
static lf_view object(uint64_t i, char out[OBJECT])
{
    static const char red[] =
        ",\"object_marking_refs\":[\"marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1\"]";
    const char *type = i % 20 == 0 ? "malware" : i % 20 == 1 ? "relationship" : "indicator";
    unsigned long long x = lf_bench_scatter(i);
    int n = snprintf(
        out, OBJECT,
        "{\"type\":\"%s\",\"spec_version\":\"2.1\",\"id\":\"%s--00000000-0000-4000-8000-%012llu\","
        "\"created\":\"2026-%02llu-%02lluT00:00:00.000Z\",\"modified\":\"2026-%02llu-%02lluT00:00:00.000Z\","
        "\"created_by_ref\":\"identity--00000000-0000-4000-8000-%012llu\"%s",
        type, type, (unsigned long long)i, x % 12 + 1, x % 28 + 1, x % 12 + 1, x % 28 + 1, x % 50,
        i % 10 == 9 ? red : "");

    if (i % 20 == 0)
        n +=
            snprintf(out + n, OBJECT - (size_t)n,
                     ",\"name\":\"Family %llu\",\"is_family\":true,\"external_references\":[{\"source_name\":"
                     "\"mitre-attack\",\"external_id\":\"T1%03llu\"}]}",
                     x % 5000, x % 500);
    else if (i % 20 == 1)
        n += snprintf(
            out + n, OBJECT - (size_t)n,
            ",\"relationship_type\":\"indicates\",\"source_ref\":\"indicator--00000000-0000-4000-8000-%012llu"
            "\",\"target_ref\":\"malware--00000000-0000-4000-8000-%012llu\"}",
            (unsigned long long)(i > 20 ? i - 18 : 2), (unsigned long long)(i - 1));
    else
        n += snprintf(
            out + n, OBJECT - (size_t)n,
            ",\"name\":\"Host h%llu of campaign c%llu\",\"description\":\"Seen at members' mail gateways; "
            "contacted by loader l%llu\",\"indicator_types\":[\"malicious-activity\"],\"pattern\":"
            "\"[domain-name:value = 'h%llu.net%llu.example']\",\"pattern_type\":\"stix\",\"valid_from\":"
            "\"2026-01-01T00:00:00Z\",\"confidence\":%llu}",
            x, x % 4096, x % 100000, x, x % 512, x % 101);
    return (lf_view){ out, (size_t)n };
}

static enum lf_code fill(struct bench *b, uint64_t from, uint64_t to, struct lf_err *e)
{
    struct lf_object_batch *batch;

    lf_arena_reset(&b->n->a);
    LF_TRY(lf_db_begin(b->n->t.db, e));
    LF_TRY(lf_object_batch_open(&b->n->t, b->collection, to - from, &batch, e));
    for (uint64_t i = from; i < to; i++) {
        char text[OBJECT];
        struct lf_stix s;
        bool fresh;
        lf_view json = object(i, text);

        LF_TRY(lf_stix_read(b->n->t.a, json, &s, e));
        LF_TRY(lf_object_batch_post(&b->n->t, batch, &s, json, &fresh, e));
    }
    return lf_db_commit(b->n->t.db, e);
}

static void row(const struct bench *b, const char *name, double cpu_s, double per, double longest)
{
    printf("{\"bench\":\"objects\",\"row\":\"%s\",\"stored\":%llu,\"cpu_us\":%.1f,\"longest_ms\":%.2f}\n",
           name, (unsigned long long)b->objects, cpu_s / per * 1e6, longest * 1e3);
    fflush(stdout);
}

static enum lf_code take_in(struct bench *b, struct lf_err *e)
{
    double began = lf_bench_cpu(), longest = 0;
    bool more = true;

    while (more) {
        double w = lf_bench_wall();

        lf_arena_reset(&b->n->a);
        LF_TRY(lf_db_begin(b->n->t.db, e));
        LF_TRY(lf_object_search_turn(&b->n->t, &more, e));
        LF_TRY(lf_db_commit(b->n->t.db, e));
        w = lf_bench_wall() - w;
        longest = w > longest ? w : longest;
    }
    row(b, "index", lf_bench_cpu() - began, (double)b->objects, longest);
    return LF_OK;
}

static const char *const ways[] = { "value", "name",    "word", "words",   "type", "technique", "source",
                                    "ref",   "marking", "time", "nothing", "all",  "graph" };

static enum lf_code ask(struct bench *b, const char *way, uint64_t place, size_t *n, struct lf_err *e)
{
    struct lf_object_query q = { 0 };
    const struct lf_page page = { .limit = 50 };
    const struct lf_object_hit *hits;
    uint64_t i = b->objects ? lf_bench_scatter(place) % b->objects / 20 * 20 : 0; /* a malware */
    unsigned long long x = lf_bench_scatter(i + 3);
    struct lf_graph g;
    lf_view next;

    if (strcmp(way, "value") == 0)
        q.value = lf_arena_printf(&b->n->a, "h%llu.net%llu.example", x, x % 512);
    else if (strcmp(way, "name") == 0)
        q.name = lf_arena_printf(&b->n->a, "host h%llu", x);
    else if (strcmp(way, "word") == 0)
        q.words = lf_arena_printf(&b->n->a, "l%llu", x % 100000);
    else if (strcmp(way, "words") == 0)
        q.words = lf_arena_printf(&b->n->a, "seen at gateways c%llu", x % 4096);
    else if (strcmp(way, "type") == 0)
        q.type = LF_V("malware");
    else if (strcmp(way, "technique") == 0)
        q.technique = lf_arena_printf(&b->n->a, "T1%03llu", x % 500);
    else if (strcmp(way, "source") == 0)
        q.source = lf_arena_printf(&b->n->a, "identity--00000000-0000-4000-8000-%012llu", x % 50);
    else if (strcmp(way, "ref") == 0)
        q.ref = lf_arena_printf(&b->n->a, "malware--00000000-0000-4000-8000-%012llu", (unsigned long long)i);
    else if (strcmp(way, "marking") == 0)
        q.marking = LF_V("red");
    else if (strcmp(way, "nothing") == 0)
        q.words = LF_V("nobody wrote this");
    else if (strcmp(way, "time") == 0) {
        LF_TRY(lf_stix_time(LF_V("2026-03-03T00:00:00Z"), &q.from, e));
        q.to = q.from + LF_DAY;
    } else if (strcmp(way, "graph") == 0) {
        LF_TRY(lf_object_graph(
            &b->n->t,
            lf_arena_printf(&b->n->a, "malware--00000000-0000-4000-8000-%012llu", (unsigned long long)i), 2,
            0, &g, e));
        *n = g.n;
        return LF_OK;
    }
    return lf_object_search(&b->n->t, &q, &page, n, &hits, &next, NULL, e);
}

static enum lf_code questions(struct bench *b, unsigned roles, const char *who, struct lf_err *e)
{
    for (size_t k = 0; k < sizeof ways / sizeof *ways; k++) {
        double longest = 0, cpu = 0;
        size_t found = 0, n = 0;
        char name[64];

        for (unsigned place = 0; place < PLACES; place++)
            for (int again = 0; again < 2; again++) {
                double w = lf_bench_wall(), c = lf_bench_cpu();

                lf_arena_reset(&b->n->a);
                b->n->t.scope.roles = roles;
                b->n->t.scope.account = LF_V("bench");
                LF_TRY(ask(b, ways[k], place, &n, e));
                if (!again)
                    continue;
                cpu += lf_bench_cpu() - c;
                w = lf_bench_wall() - w;
                longest = w > longest ? w : longest;
                found += n;
            }
        snprintf(name, sizeof name, "%s-%s-%zu", who, ways[k], found / PLACES);
        row(b, name, cpu, PLACES, longest);
    }
    return LF_OK;
}

static enum lf_code run(struct lf_bench_node *n, void *ctx, struct lf_err *e)
{
    struct bench *b = ctx;

    b->n = n;
    double began = lf_bench_cpu();

    LF_TRY(lf_collection_create(&b->n->t, LF_V("bench"), LF_V("bench"), LF_V("share"), LF_V("share"),
                                &b->collection, e));
    b->collection = lf_arena_copy(&b->n->life, b->collection);
    for (uint64_t i = 0; i < b->objects; i += CHUNK)
        LF_TRY(fill(b, i, i + CHUNK < b->objects ? i + CHUNK : b->objects, e));
    row(b, "store", lf_bench_cpu() - began, (double)b->objects, 0);
    LF_TRY(take_in(b, e));
    LF_TRY(questions(b, LF_ROLE_ANALYST, "analyst", e));
    return questions(b, LF_ROLE_SHARE, "program", e); /* which may have nothing that is RED */
}

int lf_bench_objects(int argc, char **argv)
{
    static const char usage[] =
        "usage: lianfang bench objects [--objects N]\n"
        "  --objects N  how many are stored (100000)\n"
        "rows: storing, indexing, and what one question costs; the number behind its name is how many it "
        "found\n"
        "exit: 0 measured, 2 bad usage\n";
    struct lf_bench_count c = {
        .name = "objects", .usage = usage, .option = "--objects", .least = 100, .most = 100000000, .n = 100000
    };
    struct bench b = { 0 };
    int status;

    if (!lf_bench_count(argc, argv, &c, &status))
        return status;
    b.objects = c.n;
    return lf_bench_on_node(&c, run, &b);
}
