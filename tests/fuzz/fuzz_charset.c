/* Bytes of any charset: what comes out is UTF-8, and UTF-8 is never garbled; and names of charsets. */
#include "fmt/charset.h"
#include "fmt/charset_name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lf_view in = { (const char *)data, size };
    struct lf_arena a = { 0 };

    for (int c = LF_CHARSET_AUTO; c <= LF_CHARSET_UTF16BE; c++)
        LF_ASSERT(lf_view_is_utf8(lf_charset_utf8(&a, in, (enum lf_charset)c)));
    if (lf_view_is_utf8(in) && !(size && memchr(data, 0, size)) && !(size >= 3 && data[0] == 0xef))
        LF_ASSERT(lf_view_eq(lf_charset_utf8(&a, in, LF_CHARSET_AUTO), in));
    if (size) { /* a name of a set is one in any letter case, and never with something behind it */
        char *turned = lf_arena_cstr(&a, in);
        lf_view longer = lf_arena_printf(&a, "%.*s ", LF_FMT(in));

        for (size_t i = 0; i < size; i++)
            turned[i] = (char)((data[i] | 0x20) >= 'a' && (data[i] | 0x20) <= 'z' ? data[i] ^ 0x20 : data[i]);
        LF_ASSERT(lf_charset_name_ok(in) == lf_charset_name_ok((lf_view){ turned, size }));
        LF_ASSERT(!lf_charset_name_ok(in) || !lf_charset_name_ok(longer));
    }
    lf_arena_clear(&a);
    return 0;
}
