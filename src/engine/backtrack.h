/* Backtrack: those expressions of PCRE that Vectorscan cannot serve, asked of one text.
 *
 * Look-around, back-references, atomic groups and possessive quantifiers, beside the usual.  Its
 * time is not linear in the text: it is for files that somebody asks about (`lianfang pattern
 * match`), never for what streams in, and gives up after the steps it was allowed
 * (docs/adr/0005).  "." takes line ends.  Not understood: recursion, conditions, \p, \X, \K, \R, \C,
 * verbs, branch reset. */
#ifndef LF_ENGINE_BACKTRACK_H
#define LF_ENGINE_BACKTRACK_H

#include "base/arena.h"
#include "base/err.h"

enum {
    LF_BACKTRACK_PROGRAM = 50000, /* instructions of one expression */
    LF_BACKTRACK_STACK = 1000000, /* choices open at once */
};

struct lf_backtrack;

/* `octets`: expression and texts are bytes, else UTF-8.  Lives in the arena.  LF_UNACCEPTED: nothing
 * that is understood here. */
enum lf_code lf_backtrack_create(struct lf_arena *a, lf_view expression, bool octets,
                                 const struct lf_backtrack **out, struct lf_err *e) LF_MUST;
/* Whether it matches somewhere in the text.  *steps goes down; below 0 it was given up, and the
 * answer is no answer. */
bool lf_backtrack_holds(const struct lf_backtrack *b, struct lf_arena *a, lf_view text, int64_t *steps);

#endif
