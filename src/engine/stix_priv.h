/* What engine/stix_data.c, stix_test.c and stix_match.c share; for them alone. */
#ifndef LF_ENGINE_STIX_PRIV_H
#define LF_ENGINE_STIX_PRIV_H

#include <hs/hs.h>

#include "base/map.h"
#include "engine/stix_match.h"

struct stix_observed {
    lf_view id, version;
    const struct lf_json *objects; /* of an event (engine/stix_event.h); NULL: of a document */
    const struct lf_json *json;
    int64_t first, last; /* 100 ns since 1970 */
    uint64_t count;
    struct lf_map local; /* embedded objects by key */
    const struct lf_json **roots;
    size_t nroots;
};

struct lf_stix_data {
    struct lf_arena a;
    struct lf_map objects; /* id -> object */
    struct lf_map seen;    /* id of observed-data -> number + 1 */
    struct stix_observed *o;
    size_t n, cap;
};

struct stix_regex {
    hs_database_t *text, *bytes; /* MATCHES; bytes NULL: the expression is no octets */
    lf_view like;                /* LIKE: in normalisation form C */
    /* What Vectorscan cannot serve, where somebody asks about a file. */
    const struct lf_pcre *slow_text, *slow_bytes;
};

struct lf_stix_matcher {
    struct lf_arena a;
    struct lf_stix_pattern pattern;
    struct stix_regex *regex;     /* by number of the test */
    hs_scratch_t **scratch, *own; /* its own, or one that many share */
    bool slow;                    /* an expression is not served by Vectorscan */
};
/* With a scratch that the caller keeps for many, and nothing but Vectorscan; NULL: its own. */
enum lf_code stix_matcher_create(const struct lf_stix_pattern *p, hs_scratch_t **scratch,
                                 struct lf_stix_matcher **out, struct lf_err *e) LF_MUST;

/* Work left, shared by all of one match. */
struct stix_work {
    int64_t left;
};

/* An observation that a bracket holds for. */
struct stix_candidate {
    uint32_t o;          /* its number */
    int64_t first, last; /* 100 ns since 1970; narrowed by START STOP */
};
struct stix_leaf {
    struct stix_candidate *c; /* by time */
    size_t n;
};
/* REPEATS n of one bracket, perhaps in a window around it: what it comes to. */
bool stix_simple(const struct lf_stix_observe *o, const struct lf_stix_observe **one, uint64_t *need,
                 int64_t *width);
/* Which of the candidates make the pattern true, in `a`, sorted and each as often as it is used.
 * `leaves` by the brackets' numbers; left[o]: how often an observation may be used.  All at one
 * instant each (first == last).  False with w->left below 0: given up. */
bool stix_solve(const struct lf_stix_observe *root, struct stix_leaf *leaves, uint64_t *left,
                struct stix_work *w, struct lf_arena *a, const size_t **found, size_t *n);

/* The object an id of this observation stands for, or NULL. */
const struct lf_json *stix_refer(const struct stix_observed *o, lf_view id);
/* stix_test.c: does one object of the observation make it true? */
bool stix_compare_holds(const struct lf_stix_matcher *m, const struct stix_observed *o,
                        const struct lf_stix_compare *c, struct lf_arena *a, struct stix_work *w);
/* Bytes of a text whose code points are all below 256. */
bool stix_octets(struct lf_arena *a, lf_view text, lf_view *out);
int64_t stix_ticks(const struct lf_stix_moment *t);

#endif
