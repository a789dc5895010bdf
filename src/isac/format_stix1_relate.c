/* STIX 1.x: what relates the objects of a package; kill chains; sightings. */
#include "isac/format_stix1_priv.h"

enum { RELATIONS_MOST = 20000, PHASES_MOST = 100, PHASE = 500 };

void stix1_became(struct pkg *x, const struct lf_xml *e, lf_view id)
{
    lf_view key = lf_xml_attr(e, "id");
    struct became *b = key.len ? lf_map_get_ptr(&x->became, key) : NULL;

    x->last = lf_arena_copy(&x->doc, id);
    if (key.len && !b) {
        b = LF_NEW(&x->doc, struct became, 1);
        lf_map_set_ptr(&x->became, key, b);
    }
    if (b) {
        b->ids = lf_arena_grow(&x->doc, b->ids, b->n, &b->cap, sizeof *b->ids);
        b->ids[b->n++] = x->last;
    }
}

void stix1_relate(struct pkg *x, const struct lf_xml *e, lf_view from, const struct link *links)
{
    for (; links->path; links++) {
        const struct lf_xml *item = lf_xml_at(e, links->path), *to;
        lf_view path = lf_view_of(links->path);
        const char *name = links->path +
                           (lf_view_find_byte(path, '/') == SIZE_MAX ? 0 : lf_view_find_byte(path, '/') + 1);

        for (; item; item = lf_xml_more(item, name)) {
            to = lf_xml_get(item, links->leaf);
            if (!lf_xml_attr(to, "idref").len) {
                stix1_told(x, item, lf_xml_attr(to, "id"),
                           "it stands within another object, not by reference");
                continue;
            }
            if (x->nrelations == RELATIONS_MOST) {
                stix1_told(x, item, LF_V(""), "more than 20,000 relationships");
                return;
            }
            x->relations =
                lf_arena_grow(&x->doc, x->relations, x->nrelations, &x->caprelations, sizeof *x->relations);
            x->relations[x->nrelations++] =
                (struct relation){ lf_arena_copy(&x->doc, from), links->type, links->back, to };
        }
    }
}

static enum lf_code relationship(struct pkg *x, const struct relation *r, lf_view other)
{
    lf_view source = r->back ? other : r->from, target = r->back ? r->from : other, id;

    id = lf_make_id(
        &x->f.m, "relationship",
        lf_make_uuid(&x->f.m, lf_arena_printf(&x->f.m.a, "%s %.*s", r->type, LF_FMT(source)), target));
    if (lf_view_eq(source, target) || !lf_make_first(&x->f.m, id))
        return LF_OK;
    stix1_mark(x, x->header_tlp);
    lf_make_open(&x->f.m, "relationship", id, x->at, x->at);
    lf_json_put_cstr(&x->f.m.w, "relationship_type", r->type);
    lf_json_put_str(&x->f.m.w, "source_ref", source);
    lf_json_put_str(&x->f.m.w, "target_ref", target);
    LF_TRY(lf_make_close(&x->f.m, x->f.e));
    stix1_ref(x, id);
    return LF_OK;
}

enum lf_code stix1_relationships(struct pkg *x)
{
    size_t made = 0;

    for (size_t i = 0; i < x->nrelations; i++) {
        const struct relation *r = &x->relations[i];
        const struct became *b = lf_map_get_ptr(&x->became, lf_xml_attr(r->to, "idref"));

        if (!b)
            stix1_told(x, r->to, lf_xml_attr(r->to, "idref"),
                       "it refers to what is not in the document, or became nothing");
        for (size_t k = 0; b && k < b->n && made < RELATIONS_MOST; k++, made++)
            LF_TRY(relationship(x, r, b->ids[k]));
        lf_arena_reset(&x->f.m.a);
    }
    if (made == RELATIONS_MOST)
        stix1_told(x, x->root, LF_V(""), "more than 20,000 relationships");
    return LF_OK;
}

/* A name as STIX 2.1 has those of kill chains: "Command & Control" is "command-control". */
static lf_view hyphened(struct pkg *x, lf_view name)
{
    char *out = lf_arena_cstr(&x->f.m.a, name);
    size_t n = 0;

    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];

        if (c >= 'A' && c <= 'Z')
            out[n++] = (char)(c | 0x20);
        else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (uint8_t)c >= 0x80)
            out[n++] = c;
        else if (n && out[n - 1] != '-')
            out[n++] = '-';
    }
    while (n && out[n - 1] == '-')
        n--;
    return (lf_view){ out, n };
}

lf_view stix1_phases(struct pkg *x, const struct lf_xml *e)
{
    const struct lf_xml *k = lf_xml_at(e, "Kill_Chain_Phases/Kill_Chain_Phase");
    struct lf_json_w w;
    struct lf_buf b;
    size_t n = 0;
    lf_view out;

    lf_buf_init(&b, 64 << 10);
    w = lf_json_w(&b);
    lf_json_open(&w, '[');
    for (; k && n < PHASES_MOST; k = lf_xml_more(k, "Kill_Chain_Phase")) {
        const struct lf_xml *at = lf_map_get_ptr(&x->phases, lf_xml_attr(k, "phase_id"));
        lf_view name = lf_xml_attr(k, "name"), chain = lf_xml_attr(k, "kill_chain_name");

        if (!name.len && at)
            name = lf_xml_attr(at, "name");
        if (!chain.len && at)
            chain = lf_xml_attr(at->parent, "name");
        name = hyphened(x, name);
        chain = hyphened(x, chain);
        if (!name.len || !chain.len || name.len > PHASE || chain.len > PHASE) {
            stix1_told(x, k, lf_xml_attr(k, "phase_id"),
                       "a phase whose name or kill chain is not in the document");
            continue;
        }
        lf_json_open(&w, '{');
        lf_json_put_str(&w, "kill_chain_name", chain);
        lf_json_put_str(&w, "phase_name", name);
        lf_json_close(&w);
        n++;
    }
    lf_json_close(&w);
    out = n ? lf_arena_copy(&x->f.m.a, lf_buf_view(&b)) : LF_V("");
    lf_buf_clear(&b);
    return out;
}

enum lf_code stix1_sightings(struct pkg *x, const struct lf_xml *e, lf_view of, lf_view tlp)
{
    const struct lf_xml *list = lf_xml_get(e, "Sightings"), *s = lf_xml_get(list, "Sighting");
    uint64_t count = 0;
    char text[LF_TIME_TEXT];

    if (!lf_view_u64(lf_xml_attr(list, "sightings_count"), &count) || count > 999999999)
        count = 0;
    for (size_t n = 0; s || (count && !n); s = lf_xml_more(s, "Sighting"), n++) {
        lf_view who = lf_xml_text(s, "Source/Identity/Name"), id;
        lf_time at = 0;
        bool has = s && format_time(lf_xml_attr(s, "timestamp"), &at);

        LF_TRY(lf_make_identity(&x->f.m, LF_V(""), who, "organization", &who, x->f.e));
        id = lf_make_id(&x->f.m, "sighting",
                        lf_make_uuid(&x->f.m, of, lf_arena_printf(&x->f.m.a, "sighting %zu", n)));
        if (!lf_make_first(&x->f.m, id))
            continue;
        stix1_mark(x, tlp);
        lf_make_open(&x->f.m, "sighting", id, has ? at : x->at, has ? at : x->at);
        lf_json_put_str(&x->f.m.w, "sighting_of_ref", of);
        if (has) {
            lf_json_put_str(&x->f.m.w, "first_seen", lf_time_micro(at, text));
            lf_json_put_str(&x->f.m.w, "last_seen", lf_time_micro(at, text));
        }
        if (!s)
            lf_json_put_int(&x->f.m.w, "count", (int64_t)count);
        if (who.len) {
            lf_json_begin(&x->f.m.w, "where_sighted_refs", '[');
            lf_json_put_str(&x->f.m.w, NULL, who);
            lf_json_close(&x->f.m.w);
        }
        LF_TRY(lf_make_close(&x->f.m, x->f.e));
        stix1_ref(x, id);
        if (!s)
            return LF_OK;
    }
    return LF_OK;
}
