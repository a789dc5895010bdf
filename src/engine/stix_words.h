/* Words of a STIX pattern: what stands in the archive's records wherever it can match.
 *
 * A bracket that holds for an event asks, among other things, that some value equals a name, an IPv4
 * address or a sum; such values stand in a record's text as they are, so blocks and frames without
 * any of them need not be unpacked (engine/query.h).  The query is weaker than the pattern and never
 * stronger: events that it leaves out cannot matter to any of the pattern's brackets. */
#ifndef LF_ENGINE_STIX_WORDS_H
#define LF_ENGINE_STIX_WORDS_H

#include "fmt/stix_pattern.h"
#include "model/observable.h"

/* Does a value of this kind stand in a record as it is kept? */
bool lf_stix_words_literal(enum lf_observable_kind kind);
/* Values, canonical and literal, any of which is in a record that matters; *n 0: every record may. */
void lf_stix_words(struct lf_arena *a, const struct lf_stix_pattern *p, lf_view **out, size_t *n);
/* The query of the archive that finds any of them; "*" for none, and where they are too many for one. */
lf_view lf_stix_words_query(struct lf_arena *a, const lf_view *words, size_t n);

#endif
