/* Page: a piece of a list, by key and never by offset, so that what is added
 * meanwhile neither hides nor repeats a row. */
#ifndef LF_MODEL_PAGE_H
#define LF_MODEL_PAGE_H

#include "base/view.h"

enum { LF_PAGE_MOST = 1000, LF_PAGE_USUAL = 50 };

struct lf_page {
    lf_view after; /* `next` of the page before, as it was given; empty = from the start */
    size_t limit;  /* 0 = LF_PAGE_USUAL; more than LF_PAGE_MOST is cut to it */
};

#endif
