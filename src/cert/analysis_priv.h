/* What the files of analysis reports share. */
#ifndef LF_CERT_ANALYSIS_PRIV_H
#define LF_CERT_ANALYSIS_PRIV_H

#include "cert/analysis.h"

/* analysis_facts.c: what there is to know of the set now, as JSON. */
enum lf_code analysis_take(struct lf_task *t, const struct lf_incident_filter *f, lf_view *json,
                           struct lf_err *e) LF_MUST;

#endif
