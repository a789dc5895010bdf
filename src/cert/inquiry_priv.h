/* What the files of inquiries share. */
#ifndef LF_CERT_INQUIRY_PRIV_H
#define LF_CERT_INQUIRY_PRIV_H

#include "cert/inquiry.h"

/* A row whole, whatever of it the reader is told. */
struct inquiry_kept {
    struct lf_inquiry x;
    lf_view tenant; /* whose people see it; empty: who entered it */
    int64_t said;   /* entries that who asked sees */
};

/* LF_NOT_FOUND: there is none that the scope may see. */
enum lf_code inquiry_find(struct lf_task *t, lf_view id, struct inquiry_kept *out, struct lf_err *e) LF_MUST;
/* May the scope see any?  By its role. */
enum lf_code inquiry_see(const struct lf_task *t, struct lf_err *e) LF_MUST;
/* Does it see all that staff sees? */
bool inquiry_sees_all(const struct lf_task *t);
/* Of the whole history, oldest first. */
enum lf_code inquiry_history(struct lf_task *t, lf_view id, size_t *n, struct lf_inquiry_entry **out,
                             struct lf_err *e) LF_MUST;
/* Is such an entry for who asked, too? */
bool inquiry_is_said(enum lf_inquiry_act act);
/* Marks the referrals that wait for advice; how many they are, and the first of their dates. */
void inquiry_waiting(struct lf_inquiry_entry *entries, size_t n, int64_t *waiting, lf_time *due);

#endif
