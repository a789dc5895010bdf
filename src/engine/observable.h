/* Observable: domains, addresses, URLs and SHA-256 sums in an event that a rule
 * hit, from its decoded fields.  They are what an alert is grouped by, what a
 * second source must confirm and what members may come to block, so only what is
 * well formed is taken, and never the event's own server name or host. */
#ifndef LF_ENGINE_OBSERVABLE_H
#define LF_ENGINE_OBSERVABLE_H

#include "engine/event.h"
#include "model/finding.h"

/* Up to `max`, each once.  Domains of the decoded query come first (only those
 * behind its first shell separator, where there are such), then other domains,
 * URLs, sums, addresses. */
size_t lf_observables_of(struct lf_arena *a, const struct lf_event *ev, struct lf_observable *out,
                         size_t max);
/* A host name of at least two labels whose last is not a number (RFC 952/1123
 * letters, digits, hyphens; underscore labels are no hosts); lower-cased into
 * `a`, the final dot gone.  False and *out untouched otherwise. */
bool lf_hostname_clean(struct lf_arena *a, lf_view text, lf_view *out);

#endif
