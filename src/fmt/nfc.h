/* NFC: Unicode's canonical composition (UAX 15), where a standard asks for it.
 *
 * Only there: texts are kept and compared as they came everywhere else. */
#ifndef LF_FMT_NFC_H
#define LF_FMT_NFC_H

#include "base/arena.h"

/* The text in normalisation form C; `v` itself when nothing in it can change.  `v` is valid
 * UTF-8.  Time is linear but for sorting the marks of one letter. */
lf_view lf_nfc(struct lf_arena *a, lf_view v);

#endif
