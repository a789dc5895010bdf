/* Tally: how many incidents, and clocks of them, there are of a kind, kept as rows that change with them in
 * the same transaction, so that a count costs the same however many are stored.
 *
 * What an incident counts for follows from its rows alone: who changes them asks before and after.  What runs
 * towards a due time is counted by the hour of that time; those of the hour in which the question is asked
 * are looked at one by one.  Exercises (演練) are never counted. */
#ifndef LF_CERT_TALLY_H
#define LF_CERT_TALLY_H

#include "cert/deadline.h"
#include "cert/incident.h"

/* The numbers stand in the table. */
enum lf_tally_kind {
    LF_TALLY_ALL = 1,
    LF_TALLY_OPEN,        /* neither closed nor judged to be none */
    LF_TALLY_UNMET,       /* the clock of the first report was not stopped in time */
    LF_TALLY_UNMET_LIVE,  /* …and is not stopped; by hour */
    LF_TALLY_UNMET_ENDED, /* …and was stopped late; by hour */
    LF_TALLY_LIVE,        /* clocks that run towards a due time, or past it */
    LF_TALLY_LIVE_BY,     /* the same by hour */
    LF_TALLY_LATE         /* clocks that were stopped late */
};

/* What changes: of each kind and hour how many come or go.  Lives in the task's arena. */
struct lf_tally {
    size_t n, room;
    struct lf_tally_item {
        enum lf_tally_kind what;
        int64_t slot, n;
    } * items;
};
/* What the incident counts for is taken away in `out`; after its rows changed, in the same transaction, it is
 * added there and the difference kept. */
enum lf_code lf_tally_before(struct lf_task *t, lf_view incident, struct lf_tally *out,
                             struct lf_err *e) LF_MUST;
enum lf_code lf_tally_after(struct lf_task *t, lf_view incident, struct lf_tally *x,
                            struct lf_err *e) LF_MUST;

#endif
