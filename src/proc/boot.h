/* Boot: what a worker is told first (LF_MSG_BOOT). */
#ifndef LF_PROC_BOOT_H
#define LF_PROC_BOOT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "sys/cage.h"

enum { LF_BOOT_PATHS = 64 };

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

#endif
