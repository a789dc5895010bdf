/* Documents -> one generation of rules, filters and correlations.  Every choice that
 * the specification leaves open is numbered (C1…) in docs/sigma-choices.md. */
#include "engine/rule_load.h"

#include <stdio.h>

#include "base/crypto.h"
#include "fmt/yaml.h"

enum {
    DOCUMENTS_MOST = 1000, /* in one file */
    TITLE_MOST = 1024,
    REFS_MOST = 10000, /* rules that one filter names */
};

/* Namespace of ids made for rules without one. */
static const char id_namespace[] = "6a1c8f3e-0d52-5b7e-9c41-7e2b5d90a1f4";

/* One file being read. */
struct file {
    struct lf_ruleset *rs;
    const struct lf_placeholders *values;
    lf_view name;
    struct lf_yaml_marks marks;
};

const char *lf_rule_kind_name(enum lf_rule_kind k)
{
    return k == LF_RULE_FILTER ? "filter" : k == LF_RULE_CORRELATION ? "correlation" : "rule";
}

/* ---- the rules of a generation ---- */

static struct lf_rule *add_rule(struct lf_ruleset *rs, lf_view file, size_t line)
{
    size_t cap = rs->rules_cap;
    struct lf_rule *r;

    rs->rules = lf_arena_grow(&rs->a, rs->rules, rs->nrules, &rs->rules_cap, sizeof *rs->rules);
    rs->roots = (struct lf_node **)lf_arena_grow(&rs->a, rs->roots, rs->nrules, &cap, sizeof *rs->roots);
    r = &rs->rules[rs->nrules];
    *r = (struct lf_rule){ .file = file, .title = file, .line = line, .number = (unsigned)rs->nrules };
    rs->nrules++;
    return r;
}

void lf_rule_refuse(struct lf_ruleset *rs, struct lf_rule *r, const struct lf_err *why)
{
    if (!r->refused.ptr)
        rs->nrefused++;
    r->refused = lf_arena_copy(&rs->a, lf_view_of(why->text));
    rs->roots[r->number] = NULL;
}

/* "line 7: " before the reason, unless it says where by itself. */
static void refuse_at(struct file *f, struct lf_rule *r, const struct lf_json *at, struct lf_err *why)
{
    size_t line = at ? lf_yaml_line(&f->marks, at) : 0;

    if (line == 0)
        line = r->line;
    if (line > 0 && !lf_view_starts(lf_view_of(why->text), LF_V("yaml: line ")))
        (void)lf_err_at(why, "line %zu", line);
    lf_rule_refuse(f->rs, r, why);
}

static lf_view id_key(struct lf_arena *a, lf_view id)
{
    char *low = lf_arena_alloc(a, id.len + 1, 1);

    for (size_t i = 0; i < id.len; i++)
        low[i] = (char)(id.ptr[i] >= 'A' && id.ptr[i] <= 'Z' ? id.ptr[i] | 0x20 : id.ptr[i]);
    return (lf_view){ low, id.len };
}

/* Names are looked up within a file first: two files may each have their own
 * "failed_login" (the specification: unique per correlation). */
static lf_view name_key(struct lf_arena *a, lf_view file, lf_view name)
{
    return lf_arena_printf(a, "%.*s%c%.*s", (int)file.len, file.ptr ? file.ptr : "", 0, (int)name.len,
                           name.ptr ? name.ptr : "");
}

#define SEVERAL ((uint64_t)1 << 40)

static void keep_name(struct lf_ruleset *rs, const struct lf_rule *r)
{
    uint64_t v;
    lf_view alone = name_key(&rs->a, LF_V(""), r->name);

    if (r->name.len == 0)
        return;
    lf_map_set(&rs->named, name_key(&rs->a, r->file, r->name), r->number);
    if (!lf_map_get(&rs->named, alone, &v) || rs->rules[v & ~SEVERAL].refused.ptr)
        v = r->number;
    else
        v |= SEVERAL;
    lf_map_set(&rs->named, alone, v);
}

enum lf_code lf_ruleset_named(const struct lf_ruleset *rs, lf_view ref, lf_view file,
                              const struct lf_rule **out, struct lf_err *e)
{
    struct lf_arena tmp = { .block_size = 1024 };
    uint64_t v = 0;

    if (rs->delta)
        return lf_delta_named(rs, ref, file, out, e);

    bool found = lf_map_get(&rs->rule_of, id_key(&tmp, ref), &v) ||
                 lf_map_get(&rs->named, name_key(&tmp, file, ref), &v) ||
                 lf_map_get(&rs->named, name_key(&tmp, LF_V(""), ref), &v);

    lf_arena_clear(&tmp);
    if (!found)
        return lf_err_set(e, LF_NOT_FOUND, "no rule has the id or name \"%.*s\"",
                          LF_FMT(lf_view_first(ref, 120)));
    if (v & SEVERAL)
        return lf_err_set(e, LF_CONFLICT,
                          "rules of several files have the name \"%.*s\"; refer to one by its id",
                          LF_FMT(lf_view_first(ref, 120)));
    *out = &rs->rules[v];
    return LF_OK;
}

static void into_group(struct lf_ruleset *rs, const struct lf_rule *r)
{
    struct lf_group *g = NULL;

    for (size_t i = 0; i < rs->ngroups && !g; i++)
        if (lf_view_eq(rs->groups[i].source.category, r->source.category) &&
            lf_view_eq(rs->groups[i].source.product, r->source.product) &&
            lf_view_eq(rs->groups[i].source.service, r->source.service))
            g = &rs->groups[i];
    if (!g) {
        rs->groups = lf_arena_grow(&rs->a, rs->groups, rs->ngroups, &rs->groups_cap, sizeof *rs->groups);
        g = &rs->groups[rs->ngroups++];
        g->source = r->source;
    }
    g->rules = lf_arena_grow(&rs->a, g->rules, g->n, &g->cap, sizeof *g->rules);
    g->rules[g->n++] = r->number;
}

/* ---- what a document says of itself ---- */

static const struct lf_json *copied(struct lf_arena *a, const struct lf_json *v)
{
    size_t n = lf_json_size(v);
    const struct lf_json **values;
    lf_view *keys;

    switch (lf_json_kind(v)) {
    case LF_JSON_NUMBER:
        return lf_json_new_number(a, lf_arena_copy(a, lf_json_text(v)));
    case LF_JSON_STRING:
        return lf_json_new_string(a, lf_arena_copy(a, lf_json_text(v)));
    case LF_JSON_NULL:
    case LF_JSON_FALSE:
    case LF_JSON_TRUE:
        return lf_json_new_word(a, lf_json_kind(v));
    case LF_JSON_ARRAY:
    case LF_JSON_OBJECT:
        break;
    }
    values = LF_NEW(a, const struct lf_json *, n ? n : 1);
    keys = LF_NEW(a, lf_view, n ? n : 1);
    for (size_t i = 0; i < n; i++) {
        bool object = lf_json_kind(v) == LF_JSON_OBJECT;

        values[i] = copied(a, object ? lf_json_member(v, i) : lf_json_item(v, i));
        if (object)
            keys[i] = lf_arena_copy(a, lf_json_key(v, i));
    }
    return lf_json_kind(v) == LF_JSON_ARRAY ? lf_json_new_array(a, n, values)
                                            : lf_json_new_object(a, n, keys, values);
}

/* The document without what became a tree. */
static const struct lf_json *kept(struct lf_arena *a, const struct lf_json *doc, bool whole)
{
    size_t count = lf_json_members(doc), n = 0;
    const struct lf_json **values = LF_NEW(a, const struct lf_json *, count ? count : 1);
    lf_view *keys = LF_NEW(a, lf_view, count ? count : 1);

    for (size_t i = 0; i < count; i++) {
        lf_view k = lf_json_key(doc, i);

        if (!whole && (lf_view_is(k, "detection") || lf_view_is(k, "filter") || lf_view_is(k, "tests")))
            continue;
        keys[n] = lf_arena_copy(a, k);
        values[n++] = copied(a, lf_json_member(doc, i));
    }
    return lf_json_new_object(a, n, keys, values);
}

static enum lf_code read_source(struct lf_arena *a, const struct lf_json *doc, struct lf_logsource *out,
                                struct lf_err *e)
{
    const struct lf_json *src = lf_json_get(doc, LF_V("logsource"));
    static const char *const names[] = { "category", "product", "service" };
    lf_view *const to[] = { &out->category, &out->product, &out->service };
    bool any = false;

    if (!src || lf_json_kind(src) != LF_JSON_OBJECT)
        return lf_err_set(e, LF_BAD_INPUT, "logsource is missing or no map");
    for (size_t i = 0; i < 3; i++) {
        const struct lf_json *v = lf_json_get(src, lf_view_of(names[i]));

        if (!v || lf_json_kind(v) == LF_JSON_NULL)
            continue;
        if (lf_json_kind(v) != LF_JSON_STRING || lf_json_text(v).len > 256)
            return lf_err_set(e, LF_BAD_INPUT, "logsource: %s is no text or longer than 256 bytes", names[i]);
        *to[i] = lf_arena_copy(a, lf_json_text(v));
        any = any || to[i]->len > 0;
    }
    if (!any)
        return lf_err_set(e, LF_BAD_INPUT, "logsource names neither category nor product nor service");
    return LF_OK;
}

static enum lf_code read_kind(const struct lf_json *doc, struct lf_rule *r, struct lf_err *e)
{
    bool detection = lf_json_get(doc, LF_V("detection")), filter = lf_json_get(doc, LF_V("filter")),
         correlation = lf_json_get(doc, LF_V("correlation"));

    r->kind = correlation ? LF_RULE_CORRELATION : filter ? LF_RULE_FILTER : LF_RULE_DETECTION;
    if (lf_json_get(doc, LF_V("action")))
        return lf_err_set(
            e, LF_UNACCEPTED,
            "\"action\" joined documents in Sigma 1 and is gone from Sigma 2; write what is common "
            "into each document");
    if ((int)detection + (int)filter + (int)correlation > 1)
        return lf_err_set(e, LF_BAD_INPUT,
                          "a document has one of detection, filter and correlation; write them as documents "
                          "of their own, with --- between");
    if (!detection && !filter && !correlation)
        return lf_err_set(e, LF_BAD_INPUT, "detection is missing");
    return LF_OK;
}

lf_view lf_rule_title_id(struct lf_arena *a, lf_view title)
{
    return lf_uuid5(a, lf_view_of(id_namespace), title);
}

/* Of rules without an id: from the title, and when that is taken, from all that the
 * document says, so that it is the same at each start whatever the order of files. */
static lf_view made_id(struct lf_ruleset *rs, const struct lf_json *doc)
{
    lf_view id = lf_rule_title_id(&rs->a, lf_json_str(doc, "title"));
    struct lf_buf b;
    uint64_t other;

    if (!lf_map_get(&rs->rule_of, id, &other))
        return id;
    lf_buf_init(&b, (size_t)8 << 20);
    lf_json_write(&b, doc);
    id = lf_uuid5(&rs->a, lf_view_of(id_namespace), lf_buf_view(&b));
    lf_buf_clear(&b);
    return id;
}

/* Correlations and filters may have an id of their own making (the specification: a UUID is
 * recommended and not mandatory); they are found by it, and have a UUID made from it. */
static bool own_id(const struct lf_rule *r, const struct lf_json *id)
{
    return r->kind != LF_RULE_DETECTION && lf_json_kind(id) == LF_JSON_STRING && lf_json_text(id).len > 0 &&
           lf_json_text(id).len <= TITLE_MOST && !lf_uuid_ok(lf_json_text(id));
}

static enum lf_code read_head(struct lf_load *l, const struct lf_json *doc, struct lf_rule *r)
{
    struct lf_ruleset *rs = l->rs;
    const struct lf_json *title = lf_json_get(doc, LF_V("title")), *id = lf_json_get(doc, LF_V("id")),
                         *level = lf_json_get(doc, LF_V("level")), *name = lf_json_get(doc, LF_V("name"));
    bool titled = title && lf_json_kind(title) == LF_JSON_STRING;
    uint64_t other;

    l->at = doc;
    if (lf_json_kind(doc) != LF_JSON_OBJECT)
        return lf_err_set(l->e, LF_BAD_INPUT, "a rule is a map: title, logsource, detection");
    if (id && lf_json_kind(id) == LF_JSON_STRING && lf_uuid_ok(lf_json_text(id)))
        r->id = lf_arena_copy(&rs->a, lf_json_text(id));
    if (titled && lf_json_text(title).len > 0)
        r->title = lf_arena_copy(&rs->a, lf_view_first(lf_json_text(title), TITLE_MOST));
    LF_TRY(read_kind(doc, r, l->e));
    r->doc = kept(&rs->a, doc, r->kind == LF_RULE_CORRELATION);
    l->at = title ? title : doc;
    if (!titled || lf_json_text(title).len == 0 || lf_json_text(title).len > TITLE_MOST)
        return lf_err_set(l->e, LF_BAD_INPUT, "title is missing, no text or longer than %d bytes",
                          TITLE_MOST);
    l->at = id;
    if (own_id(r, id))
        r->id = lf_rule_title_id(&rs->a, lf_arena_printf(&rs->a, "id %.*s", LF_FMT(lf_json_text(id))));
    if (id && !r->id.len)
        return lf_err_set(l->e, LF_BAD_INPUT, "id is no UUID; make one, or leave it out");
    if (!id)
        r->id = made_id(rs, doc);
    l->at = level;
    if (level && (lf_json_kind(level) != LF_JSON_STRING || !lf_level_parse(lf_json_text(level), &r->level)))
        return lf_err_set(l->e, LF_BAD_INPUT, "level is none of informational, low, medium, high, critical");
    l->at = id ? id : doc;
    if (lf_map_get(&rs->rule_of, id_key(&rs->a, r->id), &other) && !rs->rules[other].refused.ptr)
        return lf_err_set(l->e, LF_CONFLICT, "id %.*s is that of a rule in %.*s already", LF_FMT(r->id),
                          LF_FMT(rs->rules[other].file));
    l->at = name;
    if (!name)
        return LF_OK;
    if (lf_json_kind(name) != LF_JSON_STRING || lf_json_text(name).len == 0 ||
        lf_json_text(name).len > TITLE_MOST)
        return lf_err_set(l->e, LF_BAD_INPUT, "name is empty, no text or longer than %d bytes", TITLE_MOST);
    if (lf_map_get(&rs->named, name_key(&rs->a, r->file, lf_json_text(name)), &other) &&
        !rs->rules[other].refused.ptr)
        return lf_err_set(l->e, LF_CONFLICT, "name \"%.*s\" is that of another rule in this file already",
                          LF_FMT(lf_view_first(lf_json_text(name), 120)));
    r->name = lf_arena_copy(&rs->a, lf_json_text(name));
    return LF_OK;
}

/* ---- filters [C16] ---- */

static enum lf_code read_refs(struct lf_load *l, const struct lf_json *rules, struct lf_filter *f)
{
    bool list = lf_json_kind(rules) == LF_JSON_ARRAY;
    size_t n = list ? lf_json_items(rules) : 1;

    l->at = rules;
    if (!rules || n == 0 || n > REFS_MOST)
        return lf_err_set(l->e, LF_BAD_INPUT,
                          "rules is missing or empty, or names more than %d; list ids or names of rules, or "
                          "write \"any\" for all",
                          REFS_MOST);
    if (lf_json_kind(rules) == LF_JSON_STRING && lf_view_eq_nocase(lf_json_text(rules), LF_V("any"))) {
        f->any = true;
        return LF_OK;
    }
    f->refs = LF_NEW(&l->rs->a, lf_view, n);
    for (size_t i = 0; i < n; i++) {
        const struct lf_json *x = list ? lf_json_item(rules, i) : rules;

        l->at = x;
        if (lf_json_kind(x) != LF_JSON_STRING || lf_json_text(x).len == 0)
            return lf_err_set(l->e, LF_BAD_INPUT, "rules: the id or name of a rule is wanted, as a text");
        f->refs[f->nrefs++] = lf_arena_copy(&l->rs->a, lf_json_text(x));
    }
    return LF_OK;
}

static enum lf_code read_filter(struct lf_load *l, const struct lf_json *map, struct lf_rule *r)
{
    static const char *const skip[] = { "condition", "rules", "timeframe", NULL };
    struct lf_ruleset *rs = l->rs;
    struct lf_filter f = { .rule = r->number };

    l->at = map;
    if (lf_json_kind(map) != LF_JSON_OBJECT)
        return lf_err_set(l->e, LF_BAD_INPUT, "filter is no map");
    if (read_refs(l, lf_json_get(map, LF_V("rules")), &f) != LF_OK)
        return lf_err_at(l->e, "filter");
    if (lf_searches_node(l, map, skip, &f.node) != LF_OK)
        return lf_err_at(l->e, "filter");
    rs->filters = lf_arena_grow(&rs->a, rs->filters, rs->nfilters, &rs->filters_cap, sizeof *rs->filters);
    rs->filters[rs->nfilters++] = f;
    return LF_OK;
}

/* The rule, and not the filter. */
static void apply(struct lf_ruleset *rs, unsigned rule, struct lf_node *node)
{
    struct lf_node *both, *not_it;

    if (!rs->roots[rule])
        return;
    both = lf_node_new(rs, LF_NODE_AND, 2);
    not_it = lf_node_new(rs, LF_NODE_NOT, 1);
    not_it->kids[0] = node;
    lf_node_settle(not_it);
    both->kids[0] = rs->roots[rule];
    both->kids[1] = not_it;
    lf_node_settle(both);
    rs->roots[rule] = both;
}

static void filters_apply(struct lf_ruleset *rs)
{
    for (size_t i = 0; i < rs->nfilters; i++) {
        struct lf_filter *f = &rs->filters[i];
        struct lf_rule *own = &rs->rules[f->rule];
        unsigned *to = LF_NEW(&rs->a, unsigned, f->nrefs + 1);
        size_t n = 0;
        enum lf_code rc = LF_OK;
        struct lf_err e = { 0 };

        for (size_t k = 0; k < f->nrefs && rc == LF_OK; k++) {
            const struct lf_rule *r;

            rc = lf_ruleset_named(rs, f->refs[k], own->file, &r, &e);
            if (rc == LF_NOT_FOUND) {
                own->note = lf_arena_printf(&rs->a, "%s", e.text);
                rc = LF_OK;
            } else if (rc == LF_OK && r->kind == LF_RULE_DETECTION) {
                to[n++] = r->number;
            } else if (rc == LF_OK) {
                own->note = lf_arena_printf(&rs->a, "\"%.*s\" is a %s; filters act on rules only",
                                            LF_FMT(f->refs[k]), lf_rule_kind_name(r->kind));
            }
        }
        if (rc != LF_OK) {
            (void)lf_err_at(&e, "line %zu: filter", own->line);
            lf_rule_refuse(rs, own, &e);
            continue;
        }
        for (size_t k = 0; k < n; k++)
            apply(rs, to[k], f->node);
        for (size_t k = 0; f->any && k < rs->nrules; k++)
            apply(rs, (unsigned)k, f->node);
    }
}

/* ---- documents ---- */

static void load_document(struct file *f, const struct lf_yaml_doc *doc)
{
    static const char *const skip[] = { "condition", "timeframe", NULL };
    struct lf_ruleset *rs = f->rs;
    struct lf_rule *r = add_rule(rs, f->name, doc->line);
    struct lf_err e = { 0 };
    struct lf_load l = { .rs = rs, .values = f->values, .e = &e };
    enum lf_code rc;

    if (!doc->root) {
        (void)lf_err_set(&e, doc->code, "%.*s", LF_FMT(doc->refused));
        refuse_at(f, r, NULL, &e);
        return;
    }
    rc = read_head(&l, doc->root, r);
    if (rc == LF_OK && r->kind != LF_RULE_CORRELATION) {
        const struct lf_json *source = lf_json_get(doc->root, LF_V("logsource"));

        l.at = source ? source : doc->root;
        rc = read_source(&rs->a, doc->root, &r->source, &e);
    }
    if (rc == LF_OK && r->kind == LF_RULE_FILTER)
        rc = read_filter(&l, lf_json_get(doc->root, LF_V("filter")), r);
    if (rc == LF_OK && r->kind == LF_RULE_DETECTION) {
        rc = lf_searches_node(&l, lf_json_get(doc->root, LF_V("detection")), skip, &rs->roots[r->number]);
        if (rc != LF_OK)
            rc = lf_err_at(&e, "detection");
    }
    if (rc != LF_OK)
        refuse_at(f, r, l.at, &e);
    /* What is refused has its id and name all the same, until a good one takes them:
     * whoever refers to it hears that it is refused, not that it is unknown. */
    if (r->id.len > 0 && e.code != LF_CONFLICT)
        lf_map_set(&rs->rule_of, id_key(&rs->a, r->id), r->number);
    if (r->id.len > 0 && e.code != LF_CONFLICT && own_id(r, lf_json_get(doc->root, LF_V("id"))))
        lf_map_set(&rs->rule_of, id_key(&rs->a, lf_json_text(lf_json_get(doc->root, LF_V("id")))), r->number);
    keep_name(rs, r);
    if (rc == LF_OK && r->kind == LF_RULE_DETECTION)
        into_group(rs, r);
}

/* Nothing after the last "---", or what says where the events of a rule's tests are. */
static bool empty(const struct lf_yaml_doc *doc)
{
    return doc->root &&
           (lf_json_kind(doc->root) == LF_JSON_NULL ||
            (lf_json_get(doc->root, LF_V("rule_metadata")) && !lf_json_get(doc->root, LF_V("detection"))));
}

/* Tests of rules stand beside them; `lianfang rules test` reads those. */
static bool of_tests(lf_view file)
{
    return lf_view_ends(file, LF_V(".test.yml")) || lf_view_ends(file, LF_V(".test.yaml"));
}

static enum lf_code load_file(struct lf_ruleset *rs, struct lf_arena *tmp, const struct lf_rule_file *file,
                              const struct lf_placeholders *values, struct lf_err *e)
{
    const struct lf_yaml_limits limits = { .bytes = LF_RULE_FILE_MOST };
    struct file f = { .rs = rs, .values = values, .name = lf_arena_copy(&rs->a, file->name) };
    struct lf_yaml_doc *docs = NULL;
    struct lf_err why = { 0 };
    size_t n = 0, used = 0;

    if (of_tests(file->name))
        return LF_OK;
    if (rs->nrules == LF_RULES_MOST)
        return lf_err_set(e, LF_TOO_BIG, "%.*s: more than %d rules", LF_FMT(f.name), LF_RULES_MOST);
    if (lf_view_starts(file->text, LF_V(LF_RULE_NO_TEXT))) {
        lf_view reason = lf_view_from(file->text, sizeof LF_RULE_NO_TEXT - 1);

        (void)lf_err_set(&why, LF_IO, "%.*s", LF_FMT(lf_view_first(reason, 256)));
        refuse_at(&f, add_rule(rs, f.name, 0), NULL, &why);
        return LF_OK;
    }
    if (lf_yaml_parse_each(tmp, file->text, &limits, &docs, &n, &f.marks, &why) != LF_OK) {
        refuse_at(&f, add_rule(rs, f.name, 0), NULL, &why);
        return LF_OK;
    }
    for (size_t i = 0; i < n; i++)
        used += !empty(&docs[i]);
    if (n == 1 && used == 0 && lf_json_kind(docs[0].root) == LF_JSON_OBJECT)
        return LF_OK;
    if (used == 0 || used > DOCUMENTS_MOST) {
        (void)lf_err_set(&why, LF_BAD_INPUT,
                         used ? "more than %d documents in one file" : "no rule in the file", DOCUMENTS_MOST);
        refuse_at(&f, add_rule(rs, f.name, 0), NULL, &why);
        return LF_OK;
    }
    if (rs->nrules + used > LF_RULES_MOST)
        return lf_err_set(e, LF_TOO_BIG, "%.*s: more than %d rules", LF_FMT(f.name), LF_RULES_MOST);
    for (size_t i = 0; i < n; i++)
        if (!empty(&docs[i]))
            load_document(&f, &docs[i]);
    return LF_OK;
}

/* ---- generations ---- */

enum lf_code lf_ruleset_build_with(const struct lf_rule_file *files, size_t n,
                                   const struct lf_placeholders *values, struct lf_ruleset **out,
                                   struct lf_err *e)
{
    struct lf_ruleset *rs;
    struct lf_arena tmp = { 0 };

    if (hs_valid_platform() != HS_SUCCESS)
        return lf_err_set(e, LF_IO,
                          "rules: Vectorscan does not run on this processor (SSE4.2 or NEON is wanted)");
    rs = calloc(1, sizeof *rs);
    if (!rs)
        LF_BUG("no memory for a ruleset");
    rs->refs = 1;
    lf_arena_init(&rs->a, 1 << 20);
    lf_map_init(&rs->field_of, 1);
    lf_map_init(&rs->pred_of, 2);
    lf_map_init(&rs->rule_of, 3);
    lf_map_init(&rs->named, 4);
    (void)lf_field_number(rs, LF_V("")); /* keywords */
    for (size_t i = 0; i < n; i++) {
        enum lf_code rc = load_file(rs, &tmp, &files[i], values, e);

        lf_arena_reset(&tmp);
        if (rc != LF_OK) {
            lf_arena_clear(&tmp);
            lf_ruleset_drop(rs);
            return rc;
        }
    }
    lf_arena_clear(&tmp);
    filters_apply(rs);
    lf_correlations_load(rs);
    lf_map_clear(&rs->pred_of);
    if (lf_ruleset_finish(rs, e) != LF_OK) {
        lf_ruleset_drop(rs);
        return e ? e->code : LF_TOO_BIG;
    }
    *out = rs;
    return LF_OK;
}

enum lf_code lf_ruleset_build(const struct lf_rule_file *files, size_t n, struct lf_ruleset **out,
                              struct lf_err *e)
{
    return lf_ruleset_build_with(files, n, NULL, out, e);
}

struct lf_ruleset *lf_ruleset_keep(struct lf_ruleset *rs)
{
    rs->refs++;
    return rs;
}

void lf_ruleset_drop(struct lf_ruleset *rs)
{
    if (!rs || --rs->refs > 0)
        return;
    lf_delta_destroy(rs->delta);
    lf_ruleset_unfinish(rs);
    for (size_t i = 0; i < rs->nregexes; i++)
        lf_regex_destroy(rs->regexes[i]);
    hs_free_scratch(rs->scratch);
    lf_map_clear(&rs->field_of);
    lf_map_clear(&rs->pred_of);
    lf_map_clear(&rs->rule_of);
    lf_map_clear(&rs->named);
    lf_arena_clear(&rs->a);
    free(rs);
}

size_t lf_ruleset_count(const struct lf_ruleset *rs)
{
    return rs->nrules;
}

const struct lf_rule *lf_ruleset_rule(const struct lf_ruleset *rs, size_t i)
{
    return i < rs->nrules ? &rs->rules[i] : NULL;
}

size_t lf_ruleset_refused(const struct lf_ruleset *rs)
{
    return rs->nrefused;
}
