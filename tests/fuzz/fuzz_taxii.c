/* TAXII requests from strangers: method, path, query, headers and body, through
 * lf_taxii_handle on a node in memory.
 *
 *   METHOD path
 *   query
 *   Name: value        (any number)
 *                      (an empty line)
 *   body
 *
 * Whatever comes, the machine does not fail, the answer is JSON of TAXII's type
 * with a status that fits, and every collection stays readable. */
#include <stdint.h>
#include <stdlib.h>

#include "fmt/json.h"
#include "isac/link.h"
#include "isac/peer.h"
#include "isac/seed.h"
#include "store/task.h"
#include "web/taxii.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The services behind a peer have targets of their own. */
enum lf_code lf_link_take(struct lf_task *t, const struct lf_peer *from, lf_view type, lf_view json,
                          struct lf_err *e)
{
    (void)t;
    (void)from;
    (void)type;
    return json.len % 3 ? LF_OK : lf_err_set(e, LF_UNACCEPTED, "no");
}

enum lf_code lf_peer_met(struct lf_task *t, lf_view id, lf_view protocol, lf_time read_to, struct lf_err *e)
{
    (void)t;
    (void)id;
    (void)protocol;
    (void)read_to;
    (void)e;
    return LF_OK;
}

enum lf_code lf_peer_get(struct lf_task *t, lf_view id, struct lf_peer *out, struct lf_err *e)
{
    (void)t;
    (void)e;
    *out = (struct lf_peer){ .id = id };
    return LF_OK;
}

static lf_time now(void *ctx)
{
    return *(lf_time *)ctx;
}

static void chance(void *ctx, void *out, size_t n)
{
    *(lf_time *)ctx += 1;
    for (size_t i = 0; i < n; i++)
        ((uint8_t *)out)[i] = (uint8_t)((uint64_t) * (lf_time *)ctx >> i % 8 * 8 ^ i);
}

#define MUST(x)                                                                                              \
    do {                                                                                                     \
        if (!(x))                                                                                            \
            abort();                                                                                         \
    } while (0)

static int answer(struct lf_task *t, const struct lf_http_request *rq, struct lf_http_response *rs)
{
    struct lf_err e = { 0 };
    const struct lf_json *tree;

    *rs = (struct lf_http_response){ 0 };
    MUST(lf_taxii_handle(t, rq, rs, &e) == LF_OK);
    if (rs->wait_until)
        return 0;
    MUST(rs->status >= 200 && rs->status < 500);
    MUST(lf_view_is(lf_http_answer_get(rs, "content-type"), "application/taxii+json;version=2.1"));
    if (rs->body.len)
        MUST(lf_json_parse(t->a, rs->body, &(struct lf_json_limits){ .depth = 80 }, &tree, &e) == LF_OK);
    if (rs->status >= 400)
        MUST(lf_json_str(tree, "title").len && lf_json_str(tree, "http_status").len == 3);
    return rs->status;
}

static void read_request(lf_view in, struct lf_http_request *rq)
{
    lf_view line = { 0 };
    size_t blank;

    *rq = (struct lf_http_request){ 0 };
    (void)lf_view_split(&in, '\n', &line);
    blank = lf_view_find_byte(line, ' ');
    rq->method = lf_view_first(line, blank);
    rq->path = blank == SIZE_MAX ? LF_V("/taxii2/") : lf_view_from(line, blank + 1);
    if (!lf_view_split(&in, '\n', &rq->query))
        rq->query = LF_V("");
    while (lf_view_split(&in, '\n', &line) && line.len && rq->nheaders < LF_HTTP_HEADERS) {
        size_t colon = lf_view_find_byte(line, ':');

        rq->headers[rq->nheaders++] =
            (struct lf_http_header){ lf_view_first(line, colon),
                                     colon == SIZE_MAX ? LF_V("")
                                                       : lf_view_trim(lf_view_from(line, colon + 1)) };
    }
    rq->body = in.ptr ? in : LF_V("");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct lf_db *db; /* opened once: the schema is most of the work */
    static lf_time clock = 1800000000 * LF_SECOND;
    static struct lf_log log = { .fd = -1 };
    static const struct lf_env env = {
        .now = now, .tick = now, .random = chance, .ctx = &clock, .log = &log
    };
    static const struct lf_identity self = {
        .node = LF_VIEW("identity--00000000-0000-4000-8000-000000000001"),
        .org = LF_VIEW("00000000-0000-4000-8000-000000000002"),
        .name = LF_VIEW("node"),
        .tier = LF_VIEW("provider"),
    };
    static const char *const readable[] = { "/taxii2/root/collections/rw/objects/",
                                            "/taxii2/root/collections/rw/manifest/" };
    struct lf_arena a = { 0 };
    struct lf_task t = { .a = &a, .env = &env, .self = &self };
    struct lf_http_request rq;
    struct lf_http_response rs;
    struct lf_err e = { 0 };

    t.scope = (struct lf_scope){ self.org, LF_V("sharer"), LF_ROLE_SHARE };
    if (!db) {
        lf_view ids[4] = { { 0 } };

        lf_crypto_init();
        MUST(lf_db_open(&(struct lf_db_options){ .path = ":memory:" }, &env, &db, &e) == LF_OK);
        MUST(lf_db_begin(db, &e) == LF_OK);
        t.db = db;
        MUST(lf_isac_seed(&t, &e) == LF_OK && lf_isac_seed_throwaway(&t, ids, &e) == LF_OK);
    }
    t.db = db;
    MUST(lf_db_save(db, &e) == LF_OK);
    read_request((lf_view){ (const char *)data, size }, &rq);
    if (lf_http_get(&rq, "x-peer").ptr)
        t.scope =
            (struct lf_scope){ self.org, LF_V("peer:00000000-0000-4000-8000-000000000003"), LF_ROLE_PEER };
    (void)answer(&t, &rq, &rs);
    t.scope = (struct lf_scope){ self.org, LF_V("sharer"), LF_ROLE_SHARE };
    for (size_t i = 0; i < 2; i++) {
        rq = (struct lf_http_request){ .method = LF_V("GET"),
                                       .path = lf_view_of(readable[i]),
                                       .query = LF_V("match[version]=all") };
        MUST(answer(&t, &rq, &rs) == 200);
    }
    lf_db_undo(db);
    lf_arena_clear(&a);
    return 0;
}
