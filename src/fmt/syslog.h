/* Syslog lines (RFC 5424, RFC 3164) and how they are framed on TCP (RFC 6587).
 *
 * Lenient where devices in the field are, as each function says; what is no
 * syslog at all is refused and the caller keeps the line as raw text.  Views
 * point into the line. */
#ifndef LF_FMT_SYSLOG_H
#define LF_FMT_SYSLOG_H

#include "base/arena.h"
#include "base/err.h"
#include "base/time.h"

struct lf_syslog_pri {
    unsigned facility, severity;
};

enum { LF_SYSLOG_PARAMS = 64, LF_SYSLOG_LINE = 65536 };

struct lf_syslog_param {
    lf_view id, name, value; /* of the element, of the parameter; value unescaped */
};

struct lf_syslog {
    unsigned version; /* 1: RFC 5424; 0: RFC 3164 */
    struct lf_syslog_pri pri;
    bool has_time;
    lf_time time;
    lf_view host, app, pid, msgid; /* empty when absent or "-" */
    lf_view message;               /* without a byte order mark */
    size_t nparams;                /* at most LF_SYSLOG_PARAMS are kept */
    struct lf_syslog_param params[LF_SYSLOG_PARAMS];
};

/* "<PRI>" off the front. */
enum lf_code lf_syslog_take_pri(lf_view *in, struct lf_syslog_pri *out, struct lf_err *e) LF_MUST;
/* One line without its end.  A 3164 time has no year and no zone: it is taken as
 * UTC, in the last year in which it is at most a week after `now`.  A 3164 line without a time or
 * host is still taken: all behind the PRI is then message.  Unescaped values of
 * structured data go to `a`.  No PRI: LF_BAD_INPUT. */
enum lf_code lf_syslog_parse(struct lf_arena *a, lf_view line, lf_time now, struct lf_syslog *out,
                             struct lf_err *e) LF_MUST;

/* The next frame of a TCP stream off the front of *in.
 *
 * A frame that begins with a digit from 1 is counted ("12 <34>1 …"), any other
 * ends at LF (CR LF and NUL too).  LF_OK with *whole false: more bytes are
 * needed.  A frame over `max` or a bad count is LF_BAD_INPUT: the connection has
 * lost its step and is to be closed.  An uncounted line over `max` is given in
 * pieces of `max` instead, so that nothing of it is lost. */
enum lf_code lf_syslog_frame(lf_view *in, size_t max, bool *whole, lf_view *frame, struct lf_err *e) LF_MUST;

#endif
