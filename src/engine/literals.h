/* Literals: a fixed set of texts, looked for in one pass over a text without
 * regard to case.
 *
 * Those of seven bytes and more are sought by steps over most of the text (engine/grams.h).  Of the
 * others a few are sought by fingerprints; more are one Vectorscan database of pure literals, whose time a
 * byte hardly depends on their number.  A text made to be slow for either way falls to one that is
 * linear whatever the text. */
#ifndef LF_ENGINE_LITERALS_H
#define LF_ENGINE_LITERALS_H

#include <hs/hs.h>

#include "base/err.h"
#include "base/view.h"

struct lf_literals;

/* `texts` are folded (engine/fold.h), not empty, and outlive the set; the number
 * of a literal is its place.  `scratch` is grown as the set needs it. */
enum lf_code lf_literals_create(const lf_view *texts, size_t n, hs_scratch_t **scratch,
                                struct lf_literals **out, struct lf_err *e) LF_MUST;
void lf_literals_destroy(struct lf_literals *l);

/* Calls `found` at least once for each literal that is in the text, which is
 * ASCII in any case or folded. */
void lf_literals_scan(const struct lf_literals *l, lf_view text, hs_scratch_t *scratch,
                      void (*found)(void *ctx, unsigned literal), void *ctx);
/* Bytes of the shortest: no shorter text holds any. */
size_t lf_literals_shortest(const struct lf_literals *l);
/* Bytes of memory held. */
size_t lf_literals_bytes(const struct lf_literals *l);

#endif
