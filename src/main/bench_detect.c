/* lianfang bench detect: events a processor second through the rules, from JSON text to
 * alert text, on one core or several. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/crypto.h"
#include "engine/lookout.h"
#include "engine/normalise.h"
#include "engine/sigma.h"
#include "engine/stix_live.h"
#include "main/bench.h"
#include "main/input.h"
#include "proc/rules_dir.h"

enum { PASSES = 5, DIRS = 64, JOBS_MOST = 64 };

static const char usage[] =
    "usage: lianfang bench detect [--rules DIR …] [--no-route] [--indicators N] [--patterns N] [--jobs N]\n"
    "                             [--shuffle SEED] [--vary] FILE…\n"
    "  FILE        one record a line, read into memory first; - is standard input\n"
    "  --rules     without it the records are only parsed and normalised\n"
    "  --no-route  every rule on every event, which is taken as it is\n"
    "  --indicators N  every observable is asked of N made indicators as well; each pass\n"
    "                  is run without them too, and the difference is told\n"
    "  --patterns N  every event is asked of N made STIX patterns as well, which are counted among matches\n"
    "  --jobs N    N processes do the same at once\n"
    "  --shuffle   the records in an order that SEED makes\n"
    "  --vary      digits and a letter of each longer text differ from pass to pass\n"
    "prints one JSON object: the median of five passes by processor time; per_s is by the wall clock and\n"
    "of all jobs together; rules_kb is the memory that the compiled rules took\n";

struct bench {
    struct lf_normaliser *normaliser;
    struct lf_ruleset *rs;
    struct lf_lookout *watch;      /* NULL: no indicators */
    struct lf_stix_live *patterns; /* NULL: none */
    uint64_t position;             /* of events to patterns: over all passes */
    bool route, vary;
    uint64_t shuffle;
    lf_view text; /* all records, one a line; of `spread` */
    char *varied; /* the text of the pass at hand; of `spread` */
    lf_view *lines;
    size_t nlines;
};

struct pass {
    double cpu_s, wall_s;
    uint64_t matches;
};

/* What the children give to the parent. */
struct result {
    struct pass pass[PASSES];
    struct pass without[PASSES]; /* with --indicators: the same, asked of none, turn by turn */
    double began, ended;         /* of all passes, by the wall clock */
};

static uint64_t next(uint64_t *x)
{
    *x ^= *x << 13;
    *x ^= *x >> 7;
    *x ^= *x << 17;
    return *x >> 16;
}

/* Kilobytes of this process that are in memory now. */
static long resident_kb(void)
{
    FILE *f = fopen("/proc/self/statm", "re");
    char line[128];
    long pages = 0;

    if (!f)
        return 0;
    if (fgets(line, sizeof line, f)) {
        char *second = strchr(line, ' ');

        pages = second ? strtol(second, NULL, 10) : 0;
    }
    fclose(f);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/* ---- the records ---- */

/* Room for all records, to be freed, in the largest pages there are.  A node reads a record from where it
 * came in a moment ago; hundreds of megabytes in pages of 4 KiB would add the search for the page, for
 * each record of a shuffled pass, to what the engine takes. */
static char *spread(size_t n)
{
    size_t page = (size_t)2 << 20, whole = (n + page) & ~(page - 1);
    char *p = aligned_alloc(page, whole);

    if (!p)
        LF_BUG("no memory for %zu bytes of records", n);
    (void)madvise(p, whole, MADV_HUGEPAGE); /* only a wish */
    return p;
}

static void split(struct bench *b)
{
    lf_view left = b->text, line;
    size_t cap = 0;
    uint64_t x = b->shuffle * 0x9e3779b97f4a7c15u + 1;

    while (lf_view_split(&left, '\n', &line)) {
        if (line.len > 0 && line.ptr[line.len - 1] == '\r')
            line.len--;
        if (line.len == 0)
            continue;
        if (b->nlines == cap) {
            cap = cap ? cap * 2 : 1024;
            b->lines = realloc(b->lines, cap * sizeof *b->lines);
            if (!b->lines)
                LF_BUG("no memory for %zu lines", cap);
        }
        b->lines[b->nlines++] = line;
    }
    for (size_t i = b->nlines; b->shuffle && i > 1; i--) {
        size_t k = next(&x) % i;
        lf_view t = b->lines[i - 1];

        b->lines[i - 1] = b->lines[k];
        b->lines[k] = t;
    }
}

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Names by which records are told apart stay what they are, or the bench would be of
 * other events. */
static bool fixed(lf_view key)
{
    static const char *const names[] = { "Channel",      "EventID",    "channel",  "event_id",
                                         "ProviderName", "SourceName", "Provider", "_path",
                                         "event_type",   "EventType",  "log_type" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (lf_view_is(key, names[i]))
            return true;
    return false;
}

/* Each digit of a text becomes another, and one letter among its first: as long as
 * before, JSON as before, but no value twice. */
static void vary_text(char *p, size_t n, uint64_t *x)
{
    size_t at = n > 12 ? next(x) % (n / 2) : SIZE_MAX;

    for (size_t i = 0; i < n; i++) {
        if (p[i] == '\\') {
            i += i + 1 < n && p[i + 1] == 'u' ? 5 : 1;
            continue;
        }
        if (p[i] >= '0' && p[i] <= '9')
            p[i] = (char)('0' + next(x) % 10);
        else if (i >= at && letter(p[i])) {
            p[i] = (char)((p[i] & 0x20) + 'A' + (char)(next(x) % 26));
            at = SIZE_MAX;
        }
    }
}

static void vary_line(char *p, size_t n, uint64_t *x)
{
    lf_view key = { "", 0 };

    for (size_t i = 0; i < n; i++) {
        size_t from = i + 1, to = from;

        if (p[i] != '"')
            continue;
        while (to < n && p[to] != '"')
            to += p[to] == '\\' ? 2 : 1;
        if (to >= n)
            return;
        if (to + 1 < n && p[to + 1] == ':')
            key = (lf_view){ p + from, to - from };
        else if (!fixed(key))
            vary_text(p + from, to - from, x);
        i = to;
    }
}

/* ---- a pass ---- */

static lf_view line_of(const struct bench *b, size_t i)
{
    lf_view line = b->lines[i];

    if (b->varied)
        line.ptr = b->varied + (line.ptr - b->text.ptr);
    return line;
}

static void run(struct bench *b, struct pass *out)
{
    struct lf_arena a;
    struct lf_buf alerts;
    double cpu = lf_bench_cpu(), clock = lf_bench_wall();

    lf_arena_init(&a, 1 << 20);
    lf_buf_init(&alerts, 1 << 20);
    out->matches = 0;
    for (size_t i = 0; i < b->nlines; i++) {
        struct lf_record rec = { .bytes = line_of(b, i), .position = i };
        const struct lf_rule *const *hits = NULL;
        struct lf_event ev = { 0 };
        size_t n = 0;

        if (i + 1 < b->nlines)
            lf_record_fetch(line_of(b, i + 1));
        if (b->route)
            lf_normalise(b->normaliser, &a, &rec, &ev);
        else if (lf_json_parse(&a, rec.bytes, NULL, &ev.doc, NULL) == LF_OK)
            ev.json = rec.bytes;
        else
            ev.doc = NULL;
        if (b->rs && ev.doc)
            n = lf_ruleset_match(b->rs, &a, &ev, b->route, &hits);
        for (size_t k = 0; k < n; k++) {
            struct lf_json_w w = lf_json_w(&alerts);

            lf_json_open(&w, '{');
            lf_json_put_int(&w, "event", (int64_t)i);
            lf_json_put_str(&w, "rule", hits[k]->id);
            lf_json_put_str(&w, "title", hits[k]->title);
            lf_json_put_cstr(&w, "level", lf_level_name(hits[k]->level));
            lf_json_close(&w);
            lf_buf_byte(&alerts, '\n');
        }
        out->matches += n;
        if (b->watch && ev.doc) {
            struct lf_lookout_hit *known;

            out->matches += lf_lookout_event(b->watch, &a, &ev, 1, &known);
        }
        if (b->patterns && ev.doc) {
            struct lf_stix_hit *seen;

            ev.position = ++b->position;
            out->matches += lf_stix_live_event(b->patterns, &a, &ev, 1, &seen);
        }
        if (alerts.len > 1 << 16)
            lf_buf_reset(&alerts);
        lf_arena_reset(&a);
    }
    out->cpu_s = lf_bench_cpu() - cpu;
    out->wall_s = lf_bench_wall() - clock;
    lf_buf_clear(&alerts);
    lf_arena_clear(&a);
}

static void passes(struct bench *b, unsigned job, struct result *out)
{
    uint64_t x = 0x9e3779b97f4a7c15u * (job + 1);

    if (b->vary) {
        b->varied = spread(b->text.len);
    }
    for (unsigned i = 0; i < PASSES; i++) {
        if (b->varied) {
            memcpy(b->varied, b->text.ptr, b->text.len);
            for (size_t k = 0; k < b->nlines; k++)
                vary_line(b->varied + (b->lines[k].ptr - b->text.ptr), b->lines[k].len, &x);
        }
        if (i == 0)
            out->began = lf_bench_wall();
        if (b->watch) {
            struct lf_lookout *watch = b->watch;

            b->watch = NULL;
            run(b, &out->without[i]);
            b->watch = watch;
        }
        run(b, &out->pass[i]);
    }
    out->ended = lf_bench_wall();
    free(b->varied);
    b->varied = NULL;
}

static int by_cpu(const void *x, const void *y)
{
    const struct pass *a = x, *b = y;

    return a->cpu_s < b->cpu_s ? -1 : a->cpu_s > b->cpu_s;
}

/* Each job is a process of its own with all the records: nothing is shared but what
 * is only read. */
static int jobs(struct bench *b, unsigned n, struct result *out)
{
    int status = 0, rc = 0;

    if (n == 1) {
        passes(b, 0, out);
        return 0;
    }
    for (unsigned i = 0; i < n; i++) {
        pid_t pid = fork();

        if (pid < 0) {
            fprintf(stderr, "lianfang: bench detect: fork: %s\n", strerror(errno));
            rc = 2;
            break;
        }
        if (pid == 0) {
            passes(b, i, &out[i]);
            _exit(0);
        }
    }
    while (wait(&status) > 0)
        if (status != 0)
            rc = 2;
    return rc;
}

static void report(const struct bench *b, unsigned n, const struct result *r, double compile_s, long rules_kb)
{
    struct pass all[PASSES * JOBS_MOST] = { 0 };
    struct rusage used;
    double cpu, clock = 0, began = r[0].began, ended = r[0].ended;
    struct pass without[PASSES];
    const struct pass *mid;

    memcpy(without, r[0].without, sizeof without);
    for (unsigned i = 0; i < n; i++) {
        memcpy(all + (size_t)i * PASSES, r[i].pass, sizeof r[i].pass);
        began = r[i].began < began ? r[i].began : began;
        ended = r[i].ended > ended ? r[i].ended : ended;
        for (unsigned k = 0; k < PASSES; k++)
            clock += r[i].pass[k].wall_s;
    }
    qsort(all, (size_t)n * PASSES, sizeof *all, by_cpu);
    mid = &all[(size_t)n * PASSES / 2];
    cpu = mid->cpu_s > 1e-9 ? mid->cpu_s : 1e-9;
    /* What the jobs did beside the passes (varying) is not counted. */
    clock = clock / (n * PASSES) > 1e-9 ? clock / (n * PASSES) : 1e-9;
    getrusage(RUSAGE_SELF, &used);
    if (b->patterns) {
        struct lf_stix_live_stats s;

        lf_stix_live_stats(b->patterns, &s);
        fprintf(stderr,
                "patterns %zu, brackets %zu, candidates %llu, seen %llu, hits %llu, cut %llu, evicted %llu, "
                "unsure %llu, "
                "observations %zu\n",
                s.patterns, s.brackets, (unsigned long long)s.candidates, (unsigned long long)s.seen,
                (unsigned long long)s.hits, (unsigned long long)s.cut, (unsigned long long)s.evicted,
                (unsigned long long)s.unsure, s.observations);
    }
    if (b->watch && n == 1)
        qsort(without, PASSES, sizeof *without, by_cpu);
    printf("{\"bench\":\"detect\",\"events\":%zu,\"bytes\":%zu,\"cpu_s\":%.6f,\"per_cpu_s\":%.0f,"
           "\"mb_per_cpu_s\":%.1f,\"rss_kb\":%ld,\"rules\":%zu,\"matches\":%llu,\"compile_s\":%.3f,"
           "\"rules_kb\":%ld,\"jobs\":%u,\"per_s\":%.0f",
           b->nlines, b->text.len, mid->cpu_s, (double)b->nlines / cpu, (double)b->text.len / cpu / 1e6,
           used.ru_maxrss, b->rs ? lf_ruleset_count(b->rs) - lf_ruleset_refused(b->rs) : 0,
           (unsigned long long)mid->matches, compile_s, rules_kb, n, (double)b->nlines * n / clock);
    if (b->watch && n == 1)
        printf(",\"without_per_cpu_s\":%.0f,\"slower_percent\":%.1f",
               (double)b->nlines / without[PASSES / 2].cpu_s, (cpu / without[PASSES / 2].cpu_s - 1) * 100);
    printf("}\n");
}

int lf_bench_detect(int argc, char **argv)
{
    struct bench b = { .route = true };
    struct lf_pipelines *ps;
    const char *dirs[DIRS], *files[DIRS];
    size_t ndirs = 0, nfiles = 0;
    uint64_t njobs = 1, indicators = 0, patterns = 0;
    struct result *r;
    struct lf_err e = { 0 };
    struct lf_buf text;
    char *records;
    double compile_s;
    long rules_kb;
    int rc;

    for (int i = 1; i < argc; i++) {
        const char *arg = argv[i], *more = i + 1 < argc ? argv[i + 1] : NULL;

        if (!arg)
            break;
        if (strcmp(arg, "--help") == 0) {
            fputs(usage, stdout);
            return 0;
        }
        if (strcmp(arg, "--no-route") == 0) {
            b.route = false;
        } else if (strcmp(arg, "--vary") == 0) {
            b.vary = true;
        } else if (strcmp(arg, "--rules") == 0 && more && ndirs < DIRS) {
            dirs[ndirs++] = argv[++i];
        } else if (strcmp(arg, "--jobs") == 0 && more && lf_view_u64(lf_view_of(more), &njobs) && njobs > 0 &&
                   njobs <= JOBS_MOST) {
            i++;
        } else if (strcmp(arg, "--indicators") == 0 && more && lf_view_u64(lf_view_of(more), &indicators) &&
                   indicators <= LF_IOC_MOST) {
            i++;
        } else if (strcmp(arg, "--patterns") == 0 && more && lf_view_u64(lf_view_of(more), &patterns) &&
                   patterns <= LF_STIX_LIVE_PATTERNS) {
            i++;
        } else if (strcmp(arg, "--shuffle") == 0 && more && lf_view_u64(lf_view_of(more), &b.shuffle) &&
                   b.shuffle > 0) {
            i++;
        } else if ((arg[0] != '-' || arg[1] == '\0') && nfiles < DIRS) {
            files[nfiles++] = arg;
        } else {
            fprintf(stderr,
                    "lianfang: bench detect: \"%s\" is no option, or what it needs is missing; see bench "
                    "detect --help\n",
                    arg);
            return 2;
        }
    }
    if (nfiles == 0) {
        fputs("lianfang: bench detect: no events: name a FILE; see bench detect --help\n", stderr);
        return 2;
    }
    lf_crypto_init();
    if (lf_pipelines_build(NULL, 0, &ps, &e) != LF_OK) {
        fprintf(stderr, "lianfang: bench detect: %s\n", e.text);
        return 2;
    }
    b.normaliser = lf_normaliser_create(ps);
    lf_pipelines_drop(ps);
    rules_kb = resident_kb();
    compile_s = lf_bench_cpu();
    if (ndirs > 0 && lf_rules_dir_load(dirs, ndirs, &b.rs, &e) != LF_OK) {
        fprintf(stderr, "lianfang: bench detect: %s\n", e.text);
        return 2;
    }
    compile_s = lf_bench_cpu() - compile_s;
    rules_kb = resident_kb() - rules_kb;
    if (indicators) {
        const uint64_t seed[4] = { 1, 2, 3, 4 };

        b.watch = lf_lookout_create(seed);
        lf_bench_ioc_fill(lf_lookout_set(b.watch), indicators);
    }
    if (patterns)
        b.patterns = lf_bench_patterns(patterns);
    lf_buf_init(&text, (size_t)4 << 30);
    for (size_t i = 0; i < nfiles; i++) {
        if (lf_input_read(files[i], &text, &e) != LF_OK) {
            fprintf(stderr, "lianfang: bench detect: %s\n", e.text);
            lf_buf_clear(&text);
            lf_ruleset_drop(b.rs);
            lf_lookout_destroy(b.watch);
            lf_stix_live_destroy(b.patterns);
            return 2;
        }
        lf_buf_byte(&text, '\n');
    }
    text.len -= nfiles > 0; /* the last line's end is our own */
    records = spread(text.len);
    memcpy(records, text.ptr, text.len);
    b.text = (lf_view){ records, text.len };
    lf_buf_clear(&text);
    split(&b);
    r = mmap(NULL, njobs * sizeof *r, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (r == MAP_FAILED)
        LF_BUG("no memory for results");
    rc = jobs(&b, (unsigned)njobs, r);
    if (rc == 0)
        report(&b, (unsigned)njobs, r, compile_s, rules_kb);
    munmap(r, njobs * sizeof *r);
    free(b.lines);
    free(records);
    lf_ruleset_drop(b.rs);
    lf_lookout_destroy(b.watch);
    lf_stix_live_destroy(b.patterns);
    lf_normaliser_destroy(b.normaliser);
    return rc;
}
