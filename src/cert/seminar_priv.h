/* What the files of seminars share. */
#ifndef LF_CERT_SEMINAR_PRIV_H
#define LF_CERT_SEMINAR_PRIV_H

#include "cert/seminar.h"

/* The seminar, for who may change one. */
enum lf_code seminar_to_change(struct lf_task *t, lf_view id, struct lf_seminar *out,
                               struct lf_err *e) LF_MUST;
/* All who are invited, each once for its sequence. */
enum lf_code seminar_tell(struct lf_task *t, const struct lf_seminar *s, struct lf_err *e) LF_MUST;
/* `what` and `value`: a member more; NULL: none. */
enum lf_code seminar_audit(struct lf_task *t, lf_view action, const struct lf_seminar *s, const char *what,
                           lf_view value, struct lf_err *e) LF_MUST;
/* The moments a year of Taipei has; of 0 all. */
void seminar_year(int year, lf_time *from, lf_time *to);

#endif
