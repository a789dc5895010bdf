/* Boot: what a worker is told first (LF_MSG_BOOT). */
#ifndef LF_PROC_BOOT_H
#define LF_PROC_BOOT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "fmt/json.h"
#include "sys/cage.h"

enum { LF_BOOT_PATHS = 256 /* of one worker */ };

struct lf_boot {
    enum lf_log_level least;
    bool connect; /* sys/cage.h: may connect although its row does not say so */
    lf_view settings;
    size_t npaths;
    struct lf_cage_path paths[LF_BOOT_PATHS];
};

void lf_boot_pack(struct lf_buf *b, const struct lf_boot *boot);
/* Paths are copied into `a`; `settings` is a view into the message. */
enum lf_code lf_boot_unpack(struct lf_arena *a, lf_view in, struct lf_boot *boot, struct lf_err *e) LF_MUST;
/* A list of texts in the settings, ended by NULs in `a`; absent: none. */
const char **lf_boot_texts(struct lf_arena *a, const struct lf_json *settings, const char *name, size_t *n);

#endif
