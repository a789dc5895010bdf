/* The letter of a referral: a mail to who runs the network an attack came from, or to a partner abroad.
 *
 * It is a text for people (zh-TW or English), an ARF part and an X-ARF document (fmt/abuse.h).  A person
 * looks at it, and sends what was looked at: nothing goes out by itself.  Of who was attacked it says
 * nothing, unless the person says so: the node writes in its own name.  docs/adr/0045 has the form. */
#ifndef LF_CERT_REFERRAL_LETTER_H
#define LF_CERT_REFERRAL_LETTER_H

#include "cert/referral.h"
#include "fmt/abuse.h"
#include "model/marking.h"
#include "post/mail.h"

/* What the sender says of it. */
struct lf_letter_choice {
    lf_view to; /* empty: the referral's */
    int type;   /* enum lf_abuse_type; -1: as the incident's class suggests */
    bool udp;   /* else TCP; of types that say so */
    bool english, named;
    enum lf_tlp tlp; /* NONE: AMBER.  RED is for those in the room, and goes into no letter */
};

enum { LF_LETTER_PARTS = 2, LF_LETTER_TEXT = 32 << 10 };

struct lf_letter {
    lf_view to, subject, text;
    lf_view reference; /* "REF-12-1a2b3c4d", in the subject: the answer names it */
    struct lf_mail_part parts[LF_LETTER_PARTS];
    enum lf_abuse_type type;
    enum lf_tlp tlp;
    lf_view
        told; /* what in the text tells who was attacked, though that is not to be named; empty: nothing */
    lf_view seal; /* SHA-256 of all of it, hexadecimal: what was looked at */
};

/* The letter as it would be now; `from`: this node's mail address, empty: none is set.  LF_CONFLICT: the
 * referral names no source or no time, or no mail address is known.  Whoever may see the referral. */
enum lf_code lf_referral_letter(struct lf_task *t, lf_view id, lf_view from, const struct lf_letter_choice *c,
                                struct lf_letter *out, struct lf_err *e) LF_MUST;

/* It goes to the mail queue as it was looked at (`seal`), once: LF_CONFLICT when it would be another one now,
 * when it names who was attacked though that is not to be said, when one went out or may yet, of an exercise,
 * and of what is closed.  REPORTER, REVIEWER or ANALYST; audited. */
enum lf_code lf_referral_letter_send(struct lf_task *t, lf_view id, const struct lf_mail_settings *s,
                                     const struct lf_letter_choice *c, lf_view seal, lf_view *letter,
                                     struct lf_err *e) LF_MUST;

struct lf_letter_sent {
    lf_view id, account, to, subject;
    lf_time made, ended;
    enum lf_tlp tlp;
    bool named;
    enum lf_mail_state state;
    int64_t tries;
    lf_view told; /* what the server said last */
    struct lf_mail_sealed sealed;
    lf_view message; /* as it was said to the server; of a single one */
};
enum { LF_LETTERS = 50 };
/* Newest first. */
enum lf_code lf_referral_letters(struct lf_task *t, lf_view referral, size_t *n,
                                 const struct lf_letter_sent **out, struct lf_err *e) LF_MUST;
enum lf_code lf_referral_letter_get(struct lf_task *t, lf_view referral, lf_view letter,
                                    struct lf_letter_sent *out, struct lf_err *e) LF_MUST;
/* The core's: how letters fared in the queue. */
enum lf_code lf_referral_letter_turn(struct lf_task *t, struct lf_err *e) LF_MUST;

#endif
