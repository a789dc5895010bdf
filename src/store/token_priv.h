/* What the token files share; for them alone. */
#ifndef LF_STORE_TOKEN_PRIV_H
#define LF_STORE_TOKEN_PRIV_H

#include "store/token.h"

/* ---- the bag (token.c) ---- */

/* What stands in b->seen is in the bag. */
enum { TOKEN_SEEN = 1 << 13 };

/* Room for n more. */
void token_bag_room(struct lf_token_bag *b, size_t n);
void token_bag_add(struct lf_token_bag *b, uint32_t h);

/* ---- words (token_words.c) ---- */

/* All tokens of a text, which LF_TOKEN_PAD readable bytes follow. */
void token_plain(struct lf_token_bag *bag, lf_view text);
/* The same of ASCII alone. */
void token_ascii(struct lf_token_bag *bag, lf_view text);
/* The character at p, its bytes; bytes that are not UTF-8 are of no word, one at a time.
 * Kind 0: no part of a word; 1: a letter of a word; 2: one of the scripts without blanks. */
size_t token_character(const char *p, const char *end, int *kind);

#endif
