/* Hint: told from the bytes of a JSON document, without looking at its values one by one, that no
 * text in it holds any of a few literals.
 *
 * A rule of keywords looks at every value of every event of its log source, and next to no event has
 * one of the words.  In the bytes a literal may be hidden: by an escape, or by one of the two
 * characters that fold to an ASCII letter.  So of each literal a part is looked for that is plain ASCII
 * that need not be escaped, and beside the parts the escapes (\u00XX) and characters that could hide
 * one.  Where the reader of the document saw none of these (lf_json_bare) the parts alone are looked for, by
 * steps over most of its bytes (engine/grams.h). */
#ifndef LF_ENGINE_HINT_H
#define LF_ENGINE_HINT_H

#include "base/arena.h"

struct lf_hint;

/* `literals` are folded; the hint belongs to the arena, but for what lf_hint_clear gives back.  NULL: there
 * are too many, or one has no such part. */
struct lf_hint *lf_hint_create(struct lf_arena *a, const lf_view *literals, size_t n);
void lf_hint_clear(struct lf_hint *h);

/* `bare`: as lf_json_bare says.  False: no string, number or word of the document, once unescaped and
 * folded, holds any of the literals.  `json` is a document that was parsed, or bytes in which each text
 * stands as it is.  Time is linear in it. */
bool lf_hint_may_hold(const struct lf_hint *h, lf_view json, bool bare);

#endif
