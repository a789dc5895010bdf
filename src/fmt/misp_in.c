/* MISP -> STIX: the file, its events, and what hangs on an event. */
#include "fmt/misp_in.h"

#include <stdio.h>

#include "base/crypto.h"
#include "fmt/stix.h"

static const struct lf_json_limits limits = { .bytes = UINT32_MAX, .depth = 64, .unique = true };

/* ---- small readings ---- */

bool misp_truth(const struct lf_json *v)
{
    lf_view t = lf_json_text(v);

    return lf_json_kind(v) == LF_JSON_TRUE || lf_view_is(t, "1") ||
           (lf_json_kind(v) == LF_JSON_STRING && lf_view_eq_nocase(t, LF_V("true")));
}

bool misp_number(const struct lf_json *v, int64_t *out)
{
    return (lf_json_kind(v) == LF_JSON_NUMBER || lf_json_kind(v) == LF_JSON_STRING) &&
           lf_view_i64(lf_json_text(v), out);
}

lf_time misp_moment(const struct lf_json *v, lf_time otherwise)
{
    int64_t n;

    if (!misp_number(v, &n) || n <= 0 || n > LF_TIME_MAX / LF_SECOND)
        return otherwise;
    return n * LF_SECOND;
}

lf_view misp_uuid(struct misp_read *r, const struct lf_json *v, lf_view else_of)
{
    lf_view u = lf_json_str(v, "uuid"), lower;
    char *p;

    if (!lf_make_uuid_ok(u)) {
        misp_lost(r, "uuid", u, "no UUID: one was made of the content");
        return lf_make_uuid(&r->m, r->uuid, else_of);
    }
    lower = lf_arena_copy(&r->m.a, u);
    p = (char *)(uintptr_t)lower.ptr;
    for (size_t i = 0; i < lower.len; i++)
        p[i] = (char)(p[i] >= 'A' && p[i] <= 'F' ? p[i] | 0x20 : p[i]);
    return lower;
}

void misp_lost(struct misp_read *r, const char *member, lf_view value, const char *why)
{
    lf_make_lost(&r->m, lf_arena_printf(&r->m.a, "%s.%s", r->place, member), value, why);
}

static bool listed(const char *list, lf_view name)
{
    lf_view rest = lf_view_of(list), one;

    while (lf_view_split(&rest, ' ', &one))
        if (lf_view_eq(one, name))
            return true;
    return false;
}

/* Null, false, 0, "", [] and {} say nothing. */
static bool says_nothing(const struct lf_json *v)
{
    lf_view t = lf_json_text(v);

    switch (lf_json_kind(v)) {
    case LF_JSON_NULL:
    case LF_JSON_FALSE:
        return true;
    case LF_JSON_NUMBER:
    case LF_JSON_STRING:
        return t.len == 0 || lf_view_is(t, "0");
    case LF_JSON_ARRAY:
    case LF_JSON_OBJECT:
        return lf_json_size(v) == 0;
    default:
        return false;
    }
}

void misp_members(struct misp_read *r, const struct lf_json *v, unsigned level, const char *handled,
                  const char *numbers, const char *lost)
{
    static const char *const under[] = { "", "", "", "Sighting.", "Tag.", "SharingGroup.", "Galaxy.", "" };

    for (size_t i = 0; lf_json_kind(v) == LF_JSON_OBJECT && i < lf_json_members(v); i++) {
        lf_view key = lf_json_key(v, i);
        const struct lf_json *m = lf_json_member(v, i);

        if (listed(handled, key) || says_nothing(m))
            continue;
        if (listed(numbers, key)) {
            if (!r->told[level])
                lf_make_lost(
                    &r->m, lf_arena_printf(&r->m.a, "%s.%.*s", r->place, LF_FMT(key)), lf_json_text(m),
                    "a number of the sender's database, where UUIDs say the same (told once of a kind)");
            r->told[level] = true;
            continue;
        }
        lf_make_lost(
            &r->m,
            lf_arena_printf(&r->m.a, "%s.%s%.*s", r->place, under[level], LF_FMT(lf_view_first(key, 80))),
            lf_json_text(m), listed(lost, key) ? "STIX has no place for it" : "not known here");
    }
}

/* ---- references ---- */

void misp_ref(struct misp_read *r, lf_view id)
{
    if (!id.len)
        return;
    if (r->refs.len)
        lf_buf_byte(&r->refs, ',');
    lf_json_quote(&r->refs, id);
    r->nrefs++;
}

void misp_ref_once(struct misp_read *r, lf_view id)
{
    uint64_t was;

    if (!id.len || lf_map_get(&r->known, id, &was))
        return;
    lf_map_set(&r->known, lf_arena_copy(&r->ev, id), 1);
    misp_ref(r, id);
}

/* ---- tags ---- */

const char *misp_distribution(int64_t d)
{
    switch (d) {
    case 0: /* your organisation only */
        return lf_make_tlp(LF_V("red"));
    case 1: /* this community */
    case 4: /* a sharing group, which is named by a marking of its own */
        return lf_make_tlp(LF_V("amber+strict"));
    case 2: /* connected communities */
        return lf_make_tlp(LF_V("amber"));
    case 3: /* all communities */
        return lf_make_tlp(LF_V("green"));
    default:
        return NULL;
    }
}

static void other(struct lf_buf *others, lf_view id)
{
    if (others->len)
        lf_buf_byte(others, ',');
    lf_json_quote(others, id);
}

/* The stricter of two TLP markings: what two tags say both holds. */
static const char *stricter(const char *a, const char *b)
{
    static const char *const order[] = { "red", "amber+strict", "amber", "green", "clear", "white" };

    for (size_t i = 0; a && b && i < sizeof order / sizeof *order; i++)
        if (strcmp(lf_make_tlp(lf_view_of(order[i])), a) == 0 ||
            strcmp(lf_make_tlp(lf_view_of(order[i])), b) == 0)
            return lf_make_tlp(lf_view_of(order[i]));
    return a ? a : b;
}

enum lf_code misp_markings(struct misp_read *r, const struct lf_json *tags, const char **tlp,
                           struct lf_buf *others)
{
    for (size_t i = 0; lf_json_kind(tags) == LF_JSON_ARRAY && i < lf_json_items(tags); i++) {
        lf_view name = lf_json_str(lf_json_item(tags, i), "name"), id;

        if (name.len > 4 && lf_view_eq_nocase(lf_view_first(name, 4), LF_V("tlp:"))) {
            const char *t = lf_make_tlp(name);

            *tlp = t ? stricter(*tlp, t) : *tlp;
        } else if (name.len > 4 && lf_view_eq_nocase(lf_view_first(name, 4), LF_V("PAP:"))) {
            LF_TRY(lf_make_statement(&r->m, LF_V(""), name, &id, r->e));
            other(others, id);
        }
    }
    return LF_OK;
}

enum lf_code misp_sharing_group(struct misp_read *r, const struct lf_json *group, struct lf_buf *others)
{
    const struct lf_json *orgs = lf_json_get(group, LF_V("SharingGroupOrg"));
    lf_view name = lf_json_str(group, "name"), id;
    struct lf_buf b;
    enum lf_code rc;

    if (!name.len)
        return LF_OK;
    lf_buf_init(&b, 65536);
    LF_PUT(&b, "MISP sharing group: ");
    lf_buf_put(&b, name);
    for (size_t i = 0; lf_json_kind(orgs) == LF_JSON_ARRAY && i < lf_json_items(orgs); i++) {
        lf_view org = lf_json_str(lf_json_get(lf_json_item(orgs, i), LF_V("Organisation")), "name");

        if (org.len) {
            lf_buf_put(&b, i ? LF_V(", ") : LF_V("; members: "));
            lf_buf_put(&b, org);
        }
    }
    rc = lf_make_statement(&r->m, lf_json_str(group, "uuid"), lf_buf_view(&b), &id, r->e);
    lf_buf_clear(&b);
    if (rc == LF_OK)
        other(others, id);
    misp_members(r, group, 5, "name uuid SharingGroupOrg", "id organisation_id org_id sync_user_id",
                 "description releasability active local roaming created modified organisation_uuid "
                 "SharingGroupServer Organisation");
    return rc;
}

void misp_put_label(struct misp_read *r, const char *name, lf_view value)
{
    struct lf_buf b;

    lf_buf_init(&b, 8192);
    lf_buf_printf(&b, "misp:%s=\"", name);
    lf_buf_put(&b, value);
    lf_buf_byte(&b, '"');
    lf_json_put_str(&r->m.w, NULL, lf_buf_view(&b));
    lf_buf_clear(&b);
}

/* Whether one of the galaxies given has the cluster that a tag names: it is an object then. */
static bool is_cluster(const struct lf_json *galaxies, lf_view tag)
{
    for (size_t i = 0; lf_json_kind(galaxies) == LF_JSON_ARRAY && i < lf_json_items(galaxies); i++) {
        const struct lf_json *g = lf_json_item(galaxies, i), *list = lf_json_get(g, LF_V("GalaxyCluster"));

        if (!misp_cluster_type(lf_json_str(g, "type")))
            continue;
        for (size_t k = 0; lf_json_kind(list) == LF_JSON_ARRAY && k < lf_json_items(list); k++)
            if (lf_view_eq(lf_json_str(lf_json_item(list, k), "tag_name"), tag))
                return true;
    }
    return false;
}

void misp_labels(struct misp_read *r, const struct lf_json *tags, const struct lf_json *galaxies)
{
    for (size_t i = 0; lf_json_kind(tags) == LF_JSON_ARRAY && i < lf_json_items(tags); i++) {
        const struct lf_json *t = lf_json_item(tags, i);
        lf_view name = lf_json_str(t, "name");

        misp_members(r, t, 4, "name exportable",
                     "id user_id org_id relationship_id event_tag_id attribute_tag_id",
                     "colour hide_tag numerical_value local is_galaxy is_custom_galaxy "
                     "local_only inherited relationship_type");
        if (!name.len || lf_make_tlp(name) || is_cluster(galaxies, name) ||
            (name.len > 4 && lf_view_eq_nocase(lf_view_first(name, 4), LF_V("PAP:"))))
            continue;
        lf_json_put_str(&r->m.w, NULL, name);
    }
}

lf_view misp_list(struct misp_read *r, const char *tlp, lf_view others)
{
    struct lf_buf b;
    lf_view out = { "", 0 };

    if (!tlp && !others.len)
        return out;
    lf_buf_init(&b, 1 << 16);
    lf_buf_byte(&b, '[');
    if (tlp)
        lf_json_quote(&b, lf_view_of(tlp));
    if (tlp && others.len)
        lf_buf_byte(&b, ',');
    lf_buf_put(&b, others);
    lf_buf_byte(&b, ']');
    out = lf_arena_copy(&r->m.a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

/* ---- galaxies ---- */

static lf_view first_text(const struct lf_json *v)
{
    if (lf_json_kind(v) == LF_JSON_ARRAY && lf_json_items(v))
        v = lf_json_item(v, 0);
    return lf_json_kind(v) == LF_JSON_STRING ? lf_json_text(v) : (lf_view){ "", 0 };
}

static enum lf_code cluster(struct misp_read *r, const char *type, lf_view id, const struct lf_json *c,
                            const struct lf_json *galaxy)
{
    const struct lf_json *meta = lf_json_get(c, LF_V("meta")), *list;
    lf_view name = lf_json_str(c, "value"), external = first_text(lf_json_get(meta, LF_V("external_id"))),
            text = lf_json_str(c, "description"), creator = r->m.creator, markings = r->m.markings;
    struct lf_json_w *w = &r->m.w;
    enum lf_code rc;
    bool any = false;

    r->m.creator = r->m.markings = (lf_view){ "", 0 }; /* public knowledge, and not by who made the event */
    lf_make_open(&r->m, type, id, LF_MAKE_UNDATED, LF_MAKE_UNDATED);
    lf_json_put_str(w, "name", name);
    if (text.len)
        lf_json_put_str(w, "description", text);
    if (strcmp(type, "malware") == 0)
        lf_json_put_bool(w, "is_family", true);
    list = lf_json_get(meta, LF_V("synonyms"));
    if (strcmp(type, "course-of-action") != 0)
        for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_items(list); i++)
            if (lf_json_kind(lf_json_item(list, i)) == LF_JSON_STRING) {
                if (!any)
                    lf_json_begin(w, "aliases", '[');
                any = true;
                lf_json_put(w, NULL, lf_json_item(list, i));
            }
    if (any)
        lf_json_close(w);
    lf_json_begin(w, "external_references", '[');
    if (external.len) {
        bool mitre = lf_view_starts(lf_json_str(galaxy, "type"), LF_V("mitre"));

        lf_json_open(w, '{');
        lf_json_put_cstr(w, "source_name", mitre ? "mitre-attack" : "misp-galaxy");
        lf_json_put_str(w, "external_id", external);
        lf_json_close(w);
    }
    lf_json_open(w, '{');
    lf_json_put_cstr(w, "source_name", "misp-galaxy");
    if (lf_json_str(c, "tag_name").len)
        lf_json_put_str(w, "external_id", lf_json_str(c, "tag_name"));
    else
        lf_json_put_str(w, "external_id", lf_json_str(c, "uuid"));
    lf_json_close(w);
    lf_json_close(w);
    lf_json_begin(w, "labels", '[');
    misp_put_label(r, "galaxy-type", lf_json_str(galaxy, "type"));
    if (lf_json_str(galaxy, "name").len)
        misp_put_label(r, "galaxy-name", lf_json_str(galaxy, "name"));
    lf_json_close(w);
    rc = lf_make_close(&r->m, r->e);
    r->m.creator = creator;
    r->m.markings = markings;
    misp_members(r, meta, 6, strcmp(type, "course-of-action") != 0 ? "external_id synonyms" : "external_id",
                 "", "refs synonyms country");
    misp_members(r, c, 6, "uuid value tag_name description meta type", "id galaxy_id tag_id",
                 "collection_uuid source authors version local default deleted distribution");
    misp_members(r, galaxy, 6, "type name GalaxyCluster", "id",
                 "uuid description version icon namespace kill_chain_order enabled");
    return rc;
}

enum lf_code misp_galaxies(struct misp_read *r, const struct lf_json *galaxies, lf_view source,
                           const char *how, lf_time at)
{
    for (size_t i = 0; lf_json_kind(galaxies) == LF_JSON_ARRAY && i < lf_json_items(galaxies); i++) {
        const struct lf_json *g = lf_json_item(galaxies, i), *list = lf_json_get(g, LF_V("GalaxyCluster"));
        const char *type = misp_cluster_type(lf_json_str(g, "type"));

        for (size_t k = 0; lf_json_kind(list) == LF_JSON_ARRAY && k < lf_json_items(list); k++) {
            const struct lf_json *c = lf_json_item(list, k);
            lf_view id, rel;

            if (!type || !lf_json_str(c, "value").len) {
                misp_lost(r, "Galaxy.GalaxyCluster.description", lf_json_str(c, "value"),
                          "a cluster of a galaxy that STIX has no type for: only its tag is kept");
                continue;
            }
            id = lf_make_id(&r->m, type,
                            lf_make_uuid_ok(lf_json_str(c, "uuid"))
                                ? lf_json_str(c, "uuid")
                                : lf_make_uuid(&r->m, lf_json_str(g, "type"), lf_json_str(c, "value")));
            if (!lf_stix_id_exact(id, NULL))
                continue;
            if (lf_make_first(&r->m, id))
                LF_TRY(cluster(r, type, id, c, g));
            misp_ref_once(r, id);
            if (!source.len)
                continue;
            rel = lf_make_id(&r->m, "relationship", lf_make_uuid(&r->m, source, id));
            lf_make_open(&r->m, "relationship", rel, at, at);
            lf_json_put_cstr(&r->m.w, "relationship_type", how);
            lf_json_put_str(&r->m.w, "source_ref", source);
            lf_json_put_str(&r->m.w, "target_ref", id);
            LF_TRY(lf_make_close(&r->m, r->e));
            misp_ref(r, rel);
        }
    }
    return LF_OK;
}

/* ---- walking ---- */

static enum lf_code bad(struct misp_read *r, lf_view in, const char *what)
{
    return lf_err_set(r->e, LF_BAD_INPUT, "MISP: %s at byte %zu", what, (size_t)(in.ptr - r->whole.ptr));
}

static void blanks(lf_view *in)
{
    while (in->len && (in->ptr[0] == ' ' || in->ptr[0] == '\t' || in->ptr[0] == '\r' || in->ptr[0] == '\n'))
        *in = lf_view_from(*in, 1);
}

static bool past(lf_view *in, char c)
{
    blanks(in);
    if (!in->len || in->ptr[0] != c)
        return false;
    *in = lf_view_from(*in, 1);
    return true;
}

static enum lf_code value(struct misp_read *r, lf_view *in, const struct lf_json **out)
{
    size_t at = (size_t)(in->ptr - r->whole.ptr);

    if (lf_json_take(&r->m.a, in, &limits, out, r->e) == LF_OK)
        return LF_OK;
    return lf_err_set(r->e, LF_BAD_INPUT, "MISP: the value from byte %zu on: %.300s", at,
                      lf_arena_cstr(&r->m.a, lf_view_of(r->e->text)));
}

/* Every member of the object that begins at *in; `one` takes its value off *in. */
static enum lf_code members(struct misp_read *r, lf_view *in, void *ctx,
                            enum lf_code (*one)(struct misp_read *r, void *ctx, lf_view key, lf_view *in))
{
    const struct lf_json *key;

    if (!past(in, '{'))
        return bad(r, *in, "an object is expected");
    blanks(in);
    if (past(in, '}'))
        return LF_OK;
    do {
        blanks(in);
        LF_TRY(value(r, in, &key));
        if (lf_json_kind(key) != LF_JSON_STRING || !past(in, ':'))
            return bad(r, *in, "a name and ':' are expected");
        blanks(in);
        LF_TRY(one(r, ctx, lf_json_text(key), in));
    } while (past(in, ','));
    return past(in, '}') ? LF_OK : bad(r, *in, "',' or '}' is expected");
}

enum lf_code misp_each(struct misp_read *r, lf_view *in,
                       enum lf_code (*one)(struct misp_read *r, const struct lf_json *v, size_t i))
{
    size_t i = 0;

    blanks(in);
    if (!in->len || in->ptr[0] != '[') { /* null, or nothing of the kind */
        const struct lf_json *v;

        return value(r, in, &v);
    }
    (void)past(in, '[');
    if (past(in, ']'))
        return LF_OK;
    do {
        const struct lf_json *v;

        blanks(in);
        LF_TRY(value(r, in, &v));
        if (one)
            LF_TRY(one(r, v, i));
        lf_arena_reset(&r->m.a);
        i++;
    } while (past(in, ','));
    return past(in, ']') ? LF_OK : bad(r, *in, "',' or ']' is expected");
}

/* ---- an event ---- */

struct head {
    lf_view text; /* JSON of its members but for the long lists */
    struct lf_buf b;
    bool attributes, objects, reports;
};

static enum lf_code wanted(struct misp_read *r, const struct lf_json *v, size_t i)
{
    const struct lf_json *list = lf_json_get(v, LF_V("ObjectReference"));

    (void)i;
    for (size_t k = 0; lf_json_kind(list) == LF_JSON_ARRAY && k < lf_json_items(list); k++) {
        lf_view u = lf_json_str(lf_json_item(list, k), "referenced_uuid");

        if (lf_make_uuid_ok(u))
            lf_map_set(&r->targets, lf_arena_copy(&r->ev, u), PIECE_NONE);
    }
    return LF_OK;
}

static enum lf_code head_member(struct misp_read *r, void *ctx, lf_view key, lf_view *in)
{
    struct head *h = ctx;
    lf_view from = *in;
    const struct lf_json *v;

    if (lf_view_is(key, "Attribute")) {
        if (h->attributes)
            return bad(r, *in, "a second \"Attribute\"");
        h->attributes = true;
        r->attributes = from;
        return misp_each(r, in, NULL);
    }
    if (lf_view_is(key, "Object")) {
        if (h->objects)
            return bad(r, *in, "a second \"Object\"");
        h->objects = true;
        r->objects = from;
        return misp_each(r, in, wanted);
    }
    if (lf_view_is(key, "EventReport")) {
        if (h->reports)
            return bad(r, *in, "a second \"EventReport\"");
        h->reports = true;
        r->reports = from;
        return misp_each(r, in, NULL);
    }
    LF_TRY(value(r, in, &v));
    lf_buf_byte(&h->b, h->b.len ? ',' : '{');
    lf_json_quote(&h->b, key);
    lf_buf_byte(&h->b, ':');
    lf_json_write(&h->b, v);
    lf_arena_reset(&r->m.a);
    return LF_OK;
}

static lf_time date_of(lf_view text)
{
    char full[32];
    lf_time at;

    if (text.len != 10)
        return 0;
    (void)snprintf(full, sizeof full, "%.10sT00:00:00Z", text.ptr);
    return lf_time_parse(lf_view_of(full), &at, NULL) == LF_OK ? at : 0;
}

lf_view lf_misp_part(struct lf_arena *a, lf_view uuid, size_t n)
{
    struct lf_make m = { 0 };
    lf_view out = lf_arena_copy(a, lf_make_uuid(&m, uuid, lf_arena_printf(a, "part %zu", n)));

    lf_arena_clear(&m.a);
    return out;
}

/* The report or grouping, and as many more as its references need. */
static enum lf_code close_event(struct misp_read *r, const struct lf_json *v)
{
    bool published = misp_truth(lf_json_get(v, LF_V("published")));
    lf_view refs = lf_buf_view(&r->refs), info = lf_json_str(v, "info"), id = r->id;
    static const char *const numbers[] = { "threat-level", "analysis", "distribution" };
    static const char *const keys[] = { "threat_level_id", "analysis", "distribution" };
    const struct lf_json *galaxies = lf_json_get(v, LF_V("Galaxy"));
    struct lf_json_w *w = &r->m.w;
    size_t part = 0;

    if (lf_json_kind(galaxies) != LF_JSON_ARRAY)
        galaxies = NULL;

    if (!refs.len) {
        if (!r->m.creator.len) {
            misp_lost(r, "info", info, "an event without anything in it, and without an organisation");
            return LF_OK;
        }
        misp_ref(r, r->m.creator); /* a report refers to something */
        refs = lf_buf_view(&r->refs);
    }
    while (refs.len) {
        size_t end = 0;
        lf_time at = r->at;

        for (size_t n = 0; n < LF_MISP_REFS && end < refs.len; n++) {
            size_t comma = lf_view_find_byte(lf_view_from(refs, end), ',');

            end = comma == SIZE_MAX ? refs.len + 1 : end + comma + 1;
        }
        if (part)
            id = lf_make_id(&r->m, published ? "report" : "grouping", lf_misp_part(&r->m.a, r->uuid, part));
        lf_make_open(&r->m, published ? "report" : "grouping", id, r->date, at);
        lf_json_put_str(w, "name", info.len ? info : LF_V("(no title)"));
        if (published) {
            char text[LF_TIME_TEXT];

            lf_json_put_str(w, "published",
                            lf_time_milli(misp_moment(lf_json_get(v, LF_V("publish_timestamp")), at), text));
        } else {
            lf_json_put_cstr(w, "context", "suspicious-activity");
        }
        lf_json_begin(w, "labels", '[');
        misp_put_label(r, "event", r->uuid);
        if (part)
            misp_put_label(r, "continues", r->uuid);
        for (size_t i = 0; !part && i < sizeof keys / sizeof *keys; i++) {
            lf_view t = lf_json_text(lf_json_get(v, lf_view_of(keys[i])));

            if (t.len && !lf_view_is(t, "null"))
                misp_put_label(r, numbers[i], t);
        }
        if (!part && r->tlp && !r->tlp_said)
            misp_put_label(r, "tlp", LF_V("distribution"));
        for (size_t i = 0; !part && i < lf_json_items(galaxies); i++) {
            const struct lf_json *list = lf_json_get(lf_json_item(galaxies, i), LF_V("GalaxyCluster"));

            for (size_t k = 0; lf_json_kind(list) == LF_JSON_ARRAY && k < lf_json_items(list); k++)
                if (lf_json_str(lf_json_item(list, k), "uuid").len)
                    misp_put_label(r, "galaxy", lf_json_str(lf_json_item(list, k), "uuid"));
        }
        if (!part && lf_json_str(v, "extends_uuid").len)
            misp_put_label(r, "extends", lf_json_str(v, "extends_uuid"));
        if (!part)
            misp_labels(r, lf_json_get(v, LF_V("Tag")), lf_json_get(v, LF_V("Galaxy")));
        lf_json_close(w);
        lf_json_put_raw(
            w, "object_refs",
            lf_arena_printf(&r->m.a, "[%s]", lf_arena_cstr(&r->m.a, lf_view_first(refs, end ? end - 1 : 0))));
        LF_TRY(lf_make_close(&r->m, r->e));
        refs = lf_view_from(refs, end);
        part++;
    }
    return LF_OK;
}

static void place(struct misp_read *r)
{
    (void)snprintf(r->place, sizeof r->place, "Event[%zu]", r->nevent);
}

static enum lf_code event_parts(struct misp_read *r, const struct lf_json *v)
{
    const struct lf_json *group = lf_json_get(v, LF_V("SharingGroup"));
    lf_view in;

    LF_TRY(misp_markings(r, lf_json_get(v, LF_V("Tag")), &r->tlp, &r->others));
    r->tlp_said = r->tlp != NULL;
    r->distribution = -1;
    (void)misp_number(lf_json_get(v, LF_V("distribution")), &r->distribution);
    if (!r->tlp)
        r->tlp = misp_distribution(r->distribution);
    LF_TRY(misp_sharing_group(r, group, &r->others));
    r->m.markings = lf_arena_copy(&r->ev, misp_list(r, r->tlp, lf_buf_view(&r->others)));
    LF_TRY(misp_galaxies(r, lf_json_get(v, LF_V("Galaxy")), LF_V(""), "", r->at));
    misp_members(r, v, 0,
                 "uuid info date timestamp published publish_timestamp threat_level_id analysis distribution "
                 "Orgc Tag Galaxy SharingGroup extends_uuid",
                 "id org_id orgc_id sharing_group_id attribute_count",
                 "Org locked proposal_email_lock disable_correlation event_creator_email protected "
                 "ShadowAttribute RelatedEvent Feed CryptographicKey sighting_timestamp");
    lf_arena_reset(&r->m.a);
    in = r->attributes;
    if (in.len)
        LF_TRY(misp_each(r, &in, misp_attribute));
    in = r->objects;
    if (in.len)
        LF_TRY(misp_each(r, &in, misp_object));
    in = r->objects;
    if (in.len && r->targets.count)
        LF_TRY(misp_each(r, &in, misp_object_references));
    in = r->reports;
    if (in.len)
        LF_TRY(misp_each(r, &in, misp_event_report));
    place(r);
    return close_event(r, v);
}

static enum lf_code event_head(struct misp_read *r, struct head *h)
{
    const struct lf_json *v, *orgc;
    lf_view creator;

    if (!h->b.len)
        lf_buf_byte(&h->b, '{');
    lf_buf_byte(&h->b, '}');
    LF_TRY(lf_buf_done(&h->b, r->e));
    LF_TRY(lf_json_parse(&r->ev, lf_arena_copy(&r->ev, lf_buf_view(&h->b)), &limits, &v, r->e));
    place(r);
    r->uuid = lf_arena_copy(&r->ev, LF_V("00000000-0000-4000-8000-000000000000"));
    r->uuid = lf_arena_copy(&r->ev, misp_uuid(r, v, lf_json_str(v, "info")));
    r->date = date_of(lf_json_str(v, "date"));
    r->at = misp_moment(lf_json_get(v, LF_V("timestamp")), r->date ? r->date : LF_MAKE_UNDATED);
    if (!r->date || r->date > r->at)
        r->date = r->at;
    r->id = lf_arena_copy(
        &r->ev,
        lf_make_id(&r->m, misp_truth(lf_json_get(v, LF_V("published"))) ? "report" : "grouping", r->uuid));
    orgc = lf_json_get(v, LF_V("Orgc"));
    if (!orgc)
        orgc = lf_json_get(v, LF_V("Org"));
    LF_TRY(lf_make_identity(&r->m, lf_json_str(orgc, "uuid"), lf_json_str(orgc, "name"), "organization",
                            &creator, r->e));
    r->m.creator = lf_arena_copy(&r->ev, creator);
    return event_parts(r, v);
}

static enum lf_code event(struct misp_read *r, lf_view *in)
{
    struct head h = { 0 };
    enum lf_code rc;

    lf_buf_init(&h.b, (size_t)64 << 20);
    r->tlp = NULL;
    r->attributes = r->objects = r->reports = (lf_view){ "", 0 };
    r->m.creator = r->m.markings = (lf_view){ "", 0 };
    r->nrefs = 0;
    lf_buf_reset(&r->refs);
    lf_buf_reset(&r->others);
    lf_map_init(&r->known, 0x72656673);
    lf_map_init(&r->targets, 0x75756964);
    rc = members(r, in, &h, head_member);
    if (rc == LF_OK)
        rc = event_head(r, &h);
    r->nevent++;
    lf_buf_clear(&h.b);
    lf_map_clear(&r->known);
    lf_map_clear(&r->targets);
    lf_arena_reset(&r->ev);
    lf_arena_reset(&r->m.a);
    return rc;
}

/* ---- the file ---- */

static enum lf_code loose_attribute(struct misp_read *r, const struct lf_json *v, size_t i)
{
    const struct lf_json *ev = lf_json_get(v, LF_V("Event"));

    r->uuid = lf_make_uuid_ok(lf_json_str(ev, "uuid")) ? lf_json_str(ev, "uuid")
                                                       : LF_V("00000000-0000-4000-8000-000000000000");
    r->date = r->at = LF_MAKE_UNDATED;
    r->distribution = -1;
    (void)misp_number(lf_json_get(ev, LF_V("distribution")), &r->distribution);
    r->tlp = misp_distribution(r->distribution);
    r->tlp_said = false;
    r->id = (lf_view){ "", 0 };
    r->m.creator = (lf_view){ "", 0 };
    r->m.markings = misp_list(r, r->tlp, LF_V(""));
    (void)snprintf(r->place, sizeof r->place, "Attribute[%zu]", i);
    return misp_attribute(r, v, i);
}

static enum lf_code loose(struct misp_read *r, lf_view *in)
{
    enum lf_code rc;

    lf_map_init(&r->known, 0x72656673);
    lf_map_init(&r->targets, 0x75756964);
    lf_buf_reset(&r->refs);
    lf_buf_reset(&r->others);
    r->nevent = SIZE_MAX;
    rc = misp_each(r, in, loose_attribute);
    r->nevent = 0;
    lf_map_clear(&r->known);
    lf_map_clear(&r->targets);
    lf_arena_reset(&r->ev);
    return rc;
}

static enum lf_code document(struct misp_read *r, lf_view *in, unsigned depth);

struct seen {
    unsigned depth;
    bool any, event;
};

static enum lf_code wrapped(struct misp_read *r, void *ctx, lf_view key, lf_view *in)
{
    struct seen *s = ctx;
    const struct lf_json *v;

    if (lf_view_is(key, "Event")) {
        s->any = true;
        return event(r, in);
    }
    if (lf_view_is(key, "response")) {
        s->any = true;
        return document(r, in, s->depth + 1);
    }
    if (lf_view_is(key, "Attribute")) {
        s->any = true;
        return loose(r, in);
    }
    lf_make_lost(&r->m, lf_arena_copy(&r->m.a, lf_view_first(key, 80)), LF_V(""), "not known here");
    return value(r, in, &v);
}

static enum lf_code peek(struct misp_read *r, void *ctx, lf_view key, lf_view *in)
{
    struct seen *s = ctx;
    const struct lf_json *v;

    s->event = s->event || lf_view_is(key, "info") || lf_view_is(key, "Orgc");
    s->any = s->any || lf_view_is(key, "Event") || lf_view_is(key, "response");
    if (s->event || s->any)
        return LF_NOT_FOUND;          /* enough was seen */
    if (lf_view_is(key, "Attribute")) /* of an event, or all there is: what follows tells */
        return misp_each(r, in, NULL);
    LF_TRY(value(r, in, &v));
    lf_arena_reset(&r->m.a);
    return LF_OK;
}

static enum lf_code document(struct misp_read *r, lf_view *in, unsigned depth)
{
    struct seen s = { .depth = depth };
    lf_view copy;

    if (depth > 8)
        return bad(r, *in, "lists in lists");
    blanks(in);
    if (past(in, '[')) {
        if (past(in, ']'))
            return LF_OK;
        do
            LF_TRY(document(r, in, depth + 1));
        while (past(in, ','));
        return past(in, ']') ? LF_OK : bad(r, *in, "',' or ']' is expected");
    }
    copy = *in;
    (void)members(r, &copy, &s, peek);
    if (s.event && !s.any)
        return event(r, in);
    s.any = false;
    LF_TRY(members(r, in, &s, wrapped));
    return s.any ? LF_OK : bad(r, *in, "an object that is neither an event nor has one");
}

bool lf_misp_is(lf_view text)
{
    lf_view head = lf_view_first(text, 4096);

    return lf_view_find(head, LF_V("\"Event\"")) != SIZE_MAX ||
           lf_view_find(head, LF_V("\"response\"")) != SIZE_MAX ||
           (lf_view_find(head, LF_V("\"info\"")) != SIZE_MAX &&
            lf_view_find(head, LF_V("\"threat_level_id\"")) != SIZE_MAX);
}

enum lf_code lf_misp_read(lf_view text, const struct lf_exchange *to, struct lf_err *e)
{
    struct misp_read r = { .whole = text, .e = e };
    lf_view in = text;
    enum lf_code rc;

    if (!text.ptr)
        return lf_err_set(e, LF_BAD_INPUT, "MISP: nothing");
    lf_make_init(&r.m, to);
    lf_buf_init(&r.refs, (size_t)256 << 20);
    lf_buf_init(&r.others, 1 << 16);
    rc = document(&r, &in, 0);
    blanks(&in);
    if (rc == LF_OK && in.len)
        rc = bad(&r, in, "something follows the value");
    lf_buf_clear(&r.refs);
    lf_buf_clear(&r.others);
    lf_arena_clear(&r.ev);
    lf_make_clear(&r.m);
    return rc;
}
