/* `lianfang bench`: what this machine does, as figures.
 *
 * Each benchmark is one row; it measures processor time, five times, and prints
 * the median as one JSON object a line: {events, bytes, cpu_s, per_cpu_s,
 * mb_per_cpu_s, rss_kb}. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "fmt/json.h"
#include "main/bench.h"
#include "main/commands.h"
#include "main/input.h"

enum { RUNS = 5, FILE_MOST = 1 << 30, MADE = 64 << 20 };

struct bench {
    const char *name, *help;
    /* One run over `in`; 0 on success, 2 for bad input (after saying what). */
    int (*run)(lf_view in, struct lf_bench_result *out);
    /* Input when no file is given. */
    void (*make)(struct lf_buf *out);
};

double lf_bench_cpu(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

double lf_bench_wall(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

uint64_t lf_bench_scatter(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* ---- json: one object a line, the arena reset between ---- */

static int run_json(lf_view in, struct lf_bench_result *out)
{
    struct lf_arena a = { 0 };
    double began = lf_bench_cpu();
    lf_view line;
    uint64_t n = 0;

    out->bytes = in.len;
    while (lf_view_split(&in, '\n', &line)) {
        const struct lf_json *v;
        struct lf_err e;

        if (!line.len)
            continue;
        lf_arena_reset(&a);
        n++;
        if (lf_json_parse(&a, line, NULL, &v, &e) != LF_OK) {
            fprintf(stderr, "lianfang: bench json: line %llu: %s; give one JSON value a line\n",
                    (unsigned long long)n, e.text);
            lf_arena_clear(&a);
            return 2;
        }
    }
    out->cpu_s = lf_bench_cpu() - began;
    out->events = n;
    lf_arena_clear(&a);
    return 0;
}

/* Events like a Windows machine's, never two alike: names, paths and numbers come
 * from a fixed generator, so that runs can be compared. */
static void make_json(struct lf_buf *out)
{
    uint64_t x = 0x9e3779b97f4a7c15u;

    while (out->len < MADE) {
        struct lf_json_w w = lf_json_w(out);
        char text[1024];

        lf_json_open(&w, '{');
        for (unsigned i = 0; i < 40; i++) {
            char key[32];

            x = x * 6364136223846793005u + 1442695040888963407u;
            snprintf(key, sizeof key, "Field%c%u", 'A' + (char)(x >> 60), i);
            if (i % 8 == 0) {
                lf_json_put_int(&w, key, (int64_t)(x >> 40));
            } else if (i % 13 == 0) {
                int n =
                    snprintf(text, sizeof text,
                             "Process Create:\r\nUtcTime: %llx\r\nImage: C:\\Windows\\System32\\%llx.exe\r\n",
                             (unsigned long long)x, (unsigned long long)(x >> 20));
                lf_json_put_str(&w, key, (lf_view){ text, (size_t)n });
            } else {
                int n = snprintf(text, sizeof text, "%.*s{%016llx-%08llx}", (int)(x >> 58),
                                 "C:/Program Files/Common Files/Microsoft Shared/ClickToRun/Office/",
                                 (unsigned long long)x, (unsigned long long)(x >> 32));
                lf_json_put_str(&w, key, (lf_view){ text, (size_t)n });
            }
        }
        lf_json_close(&w);
        lf_buf_byte(out, '\n');
    }
}

static const struct bench benches[] = {
    { "json", "[FILE]  parse one JSON value a line", run_json, make_json },
    { "correlate", "[FILE]  every event hits, seven correlations look at each hit; 5,000 groups",
      lf_bench_correlate, lf_bench_correlate_make },
    { "correlate-late", "[FILE]  the same, each event up to five minutes late", lf_bench_correlate,
      lf_bench_correlate_make_late },
    { "correlate-flood", "[FILE]  the same, every event a group of its own", lf_bench_correlate,
      lf_bench_correlate_make_flood },
    { "misp", "[FILE]  a MISP export of 250,000 attributes in 2,000 events made into STIX objects",
      lf_bench_misp, lf_bench_misp_make },
    { "misp-one", "[FILE]  the same in one event", lf_bench_misp, lf_bench_misp_make_one },
    { "rpz", "[FILE]  load 100,000 names into the zone; bytes: memory it holds", lf_bench_rpz_load,
      lf_bench_rpz_names },
    { "rpz-1m", "[FILE]  the same with 1,000,000 names", lf_bench_rpz_load, lf_bench_rpz_names_1m },
    { "rpz-axfr", "[FILE]  write a zone of 1,000,000 names as AXFR messages", lf_bench_rpz_axfr,
      lf_bench_rpz_names_1m },
    { "rpz-ixfr", "[FILE]  10,000 changes, each answered by IXFR, among 1,000,000 names", lf_bench_rpz_ixfr,
      lf_bench_rpz_names_1m },
};

/* ---- */

static int by_cpu(const void *a, const void *b)
{
    const struct lf_bench_result *x = a, *y = b;

    return x->cpu_s < y->cpu_s ? -1 : x->cpu_s > y->cpu_s;
}

static int usage(FILE *to)
{
    fputs("usage: lianfang bench NAME [FILE]\n", to);
    for (size_t i = 0; i < sizeof benches / sizeof benches[0]; i++)
        fprintf(to, "  %-8s %s\n", benches[i].name, benches[i].help);
    fputs("  detect   [--rules DIR …] FILE…  parse, normalise and match; bench detect --help says more\n"
          "  archive  [--events N] [FILE…]  the event archive: in, sealed, read; bench archive --help says "
          "more\n"
          "  day      [--hours N] [--rate N] [--each]  a day of event time: what memory it takes\n"
          "  ioc      [--entries N] [--lookups N]  indicators: load, look up, change\n"
          "  incidents [--incidents N]  accepting reports, and each list, search and count of incidents\n"
          "  objects  [--objects N]  stored objects: indexing them and each kind of question\n"
          "  search   [--events N] [--data DIR] [--print]  questions to an archive, cold and warm\n"
          "  members  [--children N]  a node with thousands of children; bench members --help says more\n"
          "  reports  [--clients N] [--seconds N]  reports of incidents that a node takes; bench reports "
          "--help says more\n"
          "  taxii    [--objects N] [--rows LIST]  a node's TAXII server; bench taxii --help says more\n"
          "prints figures as JSON: events, bytes, cpu_s, per_cpu_s, mb_per_cpu_s, rss_kb\n"
          "exit: 0 measured, 2 bad usage or bad input\n",
          to);
    return to == stderr ? 2 : 0;
}

/* Those with options of their own; argv[0] is their name. */
static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    bool helps; /* has a --help of its own */
} others[] = {
    { "archive", lf_bench_archive_main, true }, { "day", lf_bench_day, false },
    { "detect", lf_bench_detect, true },        { "incidents", lf_bench_incidents, false },
    { "ioc", lf_bench_ioc_main, false },        { "members", lf_bench_members, true },
    { "objects", lf_bench_objects, false },     { "reports", lf_bench_reports, true },
    { "search", lf_bench_search, false },       { "taxii", lf_bench_taxii, true },
};

int lf_bench_main(int argc, char **argv)
{
    const struct bench *b = NULL;
    struct lf_bench_result r[RUNS], *mid = &r[RUNS / 2];
    struct rusage usage_now;
    struct lf_buf in;
    struct lf_err e;
    double cpu;

    bool help = argc > 1 && strcmp(argv[argc - 1], "--help") == 0;

    for (size_t i = 0; argc > 1 && i < sizeof others / sizeof *others; i++)
        if (strcmp(argv[1], others[i].name) == 0 && (!help || others[i].helps))
            return others[i].run(argc - 1, argv + 1);
    if (help || (argc > 1 && strcmp(argv[1], "--help") == 0))
        return usage(stdout);
    if (argc < 2)
        return usage(stderr);
    for (size_t i = 0; i < sizeof benches / sizeof benches[0]; i++)
        if (lf_view_is(lf_view_of(argv[1]), benches[i].name))
            b = &benches[i];
    if (!b || argc > 3) {
        fprintf(stderr, "lianfang bench: %s \"%s\"; see bench --help\n",
                b ? "one FILE, not also" : "no benchmark", argv[b ? 3 : 1]);
        return 2;
    }
    lf_buf_init(&in, FILE_MOST);
    if (argc == 3) {
        if (lf_input_read(argv[2], &in, &e) != LF_OK) {
            fprintf(stderr, "lianfang: %s\n", e.text);
            lf_buf_clear(&in);
            return 2;
        }
    } else {
        b->make(&in);
    }
    for (size_t i = 0; i < RUNS; i++) {
        int rc = b->run(lf_buf_view(&in), &r[i]);
        if (rc) {
            lf_buf_clear(&in);
            return rc;
        }
    }
    lf_buf_clear(&in);
    qsort(r, RUNS, sizeof r[0], by_cpu);
    getrusage(RUSAGE_SELF, &usage_now);
    cpu = mid->cpu_s > 1e-9 ? mid->cpu_s : 1e-9;
    printf("{\"bench\":\"%s\",\"events\":%llu,\"bytes\":%llu,\"cpu_s\":%.6f,\"per_cpu_s\":%.0f,\"mb_per_cpu_"
           "s\":%.1f,"
           "\"rss_kb\":%ld}\n",
           b->name, (unsigned long long)mid->events, (unsigned long long)mid->bytes, mid->cpu_s,
           (double)mid->events / cpu, (double)mid->bytes / cpu / 1e6, usage_now.ru_maxrss);
    return 0;
}
