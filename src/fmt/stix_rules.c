/* What the properties of an object owe each other, type by type. */
#include <stdio.h>
#include <string.h>

#include "fmt/stix.h"
#include "fmt/stix_check_priv.h"
#include "fmt/stix_make.h"
#include "fmt/stix_pattern.h"

static bool time_of(const struct lf_json *object, const char *key, lf_time *out)
{
    const struct lf_json *v = lf_json_get(object, lf_view_of(key));

    return lf_json_kind(v) == LF_JSON_STRING && lf_stix_time(lf_json_text(v), out, NULL) == LF_OK;
}

void stix_later(struct stix_check *c, const char *from, const char *to, bool same)
{
    lf_time a, b;
    size_t was;

    if (!time_of(c->object, from, &a) || !time_of(c->object, to, &b) || b > a || (same && b == a))
        return;
    was = stix_down(c, lf_view_of(to));
    MUST(c, "is %s %s", b == a ? "the same as" : "before", from);
    stix_up(c, was);
}

/* At least one of a list of names, blanks between. */
static void one_of(struct stix_check *c, const char *names)
{
    lf_view rest = lf_view_of(names), one;

    while (lf_view_split(&rest, ' ', &one))
        if (lf_json_get(c->object, one))
            return;
    MUST(c, "needs at least one of: %s", names);
}

static void indicator_rules(struct stix_check *c)
{
    lf_view type = lf_json_str(c->object, "pattern_type"), pattern = lf_json_str(c->object, "pattern");
    struct lf_err e = { 0 };

    stix_later(c, "valid_from", "valid_until", false);
    if (lf_view_is(type, "stix") && pattern.ptr) {
        struct lf_stix_pattern p;

        if (lf_stix_pattern_parse(c->a, pattern, &p, &e) != LF_OK) {
            size_t was = stix_down(c, LF_V("pattern"));

            MUST(c, "%s", e.text);
            stix_up(c, was);
        }
    }
}

static void location_rules(struct stix_check *c)
{
    bool lat = has(c->object, "latitude"), lon = has(c->object, "longitude");
    lf_view country = lf_json_str(c->object, "country");

    if (!has(c->object, "region") && !has(c->object, "country") && !(lat && lon))
        MUST(c, "needs at least one of: region, country, latitude and longitude");
    if (lat != lon)
        MUST(c, "latitude and longitude come together");
    if (has(c->object, "precision") && !(lat && lon))
        MUST(c, "precision needs latitude and longitude");
    if (country.ptr && country.len != 2) {
        size_t was = stix_down(c, LF_V("country"));

        SHOULD(c, "is a code of two letters (ISO 3166-1)");
        stix_up(c, was);
    }
}

static const struct {
    const char *id, *created, *type, *value;
} tlps[] = {
    { "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9", "2017-01-20T00:00:00.000Z", "tlp",
      "white" },
    { "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da", "2017-01-20T00:00:00.000Z", "tlp",
      "green" },
    { "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82", "2017-01-20T00:00:00.000Z", "tlp",
      "amber" },
    { "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed", "2017-01-20T00:00:00.000Z", "tlp", "red" },
};

/* TLP 2.0 is an extension of the standard's own, with five objects. */
static void tlp2_rules(struct stix_check *c, lf_view value)
{
    const char *id = lf_make_tlp(value), *name = id ? lf_make_tlp_name(lf_view_of(id)) : NULL;

    if (name && lf_view_is(value, name) && strcmp(name, "white") != 0) {
        if (!lf_view_is(c->id, id))
            SHOULD(c, "TLP:%s is %s everywhere", name, id);
        return;
    }
    MUST(c, "tlp_2_0 is clear, green, amber, amber+strict or red");
}

static void marking_rules(struct stix_check *c)
{
    const struct lf_json *o = c->object, *d = lf_json_get(o, LF_V("definition"));
    lf_view type = lf_json_str(o, "definition_type"), value = lf_json_str(d, "tlp");
    const struct lf_json *two =
        lf_json_get(lf_json_get(o, LF_V("extensions")),
                    LF_V("extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"));

    if (two)
        tlp2_rules(c, lf_json_str(two, "tlp_2_0"));
    if (!has(o, "extensions")) {
        if (!type.ptr || !d)
            MUST(c, "needs definition_type and definition, or an extension");
    }
    if (has(o, "definition_type") != (d != NULL))
        MUST(c, "definition_type and definition come together");
    if (has(o, "modified") || has(o, "revoked"))
        MUST(c, "a marking has no versions: neither modified nor revoked");
    if (lf_view_is(type, "statement") && d && !lf_json_str(d, "statement").ptr)
        MUST(c, "the definition of a statement has the text \"statement\"");
    if (lf_view_is(type, "tlp")) {
        size_t i;

        for (i = 0; i < sizeof tlps / sizeof *tlps && !lf_view_is(value, tlps[i].value); i++)
            ;
        if (i == sizeof tlps / sizeof *tlps)
            MUST(c, "TLP is white, green, amber or red");
        else if (!lf_view_is(c->id, tlps[i].id) || !lf_view_is(lf_json_str(o, "created"), tlps[i].created))
            MUST(c, "TLP:%s is the standard's own object %s", tlps[i].value, tlps[i].id);
    }
}

static void observed_rules(struct stix_check *c)
{
    const struct lf_json *list = lf_json_get(c->object, LF_V("object_refs"));
    bool refs = list != NULL, objects = has(c->object, "objects");

    stix_later(c, "first_observed", "last_observed", true);
    if (refs == objects)
        MUST(c, refs ? "has either objects or object_refs, not both" : "needs object_refs");
    for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_items(list); i++)
        if (!lf_view_starts(lf_json_text(lf_json_item(list, i)), LF_V("relationship--")) &&
            !lf_view_starts(lf_json_text(lf_json_item(list, i)), LF_V("sighting--")))
            return;
    if (lf_json_items(list)) {
        size_t was = stix_down(c, LF_V("object_refs"));

        MUST(c, "needs one cyber-observable at least");
        stix_up(c, was);
    }
}

static void artifact_rules(struct stix_check *c)
{
    bool bin = has(c->object, "payload_bin"), url = has(c->object, "url");

    if (bin == url)
        MUST(c, "has payload_bin or url, and not both");
    if (url && !has(c->object, "hashes"))
        MUST(c, "a url needs hashes");
    if (has(c->object, "decryption_key") && !has(c->object, "encryption_algorithm"))
        MUST(c, "a decryption_key needs encryption_algorithm");
}

static void mail_rules(struct stix_check *c)
{
    const struct lf_json *multi = lf_json_get(c->object, LF_V("is_multipart"));
    const struct lf_json *parts = lf_json_get(c->object, LF_V("body_multipart"));
    char name[48];

    if (lf_json_kind(multi) == LF_JSON_TRUE && has(c->object, "body"))
        MUST(c, "body is not for a mail of several parts");
    if (lf_json_kind(multi) == LF_JSON_FALSE && has(c->object, "body_multipart"))
        MUST(c, "body_multipart is for a mail of several parts only");
    for (size_t i = 0; lf_json_kind(parts) == LF_JSON_ARRAY && i < lf_json_items(parts); i++) {
        const struct lf_json *part = lf_json_item(parts, i);
        size_t was;

        if (lf_json_kind(part) != LF_JSON_OBJECT || has(part, "body") != has(part, "body_raw_ref"))
            continue;
        (void)snprintf(name, sizeof name, "body_multipart[%zu]", i);
        was = stix_down(c, lf_view_of(name));
        MUST(c, "has body or body_raw_ref, and not both");
        stix_up(c, was);
    }
}

static void traffic_rules(struct stix_check *c)
{
    one_of(c, "src_ref dst_ref");
    stix_later(c, "start", "end", true);
    if (has(c->object, "end") && lf_json_bool(c->object, "is_active", false))
        MUST(c, "is_active is false when there is an end");
}

/* At least one property of its own, whichever. */
static void any_own(struct stix_check *c)
{
    const struct stix_shape *s = stix_shape_of(c->type.ptr, c->type.len);

    for (size_t i = 0; i < s->n; i++)
        if (has(c->object, s->props[i].name))
            return;
    if (!has(c->object, "extensions"))
        MUST(c, "needs at least one property of its own, or an extension");
}

static void seen(struct stix_check *c)
{
    stix_later(c, "first_seen", "last_seen", true);
}

static void address_rules(struct stix_check *c)
{
    lf_view v = lf_json_str(c->object, "value");
    size_t was = stix_down(c, LF_V("value"));
    struct lf_stix_net net;

    if (v.ptr && (!lf_stix_net_parse(v, &net) || net.v6 == lf_view_is(c->type, "ipv4-addr")))
        MUST(c, "\"%.*s\" is no IPv%c address or network", LF_FMT(lf_view_first(v, 60)), c->type.ptr[3]);
    stix_up(c, was);
}

static void mac_rules(struct stix_check *c)
{
    lf_view v = lf_json_str(c->object, "value");
    size_t was = stix_down(c, LF_V("value"));
    bool ok = v.len == 17;

    for (size_t i = 0; ok && i < v.len; i++)
        ok = i % 3 == 2 ? v.ptr[i] == ':' : memchr("0123456789abcdef", v.ptr[i], 16) != NULL;
    if (v.ptr && !ok)
        MUST(c, "is six pairs of small hexadecimal digits with colons");
    stix_up(c, was);
}

static void url_rules(struct stix_check *c)
{
    lf_view v = lf_json_str(c->object, "value");
    size_t was = stix_down(c, LF_V("value"));

    if (v.ptr && !stix_is_url(v))
        MUST(c, "is no URL");
    stix_up(c, was);
}

static void mail_address_rules(struct stix_check *c)
{
    lf_view v = lf_json_str(c->object, "value");
    size_t at = v.ptr ? lf_view_find_byte(v, '@') : 0, was = stix_down(c, LF_V("value"));
    bool bare = true;

    /* Blanks and brackets are for what is quoted; otherwise they belong to a name beside the address. */
    for (size_t i = 0; v.ptr && v.ptr[0] != '"' && i < v.len; i++)
        bare = bare && (unsigned char)v.ptr[i] > ' ' && !strchr("<>,;\"", v.ptr[i]);
    if (v.ptr && (at == SIZE_MAX || at == 0 || at + 1 == v.len || !bare))
        MUST(c, "is no address as RFC 5322 writes it, name@domain without a person's name");
    stix_up(c, was);
}

/* RFC 1034 and 5890, loosely: labels of 63 bytes, 253 in all; of ASCII letters, digits, - and _. */
static void domain_rules(struct stix_check *c)
{
    lf_view v = lf_json_str(c->object, "value"), rest = v, label;
    size_t was = stix_down(c, LF_V("value"));
    bool ok = v.len > 0 && v.len <= 253;

    if (ok && v.len > 1 && v.ptr[v.len - 1] == '.')
        rest.len--;
    while (ok && lf_view_split(&rest, '.', &label)) {
        ok = label.len > 0 && label.len <= 63 && label.ptr[0] != '-' && label.ptr[label.len - 1] != '-';
        for (size_t i = 0; ok && i < label.len; i++) {
            unsigned char ch = (unsigned char)label.ptr[i], low = ch | 0x20;

            ok = ch >= 0x80 || (low >= 'a' && low <= 'z') || (ch >= '0' && ch <= '9') || ch == '-' ||
                 ch == '_';
        }
    }
    if (v.ptr && !ok)
        MUST(c, "is no domain name");
    stix_up(c, was);
}

static void key_rules(struct stix_check *c)
{
    static const char *const cut[] = { "HKLM", "HKCU", "HKCR", "HKU", "HKCC", "HKPD", "HKDD" };
    lf_view v = lf_json_str(c->object, "key"), hive = v;
    size_t end = v.ptr ? lf_view_find_byte(v, '\\') : SIZE_MAX, was;

    if (end != SIZE_MAX)
        hive = lf_view_first(v, end);
    for (size_t i = 0; v.ptr && i < sizeof cut / sizeof *cut; i++)
        if (lf_view_eq_nocase(hive, lf_view_of(cut[i]))) {
            was = stix_down(c, LF_V("key"));
            MUST(c, "names its hive in full, as HKEY_LOCAL_MACHINE");
            stix_up(c, was);
        }
}

/* NISTIR 7695: "cpe:2.3:", a part, and ten more, colons between that no backslash escapes. */
static void software_rules(struct stix_check *c)
{
    lf_view v = lf_json_str(c->object, "cpe");
    size_t parts = 1, was = stix_down(c, LF_V("cpe"));

    for (size_t i = 0; i < v.len; i++) {
        if (v.ptr[i] == '\\')
            i++;
        else if (v.ptr[i] == ':')
            parts++;
    }
    if (v.ptr && (!lf_view_starts(v, LF_V("cpe:2.3:")) || parts != 13 || v.len < 10 || v.ptr[9] != ':' ||
                  !strchr("aho*-", v.ptr[8])))
        MUST(c, "is no CPE of version 2.3: cpe:2.3:a:vendor:product:version and seven more");
    stix_up(c, was);
}

static void malware_rules(struct stix_check *c)
{
    seen(c);
    if (lf_json_bool(c->object, "is_family", false) && !has(c->object, "name"))
        MUST(c, "a family needs a name");
}

static void analysis_rules(struct stix_check *c)
{
    one_of(c, "result analysis_sco_refs");
    stix_later(c, "analysis_started", "analysis_ended", true);
}

static void relationship_rules(struct stix_check *c)
{
    lf_view v = lf_json_str(c->object, "relationship_type");

    stix_later(c, "start_time", "stop_time", false);
    for (size_t i = 0; i < v.len; i++)
        if (!((v.ptr[i] >= 'a' && v.ptr[i] <= 'z') || (v.ptr[i] >= '0' && v.ptr[i] <= '9') ||
              v.ptr[i] == '-')) {
            size_t was = stix_down(c, LF_V("relationship_type"));

            MUST(c, "has the letters a-z, 0-9 and -");
            stix_up(c, was);
            break;
        }
}

static void certificate_rules(struct stix_check *c)
{
    any_own(c);
    stix_later(c, "validity_not_before", "validity_not_after", true);
}

static void file_rules(struct stix_check *c)
{
    one_of(c, "hashes name");
    if (has(c->object, "name_enc") && !has(c->object, "name"))
        MUST(c, "name_enc is for a name that is there");
}

static bool digits(lf_view v)
{
    for (size_t i = 0; i < v.len; i++)
        if (v.ptr[i] < '0' || v.ptr[i] > '9')
            return false;
    return v.len > 0;
}

/* 2.5, and how the schemas have the two catalogues it names. */
static void references(struct stix_check *c)
{
    const struct lf_json *list = lf_json_get(c->object, LF_V("external_references"));

    for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_items(list); i++) {
        const struct lf_json *r = lf_json_item(list, i);
        lf_view source = lf_json_str(r, "source_name"), id = lf_json_str(r, "external_id");
        char name[48];
        size_t was;

        if (lf_json_kind(r) != LF_JSON_OBJECT || !lf_json_members(r))
            continue;
        (void)snprintf(name, sizeof name, "external_references[%zu]", i);
        was = stix_down(c, lf_view_of(name));
        if (!has(r, "description") && !has(r, "url") && !has(r, "external_id"))
            MUST(c, "needs at least one of: description url external_id");
        else if (lf_view_is(source, "cve") && !lf_stix_cve_ok(id))
            MUST(c, "the external_id of cve is as CVE-2026-12345");
        else if (lf_view_is(source, "capec") &&
                 (!lf_view_starts(id, LF_V("CAPEC-")) || !digits(lf_view_from(id, 6))))
            MUST(c, "the external_id of capec is as CAPEC-163");
        stix_up(c, was);
    }
}

static void new_names(struct stix_check *c, const struct lf_json *names)
{
    for (size_t i = 0; lf_json_kind(names) == LF_JSON_ARRAY && i < lf_json_items(names); i++) {
        lf_view name = lf_json_text(lf_json_item(names, i));
        char place[48];
        size_t was;

        (void)snprintf(place, sizeof place, "extension_properties[%zu]", i);
        was = stix_down(c, lf_view_of(place));
        if (name.ptr && !stix_is_name(name))
            MUST(c, STIX_NAME_RULE);
        stix_up(c, was);
    }
}

static void extension_rules(struct stix_check *c)
{
    const struct lf_json *types = lf_json_get(c->object, LF_V("extension_types"));
    bool top = false;

    for (size_t i = 0; lf_json_kind(types) == LF_JSON_ARRAY && i < lf_json_items(types); i++)
        top = top || lf_view_is(lf_json_text(lf_json_item(types, i)), "toplevel-property-extension");
    if (has(c->object, "extension_properties") && !top)
        MUST(c, "extension_properties are for a toplevel-property-extension only");
    if (top && !has(c->object, "extension_properties"))
        SHOULD(c, "a toplevel-property-extension lists its extension_properties");
    new_names(c, lf_json_get(c->object, LF_V("extension_properties")));
}

static const struct {
    const char *type;
    void (*check)(struct stix_check *c);
} rules[] = {
    { "artifact", artifact_rules },
    { "campaign", seen },
    { "domain-name", domain_rules },
    { "email-addr", mail_address_rules },
    { "email-message", mail_rules },
    { "extension-definition", extension_rules },
    { "file", file_rules },
    { "indicator", indicator_rules },
    { "infrastructure", seen },
    { "intrusion-set", seen },
    { "ipv4-addr", address_rules },
    { "ipv6-addr", address_rules },
    { "location", location_rules },
    { "mac-addr", mac_rules },
    { "malware", malware_rules },
    { "malware-analysis", analysis_rules },
    { "marking-definition", marking_rules },
    { "network-traffic", traffic_rules },
    { "observed-data", observed_rules },
    { "process", any_own },
    { "relationship", relationship_rules },
    { "sighting", seen },
    { "software", software_rules },
    { "threat-actor", seen },
    { "url", url_rules },
    { "user-account", any_own },
    { "windows-registry-key", any_own },
    { "windows-registry-key", key_rules },
    { "x509-certificate", certificate_rules },
};

void stix_rules(struct stix_check *c)
{
    references(c);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (lf_view_is(c->type, rules[i].type))
            rules[i].check(c);
}
