/* Search: one question (engine/query.h) put to the event archive, in slices.
 *
 * Only what is committed is read, while the intake goes on writing.  Blocks are
 * gone through from the newest to the oldest, so answers come newest first by
 * position, which is the order in which events came in; a block or frame whose
 * times or word filter rule it out is passed over unread.  The time range is that
 * of the events' own times: from <= happened < to.
 *
 * What cannot be read is told (`damaged`) and counted, and the rest is searched: an
 * answer is never short in silence.
 *
 * Used by the search worker, by `lianfang search` and by `lianfang detect --data`. */
#ifndef LF_SOC_SEARCH_H
#define LF_SOC_SEARCH_H

#include "engine/query.h"

enum { LF_SEARCH_WORDS = 64 }; /* tokens asked of a block's filter for one text */

struct lf_search;

struct lf_search_ask {
    lf_view query;
    const struct lf_observable *values; /* instead: events with any of these (lf_query_values), */
    size_t nvalues;                     /* or all where that is not certain; not matched, only narrowed to */
    lf_time from, to;                   /* INT64_MIN, INT64_MAX: open */
    bool oldest_first;
    size_t limit;                         /* events; 0: none */
    uint64_t upper;                       /* positions below it only; 0: all there are */
    uint64_t seed;                        /* random */
    const struct lf_pipelines *pipelines; /* NULL: the delivered ones */
};

struct lf_search_hooks {
    /* An event of the answer; valid during the call.  May be NULL where `event` is not. */
    void (*hit)(void *ctx, const struct lf_query_hit *hit);
    /* What could not be read, in one sentence.  May be NULL. */
    void (*damaged)(void *ctx, lf_view why);
    /* Instead of pipes and hits: every event that matches.  May be NULL. */
    void (*event)(void *ctx, struct lf_arena *a, const struct lf_record *record, const struct lf_event *ev);
    void *ctx;
};

struct lf_search_progress {
    size_t blocks, blocks_done; /* done: looked through or passed over */
    size_t blocks_passed;       /* passed over by times or filter, or gone by retention */
    uint64_t text;              /* bytes of records looked through */
    uint64_t events;            /* records in them */
    uint64_t candidates;        /* of which so many were normalised */
    uint64_t matched;
    uint64_t damaged; /* frames, or whole blocks, that could not be read */
};

/* `dir` is the archive's directory.  LF_BAD_INPUT: the query. */
enum lf_code lf_search_open(const char *dir, const struct lf_search_ask *ask,
                            const struct lf_search_hooks *hooks, struct lf_search **out,
                            struct lf_err *e) LF_MUST;
void lf_search_close(struct lf_search *s);
/* The position behind the newest record there was when it was opened; costs a look
 * into the newest block. */
uint64_t lf_search_upper(struct lf_search *s);
/* One bounded slice: a block opened, or a frame (about a megabyte of records)
 * searched.  False: nothing is left to do. */
bool lf_search_step(struct lf_search *s);
/* No further step will be made: what a sort held back is given to `hit`.  Says how
 * many events a sort could not hold. */
uint64_t lf_search_finish(struct lf_search *s);
void lf_search_progress(const struct lf_search *s, struct lf_search_progress *out);
/* The query ends in a table; as it stands now, in `a`. */
bool lf_search_is_table(const struct lf_search *s);
void lf_search_table(struct lf_search *s, struct lf_arena *a, struct lf_query_table *out);

#endif
