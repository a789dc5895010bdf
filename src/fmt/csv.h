/* CSV as it is written: RFC 4180, lines end in CR LF. */
#ifndef LF_FMT_CSV_H
#define LF_FMT_CSV_H

#include "base/buf.h"
#include "base/view.h"

/* One cell, and what ends it.  A value that a spreadsheet would take for a formula gets
 * an apostrophe before it and so is text; a number stays one. */
void lf_csv_put(struct lf_buf *b, lf_view v, bool last);

#endif
