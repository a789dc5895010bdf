/* MISP's core format (JSON) in and out.
 *
 * In:  an event           -> a report (published) or a grouping, by the event's UUID
 *      an attribute       -> an indicator when its to_ids is set and a pattern can say it, observed data with
 *                            its cyber-observables else; rules (yara, sigma, snort) indicators of that
 * pattern type; vulnerabilities; what has no observable a note.  All by the attribute's UUID an object -> its
 * attributes as above, observables joined (one file with all its sums), under a grouping by the object's UUID
 *      a galaxy's cluster -> attack-pattern, malware, tool, … by the cluster's UUID, and a relationship
 *      a sighting         -> a sighting; of a false positive an opinion; an expiration is valid_until
 *      tags               -> TLP and PAP as markings, the rest as labels; without TLP the distribution says
 * how far an organisation    -> an identity; an event report -> a note What MISP alone has (type, category,
 * to_ids, relation, distribution, …) is in labels misp:NAME="VALUE", so that the way back finds it.  Forms
 * taken: an event, {"Event":…}, lists of them, {"response":…} of any, and lists of attributes.
 *
 * Out: every report, and every grouping that is no object of MISP's, is an event; what belongs to none is in
 * an event of its own.  Patterns of one value become the attribute of that kind, others stay as
 * stix2-pattern.
 *
 * Memory: the text of the input, one attribute or object, and 16 bytes for each UUID of one event. */
#ifndef LF_FMT_MISP_H
#define LF_FMT_MISP_H

#include "fmt/exchange.h"
#include "fmt/json.h"

enum { LF_MISP_REFS = 10000 }; /* references of one report; what is more is in reports that continue it */

/* Whether a JSON document looks like MISP's. */
bool lf_misp_is(lf_view text);
/* STIX objects out of MISP.  LF_BAD_INPUT: no JSON, or no MISP, from some place on; what came before it was
 * given. */
enum lf_code lf_misp_read(lf_view text, const struct lf_exchange *to, struct lf_err *e) LF_MUST;
/* MISP out of n STIX objects: pieces of one JSON text, {"response":[{"Event":…},…]}. */
enum lf_code lf_misp_write(struct lf_arena *a, const struct lf_json *const *objects, size_t n,
                           const struct lf_exchange *to, struct lf_err *e) LF_MUST;

/* The UUID of the n-th report that continues the event of this one, n from 1. */
lf_view lf_misp_part(struct lf_arena *a, lf_view uuid, size_t n);

#endif
