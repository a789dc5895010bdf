/* Incidents as files for other programs and people.
 *
 *   csv    a row each, spreadsheet-safe (fmt/csv.h); what lf_incident_import() of "csv" reads again
 *   stix   a STIX 2.1 bundle: the incident, who recorded it, a note of each entry, what was observed; every
 * object strictly authored (fmt/stix_check.h), ids the same each time iodef  IODEF 2.0 (RFC 7970)
 *
 * The incidents are those that the caller got for the asking account; nothing is read besides. */
#ifndef LF_CERT_INCIDENT_EXPORT_H
#define LF_CERT_INCIDENT_EXPORT_H

#include "cert/incident.h"

enum { LF_INCIDENT_EXPORT = 500 /* incidents in one file */ };

struct lf_incident_format {
    const char *name, *type, *suffix; /* "stix", "application/stix+json;version=2.1", "json" */
    enum lf_code (*write)(struct lf_task *t, const struct lf_incident_full *items, size_t n,
                          struct lf_buf *out, struct lf_err *e);
};
/* LF_BAD_INPUT names those there are. */
enum lf_code lf_incident_format_find(lf_view name, const struct lf_incident_format **out,
                                     struct lf_err *e) LF_MUST;

/* All that the filter finds.  LF_TOO_BIG: more than LF_INCIDENT_EXPORT; nothing is cut off without a word. */
enum lf_code lf_incident_all(struct lf_task *t, const struct lf_incident_filter *filter, size_t *n,
                             const struct lf_incident_full **out, struct lf_err *e) LF_MUST;

#endif
