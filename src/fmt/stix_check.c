#include "fmt/stix_check_priv.h"

#include <stdlib.h>

#include "base/map.h"
#include "fmt/charset_name.h"
#include "fmt/stix.h"

enum { FAULTS_MOST = 100, NAME_LEAST = 3, NAME_MOST = 250, CUSTOM_DEPTH = 64 };

/* ---- telling ---- */

void stix_fault(struct stix_check *c, bool advice, const char *fmt, ...)
{
    struct lf_err e = { 0 };
    struct lf_stix_fault f = { .id = c->id, .path = { c->path, c->n }, .advice = advice };
    va_list ap;

    c->musts += !advice;
    if (c->told++ >= FAULTS_MOST)
        return;
    va_start(ap, fmt);
    (void)vsnprintf(e.text, sizeof e.text, fmt, ap);
    va_end(ap);
    f.text = lf_view_of(e.text);
    c->tell(c->ctx, &f);
}
/* A step down the path; give what it returns to stix_up(). */
size_t stix_down(struct stix_check *c, lf_view name)
{
    size_t was = c->n;

    name = lf_view_first(name, 200); /* unknown names have any length */
    if (c->n + name.len + 1 < STIX_PATH_MOST) {
        if (c->n)
            c->path[c->n++] = '.';
        LF_ASSERT(name.ptr || name.len == 0);
        if (name.len > 0)
            memcpy(c->path + c->n, name.ptr, name.len);
        c->n += name.len;
    }
    return was;
}

static size_t stix_down_item(struct stix_check *c, size_t i)
{
    size_t was = c->n;

    if (c->n + 24 < STIX_PATH_MOST)
        c->n += (size_t)snprintf(c->path + c->n, 24, "[%zu]", i);
    return was;
}

/* ---- values ---- */

static bool word_in(const char *list, lf_view word)
{
    lf_view rest = lf_view_of(list), one;

    while (lf_view_split(&rest, ' ', &one))
        if (lf_view_eq(one, word))
            return true;
    return false;
}

static bool only(lf_view v, const char *letters)
{
    for (size_t i = 0; i < v.len; i++)
        if (!v.ptr[i] || !strchr(letters, v.ptr[i]))
            return false;
    return v.len > 0;
}

static bool is_hex(lf_view v)
{
    return only(v, "0123456789abcdefABCDEF");
}

/* CTPH: the size of a block and two sums of base64 letters, colons between. */
static bool is_ssdeep(lf_view v)
{
    size_t one = lf_view_find_byte(v, ':'), two;

    if (one == SIZE_MAX || !only(lf_view_first(v, one), "0123456789"))
        return false;
    v = lf_view_from(v, one + 1);
    two = lf_view_find_byte(v, ':');
    for (size_t i = 0; i < v.len; i++)
        if (v.ptr[i] <= ' ' || v.ptr[i] > '~')
            return false;
    return two != SIZE_MAX;
}

/* 70 digits, since version 4 behind "T1". */
static bool is_tlsh(lf_view v)
{
    return is_hex(v.len == 72 && lf_view_starts(v, LF_V("T1")) ? lf_view_from(v, 2) : v) &&
           (v.len == 70 || v.len == 72);
}

static bool is_base64(lf_view v)
{
    size_t pad = 0;

    if (v.len % 4)
        return false;
    for (size_t i = 0; i < v.len; i++) {
        char ch = v.ptr[i];
        bool digit = (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') ||
                     ch == '+' || ch == '/';

        if (ch == '=' && i + 2 >= v.len)
            pad++;
        else if (!digit || pad)
            return false;
    }
    return true;
}

/* RFC 5646 as far as its form goes: subtags of one to eight letters and digits. */
static bool is_lang(lf_view v)
{
    lf_view one;
    bool first = true;

    /* One letter alone (x-…, i-…) only says what kind of subtag follows. */
    if (v.len < 2 || v.ptr[v.len - 1] == '-')
        return false;
    while (lf_view_split(&v, '-', &one)) {
        if (one.len < 1 || one.len > 8)
            return false;
        for (size_t i = 0; i < one.len; i++) {
            char ch = (char)(one.ptr[i] | 0x20);

            if (!(ch >= 'a' && ch <= 'z') && (first || one.ptr[i] < '0' || one.ptr[i] > '9'))
                return false;
        }
        first = false;
    }
    return true;
}

bool stix_is_url(lf_view v)
{
    size_t colon = lf_view_find_byte(v, ':');

    if (colon == SIZE_MAX || colon == 0)
        return false;
    for (size_t i = 0; i < v.len; i++) {
        unsigned char ch = (unsigned char)v.ptr[i];
        unsigned char low = ch | 0x20;

        if (ch <= ' ' || ch == 0x7f)
            return false;
        if (i < colon && !(low >= 'a' && low <= 'z') &&
            (i == 0 || !((ch >= '0' && ch <= '9') || ch == '+' || ch == '-' || ch == '.')))
            return false;
    }
    return true;
}

static bool is_mime(lf_view v)
{
    static const char *const roots[] = { "application/", "audio/", "font/",  "image/",    "message/",
                                         "model/",       "text/",  "video/", "multipart/" };

    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        if (lf_view_starts(v, lf_view_of(roots[i])))
            return v.len > strlen(roots[i]) && lf_view_find_byte(v, ' ') == SIZE_MAX;
    return false;
}

bool stix_is_name(lf_view v)
{
    if (v.len < NAME_LEAST || v.len > NAME_MOST || v.ptr[0] < 'a' || v.ptr[0] > 'z')
        return false;
    for (size_t i = 0; i < v.len; i++)
        if (!((v.ptr[i] >= 'a' && v.ptr[i] <= 'z') || (v.ptr[i] >= '0' && v.ptr[i] <= '9') ||
              v.ptr[i] == '_'))
            return false;
    return true;
}

static bool is_key(lf_view v)
{
    if (!v.len || v.len > NAME_MOST)
        return false;
    for (size_t i = 0; i < v.len; i++) {
        char low = (char)(v.ptr[i] | 0x20);

        if (!((low >= 'a' && low <= 'z') || (v.ptr[i] >= '0' && v.ptr[i] <= '9') || v.ptr[i] == '_' ||
              v.ptr[i] == '-'))
            return false;
    }
    return true;
}

static const char *kind_name(const struct lf_json *v)
{
    static const char *const names[] = { "null",   "a boolean", "a boolean", "a number",
                                         "a text", "a list",    "an object" };

    return names[lf_json_kind(v)];
}

static bool is_int(const struct lf_json *v, int64_t *out)
{
    return lf_json_kind(v) == LF_JSON_NUMBER && lf_view_i64(lf_json_text(v), out) &&
           *out >= -9007199254740991 && *out <= 9007199254740991;
}

static double real_of(const struct lf_json *v)
{
    char text[64];
    lf_view t = lf_view_first(lf_json_text(v), sizeof text - 1);

    memcpy(text, t.ptr, t.len);
    text[t.len] = '\0';
    return strtod(text, NULL);
}

/* ---- kinds ---- */

static void check_shape(struct stix_check *c, const struct lf_json *v, const struct stix_shape *s,
                        const struct stix_shape *common);

static bool type_fits(const char *list, lf_view type)
{
    const struct stix_shape *s = stix_shape_of(type.ptr, type.len);

    if (lf_view_is(type, "bundle")) /* no object */
        return false;
    if (strcmp(list, "any") == 0 || word_in(list, type))
        return true;
    if (!s) /* of an extension: it may be any of them */
        return word_in(list, LF_V("sdo")) || word_in(list, LF_V("sco")) || word_in(list, LF_V("sro"));
    return (s->class == STIX_SDO && word_in(list, LF_V("sdo"))) ||
           (s->class == STIX_SCO && word_in(list, LF_V("sco"))) ||
           (s->class == STIX_SRO && !lf_view_is(type, "language-content") && word_in(list, LF_V("sro")));
}

static void check_local(struct stix_check *c, lf_view key)
{
    if (!lf_json_get(c->local, key))
        MUST(c, "\"%.*s\" is no key of these objects", LF_FMT(lf_view_first(key, 80)));
}

static void check_ref(struct stix_check *c, const struct stix_prop *p, lf_view text)
{
    lf_view type;

    if (c->local)
        check_local(c, text);
    else if (!lf_stix_id_exact(text, &type))
        MUST(c, "\"%.*s\" is not <type>--<UUID>", LF_FMT(lf_view_first(text, 80)));
    else if (!type_fits(p->of, type))
        MUST(c, "may point to %s, not to %.*s", strcmp(p->of, "any") == 0 ? "any object" : p->of,
             LF_FMT(type));
}

static const struct {
    const char *name;
    size_t digits;
} sums[] = {
    { "MD5", 32 },      { "SHA-1", 40 },     { "SHA-256", 64 }, { "SHA-512", 128 },
    { "SHA3-256", 64 }, { "SHA3-512", 128 }, { "SSDEEP", 0 },   { "TLSH", 0 },
};

static void check_hashes(struct stix_check *c, const struct lf_json *v)
{
    if (!lf_json_members(v))
        MUST(c, "a dictionary must not be empty");
    for (size_t i = 0; i < lf_json_members(v); i++) {
        lf_view key = lf_json_key(v, i), text = lf_json_text(lf_json_member(v, i));
        size_t was = stix_down(c, key), k;

        for (k = 0; k < sizeof sums / sizeof *sums && !lf_view_is(key, sums[k].name); k++)
            ;
        if (lf_json_kind(lf_json_member(v, i)) != LF_JSON_STRING)
            MUST(c, "a sum is a text, not %s", kind_name(lf_json_member(v, i)));
        else if (k == sizeof sums / sizeof *sums && (!is_key(key) || key.len < NAME_LEAST))
            MUST(c, "a name of an algorithm has 3 to 250 of the letters a-z, A-Z, 0-9, - and _");
        else if (k == sizeof sums / sizeof *sums)
            SHOULD(c, "is no algorithm of the vocabulary: MD5, SHA-1, SHA-256, SHA-512, SHA3-256, SHA3-512, "
                      "SSDEEP, TLSH");
        else if (sums[k].digits && (text.len != sums[k].digits || !is_hex(text)))
            MUST(c, "%s is %zu hexadecimal digits", sums[k].name, sums[k].digits);
        else if (lf_view_is(key, "SSDEEP") && !is_ssdeep(text))
            MUST(c, "SSDEEP is a number and two sums, colons between");
        else if (lf_view_is(key, "TLSH") && !is_tlsh(text))
            MUST(c, "TLSH is 70 hexadecimal digits, T1 before them or not");
        stix_up(c, was);
    }
}

/* What nobody knows is still no null and nothing empty (2.4, 2.12), however deep. */
static void check_custom(struct stix_check *c, const struct lf_json *v, unsigned depth)
{
    enum lf_json_kind kind = lf_json_kind(v);

    if (kind == LF_JSON_NULL)
        MUST(c, "is null; leave it out");
    if (kind != LF_JSON_ARRAY && kind != LF_JSON_OBJECT)
        return;
    if (!lf_json_size(v))
        MUST(c, "%s must not be empty; leave it out", kind == LF_JSON_ARRAY ? "a list" : "a dictionary");
    for (size_t i = 0; depth < CUSTOM_DEPTH && i < lf_json_size(v); i++) {
        size_t was = kind == LF_JSON_ARRAY ? stix_down_item(c, i) : stix_down(c, lf_json_key(v, i));

        check_custom(c, kind == LF_JSON_ARRAY ? lf_json_item(v, i) : lf_json_member(v, i), depth + 1);
        stix_up(c, was);
    }
}

static void check_dict(struct stix_check *c, const struct lf_json *v, enum stix_kind kind)
{
    if (!lf_json_members(v))
        MUST(c, "a dictionary must not be empty");
    for (size_t i = 0; i < lf_json_members(v); i++) {
        const struct lf_json *m = lf_json_member(v, i);
        size_t was = stix_down(c, lf_json_key(v, i));
        int64_t n;

        if (!is_key(lf_json_key(v, i)))
            MUST(c, "a key has 1 to 250 of the letters a-z, A-Z, 0-9, - and _");
        if (kind == STIX_TEXTS && lf_json_kind(m) != LF_JSON_STRING)
            MUST(c, "is a text, not %s", kind_name(m));
        if (kind == STIX_INTS && !is_int(m, &n))
            MUST(c, "is a whole number, not %s", kind_name(m));
        if (kind == STIX_SCALARS && lf_json_kind(m) != LF_JSON_STRING && !is_int(m, &n))
            MUST(c, "is a text or a whole number, not %s", kind_name(m));
        if (kind == STIX_DICT)
            check_custom(c, m, 0);
        if (kind == STIX_LISTS) {
            if (lf_json_kind(m) != LF_JSON_ARRAY)
                MUST(c, "is a list of texts, not %s", kind_name(m));
            else if (!lf_json_items(m))
                MUST(c, "a list must not be empty; leave it out");
            for (size_t k = 0; lf_json_kind(m) == LF_JSON_ARRAY && k < lf_json_items(m); k++)
                if (lf_json_kind(lf_json_item(m, k)) != LF_JSON_STRING)
                    MUST(c, "is a list of texts");
        }
        stix_up(c, was);
    }
}

/* References of a property that nobody knows, by its name. */
static void check_local_refs(struct stix_check *c, lf_view name, const struct lf_json *v)
{
    bool many = lf_view_ends(name, LF_V("_refs"));

    if (!c->local || (!many && !lf_view_ends(name, LF_V("_ref"))))
        return;
    for (size_t k = 0; many && lf_json_kind(v) == LF_JSON_ARRAY && k < lf_json_items(v); k++)
        check_local(c, lf_json_text(lf_json_item(v, k)));
    if (!many && lf_json_kind(v) == LF_JSON_STRING)
        check_local(c, lf_json_text(v));
}

static void check_inner(struct stix_check *c, const struct lf_json *o);

/* The deprecated form of observed data: objects under keys of their own, which the
 * text of 2.1 describes by that of 2.0. */
static void check_objects(struct stix_check *c, const struct lf_json *v)
{
    SHOULD(c, "is deprecated: list the ids of cyber-observables in object_refs");
    if (!lf_json_members(v))
        MUST(c, "a dictionary must not be empty");
    for (size_t i = 0; i < lf_json_members(v); i++) {
        size_t was = stix_down(c, lf_json_key(v, i));
        struct stix_check in = *c;

        in.local = v;
        check_inner(&in, lf_json_member(v, i));
        c->musts = in.musts;
        c->told = in.told;
        stix_up(c, was);
    }
}

/* The keys are properties of the object that is translated, so they are named as properties are. */
static void check_translated(struct stix_check *c, const struct lf_json *v)
{
    for (size_t i = 0; i < lf_json_members(v); i++) {
        size_t was = stix_down(c, lf_json_key(v, i));

        if (!stix_is_name(lf_json_key(v, i)))
            MUST(c, STIX_NAME_RULE);
        stix_up(c, was);
    }
}

static void check_contents(struct stix_check *c, const struct lf_json *v)
{
    if (!lf_json_members(v))
        MUST(c, "a dictionary must not be empty");
    for (size_t i = 0; i < lf_json_members(v); i++) {
        size_t was = stix_down(c, lf_json_key(v, i));

        if (!is_lang(lf_json_key(v, i)))
            MUST(c, "the key is a language as RFC 5646 writes it");
        if (lf_json_kind(lf_json_member(v, i)) != LF_JSON_OBJECT)
            MUST(c, "is an object of the translated properties");
        else if (!lf_json_members(lf_json_member(v, i)))
            MUST(c, "a dictionary must not be empty");
        else
            check_translated(c, lf_json_member(v, i));
        stix_up(c, was);
    }
}

static void check_extensions(struct stix_check *c, const struct lf_json *v)
{
    static const char types[] = "new-sdo new-sco new-sro property-extension toplevel-property-extension";

    if (!lf_json_members(v))
        MUST(c, "a dictionary must not be empty");
    for (size_t i = 0; i < lf_json_members(v); i++) {
        lf_view key = lf_json_key(v, i), type;
        const struct lf_json *m = lf_json_member(v, i), *kind;
        const struct stix_shape *s = stix_extension_of(c->type.ptr, c->type.len, key.ptr, key.len);
        size_t was = stix_down(c, key);

        kind = lf_json_get(m, LF_V("extension_type"));
        if (lf_json_kind(m) != LF_JSON_OBJECT) {
            MUST(c, "an extension is an object, not %s", kind_name(m));
        } else if (s) {
            if (!lf_json_members(m) || (lf_json_members(m) == 1 && has(m, "pe_type")))
                MUST(c, "an extension has at least one property%s", has(m, "pe_type") ? " more" : "");
            check_shape(c, m, s, NULL);
        } else if (lf_stix_id_ok(key, &type) && lf_view_is(type, "extension-definition")) {
            if (lf_json_kind(kind) != LF_JSON_STRING || !word_in(types, lf_json_text(kind)))
                MUST(c, "has an extension_type, which is one of %s", types);
            check_custom(c, m, 0);
        } else if (!lf_view_ends(key, LF_V("-ext"))) {
            MUST(c, "the key is the id of an extension-definition, or a predefined extension of %.*s",
                 LF_FMT(c->type));
        } else {
            SHOULD(c, "is no predefined extension of %.*s; give it an extension-definition", LF_FMT(c->type));
        }
        stix_up(c, was);
    }
}

static void check_number(struct stix_check *c, const struct stix_prop *p, const struct lf_json *v)
{
    int64_t n = 0;
    double d;

    if (p->kind == STIX_INT) {
        if (!is_int(v, &n))
            MUST(c, "is a whole number within 2^53-1, not %.*s",
                 LF_FMT(lf_json_kind(v) == LF_JSON_NUMBER ? lf_view_first(lf_json_text(v), 40)
                                                          : lf_view_of(kind_name(v))));
        else if ((p->least || p->most) && (n < p->least || n > p->most))
            MUST(c, "is %lld, and may be %lld to %lld", (long long)n, (long long)p->least,
                 (long long)p->most);
        return;
    }
    if (lf_json_kind(v) != LF_JSON_NUMBER) {
        MUST(c, "is a number, not %s", kind_name(v));
        return;
    }
    d = real_of(v);
    if ((p->least || p->most) && !(d >= (double)p->least && d <= (double)p->most))
        MUST(c, "is %.*s, and may be %lld to %lld", LF_FMT(lf_view_first(lf_json_text(v), 40)),
             (long long)p->least, (long long)p->most);
}

static void check_text(struct stix_check *c, const struct stix_prop *p, lf_view text)
{
    lf_time at;
    lf_view type;

    switch ((enum stix_kind)p->kind) {
    case STIX_MILLI:
        if (lf_stix_time(text, &at, NULL) == LF_OK && text.len < 24)
            MUST(c, "has three decimals of a second, or more: 2026-11-21T02:48:16.123Z");
        /* fall through */
    case STIX_TIME:
        if (lf_stix_time(text, &at, NULL) != LF_OK)
            MUST(c, "\"%.*s\" is no time as 2026-11-21T02:48:16.123Z", LF_FMT(lf_view_first(text, 40)));
        break;
    case STIX_ID:
        if (!lf_stix_id_exact(text, &type))
            MUST(c, "\"%.*s\" is not <type>--<UUID>", LF_FMT(lf_view_first(text, 80)));
        else if (!lf_view_eq(type, c->type))
            MUST(c, "begins with another type than \"%.*s\"", LF_FMT(lf_view_first(c->type, 80)));
        break;
    case STIX_REF:
        check_ref(c, p, text);
        break;
    case STIX_ENUM:
        if (!word_in(p->of, text))
            MUST(c, "is \"%.*s\", and may be: %s", LF_FMT(lf_view_first(text, 40)), p->of);
        break;
    case STIX_BINARY:
        if (!is_base64(text))
            MUST(c, "is not base64 (RFC 4648)");
        break;
    case STIX_HEX:
        if (!only(text, "0123456789abcdef") || text.len % 2)
            MUST(c, "is pairs of hexadecimal digits, 0-9 and a-f");
        break;
    case STIX_LANG:
        if (!is_lang(text))
            MUST(c, "is no language as RFC 5646 writes it");
        break;
    case STIX_CHARSET:
        if (!lf_charset_name_ok(text))
            MUST(c, "is no name of IANA's character sets, as UTF-8 or ISO-8859-1 is");
        break;
    case STIX_URL:
        if (!stix_is_url(text))
            MUST(c, "is no URL");
        break;
    case STIX_MIME:
        if (!is_mime(text))
            SHOULD(c, "is a media type of IANA's list");
        break;
    default:
        break;
    }
}

static void check_value(struct stix_check *c, const struct stix_prop *p, const struct lf_json *v)
{
    switch ((enum stix_kind)p->kind) {
    case STIX_ANY:
        return;
    case STIX_BOOL:
        if (lf_json_kind(v) != LF_JSON_TRUE && lf_json_kind(v) != LF_JSON_FALSE)
            MUST(c, "is true or false, not %s", kind_name(v));
        return;
    case STIX_INT:
    case STIX_FLOAT:
        check_number(c, p, v);
        return;
    case STIX_HASHES:
    case STIX_DICT:
    case STIX_TEXTS:
    case STIX_LISTS:
    case STIX_INTS:
    case STIX_SCALARS:
    case STIX_OBJECT:
    case STIX_OBJECTS:
    case STIX_CONTENTS:
    case STIX_EXTENSIONS:
        if (lf_json_kind(v) != LF_JSON_OBJECT)
            MUST(c, "is an object, not %s", kind_name(v));
        else if (p->kind == STIX_HASHES)
            check_hashes(c, v);
        else if (p->kind == STIX_OBJECT && !lf_json_members(v))
            MUST(c, "an object has at least one property");
        else if (p->kind == STIX_OBJECT)
            check_shape(c, v, p->shape, NULL);
        else if (p->kind == STIX_OBJECTS)
            check_objects(c, v);
        else if (p->kind == STIX_CONTENTS)
            check_contents(c, v);
        else if (p->kind == STIX_EXTENSIONS)
            check_extensions(c, v);
        else
            check_dict(c, v, (enum stix_kind)p->kind);
        return;
    default:
        if (lf_json_kind(v) != LF_JSON_STRING)
            MUST(c, "is a text, not %s", kind_name(v));
        else
            check_text(c, p, lf_json_text(v));
    }
}

static void check_prop(struct stix_check *c, const struct stix_prop *p, const struct lf_json *v)
{
    if (!(p->flags & STIX_LIST)) {
        check_value(c, p, v);
        return;
    }
    if (lf_json_kind(v) != LF_JSON_ARRAY) {
        MUST(c, "is a list, not %s", kind_name(v));
        return;
    }
    if (!lf_json_items(v))
        MUST(c, "a list must not be empty; leave the property out");
    for (size_t i = 0; i < lf_json_items(v); i++) {
        size_t was = stix_down_item(c, i);

        check_value(c, p, lf_json_item(v, i));
        stix_up(c, was);
    }
}

static const struct stix_prop *prop_of(const struct stix_shape *s, lf_view name)
{
    for (size_t i = 0; s && i < s->n; i++)
        if (lf_view_is(name, s->props[i].name))
            return &s->props[i];
    return NULL;
}

static void missing(struct stix_check *c, const struct lf_json *v, const struct stix_shape *s)
{
    for (size_t i = 0; s && i < s->n; i++) {
        size_t was;

        if (!(s->props[i].flags & STIX_MUST) || has(v, s->props[i].name))
            continue;
        was = stix_down(c, lf_view_of(s->props[i].name));
        MUST(c, "is missing");
        stix_up(c, was);
    }
}

/* Properties nobody knows: a sound name, and that something is there. */
static void check_unknown(struct stix_check *c, lf_view name, const struct lf_json *v, bool top)
{
    check_custom(c, v, 0);
    check_local_refs(c, name, v);
    if (!stix_is_name(name))
        MUST(c, STIX_NAME_RULE);
    else if (top && word_in("severity username phone_number action", name))
        MUST(c, "is a name that STIX reserves"); /* 3.8 */
    else if (top && c->known && c->class != STIX_SCO && lf_view_is(name, "defanged"))
        MUST(c, "is for cyber-observables only");
    else if (!top || (c->known && !c->extended))
        SHOULD(c, "is no property here; what is added belongs into an extension");
}

static void check_shape(struct stix_check *c, const struct lf_json *v, const struct stix_shape *s,
                        const struct stix_shape *common)
{
    missing(c, v, common);
    missing(c, v, s);
    for (size_t i = 0; i < lf_json_members(v); i++) {
        lf_view name = lf_json_key(v, i);
        const struct stix_prop *p = prop_of(s, name);
        size_t was = stix_down(c, name);

        p = p ? p : prop_of(common, name);
        if (p && lf_json_kind(lf_json_member(v, i)) == LF_JSON_NULL && p->kind != STIX_ANY)
            MUST(c, "is null; leave the property out");
        else if (p)
            check_prop(c, p, lf_json_member(v, i));
        else
            check_unknown(c, name, lf_json_member(v, i), v == c->object);
        stix_up(c, was);
    }
}

/* One of the objects under keys: a cyber-observable, without what is an object's at the top (its id, …). */
static void check_inner(struct stix_check *c, const struct lf_json *o)
{
    static const struct stix_prop type = { "type", STIX_STRING, STIX_MUST, NULL, NULL, 0, 0 };
    static const struct stix_shape common = { "", STIX_PART, 1, &type };
    const struct stix_shape *s;

    c->object = o;
    c->class = STIX_SCO;
    c->type = lf_json_str(o, "type");
    if (lf_json_kind(o) != LF_JSON_OBJECT || !c->type.len) {
        MUST(c, "is a cyber-observable with its type");
        return;
    }
    s = stix_shape_of(c->type.ptr, c->type.len);
    if (s && s->class != STIX_SCO) {
        MUST(c, "is a cyber-observable, and \"%.*s\" is none", LF_FMT(lf_view_first(c->type, 80)));
        return;
    }
    c->known = s != NULL;
    c->extended = lf_json_get(o, LF_V("extensions")) != NULL;
    check_shape(c, o, s, &common);
    if (s)
        stix_rules(c);
}

/* ---- markings ---- */

/* A selector: names and [n], with dots between; it must lead to something. */
static const struct lf_json *pick(const struct lf_json *v, lf_view selector)
{
    lf_view step;

    if (!selector.len)
        return NULL;
    while (v && lf_view_split(&selector, '.', &step)) {
        uint64_t n;

        if (step.len > 2 && step.ptr[0] == '[' && step.ptr[step.len - 1] == ']') {
            if (lf_json_kind(v) != LF_JSON_ARRAY ||
                !lf_view_u64(lf_view_first(lf_view_from(step, 1), step.len - 2), &n) || n >= lf_json_items(v))
                return NULL;
            v = lf_json_item(v, (size_t)n);
        } else {
            v = lf_json_get(v, step);
        }
    }
    return v;
}

static void check_markings(struct stix_check *c)
{
    const struct lf_json *list = lf_json_get(c->object, LF_V("granular_markings"));
    const struct lf_json *refs = lf_json_get(c->object, LF_V("object_marking_refs"));
    size_t was = stix_down(c, LF_V("granular_markings")), item;

    for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_items(list); i++) {
        const struct lf_json *g = lf_json_item(list, i), *s = lf_json_get(g, LF_V("selectors"));

        item = stix_down_item(c, i);
        if (lf_json_kind(g) == LF_JSON_OBJECT && has(g, "lang") == has(g, "marking_ref"))
            MUST(c, "has either lang or marking_ref");
        for (size_t k = 0; lf_json_kind(s) == LF_JSON_ARRAY && k < lf_json_items(s); k++)
            if (lf_json_kind(lf_json_item(s, k)) == LF_JSON_STRING &&
                !pick(c->object, lf_json_text(lf_json_item(s, k))))
                MUST(c, "the selector \"%.*s\" leads to nothing in the object",
                     LF_FMT(lf_view_first(lf_json_text(lf_json_item(s, k)), 100)));
        if (lf_view_eq(lf_json_str(g, "marking_ref"), c->id) && c->id.len)
            MUST(c, "a marking must not mark itself");
        stix_up(c, item);
    }
    stix_up(c, was);
    for (size_t i = 0; lf_json_kind(refs) == LF_JSON_ARRAY && i < lf_json_items(refs); i++)
        if (c->id.len && lf_view_eq(lf_json_text(lf_json_item(refs, i)), c->id)) {
            was = stix_down(c, LF_V("object_marking_refs"));
            MUST(c, "a marking must not mark itself");
            stix_up(c, was);
        }
}

/* ---- objects ---- */

static void check_sco_id(struct stix_check *c)
{
    lf_view made;
    size_t was;

    if (c->id.len < 36 || c->id.ptr[c->id.len - 36 + 14] != '5')
        return; /* any UUID that is not of version 5 may be chosen, as version 4 */
    made = lf_stix_sco_id(c->a, c->object);
    if ((!made.len && !c->known) || lf_view_eq_nocase(made, c->id))
        return;
    was = stix_down(c, LF_V("id"));
    if (made.len)
        SHOULD(c, "is %.*s by the properties that make it", LF_FMT(made));
    else if (lf_view_is(c->type, "process")) /* 6.13 says please */
        SHOULD(c, "has a UUID of version 4: a process has nothing to make one of version 5 of");
    else /* 2.9 */
        MUST(c, "has a UUID of version 4: nothing is there to make one of version 5 of");
    stix_up(c, was);
}

/* What extensions the object has that may add to its top, or make its type: `made` is the class. */
static bool extended(const struct lf_json *object, bool *made, enum stix_class *class)
{
    const struct lf_json *x = lf_json_get(object, LF_V("extensions"));
    bool top = false;

    for (size_t i = 0; lf_json_kind(x) == LF_JSON_OBJECT && i < lf_json_members(x); i++) {
        lf_view t = lf_json_str(lf_json_member(x, i), "extension_type");

        top = top || lf_view_is(t, "toplevel-property-extension");
        if (lf_view_starts(t, LF_V("new-")))
            *class = lf_view_is(t, "new-sco") ? STIX_SCO : lf_view_is(t, "new-sro") ? STIX_SRO : STIX_SDO;
        *made = *made || lf_view_starts(t, LF_V("new-"));
    }
    return top || *made;
}

static size_t check_object(struct lf_arena *a, const struct lf_json *v, lf_stix_fault_fn tell, void *ctx)
{
    struct stix_check *c = LF_NEW(a, struct stix_check, 1);
    const struct stix_shape *s, *common;
    enum stix_class new = STIX_SDO;
    bool made = false;

    *c = (struct stix_check){ .a = a, .object = v, .tell = tell, .ctx = ctx };
    if (lf_json_kind(v) != LF_JSON_OBJECT) {
        MUST(c, "a STIX object is a JSON object, not %s", kind_name(v));
        return c->musts;
    }
    c->type = lf_json_str(v, "type");
    c->id = lf_view_first(lf_json_str(v, "id"), LF_STIX_ID);
    c->type = c->type.ptr ? c->type : LF_V("");
    s = stix_shape_of(c->type.ptr, c->type.len);
    c->extended = extended(v, &made, &new);
    c->known = s != NULL;
    c->class = s ? (enum stix_class)s->class : new;
    if (!s) {
        size_t was = stix_down(c, LF_V("type"));

        if (c->type.len && (!lf_stix_type_ok(c->type) || c->type.ptr[0] < 'a'))
            MUST(c, "a type has 3 to 250 of the letters a-z, 0-9 and single -, and begins with a letter");
        else if (lf_view_is(c->type, "action"))
            MUST(c, "is a name that the standard keeps for itself");
        else if (c->type.len && !made)
            SHOULD(c, "is no type of STIX 2.1; a new one belongs into an extension");
        stix_up(c, was);
    }
    common = stix_common(c->class);
    check_shape(c, v, s, common);
    stix_later(c, "created", "modified", true);
    check_markings(c);
    if (s)
        stix_rules(c);
    if (c->class == STIX_SCO)
        check_sco_id(c);
    return c->musts;
}

/* What two versions of one object owe each other (3.6): the creator and `created`. */
static void check_versions(struct stix_check *c, const struct lf_json *first, const struct lf_json *v)
{
    static const char *const same[] = { "created_by_ref", "created" };
    lf_time a, b;

    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        lf_view was = lf_json_str(first, same[i]), is = lf_json_str(v, same[i]);

        if (!lf_view_eq(was, is)) {
            size_t at = stix_down(c, lf_view_of(same[i]));

            MUST(c, "is another than in the version before it: only the creator makes versions, and created "
                    "stays");
            stix_up(c, at);
        }
    }
    if (lf_stix_time(lf_json_str(first, "modified"), &a, NULL) == LF_OK &&
        lf_stix_time(lf_json_str(v, "modified"), &b, NULL) == LF_OK && a != b &&
        lf_json_bool(a < b ? first : v, "revoked", false))
        MUST(c, "there is a version after the one that was revoked");
}

static size_t check_list(struct lf_arena *a, const struct lf_json *list, lf_stix_fault_fn tell, void *ctx)
{
    struct lf_map seen;
    size_t musts = 0;

    lf_map_init(&seen, 5);
    for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_items(list); i++) {
        const struct lf_json *v = lf_json_item(list, i);
        lf_view id = lf_json_str(v, "id");
        uint64_t before;

        musts += check_object(a, v, tell, ctx);
        if (!id.len || !lf_json_str(v, "modified").len)
            continue;
        if (lf_map_get(&seen, id, &before)) {
            struct stix_check *c = LF_NEW(a, struct stix_check, 1);

            *c = (struct stix_check){ .a = a, .object = v, .tell = tell, .ctx = ctx };
            c->id = lf_view_first(id, LF_STIX_ID);
            check_versions(c, lf_json_item(list, (size_t)before), v);
            musts += c->musts;
        } else {
            lf_map_set(&seen, id, i);
        }
    }
    lf_map_clear(&seen);
    return musts;
}

size_t lf_stix_check(struct lf_arena *a, const struct lf_json *tree, lf_stix_fault_fn tell, void *ctx)
{
    static const struct stix_prop p[] = {
        { "type", STIX_STRING, STIX_MUST, NULL, NULL, 0, 0 },
        { "id", STIX_ID, STIX_MUST, NULL, NULL, 0, 0 },
        { "objects", STIX_ANY, STIX_LIST, NULL, NULL, 0, 0 },
    };
    static const struct stix_shape bundle = { "bundle", STIX_PART, 3, p };
    const struct lf_json *list;
    struct stix_check *c;
    size_t musts;

    if (!lf_view_is(lf_json_str(tree, "type"), "bundle"))
        return check_object(a, tree, tell, ctx);
    c = LF_NEW(a, struct stix_check, 1);
    *c = (struct stix_check){
        .a = a, .object = tree, .tell = tell, .ctx = ctx, .type = LF_V("bundle"), .known = true
    };
    c->id = lf_view_first(lf_json_str(tree, "id"), LF_STIX_ID);
    check_shape(c, tree, &bundle, NULL);
    musts = c->musts;
    list = lf_json_get(tree, LF_V("objects"));
    return musts + check_list(a, list, tell, ctx);
}
