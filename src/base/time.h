/* Time: microseconds since 1970-01-01T00:00:00Z, UTC, no leap seconds.
 *
 * Where time comes from is sys/env.h; this is only its arithmetic and text.
 * Written years 1970–2199. */
#ifndef LF_BASE_TIME_H
#define LF_BASE_TIME_H

#include "base/err.h"
#include "base/view.h"

typedef int64_t lf_time;

#define LF_MSEC ((lf_time)1000)
#define LF_SECOND ((lf_time)1000000)
#define LF_MINUTE (60 * LF_SECOND)
#define LF_HOUR (60 * LF_MINUTE)
#define LF_DAY (24 * LF_HOUR)
/* What people here read: Taipei, UTC+8, no summer time. */
#define LF_TAIPEI (8 * LF_HOUR)
#define LF_TIME_MAX ((lf_time)7258118399999999) /* 2199-12-31T23:59:59.999999Z */

struct lf_civil {
    int year, month, day, hour, minute, second, micro; /* month and day from 1 */
    int weekday;                                       /* 0 = Sunday */
};

struct lf_civil lf_civil_of(lf_time t);
/* Is there such a moment, of 1970 to 2199, on a clock without leap seconds?  The weekday is not looked at. */
bool lf_civil_ok(const struct lf_civil *c);
/* Fields must be in range (lf_civil_ok says so of what comes from outside). */
lf_time lf_time_of(const struct lf_civil *c);

/* The day of Taipei it lies in, counted from 1970-01-01; the begin of such a day. */
static inline int64_t lf_taipei_day(lf_time t)
{
    lf_time local = t + LF_TAIPEI;

    return local / LF_DAY - (local % LF_DAY < 0);
}
static inline lf_time lf_taipei_begin(int64_t day)
{
    return day * LF_DAY - LF_TAIPEI;
}

/* RFC 3339: capital or small T and Z, 0–9 fraction digits (cut, not rounded, to
 * microseconds), Z or ±HH:MM.  No second 60, no 24:00, no day that does not
 * exist. */
enum lf_code lf_time_parse(lf_view text, lf_time *out, struct lf_err *e) LF_MUST;

enum { LF_TIME_TEXT = 32 };
/* "2026-11-21T02:48:16.123456Z" (TAXII's exact form). */
lf_view lf_time_micro(lf_time t, char out[LF_TIME_TEXT]);
/* "2026-11-21T02:48:16.123Z" (what STIX objects of ours carry). */
lf_view lf_time_milli(lf_time t, char out[LF_TIME_TEXT]);
/* "2026-11-21T02:48:16Z" */
lf_view lf_time_whole(lf_time t, char out[LF_TIME_TEXT]);
/* "Sat, 21 Nov 2026 02:48:16 +0000" (RFC 5322) */
lf_view lf_time_mail(lf_time t, char out[LF_TIME_TEXT]);

#endif
