/* Time part: the minute, hour, day, week, month or year that a text says, as its
 * digits stand: no time zone is reckoned with (docs/sigma-choices.md, C14).
 *
 * Read is YYYY-MM-DD, alone or followed by 'T' or a blank, HH:MM and whatever comes
 * then.  A date alone has no minute and no hour. */
#ifndef LF_ENGINE_TIME_PART_H
#define LF_ENGINE_TIME_PART_H

#include "base/view.h"

enum lf_time_part {
    LF_PART_MINUTE,
    LF_PART_HOUR,
    LF_PART_DAY,
    LF_PART_WEEK, /* of ISO 8601: 1 to 53; of a day that does not exist none */
    LF_PART_MONTH,
    LF_PART_YEAR
};

/* -1 when the text does not say it. */
int lf_time_part(lf_view text, enum lf_time_part part);

#endif
