/* Keys of people whom mail goes to and comes from: OpenPGP public keys and certificates (sys/seal.h), each of
 * a contact of the contact network at one address.
 *
 * A key counts because somebody entered it; nobody is asked whether an authority vouches for it.  Whose key
 * counts for whom: a letter to a contact takes that contact's; a letter to an address, and a signature of a
 * sender, take those of the address that the node's own people entered, or people of the organisation whose
 * letter it is.  So no tenant has other people's mail encrypted to a key of its own. */
#ifndef LF_POST_MAIL_KEY_H
#define LF_POST_MAIL_KEY_H

#include "store/task.h"
#include "sys/seal.h"

enum { LF_MAIL_KEYS = 8 }; /* of a contact */

struct lf_mail_key {
    lf_view id, contact;
    lf_view address; /* small letters */
    lf_view account; /* who entered it */
    lf_time made;
    lf_view text;
    struct lf_seal_key key; /* as it stands now */
};

/* Whoever calls has asked whether the contact may be changed.  LF_BAD_INPUT: it is no key, is another
 * address's, has ended, was revoked, or cannot encrypt.  The same key again takes the place of the one
 * before. */
enum lf_code lf_mail_key_add(struct lf_task *t, lf_view contact, lf_view address, lf_view text,
                             struct lf_mail_key *out, struct lf_err *e) LF_MUST;
/* Newest first, ended ones too. */
enum lf_code lf_mail_key_list(struct lf_task *t, lf_view contact, size_t *n, const struct lf_mail_key **out,
                              struct lf_err *e) LF_MUST;
enum lf_code lf_mail_key_remove(struct lf_task *t, lf_view contact, lf_view id, struct lf_err *e) LF_MUST;
/* All of a contact that leaves. */
enum lf_code lf_mail_key_leave(struct lf_task *t, lf_view contact, struct lf_err *e) LF_MUST;
/* What counts for an address, newest first; contact and org (an organisation) may be empty. */
enum lf_code lf_mail_key_of(struct lf_task *t, lf_view address, lf_view contact, lf_view org, size_t *n,
                            const struct lf_mail_key **out, struct lf_err *e) LF_MUST;

#endif
