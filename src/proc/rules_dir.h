/* Rules dir: Sigma rules of directories, read whole and handed to the engine. */
#ifndef LF_PROC_RULES_DIR_H
#define LF_PROC_RULES_DIR_H

#include "engine/sigma.h"

/* Every *.yml and *.yaml below each path (a path may also be one file), in the
 * order of their names; hidden ones and symbolic links are passed over.  A file
 * that can not be read is a refused rule, a directory that can not is an error. */
enum lf_code lf_rules_dir_load(const char *const *paths, size_t n, struct lf_ruleset **out,
                               struct lf_err *e) LF_MUST;

#endif
