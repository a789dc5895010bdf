/* Window: what one group of one correlation remembers, and what its condition says
 * of it; for engine/correlation*.c alone.
 *
 * Entries are sorted by time, equal times by arrival.  [head, n) are kept, [lo, n) are in the
 * window that ends at `newest`; `now` adds those up.  In order, a sighting costs
 * amortised constant time whatever the group holds: temporal kinds need no entries at
 * all, but the last time of each rule, and the latest start of a chain of each length.
 *
 *   chain[j][k]  the latest time at which a chain of k + 1 different events, in the order
 *                of the rules and ending with rule j, begins
 *
 * so the longest chain within a timespan is found without looking back. */
#ifndef LF_ENGINE_CORRELATION_WINDOW_H
#define LF_ENGINE_CORRELATION_WINDOW_H

#include "engine/correlation_priv.h"

struct lf_entry {
    lf_time at;
    uint64_t position;
    uint64_t key; /* hash of the value; mask of rules; of sums how many numbers */
};
enum { LF_ENTRY_NO_VALUE = 1 }; /* key of an event without the field; hashes avoid it */

struct lf_tally_slot {
    uint64_t key;
    uint32_t n;
};
struct lf_tally { /* what the entries of a window add up to */
    uint32_t n;
    struct lf_tally_slot *slots; /* by key */
    uint32_t cap, used, distinct;
    struct lf_num total;
    uint64_t numbers;
    uint32_t *rules; /* sightings of each rule; late temporal only */
};

struct lf_window {
    struct lf_entry *e;
    struct lf_num *num; /* beside e; sums only */
    uint32_t head, lo, n, cap, tidy_at;
    lf_time newest;
    struct lf_tally now;
    lf_time *last; /* by rule: temporal, temporal_ordered */
    uint64_t *last_position;
    lf_time *chain; /* temporal_ordered */
};

/* One event as one group sees it. */
struct lf_sight {
    lf_time at;
    uint64_t position;
    uint64_t mask; /* rules */
    size_t nkeys;
    uint64_t keys[LF_CORRELATION_VALUES];
    struct lf_num num;
    uint64_t numbers;
};

struct lf_window_limits {
    bool batch;
    uint32_t entries;
    lf_time lateness;
};

struct lf_window_seen {
    bool fires, late, too_late, unsure;
    lf_time at; /* end of the window that fires */
    uint32_t cut;
};

void lf_window_init(const struct lf_correlation *c, struct lf_window *w);
void lf_window_clear(struct lf_window *w);
/* Bytes it holds, its own struct left out. */
size_t lf_window_bytes(const struct lf_correlation *c, const struct lf_window *w);
void lf_window_see(const struct lf_correlation *c, struct lf_window *w, const struct lf_window_limits *limits,
                   const struct lf_sight *s, struct lf_window_seen *out);
/* What the condition was asked of. */
void lf_window_value(const struct lf_correlation *c, const struct lf_window *w, const struct lf_sight *s,
                     struct lf_json_w *json);
/* Of the window that ends at `at`: `most` of its events, newest first (of temporal kinds one of
 * each rule before all others); how many there were and their times, as far as
 * the newest LF_WINDOW_LOOKED entries say; the rules seen, all where that is not known of each. */
enum { LF_WINDOW_LOOKED = 1024 };
struct lf_window_made {
    uint64_t events[LF_CORRELATION_SHOWN];
    size_t n;
    uint32_t count;
    lf_time first, last;
    uint64_t rules;
};
void lf_window_made(const struct lf_correlation *c, const struct lf_window *w, lf_time at, size_t most,
                    struct lf_window_made *out);

void lf_window_save(const struct lf_correlation *c, const struct lf_window *w, struct lf_buf *b);
/* False: not what save wrote.  The window was made by init. */
bool lf_window_load(const struct lf_correlation *c, struct lf_window *w,
                    const struct lf_window_limits *limits, lf_view *in);

#endif
