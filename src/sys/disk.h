/* Disk: the few things a store of its own asks of a file system, so that it can
 * stand on a simulated one that loses power (tests/lf_disk_sim.h).
 *
 * Paths are whole.  A file is an int, as the kernel's.  Nothing is durable before
 * `sync` (a file's bytes and size) and `sync_dir` (names: made, renamed, removed).
 * Errors are said with the path or, where there is none, with what failed;
 * LF_FULL: no room. */
#ifndef LF_SYS_DISK_H
#define LF_SYS_DISK_H

#include "base/err.h"
#include "base/view.h"

enum lf_disk_mode {
    LF_DISK_READ,
    LF_DISK_WRITE, /* there already; read as well */
    LF_DISK_NEW,   /* must not be there; read and write, 0600 */
};

struct lf_disk {
    void *ctx;
    /* Regular files only; `size` as of now. */
    enum lf_code (*list)(void *ctx, const char *dir, void (*each)(void *to, lf_view name, uint64_t size),
                         void *to, struct lf_err *e);
    /* Made if it is not there. */
    enum lf_code (*make_dir)(void *ctx, const char *dir, struct lf_err *e);
    enum lf_code (*open)(void *ctx, const char *path, enum lf_disk_mode mode, int *file, struct lf_err *e);
    void (*close)(void *ctx, int file);
    enum lf_code (*size)(void *ctx, int file, uint64_t *out, struct lf_err *e);
    /* Exactly n bytes from `at`; false when they are not all there. */
    bool (*read)(void *ctx, int file, char *to, size_t n, uint64_t at);
    /* At the end; on failure some of it may be written: cut it off. */
    enum lf_code (*append)(void *ctx, int file, lf_view bytes, struct lf_err *e);
    enum lf_code (*cut)(void *ctx, int file, uint64_t size, struct lf_err *e);
    enum lf_code (*sync)(void *ctx, int file, struct lf_err *e);
    /* The kernel may begin to write what is new, so that `sync` has less to do. */
    void (*hint)(void *ctx, int file, uint64_t from, uint64_t n);
    enum lf_code (*rename)(void *ctx, const char *from, const char *to, struct lf_err *e);
    /* One that is not there is LF_NOT_FOUND. */
    enum lf_code (*remove)(void *ctx, const char *path, struct lf_err *e);
    enum lf_code (*sync_dir)(void *ctx, const char *dir, struct lf_err *e);
};

/* The kernel's file system. */
extern const struct lf_disk lf_disk_real;

#endif
