/* Pattern: a Sigma value with wildcards, compiled once, matched many times.
 *
 * Made of literals, '?' (one code point), '*' (any run) and, by windash, a dash
 * that stands for any of five.  Most patterns are one literal with or without a
 * '*' at its ends; those are matched without the general walk.  The walk goes
 * back to the last '*' only, so its time is at most text times pattern.
 *
 * Patterns are compiled from folded text unless they heed case, and matched
 * against text treated alike. */
#ifndef LF_ENGINE_PATTERN_H
#define LF_ENGINE_PATTERN_H

#include "base/arena.h"

enum lf_piece_kind { LF_PIECE_TEXT, LF_PIECE_ONE, LF_PIECE_ANY, LF_PIECE_DASH };
struct lf_piece {
    enum lf_piece_kind kind;
    lf_view text;
};

enum lf_pattern_shape { LF_SHAPE_EQUAL, LF_SHAPE_STARTS, LF_SHAPE_ENDS, LF_SHAPE_CONTAINS, LF_SHAPE_GLOB };
struct lf_pattern {
    enum lf_pattern_shape shape;
    lf_view text; /* of all shapes but GLOB */
    struct lf_piece *pieces;
    size_t npieces;
};

/* Reads Sigma's escapes: \* \? \\ are plain, any other backslash is itself. */
size_t lf_pieces_read(struct lf_arena *a, lf_view value, struct lf_piece **out);
/* Joins neighbouring texts and '*'s and finds the shape.  `pieces` may be changed. */
void lf_pattern_make(struct lf_arena *a, struct lf_piece *pieces, size_t n, struct lf_pattern *out);
bool lf_pattern_match(const struct lf_pattern *p, lf_view text);
/* Whether a hostile text could make matching take far more than a pass over it: a
 * '*' is followed by a long row of single wildcards and literals, all of which are tried
 * again at each place. */
bool lf_pattern_steep(const struct lf_pattern *p);
/* The same as a regular expression of the whole text, whose time is linear. */
lf_view lf_pattern_regex(struct lf_arena *a, const struct lf_pattern *p);

#endif
