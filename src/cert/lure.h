/* Lure (社交工程演練信件): mail that tries the staff of organisations which agreed to it, as part of an
 * exercise.
 *
 *   prepared ──start, while the exercise runs──▶ sending ──stop, or the exercise ends──▶ stopped ──days──▶
 * erased
 *
 * Each mail has a link of its own to this node; what lies behind it is a page that explains how one could
 * have seen it.  Who opened the link, and who reported the mail by handing that link in, is counted for each
 * organisation and never shown for a person; where fewer than LF_LURE_FEW people got it only how many.  Mail
 * goes only to addresses of a domain that somebody of the organisation agreed to, which takes part in the
 * exercise, so many an hour, and says in its header Lianfang-Exercise that it is a drill's; whoever saw one
 * can write that, and it proves nothing.  What waits is dropped when it is stopped or consent is taken back.
 * Days after its end (or when it should have ended) addresses, names, links and letters are erased; counts
 * stay.  Only of the node's own organisation: a tenant is LF_FORBIDDEN. */
#ifndef LF_CERT_LURE_H
#define LF_CERT_LURE_H

#include "cert/exercise.h"
#include "post/mail.h"

enum lf_lure_state { LF_LURE_PREPARED, LF_LURE_SENDING, LF_LURE_STOPPED };
enum {
    LF_LURE_STATES = 3,
    LF_LURE_PEOPLE = 5000,
    LF_LURE_CSV = 1 << 20,
    LF_LURE_SUBJECT = 200, /* bytes */
    LF_LURE_BODY = 4000,
    LF_LURE_PER_HOUR = 1000,
    LF_LURE_KEEP_DAYS = 90,
    LF_LURE_CONSENTS = 1000,
    LF_LURE_FEW = 5,
    LF_LURE_TEMPLATES = 3
};
const char *lf_lure_state_name(enum lf_lure_state s); /* "prepared", "sending", "stopped" */

/* Delivered ones; {name} and {link} are filled in. */
struct lf_lure_template {
    const char *id, *subject_zh, *subject_en, *body_zh, *body_en;
};
const struct lf_lure_template *lf_lure_template(size_t i);

struct lf_lure_consent {
    lf_view domain, unit, name, person, account; /* unit: id, or when it is given name or OID */
    lf_time at;
};
/* All by who may change exercises; audited. */
enum lf_code lf_lure_consent_set(struct lf_task *t, const struct lf_lure_consent *c,
                                 struct lf_err *e) LF_MUST;
enum lf_code lf_lure_consent_remove(struct lf_task *t, lf_view domain, struct lf_err *e) LF_MUST;
enum lf_code lf_lure_consent_list(struct lf_task *t, size_t *n, const struct lf_lure_consent **out,
                                  struct lf_err *e) LF_MUST;

struct lf_lure {
    bool there;
    lf_view subject, body; /* body has {link} */
    bool english;
    int per_hour, keep_days;
    enum lf_lure_state state;
    lf_time started, stopped, erased; /* 0: not yet */
};
struct lf_lure_count {
    lf_view unit, name;
    int64_t people, sent, opened, reported;
    bool few; /* opened and reported are withheld: they are 0 */
};
/* Of an exercise of the kind social-engineering that is conducted here.  The text is changed only before it
 * is sent. */
enum lf_code lf_lure_set(struct lf_task *t, lf_view exercise, const struct lf_lure *in,
                         struct lf_err *e) LF_MUST;
enum lf_code lf_lure_get(struct lf_task *t, lf_view exercise, struct lf_lure *out, size_t *n,
                         const struct lf_lure_count **counts, struct lf_err *e) LF_MUST;
/* Whom it goes to, instead of who was there: CSV of mail,name; all rows or none.  LF_UNACCEPTED with the
 * line: an address of an organisation that did not agree or takes no part. */
enum lf_code lf_lure_people(struct lf_task *t, lf_view exercise, lf_view csv, size_t *n,
                            struct lf_err *e) LF_MUST;
enum lf_code lf_lure_start(struct lf_task *t, lf_view exercise, const struct lf_mail_settings *s,
                           struct lf_err *e) LF_MUST;
enum lf_code lf_lure_stop(struct lf_task *t, lf_view exercise, struct lf_err *e) LF_MUST;

/* Whoever has a link; what is none, or was erased, is counted nowhere and not told apart. */
enum lf_code lf_lure_opened(struct lf_task *t, lf_view link, struct lf_err *e) LF_MUST;
/* `said`: the link, or a text in which it stands. */
enum lf_code lf_lure_reported(struct lf_task *t, lf_view said, struct lf_err *e) LF_MUST;

/* The core's side: sends what may go out now, ends and erases what is over.  `url`: of this node. */
enum lf_code lf_lure_turn(struct lf_task *t, const struct lf_mail_settings *s, lf_view url,
                          struct lf_err *e) LF_MUST;

#endif
