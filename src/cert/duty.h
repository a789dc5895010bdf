/* Duty: the rosters of posts (輪值表): who has which shift, who stands in, who is on duty now and next.
 *
 * A post (engine/matrix.h: the duty desk, a group of the response centre …) has one roster of shifts that
 * come once or repeat (engine/duty.h).  A call to the post goes first to whoever is on duty at that moment,
 * then down the post's own people (cert/contact.h); so it needs no timer, and a restart changes nothing.
 *
 * What has begun is not taken back: removing a turn that has begun ends it now. */
#ifndef LF_CERT_DUTY_H
#define LF_CERT_DUTY_H

#include "engine/duty.h"
#include "engine/matrix.h"
#include "store/task.h"

enum {
    LF_DUTY_TURNS = 500 /* of a post, not over yet */,
    LF_DUTY_LOOK = 5000 /* that one look takes */,
    LF_DUTY_ROTATION = 31,
    LF_DUTY_NOTE = 200
};

struct lf_duty {
    struct lf_duty_turn turn;
    enum lf_who who;
    int place;
    lf_view name, instead; /* of the contacts */
    lf_view note, by;
    lf_time made;
};

struct lf_duty_new {
    const lf_view *contacts; /* ids; several: they take turns in this order */
    size_t n;
    lf_view zone;       /* empty: Asia/Taipei */
    lf_time begin, end; /* of the first one's first shift, on the zone's clock */
    int64_t every;    /* days until the next one's; 0: once for one person, a shift's own days for several */
    int64_t last_day; /* of the zone's calendar, since 1970: none begins later; 0: no end */
    int64_t seat;     /* 0: 1 */
    lf_view note;
};
/* By an administrator or a reviewer. */
enum lf_code lf_duty_add(struct lf_task *t, enum lf_who who, int place, const struct lf_duty_new *d,
                         struct lf_err *e) LF_MUST;

struct lf_duty_cover {
    lf_view contact, instead; /* ids: who comes, and for whom */
    lf_view zone;
    lf_time begin, end;     /* on the zone's clock */
    lf_time back, back_end; /* a swap: then the other comes for him; 0: none */
    lf_view note;
};
/* What both have agreed to already, as who keeps the network enters it.  LF_CONFLICT: he has no shift of this
 * post then. */
enum lf_code lf_duty_cover(struct lf_task *t, enum lf_who who, int place, const struct lf_duty_cover *c,
                           struct lf_err *e) LF_MUST;

/* A cover or swap that is asked for (cert/duty_ask.c) changes the roster once both people agree:
 *
 *   waiting ──the second of the two agrees──▶ agreed: it stands in the roster
 *      └─────either of them declines────────▶ declined
 *
 * It is asked for by one of the two, who thereby agrees for himself, or by who keeps the network.  Whoever is
 * to answer is told (LF_NOTICE_SWAP), and both how it ended; it lapses when its time is over. */
enum lf_duty_ask_state { LF_DUTY_ASK_WAITING, LF_DUTY_ASK_AGREED, LF_DUTY_ASK_DECLINED, LF_DUTY_ASK_LAPSED };
enum { LF_DUTY_ASKS = 100 /* of a post, that wait */ };
struct lf_duty_ask {
    lf_view id;
    enum lf_who who;
    int place;
    struct lf_duty_cover cover;
    lf_view name, instead_name;
    lf_view contact_by, instead_by; /* accounts that said it for either; empty: not yet */
    bool mine;                      /* an answer of who asks is waited for */
    enum lf_duty_ask_state state;
    lf_time until;
    lf_view by;
};
enum lf_code lf_duty_ask(struct lf_task *t, enum lf_who who, int place, const struct lf_duty_cover *c,
                         lf_view *id, struct lf_err *e) LF_MUST;
/* One's own answer; who keeps the network also answers for `contact` (an id; who told him otherwise).
 * LF_CONFLICT: it was answered, or the roster has changed so that it fits no more. */
enum lf_code lf_duty_answer(struct lf_task *t, lf_view id, lf_view contact, bool agree,
                            struct lf_err *e) LF_MUST;
/* Of a post, those that wait. */
enum lf_code lf_duty_ask_list(struct lf_task *t, enum lf_who who, int place, size_t *n,
                              const struct lf_duty_ask **out, struct lf_err *e) LF_MUST;
/* One, however it ended. */
enum lf_code lf_duty_ask_get(struct lf_task *t, lf_view id, struct lf_duty_ask *out,
                             struct lf_err *e) LF_MUST;
enum lf_code lf_duty_remove(struct lf_task *t, lf_view id, struct lf_err *e) LF_MUST;

/* Shifts from CSV, all rows or none: columns post, person, unit, from, until, zone, every, last, seat, note,
 * also by their Chinese names.  A row is a shift of one person.  *rows: lines that were taken. */
enum lf_code lf_duty_import(struct lf_task *t, lf_view csv, size_t *rows, struct lf_err *e) LF_MUST;

struct lf_roster {
    size_t nturns;
    const struct lf_duty *turns; /* as they were made */
    struct lf_duty_slots slots;
};
/* Of these times, by who may see the contact network.  LF_TOO_BIG: more than LF_DUTY_LOOK end after `from`.
 */
enum lf_code lf_roster_get(struct lf_task *t, enum lf_who who, int place, lf_time from, lf_time until,
                           struct lf_roster *out, struct lf_err *e) LF_MUST;
/* The name of a contact that stands in it; empty: he does not. */
lf_view lf_roster_name(const struct lf_roster *r, lf_view contact);
/* Whose shift it is at `at`, or which come next: items first..first+count of the slots. */
struct lf_duty_span {
    size_t first, n;
};
bool lf_duty_slot_now(const struct lf_duty_slot *s, lf_time at);
struct lf_duty_span lf_duty_next(const struct lf_duty_slots *s, lf_time at);

/* The core's side: tells who has a shift that begins within the hour, and those who stand for a post of which
 * nobody is on duty within the day though somebody was a week before.  Each is told once; call it each
 * minute.
 */
enum lf_code lf_duty_turn(struct lf_task *t, struct lf_err *e) LF_MUST;

/* "desk", "group-3"; false: no post. */
bool lf_post_parse(lf_view name, enum lf_who *who, int *place);
lf_view lf_post_name(struct lf_arena *a, enum lf_who who, int place);
/* "值班臺", "副召集人 2", "應變中心第三分組（行政）": the groups are those of 2001 (002, 10.(3)). */
lf_view lf_post_words(struct lf_arena *a, enum lf_who who, int place, bool english);

#endif
