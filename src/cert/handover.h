/* Handover (交接): one shift of a post gives what is open to the next.
 *
 * What is open is listed by the program at that moment and kept with the handover: clocks that run or ran
 * out, calls that nobody answered, tasks; who hands over adds what is to be known.  The next one confirms
 * having read it, once.  One that nobody confirmed in time is told once to those who stand for the post.
 *
 *   given ──confirmed──▶ over
 *     └──due──▶ told ──confirmed──▶ over */
#ifndef LF_CERT_HANDOVER_H
#define LF_CERT_HANDOVER_H

#include "engine/matrix.h"
#include "model/page.h"
#include "store/task.h"

enum {
    LF_HANDOVER_TEXT = 4000,
    LF_HANDOVER_MATTERS = 50, /* of each kind; there may be more, and then it says so */
    LF_HANDOVER_MINUTES = 30, /* in which it is confirmed, unless said otherwise */
    LF_HANDOVER_MINUTES_MOST = 1440,
};
/* Who had a shift until then may still hand over, whose begins until then may confirm. */
#define LF_HANDOVER_NEAR (12 * LF_HOUR)

struct lf_handover {
    lf_view id;
    enum lf_who who;
    int place;
    lf_time at;
    lf_view account, name; /* name: of who had the shift; empty: somebody else handed over */
    lf_view text, matters; /* matters: JSON, as lf_handover_matters gives it */
    lf_time due, told;     /* told 0: it was not (yet) told that nobody confirmed */
    lf_time confirmed;     /* 0: nobody did yet */
    lf_view confirmed_by, confirmed_name, remark;
};

/* What is open now: { "clocks": [...], "calls": [...], "tasks": [...], "more": ["clocks"] }. */
enum lf_code lf_handover_matters(struct lf_task *t, lf_view *json, struct lf_err *e) LF_MUST;

struct lf_handover_new {
    lf_view id;      /* given by the caller so that to say it again adds nothing; empty: the program's */
    lf_view text;    /* may be empty: what is listed says it */
    int64_t minutes; /* 0: LF_HANDOVER_MINUTES */
};
/* By who has or had the shift; also by an administrator or a reviewer. */
enum lf_code lf_handover_give(struct lf_task *t, enum lf_who who, int place, const struct lf_handover_new *n,
                              lf_view *id, struct lf_err *e) LF_MUST;
/* By who has the shift now or has it next, or an administrator or a reviewer; never by who handed over.
 * Again by the same is fine; LF_CONFLICT: somebody else confirmed it. */
enum lf_code lf_handover_confirm(struct lf_task *t, lf_view id, lf_view remark, struct lf_err *e) LF_MUST;

enum lf_code lf_handover_get(struct lf_task *t, lf_view id, struct lf_handover *out,
                             struct lf_err *e) LF_MUST;
struct lf_handover_page {
    size_t n;
    const struct lf_handover *items;
    lf_view next;
};
/* Newest first; for this node's own people, as are all of these. */
enum lf_code lf_handover_list(struct lf_task *t, enum lf_who who, int place, const struct lf_page *page,
                              struct lf_handover_page *out, struct lf_err *e) LF_MUST;
enum lf_code lf_handover_waiting(struct lf_task *t, enum lf_who who, int place, int64_t *n,
                                 struct lf_err *e) LF_MUST;

/* The core's side: tells of what is late.  *next: when there is more to do; 0: nothing is waited for. */
enum lf_code lf_handover_turn(struct lf_task *t, lf_time *next, struct lf_err *e) LF_MUST;

#endif
