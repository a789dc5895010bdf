/* Windows event log files of strangers: every walk ends, and every document is one
 * that can be written and read again. */
#include "base/buf.h"
#include "fmt/evtx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lf_arena a = { 0 };
    struct lf_evtx x;
    struct lf_evtx_record r;
    enum lf_code rc;

    if (lf_evtx_open(&x, (lf_view){ (const char *)data, size }, NULL) != LF_OK)
        return 0;
    while ((rc = lf_evtx_next(&x, &a, &r, NULL)) != LF_NOT_FOUND) {
        const struct lf_json *again;
        struct lf_buf b;

        if (rc != LF_OK)
            continue;
        lf_buf_init(&b, 8 << 20);
        lf_json_write(&b, r.doc);
        LF_ASSERT(!b.over && lf_json_parse(&a, lf_buf_view(&b), NULL, &again, NULL) == LF_OK);
        lf_buf_clear(&b);
        lf_arena_reset(&a);
    }
    lf_arena_clear(&a);
    return 0;
}
