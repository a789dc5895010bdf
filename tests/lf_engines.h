/* The engines a test runs on: SQLite on a file of its own always, PostgreSQL when
 * LF_TEST_POSTGRES gives a conninfo (tests/integ/postgres sets one up). */
#ifndef LF_TEST_ENGINES_H
#define LF_TEST_ENGINES_H

#include <libpq-fe.h>
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

/* Where a test that runs on one engine at a time keeps a node's state: the SQLite file
 * it names, or a new PostgreSQL database (dropped with the cluster).  Good until the
 * next call. */
static inline const char *lf_engine_path(const char *sqlite)
{
    static char info[600], sql[80];
    static unsigned made;
    PGconn *conn;
    PGresult *res;

    if (!lf_engine_postgres())
        return sqlite;
    conn = PQconnectdb(lf_engine_postgres());
    snprintf(sql, sizeof sql, "CREATE DATABASE lf_%d_%u", (int)getpid(), ++made);
    res = PQexec(conn, sql);
    if (PQresultStatus(res) != PGRES_COMMAND_OK) {
        printf("# %s: %s", sql, PQerrorMessage(conn));
        exit(1);
    }
    PQclear(res);
    PQfinish(conn);
    snprintf(info, sizeof info, "%s dbname=lf_%d_%u", lf_engine_postgres(), (int)getpid(), made);
    return info;
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
