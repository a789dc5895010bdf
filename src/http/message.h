/* A request and its answer, as the front worker hands them to the core.
 *
 * The protocol itself (TLS, chunking, limits, time-outs) ends in the front; here
 * are only values.  Views belong to the task's arena.  pack/unpack carry them
 * between the workers; unpack treats its input as hostile (a front that was
 * taken over must not be able to harm the core). */
#ifndef LF_HTTP_MESSAGE_H
#define LF_HTTP_MESSAGE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/time.h"

enum lf_http_door {
    LF_DOOR_PUBLIC, /* browsers, API and TAXII clients, over TLS */
    LF_DOOR_PEER,   /* nodes: mutual TLS, peer_pin is set */
    LF_DOOR_LOCAL   /* the node's own Unix socket: the operator's command line */
};

struct lf_http_header {
    lf_view name, value; /* names as sent; compare with lf_http_header_get */
};

enum { LF_HTTP_HEADERS = 64, LF_HTTP_URL = 8192, LF_HTTP_PIN = 32 };

struct lf_http_request {
    uint64_t id;   /* of the front, given back with the answer */
    uint64_t more; /* of the request whose answer goes on: its next piece is asked for; 0: it is a new one */
    enum lf_http_door door;
    lf_view method; /* "GET" */
    lf_view path;   /* decoded once, begins with '/', no NUL, no dot segments left */
    lf_view query;  /* raw, without '?' */
    lf_view body;
    lf_view remote; /* address text */
    bool has_pin;
    uint8_t peer_pin[LF_HTTP_PIN]; /* SHA-256 of the client certificate's SubjectPublicKeyInfo */
    size_t nheaders;
    struct lf_http_header headers[LF_HTTP_HEADERS];
};

struct lf_http_response {
    uint64_t id;
    int status;
    /* This is a piece of the body, to a GET alone: the front asks the same again, with `more`, when its
     * client has taken it.  What is not 200 then breaks the answer off. */
    bool more;
    lf_view body;
    size_t nheaders;
    struct lf_http_header headers[LF_HTTP_HEADERS];
    /* Not answered yet: ask again when a collection changed, or at this time
     * (monotonic tick) at the latest.  0 = this is the answer. */
    lf_time wait_until;
    bool wait_search;  /* … when there is news of a search instead; not packed */
    unsigned wait_for; /* … of the collection with this mark (store/task.h); 0: of any; not packed */
};

/* Case-insensitive; ptr NULL if absent. */
lf_view lf_http_get(const struct lf_http_request *r, const char *name);
lf_view lf_http_answer_get(const struct lf_http_response *r, const char *name);
/* The first query or form field of that name, percent-decoded into the arena;
 * ptr NULL if absent.  `n` counts how often it occurs when not NULL. */
lf_view lf_http_field(struct lf_arena *a, lf_view fields, const char *name, size_t *n);
/* Whether one of the fields of that name has this value, as of boxes of one question. */
bool lf_http_field_has(struct lf_arena *a, lf_view fields, const char *name, lf_view value);
/* What of a request's target is path and query: proxies pass it on with scheme and
 * host before it, and every server must take that (RFC 9112, 3.2.2). */
lf_view lf_http_origin_form(lf_view target);
/* The path of a request's URL (without query) as services see it: percent-decoded
 * once, dot segments removed, UTF-8, no control bytes, no escaped slash. */
enum lf_code lf_http_path(struct lf_arena *a, lf_view raw, lf_view *out, struct lf_err *e) LF_MUST;
/* `name` is borrowed and so must be a literal or live in the arena; more than
 * LF_HTTP_HEADERS is a bug. */
void lf_http_add(struct lf_http_response *r, const char *name, lf_view value);
/* The standard reason phrase. */
const char *lf_http_reason(int status);

void lf_http_pack_request(struct lf_buf *b, const struct lf_http_request *r);
/* What is unpacked are views into `in`. */
enum lf_code lf_http_unpack_request(lf_view in, struct lf_http_request *r, struct lf_err *e) LF_MUST;
void lf_http_pack_response(struct lf_buf *b, const struct lf_http_response *r);
enum lf_code lf_http_unpack_response(lf_view in, struct lf_http_response *r, struct lf_err *e) LF_MUST;

#endif
