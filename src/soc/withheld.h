/* Withheld: what is kept of an indicator's hits (alerts, evidence, tunings, exclusions) names the indicator,
 * and is for those who may have that.  Others see that there is an alert, at which host and in which hour.
 *
 * Who may is asked each time of lf_task.hides, so that a marking that is explained later, or another member
 * of a group, counts at once for what lies here already. */
#ifndef LF_SOC_WITHHELD_H
#define LF_SOC_WITHHELD_H

#include "store/task.h"

/* What was answered in this task; zero at first.  A rule that falls on another's place takes it.  It borrows
 * nothing, and asking takes no memory of the task's that stays: a list may look through a whole table. */
enum { LF_WITHHELD_SLOTS = 64, LF_WITHHELD_RULE = 47 /* bytes of "indicator--" and a UUID */ };
struct lf_withheld {
    struct {
        char rule[LF_WITHHELD_RULE];
        uint8_t len;
        bool hidden;
    } slot[LF_WITHHELD_SLOTS];
};
/* An indicator's hits have its id for their rule; what other rules found is for everybody who sees alerts.
 * Not to be called from within a query's callback. */
bool lf_withheld_may_be(lf_view rule);
enum lf_code lf_withheld(struct lf_withheld *w, struct lf_task *t, lf_view rule, bool *hidden,
                         struct lf_err *e) LF_MUST;

#endif
