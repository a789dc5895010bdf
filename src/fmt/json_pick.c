#include "fmt/json_priv.h"

/* Most keys of an event are asked for by nobody.  Length and first byte tell so for
 * nearly all of them from one word; the others cost a hash of at most 16 of their
 * bytes and one comparison. */
struct lf_json_picker {
    const lf_view *names;
    size_t n;
    uint64_t first[64]; /* by length: which first bytes (their low six bits) occur */
    uint32_t mask;      /* of `slots` */
    uint16_t *slots;    /* index + 1, open addressing */
};

static uint32_t mix(const char *p, size_t len)
{
    uint64_t a = 0, b = 0;

    if (len >= 8) {
        memcpy(&a, p, 8);
        memcpy(&b, p + len - 8, 8);
    } else {
        memcpy(&a, p, len);
    }
    a = (a ^ len) * 0x9e3779b97f4a7c15u;
    b = (b ^ (a >> 29)) * 0xbf58476d1ce4e5b9u;
    return (uint32_t)((a ^ b) >> 32);
}

const struct lf_json_picker *lf_json_picker_new(struct lf_arena *a, const lf_view *names, size_t n)
{
    struct lf_json_picker *p = LF_NEW(a, struct lf_json_picker, 1);
    size_t cap = 16;

    if (n > LF_JSON_PICKS)
        LF_BUG("a picker of %zu names", n);
    while (cap < n * 4)
        cap *= 2;
    p->names = names;
    p->n = n;
    p->mask = (uint32_t)cap - 1;
    p->slots = LF_NEW(a, uint16_t, cap);
    for (size_t i = 0; i < n; i++) {
        uint32_t at = mix(names[i].ptr, names[i].len) & p->mask;
        size_t len = names[i].len < 63 ? names[i].len : 63;

        while (p->slots[at] && !lf_view_eq(names[p->slots[at] - 1], names[i]))
            at = (at + 1) & p->mask;
        if (p->slots[at])
            LF_BUG("a picker with %.*s twice", LF_FMT(names[i]));
        p->slots[at] = (uint16_t)(i + 1);
        p->first[len] |= (uint64_t)1 << (len ? names[i].ptr[0] & 63 : 0);
    }
    return p;
}

uint64_t lf_json_pick(const struct lf_json *v, const struct lf_json_picker *p, const uint64_t *tags,
                      const struct lf_json **out)
{
    uint64_t seen = 0;

    if (out && p->n)
        memset(out, 0, p->n * sizeof *out); /* a null pointer is zeros wherever this runs */
    if (!v || v->kind != LF_JSON_OBJECT)
        return 0;
    for (uint32_t i = 0; i < v->n; i++) {
        const struct lf_json *key = &v->items[2 * (size_t)i];
        size_t len = key->n;

        if (!(p->first[len < 63 ? len : 63] >> (len ? key->text[0] & 63 : 0) & 1))
            continue;
        for (uint32_t at = mix(key->text, len) & p->mask; p->slots[at]; at = (at + 1) & p->mask) {
            size_t k = p->slots[at] - 1u;

            if (p->names[k].len == len && memcmp(p->names[k].ptr, key->text, len) == 0) {
                if (out && !out[k])
                    out[k] = key + 1;
                if (tags)
                    seen |= tags[k];
                break;
            }
        }
    }
    return seen;
}

const struct lf_json *lf_json_at(const struct lf_json *o, lf_view name)
{
    const struct lf_json *v = lf_json_get(o, name);

    if (v || lf_json_kind(o) != LF_JSON_OBJECT)
        return v;
    for (size_t i = 0; i < name.len; i++) {
        const struct lf_json *in;
        lf_view rest;

        if (name.ptr[i] != '.')
            continue;
        in = lf_json_get(o, lf_view_first(name, i));
        rest = lf_view_from(name, i + 1);
        if (lf_json_kind(in) == LF_JSON_OBJECT) {
            v = lf_json_at(in, rest);
        } else if (lf_json_kind(in) == LF_JSON_ARRAY) {
            for (size_t k = 0; k < lf_json_items(in) && !v; k++)
                v = lf_json_at(lf_json_item(in, k), rest);
        }
        if (v)
            return v;
    }
    return NULL;
}
