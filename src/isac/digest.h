/* Digest: what is new, by mail, for one who may see it.
 *
 * A digest belongs to an account (a person's, or one made for an organisation) and goes to one address, daily
 * or weekly (on Mondays), at an hour of Taipei.  It tells of the objects that came into a collection since
 * the last one and that the account may see now (isac/rights.h): what it may not see is neither told nor
 * counted.
 *
 * TLP as FIRST's TLP 2.0 has it: the label of the strictest part stands in the subject and before the text,
 * each part stands under its own.  What is not marked is told as TLP:AMBER.  What is stricter than the
 * digest's `tlp` (AMBER+STRICT unless said) is counted and not told.
 *
 * When nothing is new, nothing is sent.  The mail and the place up to which it tells are kept in one
 * transaction: no object is told of twice, none is left out. */
#ifndef LF_ISAC_DIGEST_H
#define LF_ISAC_DIGEST_H

#include "model/marking.h"
#include "post/mail.h"

enum { LF_DIGEST_MOST = 5000, LF_DIGEST_OWN = 20, LF_DIGEST_OBJECTS = 2000, LF_DIGEST_LINES = 100 };

struct lf_digest {
    lf_view id, account, address;
    bool english, weekly;
    int64_t hour; /* 0–23, of Taipei */
    lf_view collection;
    enum lf_tlp tlp; /* the strictest that is told */
    lf_time created, next, since;
    lf_time position; /* date_added, in the collection */
    lf_view trouble;
};

/* in->account empty: one's own; another's by LF_ROLE_ADMIN. */
enum lf_code lf_digest_add(struct lf_task *t, const struct lf_digest *in, lf_view *id,
                           struct lf_err *e) LF_MUST;
enum lf_code lf_digest_remove(struct lf_task *t, lf_view id, struct lf_err *e) LF_MUST;
/* What is new by now is sent now. */
enum lf_code lf_digest_now(struct lf_task *t, lf_view id, struct lf_err *e) LF_MUST;
enum lf_code lf_digest_get(struct lf_task *t, lf_view id, struct lf_digest *out, struct lf_err *e) LF_MUST;
/* One's own; all of them for LF_ROLE_ADMIN. */
enum lf_code lf_digest_list(struct lf_task *t, size_t *n, struct lf_digest **out, struct lf_err *e) LF_MUST;

/* By the node: makes what is due; *next (wall) is when to come again, 0: nothing waits. */
enum lf_code lf_digest_turn(struct lf_task *t, const struct lf_mail_settings *s, lf_time *next,
                            struct lf_err *e) LF_MUST;

#endif
