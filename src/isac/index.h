/* Index: objects by what they say.  Private to isac.
 *
 * A document is that a collection has an object; it has a number that grows.  Its terms (isac/term.h) lie
 * in segments, each for a run of documents: sorted terms in blocks of some KB, behind each term the
 * documents that have it.  A segment is written once, in order; sixteen of a size are merged into one, a
 * slice at a time, until it has 65,536 documents or more.  So nothing is written at a random place, and
 * ten million objects are some dozens of segments.  docs/adr/0030.
 *
 * Nothing is written here when an object is stored (but for one that lay in another collection
 * already).  lf_index_turn takes what is new, some hundred objects a call; who asks calls it first.
 *
 * Documents with one collection, marking and maker are one class, whose rights are decided once; a
 * search asks for the classes that its reader has as for a word.  What a reader may not have costs no
 * row, and what an answer looks like hangs on nothing but documents that are the reader's. */
#ifndef LF_ISAC_INDEX_H
#define LF_ISAC_INDEX_H

#include "isac/term.h"

enum {
    LF_INDEX_TURN = 512,     /* objects of one call */
    LF_INDEX_DOCS = 1 << 20, /* documents of one segment, at most */
    LF_INDEX_GROUPS = 80,
};

/* Takes in what is new, and merges a slice of what is due.  *more: there is more to do at once. */
enum lf_code lf_index_turn(struct lf_task *t, bool *more, struct lf_err *e) LF_MUST;
/* Whether something that is stored is not in it yet. */
enum lf_code lf_index_behind(struct lf_task *t, bool *behind, struct lf_err *e) LF_MUST;
/* A collection got an object that was stored before. */
enum lf_code lf_index_again(struct lf_task *t, int64_t collection, int64_t seq, struct lf_err *e) LF_MUST;

/* The classes of a collection. */
struct lf_index_class {
    int64_t number, marking, maker;
};
enum lf_code lf_index_classes(struct lf_task *t, int64_t collection, struct lf_index_class **out, size_t *n,
                              struct lf_err *e) LF_MUST;
int64_t lf_index_class_term(const struct lf_term_key *k, int64_t number);

/* A document is asked for that has one term at least of each group. */
struct lf_index_group {
    int64_t *term;
    size_t n, cap;
};
struct lf_index_doc {
    int64_t doc, collection, seq;
};
/* From the last document below `below` (0: from the newest) backwards.  Looks into at most `segments` of
 * them; in the task's arena. */
struct lf_index_walk;
enum lf_code lf_index_open(struct lf_task *t, const struct lf_index_group *g, size_t n, int64_t below,
                           size_t segments, struct lf_index_walk **out, struct lf_err *e) LF_MUST;
/* doc 0: no more; *at is then where to go on, 0 when there is nothing behind. */
enum lf_code lf_index_next(struct lf_index_walk *w, struct lf_index_doc *out, int64_t *at,
                           struct lf_err *e) LF_MUST;

#endif
