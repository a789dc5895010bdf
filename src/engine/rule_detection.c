/* Detections and filters: named searches and a condition over them -> a tree. */
#include "engine/rule_load.h"

enum { CONDITIONS_MOST = 100 };

static enum lf_code map_node(struct lf_load *l, const struct lf_json *v, struct lf_node **out)
{
    size_t count = lf_json_members(v);
    struct lf_node *n;

    l->at = v;
    if (count == 0)
        return lf_err_set(l->e, LF_BAD_INPUT, "a map is empty");
    if (count > LF_ITEMS_MOST)
        return lf_err_set(l->e, LF_TOO_BIG, "a rule holds more than %d values", LF_ITEMS_MOST);
    n = lf_node_new(l->rs, LF_NODE_AND, count);
    for (size_t i = 0; i < count; i++)
        LF_TRY(lf_item_node(l, lf_json_key(v, i), lf_json_member(v, i), &n->kids[i]));
    lf_node_settle(n);
    *out = n;
    return LF_OK;
}

static enum lf_code search_node(struct lf_load *l, const struct lf_json *v, struct lf_node **out)
{
    enum lf_json_kind kind = lf_json_kind(v);
    size_t count = lf_json_items(v);
    struct lf_node *n;

    l->at = v;
    if (kind == LF_JSON_OBJECT)
        return map_node(l, v, out);
    if (kind != LF_JSON_ARRAY)
        return lf_item_node(l, LF_V(""), v, out);
    if (count == 0)
        return lf_err_set(l->e, LF_BAD_INPUT, "the list is empty");
    if (count > LF_ITEMS_MOST)
        return lf_err_set(l->e, LF_TOO_BIG, "a rule holds more than %d values", LF_ITEMS_MOST);
    n = lf_node_new(l->rs, LF_NODE_OR, count);
    for (size_t i = 0; i < count; i++) {
        const struct lf_json *x = lf_json_item(v, i);

        l->at = x;
        LF_TRY(lf_json_kind(x) == LF_JSON_OBJECT ? map_node(l, x, &n->kids[i])
                                                 : lf_item_node(l, LF_V(""), x, &n->kids[i]));
    }
    lf_node_settle(n);
    *out = n;
    return LF_OK;
}

static enum lf_code condition_node(struct lf_load *l, const struct lf_json *cond, const struct lf_ident *ids,
                                   size_t n, struct lf_node **out)
{
    bool list = lf_json_kind(cond) == LF_JSON_ARRAY;
    size_t count = list ? lf_json_items(cond) : 1;
    struct lf_node *any;

    l->at = cond;
    if (count == 0 || count > CONDITIONS_MOST)
        return lf_err_set(l->e, LF_BAD_INPUT, "condition: a text, or a list of 1 to %d texts, is wanted",
                          CONDITIONS_MOST);
    any = lf_node_new(l->rs, LF_NODE_OR, count);
    for (size_t i = 0; i < count; i++) {
        const struct lf_json *text = list ? lf_json_item(cond, i) : cond;

        l->at = text;
        if (lf_json_kind(text) != LF_JSON_STRING)
            return lf_err_set(l->e, LF_BAD_INPUT, "condition: a text is wanted");
        LF_TRY(lf_condition_parse(l->rs, lf_json_text(text), ids, n, &any->kids[i], l->e));
    }
    lf_node_settle(any);
    *out = count == 1 ? any->kids[0] : any;
    return LF_OK;
}

static bool one_of(lf_view name, const char *const *names)
{
    for (; *names; names++)
        if (lf_view_is(name, *names))
            return true;
    return false;
}

enum lf_code lf_searches_node(struct lf_load *l, const struct lf_json *map, const char *const *skip,
                              struct lf_node **out)
{
    const struct lf_json *cond = lf_json_get(map, LF_V("condition"));
    size_t count = lf_json_members(map), n = 0;
    struct lf_ident *ids;

    l->at = map;
    if (lf_json_kind(map) != LF_JSON_OBJECT)
        return lf_err_set(l->e, LF_BAD_INPUT, "a map of searches and their condition is wanted");
    if (!cond)
        return lf_err_set(l->e, LF_BAD_INPUT, "there is no condition; write one, such as \"selection\"");
    ids = LF_NEW(&l->rs->a, struct lf_ident, count);
    for (size_t i = 0; i < count; i++) {
        lf_view name = lf_json_key(map, i);

        if (one_of(name, skip))
            continue;
        if (search_node(l, lf_json_member(map, i), &ids[n].node) != LF_OK)
            return lf_err_at(l->e, "\"%.*s\"", LF_FMT(lf_view_first(name, 100)));
        ids[n++].name = lf_arena_copy(&l->rs->a, name);
    }
    l->at = map;
    if (n == 0)
        return lf_err_set(l->e, LF_BAD_INPUT, "there is nothing but a condition; name what to look for");
    return condition_node(l, cond, ids, n, out);
}
