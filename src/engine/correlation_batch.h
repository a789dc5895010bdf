/* Batch: correlations over records that are all there, in the order of their own time
 * (C17 of docs/sigma-choices.md).
 *
 * keep() after each record's match; run() when all have been read.  Memory is that of
 * the sightings kept: for each record that hit a rule which a correlation names, the
 * texts of the fields it groups by and counts.  Held by the caller: init/clear. */
#ifndef LF_ENGINE_CORRELATION_BATCH_H
#define LF_ENGINE_CORRELATION_BATCH_H

#include "engine/correlation.h"

struct lf_batch {
    struct lf_ruleset *rs;
    struct lf_arena kept;
    struct lf_batch_one *list;
    size_t n, cap;
    uint64_t timeless; /* records without a time that can be read: they take no part */
};

/* The ruleset must outlive it. */
void lf_batch_init(struct lf_batch *b, struct lf_ruleset *rs);
void lf_batch_clear(struct lf_batch *b);
/* Directly after lf_ruleset_match() of the same event.  `file` and `ordinal` are given
 * back; equal times stand in the order of the calls. */
void lf_batch_keep(struct lf_batch *b, struct lf_arena *a, const struct lf_event *ev,
                   const struct lf_rule *const *hits, size_t n, size_t file, uint64_t ordinal);
/* Calls `fires` for each firing in the order of time, quiet ones too: who shows them leaves
 * those out. */
void lf_batch_run(struct lf_batch *b,
                  void (*fires)(void *ctx, const struct lf_rule *rule, size_t file, uint64_t ordinal),
                  void *ctx);

#endif
