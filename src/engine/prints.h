/* Prints: a few texts looked for in one pass over a text, by fingerprints of four bytes.
 *
 * The "Teddy" of Geoff Langdale in Hyperscan: each text is in one of eight buckets and has
 * four bytes of its own that stand for it, the least usual.  For each of the four, and each half
 * of a byte, a table says which buckets it may be of; sixteen or thirty-two places at once are
 * looked up by a shuffle, and where all eight agree the bucket's texts are compared.  A machine
 * without shuffles of bytes looks up one place after another. */
#ifndef LF_ENGINE_PRINTS_H
#define LF_ENGINE_PRINTS_H

#include "base/view.h"

enum { LF_PRINTS_MOST = 64 }; /* beyond that nearly every place agrees */

struct lf_prints;

/* `texts` are folded (engine/fold.h), not empty, 1 to LF_PRINTS_MOST, and outlive the set; the
 * number of a text is its place.  `at`: where in each text the bytes stand by which it is known; NULL:
 * lf_prints_place of each. */
struct lf_prints *lf_prints_create(const lf_view *texts, size_t n, const uint8_t *at);
/* Where the four bytes of a text stand that are the least usual in logs. */
size_t lf_prints_place(lf_view text);
void lf_prints_destroy(struct lf_prints *p);
size_t lf_prints_bytes(const struct lf_prints *p);

/* What is to be done after a text was found. */
enum lf_prints_then {
    LF_PRINTS_MORE,   /* its other places are told too */
    LF_PRINTS_ENOUGH, /* it is not told again */
    LF_PRINTS_STOP,   /* nor is any other */
};
/* Calls `found` where a text stands, `at` bytes from the front, places that begin earlier first by
 * and large.  `text` is ASCII in any case, or folded: bytes beyond ASCII are compared as they
 * are.  `left`: bit by number, the texts that are looked for.  What is left of it: those that are still
 * looked for.  False when a text made to be nearly there at every place has used up
 * 64 comparisons a byte: then not all was looked at. */
bool lf_prints_scan(const struct lf_prints *p, lf_view text, uint64_t *left,
                    enum lf_prints_then (*found)(void *ctx, unsigned number, size_t at), void *ctx);

#endif
