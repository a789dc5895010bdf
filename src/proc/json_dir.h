/* JSON dir: files of the node's own, such as rule sets of legal clocks or playbooks, read from directories.
 */
#ifndef LF_PROC_JSON_DIR_H
#define LF_PROC_JSON_DIR_H

#include "base/arena.h"
#include "base/err.h"
#include "model/text_file.h"

enum { LF_JSON_FILE_MOST = 1 << 20 /* bytes of one */ };

/* Every *.json of each directory in the order of names, not below, at most `most` together; in `a`.  What
 * cannot be read is an error that names it, after `what` they are for. */
enum lf_code lf_json_dir_files(struct lf_arena *a, const char *what, size_t most, const char *const *dirs,
                               size_t n, struct lf_text_file **out, size_t *count, struct lf_err *e) LF_MUST;

#endif
