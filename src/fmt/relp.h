/* RELP, version 0: the Reliable Event Logging Protocol, as rsyslog's omrelp and imrelp
 * speak it.  There is no RFC; the grammar is that of librelp's relp.html:
 *
 *   frame    = txnr SP command SP datalen [SP data] LF
 *   txnr     = 1*9DIGIT        0 for hints of the server, else 1, 2, 3 … 999999999, 1
 *   command  = 1*32ALPHA       open, syslog, close; rsp and serverclose from the server
 *   datalen  = 1*9DIGIT        bytes of data; with 0 neither the blank nor data follow
 *   rsp data = code SP text [LF data]      200 OK, 500 with what was wrong
 *
 * The session's other half, when a frame is answered, is proc/intake_relp.h's. */
#ifndef LF_FMT_RELP_H
#define LF_FMT_RELP_H

#include "base/buf.h"
#include "base/err.h"
#include "base/view.h"

enum { LF_RELP_TXNR = 999999999 };

struct lf_relp_frame {
    uint32_t txnr;
    lf_view command, data; /* of the stream's own bytes */
};

/* The next frame off the front of *in.  LF_OK with *whole false: more bytes are
 * needed, and *in is as it was.  Anything that is no frame, or one with more than
 * `max` bytes of data, is LF_BAD_INPUT: nothing behind it can be trusted and the
 * session is to end. */
enum lf_code lf_relp_take(lf_view *in, size_t max, bool *whole, struct lf_relp_frame *out,
                          struct lf_err *e) LF_MUST;
/* The number that follows: 999999999 is followed by 1. */
uint32_t lf_relp_next(uint32_t txnr);
/* A value of `open`'s data, which is lines of "name=value"; ptr NULL when absent. */
lf_view lf_relp_offer(lf_view data, const char *name);
/* Is `word` among the values, joined by commas? */
bool lf_relp_lists(lf_view values, const char *word);

void lf_relp_put(struct lf_buf *b, uint32_t txnr, const char *command, lf_view data);
/* "200 OK" to a frame. */
void lf_relp_put_ok(struct lf_buf *b, uint32_t txnr);

#endif
