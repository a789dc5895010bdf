/* Saved search: a question to the archive that is kept, and that a clock may ask.
 *
 * It has a name and an owner; private, only the owner (and ADMIN) sees it, shared, all who may
 * search do.  Changed and removed by its owner or ADMIN; each change is audited.
 *
 * With `every` it is asked again and again, the next time `every` after the last began; the
 * span it looks over is its `from` (such as -1h), read anew each time.  Results are the rows of
 * a query that ends in a table, else the events that match.  With a threshold the run raises an
 * alert of the node's own (rule: the saved search's id, title: its name), which groups and is
 * tuned as any rule's.
 *
 *        due                    lf_saved_search_ran
 *   WAITS ───► its search runs ─────────────────────► WAITS
 *
 * A run that the core did not live to see the end of is asked again: only its end moves the
 * time of the next.  An owner who may search no more has its clocks stopped, with a sentence. */
#ifndef LF_SOC_SAVED_SEARCH_H
#define LF_SOC_SAVED_SEARCH_H

#include "engine/query.h"
#include "model/finding.h"
#include "model/page.h"
#include "store/task.h"

enum {
    LF_SAVED_NAME = 200,    /* bytes */
    LF_SAVED_TIME = 60,     /* bytes of from, and of to */
    LF_SAVED_MOST = 1000,   /* of one organisation */
    LF_SAVED_CLOCKED = 200, /* of them by a clock */
    LF_SAVED_NEVER = -1,    /* no threshold */
    LF_SAVED_RESULTS = 1000000000,
};
#define LF_SAVED_LEAST LF_MINUTE
#define LF_SAVED_LONGEST (31 * LF_DAY)

struct lf_saved_search {
    lf_view id, name;
    lf_view query, from, to;
    lf_view account; /* its owner */
    bool shared;
    lf_time every;                 /* 0: asked by people only */
    int64_t more_than, fewer_than; /* results; LF_SAVED_NEVER: not told */
    enum lf_level level;           /* of the alert */
    lf_time created, changed;
    lf_time next;    /* when it is asked next; 0: never */
    lf_time ran;     /* when it was asked last; 0: never */
    int64_t results; /* then; -1: it failed */
    lf_view trouble; /* why it failed, or was stopped; empty: nothing */
    int64_t runs;
};

/* in->id empty: a new one, whose id is given back.  LF_BAD_INPUT says what will not do, the
 * query too. */
enum lf_code lf_saved_search_put(struct lf_task *t, const struct lf_saved_search *in, lf_view *id,
                                 struct lf_err *e) LF_MUST;
enum lf_code lf_saved_search_remove(struct lf_task *t, lf_view id, struct lf_err *e) LF_MUST;
/* LF_NOT_FOUND also for another's private one. */
enum lf_code lf_saved_search_get(struct lf_task *t, lf_view id, struct lf_saved_search *out,
                                 struct lf_err *e) LF_MUST;
/* One's own and shared ones, by name. */
enum lf_code lf_saved_search_list(struct lf_task *t, const struct lf_page *page, struct lf_saved_search **out,
                                  size_t *n, lf_view *next, struct lf_err *e) LF_MUST;
/* Whether this account may change it. */
bool lf_saved_search_mine(const struct lf_task *t, const struct lf_saved_search *s);

/* ---- the core's side, by LF_ROLE_SYSTEM ---- */

/* Those that are due, the longest waiting first, at most `most`; those whose owner may search no
 * more are stopped on the way. */
enum lf_code lf_saved_search_due(struct lf_task *t, size_t most, struct lf_saved_search **out, size_t *n,
                                 struct lf_err *e) LF_MUST;
/* The query that gives what is counted: events are counted where they are, not fetched. */
lf_view lf_saved_search_counting(struct lf_arena *a, lf_view query);

struct lf_saved_run {
    lf_time began;   /* when it was asked */
    int64_t results; /* -1: it failed */
    lf_view trouble;
};
/* It was asked and answered: kept, and told when a threshold says so.  *alert: the alert's id,
 * empty when none was raised.  LF_NOT_FOUND: it was removed meanwhile. */
enum lf_code lf_saved_search_ran(struct lf_task *t, lf_view id, const struct lf_saved_run *run,
                                 lf_view *alert, struct lf_err *e) LF_MUST;

struct lf_json_w;
void lf_saved_search_json(struct lf_json_w *w, const struct lf_saved_search *s);

#endif
