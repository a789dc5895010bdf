/* DNS wire format (RFC 1035), EDNS(0) as far as a zone primary needs it
 * (RFC 6891), and what a transfer needs.
 *
 * Pure: bytes in, values out.  Readers take hostile bytes: compression pointers
 * may only point backwards, so reading a name always ends; every count is
 * bounded by LF_DNS_RECORDS before it is believed.  Names are held lower-cased,
 * so that comparing is memcmp; the question's own bytes are kept beside them,
 * because resolvers check that the case they sent comes back. */
#ifndef LF_FMT_DNS_H
#define LF_FMT_DNS_H

#include "base/buf.h"
#include "base/err.h"
#include "base/view.h"

enum {
    LF_DNS_HEADER = 12,
    LF_DNS_NAME_MAX = 255, /* octets on the wire, root label included */
    LF_DNS_LABEL_MAX = 63,
    LF_DNS_NAME_TEXT = 1024, /* every octet as \DDD, dots, NUL */
    LF_DNS_RECORDS = 64,     /* in a message we are sent; a request has at most four */
};

enum lf_dns_type {
    LF_DNS_A = 1,
    LF_DNS_NS = 2,
    LF_DNS_CNAME = 5,
    LF_DNS_SOA = 6,
    LF_DNS_SRV = 33,
    LF_DNS_OPT = 41,
    LF_DNS_TSIG = 250,
    LF_DNS_IXFR = 251,
    LF_DNS_AXFR = 252,
    LF_DNS_ANY = 255,
};
enum { LF_DNS_IN = 1, LF_DNS_CLASS_ANY = 255 };
enum lf_dns_opcode { LF_DNS_QUERY = 0, LF_DNS_NOTIFY = 4 };
enum lf_dns_rcode {
    LF_DNS_NOERROR = 0,
    LF_DNS_FORMERR = 1,
    LF_DNS_SERVFAIL = 2,
    LF_DNS_NXDOMAIN = 3,
    LF_DNS_NOTIMP = 4,
    LF_DNS_REFUSED = 5,
    LF_DNS_NOTAUTH = 9,
    LF_DNS_BADSIG = 16, /* these three only inside TSIG */
    LF_DNS_BADKEY = 17,
    LF_DNS_BADTIME = 18,
};
enum { LF_DNS_QR = 0x8000, LF_DNS_AA = 0x0400, LF_DNS_TC = 0x0200, LF_DNS_RD = 0x0100 };

/* Uncompressed wire form with the root label, lower-case. */
struct lf_dns_name {
    uint8_t len;
    uint8_t wire[LF_DNS_NAME_MAX];
};

/* Text with or without final dot; "\." and "\DDD" are understood; "." is the root. */
enum lf_code lf_dns_name_parse(lf_view text, struct lf_dns_name *out, struct lf_err *e) LF_MUST;
/* Without the final dot (the root is "."); never cut. */
lf_view lf_dns_name_text(const struct lf_dns_name *n, char out[LF_DNS_NAME_TEXT]);
bool lf_dns_name_eq(const struct lf_dns_name *a, const struct lf_dns_name *b);
/* True when n is `above` or lies under it; *own gets the octets before `above`. */
bool lf_dns_name_under(const struct lf_dns_name *n, const struct lf_dns_name *above, size_t *own);
/* Reads the name at *at of a whole message, steps *at past it. */
enum lf_code lf_dns_name_take(lf_view msg, size_t *at, struct lf_dns_name *out, struct lf_err *e) LF_MUST;

struct lf_dns_header {
    uint16_t id, flags; /* flags as on the wire: QR opcode AA TC RD RA Z rcode */
    uint16_t qd, an, ns, ar;
};
static inline unsigned lf_dns_opcode(uint16_t flags)
{
    return (flags >> 11) & 15u;
}

struct lf_dns_rr {
    struct lf_dns_name name;
    uint16_t type, class;
    uint32_t ttl;
    size_t at;       /* where the record begins in the message */
    size_t rdata_at; /* where its data begins, for names inside */
    lf_view rdata;
};
enum lf_code lf_dns_header_read(lf_view msg, struct lf_dns_header *out, struct lf_err *e) LF_MUST;
enum lf_code lf_dns_rr_take(lf_view msg, size_t *at, struct lf_dns_rr *out, struct lf_err *e) LF_MUST;

/* What a TSIG record says (RFC 8945, 4.2); views point into the message. */
struct lf_dns_tsig {
    struct lf_dns_name key, algorithm;
    uint64_t time; /* seconds, 48 bits */
    uint16_t fudge, original_id, error;
    lf_view mac, other;
    size_t at; /* where the record begins: what is signed ends here */
};

/* A whole message as a zone primary sees one: exactly one question. */
struct lf_dns_message {
    struct lf_dns_header header;
    struct lf_dns_name qname;
    uint16_t qtype, qclass;
    lf_view question;  /* its own bytes, name type class, without compression */
    bool has_soa;      /* an SOA in answer or authority: IXFR's and NOTIFY's serial */
    uint32_t serial;   /* of that SOA */
    bool edns;         /* OPT seen */
    uint16_t udp_size; /* what its sender can take; 512 without EDNS */
    bool signed_;      /* TSIG seen, as the last record of all */
    struct lf_dns_tsig tsig;
};
/* LF_BAD_INPUT for anything malformed, trailing bytes included. */
enum lf_code lf_dns_message_read(lf_view msg, struct lf_dns_message *out, struct lf_err *e) LF_MUST;

/* Writers append to a buffer; `start` is where the message begins in it. */
void lf_dns_put_header(struct lf_buf *b, const struct lf_dns_header *h);
void lf_dns_put_name(struct lf_buf *b, const struct lf_dns_name *n);
/* `own` octets of labels and then a pointer to offset `to` (< 0x4000) of the message. */
void lf_dns_put_name_at(struct lf_buf *b, const uint8_t *own, size_t len, uint16_t to);
/* Type, class IN, TTL and the data's length; the data follows. */
void lf_dns_put_rr(struct lf_buf *b, uint16_t type, uint32_t ttl, uint16_t rdlength);
/* An OPT record for our side. */
void lf_dns_put_opt(struct lf_buf *b, uint16_t udp_size);
/* Overwrites a 16-bit field already written, such as a count. */
void lf_dns_patch_u16(struct lf_buf *b, size_t at, uint16_t v);

/* SRV (RFC 2782): where a service of a domain is. */
enum { LF_DNS_SRVS = 16 /* of one answer; the rest is passed over */ };
struct lf_dns_srv {
    uint16_t priority, weight, port;
    struct lf_dns_name target; /* the root: the domain says that it has no such service */
};
/* A question to a resolver that looks further by itself. */
void lf_dns_put_question(struct lf_buf *b, uint16_t id, const struct lf_dns_name *name, uint16_t type);
/* Its answer.  No record and NXDOMAIN are *n = 0.  LF_NOT_FOUND: it answers another question; LF_AWAY: the
 * resolver failed; LF_TOO_BIG: it did not fit into a datagram. */
enum lf_code lf_dns_srv_read(lf_view msg, uint16_t id, const struct lf_dns_name *name,
                             struct lf_dns_srv out[LF_DNS_SRVS], size_t *n, struct lf_err *e) LF_MUST;
/* The order in which they are tried: by priority, and within one at random by weight. */
void lf_dns_srv_order(struct lf_dns_srv *v, size_t n, const uint32_t random[LF_DNS_SRVS]);

/* RFC 1982: true when a comes before b (with 2^31 apart: false both ways). */
static inline bool lf_dns_serial_before(uint32_t a, uint32_t b)
{
    return a != b && (uint32_t)(b - a) < 0x80000000u;
}

/* TSIG (RFC 8945). */
enum lf_dns_algorithm { LF_DNS_HMAC_SHA256, LF_DNS_HMAC_SHA512 };
enum { LF_DNS_MAC_MAX = 64, LF_DNS_FUDGE = 300 };
struct lf_dns_key {
    struct lf_dns_name name;
    enum lf_dns_algorithm algorithm;
    uint8_t secret[128];
    size_t secret_len;
};
/* `algorithm` as written in configurations: "hmac-sha256" or "hmac-sha512"; the
 * secret is the key's bytes, 16 to 128 of them. */
enum lf_code lf_dns_key_make(lf_view name, lf_view algorithm, lf_view secret, struct lf_dns_key *out,
                             struct lf_err *e) LF_MUST;
const char *lf_dns_algorithm_name(enum lf_dns_algorithm a);

/* The chain of a conversation: each MAC covers the one before it, so no message
 * of a transfer can be dropped, repeated or moved. */
struct lf_dns_chain {
    uint8_t mac[LF_DNS_MAC_MAX];
    size_t mac_len; /* 0: nothing before, a request */
    bool later;     /* second and later messages of an answer digest only the timers */
};

/* Checks `msg` as read into m.  *error (may be NULL) gets BADSIG, BADKEY or
 * BADTIME on LF_UNAUTHENTIC.  On success the chain holds the MAC, ready for the
 * answer.  A request starts from an empty chain. */
enum lf_code lf_dns_tsig_check(const struct lf_dns_key *key, lf_view msg, const struct lf_dns_tsig *tsig,
                               struct lf_dns_chain *chain, uint64_t now, uint16_t *error,
                               struct lf_err *e) LF_MUST;
/* Appends a TSIG record to the message that begins at `start` of b, counts it,
 * and moves the chain on. */
void lf_dns_tsig_sign(struct lf_buf *b, size_t start, const struct lf_dns_key *key,
                      struct lf_dns_chain *chain, uint64_t now, uint16_t error);
/* The answer to a request whose signature could not be checked: an unsigned TSIG
 * record that only names the error (RFC 8945, 5.2). */
void lf_dns_tsig_put_error(struct lf_buf *b, size_t start, const struct lf_dns_tsig *of, uint16_t error);

#endif
