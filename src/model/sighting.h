/* Sighting: indicators on their way to where events are, and what was seen of them on its
 * way back.
 *
 * INDICATORS (core → intake) is entries one after another; SIGHTINGS (intake → core) is
 * sightings one after another.  Views belong to whoever made them; take() treats its input
 * as hostile and stops at the first thing that is none. */
#ifndef LF_MODEL_SIGHTING_H
#define LF_MODEL_SIGHTING_H

#include "base/buf.h"
#include "base/time.h"
#include "model/finding.h"

enum lf_indicator_op {
    LF_INDICATOR_ADD = 1,
    LF_INDICATOR_REMOVE,
    LF_INDICATOR_CLEAR, /* the list comes whole from here */
    LF_INDICATOR_READY  /* the whole list was told */
};

struct lf_indicator_entry {
    enum lf_indicator_op op;
    enum lf_observable_kind kind; /* of ADD and REMOVE, as all below */
    lf_view id;                   /* "indicator--<uuid>" */
    lf_view value;
    uint8_t confidence;
    bool provisional;
    lf_time expires; /* 0 = none */
};
void lf_indicator_entry_pack(struct lf_buf *b, const struct lf_indicator_entry *e);
bool lf_indicator_entry_take(lf_view *in, struct lf_indicator_entry *out);

/* What one indicator did since it was last told of. */
struct lf_indicator_sighting {
    lf_view indicator;
    lf_view value; /* as the last event had it */
    lf_view list;  /* the allow or warning list that has it too; may be empty */
    uint64_t count;
    lf_time first, last;     /* the events' own times */
    uint64_t from, position; /* of the first and last event in the archive */
};
void lf_indicator_sighting_pack(struct lf_buf *b, const struct lf_indicator_sighting *s);
bool lf_indicator_sighting_take(lf_view *in, struct lf_indicator_sighting *out);

#endif
