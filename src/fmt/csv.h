/* CSV (RFC 4180): written with lines that end in CR LF, read with either end. */
#ifndef LF_FMT_CSV_H
#define LF_FMT_CSV_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/view.h"

/* One cell, and what ends it.  A value that a spreadsheet would take for a formula gets
 * an apostrophe before it and so is text; a number stays one. */
void lf_csv_put(struct lf_buf *b, lf_view v, bool last);
/* A cell as it was before lf_csv_put() put an apostrophe there. */
lf_view lf_csv_said(lf_view cell);

/* Bytes from outside must not move the cursor of whoever reads, and a CSV file is UTF-8:
 * control characters but tab and line ends, and bytes that are no UTF-8, as \xNN.  In `a`. */
lf_view lf_csv_clean(struct lf_arena *a, lf_view v);

enum { LF_CSV_FIELDS = 64 }; /* of one row */

struct lf_csv {
    lf_view left;
    size_t line; /* of the row that was read last, from 1 */
    size_t next;
    char delimiter; /* ',' unless set after lf_csv_begin */
};

/* LF_BAD_INPUT when it is not UTF-8; a byte order mark is passed over. */
enum lf_code lf_csv_begin(struct lf_csv *c, lf_view text, struct lf_err *e) LF_MUST;
/* One row, its fields in `a`, without the blanks around what is not quoted; *more false at the
 * end.  LF_BAD_INPUT, with the line: a quotation mark never closes, or too many fields. */
enum lf_code lf_csv_row(struct lf_csv *c, struct lf_arena *a, lf_view field[LF_CSV_FIELDS], size_t *n,
                        bool *more, struct lf_err *e) LF_MUST;

#endif
