/* Elasticsearch's _bulk body: an action's line, then (but for delete) its document's line.
 *
 *   {"create":{"_index":"logs"}}
 *   {"message":"…"}
 *
 * Lines that are blank are passed over.  Documents are not looked into here. */
#ifndef LF_FMT_BULK_H
#define LF_FMT_BULK_H

#include "base/arena.h"
#include "base/err.h"

enum lf_bulk_op { LF_BULK_CREATE, LF_BULK_INDEX, LF_BULK_UPDATE, LF_BULK_DELETE };
enum { LF_BULK_ID = 512 }; /* bytes of an id; longer is cut */

struct lf_bulk {
    lf_view left;
    size_t line; /* lines taken, blank ones left out */
};

struct lf_bulk_item {
    enum lf_bulk_op op;
    lf_view index, id; /* in the arena; index has ptr NULL when not given, id is empty */
    bool has_document; /* false: delete, or its line is missing */
    lf_view document;  /* of the body */
};

const char *lf_bulk_op_name(enum lf_bulk_op op); /* "create" … */
/* The next action off the body.  LF_NOT_FOUND at its end.  LF_BAD_INPUT: the line
 * (b->line) is no action, and nothing behind it can be trusted to be in step. */
enum lf_code lf_bulk_take(struct lf_arena *a, struct lf_bulk *b, struct lf_bulk_item *out,
                          struct lf_err *e) LF_MUST;
/* The next line that is not blank, without blanks at both ends; false at the end. */
bool lf_bulk_line(lf_view *in, lf_view *line);

#endif
