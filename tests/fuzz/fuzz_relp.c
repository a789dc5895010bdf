/* Frames give back every byte of the stream, and what is read is written the same; a session
 * answers each message once and never before it is kept. */
#include <stdlib.h>

#include "proc/intake_relp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct count {
    size_t taken, refuse_from;
};

static bool take(void *ctx, lf_view message)
{
    struct count *c = ctx;

    (void)message;
    if (c->taken == c->refuse_from)
        return false;
    c->taken++;
    return true;
}

static size_t answers(lf_view out)
{
    struct lf_relp_frame f;
    struct lf_err e;
    bool whole = true;
    size_t n = 0;

    while (out.len) {
        if (lf_relp_take(&out, 4096, &whole, &f, &e) != LF_OK || !whole)
            abort();
        n += lf_view_is(f.data, "200 OK");
    }
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lf_view in = { (const char *)data, size }, rest = in;
    struct intake_relp r = { 0 };
    struct count c = { 0, 3 };
    struct lf_relp_frame f;
    struct lf_buf out;
    struct lf_err e;
    bool whole;

    while (lf_relp_take(&rest, 64, &whole, &f, &e) == LF_OK && whole)
        if (f.txnr > LF_RELP_TXNR || f.data.len > 64 || !f.command.len || f.command.len > 32)
            abort();
    rest = in;
    lf_buf_init(&out, 1 << 20);
    (void)intake_relp_frames(&r, &rest, take, &c, &out, &e);
    if (answers(lf_buf_view(&out)) || r.waiting != c.taken)
        abort();
    intake_relp_kept(&r, &out);
    if (answers(lf_buf_view(&out)) != c.taken || r.waiting)
        abort();
    c.refuse_from = SIZE_MAX;
    (void)intake_relp_frames(&r, &rest, take, &c, &out, &e);
    lf_buf_clear(&out);
    return 0;
}
