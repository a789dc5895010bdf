/* Witness: what must be seen in an event before a rule can match it.
 *
 * A rule's tree is covered by a set of predicates of which at least one holds
 * whenever the tree does: of an AND one kid's cover is enough, an OR needs those of all
 * its kids, and a negation has none.  Of the possible covers the one is taken that
 * should be seen least often.  A predicate is looked for by clues: cheap facts
 * about a field's value that hold whenever the predicate does. */
#ifndef LF_ENGINE_WITNESS_H
#define LF_ENGINE_WITNESS_H

#include "engine/regex_needs.h"
#include "engine/rule_priv.h"
#include "engine/usual.h"

enum lf_clue_kind {
    LF_CLUE_EQUAL,   /* the whole of some value is `text`, folded */
    LF_CLUE_STARTS,  /* some value starts with it */
    LF_CLUE_ENDS,    /* … ends with it */
    LF_CLUE_HOLDS,   /* … contains it */
    LF_CLUE_NUMBER,  /* EQUAL, or a JSON number written in an unusual way */
    LF_CLUE_PRESENT, /* the field is there */
};
struct lf_clue {
    enum lf_clue_kind kind;
    bool exact;   /* the clue is the predicate: neither holds without the other */
    lf_view text; /* not empty but for EQUAL */
};
enum { LF_CLUES = LF_REGEX_TEXTS }; /* of one predicate */

/* The clues of a predicate, one of which holds whenever it does; 0 = it has none, for it
 * may hold where there is no field.  `rate`: a guess of how often one is seen. */
size_t lf_clues_of(struct lf_arena *a, const struct lf_pred *p, struct lf_clue out[LF_CLUES], float *rate);

/* A guess of how often a text of so many bytes is in a value. */
float lf_text_rate(size_t len);

/* Chooses covers for the rules of one index. */
struct lf_chooser {
    struct lf_ruleset *rs;
    struct lf_arena *a; /* for the time of choosing */
    uint32_t index;     /* number of this choosing, above 0 and never the same twice in a ruleset */
    uint32_t rule;      /* counts up */
    unsigned *used;     /* by predicate: rules of the index that ask it */
    float *rate;        /* by predicate; below 0 = not reckoned yet */
    struct lf_usual_grams *usual;
};
void lf_chooser_init(struct lf_chooser *c, struct lf_ruleset *rs, struct lf_arena *a, const unsigned *rules,
                     size_t n);
/* A guess of how often the predicate's clues are seen, from its texts and from how many rules ask it. */
float lf_chooser_rate(struct lf_chooser *c, const struct lf_pred *p);
/* The predicates of the best cover, each once, in *out (in c->a).  False: the rule
 * has no cover and is to be tried always. */
bool lf_chooser_cover(struct lf_chooser *c, struct lf_node *root, const struct lf_pred ***out, size_t *n);

#endif
