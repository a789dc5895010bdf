/* lianfang simulate: federations with faults, one seed after the other.
 *
 * Each seed runs in a process of its own, so that one that stops the program is a
 * failing seed and not the end of the run; results are printed in order of seeds. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "main/commands.h"
#include "main/federation.h"
#include "main/tiers.h"
#include "sys/env.h"

enum { JOBS = 64 };

struct run {
    struct lf_federation_options o;
    uint64_t seeds, failed;
    const char *days;
    unsigned jobs;
    bool tap;
    struct lf_tiers *tiers; /* NULL: a federation of o.nodes */
};

/* What the process of one seed tells. */
struct told {
    struct lf_federation_result f;
    struct lf_tiers_result t;
};

struct job {
    pid_t pid;
    int fd;
    uint64_t seed;
};

static void replay(const struct run *r, uint64_t seed, const char *before)
{
    if (r->tiers) {
        printf("%slianfang simulate --tiers --seed %llu%s --verbose\n", before, (unsigned long long)seed,
               r->o.forgetful ? " --forgetful" : "");
        return;
    }
    printf("%slianfang simulate --seed %llu --nodes %u --days %s%s%s --verbose\n", before,
           (unsigned long long)seed, r->o.nodes, r->days, r->o.cut ? " --cut" : "",
           r->o.forgetful ? " --forgetful" : "");
}

static void say(struct run *r, uint64_t seed, const struct told *told)
{
    static const char hex[] = "0123456789abcdef";
    const struct lf_federation_result *x = r->tiers ? &told->t.f : &told->f;
    char hash[17] = "";

    if (!x->ok) {
        r->failed++;
        printf(r->tap ? "not ok - seed %llu: %s\n" : "seed %llu: broken: %s\n", (unsigned long long)seed,
               x->broken);
        replay(r, seed, r->tap ? "# replay: " : "  replay: ");
        return;
    }
    for (int i = 0; i < 8; i++) {
        hash[2 * i] = hex[x->hash[i] >> 4];
        hash[2 * i + 1] = hex[x->hash[i] & 15];
    }
    if (r->tiers) {
        printf(
            "%sseed %llu: three tiers, %llu incidents in %llu steps, of which %llu waited; %llu cuts, %llu "
            "deaths (%llu at a write), %llu calls, %llu lost on the way; a receipt %lld s late; state %s\n",
            r->tap ? "ok - " : "", (unsigned long long)seed, (unsigned long long)told->t.incidents,
            (unsigned long long)told->t.acts, (unsigned long long)told->t.waited, (unsigned long long)x->cuts,
            (unsigned long long)x->crashes, (unsigned long long)x->at_write, (unsigned long long)x->calls,
            (unsigned long long)x->lost, (long long)(told->t.late / LF_SECOND), hash);
        return;
    }
    printf("%sseed %llu: %u nodes, %s days, %llu happenings, %llu calls, %llu lost on the way, "
           "%llu cuts, %llu crashes (%llu at a write), %llu full disks, %llu workers restarted, "
           "%llu clock steps; %llu findings in %llu alerts, %llu reports and %llu acts acknowledged, "
           "%llu refused, %llu never answered, %llu indicators, %llu blocks; state %s\n",
           r->tap ? "ok - " : "", (unsigned long long)seed, r->o.nodes, r->days,
           (unsigned long long)x->happenings, (unsigned long long)x->calls, (unsigned long long)x->lost,
           (unsigned long long)x->cuts, (unsigned long long)x->crashes, (unsigned long long)x->at_write,
           (unsigned long long)x->full, (unsigned long long)x->restarts, (unsigned long long)x->steps,
           (unsigned long long)x->findings, (unsigned long long)x->alerts, (unsigned long long)x->reports,
           (unsigned long long)x->events, (unsigned long long)x->refused, (unsigned long long)x->unknown,
           (unsigned long long)x->indicators, (unsigned long long)x->blocks, hash);
}

static void one(const struct run *r, uint64_t seed, struct told *out)
{
    struct lf_federation_options o = r->o;

    *out = (struct told){ 0 };
    o.seed = seed;
    if (r->tiers)
        lf_tiers_run(r->tiers, &o, &out->t);
    else
        lf_federation_run(&o, &out->f);
}

static struct job start(const struct run *r, uint64_t seed)
{
    struct job j = { .seed = seed };
    int fd[2];

    (void)fflush(stdout);
    if (pipe(fd) != 0)
        LF_BUG("pipe: %s", strerror(errno));
    j.pid = fork();
    if (j.pid < 0)
        LF_BUG("fork: %s", strerror(errno));
    if (j.pid == 0) {
        struct told x;

        close(fd[0]);
        one(r, seed, &x);
        _exit(write(fd[1], &x, sizeof x) == (ssize_t)sizeof x ? 0 : 3);
    }
    close(fd[1]);
    j.fd = fd[0];
    return j;
}

static void finish(struct run *r, struct job *j)
{
    struct told x = { 0 };
    char *broken = r->tiers ? x.t.f.broken : x.f.broken;
    size_t have = 0;
    int status = 0;
    ssize_t n;

    while (have < sizeof x &&
           ((n = read(j->fd, (char *)&x + have, sizeof x - have)) > 0 || (n < 0 && errno == EINTR)))
        have += n > 0 ? (size_t)n : 0;
    close(j->fd);
    while (waitpid(j->pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (have != sizeof x || status != 0) {
        x = (struct told){ 0 };
        if (WIFSIGNALED(status))
            (void)snprintf(broken, sizeof x.f.broken, "the program stopped: %s", strsignal(WTERMSIG(status)));
        else
            (void)snprintf(broken, sizeof x.f.broken, "the program ended with %d", WEXITSTATUS(status));
    }
    say(r, j->seed, &x);
    j->pid = 0;
}

/* Many at once, printed in order. */
static void run_all(struct run *r)
{
    struct job jobs[JOBS];
    const unsigned most = r->jobs;
    uint64_t started = 0;

    LF_ASSERT(most > 0 && most <= JOBS);
    for (uint64_t done = 0; done < r->seeds; done++) {
        for (; started < r->seeds && started < done + most; started++)
            jobs[started % most] = start(r, r->o.seed + started);
        finish(r, &jobs[done % most]);
    }
}

/* Days as a decimal of at most six digits behind the point. */
static bool days(const char *text, lf_time *out)
{
    lf_view rest = lf_view_of(text), whole;
    uint64_t n = 0, part = 0, unit = (uint64_t)LF_DAY;

    if (!lf_view_split(&rest, '.', &whole) || !lf_view_u64(whole, &n) || n > 3650)
        return false;
    if (rest.ptr) {
        if (rest.len < 1 || rest.len > 6 || !lf_view_u64(rest, &part))
            return false;
        for (size_t i = 0; i < rest.len; i++)
            unit /= 10;
    }
    *out = (lf_time)n * LF_DAY + (lf_time)(part * unit);
    return true;
}

static int help(void)
{
    puts("usage: lianfang simulate --seed N [--seeds K] --nodes N --days D [--jobs J] [--tap] [--verbose]\n"
         "       lianfang simulate --tiers --seed N [--seeds K] [--jobs J] [--tap] [--verbose]\n"
         "Runs a federation of N nodes for D simulated days in one process, with crashes, cut\n"
         "links, full disks and wrong clocks drawn from the seed, and then checks the promises\n"
         "that docs/simulation.md lists. The same seed gives the same run.\n"
         "  --seed N    which run (0 and up)\n"
         "  --seeds K   that many, one after the other\n"
         "  --nodes N   1 to 64: one nation, sectors, providers\n"
         "  --days D    simulated time before the faults stop; 0.5 is half a day\n"
         "  --cut       one link is cut all of that time, with writing and crashes on either side of it\n"
         "  --tiers     a provider, a sector and a nation take the same incidents through their lives in "
         "peace\n"
         "              and with a link cut or a node killed at every step, and are compared; takes no\n"
         "              --nodes and --days\n"
         "  --jobs J    so many seeds at the same time (usual: 2)\n"
         "  --tap       results as TAP lines\n"
         "  --verbose   every happening on standard error, in this process\n"
         "Exit 0: every promise was kept; 1: one was broken, the seed and why are printed.");
    return 0;
}

static int usage(const char *what, const char *arg)
{
    fprintf(stderr, "lianfang simulate: %s \"%s\"; see `lianfang simulate --help`\n", what, arg);
    return 2;
}

int lf_simulate_main(int argc, char **argv)
{
    struct run r = { .o = { .nodes = 7, .length = LF_DAY }, .seeds = 1, .days = "1", .jobs = 2 };
    bool seeded = false, tiers = false, sized = false;
    struct lf_err e = { 0 };
    lf_time began;
    struct lf_env env;

    for (int i = 1; i < argc; i++) {
        lf_view a = lf_view_of(argv[i]);
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        uint64_t n = 0;
        bool number = lf_view_u64(lf_view_of(value), &n);

        if (lf_view_is(a, "--help"))
            return help();
        if (lf_view_is(a, "--tap")) {
            r.tap = true;
        } else if (lf_view_is(a, "--verbose")) {
            r.o.verbose = true;
        } else if (lf_view_is(a, "--tiers")) {
            tiers = true;
        } else if (lf_view_is(a, "--cut")) {
            r.o.cut = sized = true;
        } else if (lf_view_is(a, "--forgetful")) {
            r.o.forgetful = true;
        } else if (lf_view_is(a, "--days")) {
            if (!days(value, &r.o.length))
                return usage("--days wants a number like 1 or 0.25, not", value);
            r.days = value;
            sized = true;
            i++;
        } else if (lf_view_is(a, "--seed") || lf_view_is(a, "--seeds") || lf_view_is(a, "--nodes") ||
                   lf_view_is(a, "--jobs")) {
            if (!number)
                return usage("a number is missing after", argv[i]);
            if (lf_view_is(a, "--seed"))
                r.o.seed = n, seeded = true;
            else if (lf_view_is(a, "--seeds"))
                r.seeds = n;
            else if (lf_view_is(a, "--nodes"))
                r.o.nodes = n > LF_FEDERATION_NODES ? 0 : (unsigned)n, sized = true;
            else
                r.jobs = n > JOBS ? 0 : (unsigned)n;
            i++;
        } else {
            return usage("what is meant by", argv[i]);
        }
    }
    if (!seeded || !r.seeds || !r.o.nodes || !r.jobs) {
        fprintf(stderr,
                "lianfang simulate: give --seed N; --seeds 1 and up, --nodes 1 to %d, --jobs 1 to %d\n",
                LF_FEDERATION_NODES, JOBS);
        return 2;
    }
    if (tiers && sized)
        return usage("three tiers have their own size, length and faults, which leave no room for",
                     "--nodes, --days or --cut");
    if (tiers && lf_tiers_create(&r.tiers, &e) != LF_OK) {
        fprintf(stderr, "lianfang simulate: %s\n", e.text);
        return 1;
    }
    lf_env_real(&env, NULL);
    began = lf_tick(&env);
    if (r.tap)
        printf("1..%llu\n", (unsigned long long)r.seeds);
    if (r.o.verbose) {
        /* In this process, for a debugger's sake. */
        for (uint64_t i = 0; i < r.seeds; i++) {
            struct told x;

            one(&r, r.o.seed + i, &x);
            say(&r, r.o.seed + i, &x);
        }
    } else {
        run_all(&r);
    }
    (void)fflush(stdout);
    if (r.seeds > 1)
        fprintf(stderr, "%llu of %llu seeds clean in %.1f s\n", (unsigned long long)(r.seeds - r.failed),
                (unsigned long long)r.seeds, (double)(lf_tick(&env) - began) / 1e6);
    lf_tiers_destroy(r.tiers);
    return r.failed ? 1 : 0;
}
