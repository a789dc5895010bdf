#include "web/web.h"

#include "base/crypto.h"
#include "base/log.h"
#include "cert/incident_served.h"
#include "cert/publication.h"
#include "fmt/uri.h"
#include "fmt/xlsx.h"
#include "ident/node.h"
#include "ident/session.h"
#include "isac/chain.h"
#include "isac/indicator.h"
#include "isac/peer.h"
#include "isac/quota.h"
#include "web/misp.h"
#include "web/taxii.h"
#include "web/taxii1.h"
#include "web/tenant.h"
#include "web/web_priv.h"

const struct route routes[] = {
#define LF_ROUTE(method, path, roles, kind, handler, body, sentence)                                         \
    { method, path, roles, kind, handler, #handler, body, sentence },
#include "web/routes.def"
#undef LF_ROUTE
};
const size_t nroutes = sizeof routes / sizeof *routes;

struct lf_web *lf_web_create(const struct lf_web_parts *parts)
{
    struct lf_web *w = calloc(1, sizeof *w);

    LF_ASSERT(w);
    w->parts = *parts;
    w->quota = lf_quota_create();
    w->uses = lf_publication_uses_create();
    return w;
}

void lf_web_destroy(struct lf_web *w)
{
    if (w) {
        lf_quota_destroy(w->quota);
        lf_publication_uses_destroy(w->uses);
        lf_web_gone(w, 0);
    }
    for (size_t i = 0; w && i < KEPT; i++)
        lf_arena_clear(&w->kept[i].a);
    free(w);
}

enum lf_code lf_web_minute(struct lf_web *w, struct lf_task *t, struct lf_err *e)
{
    return lf_publication_uses_keep(w->uses, t, true, e);
}

/* ---- answers ---- */

void answer(struct rq *r, int status, const char *type, lf_view body)
{
    r->out->status = status;
    r->out->body = body;
    if (type)
        lf_http_add(r->out, "Content-Type", lf_view_of(type));
}

void answer_file(struct rq *r, const char *type, lf_view name, lf_view bytes)
{
    struct lf_buf b;

    lf_buf_init(&b, 4096);
    LF_PUT(&b, "attachment; filename*=UTF-8''");
    lf_uri_encode(&b, name);
    lf_http_add(r->out, "Content-Disposition", lf_arena_copy(r->t->a, lf_buf_view(&b)));
    lf_buf_clear(&b);
    answer(r, 200, type, bytes);
}

enum lf_code answer_json(struct rq *r, int status, struct lf_buf *b)
{
    enum lf_code rc = lf_buf_done(b, r->e);

    if (rc == LF_OK)
        answer(r, status, "application/json", lf_arena_copy(r->t->a, lf_buf_view(b)));
    lf_buf_clear(b);
    return rc;
}

enum lf_code answer_csv(struct rq *r, lf_view name, struct lf_buf *b)
{
    enum lf_code rc = lf_buf_done(b, r->e);

    if (rc == LF_OK) {
        answer(r, 200, "text/csv; charset=utf-8; header=present", lf_arena_copy(r->t->a, lf_buf_view(b)));
        lf_http_add(r->out, "Content-Disposition",
                    lf_arena_printf(r->t->a, "attachment; filename=\"%.*s.csv\"", LF_FMT(name)));
    }
    lf_buf_clear(b);
    return rc;
}

enum lf_code answer_xlsx(struct rq *r, lf_view name, struct lf_xlsx *x, struct lf_buf *b, enum lf_code rc)
{
    enum lf_code closed = lf_xlsx_close(x, rc == LF_OK ? r->e : NULL);

    rc = rc == LF_OK ? closed : rc;
    if (rc == LF_OK)
        answer_file(r, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                    lf_arena_printf(r->t->a, "%.*s.xlsx", LF_FMT(name)),
                    lf_arena_copy(r->t->a, lf_buf_view(b)));
    lf_buf_clear(b);
    return rc;
}

enum lf_code answer_empty(struct rq *r, int status)
{
    answer(r, status, NULL, LF_V(""));
    return LF_OK;
}

enum lf_code redirect(struct rq *r, lf_view to)
{
    answer(r, 303, NULL, LF_V(""));
    lf_http_add(r->out, "Location", to);
    return LF_OK;
}

void set_cookie(struct rq *r, const char *name, lf_view value, const char *attributes)
{
    lf_http_add(
        r->out, "Set-Cookie",
        lf_arena_printf(r->t->a, "%s=%.*s; Path=/; Secure; HttpOnly; %s", name, LF_FMT(value), attributes));
}

void problem(struct rq *r, enum lf_code code)
{
    int status = lf_code_http(code);
    struct lf_json_w w;
    struct lf_buf b;

    lf_buf_init(&b, 65536);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "type", "about:blank");
    lf_json_put_cstr(&w, "title", lf_http_reason(status));
    lf_json_put_int(&w, "status", status);
    /* What the machine failed at is for the log, not for the asker. */
    lf_json_put_cstr(&w, "detail", code == LF_IO ? "the node failed at this; its log says why" : r->e->text);
    lf_json_put_cstr(&w, "code", lf_code_name(code));
    lf_json_close(&w);
    answer(r, status, "application/problem+json", lf_arena_copy(r->t->a, lf_buf_view(&b)));
    lf_buf_clear(&b);
    if (code == LF_UNAUTHENTIC)
        lf_http_add(r->out, "WWW-Authenticate", LF_V("Basic realm=\"lianfang\", charset=\"UTF-8\""));
    if (code == LF_TOO_MANY || code == LF_AWAY)
        lf_http_add(r->out, "Retry-After", LF_V("30"));
}

/* ---- questions ---- */

lf_view cookie(const struct rq *r, const char *name)
{
    lf_view all = lf_http_get(r->in, "cookie"), pair;

    while (lf_view_split(&all, ';', &pair)) {
        size_t eq = lf_view_find_byte(pair, '=');

        if (eq != SIZE_MAX && lf_view_is(lf_view_trim(lf_view_first(pair, eq)), name))
            return lf_view_trim(lf_view_from(pair, eq + 1));
    }
    return (lf_view){ NULL, 0 };
}

lf_view query(const struct rq *r, const char *name)
{
    return lf_http_field(r->t->a, r->in->query, name, NULL);
}

lf_view field(const struct rq *r, const char *name)
{
    const struct lf_multipart_part *part = lf_multipart_get(&r->files, name);

    if (part && !part->file.ptr)
        return part->body;
    return r->json ? lf_json_str(r->json, name) : lf_http_field(r->t->a, r->form, name, NULL);
}

lf_view moment_shown(const struct rq *r, lf_time at, bool seconds)
{
    struct lf_civil c = lf_civil_of(at + LF_TAIPEI);
    lf_view whole = lf_arena_printf(r->t->a, "%04d-%02d-%02dT%02d:%02d:%02d", c.year, c.month, c.day, c.hour,
                                    c.minute, c.second);

    return !at ? LF_V("") : seconds ? whole : lf_view_first(whole, whole.len - LF_V(":00").len);
}

enum lf_code moment_field(const struct rq *r, const char *name, lf_time *out)
{
    lf_view v = lf_view_trim(lf_view_some(field(r, name)));

    *out = 0;
    if (!v.len)
        return LF_OK;
    if (r->form.ptr)
        v = lf_arena_printf(r->t->a, v.len == 16 ? "%.*s:00+08:00" : "%.*s+08:00", LF_FMT(v));
    return lf_time_parse(v, out, r->e) == LF_OK ? LF_OK : lf_err_at(r->e, "%s", name);
}

enum lf_code need(const struct rq *r, const char *name, lf_view *out)
{
    lf_view v = field(r, name);

    if (!v.ptr || lf_view_trim(v).len == 0)
        return lf_err_set(r->e, LF_BAD_INPUT, "\"%s\" is missing or empty; send it as text", name);
    if (!lf_view_is_utf8(v))
        return lf_err_set(r->e, LF_BAD_INPUT, "\"%s\" is not UTF-8", name);
    *out = v;
    return LF_OK;
}

enum lf_code do_named(struct rq *r, const char *name, named_fn act, const char *then)
{
    lf_view named;

    LF_TRY(need(r, name, &named));
    LF_TRY(act(r, lf_view_trim(named)));
    return redirect(r, lf_view_of(then));
}

enum lf_code need_file(const struct rq *r, const char *name, struct lf_multipart_part *out)
{
    const struct lf_multipart_part *part = lf_multipart_get(&r->files, name);

    if (!part || !part->file.ptr || !part->body.len)
        return lf_err_set(r->e, LF_BAD_INPUT, "\"%s\" is missing or empty; choose a file", name);
    *out = *part;
    return LF_OK;
}

enum lf_code page_of(const struct rq *r, struct lf_page *out)
{
    lf_view limit = query(r, "limit"), after = query(r, "after");
    uint64_t n = 0;

    if (limit.ptr && (!lf_view_u64(limit, &n) || n < 1 || n > LF_PAGE_MOST))
        return lf_err_set(r->e, LF_BAD_INPUT, "limit is a number from 1 to %d", LF_PAGE_MOST);
    *out = (struct lf_page){ .after = after, .limit = (size_t)n };
    return LF_OK;
}

enum lf_code format_of(const struct rq *r, bool *csv)
{
    lf_view format = query(r, "format");

    *csv = lf_view_is(format, "csv");
    if (*csv || !format.len || lf_view_is(format, "json"))
        return LF_OK;
    return lf_err_set(r->e, LF_BAD_INPUT, "format is json or csv");
}

enum lf_code need_session(const struct rq *r)
{
    if (!r->session.len)
        return lf_err_set(r->e, LF_FORBIDDEN,
                          "this is for a person who signed in with the password, not a token");
    return LF_OK;
}

bool may(const struct rq *r, unsigned roles)
{
    return (r->t->scope.roles & roles) != 0;
}

bool of_node(const struct rq *r)
{
    return r->t->scope.serving || lf_view_eq(r->t->scope.org, r->t->self->org);
}

bool route_match(const char *pattern, lf_view path, lf_view *id)
{
    lf_view want = lf_view_of(pattern);

    while (want.len && path.len) {
        if (want.ptr[0] == '{') {
            size_t end = lf_view_find_byte(path, '/');

            *id = lf_view_first(path, end);
            if (id->len == 0)
                return false;
            path = lf_view_from(path, id->len);
            want = lf_view_from(want, lf_view_find_byte(want, '}') + 1);
        } else if (want.ptr[0] == path.ptr[0]) {
            want = lf_view_from(want, 1);
            path = lf_view_from(path, 1);
        } else {
            return false;
        }
    }
    return want.len == 0 && path.len == 0;
}

/* ---- who asks ---- */

static enum lf_code by_authorization(struct rq *r, lf_view value)
{
    size_t space = lf_view_find_byte(value, ' ');
    lf_view scheme = lf_view_first(value, space), rest;

    rest = space == SIZE_MAX ? LF_V("") : lf_view_trim(lf_view_from(value, space + 1));
    /* "Token" is what the TAXII client of the standard's authors says for a bearer token. */
    if (lf_view_eq_nocase(scheme, LF_V("Bearer")) || lf_view_eq_nocase(scheme, LF_V("Token")))
        return lf_ident_bearer(r->t, r->w->parts.ident, rest, r->in->remote, r->e);
    if (lf_view_eq_nocase(scheme, LF_V("Basic"))) {
        lf_view pair;
        size_t colon;

        if (lf_unbase64(r->t->a, rest, &pair, NULL) != LF_OK || !lf_view_is_utf8(pair) ||
            (colon = lf_view_find_byte(pair, ':')) == SIZE_MAX)
            return lf_err_set(r->e, LF_UNAUTHENTIC, "the Basic credential is malformed");
        return lf_ident_basic(r->t, r->w->parts.ident, lf_view_first(pair, colon),
                              lf_view_from(pair, colon + 1), r->in->remote, r->e);
    }
    return lf_err_set(r->e, LF_UNAUTHENTIC, "sign in with Basic or a bearer token");
}

static enum lf_code authenticate(struct rq *r)
{
    const struct lf_http_request *in = r->in;
    lf_view authorization = lf_http_get(in, "authorization"), token = cookie(r, "__Host-lf");

    r->t->scope = (struct lf_scope){ .org = r->t->self->org, .account = LF_V("") };
    if (in->door == LF_DOOR_LOCAL) {
        r->t->scope.account = LF_V("system");
        r->t->scope.roles = PERSON | LF_ROLE_SYSTEM;
        return LF_OK;
    }
    if (in->door == LF_DOOR_PEER) {
        enum lf_code rc = lf_peer_by_pin(r->t, in->peer_pin, &r->t->scope, r->e);

        return rc == LF_UNAUTHENTIC ? lf_ident_certificate(r->t, in->peer_pin, r->e) : rc;
    }
    if (authorization.ptr)
        return by_authorization(r, authorization);
    if (token.ptr && token.len) {
        LF_TRY(lf_session_use(r->t, token, r->e));
        r->session = token;
        return LF_OK;
    }
    return lf_err_set(r->e, LF_UNAUTHENTIC, "sign in first");
}

/* A browser sends its cookie along with what another site made it send; such a
 * request does not know the session's csrf value. */
static enum lf_code check_csrf(const struct rq *r)
{
    lf_view header = lf_http_get(r->in, "x-csrf-token"), site = lf_http_get(r->in, "sec-fetch-site");
    lf_view csrf = header.ptr ? header : field(r, "csrf");

    if (lf_view_is(r->in->method, "GET") || lf_view_is(r->in->method, "HEAD"))
        return LF_OK;
    if (lf_view_is(site, "cross-site") && (r->session.len || r->form.ptr || r->files.n))
        return lf_err_set(r->e, LF_FORBIDDEN, "this form was sent from another site");
    if (r->session.len && !lf_csrf_ok(r->session, csrf))
        return lf_err_set(r->e, LF_FORBIDDEN, "the form has expired; load the page again and repeat");
    return LF_OK;
}

static bool takes_files(lf_view path)
{
    static const char *const doors[] = { "/taxii2/", "/taxii1/", "/misp/" };
    lf_view id;

    for (size_t i = 0; i < sizeof doors / sizeof *doors; i++)
        if (lf_view_starts(path, lf_view_of(doors[i])))
            return true;
    for (size_t i = 0; i < nroutes; i++)
        if ((routes[i].kind == FILES || routes[i].kind == UPLOAD) && route_match(routes[i].path, path, &id))
            return true;
    return false;
}

size_t lf_web_body_most(enum lf_http_door door, lf_view path, bool credentials)
{
    /* By the local door the operator hands in files (isac/transfer.h); a peer's key is its credential. */
    return door == LF_DOOR_LOCAL || (takes_files(path) && (credentials || door == LF_DOOR_PEER))
               ? LF_WEB_FILE
               : LF_WEB_BODY;
}

static enum lf_code read_body(struct rq *r, const struct route *route)
{
    lf_view type = lf_http_get(r->in, "content-type"),
            bare = lf_view_trim(lf_view_first(type, lf_view_find_byte(type, ';')));
    bool files = route->kind == FILES && lf_view_eq_nocase(bare, LF_V("multipart/form-data"));
    const struct lf_json_limits limits = {
        .bytes = files || route->kind == UPLOAD || r->in->door == LF_DOOR_LOCAL ? LF_WEB_FILE : LF_WEB_BODY,
        .depth = 32,
        .unique = true
    };

    if (r->in->body.len == 0)
        return LF_OK;
    if (r->in->body.len > limits.bytes)
        return lf_err_set(r->e, LF_TOO_BIG, "the body is larger than %zu MiB", limits.bytes >> 20);
    if (files)
        return lf_multipart_read(r->t->a, type, r->in->body, &r->files, r->e);
    if (lf_view_eq_nocase(bare, LF_V("application/x-www-form-urlencoded"))) {
        r->form = r->in->body;
        return LF_OK;
    }
    if (route->kind == UPLOAD && lf_view_eq_nocase(bare, LF_V("message/rfc822")))
        return LF_OK; /* it is what the handler reads */
    if (type.ptr && !lf_view_eq_nocase(bare, LF_V("application/json")))
        return lf_err_set(r->e, LF_UNACCEPTED, "send the body as application/json");
    LF_TRY(lf_json_parse(r->t->a, r->in->body, &limits, &r->json, r->e));
    if (lf_json_kind(r->json) != LF_JSON_OBJECT)
        return lf_err_set(r->e, LF_BAD_INPUT, "the body is not a JSON object");
    return LF_OK;
}

static void preferences(struct rq *r)
{
    lf_view lang = query(r, "lang"), accept = lf_http_get(r->in, "accept-language");

    if (lang.ptr)
        set_cookie(r, "lf-lang", lf_view_is(lang, "en") ? LF_V("en") : LF_V("zh"),
                   "SameSite=Lax; Max-Age=31536000");
    else
        lang = cookie(r, "lf-lang");
    /* zh-TW unless someone asks for English first. */
    if (!lang.ptr && lf_view_starts(accept, LF_V("en")))
        lang = LF_V("en");
    r->lang = lf_view_is(lang, "en") ? LF_LANG_EN : LF_LANG_ZH;
    r->roc = lf_view_is(cookie(r, "lf-era"), "roc");
    r->theme = cookie(r, "lf-theme");
    if (!lf_view_is(r->theme, "light") && !lf_view_is(r->theme, "dark"))
        r->theme = LF_V("auto");
}

/* ---- dispatch ---- */

/* A child shows the head of its audit trail. */
static enum lf_code chain(struct rq *r)
{
    LF_TRY(authenticate(r));
    return lf_chain_receive(r->t, r->in->body, r->out, r->e);
}

/* Whoever came is no tenant's: what programs exchange is the node's own. */
static enum lf_code need_of_node(struct rq *r)
{
    return of_node(r)
               ? LF_OK
               : lf_err_set(r->e, LF_FORBIDDEN, "this is for the people of the node's own organisation");
}

static enum lf_code taxii(struct rq *r)
{
    enum lf_code rc = authenticate(r);
    lf_time wait = 0;

    if (rc == LF_OK)
        rc = need_of_node(r);

    if (rc == LF_UNAUTHENTIC && !lf_http_get(r->in, "authorization").ptr) {
        r->t->scope = (struct lf_scope){ .org = r->t->self->org, .account = LF_V("") };
        rc = lf_taxii_open(r->t, r->in, r->e);
    }
    if (rc == LF_OK && !r->out->wait_until) /* a waiting poll is counted once */
        rc = lf_quota_request(r->w->quota, r->t, &wait, r->e);
    if (rc == LF_OK && wait) {
        lf_taxii_over_quota(r->t, r->out, "requests", wait);
        return LF_OK;
    }
    if (rc == LF_OK) {
        rc = lf_taxii_handle(r->t, r->in, r->out, r->e);
        if (rc == LF_OK)
            return LF_OK;
    }
    lf_taxii_error(r->t, r->out, lf_code_http(rc),
                   rc == LF_IO || rc == LF_FULL || rc == LF_AWAY
                       ? LF_V("the node failed at this; its log says why; send it again later")
                       : lf_view_of(r->e->text));
    if (rc == LF_TOO_MANY || rc == LF_AWAY)
        lf_http_add(r->out, "Retry-After", LF_V("30"));
    if (rc == LF_UNAUTHENTIC) {
        lf_http_add(r->out, "WWW-Authenticate", LF_V("Basic realm=\"lianfang\", charset=\"UTF-8\""));
        lf_http_add(r->out, "WWW-Authenticate", LF_V("Bearer realm=\"lianfang\""));
    }
    return rc;
}

/* MISP's clients send the key alone, and know a refusal of it by 403. */
static enum lf_code misp(struct rq *r)
{
    lf_view key = lf_http_get(r->in, "authorization");
    enum lf_code rc;

    if (r->in->door == LF_DOOR_PUBLIC && key.len && lf_view_find_byte(key, ' ') == SIZE_MAX) {
        r->t->scope = (struct lf_scope){ .org = r->t->self->org, .account = LF_V("") };
        rc = lf_ident_bearer(r->t, r->w->parts.ident, key, r->in->remote, r->e);
    } else if (r->in->door == LF_DOOR_PUBLIC && !key.len) {
        rc = lf_err_set(r->e, LF_UNAUTHENTIC, "no key"); /* a browser's session is none for this door */
    } else {
        rc = authenticate(r);
    }
    if (rc == LF_OK && !of_node(r))
        rc = LF_UNAUTHENTIC;
    if (rc == LF_UNAUTHENTIC) {
        misp_problem(
            r, 403,
            LF_V("Authentication failed. Please make sure you pass the API key of an API enabled user along "
                 "in the Authorization header."));
        return rc;
    }
    if (rc == LF_OK)
        rc = misp_handle(r);
    if (rc != LF_OK) {
        r->out->nheaders = 0;
        misp_problem(r, lf_code_http(rc),
                     rc == LF_IO || rc == LF_FULL || rc == LF_AWAY
                         ? LF_V("the node failed at this; its log says why")
                         : lf_view_of(r->e->text));
    }
    return rc;
}

/* Legacy parties: the certificate is the connection's, the account the request's. */
static enum lf_code taxii1(struct rq *r)
{
    lf_view authorization = lf_http_get(r->in, "authorization");

    r->t->scope = (struct lf_scope){ .org = r->t->self->org, .account = LF_V("") };
    return taxii1_handle(r, authorization.len ? by_authorization(r, authorization)
                                              : lf_err_set(r->e, LF_UNAUTHENTIC, "no account"));
}

static enum lf_code find_route(struct rq *r, const struct route **out)
{
    bool path_known = false;
    bool head = lf_view_is(r->in->method, "HEAD");
    char allow[64] = "";

    for (size_t i = 0; i < nroutes; i++) {
        lf_view id = { NULL, 0 };

        if (!route_match(routes[i].path, r->in->path, &id))
            continue;
        if (lf_view_is(r->in->method, routes[i].method) || (head && !strcmp(routes[i].method, "GET"))) {
            r->id = id;
            *out = &routes[i];
            return LF_OK;
        }
        if (!strstr(allow, routes[i].method)) {
            size_t n = strlen(allow);

            (void)snprintf(allow + n, sizeof allow - n, "%s%s", n ? ", " : "", routes[i].method);
        }
        path_known = true;
    }
    if (path_known) {
        answer(r, 405, "application/problem+json",
               LF_V("{\"type\":\"about:blank\",\"title\":\"Method Not Allowed\",\"status\":405,"
                    "\"detail\":\"this path does not take that method\",\"code\":\"bad_input\"}"));
        lf_http_add(r->out, "Allow", lf_arena_copy(r->t->a, lf_view_of(allow)));
        return lf_err_set(r->e, LF_BAD_INPUT, "method not allowed");
    }
    return lf_err_set(r->e, LF_NOT_FOUND, "there is nothing at this path");
}

/* Has it an incident's id for {id}? */
static bool is_of_incident(lf_view path)
{
    return lf_view_starts(path, LF_V("/incidents/{")) || lf_view_starts(path, LF_V("/api/v1/incidents/{"));
}

static enum lf_code serve(struct rq *r, const struct route *route)
{
    enum lf_code rc;

    rc = authenticate(r);
    if (rc != LF_OK && route->roles)
        return rc;     /* what a stranger sent is not looked at */
    if (rc != LF_OK) { /* anyone may ask, and nobody is signed in */
        r->session = LF_V("");
        r->t->scope = (struct lf_scope){ .org = r->t->self->org, .account = LF_V("") };
        r->e->code = LF_OK;
    }
    LF_TRY(read_body(r, route));
    LF_TRY(check_csrf(r));
    if (route->roles && !may(r, route->roles))
        return lf_err_set(r->e, LF_FORBIDDEN, "your roles do not allow this");
    if (route->roles && !of_node(r) &&
        !tenant_may(lf_view_of(route->path), strcmp(route->method, "GET") != 0))
        return lf_err_set(r->e, LF_FORBIDDEN, "this is for the people of the node's own organisation");
    if (r->id.len && is_of_incident(lf_view_of(route->path)))
        LF_TRY(lf_incident_serve(r->t, r->id, r->e));
    return route->handler(r);
}

enum lf_code lf_web_handle(struct lf_web *w, struct lf_task *t, const struct lf_http_request *in,
                           struct lf_http_response *out, struct lf_err *e)
{
    struct lf_err own = { 0 };
    struct rq r = { .w = w, .t = t, .in = in, .out = out, .e = e ? e : &own };
    const struct route *route = NULL;
    enum lf_code rc;

    *out = (struct lf_http_response){ .id = in->id, .wait_until = out->wait_until };
    w->requests++;
    t->hides = lf_indicator_hidden;
    if (lf_view_starts(in->path, LF_V("/taxii2/")) || lf_view_is(in->path, "/taxii2"))
        return taxii(&r);
    if (lf_view_starts(in->path, LF_V("/misp/")) && in->door != LF_DOOR_PEER)
        return misp(&r);
    r.waited = out->wait_until;
    out->wait_until = 0;
    if (lf_view_starts(in->path, LF_V("/taxii1/")) && in->door != LF_DOOR_LOCAL)
        return taxii1(&r);
    if (in->door == LF_DOOR_PEER) {
        t->scope = (struct lf_scope){ .org = t->self->org, .account = LF_V("peer"), .roles = LF_ROLE_PEER };
        if (lf_view_is(in->path, "/federation/enrol") && lf_view_is(in->method, "POST"))
            rc = lf_peer_enrol(t, in, out, r.e);
        else if (lf_view_is(in->path, LF_CHAIN_PATH) && lf_view_is(in->method, "POST") &&
                 lf_protocol() >= LF_PROTOCOL_CHAIN)
            rc = chain(&r);
        else
            rc = lf_err_set(r.e, LF_NOT_FOUND, "nodes talk TAXII here");
        if (rc != LF_OK) {
            out->nheaders = 0;
            problem(&r, rc);
        }
        return rc;
    }
    preferences(&r);
    rc = find_route(&r, &route);
    if (rc != LF_OK && out->status) /* 405 is said already */
        return rc;
    if (rc == LF_OK)
        rc = serve(&r, route);
    if (rc == LF_OK)
        return rc;
    w->refused++;
    if (out->status >= 400) /* the handler said it itself */
        return rc;
    {
        bool page = route ? !is_api(route->kind)
                          : lf_view_find(lf_http_get(in, "accept"), LF_V("text/html")) != SIZE_MAX &&
                                !lf_view_starts(in->path, LF_V("/api/"));

        out->nheaders = 0;
        if (rc == LF_UNAUTHENTIC && page && route && strcmp(route->name, "page_login_do") != 0)
            (void)redirect(&r, LF_V("/login"));
        else if (page)
            page_problem(&r, rc);
        else
            problem(&r, rc);
    }
    return rc;
}
