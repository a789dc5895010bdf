/* STIX -> MISP: values out of patterns and observables. */
#include "fmt/misp_out.h"

static lf_view join2(struct misp_write *x, lf_view a, lf_view b)
{
    struct lf_buf buf;
    lf_view out;

    lf_buf_init(&buf, a.len + b.len + 1);
    lf_buf_put(&buf, a);
    lf_buf_byte(&buf, '|');
    lf_buf_put(&buf, b);
    out = lf_arena_copy(x->a, lf_buf_view(&buf));
    lf_buf_clear(&buf);
    return out;
}

static lf_view as_number(struct misp_write *x, enum misp_field f, lf_view v)
{
    return f == MF_AS && v.len ? lf_arena_printf(x->a, "AS%.*s", LF_FMT(v)) : v;
}

/* ---- patterns ---- */

struct asked {
    lf_view path, value;
};

/* The tests of a pattern that is one observation of values joined by AND; 0 when it is more than that. */
static size_t tests_of(struct misp_write *x, const struct lf_stix_pattern *p, struct asked out[4])
{
    const struct lf_stix_compare *c, *one;
    size_t n;

    if (p->root->kind != LF_STIX_ONE)
        return 0;
    c = p->root->test;
    n = c->kind == LF_STIX_TEST ? 1 : c->kind == LF_STIX_ALL ? c->nkids : 0;
    if (n > 4)
        return 0;
    for (size_t i = 0; i < n; i++) {
        one = c->kind == LF_STIX_TEST ? c : c->kids[i];
        if (one->kind != LF_STIX_TEST || one->negated || one->nvalues != 1 ||
            (one->op != LF_STIX_EQ && one->op != LF_STIX_ISSUBSET) ||
            (one->values[0].kind != LF_STIX_STRING && one->values[0].kind != LF_STIX_NUMBER))
            return 0;
        out[i] = (struct asked){ misp_path(x->a, &one->path), one->values[0].text };
    }
    return n;
}

static bool asked_for(const struct asked *t, size_t n, enum misp_field f, lf_view *out)
{
    for (size_t i = 0; i < n; i++)
        if (f == MF_IP ? misp_field_of(t[i].path) == MF_IP : lf_view_is(t[i].path, misp_places[f].path)) {
            *out = t[i].value;
            return true;
        }
    return false;
}

/* The field of a test; what both addresses and names can be is told by its value. */
static enum misp_field field_of(const struct asked *t)
{
    enum misp_field f = misp_field_of(t->path);

    if ((f == MF_SRC || f == MF_DST) && !misp_address(t->value))
        return f == MF_SRC ? MF_SRC_HOST : MF_DST_HOST;
    return f;
}

void misp_of_indicator(struct misp_write *x, const struct lf_json *o, lf_view *type, lf_view *value)
{
    lf_view said = misp_out_label(o, "type"), pattern = lf_json_str(o, "pattern"),
            kind = lf_json_str(o, "pattern_type"), a, b;
    const struct misp_type *t = said.ptr ? misp_type_of(said) : NULL;
    struct lf_stix_pattern p;
    struct asked asked[4];
    size_t n = 0;

    if (!lf_view_is(kind, "stix")) {
        const char *rule = misp_rule_name(kind);

        *type = rule ? lf_view_of(rule) : LF_V("other");
        if (said.ptr && misp_rule_type(said) && lf_view_is(kind, misp_rule_type(said)))
            *type = said;
        if (!rule && !said.ptr)
            misp_out_lost(x, o, "pattern_type", kind, "MISP has no type for rules of this kind");
        if (rule && lf_view_is(kind, "suricata") && !said.ptr)
            misp_out_lost(x, o, "pattern_type", kind, "MISP calls the rules of both engines snort");
        *value = pattern;
        return;
    }
    if (lf_stix_pattern_parse(x->a, pattern, &p, NULL) == LF_OK)
        n = tests_of(x, &p, asked);
    if (t && n == 1 && t->second == MF_NONE && asked_for(asked, n, t->first, &a)) {
        *type = said;
        *value = as_number(x, t->first, a);
        return;
    }
    if (t && n == 2 && t->second != MF_NONE && asked_for(asked, n, t->first, &a) &&
        asked_for(asked, n, t->second, &b)) {
        *type = said;
        *value = join2(x, a, b);
        return;
    }
    t = NULL;
    if (n == 1) {
        enum misp_field f = field_of(&asked[0]);

        /* An end of traffic alone is an address like any other; its side is in the type. */
        t = f == MF_SRC        ? misp_type_of(LF_V("ip-src"))
            : f == MF_DST      ? misp_type_of(LF_V("ip-dst"))
            : f == MF_DST_HOST ? misp_type_of(LF_V("hostname"))
                               : misp_type_for(f, MF_NONE);
        if (t)
            *value = as_number(x, f, asked[0].value);
    } else if (n == 2) {
        t = misp_type_for(field_of(&asked[0]), field_of(&asked[1]));
        if (t) {
            *value = join2(x, asked[0].value, asked[1].value);
        } else {
            t = misp_type_for(field_of(&asked[1]), field_of(&asked[0]));
            if (t)
                *value = join2(x, asked[1].value, asked[0].value);
        }
    }
    *type = t ? lf_view_of(t->name) : LF_V("stix2-pattern");
    if (!t)
        *value = pattern;
}

/* ---- observables ---- */

static lf_view sum_of(const struct lf_json *o, const char *name)
{
    return lf_json_str(lf_json_get(o, LF_V("hashes")), name);
}

static bool is_address(const struct lf_json *o)
{
    return misp_is(o, "ipv4-addr") || misp_is(o, "ipv6-addr");
}

static lf_view first_value(const struct lf_json *o, const char *key)
{
    const struct lf_json *list = lf_json_get(o, LF_V("values"));

    return lf_json_kind(list) == LF_JSON_ARRAY && lf_json_items(list)
               ? lf_json_str(lf_json_item(list, 0), key)
               : (lf_view){ NULL, 0 };
}

static lf_view protocol(const struct lf_json *o, lf_view relation)
{
    static const char *const third[] = { "ip", "ipv4", "ipv6", "icmp", "arp" };
    static const char *const fourth[] = { "tcp", "udp", "sctp", "dccp" };
    const struct lf_json *list = lf_json_get(o, LF_V("protocols"));

    for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_items(list); i++) {
        lf_view v = lf_json_text(lf_json_item(list, i));
        int layer = 7;

        for (size_t k = 0; k < sizeof third / sizeof *third; k++)
            layer = lf_view_is(v, third[k]) ? 3 : layer;
        for (size_t k = 0; k < sizeof fourth / sizeof *fourth; k++)
            layer = lf_view_is(v, fourth[k]) ? 4 : layer;
        if (lf_json_items(list) == 1 || (lf_view_is(relation, "layer3-protocol") && layer == 3) ||
            (lf_view_is(relation, "layer4-protocol") && layer == 4) ||
            (lf_view_is(relation, "layer7-protocol") && layer == 7))
            return v;
    }
    return (lf_view){ NULL, 0 };
}

static lf_view value_in(struct misp_write *x, const struct lf_json *o, enum misp_field f, lf_view relation)
{
    static const struct {
        enum misp_field field;
        const char *type, *key;
    } plain[] = {
        { MF_DOMAIN, "domain-name", "value" },
        { MF_SRC_HOST, "domain-name", "value" },
        { MF_DST_HOST, "domain-name", "value" },
        { MF_URL, "url", "value" },
        { MF_MAIL, "email-addr", "value" },
        { MF_FROM, "email-addr", "value" },
        { MF_TO, "email-addr", "value" },
        { MF_CC, "email-addr", "value" },
        { MF_MAC, "mac-addr", "value" },
        { MF_MUTEX, "mutex", "name" },
        { MF_AS, "autonomous-system", "number" },
        { MF_NAME, "file", "name" },
        { MF_SIZE, "file", "size" },
        { MF_MIME, "file", "mime_type" },
        { MF_KEY, "windows-registry-key", "key" },
        { MF_CERT_SERIAL, "x509-certificate", "serial_number" },
        { MF_CERT_ISSUER, "x509-certificate", "issuer" },
        { MF_CERT_SUBJECT, "x509-certificate", "subject" },
        { MF_SRC_PORT, "network-traffic", "src_port" },
        { MF_DST_PORT, "network-traffic", "dst_port" },
        { MF_SUBJECT, "email-message", "subject" },
        { MF_BODY, "email-message", "body" },
        { MF_MESSAGE_ID, "email-message", "message_id" },
    };
    static const struct {
        enum misp_field field;
        const char *type, *name;
    } sums[] = {
        { MF_MD5, "file", "MD5" },
        { MF_SHA1, "file", "SHA-1" },
        { MF_SHA224, "file", "SHA-224" },
        { MF_SHA256, "file", "SHA-256" },
        { MF_SHA384, "file", "SHA-384" },
        { MF_SHA512, "file", "SHA-512" },
        { MF_SHA3_256, "file", "SHA3-256" },
        { MF_SHA3_512, "file", "SHA3-512" },
        { MF_SSDEEP, "file", "SSDEEP" },
        { MF_TLSH, "file", "TLSH" },
        { MF_CERT_MD5, "x509-certificate", "MD5" },
        { MF_CERT_SHA1, "x509-certificate", "SHA-1" },
        { MF_CERT_SHA256, "x509-certificate", "SHA-256" },
    };

    if (misp_places[f].value == MV_ADDRESS || f == MF_RESOLVES)
        return is_address(o) ? lf_json_str(o, "value") : (lf_view){ NULL, 0 };
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (plain[i].field == f && misp_is(o, plain[i].type)) {
            lf_view v = lf_json_text(lf_json_get(o, lf_view_of(plain[i].key)));

            return lf_json_get(o, lf_view_of(plain[i].key)) ? as_number(x, f, v) : (lf_view){ NULL, 0 };
        }
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
        if (sums[i].field == f && misp_is(o, sums[i].type))
            return sum_of(o, sums[i].name);
    if (f == MF_KEY_DATA && misp_is(o, "windows-registry-key"))
        return first_value(o, "data");
    if (f == MF_KEY_NAME && misp_is(o, "windows-registry-key"))
        return first_value(o, "name");
    if (f == MF_PROTOCOL && misp_is(o, "network-traffic"))
        return protocol(o, relation);
    return (lf_view){ NULL, 0 };
}

static bool found(struct misp_write *x, const struct lf_json *refs, enum misp_field f, lf_view relation,
                  lf_view *out)
{
    for (size_t i = 0; f != MF_NONE && lf_json_kind(refs) == LF_JSON_ARRAY && i < lf_json_items(refs); i++) {
        const struct lf_json *o = misp_get(x, lf_json_text(lf_json_item(refs, i)), NULL);
        lf_view v = o ? value_in(x, o, f, relation) : (lf_view){ NULL, 0 };

        if (v.ptr) {
            *out = v;
            return true;
        }
    }
    return false;
}

bool misp_of_observables(struct misp_write *x, const struct lf_json *refs, lf_view type, lf_view object,
                         lf_view relation, lf_view *value)
{
    const struct misp_type *t = misp_type_of(type);
    lf_view a, b;

    if (t && t->second != MF_NONE) {
        if (!found(x, refs, t->first, relation, &a) || !found(x, refs, t->second, relation, &b))
            return false;
        *value = join2(x, a, b);
        return true;
    }
    return found(x, refs,
                 object.len ? misp_relation_field(object, relation, t)
                 : t        ? t->first
                            : MF_NONE,
                 relation, value);
}

size_t misp_of_observable(struct misp_write *x, const struct lf_json *o, struct misp_given out[LF_MISP_GIVES])
{
    static const enum misp_field alone[] = {
        MF_DOMAIN,   MF_URL,    MF_MAIL, MF_MAC,      MF_MUTEX,     MF_AS,          MF_NAME,    MF_SIZE,
        MF_MIME,     MF_MD5,    MF_SHA1, MF_SHA224,   MF_SHA256,    MF_SHA384,      MF_SHA512,  MF_SHA3_256,
        MF_SHA3_512, MF_SSDEEP, MF_TLSH, MF_CERT_MD5, MF_CERT_SHA1, MF_CERT_SHA256, MF_SUBJECT, MF_BODY,
    };
    lf_view none = { "", 0 }, dst = lf_json_str(o, "dst_ref");
    size_t n = 0;

    if (is_address(o)) {
        out[n++] = (struct misp_given){ "ip-dst", lf_json_str(o, "value") };
        return n;
    }
    if (misp_is(o, "windows-registry-key")) {
        lf_view key = lf_json_str(o, "key"), data = first_value(o, "data");

        if (key.ptr && data.ptr)
            out[n++] = (struct misp_given){ "regkey|value", join2(x, key, data) };
        else if (key.ptr)
            out[n++] = (struct misp_given){ "regkey", key };
        return n;
    }
    if (misp_is(o, "network-traffic") && dst.ptr) {
        lf_view at = lf_json_str(misp_get(x, dst, NULL), "value"),
                port = lf_json_text(lf_json_get(o, LF_V("dst_port")));

        if (at.ptr && misp_address(at) && lf_json_get(o, LF_V("dst_port")))
            out[n++] = (struct misp_given){ "ip-dst|port", join2(x, at, port) };
        return n;
    }
    for (size_t i = 0; i < sizeof alone / sizeof *alone; i++) {
        lf_view v = value_in(x, o, alone[i], none);

        if (v.ptr && n < LF_MISP_GIVES)
            out[n++] = (struct misp_given){ misp_type_for(alone[i], MF_NONE)->name, v };
    }
    return n;
}
