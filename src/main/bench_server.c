#include "main/bench_server.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fmt/json.h"
#include "main/bench.h"
#include "main/client.h"
#include "main/input.h"
#include "sys/env.h"
#include "sys/file.h"

enum { PROCESSES = 64 };

lf_time lf_bench_now(void)
{
    struct lf_env env;

    lf_env_real(&env, NULL);
    return lf_now(&env);
}

/* ---- its processes ---- */

static uint64_t on_processor(long pid)
{
    char path[64], line[128];
    struct dirent *d;
    uint64_t ns = 0;
    DIR *tasks;

    snprintf(path, sizeof path, "/proc/%ld/task", pid);
    tasks = opendir(path);
    while (tasks && (d = readdir(tasks))) {
        char stat[400];
        FILE *f;

        if (d->d_name[0] == '.')
            continue;
        snprintf(stat, sizeof stat, "/proc/%ld/task/%s/schedstat", pid, d->d_name);
        f = fopen(stat, "re");
        if (f && fgets(line, sizeof line, f))
            ns += strtoull(line, NULL, 10);
        if (f)
            fclose(f);
    }
    if (tasks)
        closedir(tasks);
    return ns;
}

/* The node's parent and its workers. */
static size_t processes(const struct lf_bench_server *s, long out[PROCESSES])
{
    char path[80], text[1024];
    size_t n = 0;
    FILE *f;

    out[n++] = (long)s->node.pid;
    snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", (long)s->node.pid, (long)s->node.pid);
    f = fopen(path, "re");
    if (f && fgets(text, sizeof text, f))
        for (char *at = text, *end; n < PROCESSES; at = end) {
            long pid = strtol(at, &end, 10);

            if (end == at)
                break;
            out[n++] = pid;
        }
    if (f)
        fclose(f);
    return n;
}

double lf_bench_server_cpu(const struct lf_bench_server *s)
{
    long pid[PROCESSES];
    size_t n = processes(s, pid);
    uint64_t ns = 0;

    for (size_t i = 0; i < n; i++)
        ns += on_processor(pid[i]);
    return (double)ns * 1e-9;
}

long lf_bench_server_pss_kb(const struct lf_bench_server *s)
{
    long pid[PROCESSES], all = 0;
    size_t n = processes(s, pid);

    for (size_t i = 0; i < n; i++) {
        char path[64], line[256];
        FILE *f;

        snprintf(path, sizeof path, "/proc/%ld/smaps_rollup", pid[i]);
        f = fopen(path, "re");
        while (f && fgets(line, sizeof line, f))
            if (strncmp(line, "Pss:", 4) == 0)
                all += strtol(line + 4, NULL, 10);
        if (f)
            fclose(f);
    }
    return all;
}

void lf_bench_server_settle(const struct lf_bench_server *s)
{
    double was = lf_bench_server_cpu(s), began = lf_bench_wall();
    int quiet = 0;

    while (quiet < 3 && lf_bench_wall() - began < 300) {
        double is;

        (void)poll(NULL, 0, 300);
        is = lf_bench_server_cpu(s);
        quiet = is - was < 0.02 ? quiet + 1 : 0;
        was = is;
    }
}

/* ---- its life ---- */

static enum lf_code place(struct lf_bench_server *s, const char *dir, struct lf_err *e)
{
    const char *tmp = getenv("TMPDIR");

    if (dir) {
        if (!lf_file_exists(dir))
            LF_TRY(lf_file_make_dir(dir, e));
        s->dir = realpath(dir, NULL);
        s->kept = true;
        return s->dir ? LF_OK : lf_err_set(e, LF_IO, "the directory of --data: %s", strerror(errno));
    }
    s->dir = mkdtemp(
        lf_arena_cstr(&s->a, lf_arena_printf(&s->a, "%s/lianfang-XXXXXX", tmp && tmp[0] ? tmp : "/tmp")));
    return s->dir ? LF_OK : lf_err_set(e, LF_IO, "temporary directory: %s", strerror(errno));
}

enum lf_code lf_bench_server_open(struct lf_bench_server *s, const char *dir, unsigned cache_mb,
                                  struct lf_err *e)
{
    *s = (struct lf_bench_server){ 0 };
    LF_TRY(place(s, dir, e));
    s->ini = lf_arena_printf(&s->a, "%s/bench.ini", s->dir).ptr;
    s->log = lf_arena_printf(&s->a, "%s/node.log", s->dir).ptr;
    s->data = lf_arena_printf(&s->a, "%s/data", s->dir).ptr;
    return lf_file_write(
        s->ini,
        lf_arena_printf(
            &s->a,
            "[node]\nname = bench\ndata = %s\ndatabase_cache_mb = %u\n[http]\nlisten = 127.0.0.1:0\npeer = "
            "127.0.0.1:0\n[intake]\nsyslog_udp = 127.0.0.1:0\nsyslog_tcp = 127.0.0.1:0\n"
            "syslog_tls = 127.0.0.1:0\n[dns]\nlisten = 127.0.0.1:0\n",
            s->data, cache_mb),
        0600, e);
}

void lf_bench_server_close(struct lf_bench_server *s)
{
    struct lf_err e;

    lf_bench_server_stop(s);
    if (!s->kept && s->dir && lf_file_remove_tree(s->dir, &e) != LF_OK)
        fprintf(stderr, "lianfang bench: %s\n", e.text);
    if (s->kept)
        free((char *)(uintptr_t)s->dir);
    lf_arena_clear(&s->a);
}

void lf_bench_server_stop(struct lf_bench_server *s)
{
    if (s->node.pid)
        lf_process_stop(&s->node, 20000);
    s->node.pid = 0;
}

/* The first start says it, once. */
static enum lf_code keep_password(struct lf_bench_server *s, lf_view said, struct lf_err *e)
{
    const char *path = lf_arena_printf(&s->a, "%s/password", s->dir).ptr;
    struct lf_buf in;
    enum lf_code rc;

    if (said.len) {
        s->password = said;
        return lf_file_write(path, said, 0600, e);
    }
    lf_buf_init(&in, 4096);
    rc = lf_input_read(path, &in, e);
    s->password = lf_arena_copy(&s->a, lf_buf_view(&in));
    lf_buf_clear(&in);
    return rc;
}

enum lf_code lf_bench_server_start(struct lf_bench_server *s, const char *roles, struct lf_err *e)
{
    char self[512];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    const char *argv[] = { self, "serve", "-c", s->ini, "--json", NULL };
    const struct lf_json *v;
    struct lf_client c;
    enum lf_code rc;
    lf_view line;

    self[len > 0 ? len : 0] = '\0';
    LF_TRY(lf_process_start(&s->node, "node", argv, s->log, LF_PROCESS_TALK, e));
    if (lf_process_line(&s->node, &s->a, 60000, &line, e) != LF_OK)
        return lf_err_at(e, "the node did not start; %s says why", s->log);
    LF_TRY(lf_json_parse(&s->a, line, NULL, &v, e));
    s->https = lf_json_str(v, "https");
    s->ca = lf_json_str(v, "ca");
    LF_TRY(keep_password(s, lf_json_str(v, "password"), e));
    LF_TRY(lf_client_open(&c, s->data, e));
    rc = lf_client_call(&c, "POST", "/api/v1/tokens",
                        lf_arena_printf(&s->a,
                                        "{\"label\":\"bench %lld\",\"roles\":\"%s\",\"account\":\"admin\"}",
                                        (long long)lf_bench_now(), roles),
                        &v, e);
    if (rc == LF_OK)
        s->token = lf_arena_copy(&s->a, lf_json_str(v, "token"));
    lf_client_close(&c);
    return rc;
}

/* ---- its clients ---- */

const char *lf_bench_server_bearer(struct lf_bench_server *s)
{
    return lf_arena_printf(&s->a, "Authorization: Bearer %.*s", LF_FMT(s->token)).ptr;
}

void lf_bench_server_dress(struct lf_bench_server *s, CURL *c, struct curl_slist *h, const char *url)
{
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_CAINFO, lf_arena_cstr(&s->a, s->ca));
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, h);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, 120L);
}

static size_t drop(char *bytes, size_t size, size_t n, void *ctx)
{
    (void)bytes;
    *(uint64_t *)ctx += size * n;
    return size * n;
}

enum lf_code lf_bench_clients_open(struct lf_bench_clients *m, struct lf_bench_server *s, size_t n,
                                   struct curl_slist *h, const char *url, long want, struct lf_err *e)
{
    *m = (struct lf_bench_clients){ .m = curl_multi_init(), .n = n, .h = h, .want = want };
    m->c = calloc(n, sizeof *m->c);
    if (!m->m || !m->c)
        return lf_err_set(e, LF_IO, "out of memory for %zu clients", n);
    curl_multi_setopt(m->m, CURLMOPT_MAXCONNECTS, (long)n);
    for (size_t i = 0; i < n; i++) {
        m->c[i] = curl_easy_init();
        lf_bench_server_dress(s, m->c[i], m->h, url);
        curl_easy_setopt(m->c[i], CURLOPT_WRITEFUNCTION, drop);
        curl_easy_setopt(m->c[i], CURLOPT_WRITEDATA, &m->bytes);
        curl_easy_setopt(m->c[i], CURLOPT_PIPEWAIT, 0L);
    }
    return LF_OK;
}

void lf_bench_clients_close(struct lf_bench_clients *m)
{
    for (size_t i = 0; i < m->n && m->c; i++) {
        curl_multi_remove_handle(m->m, m->c[i]);
        curl_easy_cleanup(m->c[i]);
    }
    curl_multi_cleanup(m->m);
    curl_slist_free_all(m->h);
    free(m->c);
}

void lf_bench_clients_ask(struct lf_bench_clients *m)
{
    for (size_t i = 0; i < m->n; i++)
        curl_multi_add_handle(m->m, m->c[i]);
}

enum lf_code lf_bench_clients_turn(struct lf_bench_clients *m, bool again, size_t *ended, struct lf_err *e)
{
    int running, left;
    CURLMsg *msg;

    curl_multi_perform(m->m, &running);
    while ((msg = curl_multi_info_read(m->m, &left))) {
        CURL *c = msg->easy_handle;
        CURLcode got = msg->data.result;
        long status = 0;

        curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
        if (got != CURLE_OK || status != m->want)
            return lf_err_set(e, LF_IO, "a client was answered with %ld (%s)", status,
                              curl_easy_strerror(got));
        curl_multi_remove_handle(m->m, c);
        if (again)
            curl_multi_add_handle(m->m, c);
        (*ended)++;
    }
    return LF_OK;
}

void lf_bench_clients_wait(struct lf_bench_clients *m, int ms)
{
    curl_multi_poll(m->m, NULL, 0, ms, NULL);
}

static int by_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

double lf_bench_median(double *v, size_t n)
{
    qsort(v, n, sizeof *v, by_double);
    return v[n / 2];
}
