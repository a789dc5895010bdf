/* A node of its own for a test: database, identity, a clock that the test moves. */
#ifndef LF_TEST_WORLD_H
#define LF_TEST_WORLD_H

#include "ident/account.h"
#include "ident/audit.h"
#include "ident/node.h"
#include "ident/seed.h"
#include "ident/session.h"
#include "ident/token.h"
#include "ident/totp.h"
#include "lf_engines.h"
#include "lf_test.h"

struct world {
    struct lf_engine engine;
    char where[640]; /* its database */
    struct lf_arena arena;
    struct lf_env env;
    lf_time now;
    struct lf_identity self;
    struct lf_ident *ident;
    struct lf_task t;
};

static lf_time world_now(void *ctx)
{
    return ((struct world *)ctx)->now;
}

static void world_random(void *ctx, void *out, size_t n)
{
    struct world *w = ctx;

    w->engine.env.random(w->engine.env.ctx, out, n);
}

static inline void world_open(struct world *w)
{
    struct lf_err e = { 0 };

    memset(w, 0, sizeof *w);
    lf_engine_init(&w->engine);
    w->now = 1795229296123456; /* 2026-11-21 */
    w->env = (struct lf_env){
        .now = world_now, .tick = world_now, .random = world_random, .ctx = w, .log = &w->engine.log
    };
    w->t = (struct lf_task){ .a = &w->arena, .env = &w->env, .self = &w->self };
    snprintf(w->where, sizeof w->where, "%s", lf_engine_path(w->engine.path));
    CHECK_OK(lf_db_open(&(struct lf_db_options){ .path = w->where }, &w->env, &w->t.db, &e), &e);
    CHECK_OK(lf_node_load_or_create(w->t.db, &w->env, &w->arena, LF_V("試驗 node"), LF_V("provider"),
                                    &w->self, &e),
             &e);
    w->t.scope = lf_node_scope(&w->self);
    w->ident = lf_ident_create(&w->env);
}

static inline void world_close(struct world *w)
{
    lf_ident_destroy(w->ident);
    lf_db_close(w->t.db);
    lf_arena_clear(&w->arena);
    lf_engine_clear(&w->engine);
}

#define PASSWORD LF_V("a good long password")

/* The system makes an account and the task goes on as the system. */
static inline lf_view world_account(struct world *w, const char *name, unsigned roles)
{
    struct lf_err e = { 0 };
    lf_view id = { 0 };

    w->t.scope = lf_node_scope(&w->self);
    CHECK_OK(lf_account_create(&w->t, LF_V(""), lf_view_of(name), (lf_view){ 0 }, PASSWORD, roles, &id, &e),
             &e);
    return id;
}

static inline void world_as(struct world *w, lf_view account, lf_view org, unsigned roles)
{
    w->t.scope = (struct lf_scope){ .org = org, .account = account, .roles = roles };
}

#endif
