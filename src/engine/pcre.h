/* Those expressions of PCRE that Vectorscan cannot serve, asked of one text: look-around,
 * back-references, recursion and the rest, as libpcre2 understands them.
 *
 * Its time is not linear in the text: it is for files that somebody asks about (`lianfang pattern
 * match`), never for what streams in, and gives up after the steps it was allowed
 * (docs/adr/0005).  "." takes line ends; classes such as \w are of ASCII. */
#ifndef LF_ENGINE_PCRE_H
#define LF_ENGINE_PCRE_H

#include "base/arena.h"
#include "base/err.h"

/* KiB that one search may hold open choices in; what needs more is given up. */
enum { LF_PCRE_HEAP = 64 << 10 };

struct lf_pcre;

/* `octets`: expression and texts are bytes, else UTF-8.  Lives in the arena.  LF_UNACCEPTED: no
 * expression of PCRE. */
enum lf_code lf_pcre_create(struct lf_arena *a, lf_view expression, bool octets, const struct lf_pcre **out,
                            struct lf_err *e) LF_MUST;
/* Whether it matches somewhere in the text.  *steps goes down by one for each item of the expression
 * that is tried; below 0 it was given up, and the answer is no answer. */
bool lf_pcre_holds(const struct lf_pcre *p, lf_view text, int64_t *steps);

#endif
