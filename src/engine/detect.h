/* Detect: one event through rules, observables, evidence and correlations -> findings.
 * The one code path for live traffic, replay and tests. */
#ifndef LF_ENGINE_DETECT_H
#define LF_ENGINE_DETECT_H

#include "engine/correlation.h"
#include "engine/evidence.h"
#include "engine/sigma.h"

/* Findings of this event, and earlier ones that it corroborates, in `a`; all
 * views live as long as the event and the ruleset.  `evidence` may be NULL: no second
 * evidence is looked for. */
size_t lf_detect(struct lf_ruleset *rs, struct lf_evidence *evidence, struct lf_arena *a,
                 const struct lf_event *ev, struct lf_finding **out);
/* The same with correlations: what fires at this event and is news is a finding too, with
 * the event, whose first member "lianfang.correlation" tells the groups
 * (lf_firing.groups).  Matches of quiet rules are no findings.  `correlator` may be NULL. */
size_t lf_detect_with(struct lf_ruleset *rs, struct lf_evidence *evidence, struct lf_correlator *correlator,
                      struct lf_arena *a, const struct lf_event *ev, struct lf_finding **out);
/* The finding that a rule's hit on the event makes, without second evidence. */
void lf_finding_of(struct lf_arena *a, const struct lf_event *ev, const struct lf_rule *rule,
                   struct lf_finding *out);
/* The same with the member "lianfang.correlation" before the event's own: `groups` as of
 * lf_firing.groups. */
void lf_finding_of_with(struct lf_arena *a, const struct lf_event *ev, const struct lf_rule *rule,
                        lf_view groups, struct lf_finding *out);

#endif
