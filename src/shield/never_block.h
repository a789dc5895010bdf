/* Names that no indicator may block by itself, because blocking them hurts more
 * than any attack they may be used for.  Each has its reason. */
#ifndef LF_SHIELD_NEVER_BLOCK_H
#define LF_SHIELD_NEVER_BLOCK_H

#include "base/view.h"

/* The reason why `domain` (lower-case, no final dot) must not be blocked, or NULL. */
const char *lf_never_block(lf_view domain);

#endif
