/* Words of a STIX pattern: values of which one stands in a record wherever the pattern can match.
 *
 * A bracket that holds for an event asks, among other things, that some value equals a name, an address,
 * a sum; records without any of them need not be unpacked (engine/query.h, lf_query_values).  What is found
 * so is weaker than the pattern and never stronger: events that it leaves out cannot matter to any of the
 * pattern's brackets. */
#ifndef LF_ENGINE_STIX_WORDS_H
#define LF_ENGINE_STIX_WORDS_H

#include "fmt/stix_pattern.h"
#include "model/observable.h"

/* Any of them is in a record that matters; *n 0: every record may. */
void lf_stix_words(struct lf_arena *a, const struct lf_stix_pattern *p, struct lf_observable **out,
                   size_t *n);
/* All values that the pattern names, as observables: also what it excludes or only orders. */
void lf_stix_words_all(struct lf_arena *a, const struct lf_stix_pattern *p, struct lf_observable **out,
                       size_t *n);

#endif
