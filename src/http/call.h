/* Call: what the core asks the relay to fetch, and what came of it.
 *
 * Views of an unpacked value point into the message.  Unpacking treats its input
 * as hostile: the relay talks to strangers. */
#ifndef LF_HTTP_CALL_H
#define LF_HTTP_CALL_H

#include "base/buf.h"
#include "base/err.h"
#include "base/time.h"
#include "http/message.h"

enum { LF_CALL_URL = 2048, LF_CALL_BODY = 32 << 20 };

struct lf_call {
    uint64_t id; /* the core's, given back in the result */
    /* "https://host:port", no path.  "smtps://…" and "smtp://…" (then STARTTLS, always): the method is MAIL,
     * the headers From, To (envelope), Login and Secret, the body is the message; the answer's status and
     * body are the server's last reply.  A stranger's "https://_taxii2._tcp.DOMAIN": the server that the
     * domain's SRV record names (RFC 2782), which must lie in the domain; without a record the domain. */
    lf_view base;
    bool has_pin; /* verify by this key pin alone; without it by the system's authorities */
    uint8_t pin[LF_HTTP_PIN];
    bool has_next; /* or by this one, which is to follow it */
    uint8_t next[LF_HTTP_PIN];
    bool client_cert;    /* show the node's own certificate (keys "tls.cert", "tls.key") */
    uint32_t timeout_ms; /* for the whole call, the waiting included */
    bool stranger;       /* a server of others: public addresses only, compressed answers are taken */
    bool private;        /* … but this one may have any address */
    uint32_t most;       /* of a stranger's answer, bytes unpacked; 0 = LF_CALL_BODY */
    struct lf_http_request request; /* method, path, query, headers, body are used */
};

struct lf_call_result {
    uint64_t id;
    enum lf_code code; /* LF_OK: `response` is what the server said, whatever its status */
    lf_view why;       /* the sentence when not LF_OK */
    struct lf_http_response response;
};

#define LF_CALL_SERVICE "_taxii2._tcp."
/* DOMAIN of such a base (port and path left out); empty: it is another. */
lf_view lf_call_domain(lf_view url);
/* Host of a URL of http(s), without port. */
lf_view lf_call_host(lf_view url);

void lf_call_pack(struct lf_buf *b, const struct lf_call *c);
enum lf_code lf_call_unpack(lf_view in, struct lf_call *c, struct lf_err *e) LF_MUST;
void lf_call_result_pack(struct lf_buf *b, const struct lf_call_result *r);
enum lf_code lf_call_result_unpack(lf_view in, struct lf_call_result *r, struct lf_err *e) LF_MUST;

#endif
