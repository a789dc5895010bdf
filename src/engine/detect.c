#include "engine/detect.h"

#include "engine/observable.h"

/* The event as JSON of at most LF_FINDING_RAW bytes, `groups` of a correlation before it:
 * whole members, the front ones first, each text cut to what is left. */
static lf_view event_json(struct lf_arena *a, const struct lf_event *ev, lf_view groups)
{
    bool object = lf_json_kind(ev->doc) == LF_JSON_OBJECT;
    struct lf_buf b;
    lf_view v;

    lf_buf_init(&b, LF_FINDING_RAW);
    if (groups.len == 0) {
        lf_json_write(&b, ev->doc);
    } else {
        LF_PUT(&b, "{\"lianfang.correlation\":");
        lf_buf_put(&b, groups);
        for (size_t i = 0; object && i < lf_json_members(ev->doc); i++) {
            lf_buf_byte(&b, ',');
            lf_json_quote(&b, lf_json_key(ev->doc, i));
            lf_buf_byte(&b, ':');
            lf_json_write(&b, lf_json_member(ev->doc, i));
        }
        lf_buf_byte(&b, '}');
    }
    if (b.over) {
        struct lf_json_w w = lf_json_w(&b);
        size_t n = object ? lf_json_members(ev->doc) : 0;

        lf_buf_clear(&b);
        lf_buf_init(&b, LF_FINDING_RAW);
        lf_json_open(&w, '{');
        if (groups.len > 0)
            lf_json_put_raw(&w, "lianfang.correlation", groups);
        lf_json_put_bool(&w, "cut", true);
        for (size_t i = 0; i < n; i++) {
            struct lf_buf one;
            lf_view key = lf_json_key(ev->doc, i);

            lf_buf_init(&one, LF_FINDING_RAW / 4);
            lf_json_write(&one, lf_json_member(ev->doc, i));
            /* A key may take six bytes for each of its own; 16 for what is around it. */
            if (!one.over && key.len < 256 && !memchr(key.ptr, 0, key.len) &&
                b.len + one.len + key.len * 6 + 16 <= LF_FINDING_RAW)
                lf_json_put_raw(&w, lf_arena_cstr(a, key), lf_buf_view(&one));
            lf_buf_clear(&one);
        }
        lf_json_close(&w);
    }
    v = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return v;
}

/* At most `most` bytes without NUL, at a whole character: what unpack takes. */
static lf_view plain(struct lf_arena *a, lf_view v, size_t most)
{
    char *out;
    size_t n = 0;

    if (v.len <= most && (v.len == 0 || !memchr(v.ptr, 0, v.len)))
        return v;
    v = lf_view_first(v, most);
    while (v.len > 0 && !lf_view_is_utf8(v))
        v.len--;
    out = lf_arena_alloc(a, v.len + 1, 1);
    for (size_t i = 0; i < v.len; i++)
        if (v.ptr[i] != '\0')
            out[n++] = v.ptr[i];
    return (lf_view){ out, n };
}

static void finding_of(struct lf_arena *a, const struct lf_event *ev, const struct lf_rule *rule,
                       lf_view groups, struct lf_finding *out)
{
    *out = (struct lf_finding){
        .position = ev->position,
        .happened = ev->happened >= 0 && ev->happened <= LF_TIME_MAX ? ev->happened : ev->recorded,
        .recorded = ev->recorded,
        .sender = plain(a, ev->sender, 256),
        .rule = rule->id,
        .title = plain(a, rule->title, 1024),
        .level = rule->level,
        .host = plain(a, ev->host, 256),
        .event = event_json(a, ev, groups),
    };
    out->nobservables = lf_observables_of(a, ev, out->observables, LF_FINDING_OBSERVABLES);
}

void lf_finding_of_with(struct lf_arena *a, const struct lf_event *ev, const struct lf_rule *rule,
                        lf_view groups, struct lf_finding *out)
{
    finding_of(a, ev, rule, groups, out);
}

void lf_finding_of(struct lf_arena *a, const struct lf_event *ev, const struct lf_rule *rule,
                   struct lf_finding *out)
{
    finding_of(a, ev, rule, (lf_view){ "", 0 }, out);
}

/* What correlations make of the hits. */
static size_t correlate(struct lf_ruleset *rs, struct lf_correlator *c, struct lf_arena *a,
                        const struct lf_event *ev, const struct lf_rule *const *hits, size_t nhits,
                        struct lf_firing **out)
{
    struct lf_sighting s;

    if (nhits > 0 && lf_sighting_of(rs, a, ev, hits, nhits, &s)) {
        /* Some times only batch reads: better than the arrival. */
        if (ev->happened == ev->recorded)
            (void)lf_record_time(ev->doc, &s.at);
        return lf_correlator_see(c, a, &s, out);
    }
    lf_correlator_pass(c, ev->position);
    return 0;
}

size_t lf_detect_with(struct lf_ruleset *rs, struct lf_evidence *evidence, struct lf_correlator *correlator,
                      struct lf_arena *a, const struct lf_event *ev, struct lf_finding **out)
{
    struct lf_finding *late = NULL, *all;
    size_t nlate = evidence ? lf_evidence_see(evidence, a, ev, &late) : 0, n = 0, nfired = 0;
    const struct lf_rule *const *hits;
    size_t nhits = lf_ruleset_match(rs, a, ev, true, &hits);
    struct lf_firing *fired = NULL;

    if (correlator)
        nfired = correlate(rs, correlator, a, ev, hits, nhits, &fired);
    *out = NULL;
    if (nlate + nhits + nfired == 0)
        return 0;
    all = LF_NEW(a, struct lf_finding, nlate + nhits + nfired);
    for (size_t i = 0; i < nlate; i++)
        all[n++] = late[i];
    for (size_t i = 0; i < nhits + nfired; i++) {
        const struct lf_rule *rule = i < nhits ? hits[i] : fired[i - nhits].rule;

        if (rule->quiet || (i >= nhits && !fired[i - nhits].news))
            continue;
        finding_of(a, ev, rule, i < nhits ? (lf_view){ "", 0 } : fired[i - nhits].groups, &all[n]);
        if (evidence)
            (void)lf_evidence_ask(evidence, a, &all[n]);
        n++;
    }
    *out = n > 0 ? all : NULL;
    return n;
}

size_t lf_detect(struct lf_ruleset *rs, struct lf_evidence *evidence, struct lf_arena *a,
                 const struct lf_event *ev, struct lf_finding **out)
{
    return lf_detect_with(rs, evidence, NULL, a, ev, out);
}
