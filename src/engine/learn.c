#include "engine/learn.h"

#include <stdlib.h>

#include "engine/pipeline.h"
#include "engine/placeholder.h"
#include "fmt/yaml.h"

enum { USES_MOST = 4096 };

/* The placeholder `name` stands for values of `field` in the rule. */
struct use {
    lf_view rule, field, name;
};
struct lf_learn {
    struct lf_arena a;
    struct use *uses;
    size_t nuses, uses_cap;
    struct lf_map values; /* "name\x1ftext" -> struct lf_learnt * */
    struct lf_learnt **all;
    size_t nall, all_cap;
    uint64_t left_out;
    struct lf_ruleset *rs;
};

bool lf_learn_wants(lf_view file)
{
    return lf_view_find(file, LF_V("|expand")) != SIZE_MAX;
}

/* ---- which placeholders there are ---- */

static void uses_of(struct lf_learn *l, lf_view rule, lf_view key, const struct lf_json *v)
{
    lf_view field = lf_view_first(key, lf_view_find_byte(key, '|')), text, name;
    enum lf_slice kind;

    if (lf_json_kind(v) == LF_JSON_ARRAY) {
        for (size_t i = 0; i < lf_json_items(v); i++)
            uses_of(l, rule, key, lf_json_item(v, i));
        return;
    }
    for (text = lf_json_text(v); lf_placeholder_take(&text, &kind, &name);) {
        if (kind != LF_SLICE_NAME || l->nuses == USES_MOST)
            continue;
        l->uses = lf_arena_grow(&l->a, l->uses, l->nuses, &l->uses_cap, sizeof *l->uses);
        l->uses[l->nuses++] = (struct use){ lf_arena_copy(&l->a, rule), lf_arena_copy(&l->a, field),
                                            lf_arena_copy(&l->a, name) };
    }
}

/* Depth is that of the YAML, which reading has bounded. */
static void walk(struct lf_learn *l, lf_view rule, const struct lf_json *v)
{
    for (size_t i = 0; i < lf_json_size(v); i++) {
        if (lf_json_kind(v) == LF_JSON_ARRAY) {
            walk(l, rule, lf_json_item(v, i));
        } else if (lf_view_find(lf_json_key(v, i), LF_V("|expand")) != SIZE_MAX) {
            uses_of(l, rule, lf_json_key(v, i), lf_json_member(v, i));
        } else {
            walk(l, rule, lf_json_member(v, i));
        }
    }
}

static enum lf_code load(struct lf_learn *l, const struct lf_rule_file *files, size_t n, struct lf_err *e)
{
    struct lf_placeholders nothing = { 0 };
    enum lf_code rc = LF_OK;

    for (size_t i = 0; i < n; i++) {
        const struct lf_json *docs;

        if (lf_yaml_parse_all(&l->a, files[i].text, NULL, &docs, NULL) != LF_OK)
            continue; /* who loads rules says so */
        for (size_t k = 0; k < lf_json_items(docs); k++)
            walk(l, lf_json_str(lf_json_item(docs, k), "id"),
                 lf_json_get(lf_json_item(docs, k), LF_V("detection")));
    }
    if (l->nuses == 0)
        return lf_err_set(e, LF_BAD_INPUT,
                          "no rule there has a placeholder (field|expand: '%%name%%'): nothing to learn");
    for (size_t i = 0; i < l->nuses && rc == LF_OK; i++) {
        const lf_view *have;

        if (lf_placeholders_get(&nothing, l->uses[i].name, &have) == 0)
            rc = lf_placeholders_read_list(&nothing, LF_V("learn"), l->uses[i].name,
                                           LF_V("\x1b(nothing is known yet)"), e);
    }
    if (rc == LF_OK)
        rc = lf_ruleset_build_with(files, n, &nothing, &l->rs, e);
    lf_placeholders_clear(&nothing);
    return rc;
}

enum lf_code lf_learn_create(const struct lf_rule_file *files, size_t n, struct lf_learn **out,
                             struct lf_err *e)
{
    struct lf_learn *l = calloc(1, sizeof *l);
    enum lf_code rc;

    if (!l)
        LF_BUG("no memory to learn");
    lf_map_init(&l->values, 0x6c6572);
    rc = load(l, files, n, e);
    if (rc != LF_OK)
        lf_learn_destroy(l);
    else
        *out = l;
    return rc;
}

void lf_learn_destroy(struct lf_learn *l)
{
    if (!l)
        return;
    lf_ruleset_drop(l->rs);
    lf_map_clear(&l->values);
    lf_arena_clear(&l->a);
    free(l);
}

/* ---- what is usual ---- */

static void add(struct lf_learn *l, struct lf_arena *a, lf_view name, lf_view text)
{
    struct lf_learnt *v;
    lf_view key;

    if (text.len == 0)
        return;
    if (text.len > LF_LEARN_VALUE || !lf_view_is_utf8(text)) {
        l->left_out++;
        return;
    }
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < 0x20) {
            l->left_out++;
            return;
        }
    key = lf_arena_printf(a, "%.*s%c%.*s", LF_FMT(name), '\x1f', LF_FMT(text));
    v = lf_map_get_ptr(&l->values, key);
    if (!v) {
        if (l->nall >= LF_PLACEHOLDER_MOST) { /* of all together: none has more */
            l->left_out++;
            return;
        }
        v = LF_NEW(&l->a, struct lf_learnt, 1);
        *v = (struct lf_learnt){ name, lf_arena_copy(&l->a, text), 0 };
        lf_map_set_ptr(&l->values, lf_arena_copy(&l->a, key), v);
        l->all =
            (struct lf_learnt **)lf_arena_grow(&l->a, (void *)l->all, l->nall, &l->all_cap, sizeof *l->all);
        l->all[l->nall++] = v;
    }
    v->seen++;
}

void lf_learn_see(struct lf_learn *l, struct lf_arena *a, const struct lf_event *ev)
{
    const struct lf_rule *const *hits;
    size_t n = lf_ruleset_match(l->rs, a, ev, true, &hits);

    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < l->nuses; k++) {
            const struct lf_json *v;

            if (!lf_view_eq(l->uses[k].rule, hits[i]->id))
                continue;
            v = lf_event_field(ev, a, l->uses[k].field);
            if (lf_json_kind(v) != LF_JSON_ARRAY) {
                add(l, a, l->uses[k].name, lf_json_text(v));
                continue;
            }
            for (size_t m = 0; m < lf_json_items(v); m++)
                add(l, a, l->uses[k].name, lf_json_text(lf_json_item(v, m)));
        }
}

static int by_name(const void *x, const void *y)
{
    const struct lf_learnt *a = *(struct lf_learnt *const *)x, *b = *(struct lf_learnt *const *)y;
    int order = lf_view_cmp(a->name, b->name);

    return order ? order : lf_view_cmp(a->text, b->text);
}

size_t lf_learn_values(struct lf_learn *l, struct lf_learnt *const **out)
{
    if (l->nall)
        qsort((void *)l->all, l->nall, sizeof(struct lf_learnt *), by_name);
    *out = l->all;
    return l->nall;
}

uint64_t lf_learn_left_out(const struct lf_learn *l)
{
    return l->left_out;
}

/* ---- as a map of placeholders ---- */

void lf_learn_sigma(struct lf_buf *b, lf_view text)
{
    for (size_t k = 0; k < text.len; k++) {
        if (text.ptr[k] == '*' || text.ptr[k] == '?' || text.ptr[k] == '\\')
            lf_buf_byte(b, '\\');
        lf_buf_byte(b, text.ptr[k]);
    }
}

void lf_learn_name(struct lf_buf *b, lf_view name)
{
    lf_buf_printf(b, "%.*s:\n", LF_FMT(name));
}

/* In single quotes of YAML, where only they are doubled. */
void lf_learn_value(struct lf_buf *b, lf_view sigma, uint64_t seen)
{
    LF_PUT(b, "  - '");
    for (size_t k = 0; k < sigma.len; k++) {
        if (sigma.ptr[k] == '\'')
            lf_buf_byte(b, '\'');
        lf_buf_byte(b, sigma.ptr[k]);
    }
    LF_PUT(b, "'");
    if (seen)
        lf_buf_printf(b, " # %llu", (unsigned long long)seen);
    lf_buf_byte(b, '\n');
}
