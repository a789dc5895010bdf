/* Made STIX patterns for `lianfang bench detect --patterns N`: of the shapes that indicators have, each of
 * values of its own; one in fifty of values that events often have, so that something is observed and
 * matches. */
#include "engine/stix_live.h"
#include "main/bench.h"

static const char *const often[] = { "svchost.exe", "cmd.exe", "powershell.exe", "lsass.exe",
                                     "services.exe" };

static lf_view made(struct lf_arena *a, uint64_t i)
{
    unsigned k = (unsigned)(i * 2654435761u % 1000003u);
    const char *name = often[i / 50 % 5];

    if (i % 50 == 49)
        switch (i / 50 % 4) {
        case 0:
            return lf_arena_printf(
                a, "([process:name = '%s'] FOLLOWEDBY [network-traffic:dst_port = 443]) WITHIN 60 SECONDS",
                name);
        case 1:
            return lf_arena_printf(
                a, "[process:image_ref.name = '%s' AND process:parent_ref.name = 'services.exe']", name);
        case 2:
            return lf_arena_printf(
                a, "[windows-registry-key:key LIKE '%%\\\\CurrentVersion\\\\Run%%'] REPEATS 5 TIMES WITHIN "
                   "60 SECONDS");
        default:
            return lf_arena_printf(a, "[process:name = '%s'] AND [process:name = 'tool%u.exe']", name, k);
        }
    switch (i % 8) {
    case 0:
        return lf_arena_printf(a, "[process:name = 'tool%u.exe' AND process:command_line LIKE '%%-run %u%%']",
                               k, k);
    case 1:
        return lf_arena_printf(a,
                               "([process:name = 'drop%u.exe'] FOLLOWEDBY [network-traffic:dst_ref.value = "
                               "'198.51.%u.%u']) WITHIN 300 SECONDS",
                               k, k >> 8 & 255, k & 255);
    case 2:
        return lf_arena_printf(
            a,
            "[windows-registry-key:key LIKE 'HKEY_LOCAL_MACHINE\\\\SOFTWARE\\\\Vendor%u\\\\%%'] "
            "REPEATS 5 TIMES WITHIN 60 SECONDS",
            k);
    case 3:
        return lf_arena_printf(a,
                               "[file:name = 'lib%u.dll' AND file:parent_directory_ref.path = "
                               "'C:\\\\Windows\\\\System32']",
                               k);
    case 4:
        return lf_arena_printf(
            a,
            "[process:image_ref.name IN ('cmd.exe', 'powershell.exe') AND process:parent_ref.name = "
            "'office%u.exe']",
            k);
    case 5:
        return lf_arena_printf(a, "[process:command_line MATCHES '(?i)-enc(odedcommand)? q%u[a-z]+=']", k);
    case 6:
        return lf_arena_printf(a,
                               "[domain-name:value = 'c%u.example'] FOLLOWEDBY ([file:name = 'a%u.bin'] OR "
                               "[file:hashes.MD5 = '%032x'])",
                               k, k, k);
    default:
        return lf_arena_printf(
            a, "[network-traffic:dst_ref.value ISSUBSET '203.0.%u.0/24' AND network-traffic:dst_port = %u]",
            k & 255, 1024 + k % 60000);
    }
}

struct lf_stix_live *lf_bench_patterns(uint64_t n)
{
    struct lf_stix_live *s = lf_stix_live_create(NULL, 1);
    struct lf_arena a = { 0 };

    for (uint64_t i = 0; i < n; i++) {
        struct lf_stix_watch w = { .id = lf_arena_printf(&a, "indicator--%llu", (unsigned long long)i),
                                   .text = made(&a, i),
                                   .confidence = 85 };
        struct lf_err e = { 0 };

        if (lf_stix_live_add(s, &w, &e) != LF_OK)
            LF_BUG("%.*s: %s", LF_FMT(w.text), e.text);
        lf_arena_reset(&a);
    }
    lf_arena_clear(&a);
    return s;
}
