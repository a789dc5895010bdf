/* Writing a workbook (ECMA-376, Office Open XML): sheets one after the other, each with a head that stays in
 * sight, rows cell by cell.  Bytes alone: no file, no clock (docs/adr/0042).
 *
 *   struct lf_xlsx *x = lf_xlsx_create(&buf);
 *   lf_xlsx_sheet(x, name, columns, n);
 *   lf_xlsx_text(x, title);  lf_xlsx_int(x, 3);  lf_xlsx_row(x);
 *   rc = lf_xlsx_close(x, e);        frees x
 *
 * Text is text whatever it begins with: there is no way to write a formula.  Limits are those of the format:
 * 32,767 UTF-16 units a cell (longer text ends in "…"), 1,048,576 rows, 31 characters of a sheet's name;
 * here also 16 sheets, and `max` bytes of one sheet before it is packed.  Of a sheet some 64 KiB and a row
 * are held: what stands in `out` may be sent on and forgotten between two rows (lf_xlsx_sent, then
 * lf_buf_reset), so that a workbook of any size can be written. */
#ifndef LF_FMT_XLSX_H
#define LF_FMT_XLSX_H

#include "base/buf.h"
#include "base/time.h"

enum { LF_XLSX_CELL = 32767, LF_XLSX_ROWS = 1048576, LF_XLSX_SHEETS = 16, LF_XLSX_NAME = 31 };

struct lf_xlsx_column {
    lf_view head;
    unsigned width; /* in characters */
};

struct lf_xlsx;
struct lf_xlsx *lf_xlsx_create(struct lf_buf *out, size_t max);
/* `name` is the program's own: none of []:*?/\ in it. */
void lf_xlsx_sheet(struct lf_xlsx *x, lf_view name, const struct lf_xlsx_column *columns, size_t n);
void lf_xlsx_text(struct lf_xlsx *x, lf_view text);
void lf_xlsx_int(struct lf_xlsx *x, int64_t n);
/* What the clock on the wall shows, as if it were UTC: cells know no zone, the column's head says it.  Empty
 * when there is none (0). */
void lf_xlsx_time(struct lf_xlsx *x, lf_time wall);
/* Whole seconds, shown as hours and minutes. */
void lf_xlsx_span(struct lf_xlsx *x, int64_t seconds);
void lf_xlsx_none(struct lf_xlsx *x); /* an empty cell */
void lf_xlsx_row(struct lf_xlsx *x);  /* the row is whole */
void lf_xlsx_sent(struct lf_xlsx *x);
/* LF_TOO_BIG: a sheet or the file went over its ceiling.  `e` NULL: only frees. */
enum lf_code lf_xlsx_close(struct lf_xlsx *x, struct lf_err *e) LF_MUST;

#endif
