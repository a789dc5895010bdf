/* Steps: a rule's tree written out as the questions that are asked one after the other, each with where to go
 * on after yes and after no.
 *
 * What an index has looked for already is known and asked first.  Of other texts a step has the length
 * and four bytes beside it: nearly all are answered by these alone, and the predicate, which lies
 * somewhere else in memory, is not touched. */
#ifndef LF_ENGINE_RULE_STEPS_H
#define LF_ENGINE_RULE_STEPS_H

#include "engine/rule_priv.h"

enum lf_step_kind {
    LF_STEP_ASK,
    LF_STEP_KNOWN, /* it was looked for already: not seen is no */
    LF_STEP_FRONT, /* a text; `word` stands `at` bytes from the value's front */
    LF_STEP_BACK,  /* … from its end */
};
struct lf_step {
    uint32_t pred, yes, no; /* the latter two: steps, or one of the ends */
    uint32_t field;
    uint32_t word, mask; /* four bytes without case, and which of them count */
    uint16_t len, at;
    uint8_t kind;
    bool whole; /* the value has `len` bytes; else as many at least */
};

struct lf_steps {
    const struct lf_step *steps; /* NULL: too many, to be asked by the tree */
    uint32_t start;
    unsigned rule;
};

/* In `a`; `known`: by predicate, that it is looked for exactly before the rule is asked. */
void lf_steps_make(struct lf_arena *a, const struct lf_ruleset *rs, const bool *known, unsigned rule,
                   struct lf_steps *out);
/* Whether the rule holds for the event at hand. */
bool lf_steps_hold(struct lf_at *m, const struct lf_steps *s);

#endif
