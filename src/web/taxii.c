#include "web/taxii.h"

#include <stdarg.h>
#include <stdlib.h>

#include "ident/audit.h"
#include "isac/peer.h"
#include "isac/watch.h"
#include "store/query_intelligence.h"
#include "web/taxii_priv.h"

/* Texts of one page; an object is at most 1 MiB, so a page of them is cut here and
 * not at the ceiling of a message between workers. */
enum { PAGE_BYTES = 8 << 20 };

/* ---- answers ---- */

void lf_taxii_error(struct lf_task *t, struct lf_http_response *resp, int status, lf_view title)
{
    struct lf_json_w w;
    struct lf_buf b;
    char number[16];

    lf_buf_init(&b, 65536);
    w = lf_json_w(&b);
    (void)snprintf(number, sizeof number, "%d", status);
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "title", title.len ? title : lf_view_of(lf_http_reason(status)));
    lf_json_put_cstr(&w, "http_status", number);
    lf_json_close(&w);
    resp->status = status;
    resp->nheaders = 0;
    resp->wait_until = 0;
    resp->body = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_http_add(resp, "Content-Type", LF_V(TAXII_TYPE));
    lf_buf_clear(&b);
}

enum lf_code taxii_refuse(struct taxii *x, int status, const char *fmt, ...)
{
    va_list ap;
    lf_view text;

    va_start(ap, fmt);
    text = lf_arena_vprintf(x->t->a, fmt, ap);
    va_end(ap);
    lf_taxii_error(x->t, x->out, status, text);
    return LF_OK;
}

static void say(struct taxii *x, int status, lf_view body)
{
    x->out->status = status;
    x->out->body = body;
    lf_http_add(x->out, "Content-Type", LF_V(TAXII_TYPE));
}

enum lf_code taxii_answer(struct taxii *x, int status, struct lf_buf *b)
{
    enum lf_code rc = lf_buf_done(b, x->e);

    if (rc == LF_OK)
        say(x, status, lf_arena_copy(x->t->a, lf_buf_view(b)));
    lf_buf_clear(b);
    return rc;
}

static lf_view micro(struct lf_arena *a, lf_time t)
{
    char text[LF_TIME_TEXT];

    return lf_arena_copy(a, lf_time_micro(t, text));
}

/* ---- what there is ---- */

static lf_view title_of(const struct taxii *x)
{
    return x->t->self->name.len ? x->t->self->name : LF_V("lianfang");
}

/* Whether it has a collection for who asks. */
static enum lf_code root_shown(struct lf_task *t, enum lf_api_root root, bool *shown, struct lf_err *e)
{
    const struct lf_collection *first;
    size_t n;

    LF_TRY(lf_api_root_list(t, root, 1, &n, &first, e));
    *shown = n > 0;
    return LF_OK;
}

/* The root of all is there for everyone with an account, the others when they have something for him; who has
 * none is told of what is public. */
static enum lf_code discovery(struct taxii *x)
{
    bool shown[LF_API_ROOTS] = { false }, stranger = !x->t->scope.account.len;
    struct lf_json_w w;
    struct lf_buf b;

    shown[LF_ROOT_ALL] = !stranger;
    for (size_t i = stranger ? LF_ROOT_PUBLIC : LF_ROOT_MEMBERS; i < LF_API_ROOTS; i++)
        LF_TRY(root_shown(x->t, (enum lf_api_root)i, &shown[i], x->e));
    lf_buf_init(&b, 65536);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "title", title_of(x));
    lf_json_put_cstr(&w, "description", "STIX 2.1 intelligence of this node and its members");
    lf_json_put_str(&w, "contact", x->t->self->node);
    lf_json_put_cstr(&w, "default", lf_api_root_path(shown[LF_ROOT_ALL] ? LF_ROOT_ALL : LF_ROOT_PUBLIC));
    lf_json_begin(&w, "api_roots", '[');
    for (size_t i = 0; i < LF_API_ROOTS; i++)
        if (shown[i])
            lf_json_put_cstr(&w, NULL, lf_api_root_path((enum lf_api_root)i));
    lf_json_close(&w);
    lf_json_close(&w);
    return taxii_answer(x, 200, &b);
}

static enum lf_code api_root(struct taxii *x)
{
    struct lf_json_w w;
    struct lf_buf b;

    lf_buf_init(&b, 65536);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "title", title_of(x));
    lf_json_put_cstr(&w, "description", lf_api_root_about(x->root));
    lf_json_begin(&w, "versions", '[');
    lf_json_put_cstr(&w, NULL, TAXII_TYPE);
    lf_json_close(&w);
    lf_json_put_int(&w, "max_content_length", LF_TAXII_CONTENT);
    lf_json_close(&w);
    return taxii_answer(x, 200, &b);
}

static void put_collection(struct lf_json_w *w, const struct lf_collection *c)
{
    lf_json_open(w, '{');
    lf_json_put_str(w, "id", c->id);
    lf_json_put_str(w, "title", c->title.len ? c->title : c->alias);
    if (c->alias.len)
        lf_json_put_str(w, "alias", c->alias);
    lf_json_put_bool(w, "can_read", c->can_read);
    lf_json_put_bool(w, "can_write", c->can_write);
    lf_json_begin(w, "media_types", '[');
    lf_json_put_cstr(w, NULL, STIX_TYPE "2.1");
    lf_json_put_cstr(w, NULL, STIX_TYPE "2.0");
    lf_json_close(w);
    lf_json_close(w);
}

static enum lf_code collections(struct taxii *x)
{
    const struct lf_collection *list;
    struct lf_json_w w;
    struct lf_buf b;
    size_t n;

    LF_TRY(lf_api_root_list(x->t, x->root, SIZE_MAX, &n, &list, x->e));
    lf_buf_init(&b, 16 << 20);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    if (n) { /* TAXII has no empty lists */
        lf_json_begin(&w, "collections", '[');
        for (size_t i = 0; i < n; i++)
            put_collection(&w, &list[i]);
        lf_json_close(&w);
    }
    lf_json_close(&w);
    return taxii_answer(x, 200, &b);
}

enum lf_code taxii_collection(struct taxii *x)
{
    bool has;

    LF_TRY(lf_collection_get(x->t, x->ids[0], &x->c, x->e));
    LF_TRY(lf_api_root_has(x->t, x->root, &x->c, &has, x->e));
    if (!has)
        return lf_err_set(x->e, LF_NOT_FOUND, "no collection \"%.*s\"", LF_FMT(lf_view_first(x->ids[0], 80)));
    return LF_OK;
}

static enum lf_code collection(struct taxii *x)
{
    struct lf_json_w w;
    struct lf_buf b;

    LF_TRY(taxii_collection(x));
    lf_buf_init(&b, 65536);
    w = lf_json_w(&b);
    put_collection(&w, &x->c);
    return taxii_answer(x, 200, &b);
}

/* Old statuses go before one is looked for, so a day later it is gone even if
 * nobody has posted since. */
static enum lf_code status(struct taxii *x)
{
    struct lf_task *t = x->t;
    enum lf_code rc;
    lf_view json;

    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_taxii_status_prune,
                      LF_ARGS(LF_INT(lf_now(t->env) - TAXII_STATUS_LIFE)), x->e));
    rc = lf_db_text(t->db, &t->scope, &lf_q_taxii_status_get,
                    LF_ARGS(LF_TEXT(x->ids[0]), LF_TEXT(t->scope.account)), t->a, &json, x->e);
    if (rc == LF_NOT_FOUND)
        return lf_err_set(x->e, LF_NOT_FOUND,
                          "no such status; it is kept for 24 hours for the account that posted");
    LF_TRY(rc);
    say(x, 200, json);
    return LF_OK;
}

/* ---- reading ---- */

static enum lf_code readable(struct taxii *x)
{
    LF_TRY(taxii_collection(x));
    if (!x->c.can_read)
        return lf_err_set(x->e, LF_FORBIDDEN, "you may not read this collection");
    return LF_OK;
}

enum shape { OBJECTS, MANIFEST, VERSIONS };

static void put_one(struct lf_buf *b, enum shape shape, const struct lf_object *o)
{
    char added[LF_TIME_TEXT], version[LF_TIME_TEXT];
    struct lf_json_w w = lf_json_w(b);

    if (shape == OBJECTS) {
        lf_buf_put(b, o->json);
        return;
    }
    /* The modified property as it is written is the version (4.5, 5.8). */
    (void)lf_stix_time_text(o->version_at, o->decimals, version);
    if (shape == VERSIONS) {
        lf_buf_printf(b, "\"%s\"", version);
        return;
    }
    (void)lf_time_micro(o->added, added);
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "id", o->id);
    lf_json_put_cstr(&w, "date_added", added);
    lf_json_put_cstr(&w, "version", version);
    lf_json_put_cstr(&w, "media_type",
                     lf_view_is(o->spec_version, "2.0") ? STIX_TYPE "2.0" : STIX_TYPE "2.1");
    lf_json_close(&w);
}

/* The times that every 200 of a list has (3.2). */
static void span(struct taxii *x, lf_time first, lf_time last)
{
    lf_http_add(x->out, "X-TAXII-Date-Added-First", micro(x->t->a, first));
    lf_http_add(x->out, "X-TAXII-Date-Added-Last", micro(x->t->a, last));
}

static enum lf_code page(struct taxii *x, enum shape shape, const struct taxii_query *q,
                         const struct lf_object *o, size_t n, bool more)
{
    lf_view next = more ? taxii_next(x, q, o[n - 1].added) : LF_V("");
    size_t bytes = 1024;
    struct lf_buf b;

    for (size_t i = 0; i < n; i++)
        bytes += o[i].json.len + 160;
    lf_buf_init(&b, PAGE_BYTES + (16 << 20));
    (void)lf_buf_space(&b, bytes); /* once, and not by doubling */
    lf_buf_reset(&b);
    lf_buf_printf(&b, "{\"more\":%s,", more ? "true" : "false");
    if (more)
        lf_buf_printf(&b, "\"next\":\"%.*s\",", LF_FMT(next));
    lf_buf_printf(&b, "\"%s\":[", shape == VERSIONS ? "versions" : "objects");
    for (size_t i = 0; i < n; i++) {
        if (i)
            lf_buf_byte(&b, ',');
        put_one(&b, shape, &o[i]);
    }
    LF_PUT(&b, "]}");
    LF_TRY(taxii_answer(x, 200, &b));
    span(x, o[0].added, o[n - 1].added);
    return LF_OK;
}

static enum lf_code nothing(struct taxii *x, const struct taxii_query *q)
{
    lf_time tick = lf_tick(x->t->env);

    if (q->wait && (!x->waited || tick < x->waited)) {
        x->out->wait_until = x->waited ? x->waited : tick + q->wait;
        x->out->wait_for = lf_changed_mark(x->c.id);
        return LF_OK;
    }
    /* Of what is empty they say from where it was asked: who goes on from there loses nothing. */
    say(x, 200, LF_V("{}"));
    span(x, q->f.after > 0 ? q->f.after : 0, q->f.after > 0 ? q->f.after : 0);
    return LF_OK;
}

/* A node below: what it speaks, and up to where it has what members are given. */
static enum lf_code met(struct taxii *x, lf_time read_to)
{
    const lf_view prefix = LF_VIEW("peer:");

    if (!(x->t->scope.roles & LF_ROLE_PEER) || !lf_view_starts(x->t->scope.account, prefix))
        return LF_OK;
    lf_http_add(x->out, LF_PROTOCOL_HEADER, lf_protocol_text());
    return lf_peer_met(x->t, lf_view_from(x->t->scope.account, prefix.len),
                       taxii_header(x, "lianfang-protocol"),
                       lf_view_is(x->c.alias, "members") && read_to > 0 ? read_to : 0, x->e);
}

static enum lf_code list(struct taxii *x, enum shape shape, const char *what)
{
    struct taxii_query *q = LF_NEW(x->t->a, struct taxii_query, 1);
    const struct lf_object *found;
    bool more = false;
    size_t n;

    LF_TRY(readable(x));
    LF_TRY(taxii_query_read(x, what, q));
    LF_TRY(lf_rights_open(x->t, x->c.readers, &q->f.rights, x->e));
    q->f.bodies = shape == OBJECTS;
    q->f.bytes = PAGE_BYTES;
    LF_TRY(lf_object_list(x->t, x->c.id, &q->f, &n, &found, &more, x->e));
    LF_TRY(met(x, n ? q->f.after : x->c.last_added));
    if (n) {
        LF_TRY(page(x, shape, q, found, n, more));
    } else {
        if (x->ids[1].ptr) {
            bool known;

            LF_TRY(lf_object_known(x->t, q->f.rights, x->c.id, x->ids[1], &known, x->e));
            if (!known)
                return lf_err_set(x->e, LF_NOT_FOUND, "no such object in this collection");
        }
        LF_TRY(nothing(x, q));
    }
    if (q->wait && !x->out->wait_until)
        lf_http_add(x->out, "Preference-Applied",
                    lf_arena_printf(x->t->a, "wait=%d", (int)(q->wait / LF_SECOND)));
    return LF_OK;
}

static enum lf_code manifest(struct taxii *x)
{
    return list(x, MANIFEST, "manifest");
}

static enum lf_code objects(struct taxii *x)
{
    return list(x, OBJECTS, "objects");
}

static enum lf_code versions(struct taxii *x)
{
    return list(x, VERSIONS, "versions");
}

/* ---- deleting ---- */

static enum lf_code erase(struct taxii *x)
{
    struct taxii_query *q = LF_NEW(x->t->a, struct taxii_query, 1);
    struct lf_watch_row watch;
    size_t n, total = 0;
    bool more = true;

    LF_TRY(taxii_collection(x));
    if (!x->c.can_read || !x->c.can_write)
        return lf_err_set(x->e, LF_FORBIDDEN,
                          "deleting needs the right to read and to write this collection");
    LF_TRY(taxii_query_read(x, "delete", q));
    LF_TRY(lf_rights_open(x->t, x->c.readers, &q->f.rights, x->e));
    q->f.limit = LF_TAXII_PAGE;
    LF_TRY(lf_watch_deleting(x->t, x->ids[1], &watch, x->e));
    while (more) {
        const struct lf_object *o;

        LF_TRY(lf_object_list(x->t, x->c.id, &q->f, &n, &o, &more, x->e));
        for (size_t i = 0; i < n; i++)
            LF_TRY(lf_object_delete(x->t, x->c.id, &o[i], x->e));
        if (n)
            q->f.after = o[n - 1].added;
        total += n;
    }
    if (!total)
        return lf_err_set(x->e, LF_NOT_FOUND, "no such object, or no such version of it, in this collection");
    LF_TRY(lf_watch_deleted(x->t, &watch, x->e));
    LF_TRY(lf_audit_add(
        x->t, LF_V("taxii.delete"), x->ids[1],
        lf_arena_printf(x->t->a, "{\"collection\":\"%.*s\",\"versions\":%zu}", LF_FMT(x->c.id), total),
        x->e));
    say(x, 200, LF_V(""));
    return LF_OK;
}

/* ---- routes ---- */

typedef enum lf_code (*taxii_fn)(struct taxii *x);

static const struct taxii_route {
    const char *path; /* below a root; '*' stands for one segment */
    taxii_fn get, post, erase;
    const char *allow;
} taxii_routes[] = {
    { "", api_root, NULL, NULL, "GET, HEAD" },
    { "status/*/", status, NULL, NULL, "GET, HEAD" },
    { "collections/", collections, NULL, NULL, "GET, HEAD" },
    { "collections/*/", collection, NULL, NULL, "GET, HEAD" },
    { "collections/*/manifest/", manifest, NULL, NULL, "GET, HEAD" },
    { "collections/*/objects/", objects, taxii_post, NULL, "GET, HEAD, POST" },
    { "collections/*/objects/*/", objects, NULL, erase, "GET, HEAD, DELETE" },
    { "collections/*/objects/*/versions/", versions, NULL, NULL, "GET, HEAD" },
};

static const struct taxii_route finding = { "/taxii2/", discovery, NULL, NULL, "GET, HEAD" };

static bool path_is(const char *pattern, lf_view path, lf_view ids[2])
{
    size_t n = 0;

    ids[0] = ids[1] = (lf_view){ NULL, 0 };
    for (; *pattern; pattern++) {
        if (*pattern == '*') {
            size_t end = lf_view_find_byte(path, '/');

            if (end == SIZE_MAX || end == 0)
                return false;
            ids[n++] = lf_view_first(path, end);
            path = lf_view_from(path, end);
        } else {
            if (!path.len || path.ptr[0] != *pattern)
                return false;
            path = lf_view_from(path, 1);
        }
    }
    return path.len == 0;
}

static taxii_fn handler_of(const struct taxii_route *r, lf_view method)
{
    if (lf_view_is(method, "GET") || lf_view_is(method, "HEAD"))
        return r->get;
    if (lf_view_is(method, "POST"))
        return r->post;
    return lf_view_is(method, "DELETE") ? r->erase : NULL;
}

static enum lf_code dispatch(struct taxii *x)
{
    const struct taxii_route *r = NULL;
    lf_view ids[2] = { { NULL, 0 }, { NULL, 0 } }, rest;
    taxii_fn fn;

    if (lf_view_is(x->in->path, finding.path))
        r = &finding;
    else if (lf_api_root_of(x->in->path, &x->root, &rest))
        for (size_t i = 0; i < sizeof taxii_routes / sizeof *taxii_routes && !r; i++)
            if (path_is(taxii_routes[i].path, rest, ids))
                r = &taxii_routes[i];
    if (!r)
        return taxii_refuse(x, 404, "%s",
                            lf_view_ends(x->in->path, LF_V("/")) ? "there is nothing at this address"
                                                                 : "addresses of TAXII end with a slash");
    memcpy(x->ids, ids, sizeof ids);
    fn = handler_of(r, x->in->method);
    if (!fn) {
        (void)taxii_refuse(x, 405, "this address does not take %.*s",
                           LF_FMT(lf_view_first(x->in->method, 20)));
        lf_http_add(x->out, "Allow", lf_view_of(r->allow));
        return LF_OK;
    }
    if (!taxii_accepts(taxii_header(x, "accept")))
        return taxii_refuse(x, 406, "only " TAXII_TYPE " is sent here; put it into Accept");
    return fn(x);
}

void lf_taxii_over_quota(struct lf_task *t, struct lf_http_response *resp, const char *what, lf_time wait)
{
    resp->wait_until = 0;
    lf_taxii_error(
        t, resp, 429,
        lf_arena_printf(t->a, "your quota of %s for today is used up; it begins anew at 00:00 UTC", what));
    lf_http_add(resp, "Retry-After",
                lf_arena_printf(t->a, "%lld", (long long)((wait + LF_SECOND - 1) / LF_SECOND)));
}

bool taxii_ours(enum lf_code rc)
{
    return rc == LF_IO || rc == LF_FULL || rc == LF_AWAY || rc == LF_TOO_MANY;
}

enum lf_code lf_taxii_open(struct lf_task *t, const struct lf_http_request *req, struct lf_err *e)
{
    enum lf_api_root root;
    lf_view rest;
    bool open = lf_view_is(req->method, "GET") || lf_view_is(req->method, "HEAD");

    open = open && (lf_view_is(req->path, finding.path) ||
                    (lf_api_root_of(req->path, &root, &rest) && root == LF_ROOT_PUBLIC &&
                     !lf_view_starts(rest, LF_V("status/"))));
    if (open)
        LF_TRY(root_shown(t, LF_ROOT_PUBLIC, &open, e));
    return open ? LF_OK : lf_err_set(e, LF_UNAUTHENTIC, "sign in first");
}

enum lf_code lf_taxii_handle(struct lf_task *t, const struct lf_http_request *req,
                             struct lf_http_response *resp, struct lf_err *e)
{
    struct lf_err own = { 0 };
    struct taxii x = { .t = t, .in = req, .out = resp, .e = e ? e : &own, .waited = resp->wait_until };
    enum lf_code rc;

    resp->wait_until = 0;
    rc = dispatch(&x);
    if (rc == LF_OK || taxii_ours(rc))
        return rc;
    lf_taxii_error(t, resp, lf_code_http(rc), lf_view_of(x.e->text));
    return LF_OK;
}
