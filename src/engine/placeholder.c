#include "engine/placeholder.h"

#include "fmt/yaml.h"

struct list {
    lf_view *values;
    size_t n, cap;
};

static bool name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static bool name_ok(lf_view v)
{
    for (size_t i = 0; i < v.len; i++)
        if (!name_char(v.ptr[i]))
            return false;
    return v.len > 0 && v.len <= 256;
}

void lf_placeholders_clear(struct lf_placeholders *p)
{
    lf_map_clear(&p->by_name);
    lf_arena_clear(&p->a);
    *p = (struct lf_placeholders){ 0 };
}

static struct list *list_of(struct lf_placeholders *p, lf_view name)
{
    struct list *l;

    if (!p->by_name.slots)
        lf_map_init(&p->by_name, 1);
    l = lf_map_get_ptr(&p->by_name, name);
    if (!l) {
        l = LF_NEW(&p->a, struct list, 1);
        lf_map_set_ptr(&p->by_name, lf_arena_copy(&p->a, name), l);
    }
    return l;
}

static size_t count_of(const struct lf_placeholders *p, lf_view name)
{
    const lf_view *values;

    return lf_placeholders_get(p, name, &values);
}

static void add(struct lf_placeholders *p, struct list *l, lf_view value)
{
    l->values = lf_arena_grow(&p->a, l->values, l->n, &l->cap, sizeof *l->values);
    l->values[l->n++] = lf_arena_copy(&p->a, value);
}

/* A key may be written with its percent signs. */
static lf_view bare(lf_view name)
{
    return name.len > 2 && name.ptr[0] == '%' && name.ptr[name.len - 1] == '%'
               ? (lf_view){ name.ptr + 1, name.len - 2 }
               : name;
}

static bool plain(const struct lf_json *v)
{
    enum lf_json_kind kind = lf_json_kind(v);

    return kind == LF_JSON_STRING || kind == LF_JSON_NUMBER || kind == LF_JSON_TRUE || kind == LF_JSON_FALSE;
}

/* Everything is looked at before anything is taken. */
static enum lf_code check(const struct lf_placeholders *p, const struct lf_json *map, struct lf_err *e)
{
    for (size_t i = 0; i < lf_json_members(map); i++) {
        lf_view name = bare(lf_json_key(map, i));
        const struct lf_json *v = lf_json_member(map, i);
        bool list = lf_json_kind(v) == LF_JSON_ARRAY;
        size_t n = list ? lf_json_items(v) : 1;

        if (!name_ok(name))
            return lf_err_set(e, LF_BAD_INPUT,
                              "\"%.*s\" is no name of a placeholder: letters, digits, _ and - make one",
                              LF_FMT(lf_view_first(name, 100)));
        for (size_t k = 0; k < n; k++)
            if (!plain(list ? lf_json_item(v, k) : v))
                return lf_err_set(e, LF_BAD_INPUT, "%.*s: give it a text or a list of texts", LF_FMT(name));
        if (n > LF_PLACEHOLDER_MOST - count_of(p, name))
            return lf_err_set(e, LF_TOO_BIG, "%.*s has more than %d values", LF_FMT(name),
                              LF_PLACEHOLDER_MOST);
    }
    return LF_OK;
}

enum lf_code lf_placeholders_read_map(struct lf_placeholders *p, lf_view file, lf_view text, struct lf_err *e)
{
    const struct lf_yaml_limits limits = { .bytes = LF_PLACEHOLDER_FILE_MOST, .nodes = 1000000 };
    struct lf_arena tmp = { 0 };
    const struct lf_json *map = NULL;
    enum lf_code rc = lf_yaml_parse(&tmp, text, &limits, &map, e);

    if (rc == LF_OK && lf_json_kind(map) != LF_JSON_OBJECT)
        rc = lf_err_set(e, LF_BAD_INPUT, "a map of names to lists of values is wanted");
    if (rc == LF_OK)
        rc = check(p, map, e);
    for (size_t i = 0; rc == LF_OK && i < lf_json_members(map); i++) {
        struct list *l = list_of(p, bare(lf_json_key(map, i)));
        const struct lf_json *v = lf_json_member(map, i);

        if (lf_json_kind(v) != LF_JSON_ARRAY)
            add(p, l, lf_json_text(v));
        for (size_t k = 0; k < lf_json_items(v); k++)
            add(p, l, lf_json_text(lf_json_item(v, k)));
    }
    lf_arena_clear(&tmp);
    return rc == LF_OK ? rc : lf_err_at(e, "placeholders of %.*s", LF_FMT(file));
}

enum lf_code lf_placeholders_read_list(struct lf_placeholders *p, lf_view file, lf_view name, lf_view text,
                                       struct lf_err *e)
{
    lf_view left, line;
    size_t n = 0;
    struct list *l;

    if (lf_view_starts(text, LF_V("\xef\xbb\xbf"))) /* a byte order mark is no part of the first value */
        text = lf_view_from(text, 3);
    left = text;
    if (!name_ok(name))
        return lf_err_set(
            e, LF_BAD_INPUT,
            "placeholders of %.*s: its name is none of a placeholder: letters, digits, _ and - make one",
            LF_FMT(file));
    if (!lf_view_is_utf8(text))
        return lf_err_set(e, LF_BAD_INPUT, "placeholders of %.*s: not UTF-8", LF_FMT(file));
    while (lf_view_split(&left, '\n', &line))
        n += line.len > 0;
    if (n > LF_PLACEHOLDER_MOST - count_of(p, name))
        return lf_err_set(e, LF_TOO_BIG, "placeholders of %.*s: more than %d values", LF_FMT(file),
                          LF_PLACEHOLDER_MOST);
    l = list_of(p, name);
    left = text;
    while (lf_view_split(&left, '\n', &line)) {
        line = lf_view_trim(line);
        if (line.len > 0 && line.ptr[0] != '#')
            add(p, l, line);
    }
    return LF_OK;
}

size_t lf_placeholders_get(const struct lf_placeholders *p, lf_view name, const lf_view **values)
{
    const struct list *l = p && p->by_name.slots ? lf_map_get_ptr(&p->by_name, name) : NULL;

    *values = l ? l->values : NULL;
    return l ? l->n : 0;
}

void lf_placeholders_replace(struct lf_placeholders *p, const struct lf_placeholders *with)
{
    size_t at = 0;
    uint64_t v;
    lf_view name;

    while (with->by_name.count > 0 && lf_map_next(&with->by_name, &at, &name, &v)) {
        const lf_view *values;
        size_t n = lf_placeholders_get(with, name, &values);
        struct list *l = list_of(p, name);

        *l = (struct list){ 0 };
        for (size_t i = 0; i < n; i++)
            add(p, l, values[i]);
    }
}

bool lf_placeholder_take(lf_view *in, enum lf_slice *kind, lf_view *out)
{
    size_t i = 0;

    if (in->len == 0)
        return false;
    *kind = LF_SLICE_TEXT;
    while (i < in->len) {
        char c = in->ptr[i];

        if (c == '\\' && i + 1 < in->len && in->ptr[i + 1] == '%') {
            if (i > 0)
                break;
            *kind = LF_SLICE_PERCENT;
            *out = (lf_view){ in->ptr + 1, 1 };
            *in = lf_view_from(*in, 2);
            return true;
        }
        if (c == '\\' && i + 1 < in->len && in->ptr[i + 1] == '\\') {
            i += 2;
            continue;
        }
        if (c == '%') {
            size_t n = 0;

            while (i + 1 + n < in->len && name_char(in->ptr[i + 1 + n]))
                n++;
            if (n > 0 && i + 1 + n < in->len && in->ptr[i + 1 + n] == '%') {
                if (i > 0)
                    break;
                *kind = LF_SLICE_NAME;
                *out = (lf_view){ in->ptr + 1, n };
                *in = lf_view_from(*in, n + 2);
                return true;
            }
        }
        i++;
    }
    *out = lf_view_first(*in, i);
    *in = lf_view_from(*in, i);
    return true;
}

bool lf_placeholders_equal(const struct lf_placeholders *p, const struct lf_placeholders *q)
{
    size_t at = 0;
    uint64_t v;
    lf_view name;

    if (p->by_name.count != q->by_name.count)
        return false;
    while (p->by_name.count > 0 && lf_map_next(&p->by_name, &at, &name, &v)) {
        const lf_view *a, *b;
        size_t n = lf_placeholders_get(p, name, &a);

        if (lf_placeholders_get(q, name, &b) != n)
            return false;
        for (size_t i = 0; i < n; i++)
            if (!lf_view_eq(a[i], b[i]))
                return false;
    }
    return true;
}
