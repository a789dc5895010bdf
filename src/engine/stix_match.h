/* STIX patterns on observed data: does the pattern match, and by which observations?
 *
 * As STIX 2.1 part 9 has it:
 * - What stands in one pair of brackets is asked of one object of one observation.
 *   A step after a property that ends in _ref or _refs goes to the object referred to.
 * - Observations joined by AND, OR or FOLLOWEDBY, and those REPEATS counts, are
 *   different ones.  An observed-data object stands for as many as number_observed says.
 * - An observation happened at some time from first_observed to last_observed.  The
 *   pattern matches when times can be chosen so that FOLLOWEDBY (not before), WITHIN
 *   (closer than) and START STOP (from, and before) all hold at once.
 * - Texts compare by code point; h'..' and b'..' with properties that end in _hex and
 *   _bin, and with texts whose code points are below 256.  Types that do not compare are
 *   unequal and have no order.
 * - For LIKE and MATCHES texts are brought to Unicode's normalisation form C first; for the
 *   other operators they are compared as they are.
 * - MATCHES searches (PCRE syntax, "." takes line ends) by Vectorscan, whose time is linear in
 *   the text; back-references, look-around and the like by engine/pcre.h, within the steps of
 *   the match.
 *
 * Choosing observations is a puzzle that can be made hard: the search gives up with
 * LF_TOO_BIG after LF_STIX_WORK steps instead of stalling. */
#ifndef LF_ENGINE_STIX_MATCH_H
#define LF_ENGINE_STIX_MATCH_H

#include "fmt/json.h"
#include "fmt/stix_pattern.h"

enum {
    LF_STIX_WORK = 50000000,   /* steps of one match */
    LF_STIX_REGEX_MOST = 4096, /* bytes of one expression */
    LF_STIX_OBSERVED_MOST = 1000000
};

/* A pattern with its expressions compiled.  The pattern's arena must live as long.  LF_BAD_INPUT: an
 * expression is none; LF_UNACCEPTED: it is PCRE, but nothing that can be served here. */
struct lf_stix_matcher;
enum lf_code lf_stix_matcher_create(const struct lf_stix_pattern *p, struct lf_stix_matcher **out,
                                    struct lf_err *e) LF_MUST;
/* Whether an expression is none of Vectorscan's: a node does not look for such a pattern. */
bool lf_stix_matcher_slow(const struct lf_stix_matcher *m);
void lf_stix_matcher_destroy(struct lf_stix_matcher *m);

/* Observed data, gathered from any number of documents.  Texts and trees are borrowed
 * and must live as long. */
struct lf_stix_data;
struct lf_stix_data *lf_stix_data_create(void);
void lf_stix_data_destroy(struct lf_stix_data *d);
/* A bundle, a list of objects and bundles, or one object.  observed-data hold their
 * objects (`objects`, as in 2.0) or name them (`object_refs`, found in any document
 * added).  Of one id the latest version counts, and none that is revoked. */
enum lf_code lf_stix_data_add(struct lf_stix_data *d, const struct lf_json *doc, struct lf_err *e) LF_MUST;
/* After the last add: LF_BAD_INPUT names an observed-data object without its times or
 * with a number_observed that is none. */
enum lf_code lf_stix_data_ready(struct lf_stix_data *d, struct lf_err *e) LF_MUST;
size_t lf_stix_data_count(const struct lf_stix_data *d); /* observed-data objects */
lf_view lf_stix_data_id(const struct lf_stix_data *d, size_t i);

/* *matched, and in `a` the observed-data objects of one way in which it does, each once,
 * in the order added. */
enum lf_code lf_stix_match(const struct lf_stix_matcher *m, const struct lf_stix_data *d, struct lf_arena *a,
                           bool *matched, const size_t **which, size_t *n, struct lf_err *e) LF_MUST;

#endif
