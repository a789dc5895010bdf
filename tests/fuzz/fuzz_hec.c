/* Each envelope moves on; what is called JSON is JSON, within its bound. */
#include <stdlib.h>

#include "fmt/hec.h"
#include "fmt/json.h"

enum { MOST = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lf_view in = { (const char *)data, size };
    const struct lf_json_limits deep = { .depth = 128 };
    struct lf_arena a = { 0 };
    struct lf_hec_item item;
    const struct lf_json *v;
    size_t before = size + 1;
    struct lf_err e;

    while (lf_hec_take(&a, &in, MOST, &item)) {
        if (in.len >= before || item.source.len > size || item.record.len > MOST)
            if (item.kind != LF_HEC_TOO_BIG)
                abort();
        before = in.len;
        if (item.kind == LF_HEC_JSON && lf_json_parse(&a, item.record, &deep, &v, &e) != LF_OK)
            abort();
        if (item.kind == LF_HEC_BROKEN && in.len)
            abort();
        lf_arena_reset(&a);
    }
    lf_arena_clear(&a);
    return 0;
}
