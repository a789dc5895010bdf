/* Private to the clock engine: what its parts share. */
#ifndef LF_ENGINE_CLOCK_PRIV_H
#define LF_ENGINE_CLOCK_PRIV_H

#include "engine/clock.h"

enum { LF_CLOCK_KINDS = 32 };

/* Place of a kind in the order within one second; LF_CLOCK_KINDS = unknown. */
unsigned lf_clock_kind(lf_view name);
bool lf_clock_zone_known(lf_view tz);

#endif
