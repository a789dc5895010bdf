/* Log lines: key=value, one line each, with a stable code (LF2107) that
 * docs/log-codes.md explains.  Bytes from outside are escaped when written, so a
 * log line can never be forged by its content.
 *
 * A logger is handed to whoever needs it; there is no global one.  Log once,
 * where an error is finally handled, never on every floor. */
#ifndef LF_BASE_LOG_H
#define LF_BASE_LOG_H

#include "base/err.h"
#include "base/time.h"
#include "base/view.h"

enum lf_log_level { LF_LOG_DEBUG, LF_LOG_INFO, LF_LOG_WARN, LF_LOG_ERROR };

struct lf_log {
    int fd;                    /* lines go here; -1 = nowhere */
    enum lf_log_level least;   /* below this nothing is written */
    const char *worker;        /* "core"; shown as worker= */
    lf_time (*now)(void *ctx); /* NULL: no time= (the collector stamps it) */
    void *ctx;
};

/* `fmt` gives already formed key=value pairs; use lf_log_text() for bytes from
 * outside.  lf_log(log, LF_LOG_INFO, "LF1001", "port=%d", port); */
void lf_log(const struct lf_log *log, enum lf_log_level level, const char *code, const char *fmt, ...)
    LF_PRINTF(4, 5);
/* Writes `v` quoted and escaped into `out` (cut with … when longer); returns out. */
const char *lf_log_text(lf_view v, char *out, size_t size);
/* The usual line for an error that was handled here. */
void lf_log_err(const struct lf_log *log, enum lf_log_level level, const char *code, const struct lf_err *e);

#endif
