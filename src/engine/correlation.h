/* Correlation: Sigma's correlation rules (specification 2.1) over the hits of
 * other rules.
 *
 * A document with `correlation:` is a rule of the ruleset like any other: loaded
 * whole or refused with a reason (engine/sigma.h).  What the specification leaves
 * open is C17 of docs/sigma-choices.md.  At every sighting of a group the window
 * [t - timespan, t] is looked at, both ends included; the correlation fires there
 * when its condition holds.
 *
 *   event --match--> hits --lf_sighting_of--> sighting --lf_correlator_see--> firings
 *
 * A sighting is all that correlations need to know of an event: its time, which
 * rules it hit, and the values of the fields that group or are counted.  Batch
 * (`lianfang detect`) keeps the sightings, sorts them by time and sees them then;
 * live traffic sees them as they come.  It is the same state machine.
 *
 * Live, memory is bounded (struct lf_correlator_limits):
 *  - a group holds at most `entries` sightings of 24 bytes (56 for sums), and only
 *    those that can still matter: of event_count those within its largest number,
 *    of value_count the latest of each value, of temporal the latest of each rule;
 *  - all groups together hold at most `bytes`; past that, groups of the correlation
 *    that holds most go, those seen only once before all others (segmented LRU), so
 *    that who varies the key of a group pushes out mostly his own;
 *  - sums of a full group are made coarser by joining neighbours in time, never
 *    dropped; other kinds lose their oldest.  Each of these is counted.
 * Work for one sighting is bounded by the limits too: LF_CORRELATION_GROUPS groups a
 * correlation, LF_CORRELATION_LOOK entries looked at again for a late one.
 *
 * Time is the event's own.  A time more than a minute ahead of the record's arrival is
 * taken as the arrival, so that a wrong clock cannot make all others late.  A sighting
 * up to `lateness` behind the newest of its group takes its place in the order,
 * and windows that end after it are looked at again: where the condition begins to
 * hold there, the late sighting fires.  A later one is counted and left out.
 *
 * Literature: Karedla, Love, Wherry, "Caching strategies to improve disk system
 * performance" (1994), for the two segments. */
#ifndef LF_ENGINE_CORRELATION_H
#define LF_ENGINE_CORRELATION_H

#include "base/buf.h"
#include "engine/sigma.h"

enum {
    LF_CORRELATION_RULES = 64,   /* rules one correlation may name */
    LF_CORRELATION_FIELDS = 16,  /* fields of group-by; fields of one condition */
    LF_CORRELATION_DEPTH = 16,   /* correlations over correlations */
    LF_CORRELATION_VALUES = 64,  /* values of one field of one event; the rest are not looked at */
    LF_CORRELATION_GROUPS = 64,  /* groups one event is in, of one correlation */
    LF_CORRELATION_LOOK = 8192,  /* entries looked at again for a late sighting */
    LF_CORRELATION_SHOWN = 32,   /* contributing events named in a firing */
    LF_CORRELATION_MOST = 10000, /* correlations of one ruleset */
};

/* ---- what an event is to correlations ---- */

struct lf_sighting_value {
    unsigned field; /* as the ruleset numbers them */
    bool number;    /* a JSON number */
    lf_view text;
};

struct lf_sighting {
    lf_time at;        /* the event's own time */
    lf_time arrived;   /* when it was recorded; batch: the same as `at` */
    uint64_t position; /* names the event: in the journal, or the caller's own number; grows with arrival */
    size_t nrules;
    unsigned *rules; /* numbers of the rules it hit, of those that correlations name */
    size_t nvalues;
    struct lf_sighting_value *values; /* by field; several of one field for a list */
};

/* False: no correlation asks for any of these hits.  To be called after
 * lf_ruleset_match() with the same event and before the next.  In `a`; texts are
 * the event's own. */
bool lf_sighting_of(struct lf_ruleset *rs, struct lf_arena *a, const struct lf_event *ev,
                    const struct lf_rule *const *hits, size_t nhits, struct lf_sighting *out);
/* Everything copied into `a`, to be kept. */
struct lf_sighting lf_sighting_copy(struct lf_arena *a, const struct lf_sighting *s);

/* Whether the ruleset has correlations at all. */
size_t lf_ruleset_correlations(const struct lf_ruleset *rs);

/* ---- seeing ---- */

struct lf_correlator;

struct lf_correlator_limits {
    bool batch;       /* sightings come sorted; nothing below is limited */
    size_t bytes;     /* of all groups; 0 = 64 MiB */
    size_t entries;   /* of one group; 0 = 65,536 */
    lf_time lateness; /* 0 = 10 minutes */
    size_t notes;     /* firings of correlations that others name, whose making is remembered; 0 = 32,768 */
};

struct lf_firing {
    const struct lf_rule *rule; /* the correlation; belongs to the ruleset */
    lf_time at; /* the end of the window; for a late sighting that of the first that now holds */
    /* The group began to hold with this sighting, or has held for a timespan since
     * the last firing that was `news`: what live traffic makes a finding of. */
    bool news;
    /* {"type":…,"group":{…},"value":…,"timespan_s":…,"from":…,"to":…,"events":[positions]},
     * one for each group, as a JSON array; live only, else empty.  Where rules of it are
     * correlations "made_of" says what those were made of at these positions, and the ones
     * below them: [{"event":position,"rule":…,"title":…,"type":…,"count":…,"first":…,"last":…,
     * "rules":[{"rule":…,"title":…}],"events":[positions]}]; "made_of_left_out": how many more. */
    lf_view groups;
};

struct lf_correlator_stats {
    uint64_t seen, fired;
    uint64_t late;    /* sightings that came too late for their group */
    uint64_t ahead;   /* times taken as the arrival */
    uint64_t evicted; /* groups gone for want of room */
    uint64_t cut;     /* entries gone or joined for want of room */
    uint64_t spread;  /* sightings in more groups, or with more values, than are looked at */
    uint64_t unmade;  /* firings of inner correlations whose making is no more known */
    uint64_t unsure;  /* late sightings whose windows were too full to be looked at again */
    size_t groups, bytes;
};

/* Keeps the ruleset.  `seed` should be random where names come from outside. */
struct lf_correlator *lf_correlator_create(struct lf_ruleset *rs, const struct lf_correlator_limits *limits,
                                           uint64_t seed);
void lf_correlator_destroy(struct lf_correlator *c);

/* The correlations that fire at this sighting, each once, inner ones before those that
 * use them; in `a`.  Quiet ones (named by another) are given too: see lf_rule.quiet.
 * Live: a position seen before gives again what it gave then and counts nothing
 * (lf_correlator_forget). */
size_t lf_correlator_see(struct lf_correlator *c, struct lf_arena *a, const struct lf_sighting *s,
                         struct lf_firing **out);

/* Replay.  The correlator has seen all sightings before lf_correlator_position(); what
 * those from lf_correlator_known() on fired it still knows.  Firings before `position`
 * need not be known any more: they are kept elsewhere. */
uint64_t lf_correlator_position(const struct lf_correlator *c);
uint64_t lf_correlator_known(const struct lf_correlator *c);
void lf_correlator_forget(struct lf_correlator *c, uint64_t position);
/* Events that are no sightings move it on too. */
void lf_correlator_pass(struct lf_correlator *c, uint64_t position);

void lf_correlator_stats(const struct lf_correlator *c, struct lf_correlator_stats *out);

/* The state as bytes with a checksum, and back: into a new correlator, perhaps of another
 * ruleset; groups of correlations whose meaning changed are left out.  LF_BAD_INPUT
 * leaves the correlator empty. */
void lf_correlator_save(const struct lf_correlator *c, struct lf_buf *b);
enum lf_code lf_correlator_load(struct lf_correlator *c, lf_view saved, struct lf_err *e) LF_MUST;

/* ---- time ---- */

/* The record's own time, for batch: the first that can be read of @timestamp,
 * System.TimeCreated's SystemTime, timestamp, time, ts, TimeCreated, SystemTime, UtcTime,
 * EventTime, eventTime, event.created, date.  RFC 3339, the same with a blank for the T or
 * without a zone (UTC), or a number of seconds (below 10^11), milliseconds (below 10^14)
 * or microseconds since 1970. */
bool lf_record_time(const struct lf_json *doc, lf_time *out);

#endif
