/* Frames as a hostile far side would write them: never outside the input, never
 * stuck, and what is left is exactly what was not taken. */
#include "bus/channel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lf_view in = { (const char *)data, size };
    size_t taken = 0;

    for (;;) {
        lf_view before = in, payload;
        unsigned type;
        bool whole = false;

        if (lf_frame_take(&in, 4096, &whole, &type, &payload, NULL) != LF_OK || !whole) {
            LF_ASSERT(lf_view_eq(in, before) && in.ptr == before.ptr);
            break;
        }
        LF_ASSERT(payload.len <= 4096 && payload.ptr == before.ptr + LF_FRAME_HEAD);
        LF_ASSERT(in.len + LF_FRAME_HEAD + payload.len == before.len);
        taken += LF_FRAME_HEAD + payload.len;
    }
    LF_ASSERT(taken + in.len == size);
    return 0;
}
