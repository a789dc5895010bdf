/* Warninglists dir: MISP warning lists (engine/warninglist.h) read from directories. */
#ifndef LF_PROC_WARNINGLISTS_DIR_H
#define LF_PROC_WARNINGLISTS_DIR_H

#include "engine/warninglist.h"
#include "sys/env.h"

/* Adds every list.json under a directory, to a depth of LF_WARNINGLISTS_DEPTH.  A directory or list that
 * cannot be read, or is none, is an error that names it; what was added before stays added. */
enum { LF_WARNINGLISTS_DEPTH = 4 };
enum lf_code lf_warninglists_dir_load(const char *dir, struct lf_warninglists *to, struct lf_err *e) LF_MUST;
/* New ones of all the directories, for the caller to destroy; of none NULL.  On failure *out is untouched. */
enum lf_code lf_warninglists_dirs_load(const struct lf_env *env, const char *const *dirs, size_t n,
                                       struct lf_warninglists **out, struct lf_err *e) LF_MUST;

#endif
