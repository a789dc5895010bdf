#include "engine/rhythm.h"

void lf_rhythm_hear(struct lf_rhythm *r, lf_time gap, lf_time patience)
{
    lf_time off, fade;

    if (gap < 0)
        gap = 0; /* a clock that stepped back */
    fade = gap < LF_RHYTHM_FADE ? gap : LF_RHYTHM_FADE;
    if (gap > patience)
        gap = patience;
    if (gap > LF_RHYTHM_MOST)
        gap = LF_RHYTHM_MOST;
    if (r->gaps++ == 0) {
        r->mean = gap;
        r->spread = gap / 2;
    } else {
        off = gap > r->mean ? gap - r->mean : r->mean - gap;
        r->spread += (off - r->spread) / 4;
        r->mean += (gap - r->mean) / 8;
    }
    /* In milliseconds: a product of two microsecond counts would not fit. */
    r->longest -= r->longest / LF_MSEC * (fade / LF_MSEC) / (LF_RHYTHM_FADE / LF_MSEC) * LF_MSEC;
    if (r->longest < gap)
        r->longest = gap;
}

lf_time lf_rhythm_patience(const struct lf_rhythm *r, lf_time floor)
{
    lf_time p = r->mean + 4 * r->spread;

    if (p < 2 * r->longest)
        p = 2 * r->longest;
    if (p > LF_RHYTHM_MOST)
        p = LF_RHYTHM_MOST;
    return p > floor ? p : floor;
}
