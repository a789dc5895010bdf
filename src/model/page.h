/* Page: a piece of a list, by key and never by offset, so that what is added
 * meanwhile neither hides nor repeats a row. */
#ifndef LF_MODEL_PAGE_H
#define LF_MODEL_PAGE_H

#include "base/view.h"

struct lf_arena;

enum { LF_PAGE_MOST = 1000, LF_PAGE_USUAL = 50 };

struct lf_page {
    lf_view after; /* `next` of the page before, as it was given; empty = from the start */
    size_t limit;  /* 0 = LF_PAGE_USUAL; more than LF_PAGE_MOST is cut to it */
};

/* How many rows that is; NULL: a first page of the usual size. */
static inline size_t lf_page_rows(const struct lf_page *p)
{
    return !p || !p->limit ? LF_PAGE_USUAL : p->limit > LF_PAGE_MOST ? LF_PAGE_MOST : p->limit;
}

/* `next` of a list in the order of two texts, "LENGTH:FIRSTSECOND"; each of at most
 * 4096 bytes. */
lf_view lf_page_pair(struct lf_arena *a, lf_view first, lf_view second);
/* And back; both empty where the list begins.  False: no list gave that. */
bool lf_page_pair_of(lf_view after, lf_view *first, lf_view *second);

#endif
