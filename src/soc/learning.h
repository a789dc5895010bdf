/* Learning: what is usual here, for rules with placeholders (engine/learn.h), read off the
 * archive when a person asks, looked at by a person, and in force when a person accepts it.
 *
 *            start                    the search worker is done
 *   NONE ───────────► RUNNING ───────────────────────────────► DRAFT ──accept──► ACCEPTED
 *    ▲  (audited)       │                                        │  (audited; the intake
 *    └── drop ──────────┴────────────────────────────────────────┘   keeps it and loads anew)
 *
 * One at a time.  Nothing is in force before a person accepts it.  A draft lives in memory and ends with
 * the core: then it is learnt again.  What was accepted is the intake's to keep (LEARNED), and what is in
 * force comes from there with the rules that can learn (LEARNABLE), so that a draft says what would be
 * new and what would be gone.
 *
 * Rights: ADMIN, ANALYST; REVIEWER may see. */
#ifndef LF_SOC_LEARNING_H
#define LF_SOC_LEARNING_H

#include "base/buf.h"
#include "engine/learn.h"
#include "engine/placeholder.h"
#include "store/task.h"

enum {
    LF_LEARNING_MATERIAL = 8 << 20, /* bytes of rule files and values */
    LF_LEARNING_RESULT = 24 << 20,  /* of what was learnt */
    LF_LEARNING_NOTE = 2000,
};

/* ---- what the workers say to each other ---- */

/* LEARNABLE: rule files that can learn, and the values in force; what does not fit is left out. */
void lf_learning_pack_material(struct lf_buf *b, const struct lf_rule_file *files, size_t n,
                               const struct lf_placeholders *values);
/* LEARN: u64 number, times, files.  The number alone: stop. */
struct lf_learning_order {
    uint64_t number;
    lf_time from, to;
    struct lf_rule_file *files;
    size_t nfiles;
};
enum lf_code lf_learning_unpack_order(struct lf_arena *a, lf_view in, struct lf_learning_order *o,
                                      struct lf_err *e) LF_MUST;
/* LEARN_NEWS; values only with the end. */
struct lf_learning_result {
    uint64_t number, events, left_out, blocks, blocks_done;
    bool done;
    lf_view error;
    struct lf_learnt *const *values;
    size_t n;
};
void lf_learning_pack_result(struct lf_buf *b, const struct lf_learning_result *r);

/* ---- the core's ---- */

enum lf_learning_state {
    LF_LEARNING_NONE,
    LF_LEARNING_RUNNING,
    LF_LEARNING_DRAFT,
    LF_LEARNING_ACCEPTED,
    LF_LEARNING_FAILED
};
const char *lf_learning_state_name(enum lf_learning_state s);

struct lf_learning_value {
    lf_view name, text; /* of the placeholder; a text of Sigma */
    uint64_t seen;      /* 0: gone */
    bool is_new;        /* not in force now */
};
struct lf_learning_view {
    enum lf_learning_state state;
    lf_time from, to, created;
    lf_view account, error;
    uint64_t events, left_out, blocks, blocks_done;
    size_t learnable; /* rule files that can learn */
    size_t n, nnew, ngone;
    const struct lf_learning_value *values; /* by name and text, the gone among them */
};

struct lf_learning;
struct lf_learning *lf_learning_create(void);
void lf_learning_destroy(struct lf_learning *l);
/* Times as people write them (lf_query_time).  LF_CONFLICT: one is under way.  LF_UNACCEPTED: no rule in
 * force can learn. */
enum lf_code lf_learning_start(struct lf_learning *l, struct lf_task *t, lf_view from, lf_view to,
                               struct lf_err *e) LF_MUST;
/* In t->a. */
enum lf_code lf_learning_get(struct lf_learning *l, struct lf_task *t, struct lf_learning_view *out,
                             struct lf_err *e) LF_MUST;
/* The lists become what was learnt; keep: what is in force stays in them too.  Lists of which nothing
 * was learnt stay as they are. */
enum lf_code lf_learning_accept(struct lf_learning *l, struct lf_task *t, bool keep, lf_view note,
                                struct lf_err *e) LF_MUST;
enum lf_code lf_learning_drop(struct lf_learning *l, struct lf_task *t, struct lf_err *e) LF_MUST;

/* From the workers; LF_BAD_INPUT: it is none. */
enum lf_code lf_learning_material(struct lf_learning *l, lf_view packed, struct lf_err *e) LF_MUST;
enum lf_code lf_learning_news(struct lf_learning *l, lf_view packed, struct lf_err *e) LF_MUST;
/* What is to be said now (LF_FX_SEARCH was noted).  False: nothing. */
bool lf_learning_order_next(struct lf_learning *l, struct lf_buf *b);
bool lf_learning_accepted_next(struct lf_learning *l, struct lf_buf *b);
/* The round was taken back. */
void lf_learning_undo(struct lf_learning *l);
/* The search worker came (what is under way is asked again, once) or went. */
void lf_learning_worker(struct lf_learning *l, bool up);

#endif
