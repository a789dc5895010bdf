/* Clocks dir: rule sets of legal clocks (cert/clock_rules.h) read from directories. */
#ifndef LF_PROC_CLOCKS_DIR_H
#define LF_PROC_CLOCKS_DIR_H

#include "cert/clock_rules.h"

/* Every *.json of each directory in the order of names, not below; in `a`.  What cannot be read is an error
 * that names it. */
enum lf_code lf_clocks_dir_files(struct lf_arena *a, const char *const *dirs, size_t n,
                                 struct lf_clock_file **out, size_t *count, struct lf_err *e) LF_MUST;

#endif
