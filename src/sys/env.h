/* Env: where a node gets time and chance from.  The real one asks the kernel;
 * the simulated one (sys/sim.h) is driven by a seed, so a whole federation runs
 * again exactly.  Services never call the kernel for either. */
#ifndef LF_SYS_ENV_H
#define LF_SYS_ENV_H

#include "base/arena.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/time.h"

struct lf_env {
    lf_time (*now)(void *ctx);                      /* wall clock, UTC; may step */
    lf_time (*tick)(void *ctx);                     /* monotonic, for time-outs; its zero means nothing */
    void (*random)(void *ctx, void *out, size_t n); /* cryptographic in the real form */
    void *ctx;
    struct lf_log *log;
};

/* The real form; `log` is borrowed. */
void lf_env_real(struct lf_env *env, struct lf_log *log);

static inline lf_time lf_now(const struct lf_env *env)
{
    return env->now(env->ctx);
}

static inline lf_time lf_tick(const struct lf_env *env)
{
    return env->tick(env->ctx);
}

static inline void lf_random(const struct lf_env *env, void *out, size_t n)
{
    env->random(env->ctx, out, n);
}

static inline lf_view lf_uuid_new(const struct lf_env *env, struct lf_arena *a)
{
    uint8_t raw[16];

    lf_random(env, raw, sizeof raw);
    return lf_uuid4(a, raw);
}

#endif
