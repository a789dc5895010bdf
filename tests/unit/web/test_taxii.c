#include "web/taxii.h"

#include <stdarg.h>

#include "../isac/node.h"
#include "isac/link.h"
#include "isac/object.h"
#include "isac/peer.h"
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
    if (lf_view_find(json, LF_V("\"name\":\"in a hurry\"")) != SIZE_MAX)
        return lf_err_set(e, LF_TOO_MANY, "slower");
    if (lf_view_find(json, LF_V("\"name\":\"broken disk\"")) != SIZE_MAX)
        return lf_err_set(e, LF_IO, "the disk");
    taken++;
    return LF_OK;
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
    /* One whose id ends with 2 is above us. */
    *out = (struct lf_peer){ .id = id,
                             .state = LF_PEER_ACTIVE,
                             .kind = lf_view_ends(id, LF_V("2")) ? LF_PEER_PARENT : LF_PEER_CHILD };
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
            char want[16];

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
    return lf_json_items(lf_json_get(tree(w), LF_V("objects")));
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
    CHECK(lf_json_items(lf_json_get(tree(&w), LF_V("objects"))) == 1, "with the object");
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
    body = envelope(&w, tool(&w, 4, 1, "fine"), tool(&w, 5, 1, "in a hurry"));
    CHECK(ask(&w, "POST", "", body, ROOT "collections/up/objects/") == -LF_TOO_MANY, "later, all of it");
    w.rq.nheaders = 0;
    CHECK(ask(&w, "GET", "", LF_V(""), ROOT "collections/up/objects/") == 403, "children write only");
    CHECK(count(&w, "", ROOT "collections/members/objects/") == 1, "and read what is for members");
    world_close(&w);
}

/* The letters of the roots that the discovery names: r(oot) m(embers) (p)a(rent) p(eers) (pu)b(lic). */
static const char *roots(struct world *w)
{
    static const char *const paths[] = { "/taxii2/root/", "/taxii2/members/", "/taxii2/parent/",
                                         "/taxii2/peers/", "/taxii2/public/" };
    static char found[6];
    const struct lf_json *list;
    size_t n = 0;

    CHECK(get(w, "", "/taxii2/") == 200, "discovery answers");
    list = lf_json_get(tree(w), LF_V("api_roots"));
    for (size_t i = 0; i < lf_json_items(list); i++)
        for (size_t k = 0; k < 5; k++)
            if (lf_view_is(lf_json_text(lf_json_item(list, i)), paths[k]))
                found[n++] = "rmapb"[k];
    CHECK(n == lf_json_items(list), "each is one of ours");
    found[n] = '\0';
    return found;
}

static void a_collection_stands_in_the_roots_that_its_words_lead_to(void)
{
    static const struct {
        const char *readers, *writers, *in; /* the letters of the roots that it stands in */
    } rows[] = {
        { "share", "", "rp" },
        { "children", "", "rm" },
        { "", "children", "rm" },
        { "peer:00000000-0000-4000-8000-000000000001", "", "rm" },
        { "peer:00000000-0000-4000-8000-000000000002", "", "ra" },
        { "public", "", "rb" },
        { "public share", "peer:00000000-0000-4000-8000-000000000002", "rapb" },
    };
    static const char *const paths[] = { "root", "members", "parent", "peers", "public" };
    static const char *const readers[] = { "peer:00000000-0000-4000-8000-000000000001",
                                           "peer:00000000-0000-4000-8000-000000000002", "sharer" };
    struct lf_err e = { 0 };
    struct world w;

    world_open(&w, 31);
    as(&w, LF_ROLE_SHARE, "sharer");
    CHECK(!strcmp(roots(&w), "rmp"),
          "an account is told of what is for accounts, and for members besides: %s", roots(&w));
    as(&w, LF_ROLE_PEER, readers[0]);
    CHECK(!strcmp(roots(&w), "rmp"), "a node below of what is for members, and for accounts besides: %s",
          roots(&w));
    as(&w, LF_ROLE_PEER, readers[1]);
    CHECK(!strcmp(roots(&w), "rmp"), "as long as no collection names it: %s", roots(&w));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        lf_view id = { "", 0 };
        char path[200];

        as(&w, LF_ROLE_ADMIN, "boss");
        CHECK_OK(lf_collection_create(&w.d.t, lf_arena_printf(&w.d.life, "c%zu", i), LF_V("c"),
                                      lf_view_of(rows[i].readers), lf_view_of(rows[i].writers), &id, &e),
                 &e);
        id = lf_arena_copy(&w.d.life, id);
        for (size_t k = 0; k < 5; k++)
            for (size_t r = 0; r < 3; r++) {
                struct lf_collection c;
                bool stands = strchr(rows[i].in, "rmapb"[k]) != NULL, may;

                as(&w, r == 2 ? LF_ROLE_SHARE : LF_ROLE_PEER, readers[r]);
                may = lf_collection_get(&w.d.t, id, &c, &e) == LF_OK;
                snprintf(path, sizeof path, "/taxii2/%s/collections/%.*s/", paths[k], LF_FMT(id));
                CHECK(get(&w, "", path) == (stands && may ? 200 : 404), "%s for %s: %d", path, readers[r],
                      w.rs.status);
            }
    }
    CHECK(get(&w, "", "/taxii2/nobody/") == 404, "other roots there are none");
    as(&w, 0, "");
    CHECK(!strcmp(roots(&w), "b"), "a stranger is told of what is public: %s", roots(&w));
    CHECK_VIEW(lf_json_str(tree(&w), "default"), LF_V("/taxii2/public/"));
    world_close(&w);
}

static void media_types_are_taken_in_every_lawful_form(void)
{
    static const struct {
        const char *accept;
        int want;
    } rows[] = {
        { NULL, 200 },
        { "", 200 },
        { "*/*", 200 },
        { "application/*", 200 },
        { "application/taxii+json", 200 },
        { "application/taxii+json;version=2.1", 200 },
        { "application/taxii+json; version=2.1", 200 },
        { "application/taxii+json ;\tversion=\"2.1\"", 200 },
        { "Application/TAXII+JSON;Version=2.1", 200 },
        { "text/html, application/taxii+json;version=2.1;q=0.5", 200 },
        { "text/html;q=0.9,*/*;q=0.1", 200 },
        { "application/taxii+json;version=2.0, application/taxii+json;version=2.1", 200 },
        { "application/taxii+json;version=9.9, */*;q=0.1", 200 },
        { "application/taxii+json;version=2.1;q=1.000", 200 },
        { "application/taxii+json;version=2.1;q=0", 406 },
        { "application/taxii+json;q=0, */*", 406 },
        { "application/taxii+json;version=2.1;q=0.0, application/*", 406 },
        { "application/taxii+json;version=2.0", 406 },
        { "application/vnd.oasis.taxii+json;version=2.0", 406 },
        { "application/stix+json;version=2.1", 406 },
        { "application/json", 406 },
        { "text/html", 406 },
        { "application/taxii+jsonx", 406 },
        { "\"application/taxii+json\"", 406 },
        { "\"", 406 },
        { ",,,;;;", 406 },
    };
    static const struct {
        const char *type;
        int want;
    } types[] = {
        { "application/taxii+json;version=2.1", 202 },
        { "application/taxii+json; version=\"2.1\"", 202 },
        { "application/taxii+json", 202 },
        { "APPLICATION/Taxii+Json;VERSION=2.1", 202 },
        { "application/taxii+json;version=2.1;charset=utf-8", 202 },
        { NULL, 415 },
        { "", 415 },
        { "application/taxii+json;version=2.0", 415 },
        { "application/stix+json;version=2.1", 415 },
        { "application/json", 415 },
        { "text/plain", 415 },
    };
    struct world w;

    world_open(&w, 5);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        w.rq.nheaders = rows[i].accept ? 1 : 0;
        w.rq.headers[0] = (struct lf_http_header){ LF_V("ACCEPT"), lf_view_of(rows[i].accept) };
        CHECK(ask(&w, "GET", "", LF_V(""), "/taxii2/") == rows[i].want, "Accept: %s", rows[i].accept);
    }
    w.rq.nheaders = 2; /* two header lines are one list */
    w.rq.headers[0] = (struct lf_http_header){ LF_V("Accept"), LF_V("text/html") };
    w.rq.headers[1] = (struct lf_http_header){ LF_V("accept"), LF_V("application/taxii+json") };
    CHECK(ask(&w, "GET", "", LF_V(""), "/taxii2/") == 200, "two lines");
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        w.rq.nheaders = types[i].type ? 1 : 0;
        w.rq.headers[0] = (struct lf_http_header){ LF_V("content-type"), lf_view_of(types[i].type) };
        CHECK(ask(&w, "POST", "", envelope(&w, tool(&w, 1, 1, "x"), LF_V("")), "%s", in(&w, 0, "objects/")) ==
                  types[i].want,
              "Content-Type: %s", types[i].type);
    }
    world_close(&w);
}

static void every_address_answers_its_methods_and_no_other(void)
{
#define C ROOT "collections/rw/"
#define T "tool--00000000-0000-4000-8000-000000000001/"
    static const struct {
        const char *method, *path;
        int want;
        const char *allow;
    } rows[] = {
        { "GET", "/taxii2/", 200, NULL },
        { "HEAD", "/taxii2/", 200, NULL },
        { "POST", "/taxii2/", 405, "GET, HEAD" },
        { "GET", "/taxii2", 404, NULL },
        { "GET", "/taxii2//", 404, NULL },
        { "GET", "/taxii2/other/", 404, NULL },
        { "GET", ROOT, 200, NULL },
        { "PUT", ROOT, 405, "GET, HEAD" },
        { "GET", ROOT "nothing/", 404, NULL },
        { "GET", ROOT "collections/", 200, NULL },
        { "GET", ROOT "collections", 404, NULL },
        { "DELETE", ROOT "collections/", 405, "GET, HEAD" },
        { "GET", C, 200, NULL },
        { "POST", C, 405, "GET, HEAD" },
        { "GET", ROOT "collections/no-such/", 404, NULL },
        { "GET", ROOT "collections/00000000-0000-4000-8000-000000000000/", 404, NULL },
        { "GET", C "manifest/", 200, NULL },
        { "HEAD", C "manifest/", 200, NULL },
        { "POST", C "manifest/", 405, "GET, HEAD" },
        { "GET", C "objects/", 200, NULL },
        { "GET", C "objects", 404, NULL },
        { "DELETE", C "objects/", 405, "GET, HEAD, POST" },
        { "PATCH", C "objects/", 405, "GET, HEAD, POST" },
        { "GET", C "objects/" T, 200, NULL },
        { "POST", C "objects/" T, 405, "GET, HEAD, DELETE" },
        { "GET", C "objects/tool--00000000-0000-4000-8000-000000000009/", 404, NULL },
        { "GET", C "objects/nonsense/", 404, NULL },
        { "GET", C "objects/" T "versions/", 200, NULL },
        { "GET", C "objects/tool--00000000-0000-4000-8000-000000000009/versions/", 404, NULL },
        { "DELETE", C "objects/" T "versions/", 405, "GET, HEAD" },
        { "DELETE", C "objects/tool--00000000-0000-4000-8000-000000000009/", 404, NULL },
        { "GET", ROOT "status/00000000-0000-4000-8000-000000000000/", 404, NULL },
        { "GET", ROOT "status/", 404, NULL },
        { "POST", ROOT "status/00000000-0000-4000-8000-000000000000/", 405, "GET, HEAD" },
        { "get", "/taxii2/", 405, "GET, HEAD" },
    };
    struct world w;

    world_open(&w, 6);
    put(&w, 1, 1);
    w.rq.nheaders = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK(ask(&w, rows[i].method, "", LF_V(""), "%s", rows[i].path) == rows[i].want, "%s %s gave %d",
              rows[i].method, rows[i].path, w.rs.status);
        CHECK_VIEW(header(&w, "Allow"), lf_view_of(rows[i].allow));
    }
    world_close(&w);
}

static void rights_decide_between_not_found_and_forbidden(void)
{
    static const char *const name[] = { "rw", "ro", "wo", "none" };
    static const struct {
        const char *method, *rest;
        int want[4]; /* rw, ro, wo, none */
    } rows[] = {
        { "GET", "", { 200, 200, 200, 404 } },
        { "GET", "objects/", { 200, 200, 403, 404 } },
        { "GET", "manifest/", { 200, 200, 403, 404 } },
        { "GET", "objects/" T, { 404, 404, 403, 404 } },
        { "GET", "objects/" T "versions/", { 404, 404, 403, 404 } },
        { "DELETE", "objects/" T, { 404, 403, 403, 404 } },
        { "POST", "objects/", { 202, 403, 202, 404 } },
    };
    struct world w;
    const struct lf_json *list;

    world_open(&w, 7);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int c = 0; c < 4; c++) {
            w.rq.nheaders = 1;
            w.rq.headers[0] = (struct lf_http_header){ LF_V("Content-Type"), LF_V(TYPE) };
            CHECK(ask(&w, rows[i].method, "", envelope(&w, tool(&w, 1, 1, "x"), LF_V("")),
                      ROOT "collections/%s/%s", name[c], rows[i].rest) == rows[i].want[c],
                  "%s %s %s gave %d", rows[i].method, name[c], rows[i].rest, w.rs.status);
        }
    CHECK(get(&w, "", ROOT "collections/") == 200, "list");
    list = lf_json_get(tree(&w), LF_V("collections"));
    CHECK(lf_json_items(list) == 5, "library, members, ro, rw, wo are seen; none and up are not");
    for (size_t i = 0; i < lf_json_items(list); i++) {
        const struct lf_json *c = lf_json_item(list, i);
        bool wo = lf_view_is(lf_json_str(c, "alias"), "wo"),
             rw = lf_view_is(lf_json_str(c, "alias"), "rw") || lf_view_is(lf_json_str(c, "alias"), "library");

        CHECK(lf_uuid_ok(lf_json_str(c, "id")) && lf_json_str(c, "title").len, "id and title");
        CHECK(lf_json_bool(c, "can_read", false) == !wo && lf_json_bool(c, "can_write", true) == (wo || rw),
              "rights of %zu", i);
        CHECK(lf_json_items(lf_json_get(c, LF_V("media_types"))), "media types");
    }
    as(&w, LF_ROLE_SENDER, "log-sender");
    CHECK(get(&w, "", ROOT "collections/") == 200, "nothing to see");
    CHECK_VIEW(w.rs.body, LF_V("{}"));
    world_close(&w);
}

/* Tools 1–5; 1 has days 1, 2, 3, 2 has days 1, 2; in that order. */
static void stock(struct world *w)
{
    for (unsigned id = 1; id <= 5; id++)
        put(w, id, 1);
    put(w, 1, 2);
    put(w, 1, 3);
    put(w, 2, 2);
    CHECK(post(w, 0,
               LF_V("{\"objects\":[{\"type\":\"domain-name\",\"spec_version\":\"2.1\",\"id\":\"domain-name--"
                    "00000000-0000-5000-8000-000000000001\",\"value\":\"a.example\"}]}")) == 202,
          "a cyber-observable");
}

static void filters_mean_what_the_standard_says(void)
{
#define ID(n) "tool--00000000-0000-4000-8000-00000000000" #n
    static const struct {
        const char *query;
        int status;
        size_t count;
    } rows[] = {
        { "", 200, 6 },
        { "match[version]=last", 200, 6 },
        { "match[version]=all", 200, 9 },
        { "match[version]=first", 200, 6 },
        { "match[version]=first,last", 200, 8 },
        { "match%5Bversion%5D=all", 200, 9 },
        { "match[version]=2026-01-02T00:00:00Z", 200, 2 },
        { "match[version]=2026-01-02T00:00:00.000000Z", 200, 2 },
        { "match[version]=2026-01-02T00:00:00.000Z,2026-01-03T00:00:00.0Z", 200, 3 },
        { "match[version]=2026-01-02T00:00:00Z,last", 200, 7 },
        { "match[version]=1999-01-01T00:00:00.000Z", 200, 0 },
        { "match[version]=1912-02-29T00:00:00.000Z", 200, 0 },
        { "match[version]=2512-01-01T00:00:00.000Z", 200, 0 },
        { "match[version]=all,last", 400, 0 },
        { "match[version]=all,all", 400, 0 },
        { "match[version]=last,last", 400, 0 },
        { "match[version]=2026-01-02T00:00:00Z,2026-01-02T00:00:00.000Z", 400, 0 },
        { "match[version]=newest", 400, 0 },
        { "match[version]=", 400, 0 },
        { "match[version]=last,", 400, 0 },
        { "match[version]=last&match[version]=first", 400, 0 },
        { "match[version]=2026-01-02", 400, 0 },
        { "match[version]=2026-02-30T00:00:00Z", 400, 0 },
        { "match[version]=1913-02-29T00:00:00Z", 400, 0 },
        { "match[version]=2026-01-02T00:00:00", 400, 0 },
        { "match[id]=" ID(1), 200, 1 },
        { "match[id]=" ID(1) "," ID(2), 200, 2 },
        { "match[id]=" ID(1) "," ID(1), 200, 1 },
        { "match[id]=" ID(1) "," ID(9), 200, 1 },
        { "match[id]=" ID(1) "&match[version]=all", 200, 3 },
        { "match[id]=" ID(1) "&match[version]=first", 200, 1 },
        { "match[id]=" ID(1) "&match[type]=tool", 200, 1 },
        { "match[id]=" ID(1) "&match[type]=malware", 200, 0 },
        { "match[id]=" ID(9), 200, 0 },
        { "match[id]=indicator--00000000-0000-0000-0000-000000000000", 200, 0 },
        { "match[id]=", 400, 0 },
        { "match[id]=" ID(1) ",", 400, 0 },
        { "match[id]=" ID(1) "&match[id]=" ID(2), 400, 0 },
        { "match[id]=nonsense", 400, 0 },
        { "match[type]=tool", 200, 5 },
        { "match[type]=tool,domain-name", 200, 6 },
        { "match[type]=domain-name", 200, 1 },
        { "match[type]=tool&match[version]=all", 200, 8 },
        { "match[type]=x-nothing", 200, 0 },
        { "match[type]=", 400, 0 },
        { "match[type]=tool&match[type]=tool", 400, 0 },
        { "match[spec_version]=2.1", 200, 6 },
        { "match[spec_version]=2.0", 200, 0 },
        { "match[spec_version]=2.0,2.1", 200, 6 },
        { "match[spec_version]=", 400, 0 },
        { "match[spec_version]=new", 400, 0 },
        { "match[spec_version]=2.1&match[spec_version]=2.1", 400, 0 },
        { "match[colour]=red", 400, 0 },
        { "colour=red", 200, 6 },
        { "limit=1", 200, 1 },
        { "limit=6", 200, 6 },
        { "limit=1000000", 200, 6 },
        { "limit=9007199254740991", 200, 6 },
        { "limit=0", 400, 0 },
        { "limit=-1", 400, 0 },
        { "limit=", 400, 0 },
        { "limit=two", 400, 0 },
        { "limit=1.0", 400, 0 },
        { "limit=%201", 400, 0 },
        { "limit=99999999999999999999", 400, 0 },
        { "limit=1&limit=1", 400, 0 },
        { "added_after=2020-01-01T00:00:00.000000Z", 200, 6 },
        { "added_after=2020-01-01T00:00:00Z", 200, 6 },
        { "added_after=1970-01-01T00:00:00Z", 200, 6 },
        { "added_after=0001-01-01T00:00:00Z", 200, 6 },
        { "added_after=2199-01-01T00:00:00Z", 200, 0 },
        { "added_after=9999-12-31T23:59:59Z", 200, 0 },
        { "added_after=", 400, 0 },
        { "added_after=yesterday", 400, 0 },
        { "added_after=2020-01-01", 400, 0 },
        { "added_after=2020-01-01T00:00:00", 400, 0 },
        { "added_after=2020-13-01T00:00:00Z", 400, 0 },
        { "added_after=2020-01-01T00:00:00%2B08:00", 400, 0 },
        { "added_after=2020-01-01T00:00:00Z&added_after=2020-01-01T00:00:00Z", 400, 0 },
        { "next=", 400, 0 },
        { "next=1", 400, 0 },
        { "next=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 400, 0 },
        { "limit=%zz", 400, 0 },
        { "limit=%", 400, 0 },
        { "%ff=1", 400, 0 },
        { "&&&", 200, 6 },
        { "=", 200, 6 },
    };
    struct world w;

    world_open(&w, 8);
    stock(&w);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        static const char *const where[] = { "objects/", "manifest/" };

        for (int k = 0; k < 2; k++) {
            int status = get(&w, rows[i].query, in(&w, 0, where[k]));

            CHECK(status == rows[i].status, "%s?%s gave %d", where[k], rows[i].query, status);
            if (status != 200)
                continue;
            CHECK(lf_json_items(lf_json_get(tree(&w), LF_V("objects"))) == rows[i].count, "%s?%s: %.*s",
                  where[k], rows[i].query, LF_FMT(w.rs.body));
            if (!rows[i].count)
                CHECK_VIEW(w.rs.body, LF_V("{}"));
            CHECK(header(&w, "X-TAXII-Date-Added-First").len == 27, "%s: on what is empty too",
                  rows[i].query);
        }
        node_task(&w.d, LF_ROLE_SHARE, LF_V("sharer"));
    }
    world_close(&w);
}

static void one_object_and_its_versions_are_read(void)
{
    struct world w;
    const struct lf_json *v;
    static const char *const day[] = { "2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z",
                                       "2026-01-03T00:00:00.000Z" };

    world_open(&w, 9);
    stock(&w);
    CHECK(count(&w, "", in(&w, 0, "objects/" ID(1) "/")) == 1, "the last");
    CHECK_VIEW(lf_json_str(lf_json_item(lf_json_get(tree(&w), LF_V("objects")), 0), "modified"),
               LF_V("2026-01-03T00:00:00.000Z"));
    CHECK(count(&w, "match[version]=all", in(&w, 0, "objects/" ID(1) "/")) == 3, "all");
    CHECK(count(&w, "match[version]=all&limit=2", in(&w, 0, "objects/" ID(1) "/")) == 2, "two of all");
    CHECK(lf_json_str(tree(&w), "next").len, "and the rest");
    CHECK(count(&w, "match[version]=2026-05-05T00:00:00Z", in(&w, 0, "objects/" ID(1) "/")) == 0, "none");
    CHECK_VIEW(w.rs.body, LF_V("{}"));
    CHECK(get(&w, "", in(&w, 0, "objects/" ID(1) "/versions/")) == 200, "versions");
    v = lf_json_get(tree(&w), LF_V("versions"));
    CHECK(lf_json_items(v) == 3, "three");
    for (size_t i = 0; i < 3; i++)
        CHECK_VIEW(lf_json_text(lf_json_item(v, i)), lf_view_of(day[i]));
    CHECK(header(&w, "X-TAXII-Date-Added-Last").ptr != NULL, "with its headers");
    CHECK(get(&w, "limit=2", in(&w, 0, "objects/" ID(1) "/versions/")) == 200, "page of versions");
    CHECK(lf_json_bool(tree(&w), "more", false) && lf_json_str(tree(&w), "next").len, "more and next");
    CHECK(get(&w, "", in(&w, 0, "objects/domain-name--00000000-0000-5000-8000-000000000001/versions/")) ==
              200,
          "of what has none");
    CHECK_VIEW(lf_json_text(lf_json_item(lf_json_get(tree(&w), LF_V("versions")), 0)),
               LF_V("1970-01-01T00:00:00.000000Z"));
    CHECK(count(&w, "match[version]=1970-01-01T00:00:00.000000Z", in(&w, 0, "objects/")) == 1,
          "and it is found by it");
    CHECK(get(&w, "match[type]=domain-name", in(&w, 0, "manifest/")) == 200, "manifest");
    v = lf_json_item(lf_json_get(tree(&w), LF_V("objects")), 0);
    CHECK(lf_json_str(v, "date_added").len == 27, "six digits");
    CHECK_VIEW(lf_json_str(v, "version"), LF_V("1970-01-01T00:00:00.000000Z"));
    CHECK_VIEW(lf_json_str(v, "media_type"), LF_V("application/stix+json;version=2.1"));
    CHECK_VIEW(lf_json_str(v, "date_added"), header(&w, "X-TAXII-Date-Added-First"));
    world_close(&w);
}

static void deleted_is_gone_everywhere_at_once(void)
{
    struct world w;

    world_open(&w, 10);
    stock(&w);
    w.rq.nheaders = 0;
    CHECK(ask(&w, "DELETE", "match[version]=2026-01-03T00:00:00Z", LF_V(""), "%s",
              in(&w, 0, "objects/" ID(1) "/")) == 200,
          "one version");
    CHECK(get(&w, "", in(&w, 0, "objects/" ID(1) "/")) == 200, "the one before is the last now");
    CHECK_VIEW(lf_json_str(lf_json_item(lf_json_get(tree(&w), LF_V("objects")), 0), "modified"),
               LF_V("2026-01-02T00:00:00.000Z"));
    CHECK(ask(&w, "DELETE", "match[version]=2026-01-03T00:00:00Z", LF_V(""), "%s",
              in(&w, 0, "objects/" ID(1) "/")) == 404,
          "it is gone");
    CHECK(ask(&w, "DELETE", "match[version]=never", LF_V(""), "%s", in(&w, 0, "objects/" ID(1) "/")) == 400,
          "malformed");
    CHECK(ask(&w, "DELETE", "", LF_V(""), "%s", in(&w, 0, "objects/" ID(1) "/")) == 200, "all of it");
    CHECK(w.rs.body.len == 0, "without a body");
    CHECK(get(&w, "", in(&w, 0, "objects/" ID(1) "/")) == 404, "object");
    CHECK(get(&w, "", in(&w, 0, "objects/" ID(1) "/versions/")) == 404, "versions");
    CHECK(count(&w, "match[version]=all&match[id]=" ID(1), in(&w, 0, "objects/")) == 0, "objects");
    CHECK(count(&w, "match[version]=all&match[id]=" ID(1), in(&w, 0, "manifest/")) == 0, "manifest");
    put(&w, 1, 1);
    CHECK(count(&w, "", in(&w, 0, "objects/" ID(1) "/")) == 1, "it may come again");
    world_close(&w);
}

static void each_body_is_answered_by_what_is_wrong_with_it(void)
{
#define GOOD                                                                                                 \
    "{\"type\":\"tool\",\"spec_version\":\"2.1\",\"id\":\"" ID(                                              \
        1) "\",\"created\":\"2026-01-01T00:00:00Z\",\"modified\":\"2026-01-01T00:00:00Z\",\"name\":\"a\"}"
    static const struct {
        const char *body;
        int status;
        int64_t good, bad;
    } rows[] = {
        { "", 400, 0, 0 },
        { " ", 400, 0, 0 },
        { "{", 400, 0, 0 },
        { "{\"objects\":[" GOOD "]", 400, 0, 0 },
        { "{\"objects\":[" GOOD ",]}", 400, 0, 0 },
        { "{'objects':[]}", 400, 0, 0 },
        { "\xff", 400, 0, 0 },
        { "{\"objects\":[\"\xc0\x80\"]}", 400, 0, 0 },
        { "{\"objects\":[\"\\ud800\"]}", 422, 0, 0 },
        { "{\"\\ud800\":1}", 422, 0, 0 },
        { "{\"objects\":[1],\"objects\":[1]}", 400, 0, 0 },
        { "{\"objects\":[NaN]}", 400, 0, 0 },
        { "<html>", 400, 0, 0 },
        { "null", 422, 0, 0 },
        { "[]", 422, 0, 0 },
        { "[" GOOD "]", 422, 0, 0 },
        { "{}", 422, 0, 0 },
        { GOOD, 422, 0, 0 },
        { "{\"objects\":[]}", 422, 0, 0 },
        { "{\"objects\":null}", 422, 0, 0 },
        { "{\"objects\":{}}", 422, 0, 0 },
        { "{\"objects\":\"x\"}", 422, 0, 0 },
        { "{\"type\":\"bundle\",\"id\":\"bundle--00000000-0000-4000-8000-000000000001\",\"objects\":[" GOOD
          "]}",
          422, 0, 0 },
        { "{\"objects\":[1]}", 422, 0, 0 },
        { "{\"objects\":[null,[],\"x\",{}]}", 422, 0, 0 },
        { "{\"objects\":[{\"type\":\"bundle\",\"id\":\"bundle--00000000-0000-4000-8000-000000000001\"}]}",
          422, 0, 0 },
        { "{\"objects\":[{\"type\":\"tool\",\"spec_version\":\"3.7\",\"id\":\"" ID(1) "\"}]}", 422, 0, 0 },
        { "{\"objects\":[" GOOD "]}", 202, 1, 0 },
        { "{\"x_more\":1,\"objects\":[" GOOD "]}", 202, 1, 0 },
        { "{\"objects\":[" GOOD "," GOOD "]}", 202, 2, 0 },
        { "{\"objects\":[" GOOD ",1]}", 202, 1, 1 },
        { "{\"objects\":[{}," GOOD "]}", 202, 1, 1 },
        { "{\"objects\":[" GOOD
          ",{\"type\":\"tool\",\"id\":\"malware--00000000-0000-4000-8000-000000000001\"}]}",
          202, 1, 1 },
        { "{\"objects\":[" GOOD ",{\"type\":\"tool\",\"type\":\"tool\",\"id\":\"" ID(2) "\"}]}", 202, 1, 1 },
        { "{\"objects\":[" GOOD ",{\"id\":7,\"type\":null}]}", 202, 1, 1 },
        { "{\"objects\":[" GOOD
          ",{\"id\":\"" ID(2) "\",\"type\":\"tool\",\"spec_version\":\"2.1\",\"created\":"
                              "\"2026-01-02T00:00:00Z\",\"modified\":\"2026-01-01T00:00:00Z\"}]}",
          202, 1, 1 },
        { "{\"objects\":[" GOOD ",{\"id\":\"\\u0000\\\"\\\\\",\"type\":\"tool\"}]}", 202, 1, 1 },
    };
    struct world w;

    world_open(&w, 11);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t total = -1, good = -1, bad = -1, pending = -1;

        CHECK(post(&w, 0, lf_view_of(rows[i].body)) == rows[i].status, "%s gave %d", rows[i].body,
              w.rs.status);
        if (w.rs.status != 202)
            continue;
        CHECK(lf_json_int(tree(&w), "total_count", &total) && total == rows[i].good + rows[i].bad, "total");
        CHECK(lf_json_int(tree(&w), "success_count", &good) && good == rows[i].good, "%s", rows[i].body);
        CHECK(lf_json_int(tree(&w), "failure_count", &bad) && bad == rows[i].bad, "%s", rows[i].body);
        CHECK(lf_json_int(tree(&w), "pending_count", &pending) && pending == 0, "none pends");
        CHECK((int64_t)lf_json_items(lf_json_get(tree(&w), LF_V("successes"))) == good, "successes");
        CHECK((int64_t)lf_json_items(lf_json_get(tree(&w), LF_V("failures"))) == bad, "failures");
        CHECK(!lf_json_get(tree(&w), LF_V("failures")) == !bad, "no empty list");
        for (int64_t k = 0; k < bad; k++) {
            const struct lf_json *f = lf_json_item(lf_json_get(tree(&w), LF_V("failures")), (size_t)k);

            CHECK(lf_json_str(f, "id").len && lf_json_str(f, "version").len >= 20 &&
                      lf_json_str(f, "message").len,
                  "a failure says which and why");
        }
        /* However odd the neighbours were, the collection stays readable. */
        CHECK(count(&w, "match[version]=all", in(&w, 0, "objects/")) == 1, "after %s", rows[i].body);
        CHECK(lf_json_str(tree(&w), "next").ptr == NULL, "one page");
    }
    world_close(&w);
}

static void a_body_up_to_the_stated_limit_is_never_too_big(void)
{
    struct world w;
    char *big = malloc((size_t)LF_TAXII_CONTENT + 2);
    lf_view one;

    world_open(&w, 12);
    one = envelope(&w, tool(&w, 1, 1, "x"), LF_V(""));
    memset(big, ' ', (size_t)LF_TAXII_CONTENT + 2);
    memcpy(big, one.ptr, one.len);
    CHECK(post(&w, 0, (lf_view){ big, LF_TAXII_CONTENT }) == 202, "at the limit");
    CHECK(post(&w, 0, (lf_view){ big, (size_t)LF_TAXII_CONTENT + 1 }) == 413, "past it");
    free(big);
    world_close(&w);
}

static void what_is_not_understood_comes_back_as_it_was(void)
{
    static const char odd[] =
        "{\"type\":\"x-odd\",\"spec_version\":\"2.1\",\"id\":\"x-odd--00000000-0000-4000-8000-000000000001\","
        "\"created\":\"2026-01-01T00:00:00.123456789Z\",\"modified\":\"2026-01-01T00:00:00.123456789Z\","
        "\"n\":1.10,\"big\":123456789012345678901234567890,\"e\":1E+2,\"z\":-0,\"deep\":[[[{\"a\":{}}]],[]],"
        "\"t\":\"\\u0000 \\\" \xe8\x81\xaf\",\"null\":null,\"extensions\":{\"x\":true}}";
    struct world w;

    world_open(&w, 13);
    CHECK(post(&w, 0, envelope(&w, lf_view_of(odd), LF_V(""))) == 202, "taken");
    CHECK(count(&w, "", in(&w, 0, "objects/")) == 1, "read");
    CHECK(lf_view_find(w.rs.body,
                       lf_view_of("\"n\":1.10,\"big\":123456789012345678901234567890,\"e\":1E+2,\"z\":-0")) !=
              SIZE_MAX,
          "numbers keep their text: %.*s", LF_FMT(w.rs.body));
    CHECK(lf_view_find(w.rs.body, LF_V("00.123456789Z")) != SIZE_MAX, "and times theirs");
    CHECK(lf_view_find(w.rs.body, LF_V("\\u0000 \\\" \xe8\x81\xaf")) != SIZE_MAX, "and texts");
    world_close(&w);
}

static void the_same_again_is_a_success_and_no_second_entry(void)
{
    struct world w;
    int64_t n = 0;

    world_open(&w, 14);
    for (int i = 0; i < 3; i++) {
        CHECK(post(&w, 0, envelope(&w, tool(&w, 1, 1, "x"), tool(&w, 1, 1, "x"))) == 202, "posted");
        CHECK(lf_json_int(tree(&w), "success_count", &n) && n == 2, "successes");
        CHECK(count(&w, "match[version]=all", in(&w, 0, "manifest/")) == 1, "one entry");
    }
    world_close(&w);
}

static void a_status_is_kept_a_day_and_only_for_who_posted(void)
{
    struct world w;
    const struct lf_json *s;
    char path[200];

    world_open(&w, 15);
    put(&w, 1, 1);
    s = lf_json_item(lf_json_get(tree(&w), LF_V("successes")), 0);
    CHECK_VIEW(lf_json_str(s, "id"), LF_V(ID(1)));
    CHECK_VIEW(lf_json_str(s, "version"), LF_V("2026-01-01T00:00:00.000Z"));
    CHECK(lf_json_str(tree(&w), "request_timestamp").len == 27, "six digits");
    snprintf(path, sizeof path, ROOT "status/%.*s/", LF_FMT(lf_json_str(tree(&w), "id")));
    w.d.now += LF_DAY;
    CHECK(get(&w, "", path) == 200, "a day later");
    as(&w, LF_ROLE_SHARE, "another");
    CHECK(get(&w, "", path) == 404, "for another");
    as(&w, LF_ROLE_SHARE, "sharer");
    w.d.now += 1;
    CHECK(get(&w, "", path) == 404, "over");
    world_close(&w);
}

static void a_cursor_opens_only_the_query_it_came_from(void)
{
    struct world w;
    char q[300];
    lf_view next, first;

    world_open(&w, 16);
    stock(&w);
    CHECK(count(&w, "match[type]=tool&limit=2", in(&w, 0, "objects/")) == 2, "first page");
    CHECK(lf_json_bool(tree(&w), "more", false), "more");
    next = lf_arena_copy(&w.d.life, lf_json_str(tree(&w), "next"));
    CHECK(next.len, "next");
#define Q(filters, which, path, want, why)                                                                   \
    do {                                                                                                     \
        snprintf(q, sizeof q, "%s&next=%.*s", filters, LF_FMT(next));                                        \
        CHECK(get(&w, q, in(&w, which, path)) == (want), "%s", why);                                         \
    } while (0)
    Q("match[type]=tool&limit=2", 0, "objects/", 200, "the second page");
    first = lf_arena_copy(&w.d.life, w.rs.body);
    Q("match[type]=tool&limit=2", 0, "objects/", 200, "again");
    CHECK_VIEW(w.rs.body, first);
    put(&w, 8, 1);
    Q("limit=2&match[type]=tool", 0, "objects/", 200, "in another order, after a write");
    CHECK_VIEW(w.rs.body, first);
    Q("match[type]=tool&limit=1", 0, "objects/", 200, "a smaller page");
    Q("match[type]=tool", 0, "objects/", 200, "no limit");
    Q("limit=2", 0, "objects/", 400, "another filter");
    Q("match[type]=tool,malware&limit=2", 0, "objects/", 400, "a wider filter");
    Q("match[type]=tool&limit=2&match[version]=all", 0, "objects/", 400, "other versions");
    Q("match[type]=tool&limit=2&added_after=2020-01-01T00:00:00Z", 0, "objects/", 400, "another start");
    Q("match[type]=tool&limit=2", 0, "manifest/", 400, "of the manifest");
    Q("match[type]=tool&limit=2", 1, "objects/", 400, "of another collection");
    Q("match[type]=tool&limit=2", 2, "objects/", 403, "without the right to read");
    as(&w, LF_ROLE_SHARE, "another");
    Q("match[type]=tool&limit=2", 0, "objects/", 400, "by another");
    as(&w, LF_ROLE_SENDER, "sharer");
    Q("match[type]=tool&limit=2", 0, "objects/", 404, "after the rights were taken");
    as(&w, LF_ROLE_SHARE, "sharer");
    for (size_t i = 0; i < next.len; i++) {
        char *forged = lf_arena_cstr(&w.d.life, next);

        forged[i] = forged[i] == 'A' ? 'B' : 'A';
        snprintf(q, sizeof q, "match[type]=tool&limit=2&next=%s", forged);
        CHECK(get(&w, q, in(&w, 0, "objects/")) == 400, "forged at %zu", i);
    }
    CHECK(count(&w, "limit=2", in(&w, 0, "manifest/")) == 2 && lf_json_str(tree(&w), "next").len,
          "the manifest gives next too");
    world_close(&w);
#undef Q
}

/* Reads all pages of a collection while somebody writes between them.  What was
 * there when the reading began comes exactly once, and in rising order. */
static void read_all(struct world *w, bool by_next, const char *where, unsigned limit, unsigned before,
                     unsigned *more_ids)
{
    unsigned seen[400] = { 0 }, guard = 0;
    char q[300], next[100] = "", after[40] = "", last[40] = "";
    bool more = true;

    while (more && guard++ < 400) {
        const struct lf_json *list, *o;

        if (by_next)
            snprintf(q, sizeof q, "match[version]=all&limit=%u%s%s", limit, next[0] ? "&next=" : "", next);
        else
            snprintf(q, sizeof q, "match[version]=all&limit=%u%s%s", limit, after[0] ? "&added_after=" : "",
                     after);
        CHECK(get(w, q, in(w, 0, where)) == 200, "%s", q);
        list = lf_json_get(tree(w), LF_V("objects"));
        for (size_t i = 0; i < lf_json_items(list); i++) {
            uint64_t id = 0;

            o = lf_json_item(list, i);
            CHECK(lf_view_u64(lf_view_from(lf_json_str(o, "id"), 30), &id) && id < 400, "id");
            CHECK(seen[id]++ == 0, "tool %u came again", (unsigned)id);
        }
        more = lf_json_bool(tree(w), "more", false);
        CHECK(more == (lf_json_str(tree(w), "next").len > 0), "more and next go together");
        snprintf(next, sizeof next, "%.*s", LF_FMT(lf_json_str(tree(w), "next")));
        snprintf(after, sizeof after, "%.*s", LF_FMT(header(w, "X-TAXII-Date-Added-Last")));
        CHECK(strcmp(after, last) > 0, "ascending");
        snprintf(last, sizeof last, "%s", after);
        if (*more_ids < 399 && w->d.seed % 3)
            put(w, (*more_ids)++, 1);
        w->d.now += (w->d.seed % 5 == 0) ? -LF_SECOND : LF_MSEC; /* the clock may step back */
        node_task(&w->d, LF_ROLE_SHARE, LF_V("sharer"));
    }
    for (unsigned i = 1; i < before; i++)
        CHECK(seen[i] == 1, "tool %u came %u times", i, seen[i]);
    for (unsigned i = before; i < *more_ids; i++)
        CHECK(seen[i] <= 1, "tool %u came %u times", i, seen[i]);
}

static void pages_lose_and_repeat_nothing_while_others_write(void)
{
    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct world w;
        unsigned id = 1;

        world_open(&w, seed);
        while (id < 25)
            put(&w, id++, 1);
        for (unsigned limit = 1; limit < 40; limit = limit * 2 + 1) {
            read_all(&w, true, "objects/", limit, id, &id);
            read_all(&w, false, "objects/", limit, id, &id);
            read_all(&w, true, "manifest/", limit, id, &id);
        }
        world_close(&w);
    }
}

static void a_page_of_large_objects_is_cut_and_goes_on(void)
{
    enum { BIG = 900000 };
    static const char name[] = "\"name\":\"";
    struct world w;
    size_t all = 0, pages = 0;
    char q[200] = "";

    world_open(&w, 17);
    for (unsigned i = 1; i <= 12; i++) {
        lf_view small = envelope(&w, tool(&w, i, 1, ""), LF_V(""));
        size_t at = lf_view_find(small, lf_view_of(name)) + sizeof name - 1;
        char *body = malloc(small.len + BIG);

        memcpy(body, small.ptr, at);
        memset(body + at, 'a', BIG);
        memcpy(body + at + BIG, small.ptr + at, small.len - at);
        CHECK(post(&w, 0, (lf_view){ body, small.len + BIG }) == 202, "large %u", i);
        free(body);
    }
    for (bool more = true; more && pages < 20; pages++) {
        all += count(&w, q, in(&w, 0, "objects/"));
        more = lf_json_bool(tree(&w), "more", false);
        snprintf(q, sizeof q, "next=%.*s", LF_FMT(lf_json_str(tree(&w), "next")));
    }
    CHECK(all == 12 && pages == 2, "%zu in %zu pages", all, pages);
    world_close(&w);
}

static void only_what_can_come_is_waited_for(void)
{
    static const struct {
        const char *prefer, *path;
        int status;
        unsigned seconds;
    } rows[] = {
        { "wait=5", "objects/", 0, 5 },
        { "WAIT=5", "manifest/", 0, 5 },
        { "wait=\"5\"", "objects/", 0, 5 },
        { "handling=lenient;x=y, wait=5; a=b", "objects/", 0, 5 },
        { "wait=500", "objects/", 0, LF_TAXII_WAIT_S },
        { "wait=0", "objects/", 200, 0 },
        { "wait", "objects/", 200, 0 },
        { "wait=soon", "objects/", 200, 0 },
        { "", "objects/", 200, 0 },
        { "respond-async", "objects/", 200, 0 },
        { "wait=5", "objects/tool--00000000-0000-4000-8000-000000000009/", 404, 0 },
    };
    struct world w;

    world_open(&w, 18);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int status;

        w.rs.wait_until = 0;
        w.rq.nheaders = 1;
        w.rq.headers[0] = (struct lf_http_header){ LF_V("prefer"), lf_view_of(rows[i].prefer) };
        status = ask(&w, "GET", "", LF_V(""), "%s", in(&w, 0, rows[i].path));
        CHECK(status == rows[i].status, "%s: %d", rows[i].prefer, status);
        CHECK(w.rs.wait_until == (rows[i].seconds ? w.d.now + rows[i].seconds * LF_SECOND : 0), "%s",
              rows[i].prefer);
    }
    world_close(&w);
}

static void a_body_in_another_coding_is_unsupported(void)
{
    struct world w;
    lf_view body;

    world_open(&w, 19);
    body = envelope(&w, tool(&w, 1, 1, "x"), LF_V(""));
    w.rq.nheaders = 2;
    w.rq.headers[0] = (struct lf_http_header){ LF_V("Content-Type"), LF_V(TYPE) };
    w.rq.headers[1] = (struct lf_http_header){ LF_V("Content-Encoding"), LF_V("gzip") };
    CHECK(ask(&w, "POST", "", body, "%s", in(&w, 0, "objects/")) == 415, "gzip");
    w.rq.headers[1].value = LF_V("Identity");
    CHECK(ask(&w, "POST", "", body, "%s", in(&w, 0, "objects/")) == 202, "identity");
    world_close(&w);
}

int main(void)
{
    lf_crypto_init();
    RUN(discovery_names_the_root_and_the_root_its_limits);
    RUN(what_is_posted_is_read_again);
    RUN(a_poll_waits_until_something_comes_or_its_time_is_over);
    RUN(what_a_peer_sends_goes_to_its_service_or_into_the_failures);
    RUN(a_collection_stands_in_the_roots_that_its_words_lead_to);
    RUN(media_types_are_taken_in_every_lawful_form);
    RUN(every_address_answers_its_methods_and_no_other);
    RUN(rights_decide_between_not_found_and_forbidden);
    RUN(filters_mean_what_the_standard_says);
    RUN(one_object_and_its_versions_are_read);
    RUN(deleted_is_gone_everywhere_at_once);
    RUN(each_body_is_answered_by_what_is_wrong_with_it);
    RUN(a_body_up_to_the_stated_limit_is_never_too_big);
    RUN(what_is_not_understood_comes_back_as_it_was);
    RUN(the_same_again_is_a_success_and_no_second_entry);
    RUN(a_status_is_kept_a_day_and_only_for_who_posted);
    RUN(a_cursor_opens_only_the_query_it_came_from);
    RUN(pages_lose_and_repeat_nothing_while_others_write);
    RUN(a_page_of_large_objects_is_cut_and_goes_on);
    RUN(only_what_can_come_is_waited_for);
    RUN(a_body_in_another_coding_is_unsupported);
    DONE();
}
