#include "sys/env.h"

#include <errno.h>
#include <sys/random.h>
#include <time.h>

static lf_time read_clock(clockid_t id)
{
    struct timespec ts;

    if (clock_gettime(id, &ts) != 0)
        LF_BUG("clock_gettime(%d)", (int)id);
    return (lf_time)ts.tv_sec * LF_SECOND + ts.tv_nsec / 1000;
}

static lf_time real_now(void *ctx)
{
    (void)ctx;
    return read_clock(CLOCK_REALTIME);
}

static lf_time real_tick(void *ctx)
{
    (void)ctx;
    return read_clock(CLOCK_MONOTONIC);
}

static void real_random(void *ctx, void *out, size_t n)
{
    char *p = out;

    (void)ctx;
    while (n) {
        ssize_t got = getrandom(p, n, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            LF_BUG("getrandom failed");
        p += got;
        n -= (size_t)got;
    }
}

void lf_env_real(struct lf_env *env, struct lf_log *log)
{
    *env = (struct lf_env){ .now = real_now, .tick = real_tick, .random = real_random, .log = log };
}
