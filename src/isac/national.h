/* National: legacy parties of the national exchange, who send and fetch intelligence of the five types as
 * STIX 1.2 by TAXII 1.1 (web/taxii1.h is the service; docs/manual/national.md).
 *
 * A member is an account (SHARE) that comes with a client certificate: its key's pin, the member code, and
 * from where it may come stand in one row.  What it sends is posted as that account's into its inbox (the
 * rules of versions hold, isac/object.h), looked for and blocks nothing (isac/watch.h).  What it fetches is
 * what its account may have of the outbox (isac/rights.h): reports of the five types, each with what it
 * refers to.
 *
 * Fetched by range of time, or what is unread: what a poll of those gave was read. */
#ifndef LF_ISAC_NATIONAL_H
#define LF_ISAC_NATIONAL_H

#include "base/crypto.h"
#include "fmt/xml.h"
#include "isac/object.h"
#include "store/task.h"

/* Result codes of the exchange. */
#define LF_NATIONAL_SAYS_TAKEN "0101"
#define LF_NATIONAL_SAYS_ACCOUNT "0201"
#define LF_NATIONAL_SAYS_CERTIFICATE "0202"
#define LF_NATIONAL_SAYS_PERMISSION "0203"
#define LF_NATIONAL_SAYS_EMPTY "0204"
#define LF_NATIONAL_SAYS_ADDRESS "0205"
#define LF_NATIONAL_SAYS_FORMAT "0301"
#define LF_NATIONAL_SAYS_TYPE "0302"
#define LF_NATIONAL_SAYS_CATEGORY "0303"
#define LF_NATIONAL_SAYS_REPLY "0304"
#define LF_NATIONAL_SAYS_SIZE "0305"
#define LF_NATIONAL_SAYS_AGAIN "0306"
#define LF_NATIONAL_SAYS_COUNT "0307"
#define LF_NATIONAL_SAYS_TIME "0308"

enum {
    LF_NATIONAL_MOST = 1000,      /* members */
    LF_NATIONAL_CODE = 64,        /* bytes */
    LF_NATIONAL_ADDRESSES = 2000, /* bytes: addresses and networks parted by blanks */
    LF_NATIONAL_PAGE = 50,        /* items of one answer */
    LF_NATIONAL_PAGE_BYTES = 8 << 20,
    LF_NATIONAL_PACKAGE = 8 << 20 /* of one that is sent here, as XML */
};

struct lf_national_member {
    lf_view account; /* id; a name is taken, too */
    lf_view code, pin, addresses;
    lf_view inbox, outbox; /* collections, by id; an alias is taken, too */
    lf_time read_to;       /* -1: nothing is read */
    lf_time met, created;
    int64_t taken, refused, given;
};

/* By ADMIN.  Empty inbox and outbox: `library` and `members`. */
enum lf_code lf_national_put(struct lf_task *t, const struct lf_national_member *in,
                             struct lf_err *e) LF_MUST;
enum lf_code lf_national_remove(struct lf_task *t, lf_view account, struct lf_err *e) LF_MUST;
enum lf_code lf_national_list(struct lf_task *t, size_t *n, const struct lf_national_member **out,
                              struct lf_err *e) LF_MUST;

/* The member behind the task's scope, which came with this key from there; LF_FORBIDDEN with *code (four
 * digits) where it may not. */
enum lf_code lf_national_enter(struct lf_task *t, const uint8_t pin[LF_SHA256], lf_view remote,
                               struct lf_national_member *out, const char **code, struct lf_err *e) LF_MUST;

/* One package.  LF_OK in any case that is the sender's; *code says which, *id is the item's here. */
struct lf_national_said {
    const char *code; /* "0101" … */
    lf_view id, why;
};
enum lf_code lf_national_take(struct lf_task *t, const struct lf_national_member *m,
                              const struct lf_xml *package, struct lf_national_said *out,
                              struct lf_err *e) LF_MUST;

/* An object as a content block, appended; *is: it is a report of the five types. */
enum lf_code lf_national_block(struct lf_task *t, const struct lf_collection *c, struct lf_rights *rights,
                               const struct lf_object *o, struct lf_buf *b, bool *is,
                               struct lf_err *e) LF_MUST;
/* Items of a collection added after `after` and up to `end`, at most a page.  Appends each as a content block
 * of TAXII 1.1 to `b` (NULL: counted alone).  *last: where the page ends; *more: there are others up to
 * `end`. */
enum lf_code lf_national_page(struct lf_task *t, const struct lf_collection *c, lf_time after, lf_time end,
                              struct lf_buf *b, size_t *n, lf_time *last, bool *more,
                              struct lf_err *e) LF_MUST;
/* Counts what a request did; read_to -1: it was not what is unread that was asked for. */
enum lf_code lf_national_did(struct lf_task *t, const struct lf_national_member *m, int64_t taken,
                             int64_t refused, int64_t given, lf_time read_to, struct lf_err *e) LF_MUST;

#endif
