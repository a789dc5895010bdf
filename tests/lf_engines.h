/* The engines a test runs on: SQLite on a file of its own always, PostgreSQL when
 * LF_TEST_POSTGRES gives a conninfo (tests/integ/postgres sets one up). */
#ifndef LF_TEST_ENGINES_H
#define LF_TEST_ENGINES_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "store/db.h"

struct lf_engine {
    char dir[64], path[96];
    struct lf_log log;
    struct lf_env env;
};

static inline const char *lf_engine_postgres(void)
{
    const char *info = getenv("LF_TEST_POSTGRES");

    return info && *info ? info : NULL;
}

static inline void lf_engine_init(struct lf_engine *g)
{
    memset(g, 0, sizeof *g);
    g->log.fd = -1;
    lf_crypto_init();
    lf_env_real(&g->env, &g->log);
    snprintf(g->dir, sizeof g->dir, "/tmp/lf-db-XXXXXX");
    if (!mkdtemp(g->dir))
        abort();
    snprintf(g->path, sizeof g->path, "%s/state.db", g->dir);
}

static inline void lf_engine_clear(struct lf_engine *g)
{
    static const char *const tails[] = { "", "-wal", "-shm", "-journal" };
    char path[128];

    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        snprintf(path, sizeof path, "%s%s", g->path, tails[i]);
        unlink(path);
    }
    rmdir(g->dir);
}

#endif
