/* Observed data: gathered, checked, made ready to be asked. */
#include <stdlib.h>

#include "engine/stix_priv.h"

enum { COUNT_MOST = 999999999 }; /* number_observed, as the standard bounds it */

int64_t stix_ticks(const struct lf_stix_moment *t)
{
    return t->second * 10000000 + t->nano / 100;
}

struct lf_stix_data *lf_stix_data_create(void)
{
    struct lf_stix_data *d = calloc(1, sizeof *d);

    if (!d)
        LF_BUG("out of memory for observed data");
    lf_map_init(&d->objects, 1);
    lf_map_init(&d->seen, 2);
    return d;
}

void lf_stix_data_destroy(struct lf_stix_data *d)
{
    if (!d)
        return;
    for (size_t i = 0; i < d->n; i++)
        lf_map_clear(&d->o[i].local);
    lf_map_clear(&d->objects);
    lf_map_clear(&d->seen);
    lf_arena_clear(&d->a);
    free(d);
}

static enum lf_code add_observed(struct lf_stix_data *d, const struct lf_json *v, struct lf_err *e)
{
    lf_view id = lf_json_str(v, "id"), version = lf_json_str(v, "modified");
    uint64_t number;

    if (id.len && lf_map_get(&d->seen, id, &number)) {
        struct stix_observed *o = &d->o[number - 1];
        struct lf_stix_moment mine, theirs;

        if (lf_stix_moment_parse(version, &mine) &&
            (!lf_stix_moment_parse(o->version, &theirs) || lf_stix_moment_cmp(&mine, &theirs) > 0)) {
            o->json = v;
            o->version = version;
        }
        return LF_OK;
    }
    if (d->n == LF_STIX_OBSERVED_MOST)
        return lf_err_set(e, LF_TOO_BIG, "more than %d observed-data objects", LF_STIX_OBSERVED_MOST);
    d->o = lf_arena_grow(&d->a, d->o, d->n, &d->cap, sizeof *d->o);
    d->o[d->n++] = (struct stix_observed){ .id = id, .version = version, .json = v };
    if (id.len)
        lf_map_set(&d->seen, id, d->n);
    return LF_OK;
}

static enum lf_code add_object(struct lf_stix_data *d, const struct lf_json *v, struct lf_err *e)
{
    lf_view type = lf_json_str(v, "type"), id = lf_json_str(v, "id");

    if (lf_json_kind(v) != LF_JSON_OBJECT || !type.ptr)
        return lf_err_set(e, LF_BAD_INPUT, "what stands there is no STIX object: it has no \"type\"");
    if (lf_view_is(type, "observed-data"))
        return add_observed(d, v, e);
    if (id.len)
        lf_map_set(&d->objects, id, (uint64_t)(uintptr_t)v);
    return LF_OK;
}

enum lf_code lf_stix_data_add(struct lf_stix_data *d, const struct lf_json *doc, struct lf_err *e)
{
    const struct lf_json *list = doc;

    if (lf_json_kind(doc) == LF_JSON_OBJECT) {
        if (!lf_view_is(lf_json_str(doc, "type"), "bundle"))
            return add_object(d, doc, e);
        list = lf_json_get(doc, LF_V("objects"));
        if (!list)
            return LF_OK; /* an empty bundle has none */
        if (lf_json_kind(list) != LF_JSON_ARRAY)
            return lf_err_set(e, LF_BAD_INPUT, "the bundle's \"objects\" is no list");
    } else if (lf_json_kind(doc) != LF_JSON_ARRAY) {
        return lf_err_set(e, LF_BAD_INPUT,
                          "a bundle, a list of objects or an observed-data object is wanted");
    }
    for (size_t i = 0; i < lf_json_items(list); i++) {
        const struct lf_json *v = lf_json_item(list, i);
        bool bundle = list == doc && lf_view_is(lf_json_str(v, "type"), "bundle");

        if ((bundle ? lf_stix_data_add(d, v, e) : add_object(d, v, e)) != LF_OK)
            return lf_err_at(e, "object %zu", i);
    }
    return LF_OK;
}

static enum lf_code ready(struct lf_stix_data *d, struct stix_observed *o, struct lf_err *e)
{
    struct lf_stix_moment first, last;
    const struct lf_json *inner = lf_json_get(o->json, LF_V("objects"));
    const struct lf_json *refs = lf_json_get(o->json, LF_V("object_refs"));
    size_t n;
    int64_t count;

    if (!lf_stix_moment_parse(lf_json_str(o->json, "first_observed"), &first) ||
        !lf_stix_moment_parse(lf_json_str(o->json, "last_observed"), &last))
        return lf_err_set(e, LF_BAD_INPUT,
                          "first_observed and last_observed are times as 2026-11-21T02:48:16Z");
    if (lf_stix_moment_cmp(&last, &first) < 0)
        return lf_err_set(e, LF_BAD_INPUT, "last_observed is before first_observed");
    if (!lf_json_int(o->json, "number_observed", &count) || count < 1 || count > COUNT_MOST)
        return lf_err_set(e, LF_BAD_INPUT, "number_observed is a whole number from 1 to %d", COUNT_MOST);
    o->first = stix_ticks(&first);
    o->last = stix_ticks(&last);
    o->count = (uint64_t)count;
    n = lf_json_kind(inner) == LF_JSON_OBJECT ? lf_json_members(inner) : 0;
    o->roots = LF_NEW(&d->a, const struct lf_json *, n + lf_json_items(refs) + 1);
    o->nroots = 0;
    lf_map_init(&o->local, 3);
    for (size_t i = 0; i < n; i++) {
        lf_map_set(&o->local, lf_json_key(inner, i), (uint64_t)(uintptr_t)lf_json_member(inner, i));
        o->roots[o->nroots++] = lf_json_member(inner, i);
    }
    for (size_t i = 0; lf_json_kind(refs) == LF_JSON_ARRAY && i < lf_json_items(refs); i++) {
        lf_view id = lf_json_text(lf_json_item(refs, i));
        const struct lf_json *v = lf_map_get_ptr(&d->objects, id);

        if (!v)
            continue;
        lf_map_set(&o->local, id, (uint64_t)(uintptr_t)v);
        o->roots[o->nroots++] = v;
    }
    return LF_OK;
}

enum lf_code lf_stix_data_ready(struct lf_stix_data *d, struct lf_err *e)
{
    size_t kept = 0;

    for (size_t i = 0; i < d->n; i++) {
        if (lf_json_bool(d->o[i].json, "revoked", false))
            continue;
        d->o[kept] = d->o[i];
        if (ready(d, &d->o[kept], e) != LF_OK)
            return lf_err_at(e, "observed-data %.*s",
                             LF_FMT(lf_view_first(d->o[i].id.len ? d->o[i].id : LF_V("without id"), 100)));
        kept++;
    }
    d->n = kept;
    return LF_OK;
}

size_t lf_stix_data_count(const struct lf_stix_data *d)
{
    return d->n;
}

lf_view lf_stix_data_id(const struct lf_stix_data *d, size_t i)
{
    return d->o[i].id;
}

/* What an observation does not list is not there, though the file may hold it (STIX 2.1, 9.7.4). */
const struct lf_json *stix_refer(const struct stix_observed *o, lf_view id)
{
    return o->objects ? lf_json_get(o->objects, id) : lf_map_get_ptr(&o->local, id);
}
