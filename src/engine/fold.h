/* Fold: Unicode simple case folding, one code point to one (not only ASCII), so
 * that two texts that differ by case alone become the same bytes. */
#ifndef LF_ENGINE_FOLD_H
#define LF_ENGINE_FOLD_H

#include "base/arena.h"

uint32_t lf_fold_char(uint32_t c);
/* `v` is UTF-8.  Gives `v` itself when nothing changes, else a copy in `a`. */
lf_view lf_fold(struct lf_arena *a, lf_view v);

#endif
