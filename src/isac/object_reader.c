/* Objects by their ids: the last version, all versions, what refers to one. */
#include "isac/object_search_priv.h"

#include "isac/object_priv.h"
#include "store/query_object_index.h"

struct where {
    struct lf_arena *a;
    lf_view id;
    int64_t *coll;
    size_t n, cap;
};

static enum lf_code take_where(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct where *w = ctx;

    (void)e;
    if (!lf_view_eq(lf_row_text(r, 1), w->id) || (w->n && w->coll[w->n - 1] == lf_row_int(r, 0)))
        return LF_OK;
    w->coll = lf_arena_grow(w->a, w->coll, w->n, &w->cap, sizeof *w->coll);
    w->coll[w->n++] = lf_row_int(r, 0);
    return LF_OK;
}

struct versions {
    lf_time before; /* 0: the last ones */
    struct lf_object_version v[LF_OBJECT_VERSIONS];
    const struct object_room *room[LF_OBJECT_VERSIONS];
    size_t n;
    bool more;
};

static bool earlier(const struct lf_object *a, const struct lf_object *b)
{
    return a->version_at < b->version_at || (a->version_at == b->version_at && a->added < b->added);
}

static void keep_version(struct versions *x, const struct object_room *r, const struct lf_object *o)
{
    size_t at = x->n;

    if (x->before && o->version_at >= x->before)
        return;
    for (size_t k = 0; k < x->n; k++)
        if (x->v[k].o.seq == o->seq)
            return;
    while (at && earlier(&x->v[at - 1].o, o))
        at--;
    x->more |= x->n == LF_OBJECT_VERSIONS;
    if (at == LF_OBJECT_VERSIONS)
        return;
    x->n += x->n < LF_OBJECT_VERSIONS;
    for (size_t k = x->n - 1; k > at; k--) {
        x->v[k] = x->v[k - 1];
        x->room[k] = x->room[k - 1];
    }
    x->v[at] = (struct lf_object_version){ *o, r->c->id, r->c->alias, LF_V(""), LF_V("") };
    x->room[at] = r;
}

/* Small rows, however many versions there are. */
static enum lf_code add_versions(struct object_search *s, const struct object_room *r, lf_view id,
                                 struct versions *x, struct lf_err *e)
{
    struct lf_object_filter f = { .after = -1, .limit = 1000, .nid = 1, .v_all = true, .rights = r->rights };
    const struct lf_object *o;
    bool more = true;
    size_t got;

    f.id[0] = id;
    while (more) {
        LF_TRY(lf_object_list(s->t, r->c->id, &f, &got, &o, &more, e));
        for (size_t i = 0; i < got; i++)
            keep_version(x, r, &o[i]);
        if (!got)
            break;
        f.after = o[got - 1].added;
    }
    return LF_OK;
}

static enum lf_code version_text(struct object_search *s, const struct object_room *r, struct lf_object *v,
                                 struct lf_err *e)
{
    struct lf_object_filter f = {
        .after = v->added - 1, .limit = 1, .bodies = true, .nid = 1, .v_all = true, .rights = r->rights
    };
    const struct lf_object *o;
    size_t n;
    bool more;

    f.id[0] = v->id;
    LF_TRY(lf_object_list(s->t, r->c->id, &f, &n, &o, &more, e));
    if (n && o[0].seq == v->seq)
        v->json = o[0].json;
    return LF_OK;
}

/* ---- many, one after the other ---- */

struct lf_object_reader {
    struct object_search s;
    struct lf_object_query q;
    struct lf_index_group classes;
};

enum lf_code lf_object_reader_open(struct lf_task *t, struct lf_object_reader **out, struct lf_err *e)
{
    struct lf_object_reader *r = LF_NEW(t->a, struct lf_object_reader, 1);

    r->s.t = t;
    r->s.q = &r->q;
    lf_term_key(t, &r->s.key);
    LF_TRY(object_catch_up(t, NULL, e));
    LF_TRY(object_rooms_open(&r->s, e));
    LF_TRY(object_terms_classes(&r->s, e));
    r->classes = r->s.g[0];
    *out = r;
    return LF_OK;
}

enum lf_code lf_object_last(struct lf_object_reader *r, lf_view id, struct lf_object_hit *out, bool *found,
                            struct lf_err *e)
{
    struct lf_task *t = r->s.t;
    struct where w = { .a = t->a, .id = id };

    *found = false;
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_index_collections_of, LF_ARGS(LF_INT(lf_entry_key(t, id))),
                     take_where, &w, NULL, e));
    for (size_t i = 0; i < w.n; i++) {
        struct lf_object_filter f = { .after = -1, .limit = 4, .bodies = true, .nid = 1, .v_last = true };
        const struct object_room *room = object_room_of(&r->s, w.coll[i]);
        const struct lf_object *o;
        size_t n;
        bool more;

        if (!room)
            continue;
        f.id[0] = id;
        f.rights = room->rights;
        LF_TRY(lf_object_list(t, room->c->id, &f, &n, &o, &more, e));
        for (size_t k = 0; k < n; k++)
            if (!*found || o[k].version_at > out->o.version_at) {
                *out = (struct lf_object_hit){ o[k], room->c->id, room->c->alias, 0 };
                *found = true;
            }
    }
    return LF_OK;
}

enum lf_code lf_object_referrers(struct lf_object_reader *r, lf_view id, size_t most, size_t *n,
                                 const struct lf_object_hit **out, bool *more, struct lf_err *e)
{
    struct lf_object_hit *hits = LF_NEW(r->s.t->a, struct lf_object_hit, most + 1);
    int64_t at = 0;

    *n = 0;
    *more = false;
    *out = hits;
    if (!r->classes.n)
        return LF_OK;
    r->s.ng = 0;
    object_terms_one(&r->s, 'r', id);
    r->s.g[r->s.ng++] = r->classes;
    LF_TRY(object_gather(&r->s, 0, most, hits, n, &at, e));
    *more = at != 0;
    return LF_OK;
}

enum lf_code lf_object_versions(struct lf_task *t, lf_view id, lf_time before, size_t texts, size_t *n,
                                const struct lf_object_version **out, bool *more, struct lf_err *e)
{
    const struct lf_object_query everything = { 0 };
    struct object_search s = { .t = t, .q = &everything };
    struct where w = { .a = t->a, .id = id };
    struct versions *x = LF_NEW(t->a, struct versions, 1);
    bool person = !(t->scope.roles & LF_ROLE_PEER) &&
                  (t->scope.roles & (LF_ROLE_SYSTEM | LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REVIEWER |
                                     LF_ROLE_REPORTER | LF_ROLE_READER));

    x->before = before;
    LF_TRY(object_rooms_open(&s, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_index_collections_of, LF_ARGS(LF_INT(lf_entry_key(t, id))),
                     take_where, &w, NULL, e));
    for (size_t i = 0; i < w.n; i++) {
        const struct object_room *r = object_room_of(&s, w.coll[i]);

        if (r)
            LF_TRY(add_versions(&s, r, id, x, e));
    }
    if (!x->n)
        return lf_err_set(e, LF_NOT_FOUND, "no object of this id is there for you");
    for (size_t i = 0; i < x->n; i++) {
        if (i < texts)
            LF_TRY(version_text(&s, x->room[i], &x->v[i].o, e));
        if (person && !x->v[i].o.copy)
            LF_TRY(lf_entry_maker(t, x->v[i].o.maker, &x->v[i].origin, &x->v[i].author, e));
    }
    *n = x->n;
    *out = x->v;
    *more = x->more;
    return LF_OK;
}

enum lf_code lf_object_stored(struct lf_task *t, lf_view id, bool *stored, struct lf_err *e)
{
    struct where w = { .a = t->a, .id = id };

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_index_collections_of, LF_ARGS(LF_INT(lf_entry_key(t, id))),
                     take_where, &w, NULL, e));
    *stored = w.n > 0;
    return LF_OK;
}
