/* Whatever is taken is printed, read again, and printed the same; matching it against
 * data that refers to itself ends. */
#include <stdlib.h>

#include "engine/stix_match.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char seen[] = "[{\"type\":\"observed-data\",\"id\":\"o\",\"number_observed\":3,\"first_"
                           "observed\":\"2020-01-01T00:00:00Z\","
                           "\"last_observed\":\"2020-01-01T00:00:09Z\",\"objects\":{\"0\":{\"type\":\"a\","
                           "\"b\":\"x\",\"c_refs\":[\"0\",\"0\"],"
                           "\"d_hex\":\"00ff\",\"e\":1.5,\"f\":\"2020-01-01T00:00:00Z\"}}},{\"type\":"
                           "\"observed-data\",\"number_observed\":1,"
                           "\"first_observed\":\"2020-01-01T00:00:05Z\",\"last_observed\":\"2020-01-01T00:00:"
                           "05Z\",\"objects\":{\"0\":"
                           "{\"type\":\"a\",\"b\":\"10.0.0.1\"}}}]";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lf_arena a = { 0 };
    struct lf_stix_pattern p, q;
    struct lf_stix_matcher *m;
    const struct lf_json *doc;
    struct lf_err e;
    lf_view text;

    if (size < 2000 && lf_stix_pattern_parse(&a, (lf_view){ (const char *)data, size }, &p, &e) == LF_OK) {
        text = lf_stix_pattern_print(&a, &p);
        if (lf_stix_pattern_parse(&a, text, &q, &e) != LF_OK ||
            !lf_view_eq(text, lf_stix_pattern_print(&a, &q)))
            abort();
        if (lf_stix_matcher_create(&p, &m, &e) == LF_OK) {
            struct lf_stix_data *d = lf_stix_data_create();
            const size_t *which;
            size_t n;
            bool yes;

            if (lf_json_parse(&a, lf_view_of(seen), NULL, &doc, &e) != LF_OK ||
                lf_stix_data_add(d, doc, &e) != LF_OK || lf_stix_data_ready(d, &e) != LF_OK)
                abort();
            (void)!lf_stix_match(m, d, &a, &yes, &which, &n, &e);
            lf_stix_data_destroy(d);
            lf_stix_matcher_destroy(m);
        }
    }
    lf_arena_clear(&a);
    return 0;
}
