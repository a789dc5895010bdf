/* The other names of fields, and values as those names promise them. */
#include "engine/pipeline_priv.h"

unsigned lf_aliases_number(const struct lf_aliases *t)
{
    return t->number;
}

struct out {
    struct lf_arena *a;
    lf_view field;
    struct lf_alias *at;
    size_t n;
};

static void add(struct out *o, lf_view path, const struct lf_change *change)
{
    if (o->n == LF_ALIASES_MOST || lf_view_eq(path, o->field))
        return;
    for (size_t i = 0; i < o->n; i++)
        if (lf_view_eq(o->at[i].path, path))
            return;
    o->at[o->n++] = (struct lf_alias){ path, change };
}

/* A part of another field's value: whoever asks for the whole is not asking for it. */
static bool is_part(const struct lf_change *c)
{
    return c && c->kind >= CHANGE_METHOD;
}

static bool in_group(const struct group *g, lf_view field)
{
    if (lf_view_eq(g->name, field))
        return true;
    for (size_t i = 0; i < g->n; i++)
        if (lf_view_eq(g->others[i].path, field) && !is_part(g->others[i].change))
            return true;
    return false;
}

size_t lf_aliases_of(const struct lf_aliases *t, struct lf_arena *a, lf_view field,
                     const struct lf_alias **out)
{
    enum { GROUPS = 16 };
    struct out o = { .a = a, .field = field };
    struct lf_alias found[LF_ALIASES_MOST];
    lf_view own[GROUPS];
    size_t named, nown = 0;

    *out = NULL;
    if (field.len == 0)
        return 0;
    o.at = found;
    for (size_t i = 0; i < t->nwithin; i++)
        add(&o, lf_arena_printf(a, "%.*s.%.*s", LF_FMT(t->within[i]), LF_FMT(field)), NULL);
    named = o.n;
    /* The groups it is in say which names it goes by; all groups of those names count, the nearest part
     * first, because each part says only what it knows. */
    for (size_t p = 0; p < t->nparts; p++)
        for (size_t i = 0; i < t->parts[p]->n && nown < GROUPS; i++)
            if (in_group(&t->parts[p]->groups[i], field))
                own[nown++] = t->parts[p]->groups[i].name;
    for (size_t p = 0; p < t->nparts; p++)
        for (size_t i = 0; i < t->parts[p]->n; i++) {
            const struct group *g = &t->parts[p]->groups[i];
            bool mine = false;

            for (size_t k = 0; k < nown; k++)
                mine = mine || lf_view_eq(own[k], g->name);
            if (!mine)
                continue;
            add(&o, g->name, NULL);
            for (size_t k = 0; k < g->n; k++)
                add(&o, g->others[k].path, g->others[k].change);
        }
    for (size_t i = 0, n = o.n; i < t->nwithin; i++)
        for (size_t k = named; k < n; k++)
            add(&o, lf_arena_printf(a, "%.*s.%.*s", LF_FMT(t->within[i]), LF_FMT(o.at[k].path)),
                o.at[k].change);
    if (o.n > 0) {
        struct lf_alias *all = LF_NEW(a, struct lf_alias, o.n);

        memcpy(all, o.at, o.n * sizeof *all);
        *out = all;
    }
    return o.n;
}

/* ---- values ---- */

/* 0x1a4, 0X1A4; what is no such text stays as it is. */
static const struct lf_json *of_hex(struct lf_arena *a, const struct lf_json *v)
{
    lf_view t = lf_json_text(v);
    uint64_t n = 0;

    if (lf_json_kind(v) != LF_JSON_STRING || t.len < 3 || t.len > 18 || t.ptr[0] != '0' ||
        (t.ptr[1] | 32) != 'x')
        return v;
    for (size_t i = 2; i < t.len; i++) {
        char c = (char)(t.ptr[i] | 32);

        if (c >= '0' && c <= '9')
            n = n << 4 | (uint64_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            n = n << 4 | (uint64_t)(c - 'a' + 10);
        else
            return v;
    }
    return lf_json_new_number(a, lf_arena_printf(a, "%llu", (unsigned long long)n));
}

static const struct lf_json *joined(struct lf_arena *a, const struct lf_json *v)
{
    size_t n = lf_json_items(v), len = 0, o = 0;
    char *out;

    if (lf_json_kind(v) != LF_JSON_ARRAY)
        return v;
    for (size_t i = 0; i < n; i++)
        len += lf_json_text(lf_json_item(v, i)).len + 1;
    out = lf_arena_alloc(a, len + 1, 1);
    for (size_t i = 0; i < n; i++) {
        lf_view t = lf_json_text(lf_json_item(v, i));

        if (i > 0)
            out[o++] = ' ';
        if (t.len > 0)
            memcpy(out + o, t.ptr, t.len);
        o += t.len;
    }
    return lf_json_new_string(a, (lf_view){ out, o });
}

/* "GET /a b HTTP/1.1" -> "GET" and "/a b"; what has no method before it is a target as it stands. */
static lf_view target_in(lf_view t, lf_view *method)
{
    size_t n = 0, end = t.len;

    *method = (lf_view){ "", 0 };
    while (n < t.len && t.ptr[n] >= 'A' && t.ptr[n] <= 'Z')
        n++;
    if (n == 0 || n > 20 || n >= t.len || t.ptr[n] != ' ')
        return t;
    *method = lf_view_first(t, n);
    /* The last blank ends the target: a broken client may send blanks in it. */
    while (end > n + 1 && t.ptr[end - 1] != ' ')
        end--;
    if (end > n + 1 && lf_view_starts(lf_view_from(t, end), LF_V("HTTP/")))
        return (lf_view){ t.ptr + n + 1, end - n - 2 };
    return lf_view_from(t, n + 1);
}

/* The part of a request's line or target, NULL when it has none. */
static const struct lf_json *part_of(struct lf_arena *a, const struct lf_json *v, enum change_kind kind)
{
    lf_view method, target, path;
    size_t at;

    if (lf_json_kind(v) != LF_JSON_STRING || lf_json_text(v).len == 0)
        return NULL;
    path = target = target_in(lf_json_text(v), &method);
    if (target.len == 0)
        return NULL;
    if (kind == CHANGE_METHOD)
        return method.len ? lf_json_new_string(a, method) : NULL;
    if (kind == CHANGE_TARGET)
        return lf_json_new_string(a, target);
    at = lf_view_find(target, LF_V("://"));
    if (at != SIZE_MAX && at > 0 && at < 16 && at < lf_view_find_byte(target, '/') &&
        at < lf_view_find_byte(target, '?')) {
        size_t from = at + 3;

        while (from < target.len && target.ptr[from] != '/' && target.ptr[from] != '?')
            from++;
        path = lf_view_from(target, from);
    } else if (lf_view_is(method, "CONNECT")) {
        return NULL; /* a host and a port */
    } else if (target.ptr[0] != '/' && lf_view_find_byte(target, '/') < lf_view_find_byte(target, '?')) {
        path = lf_view_from(target, lf_view_find_byte(target, '/')); /* some proxies leave the scheme out */
    }
    at = lf_view_find_byte(path, '?');
    if (kind == CHANGE_PATH)
        return lf_json_new_string(a, lf_view_first(path, at == SIZE_MAX ? path.len : at));
    return at == SIZE_MAX ? NULL : lf_json_new_string(a, lf_view_from(path, at + 1));
}

const struct lf_json *lf_alias_value(const struct lf_alias *alias, struct lf_arena *a,
                                     const struct lf_json *v)
{
    const struct lf_change *c = alias->change;
    lf_view t;

    if (!c || !v)
        return v;
    if (c->kind == CHANGE_HEX)
        return of_hex(a, v);
    if (c->kind == CHANGE_JOIN)
        return joined(a, v);
    if (is_part(c))
        return part_of(a, v, c->kind);
    if (lf_json_kind(v) == LF_JSON_ARRAY || lf_json_kind(v) == LF_JSON_OBJECT ||
        lf_json_kind(v) == LF_JSON_NULL)
        return v;
    t = lf_json_text(v);
    for (size_t i = 0; i < c->n; i++) {
        const struct change_pair *p = &c->pairs[i];

        if (c->kind == CHANGE_MAP && lf_view_eq_nocase(p->from, t))
            return lf_json_new_string(a, p->to);
        if (c->kind == CHANGE_PREFIX && lf_view_eq_nocase(p->from, lf_view_first(t, p->from.len))) {
            size_t rest = t.len - p->from.len;
            char *out = lf_arena_alloc(a, p->to.len + rest + 1, 1);

            if (p->to.len > 0)
                memcpy(out, p->to.ptr, p->to.len);
            if (rest > 0)
                memcpy(out + p->to.len, t.ptr + p->from.len, rest);
            return lf_json_new_string(a, (lf_view){ out, p->to.len + rest });
        }
    }
    return v;
}

/* ---- one field ---- */

/* EventID written with an attribute has its text a step below. */
static const struct lf_json *plain(const struct lf_json *v)
{
    const struct lf_json *text = lf_json_kind(v) == LF_JSON_OBJECT ? lf_json_get(v, LF_V("#text")) : NULL;

    return text ? text : v;
}

const struct lf_json *lf_event_field(const struct lf_event *ev, struct lf_arena *a, lf_view field)
{
    static const char *const nested[] = { "Event", NULL };
    static const char *const parts[] = { "EventData", "System" };
    const struct lf_json *v = plain(lf_json_at(ev->doc, field)), *object = v;
    const struct lf_alias *at;
    size_t n;

    if (v && lf_json_kind(v) != LF_JSON_OBJECT)
        return v;
    for (size_t i = 0; i < sizeof nested / sizeof *nested; i++) {
        const struct lf_json *o = nested[i] ? lf_json_get(ev->doc, lf_view_of(nested[i])) : ev->doc;

        for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
            if ((v = lf_json_get(lf_json_get(o, lf_view_of(parts[k])), field)))
                return plain(v);
    }
    n = ev->pipeline ? lf_aliases_of(ev->pipeline->aliases, a, field, &at) : 0;
    for (size_t i = 0; i < n; i++)
        if ((v = lf_json_at(ev->doc, at[i].path)) && (v = lf_alias_value(&at[i], a, plain(v)))) {
            if (lf_json_kind(v) != LF_JSON_OBJECT)
                return v;
            object = object ? object : v;
        }
    return object; /* no value, but there */
}
