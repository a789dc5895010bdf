/* Rest: long work that lets others have their turn.
 *
 * Who works long calls lf_rest where it may stop for a while: about every quarter of a megabyte of input, or
 * for each thing it makes.  What is done meanwhile is the caller's, who may also say that the work is to end.
 */
#ifndef LF_BASE_REST_H
#define LF_BASE_REST_H

#include "base/err.h"

enum { LF_REST_BYTES = 256 << 10 };

struct lf_rest {
    void *ctx;
    /* What it returns ends the work when it is not LF_OK. */
    enum lf_code (*rest)(void *ctx, struct lf_err *e);
};

/* NULL: there is nobody to wait for. */
static inline enum lf_code lf_rest(const struct lf_rest *r, struct lf_err *e)
{
    return r ? r->rest(r->ctx, e) : LF_OK;
}

#endif
