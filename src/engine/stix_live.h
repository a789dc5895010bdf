/* STIX patterns over the stream of events.
 *
 *   event --clues (engine/stix_clue.h, the index of Sigma rules)--> brackets that may hold
 *         --objects of the event (engine/stix_event.h), asked exactly--> brackets that hold
 *         --what was observed before, by pattern--> hits
 *
 * An event is one observation, at its own time.  What a pattern means is engine/stix_match.h;
 * here it is asked again with each event for which one of its brackets holds.  An observation
 * stands in one hit at most: those of a hit are taken out, and the pattern begins anew with the
 * rest.  Sums, names and MAC addresses compare without regard to case, addresses by value.
 *
 * Patterns are added and removed at any time.  They are kept in three generations of rulesets
 * (64, 2,048, the rest), so that adding one compiles few again.
 *
 * Memory (live): of a pattern in a window, the observations of that window and `lateness`; of
 * one without, those that can still matter, at most `entries`; of all, `bytes`.  Past that the
 * oldest go: of the pattern itself, and of the pattern that holds most.  Counted, both.  Work of one
 * event is bounded by LF_STIX_LIVE_WORK steps over all patterns; what is not decided by then counts
 * as no match and is counted as unsure.
 *
 * Time is the event's own; more than a minute ahead of its arrival it is taken as the
 * arrival.  An observation that comes late takes its place in the order; by more than
 * `lateness` it may miss what has left the window, by more than that and the window it is counted
 * and left out. */
#ifndef LF_ENGINE_STIX_LIVE_H
#define LF_ENGINE_STIX_LIVE_H

#include "engine/event.h"
#include "fmt/stix_pattern.h"
#include "model/finding.h"

enum {
    LF_STIX_LIVE_PATTERNS = 20000, /* of one set */
    LF_STIX_LIVE_BRACKETS = 64,    /* of one pattern */
    LF_STIX_LIVE_SHOWN = 32,       /* observations named in a hit */
    LF_STIX_LIVE_WORK = 100000     /* steps an event, about a millisecond */
};
#define LF_STIX_LIVE_AGAIN (5 * LF_MINUTE)

struct lf_stix_live;

struct lf_stix_live_limits {
    bool batch;       /* events come sorted by time; nothing is limited */
    size_t bytes;     /* 0 = 64 MiB */
    size_t entries;   /* 0 = 65,536 */
    lf_time lateness; /* 0 = 10 minutes */
};
struct lf_stix_live *lf_stix_live_create(const struct lf_stix_live_limits *limits, uint64_t seed);
void lf_stix_live_destroy(struct lf_stix_live *s);

struct lf_stix_watch {
    lf_view id;   /* "indicator--<uuid>", or any other text: names the pattern */
    lf_view text; /* the pattern */
    lf_view name; /* of the indicator; may be empty */
    uint8_t confidence;
    uint32_t expires; /* seconds since 1970; 0 = never */
};
/* From the next event on.  One of the same id is replaced; with the same text it keeps what it
 * has observed.  LF_BAD_INPUT: no pattern; LF_UNACCEPTED: one that no event can match, or
 * that cannot be asked (the sentence says why); LF_FULL. */
enum lf_code lf_stix_live_add(struct lf_stix_live *s, const struct lf_stix_watch *w,
                              struct lf_err *e) LF_MUST;
bool lf_stix_live_remove(struct lf_stix_live *s, lf_view id);
/* A list comes whole: what is not added again by the time of _whole() is removed then. */
void lf_stix_live_anew(struct lf_stix_live *s);
void lf_stix_live_whole(struct lf_stix_live *s);
size_t lf_stix_live_count(const struct lf_stix_live *s);

struct lf_stix_observation {
    lf_time at;
    uint64_t position;
};
struct lf_stix_hit {
    const struct lf_stix_watch *what; /* until the next change of the set */
    lf_time first, last;
    size_t nobserved;
    size_t nevents; /* of them, the first and last ones, at most LF_STIX_LIVE_SHOWN */
    const struct lf_stix_observation *events; /* by time */
    lf_time within;                           /* the window around the whole pattern; 0 = none */
};
/* A record is taken, perhaps again.  One record may hold several events, all of its position; they are told
 * apart by their order from here on.  Not needed where each event has a position of its own and
 * none comes again. */
void lf_stix_live_record(struct lf_stix_live *s, uint64_t position);
/* The hits of an event, in `a`.  Positions grow; an event seen before gives again what it gave then
 * (lf_stix_live_forget).  `now` (seconds since 1970) decides what has expired. */
size_t lf_stix_live_event(struct lf_stix_live *s, struct lf_arena *a, const struct lf_event *ev, uint32_t now,
                          struct lf_stix_hit **out);
/* The same as findings (one a pattern, host and LF_STIX_LIVE_AGAIN; the event, whose first member
 * "lianfang.correlation" tells the observations) and, with `count`, counted as sightings. */
size_t lf_stix_live_findings(struct lf_stix_live *s, struct lf_arena *a, const struct lf_event *ev,
                             lf_time now, bool count, struct lf_finding **out);
/* A finding that was made could not be told: each pattern makes one again. */
void lf_stix_live_untold(struct lf_stix_live *s);

/* The two halves of _event(), for batch: which brackets hold (without regard to time), and what
 * that makes of the pattern; positions in the order of calls. */
struct lf_stix_seen {
    size_t pattern; /* a number that stands while the set is not changed */
    uint64_t brackets;
};
size_t lf_stix_live_look(struct lf_stix_live *s, struct lf_arena *a, const struct lf_event *ev, uint32_t now,
                         struct lf_stix_seen **out);
bool lf_stix_live_see(struct lf_stix_live *s, struct lf_arena *a, const struct lf_stix_seen *seen, lf_time at,
                      uint64_t position, struct lf_stix_hit *out);
/* The pattern has one observation: order does not matter to it. */
bool lf_stix_live_single(const struct lf_stix_live *s, size_t pattern);

struct lf_stix_sighting {
    lf_view id, text;
    uint64_t count;
    lf_time first, last;
    uint64_t position_first, position;
};
/* What was sighted since the last take, in `a`; the counters begin anew. */
size_t lf_stix_live_sightings(struct lf_stix_live *s, struct lf_arena *a, struct lf_stix_sighting **out);

/* Replay, as lf_correlator_position() and the like (engine/correlation.h). */
uint64_t lf_stix_live_position(const struct lf_stix_live *s);
uint64_t lf_stix_live_known(const struct lf_stix_live *s);
void lf_stix_live_forget(struct lf_stix_live *s, uint64_t position);
/* Everything observed and told is forgotten; the patterns stay. */
void lf_stix_live_restart(struct lf_stix_live *s);

struct lf_stix_live_stats {
    size_t patterns, brackets, observations, bytes;
    uint64_t seen, hits;
    uint64_t candidates; /* brackets whose clue was seen */
    uint64_t late, ahead;
    uint64_t cut;     /* observations gone because their pattern was full */
    uint64_t evicted; /* … because all were */
    uint64_t unsure;  /* events after which it was not known whether a pattern matched */
};
void lf_stix_live_stats(const struct lf_stix_live *s, struct lf_stix_live_stats *out);

/* Patterns with what they observed, as bytes with a checksum, and back into an empty set.  LF_BAD_INPUT
 * leaves it empty. */
void lf_stix_live_save(const struct lf_stix_live *s, struct lf_buf *b);
enum lf_code lf_stix_live_load(struct lf_stix_live *s, lf_view saved, struct lf_err *e) LF_MUST;

#endif
