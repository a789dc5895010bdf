/* Patterns and events from anywhere: what the clues of a pattern let through is what its brackets hold for
 * in all that an event is; memory and work stay within their bounds; the state comes back as it was.
 *
 * Input: a pattern a line, a line "===", then one event a line. */
#include <stdlib.h>

#include "engine/normalise.h"
#include "engine/stix_clue.h"
#include "engine/stix_event.h"
#include "engine/stix_live.h"
#include "engine/stix_match.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PATTERNS = 4, EVENTS = 40, ENTRIES = 16, BYTES = 2048 };

static void check(bool ok)
{
    if (!ok)
        abort();
}

/* A pattern of one bracket holds for the event's objects as observed data, or not, as live says. */
static void reference(struct lf_arena *a, struct lf_stix_eye *eye, lf_view text, const struct lf_event *ev,
                      bool live)
{
    const struct lf_json *objects = lf_stix_eye_objects(eye, a, ev), *doc;
    struct lf_stix_data *d = lf_stix_data_create();
    struct lf_stix_matcher *m;
    struct lf_stix_pattern p;
    const size_t *which;
    struct lf_buf b;
    struct lf_json_w w;
    struct lf_err e;
    size_t n;
    bool yes;

    lf_buf_init(&b, 16 << 20);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "type", "observed-data");
    lf_json_put_cstr(&w, "first_observed", "2026-01-01T00:00:00Z");
    lf_json_put_cstr(&w, "last_observed", "2026-01-01T00:00:00Z");
    lf_json_put_int(&w, "number_observed", 1);
    if (objects)
        lf_json_put(&w, "objects", objects);
    lf_json_close(&w);
    check(!b.over && lf_json_parse(a, lf_buf_view(&b), NULL, &doc, &e) == LF_OK);
    check(lf_stix_data_add(d, doc, &e) == LF_OK && lf_stix_data_ready(d, &e) == LF_OK);
    check(lf_stix_pattern_parse(a, text, &p, &e) == LF_OK);
    lf_stix_canon(a, &p);
    check(lf_stix_matcher_create(&p, &m, &e) == LF_OK);
    if (p.root->kind == LF_STIX_ONE && lf_stix_match(m, d, a, &yes, &which, &n, &e) == LF_OK)
        check(yes == live);
    lf_stix_matcher_destroy(m);
    lf_stix_data_destroy(d);
    lf_buf_clear(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct lf_pipelines *pipelines;
    static struct lf_stix_eye *eye;
    const struct lf_stix_live_limits limits = { .entries = ENTRIES, .bytes = BYTES };
    lf_view in = { (const char *)data, size }, line, text[PATTERNS];
    struct lf_stix_live *s, *other;
    struct lf_normaliser *norm;
    struct lf_stix_live_stats stats;
    struct lf_arena a = { 0 };
    struct lf_buf b, c;
    size_t n = 0;
    char id[2] = "0";

    if (size > 20000)
        return 0;
    if (!pipelines)
        check(lf_pipelines_build(NULL, 0, &pipelines, NULL) == LF_OK);
    if (!eye)
        eye = lf_stix_eye_create();
    norm = lf_normaliser_create(pipelines);
    s = lf_stix_live_create(&limits, 1);
    while (lf_view_split(&in, '\n', &line) && !lf_view_is(line, "==="))
        if (n < PATTERNS && line.len < 2000 &&
            lf_stix_live_add(s, &(struct lf_stix_watch){ .id = { id, 1 }, .text = line }, NULL) == LF_OK) {
            text[n++] = line;
            id[0]++;
        }
    for (uint64_t i = 0; n && i < EVENTS && lf_view_split(&in, '\n', &line); i++) {
        struct lf_record r = { .bytes = line, .format = LF_FORMAT_AUTO, .position = i, .recorded = LF_DAY };
        struct lf_stix_hit *hits, *again;
        struct lf_event ev;
        size_t nhits;

        lf_arena_reset(&a);
        lf_normalise(norm, &a, &r, &ev);
        nhits = lf_stix_live_event(s, &a, &ev, 0, &hits);
        for (size_t k = 0; k < n; k++) {
            bool yes = false;

            for (size_t h = 0; h < nhits; h++)
                yes = yes || hits[h].what->id.ptr[0] == (char)('0' + k);
            reference(&a, eye, text[k], &ev, yes);
        }
        lf_stix_live_record(s, i);
        check(lf_stix_live_event(s, &a, &ev, 0, &again) == nhits);
        lf_stix_live_stats(s, &stats);
        check(stats.observations <= n * (ENTRIES + 1) && stats.bytes <= BYTES + n * 2 * ENTRIES * 24);
    }
    lf_buf_init(&b, 1 << 22);
    lf_buf_init(&c, 1 << 22);
    lf_stix_live_save(s, &b);
    other = lf_stix_live_create(&limits, 2);
    check(lf_stix_live_load(other, lf_buf_view(&b), NULL) == LF_OK);
    lf_stix_live_save(other, &c);
    check(lf_view_eq(lf_buf_view(&b), lf_buf_view(&c)));
    lf_stix_live_destroy(other);
    other = lf_stix_live_create(&limits, 2);
    (void)!lf_stix_live_load(other, (lf_view){ (const char *)data, size }, NULL);
    lf_stix_live_destroy(other);
    lf_stix_live_destroy(s);
    lf_normaliser_destroy(norm);
    lf_buf_clear(&b);
    lf_buf_clear(&c);
    lf_arena_clear(&a);
    return 0;
}
