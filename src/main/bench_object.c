#include "main/bench_object.h"

#include <stdio.h>
#include <string.h>

#include "fmt/stix.h"
#include "main/bench.h"

#define BEGAN ((lf_time)1767225600 * LF_SECOND) /* 2026-01-01 */

const char *lf_bench_object_type(uint64_t i)
{
    switch (i % 20) {
    case 0:
        return "malware";
    case 1:
        return "relationship";
    case 2:
        return "ipv4-addr";
    default:
        return "indicator";
    }
}

void lf_bench_object_id(uint64_t i, const char *type, char *out, size_t size)
{
    uint64_t x = lf_bench_scatter(i), y = lf_bench_scatter(x);

    (void)snprintf(out, size, "%s--%08x-%04x-4%03x-8%03x-%012llx", type, (unsigned)(x >> 32),
                   (unsigned)(x >> 16 & 0xffff), (unsigned)(x & 0xfff), (unsigned)(y >> 48 & 0xfff),
                   (unsigned long long)(y & 0xffffffffffffu));
}

lf_time lf_bench_object_modified(uint64_t i)
{
    return BEGAN + (lf_time)i * LF_SECOND;
}

lf_view lf_bench_object(uint64_t i, const char *type, char out[LF_BENCH_OBJECT])
{
    char id[128], made[LF_TIME_TEXT], from[128], to[128];
    uint64_t x = lf_bench_scatter(i ^ 0x5bd1e995u);
    int n;

    lf_bench_object_id(i, type, id, sizeof id);
    (void)lf_stix_micro(lf_bench_object_modified(i), made);
    if (strcmp(type, "ipv4-addr") == 0)
        n = snprintf(out, LF_BENCH_OBJECT,
                     "{\"type\":\"%s\",\"spec_version\":\"2.1\",\"id\":\"%s\",\"value\":\"%u.%u.%u.%u\"}",
                     type, id, (unsigned)(x & 127) + 1, (unsigned)(x >> 8 & 255), (unsigned)(x >> 16 & 255),
                     (unsigned)(x >> 24 & 255));
    else if (strcmp(type, "relationship") == 0) {
        lf_bench_object_id(i - 1, lf_bench_object_type(i - 1), from, sizeof from);
        lf_bench_object_id(i > 18 ? i - 18 : 3, "indicator", to, sizeof to);
        n = snprintf(out, LF_BENCH_OBJECT,
                     "{\"type\":\"relationship\",\"spec_version\":\"2.1\",\"id\":\"%s\",\"created\":\"%s\","
                     "\"modified\":\"%s\","
                     "\"relationship_type\":\"indicates\",\"source_ref\":\"%s\",\"target_ref\":\"%s\"}",
                     id, made, made, to, from);
    } else if (strcmp(type, "malware") == 0)
        n = snprintf(
            out, LF_BENCH_OBJECT,
            "{\"type\":\"malware\",\"spec_version\":\"2.1\",\"id\":\"%s\",\"created\":\"%s\",\"modified\":\"%"
            "s\","
            "\"name\":\"Family %llx\",\"is_family\":true,\"malware_types\":[\"remote-access-trojan\"],"
            "\"external_references\":[{\"source_name\":\"mitre-attack\",\"external_id\":\"T1%03u\"}]}",
            id, made, made, (unsigned long long)(x & 0xffff), (unsigned)(x >> 20 & 511));
    else
        n = snprintf(
            out, LF_BENCH_OBJECT,
            "{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"%s\","
            "\"created_by_ref\":\"identity--f431f809-377b-45e0-aa1c-6a4751cae5ff\",\"created\":\"%s\","
            "\"modified\":\"%s\",\"name\":\"Host h%llx of campaign %u\",\"description\":\"Seen at members' "
            "mail gateways; contacted by loader %llx\",\"indicator_types\":[\"malicious-activity\"],"
            "\"pattern\":\"[domain-name:value = 'h%llx.net%u.example']\",\"pattern_type\":\"stix\","
            "\"valid_from\":\"%s\",\"confidence\":%u,\"object_marking_refs\":[\"marking-definition--"
            "34098fce-860f-48ae-8e50-ebd3cc5e41da\"]}",
            id, made, made, (unsigned long long)(x & 0xffffffffff), (unsigned)(x >> 40 & 4095),
            (unsigned long long)(x >> 16), (unsigned long long)(x & 0xffffffffff), (unsigned)(x >> 52), made,
            (unsigned)(x % 101));
    return (lf_view){ out, (size_t)n };
}
