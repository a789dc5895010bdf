#include "fmt/stix.h"

#include <stdio.h>

#include "base/crypto.h"
#include "fmt/stix_pattern.h"
#include "fmt/stix_schema.h"

#define STIX_TIME_LEAST ((lf_time)-62167219200 * LF_SECOND)    /* 0000-01-01 */
#define STIX_TIME_MOST ((lf_time)253402300800 * LF_SECOND - 1) /* the end of 9999 */

bool lf_stix_cve_ok(lf_view id)
{
    enum { YEAR = 4, DASH = 8, LEAST = 13 };

    if (id.len < LEAST || !lf_view_starts(id, LF_V("CVE-")))
        return false;
    for (size_t i = YEAR; i < id.len; i++)
        if (i == DASH ? id.ptr[i] != '-' : id.ptr[i] < '0' || id.ptr[i] > '9')
            return false;
    return true;
}

bool lf_stix_type_ok(lf_view t)
{
    if (t.len < 3 || t.len > 250 || t.ptr[0] == '-' || t.ptr[t.len - 1] == '-')
        return false;
    for (size_t i = 0; i < t.len; i++) {
        char c = t.ptr[i];

        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && t.ptr[i - 1] != '-')))
            return false;
    }
    return true;
}

bool lf_stix_id_ok(lf_view id, lf_view *type)
{
    lf_view t, uuid;

    if (id.len < 3 + 2 + 36 || id.len > LF_STIX_ID)
        return false;
    t = lf_view_first(id, id.len - 38);
    uuid = lf_view_from(id, id.len - 36);
    if (id.ptr[t.len] != '-' || id.ptr[t.len + 1] != '-' || !lf_stix_type_ok(t) || !lf_uuid_ok(uuid) ||
        lf_view_is(uuid, "00000000-0000-0000-0000-000000000000"))
        return false;
    if (type)
        *type = t;
    return true;
}

bool lf_stix_id_exact(lf_view id, lf_view *type)
{
    const char *uuid = id.ptr + id.len - 36;

    return lf_stix_id_ok(id, type) && memchr("89abAB", uuid[19], 6) && uuid[14] >= '1' && uuid[14] <= '8';
}

enum lf_code lf_stix_time(lf_view text, lf_time *out, struct lf_err *e)
{
    struct lf_stix_moment at;

    if (!lf_stix_moment_parse(text, &at))
        return lf_err_set(e, LF_UNACCEPTED,
                          "time \"%.*s\": STIX writes one that exists as 2026-11-21T02:48:16.123Z",
                          LF_FMT(lf_view_first(text, 80)));
    *out = at.second * LF_SECOND + at.nano / 1000;
    return LF_OK;
}

lf_view lf_stix_micro(lf_time t, char out[LF_TIME_TEXT])
{
    struct lf_civil c =
        lf_civil_of(t < STIX_TIME_LEAST ? STIX_TIME_LEAST : (t > STIX_TIME_MOST ? STIX_TIME_MOST : t));

    (void)snprintf(out, LF_TIME_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", c.year, c.month, c.day, c.hour,
                   c.minute, c.second, c.micro);
    return lf_view_of(out);
}

unsigned lf_stix_decimals(lf_view text)
{
    size_t dot = lf_view_find_byte(text, '.');
    size_t n = 0;

    if (!text.len)
        return 6;
    while (dot != SIZE_MAX && n < 6 && dot + 1 + n < text.len && text.ptr[dot + 1 + n] >= '0' &&
           text.ptr[dot + 1 + n] <= '9')
        n++;
    return (unsigned)n;
}

lf_view lf_stix_time_text(lf_time t, unsigned decimals, char out[LF_TIME_TEXT])
{
    lf_view text = lf_stix_micro(t, out);
    size_t end = text.len - 1 - (decimals ? 6 - decimals : 7); /* of ".123456Z" */

    out[end] = 'Z';
    out[end + 1] = '\0';
    return lf_view_first(text, end + 1);
}

/* An observable of somebody's own: an extension says so (2.1, 7.3), or, as before there were
 * extensions, it is of 2.1 and has none of the properties that make versions. */
static bool own_sco(const struct lf_json *tree, lf_view spec_version)
{
    const struct lf_json *x = lf_json_get(tree, LF_V("extensions"));

    for (size_t i = 0; lf_json_kind(x) == LF_JSON_OBJECT && i < lf_json_members(x); i++)
        if (lf_view_is(lf_json_str(lf_json_member(x, i), "extension_type"), "new-sco"))
            return true;
    return lf_view_is(spec_version, "2.1") && !lf_json_get(tree, LF_V("created")) &&
           !lf_json_get(tree, LF_V("modified")) && !lf_json_get(tree, LF_V("created_by_ref")) &&
           !lf_json_get(tree, LF_V("revoked"));
}

static enum lf_code text_member(const struct lf_json *tree, const char *key, lf_view *out, struct lf_err *e)
{
    const struct lf_json *v = lf_json_get(tree, lf_view_of(key));

    *out = (lf_view){ "", 0 };
    if (!v)
        return LF_OK;
    if (lf_json_kind(v) != LF_JSON_STRING)
        return lf_err_set(e, LF_UNACCEPTED, "property \"%s\" of a STIX object is a text", key);
    *out = lf_json_text(v);
    return LF_OK;
}

enum lf_code lf_stix_of(const struct lf_json *tree, struct lf_stix *out, struct lf_err *e)
{
    struct lf_stix s = { .tree = tree };
    lf_view of_id = { 0 }, created, modified;
    const struct lf_json *revoked;
    const struct stix_shape *shape;
    lf_time c = 0, m = 0;
    bool sco;

    if (!tree || lf_json_kind(tree) != LF_JSON_OBJECT)
        return lf_err_set(e, LF_UNACCEPTED, "a STIX object is a JSON object");
    LF_TRY(text_member(tree, "id", &s.id, e));
    LF_TRY(text_member(tree, "type", &s.type, e));
    LF_TRY(text_member(tree, "spec_version", &s.spec_version, e));
    LF_TRY(text_member(tree, "created_by_ref", &s.created_by, e));
    LF_TRY(text_member(tree, "created", &created, e));
    LF_TRY(text_member(tree, "modified", &modified, e));
    if (!lf_stix_id_ok(s.id, &of_id))
        return lf_err_set(e, LF_UNACCEPTED, "id \"%.*s\" is not <type>--<UUID>",
                          LF_FMT(lf_view_first(s.id, 80)));
    if (!lf_view_eq(of_id, s.type))
        return lf_err_set(e, LF_UNACCEPTED, "%.*s: type \"%.*s\" is not the one in its id", LF_FMT(s.id),
                          LF_FMT(lf_view_first(s.type, 80)));
    if (lf_view_is(s.type, "bundle"))
        return lf_err_set(e, LF_UNACCEPTED, "%.*s: a bundle is no object; send what is in it", LF_FMT(s.id));
    shape = stix_shape_of(s.type.ptr, s.type.len);
    sco = shape ? shape->class == STIX_SCO : own_sco(tree, s.spec_version);
    if (!s.spec_version.len)
        /* Only cyber-observables may leave it out in 2.1; an object of 2.0 has none. */
        s.spec_version = sco ? LF_V("2.1") : LF_V("2.0");
    else if (!lf_view_is(s.spec_version, "2.1") && !lf_view_is(s.spec_version, "2.0"))
        return lf_err_set(e, LF_UNACCEPTED, "%.*s: spec_version \"%.*s\" is not known here", LF_FMT(s.id),
                          LF_FMT(lf_view_first(s.spec_version, 20)));
    if (created.len)
        LF_TRY(lf_stix_time(created, &c, e));
    if (modified.len)
        LF_TRY(lf_stix_time(modified, &m, e));
    if (!sco && !created.len)
        return lf_err_set(e, LF_UNACCEPTED, "%.*s: \"created\" is missing", LF_FMT(s.id));
    if (!sco && !modified.len && !lf_view_is(s.type, "marking-definition"))
        return lf_err_set(e, LF_UNACCEPTED, "%.*s: \"modified\" is missing", LF_FMT(s.id));
    if (created.len && modified.len && m < c)
        return lf_err_set(e, LF_UNACCEPTED, "%.*s: modified is before created", LF_FMT(s.id));
    if (s.created_by.len && !lf_stix_id_ok(s.created_by, NULL))
        return lf_err_set(e, LF_UNACCEPTED, "%.*s: created_by_ref is no identifier", LF_FMT(s.id));
    revoked = lf_json_get(tree, LF_V("revoked"));
    if (revoked && lf_json_kind(revoked) != LF_JSON_TRUE && lf_json_kind(revoked) != LF_JSON_FALSE)
        return lf_err_set(e, LF_UNACCEPTED, "%.*s: revoked is true or false", LF_FMT(s.id));
    s.revoked = revoked && lf_json_kind(revoked) == LF_JSON_TRUE;
    if (!sco) {
        s.version = modified.len ? modified : created;
        s.version_at = modified.len ? m : c;
    } else {
        s.version = (lf_view){ "", 0 };
    }
    *out = s;
    return LF_OK;
}

enum lf_code lf_stix_read(struct lf_arena *a, lf_view json, struct lf_stix *out, struct lf_err *e)
{
    const struct lf_json_limits limits = { .bytes = LF_STIX_OBJECT_BYTES, .unique = true };
    const struct lf_json *tree;

    LF_TRY(lf_json_parse(a, json, &limits, &tree, e));
    return lf_stix_of(tree, out, e);
}

lf_view lf_stix_pattern_write(struct lf_arena *a, lf_view path, lf_view value)
{
    char *esc = lf_arena_alloc(a, lf_arena_mul(value.len, 2) + 1, 1);
    size_t n = 0, total = path.len + 64;
    char *out;

    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] == '\'' || value.ptr[i] == '\\')
            esc[n++] = '\\';
        esc[n++] = value.ptr[i];
    }
    total += n;
    out = lf_arena_alloc(a, total, 1);
    size_t at = 0;
    out[at++] = '[';
    memcpy(out + at, path.ptr, path.len);
    at += path.len;
    memcpy(out + at, " = '", 4);
    at += 4;
    if (n)
        memcpy(out + at, esc, n);
    at += n;
    memcpy(out + at, "']", 2);
    at += 2;
    return (lf_view){ out, at };
}

static void skip(lf_view *v)
{
    while (v->len && (v->ptr[0] == ' ' || v->ptr[0] == '\t' || v->ptr[0] == '\n' || v->ptr[0] == '\r'))
        *v = lf_view_from(*v, 1);
}

static bool eat(lf_view *v, char c)
{
    skip(v);
    if (!v->len || v->ptr[0] != c)
        return false;
    *v = lf_view_from(*v, 1);
    return true;
}

static bool quoted(struct lf_arena *a, lf_view *in, lf_view *out)
{
    char *text = lf_arena_alloc(a, in->len + 1, 1);
    size_t n = 0;

    if (!eat(in, '\''))
        return false;
    for (;;) {
        char c;

        if (!in->len)
            return false;
        c = in->ptr[0];
        *in = lf_view_from(*in, 1);
        if (c == '\'')
            break;
        if (c == '\\') {
            if (!in->len || (in->ptr[0] != '\'' && in->ptr[0] != '\\'))
                return false;
            c = in->ptr[0];
            *in = lf_view_from(*in, 1);
        }
        text[n++] = c;
    }
    *out = (lf_view){ text, n };
    return true;
}

/* type ":" step, then any of "." step, "'" quoted "'" as in file:hashes.'SHA-256'. */
static bool path_of(lf_view *in, lf_view *out)
{
    size_t n = 0;
    bool quote = false;

    skip(in);
    for (; n < in->len; n++) {
        char c = in->ptr[n];

        if (c == '\'')
            quote = !quote;
        else if (!quote && !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                             c == '-' || c == '_' || c == ':' || c == '.'))
            break;
    }
    *out = lf_view_first(*in, n);
    *in = lf_view_from(*in, n);
    return n && !quote && lf_view_find_byte(*out, ':') != SIZE_MAX;
}

enum lf_code lf_stix_pattern_read(struct lf_arena *a, lf_view pattern, lf_view *path, lf_view *value,
                                  struct lf_err *e)
{
    lf_view in = pattern, p, v;

    if (pattern.len > LF_STIX_PATTERN)
        return lf_err_set(e, LF_UNACCEPTED, "pattern over %d bytes", LF_STIX_PATTERN);
    if (eat(&in, '[') && path_of(&in, &p) && eat(&in, '=') && quoted(a, &in, &v) && eat(&in, ']')) {
        skip(&in);
        if (!in.len) {
            *path = p;
            *value = v;
            return LF_OK;
        }
    }
    return lf_err_set(e, LF_UNACCEPTED, "pattern is not of the form [type:property = 'value']");
}
