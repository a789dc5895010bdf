/* A contact's keys for mail (post/mail_key.h): who may see, enter and remove them is who may see and change
 * the contact.  The audit trail has their fingerprints. */
#ifndef LF_CERT_CONTACT_KEY_H
#define LF_CERT_CONTACT_KEY_H

#include "cert/contact.h"
#include "post/mail_key.h"

enum lf_code lf_contact_key_add(struct lf_task *t, lf_view contact, lf_view text, struct lf_mail_key *out,
                                struct lf_err *e) LF_MUST;
enum lf_code lf_contact_key_list(struct lf_task *t, lf_view contact, size_t *n,
                                 const struct lf_mail_key **out, struct lf_err *e) LF_MUST;
enum lf_code lf_contact_key_remove(struct lf_task *t, lf_view contact, lf_view id, struct lf_err *e) LF_MUST;
/* How a key stands now with its contact: it may have ended, or the contact may have another address since. */
enum lf_contact_key_state { LF_KEY_GOOD, LF_KEY_ENDED, LF_KEY_ELSEWHERE, LF_KEY_UNFIT, LF_KEY_STATES };
enum lf_contact_key_state lf_contact_key_state(const struct lf_mail_key *k, lf_view email, lf_time now);
const char *
lf_contact_key_state_name(enum lf_contact_key_state s); /* "good", "ended", "elsewhere", "unfit" */

#endif
