/* What the TAXII files of this room share: one TAXII request being answered. */
#ifndef LF_WEB_TAXII_PRIV_H
#define LF_WEB_TAXII_PRIV_H

#include "fmt/json.h"
#include "isac/api_root.h"
#include "web/taxii.h"

#define TAXII_TYPE "application/taxii+json;version=2.1"
#define TAXII_STATUS_LIFE (24 * LF_HOUR)
#define STIX_TYPE "application/stix+json;version="

struct taxii {
    struct lf_task *t;
    const struct lf_http_request *in;
    struct lf_http_response *out;
    struct lf_err *e;
    lf_time waited; /* wait_until of the first time this request was asked; 0 = first time now */
    enum lf_api_root root;
    lf_view ids[2]; /* of the path: collection or status, then object */
    struct lf_collection c;
};

/* What a reading request asks for.  `what` names the kind of address, because a
 * cursor of the manifest is none of the objects. */
struct taxii_query {
    struct lf_object_filter f;
    lf_time wait; /* of "Prefer: wait"; 0 = do not */
    uint8_t seal[LF_SHA256];
    bool version_given;
};

/* What the machine failed at, or has no time for: the whole request is undone and
 * may be sent again.  Everything else is an answer. */
bool taxii_ours(enum lf_code rc);
/* x->c: the collection of the path, which must stand in the root of the path and be there for who asks. */
enum lf_code taxii_collection(struct taxii *x) LF_MUST;
/* A refusal with its sentence; always LF_OK: it is an answer. */
enum lf_code taxii_refuse(struct taxii *x, int status, const char *fmt, ...) LF_PRINTF(3, 4);
/* Fills the answer with what was written to `b`, and clears it. */
enum lf_code taxii_answer(struct taxii *x, int status, struct lf_buf *b) LF_MUST;
/* All values of a header that may come more than once, as one list. */
lf_view taxii_header(const struct taxii *x, const char *name);

/* Whether one of the ranges in Accept (all headers of it) takes what we send, and
 * whether Content-Type names it. */
bool taxii_accepts(lf_view accept);
bool taxii_type_ok(lf_view content_type);

/* LF_BAD_INPUT says which filter is malformed. */
enum lf_code taxii_query_read(struct taxii *x, const char *what, struct taxii_query *q) LF_MUST;
/* The cursor of the page that ends at `added`. */
lf_view taxii_next(struct taxii *x, const struct taxii_query *q, lf_time added);

enum lf_code taxii_post(struct taxii *x) LF_MUST;

#endif
