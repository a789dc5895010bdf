/* Term: what an object can be found by, as keyed 64-bit hashes.
 *
 * A term is a letter and a text; whoever has no key of the node can choose neither two texts with one
 * hash nor learn a text from it.  Of an object:
 *
 *   v  each text of it that is a value (at most LF_TERM_VALUE bytes): properties, items of lists, the
 *      quoted literals of a STIX pattern, a network of one address without its "/32" or "/128".
 *      Not ids, times, and what the standard lists (type, lang, pattern_type …).
 *   w  each word of its texts; n the same of `name` and aliases
 *   t  its type, i its id
 *   r  each id that it refers to (*_ref, *_refs at any depth); b created_by_ref, m its markings
 *   x  external_id of its external references, and the part of it before a '.' (T1059.001: T1059)
 *   d  the day of its version, D its month, y its year (UTC)
 *
 * Words are runs of letters and digits; '_' is one.  ASCII letters count without case.  In Chinese,
 * Japanese and Korean, which write no blanks, each character and each two neighbours are words.
 * At most LF_TERMS_MOST of one object: what a longer one says behind them is not found by. */
#ifndef LF_ISAC_TERM_H
#define LF_ISAC_TERM_H

#include "fmt/json.h"
#include "store/task.h"

enum { LF_TERMS_MOST = 4096, LF_TERM_VALUE = 512, LF_TERM_QUERY = 32 };

struct lf_term_key {
    uint64_t k[2];
};
void lf_term_key(const struct lf_task *t, struct lf_term_key *out);

struct lf_terms {
    int64_t *v; /* of LF_TERMS_MOST */
    size_t n;
};

int64_t lf_term(const struct lf_term_key *k, char letter, lf_view text);
/* The same without regard to the case of ASCII letters. */
int64_t lf_term_folded(const struct lf_term_key *k, char letter, lf_view text);
/* All of an object, in no order, some more than once.  `at`: its version, or when it came. */
void lf_terms_of(const struct lf_term_key *k, const struct lf_json *object, lf_time at, struct lf_terms *out);
/* Of a text that is asked for: what is in an object that has its words.  At most `most`. */
size_t lf_terms_of_words(const struct lf_term_key *k, char letter, lf_view text, int64_t *out, size_t most);

/* Whether it has characters of those scripts: its words are then neighbours, and stand side by side in an
 * object only if its texts say so. */
/* Properties whose words are names; NULL ends them. */
extern const char *const lf_term_names[];
bool lf_term_ideographs(lf_view text);

#endif
