/* Any record becomes an event; what detection makes of it can be packed, and its
 * reader takes it. */
#include "base/crypto.h"
#include "engine/detect.h"
#include "engine/normalise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct lf_normaliser *normaliser; /* one for all inputs: what a sender said before is part of it */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct lf_rule rule = { .id = LF_V("3c9f4d6e-7a15-4b83-9e2d-5f0c81a6b7d2"), .title = LF_V("t") };
    struct lf_arena a = { 0 };
    struct lf_record r = { .sender = LF_V("s"), .recorded = 1795237200 * LF_SECOND };
    struct lf_finding f, back;
    struct lf_event ev;
    struct lf_err e;
    struct lf_buf b;

    if (size < 1)
        return 0;
    if (!normaliser) {
        struct lf_pipelines *ps;

        if (lf_pipelines_build(NULL, 0, &ps, &e) != LF_OK)
            __builtin_trap();
        normaliser = lf_normaliser_create(ps);
        lf_pipelines_drop(ps);
    }
    r.format = (enum lf_format)(data[0] % LF_FORMATS);
    r.bytes = (lf_view){ (const char *)data + 1, size - 1 };
    lf_normalise(normaliser, &a, &r, &ev);
    if (!ev.doc)
        __builtin_trap();
    lf_finding_of(&a, &ev, &rule, &f);
    lf_buf_init(&b, 1 << 17);
    lf_finding_pack(&b, &f);
    if (b.over || lf_finding_unpack(lf_buf_view(&b), &back, &e) != LF_OK)
        __builtin_trap();
    lf_buf_clear(&b);
    lf_arena_clear(&a);
    return 0;
}
