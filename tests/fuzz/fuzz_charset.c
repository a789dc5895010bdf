/* Bytes of any charset: what comes out is UTF-8, and UTF-8 is never garbled. */
#include "fmt/charset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lf_view in = { (const char *)data, size };
    struct lf_arena a = { 0 };

    for (int c = LF_CHARSET_AUTO; c <= LF_CHARSET_UTF16BE; c++)
        LF_ASSERT(lf_view_is_utf8(lf_charset_utf8(&a, in, (enum lf_charset)c)));
    if (lf_view_is_utf8(in) && !(size && memchr(data, 0, size)) && !(size >= 3 && data[0] == 0xef))
        LF_ASSERT(lf_view_eq(lf_charset_utf8(&a, in, LF_CHARSET_AUTO), in));
    lf_arena_clear(&a);
    return 0;
}
