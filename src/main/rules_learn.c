/* lianfang rules learn: what is usual (engine/learn.h), of files or of what a node kept. */
#include "main/rules_learn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/learn.h"
#include "engine/placeholder.h"
#include "main/detect_archive.h"
#include "main/records.h"
#include "proc/pipelines_dir.h"
#include "proc/rules_dir.h"

static const char usage[] =
    "usage: lianfang rules learn --rules DIR… [--pipeline FILE]… [--format FORMAT] FILE…\n"
    "       lianfang rules learn --rules DIR… [--pipeline FILE]… --data DIR [--from TIME] [--to TIME]\n"
    "  --rules   rules with placeholders (field|expand: '%name%'), such as rules-learned/ot\n"
    "  FILE      records of an ordinary time, as `lianfang detect` takes them; or --data, what a node kept\n"
    "prints a map of each placeholder to the values that its field had in events which the rule would tell "
    "if\n"
    "nothing were known, with how often each came; read it, take out what should not be, and give it to\n"
    "[rules] expand or --expand\n"
    "exit: 0; 1 nothing was learnt; 2 bad usage, or rules or files not readable\n";

enum { FILES = 64 };

struct learn {
    struct lf_learn *l;
    struct lf_arena task;
};

static enum lf_code load(struct learn *l, const struct lf_rules_paths *paths, struct lf_err *e)
{
    struct lf_arena a = { 0 };
    struct lf_rule_file *files;
    enum lf_code rc;
    size_t n;

    rc = lf_rules_dir_files(&a, paths->rules, paths->nrules, &files, &n, e);
    if (rc == LF_OK)
        rc = lf_learn_create(files, n, &l->l, e);
    lf_arena_clear(&a);
    return rc;
}

static void see(void *ctx, const struct lf_event *ev)
{
    struct learn *l = ctx;

    lf_learn_see(l->l, &l->task, ev);
}

static void see_kept(void *ctx, const struct lf_event *ev)
{
    struct learn *l = ctx;

    see(l, ev);
    lf_arena_reset(&l->task);
}

/* A map of placeholders: 0, or 1 when there is nothing in it. */
static int print(struct learn *l)
{
    struct lf_learnt *const *v;
    size_t n = lf_learn_values(l->l, &v);
    struct lf_buf b, sigma;

    lf_buf_init(&b, 64 << 20);
    lf_buf_init(&sigma, 2 * LF_LEARN_VALUE + 1);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || !lf_view_eq(v[i - 1]->name, v[i]->name))
            lf_learn_name(&b, v[i]->name);
        lf_buf_reset(&sigma);
        lf_learn_sigma(&sigma, v[i]->text);
        lf_learn_value(&b, lf_buf_view(&sigma), v[i]->seen);
    }
    fwrite(b.ptr ? b.ptr : "", 1, b.len, stdout);
    lf_buf_clear(&sigma);
    lf_buf_clear(&b);
    return n == 0;
}

int lf_rules_learn(int argc, char **argv)
{
    const char *pipelines[FILES], *files[FILES];
    struct lf_records records = { .command = "lianfang rules", .route = true };
    struct lf_rules_paths paths = { 0 };
    struct detect_archive archive;
    struct lf_pipelines *ps = NULL;
    struct lf_err e = { 0 };
    struct learn l = { 0 };
    size_t npipelines = 0, nfiles = 0;
    int took, status = 2;

    detect_archive_init(&archive);
    for (int i = 1; i < argc; i++) {
        const char *arg = argv[i];

        if (strcmp(arg, "--help") == 0) {
            fputs(usage, stdout);
            return 0;
        }
        if (strcmp(arg, "--expand") != 0 && (took = lf_rules_paths_take(&paths, argc - i, argv + i)) > 0) {
            i += took - 1;
        } else if ((took = detect_archive_take(&archive, argc - i, argv + i)) != 0) {
            if (took < 0)
                return 2;
            i += took - 1;
        } else if (strcmp(arg, "--pipeline") == 0 && i + 1 < argc && npipelines < FILES) {
            pipelines[npipelines++] = argv[++i];
        } else if (strcmp(arg, "--format") == 0 && i + 1 < argc &&
                   lf_format_parse(lf_view_of(argv[i + 1]), &records.format)) {
            i++;
        } else if ((arg[0] == '-' && arg[1] != '\0') || nfiles == FILES) {
            fprintf(stderr,
                    "lianfang rules: \"%s\" is no option here, or what it needs is missing; see --help\n",
                    arg);
            return 2;
        } else {
            files[nfiles++] = arg;
        }
    }
    if (paths.nrules == 0 || (nfiles == 0) == (archive.data == NULL) || archive.summary) {
        fprintf(stderr, "lianfang rules: %s; see rules learn --help\n",
                paths.nrules == 0 ? "no rules to learn for: give --rules DIR"
                                  : "name FILEs of an ordinary time, or --data DIR, not both");
        return 2;
    }
    lf_arena_init(&l.task, 1 << 20);
    records.a = &l.task;
    records.each = see;
    records.ctx = &l;
    if (lf_pipelines_dir_load(pipelines, npipelines, &ps, &e) == LF_OK && load(&l, &paths, &e) == LF_OK) {
        records.normaliser = lf_normaliser_create(ps);
        archive.pipelines = ps;
        status = 0;
        for (size_t i = 0; i < nfiles && status == 0; i++)
            status = lf_records_read(&records, files[i], &e) == LF_OK ? 0 : 2;
        if (archive.data && detect_archive_read(&archive, see_kept, &l, &e) != LF_OK)
            status = 2;
        lf_normaliser_destroy(records.normaliser);
    }
    if (status == 2) {
        fprintf(stderr, "lianfang rules: %s\n", e.text);
    } else {
        status = print(&l);
        if (lf_learn_left_out(l.l))
            fprintf(stderr,
                    "lianfang rules: %llu values were left out: too long, with control characters, or "
                    "more than %d\n",
                    (unsigned long long)lf_learn_left_out(l.l), LF_PLACEHOLDER_MOST);
    }
    lf_learn_destroy(l.l);
    lf_pipelines_drop(ps);
    lf_arena_clear(&l.task);
    detect_archive_clear(&archive);
    return status;
}
