/* CEF and LEEF of strangers: never a crash, and no pair without a key. */
#include "base/buf.h"
#include "fmt/cef.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lf_view in = { (const char *)data, size };
    size_t at = lf_cef_find(in);
    struct lf_arena a = { 0 };
    struct lf_cef out;

    if (at != SIZE_MAX && lf_cef_parse(&a, lf_view_from(in, at), &out, NULL) == LF_OK) {
        LF_ASSERT(out.n <= LF_CEF_PAIRS);
        for (size_t i = 0; i < out.n; i++)
            LF_ASSERT(out.pairs[i].key.len > 0 && out.pairs[i].value.len <= size);
    }
    lf_arena_clear(&a);
    return 0;
}
