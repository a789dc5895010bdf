/* lianfang bench taxii [--objects N] [--data DIR] [--rows LIST] [--clients N] [--cache MB] [--bundle FILE]: a
 * real node over TLS and HTTP keep-alive on this machine, asked as its clients ask.
 *
 * The store is filled to N objects first, by the code that keeps what is posted, in this process while the
 * node is down; DIR is kept with what is in it (so ten million objects are made once), without it everything
 * lies in a temporary directory that is removed at the end.  A row's processor time is that of the node's
 * processes alone (/proc/PID/task/TID/schedstat), this client's is not counted.  One JSON object a row. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "fmt/json.h"
#include "ident/node.h"
#include "isac/ids.h"
#include "isac/object_search.h"
#include "isac/peer.h"
#include "isac/watch.h"
#include "main/bench.h"
#include "main/bench_object.h"
#include "main/bench_server.h"
#include "main/client.h"
#include "main/input.h"
#include "store/query_object_index.h"
#include "sys/file.h"

enum { RUNS = 5, ENVELOPE = 10000, CHUNK = 10000, PLACES = 20, POLLERS = 16, DELETES = 100, WAIT_S = 30 };
#define TAXII "application/taxii+json;version=2.1"

struct bench {
    struct lf_bench_server s;
    const char *rows, *bundle;
    uint64_t objects, have, made;
    unsigned clients, cache;
    lf_view collection;
    lf_time first, last; /* date_added of the oldest and of now */
    CURL *one;
    struct lf_buf body, head;
};

/* ---- filling ---- */

static enum lf_code fill_some(struct lf_task *t, lf_view collection, uint64_t from, uint64_t to,
                              struct lf_err *e)
{
    struct lf_object_batch *batch;
    lf_view *types;
    const size_t *order;

    lf_arena_reset(t->a);
    LF_TRY(lf_db_begin(t->db, e));
    for (bool more = true; more;)
        LF_TRY(lf_ids_turn(t, &more, e));
    LF_TRY(lf_object_batch_open(t, collection, to - from, &batch, e));
    types = LF_NEW(t->a, lf_view, to - from);
    for (uint64_t i = from; i < to; i++)
        types[i - from] = lf_view_of(lf_bench_object_type(i));
    order = lf_object_order(t->a, types, to - from);
    for (uint64_t n = from; n < to; n++) {
        char text[LF_BENCH_OBJECT];
        struct lf_stix s;
        bool fresh;
        uint64_t i = from + order[n - from];
        lf_view json = lf_bench_object(i, lf_bench_object_type(i), text);

        LF_TRY(lf_stix_read(t->a, json, &s, e));
        lf_object_batch_place(batch, order[n - from]);
        LF_TRY(lf_object_batch_post(t, batch, &s, json, &fresh, e));
        if (fresh)
            LF_TRY(lf_watch_post(t, &s, lf_object_batch_seq(batch), lf_object_batch_met(batch), e));
    }
    /* What the core does beside: ids go where they stay.  Words are `bench objects`', and stay out. */
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_index_set,
                      LF_ARGS(LF_INT(lf_object_batch_seq(batch)), LF_INT(0), LF_INT(0)), e));
    for (bool more = true; more;)
        LF_TRY(lf_object_search_turn(t, &more, e));
    return lf_db_commit(t->db, e);
}

/* How many objects a directory that is kept has, made here. */
static const char *count_file(struct bench *b)
{
    return lf_arena_printf(&b->s.a, "%s/objects", b->s.dir).ptr;
}

static enum lf_code fill(struct bench *b, struct lf_err *e)
{
    struct lf_db_options o = { .path = lf_arena_printf(&b->s.a, "%s/core/node.db", b->s.data).ptr };
    struct lf_log log = { .fd = STDERR_FILENO, .least = LF_LOG_WARN, .worker = "bench" };
    struct lf_arena a = { 0 };
    struct lf_identity self = { 0 };
    struct lf_collection c;
    struct lf_env env;
    struct lf_db *db = NULL;
    struct lf_task t;
    double began = lf_bench_cpu();
    const char *count = count_file(b);
    enum lf_code rc;

    lf_env_real(&env, &log);
    LF_TRY(lf_db_open(&o, &env, &db, e));
    rc = lf_node_load_or_create(db, &env, &b->s.a, LF_V(""), LF_V("provider"), &self, e);
    t = (struct lf_task){ .a = &a, .env = &env, .db = db, .self = &self, .ids = lf_ids_create(LF_IDS_BYTES) };
    if (rc == LF_OK) {
        t.scope = lf_node_scope(&self);
        rc = lf_collection_find(&t, LF_V("library"), &c, e);
    }
    if (rc == LF_OK)
        c.id = lf_arena_copy(&b->s.a, c.id);
    for (uint64_t i = b->have; i < b->objects && rc == LF_OK; i += CHUNK) {
        uint64_t to = i + CHUNK < b->objects ? i + CHUNK : b->objects;

        rc = fill_some(&t, c.id, i, to, e);
        if (rc == LF_OK)
            rc = lf_file_write(count, lf_arena_printf(&a, "%llu", (unsigned long long)to), 0600, e);
    }
    lf_arena_clear(&a);
    lf_ids_destroy(t.ids);
    lf_db_close(db);
    if (rc == LF_OK)
        fprintf(stderr, "filled %llu objects in %.1f s of processor time\n",
                (unsigned long long)(b->objects - b->have), lf_bench_cpu() - began);
    return rc;
}

static enum lf_code start(struct bench *b, struct lf_err *e)
{
    const struct lf_json *v, *list;
    struct lf_client c;
    enum lf_code rc;

    LF_TRY(lf_bench_server_start(&b->s, "share", e));
    LF_TRY(lf_client_open(&c, b->s.data, e));
    rc = lf_client_taxii(&c, "GET", LF_API_ROOT "collections/", LF_V(""), &v, e);
    list = rc == LF_OK ? lf_json_get(v, LF_V("collections")) : NULL;
    for (size_t i = 0; i < lf_json_items(list); i++)
        if (lf_view_is(lf_json_str(lf_json_item(list, i), "alias"), "library"))
            b->collection = lf_arena_copy(&b->s.a, lf_json_str(lf_json_item(list, i), "id"));
    lf_client_close(&c);
    return rc;
}

static enum lf_code set_up(struct bench *b, struct lf_err *e)
{
    struct lf_buf in;
    uint64_t n;

    if (lf_file_exists(count_file(b))) {
        lf_buf_init(&in, 64);
        if (lf_input_read(count_file(b), &in, e) == LF_OK && lf_view_u64(lf_buf_view(&in), &n))
            b->have = n;
        lf_buf_clear(&in);
    }
    LF_TRY(start(b, e));
    if (b->have >= b->objects)
        return LF_OK;
    lf_bench_server_stop(&b->s);
    LF_TRY(fill(b, e));
    return start(b, e);
}

/* ---- asking ---- */

static size_t take(char *bytes, size_t size, size_t n, void *ctx)
{
    struct lf_buf *b = ctx;

    lf_buf_put(b, (lf_view){ bytes, size * n });
    return b->over ? 0 : size * n;
}

static struct curl_slist *headers(struct bench *b, bool basic)
{
    struct curl_slist *h = curl_slist_append(NULL, "Accept: " TAXII);
    lf_view pair = lf_arena_printf(&b->s.a, "admin:%.*s", LF_FMT(b->s.password));

    h = curl_slist_append(h, "Content-Type: " TAXII);
    h = curl_slist_append(h, "Expect:");
    return curl_slist_append(h, basic ? lf_arena_printf(&b->s.a, "Authorization: Basic %.*s",
                                                        LF_FMT(lf_base64(&b->s.a, pair.ptr, pair.len)))
                                            .ptr
                                      : lf_bench_server_bearer(&b->s));
}

static const char *url_of(struct bench *b, const char *query)
{
    return lf_arena_printf(&b->s.a, "%.*s" LF_API_ROOT "collections/%.*s/%s", LF_FMT(b->s.https),
                           LF_FMT(b->collection), query)
        .ptr;
}

/* One request on the one connection; the answer is in b->body and b->head.  `method` NULL: GET, or POST of
 * what there is. */
static enum lf_code ask_by(struct bench *b, const char *method, const char *query, lf_view post, long want,
                           struct lf_err *e)
{
    struct curl_slist *h = headers(b, false);
    char why[CURL_ERROR_SIZE] = "";
    long status = 0;
    CURLcode got;

    lf_buf_reset(&b->body);
    lf_buf_reset(&b->head);
    lf_bench_server_dress(&b->s, b->one, h, url_of(b, query));
    curl_easy_setopt(b->one, CURLOPT_ERRORBUFFER, why);
    curl_easy_setopt(b->one, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(b->one, CURLOPT_WRITEDATA, &b->body);
    curl_easy_setopt(b->one, CURLOPT_HEADERFUNCTION, take);
    curl_easy_setopt(b->one, CURLOPT_HEADERDATA, &b->head);
    if (post.len) {
        curl_easy_setopt(b->one, CURLOPT_POSTFIELDS, post.ptr);
        curl_easy_setopt(b->one, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)post.len);
    } else {
        curl_easy_setopt(b->one, CURLOPT_HTTPGET, 1L);
    }
    curl_easy_setopt(b->one, CURLOPT_CUSTOMREQUEST, method);
    got = curl_easy_perform(b->one);
    curl_easy_getinfo(b->one, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(h);
    curl_easy_setopt(b->one, CURLOPT_ERRORBUFFER, NULL);
    if (got != CURLE_OK)
        return lf_err_set(e, LF_AWAY, "%s: %s", query, why[0] ? why : curl_easy_strerror(got));
    if (status != want)
        return lf_err_set(e, LF_IO, "%s was answered with %ld: %.*s", query, status,
                          LF_FMT(lf_view_first(lf_buf_view(&b->body), 200)));
    return LF_OK;
}

static enum lf_code ask(struct bench *b, const char *query, lf_view post, long want, struct lf_err *e)
{
    return ask_by(b, NULL, query, post, want, e);
}

static void row(const struct bench *b, const char *name, const char *unit, double per_cpu_s, double cpu_s,
                double wall_s)
{
    printf("{\"bench\":\"taxii\",\"row\":\"%s\",\"stored\":%llu,\"unit\":\"%s\",\"per_cpu_s\":%.0f,\"cpu_s\":"
           "%.6f,"
           "\"wall_s\":%.6f}\n",
           name, (unsigned long long)b->objects, unit, per_cpu_s, cpu_s, wall_s);
    fflush(stdout);
}

static enum lf_code post(struct bench *b, struct lf_err *e)
{
    double cpu[RUNS], took[RUNS];
    struct lf_buf in;

    lf_buf_init(&in, 16 << 20);
    for (size_t r = 0; r < RUNS; r++) {
        double c, w;

        lf_buf_reset(&in);
        LF_PUT(&in, "{\"objects\":[");
        for (unsigned i = 0; i < ENVELOPE; i++) {
            char text[LF_BENCH_OBJECT];

            if (i)
                lf_buf_byte(&in, ',');
            /* Past all that a kept directory can have; the clock, so that it is new each time. */
            lf_buf_put(&in, lf_bench_object(((uint64_t)lf_bench_now() << 16) + i, "indicator", text));
        }
        LF_PUT(&in, "]}");
        lf_bench_server_settle(&b->s);
        c = lf_bench_server_cpu(&b->s);
        w = lf_bench_wall();
        LF_TRY(ask(b, "objects/", lf_buf_view(&in), 202, e));
        took[r] = lf_bench_wall() - w;
        cpu[r] = lf_bench_server_cpu(&b->s) - c;
        if (lf_view_find(lf_buf_view(&b->body), LF_V("\"success_count\":10000")) == SIZE_MAX)
            return lf_err_set(e, LF_IO, "not all was taken: %.*s",
                              LF_FMT(lf_view_first(lf_buf_view(&b->body), 300)));
    }
    lf_buf_clear(&in);
    row(b, "post", "objects", ENVELOPE / lf_bench_median(cpu, RUNS), lf_bench_median(cpu, RUNS),
        lf_bench_median(took, RUNS));
    return LF_OK;
}

/* Indicators that were just posted, each deleted by a request of its own: what a kept directory has stays. */
static enum lf_code deletes(struct bench *b, struct lf_err *e)
{
    double cpu[RUNS], took[RUNS];
    struct lf_buf in;

    lf_buf_init(&in, 16 << 20);
    for (size_t r = 0; r < RUNS; r++) {
        uint64_t first = (uint64_t)lf_bench_now() << 16;
        double c, w;

        lf_buf_reset(&in);
        LF_PUT(&in, "{\"objects\":[");
        for (unsigned i = 0; i < DELETES; i++) {
            char text[LF_BENCH_OBJECT];

            if (i)
                lf_buf_byte(&in, ',');
            lf_buf_put(&in, lf_bench_object(first + i, "indicator", text));
        }
        LF_PUT(&in, "]}");
        LF_TRY(ask(b, "objects/", lf_buf_view(&in), 202, e));
        lf_bench_server_settle(&b->s);
        c = lf_bench_server_cpu(&b->s);
        w = lf_bench_wall();
        for (unsigned i = 0; i < DELETES; i++) {
            char id[LF_BENCH_OBJECT_ID];

            lf_bench_object_id(first + i, "indicator", id, sizeof id);
            LF_TRY(ask_by(b, "DELETE", lf_arena_printf(&b->s.a, "objects/%s/", id).ptr, LF_V(""), 200, e));
        }
        took[r] = (lf_bench_wall() - w) / DELETES;
        cpu[r] = (lf_bench_server_cpu(&b->s) - c) / DELETES;
    }
    lf_buf_clear(&in);
    row(b, "delete", "objects", 1 / lf_bench_median(cpu, RUNS), lf_bench_median(cpu, RUNS),
        lf_bench_median(took, RUNS));
    return LF_OK;
}

static lf_view next_of(struct bench *b)
{
    lf_view v = lf_buf_view(&b->body);
    size_t at = lf_view_find(lf_view_first(v, 300), LF_V("\"next\":\""));

    if (at == SIZE_MAX)
        return LF_V("");
    v = lf_view_from(v, at + 8);
    return lf_arena_copy(&b->s.a, lf_view_first(v, lf_view_find_byte(v, '"')));
}

/* Pages of 1,000, one after the other, from the start. */
static enum lf_code pages(struct bench *b, struct lf_err *e)
{
    size_t n = b->objects / 1000 < 50 ? (size_t)(b->objects / 1000) : 50;
    double cpu[RUNS], took[RUNS];

    for (size_t r = 0; r < RUNS && n; r++) {
        double c = lf_bench_server_cpu(&b->s), w = lf_bench_wall();
        lf_view next = LF_V("");

        for (size_t i = 0; i < n; i++) {
            LF_TRY(ask(
                b,
                lf_arena_printf(&b->s.a, "objects/?limit=1000%s%.*s", next.len ? "&next=" : "", LF_FMT(next))
                    .ptr,
                LF_V(""), 200, e));
            next = next_of(b);
        }
        took[r] = lf_bench_wall() - w;
        cpu[r] = lf_bench_server_cpu(&b->s) - c;
    }
    if (n)
        row(b, "page", "objects", (double)n * 1000 / lf_bench_median(cpu, RUNS),
            lf_bench_median(cpu, RUNS) / (double)n, lf_bench_median(took, RUNS) / (double)n);
    return LF_OK;
}

/* One page of 100 at twenty places of the collection, in different ways. */
static enum lf_code latency(struct bench *b, struct lf_err *e)
{
    static const struct {
        const char *name, *query;
        bool next;
    } ways[] = {
        { "page-added-after", "objects/?limit=100", false },
        { "page-next", "objects/?limit=100", true },
        { "page-all-versions", "objects/?limit=100&match%5Bversion%5D=all", false },
        { "page-type", "objects/?limit=100&match%5Btype%5D=malware", false },
        { "page-type-next", "objects/?limit=100&match%5Btype%5D=malware,ipv4-addr", true },
        { "page-id", "objects/?limit=100&match%5Bid%5D=", false },
        { "page-version", "objects/?limit=100&match%5Bversion%5D=", false },
        { "page-manifest", "manifest/?limit=100", false },
    };

    for (size_t k = 0; k < sizeof ways / sizeof *ways; k++) {
        double took[PLACES], first_took[PLACES], cpu = 0, first_cpu = 0;

        for (size_t p = 0; p < PLACES; p++) {
            uint64_t i = lf_bench_scatter(p) % (b->objects * 9 / 10);
            char at[LF_TIME_TEXT], id[LF_BENCH_OBJECT_ID];
            lf_view query, next;
            double c, w;

            (void)lf_time_micro(b->first + (b->last - b->first) / (PLACES + 2) * (lf_time)p, at);
            lf_bench_object_id(i, lf_bench_object_type(i), id, sizeof id);
            if (strcmp(ways[k].name, "page-id") == 0)
                query = lf_arena_printf(&b->s.a, "%s%s", ways[k].query, id);
            else if (strcmp(ways[k].name, "page-version") == 0)
                query = lf_arena_printf(&b->s.a, "%s%s", ways[k].query,
                                        lf_stix_micro(lf_bench_object_modified(i - i % 20 + 5), id).ptr);
            else
                query = lf_arena_printf(&b->s.a, "%s&added_after=%s", ways[k].query, at);
            if (ways[k].next) {
                LF_TRY(ask(b, lf_arena_cstr(&b->s.a, query), LF_V(""), 200, e));
                next = next_of(b);
                if (next.len)
                    query = lf_arena_printf(&b->s.a, "%.*s&next=%.*s", LF_FMT(query), LF_FMT(next));
            }
            /* The first time is a row of its own: the node reads it from the system's page cache or the disk.
             */
            c = lf_bench_server_cpu(&b->s);
            w = lf_bench_wall();
            LF_TRY(ask(b, lf_arena_cstr(&b->s.a, query), LF_V(""), 200, e));
            first_took[p] = lf_bench_wall() - w;
            first_cpu += lf_bench_server_cpu(&b->s) - c;
            c = lf_bench_server_cpu(&b->s);
            w = lf_bench_wall();
            LF_TRY(ask(b, lf_arena_cstr(&b->s.a, query), LF_V(""), 200, e));
            took[p] = lf_bench_wall() - w;
            cpu += lf_bench_server_cpu(&b->s) - c;
            if (b->body.len < 100)
                return lf_err_set(e, LF_IO, "%.*s found nothing", LF_FMT(query));
        }
        row(b, ways[k].name, "pages", PLACES / cpu, cpu / PLACES, lf_bench_median(took, PLACES));
        row(b, lf_arena_printf(&b->s.a, "%s-first", ways[k].name).ptr, "pages", PLACES / first_cpu,
            first_cpu / PLACES, lf_bench_median(first_took, PLACES));
    }
    return LF_OK;
}

/* ---- many clients ---- */

static enum lf_code polls(struct bench *b, const char *name, bool basic, struct lf_err *e)
{
    struct lf_bench_clients m;
    double cpu[RUNS], took[RUNS], rate[RUNS];
    enum lf_code rc = lf_bench_clients_open(&m, &b->s, POLLERS, headers(b, basic),
                                            url_of(b, "objects/?added_after=2999-01-01T00:00:00Z"), 200, e);
    size_t warm = 0;

    if (rc == LF_OK)
        lf_bench_clients_ask(&m);
    while (rc == LF_OK && warm < 4 * m.n) {
        rc = lf_bench_clients_turn(&m, true, &warm, e);
        if (rc == LF_OK)
            lf_bench_clients_wait(&m, 100);
    }
    for (size_t r = 0; r < RUNS && rc == LF_OK; r++) {
        double c = lf_bench_server_cpu(&b->s), w = lf_bench_wall();
        size_t n = 0;

        while (rc == LF_OK && lf_bench_wall() - w < 1.0) {
            rc = lf_bench_clients_turn(&m, true, &n, e);
            if (rc == LF_OK)
                lf_bench_clients_wait(&m, 100);
        }
        took[r] = (lf_bench_wall() - w) / (double)(n ? n : 1);
        cpu[r] = (lf_bench_server_cpu(&b->s) - c) / (double)(n ? n : 1);
        rate[r] = 1 / cpu[r];
    }
    if (rc == LF_OK)
        row(b, name, "requests", lf_bench_median(rate, RUNS), lf_bench_median(cpu, RUNS),
            lf_bench_median(took, RUNS));
    lf_bench_clients_close(&m);
    return rc;
}

/* `clients` wait for news; then one object is published. */
static enum lf_code told(struct bench *b, unsigned clients, struct lf_err *e)
{
    char at[LF_TIME_TEXT], text[LF_BENCH_OBJECT];
    struct lf_bench_clients m;
    double took[RUNS], cpu[RUNS], kb[RUNS];
    long before = lf_bench_server_pss_kb(&b->s);
    enum lf_code rc;

    (void)lf_time_micro(lf_bench_now() + LF_SECOND,
                        at); /* the clock of the fill may have run ahead a little */
    rc = lf_bench_clients_open(&m, &b->s, clients, headers(b, false),
                               url_of(b, lf_arena_printf(&b->s.a, "objects/?added_after=%s", at).ptr), 200,
                               e);
    m.h = curl_slist_append(m.h, lf_arena_printf(&b->s.a, "Prefer: wait=%d", WAIT_S).ptr);
    for (size_t r = 0; r < RUNS && rc == LF_OK; r++) {
        size_t ended = 0;
        double w, c;

        /* What was published before goes into the engine for a while yet: who asked meanwhile could have
         * waited in vain before the node was quiet. */
        lf_bench_server_settle(&b->s);
        (void)lf_time_micro(lf_bench_now() + LF_SECOND, at);
        for (size_t i = 0; i < m.n; i++)
            lf_bench_server_dress(&b->s, m.c[i], m.h,
                                  url_of(b, lf_arena_printf(&b->s.a, "objects/?added_after=%s", at).ptr));
        lf_bench_clients_ask(&m);
        w = lf_bench_wall();
        /* They wait when nothing has moved for a second, and the object's time is after what they ask. */
        for (double quiet = w; rc == LF_OK && !ended && lf_bench_wall() - quiet < 1.5;) {
            double was = lf_bench_server_cpu(&b->s);

            rc = lf_bench_clients_turn(&m, false, &ended, e);
            lf_bench_clients_wait(&m, 50);
            if (lf_bench_server_cpu(&b->s) - was > 0.002)
                quiet = lf_bench_wall();
        }
        if (rc == LF_OK && ended)
            rc = lf_bench_wall() - w < WAIT_S
                     ? lf_err_set(e, LF_IO, "%zu clients did not wait: answered %.1f s after they asked",
                                  ended, lf_bench_wall() - w)
                     : lf_err_set(e, LF_IO, "the node was not quiet in the %d s that clients wait", WAIT_S);
        if (rc != LF_OK)
            break;
        kb[r] = (double)(lf_bench_server_pss_kb(&b->s) - before) / (double)m.n;
        c = lf_bench_server_cpu(&b->s);
        w = lf_bench_wall();
        rc =
            ask(b, "objects/",
                lf_arena_printf(&b->s.a, "{\"objects\":[%.*s]}",
                                LF_FMT(lf_bench_object(((uint64_t)lf_bench_now() << 16), "indicator", text))),
                202, e);
        while (rc == LF_OK && ended < m.n && lf_bench_wall() - w < 20) {
            rc = lf_bench_clients_turn(&m, false, &ended, e);
            if (rc == LF_OK && ended < m.n)
                lf_bench_clients_wait(&m, 100);
        }
        took[r] = lf_bench_wall() - w;
        cpu[r] = lf_bench_server_cpu(&b->s) - c;
        if (rc == LF_OK && ended < m.n)
            rc = lf_err_set(e, LF_IO, "%zu of %zu clients were not told in 20 s", m.n - ended, m.n);
    }
    if (rc == LF_OK && clients == b->clients)
        printf("{\"bench\":\"taxii\",\"row\":\"wait\",\"stored\":%llu,\"clients\":%zu,\"all_told_s\":%.3f,"
               "\"cpu_s\":%.3f,"
               "\"kb_per_client\":%.1f}\n",
               (unsigned long long)b->objects, m.n, lf_bench_median(took, RUNS), lf_bench_median(cpu, RUNS),
               lf_bench_median(kb, RUNS));
    fflush(stdout);
    lf_bench_clients_close(&m);
    return rc;
}

/* One client waits first, so that what a node touches once counts for none of the others. */
static enum lf_code waiting(struct bench *b, struct lf_err *e)
{
    if (b->clients > 1)
        LF_TRY(told(b, 1, e));
    return told(b, b->clients, e);
}

/* A bundle: checked and imported by `lianfang stix import`, then every page of it read. */
static enum lf_code bundle(struct bench *b, struct lf_err *e)
{
    char self[512];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    const char *argv[] = { self, "stix", "import", "--data", b->s.data, "--json", b->bundle, NULL };
    struct lf_process p;
    double c = lf_bench_server_cpu(&b->s), w = lf_bench_wall();
    char after[LF_TIME_TEXT];
    const struct lf_json *v;
    lf_view line, next = LF_V("");
    uint64_t n = 0;
    double imported;

    self[len > 0 ? len : 0] = '\0';
    (void)lf_time_micro(lf_bench_now(), after);
    LF_TRY(lf_process_start(&p, "import", argv, b->s.log, LF_PROCESS_TALK | LF_PROCESS_QUIET_EXIT, e));
    do
        LF_TRY(lf_process_line(&p, &b->s.a, 120000, &line, e));
    while (!line.len || line.ptr[0] != '{');
    LF_TRY(lf_json_parse(&b->s.a, line, NULL, &v, e));
    lf_process_stop(&p, 5000);
    imported = lf_bench_wall() - w;
    do {
        const struct lf_json *page;

        LF_TRY(ask(b,
                   lf_arena_printf(&b->s.a, "objects/?limit=1000&added_after=%s%s%.*s", after,
                                   next.len ? "&next=" : "", LF_FMT(next))
                       .ptr,
                   LF_V(""), 200, e));
        LF_TRY(lf_json_parse(&b->s.a, lf_arena_copy(&b->s.a, lf_buf_view(&b->body)),
                             &(struct lf_json_limits){ .bytes = 64 << 20 }, &page, e));
        n += lf_json_items(lf_json_get(page, LF_V("objects")));
        next = next_of(b);
    } while (next.len);
    printf("{\"bench\":\"taxii\",\"row\":\"bundle\",\"stored\":%llu,\"import\":%.*s,\"read\":%llu,\"import_"
           "s\":%.3f,"
           "\"all_s\":%.3f,\"cpu_s\":%.3f}\n",
           (unsigned long long)b->objects, LF_FMT(line), (unsigned long long)n, imported, lf_bench_wall() - w,
           lf_bench_server_cpu(&b->s) - c);
    fflush(stdout);
    return LF_OK;
}

/* ---- */

static bool wanted(const struct bench *b, const char *name)
{
    lf_view list = lf_view_of(b->rows), one;

    while (lf_view_split(&list, ',', &one))
        if (lf_view_is(one, name))
            return true;
    return false;
}

/* The time of the answer's X-TAXII-Date-Added-… that ends so. */
static enum lf_code added_of(const struct bench *b, lf_view name, lf_time *out, struct lf_err *e)
{
    lf_view v = lf_buf_view(&b->head);
    size_t at = lf_view_find(v, name);

    if (at == SIZE_MAX)
        return lf_err_set(e, LF_IO, "an answer has no date \"%.*s\"", LF_FMT(name));
    v = lf_view_from(v, at + name.len);
    return lf_stix_time(lf_view_trim(lf_view_first(v, lf_view_find_byte(v, '\r'))), out, e);
}

static enum lf_code run(struct bench *b, struct lf_err *e)
{
    LF_TRY(set_up(b, e));
    lf_bench_server_settle(&b->s);
    b->last = lf_bench_now();
    if (b->objects) {
        char id[LF_BENCH_OBJECT_ID];

        LF_TRY(ask(b, "manifest/?limit=1", LF_V(""), 200, e));
        LF_TRY(added_of(b, LF_V("First: "), &b->first, e));
        lf_bench_object_id(b->objects - 1, lf_bench_object_type(b->objects - 1), id, sizeof id);
        LF_TRY(ask(b, lf_arena_printf(&b->s.a, "manifest/?match%%5Bid%%5D=%s", id).ptr, LF_V(""), 200, e));
        LF_TRY(added_of(b, LF_V("Last: "), &b->last, e));
    }
    if (wanted(b, "latency") && b->objects >= 1000)
        LF_TRY(latency(b, e));
    if (wanted(b, "page"))
        LF_TRY(pages(b, e));
    if (wanted(b, "poll"))
        LF_TRY(polls(b, "poll-bearer", false, e));
    if (wanted(b, "basic"))
        LF_TRY(polls(b, "poll-basic", true, e));
    if (wanted(b, "post"))
        LF_TRY(post(b, e));
    if (wanted(b, "delete"))
        LF_TRY(deletes(b, e));
    if (wanted(b, "wait"))
        LF_TRY(waiting(b, e));
    return b->bundle ? bundle(b, e) : LF_OK;
}

int lf_bench_taxii(int argc, char **argv)
{
    static const char usage[] =
        "usage: lianfang bench taxii [--objects N] [--data DIR] [--rows LIST] [--clients N] [--cache MB] "
        "[--bundle FILE]\n"
        "  --objects N    how many are stored before (0)\n"
        "  --data DIR     kept, and used again as it is when it has N objects; else a temporary one\n"
        "  --rows LIST    of latency,page,poll,basic,post,delete,wait (all)\n"
        "  --clients N    that wait (1000)\n"
        "  --cache MB     of the node's [node] database_cache_mb (32)\n"
        "  --bundle FILE  a bundle to import and read back\n"
        "a node over TLS on 127.0.0.1; processor time is the node's, median of 5; pages of 100 at 20 places\n"
        "exit: 0 measured, 2 bad usage or bad input\n";
    struct bench b = { .rows = "latency,page,poll,basic,post,delete,wait", .clients = 1000, .cache = 32 };
    struct lf_err e = { 0 };
    struct rlimit files = { 16384, 16384 };
    const char *dir = NULL;
    uint64_t n;
    enum lf_code rc;

    for (int i = 1; i < argc; i++) {
        bool with = i + 1 < argc;

        if (strcmp(argv[i], "--help") == 0)
            return fputs(usage, stdout) == EOF ? 1 : 0;
        if (strcmp(argv[i], "--objects") == 0 && with && lf_view_u64(lf_view_of(argv[i + 1]), &b.objects))
            i++;
        else if (strcmp(argv[i], "--clients") == 0 && with && lf_view_u64(lf_view_of(argv[i + 1]), &n) && n &&
                 n <= 10000) {
            b.clients = (unsigned)n;
            i++;
        } else if (strcmp(argv[i], "--cache") == 0 && with && lf_view_u64(lf_view_of(argv[i + 1]), &n) && n &&
                   n <= 65536) {
            b.cache = (unsigned)n;
            i++;
        } else if (strcmp(argv[i], "--data") == 0 && with)
            dir = argv[++i];
        else if (strcmp(argv[i], "--rows") == 0 && with)
            b.rows = argv[++i];
        else if (strcmp(argv[i], "--bundle") == 0 && with)
            b.bundle = argv[++i];
        else {
            fprintf(stderr, "lianfang bench taxii: \"%s\" is no option, or its value is missing or none\n%s",
                    argv[i], usage);
            return 2;
        }
    }
    (void)setrlimit(RLIMIT_NOFILE, &files); /* what is allowed below it is told by the first refusal */
    lf_crypto_init();
    rc = lf_bench_server_open(&b.s, dir, b.cache, &e);
    lf_buf_init(&b.body, 64 << 20);
    lf_buf_init(&b.head, 1 << 20);
    b.one = curl_easy_init();
    if (rc == LF_OK)
        rc = run(&b, &e);
    if (rc != LF_OK)
        fprintf(stderr, "lianfang bench taxii: %s\n", e.text);
    lf_bench_server_close(&b.s);
    curl_easy_cleanup(b.one);
    lf_buf_clear(&b.body);
    lf_buf_clear(&b.head);
    return rc == LF_OK ? 0 : 2;
}
