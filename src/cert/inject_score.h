/* Points (得分) of an exercise: what each that takes part reached of what its injects expected
 * (cert/inject.h).
 *
 * Of an inject that was told to somebody and expects something within a time:
 *   done in time              all its points
 *   done later                half of them, rounded down
 *   not done, time is left    none yet
 *   not done                  none
 *   what only a person sees   none until one gives them: what is to be shared or done otherwise, tasks of
 *                             a member's node that says nothing of exercises, and reports of who has no
 *                             node here or has it together with another
 * A report counts for one inject: the first that the participant reports after it was told, and that no
 * earlier inject has.  "of" looks at the report that the participant made for that inject; of who was not
 * asked for one there, at those of all who made one, and it is done when the last of them is.  What was
 * reported or done after the exercise's end does not count.  That a report came after it was told is seen by
 * this node's clock, when it was made by that of its node; control counts from the time stated for it.  Who
 * conducts the exercise may give other points with a reason, until the result report is handed in. */
#ifndef LF_CERT_INJECT_SCORE_H
#define LF_CERT_INJECT_SCORE_H

#include "cert/inject.h"

enum lf_inject_mark {
    LF_MARK_RUNNING,
    LF_MARK_IN_TIME,
    LF_MARK_LATE,
    LF_MARK_MISSED,
    LF_MARK_TO_JUDGE, /* by a person */
    LF_MARK_JUDGED
};
enum {
    LF_MARKS = 6,
    LF_MARK_WHY = 1000,           /* bytes */
    LF_INJECT_SCORE_CASES = 20000 /* reported ones of one exercise; as many tasks and answers */
};
const char *lf_inject_mark_name(enum lf_inject_mark m); /* "running", "in_time", … */

struct lf_inject_score {
    const struct lf_inject *inject;
    enum lf_inject_mark mark;
    lf_time done;     /* 0: not, or a person judges it */
    lf_view incident; /* whose report or task it is; empty: none, or several */
    bool own;         /* … is among the organisation's own cases, so that it can be opened */
    int points;       /* of inject->said->points */
    lf_view why, by;  /* of LF_MARK_JUDGED: the reason, and the account that gave them */
};
struct lf_inject_scores {
    const struct lf_exercise_member *who;
    int points, most; /* most: of the injects that were told so far */
    size_t to_judge;
    size_t n; /* of the injects that were told to it and expect something, in their order */
    const struct lf_inject_score *items;
};

/* One of each that was told something, in the order in which they take part.  By who may change the exercise
 * (cert/exercise.h).  LF_NOT_FOUND: it has no scenario; LF_TOO_BIG: more than LF_INJECT_SCORE_CASES. */
enum lf_code lf_inject_scores(struct lf_task *t, lf_view exercise, size_t *n,
                              const struct lf_inject_scores **out, struct lf_err *e) LF_MUST;
/* Other points for one of them, with the reason; -1 takes them back.  `unit`: id, name or OID. */
enum lf_code lf_inject_judge(struct lf_task *t, lf_view exercise, lf_view inject, lf_view unit, int points,
                             lf_view why, struct lf_err *e) LF_MUST;

#endif
