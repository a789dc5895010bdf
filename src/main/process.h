/* Process: other programs that the demonstration starts (resolvers, web server,
 * nodes), each ended by its own process id and never by name. */
#ifndef LF_MAIN_PROCESS_H
#define LF_MAIN_PROCESS_H

#include <sys/types.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct lf_process {
    pid_t pid;   /* 0 = none */
    int in, out; /* our ends of its standard input and output; -1 = none */
    const char *name;
};

enum { LF_PROCESS_TALK = 1, LF_PROCESS_QUIET_EXIT = 2 };

/* Finds `argv[0]` in PATH and the system's own directories (where servers lie,
 * which are not in everybody's PATH).  Its error output, and with no
 * LF_PROCESS_TALK its output too, is appended to `log`.  It dies when we die. */
enum lf_code lf_process_start(struct lf_process *p, const char *name, const char *const *argv,
                              const char *log, unsigned flags, struct lf_err *e) LF_MUST;
/* Closes its input, asks it to end (SIGTERM), waits at most `limit` milliseconds,
 * then kills it.  Harmless on one that was never started. */
void lf_process_stop(struct lf_process *p, int limit);
/* Sends the end to all first, so that they end side by side. */
void lf_process_stop_all(struct lf_process *p, size_t n, int limit);
bool lf_process_alive(struct lf_process *p);
/* One line of its output, without the newline, within `limit` milliseconds. */
enum lf_code lf_process_line(struct lf_process *p, struct lf_arena *a, int limit, lf_view *line,
                             struct lf_err *e) LF_MUST;

#endif
