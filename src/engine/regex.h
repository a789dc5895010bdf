/* Regex: one expression of a rule, asked of one text at a time.
 *
 * Vectorscan's time is linear in the text, whatever the expression.  Expressions are of
 * characters, not bytes; but compiling one for UTF-8 takes several times as long (a
 * "." is four forms of a character), while nearly all texts are ASCII.  So an expression that
 * speaks of ASCII alone is compiled for bytes, and in a text each character beyond
 * ASCII is put as one byte that stands for "none of those": ".", "\W", "[^x]" hold
 * for it and nothing else does.  Others are compiled for UTF-8. */
#ifndef LF_ENGINE_REGEX_H
#define LF_ENGINE_REGEX_H

#include <hs/hs.h>

#include "base/arena.h"

struct lf_regex;

/* `flags` are HS_FLAG_CASELESS, _MULTILINE, _DOTALL.  `text` is UTF-8 without NUL.
 * LF_BAD_INPUT with Vectorscan's reason when it cannot be served. */
enum lf_code lf_regex_create(lf_view text, unsigned flags, hs_scratch_t **scratch, struct lf_regex **out,
                             struct lf_err *e) LF_MUST;
void lf_regex_destroy(struct lf_regex *r);
/* `text` is UTF-8; `ascii` says that it is no more than ASCII.  May grow the
 * scratch. */
bool lf_regex_holds(struct lf_regex *r, struct lf_arena *a, lf_view text, bool ascii, hs_scratch_t **scratch);

/* Whether a database of Vectorscan's matches somewhere in the text; not, when it is 4 GiB
 * or longer. */
/* `db` was compiled with lf_regex_mode(). */
unsigned lf_regex_mode(void);
bool lf_regex_scan(const hs_database_t *db, lf_view text, hs_scratch_t *scratch);

#endif
