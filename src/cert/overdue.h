/* Overdue: what nobody did in time, or must do soon, is told once through the notification matrix.
 *
 *   - overdue: a referral or a request for support whose answer did not come by its date; a date that is
 *     moved is told again when it passes
 *   - referral_late: what a report's answers ask to be referred (cert/referral_duty.h) was neither referred
 * in time nor decided to need none
 *   - weakness: one that an exercise found is open past its date; the same when that is moved
 *   - inquiry_late: an inquiry that was neither answered by its date nor, where it was referred, advised; the
 *     same when that is moved
 *   - recovery: a recovery procedure was to be rehearsed (cert/recovery.h)
 *   - meeting_soon: a meeting of the response centre begins within a day: each guest, where the invitation is
 *     older
 *   - meeting_due: a group has no meeting in this quarter (of Taipei), two weeks before its end: who stand
 * for it
 *   - swap: a cover or swap that was asked for and lapsed without an answer: both of the two
 *
 * It is reckoned from the tables each minute; what was told is known by the notice's key, so that a restart
 * tells nothing twice.  What was overdue for a week already when the node looked first is not told.  Of a
 * tenant's referral or weakness the notice says that there is one, and not whose. */
#ifndef LF_CERT_OVERDUE_H
#define LF_CERT_OVERDUE_H

#include "store/task.h"

/* As the node. */
enum lf_code lf_overdue_turn(struct lf_task *t, struct lf_err *e) LF_MUST;

#endif
