/* What a query is made of; for engine/query*.c alone. */
#ifndef LF_ENGINE_QUERY_PRIV_H
#define LF_ENGINE_QUERY_PRIV_H

#include <hs/hs.h>

#include "base/map.h"
#include "engine/decimal.h"
#include "engine/query.h"

enum lf_q_kind { LF_Q_AND, LF_Q_OR, LF_Q_NOT, LF_Q_LEAF };
enum lf_q_ask { LF_QA_TRUE, LF_QA_TEXT, LF_QA_REGEX, LF_QA_RANGE, LF_QA_NET, LF_QA_EXISTS };
/* What must be at the end of a text pattern: anything, the edge of a word, the
 * value's own end. */
enum lf_q_end { LF_QE_ANY, LF_QE_WORD, LF_QE_EDGE };

/* Between two '*': literals and '?' (text.ptr NULL). */
struct lf_q_piece {
    lf_view text; /* folded */
};
struct lf_q_seg {
    struct lf_q_piece *pieces;
    size_t n;
};

enum lf_q_sort_of { LF_QS_NUMBER, LF_QS_ADDRESS, LF_QS_TIME, LF_QS_TEXT };
struct lf_q_bound {
    bool open, inclusive; /* open: any value */
    bool day;             /* a time, and a day alone: from its beginning in Taipei to its end */
    lf_view text;         /* folded */
    struct lf_decimal decimal;
    uint8_t address[16];
    lf_time time;
};

struct lf_q_node {
    enum lf_q_kind kind;
    struct lf_q_node **kids;
    size_t nkids;
    /* LEAF */
    enum lf_q_ask ask;
    unsigned field; /* 0 = every value and the raw text */
    size_t column;  /* where it stands in the query, for messages */
    enum lf_q_end front, back;
    struct lf_q_seg *segs;
    size_t nsegs;
    lf_view regex;
    hs_database_t *db;
    enum lf_q_sort_of by;
    struct lf_q_bound low, high;
    unsigned bits;
    bool six;
    uint8_t net[16];
    lf_view net_prefix; /* text every address of it begins with; may be empty */
    /* What the raw bytes must hold; ptr NULL: nothing is certain. */
    lf_view literal, hex; /* hex: or this */
    lf_view *whole;       /* texts with whole words at their ends, for a block's word filter */
    size_t nwhole;
};

enum lf_q_fn { LF_QF_COUNT, LF_QF_SUM, LF_QF_AVG, LF_QF_MIN, LF_QF_MAX, LF_QF_DC };
struct lf_q_agg {
    enum lf_q_fn fn;
    unsigned field;
    lf_view name; /* of the column */
};
enum lf_q_stage_kind { LF_QP_AGG, LF_QP_SORT, LF_QP_HEAD, LF_QP_FIELDS };
struct lf_q_key {
    lf_view name;
    unsigned field;
    bool descending;
};
struct lf_q_stage {
    enum lf_q_stage_kind kind;
    size_t column;
    struct lf_q_agg aggs[LF_QUERY_NAMES];
    size_t naggs;
    struct lf_q_key keys[LF_QUERY_NAMES]; /* by …, sort …, fields … */
    size_t nkeys;
    lf_time span; /* timechart */
    uint64_t n;   /* head; of top */
    bool top, rare;
};

/* One of several texts that a record must hold (lf_query_values). */
struct lf_q_text {
    lf_view scan;  /* in its raw bytes, ASCII letters of either case */
    lf_view whole; /* whole words that then are in it, for a block's word filter */
};

struct lf_query_tree {
    struct lf_arena *a;
    lf_view text, base; /* base: what stands before the first pipe; empty: all */
    struct lf_q_node *root;
    struct lf_q_stage stages[LF_QUERY_STAGES];
    size_t nstages;
    int agg; /* which of them makes the table; -1 = none */
    lf_view *fields;
    size_t nfields, fields_cap;
    size_t nleaves;
    struct lf_q_text *texts; /* none: what must be there is told from root */
    size_t ntexts;
    /* What compile made. */
    bool compiled, wants_all;
    hs_database_t *literals;
    hs_scratch_t *scratch;
    /* The event at hand. */
    struct lf_q_slot *slots; /* by field */
    uint64_t now;
};

struct lf_q_value {
    lf_view text, folded;       /* folded.ptr NULL until asked for */
    const struct lf_json *json; /* NULL: made by us */
    bool null, number;
};
struct lf_q_slot {
    uint64_t stamp; /* of the event it was gathered for */
    struct lf_q_value *values;
    size_t n;
};

/* Number of a field's name; it is added when new. */
unsigned lf_q_field(struct lf_query_tree *q, lf_view name);
/* Simple folding without the two signs that fold into ASCII letters (the Kelvin sign
 * and the long s): so a scan of raw bytes that folds ASCII alone misses nothing. */
lf_view lf_q_fold(struct lf_arena *a, lf_view v);
/* The values of a field in an event; lists give each of theirs. */
struct lf_q_slot *lf_q_slot(struct lf_query_tree *q, struct lf_arena *a, const struct lf_record *record,
                            const struct lf_event *ev, unsigned field);
/* A field that may hold what is not in the raw text. */
bool lf_q_made_up(lf_view field);
bool lf_q_texts_possible(const struct lf_query_tree *q, bool (*has)(void *ctx, lf_view text), void *ctx);
bool lf_q_address(lf_view v, uint8_t out[16], bool *six);
bool lf_q_text_holds(const struct lf_q_node *n, lf_view folded);
static inline bool lf_q_word_byte(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

#endif
