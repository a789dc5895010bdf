/* Detect: one event through rules, observables and evidence -> findings.
 * The one code path for live traffic, replay and tests. */
#ifndef LF_ENGINE_DETECT_H
#define LF_ENGINE_DETECT_H

#include "engine/evidence.h"
#include "engine/sigma.h"

/* Findings of this event, and earlier ones that it corroborates, in `a`; all
 * views live as long as the event and the ruleset.  `evidence` may be NULL: no second
 * evidence is looked for. */
size_t lf_detect(struct lf_ruleset *rs, struct lf_evidence *evidence, struct lf_arena *a,
                 const struct lf_event *ev, struct lf_finding **out);
/* The finding that a rule's hit on the event makes, without second evidence. */
void lf_finding_of(struct lf_arena *a, const struct lf_event *ev, const struct lf_rule *rule,
                   struct lf_finding *out);

#endif
