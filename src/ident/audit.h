/* Audit: the chain of what was done, by whom, on whose behalf.
 *
 * Each entry carries SHA-256(previous hash ‖ length-prefixed fields), so that a
 * changed, removed or inserted entry breaks every hash after it.  The head is
 * signed and given to the parent elsewhere (a removed tail is found that way).
 * One chain for the node; entries carry the organisation and are listed by it.
 *
 * Entries are only ever added, in the transaction of what they tell. */
#ifndef LF_IDENT_AUDIT_H
#define LF_IDENT_AUDIT_H

#include "base/buf.h"
#include "fmt/json.h"
#include "model/page.h"
#include "store/task.h"

enum { LF_AUDIT_DETAIL = 16384, LF_AUDIT_ACTION = 64, LF_AUDIT_SUBJECT = 512 };

struct lf_audit_entry {
    int64_t seq; /* from 1, no gaps */
    lf_time time;
    lf_view account, org;
    lf_view action;  /* "alert.acknowledge": noun.verb */
    lf_view subject; /* id of what was acted on */
    lf_view detail;  /* JSON object, never secrets; empty = none */
    lf_view hash;    /* hexadecimal */
    bool withheld;   /* subject or detail are not for the reader, and empty (isac/trail.h) */
};

struct lf_audit_list {
    struct lf_audit_entry *item;
    size_t count;
    lf_view next;
};

struct lf_audit_head {
    int64_t seq; /* 0 = empty chain */
    uint8_t hash[LF_SHA256];
};

/* Who and where come from t->scope.  A detail over LF_AUDIT_DETAIL is LF_TOO_BIG. */
enum lf_code lf_audit_add(struct lf_task *t, lf_view action, lf_view subject, lf_view detail,
                          struct lf_err *e) LF_MUST;
/* An entry whose detail is written member by member: open it, put members into `w`, close it, which adds the
 * entry and frees the note whatever comes of it. */
struct lf_audit_note {
    struct lf_buf b;
    struct lf_json_w w;
};
void lf_audit_open(struct lf_audit_note *n);
enum lf_code lf_audit_close(struct lf_audit_note *n, struct lf_task *t, lf_view action, lf_view subject,
                            struct lf_err *e) LF_MUST;
/* Newest first, of the caller's organisation; ADMIN, REVIEWER or the system. */
enum lf_code lf_audit_list(struct lf_task *t, const struct lf_page *page, struct lf_audit_list *out,
                           struct lf_err *e) LF_MUST;
/* What was done with one subject, newest first, at most `most`.  Whether the caller may know is the caller's
 * to have checked. */
enum lf_code lf_audit_of(struct lf_task *t, lf_view subject, size_t most, struct lf_audit_list *out,
                         struct lf_err *e) LF_MUST;
enum lf_code lf_audit_head(struct lf_task *t, struct lf_audit_head *out, struct lf_err *e) LF_MUST;
/* The hash of one entry; LF_NOT_FOUND. */
enum lf_code lf_audit_hash(struct lf_task *t, int64_t seq, uint8_t hash[LF_SHA256], struct lf_err *e) LF_MUST;
/* Walks the whole chain.  LF_CONFLICT names the first entry that does not fit. */
enum lf_code lf_audit_verify(struct lf_task *t, struct lf_audit_head *out, struct lf_err *e) LF_MUST;

#endif
