/* Seminar (講習、研討會): what an organisation of the contact network is invited to learn: a seminar, a
 * training briefing (宣導講習), a workshop, or the briefing before an exercise; who took part, and what came
 * of it.
 *
 *   planned ──lf_seminar_hold──▶ held
 *      └──────lf_seminar_cancel─▶ called off, with the reason
 *
 * Whoever is invited is told (the reporting contacts of the organisation, with a calendar file), again when
 * it changes and when it is called off; of one that is over nobody is told.  Who took part is entered from
 * its begin on, also after it was held, an organisation with a number of people, by hand or from CSV.  Years
 * (of Taipei, by its begin) are counted of those that were held.
 *
 * For this node's own people; kept by whoever handles incidents; each act is audited. */
#ifndef LF_CERT_SEMINAR_H
#define LF_CERT_SEMINAR_H

#include "fmt/ics.h"
#include "model/page.h"
#include "store/task.h"

/* The numbers are kept in databases. */
enum lf_seminar_kind {
    LF_SEMINAR_SEMINAR,
    LF_SEMINAR_BRIEFING,
    LF_SEMINAR_WORKSHOP,
    LF_SEMINAR_EXERCISE,
    LF_SEMINAR_KINDS
};
enum lf_seminar_state { LF_SEMINAR_PLANNED, LF_SEMINAR_HELD, LF_SEMINAR_CANCELLED, LF_SEMINAR_STATES };
enum {
    LF_SEMINAR_TITLE = 200, /* bytes; of a place too */
    LF_SEMINAR_LINK = 500,
    LF_SEMINAR_TEXT = 4000,     /* bytes: what it is about; what came of it, or why it was called off */
    LF_SEMINAR_UNITS = 2000,    /* organisations that are invited to one, or took part in it */
    LF_SEMINAR_PEOPLE = 100000, /* of one organisation */
    LF_SEMINAR_CSV = 1 << 20,   /* bytes */
    LF_SEMINARS_HELD = 5000,    /* in the years that are counted */
    LF_SEMINAR_PARTS = 50000,
};
/* "seminar", "briefing", "workshop", "exercise-briefing" */
const char *lf_seminar_kind_name(enum lf_seminar_kind k);
bool lf_seminar_kind_parse(lf_view name, enum lf_seminar_kind *out);
/* "planned", "held", "cancelled" */
const char *lf_seminar_state_name(enum lf_seminar_state s);
bool lf_seminar_state_parse(lf_view name, enum lf_seminar_state *out);

struct lf_seminar {
    lf_view id;
    enum lf_seminar_kind kind;
    lf_view title, place, link; /* a place, a link (https://), or both */
    lf_view about;              /* may be empty */
    lf_view zone;               /* of engine/duty.h */
    lf_time begins, ends;       /* on the zone's clock as if that were UTC */
    lf_time at, until;          /* the moments */
    enum lf_seminar_state state;
    lf_view note;     /* held: what came of it; called off: why */
    int64_t sequence; /* how often what the invitation says has changed */
    lf_time changed;
    lf_view by;                    /* account that entered it */
    int64_t invited, came, people; /* organisations that are invited and that took part, and their people */
};

/* kind, title, place, link, about, zone (empty: Asia/Taipei), begins and ends of `in` count.  *id: its id. */
enum lf_code lf_seminar_add(struct lf_task *t, const struct lf_seminar *in, lf_view *id,
                            struct lf_err *e) LF_MUST;
/* The same members: ptr NULL or 0 as it is; `kind` NULL: as it is.  LF_CONFLICT: it was held or called off.
 */
enum lf_code lf_seminar_change(struct lf_task *t, lf_view id, const struct lf_seminar *in,
                               const enum lf_seminar_kind *kind, struct lf_err *e) LF_MUST;
/* `result`: what came of it; of one that was held already, in the place of what that said.  LF_BAD_INPUT: it
 * has not begun; LF_CONFLICT: it was called off. */
enum lf_code lf_seminar_hold(struct lf_task *t, lf_view id, lf_view result, struct lf_err *e) LF_MUST;
/* `why` is told to all who are invited. */
enum lf_code lf_seminar_cancel(struct lf_task *t, lf_view id, lf_view why, struct lf_err *e) LF_MUST;
enum lf_code lf_seminar_get(struct lf_task *t, lf_view id, struct lf_seminar *out, struct lf_err *e) LF_MUST;

struct lf_seminar_filter {
    int kind, state; /* of the enums; -1: any */
    int year;        /* of Taipei; 0: any */
    lf_view unit;    /* in which that organisation took part; empty: any */
};
struct lf_seminar_page {
    size_t n;
    const struct lf_seminar *items;
    lf_view next;
};
/* Latest first. */
enum lf_code lf_seminar_list(struct lf_task *t, const struct lf_seminar_filter *f, const struct lf_page *page,
                             struct lf_seminar_page *out, struct lf_err *e) LF_MUST;

/* ---- who is invited and who took part (cert/seminar_part.c) ---- */

struct lf_seminar_unit {
    lf_view unit, name; /* of the contact network; the name as it was then */
    lf_view oid;        /* empty: none, or it left the network */
    lf_time invited;    /* 0: it came of its own */
    int64_t people;     /* who took part; 0: none, or not noted */
};
/* `words`: organisations by id, OID or name, separated by commas, among them attributes of cert/unit.h
 * ("academia": all of that sector) and "all" (every organisation but this node's own).  LF_TOO_MANY: more
 * than LF_SEMINAR_UNITS. */
enum lf_code lf_seminar_invite(struct lf_task *t, lf_view id, lf_view words, struct lf_err *e) LF_MUST;
/* `unit`: by id, OID or name; people 0: nobody, after all. */
enum lf_code lf_seminar_attend(struct lf_task *t, lf_view id, lf_view unit, int64_t people,
                               struct lf_err *e) LF_MUST;
/* From CSV: columns organisation (or oid) and people, all rows or (the caller takes all back) none. */
enum lf_code lf_seminar_attend_csv(struct lf_task *t, lf_view id, lf_view csv, size_t *rows,
                                   struct lf_err *e) LF_MUST;
/* By name. */
enum lf_code lf_seminar_units(struct lf_task *t, lf_view id, size_t *n, const struct lf_seminar_unit **out,
                              struct lf_err *e) LF_MUST;

struct lf_seminar_year {
    int year;             /* of Taipei */
    int64_t held;         /* seminars of every kind */
    int64_t came, people; /* organisations that took part in any, each once; people, as often as they came */
};
/* Earliest first, none left out, from the year of the first that was ever entered, or `first` (0: none) if
 * that is earlier, to this one. */
enum lf_code lf_seminar_years(struct lf_task *t, int first, size_t *n, const struct lf_seminar_year **out,
                              struct lf_err *e) LF_MUST;
struct lf_seminar_part {
    lf_view unit, name;
    int64_t times, people;
    lf_time last;
};
/* Organisations that took part in what was held in a year (0: ever), by name. */
enum lf_code lf_seminar_parts(struct lf_task *t, int year, size_t *n, const struct lf_seminar_part **out,
                              struct lf_err *e) LF_MUST;

/* As a calendar file: to be read; or for the contact `to` as his invitation, or its end when it is called off
 * (then *method says which).  `from`: the address that sends it. */
enum lf_code lf_seminar_calendar(struct lf_task *t, const struct lf_seminar *x, lf_view to, lf_view from,
                                 enum lf_ics_method *method, lf_view *out, struct lf_err *e) LF_MUST;

#endif
