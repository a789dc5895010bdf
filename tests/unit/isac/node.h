/* A node of a test: an identity, a fresh SQLite file, a clock moved by hand. */
#ifndef TEST_ISAC_NODE_H
#define TEST_ISAC_NODE_H

#include <stdlib.h>
#include <unistd.h>

#include "isac/object.h"
#include "lf_engines.h"
#include "lf_test.h"
#include "model/peer.h"
#include "model/role.h"
#include "store/query_intelligence.h"
#include "store/task.h"

struct node {
    struct lf_arena life, arena;
    struct lf_env env;
    struct lf_log log;
    struct lf_identity self;
    struct lf_db *db;
    struct lf_task t;
    char path[64];
    lf_time now;
    uint64_t seed;
    const struct lf_warninglists *warning;
};

static lf_time node_now(void *ctx)
{
    return ((struct node *)ctx)->now;
}

static void node_random(void *ctx, void *out, size_t n)
{
    struct node *d = ctx;

    for (size_t i = 0; i < n; i++) {
        d->seed = d->seed * 6364136223846793005u + 1442695040888963407u;
        ((uint8_t *)out)[i] = (uint8_t)(d->seed >> 40);
    }
}

static inline void node_task(struct node *d, unsigned roles, lf_view account)
{
    lf_arena_reset(&d->arena);
    d->t = (struct lf_task){
        .a = &d->arena, .env = &d->env, .db = d->db, .self = &d->self, .warning = d->warning
    };
    d->t.scope = (struct lf_scope){ .org = d->self.org, .account = account, .roles = roles };
}

static inline void node_open(struct node *d, const char *name, const char *tier, uint64_t seed)
{
    struct lf_err e = { 0 };
    uint8_t raw[32];
    int fd;

    *d = (struct node){ .now = 1800000000 * LF_SECOND, .seed = seed, .log = { .fd = -1 } };
    d->env =
        (struct lf_env){ .now = node_now, .tick = node_now, .random = node_random, .ctx = d, .log = &d->log };
    snprintf(d->path, sizeof d->path, "/tmp/lf_isac_XXXXXX");
    fd = mkstemp(d->path);
    if (fd >= 0)
        close(fd);
    CHECK_OK(lf_db_open(&(struct lf_db_options){ .path = lf_engine_path(d->path) }, &d->env, &d->db, &e), &e);
    node_random(d, raw, sizeof raw);
    lf_sign_keys(raw, d->self.sign_public, d->self.sign_secret);
    node_random(d, d->self.redact_key, sizeof d->self.redact_key);
    d->self.org = lf_uuid_new(&d->env, &d->life);
    d->self.node = lf_arena_printf(&d->life, "identity--%.*s", LF_FMT(lf_uuid_new(&d->env, &d->life)));
    d->self.name = lf_view_of(name);
    d->self.tier = lf_view_of(tier);
    node_task(d, LF_ROLE_SYSTEM, LF_V("system"));
}

/* A peer that joined long ago. */
static inline struct lf_peer node_peer(struct node *d, enum lf_peer_kind kind, unsigned n, const char *name)
{
    struct lf_err e = { 0 };
    struct lf_arena *a = &d->life;
    struct lf_peer p = { .id = lf_arena_printf(a, "10000000-0000-4000-8000-%012u", n),
                         .kind = kind,
                         .state = LF_PEER_ACTIVE,
                         .node = lf_arena_printf(a, "identity--20000000-0000-4000-8000-%012u", n),
                         .name = lf_view_of(name),
                         .tier = kind == LF_PEER_CHILD ? LF_V("provider") : LF_V("nation") };

    p.key[0] = p.pin[0] = (uint8_t)n;
    node_task(d, LF_ROLE_SYSTEM, LF_V("system"));
    if (kind == LF_PEER_CHILD) {
        lf_view alias = lf_arena_printf(a, "to-%u", n), inbox = LF_V("");

        CHECK_OK(lf_collection_create(&d->t, alias, alias, LF_V(""), LF_V(""), &inbox, &e), &e);
        p.inbox = lf_arena_copy(a, inbox);
    }
    CHECK_OK(
        lf_db_exec(d->db, &d->t.scope, &lf_q_peer_add,
                   LF_ARGS(LF_TEXT(p.id), LF_INT(p.kind), LF_INT(p.state), LF_TEXT(p.node), LF_TEXT(p.name),
                           LF_TEXT(p.tier), LF_TEXT(LF_V("")), LF_TEXT(lf_hex(d->t.a, p.pin, sizeof p.pin)),
                           LF_TEXT(lf_hex(d->t.a, p.key, sizeof p.key)), LF_TEXT(LF_V("")), LF_TEXT(LF_V("")),
                           LF_TEXT(lf_view_some(p.inbox)), LF_TEXT(LF_V("")), LF_TEXT(LF_V("")), LF_INT(0),
                           LF_INT(0)),
                   &e),
        &e);
    return p;
}

static inline void node_close(struct node *d)
{
    char side[80];

    lf_db_close(d->db);
    unlink(d->path);
    snprintf(side, sizeof side, "%s-wal", d->path);
    unlink(side);
    snprintf(side, sizeof side, "%s-shm", d->path);
    unlink(side);
    lf_arena_clear(&d->arena);
    lf_arena_clear(&d->life);
}

#endif
