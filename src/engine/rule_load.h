/* How rules are read; for rule_load.c (documents, generations), rule_detection.c
 * (detections and filters as trees), rule_item.c (one field with its modifiers and
 * values), rule_text.c (what modifiers make of a text) and rule_tree.c alone. */
#ifndef LF_ENGINE_RULE_LOAD_H
#define LF_ENGINE_RULE_LOAD_H

#include "engine/rule_priv.h"

enum {
    LF_ITEMS_MOST = 50000,        /* values of one rule, placeholders filled in */
    LF_REGEX_MOST = 8192,         /* bytes of one expression */
    LF_VALUE_MOST = 65536,        /* bytes of one value */
    LF_ALTERNATIVES_MOST = 20000, /* that one written value may turn into */
    LF_MODIFIERS_MOST = 12,
};

/* One document being read. */
struct lf_load {
    struct lf_ruleset *rs;
    const struct lf_placeholders *values; /* NULL = none */
    size_t items;                         /* values so far */
    const struct lf_json *at;             /* looked at last: where a refusal points */
    struct lf_err *e;
};

/* ---- one field ---- */

enum lf_mod {
    LF_MOD_CONTAINS,
    LF_MOD_STARTS,
    LF_MOD_ENDS,
    LF_MOD_ALL,
    LF_MOD_RE,
    LF_MOD_I,
    LF_MOD_M,
    LF_MOD_S,
    LF_MOD_CIDR,
    LF_MOD_CASED,
    LF_MOD_EXISTS,
    LF_MOD_WINDASH,
    LF_MOD_LT,
    LF_MOD_LTE,
    LF_MOD_GT,
    LF_MOD_GTE,
    LF_MOD_NEQ,
    LF_MOD_BASE64,
    LF_MOD_BASE64OFFSET,
    LF_MOD_UTF16LE,
    LF_MOD_UTF16BE,
    LF_MOD_UTF16,
    LF_MOD_FIELDREF,
    LF_MOD_EXPAND,
    LF_MOD_MINUTE,
    LF_MOD_HOUR,
    LF_MOD_DAY,
    LF_MOD_WEEK,
    LF_MOD_MONTH,
    LF_MOD_YEAR,
    LF_MOD_COUNT
};

/* A field's name with what stands behind it: "Image|windash|contains". */
struct lf_chain {
    lf_view key; /* as written, for messages */
    unsigned field;
    enum lf_mod list[LF_MODIFIERS_MOST]; /* in the order written */
    size_t n;
    uint32_t set; /* the same as bits */
    unsigned wrap;
};
_Static_assert(LF_MOD_COUNT <= 32, "a chain's set has a bit each");

#define LF_HAS(c, m) (((c)->set >> (m)) & 1u)
#define LF_BIT(m) (1u << (m))

enum {
    LF_SET_COMPARE = LF_BIT(LF_MOD_LT) | LF_BIT(LF_MOD_LTE) | LF_BIT(LF_MOD_GT) | LF_BIT(LF_MOD_GTE),
    LF_SET_PART = LF_BIT(LF_MOD_MINUTE) | LF_BIT(LF_MOD_HOUR) | LF_BIT(LF_MOD_DAY) | LF_BIT(LF_MOD_WEEK) |
                  LF_BIT(LF_MOD_MONTH) | LF_BIT(LF_MOD_YEAR),
    LF_SET_WRAP = LF_BIT(LF_MOD_CONTAINS) | LF_BIT(LF_MOD_STARTS) | LF_BIT(LF_MOD_ENDS),
    LF_SET_UTF16 = LF_BIT(LF_MOD_UTF16LE) | LF_BIT(LF_MOD_UTF16BE) | LF_BIT(LF_MOD_UTF16),
    LF_SET_BASE64 = LF_BIT(LF_MOD_BASE64) | LF_BIT(LF_MOD_BASE64OFFSET),
    LF_SET_TEXT = LF_SET_WRAP | LF_SET_UTF16 | LF_SET_BASE64 | LF_BIT(LF_MOD_WINDASH),
};

/* `key: value` of a search, as a tree; the value may be a list. */
enum lf_code lf_item_node(struct lf_load *l, lf_view key, const struct lf_json *v,
                          struct lf_node **out) LF_MUST;

/* ---- texts ---- */

/* What one written value turns into: any of these. */
struct lf_alternatives {
    struct lf_alternative {
        struct lf_piece *pieces;
        size_t n;
    } * at;
    size_t n, cap;
};

/* Applies what changes the text itself (expand, windash, the encodings), in the
 * order written. */
enum lf_code lf_text_alternatives(struct lf_load *l, const struct lf_chain *c, lf_view text,
                                  struct lf_alternatives *out) LF_MUST;
/* The same for what is no Sigma text (expressions, networks, names of fields): only
 * placeholders are filled in. */
enum lf_code lf_text_filled(struct lf_load *l, const struct lf_chain *c, lf_view text, lf_view **out,
                            size_t *n) LF_MUST;

/* ---- documents ---- */

/* A filter whose rules are looked up once all files are read. */
struct lf_filter {
    unsigned rule; /* its own number */
    bool any;      /* of every rule */
    lf_view *refs;
    size_t nrefs;
    struct lf_node *node;
};

/* The id that a rule without one gets from its title, unless that is taken. */
lf_view lf_rule_title_id(struct lf_arena *a, lf_view title);

/* A map of searches and their condition.  `skip` are keys that are neither, ended by
 * NULL. */
enum lf_code lf_searches_node(struct lf_load *l, const struct lf_json *map, const char *const *skip,
                              struct lf_node **out) LF_MUST;

/* Called once all detections and filters of a generation are read: reads those of
 * rs->rules that are correlations (lf_rule.doc is the whole document, in the
 * ruleset's arena), refuses what it must by lf_rule_refuse and sets `quiet`. */
void lf_correlations_load(struct lf_ruleset *rs);

#endif
