/* File: whole files, crash-safe writes, private directories. */
#ifndef LF_SYS_FILE_H
#define LF_SYS_FILE_H

#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/view.h"

/* A regular file of at most `max` bytes; a symbolic link at the end of the path is
 * refused.  The bytes belong to `a` and are followed by a NUL. */
enum lf_code lf_file_read(struct lf_arena *a, const char *path, size_t max, lf_view *out,
                          struct lf_err *e) LF_MUST;
/* Either the old content or the new is there, whenever the machine stops:
 * temporary file beside it, fsync, rename, fsync of the directory. */
enum lf_code lf_file_write(const char *path, lf_view content, mode_t mode, struct lf_err *e) LF_MUST;
/* Appends all of it and makes it durable (fdatasync).  LF_FULL when the disk is:
 * what was partly written is cut off again. */
enum lf_code lf_file_append(int fd, lf_view content, struct lf_err *e) LF_MUST;
/* A directory only its owner may enter (0700); parents must exist.  One that is
 * there already is kept if it is ours and made private. */
enum lf_code lf_file_make_dir(const char *path, struct lf_err *e) LF_MUST;
/* Makes renames and unlinks inside durable. */
enum lf_code lf_file_sync_dir(const char *path, struct lf_err *e) LF_MUST;
/* Removes a directory with all in it, never following a link. */
enum lf_code lf_file_remove_tree(const char *path, struct lf_err *e) LF_MUST;
/* A regular file of at most `max` bytes, to read where it lies; nobody may shorten it meanwhile. */
enum lf_code lf_file_map(const char *path, size_t max, lf_view *out, struct lf_err *e) LF_MUST;
/* What of it lies in memory need not: it is read again where somebody asks. */
void lf_file_rest(lf_view v);
void lf_file_unmap(lf_view v);
bool lf_file_exists(const char *path);

#endif
