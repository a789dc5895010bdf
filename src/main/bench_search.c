/* lianfang bench search [--events N] [--make DIR | --data DIR] [--needle] [--print]: questions to
 * an archive, made for this (1,000,000 events of resolvers and connections, values that do not
 * repeat, one needle) or one that is there.  --make only makes it, and leaves it in DIR; --needle
 * asks the first question only; --print writes the made lines instead, for a peer.
 *
 * Each question is asked with the files out of the page cache (cold, as far as the
 * kernel drops them) and in it (warm); one JSON object a question and cache. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "fmt/json.h"
#include "main/bench.h"
#include "main/search_priv.h"
#include "soc/search.h"
#include "store/archive.h"
#include "sys/file.h"

enum { RUNS = 5, COLD = 3, TEXT = 512, A_COMMIT = 1000 };
#define BEGAN ((lf_time)1795237200 * LF_SECOND)

static size_t made(uint64_t i, uint64_t events, char out[TEXT])
{
    uint64_t x = lf_bench_scatter(i), y = lf_bench_scatter(x);
    char iso[LF_TIME_TEXT];
    int n;

    lf_time_milli(BEGAN + (lf_time)i * LF_MSEC, iso);
    if (i == events / 3)
        n = snprintf(out, TEXT, "{\"ts\":\"%s\",\"_path\":\"dns\",\"query\":\"needle4711.c2.example\"}", iso);
    else if (i % 2)
        n = snprintf(
            out, TEXT,
            "{\"@timestamp\":\"%s\",\"_path\":\"dns\",\"uid\":\"C%llx\",\"id.orig_h\":\"10.%u.%u.%u\","
            "\"id.orig_p\":%u,\"id.resp_h\":\"10.0.0.53\",\"id.resp_p\":53,\"proto\":\"udp\","
            "\"trans_id\":%u,\"query\":\"h%x.net%u.example\",\"qclass_name\":\"C_INTERNET\","
            "\"qtype_name\":\"A\",\"rcode_name\":\"NOERROR\",\"AA\":false,\"TC\":false,\"RD\":true}",
            iso, (unsigned long long)x, (unsigned)(x & 15), (unsigned)(x >> 8 & 255),
            (unsigned)(x >> 16 & 255), (unsigned)(x >> 24 & 65535), (unsigned)(y & 65535),
            (unsigned)(y >> 16 & 0xfffff), (unsigned)(y >> 40 & 255));
    else
        n = snprintf(
            out, TEXT,
            "{\"@timestamp\":\"%s\",\"_path\":\"conn\",\"uid\":\"C%llx\",\"id.orig_h\":\"10.%u.%u.%u\","
            "\"id.orig_p\":%u,\"id.resp_h\":\"203.0.%u.%u\",\"id.resp_p\":443,\"proto\":\"tcp\","
            "\"service\":\"ssl\",\"duration\":%u.%06u,\"orig_bytes\":%u,\"resp_bytes\":%u,"
            "\"conn_state\":\"SF\",\"history\":\"ShADadFf\",\"orig_pkts\":%u,\"resp_pkts\":%u}",
            iso, (unsigned long long)x, (unsigned)(x & 15), (unsigned)(x >> 8 & 255),
            (unsigned)(x >> 16 & 255), (unsigned)(x >> 24 & 65535), (unsigned)(y & 255),
            (unsigned)(y >> 8 & 255), (unsigned)(y >> 16 & 31), (unsigned)(y >> 20 & 0x7ffff),
            (unsigned)(y >> 40 & 0xffff), (unsigned)(y >> 30 & 0xfffff), (unsigned)(y >> 52 & 255),
            (unsigned)(y >> 56));
    return (size_t)n;
}

static lf_time own_time(void *ctx, const struct lf_archive_record *r)
{
    (void)ctx;
    return r->recorded;
}

static enum lf_code make(const char *dir, uint64_t events, struct lf_err *e)
{
    struct lf_archive_options o = { .keep = (uint64_t)1 << 40, .happened = own_time };
    struct lf_archive_news news;
    struct lf_archive *w;
    char line[TEXT];

    LF_TRY(lf_archive_open(dir, &o, &w, e));
    for (uint64_t i = 0; i < events; i++) {
        size_t n = made(i, events, line);

        lf_archive_note(w,
                        lf_archive_add(w, BEGAN + (lf_time)i * LF_MSEC, LF_FORMAT_JSON, LF_V("zeek-1"),
                                       (lf_view){ line, n }),
                        BEGAN + (lf_time)i * LF_MSEC);
        if (i % A_COMMIT == A_COMMIT - 1 && lf_archive_commit(w, e) != LF_OK)
            break;
        if (i % 16384 == 0)
            while (lf_archive_work(w, BEGAN, UINT64_MAX, &news) == LF_ARCHIVE_WORKED)
                ;
    }
    if (e->code == LF_OK)
        (void)!lf_archive_commit(w, e);
    while (lf_archive_work(w, BEGAN, UINT64_MAX, &news) != LF_ARCHIVE_IDLE)
        ;
    lf_archive_close(w);
    return e->code;
}

static void drop_cache(const char *dir)
{
    struct dirent *entry;
    DIR *d = opendir(dir);

    while (d && (entry = readdir(d)) != NULL) {
        int fd = openat(dirfd(d), entry->d_name, O_RDONLY | O_CLOEXEC);

        if (fd < 0)
            continue;
        (void)fdatasync(fd);
        (void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
        close(fd);
    }
    if (d)
        closedir(d);
}

struct took {
    double cpu, wall;
    struct lf_search_progress p;
};

static void no_hit(void *ctx, const struct lf_query_hit *h)
{
    (void)ctx;
    (void)h;
}

static enum lf_code ask_once(const char *dir, const char *query, lf_time from, struct took *out,
                             struct lf_err *e)
{
    struct lf_search_hooks hooks = { .hit = no_hit };
    struct lf_search_ask ask = { .query = lf_view_of(query), .from = from, .to = INT64_MAX, .seed = 1 };
    double cpu = lf_bench_cpu(), began = lf_bench_wall();
    struct lf_search *s;

    LF_TRY(lf_search_open(dir, &ask, &hooks, &s, e));
    while (lf_search_step(s))
        ;
    (void)lf_search_finish(s);
    lf_search_progress(s, &out->p);
    lf_search_close(s);
    out->cpu = lf_bench_cpu() - cpu;
    out->wall = lf_bench_wall() - began;
    return LF_OK;
}

static int by_cpu(const void *x, const void *y)
{
    const struct took *a = x, *b = y;

    return a->cpu < b->cpu ? -1 : a->cpu > b->cpu;
}

static int ask(const char *dir, const char *what, const char *query, bool cold)
{
    struct took t[RUNS] = { 0 }, *m;
    size_t runs = cold ? COLD : RUNS;
    struct rusage use = { 0 };
    struct lf_err e = { 0 };

    for (size_t i = 0; i < runs; i++) {
        if (cold)
            drop_cache(dir);
        if (ask_once(dir, query, INT64_MIN, &t[i], &e) != LF_OK) {
            fprintf(stderr, "lianfang bench search: %s\n", e.text);
            return 2;
        }
    }
    qsort(t, runs, sizeof *t, by_cpu);
    m = &t[runs / 2];
    getrusage(RUSAGE_SELF, &use);
    printf("{\"bench\":\"search\",\"what\":\"%s\",\"query\":\"%s\",\"cache\":\"%s\",\"matched\":%llu,"
           "\"events\":%llu,"
           "\"bytes\":%llu,\"blocks\":%zu,\"blocks_passed\":%zu,\"cpu_s\":%.4f,\"wall_s\":%.4f,"
           "\"per_cpu_s\":%.0f,\"mb_per_cpu_s\":%.0f,\"rss_kb\":%ld}\n",
           what, query, cold ? "cold" : "warm", (unsigned long long)m->p.matched,
           (unsigned long long)m->p.events, (unsigned long long)m->p.text, m->p.blocks, m->p.blocks_passed,
           m->cpu, m->wall, (double)m->p.events / m->cpu, (double)m->p.text / 1e6 / m->cpu, use.ru_maxrss);
    fflush(stdout);
    return 0;
}

int lf_bench_search(int argc, char **argv)
{
    static const struct {
        const char *what, *query;
    } questions[] = {
        { "a needle, by the word filters", "needle4711" },
        { "part of a word: every byte is scanned", "*eedle4711*" },
        { "a word of one in 512 events", "query:net17" },
        { "a table over every event", "* | count by _path" },
    };
    char temporary[] = "/tmp/lianfang-bench-XXXXXX";
    const char *dir = NULL, *place = NULL;
    size_t asked = sizeof questions / sizeof *questions;
    uint64_t events = 1000000;
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    int status = 0;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--events") == 0 && i + 1 < argc &&
            lf_view_u64(lf_view_of(argv[i + 1]), &events) && events > 0) {
            i++;
        } else if (strcmp(argv[i], "--data") == 0 && i + 1 < argc) {
            dir = search_directory(&a, argv[++i]);
        } else if (strcmp(argv[i], "--make") == 0 && i + 1 < argc) {
            place = argv[++i];
        } else if (strcmp(argv[i], "--needle") == 0) {
            asked = 1;
        } else if (strcmp(argv[i], "--print") == 0) {
            char line[TEXT];

            for (uint64_t k = 0; k < events; k++)
                printf("%.*s\n", (int)made(k, events, line), line);
            return 0;
        } else {
            fputs(
                "usage: lianfang bench search [--events N] [--make DIR | --data DIR] [--needle] [--print]\n",
                stderr);
            return 2;
        }
    }
    if (place) {
        if (make(place, events, &e) == LF_OK)
            return 0;
        fprintf(stderr, "lianfang bench search: %s\n", e.text);
        return 2;
    }
    if (!dir) {
        if (!mkdtemp(temporary) || make(temporary, events, &e) != LF_OK) {
            fprintf(stderr, "lianfang bench search: %s\n", e.text[0] ? e.text : temporary);
            status = 2;
        }
    }
    for (size_t i = 0; status == 0 && i < asked; i++)
        for (int cold = 1; status == 0 && cold >= 0; cold--)
            status = ask(dir ? dir : temporary, questions[i].what, questions[i].query, cold);
    if (!dir)
        (void)!lf_file_remove_tree(temporary, &e);
    lf_arena_clear(&a);
    return status;
}
