/* Indicators from files, for commands. */
#ifndef LF_MAIN_INDICATORS_H
#define LF_MAIN_INDICATORS_H

#include "engine/lookout.h"

/* A value a line (blank lines and # are passed over; names count with all under them), or a
 * STIX bundle or list whose indicators' patterns are nothing but values.  *passed: those that
 * were not taken.  "-" is standard input. */
enum lf_code lf_indicators_load(const char *file, struct lf_lookout *to, uint64_t *taken, uint64_t *passed,
                                struct lf_err *e) LF_MUST;

#endif
