/* What goes into collections, and out of them again: the rules of versions and of copies. */
#include "isac/object.h"

#include "isac/feedback.h"
#include "isac/index.h"
#include "isac/object_priv.h"
#include "isac/transform.h"
#include "model/peer.h"

enum lf_code object_shown(struct lf_task *t, struct lf_rights *r, const struct lf_entry *v, bool *shown,
                          struct lf_err *e)
{
    lf_view origin, author = { "", 0 };

    if (v->marking)
        LF_TRY(lf_entry_maker(t, v->maker, &origin, &author, e));
    return lf_rights_shows(r, v->marking, author, shown, e);
}

/* Who sees this one sees that one too. */
static bool with_it(const struct lf_entry *v, const struct lf_entry *other)
{
    return !other->marking || (other->marking == v->marking && other->maker == v->maker);
}

/* Whether v is the first or the last of all; 2: it may be for some, who do not see the others or ask
 * for those of one specification. */
static void flags_of(const struct lf_entry_list *vs, const struct lf_entry *v, unsigned *first,
                     unsigned *last)
{
    *first = *last = 1;
    for (size_t i = 0; i < vs->n; i++) {
        const struct lf_entry *o = &vs->v[i];
        unsigned *flag = o->version < v->version ? first : o->version > v->version ? last : NULL;

        if (flag && *flag)
            *flag = with_it(v, o) && !object_of_two(v, o) ? 0 : 2;
        if (object_of_two(v, o)) {
            *first = *first ? 2 : 0;
            *last = *last ? 2 : 0;
        }
    }
}

static enum lf_code set_flags(struct lf_task *t, int64_t collection, const struct lf_entry_list *vs,
                              const struct lf_entry *but, struct lf_err *e)
{
    for (size_t i = 0; i < vs->n; i++) {
        unsigned first, last;

        if (&vs->v[i] == but)
            continue;
        flags_of(vs, &vs->v[i], &first, &last);
        LF_TRY(lf_entry_flags(t, collection, &vs->v[i], first, last, e));
    }
    return LF_OK;
}

/* ---- batches ---- */

struct lf_object_batch {
    struct lf_entry_batch rows;
    lf_view collection;
    bool posted, met;
    int64_t seq;              /* of the last */
    struct lf_rights *rights; /* of who posts; opened when there is something to ask */
    /* The markings of the last object and their key: those of one hand are mostly alike. */
    const struct lf_json *marks;
    int64_t marking;
};

/* Marked by a list of references, as the one before: decided as that was, and without copies if it had none.
 */
static bool marked_alike(const struct lf_json *marks, const struct lf_json *object)
{
    const struct lf_json *own = lf_json_get(object, LF_V("object_marking_refs"));
    size_t n = lf_json_items(own);

    if (!marks || lf_json_kind(own) != LF_JSON_ARRAY || n != lf_json_items(marks) ||
        lf_json_get(object, LF_V("granular_markings")))
        return false;
    for (size_t i = 0; i < n; i++)
        if (lf_json_kind(lf_json_item(own, i)) != LF_JSON_STRING ||
            !lf_view_eq(lf_json_text(lf_json_item(own, i)), lf_json_text(lf_json_item(marks, i))))
            return false;
    return true;
}

/* Whether marked_alike() can be asked of what comes next. */
static const struct lf_json *marks_of(const struct lf_json *object)
{
    const struct lf_json *own = lf_json_get(object, LF_V("object_marking_refs"));

    if (lf_json_kind(own) != LF_JSON_ARRAY || lf_json_get(object, LF_V("granular_markings")))
        return NULL;
    for (size_t i = 0; i < lf_json_items(own); i++)
        if (lf_json_kind(lf_json_item(own, i)) != LF_JSON_STRING)
            return NULL;
    return own;
}

const size_t *lf_object_order(struct lf_arena *a, const lf_view *types, size_t n)
{
    lf_view name[LF_OBJECT_GROUPS] = { LF_V("marking-definition") };
    size_t next[LF_OBJECT_GROUPS + 1] = { 0 }, groups = 1, at = 0;
    uint8_t *group = LF_NEW(a, uint8_t, n + 1);
    size_t *order = LF_NEW(a, size_t, n + 1);

    for (size_t i = 0; i < n; i++) {
        uint8_t g = 0;

        while (g < groups && !lf_view_eq(name[g], types[i]))
            g++;
        if (g == groups && groups < LF_OBJECT_GROUPS)
            name[groups++] = types[i];
        group[i] = g;
        next[g]++;
    }
    for (size_t g = 0; g <= LF_OBJECT_GROUPS; g++) {
        size_t many = next[g];

        next[g] = at;
        at += many;
    }
    for (size_t i = 0; i < n; i++)
        order[next[group[i]]++] = i;
    return order;
}

void lf_object_batch_place(struct lf_object_batch *b, size_t place)
{
    b->rows.place = place;
}

bool lf_object_batch_met(const struct lf_object_batch *b)
{
    return b->met;
}

int64_t lf_object_batch_seq(const struct lf_object_batch *b)
{
    return b->seq;
}

static enum lf_code begin(struct lf_task *t, lf_view collection, lf_view origin, bool posted, size_t n,
                          struct lf_object_batch *b, struct lf_err *e)
{
    *b = (struct lf_object_batch){ .collection = collection, .posted = posted };
    lf_changed_add(t->changed, collection); /* it counts when something came in */
    return lf_entry_batch_begin(t, collection, origin, n, &b->rows, e);
}

enum lf_code lf_object_batch_open(struct lf_task *t, lf_view collection, size_t n,
                                  struct lf_object_batch **out, struct lf_err *e)
{
    struct lf_object_batch *b = LF_NEW(t->a, struct lf_object_batch, 1);

    LF_TRY(begin(t, collection, LF_V(""), true, n, b, e));
    *out = b;
    return LF_OK;
}

/* The version of this origin that a new one follows; where it follows none, the one after it. */
static enum lf_code before(struct lf_task *t, const struct lf_entry_list *vs, lf_view from, lf_time version,
                           const struct lf_entry **out, struct lf_err *e)
{
    *out = NULL;
    for (size_t i = 0; i < vs->n; i++) {
        const struct lf_entry *v = &vs->v[i];
        lf_view origin, author;

        if (v->version >= version && *out)
            break; /* oldest first */
        LF_TRY(lf_entry_maker(t, v->maker, &origin, &author, e));
        if (lf_view_eq(origin, from) && !v->source.len)
            *out = v;
    }
    return LF_OK;
}

/* 2.1, 3.6: whoever is not the creator makes an object of his own, and nothing comes after a
 * revocation.  A peer is held to what it handed in itself, `rights` NULL: what another node says of the same
 * id is that node's word, with which it neither ends nor changes this one's.  A node may take back its own
 * revocation: a copy of a member's that people withdrew and let out again has one id (docs/adr/0008).  That
 * `created` stays is left to `stix check`: many tools move it, and nobody's authority hangs on it.  A version
 * that the account may not see is not told of by a refusal. */
static enum lf_code may_follow(struct lf_task *t, struct lf_rights *rights, lf_view origin,
                               const struct lf_entry_list *vs, const struct lf_stix *s, struct lf_err *e)
{
    const struct lf_entry *b;
    struct lf_entry old_row;
    struct lf_stix old;
    bool shown;
    size_t one = 1;

    LF_TRY(before(t, vs, origin, s->version_at, &b, e));
    shown = b && !rights;
    if (b && rights)
        LF_TRY(object_shown(t, rights, b, &shown, e));
    if (!shown)
        return LF_OK;
    old_row = *b;
    LF_TRY(lf_entry_fetch(t, &old_row, &one, true, SIZE_MAX, e));
    if (lf_stix_read(t->a, old_row.json, &old, NULL) != LF_OK)
        return LF_OK;
    if (old.created_by.len && !lf_view_eq(old.created_by, s->created_by))
        return lf_err_set(
            e, LF_UNACCEPTED,
            "%.*s: only its creator, %.*s, makes a version of it; give what is yours an id of its own",
            LF_FMT(s->id), LF_FMT(old.created_by));
    if (rights && old.revoked && b->version < s->version_at)
        return lf_err_set(e, LF_UNACCEPTED, "%.*s was revoked: there is no version after that",
                          LF_FMT(s->id));
    return LF_OK;
}

/* An object on its way into a collection. */
struct coming {
    struct lf_entry_batch *rows;
    lf_view author, source;
    const struct lf_stix *s;
    lf_view json;
    int64_t marking;
    bool known; /* its id, to the store */
};

static enum lf_code enter(struct lf_task *t, const struct coming *n, struct lf_entry_list *vs, bool *fresh,
                          struct lf_err *e)
{
    struct lf_entry *me;
    int64_t seq;

    LF_TRY(lf_entry_store(t, n->rows, n->s, n->author, n->json, n->known, fresh, &seq, e));
    vs->v = lf_arena_grow(t->a, vs->v, vs->n, &vs->cap, sizeof *vs->v);
    me = &vs->v[vs->n++];
    *me = (struct lf_entry){
        .version = n->s->version_at, .marking = n->marking, .source = n->source, .seq = seq
    };
    me->decimals = lf_stix_decimals(n->s->version);
    me->kind = lf_entry_kind(0, lf_view_is(n->s->spec_version, "2.0")); /* the type comes with lf_entry_put */
    LF_TRY(lf_entry_number(t, n->rows, n->author, &me->maker, e));
    flags_of(vs, me, &me->first, &me->last);
    if (vs->n > 1)
        LF_TRY(set_flags(t, n->rows->collection, vs, me, e));
    LF_TRY(lf_entry_put(t, n->rows, n->s, me, e));
    if (!*fresh)
        LF_TRY(lf_index_again(t, n->rows->collection, seq, e));
    t->effects |= LF_FX_COLLECTION;
    return LF_OK;
}

/* What those get who may not have all of it. */
static enum lf_code add_copies(struct lf_task *t, const struct coming *of, lf_view collection, size_t *made,
                               struct lf_err *e)
{
    struct lf_rights_copy *copies = LF_NEW(t->a, struct lf_rights_copy, LF_RIGHTS_COPIES);
    struct lf_entry_batch rows;
    size_t n;

    LF_TRY(lf_rights_copies(t, of->rows->origin, of->author, of->s->tree, &n, copies, e));
    *made = n;
    if (n)
        LF_TRY(lf_entry_batch_begin(t, collection, LF_V(""), n, &rows, e));
    for (size_t i = 0; i < n; i++) {
        struct coming c = { .rows = &rows,
                            .author = of->author,
                            .source = of->s->id,
                            .json = copies[i].json,
                            .marking = copies[i].key };
        struct lf_entry_list vs = { 0 };
        struct lf_stix s;
        bool there = false, fresh;

        if (lf_stix_read(t->a, c.json, &s, NULL) != LF_OK)
            continue;
        c.s = &s;
        LF_TRY(lf_entry_known(t, &rows, s.id, &c.known, e));
        if (c.known)
            LF_TRY(lf_entry_of_id(t, rows.collection, s.id, -1, &vs, e));
        for (size_t k = 0; k < vs.n; k++)
            there |= vs.v[k].version == s.version_at;
        if (!there)
            LF_TRY(enter(t, &c, &vs, &fresh, e));
    }
    return LF_OK;
}

static enum lf_code add(struct lf_task *t, struct lf_object_batch *b, const struct lf_stix *s, lf_view json,
                        bool *fresh, struct lf_err *e)
{
    lf_view origin = b->rows.origin;
    struct coming n = { .rows = &b->rows, .source = LF_V(""), .s = s, .json = json };
    struct lf_entry_batch own;
    struct lf_entry_list vs = { 0 };
    struct lf_rights *rights = NULL;
    bool there = false, hidden = false, alike;
    size_t copies;

    n.author = b->posted || origin.len ? lf_rights_author(t, origin) : LF_V("system");
    LF_TRY(lf_entry_known(t, &b->rows, s->id, &n.known, e));
    b->met = n.known;
    if (n.known)
        LF_TRY(lf_entry_of_id(t, b->rows.collection, s->id, -1, &vs, e));
    if (b->posted && vs.n) {
        if (!b->rights)
            LF_TRY(lf_rights_open(t, LF_V(""), &b->rights, e));
        rights = b->rights;
    }
    for (size_t i = 0; i < vs.n; i++) {
        bool shown = true;

        if (vs.v[i].version != s->version_at)
            continue;
        if (rights)
            LF_TRY(object_shown(t, rights, &vs.v[i], &shown, e));
        there |= shown;
        hidden |= !shown;
    }
    if ((rights || (origin.len && vs.n)) && !there)
        LF_TRY(may_follow(t, rights, origin, &vs, s, e));
    if (hidden && !there) {
        /* Somebody else's lies here that this account may not know of: it gets a place of its own. */
        LF_TRY(lf_entry_batch_begin(t, b->collection, lf_arena_printf(t->a, "~%.*s", LF_FMT(n.author)), 1,
                                    &own, e));
        n.rows = &own;
        n.source = LF_V("=");
    }
    if (there) /* the collection has it; this origin may not have */
        return lf_entry_store(t, &b->rows, s, n.author, json, true, fresh, &b->seq, e);
    alike = marked_alike(b->marks, s->tree) && !lf_view_is(s->type, "marking-definition");
    if (alike)
        n.marking = b->marking;
    else
        LF_TRY(lf_rights_key(t, origin, n.author, s->tree, &n.marking, e));
    LF_TRY(enter(t, &n, &vs, fresh, e));
    if (*fresh)
        LF_TRY(lf_feedback_take(t, origin, n.author, s, e));
    b->seq = vs.v[vs.n - 1].seq;
    if (alike || !n.marking)
        return LF_OK;
    LF_TRY(add_copies(t, &n, b->collection, &copies, e));
    /* Whether a peer's has a copy hangs on more than its marks (isac/rights.h). */
    b->marks = copies || origin.len ? NULL : marks_of(s->tree);
    b->marking = n.marking;
    return LF_OK;
}

enum lf_code lf_object_add(struct lf_task *t, lf_view collection, lf_view origin, const struct lf_stix *s,
                           lf_view json, bool *fresh, struct lf_err *e)
{
    struct lf_object_batch b;

    LF_TRY(begin(t, collection, origin, false, 1, &b, e));
    return add(t, &b, s, json, fresh, e);
}

enum lf_code lf_object_post(struct lf_task *t, lf_view collection, const struct lf_stix *s, lf_view json,
                            bool *fresh, struct lf_err *e)
{
    struct lf_object_batch b;

    LF_TRY(begin(t, collection, LF_V(""), true, 1, &b, e));
    return add(t, &b, s, json, fresh, e);
}

enum lf_code lf_object_batch_post(struct lf_task *t, struct lf_object_batch *b, const struct lf_stix *s,
                                  lf_view json, bool *fresh, struct lf_err *e)
{
    return add(t, b, s, json, fresh, e);
}

/* ---- deleting ---- */

static enum lf_code drop(struct lf_task *t, int64_t collection, lf_view id, lf_time added, struct lf_err *e)
{
    struct lf_entry_list vs = { 0 };

    LF_TRY(lf_entry_of_id(t, collection, id, -1, &vs, e));
    for (size_t i = 0; i < vs.n; i++)
        if (vs.v[i].added == added) {
            LF_TRY(lf_entry_drop(t, collection, &vs.v[i], e));
            memmove(&vs.v[i], &vs.v[i + 1], (vs.n - i - 1) * sizeof *vs.v);
            vs.n--;
            return set_flags(t, collection, &vs, NULL, e);
        }
    return LF_OK;
}

enum lf_code lf_object_delete(struct lf_task *t, lf_view collection, const struct lf_object *o,
                              struct lf_err *e)
{
    struct lf_entry_list copies = { 0 };
    int64_t number;
    size_t n;

    LF_TRY(lf_entry_collection(t, collection, &number, e));
    LF_TRY(drop(t, number, o->id, o->added, e));
    LF_TRY(lf_entry_copies(t, number, o->id, o->version_at, &copies, e));
    n = copies.n;
    if (n)
        LF_TRY(lf_entry_fetch(t, copies.v, &n, false, SIZE_MAX, e));
    for (size_t i = 0; i < n; i++)
        LF_TRY(drop(t, number, copies.v[i].id, copies.v[i].added, e));
    return lf_feedback_gone(t, o->id, e);
}

enum lf_code lf_object_known(struct lf_task *t, struct lf_rights *rights, lf_view collection, lf_view id,
                             bool *known, struct lf_err *e)
{
    struct lf_entry_list vs = { 0 };
    struct lf_transform *x = NULL;
    bool hidden = false;
    int64_t number;

    *known = false;
    if (rights && lf_rights_peer(rights))
        LF_TRY(lf_transform_open(t, lf_rights_peer(rights)->id, &x, e));
    if (x)
        LF_TRY(lf_transform_source(x, id, &id, &hidden, e));
    if (hidden)
        return LF_OK;
    LF_TRY(lf_entry_collection(t, collection, &number, e));
    LF_TRY(lf_entry_of_id(t, number, id, -1, &vs, e));
    if (!rights)
        *known = vs.n > 0;
    for (size_t i = 0; i < vs.n && !*known; i++)
        LF_TRY(object_shown(t, rights, &vs.v[i], known, e));
    return LF_OK;
}

enum lf_code lf_object_anywhere(struct lf_task *t, lf_view id, bool *known, struct lf_err *e)
{
    struct lf_task own = *t;
    const struct lf_collection *c;
    size_t n;

    *known = false;
    own.scope.roles |= LF_ROLE_ADMIN; /* collections that the account cannot see count too */
    LF_TRY(lf_collection_list(&own, &n, &c, e));
    for (size_t i = 0; i < n && !*known; i++)
        LF_TRY(lf_object_known(&own, NULL, c[i].id, id, known, e));
    return LF_OK;
}
