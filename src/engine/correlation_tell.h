/* What a firing tells people; for engine/correlation*.c alone.
 *
 * A correlation that others name is a sighting to them like any event, and mostly quiet: no
 * alert says what it saw.  So each of its firings leaves a note here, found by the position
 * at which it fired and its place, and whoever fires over it tells that note.
 *
 * A fixed table of LF_MADE_NOTES (5.5 MiB when full).  When it is full the correlation that
 * fires takes the place of its own oldest note if it has no less than its share, else of one
 * of the correlation that has most: who makes one fire all the time forgets his own. */
#ifndef LF_ENGINE_CORRELATION_TELL_H
#define LF_ENGINE_CORRELATION_TELL_H

#include "engine/correlation_window.h"

enum { LF_MADE_NOTES = 32768 };

struct lf_made; /* all notes; NULL is none */

struct lf_made *lf_made_create(const struct lf_correlations *all, size_t notes);
void lf_made_destroy(struct lf_made *m);
/* The correlation fired at the sighting of this position, in a window that ends at `at`. */
void lf_made_note(struct lf_made *m, const struct lf_correlation *c, const struct lf_window *w,
                  uint64_t position, lf_time at);
void lf_made_clear(struct lf_made *m);
/* Notes that made room for others. */
uint64_t lf_made_gone(const struct lf_made *m);

void lf_made_save(const struct lf_made *m, struct lf_buf *b);
/* `place`: of each correlation as it was numbered when saved, UINT32_MAX where there is
 * none now.  Says through `in` what does not hold together. */
struct lf_unpack;
void lf_made_load(struct lf_made *m, const uint32_t *place, size_t n, struct lf_unpack *in);

/* One group as a JSON object; `made` bytes at most of it say what the correlations among
 * its rules were made of.  shown: a text for each part of group-by. */
void lf_tell_group(const struct lf_made *m, struct lf_ruleset *rs, const struct lf_correlation *c,
                   const struct lf_window *w, const lf_view *shown, const struct lf_sight *s, lf_time at,
                   size_t made, struct lf_buf *b);

#endif
