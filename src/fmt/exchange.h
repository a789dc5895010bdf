/* Exchange: what a format that is not STIX 2.1 becomes, and what of it cannot be said.
 *
 * A reader of a foreign format gives STIX 2.1 objects one at a time, as text that the strict check
 * (fmt/stix_check.h) passes, and what it could not say one loss at a time; a writer gives pieces of
 * its own format and losses.  Nothing is left out without a loss: what a loss does not name is in what
 * was made.  Neither holds more than its piece at hand, so memory is that of the input. */
#ifndef LF_FMT_EXCHANGE_H
#define LF_FMT_EXCHANGE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/rest.h"
#include "base/time.h"

struct lf_loss {
    lf_view where; /* the place in the input: "Event[0].Attribute[3].disable_correlation", "line 7", an id;
                    * its first bytes, as parts of it are strangers' */
    lf_view value; /* the first bytes of what is lost; may be empty */
    const char *why;
};

struct lf_exchange {
    void *ctx;
    /* Views live during the call.  What it returns ends the work when it is not LF_OK. */
    enum lf_code (*made)(void *ctx, lf_view piece, struct lf_err *e);
    void (*lost)(void *ctx, const struct lf_loss *loss);
    const struct lf_rest *rest; /* a reader's, before it makes anything; may be NULL */
};

enum { LF_LOSS_WHERE = 400, LF_LOSS_VALUE = 200 }; /* bytes of a loss that are told */

#endif
