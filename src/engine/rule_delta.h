/* Delta: a generation of rules told as what changed since an earlier one, so that an
 * edited rule is live in the time its own compiling takes (docs/adr/0024).
 *
 * The result is a ruleset like any other (engine/sigma.h): it lists and matches exactly
 * what a whole compile of the same files would; tests hold it to that.  Inside it asks
 * two: the base, whose rules of changed files no longer count, and a small one of the
 * files that changed.  With these go all files whose rules could mean something else
 * now: those that share an id or a name with a changed one, the filters that name one
 * and what such filters name.  Filters of "any" rule come along too.
 *
 * It keeps the base.  Its correlations are the base's: who runs a correlator on the base
 * goes on with it.  An event is asked of both, so a delta is a bridge, not a state to
 * stay in: compile whole beside it, then take that. */
#ifndef LF_ENGINE_RULE_DELTA_H
#define LF_ENGINE_RULE_DELTA_H

#include "engine/sigma.h"

enum { LF_DELTA_FILES = 256 }; /* of a delta at most: more are compiled whole as soon */

/* `was` are the files that `base` was built from, `files` those of now; each in its
 * order.  `values` are those of placeholders, the same as of the base.  *out is the base
 * itself (kept) where nothing changed.  The texts are not needed afterwards.
 * LF_UNACCEPTED: a delta cannot say it, and the text says why: too many files, a changed
 * correlation or a rule that one names, a changed filter of "any" rule, another order. */
enum lf_code lf_ruleset_delta(struct lf_ruleset *base, const struct lf_rule_file *was, size_t nwas,
                              const struct lf_rule_file *files, size_t n,
                              const struct lf_placeholders *values, struct lf_ruleset **out,
                              struct lf_err *e) LF_MUST;
/* Files compiled or gone for it, at least one; 0 of a whole one. */
size_t lf_ruleset_delta_files(const struct lf_ruleset *rs);

#endif
