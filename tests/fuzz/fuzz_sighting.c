/* Entries and sightings that are taken are packed again to the bytes they came from. */
#include <stdlib.h>

#include "model/sighting.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lf_view in = { (const char *)data, size }, from;
    struct lf_indicator_sighting s;
    struct lf_indicator_entry e;
    struct lf_buf b;

    lf_buf_init(&b, 1 << 20);
    for (from = in; lf_indicator_entry_take(&in, &e); from = in) {
        lf_buf_reset(&b);
        lf_indicator_entry_pack(&b, &e);
        if (!lf_view_eq(lf_buf_view(&b), lf_view_first(from, from.len - in.len)))
            abort();
    }
    in = (lf_view){ (const char *)data, size };
    for (from = in; lf_indicator_sighting_take(&in, &s); from = in) {
        lf_buf_reset(&b);
        lf_indicator_sighting_pack(&b, &s);
        if (!lf_view_eq(lf_buf_view(&b), lf_view_first(from, from.len - in.len)))
            abort();
    }
    lf_buf_clear(&b);
    return 0;
}
