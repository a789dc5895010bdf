/* Operations review (維運檢視): what a centre saw in a period of how it shares, takes reports in and follows
 * them, and what is to be better.
 *
 *   draft ──closed, by a reviewer or an administrator, with a summary──▶ closed
 *
 * Each improvement (改善事項) is of one review, and says what was found and where that came from: an item of
 * news, an incident, an exercise, an earlier review, or nothing of these.
 *
 *   open ──▶ done          what is done or dropped may be opened again; dropped and opened again
 *    └─────▶ dropped       need the reason
 *
 * To a closed review nothing is added, and its texts stay; its improvements go on.  A review shows what is
 * still open of those whose periods were over when its own was.  Nothing is removed.  Of the node's own
 * people: a tenant sees none.  Audited. */
#ifndef LF_CERT_OPS_REVIEW_H
#define LF_CERT_OPS_REVIEW_H

#include "base/time.h"
#include "model/page.h"
#include "store/task.h"

/* The numbers are kept in databases. */
enum lf_ops_review_state { LF_OPS_REVIEW_DRAFT, LF_OPS_REVIEW_CLOSED };
enum lf_improvement_area {
    LF_IMPROVEMENT_SHARING,
    LF_IMPROVEMENT_REPORTING,
    LF_IMPROVEMENT_TRACKING,
    LF_IMPROVEMENT_PROCESS,
    LF_IMPROVEMENT_PLATFORM
};
enum lf_improvement_source {
    LF_IMPROVEMENT_FREE,
    LF_IMPROVEMENT_NEWS,
    LF_IMPROVEMENT_INCIDENT,
    LF_IMPROVEMENT_EXERCISE,
    LF_IMPROVEMENT_REVIEW
};
enum lf_improvement_state { LF_IMPROVEMENT_OPEN, LF_IMPROVEMENT_DONE, LF_IMPROVEMENT_DROPPED };
enum {
    LF_OPS_REVIEW_STATES = 2,
    LF_IMPROVEMENT_AREAS = 5,
    LF_IMPROVEMENT_SOURCES = 5,
    LF_IMPROVEMENT_STATES = 3,
    LF_OPS_REVIEW_TITLE = 200, /* bytes, of one line */
    LF_OPS_REVIEW_TEXT = 4000, /* bytes of each of the longer texts */
    LF_OPS_REVIEW_IMPROVEMENTS = 200
};
const char *lf_ops_review_state_name(enum lf_ops_review_state s);     /* "draft", "closed" */
const char *lf_improvement_area_name(enum lf_improvement_area a);     /* "sharing" … "platform" */
const char *lf_improvement_source_name(enum lf_improvement_source s); /* "free", "news" … "review" */
const char *lf_improvement_state_name(enum lf_improvement_state s);   /* "open", "done", "dropped" */
bool lf_improvement_area_parse(lf_view name, int *out);
bool lf_improvement_source_parse(lf_view name, int *out);
bool lf_improvement_state_parse(lf_view name, int *out);

struct lf_ops_review {
    lf_view id, title, summary;
    lf_time since, until; /* the period, without its end */
    enum lf_ops_review_state state;
    lf_time made, closed;    /* closed 0: not */
    lf_view by, closed_by;   /* accounts */
    int64_t all, open, late; /* of its improvements; late ones are open */
};
struct lf_improvement {
    lf_view id, review, review_title;
    enum lf_improvement_area area;
    lf_view finding;
    enum lf_improvement_source source;
    lf_view ref;     /* id; empty where the source is free */
    lf_view measure; /* what is to be done; may be empty */
    lf_view owner;   /* an account's name; empty: nobody */
    lf_time due;     /* 0: none */
    enum lf_improvement_state state;
    lf_view reason; /* why it was dropped, or opened again */
    lf_time ended;  /* 0: open */
    lf_time made;
    bool late; /* open and past its date, as of now */
};

/* title, since, until and summary (may be empty) of `in` count.  By an ANALYST, REVIEWER or ADMIN, as all
 * acts here.  LF_BAD_INPUT: the period is none. */
enum lf_code lf_ops_review_add(struct lf_task *t, const struct lf_ops_review *in, lf_view *id,
                               struct lf_err *e) LF_MUST;
/* ptr NULL: as it is.  LF_CONFLICT: it is closed. */
enum lf_code lf_ops_review_change(struct lf_task *t, lf_view id, lf_view title, lf_view summary,
                                  struct lf_err *e) LF_MUST;
/* By a REVIEWER or ADMIN.  LF_CONFLICT: it is closed, has no summary, or its period is not over. */
enum lf_code lf_ops_review_close(struct lf_task *t, lf_view id, struct lf_err *e) LF_MUST;
enum lf_code lf_ops_review_get(struct lf_task *t, lf_view id, struct lf_ops_review *out,
                               struct lf_err *e) LF_MUST;
/* The latest period first. */
enum lf_code lf_ops_review_list(struct lf_task *t, const struct lf_page *page, size_t *n,
                                const struct lf_ops_review **out, lf_view *next, struct lf_err *e) LF_MUST;

/* review, area, finding, source, ref, measure, owner and due of `in` count.  That what `ref` says is there
 * and may be seen, the caller has made sure of: news is of a room above. */
enum lf_code lf_improvement_add(struct lf_task *t, const struct lf_improvement *in, lf_view *id,
                                struct lf_err *e) LF_MUST;
struct lf_improvement_change {
    lf_view measure, owner; /* ptr NULL: as it is */
    int state;              /* -1: as it is */
    bool set_due;
    lf_time due; /* 0: none */
    lf_view reason;
};
enum lf_code lf_improvement_change(struct lf_task *t, lf_view id, const struct lf_improvement_change *c,
                                   struct lf_err *e) LF_MUST;
enum lf_code lf_improvement_get(struct lf_task *t, lf_view id, struct lf_improvement *out,
                                struct lf_err *e) LF_MUST;
struct lf_improvement_filter {
    int state, area; /* -1: any */
    bool late;       /* open and past its date */
    lf_view review;  /* of it; empty: of any */
    lf_view earlier; /* of others whose periods were over when this one's was; empty: of any */
};
/* Newest first. */
enum lf_code lf_improvement_list(struct lf_task *t, const struct lf_improvement_filter *f,
                                 const struct lf_page *page, size_t *n, const struct lf_improvement **out,
                                 lf_view *next, struct lf_err *e) LF_MUST;

#endif
