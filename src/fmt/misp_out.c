/* STIX -> MISP: events, their attributes and objects. */
#include "fmt/misp_out.h"

#include <stdlib.h>

#include "base/crypto.h"
#include "fmt/stix.h"

enum { PIECE_BYTES = 1 << 16 };

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

    for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_count(list); i++) {
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
    for (size_t i = 0; i < lf_json_count(o); i++)
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

static bool is(const struct lf_json *o, const char *type)
{
    return lf_view_is(lf_json_str(o, "type"), type);
}

static bool is_object(const struct lf_json *o)
{
    return is(o, "grouping") && misp_out_label(o, "object").ptr;
}

static bool is_event(const struct lf_json *o)
{
    return (is(o, "report") || is(o, "grouping")) && !is_object(o) && !misp_out_label(o, "continues").ptr;
}

static bool is_piece(const struct lf_json *o)
{
    return is(o, "indicator") || is(o, "observed-data") || is(o, "vulnerability") ||
           (is(o, "note") && misp_out_label(o, "type").ptr);
}

static bool is_cluster(const struct lf_json *o)
{
    return is(o, "attack-pattern") || is(o, "malware") || is(o, "tool") || is(o, "threat-actor") ||
           is(o, "intrusion-set") || is(o, "course-of-action") || is(o, "campaign");
}

static size_t about_first(const struct misp_write *x, lf_view key)
{
    uint64_t i;

    return key.len && lf_map_get(&x->about, key, &i) ? (size_t)i : 0;
}

/* ---- writing ---- */

static enum lf_code flush(struct misp_write *x, size_t past)
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

static void put_seconds(struct misp_write *x, const char *key, lf_view at)
{
    lf_time t;

    if (lf_stix_time(at, &t, NULL) == LF_OK)
        lf_json_put_str(&x->w, key, lf_arena_printf(x->a, "%lld", (long long)(t / LF_SECOND)));
}

static void put(struct misp_write *x, const char *key, lf_view v)
{
    if (v.len)
        lf_json_put_str(&x->w, key, v);
}

static void tag(struct misp_write *x, bool *any, lf_view name)
{
    if (!*any)
        lf_json_begin(&x->w, "Tag", '[');
    *any = true;
    lf_json_open(&x->w, '{');
    lf_json_put_str(&x->w, "name", name);
    lf_json_close(&x->w);
}

/* The TLP among an object's markings, as a name. */
static const char *tlp_of(const struct lf_json *o)
{
    const struct lf_json *m = lf_json_get(o, LF_V("object_marking_refs"));

    for (size_t i = 0; lf_json_kind(m) == LF_JSON_ARRAY && i < lf_json_count(m); i++) {
        const char *name = lf_make_tlp_name(lf_json_text(lf_json_item(m, i)));

        if (name)
            return name;
    }
    return NULL;
}

static const char group_says[] = "MISP sharing group: ";

/* Markings that are neither TLP nor tags nor sharing groups. */
static void markings(struct misp_write *x, const struct lf_json *o, bool tags, bool *any)
{
    const struct lf_json *m = lf_json_get(o, LF_V("object_marking_refs"));

    for (size_t i = 0; lf_json_kind(m) == LF_JSON_ARRAY && i < lf_json_count(m); i++) {
        lf_view id = lf_json_text(lf_json_item(m, i));
        const struct lf_json *d = misp_get(x, id, NULL);
        lf_view said = lf_json_str(lf_json_get(d, LF_V("definition")), "statement");

        if (lf_make_tlp_name(id) || lf_view_starts(said, lf_view_of(group_says)))
            continue;
        if (lf_view_starts(said, LF_V("PAP:"))) {
            if (tags)
                tag(x, any, said);
        } else if (tags) {
            misp_out_lost(x, o, "object_marking_refs", said.len ? said : id, "MISP has no such marking");
        }
    }
}

static void sharing_group(struct misp_write *x, const struct lf_json *o)
{
    const struct lf_json *m = lf_json_get(o, LF_V("object_marking_refs"));

    for (size_t i = 0; lf_json_kind(m) == LF_JSON_ARRAY && i < lf_json_count(m); i++) {
        const struct lf_json *d = misp_get(x, lf_json_text(lf_json_item(m, i)), NULL);
        lf_view said = lf_json_str(lf_json_get(d, LF_V("definition")), "statement");
        size_t end;

        if (!lf_view_starts(said, lf_view_of(group_says)))
            continue;
        said = lf_view_from(said, sizeof group_says - 1);
        end = lf_view_find(said, LF_V("; members: "));
        lf_json_begin(&x->w, "SharingGroup", '{');
        lf_json_put_str(&x->w, "uuid", misp_out_uuid(d));
        lf_json_put_str(&x->w, "name", end == SIZE_MAX ? said : lf_view_first(said, end));
        lf_json_close(&x->w);
        return;
    }
}

static void label_tags(struct misp_write *x, const struct lf_json *o, bool *any)
{
    const struct lf_json *list = lf_json_get(o, LF_V("labels"));

    for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_count(list); i++) {
        lf_view v = lf_json_text(lf_json_item(list, i));

        if (v.len && !(lf_view_starts(v, LF_V("misp:")) && lf_view_find(v, LF_V("=\"")) != SIZE_MAX))
            tag(x, any, v);
    }
}

/* ---- galaxies ---- */

static lf_view reference(const struct lf_json *o, const char *source, const char *prefix)
{
    const struct lf_json *list = lf_json_get(o, LF_V("external_references"));

    for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_count(list); i++) {
        const struct lf_json *r = lf_json_item(list, i);

        if (lf_view_is(lf_json_str(r, "source_name"), source) &&
            lf_view_starts(lf_json_str(r, "external_id"), lf_view_of(prefix)))
            return lf_json_str(r, "external_id");
    }
    return (lf_view){ NULL, 0 };
}

struct galaxy {
    const char *type;
    lf_view galaxy, name, value, tag;
};

static struct galaxy galaxy_of(struct misp_write *x, const struct lf_json *o)
{
    static const struct {
        const char *type, *galaxy, *name;
    } rows[] = {
        { "attack-pattern", "mitre-attack-pattern", "Attack Pattern" },
        { "course-of-action", "mitre-course-of-action", "Course of Action" },
        { "intrusion-set", "mitre-intrusion-set", "Intrusion Set" },
        { "malware", "mitre-malware", "Malware" },
        { "tool", "mitre-tool", "Tool" },
        { "threat-actor", "threat-actor", "Threat Actor" },
        { "campaign", "mitre-campaign", "Campaign" },
    };
    lf_view external = reference(o, "mitre-attack", "");
    struct galaxy g = { .value = lf_json_str(o, "name") };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (is(o, rows[i].type)) {
            g.galaxy = lf_view_of(rows[i].galaxy);
            g.name = lf_view_of(rows[i].name);
        }
    if (misp_out_label(o, "galaxy-type").ptr) {
        g.galaxy = misp_out_label(o, "galaxy-type");
        if (misp_out_label(o, "galaxy-name").ptr)
            g.name = misp_out_label(o, "galaxy-name");
    } else if (external.len) { /* as MISP names what it takes from ATT&CK */
        g.value = lf_arena_printf(x->a, "%.*s - %.*s", LF_FMT(g.value), LF_FMT(external));
    }
    g.tag = reference(o, "misp-galaxy", "misp-galaxy:");
    if (!g.tag.ptr)
        g.tag = lf_arena_printf(x->a, "misp-galaxy:%.*s=\"%.*s\"", LF_FMT(g.galaxy), LF_FMT(g.value));
    return g;
}

static void cluster(struct misp_write *x, const struct lf_json *o)
{
    struct galaxy g = galaxy_of(x, o);
    lf_view external = reference(o, "mitre-attack", "");
    const struct lf_json *aliases = lf_json_get(o, LF_V("aliases"));

    lf_json_open(&x->w, '{');
    lf_json_put_str(&x->w, "type", g.galaxy);
    lf_json_put_str(&x->w, "name", g.name);
    lf_json_begin(&x->w, "GalaxyCluster", '[');
    lf_json_open(&x->w, '{');
    lf_json_put_str(&x->w, "uuid", misp_out_uuid(o));
    lf_json_put_str(&x->w, "type", g.galaxy);
    lf_json_put_str(&x->w, "value", g.value);
    lf_json_put_str(&x->w, "tag_name", g.tag);
    put(x, "description", lf_json_str(o, "description"));
    lf_json_begin(&x->w, "meta", '{');
    if (external.len) {
        lf_json_begin(&x->w, "external_id", '[');
        lf_json_put_str(&x->w, NULL, external);
        lf_json_close(&x->w);
    }
    if (lf_json_kind(aliases) == LF_JSON_ARRAY)
        lf_json_put(&x->w, "synonyms", aliases);
    lf_json_close(&x->w);
    lf_json_close(&x->w);
    lf_json_close(&x->w);
    lf_json_close(&x->w);
}

/* Clusters that relationships of an object point to, as tags or as galaxies. */
static void clusters_of(struct misp_write *x, const struct lf_json *o, bool tags, bool *any)
{
    for (size_t i = about_first(x, lf_json_str(o, "id")); i; i = x->next[i - 1]) {
        const struct lf_json *rel = x->o[i - 1], *to;
        size_t at = 0;

        if (!is(rel, "relationship"))
            continue;
        to = misp_get(x, lf_json_str(rel, "target_ref"), &at);
        if (!to || !is_cluster(to))
            continue;
        x->done[i - 1] = x->done[at] = true;
        if (tags) {
            tag(x, any, galaxy_of(x, to).tag);
        } else {
            if (!*any)
                lf_json_begin(&x->w, "Galaxy", '[');
            *any = true;
            cluster(x, to);
        }
    }
}

/* ---- attributes ---- */

static void sighting(struct misp_write *x, bool *any, lf_view uuid, const char *type, lf_view at,
                     lf_view source, const struct lf_json *who)
{
    if (!*any)
        lf_json_begin(&x->w, "Sighting", '[');
    *any = true;
    lf_json_open(&x->w, '{');
    lf_json_put_str(&x->w, "uuid", uuid);
    lf_json_put_cstr(&x->w, "type", type);
    put_seconds(x, "date_sighting", at);
    lf_json_put_str(&x->w, "source", source);
    if (who) {
        lf_json_begin(&x->w, "Organisation", '{');
        lf_json_put_str(&x->w, "uuid", misp_out_uuid(who));
        lf_json_put_str(&x->w, "name", lf_json_str(who, "name"));
        lf_json_close(&x->w);
    }
    lf_json_close(&x->w);
}

static void sightings(struct misp_write *x, const struct lf_json *o)
{
    lf_view until = lf_json_str(o, "valid_until");
    bool any = false;

    for (size_t i = about_first(x, lf_json_str(o, "id")); i; i = x->next[i - 1]) {
        const struct lf_json *s = x->o[i - 1], *where, *list;

        if (is(s, "sighting")) {
            lf_view at = lf_json_str(s, "last_seen");

            list = lf_json_get(s, LF_V("where_sighted_refs"));
            where = lf_json_kind(list) == LF_JSON_ARRAY && lf_json_count(list)
                        ? misp_get(x, lf_json_text(lf_json_item(list, 0)), NULL)
                        : NULL;
            sighting(x, &any, misp_out_uuid(s), "0", at.len ? at : lf_json_str(s, "modified"),
                     lf_json_str(s, "description"), where);
            misp_out_members(x, s,
                             "sighting_of_ref first_seen last_seen description where_sighted_refs count");
            if (lf_json_get(s, LF_V("count")) &&
                !lf_view_is(lf_json_text(lf_json_get(s, LF_V("count"))), "1"))
                misp_out_lost(x, s, "count", lf_json_text(lf_json_get(s, LF_V("count"))),
                              "a sighting of MISP is one");
        } else if (is(s, "opinion") && lf_view_is(lf_json_str(s, "opinion"), "strongly-disagree")) {
            const struct lf_json *authors = lf_json_get(s, LF_V("authors"));

            sighting(x, &any, misp_out_uuid(s), "1", lf_json_str(s, "modified"),
                     lf_json_kind(authors) == LF_JSON_ARRAY && lf_json_count(authors)
                         ? lf_json_text(lf_json_item(authors, 0))
                         : LF_V(""),
                     NULL);
            misp_out_members(x, s, "opinion explanation authors object_refs");
        } else {
            continue;
        }
        x->done[i - 1] = true;
    }
    if (until.len)
        sighting(x, &any, lf_uuid5(x->a, misp_out_uuid(o), LF_V("expiration")), "2", until, LF_V(""), NULL);
    if (any)
        lf_json_close(&x->w);
}

static lf_view comment_of(struct misp_write *x, const struct lf_json *o)
{
    for (size_t i = about_first(x, lf_json_str(o, "id")); i; i = x->next[i - 1])
        if (is(x->o[i - 1], "note") && misp_out_label(x->o[i - 1], "comment-of").ptr) {
            x->done[i - 1] = true;
            return lf_json_str(x->o[i - 1], "content");
        }
    return (lf_view){ "", 0 };
}

static lf_view data_of(struct misp_write *x, const struct lf_json *o)
{
    size_t i = about_first(x, lf_arena_printf(x->a, "data-of:%.*s", LF_FMT(misp_out_uuid(o))));
    const struct lf_json *refs, *artifact;
    size_t at;

    if (!i)
        return (lf_view){ "", 0 };
    refs = lf_json_get(x->o[i - 1], LF_V("object_refs"));
    artifact = lf_json_count(refs) ? misp_get(x, lf_json_text(lf_json_item(refs, 0)), &at) : NULL;
    if (!artifact)
        return (lf_view){ "", 0 };
    x->done[i - 1] = x->done[at] = true;
    return lf_json_str(artifact, "payload_bin");
}

static const char *category_of(const struct lf_json *o, lf_view type)
{
    const struct misp_type *t = misp_type_of(type);

    if (t)
        return t->category;
    if (is(o, "vulnerability"))
        return "External analysis";
    return is(o, "indicator") ? "Payload delivery" : "Other";
}

struct piece {
    lf_view uuid, type, value, comment;
    bool whole; /* all of the STIX object; else one of several values of it */
};

static enum lf_code attribute(struct misp_write *x, const struct lf_json *o, const struct piece *p)
{
    lf_view category = misp_out_label(o, "category"), ids = misp_out_label(o, "to_ids"), seen,
            from = lf_json_str(o, "valid_from");
    const char *tlp = tlp_of(o);
    lf_view own = misp_out_label(o, "distribution"), data;
    bool any = false;

    lf_json_open(&x->w, '{');
    lf_json_put_str(&x->w, "uuid", p->uuid);
    lf_json_put_str(&x->w, "type", p->type);
    lf_json_put_str(&x->w, "category", category.ptr ? category : lf_view_of(category_of(o, p->type)));
    lf_json_put_str(&x->w, "value", p->value);
    lf_json_put_bool(&x->w, "to_ids", ids.ptr ? lf_view_is(ids, "true") : is(o, "indicator"));
    put_seconds(x, "timestamp", lf_json_str(o, "modified"));
    if (!lf_json_str(o, "modified").len)
        lf_json_put_cstr(&x->w, "timestamp", "0");
    lf_json_put_str(&x->w, "distribution", own.ptr ? own : LF_V("5"));
    put(x, "object_relation", misp_out_label(o, "relation"));
    put(x, "comment", p->comment);
    seen = misp_out_label(o, "first_seen");
    if (seen.ptr)
        lf_json_put_str(&x->w, "first_seen", seen);
    else if (from.len && !misp_out_label(o, "type").ptr)
        lf_json_put_str(&x->w, "first_seen", from);
    else if (is(o, "observed-data") && !misp_out_label(o, "type").ptr)
        put(x, "first_seen", lf_json_str(o, "first_observed"));
    seen = misp_out_label(o, "last_seen");
    if (seen.ptr)
        lf_json_put_str(&x->w, "last_seen", seen);
    else if (is(o, "observed-data") && !misp_out_label(o, "type").ptr)
        put(x, "last_seen", lf_json_str(o, "last_observed"));
    if (lf_json_bool(o, "revoked", false))
        lf_json_put_bool(&x->w, "deleted", true);
    if (misp_out_label(o, "disable_correlation").ptr)
        lf_json_put_bool(&x->w, "disable_correlation", true);
    data = p->whole ? data_of(x, o) : LF_V("");
    put(x, "data", data);
    if (p->whole)
        sharing_group(x, o);
    if (tlp && (!x->event_tlp || strcmp(tlp, x->event_tlp) != 0) &&
        (!x->derived || strcmp(tlp, x->derived) != 0) && !own.ptr)
        tag(x, &any, lf_arena_printf(x->a, "tlp:%s", tlp));
    else if (tlp && own.ptr && (!x->event_tlp || strcmp(tlp, x->event_tlp) != 0)) {
        static const char *const far[] = { "red", "amber+strict", "amber", "green", "amber+strict" };
        size_t d = own.len == 1 && own.ptr[0] >= '0' && own.ptr[0] <= '4' ? (size_t)(own.ptr[0] - '0') : 5;

        if (d == 5 || strcmp(tlp, far[d]) != 0)
            tag(x, &any, lf_arena_printf(x->a, "tlp:%s", tlp));
    }
    label_tags(x, o, &any);
    clusters_of(x, o, true, &any);
    if (any)
        lf_json_close(&x->w);
    any = false;
    clusters_of(x, o, false, &any);
    if (any)
        lf_json_close(&x->w);
    if (p->whole)
        sightings(x, o);
    lf_json_close(&x->w);
    return flush(x, PIECE_BYTES);
}

/* The attributes of one STIX object. */
static enum lf_code piece(struct misp_write *x, size_t i)
{
    const struct lf_json *o = x->o[i], *refs = lf_json_get(o, LF_V("object_refs"));
    struct piece p = { .uuid = misp_out_uuid(o), .comment = lf_json_str(o, "description"), .whole = true };
    lf_view said = misp_out_label(o, "type"), name = lf_json_str(o, "name");

    x->done[i] = true;
    if (is(o, "indicator")) {
        misp_of_indicator(x, o, &p.type, &p.value);
        if (name.len && !p.comment.len && !lf_view_eq(name, p.value))
            p.comment = name;
        misp_out_members(x, o, "name description pattern pattern_type valid_from valid_until");
        if (name.len && !lf_view_eq(name, p.value) && !lf_view_eq(name, p.comment))
            misp_out_lost(x, o, "name", name, "an attribute has no name; its comment is the description");
        return attribute(x, o, &p);
    }
    if (is(o, "vulnerability")) {
        lf_view cve = reference(o, "cve", "CVE-");

        p.type = LF_V("vulnerability");
        p.value = !said.ptr && cve.len ? cve : name;
        if (!lf_view_eq(p.value, name) && !p.comment.len)
            p.comment = name;
        misp_out_members(x, o, "name description external_references");
        return attribute(x, o, &p);
    }
    if (is(o, "note")) {
        p.type = said;
        p.value = lf_json_str(o, "content");
        p.comment = lf_json_str(o, "abstract");
        misp_out_members(x, o, "content abstract object_refs");
        return attribute(x, o, &p);
    }
    p.comment = comment_of(x, o);
    misp_out_members(x, o, "first_observed last_observed number_observed object_refs");
    if (said.ptr && misp_of_observables(x, refs, said, misp_out_label(o, "object"),
                                        misp_out_label(o, "relation"), &p.value)) {
        p.type = said;
        return attribute(x, o, &p);
    }
    for (size_t k = 0; lf_json_kind(refs) == LF_JSON_ARRAY && k < lf_json_count(refs); k++) {
        const struct lf_json *sco = misp_get(x, lf_json_text(lf_json_item(refs, k)), NULL);
        struct misp_given given[LF_MISP_GIVES];
        size_t n = sco ? misp_of_observable(x, sco, given) : 0;

        for (size_t g = 0; g < n; g++) {
            p.type = lf_view_of(given[g].type);
            p.value = given[g].value;
            p.whole = k == 0 && g == 0;
            if (!p.whole || n > 1 || lf_json_count(refs) > 1)
                p.uuid = lf_uuid5(x->a, misp_out_uuid(o),
                                  lf_arena_printf(x->a, "%s|%.*s", given[g].type, LF_FMT(p.value)));
            LF_TRY(attribute(x, o, &p));
        }
        if (!n)
            misp_out_lost(x, o, "object_refs", lf_json_text(lf_json_item(refs, k)),
                          sco ? "MISP has no type for this observable"
                              : "the observable is not in the bundle");
    }
    return LF_OK;
}

/* An observable that no observed data speak of. */
static enum lf_code bare(struct misp_write *x, size_t i)
{
    const struct lf_json *o = x->o[i];
    struct misp_given given[LF_MISP_GIVES];
    size_t n = misp_of_observable(x, o, given);

    x->done[i] = true;
    for (size_t g = 0; g < n; g++) {
        struct piece p = { .type = lf_view_of(given[g].type), .value = given[g].value, .whole = g == 0 };

        p.uuid = n == 1 ? misp_out_uuid(o)
                        : lf_uuid5(x->a, misp_out_uuid(o),
                                   lf_arena_printf(x->a, "%s|%.*s", given[g].type, LF_FMT(p.value)));
        LF_TRY(attribute(x, o, &p));
    }
    if (!n)
        misp_out_lost(x, o, "type", lf_json_str(o, "type"), "MISP has no type for this observable");
    return LF_OK;
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
    put(x, "description", lf_json_str(o, "description"));
    put_seconds(x, "timestamp", lf_json_str(o, "modified"));
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        put(x, keys[k], misp_out_label(o, keys[k]));
    if (lf_json_bool(o, "revoked", false))
        lf_json_put_bool(&x->w, "deleted", true);
    lf_json_begin(&x->w, "Attribute", '[');
    for (size_t k = 0; lf_json_kind(refs) == LF_JSON_ARRAY && k < lf_json_count(refs); k++) {
        size_t at;
        const struct lf_json *p = misp_get(x, lf_json_text(lf_json_item(refs, k)), &at);

        if (p && is_piece(p))
            LF_TRY(piece(x, at));
    }
    lf_json_close(&x->w);
    for (size_t k = about_first(x, lf_json_str(o, "id")); k; k = x->next[k - 1]) {
        const struct lf_json *rel = x->o[k - 1];

        if (!is(rel, "relationship") || x->done[k - 1])
            continue;
        x->done[k - 1] = true;
        if (!any)
            lf_json_begin(&x->w, "ObjectReference", '[');
        any = true;
        lf_json_open(&x->w, '{');
        lf_json_put_str(&x->w, "uuid", misp_out_uuid(rel));
        lf_json_put_str(&x->w, "relationship_type", lf_json_str(rel, "relationship_type"));
        put(x, "comment", lf_json_str(rel, "description"));
        put_seconds(x, "timestamp", lf_json_str(rel, "modified"));
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
    return flush(x, PIECE_BYTES);
}

static bool names_cluster(const struct lf_json *report, lf_view uuid)
{
    const struct lf_json *list = lf_json_get(report, LF_V("labels"));

    for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_count(list); i++)
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
        put_seconds(x, "timestamp", lf_json_str(r, "modified"));
    lf_json_put_bool(&x->w, "published", r && is(r, "report"));
    if (r && is(r, "report"))
        put_seconds(x, "publish_timestamp", lf_json_str(r, "published"));
    t = misp_out_label(r, "threat-level");
    lf_json_put_str(&x->w, "threat_level_id", t.ptr ? t : LF_V("4"));
    t = misp_out_label(r, "analysis");
    lf_json_put_str(&x->w, "analysis", t.ptr ? t : LF_V("0"));
    /* Of a stranger's report nobody said how far it goes: only to who imports it. */
    t = misp_out_label(r, "distribution");
    lf_json_put_str(&x->w, "distribution", t.ptr ? t : LF_V("0"));
    put(x, "extends_uuid", misp_out_label(r, "extends"));
    if (who) {
        lf_json_begin(&x->w, "Orgc", '{');
        lf_json_put_str(&x->w, "uuid", misp_out_uuid(who));
        lf_json_put_str(&x->w, "name", lf_json_str(who, "name"));
        lf_json_close(&x->w);
    }
    if (r)
        sharing_group(x, r);
}

static void event_tags(struct misp_write *x, const struct lf_json *r, const size_t *list, size_t n)
{
    const char *tlp = tlp_of(r);
    bool any = false;

    x->event_tlp = x->derived = NULL;
    if (tlp && misp_out_label(r, "tlp").ptr)
        x->derived = tlp;
    else
        x->event_tlp = tlp;
    if (x->event_tlp)
        tag(x, &any, lf_arena_printf(x->a, "tlp:%s", tlp));
    if (r) {
        markings(x, r, true, &any);
        label_tags(x, r, &any);
    }
    for (size_t i = 0; i < n; i++)
        if (is_cluster(x->o[list[i]]) &&
            (!x->done[list[i]] || names_cluster(r, misp_out_uuid(x->o[list[i]]))))
            tag(x, &any, galaxy_of(x, x->o[list[i]]).tag);
    if (any)
        lf_json_close(&x->w);
    any = false;
    for (size_t i = 0; i < n; i++)
        if (is_cluster(x->o[list[i]]) &&
            (!x->done[list[i]] || names_cluster(r, misp_out_uuid(x->o[list[i]])))) {
            if (!any)
                lf_json_begin(&x->w, "Galaxy", '[');
            any = true;
            cluster(x, x->o[list[i]]);
            x->done[list[i]] = true;
        }
    if (any)
        lf_json_close(&x->w);
}

/* Clusters that an attribute of the event has are its own only. */
static void claim_clusters(struct misp_write *x, const size_t *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = about_first(x, lf_json_str(x->o[list[i]], "id")); k && is_piece(x->o[list[i]]);
             k = x->next[k - 1]) {
            size_t at;
            const struct lf_json *to = is(x->o[k - 1], "relationship")
                                           ? misp_get(x, lf_json_str(x->o[k - 1], "target_ref"), &at)
                                           : NULL;

            if (to && is_cluster(to))
                x->done[at] = true;
        }
}

static void claim_objects(struct misp_write *x, const size_t *list, size_t n, bool *in_object)
{
    for (size_t i = 0; i < n; i++) {
        const struct lf_json *refs = lf_json_get(x->o[list[i]], LF_V("object_refs"));

        if (!is_object(x->o[list[i]]))
            continue;
        for (size_t k = 0; lf_json_kind(refs) == LF_JSON_ARRAY && k < lf_json_count(refs); k++) {
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

        if (!is(o, "note") || x->done[list[i]] || is_piece(o) || misp_out_label(o, "comment-of").ptr)
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
        put_seconds(x, "timestamp", lf_json_str(o, "modified"));
        if (lf_json_bool(o, "revoked", false))
            lf_json_put_bool(&x->w, "deleted", true);
        lf_json_close(&x->w);
        misp_out_members(x, o, "abstract content object_refs");
        LF_TRY(flush(x, PIECE_BYTES));
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
        if (!in_object[list[i]] && !x->done[list[i]] && is_piece(x->o[list[i]]) &&
            !misp_out_label(x->o[list[i]], "data-of").ptr)
            LF_TRY(piece(x, list[i]));
    for (size_t i = 0; i < n; i++)
        if (!in_object[list[i]] && !x->done[list[i]] && is_observable(x->o[list[i]]))
            LF_TRY(bare(x, list[i]));
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
    return flush(x, 0);
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
        if (is(o, "sighting"))
            index_about(x, i, lf_json_str(o, "sighting_of_ref"));
        else if (is(o, "relationship"))
            index_about(x, i, lf_json_str(o, "source_ref"));
        else if (data.ptr)
            index_about(x, i, lf_arena_printf(x->a, "data-of:%.*s", LF_FMT(data)));
        else if ((is(o, "opinion") || misp_out_label(o, "comment-of").ptr) &&
                 lf_json_kind(refs) == LF_JSON_ARRAY && lf_json_count(refs))
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

        for (size_t k = 0; lf_json_kind(refs) == LF_JSON_ARRAY && k < lf_json_count(refs); k++) {
            size_t at;
            const struct lf_json *p = misp_get(x, lf_json_text(lf_json_item(refs, k)), &at);

            if (!p || is_event(p))
                continue;
            if (x->owner[at] && x->owner[at] != event && !is_observable(p) && !is_cluster(p) &&
                !is(p, "identity"))
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

        if (x->done[i] || !(is(x->o[i], "observed-data") || is_object(x->o[i])))
            continue;
        for (size_t k = 0; lf_json_kind(refs) == LF_JSON_ARRAY && k < lf_json_count(refs); k++) {
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

        if (!x->done[list[i]] &&
            (is_piece(o) || is_object(o) || is_cluster(o) || (is_observable(o) && lf_json_str(o, "id").len) ||
             (is(o, "note") && !misp_out_label(o, "comment-of").ptr)))
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
        rc = flush(&x, 0);
    for (size_t i = 0; rc == LF_OK && i < n; i++) {
        const struct lf_json *o = objects[i];

        if (!x.done[i] && !is(o, "identity") && !is(o, "marking-definition"))
            misp_out_lost(&x, o, "type", lf_json_str(o, "type"), "MISP has no place for it");
    }
    lf_map_clear(&x.ids);
    lf_map_clear(&x.about);
    lf_buf_clear(&x.b);
    return rc;
}
