/* A file of a transfer that is read is within its limits, and each object lies where the head says. */
#include <stdlib.h>

#include "isac/transfer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lf_arena a = { 0 };
    struct lf_transfer x;
    struct lf_err e = { 0 };

    if (lf_transfer_read(&a, (lf_view){ (const char *)data, size }, &x, &e) != LF_OK) {
        if (!e.text[0])
            abort(); /* refused without a sentence */
    } else {
        if (x.number < 1 || x.nobjects > LF_TRANSFER_OBJECTS || x.signed_bytes.len > size)
            abort();
        for (size_t i = 0; i < x.nobjects; i++) {
            const struct lf_transfer_object *o = &x.objects[i];

            if (lf_json_kind(o->object) != LF_JSON_OBJECT ||
                (o->in != LF_TRANSFER_UP && (o->added <= x.after[o->in] || o->added > x.last[o->in])))
                abort();
        }
    }
    lf_arena_clear(&a);
    return 0;
}
