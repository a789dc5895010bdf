#include "model/redact.h"

#include <stdlib.h>

#include "fmt/stix.h"
#include "fmt/stix_check.h"
#include "model/extension.h"

struct redact {
    struct lf_arena *a;
    const struct lf_json *object;
    const struct lf_marking *m;
    const struct lf_redaction *r;
    const struct lf_json **gone; /* sorted */
    size_t ngone;
    struct lf_buf b;
};

static bool kept(const struct redact *x, const struct lf_marking_part *p)
{
    return p->atom == LF_MARKING_ATOMS || (x->r->mask & (1u << p->atom)) != 0;
}

static int by_address(const void *a, const void *b)
{
    const struct lf_json *const *x = a, *const *y = b;

    return *x < *y ? -1 : *x > *y;
}

static void gather(struct redact *x)
{
    size_t n = 0;

    for (size_t i = 0; i < x->m->nparts; i++)
        n += x->m->parts[i].nnodes;
    x->gone = LF_NEW(x->a, const struct lf_json *, n + 1);
    for (size_t i = 0; i < x->m->nparts; i++)
        for (size_t k = 0; !kept(x, &x->m->parts[i]) && k < x->m->parts[i].nnodes; k++)
            x->gone[x->ngone++] = x->m->parts[i].nodes[k];
    if (x->ngone)
        qsort(x->gone, x->ngone, sizeof *x->gone, by_address);
}

/* Whether a value goes: it is marked, it names the reporter, or all that was in it goes (STIX
 * has no empty lists). */
static bool goes(const struct redact *x, const struct lf_json *v)
{
    size_t n = lf_json_size(v), left = 0;

    if (x->ngone && bsearch(&v, x->gone, x->ngone, sizeof *x->gone, by_address))
        return true;
    if (lf_json_kind(v) == LF_JSON_STRING)
        for (size_t i = 0; i < 2; i++)
            if (x->r->reporters[i].len && lf_view_eq(lf_json_text(v), x->r->reporters[i]))
                return true;
    for (size_t i = 0; i < n && !left; i++)
        left += !goes(x, lf_json_kind(v) == LF_JSON_OBJECT ? lf_json_member(v, i) : lf_json_item(v, i));
    return n && !left;
}

static void put_key(struct redact *x, bool *any, lf_view key)
{
    if (*any)
        lf_buf_byte(&x->b, ',');
    *any = true;
    lf_json_quote(&x->b, key);
    lf_buf_byte(&x->b, ':');
}

static void put_value(struct redact *x, const struct lf_json *v)
{
    bool any = false;

    if (lf_json_kind(v) == LF_JSON_OBJECT) {
        lf_buf_byte(&x->b, '{');
        for (size_t i = 0; i < lf_json_members(v); i++)
            if (!goes(x, lf_json_member(v, i))) {
                put_key(x, &any, lf_json_key(v, i));
                put_value(x, lf_json_member(v, i));
            }
        lf_buf_byte(&x->b, '}');
    } else if (lf_json_kind(v) == LF_JSON_ARRAY) {
        lf_buf_byte(&x->b, '[');
        for (size_t i = 0; i < lf_json_items(v); i++)
            if (!goes(x, lf_json_item(v, i))) {
                if (any)
                    lf_buf_byte(&x->b, ',');
                any = true;
                put_value(x, lf_json_item(v, i));
            }
        lf_buf_byte(&x->b, ']');
    } else {
        lf_json_write(&x->b, v);
    }
}

/* A selector as it is in the copy, where items before it may be gone; false: what it named is. */
static bool put_selector(struct redact *x, lf_view selector, bool *any)
{
    const struct lf_json *v = x->object;
    struct lf_buf out;
    lf_view rest = selector, word;
    bool there = true, first = true;

    lf_buf_init(&out, LF_SELECTOR_BYTES + 1);
    while (there && lf_view_split(&rest, '.', &word)) {
        uint64_t index = 0, less = 0;

        if (!first)
            lf_buf_byte(&out, '.');
        first = false;
        if (lf_json_kind(v) == LF_JSON_ARRAY) {
            (void)lf_view_u64((lf_view){ word.ptr + 1, word.len - 2 }, &index);
            for (size_t i = 0; i < index; i++)
                less += goes(x, lf_json_item(v, i));
            v = lf_json_item(v, (size_t)index);
            lf_buf_printf(&out, "[%llu]", (unsigned long long)(index - less));
        } else {
            v = lf_json_get(v, word);
            lf_buf_put(&out, word);
        }
        there = !goes(x, v);
    }
    if (there) {
        if (*any)
            lf_buf_byte(&x->b, ',');
        *any = true;
        lf_json_quote(&x->b, lf_buf_view(&out));
    }
    lf_buf_clear(&out);
    return there;
}

static void put_parts(struct redact *x, bool *any)
{
    bool some = false;

    for (size_t i = 0; i < x->m->nparts; i++) {
        const struct lf_marking_part *p = &x->m->parts[i];
        size_t was = x->b.len;
        bool listed = false, member = false;

        if (!kept(x, p) || !p->nselectors)
            continue;
        if (!some)
            put_key(x, any, LF_V("granular_markings"));
        lf_buf_byte(&x->b, some ? ',' : '[');
        lf_buf_byte(&x->b, '{');
        for (size_t k = 0; k < lf_json_members(p->tree); k++)
            if (!lf_view_is(lf_json_key(p->tree, k), "selectors")) {
                put_key(x, &member, lf_json_key(p->tree, k));
                lf_json_write(&x->b, lf_json_member(p->tree, k));
            }
        put_key(x, &member, LF_V("selectors"));
        lf_buf_byte(&x->b, '[');
        for (size_t k = 0; k < p->nselectors; k++)
            (void)put_selector(x, p->selectors[k], &listed);
        LF_PUT(&x->b, "]}");
        if (!listed)
            x->b.len = was; /* the key before it is written over, too */
        else
            some = true;
    }
    if (some)
        lf_buf_byte(&x->b, ']');
}

/* What our extension says of a source is of its reporter: the policy it went out under is not
 * for others. */
static void put_extensions(struct redact *x, const struct lf_json *all, bool cyber)
{
    const struct lf_json *ours = lf_json_get(all, LF_V(LF_EXTENSION_ID));
    bool any = false, member = false;

    lf_buf_byte(&x->b, '{');
    for (size_t i = 0; lf_json_kind(all) == LF_JSON_OBJECT && i < lf_json_members(all); i++)
        if (!lf_view_is(lf_json_key(all, i), LF_EXTENSION_ID) && !goes(x, lf_json_member(all, i))) {
            put_key(x, &any, lf_json_key(all, i));
            put_value(x, lf_json_member(all, i));
        }
    put_key(x, &any, LF_V(LF_EXTENSION_ID));
    lf_buf_byte(&x->b, '{');
    put_key(x, &member, LF_V("extension_type"));
    LF_PUT(&x->b, "\"property-extension\"");
    for (size_t i = 0; lf_json_kind(ours) == LF_JSON_OBJECT && !goes(x, ours) && i < lf_json_members(ours);
         i++) {
        lf_view key = lf_json_key(ours, i);

        if (lf_view_is(key, "extension_type") || lf_view_is(key, "policy") ||
            lf_view_is(key, "derived_from") || goes(x, lf_json_member(ours, i)))
            continue;
        put_key(x, &member, key);
        put_value(x, lf_json_member(ours, i));
    }
    /* An observable's id is made of its value: who has it can try values until one fits. */
    put_key(x, &member, LF_V("redacted"));
    LF_PUT(&x->b, "true");
    if (!cyber) {
        put_key(x, &member, LF_V("derived_from"));
        lf_json_quote(&x->b, lf_json_str(x->object, "id"));
    }
    LF_PUT(&x->b, "}}");
}

static void put_object(struct redact *x)
{
    const struct lf_json *o = x->object;
    bool cyber = !lf_json_get(o, LF_V("created")), any = false;

    lf_buf_byte(&x->b, '{');
    for (size_t i = 0; i < lf_json_members(o); i++) {
        const struct lf_json *v = lf_json_member(o, i);
        lf_view key = lf_json_key(o, i);

        if (lf_view_is(key, "id")) {
            put_key(x, &any, key);
            lf_json_quote(&x->b, x->r->id);
            if (!cyber) {
                put_key(x, &any, LF_V("created_by_ref"));
                lf_json_quote(&x->b, x->r->creator);
            }
        } else if (!lf_view_is(key, "created_by_ref") && !lf_view_is(key, "object_marking_refs") &&
                   !lf_view_is(key, "granular_markings") && !lf_view_is(key, "extensions") && !goes(x, v)) {
            put_key(x, &any, key);
            put_value(x, v);
        }
    }
    if (x->m->whole.n) {
        put_key(x, &any, LF_V("object_marking_refs"));
        for (size_t i = 0; i < x->m->whole.n; i++) {
            lf_buf_byte(&x->b, i ? ',' : '[');
            lf_json_quote(&x->b, x->m->whole.refs[i]);
        }
        lf_buf_byte(&x->b, ']');
    }
    put_parts(x, &any);
    put_key(x, &any, LF_V("extensions"));
    put_extensions(x, lf_json_get(o, LF_V("extensions")), cyber);
    lf_buf_byte(&x->b, '}');
}

static void pass_over(void *ctx, const struct lf_stix_fault *f)
{
    (void)ctx;
    (void)f;
}

lf_view lf_redact(struct lf_arena *a, const struct lf_json *object, const struct lf_marking *m,
                  const struct lf_redaction *r)
{
    /* Signed, or what others refer to by their ids, or nothing but a name. */
    static const char *const never[] = { "marking-definition", "extension-definition", "incident-event",
                                         "language-content", "bundle" };
    struct redact x = { .a = a, .object = object, .m = m, .r = r };
    lf_view type = lf_json_str(object, "type"), out = { "", 0 };
    const struct lf_json *copy;

    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        if (lf_view_is(type, never[i]))
            return out;
    for (size_t i = 0; i < 2; i++)
        if (r->reporters[i].len && lf_view_eq(lf_json_str(object, "id"), r->reporters[i]))
            return out;
    if (m->broken || lf_json_kind(object) != LF_JSON_OBJECT)
        return out;
    gather(&x);
    lf_buf_init(&x.b, LF_STIX_OBJECT_BYTES);
    put_object(&x);
    if (!x.b.over)
        out = lf_arena_copy(a, lf_buf_view(&x.b));
    lf_buf_clear(&x.b);
    /* What its type must have is there, or there is no copy. */
    if (out.len && (lf_json_parse(a, out, &(struct lf_json_limits){ .depth = 512 }, &copy, NULL) != LF_OK ||
                    lf_stix_check(a, copy, pass_over, NULL) > lf_stix_check(a, object, pass_over, NULL)))
        out = (lf_view){ "", 0 };
    return out;
}
