/* Private to the clock engine: what its parts share. */
#ifndef LF_ENGINE_CLOCK_PRIV_H
#define LF_ENGINE_CLOCK_PRIV_H

#include "engine/clock.h"

/* Everything here counts whole seconds since 1970, UTC. */
enum { LF_CLOCK_KINDS = 32, CLOCK_TIERS = 3, CLOCK_CLOCKS = 64 /* of a set */ };
#define CLOCK_NEVER INT64_MAX

/* An event of a history, as read. */
struct clock_event {
    const struct lf_json *j;
    size_t place;
    unsigned kind; /* LF_CLOCK_KINDS = unknown */
    lf_view name, by;
    int tier, level;
    int64_t time, occurred, until, aware_at; /* CLOCK_NEVER = absent */
    int64_t at[CLOCK_TIERS];                 /* known there; CLOCK_NEVER = not yet */
};

/* An instance of a clock. */
struct clock_inst {
    size_t clock, number;
    int64_t start, due, end; /* CLOCK_NEVER = none */
    const char *due_code, *cancel;
    const struct lf_json *variant;
    bool fixed, running, stopped, by_aware;
    unsigned life;
};

struct clock_note {
    size_t event;
    const char *code;
};

/* What one tier makes of it. */
struct clock_view {
    int tier, level, rank;
    const char *state;
    uint64_t seen;
    bool makeup, no_obstacle, aware_done;
    int64_t t0;
    unsigned life;
};

/* A judgement under way. */
struct clock_work {
    struct lf_arena *a;
    const struct lf_json *rules;
    size_t nclocks;
    const struct lf_json *clock[CLOCK_CLOCKS];
    size_t ninst, room;
    struct clock_inst *inst;
    size_t nnotes, notes_room;
    struct clock_note *notes;
    struct clock_view view[CLOCK_TIERS];
    lf_view tz;
    int64_t at;
    int speed;                      /* how many times as fast as the law: 1, in an exercise up to 60 */
    bool full;                      /* more instances than there may be */
    const struct clock_inst **rows; /* in output order; NULL inst = not started */
    size_t *row_clock, nrows;
};

extern const char *const clock_tiers[CLOCK_TIERS];
extern const char *const clock_kinds[LF_CLOCK_KINDS];

/* A member that is there and not null. */
static inline const struct lf_json *clock_field(const struct lf_json *o, const char *key)
{
    const struct lf_json *v = lf_json_get(o, lf_view_of(key));

    return v && lf_json_kind(v) != LF_JSON_NULL ? v : NULL;
}

static inline bool clock_is(const struct clock_event *ev, const char *kind)
{
    return lf_view_is(ev->name, kind);
}

/* The history's event at place `n`, checked field by field. */
enum lf_code clock_event_read(const struct lf_json *o, size_t n, struct clock_event *ev,
                              struct lf_err *e) LF_MUST;
/* What an event does to the instances of one view. */
void clock_step(struct clock_work *w, struct clock_view *v, const struct clock_event *ev);
void clock_note(struct clock_work *w, const struct clock_event *ev, const char *code);
int clock_rank(const struct clock_work *w, lf_view by);

/* Place of a kind in the order within one second; LF_CLOCK_KINDS = unknown. */
unsigned lf_clock_kind(lf_view name);
bool lf_clock_zone_known(lf_view tz);
/* A zone's offset from UTC in seconds, in winter and at `t`, by the rules in force since
 * 1996 (EU) and 2007 (US).  False: a zone that no rule set may name. */
bool lf_clock_zone(lf_view tz, int64_t t, int64_t *standard, int64_t *now);
/* The moment at which the zone's clock shows `wall` (seconds, as if it were UTC); twice: the first, never: by
 * winter time. */
int64_t lf_clock_wall(lf_view tz, int64_t wall);
/* `t` in seconds since 1970; the same wall clock so many months on, or the last of that
 * month.  A time that comes twice is the first; one that never comes is by winter time. */
int64_t lf_clock_add_months(lf_view tz, int64_t t, int64_t months);

#endif
