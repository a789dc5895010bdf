/* The dns worker: not more than its place yet. */
#include "proc/worker.h"

static enum lf_code start(struct lf_worker *w, struct lf_err *e)
{
    (void)w;
    (void)e;
    return LF_OK;
}

static void message(struct lf_worker *w, enum lf_worker_id from, unsigned type, lf_view payload)
{
    (void)w;
    (void)from;
    (void)type;
    (void)payload;
}

const struct lf_worker_spec lf_dns_worker = { .name = "dns", .start = start, .message = message };
