/* Any bytes as a zone message; what is read is packed again to the same bytes. */
#include <stdint.h>

#include "shield/zone_message.h"

struct compare {
    lf_view want;
    bool same;
};

static enum lf_code packed(void *ctx, bool full, lf_view payload, struct lf_err *e)
{
    struct compare *c = ctx;

    (void)full;
    (void)e;
    c->same = lf_view_eq(payload, c->want);
    return LF_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lf_view in = { (const char *)data, size }, name;
    struct lf_zone_message m;
    struct lf_zone_packer p;
    enum lf_zone_op op;
    struct compare c = { .want = in };
    size_t n = 0;

    if (lf_zone_message_read(in, &m, NULL) != LF_OK)
        return 0;
    bool whole = m.first && m.last;
    lf_zone_pack_begin(&p, false, m.zone, m.from, m.to, packed, &c);
    while (lf_zone_message_next(&m, &op, &name)) {
        n++;
        LF_ASSERT(lf_zone_pack(&p, op, name, NULL) == LF_OK);
    }
    LF_ASSERT(n == m.count);
    LF_ASSERT(lf_zone_pack_end(&p, NULL) == LF_OK && (!whole || c.same));
    return 0;
}
