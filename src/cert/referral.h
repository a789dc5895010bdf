/* Referral (轉介): that somebody outside the tree of nodes was told of an incident, or asked for help.
 *
 * To prosecutors or police when a crime or danger to life is behind it, to the disaster-response
 * system when it is a major disaster, to the operator of the network an attack came from, to a
 * partner abroad, to who gives support.  The node sends nothing by itself: people telephone, write
 * or go there; what they did is recorded, and what comes back is tracked.
 *
 *   open ──a letter goes out──▶ sent
 *     └──────────────┴──due passes──▶ overdue ──┐
 *                    └────────answer────────────┴──▶ answered ──answer that closes──▶ closed
 *
 * How one stands is reckoned when it is asked.  An exercise's is marked as such for good. */
#ifndef LF_CERT_REFERRAL_H
#define LF_CERT_REFERRAL_H

#include "model/page.h"
#include "store/task.h"

/* The numbers are kept in databases. */
enum lf_referral_kind {
    LF_REFERRAL_PROSECUTOR,
    LF_REFERRAL_POLICE,
    LF_REFERRAL_DISASTER,
    LF_REFERRAL_OPERATOR,
    LF_REFERRAL_PARTNER,
    LF_REFERRAL_SUPPORT
};
enum lf_referral_state {
    LF_REFERRAL_OPEN,
    LF_REFERRAL_OVERDUE,
    LF_REFERRAL_ANSWERED,
    LF_REFERRAL_CLOSED,
    LF_REFERRAL_SENT /* the mail server took a letter (cert/referral_letter.h) */
};
enum {
    LF_REFERRAL_KINDS = 6,
    LF_REFERRAL_STATES = 5,
    LF_REFERRAL_LINE = 200,
    LF_REFERRAL_BODY = 8000,
    LF_REFERRAL_SOURCE = 300, /* in a line of mail, percent-encoded, it has at most three times that */
    LF_REFERRAL_ANSWERS = 200
};
const char *lf_referral_kind_name(enum lf_referral_kind k);   /* "prosecutor" … */
const char *lf_referral_state_name(enum lf_referral_state s); /* "open" … */
bool lf_referral_kind_parse(lf_view name, enum lf_referral_kind *k);
bool lf_referral_state_parse(lf_view name, int *s);

struct lf_referral {
    lf_view id, incident;
    int64_t number;
    enum lf_referral_kind kind;
    enum lf_referral_state state;
    bool exercise;
    lf_view recipient, way, reference, body;
    lf_view source;    /* of the attack: address, name or URL; empty: none is named */
    int port;          /* the source's; 0: not known */
    lf_time seen;      /* when it attacked; 0: not said */
    lf_view mail;      /* where a letter (cert/referral_letter.h) would go; empty: nobody has said */
    lf_time sent, due; /* due 0: no answer is expected by a date */
    lf_time recorded, answered, closed;
    lf_view account;
};
struct lf_referral_answer {
    lf_time at, came; /* entered; came: 0 when it was entered as it came */
    lf_view account, body;
    lf_view done; /* what they did, as they say; may be empty */
    bool closed;
};

/* incident, kind, recipient and body are needed; sent 0: now, and never later than now; due, if any, after
 * that; seen is never later than now.  REPORTER, REVIEWER or ANALYST, of an incident they may see; audited.
 */
enum lf_code lf_referral_add(struct lf_task *t, const struct lf_referral *in, lf_view *id,
                             struct lf_err *e) LF_MUST;
/* What came back: body, done, came (0: now; never later), closed: nothing is open any more, and nothing can
 * be added. */
enum lf_code lf_referral_answer(struct lf_task *t, lf_view id, const struct lf_referral_answer *in,
                                struct lf_err *e) LF_MUST;
/* Another time by which an answer is expected, after it was sent; 0: none is.  Not of a closed one; audited.
 */
enum lf_code lf_referral_due(struct lf_task *t, lf_view id, lf_time due, struct lf_err *e) LF_MUST;
/* How many of an incident are overdue. */
enum lf_code lf_referral_overdue(struct lf_task *t, lf_view incident, int64_t *n, struct lf_err *e) LF_MUST;
/* incident empty: of all; state -1: any.  Newest first. */
enum lf_code lf_referral_list(struct lf_task *t, lf_view incident, int state, const struct lf_page *page,
                              size_t *n, const struct lf_referral **out, lf_view *next,
                              struct lf_err *e) LF_MUST;
enum lf_code lf_referral_get(struct lf_task *t, lf_view id, struct lf_referral *out, size_t *n,
                             const struct lf_referral_answer **answers, struct lf_err *e) LF_MUST;

#endif
