/* Clock rules: the dated rule sets (engine/clock.h) that this node's incidents are judged by.
 *
 * The sets delivered with the program always count; the files of a directory add to them, and one
 * with the `ruleset` of another takes its place: a changed law is a file.  A set is of a regime: its field
 * `regime` ("TW", "NIS2", "US"), else its `ruleset` up to the first hyphen.  The node that records an
 * awareness writes the regime of its organisation into it, so that every tier judges by the same;
 * of the sets of that regime the time of awareness chooses.  What was taken is kept in the store: it stays
 * in force while a later file cannot be read. */
#ifndef LF_CERT_CLOCK_RULES_H
#define LF_CERT_CLOCK_RULES_H

#include "fmt/json.h"
#include "model/text_file.h"
#include "store/task.h"

enum {
    LF_CLOCK_FILE_MOST = 1 << 20, /* bytes of one file */
    LF_CLOCK_SETS_MOST = 100,     /* of a node */
};

/* Each file has one rule set, or an array of them.  The sets of a regime that these files and the delivered
 * ones make, as an array.  LF_BAD_INPUT, LF_TOO_BIG: in which file and line what is wrong. */
enum lf_code lf_clock_rules_gather(struct lf_arena *a, const struct lf_text_file *files, size_t n,
                                   lf_view regime, const struct lf_json **out, struct lf_err *e) LF_MUST;

/* As the node.  All of it or nothing: LF_BAD_INPUT says in which file what is wrong.  `regime` is that of
 * this node's organisation, and must be one that a set has.  *changed: other sets than before are in force.
 */
enum lf_code lf_clock_rules_take(struct lf_task *t, const struct lf_text_file *files, size_t n,
                                 lf_view regime, bool *changed, struct lf_err *e) LF_MUST;

/* What is in force. */
struct lf_clock_rules_now {
    lf_view regime; /* of this node's organisation */
    int64_t mark;   /* another one when the rules are others */
};
enum lf_code lf_clock_rules_now(struct lf_task *t, struct lf_clock_rules_now *out, struct lf_err *e) LF_MUST;
/* The sets of a regime as an array.  LF_NOT_FOUND: there is none. */
enum lf_code lf_clock_rules_of(struct lf_task *t, lf_view regime, const struct lf_json **out,
                               struct lf_err *e) LF_MUST;

#endif
