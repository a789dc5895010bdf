/* Grade: how far a source and what it said are to be believed, in the Admiralty's letters and digits
 * (STANAG 2511): A reliable … E unreliable, F cannot be judged; 1 confirmed … 5 improbable, 6 cannot be
 * judged.
 *
 * A person grades an identity (what it made is of a source of that letter) or a single object (both, or one
 * of them).  The object's own grade counts before its creator's, and that before its feed's (isac/feed.h). It
 * moves confidence (model/confidence.h) and is searched by (isac/object_search.h).  Every change is in the
 * audit trail under the id. */
#ifndef LF_ISAC_GRADE_H
#define LF_ISAC_GRADE_H

#include "store/task.h"

enum { LF_GRADE_NOTE = 1000, LF_GRADE_FOUND = 500, LF_GRADES = 10000 };

struct lf_grade {
    lf_view id;
    char letter, digit; /* '\0': not graded */
    lf_view note, account;
    lf_time at;
};

/* "B2", "B", "2"; letters in either case. */
bool lf_grade_parse(lf_view text, char *letter, char *digit);
/* Needs ANALYST or REVIEWER.  An object must be there for the caller (LF_NOT_FOUND); an identity need not be
 * stored. */
enum lf_code lf_grade_set(struct lf_task *t, lf_view id, lf_view text, lf_view note,
                          struct lf_err *e) LF_MUST;
enum lf_code lf_grade_forget(struct lf_task *t, lf_view id, struct lf_err *e) LF_MUST;
/* What somebody said of this id; id empty: nobody did. */
enum lf_code lf_grade_get(struct lf_task *t, lf_view id, struct lf_grade *out, struct lf_err *e) LF_MUST;
/* What counts for an object: each part its own, else its creator's.  For the node's reckoning: no rights. */
enum lf_code lf_grade_of(struct lf_task *t, lf_view id, lf_view created_by, struct lf_grade *out,
                         struct lf_err *e) LF_MUST;
/* Ids with this letter (or digit; '\0': any), the last graded first, at most LF_GRADE_FOUND. */
enum lf_code lf_grade_find(struct lf_task *t, char letter, char digit, size_t *n, const lf_view **out,
                           struct lf_err *e) LF_MUST;

#endif
