/* Findings of an intake that was taken over: never a crash, and what is accepted
 * packs to the same bytes again. */
#include "model/finding.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lf_view in = { (const char *)data, size };
    struct lf_finding f;
    struct lf_err e = { 0 };
    struct lf_buf b;

    if (lf_finding_unpack(in, &f, &e) != LF_OK) {
        LF_ASSERT(e.text[0]);
        return 0;
    }
    lf_buf_init(&b, 1 << 20);
    lf_finding_pack(&b, &f);
    LF_ASSERT(lf_view_eq(lf_buf_view(&b), in));
    lf_buf_clear(&b);
    return 0;
}
