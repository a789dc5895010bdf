#include "web/taxii.h"

#include <stdarg.h>

#include "../isac/node.h"
#include "isac/link.h"
#include "isac/object.h"
#include "isac/seed.h"

/* The services behind a peer's objects are tested in their own rooms; here they
 * only have to accept or refuse.  Refused is what has "refuse" as its name. */
static unsigned taken;

enum lf_code lf_link_take(struct lf_task *t, const struct lf_peer *from, lf_view type, lf_view json,
                          struct lf_err *e)
{
    (void)t;
    (void)from;
    (void)type;
    if (lf_view_find(json, LF_V("\"name\":\"refuse\"")) != SIZE_MAX)
        return lf_err_set(e, LF_FORBIDDEN, "not yours to say");
    if (lf_view_find(json, LF_V("\"name\":\"broken disk\"")) != SIZE_MAX)
        return lf_err_set(e, LF_IO, "the disk");
    taken++;
    return LF_OK;
}

enum lf_code lf_peer_get(struct lf_task *t, lf_view id, struct lf_peer *out, struct lf_err *e)
{
    (void)t;
    (void)e;
    *out = (struct lf_peer){ .id = id, .state = LF_PEER_ACTIVE };
    return LF_OK;
}

#define TYPE "application/taxii+json;version=2.1"
#define ROOT "/taxii2/root/"

struct world {
    struct node d;
    lf_view ids[4]; /* rw, ro, wo, none */
    struct lf_http_request rq;
    struct lf_http_response rs;
    char path[512];
};

static void world_open(struct world *w, uint64_t seed)
{
    struct lf_err e = { 0 };

    memset(w, 0, sizeof *w);
    node_open(&w->d, "測試節點", "provider", seed);
    CHECK_OK(lf_db_begin(w->d.db, &e), &e);
    CHECK_OK(lf_isac_seed(&w->d.t, &e), &e);
    memset(w->ids, 0, sizeof w->ids);
    CHECK_OK(lf_isac_seed_throwaway(&w->d.t, w->ids, &e), &e);
    for (int i = 0; i < 4; i++)
        w->ids[i] = lf_arena_copy(&w->d.life, w->ids[i]);
    node_task(&w->d, LF_ROLE_SHARE, LF_V("sharer"));
}

static void world_close(struct world *w)
{
    lf_db_rollback(w->d.db);
    node_close(&w->d);
}

static void as(struct world *w, unsigned roles, const char *account)
{
    node_task(&w->d, roles, lf_view_of(account));
}

static lf_view header(const struct world *w, const char *name)
{
    return lf_http_answer_get(&w->rs, name);
}

/* Sends w->rq with a path and a query; everything else as it stands there. */
static int ask(struct world *w, const char *method, const char *query, lf_view body, const char *fmt, ...)
{
    struct lf_err e = { 0 };
    enum lf_code rc;
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(w->path, sizeof w->path, fmt, ap);
    va_end(ap);
    w->rq.method = lf_view_of(method);
    w->rq.path = lf_view_of(w->path);
    w->rq.query = lf_view_of(query);
    w->rq.body = body;
    w->rs = (struct lf_http_response){ .wait_until = w->rs.wait_until };
    CHECK_OK(lf_db_save(w->d.db, &e), &e); /* as the core does with each request */
    rc = lf_taxii_handle(&w->d.t, &w->rq, &w->rs, &e);
    if (rc != LF_OK) {
        lf_db_undo(w->d.db);
        return -(int)rc;
    }
    CHECK_OK(lf_db_release(w->d.db, &e), &e);
    if (!w->rs.wait_until) {
        CHECK_VIEW(header(w, "content-type"), LF_V(TYPE));
        if (w->rs.status >= 400) {
            const struct lf_json *tree = NULL;
            char want[8];

            snprintf(want, sizeof want, "%d", w->rs.status);
            CHECK_OK(lf_json_parse(&w->d.arena, w->rs.body, NULL, &tree, &e), &e);
            CHECK(lf_json_str(tree, "title").len, "%s: an error has a title", w->path);
            CHECK_VIEW(lf_json_str(tree, "http_status"), lf_view_of(want));
        }
    }
    return w->rs.status;
}

static int get(struct world *w, const char *query, const char *path)
{
    w->rq.nheaders = 0;
    return ask(w, "GET", query, LF_V(""), "%s", path);
}

static const char *in(struct world *w, int which, const char *rest)
{
    static char path[400];

    snprintf(path, sizeof path, ROOT "collections/%.*s/%s", LF_FMT(w->ids[which]), rest);
    return path;
}

static int post(struct world *w, int which, lf_view body)
{
    w->rq.nheaders = 1;
    w->rq.headers[0] = (struct lf_http_header){ LF_V("Content-Type"), LF_V(TYPE) };
    return ask(w, "POST", "", body, "%s", in(w, which, "objects/"));
}

static const struct lf_json *tree(struct world *w)
{
    struct lf_err e = { 0 };
    const struct lf_json *v = NULL;

    CHECK_OK(lf_json_parse(&w->d.arena, w->rs.body, NULL, &v, &e), &e);
    return v;
}

static lf_view tool(struct world *w, unsigned id, unsigned day, const char *name)
{
    return lf_arena_printf(
        &w->d.life,
        "{\"type\":\"tool\",\"spec_version\":\"2.1\",\"id\":\"tool--00000000-0000-4000-8000-"
        "%012u\",\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-%02uT00:00:"
        "00.000Z\",\"name\":\"%s\"}",
        id, day, name);
}

static lf_view envelope(struct world *w, lf_view a, lf_view b)
{
    return lf_arena_printf(&w->d.life, "{\"objects\":[%.*s%s%.*s]}", LF_FMT(a), b.len ? "," : "", LF_FMT(b));
}

static void put(struct world *w, unsigned id, unsigned day)
{
    CHECK(post(w, 0, envelope(w, tool(w, id, day, "x"), LF_V(""))) == 202, "tool %u of day %u", id, day);
}

static size_t count(struct world *w, const char *query, const char *path)
{
    int status = get(w, query, path);

    CHECK(status == 200, "%s?%s gave %d", path, query, status);
    return lf_json_count(lf_json_get(tree(w), LF_V("objects")));
}

/* ---- */

static void discovery_names_the_root_and_the_root_its_limits(void)
{
    struct world w;
    int64_t most = 0;

    world_open(&w, 1);
    CHECK(get(&w, "", "/taxii2/") == 200, "discovery");
    CHECK_VIEW(lf_json_str(tree(&w), "title"), w.d.self.name);
    CHECK_VIEW(lf_json_str(tree(&w), "default"),
               lf_json_text(lf_json_item(lf_json_get(tree(&w), LF_V("api_roots")), 0)));
    CHECK(get(&w, "", ROOT) == 200, "root");
    CHECK(lf_json_int(tree(&w), "max_content_length", &most) && most > 0, "max_content_length");
    CHECK_VIEW(lf_json_text(lf_json_item(lf_json_get(tree(&w), LF_V("versions")), 0)), LF_V(TYPE));
    world_close(&w);
}

static void what_is_posted_is_read_again(void)
{
    struct world w;
    lf_view one, id;
    int64_t n = 0;

    world_open(&w, 2);
    one = tool(&w, 1, 1, "x");
    CHECK(post(&w, 0, envelope(&w, one, LF_V(""))) == 202, "posted");
    CHECK_VIEW(lf_json_str(tree(&w), "status"), LF_V("complete"));
    CHECK(lf_json_int(tree(&w), "success_count", &n) && n == 1, "success_count");
    CHECK(!lf_json_get(tree(&w), LF_V("failures")), "no empty list");
    id = lf_arena_copy(&w.d.life, lf_json_str(tree(&w), "id"));
    CHECK(get(&w, "", ROOT "collections/rw/objects/") == 200, "read by alias");
    CHECK_VIEW(w.rs.body, lf_arena_printf(&w.d.life, "{\"more\":false,\"objects\":[%.*s]}", LF_FMT(one)));
    CHECK(header(&w, "X-TAXII-Date-Added-First").len == 27, "six digits");
    CHECK_VIEW(header(&w, "X-TAXII-Date-Added-First"), header(&w, "X-TAXII-Date-Added-Last"));
    w.rq.nheaders = 0;
    CHECK(ask(&w, "GET", "", LF_V(""), ROOT "status/%.*s/", LF_FMT(id)) == 200, "status");
    CHECK_VIEW(lf_json_str(tree(&w), "id"), id);
    world_close(&w);
}

static void a_poll_waits_until_something_comes_or_its_time_is_over(void)
{
    struct world w;
    lf_time until;

    world_open(&w, 3);
    w.rq.nheaders = 1;
    w.rq.headers[0] = (struct lf_http_header){ LF_V("Prefer"), LF_V("respond-async, wait=20") };
    (void)ask(&w, "GET", "", LF_V(""), "%s", in(&w, 0, "objects/"));
    until = w.rs.wait_until;
    CHECK(until == w.d.now + 20 * LF_SECOND, "waits 20 s");
    w.d.now += 5 * LF_SECOND;
    (void)ask(&w, "GET", "", LF_V(""), "%s", in(&w, 0, "objects/"));
    CHECK(w.rs.wait_until == until, "keeps the first time");
    w.d.now = until;
    CHECK(ask(&w, "GET", "", LF_V(""), "%s", in(&w, 0, "objects/")) == 200 && !w.rs.wait_until, "is over");
    CHECK_VIEW(w.rs.body, LF_V("{}"));
    CHECK_VIEW(header(&w, "Preference-Applied"), LF_V("wait=20"));
    (void)ask(&w, "GET", "", LF_V(""), "%s", in(&w, 0, "objects/"));
    CHECK(w.rs.wait_until > w.d.now, "waits again");
    until = w.rs.wait_until;
    w.rs.wait_until = 0;
    put(&w, 1, 1);
    w.rs.wait_until = until;
    w.rq.headers[0] = (struct lf_http_header){ LF_V("Prefer"), LF_V("wait=20") };
    CHECK(ask(&w, "GET", "", LF_V(""), "%s", in(&w, 0, "objects/")) == 200 && !w.rs.wait_until, "it came");
    CHECK(lf_json_count(lf_json_get(tree(&w), LF_V("objects"))) == 1, "with the object");
    world_close(&w);
}

static void what_a_peer_sends_goes_to_its_service_or_into_the_failures(void)
{
    struct world w;
    int64_t n = 0;
    lf_view body;

    world_open(&w, 4);
    as(&w, LF_ROLE_PEER, "peer:00000000-0000-4000-8000-000000000001");
    taken = 0;
    body = envelope(&w, tool(&w, 1, 1, "fine"), tool(&w, 2, 1, "refuse"));
    w.rq.nheaders = 1;
    w.rq.headers[0] = (struct lf_http_header){ LF_V("Content-Type"), LF_V(TYPE) };
    CHECK(ask(&w, "POST", "", body, ROOT "collections/up/objects/") == 202, "taken");
    CHECK(taken == 1 && w.d.t.effects == LF_FX_COLLECTION, "one was taken");
    CHECK(lf_json_int(tree(&w), "failure_count", &n) && n == 1, "one was refused");
    CHECK(ask(&w, "POST", "", body, ROOT "collections/up/objects/") == 202 && taken == 1,
          "again is nothing new");
    CHECK(lf_json_int(tree(&w), "success_count", &n) && n == 1, "and no failure");
    body = envelope(&w, tool(&w, 3, 1, "broken disk"), LF_V(""));
    CHECK(ask(&w, "POST", "", body, ROOT "collections/up/objects/") == -LF_IO,
          "the machine's failure is ours");
    w.rq.nheaders = 0;
    CHECK(ask(&w, "GET", "", LF_V(""), ROOT "collections/up/objects/") == 403, "children write only");
    CHECK(count(&w, "", ROOT "collections/members/objects/") == 1, "and read what is for members");
    world_close(&w);
}

int main(void)
{
    lf_crypto_init();
    RUN(discovery_names_the_root_and_the_root_its_limits);
    RUN(what_is_posted_is_read_again);
    RUN(a_poll_waits_until_something_comes_or_its_time_is_over);
    RUN(what_a_peer_sends_goes_to_its_service_or_into_the_failures);
    DONE();
}
