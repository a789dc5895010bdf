/* The OpenAPI 3.1 description, from the route table: what is served and what is
 * described are one list. */
#include "web/web_priv.h"

static void put_parameter(struct lf_json_w *w, const char *name, const char *in, bool needed)
{
    lf_json_open(w, '{');
    lf_json_put_cstr(w, "name", name);
    lf_json_put_cstr(w, "in", in);
    lf_json_put_bool(w, "required", needed);
    lf_json_begin(w, "schema", '{');
    lf_json_put_cstr(w, "type", "string");
    lf_json_close(w);
    lf_json_close(w);
}

static void put_body(struct lf_json_w *w, const char *names)
{
    lf_view left = lf_view_of(names), name;

    lf_json_begin(w, "requestBody", '{');
    lf_json_begin(w, "content", '{');
    lf_json_begin(w, "application/json", '{');
    lf_json_begin(w, "schema", '{');
    lf_json_put_cstr(w, "type", "object");
    lf_json_begin(w, "properties", '{');
    while (lf_view_split(&left, ' ', &name)) {
        char key[64];

        (void)snprintf(key, sizeof key, "%.*s",
                       (int)(lf_view_ends(name, LF_V("!")) ? name.len - 1 : name.len), name.ptr);
        lf_json_begin(w, key, '{');
        lf_json_close(w);
    }
    lf_json_close(w);
    if (strchr(names, '!')) {
        lf_json_begin(w, "required", '[');
        left = lf_view_of(names);
        while (lf_view_split(&left, ' ', &name))
            if (lf_view_ends(name, LF_V("!")))
                lf_json_put_str(w, NULL, lf_view_first(name, name.len - 1));
        lf_json_close(w);
    }
    for (int i = 0; i < 4; i++)
        lf_json_close(w);
}

/* Fields of the query that a GET of one thing takes. */
static void put_parameters(struct lf_json_w *w, const char *names)
{
    lf_view left = lf_view_of(names), name;

    while (left.len && lf_view_split(&left, ' ', &name)) {
        char key[64];

        (void)snprintf(key, sizeof key, "%.*s", (int)name.len, name.ptr);
        put_parameter(w, key, "query", false);
    }
}

static void put_operation(struct lf_json_w *w, const struct route *r)
{
    char method[8] = "";
    const char *brace = strchr(r->path, '{');

    for (size_t i = 0; i + 1 < sizeof method && r->method[i]; i++)
        method[i] = (char)(r->method[i] | 0x20);
    lf_json_begin(w, method, '{');
    lf_json_put_cstr(w, "operationId", r->name);
    lf_json_put_cstr(w, "summary", r->sentence);
    lf_json_begin(w, "parameters", '[');
    if (brace)
        put_parameter(w, strncmp(brace, "{value}", 7) == 0 ? "value" : "id", "path", true);
    if (strcmp(r->method, "GET") == 0 && !brace && strncmp(r->path, "/api/v1/", 8) == 0) {
        put_parameter(w, "after", "query", false);
        put_parameter(w, "limit", "query", false);
    }
    if (strcmp(r->method, "GET") == 0)
        put_parameters(w, r->body);
    lf_json_close(w);
    if (*r->body && strcmp(r->method, "GET") != 0)
        put_body(w, r->body);
    lf_json_begin(w, "responses", '{');
    lf_json_begin(w, "2XX", '{');
    lf_json_put_cstr(w, "description", "It was done; a body, if any, is JSON");
    lf_json_close(w);
    lf_json_begin(w, "default", '{');
    lf_json_put_cstr(w, "description", "It was not");
    lf_json_begin(w, "content", '{');
    lf_json_begin(w, "application/problem+json", '{');
    lf_json_begin(w, "schema", '{');
    lf_json_put_cstr(w, "$ref", "#/components/schemas/problem");
    for (int i = 0; i < 5; i++)
        lf_json_close(w);
    if (r->roles == 0) {
        lf_json_begin(w, "security", '[');
        lf_json_close(w);
    }
    lf_json_close(w);
}

static bool seen_before(size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (is_api(routes[i].kind) && strcmp(routes[i].path, routes[at].path) == 0)
            return true;
    return false;
}

static void put_scheme(struct lf_json_w *w, const char *name, const char *type, const char *key,
                       const char *v)
{
    lf_json_begin(w, name, '{');
    lf_json_put_cstr(w, "type", type);
    lf_json_put_cstr(w, key, v);
    if (strcmp(type, "apiKey") == 0)
        lf_json_put_cstr(w, "name", "__Host-lf");
    lf_json_close(w);
}

void openapi_write(struct lf_buf *b)
{
    static const char *const schemes[] = { "bearer", "basic", "session" };
    static const char *const members[] = { "type", "title", "detail", "code" };
    struct lf_json_w w = lf_json_w(b);

    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "openapi", "3.1.0");
    lf_json_begin(&w, "info", '{');
    lf_json_put_cstr(&w, "title", "lianfang");
    lf_json_put_cstr(&w, "version", LF_VERSION);
    lf_json_close(&w);
    lf_json_begin(&w, "security", '[');
    for (size_t i = 0; i < 3; i++) {
        lf_json_open(&w, '{');
        lf_json_begin(&w, schemes[i], '[');
        lf_json_close(&w);
        lf_json_close(&w);
    }
    lf_json_close(&w);
    lf_json_begin(&w, "paths", '{');
    for (size_t i = 0; i < nroutes; i++) {
        if (!is_api(routes[i].kind) || seen_before(i))
            continue;
        lf_json_begin(&w, routes[i].path, '{');
        for (size_t k = i; k < nroutes; k++)
            if (is_api(routes[k].kind) && strcmp(routes[k].path, routes[i].path) == 0)
                put_operation(&w, &routes[k]);
        lf_json_close(&w);
    }
    lf_json_close(&w);
    lf_json_begin(&w, "components", '{');
    lf_json_begin(&w, "securitySchemes", '{');
    put_scheme(&w, "bearer", "http", "scheme", "bearer");
    put_scheme(&w, "basic", "http", "scheme", "basic");
    put_scheme(&w, "session", "apiKey", "in", "cookie");
    lf_json_close(&w);
    lf_json_begin(&w, "schemas", '{');
    lf_json_begin(&w, "problem", '{');
    lf_json_put_cstr(&w, "type", "object");
    lf_json_begin(&w, "properties", '{');
    for (size_t i = 0; i < 4; i++) {
        lf_json_begin(&w, members[i], '{');
        lf_json_put_cstr(&w, "type", "string");
        lf_json_close(&w);
    }
    lf_json_begin(&w, "status", '{');
    lf_json_put_cstr(&w, "type", "integer");
    while (w.depth)
        lf_json_close(&w);
}
