/* Meetings of the response centre (應變中心會議): when and where, who was invited and came, the agenda with
 * its minutes, and what was decided.
 *
 *   planned ──lf_meeting_close──▶ held: nothing of it changes any more
 *      └──────lf_meeting_cancel─▶ cancelled
 *
 * A meeting is of the response to one incident, or of the centre's own (the groups' quarterly review).  A
 * decision has an owner and a date; of an incident's meeting it is a task of that incident, made with it or
 * not at all.  Whoever is invited is told, again when it changes, and when it is called off or he is left
 * out, with the meeting as a calendar file (RFC 5545, 5546); of a meeting that is over nobody is told.
 * A meeting of an exercise's incident carries its mark.
 *
 * By whoever handles incidents; for this node's own people; each act is audited. */
#ifndef LF_CERT_MEETING_H
#define LF_CERT_MEETING_H

#include "fmt/ics.h"
#include "model/page.h"
#include "store/task.h"

/* The numbers are kept in databases. */
enum lf_meeting_state { LF_MEETING_PLANNED, LF_MEETING_HELD, LF_MEETING_CANCELLED };
enum lf_attendance {
    LF_ATTENDANCE_UNKNOWN,
    LF_ATTENDANCE_PRESENT,
    LF_ATTENDANCE_ABSENT,
    LF_ATTENDANCE_STAND_IN
};
enum {
    LF_MEETING_STATES = 3,
    LF_ATTENDANCES = 4,
    LF_MEETING_TITLE = 200,    /* bytes; of a place and an item too */
    LF_MEETING_MINUTES = 8000, /* bytes, of one item */
    LF_MEETING_GUESTS = 200,
    LF_MEETING_ITEMS = 50,
    LF_MEETING_DECISIONS = 100,
};

const char *lf_meeting_state_name(enum lf_meeting_state s); /* "planned", "held", "cancelled" */
const char *lf_attendance_name(enum lf_attendance a);       /* "unknown", "present", "absent", "stand_in" */
bool lf_attendance_parse(lf_view name, enum lf_attendance *out);

struct lf_meeting {
    lf_view id;
    lf_view incident, incident_title; /* empty: of the centre; the title as it was then */
    bool exercise;
    lf_view title, place, link;      /* a place, a link (https://), or both */
    lf_view zone;                    /* of engine/duty.h */
    lf_time begins, ends;            /* on the zone's clock as if that were UTC */
    lf_time at, until;               /* the moments */
    lf_view convener, convener_name; /* contact; the name as it was then */
    enum lf_meeting_state state;
    int64_t sequence; /* how often what the invitation says has changed */
    lf_time changed;
    lf_view by; /* account that entered it */
};
struct lf_meeting_guest {
    lf_view contact, name; /* the name as it was then */
    lf_view post;          /* "group-3": invited as of that post; empty: by himself */
    enum lf_attendance attendance;
    lf_view stand_in; /* who came for him */
};
struct lf_meeting_item {
    int64_t seq; /* from 1 */
    lf_view title, minutes;
    lf_view mark; /* of the minutes: another text has another */
};
struct lf_meeting_decision {
    int64_t seq, item;   /* item 0: of none */
    lf_view text, owner; /* owner: an account's name */
    lf_time due;
    lf_view task; /* empty: of no incident, so no task */
};
struct lf_meeting_full {
    struct lf_meeting row;
    size_t nguests, nitems, ndecisions;
    const struct lf_meeting_guest *guests; /* by post and name */
    const struct lf_meeting_item *items;
    const struct lf_meeting_decision *decisions;
};

/* incident, title, place, link, zone (empty: Asia/Taipei), begins, ends and convener (a contact's id) of `in`
 * count.  `guests`: words separated by commas, each a contact (id or name), a post ("group-3": all who stand
 * for it) or "groups" (the eight); `agenda`: an item a line.  Either may be empty. */
enum lf_code lf_meeting_add(struct lf_task *t, const struct lf_meeting *in, lf_view guests, lf_view agenda,
                            lf_view *id, struct lf_err *e) LF_MUST;
/* title, place, link, zone, begins, ends and convener of `in`: ptr NULL or 0 as it is.  LF_CONFLICT: it is
 * over or called off; so of all acts below. */
enum lf_code lf_meeting_change(struct lf_task *t, lf_view id, const struct lf_meeting *in,
                               struct lf_err *e) LF_MUST;
enum lf_code lf_meeting_cancel(struct lf_task *t, lf_view id, struct lf_err *e) LF_MUST;
/* The minutes are closed. */
enum lf_code lf_meeting_close(struct lf_task *t, lf_view id, struct lf_err *e) LF_MUST;
enum lf_code lf_meeting_invite(struct lf_task *t, lf_view id, lf_view guests, struct lf_err *e) LF_MUST;
enum lf_code lf_meeting_uninvite(struct lf_task *t, lf_view id, lf_view contact, struct lf_err *e) LF_MUST;
/* stand_in: who came for him, with LF_ATTENDANCE_STAND_IN alone. */
enum lf_code lf_meeting_attend(struct lf_task *t, lf_view id, lf_view contact, enum lf_attendance attendance,
                               lf_view stand_in, struct lf_err *e) LF_MUST;
enum lf_code lf_meeting_item_add(struct lf_task *t, lf_view id, lf_view agenda, struct lf_err *e) LF_MUST;
/* In the place of what the item's minutes said; the SHA-256 of each version stands in the audit trail.
 * `seen`: the mark of the text that their author had before him; LF_CONFLICT: it is another one by now.
 * Empty: whatever it is.
 */
enum lf_code lf_meeting_minutes(struct lf_task *t, lf_view id, int64_t item, lf_view seen, lf_view minutes,
                                struct lf_err *e) LF_MUST;
/* item, text, owner and due of `d`; *task: as d->task. */
enum lf_code lf_meeting_decide(struct lf_task *t, lf_view id, const struct lf_meeting_decision *d,
                               lf_view *task, struct lf_err *e) LF_MUST;

enum lf_code lf_meeting_get(struct lf_task *t, lf_view id, struct lf_meeting_full *out,
                            struct lf_err *e) LF_MUST;
struct lf_meeting_page {
    size_t n;
    const struct lf_meeting *items;
    lf_view next;
};
/* Latest first, of all or of one incident. */
enum lf_code lf_meeting_list(struct lf_task *t, lf_view incident, const struct lf_page *page,
                             struct lf_meeting_page *out, struct lf_err *e) LF_MUST;

/* The meeting as a calendar file: to be read; or for the contact `to` as his invitation, or its end when it
 * is called off or he is invited no more (then *method says which).  `from`: the address that sends it. */
enum lf_code lf_meeting_calendar(struct lf_task *t, const struct lf_meeting_full *x, bool english, lf_view to,
                                 lf_view from, enum lf_ics_method *method, lf_view *out,
                                 struct lf_err *e) LF_MUST;

#endif
