/* lianfang rules check DIR… */
#include "engine/sigma.h"

#include <stdio.h>
#include <string.h>

#include "base/crypto.h"
#include "main/commands.h"
#include "proc/rules_dir.h"

static const char usage[] =
    "usage: lianfang rules check [--json] DIR…   which rules load, which are refused, and why\n"
    "exit: 0 all loaded, 1 some are refused, 2 bad usage or not readable\n";

static void line(struct lf_buf *out, const struct lf_rule *r, bool json)
{
    struct lf_json_w w = lf_json_w(out);

    if (!json) {
        if (r->refused.ptr)
            lf_buf_printf(out, "refused  %.*s: %.*s\n", LF_FMT(r->file), LF_FMT(r->refused));
        else
            lf_buf_printf(out, "loaded   %.*s: %.*s\n", LF_FMT(r->file), LF_FMT(r->title));
        return;
    }
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "file", r->file);
    lf_json_put_str(&w, "rule", r->id);
    lf_json_put_str(&w, "title", r->title);
    lf_json_put_cstr(&w, "level", lf_level_name(r->level));
    lf_json_put_bool(&w, "loaded", !r->refused.ptr);
    if (r->refused.ptr)
        lf_json_put_str(&w, "reason", r->refused);
    lf_json_close(&w);
    lf_buf_byte(out, '\n');
}

int lf_rules_main(int argc, char **argv)
{
    const char *dirs[64];
    size_t n = 0;
    bool json = false;
    struct lf_ruleset *rs;
    struct lf_err e = { 0 };
    struct lf_buf out;
    int status;

    if (argc > 1 && strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
        return 0;
    }
    if (argc < 2 || strcmp(argv[1], "check") != 0) {
        fputs(usage, stderr);
        return 2;
    }
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            fputs(usage, stdout);
            return 0;
        }
        if (strcmp(argv[i], "--json") == 0) {
            json = true;
        } else if (argv[i][0] == '-' || n == sizeof dirs / sizeof *dirs) {
            fprintf(stderr,
                    "lianfang rules: \"%s\" is no option here, or there are more than %zu directories\n",
                    argv[i], sizeof dirs / sizeof *dirs);
            return 2;
        } else {
            dirs[n++] = argv[i];
        }
    }
    if (n == 0) {
        fputs(usage, stderr);
        return 2;
    }
    lf_crypto_init();
    if (lf_rules_dir_load(dirs, n, &rs, &e) != LF_OK) {
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
