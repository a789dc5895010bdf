#include "model/marking.h"

#include <stdlib.h>

#include "base/crypto.h"
#include "fmt/stix.h"
#include "fmt/stix_make.h"
#include "model/extension.h"

#define TLP2_EXTENSION "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"

static const char *const names[] = { "", "clear", "green", "amber", "amber+strict", "red" };

enum lf_tlp lf_tlp_of(lf_view id)
{
    const char *name = lf_make_tlp_name(id);
    enum lf_tlp tlp = LF_TLP_NONE;

    return name && lf_tlp_parse(lf_view_of(name), &tlp) ? tlp : LF_TLP_NONE;
}

bool lf_tlp_parse(lf_view name, enum lf_tlp *out)
{
    for (int i = LF_TLP_CLEAR; i <= LF_TLP_RED; i++)
        if (lf_view_is(name, names[i])) {
            *out = (enum lf_tlp)i;
            return true;
        }
    if (!lf_view_is(name, "white"))
        return false;
    *out = LF_TLP_CLEAR;
    return true;
}

const char *lf_tlp_name(enum lf_tlp t)
{
    return names[t];
}

const char *lf_tlp_label(enum lf_tlp t)
{
    static const char *const labels[] = { "",          "TLP:CLEAR",        "TLP:GREEN",
                                          "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED" };

    return labels[t];
}

lf_view lf_tlp_ref(enum lf_tlp t)
{
    return t == LF_TLP_NONE ? LF_V("") : lf_view_of(lf_make_tlp(lf_view_of(names[t])));
}

/* ---- selectors ---- */

/* Takes a step off the front: a key, or "[n]" with *index set. */
static bool step(lf_view *in, bool first, lf_view *key, uint64_t *index)
{
    size_t n = 0;

    if (!first) {
        if (!in->len || in->ptr[0] != '.')
            return false;
        *in = lf_view_from(*in, 1);
    }
    while (n < in->len && in->ptr[n] != '.')
        n++;
    *key = lf_view_first(*in, n);
    *in = lf_view_from(*in, n);
    if (!key->len)
        return false;
    if (key->ptr[0] != '[')
        return lf_view_find_byte(*key, '[') == SIZE_MAX && lf_view_find_byte(*key, ']') == SIZE_MAX;
    if (first || key->len < 3 || key->ptr[key->len - 1] != ']')
        return false;
    key->ptr++;
    key->len -= 2;
    if (!lf_view_u64(*key, index) || (key->len > 1 && key->ptr[0] == '0'))
        return false;
    key->len = 0;
    return true;
}

const struct lf_json *lf_selector_find(const struct lf_json *object, lf_view selector)
{
    const struct lf_json *v = object;

    if (!selector.len || selector.len > LF_SELECTOR_BYTES)
        return NULL;
    for (size_t i = 0; selector.len; i++) {
        uint64_t index = 0;
        lf_view key;

        if (i == LF_SELECTOR_STEPS || !step(&selector, i == 0, &key, &index))
            return NULL;
        if (key.len) {
            const struct lf_json *next = lf_json_get(v, key);

            /* A name that is there twice names either. */
            for (size_t k = 0, seen = 0; next && k < lf_json_members(v); k++)
                if (lf_view_eq(lf_json_key(v, k), key) && seen++)
                    return NULL;
            v = next;
        } else {
            v = lf_json_kind(v) == LF_JSON_ARRAY && index < lf_json_items(v) ? lf_json_item(v, (size_t)index)
                                                                             : NULL;
        }
        if (!v)
            return NULL;
    }
    return v;
}

/* ---- sets ---- */

static int by_view(const void *a, const void *b)
{
    const lf_view *x = a, *y = b;

    return lf_view_cmp(*x, *y);
}

static struct lf_marking_set set_of(struct lf_arena *a, const lf_view *refs, size_t n)
{
    struct lf_marking_set s = { 0 };
    lf_view *copy = LF_NEW(a, lf_view, n + 1);

    for (size_t i = 0; i < n; i++)
        copy[i] = refs[i];
    if (n)
        qsort(copy, n, sizeof *copy, by_view);
    for (size_t i = 0; i < n; i++)
        if (!i || !lf_view_eq(copy[i], copy[s.n - 1]))
            copy[s.n++] = copy[i];
    s.refs = copy;
    return s;
}

static struct lf_marking_set with(struct lf_arena *a, struct lf_marking_set s, lf_view ref)
{
    lf_view *all = LF_NEW(a, lf_view, s.n + 1);

    for (size_t i = 0; i < s.n; i++)
        all[i] = s.refs[i];
    all[s.n] = ref;
    return set_of(a, all, s.n + 1);
}

static bool holds(const struct lf_marking_set *s, lf_view ref)
{
    for (size_t i = 0; i < s->n; i++)
        if (lf_view_eq(s->refs[i], ref))
            return true;
    return false;
}

/* ---- reading ---- */

static bool is_marking(const struct lf_json *v)
{
    lf_view type;

    return lf_json_kind(v) == LF_JSON_STRING && lf_stix_id_ok(lf_json_text(v), &type) &&
           lf_view_is(type, "marking-definition");
}

static unsigned atom_of(struct lf_arena *a, struct lf_marking *m, lf_view ref)
{
    size_t i = 0;

    while (i < m->natoms && !holds(&m->atoms[i], ref))
        i++;
    if (i == m->natoms && m->natoms < LF_MARKING_ATOMS)
        m->natoms++;
    if (i == LF_MARKING_ATOMS) /* more than we tell apart: who may have all of them has the part */
        i--;
    if (!holds(&m->atoms[i], ref))
        m->atoms[i] = with(a, m->atoms[i], ref);
    return (unsigned)i;
}

static void read_part(struct lf_arena *a, const struct lf_json *object, const struct lf_json *v,
                      struct lf_marking *m, struct lf_marking_part *part)
{
    const struct lf_json *ref = lf_json_get(v, LF_V("marking_ref")),
                         *list = lf_json_get(v, LF_V("selectors"));
    size_t n = lf_json_kind(list) == LF_JSON_ARRAY ? lf_json_items(list) : 0;
    const struct lf_json **nodes;
    lf_view *selectors;
    bool lost = !n || n > LF_MARKING_SELECTORS;

    *part = (struct lf_marking_part){ .atom = LF_MARKING_ATOMS, .tree = v };
    if (!ref && lf_json_kind(lf_json_get(v, LF_V("lang"))) == LF_JSON_STRING)
        ref = NULL; /* a language restricts nobody */
    else if (!is_marking(ref)) {
        m->broken = true;
        return;
    }
    nodes = LF_NEW(a, const struct lf_json *, n + 1);
    selectors = LF_NEW(a, lf_view, n + 1);
    for (size_t i = 0; i < n && !lost; i++) {
        const struct lf_json *node = NULL;

        if (lf_json_kind(lf_json_item(list, i)) == LF_JSON_STRING)
            node = lf_selector_find(object, lf_json_text(lf_json_item(list, i)));
        if (!node) {
            lost = true;
            break;
        }
        selectors[part->nselectors++] = lf_json_text(lf_json_item(list, i));
        nodes[part->nnodes++] = node;
    }
    if (lost) /* then it is the object's, and no part of it */
        part->nselectors = part->nnodes = 0;
    part->nodes = nodes;
    part->selectors = selectors;
    if (!ref)
        return;
    if (lost)
        m->whole = with(a, m->whole, lf_json_text(ref));
    else
        part->atom = atom_of(a, m, lf_json_text(ref));
}

void lf_marking_read(struct lf_arena *a, const struct lf_json *object, struct lf_marking *out)
{
    const struct lf_json *refs = NULL, *parts = NULL;
    struct lf_marking m = { 0 };

    for (size_t i = 0; lf_json_kind(object) == LF_JSON_OBJECT && i < lf_json_members(object); i++) {
        const struct lf_json **at = lf_view_is(lf_json_key(object, i), "object_marking_refs") ? &refs
                                    : lf_view_is(lf_json_key(object, i), "granular_markings") ? &parts
                                                                                              : NULL;

        if (!at)
            continue;
        m.broken |= *at != NULL || lf_json_kind(lf_json_member(object, i)) != LF_JSON_ARRAY ||
                    lf_json_items(lf_json_member(object, i)) > LF_MARKING_REFS;
        *at = lf_json_member(object, i);
    }
    if (refs && !m.broken) {
        lf_view *list = LF_NEW(a, lf_view, lf_json_items(refs) + 1);

        for (size_t i = 0; i < lf_json_items(refs); i++) {
            m.broken |= !is_marking(lf_json_item(refs, i));
            list[i] = lf_json_text(lf_json_item(refs, i));
        }
        m.whole = set_of(a, list, lf_json_items(refs));
    }
    if (parts && !m.broken) {
        struct lf_marking_part *list = LF_NEW(a, struct lf_marking_part, lf_json_items(parts) + 1);

        for (size_t i = 0; i < lf_json_items(parts); i++)
            read_part(a, object, lf_json_item(parts, i), &m, &list[m.nparts++]);
        m.parts = list;
    }
    if (m.broken)
        m = (struct lf_marking){ .broken = true };
    *out = m;
}

/* ---- definitions ---- */

void lf_marking_def_read(const struct lf_json *d, struct lf_marking_def *out)
{
    const struct lf_json *extensions = lf_json_get(d, LF_V("extensions"));
    const struct lf_json *two = lf_json_get(extensions, LF_V(TLP2_EXTENSION));
    const struct lf_json *ours = lf_json_get(extensions, LF_V(LF_EXTENSION_ID));
    const struct lf_json *definition = lf_json_get(d, LF_V("definition"));
    lf_view type = lf_json_str(d, "definition_type"), group = lf_json_str(ours, "sharing_group");
    struct lf_marking_def m = { .group = LF_V("") };
    bool meant = false;

    if (two) {
        enum lf_tlp tlp;

        if (lf_tlp_parse(lf_json_str(two, "tlp_2_0"), &tlp))
            m.tlp = tlp;
        else
            m.unknown = true;
        meant = true;
    }
    if (lf_view_is(type, "tlp")) {
        enum lf_tlp tlp;

        if (!lf_tlp_parse(lf_json_str(definition, "tlp"), &tlp))
            m.unknown = true;
        else if (tlp > m.tlp)
            m.tlp = tlp;
        meant = true;
    } else if (lf_view_is(type, "statement")) {
        meant = true;
    } else if (type.ptr || definition) {
        m.unknown = true;
    }
    if (ours && lf_uuid_ok(group)) {
        m.group = group;
        meant = true;
    } else if (ours) {
        m.unknown = true;
    }
    /* An extension that we do not know may restrict in a way that we do not know. */
    m.unknown |= !meant || lf_json_members(extensions) != (size_t)(two != NULL) + (ours != NULL);
    *out = m;
}
