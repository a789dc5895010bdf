/* STIX -> MISP: events, their attributes and objects. */
#include "fmt/misp_out.h"

#include <stdlib.h>

#include "base/crypto.h"
#include "fmt/stix.h"

static const char common[] =
    "type spec_version id created modified created_by_ref revoked labels object_marking_refs";

/* ---- looking ---- */

const struct lf_json *misp_get(const struct misp_write *x, lf_view id, size_t *index)
{
    uint64_t i;

    if (!id.len || !lf_map_get(&x->ids, id, &i))
        return NULL;
    if (index)
        *index = (size_t)i - 1;
    return x->o[i - 1];
}

lf_view misp_out_label(const struct lf_json *o, const char *name)
{
    const struct lf_json *list = lf_json_get(o, LF_V("labels"));

    for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_items(list); i++) {
        lf_view v = misp_label(lf_json_text(lf_json_item(list, i)), name);

        if (v.ptr)
            return v;
    }
    return (lf_view){ NULL, 0 };
}

lf_view misp_out_uuid(const struct lf_json *o)
{
    lf_view id = lf_json_str(o, "id");

    return id.len > 36 ? lf_view_from(id, id.len - 36) : id;
}

void misp_out_lost(struct misp_write *x, const struct lf_json *o, const char *property, lf_view value,
                   const char *why)
{
    struct lf_loss loss = {
        .where = lf_arena_printf(x->a, "%.*s.%s", LF_FMT(lf_json_str(o, "id")), property),
        .value = lf_view_first(value, LF_LOSS_VALUE),
        .why = why,
    };

    while (loss.value.len && !lf_view_is_utf8(loss.value))
        loss.value.len--;
    x->to->lost(x->to->ctx, &loss);
}

static bool listed(const char *list, lf_view name)
{
    lf_view rest = lf_view_of(list), one;

    while (lf_view_split(&rest, ' ', &one))
        if (lf_view_eq(one, name))
            return true;
    return false;
}

static bool is_event(const struct lf_json *o);

void misp_out_members(struct misp_write *x, const struct lf_json *o, const char *handled)
{
    for (size_t i = 0; i < lf_json_members(o); i++)
        if (!listed(common, lf_json_key(o, i)) && !listed(handled, lf_json_key(o, i)))
            misp_out_lost(x, o, lf_arena_cstr(x->a, lf_view_first(lf_json_key(o, i), 100)),
                          lf_json_text(lf_json_member(o, i)), "MISP has no place for it");
    if (lf_json_str(o, "created_by_ref").len && !lf_view_eq(lf_json_str(o, "created_by_ref"), x->creator) &&
        !is_event(o))
        misp_out_lost(x, o, "created_by_ref", lf_json_str(o, "created_by_ref"),
                      "MISP has one creator of an event and all in it");
    if (!x->said_created && lf_json_str(o, "created").len) {
        x->said_created = true;
        misp_out_lost(
            x, o, "created", lf_json_str(o, "created"),
            "MISP has one time of an attribute, that of its last change, in whole seconds (told once)");
    }
}

bool misp_is(const struct lf_json *o, const char *type)
{
    return lf_view_is(lf_json_str(o, "type"), type);
}

static bool is_object(const struct lf_json *o)
{
    return misp_is(o, "grouping") && misp_out_label(o, "object").ptr;
}

static bool is_event(const struct lf_json *o)
{
    return (misp_is(o, "report") || misp_is(o, "grouping")) && !is_object(o) &&
           !misp_out_label(o, "continues").ptr;
}

bool misp_out_is_piece(const struct lf_json *o)
{
    return misp_is(o, "indicator") || misp_is(o, "observed-data") || misp_is(o, "vulnerability") ||
           (misp_is(o, "note") && misp_out_label(o, "type").ptr);
}

bool misp_out_is_cluster(const struct lf_json *o)
{
    return misp_is(o, "attack-pattern") || misp_is(o, "malware") || misp_is(o, "tool") ||
           misp_is(o, "threat-actor") || misp_is(o, "intrusion-set") || misp_is(o, "course-of-action") ||
           misp_is(o, "campaign");
}

size_t misp_out_about(const struct misp_write *x, lf_view key)
{
    uint64_t i;

    return key.len && lf_map_get(&x->about, key, &i) ? (size_t)i : 0;
}

/* ---- writing ---- */

enum lf_code misp_out_flush(struct misp_write *x, size_t past)
{
    enum lf_code rc;

    if (x->b.over)
        return lf_err_set(x->e, LF_TOO_BIG, "MISP: one object takes more than 64 MiB");
    if (x->b.len <= past)
        return LF_OK;
    rc = x->to->made(x->to->ctx, lf_buf_view(&x->b), x->e);
    lf_buf_reset(&x->b);
    return rc;
}

void misp_out_seconds(struct misp_write *x, const char *key, lf_view at)
{
    lf_time t;

    if (lf_stix_time(at, &t, NULL) == LF_OK)
        lf_json_put_str(&x->w, key, lf_arena_printf(x->a, "%lld", (long long)(t / LF_SECOND)));
}

void misp_out_put(struct misp_write *x, const char *key, lf_view v)
{
    if (v.len)
        lf_json_put_str(&x->w, key, v);
}
/* ---- objects and events ---- */

static enum lf_code object(struct misp_write *x, size_t i)
{
    static const char *const keys[] = { "meta-category", "template_uuid", "template_version", "distribution",
                                        "comment",       "first_seen",    "last_seen" };
    const struct lf_json *o = x->o[i], *refs = lf_json_get(o, LF_V("object_refs"));
    bool any = false;

    x->done[i] = true;
    lf_json_open(&x->w, '{');
    lf_json_put_str(&x->w, "uuid", misp_out_uuid(o));
    lf_json_put_str(&x->w, "name", lf_json_str(o, "name"));
    misp_out_put(x, "description", lf_json_str(o, "description"));
    misp_out_seconds(x, "timestamp", lf_json_str(o, "modified"));
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        misp_out_put(x, keys[k], misp_out_label(o, keys[k]));
    if (lf_json_bool(o, "revoked", false))
        lf_json_put_bool(&x->w, "deleted", true);
    lf_json_begin(&x->w, "Attribute", '[');
    for (size_t k = 0; lf_json_kind(refs) == LF_JSON_ARRAY && k < lf_json_items(refs); k++) {
        size_t at;
        const struct lf_json *p = misp_get(x, lf_json_text(lf_json_item(refs, k)), &at);

        if (p && misp_out_is_piece(p))
            LF_TRY(misp_out_piece(x, at));
    }
    lf_json_close(&x->w);
    for (size_t k = misp_out_about(x, lf_json_str(o, "id")); k; k = x->next[k - 1]) {
        const struct lf_json *rel = x->o[k - 1];

        if (!misp_is(rel, "relationship") || x->done[k - 1])
            continue;
        x->done[k - 1] = true;
        if (!any)
            lf_json_begin(&x->w, "ObjectReference", '[');
        any = true;
        lf_json_open(&x->w, '{');
        lf_json_put_str(&x->w, "uuid", misp_out_uuid(rel));
        lf_json_put_str(&x->w, "relationship_type", lf_json_str(rel, "relationship_type"));
        misp_out_put(x, "comment", lf_json_str(rel, "description"));
        misp_out_seconds(x, "timestamp", lf_json_str(rel, "modified"));
        lf_json_put_str(&x->w, "object_uuid", misp_out_uuid(o));
        lf_json_put_str(
            &x->w, "referenced_uuid",
            lf_view_from(lf_json_str(rel, "target_ref"), lf_json_str(rel, "target_ref").len > 36
                                                             ? lf_json_str(rel, "target_ref").len - 36
                                                             : 0));
        lf_json_close(&x->w);
        misp_out_members(x, rel, "relationship_type description source_ref target_ref");
    }
    if (any)
        lf_json_close(&x->w);
    lf_json_close(&x->w);
    misp_out_members(x, o, "name description context object_refs");
    return misp_out_flush(x, MISP_OUT_PIECE);
}

static bool names_cluster(const struct lf_json *report, lf_view uuid)
{
    const struct lf_json *list = lf_json_get(report, LF_V("labels"));

    for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_items(list); i++)
        if (lf_view_eq(misp_label(lf_json_text(lf_json_item(list, i)), "galaxy"), uuid))
            return true;
    return false;
}

static void event_head(struct misp_write *x, const struct lf_json *r)
{
    lf_view created = lf_json_str(r, "created"), t;
    const struct lf_json *who = misp_get(x, lf_json_str(r, "created_by_ref"), NULL);

    lf_json_put_str(&x->w, "uuid", r ? misp_out_uuid(r) : LF_V("9f2c7c1a-6f0e-5a53-9d0b-7f6d1c3b5e21"));
    lf_json_put_str(&x->w, "info", r ? lf_json_str(r, "name") : LF_V("STIX objects that no report names"));
    lf_json_put_str(&x->w, "date", r ? lf_view_first(created, 10) : LF_V("2010-01-01"));
    if (r)
        misp_out_seconds(x, "timestamp", lf_json_str(r, "modified"));
    lf_json_put_bool(&x->w, "published", r && misp_is(r, "report"));
    if (r && misp_is(r, "report"))
        misp_out_seconds(x, "publish_timestamp", lf_json_str(r, "published"));
    t = misp_out_label(r, "threat-level");
    lf_json_put_str(&x->w, "threat_level_id", t.ptr ? t : LF_V("4"));
    t = misp_out_label(r, "analysis");
    lf_json_put_str(&x->w, "analysis", t.ptr ? t : LF_V("0"));
    /* Of a stranger's report nobody said how far it goes: only to who imports it. */
    t = misp_out_label(r, "distribution");
    lf_json_put_str(&x->w, "distribution", t.ptr ? t : LF_V("0"));
    misp_out_put(x, "extends_uuid", misp_out_label(r, "extends"));
    if (who) {
        lf_json_begin(&x->w, "Orgc", '{');
        lf_json_put_str(&x->w, "uuid", misp_out_uuid(who));
        lf_json_put_str(&x->w, "name", lf_json_str(who, "name"));
        lf_json_close(&x->w);
    }
    if (r)
        misp_out_group(x, r);
}

static void event_tags(struct misp_write *x, const struct lf_json *r, const size_t *list, size_t n)
{
    const char *tlp = misp_out_tlp(r);
    bool any = false;

    x->event_tlp = x->derived = NULL;
    if (tlp && misp_out_label(r, "tlp").ptr)
        x->derived = tlp;
    else
        x->event_tlp = tlp;
    if (x->event_tlp)
        misp_out_tag(x, &any, lf_arena_printf(x->a, "tlp:%s", tlp));
    if (r) {
        misp_out_markings(x, r, true, &any);
        misp_out_labels(x, r, &any);
    }
    for (size_t i = 0; i < n; i++)
        if (misp_out_is_cluster(x->o[list[i]]) &&
            (!x->done[list[i]] || names_cluster(r, misp_out_uuid(x->o[list[i]]))))
            misp_out_tag(x, &any, misp_out_cluster_tag(x, x->o[list[i]]));
    if (any)
        lf_json_close(&x->w);
    any = false;
    for (size_t i = 0; i < n; i++)
        if (misp_out_is_cluster(x->o[list[i]]) &&
            (!x->done[list[i]] || names_cluster(r, misp_out_uuid(x->o[list[i]])))) {
            if (!any)
                lf_json_begin(&x->w, "Galaxy", '[');
            any = true;
            misp_out_cluster(x, x->o[list[i]]);
            x->done[list[i]] = true;
        }
    if (any)
        lf_json_close(&x->w);
}

/* Clusters that an attribute of the event has are its own only. */
static void claim_clusters(struct misp_write *x, const size_t *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = misp_out_about(x, lf_json_str(x->o[list[i]], "id"));
             k && misp_out_is_piece(x->o[list[i]]); k = x->next[k - 1]) {
            size_t at;
            const struct lf_json *to = misp_is(x->o[k - 1], "relationship")
                                           ? misp_get(x, lf_json_str(x->o[k - 1], "target_ref"), &at)
                                           : NULL;

            if (to && misp_out_is_cluster(to))
                x->done[at] = true;
        }
}

static void claim_objects(struct misp_write *x, const size_t *list, size_t n, bool *in_object)
{
    for (size_t i = 0; i < n; i++) {
        const struct lf_json *refs = lf_json_get(x->o[list[i]], LF_V("object_refs"));

        if (!is_object(x->o[list[i]]))
            continue;
        for (size_t k = 0; lf_json_kind(refs) == LF_JSON_ARRAY && k < lf_json_items(refs); k++) {
            size_t at;

            if (misp_get(x, lf_json_text(lf_json_item(refs, k)), &at))
                in_object[at] = true;
        }
    }
}

static bool is_observable(const struct lf_json *o)
{
    return !lf_json_str(o, "created").len;
}

static enum lf_code event_reports(struct misp_write *x, const size_t *list, size_t n)
{
    bool any = false;

    for (size_t i = 0; i < n; i++) {
        const struct lf_json *o = x->o[list[i]];

        if (!misp_is(o, "note") || x->done[list[i]] || misp_out_is_piece(o) ||
            misp_out_label(o, "comment-of").ptr)
            continue;
        x->done[list[i]] = true;
        if (!any)
            lf_json_begin(&x->w, "EventReport", '[');
        any = true;
        lf_json_open(&x->w, '{');
        lf_json_put_str(&x->w, "uuid", misp_out_uuid(o));
        lf_json_put_str(&x->w, "name",
                        lf_json_str(o, "abstract").len ? lf_json_str(o, "abstract") : LF_V("note"));
        lf_json_put_str(&x->w, "content", lf_json_str(o, "content"));
        misp_out_seconds(x, "timestamp", lf_json_str(o, "modified"));
        if (lf_json_bool(o, "revoked", false))
            lf_json_put_bool(&x->w, "deleted", true);
        lf_json_close(&x->w);
        misp_out_members(x, o, "abstract content object_refs");
        LF_TRY(misp_out_flush(x, MISP_OUT_PIECE));
    }
    if (any)
        lf_json_close(&x->w);
    return LF_OK;
}

static enum lf_code event(struct misp_write *x, size_t report, const size_t *list, size_t n, bool *in_object)
{
    const struct lf_json *r = report == SIZE_MAX ? NULL : x->o[report];

    lf_json_open(&x->w, '{');
    lf_json_begin(&x->w, "Event", '{');
    x->creator = lf_json_str(r, "created_by_ref");
    event_head(x, r);
    claim_clusters(x, list, n);
    event_tags(x, r, list, n);
    claim_objects(x, list, n, in_object);
    lf_json_begin(&x->w, "Attribute", '[');
    for (size_t i = 0; i < n; i++)
        if (!in_object[list[i]] && !x->done[list[i]] && misp_out_is_piece(x->o[list[i]]) &&
            !misp_out_label(x->o[list[i]], "data-of").ptr)
            LF_TRY(misp_out_piece(x, list[i]));
    for (size_t i = 0; i < n; i++)
        if (!in_object[list[i]] && !x->done[list[i]] && is_observable(x->o[list[i]]))
            LF_TRY(misp_out_bare(x, list[i]));
    lf_json_close(&x->w);
    lf_json_begin(&x->w, "Object", '[');
    for (size_t i = 0; i < n; i++)
        if (is_object(x->o[list[i]]))
            LF_TRY(object(x, list[i]));
    lf_json_close(&x->w);
    LF_TRY(event_reports(x, list, n));
    lf_json_close(&x->w);
    lf_json_close(&x->w);
    if (r) {
        x->done[report] = true;
        misp_out_members(x, r, "name published object_refs context");
    }
    return misp_out_flush(x, 0);
}

/* ---- what belongs where ---- */

static void index_about(struct misp_write *x, size_t i, lf_view key)
{
    uint64_t first = 0;

    if (!key.len)
        return;
    (void)lf_map_get(&x->about, key, &first);
    x->next[i] = (size_t)first;
    lf_map_set(&x->about, key, i + 1);
}

static void index_all(struct misp_write *x)
{
    for (size_t i = x->n; i-- > 0;) { /* from behind, so that lists are in their order */
        const struct lf_json *o = x->o[i], *refs = lf_json_get(o, LF_V("object_refs"));
        lf_view id = lf_json_str(o, "id"), data = misp_out_label(o, "data-of");
        uint64_t was;

        if (!id.len)
            continue;
        if (lf_map_get(&x->ids, id, &was)) {
            lf_view mine = lf_json_str(o, "modified"), other = lf_json_str(x->o[was - 1], "modified");
            size_t old = lf_view_cmp(mine, other) > 0 ? (size_t)was - 1 : i;

            x->done[old] = true;
            if (old == i) {
                misp_out_lost(x, o, "modified", mine, "an older version of an object that is here");
                continue;
            }
            misp_out_lost(x, x->o[old], "modified", other, "an older version of an object that is here");
        }
        lf_map_set(&x->ids, id, i + 1);
        if (misp_is(o, "sighting"))
            index_about(x, i, lf_json_str(o, "sighting_of_ref"));
        else if (misp_is(o, "relationship"))
            index_about(x, i, lf_json_str(o, "source_ref"));
        else if (data.ptr)
            index_about(x, i, lf_arena_printf(x->a, "data-of:%.*s", LF_FMT(data)));
        else if ((misp_is(o, "opinion") || misp_out_label(o, "comment-of").ptr) &&
                 lf_json_kind(refs) == LF_JSON_ARRAY && lf_json_items(refs))
            index_about(x, i, lf_json_text(lf_json_item(refs, 0)));
    }
}

/* What a report has, and what the objects in it have.  A list and no recursion: a stranger's objects may hold
 * one another, in a circle or as deep as there are objects. */
static void own(struct misp_write *x, const struct lf_json *o, size_t event)
{
    const struct lf_json **open = NULL;
    size_t n = 0, cap = 0;

    for (;;) {
        const struct lf_json *refs = lf_json_get(o, LF_V("object_refs"));

        for (size_t k = 0; lf_json_kind(refs) == LF_JSON_ARRAY && k < lf_json_items(refs); k++) {
            size_t at;
            const struct lf_json *p = misp_get(x, lf_json_text(lf_json_item(refs, k)), &at);

            if (!p || is_event(p))
                continue;
            if (x->owner[at] && x->owner[at] != event && !is_observable(p) && !misp_out_is_cluster(p) &&
                !misp_is(p, "identity"))
                misp_out_lost(x, o, "object_refs", lf_json_str(p, "id"),
                              "another report has it too: MISP keeps an attribute in one event");
            if (x->owner[at])
                continue;
            x->owner[at] = event;
            if (is_object(p)) {
                open = (const struct lf_json **)lf_arena_grow(x->a, (void *)(uintptr_t)open, n, &cap,
                                                              sizeof *open);
                open[n++] = p;
            }
        }
        if (!n)
            return;
        o = open[--n];
    }
}

/* Observables that observed data or objects speak of are not told again by themselves. */
static void spoken(struct misp_write *x)
{
    for (size_t i = 0; i < x->n; i++) {
        const struct lf_json *refs = lf_json_get(x->o[i], LF_V("object_refs"));

        if (x->done[i] || !(misp_is(x->o[i], "observed-data") || is_object(x->o[i])))
            continue;
        for (size_t k = 0; lf_json_kind(refs) == LF_JSON_ARRAY && k < lf_json_items(refs); k++) {
            size_t at;
            const struct lf_json *p = misp_get(x, lf_json_text(lf_json_item(refs, k)), &at);

            if (p && is_observable(p))
                x->done[at] = true;
        }
    }
}

static enum lf_code events(struct misp_write *x)
{
    size_t nevents = 0, *reports = LF_NEW(x->a, size_t, x->n + 1), *first, *list, *fill;
    bool *in_object = LF_NEW(x->a, bool, x->n + 1);

    for (size_t i = 0; i < x->n; i++)
        if (!x->done[i] && is_event(x->o[i])) {
            reports[nevents++] = i;
            own(x, x->o[i], nevents);
        }
    for (size_t i = 0; i < x->n; i++) { /* the rest of a report that was too long for one object */
        lf_view of = misp_out_label(x->o[i], "continues");

        for (size_t k = 0; of.ptr && k < nevents; k++)
            if (lf_view_eq(misp_out_uuid(x->o[reports[k]]), of)) {
                own(x, x->o[i], k + 1);
                x->done[i] = true;
            }
    }
    spoken(x);
    /* Objects sorted by their event; the last list is of those that no report names. */
    first = LF_NEW(x->a, size_t, nevents + 3);
    list = LF_NEW(x->a, size_t, x->n + 1);
    for (size_t i = 0; i < x->n; i++) {
        size_t ev = x->owner[i] ? x->owner[i] - 1 : nevents;

        first[ev + 1]++;
    }
    for (size_t k = 0; k <= nevents; k++)
        first[k + 1] += first[k];
    fill = LF_NEW(x->a, size_t, nevents + 3);
    memcpy(fill, first, (nevents + 2) * sizeof *fill);
    for (size_t i = 0; i < x->n; i++)
        list[fill[x->owner[i] ? x->owner[i] - 1 : nevents]++] = i;
    for (size_t k = 0; k < nevents; k++)
        LF_TRY(event(x, reports[k], list + first[k], first[k + 1] - first[k], in_object));
    for (size_t i = first[nevents]; i < first[nevents + 1]; i++) {
        const struct lf_json *o = x->o[list[i]];

        if (!x->done[list[i]] && (misp_out_is_piece(o) || is_object(o) || misp_out_is_cluster(o) ||
                                  (is_observable(o) && lf_json_str(o, "id").len) ||
                                  (misp_is(o, "note") && !misp_out_label(o, "comment-of").ptr)))
            return event(x, SIZE_MAX, list + first[nevents], first[nevents + 1] - first[nevents], in_object);
    }
    return LF_OK;
}

enum lf_code lf_misp_write(struct lf_arena *a, const struct lf_json *const *objects, size_t n,
                           const struct lf_exchange *to, struct lf_err *e)
{
    struct misp_write x = { .a = a, .to = to, .e = e, .o = objects, .n = n };
    enum lf_code rc;

    lf_map_init(&x.ids, 0x6f757431);
    lf_map_init(&x.about, 0x6f757432);
    lf_buf_init(&x.b, (size_t)64 << 20);
    x.w = lf_json_w(&x.b);
    x.next = LF_NEW(a, size_t, n + 1);
    x.owner = LF_NEW(a, size_t, n + 1);
    x.done = LF_NEW(a, bool, n + 1);
    index_all(&x);
    lf_json_open(&x.w, '{');
    lf_json_begin(&x.w, "response", '[');
    rc = events(&x);
    lf_json_close(&x.w);
    lf_json_close(&x.w);
    if (rc == LF_OK)
        rc = misp_out_flush(&x, 0);
    for (size_t i = 0; rc == LF_OK && i < n; i++) {
        const struct lf_json *o = objects[i];

        if (!x.done[i] && !misp_is(o, "identity") && !misp_is(o, "marking-definition"))
            misp_out_lost(&x, o, "type", lf_json_str(o, "type"), "MISP has no place for it");
    }
    lf_map_clear(&x.ids);
    lf_map_clear(&x.about);
    lf_buf_clear(&x.b);
    return rc;
}
