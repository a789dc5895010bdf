/* What a loaded rule is made of and how the event at hand is asked; for the
 * rule_*.c and condition.c alone: rule_load.c reads rules, rule_fields.c lays an
 * event out by field, rule_pred.c asks one predicate, rule_match.c the trees.
 *
 * A predicate asks one thing of one field.  Equal ones of different rules are
 * the same object, so an event answers each once.  A rule is a tree of
 * and/or/not over predicates, cheap children first, evaluated only as far as
 * needed. */
#ifndef LF_ENGINE_RULE_PRIV_H
#define LF_ENGINE_RULE_PRIV_H

#include <hs/hs.h>

#include "base/map.h"
#include "engine/decimal.h"
#include "engine/pattern.h"
#include "engine/pipeline.h"
#include "engine/regex.h"
#include "engine/sigma.h"
#include "engine/time_part.h"

enum lf_ask {
    LF_ASK_TEXT,
    LF_ASK_NUMBER,
    LF_ASK_BOOL,
    LF_ASK_NULL,
    LF_ASK_EXISTS,
    LF_ASK_REGEX,
    LF_ASK_NET,
    LF_ASK_COMPARE,
    LF_ASK_FIELD,
    LF_ASK_PART
};
enum lf_compare { LF_LT, LF_LTE, LF_GT, LF_GTE, LF_EQ };
enum { LF_WRAP_FRONT = 1, LF_WRAP_BACK = 2 }; /* a '*' before, after */

struct lf_pred {
    unsigned number, field;
    enum lf_ask ask;
    bool cased;
    bool want;                 /* BOOL, EXISTS */
    struct lf_pattern pattern; /* TEXT */
    lf_view text;              /* NUMBER: as decimal text; REGEX: as written */
    struct lf_decimal decimal; /* NUMBER, COMPARE, PART */
    enum lf_compare compare;   /* COMPARE, PART; EQ only of PART */
    enum lf_time_part part;    /* PART */
    struct lf_regex *regex;    /* REGEX; TEXT where the pattern is steep (engine/pattern.h) */
    int family;                /* NET */
    uint8_t net[16];
    unsigned bits;
    unsigned other, wrap; /* FIELD */
};

enum lf_node_kind { LF_NODE_AND, LF_NODE_OR, LF_NODE_NOT, LF_NODE_PRED };
struct lf_node {
    enum lf_node_kind kind;
    unsigned cost;
    const struct lf_pred *pred;
    struct lf_node **kids;
    size_t nkids;
    uint32_t answered; /* for the event at hand: 2*now + answer */
    /* For engine/witness.c, while covers are chosen. */
    uint32_t chosen, seen;
    float rate;
};

/* A named part of `detection`. */
struct lf_ident {
    lf_view name;
    struct lf_node *node;
};

struct lf_group { /* rules of one log source */
    struct lf_logsource source;
    unsigned *rules;
    size_t n, cap;
};

/* One value of a field in the event at hand. */
struct lf_value {
    const struct lf_json *json;
    lf_view text, folded; /* folded.ptr NULL until asked for */
    enum { LF_ASCII_UNKNOWN, LF_ASCII, LF_NOT_ASCII } ascii;
};
/* A field in the event at hand; what is said is of an earlier event unless the
 * stamp is rs->now. */
struct lf_slot {
    uint32_t bound;    /* the event has a member of this name: `direct` */
    uint32_t gathered; /* the values are gathered */
    bool present;
    const struct lf_json *direct;
    struct lf_value *values;
    size_t n;
    struct lf_value one; /* room for the usual single value */
};
struct lf_bound { /* a name that rules look at, in the event at hand */
    uint32_t stamp;
    const struct lf_json *value;
};
struct lf_keys; /* rule_fields.c: which names mean which fields */
struct lf_index;

struct lf_delta; /* rule_delta.c */

struct lf_ruleset {
    int refs;
    struct lf_arena a;
    struct lf_delta *delta; /* NULL: all of it was compiled here */
    struct lf_rule *rules;
    struct lf_node **roots; /* by rule number; NULL = refused, or no detection (lf_rule.kind) */
    size_t nrules, nrefused, rules_cap;
    struct lf_group *groups;
    size_t ngroups, groups_cap;
    struct lf_filter *filters; /* rule_load.c's own */
    size_t nfilters, filters_cap;
    lf_view *fields; /* 0 is "every value" (keywords) */
    size_t nfields, fields_cap;
    struct lf_map field_of, pred_of, rule_of; /* rule_of: by id in lower case */
    struct lf_map named; /* by name, alone and with its file before it; for lf_ruleset_named */
    size_t npreds;
    struct lf_regex **regexes;
    size_t nregexes, regexes_cap;
    hs_scratch_t *scratch;
    const struct lf_pred **preds;         /* by number */
    uint32_t choosings, seen;             /* engine/witness.c */
    struct lf_map group_of;               /* "category\0product\0service" -> group */
    struct lf_index **indexes;            /* by group */
    struct lf_index *all;                 /* of all rules; made when first asked for without routing */
    struct lf_keys *keys;                 /* of events as they are, without aliases */
    struct lf_correlations *correlations; /* engine/correlation_priv.h; NULL = none */
    struct lf_pipelines *pipelines;       /* whose alias tables `aliased` is by; NULL: none yet */
    struct lf_keys **aliased;             /* by number of alias table, made when first met */
    size_t naliased;
    struct lf_set *sets; /* rule_sets.c */
    size_t nsets, sets_cap;
    uint32_t *set_of; /* by predicate: set + 1 */
    /* Working memory of the event at hand. */
    uint32_t now;
    struct lf_slot *slots;
    struct lf_bound *bound; /* by key of the widest lf_keys */
    size_t nbound;
    uint64_t *found;       /* bit by field: the event may have it */
    size_t nfound;         /* words of it */
    struct lf_laid **laid; /* [LF_SHAPES] rule_fields.c: how records of a shape were laid out */
    uint32_t *answered;    /* by predicate: 2*now + answer */
    struct lf_route_cache *routes;
};

/* The event at hand. */
struct lf_at {
    struct lf_ruleset *rs;
    struct lf_arena *a;
    const struct lf_keys *keys;
    const struct lf_json *doc;
    struct lf_shape shape;         /* lf_event.shape */
    lf_view json, line;            /* lf_event.json, .line */
    bool laid_out;                 /* lf_fields_lay_out was called */
    const struct lf_json *windows; /* [4] the object with System in it; NULL = flat */
};

/* Made once the rules are read: no field is added afterwards. */
/* With the other names that an alias table gives; NULL: none. */
struct lf_keys *lf_keys_create(struct lf_ruleset *rs, const struct lf_aliases *aliases);
void lf_keys_destroy(struct lf_keys *k);
/* No record was laid out yet, or not by these names. */
void lf_laid_forget(struct lf_ruleset *rs);

/* A namespace of XML is no content of an event. */
bool lf_is_xmlns(lf_view name);
/* Binds the event's members to fields and marks those in rs->found; once an event,
 * before anything is asked. */
void lf_fields_lay_out(struct lf_at *m);
/* A new event is at hand, of which only fields are asked: lays it out.  rs, a are set. */
void lf_fields_begin(struct lf_at *m, const struct lf_event *ev);
/* The values of a field, gathered when first asked for. */
struct lf_slot *lf_slot_of(struct lf_at *m, unsigned field);
/* One predicate, asked anew; the caller keeps the answer. */
bool lf_pred_holds(struct lf_at *m, const struct lf_pred *p);
/* The same by way of a set where the predicate is in one.  rule_sets.c */
bool lf_pred_asked(struct lf_at *m, const struct lf_pred *p);
void lf_sets_make(struct lf_ruleset *rs);
void lf_sets_clear(struct lf_ruleset *rs);
void lf_sets_forget(struct lf_ruleset *rs); /* stamps begin anew */
bool lf_value_is_ascii(struct lf_value *v);
/* A list may say the same thousands of times. */
static inline bool lf_value_same(const struct lf_value *v, const struct lf_value *before)
{
    return lf_json_kind(v->json) == lf_json_kind(before->json) && lf_view_eq(v->text, before->text);
}
/* The value's text by Unicode's simple case folding. */
lf_view lf_value_folded(struct lf_at *m, struct lf_value *v);
/* The tree, asked from the root down: what matching means.  The index is a faster
 * way to the same answers. */
bool lf_tree_holds(struct lf_at *m, struct lf_node *n);

/* The numbers, in order, of all rules that match whatever their log source, the fields by
 * the names of the event's pipeline; for engine/stix_live.c. */
size_t lf_ruleset_match_named(struct lf_ruleset *rs, struct lf_arena *a, const struct lf_event *ev,
                              const unsigned **rules);
/* lf_ruleset_match by the trees alone; tests hold the index against it. */
size_t lf_ruleset_match_slowly(struct lf_ruleset *rs, struct lf_arena *a, const struct lf_event *ev,
                               bool route, const struct lf_rule *const **hits);

/* Of a ruleset that is a delta upon another (rule_delta.c): what the functions of the
 * same names mean there. */
size_t lf_delta_match(struct lf_ruleset *rs, struct lf_arena *a, const struct lf_event *ev, bool route,
                      const struct lf_rule *const **hits);
enum lf_code lf_delta_named(const struct lf_ruleset *rs, lf_view ref, lf_view file,
                            const struct lf_rule **out, struct lf_err *e) LF_MUST;
/* Those of the hits that the base found, as the base knows them. */
size_t lf_delta_base_hits(const struct lf_ruleset *rs, struct lf_arena *a, const struct lf_rule *const *hits,
                          size_t n, const struct lf_rule *const **out);
const struct lf_ruleset *lf_delta_base(const struct lf_ruleset *rs); /* lf_ruleset_base */
void lf_delta_destroy(struct lf_delta *d);

/* Once all rules are read: indexes and working memory.  rule_match.c */
enum lf_code lf_ruleset_finish(struct lf_ruleset *rs, struct lf_err *e) LF_MUST;
void lf_ruleset_unfinish(struct lf_ruleset *rs);

struct lf_node *lf_node_new(struct lf_ruleset *rs, enum lf_node_kind kind, size_t nkids);
/* Cost of the kids; orders those of AND and OR by it. */
void lf_node_settle(struct lf_node *n);
struct lf_node *lf_node_of_pred(struct lf_ruleset *rs, const struct lf_pred *p);
struct lf_pred *lf_pred_new(struct lf_ruleset *rs, unsigned field, enum lf_ask ask);
/* The number of a field, a new one when no rule has named it before. */
unsigned lf_field_number(struct lf_ruleset *rs, lf_view name);

enum lf_code lf_condition_parse(struct lf_ruleset *rs, lf_view text, const struct lf_ident *idents, size_t n,
                                struct lf_node **out, struct lf_err *e) LF_MUST;

/* Marks a rule as not taking part; the reason is copied. */
void lf_rule_refuse(struct lf_ruleset *rs, struct lf_rule *r, const struct lf_err *why);

#endif
