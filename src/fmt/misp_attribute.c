/* MISP -> STIX: attributes, objects, sightings. */
#include <stdio.h>
#include <stdlib.h>

#include "base/crypto.h"
#include "fmt/misp_in.h"
#include "fmt/stix.h"

const char *const misp_piece_types[] = {
    "", "indicator", "observed-data", "note", "vulnerability", "grouping"
};

struct attribute {
    const struct lf_json *v;
    lf_view uuid, type, value, id;
    const struct misp_type *t;
    const char *rule; /* pattern type of a rule */
    enum misp_piece piece;
    bool ids, revoked;
    lf_time at, first, last, until;
    lf_view object, relation;
    lf_view markings; /* JSON list */
    size_t n;
    struct misp_item items[2];
    lf_view pattern;
};

static const char handled[] =
    "uuid type category value value1 value2 comment to_ids timestamp first_seen last_seen deleted "
    "distribution "
    "SharingGroup Tag Galaxy Sighting data object_relation disable_correlation Event";

static lf_time seen_at(const struct lf_json *v, const char *key)
{
    lf_view t = lf_json_str(v, key);
    lf_time at;

    return t.len && lf_time_parse(t, &at, NULL) == LF_OK && at > 0 ? at : 0;
}

/* The two sides of a|b.  A name may hold a |, a sum may not. */
static bool halves(const struct attribute *t, lf_view *first, lf_view *second)
{
    size_t at = lf_view_find_byte(t->value, '|');

    if (at == SIZE_MAX)
        return false;
    if (t->t->first == MF_NAME)
        for (size_t i = at + 1; i < t->value.len; i++)
            at = t->value.ptr[i] == '|' ? i : at;
    *first = lf_view_first(t->value, at);
    *second = lf_view_from(t->value, at + 1);
    return true;
}

/* What the attribute becomes; its items are filled. */
static void plan(struct misp_read *r, struct attribute *t)
{
    enum misp_field f;
    lf_view a = t->value, b = { "", 0 };

    t->piece = PIECE_NOTE;
    if (lf_view_is(t->type, "vulnerability")) {
        t->piece = PIECE_VULNERABILITY;
        return;
    }
    t->rule = misp_rule_type(t->type);
    if (t->rule) {
        t->piece = PIECE_INDICATOR;
        return;
    }
    if (lf_view_is(t->type, "stix2-pattern")) {
        struct lf_stix_pattern p;

        if (lf_stix_pattern_parse(&r->m.a, t->value, &p, NULL) == LF_OK) {
            t->rule = "stix";
            t->piece = PIECE_INDICATOR;
        }
        return;
    }
    t->t = misp_type_of(t->type);
    if (!t->t)
        return;
    f = t->object.len && !t->ids ? misp_relation_field(t->object, t->relation, t->t) : t->t->first;
    if (t->t->second != MF_NONE) {
        if (!halves(t, &a, &b) || !misp_value_ok(&r->m, t->t->first, a, &t->items[0].value) ||
            !misp_value_ok(&r->m, t->t->second, b, &t->items[1].value))
            return;
        t->items[0].field = t->t->first;
        t->items[1].field = t->t->second;
        t->n = 2;
    } else {
        if (!misp_value_ok(&r->m, f, a, &t->items[0].value))
            return;
        t->items[0].field = f;
        t->n = 1;
    }
    if (t->ids && misp_pattern(&r->m, t->items, t->n, &t->pattern))
        t->piece = PIECE_INDICATOR;
    else
        t->piece = PIECE_OBSERVED;
}

static lf_time expiry(const struct lf_json *sightings)
{
    lf_time until = 0;

    for (size_t i = 0; lf_json_kind(sightings) == LF_JSON_ARRAY && i < lf_json_items(sightings); i++) {
        const struct lf_json *s = lf_json_item(sightings, i);
        lf_time at = misp_moment(lf_json_get(s, LF_V("date_sighting")), 0);

        if (lf_view_is(lf_json_text(lf_json_get(s, LF_V("type"))), "2") && at > until)
            until = at;
    }
    return until;
}

/* How far it may go: its own TLP, or the event's; a narrower distribution of its own narrows it. */
static enum lf_code reach(struct misp_read *r, struct attribute *t)
{
    const char *tlp = NULL;
    int64_t own = 5;
    struct lf_buf others;
    enum lf_code rc;

    lf_buf_init(&others, 1 << 16);
    lf_buf_put(&others, lf_buf_view(&r->others));
    rc = misp_markings(r, lf_json_get(t->v, LF_V("Tag")), &tlp, &others);
    if (rc == LF_OK)
        rc = misp_sharing_group(r, lf_json_get(t->v, LF_V("SharingGroup")), &others);
    (void)misp_number(lf_json_get(t->v, LF_V("distribution")), &own);
    if (!tlp && own >= 0 && own <= 4 && (own < r->distribution || own == 4) && misp_distribution(own))
        tlp = misp_distribution(own);
    t->markings = tlp || others.len != r->others.len ? misp_list(r, tlp ? tlp : r->tlp, lf_buf_view(&others))
                                                     : r->m.markings;
    lf_buf_clear(&others);
    return rc;
}

static enum lf_code read_attribute(struct misp_read *r, const struct lf_json *v, struct attribute *t)
{
    const struct lf_json *text = lf_json_get(v, LF_V("value"));

    t->v = v;
    t->type = lf_json_str(v, "type");
    t->value = lf_json_kind(text) == LF_JSON_STRING || lf_json_kind(text) == LF_JSON_NUMBER
                   ? lf_json_text(text)
                   : LF_V("");
    if (!t->value.len && lf_json_str(v, "value1").len) {
        t->value = lf_json_str(v, "value1");
        if (lf_json_str(v, "value2").len) {
            struct lf_buf b;

            lf_buf_init(&b, 1 << 20);
            lf_buf_put(&b, t->value);
            lf_buf_byte(&b, '|');
            lf_buf_put(&b, lf_json_str(v, "value2"));
            t->value = lf_arena_copy(&r->m.a, lf_buf_view(&b));
            lf_buf_clear(&b);
        }
    }
    t->uuid = misp_uuid(r, v, lf_arena_printf(&r->m.a, "%.*s|%.*s", LF_FMT(t->type), LF_FMT(t->value)));
    t->ids = misp_truth(lf_json_get(v, LF_V("to_ids")));
    t->revoked = misp_truth(lf_json_get(v, LF_V("deleted")));
    t->at = misp_moment(lf_json_get(v, LF_V("timestamp")), r->at);
    t->first = seen_at(v, "first_seen");
    t->last = seen_at(v, "last_seen");
    t->until = expiry(lf_json_get(v, LF_V("Sighting")));
    t->relation = lf_json_str(v, "object_relation");
    LF_TRY(reach(r, t));
    plan(r, t);
    return LF_OK;
}

static void labels(struct misp_read *r, const struct attribute *t)
{
    lf_view own = lf_json_text(lf_json_get(t->v, LF_V("distribution")));
    struct lf_json_w *w = &r->m.w;

    lf_json_begin(w, "labels", '[');
    misp_put_label(r, "type", t->type);
    if (lf_json_str(t->v, "category").len)
        misp_put_label(r, "category", lf_json_str(t->v, "category"));
    misp_put_label(r, "to_ids", t->ids ? LF_V("true") : LF_V("false"));
    if (t->object.len)
        misp_put_label(r, "object", t->object);
    if (t->relation.len)
        misp_put_label(r, "relation", t->relation);
    if (own.len && !lf_view_is(own, "5") && !lf_view_is(own, "null"))
        misp_put_label(r, "distribution", own);
    if (t->first)
        misp_put_label(r, "first_seen", lf_json_str(t->v, "first_seen"));
    if (t->last)
        misp_put_label(r, "last_seen", lf_json_str(t->v, "last_seen"));
    if (misp_truth(lf_json_get(t->v, LF_V("disable_correlation"))))
        misp_put_label(r, "disable_correlation", LF_V("true"));
    misp_labels(r, lf_json_get(t->v, LF_V("Tag")), lf_json_get(t->v, LF_V("Galaxy")));
    lf_json_close(w);
}

static void open_piece(struct misp_read *r, struct attribute *t)
{
    t->id = lf_make_id(&r->m, misp_piece_types[t->piece], t->uuid);
    lf_make_open(&r->m, misp_piece_types[t->piece], t->id, r->date, t->at);
    if (t->revoked)
        lf_json_put_bool(&r->m.w, "revoked", true);
    labels(r, t);
}

static enum lf_code indicator(struct misp_read *r, struct attribute *t)
{
    lf_view comment = lf_json_str(t->v, "comment");
    lf_time from = t->first ? t->first : t->at;
    struct lf_json_w *w = &r->m.w;
    char text[LF_TIME_TEXT];

    open_piece(r, t);
    if (!t->rule)
        lf_json_put_str(w, "name", t->value);
    if (comment.len)
        lf_json_put_str(w, "description", comment);
    lf_json_put_str(w, "pattern", t->rule ? t->value : t->pattern);
    lf_json_put_cstr(w, "pattern_type", t->rule ? t->rule : "stix");
    lf_json_put_str(w, "valid_from", lf_time_micro(from, text));
    if (t->until > from)
        lf_json_put_str(w, "valid_until", lf_time_micro(t->until, text));
    else if (t->until)
        misp_lost(r, "Sighting.date_sighting", LF_V(""), "it expires before it begins");
    return lf_make_close(&r->m, r->e);
}

static enum lf_code vulnerability(struct misp_read *r, struct attribute *t)
{
    lf_view comment = lf_json_str(t->v, "comment");
    struct lf_json_w *w = &r->m.w;

    open_piece(r, t);
    lf_json_put_str(w, "name", t->value);
    if (comment.len)
        lf_json_put_str(w, "description", comment);
    if (lf_stix_cve_ok(t->value)) {
        lf_json_begin(w, "external_references", '[');
        lf_json_open(w, '{');
        lf_json_put_cstr(w, "source_name", "cve");
        lf_json_put_str(w, "external_id", t->value);
        lf_json_close(w);
        lf_json_close(w);
    }
    return lf_make_close(&r->m, r->e);
}

/* `refs`: quoted ids joined by commas. */
static enum lf_code observed(struct misp_read *r, struct attribute *t, lf_view refs)
{
    lf_time from = t->first ? t->first : t->at, to = t->last ? t->last : from;
    struct lf_json_w *w = &r->m.w;
    char text[LF_TIME_TEXT];

    open_piece(r, t);
    lf_json_put_str(w, "first_observed", lf_time_micro(from < to ? from : to, text));
    lf_json_put_str(w, "last_observed", lf_time_micro(from < to ? to : from, text));
    lf_json_put_int(w, "number_observed", 1);
    lf_json_put_raw(w, "object_refs", lf_arena_printf(&r->m.a, "[%.*s]", LF_FMT(refs)));
    LF_TRY(lf_make_close(&r->m, r->e));
    if (lf_json_str(t->v, "comment").len) { /* observed data have no description */
        lf_view note = lf_make_id(&r->m, "note", lf_make_uuid(&r->m, t->uuid, LF_V("comment")));

        lf_make_open(&r->m, "note", note, r->date, t->at);
        lf_json_put_str(w, "content", lf_json_str(t->v, "comment"));
        lf_json_begin(w, "labels", '[');
        misp_put_label(r, "comment-of", t->uuid);
        lf_json_close(w);
        lf_json_begin(w, "object_refs", '[');
        lf_json_put_str(w, NULL, t->id);
        lf_json_close(w);
        LF_TRY(lf_make_close(&r->m, r->e));
        misp_ref(r, note);
    }
    return LF_OK;
}

static enum lf_code note(struct misp_read *r, struct attribute *t, lf_view about)
{
    struct lf_json_w *w = &r->m.w;

    if (!t->value.len) {
        misp_lost(r, "value", LF_V(""), "an attribute without a value");
        t->piece = PIECE_NONE;
        return LF_OK;
    }
    if (t->ids)
        misp_lost(
            r, "to_ids", t->value,
            "no STIX pattern asks for a value of this type or form: a note keeps it, nothing looks for it");
    if (!about.len) {
        misp_lost(r, "value", t->value,
                  "STIX has no observable for it, and there is no event for a note to be on");
        t->piece = PIECE_NONE;
        return LF_OK;
    }
    open_piece(r, t);
    lf_json_put_str(w, "content", t->value);
    if (lf_json_str(t->v, "comment").len)
        lf_json_put_str(w, "abstract", lf_json_str(t->v, "comment"));
    lf_json_begin(w, "object_refs", '[');
    lf_json_put_str(w, NULL, about);
    lf_json_close(w);
    return lf_make_close(&r->m, r->e);
}

static bool base64_ok(lf_view v)
{
    for (size_t i = 0; i < v.len; i++) {
        char c = v.ptr[i], low = (char)(c | 0x20);

        if (!(low >= 'a' && low <= 'z') && !(c >= '0' && c <= '9') && c != '+' && c != '/' &&
            !(c == '=' && i + 2 >= v.len))
            return false;
    }
    return v.len > 0 && v.len % 4 == 0;
}

/* The file of an attachment, or the zip of a sample. */
static enum lf_code data(struct misp_read *r, struct attribute *t)
{
    lf_view bytes = lf_json_str(t->v, "data"), artifact = { "", 0 }, id;
    bool sample = lf_view_is(t->type, "malware-sample");
    struct lf_json_w *w = &r->m.w, o;
    char text[LF_TIME_TEXT];
    struct lf_buf b;
    enum lf_code rc;

    if (!bytes.len)
        return LF_OK;
    if (!base64_ok(bytes) || bytes.len > 1000000) {
        misp_lost(r, "data", bytes, base64_ok(bytes) ? "larger than an object may be" : "no base64");
        return LF_OK;
    }
    lf_buf_init(&b, LF_STIX_OBJECT_BYTES);
    o = lf_json_w(&b);
    lf_json_open(&o, '{');
    lf_json_put_cstr(&o, "type", "artifact");
    if (sample) { /* as MISP packs it */
        lf_json_put_cstr(&o, "mime_type", "application/zip");
        lf_json_put_cstr(&o, "encryption_algorithm", "mime-type-indicated");
        lf_json_put_cstr(&o, "decryption_key", "infected");
    }
    lf_json_put_str(&o, "payload_bin", bytes);
    lf_json_close(&o);
    rc = lf_make_sco(&r->m, lf_arena_copy(&r->m.a, lf_buf_view(&b)), &artifact, r->e);
    lf_buf_clear(&b);
    LF_TRY(rc);
    id = lf_make_id(&r->m, "observed-data", lf_make_uuid(&r->m, t->uuid, LF_V("data")));
    lf_make_open(&r->m, "observed-data", id, r->date, t->at);
    lf_json_put_str(w, "first_observed", lf_time_micro(t->at, text));
    lf_json_put_str(w, "last_observed", lf_time_micro(t->at, text));
    lf_json_put_int(w, "number_observed", 1);
    lf_json_begin(w, "labels", '[');
    misp_put_label(r, "data-of", t->uuid);
    lf_json_close(w);
    lf_json_begin(w, "object_refs", '[');
    lf_json_put_str(w, NULL, artifact);
    lf_json_close(w);
    LF_TRY(lf_make_close(&r->m, r->e));
    misp_ref_once(r, artifact);
    misp_ref(r, id);
    return LF_OK;
}

static enum lf_code sightings(struct misp_read *r, const struct attribute *t)
{
    const struct lf_json *list = lf_json_get(t->v, LF_V("Sighting"));
    struct lf_json_w *w = &r->m.w;

    for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_items(list); i++) {
        const struct lf_json *s = lf_json_item(list, i), *org = lf_json_get(s, LF_V("Organisation"));
        lf_view kind = lf_json_text(lf_json_get(s, LF_V("type"))), who, id, uuid, source;
        lf_time at = misp_moment(lf_json_get(s, LF_V("date_sighting")), t->at);
        char text[LF_TIME_TEXT];

        misp_members(r, s, 3, "uuid date_sighting type source Organisation attribute_uuid event_uuid value",
                     "id attribute_id event_id org_id", "");
        if (lf_view_is(kind, "2") && t->piece == PIECE_INDICATOR)
            continue; /* it is valid_until */
        uuid = lf_make_uuid_ok(lf_json_str(s, "uuid"))
                   ? lf_json_str(s, "uuid")
                   : lf_make_uuid(&r->m, t->uuid, lf_time_micro(at, text));
        source = lf_json_str(s, "source");
        LF_TRY(lf_make_identity(&r->m, lf_json_str(org, "uuid"), lf_json_str(org, "name"), "organization",
                                &who, r->e));
        if (lf_view_is(kind, "1")) {
            id = lf_make_id(&r->m, "opinion", uuid);
            lf_make_open(&r->m, "opinion", id, at, at);
            lf_json_put_cstr(w, "opinion", "strongly-disagree");
            lf_json_put_cstr(w, "explanation", "false positive");
            if (source.len || lf_json_str(org, "name").len) {
                lf_json_begin(w, "authors", '[');
                lf_json_put_str(w, NULL, source.len ? source : lf_json_str(org, "name"));
                lf_json_close(w);
            }
            lf_json_begin(w, "object_refs", '[');
            lf_json_put_str(w, NULL, t->id);
            lf_json_close(w);
        } else if (lf_view_is(kind, "2")) {
            misp_lost(r, "Sighting.type", LF_V("2"), "only an indicator can expire");
            continue;
        } else {
            id = lf_make_id(&r->m, "sighting", uuid);
            lf_make_open(&r->m, "sighting", id, at, at);
            lf_json_put_str(w, "first_seen", lf_time_micro(at, text));
            lf_json_put_str(w, "last_seen", lf_time_micro(at, text));
            lf_json_put_int(w, "count", 1);
            if (source.len)
                lf_json_put_str(w, "description", source);
            lf_json_put_str(w, "sighting_of_ref", t->id);
            if (who.len) {
                lf_json_begin(w, "where_sighted_refs", '[');
                lf_json_put_str(w, NULL, who);
                lf_json_close(w);
            }
        }
        LF_TRY(lf_make_close(&r->m, r->e));
        misp_ref(r, id);
    }
    return LF_OK;
}

/* Makes what was planned; `refs` of its observables when it is observed data. */
static enum lf_code make(struct misp_read *r, struct attribute *t, lf_view refs, lf_view about)
{
    lf_view event_markings = r->m.markings;
    uint64_t was;

    r->m.markings = t->markings;
    if (t->piece == PIECE_OBSERVED && !refs.len)
        t->piece = PIECE_NOTE;
    switch (t->piece) {
    case PIECE_INDICATOR:
        LF_TRY(indicator(r, t));
        break;
    case PIECE_VULNERABILITY:
        LF_TRY(vulnerability(r, t));
        break;
    case PIECE_OBSERVED:
        LF_TRY(observed(r, t, refs));
        break;
    default:
        LF_TRY(note(r, t, about));
        break;
    }
    misp_members(r, t->v, 1, handled, "id event_id object_id sharing_group_id event_uuid",
                 "ShadowAttribute RelatedAttribute Feed warnings batch_import");
    if (t->piece != PIECE_NONE) {
        misp_ref(r, t->id);
        if (lf_map_get(&r->targets, t->uuid, &was))
            lf_map_set(&r->targets, lf_arena_copy(&r->ev, t->uuid), t->piece);
        LF_TRY(data(r, t));
        LF_TRY(misp_galaxies(r, lf_json_get(t->v, LF_V("Galaxy")), t->id,
                             t->piece == PIECE_INDICATOR ? "indicates" : "related-to", t->at));
        LF_TRY(sightings(r, t));
    }
    r->m.markings = event_markings;
    return LF_OK;
}

static lf_view ids_of(struct misp_read *r, const struct misp_item *items, size_t n)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 4096);
    for (size_t i = 0; i < n; i++) {
        if (!items[i].id.len)
            continue;
        if (i && items[0].id.len && lf_view_eq(items[0].id, items[i].id))
            continue;
        if (b.len)
            lf_buf_byte(&b, ',');
        lf_json_quote(&b, items[i].id);
    }
    out = lf_arena_copy(&r->m.a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static void refs_once(struct misp_read *r, lf_view quoted)
{
    lf_view one;

    while (lf_view_split(&quoted, ',', &one))
        if (one.len > 2)
            misp_ref_once(r, (lf_view){ one.ptr + 1, one.len - 2 });
}

enum lf_code misp_attribute(struct misp_read *r, const struct lf_json *v, size_t i)
{
    struct attribute t = { 0 };
    lf_view refs = { "", 0 }, markings = r->m.markings;
    struct lf_buf more;

    if (r->nevent != SIZE_MAX)
        (void)snprintf(r->place, sizeof r->place, "Event[%zu].Attribute[%zu]", r->nevent, i);
    if (lf_json_kind(v) != LF_JSON_OBJECT) {
        misp_lost(r, "value", lf_json_text(v), "an attribute is an object");
        return LF_OK;
    }
    LF_TRY(read_attribute(r, v, &t));
    if (t.piece == PIECE_OBSERVED) {
        enum lf_code rc;

        lf_buf_init(&more, 4096);
        r->m.markings = t.markings;
        rc = misp_observables(&r->m, t.items, t.n, &more, r->e);
        r->m.markings = markings;
        refs = ids_of(r, t.items, t.n);
        if (more.len)
            refs = lf_arena_printf(&r->m.a, "%.*s,%.*s", LF_FMT(lf_buf_view(&more)), LF_FMT(refs));
        lf_buf_clear(&more);
        LF_TRY(rc);
        /* A value that is in none of them would be lost. */
        for (size_t k = 0; k < t.n; k++)
            if (!t.items[k].id.len)
                refs.len = 0;
        refs_once(r, refs);
    }
    return make(r, &t, refs, r->id);
}

/* ---- objects ---- */

static enum lf_code object_head(struct misp_read *r, const struct lf_json *v, lf_view id, lf_time at,
                                const struct lf_buf *refs)
{
    static const char *const keys[] = { "meta-category", "template_uuid", "template_version",
                                        "distribution",  "first_seen",    "last_seen" };
    struct lf_json_w *w = &r->m.w;

    lf_make_open(&r->m, "grouping", id, r->date, at);
    if (misp_truth(lf_json_get(v, LF_V("deleted"))))
        lf_json_put_bool(w, "revoked", true);
    lf_json_put_str(w, "name", lf_json_str(v, "name").len ? lf_json_str(v, "name") : LF_V("object"));
    if (lf_json_str(v, "description").len)
        lf_json_put_str(w, "description", lf_json_str(v, "description"));
    lf_json_put_cstr(w, "context", "unspecified");
    lf_json_begin(w, "labels", '[');
    misp_put_label(r, "object", lf_json_str(v, "name"));
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        lf_view t = lf_json_text(lf_json_get(v, lf_view_of(keys[i])));

        if (t.len && !lf_view_is(t, "null"))
            misp_put_label(r, keys[i], t);
    }
    if (lf_json_str(v, "comment").len)
        misp_put_label(r, "comment", lf_json_str(v, "comment"));
    lf_json_close(w);
    lf_json_put_raw(w, "object_refs", lf_buf_view(refs));
    LF_TRY(lf_make_close(&r->m, r->e));
    misp_ref(r, id);
    return LF_OK;
}

static void add_quoted(struct lf_buf *refs, lf_view id)
{
    lf_buf_byte(refs, refs->len ? ',' : '[');
    lf_json_quote(refs, id);
}

/* The observables of an object's values, joined; items[i] belongs to t[i] where it has one. */
static enum lf_code joined(struct misp_read *r, struct attribute *t, size_t n, struct lf_buf *more)
{
    struct misp_item *items = LF_NEW(&r->m.a, struct misp_item, n + 1);
    size_t *of = LF_NEW(&r->m.a, size_t, n + 1), k = 0;

    for (size_t i = 0; i < n; i++)
        if (t[i].piece == PIECE_OBSERVED && t[i].n == 1) {
            of[k] = i;
            items[k++] = t[i].items[0];
        } else if (t[i].piece == PIECE_OBSERVED) {
            LF_TRY(misp_observables(&r->m, t[i].items, t[i].n, more, r->e));
        }
    LF_TRY(misp_observables(&r->m, items, k, more, r->e));
    for (size_t i = 0; i < k; i++)
        t[of[i]].items[0].id = items[i].id;
    return LF_OK;
}

enum lf_code misp_object(struct misp_read *r, const struct lf_json *v, size_t at)
{
    const struct lf_json *list = lf_json_get(v, LF_V("Attribute"));
    size_t n = lf_json_kind(list) == LF_JSON_ARRAY ? lf_json_items(list) : 0, kept = 0;
    lf_view name = lf_json_str(v, "name"), uuid, id, one, rest;
    struct attribute *t;
    struct lf_buf refs, more;
    enum lf_code rc = LF_OK;
    uint64_t was;
    char here[PLACE_MOST];

    (void)snprintf(here, sizeof here, "Event[%zu].Object[%zu]", r->nevent, at);
    memcpy(r->place, here, sizeof here);
    if (lf_json_kind(v) != LF_JSON_OBJECT) {
        misp_lost(r, "name", lf_json_text(v), "an object is an object");
        return LF_OK;
    }
    if (n > VALUES_MOST) {
        misp_lost(r, "Attribute", name, "more than 512 attributes of one object: those behind are left out");
        n = VALUES_MOST;
    }
    uuid = misp_uuid(r, v, name);
    id = lf_make_id(&r->m, "grouping", uuid);
    t = LF_NEW(&r->m.a, struct attribute, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct lf_json *a = lf_json_item(list, i);

        (void)snprintf(r->place, sizeof r->place, "Event[%zu].Object[%zu].Attribute[%zu]", r->nevent, at, i);
        if (lf_json_kind(a) != LF_JSON_OBJECT) {
            misp_lost(r, "value", lf_json_text(a), "an attribute is an object");
            continue;
        }
        t[kept].object = name;
        LF_TRY(read_attribute(r, a, &t[kept++]));
    }
    lf_buf_init(&refs, LF_STIX_OBJECT_BYTES);
    lf_buf_init(&more, 1 << 16);
    rc = joined(r, t, kept, &more);
    for (size_t i = 0; rc == LF_OK && i < kept; i++) {
        lf_view ids = ids_of(r, t[i].items, t[i].n);

        for (size_t k = 0; k < t[i].n; k++)
            if (!t[i].items[k].id.len)
                ids.len = 0;
        (void)snprintf(r->place, sizeof r->place, "Event[%zu].Object[%zu].Attribute[%zu]", r->nevent, at, i);
        refs_once(r, ids);
        rc = make(r, &t[i], ids, id);
        if (t[i].piece != PIECE_NONE)
            add_quoted(&refs, t[i].id);
        rest = ids;
        while (lf_view_split(&rest, ',', &one)) /* the observables belong to it too */
            if (one.len > 2 && lf_view_find(lf_buf_view(&refs), one) == SIZE_MAX)
                add_quoted(&refs, (lf_view){ one.ptr + 1, one.len - 2 });
    }
    memcpy(r->place, here, sizeof here);
    rest = lf_buf_view(&more);
    while (rc == LF_OK && lf_view_split(&rest, ',', &one))
        if (one.len > 2 && lf_view_find(lf_buf_view(&refs), one) == SIZE_MAX)
            add_quoted(&refs, (lf_view){ one.ptr + 1, one.len - 2 });
    refs_once(r, lf_buf_view(&more));
    if (rc == LF_OK && !refs.len) {
        misp_lost(r, "name", name, "an object without attributes");
    } else if (rc == LF_OK) {
        lf_buf_byte(&refs, ']');
        rc = object_head(r, v, id, misp_moment(lf_json_get(v, LF_V("timestamp")), r->at), &refs);
        if (lf_map_get(&r->targets, uuid, &was))
            lf_map_set(&r->targets, lf_arena_copy(&r->ev, uuid), PIECE_GROUP);
    }
    lf_buf_clear(&refs);
    lf_buf_clear(&more);
    misp_members(r, v, 2,
                 "uuid name description meta-category template_uuid template_version timestamp distribution "
                 "deleted comment first_seen last_seen Attribute ObjectReference",
                 "id event_id sharing_group_id", "SharingGroup");
    return rc;
}

/* STIX wants lower-case letters, digits and hyphens. */
static lf_view relation_name(struct misp_read *r, lf_view v)
{
    lf_view out = lf_arena_copy(&r->m.a, lf_view_first(v, 200));
    char *p = (char *)(uintptr_t)out.ptr;

    for (size_t i = 0; i < out.len; i++) {
        if (p[i] >= 'A' && p[i] <= 'Z')
            p[i] = (char)(p[i] | 0x20);
        if (!(p[i] >= 'a' && p[i] <= 'z') && !(p[i] >= '0' && p[i] <= '9'))
            p[i] = '-';
    }
    return out.len ? out : LF_V("related-to");
}

enum lf_code misp_object_references(struct misp_read *r, const struct lf_json *v, size_t at)
{
    const struct lf_json *list = lf_json_get(v, LF_V("ObjectReference"));
    lf_time when = misp_moment(lf_json_get(v, LF_V("timestamp")), r->at);
    struct lf_json_w *w = &r->m.w;
    lf_view source;

    (void)snprintf(r->place, sizeof r->place, "Event[%zu].Object[%zu]", r->nevent, at);
    if (!lf_make_uuid_ok(lf_json_str(v, "uuid")))
        return LF_OK;
    source = lf_make_id(&r->m, "grouping", misp_uuid(r, v, LF_V("")));
    for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_items(list); i++) {
        const struct lf_json *o = lf_json_item(list, i);
        lf_view to = lf_json_str(o, "referenced_uuid"), said = lf_json_str(o, "relationship_type"), id,
                name = relation_name(r, said);
        uint64_t piece = PIECE_NONE;

        (void)snprintf(r->place, sizeof r->place, "Event[%zu].Object[%zu].ObjectReference[%zu]", r->nevent,
                       at, i);
        if (!lf_map_get(&r->targets, to, &piece) || piece == PIECE_NONE ||
            misp_truth(lf_json_get(o, LF_V("deleted")))) {
            misp_lost(r, "referenced_uuid", to, "it points to nothing that was made, or was deleted");
            continue;
        }
        if (!lf_view_eq(said, name))
            misp_lost(r, "relationship_type", said,
                      "STIX names relationships in lower-case letters and hyphens");
        id = lf_make_id(&r->m, "relationship",
                        lf_make_uuid_ok(lf_json_str(o, "uuid")) ? lf_json_str(o, "uuid")
                                                                : lf_make_uuid(&r->m, source, to));
        lf_make_open(&r->m, "relationship", id, r->date,
                     misp_moment(lf_json_get(o, LF_V("timestamp")), when));
        lf_json_put_str(w, "relationship_type", name);
        if (lf_json_str(o, "comment").len)
            lf_json_put_str(w, "description", lf_json_str(o, "comment"));
        lf_json_put_str(w, "source_ref", source);
        lf_json_put_str(w, "target_ref", lf_make_id(&r->m, misp_piece_types[piece], to));
        LF_TRY(lf_make_close(&r->m, r->e));
        misp_ref(r, id);
    }
    return LF_OK;
}

enum lf_code misp_event_report(struct misp_read *r, const struct lf_json *v, size_t i)
{
    lf_time at = misp_moment(lf_json_get(v, LF_V("timestamp")), r->at);
    struct lf_json_w *w = &r->m.w;
    lf_view id;

    (void)snprintf(r->place, sizeof r->place, "Event[%zu].EventReport[%zu]", r->nevent, i);
    if (lf_json_kind(v) != LF_JSON_OBJECT || !lf_json_str(v, "content").len) {
        misp_lost(r, "content", lf_json_str(v, "name"), "a report without content");
        return LF_OK;
    }
    id = lf_make_id(&r->m, "note", misp_uuid(r, v, lf_json_str(v, "name")));
    lf_make_open(&r->m, "note", id, r->date, at);
    if (misp_truth(lf_json_get(v, LF_V("deleted"))))
        lf_json_put_bool(w, "revoked", true);
    if (lf_json_str(v, "name").len)
        lf_json_put_str(w, "abstract", lf_json_str(v, "name"));
    lf_json_put_str(w, "content", lf_json_str(v, "content"));
    lf_json_begin(w, "labels", '[');
    misp_put_label(r, "event-report", lf_json_str(v, "name"));
    lf_json_close(w);
    lf_json_begin(w, "object_refs", '[');
    lf_json_put_str(w, NULL, r->id);
    lf_json_close(w);
    LF_TRY(lf_make_close(&r->m, r->e));
    misp_ref(r, id);
    misp_members(r, v, 7, "uuid name content timestamp deleted", "id event_id sharing_group_id",
                 "distribution SharingGroup");
    return LF_OK;
}
