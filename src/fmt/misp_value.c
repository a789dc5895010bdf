/* MISP's values as patterns and as cyber-observables. */
#include "fmt/misp_in.h"

static bool hex(lf_view v, size_t digits)
{
    if (v.len != digits)
        return false;
    for (size_t i = 0; i < v.len; i++)
        if (!memchr("0123456789abcdefABCDEF", v.ptr[i], 22))
            return false;
    return true;
}

/* Six pairs with colons, as STIX writes them; hyphens are taken. */
static bool mac(struct lf_make *m, lf_view v, lf_view *out)
{
    char text[17];

    if (v.len != sizeof text)
        return false;
    for (size_t i = 0; i < sizeof text; i++) {
        char c = v.ptr[i];

        if (i % 3 == 2 ? c != ':' && c != '-' : !memchr("0123456789abcdefABCDEF", c, 22))
            return false;
        text[i] = i % 3 == 2 ? ':' : (char)(c >= 'A' && c <= 'F' ? c | 0x20 : c);
    }
    *out = lf_arena_copy(&m->a, (lf_view){ text, sizeof text });
    return true;
}

static size_t sum_digits(enum misp_field f)
{
    switch ((int)f) {
    case MF_MD5:
    case MF_CERT_MD5:
    case MF_JA3:
    case MF_IMPHASH:
        return 32;
    case MF_SHA1:
    case MF_CERT_SHA1:
        return 40;
    case MF_SHA224:
        return 56;
    case MF_SHA256:
    case MF_CERT_SHA256:
    case MF_SHA3_256:
        return 64;
    case MF_SHA384:
        return 96;
    case MF_SHA512:
    case MF_SHA3_512:
        return 128;
    default:
        return 0;
    }
}

bool misp_value_ok(struct lf_make *m, enum misp_field f, lf_view value, lf_view *out)
{
    const struct misp_place *p = &misp_places[f];
    uint64_t n;

    if (!value.len || f == MF_NONE)
        return false;
    if (p->value == MV_ADDRESS || f == MF_RESOLVES) {
        if (!misp_address(value))
            return false;
    } else if (p->value == MV_NUMBER) {
        if (f == MF_AS && value.len > 2 && lf_view_eq_nocase(lf_view_first(value, 2), LF_V("AS")))
            value = lf_view_from(value, 2);
        if (!lf_view_u64(value, &n) || value.len > 15 || (value.len > 1 && value.ptr[0] == '0') ||
            ((f == MF_SRC_PORT || f == MF_DST_PORT) && n > 65535) || (f == MF_AS && n > UINT32_MAX))
            return false;
    } else if (f == MF_MAC) {
        if (!mac(m, value, &value))
            return false;
    } else if (sum_digits(f) && !hex(value, sum_digits(f))) {
        return false;
    }
    *out = value;
    return true;
}

bool misp_pattern(struct lf_make *m, const struct misp_item *items, size_t n, lf_view *out)
{
    struct lf_stix_pattern p;
    struct lf_buf b;
    bool ok;

    lf_buf_init(&b, LF_STIX_PATTERN_MOST);
    lf_buf_byte(&b, '[');
    for (size_t i = 0; i < n; i++) {
        const struct misp_place *place = &misp_places[items[i].field];

        if (i)
            LF_PUT(&b, " AND ");
        if (items[i].field == MF_IP)
            lf_buf_printf(&b, "%s:", misp_address(items[i].value));
        lf_buf_put(&b, lf_view_of(place->path));
        if (place->value == MV_ADDRESS && lf_view_find_byte(items[i].value, '/') != SIZE_MAX)
            LF_PUT(&b, " ISSUBSET ");
        else
            LF_PUT(&b, " = ");
        if (place->value == MV_NUMBER)
            lf_buf_put(&b, items[i].value);
        else
            lf_make_literal(&b, items[i].value);
    }
    lf_buf_byte(&b, ']');
    *out = lf_arena_copy(&m->a, lf_buf_view(&b));
    ok = !b.over && n && lf_stix_pattern_parse(&m->a, *out, &p, NULL) == LF_OK &&
         lf_stix_pattern_sound(&p, NULL);
    lf_buf_clear(&b);
    return ok;
}

/* ---- observables ---- */

struct body {
    struct lf_buf b;
    struct lf_json_w w;
};

static void body_open(struct body *o, const char *type)
{
    lf_buf_init(&o->b, (size_t)1 << 20);
    o->w = lf_json_w(&o->b);
    lf_json_open(&o->w, '{');
    lf_json_put_cstr(&o->w, "type", type);
}

static enum lf_code body_close(struct lf_make *m, struct body *o, lf_view *id, struct lf_err *e)
{
    enum lf_code rc;

    lf_json_close(&o->w);
    rc = o->b.over ? LF_OK : lf_make_sco(m, lf_arena_copy(&m->a, lf_buf_view(&o->b)), id, e);
    lf_buf_clear(&o->b);
    return rc;
}

static enum lf_code leaf(struct lf_make *m, const char *type, const char *key, lf_view value, lf_view *id,
                         struct lf_err *e)
{
    struct body o;

    body_open(&o, type);
    if (strcmp(type, "autonomous-system") == 0)
        lf_json_put_raw(&o.w, key, value);
    else
        lf_json_put_str(&o.w, key, value);
    return body_close(m, &o, id, e);
}

static enum lf_code leaves(struct lf_make *m, struct misp_item *items, size_t n, struct lf_err *e)
{
    for (size_t i = 0; i < n; i++) {
        struct misp_item *it = &items[i];

        switch ((int)it->field) {
        case MF_IP:
        case MF_SRC:
        case MF_DST:
        case MF_RESOLVES:
            LF_TRY(leaf(m, misp_address(it->value), "value", it->value, &it->id, e));
            break;
        case MF_SRC_HOST:
        case MF_DST_HOST:
            LF_TRY(leaf(m, "domain-name", "value", it->value, &it->id, e));
            break;
        case MF_FROM:
        case MF_TO:
        case MF_CC:
            LF_TRY(leaf(m, "email-addr", "value", it->value, &it->id, e));
            break;
        case MF_URL:
        case MF_MAIL:
        case MF_MAC:
            LF_TRY(leaf(m, misp_places[it->field].type, "value", it->value, &it->id, e));
            break;
        case MF_MUTEX:
            LF_TRY(leaf(m, "mutex", "name", it->value, &it->id, e));
            break;
        case MF_AS:
            LF_TRY(leaf(m, "autonomous-system", "number", it->value, &it->id, e));
            break;
        default:
            break;
        }
    }
    return LF_OK;
}

static struct misp_item *first_of(struct misp_item *items, size_t n, enum misp_field f)
{
    for (size_t i = 0; i < n; i++)
        if (items[i].field == f)
            return &items[i];
    return NULL;
}

static lf_view value_of(struct misp_item *items, size_t n, enum misp_field f)
{
    const struct misp_item *it = first_of(items, n, f);

    return it ? it->value : (lf_view){ NULL, 0 };
}

static void owned(struct misp_item *items, size_t n, enum misp_field from, enum misp_field to, lf_view id)
{
    for (unsigned f = from; f <= to; f++) {
        struct misp_item *it = first_of(items, n, (enum misp_field)f);

        if (it && !misp_places[f].pattern_only)
            it->id = id;
    }
}

static const char *const sum_names[] = {
    [MF_MD5] = "MD5",        [MF_SHA1] = "SHA-1",     [MF_SHA224] = "SHA-224",    [MF_SHA256] = "SHA-256",
    [MF_SHA384] = "SHA-384", [MF_SHA512] = "SHA-512", [MF_SHA3_256] = "SHA3-256", [MF_SHA3_512] = "SHA3-512",
    [MF_SSDEEP] = "SSDEEP",  [MF_TLSH] = "TLSH",
};

static void put_text(struct body *o, struct misp_item *items, size_t n, enum misp_field f, const char *key)
{
    lf_view v = value_of(items, n, f);

    if (v.ptr)
        lf_json_put_str(&o->w, key, v);
}

static void put_number(struct body *o, struct misp_item *items, size_t n, enum misp_field f, const char *key)
{
    lf_view v = value_of(items, n, f);

    if (v.ptr)
        lf_json_put_raw(&o->w, key, v);
}

/* A MIME type as the check wants it; what is none would spoil the whole file. */
static bool mime_ok(lf_view v)
{
    static const char *const roots[] = { "application/", "audio/", "font/",  "image/",    "message/",
                                         "model/",       "text/",  "video/", "multipart/" };

    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        if (lf_view_starts(v, lf_view_of(roots[i])))
            return v.len > strlen(roots[i]) && lf_view_find_byte(v, ' ') == SIZE_MAX;
    return false;
}

static enum lf_code file(struct lf_make *m, struct misp_item *items, size_t n, struct lf_err *e)
{
    lf_view id = { "", 0 }, mime = value_of(items, n, MF_MIME);
    bool sums = false;
    struct body o;

    for (unsigned f = MF_MD5; f <= MF_TLSH; f++)
        sums = sums || first_of(items, n, (enum misp_field)f);
    if (!sums && !first_of(items, n, MF_NAME))
        return LF_OK; /* a size or a kind alone is no file */
    body_open(&o, "file");
    if (sums) {
        lf_json_begin(&o.w, "hashes", '{');
        for (unsigned f = MF_MD5; f <= MF_TLSH; f++)
            put_text(&o, items, n, (enum misp_field)f, sum_names[f]);
        lf_json_close(&o.w);
    }
    put_number(&o, items, n, MF_SIZE, "size");
    put_text(&o, items, n, MF_NAME, "name");
    if (mime.ptr && mime_ok(mime))
        lf_json_put_str(&o.w, "mime_type", mime);
    LF_TRY(body_close(m, &o, &id, e));
    owned(items, n, MF_NAME, MF_SIZE, id);
    if (mime.ptr && mime_ok(mime))
        owned(items, n, MF_MIME, MF_MIME, id);
    owned(items, n, MF_MD5, MF_TLSH, id);
    return LF_OK;
}

static enum lf_code registry(struct lf_make *m, struct misp_item *items, size_t n, struct lf_err *e)
{
    lf_view id = { "", 0 };
    struct body o;

    if (!first_of(items, n, MF_KEY))
        return LF_OK;
    body_open(&o, "windows-registry-key");
    put_text(&o, items, n, MF_KEY, "key");
    if (first_of(items, n, MF_KEY_DATA) || first_of(items, n, MF_KEY_NAME)) {
        lf_json_begin(&o.w, "values", '[');
        lf_json_open(&o.w, '{');
        put_text(&o, items, n, MF_KEY_NAME, "name");
        put_text(&o, items, n, MF_KEY_DATA, "data");
        lf_json_close(&o.w);
        lf_json_close(&o.w);
    }
    LF_TRY(body_close(m, &o, &id, e));
    owned(items, n, MF_KEY, MF_KEY_NAME, id);
    return LF_OK;
}

static enum lf_code certificate(struct lf_make *m, struct misp_item *items, size_t n, struct lf_err *e)
{
    bool sums = first_of(items, n, MF_CERT_MD5) || first_of(items, n, MF_CERT_SHA1) ||
                first_of(items, n, MF_CERT_SHA256);
    lf_view id = { "", 0 };
    struct body o;

    /* Its id is made of its sums and its number; an issuer alone makes none. */
    if (!sums && !first_of(items, n, MF_CERT_SERIAL))
        return LF_OK;
    body_open(&o, "x509-certificate");
    if (sums) {
        lf_json_begin(&o.w, "hashes", '{');
        put_text(&o, items, n, MF_CERT_MD5, "MD5");
        put_text(&o, items, n, MF_CERT_SHA1, "SHA-1");
        put_text(&o, items, n, MF_CERT_SHA256, "SHA-256");
        lf_json_close(&o.w);
    }
    put_text(&o, items, n, MF_CERT_SERIAL, "serial_number");
    put_text(&o, items, n, MF_CERT_ISSUER, "issuer");
    put_text(&o, items, n, MF_CERT_SUBJECT, "subject");
    LF_TRY(body_close(m, &o, &id, e));
    owned(items, n, MF_CERT_MD5, MF_CERT_SUBJECT, id);
    return LF_OK;
}

static void more_of(struct lf_buf *more, lf_view id)
{
    if (!id.len)
        return;
    if (more->len)
        lf_buf_byte(more, ',');
    lf_json_quote(more, id);
}

static enum lf_code traffic(struct lf_make *m, struct misp_item *items, size_t n, struct lf_buf *more,
                            struct lf_err *e)
{
    struct misp_item *src = first_of(items, n, MF_SRC), *dst = first_of(items, n, MF_DST);
    lf_view id = { "", 0 };
    bool any = false;
    struct body o;

    src = src ? src : first_of(items, n, MF_SRC_HOST);
    dst = dst ? dst : first_of(items, n, MF_DST_HOST);
    src = src && src->id.len ? src : NULL;
    dst = dst && dst->id.len ? dst : NULL;
    if (!src && !dst)
        return LF_OK;
    body_open(&o, "network-traffic");
    if (src)
        lf_json_put_str(&o.w, "src_ref", src->id);
    if (dst)
        lf_json_put_str(&o.w, "dst_ref", dst->id);
    put_number(&o, items, n, MF_SRC_PORT, "src_port");
    put_number(&o, items, n, MF_DST_PORT, "dst_port");
    lf_json_begin(&o.w, "protocols", '[');
    for (size_t i = 0; i < n; i++)
        if (items[i].field == MF_PROTOCOL) {
            lf_view lower = lf_arena_copy(&m->a, items[i].value);
            char *p = (char *)(uintptr_t)lower.ptr;

            for (size_t k = 0; k < lower.len; k++)
                p[k] = (char)(p[k] >= 'A' && p[k] <= 'Z' ? p[k] | 0x20 : p[k]);
            lf_json_put_str(&o.w, NULL, lower);
            any = true;
        }
    if (!any) { /* the standard wants one: the one that the addresses prove */
        const char *family = misp_address((dst ? dst : src)->value);

        lf_json_put_cstr(&o.w, NULL, family && strcmp(family, "ipv6-addr") == 0 ? "ipv6" : "ipv4");
    }
    lf_json_close(&o.w);
    LF_TRY(body_close(m, &o, &id, e));
    owned(items, n, MF_SRC_PORT, MF_DST_PORT, id);
    for (size_t i = 0; i < n; i++)
        if (items[i].field == MF_PROTOCOL)
            items[i].id = id;
    more_of(more, id);
    return LF_OK;
}

static void put_refs(struct body *o, struct misp_item *items, size_t n, enum misp_field f, const char *key)
{
    bool any = false;

    for (size_t i = 0; i < n; i++)
        if (items[i].field == f && items[i].id.len) {
            if (!any)
                lf_json_begin(&o->w, key, '[');
            any = true;
            lf_json_put_str(&o->w, NULL, items[i].id);
        }
    if (any)
        lf_json_close(&o->w);
}

static enum lf_code message(struct lf_make *m, struct misp_item *items, size_t n, struct lf_buf *more,
                            struct lf_err *e)
{
    struct misp_item *from = first_of(items, n, MF_FROM);
    lf_view id = { "", 0 };
    struct body o;

    /* Its id is made of sender, subject and body. */
    if (!from && !first_of(items, n, MF_SUBJECT) && !first_of(items, n, MF_BODY))
        return LF_OK;
    if (n == 1 && from)
        return LF_OK; /* an address alone is itself */
    body_open(&o, "email-message");
    lf_json_put_bool(&o.w, "is_multipart", false);
    if (from && from->id.len)
        lf_json_put_str(&o.w, "from_ref", from->id);
    put_refs(&o, items, n, MF_TO, "to_refs");
    put_refs(&o, items, n, MF_CC, "cc_refs");
    put_text(&o, items, n, MF_MESSAGE_ID, "message_id");
    put_text(&o, items, n, MF_SUBJECT, "subject");
    put_text(&o, items, n, MF_BODY, "body");
    LF_TRY(body_close(m, &o, &id, e));
    owned(items, n, MF_SUBJECT, MF_MESSAGE_ID, id);
    more_of(more, id);
    return LF_OK;
}

static enum lf_code names(struct lf_make *m, struct misp_item *items, size_t n, struct lf_err *e)
{
    bool joined = false;

    for (size_t i = 0; i < n; i++) {
        struct body o;

        if (items[i].field != MF_DOMAIN)
            continue;
        body_open(&o, "domain-name");
        lf_json_put_str(&o.w, "value", items[i].value);
        if (!joined)
            put_refs(&o, items, n, MF_RESOLVES, "resolves_to_refs");
        joined = true;
        LF_TRY(body_close(m, &o, &items[i].id, e));
    }
    return LF_OK;
}

enum lf_code misp_observables(struct lf_make *m, struct misp_item *items, size_t n, struct lf_buf *more,
                              struct lf_err *e)
{
    for (size_t i = 0; i < n; i++)
        items[i].id = (lf_view){ "", 0 };
    LF_TRY(leaves(m, items, n, e));
    LF_TRY(names(m, items, n, e));
    LF_TRY(file(m, items, n, e));
    LF_TRY(registry(m, items, n, e));
    LF_TRY(certificate(m, items, n, e));
    LF_TRY(traffic(m, items, n, more, e));
    LF_TRY(message(m, items, n, more, e));
    /* A second name of one file, a second key: each by itself. */
    for (size_t i = 0; n > 1 && i < n; i++)
        if (!items[i].id.len && !misp_places[items[i].field].pattern_only)
            LF_TRY(misp_observables(m, &items[i], 1, more, e));
    return LF_OK;
}
