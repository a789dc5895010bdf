/* The route table is one list: what is served, who may ask, and what is described. */
#include "fmt/json.h"
#include "lf_test.h"
#include "web/web.h"
#include "web/web_priv.h"

static void every_route_has_a_handler_a_method_and_a_sentence(void)
{
    static const char *const methods[] = { "GET", "POST", "PUT", "DELETE" };

    for (size_t i = 0; i < nroutes; i++) {
        bool known = false;

        for (size_t k = 0; k < 4; k++)
            known = known || strcmp(routes[i].method, methods[k]) == 0;
        CHECK(known, "%s %s", routes[i].method, routes[i].path);
        CHECK(routes[i].handler && routes[i].path[0] == '/' && routes[i].sentence[0], "%s", routes[i].path);
    }
}

static void only_these_are_open_to_anyone(void)
{
    static const char *const open[] = { "/healthz",
                                        "/api/v1/openapi.json",
                                        "/api/v1/session",
                                        "/console.css",
                                        "/icon.svg",
                                        "/login",
                                        "/preferences",
                                        "/answer/{id}" /* a signed link is the right */,
                                        "/called/{id}",
                                        "/report.js",
                                        "/login/lost",
                                        "/login/lost/enter",
                                        "/lures/{id}" /* who got a drill's mail */,
                                        "/suspicious-mail",
                                        "/open" /* what was published, where a setting says so */,
                                        "/open/index.json",
                                        "/open/statements" /* … and what was said in public */,
                                        "/open/statements.json",
                                        "/open/statements/{id}",
                                        "/open/{id}" };

    for (size_t i = 0; i < nroutes; i++) {
        bool listed = false;

        for (size_t k = 0; k < sizeof open / sizeof *open; k++)
            listed = listed || strcmp(routes[i].path, open[k]) == 0;
        if (routes[i].roles == 0)
            CHECK(listed, "%s %s asks for no role", routes[i].method, routes[i].path);
    }
}

static void programs_roles_reach_nothing_but_themselves(void)
{
    for (size_t i = 0; i < nroutes; i++)
        if (routes[i].handler == api_mail_take) /* a mail server's, which sends as log senders do */
            CHECK(!(routes[i].roles & LF_ROLE_SHARE) && is_api(routes[i].kind),
                  "handed in, and nothing read");
        else if (routes[i].roles & (LF_ROLE_SHARE | LF_ROLE_SENDER))
            CHECK(routes[i].roles == ANYONE, "%s %s", routes[i].method, routes[i].path);
}

/* One pattern must not hide another: a literal before a {place} of the same shape. */
static void no_route_hides_a_later_one(void)
{
    for (size_t i = 0; i < nroutes; i++)
        for (size_t k = i + 1; k < nroutes; k++) {
            lf_view id;

            if (strcmp(routes[i].method, routes[k].method) == 0)
                CHECK(!route_match(routes[i].path, lf_view_of(routes[k].path), &id), "%s %s hides %s",
                      routes[i].method, routes[i].path, routes[k].path);
        }
}

static void large_bodies_are_for_addresses_that_take_files_and_for_who_shows_credentials(void)
{
    static const struct {
        enum lf_http_door door;
        const char *path;
        bool credentials;
        size_t most;
    } rows[] = {
        { LF_DOOR_PUBLIC, "/login", true, LF_WEB_BODY },
        { LF_DOOR_PUBLIC, "/api/v1/alerts", true, LF_WEB_BODY },
        { LF_DOOR_PUBLIC, "/advisories/x/files/remove", true, LF_WEB_BODY },
        { LF_DOOR_PUBLIC, "/nothing", true, LF_WEB_BODY },
        { LF_DOOR_PUBLIC, "/advisories/x/files", true, LF_WEB_FILE },
        { LF_DOOR_PUBLIC, "/advisories/x/files", false, LF_WEB_BODY },
        { LF_DOOR_PUBLIC, "/exchange", true, LF_WEB_FILE },
        { LF_DOOR_PUBLIC, "/transfers", true, LF_WEB_FILE },
        { LF_DOOR_PUBLIC, "/taxii2/share/collections/x/objects/", true, LF_WEB_FILE },
        { LF_DOOR_PUBLIC, "/taxii2/share/collections/x/objects/", false, LF_WEB_BODY },
        { LF_DOOR_PUBLIC, "/misp/events/add", false, LF_WEB_BODY },
        { LF_DOOR_PEER, "/taxii2/members/collections/x/objects/", false, LF_WEB_FILE },
        { LF_DOOR_PEER, "/federation/enrol", false, LF_WEB_BODY },
        { LF_DOOR_LOCAL, "/api/v1/transfers/import", false, LF_WEB_FILE },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK(lf_web_body_most(rows[i].door, lf_view_of(rows[i].path), rows[i].credentials) == rows[i].most,
              "row %zu %s", i, rows[i].path);
}

static void a_place_takes_one_whole_segment(void)
{
    static const struct {
        const char *pattern, *path, *id; /* id NULL: no match */
    } rows[] = {
        { "/a/{id}", "/a/x", "x" },
        { "/a/{id}", "/a/", NULL },
        { "/a/{id}", "/a/x/y", NULL },
        { "/a/{id}/close", "/a/x/close", "x" },
        { "/a/{id}/close", "/a/x", NULL },
        { "/a/{id}", "/b/x", NULL },
        { "/a", "/a/", NULL },
        { "/", "/", "" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        lf_view id = { "", 0 };
        bool fits = route_match(rows[i].pattern, lf_view_of(rows[i].path), &id);

        CHECK(fits == (rows[i].id != NULL), "%s %s", rows[i].pattern, rows[i].path);
        if (fits)
            CHECK_VIEW(id, lf_view_of(rows[i].id));
    }
}

static const struct lf_json *operation(const struct lf_json *paths, const struct route *r)
{
    char method[8] = "";

    for (size_t i = 0; i + 1 < sizeof method && r->method[i]; i++)
        method[i] = (char)(r->method[i] | 0x20);
    return lf_json_get(lf_json_get(paths, lf_view_of(r->path)), lf_view_of(method));
}

static void each_is_a_parameter(const struct route *r, const struct lf_json *parameters)
{
    lf_view words = lf_view_of(r->body), one;

    while (words.len && lf_view_split(&words, ' ', &one)) {
        bool there = false;

        for (size_t i = 0; i < lf_json_items(parameters); i++)
            there |= lf_view_eq(lf_json_str(lf_json_item(parameters, i), "name"), one);
        CHECK(there, "%s: %.*s is no parameter", r->path, LF_FMT(one));
    }
}

static void the_openapi_document_has_the_api_routes_and_nothing_else(void)
{
    struct lf_arena a = { 0 };
    const struct lf_json *doc = NULL, *paths;
    struct lf_err e = { 0 };
    size_t described = 0, want = 0;
    struct lf_buf b;

    lf_buf_init(&b, 4 << 20);
    openapi_write(&b);
    CHECK_OK(lf_json_parse(&a, lf_buf_view(&b), NULL, &doc, &e), &e);
    CHECK_VIEW(lf_json_str(doc, "openapi"), LF_V("3.1.0"));
    CHECK(lf_json_str(lf_json_get(doc, LF_V("info")), "version").len, "no version");
    paths = lf_json_get(doc, LF_V("paths"));
    for (size_t i = 0; i < nroutes; i++) {
        const struct lf_json *op = operation(paths, &routes[i]);
        const char *brace = strchr(routes[i].path, '{');

        if (!is_api(routes[i].kind)) {
            CHECK(!op, "%s %s is a page", routes[i].method, routes[i].path);
            continue;
        }
        want++;
        CHECK(op && lf_json_get(op, LF_V("responses")), "%s %s", routes[i].method, routes[i].path);
        CHECK_VIEW(lf_json_str(op, "operationId"), lf_view_of(routes[i].name));
        CHECK(!brace || lf_json_bool(lf_json_item(lf_json_get(op, LF_V("parameters")), 0), "required", false),
              "%s: its place is no parameter", routes[i].path);
        CHECK((lf_json_get(op, LF_V("security")) != NULL) == (routes[i].roles == 0), "%s", routes[i].path);
        /* What a GET takes stands among its parameters. */
        CHECK((lf_json_get(op, LF_V("requestBody")) != NULL) ==
                  (routes[i].body[0] != 0 && strcmp(routes[i].method, "GET") != 0),
              "%s", routes[i].path);
        if (strcmp(routes[i].method, "GET") == 0)
            each_is_a_parameter(&routes[i], lf_json_get(op, LF_V("parameters")));
    }
    for (size_t i = 0; i < lf_json_members(paths); i++)
        described += lf_json_members(lf_json_member(paths, i));
    CHECK(described == want, "%zu described, %zu served", described, want);
    lf_buf_clear(&b);
    lf_arena_clear(&a);
}

int main(void)
{
    RUN(every_route_has_a_handler_a_method_and_a_sentence);
    RUN(only_these_are_open_to_anyone);
    RUN(programs_roles_reach_nothing_but_themselves);
    RUN(no_route_hides_a_later_one);
    RUN(large_bodies_are_for_addresses_that_take_files_and_for_who_shows_credentials);
    RUN(a_place_takes_one_whole_segment);
    RUN(the_openapi_document_has_the_api_routes_and_nothing_else);
    DONE();
}
