/* Lookout: every observable of every event asked of the set of indicators.
 *
 * Observables are taken where their field's name says what they are (ECS, Sigma's
 * taxonomy, Sysmon, Zeek, EVE: the table in lookout.c), elsewhere when the whole value has
 * the shape of an address, sum or URL; of a URL its host too.  Of a record that was not
 * understood the words of its text.  At most LF_LOOKOUT_OBSERVABLES an event, each value
 * once.
 *
 * A hit is a finding: rule is "indicator--<uuid>", the level comes from the confidence
 * (85 and more high, 50 medium, else low).  A value that an allow list or warning list
 * has too is no finding but a sighting marked with the list's name.
 *
 * A hit is a sighting as well: counted by indicator until lf_lookout_sightings takes them.
 * So that one busy indicator does not bury the rest, it makes one finding a host and
 * LF_LOOKOUT_AGAIN; every hit is counted.
 *
 * Memory: the set, and LF_LOOKOUT_SIGHTINGS times 500 bytes; what found no room there is
 * counted in lf_lookout_lost. */
#ifndef LF_ENGINE_LOOKOUT_H
#define LF_ENGINE_LOOKOUT_H

#include "engine/event.h"
#include "engine/ioc.h"
#include "engine/warninglist.h"
#include "model/finding.h"

enum {
    LF_LOOKOUT_OBSERVABLES = 64,
    LF_LOOKOUT_TEXT = 4096,      /* bytes of a raw record's text that are looked at */
    LF_LOOKOUT_SIGHTINGS = 4096, /* indicators counted between two takes */
    LF_LOOKOUT_SHOWN = 256,      /* bytes of a value kept with a sighting, */
    LF_LOOKOUT_LIST = 100,       /* and of a list's name */
};
#define LF_LOOKOUT_AGAIN (5 * LF_MINUTE)

struct lf_lookout;
struct lf_lookout *lf_lookout_create(const uint64_t seed[4]);
void lf_lookout_destroy(struct lf_lookout *w);
/* Its set, to be changed between two events. */
struct lf_ioc_set *lf_lookout_set(struct lf_lookout *w);
/* A new, empty set in place of the old one, for a list that comes whole. */
void lf_lookout_clear(struct lf_lookout *w);
/* Borrowed until others, or NULL for none, take their place; between two events. */
void lf_lookout_allow(struct lf_lookout *w, const struct lf_warninglists *lists);

struct lf_lookout_hit {
    enum lf_observable_kind kind;
    lf_view value; /* as the event has it */
    struct lf_ioc what;
    bool exact;   /* the value itself, not a network or parent that holds it */
    lf_view list; /* name of the allow or warning list that has it; else empty */
};
/* The hits of an event, in `a`.  `now` (seconds since 1970) decides what has expired. */
size_t lf_lookout_event(struct lf_lookout *w, struct lf_arena *a, const struct lf_event *ev, uint32_t now,
                        struct lf_lookout_hit **out);
/* The same as findings and, with `count`, as sightings. */
size_t lf_lookout_findings(struct lf_lookout *w, struct lf_arena *a, const struct lf_event *ev, lf_time now,
                           bool count, struct lf_finding **out);

struct lf_lookout_sighting {
    uint8_t id[16]; /* of the indicator */
    enum lf_observable_kind kind;
    lf_view value; /* of the last hit */
    lf_view list;  /* as lf_lookout_hit.list */
    uint64_t count;
    lf_time first, last;               /* the events' own times */
    uint64_t position_first, position; /* the first and last event's in the journal */
};
/* What was sighted since the last take, in `a`; the counters begin anew. */
size_t lf_lookout_sightings(struct lf_lookout *w, struct lf_arena *a, struct lf_lookout_sighting **out);
size_t lf_lookout_counted(const struct lf_lookout *w); /* indicators that wait to be taken */
/* A finding that was made could not be told: each indicator makes one again. */
void lf_lookout_forget(struct lf_lookout *w);
/* Hits that were not counted for want of room. */
uint64_t lf_lookout_lost(const struct lf_lookout *w);
uint64_t lf_lookout_hits(const struct lf_lookout *w);

enum lf_level lf_lookout_level(const struct lf_ioc *i);
lf_view lf_lookout_indicator(struct lf_arena *a, const uint8_t id[16]); /* "indicator--<uuid>" */
/* False when it is no such text. */
bool lf_lookout_indicator_parse(lf_view id, uint8_t out[16]);

#endif
