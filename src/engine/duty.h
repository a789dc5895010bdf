/* Duty: whose shift it is, by a roster that repeats.
 *
 * A turn (班) is a shift that comes once, or every so many days at the same time of its zone's clock.  Day
 * and night are two turns that each come every day; a weekly rotation of three people is three turns of seven
 * days that each come every 21.  A cover (代班) puts somebody in another's place for a time; a swap is two
 * covers.
 *
 * Pure: the slots follow from the turns and the times asked for alone, so that nothing is lost by a restart.
 * The zones are those of engine/clock.h.  A clock time that comes twice (end of summer time) is the first,
 * one that never comes is reckoned by winter time; a shift over such a night is an hour longer or shorter. */
#ifndef LF_ENGINE_DUTY_H
#define LF_ENGINE_DUTY_H

#include "base/arena.h"
#include "base/time.h"

enum {
    LF_DUTY_DAYS = 31,    /* of one shift, at most */
    LF_DUTY_EVERY = 366,  /* days from one to the next, at most */
    LF_DUTY_SEATS = 9,    /* who is on duty together is called in the order of seats */
    LF_DUTY_WINDOW = 92,  /* days that are looked at at once, at most */
    LF_DUTY_SLOTS = 20000 /* shifts in them, at most */
};

struct lf_duty_turn {
    lf_view id, contact;
    lf_view instead;    /* whose place is taken: this is a cover; empty: it is a shift */
    lf_view zone;       /* "Asia/Taipei" */
    lf_time begin, end; /* of the first shift, on the zone's clock as if that were UTC */
    int64_t every;      /* days from one to the next; 0: once */
    lf_time until;      /* a moment: nothing of it after; 0: no end */
    int64_t seat;       /* 1 to LF_DUTY_SEATS; a cover sits where the other sat */
};

/* One sentence that says which field will not do. */
enum lf_code lf_duty_check(const struct lf_duty_turn *t, struct lf_err *e) LF_MUST;
/* "2026-11-23T08:00", seconds if need be, of a wall clock; and back, to the minute. */
enum lf_code lf_duty_wall(lf_view text, lf_time *out, struct lf_err *e) LF_MUST;
lf_view lf_duty_wall_text(struct lf_arena *a, lf_time wall);
/* For people: "2026-11-23 08:00". */
lf_view lf_duty_wall_said(struct lf_arena *a, lf_time wall);
/* "2026-12-31" as days since 1970. */
enum lf_code lf_duty_day(struct lf_arena *a, lf_view text, int64_t *out, struct lf_err *e) LF_MUST;
/* The moment a zone's clock shows it; 0: no zone of ours. */
lf_time lf_duty_moment(lf_view zone, lf_time wall);
/* When it has ended for good, its last shift beginning on `last_day` (days since 1970 of its zone's calendar)
 * at the latest; a turn that comes once: its end. */
lf_time lf_duty_end(const struct lf_duty_turn *t, int64_t last_day);

struct lf_duty_slot {
    lf_time from, until; /* of the shift, or of the part of it that is somebody's */
    lf_view contact;
    lf_view instead; /* whom he stands in for; empty: nobody */
    lf_view turn;    /* id of the shift's turn */
    int64_t seat;
};
struct lf_duty_fault {
    lf_time from, until;
    bool overlap; /* two in one seat; else nobody at all */
    lf_view a, b; /* the two */
};
struct lf_duty_slots {
    size_t n, nfaults;
    const struct lf_duty_slot *items;   /* by begin, then seat */
    const struct lf_duty_fault *faults; /* within the times asked for, by begin */
};

/* All shifts that touch from..until, whole, with covers applied in the order given.  LF_TOO_BIG: a window or
 * a roster beyond the bounds. */
enum lf_code lf_duty_slots(struct lf_arena *a, const struct lf_duty_turn *turns, size_t n, lf_time from,
                           lf_time until, struct lf_duty_slots *out, struct lf_err *e) LF_MUST;

#endif
