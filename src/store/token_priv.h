/* What the token files share; for them alone. */
#ifndef LF_STORE_TOKEN_PRIV_H
#define LF_STORE_TOKEN_PRIV_H

#include "store/token.h"

/* ---- the set (token.c) ---- */

void token_set_grow(struct lf_token_set *s);
void token_set_add(struct lf_token_set *s, uint32_t h);

/* ---- words (token_words.c) ---- */

/* All tokens of a text, which LF_TOKEN_PAD readable bytes follow. */
void token_plain(struct lf_token_set *set, lf_view text);
/* The character at p, its bytes; bytes that are not UTF-8 are of no word, one at a time.
 * Kind 0: no part of a word; 1: a letter of a word; 2: one of the scripts without blanks. */
size_t token_character(const char *p, const char *end, int *kind);

#endif
