/* Hold: events of the archive that may not be removed while a matter is looked into, whatever
 * retention says (a legal hold).
 *
 *   set (name, reason, time range, perhaps a sender) --> in force --> lifted (with a reason)
 *
 * The core keeps the holds; the intake, which owns the archive, is told them all before it may
 * remove anything, and again with every change.  What is held is whole blocks
 * (store/archive.h).  Analysts, reviewers and administrators set one; only reviewers and
 * administrators lift it, as what was held may be gone at once.  Both are in the audit chain,
 * and a lifted hold stays on the list. */
#ifndef LF_SOC_HOLD_H
#define LF_SOC_HOLD_H

#include "model/page.h"
#include "store/task.h"

enum { LF_HOLDS = 64, LF_HOLD_NAME = 200, LF_HOLD_REASON = 2000, LF_HOLD_SENDER = 1000 };

struct lf_hold {
    lf_view id, name, reason;
    lf_time from, to; /* inclusive; to 0: no end */
    lf_view sender;   /* as the list of devices names it; empty: any */
    lf_view account;  /* who set it */
    lf_time made;
    lf_time lifted; /* 0: in force */
    lf_view lifted_by, lifted_why;
};

/* Of `in` name, reason, from, to and sender.  LF_BAD_INPUT with what will not do; LF_CONFLICT:
 * one in force has the name, or LF_HOLDS are. */
enum lf_code lf_hold_set(struct lf_task *t, const struct lf_hold *in, lf_view *id, struct lf_err *e) LF_MUST;
/* LF_NOT_FOUND: there is none, or it was lifted. */
enum lf_code lf_hold_lift(struct lf_task *t, lf_view id, lf_view why, struct lf_err *e) LF_MUST;
/* Lifted ones too, the newest first; *next is empty at the end. */
enum lf_code lf_hold_list(struct lf_task *t, const struct lf_page *page, struct lf_hold **out, size_t *n,
                          lf_view *next, struct lf_err *e) LF_MUST;
enum lf_code lf_hold_in_force(struct lf_task *t, struct lf_hold **out, size_t *n, struct lf_err *e) LF_MUST;

struct lf_json_w;
/* The members of an object. */
void lf_hold_json(struct lf_json_w *w, const struct lf_hold *h);

#endif
