/* Manning (進駐): who came to the response centre, for which post or group, when, and when he left.
 *
 * Whoever handles incidents enters it, for himself or others.  It is about the incident for which the centre
 * was opened, or about none.  A time that was entered is not changed: a wrong one is corrected by a further
 * entry that says why, and the newest counts.  Whom the convening of the centre called is offered, until he
 * is entered. */
#ifndef LF_CERT_MANNING_H
#define LF_CERT_MANNING_H

#include "engine/matrix.h"
#include "model/page.h"
#include "store/task.h"

enum { LF_MANNING_NOTE = 200, LF_MANNING_THERE = 500, LF_MANNING_CORRECTIONS = 20 };
#define LF_MANNING_LATE (7 * LF_DAY) /* it is entered by then at the latest */

struct lf_manning {
    lf_view id;
    enum lf_who who;
    int place;
    lf_view contact, name;   /* the name as it was then */
    lf_view incident, title; /* empty: of none */
    lf_time arrived, left;   /* as last corrected; left 0: is there */
    int64_t corrections;
    lf_time entered;             /* arrived as it was first said: by it lists are ordered */
    lf_view arrived_by, left_by; /* accounts that entered it */
    lf_view note;
};

struct lf_manning_new {
    lf_view contact;  /* id */
    lf_view incident; /* empty: none */
    lf_time at;       /* 0: now */
    lf_view note;
};
/* LF_CONFLICT: he is there already for this post. */
enum lf_code lf_manning_arrive(struct lf_task *t, enum lf_who who, int place, const struct lf_manning_new *n,
                               lf_view *id, struct lf_err *e) LF_MUST;
/* at 0: now.  LF_CONFLICT: he has left already. */
enum lf_code lf_manning_leave(struct lf_task *t, lf_view id, lf_time at, struct lf_err *e) LF_MUST;

/* The times as they were: 0 as it stands; left only of who has left.  LF_CONFLICT: somebody corrected it
 * meanwhile.  LF_TOO_MANY: LF_MANNING_CORRECTIONS. */
enum lf_code lf_manning_correct(struct lf_task *t, lf_view id, lf_time arrived, lf_time left, lf_view reason,
                                struct lf_err *e) LF_MUST;
struct lf_manning_correction {
    lf_time arrived, left, at; /* left 0: was there still */
    lf_view reason, account;
};
/* Oldest first; *was: as it was first entered. */
enum lf_code lf_manning_corrections(struct lf_task *t, lf_view id, struct lf_manning *was, size_t *n,
                                    const struct lf_manning_correction **out, struct lf_err *e) LF_MUST;

/* Who was called when the centre, or a group of it, was convened for the incident, and has not come: who,
 * place, contact and name of each count. */
enum lf_code lf_manning_called(struct lf_task *t, lf_view incident, size_t *n, const struct lf_manning **out,
                               struct lf_err *e) LF_MUST;

struct lf_manning_page {
    size_t n;
    const struct lf_manning *items;
    lf_view next;
};
/* Newest first, of all or of one incident; for this node's own people, as all of these. */
enum lf_code lf_manning_list(struct lf_task *t, lf_view incident, const struct lf_page *page,
                             struct lf_manning_page *out, struct lf_err *e) LF_MUST;
/* Who is there now, by post. */
enum lf_code lf_manning_there(struct lf_task *t, struct lf_manning_page *out, struct lf_err *e) LF_MUST;

#endif
