#include "isac/misp_event.h"

#include "base/crypto.h"
#include "fmt/misp.h"
#include "fmt/stix.h"
#include "isac/object_search.h"

enum { PAGE = 500, PAGE_BYTES = 8 << 20 };

static const struct lf_json_limits deep = { .bytes = UINT32_MAX, .depth = 512 };

void lf_misp_events_init(struct lf_misp_events *x, struct lf_task *t, lf_view collection,
                         struct lf_rights *rights)
{
    *x = (struct lf_misp_events){ .t = t, .collection = collection, .rights = rights };
    lf_map_init(&x->have, 0x6d697370);
    lf_buf_init(&x->text, LF_MISP_ANSWER);
}

void lf_misp_events_clear(struct lf_misp_events *x)
{
    lf_map_clear(&x->have);
    lf_buf_clear(&x->text);
}

void lf_misp_events_reset(struct lf_misp_events *x)
{
    lf_map_clear(&x->have);
    lf_map_init(&x->have, 0x6d697370);
    x->n = x->bytes = 0;
}

static bool label_is(const struct lf_json *o, const char *begin)
{
    const struct lf_json *labels = lf_json_get(o, LF_V("labels"));

    for (size_t i = 0; lf_json_kind(labels) == LF_JSON_ARRAY && i < lf_json_items(labels); i++)
        if (lf_view_starts(lf_json_text(lf_json_item(labels, i)), lf_view_of(begin)))
            return true;
    return false;
}

static bool type_is(const struct lf_json *o, const char *type)
{
    return lf_view_is(lf_json_str(o, "type"), type);
}

bool lf_misp_event_is(const struct lf_json *o)
{
    return (type_is(o, "report") || type_is(o, "grouping")) && !label_is(o, "misp:object=") &&
           !label_is(o, "misp:continues=") && !lf_json_bool(o, "revoked", false);
}

lf_view lf_misp_event_uuid(const struct lf_json *o)
{
    lf_view id = lf_json_str(o, "id");

    return id.len > 36 ? lf_view_from(id, id.len - 36) : LF_V("");
}

lf_time lf_misp_event_modified(const struct lf_json *o)
{
    lf_time at = 0;

    return lf_stix_time(lf_json_str(o, "modified"), &at, NULL) == LF_OK ? at : 0;
}

/* Marked more strictly than what may go, or for somebody by name. */
static enum lf_code too_strict(struct lf_misp_events *x, const struct lf_json *tree, bool *strict,
                               struct lf_err *e)
{
    enum lf_tlp tlp;
    bool closed;

    *strict = false;
    if (!x->most)
        return LF_OK;
    LF_TRY(lf_rights_strictest(x->t, LF_V(""), x->t->scope.account, tree, &tlp, &closed, e));
    *strict = closed || tlp > x->most;
    return LF_OK;
}

static enum lf_code keep(struct lf_misp_events *x, const struct lf_object *o, struct lf_err *e)
{
    const struct lf_json *tree;
    bool strict;

    x->bytes += o->json.len;
    if (x->bytes > LF_MISP_STIX || x->n >= LF_MISP_OBJECTS)
        return lf_err_set(e, LF_TOO_BIG, "this is more than one answer holds: ask for fewer events");
    LF_TRY(lf_json_parse(x->t->a, o->json, &deep, &tree, e));
    LF_TRY(too_strict(x, tree, &strict, e));
    if (strict)
        return LF_OK;
    x->objects = (const struct lf_json **)lf_arena_grow(x->t->a, (void *)(uintptr_t)x->objects, x->n, &x->cap,
                                                        sizeof *x->objects);
    x->objects[x->n++] = tree;
    lf_map_set(&x->have, lf_json_str(tree, "id"), x->n);
    return LF_OK;
}

static struct lf_object_filter *filter(struct lf_misp_events *x)
{
    struct lf_object_filter *f = LF_NEW(x->t->a, struct lf_object_filter, 1);

    *f = (struct lf_object_filter){
        .after = -1, .limit = PAGE, .bodies = true, .bytes = PAGE_BYTES, .v_last = true, .rights = x->rights
    };
    return f;
}

/* Those of the ids that are there and not yet had. */
static enum lf_code fetch(struct lf_misp_events *x, const lf_view *ids, size_t n, struct lf_err *e)
{
    struct lf_object_filter *f = filter(x);
    const struct lf_object *o;
    uint64_t at;
    size_t k;

    for (size_t i = 0; i < n; i++) {
        if (lf_stix_id_ok(ids[i], NULL) && !lf_map_get(&x->have, ids[i], &at))
            f->id[f->nid++] = ids[i];
        if (f->nid < LF_OBJECT_MATCHES && i + 1 < n)
            continue;
        for (bool more = f->nid > 0; more;) {
            LF_TRY(lf_object_list(x->t, x->collection, f, &k, &o, &more, e));
            for (size_t j = 0; j < k; j++)
                if (!lf_map_get(&x->have, o[j].id, &at))
                    LF_TRY(keep(x, &o[j], e));
            if (!k)
                break;
            f->after = o[k - 1].added;
        }
        f->nid = 0;
        f->after = -1;
    }
    return LF_OK;
}

/* What the objects from `from` on refer to, and what that refers to. */
static enum lf_code follow(struct lf_misp_events *x, size_t from, struct lf_err *e)
{
    while (from < x->n) {
        size_t end = x->n, n = 0, cap = 0;
        lf_view *ids = NULL;

        for (; from < end; from++) {
            const struct lf_json *o = x->objects[from], *refs = lf_json_get(o, LF_V("object_refs"));
            const lf_view single[] = { lf_json_str(o, "created_by_ref"), lf_json_str(o, "target_ref") };

            for (size_t i = 0; i < 2 + (lf_json_kind(refs) == LF_JSON_ARRAY ? lf_json_items(refs) : 0); i++) {
                lf_view id = i < 2 ? single[i] : lf_json_text(lf_json_item(refs, i - 2));

                if (!id.len)
                    continue;
                ids = lf_arena_grow(x->t->a, ids, n, &cap, sizeof *ids);
                ids[n++] = id;
            }
        }
        LF_TRY(fetch(x, ids, n, e));
    }
    return LF_OK;
}

/* What the objects had so far are spoken of by: sightings, opinions, relationships from them, and the notes
 * that comment on them.  Found by the index; while that is behind, the newest of the collection are looked
 * through as well. */
static const char *const speaking[] = { "sighting", "opinion", "relationship", "note", NULL };

static lf_view about_of(const struct lf_json *tree)
{
    const struct lf_json *refs = lf_json_get(tree, LF_V("object_refs"));

    return type_is(tree, "sighting")       ? lf_json_str(tree, "sighting_of_ref")
           : type_is(tree, "relationship") ? lf_json_str(tree, "source_ref")
           : (type_is(tree, "opinion") || (type_is(tree, "note") && label_is(tree, "misp:comment-of="))) &&
                   lf_json_kind(refs) == LF_JSON_ARRAY && lf_json_items(refs)
               ? lf_json_text(lf_json_item(refs, 0))
               : LF_V("");
}

static enum lf_code look_through(struct lf_misp_events *x, struct lf_err *e)
{
    struct lf_object_filter *f = filter(x);
    size_t seen = 0, k;
    const struct lf_object *o;
    uint64_t at;

    for (size_t i = 0; speaking[i]; i++)
        f->type[f->ntype++] = lf_view_of(speaking[i]);
    for (bool more = true; more && seen < LF_MISP_EVENTS;) {
        LF_TRY(lf_object_list(x->t, x->collection, f, &k, &o, &more, e));
        if (!k)
            break;
        seen += k;
        for (size_t j = 0; j < k; j++) {
            const struct lf_json *tree;
            lf_view about;

            if (lf_map_get(&x->have, o[j].id, &at) ||
                lf_json_parse(x->t->a, o[j].json, &deep, &tree, NULL) != LF_OK)
                continue;
            about = about_of(tree);
            if (about.len && lf_map_get(&x->have, about, &at))
                LF_TRY(keep(x, &o[j], e));
        }
        f->after = o[k - 1].added;
    }
    return LF_OK;
}

static enum lf_code follow_back(struct lf_misp_events *x, struct lf_err *e)
{
    lf_view *ids = LF_NEW(x->t->a, lf_view, x->n + 1), *found;
    size_t from = x->n, n = 0, nfound, kept;
    bool behind;
    uint64_t at;

    for (size_t i = 0; i < x->n; i++)
        if (lf_json_str(x->objects[i], "id").len && !type_is(x->objects[i], "identity") &&
            !type_is(x->objects[i], "marking-definition") && !lf_misp_event_is(x->objects[i]))
            ids[n++] = lf_json_str(x->objects[i], "id");
    LF_TRY(lf_object_referring(x->t, x->collection, x->rights, ids, n, speaking, LF_MISP_OBJECTS, &found,
                               &nfound, &behind, e));
    LF_TRY(fetch(x, found, nfound, e));
    /* What only mentions them (a relationship to them, an opinion that names them second) is not theirs. */
    kept = from;
    for (size_t i = from; i < x->n; i++) {
        lf_view about = about_of(x->objects[i]);

        if (about.len && lf_map_get(&x->have, about, &at) && at <= from) {
            x->objects[kept++] = x->objects[i];
            lf_map_set(&x->have, lf_json_str(x->objects[i], "id"), kept);
        } else {
            (void)lf_map_del(&x->have, lf_json_str(x->objects[i], "id"));
        }
    }
    x->n = kept;
    if (behind)
        LF_TRY(look_through(x, e));
    return follow(x, from, e);
}

/* The rest of an event that was too long for one object: their ids are made of its own, one after the other
 * (fmt/misp_in.c). */
static enum lf_code continued(struct lf_misp_events *x, struct lf_err *e)
{
    for (size_t i = 0, end = x->n; i < end; i++) {
        const struct lf_json *o = x->objects[i];
        lf_view type = lf_json_str(o, "type");
        uint64_t at;

        if (!lf_misp_event_is(o))
            continue;
        for (unsigned part = 1; part < LF_MISP_OBJECTS; part++) {
            lf_view id = lf_arena_printf(x->t->a, "%.*s--%.*s", LF_FMT(type),
                                         LF_FMT(lf_misp_part(x->t->a, lf_misp_event_uuid(o), part)));

            LF_TRY(fetch(x, &id, 1, e));
            if (!lf_map_get(&x->have, id, &at))
                break;
        }
    }
    return LF_OK;
}

enum lf_code lf_misp_event_find(struct lf_misp_events *x, lf_view uuid, const struct lf_json **out,
                                struct lf_err *e)
{
    lf_view ids[2];
    uint64_t at;

    *out = NULL;
    if (!lf_uuid_ok(uuid))
        return LF_OK;
    ids[0] = lf_arena_printf(x->t->a, "report--%.*s", LF_FMT(uuid));
    ids[1] = lf_arena_printf(x->t->a, "grouping--%.*s", LF_FMT(uuid));
    LF_TRY(fetch(x, ids, 2, e));
    for (size_t i = 0; i < 2; i++)
        if (lf_map_get(&x->have, ids[i], &at) && lf_misp_event_is(x->objects[at - 1]) &&
            (!*out || lf_misp_event_modified(x->objects[at - 1]) > lf_misp_event_modified(*out)))
            *out = x->objects[at - 1];
    return LF_OK;
}

enum lf_code lf_misp_event_having(struct lf_misp_events *x, const lf_view *objects, size_t n, lf_view **out,
                                  size_t *nout, struct lf_err *e)
{
    static const char *const above[] = { "observed-data", "grouping", "report", NULL };
    const lf_view *level = objects;
    size_t nlevel = n, cap = 0;
    struct lf_map met;
    enum lf_code rc = LF_OK;

    *out = NULL;
    *nout = 0;
    lf_map_init(&met, 0x6d697373);
    for (int up = 0; up < 4 && nlevel && rc == LF_OK; up++) {
        lf_view *found, *next;
        size_t nfound, k = 0;
        bool behind;

        rc = lf_object_referring(x->t, x->collection, x->rights, level, nlevel, above, LF_MISP_OBJECTS,
                                 &found, &nfound, &behind, e);
        if (rc == LF_OK && nfound)
            rc = fetch(x, found, nfound, e);
        next = LF_NEW(x->t->a, lf_view, nfound + 1);
        for (size_t i = 0; rc == LF_OK && i < nfound; i++) {
            const struct lf_json *o;
            lf_view uuid;
            uint64_t at;

            if (!lf_map_get(&x->have, found[i], &at))
                continue;
            o = x->objects[at - 1];
            if (!lf_misp_event_is(o)) {
                next[k++] = found[i];
                continue;
            }
            uuid = lf_misp_event_uuid(o);
            if (lf_map_get(&met, uuid, &at))
                continue;
            lf_map_set(&met, uuid, 1);
            *out = lf_arena_grow(x->t->a, *out, *nout, &cap, sizeof **out);
            (*out)[(*nout)++] = uuid;
        }
        level = next;
        nlevel = k;
    }
    lf_map_clear(&met);
    lf_misp_events_reset(x);
    return rc;
}

enum lf_code lf_misp_event_with(struct lf_misp_events *x, const lf_view *values, size_t n, lf_view **out,
                                size_t *nout, struct lf_err *e)
{
    lf_view *ids;
    size_t nids;
    bool behind;

    LF_TRY(lf_object_valued(x->t, x->collection, x->rights, values, n, LF_MISP_OBJECTS, &ids, &nids, &behind,
                            e));
    return lf_misp_event_having(x, ids, nids, out, nout, e);
}

enum lf_code lf_misp_event_stamps(struct lf_misp_events *x, const lf_view *uuids, size_t n, lf_time *out,
                                  struct lf_err *e)
{
    static const char *const types[] = { "report", "grouping" };
    lf_view *ids = LF_NEW(x->t->a, lf_view, LF_OBJECT_MATCHES);
    uint64_t at;

    for (size_t i = 0; i < n;) {
        size_t first = i, k = 0;

        for (; i < n && k < LF_OBJECT_MATCHES; i++)
            for (size_t j = 0; j < 2; j++)
                ids[k++] = lf_arena_printf(x->t->a, "%s--%.*s", types[j], LF_FMT(uuids[i]));
        LF_TRY(fetch(x, ids, k, e));
        for (size_t m = first; m < i; m++) {
            out[m] = 0;
            for (size_t j = 0; j < 2; j++)
                if (lf_map_get(&x->have, ids[2 * (m - first) + j], &at) &&
                    lf_misp_event_is(x->objects[at - 1]) &&
                    lf_misp_event_modified(x->objects[at - 1]) > out[m])
                    out[m] = lf_misp_event_modified(x->objects[at - 1]);
        }
        lf_misp_events_reset(x);
    }
    return LF_OK;
}

/* Of an event that was a draft and was published (or the other way) the later stays. */
static size_t newest(const struct lf_json **v, size_t n)
{
    size_t kept = 0;
    struct lf_map map;
    uint64_t at;

    lf_map_init(&map, 0x6d697373);
    for (size_t i = 0; i < n; i++) {
        const struct lf_json *o = v[i];
        lf_view uuid = lf_misp_event_uuid(o);

        if (lf_misp_event_is(o) && lf_map_get(&map, uuid, &at)) {
            if (lf_misp_event_modified(o) > lf_misp_event_modified(v[at]))
                v[at] = o;
            continue;
        }
        if (lf_misp_event_is(o))
            lf_map_set(&map, uuid, kept);
        v[kept++] = o;
    }
    lf_map_clear(&map);
    return kept;
}

enum lf_code lf_misp_event_list(struct lf_misp_events *x, lf_time since, lf_time after,
                                const struct lf_json ***out, size_t *n, lf_time *last, struct lf_err *e)
{
    struct lf_object_filter *f = filter(x);
    const struct lf_object *o;
    size_t k, cap = 0, seen = 0, bytes = 0;
    bool strict;

    *out = NULL;
    *n = 0;
    *last = f->after = after;
    f->type[f->ntype++] = LF_V("report");
    f->type[f->ntype++] = LF_V("grouping");
    for (bool more = true; more;) {
        LF_TRY(lf_object_list(x->t, x->collection, f, &k, &o, &more, e));
        if (!k)
            break;
        for (size_t j = 0; j < k; j++) {
            const struct lf_json *tree;

            bytes += o[j].json.len;
            if (++seen > LF_MISP_EVENTS || bytes > LF_MISP_STIX)
                return lf_err_set(e, LF_TOO_BIG,
                                  "there are more events than one answer holds; ask for those since a time");
            if (lf_json_parse(x->t->a, o[j].json, &deep, &tree, NULL) != LF_OK || !lf_misp_event_is(tree) ||
                (since && lf_misp_event_modified(tree) < since))
                continue;
            LF_TRY(too_strict(x, tree, &strict, e));
            if (strict)
                continue;
            *out = (const struct lf_json **)lf_arena_grow(x->t->a, (void *)(uintptr_t)*out, *n, &cap,
                                                          sizeof **out);
            (*out)[(*n)++] = tree;
        }
        *last = f->after = o[k - 1].added;
    }
    *n = newest(*out, *n);
    return LF_OK;
}

static lf_time seen_at(const struct lf_json *o)
{
    lf_view text = lf_json_str(o, "last_seen");
    lf_time at = 0;

    if (!text.len)
        text = lf_json_str(o, "modified");
    return lf_stix_time(text, &at, NULL) == LF_OK ? at : 0;
}

enum lf_code lf_misp_event_sighted(struct lf_misp_events *x, const struct lf_json *const *events, size_t n,
                                   lf_time *out, struct lf_err *e)
{
    struct lf_object_filter *f = filter(x);
    const struct lf_object *o;
    struct lf_map last;
    enum lf_code rc = LF_OK;
    uint64_t at;
    size_t seen = 0, k;

    f->type[f->ntype++] = LF_V("sighting");
    f->type[f->ntype++] = LF_V("opinion");
    lf_map_init(&last, 0x73696768);
    for (bool more = true; more && rc == LF_OK && seen < LF_MISP_EVENTS;) {
        rc = lf_object_list(x->t, x->collection, f, &k, &o, &more, e);
        if (rc != LF_OK || !k)
            break;
        seen += k;
        for (size_t i = 0; i < k; i++) {
            const struct lf_json *tree;
            lf_view about;

            if (lf_json_parse(x->t->a, o[i].json, &deep, &tree, NULL) != LF_OK ||
                lf_json_bool(tree, "revoked", false))
                continue;
            about = about_of(tree);
            if (about.len && (!lf_map_get(&last, about, &at) || at < (uint64_t)seen_at(tree)))
                lf_map_set(&last, about, (uint64_t)seen_at(tree));
        }
        f->after = o[k - 1].added;
    }
    for (size_t i = 0; i < n; i++) {
        const struct lf_json *refs = lf_json_get(events[i], LF_V("object_refs"));

        out[i] = 0;
        for (size_t r = 0; lf_json_kind(refs) == LF_JSON_ARRAY && r < lf_json_items(refs); r++)
            if (lf_map_get(&last, lf_json_text(lf_json_item(refs, r)), &at) && (lf_time)at > out[i])
                out[i] = (lf_time)at;
    }
    lf_map_clear(&last);
    return rc;
}

/* ---- MISP out of objects ---- */

static enum lf_code written(void *ctx, lf_view piece, struct lf_err *e)
{
    struct lf_misp_events *x = ctx;

    lf_buf_put(&x->text, piece);
    return x->text.over ? lf_err_set(e, LF_TOO_BIG, "the answer would be too large: ask for fewer events")
                        : LF_OK;
}

static void not_told(void *ctx, const struct lf_loss *loss)
{
    (void)ctx; /* what MISP cannot say is listed by `lianfang stix export --format misp --losses` */
    (void)loss;
}

/* All that was gathered as events: a list of {"Event":…}. */
enum lf_code lf_misp_events_write(struct lf_misp_events *x, const struct lf_json **list, struct lf_err *e)
{
    const struct lf_exchange to = { x, written, not_told };
    const struct lf_json *doc, **objects;

    lf_buf_reset(&x->text);
    objects = LF_NEW(x->t->a, const struct lf_json *, x->n + 1);
    for (size_t i = 0; i < x->n; i++)
        objects[i] = x->objects[i];
    LF_TRY(lf_misp_write(x->t->a, objects, newest(objects, x->n), &to, e));
    LF_TRY(lf_json_parse(x->t->a, lf_arena_copy(x->t->a, lf_buf_view(&x->text)), &deep, &doc, e));
    *list = lf_json_get(doc, LF_V("response"));
    return LF_OK;
}

const struct lf_json *lf_misp_event_in(const struct lf_json *list, lf_view uuid)
{
    for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_items(list); i++) {
        const struct lf_json *event = lf_json_get(lf_json_item(list, i), LF_V("Event"));

        if (lf_view_eq_nocase(lf_json_str(event, "uuid"), uuid))
            return event;
    }
    return NULL;
}

enum lf_code lf_misp_event_take(struct lf_misp_events *x, lf_view id, struct lf_err *e)
{
    return fetch(x, &id, 1, e);
}

enum lf_code lf_misp_events_gather(struct lf_misp_events *x, struct lf_err *e)
{
    LF_TRY(continued(x, e));
    LF_TRY(follow(x, 0, e));
    return follow_back(x, e);
}
