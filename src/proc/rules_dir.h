/* Rules dir: Sigma rules of directories, read whole and handed to the engine, and
 * the values of their placeholders. */
#ifndef LF_PROC_RULES_DIR_H
#define LF_PROC_RULES_DIR_H

#include "engine/sigma.h"

/* Every *.yml and *.yaml below each path (a path may also be one file, or "-" for
 * standard input), in the order of their names; hidden ones and symbolic links are passed over.  A file
 * that can not be read is a refused rule, a directory that can not is an error. */
enum lf_code lf_rules_dir_load(const char *const *paths, size_t n, struct lf_ruleset **out,
                               struct lf_err *e) LF_MUST;

/* The same, with values of placeholders (NULL = none). */
enum lf_code lf_rules_dir_load_with(const char *const *paths, size_t n, const struct lf_placeholders *values,
                                    struct lf_ruleset **out, struct lf_err *e) LF_MUST;
/* The files themselves, tests of rules among them; in `a`. */
enum lf_code lf_rules_dir_files(struct lf_arena *a, const char *const *paths, size_t n,
                                struct lf_rule_file **out, size_t *count, struct lf_err *e) LF_MUST;
/* Values of placeholders (engine/placeholder.h).  A path is NAME.txt, a list; a YAML
 * or JSON map with any other name; or a directory, of which every *.txt, *.yml,
 * *.yaml and *.json is taken, not those below.  On failure what was read stays. */
enum lf_code lf_placeholders_load(const char *const *paths, size_t n, struct lf_placeholders *out,
                                  struct lf_err *e) LF_MUST;

/* What a command line says of rules. */
struct lf_rules_paths {
    const char *rules[64], *expand[64];
    size_t nrules, nexpand;
};
/* Takes "--rules DIR" or "--expand FILE" off the front of the arguments: how many of
 * them that were, 0 when it is neither, or nothing follows, or there are too many. */
int lf_rules_paths_take(struct lf_rules_paths *p, int argc, char *const *argv);
/* Takes a directory by itself; false: it is an option, or there are too many. */
bool lf_rules_paths_dir(struct lf_rules_paths *p, const char *arg);
enum lf_code lf_rules_paths_load(const struct lf_rules_paths *p, struct lf_ruleset **out,
                                 struct lf_err *e) LF_MUST;

#endif
