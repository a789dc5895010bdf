/* Shift log (值班日誌): what happened on the watch of a post, as who was on duty wrote it down.
 *
 * Entries have numbers of the post's log from 1 without gaps, and are never changed or removed: a correction
 * is a further entry that names the one it corrects.  The hash of each stands in the audit trail.  An entry
 * is of the node, not of an incident: it goes to no other node. */
#ifndef LF_CERT_SHIFT_LOG_H
#define LF_CERT_SHIFT_LOG_H

#include "engine/matrix.h"
#include "model/page.h"
#include "store/task.h"

enum { LF_SHIFT_TEXT = 4000 /* bytes */, LF_SHIFT_ID = 64 };
#define LF_SHIFT_LATE (7 * LF_DAY) /* it is written down by then at the latest */

struct lf_shift_entry {
    lf_view id;
    int64_t number;
    lf_time at, recorded;
    lf_view account;
    lf_view name;            /* of who had the shift then; empty: written by somebody else */
    lf_view incident, title; /* that it is about, as it was called then; empty: none */
    int64_t corrects;        /* number of the entry that it corrects; 0: none */
    int64_t corrected;       /* number of the newest that corrects this one; 0: none */
    lf_view text;
};

struct lf_shift_new {
    lf_view id; /* given by the caller so that to say it again adds nothing; empty: the program's */
    lf_time at; /* 0: now */
    lf_view incident, text;
    int64_t corrects;
};
/* By who has the shift now or had it then; also by an administrator or a reviewer.  LF_CONFLICT: another
 * entry has this id. */
enum lf_code lf_shift_log_add(struct lf_task *t, enum lf_who who, int place, const struct lf_shift_new *n,
                              lf_view *id, struct lf_err *e) LF_MUST;

struct lf_shift_page {
    size_t n;
    const struct lf_shift_entry *items;
    lf_view next;
};
/* By when it was, newest first; for this node's own people. */
enum lf_code lf_shift_log_list(struct lf_task *t, enum lf_who who, int place, lf_time from, lf_time until,
                               const struct lf_page *page, struct lf_shift_page *out,
                               struct lf_err *e) LF_MUST;

#endif
