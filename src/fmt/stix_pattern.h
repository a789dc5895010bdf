/* STIX patterns (STIX 2.1, part 9): text -> tree -> the same text in one form.
 *
 * The whole language: every comparison operator with NOT, every kind of literal,
 * object paths with quoted steps and indexes, AND OR FOLLOWEDBY between
 * observations, and the qualifiers WITHIN, REPEATS and START STOP.  Blanks and
 * comments are those of the standard's grammar; keywords are upper case; "==" and
 * "<>" are read as "=" and "!=", as that grammar does.
 *
 * Refused beyond what the grammar refuses, because the standard's text does:
 * AND between object types that no single object can have, two qualifiers of one
 * kind on one observation, a list of mixed types, REPEATS 0, WITHIN 0, a date that
 * does not exist, and a network for ISSUBSET or ISSUPERSET that is none.
 *
 * Limits are checked before anything is allocated; the tree lives in the arena and
 * the views may point into the text.  What the tree means on data is
 * engine/stix_match.h. */
#ifndef LF_FMT_STIX_PATTERN_H
#define LF_FMT_STIX_PATTERN_H

#include "base/arena.h"
#include "base/err.h"

enum {
    LF_STIX_PATTERN_MOST = 65536, /* bytes */
    LF_STIX_PATTERN_TESTS = 2000, /* comparisons of one pattern */
    LF_STIX_PATTERN_DEPTH = 64,   /* parentheses in one another */
    LF_STIX_PATTERN_LIST = 10000, /* values of one IN list */
    LF_STIX_PATTERN_STEPS = 100,  /* steps of one object path */
};

/* An instant, years 0000-9999, to the nanosecond (further digits are cut). */
struct lf_stix_moment {
    int64_t second; /* since 1970, UTC */
    int32_t nano;
};
/* RFC 3339 with capital T and Z, as STIX writes it; second 60 is the next second. */
bool lf_stix_moment_parse(lf_view text, struct lf_stix_moment *out);
int lf_stix_moment_cmp(const struct lf_stix_moment *a, const struct lf_stix_moment *b);

/* An address or network of either family, host bits cleared. */
struct lf_stix_net {
    bool v6;
    uint8_t bits; /* 32 or 128 for an address */
    uint8_t raw[16];
};
bool lf_stix_net_parse(lf_view text, struct lf_stix_net *out);
/* Whether `inner` lies wholly in `outer`; one may be the other. */
bool lf_stix_net_within(const struct lf_stix_net *inner, const struct lf_stix_net *outer);

enum lf_stix_literal_kind {
    LF_STIX_STRING,
    LF_STIX_NUMBER, /* integer or float */
    LF_STIX_BOOL,
    LF_STIX_BYTES, /* h'..' and b'..' */
    LF_STIX_TIME
};
struct lf_stix_literal {
    enum lf_stix_literal_kind kind;
    bool truth;               /* BOOL */
    bool hex;                 /* BYTES: written h'..' */
    lf_view text;             /* STRING: unescaped; NUMBER: "-12.5"; BYTES: the bytes; TIME: as written */
    struct lf_stix_moment at; /* TIME */
};

enum lf_stix_op {
    LF_STIX_EQ,
    LF_STIX_NE,
    LF_STIX_LT,
    LF_STIX_LE,
    LF_STIX_GT,
    LF_STIX_GE,
    LF_STIX_IN,
    LF_STIX_LIKE,
    LF_STIX_MATCHES,
    LF_STIX_ISSUBSET,
    LF_STIX_ISSUPERSET,
    LF_STIX_EXISTS
};

struct lf_stix_step {
    enum { LF_STIX_KEY, LF_STIX_INDEX, LF_STIX_ANY } kind;
    lf_view key;
    uint32_t index;
};
struct lf_stix_path {
    lf_view type; /* "file" */
    size_t n;     /* at least one; the first is a key */
    const struct lf_stix_step *steps;
};

/* What stands between brackets: a test, or AND / OR of two or more. */
struct lf_stix_compare {
    enum { LF_STIX_TEST, LF_STIX_ALL, LF_STIX_EITHER } kind;
    size_t nkids;
    const struct lf_stix_compare *const *kids;
    /* TEST */
    unsigned number; /* 0 and up over the pattern, in its order */
    unsigned column; /* where it begins */
    struct lf_stix_path path;
    enum lf_stix_op op;
    bool negated;
    size_t nvalues; /* 1; any number with IN; 0 with EXISTS */
    const struct lf_stix_literal *values;
    struct lf_stix_net net; /* ISSUBSET, ISSUPERSET */
};

struct lf_stix_observe {
    enum {
        LF_STIX_ONE, /* [ … ] */
        LF_STIX_AND,
        LF_STIX_OR,
        LF_STIX_FOLLOWEDBY,
        LF_STIX_WITHIN,
        LF_STIX_REPEATS,
        LF_STIX_STARTSTOP
    } kind;
    bool grouped; /* stood in parentheses of its own */
    size_t nkids; /* two or more; one for the qualifiers */
    const struct lf_stix_observe *const *kids;
    const struct lf_stix_compare *test; /* ONE */
    unsigned number;                    /* ONE: 0 and up over the pattern */
    int64_t within;                     /* 100 ns; at least one */
    lf_view within_text;
    uint32_t repeats;
    struct lf_stix_moment start, stop;
    lf_view start_text, stop_text;
};

struct lf_stix_pattern {
    const struct lf_stix_observe *root;
    unsigned ntests, nobservations;
};

/* LF_BAD_INPUT with "column N: what is wrong and what is wanted". */
enum lf_code lf_stix_pattern_parse(struct lf_arena *a, lf_view text, struct lf_stix_pattern *out,
                                   struct lf_err *e) LF_MUST;
/* One form for all patterns that differ in blanks, comments, needless parentheses
 * and ways of writing a literal.  Parsing it gives an equal tree. */
lf_view lf_stix_pattern_print(struct lf_arena *a, const struct lf_stix_pattern *p);
/* A pattern that can be parsed and yet asks what no value can be: a sum of the wrong
 * length under a known name of a hash.  False with a sentence then. */
bool lf_stix_pattern_sound(const struct lf_stix_pattern *p, struct lf_err *e);

#endif
