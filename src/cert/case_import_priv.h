/* What the files of the import share. */
#ifndef LF_CERT_CASE_IMPORT_PRIV_H
#define LF_CERT_CASE_IMPORT_PRIV_H

#include "cert/case_import.h"

/* The row as it stands, without asking who asks; LF_NOT_FOUND. */
enum lf_code case_import_row(struct lf_task *t, lf_view id, struct lf_case_import *out,
                             struct lf_err *e) LF_MUST;
/* Keeps how it stands.  One that is over is audited, and its file goes unless it may be taken yet. */
enum lf_code case_import_set(struct lf_task *t, struct lf_case_import *x, struct lf_err *e) LF_MUST;
enum lf_code case_import_note(struct lf_task *t, lf_view id, bool lost, int64_t n, lf_view where,
                              lf_view value, lf_view why, struct lf_err *e) LF_MUST;

static inline bool case_import_over(const struct lf_case_import *x)
{
    return x->state >= LF_CASE_IMPORT_DONE;
}

#endif
