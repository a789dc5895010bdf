/* Rules that say "and not one of the known ones" (field|expand: '%known%') know nothing of a plant or a
 * network until somebody writes the known ones down.  Here that is read off a time in which all
 * was as usual: the rules are loaded with placeholders that nothing equals, so each event that would
 * then be told is one whose field holds a usual value. */
#include "main/rules_learn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/placeholder.h"
#include "fmt/yaml.h"
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

enum { FIELDS_MOST = 4096, VALUE_MOST = 512, FILES = 64 };

/* The placeholder `name` stands for values of `field` in the rule. */
struct use {
    lf_view rule, field, name;
};
struct value {
    lf_view name, text;
    uint64_t seen;
};
struct learn {
    struct lf_arena a, task;
    struct use *uses;
    size_t nuses, uses_cap;
    struct lf_map values; /* "name\0text" -> struct value * */
    struct value **all;
    size_t nall, all_cap;
    uint64_t left_out;
    struct lf_ruleset *rs;
};

/* ---- which placeholders there are ---- */

static void uses_of(struct learn *l, lf_view rule, lf_view key, const struct lf_json *v)
{
    lf_view field = lf_view_first(key, lf_view_find_byte(key, '|')), text, name;
    enum lf_slice kind;

    if (lf_json_kind(v) == LF_JSON_ARRAY) {
        for (size_t i = 0; i < lf_json_count(v); i++)
            uses_of(l, rule, key, lf_json_item(v, i));
        return;
    }
    for (text = lf_json_text(v); lf_placeholder_take(&text, &kind, &name);) {
        if (kind != LF_SLICE_NAME || l->nuses == FIELDS_MOST)
            continue;
        l->uses = lf_arena_grow(&l->a, l->uses, l->nuses, &l->uses_cap, sizeof *l->uses);
        l->uses[l->nuses++] = (struct use){ rule, lf_arena_copy(&l->a, field), lf_arena_copy(&l->a, name) };
    }
}

/* Depth is that of the YAML, which reading has bounded. */
static void walk(struct learn *l, lf_view rule, const struct lf_json *v)
{
    for (size_t i = 0; i < lf_json_count(v); i++) {
        if (lf_json_kind(v) == LF_JSON_ARRAY) {
            walk(l, rule, lf_json_item(v, i));
        } else if (lf_view_find(lf_json_key(v, i), LF_V("|expand")) != SIZE_MAX) {
            uses_of(l, rule, lf_json_key(v, i), lf_json_member(v, i));
        } else {
            walk(l, rule, lf_json_member(v, i));
        }
    }
}

static enum lf_code load(struct learn *l, const struct lf_rules_paths *paths, struct lf_err *e)
{
    struct lf_placeholders nothing = { 0 };
    struct lf_rule_file *files;
    enum lf_code rc;
    size_t n;

    LF_TRY(lf_rules_dir_files(&l->a, paths->rules, paths->nrules, &files, &n, e));
    for (size_t i = 0; i < n; i++) {
        const struct lf_json *docs;

        if (lf_yaml_parse_all(&l->a, files[i].text, NULL, &docs, NULL) != LF_OK)
            continue; /* the loader below says so */
        for (size_t k = 0; k < lf_json_count(docs); k++)
            walk(l, lf_json_str(lf_json_item(docs, k), "id"),
                 lf_json_get(lf_json_item(docs, k), LF_V("detection")));
    }
    if (l->nuses == 0)
        return lf_err_set(e, LF_BAD_INPUT,
                          "no rule there has a placeholder (field|expand: '%%name%%'): nothing to learn");
    rc = LF_OK;
    for (size_t i = 0; i < l->nuses && rc == LF_OK; i++) {
        const lf_view *have;

        if (lf_placeholders_get(&nothing, l->uses[i].name, &have) == 0)
            rc = lf_placeholders_read_list(&nothing, LF_V("learn"), l->uses[i].name,
                                           LF_V("\x1b(nothing is known yet)"), e);
    }
    if (rc == LF_OK)
        rc = lf_rules_dir_load_with(paths->rules, paths->nrules, &nothing, &l->rs, e);
    lf_placeholders_clear(&nothing);
    return rc;
}

/* ---- what is usual ---- */

static void add(struct learn *l, lf_view name, lf_view text)
{
    lf_view key;
    struct value *v;

    if (text.len == 0)
        return;
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < 0x20 || text.len > VALUE_MOST) {
            l->left_out++;
            return;
        }
    key = lf_arena_printf(&l->task, "%.*s%c%.*s", LF_FMT(name), '\x1f', LF_FMT(text));
    v = lf_map_get_ptr(&l->values, key);
    if (!v) {
        if (l->nall >= LF_PLACEHOLDER_MOST) { /* of all together: none has more */
            l->left_out++;
            return;
        }
        v = LF_NEW(&l->a, struct value, 1);
        *v = (struct value){ name, lf_arena_copy(&l->a, text), 0 };
        lf_map_set_ptr(&l->values, lf_arena_copy(&l->a, key), v);
        l->all = (struct value **)lf_arena_grow(&l->a, l->all, l->nall, &l->all_cap, sizeof *l->all);
        l->all[l->nall++] = v;
    }
    v->seen++;
}

static void see(void *ctx, const struct lf_event *ev)
{
    struct learn *l = ctx;
    const struct lf_rule *const *hits;
    size_t n = lf_ruleset_match(l->rs, &l->task, ev, true, &hits);

    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < l->nuses; k++) {
            const struct lf_json *v;

            if (!lf_view_eq(l->uses[k].rule, hits[i]->id))
                continue;
            v = lf_event_field(ev, &l->task, l->uses[k].field);
            if (lf_json_kind(v) != LF_JSON_ARRAY) {
                add(l, l->uses[k].name, lf_json_text(v));
                continue;
            }
            for (size_t m = 0; m < lf_json_count(v); m++)
                add(l, l->uses[k].name, lf_json_text(lf_json_item(v, m)));
        }
}

static void see_kept(void *ctx, const struct lf_event *ev)
{
    struct learn *l = ctx;

    see(l, ev);
    lf_arena_reset(&l->task);
}

static int by_name(const void *x, const void *y)
{
    const struct value *a = *(struct value *const *)x, *b = *(struct value *const *)y;
    int order = lf_view_cmp(a->name, b->name);

    return order ? order : lf_view_cmp(a->text, b->text);
}

/* A value is a text of Sigma in single quotes of YAML: what is special there is made plain. */
static void print(const struct learn *l)
{
    qsort(l->all, l->nall, sizeof(struct value *), by_name);
    for (size_t i = 0; i < l->nall; i++) {
        const struct value *v = l->all[i];

        if (i == 0 || !lf_view_eq(l->all[i - 1]->name, v->name))
            printf("%.*s:\n", LF_FMT(v->name));
        fputs("  - '", stdout);
        for (size_t k = 0; k < v->text.len; k++) {
            if (strchr("*?\\", v->text.ptr[k]))
                putchar('\\');
            if (v->text.ptr[k] == '\'')
                putchar('\'');
            putchar(v->text.ptr[k]);
        }
        printf("' # %llu\n", (unsigned long long)v->seen);
    }
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
    lf_arena_init(&l.a, 1 << 16);
    lf_arena_init(&l.task, 1 << 20);
    lf_map_init(&l.values, 0x6c6572);
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
        print(&l);
        if (l.left_out)
            fprintf(stderr,
                    "lianfang rules: %llu values were left out: too long, with control characters, or "
                    "more than %d\n",
                    (unsigned long long)l.left_out, LF_PLACEHOLDER_MOST);
        status = l.nall == 0;
    }
    lf_ruleset_drop(l.rs);
    lf_pipelines_drop(ps);
    lf_map_clear(&l.values);
    lf_arena_clear(&l.task);
    lf_arena_clear(&l.a);
    detect_archive_clear(&archive);
    return status;
}
