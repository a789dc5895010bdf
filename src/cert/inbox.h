/* Inbox (收件匣): mail that came in, and what became of it.
 *
 * A mail server hands each message over (POST /api/v1/mail, or `lianfang mail take`) and is told that it was
 * taken when it is durable; the same bytes again are the same mail.  Who wrote it is what it says; a
 * signature by a contact's key proves it (post/mail_open.h), nothing else does.  What is encrypted to the
 * node is opened for reading and for the history with the node's keys (`s`, may be NULL), and kept as it
 * came.
 *
 *   waiting ──file──▶ filed        a file of an incident, the whole message as it came, and an entry of its
 *      └───dismiss──▶ dismissed    history that says from whom; or thrown away, with a reason
 *
 * Mail that answers what this node sent of an incident, or mail that was filed there, is filed by itself: a
 * Message-ID of ours cannot be guessed. A number in a subject can, and files nothing.  What a program sent,
 * and what comes after LF_INBOX_ALONE of one incident, waits for a person with the incident beside it.
 *
 * Whoever acts upon incidents sees it; accounts that hand it in (role sender) see nothing. */
#ifndef LF_CERT_INBOX_H
#define LF_CERT_INBOX_H

#include "fmt/mime.h"
#include "model/page.h"
#include "post/mail_open.h"
#include "store/task.h"

/* The numbers are kept in databases. */
enum lf_inbox_state { LF_INBOX_WAITING, LF_INBOX_FILED, LF_INBOX_DISMISSED };
enum {
    LF_INBOX_STATES = 3,
    LF_INBOX_BYTES = 8 << 20, /* of one message: a file of an incident holds as much */
    LF_INBOX_MOST = 2000,     /* that wait, of an organisation; */
    LF_INBOX_MIB = 1024,      /* and all together */
    LF_INBOX_ALONE = 16,      /* that are filed by themselves in one incident */
    LF_INBOX_REASON = 500,    /* bytes */
    LF_INBOX_SHOWN = 1500,    /* bytes of a text that stand in the history */
};
const char *lf_inbox_state_name(enum lf_inbox_state s); /* "waiting" … */
bool lf_inbox_state_parse(lf_view name, int *s);

/* Mail that waits, and mail that was filed in an incident by itself, is told once per span (LF_NOTICE_MAIL),
 * for each organisation and each incident; what a program or a list sent is told to nobody, so that two
 * programs never write to each other. */
#define LF_INBOX_TOLD (15 * LF_MINUTE)

struct lf_inbox_mail {
    lf_view id;
    int64_t number;
    enum lf_inbox_state state;
    lf_time received, sent; /* sent: as its sender says; 0: not said */
    lf_view from, from_name, subject, message;
    bool automatic; /* a program's, or a list's */
    int64_t size;
    lf_view sha256;
    lf_view incident; /* filed: where; waiting: what it answers; else empty */
    lf_view event;    /* filed: the event of its file */
    lf_view account;  /* who decided; empty: nobody yet, or it was filed by itself */
    lf_time decided;
    lf_view reason;
};

/* *fresh: it was not here yet.  Roles sender, reporter, analyst, reviewer.  LF_BAD_INPUT: no mail;
 * LF_TOO_BIG; LF_TOO_MANY: as much waits as may, hand it in again later. */
enum lf_code lf_inbox_take(struct lf_task *t, const struct lf_mail_settings *s, lf_view message, lf_view *id,
                           bool *fresh, struct lf_err *e) LF_MUST;
/* state -1: any.  Newest first. */
enum lf_code lf_inbox_list(struct lf_task *t, int state, const struct lf_page *page, size_t *n,
                           const struct lf_inbox_mail **out, lf_view *next, struct lf_err *e) LF_MUST;
enum lf_code lf_inbox_count(struct lf_task *t, int64_t *waiting, struct lf_err *e) LF_MUST;
/* *source: the message as it came; empty when it was dismissed, or its file removed. */
enum lf_code lf_inbox_get(struct lf_task *t, lf_view id, struct lf_inbox_mail *out, lf_view *source,
                          struct lf_err *e) LF_MUST;
/* A person's acts; audited.  LF_CONFLICT: it does not wait any more. */
enum lf_code lf_inbox_file(struct lf_task *t, const struct lf_mail_settings *s, lf_view id, lf_view incident,
                           struct lf_err *e) LF_MUST;
enum lf_code lf_inbox_dismiss(struct lf_task *t, lf_view id, lf_view reason, struct lf_err *e) LF_MUST;

/* A letter of this Message-ID (the part before '@') is about the incident: answers to it are. */
enum lf_code lf_inbox_follow(struct lf_task *t, lf_view message, lf_view incident, struct lf_err *e) LF_MUST;

#endif
