/* lianfang bench reports [--clients N] [--seconds N] [--stored N]: reports of incidents to a real node over
 * TLS and HTTP keep-alive, as members' systems hand them in: each is answered when it is durable (awareness
 * and report, two signed events, their clocks judged and statistics counted).  Prints how many a second by
 * the clock and a second of the node's processors, and how long one waits. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "main/bench.h"
#include "main/bench_server.h"
#include "sys/file.h"

enum { RUNS = 5 };

struct reports {
    struct lf_bench_server s;
    uint64_t clients, seconds;
};

static void report_text(struct lf_buf *out)
{
    char at[LF_TIME_TEXT];

    (void)lf_time_micro(lf_bench_now() - LF_MINUTE, at);
    lf_buf_printf(
        out,
        "{\"title\":\"\u7db2\u9801\u906d\u7f6e\u63db\",\"description\":\"The first page of the public "
        "site was changed; the server is off the net.\",\"impact\":\"The public site is away.\","
        "\"measures\":\"The server was taken off the net and its disk kept.\",\"aware_at\":\"%s\","
        "\"happened_at\":\"%s\",\"answers\":{}}",
        at, at);
}

static enum lf_code run(struct reports *r, struct lf_err *e)
{
    struct curl_slist *h = NULL;
    struct lf_bench_clients m;
    double rate[RUNS], per_cpu[RUNS], waits[RUNS], rated[RUNS];
    struct lf_buf body;
    size_t ended = 0;
    enum lf_code rc;

    LF_TRY(lf_bench_server_start(&r->s, "reporter", e));
    lf_bench_server_settle(&r->s);
    lf_buf_init(&body, 4096);
    report_text(&body);
    lf_buf_byte(&body, '\0');
    h = curl_slist_append(h, "Content-Type: application/json");
    h = curl_slist_append(h, "Expect:");
    h = curl_slist_append(h, lf_bench_server_bearer(&r->s));
    rc = lf_bench_clients_open(&m, &r->s, r->clients, h,
                               lf_arena_printf(&r->s.a, "%.*s/api/v1/incidents", LF_FMT(r->s.https)).ptr, 201,
                               e);
    for (size_t i = 0; i < m.n && rc == LF_OK; i++)
        curl_easy_setopt(m.c[i], CURLOPT_POSTFIELDS, body.ptr);
    if (rc == LF_OK)
        lf_bench_clients_ask(&m);
    while (rc == LF_OK && ended < 2 * m.n) { /* all are connected */
        rc = lf_bench_clients_turn(&m, true, &ended, e);
        if (rc == LF_OK)
            lf_bench_clients_wait(&m, 100);
    }
    for (size_t k = 0; k < RUNS && rc == LF_OK; k++) {
        double began = lf_bench_wall(), cpu = lf_bench_server_cpu(&r->s), took;

        ended = 0;
        while (rc == LF_OK && lf_bench_wall() - began < (double)r->seconds) {
            rc = lf_bench_clients_turn(&m, true, &ended, e);
            if (rc == LF_OK)
                lf_bench_clients_wait(&m, 100);
        }
        took = lf_bench_wall() - began;
        cpu = lf_bench_server_cpu(&r->s) - cpu;
        rate[k] = rated[k] = (double)ended / took;
        per_cpu[k] = (double)ended / cpu;
        waits[k] = (double)m.n / rate[k];
    }
    if (rc == LF_OK) {
        printf("{\"bench\":\"reports\",\"clients\":%zu,\"per_s\":%.0f,\"per_cpu_s\":%.0f,\"answered_after_"
               "s\":%.4f,",
               m.n, lf_bench_median(rate, RUNS), lf_bench_median(per_cpu, RUNS),
               lf_bench_median(waits, RUNS));
        printf("\"by_run_per_s\":[");
        for (size_t k = 0; k < RUNS; k++)
            printf("%s%.0f", k ? "," : "", rated[k]);
        printf("]}\n");
        fflush(stdout);
    }
    lf_bench_clients_close(&m);
    lf_buf_clear(&body);
    return rc;
}

int lf_bench_reports(int argc, char **argv)
{
    static const char usage[] =
        "usage: lianfang bench reports [--clients N] [--seconds N]\n"
        "  --clients N  at the same time, a connection each (32; at most 1000)\n"
        "  --seconds N  of each of the five runs (4)\n"
        "a new node over TLS on 127.0.0.1; processor time is the node's, median of 5\n"
        "exit: 0 measured, 2 bad usage or the node refused\n";
    struct reports r = { .clients = 32, .seconds = 4 };
    struct lf_err e = { 0 };
    enum lf_code rc;

    for (int i = 1; i < argc; i += 2) {
        uint64_t *to = strcmp(argv[i], "--clients") == 0   ? &r.clients
                       : strcmp(argv[i], "--seconds") == 0 ? &r.seconds
                                                           : NULL;

        if (strcmp(argv[i], "--help") == 0)
            return fputs(usage, stdout) == EOF ? 1 : 0;
        if (!to || i + 1 == argc || !lf_view_u64(lf_view_of(argv[i + 1]), to) || !*to || *to > 1000) {
            fprintf(stderr,
                    "lianfang bench reports: \"%s\" is no option, or its value is missing or none\n%s",
                    argv[i], usage);
            return 2;
        }
    }
    lf_crypto_init();
    rc = lf_bench_server_open(&r.s, NULL, 32, &e);
    if (rc == LF_OK)
        rc = run(&r, &e);
    if (rc != LF_OK)
        fprintf(stderr, "lianfang bench reports: %s\n", e.text);
    lf_bench_server_close(&r.s);
    return rc == LF_OK ? 0 : 2;
}
