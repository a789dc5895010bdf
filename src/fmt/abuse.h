/* Abuse reports: what is written to who runs the network an attack came from, for programs to read.
 *
 * ARF (RFC 5965; Source-Port by RFC 6692): the message/feedback-report part.  X-ARF 4.2.0: a JSON document of
 * the category and type that say what the source did. */
#ifndef LF_FMT_ABUSE_H
#define LF_FMT_ABUSE_H

#include "base/buf.h"
#include "base/time.h"

/* The numbers are kept in databases. */
enum lf_abuse_type {
    LF_ABUSE_COMPROMISED_SERVER,
    LF_ABUSE_LOGIN_ATTACK,
    LF_ABUSE_PORT_SCAN,
    LF_ABUSE_VULNERABILITY_SCAN,
    LF_ABUSE_SQL_INJECTION,
    LF_ABUSE_DDOS,
    LF_ABUSE_BOTNET,
    LF_ABUSE_PHISHING,
    LF_ABUSE_MALWARE
};
enum { LF_ABUSE_TYPES = 9, LF_ABUSE_DESCRIPTION = 1000 };
const char *lf_abuse_type_name(enum lf_abuse_type t); /* of X-ARF: "login_attack" … */
bool lf_abuse_type_parse(lf_view name, enum lf_abuse_type *t);

enum lf_abuse_source { LF_ABUSE_ADDRESS, LF_ABUSE_DOMAIN, LF_ABUSE_URL };

struct lf_abuse_party {
    lf_view org, mail; /* its domain is the mail address's */
};

struct lf_abuse {
    enum lf_abuse_type type;
    enum lf_abuse_source is;
    lf_view source; /* as `is` says, one line */
    lf_view host;   /* of a URL: its host; else empty */
    bool host_is_address;
    lf_view id; /* UUID of the report */
    int port;   /* of the source; 0: not known */
    bool udp;   /* else TCP */
    lf_time seen;
    struct lf_abuse_party reporter, sender; /* who suffered it; who writes */
    lf_view description;                    /* UTF-8; from LF_ABUSE_DESCRIPTION characters on it is cut */
    const char *tlp;                        /* "amber" …; empty: says nothing */
};

/* X-ARF wants a source port, or a URL, of some types. */
enum lf_code lf_abuse_ok(const struct lf_abuse *r, struct lf_err *e) LF_MUST;

/* Both of a report that is ok. */
void lf_abuse_arf(struct lf_buf *b, const struct lf_abuse *r);
void lf_abuse_xarf(struct lf_buf *b, const struct lf_abuse *r);

#endif
