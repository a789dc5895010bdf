/* lianfang detect --rules DIR [--expand FILE] [--no-route] [--json] FILE… | --data DIR
 *
 * The same rules and the same code as live traffic.  One JSON object a match. */
#include "engine/detect.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/crypto.h"
#include "engine/correlation_batch.h"
#include "main/commands.h"
#include "main/detect_archive.h"
#include "main/indicators.h"
#include "main/patterns.h"
#include "main/records.h"
#include "proc/pipelines_dir.h"
#include "proc/rules_dir.h"
#include "proc/warninglists_dir.h"

static const char usage[] =
    "usage: lianfang detect --rules DIR… [--expand FILE]… [--pipeline FILE]… [--no-route] [--format FORMAT]\n"
    "                       [--charset NAME] [--indicators FILE]… [--warninglists DIR]… [--patterns FILE]…\n"
    "                       [--json] FILE…\n"
    "       lianfang detect --rules DIR… [--expand FILE]… [--pipeline FILE]… --data DIR [--from TIME]\n"
    "                       [--to TIME] [--summary]\n"
    "  --rules   directory (or file) of Sigma rules, filters and correlations; may be repeated\n"
    "  --expand  values of placeholders: a YAML or JSON map of names to lists, NAME.txt with a value a "
    "line,\n"
    "            or a directory of such files; may be repeated\n"
    "  FILE      JSON values one after another or arrays of them, EVTX, or lines of a log; -: standard "
    "input\n"
    "  --no-route   every rule on every event as it is; log sources are not looked at\n"
    "  --pipeline   file or directory of pipelines beside the delivered ones; may be repeated\n"
    "  --format  auto (usual), json, syslog, nginx, apache, unbound, bind, w3c, squid, audit, text\n"
    "  --charset auto (usual), utf-8, big5, utf-16le, utf-16be\n"
    "  --data    a node's data directory: what it has kept, oldest first; event is the position there\n"
    "  --from, --to   of the events' own time: 2026-11-20, 115-11-20, -24h, or with zone (see search "
    "--help)\n"
    "  --summary at the end one JSON object for each rule and day: rule, title, level, day, hits\n"
    "  --indicators  values, one a line, or STIX indicators: every observable of every event is asked of "
    "them\n"
    "  --patterns    STIX patterns, one a line, or STIX indicators: over all events; a match names its "
    "events\n"
    "  --warninglists  directory of MISP warning lists: a hit that one has too is marked with its name\n"
    "prints one JSON object a match: event (0 and up in its file), file, rule, title, level\n"
    "what correlations fire at comes last, in the order of the records' own time\n"
    "a record that is not understood is counted and told; the others are looked at\n"
    "exit: 0 looked through, whether anything matched or not; 2 bad usage, rules or file not readable\n";

enum { KNOWN = 64 };

struct run {
    struct lf_ruleset *rs;
    struct lf_arena a;
    struct lf_buf out;
    bool route;
    enum lf_format format;
    char **files;
    size_t file; /* the one at hand */
    struct lf_batch batch;
    const char *known[2 * KNOWN]; /* --indicators or --warninglists, and its path */
    size_t nknown;
    struct lf_lookout *lookout; /* NULL: no indicators */
    struct lf_warninglists *lists;
    struct patterns patterns;
    struct detect_archive archive;
};

static void flush(struct run *r)
{
    fwrite(r->out.ptr ? r->out.ptr : "", 1, r->out.len, stdout);
    lf_buf_reset(&r->out);
}

/* Whoever reads our output sees the matches before we wait for more events. */
static void pause_for_input(void *ctx)
{
    flush(ctx);
    fflush(stdout);
}

static void put(void *ctx, const struct lf_rule *rule, size_t file, uint64_t event)
{
    struct run *r = ctx;
    struct lf_json_w w = lf_json_w(&r->out);

    if (rule->kind == LF_RULE_CORRELATION) /* the others are counted by the day of their event */
        detect_archive_count(&r->archive, rule, INT64_MIN);
    lf_json_open(&w, '{');
    lf_json_put_int(&w, "event", (int64_t)event);
    lf_json_put_cstr(&w, "file", r->files[file]);
    lf_json_put_str(&w, "rule", rule->id);
    lf_json_put_str(&w, "title", rule->title);
    lf_json_put_cstr(&w, "level", lf_level_name(rule->level));
    lf_json_close(&w);
    lf_buf_byte(&r->out, '\n');
    if (r->out.len > 1 << 16)
        flush(r);
}

static void put_hits(struct run *r, const struct lf_event *ev)
{
    struct lf_lookout_hit *hits;
    size_t n = lf_lookout_event(r->lookout, &r->a, ev, (uint32_t)time(NULL), &hits);

    for (size_t i = 0; i < n; i++) {
        struct lf_json_w w = lf_json_w(&r->out);

        lf_json_open(&w, '{');
        lf_json_put_int(&w, "event", (int64_t)ev->position);
        lf_json_put_cstr(&w, "file", r->files[r->file]);
        lf_json_put_str(&w, "rule", lf_lookout_indicator(&r->a, hits[i].what.id));
        lf_json_put_str(&w, "title", hits[i].value);
        lf_json_put_cstr(&w, "level", lf_level_name(lf_lookout_level(&hits[i].what)));
        lf_json_put_cstr(&w, "indicator", lf_observable_kind_name(hits[i].kind));
        if (hits[i].list.len)
            lf_json_put_str(&w, "warning_list", hits[i].list);
        lf_json_close(&w);
        lf_buf_byte(&r->out, '\n');
    }
    if (r->out.len > 1 << 16)
        flush(r);
}

static void put_pattern(void *ctx, const struct lf_rule *rule, size_t file, uint64_t event, lf_time at,
                        lf_view events)
{
    struct run *r = ctx;
    struct lf_json_w w = lf_json_w(&r->out);

    detect_archive_count(&r->archive, rule, at);
    lf_json_open(&w, '{');
    lf_json_put_int(&w, "event", (int64_t)event);
    lf_json_put_cstr(&w, "file", r->files[file]);
    lf_json_put_str(&w, "rule", rule->id);
    lf_json_put_str(&w, "title", rule->title);
    lf_json_put_cstr(&w, "level", lf_level_name(rule->level));
    lf_json_put_raw(&w, "events", events);
    lf_json_close(&w);
    lf_buf_byte(&r->out, '\n');
    if (r->out.len > 1 << 16)
        flush(r);
}

static const char *file_name(void *ctx, size_t file)
{
    return ((struct run *)ctx)->files[file];
}

static void match(void *ctx, const struct lf_event *ev)
{
    struct run *r = ctx;
    const struct lf_rule *const *hits;
    size_t n = lf_ruleset_match(r->rs, &r->a, ev, r->route, &hits);

    for (size_t i = 0; i < n; i++)
        if (!hits[i]->quiet) {
            detect_archive_count(&r->archive, hits[i], ev->happened);
            put(r, hits[i], r->file, ev->position);
        }
    if (r->lookout)
        put_hits(r, ev);
    if (r->patterns.live)
        patterns_see(&r->patterns, &r->a, ev, r->file);
    lf_batch_keep(&r->batch, &r->a, ev, hits, n, r->file, ev->position);
}

static void match_kept(void *ctx, const struct lf_event *ev)
{
    struct run *r = ctx;

    match(r, ev);
    lf_arena_reset(&r->a);
}

static void fires(void *ctx, const struct lf_rule *rule, size_t file, uint64_t event)
{
    if (!rule->quiet)
        put(ctx, rule, file, event);
}

/* --indicators FILE, --patterns FILE or --warninglists DIR; false after saying what is wrong. */
static bool take_known(struct run *r, const char *option, const char *path)
{
    static const uint64_t seed[4] = { 0x6c69616e, 0x66616e67, 0x696f6320,
                                      0x736574 }; /* files of the operator's own */
    uint64_t taken = 0, passed = 0;
    bool lists = strcmp(option, "--warninglists") == 0;
    struct lf_err e = { 0 };

    if (strcmp(option, "--patterns") == 0) {
        if (patterns_load(&r->patterns, path, &e) == LF_OK)
            return true;
        fprintf(stderr, "lianfang detect: %s\n", e.text);
        return false;
    }
    if (!r->lookout)
        r->lookout = lf_lookout_create(seed);
    if (lists && !r->lists) {
        r->lists = lf_warninglists_create(seed);
        lf_lookout_allow(r->lookout, r->lists);
    }
    if ((lists ? lf_warninglists_dir_load(path, r->lists, &e)
               : lf_indicators_load(path, r->lookout, &taken, &passed, &e)) != LF_OK) {
        fprintf(stderr, "lianfang detect: %s\n", e.text);
        return false;
    }
    if (passed)
        fprintf(stderr,
                "lianfang detect: %s: %llu indicators taken, %llu not: they are no value that can be looked "
                "for\n",
                path, (unsigned long long)taken, (unsigned long long)passed);
    return true;
}

int lf_detect_main(int argc, char **argv)
{
    struct lf_rules_paths paths = { 0 };
    const char *pipelines[64];
    size_t npipelines = 0;
    struct lf_pipelines *ps;
    int first = 0, status = 0, took;
    struct run r = { .route = true };
    struct lf_records records = {
        .command = "lianfang detect", .a = &r.a, .each = match, .pause = pause_for_input, .ctx = &r
    };
    struct lf_err e = { 0 };

    r.patterns = (struct patterns){ .told = put_pattern, .file_name = file_name, .ctx = &r };
    detect_archive_init(&r.archive);
    /* Files are gathered at the front of argv, so that options may stand anywhere. */
    for (int i = 1; i < argc; i++) {
        const char *arg = argv[i];

        if (strcmp(arg, "--help") == 0) {
            fputs(usage, stdout);
            return 0;
        }
        if (strcmp(arg, "--no-route") == 0) {
            r.route = false;
        } else if (strcmp(arg, "--json") == 0) {
            continue; /* it is JSON always */
        } else if ((took = lf_rules_paths_take(&paths, argc - i, argv + i)) > 0) {
            i += took - 1;
        } else if ((took = detect_archive_take(&r.archive, argc - i, argv + i)) != 0) {
            if (took < 0)
                return 2;
            i += took - 1;
        } else if ((strcmp(arg, "--indicators") == 0 || strcmp(arg, "--warninglists") == 0 ||
                    strcmp(arg, "--patterns") == 0) &&
                   i + 1 < argc) {
            if (r.nknown == 2 * KNOWN) {
                fprintf(stderr, "lianfang detect: more than %d files of indicators\n", KNOWN);
                return 2;
            }
            r.known[r.nknown++] = argv[i];
            r.known[r.nknown++] = argv[i + 1];
            i++;
        } else if (strcmp(arg, "--format") == 0 && i + 1 < argc &&
                   lf_format_parse(lf_view_of(argv[i + 1]), &r.format)) {
            i++;
        } else if (strcmp(arg, "--pipeline") == 0 && i + 1 < argc && npipelines < 64) {
            pipelines[npipelines++] = argv[++i];
        } else if (strcmp(arg, "--charset") == 0 && i + 1 < argc &&
                   lf_charset_parse(lf_view_of(argv[i + 1]), &records.charset)) {
            i++;
        } else if (arg[0] == '-' && arg[1] != '\0') {
            fprintf(stderr, "lianfang detect: \"%s\" is no option, or what it needs is missing; see --help\n",
                    arg);
            return 2;
        } else {
            argv[++first] = argv[i];
        }
    }
    const char *wrong = paths.nrules == 0 && !r.nknown ? "no rules to look with: give --rules DIR"
                        : first == 0 && !r.archive.data
                            ? "nothing to look at: name a FILE, - for standard input, or --data DIR"
                        : first > 0 && r.archive.data ? "FILE and --data are two ways: give one of them"
                        : r.archive.data && !r.route
                            ? "what a node has kept is routed always: leave --no-route out"
                        : r.archive.ranged && !r.archive.data
                            ? "--from, --to and --summary go with --data DIR"
                            : NULL;
    if (wrong) {
        fprintf(stderr, "lianfang detect: %s; see --help\n", wrong);
        return 2;
    }
    lf_crypto_init();
    if (lf_pipelines_dir_load(pipelines, npipelines, &ps, &e) != LF_OK) {
        fprintf(stderr, "lianfang detect: %s\n", e.text);
        return 2;
    }
    records.normaliser = lf_normaliser_create(ps);
    r.archive.pipelines = ps;
    if ((paths.nrules ? lf_rules_paths_load(&paths, &r.rs, &e) : lf_ruleset_build(NULL, 0, &r.rs, &e)) !=
        LF_OK) {
        fprintf(stderr, "lianfang detect: %s\n", e.text);
        lf_normaliser_destroy(records.normaliser);
        lf_pipelines_drop(ps);
        return 2;
    }
    if (paths.nrules > 0 && lf_ruleset_count(r.rs) == 0)
        fputs("lianfang detect: there is no rule (*.yml) in what --rules names\n", stderr);
    if (lf_ruleset_refused(r.rs) > 0)
        fprintf(stderr, "lianfang detect: %zu rules are refused; `lianfang rules check` says why\n",
                lf_ruleset_refused(r.rs));
    for (size_t i = 0; i < r.nknown; i += 2)
        if (!take_known(&r, r.known[i], r.known[i + 1])) {
            lf_ruleset_drop(r.rs);
            lf_lookout_destroy(r.lookout);
            patterns_clear(&r.patterns);
            lf_warninglists_destroy(r.lists);
            lf_normaliser_destroy(records.normaliser);
            lf_pipelines_drop(ps);
            return 2;
        }
    lf_arena_init(&r.a, 1 << 20);
    lf_buf_init(&r.out, (size_t)1 << 30);
    lf_batch_init(&r.batch, r.rs);
    r.files = argv;
    records.route = r.route;
    records.format = r.format;
    for (int i = 1; i <= first; i++) {
        r.file = (size_t)i;
        if (lf_records_read(&records, argv[i], &e) != LF_OK) {
            fprintf(stderr, "lianfang detect: %s\n", e.text);
            status = 2;
        }
    }
    if (r.archive.data) {
        argv[r.file = 1] = (char *)(uintptr_t)r.archive.data; /* "file" of its matches */
        if (detect_archive_read(&r.archive, match_kept, &r, &e) != LF_OK) {
            fprintf(stderr, "lianfang detect: %s\n", e.text);
            status = 2;
        }
    }
    if (r.batch.timeless > 0)
        fprintf(stderr, "lianfang detect: %llu records without a time take no part in correlations\n",
                (unsigned long long)r.batch.timeless);
    lf_batch_run(&r.batch, fires, &r);
    if (r.patterns.live)
        patterns_run(&r.patterns);
    lf_batch_clear(&r.batch);
    detect_archive_summary(&r.archive, &r.out);
    detect_archive_clear(&r.archive);
    flush(&r);
    lf_buf_clear(&r.out);
    lf_arena_clear(&r.a);
    lf_ruleset_drop(r.rs);
    lf_lookout_destroy(r.lookout);
    patterns_clear(&r.patterns);
    lf_warninglists_destroy(r.lists);
    lf_normaliser_destroy(records.normaliser);
    lf_pipelines_drop(ps);
    return status;
}
