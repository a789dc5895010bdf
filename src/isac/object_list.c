/* Pages: what a reader asks for, from the ranges that have it.
 *
 * A range is read in the order of date_added (isac/entry.h); the ranges that a filter names are merged.
 * So a page costs what it holds, whatever the collection has besides. */
#include <stdlib.h>

#include "isac/object.h"
#include "isac/object_priv.h"
#include "isac/transform.h"
#include "model/peer.h"

enum {
    CHUNK = 1024,
    KINDS_MOST = 512, /* with more types than that, spec_version alone is looked at row by row */
};

struct range {
    enum lf_entry_range by;
    int64_t what;
    int rank;
    struct lf_entry_list rows; /* read and not yet taken from `at` on */
    size_t at;
    lf_time reached;
    bool over;
};

struct listing {
    struct lf_task *t;
    const struct lf_object_filter *f;
    struct lf_rights *rights;
    int64_t collection;
    bool by_kind; /* kinds are what is wanted; else all */
    int64_t *kinds;
    size_t nkinds, kinds_cap;
    struct range *r;
    size_t nr, r_cap;
    struct lf_entry *v;
    size_t n, cap;
};

/* Its version is asked for, whatever others there are. */
static bool named(const struct lf_object_filter *f, const struct lf_entry *v)
{
    for (size_t i = 0; i < f->nversion; i++)
        if (f->version[i] == v->version)
            return true;
    return f->v_all;
}

static bool of_spec(const struct lf_object_filter *f, int64_t kind)
{
    const char *spec = lf_entry_stix20(kind) ? "2.0" : "2.1";

    for (size_t i = 0; i < f->nspec; i++)
        if (lf_view_is(f->spec[i], spec))
            return true;
    return f->nspec == 0;
}

static bool matches(const struct listing *l, const struct lf_entry *v)
{
    bool kind = !l->by_kind;

    for (size_t i = 0; i < l->nkinds && !kind; i++)
        kind = l->kinds[i] == v->kind;
    return kind && of_spec(l->f, v->kind) &&
           (named(l->f, v) || (l->f->v_first && v->first) || (l->f->v_last && v->last));
}

/* Whether it matches for everyone who may have it, whatever else he may not.  (A flag of 1 also says that
 * the object is not there in the other specification.) */
static bool plain(const struct lf_object_filter *f, const struct lf_entry *v)
{
    bool first = v->first == 1, last = v->last == 1;

    if (object_twin(v))
        return false;
    if (named(f, v))
        return first || last || !f->newest_spec || !lf_entry_stix20(v->kind);
    return (f->v_first && first) || (f->v_last && last);
}

/* Is it there for the reader: for its markings; as the first or last version, where that hangs on
 * what else the reader has and asks for; and not a second time. */
static enum lf_code visible(struct listing *l, struct lf_entry *v, bool *shown, struct lf_err *e)
{
    bool first = true, last = true;
    struct lf_entry_list vs = { 0 };
    size_t one = 1;

    LF_TRY(object_shown(l->t, l->rights, v, shown, e));
    if (!*shown || plain(l->f, v))
        return LF_OK;
    if (!v->id.ptr)
        LF_TRY(lf_entry_fetch(l->t, v, &one, false, SIZE_MAX, e));
    LF_TRY(lf_entry_of_id(l->t, l->collection, v->id, -1, &vs, e));
    for (size_t i = 0; i < vs.n; i++) {
        const struct lf_entry *o = &vs.v[i];
        bool other = false;

        if (o->added != v->added && of_spec(l->f, o->kind))
            LF_TRY(object_shown(l->t, l->rights, o, &other, e));
        if (other && l->f->newest_spec && object_of_two(v, o)) {
            *shown &= !lf_entry_stix20(v->kind);
            other = false;
        }
        first &= !other || o->version >= v->version;
        last &= !other || o->version <= v->version;
        if (object_twin(v) && other && !object_twin(o) && o->version == v->version)
            *shown = false;
    }
    *shown &= named(l->f, v) || (l->f->v_first && first) || (l->f->v_last && last);
    return LF_OK;
}

/* Takes the row if the reader may have it. */
static enum lf_code consider(struct listing *l, struct lf_entry *v, struct lf_err *e)
{
    bool shown = false;

    if (!matches(l, v))
        return LF_OK;
    if (v->marking || !plain(l->f, v))
        LF_TRY(visible(l, v, &shown, e));
    else
        LF_TRY(lf_rights_shows(l->rights, 0, LF_V(""), &shown, e));
    if (!shown)
        return LF_OK;
    l->v = lf_arena_grow(l->t->a, l->v, l->n, &l->cap, sizeof *l->v);
    l->v[l->n++] = *v;
    return LF_OK;
}

/* ---- which ranges ---- */

static void add_kind(struct listing *l, int64_t kind)
{
    if (!of_spec(l->f, kind))
        return;
    for (size_t i = 0; i < l->nkinds; i++)
        if (l->kinds[i] == kind)
            return;
    l->kinds = lf_arena_grow(l->t->a, l->kinds, l->nkinds, &l->kinds_cap, sizeof *l->kinds);
    l->kinds[l->nkinds++] = kind;
}

static enum lf_code read_kinds(struct listing *l, struct lf_err *e)
{
    int64_t *all;
    size_t n;

    l->by_kind = l->f->ntype > 0;
    for (size_t i = 0; i < l->f->ntype; i++) {
        int64_t number;
        enum lf_code rc = lf_entry_type_number(l->t, l->f->type[i], &number, e);

        if (rc == LF_NOT_FOUND)
            continue;
        LF_TRY(rc);
        add_kind(l, lf_entry_kind(number, false));
        add_kind(l, lf_entry_kind(number, true));
    }
    if (l->by_kind || (of_spec(l->f, 0) && of_spec(l->f, 1)))
        return LF_OK;
    LF_TRY(lf_entry_types(l->t, KINDS_MOST + 1, &all, &n, e));
    l->by_kind = n <= KINDS_MOST;
    for (size_t i = 0; i < n && l->by_kind; i++) {
        add_kind(l, lf_entry_kind(all[i], false));
        add_kind(l, lf_entry_kind(all[i], true));
    }
    return LF_OK;
}

static void add_range(struct listing *l, enum lf_entry_range by, int64_t what, int rank)
{
    l->r = lf_arena_grow(l->t->a, l->r, l->nr, &l->r_cap, sizeof *l->r);
    l->r[l->nr++] = (struct range){ .by = by, .what = what, .rank = rank, .reached = l->f->after };
}

static void choose_ranges(struct listing *l)
{
    const struct lf_object_filter *f = l->f;

    for (int rank = 0; rank < 4; rank++) {
        if (!f->v_all && !(f->v_first && !(rank & 1)) && !(f->v_last && !(rank & 2)))
            continue;
        if (!l->by_kind)
            add_range(l, LF_ENTRY_RANK, 0, rank);
        for (size_t i = 0; i < l->nkinds && l->by_kind; i++)
            add_range(l, LF_ENTRY_KIND, l->kinds[i], rank);
    }
    for (size_t i = 0; i < f->nversion && !f->v_all; i++) {
        bool again = false;

        for (size_t k = 0; k < i; k++)
            again |= f->version[k] == f->version[i];
        if (!again)
            add_range(l, LF_ENTRY_VERSION, f->version[i], 0);
    }
}

static enum lf_code refill(struct listing *l, struct range *r, size_t most, struct lf_err *e)
{
    if (r->over || r->at < r->rows.n)
        return LF_OK;
    r->rows.n = r->at = 0;
    LF_TRY(lf_entry_scan(l->t, l->collection, r->by, r->what, r->rank, r->reached, most, &r->rows, e));
    r->over = r->rows.n < most;
    if (r->rows.n)
        r->reached = r->rows.v[r->rows.n - 1].added;
    return LF_OK;
}

/* Takes rows of all ranges in order until there are `most` or no more. */
static enum lf_code merge(struct listing *l, size_t most, struct lf_err *e)
{
    size_t chunk = most < CHUNK ? most : CHUNK;
    lf_time before = l->f->after;

    if (l->nr > 4)
        chunk = 16 + 4 * chunk / l->nr;
    while (l->n < most) {
        struct range *first = NULL;

        for (size_t i = 0; i < l->nr; i++) {
            struct range *r = &l->r[i];

            LF_TRY(refill(l, r, chunk, e));
            if (r->at < r->rows.n && (!first || r->rows.v[r->at].added < first->rows.v[first->at].added))
                first = r;
        }
        if (!first)
            return LF_OK;
        if (first->rows.v[first->at].added > before) { /* not of two ranges */
            before = first->rows.v[first->at].added;
            LF_TRY(consider(l, &first->rows.v[first->at], e));
        }
        first->at++;
    }
    return LF_OK;
}

static int by_added(const void *a, const void *b)
{
    const struct lf_entry *x = a, *y = b;

    return x->added < y->added ? -1 : x->added > y->added;
}

static enum lf_code by_ids(struct listing *l, struct lf_err *e)
{
    const struct lf_object_filter *f = l->f;

    for (size_t i = 0; i < f->nid; i++) {
        struct lf_entry_list vs = { 0 };
        bool again = false;

        for (size_t k = 0; k < i; k++)
            again |= lf_view_eq(f->id[k], f->id[i]);
        if (!again)
            LF_TRY(lf_entry_of_id(l->t, l->collection, f->id[i], f->after, &vs, e));
        for (size_t k = 0; k < vs.n; k++)
            LF_TRY(consider(l, &vs.v[k], e));
    }
    if (l->n)
        qsort(l->v, l->n, sizeof *l->v, by_added);
    return LF_OK;
}

/* ---- */

static enum lf_code finish(struct listing *l, struct lf_object **out, size_t *n, bool *more, struct lf_err *e)
{
    const struct lf_object_filter *f = l->f;
    size_t all = l->n < f->limit ? l->n : f->limit, have = all;
    struct lf_object *o;

    if (have)
        LF_TRY(lf_entry_fetch(l->t, l->v, &have, f->bodies, f->bytes ? f->bytes : SIZE_MAX, e));
    *more = l->n > f->limit || have < all;
    o = LF_NEW(l->t->a, struct lf_object, have + 1);
    for (size_t i = 0; i < have; i++) {
        const struct lf_entry *v = &l->v[i];

        o[i] = (struct lf_object){ .added = v->added,
                                   .id = v->id,
                                   .type = lf_view_first(v->id, lf_view_find(v->id, LF_V("--"))),
                                   .spec_version = lf_entry_stix20(v->kind) ? LF_V("2.0") : LF_V("2.1"),
                                   .version_at = v->version,
                                   .decimals = v->decimals,
                                   .json = v->json,
                                   .first = v->first,
                                   .last = v->last,
                                   .marking = v->marking,
                                   .seq = v->seq,
                                   .maker = v->maker,
                                   .copy = v->source.len > 0 && !object_twin(v) };
    }
    *out = o;
    *n = have;
    return LF_OK;
}

static enum lf_code list(struct lf_task *t, lf_view collection, const struct lf_object_filter *f, size_t *n,
                         struct lf_object **out, bool *more, struct lf_err *e)
{
    struct listing l = { .t = t, .f = f, .rights = f->rights };
    struct lf_object *o;

    LF_TRY(lf_entry_collection(t, collection, &l.collection, e));
    LF_TRY(read_kinds(&l, e));
    if (f->nid) {
        LF_TRY(by_ids(&l, e));
    } else {
        choose_ranges(&l);
        LF_TRY(merge(&l, f->limit + 1, e));
    }
    LF_TRY(finish(&l, &o, n, more, e));
    *out = o;
    return LF_OK;
}

/* ---- a link with rules of its own (isac/transform.h) ---- */

/* Whether the other end was given this object as it is, in this or an earlier version. */
static enum lf_code given(struct lf_task *t, const struct lf_transform *x, lf_view collection,
                          const struct lf_object_filter *f, const struct lf_object *o, bool *before,
                          struct lf_err *e)
{
    const struct lf_peer *p = lf_rights_peer(f->rights);
    lf_time read = lf_view_eq(collection, p->members) && p->read_to > f->after ? p->read_to : f->after;
    struct lf_entry_list vs = { 0 };
    int64_t number;

    *before = false;
    LF_TRY(lf_entry_collection(t, collection, &number, e));
    LF_TRY(lf_entry_of_id(t, number, o->id, -1, &vs, e));
    for (size_t i = 0; i < vs.n; i++)
        *before |= vs.v[i].added < lf_transform_since(x) ||
                   (vs.v[i].version < o->version_at && vs.v[i].added <= read);
    return LF_OK;
}

static bool asked_for(const struct lf_object_filter *f, lf_view id)
{
    for (size_t i = 0; i < f->nid; i++)
        if (lf_view_eq(f->id[i], id))
            return true;
    return f->nid == 0;
}

/* Ids that are asked for as what they stand for here. */
static enum lf_code sources(struct lf_transform *x, const struct lf_object_filter *f,
                            struct lf_object_filter *in, struct lf_err *e)
{
    for (size_t i = 0; i < f->nid; i++) {
        bool hidden;

        LF_TRY(lf_transform_source(x, f->id[i], &in->id[i], &hidden, e));
    }
    return LF_OK;
}

static enum lf_code list_shaped(struct lf_task *t, struct lf_transform *x, lf_view collection,
                                const struct lf_object_filter *f, size_t *n, struct lf_object **out,
                                bool *more, struct lf_err *e)
{
    struct lf_object_filter *in = LF_NEW(t->a, struct lf_object_filter, 1);

    *in = *f;
    in->bodies = true;
    LF_TRY(sources(x, f, in, e));
    do { /* a page of which nothing is given is no end */
        size_t have, kept = 0;
        struct lf_object *o;

        LF_TRY(list(t, collection, in, &have, &o, more, e));
        for (size_t i = 0; i < have; i++) {
            bool before, shown;

            LF_TRY(given(t, x, collection, f, &o[i], &before, e));
            in->after = o[i].added;
            LF_TRY(
                lf_transform_give(x, f->rights, o[i].json, before, false, &o[i].id, &o[i].json, &shown, e));
            if (!f->bodies)
                o[i].json = LF_V("");
            if (shown && asked_for(f, o[i].id))
                o[kept++] = o[i];
        }
        *n = kept;
        *out = o;
    } while (!*n && *more);
    return LF_OK;
}

enum lf_code lf_object_list(struct lf_task *t, lf_view collection, const struct lf_object_filter *f,
                            size_t *n, const struct lf_object **out, bool *more, struct lf_err *e)
{
    struct lf_object_filter *with = NULL;
    struct lf_transform *x = NULL;
    struct lf_object *o;

    if (!f->rights) {
        with = LF_NEW(t->a, struct lf_object_filter, 1);
        *with = *f;
        LF_TRY(lf_rights_open(t, LF_V(""), &with->rights, e));
        f = with;
    }
    if (lf_rights_peer(f->rights))
        LF_TRY(lf_transform_open(t, lf_rights_peer(f->rights)->id, &x, e));
    if (x)
        LF_TRY(list_shaped(t, x, collection, f, n, &o, more, e));
    else
        LF_TRY(list(t, collection, f, n, &o, more, e));
    *out = o;
    return LF_OK;
}
