/* Case import: a file of old cases (cert/old_case.h) that is kept when it is accepted and taken in a slice
 * at a time, so that a large one stops nobody else.
 *
 *   reading ──read──▶ taking ──all looked at──▶ done
 *      │                 ├── lf_case_import_stop ──▶ stopped (what was taken stays)
 *      └── cannot be read ┴── who gave it may no more ──▶ failed
 *
 * A slice and how far it came are kept in one transaction: after a kill the file is read again and goes on
 * where it was, no case twice, none lost.  A case that will not do is refused alone, with its line and why;
 * the others are taken.  `dry`: nothing is taken, and the report says what would be; lf_case_import_take then
 * takes the same file.  One file is in hand at a time, whichever tenant's, the oldest first; its text and
 * cases are in memory meanwhile. */
#ifndef LF_CERT_CASE_IMPORT_H
#define LF_CERT_CASE_IMPORT_H

#include "cert/old_case.h"

enum {
    LF_CASE_IMPORTS = 20,        /* of an organisation that are kept; the oldest that is over goes */
    LF_CASE_IMPORTS_RUNNING = 5, /* of them not over */
    LF_CASE_IMPORT_NAME = 200,   /* bytes of a file's name */
};

enum lf_case_import_state {
    LF_CASE_IMPORT_READING,
    LF_CASE_IMPORT_TAKING,
    LF_CASE_IMPORT_DONE,
    LF_CASE_IMPORT_STOPPED,
    LF_CASE_IMPORT_FAILED,
    LF_CASE_IMPORT_STATES
};
/* "reading" … "failed" */
const char *lf_case_import_state_name(enum lf_case_import_state s);

struct lf_case_import {
    lf_view id, name, format, mapping;
    bool dry;
    enum lf_case_import_state state;
    lf_view account;        /* who gave it; of a preview that was taken, who took it */
    lf_time created, ended; /* ended 0: not yet */
    int64_t size;           /* bytes */
    int64_t total, place; /* cases that were read, and looked at; place = made + already + refused as taken */
    int64_t made, already, refused, lost;
    lf_view trouble; /* one sentence: why it failed */
};
struct lf_case_import_note {
    bool lost;                 /* a thing that has no place; else a case that was refused */
    lf_view where, value, why; /* of a refusal no value */
};

/* All need an analyst. */
/* Durable when the task is.  name, format, mapping, dry are read of `in`.  LF_TOO_MANY: RUNNING wait. */
enum lf_code lf_case_import_start(struct lf_task *t, const struct lf_case_import *in, lf_view text,
                                  lf_view *id, struct lf_err *e) LF_MUST;
enum lf_code lf_case_import_get(struct lf_task *t, lf_view id, struct lf_case_import *out,
                                struct lf_err *e) LF_MUST;
/* The newest first. */
enum lf_code lf_case_import_list(struct lf_task *t, size_t *n, const struct lf_case_import **out,
                                 struct lf_err *e) LF_MUST;
/* Refusals, then losses; LF_OLD_LOSSES of each. */
enum lf_code lf_case_import_notes(struct lf_task *t, lf_view id, size_t *n,
                                  const struct lf_case_import_note **out, struct lf_err *e) LF_MUST;
/* LF_CONFLICT: it is over. */
enum lf_code lf_case_import_stop(struct lf_task *t, lf_view id, struct lf_err *e) LF_MUST;
/* One that was dry and is done is taken now. */
enum lf_code lf_case_import_take(struct lf_task *t, lf_view id, struct lf_err *e) LF_MUST;

/* ---- the core's side ---- */

struct lf_case_imports;
struct lf_case_imports *lf_case_imports_create(void);
void lf_case_imports_destroy(struct lf_case_imports *c);
/* A slice of about 15 ms, in a task of its own.  *again: tick at which there is more; LF_TIME_MAX: nothing
 * until LF_FX_CASES. */
enum lf_code lf_case_imports_next(struct lf_case_imports *c, struct lf_task *t, lf_time *again,
                                  struct lf_err *e) LF_MUST;
/* What is in memory is let go: it is read again. */
void lf_case_imports_forget(struct lf_case_imports *c);

#endif
