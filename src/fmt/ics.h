/* iCalendar (RFC 5545), written: a calendar of events with times in UTC, to be read (PUBLISH) or as an
 * invitation and its end (REQUEST, CANCEL; RFC 5546).
 *
 * Lines end in CR LF and are folded at 75 octets, never within a character; backslash, semicolon, comma and
 * line ends of a text are escaped, other control characters become blanks and bytes that are no UTF-8
 * question marks.  A name in a parameter loses its quotation marks, which have no escape there. */
#ifndef LF_FMT_ICS_H
#define LF_FMT_ICS_H

#include "base/buf.h"
#include "base/time.h"

enum lf_ics_method { LF_ICS_PUBLISH, LF_ICS_REQUEST, LF_ICS_CANCEL };
const char *lf_ics_method_name(enum lf_ics_method m); /* "PUBLISH", … */

struct lf_ics_person {
    lf_view name;
    lf_view uri;     /* "mailto:…", or "urn:uuid:…" of who has no address; empty: nobody */
    lf_view sent_by; /* of an organizer in whose name another sends: "mailto:…"; empty: nobody */
};
struct lf_ics_event {
    lf_view uid;      /* the same for the same event ever after */
    int64_t sequence; /* how often it was changed */
    lf_time stamp, from, until;
    lf_view summary, description, place, url; /* empty: none, but for the summary */
    struct lf_ics_person organizer;
    size_t nguests; /* 0 unless invited: whoever publishes names none */
    const struct lf_ics_person *guests;
    bool cancelled; /* all of it */
    bool withdrawn; /* only the invitation of these guests (RFC 5546 3.2.5) */
};

/* `name`: what a program that reads it may call the calendar. */
void lf_ics_begin(struct lf_buf *b, enum lf_ics_method method, lf_view name);
void lf_ics_event(struct lf_buf *b, const struct lf_ics_event *ev);
void lf_ics_end(struct lf_buf *b);

#endif
