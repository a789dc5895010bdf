/* Gathering: when and where people meet, and how they are asked to: what meetings of the response centre and
 * seminars share. */
#ifndef LF_CERT_GATHERING_PRIV_H
#define LF_CERT_GATHERING_PRIV_H

#include "fmt/ics.h"
#include "store/task.h"

enum { GATHERING_LINE = 200, GATHERING_LINK = 500 /* bytes */ };
#define GATHERING_LONG (3 * LF_DAY) /* it lasts so long at most */

struct gathering {
    const char *noun;           /* as errors call it */
    lf_view title, place, link; /* a place, a link (https://), or both */
    lf_view zone;               /* of engine/duty.h; empty: Asia/Taipei */
    lf_time begins, ends;       /* on the zone's clock as if that were UTC */
    lf_time at, until;          /* the moments */
};
/* Checks what was given, and reckons the moments. */
enum lf_code gathering_fit(struct gathering *g, struct lf_err *e) LF_MUST;
/* One line that has something in it where `least` is 1, without blanks around. */
enum lf_code gathering_line(const char *noun, const char *what, lf_view *v, size_t least,
                            struct lf_err *e) LF_MUST;
/* "2026-12-01 09:00 – 2026-12-01 12:00 (Asia/Taipei)" */
lf_view gathering_span(struct lf_arena *a, lf_time begins, lf_time ends, lf_view zone);

/* Somebody of the contact network in a calendar file; who has no address, or left the network, is named by
 * his id. */
struct lf_ics_person gathering_person(struct lf_task *t, lf_view contact, lf_view name);
/* A calendar file of this one event. */
enum lf_code gathering_file(struct lf_task *t, enum lf_ics_method method, const struct lf_ics_event *ev,
                            lf_view *out, struct lf_err *e) LF_MUST;

#endif
