/* Partner activity (交流活動): what was done with a partner on a day, who took part, what came of it, and
 * whether knowledge was given, received or both, which is what reciprocity (互惠) is counted by.
 *
 * An entry stays as it was written; one that was a mistake is withdrawn: it is shown as that and counts no
 * more.  Who may is as for the partner (isac/partner.h).  Audited. */
#ifndef LF_ISAC_PARTNER_ACTIVITY_H
#define LF_ISAC_PARTNER_ACTIVITY_H

#include "isac/partner.h"

/* The numbers are kept in databases. */
enum lf_activity_kind {
    LF_ACTIVITY_MEETING,
    LF_ACTIVITY_VISIT,
    LF_ACTIVITY_CONFERENCE,
    LF_ACTIVITY_EXERCISE,
    LF_ACTIVITY_TRAINING,
    LF_ACTIVITY_INTELLIGENCE,
    LF_ACTIVITY_OTHER,
    LF_ACTIVITY_KINDS
};
enum lf_activity_direction {
    LF_DIRECTION_NONE,
    LF_DIRECTION_GIVEN,
    LF_DIRECTION_RECEIVED,
    LF_DIRECTION_BOTH,
    LF_DIRECTIONS
};
enum { LF_PARTNER_ACTIVITIES = 1000 /* of one partner */ };
const char *lf_activity_kind_name(enum lf_activity_kind k);           /* "meeting" … */
const char *lf_activity_direction_name(enum lf_activity_direction d); /* "none" … */
bool lf_activity_kind_parse(lf_view name, enum lf_activity_kind *out);
bool lf_activity_direction_parse(lf_view name, enum lf_activity_direction *out);

struct lf_activity {
    int64_t activity; /* of its partner, from 1 */
    lf_time day;      /* its first moment in Taipei */
    enum lf_activity_kind kind;
    enum lf_activity_direction direction;
    lf_view title;           /* at most LF_PARTNER_NAME bytes */
    lf_view people, outcome; /* at most LF_PARTNER_TEXT bytes; may be empty */
    lf_view account;         /* id of who entered it */
    lf_time at;
    lf_time withdrawn; /* 0: it stands */
};
struct lf_activity_year { /* of what stands; what went both ways is in both counts */
    int year;
    size_t all, given, received;
};
struct lf_activity_filter {
    int year;                             /* of Taipei; 0: all */
    enum lf_activity_direction direction; /* GIVEN or RECEIVED: also what went both ways; else any */
};

/* `activity`, `account`, `at` and `withdrawn` are not read.  A day that is not over yet is refused beyond
 * today: what is planned is no activity. */
enum lf_code lf_activity_add(struct lf_task *t, lf_view partner, const struct lf_activity *in,
                             int64_t *activity, struct lf_err *e) LF_MUST;
/* LF_CONFLICT: there is none of that number that stands. */
enum lf_code lf_activity_withdraw(struct lf_task *t, lf_view partner, int64_t activity,
                                  struct lf_err *e) LF_MUST;
/* The newest day first; the years, the latest first, are of all whatever the filter. */
enum lf_code lf_activity_list(struct lf_task *t, lf_view partner, const struct lf_activity_filter *f,
                              size_t *n, const struct lf_activity **out, size_t *nyears,
                              const struct lf_activity_year **years, struct lf_err *e) LF_MUST;

#endif
