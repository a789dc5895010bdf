/* Token: what the archive's filters hold of a record, and what a query may ask of
 * them.  One definition for the sealer and for search: change both or neither
 * (LF_TOKEN_VERSION is in every block).
 *
 * A word is a run of ASCII letters, digits, '_' and bytes above 0x7F.  Letters count
 * without case (ASCII only).  Of a text the tokens are
 *   - each word, except a number: digits alone count only when there are 7 to 16 of
 *     them, and up to 9 digits before a 'Z' (a fraction of a second) never do;
 *   - each four numbers of up to three digits joined by single dots: "10.1.2.3"
 *     (in "1.2.3.4.5" both "1.2.3.4" and "2.3.4.5");
 *   - each two words of up to four hexadecimal digits joined by ':' or '::' of
 *     which one has a letter or three digits: the pairs of an IPv6 address, of a MAC;
 *   - in Chinese, Japanese and Korean, which write no spaces, each character and
 *     each two neighbours; a change between those and other letters ends a word.
 * None depends on what stands around the text, so: wherever a text occurs in a
 * record without a word of it being part of a longer word, the record has all
 * tokens of the text.  lf_token_whole() says whether an occurrence is such a one.
 * A search for parts of words ("*foo*", regular expressions) may not ask the
 * filter, except with words inside the pattern that are whole in every match.
 *
 * Of a record the filter holds the tokens of its bytes as they lie, the same with
 * JSON's escapes undone where there are any, and with %XX undone twice where there
 * are any.  So a value that lies in the record literally, escaped for JSON, or
 * percent-encoded is found by its own tokens.  Values that a sensor or we make
 * (base64 undone, another character set) are not: do not ask the filter for them.
 * A frame with a record that is not UTF-8 is marked: its tokens mean nothing. */
#ifndef LF_STORE_TOKEN_H
#define LF_STORE_TOKEN_H

#include "base/buf.h"
#include "base/view.h"

enum {
    LF_TOKEN_VERSION = 1,
    LF_TOKEN_PAD = 80, /* bytes that must be readable behind a record (their values do not matter) */
    LF_TOKEN_MOST = 2 << 20,
};

/* The distinct tokens of `text` as hashes, at most `most`: leaving some out only
 * makes the filter say "maybe" more often.  None: the filter cannot help. */
size_t lf_token_query(lf_view text, uint32_t *out, size_t most);

/* Whether text[at, at+len) begins and ends where words begin and end. */
bool lf_token_whole(lf_view text, size_t at, size_t len);

/* Tokens as they are found; most of those that come again are left out, not all.  Zero is
 * empty. */
struct lf_token_bag {
    uint32_t *hash;
    size_t n, cap;
    uint32_t *seen;  /* the module's own, */
    size_t places;   /* of which there are so many, a power of two; 0: the usual number */
    unsigned narrow; /* 1: the machine's widest instructions are not used; 2: nor those half as wide.
                        The tokens are the same */
};

void lf_token_bag_reset(struct lf_token_bag *b);
void lf_token_bag_clear(struct lf_token_bag *b);
/* All tokens of a record, which LF_TOKEN_PAD readable bytes follow.  `scratch` is for
 * unescaped text; its ceiling is at least twice the record's length and four times the
 * padding.  False: the record is not UTF-8. */
bool lf_token_record(struct lf_token_bag *b, lf_view record, struct lf_buf *scratch);
/* The same of several short records, each with its '\n' behind it.  False: a byte is not ASCII
 * and nothing was put in: take each by itself.  Else *escapes says whether each is to be given
 * to lf_token_escapes(), too. */
bool lf_token_lines(struct lf_token_bag *b, lf_view lines, bool *escapes);
void lf_token_escapes(struct lf_token_bag *b, lf_view record, struct lf_buf *scratch);

/* A growing set of hashes; zero is empty. */
struct lf_token_set {
    uint32_t *slot; /* 0 = free */
    size_t n, size; /* size is a power of two */
    bool over;      /* more than LF_TOKEN_MOST came: what it holds is not all */
};

void lf_token_set_reset(struct lf_token_set *s);
void lf_token_set_clear(struct lf_token_set *s);
void lf_token_set_put(struct lf_token_set *s, const uint32_t *hash, size_t n);
/* The hashes in ascending order, moved to the front of s->slot; the set must be
 * reset before it is used again. */
uint32_t *lf_token_set_sort(struct lf_token_set *s, size_t *n);

#endif
