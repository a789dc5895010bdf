/* STIX patterns that are nothing but values: "[a:b = 'x']", with OR, IN and ISSUBSET, in one
 * pair of brackets or in several joined by OR.  They become entries of a set (engine/ioc.h);
 * anything else needs the whole matcher (engine/stix_match.h). */
#ifndef LF_ENGINE_IOC_PATTERN_H
#define LF_ENGINE_IOC_PATTERN_H

#include "engine/ioc.h"
#include "fmt/stix_pattern.h"

/* Calls `each` for every value; false, and nothing called, when the pattern is more than
 * values or names one that cannot be looked for. */
bool lf_ioc_of_pattern(const struct lf_stix_pattern *p,
                       void (*each)(void *ctx, enum lf_observable_kind kind, lf_view value), void *ctx);

#endif
