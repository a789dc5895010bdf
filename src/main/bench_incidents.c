/* lianfang bench incidents [--incidents N]: incidents with a history, in one process on a SQLite of its own.
 * Rows: accepting a report (awareness and report, two signed events each), a further act, and each list,
 * search, count, board and the opening of one, a hundred times each.  p95 and the longest by the clock, the
 * mean of the processor.  One JSON object a row. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cert/incident.h"
#include "ident/node.h"
#include "main/bench.h"
#include "main/input.h"
#include "model/role.h"
#include "sys/file.h"

enum { CHUNK = 500, TIMES = 100, LONG = 2000 };

struct bench {
    struct lf_arena life, a;
    struct lf_env env;
    struct lf_log log;
    struct lf_identity self;
    struct lf_task t;
    uint64_t incidents;
    lf_view *ids;
    lf_view longest; /* one with LONG events */
};

static void row(const struct bench *b, const char *name, double cpu_s, double n, double p95, double longest,
                size_t found)
{
    printf("{\"bench\":\"incidents\",\"row\":\"%s\",\"stored\":%llu,\"cpu_ms\":%.3f,\"p95_ms\":%.2f,"
           "\"longest_ms\":%.2f,"
           "\"found\":%zu}\n",
           name, (unsigned long long)b->incidents, cpu_s / n * 1e3, p95 * 1e3, longest * 1e3, found);
    fflush(stdout);
}

static lf_view form(struct bench *b, uint64_t i)
{
    static const char *const classes[] = { "web", "intrusion", "dos", "equipment", "other" };
    unsigned long long x = lf_bench_scatter(i);
    int level = x % 100 < 70 ? 1 : x % 100 < 90 ? 2 : x % 100 < 98 ? 3 : 4;

    return lf_arena_printf(
        &b->a,
        "{\"title\":\"網站遭竄改 h%llu.example.gov.tw\",\"description\":\"自 192.0.2.%llu 連入後更換首頁，由 "
        "sensor%llu 發現；seen by campaign c%llu\",\"level\":%d,\"category\":\"%s\"}",
        x % 50000, x % 250, x % 300, x % 4096, level, classes[x % 5]);
}

/* Each with its report and some of what follows: four events on the average. */
static enum lf_code fill(struct bench *b, struct lf_err *e)
{
    static const char *const acts[] = { "supplemented", "controlled", "recovered", "final_submitted" };
    double began = lf_bench_cpu(), acting = 0;
    uint64_t nacts = 0;
    lf_view id = { 0 }, event;

    for (uint64_t i = 0; i < b->incidents; i++) {
        if (i % CHUNK == 0)
            LF_TRY(lf_db_begin(b->t.db, e));
        lf_arena_reset(&b->a);
        LF_TRY(lf_incident_report(&b->t, form(b, i), &id, e));
        b->ids[i] = lf_arena_copy(&b->life, id);
        if (i % CHUNK == CHUNK - 1 || i + 1 == b->incidents)
            LF_TRY(lf_db_commit(b->t.db, e));
    }
    row(b, "report", lf_bench_cpu() - began, (double)b->incidents, 0, 0, 0);
    acting = lf_bench_cpu();
    for (uint64_t i = 0; i < b->incidents; i++) {
        if (i % CHUNK == 0)
            LF_TRY(lf_db_begin(b->t.db, e));
        for (uint64_t k = 0; k < lf_bench_scatter(i + 7) % 5; k++, nacts++) {
            lf_arena_reset(&b->a);
            LF_TRY(lf_incident_event_add(&b->t, b->ids[i], lf_view_of(acts[k]),
                                         LF_V("{\"note\":\"as the plan says\"}"), &event, e));
        }
        if (i % CHUNK == CHUNK - 1 || i + 1 == b->incidents)
            LF_TRY(lf_db_commit(b->t.db, e));
    }
    row(b, "act", lf_bench_cpu() - acting, (double)nacts, 0, 0, 0);
    b->longest = b->ids[0];
    for (unsigned k = 0; k < LONG; k++) {
        if (k % 50 == 0)
            LF_TRY(lf_db_begin(b->t.db, e));
        lf_arena_reset(&b->a);
        LF_TRY(lf_incident_event_add(&b->t, b->longest, LF_V("followed_up"),
                                     LF_V("{\"description\":\"a note\"}"), &event, e));
        if (k % 50 == 49)
            LF_TRY(lf_db_commit(b->t.db, e));
    }
    return LF_OK;
}

static const char *const ways[] = {
    "list",          "level-4",     "level-and-class", "review-nothing",   "class-nothing", "time-nothing",
    "word",          "word-common", "words",           "chinese",          "words-nothing", "clock-running",
    "clock-nothing", "board",       "board-overdue",   "board-c5-level-4", "board-nothing", "clock-counts",
    "counts",        "open",        "open-2000-events"
};

static enum lf_code ask(struct bench *b, const char *way, unsigned place, size_t *n, struct lf_err *e)
{
    struct lf_incident_filter f = { 0 };
    struct lf_page page = { .limit = 50 };
    struct lf_incident_page got = { 0 };
    struct lf_incident_counts counts;
    struct lf_deadline_filter d = { 0 };
    struct lf_deadline_counts dcounts;
    struct lf_deadline_page clocks;
    struct lf_incident_full full;
    unsigned long long x = lf_bench_scatter(lf_bench_scatter(place) % b->incidents);

    *n = 0;
    if (strcmp(way, "board-overdue") == 0)
        d.state = LF_DEADLINE_OVERDUE;
    if (strcmp(way, "board-c5-level-4") == 0)
        d.clock = LF_V("C5"), d.level = 4;
    if (strcmp(way, "board-nothing") == 0)
        d.clock = LF_V("C0");
    if (strcmp(way, "clock-counts") == 0) {
        LF_TRY(lf_deadline_count(&b->t, &dcounts, e));
        *n = (size_t)(dcounts.running + dcounts.overdue + dcounts.missed);
        return LF_OK;
    }
    if (strncmp(way, "board", 5) == 0) {
        LF_TRY(lf_deadline_board(&b->t, &d, &page, &clocks, e));
        *n = clocks.n;
        return LF_OK;
    }
    if (strcmp(way, "counts") == 0) {
        LF_TRY(lf_incident_count(&b->t, &counts, e));
        *n = (size_t)counts.all;
        return LF_OK;
    }
    if (strncmp(way, "open", 4) == 0) {
        LF_TRY(lf_incident_get(&b->t, way[4] ? b->longest : b->ids[x % b->incidents], &full, e));
        *n = full.nevents;
        return LF_OK;
    }
    if (strcmp(way, "level-4") == 0)
        f.level = 4;
    else if (strcmp(way, "clock-running") == 0)
        f.clock_state = LF_DEADLINE_RUNNING;
    else if (strcmp(way, "clock-nothing") == 0)
        f.clock_state = LF_DEADLINE_MISSED, f.clock = LF_V("C1");
    else if (strcmp(way, "level-and-class") == 0)
        f.level = 4, f.category = LF_V("equipment");
    else if (strcmp(way, "review-nothing") == 0)
        f.review = LF_V("not_incident");
    else if (strcmp(way, "class-nothing") == 0)
        f.category = LF_V("none");
    else if (strcmp(way, "time-nothing") == 0)
        f.from = lf_now(&b->env) - 400 * LF_DAY, f.to = f.from + LF_DAY;
    else if (strcmp(way, "word") == 0)
        f.words = lf_arena_printf(&b->a, "h%llu", x % 50000);
    else if (strcmp(way, "word-common") == 0)
        f.words = LF_V("campaign");
    else if (strcmp(way, "words") == 0)
        f.words = lf_arena_printf(&b->a, "campaign c%llu sensor%llu", x % 4096, x % 300);
    else if (strcmp(way, "chinese") == 0)
        f.words = LF_V("竄改首頁");
    else if (strcmp(way, "words-nothing") == 0)
        f.words = LF_V("campaign nobody");
    LF_TRY(lf_incident_list(&b->t, &f, &page, &got, e));
    *n = got.n;
    return LF_OK;
}

static int by_length(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static enum lf_code questions(struct bench *b, struct lf_err *e)
{
    for (size_t k = 0; k < sizeof ways / sizeof *ways; k++) {
        double took[TIMES], cpu = lf_bench_cpu();
        size_t n = 0;

        for (unsigned place = 0; place < TIMES; place++) {
            double w = lf_bench_wall();

            lf_arena_reset(&b->a);
            LF_TRY(ask(b, ways[k], place, &n, e));
            took[place] = lf_bench_wall() - w;
        }
        cpu = lf_bench_cpu() - cpu;
        qsort(took, TIMES, sizeof took[0], by_length);
        row(b, ways[k], cpu, TIMES, took[TIMES * 95 / 100], took[TIMES - 1], n);
    }
    return LF_OK;
}

static enum lf_code run(struct bench *b, struct lf_err *e)
{
    b->ids = LF_NEW(&b->life, lf_view, b->incidents);
    b->t.scope.roles |= LF_ROLE_REPORTER | LF_ROLE_READER;
    LF_TRY(fill(b, e));
    return questions(b, e);
}

int lf_bench_incidents(int argc, char **argv)
{
    static const char usage[] =
        "usage: lianfang bench incidents [--incidents N]\n"
        "  --incidents N  how many are stored (100000)\n"
        "rows: accepting reports and acts, and what each list, search, count and the opening of one costs\n"
        "exit: 0 measured, 2 bad usage\n";
    struct bench b = { .incidents = 100000 };
    struct lf_db_options o = { 0 };
    struct lf_err e = { 0 }, own = { 0 };
    const char *tmp = getenv("TMPDIR");
    char *dir;
    enum lf_code rc;
    uint64_t n;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            fputs(usage, stdout);
            return 0;
        }
        if (strcmp(argv[i], "--incidents") == 0 && i + 1 < argc && lf_view_u64(lf_view_of(argv[i + 1]), &n) &&
            n >= 100 && n <= 10000000) {
            b.incidents = n;
            i++;
            continue;
        }
        fprintf(stderr, "lianfang bench incidents: bad option %s; see --help\n", argv[i]);
        return 2;
    }
    dir = lf_arena_cstr(&b.life,
                        lf_arena_printf(&b.life, "%s/lf_incidents_XXXXXX", tmp && *tmp ? tmp : "/tmp"));
    if (!mkdtemp(dir)) {
        perror("lianfang bench incidents");
        return 2;
    }
    b.log = (struct lf_log){ .fd = STDERR_FILENO, .least = LF_LOG_WARN, .worker = "bench" };
    lf_env_real(&b.env, &b.log);
    o.path = lf_arena_printf(&b.life, "%s/node.db", dir).ptr;
    b.t = (struct lf_task){ .a = &b.a, .env = &b.env, .self = &b.self };
    rc = lf_db_open(&o, &b.env, &b.t.db, &e);
    if (rc == LF_OK)
        rc = lf_node_load_or_create(b.t.db, &b.env, &b.life, LF_V("bench"), LF_V("provider"), &b.self, &e);
    b.t.scope = lf_node_scope(&b.self);
    if (rc == LF_OK)
        rc = run(&b, &e);
    lf_db_close(b.t.db);
    if (lf_file_remove_tree(dir, &own) != LF_OK)
        fprintf(stderr, "lianfang bench incidents: %s\n", own.text);
    lf_arena_clear(&b.a);
    lf_arena_clear(&b.life);
    if (rc != LF_OK)
        fprintf(stderr, "lianfang bench incidents: %s\n", e.text);
    return rc == LF_OK ? 0 : 2;
}
