/* What a national package is about: CybOX objects -> values, traffic, attachments, properties. */
#include "isac/format_national_priv.h"

#include "base/crypto.h"

static bool is_type(const struct lf_xml *p, const char *name)
{
    return lf_view_is(national_local(lf_xml_attr(p, "type")), name);
}

static bool value(struct item *x, const struct lf_xml *e, lf_view text, bool look_for)
{
    enum lf_observable_kind kind;
    lf_view v;

    if (!format_value(&x->doc, lf_view_trim(text), &kind, &v) || kind == LF_OBS_PATTERN)
        return false;
    if (x->nvalues < LF_ADVISORY_LIST) {
        if (x->values.len)
            lf_buf_byte(&x->values, '\n');
        lf_buf_put(&x->values, v);
        x->nvalues++;
    } else {
        national_told(x, e, v, "more than 500 values");
    }
    if (look_for && x->nfound < EXTRAS)
        x->found[x->nfound++] = v;
    return true;
}

/* CybOX keeps lists in one text, joined by its delimiter. */
static void values(struct item *x, const struct lf_xml *e, bool look_for)
{
    lf_view rest = e ? lf_view_trim(e->text) : LF_V(""), sep = lf_xml_attr(e, "delimiter"), one;
    size_t n;

    if (!sep.len)
        sep = LF_V("##comma##");
    while (rest.len) {
        n = lf_view_find(rest, sep);
        one = lf_view_first(rest, n);
        rest = n == SIZE_MAX ? LF_V("") : lf_view_from(rest, n + sep.len);
        if (lf_view_trim(one).len && !value(x, e, one, look_for))
            national_told(x, e, one, "no address, name, URL, mail address or sum that STIX 2.1 knows");
    }
}

static lf_view address_id(struct item *x, lf_view text, lf_view *kept)
{
    enum lf_observable_kind kind;
    lf_view v, id = LF_V("");
    const char *type;

    *kept = LF_V("");
    if (!text.len || !format_value(&x->doc, text, &kind, &v))
        return id;
    type = kind == LF_OBS_IPV4     ? "ipv4-addr"
           : kind == LF_OBS_IPV6   ? "ipv6-addr"
           : kind == LF_OBS_DOMAIN ? "domain-name"
                                   : NULL;
    if (!type ||
        lf_make_sco(&x->f.m,
                    lf_arena_printf(&x->f.m.a, "{\"type\":\"%s\",\"value\":\"%.*s\"}", type, LF_FMT(v)), &id,
                    x->f.e) != LF_OK)
        return LF_V("");
    if (id.len)
        *kept = v;
    return lf_arena_copy(&x->doc, id);
}

void national_extra(struct item *x, lf_view id)
{
    for (size_t i = 0; i < x->nextras; i++)
        if (lf_view_eq(x->extras[i], id))
            return;
    if (id.len && x->nextras < EXTRAS)
        x->extras[x->nextras++] = lf_arena_copy(&x->doc, id);
}

struct side {
    lf_view address;
    uint64_t port;
    bool has_port;
};

static struct side side_of(const struct lf_xml *s)
{
    struct side out = { .address = lf_view_some(lf_xml_text(s, "IP_Address/Address_Value")) };

    if (!out.address.len)
        out.address = lf_view_some(lf_xml_text(s, "Hostname/Hostname_Value"));
    out.has_port = lf_view_u64(lf_view_some(lf_xml_text(s, "Port/Port_Value")), &out.port) &&
                   out.port < 65536;
    return out;
}

static lf_view protocol_of(struct item *x, lf_view text)
{
    char *p = lf_arena_cstr(&x->doc, text);

    for (size_t i = 0; i < text.len; i++) {
        if (p[i] >= 'A' && p[i] <= 'Z')
            p[i] = (char)(p[i] | 0x20);
        if (!((p[i] >= 'a' && p[i] <= 'z') || (p[i] >= '0' && p[i] <= '9') || p[i] == '-'))
            return LF_V("");
    }
    return text.len && text.len <= 20 ? (lf_view){ p, text.len } : LF_V("");
}

/* network-traffic of what is known of it; *id is empty when that is nothing. */
static enum lf_code traffic(struct item *x, const struct lf_xml *e, struct side src, struct side dst,
                            lf_view layer4, lf_view layer7, lf_view *made)
{
    lf_view from, to, protocols[2], src_id = address_id(x, src.address, &from),
                                    dst_id = address_id(x, dst.address, &to);
    struct lf_json_w w;
    struct lf_buf b;
    enum lf_code rc;
    size_t n = 0;

    *made = LF_V("");
    if (src.address.len && !from.len)
        national_told(x, e, src.address, "no address or name");
    if (dst.address.len && !to.len)
        national_told(x, e, dst.address, "no address or name");
    if (!src_id.len && !dst_id.len)
        return LF_OK;
    protocols[n] = lf_view_eq(from.len ? from : to, LF_V("")) ? LF_V("") : LF_V("ipv4");
    if (lf_view_find_byte(from.len ? from : to, ':') != SIZE_MAX)
        protocols[n] = LF_V("ipv6");
    layer4 = protocol_of(x, layer4);
    layer7 = protocol_of(x, layer7);
    if (layer4.len)
        protocols[0] = layer4;
    n = 1;
    if (layer7.len)
        protocols[n++] = layer7;
    lf_buf_init(&b, 8192);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "type", "network-traffic");
    if (src_id.len)
        lf_json_put_str(&w, "src_ref", src_id);
    if (dst_id.len)
        lf_json_put_str(&w, "dst_ref", dst_id);
    if (src.has_port)
        lf_json_put_int(&w, "src_port", (int64_t)src.port);
    if (dst.has_port)
        lf_json_put_int(&w, "dst_port", (int64_t)dst.port);
    lf_json_begin(&w, "protocols", '[');
    for (size_t i = 0; i < n; i++)
        lf_json_put_str(&w, NULL, protocols[i]);
    lf_json_close(&w);
    lf_json_close(&w);
    rc = lf_make_sco(&x->f.m, lf_buf_view(&b), made, x->f.e);
    lf_buf_clear(&b);
    LF_TRY(rc);
    *made = lf_arena_copy(&x->doc, *made);
    national_extra(x, src_id);
    national_extra(x, dst_id);
    national_extra(x, *made);
    return LF_OK;
}

static enum lf_code connection(struct item *x, const struct lf_xml *p)
{
    struct side src = side_of(lf_xml_get(p, "Source_Socket_Address")),
                dst = side_of(lf_xml_get(p, "Destination_Socket_Address"));
    lf_view id;

    LF_TRY(traffic(x, p, src, dst, lf_view_some(lf_xml_text(p, "Layer4_Protocol")),
                   lf_view_some(lf_xml_text(p, "Layer7_Protocol")), &id));
    if (src.address.len)
        (void)value(x, p, src.address, false);
    if (dst.address.len)
        (void)value(x, p, dst.address, false);
    return LF_OK;
}

/* A socket, or what custom properties say of one: where malware is led from (`name` "cc"), or what it is led
 * through ("relay"). */
static enum lf_code socket_at(struct item *x, const struct lf_xml *e, const char *name, struct side at,
                              lf_view protocol)
{
    lf_view id;

    LF_TRY(traffic(x, e, (struct side){ 0 }, at, protocol, LF_V(""), &id));
    if (!id.len)
        return LF_OK;
    national_label(x, e, name, id);
    (void)value(x, e, at.address, true);
    return LF_OK;
}

static lf_view property(const struct lf_xml *list, const char *name)
{
    for (const struct lf_xml *k = lf_xml_get(list, "Property"); k; k = lf_xml_more(k, "Property"))
        if (lf_view_eq_nocase(lf_xml_attr(k, "name"), lf_view_of(name)))
            return lf_view_trim(k->text);
    return LF_V("");
}

/* Properties of the centre's own: a relay station, or pairs of name and value. */
static enum lf_code custom(struct item *x, const struct lf_xml *list)
{
    struct side at = { .address = property(list, "IP") };

    at.has_port = lf_view_u64(property(list, "Port"), &at.port) && at.port < 65536;
    if (at.address.len)
        return socket_at(x, list, "relay", at, property(list, "Protocol"));
    for (const struct lf_xml *k = lf_xml_get(list, "Property"); k; k = lf_xml_more(k, "Property")) {
        lf_view name = national_line(x, k, lf_view_some(lf_xml_attr(k, "name")), 100);
        bool plain = name.len > 0;

        for (size_t i = 0; i < name.len; i++)
            plain &= name.ptr[i] != '"' && name.ptr[i] != '=';
        if (plain)
            national_label(x, k, lf_arena_printf(&x->doc, "property:%.*s", LF_FMT(name)).ptr, k->text);
        else
            national_told(x, k, k->text, "a property without a name");
    }
    return LF_OK;
}

static void attachment(struct item *x, const struct lf_xml *object, const struct lf_xml *p)
{
    const struct lf_xml *raw = lf_xml_get(p, "Raw_Artifact");
    lf_view name = property(lf_xml_get(p, "Custom_Properties"), "Name"), about, bytes;
    lf_view type = national_line(x, p, lf_view_some(lf_xml_attr(p, "content_type")), 100);
    struct lf_buf b;
    bool ok;

    if (!raw) {
        national_told(x, p, name, "an attachment without its content");
        return;
    }
    lf_buf_init(&b, LF_XML_BYTES); /* base64 comes in lines */
    for (size_t i = 0; i < raw->text.len; i++)
        if ((unsigned char)raw->text.ptr[i] > ' ')
            lf_buf_byte(&b, raw->text.ptr[i]);
    ok = lf_unbase64(&x->doc, lf_buf_view(&b), &bytes, NULL) == LF_OK;
    lf_buf_clear(&b);
    if (!ok || !bytes.len || bytes.len > LF_ADVISORY_FILE || x->nfiles == LF_ADVISORY_FILES) {
        national_told(x, p, name, "an attachment that is not base64, larger than 512 KiB, or the eleventh");
        return;
    }
    name = national_line(x, p, name.len ? name : LF_V("attachment"), 200);
    about = lf_view_some(lf_xml_text(object, "Description"));
    if (lf_view_find_byte(type, '/') == SIZE_MAX)
        type = LF_V("application/octet-stream");
    x->files[x->nfiles++] = (struct lf_advisory_file){ .name = name, .type = type, .bytes = bytes };
    if (about.len)
        national_label(x, p, "attachment",
                       lf_arena_printf(&x->doc, "%.*s|%.*s", LF_FMT(name),
                                       LF_FMT(national_line(x, p, about, LABEL / 2))));
}

static void hashes(struct item *x, const struct lf_xml *p)
{
    for (const struct lf_xml *h = lf_xml_get(lf_xml_get(p, "Hashes"), "Hash"); h; h = lf_xml_more(h, "Hash"))
        values(x, lf_xml_get(h, "Simple_Hash_Value"), false);
}

enum lf_code national_observable(struct item *x, const struct lf_xml *o, lf_view relation, unsigned depth)
{
    const struct lf_xml *what = national_by_idref(x, o), *object, *p, *composed;

    if (!what || depth > 8) {
        national_told(x, o, lf_xml_attr(o, "idref"), "it refers to nothing in the document, or in circles");
        return LF_OK;
    }
    composed = lf_xml_get(what, "Observable_Composition");
    for (const struct lf_xml *k = lf_xml_get(composed, "Observable"); k; k = lf_xml_more(k, "Observable"))
        LF_TRY(national_observable(x, k, relation, depth + 1));
    if (composed)
        return LF_OK;
    object = lf_xml_get(what, "Object");
    object = object ? national_by_idref(x, object) : NULL;
    p = lf_xml_get(object, "Properties");
    if (!p) {
        national_told(x, o, LF_V(""), "an observable without an object's properties");
        return LF_OK;
    }
    if (is_type(p, "ArtifactObjectType")) {
        attachment(x, object, p);
        return LF_OK;
    }
    if (lf_xml_get(p, "Custom_Properties"))
        LF_TRY(custom(x, lf_xml_get(p, "Custom_Properties")));
    if (is_type(p, "NetworkConnectionObjectType"))
        return connection(x, p);
    if (is_type(p, "SocketAddressObjectType"))
        return socket_at(x, p, "cc", side_of(p), LF_V(""));
    if (lf_view_is(relation, "Page") && x->kind == LF_ADVISORY_DEF) {
        if (x->npage++)
            lf_buf_byte(&x->page, '\n');
        lf_buf_put(&x->page, lf_view_some(lf_xml_text(p, "Value")));
        return LF_OK;
    }
    if (is_type(p, "AddressObjectType"))
        values(x, lf_xml_get(p, "Address_Value"), x->listed);
    else if (is_type(p, "URIObjectType") || is_type(p, "LinkObjectType") ||
             is_type(p, "DomainNameObjectType"))
        values(x, lf_xml_get(p, "Value"), x->listed);
    else if (is_type(p, "HostnameObjectType"))
        values(x, lf_xml_get(p, "Hostname_Value"), x->listed);
    else if (lf_view_ends(national_local(lf_xml_attr(p, "type")), LF_V("FileObjectType")))
        hashes(x, p);
    else if (!is_type(p, "CustomObjectType"))
        national_told(x, p, national_local(lf_xml_attr(p, "type")),
                      "an observable that the national format is not known to have");
    return LF_OK;
}
