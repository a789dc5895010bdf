/* Caseless: ASCII texts compared and searched without regard to case, in place.
 *
 * The needle is folded already (engine/fold.h); the text may hold capitals but
 * only ASCII, which lf_is_ascii tells: for it Unicode's simple folding and
 * ASCII's are the same.  A text that holds more is folded first and then searched
 * all the same, for folding twice changes nothing. */
#ifndef LF_ENGINE_CASELESS_H
#define LF_ENGINE_CASELESS_H

#include "base/arena.h"

bool lf_is_ascii(lf_view text);
/* n bytes at `text`, once folded, are those at `folded`. */
bool lf_caseless_same(const char *text, const char *folded, size_t n);
/* The first place of `folded` in `text`, or SIZE_MAX.  Fast for what texts and needles
 * usually are, text times needle at worst. */
size_t lf_caseless_find(lf_view text, lf_view folded);
/* Whether `text` contains `want`, whatever the two are in time linear in them: for texts
 * and needles from outside.  `caseless` as above; else bytes are compared as they
 * are.  Rarely needs `a`, for four bytes a byte of the needle. */
bool lf_text_contains(struct lf_arena *a, lf_view text, lf_view want, bool caseless);
/* `to` has n bytes of room. */
void lf_caseless_fold(char *to, const char *from, size_t n);

static inline bool lf_caseless_eq(lf_view text, lf_view folded)
{
    return text.len == folded.len && lf_caseless_same(text.ptr, folded.ptr, folded.len);
}

static inline bool lf_caseless_starts(lf_view text, lf_view folded)
{
    return text.len >= folded.len && lf_caseless_same(text.ptr, folded.ptr, folded.len);
}

static inline bool lf_caseless_ends(lf_view text, lf_view folded)
{
    return text.len >= folded.len &&
           lf_caseless_same(text.ptr + (text.len - folded.len), folded.ptr, folded.len);
}

#endif
