#include "isac/object.h"

#include <stdlib.h>

static const unsigned share_read = LF_ROLE_SHARE | LF_ROLE_ANALYST | LF_ROLE_ADMIN | LF_ROLE_REVIEWER |
                                   LF_ROLE_READER;
static const unsigned share_write = LF_ROLE_SHARE | LF_ROLE_ANALYST | LF_ROLE_ADMIN;

static bool allowed(const struct lf_task *t, lf_view who, unsigned roles)
{
    lf_view word;
    bool peer = (t->scope.roles & LF_ROLE_PEER) != 0;

    while (lf_view_split(&who, ' ', &word)) {
        if (lf_view_is(word, "share") && !peer && (t->scope.roles & roles))
            return true;
        if (peer && (lf_view_is(word, "children") || (word.len && lf_view_eq(word, t->scope.account))))
            return true;
    }
    return false;
}

struct gather {
    struct lf_task *t;
    struct lf_collection *items;
    size_t n, cap;
};

static enum lf_code take_collection(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_collection *c;

    (void)e;
    g->items = lf_arena_grow(g->t->a, g->items, g->n, &g->cap, sizeof *g->items);
    c = &g->items[g->n++];
    c->id = lf_arena_copy(g->t->a, lf_row_text(r, 0));
    c->alias = lf_arena_copy(g->t->a, lf_row_text(r, 1));
    c->title = lf_arena_copy(g->t->a, lf_row_text(r, 2));
    c->readers = lf_arena_copy(g->t->a, lf_row_text(r, 3));
    c->writers = lf_arena_copy(g->t->a, lf_row_text(r, 4));
    c->last_added = lf_row_int(r, 5);
    c->can_read = allowed(g->t, c->readers, share_read);
    c->can_write = allowed(g->t, c->writers, share_write);
    return LF_OK;
}

enum lf_code lf_collection_create(struct lf_task *t, lf_view alias, lf_view title, lf_view readers,
                                  lf_view writers, lf_view *id, struct lf_err *e)
{
    lf_view made = id->len ? *id : lf_uuid_new(t->env, t->a);

    if (!lf_uuid_ok(made))
        return lf_err_set(e, LF_BAD_INPUT, "a collection's id is a UUID");
    LF_TRY(lf_db_exec(
        t->db, &t->scope, LF_Q_COLLECTION_ADD,
        LF_ARGS(LF_TEXT(made), LF_TEXT(alias), LF_TEXT(title), LF_TEXT(readers), LF_TEXT(writers)), e));
    *id = made;
    return LF_OK;
}

enum lf_code lf_collection_find(struct lf_task *t, lf_view id, struct lf_collection *out, struct lf_err *e)
{
    struct gather g = { .t = t };

    LF_TRY(
        lf_db_run(t->db, &t->scope, LF_Q_COLLECTION_GET, LF_ARGS(LF_TEXT(id)), take_collection, &g, NULL, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "no collection \"%.*s\"", LF_FMT(lf_view_first(id, 80)));
    *out = g.items[0];
    for (size_t i = 0; i < g.n; i++) /* an alias that looks like another's id never hides it */
        if (lf_view_eq(g.items[i].id, id))
            *out = g.items[i];
    return LF_OK;
}

enum lf_code lf_collection_get(struct lf_task *t, lf_view id, struct lf_collection *out, struct lf_err *e)
{
    struct lf_collection c;

    LF_TRY(lf_collection_find(t, id, &c, e));
    if (!c.can_read && !c.can_write)
        return lf_err_set(e, LF_NOT_FOUND, "no collection \"%.*s\"", LF_FMT(lf_view_first(id, 80)));
    *out = c;
    return LF_OK;
}

enum lf_code lf_collection_list(struct lf_task *t, size_t *n, const struct lf_collection **out,
                                struct lf_err *e)
{
    struct gather g = { .t = t };
    size_t kept = 0;

    LF_TRY(lf_db_run(t->db, &t->scope, LF_Q_COLLECTION_LIST, LF_NO_ARGS, take_collection, &g, NULL, e));
    for (size_t i = 0; i < g.n; i++)
        if (g.items[i].can_read || g.items[i].can_write)
            g.items[kept++] = g.items[i];
    *n = kept;
    *out = g.items;
    return LF_OK;
}

/* The versions of one object in one collection, oldest first. */
struct versions {
    struct lf_arena *a;
    struct {
        lf_time added, version;
        bool first, last;
    } * v;
    size_t n, cap;
};

static enum lf_code take_version(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct versions *vs = ctx;

    (void)e;
    vs->v = lf_arena_grow(vs->a, vs->v, vs->n, &vs->cap, sizeof *vs->v);
    vs->v[vs->n].added = lf_row_int(r, 0);
    vs->v[vs->n].version = lf_row_int(r, 1);
    vs->v[vs->n].first = lf_row_int(r, 2) != 0;
    vs->v[vs->n].last = lf_row_int(r, 3) != 0;
    vs->n++;
    return LF_OK;
}

static enum lf_code versions_of(struct lf_task *t, lf_view collection, lf_view id, struct versions *vs,
                                struct lf_err *e)
{
    *vs = (struct versions){ .a = t->a };
    return lf_db_run(t->db, &t->scope, LF_Q_ENTRY_VERSIONS, LF_ARGS(LF_TEXT(collection), LF_TEXT(id)),
                     take_version, vs, NULL, e);
}

static enum lf_code flag(struct lf_task *t, lf_view collection, lf_time added, bool first, bool last,
                         struct lf_err *e)
{
    return lf_db_exec(t->db, &t->scope, LF_Q_ENTRY_FLAGS,
                      LF_ARGS(LF_INT(first), LF_INT(last), LF_TEXT(collection), LF_INT(added)), e);
}

struct before {
    struct lf_arena *a;
    lf_view json;
    lf_time version;
};

static enum lf_code take_before(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct before *b = ctx;

    (void)e;
    b->json = lf_arena_copy(b->a, lf_row_text(r, 0));
    b->version = lf_row_int(r, 1);
    return LF_OK;
}

/* 2.1, 3.6: whoever is not the creator makes an object of his own, and nothing comes after a
 * revocation.  That `created` stays is left to `stix check`: many tools move it. */
static enum lf_code may_follow(struct lf_task *t, lf_view collection, const struct lf_stix *s,
                               struct lf_err *e)
{
    struct before b = { .a = t->a };
    struct lf_stix old;

    LF_TRY(lf_db_run(t->db, &t->scope, LF_Q_ENTRY_BEFORE,
                     LF_ARGS(LF_TEXT(collection), LF_TEXT(s->id), LF_TEXT(LF_V("")), LF_INT(s->version_at)),
                     take_before, &b, NULL, e));
    if (!b.json.len || lf_stix_read(t->a, b.json, &old, NULL) != LF_OK)
        return LF_OK;
    if (old.created_by.len && !lf_view_eq(old.created_by, s->created_by))
        return lf_err_set(
            e, LF_UNACCEPTED,
            "%.*s: only its creator, %.*s, makes a version of it; give what is yours an id of its own",
            LF_FMT(s->id), LF_FMT(old.created_by));
    if (old.revoked && b.version < s->version_at)
        return lf_err_set(e, LF_UNACCEPTED, "%.*s was revoked: there is no version after that",
                          LF_FMT(s->id));
    return LF_OK;
}

static enum lf_code add(struct lf_task *t, lf_view collection, lf_view origin, const struct lf_stix *s,
                        lf_view json, bool posted, bool *fresh, struct lf_err *e)
{
    struct versions vs;
    int64_t added = 0, changed = 0;
    bool first = true, last = true, known = false;
    lf_time now = lf_now(t->env);

    LF_TRY(versions_of(t, collection, s->id, &vs, e));
    for (size_t i = 0; i < vs.n; i++) {
        known |= vs.v[i].version == s->version_at;
        first &= vs.v[i].version > s->version_at;
        last &= vs.v[i].version < s->version_at;
    }
    if (posted && vs.n && !known)
        LF_TRY(may_follow(t, collection, s, e));
    LF_TRY(lf_db_run(t->db, &t->scope, LF_Q_OBJECT_ADD,
                     LF_ARGS(LF_TEXT(origin), LF_TEXT(s->id), LF_INT(s->version_at), LF_TEXT(s->type),
                             LF_TEXT(json), LF_TEXT(s->created_by), LF_INT(now)),
                     NULL, NULL, &changed, e));
    *fresh = changed != 0;
    if (known)
        return LF_OK; /* the collection has it */
    LF_TRY(lf_db_int(t->db, &t->scope, LF_Q_COLLECTION_STAMP, LF_ARGS(LF_INT(now), LF_TEXT(collection)),
                     &added, e));
    for (size_t i = 0; i < vs.n; i++) {
        bool f = vs.v[i].first && !first, l = vs.v[i].last && !last;

        if (f != vs.v[i].first || l != vs.v[i].last)
            LF_TRY(flag(t, collection, vs.v[i].added, f, l, e));
    }
    LF_TRY(lf_db_exec(t->db, &t->scope, LF_Q_ENTRY_ADD,
                      LF_ARGS(LF_TEXT(collection), LF_INT(added), LF_TEXT(origin), LF_TEXT(s->id),
                              LF_INT(s->version_at), LF_TEXT(s->version), LF_TEXT(s->type),
                              LF_TEXT(s->spec_version), LF_INT(first), LF_INT(last)),
                      e));
    t->effects |= LF_FX_COLLECTION;
    return LF_OK;
}

enum lf_code lf_object_add(struct lf_task *t, lf_view collection, lf_view origin, const struct lf_stix *s,
                           lf_view json, bool *fresh, struct lf_err *e)
{
    return add(t, collection, origin, s, json, false, fresh, e);
}

enum lf_code lf_object_post(struct lf_task *t, lf_view collection, const struct lf_stix *s, lf_view json,
                            bool *fresh, struct lf_err *e)
{
    return add(t, collection, LF_V(""), s, json, true, fresh, e);
}

enum lf_code lf_object_delete(struct lf_task *t, lf_view collection, const struct lf_object *o,
                              struct lf_err *e)
{
    struct versions vs;

    LF_TRY(lf_db_exec(t->db, &t->scope, LF_Q_ENTRY_DROP, LF_ARGS(LF_TEXT(collection), LF_INT(o->added)), e));
    LF_TRY(lf_db_exec(t->db, &t->scope, LF_Q_OBJECT_DROP, LF_ARGS(LF_TEXT(o->id), LF_INT(o->version_at)), e));
    LF_TRY(versions_of(t, collection, o->id, &vs, e));
    for (size_t i = 0; i < vs.n; i++)
        if (vs.v[i].first != (i == 0) || vs.v[i].last != (i == vs.n - 1))
            LF_TRY(flag(t, collection, vs.v[i].added, i == 0, i == vs.n - 1, e));
    return LF_OK;
}

enum lf_code lf_object_known(struct lf_task *t, lf_view collection, lf_view id, bool *known, struct lf_err *e)
{
    struct versions vs;

    LF_TRY(versions_of(t, collection, id, &vs, e));
    *known = vs.n > 0;
    return LF_OK;
}

enum lf_code lf_object_text(struct lf_task *t, lf_view collection, lf_time added, lf_view *json,
                            struct lf_err *e)
{
    return lf_db_text(t->db, &t->scope, LF_Q_ENTRY_JSON, LF_ARGS(LF_TEXT(collection), LF_INT(added)), t->a,
                      json, e);
}

struct listing {
    struct lf_arena *a;
    const struct lf_object_filter *f;
    struct lf_object *items;
    size_t n, cap, most; /* most: stop keeping past it; SIZE_MAX for one id's versions */
    size_t seen;
    lf_time reached;
};

static bool one_of(lf_view v, const lf_view *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (lf_view_eq(v, list[i]))
            return true;
    return n == 0;
}

static bool matches(const struct lf_object_filter *f, const struct lf_object *o)
{
    if (!one_of(o->id, f->id, f->nid) || !one_of(o->type, f->type, f->ntype) ||
        !one_of(o->spec_version, f->spec, f->nspec))
        return false;
    if (f->v_all || (f->v_first && o->first) || (f->v_last && o->last))
        return true;
    for (size_t i = 0; i < f->nversion; i++)
        if (f->version[i] == o->version_at)
            return true;
    return false;
}

static enum lf_code take_object(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct listing *l = ctx;
    struct lf_object o = {
        .added = lf_row_int(r, 0),
        .id = lf_row_text(r, 1),
        .version_at = lf_row_int(r, 2),
        .version = lf_row_text(r, 3),
        .type = lf_row_text(r, 4),
        .spec_version = lf_row_text(r, 5),
        .first = lf_row_int(r, 6) != 0,
        .last = lf_row_int(r, 7) != 0,
    };

    (void)e;
    l->seen++;
    l->reached = o.added;
    if (l->n >= l->most || !matches(l->f, &o))
        return LF_OK;
    l->items = lf_arena_grow(l->a, l->items, l->n, &l->cap, sizeof *l->items);
    o.id = lf_arena_copy(l->a, o.id);
    o.type = lf_arena_copy(l->a, o.type);
    o.version = lf_arena_copy(l->a, o.version);
    o.spec_version = lf_arena_copy(l->a, o.spec_version);
    l->items[l->n++] = o;
    return LF_OK;
}

static int by_added(const void *a, const void *b)
{
    const struct lf_object *x = a, *y = b;

    return x->added < y->added ? -1 : x->added > y->added;
}

enum lf_code lf_object_list(struct lf_task *t, lf_view collection, const struct lf_object_filter *f,
                            size_t *n, const struct lf_object **out, bool *more, struct lf_err *e)
{
    enum { CHUNK = 1024 };
    struct listing l = { .a = t->a, .f = f, .most = f->limit + 1, .reached = f->after };

    if (f->nid) {
        l.most = SIZE_MAX;
        for (size_t i = 0; i < f->nid; i++) {
            bool again = false;

            for (size_t k = 0; k < i; k++)
                again |= lf_view_eq(f->id[k], f->id[i]);
            if (!again)
                LF_TRY(lf_db_run(t->db, &t->scope, LF_Q_ENTRY_OF_ID,
                                 LF_ARGS(LF_TEXT(collection), LF_TEXT(f->id[i]), LF_INT(f->after)),
                                 take_object, &l, NULL, e));
        }
        if (l.n)
            qsort(l.items, l.n, sizeof *l.items, by_added);
    } else {
        do {
            size_t ask = l.most - l.n < CHUNK && f->v_all && !f->nspec && f->ntype < 2 ? l.most - l.n : CHUNK;

            l.seen = 0;
            if (f->ntype == 1)
                LF_TRY(lf_db_run(
                    t->db, &t->scope, LF_Q_ENTRY_SCAN_TYPE,
                    LF_ARGS(LF_TEXT(collection), LF_TEXT(f->type[0]), LF_INT(l.reached), LF_INT(ask)),
                    take_object, &l, NULL, e));
            else
                LF_TRY(lf_db_run(t->db, &t->scope, LF_Q_ENTRY_SCAN,
                                 LF_ARGS(LF_TEXT(collection), LF_INT(l.reached), LF_INT(ask)), take_object,
                                 &l, NULL, e));
            if (l.seen < ask)
                break;
        } while (l.n < l.most);
    }
    *more = l.n > f->limit;
    if (*more)
        l.n = f->limit;
    for (size_t i = 0; f->bodies && i < l.n; i++)
        LF_TRY(lf_object_text(t, collection, l.items[i].added, &l.items[i].json, e));
    *n = l.n;
    *out = l.items;
    return LF_OK;
}
