/* Learn: what is usual, for rules that say "and not one of the known ones" (field|expand: '%known%').
 *
 * Such a rule knows nothing of a plant or a network until somebody writes the known ones down.
 * Here that is read off events of a time in which all was as usual: the rules are loaded with
 * placeholders that nothing equals, so each event that would then be told is one whose field
 * holds a usual value. */
#ifndef LF_ENGINE_LEARN_H
#define LF_ENGINE_LEARN_H

#include "base/buf.h"
#include "engine/sigma.h"

enum { LF_LEARN_VALUE = 512 /* bytes of one value */ };

struct lf_learn;
struct lf_learnt {
    lf_view name, text; /* of the placeholder; as it stood in the field */
    uint64_t seen;
};

/* Whether a file of rules may have a placeholder in it. */
bool lf_learn_wants(lf_view file);
/* LF_BAD_INPUT: no rule there has one. */
enum lf_code lf_learn_create(const struct lf_rule_file *files, size_t n, struct lf_learn **out,
                             struct lf_err *e) LF_MUST;
void lf_learn_destroy(struct lf_learn *l);
/* `a` is for what is needed meanwhile. */
void lf_learn_see(struct lf_learn *l, struct lf_arena *a, const struct lf_event *ev);
/* By name and text; LF_PLACEHOLDER_MOST at most. */
size_t lf_learn_values(struct lf_learn *l, struct lf_learnt *const **out);
/* Too long, with control characters, or more than fit. */
uint64_t lf_learn_left_out(const struct lf_learn *l);
/* The value as a text of Sigma: what is special there is made plain. */
void lf_learn_sigma(struct lf_buf *b, lf_view text);
/* One line of a map of placeholders, and the line of its name before its first value. */
void lf_learn_name(struct lf_buf *b, lf_view name);
void lf_learn_value(struct lf_buf *b, lf_view sigma, uint64_t seen);

#endif
