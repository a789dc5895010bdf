#include "main/bench_node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ident/node.h"
#include "sys/file.h"

bool lf_bench_count(int argc, char **argv, struct lf_bench_count *c, int *status)
{
    uint64_t n;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            fputs(c->usage, stdout);
            *status = 0;
            return false;
        }
        if (strcmp(argv[i], c->option) == 0 && i + 1 < argc && lf_view_u64(lf_view_of(argv[i + 1]), &n) &&
            n >= c->least && n <= c->most) {
            c->n = n;
            i++;
            continue;
        }
        if (c->keeps && strcmp(argv[i], "--data") == 0 && i + 1 < argc) {
            c->data = argv[++i];
            continue;
        }
        fprintf(stderr, "lianfang bench %s: bad option %s; see --help\n", c->name, argv[i]);
        *status = 2;
        return false;
    }
    return true;
}

static enum lf_code run_in(const char *dir, lf_bench_run run, void *ctx, struct lf_bench_node *n,
                           struct lf_err *e)
{
    struct lf_db_options o = { .path = lf_arena_printf(&n->life, "%s/node.db", dir).ptr };
    enum lf_code rc;

    n->log = (struct lf_log){ .fd = STDERR_FILENO, .least = LF_LOG_WARN, .worker = "bench" };
    lf_env_real(&n->env, &n->log);
    n->t = (struct lf_task){ .a = &n->a, .env = &n->env, .self = &n->self };
    LF_TRY(lf_db_open(&o, &n->env, &n->t.db, e));
    rc = lf_node_load_or_create(n->t.db, &n->env, &n->life, LF_V("bench"), LF_V("provider"), &n->self, e);
    n->t.scope = lf_node_scope(&n->self);
    if (rc == LF_OK)
        rc = run(n, ctx, e);
    lf_db_close(n->t.db);
    return rc;
}

int lf_bench_on_node(const struct lf_bench_count *c, lf_bench_run run, void *ctx)
{
    struct lf_bench_node n = { 0 };
    struct lf_err e = { 0 }, own = { 0 };
    const char *tmp = getenv("TMPDIR"), *dir = c->data;
    enum lf_code rc = LF_OK;

    if (!dir)
        dir = mkdtemp(lf_arena_cstr(
            &n.life, lf_arena_printf(&n.life, "%s/lianfang-bench-XXXXXX", tmp && *tmp ? tmp : "/tmp")));
    else if (!lf_file_exists(dir))
        rc = lf_file_make_dir(dir, &e);
    if (!dir)
        rc = lf_err_set(&e, LF_IO, "no temporary directory can be made");
    if (rc == LF_OK)
        rc = run_in(dir, run, ctx, &n, &e);
    if (rc != LF_OK)
        fprintf(stderr, "lianfang bench %s: %s\n", c->name, e.text);
    if (dir && !c->data && lf_file_remove_tree(dir, &own) != LF_OK)
        fprintf(stderr, "lianfang bench %s: %s\n", c->name, own.text);
    lf_arena_clear(&n.a);
    lf_arena_clear(&n.life);
    return rc == LF_OK ? 0 : 2;
}
