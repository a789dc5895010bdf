#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

static const char *const names[] = { "debug", "info", "warn", "error" };

void lf_log(const struct lf_log *log, enum lf_log_level level, const char *code, const char *fmt, ...)
{
    char line[2048], when[LF_TIME_TEXT];
    size_t n = 0;
    va_list ap;
    int w;

    if (!log || log->fd < 0 || level < log->least)
        return;
    if (log->now)
        n += (size_t)snprintf(line, sizeof line, "time=%s ", lf_time_micro(log->now(log->ctx), when).ptr);
    n += (size_t)snprintf(line + n, sizeof line - n, "level=%s worker=%s code=%s ", names[level],
                          log->worker ? log->worker : "-", code);
    va_start(ap, fmt);
    w = vsnprintf(line + n, sizeof line - n, fmt, ap);
    va_end(ap);
    n = w < 0 || n + (size_t)w > sizeof line - 2 ? sizeof line - 2 : n + (size_t)w;
    line[n++] = '\n';
    /* One write a line: lines of several workers never mix.  A log that cannot
     * be written has nobody to be reported to. */
    if (write(log->fd, line, n) < 0)
        return;
}

const char *lf_log_text(lf_view v, char *out, size_t size)
{
    static const char hex[] = "0123456789abcdef";
    size_t n = 0;

    LF_ASSERT(size >= 8);
    out[n++] = '"';
    for (size_t i = 0; i < v.len; i++) {
        unsigned char c = (unsigned char)v.ptr[i];

        if (n > size - 7) { /* room for one escape, the dots, the quote and the NUL */
            out[n++] = '~';
            break;
        }
        if (c == '"' || c == '\\') {
            out[n++] = '\\';
            out[n++] = (char)c;
        } else if (c < 0x20 || c == 0x7f) {
            out[n++] = '\\';
            out[n++] = 'x';
            out[n++] = hex[c >> 4];
            out[n++] = hex[c & 15];
        } else {
            out[n++] = (char)c;
        }
    }
    out[n++] = '"';
    out[n] = '\0';
    return out;
}

void lf_log_err(const struct lf_log *log, enum lf_log_level level, const char *code, const struct lf_err *e)
{
    char text[700];

    lf_log(log, level, code, "error=%s text=%s", lf_code_name(e->code),
           lf_log_text(lf_view_of(e->text), text, sizeof text));
}
