/* Moment: the times that logs write, which is everything but RFC 3339 alone. */
#ifndef LF_ENGINE_MOMENT_H
#define LF_ENGINE_MOMENT_H

#include "base/time.h"
#include "fmt/json.h"

/* Understood: RFC 3339 and its loose kin ("2026-11-21 05:00:00,123", no zone, +0800
 * without colon, '/' in the date), numbers of seconds, milliseconds, microseconds or
 * nanoseconds since 1970 (told apart by size; fractions), "Nov 21 05:00:00" and
 * "Nov 21 2026 05:00:00", "21/Nov/2026:05:00:00 +0800", "21-Nov-2026 05:00:00".
 *
 * A time without a zone is UTC, moved by the whole quarters of an hour that it is off
 * from `recorded` (0: not known, nothing is moved).  A time without a year is in
 * the last year in which it is at most a week after `recorded`; without `recorded`, 1970.
 * False and *out untouched when it is no time. */
bool lf_moment_parse(lf_view text, lf_time recorded, lf_time *out);
/* A string or number of JSON. */
bool lf_moment_json(const struct lf_json *v, lf_time recorded, lf_time *out);
/* The time of a record without a zone. */
lf_time lf_moment_zoneless(lf_time t, lf_time recorded);

#endif
