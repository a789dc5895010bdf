/* What indicator.c (from alerts and peers, and out again), indicator_decide.c (by people) and
 * indicator_list.c (reading) share. */
#ifndef LF_ISAC_INDICATOR_PRIV_H
#define LF_ISAC_INDICATOR_PRIV_H

#include "isac/indicator.h"

enum { INDICATOR_OF_VALUE = 512 }; /* the most rows of one value or one id */

/* A row as stored, with what its state means put once. */
struct indicator_kept {
    struct lf_indicator_row i;
    lf_view policy; /* of a peer's: what it said, or `indicator_decided` */
    bool published; /* a version of it lies in `members` (and went up) */
};

struct indicator_rows {
    struct lf_arena *a;
    struct indicator_kept *r;
    size_t n, cap;
};

/* A person here let a peer's indicator out for good, or put it back to the drafts.  A
 * later version by its origin does not undo that; only its revocation ends it. */
#define indicator_decided LF_V("decided-by-a-person")

static inline bool indicator_standing(const struct indicator_kept *r)
{
    return lf_view_is(r->i.state, "provisional") || lf_view_is(r->i.state, "active");
}

static inline bool indicator_ours(const struct indicator_kept *r)
{
    return r->i.origin.len == 0;
}

static inline bool indicator_derived(const struct indicator_kept *r)
{
    return indicator_ours(r) && r->i.derived_from.len > 0;
}

/* At most `most` rows of a statement; LF_TOO_BIG: there are more. */
enum lf_code indicator_find(struct lf_task *t, const struct lf_query *q, const struct lf_arg *args,
                            size_t nargs, size_t most, struct indicator_rows *out, struct lf_err *e) LF_MUST;
enum lf_code indicator_of_value(struct lf_task *t, enum lf_observable_kind kind, lf_view value,
                                struct indicator_rows *out, struct lf_err *e) LF_MUST;
/* For a person: what its markings keep from him is not there. */
enum lf_code indicator_pick(struct lf_task *t, lf_view id, struct indicator_kept *out,
                            struct lf_err *e) LF_MUST;

enum lf_code indicator_act(struct lf_task *t, const struct indicator_kept *r, bool block,
                           struct lf_err *e) LF_MUST;
/* Moves a row to another state.  What it blocks follows: a derived object blocks
 * nothing itself (its source does), and an id that two peers gave for one value is
 * unblocked when both are gone.  Shield unblocks by id: where another peer uses the
 * id for another value, that one is blocked again at once. */
enum lf_code indicator_move(struct lf_task *t, struct indicator_kept *r, const char *state,
                            struct lf_err *e) LF_MUST;
/* A new version of one of ours, into `members` and up. */
enum lf_code indicator_publish_version(struct lf_task *t, struct indicator_kept *r, bool revoked, lf_view tlp,
                                       struct lf_err *e) LF_MUST;
/* One published object of ours stands for a value as long as a child's or an own
 * source stands; it is made from the first, renewed with any and withdrawn with the
 * last.  The parent's object takes its place when it falls and the parent's still
 * stands. */
enum lf_code indicator_settle(struct lf_task *t, enum lf_observable_kind kind, lf_view value,
                              struct lf_err *e) LF_MUST;
bool indicator_allowed_name(const struct lf_policy *p, lf_view value);

#endif
