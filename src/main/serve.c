/* lianfang serve: runs a node until SIGTERM. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypto.h"
#include "fmt/json.h"
#include "isac/peer.h"
#include "main/commands.h"
#include "proc/node.h"
#include "proc/worker.h"
#include "sys/file.h"

static const char usage[] =
    "usage: lianfang serve [-c FILE] [--first-start] [--only WORKER,...] [--json] [--stop-with-stdin]\n"
    "       lianfang serve --throwaway\n"
    "\n"
    "  -c FILE            settings; without it the defaults, and ./data for all it keeps\n"
    "  --first-start      make FILE (with every setting, commented) if it does not exist\n"
    "  --only WORKER,...  run only these workers: core, front, intake, relay, dns\n"
    "  --json             print the addresses as one JSON line\n"
    "  --stop-with-stdin  stop when standard input closes\n"
    "  --throwaway        a node for tests: temporary directory, free ports, seeded\n"
    "                     accounts and collections, one JSON line; gone when standard\n"
    "                     input closes\n";

struct serve {
    bool json;
    const struct lf_config *config;
    /* The throwaway node's own. */
    bool throwaway;
    lf_view password, token, rw, ro, wo, none, tsig;
    lf_view api_root;
};

static void print_people(const struct serve *s, const struct lf_node_addresses *at)
{
    printf("lianfang " LF_VERSION ": %.*s (%.*s) is running\n"
           "  console      %.*s/\n"
           "  TAXII 2.1    %.*s/taxii2/\n"
           "  peers        %.*s\n"
           "  syslog       %.*s (UDP), %.*s (TCP), %.*s (TLS)\n"
           "  DNS zone     %.*s, zone %.*s\n"
           "  certificate  %.*s\n",
           LF_FMT(lf_config_get(s->config, LF_OPT_NODE_NAME)),
           LF_FMT(lf_config_get(s->config, LF_OPT_NODE_TIER)), LF_FMT(at->https), LF_FMT(at->https),
           LF_FMT(at->peer), LF_FMT(at->syslog_udp), LF_FMT(at->syslog_tcp), LF_FMT(at->syslog_tls),
           LF_FMT(at->dns), LF_FMT(lf_config_get(s->config, LF_OPT_DNS_ZONE)), LF_FMT(at->certificate));
    if (at->relp.len || at->relp_tls.len)
        printf("  RELP         %.*s%s%.*s%s\n", LF_FMT(at->relp), at->relp.len ? " (TCP) " : "",
               LF_FMT(at->relp_tls), at->relp_tls.len ? " (TLS)" : "");
    if (at->password.len)
        printf("  first administrator: admin   password: %.*s\n"
               "  (shown this once; sign in and change it)\n",
               LF_FMT(at->password));
    puts("Stop it with Ctrl-C.");
}

static void print_json(const struct serve *s, const struct lf_node_addresses *at)
{
    struct lf_arena a = { 0 };
    struct lf_buf b;

    lf_buf_init(&b, 65536);
    struct lf_json_w w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "https", at->https);
    lf_json_put_str(&w, "taxii", lf_arena_printf(&a, "%.*s/taxii2/", LF_FMT(at->https)));
    lf_json_put_str(&w, "api_root", lf_arena_printf(&a, "%.*s%.*s", LF_FMT(at->https), LF_FMT(s->api_root)));
    lf_json_put_str(&w, "peer", at->peer);
    lf_json_put_cstr(&w, "user", "admin");
    if (s->throwaway) {
        lf_json_put_str(&w, "password", s->password);
        lf_json_put_str(&w, "token", s->token);
        lf_json_begin(&w, "collections", '{');
        lf_json_put_str(&w, "rw", s->rw);
        lf_json_put_str(&w, "ro", s->ro);
        lf_json_put_str(&w, "wo", s->wo);
        lf_json_put_str(&w, "none", s->none);
        lf_json_close(&w);
    } else if (at->password.len) {
        lf_json_put_str(&w, "password", at->password);
    }
    lf_json_put_str(&w, "ca", at->certificate);
    lf_json_put_str(&w, "local", at->local);
    lf_json_put_str(&w, "syslog_udp", at->syslog_udp);
    lf_json_put_str(&w, "syslog_tcp", at->syslog_tcp);
    lf_json_put_str(&w, "syslog_tls", at->syslog_tls);
    if (at->relp.len)
        lf_json_put_str(&w, "relp", at->relp);
    if (at->relp_tls.len)
        lf_json_put_str(&w, "relp_tls", at->relp_tls);
    lf_json_put_str(&w, "dns", at->dns);
    lf_json_put_str(&w, "zone", lf_config_get(s->config, LF_OPT_DNS_ZONE));
    if (s->throwaway) {
        lf_json_begin(&w, "tsig", '{');
        lf_json_put_cstr(&w, "name", "throwaway");
        lf_json_put_cstr(&w, "algorithm", "hmac-sha256");
        lf_json_put_str(&w, "secret", s->tsig);
        lf_json_close(&w);
    }
    lf_json_close(&w);
    lf_buf_byte(&b, '\n');
    fwrite(b.ptr, 1, b.len, stdout);
    lf_buf_clear(&b);
    lf_arena_clear(&a);
}

static void ready(void *ctx, const struct lf_node_addresses *at)
{
    const struct serve *s = ctx;

    if (s->json || s->throwaway)
        print_json(s, at);
    else
        print_people(s, at);
    fflush(stdout);
}

/* "data/lianfang.ini": the directory and a file that shows every setting. */
static enum lf_code first_file(struct lf_arena *a, const char *path, struct lf_err *e)
{
    struct lf_buf b;
    enum lf_code rc;
    char *dir = lf_arena_cstr(a, lf_view_of(path)), *slash = strrchr(dir, '/');

    if (lf_file_exists(path))
        return LF_OK;
    if (slash) {
        *slash = '\0';
        if (!lf_file_exists(dir))
            LF_TRY(lf_file_make_dir(dir, e));
    }
    lf_buf_init(&b, 1 << 20);
    lf_config_sample(&b);
    LF_PUT(&b, "\n; Made at the first start: everything lies beside this file.\n[node]\ndata = .\n");
    rc = lf_file_write(path, lf_buf_view(&b), 0600, e);
    lf_buf_clear(&b);
    return rc;
}

static int failed(enum lf_code rc, const struct lf_err *e)
{
    fprintf(stderr, "lianfang serve: %s\n", e->text);
    return rc == LF_IO ? 1 : 2;
}

static lf_view random_text(struct lf_env *env, struct lf_arena *a, const char *prefix)
{
    uint8_t raw[32];

    lf_random(env, raw, sizeof raw);
    return lf_arena_printf(a, "%s%.*s", prefix, LF_FMT(lf_base64url(a, raw, sizeof raw)));
}

static int throwaway(struct lf_log *log)
{
    struct lf_arena a = { 0 };
    struct lf_env env;
    struct lf_err e = { 0 };
    struct lf_config *config = NULL;
    struct serve s = { .throwaway = true };
    uint8_t secret[32];
    const char *tmp = getenv("TMPDIR");
    char *dir = lf_arena_cstr(&a, lf_arena_printf(&a, "%s/lianfang-XXXXXX", tmp && tmp[0] ? tmp : "/tmp"));
    lf_view text, seed;
    enum lf_code rc;
    struct lf_err gone = { 0 };

    if (!mkdtemp(dir)) {
        fprintf(stderr, "lianfang serve: temporary directory %s: %s\n", dir, strerror(errno));
        lf_arena_clear(&a);
        return 1;
    }
    lf_env_real(&env, log);
    lf_random(&env, secret, sizeof secret);
    s.tsig = lf_base64(&a, secret, sizeof secret);
    s.password = random_text(&env, &a, "");
    s.token = random_text(&env, &a, "lfp_");
    s.rw = lf_uuid_new(&env, &a);
    s.ro = lf_uuid_new(&env, &a);
    s.wo = lf_uuid_new(&env, &a);
    s.none = lf_uuid_new(&env, &a);
    s.api_root = LF_V(LF_API_ROOT);
    text = lf_arena_printf(
        &a,
        "[node]\nname = throwaway\ndata = %s\n[http]\nlisten = 127.0.0.1:0\npeer = 127.0.0.1:0\n"
        "[intake]\nsyslog_udp = 127.0.0.1:0\nsyslog_tcp = 127.0.0.1:0\nsyslog_tls = 127.0.0.1:0\n"
        "relp = 127.0.0.1:0\nrelp_tls = 127.0.0.1:0\nkeep_mb = 256\n[dns]\nlisten = "
        "127.0.0.1:0\nrequire_tsig = yes\n[tsig throwaway]\nsecret = %.*s\n",
        dir, LF_FMT(s.tsig));
    seed = lf_arena_printf(
        &a,
        "{\"password\":\"%.*s\",\"token\":\"%.*s\",\"collections\":{\"rw\":\"%.*s\",\"ro\":\"%.*s\","
        "\"wo\":\"%.*s\",\"none\":\"%.*s\"}}",
        LF_FMT(s.password), LF_FMT(s.token), LF_FMT(s.rw), LF_FMT(s.ro), LF_FMT(s.wo), LF_FMT(s.none));
    rc = lf_config_parse(text, "(throwaway)", dir, &config, &e);
    if (rc == LF_OK) {
        s.config = config;
        struct lf_node_options o = {
            .config = config, .log = log, .stop_with_stdin = true, .seed = seed, .ready = ready, .ctx = &s
        };
        rc = lf_node_run(&o, &e);
    }
    lf_config_destroy(config);
    if (lf_file_remove_tree(dir, &gone) != LF_OK)
        fprintf(stderr, "lianfang serve: %s\n", gone.text);
    lf_arena_clear(&a);
    return rc == LF_OK ? 0 : failed(rc, &e);
}

static lf_time log_now(void *ctx)
{
    return lf_now(ctx);
}

int lf_serve_main(int argc, char **argv)
{
    struct lf_arena a = { 0 };
    struct lf_env env;
    struct lf_err e = { 0 };
    struct lf_config *config = NULL;
    struct serve s = { 0 };
    struct lf_log log = { .fd = STDERR_FILENO, .least = LF_LOG_WARN, .worker = "parent", .now = log_now };
    struct lf_node_options o = { .log = &log, .ready = ready, .ctx = &s };
    const char *file = NULL;
    bool first = false;
    enum lf_code rc = LF_OK;

    lf_env_real(&env, &log);
    log.ctx = &env;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-c") == 0 && i + 1 < argc) {
            file = argv[++i];
        } else if (strcmp(argv[i], "--only") == 0 && i + 1 < argc) {
            o.only = lf_view_of(argv[++i]);
        } else if (strcmp(argv[i], "--first-start") == 0) {
            first = true;
        } else if (strcmp(argv[i], "--json") == 0) {
            s.json = true;
        } else if (strcmp(argv[i], "--stop-with-stdin") == 0) {
            o.stop_with_stdin = true;
        } else if (strcmp(argv[i], "--throwaway") == 0) {
            s.throwaway = true;
        } else if (strcmp(argv[i], "--verbose") == 0) {
            log.least = LF_LOG_INFO;
        } else if (strcmp(argv[i], "--help") == 0) {
            fputs(usage, stdout);
            return 0;
        } else {
            fprintf(stderr, "lianfang serve: \"%s\" is not an option; `lianfang serve --help` lists them\n",
                    argv[i]);
            return 2;
        }
    }
    if (s.throwaway)
        return throwaway(&log);
    if (first && file)
        rc = first_file(&a, file, &e);
    if (rc == LF_OK)
        rc = lf_config_read(file, ".", &config, &e);
    if (rc == LF_OK) {
        s.config = o.config = config;
        o.config_path = file;
        s.api_root = LF_V(LF_API_ROOT);
        rc = lf_node_run(&o, &e);
    }
    lf_config_destroy(config);
    lf_arena_clear(&a);
    return rc == LF_OK ? 0 : failed(rc, &e);
}

int lf_worker_command(int argc, char **argv)
{
    if (argc != 2) {
        fputs("lianfang worker: started by the node itself, not by hand\n", stderr);
        return 2;
    }
    return lf_worker_main(argv[1]);
}
