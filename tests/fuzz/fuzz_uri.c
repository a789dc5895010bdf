/* A decoded path is one that a decoder can no longer change into another place. */
#include <stdlib.h>

#include "fmt/uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lf_arena a = { 0 };
    lf_view in = { (const char *)data, size }, out, name, value;
    struct lf_buf b;
    struct lf_err e;

    if (lf_uri_decode_path(&a, in, &out, &e) == LF_OK) {
        if (!out.len || out.ptr[0] != '/' || lf_view_find(out, LF_V("/../")) != SIZE_MAX ||
            lf_view_find(out, LF_V("//")) != SIZE_MAX || lf_view_ends(out, LF_V("/..")) ||
            lf_view_find_byte(out, '\0') != SIZE_MAX || !lf_view_is_utf8(out))
            abort();
    }
    for (lf_view fields = in; lf_uri_field(&fields, &name, &value);) {
        (void)!lf_uri_decode_form(&a, name, &out, &e);
        (void)!lf_uri_decode_form(&a, value, &out, &e);
    }
    lf_buf_init(&b, size * 3);
    lf_uri_encode(&b, in);
    if (lf_uri_decode_form(&a, lf_buf_view(&b), &out, &e) == LF_OK && !lf_view_eq(out, in))
        abort();
    lf_buf_clear(&b);
    lf_arena_clear(&a);
    return 0;
}
