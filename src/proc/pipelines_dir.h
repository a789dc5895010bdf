/* Pipelines dir: pipeline files (engine/pipeline.h) read from directories and handed to the engine. */
#ifndef LF_PROC_PIPELINES_DIR_H
#define LF_PROC_PIPELINES_DIR_H

#include "engine/pipeline.h"

/* The delivered pipelines and every *.yml and *.yaml of each path, which is a directory (looked at in the
 * order of names, not below) or one file.  n == 0: the delivered ones alone.  A file or directory that
 * cannot be read, or is no pipeline, is an error that says so: nothing loads half. */
enum lf_code lf_pipelines_dir_load(const char *const *paths, size_t n, struct lf_pipelines **out,
                                   struct lf_err *e) LF_MUST;

#endif
