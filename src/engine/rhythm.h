/* Rhythm: how long a sender is usually silent, learnt from its silences, and so how long
 * it may be silent before somebody should look.
 *
 * Mean and spread of the silences are weighted towards the newest as a TCP's round-trip
 * time is (RFC 6298, section 2); beside them stands the longest silence of late, which
 * fades over two weeks: a log server that works by day and rests at night, or over the
 * weekend, is known for it after the first time.  Constant memory, whole numbers. */
#ifndef LF_ENGINE_RHYTHM_H
#define LF_ENGINE_RHYTHM_H

#include "base/time.h"

#define LF_RHYTHM_FADE (14 * LF_DAY)
#define LF_RHYTHM_MOST (8 * LF_DAY) /* nobody is waited for longer */

/* Zero is a sender nothing is known of. */
struct lf_rhythm {
    int64_t gaps; /* silences learnt */
    lf_time mean, spread, longest;
};

/* It was heard after a silence of `gap`.  A silence that was told as an alert (longer than
 * `patience`, the one then in force) is learnt as no longer than that: an outage must not
 * become a habit at once. */
void lf_rhythm_hear(struct lf_rhythm *r, lf_time gap, lf_time patience);
/* The silence after which it counts as quiet; never below `floor`. */
lf_time lf_rhythm_patience(const struct lf_rhythm *r, lf_time floor);

#endif
