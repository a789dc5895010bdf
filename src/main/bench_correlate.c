/* `lianfang bench correlate`: JSON text in, every event hits a rule, and seven correlations,
 * one of each type, look at each hit.  Live limits.
 *
 *   correlate        5,000 groups, events in order
 *   correlate-late   the same, each event up to five minutes late
 *   correlate-flood  every event is a group of its own: what an attacker can do */
#include <stdio.h>

#include "engine/detect.h"
#include "fmt/json.h"
#include "main/bench.h"

enum { EVENTS = 200000, GROUPS = 5000 };

static const char rules[] =
    "title: hit\nname: hit\nlogsource: {category: c}\ndetection: {s: {kind: [a, b]}, condition: s}\n---\n"
    "title: b\nname: b\nlogsource: {category: c}\ndetection: {s: {kind: b}, condition: s}\n---\n"
#define COR(type, condition)                                                                                 \
    "title: " type "\ncorrelation: {type: " type                                                             \
    ", rules: [hit], group-by: [user], timespan: 10m, condition: " condition "}\n---\n"
    COR("event_count", "{gte: 100}") COR("value_count", "{field: ip, gte: 20}")
        COR("value_sum", "{field: bytes, gte: 100000000}") COR("value_avg", "{field: bytes, gt: 900000}") COR(
            "value_percentile", "{field: ip, gt: 101}") "title: t\ncorrelation: {type: temporal, rules: "
                                                        "[hit, b], group-by: [user], timespan: 1s, "
                                                        "condition: {gt: 2}}\n---\n"
                                                        "title: o\ncorrelation: {type: temporal_ordered, "
                                                        "rules: [b, hit], group-by: [user], timespan: 1s, "
                                                        "condition: {gt: 2}}\n";

static void make(struct lf_buf *out, bool late, bool flood)
{
    uint64_t x = 0x9e3779b97f4a7c15u;

    for (unsigned i = 0; i < EVENTS; i++) {
        uint64_t at;

        x = x * 6364136223846793005u + 1442695040888963407u;
        at = 1795229296u * UINT64_C(1000) + i * 5 - (late ? (x >> 30) % 300000 : 0);
        lf_buf_printf(
            out, "{\"time\":%llu,\"kind\":\"%s\",\"user\":\"user%u\",\"ip\":\"10.%u.%u.1\",\"bytes\":%u}\n",
            (unsigned long long)at, x >> 63 ? "a" : "b", flood ? i : (unsigned)(x >> 33) % GROUPS,
            (unsigned)(x >> 40 & 15), (unsigned)(x >> 50 & 15), (unsigned)(x >> 20 & 0xfffff));
    }
}

void lf_bench_correlate_make(struct lf_buf *out)
{
    make(out, false, false);
}

void lf_bench_correlate_make_late(struct lf_buf *out)
{
    make(out, true, false);
}

void lf_bench_correlate_make_flood(struct lf_buf *out)
{
    make(out, false, true);
}

int lf_bench_correlate(lf_view in, struct lf_bench_result *out)
{
    struct lf_rule_file file = { LF_V("bench.yml"), { rules, sizeof rules - 1 } };
    struct lf_correlator_stats s;
    struct lf_correlator *c;
    struct lf_ruleset *rs;
    struct lf_arena a = { 0 };
    struct lf_err e;
    uint64_t n = 0;
    double began;
    lf_view line;

    if (lf_ruleset_build(&file, 1, &rs, &e) != LF_OK || lf_ruleset_refused(rs) > 0) {
        fprintf(stderr, "lianfang: bench correlate: the rules do not load\n");
        return 2;
    }
    c = lf_correlator_create(rs, NULL, 1);
    out->bytes = in.len;
    began = lf_bench_cpu();
    while (lf_view_split(&in, '\n', &line)) {
        struct lf_event ev = { .position = ++n };
        const struct lf_rule *const *hits;
        struct lf_firing *fired;
        struct lf_sighting sighting;
        size_t nhits;

        if (!line.len)
            continue;
        lf_arena_reset(&a);
        if (lf_json_parse(&a, line, NULL, &ev.doc, &e) != LF_OK) {
            fprintf(stderr, "lianfang: bench correlate: line %llu: %s; give one JSON value a line\n",
                    (unsigned long long)n, e.text);
            return 2;
        }
        nhits = lf_ruleset_match(rs, &a, &ev, false, &hits);
        if (!lf_sighting_of(rs, &a, &ev, hits, nhits, &sighting) || !lf_record_time(ev.doc, &sighting.at))
            continue;
        sighting.arrived = sighting.at;
        (void)lf_correlator_see(c, &a, &sighting, &fired);
    }
    out->cpu_s = lf_bench_cpu() - began;
    out->events = n;
    lf_correlator_stats(c, &s);
    fprintf(stderr, "correlate: %zu groups, %zu MB, %llu fired, %llu evicted, %llu too late, %llu cut\n",
            s.groups, s.bytes >> 20, (unsigned long long)s.fired, (unsigned long long)s.evicted,
            (unsigned long long)s.late, (unsigned long long)s.cut);
    lf_correlator_destroy(c);
    lf_ruleset_drop(rs);
    lf_arena_clear(&a);
    return 0;
}
