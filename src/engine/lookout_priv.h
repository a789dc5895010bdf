/* What lookout.c and lookout_take.c share: which observables an event has, and what each is asked
 * under. */
#ifndef LF_ENGINE_LOOKOUT_PRIV_H
#define LF_ENGINE_LOOKOUT_PRIV_H

#include "engine/lookout.h"
#include "engine/shape.h"

enum {
    LOOKOUT_PROBES = 512,
    LOOKOUT_NAMES = 256, /* places for names of fields; a power of two */
    LOOKOUT_GATE = 4096, /* bits; a power of two */
    LOOKOUT_ABSENT = 64, /* places; a power of two */
    LOOKOUT_NAME = 30,   /* bytes of a name of the table */
    LOOKOUT_VALUE = 61,  /* bytes of a value that is remembered */
};

/* A name of a field and what it says of the value; alone in half a cache line. */
struct lookout_name {
    uint8_t what, len; /* 0: free */
    char text[LOOKOUT_NAME];
};
/* A value under which there is no entry. */
struct lookout_absent {
    uint8_t kind, len; /* 0: free */
    char text[LOOKOUT_VALUE + 1];
};
static_assert(sizeof(struct lookout_name) == 32 && sizeof(struct lookout_absent) == 64, "of cache lines");

struct lookout_fields {
    uint64_t gate[LOOKOUT_GATE / 64];         /* names that say what a value is, by gate_at */
    struct lookout_name names[LOOKOUT_NAMES]; /* open addressing */
};

/* What the names of a shape say of their values. */
struct lookout_named {
    uint64_t shape[2]; /* its id */
    size_t n;          /* members that are worth a look, whatever their value is or by its looks */
    struct {
        uint8_t member, what;
        bool any;
    } at[LF_SHAPE_MEMBERS];
};

struct lookout_seen {
    enum lf_observable_kind kind;
    lf_view value;
    struct lf_ioc_key own;
    uint16_t first, nkeys; /* its probes */
};

/* The event at hand. */
struct lookout_look {
    const struct lf_ioc_set *set;
    const struct lookout_fields *fields;
    const struct lookout_absent *absent; /* [LOOKOUT_ABSENT] */
    struct lookout_named *named;         /* [LF_SHAPES] */
    struct lookout_seen seen[LF_LOOKOUT_OBSERVABLES];
    size_t n;
    struct lf_ioc_key keys[LOOKOUT_PROBES];
    bool exact[LOOKOUT_PROBES];
    size_t nkeys;
};

void lookout_fields_init(struct lookout_fields *f);
/* The observables of the event and what they are asked under, which is fetched from memory meanwhile.
 * Those known to be absent are left out. */
void lookout_take(struct lookout_look *l, const struct lf_event *ev);
/* The place of a value among the absent; LOOKOUT_ABSENT: it is not remembered. */
size_t lookout_absent_place(enum lf_observable_kind kind, lf_view value);

#endif
