/* Gzip (RFC 1952) and zlib (RFC 1950) inflated under a ceiling, so that a small
 * body cannot become a huge one.  Several members one after another are one
 * text, as gzip itself has it. */
#ifndef LF_FMT_GZIP_H
#define LF_FMT_GZIP_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* Into `out` (what is there is kept), up to its ceiling: then LF_TOO_BIG.  What
 * is cut short or has a wrong sum is LF_BAD_INPUT. */
enum lf_code lf_gzip_inflate(lf_view in, struct lf_buf *out, struct lf_err *e) LF_MUST;
/* One gzip member. At most 2 GiB go in. */
void lf_gzip_deflate(lf_view in, struct lf_buf *out);
/* The packed bytes alone (RFC 1951), without head and sum. */
void lf_gzip_deflate_bare(lf_view in, struct lf_buf *out);

#endif
