/* Calls and their results as a taken-over neighbour would write them. */
#include "http/call.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lf_view in = { (const char *)data, size };
    struct lf_call c;
    struct lf_call_result r;
    struct lf_buf b;

    lf_buf_init(&b, 1 << 20);
    if (lf_call_unpack(in, &c, NULL) == LF_OK) {
        lf_call_pack(&b, &c);
        LF_ASSERT(lf_view_eq(lf_buf_view(&b), in) || b.over);
    }
    lf_buf_reset(&b);
    if (lf_call_result_unpack(in, &r, NULL) == LF_OK) {
        lf_call_result_pack(&b, &r);
        LF_ASSERT(lf_view_eq(lf_buf_view(&b), in) || b.over);
    }
    lf_buf_clear(&b);
    return 0;
}
