/* Views stay inside the line; frames give back every byte of the stream. */
#include <stdlib.h>

#include "fmt/syslog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lf_arena a = { 0 };
    lf_view in = { (const char *)data, size }, frame;
    struct lf_syslog s;
    struct lf_err e;
    bool whole;

    if (lf_syslog_parse(&a, in, 1795000000 * LF_SECOND, &s, &e) == LF_OK) {
        if (s.pri.facility > 23 || s.pri.severity > 7 || s.nparams > LF_SYSLOG_PARAMS)
            abort();
        if (s.message.len && (s.message.ptr < in.ptr || s.message.ptr + s.message.len != in.ptr + in.len))
            abort();
    }
    for (size_t before = in.len + 1; lf_syslog_frame(&in, 64, &whole, &frame, &e) == LF_OK && whole;) {
        if (in.len >= before || frame.len > 64)
            abort();
        before = in.len;
    }
    lf_arena_clear(&a);
    return 0;
}
