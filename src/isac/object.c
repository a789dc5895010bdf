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
struct version {
    lf_time added, version;
    unsigned first, last;
    int64_t marking;
    lf_view author;
    bool twin; /* another account's lies here with the same id and version */
};
struct versions {
    struct lf_arena *a;
    struct version *v;
    size_t n, cap;
};

static enum lf_code take_version(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct versions *vs = ctx;

    (void)e;
    vs->v = lf_arena_grow(vs->a, vs->v, vs->n, &vs->cap, sizeof *vs->v);
    vs->v[vs->n++] = (struct version){ .added = lf_row_int(r, 0),
                                       .version = lf_row_int(r, 1),
                                       .first = (unsigned)lf_row_int(r, 2),
                                       .last = (unsigned)lf_row_int(r, 3),
                                       .marking = lf_row_int(r, 4),
                                       .author = lf_arena_copy(vs->a, lf_row_text(r, 5)),
                                       .twin = lf_view_is(lf_row_text(r, 6), "=") };
    return LF_OK;
}

static enum lf_code versions_of(struct lf_task *t, lf_view collection, lf_view id, struct versions *vs,
                                struct lf_err *e)
{
    *vs = (struct versions){ .a = t->a };
    return lf_db_run(t->db, &t->scope, LF_Q_ENTRY_VERSIONS, LF_ARGS(LF_TEXT(collection), LF_TEXT(id)),
                     take_version, vs, NULL, e);
}

static enum lf_code shown_version(struct lf_rights *r, const struct version *v, bool *shown, struct lf_err *e)
{
    return lf_rights_shows(r, v->marking, v->author, shown, e);
}

/* Who sees this one sees that one too. */
static bool with_it(const struct version *v, const struct version *other)
{
    return !other->marking || (other->marking == v->marking && lf_view_eq(other->author, v->author));
}

/* Whether v is the first or the last of all; 2: it may be for some, who do not see the others. */
static void flags_of(const struct versions *vs, const struct version *v, unsigned *first, unsigned *last)
{
    *first = *last = 1;
    for (size_t i = 0; i < vs->n; i++) {
        const struct version *o = &vs->v[i];
        unsigned *flag = o->version < v->version ? first : o->version > v->version ? last : NULL;

        if (flag && *flag)
            *flag = with_it(v, o) ? 0 : 2;
    }
}

static enum lf_code set_flags(struct lf_task *t, lf_view collection, const struct versions *vs, lf_time but,
                              struct lf_err *e)
{
    for (size_t i = 0; i < vs->n; i++) {
        unsigned first, last;

        flags_of(vs, &vs->v[i], &first, &last);
        if (vs->v[i].added != but && (first != vs->v[i].first || last != vs->v[i].last))
            LF_TRY(lf_db_exec(
                t->db, &t->scope, LF_Q_ENTRY_FLAGS,
                LF_ARGS(LF_INT(first), LF_INT(last), LF_TEXT(collection), LF_INT(vs->v[i].added)), e));
    }
    return LF_OK;
}

struct before {
    struct lf_arena *a;
    lf_view json, author;
    lf_time version;
    int64_t marking;
};

static enum lf_code take_before(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct before *b = ctx;

    (void)e;
    b->json = lf_arena_copy(b->a, lf_row_text(r, 0));
    b->version = lf_row_int(r, 1);
    b->marking = lf_row_int(r, 2);
    b->author = lf_arena_copy(b->a, lf_row_text(r, 3));
    return LF_OK;
}

/* 2.1, 3.6: whoever is not the creator makes an object of his own, and nothing comes after a
 * revocation.  That `created` stays is left to `stix check`: many tools move it.  A version that
 * the account may not see is not told of by a refusal. */
static enum lf_code may_follow(struct lf_task *t, struct lf_rights *rights, lf_view collection,
                               const struct lf_stix *s, struct lf_err *e)
{
    struct before b = { .a = t->a };
    struct lf_stix old;
    bool shown = false;

    LF_TRY(lf_db_run(t->db, &t->scope, LF_Q_ENTRY_BEFORE,
                     LF_ARGS(LF_TEXT(collection), LF_TEXT(s->id), LF_TEXT(LF_V("")), LF_INT(s->version_at)),
                     take_before, &b, NULL, e));
    if (b.json.len)
        LF_TRY(lf_rights_shows(rights, b.marking, b.author, &shown, e));
    if (!shown || lf_stix_read(t->a, b.json, &old, NULL) != LF_OK)
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

/* An object on its way into a collection. */
struct entry {
    lf_view collection, origin, author, source;
    const struct lf_stix *s;
    lf_view json;
    int64_t marking;
};

static enum lf_code enter(struct lf_task *t, const struct entry *n, struct versions *vs, bool *fresh,
                          struct lf_err *e)
{
    struct version *me;
    int64_t added = 0, changed = 0;
    lf_time now = lf_now(t->env);

    LF_TRY(lf_db_run(t->db, &t->scope, LF_Q_OBJECT_ADD,
                     LF_ARGS(LF_TEXT(n->origin), LF_TEXT(n->s->id), LF_INT(n->s->version_at),
                             LF_TEXT(n->s->type), LF_TEXT(n->json), LF_TEXT(n->s->created_by), LF_INT(now)),
                     NULL, NULL, &changed, e));
    *fresh = changed != 0;
    LF_TRY(lf_db_int(t->db, &t->scope, LF_Q_COLLECTION_STAMP, LF_ARGS(LF_INT(now), LF_TEXT(n->collection)),
                     &added, e));
    vs->v = lf_arena_grow(t->a, vs->v, vs->n, &vs->cap, sizeof *vs->v);
    me = &vs->v[vs->n++];
    *me = (struct version){
        .added = added, .version = n->s->version_at, .marking = n->marking, .author = n->author
    };
    flags_of(vs, me, &me->first, &me->last);
    LF_TRY(set_flags(t, n->collection, vs, added, e));
    LF_TRY(lf_db_exec(t->db, &t->scope, LF_Q_ENTRY_ADD,
                      LF_ARGS(LF_TEXT(n->collection), LF_INT(added), LF_TEXT(n->origin), LF_TEXT(n->s->id),
                              LF_INT(n->s->version_at), LF_TEXT(n->s->version), LF_TEXT(n->s->type),
                              LF_TEXT(n->s->spec_version), LF_INT(me->first), LF_INT(me->last),
                              LF_INT(n->marking), LF_TEXT(n->author), LF_TEXT(n->source)),
                      e));
    t->effects |= LF_FX_COLLECTION;
    return LF_OK;
}

/* What those get who may not have all of it. */
static enum lf_code add_copies(struct lf_task *t, const struct entry *of, struct lf_err *e)
{
    struct lf_rights_copy *copies = LF_NEW(t->a, struct lf_rights_copy, LF_RIGHTS_COPIES);
    size_t n;

    LF_TRY(lf_rights_copies(t, of->origin, of->author, of->s->tree, &n, copies, e));
    for (size_t i = 0; i < n; i++) {
        struct entry c = { .collection = of->collection,
                           .origin = LF_V(""),
                           .author = of->author,
                           .source = of->s->id,
                           .json = copies[i].json,
                           .marking = copies[i].key };
        struct versions vs;
        struct lf_stix s;
        bool known = false, fresh;

        if (lf_stix_read(t->a, c.json, &s, NULL) != LF_OK)
            continue;
        c.s = &s;
        LF_TRY(versions_of(t, c.collection, s.id, &vs, e));
        for (size_t k = 0; k < vs.n; k++)
            known |= vs.v[k].version == s.version_at;
        if (!known)
            LF_TRY(enter(t, &c, &vs, &fresh, e));
    }
    return LF_OK;
}

static enum lf_code add(struct lf_task *t, lf_view collection, lf_view origin, const struct lf_stix *s,
                        lf_view json, bool posted, bool *fresh, struct lf_err *e)
{
    struct entry n = { .collection = collection, .origin = origin, .source = LF_V(""), .s = s, .json = json };
    struct lf_rights *rights = NULL;
    struct versions vs;
    bool known = false, hidden = false;

    n.author = posted || origin.len ? lf_rights_author(t, origin) : LF_V("system");
    LF_TRY(versions_of(t, collection, s->id, &vs, e));
    if (posted && vs.n)
        LF_TRY(lf_rights_open(t, LF_V(""), &rights, e));
    for (size_t i = 0; i < vs.n; i++) {
        bool shown = true;

        if (vs.v[i].version != s->version_at)
            continue;
        if (rights)
            LF_TRY(shown_version(rights, &vs.v[i], &shown, e));
        known |= shown;
        hidden |= !shown;
    }
    if (rights && !known)
        LF_TRY(may_follow(t, rights, collection, s, e));
    if (hidden && !known) {
        /* Somebody else's lies here that this account may not know of: it gets a place of its own. */
        n.origin = lf_arena_printf(t->a, "~%.*s", LF_FMT(n.author));
        n.source = LF_V("=");
    }
    if (known) { /* the collection has it; this origin may not have */
        int64_t changed = 0;

        LF_TRY(lf_db_run(t->db, &t->scope, LF_Q_OBJECT_ADD,
                         LF_ARGS(LF_TEXT(origin), LF_TEXT(s->id), LF_INT(s->version_at), LF_TEXT(s->type),
                                 LF_TEXT(json), LF_TEXT(s->created_by), LF_INT(lf_now(t->env))),
                         NULL, NULL, &changed, e));
        *fresh = changed != 0;
        return LF_OK;
    }
    LF_TRY(lf_rights_key(t, origin, n.author, s->tree, &n.marking, e));
    LF_TRY(enter(t, &n, &vs, fresh, e));
    return n.marking ? add_copies(t, &n, e) : LF_OK;
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

struct copies {
    struct lf_arena *a;
    struct lf_object *o;
    size_t n, cap;
};

static enum lf_code take_copy(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct copies *c = ctx;

    (void)e;
    c->o = lf_arena_grow(c->a, c->o, c->n, &c->cap, sizeof *c->o);
    c->o[c->n++] = (struct lf_object){ .added = lf_row_int(r, 0),
                                       .id = lf_arena_copy(c->a, lf_row_text(r, 1)),
                                       .version_at = lf_row_int(r, 2) };
    return LF_OK;
}

static enum lf_code drop(struct lf_task *t, lf_view collection, const struct lf_object *o, struct lf_err *e)
{
    struct versions vs;

    LF_TRY(lf_db_exec(t->db, &t->scope, LF_Q_ENTRY_DROP, LF_ARGS(LF_TEXT(collection), LF_INT(o->added)), e));
    LF_TRY(lf_db_exec(t->db, &t->scope, LF_Q_OBJECT_DROP, LF_ARGS(LF_TEXT(o->id), LF_INT(o->version_at)), e));
    LF_TRY(versions_of(t, collection, o->id, &vs, e));
    return set_flags(t, collection, &vs, -1, e);
}

enum lf_code lf_object_delete(struct lf_task *t, lf_view collection, const struct lf_object *o,
                              struct lf_err *e)
{
    struct copies c = { .a = t->a };

    LF_TRY(drop(t, collection, o, e));
    LF_TRY(lf_db_run(t->db, &t->scope, LF_Q_ENTRY_COPIES,
                     LF_ARGS(LF_TEXT(collection), LF_TEXT(o->id), LF_INT(o->version_at)), take_copy, &c, NULL,
                     e));
    for (size_t i = 0; i < c.n; i++)
        LF_TRY(drop(t, collection, &c.o[i], e));
    return LF_OK;
}

enum lf_code lf_object_known(struct lf_task *t, struct lf_rights *rights, lf_view collection, lf_view id,
                             bool *known, struct lf_err *e)
{
    struct versions vs;

    *known = false;
    LF_TRY(versions_of(t, collection, id, &vs, e));
    if (!rights)
        *known = vs.n > 0;
    for (size_t i = 0; i < vs.n && !*known; i++)
        LF_TRY(shown_version(rights, &vs.v[i], known, e));
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
    struct lf_rights *rights;
    size_t seen;
    size_t sure; /* of n: nothing is to be asked of them any more */
    bool full;   /* rows behind `reached` were not looked at */
    lf_time reached;
};

static bool one_of(lf_view v, const lf_view *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (lf_view_eq(v, list[i]))
            return true;
    return n == 0;
}

/* Its version is asked for, whatever others there are. */
static bool named(const struct lf_object_filter *f, const struct lf_object *o)
{
    for (size_t i = 0; i < f->nversion; i++)
        if (f->version[i] == o->version_at)
            return true;
    return f->v_all;
}

static bool matches(const struct lf_object_filter *f, const struct lf_object *o)
{
    if (!one_of(o->id, f->id, f->nid) || !one_of(o->type, f->type, f->ntype) ||
        !one_of(o->spec_version, f->spec, f->nspec))
        return false;
    return named(f, o) || (f->v_first && o->first) || (f->v_last && o->last);
}

/* Whether it matches for everyone who may have it, whatever else he may not. */
static bool plain(const struct lf_object_filter *f, const struct lf_object *o)
{
    return !lf_view_is(o->source, "=") &&
           (named(f, o) || (f->v_first && o->first == 1) || (f->v_last && o->last == 1));
}

static enum lf_code take_object(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct listing *l = ctx;
    bool sure, shown = true;
    struct lf_object o = {
        .added = lf_row_int(r, 0),
        .id = lf_row_text(r, 1),
        .version_at = lf_row_int(r, 2),
        .version = lf_row_text(r, 3),
        .type = lf_row_text(r, 4),
        .spec_version = lf_row_text(r, 5),
        .first = (unsigned)lf_row_int(r, 6),
        .last = (unsigned)lf_row_int(r, 7),
        .marking = lf_row_int(r, 8),
        .author = lf_row_text(r, 9),
        .source = lf_row_text(r, 10),
    };

    (void)e;
    l->seen++;
    l->full |= l->sure >= l->most;
    if (l->full)
        return LF_OK;
    l->reached = o.added;
    if (!matches(l->f, &o))
        return LF_OK;
    sure = lf_rights_known(l->rights, o.marking, o.author, &shown);
    if (sure && !shown)
        return LF_OK;
    l->sure += sure && plain(l->f, &o);
    l->items = lf_arena_grow(l->a, l->items, l->n, &l->cap, sizeof *l->items);
    o.id = lf_arena_copy(l->a, o.id);
    o.type = lf_arena_copy(l->a, o.type);
    o.version = lf_arena_copy(l->a, o.version);
    o.spec_version = lf_arena_copy(l->a, o.spec_version);
    o.author = o.marking ? lf_arena_copy(l->a, o.author) : LF_V("");
    o.source = lf_arena_copy(l->a, o.source);
    l->items[l->n++] = o;
    return LF_OK;
}

/* Is it there for the reader: for its markings; as the first or last version, where that hangs on
 * what else the reader has; and not a second time. */
static enum lf_code visible(struct lf_task *t, lf_view collection, struct lf_rights *rights,
                            const struct lf_object_filter *f, const struct lf_object *o, bool *shown,
                            struct lf_err *e)
{
    bool first = true, last = true, twin = lf_view_is(o->source, "=");
    struct versions vs;

    LF_TRY(lf_rights_shows(rights, o->marking, o->author, shown, e));
    if (!*shown || plain(f, o))
        return LF_OK;
    LF_TRY(versions_of(t, collection, o->id, &vs, e));
    for (size_t i = 0; i < vs.n; i++) {
        bool other = false;

        if (vs.v[i].added != o->added)
            LF_TRY(shown_version(rights, &vs.v[i], &other, e));
        first &= !other || vs.v[i].version >= o->version_at;
        last &= !other || vs.v[i].version <= o->version_at;
        if (twin && other && !vs.v[i].twin && vs.v[i].version == o->version_at)
            *shown = false;
    }
    *shown &= named(f, o) || (f->v_first && first) || (f->v_last && last);
    return LF_OK;
}

/* Of what was gathered since `from`, what the reader may have. */
static enum lf_code sift(struct lf_task *t, lf_view collection, struct listing *l, size_t from,
                         struct lf_err *e)
{
    size_t kept = from;

    for (size_t i = from; i < l->n; i++) {
        bool shown = false;

        if (!plain(l->f, &l->items[i]) ||
            !lf_rights_known(l->rights, l->items[i].marking, l->items[i].author, &shown))
            LF_TRY(visible(t, collection, l->rights, l->f, &l->items[i], &shown, e));
        if (shown)
            l->items[kept++] = l->items[i];
    }
    l->n = kept;
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
    struct lf_rights *rights = f->rights;

    if (!rights)
        LF_TRY(lf_rights_open(t, LF_V(""), &rights, e));
    l.rights = rights;
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
        LF_TRY(sift(t, collection, &l, 0, e));
        if (l.n)
            qsort(l.items, l.n, sizeof *l.items, by_added);
    } else {
        do {
            size_t ask = l.most - l.n < CHUNK && f->v_all && !f->nspec && f->ntype < 2 ? l.most - l.n : CHUNK;
            size_t from = l.n;

            l.seen = 0;
            l.sure = l.n;
            l.full = false;
            if (f->ntype == 1)
                LF_TRY(lf_db_run(
                    t->db, &t->scope, LF_Q_ENTRY_SCAN_TYPE,
                    LF_ARGS(LF_TEXT(collection), LF_TEXT(f->type[0]), LF_INT(l.reached), LF_INT(ask)),
                    take_object, &l, NULL, e));
            else
                LF_TRY(lf_db_run(t->db, &t->scope, LF_Q_ENTRY_SCAN,
                                 LF_ARGS(LF_TEXT(collection), LF_INT(l.reached), LF_INT(ask)), take_object,
                                 &l, NULL, e));
            LF_TRY(sift(t, collection, &l, from, e));
            if (l.seen < ask && !l.full)
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
