/* Searches: the questions people have put to the archive through this node, and
 * what was found so far.  The core keeps them in memory and passes messages; the
 * search worker does the reading (proc/search.c, soc/search.h).
 *
 *        start ──────────► RUNNING ──news: done──► DONE
 *   (audit, limits)         │  │ └────news: failed─► FAILED
 *                     cancel│  └ the worker died: asked again, from where it was,
 *                           ▼    LF_SEARCHES_TRIES times, then FAILED
 *                       CANCELLED (what was found stays)
 *
 * They end with the core: a search is asked again, not restored.  The oldest ended
 * ones go first when there are too many.
 *
 * Rights: ADMIN, ANALYST and REVIEWER of the node's own organisation, whose archive
 * it is; a search is seen by who made it, by ADMIN and by the operator.  Each start
 * and cancel is in the audit trail with the query.
 *
 * What the worker says is not trusted: it reads what attackers write. */
#ifndef LF_SOC_SEARCHES_H
#define LF_SOC_SEARCHES_H

#include "base/buf.h"
#include "soc/search.h"
#include "store/task.h"

enum {
    LF_SEARCHES_RUNNING = 12,    /* at a time on the node, */
    LF_SEARCHES_ACCOUNT = 4,     /* and of one account */
    LF_SEARCHES_KEPT = 24,       /* ended ones included */
    LF_SEARCHES_HITS = 10000,    /* of one search at most */
    LF_SEARCHES_USUAL = 1000,    /* unless asked otherwise */
    LF_SEARCHES_BYTES = 4 << 20, /* of hits of one search */
    LF_SEARCHES_HIT = 256 << 10, /* of one hit; longer ones come without the event */
    LF_SEARCHES_TABLE = 2 << 20, /* of a table */
    LF_SEARCHES_NEWS = 8 << 20,  /* of one message */
    LF_SEARCHES_TRIES = 2,
};
#define LF_SEARCHES_LIFE LF_HOUR /* of an ended one */

enum lf_search_state { LF_SEARCH_RUNNING, LF_SEARCH_DONE, LF_SEARCH_CANCELLED, LF_SEARCH_FAILED };

/* What the worker is asked, and what it says.  Views into the message. */
struct lf_search_order {
    uint64_t number;
    lf_time from, to;
    uint64_t upper; /* positions below it only; 0: none yet */
    uint64_t skip;  /* hits that were told already */
    uint32_t limit; /* events in all */
    bool oldest_first;
    lf_view query;
};
struct lf_search_news {
    uint64_t number;
    enum lf_search_state state;
    uint64_t upper;
    struct lf_search_progress progress;
    bool full;      /* a limit ended it before the archive did */
    lf_view damage; /* the last sentence about what could not be read */
    lf_view error;  /* FAILED */
    lf_view table;  /* JSON; empty: none, or as before */
    lf_view hits;   /* u32 length, JSON; … */
};
void lf_search_order_pack(struct lf_buf *b, const struct lf_search_order *o);
enum lf_code lf_search_order_unpack(lf_view in, struct lf_search_order *o, struct lf_err *e) LF_MUST;
void lf_search_news_pack(struct lf_buf *b, const struct lf_search_news *n);
enum lf_code lf_search_news_unpack(lf_view in, struct lf_search_news *n, struct lf_err *e) LF_MUST;

/* One of them, as it stands; views live until the next change of the searches. */
struct lf_search_view {
    lf_view id, account, query, from_text, to_text;
    lf_time from, to, created;
    enum lf_search_state state;
    bool oldest_first, full;
    struct lf_search_progress progress;
    lf_view error, damage;
    lf_view table;       /* JSON object: columns, rows, rows_left_out, note; empty: none */
    const lf_view *hits; /* JSON objects, in the order found */
    size_t nhits;
};
const char *lf_search_state_name(enum lf_search_state s);

/* The next question from an answer (engine/query.h), for those who write pages; the
 * question itself where it is not understood. */
lf_view lf_search_narrow(struct lf_arena *a, const struct lf_search_view *v, const struct lf_json *columns,
                         const struct lf_json *row, lf_time *from, lf_time *to);
lf_view lf_search_with(struct lf_arena *a, lf_view query, lf_view field, lf_view value);
lf_view lf_search_piped(struct lf_arena *a, lf_view query, const char *pipe, lf_view field);

struct lf_searches;
struct lf_searches *lf_searches_create(void);
void lf_searches_destroy(struct lf_searches *d);

/* Times as people write them (lf_query_time); empty: open.  limit 0: usual. */
enum lf_code lf_searches_start(struct lf_searches *d, struct lf_task *t, lf_view query, lf_view from,
                               lf_view to, size_t limit, bool oldest_first, lf_view *id,
                               struct lf_err *e) LF_MUST;
/* The same by the node itself (LF_ROLE_SYSTEM): no audit entry, seen by nobody's list; to be
 * dropped by whoever started it. */
enum lf_code lf_searches_start_own(struct lf_searches *d, struct lf_task *t, lf_view query, lf_view from,
                                   lf_view to, lf_view *id, struct lf_err *e) LF_MUST;
void lf_searches_drop(struct lf_searches *d, struct lf_task *t, lf_view id);
enum lf_code lf_searches_get(struct lf_searches *d, struct lf_task *t, lf_view id, struct lf_search_view *out,
                             struct lf_err *e) LF_MUST;
/* One's own, newest first, in t->a. */
enum lf_code lf_searches_list(struct lf_searches *d, struct lf_task *t, struct lf_search_view **out,
                              size_t *n, struct lf_err *e) LF_MUST;
/* One of the caller's with the same question that is not older than a quarter of an
 * hour and did not fail; LF_NOT_FOUND. */
enum lf_code lf_searches_find(struct lf_searches *d, struct lf_task *t, lf_view query, lf_view from,
                              lf_view to, struct lf_search_view *out, struct lf_err *e) LF_MUST;
enum lf_code lf_searches_cancel(struct lf_searches *d, struct lf_task *t, lf_view id,
                                struct lf_err *e) LF_MUST;

/* ---- the core's side ---- */

/* What is to be said to the worker next; false: nothing.  *cancel: the number of one
 * to stop (no order then). */
bool lf_searches_next(struct lf_searches *d, struct lf_search_order *order, uint64_t *cancel);
/* The round was taken back: what was started in it is forgotten. */
void lf_searches_undo(struct lf_searches *d);
/* The worker came (running ones are to be asked again) or went. */
void lf_searches_worker(struct lf_searches *d, bool up);
/* LF_BAD_INPUT: it said what it may not. */
enum lf_code lf_searches_news(struct lf_searches *d, struct lf_arena *a, lf_view packed, lf_time now,
                              struct lf_err *e) LF_MUST;
size_t lf_searches_running(const struct lf_searches *d);

#endif
