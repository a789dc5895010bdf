/* STIX -> MISP: tags, markings and galaxies. */
#include "fmt/misp_out.h"

void misp_out_tag(struct misp_write *x, bool *any, lf_view name)
{
    if (!*any)
        lf_json_begin(&x->w, "Tag", '[');
    *any = true;
    lf_json_open(&x->w, '{');
    lf_json_put_str(&x->w, "name", name);
    lf_json_close(&x->w);
}

/* The TLP among an object's markings, as a name. */
const char *misp_out_tlp(const struct lf_json *o)
{
    const struct lf_json *m = lf_json_get(o, LF_V("object_marking_refs"));

    for (size_t i = 0; lf_json_kind(m) == LF_JSON_ARRAY && i < lf_json_items(m); i++) {
        const char *name = lf_make_tlp_name(lf_json_text(lf_json_item(m, i)));

        if (name)
            return name;
    }
    return NULL;
}

static const char group_says[] = "MISP sharing group: ";

/* Markings that are neither TLP nor tags nor sharing groups. */
void misp_out_markings(struct misp_write *x, const struct lf_json *o, bool tags, bool *any)
{
    const struct lf_json *m = lf_json_get(o, LF_V("object_marking_refs"));

    for (size_t i = 0; lf_json_kind(m) == LF_JSON_ARRAY && i < lf_json_items(m); i++) {
        lf_view id = lf_json_text(lf_json_item(m, i));
        const struct lf_json *d = misp_get(x, id, NULL);
        lf_view said = lf_json_str(lf_json_get(d, LF_V("definition")), "statement");

        if (lf_make_tlp_name(id) || lf_view_starts(said, lf_view_of(group_says)))
            continue;
        if (lf_view_starts(said, LF_V("PAP:"))) {
            if (tags)
                misp_out_tag(x, any, said);
        } else if (tags) {
            misp_out_lost(x, o, "object_marking_refs", said.len ? said : id, "MISP has no such marking");
        }
    }
}

void misp_out_group(struct misp_write *x, const struct lf_json *o)
{
    const struct lf_json *m = lf_json_get(o, LF_V("object_marking_refs"));

    for (size_t i = 0; lf_json_kind(m) == LF_JSON_ARRAY && i < lf_json_items(m); i++) {
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

void misp_out_labels(struct misp_write *x, const struct lf_json *o, bool *any)
{
    const struct lf_json *list = lf_json_get(o, LF_V("labels"));

    for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_items(list); i++) {
        lf_view v = lf_json_text(lf_json_item(list, i));

        if (v.len && !(lf_view_starts(v, LF_V("misp:")) && lf_view_find(v, LF_V("=\"")) != SIZE_MAX))
            misp_out_tag(x, any, v);
    }
}
/* ---- galaxies ---- */

lf_view misp_out_reference(const struct lf_json *o, const char *source, const char *prefix)
{
    const struct lf_json *list = lf_json_get(o, LF_V("external_references"));

    for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_items(list); i++) {
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
    lf_view external = misp_out_reference(o, "mitre-attack", "");
    struct galaxy g = { .value = lf_json_str(o, "name") };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (misp_is(o, rows[i].type)) {
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
    g.tag = misp_out_reference(o, "misp-galaxy", "misp-galaxy:");
    if (!g.tag.ptr)
        g.tag = lf_arena_printf(x->a, "misp-galaxy:%.*s=\"%.*s\"", LF_FMT(g.galaxy), LF_FMT(g.value));
    return g;
}

void misp_out_cluster(struct misp_write *x, const struct lf_json *o)
{
    struct galaxy g = galaxy_of(x, o);
    lf_view external = misp_out_reference(o, "mitre-attack", "");
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
    misp_out_put(x, "description", lf_json_str(o, "description"));
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
void misp_out_clusters(struct misp_write *x, const struct lf_json *o, bool tags, bool *any)
{
    for (size_t i = misp_out_about(x, lf_json_str(o, "id")); i; i = x->next[i - 1]) {
        const struct lf_json *rel = x->o[i - 1], *to;
        size_t at = 0;

        if (!misp_is(rel, "relationship"))
            continue;
        to = misp_get(x, lf_json_str(rel, "target_ref"), &at);
        if (!to || !misp_out_is_cluster(to))
            continue;
        x->done[i - 1] = x->done[at] = true;
        if (tags) {
            misp_out_tag(x, any, galaxy_of(x, to).tag);
        } else {
            if (!*any)
                lf_json_begin(&x->w, "Galaxy", '[');
            *any = true;
            misp_out_cluster(x, to);
        }
    }
}

lf_view misp_out_cluster_tag(struct misp_write *x, const struct lf_json *o)
{
    return galaxy_of(x, o).tag;
}
