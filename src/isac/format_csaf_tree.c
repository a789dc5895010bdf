#include <stdlib.h>

#include "base/rest.h"
#include "fmt/stix.h"
#include "isac/format_advisory_priv.h"

enum { DEEP = 24 };

/* Names of CSAF as STIX has them: "known_affected" is "known-affected". */
static lf_view hyphened(struct lf_arena *a, lf_view v)
{
    char *p = lf_arena_cstr(a, v);

    for (size_t i = 0; i < v.len; i++)
        if (p[i] == '_')
            p[i] = '-';
    return (lf_view){ p, v.len };
}

/* ---- collecting ---- */

struct branch {
    const struct branch *up;
    lf_view category, name;
};

static void describe(struct advisory *v, struct advisory_product *p, const struct branch *b)
{
    lf_view rest = LF_V("");

    p->plain = true;
    for (; b; b = b->up) {
        if (lf_view_is(b->category, "vendor"))
            p->vendor = b->name;
        else if (lf_view_is(b->category, "product_name"))
            p->product = b->name;
        else if (lf_view_is(b->category, "product_version") ||
                 lf_view_is(b->category, "product_version_range"))
            p->version = b->name;
        else
            p->plain = false;
        rest = lf_arena_printf(&v->doc, "%.*s %.*s%s%.*s", LF_FMT(b->category), LF_FMT(b->name),
                               rest.len ? " / " : "", LF_FMT(rest));
    }
    p->path = rest;
}

static struct advisory_product *add(struct advisory *v, const struct lf_json *node, const struct branch *b)
{
    lf_view id = lf_json_str(node, "product_id"), name = lf_json_str(node, "name");
    struct advisory_product *p;

    if (!id.len || !name.len || lf_map_get_ptr(&v->products, id))
        return NULL;
    p = LF_NEW(&v->doc, struct advisory_product, 1);
    *p = (struct advisory_product){ .id = id,
                                    .name = name,
                                    .helper = lf_json_get(node, LF_V("product_identification_helper")),
                                    .sco = LF_V("") };
    describe(v, p, b);
    v->tree =
        lf_arena_grow(&v->doc, v->tree, v->nproducts, &v->capproducts, sizeof(struct advisory_product *));
    v->tree[v->nproducts++] = p;
    lf_map_set_ptr(&v->products, id, p);
    return p;
}

static void branches(struct advisory *v, const struct lf_json *node, const struct branch *up, unsigned depth)
{
    const struct lf_json *list;
    size_t n;

    (void)add(v, lf_json_get(node, LF_V("product")), up);
    list = advisory_list(node, "branches", &n);
    if (n && depth == DEEP) {
        lf_make_lost(&v->f.m, LF_V("product_tree.branches"), LF_V(""), "branches in one another beyond 24");
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const struct lf_json *b = lf_json_item(list, i);
        struct branch here = { up, lf_json_str(b, "category"), lf_json_str(b, "name") };

        branches(v, b, &here, depth + 1);
    }
}

/* ---- making ---- */

/* What identifies it that a software object has no property for. */
static void identification(struct advisory *v, const struct advisory_product *p, struct lf_buf *b)
{
    static const char *const lists[][2] = { { "skus", "SKU" },
                                            { "model_numbers", "Model number" },
                                            { "serial_numbers", "Serial number" },
                                            { "sbom_urls", "SBOM" } };
    const struct lf_json *list, *inner;
    size_t n, k;

    if (!p->plain)
        advisory_line(b, "Path", p->path);
    advisory_line(b, "Package URL", lf_json_str(p->helper, "purl"));
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        list = advisory_list(p->helper, lists[i][0], &n);
        for (size_t j = 0; j < n; j++)
            advisory_line(b, lists[i][1], lf_json_text(lf_json_item(list, j)));
    }
    list = advisory_list(p->helper, "hashes", &n);
    for (size_t i = 0; i < n; i++) {
        const struct lf_json *h = lf_json_item(list, i);

        inner = advisory_list(h, "file_hashes", &k);
        for (size_t j = 0; j < k; j++)
            advisory_line(b, "Hash",
                          lf_arena_printf(&v->f.m.a, "%.*s %.*s %.*s",
                                          LF_FMT(lf_json_str(lf_json_item(inner, j), "algorithm")),
                                          LF_FMT(lf_json_str(lf_json_item(inner, j), "value")),
                                          LF_FMT(lf_json_str(h, "filename"))));
    }
    list = advisory_list(p->helper, "x_generic_uris", &n);
    for (size_t i = 0; i < n; i++)
        advisory_line(b, "URI", lf_json_str(lf_json_item(list, i), "uri"));
}

static enum lf_code software(struct advisory *v, const struct advisory_product *p, bool with_cpe, lf_view *id)
{
    lf_view cpe = lf_json_str(p->helper, "cpe");
    bool short_name = p->plain && p->vendor.len && p->product.len && p->version.len;
    struct lf_json_w w;
    struct lf_buf b;
    enum lf_code rc;

    lf_buf_init(&b, LF_STIX_OBJECT_BYTES);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "type", "software");
    lf_json_put_str(&w, "name", short_name ? p->product : p->name);
    if (with_cpe && lf_view_starts(cpe, LF_V("cpe:2.3:")))
        lf_json_put_str(&w, "cpe", cpe);
    if (p->vendor.len)
        lf_json_put_str(&w, "vendor", p->vendor);
    if (p->version.len)
        lf_json_put_str(&w, "version", p->version);
    lf_json_close(&w);
    rc = lf_make_sco(&v->f.m, lf_buf_view(&b), id, v->f.e);
    lf_buf_clear(&b);
    return rc;
}

static enum lf_code make(struct advisory *v, struct advisory_product *p, lf_time created, lf_time modified)
{
    lf_view cpe = lf_json_str(p->helper, "cpe"), id;
    struct lf_buf b;
    enum lf_code rc;

    LF_TRY(software(v, p, true, &id));
    if (!id.len && cpe.len) /* a CPE that is none must not cost the product */
        LF_TRY(software(v, p, false, &id));
    if (!id.len) {
        lf_make_lost(&v->f.m, LF_V("product_tree"), p->name, "it cannot be made a software object");
        return LF_OK;
    }
    p->sco = lf_arena_copy(&v->doc, id);
    if (lf_make_first(&v->f.m, lf_arena_printf(&v->f.m.a, "ref %.*s", LF_FMT(id))))
        advisory_ref(v, p->sco);
    lf_buf_init(&b, LF_STIX_OBJECT_BYTES);
    if (cpe.len && !lf_view_starts(cpe, LF_V("cpe:2.3:")))
        advisory_line(&b, "CPE", cpe);
    identification(v, p, &b);
    rc = b.len ? advisory_note(v, p->name, &b, p->sco, created, modified) : LF_OK;
    lf_buf_clear(&b);
    return rc;
}

/* ---- relationships ---- */

static enum lf_code relate(struct advisory *v, lf_view type, lf_view from, lf_view to, lf_view description,
                           lf_time created, lf_time modified)
{
    struct lf_json_w *w = &v->f.m.w;
    lf_view id;

    if (!from.len || !to.len || lf_view_eq(from, to))
        return LF_OK;
    id = lf_make_id(
        &v->f.m, "relationship",
        lf_make_uuid(&v->f.m, from, lf_arena_printf(&v->f.m.a, "%.*s %.*s", LF_FMT(type), LF_FMT(to))));
    if (!lf_make_first(&v->f.m, id))
        return LF_OK;
    if (v->related++ >= ADVISORY_RELATIONS) {
        if (v->related == ADVISORY_RELATIONS + 1)
            lf_make_lost(&v->f.m, LF_V("product_tree"), LF_V(""),
                         "more than 20,000 relationships: those behind stand in notes alone");
        return LF_OK;
    }
    lf_make_open(&v->f.m, "relationship", id, created, modified);
    lf_json_put_str(w, "relationship_type", type);
    if (description.len)
        lf_json_put_str(w, "description", description);
    lf_json_put_str(w, "source_ref", from);
    lf_json_put_str(w, "target_ref", to);
    LF_TRY(lf_make_close(&v->f.m, v->f.e));
    advisory_ref(v, id);
    return LF_OK;
}

static lf_view sco_of(const struct advisory *v, lf_view product)
{
    const struct advisory_product *p = lf_map_get_ptr(&v->products, product);

    return p ? p->sco : LF_V("");
}

static enum lf_code component(struct advisory *v, const struct lf_json *r, size_t at, lf_time created,
                              lf_time modified)
{
    static const char *const kinds[] = { "default_component_of", "external_component_of", "installed_on",
                                         "installed_with", "optional_component_of" };
    lf_view category = lf_json_str(r, "category"), from = sco_of(v, lf_json_str(r, "product_reference")),
            to = sco_of(v, lf_json_str(r, "relates_to_product_reference")),
            both = sco_of(v, lf_json_str(lf_json_get(r, LF_V("full_product_name")), "product_id"));
    size_t which;

    if (!lf_view_among(category, kinds, sizeof kinds / sizeof *kinds, &which) || !from.len || !to.len) {
        lf_make_lost(&v->f.m, lf_arena_printf(&v->f.m.a, "product_tree.relationships[%zu]", at), category,
                     "its category is none of CSAF 2.0, or it names a product that is not there");
        return LF_OK;
    }
    LF_TRY(relate(v, hyphened(&v->f.m.a, category), from, to, LF_V(""), created, modified));
    LF_TRY(relate(v, LF_V("consists-of"), both, from, LF_V(""), created, modified));
    return relate(v, LF_V("consists-of"), both, to, LF_V(""), created, modified);
}

enum lf_code csaf_tree(struct advisory *v, const struct lf_json *tree, lf_time created, lf_time modified)
{
    const struct lf_json *list;
    size_t n;

    branches(v, tree, NULL, 0);
    list = advisory_list(tree, "full_product_names", &n);
    for (size_t i = 0; i < n; i++)
        (void)add(v, lf_json_item(list, i), NULL);
    list = advisory_list(tree, "relationships", &n);
    for (size_t i = 0; i < n; i++)
        (void)add(v, lf_json_get(lf_json_item(list, i), LF_V("full_product_name")), NULL);
    list = advisory_list(tree, "product_groups", &n);
    for (size_t i = 0; i < n; i++) {
        const struct lf_json *g = lf_json_item(list, i);

        if (lf_json_str(g, "group_id").len)
            lf_map_set_ptr(&v->groups, lf_json_str(g, "group_id"), (void *)(uintptr_t)g);
    }
    if (v->nproducts > ADVISORY_PRODUCTS)
        lf_make_lost(&v->f.m, LF_V("product_tree"), LF_V(""),
                     "more than 5,000 products: those behind stand in notes alone");
    for (size_t i = 0; i < v->nproducts && i < ADVISORY_PRODUCTS; i++) {
        LF_TRY(make(v, v->tree[i], created, modified));
        lf_arena_reset(&v->f.m.a);
    }
    list = advisory_list(tree, "relationships", &n);
    for (size_t i = 0; i < n; i++) {
        LF_TRY(component(v, lf_json_item(list, i), i, created, modified));
        lf_arena_reset(&v->f.m.a);
    }
    advisory_members(v, tree, "product_tree", "branches full_product_names relationships product_groups");
    return LF_OK;
}

/* ---- what a vulnerability says of products ---- */

struct csaf_named csaf_named(const struct lf_json *o)
{
    const struct lf_json *ids = lf_json_get(o, LF_V("product_ids")),
                         *products = lf_json_get(o, LF_V("products"));

    return (struct csaf_named){
        .ids = lf_json_kind(o) == LF_JSON_ARRAY     ? o
               : lf_json_kind(ids) == LF_JSON_ARRAY ? ids
                                                    : products,
        .groups = lf_json_get(o, LF_V("group_ids")),
    };
}

/* Whether one more may be named. */
static bool one_more(struct advisory *v)
{
    if (++v->named % 4096 == 0)
        (void)!lf_rest(v->f.m.to->rest, NULL); /* when it is to end, what is made next says so */
    if (v->named == ADVISORY_NAMED)
        lf_make_lost(&v->f.m, LF_V("vulnerabilities"), LF_V(""),
                     "products are named more than 4,000,000 times: what is behind says of none");
    return v->named < ADVISORY_NAMED;
}

lf_view csaf_named_next(struct advisory *v, struct csaf_named *n)
{
    size_t groups = lf_json_kind(n->groups) == LF_JSON_ARRAY ? lf_json_items(n->groups) : 0;

    if (!one_more(v))
        return (lf_view){ NULL, 0 };
    if (lf_json_kind(n->ids) == LF_JSON_ARRAY && n->at < lf_json_items(n->ids))
        return lf_json_text(lf_json_item(n->ids, n->at++));
    for (; n->group < groups; n->group++, n->in = 0) {
        const struct lf_json *g = lf_map_get_ptr(&v->groups, lf_json_text(lf_json_item(n->groups, n->group)));
        size_t most;
        const struct lf_json *ids = advisory_list(g, "product_ids", &most);

        if (n->in < most)
            return lf_json_text(lf_json_item(ids, n->in++));
    }
    return (lf_view){ NULL, 0 };
}

/* A line to each product that it is of. */
static void say(struct advisory *v, const struct lf_json *of, const char *name, lf_view text)
{
    struct csaf_named n = csaf_named(of);
    lf_view id;

    while (text.len && (id = csaf_named_next(v, &n)).ptr) {
        struct advisory_product *p = lf_map_get_ptr(&v->products, id);

        if (!p)
            continue;
        if (!p->said.max)
            lf_buf_init(&p->said, ADVISORY_SAID);
        if (p->said.len + strlen(name) + text.len + 3 <= ADVISORY_SAID)
            advisory_line(&p->said, name, text);
    }
}

static void say_all(struct advisory *v, const struct lf_json *k)
{
    static const char *const texts[][3] = { { "remediations", "Remediation", "details" },
                                            { "threats", "Threat", "details" },
                                            { "flags", "Flag", "label" } };
    const struct lf_json *list;
    size_t n;

    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
        list = advisory_list(k, texts[t][0], &n);
        for (size_t i = 0; i < n; i++) {
            const struct lf_json *o = lf_json_item(list, i);
            lf_view category = lf_json_str(o, "category"), text = lf_json_str(o, texts[t][2]);

            say(v, o, texts[t][1],
                category.len ? lf_arena_printf(&v->f.m.a, "%.*s: %.*s", LF_FMT(category), LF_FMT(text))
                             : text);
        }
    }
    list = advisory_list(k, "scores", &n);
    for (size_t i = 0; i < n; i++) {
        static const char *const kinds[] = { "cvss_v2", "cvss_v3" };

        for (size_t c = 0; c < 2; c++) {
            const struct lf_json *s = lf_json_get(lf_json_item(list, i), lf_view_of(kinds[c]));

            if (s)
                say(v, lf_json_item(list, i), kinds[c],
                    lf_arena_printf(&v->f.m.a, "%.*s %.*s",
                                    LF_FMT(lf_json_text(lf_json_get(s, LF_V("baseScore")))),
                                    LF_FMT(lf_json_str(s, "vectorString"))));
        }
    }
}

static void forget(struct advisory *v)
{
    for (size_t i = 0; i < v->nproducts; i++)
        lf_buf_clear(&v->tree[i]->said);
}

static enum lf_code statuses(struct advisory *v, const struct lf_json *status, lf_view id, lf_time created,
                             lf_time modified)
{
    static const char *const kinds[] = { "first_affected", "first_fixed",        "fixed",
                                         "known_affected", "known_not_affected", "last_affected",
                                         "recommended",    "under_investigation" };
    size_t which;

    for (size_t i = 0; lf_json_kind(status) == LF_JSON_OBJECT && i < lf_json_members(status); i++) {
        lf_view key = lf_json_key(status, i), product;
        struct csaf_named n = csaf_named(lf_json_member(status, i));

        if (!lf_view_among(key, kinds, sizeof kinds / sizeof *kinds, &which)) {
            lf_make_lost(&v->f.m, LF_V("product_status"), lf_view_first(key, 80),
                         "it is no status of CSAF 2.0");
            continue;
        }
        while ((product = csaf_named_next(v, &n)).ptr) {
            struct advisory_product *p = lf_map_get_ptr(&v->products, product);

            if (!p) {
                lf_make_lost(&v->f.m, LF_V("product_status"), lf_view_first(product, 80),
                             "no product of this id is in the tree");
                continue;
            }
            LF_TRY(relate(v, hyphened(&v->f.m.a, key), p->sco, id, lf_buf_view(&p->said), created, modified));
        }
    }
    return LF_OK;
}

enum lf_code csaf_status(struct advisory *v, const struct lf_json *k, lf_view id, lf_time created,
                         lf_time modified)
{
    enum lf_code rc;

    say_all(v, k);
    rc = statuses(v, lf_json_get(k, LF_V("product_status")), id, created, modified);
    forget(v);
    return rc;
}
