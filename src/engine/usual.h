/* Usual: how usual bytes and parts of texts are in logs, whatever the log: so that of a text
 * the part is looked for that is seldom seen by chance. */
#ifndef LF_ENGINE_USUAL_H
#define LF_ENGINE_USUAL_H

#include "base/view.h"

/* How usual a byte is in paths, commands and logs, in thousandths; capitals are a third of it. */
unsigned lf_usual_byte(unsigned char c);

/* Four bytes that are in one of the words which nearly every log of some kind has: programs, places
 * and protocols.  Small enough to be made anew where it is needed. */
enum { LF_USUAL_GRAM = 4, LF_USUAL_BITS = 18 };
struct lf_usual_grams {
    uint64_t bits[(1 << LF_USUAL_BITS) / 64];
};
void lf_usual_grams_fill(struct lf_usual_grams *g);
/* Of the four bytes at p, in either case.  A few others are taken for such. */
bool lf_usual_gram(const struct lf_usual_grams *g, const char *p);
/* Bytes of the text that are not of such words, each run of words counted as one byte: the length by which
 * it says something. */
size_t lf_usual_telling(const struct lf_usual_grams *g, lf_view text);

#endif
