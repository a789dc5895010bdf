/* Bulletin (警訊): an advisory that asks its members for an answer by a date.  (An "alert" in this
 * program is what the SOC raises, a "warning" what keeps an indicator back: soc/alert.h, warning.h.)
 *
 * Every advisory with a reply_by is one once it is published (isac/advisory.h has its draft, review
 * and return).  Ours goes to the members of its audience (isac/member.h) and to nobody else below;
 * one from the parent is asked of this node ("self") and passed on to all its own members.
 *
 * What each member has done with it is a row; how it stands is reckoned whenever it is asked, from
 * what is kept and the time, so that no restart loses a reminder or makes one late:
 *
 *   unread ──somebody there opens it──▶ read ──answers──▶ answered ──says that all is done──▶ done
 *      └───────── reply_by passes without an answer ─────────▶ overdue ──answers──▶ answered (late)
 *
 * An answer is 誤判, 確實事件 (with the number of the report) or 無法判斷, and what was done; each that
 * was ever given is kept.  It travels up as feedback (FBI) to who asked, and a node passes on what
 * its own members answered to whom the bulletin came from: no member sees another's. */
#ifndef LF_ISAC_BULLETIN_H
#define LF_ISAC_BULLETIN_H

#include "isac/advisory.h"
#include "isac/member.h"

/* The numbers stand in sql/query/bulletin.sql. */
enum lf_bulletin_state {
    LF_BULLETIN_UNREAD,
    LF_BULLETIN_READ,
    LF_BULLETIN_OVERDUE,
    LF_BULLETIN_ANSWERED,
    LF_BULLETIN_DONE
};
enum lf_bulletin_verdict { LF_BULLETIN_FALSE_ALARM, LF_BULLETIN_CONFIRMED, LF_BULLETIN_UNDETERMINED };
enum { LF_BULLETIN_STATES = 5, LF_BULLETIN_VERDICTS = 3, LF_BULLETIN_TEXT = 4000, LF_BULLETIN_ANSWERS = 100 };
const char *lf_bulletin_state_name(enum lf_bulletin_state s); /* "unread" … */
const char *
lf_bulletin_verdict_name(enum lf_bulletin_verdict v); /* as the FBI form has them: "false-alarm" … */
bool lf_bulletin_state_parse(lf_view name, int *s);
bool lf_bulletin_verdict_parse(lf_view name, int *v);

struct lf_bulletin {
    lf_view id, origin; /* report--…; peer it came from, empty = ours */
    lf_view title;
    lf_view audience; /* JSON; empty: all members */
    bool exercise, withdrawn;
    lf_time reply_by, issued; /* issued 0: not out yet */
    int64_t all, late;        /* members; answered after reply_by */
    int64_t state[LF_BULLETIN_STATES], verdict[LF_BULLETIN_VERDICTS];
};

struct lf_bulletin_row {
    lf_view member; /* "self": this node */
    int64_t number;
    lf_view name, peer, mail;
    bool below; /* of the peer, which passed its answer on */
    enum lf_bulletin_state state;
    bool late;
    lf_time sent, read;
    int verdict; /* enum lf_bulletin_verdict; -1: none yet */
    lf_view incident, measures, answerer;
    lf_time done, answered;
    int64_t answers;
    lf_time reminded; /* 0: never */
    int64_t reminders;
};

struct lf_bulletin_answer {
    enum lf_bulletin_verdict verdict;
    lf_view incident; /* needed when it is confirmed */
    lf_view measures;
    bool done; /* nothing is left to do */
};

/* Whom one of ours will ask, before it is out; v: an audience.  Who may write it. */
enum lf_code lf_bulletin_address(struct lf_task *t, lf_view id, const struct lf_json *v,
                                 struct lf_err *e) LF_MUST;
/* As it was chosen; empty: all members. */
enum lf_code lf_bulletin_audience(struct lf_task *t, lf_view id, lf_view *text, struct lf_err *e) LF_MUST;
/* lf_advisory_publish, and its members are asked when it has a reply_by.  LF_UNACCEPTED: that is past, or
 * nobody is in the audience. */
enum lf_code lf_bulletin_publish(struct lf_task *t, lf_view id, bool look_for, struct lf_err *e) LF_MUST;

/* Newest first; what the asker may read, of this node's own organisation. */
enum lf_code lf_bulletin_list(struct lf_task *t, const struct lf_page *page, size_t *n,
                              const struct lf_bulletin **out, lf_view *next, struct lf_err *e) LF_MUST;
enum lf_code lf_bulletin_get(struct lf_task *t, lf_view id, struct lf_bulletin *out,
                             struct lf_err *e) LF_MUST;
/* Its members; state and verdict -1: any. */
enum lf_code lf_bulletin_rows(struct lf_task *t, lf_view id, int state, int verdict,
                              const struct lf_page *page, size_t *n, const struct lf_bulletin_row **out,
                              lf_view *next, struct lf_err *e) LF_MUST;
/* This node's own; LF_NOT_FOUND: it is not asked. */
enum lf_code lf_bulletin_self(struct lf_task *t, lf_view id, struct lf_bulletin_row *out,
                              struct lf_err *e) LF_MUST;
/* A person of this node opened it: who asked is told.  Nothing happens when this node is not asked. */
enum lf_code lf_bulletin_open(struct lf_task *t, lf_view id, struct lf_err *e) LF_MUST;
/* This node's answer; ANALYST, REPORTER or REVIEWER.  Another one replaces it. */
enum lf_code lf_bulletin_reply(struct lf_task *t, lf_view id, const struct lf_bulletin_answer *answer,
                               struct lf_err *e) LF_MUST;
/* Every member that owes an answer is told again (at most once an hour each), and its contacts are
 * called by a notice (cert/notice.h), here and at its own node; *n: how many. */
enum lf_code lf_bulletin_remind(struct lf_task *t, lf_view id, size_t *n, struct lf_err *e) LF_MUST;

/* An object of an authenticated peer that lf_advisory_take() has taken. */
enum lf_code lf_bulletin_take(struct lf_task *t, const struct lf_peer *from, lf_view type, lf_view json,
                              struct lf_err *e) LF_MUST;
/* A note that says that a bulletin was read, or that an answer is waited for; others: *mine false. */
enum lf_code lf_bulletin_take_note(struct lf_task *t, const struct lf_peer *from, lf_view json, bool *mine,
                                   struct lf_err *e) LF_MUST;

/* ---- signed links: an answer without signing in ---- */

/* A link is for one bulletin, one member and one answer: it holds until that member has answered, or for
 * `life`, and says so by HMAC-SHA256 under a key of the node's own; nothing is kept of it. */
#define LF_BULLETIN_LINK_LIFE (30 * LF_DAY)
enum { LF_BULLETIN_LINK = 64 /* characters of base64url */ };
enum lf_code lf_bulletin_link(struct lf_task *t, lf_view id, lf_view member, lf_time life, lf_view *text,
                              struct lf_err *e) LF_MUST;
struct lf_bulletin_asked {
    struct lf_bulletin bulletin;
    struct lf_bulletin_row row;
    struct lf_advisory_row advisory;
};
/* Whoever has the link.  LF_FORBIDDEN with one sentence: forged, too old, used, or withdrawn. */
enum lf_code lf_bulletin_link_open(struct lf_task *t, lf_view text, struct lf_bulletin_asked *out,
                                   struct lf_err *e) LF_MUST;
enum lf_code lf_bulletin_link_answer(struct lf_task *t, lf_view text, const struct lf_bulletin_answer *answer,
                                     struct lf_err *e) LF_MUST;

#endif
