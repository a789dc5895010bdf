#include "fmt/misp_priv.h"

#define FILE_SUM(name) "file", "file:hashes." name, MV_TEXT, false, false
const struct misp_place misp_places[MF_FIELDS] = {
    [MF_IP] = { NULL, "value", MV_ADDRESS, false, true },
    [MF_DOMAIN] = { "domain-name", "domain-name:value", MV_TEXT, false, true },
    [MF_RESOLVES] = { "domain-name", "domain-name:resolves_to_refs[*].value", MV_TEXT, false, true },
    [MF_URL] = { "url", "url:value", MV_TEXT, false, true },
    [MF_MAIL] = { "email-addr", "email-addr:value", MV_TEXT, false, true },
    [MF_MAC] = { "mac-addr", "mac-addr:value", MV_TEXT, false, true },
    [MF_MUTEX] = { "mutex", "mutex:name", MV_TEXT, false, true },
    [MF_AS] = { "autonomous-system", "autonomous-system:number", MV_NUMBER, false, true },
    [MF_NAME] = { "file", "file:name", MV_TEXT, false, false },
    [MF_SIZE] = { "file", "file:size", MV_NUMBER, false, false },
    [MF_MIME] = { "file", "file:mime_type", MV_TEXT, false, false },
    [MF_MD5] = { FILE_SUM("MD5") },
    [MF_SHA1] = { FILE_SUM("'SHA-1'") },
    [MF_SHA224] = { FILE_SUM("'SHA-224'") },
    [MF_SHA256] = { FILE_SUM("'SHA-256'") },
    [MF_SHA384] = { FILE_SUM("'SHA-384'") },
    [MF_SHA512] = { FILE_SUM("'SHA-512'") },
    [MF_SHA3_256] = { FILE_SUM("'SHA3-256'") },
    [MF_SHA3_512] = { FILE_SUM("'SHA3-512'") },
    [MF_SSDEEP] = { FILE_SUM("SSDEEP") },
    [MF_TLSH] = { FILE_SUM("TLSH") },
    [MF_IMPHASH] = { "file", "file:extensions.'windows-pebinary-ext'.imphash", MV_TEXT, true, false },
    [MF_KEY] = { "windows-registry-key", "windows-registry-key:key", MV_TEXT, false, false },
    [MF_KEY_DATA] = { "windows-registry-key", "windows-registry-key:values[*].data", MV_TEXT, false, false },
    [MF_KEY_NAME] = { "windows-registry-key", "windows-registry-key:values[*].name", MV_TEXT, false, false },
    [MF_CERT_MD5] = { "x509-certificate", "x509-certificate:hashes.MD5", MV_TEXT, false, false },
    [MF_CERT_SHA1] = { "x509-certificate", "x509-certificate:hashes.'SHA-1'", MV_TEXT, false, false },
    [MF_CERT_SHA256] = { "x509-certificate", "x509-certificate:hashes.'SHA-256'", MV_TEXT, false, false },
    [MF_CERT_SERIAL] = { "x509-certificate", "x509-certificate:serial_number", MV_TEXT, false, false },
    [MF_CERT_ISSUER] = { "x509-certificate", "x509-certificate:issuer", MV_TEXT, false, false },
    [MF_CERT_SUBJECT] = { "x509-certificate", "x509-certificate:subject", MV_TEXT, false, false },
    [MF_SRC] = { "network-traffic", "network-traffic:src_ref.value", MV_ADDRESS, false, true },
    [MF_DST] = { "network-traffic", "network-traffic:dst_ref.value", MV_ADDRESS, false, true },
    [MF_SRC_HOST] = { "network-traffic", "network-traffic:src_ref.value", MV_TEXT, false, true },
    [MF_DST_HOST] = { "network-traffic", "network-traffic:dst_ref.value", MV_TEXT, false, true },
    [MF_SRC_PORT] = { "network-traffic", "network-traffic:src_port", MV_NUMBER, false, false },
    [MF_DST_PORT] = { "network-traffic", "network-traffic:dst_port", MV_NUMBER, false, false },
    [MF_PROTOCOL] = { "network-traffic", "network-traffic:protocols[*]", MV_TEXT, false, false },
    [MF_AGENT] = { "network-traffic",
                   "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'", MV_TEXT, true,
                   false },
    [MF_JA3] = { "network-traffic", "network-traffic:extensions.'tls-ext'.ja3", MV_TEXT, true, false },
    [MF_FROM] = { "email-message", "email-message:from_ref.value", MV_TEXT, false, true },
    [MF_TO] = { "email-message", "email-message:to_refs[*].value", MV_TEXT, false, true },
    [MF_CC] = { "email-message", "email-message:cc_refs[*].value", MV_TEXT, false, true },
    [MF_SUBJECT] = { "email-message", "email-message:subject", MV_TEXT, false, false },
    [MF_BODY] = { "email-message", "email-message:body", MV_TEXT, false, false },
    [MF_MESSAGE_ID] = { "email-message", "email-message:message_id", MV_TEXT, false, false },
    [MF_ATTACHMENT] = { "email-message", "email-message:body_multipart[*].body_raw_ref.name", MV_TEXT, true,
                        false },
    [MF_MAILER] = { "email-message", "email-message:additional_header_fields.'X-Mailer'", MV_TEXT, true,
                    false },
    [MF_REPLY_TO] = { "email-message", "email-message:additional_header_fields.'Reply-To'", MV_TEXT, true,
                      false },
    [MF_SERVICE] = { "process", "process:extensions.'windows-service-ext'.service_name", MV_TEXT, true,
                     false },
    [MF_CPE] = { "software", "software:cpe", MV_TEXT, true, false },
};

#define NETWORK "Network activity"
#define PAYLOAD "Payload delivery"

/* The first row of a field is what a pattern of that field becomes on the way out. */
static const struct misp_type types[] = {
    { "ip-dst", MF_IP, MF_NONE, NETWORK },
    { "ip-src", MF_IP, MF_NONE, NETWORK },
    { "ip-dst|port", MF_DST, MF_DST_PORT, NETWORK },
    { "ip-src|port", MF_SRC, MF_SRC_PORT, NETWORK },
    { "domain", MF_DOMAIN, MF_NONE, NETWORK },
    { "hostname", MF_DOMAIN, MF_NONE, NETWORK },
    { "hostname|port", MF_DST_HOST, MF_DST_PORT, NETWORK },
    { "domain|ip", MF_DOMAIN, MF_RESOLVES, NETWORK },
    { "url", MF_URL, MF_NONE, NETWORK },
    { "uri", MF_URL, MF_NONE, NETWORK },
    { "link", MF_NONE, MF_NONE, "External analysis" },
    { "email", MF_MAIL, MF_NONE, PAYLOAD },
    { "email-src", MF_FROM, MF_NONE, PAYLOAD },
    { "email-dst", MF_TO, MF_NONE, NETWORK },
    { "email-subject", MF_SUBJECT, MF_NONE, PAYLOAD },
    { "email-body", MF_BODY, MF_NONE, PAYLOAD },
    { "email-message-id", MF_MESSAGE_ID, MF_NONE, PAYLOAD },
    { "email-attachment", MF_ATTACHMENT, MF_NONE, PAYLOAD },
    { "email-x-mailer", MF_MAILER, MF_NONE, PAYLOAD },
    { "email-reply-to", MF_REPLY_TO, MF_NONE, PAYLOAD },
    { "target-email", MF_TO, MF_NONE, "Targeting data" },
    { "whois-registrant-email", MF_MAIL, MF_NONE, "Attribution" },
    { "dns-soa-email", MF_MAIL, MF_NONE, "Attribution" },
    { "mac-address", MF_MAC, MF_NONE, NETWORK },
    { "mutex", MF_MUTEX, MF_NONE, "Artifacts dropped" },
    { "AS", MF_AS, MF_NONE, NETWORK },
    { "md5", MF_MD5, MF_NONE, PAYLOAD },
    { "sha1", MF_SHA1, MF_NONE, PAYLOAD },
    { "sha224", MF_SHA224, MF_NONE, PAYLOAD },
    { "sha256", MF_SHA256, MF_NONE, PAYLOAD },
    { "sha384", MF_SHA384, MF_NONE, PAYLOAD },
    { "sha512", MF_SHA512, MF_NONE, PAYLOAD },
    { "sha3-256", MF_SHA3_256, MF_NONE, PAYLOAD },
    { "sha3-512", MF_SHA3_512, MF_NONE, PAYLOAD },
    { "ssdeep", MF_SSDEEP, MF_NONE, PAYLOAD },
    { "tlsh", MF_TLSH, MF_NONE, PAYLOAD },
    { "imphash", MF_IMPHASH, MF_NONE, PAYLOAD },
    { "filename", MF_NAME, MF_NONE, PAYLOAD },
    { "filename|md5", MF_NAME, MF_MD5, PAYLOAD },
    { "filename|sha1", MF_NAME, MF_SHA1, PAYLOAD },
    { "filename|sha224", MF_NAME, MF_SHA224, PAYLOAD },
    { "filename|sha256", MF_NAME, MF_SHA256, PAYLOAD },
    { "filename|sha384", MF_NAME, MF_SHA384, PAYLOAD },
    { "filename|sha512", MF_NAME, MF_SHA512, PAYLOAD },
    { "filename|sha3-256", MF_NAME, MF_SHA3_256, PAYLOAD },
    { "filename|sha3-512", MF_NAME, MF_SHA3_512, PAYLOAD },
    { "filename|ssdeep", MF_NAME, MF_SSDEEP, PAYLOAD },
    { "filename|tlsh", MF_NAME, MF_TLSH, PAYLOAD },
    { "filename|imphash", MF_NAME, MF_IMPHASH, PAYLOAD },
    { "malware-sample", MF_NAME, MF_MD5, PAYLOAD },
    { "size-in-bytes", MF_SIZE, MF_NONE, "Other" },
    { "mime-type", MF_MIME, MF_NONE, PAYLOAD },
    { "regkey", MF_KEY, MF_NONE, "Persistence mechanism" },
    { "regkey|value", MF_KEY, MF_KEY_DATA, "Persistence mechanism" },
    { "x509-fingerprint-sha1", MF_CERT_SHA1, MF_NONE, NETWORK },
    { "x509-fingerprint-md5", MF_CERT_MD5, MF_NONE, NETWORK },
    { "x509-fingerprint-sha256", MF_CERT_SHA256, MF_NONE, NETWORK },
    { "port", MF_DST_PORT, MF_NONE, NETWORK },
    { "user-agent", MF_AGENT, MF_NONE, NETWORK },
    { "ja3-fingerprint-md5", MF_JA3, MF_NONE, NETWORK },
    { "windows-service-name", MF_SERVICE, MF_NONE, "Artifacts dropped" },
    { "cpe", MF_CPE, MF_NONE, "External analysis" },
};

const struct misp_type *misp_type_of(lf_view name)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].first != MF_NONE && lf_view_is(name, types[i].name))
            return &types[i];
    return NULL;
}

const struct misp_type *misp_type_for(enum misp_field first, enum misp_field second)
{
    for (size_t i = 0; first != MF_NONE && i < sizeof types / sizeof *types; i++)
        if (types[i].first == first && types[i].second == second)
            return &types[i];
    return NULL;
}

/* Where the relation says more than the attribute's type. */
static const struct {
    const char *object, *relation;
    enum misp_field field;
} relations[] = {
    { "domain-ip", "ip", MF_RESOLVES },
    { "domain-ip", "port", MF_NONE },
    { "network-connection", "ip-src", MF_SRC },
    { "network-connection", "ip-dst", MF_DST },
    { "network-connection", "hostname-src", MF_SRC_HOST },
    { "network-connection", "hostname-dst", MF_DST_HOST },
    { "network-connection", "src-port", MF_SRC_PORT },
    { "network-connection", "dst-port", MF_DST_PORT },
    { "network-connection", "layer3-protocol", MF_PROTOCOL },
    { "network-connection", "layer4-protocol", MF_PROTOCOL },
    { "network-connection", "layer7-protocol", MF_PROTOCOL },
    { "ip-port", "ip", MF_DST },
    { "ip-port", "ip-dst", MF_DST },
    { "ip-port", "ip-src", MF_SRC },
    { "ip-port", "hostname", MF_DST_HOST },
    { "ip-port", "domain", MF_DST_HOST },
    { "ip-port", "dst-port", MF_DST_PORT },
    { "ip-port", "src-port", MF_SRC_PORT },
    { "email", "from", MF_FROM },
    { "email", "to", MF_TO },
    { "email", "cc", MF_CC },
    { "registry-key", "data", MF_KEY_DATA },
    { "registry-key", "name", MF_KEY_NAME },
    { "x509", "serial-number", MF_CERT_SERIAL },
    { "x509", "issuer", MF_CERT_ISSUER },
    { "x509", "subject", MF_CERT_SUBJECT },
};

enum misp_field misp_relation_field(lf_view object, lf_view relation, const struct misp_type *t)
{
    for (size_t i = 0; i < sizeof relations / sizeof *relations; i++)
        if (lf_view_is(object, relations[i].object) && lf_view_is(relation, relations[i].relation))
            return relations[i].field;
    return t && t->second == MF_NONE ? t->first : MF_NONE;
}

const char *misp_rule_type(lf_view name)
{
    static const char *const both[] = { "yara", "sigma", "snort", "zeek", "suricata", "pcre" };

    for (size_t i = 0; i < sizeof both / sizeof *both; i++)
        if (lf_view_is(name, both[i]))
            return both[i];
    return NULL;
}

const char *misp_rule_name(lf_view pattern_type)
{
    /* MISP has one type for the rules of both engines. */
    if (lf_view_is(pattern_type, "suricata"))
        return "snort";
    return lf_view_is(pattern_type, "pcre") ? NULL : misp_rule_type(pattern_type);
}

lf_view misp_path(struct lf_arena *a, const struct lf_stix_path *p)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 4096);
    lf_buf_put(&b, p->type);
    for (size_t i = 0; i < p->n; i++) {
        const struct lf_stix_step *s = &p->steps[i];
        bool plain = true;

        if (s->kind == LF_STIX_ANY) {
            LF_PUT(&b, "[*]");
            continue;
        }
        if (s->kind == LF_STIX_INDEX) {
            lf_buf_printf(&b, "[%u]", (unsigned)s->index);
            continue;
        }
        for (size_t k = 0; k < s->key.len; k++)
            plain = plain && s->key.ptr[k] != '-' && s->key.ptr[k] != '.' && s->key.ptr[k] != '\'';
        lf_buf_byte(&b, i ? '.' : ':');
        if (!plain)
            lf_buf_byte(&b, '\'');
        lf_buf_put(&b, s->key);
        if (!plain)
            lf_buf_byte(&b, '\'');
    }
    out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

enum misp_field misp_field_of(lf_view path)
{
    if (lf_view_is(path, "ipv4-addr:value") || lf_view_is(path, "ipv6-addr:value"))
        return MF_IP;
    for (unsigned i = MF_IP; i < MF_FIELDS; i++)
        if (lf_view_is(path, misp_places[i].path))
            return (enum misp_field)i;
    return MF_NONE;
}

const char *misp_address(lf_view value)
{
    struct lf_stix_net net;

    if (!lf_stix_net_parse(value, &net))
        return NULL;
    return net.v6 ? "ipv6-addr" : "ipv4-addr";
}

lf_view misp_label(lf_view label, const char *name)
{
    const lf_view none = { NULL, 0 };
    size_t n = strlen(name);

    if (!lf_view_starts(label, LF_V("misp:")) || label.len < n + 8 || label.ptr[label.len - 1] != '"')
        return none;
    label = lf_view_from(label, 5);
    if (!lf_view_starts(label, (lf_view){ name, n }) || !lf_view_starts(lf_view_from(label, n), LF_V("=\"")))
        return none;
    label = lf_view_from(label, n + 2);
    return (lf_view){ label.ptr, label.len - 1 };
}

const char *misp_cluster_type(lf_view galaxy)
{
    static const struct {
        const char *galaxy, *type;
    } rows[] = {
        { "mitre-attack-pattern", "attack-pattern" },
        { "mitre-enterprise-attack-attack-pattern", "attack-pattern" },
        { "mitre-mobile-attack-attack-pattern", "attack-pattern" },
        { "mitre-ics-techniques", "attack-pattern" },
        { "mitre-course-of-action", "course-of-action" },
        { "mitre-enterprise-attack-course-of-action", "course-of-action" },
        { "mitre-intrusion-set", "intrusion-set" },
        { "mitre-enterprise-attack-intrusion-set", "intrusion-set" },
        { "mitre-ics-groups", "intrusion-set" },
        { "threat-actor", "threat-actor" },
        { "microsoft-activity-group", "threat-actor" },
        { "360net-threat-actor", "threat-actor" },
        { "mitre-malware", "malware" },
        { "mitre-enterprise-attack-malware", "malware" },
        { "malpedia", "malware" },
        { "ransomware", "malware" },
        { "rat", "malware" },
        { "stealer", "malware" },
        { "backdoor", "malware" },
        { "banker", "malware" },
        { "botnet", "malware" },
        { "android", "malware" },
        { "cryptominers", "malware" },
        { "mitre-tool", "tool" },
        { "mitre-enterprise-attack-tool", "tool" },
        { "tool", "tool" },
        { "exploit-kit", "tool" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (lf_view_is(galaxy, rows[i].galaxy))
            return rows[i].type;
    return NULL;
}
