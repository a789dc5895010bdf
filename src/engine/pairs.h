/* Pairs: a few texts told from others by two of their bytes that are seldom neighbours ("::", "iw").
 *
 * A long text is looked through for these alone, 64 places at once by two look-ups of a byte in 128
 * (AVX-512 VBMI); only where a pair stands are whole texts compared, by whoever asks.  Other machines look
 * for signs (engine/signs.h). */
#ifndef LF_ENGINE_PAIRS_H
#define LF_ENGINE_PAIRS_H

#include "base/view.h"

enum { LF_PAIRS_MOST = 8 }; /* different ones; a bit each */

struct lf_pairs;
struct lf_pairs_text { /* one that has a pair */
    uint32_t text, at; /* its number; where in it the pair stands */
};

/* `texts` are folded (engine/fold.h) and may go afterwards.  NULL where the machine cannot, or no few pairs
 * that are seldom enough are in all of them. */
struct lf_pairs *lf_pairs_create(const lf_view *texts, size_t n);
void lf_pairs_destroy(struct lf_pairs *p);
size_t lf_pairs_bytes(const struct lf_pairs *p);

/* The first place from `from` on where a pair stands, in any case, or text.len.  A byte beyond ASCII may be
 * taken for another. */
size_t lf_pairs_next(const struct lf_pairs *p, lf_view text, size_t from);
/* The texts whose pair may stand at `at`, which lf_pairs_next gave, by ones: `i` counts from 0; NULL when
 * there are no more. */
const struct lf_pairs_text *lf_pairs_text_of(const struct lf_pairs *p, const char *at, size_t i);

#endif
