/* Bench server: a real node, started as a process of its own in a directory of the benchmark and asked over
 * TLS and HTTP keep-alive on 127.0.0.1 as its clients ask.  What is measured is the processor time of the
 * node's processes alone (/proc/PID/task/TID/schedstat); this client's is not counted. */
#ifndef LF_MAIN_BENCH_SERVER_H
#define LF_MAIN_BENCH_SERVER_H

#include <curl/curl.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/time.h"
#include "main/process.h"

struct lf_bench_server {
    struct lf_arena a; /* of the whole run */
    const char *dir;
    bool kept; /* dir is the user's: it stays */
    const char *ini, *log, *data;
    struct lf_process node; /* pid 0: it does not run */
    lf_view https, ca, token, password;
};

lf_time lf_bench_now(void);

/* The directory and its settings: `dir` is kept and used again as it is, NULL is a temporary one.  `cache_mb`
 * is the node's [node] database_cache_mb. */
enum lf_code lf_bench_server_open(struct lf_bench_server *s, const char *dir, unsigned cache_mb,
                                  struct lf_err *e) LF_MUST;
/* Stops the node and removes the directory that is not kept; complains on standard error. */
void lf_bench_server_close(struct lf_bench_server *s);
/* Starts the node, with a new token of these roles for its first administrator. */
enum lf_code lf_bench_server_start(struct lf_bench_server *s, const char *roles, struct lf_err *e) LF_MUST;
void lf_bench_server_stop(struct lf_bench_server *s);
/* Until the node rests, 300 s at most: what a start brings with it is none of what is measured. */
void lf_bench_server_settle(const struct lf_bench_server *s);

double lf_bench_server_cpu(const struct lf_bench_server *s); /* seconds, since the start */
long lf_bench_server_pss_kb(const struct lf_bench_server *s);

/* A header line with the token.  Lives as long as the run. */
const char *lf_bench_server_bearer(struct lf_bench_server *s);
/* What every request of this node's clients has. */
void lf_bench_server_dress(struct lf_bench_server *s, CURL *c, struct curl_slist *h, const char *url);

/* ---- many clients, a connection each, from one thread ---- */

struct lf_bench_clients {
    CURLM *m;
    CURL **c;
    struct curl_slist *h; /* of all of them; freed with them */
    size_t n;
    long want;      /* the status of a right answer */
    uint64_t bytes; /* of answers */
};

/* None of them asks yet.  To be closed also after an error. */
enum lf_code lf_bench_clients_open(struct lf_bench_clients *m, struct lf_bench_server *s, size_t n,
                                   struct curl_slist *h, const char *url, long want,
                                   struct lf_err *e) LF_MUST;
void lf_bench_clients_close(struct lf_bench_clients *m);
void lf_bench_clients_ask(struct lf_bench_clients *m);
/* Adds to *ended how many were answered; those ask again at once, or no more.  A refusal is an error. */
enum lf_code lf_bench_clients_turn(struct lf_bench_clients *m, bool again, size_t *ended,
                                   struct lf_err *e) LF_MUST;
/* Until something comes, `ms` at most. */
void lf_bench_clients_wait(struct lf_bench_clients *m, int ms);

double lf_bench_median(double *v, size_t n); /* puts them in order */

#endif
