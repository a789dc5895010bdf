/* What the parts of statistics know of each other. */
#ifndef LF_CERT_STATISTIC_PRIV_H
#define LF_CERT_STATISTIC_PRIV_H

#include "cert/statistic.h"

/* The next line of incident_fact.late_clocks; false at the end. */
bool statistic_next_clock(lf_view *list, lf_view *clock);

#endif
