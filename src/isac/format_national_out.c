/* A report of the five types -> a national package, valid by STIX 1.2, CybOX 2.1 and their orders of
 * elements. */
#include "base/crypto.h"
#include "fmt/stix.h"
#include "fmt/xml_write.h"
#include "isac/format_national.h"
#include "model/extension.h"

enum { PACKAGE = 14 << 20 };

struct out {
    struct lf_arena *a;
    struct lf_xml_w w;
    const struct lf_json *report;
    const struct lf_json *const *others;
    size_t n;
    const struct lf_exchange *to;
    enum lf_advisory_kind kind;
    struct lf_advisory_form form;
};

static lf_view id_of(const struct out *x)
{
    return lf_json_str(x->report, "id");
}

static void told(const struct out *x, const char *what, lf_view value, const char *why)
{
    lf_loss_tell(x->to, lf_arena_printf(x->a, "%.*s.%s", LF_FMT(id_of(x)), what), value, why);
}

/* national:NAME="VALUE" as it came; *at walks the labels. */
static bool label(const struct lf_json *report, const char *name, size_t *at, lf_view *out)
{
    const struct lf_json *list = lf_json_get(report, LF_V("labels"));
    lf_view prefix = LF_VIEW("national:"), key = lf_view_of(name);

    for (; lf_json_kind(list) == LF_JSON_ARRAY && *at < lf_json_items(list);) {
        lf_view v = lf_json_text(lf_json_item(list, (*at)++));

        if (!lf_view_starts(v, prefix) || !lf_view_starts(lf_view_from(v, prefix.len), key))
            continue;
        v = lf_view_from(v, prefix.len + key.len);
        if (v.len < 3 || v.ptr[0] != '=' || v.ptr[1] != '"' || v.ptr[v.len - 1] != '"')
            continue;
        *out = (lf_view){ v.ptr + 2, v.len - 3 };
        return true;
    }
    return false;
}

static lf_view first(const struct lf_json *report, const char *name)
{
    lf_view v = LF_VIEW("");
    size_t at = 0;

    (void)label(report, name, &at, &v);
    return v;
}

static lf_view text(const struct out *x, const char *key)
{
    lf_view v = lf_advisory_text(&x->form, key);

    return v.len ? v : first(x->report, key);
}

static const struct lf_json *object(const struct out *x, lf_view id)
{
    for (size_t i = 0; i < x->n; i++)
        if (lf_view_eq(lf_json_str(x->others[i], "id"), id))
            return x->others[i];
    return NULL;
}

/* ---- what it is ---- */

bool national_kind(const struct lf_json *report, enum lf_advisory_kind *kind)
{
    const struct lf_json *ext = lf_json_get(lf_json_get(report, LF_V("extensions")), LF_V(LF_EXTENSION_ID)),
                         *list = lf_json_get(report, LF_V("labels"));
    lf_view prefix = LF_VIEW("intelligence-type:");

    if (!lf_view_is(lf_json_str(report, "type"), "report"))
        return false;
    if (lf_advisory_kind_parse(lf_view_some(lf_json_str(ext, "intelligence_type")), kind))
        return true;
    for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_items(list); i++) {
        lf_view v = lf_json_text(lf_json_item(list, i));

        if (lf_view_starts(v, prefix) && lf_advisory_kind_parse(lf_view_from(v, prefix.len), kind))
            return true;
    }
    return false;
}

/* The form, or what of it the report says by itself. */
static void form_of(struct out *x)
{
    const struct lf_json *ext =
        lf_json_get(lf_json_get(x->report, LF_V("extensions")), LF_V(LF_EXTENSION_ID));

    if (lf_advisory_read_form(x->a, x->kind, lf_json_get(ext, LF_V("form")), &x->form, NULL) != LF_OK)
        x->form = (struct lf_advisory_form){ 0 };
}

unsigned national_category(enum lf_advisory_kind kind, const struct lf_json *report)
{
    static const unsigned least[LF_ADVISORY_KINDS] = { 107, 201, 301, 401, 503 };
    static const char *const ana[] = { "statistics",    "malicious-site", "intrusion", "fraud",
                                       "vulnerability", "protection",     "news" };
    static const char *const fbi[] = { "false-alarm", "confirmed", "undetermined" };
    const struct lf_json *form = lf_json_get(
        lf_json_get(lf_json_get(report, LF_V("extensions")), LF_V(LF_EXTENSION_ID)), LF_V("form"));
    uint64_t c;

    if (lf_view_u64(first(report, "category"), &c) && national_category_ok(kind, c))
        return (unsigned)c;
    for (unsigned i = 0; kind == LF_ADVISORY_ANA && i < 7; i++)
        if (lf_view_is(lf_json_str(form, "category"), ana[i]))
            return 101 + i;
    for (unsigned i = 0; kind == LF_ADVISORY_FBI && i < 3; i++)
        if (lf_view_is(lf_json_str(form, "verdict"), fbi[i]))
            return 501 + i;
    return least[kind];
}

/* ---- parts ---- */

static void leaf(struct out *x, const char *name, lf_view v)
{
    if (v.len)
        lf_xml_leaf(&x->w, name, v);
}

static void header(struct out *x)
{
    static const struct {
        const char *tlp, *color;
    } colors[] = { { "clear", "WHITE" },
                   { "green", "GREEN" },
                   { "amber", "AMBER" },
                   { "amber+strict", "AMBER" },
                   { "red", "RED" } };
    lf_view own = lf_advisory_text(&x->form, "tlp"), type = first(x->report, "type"), name;
    const char *tlp = own.len ? lf_arena_cstr(x->a, own) : lf_make_tlp_of(x->report), *color = "AMBER";
    const struct lf_json *by = object(x, lf_json_str(x->report, "created_by_ref"));

    for (size_t i = 0; tlp && i < sizeof colors / sizeof *colors; i++)
        if (strcmp(tlp, colors[i].tlp) == 0)
            color = colors[i].color;
    if (tlp && strcmp(tlp, "amber+strict") == 0)
        told(x, "tlp", lf_view_of(tlp), "STIX 1.2 has TLP 1: it is AMBER there");
    lf_xml_open(&x->w, "stix:STIX_Header");
    lf_xml_leaf(&x->w, "stix:Title",
                x->kind == LF_ADVISORY_ANA && type.len ? type : lf_view_of(lf_advisory_kind_name(x->kind)));
    lf_xml_leaf(&x->w, "stix:Description", lf_json_str(x->report, "name"));
    lf_xml_open(&x->w, "stix:Handling");
    lf_xml_open(&x->w, "marking:Marking");
    lf_xml_leaf(&x->w, "marking:Controlled_Structure",
                LF_V("../../../descendant-or-self::node() | ../../../descendant-or-self::node()/@*"));
    lf_xml_open(&x->w, "marking:Marking_Structure");
    lf_xml_put(&x->w, "xsi:type", LF_V("tlpMarking:TLPMarkingStructureType"));
    lf_xml_put(&x->w, "color", lf_view_of(color));
    lf_xml_close(&x->w);
    lf_xml_close(&x->w);
    lf_xml_close(&x->w);
    name = lf_view_some(lf_json_str(by, "name"));
    if (name.len) {
        lf_xml_open(&x->w, "stix:Information_Source");
        lf_xml_open(&x->w, "stixCommon:Identity");
        lf_xml_leaf(&x->w, "stixCommon:Name", name);
        lf_xml_close(&x->w);
        lf_xml_close(&x->w);
    }
    lf_xml_close(&x->w);
}

static void time_leaf(struct out *x, const char *name, lf_view v)
{
    char out[LF_TIME_TEXT];
    lf_time at;

    if (v.len && lf_time_parse(v, &at, NULL) == LF_OK)
        lf_xml_leaf(&x->w, name, lf_time_micro(at, out));
}

static void times(struct out *x)
{
    lf_xml_open(&x->w, "incident:Time");
    time_leaf(x, "incident:First_Malicious_Action", first(x->report, "began"));
    time_leaf(x, "incident:Initial_Compromise", first(x->report, "compromised"));
    time_leaf(x, "incident:First_Data_Exfiltration", first(x->report, "exfiltrated"));
    time_leaf(x, "incident:Incident_Discovery", text(x, "happened_at"));
    time_leaf(x, "incident:Incident_Opened", first(x->report, "opened"));
    time_leaf(x, "incident:Containment_Achieved", first(x->report, "contained"));
    time_leaf(x, "incident:Restoration_Achieved", first(x->report, "restored"));
    time_leaf(x, "incident:Incident_Reported",
              first(x->report, "reported").len ? first(x->report, "reported")
                                               : lf_json_str(x->report, "published"));
    time_leaf(x, "incident:Incident_Closed", first(x->report, "closed"));
    lf_xml_close(&x->w);
}

static void impact(struct out *x)
{
    static const char *const names[] = { "low", "medium", "high", "critical" };
    lf_view v = text(x, "severity"), own = first(x->report, "impact");

    for (unsigned i = 0; i < 4 && !own.len; i++)
        if (lf_view_is(v, names[i]))
            own = lf_arena_printf(x->a, "%u", i + 1);
    if (!own.len)
        return;
    lf_xml_open(&x->w, "incident:Impact_Assessment");
    lf_xml_leaf(&x->w, "incident:Impact_Qualification", own);
    lf_xml_close(&x->w);
}

/* ---- observables ---- */

static void open_observable(struct out *x, const char *relation, const char *type)
{
    lf_xml_open(&x->w, "incident:Related_Observable");
    if (relation)
        lf_xml_leaf(&x->w, "stixCommon:Relationship", lf_view_of(relation));
    lf_xml_open(&x->w, "stixCommon:Observable");
    lf_xml_open(&x->w, "cybox:Object");
    lf_xml_open(&x->w, "cybox:Properties");
    lf_xml_put(&x->w, "xsi:type", lf_view_of(type));
}

static void close_observable(struct out *x)
{
    for (int i = 0; i < 4; i++)
        lf_xml_close(&x->w);
}

static const char *family(lf_view v)
{
    enum lf_observable_kind kind;

    if (!lf_observable_guess(v, &kind))
        return NULL;
    switch (kind) {
    case LF_OBS_IPV4:
        return "ipv4-addr";
    case LF_OBS_NET4:
        return "cidr";
    case LF_OBS_IPV6:
        return "ipv6-addr";
    case LF_OBS_NET6:
        return "cidr";
    case LF_OBS_EMAIL:
        return "e-mail";
    default:
        return NULL;
    }
}

static void value(struct out *x, lf_view v)
{
    enum lf_observable_kind kind;
    const char *category = family(v);
    const char *sum;

    if (category) {
        open_observable(x, NULL, "AddressObj:AddressObjectType");
        lf_xml_put(&x->w, "category", lf_view_of(category));
        lf_xml_leaf(&x->w, "AddressObj:Address_Value", v);
        close_observable(x);
        return;
    }
    if (!lf_observable_guess(v, &kind))
        return;
    if (kind == LF_OBS_DOMAIN || kind == LF_OBS_URL) {
        open_observable(x, NULL,
                        kind == LF_OBS_URL ? "URIObj:URIObjectType" : "DomainNameObj:DomainNameObjectType");
        if (kind == LF_OBS_URL)
            lf_xml_put(&x->w, "type", LF_V("URL"));
        else
            lf_xml_put(&x->w, "type", LF_V("FQDN"));
        lf_xml_leaf(&x->w, kind == LF_OBS_URL ? "URIObj:Value" : "DomainNameObj:Value", v);
        close_observable(x);
        return;
    }
    sum = kind == LF_OBS_MD5      ? "MD5"
          : kind == LF_OBS_SHA1   ? "SHA1"
          : kind == LF_OBS_SHA256 ? "SHA256"
          : kind == LF_OBS_SHA512 ? "SHA512"
                                  : NULL;
    if (!sum) {
        told(x, "values", v, "CybOX has no object for it here");
        return;
    }
    open_observable(x, NULL, "FileObj:FileObjectType");
    lf_xml_open(&x->w, "FileObj:Hashes");
    lf_xml_open(&x->w, "cyboxCommon:Hash");
    lf_xml_leaf(&x->w, "cyboxCommon:Type", lf_view_of(sum));
    lf_xml_leaf(&x->w, "cyboxCommon:Simple_Hash_Value", v);
    lf_xml_close(&x->w);
    lf_xml_close(&x->w);
    close_observable(x);
}

/* ---- sockets ---- */

static lf_view address(const struct out *x, const struct lf_json *traffic, const char *end)
{
    return lf_view_some(lf_json_str(object(x, lf_view_some(lf_json_str(traffic, end))), "value"));
}

static void socket_in(struct out *x, const struct lf_json *t, const char *ref, const char *port)
{
    lf_view at = address(x, t, ref);
    int64_t n;

    if (at.len) {
        const char *category = family(at);

        lf_xml_open(&x->w, category ? "SocketAddressObj:IP_Address" : "SocketAddressObj:Hostname");
        if (category)
            lf_xml_put(&x->w, "category", lf_view_of(category));
        lf_xml_leaf(&x->w, category ? "AddressObj:Address_Value" : "HostnameObj:Hostname_Value", at);
        lf_xml_close(&x->w);
    }
    if (lf_json_int(t, port, &n)) {
        lf_xml_open(&x->w, "SocketAddressObj:Port");
        lf_xml_leaf(&x->w, "PortObj:Port_Value", lf_arena_printf(x->a, "%lld", (long long)n));
        lf_xml_close(&x->w);
    }
}

/* The layer-4 protocol as CybOX's list has it; NULL: none of them. */
static const char *layer4(const struct lf_json *t)
{
    static const char *const all[] = { "TCP", "UDP", "ICMP", "ESP", "AH" };
    const struct lf_json *list = lf_json_get(t, LF_V("protocols"));

    for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_items(list); i++)
        for (size_t k = 0; k < sizeof all / sizeof *all; k++)
            if (lf_view_eq_nocase(lf_json_text(lf_json_item(list, i)), lf_view_of(all[k])))
                return all[k];
    return NULL;
}

static bool labelled(const struct out *x, const char *name, lf_view id)
{
    size_t at = 0;
    lf_view v;

    while (label(x->report, name, &at, &v))
        if (lf_view_eq(v, id))
            return true;
    return false;
}

static void property(struct out *x, const char *name, lf_view v)
{
    if (!v.len)
        return;
    lf_xml_open(&x->w, "cyboxCommon:Property");
    lf_xml_put(&x->w, "name", lf_view_of(name));
    lf_xml_say(&x->w, v);
    lf_xml_close(&x->w);
}

static void traffic(struct out *x, const struct lf_json *t)
{
    lf_view id = lf_json_str(t, "id");
    const char *protocol = layer4(t);
    int64_t port;

    if (labelled(x, "relay", id)) {
        open_observable(x, "Relay", "CustomObj:CustomObjectType");
        lf_xml_open(&x->w, "cyboxCommon:Custom_Properties");
        property(x, "IP", address(x, t, "dst_ref"));
        if (lf_json_int(t, "dst_port", &port))
            property(x, "Port", lf_arena_printf(x->a, "%lld", (long long)port));
        property(x, "Protocol", protocol ? lf_view_of(protocol) : LF_V(""));
        lf_xml_close(&x->w);
        close_observable(x);
        return;
    }
    if (labelled(x, "cc", id)) {
        open_observable(x, "C&C", "SocketAddressObj:SocketAddressObjectType");
        socket_in(x, t, "dst_ref", "dst_port");
        close_observable(x);
        return;
    }
    open_observable(x, "Connection", "NetworkConnectionObj:NetworkConnectionObjectType");
    leaf(x, "NetworkConnectionObj:Layer4_Protocol", protocol ? lf_view_of(protocol) : LF_V(""));
    lf_xml_open(&x->w, "NetworkConnectionObj:Source_Socket_Address");
    socket_in(x, t, "src_ref", "src_port");
    lf_xml_close(&x->w);
    lf_xml_open(&x->w, "NetworkConnectionObj:Destination_Socket_Address");
    socket_in(x, t, "dst_ref", "dst_port");
    lf_xml_close(&x->w);
    close_observable(x);
}

static void attachment(struct out *x, const struct lf_json *file)
{
    const struct lf_json *artifact = object(x, lf_view_some(lf_json_str(file, "content_ref")));
    lf_view bytes = lf_view_some(lf_json_str(artifact, "payload_bin")), name = lf_json_str(file, "name"),
            about;
    size_t at = 0;

    if (!bytes.len)
        return;
    lf_xml_open(&x->w, "incident:Related_Observable");
    lf_xml_leaf(&x->w, "stixCommon:Relationship", LF_V("Attachment"));
    lf_xml_open(&x->w, "stixCommon:Observable");
    lf_xml_open(&x->w, "cybox:Object");
    while (label(x->report, "attachment", &at, &about))
        if (lf_view_starts(about, name) && about.len > name.len && about.ptr[name.len] == '|') {
            lf_xml_leaf(&x->w, "cybox:Description", lf_view_from(about, name.len + 1));
            break;
        }
    lf_xml_open(&x->w, "cybox:Properties");
    lf_xml_put(&x->w, "xsi:type", LF_V("ArtifactObj:ArtifactObjectType"));
    lf_xml_put(&x->w, "type", LF_V("File"));
    lf_xml_put(&x->w, "content_type", lf_view_some(lf_json_str(artifact, "mime_type")));
    lf_xml_open(&x->w, "cyboxCommon:Custom_Properties");
    property(x, "Name", name);
    lf_xml_close(&x->w);
    lf_xml_open(&x->w, "ArtifactObj:Packaging");
    lf_xml_open(&x->w, "ArtifactObj:Encoding");
    lf_xml_put(&x->w, "algorithm", LF_V("Base64"));
    lf_xml_close(&x->w);
    lf_xml_close(&x->w);
    lf_xml_leaf(&x->w, "ArtifactObj:Raw_Artifact", bytes);
    close_observable(x);
}

/* Properties of the centre's own that have no better place, as they came. */
static void properties(struct out *x)
{
    const struct lf_json *list = lf_json_get(x->report, LF_V("labels"));
    lf_view prefix = LF_VIEW("national:property:");
    bool open = false;

    for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_items(list); i++) {
        lf_view v = lf_json_text(lf_json_item(list, i));
        size_t eq;

        if (!lf_view_starts(v, prefix))
            continue;
        v = lf_view_from(v, prefix.len);
        eq = lf_view_find(v, LF_V("=\""));
        if (eq == SIZE_MAX || eq + 3 > v.len || !lf_view_ends(v, LF_V("\"")))
            continue;
        if (!open) {
            open_observable(x, "Properties", "CustomObj:CustomObjectType");
            lf_xml_open(&x->w, "cyboxCommon:Custom_Properties");
        }
        open = true;
        property(x, lf_arena_cstr(x->a, lf_view_first(v, eq)), (lf_view){ v.ptr + eq + 2, v.len - eq - 3 });
    }
    if (open) {
        lf_xml_close(&x->w);
        close_observable(x);
    }
}

/* All of them; the element that holds them may not be empty. */
static void observables(struct out *x)
{
    size_t field = lf_advisory_field(LF_V("values")), page = lf_advisory_field(LF_V("page"));
    const struct lf_json *refs = lf_json_get(x->report, LF_V("object_refs"));
    size_t nrefs = lf_json_kind(refs) == LF_JSON_ARRAY ? lf_json_items(refs) : 0;
    struct lf_xml_w outer = x->w;
    struct lf_buf inner;

    lf_buf_init(&inner, PACKAGE);
    x->w = lf_xml_w(&inner);
    for (size_t i = 0; i < x->form.n[page]; i++) {
        open_observable(x, "Page", "URIObj:URIObjectType");
        lf_xml_put(&x->w, "type", LF_V("URL"));
        lf_xml_leaf(&x->w, "URIObj:Value", x->form.text[page][i]);
        close_observable(x);
    }
    for (size_t i = 0; i < x->form.n[field]; i++)
        value(x, x->form.text[field][i]);
    for (size_t i = 0; i < nrefs; i++) {
        const struct lf_json *o = object(x, lf_json_text(lf_json_item(refs, i)));
        lf_view type = lf_view_some(lf_json_str(o, "type")), v = lf_view_some(lf_json_str(o, "value"));

        if (lf_view_is(type, "network-traffic"))
            traffic(x, o);
        else if (lf_view_is(type, "file") && lf_json_str(o, "content_ref").len)
            attachment(x, o);
        else if (!x->form.n[field] && v.len &&
                 (lf_view_is(type, "ipv4-addr") || lf_view_is(type, "ipv6-addr") ||
                  lf_view_is(type, "domain-name") || lf_view_is(type, "url") ||
                  lf_view_is(type, "email-addr")))
            value(x, v);
    }
    properties(x);
    x->w = outer;
    if (inner.len) {
        lf_xml_open(&x->w, "incident:Related_Observables");
        lf_xml_raw(&x->w, lf_buf_view(&inner));
        lf_xml_close(&x->w);
    }
    lf_buf_clear(&inner);
}

/* ---- the rest ---- */

static void victims(struct out *x)
{
    size_t at = 0;
    lf_view v;
    bool open = false;

    while (label(x->report, "victim", &at, &v)) {
        lf_xml_open(&x->w, "incident:Victim");
        lf_xml_leaf(&x->w, "stixCommon:Name", v);
        lf_xml_close(&x->w);
    }
    for (at = 0; label(x->report, "victim-address", &at, &v);) {
        if (!open) {
            lf_xml_open(&x->w, "incident:Affected_Assets");
            lf_xml_open(&x->w, "incident:Affected_Asset");
            lf_xml_open(&x->w, "incident:Structured_Description");
            lf_xml_put(&x->w, "cybox_major_version", LF_V("2"));
            lf_xml_put(&x->w, "cybox_minor_version", LF_V("1"));
        }
        open = true;
        lf_xml_open(&x->w, "cybox:Observable");
        lf_xml_open(&x->w, "cybox:Object");
        lf_xml_open(&x->w, "cybox:Properties");
        if (family(v)) {
            lf_xml_put(&x->w, "xsi:type", LF_V("AddressObj:AddressObjectType"));
            lf_xml_put(&x->w, "category", lf_view_of(family(v)));
            lf_xml_leaf(&x->w, "AddressObj:Address_Value", v);
        } else {
            lf_xml_put(&x->w, "xsi:type", LF_V("HostnameObj:HostnameObjectType"));
            lf_xml_leaf(&x->w, "HostnameObj:Hostname_Value", v);
        }
        for (int i = 0; i < 3; i++)
            lf_xml_close(&x->w);
    }
    for (int i = 0; open && i < 3; i++)
        lf_xml_close(&x->w);
}

static void methods(struct out *x)
{
    lf_view method = text(x, "method"), platform = text(x, "platform"), one;

    if (!method.len && !platform.len)
        return;
    lf_xml_open(&x->w, "incident:Leveraged_TTPs");
    lf_xml_open(&x->w, "incident:Leveraged_TTP");
    lf_xml_open(&x->w, "stixCommon:TTP");
    lf_xml_put(&x->w, "xsi:type", LF_V("ttp:TTPType"));
    lf_xml_put(&x->w, "version", LF_V("1.2"));
    leaf(x, "ttp:Description", method);
    if (platform.len) {
        lf_xml_open(&x->w, "ttp:Victim_Targeting");
        while (lf_view_split(&platform, '\n', &one))
            leaf(x, "ttp:Targeted_Systems", lf_view_trim(one));
        lf_xml_close(&x->w);
    }
    for (int i = 0; i < 3; i++)
        lf_xml_close(&x->w);
}

static void related(struct out *x)
{
    lf_view reply = lf_advisory_text(&x->form, "reply_to"), v, id, when, who;
    bool open = false;
    size_t at = 0;

    while (label(x->report, "related", &at, &v)) {
        lf_view rest = v;

        if (!lf_view_split(&rest, '|', &id) || !id.len)
            continue;
        when = who = LF_V("");
        (void)lf_view_split(&rest, '|', &when);
        (void)lf_view_split(&rest, '|', &who);
        if (!open)
            lf_xml_open(&x->w, "incident:Related_Incidents");
        open = true;
        lf_xml_open(&x->w, "incident:Related_Incident");
        if (who.len) {
            lf_xml_open(&x->w, "stixCommon:Information_Source");
            lf_xml_open(&x->w, "stixCommon:Identity");
            lf_xml_leaf(&x->w, "stixCommon:Name", who);
            lf_xml_close(&x->w);
            lf_xml_close(&x->w);
        }
        lf_xml_open(&x->w, "stixCommon:Incident");
        lf_xml_put(&x->w, "xsi:type", LF_V("incident:IncidentType"));
        if (when.len && lf_time_parse(when, &(lf_time){ 0 }, NULL) == LF_OK)
            lf_xml_put(&x->w, "timestamp", when);
        lf_xml_leaf(&x->w, "incident:External_ID", id);
        lf_xml_close(&x->w);
        lf_xml_close(&x->w);
    }
    if (!open && reply.len > 36) {
        open = true;
        lf_xml_open(&x->w, "incident:Related_Incidents");
        lf_xml_open(&x->w, "incident:Related_Incident");
        lf_xml_open(&x->w, "stixCommon:Incident");
        lf_xml_put(&x->w, "idref",
                   lf_arena_printf(x->a, "lf:Incident-%.*s", LF_FMT(lf_view_from(reply, reply.len - 36))));
        lf_xml_close(&x->w);
        lf_xml_close(&x->w);
    }
    if (open)
        lf_xml_close(&x->w);
}

static void measures(struct out *x)
{
    lf_view v = text(x, "measures");

    if (!v.len)
        return;
    lf_xml_open(&x->w, "incident:COA_Taken");
    lf_xml_open(&x->w, "incident:Course_Of_Action");
    lf_xml_put(&x->w, "xsi:type", LF_V("coa:CourseOfActionType"));
    lf_xml_put(&x->w, "version", LF_V("1.2"));
    lf_xml_leaf(&x->w, "coa:Description", v);
    lf_xml_close(&x->w);
    lf_xml_close(&x->w);
}

static void references(struct out *x)
{
    size_t links = lf_advisory_field(LF_V("references"));

    if (!x->form.n[links])
        return;
    lf_xml_open(&x->w, "incident:Information_Source");
    lf_xml_open(&x->w, "stixCommon:References");
    for (size_t i = 0; i < x->form.n[links]; i++)
        lf_xml_leaf(&x->w, "stixCommon:Reference", x->form.text[links][i]);
    lf_xml_close(&x->w);
    lf_xml_close(&x->w);
}

static void vulnerabilities(struct out *x)
{
    size_t cves = lf_advisory_field(LF_V("cve"));

    if (!x->form.n[cves])
        return;
    lf_xml_open(&x->w, "stix:Exploit_Targets");
    for (size_t i = 0; i < x->form.n[cves]; i++) {
        lf_xml_open(&x->w, "stixCommon:Exploit_Target");
        lf_xml_put(&x->w, "xsi:type", LF_V("et:ExploitTargetType"));
        lf_xml_put(&x->w, "version", LF_V("1.2"));
        lf_xml_open(&x->w, "et:Vulnerability");
        lf_xml_leaf(&x->w, "et:CVE_ID", x->form.text[cves][i]);
        lf_xml_close(&x->w);
        lf_xml_close(&x->w);
    }
    lf_xml_close(&x->w);
}

static void incident(struct out *x)
{
    lf_view id = first(x->report, "id"), title = first(x->report, "title"), v;
    lf_view uuid = lf_view_from(id_of(x), id_of(x).len - 36);
    size_t at = 0;

    lf_xml_open(&x->w, "stix:Incidents");
    lf_xml_open(&x->w, "stix:Incident");
    lf_xml_put(&x->w, "id", lf_arena_printf(x->a, "lf:Incident-%.*s", LF_FMT(uuid)));
    lf_xml_put(&x->w, "timestamp", lf_json_str(x->report, "modified"));
    lf_xml_put(&x->w, "xsi:type", LF_V("incident:IncidentType"));
    lf_xml_put(&x->w, "version", LF_V("1.2"));
    lf_xml_leaf(&x->w, "incident:Title", title.len ? title : lf_json_str(x->report, "name"));
    if (id.len && !lf_view_ends(id, uuid))
        lf_xml_leaf(&x->w, "incident:External_ID", id);
    while (label(x->report, "ticket", &at, &v))
        lf_xml_leaf(&x->w, "incident:External_ID", v);
    times(x);
    lf_xml_leaf(&x->w, "incident:Description", lf_view_some(lf_json_str(x->report, "description")));
    lf_xml_open(&x->w, "incident:Categories");
    lf_xml_leaf(&x->w, "incident:Category",
                lf_arena_printf(x->a, "%u", national_category(x->kind, x->report)));
    lf_xml_close(&x->w);
    v = first(x->report, "reporter");
    if (v.len) {
        lf_xml_open(&x->w, "incident:Reporter");
        lf_xml_open(&x->w, "stixCommon:Identity");
        lf_xml_leaf(&x->w, "stixCommon:Name", v);
        lf_xml_close(&x->w);
        lf_xml_close(&x->w);
    }
    victims(x);
    impact(x);
    leaf(x, "incident:Status", first(x->report, "status"));
    observables(x);
    methods(x);
    related(x);
    measures(x);
    references(x);
    lf_xml_close(&x->w);
    lf_xml_close(&x->w);
}

static void unsaid(struct out *x)
{
    static const char *const fields[] = { "sectors", "reply_by" };
    const struct lf_json *ext =
        lf_json_get(lf_json_get(x->report, LF_V("extensions")), LF_V(LF_EXTENSION_ID));

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (lf_advisory_text(&x->form, fields[i]).len)
            told(x, fields[i], lf_advisory_text(&x->form, fields[i]),
                 "the national format has no place for it");
    if (lf_json_bool(ext, "exercise", false))
        told(x, "exercise", LF_V("true"), "the national format has no place for it");
    if (lf_json_bool(x->report, "revoked", false))
        told(x, "revoked", LF_V("true"), "the national format has no place for it");
}

enum lf_code national_write(struct lf_arena *a, struct lf_buf *b, const struct lf_json *report,
                            const struct lf_json *const *others, size_t n, const struct lf_exchange *to,
                            struct lf_err *e)
{
    static const char *const spaces[][2] = {
        { "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance" },
        { "xmlns:stix", "http://stix.mitre.org/stix-1" },
        { "xmlns:stixCommon", "http://stix.mitre.org/common-1" },
        { "xmlns:incident", "http://stix.mitre.org/Incident-1" },
        { "xmlns:ttp", "http://stix.mitre.org/TTP-1" },
        { "xmlns:coa", "http://stix.mitre.org/CourseOfAction-1" },
        { "xmlns:et", "http://stix.mitre.org/ExploitTarget-1" },
        { "xmlns:marking", "http://data-marking.mitre.org/Marking-1" },
        { "xmlns:tlpMarking", "http://data-marking.mitre.org/extensions/MarkingStructure#TLP-1" },
        { "xmlns:cybox", "http://cybox.mitre.org/cybox-2" },
        { "xmlns:cyboxCommon", "http://cybox.mitre.org/common-2" },
        { "xmlns:AddressObj", "http://cybox.mitre.org/objects#AddressObject-2" },
        { "xmlns:ArtifactObj", "http://cybox.mitre.org/objects#ArtifactObject-2" },
        { "xmlns:CustomObj", "http://cybox.mitre.org/objects#CustomObject-1" },
        { "xmlns:DomainNameObj", "http://cybox.mitre.org/objects#DomainNameObject-1" },
        { "xmlns:FileObj", "http://cybox.mitre.org/objects#FileObject-2" },
        { "xmlns:HostnameObj", "http://cybox.mitre.org/objects#HostnameObject-1" },
        { "xmlns:NetworkConnectionObj", "http://cybox.mitre.org/objects#NetworkConnectionObject-2" },
        { "xmlns:PortObj", "http://cybox.mitre.org/objects#PortObject-2" },
        { "xmlns:SocketAddressObj", "http://cybox.mitre.org/objects#SocketAddressObject-1" },
        { "xmlns:URIObj", "http://cybox.mitre.org/objects#URIObject-2" },
        { "xmlns:lf", "urn:lianfang:national" },
    };
    struct out x = { .a = a, .w = lf_xml_w(b), .report = report, .others = others, .n = n, .to = to };

    if (!national_kind(report, &x.kind) || id_of(&x).len < 44)
        return lf_err_set(e, LF_NOT_FOUND, "it is no report of the five types ANA, DEF, INT, EWA, FBI");
    form_of(&x);
    lf_xml_open(&x.w, "stix:STIX_Package");
    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++)
        lf_xml_put(&x.w, spaces[i][0], lf_view_of(spaces[i][1]));
    lf_xml_put(&x.w, "id",
               lf_arena_printf(a, "lf:Package-%.*s", LF_FMT(lf_view_from(id_of(&x), id_of(&x).len - 36))));
    lf_xml_put(&x.w, "version", LF_V("1.2"));
    lf_xml_put(&x.w, "timestamp", lf_json_str(report, "modified"));
    header(&x);
    vulnerabilities(&x);
    incident(&x);
    lf_xml_close(&x.w);
    unsaid(&x);
    return lf_buf_done(b, e);
}

FORMAT_WRITER(format_national_write)
{
    const struct lf_json *report = NULL;
    enum lf_advisory_kind kind;
    struct lf_buf b;
    enum lf_code rc;
    size_t found = 0;

    (void)use;
    for (size_t i = 0; i < n; i++)
        if (national_kind(objects[i], &kind)) {
            report = objects[i];
            found++;
        }
    if (found != 1)
        return lf_err_set(e, LF_BAD_INPUT,
                          "national: a package has exactly one report of the five types, and there are %zu",
                          found);
    lf_buf_init(&b, PACKAGE);
    LF_PUT(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    rc = national_write(a, &b, report, objects, n, to, e);
    if (rc == LF_OK)
        lf_buf_byte(&b, '\n');
    if (rc == LF_OK)
        rc = to->made(to->ctx, lf_buf_view(&b), e);
    lf_buf_clear(&b);
    return rc;
}
