/* Messages of a front that was taken over: never a crash, and what is accepted
 * packs to the same bytes again. */
#include "http/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lf_view in = { (const char *)data, size }, path;
    struct lf_http_request rq;
    struct lf_http_response rs;
    struct lf_err e = { 0 };
    struct lf_arena a = { 0 };
    struct lf_buf b;

    lf_buf_init(&b, 1 << 24);
    if (lf_http_unpack_request(in, &rq, &e) == LF_OK) {
        lf_http_pack_request(&b, &rq);
        LF_ASSERT(lf_view_eq(lf_buf_view(&b), in));
    }
    lf_buf_reset(&b);
    if (lf_http_unpack_response(in, &rs, &e) == LF_OK) {
        lf_http_pack_response(&b, &rs);
        LF_ASSERT(lf_view_eq(lf_buf_view(&b), in));
    }
    (void)lf_http_field(&a, in, "a", NULL);
    if (lf_http_path(&a, in, &path, &e) == LF_OK)
        LF_ASSERT(path.len > 0 && path.ptr[0] == '/' && lf_view_find(path, LF_V("/../")) == SIZE_MAX);
    lf_buf_clear(&b);
    lf_arena_clear(&a);
    return 0;
}
