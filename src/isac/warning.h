/* Warning: what the node's warning lists (engine/warninglist.h) keep from going out.
 *
 * A value on a list is neither released nor blocked: an indicator of it stays a draft, the
 * refusal names the list.  A person with the right may decide otherwise for that value and
 * says why; that is kept and audited, and ends when the indicator is withdrawn.  Values only:
 * what a STIX pattern of several values asks for is not compared.
 *
 * The lists come with the task (store/task.h); without any, nothing is kept back. */
#ifndef LF_ISAC_WARNING_H
#define LF_ISAC_WARNING_H

#include "model/observable.h"
#include "store/task.h"

enum { LF_WARNING_REASON = 1000, LF_WARNING_VALUE = 512 }; /* bytes */

/* The list that has the value and was not decided against; empty: none.  Borrowed. */
enum lf_code lf_warning_of(struct lf_task *t, enum lf_observable_kind kind, lf_view value, lf_view *list,
                           struct lf_err *e) LF_MUST;
/* LF_UNACCEPTED with a sentence that names the list, when there is one. */
enum lf_code lf_warning_check(struct lf_task *t, enum lf_observable_kind kind, lf_view value,
                              struct lf_err *e) LF_MUST;
/* The value may go out although a list has it.  ANALYST or REVIEWER; audited.  LF_CONFLICT:
 * no list has it. */
enum lf_code lf_warning_override(struct lf_task *t, enum lf_observable_kind kind, lf_view value,
                                 lf_view reason, struct lf_err *e) LF_MUST;
enum lf_code lf_warning_restore(struct lf_task *t, enum lf_observable_kind kind, lf_view value,
                                struct lf_err *e) LF_MUST;

#endif
