#include "isac/object_search_priv.h"

#include "base/map.h"
#include "isac/object_priv.h"
#include "store/query_object_index.h"

/* ---- cursors: a document's number would tell how many there are ---- */

static uint32_t half(const struct lf_term_key *k, uint32_t v, char round)
{
    char bytes[5] = { (char)v, (char)(v >> 8), (char)(v >> 16), (char)(v >> 24), round };

    return (uint32_t)lf_siphash(k->k, (lf_view){ bytes, sizeof bytes });
}

/* Luby and Rackoff's four rounds, 1988. */
static uint64_t veil(const struct lf_term_key *k, uint64_t v, bool back)
{
    uint32_t a = (uint32_t)(v >> 32), b = (uint32_t)v;

    for (int i = 0; i < 4; i++) {
        uint32_t next = back ? b ^ half(k, a, (char)(3 - i)) : a ^ half(k, b, (char)i);

        if (back) {
            b = a;
            a = next;
        } else {
            a = b;
            b = next;
        }
    }
    return (uint64_t)a << 32 | b;
}

static lf_view cursor_of(const struct object_search *s, int64_t doc)
{
    return lf_arena_printf(s->t->a, "%016llx", (unsigned long long)veil(&s->key, (uint64_t)doc, false));
}

static enum lf_code cursor_read(const struct object_search *s, lf_view text, int64_t *doc, struct lf_err *e)
{
    uint64_t v = 0;
    bool ok = text.len == 16;

    for (size_t i = 0; ok && i < text.len; i++) {
        char c = text.ptr[i];

        ok = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        v = v << 4 | (uint64_t)(c >= 'a' ? c - 'a' + 10 : c - '0');
    }
    *doc = ok ? (int64_t)veil(&s->key, v, true) : 0;
    if (!ok || *doc <= 0 || *doc >> 40) /* one in 16 million others is taken for one; it hides nothing */
        return lf_err_set(e, LF_BAD_INPUT, "after: give `next` of the page before as it was");
    return LF_OK;
}

/* ---- what may be read ---- */

enum lf_code object_rooms_open(struct object_search *s, struct lf_err *e)
{
    const struct lf_collection *all;
    struct lf_rights *rights = NULL;
    bool peer = s->t->scope.roles & LF_ROLE_PEER, found = false;
    size_t n;

    LF_TRY(lf_collection_list(s->t, &n, &all, e));
    s->rooms = LF_NEW(s->t->a, struct object_room, n + 1);
    for (size_t i = 0; i < n; i++) {
        struct object_room r = { .c = &all[i] };
        size_t at = s->nrooms;

        if (!r.c->can_read || (s->q->collection.len && !lf_view_eq(r.c->id, s->q->collection) &&
                               !lf_view_eq(r.c->alias, s->q->collection)))
            continue;
        found = true;
        LF_TRY(lf_entry_collection(s->t, r.c->id, &r.number, e));
        if (peer || !rights) /* only a peer's hang on who else reads it */
            LF_TRY(lf_rights_open(s->t, r.c->readers, &rights, e));
        r.rights = rights;
        for (; at && s->rooms[at - 1].number > r.number; at--)
            s->rooms[at] = s->rooms[at - 1];
        s->rooms[at] = r;
        s->nrooms++;
    }
    if (s->q->collection.len && !found)
        return lf_err_set(e, LF_NOT_FOUND, "no collection \"%.*s\"",
                          LF_FMT(lf_view_first(s->q->collection, 80)));
    return LF_OK;
}

const struct object_room *object_room_of(const struct object_search *s, int64_t number)
{
    for (size_t i = 0; i < s->nrooms; i++)
        if (s->rooms[i].number == number)
            return &s->rooms[i];
    return NULL;
}

enum lf_code object_room_shows(struct object_search *s, const struct object_room *r, int64_t marking,
                               int64_t maker, bool *shown, struct lf_err *e)
{
    const struct lf_entry v = { .marking = marking, .maker = maker };

    if (marking)
        return object_shown(s->t, r->rights, &v, shown, e);
    return lf_rights_shows(r->rights, 0, LF_V(""), shown, e);
}

/* ---- a document that the index gave ---- */

struct places {
    struct lf_arena *a;
    struct {
        int64_t coll, marking, maker;
    } * v;
    size_t n, cap;
};

static enum lf_code take_place(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct places *p = ctx;

    (void)e;
    p->v = lf_arena_grow(p->a, p->v, p->n, &p->cap, sizeof *p->v);
    p->v[p->n].coll = lf_row_int(r, 1);
    p->v[p->n].marking = lf_row_int(r, 2);
    p->v[p->n++].maker = lf_row_int(r, 3);
    return LF_OK;
}

/* Of several collections that the reader has it in, the first tells of it. */
static enum lf_code first_place(struct object_search *s, const struct lf_index_doc *d, bool *first,
                                struct lf_err *e)
{
    struct places p = { .a = s->t->a };

    *first = false;
    LF_TRY(lf_db_run(s->t->db, &s->t->scope, &lf_q_index_entries, LF_ARGS(LF_INT(d->seq), LF_INT(d->seq)),
                     take_place, &p, NULL, e));
    for (size_t i = 0; i < p.n; i++) {
        const struct object_room *r = object_room_of(s, p.v[i].coll);
        bool shown = false;

        if (r)
            LF_TRY(object_room_shows(s, r, p.v[i].marking, p.v[i].maker, &shown, e));
        if (!shown)
            continue;
        *first = p.v[i].coll == d->collection;
        return LF_OK;
    }
    return LF_OK;
}

static bool contains(lf_view text, lf_view what)
{
    for (size_t i = 0; i + what.len <= text.len; i++)
        if (lf_view_eq_nocase((lf_view){ text.ptr + i, what.len }, what))
            return true;
    return false;
}

static bool said(const struct lf_json *v, lf_view what)
{
    if (lf_json_kind(v) == LF_JSON_STRING)
        return contains(lf_json_text(v), what);
    for (size_t i = 0; i < lf_json_size(v); i++)
        if (said(lf_json_kind(v) == LF_JSON_ARRAY ? lf_json_item(v, i) : lf_json_member(v, i), what))
            return true;
    return false;
}

/* The next of what blanks part, the full-width one too. */
static bool next_word(lf_view *rest, lf_view *one)
{
    const lf_view wide = LF_VIEW("\xe3\x80\x80");
    size_t n = 0;

    while (rest->len && (rest->ptr[0] == ' ' || lf_view_starts(*rest, wide)))
        *rest = lf_view_from(*rest, rest->ptr[0] == ' ' ? 1 : wide.len);
    while (n < rest->len && rest->ptr[n] != ' ' && !lf_view_starts(lf_view_from(*rest, n), wide))
        n++;
    *one = lf_view_first(*rest, n);
    *rest = lf_view_from(*rest, n);
    return n > 0;
}

/* Neighbours of two characters may stand in another order: what has such characters is looked up. */
static bool says_ideographs(const struct lf_json *object, lf_view words)
{
    lf_view one;

    while (next_word(&words, &one))
        if (lf_term_ideographs(one) && !said(object, one))
            return false;
    return true;
}

static bool names_say_ideographs(const struct lf_json *object, lf_view words)
{
    lf_view one;

    while (next_word(&words, &one)) {
        bool found = !lf_term_ideographs(one);

        for (size_t i = 0; lf_term_names[i] && !found; i++)
            found = said(lf_json_get(object, lf_view_of(lf_term_names[i])), one);
        if (!found)
            return false;
    }
    return true;
}

static enum lf_code holds(struct object_search *s, const struct lf_object *o, bool *yes, struct lf_err *e)
{
    const struct lf_object_query *q = s->q;
    lf_time at = o->version_at ? o->version_at : o->added;
    bool text = (q->words.len && lf_term_ideographs(q->words)) ||
                (q->name.len && lf_term_ideographs(q->name));
    const struct lf_json *tree;

    *yes = (!q->from || at >= q->from) && (!q->to || at < q->to);
    if (!*yes || !text)
        return LF_OK;
    LF_TRY(lf_json_parse(s->t->a, o->json, NULL, &tree, e));
    *yes = says_ideographs(tree, q->words) && names_say_ideographs(tree, q->name);
    return LF_OK;
}

/* As TAXII would give it: the last version that the reader has. */
static enum lf_code look(struct object_search *s, const struct lf_index_doc *d, struct lf_object_hit *out,
                         bool *found, struct lf_err *e)
{
    const struct object_room *r = object_room_of(s, d->collection);
    struct lf_object_filter f = { .after = -1, .limit = 4, .bodies = true, .nid = 1, .v_last = true };
    struct lf_entry v = { .seq = d->seq };
    const struct lf_object *o;
    bool more, first;
    enum lf_code rc;
    size_t n, one = 1;

    *found = false;
    if (!r)
        return LF_OK;
    LF_TRY(first_place(s, d, &first, e));
    if (!first)
        return LF_OK;
    rc = lf_entry_fetch(s->t, &v, &one, false, SIZE_MAX, e);
    LF_TRY(rc);
    f.id[0] = v.id;
    f.rights = r->rights;
    LF_TRY(lf_object_list(s->t, r->c->id, &f, &n, &o, &more, e));
    for (size_t i = 0; i < n; i++)
        s->bytes += o[i].json.len;
    for (size_t i = 0; i < n && !*found; i++)
        if (o[i].seq == d->seq) {
            *out = (struct lf_object_hit){ o[i], r->c->id, r->c->alias, d->doc };
            LF_TRY(holds(s, &o[i], found, e));
        }
    return LF_OK;
}

enum lf_code object_gather(struct object_search *s, int64_t below, size_t limit, struct lf_object_hit *hits,
                           size_t *n, int64_t *at, struct lf_err *e)
{
    struct lf_index_walk *w;
    size_t have = 0, looks = 0;

    s->bytes = 0;
    LF_TRY(lf_index_open(s->t, s->g, s->ng, below, LF_SEARCH_SEGMENTS, &w, e));
    while (looks++ < LF_SEARCH_LOOKS && s->bytes < LF_SEARCH_BYTES) {
        struct lf_index_doc d;
        bool found;

        LF_TRY(lf_index_next(w, &d, at, e));
        if (!d.doc)
            break;
        LF_TRY(look(s, &d, &hits[have], &found, e));
        for (size_t i = 0; i < have && found; i++)
            found = hits[i].o.seq != hits[have].o.seq;
        if (found && ++have > limit) { /* one more than fits: so there is another page */
            *at = hits[limit - 1].doc;
            break;
        }
    }
    *n = have < limit ? have : limit;
    return LF_OK;
}

enum lf_code object_catch_up(struct lf_task *t, bool *behind, struct lf_err *e)
{
    bool more = true;

    for (int i = 0; i < LF_SEARCH_TAKE && more; i++)
        LF_TRY(lf_index_turn(t, &more, e));
    if (behind)
        LF_TRY(lf_index_behind(t, behind, e));
    return LF_OK;
}

enum lf_code lf_object_search(struct lf_task *t, const struct lf_object_query *q, const struct lf_page *page,
                              size_t *n, const struct lf_object_hit **out, lf_view *next, bool *behind,
                              struct lf_err *e)
{
    size_t limit = lf_page_rows(page);
    struct object_search *s = LF_NEW(t->a, struct object_search, 1);
    struct lf_object_hit *hits = LF_NEW(t->a, struct lf_object_hit, limit + 1);
    int64_t below = 0, at = 0;

    *s = (struct object_search){ .t = t, .q = q };
    *n = 0;
    *next = LF_V("");
    *out = hits;
    lf_term_key(t, &s->key);
    if (page && page->after.len)
        LF_TRY(cursor_read(s, page->after, &below, e));
    LF_TRY(object_catch_up(t, behind, e));
    LF_TRY(object_rooms_open(s, e));
    LF_TRY(object_terms_asked(s, e));
    if (s->nothing)
        return LF_OK;
    LF_TRY(object_gather(s, below, limit, hits, n, &at, e));
    if (at)
        *next = cursor_of(s, at);
    return LF_OK;
}

enum lf_code lf_object_search_turn(struct lf_task *t, bool *more, struct lf_err *e)
{
    bool ids;

    LF_TRY(lf_index_turn(t, more, e));
    LF_TRY(lf_entry_settle(t, &ids, e));
    *more |= ids;
    return LF_OK;
}

/* ---- of one collection ---- */

/* All of what the groups name, page by page. */
static enum lf_code all_of_groups(struct object_search *s, size_t most, lf_view **out, size_t *n,
                                  struct lf_err *e)
{
    enum { PIECE = 256 };
    struct lf_object_hit *hits = LF_NEW(s->t->a, struct lf_object_hit, PIECE + 1);
    int64_t at = 0;
    size_t cap = 0, got;

    LF_TRY(object_terms_classes(s, e));
    if (s->nothing)
        return LF_OK;
    do {
        LF_TRY(object_gather(s, at, PIECE, hits, &got, &at, e));
        for (size_t i = 0; i < got && *n < most; i++) {
            *out = lf_arena_grow(s->t->a, *out, *n, &cap, sizeof **out);
            (*out)[(*n)++] = hits[i].o.id;
        }
    } while (at && *n < most);
    return LF_OK;
}

static enum lf_code open_one(struct object_search *s, lf_view collection, struct lf_rights *rights,
                             struct lf_collection *c, bool *behind, struct lf_err *e)
{
    lf_term_key(s->t, &s->key);
    LF_TRY(object_catch_up(s->t, behind, e));
    LF_TRY(lf_collection_find(s->t, collection, c, e));
    s->rooms = LF_NEW(s->t->a, struct object_room, 1);
    s->rooms[0] = (struct object_room){ .c = c, .rights = rights };
    s->nrooms = 1;
    return lf_entry_collection(s->t, c->id, &s->rooms[0].number, e);
}

enum lf_code lf_object_referring(struct lf_task *t, lf_view collection, struct lf_rights *rights,
                                 const lf_view *ids, size_t nids, const char *const *types, size_t most,
                                 lf_view **out, size_t *n, bool *behind, struct lf_err *e)
{
    const struct lf_object_query everything = { 0 };
    struct object_search *s = LF_NEW(t->a, struct object_search, 1);
    struct lf_collection c;
    struct lf_index_group *g;

    *s = (struct object_search){ .t = t, .q = &everything };
    *out = NULL;
    *n = 0;
    *behind = false;
    if (!nids)
        return LF_OK;
    LF_TRY(open_one(s, collection, rights, &c, behind, e));
    g = object_terms_group(s);
    for (size_t i = 0; i < nids; i++)
        object_terms_put(s, g, lf_term(&s->key, 'r', ids[i]));
    g = object_terms_group(s);
    for (size_t i = 0; types[i]; i++)
        object_terms_put(s, g, lf_term(&s->key, 't', lf_view_of(types[i])));
    return all_of_groups(s, most, out, n, e);
}

enum lf_code lf_object_valued(struct lf_task *t, lf_view collection, struct lf_rights *rights,
                              const lf_view *values, size_t nvalues, size_t most, lf_view **out, size_t *n,
                              bool *behind, struct lf_err *e)
{
    const struct lf_object_query everything = { 0 };
    struct object_search *s = LF_NEW(t->a, struct object_search, 1);
    struct lf_collection c;
    struct lf_index_group *g;

    *s = (struct object_search){ .t = t, .q = &everything };
    *out = NULL;
    *n = 0;
    *behind = false;
    if (!nvalues)
        return LF_OK;
    LF_TRY(open_one(s, collection, rights, &c, behind, e));
    g = object_terms_group(s);
    for (size_t i = 0; i < nvalues; i++)
        object_terms_put(s, g, lf_term_folded(&s->key, 'v', values[i]));
    return all_of_groups(s, most, out, n, e);
}
