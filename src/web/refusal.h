/* Refusal: why a form was refused, in Taiwan's Chinese.
 *
 * Services say why in one English sentence (base/err.h), which programs and logs read as it is.  refusal.def
 * has those that people meet at forms, with the whole sentence in Chinese beside it; what changes in them is
 * {0} to {9}, the same in both; of a line of a file ("line 3: …") what stands behind it.  A sentence that is
 * not in the table stays English, and is marked as such. */
#ifndef LF_WEB_REFUSAL_H
#define LF_WEB_REFUSAL_H

#include "base/arena.h"
#include "base/view.h"

/* ptr NULL: it is not in the table. */
lf_view lf_refusal_text(struct lf_arena *a, lf_view english);
/* The rows, for tests; false behind the last. */
bool lf_refusal_row(size_t i, lf_view *english, lf_view *chinese);

#endif
