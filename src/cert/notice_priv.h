/* What the files of notices share. */
#ifndef LF_CERT_NOTICE_PRIV_H
#define LF_CERT_NOTICE_PRIV_H

#include "cert/notice.h"
#include "cert/people_priv.h"

struct notice_call {
    struct lf_notice_call row;
    unsigned ways; /* bits of enum lf_way */
    lf_view tail;  /* who is next when the people of `who` are at an end: "deputy,national" */
    lf_time ack;
};

enum lf_code notice_load(struct lf_task *t, lf_view id, struct lf_notice *out, struct lf_err *e) LF_MUST;
enum lf_code notice_call_load(struct lf_task *t, lf_view id, struct notice_call *out,
                              struct lf_err *e) LF_MUST;
/* Its chain ends; again is fine. */
enum lf_code notice_answered(struct lf_task *t, const struct notice_call *c, lf_view by,
                             struct lf_err *e) LF_MUST;
/* notice_send.c: deliveries become letters, and what became of those. */
enum lf_code notice_send(struct lf_task *t, const struct lf_mail_settings *s, lf_view url, bool *more,
                         struct lf_err *e) LF_MUST;
/* The last part of the link by which a call is answered. */
lf_view notice_link(const struct lf_task *t, lf_view call, lf_time until);
/* The call that a link is for; LF_NOT_FOUND: none of ours, or too old. */
enum lf_code notice_link_open(struct lf_task *t, lf_view link, struct notice_call *c,
                              struct lf_err *e) LF_MUST;
/* notice_text.c */
struct notice_text {
    lf_view subject, body; /* of a letter */
    lf_view brief;         /* of a short message */
    lf_view json;          /* for a web hook */
};
struct notice_text notice_compose(struct lf_task *t, const struct lf_notice *n, const struct notice_call *c,
                                  bool english, lf_view url, lf_view link);
/* "2026-11-23 08:00 (UTC+8)" */
void notice_put_local(struct lf_buf *b, lf_time at);
enum lf_code notice_matrix(struct lf_task *t, lf_view *json, struct lf_err *e) LF_MUST;

#endif
