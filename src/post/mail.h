/* Mail: messages that wait for a server to take them: by SMTP, as JSON to a web hook, or as a short message
 * by a gateway that speaks HTTP.
 *
 * A message is kept until the server took it, refused it for good (5yz of RFC 5321; 4xx of HTTP but for 408,
 * 425 and 429), or its time has passed (a week, unless it says less); then its text goes and how it fared
 * stays for 90 days.
 *
 *   waiting ──taken──▶ sent
 *      │ ▲  └─refused for good, or too old──▶ failed
 *      └─┘ any other trouble: 1 minute, 2, 4 … 2 hours, with jitter; where haste is asked for (`until`):
 *          5 seconds, 10, 20 … 10 minutes
 *
 * A web hook gets POST with the message; "Lianfang-Signature" is this node's Ed25519 signature of the body,
 * base64.
 * The mail server is reached by TLS alone: smtps:// from the first byte (RFC 8314), smtp:// with STARTTLS
 * (RFC 3207), without which nothing is said.  A message that is sent again after a crash has the same
 * Message-ID.
 *
 * Mail is signed and encrypted where keys are there and as the settings have it (`sign`, `encrypt`), here and
 * nowhere else: whatever mails comes through lf_mail_add.  Where encryption is required and there is no key
 * for who gets it, a notice goes in its place that says nothing but that there is something to read; of a
 * letter that a person sends, who would wait for an answer, nothing goes and he is told.  What waits since
 * before the settings became stricter is not sent either.  How mail lies in its seal: post/mail_priv.h.
 */
#ifndef LF_POST_MAIL_H
#define LF_POST_MAIL_H

#include "http/call.h"
#include "store/task.h"
#include "sys/seal.h"

enum lf_mail_policy { LF_MAIL_OFF, LF_MAIL_PREFER, LF_MAIL_REQUIRE };
bool lf_mail_policy_parse(lf_view name, enum lf_mail_policy *out); /* "off", "prefer", "require" */
const char *lf_mail_policy_name(enum lf_mail_policy p);

struct lf_mail_settings {
    lf_view server; /* "smtps://host:port" or "smtp://host:port"; empty: no mail is sent */
    lf_view from, login, secret;
    lf_view pin;      /* SHA-256 of the server's key in hexadecimal; empty: by the system's authorities */
    lf_view sms_url;  /* where short messages are posted; empty: none go out */
    lf_view sms_body; /* what is posted, with {to} and {text} in it */
    lf_view sms_authorization; /* the header of that name; empty: none */
    lf_view sms_pin;
    lf_view url; /* of the console, for notices that say no more */
    enum lf_mail_policy sign, encrypt;
    lf_view own[LF_SEAL_KINDS]; /* the node's own keys with their secrets; empty: none */
    bool private_hooks;         /* web hooks may lead to addresses that are not public */
};

enum lf_mail_way { LF_MAIL_SMTP, LF_MAIL_HOOK, LF_MAIL_SMS };
/* Is there a server for it? */
bool lf_mail_way_open(const struct lf_mail_settings *s, enum lf_mail_way way);

enum lf_mail_state { LF_MAIL_WAITING, LF_MAIL_SENT, LF_MAIL_FAILED };
const char *lf_mail_state_name(enum lf_mail_state s);
/* One address as people write it: local@domain, ASCII, no blanks, quotes or brackets. */
bool lf_mail_address_ok(lf_view v);

/* How a mail was sealed: bits, 0 when it was not. */
enum lf_mail_how {
    LF_MAIL_OPENPGP = 1,
    LF_MAIL_SMIME = 2,
    LF_MAIL_SIGNED = 4,
    LF_MAIL_ENCRYPTED = 8,
    LF_MAIL_BARE = 16, /* without its content, as there was no key */
};
struct lf_mail_sealed {
    unsigned how;
    lf_view keys; /* fingerprints: who signed, then to whom it is encrypted, a blank between; may be empty */
};
/* Its fingerprints; what does not apply is empty. */
lf_view lf_mail_signer(const struct lf_mail_sealed *s);
lf_view lf_mail_recipient(const struct lf_mail_sealed *s);

struct lf_mail_part {
    const char *type, *name; /* "application/json", "xarf.json" */
    lf_view bytes;
};
struct lf_mail_text {
    enum lf_mail_way way;
    lf_view id;      /* its own, of Message-ID too; empty: a new one */
    lf_view digest;  /* id of what it is of */
    lf_view to;      /* an address, a URL, or a number */
    lf_view contact; /* of the contact network, whose keys count; empty: those of the address */
    lf_view org;     /* whose people's keys count for an address beside the node's; empty: the node's alone */
    lf_view subject; /* UTF-8, one line; by SMTP only */
    lf_view body;    /* UTF-8; for a web hook JSON */
    bool english;
    bool by_person;   /* somebody wrote it and said that it goes out */
    lf_view exercise; /* by SMTP only: says in Lianfang-Exercise that it is a drill's, and proves nothing;
                         empty: none */
    /* By SMTP only.  Such a report stands with the text in a multipart/report (RFC 6522), ASCII in short
     * lines, with an empty header block as its third part; all else beside it in a multipart/mixed. */
    const struct lf_mail_part *report; /* type "message/…"; NULL: none */
    const struct lf_mail_part *attached;
    size_t nattached;
    lf_time until; /* not sent after it, and tried again in haste; 0: within a week */
};
/* What became of it: `plain` is the message as it would go without its seal. */
struct lf_mail_made {
    struct lf_mail_sealed sealed;
    lf_view plain;
};
/* Whoever adds many in one turn ends it after this time and goes on in the next: an RSA key of OpenPGP costs
 * the core up to a second for each that it signs. */
#define LF_MAIL_TURN (100 * LF_MSEC)
/* `made` may be NULL.  LF_CONFLICT: a person sends it and it cannot be sealed as the settings have it. */
enum lf_code lf_mail_add(struct lf_task *t, const struct lf_mail_settings *s, const struct lf_mail_text *m,
                         struct lf_mail_made *made, struct lf_err *e) LF_MUST;

struct lf_mail_row {
    lf_view id, digest, address, text;
    lf_time made, next, ended;
    enum lf_mail_state state;
    int64_t tries;
    lf_view told; /* what the server said last, or why it was not reached */
    enum lf_mail_way way;
    lf_time until;
    struct lf_mail_sealed sealed;
};
/* Mail made since then: all, signed, encrypted, sent without its content. */
struct lf_mail_counts {
    int64_t all, signatures, encrypted, bare;
};
enum lf_code lf_mail_count(struct lf_task *t, lf_time since, struct lf_mail_counts *out,
                           struct lf_err *e) LF_MUST;
/* Newest first. */
enum lf_code lf_mail_of(struct lf_task *t, lf_view digest, size_t most, size_t *n, struct lf_mail_row **out,
                        struct lf_err *e) LF_MUST;

/* What waits of that is sent no more, to addresses of `domain`, or empty: to any; `all`: nor is kept what
 * left. */
enum lf_code lf_mail_forget(struct lf_task *t, lf_view digest, lf_view domain, bool all,
                            struct lf_err *e) LF_MUST;

/* ---- the core's side ---- */

struct lf_mails;
struct lf_mails *lf_mails_create(const struct lf_mail_settings *s); /* borrowed */
void lf_mails_destroy(struct lf_mails *m);
bool lf_mails_owns(uint64_t call);
/* Calls to start now, in t->a; *again: tick. */
enum lf_code lf_mails_next(struct lf_mails *m, struct lf_task *t, const struct lf_call **calls, size_t *n,
                           lf_time *again, struct lf_err *e) LF_MUST;
enum lf_code lf_mails_result(struct lf_mails *m, struct lf_task *t, const struct lf_call_result *r,
                             struct lf_err *e) LF_MUST;
void lf_mails_forget(struct lf_mails *m);

#endif
