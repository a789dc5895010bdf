/* An analyst's desk: one database, a clock that the test sets, and a task of ann's. */
#ifndef LF_TEST_DESK_H
#define LF_TEST_DESK_H

#include <unistd.h>

#include "ident/audit.h"
#include "lf_engines.h"
#include "lf_test.h"
#include "model/role.h"

static lf_view audited;
__attribute__((weak)) enum lf_code lf_audit_add(struct lf_task *t, lf_view action, lf_view subject,
                                                lf_view detail, struct lf_err *e)
{
    (void)t;
    (void)subject;
    (void)detail;
    (void)e;
    audited = action;
    return LF_OK;
}

static lf_time now = 100 * LF_DAY;
static lf_time the_time(void *ctx)
{
    (void)ctx;
    return now;
}

static struct lf_arena a;
static struct lf_log quiet = { .fd = -1 };
static struct lf_env env;
static struct lf_task t;
static struct lf_err e;
static uint64_t position;
static char dir[64];

static bool start(void)
{
    struct lf_db_options o = { 0 };
    char path[96];

    snprintf(dir, sizeof dir, "/tmp/lf-desk-XXXXXX");
    if (!mkdtemp(dir))
        return false;
    snprintf(path, sizeof path, "%s/db", dir);
    o.path = lf_engine_path(path);
    lf_crypto_init();
    lf_env_real(&env, &quiet);
    env.now = the_time;
    t = (struct lf_task){
        .a = &a,
        .env = &env,
        .scope = { .org = LF_V("00000000-0000-4000-8000-000000000001"),
                   .account = LF_V("ann"),
                   .roles = LF_ROLE_SYSTEM | LF_ROLE_ANALYST },
    };
    e = (struct lf_err){ 0 };
    position = 0;
    CHECK_OK(lf_db_open(&o, &env, &t.db, &e), &e);
    return t.db != NULL;
}

static void stop(void)
{
    static const char *const ends[] = { "db", "db-wal", "db-shm", "db-journal" };
    char path[96];

    lf_db_close(t.db);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, ends[i]);
        (void)unlink(path);
    }
    (void)rmdir(dir);
    lf_arena_clear(&a);
}

#endif
