/* Clue: what must be seen in an event before a bracket of a STIX pattern can hold for it, as a
 * Sigma rule.
 *
 * The rule is weaker than the bracket and never stronger: whenever the bracket holds for one of
 * the event's objects (engine/stix_event.h), the rule matches the event.  So thousands of brackets
 * cost what as many rules cost (engine/rule_index.h), and only the events a rule matches are made
 * objects of and asked exactly.  tests/prop/prop_stix_live.c holds this. */
#ifndef LF_ENGINE_STIX_CLUE_H
#define LF_ENGINE_STIX_CLUE_H

#include "base/buf.h"
#include "fmt/stix_pattern.h"

/* Writes the rule, JSON, with the number in its title.  `plain`: no texts, only which fields are there (for a
 * rule that could not be loaded).  False: no event has what the bracket asks for; `asks` is its path. */
bool lf_stix_clue(struct lf_arena *a, const struct lf_stix_compare *c, bool plain, size_t number,
                  struct lf_buf *out, lf_view *asks);

/* Texts of the pattern in the form the events' objects have (engine/stix_event.h): names and sums lower
 * case, addresses canonical.  The pattern is its own arena's, made by lf_stix_pattern_parse. */
void lf_stix_canon(struct lf_arena *a, const struct lf_stix_pattern *p);

#endif
