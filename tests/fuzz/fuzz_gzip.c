/* Never past the ceiling; what we pack we unpack. */
#include <stdlib.h>

#include "fmt/gzip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lf_view in = { (const char *)data, size };
    struct lf_buf out, packed;
    struct lf_err e;

    lf_buf_init(&out, 1 << 16);
    lf_buf_init(&packed, (size + 4096) * 2);
    if (lf_gzip_inflate(in, &out, &e) == LF_OK && out.len > out.max)
        abort();
    lf_buf_clear(&out);
    lf_buf_init(&out, size);
    lf_gzip_deflate(in, &packed);
    if (lf_gzip_inflate(lf_buf_view(&packed), &out, &e) != LF_OK || !lf_view_eq(lf_buf_view(&out), in))
        abort();
    lf_buf_clear(&out);
    lf_buf_clear(&packed);
    return 0;
}
