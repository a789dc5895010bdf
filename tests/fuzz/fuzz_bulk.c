/* Each action moves on; a document is a line of the body, no blank one. */
#include <stdlib.h>

#include "fmt/bulk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lf_view body = { (const char *)data, size };
    struct lf_bulk b = { .left = body };
    struct lf_arena a = { 0 };
    struct lf_bulk_item item;
    struct lf_err e;
    size_t before = size + 1, lines = 0;

    while (lf_bulk_take(&a, &b, &item, &e) == LF_OK) {
        if (b.left.len >= before || b.line <= lines || item.op > LF_BULK_DELETE || item.id.len > LF_BULK_ID)
            abort();
        before = b.left.len;
        lines = b.line;
        if (item.has_document &&
            (!item.document.len || item.op == LF_BULK_DELETE || item.document.ptr < body.ptr ||
             item.document.ptr + item.document.len > body.ptr + body.len ||
             memchr(item.document.ptr, '\n', item.document.len)))
            abort();
        lf_arena_reset(&a);
    }
    lf_arena_clear(&a);
    return 0;
}
