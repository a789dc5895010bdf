/* Writing a document to be read and printed (PDF): headings, paragraphs, tables that go on over pages, bars.
 * Bytes alone: no file, no clock (docs/adr/0051).
 *
 *   struct lf_pdf *p = lf_pdf_create(font, &about, &buf);
 *   lf_pdf_title(p, text);
 *   lf_pdf_table(p, columns, 2);  lf_pdf_row(p, cells);  lf_pdf_row(p, cells);
 *   rc = lf_pdf_close(p, e);         frees p
 *
 * A4 upright.  What of the font is used lies in the file, so that it is seen without the font, and each
 * character can be found and copied.  Text is UTF-8 from anywhere: a character that the font has not, or that
 * moves others about (controls, marks of direction), stands as "[U+1F600]"; all others stand in the order
 * they were written.  Lines break at blanks, beside Chinese characters, and within a word that is wider than
 * its place. */
#ifndef LF_FMT_PDF_H
#define LF_FMT_PDF_H

#include "base/buf.h"
#include "base/time.h"

enum { LF_PDF_PAGES = 200, LF_PDF_COLUMNS = 8, LF_PDF_SERIES = 2 };

/* `bytes`: a TrueType or OpenType file, or a collection, of which the one for Taiwan ("TC") is taken; they
 * live as long as the font.  LF_BAD_INPUT: it is none. */
struct lf_pdf_font;
enum lf_code lf_pdf_font_create(lf_view bytes, struct lf_pdf_font **out, struct lf_err *e) LF_MUST;
void lf_pdf_font_destroy(struct lf_pdf_font *f); /* after all that was written with it */

struct lf_pdf_about {
    lf_view title, author, foot; /* foot: below each page, beside its number */
    lf_time made;
};
struct lf_pdf_column {
    lf_view head; /* all empty: no head */
    double share; /* of the width; they are in proportion */
    bool number;  /* at the right */
};
struct lf_pdf_bar {
    lf_view label;
    int64_t value[LF_PDF_SERIES]; /* end to end, none below 0 */
};

struct lf_pdf;
struct lf_pdf *lf_pdf_create(struct lf_pdf_font *font, const struct lf_pdf_about *about, struct lf_buf *out);
void lf_pdf_title(struct lf_pdf *p, lf_view text);
void lf_pdf_heading(struct lf_pdf *p, lf_view text);
void lf_pdf_text(struct lf_pdf *p, lf_view text);
/* Rows follow; on each further page the head stands again. */
void lf_pdf_table(struct lf_pdf *p, const struct lf_pdf_column *columns, size_t n);
void lf_pdf_row(struct lf_pdf *p, const lf_view *cells);
/* Bars from left to right with their numbers; the first series is dark, the second light with a dark edge and
 * stripes, so that they differ without colour.  `series`: their names, as many as there are. */
void lf_pdf_bars(struct lf_pdf *p, const lf_view *series, size_t nseries, const struct lf_pdf_bar *bars,
                 size_t n);
/* LF_TOO_BIG: more than LF_PDF_PAGES, or over the ceiling of `out`.  `e` NULL: only frees. */
enum lf_code lf_pdf_close(struct lf_pdf *p, struct lf_err *e) LF_MUST;

#endif
