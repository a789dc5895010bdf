/* iCalendar (RFC 5545), written: a calendar of events with times in UTC.
 *
 * Lines end in CR LF and are folded at 75 octets, never within a character; backslash, semicolon, comma and
 * line ends of a text are escaped, other control characters become blanks and bytes that are no UTF-8
 * question marks. */
#ifndef LF_FMT_ICS_H
#define LF_FMT_ICS_H

#include "base/buf.h"
#include "base/time.h"

struct lf_ics_event {
    lf_view uid; /* the same for the same event ever after */
    lf_time stamp, from, until;
    lf_view summary, description; /* description: empty, none */
};

/* `name`: what a program that reads it may call the calendar. */
void lf_ics_begin(struct lf_buf *b, lf_view name);
void lf_ics_event(struct lf_buf *b, const struct lf_ics_event *ev);
void lf_ics_end(struct lf_buf *b);

#endif
