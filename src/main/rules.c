/* lianfang rules check DIR…; rules test, coverage, learn and make have files of their own. */
#include "engine/sigma.h"

#include <stdio.h>
#include <string.h>

#include "base/crypto.h"
#include "main/commands.h"
#include "main/rules_coverage.h"
#include "main/rules_learn.h"
#include "main/rules_make.h"
#include "main/rules_test.h"
#include "proc/rules_dir.h"

static const char usage[] =
    "usage: lianfang rules check [--expand FILE]… [--json] DIR…   which rules, filters and correlations "
    "load,\n"
    "                                                             which are refused, where and why\n"
    "       lianfang rules test [--rules DIR]… [--expand FILE]… [--no-route] [--json] DIR…\n"
    "                                                             rules with their own events; see rules "
    "test --help\n"
    "       lianfang rules coverage [--missing | --json | --navigator] DIR…   rules by technique of ATT&CK\n"
    "       lianfang rules learn --rules DIR… FILE… | --data DIR   values of placeholders from an ordinary "
    "time\n"
    "       lianfang rules make --from FILE… [--against FILE]…   a candidate rule from samples; see rules "
    "make --help\n"
    "  --expand  values of placeholders: a YAML or JSON map of names to lists, NAME.txt with a value a "
    "line,\n"
    "            or a directory of such files; may be repeated\n"
    "exit: 0 all loaded (all tests passed), 1 some are refused (failed), 2 bad usage or not readable\n";

static void line(struct lf_buf *out, const struct lf_rule *r, bool json)
{
    static const char *const kept[] = { "status", "author", "license", "date", "modified" };
    struct lf_json_w w = lf_json_w(out);

    if (!json) {
        lf_buf_printf(out, "%s  %.*s", r->refused.ptr ? "refused" : "loaded ", LF_FMT(r->file));
        lf_buf_printf(out, ": %.*s", LF_FMT(r->refused.ptr ? r->refused : r->title));
        if (r->kind != LF_RULE_DETECTION && !r->refused.ptr)
            lf_buf_printf(out, " (%s)", lf_rule_kind_name(r->kind));
        if (r->note.ptr)
            lf_buf_printf(out, "; note: %.*s", LF_FMT(r->note));
        lf_buf_byte(out, '\n');
        return;
    }
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "file", r->file);
    if (r->line > 0)
        lf_json_put_int(&w, "line", (int64_t)r->line);
    lf_json_put_cstr(&w, "kind", lf_rule_kind_name(r->kind));
    lf_json_put_str(&w, "rule", r->id);
    if (r->name.len > 0)
        lf_json_put_str(&w, "name", r->name);
    lf_json_put_str(&w, "title", r->title);
    lf_json_put_cstr(&w, "level", lf_level_name(r->level));
    /* Where it is from and on what terms stays with it. */
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (lf_json_str(r->doc, kept[i]).len)
            lf_json_put_str(&w, kept[i], lf_json_str(r->doc, kept[i]));
    lf_json_put_bool(&w, "loaded", !r->refused.ptr);
    if (r->refused.ptr)
        lf_json_put_str(&w, "reason", r->refused);
    if (r->note.ptr)
        lf_json_put_str(&w, "note", r->note);
    lf_json_close(&w);
    lf_buf_byte(out, '\n');
}

static int check(int argc, char **argv)
{
    struct lf_rules_paths paths = { 0 };
    bool json = false;
    struct lf_ruleset *rs;
    struct lf_err e = { 0 };
    struct lf_buf out;
    int status, took;

    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            fputs(usage, stdout);
            return 0;
        }
        if (strcmp(argv[i], "--json") == 0) {
            json = true;
        } else if ((took = lf_rules_paths_take(&paths, argc - i, argv + i)) > 0) {
            i += took - 1;
        } else if (!lf_rules_paths_dir(&paths, argv[i])) {
            fprintf(stderr,
                    "lianfang rules: \"%s\" is no option here, or there are more than %zu directories\n",
                    argv[i], sizeof paths.rules / sizeof *paths.rules);
            return 2;
        }
    }
    if (paths.nrules == 0) {
        fputs("lianfang rules: no rules to check: name a directory, or a file of rules; see --help\n",
              stderr);
        return 2;
    }
    if (lf_rules_paths_load(&paths, &rs, &e) != LF_OK) {
        fprintf(stderr, "lianfang rules: %s\n", e.text);
        return 2;
    }
    lf_buf_init(&out, 1u << 30);
    for (size_t i = 0; i < lf_ruleset_count(rs); i++)
        line(&out, lf_ruleset_rule(rs, i), json);
    if (json)
        lf_buf_printf(&out, "{\"loaded\":%zu,\"refused\":%zu}\n",
                      lf_ruleset_count(rs) - lf_ruleset_refused(rs), lf_ruleset_refused(rs));
    else
        lf_buf_printf(&out, "%zu loaded, %zu refused\n", lf_ruleset_count(rs) - lf_ruleset_refused(rs),
                      lf_ruleset_refused(rs));
    fwrite(out.ptr ? out.ptr : "", 1, out.len, stdout);
    lf_buf_clear(&out);
    status = lf_ruleset_refused(rs) > 0;
    lf_ruleset_drop(rs);
    return status;
}

int lf_rules_main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
        return 0;
    }
    lf_crypto_init();
    if (argc > 1 && strcmp(argv[1], "check") == 0)
        return check(argc, argv);
    if (argc > 1 && strcmp(argv[1], "coverage") == 0)
        return lf_rules_coverage(argc - 1, argv + 1);
    if (argc > 1 && strcmp(argv[1], "learn") == 0)
        return lf_rules_learn(argc - 1, argv + 1);
    if (argc > 1 && strcmp(argv[1], "make") == 0)
        return lf_rules_make(argc - 1, argv + 1);
    if (argc > 1 && strcmp(argv[1], "test") == 0)
        return lf_rules_test(argc - 1, argv + 1);
    fprintf(stderr, "lianfang rules: \"%s\" is none of check, test, coverage, learn and make; see --help\n",
            argc > 1 ? argv[1] : "");
    return 2;
}
