/* `lianfang bench day`: a day of a node in a minute or two, and what memory it takes hour by hour.
 *
 * Event time runs 24 hours: lines of syslog (never two alike, some minutes late), web requests with
 * attacks, names asked for and audit records go the way of the intake (normalise, rules, correlations of
 * every type, second evidence, 10,000 indicators, patterns over events); findings and the reports of 200
 * devices, half of which rest at night, and of four strangers a second go to a core on SQLite, which groups,
 * limits and suppresses alerts, learns rhythms and misses who falls quiet.  Alerts are closed each hour, so
 * that suppression has something to hold back.
 *
 * The clock is simulated; the work and the memory are real.  What is bounded fills in the first hours;
 * after that no hour may cost more memory than the one before.  The database's own cache, bounded by a
 * setting, is kept small: filling it would hide what grows without a bound. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "engine/detect.h"
#include "engine/lookout.h"
#include "engine/normalise.h"
#include "engine/stix_live.h"
#include "main/bench.h"
#include "model/device.h"
#include "model/role.h"
#include "proc/core.h"
#include "proc/pipelines_dir.h"
#include "soc/alert.h"
#include "soc/tuning.h"
#include "sys/file.h"

enum { DEVICES = 200, STRANGERS = 4, REPORT_EVERY = 30, HOURS_MOST = 24 * 31, INDICATORS = 10000 };
#define BEGIN ((lf_time)1795219200 * LF_SECOND) /* 2026-11-21T00:00:00Z */

static const char rules[] =
    "title: A command in a web request\nid: 7b0c0000-0000-4000-8000-000000000001\nlevel: high\n"
    "logsource: {category: webserver}\ndetection: {s: {cs-uri-query|contains: nslookup}, condition: s}\n---\n"
    "title: failed\nname: failed\nlogsource: {product: linux, service: sshd}\n"
    "detection: {s: {event.outcome: failure}, condition: s}\n---\n"
    "title: entered\nname: entered\nlogsource: {product: linux, service: sshd}\n"
    "detection: {s: {event.outcome: success}, condition: s}\n---\n"
#define COR(type, of, by, span, condition)                                                                   \
    "title: " type "\ncorrelation: {type: " type ", rules: [" of "], group-by: [" by "], timespan: " span    \
    ", condition: " condition "}\nlevel: medium\n---\n"
    COR("event_count", "failed", "source.ip", "10m", "{gte: 60}")
        COR("value_count", "failed", "source.ip", "10m", "{field: user.name, gte: 40}")
            COR("value_sum", "failed", "source.ip", "10m", "{field: source.port, gte: 3000000}")
                COR("value_avg", "failed", "user.name", "10m", "{field: source.port, gt: 65020}")
                    COR("value_percentile", "entered", "user.name", "10m", "{field: source.port, gt: 65020}")
                        COR("temporal", "failed, entered", "source.ip, user.name", "5m", "{gte: 2}")
                            COR("temporal_ordered", "failed, entered", "source.ip, user.name", "1m",
                                "{gte: 2}") "title: end\n"
                                            "logsource: {product: linux}\ndetection: {k: [words that no line "
                                            "has], condition: k}\n";

static const char pattern[] =
    "[network-traffic:src_ref.value = '192.0.2.7'] REPEATS 5 TIMES WITHIN 600 SECONDS";

struct device {
    uint64_t received;
    lf_time first, last;
};

struct day {
    lf_time now; /* of the simulated clock; it ticks with it */
    uint64_t x;  /* chance */
    struct lf_log log;
    struct lf_env env;
    char dir[64];
    struct lf_core *core;
    struct lf_arena a;
    struct lf_ruleset *rs;
    struct lf_normaliser *normaliser;
    struct lf_evidence *evidence;
    struct lf_correlator *correlator;
    struct lf_lookout *lookout;
    struct lf_stix_live *patterns;
    struct device device[DEVICES];
    uint64_t strangers, position, bytes, findings, kept, closed;
};

static lf_time now_of(void *ctx)
{
    return ((struct day *)ctx)->now;
}

static uint64_t chance(struct day *d)
{
    d->x += 0x9e3779b97f4a7c15u;
    uint64_t z = (d->x ^ d->x >> 30) * 0xbf58476d1ce4e5b9u;

    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static void random_of(void *ctx, void *out, size_t n)
{
    unsigned char *to = out;

    for (size_t i = 0; i < n; i++)
        to[i] = (unsigned char)chance(ctx);
}

/* ---- the core's side ---- */

static void said(void *ctx, enum lf_worker_id to, unsigned type, lf_view payload)
{
    struct day *d = ctx;

    (void)to;
    (void)payload;
    d->kept += type == LF_MSG_FINDING_KEPT;
}

static void tell(struct day *d, unsigned type, struct lf_buf *b)
{
    lf_core_message(d->core, LF_WORKER_INTAKE, type, lf_buf_view(b));
    lf_buf_clear(b);
}

static void tell_findings(struct day *d, const struct lf_finding *f, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct lf_buf b;

        lf_buf_init(&b, 256 << 10);
        lf_finding_pack(&b, &f[i]);
        tell(d, LF_MSG_FINDING, &b);
    }
    d->findings += n;
}

static void report_stranger(struct day *d, struct lf_buf *b)
{
    uint64_t n = d->strangers++;
    char name[48];

    snprintf(name, sizeof name, "100.%u.%u.%u", (unsigned)(n >> 16 & 255), (unsigned)(n >> 8 & 255),
             (unsigned)(n & 255));
    lf_device_pack(b, &(struct lf_device_report){ .name = lf_view_of(name),
                                                  .via = LF_VIA_UDP,
                                                  .incarnation = chance(d) >> 1,
                                                  .received = 1 + n % 3,
                                                  .malformed = n % 2,
                                                  .first = d->now,
                                                  .last = d->now,
                                                  .fault_text = LF_V("") });
}

static void report(struct day *d)
{
    struct lf_buf b;

    lf_buf_init(&b, 256 << 10);
    for (unsigned i = 0; i < DEVICES; i++) {
        const struct device *v = &d->device[i];
        char name[32];

        if (v->last < d->now - REPORT_EVERY * LF_SECOND)
            continue;
        snprintf(name, sizeof name, "device-%u", i);
        lf_device_pack(&b, &(struct lf_device_report){ .name = lf_view_of(name),
                                                       .via = LF_VIA_TLS,
                                                       .incarnation = 1 + i,
                                                       .received = v->received,
                                                       .first = v->first,
                                                       .last = v->last,
                                                       .fault_text = LF_V("") });
    }
    for (unsigned i = 0; i < STRANGERS * REPORT_EVERY; i++)
        report_stranger(d, &b);
    tell(d, LF_MSG_SENDERS, &b);
}

static enum lf_code close_all(void *ctx, struct lf_task *t, struct lf_err *e)
{
    const struct lf_alert_filter filter = { .open_only = true };
    struct day *d = ctx;
    struct lf_alert *found;
    lf_view next = { "", 0 };
    size_t n;

    t->scope.roles |= LF_ROLE_ANALYST;
    do {
        const struct lf_page page = { .limit = 100, .after = next };

        LF_TRY(lf_alert_list(t, &filter, &page, &found, &n, &next, e));
        for (size_t i = 0; i < n; i++) {
            LF_TRY(lf_alert_close(t, found[i].id, LF_V("looked at"), e));
            d->closed++;
        }
    } while (next.len > 0);
    return LF_OK;
}

static enum lf_code tune(void *ctx, struct lf_task *t, struct lf_err *e)
{
    const struct lf_tuning tuning = { .rule = LF_V("7b0c0000-0000-4000-8000-000000000001"),
                                      .group = 10 * LF_MINUTE,
                                      .suppress = 30 * LF_MINUTE,
                                      .per_hour = 20,
                                      .note = LF_V("known noise") };

    (void)ctx;
    t->scope.roles |= LF_ROLE_ANALYST;
    return lf_tuning_set(t, &tuning, e);
}

/* ---- the intake's side ---- */

static const char *clock_text(lf_time at, char out[40])
{
    struct lf_civil c = lf_civil_of(at);

    snprintf(out, 40, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day, c.hour, c.minute, c.second);
    return out;
}

/* One of many kinds of line; of whom. */
static lf_view line_of(struct day *d, uint64_t i, char text[512], unsigned *device)
{
    uint64_t r = chance(d);
    lf_time late = r % 100 == 0 ? (lf_time)(r >> 20 & 255) * LF_SECOND : 0;
    unsigned user = (unsigned)(r >> 8) % 5000, ip = (unsigned)(r >> 24) % 4000,
             port = 1024 + (unsigned)(r >> 40) % 64000, minute = (unsigned)(d->now / LF_MINUTE % 1440);
    bool attacked = minute % 10 == 0; /* by one address */
    char when[40];
    int n;

    *device = (unsigned)(r >> 16) % DEVICES;
    (void)clock_text(d->now - late, when);
    switch (r % 10) {
    case 0:
    case 3:
        n = snprintf(text, 512, "<30>1 %s dns-%u unbound 123 - - [123:0] info: 10.0.%u.%u c2-%llx.test. A IN",
                     when, *device, ip >> 8, ip & 255, (unsigned long long)(i / 400));
        break;
    case 1:
        n = snprintf(
            text, 512,
            "192.0.2.%u - - [%02u/Nov/2026:%02u:%02u:00 +0000] \"GET /p%u?q=%llx%s%s HTTP/1.1\" 200 5 \"-\" "
            "\"agent/%u\"",
            ip & 255, 21 + (unsigned)((d->now - BEGIN) / LF_DAY) % 9, minute / 60, minute % 60, user,
            (unsigned long long)r, i % 1000 < 8 ? ";nslookup%20c2-" : "", i % 1000 < 8 ? "x.test" : "", port);
        break;
    case 2:
        n = snprintf(text, 512,
                     "type=SYSCALL msg=audit(%lld.123:%llu): arch=c000003e syscall=59 success=yes exit=0 "
                     "pid=%u uid=%u "
                     "comm=\"c%u\" exe=\"/usr/bin/c%u\" key=\"k\"",
                     (long long)((d->now - late) / LF_SECOND), (unsigned long long)i, port, user, user, user);
        break;
    default:
        n = snprintf(text, 512,
                     "<38>1 %s host-%u sshd %u - - %s password for user%u from 192.0.%u.%u port %u ssh2",
                     when, *device, port, attacked || r % 3 ? "Failed" : "Accepted", user,
                     attacked ? 2 : ip >> 8, attacked ? 7 : ip & 255, port);
    }
    return (lf_view){ text, (size_t)n };
}

static void match(struct day *d, struct lf_event *ev)
{
    struct lf_finding *found;
    size_t n;

    ev->position = d->position;
    n = lf_detect_with(d->rs, d->evidence, d->correlator, &d->a, ev, &found);
    tell_findings(d, found, n);
    n = lf_lookout_findings(d->lookout, &d->a, ev, d->now, true, &found);
    tell_findings(d, found, n);
    n = lf_stix_live_findings(d->patterns, &d->a, ev, d->now, true, &found);
    tell_findings(d, found, n);
}

static void take(struct day *d, uint64_t i)
{
    char text[512], name[48];
    unsigned device;
    lf_view line = line_of(d, i, text, &device);
    struct lf_event ev;
    /* One in twenty is a stranger's, whom nobody hears again. */
    bool stranger = i % 20 == 0, night = d->now % LF_DAY < 7 * LF_HOUR || d->now % LF_DAY >= 19 * LF_HOUR;

    if (night && device % 2)
        device--;
    snprintf(name, sizeof name, stranger ? "100.%u" : "device-%u", stranger ? (unsigned)i : device);
    if (!stranger) {
        if (!d->device[device].first)
            d->device[device].first = d->now;
        d->device[device].received++;
        d->device[device].last = d->now;
    }
    d->bytes += line.len;
    d->position++;
    lf_arena_reset(&d->a);
    lf_stix_live_record(d->patterns, d->position);
    lf_normalise(d->normaliser, &d->a,
                 &(struct lf_record){ .bytes = line,
                                      .format = LF_FORMAT_SYSLOG,
                                      .sender = lf_view_of(name),
                                      .position = d->position,
                                      .recorded = d->now },
                 &ev);
    if (!ev.held)
        match(d, &ev);
    while (lf_normalise_held(d->normaliser, &d->a, d->now - LF_SECOND, &ev))
        match(d, &ev);
}

static void second(struct day *d, uint64_t rate, uint64_t at)
{
    struct lf_lookout_sighting *hits;
    struct lf_stix_sighting *seen;

    d->now += LF_SECOND;
    for (uint64_t i = 0; i < rate; i++)
        take(d, at * rate + i);
    lf_arena_reset(&d->a);
    (void)lf_lookout_sightings(d->lookout, &d->a, &hits);
    (void)lf_stix_live_sightings(d->patterns, &d->a, &seen);
    lf_stix_live_forget(d->patterns, d->position);
    if (at % REPORT_EVERY == REPORT_EVERY - 1) {
        report(d);
        lf_core_round(d->core);
    }
}

static long resident_kb(void)
{
    FILE *f = fopen("/proc/self/statm", "r");
    unsigned long pages = 0;
    char text[200], *second;

    if (f && fgets(text, sizeof text, f)) { /* size, resident, … in pages */
        (void)strtoul(text, &second, 10);
        pages = strtoul(second, NULL, 10);
    }
    if (f)
        fclose(f);
    return (long)(pages * (unsigned long)sysconf(_SC_PAGESIZE) / 1024);
}

/* ---- */

static enum lf_code begin(struct day *d, struct lf_err *e)
{
    struct lf_rule_file file = { LF_V("day.yml"), { rules, sizeof rules - 1 } };
    const struct lf_stix_watch watch = { .id = LF_V("indicator--7b0c0000-0000-4000-8000-000000000002"),
                                         .text = { pattern, sizeof pattern - 1 },
                                         .name = LF_V("repeats") };
    const uint64_t seed[4] = { 1, 2, 3, 4 };
    struct lf_core_options o = { .env = &d->env, .send = said, .ctx = d };
    struct lf_pipelines *ps;
    struct lf_buf b;
    enum lf_code rc;

    LF_TRY(lf_ruleset_build(&file, 1, &d->rs, e));
    LF_ASSERT(lf_ruleset_refused(d->rs) == 0);
    LF_TRY(lf_pipelines_dir_load(NULL, 0, &ps, e));
    d->normaliser = lf_normaliser_create(ps);
    lf_pipelines_drop(ps);
    d->evidence = lf_evidence_create(NULL, 1);
    d->correlator = lf_correlator_create(d->rs, NULL, 1);
    d->lookout = lf_lookout_create(seed);
    lf_bench_ioc_fill(lf_lookout_set(d->lookout), INDICATORS);
    d->patterns = lf_bench_patterns(100);
    LF_TRY(lf_stix_live_add(d->patterns, &watch, e));
    lf_buf_init(&b, 4096);
    lf_buf_printf(
        &b,
        "{\"database\":\"%s/"
        "node.db\",\"database_cache_mb\":2,\"name\":\"day\",\"tier\":\"provider\",\"zone\":\"rpz.lianfang\","
        "\"peer_url\":\"https://127.0.0.1/\",\"peer_pin\":\"%064d\",\"quiet_after_s\":3600}",
        d->dir, 0);
    o.boot = lf_buf_view(&b);
    rc = lf_core_create(&o, &d->core, e);
    lf_buf_clear(&b);
    LF_TRY(rc);
    lf_core_neighbour(d->core, LF_WORKER_INTAKE, true);
    lf_core_round(d->core);
    lf_core_message(d->core, LF_WORKER_INTAKE, LF_MSG_RESUMED, (lf_view){ "\0\0\0\0\0\0\0\0", 8 });
    lf_core_round(d->core);
    return lf_core_task(d->core, &d->a, tune, d, e);
}

static void end(struct day *d)
{
    struct lf_err e;

    lf_core_destroy(d->core);
    lf_stix_live_destroy(d->patterns);
    lf_lookout_destroy(d->lookout);
    lf_correlator_destroy(d->correlator);
    lf_evidence_destroy(d->evidence);
    lf_normaliser_destroy(d->normaliser);
    lf_ruleset_drop(d->rs);
    lf_arena_clear(&d->a);
    if (d->dir[0])
        (void)!lf_file_remove_tree(d->dir, &e);
    free(d);
}

static void print_hour(const struct day *d, uint64_t hour, long kb)
{
    printf("{\"bench\":\"day\",\"hour\":%llu,\"events\":%llu,\"findings\":%llu,\"closed\":%llu,\"strangers\":"
           "%llu,\"rss_kb\":"
           "%ld}\n",
           (unsigned long long)hour, (unsigned long long)d->position, (unsigned long long)d->findings,
           (unsigned long long)d->closed, (unsigned long long)d->strangers, kb);
    fflush(stdout);
}

static enum lf_code run(struct day *d, uint64_t hours, uint64_t rate, bool each, struct lf_err *e)
{
    double began = lf_bench_cpu(), took;
    struct lf_correlator_stats s;
    struct rusage usage;
    long first = 0, filled = 0, kb = 0;

    for (uint64_t hour = 1; hour <= hours; hour++) {
        for (uint64_t k = 0; k < 3600; k++)
            second(d, rate, (hour - 1) * 3600 + k);
        LF_TRY(lf_core_task(d->core, &d->a, close_all, d, e));
        lf_core_round(d->core);
        kb = resident_kb();
        if (hour == 1)
            first = kb;
        if (hour <= (hours + 1) / 2)
            filled = kb;
        if (each)
            print_hour(d, hour, kb);
    }
    took = lf_bench_cpu() - began;
    took = took > 1e-9 ? took : 1e-9;
    getrusage(RUSAGE_SELF, &usage);
    lf_correlator_stats(d->correlator, &s);
    printf("{\"bench\":\"day\",\"hours\":%llu,\"events\":%llu,\"bytes\":%llu,\"findings\":%llu,\"fired\":%"
           "llu,\"kept\":%llu,"
           "\"closed\":%llu,\"strangers\":%llu,\"cpu_s\":%.6f,\"per_cpu_s\":%.0f,\"mb_per_cpu_s\":%.1f,"
           "\"first_hour_kb\":%ld,\"half_time_kb\":"
           "%ld,\"last_hour_kb\":%ld,\"rss_kb\":%ld}\n",
           (unsigned long long)hours, (unsigned long long)d->position, (unsigned long long)d->bytes,
           (unsigned long long)d->findings, (unsigned long long)s.fired, (unsigned long long)d->kept,
           (unsigned long long)d->closed, (unsigned long long)d->strangers, took, (double)d->position / took,
           (double)d->bytes / took / 1e6, first, filled, kb, usage.ru_maxrss);
    return LF_OK;
}

int lf_bench_day(int argc, char **argv)
{
    uint64_t hours = 24, rate = 50;
    struct lf_err e = { 0 };
    bool each = false;
    struct day *d;
    enum lf_code rc;

    for (int i = 1; i < argc; i++) {
        bool more = i + 1 < argc;

        if (strcmp(argv[i], "--each") == 0) {
            each = true;
        } else if (more && strcmp(argv[i], "--hours") == 0 && lf_view_u64(lf_view_of(argv[i + 1]), &hours) &&
                   hours >= 1 && hours <= HOURS_MOST) {
            i++;
        } else if (more && strcmp(argv[i], "--rate") == 0 && lf_view_u64(lf_view_of(argv[i + 1]), &rate) &&
                   rate >= 1 && rate <= 100000) {
            i++;
        } else {
            fputs("usage: lianfang bench day [--hours N] [--rate EVENTS-A-SECOND] [--each]\n", stderr);
            return 2;
        }
    }
    d = calloc(1, sizeof *d);
    if (!d)
        LF_BUG("no memory for a day");
    d->now = BEGIN;
    d->log = (struct lf_log){ .fd = -1 };
    d->env = (struct lf_env){ .now = now_of, .tick = now_of, .random = random_of, .ctx = d, .log = &d->log };
    /* In memory where there is such a place: waiting for a disk shows nothing here. */
    snprintf(d->dir, sizeof d->dir, "%s/lianfang-day-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (!mkdtemp(d->dir)) {
        fprintf(stderr, "lianfang bench day: no directory can be made as %s\n", d->dir);
        d->dir[0] = '\0';
        end(d);
        return 2;
    }
    rc = begin(d, &e);
    if (rc == LF_OK)
        rc = run(d, hours, rate, each, &e);
    if (rc != LF_OK)
        fprintf(stderr, "lianfang bench day: %s\n", e.text);
    end(d);
    return rc == LF_OK ? 0 : 2;
}
