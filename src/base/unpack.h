/* Unpack: takes a packed message apart (what lf_buf put together).
 *
 * The first fault stays: `bad` then names it as an end of a sentence, every later
 * taking gives 0 or "" and takes nothing, and the caller looks once at the end.
 * Views point into the message.  No allocation. */
#ifndef LF_BASE_UNPACK_H
#define LF_BASE_UNPACK_H

#include <stdint.h>

#include "base/time.h"
#include "base/view.h"

struct lf_unpack {
    lf_view left;
    const char *bad; /* static text; NULL: sound so far */
};

static inline struct lf_unpack lf_unpack_begin(lf_view message)
{
    return (struct lf_unpack){ message, NULL };
}

/* Finds fault, unless one was found before. */
void lf_unpack_fail(struct lf_unpack *u, const char *why);
/* Big-endian, `bytes` of 1 to 8. */
uint64_t lf_unpack_uint(struct lf_unpack *u, size_t bytes);
/* At most INT64_MAX: what a database can keep. */
uint64_t lf_unpack_count(struct lf_unpack *u);
/* LF_TIME_MAX at most, as 8 bytes. */
lf_time lf_unpack_time(struct lf_unpack *u);
/* `n` bytes as they are. */
lf_view lf_unpack_bytes(struct lf_unpack *u, uint64_t n);
/* Bytes after their length, itself of `bytes` octets. */
lf_view lf_unpack_block(struct lf_unpack *u, size_t bytes);
/* The same, but UTF-8 without NUL (it goes into databases and JSON) and `least` to
 * `most` bytes long; else `why`, or without one a sentence of its own. */
lf_view lf_unpack_text(struct lf_unpack *u, size_t bytes, size_t least, size_t most, const char *why);
/* Nothing may be left. */
void lf_unpack_end(struct lf_unpack *u);

#endif
