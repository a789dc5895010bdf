/* What engine/stix_live.c (the set and its generations), stix_live_see.c (observations) and
 * stix_live_state.c (bytes) share; for them alone. */
#ifndef LF_ENGINE_STIX_LIVE_PRIV_H
#define LF_ENGINE_STIX_LIVE_PRIV_H

#include "base/map.h"
#include "engine/stix_event.h"
#include "engine/stix_live.h"
#include "engine/stix_priv.h"

enum { STIX_LEVELS = 3, STIX_PENDING = STIX_LEVELS, STIX_AGAIN = 4096 };

struct stix_obs {
    int64_t at; /* 100 ns since 1970 */
    uint64_t position;
    uint64_t brackets;
};

struct stix_bracket {
    const struct lf_stix_compare *test;
    int64_t from, until; /* START STOP around it */
    bool repeats;        /* more than one observation may stand for it */
    bool dead;           /* no event makes it true */
    bool plain;          /* its clue is no rule: only fields are looked for */
};

/* A pattern at work. */
struct stix_watched {
    struct lf_arena a;
    struct lf_stix_watch what;
    struct lf_stix_pattern p;
    struct lf_stix_matcher *m;
    struct stix_bracket *bracket; /* by number */
    size_t number;                /* in the set */
    unsigned level;
    bool listed; /* told since the list came anew */
    bool single, simple;
    bool timed;      /* a window or an order somewhere */
    uint64_t need;   /* simple: how many */
    int64_t width;   /* simple: in what window; 0 = any */
    int64_t span;    /* the window around all; 0 = none */
    uint64_t enough; /* not timed: more of one kind matter nothing */
    struct stix_obs *o;
    size_t head, n, cap; /* o[head … n-1], by time */
    uint32_t *held;      /* by bracket */
    int64_t newest;
    struct lf_stix_sighting sighted; /* id and text are of `what` */
};

struct stix_level {
    struct lf_ruleset *rs;
    struct stix_asked {
        struct stix_watched *w; /* NULL: removed since */
        unsigned bracket;
    } * asked; /* by rule */
    size_t n;
};

/* A hit of a position that is not confirmed yet. */
struct stix_told {
    uint64_t position;
    char *id;
    size_t id_len;
    struct lf_stix_hit hit; /* events are its own */
};

struct lf_stix_live {
    struct lf_stix_live_limits limits;
    struct lf_stix_eye *eye;
    hs_scratch_t *scratch;
    uint64_t key[2];
    struct stix_watched **w;
    size_t n, cap, brackets, pending;
    struct lf_map by_id;
    struct stix_level level[STIX_LEVELS];
    struct lf_arena tmp;
    uint64_t next, known_from;
    uint32_t last;    /* events seen of position next - 1 */
    uint64_t record;  /* the position being taken, and */
    uint32_t ordinal; /* events of it so far */
    bool replayed;    /* the last event had been seen before */
    struct stix_told *told;
    size_t ntold, told_cap;
    struct stix_work work;
    size_t bytes, observations;
    struct {
        uint64_t key;
        lf_time at;
    } again[STIX_AGAIN];
    struct lf_stix_live_stats stats;
};

/* stix_live_see.c */
void stix_reckon(struct stix_watched *w); /* what a pattern comes to, once it is parsed */
void stix_forget_all(struct lf_stix_live *s, struct stix_watched *w);
bool stix_see(struct lf_stix_live *s, struct stix_watched *w, struct lf_arena *a, uint64_t brackets,
              int64_t at, uint64_t position, struct lf_stix_hit *hit);
void stix_keep(struct lf_stix_live *s, struct stix_watched *w, const struct stix_obs *o);
/* stix_live.c */
void stix_remember(struct lf_stix_live *s, uint64_t position, const struct lf_stix_hit *hit);

#endif
