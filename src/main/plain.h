/* Bytes from outside, as a terminal may have them. */
#ifndef LF_MAIN_PLAIN_H
#define LF_MAIN_PLAIN_H

#include "base/buf.h"

/* Tabs and ends of lines become blanks; other controls, those of ISO 6429's upper half (C1, which some
 * terminals obey as they obey ESC) among them, and what is no UTF-8 become a question mark each. */
void lf_plain_put(struct lf_buf *b, lf_view v);

#endif
