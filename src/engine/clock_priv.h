/* Private to the clock engine: what its parts share. */
#ifndef LF_ENGINE_CLOCK_PRIV_H
#define LF_ENGINE_CLOCK_PRIV_H

#include "engine/clock.h"

enum { LF_CLOCK_KINDS = 32 };

/* Place of a kind in the order within one second; LF_CLOCK_KINDS = unknown. */
unsigned lf_clock_kind(lf_view name);
bool lf_clock_zone_known(lf_view tz);
/* A zone's offset from UTC in seconds, in winter and at `t`, by the rules in force since
 * 1996 (EU) and 2007 (US).  False: a zone that no rule set may name. */
bool lf_clock_zone(lf_view tz, int64_t t, int64_t *standard, int64_t *now);
/* `t` in seconds since 1970; the same wall clock so many months on, or the last of that
 * month.  A time that comes twice is the first; one that never comes is by winter time. */
int64_t lf_clock_add_months(lf_view tz, int64_t t, int64_t months);

#endif
