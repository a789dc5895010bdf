/* Reports of an intake that was taken over: never a crash, and what is accepted packs to the
 * same bytes again. */
#include "model/device.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lf_view in = { (const char *)data, size };

    while (in.len) {
        lf_view before = in;
        struct lf_device_report r;
        struct lf_err e = { 0 };
        struct lf_buf b;

        if (lf_device_unpack(&in, &r, &e) != LF_OK) {
            LF_ASSERT(e.text[0] && lf_view_eq(in, before));
            return 0;
        }
        lf_buf_init(&b, 1 << 20);
        lf_device_pack(&b, &r);
        LF_ASSERT(lf_view_eq(lf_buf_view(&b), lf_view_first(before, before.len - in.len)));
        lf_buf_clear(&b);
    }
    return 0;
}
