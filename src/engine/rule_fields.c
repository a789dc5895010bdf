/* The event at hand laid out by the fields that rules name.  Numbers in brackets
 * are the paragraphs of docs/sigma-choices.md. */
#include "engine/rule_priv.h"

static bool xmlns(lf_view name)
{
    return lf_view_is(name, "xmlns") || lf_view_starts(name, LF_V("xmlns:"));
}

/* The name of a key without its blanks is looked up only where no key has the
 * exact name, so a layout is kept and bound in two passes. */
struct flat {
    struct lf_arena *a;
    lf_view *names;
    const struct lf_json **values;
    size_t n, cap, cap2;
};

static void flat_add(struct flat *f, lf_view name, const struct lf_json *v)
{
    if (xmlns(name))
        return;
    f->names = lf_arena_grow(f->a, f->names, f->n, &f->cap, sizeof *f->names);
    f->values = (const struct lf_json **)lf_arena_grow(f->a, (void *)(uintptr_t)f->values, f->n, &f->cap2,
                                                       sizeof *f->values);
    f->names[f->n] = name;
    f->values[f->n++] = v;
}

/* #attributes of K as K_A. */
static void flat_attributes(struct flat *f, lf_view k, const struct lf_json *v)
{
    const struct lf_json *at = lf_json_get(v, LF_V("#attributes"));

    if (!at || lf_json_kind(at) != LF_JSON_OBJECT)
        return;
    for (size_t i = 0; i < lf_json_count(at); i++)
        if (!xmlns(lf_json_key(at, i)))
            flat_add(f,
                     k.len ? lf_arena_printf(f->a, "%.*s_%.*s", (int)k.len, k.ptr,
                                             (int)lf_json_key(at, i).len, lf_json_key(at, i).ptr)
                           : lf_json_key(at, i),
                     lf_json_member(at, i));
}

/* An element of the event: text with attributes, or a plain value. */
static void flat_element(struct flat *f, lf_view k, const struct lf_json *v, bool objects)
{
    if (lf_json_kind(v) != LF_JSON_OBJECT) {
        flat_add(f, k, v);
        return;
    }
    flat_attributes(f, k, v);
    if (lf_json_get(v, LF_V("#text")))
        flat_add(f, k, lf_json_get(v, LF_V("#text")));
    else if (objects)
        flat_add(f, k, v);
}

static bool named_data(const struct lf_json *v, lf_view *name)
{
    const struct lf_json *n = lf_json_get(lf_json_get(v, LF_V("#attributes")), LF_V("Name"));

    if (!n || lf_json_kind(n) != LF_JSON_STRING)
        return false;
    *name = lf_json_text(n);
    return true;
}

/* <Data Name="N">T</Data> gives N = T; nameless ones stay the list Data. */
static void flat_data(struct flat *f, const struct lf_json *v)
{
    bool list = lf_json_kind(v) == LF_JSON_ARRAY;
    size_t n = list ? lf_json_count(v) : 1;
    lf_view name;
    bool plain = false;

    for (size_t i = 0; i < n; i++) {
        const struct lf_json *x = list ? lf_json_item(v, i) : v;

        if (named_data(x, &name)) {
            const struct lf_json *t = lf_json_get(x, LF_V("#text"));

            flat_add(f, name, t ? t : lf_json_new_word(f->a, LF_JSON_NULL));
        } else {
            plain = true;
        }
    }
    if (plain && list)
        flat_add(f, LF_V("Data"), v);
    else if (plain)
        flat_element(f, LF_V("Data"), v, true);
}

static void flat_windows(struct flat *f, const struct lf_json *ev)
{
    const struct lf_json *sys = lf_json_get(ev, LF_V("System")), *data = lf_json_get(ev, LF_V("EventData")),
                         *user = lf_json_get(ev, LF_V("UserData"));

    for (size_t i = 0; i < lf_json_count(sys); i++)
        flat_element(f, lf_json_key(sys, i), lf_json_member(sys, i), false);
    if (data && lf_json_kind(data) == LF_JSON_OBJECT)
        for (size_t i = 0; i < lf_json_count(data); i++) {
            lf_view k = lf_json_key(data, i);

            if (lf_view_is(k, "#attributes"))
                flat_attributes(f, LF_V("EventData"), data);
            else if (lf_view_is(k, "Data"))
                flat_data(f, lf_json_member(data, i));
            else
                flat_element(f, k, lf_json_member(data, i), true);
        }
    if (user && lf_json_kind(user) == LF_JSON_OBJECT)
        for (size_t i = 0; i < lf_json_count(user); i++) {
            const struct lf_json *x = lf_json_member(user, i);

            if (lf_view_is(lf_json_key(user, i), "#attributes") || lf_json_kind(x) != LF_JSON_OBJECT)
                continue;
            for (size_t k = 0; k < lf_json_count(x); k++)
                if (!lf_view_is(lf_json_key(x, k), "#attributes"))
                    flat_element(f, lf_json_key(x, k), lf_json_member(x, k), true);
        }
}

static bool is_object(const struct lf_json *v)
{
    return v && lf_json_kind(v) == LF_JSON_OBJECT;
}

/* [4] The object with System in it, or NULL when the event is flat. */
static const struct lf_json *windows_event(const struct lf_json *doc)
{
    const struct lf_json *ev = lf_json_get(doc, LF_V("Event"));

    if (is_object(ev) && is_object(lf_json_get(ev, LF_V("System"))))
        return ev;
    if (is_object(lf_json_get(doc, LF_V("System"))) &&
        (lf_json_get(doc, LF_V("EventData")) || lf_json_get(doc, LF_V("UserData"))))
        return doc;
    return NULL;
}

static void bind_field(struct lf_at *m, lf_view name, const struct lf_json *v, bool replace)
{
    uint64_t field;
    struct lf_slot *s;

    if (name.len == 0 || !lf_map_get(&m->rs->field_of, name, &field))
        return;
    s = &m->rs->slots[field];
    if (s->stamp == m->rs->now && !replace)
        return;
    s->stamp = m->rs->now;
    s->direct = v;
}

static lf_view without_blanks(struct lf_arena *a, lf_view name)
{
    char *out = lf_arena_alloc(a, name.len + 1, 1);
    size_t n = 0;

    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] != ' ')
            out[n++] = name.ptr[i];
    return (lf_view){ out, n };
}

void lf_fields_lay_out(struct lf_at *m)
{
    struct flat f = { .a = m->a };
    size_t n;

    m->windows = windows_event(m->doc);
    if (m->windows)
        flat_windows(&f, m->windows);
    n = m->windows ? f.n : is_object(m->doc) ? lf_json_count(m->doc) : 0;
    /* Of the nested shape the later part wins (EventData over System); of equal
     * keys in one flat object the first. */
    for (size_t i = 0; i < n; i++)
        bind_field(m, m->windows ? f.names[i] : lf_json_key(m->doc, i),
                   m->windows ? f.values[i] : lf_json_member(m->doc, i), m->windows != NULL);
    for (size_t i = 0; i < n; i++) {
        lf_view k = m->windows ? f.names[i] : lf_json_key(m->doc, i);

        if (lf_view_find_byte(k, ' ') != SIZE_MAX)
            bind_field(m, without_blanks(m->a, k), m->windows ? f.values[i] : lf_json_member(m->doc, i),
                       false);
    }
}

struct gather {
    struct lf_arena *a;
    struct lf_value *values;
    size_t n, cap;
    bool present;
};

static void gather_add(struct gather *g, const struct lf_json *v)
{
    g->values = lf_arena_grow(g->a, g->values, g->n, &g->cap, sizeof *g->values);
    g->values[g->n++] = (struct lf_value){ .json = v, .text = lf_json_text(v) };
}

/* [5] A list is multi-valued; objects in it are no values of the field. */
static void gather_field(struct gather *g, const struct lf_json *v)
{
    g->present = true;
    if (lf_json_kind(v) == LF_JSON_ARRAY) {
        for (size_t i = 0; i < lf_json_count(v); i++)
            gather_field(g, lf_json_item(v, i));
    } else if (lf_json_kind(v) != LF_JSON_OBJECT) {
        gather_add(g, v);
    }
}

/* [3b] For each dot from the left: the part before it names an object, or a list
 * of objects, in which the rest is resolved. */
static bool gather_dotted(struct gather *g, const struct lf_json *o, lf_view name, bool exact)
{
    if (!is_object(o))
        return false;
    if (exact) {
        const struct lf_json *v = lf_json_get(o, name);

        if (v) {
            gather_field(g, v);
            return true;
        }
    }
    for (size_t i = 0; i < name.len; i++) {
        const struct lf_json *in;
        bool found = false;

        if (name.ptr[i] != '.')
            continue;
        in = lf_json_get(o, lf_view_first(name, i));
        if (in && lf_json_kind(in) == LF_JSON_OBJECT) {
            found = gather_dotted(g, in, lf_view_from(name, i + 1), true);
        } else if (in && lf_json_kind(in) == LF_JSON_ARRAY) {
            for (size_t k = 0; k < lf_json_count(in); k++)
                found |= gather_dotted(g, lf_json_item(in, k), lf_view_from(name, i + 1), true);
        }
        if (found)
            return true;
    }
    return false;
}

/* [7] Every scalar at any depth, null and xmlns excluded. */
static void gather_all(struct gather *g, const struct lf_json *v)
{
    enum lf_json_kind kind = lf_json_kind(v);

    if (kind == LF_JSON_OBJECT) {
        for (size_t i = 0; i < lf_json_count(v); i++)
            if (!xmlns(lf_json_key(v, i)))
                gather_all(g, lf_json_member(v, i));
    } else if (kind == LF_JSON_ARRAY) {
        for (size_t i = 0; i < lf_json_count(v); i++)
            gather_all(g, lf_json_item(v, i));
    } else if (kind != LF_JSON_NULL) {
        gather_add(g, v);
    }
}

struct lf_slot *lf_slot_of(struct lf_at *m, unsigned field)
{
    struct lf_slot *s = &m->rs->slots[field];
    struct gather g = { .a = m->a };

    if (s->gathered == m->rs->now)
        return s;
    if (field == 0) {
        gather_all(&g, m->doc);
        g.present = true;
    } else if (s->stamp == m->rs->now) {
        gather_field(&g, s->direct);
    } else if (lf_view_find_byte(m->rs->fields[field], '.') != SIZE_MAX) {
        if (!gather_dotted(&g, m->doc, m->rs->fields[field], false) && m->windows && m->windows != m->doc)
            (void)gather_dotted(&g, m->windows, m->rs->fields[field], false);
    }
    s->gathered = m->rs->now;
    s->present = g.present;
    s->values = g.values;
    s->n = g.n;
    return s;
}
