/* Sigma: rules as people write them -> one immutable generation to match with.
 *
 * A rule is either loaded whole or refused with a reason; nothing loads half.
 * What the specification leaves open is decided in docs/sigma-choices.md.
 * Regexes go through Vectorscan, whose time is linear in the text: no rule can
 * stall the node.  Correlations, filters, `expand` and the parts of a time are
 * refused for now.
 *
 * A ruleset is counted: keep/drop.  It is never edited; a reload builds another
 * beside it.  Matching uses working memory inside the ruleset, so one ruleset is
 * matched by one thread at a time. */
#ifndef LF_ENGINE_SIGMA_H
#define LF_ENGINE_SIGMA_H

#include "engine/event.h"
#include "model/finding.h"

enum {
    LF_RULES_MOST = 100000,      /* rules of one generation */
    LF_RULE_FILE_MOST = 1 << 20, /* bytes of one rule file */
};

/* One file's text; the engine opens nothing itself. */
struct lf_rule_file {
    lf_view name; /* for messages */
    lf_view text;
};

struct lf_rule {
    lf_view id; /* UUID; one made from the title where the rule gives none */
    lf_view title;
    lf_view file;
    enum lf_level level; /* informational where the rule gives none */
    struct lf_logsource source;
    lf_view refused; /* why it does not take part; ptr NULL = loaded */
    unsigned number; /* its place in the ruleset */
};

struct lf_ruleset;

/* Always gives a ruleset, however many rules were refused; fails only past
 * LF_RULES_MOST or when Vectorscan cannot run on this machine. */
enum lf_code lf_ruleset_build(const struct lf_rule_file *files, size_t n, struct lf_ruleset **out,
                              struct lf_err *e) LF_MUST;
struct lf_ruleset *lf_ruleset_keep(struct lf_ruleset *rs);
void lf_ruleset_drop(struct lf_ruleset *rs);

/* All rules in file order, refused ones too. */
size_t lf_ruleset_count(const struct lf_ruleset *rs);
const struct lf_rule *lf_ruleset_rule(const struct lf_ruleset *rs, size_t i);
size_t lf_ruleset_refused(const struct lf_ruleset *rs);

/* The rules that match, in file order, in `a`.  `route` false tries every rule
 * on the event and looks at no log source (detect --no-route). */
size_t lf_ruleset_match(struct lf_ruleset *rs, struct lf_arena *a, const struct lf_event *ev, bool route,
                        const struct lf_rule *const **hits);

#endif
