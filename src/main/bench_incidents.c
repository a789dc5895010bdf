/* lianfang bench incidents [--incidents N] [--data DIR]: incidents with a history, in one process on a SQLite
 * of its own. Rows: accepting a report (awareness and report, two signed events each), a further act, a task
 * (ten for each incident), and each list, search, count, board and the opening of one, a hundred times each.
 * p95 and the longest by the clock, the mean of the processor.  One JSON object a row. */
#include <stdio.h>
#include <string.h>

#include "cert/incident_task.h"
#include "cert/statistic.h"
#include "ident/account.h"
#include "main/bench.h"
#include "main/bench_node.h"
#include "main/input.h"
#include "model/role.h"

enum { CHUNK = 500, TIMES = 100, LONG = 2000, TASKS = 10 /* of each */, PEOPLE = 20 };

struct bench {
    struct lf_bench_node *n;
    uint64_t asked, incidents;
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
        &b->n->a,
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
            LF_TRY(lf_db_begin(b->n->t.db, e));
        lf_arena_reset(&b->n->a);
        LF_TRY(lf_incident_report(&b->n->t, form(b, i), &id, e));
        b->ids[i] = lf_arena_copy(&b->n->life, id);
        if (i % CHUNK == CHUNK - 1 || i + 1 == b->incidents)
            LF_TRY(lf_db_commit(b->n->t.db, e));
    }
    row(b, "report", lf_bench_cpu() - began, (double)b->incidents, 0, 0, 0);
    acting = lf_bench_cpu();
    for (uint64_t i = 0; i < b->incidents; i++) {
        if (i % CHUNK == 0)
            LF_TRY(lf_db_begin(b->n->t.db, e));
        for (uint64_t k = 0; k < lf_bench_scatter(i + 7) % 5; k++, nacts++) {
            lf_arena_reset(&b->n->a);
            LF_TRY(lf_incident_event_add(&b->n->t, b->ids[i], lf_view_of(acts[k]),
                                         LF_V("{\"note\":\"as the plan says\"}"), &event, e));
        }
        if (i % CHUNK == CHUNK - 1 || i + 1 == b->incidents)
            LF_TRY(lf_db_commit(b->n->t.db, e));
    }
    row(b, "act", lf_bench_cpu() - acting, (double)nacts, 0, 0, 0);
    return LF_OK;
}

static enum lf_code people(struct bench *b, struct lf_err *e)
{
    lf_view id;

    for (int i = 0; i < PEOPLE; i++)
        LF_TRY(lf_account_create(&b->n->t, LF_V(""), lf_arena_printf(&b->n->a, "person-%d", i), LF_V(""),
                                 LF_V("nobody signs in here"), LF_ROLE_ANALYST, &id, e));
    return LF_OK;
}

/* Some are nobody's, some have no time, some are overdue, a third has ended. */
static enum lf_code one_task(struct bench *b, uint64_t i, struct lf_err *e)
{
    unsigned long long x = lf_bench_scatter(i + 3);
    struct lf_incident_task task = { .incident = b->ids[i / TASKS],
                                     .phase = (enum lf_task_phase)(i % LF_TASK_PHASES),
                                     .title = lf_arena_printf(&b->n->a, "檢視主機 %llu 的紀錄", x % 9999) };
    struct lf_task_change done = { .phase = -1, .state = LF_TASK_DONE, .note = LF_V("沒有發現異常") };
    lf_view id;

    if (x % 5)
        task.assignee = lf_arena_printf(&b->n->a, "person-%llu", x % PEOPLE);
    if (x % 4)
        task.due = lf_now(&b->n->env) + ((int64_t)(x % 400) - 100) * LF_HOUR;
    LF_TRY(lf_incident_task_add(&b->n->t, &task, &id, e));
    return x % 3 ? LF_OK : lf_incident_task_change(&b->n->t, id, &done, e);
}

static enum lf_code tasks(struct bench *b, struct lf_err *e)
{
    double began = lf_bench_cpu();
    uint64_t n = b->incidents * TASKS;

    LF_TRY(people(b, e));
    for (uint64_t i = 0; i < n; i++) {
        if (i % CHUNK == 0)
            LF_TRY(lf_db_begin(b->n->t.db, e));
        lf_arena_reset(&b->n->a);
        LF_TRY(one_task(b, i, e));
        if (i % CHUNK == CHUNK - 1 || i + 1 == n)
            LF_TRY(lf_db_commit(b->n->t.db, e));
    }
    row(b, "task", lf_bench_cpu() - began, (double)n, 0, 0, 0);
    return LF_OK;
}

static enum lf_code ask_tasks(struct bench *b, const char *way, unsigned place, size_t *n, struct lf_err *e)
{
    struct lf_task_filter f = { 0 };
    struct lf_page page = { .limit = 50 };
    const struct lf_incident_task *list;
    const struct lf_task_entry *entries;
    struct lf_incident_task one;
    struct lf_task_counts counts;
    lf_view me = lf_arena_printf(&b->n->a, "person-%u", place % PEOPLE), next;

    if (strcmp(way, "tasks-counts") == 0) {
        LF_TRY(lf_incident_task_count(&b->n->t, me, &counts, e));
        *n = (size_t)counts.open;
        return LF_OK;
    }
    if (strncmp(way, "tasks-of", 8) == 0) {
        LF_TRY(lf_incident_task_of(&b->n->t, b->ids[lf_bench_scatter(place) % b->incidents], n, &list, e));
        return way[8] && *n ? lf_incident_task_get(&b->n->t, list[0].id, &one, n, &entries, e) : LF_OK;
    }
    f.by = strstr(way, "mine") != NULL || strcmp(way, "tasks-nobodys") == 0;
    f.assignee = strstr(way, "mine") ? me : LF_V("");
    if (strstr(way, "overdue"))
        f.which = LF_TASKS_OVERDUE;
    if (strstr(way, "ended"))
        f.which = LF_TASKS_ENDED;
    return lf_incident_task_list(&b->n->t, &f, &page, n, &list, &next, e);
}

static const char *const ways[] = { "list",
                                    "level-4",
                                    "level-and-class",
                                    "review-nothing",
                                    "class-nothing",
                                    "time-nothing",
                                    "word",
                                    "word-common",
                                    "words",
                                    "chinese",
                                    "words-nothing",
                                    "clock-running",
                                    "clock-nothing",
                                    "board",
                                    "board-overdue",
                                    "board-c5-level-4",
                                    "board-nothing",
                                    "clock-counts",
                                    "counts",
                                    "statistics",
                                    "statistics-late-cases",
                                    "statistics-rare-cases",
                                    "tasks",
                                    "tasks-mine",
                                    "tasks-nobodys",
                                    "tasks-overdue",
                                    "tasks-mine-overdue",
                                    "tasks-ended",
                                    "tasks-mine-ended",
                                    "tasks-counts",
                                    "tasks-of",
                                    "tasks-of-open-one",
                                    "open",
                                    "open-2000-events" };

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
    if (strncmp(way, "tasks", 5) == 0)
        return ask_tasks(b, way, place, n, e);
    if (strcmp(way, "board-overdue") == 0)
        d.state = LF_DEADLINE_OVERDUE;
    if (strcmp(way, "board-c5-level-4") == 0)
        d.clock = LF_V("C5"), d.level = 4;
    if (strcmp(way, "board-nothing") == 0)
        d.clock = LF_V("C0");
    if (strcmp(way, "clock-counts") == 0) {
        LF_TRY(lf_deadline_count(&b->n->t, &dcounts, e));
        *n = (size_t)(dcounts.running + dcounts.overdue + dcounts.missed);
        return LF_OK;
    }
    if (strncmp(way, "board", 5) == 0) {
        LF_TRY(lf_deadline_board(&b->n->t, &d, &page, &clocks, e));
        *n = clocks.n;
        return LF_OK;
    }
    if (strcmp(way, "statistics") == 0) {
        struct lf_statistic_span span = lf_statistic_span_of(lf_now(&b->n->env));
        struct lf_statistic s;

        LF_TRY(lf_statistic_read(&b->n->t, &span, &s, e));
        *n = (size_t)s.rows[0].cases;
        return LF_OK;
    }
    if (strncmp(way, "statistics-", 11) == 0)
        f.counted = true, f.late = LF_V("any");
    if (strcmp(way, "statistics-rare-cases") == 0)
        f.late = LF_V("C0");
    if (strcmp(way, "counts") == 0) {
        LF_TRY(lf_incident_count(&b->n->t, &counts, e));
        *n = (size_t)counts.all;
        return LF_OK;
    }
    if (strncmp(way, "open", 4) == 0) {
        LF_TRY(lf_incident_get(&b->n->t, way[4] ? b->longest : b->ids[x % b->incidents], &full, e));
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
        f.from = lf_now(&b->n->env) - 400 * LF_DAY, f.to = f.from + LF_DAY;
    else if (strcmp(way, "word") == 0)
        f.words = lf_arena_printf(&b->n->a, "h%llu", x % 50000);
    else if (strcmp(way, "word-common") == 0)
        f.words = LF_V("campaign");
    else if (strcmp(way, "words") == 0)
        f.words = lf_arena_printf(&b->n->a, "campaign c%llu sensor%llu", x % 4096, x % 300);
    else if (strcmp(way, "chinese") == 0)
        f.words = LF_V("竄改首頁");
    else if (strcmp(way, "words-nothing") == 0)
        f.words = LF_V("campaign nobody");
    LF_TRY(lf_incident_list(&b->n->t, &f, &page, &got, e));
    *n = got.n;
    return LF_OK;
}

/* One with as many events as there may be, nearly: last, for each of them costs more than the one before. */
static enum lf_code lengthen(struct bench *b, struct lf_err *e)
{
    lf_view event;

    if (b->longest.len)
        return LF_OK;
    b->longest = b->ids[0];
    for (unsigned k = 0; k < LONG; k++) {
        if (k % 50 == 0)
            LF_TRY(lf_db_begin(b->n->t.db, e));
        lf_arena_reset(&b->n->a);
        LF_TRY(lf_incident_event_add(&b->n->t, b->longest, LF_V("followed_up"),
                                     LF_V("{\"description\":\"a note\"}"), &event, e));
        if (k % 50 == 49)
            LF_TRY(lf_db_commit(b->n->t.db, e));
    }
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
        double took[TIMES], cpu;
        size_t n = 0;

        if (strcmp(ways[k], "open-2000-events") == 0)
            LF_TRY(lengthen(b, e));
        cpu = lf_bench_cpu();

        for (unsigned place = 0; place < TIMES; place++) {
            double w = lf_bench_wall();

            lf_arena_reset(&b->n->a);
            LF_TRY(ask(b, ways[k], place, &n, e));
            took[place] = lf_bench_wall() - w;
        }
        cpu = lf_bench_cpu() - cpu;
        qsort(took, TIMES, sizeof took[0], by_length);
        row(b, ways[k], cpu, TIMES, took[TIMES * 95 / 100], took[TIMES - 1], n);
    }
    return LF_OK;
}

/* Those that an earlier run left. */
static enum lf_code find(struct bench *b, struct lf_err *e)
{
    struct lf_page page = { .limit = 200 };
    struct lf_incident_page got = { 0 };
    uint64_t n = 0;

    do {
        page.after = lf_arena_copy(&b->n->life, got.next);
        lf_arena_reset(&b->n->a);
        LF_TRY(lf_incident_list(&b->n->t, &(struct lf_incident_filter){ 0 }, &page, &got, e));
        for (size_t i = 0; i < got.n && n < b->incidents; i++) {
            b->ids[n++] = lf_arena_copy(&b->n->life, got.items[i].id);
            if (got.items[i].events > LONG)
                b->longest = b->ids[n - 1];
        }
    } while (got.next.len && n < b->incidents);
    if (!n)
        return lf_err_set(e, LF_NOT_FOUND, "none of the stored incidents can be listed; take another --data");
    b->incidents = n;
    return LF_OK;
}

static enum lf_code run(struct lf_bench_node *n, void *ctx, struct lf_err *e)
{
    struct bench *b = ctx;
    struct lf_incident_counts there;

    b->n = n;
    b->n->t.scope.roles |= LF_ROLE_REPORTER | LF_ROLE_READER;
    LF_TRY(lf_incident_count(&b->n->t, &there, e));
    b->incidents = there.all ? (uint64_t)there.all : b->asked;
    b->ids = LF_NEW(&b->n->life, lf_view, b->incidents);
    if (there.all) {
        LF_TRY(find(b, e));
    } else {
        LF_TRY(fill(b, e));
        LF_TRY(tasks(b, e));
    }
    return questions(b, e);
}

int lf_bench_incidents(int argc, char **argv)
{
    static const char usage[] = "usage: lianfang bench incidents [--incidents N] [--data DIR]\n"
                                "  --incidents N  how many are stored (100000)\n"
                                "  --data DIR     where they stay; the next run asks what is there\n"
                                "rows: accepting reports, acts and tasks (ten of each), and what each list, "
                                "search, count and the opening of one costs\n"
                                "exit: 0 measured, 2 bad usage\n";
    struct lf_bench_count c = { .name = "incidents",
                                .usage = usage,
                                .option = "--incidents",
                                .least = 100,
                                .most = 10000000,
                                .n = 100000,
                                .keeps = true };
    struct bench b = { 0 };
    int status;

    if (!lf_bench_count(argc, argv, &c, &status))
        return status;
    b.asked = c.n;
    return lf_bench_on_node(&c, run, &b);
}
