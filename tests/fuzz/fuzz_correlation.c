/* Correlation documents and events from anywhere: loaded or refused with a reason, and what
 * is loaded stays within its bounds, in order or not, in batch or live, saved or not.
 *
 * Input: a rule file, a line "===", then one JSON event a line. */
#include "base/crypto.h"
#include "engine/correlation_batch.h"
#include "engine/detect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ENTRIES = 64, BYTES = 1 << 18 };

static void check(bool ok)
{
    if (!ok)
        __builtin_trap();
}

static void fires(void *ctx, const struct lf_rule *rule, size_t file, uint64_t ordinal)
{
    (void)file;
    check(rule->kind == LF_RULE_CORRELATION && ordinal < *(uint64_t *)ctx);
}

static void run(struct lf_ruleset *rs, lf_view events)
{
    const struct lf_correlator_limits limits = { .bytes = BYTES, .entries = ENTRIES };
    struct lf_correlator *c = lf_correlator_create(rs, &limits, 1),
                         *other = lf_correlator_create(rs, &limits, 2);
    struct lf_correlator_stats s, t;
    struct lf_arena a = { 0 };
    struct lf_batch batch;
    struct lf_buf b;
    struct lf_err e;
    uint64_t n = 0;
    lf_view line;

    lf_batch_init(&batch, rs);
    while (lf_view_split(&events, '\n', &line) && n < 300) {
        struct lf_event ev = { .position = n + 1, .recorded = (lf_time)n * LF_SECOND };
        const struct lf_rule *const *hits;
        struct lf_sighting sighting;
        struct lf_firing *fired = NULL;
        size_t nhits, nfired;

        n++;
        lf_arena_reset(&a);
        if (lf_json_parse(&a, line, NULL, &ev.doc, NULL) != LF_OK)
            continue;
        nhits = lf_ruleset_match(rs, &a, &ev, false, &hits);
        lf_batch_keep(&batch, &a, &ev, hits, nhits, 0, n - 1);
        if (!lf_sighting_of(rs, &a, &ev, hits, nhits, &sighting))
            continue;
        if (!lf_record_time(ev.doc, &sighting.at))
            sighting.at = ev.recorded;
        nfired = lf_correlator_see(c, &a, &sighting, &fired);
        for (size_t i = 0; i < nfired; i++) {
            const struct lf_json *v;

            if (fired[i].news && fired[i].groups.len > 0)
                check(lf_json_parse(&a, fired[i].groups, NULL, &v, NULL) == LF_OK);
        }
    }
    lf_correlator_stats(c, &s);
    check(s.bytes <= BYTES + 65536 || s.groups <= 1);
    lf_buf_init(&b, 1 << 26);
    lf_correlator_save(c, &b);
    check(lf_correlator_load(other, lf_buf_view(&b), &e) == LF_OK);
    lf_correlator_stats(other, &t);
    check(t.groups == s.groups);
    lf_buf_clear(&b);
    lf_batch_run(&batch, fires, &n);
    lf_batch_clear(&batch);
    lf_correlator_destroy(c);
    lf_correlator_destroy(other);
    lf_arena_clear(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lf_view in = { (const char *)data, size }, events = { "", 0 };
    struct lf_rule_file f = { LF_V("f.yml"), in };
    struct lf_ruleset *rs;
    size_t at;

    if (size > 16384)
        return 0;
    at = lf_view_find(in, LF_V("\n===\n"));
    if (at != SIZE_MAX) {
        f.text = lf_view_first(in, at);
        events = lf_view_from(in, at + 5);
    }
    if (lf_ruleset_build(&f, 1, &rs, NULL) != LF_OK)
        return 0;
    for (size_t i = 0; i < lf_ruleset_count(rs); i++)
        check(!lf_ruleset_rule(rs, i)->refused.ptr || lf_ruleset_rule(rs, i)->refused.len > 0);
    if (lf_ruleset_correlations(rs) > 0)
        run(rs, events);
    lf_ruleset_drop(rs);
    return 0;
}
