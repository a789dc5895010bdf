#include "base/err.h"

#include "base/view.h"

#include <execinfo.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *name;
    int http;
} codes[LF_CODE_COUNT] = {
    [LF_OK] = { "ok", 200 },
    [LF_BAD_INPUT] = { "bad_input", 400 },
    [LF_UNAUTHENTIC] = { "unauthentic", 401 },
    [LF_FORBIDDEN] = { "forbidden", 403 },
    [LF_NOT_FOUND] = { "not_found", 404 },
    [LF_CONFLICT] = { "conflict", 409 },
    [LF_TOO_BIG] = { "too_big", 413 },
    [LF_UNACCEPTED] = { "unaccepted", 422 },
    [LF_TOO_MANY] = { "too_many", 429 },
    [LF_IO] = { "io", 500 },
    [LF_FULL] = { "full", 507 },
    [LF_AWAY] = { "away", 503 },
};

/* What was cut ends on a whole character: the text is shown and kept as UTF-8. */
static void end_whole(struct lf_err *e)
{
    size_t n = strlen(e->text), at = n;

    if (n + 1 < sizeof e->text)
        return;
    while (at && ((unsigned char)e->text[at - 1] & 0xc0) == 0x80)
        at--;
    if (at && (unsigned char)e->text[at - 1] >= 0xc0 && at - 1 + lf_utf8_len(e->text[at - 1]) > n)
        e->text[at - 1] = '\0';
}

enum lf_code(lf_err_set)(struct lf_err *e, enum lf_code code, const char *fmt, ...)
{
    va_list ap;

    if (!e)
        return code;
    e->code = code;
    va_start(ap, fmt);
    vsnprintf(e->text, sizeof e->text, fmt, ap);
    va_end(ap);
    end_whole(e);
    return code;
}

enum lf_code(lf_err_at)(struct lf_err *e, const char *fmt, ...)
{
    char was[sizeof e->text];
    va_list ap;
    int n;

    if (!e)
        return LF_IO;
    memcpy(was, e->text, sizeof was);
    va_start(ap, fmt);
    n = vsnprintf(e->text, sizeof e->text, fmt, ap);
    va_end(ap);
    if (n >= 0 && (size_t)n < sizeof e->text)
        snprintf(e->text + n, sizeof e->text - (size_t)n, ": %s", was);
    end_whole(e);
    return e->code;
}

const char *lf_code_name(enum lf_code code)
{
    return (unsigned)code < LF_CODE_COUNT ? codes[code].name : "unknown";
}

int lf_code_http(enum lf_code code)
{
    return (unsigned)code < LF_CODE_COUNT ? codes[code].http : 500;
}

void lf_bug(const char *file, int line, const char *fmt, ...)
{
    void *frames[48];
    char text[400];
    va_list ap;
    int n;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    dprintf(STDERR_FILENO, "level=bug code=LF0001 at=%s:%d text=\"%s\"\n", file, line, text);
    n = backtrace(frames, (int)(sizeof frames / sizeof *frames));
    backtrace_symbols_fd(frames, n, STDERR_FILENO);
    abort();
}
