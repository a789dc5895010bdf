/* Alert work: what people do with an alert, and what they did.
 *
 * An alert has an owner, comments, a verdict when it is closed, and a history of all of
 * it, oldest first.  Alerts of different rules or hosts that are one matter are merged by
 * hand: the evidence moves, the emptied one is closed and points at the other, and what
 * it would have joined joins the other as long as that is open.
 *
 * Analysts and administrators act; each act is in the audit chain too. */
#ifndef LF_SOC_ALERT_WORK_H
#define LF_SOC_ALERT_WORK_H

#include "soc/alert.h"

enum {
    LF_ALERT_NOTE = 4096,    /* bytes of a comment */
    LF_ALERT_OWNER = 64,     /* bytes: an account's name */
    LF_ALERT_HISTORY = 1000, /* entries; then nothing but closing is possible */
    LF_ALERT_MERGED = 100,   /* that are shown of those merged into one */
    LF_ALERT_BEHIND = 8,     /* alerts shown that share an event */
};

enum lf_alert_act {
    LF_ACT_ACKNOWLEDGE = 1,
    LF_ACT_ASSIGN, /* note: the owner's name; empty: nobody's */
    LF_ACT_COMMENT,
    LF_ACT_CLOSE,    /* note: "verdict: what was said" */
    LF_ACT_MERGE,    /* this one took in the one of id `note` */
    LF_ACT_MERGED,   /* this one went into the one of id `note` */
    LF_ACT_VERDICT,  /* the verdict was changed after closing: `note` */
    LF_ACT_UNMERGE,  /* this one gave back the one of id `note` */
    LF_ACT_UNMERGED, /* this one was taken out of the one of id `note` again */
};
const char *lf_alert_act_name(enum lf_alert_act act);

struct lf_alert_work {
    int64_t seq;
    lf_time at;
    lf_view account; /* id */
    enum lf_alert_act act;
    lf_view note;
};

/* Gives the alert to an account, by name (the caller has seen that there is one); empty:
 * to nobody.  LF_CONFLICT: it is so already. */
enum lf_code lf_alert_assign(struct lf_task *t, lf_view id, lf_view owner, struct lf_err *e) LF_MUST;
enum lf_code lf_alert_comment(struct lf_task *t, lf_view id, lf_view note, struct lf_err *e) LF_MUST;
/* Closes with a verdict.  `note` may be empty. */
enum lf_code lf_alert_close_as(struct lf_task *t, lf_view id, enum lf_verdict verdict, lf_view note,
                               struct lf_err *e) LF_MUST;
/* Another verdict on a closed alert. */
enum lf_code lf_alert_judge(struct lf_task *t, lf_view id, enum lf_verdict verdict, struct lf_err *e) LF_MUST;
/* Both are open, and not the same. */
enum lf_code lf_alert_merge(struct lf_task *t, lf_view id, lf_view into, struct lf_err *e) LF_MUST;
/* Takes back what merging did to the alert `id`: it is open again, as far as it was, and what it
 * brought, and what joined it since, goes back to it, while both are reckoned anew.  The other may be closed
 * meanwhile, and stays so.  What had been merged into `id` before stays where it is until it
 * is taken back itself.  *from: the alert it was merged into.  LF_CONFLICT: it is not merged. */
enum lf_code lf_alert_unmerge(struct lf_task *t, lf_view id, lf_view *from, struct lf_err *e) LF_MUST;
/* Oldest first; *next is empty at the end. */
enum lf_code lf_alert_history(struct lf_task *t, lf_view id, const struct lf_page *page,
                              struct lf_alert_work **out, size_t *n, lf_view *next, struct lf_err *e) LF_MUST;
/* The alerts that were merged into this one, newest first. */
enum lf_code lf_alert_merged(struct lf_task *t, lf_view id, struct lf_alert **out, size_t *n,
                             struct lf_err *e) LF_MUST;

/* Other alerts, none that is withheld, whose evidence holds the event of this journal position: what a
 * correlation was made of. */
struct lf_alert_behind {
    lf_view id, title, rule;
    uint64_t number;
};
enum lf_code lf_alert_of_event(struct lf_task *t, uint64_t position, lf_view without,
                               struct lf_alert_behind **out, size_t *n, struct lf_err *e) LF_MUST;

/* How a rule's closed alerts were judged; by enum lf_verdict. */
enum lf_code lf_alert_verdicts(struct lf_task *t, lf_view rule, int64_t out[LF_VERDICTS],
                               struct lf_err *e) LF_MUST;
/* The same of the rule of an alert that somebody just judged, as it is kept: for reckoning with, never for
 * showing, since the one who judged may not have the rule. */
enum lf_code lf_alert_tally(struct lf_task *t, lf_view id, lf_view *rule, int64_t out[LF_VERDICTS],
                            struct lf_err *e) LF_MUST;

#endif
