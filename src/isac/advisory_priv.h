/* What the parts of advisories know of each other. */
#ifndef LF_ISAC_ADVISORY_PRIV_H
#define LF_ISAC_ADVISORY_PRIV_H

#include "isac/advisory.h"

/* Whether the account may write advisories, or read them. */
enum lf_code advisory_may_write(struct lf_task *t, struct lf_err *e) LF_MUST;
enum lf_code advisory_may_see(struct lf_task *t, struct lf_err *e) LF_MUST;
/* One that the account may see; LF_NOT_FOUND else. */
enum lf_code advisory_visible(struct lf_task *t, lf_view id, struct lf_advisory_row *out,
                              struct lf_err *e) LF_MUST;
/* LF_CONFLICT: in its state it cannot be `what`. */
enum lf_code advisory_not_now(const struct lf_advisory_row *r, const char *what, struct lf_err *e) LF_MUST;
/* An entry of its history, and of the audit trail. */
enum lf_code advisory_tell(struct lf_task *t, lf_view id, enum lf_advisory_act act, lf_view note,
                           lf_view form, struct lf_err *e) LF_MUST;
/* advisory_file.c: those of an advisory, or the one of `seq`; whole: with their bytes. */
enum lf_code advisory_read_files(struct lf_task *t, lf_view id, bool whole, int64_t seq, size_t *n,
                                 const struct lf_advisory_attachment **out, struct lf_err *e) LF_MUST;

#endif
