/* A stranger's XML: an event or a reason, never more than was given; what is made is JSON that can be
 * written and read. */
#include "fmt/winxml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lf_view in = { (const char *)data, size }, was = in;
    const struct lf_json *doc, *back;
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    struct lf_buf b;

    (void)lf_winxml_is(in);
    if (!lf_view_is_utf8(in)) /* its caller has made it so */
        return 0;
    if (lf_winxml_take(&a, &in, &doc, &e) != LF_OK) {
        LF_ASSERT(e.text[0] && in.ptr == was.ptr && in.len == was.len);
    } else {
        LF_ASSERT(in.len < was.len && lf_json_kind(doc) == LF_JSON_OBJECT);
        lf_buf_init(&b, 64 << 20);
        lf_json_write(&b, doc);
        LF_ASSERT(!b.over && lf_json_parse(&a, lf_buf_view(&b), NULL, &back, &e) == LF_OK);
        lf_buf_clear(&b);
    }
    lf_arena_clear(&a);
    return 0;
}
