/* lianfang bench ioc [--entries N] [--lookups N] [--print]: a set of indicators, loaded, asked
 * and changed; --print writes the made values instead, a line each, for
 * tests/bench/bench_ioc_peer.cpp.
 *
 * Two in five of the values are addresses, three in ten names, the rest sums, URLs and
 * networks.  The values looked up are others but for one in twenty. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "engine/ioc.h"
#include "fmt/json.h"
#include "main/bench.h"

enum { ASKED = 1 << 20, CHANGES = 100000, RUNS = 5, TEXT = 160 };

static size_t made(uint64_t i, enum lf_observable_kind *kind, char out[TEXT])
{
    static const char *const tops[] = {
        "com", "net", "org", "info", "tw", "ru", "cn", "example", "xyz", "top"
    };
    uint64_t x = lf_bench_scatter(i), y = lf_bench_scatter(x), z = lf_bench_scatter(y),
             w = lf_bench_scatter(z);
    int n;

    switch (x % 20) {
    case 0:
        *kind = LF_OBS_NET4;
        n = snprintf(out, TEXT, "%u.%u.%u.0/24", (unsigned)(y % 223 + 1), (unsigned)(y >> 8 & 255),
                     (unsigned)(y >> 16 & 255));
        break;
    case 1:
    case 2:
        *kind = LF_OBS_URL;
        n = snprintf(out, TEXT, "http://%llx.%s/%llx/index.php", (unsigned long long)(y & 0xffffffffff),
                     tops[z % 10], (unsigned long long)(w & 0xffffff));
        break;
    case 3:
    case 4:
    case 5:
        *kind = LF_OBS_SHA256;
        n = snprintf(out, TEXT, "%016llx%016llx%016llx%016llx", (unsigned long long)x, (unsigned long long)y,
                     (unsigned long long)z, (unsigned long long)w);
        break;
    case 6:
    case 7:
    case 8:
    case 9:
    case 10:
    case 11:
        *kind = LF_OBS_DOMAIN;
        n = snprintf(out, TEXT, "%llx.%llx.%s", (unsigned long long)(y & 0xfff),
                     (unsigned long long)(z & 0xffffffff), tops[w % 10]);
        break;
    default:
        *kind = LF_OBS_IPV4;
        n = snprintf(out, TEXT, "%u.%u.%u.%u", (unsigned)(y % 223 + 1), (unsigned)(y >> 8 & 255),
                     (unsigned)(y >> 16 & 255), (unsigned)(y >> 24 & 255));
        break;
    }
    return (size_t)n;
}

static const uint64_t seed[4] = { 1, 2, 3, 4 };

void lf_bench_ioc_fill(struct lf_ioc_set *s, uint64_t entries)
{
    char text[TEXT];

    lf_ioc_set_reserve(s, entries);
    for (uint64_t i = 0; i < entries; i++) {
        struct lf_ioc what = { .confidence = 80, .flags = LF_IOC_SUBDOMAINS };
        enum lf_observable_kind kind;
        size_t n = made(i, &kind, text);
        uint64_t id[2] = { lf_bench_scatter(i), i };
        struct lf_err e;

        memcpy(what.id, id, sizeof what.id);
        if (lf_ioc_add(s, kind, (lf_view){ text, n }, &what, &e) != LF_OK)
            LF_BUG("made value \"%s\": %s", text, e.text);
    }
}

/* Canonical bytes of what is asked, one after another. */
struct asked {
    enum lf_observable_kind kind;
    uint32_t at, n;
};

static struct asked *ask(uint64_t entries, char **bytes)
{
    struct asked *q = calloc(ASKED, sizeof *q);
    char *all = malloc((size_t)ASKED * 96), text[TEXT], canon[LF_OBSERVABLE_BYTES];
    size_t at = 0;

    if (!q || !all)
        LF_BUG("out of memory for %d values", ASKED);
    for (uint64_t i = 0; i < ASKED; i++) {
        uint64_t which = i % 20 == 0 ? lf_bench_scatter(i) % entries : entries * 2 + i;
        enum lf_observable_kind kind;
        size_t n = made(which, &kind, text);

        if (kind == LF_OBS_NET4)
            n = (size_t)snprintf(text, sizeof text, "10.%u.%u.1", (unsigned)(which & 255),
                                 (unsigned)(which >> 8 & 255));
        if (kind == LF_OBS_NET4)
            kind = LF_OBS_IPV4;
        if (!lf_observable_bytes(kind, (lf_view){ text, n }, canon, &n) || n > 96)
            LF_BUG("made value \"%s\"", text);
        memcpy(all + at, canon, n);
        q[i] = (struct asked){ kind, (uint32_t)at, (uint32_t)n };
        at += n;
    }
    *bytes = all;
    return q;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

/* Hashes and looks up each value by itself, as the engine does with a batch. */
static double look_up(const struct lf_ioc_set *s, const struct asked *q, const char *bytes, uint64_t lookups,
                      uint64_t *found)
{
    struct lf_ioc_key keys[64];
    const struct lf_ioc *out[64];
    double began = lf_bench_cpu();

    *found = 0;
    for (uint64_t i = 0; i < lookups; i += 64) {
        for (uint64_t k = 0; k < 64; k++) {
            const struct asked *x = &q[(i + k) % ASKED];

            keys[k] = lf_ioc_hash(s, x->kind, bytes + x->at, x->n);
        }
        *found += lf_ioc_find(s, keys, 64, out);
    }
    return lf_bench_cpu() - began;
}

static void change(struct lf_ioc_set *s, uint64_t entries, double *add_us, double *worst_us,
                   double *remove_us)
{
    char text[TEXT];
    double began = lf_bench_cpu(), at = began;

    *worst_us = 0;
    for (uint64_t i = 0; i < CHANGES; i++) {
        struct lf_ioc what = { .id = { 1 } };
        enum lf_observable_kind kind;
        size_t n = made(entries * 5 + i, &kind, text);
        double now;

        if (lf_ioc_add(s, kind, (lf_view){ text, n }, &what, NULL) != LF_OK ||
            !lf_ioc_covers(s, kind, (lf_view){ text, n }, 1))
            LF_BUG("\"%s\" is not live", text);
        now = lf_bench_cpu();
        if ((now - at) * 1e6 > *worst_us)
            *worst_us = (now - at) * 1e6;
        at = now;
    }
    *add_us = (at - began) * 1e6 / CHANGES;
    began = lf_bench_cpu();
    for (uint64_t i = 0; i < CHANGES; i++) {
        const uint8_t id[16] = { 1 };
        enum lf_observable_kind kind;
        size_t n = made(entries * 5 + i, &kind, text);

        if (!lf_ioc_remove(s, kind, (lf_view){ text, n }, id))
            break; /* made twice, removed once */
    }
    *remove_us = (lf_bench_cpu() - began) * 1e6 / CHANGES;
}

static long rss_kb(void)
{
    struct rusage u;

    getrusage(RUSAGE_SELF, &u);
    return u.ru_maxrss;
}

static int ours(uint64_t entries, uint64_t lookups)
{
    char *bytes = NULL;
    struct asked *q = ask(entries, &bytes);
    long before = rss_kb(), after;
    double began = lf_bench_cpu(), load, runs[RUNS], add_us, worst_us, remove_us;
    struct lf_ioc_set *s = lf_ioc_set_create(seed);
    uint64_t found = 0;

    lf_bench_ioc_fill(s, entries);
    load = lf_bench_cpu() - began;
    after = rss_kb();
    for (int i = 0; i < RUNS; i++)
        runs[i] = look_up(s, q, bytes, lookups, &found);
    qsort(runs, RUNS, sizeof *runs, by_value);
    printf("{\"bench\":\"ioc\",\"events\":%llu,\"bytes\":%zu,\"cpu_s\":%.6f,\"per_cpu_s\":%.0f,\"mb_per_cpu_"
           "s\":0,"
           "\"rss_kb\":%ld,\"entries\":%zu,\"found\":%llu,\"bytes_each\":%.1f,\"rss_bytes_each\":%.1f,\"load_"
           "s\":%.3f,",
           (unsigned long long)lookups, lf_ioc_set_bytes(s), runs[RUNS / 2],
           (double)lookups / (runs[RUNS / 2] > 1e-9 ? runs[RUNS / 2] : 1e-9), after, lf_ioc_set_count(s),
           (unsigned long long)found, (double)lf_ioc_set_bytes(s) / (double)lf_ioc_set_count(s),
           (double)(after - before) * 1024 / (double)lf_ioc_set_count(s), load);
    change(s, entries, &add_us, &worst_us, &remove_us);
    printf("\"add_us\":%.3f,\"add_worst_us\":%.1f,\"remove_us\":%.3f}\n", add_us, worst_us, remove_us);
    lf_ioc_set_destroy(s);
    free(q);
    free(bytes);
    return 0;
}

int lf_bench_ioc_main(int argc, char **argv)
{
    uint64_t entries = 10000000, lookups = 10 << 20;
    bool print = false;

    for (int i = 1; i < argc; i++) {
        uint64_t *to = lf_view_is(lf_view_of(argv[i]), "--entries")   ? &entries
                       : lf_view_is(lf_view_of(argv[i]), "--lookups") ? &lookups
                                                                      : NULL;

        if (lf_view_is(lf_view_of(argv[i]), "--print")) {
            print = true;
            continue;
        }
        if (!to || i + 1 == argc || !lf_view_u64(lf_view_of(argv[++i]), to) || *to < 1 || *to > LF_IOC_MOST) {
            fprintf(stderr, "usage: lianfang bench ioc [--entries N] [--lookups N]   numbers from 1 to %d\n",
                    LF_IOC_MOST);
            return 2;
        }
    }
    lookups = (lookups + 63) / 64 * 64;
    for (uint64_t i = 0; print && i < entries; i++) {
        enum lf_observable_kind kind;
        char text[TEXT];

        (void)made(i, &kind, text);
        puts(text);
    }
    return print ? 0 : ours(entries, lookups);
}
