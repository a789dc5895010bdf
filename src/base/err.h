/* Errors: one way.
 *
 * A function that can fail returns enum lf_code (LF_OK is 0), takes struct
 * lf_err * last and is marked LF_MUST.  The code is for the program: each has a
 * decided HTTP status and a translated sentence for people (web/text).  The text
 * is for the log, written where it failed and given context on the way up with
 * lf_err_at().  It lives inside lf_err: reporting never allocates.  On failure
 * outputs are untouched.  `e` may be NULL when only the code matters.
 *
 * Bugs are not errors: LF_BUG() stops the worker with a backtrace. */
#ifndef LF_BASE_ERR_H
#define LF_BASE_ERR_H

#include <stdbool.h>

#define LF_MUST __attribute__((warn_unused_result))
#define LF_PRINTF(fmt_at, args_at) __attribute__((format(printf, fmt_at, args_at)))

enum lf_code {
    LF_OK = 0,
    LF_BAD_INPUT,   /* 400: malformed; the text says what, where, how to mend */
    LF_UNAUTHENTIC, /* 401: we do not know who you are */
    LF_FORBIDDEN,   /* 403: we do, and you may not */
    LF_NOT_FOUND,   /* 404: or hidden from you */
    LF_CONFLICT,    /* 409: it changed under you, or exists already */
    LF_TOO_BIG,     /* 413: over a stated limit */
    LF_UNACCEPTED,  /* 422: well formed, but not what we may take */
    LF_TOO_MANY,    /* 429: slow down */
    LF_IO,          /* 500: the machine failed us */
    LF_FULL,        /* 507: no room to keep it; nothing was kept */
    LF_AWAY,        /* 503: a part we need is not answering; try again */
    LF_CODE_COUNT
};

struct lf_err {
    enum lf_code code;
    char text[500];
};

/* Sets code and text, returns the code, so that failing reads
 * `return lf_err_set(e, LF_IO, "open %s: %s", path, strerror(errno));` */
enum lf_code lf_err_set(struct lf_err *e, enum lf_code code, const char *fmt, ...) LF_PRINTF(3, 4);
/* Puts context before the text ("feed x: open y: …"); returns e's code. */
enum lf_code lf_err_at(struct lf_err *e, const char *fmt, ...) LF_PRINTF(2, 3);
/* What they return is seen where they are called, so that compilers and analysers
 * know that a failed function has not gone on; a failure is never LF_OK. */
#define lf_err_set(e, failure, ...)                                                                          \
    ({                                                                                                       \
        enum lf_code lf_failure_ = (failure);                                                                \
        (lf_err_set)((e), lf_failure_, __VA_ARGS__);                                                         \
        lf_failure_;                                                                                         \
    })
#define lf_err_at(e, ...)                                                                                    \
    ({                                                                                                       \
        enum lf_code lf_failure_ = (lf_err_at)((e), __VA_ARGS__);                                            \
        lf_failure_ != LF_OK ? lf_failure_ : LF_IO;                                                          \
    })
/* "bad_input" and so on: stable names for logs and the API. */
const char *lf_code_name(enum lf_code code);
/* The HTTP status decided for the code; 200 for LF_OK. */
int lf_code_http(enum lf_code code);

__attribute__((noreturn)) void lf_bug(const char *file, int line, const char *fmt, ...) LF_PRINTF(3, 4);
#define LF_BUG(...) lf_bug(__FILE__, __LINE__, __VA_ARGS__)
#define LF_ASSERT(cond)                                                                                      \
    do {                                                                                                     \
        if (__builtin_expect(!(cond), 0))                                                                    \
            LF_BUG("assertion failed: " #cond);                                                              \
    } while (0)

/* Hands a failure up unchanged. */
#define LF_TRY(call)                                                                                         \
    do {                                                                                                     \
        enum lf_code lf_rc_ = (call);                                                                        \
        if (lf_rc_ != LF_OK)                                                                                 \
            return lf_rc_;                                                                                   \
    } while (0)

#endif
