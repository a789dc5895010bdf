/* What a regular expression cannot match without, read from its text, so that it is run only where that was
 * seen.
 *
 * This is no parser of expressions: Vectorscan has accepted the text already.  Where it meets
 * anything it does not know for certain it gives up, which costs time and never a match. */
#ifndef LF_ENGINE_REGEX_NEEDS_H
#define LF_ENGINE_REGEX_NEEDS_H

#include "base/arena.h"

enum { LF_REGEX_TEXTS = 8, LF_REGEX_PARTS = 8 };

/* Literals of which at least one is in every text that the expression matches; 0 = none are known.
 * They are folded.  `rate`: a guess of how often one is seen. */
size_t lf_regex_needs(struct lf_arena *a, lf_view regex, lf_view out[LF_REGEX_TEXTS], float *rate);

/* What every match has, one part behind another without touching, of each part one of its texts; folded, not
 * empty. */
struct lf_regex_part {
    lf_view text[LF_REGEX_TEXTS];
    size_t n;
    float rate; /* as above */
};
struct lf_regex_parts {
    struct lf_regex_part part[LF_REGEX_PARTS];
    size_t n;     /* 0: none are known */
    bool in_line; /* no match holds a line feed but as its last character, if "." is none, or depends on
                     where the text begins and ends */
};
void lf_regex_parts(struct lf_arena *a, lf_view regex, struct lf_regex_parts *out);

#endif
