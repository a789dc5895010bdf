/* STIX 2.0 -> 2.1: what was renamed, and observed data's own objects as objects of their own.
 *
 * Where 2.1 says nothing else, a property stays as it came.  What is made is held against the strict check;
 * what fails it (properties of other programs do) is passed on as it is and told. */
#include <stdio.h>

#include "fmt/stix.h"
#include "fmt/stix_check.h"
#include "isac/format_priv.h"

/* DEEP_MOST: values in one another that are being looked through, over all references that are followed; what
 * is as deep as this is no observation, and the stack has an end. */
enum { OBSERVED_MOST = 2000, DEEP_MOST = 2 * OBSERVED_MOST + 100 };

struct old {
    struct format_in f;
    struct lf_arena doc;
};

static bool is(const struct lf_json *o, const char *type)
{
    return lf_view_is(lf_json_str(o, "type"), type);
}

/* The first thing that is wrong; views live during the call only. */
struct fault {
    char text[300];
    size_t n;
};

static void first_fault(void *ctx, const struct lf_stix_fault *f)
{
    struct fault *first = ctx;

    if (!f->advice && !first->n)
        first->n = (size_t)snprintf(first->text, sizeof first->text, "%.*s: %.*s",
                                    LF_FMT(lf_view_first(f->path, 100)), LF_FMT(lf_view_first(f->text, 180)));
}

/* What stands in m->b goes out; a fault of it is told. */
static enum lf_code give(struct old *x, lf_view id)
{
    const struct lf_json_limits limits = { .bytes = LF_STIX_OBJECT_BYTES, .unique = true };
    const struct lf_json *tree;
    struct fault fault = { .n = 0 };
    struct lf_make *m = &x->f.m;

    lf_buf_byte(&m->b, '}');
    if (m->b.over || lf_json_parse(&m->a, lf_buf_view(&m->b), &limits, &tree, NULL) != LF_OK) {
        lf_make_lost(m, id, LF_V(""), "the object is larger than 1 MiB, or nested too deep");
        return LF_OK;
    }
    if (lf_stix_check(&m->a, tree, first_fault, &fault))
        lf_make_lost(m, id, (lf_view){ fault.text, fault.n },
                     "passed on as it came, though it is not 2.1 by the letter");
    m->made++;
    return m->to->made(m->to->ctx, lf_buf_view(&m->b), x->f.e);
}

static void begin(struct old *x)
{
    lf_buf_reset(&x->f.m.b);
    lf_buf_byte(&x->f.m.b, '{');
}

/* Keys are strangers' here, so they are quoted as values are. */
static void put(struct old *x, lf_view key, const struct lf_json *v)
{
    struct lf_buf *b = &x->f.m.b;

    if (b->len > 1)
        lf_buf_byte(b, ',');
    lf_json_quote(b, key);
    lf_buf_byte(b, ':');
    lf_json_write(b, v);
}

static void put_text(struct old *x, const char *key, lf_view v)
{
    put(x, lf_view_of(key), lf_json_new_string(&x->f.m.a, v));
}

/* created and modified have three decimals in 2.1. */
static void put_milli(struct old *x, lf_view key, const struct lf_json *v)
{
    char text[LF_TIME_TEXT];
    lf_time at;

    if (lf_json_kind(v) == LF_JSON_STRING && lf_stix_time(lf_json_text(v), &at, NULL) == LF_OK && at >= 0 &&
        at <= LF_TIME_MAX)
        put(x, key, lf_json_new_string(&x->f.m.a, lf_arena_copy(&x->f.m.a, lf_time_milli(at, text))));
    else
        put(x, key, v);
}

/* Where 2.1 keeps what 2.0 called labels. */
static const char *types_of(const struct lf_json *o)
{
    static const char *const rows[][2] = { { "indicator", "indicator_types" },
                                           { "malware", "malware_types" },
                                           { "report", "report_types" },
                                           { "tool", "tool_types" },
                                           { "threat-actor", "threat_actor_types" } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (is(o, rows[i][0]))
            return rows[i][1];
    return NULL;
}

/* ---- observed data ---- */

/* Names of an observable's properties that 2.1 changed. */
static const char *renamed(lf_view type, lf_view key)
{
    static const char *const rows[][3] = {
        { "file", "created", "ctime" },
        { "file", "modified", "mtime" },
        { "file", "accessed", "atime" },
        { "directory", "created", "ctime" },
        { "directory", "modified", "mtime" },
        { "directory", "accessed", "atime" },
        { "process", "created", "created_time" },
        { "process", "binary_ref", "image_ref" },
        { "user-account", "password_last_changed", "credential_last_changed" },
        { "windows-registry-key", "modified", "modified_time" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (lf_view_is(type, rows[i][0]) && lf_view_is(key, rows[i][1]))
            return rows[i][2];
    return NULL;
}

/* What 2.1 dropped. */
static bool dropped(lf_view type, lf_view key)
{
    static const char *const rows[][2] = { { "file", "is_encrypted" },
                                           { "file", "encryption_algorithm" },
                                           { "file", "decryption_key" },
                                           { "process", "name" },
                                           { "process", "arguments" } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (lf_view_is(type, rows[i][0]) && lf_view_is(key, rows[i][1]))
            return true;
    return false;
}

struct inner {
    const struct lf_json *all;
    lf_view owner;       /* id of the observed data */
    lf_view *ids;        /* by index, empty until made */
    bool *under;         /* being made: a circle of references */
    struct lf_map names; /* -> index */
    size_t deep;
    lf_view markings;
};

static enum lf_code observable(struct old *x, struct inner *in, size_t i);

/* What has no property that an id is made of (a process) gets a UUID of version 4 (2.1, section 2.9).  Its
 * bits are those of where it stands instead of chance, so that what is read twice is there once. */
static lf_view version4(struct lf_arena *a, lf_view uuid)
{
    char *text = lf_arena_cstr(a, uuid);

    text[14] = '4';
    return (lf_view){ text, uuid.len };
}

/* The id that a local name stands for; empty when there is none. */
static enum lf_code resolve(struct old *x, struct inner *in, lf_view name, lf_view *id)
{
    uint64_t i;

    *id = (lf_view){ "", 0 };
    if (!lf_map_get(&in->names, name, &i))
        return LF_OK;
    LF_TRY(observable(x, in, (size_t)i));
    *id = in->ids[i];
    return LF_OK;
}

/* Values under "…_ref" and "…_refs", wherever they stand, as ids. */
static enum lf_code replaced(struct old *x, struct inner *in, lf_view key, const struct lf_json *v,
                             const struct lf_json **out)
{
    struct lf_arena *a = &x->f.m.a;
    size_t n = lf_json_size(v);
    lf_view id;

    if (in->deep == DEEP_MOST)
        return lf_err_set(x->f.e, LF_TOO_BIG, "%.*s: references of its objects lead too deep",
                          LF_FMT(in->owner));
    in->deep++;
    *out = v;
    if (lf_view_ends(key, LF_V("_ref")) && lf_json_kind(v) == LF_JSON_STRING) {
        LF_TRY(resolve(x, in, lf_json_text(v), &id));
        *out = id.len ? lf_json_new_string(a, id) : NULL;
    } else if (lf_json_kind(v) == LF_JSON_ARRAY) {
        const struct lf_json **items = LF_NEW(a, const struct lf_json *, n + 1);
        size_t k = 0;

        for (size_t i = 0; i < n; i++) {
            lf_view inner = lf_view_ends(key, LF_V("_refs")) ? LF_V("x_ref") : LF_V("");

            LF_TRY(replaced(x, in, inner, lf_json_item(v, i), &items[k]));
            if (!items[k])
                lf_make_lost(&x->f.m, in->owner, lf_json_text(lf_json_item(v, i)),
                             "a reference to nothing that is there");
            k += items[k] != NULL;
        }
        *out = k || !n ? lf_json_new_array(a, k, items) : NULL;
    } else if (lf_json_kind(v) == LF_JSON_OBJECT) {
        const struct lf_json **values = LF_NEW(a, const struct lf_json *, n + 1);
        lf_view *keys = LF_NEW(a, lf_view, n + 1);
        size_t k = 0;

        for (size_t i = 0; i < n; i++) {
            keys[k] = lf_json_key(v, i);
            LF_TRY(replaced(x, in, keys[k], lf_json_member(v, i), &values[k]));
            k += values[k] != NULL;
        }
        *out = lf_json_new_object(a, k, keys, values);
    }
    in->deep--;
    return LF_OK;
}

static enum lf_code observable(struct old *x, struct inner *in, size_t i)
{
    const struct lf_json *o = lf_json_member(in->all, i), **values, *tree;
    struct lf_arena *a = &x->f.m.a;
    lf_view type = lf_json_str(o, "type"), *keys, id, where;
    size_t n = 0;

    if (in->ids[i].len || in->under[i] || !lf_stix_type_ok(type))
        return LF_OK;
    in->under[i] = true;
    where = lf_arena_printf(a, "%.*s.objects.%.*s", LF_FMT(in->owner),
                            LF_FMT(lf_view_first(lf_json_key(in->all, i), 60)));
    keys = LF_NEW(a, lf_view, lf_json_members(o) + 1);
    values = LF_NEW(a, const struct lf_json *, lf_json_members(o) + 1);
    for (size_t k = 0; k < lf_json_members(o); k++) {
        lf_view key = lf_json_key(o, k);
        const char *now = renamed(type, key);

        if (dropped(type, key)) {
            lf_make_lost(&x->f.m, lf_arena_printf(a, "%.*s.%.*s", LF_FMT(where), LF_FMT(key)),
                         lf_json_text(lf_json_member(o, k)), "2.1 has no such property");
            continue;
        }
        keys[n] = now ? lf_view_of(now) : key;
        LF_TRY(replaced(x, in, keys[n], lf_json_member(o, k), &values[n]));
        if (!values[n])
            lf_make_lost(&x->f.m, lf_arena_printf(a, "%.*s.%.*s", LF_FMT(where), LF_FMT(key)),
                         lf_json_text(lf_json_member(o, k)), "it refers to nothing that is there");
        n += values[n] != NULL;
    }
    tree = lf_json_new_object(a, n, keys, values);
    id = lf_stix_sco_id(a, tree);
    if (!id.len)
        id = lf_arena_printf(a, "%.*s--%.*s", LF_FMT(type),
                             LF_FMT(version4(a, lf_make_uuid(&x->f.m, in->owner, lf_json_key(in->all, i)))));
    in->under[i] = false;
    in->ids[i] = id;
    if (!lf_make_first(&x->f.m, id))
        return LF_OK;
    begin(x);
    put_text(x, "type", type);
    put_text(x, "spec_version", LF_V("2.1"));
    put_text(x, "id", id);
    if (in->markings.len) {
        const struct lf_json *m;

        LF_TRY(lf_json_parse(a, in->markings, NULL, &m, x->f.e));
        put(x, LF_V("object_marking_refs"), m);
    }
    for (size_t k = 0; k < n; k++)
        if (!lf_view_is(keys[k], "type") && !lf_view_is(keys[k], "id") &&
            !lf_view_is(keys[k], "spec_version"))
            put(x, keys[k], values[k]);
    return give(x, id);
}

/* The object's markings with those of its parts: parts move into objects of their own, and what is marked
 * must stay so. */
static lf_view all_markings(struct old *x, const struct lf_json *o)
{
    const struct lf_json *whole = lf_json_get(o, LF_V("object_marking_refs")),
                         *parts = lf_json_get(o, LF_V("granular_markings"));
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 1 << 16);
    for (size_t i = 0; lf_json_kind(whole) == LF_JSON_ARRAY && i < lf_json_items(whole); i++) {
        lf_buf_byte(&b, b.len ? ',' : '[');
        lf_json_quote(&b, lf_json_text(lf_json_item(whole, i)));
    }
    for (size_t i = 0; lf_json_kind(parts) == LF_JSON_ARRAY && i < lf_json_items(parts); i++) {
        lf_view id = lf_json_str(lf_json_item(parts, i), "marking_ref");

        if (id.len && lf_view_find(lf_buf_view(&b), id) == SIZE_MAX) {
            lf_buf_byte(&b, b.len ? ',' : '[');
            lf_json_quote(&b, id);
        }
    }
    if (b.len)
        lf_buf_byte(&b, ']');
    out = lf_arena_copy(&x->f.m.a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static enum lf_code observed(struct old *x, const struct lf_json *o, const struct lf_json **refs)
{
    const struct lf_json *all = lf_json_get(o, LF_V("objects")), **items;
    size_t n = lf_json_members(all), k = 0;
    struct inner in = { .all = all, .owner = lf_json_str(o, "id"), .markings = all_markings(x, o) };
    enum lf_code rc = LF_OK;

    if (n > OBSERVED_MOST)
        return lf_err_set(x->f.e, LF_TOO_BIG, "%.*s: more than %d objects", LF_FMT(in.owner), OBSERVED_MOST);
    in.ids = LF_NEW(&x->f.m.a, lf_view, n + 1);
    in.under = LF_NEW(&x->f.m.a, bool, n + 1);
    items = LF_NEW(&x->f.m.a, const struct lf_json *, n + 1);
    lf_map_init(&in.names, 0x6f626a73);
    for (size_t i = 0; i < n; i++)
        lf_map_set(&in.names, lf_json_key(all, i), i);
    for (size_t i = 0; i < n && rc == LF_OK; i++) {
        rc = observable(x, &in, i);
        if (rc == LF_OK && in.ids[i].len)
            items[k++] = lf_json_new_string(&x->f.m.a, in.ids[i]);
    }
    lf_map_clear(&in.names);
    LF_TRY(rc);
    *refs = lf_json_new_array(&x->f.m.a, k, items);
    return LF_OK;
}

/* ---- objects ---- */

static enum lf_code object(struct old *x, const struct lf_json *o, size_t at)
{
    const char *types = types_of(o);
    bool parts = lf_json_items(lf_json_get(o, LF_V("granular_markings"))) > 0,
         has_objects = is(o, "observed-data") &&
                       lf_json_kind(lf_json_get(o, LF_V("objects"))) == LF_JSON_OBJECT;
    const struct lf_json *refs = NULL;
    lf_view id = lf_json_str(o, "id"), markings = { "", 0 };

    if (lf_json_kind(o) != LF_JSON_OBJECT || !lf_stix_id_ok(id, NULL)) {
        lf_make_lost(&x->f.m, lf_arena_printf(&x->f.m.a, "objects[%zu]", at), id,
                     "no STIX object: it has no id");
        return LF_OK;
    }
    if (has_objects) {
        LF_TRY(observed(x, o, &refs));
        if (!lf_json_items(refs)) {
            lf_make_lost(&x->f.m, id, LF_V(""), "observed data without an observable");
            return LF_OK;
        }
        markings = parts ? all_markings(x, o) : LF_V("");
    }
    begin(x);
    put_text(x, "type", lf_json_str(o, "type"));
    put_text(x, "spec_version", LF_V("2.1"));
    for (size_t i = 0; i < lf_json_members(o); i++) {
        lf_view key = lf_json_key(o, i);
        const struct lf_json *v = lf_json_member(o, i);

        if (lf_view_is(key, "type") || lf_view_is(key, "spec_version") ||
            (has_objects && lf_view_is(key, "objects")) ||
            (markings.len &&
             (lf_view_is(key, "granular_markings") || lf_view_is(key, "object_marking_refs"))))
            continue;
        if (lf_view_is(key, "created") || lf_view_is(key, "modified"))
            put_milli(x, key, v);
        else if (lf_view_is(key, "labels") && types) {
            put(x, lf_view_of(types), v);
            if (parts) /* a selector may name it */
                put(x, key, v);
        } else
            put(x, key, v);
    }
    if (is(o, "indicator") && !lf_json_get(o, LF_V("pattern_type")))
        put_text(x, "pattern_type", LF_V("stix"));
    if (is(o, "malware") &&
        !lf_json_get(o, LF_V("is_family"))) /* 2.0 knew malware as a technique, not as one file */
        put(x, LF_V("is_family"), lf_json_new_word(&x->f.m.a, LF_JSON_TRUE));
    if (refs)
        put(x, LF_V("object_refs"), refs);
    if (markings.len) {
        const struct lf_json *m;

        LF_TRY(lf_json_parse(&x->f.m.a, markings, NULL, &m, x->f.e));
        put(x, LF_V("object_marking_refs"), m);
        lf_make_lost(&x->f.m, lf_arena_printf(&x->f.m.a, "%.*s.granular_markings", LF_FMT(id)), LF_V(""),
                     "its parts are objects of their own now: the whole and each of them is marked");
    }
    return give(x, id);
}

bool format_stix20_is(lf_view text)
{
    lf_view head = lf_view_first(text, 65536);
    size_t at = lf_view_find(head, LF_V("\"spec_version\""));

    if (lf_view_find(head, LF_V("\"bundle\"")) == SIZE_MAX)
        return false;
    head = lf_view_from(head, at == SIZE_MAX ? head.len : at + 14);
    return lf_view_starts(lf_view_trim(lf_view_from(lf_view_trim(head), 1)), LF_V("\"2.0\""));
}

static enum lf_code old(struct old *x, lf_view text)
{
    const struct lf_json_limits limits = {
        .bytes = UINT32_MAX, .depth = 128, .unique = true, .rest = x->f.m.to->rest
    };
    const struct lf_json *doc, *list;

    LF_TRY(lf_json_parse(&x->doc, text, &limits, &doc, x->f.e));
    list = is(doc, "bundle") ? lf_json_get(doc, LF_V("objects")) : doc;
    if (lf_json_kind(list) == LF_JSON_OBJECT && list == doc)
        return object(x, doc, 0);
    if (list && lf_json_kind(list) != LF_JSON_ARRAY)
        return lf_err_set(x->f.e, LF_BAD_INPUT, "STIX 2.0: a bundle or a list of objects is wanted");
    for (size_t i = 0; i < lf_json_items(list); i++) {
        LF_TRY(object(x, lf_json_item(list, i), i));
        lf_arena_reset(&x->f.m.a);
    }
    return LF_OK;
}

FORMAT_READER(format_stix20_read)
{
    struct old x = { 0 };
    enum lf_code rc;

    format_in_init(&x.f, use, to, e);
    rc = old(&x, text);
    format_in_clear(&x.f);
    lf_arena_clear(&x.doc);
    return rc;
}
