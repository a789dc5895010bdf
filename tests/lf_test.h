/* The test harness: a test is a function whose name is the promise.
 *
 * Output is TAP lines ("ok - name", "not ok - name", "ok - name # SKIP why"),
 * which tools/check.py counts.  A failed CHECK prints where and what, and the
 * test goes on, so that one run shows all that is wrong. */
#ifndef LF_TEST_H
#define LF_TEST_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/view.h"

static int lf_test_failed_, lf_test_bad_;
static const char *lf_test_skip_;

#define CHECK(cond, ...)                                                                                     \
    do {                                                                                                     \
        if (!(cond)) {                                                                                       \
            lf_test_failed_++;                                                                               \
            printf("# %s:%d: CHECK(%s) failed:", __FILE__, __LINE__, #cond);                                 \
            printf(" " __VA_ARGS__);                                                                         \
            printf("\n");                                                                                    \
        }                                                                                                    \
    } while (0)
#define CHECK_OK(call, e)                                                                                    \
    do {                                                                                                     \
        enum lf_code rc_ = (call);                                                                           \
        if (rc_ != LF_OK) {                                                                                  \
            lf_test_failed_++;                                                                               \
            printf("# %s:%d: %s gave %s: %s\n", __FILE__, __LINE__, #call, lf_code_name(rc_), (e)->text);    \
        }                                                                                                    \
    } while (0)
#define CHECK_CODE(call, want)                                                                               \
    do {                                                                                                     \
        enum lf_code rc_ = (call);                                                                           \
        if (rc_ != (want)) {                                                                                 \
            lf_test_failed_++;                                                                               \
            printf("# %s:%d: %s gave %s, not %s\n", __FILE__, __LINE__, #call, lf_code_name(rc_),            \
                   lf_code_name(want));                                                                      \
        }                                                                                                    \
    } while (0)
#define CHECK_VIEW(got, want)                                                                                \
    do {                                                                                                     \
        lf_view g_ = (got), w_ = (want);                                                                     \
        if (!lf_view_eq(g_, w_)) {                                                                           \
            lf_test_failed_++;                                                                               \
            printf("# %s:%d: %s is \"%.*s\", not \"%.*s\"\n", __FILE__, __LINE__, #got, LF_FMT(g_),          \
                   LF_FMT(w_));                                                                              \
        }                                                                                                    \
    } while (0)
#define SKIP(why)                                                                                            \
    do {                                                                                                     \
        lf_test_skip_ = (why);                                                                               \
        return;                                                                                              \
    } while (0)

static inline void lf_test_run_(const char *name, void (*fn)(void))
{
    lf_test_failed_ = 0;
    lf_test_skip_ = NULL;
    fn();
    if (lf_test_failed_)
        printf("not ok - %s\n", name);
    else if (lf_test_skip_)
        printf("ok - %s # SKIP %s\n", name, lf_test_skip_);
    else
        printf("ok - %s\n", name);
    fflush(stdout);
    lf_test_bad_ += lf_test_failed_ != 0;
}

#define RUN(fn) lf_test_run_(#fn, fn)
/* At the end of main(). */
#define DONE() return lf_test_bad_ ? 1 : 0

#endif
