/* Notice: somebody must know, and perhaps must answer.
 *
 * A notice is raised once under a key; a second time with the same key changes nothing, so a caller need not
 * remember what it has said.  The notification matrix (engine/matrix.h) says whom it reaches: the core's next
 * turn makes of it calls to contacts in their order, and of each call a delivery for each way it goes.
 *
 *   raised ──lf_notice_turn──▶ open ──every call ended well──▶ done
 *                               └────a chain ran out of people──▶ unanswered ──somebody answers──▶ done
 *
 *   call:  calling ──answered──▶ acknowledged
 *             ├──no answer in time, or no way leads to him──▶ escalated: the next of the chain is called
 *             └──(no answer is wanted)──▶ told
 *
 *   delivery:  waiting ──▶ sent | failed
 *
 * Times are in the tables and looked at by the core: a restart loses none and repeats none.  What is raised
 * in a transaction is kept or lost with it.  An exercise (演練) is marked as such in every text. */
#ifndef LF_CERT_NOTICE_H
#define LF_CERT_NOTICE_H

#include "engine/matrix.h"
#include "model/page.h"
#include "post/mail.h"

struct lf_notice_new {
    enum lf_notice_kind kind;
    lf_view key;     /* 1 to 200 bytes: "<incident>/C1/80" */
    lf_view subject; /* id of what it is about: an incident, an alert */
    lf_view title;   /* of that, as people wrote it; may be empty */
    lf_view detail;  /* a line more: which clock, which part; may be empty */
    lf_view path;    /* where the console shows it: "/incidents/<id>"; may be empty */
    lf_view about;   /* the agency: id of a unit, of a tenant or of a peer; empty: this node's own; or a
                      * contact's,   for the rows that reach a person */
    int level;       /* 1 to 4; 0: not stated */
    char letter;     /* 'A' to 'D'; 0: none */
    int exercise; /* 0: it is real; else how many times as fast the exercise runs: calls go on as much sooner
                   */
    lf_time due;  /* what ends, or an answer is wanted, by then; 0: none */
};

/* Whoever the task is for.  `id` (may be NULL) is that of the first with the key. */
enum lf_code lf_notice_raise(struct lf_task *t, const struct lf_notice_new *n, lf_view *id,
                             struct lf_err *e) LF_MUST;

enum lf_notice_state { LF_NOTICE_RAISED, LF_NOTICE_OPEN, LF_NOTICE_DONE, LF_NOTICE_UNANSWERED };
const char *lf_notice_state_name(enum lf_notice_state s);

struct lf_notice {
    lf_view id, subject, about, title, detail, path;
    enum lf_notice_kind kind;
    enum lf_notice_state state;
    int level;
    char letter;
    int exercise; /* as above */
    lf_time due, made;
};

enum lf_call_state { LF_CALL_CALLING, LF_CALL_TOLD, LF_CALL_ACKNOWLEDGED, LF_CALL_ESCALATED };
const char *lf_call_state_name(enum lf_call_state s);

struct lf_notice_call {
    lf_view id, notice, chain, contact, name;
    enum lf_who who;
    int place;
    int64_t step; /* the how manieth of its chain, from 0 */
    enum lf_call_state state;
    lf_time made, next, ended; /* next: called on then; 0: no answer is waited for (any more) */
    lf_view ended_by;          /* who answered, and how: account, "link", or name of who answered for him */
};

enum lf_delivery_state { LF_DELIVERY_WAITING, LF_DELIVERY_SENT, LF_DELIVERY_FAILED };
const char *lf_delivery_state_name(enum lf_delivery_state s);

struct lf_notice_delivery {
    lf_view id, call, address, told; /* told: what the server said, or why it was not reached */
    enum lf_way way;
    enum lf_delivery_state state;
    int64_t tries;
    lf_time made, ended;
    struct lf_mail_sealed sealed; /* of mail */
};

struct lf_notice_page {
    size_t n;
    const struct lf_notice *items;
    lf_view next;
};
struct lf_notice_filter {
    lf_view subject; /* empty: any */
    bool open;       /* only where an answer is waited for or none came */
};
/* Newest first; for who may see incidents. */
enum lf_code lf_notice_list(struct lf_task *t, const struct lf_notice_filter *f, const struct lf_page *page,
                            struct lf_notice_page *out, struct lf_err *e) LF_MUST;

struct lf_notice_full {
    struct lf_notice row;
    size_t ncalls, ndeliveries;
    const struct lf_notice_call *calls; /* by chain and step */
    const struct lf_notice_delivery *deliveries;
};
enum lf_code lf_notice_get(struct lf_task *t, lf_view id, struct lf_notice_full *out,
                           struct lf_err *e) LF_MUST;

/* One's own inbox: calls to contacts that are this account, newest first, at most `most`. */
struct lf_inbox_item {
    struct lf_notice notice;
    struct lf_notice_call call;
};
enum lf_code lf_notice_inbox(struct lf_task *t, size_t most, size_t *n, const struct lf_inbox_item **out,
                             struct lf_err *e) LF_MUST;

/* The chain of the call has its answer.  A person with rights over incidents answers for anybody (who
 * telephoned), else one's own calls.  Again is fine; a call that went on to the next is answered all the
 * same, and the chain ends. */
enum lf_code lf_notice_acknowledge(struct lf_task *t, lf_view call, struct lf_err *e) LF_MUST;

/* The same by who has the link that was sent to him: it is signed by this node, is for one call, and ends
 * after a week or with the first answer.  lf_notice_link_read says what it is about and whether it was
 * answered; LF_NOT_FOUND: no link of ours, or too old.  Nobody need be logged in. */
struct lf_inbox_item;
enum lf_code lf_notice_link_read(struct lf_task *t, lf_view link, struct lf_inbox_item *out,
                                 struct lf_err *e) LF_MUST;
enum lf_code lf_notice_link_answer(struct lf_task *t, lf_view link, struct lf_err *e) LF_MUST;

/* The matrix in force as it was written; another one, by an administrator, read before it is kept. */
enum lf_code lf_notice_matrix(struct lf_task *t, lf_view *json, struct lf_err *e) LF_MUST;
enum lf_code lf_notice_matrix_set(struct lf_task *t, lf_view json, struct lf_err *e) LF_MUST;

/* ---- the core's side ---- */

/* Calls what is raised, calls on where no answer came, hands letters to post/mail.h and looks how they
 * fared.  `url`: of this node's console, "https://host:port".  *next: when there is more to do (wall clock),
 * 0: nothing is waited for. */
enum lf_code lf_notice_turn(struct lf_task *t, const struct lf_mail_settings *s, lf_view url, lf_time *next,
                            struct lf_err *e) LF_MUST;

#endif
