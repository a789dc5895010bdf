/* Mail that came in signed or encrypted: what can be read of it, and by whom it is.
 *
 * A signature is held against the keys of the sender's address (post/mail_key.h), as it is shown; a message
 * to one of the node's own keys is decrypted for reading.  Nothing of it is kept: the message stays as it
 * came, and what is said of it may change with the keys.  Seals lie within seals at most LF_MAIL_SEALS deep.
 */
#ifndef LF_POST_MAIL_OPEN_H
#define LF_POST_MAIL_OPEN_H

#include "post/mail.h"
#include "post/mail_key.h"

enum { LF_MAIL_SEALS = 3, LF_MAIL_OPENED = 16 << 20 /* bytes of what is decrypted */ };

struct lf_mail_opened {
    lf_view message; /* to be read in place of the one that came; itself where there is no seal */
    bool encrypted;  /* it was, at least in part */
    bool closed;     /* it is, and cannot be opened: `why` */
    lf_view why;
    enum lf_seal_kind kind; /* of the innermost seal that was seen */
    enum lf_seal_word word; /* of the innermost seal: what is around it was not made over what is read */
    lf_view contact, fingerprint; /* whose key; empty unless `word` is good or ended */
    lf_time at;                   /* as the signature says */
};
/* s may be NULL.  LF_BAD_INPUT, LF_TOO_BIG: as lf_mime_read. */
enum lf_code lf_mail_open(struct lf_task *t, const struct lf_mail_settings *s, lf_view message,
                          struct lf_mail_opened *out, struct lf_err *e) LF_MUST;

#endif
