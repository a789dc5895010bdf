/* What the files of mail share.  How a message lies in its seal:
 *
 *   OpenPGP (RFC 3156)   multipart/encrypted { the message, signed within }, or multipart/signed { it,
 * signature } S/MIME (RFC 8551)    application/pkcs7-mime { multipart/signed { the message, smime.p7s } }, or
 * the inner alone
 *
 * The fields people read (From, To, Date, Subject …) stand again within the seal, as RFC 9788 has it; of an
 * encrypted message the subject outside is "[...]" and says nothing.  Programs that do not know of that find
 * the subject as the first line of the text. */
#ifndef LF_POST_MAIL_PRIV_H
#define LF_POST_MAIL_PRIV_H

#include "post/mail.h"

/* The message as it is said to a mail server.  LF_UNACCEPTED: it may not leave as the settings are. */
enum lf_code mail_make(struct lf_task *t, const struct lf_mail_settings *s, const struct lf_mail_text *m,
                       lf_view id, struct lf_mail_made *made, lf_view *out, struct lf_err *e) LF_MUST;

#endif
