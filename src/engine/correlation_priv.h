/* What a loaded correlation is; for engine/correlation*.c alone. */
#ifndef LF_ENGINE_CORRELATION_PRIV_H
#define LF_ENGINE_CORRELATION_PRIV_H

#include "base/crypto.h"
#include "engine/correlation.h"
#include "engine/decimal.h"

enum lf_correlation_kind {
    LF_EVENT_COUNT,
    LF_VALUE_COUNT,
    LF_TEMPORAL,
    LF_TEMPORAL_ORDERED,
    LF_VALUE_SUM,
    LF_VALUE_AVG,
    LF_VALUE_PERCENTILE,
};
const char *lf_correlation_kind_name(enum lf_correlation_kind k);

/* An exact decimal: whole + part / 10^27, both of one sign.  |whole| < 10^27 as read,
 * more digits in front are taken as the most there is, more behind are cut; the
 * room above holds the sum of 2^32 of them. */
struct lf_num {
    __int128 whole, part;
};
struct lf_num lf_num_of(const struct lf_decimal *d);
struct lf_num lf_num_int(int64_t n);
void lf_num_add(struct lf_num *to, const struct lf_num *n, int sign);
/* x against y * times */
int lf_num_cmp(const struct lf_num *x, const struct lf_num *y, uint64_t times);

enum lf_op { LF_OP_GT, LF_OP_GTE, LF_OP_LT, LF_OP_LTE, LF_OP_EQ, LF_OP_NEQ, LF_OP_COUNT };
struct lf_limit {
    enum lf_op op;
    struct lf_num than;
};

struct lf_correlation_ref {
    lf_view name;     /* as written: id or name */
    unsigned rule;    /* linked */
    unsigned inner;   /* which correlation it is, or UINT_MAX */
    unsigned *group;  /* field of each part of group-by */
    unsigned *values; /* field of each part of the condition's field */
};
struct lf_correlation_alias {
    lf_view name;
    size_t n;
    lf_view *rules, *fields;
};

struct lf_correlation {
    unsigned rule;  /* its own number in the ruleset */
    unsigned place; /* among the correlations, after linking: inner ones first */
    enum lf_correlation_kind kind;
    lf_time span;
    bool generate, loaded;
    int state; /* linking: 0 not begun, 1 under way, 2 done */
    unsigned depth, mark;
    size_t nrefs, ngroup, nvalues, naliases, nbounds;
    struct lf_correlation_ref *refs;
    lf_view *group, *values; /* names as written */
    struct lf_correlation_alias *aliases;
    struct lf_limit bounds[LF_OP_COUNT];
    uint64_t need;              /* counts from here on are alike to the condition */
    uint8_t meaning[LF_SHA256]; /* of all that decides when it fires */
};

/* Place of a rule among those a correlation names. */
struct lf_correlation_use {
    unsigned correlation, ref;
};
struct lf_correlation_uses { /* of one rule */
    size_t n, cap;
    struct lf_correlation_use *list;
    size_t nfields; /* what a sighting must carry when this rule hit */
    unsigned *fields;
};

struct lf_correlations { /* of one ruleset, in its arena */
    size_t n, cap;
    struct lf_correlation **list;     /* after linking: loaded ones, inner ones first */
    struct lf_correlation_uses *uses; /* by rule number; NULL until linked */
};

const struct lf_correlations *lf_ruleset_correlation_list(const struct lf_ruleset *rs);
/* Whether the condition holds for value / times. */
bool lf_correlation_holds(const struct lf_correlation *c, const struct lf_num *value, uint64_t times);

#endif
