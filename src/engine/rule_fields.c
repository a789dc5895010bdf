/* The event at hand laid out by the fields that rules name.  Numbers in brackets
 * are the paragraphs of docs/sigma-choices.md. */
#include <stdlib.h>

#include "engine/rule_priv.h"
#include "engine/shape.h"

bool lf_is_xmlns(lf_view name)
{
    return name.len >= 5 && name.ptr[0] == 'x' &&
           (lf_view_is(name, "xmlns") || lf_view_starts(name, LF_V("xmlns:")));
}

struct flat {
    struct lf_arena *a;
    lf_view *names;
    const struct lf_json **values;
    size_t n, cap, cap2;
};

static void flat_add(struct flat *f, lf_view name, const struct lf_json *v)
{
    if (lf_is_xmlns(name))
        return;
    f->names = lf_arena_grow(f->a, f->names, f->n, &f->cap, sizeof *f->names);
    f->values = (const struct lf_json **)lf_arena_grow(f->a, (void *)(uintptr_t)f->values, f->n, &f->cap2,
                                                       sizeof *f->values);
    f->names[f->n] = name;
    f->values[f->n++] = v;
}

static lf_view joined(struct lf_arena *a, lf_view k, lf_view name)
{
    char *out = lf_arena_alloc(a, k.len + name.len + 1, 1);

    memcpy(out, k.ptr, k.len);
    out[k.len] = '_';
    if (name.len > 0)
        memcpy(out + k.len + 1, name.ptr, name.len);
    return (lf_view){ out, k.len + name.len + 1 };
}

/* #attributes of K as K_A. */
static void flat_attributes(struct flat *f, lf_view k, const struct lf_json *v)
{
    const struct lf_json *at = lf_json_get(v, LF_V("#attributes"));

    if (!at || lf_json_kind(at) != LF_JSON_OBJECT)
        return;
    for (size_t i = 0; i < lf_json_members(at); i++)
        if (!lf_is_xmlns(lf_json_key(at, i)))
            flat_add(f, k.len ? joined(f->a, k, lf_json_key(at, i)) : lf_json_key(at, i),
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
    size_t n = list ? lf_json_items(v) : 1;
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

    for (size_t i = 0; i < lf_json_members(sys); i++)
        flat_element(f, lf_json_key(sys, i), lf_json_member(sys, i), false);
    if (data && lf_json_kind(data) == LF_JSON_OBJECT)
        for (size_t i = 0; i < lf_json_members(data); i++) {
            lf_view k = lf_json_key(data, i);

            if (lf_view_is(k, "#attributes"))
                flat_attributes(f, LF_V("EventData"), data);
            else if (lf_view_is(k, "Data"))
                flat_data(f, lf_json_member(data, i));
            else
                flat_element(f, k, lf_json_member(data, i), true);
        }
    if (user && lf_json_kind(user) == LF_JSON_OBJECT)
        for (size_t i = 0; i < lf_json_members(user); i++) {
            const struct lf_json *x = lf_json_member(user, i);

            if (lf_view_is(lf_json_key(user, i), "#attributes") || lf_json_kind(x) != LF_JSON_OBJECT)
                continue;
            for (size_t k = 0; k < lf_json_members(x); k++)
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

/* ---- names ---- */

/* Where else than under its own name a field may stand: in the object, or list of
 * objects, that the key names. */
struct way {
    unsigned key;
    lf_view rest;                 /* name in there; empty: the member itself is the field */
    const struct lf_alias *alias; /* whose change the value goes through; NULL: none */
};

struct key {
    lf_view name;
    uint32_t hash;
    unsigned field;          /* whose name it is; NONE */
    unsigned first, touches; /* in lf_keys.touch: fields that have a way through it */
};

struct lf_keys {
    struct lf_arena a;
    struct key *keys;
    size_t nkeys, keys_cap;
    uint32_t *table; /* open addressing: key + 1 */
    size_t mask;
    unsigned *touch;
    struct way **ways; /* by field: its own name's, then each alias's in the order they count */
    size_t *nways, *nown;
};

enum { NONE = UINT32_MAX };

static inline uint64_t mixed(uint64_t a, uint64_t b)
{
    unsigned __int128 m = (unsigned __int128)a * b;

    return (uint64_t)m ^ (uint64_t)(m >> 64);
}

/* Above 0 when a byte of the word is a blank (a byte too many may be taken for one:
 * then the name is looked at again). */
static inline uint64_t blanks(uint64_t w)
{
    w ^= 0x2020202020202020u;
    return (w - 0x0101010101010101u) & ~w & 0x8080808080808080u;
}

/* Names of the rules alone are in the table, so nothing from outside can fill one
 * of its places and the hash needs no secret. */
static inline uint32_t name_hash(lf_view name, uint64_t *blank)
{
    const char *p = name.ptr;
    size_t n = name.len;
    uint64_t h = 0x9e3779b97f4a7c15u ^ n, any = 0, w;

    if (n >= 8) {
        for (; n > 8; n -= 8, p += 8) {
            w = lf_name_word(p, 8);
            any |= blanks(w);
            h = mixed(h ^ w, 0xd6e8feb86659fd93u);
        }
        w = lf_name_word(name.ptr + name.len - 8, 8);
    } else if (n >= 4) {
        w = lf_name_word(p, 4) | lf_name_word(p + n - 4, 4) << 32;
    } else if (n > 0) {
        w = (uint64_t)(unsigned char)p[0] | (uint64_t)(unsigned char)p[n / 2] << 8 |
            (uint64_t)(unsigned char)p[n - 1] << 16;
    } else {
        w = 0;
    }
    any |= blanks(w);
    *blank = any;
    return (uint32_t)mixed(h ^ w, 0xa0761d6478bd642fu);
}

static struct key *find_key(const struct lf_keys *k, uint32_t hash, lf_view name)
{
    for (size_t i = hash & k->mask; k->table[i]; i = (i + 1) & k->mask) {
        struct key *at = &k->keys[k->table[i] - 1];

        if (at->hash == hash && at->name.len == name.len && lf_name_same(at->name.ptr, name.ptr, name.len))
            return at;
    }
    return NULL;
}

static unsigned key_of(struct lf_keys *k, lf_view name)
{
    uint64_t blank;
    uint32_t hash = name_hash(name, &blank);
    struct key *at = find_key(k, hash, name);

    if (at)
        return (unsigned)(at - k->keys);
    k->keys = lf_arena_grow(&k->a, k->keys, k->nkeys, &k->keys_cap, sizeof *k->keys);
    k->keys[k->nkeys++] = (struct key){ .name = name, .hash = hash, .field = NONE };
    if (k->nkeys * 3 > k->mask) {
        k->mask = k->mask * 2 + 1;
        k->table = LF_NEW(&k->a, uint32_t, k->mask + 1);
        for (size_t i = 0; i < k->nkeys; i++) {
            size_t place = k->keys[i].hash & k->mask;

            while (k->table[place])
                place = (place + 1) & k->mask;
            k->table[place] = (uint32_t)i + 1;
        }
    } else {
        size_t place = hash & k->mask;

        while (k->table[place])
            place = (place + 1) & k->mask;
        k->table[place] = (uint32_t)k->nkeys;
    }
    return (unsigned)k->nkeys - 1;
}

static void add_dots(struct lf_keys *k, unsigned f, lf_view name, const struct lf_alias *alias)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] == '.')
            k->ways[f][k->nways[f]++] =
                (struct way){ key_of(k, lf_view_first(name, i)), lf_view_from(name, i + 1), alias };
}

static size_t dots_in(lf_view name)
{
    size_t n = 0;

    for (size_t i = 0; i < name.len; i++)
        n += name.ptr[i] == '.';
    return n;
}

struct lf_keys *lf_keys_create(struct lf_ruleset *rs, const struct lf_aliases *aliases)
{
    struct lf_keys *k = calloc(1, sizeof *k);
    size_t ntouch = 0;

    if (!k)
        LF_BUG("no memory for names of fields");
    k->mask = 63;
    k->table = LF_NEW(&k->a, uint32_t, k->mask + 1);
    k->ways = LF_NEW(&k->a, struct way *, rs->nfields);
    k->nways = LF_NEW(&k->a, size_t, rs->nfields);
    k->nown = LF_NEW(&k->a, size_t, rs->nfields);
    for (unsigned f = 1; f < rs->nfields; f++) {
        lf_view name = rs->fields[f];
        unsigned own = key_of(k, name); /* may move the keys */
        const struct lf_alias *at = NULL;
        size_t n = aliases ? lf_aliases_of(aliases, &k->a, name, &at) : 0, dots = dots_in(name);

        k->keys[own].field = f;
        for (size_t i = 0; i < n; i++)
            dots += dots_in(at[i].path) + 1;
        k->ways[f] = LF_NEW(&k->a, struct way, dots ? dots : 1);
        add_dots(k, f, name, NULL);
        k->nown[f] = k->nways[f];
        for (size_t i = 0; i < n; i++) {
            k->ways[f][k->nways[f]++] = (struct way){ key_of(k, at[i].path), { "", 0 }, &at[i] };
            add_dots(k, f, at[i].path, &at[i]);
        }
    }
    for (unsigned f = 1; f < rs->nfields; f++)
        for (size_t i = 0; i < k->nways[f]; i++) {
            k->keys[k->ways[f][i].key].touches++;
            ntouch++;
        }
    k->touch = LF_NEW(&k->a, unsigned, ntouch ? ntouch : 1);
    ntouch = 0;
    for (size_t i = 0; i < k->nkeys; i++) {
        k->keys[i].first = (unsigned)ntouch;
        ntouch += k->keys[i].touches;
        k->keys[i].touches = 0;
    }
    for (unsigned f = 1; f < rs->nfields; f++)
        for (size_t i = 0; i < k->nways[f]; i++) {
            struct key *key = &k->keys[k->ways[f][i].key];

            k->touch[key->first + key->touches++] = f;
        }
    if (k->nkeys > rs->nbound) {
        rs->bound = realloc(rs->bound, k->nkeys * sizeof *rs->bound);
        if (!rs->bound)
            LF_BUG("no memory for %zu names", k->nkeys);
        memset(rs->bound + rs->nbound, 0, (k->nkeys - rs->nbound) * sizeof *rs->bound);
        rs->nbound = k->nkeys;
    }
    return k;
}

void lf_keys_destroy(struct lf_keys *k)
{
    if (!k)
        return;
    lf_arena_clear(&k->a);
    free(k);
}

/* ---- laying out ---- */

static inline void list(struct lf_ruleset *rs, unsigned field)
{
    rs->found[field / 64] |= (uint64_t)1 << (field % 64);
}

static inline bool listed(const struct lf_ruleset *rs, unsigned field)
{
    return rs->found[field / 64] >> (field % 64) & 1u;
}

static inline void bind_field(struct lf_ruleset *rs, unsigned field, const struct lf_json *v, bool replace)
{
    struct lf_slot *s = &rs->slots[field];

    if (s->bound == rs->now && !replace)
        return;
    s->bound = rs->now;
    s->direct = v;
    list(rs, field);
}

/* A member of the document itself: the fields that have a way through it may be there. */
static inline void bind_key(struct lf_at *m, const struct key *k, const struct lf_json *v)
{
    struct lf_bound *b = &m->rs->bound[k - m->keys->keys];

    if (k->touches == 0 || b->stamp == m->rs->now)
        return;
    b->stamp = m->rs->now;
    b->value = v;
    for (unsigned i = 0; i < k->touches; i++)
        list(m->rs, m->keys->touch[k->first + i]);
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

/* The name of a key without its blanks counts only where no key has the exact
 * name, so it is bound after all others. */
static void bind_blank(struct lf_at *m, lf_view name, const struct lf_json *v)
{
    uint64_t blank;
    const struct key *k;

    if (lf_view_find_byte(name, ' ') == SIZE_MAX)
        return;
    name = without_blanks(m->a, name);
    k = find_key(m->keys, name_hash(name, &blank), name);
    if (k && k->field != NONE)
        bind_field(m->rs, k->field, v, false);
}

static void lay_out_flat(struct lf_at *m, const struct lf_json *doc)
{
    const struct lf_keys *keys = m->keys;
    size_t n = lf_json_members(doc);
    uint64_t any = 0;

    for (size_t i = 0; i < n; i++) {
        lf_view name = lf_json_key(doc, i);
        uint64_t blank;
        const struct key *k = find_key(keys, name_hash(name, &blank), name);

        any |= blank;
        if (!k)
            continue;
        if (k->field != NONE)
            bind_field(m->rs, k->field, lf_json_member(doc, i), false);
        bind_key(m, k, lf_json_member(doc, i));
    }
    for (size_t i = 0; any && i < n; i++)
        bind_blank(m, lf_json_key(doc, i), lf_json_member(doc, i));
}

/* Dotted names are looked for in the document and in its Event, whatever the flat
 * map says; which of the two is asked when a field is gathered. */
static void list_dotted(struct lf_at *m, const struct lf_json *o)
{
    for (size_t i = 0; i < lf_json_members(o); i++) {
        lf_view name = lf_json_key(o, i);
        uint64_t blank;
        const struct key *k = find_key(m->keys, name_hash(name, &blank), name);

        for (unsigned t = 0; k && t < k->touches; t++)
            list(m->rs, m->keys->touch[k->first + t]);
    }
}

/* As bind_key, where the later of a name counts. */
static void bind_key_anew(struct lf_at *m, const struct key *k, const struct lf_json *v)
{
    m->rs->bound[k - m->keys->keys].stamp = 0;
    bind_key(m, k, v);
}

static void lay_out_windows(struct lf_at *m)
{
    struct flat f = { .a = m->a };
    uint64_t any = 0;

    flat_windows(&f, m->windows);
    /* The later part wins: EventData over System, UserData over both. */
    for (size_t i = 0; i < f.n; i++) {
        uint64_t blank;
        const struct key *k = find_key(m->keys, name_hash(f.names[i], &blank), f.names[i]);

        any |= blank;
        if (k && k->field != NONE)
            bind_field(m->rs, k->field, f.values[i], true);
        if (k)
            bind_key_anew(m, k, f.values[i]);
    }
    for (size_t i = 0; any && i < f.n; i++)
        bind_blank(m, f.names[i], f.values[i]);
    list_dotted(m, m->doc);
    if (m->windows != m->doc)
        list_dotted(m, m->windows);
}

/* That the value of a member is the one of a field, or stands under a key. */
struct bind {
    uint32_t member, what;
};
struct lf_laid {
    uint64_t shape[2];        /* its id */
    const struct lf_keys *by; /* NULL: none */
    size_t nfields, nkeys;
    /* A member is of one field by its name and of one by its name without blanks. */
    struct bind fields[2 * LF_SHAPE_MEMBERS], keys[LF_SHAPE_MEMBERS];
    uint64_t found[];
};

void lf_laid_forget(struct lf_ruleset *rs)
{
    for (size_t i = 0; rs->laid && i < LF_SHAPES; i++)
        if (rs->laid[i])
            rs->laid[i]->by = NULL;
}

/* The names alone decide how a flat record is laid out. */
static bool lay_out_again(struct lf_at *m)
{
    struct lf_ruleset *rs = m->rs;
    const struct lf_laid *l = rs->laid[m->shape.number];
    const uint32_t now = rs->now;

    if (!l || !lf_shape_is(&m->shape, l->shape) || l->by != m->keys)
        return false;
    memcpy(rs->found, l->found, rs->nfound * sizeof *rs->found);
    for (size_t i = 0; i < l->nfields; i++) {
        struct lf_slot *slot = &rs->slots[l->fields[i].what];

        slot->bound = now;
        slot->direct = lf_json_member(m->doc, l->fields[i].member);
    }
    for (size_t i = 0; i < l->nkeys; i++)
        rs->bound[l->keys[i].what] = (struct lf_bound){ now, lf_json_member(m->doc, l->keys[i].member) };
    return true;
}

/* What the laying out came to.  Whether a record is one of Windows' own structure depends on
 * more than its names. */
static void keep_laid(struct lf_at *m)
{
    struct lf_ruleset *rs = m->rs;
    const struct lf_json *doc = m->doc;
    struct lf_laid **at = &rs->laid[m->shape.number], *l;

    if (lf_json_get(doc, LF_V("Event")) || lf_json_get(doc, LF_V("System")))
        return;
    if (!*at && !(*at = calloc(1, sizeof **at + rs->nfound * sizeof *(*at)->found)))
        LF_BUG("no memory for how a record is laid out");
    l = *at;
    memcpy(l->shape, m->shape.id, sizeof l->shape);
    l->by = m->keys;
    l->nfields = l->nkeys = 0;
    memcpy(l->found, rs->found, rs->nfound * sizeof *rs->found);
    for (size_t w = 0; w < rs->nfound; w++)
        for (uint64_t bits = rs->found[w]; bits; bits &= bits - 1) {
            uint32_t field = (uint32_t)(w * 64 + (unsigned)__builtin_ctzll(bits));

            if (rs->slots[field].bound == rs->now)
                l->fields[l->nfields++] =
                    (struct bind){ (uint32_t)(rs->slots[field].direct - doc->items) / 2, field };
        }
    for (uint32_t i = 0; i < m->shape.n; i++) {
        uint64_t blank;
        lf_view name = lf_json_key(doc, i);
        const struct key *k = find_key(m->keys, name_hash(name, &blank), name);

        if (k && rs->bound[k - m->keys->keys].stamp == rs->now &&
            rs->bound[k - m->keys->keys].value == lf_json_member(doc, i))
            l->keys[l->nkeys++] = (struct bind){ i, (uint32_t)(k - m->keys->keys) };
    }
}

void lf_fields_lay_out(struct lf_at *m)
{
    m->laid_out = true;
    m->windows = NULL;
    LF_ASSERT(m->shape.n == 0 || m->shape.n == lf_json_members(m->doc));
    if (m->shape.n > 0 && lay_out_again(m))
        return;
    memset(m->rs->found, 0, m->rs->nfound * sizeof *m->rs->found);
    m->windows = windows_event(m->doc);
    if (m->windows)
        lay_out_windows(m);
    else if (is_object(m->doc))
        lay_out_flat(m, m->doc);
    if (m->shape.n > 0)
        keep_laid(m);
}

/* ---- values ---- */

struct gather {
    struct lf_arena *a;
    const struct lf_json *doc;
    struct lf_value *values;
    size_t n, cap;
    bool present;
};

/* Of a document that is ASCII as a whole each value is. */
static inline struct lf_value value_of(const struct lf_json *doc, const struct lf_json *v)
{
    return (struct lf_value){ .json = v,
                              .text = lf_json_text(v),
                              .ascii = lf_json_plain(doc) ? LF_ASCII : LF_ASCII_UNKNOWN };
}

static void gather_add(struct gather *g, const struct lf_json *v)
{
    g->values = lf_arena_grow(g->a, g->values, g->n, &g->cap, sizeof *g->values);
    g->values[g->n++] = value_of(g->doc, v);
}

/* [5] A list is multi-valued; objects in it are no values of the field. */
static void gather_field(struct gather *g, const struct lf_json *v)
{
    g->present = true;
    if (lf_json_kind(v) == LF_JSON_ARRAY) {
        for (size_t i = 0; i < lf_json_items(v); i++)
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
            for (size_t k = 0; k < lf_json_items(in); k++)
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
        for (size_t i = 0; i < lf_json_members(v); i++)
            if (!lf_is_xmlns(lf_json_key(v, i)))
                gather_all(g, lf_json_member(v, i));
    } else if (kind == LF_JSON_ARRAY) {
        for (size_t i = 0; i < lf_json_items(v); i++)
            gather_all(g, lf_json_item(v, i));
    } else if (kind != LF_JSON_NULL) {
        gather_add(g, v);
    }
}

static bool gather_way(struct gather *g, const struct way *w, const struct lf_json *v)
{
    bool found = false;

    if (w->rest.len > 0) {
        if (w->alias && w->alias->change) {
            v = lf_json_at(v, w->rest);
            v = v ? lf_alias_value(w->alias, g->a, v) : NULL;
            if (v)
                gather_field(g, v);
            return v != NULL;
        }
        if (lf_json_kind(v) != LF_JSON_ARRAY)
            return gather_dotted(g, v, w->rest, true);
        for (size_t k = 0; k < lf_json_items(v); k++)
            found |= gather_dotted(g, lf_json_item(v, k), w->rest, true);
        return found;
    }
    v = w->alias ? lf_alias_value(w->alias, g->a, v) : v;
    if (v)
        gather_field(g, v);
    return v != NULL;
}

/* Through the first of the ways that leads there: the field's own name, the leftmost dot first, then
 * its aliases. */
static void gather_ways(struct gather *g, const struct lf_at *m, unsigned field, size_t from)
{
    for (size_t i = from; i < m->keys->nways[field]; i++) {
        const struct way *w = &m->keys->ways[field][i];
        const struct lf_bound *b = &m->rs->bound[w->key];

        size_t had = g->n;

        /* An object is no value: laurel's SYSCALL, eslogger's process.executable hold one below. */
        if (b->stamp == m->rs->now && gather_way(g, w, b->value) && g->n > had)
            return;
    }
}

/* What is no single value bound to its field; apart, because nearly all are that. */
static __attribute__((noinline)) void gather_slot(struct lf_at *m, struct lf_slot *s, unsigned field)
{
    struct gather g = { .a = m->a, .doc = m->doc };

    if (field == 0) {
        gather_all(&g, m->doc);
        g.present = true;
    } else if (s->bound == m->rs->now) {
        gather_field(&g, s->direct);
        if (lf_json_kind(s->direct) == LF_JSON_OBJECT && !m->windows)
            gather_ways(&g, m, field, m->keys->nown[field]);
    } else if (listed(m->rs, field) && !m->windows) {
        gather_ways(&g, m, field, 0);
    } else if (listed(m->rs, field)) {
        if (!gather_dotted(&g, m->doc, m->rs->fields[field], false) &&
            (m->windows == m->doc || !gather_dotted(&g, m->windows, m->rs->fields[field], false)))
            gather_ways(&g, m, field, m->keys->nown[field]);
    }
    s->present = g.present;
    s->values = g.values;
    s->n = g.n;
}

struct lf_slot *lf_slot_of(struct lf_at *m, unsigned field)
{
    struct lf_slot *s = &m->rs->slots[field];

    if (s->gathered == m->rs->now)
        return s;
    s->gathered = m->rs->now;
    if (s->bound == m->rs->now && lf_json_kind(s->direct) < LF_JSON_ARRAY) {
        s->one = value_of(m->doc, s->direct);
        s->present = true;
        s->values = &s->one;
        s->n = 1;
    } else {
        gather_slot(m, s, field);
    }
    return s;
}
