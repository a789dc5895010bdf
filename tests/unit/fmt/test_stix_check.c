#include "fmt/stix_check.h"

#include <string.h>

#include "lf_test.h"

#define U "--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"
#define HEAD(type) "{'type':'" type "','id':'" type U "','spec_version':'2.1'"
#define OBSERVED                                                                                             \
    SDO("observed-data")                                                                                     \
    "'first_observed':'2026-01-01T00:00:00Z','last_observed':'2026-01-01T00:00:00Z','number_observed':1,"
#define SDO(type) HEAD(type) ",'created':'2026-11-21T02:48:16.123Z','modified':'2026-11-21T02:48:16.123Z',"
#define SCO(type) "{'type':'" type "','id':'" type U "',"
#define IND SDO("indicator") "'pattern_type':'stix','valid_from':'2026-11-21T02:48:16Z',"
#define PAT "'pattern':'[domain-name:value = \"a.example\"]'"
#define ID36 "8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"

struct seen {
    char must[512], advice[512];
    size_t musts;
};

static void tell(void *ctx, const struct lf_stix_fault *f)
{
    struct seen *s = ctx;
    char *to = f->advice ? s->advice : s->must;

    s->musts += !f->advice;
    if (!to[0])
        (void)snprintf(to, 512, "%.*s: %.*s", LF_FMT(f->path), LF_FMT(f->text));
}

/* Texts are written with ' for ", and with " for '. */
static struct seen look(const char *text)
{
    struct lf_arena a = { 0 };
    struct seen s = { 0 };
    const struct lf_json *v;
    struct lf_err e;
    char json[4096];
    size_t n = strlen(text), musts;

    LF_ASSERT(n < sizeof json);
    for (size_t i = 0; i < n; i++)
        json[i] = text[i] == '\'' ? '"' : text[i] == '"' ? '\'' : text[i];
    if (lf_json_parse(&a, (lf_view){ json, n }, NULL, &v, &e) != LF_OK) {
        CHECK(false, "%s is no JSON: %s", text, e.text);
        return s;
    }
    musts = lf_stix_check(&a, v, tell, &s);
    CHECK(musts == s.musts, "%s: %zu told of %zu", text, s.musts, musts);
    lf_arena_clear(&a);
    return s;
}

static void every_type_of_the_standard_has_an_object_without_fault(void)
{
    static const char *const good[] = {
        SDO("attack-pattern") "'name':'x','kill_chain_phases':[{'kill_chain_name':'k','phase_name':'p'}],"
                              "'external_references':[{'source_name':'capec','external_id':'CAPEC-163'}]}",
        SDO("campaign") "'name':'x','first_seen':'2026-01-01T00:00:00Z','last_seen':'2026-01-01T00:00:00Z'}",
        SDO("course-of-action") "'name':'x'}",
        SDO("grouping") "'context':'suspicious-activity','object_refs':['identity" U "']}",
        SDO("identity") "'name':'x','identity_class':'organization','sectors':['energy'],'lang':'zh-TW'}",
        SDO("incident") "'name':'x','confidence':0}",
        IND PAT ",'valid_until':'2026-11-21T02:48:16.0001Z'}",
        SDO("indicator") "'pattern_type':'yara','pattern':'rule x {}','valid_from':'2026-11-21T02:48:16Z'}",
        SDO("infrastructure") "'name':'x'}",
        SDO("intrusion-set") "'name':'x','goals':['a']}",
        SDO("location") "'region':'eastern-asia'}",
        SDO("location") "'latitude':25.03,'longitude':121.56,'precision':10.5}",
        SDO("malware") "'is_family':false}",
        SDO("malware") "'is_family':true,'name':'x','sample_refs':['file" U "']}",
        SDO("malware-analysis") "'product':'x','result':'malicious'}",
        SDO("note") "'content':'x','object_refs':['relationship" U "']}",
        SDO("observed-data") "'first_observed':'2026-01-01T00:00:00Z','last_observed':'2026-01-01T00:00:00Z',"
                             "'number_observed':1,'object_refs':['file" U "','relationship" U "']}",
        SDO("opinion") "'opinion':'strongly-agree','object_refs':['indicator" U "']}",
        SDO("report") "'name':'x','published':'2026-01-01T00:00:00Z','object_refs':['x-thing" U "']}",
        SDO("threat-actor") "'name':'x'}",
        SDO("tool") "'name':'x'}",
        SDO("vulnerability") "'name':'CVE-2026-0001'}",
        SDO("relationship") "'relationship_type':'based-on','source_ref':'indicator" U
                            "','target_ref':'file" U "'}",
        SDO("sighting") "'sighting_of_ref':'indicator" U "','count':0,'where_sighted_refs':['location" U
                        "']}",
        SDO("language-content") "'object_ref':'indicator" U "','contents':{'zh-TW':{'name':'名'}}}",
        HEAD("marking-definition") ",'created':'2026-11-21T02:48:16.123Z','definition_type':'statement',"
                                   "'definition':{'statement':'x'}}",
        "{'type':'marking-definition','spec_version':'2.1','id':'marking-definition--f88d31f6-486f-44da-b317-"
        "01333bde0b82','created':'2017-01-20T00:00:00.000Z','definition_type':'tlp','name':'TLP:AMBER',"
        "'definition':{'tlp':'amber'}}",
        "{'type':'marking-definition','spec_version':'2.1','id':'marking-definition--939a9414-2ddd-4d32-a0cd-"
        "375ea402b003','created':'2022-10-01T00:00:00.000Z','name':'TLP:AMBER+STRICT','extensions':{'"
        "extension-"
        "definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d':{'extension_type':'property-extension','tlp_2_0':"
        "'amber+strict'}}}",
        SDO("extension-definition") "'created_by_ref':'identity" U
                                    "','name':'x','schema':'https://x.example/s',"
                                    "'version':'1.0.0','extension_types':['new-sdo']}",
        SCO("artifact") "'mime_type':'image/png','payload_bin':'VGhlIHdvcmxk'}",
        SCO("autonomous-system") "'number':15139}",
        SCO("directory") "'path':'C:\\\\x'}",
        SCO("domain-name") "'value':'a.example','resolves_to_refs':['ipv4-addr" U "']}",
        SCO("email-addr") "'value':'a@b.example'}",
        SCO("email-message") "'is_multipart':false,'body':'x','additional_header_fields':{'X-Mailer':['a']}}",
        SCO("file") "'name':'x','hashes':{'MD5':'d41d8cd98f00b204e9800998ecf8427e'},'extensions':{'ntfs-ext':"
                    "{'sid':'1'}}}",
        SCO("ipv4-addr") "'value':'198.51.100.0/24'}",
        SCO("ipv6-addr") "'value':'2001:db8::1'}",
        SCO("mac-addr") "'value':'d2:fb:49:24:37:18'}",
        SCO("mutex") "'name':'x'}",
        SCO("network-traffic") "'src_ref':'ipv4-addr" U
                               "','protocols':['ipv4','tcp'],'dst_port':80,'extensions':"
                               "{'http-request-ext':{'request_method':'get','request_value':'/'}}}",
        SCO("process") "'pid':314}",
        SCO("process") "'extensions':{'windows-process-ext':{'aslr_enabled':true}}}",
        SCO("software") "'name':'x'}",
        SCO("url") "'value':'https://a.example/x?y=%20'}",
        SCO("user-account") "'account_login':'x'}",
        SCO("windows-registry-key") "'key':'HKEY_LOCAL_MACHINE\\\\x','values':[{'name':'a','data':'b','data_"
                                    "type':'REG_SZ'}"
                                    "]}",
        SCO("x509-certificate") "'serial_number':'00'}",
        "{'type':'bundle','id':'bundle" U "'}",
        "{'type':'bundle','id':'bundle" U "','objects':[" SCO("mutex") "'name':'x'}]}",
    };

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct seen s = look(good[i]);

        CHECK(s.musts == 0 && !s.advice[0], "%.60s…: %s%s", good[i], s.must, s.advice);
    }
}

static void what_the_standard_forbids_is_a_fault_at_its_place(void)
{
    static const struct {
        const char *in, *at; /* how the first fault begins */
    } bad[] = {
        { "[]", ": a STIX object is a JSON object" },
        { "{'id':'x'}", "type: is missing" },
        { "{'type':'identity','id':'identity" U "','created':'2026-11-21T02:48:16.123Z','modified':"
          "'2026-11-21T02:48:16.123Z','name':'x'}",
          "spec_version: is missing" },
        { "{'type':'identity','id':'campaign" U "','spec_version':'2.1','created':'2026-11-21T02:48:16.123Z',"
          "'modified':'2026-11-21T02:48:16.123Z','name':'x'}",
          "id: begins with another type" },
        { SDO("identity") "'name':null}", "name: is null" },
        { SDO("identity") "'name':7}", "name: is a text, not a number" },
        { SDO("identity") "'name':'x','sectors':[]}", "sectors: a list must not be empty" },
        { SDO("identity") "'name':'x','sectors':'energy'}", "sectors: is a list, not a text" },
        { SDO("identity") "'name':'x','sectors':['a',1]}", "sectors[1]: is a text, not a number" },
        { SDO("identity") "'name':'x','confidence':101}", "confidence: is 101, and may be 0 to 100" },
        { SDO("identity") "'name':'x','confidence':1.0}", "confidence: is a whole number" },
        { SDO("identity") "'name':'x','lang':'de_DE'}", "lang: is no language" },
        { SDO("identity") "'name':'x','revoked':'true'}", "revoked: is true or false" },
        { SDO("identity") "'name':'x','created_by_ref':'campaign" U "'}",
          "created_by_ref: may point to identity" },
        { SDO("identity") "'name':'x','object_marking_refs':['identity" U "']}",
          "object_marking_refs[0]: may point to" },
        { SDO("identity") "'name':'x','X-Y':1}", "X-Y: a property's name" },
        { SDO("identity") "'name':'x','ab':1}", "ab: a property's name" },
        { SDO("identity") "'name':'x','extensions':{}}", "extensions: a dictionary must not be empty" },
        { SDO("identity") "'name':'x','extensions':{'nonsense':{'a_b':1}}}",
          "extensions.nonsense: the key is the id" },
        { SDO("identity") "'name':'x','extensions':{'extension-definition" U "':{'extension_type':'new'}}}",
          "extensions.extension-definition" U ": has an extension_type, which is one of" },
        { SDO("identity") "'name':'x','external_references':[{'url':'https://x.example'}]}",
          "external_references[0].source_name: is missing" },
        { SDO("identity") "'name':'x','external_references':[{'source_name':'x','hashes':{'SHA-256':'00'}}]}",
          "external_references[0].hashes.SHA-256: SHA-256 is 64" },
        { SDO("identity") "'name':'x','granular_markings':[{'selectors':['name'],'lang':'en','marking_ref':"
                          "'marking-definition" U "'}]}",
          "granular_markings[0]: has either lang or marking_ref" },
        { SDO("identity") "'name':'x','granular_markings':[{'selectors':['sectors.[0]'],'lang':'en'}]}",
          "granular_markings[0]: the selector \"sectors.[0]\" leads to nothing" },
        { HEAD("identity") ",'created':'2026-11-21T02:48:16Z','modified':'2026-11-21T02:48:16.123Z','name':'"
                           "x'}",
          "created: has three decimals" },
        { HEAD("identity") ",'created':'2026-11-21T02:48:16.123Z','modified':'2026-11-21T02:48:16.122Z','"
                           "name':'x'}",
          "modified: is before created" },
        { HEAD("identity") ",'created':'2026-11-21 "
                           "02:48:16.123Z','modified':'2026-11-21T02:48:16.123Z','name':'x'}",
          "created: \"2026-11-21 02:48:16.123Z\" is no time" },
        { HEAD("identity") ",'created':'2026-02-30T02:48:16.123Z','modified':'2026-11-21T02:48:16.123Z','"
                           "name':'x'}",
          "created: \"2026-02-30T02:48:16.123Z\" is no time" },
        { SDO("attack-pattern") "'name':'x','kill_chain_phases':[{'kill_chain_name':'k'}]}",
          "kill_chain_phases[0].phase_name: is missing" },
        { SDO("campaign") "'name':'x','first_seen':'2026-01-02T00:00:00Z','last_seen':'2026-01-01T00:00:00Z'"
                          "}",
          "last_seen: is before first_seen" },
        { IND "'pattern':'nonsense'}", "pattern: " },
        { IND PAT ",'valid_until':'2026-11-21T02:48:16Z'}", "valid_until: is the same as valid_from" },
        { SDO("location") "'name':'x'}", ": needs at least one of: region" },
        { SDO("location") "'country':'tw','latitude':25}", ": latitude and longitude come together" },
        { SDO("location") "'country':'tw','precision':1}", ": precision needs" },
        { SDO("location") "'latitude':91,'longitude':0}", "latitude: is 91, and may be -90 to 90" },
        { SDO("malware") "'name':'x'}", "is_family: is missing" },
        { SDO("malware") "'is_family':true}", ": a family needs a name" },
        { SDO("malware-analysis") "'product':'x'}", ": needs at least one of: result" },
        { SDO("observed-data") "'first_observed':'2026-01-01T00:00:00Z','last_observed':'2026-01-01T00:00:"
                               "00Z',"
                               "'number_observed':0,'object_refs':['file" U "']}",
          "number_observed: is 0, and may be 1 to 999999999" },
        { SDO("observed-data") "'first_observed':'2026-01-01T00:00:00Z','last_observed':'2026-01-01T00:00:"
                               "00Z',"
                               "'number_observed':1}",
          ": needs object_refs" },
        { SDO("observed-data") "'first_observed':'2026-01-02T00:00:00Z','last_observed':'2026-01-01T00:00:"
                               "00Z',"
                               "'number_observed':1,'object_refs':['identity" U "']}",
          "object_refs[0]: may point to sco" },
        { SDO("opinion") "'opinion':'maybe','object_refs':['file" U "']}", "opinion: is \"maybe\"" },
        { SDO("report") "'name':'x','published':'2026-01-01T00:00:00Z'}", "object_refs: is missing" },
        { SDO("relationship") "'relationship_type':'uses','source_ref':'sighting" U "','target_ref':'tool" U
                              "'}",
          "source_ref: may point to sdo sco, not to sighting" },
        { SDO("relationship") "'relationship_type':'Uses it','source_ref':'malware" U "','target_ref':'tool" U
                              "'}",
          "relationship_type: has the letters" },
        { SDO("sighting") "'sighting_of_ref':'ipv4-addr" U "'}", "sighting_of_ref: may point to sdo" },
        { SDO("sighting") "'sighting_of_ref':'indicator" U "','count':-1}", "count: is -1" },
        { SDO("language-content") "'object_ref':'indicator" U "','contents':{'zh_TW':{'name':'名'}}}",
          "contents.zh_TW: the key is a language" },
        { HEAD("marking-definition") ",'created':'2026-11-21T02:48:16.123Z'}", ": needs definition_type" },
        { HEAD("marking-definition") ",'created':'2017-01-20T00:00:00.000Z','definition_type':'tlp','"
                                     "definition':"
                                     "{'tlp':'red'}}",
          ": TLP:red is the standard's own object" },
        { HEAD("marking-definition") ",'created':'2026-11-21T02:48:16.123Z','modified':'2026-11-21T02:48:16."
                                     "123Z',"
                                     "'definition_type':'statement','definition':{'statement':'x'}}",
          ": a marking has no versions" },
        { SDO("extension-definition") "'name':'x','schema':'s','version':'1','extension_types':['new-sdo']}",
          "created_by_ref: is missing" },
        { SDO("extension-definition") "'created_by_ref':'identity" U
                                      "','name':'x','schema':'s','version':'1',"
                                      "'extension_types':['other']}",
          "extension_types[0]: is \"other\"" },
        { SCO("artifact") "'mime_type':'image/png'}", ": has payload_bin or url" },
        { SCO("artifact") "'payload_bin':'a'}", "payload_bin: is not base64" },
        { SCO("artifact") "'url':'https://x.example/'}", ": a url needs hashes" },
        { SCO("domain-name") "'value':'a.example','resolves_to_refs':['file" U "']}",
          "resolves_to_refs[0]: may point" },
        { SCO("email-addr") "'value':'nobody'}", "value: is no address" },
        { SCO("email-message") "'is_multipart':true,'body':'x'}", ": body is not for" },
        { SCO("email-message") "'is_multipart':false,'body_multipart':[{'body':'x'}]}",
          ": body_multipart is for" },
        { SCO("file") "'size':1}", ": needs at least one of: hashes name" },
        { SCO("file") "'name':'x','size':-1}", "size: is -1" },
        { SCO("file") "'name':'x','magic_number_hex':'abc'}", "magic_number_hex: is pairs" },
        { SCO("file") "'name':'x','extensions':{'archive-ext':{'comment':'x'}}}",
          "extensions.archive-ext.contains_refs: is missing" },
        { SCO("file") "'name':'x','extensions':{'windows-pebinary-ext':{'pe_type':'exe','sections':[{'size':"
                      "1}]}}}",
          "extensions.windows-pebinary-ext.sections[0].name: is missing" },
        { SCO("ipv4-addr") "'value':'2001:db8::1'}", "value: \"2001:db8::1\" is no IPv4" },
        { SCO("ipv4-addr") "'value':'1.2.3'}", "value: \"1.2.3\" is no IPv4" },
        { SCO("ipv6-addr") "'value':'1.2.3.4'}", "value: \"1.2.3.4\" is no IPv6" },
        { SCO("mac-addr") "'value':'D2:FB:49:24:37:18'}", "value: is six pairs" },
        { SCO("network-traffic") "'protocols':['tcp']}", ": needs at least one of: src_ref dst_ref" },
        { SCO("network-traffic") "'src_ref':'ipv4-addr" U "'}", "protocols: is missing" },
        { SCO("network-traffic") "'src_ref':'ipv4-addr" U "','protocols':['tcp'],'dst_port':65536}",
          "dst_port: is 65536" },
        { SCO("network-traffic") "'src_ref':'ipv4-addr" U "','protocols':['tcp'],'is_active':true,'end':"
                                 "'2026-01-01T00:00:00Z'}",
          ": is_active is false" },
        { SCO("process") "'defanged':false}", ": needs at least one property" },
        { SCO("url") "'value':'a b'}", "value: is no URL" },
        { SCO("user-account") "'defanged':true}", ": needs at least one property" },
        { SCO("windows-registry-key") "'key':'x','values':[{'data_type':'REG_TEXT'}]}",
          "values[0].data_type: is \"REG_TEXT\"" },
        { SCO("x509-certificate") "'serial_number':'0','x509_v3_extensions':{'key_usage':1}}",
          "x509_v3_extensions.key_usage: is a text" },
        { "{'type':'bundle','id':'bundle" U "','objects':[]}", "objects: a list must not be empty" },
        { "{'type':'bundle','id':'bundle--1','objects':[" SCO("mutex") "'name':'x'}]}",
          "id: \"bundle--1\" is not" },
        { "{'type':'bundle','id':'bundle" U "','objects':[" SDO("tool") "'name':'x'}," SDO(
              "tool") "'name':'x','created_by_ref':'identity" U "'}]}",
          "created_by_ref: is another than in the version before it" },
        { "{'type':'bundle','id':'bundle" U "','objects':[" SDO("tool") "'name':'x'}," HEAD(
              "tool") ",'created':'2026-11-21T02:48:16.124Z','modified':'2026-11-22T00:00:00.000Z','name':'x'"
                      "}]}",
          "created: is another than in the version before it" },
        { HEAD("marking-definition") ",'created':'2022-10-01T00:00:00.000Z','extensions':{'extension-"
                                     "definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d':{'extension_type':'"
                                     "property-extension','tlp_2_0':'pink'}}}",
          ": tlp_2_0 is clear" },
        { "{'type':'sighting','id':'sighting" U
          "','spec_version':'2.1','created':'2026-11-21T02:48:16.123Z','modified':'2026-11-21T02:48:16.123Z',"
          "'sighting_of_ref':'bundle" U "'}",
          "sighting_of_ref: may point to" },
        { "{'type':'bundle','id':'bundle" U "','objects':[1]}", ": a STIX object is a JSON object" },
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct seen s = look(bad[i].in);

        CHECK(strncmp(s.must, bad[i].at, strlen(bad[i].at)) == 0, "%s\n   gives \"%s\"\n   not   \"%s\"",
              bad[i].in, s.must, bad[i].at);
    }
}

/* Sentences of the standard that are easily passed over; each row's object breaks one. */
static void what_is_easily_overlooked_is_a_fault_too(void)
{
    static const struct {
        const char *in, *at;
    } bad[] = {
        { SDO("identity") "'name':'x','defanged':true}", "defanged: is for cyber-observables only" },
        { SDO("identity") "'name':'x','severity':'high'}", "severity: is a name that STIX reserves" },
        { SDO("course-of-action") "'name':'x','action':'y'}", "action: is a name that STIX reserves" },
        { SDO("identity") "'name':'x','x_own':null}", "x_own: is null" },
        { SDO("identity") "'name':'x','x_own':[]}", "x_own: a list must not be empty" },
        { SDO("identity") "'name':'x','x_own':{'a':[{}]}}", "x_own.a[0]: a dictionary must not be empty" },
        { SDO("identity") "'name':'x','1st':'y'}", "1st: a property's name has" },
        { SDO("identity") "'name':'x','lang':'a'}", "lang: is no language" },
        { SDO("identity") "'name':'x','lang':'x'}", "lang: is no language" },
        { SCO("domain-name") "'value':'-a.example'}", "value: is no domain name" },
        { SCO("domain-name") "'value':'a-.example'}", "value: is no domain name" },
        { SDO("extension-definition") "'created_by_ref':'identity" U
                                      "','name':'x','schema':'https://x.example/s','version':'1.0.0',"
                                      "'extension_types':['toplevel-property-extension'],"
                                      "'extension_properties':['good','Bad']}",
          "extension_properties[1]: a property's name has" },
        { SDO("tool") "'name':'x','created_by_ref':'identity--a932fcc6-e032-176c-126f-cb970a5a1ade'}",
          "created_by_ref: \"identity--a932fcc6-e032-176c-126f-cb970a5a1ade\" is not <type>--<UUID>" },
        { SDO("language-content") "'object_ref':'indicator" U "','contents':{'zh':{'a':'x'}}}",
          "contents.zh.a: a property's name has" },
        { SCO("directory") "'path':'/a','path_enc':'bla.bla.bla'}", "path_enc: is no name of IANA's" },
        { SCO("file") "'name':'x','extensions':{'windows-pebinary-ext':{'pe_type':'exe','optional_header':{"
                      "'size_of_heap_commit':-1}}}}",
          "extensions.windows-pebinary-ext.optional_header.size_of_heap_commit: is -1" },
        { SCO("file") "'name':'x','name_enc':'latin1'}", "name_enc: is no name of IANA's" },
        { SCO("ipv4-addr") "'value':'192.168.0.1/01'}", "value: \"192.168.0.1/01\" is no IPv4" },
        { SCO("ipv6-addr") "'value':'fe80::1/00'}", "value: \"fe80::1/00\" is no IPv6" },
        { SDO("identity") "'name':'x','extensions':{'extension-definition" U "':{'x_own':1}}}",
          "extensions.extension-definition" U ": has an extension_type" },
        { SDO("identity") "'name':'x','extensions':{'extension-definition" U
                          "':{'extension_type':'property-extension','x_own':null}}}",
          "extensions.extension-definition" U ".x_own: is null" },
        { "{'type':'x-own','spec_version':'2.1','id':'x-own" U
          "','modified':'2026-11-21T02:48:16.123Z','extensions':{'extension-definition" U
          "':{'extension_type':'new-sdo'}}}",
          "created: is missing" },
        { SDO("1own") "'extensions':{'extension-definition" U "':{'extension_type':'new-sdo'}}}",
          "type: a type has" },
        { SDO("tool") "'name':'x','external_references':[{'source_name':'a'}]}",
          "external_references[0]: needs at least one of: description url external_id" },
        { SDO("vulnerability") "'name':'x','external_references':[{'source_name':'cve','external_id':'2026-1'"
                               "}]}",
          "external_references[0]: the external_id of cve" },
        { SDO("attack-pattern") "'name':'x','external_references':[{'source_name':'capec','external_id':'163'"
                                "}]}",
          "external_references[0]: the external_id of capec" },
        { SCO("file") "'name':'x','hashes':{'ab':'1'}}", "hashes.ab: a name of an algorithm" },
        { SCO("file") "'name':'x','hashes':{'SSDEEP':'abc'}}", "hashes.SSDEEP: SSDEEP is" },
        { SCO("file") "'name':'x','hashes':{'TLSH':'abc'}}", "hashes.TLSH: TLSH is" },
        { SCO("file") "'name':'x','magic_number_hex':'FFD8'}", "magic_number_hex: is pairs of" },
        { SCO("file") "'hashes':{'x_own':'1'},'name_enc':'UTF-8'}", ": name_enc is for a name" },
        { SCO("file") "'name':'x','extensions':{'windows-pebinary-ext':{'pe_type':'exe'}}}",
          "extensions.windows-pebinary-ext: an extension has at least one property more" },
        { SCO("file") "'name':'x','extensions':{'windows-pebinary-ext':{'pe_type':'exe','optional_header':{}}"
                      "}}",
          "extensions.windows-pebinary-ext.optional_header: an object has" },
        { SCO("file") "'name':'x','extensions':{'raster-image-ext':{'exif_tags':{'Make':true}}}}",
          "extensions.raster-image-ext.exif_tags.Make: is a text or a whole number" },
        { SCO("windows-registry-key") "'key':'hklm\\\\x'}", "key: names its hive in full" },
        { SCO("windows-registry-key") "'key':'HKEY_USERS\\\\x','values':[{}]}", "values[0]: an object has" },
        { SCO("x509-certificate") "'serial_number':'1','x509_v3_extensions':{}}",
          "x509_v3_extensions: an object has" },
        { SCO("software") "'name':'x','cpe':'cpe:/a:own:thing:1'}", "cpe: is no CPE of version 2.3" },
        { SCO("software") "'name':'x','cpe':'cpe:2.3:a:own:thing:1:*:*:*:*:*:*'}", "cpe: is no CPE" },
        { SCO("software") "'name':'x','languages':['zh_TW']}", "languages[0]: is no language" },
        { "{'type':'user-account','id':'user-account--8e2e2d2b-17d4-5cbf-938f-98ee46b3cd3f','display_name':'"
          "x'}",
          "id: has a UUID of version 4" },
        { SCO("email-addr") "'value':'Ann <ann@a.example>'}", "value: is no address" },
        { SCO("email-addr") "'value':'ann b@a.example'}", "value: is no address" },
        { SCO("domain-name") "'value':'a b.example'}", "value: is no domain name" },
        { SCO("domain-name") "'value':'a..example'}", "value: is no domain name" },
        { SCO("domain-name") "'value':'https://a.example/'}", "value: is no domain name" },
        { SCO("network-traffic") "'protocols':['tcp'],'src_ref':'ipv4-addr" U
                                 "','extensions':{'http-request-ext':{'request_method':'get','request_value':"
                                 "'/"
                                 "','request_header':{'Accept':'a'}}}}",
          "extensions.http-request-ext.request_header.Accept: is a list of texts" },
        { SCO("network-traffic") "'protocols':['tcp'],'src_ref':'ipv4-addr" U
                                 "','extensions':{'socket-ext':{'address_family':'AF_INET','options':{'SO_X':"
                                 "'1'}}}}",
          "extensions.socket-ext.options.SO_X: is a whole number" },
        { SCO("network-traffic") "'protocols':['tcp'],'src_ref':'ipv4-addr" U
                                 "','ipfix':{'octetDeltaCount':[1]}}",
          "ipfix.octetDeltaCount: is a text or a whole number" },
        { SCO("email-message") "'is_multipart':false,'additional_header_fields':{'X-Own':'a'}}",
          "additional_header_fields.X-Own: is a list of texts" },
        { SDO("observed-data") "'first_observed':'2026-01-01T00:00:00Z','last_observed':'2026-01-01T00:00:"
                               "00Z',"
                               "'number_observed':1,'object_refs':['relationship" U "']}",
          "object_refs: needs one cyber-observable" },
        { SDO("observed-data") "'first_observed':'2026-01-01T00:00:00Z','last_observed':'2026-01-01T00:00:"
                               "00Z',"
                               "'number_observed':1,'objects':{'0':{'type':'file','name':'x',"
                               "'parent_directory_ref':'1'}}}",
          "objects.0.parent_directory_ref: \"1\" is no key" },
        { OBSERVED "'objects':{'0':{'type':'ipv4-addr'}}}", "objects.0.value: is missing" },
        { SDO("report") "'name':'x','published':'2026-01-01T00:00:00Z','object_refs':['bundle" U "']}",
          "object_refs[0]: may point to" },
        { SDO("action") "'name':'x'}", "type: is a name that the standard keeps" },
        { SCO("email-message") "'is_multipart':true,'body_multipart':[{'content_type':'text/plain'}]}",
          "body_multipart[0]: has body or body_raw_ref" },
        { SCO("email-message") "'is_multipart':true,'body_multipart':[{'body':'x'},{'body':'x',"
                               "'body_raw_ref':'artifact" U "'}]}",
          "body_multipart[1]: has body or body_raw_ref" },
        { OBSERVED "'objects':{'0':{'type':'file','name':'x','size':'big'}}}", "objects.0.size: " },
        { OBSERVED "'objects':{'0':{'type':'file','size':1}}}", "objects.0: " },
        { OBSERVED "'objects':{'0':{'type':'tool','name':'x'}}}", "objects.0: is a cyber-observable" },
        { OBSERVED "'objects':{'0':{'name':'x'}}}", "objects.0: is a cyber-observable" },
        { OBSERVED "'objects':{'0':1}}", "objects.0: is a cyber-observable" },
        { OBSERVED "'objects':{'0':{'type':'domain-name','value':'a.example','resolves_to_refs':['1','7']},"
                   "'1':{'type':'ipv4-addr','value':'192.0.2.1'}}}",
          "objects.0.resolves_to_refs" },
        { OBSERVED "'objects':{'0':{'type':'x-own','other_ref':'9'}}}",
          "objects.0.other_ref: \"9\" is no key" },
        { "{'type':'bundle','id':'bundle" U "','objects':[" SDO("tool") "'name':'x','revoked':true}," HEAD(
              "tool") ",'created':'2026-11-21T02:48:16.123Z','modified':'2026-11-22T00:00:00.000Z','name':'x'"
                      "}]}",
          ": there is a version after the one that was revoked" },
    };
    static const char *const good[] = {
        HEAD("identity") ",'created':'2026-11-21T02:48:16.123456Z','modified':'2026-11-21T02:48:16.124Z','"
                         "name':'x'}",
        SCO("file") "'name':'x','defanged':true}",
        SCO("file") "'name':'x','name_enc':'utf-8'}",
        SCO("process") "'pid':-1}",
        SCO("directory") "'path':'/a','path_enc':'ISO-8859-1'}",
        SCO("ipv4-addr") "'value':'0.0.0.0/0'}",
        SDO("identity") "'name':'x','extensions':{'extension-definition--a932fcc6-e032-177c-126f-"
                        "cb970a5a1fff'"
                        ":{'extension_type':'property-extension','own_rank':1}}}",
        SCO("windows-registry-key") "'key':'hkey_current_user\\\\x'}",
        SCO("software") "'name':'x','cpe':'cpe:2.3:a:own:a\\\\:b:1.0:*:*:*:*:*:*:*','languages':['zh-Hant-TW'"
                        "]}",
        SCO("email-addr") "'value':'ann.b+c@a.example'}",
        SCO("domain-name") "'value':'_dmarc.a.example.'}",
        SCO("domain-name") "'value':'\xe8\x81\xaf\xe9\x98\xb2.example'}",
        SDO("vulnerability") "'name':'x','external_references':[{'source_name':'cve','external_id':'CVE-2026-"
                             "123456'}]}",
        "{'type':'bundle','id':'bundle" U "','objects':[" SDO("tool") "'name':'x'}," HEAD(
            "tool") ",'created':'2026-11-21T02:48:16.123Z','modified':'2026-11-22T00:00:00.000Z','name':'x',"
                    "'revoked':true}]}",
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct seen s = look(bad[i].in);

        CHECK(strncmp(s.must, bad[i].at, strlen(bad[i].at)) == 0, "%s\n   gives \"%s\"\n   not   \"%s\"",
              bad[i].in, s.must, bad[i].at);
        CHECK(s.musts == 1, "%s: one sentence, not %zu: %s", bad[i].in, s.musts, s.must);
    }
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct seen s = look(good[i]);

        CHECK(s.musts == 0, "%s: %s", good[i], s.must);
    }
}

static void what_it_advises_against_is_no_fault(void)
{
    static const struct {
        const char *in, *at;
    } t[] = {
        { SDO("identity") "'name':'x','x_own':1}", "x_own: is no property here" },
        { "{'type':'bundle','id':'bundle" U
          "','spec_version':'2.1','objects':[" SDO("identity") "'name':'x'}]}",
          "spec_version: is no property here" },
        { SDO("x-own-thing") "'anything':1}", "type: is no type of STIX 2.1" },
        { SDO("location") "'country':'TWN'}", "country: is a code of two letters" },
        { SCO("file") "'name':'x','hashes':{'x_own':'1'}}", "hashes.x_own: is no algorithm" },
        { SDO("observed-data") "'first_observed':'2026-01-01T00:00:00Z','last_observed':'2026-01-01T00:00:"
                               "00Z',"
                               "'number_observed':1,'objects':{'0':{'type':'file','name':'x'}}}",
          "objects: is deprecated" },
        { "{'type':'process','id':'process--8e2e2d2b-17d4-5cbf-938f-98ee46b3cd3f','pid':1}",
          "id: has a UUID of version 4" },
        { "{'type':'ipv4-addr','id':'ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c0','value':'198.51.100.3'"
          "}",
          "id: is ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4" },
    };

    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct seen s = look(t[i].in);

        CHECK(s.musts == 0, "%s: %s", t[i].in, s.must);
        CHECK(strncmp(s.advice, t[i].at, strlen(t[i].at)) == 0, "%s gives \"%s\"", t[i].in, s.advice);
    }
}

static void an_extension_may_add_properties_and_types(void)
{
    struct seen s = look(SDO("identity") "'name':'x','rank':5,'extensions':{'extension-definition" U
                                         "':{'extension_type':'toplevel-property-extension'}}}");

    CHECK(!s.musts && !s.advice[0], "%s%s", s.must, s.advice);
    s = look(SDO("x-own-thing") "'rank':5,'extensions':{'extension-definition" U
                                "':{'extension_type':'new-sdo'}}}");
    CHECK(!s.musts && !s.advice[0], "%s%s", s.must, s.advice);
    s = look(SCO("x-own-thing") "'rank':5,'extensions':{'extension-definition" U
                                "':{'extension_type':'new-sco'}}}");
    CHECK(!s.musts && !s.advice[0], "%s%s", s.must, s.advice);
}

/* As UUIDv5 of the canonical JSON gives it, and one sum of several. */
static void observables_have_the_ids_that_their_properties_make(void)
{
    static const struct {
        const char *in, *id;
    } t[] = {
        { "{'type':'ipv4-addr','value':'198.51.100.3'}", "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4" },
        { "{'type':'domain-name','value':'example.com'}",
          "domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7" },
        { "{'type':'process','pid':1}", "" },
        { "{'type':'file','size':1}", "" },
    };
    struct lf_arena a = { 0 };
    lf_view one, two;

    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        const struct lf_json *v;
        lf_view text = lf_arena_copy(&a, lf_view_of(t[i].in)), id;

        for (size_t k = 0; k < text.len; k++)
            if (text.ptr[k] == '\'')
                ((char *)(uintptr_t)text.ptr)[k] = '"';
        CHECK(lf_json_parse(&a, text, NULL, &v, NULL) == LF_OK, "%s", t[i].in);
        id = lf_stix_sco_id(&a, v);
        CHECK(lf_view_is(id, t[i].id), "%s: %.*s", t[i].in, LF_FMT(id));
    }
    const struct lf_json *v;

    CHECK(lf_json_parse(&a, LF_V("{\"type\":\"file\",\"hashes\":{\"SHA-256\":\"b\",\"MD5\":\"a\"}}"), NULL,
                        &v, NULL) == LF_OK,
          "x");
    one = lf_stix_sco_id(&a, v);
    CHECK(lf_json_parse(&a, LF_V("{\"type\":\"file\",\"hashes\":{\"MD5\":\"a\",\"SHA-1\":\"c\"}}"), NULL, &v,
                        NULL) == LF_OK,
          "x");
    two = lf_stix_sco_id(&a, v);
    CHECK(one.len && lf_view_eq(one, two), "MD5 alone makes it: %.*s, %.*s", LF_FMT(one), LF_FMT(two));
    lf_arena_clear(&a);
}

int main(void)
{
    RUN(every_type_of_the_standard_has_an_object_without_fault);
    RUN(what_the_standard_forbids_is_a_fault_at_its_place);
    RUN(what_is_easily_overlooked_is_a_fault_too);
    RUN(what_it_advises_against_is_no_fault);
    RUN(an_extension_may_add_properties_and_types);
    RUN(observables_have_the_ids_that_their_properties_make);
    DONE();
}
