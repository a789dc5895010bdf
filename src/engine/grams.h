/* Grams: many texts looked for in one pass over a text, most bytes of which are stepped over.
 *
 * A text of n bytes has four bytes at some place that a step of n - 3 comes by, wherever it
 * stands (Wu and Manber's idea, 1994, without their shifts).  So a set has a step by its shortest text,
 * and of each text, for each place that the step can take in it, the four bytes there that are the least
 * usual.  Those of the text that is looked through are asked of a table of bits, which is small and nearly
 * always says no; where it says yes a hash table knows whose they are.
 *
 * Many texts mostly have one of a few rare bytes each, a dot or a dash: their anchors.  A long text is then
 * looked through for these alone, 64 bytes at once, and only the four bytes beside one are asked about.
 * Where anchors were many of late the steps are taken.  A few dozen texts are looked for by signs
 * (engine/signs.h), and so are those of many that have no punctuation for an anchor. */
#ifndef LF_ENGINE_GRAMS_H
#define LF_ENGINE_GRAMS_H

#include "base/view.h"

enum {
    LF_GRAMS_LEAST = 7, /* bytes of a text; for shorter ones the step would be too small */
    LF_GRAMS_SHORT = 4, /* bytes of a few texts among many, which are looked for apart */
};

struct lf_grams;

/* `texts` are folded (engine/fold.h), each LF_GRAMS_LEAST bytes or more, at least one, and outlive the
 * set; the number of a text is its place.  Where there are some of LF_GRAMS_SHORT bytes and more, NULL if
 * these can not be looked for apart. */
struct lf_grams *lf_grams_create(const lf_view *texts, size_t n);
void lf_grams_destroy(struct lf_grams *g);
size_t lf_grams_bytes(const struct lf_grams *g);

/* Calls `found` once for each of the texts that is in `text`, which is ASCII in any case or folded; no more
 * after it said false.  False when a text made to be nearly there at every place has used up 64
 * comparisons a byte: then not all was looked at. */
bool lf_grams_scan(struct lf_grams *g, lf_view text, bool (*found)(void *ctx, unsigned number), void *ctx);

#endif
