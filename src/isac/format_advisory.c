/* Advisories: CSAF 2.0 (OASIS) and the catalogue of known exploited vulnerabilities (KEV) -> vulnerability,
 * note, report. */
#include <stdio.h>

#include "fmt/stix.h"
#include "isac/format_advisory_priv.h"

enum { REFS_MOST = 10000, PRODUCTS_TOLD = 500 };

void advisory_ref(struct advisory *v, lf_view id)
{
    if (v->refs.len)
        lf_buf_byte(&v->refs, ',');
    lf_json_quote(&v->refs, id);
}

static enum lf_code parse(struct advisory *v, lf_view text, const struct lf_json **doc)
{
    const struct lf_json_limits limits = {
        .bytes = (size_t)256 << 20, .depth = 64, .unique = true, .rest = v->f.m.to->rest
    };

    LF_TRY(lf_json_parse(&v->doc, text, &limits, doc, v->f.e));
    return lf_json_kind(*doc) == LF_JSON_OBJECT ? LF_OK
                                                : lf_err_set(v->f.e, LF_BAD_INPUT, "an object is wanted");
}

const struct lf_json *advisory_list(const struct lf_json *o, const char *key, size_t *n)
{
    const struct lf_json *list = lf_json_get(o, lf_view_of(key));

    *n = lf_json_kind(list) == LF_JSON_ARRAY ? lf_json_items(list) : 0;
    return list;
}

void advisory_members(struct advisory *v, const struct lf_json *o, const char *where, const char *handled)
{
    for (size_t i = 0; lf_json_kind(o) == LF_JSON_OBJECT && i < lf_json_members(o); i++) {
        lf_view rest = lf_view_of(handled), one, key = lf_json_key(o, i);
        bool known = false;

        while (lf_view_split(&rest, ' ', &one))
            known = known || lf_view_eq(one, key);
        if (!known)
            lf_make_lost(
                &v->f.m, lf_arena_printf(&v->f.m.a, "%s.%.*s", where, LF_FMT(lf_view_first(key, 80))),
                lf_json_text(lf_json_member(o, i)), "STIX has no place for it, or it is not known here");
    }
}

static void external(struct lf_json_w *w, const char *source, lf_view id)
{
    lf_json_open(w, '{');
    lf_json_put_cstr(w, "source_name", source);
    lf_json_put_str(w, "external_id", id);
    lf_json_close(w);
}

void advisory_line(struct lf_buf *b, const char *name, lf_view text)
{
    if (!text.len)
        return;
    if (b->len)
        lf_buf_byte(b, '\n');
    lf_buf_printf(b, "%s: ", name);
    lf_buf_put(b, text);
}

enum lf_code advisory_note(struct advisory *v, lf_view abstract, const struct lf_buf *content, lf_view about,
                           lf_time created, lf_time modified)
{
    lf_view id;

    if (!content->len)
        return LF_OK;
    id = lf_make_id(&v->f.m, "note", lf_make_uuid(&v->f.m, about, lf_buf_view(content)));
    if (!lf_make_first(&v->f.m, id))
        return LF_OK;
    lf_make_open(&v->f.m, "note", id, created, modified);
    if (abstract.len)
        lf_json_put_str(&v->f.m.w, "abstract", abstract);
    lf_json_put_str(&v->f.m.w, "content", lf_buf_view(content));
    lf_json_begin(&v->f.m.w, "object_refs", '[');
    lf_json_put_str(&v->f.m.w, NULL, about);
    lf_json_close(&v->f.m.w);
    LF_TRY(lf_make_close(&v->f.m, v->f.e));
    advisory_ref(v, id);
    return LF_OK;
}

/* The first of the references; what is more goes into reports that continue it. */
static lf_view refs_part(lf_view *rest)
{
    size_t end = 0;
    lf_view part;

    for (size_t n = 0; n < REFS_MOST && end < rest->len; n++) {
        size_t comma = lf_view_find_byte(lf_view_from(*rest, end), ',');

        end = comma == SIZE_MAX ? rest->len + 1 : end + comma + 1;
    }
    part = lf_view_first(*rest, end ? end - 1 : 0);
    *rest = lf_view_from(*rest, end);
    return part;
}

struct report {
    lf_view uuid, name, description, category;
    lf_time published, modified;
    const struct lf_json *references;
};

static void references(struct advisory *v, const struct lf_json *list)
{
    for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_items(list); i++) {
        const struct lf_json *r = lf_json_item(list, i);
        lf_view about = lf_json_str(r, "summary");

        if (!lf_json_str(r, "url").len)
            continue;
        lf_json_open(&v->f.m.w, '{');
        lf_json_put_cstr(&v->f.m.w, "source_name", "csaf");
        /* As text: not every address there is one by the standard's letter. */
        lf_json_put_str(
            &v->f.m.w, "description",
            about.len ? lf_arena_printf(&v->f.m.a, "%.*s: %.*s", LF_FMT(about), LF_FMT(lf_json_str(r, "url")))
                      : lf_json_str(r, "url"));
        lf_json_close(&v->f.m.w);
    }
}

static bool has_urls(const struct lf_json *list)
{
    for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_items(list); i++)
        if (lf_json_str(lf_json_item(list, i), "url").len)
            return true;
    return false;
}

static enum lf_code report(struct advisory *v, const struct report *r)
{
    lf_view rest = lf_buf_view(&v->refs);
    struct lf_json_w *w = &v->f.m.w;

    for (size_t part = 0; rest.len; part++) {
        lf_view refs = refs_part(&rest), uuid = r->uuid;
        struct lf_buf list;
        char text[LF_TIME_TEXT];

        if (part)
            uuid = lf_make_uuid(&v->f.m, uuid, lf_arena_printf(&v->f.m.a, "part %zu", part));
        lf_make_open(&v->f.m, "report", lf_make_id(&v->f.m, "report", uuid), r->published, r->modified);
        lf_json_put_str(w, "name", r->name.len ? r->name : LF_V("advisory"));
        if (r->description.len)
            lf_json_put_str(w, "description", r->description);
        lf_json_begin(w, "report_types", '[');
        lf_json_put_cstr(w, NULL, "vulnerability");
        lf_json_close(w);
        if (r->category.len) {
            lf_json_begin(w, "labels", '[');
            lf_json_put_str(w, NULL, r->category);
            lf_json_close(w);
        }
        lf_json_put_str(w, "published", lf_time_micro(r->published, text));
        if (has_urls(r->references)) {
            lf_json_begin(w, "external_references", '[');
            references(v, r->references);
            lf_json_close(w);
        }
        lf_buf_init(&list, LF_STIX_OBJECT_BYTES * 2);
        lf_buf_byte(&list, '[');
        lf_buf_put(&list, refs);
        lf_buf_byte(&list, ']');
        lf_json_put_raw(w, "object_refs", lf_buf_view(&list));
        lf_buf_clear(&list);
        LF_TRY(lf_make_close(&v->f.m, v->f.e));
    }
    return LF_OK;
}

static void open_advisory(struct advisory *v, const struct lf_format_use *use, const struct lf_exchange *to,
                          struct lf_err *e)
{
    const char *tlp = lf_make_tlp(use->tlp);

    *v = (struct advisory){ 0 };
    format_in_init(&v->f, use, to, e);
    if (tlp)
        v->f.m.markings = lf_arena_printf(&v->doc, "[\"%s\"]", tlp);
    lf_buf_init(&v->refs, (size_t)64 << 20);
    lf_map_init(&v->products, 0x70726f64);
    lf_map_init(&v->groups, 0x67727570);
}

static enum lf_code close_advisory(struct advisory *v, enum lf_code rc)
{
    format_in_clear(&v->f);
    lf_buf_clear(&v->refs);
    lf_map_clear(&v->products);
    lf_map_clear(&v->groups);
    for (size_t i = 0; i < v->nproducts; i++)
        lf_buf_clear(&v->tree[i]->said);
    lf_arena_clear(&v->doc);
    return rc;
}

/* ---- KEV ---- */

static enum lf_code exploited(struct advisory *v, const struct lf_json *k, size_t at)
{
    const struct lf_json *cwes;
    lf_view cve = lf_json_str(k, "cveID"), id;
    lf_time added = v->f.use->now ? v->f.use->now : LF_MAKE_UNDATED;
    struct lf_json_w *w = &v->f.m.w;
    struct lf_buf b;
    enum lf_code rc;
    size_t n;

    if (!lf_stix_cve_ok(cve)) {
        format_lost(&v->f, "vulnerabilities", at, cve, "no cveID");
        return LF_OK;
    }
    if (!format_time(lf_json_str(k, "dateAdded"), &added))
        format_lost(&v->f, "vulnerabilities", at, lf_json_str(k, "dateAdded"), "dateAdded is no date");
    id = lf_make_id(&v->f.m, "vulnerability", lf_make_uuid(&v->f.m, LF_V("kev"), cve));
    if (!lf_make_first(&v->f.m, id)) {
        format_lost(&v->f, "vulnerabilities", at, cve, "it is there twice: the first stands");
        return LF_OK;
    }
    lf_make_open(&v->f.m, "vulnerability", id, added, added);
    lf_json_put_str(w, "name", cve);
    lf_buf_init(&b, LF_STIX_OBJECT_BYTES);
    advisory_line(&b, "Name", lf_json_str(k, "vulnerabilityName"));
    advisory_line(&b, "Vendor", lf_json_str(k, "vendorProject"));
    advisory_line(&b, "Product", lf_json_str(k, "product"));
    advisory_line(&b, "Description", lf_json_str(k, "shortDescription"));
    if (b.len)
        lf_json_put_str(w, "description", lf_buf_view(&b));
    lf_json_begin(w, "labels", '[');
    lf_json_put_cstr(w, NULL, "known-exploited");
    if (lf_view_is(lf_json_str(k, "knownRansomwareCampaignUse"), "Known"))
        lf_json_put_cstr(w, NULL, "ransomware");
    lf_json_close(w);
    lf_json_begin(w, "external_references", '[');
    external(w, "cve", cve);
    cwes = advisory_list(k, "cwes", &n);
    for (size_t i = 0; i < n; i++)
        if (lf_json_text(lf_json_item(cwes, i)).len)
            external(w, "cwe", lf_json_text(lf_json_item(cwes, i)));
    lf_json_close(w);
    rc = lf_make_close(&v->f.m, v->f.e);
    advisory_ref(v, id);
    lf_buf_reset(&b);
    advisory_line(&b, "Required action", lf_json_str(k, "requiredAction"));
    advisory_line(&b, "Due date", lf_json_str(k, "dueDate"));
    advisory_line(&b, "Known ransomware campaign use", lf_json_str(k, "knownRansomwareCampaignUse"));
    advisory_line(&b, "Notes", lf_json_str(k, "notes"));
    if (rc == LF_OK)
        rc = advisory_note(v, LF_V("Known exploited vulnerability"), &b, id, added, added);
    lf_buf_clear(&b);
    advisory_members(
        v, k, lf_arena_printf(&v->f.m.a, "vulnerabilities[%zu]", at).ptr,
        "cveID vendorProject product vulnerabilityName dateAdded shortDescription requiredAction dueDate "
        "knownRansomwareCampaignUse notes cwes");
    return rc;
}

bool format_kev_is(lf_view text)
{
    text = lf_view_first(text, 4096);
    return lf_view_find(text, LF_V("\"catalogVersion\"")) != SIZE_MAX;
}

static enum lf_code kev(struct advisory *v, lf_view text)
{
    const struct lf_json *doc, *list;
    struct report r = { 0 };
    lf_view creator;
    size_t n;

    LF_TRY(parse(v, text, &doc));
    list = advisory_list(doc, "vulnerabilities", &n);
    if (lf_json_kind(list) != LF_JSON_ARRAY)
        return lf_err_set(v->f.e, LF_BAD_INPUT, "KEV: no list \"vulnerabilities\"");
    LF_TRY(lf_make_identity(&v->f.m, LF_V(""), LF_V("CISA"), "organization", &creator, v->f.e));
    v->f.m.creator = lf_arena_copy(&v->doc, creator);
    for (size_t i = 0; i < n; i++) {
        LF_TRY(exploited(v, lf_json_item(list, i), i));
        lf_arena_reset(&v->f.m.a);
    }
    r.name = lf_json_str(doc, "title");
    r.category = lf_json_str(doc, "catalogVersion");
    if (!format_time(lf_json_str(doc, "dateReleased"), &r.published))
        r.published = v->f.use->now ? v->f.use->now : LF_MAKE_UNDATED;
    r.modified = r.published;
    r.uuid = lf_make_uuid(&v->f.m, LF_V("kev catalog"), r.category);
    advisory_members(v, doc, "catalog", "title catalogVersion dateReleased count vulnerabilities");
    return report(v, &r);
}

FORMAT_READER(format_kev_read)
{
    struct advisory v;

    open_advisory(&v, use, to, e);
    return close_advisory(&v, kev(&v, text));
}

/* ---- CSAF ---- */

static void named(struct advisory *v, struct lf_buf *b, const char *what, const struct lf_json *of)
{
    struct csaf_named names = csaf_named(of);
    size_t n = 0;
    lf_view id;

    for (; (id = csaf_named_next(v, &names)).ptr; n++) {
        const struct advisory_product *p = lf_map_get_ptr(&v->products, id);

        if (n >= PRODUCTS_TOLD)
            continue;
        if (!n && b->len)
            lf_buf_byte(b, '\n');
        if (!n)
            lf_buf_printf(b, "%s: ", what);
        else
            LF_PUT(b, "; ");
        lf_buf_put(b, p ? p->name : id);
    }
    if (n > PRODUCTS_TOLD) {
        lf_buf_printf(b, "; and %zu more", n - PRODUCTS_TOLD);
        lf_make_lost(&v->f.m, lf_arena_printf(&v->f.m.a, "product_status.%s", what), LF_V(""),
                     "more than 500 products of one state: those behind are counted only");
    }
}

/* Status, remediations, threats and scores of one vulnerability as a person reads them. */
static void handling(struct advisory *v, const struct lf_json *k, struct lf_buf *b)
{
    static const char *const texts[][3] = { { "remediations", "Remediation", "details" },
                                            { "threats", "Threat", "details" },
                                            { "flags", "Flag", "label" } };
    const struct lf_json *status = lf_json_get(k, LF_V("product_status")), *list;
    size_t n;

    for (size_t i = 0; lf_json_kind(status) == LF_JSON_OBJECT && i < lf_json_members(status); i++)
        named(v, b, lf_arena_cstr(&v->f.m.a, lf_view_first(lf_json_key(status, i), 60)),
              lf_json_member(status, i));
    for (size_t t = 0; t < 3; t++) {
        list = advisory_list(k, texts[t][0], &n);
        for (size_t i = 0; i < n; i++) {
            const struct lf_json *o = lf_json_item(list, i);

            advisory_line(b, texts[t][1], lf_json_str(o, texts[t][2]));
            advisory_line(b, "  category", lf_json_str(o, "category"));
            advisory_line(b, "  date", lf_json_str(o, "date"));
            advisory_line(b, "  url", lf_json_str(o, "url"));
            named(v, b, "  products", o);
        }
    }
    list = advisory_list(k, "scores", &n);
    for (size_t i = 0; i < n; i++) {
        static const char *const kinds[] = { "cvss_v2", "cvss_v3" };

        for (size_t c = 0; c < 2; c++) {
            const struct lf_json *s = lf_json_get(lf_json_item(list, i), lf_view_of(kinds[c]));

            advisory_line(b, kinds[c], lf_json_str(s, "vectorString"));
            advisory_line(b, "  base score", lf_json_text(lf_json_get(s, LF_V("baseScore"))));
            if (s)
                named(v, b, "  products", lf_json_item(list, i));
        }
    }
    advisory_line(b, "Discovered", lf_json_str(k, "discovery_date"));
    advisory_line(b, "Released", lf_json_str(k, "release_date"));
}

static lf_view first_note(const struct lf_json *o, const char *category)
{
    size_t n;
    const struct lf_json *list = advisory_list(o, "notes", &n);

    for (size_t i = 0; i < n; i++)
        if (lf_view_is(lf_json_str(lf_json_item(list, i), "category"), category))
            return lf_json_str(lf_json_item(list, i), "text");
    return (lf_view){ "", 0 };
}

static enum lf_code notes(struct advisory *v, const struct lf_json *o, lf_view about, lf_view but,
                          lf_time created, lf_time modified)
{
    size_t n;
    const struct lf_json *list = advisory_list(o, "notes", &n);

    for (size_t i = 0; i < n; i++) {
        const struct lf_json *t = lf_json_item(list, i);
        lf_view text = lf_json_str(t, "text"), title = lf_json_str(t, "title");
        struct lf_buf b;
        enum lf_code rc;

        if (!text.len || text.ptr == but.ptr)
            continue;
        lf_buf_init(&b, LF_STIX_OBJECT_BYTES);
        lf_buf_put(&b, text);
        rc = advisory_note(v, title.len ? title : lf_json_str(t, "category"), &b, about, created, modified);
        lf_buf_clear(&b);
        LF_TRY(rc);
    }
    return LF_OK;
}

static enum lf_code vulnerability(struct advisory *v, const struct lf_json *k, size_t at, lf_view key,
                                  lf_time created, lf_time modified)
{
    lf_view cve = lf_json_str(k, "cve"), title = lf_json_str(k, "title"),
            about = first_note(k, "description"), id;
    const bool cve_ok = lf_stix_cve_ok(cve);
    const struct lf_json *cwe = lf_json_get(k, LF_V("cwe")), *ids, *refs = lf_json_get(k, LF_V("references"));
    struct lf_json_w *w = &v->f.m.w;
    struct lf_buf b;
    enum lf_code rc;
    size_t n;

    if (!about.len)
        about = first_note(k, "summary");
    id = lf_make_id(&v->f.m, "vulnerability",
                    lf_make_uuid(&v->f.m, key, cve.len ? cve : lf_arena_printf(&v->f.m.a, "%zu", at)));
    if (!lf_make_first(&v->f.m, id)) {
        format_lost(&v->f, "vulnerabilities", at, cve, "it is there twice: the first stands");
        return LF_OK;
    }
    lf_make_open(&v->f.m, "vulnerability", id, created, modified);
    lf_json_put_str(w, "name", cve.len ? cve : title.len ? title : LF_V("vulnerability"));
    lf_buf_init(&b, LF_STIX_OBJECT_BYTES);
    if (cve.len && title.len)
        lf_buf_put(&b, title);
    if (about.len) {
        if (b.len)
            LF_PUT(&b, "\n");
        lf_buf_put(&b, about);
    }
    if (b.len)
        lf_json_put_str(w, "description", lf_buf_view(&b));
    ids = advisory_list(k, "ids", &n);
    if (cve_ok || n || lf_json_str(cwe, "id").len || has_urls(refs)) {
        bool any = cve_ok || lf_json_str(cwe, "id").len || has_urls(refs);

        for (size_t i = 0; i < n; i++)
            any = any || (lf_json_str(lf_json_item(ids, i), "system_name").len &&
                          lf_json_str(lf_json_item(ids, i), "text").len);
        if (any) {
            lf_json_begin(w, "external_references", '[');
            if (cve_ok)
                external(w, "cve", cve);
            if (lf_json_str(cwe, "id").len)
                external(w, "cwe", lf_json_str(cwe, "id"));
            for (size_t i = 0; i < n; i++)
                if (lf_json_str(lf_json_item(ids, i), "system_name").len &&
                    lf_json_str(lf_json_item(ids, i), "text").len)
                    external(w, lf_arena_cstr(&v->f.m.a, lf_json_str(lf_json_item(ids, i), "system_name")),
                             lf_json_str(lf_json_item(ids, i), "text"));
            references(v, refs);
            lf_json_close(w);
        }
    }
    rc = lf_make_close(&v->f.m, v->f.e);
    advisory_ref(v, id);
    lf_buf_reset(&b);
    handling(v, k, &b);
    if (rc == LF_OK)
        rc = advisory_note(v, LF_V("Status and remediation"), &b, id, created, modified);
    lf_buf_clear(&b);
    if (rc == LF_OK)
        rc = csaf_status(v, k, id, created, modified);
    if (rc == LF_OK)
        rc = notes(v, k, id, about, created, modified);
    advisory_members(
        v, k, lf_arena_printf(&v->f.m.a, "vulnerabilities[%zu]", at).ptr,
        "cve title notes cwe ids references product_status remediations threats scores flags discovery_date "
        "release_date");
    return rc;
}

bool format_csaf_is(lf_view text)
{
    text = lf_view_first(text, 65536);
    return lf_view_find(text, LF_V("\"csaf_version\"")) != SIZE_MAX;
}

static enum lf_code csaf(struct advisory *v, lf_view text)
{
    const struct lf_json *doc, *d, *list, *track, *pub;
    struct report r = { 0 };
    lf_view creator, label, key, about;
    size_t n;

    LF_TRY(parse(v, text, &doc));
    d = lf_json_get(doc, LF_V("document"));
    if (!lf_view_starts(lf_json_str(d, "csaf_version"), LF_V("2.")))
        return lf_err_set(v->f.e, LF_BAD_INPUT, "CSAF: document.csaf_version is not 2.x");
    track = lf_json_get(d, LF_V("tracking"));
    pub = lf_json_get(d, LF_V("publisher"));
    if (!lf_json_str(track, "id").len)
        return lf_err_set(v->f.e, LF_BAD_INPUT, "CSAF: document.tracking.id is missing");
    label = lf_json_str(lf_json_path(d, "distribution.tlp"), "label");
    if (label.len && lf_make_tlp(label))
        v->f.m.markings = lf_arena_printf(&v->doc, "[\"%s\"]", lf_make_tlp(label));
    else if (label.len) {
        lf_make_lost(&v->f.m, LF_V("document.distribution.tlp.label"), label, "no TLP: marked red");
        v->f.m.markings = lf_arena_printf(&v->doc, "[\"%s\"]", lf_make_tlp(LF_V("red")));
    }
    LF_TRY(lf_make_identity(&v->f.m, LF_V(""), lf_json_str(pub, "name"), "organization", &creator, v->f.e));
    v->f.m.creator = lf_arena_copy(&v->doc, creator);
    if (!format_time(lf_json_str(track, "initial_release_date"), &r.published))
        r.published = v->f.use->now ? v->f.use->now : LF_MAKE_UNDATED;
    if (!format_time(lf_json_str(track, "current_release_date"), &r.modified) || r.modified < r.published)
        r.modified = r.published;
    key = lf_arena_printf(&v->doc, "csaf %.*s %.*s", LF_FMT(lf_json_str(pub, "namespace")),
                          LF_FMT(lf_json_str(track, "id")));
    LF_TRY(csaf_tree(v, lf_json_get(doc, LF_V("product_tree")), r.published, r.modified));
    list = advisory_list(doc, "vulnerabilities", &n);
    for (size_t i = 0; i < n; i++) {
        LF_TRY(vulnerability(v, lf_json_item(list, i), i, key, r.published, r.modified));
        lf_arena_reset(&v->f.m.a);
    }
    about = first_note(d, "summary");
    r.uuid = lf_make_uuid(&v->f.m, key, LF_V("document"));
    if (!v->refs.len && v->f.m.creator.len)
        advisory_ref(v, v->f.m.creator);
    LF_TRY(notes(v, d, lf_make_id(&v->f.m, "report", r.uuid), about, r.published, r.modified));
    r.name = lf_json_str(d, "title");
    r.description = about;
    r.category = lf_json_str(d, "category");
    r.references = lf_json_get(d, LF_V("references"));
    advisory_members(v, doc, "$", "document product_tree vulnerabilities");
    advisory_members(v, d, "document",
                     "title category csaf_version publisher tracking distribution notes references");
    advisory_members(v, track, "document.tracking", "id initial_release_date current_release_date");
    advisory_members(v, pub, "document.publisher", "name namespace");
    advisory_members(v, lf_json_get(d, LF_V("distribution")), "document.distribution", "tlp");
    return report(v, &r);
}

FORMAT_READER(format_csaf_read)
{
    struct advisory v;

    open_advisory(&v, use, to, e);
    return close_advisory(&v, csaf(&v, text));
}
