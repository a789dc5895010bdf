/* Index: the rules of one log source, found by what is seen in an event.
 *
 * Each rule has witnesses (engine/witness.h); the clues of all are kept by field: whole
 * values in a hash table, beginnings and endings in a trie, literals in one
 * set (engine/literals.h).  An event's fields are looked at once; the rules of
 * which a witness was seen, and the few that have none, are then asked in full, step by step
 * (engine/rule_steps.h).
 *
 * What a witness says is kept as the predicate's answer where it is exact, so
 * nothing is looked for twice.  Work for an event is bounded by its size and the rules',
 * whatever is in it. */
#ifndef LF_ENGINE_RULE_INDEX_H
#define LF_ENGINE_RULE_INDEX_H

#include "engine/rule_priv.h"

enum lf_code lf_index_create(struct lf_ruleset *rs, const unsigned *rules, size_t n, struct lf_index **out,
                             struct lf_err *e) LF_MUST;
void lf_index_destroy(struct lf_index *ix);

struct lf_hits { /* in the task's arena */
    unsigned *rule;
    size_t n, cap;
};
/* Adds the rules that match, in order. */
void lf_index_match(struct lf_index *ix, struct lf_at *m, struct lf_hits *out);

/* What an index is made of, for `bench detect` and those who tune it. */
struct lf_index_stats {
    size_t rules, always, witnesses, literals, nodes, bytes;
};
void lf_index_stats(const struct lf_index *ix, struct lf_index_stats *add);

#endif
