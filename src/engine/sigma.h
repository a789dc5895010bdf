/* Sigma: rules as people write them -> one immutable generation to match with.
 *
 * A rule is either loaded whole or refused with a reason; nothing loads half.
 * What the specification leaves open is decided in docs/sigma-choices.md.
 * Regexes go through Vectorscan, whose time is linear in the text: no rule can
 * stall the node.
 *
 * A file holds any number of documents of three kinds: detections; filters, which
 * take matches away from the rules they name; correlations over rules.  They may
 * name each other whatever their order and files.  A file NAME.test.yml, or one
 * document with `rule_metadata`, holds tests of rules and is passed over.
 *
 * A ruleset is counted: keep/drop.  It is never edited; a reload builds another
 * beside it.  Matching uses working memory inside the ruleset, so one ruleset is
 * matched by one thread at a time. */
#ifndef LF_ENGINE_SIGMA_H
#define LF_ENGINE_SIGMA_H

#include "engine/event.h"
#include "engine/placeholder.h"
#include "model/finding.h"

enum {
    LF_RULES_MOST = 100000,      /* documents of one generation */
    LF_RULE_FILE_MOST = 1 << 20, /* bytes of one rule file */
};

/* One file's text; the engine opens nothing itself.  Of a file that cannot be read the
 * text is LF_RULE_NO_TEXT and the reason, which the refusal then gives. */
#define LF_RULE_NO_TEXT "\"unreadable: "
struct lf_rule_file {
    lf_view name; /* for messages */
    lf_view text;
};

enum lf_rule_kind { LF_RULE_DETECTION, LF_RULE_FILTER, LF_RULE_CORRELATION };
const char *lf_rule_kind_name(enum lf_rule_kind k); /* "rule", "filter", "correlation" */

struct lf_rule {
    lf_view id; /* UUID; one made from the title where the rule gives none */
    lf_view title;
    lf_view name; /* for filters and correlations to refer to; empty where the rule gives none */
    lf_view file;
    size_t line; /* of its first line in the file; 0 = the file as a whole */
    enum lf_rule_kind kind;
    enum lf_level level; /* informational where the rule gives none */
    struct lf_logsource source;
    lf_view refused; /* why, and where; ptr NULL = loaded */
    lf_view note;    /* what its writer should know though it is loaded; ptr NULL = nothing */
    unsigned number; /* its place in the ruleset */
    /* A correlation names it and none that does says `generate`: its matches are for
     * the correlation and are shown to nobody (C17). */
    bool quiet;
    /* The document as written: of a correlation whole, of others without `detection`
     * and `filter` (status, tags, author, license, related, … are all there).  NULL
     * when the document could not be read. */
    const struct lf_json *doc;
};

struct lf_ruleset;

/* Always gives a ruleset, however many rules were refused; fails only past
 * LF_RULES_MOST or when Vectorscan cannot run on this machine.  `values` are those of
 * placeholders, looked at while building only; NULL = none. */
enum lf_code lf_ruleset_build_with(const struct lf_rule_file *files, size_t n,
                                   const struct lf_placeholders *values, struct lf_ruleset **out,
                                   struct lf_err *e) LF_MUST;
/* The same without values. */
enum lf_code lf_ruleset_build(const struct lf_rule_file *files, size_t n, struct lf_ruleset **out,
                              struct lf_err *e) LF_MUST;
struct lf_ruleset *lf_ruleset_keep(struct lf_ruleset *rs);
/* What a delta lies upon (engine/rule_delta.h); any other ruleset is its own. */
struct lf_ruleset *lf_ruleset_base(struct lf_ruleset *rs);
void lf_ruleset_drop(struct lf_ruleset *rs);

/* All rules in file order, refused ones too. */
size_t lf_ruleset_count(const struct lf_ruleset *rs);
const struct lf_rule *lf_ruleset_rule(const struct lf_ruleset *rs, size_t i);
size_t lf_ruleset_refused(const struct lf_ruleset *rs);
/* What a filter or a correlation of `file` means by `ref`: the rule of that id (the
 * case of its letters does not count), else the one of that name in the same file,
 * else the only one of that name.  It may be a refused one.  LF_NOT_FOUND: no such
 * rule; LF_CONFLICT: several files have one of that name. */
enum lf_code lf_ruleset_named(const struct lf_ruleset *rs, lf_view ref, lf_view file,
                              const struct lf_rule **out, struct lf_err *e) LF_MUST;

/* The rules that match, in file order, in `a`, quiet ones too: who shows matches
 * leaves those out.  `route` false tries every rule on the event and looks at no log
 * source (detect --no-route). */
size_t lf_ruleset_match(struct lf_ruleset *rs, struct lf_arena *a, const struct lf_event *ev, bool route,
                        const struct lf_rule *const **hits);

#endif
