/* Signs: a few dozen texts looked for at every place of a text, each by four of its bytes in a row.
 *
 * Of those bytes only the lower halves are looked at first, 32 places at once by four look-ups in 16 (AVX2):
 * capitals differ from small letters in the upper half alone, so case costs nothing, and a byte is looked
 * up as it is read.  Texts share eight buckets, a bit each, so that few places are told by chance; there
 * the four bytes themselves are compared, and where they stand it is for whoever asks to look at the whole.
 */
#ifndef LF_ENGINE_SIGNS_H
#define LF_ENGINE_SIGNS_H

#include "base/view.h"
#include "engine/usual.h"

enum {
    LF_SIGN = LF_USUAL_GRAM, /* bytes */
    LF_SIGNS_MOST = 64       /* texts */
};

struct lf_signs;

/* `texts` are folded (engine/fold.h), of LF_SIGN bytes or more each, at least one and at most LF_SIGNS_MOST,
 * and may go afterwards.  NULL where the machine cannot, a text has no four ASCII bytes in a row among its
 * first, or what they are told by is too usual. */
struct lf_signs *lf_signs_create(const lf_view *texts, size_t n, const struct lf_usual_grams *usual);
void lf_signs_destroy(struct lf_signs *s);
size_t lf_signs_bytes(const struct lf_signs *s);

/* Calls `met` for each place where the sign of a text stands, in any case: its number, and where the sign is
 * in it and in what is looked through.  A place may be told twice; none is after it said false.  Gives how
 * many places were looked at more closely. */
size_t lf_signs_scan(const struct lf_signs *s, lf_view text,
                     bool (*met)(void *ctx, uint32_t number, size_t inside, size_t at), void *ctx);

#endif
