/* STIX -> MISP: attributes with what is said of them: sightings, comments, payloads. */
#include "base/crypto.h"
#include "fmt/misp_out.h"

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
    misp_out_seconds(x, "date_sighting", at);
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

    for (size_t i = misp_out_about(x, lf_json_str(o, "id")); i; i = x->next[i - 1]) {
        const struct lf_json *s = x->o[i - 1], *where, *list;

        if (misp_is(s, "sighting")) {
            lf_view at = lf_json_str(s, "last_seen");

            list = lf_json_get(s, LF_V("where_sighted_refs"));
            where = lf_json_kind(list) == LF_JSON_ARRAY && lf_json_items(list)
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
        } else if (misp_is(s, "opinion") && lf_view_is(lf_json_str(s, "opinion"), "strongly-disagree")) {
            const struct lf_json *authors = lf_json_get(s, LF_V("authors"));

            sighting(x, &any, misp_out_uuid(s), "1", lf_json_str(s, "modified"),
                     lf_json_kind(authors) == LF_JSON_ARRAY && lf_json_items(authors)
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
    for (size_t i = misp_out_about(x, lf_json_str(o, "id")); i; i = x->next[i - 1])
        if (misp_is(x->o[i - 1], "note") && misp_out_label(x->o[i - 1], "comment-of").ptr) {
            x->done[i - 1] = true;
            return lf_json_str(x->o[i - 1], "content");
        }
    return (lf_view){ "", 0 };
}

static lf_view data_of(struct misp_write *x, const struct lf_json *o)
{
    size_t i = misp_out_about(x, lf_arena_printf(x->a, "data-of:%.*s", LF_FMT(misp_out_uuid(o))));
    const struct lf_json *refs, *artifact;
    size_t at;

    if (!i)
        return (lf_view){ "", 0 };
    refs = lf_json_get(x->o[i - 1], LF_V("object_refs"));
    artifact = lf_json_items(refs) ? misp_get(x, lf_json_text(lf_json_item(refs, 0)), &at) : NULL;
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
    if (misp_is(o, "vulnerability"))
        return "External analysis";
    return misp_is(o, "indicator") ? "Payload delivery" : "Other";
}

struct piece {
    lf_view uuid, type, value, comment;
    bool whole; /* all of the STIX object; else one of several values of it */
};

static enum lf_code attribute(struct misp_write *x, const struct lf_json *o, const struct piece *p)
{
    lf_view category = misp_out_label(o, "category"), ids = misp_out_label(o, "to_ids"), seen,
            from = lf_json_str(o, "valid_from");
    const char *tlp = misp_out_tlp(o);
    lf_view own = misp_out_label(o, "distribution"), data;
    bool any = false;

    lf_json_open(&x->w, '{');
    lf_json_put_str(&x->w, "uuid", p->uuid);
    lf_json_put_str(&x->w, "type", p->type);
    lf_json_put_str(&x->w, "category", category.ptr ? category : lf_view_of(category_of(o, p->type)));
    lf_json_put_str(&x->w, "value", p->value);
    lf_json_put_bool(&x->w, "to_ids", ids.ptr ? lf_view_is(ids, "true") : misp_is(o, "indicator"));
    misp_out_seconds(x, "timestamp", lf_json_str(o, "modified"));
    if (!lf_json_str(o, "modified").len)
        lf_json_put_cstr(&x->w, "timestamp", "0");
    lf_json_put_str(&x->w, "distribution", own.ptr ? own : LF_V("5"));
    misp_out_put(x, "object_relation", misp_out_label(o, "relation"));
    misp_out_put(x, "comment", p->comment);
    seen = misp_out_label(o, "first_seen");
    if (seen.ptr)
        lf_json_put_str(&x->w, "first_seen", seen);
    else if (from.len && !misp_out_label(o, "type").ptr)
        lf_json_put_str(&x->w, "first_seen", from);
    else if (misp_is(o, "observed-data") && !misp_out_label(o, "type").ptr)
        misp_out_put(x, "first_seen", lf_json_str(o, "first_observed"));
    seen = misp_out_label(o, "last_seen");
    if (seen.ptr)
        lf_json_put_str(&x->w, "last_seen", seen);
    else if (misp_is(o, "observed-data") && !misp_out_label(o, "type").ptr)
        misp_out_put(x, "last_seen", lf_json_str(o, "last_observed"));
    if (lf_json_bool(o, "revoked", false))
        lf_json_put_bool(&x->w, "deleted", true);
    if (misp_out_label(o, "disable_correlation").ptr)
        lf_json_put_bool(&x->w, "disable_correlation", true);
    data = p->whole ? data_of(x, o) : LF_V("");
    misp_out_put(x, "data", data);
    if (p->whole)
        misp_out_group(x, o);
    if (tlp && (!x->event_tlp || strcmp(tlp, x->event_tlp) != 0) &&
        (!x->derived || strcmp(tlp, x->derived) != 0) && !own.ptr)
        misp_out_tag(x, &any, lf_arena_printf(x->a, "tlp:%s", tlp));
    else if (tlp && own.ptr && (!x->event_tlp || strcmp(tlp, x->event_tlp) != 0)) {
        static const char *const far[] = { "red", "amber+strict", "amber", "green", "amber+strict" };
        size_t d = own.len == 1 && own.ptr[0] >= '0' && own.ptr[0] <= '4' ? (size_t)(own.ptr[0] - '0') : 5;

        if (d == 5 || strcmp(tlp, far[d]) != 0)
            misp_out_tag(x, &any, lf_arena_printf(x->a, "tlp:%s", tlp));
    }
    misp_out_labels(x, o, &any);
    misp_out_clusters(x, o, true, &any);
    if (any)
        lf_json_close(&x->w);
    any = false;
    misp_out_clusters(x, o, false, &any);
    if (any)
        lf_json_close(&x->w);
    if (p->whole)
        sightings(x, o);
    lf_json_close(&x->w);
    return misp_out_flush(x, MISP_OUT_PIECE);
}

/* The attributes of one STIX object. */
enum lf_code misp_out_piece(struct misp_write *x, size_t i)
{
    const struct lf_json *o = x->o[i], *refs = lf_json_get(o, LF_V("object_refs"));
    struct piece p = { .uuid = misp_out_uuid(o), .comment = lf_json_str(o, "description"), .whole = true };
    lf_view said = misp_out_label(o, "type"), name = lf_json_str(o, "name");

    x->done[i] = true;
    if (misp_is(o, "indicator")) {
        misp_of_indicator(x, o, &p.type, &p.value);
        if (name.len && !p.comment.len && !lf_view_eq(name, p.value))
            p.comment = name;
        misp_out_members(x, o, "name description pattern pattern_type valid_from valid_until");
        if (name.len && !lf_view_eq(name, p.value) && !lf_view_eq(name, p.comment))
            misp_out_lost(x, o, "name", name, "an attribute has no name; its comment is the description");
        return attribute(x, o, &p);
    }
    if (misp_is(o, "vulnerability")) {
        lf_view cve = misp_out_reference(o, "cve", "CVE-");

        p.type = LF_V("vulnerability");
        p.value = !said.ptr && cve.len ? cve : name;
        if (!lf_view_eq(p.value, name) && !p.comment.len)
            p.comment = name;
        misp_out_members(x, o, "name description external_references");
        return attribute(x, o, &p);
    }
    if (misp_is(o, "note")) {
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
    for (size_t k = 0; lf_json_kind(refs) == LF_JSON_ARRAY && k < lf_json_items(refs); k++) {
        const struct lf_json *sco = misp_get(x, lf_json_text(lf_json_item(refs, k)), NULL);
        struct misp_given given[LF_MISP_GIVES];
        size_t n = sco ? misp_of_observable(x, sco, given) : 0;

        for (size_t g = 0; g < n; g++) {
            p.type = lf_view_of(given[g].type);
            p.value = given[g].value;
            p.whole = k == 0 && g == 0;
            if (!p.whole || n > 1 || lf_json_items(refs) > 1)
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
enum lf_code misp_out_bare(struct misp_write *x, size_t i)
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
