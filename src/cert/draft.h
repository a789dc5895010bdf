/* Drafts of reports: what was typed and is not sent yet.  Each is its author's own; nobody else
 * sees it, and it is found again after the browser or the node went down. */
#ifndef LF_CERT_DRAFT_H
#define LF_CERT_DRAFT_H

#include "cert/report.h"

enum { LF_DRAFTS = 50 /* of one account */, LF_DRAFT_BYTES = 96 << 10, LF_DRAFT_BASE = 8192 };

struct lf_draft {
    lf_view id;       /* UUID, of the one who makes it */
    lf_view stage;    /* name */
    lf_view incident; /* of a later report; empty with a first one */
    lf_view title;    /* to tell it by; may be empty */
    lf_view values;   /* JSON as typed, right or wrong; empty in a list */
    lf_view alert;    /* begun from it; may be empty; stays as it was first said */
    lf_view mail;     /* the same */
    lf_view
        base; /* what its author saw of the incident: ids of events with blanks between; empty in a list */
    lf_time updated;
};

/* Makes it or writes it anew.  LF_NOT_FOUND: that id is somebody else's; LF_FULL does not occur:
 * LF_UNACCEPTED when there are LF_DRAFTS already, LF_TOO_BIG. */
enum lf_code lf_draft_save(struct lf_task *t, const struct lf_draft *d, struct lf_err *e) LF_MUST;
enum lf_code lf_draft_get(struct lf_task *t, lf_view id, struct lf_draft *out, struct lf_err *e) LF_MUST;
/* What a draft is told by: the title that was filled in, else how the description begins; may be empty. */
lf_view lf_draft_title(const struct lf_json *values);
/* Newest first. */
enum lf_code lf_draft_list(struct lf_task *t, struct lf_draft **out, size_t *n, struct lf_err *e) LF_MUST;
/* No error when there is none. */
enum lf_code lf_draft_remove(struct lf_task *t, lf_view id, struct lf_err *e) LF_MUST;

#endif
