/* Feeds as people set them up, and where objects came from. */
#include "isac/feed.h"

#include "fmt/json.h"
#include "fmt/stix_make.h"
#include "fmt/uri.h"
#include "ident/audit.h"
#include "isac/feed_priv.h"
#include "isac/object.h"
#include "model/role.h"
#include "store/query_feed.h"

enum { LEAST_BYTES = 1024, SECRET = 4000, LOGIN = 300, PATIENCE = 600 };

struct lf_scope feed_scope(const struct lf_task *t)
{
    return (struct lf_scope){ .org = t->self->org, .account = LF_V("system"), .roles = LF_ROLE_SYSTEM };
}

static enum lf_code may(const struct lf_task *t, bool write, struct lf_err *e)
{
    const unsigned set = LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_SYSTEM;

    if (!(t->scope.roles & (write ? set : set | LF_ROLE_REVIEWER)))
        return lf_err_set(e, LF_FORBIDDEN, "your roles do not allow this with feeds");
    if (!lf_view_eq(t->scope.org, t->self->org))
        return lf_err_set(e, LF_FORBIDDEN, "the feeds of this node are another organisation's");
    return LF_OK;
}

const char *lf_feed_format(size_t i)
{
    static const char *const own[] = { "auto",      "taxii",       "taxii1",
                                       "misp-feed", "misp-server", "csaf-provider",
                                       "misp-push", "taxii1-push", "rss" };
    const struct lf_format *f;

    if (i < sizeof own / sizeof *own)
        return own[i];
    i -= sizeof own / sizeof *own;
    for (size_t k = 0; (f = lf_format_at(k)); k++)
        if (f->read && i-- == 0)
            return f->name;
    return NULL;
}

const char *lf_feed_auth_name(enum lf_feed_auth a)
{
    static const char *const names[] = { "open", "basic", "bearer", "key" };

    return names[a];
}

/* ---- reading ---- */

struct gather {
    const struct lf_task *t;
    struct lf_arena *a;
    struct lf_feed *items;
    size_t n, max;
};

static enum lf_code on_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_feed *f;
    int c = 0;

    (void)e;
    if (g->n == g->max)
        return LF_OK;
    f = &g->items[g->n++];
#define NEXT_TEXT(member) f->member = lf_arena_copy(g->a, lf_view_some(lf_row_text(r, c++)))
#define NEXT_INT(member) f->member = lf_row_int(r, c++)
    NEXT_TEXT(id);
    NEXT_TEXT(name);
    NEXT_TEXT(url);
    NEXT_TEXT(format);
    NEXT_TEXT(mapping);
    NEXT_TEXT(tlp);
    NEXT_TEXT(grade);
    NEXT_INT(confidence);
    NEXT_TEXT(collection);
    NEXT_INT(every);
    f->gone = lf_row_int(r, c++) != 0;
    f->auth = (enum lf_feed_auth)lf_row_int(r, c++);
    NEXT_TEXT(login);
    NEXT_TEXT(secret);
    feed_secret_open(g->t, g->a, f);
    NEXT_TEXT(pin);
    f->private = lf_row_int(r, c++) != 0;
    NEXT_INT(most);
    NEXT_INT(patience);
    NEXT_TEXT(account);
    NEXT_INT(created);
    NEXT_INT(changed);
    NEXT_INT(next);
    f->asked = lf_row_int(r, c++) != 0;
    NEXT_TEXT(etag);
    NEXT_TEXT(modified);
    NEXT_TEXT(sha256);
    NEXT_TEXT(position);
    NEXT_INT(run);
    NEXT_INT(ran);
    NEXT_INT(ok);
    NEXT_INT(failures);
    NEXT_TEXT(trouble);
    NEXT_TEXT(notes);
    NEXT_INT(fresh);
    NEXT_INT(other);
    NEXT_INT(same);
    NEXT_INT(refused);
    NEXT_INT(lost);
    NEXT_INT(ended);
#undef NEXT_TEXT
#undef NEXT_INT
    return LF_OK;
}

enum lf_code feed_load(struct lf_task *t, struct lf_arena *a, lf_view id, struct lf_feed *out,
                       struct lf_err *e)
{
    struct gather g = { .t = t, .a = a, .items = out, .max = 1 };
    struct lf_scope node = feed_scope(t);

    LF_TRY(lf_db_run(t->db, &node, &lf_q_feed_get, LF_ARGS(LF_TEXT(id)), on_row, &g, NULL, e));
    return g.n ? LF_OK : lf_err_set(e, LF_NOT_FOUND, "there is no such feed");
}

enum lf_code lf_feed_get(struct lf_task *t, lf_view id, struct lf_feed *out, struct lf_err *e)
{
    struct lf_feed one;
    struct gather g = { .t = t, .a = t->a, .items = &one, .max = 1 };

    LF_TRY(may(t, false, e));
    if (lf_view_is_text(id, 1, LF_FEED_NAME))
        LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_feed_get, LF_ARGS(LF_TEXT(id)), on_row, &g, NULL, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "there is no such feed");
    *out = one;
    return LF_OK;
}

enum lf_code lf_feed_list(struct lf_task *t, size_t *n, struct lf_feed **out, struct lf_err *e)
{
    struct gather g = {
        .t = t, .a = t->a, .items = LF_NEW(t->a, struct lf_feed, LF_FEED_MOST), .max = LF_FEED_MOST
    };

    LF_TRY(may(t, false, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_feed_list, LF_ARGS(LF_INT(LF_FEED_MOST)), on_row, &g, NULL, e));
    *out = g.items;
    *n = g.n;
    return LF_OK;
}

enum lf_code feed_due(struct lf_task *t, size_t most, struct lf_feed **out, size_t *n, struct lf_err *e)
{
    struct gather g = { .t = t, .a = t->a, .items = LF_NEW(t->a, struct lf_feed, most + 1), .max = most };

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_feed_due, LF_ARGS(LF_INT(lf_now(t->env)), LF_INT(most)), on_row,
                     &g, NULL, e));
    *out = g.items;
    *n = g.n;
    return LF_OK;
}

struct runs {
    struct lf_arena *a;
    struct lf_feed_run *v;
    size_t n;
};

static enum lf_code on_run(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct runs *g = ctx;

    (void)e;
    if (g->n < LF_FEED_RUNS)
        g->v[g->n++] = (struct lf_feed_run){ .run = lf_row_int(r, 0),
                                             .began = lf_row_int(r, 1),
                                             .over = lf_row_int(r, 2),
                                             .unchanged = lf_row_int(r, 3) != 0,
                                             .trouble = lf_arena_copy(g->a, lf_view_some(lf_row_text(r, 4))),
                                             .fresh = lf_row_int(r, 5),
                                             .other = lf_row_int(r, 6),
                                             .same = lf_row_int(r, 7),
                                             .refused = lf_row_int(r, 8),
                                             .lost = lf_row_int(r, 9),
                                             .ended = lf_row_int(r, 10) };
    return LF_OK;
}

enum lf_code lf_feed_runs(struct lf_task *t, lf_view id, size_t *n, struct lf_feed_run **out,
                          struct lf_err *e)
{
    struct runs g = { .a = t->a, .v = LF_NEW(t->a, struct lf_feed_run, LF_FEED_RUNS) };
    struct lf_feed f;

    LF_TRY(lf_feed_get(t, id, &f, e)); /* and whether the asker may */
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_feed_run_list, LF_ARGS(LF_TEXT(f.id), LF_INT(LF_FEED_RUNS)),
                     on_run, &g, NULL, e));
    *n = g.n;
    *out = g.v;
    return LF_OK;
}

/* ---- writing ---- */

static bool known_format(lf_view name)
{
    const char *f;

    for (size_t i = 0; (f = lf_feed_format(i)); i++)
        if (lf_view_is(name, f))
            return true;
    return false;
}

static bool grade_ok(lf_view g)
{
    return !g.len || (g.len == 2 && g.ptr[0] >= 'A' && g.ptr[0] <= 'F' && g.ptr[1] >= '1' && g.ptr[1] <= '6');
}

static bool header_ok(lf_view v, size_t most)
{
    for (size_t i = 0; i < v.len; i++)
        if ((unsigned char)v.ptr[i] < 0x21 || (unsigned char)v.ptr[i] > 0x7e)
            return false;
    return v.len <= most;
}

static enum lf_code check(struct lf_task *t, const struct lf_feed *f, struct lf_err *e)
{
    struct lf_collection c;
    lf_view path, query;
    uint8_t pin[LF_HTTP_PIN];

    if (!lf_view_is_text(f->name, 1, LF_FEED_NAME))
        return lf_err_set(e, LF_BAD_INPUT, "feed: a name is text of 1 to %d bytes", LF_FEED_NAME);
    if (!header_ok(f->url, LF_FEED_URL) || !lf_uri_origin(t->a, f->url, &path, &query).len)
        return lf_err_set(
            e, LF_BAD_INPUT,
            "feed: the address is like https://host/path, at most %d bytes, without a user name",
            LF_FEED_URL);
    if (!known_format(f->format))
        return lf_err_set(
            e, LF_BAD_INPUT,
            "feed: no format \"%.*s\"; there are auto, taxii, taxii1, taxii1-push, misp-feed, misp-server, "
            "misp-push, csaf-provider and what `lianfang stix import --format` reads",
            LF_FMT(lf_view_first(f->format, 40)));
    if (f->tlp.len && !lf_make_tlp(f->tlp))
        return lf_err_set(e, LF_BAD_INPUT, "feed: no TLP \"%.*s\"; clear, green, amber, amber+strict or red",
                          LF_FMT(lf_view_first(f->tlp, 40)));
    if (!grade_ok(f->grade))
        return lf_err_set(e, LF_BAD_INPUT, "feed: a grade is a letter A to F and a digit 1 to 6, as \"B2\"");
    if (f->confidence < -1 || f->confidence > 100)
        return lf_err_set(e, LF_BAD_INPUT, "feed: confidence is 0 to 100");
    if (f->every && (f->every < LF_FEED_LEAST || f->every > LF_FEED_LONGEST))
        return lf_err_set(e, LF_BAD_INPUT, "feed: \"every\" is from a minute to 31 days, or 0: only by hand");
    if (!header_ok(f->login, LOGIN) || lf_view_find_byte(f->login, ':') != SIZE_MAX ||
        !header_ok(f->secret, SECRET))
        return lf_err_set(e, LF_BAD_INPUT, "feed: user name and secret are ASCII without blanks");
    if (f->auth == LF_FEED_BASIC && !f->login.len)
        return lf_err_set(e, LF_BAD_INPUT, "feed: \"basic\" needs the user name too (login)");
    if (f->auth != LF_FEED_OPEN && !lf_view_starts(f->url, LF_V("https://")))
        return lf_err_set(e, LF_BAD_INPUT, "feed: a secret is sent over https only");
    if (f->pin.len &&
        (lf_unhex(f->pin, pin, sizeof pin, NULL) != LF_OK || !lf_view_starts(f->url, LF_V("https://"))))
        return lf_err_set(e, LF_BAD_INPUT, "feed: a pin is 64 hexadecimal digits, of an https server's key");
    if (f->most < LEAST_BYTES || f->most > LF_CALL_BODY)
        return lf_err_set(e, LF_BAD_INPUT, "feed: a document has at most %d to %d bytes", LEAST_BYTES,
                          LF_CALL_BODY);
    if (f->patience < 1 || f->patience > PATIENCE)
        return lf_err_set(e, LF_BAD_INPUT, "feed: an answer may take 1 to %d seconds", PATIENCE);
    LF_TRY(lf_collection_get(t, f->collection, &c, e));
    if (feed_pushes(f->format) ? !c.can_read : !c.can_write)
        return lf_err_set(e, LF_FORBIDDEN, "you may not %s this collection",
                          feed_pushes(f->format) ? "read" : "write to");
    return LF_OK;
}

static enum lf_code audit(struct lf_task *t, const char *action, const struct lf_feed *f, struct lf_err *e)
{
    struct lf_audit_note n;

    lf_audit_open(&n);
    lf_json_put_str(&n.w, "name", f->name);
    lf_json_put_str(&n.w, "url", f->url);
    lf_json_put_str(&n.w, "format", f->format);
    lf_json_put_str(&n.w, "collection", f->collection);
    lf_json_put_int(&n.w, "every_s", f->every / LF_SECOND);
    lf_json_put_bool(&n.w, "private", f->private);
    return lf_audit_close(&n, t, lf_view_of(action), f->id, e);
}

enum lf_code lf_feed_put(struct lf_task *t, const struct lf_feed *in, lf_view *id, struct lf_err *e)
{
    lf_time now = lf_now(t->env), next = in->every ? now : LF_TIME_MAX;
    struct lf_collection c;
    struct lf_feed f = *in, was = { 0 };
    enum lf_code rc;
    int64_t n;

    LF_TRY(may(t, true, e));
    if (f.id.len) {
        LF_TRY(lf_feed_get(t, f.id, &was, e));
        f.id = was.id;
        if (!f.secret.len && f.auth == was.auth)
            f.secret = was.secret;
    }
    if (f.auth == LF_FEED_OPEN)
        f.secret = f.login = LF_V("");
    /* A secret goes where it was given for. */
    if (was.id.len && !in->secret.len && f.secret.len) {
        lf_view path, query;

        if (!lf_view_eq(lf_uri_origin(t->a, f.url, &path, &query),
                        lf_uri_origin(t->a, was.url, &path, &query)))
            return lf_err_set(e, LF_BAD_INPUT, "feed: another server needs its secret to be given again");
    }
    LF_TRY(check(t, &f, e));
    LF_TRY(feed_proof_check(&f, e));
    if (f.auth != LF_FEED_OPEN && !f.secret.len)
        return lf_err_set(e, LF_BAD_INPUT, "feed: the secret is missing");
    LF_TRY(lf_collection_get(t, f.collection, &c, e));
    f.collection = c.id;
    if (was.id.len) {
        if (!lf_view_eq(was.url, f.url) || !lf_view_eq(was.format, f.format) ||
            !lf_view_eq(was.collection, f.collection) || !lf_view_eq(was.mapping, lf_view_some(f.mapping)) ||
            (feed_pushes(f.format) && !lf_view_eq(was.tlp, f.tlp))) {
            LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_feed_position,
                              LF_ARGS(LF_TEXT(LF_V("")), LF_TEXT(f.id)), e));
            LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_feed_parts_delete, LF_ARGS(LF_TEXT(f.id)), e));
        }
        if (!lf_view_eq(was.collection, f.collection)) /* what it gave elsewhere comes here too */
            LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_feed_again, LF_ARGS(LF_TEXT(f.id)), e));
        rc = lf_db_exec(t->db, &t->scope, &lf_q_feed_set,
                        LF_ARGS(LF_TEXT(f.name), LF_TEXT(f.url), LF_TEXT(f.format),
                                LF_TEXT(lf_view_some(f.mapping)), LF_TEXT(lf_view_some(f.tlp)),
                                LF_TEXT(lf_view_some(f.grade)), LF_INT(f.confidence), LF_TEXT(f.collection),
                                LF_INT(f.every), LF_INT(f.gone), LF_INT(f.auth),
                                LF_TEXT(lf_view_some(f.login)), LF_TEXT(feed_secret_seal(t, f.id, f.secret)),
                                LF_TEXT(lf_view_some(f.pin)), LF_INT(f.private), LF_INT(f.most),
                                LF_INT(f.patience), LF_INT(now), LF_INT(next), LF_TEXT(f.id)),
                        e);
    } else {
        LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_feed_count, LF_NO_ARGS, &n, e));
        if (n >= LF_FEED_MOST)
            return lf_err_set(e, LF_TOO_MANY, "there are %d feeds, and no more may be", LF_FEED_MOST);
        f.id = lf_uuid_new(t->env, t->a);
        rc = lf_db_exec(t->db, &t->scope, &lf_q_feed_add,
                        LF_ARGS(LF_TEXT(f.id), LF_TEXT(f.name), LF_TEXT(f.url), LF_TEXT(f.format),
                                LF_TEXT(lf_view_some(f.mapping)), LF_TEXT(lf_view_some(f.tlp)),
                                LF_TEXT(lf_view_some(f.grade)), LF_INT(f.confidence), LF_TEXT(f.collection),
                                LF_INT(f.every), LF_INT(f.gone), LF_INT(f.auth),
                                LF_TEXT(lf_view_some(f.login)), LF_TEXT(feed_secret_seal(t, f.id, f.secret)),
                                LF_TEXT(lf_view_some(f.pin)), LF_INT(f.private), LF_INT(f.most),
                                LF_INT(f.patience), LF_TEXT(t->scope.account), LF_INT(now), LF_INT(next)),
                        e);
    }
    if (rc == LF_CONFLICT)
        return lf_err_set(e, LF_CONFLICT, "there is another feed of this name");
    LF_TRY(rc);
    *id = f.id;
    t->effects |= LF_FX_FEEDS;
    return audit(t, was.id.len ? "feed.change" : "feed.add", &f, e);
}

enum lf_code lf_feed_remove(struct lf_task *t, lf_view id, struct lf_err *e)
{
    struct lf_feed f;

    LF_TRY(may(t, true, e));
    LF_TRY(lf_feed_get(t, id, &f, e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_feed_parts_delete, LF_ARGS(LF_TEXT(f.id)), e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_feed_run_drop, LF_ARGS(LF_TEXT(f.id), LF_INT(INT64_MAX)), e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_feed_delete, LF_ARGS(LF_TEXT(f.id)), e));
    t->effects |= LF_FX_FEEDS;
    return audit(t, "feed.remove", &f, e);
}

enum lf_code lf_feed_run(struct lf_task *t, lf_view id, struct lf_err *e)
{
    struct lf_feed f;

    LF_TRY(may(t, true, e));
    LF_TRY(lf_feed_get(t, id, &f, e));
    LF_TRY(
        lf_db_exec(t->db, &t->scope, &lf_q_feed_run_now, LF_ARGS(LF_INT(lf_now(t->env)), LF_TEXT(f.id)), e));
    t->effects |= LF_FX_FEEDS;
    return audit(t, "feed.run", &f, e);
}

/* ---- provenance ---- */

enum { SOURCES = 20 };

struct sources {
    struct lf_arena *a;
    struct lf_provenance *v;
    size_t n;
};

static enum lf_code on_source(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct sources *s = ctx;
    lf_view path, query;

    (void)e;
    /* The server alone: keys often stand in what is behind it. */
    if (s->n < SOURCES)
        s->v[s->n++] = (struct lf_provenance){ .feed = lf_arena_copy(s->a, lf_row_text(r, 0)),
                                               .name = lf_arena_copy(s->a, lf_row_text(r, 1)),
                                               .url = lf_uri_origin(s->a, lf_row_text(r, 2), &path, &query),
                                               .grade = lf_arena_copy(s->a, lf_row_text(r, 3)),
                                               .part = lf_arena_copy(s->a, lf_row_text(r, 4)),
                                               .first = lf_row_int(r, 5),
                                               .at = lf_row_int(r, 6),
                                               .sha256 = lf_arena_copy(s->a, lf_row_text(r, 7)),
                                               .ended = lf_row_int(r, 8) };
    return LF_OK;
}

enum lf_code lf_feed_provenance(struct lf_task *t, lf_view object, size_t *n, struct lf_provenance **out,
                                struct lf_err *e)
{
    struct sources s = { .a = t->a, .v = LF_NEW(t->a, struct lf_provenance, SOURCES) };
    const struct lf_collection *c;
    bool shown = false;
    size_t k;

    *n = 0;
    if (lf_view_is_text(object, 1, LF_STIX_ID))
        LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_feed_object_of, LF_ARGS(LF_TEXT(object)), on_source, &s,
                         NULL, e));
    /* Who may not see the object is not told that a feed had it. */
    LF_TRY(lf_collection_list(t, &k, &c, e));
    for (size_t i = 0; s.n && i < k && !shown; i++) {
        struct lf_rights *rights;

        if (!c[i].can_read)
            continue;
        LF_TRY(lf_rights_open(t, c[i].readers, &rights, e));
        LF_TRY(lf_object_known(t, rights, c[i].id, object, &shown, e));
    }
    if (!shown)
        return lf_err_set(e, LF_NOT_FOUND, "no feed gave an object of this id");
    *n = s.n;
    *out = s.v;
    return LF_OK;
}
