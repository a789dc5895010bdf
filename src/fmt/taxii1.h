/* TAXII 1.1 messages (Services 1.1, XML message binding 1.1), as legacy centres speak them.
 *
 * Read: the namespace must be that of 1.1 exactly; what the binding requires must be there; what it does not
 * know is passed over.  A message of another namespace (1.0 too) is LF_UNACCEPTED, to be answered with
 * UNSUPPORTED_MESSAGE; what is no message LF_BAD_INPUT, with BAD_MESSAGE.  XML's own limits are fmt/xml.h's:
 * no document type, no entity. */
#ifndef LF_FMT_TAXII1_H
#define LF_FMT_TAXII1_H

#include "base/time.h"
#include "fmt/xml.h"
#include "fmt/xml_write.h"

#define LF_TAXII1_NS "http://taxii.mitre.org/messages/taxii_xml_binding-1.1"
#define LF_TAXII1_CONTENT "urn:taxii.mitre.org:message:xml:1.1"
#define LF_TAXII1_PROTOCOL "urn:taxii.mitre.org:protocol:https:1.0"
#define LF_TAXII1_SERVICES "urn:taxii.mitre.org:services:1.1"
#define LF_TAXII1_STIX12 "urn:stix.mitre.org:xml:1.2"

enum {
    LF_TAXII1_MESSAGE = 14 << 20, /* bytes of one that is taken */
    LF_TAXII1_BLOCKS = 1000,      /* content blocks of one */
    LF_TAXII1_NAME = 400,         /* bytes of ids and names */
    LF_TAXII1_LIST = 100          /* collections, bindings, services, details */
};

enum lf_taxii1_kind {
    LF_TAXII1_DISCOVERY_REQUEST,
    LF_TAXII1_DISCOVERY_RESPONSE,
    LF_TAXII1_COLLECTION_REQUEST,
    LF_TAXII1_COLLECTION_RESPONSE,
    LF_TAXII1_SUBSCRIPTION_REQUEST,
    LF_TAXII1_SUBSCRIPTION_RESPONSE,
    LF_TAXII1_POLL_REQUEST,
    LF_TAXII1_POLL_RESPONSE,
    LF_TAXII1_POLL_FULFILLMENT,
    LF_TAXII1_INBOX,
    LF_TAXII1_STATUS,
    LF_TAXII1_KINDS
};
const char *lf_taxii1_kind_name(enum lf_taxii1_kind k); /* "Poll_Request" … */

struct lf_taxii1_block {
    lf_view binding;              /* id of its content binding */
    const struct lf_xml *content; /* the element in it; NULL: text alone */
    lf_view text;                 /* of Content itself */
    lf_time label;                /* 0: none */
};
struct lf_taxii1_service {
    lf_view type, address; /* "POLL" */
    bool usable;           /* available, over HTTPS or HTTP, in this binding */
};
struct lf_taxii1_detail {
    lf_view name, value;
};

struct lf_taxii1 {
    enum lf_taxii1_kind kind;
    lf_view id, in_response_to;
    lf_view collection; /* of polls and their answers */
    bool has_begin, has_end, count_only, has_query;
    lf_time begin, end;   /* exclusive; inclusive */
    lf_view subscription; /* empty: none */
    lf_view result;       /* id of a result set */
    uint64_t part;        /* from 1 */
    bool more;
    bool has_count, partial;
    uint64_t count;
    size_t nbindings, ndestinations, nblocks, nservices, ndetails;
    lf_view *bindings,
        *destinations; /* content bindings that are asked for; collections of an inbox message */
    struct lf_taxii1_block *blocks;
    struct lf_taxii1_service *services;
    struct lf_taxii1_detail *details;
    lf_view status, message; /* status_type; Message */
};

/* Views live in `a` and in `text`. */
enum lf_code lf_taxii1_read(struct lf_arena *a, lf_view text, const struct lf_rest *rest,
                            struct lf_taxii1 *out, struct lf_err *e) LF_MUST;

/* The root of a message, its namespace and ids; to be filled and closed.  in_response_to: empty for requests.
 */
void lf_taxii1_open(struct lf_xml_w *w, enum lf_taxii1_kind k, lf_view id, lf_view in_response_to);
/* A whole status message.  `code` (a national result code) and `about` (what it is about) stand among its
 * details where they are not empty. */
void lf_taxii1_status(struct lf_buf *b, lf_view id, lf_view in_response_to, const char *status, lf_view code,
                      lf_view about, lf_view message);
/* "2026-11-21T02:48:16.123456Z", six decimals at most (the pattern of the binding). */
enum lf_code lf_taxii1_time(lf_view text, lf_time *out, struct lf_err *e) LF_MUST;

#endif
