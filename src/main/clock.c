/* lianfang clock RULES HISTORY --at TIME [--speed N] [--json]: what each legal clock says. */
#include <stdio.h>

#include "cert/clock_rules.h"
#include "engine/clock.h"
#include "main/commands.h"
#include "main/input.h"
#include "proc/config.h"
#include "proc/json_dir.h"

static enum lf_code read_json(struct lf_arena *a, const char *name, const struct lf_json **out,
                              struct lf_err *e)
{
    struct lf_buf in;
    enum lf_code rc;

    lf_buf_init(&in, 8 << 20);
    rc = lf_input_read(name, &in, e);
    if (rc == LF_OK && lf_json_parse(a, lf_arena_copy(a, lf_buf_view(&in)),
                                     &(struct lf_json_limits){ .unique = true }, out, e) != LF_OK)
        rc = lf_err_at(e, "%s", name);
    lf_buf_clear(&in);
    return rc;
}

/* The rule sets a node with these settings would have. */
static enum lf_code read_node(struct lf_arena *a, const char *config, const struct lf_json **out,
                              struct lf_err *e)
{
    struct lf_text_file *files;
    struct lf_config *c = NULL;
    size_t n, count;
    enum lf_code rc = lf_config_read(config, ".", &c, e);

    if (rc == LF_OK) {
        const char **dirs = lf_config_paths(a, c, LF_OPT_INCIDENTS_CLOCKS, &n);

        rc = lf_json_dir_files(a, "clock rules", LF_CLOCK_SETS_MOST, dirs, n, &files, &count, e);
        if (rc == LF_OK)
            rc = lf_clock_rules_gather(a, files, count, lf_config_get(c, LF_OPT_INCIDENTS_REGIME), out, e);
    }
    lf_config_destroy(c);
    return rc;
}

static const char usage[] = "usage: lianfang clock RULES HISTORY --at TIME [--speed N] [--json]     what "
                            "each legal clock says of a history\n"
                            "       lianfang clock -c FILE HISTORY --at TIME [--speed N] [--json]   by the "
                            "rule sets of the node of this "
                            "settings file\n"
                            "  RULES, HISTORY   JSON files; - is standard input\n"
                            "  TIME             2026-11-21T08:00:00+08:00\n"
                            "  --speed N        as in an exercise whose clocks run N times as fast, 1 to 60\n"
                            "exit: 0 no clock is breached, 1 one is, 2 bad usage or bad input\n";

int lf_clock_main(int argc, char **argv)
{
    const char *file[2] = { NULL, NULL }, *at = NULL, *config = NULL;
    const struct lf_json *rules, *history;
    struct lf_clock_result r = { 0 };
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    struct lf_buf out;
    int nfiles = 0, status = 2;
    int64_t speed = 1;
    lf_time when;

    for (int i = 1; i < argc; i++) {
        lf_view arg = lf_view_of(argv[i]);

        if (lf_view_is(arg, "--help")) {
            fputs(usage, stdout);
            return 0;
        }
        if (lf_view_is(arg, "--at") && i + 1 < argc)
            at = argv[++i];
        else if (lf_view_is(arg, "-c") && i + 1 < argc)
            config = argv[++i];
        else if (lf_view_is(arg, "--speed") && i + 1 < argc) {
            if (!lf_view_i64(lf_view_of(argv[++i]), &speed) || speed < 1 || speed > LF_CLOCK_SPEED)
                nfiles = 3;
        } else if (!lf_view_is(arg, "--json") && nfiles < 2 && (arg.len == 1 || arg.ptr[0] != '-'))
            file[nfiles++] = argv[i];
        else if (!lf_view_is(arg, "--json"))
            nfiles = 3;
    }
    if (nfiles != (config ? 1 : 2) || !at) {
        fputs("lianfang clock: say `lianfang clock RULES HISTORY --at TIME [--speed N] [--json]`\n", stderr);
        return 2;
    }
    lf_buf_init(&out, 64 << 20);
    if (lf_clock_time(lf_view_of(at), &when, &e) == LF_OK &&
        (config ? read_node(&a, config, &rules, &e) : read_json(&a, file[0], &rules, &e)) == LF_OK &&
        read_json(&a, file[nfiles - 1], &history, &e) == LF_OK &&
        lf_clock_judge_at(&a, rules, history, when, (int)speed, &r, &e) == LF_OK) {
        lf_clock_write(&r, &out);
        printf("%.*s\n", (int)out.len, out.ptr);
        status = r.breached ? 1 : 0;
    } else {
        fprintf(stderr, "lianfang clock: %s\n", e.text);
    }
    lf_buf_clear(&out);
    lf_arena_clear(&a);
    return status;
}
